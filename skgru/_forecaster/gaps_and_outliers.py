"""Gaps and outliers of a series: what is filled or moved before a forecast. Arrays only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skgru._networks.scaling import fill_missing

# Residuals from the seasonal course beyond this many times their upper quartile are outliers.
OUTLIER_FROM = 8.0

# Whole seasons that outliers are seen in.
LEAST_SEASONS = 3

# Residuals up to this share of the values are rounding errors.
ROUNDING = 1e-12

# Share of outliers above which they belong to the series.
MOST_OUTLIERS = 0.1


def last_rows(values: np.ndarray, n_rows: int, targets: Sequence[int]) -> np.ndarray:
    """A copy of the last rows, (at most n_rows, n_columns). In the first of them, a target that is
    NaN is the last value before it, as later gaps are filled from it.
    """
    rows = values[-n_rows:].copy()
    for column in targets:
        if np.isnan(rows[0, column]):
            before = values[: len(values) - len(rows), column]
            known = before[np.isfinite(before)]
            rows[0, column] = known[-1] if len(known) else np.nan
    return rows


def fill_by_season(z: np.ndarray, season_length: int) -> np.ndarray:
    """A series (n_rows, n_targets) with its gaps filled: by the value a season ago and the change
    of the level since; in the first season and without one by the value before. Later values play
    no part, so that a forecast from an earlier row is what it would have been then. NaN before the
    first value stays.
    """
    if not np.isnan(z).any():
        return z
    filled = z.copy()
    for column in filled.T:  # views
        known = np.flatnonzero(np.isfinite(column))
        if not len(known):
            continue
        first = known[0]
        if season_length > 1:
            _fill_column(column, first, season_length)
        gaps = np.flatnonzero(np.isnan(column[first:])) + first
        column[gaps] = column[known[np.searchsorted(known, gaps) - 1]]
    return filled


def _fill_column(column: np.ndarray, first: int, season_length: int) -> None:
    """Fill the gaps after the first value from other seasons, in place."""
    m = season_length
    changes = column[m:] - column[:-m]
    for t in np.flatnonzero(np.isnan(column[first:])) + first:
        if t - m >= first and np.isfinite(column[t - m]):
            recent = changes[max(0, t - 2 * m) : max(0, t - m)]
            recent = recent[np.isfinite(recent)]
            column[t] = column[t - m] + (np.median(recent) if len(recent) else 0.0)


def forward_filled(histories: np.ndarray) -> np.ndarray:
    """Fill gaps with the last value. NaN before the first value remain: (n, n_rows, n_targets)."""
    has_begun = np.logical_or.accumulate(np.isfinite(histories), axis=1)
    filled = fill_missing(histories.copy(), np.full(histories.shape[2], np.nan))
    filled[~has_begun] = np.nan
    return filled


def known_quantile(values: np.ndarray, share: float, axis: int) -> np.ndarray:
    """`np.nanquantile` with the axis kept, without a warning where all values are NaN. A sort of a
    few dozen numbers takes a tenth of its time, and with NaN much less.
    """
    ordered = np.sort(values, axis=axis)  # NaN last
    if np.isnan(ordered).any():
        last = np.maximum((~np.isnan(values)).sum(axis=axis, keepdims=True) - 1, 0)
        at = share * last
        low, high = (
            np.take_along_axis(ordered, side(at).astype(int), axis) for side in (np.floor, np.ceil)
        )
    else:
        at = share * (values.shape[axis] - 1)
        low, high = (np.take(ordered, [int(i)], axis=axis) for i in (np.floor(at), np.ceil(at)))
    return low + (at - np.floor(at)) * (high - low)


def without_outliers(histories: np.ndarray, season_length: int) -> np.ndarray:
    """Histories (n, n_rows, n_targets) in which single values far from those of the other seasons
    are moved to the edge of what is usual. Three whole seasons or more are needed to see outliers.
    Values at the level of the season before or after are none.
    """
    n, n_rows, n_targets = histories.shape
    n_seasons = n_rows // season_length
    if season_length == 1 or n_seasons < LEAST_SEASONS:
        return histories
    start = n_rows - n_seasons * season_length
    seasons = histories[:, start:].reshape(n, n_seasons, season_length, n_targets)
    level = known_quantile(seasons, 0.5, axis=2)
    course = known_quantile(seasons - level, 0.5, axis=1)
    residuals = seasons - level - course
    sizes = np.abs(residuals)
    limit = OUTLIER_FROM * known_quantile(sizes.reshape(n, 1, -1, n_targets), 0.75, axis=2)
    # False for NaN, and where most rows repeat but for rounding errors.
    is_outlier = (sizes > limit) & (limit > ROUNDING * (np.abs(level) + sizes))
    is_outlier &= is_outlier.mean(axis=(1, 2), keepdims=True) <= MOST_OUTLIERS
    if not is_outlier.any():
        return histories
    # After a shift of the level within a season, rows lie at the level of the next season, and
    # before it at that of the one before.
    for other in (level[:, [0, *range(n_seasons - 1)]], level[:, [*range(1, n_seasons), -1]]):
        is_outlier &= ~(np.abs(seasons - other - course) <= limit)  # also beside a season of NaN
    if not is_outlier.any():
        return histories
    usual = level + course + np.clip(residuals, -limit, limit)
    histories = histories.copy()
    histories[:, start:] = np.where(is_outlier, usual, seasons).reshape(n, -1, n_targets)
    return histories
