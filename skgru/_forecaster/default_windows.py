"""Window lengths, level and baseline of "auto", by the number of series, their lengths and their
season.
"""

from __future__ import annotations

import numpy as np

# Longest season of which a window of one series holds all rows.
LONGEST_SEASON = 100


def auto_window_length(n_rows: int, steps: int, season_length: int) -> int:
    """Two seasons of up to 24 rows, one of up to `LONGEST_SEASON`, else 48 rows, as the baseline
    sees the whole season; 24 rows without a season. Less for short series, which have few such
    windows.
    """
    spare = n_rows - steps
    if season_length > LONGEST_SEASON:
        return int(np.clip(spare // 3, 1, 48))
    if season_length > 1:
        longest = 2 * season_length if season_length <= 24 else max(48, season_length)
        shortest = min(season_length, max(1, spare // 2))
        return int(np.clip(spare - season_length, shortest, max(shortest, longest)))
    return int(np.clip(spare // 3, 1, 24))


def auto_window_lengths(season_length: int, n_rows: int) -> tuple[int, ...]:
    """Window lengths of the two networks for several series, the one with a linear path first.

    Long seasons get shorter windows, so that training stays fast.
    """
    if season_length == 1:
        lengths = (6, 4)
    elif season_length < 7:
        lengths = (2 * season_length, 5 * season_length)
    elif season_length > LONGEST_SEASON:
        lengths = (48, 24)  # the values a season ago are fed beside them
    elif season_length > 24:
        lengths = (3 * season_length // 2, season_length)
    else:
        lengths = (3 * season_length, 2 * season_length)
    return tuple(int(np.clip(n_rows - 1, 1, length)) for length in lengths)


def windows_of_intermittent(n_spare: int, season_length: int, is_global: bool) -> tuple[int, ...]:
    """Long windows, so that their level is the mean of enough sales; for several series also half
    of that.
    """
    longest = int(np.clip(n_spare // 3, 1, max(28, 4 * season_length)))
    return (longest, -(-longest // 2)) if is_global else (longest,)


def rows_for_seasonal_level(season_length: int, steps: int) -> int:
    """Least number of rows from which level and baseline of one series have a season: more than two
    seasons, and a season before the steps ahead. With fewer rows, no window would be left to train
    on, or next to none.
    """
    return max(2 * season_length + 1, season_length + steps)


def auto_level_and_baseline(
    has_season: bool, is_global: bool, is_intermittent: bool
) -> tuple[str | None, str | None]:
    """What is subtracted from windows, and the naive forecast."""
    if is_intermittent:
        return "window", None
    if has_season:
        return "mean", "seasonal" if is_global else "profile"
    return "last", "last"


def usual_length(lengths: list[int]) -> int:
    """Row-weighted median length of the series."""
    ordered = np.sort(lengths)
    share = np.cumsum(ordered) / np.sum(ordered)
    return int(ordered[np.argmax(share >= 0.5)])
