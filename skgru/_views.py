"""Sliding views of windows, and what is missing in them, without copying them whole. numpy only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

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
