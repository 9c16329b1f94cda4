"""Clear shifts of the level: rows after which a series is far from all its earlier values."""

from __future__ import annotations

import numpy as np

from skgru._windows import sliding_view

# A shift is at least this multiple of the range of the values on each side of it, without season.
RANGES = 3.0

# Least number of rows, and of rows on each side of the shift.
LEAST_ROWS, LEAST_ROWS_OF_SIDE = 12, 3

# Seasons of weeks, months and quarters, of which a quarter has to lie after the shift. Of other
# seasons, those of days and hours, it is the whole one: a few rows may be a promotion or a failure.
SLOW_SEASONS = (4, 12, 52)

# Most changes of more than half of the largest one. With more of them, the values change like that.
MOST_LARGE_CHANGES = 3


def row_of_clear_shift(values: np.ndarray, season_length: int) -> int:
    """The first row of values (n_rows,) at a level that is far from all values before, if the
    series has stayed there; 0 without one. Without a season, growth is too much like a shift.
    """
    rows = np.flatnonzero(np.isfinite(values))
    known = values[rows]
    if len(known) < LEAST_ROWS or season_length == 1:
        return 0
    sizes = np.abs(np.diff(known))
    at = int(sizes.argmax()) + 1
    if (2 * sizes > sizes[at - 1]).sum() > MOST_LARGE_CHANGES:
        return 0
    # A constant may be that of a closed shop or of a broken sensor.
    needs_part = season_length in SLOW_SEASONS and np.ptp(known[at:]) > 0
    n_least = max(LEAST_ROWS_OF_SIDE, season_length // 4 if needs_part else season_length)
    if min(at, len(known) - at) < n_least:
        return 0
    before, after = _without_season(values, int(rows[at]), season_length)
    after = min(after, known[at:], key=np.ptp)  # the season may have ended too
    recent = before[-max(season_length, 2 * LEAST_ROWS_OF_SIDE) :]
    shift = abs(np.median(after) - np.median(recent))
    # A period within which the level shifted lies between both levels.
    spread = max(np.ptp(before[:-1]), np.ptp(after[1:]))
    if not shift > RANGES * spread:
        return 0
    is_between = abs(after[0] - np.median(after[1:])) > max(spread, shift / RANGES)
    return int(rows[at + is_between]) if len(known) - at > n_least else int(rows[at])


def _without_season(values: np.ndarray, at: int, season_length: int) -> list[np.ndarray]:
    """Known values before and from row `at` on, without the course of the seasons before it."""
    before = values[:at]
    is_known = np.isfinite(values)
    if season_length > 1 and at >= 2 * season_length and np.isfinite(before).all():
        length = season_length + 1 - season_length % 2
        around = np.pad(before, length // 2, mode="edge")[:, np.newaxis]
        rest = before - np.median(sliding_view(around, length)[:, :, 0], axis=1)
        course = np.array([np.median(rest[i::season_length]) for i in range(season_length)])
        values = values - np.resize(course, len(values))
    return [values[:at][is_known[:at]], values[at:][is_known[at:]]]
