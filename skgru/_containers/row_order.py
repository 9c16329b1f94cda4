"""Warnings about rows that do not follow each other in time, by the index of a pandas object.

A window consists of the rows before a row. Ensembles and searches that draw or shuffle rows, such
as BaggingRegressor and KFold(shuffle=True), break that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._warnings import warn_user

# Largest share of gaps in an index of dates without a warning. Trading days lack 4 to 7 % of the
# weekdays because of holidays. Drawing 9 of 10 rows leaves a gap in every tenth row.
USUAL_HOLES = 0.08


# Number of gaps that is always accepted: a short series may lie around New Year.
FEW_HOLES = 5


# A holiday is shorter than this, also with the weekends beside it.
LONGEST_HOLIDAY = np.timedelta64(11, "D")


# Least rows of fit that show which steps are usual: 8 business days hold a weekend.
SHOWS_STEPS = 8


# Least share of rows at the shortest distance from the next row: with fewer, dates have no step. A
# random half of a regular series still has one half.
LEAST_REGULAR = 0.3


INSTEAD = (
    "Do not draw or shuffle rows: use TimeSeriesSplit, or make windows first with make_windows"
)


@dataclass(frozen=True)
class End:
    """The last row of fit. kind : kind of its index; is_default : whether the index is the default
    0, 1, 2, ... of pandas, which cannot be compared with the index of other rows; longest_step :
    the largest difference of neighbouring rows, None if the rows are too few to show it.
    """

    kind: str
    last: Any
    is_default: bool
    longest_step: Any = None  # an int or a timedelta64, as differences of `last` are


def warn_of_order(X: Any) -> bool:
    """Warn if the index of X is out of order, has duplicates, or has gaps. Return whether it
    warned.
    """
    index = _index_of(X)
    if index is None or len(index) < 2:
        return False
    steps = np.diff(_numbers(index))
    if (steps < 0).any():
        after = int((steps < 0).argmax())
        warn_user(
            f"The index of X is out of order: {index[after + 1]} comes after {index[after]}, but "
            f"windows take the rows in the order of X. {INSTEAD}. If no row is missing, use "
            "X.sort_index()."
        )
        return True
    if (steps == 0).any():
        twice = index[int((steps == 0).argmax())]
        warn_user(
            f"The index of X has {twice} more than once, so that the rows of a window are not "
            f"consecutive. {INSTEAD}. If X holds several series, window each of them alone."
        )
        return True
    holes = _holes(index, steps)
    if not len(holes):
        return False
    after = int(holes[0])
    warn_user(
        f"The index of X has gaps: {index[after + 1]} comes after {index[after]}, and a window "
        f"across a gap has rows that are not consecutive. {INSTEAD}. If no row is missing, use "
        "X.reset_index(drop=True)."
    )
    return True


def end_of(X: Any) -> End | None:
    """The last row of X; None without an index of times or integers."""
    index = _index_of(X)
    if index is None or not len(index):
        return None
    is_default = getattr(index, "start", None) == 0 and getattr(index, "step", None) == 1
    return End(*_kind_and(index, -1), is_default, _longest_step(index))


def warn_of_past(X: Any, end: End | None) -> None:
    """Warn if X, which should follow the rows of fit, begins before their end, or long after it."""
    index = _index_of(X)
    if end is None or index is None or not len(index):
        return
    kind, first = _kind_and(index, 0)
    own = end_of(X)
    says_nothing = end.is_default and own is not None and own.is_default
    if kind != end.kind or says_nothing:
        return
    if first <= end.last:
        warn_user(
            f'context="fit" puts the last rows of fit before X, but X begins at {index[0]}, before '
            "the end of these rows. Give rows that follow those of fit, or set context=None."
        )
    elif end.longest_step is not None and first - end.last >= 1.5 * end.longest_step:
        warn_user(
            f'context="fit" puts the last rows of fit before X, but rows are missing between them: '
            f"X begins at {index[0]}, and its first windows have rows that are not consecutive. "
            "Give X from the end of fit on (in TimeSeriesSplit, gap=0), or set context=None."
        )


def _index_of(X: Any) -> Any:
    """The index of a pandas object, without missing times, if it holds times or integers; else
    None.
    """
    if type(X).__module__.split(".")[0] != "pandas" or not hasattr(X, "index"):
        return None
    index = X.index
    is_time = hasattr(index, "asi8")  # dates, periods and time spans
    if not is_time and getattr(index.dtype, "kind", "") not in "iu":
        return None
    return index[index.notna()] if is_time and index.hasnans else index


def _numbers(index: Any) -> np.ndarray:
    """An index as int64, (n_rows,), which increases with time."""
    return index.asi8 if hasattr(index, "asi8") else index.to_numpy().astype(np.int64)


def _kind_and(index: Any, position: int) -> tuple[str, Any]:
    """The kind of an index, and one of its values, which can be compared within the same kind."""
    value = int(_numbers(index)[position])
    if hasattr(index, "freqstr") and not hasattr(index, "unit"):  # periods
        return f"period {index.freqstr}", value
    if not hasattr(index, "asi8"):
        return "int", value
    if index.dtype.kind == "m":
        return "span", np.timedelta64(value, index.unit)
    zoned = getattr(index, "tz", None) is not None  # its numbers are UTC
    return f"date {zoned}", np.datetime64(value, index.unit)


def _longest_step(index: Any) -> Any:
    """The largest step of an index, in the form of differences of its values (see `_kind_and`).
    None if its rows do not show the times that are regularly without rows, such as weekends.
    """
    if len(index) < SHOWS_STEPS:
        return None
    steps = np.diff(_numbers(index))
    longest = int(steps.max())
    if not hasattr(index, "asi8"):
        return None if _are_dates(_numbers(index)) else longest
    if not hasattr(index, "unit"):  # periods
        return longest
    day = int(np.timedelta64(1, "D") / np.timedelta64(1, index.unit))
    covers_nights = steps.min() >= day or steps.min() == longest
    if steps.sum() < (day if covers_nights else 7 * day):
        return None
    return np.timedelta64(longest, index.unit)


def _holes(index: Any, steps: np.ndarray) -> np.ndarray:
    """Positions after which rows are missing, in an increasing index with these steps."""
    nowhere = np.zeros(0, dtype=int)
    if steps.max() == steps.min():
        return nowhere
    if not hasattr(index, "asi8"):
        is_counting = not _are_dates(_numbers(index))
        return np.flatnonzero(steps > steps.min()) if is_counting else nowhere
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()
    # A day begins in the time zone or in UTC: dates are regular if they are regular in either.
    zones = [None, "UTC"] if getattr(index, "tz", None) is not None else [None]
    found = []
    for zone in zones:
        wall = index.tz_convert(zone) if zone else index
        # Half-months differ in length too, but by less than half of the shortest.
        is_wide = steps >= 1.5 * steps.min()
        found.append(np.flatnonzero((np.diff(_positions(wall)) > 1) & is_wide))
    holes = min(found, key=len)
    is_regular = steps < 1.5 * steps.min()
    if is_regular.mean() < LEAST_REGULAR or not len(holes):
        return nowhere
    # Two or three events at random times have no step either.
    wide = holes[~_are_holidays(index, holes)] if is_regular.sum() >= 3 else nowhere
    is_usual = len(holes) <= max(FEW_HOLES, USUAL_HOLES * len(steps))
    return wide if len(wide) else nowhere if is_usual else holes


def _are_holidays(index: Any, holes: np.ndarray) -> np.ndarray:
    """Whether each hole may be closed days, or the hour that a clock skips in spring."""
    times = index.asi8.astype(f"m8[{index.unit}]")
    steps = np.diff(times)
    shortest, missing = steps.min(), steps[holes] - steps.min()
    day = np.timedelta64(1, "D")
    if shortest >= 7 * day:  # no week, month or year is closed
        return np.zeros(len(holes), dtype=bool)
    if shortest >= day:
        return missing < LONGEST_HOLIDAY
    wall = (
        times if index.dtype.kind == "m" else index.tz_localize(None).asi8.astype(times.dtype)
    ) % day
    is_by_days = (wall[holes] == wall.max()) | (wall[holes + 1] == wall.min())
    return (is_by_days & (missing < LONGEST_HOLIDAY)) | (missing <= np.timedelta64(1, "h"))


def _positions(index: Any) -> np.ndarray:
    """Positions of times among all possible times of a row, (n_rows,) int.

    Possible times are the combinations of the days of the week and the times of the day that occur.
    Thus a series of business days, or of the opening hours of a shop, has no gaps.
    """
    if index.dtype.kind == "m":
        return _multiples(index.asi8)
    wall = index.tz_localize(None)
    per_day = int(np.timedelta64(1, "D") / np.timedelta64(1, wall.unit))
    times = wall.asi8
    if np.diff(times).min() >= 27 * per_day:  # months, quarters and years, of different lengths
        return _multiples(12 * np.asarray(wall.year, dtype=np.int64) + np.asarray(wall.month))
    day, time = np.divmod(times, per_day)
    if len(np.unique(time)) == 1 and np.gcd.reduce(np.diff(day)) > 1:
        return _multiples(day)  # weeks, for example
    step = np.gcd.reduce(np.diff(times))
    # Fewer than 4 days do not show which times of the day are regularly without rows.
    if step < per_day and (per_day % step or day[-1] - day[0] < 4):
        return _multiples(times)
    week, weekday = np.divmod(day, 7)
    weekdays, weekday = np.unique(weekday, return_inverse=True)
    times_of_day, time = np.unique(time, return_inverse=True)
    return (week * len(weekdays) + weekday) * len(times_of_day) + time


def _multiples(values: np.ndarray) -> np.ndarray:
    """Increasing integers, from 0 on, in units of the greatest common divisor of their steps."""
    return (values - values[0]) // max(1, int(np.gcd.reduce(np.diff(values))))


def _are_dates(numbers: np.ndarray) -> bool:
    """Whether integers are days or months such as 20261231 or 202612, which do not count rows."""
    first, last = numbers.min(), numbers.max()
    if first >= 19000101 and last <= 21001231:
        return bool(((numbers % 100 <= 31) & (numbers // 100 % 100 <= 12)).all())
    return bool(first >= 190001 and last <= 210012 and (numbers % 100 <= 12).all())
