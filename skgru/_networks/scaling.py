"""Standardisation of inputs and targets, and filling of missing values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from skgru._dataset import VALUES_AT_ONCE, WindowDataset
from skgru._specs import InputScaling, TargetScaling


def fill_missing(windows: np.ndarray, channel_means: np.ndarray) -> np.ndarray:
    """Fill NaN in each window, in place: forward with the last value, then backward with the first.

    windows : (n, window_length, n_channels); channel_means : (n_channels,), for channels of a
    window without any value.
    """
    missing = np.isnan(windows)
    if not missing.any():
        return windows
    window_length = windows.shape[1]
    steps = np.arange(window_length)[np.newaxis, :, np.newaxis]
    last_known = np.maximum.accumulate(
        np.where(missing, -1, steps), axis=1
    )  # -1 before the first value
    first_known = np.argmin(missing, axis=1, keepdims=True)  # 0 without any value
    source = np.where(last_known < 0, first_known, last_known)
    windows[:] = np.take_along_axis(windows, source, axis=1)
    return np.where(np.isnan(windows), channel_means.astype(windows.dtype), windows)


def channel_statistics(dataset: WindowDataset) -> InputScaling:
    """Weighted mean and standard deviation of each channel over the steps that are not NaN. The
    standard deviation of a constant channel counts as 1.
    """
    n_channels = dataset.shape[2]
    # Measured from one of its values, a constant channel has a mean without rounding.
    start = np.full(n_channels, np.nan)
    for values, _ in _weighted_steps(dataset):
        known = np.isfinite(values)
        first = values[known.argmax(axis=0), np.arange(len(start))]
        start = np.where(np.isnan(start) & known.any(axis=0), first, start)
        if np.isfinite(start).all():
            break
    start = np.nan_to_num(start)

    def weighted_sums(of: Any) -> tuple[np.ndarray, np.ndarray]:
        n, total = np.zeros(n_channels), np.zeros(n_channels)
        for values, own_weight in _weighted_steps(dataset):
            known = np.isfinite(values)
            own = own_weight[:, np.newaxis] * known
            n += own.sum(axis=0)
            total += (own * of(np.where(known, values - start, 0.0))).sum(axis=0)
        return np.maximum(n, np.finfo(np.float64).tiny), total

    n, total = weighted_sums(lambda values: values)
    shift = total / n
    _, squares = weighted_sums(lambda values: (values - shift) ** 2)
    mean, scale = start + shift, np.sqrt(squares / n)
    is_constant = scale <= 10 * np.finfo(np.float64).eps * np.abs(mean)
    return InputScaling(mean, np.where(is_constant, 1.0, scale))


def _weight_of(dataset: WindowDataset, piece: slice) -> np.ndarray:
    """Weights of windows, (n,). In float32, as they are kept, small changes at a high level would
    be lost.
    """
    if dataset.sample_weight is None:
        return np.ones(len(dataset.rows[piece]))
    weight = dataset.sample_weight[piece]
    return weight.reshape(len(weight), -1).max(axis=1).astype(np.float64)


def _weighted_steps(dataset: WindowDataset) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The steps of all windows, (n, n_channels), and how much each counts, (n,), in pieces."""
    series = dataset.series()
    if series is None:
        for piece in dataset.pieces():
            values, weight = dataset.values(piece), _weight_of(dataset, piece)
            yield values.reshape(-1, values.shape[2]), np.repeat(weight, values.shape[1])
        return
    # A row counts as often as there are windows that hold it.
    n, window_length, weight = len(series), dataset.shape[1], _weight_of(dataset, slice(None))
    begins = np.bincount(dataset.rows, weight, n + 1)
    ends = np.bincount(dataset.rows + window_length, weight, n + 1)
    counts = np.maximum(np.cumsum(begins - ends)[:n], 0)
    step = max(1, VALUES_AT_ONCE // series.shape[1])
    for start in range(0, n, step):
        yield series[start : start + step], counts[start : start + step]


def _sum_of(pieces: Iterator[np.ndarray]) -> np.ndarray:
    """The sum of the rows of all pieces, (n, n_outputs) each, bitwise that of one array: numpy adds
    several columns row by row, and the values of a single one in pairs.
    """
    total = next(pieces)
    if total.shape[1] == 1:
        return np.concatenate([total, *pieces]).sum(axis=0)
    total = total.sum(axis=0)
    for piece in pieces:
        piece[0] += total
        total = piece.sum(axis=0)
    return total


def standardisation(
    dataset: WindowDataset, shape: tuple[int, ...], n_steps: int = 1
) -> TargetScaling:
    """Weighted mean and standard deviation of each output; 0 for a constant one. NaN is ignored.

    shape : of a row of y; n_steps : steps of which a row holds the targets.
    """
    n_outputs, sample_weight = dataset.n_targets // n_steps, dataset.sample_weight

    def weighted() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Targets with 0 in place of NaN, and their weights, in pieces, (n, n_outputs) each."""
        for piece in dataset.target_pieces():
            targets = dataset.targets(piece).reshape(-1, n_outputs)
            weight = np.isfinite(targets).astype(np.float64)
            if sample_weight is not None:
                weight *= sample_weight[piece].reshape(-1, 1)
            yield np.where(np.isfinite(targets), targets, 0), weight

    # Relative to one of its values, the mean of a constant output has no rounding error.
    start = np.full(n_outputs, np.nan)
    for targets, weight in weighted():
        first = targets[(weight > 0).argmax(axis=0), np.arange(n_outputs)]
        start = np.where(np.isnan(start) & (weight > 0).any(axis=0), first, start)
        if not np.isnan(start).any():
            break
    start = np.nan_to_num(start)
    total = _sum_of(weight for _, weight in weighted())
    total = np.maximum(total, np.finfo(np.float64).tiny)
    with np.errstate(over="ignore", invalid="ignore"):
        shift = _sum_of(weight * (targets - start) for targets, weight in weighted()) / total
        squares = _sum_of(weight * (targets - start - shift) ** 2 for targets, weight in weighted())
        scale = np.sqrt(squares / total)
    mean = start + shift
    if not np.isfinite(scale).all():
        raise ValueError(
            "The variance of y is too large for dtype('float64'), so that normalize_y=True "
            "cannot standardise it. Scale y first."
        )
    is_constant = scale <= 10 * np.finfo(np.float64).eps * np.abs(mean)
    scale = np.where(is_constant, 0.0, scale)
    return TargetScaling(np.tile(mean, n_steps), np.tile(scale, n_steps), shape)


def no_longer_constant(earlier: TargetScaling, later: TargetScaling) -> TargetScaling:
    """`earlier`, with the mean and spread of later rows for targets that were constant before. The
    constant counts as one of these rows: batches of one row show a spread too.
    """
    spread = np.hypot(later.scale, later.mean - earlier.mean)
    is_new = (earlier.scale == 0) & (spread > 0)
    return TargetScaling(
        np.where(is_new, later.mean, earlier.mean),
        np.where(is_new, spread, earlier.scale),
        earlier.shape,
    )
