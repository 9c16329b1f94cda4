"""Plain data that crosses the border between the estimators and the engine.

Numbers, strings and numpy arrays only, so that an estimator can store and pickle all of it without
TensorFlow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

# The one loss whose name Keras doesn't know. Its quantiles are the network's.
PINBALL = "pinball"
# The loss of classifiers: categorical cross-entropy of class codes, on logits.
CROSS_ENTROPY = "cross_entropy"


@dataclass(frozen=True)
class NetworkSpec:
    """What shapes a network. Two networks with equal specs have the same variables, though
    `output_initializer` may start them from other values.

    masks : steps with NaN are passed over; else there are none. n_tokens, embedding_dim : 0 where
    the window holds numbers, not tokens. n_classes : 0 where the outputs are numbers; else the one
    output is a class, for which the network gives as many logits.
    """

    cell: str
    units: tuple[int, ...]
    bidirectional: bool
    dropout: float
    window_length: int
    n_channels: int
    n_outputs: int
    highway: bool = False
    output_initializer: str = field(default="glorot_uniform", compare=False)
    quantiles: tuple[float, ...] = ()
    masks: bool = False
    n_tokens: int = 0
    embedding_dim: int = 0
    n_classes: int = 0

    @property
    def n_values(self) -> int:
        """Numbers that the network gives for a window: each quantile of each output, or logits."""
        return self.n_classes or self.n_outputs * max(1, len(self.quantiles))

    @property
    def width(self) -> int:
        """Numbers that the first recurrent layer gets in a step."""
        return self.embedding_dim or self.n_channels

    def without_masks(self) -> NetworkSpec:
        """The same network for windows without NaN, where it has less to do."""
        return replace(self, masks=False)

    def rearranged(self, values: np.ndarray) -> np.ndarray:
        """(n, n_values) -> (n, n_outputs, n_quantiles), sorted, so that quantiles never cross."""
        return np.sort(values.reshape(len(values), self.n_outputs, len(self.quantiles)), axis=-1)

    def central(self, values: np.ndarray) -> np.ndarray:
        """(n, n_values) -> (n, n_outputs): the medians where the network gives quantiles."""
        if not self.quantiles:
            return values
        return self.rearranged(values)[:, :, self.quantiles.index(0.5)]


@dataclass(frozen=True)
class TrainingSpec:
    """How a network is trained. `seed` fixes the weights, the order of the rows and the dropout.

    schedule : the epoch that a cosine begins with, and how many it takes. masks_targets : NaN among
    the targets is not known, and teaches nothing; else there is none. has_missing : whether any
    window has a step with NaN.
    """

    loss: Any
    optimizer: Any
    learning_rate: Any
    clipnorm: float | None
    batch_size: int
    shuffle: bool
    n_iter_no_change: int
    tol: float
    monitor: str
    callbacks: tuple[Any, ...]
    seed: int
    jit_compile: bool
    verbose: int
    schedule: tuple[int, int] = (0, 1)
    masks_targets: bool = False
    has_missing: bool = True


@dataclass(frozen=True)
class TargetScaling:
    """Targets in y's units against targets as the network sees them.

    mean, scale : float64 arrays of shape (n_outputs,). ``ndim`` is 1 where one output comes back as
    (n,).
    """

    mean: np.ndarray
    scale: np.ndarray
    ndim: int

    def normalise(self, y: np.ndarray) -> np.ndarray:
        """(n, n_outputs) or (n,) in y's units -> float32 (n, n_outputs)."""
        y = np.asarray(y, dtype=np.float64).reshape(len(y), len(self.mean))
        return ((y - self.mean) / self.scale).astype(np.float32)

    def restore(self, outputs: np.ndarray) -> np.ndarray:
        """What the network says -> float64 in y's units, (n,) or (n, n_outputs)."""
        y = outputs.astype(np.float64)
        y *= self.scale  # in place: a copy of a million rows is 8 MB
        y += self.mean
        return y[:, 0] if self.ndim == 1 else y


class Rows:
    """Some windows of a large array, gathered a batch at a time.

    A strided view of 1 million windows of 200 rows is 8 MB behind it and 1.6 GB when copied; so
    nothing here ever copies more than the batch that is asked for.

    windows : (n_windows, window_length, n_channels), any real dtype; rows : (n_rows,) positions in
    it.
    """

    def __init__(self, windows: np.ndarray, rows: np.ndarray):
        self.windows = windows
        self.rows = rows

    @property
    def shape(self) -> tuple[int, int, int]:
        return (len(self.rows), *self.windows.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        return self.windows.dtype

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, picked: Any) -> Rows:
        return Rows(self.windows, self.rows[picked])

    def gather(self, picked: Any = slice(None)) -> np.ndarray:
        """float32 copy of the picked windows, (n_picked, window_length, n_channels)."""
        return np.ascontiguousarray(self.windows[self.rows[picked]], dtype=np.float32)


@dataclass(frozen=True)
class Examples:
    """Windows with what they should give. targets : an array (n, n_outputs), or what gives arrays
    (k, n_outputs) when it is indexed; sample_weight : (n,) positive, or None where all weigh the
    same.
    """

    windows: Rows
    targets: Any
    sample_weight: np.ndarray | None


@dataclass(frozen=True)
class NetworkState:
    """A trained network as arrays: its weights, and what continues its training.

    slots : what the optimiser remembers; optimizer : the class of optimiser that they belong to;
    epoch : how many epochs there have been.
    """

    weights: list[np.ndarray]
    slots: list[np.ndarray]
    optimizer: str
    epoch: int
