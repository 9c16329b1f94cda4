"""Whether rows follow each other in time, as far as the index of a pandas object shows it.

Windows are made of the rows before a row. Ensembles and searches that draw rows, such as
BaggingRegressor and KFold(shuffle=True), pass rows that did not come before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._warnings import warn_user

# Holes in an index of dates, of all rows, up to which nothing is said: trading days miss 4 to 7 %
# of the weekdays, for holidays. Drawing 9 rows of 10 leaves a hole after each tenth.
USUAL_HOLES = 0.08


# Or so many, as a short series may lie around New Year.
FEW_HOLES = 5


# Rows at the shortest distance from the next, of all rows, below which dates have no step at all:
# of a regular series drawn by halves it is half of them.
LEAST_REGULAR = 0.3


INSTEAD = (
    "Do not draw or shuffle rows: use TimeSeriesSplit, or make windows first with make_windows"
)


@dataclass(frozen=True)
class End:
    """The last row of fit. kind : what its index counts; is_default : an index that any frame has
    that was given none, and that says nothing of rows elsewhere.
    """

    kind: str
    last: Any
    is_default: bool


def warn_of_order(X: Any) -> bool:
    """Warn where the index of X is out of order, has a value twice, or has holes. Whether it was
    warned.
    """
    index = _index_of(X)
    if index is None or len(index) < 2:
        return False
    steps = np.diff(_numbers(index))
    if (steps < 0).any():
        after = int((steps < 0).argmax())
        warn_user(
            f"The index of X is out of order: {index[after + 1]} comes after {index[after]}. A "
            f"window is made of the rows before it in X, which are not those before it in time. "
            f"{INSTEAD}, and X.sort_index() where the rows are all there."
        )
        return True
    if (steps == 0).any():
        twice = index[int((steps == 0).argmax())]
        warn_user(
            f"The index of X has {twice} more than once. A window is made of the rows before it, "
            f"which are not a series then. {INSTEAD}, and window each of several series alone."
        )
        return True
    holes = _holes(index, steps)
    if not len(holes):
        return False
    after = int(holes[0])
    warn_user(
        f"The index of X has holes: {index[after + 1]} comes after {index[after]}. A window is "
        f"made of the rows before it in X, and would bridge the hole. {INSTEAD}, and where nothing "
        "is missing X.reset_index(drop=True)."
    )
    return True


def end_of(X: Any) -> End | None:
    """The last row of X; None where its index says nothing."""
    index = _index_of(X)
    if index is None or not len(index):
        return None
    is_default = getattr(index, "start", None) == 0 and getattr(index, "step", None) == 1
    return End(*_kind_and(index, -1), is_default)


def warn_of_past(X: Any, end: End | None) -> None:
    """Warn where X, which is to follow the rows of fit, begins before their end."""
    index = _index_of(X)
    if end is None or index is None or not len(index):
        return
    kind, first = _kind_and(index, 0)
    own = end_of(X)
    says_nothing = end.is_default and own is not None and own.is_default
    if kind == end.kind and first <= end.last and not says_nothing:
        warn_user(
            f'context="fit" puts the last rows of fit before X, but X begins at {index[0]}, and '
            "the rows of fit end after that. The first windows of X are then made of later rows. "
            "Give rows that follow those of fit, or set context=None."
        )


def _index_of(X: Any) -> Any:
    """The index of a pandas object, without missing times, where it counts or dates the rows; else
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
    """An index as int64, (n_rows,), in the order of time."""
    return index.asi8 if hasattr(index, "asi8") else index.to_numpy().astype(np.int64)


def _kind_and(index: Any, position: int) -> tuple[str, Any]:
    """What an index counts, and one of its values, for comparison with that of another index."""
    value = int(_numbers(index)[position])
    if hasattr(index, "freqstr") and not hasattr(index, "unit"):  # periods
        return f"period {index.freqstr}", value
    if not hasattr(index, "asi8"):
        return "int", value
    if index.dtype.kind == "m":
        return "span", np.timedelta64(value, index.unit)
    zoned = getattr(index, "tz", None) is not None  # numbers are UTC then
    return f"date {zoned}", np.datetime64(value, index.unit)


def _holes(index: Any, steps: np.ndarray) -> np.ndarray:
    """Positions after which rows are missing, in an index that increases by these steps."""
    nowhere = np.zeros(0, dtype=int)
    if steps.max() == steps.min():
        return nowhere
    if not hasattr(index, "asi8"):
        is_counting = not _are_dates(_numbers(index))
        return np.flatnonzero(steps > steps.min()) if is_counting else nowhere
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()
    # A day begins in a zone or in UTC: dates are regular if they are so in one of the two.
    zones = [None, "UTC"] if getattr(index, "tz", None) is not None else [None]
    found = []
    for zone in zones:
        wall = index.tz_convert(zone) if zone else index
        # Half-months differ in length too, but not by half of the shortest.
        is_wide = steps >= 1.5 * steps.min()
        found.append(np.flatnonzero((np.diff(_positions(wall)) > 1) & is_wide))
    holes = min(found, key=len)
    has_step = (steps < 1.5 * steps.min()).mean() >= LEAST_REGULAR
    is_usual = len(holes) <= max(FEW_HOLES, USUAL_HOLES * len(steps))
    return nowhere if is_usual or not has_step else holes


def _positions(index: Any) -> np.ndarray:
    """Positions of times among those at which there could be a row, (n_rows,) int.

    These are all days of the week with rows at all times of the day with rows, so that a series of
    business days, or of the hours in which a shop is open, has no holes.
    """
    if index.dtype.kind == "m":
        return _multiples(index.asi8)
    wall = index.tz_localize(None)
    per_day = int(np.timedelta64(1, "D") / np.timedelta64(1, wall.unit))
    times = wall.asi8
    if np.diff(times).min() >= 27 * per_day:  # months, quarters and years, which differ in days
        return _multiples(12 * np.asarray(wall.year, dtype=np.int64) + np.asarray(wall.month))
    day, time = np.divmod(times, per_day)
    if len(np.unique(time)) == 1 and np.gcd.reduce(np.diff(day)) > 1:
        return _multiples(day)  # weeks, for example
    step = np.gcd.reduce(np.diff(times))
    # Fewer days do not show which times of the day are left out by habit.
    if step < per_day and (per_day % step or day[-1] - day[0] < 4):
        return _multiples(times)
    week, weekday = np.divmod(day, 7)
    weekdays, weekday = np.unique(weekday, return_inverse=True)
    times_of_day, time = np.unique(time, return_inverse=True)
    return (week * len(weekdays) + weekday) * len(times_of_day) + time


def _multiples(values: np.ndarray) -> np.ndarray:
    """Increasing whole numbers in units of the largest step that divides all of theirs."""
    return (values - values[0]) // max(1, int(np.gcd.reduce(np.diff(values))))


def _are_dates(numbers: np.ndarray) -> bool:
    """Whether whole numbers are days or months written as 20261231 or 202612, whose next number is
    not the next row's.
    """
    first, last = numbers.min(), numbers.max()
    if first >= 19000101 and last <= 21001231:
        return bool(((numbers % 100 <= 31) & (numbers // 100 % 100 <= 12)).all())
    return bool(first >= 190001 and last <= 210012 and (numbers % 100 <= 12).all())
