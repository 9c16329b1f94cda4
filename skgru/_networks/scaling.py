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
    weight, n_channels = dataset.sample_weight, dataset.shape[2]
    weight = np.ones(len(dataset)) if weight is None else weight
    # float32, as weights are kept, would lose small changes at a high level.
    weight = weight.reshape(len(weight), -1).max(axis=1).astype(np.float64)
    # Measured from one of its values, a constant channel has a mean without rounding.
    start = np.full(n_channels, np.nan)
    for values, _ in _weighted_steps(dataset, weight):
        known = np.isfinite(values)
        first = values[known.argmax(axis=0), np.arange(len(start))]
        start = np.where(np.isnan(start) & known.any(axis=0), first, start)
        if np.isfinite(start).all():
            break
    start = np.nan_to_num(start)

    def weighted_sums(of: Any) -> tuple[np.ndarray, np.ndarray]:
        n, total = np.zeros(n_channels), np.zeros(n_channels)
        for values, own_weight in _weighted_steps(dataset, weight):
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


def _weighted_steps(
    dataset: WindowDataset, weight: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The steps of all windows, (n, n_channels), and how much each counts, (n,), in pieces."""
    series = dataset.series()
    if series is None:
        for piece in dataset.pieces():
            values = dataset.values(piece)
            yield values.reshape(-1, values.shape[2]), np.repeat(weight[piece], values.shape[1])
        return
    # A row counts as often as there are windows that hold it.
    n, window_length = len(series), dataset.shape[1]
    begins = np.bincount(dataset.rows, weight, n + 1)
    ends = np.bincount(dataset.rows + window_length, weight, n + 1)
    counts = np.maximum(np.cumsum(begins - ends)[:n], 0)
    step = max(1, VALUES_AT_ONCE // series.shape[1])
    for start in range(0, n, step):
        yield series[start : start + step], counts[start : start + step]


def standardisation(
    dataset: WindowDataset, shape: tuple[int, ...], n_steps: int = 1
) -> TargetScaling:
    """Weighted mean and standard deviation of each output. A constant output is only centred. NaN
    is ignored.

    shape : of a row of y; n_steps : steps of which a row holds the targets.
    """
    n_outputs, sample_weight = dataset.n_targets // n_steps, dataset.sample_weight
    targets = dataset.targets().reshape(-1, n_outputs)
    weight = np.isfinite(targets).astype(np.float64)
    if sample_weight is not None:
        weight *= sample_weight.reshape(-1, 1)
    total = np.maximum(weight.sum(axis=0), np.finfo(np.float64).tiny)
    targets = np.where(np.isfinite(targets), targets, 0)
    # Relative to one of its values, the mean of a constant output has no rounding error.
    start = targets[(weight > 0).argmax(axis=0), np.arange(n_outputs)]
    with np.errstate(over="ignore", invalid="ignore"):
        shift = (weight * (targets - start)).sum(axis=0) / total
        scale = np.sqrt((weight * (targets - start - shift) ** 2).sum(axis=0) / total)
    mean = start + shift
    if not np.isfinite(scale).all():
        raise ValueError(
            "The variance of y is too large for dtype('float64'), so that normalize_y=True "
            "cannot standardise it. Scale y first."
        )
    is_constant = scale <= 10 * np.finfo(np.float64).eps * np.abs(mean)
    scale = np.where(is_constant | (scale == 0), 1.0, scale)
    return TargetScaling(np.tile(mean, n_steps), np.tile(scale, n_steps), shape)
