"""Sliding views of windows, and what is missing in them, without copying them whole. numpy only."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._specs import InputScaling


class Rows:
    """Some windows of a large array, gathered a batch at a time.

    A strided view of 1 million windows of 200 rows is 8 MB behind it and 1.6 GB when copied; so
    nothing here ever copies more than the batch that is asked for.

    windows : (n_windows, window_length, n_channels), any real dtype; rows : (n_rows,) positions in
    it; scaling : what becomes of the windows that are gathered, None for nothing.
    """

    def __init__(self, windows: np.ndarray, rows: np.ndarray, scaling: InputScaling | None = None):
        self.windows = windows
        self.rows = rows
        self.scaling = scaling

    @property
    def shape(self) -> tuple[int, int, int]:
        return (len(self.rows), *self.windows.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        return self.windows.dtype

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, picked: Any) -> Rows:
        return Rows(self.windows, self.rows[picked], self.scaling)

    def scaled(self, scaling: InputScaling | None) -> Rows:
        """The same windows with another scaling."""
        other = copy.copy(self)
        other.scaling = scaling
        return other

    def gather(self, picked: Any = slice(None)) -> np.ndarray:
        """float32 copy of the picked windows, scaled: (n_picked, window_length, n_channels)."""
        windows = self.values(picked)
        if self.scaling is not None:
            windows = self.scaling.normalise(windows)
        return np.ascontiguousarray(windows, dtype=np.float32)

    def values(self, picked: Any = slice(None)) -> np.ndarray:
        """Copy of the picked windows in their own units: (n_picked, window_length, n_channels)."""
        return self.windows[self.rows[picked]]

    def behind(self) -> np.ndarray | None:
        """The series of which the windows are a sliding view, (n, n_channels), or None."""
        return rows_behind(self.windows)

    def has_missing(self) -> bool:
        """Whether any window has a step with NaN."""
        return bool(n_missing_steps(self.windows)[self.rows].any())


@dataclass(frozen=True)
class Examples:
    """Windows with what they should give. targets : an array (n, n_targets), or what gives arrays
    (k, n_targets) when it is indexed; sample_weight : (n,) positive, or None where all weigh the
    same; for outputs of each step (n, window_length), 0 where the target is unknown.
    """

    windows: Rows
    targets: Any
    sample_weight: np.ndarray | None


# A piece of windows that is looked at or gathered at once: some megabytes.
VALUES_AT_ONCE = 1 << 20


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
