"""The Theta forecast: exponential smoothing without the season, and half of the trend. Arrays only.

It errs otherwise than networks do, so that a mean of both is better than either. Source: Hyndman &
Billah (2003), Unmasking the Theta method, doi:10.1016/S0169-2070(01)00143-1.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from skgru._forecaster.seasonal_profiles import seasonal_course, whole_seasons
from skgru._r_squared import LARGEST_SQUARED

# Smoothing parameters, of which each history takes the one with the smallest in-sample error.
SMOOTHING = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99])

# Rows at the end of a history that are smoothed: the weight of earlier ones is next to nothing.
ROWS_SMOOTHED = 200

# Rows whose mean is the level that smoothing starts from, and their share of all rows.
ROWS_AT_START = 3
SHARE_AT_START = 0.1

# Histories up to which they are smoothed by matrices, in one call of numpy for all rows.
MOST_BY_MATRICES = 4

# Share of the slope of the straight line through a series by which its forecasts rise.
SHARE_OF_TREND = 0.5


def rows_of_theta(season_length: int, is_intermittent: bool = False) -> int:
    """Number of rows that the forecast is computed from: long enough for the course of the season,
    short enough for a trend to be that of today. The level of intermittent series needs more.
    """
    if is_intermittent:
        return ROWS_SMOOTHED
    return max(40, 10 * season_length) if season_length <= 12 else max(120, 4 * season_length)


def is_long_enough(histories: np.ndarray, season_length: int) -> np.ndarray:
    """Whether histories (n, n_rows, n_targets) have a Theta forecast, (n, n_targets): those of two
    seasons and three rows.
    """
    is_known = np.isfinite(histories)
    enough = is_known.sum(axis=1) >= ROWS_AT_START
    if season_length > 1:
        of_targets = [whole_seasons(one, season_length) for one in np.moveaxis(is_known, 2, 0)]
        enough &= np.stack([whole.sum(axis=1) for whole in of_targets], axis=1) > 1
    return enough


def theta_forecast(histories: np.ndarray, steps: int, season_length: int) -> np.ndarray:
    """(n, n_rows, n_targets) -> (n, steps, n_targets). Histories may begin with NaN. NaN where one
    holds less than two seasons, or three rows.
    """
    n, n_rows, n_targets = histories.shape
    z = histories.swapaxes(1, 2).reshape(n * n_targets, n_rows)
    size = np.where(np.isfinite(z), np.abs(z), 0).max(axis=1, initial=0)
    if size.max(initial=0) > LARGEST_SQUARED:  # the forecast is the same in any unit
        unit = np.where(size > LARGEST_SQUARED, size, 1.0)
        in_units = (z / unit[:, np.newaxis]).reshape(n, n_targets, n_rows).swapaxes(1, 2)
        forecast = theta_forecast(in_units, steps, season_length)
        return forecast * unit.reshape(n, 1, n_targets)
    phase = (np.arange(n_rows) - n_rows) % season_length
    course, n_seasons = seasonal_course(z, season_length)
    z = z - course[:, phase]
    is_known = np.isfinite(z)
    n_known = is_known.sum(axis=1)
    level, alpha = smoothed(z[:, -ROWS_SMOOTHED:])
    slope = steady_slope(z)
    # A trend goes on for no more rows than it was seen in.
    ahead = np.minimum(np.arange(steps), n_known[:, np.newaxis])
    ahead = ahead + ((1 - (1 - alpha) ** n_known) / alpha)[:, np.newaxis]
    forecast = level[:, np.newaxis] + SHARE_OF_TREND * slope[:, np.newaxis] * ahead
    forecast += course[:, np.arange(steps) % season_length]
    is_short = (n_known < ROWS_AT_START) | (season_length > 1) & (n_seasons < 2)
    forecast[is_short] = np.nan
    return forecast.reshape(n, n_targets, steps).swapaxes(1, 2)


def steady_slope(z: np.ndarray) -> np.ndarray:
    """Slope of the straight line through each row of z, or through its last half where that one is
    less steep: a trend that ended does not go on. 0 if both have different signs. (n, n_rows) ->
    (n,).
    """
    is_known = np.isfinite(z)
    order = np.cumsum(is_known, axis=1)
    n_known = order[:, -1:]
    whole = _slope(z, is_known)
    late = _slope(z, is_known & (order > np.minimum(n_known // 2, n_known - ROWS_AT_START)))
    size = np.where(whole * late > 0, np.minimum(np.abs(whole), np.abs(late)), 0)
    return np.sign(whole) * size


def _slope(z: np.ndarray, is_used: np.ndarray) -> np.ndarray:
    """Least squares slopes (n,) of the values of z (n, n_rows) that are used."""
    count = np.maximum(is_used.sum(axis=1, keepdims=True), 1)
    rows = np.where(is_used, np.arange(z.shape[1]) - z.shape[1] + 1.0, 0)
    around = np.where(is_used, rows - rows.sum(axis=1, keepdims=True) / count, 0)
    spread = np.maximum((around**2).sum(axis=1), np.finfo(float).tiny)
    return (around * np.where(is_used, z, 0)).sum(axis=1) / spread


@cache
def _filters(n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Exponential smoothing as matrices: (n_rows, n_alphas * n_rows) gives the errors one step
    ahead, (n_rows, n_alphas) the last levels.
    """
    ages = np.arange(n_rows)[:, np.newaxis] - 1 - np.arange(n_rows)
    errors = []
    for alpha in SMOOTHING:
        weights = np.where(ages >= 0, alpha * (1 - alpha) ** np.maximum(ages, 0), 0)
        errors.append((np.eye(n_rows) - weights).T)
    levels = SMOOTHING * (1 - SMOOTHING) ** np.arange(n_rows)[::-1, np.newaxis]
    return np.concatenate(errors, axis=1), levels


def smoothed(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Last level and parameter of exponential smoothing, (n,) each, of rows (n, n_rows)."""
    n = len(z)
    is_known = np.isfinite(z)
    order = np.cumsum(is_known, axis=1)
    n_first = np.maximum(ROWS_AT_START, (SHARE_AT_START * order[:, -1:]).astype(int))
    is_first = is_known & (order <= n_first)
    start = np.where(is_first, z, 0).sum(axis=1) / np.maximum(is_first.sum(axis=1), 1)
    moved = np.where(is_known, z - start[:, np.newaxis], 0)
    sizes, levels = _by_matrices(moved) if n <= MOST_BY_MATRICES else _row_by_row(moved)
    best = sizes.argmin(axis=1)
    return start + levels[np.arange(n), best], SMOOTHING[best]


def _by_matrices(moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of squared errors one step ahead, and last levels, (n, n_alphas) each."""
    n, n_rows = moved.shape
    errors, levels = _filters(n_rows)
    return ((moved @ errors).reshape(n, -1, n_rows) ** 2).sum(axis=2), moved @ levels


def _row_by_row(moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `_by_matrices`. Larger matrices would be multiplied in several threads, which wait for
    each other for longer than they compute.
    """
    levels, sizes = np.zeros((2, len(moved), len(SMOOTHING)))
    for row in moved.T:
        errors = row[:, np.newaxis] - levels
        sizes += errors * errors
        levels += SMOOTHING * errors
    return sizes, levels
