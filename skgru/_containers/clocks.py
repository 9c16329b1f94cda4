"""Days, weeks and months in time zones whose clocks change.

Steps of a day and more follow the wall clock: each row has the same time of the day. Shorter steps,
and multiples of 24 hours, follow absolute time. Where a wall time does not exist, the row stands at
the first moment after it. Where a wall time exists twice, the row stands at the first of the two. A
whole day that a zone skipped, such as 30 December 2011 in Samoa, has no row.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

# Most times of the day that the rows of a daily series have: the usual one, and those to which the
# clock change moved it.
TIMES_OF_DAY = 3

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Steps that pandas does not infer: the 1st and 15th, or the 15th and the last day of the month.
HALF_MONTHS = ("SMS", "SME")


def follows_wall_clock(step: Any) -> bool:
    """Whether a pandas offset counts days of the calendar, and not hours."""
    import pandas as pd

    return isinstance(step, pd.offsets.Day) or not isinstance(step, pd.offsets.Tick)


def wall_times(index: Any) -> Any:
    """Times of a pandas index without their time zone. Rows that a clock change moved are at their
    usual time of the day again.
    """
    import pandas as pd

    wall = index.tz_localize(None)
    if index.tz is None or not len(index):
        return wall
    of_day = wall - wall.normalize()
    if len(index) == 1:  # a change at midnight is the usual one
        times = pd.TimedeltaIndex([pd.Timedelta(0)])
    else:
        counts = of_day.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        times = counts.index
    if not 1 <= len(times) <= TIMES_OF_DAY or (len(times) == 1 and len(index) > 1):
        return wall
    for time in times:
        is_moved = of_day != time
        day = (wall[is_moved] - pd.Timedelta(1, "s")).normalize()
        usual = day + time
        if (in_zone(usual, index.tz) == index[is_moved]).all():
            whole = wall.to_numpy().copy()
            whole[is_moved] = usual.to_numpy()
            return pd.DatetimeIndex(whole, name=index.name)
    return wall


def change_of_clocks(index: Any, step: Any, n_before: Any, n_after: int) -> Any:
    """The first time after a change of the clocks, among the last rows of a pandas index of hours
    or shorter steps and the rows after it; None if there is no change. n_before : Timedelta.
    """
    if getattr(index, "tz", None) is None or isinstance(step, int | None):
        return None
    import pandas as pd

    if follows_wall_clock(step) or not len(index):
        return None
    rows = index[index > index[-1] - n_before]
    rows = rows.append(dates_after(index, n_after, step))
    offset = rows.tz_localize(None) - rows.tz_convert("UTC").tz_localize(None)
    changed = np.flatnonzero(offset != offset[0])
    return pd.Timestamp(rows[changed[0]]) if len(changed) else None


def in_zone(wall: Any, zone: Any) -> Any:
    """Wall times of a pandas index in a time zone."""
    first = np.ones(len(wall), dtype=bool)
    return wall.tz_localize(zone, nonexistent="shift_forward", ambiguous=first)


def dates_after(index: Any, n: int, step: Any) -> Any:
    """The n dates after a pandas index."""
    import pandas as pd

    try:
        if index.tz is None or not follows_wall_clock(step):
            following = pd.date_range(index[-1], periods=n + 1, freq=step)[1:]
        else:
            following = _dates_from(wall_times(index)[-1], n + 1, step, index.tz)[1:]
    except (pd.errors.OutOfBoundsDatetime, OverflowError) as error:
        remedy = f"Give fewer than {n} steps"
        if index.unit == "ns" and int(pd.__version__.split(".")[0]) > 2:
            remedy = "Convert the dates of X, for example by X.index = X.index.as_unit('us')"
        raise ValueError(
            f"X ends at {index[-1]}, and the {n} rows after it reach beyond the dates that its "
            f"index can hold (datetime64[{index.unit}]). {remedy}."
        ) from error
    return following if following.unit == index.unit else following.as_unit(index.unit)


def _dates_from(first: Any, n: int, step: Any, zone: Any) -> Any:
    """The first n dates in a time zone from a wall time on."""
    import pandas as pd

    n_days = n + 1  # a zone has skipped one day at most
    wall = pd.date_range(first, periods=n_days, freq=step)
    if isinstance(step, pd.offsets.Tick):  # a day of pandas 2, which adds it to absolute time
        dates = in_zone(wall, zone)
    else:
        # These two arguments are not documented, but pandas resamples with them.
        moved: dict[str, Any] = {"nonexistent": "shift_forward", "ambiguous": True}
        dates = pd.date_range(first, periods=n_days, freq=step, tz=zone, **moved)
    is_skipped = dates.tz_localize(None) - wall >= pd.Timedelta(days=1)
    return (dates[~is_skipped] if is_skipped.any() else dates)[:n]


def goes_by(index: Any, step: Any) -> bool:
    """Whether the dates of a pandas index are regular with this step."""
    import pandas as pd

    is_checked = index.tz is None or not follows_wall_clock(step)
    if index.freq is not None and index.freq == step and is_checked:
        return True  # by pandas
    times = wall_times(index) if follows_wall_clock(step) else index
    if (pd.date_range(times[0], periods=len(times), freq=step) == times).all():
        return True
    return not is_checked and bool(
        (_dates_from(times[0], len(index), step, index.tz) == index).all()
    )


def regular_step(index: Any) -> Any:
    """The step of increasing dates, a pandas offset; None if it is irregular or unclear."""
    import pandas as pd

    if len(index) < 2 or not index.is_monotonic_increasing or not index.is_unique:
        return None
    wall = wall_times(index)
    if len(index) == 2:
        days = (wall[1] - wall[0]) / pd.Timedelta(days=1)
        return pd.offsets.Day(int(days)) if days.is_integer() else _offset(index[1] - index[0])
    step = _inferred(wall)
    if step is None and 13 <= (wall[-1] - wall[0]).days / (len(wall) - 1) <= 17:
        steps = map(_offset, HALF_MONTHS)
        step = next((one for one in steps if goes_by(wall, one)), None)
    if index.tz is None or (step is not None and follows_wall_clock(step)):
        return step
    if step is None and (around := _step_around_a_skipped_day(index, wall)) is not None:
        return around
    gaps = np.diff(index.asi8)
    return _offset(index[1] - index[0]) if (gaps == gaps[0]).all() else None


def _step_around_a_skipped_day(index: Any, wall: Any) -> Any:
    """The step of dates that are regular but for a day that their zone skipped; else None."""
    cut = int(np.diff(wall.asi8).argmax()) + 1
    longer = max(wall[:cut], wall[cut:], key=len)
    if len(longer) < 3 or not longer.is_monotonic_increasing:
        return None
    step = _inferred(longer)
    is_right = step is not None and follows_wall_clock(step) and goes_by(index, step)
    return step if is_right else None


def hours_between_days(index: Any) -> int | None:
    """Usual hours between dates that are days of another time zone, such as UTC; None for others.

    In their own time zone, such dates have two times of the day, one in summer and one in winter.
    """
    wall = wall_times(index)
    if index.tz is None or len(index) < 2 or len((wall - wall.normalize()).unique()) == 1:
        return None
    day = np.timedelta64(1, "D") / np.timedelta64(1, index.unit)
    gaps = np.diff(index.asi8)
    are_days = (gaps > 0).all() and (gaps % day == 0).all()
    return int(np.median(gaps) / day * 24) if are_days else None


def open_days(index: Any) -> Any:
    """The step of dates on all days of the week that occur, for example from Monday to Saturday;
    None for other dates, and for less than two weeks.
    """
    wall = wall_times(index)
    weekdays = wall.day_of_week.unique()
    is_candidate = 1 < len(weekdays) < 7 and len(index) >= 2 * len(weekdays)
    if not is_candidate or len((wall - wall.normalize()).unique()) > 1:
        return None
    mask = [day in weekdays for day in range(7)]
    days = wall.to_numpy().astype("datetime64[D]")
    if (np.busday_count(days[:-1], days[1:], mask) != 1).any():
        return None
    return custom_days(mask)


def custom_days(mask: list[bool]) -> Any:
    import pandas as pd

    names = [name for name, is_open in zip(WEEKDAYS, mask, strict=True) if is_open]
    return pd.offsets.CustomBusinessDay(weekmask=" ".join(names))


def _inferred(dates: Any) -> Any:
    """The step that pandas infers from at least three dates without a time zone, or None."""
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas 3 announces that it will return an offset
        freq = pd.infer_freq(dates)
    if freq is None:
        return None
    # pandas takes the last Friday of a month, which may be its fifth, for the fourth one.
    steps = [_offset(freq), pd.offsets.LastWeekOfMonth(weekday=dates[0].weekday())]
    return next((one for one in steps if goes_by(dates, one)), None)


def _offset(step: Any) -> Any:
    import pandas as pd

    return pd.tseries.frequencies.to_offset(step)
