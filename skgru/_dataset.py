"""Datasets: windows with their targets and weights, gathered a batch at a time, and views of them.

numpy only.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from skgru._specs import (
    InputScaling,
    NetworkSpec,
    NetworkState,
    Snapshot,
    TargetScaling,
    TrainingSpec,
)

# A piece of windows that is looked at or gathered at once: some megabytes.
VALUES_AT_ONCE = 1 << 20


class WindowDataset:
    """Windows of one array with their targets and weights, gathered a batch at a time.

    A strided view of 1 million windows of 200 rows takes 8 MB, and 1.6 GB when it is copied. So no
    method copies more than the rows that are asked for.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, window_length, n_channels), any real dtype.
    rows : ndarray of shape (n,), positions of the rows in `windows`, increasing in time.
    y : ndarray of shape (n, n_targets), or None to predict.
    sample_weight : ndarray of shape (n,), positive; for targets of each step (n, window_length),
        with 0 where the target is unknown. None: all rows weigh the same.
    scaling : how `gather` scales the windows. None: not at all.
    """

    # Whether targets may be NaN, which the loss ignores.
    masks_targets = False

    def __init__(
        self,
        windows: np.ndarray,
        rows: np.ndarray,
        y: np.ndarray | None = None,
        sample_weight: np.ndarray | None = None,
        scaling: InputScaling | None = None,
    ):
        self.windows = windows
        self.rows = rows
        self._y = y
        self.sample_weight = sample_weight
        self.scaling = scaling

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the windows."""
        return (len(self.rows), *self.windows.shape[1:])

    @property
    def n_targets(self) -> int:
        return 0 if self._y is None else self._y.shape[1]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, picked: Any) -> Self:
        """Some of the rows, as a dataset."""
        other = copy.copy(self)
        other.rows = self.rows[picked]
        other._y = None if self._y is None else self._y[picked]
        other.sample_weight = None if self.sample_weight is None else self.sample_weight[picked]
        return other

    def scaled(self, scaling: InputScaling | None) -> Self:
        """The same rows with another scaling."""
        other = copy.copy(self)
        other.scaling = scaling
        return other

    def batch(self, picked: Any = slice(None)) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Windows as `gather` gives them, float64 targets in their own units, and weights."""
        weight = None if self.sample_weight is None else self.sample_weight[picked]
        return self.gather(picked), self.targets(picked), weight

    def gather(self, picked: Any = slice(None)) -> np.ndarray:
        """float32 copy of the picked windows, scaled: (n_picked, window_length, n_channels)."""
        return self._as_inputs(self.values(picked))

    def targets(self, picked: Any = slice(None)) -> np.ndarray:
        """(n_picked, n_targets) in their own units."""
        assert self._y is not None
        return self._y[picked]

    def target_pieces(self) -> list[slice]:
        """Slices of the rows whose targets are in memory at once, at least one."""
        return [slice(None)]

    def values(self, picked: Any = slice(None)) -> np.ndarray:
        """Copy of the picked windows in their own units: (n_picked, window_length, n_channels)."""
        return self.windows[self.rows[picked]]

    def series(self) -> np.ndarray | None:
        """The series of which the windows are a sliding view, (n, n_channels), or None."""
        return rows_behind(self.windows)

    def has_missing(self) -> bool:
        """Whether any window has a step with NaN."""
        return bool(n_missing_steps(self.windows)[self.rows].any())

    def pieces(self) -> list[slice]:
        """Slices of the rows, some megabytes each."""
        n, window_length, n_channels = self.shape
        step = max(1, VALUES_AT_ONCE // (window_length * n_channels))
        return [slice(start, start + step) for start in range(0, n, step)]

    def _as_inputs(self, windows: np.ndarray) -> np.ndarray:
        if self.scaling is not None:
            windows = self.scaling.normalise(windows)
        return np.ascontiguousarray(windows, dtype=np.float32)


@dataclass(frozen=True)
class TrainingRun:
    """What the engine needs to train a network.

    validation : rows to report the loss of, or None; epochs : how many at most; earlier : the
    network to train further, or None; resumed : this training after an earlier epoch, from a
    checkpoint; before_epoch : called before each epoch; after_epoch : called with the training
    after each epoch, and returns whether it must stop; show : called in epochs with the share that
    is done and a text, for `verbose`.
    """

    network: NetworkSpec
    training: TrainingSpec
    dataset: WindowDataset
    validation: WindowDataset | None
    scaling: TargetScaling
    epochs: int
    earlier: NetworkState | None = None
    resumed: Snapshot | None = None
    before_epoch: Callable[[], None] | None = None
    after_epoch: Callable[[Snapshot], bool] | None = None
    show: Callable[[float, str], None] | None = None

    @property
    def first_epoch(self) -> int:
        """The epoch that comes next, counted from that of a new network."""
        if self.resumed is not None:
            return self.resumed.state.epoch
        return 0 if self.earlier is None else self.earlier.epoch

    @property
    def last_epoch(self) -> int:
        """The epoch before which training ends."""
        return (0 if self.earlier is None else self.earlier.epoch) + self.epochs


def slices_of(windows: np.ndarray) -> Iterator[slice]:
    step = max(1, VALUES_AT_ONCE // max(1, windows[:1].size))
    for start in range(0, len(windows), step):
        yield slice(start, start + step)


def rows_behind(windows: np.ndarray) -> np.ndarray | None:
    """The series that a sliding view was made from, (n_windows + window_length - 1, n_channels), or
    None.

    Where one step to the next window is one step along the window in memory, window t is rows t ..
    t+L-1 of one block.
    """
    n_windows, window_length, _ = windows.shape
    if n_windows < 2 or window_length < 2 or windows.strides[0] != windows.strides[1]:
        return None
    return np.lib.stride_tricks.as_strided(
        windows,
        (n_windows + window_length - 1, windows.shape[2]),
        (windows.strides[0], windows.strides[2]),
        writeable=False,
    )


def n_missing_steps(windows: np.ndarray) -> np.ndarray:
    """(n_windows,) int: steps of each window at which a channel is NaN."""
    if windows.dtype.kind != "f" or not len(windows):
        return np.zeros(len(windows), dtype=int)
    series = rows_behind(windows)
    if series is None:
        pieces = (np.isnan(windows[piece]).any(axis=2) for piece in slices_of(windows))
        return np.concatenate([missing.sum(axis=1) for missing in pieces])
    n_missing = np.concatenate([[0], np.cumsum(np.isnan(series).any(axis=1))])
    window_length = windows.shape[1]
    return n_missing[window_length:] - n_missing[:-window_length]
