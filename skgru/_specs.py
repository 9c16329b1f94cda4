"""Plain data that crosses the border between the estimators and the engine.

Numbers, strings and numpy arrays only, so that an estimator can store and pickle all of it without
TensorFlow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.special import expit, softmax

# The one loss whose name Keras doesn't know. Its quantiles are the network's.
PINBALL = "pinball"


# The loss of classifiers: categorical cross-entropy of class codes, on logits.
CROSS_ENTROPY = "cross_entropy"


# The loss of several labels a row: the binary cross-entropy of each, on logits.
BINARY_CROSS_ENTROPY = "binary_cross_entropy"


# Gates of a cell: products of a step with the inputs and the state.
N_GATES = {"gru": 3, "lstm": 4, "rnn": 1}

# Time of the activation of a gate, and of the start of a step of a layer, in multiply-adds.
WORK_OF_ACTIVATION = 50
WORK_OF_STEP = 1 << 17


@dataclass(frozen=True)
class NetworkSpec:
    """What shapes a network. Two networks with equal specs have the same variables, though
    `output_initializer` may start them from other values.

    masks : steps with NaN are skipped; else there are none. n_tokens, embedding_dim : 0 where
    the window holds numbers, not tokens. n_classes : 0 where the outputs are numbers; else the one
    output is a class, for which the network gives as many logits. is_multilabel : each output is a
    label that is there or not, for which the network gives a logit. each_step : the network gives
    outputs for each step of the window, and not for the window as a whole.
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
    is_multilabel: bool = False
    each_step: bool = False
    recurrent_dropout: float = 0.0

    @property
    def values_of_step(self) -> int:
        """Width of the output layer: each quantile of each output, or logits."""
        return self.n_classes or self.n_outputs * max(1, len(self.quantiles))

    @property
    def n_steps_out(self) -> int:
        """How many times the output layer is applied to a window."""
        return self.window_length if self.each_step else 1

    @property
    def n_values(self) -> int:
        """Numbers that the network gives for a window, step by step."""
        return self.n_steps_out * self.values_of_step

    @property
    def n_targets(self) -> int:
        """Numbers that a row of targets holds, step by step."""
        return self.n_steps_out * self.n_outputs

    @property
    def width(self) -> int:
        """Numbers that the first recurrent layer gets in a step."""
        return self.embedding_dim or self.n_channels

    def work(self, n_windows: int, n_blocks: int = 1, of_step: int = WORK_OF_STEP) -> int:
        """Time of a prediction of n_windows in n_blocks, in multiply-adds. of_step : of the start
        of a step of a layer; by default, that in compiled programs.
        """
        n_gates, n_directions = N_GATES[self.cell], 1 + self.bidirectional
        of_window = self.n_values * (self.window_length * self.n_channels if self.highway else 0)
        width = self.width
        for units in self.units:
            of_gates = n_gates * units * (width + units + WORK_OF_ACTIVATION)
            of_window += self.window_length * n_directions * of_gates
            width = n_directions * units
        of_window += self.n_values * width
        n_steps = self.window_length * n_directions * len(self.units)
        return n_windows * of_window + n_blocks * n_steps * of_step

    def without_masks(self) -> NetworkSpec:
        """The same network for windows without NaN, where it has less to do."""
        return replace(self, masks=False)

    def rearranged(self, values: np.ndarray) -> np.ndarray:
        """(n, n_values) -> (n, n_targets, n_quantiles), sorted, so that quantiles never cross."""
        return np.sort(values.reshape(len(values), self.n_targets, len(self.quantiles)), axis=-1)

    def central(self, values: np.ndarray) -> np.ndarray:
        """(n, n_values) -> (n, n_targets): the medians where the network gives quantiles."""
        if not self.quantiles:
            return values
        return self.rearranged(values)[:, :, self.quantiles.index(0.5)]

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """(n, n_values) logits -> float64 probabilities: (n, n_classes), (n, window_length,
        n_classes) or (n, n_outputs).
        """
        logits = logits.astype(np.float64)
        if self.is_multilabel:
            return expit(logits)
        probabilities = softmax(logits.reshape(-1, self.n_classes), axis=1)
        shape = (self.window_length,) if self.each_step else ()
        return probabilities.reshape(len(logits), *shape, self.n_classes)


@dataclass(frozen=True)
class TrainingSpec:
    """How a network is trained. `seed` fixes the weights, the order of the rows and the dropout.

    schedule : the epoch that a cosine begins with, and how many it takes. masks_targets : a target
    that is NaN is unknown and ignored; else there is none. has_missing : whether any window has a
    step with NaN. metrics : names, functions or objects of Keras, besides the loss. alpha : weight
    of the penalty on the squares of the kernels.
    """

    loss: Any
    optimizer: Any
    learning_rate: Any
    clipnorm: float | None
    batch_size: int
    shuffle: bool
    early_stopping: bool
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
    metrics: tuple[Any, ...] = ()
    alpha: float = 0.0


@dataclass(frozen=True)
class TargetScaling:
    """Targets in y's units against targets as the network sees them.

    mean, scale : float64 arrays of shape (n_targets,). A scale of 0 stands for a target that was
    constant: the network sees its distance from the mean, and predicts the mean. shape : of a row
    of y; () for a number.
    """

    mean: np.ndarray
    scale: np.ndarray
    shape: tuple[int, ...]

    @classmethod
    def identity(cls, n_targets: int, shape: tuple[int, ...]) -> TargetScaling:
        return cls(np.zeros(n_targets), np.ones(n_targets), shape)

    def normalise(self, y: np.ndarray) -> np.ndarray:
        """(n, n_targets) or (n, *shape) in y's units -> float32 (n, n_targets)."""
        y = np.asarray(y, dtype=np.float64).reshape(len(y), len(self.mean))
        scale = np.where(self.scale == 0, 1.0, self.scale)
        return ((y - self.mean) / scale).astype(np.float32)

    def restore(self, outputs: np.ndarray) -> np.ndarray:
        """(n, n_targets) of the network -> float64 in y's units, (n, *shape)."""
        y = outputs.astype(np.float64)
        y *= self.scale  # in place: a copy of a million rows is 8 MB
        y += self.mean
        return y.reshape(len(y), *self.shape)


@dataclass(frozen=True)
class InputScaling:
    """Windows in the units of X against windows as the network sees them.

    mean, scale : float64 arrays of shape (n_channels,).
    """

    mean: np.ndarray
    scale: np.ndarray

    def normalise(self, values: np.ndarray) -> np.ndarray:
        """(..., n_channels) -> float64: float32 would lose small changes at a high level."""
        normalised = np.subtract(values, self.mean, dtype=np.float64)
        normalised /= self.scale
        return normalised


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


@dataclass(frozen=True)
class Snapshot:
    """An unfinished training after an epoch.

    best : the network with the lowest validation loss so far, None without early stopping; lowest,
    n_without_improvement : the state of early stopping.
    """

    state: NetworkState
    best: NetworkState | None
    history: dict[str, list[float]]
    lowest: float = np.inf
    n_without_improvement: int = 0
