"""Clear shifts of the level: rows after which a series is far from all its earlier values."""

from __future__ import annotations

import numpy as np

from skgru._forecaster.gaps_and_outliers import known_quantile

# A shift is at least this multiple of the range of the values on each side of it, without season. A
# season is small if the shift is this multiple of its range.
RANGES = 3.0

# Least number of rows, and of rows on each side of the shift.
LEAST_ROWS, LEAST_ROWS_OF_SIDE = 12, 3

# Seasons of weeks, months and quarters, of which a quarter has to lie after the shift. Of other
# seasons, those of days and hours, it is the whole one: a few rows may be a promotion or a failure.
SLOW_SEASONS = (4, 12, 52)

# Seasons before the shift that show their course.
SEASONS_READ = 8

# Most changes of more than half of the largest one. With more of them, the values change like that.
MOST_LARGE_CHANGES = 3


def clear_shift(values: np.ndarray, season_length: int) -> tuple[int, bool]:
    """The first row of values (n_rows,) at a level that is far from all values before, if the
    series has stayed there, 0 without one; and whether the season is small beside the shift.
    Without a season, growth is too much like a shift.
    """
    rows = np.flatnonzero(np.isfinite(values))
    known = values[rows]
    if len(known) < LEAST_ROWS or season_length == 1:
        return 0, False
    sizes = np.abs(np.diff(known))
    at = int(sizes.argmax()) + 1
    if (2 * sizes > sizes[at - 1]).sum() > MOST_LARGE_CHANGES:
        return 0, False
    # A constant may be that of a closed shop or of a broken sensor.
    needs_part = season_length in SLOW_SEASONS and np.ptp(known[at:]) > 0
    n_least = max(LEAST_ROWS_OF_SIDE, season_length // 4 if needs_part else season_length)
    # Within two seasons, a shift cannot be told from the season.
    if at < max(LEAST_ROWS_OF_SIDE, 2 * season_length) or len(known) - at < n_least:
        return 0, False
    course = _course(values[: rows[at]], season_length)
    rest = known - course[(rows - rows[at]) % season_length]
    before, after = rest[:at], rest[at:]
    has_ended = np.ptp(known[at:]) < np.ptp(after)  # the season
    after = known[at:] if has_ended else after
    recent = before[-max(season_length, 2 * LEAST_ROWS_OF_SIDE) :]
    shift = abs(np.median(after) - np.median(recent))
    # A period within which the level shifted lies between both levels.
    spread = max(np.ptp(before[:-1]), np.ptp(after[1:]))
    # Two constants, as prices are, need no such care.
    if not shift > RANGES * spread > 0:
        return 0, False
    is_between = abs(after[0] - np.median(after[1:])) > max(spread, shift / RANGES)
    at += int(is_between and len(known) - at > n_least)
    return int(rows[at]), bool(has_ended or shift > RANGES * np.ptp(course))


def _course(before: np.ndarray, season_length: int) -> np.ndarray:
    """Median course (season_length,) of the last seasons, without their levels; 0 at places that
    are never known.
    """
    n_seasons = min(SEASONS_READ, len(before) // season_length)
    seasons = before[-n_seasons * season_length :].reshape(n_seasons, season_length)
    rest = seasons - known_quantile(seasons, 0.5, axis=1)
    return np.nan_to_num(known_quantile(rest, 0.5, axis=0)[0])
