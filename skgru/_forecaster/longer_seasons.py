"""Whether X shows a longer season of its dates, of which it holds less than three: the week of
hours and shorter steps, and the year of days.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from skgru._containers.table import Table
from skgru._forecaster.spec import mean_known

# Days that may be unlike the others in a week (0: Monday), and the mean difference between days of
# both kinds, as a share of that between days of one kind, from which they show a week; a multiple
# of this share where X lacks the season of a day; and rows of a day from which a week is looked at.
WEEKENDS = {(5, 6): 1.4, (4, 5): 2.0, (6,): 2.0}
WITHOUT_DAY, LEAST_OF_DAY = 2.0, 4

# Mean change over a season, as a share of that over other lags, up to which X repeats with it; and
# rows beyond one season, as a share of it, from which this is looked at.
WEEK_REPEATS_TO, MORE_THAN_WEEK = 0.4, 2 / 7
YEAR_REPEATS_TO, MORE_THAN_YEAR = 0.7, 0.25


def shows_week(
    tables: list[Table], targets: list[int], series: list[np.ndarray], day: int, lacks_day: bool
) -> bool:
    """Whether weekends are unlike other days, or values near those of a week ago. day : its rows;
    series : targets of the tables without outliers; lacks_day : whether X lacks the season of a
    day.
    """
    if day < LEAST_OF_DAY:
        return False
    if not lacks_day and _repeats(series, 7 * day, day, MORE_THAN_WEEK, WEEK_REPEATS_TO):
        return True
    return _has_weekends(tables, targets, day, WITHOUT_DAY if lacks_day else 1.0)


def shows_year(series: list[np.ndarray], year: int, week: int) -> bool:
    """Whether values are near those of a year ago. year, week : their rows."""
    return _repeats(series, year, 2 * week, MORE_THAN_YEAR, YEAR_REPEATS_TO)


def _has_weekends(tables: list[Table], targets: list[int], day: int, multiple: float) -> bool:
    """Whether days of two kinds differ more than days of one kind, at the same hours. multiple : of
    the least share.
    """
    columns = [(table, column) for table in tables for column in table.values[:, targets].T]
    shares = {
        days: _mean_ratio(
            _share_between(column, np.isin(table.rows.index[-len(table) :].day_of_week, days), day)
            for table, column in columns
        )
        for days in WEEKENDS
    }
    return any(shares[days] >= multiple * least for days, least in WEEKENDS.items())


def _share_between(column: np.ndarray, is_off: np.ndarray, day: int) -> float:
    """Mean change from days of one kind to those of the other, as a share of that between days of
    one kind. Both hold changes over one to six days alike, as a walk moves further in more days.
    NaN where one kind only follows the other: it may be growth, or another level.
    """
    both: list[list[float]] = []
    if np.count_nonzero(is_off[1:] != is_off[:-1]) < 2:
        return np.nan
    for lag in range(day, min(7 * day, len(column)), day):
        changes, differs = _changes(column, lag), is_off[lag:] != is_off[:-lag]
        both.append([mean_known(changes[differs]), mean_known(changes[~differs])])
    known = [one for one in both if np.isfinite(one).all()]
    return _ratio(*np.sum(known, axis=0)) if known else np.nan


def _repeats(
    series: list[np.ndarray], length: int, step: int, share_beyond: float, most: float
) -> bool:
    """Whether values are nearer to those a season ago than to others within a season, and the last
    ones too: the level may have shifted since. step : between the other lags.
    """

    def share(column: np.ndarray) -> float:
        n = len(column) - length
        if n < share_beyond * length:
            return np.nan
        others = [mean_known(_changes(column, lag)[-n:]) for lag in range(step, length, step)]
        own = _changes(column, length)
        nearest = [mean_known(own), *(mean_known(own[-k:]) for k in (step, 2 * step))]
        return _ratio(max(nearest), float(np.mean(others)))

    found = _mean_ratio(share(column) for values in series for column in values.T)
    return bool(found <= most)


def _changes(column: np.ndarray, lag: int) -> np.ndarray:
    return np.abs(column[lag:] - column[:-lag])


def _ratio(a: float, b: float) -> float:
    return a / b if b > 0 else np.nan


def _mean_ratio(ratios: Iterable[float]) -> float:
    """Geometric mean of the known ratios; NaN without any."""
    known = [ratio for ratio in ratios if np.isfinite(ratio) and ratio > 0]
    return float(np.exp(np.mean(np.log(known)))) if known else np.nan
