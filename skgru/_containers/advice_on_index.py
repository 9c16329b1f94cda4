"""What messages advise about an index. Each way is tried on the index before it is advised."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from skgru._containers.advice_on_doubled_dates import doubled
from skgru._containers.clocks import (
    HALF_MONTHS,
    WEEKDAYS,
    custom_days,
    hours_between_days,
    open_days,
    regular_step,
    wall_times,
)
from skgru._containers.polars_dates import dates_in
from skgru._containers.text_dates import Way

# Least share of the weeks in which a weekday occurs, if it is an open day.
OPEN_FROM = 0.5

# Steps to which the dates of irregular rows are rounded, and the largest difference of the usual
# step from one of them.
ROUND_STEPS: tuple[str, ...] = (
    "s",
    "5s",
    "10s",
    "15s",
    "30s",
    "min",
    "2min",
    "3min",
    "5min",
    "10min",
    "15min",
)
ROUND_STEPS += ("20min", "30min", "h", "2h", "3h", "4h", "6h", "8h", "12h", "D")
ROUND_TOLERANCE = 0.05

# Rows that a step may give for each row, if less than half of the rows follow each other with it.
MOST_ROWS = 4

# A day with fewer of its times has sessions, with nights between them.
FULL_DAY = 0.9

# Steps that end with a month, and the intervals of polars.
MONTH_ENDS = {"ME": "mo", "QE": "q", "YE": "y"}


def irregular(index: Any, frame: Any = None) -> str:
    """The message for an index without a regular step. frame : the polars frame of the index."""
    if (message := doubled(index, frame)) is not None:
        return message
    remedy = _remedy(index, frame)
    n_daily = rows_of_session(index)
    if n_daily is not None and index.is_monotonic_increasing:
        return (
            f"X's index has no regular step between {index[0]} and {index[-1]}: each day has "
            f"{n_daily} rows, and no rows in the night{_widest_gap(index)}. Make the step regular "
            f"first: {remedy}. Set season_length={n_daily} for the season of a day."
        )
    gap = _widest_gap(index)
    why = f"rows are missing{gap}" if gap else "its rows are at unequal steps"
    why = why if index.is_monotonic_increasing else "its rows are out of order"
    return (
        f"X's index has no regular step between {index[0]} and {index[-1]}: {why}. Make the step "
        f"regular first: {remedy}."
    )


def _widest_gap(index: Any) -> str:
    """The place of the widest gap; empty if all gaps are about as wide."""
    if not index.is_monotonic_increasing or len(index) < 3:
        return ""
    gaps = np.diff(index.asi8 if hasattr(index, "asi8") else index.to_numpy())
    longest = int(gaps.argmax())
    if gaps[longest] < 1.5 * np.median(gaps):  # months differ too
        return ""
    return f" (the widest gap is after {index[longest]})"


def _remedy(index: Any, frame: Any) -> str:
    """Code that makes the step regular, and keeps each row."""
    import pandas as pd

    if not index.is_monotonic_increasing:
        return "X.sort_index()" if frame is None else f"X.sort({frame.columns[0]!r})"
    if isinstance(index, pd.PeriodIndex):
        return f"X.resample({index.freqstr!r}).mean()"
    if not isinstance(index, pd.DatetimeIndex):
        return _remedy_of_numbers(index)
    number = "X.reset_index(drop=True)" if frame is None else f"X.drop({frame.columns[0]!r})"
    if rows_of_session(index) is not None:
        return number
    if frame is None:
        right = [way for way in ways_for(index) if keeps_rows(way, pd.Series(1.0, index))]
    else:
        right = [way for way in _polars_ways(index, frame) if _keeps_polars_rows(way, frame)]
    return right[0].code if right else number


def _remedy_of_numbers(index: Any) -> str:
    """Rows of missing numbers are inserted, if most numbers follow each other."""
    gaps = np.diff(index.to_numpy().astype(np.int64))
    step = int(gaps.min())
    if (gaps % step).any() or (gaps == step).mean() < OPEN_FROM:
        return "X.reset_index(drop=True)"
    last = int(index[-1]) + step
    return f"X.reindex(range({int(index[0])}, {last}{'' if step == 1 else f', {step}'}))"


def rows_of_session(index: Any) -> int | None:
    """Usual rows of a day, if there are times of the day without rows, as in the night; else
    None.
    """
    import pandas as pd

    if not isinstance(index, pd.DatetimeIndex) or len(index) < 3:
        return None
    wall = index.tz_localize(None).sort_values()
    step = float(np.quantile(np.diff(wall.to_numpy()) / np.timedelta64(1, "D"), 0.25))
    days = wall.normalize()
    counts = days.value_counts()
    if not 0 < step < 0.5 or len(counts) < 3:
        return None
    n_times = len((wall - days).unique())
    rows = int(counts.median())
    are_same = rows > 1 and n_times <= 2 * rows
    return rows if are_same and n_times < FULL_DAY / step else None


def keeps_rows(way: Way, series: Any) -> bool:
    """Whether a way leads to a regular step, and keeps each row."""
    try:
        found = way.run(series)
    except Exception:  # a time that the zone does not have, or twice: pytz has errors of its own
        return False
    index = found.index
    is_regular = hasattr(index, "freqstr") and (
        not hasattr(index, "unit") or index.freq is not None or regular_step(index) is not None
    )
    return is_regular and _are_filled(found.notna().to_numpy(), len(series))


def _are_filled(is_known: np.ndarray, n_rows: int) -> bool:
    """Whether regular rows hold all rows of irregular dates, and are not mainly empty."""
    if len(is_known) < 3 or is_known.sum() != n_rows:
        return False
    share = (is_known[1:] & is_known[:-1]).sum() / max(1, n_rows - 1)
    return len(is_known) <= MOST_ROWS * n_rows or share >= OPEN_FROM


def _keeps_polars_rows(way: Way, frame: Any) -> bool:
    import polars as pl

    time = frame.columns[0]
    try:
        found = way.run(frame.select(time, pl.lit(1.0).alias("" if time else "rows")))
        index = dates_in(found[time])
    except (ValueError, TypeError, pl.exceptions.PolarsError):
        return False
    if index.hasnans or not _are_filled(found[:, 1].is_not_null().to_numpy(), len(frame)):
        return False
    return regular_step(index) is not None or open_days(index) is not None


def ways_for(index: Any) -> Iterator[Way]:
    """Ways to a regular step of dates with gaps, the best first."""
    if period := _one_in_each(index):  # for example the 15th of each month: no gaps
        yield Way(f"X.to_period({period!r})", lambda X: X.to_period(period))
    likely = _likely_steps(index)
    for freq in likely:
        yield _asfreq(freq)
        if not freq.startswith("C-"):
            yield _resampled(freq)
    if index.tz is not None:
        yield Way("X.tz_localize(None)", lambda X: X.tz_localize(None))
        yield from map(_asfreq_without_zone, likely)
    if grid := _grid_of(index):
        yield from _asfreq_rounded(grid)
    if finest := _common_step(index):
        yield _asfreq(finest)


def _asfreq(freq: str) -> Way:
    filled = ".ffill()" if freq == "B" else ""  # on holidays the last price remains valid
    return Way(f"X.asfreq({_text_of(freq)}){filled}", lambda X: X.asfreq(_offset_of(freq)))


def _resampled(freq: str) -> Way:
    return Way(
        f"X.resample({_text_of(freq)}).mean()", lambda X: X.resample(_offset_of(freq)).mean()
    )


def _asfreq_without_zone(freq: str) -> Way:
    return Way(
        f"X.tz_localize(None).asfreq({_text_of(freq)})",
        lambda X: X.tz_localize(None).asfreq(_offset_of(freq)),
    )


def _asfreq_rounded(grid: str) -> Iterator[Way]:
    if grid == "D":
        yield Way(
            "X.set_axis(X.index.normalize()).asfreq('D')",
            lambda X: X.set_axis(X.index.normalize()).asfreq("D"),
        )
    yield Way(
        f"X.set_axis(X.index.round({grid!r})).asfreq({grid!r})",
        lambda X: X.set_axis(X.index.round(grid)).asfreq(grid),
    )


def _polars_ways(index: Any, frame: Any) -> Iterator[Way]:
    """The same for a polars frame."""
    time = frame.columns[0]
    if period := _one_in_each(index):
        yield _changed(time, f"dt.truncate({ {'M': '1mo', 'Q': '1q', 'Y': '1y'}[period]!r})")
    likely = _likely_steps(index)
    for freq in [*likely, _common_step(index)]:
        if freq is None:
            continue
        if every := _polars_every(freq):
            yield _upsampled(time, every)
        if freq == "B" or freq.startswith("C-"):
            yield _open_only(time, "Mon Tue Wed Thu Fri" if freq == "B" else freq)
        unit = freq.split("-")[0].lstrip("0123456789")
        if unit in MONTH_ENDS:
            count = freq.split("-")[0].removesuffix(unit) or "1"
            every = count + MONTH_ENDS[unit]
            yield _upsampled(time, every, "dt.month_start()", "dt.month_end()")
    for freq in likely:
        yield _polars_join(time, freq)
        if every := _polars_every(freq):
            yield _upsampled(time, every, f"dt.truncate({every!r})")
    if index.tz is not None:
        yield _changed(time, "dt.replace_time_zone(None)")
        for freq in likely:
            if every := _polars_every(freq):
                yield _upsampled(time, every, "dt.replace_time_zone(None)")
    if (grid := _grid_of(index)) and (every := _polars_every(grid)):
        for how in ("truncate", "round") if grid == "D" else ("round",):
            yield _upsampled(time, every, f"dt.{how}({every!r})")


def _changed(time: str, how: str) -> Way:
    """A change of the dates, such as "dt.month_start()"."""
    return Way(
        f"X.with_columns(pl.col({time!r}).{how})", lambda X: X.with_columns(_of_dates(time, how))
    )


def _upsampled(time: str, every: str, before: str | None = None, after: str | None = None) -> Way:
    """Dates with missing ones, changed before and after."""
    steps = [_changed(time, how) if how else None for how in (before, after)]
    first, last = (step.code.removeprefix("X") if step else "" for step in steps)

    def run(X: Any) -> Any:
        X = steps[0].run(X) if steps[0] else X
        X = X.upsample(time, every=every)
        return steps[1].run(X) if steps[1] else X

    return Way(f"X{first}.upsample({time!r}, every={every!r}){last}", run)


def _of_dates(time: str, how: str) -> Any:
    """A polars expression of the dates, from "dt.round('1h')" for example."""
    import polars as pl

    name, _, argument = how.removeprefix("dt.").removesuffix(")").partition("(")
    arguments = {"": [], "None": [None]}.get(argument, [argument.strip("'")])
    return getattr(pl.col(time).dt, name)(*arguments)


def _open_only(time: str, freq: str) -> Way:
    """The open days of the week, as in "C-Mon Tue Wed"."""
    import polars as pl

    days = [i + 1 for i, day in enumerate(WEEKDAYS) if day in freq]
    return Way(
        f"X.upsample({time!r}, every='1d').filter(pl.col({time!r}).dt.weekday().is_in({days}))",
        lambda X: X.upsample(time, every="1d").filter(pl.col(time).dt.weekday().is_in(days)),
    )


def _polars_join(time: str, freq: str) -> Way:
    """All dates of a step of pandas, joined with the rows of a polars frame without time zone."""
    import pandas as pd
    import polars as pl

    def joined(X: Any) -> Any:
        dates = pd.date_range(X[time].min(), X[time].max(), freq=_offset_of(freq)).to_numpy()
        return pl.DataFrame({time: dates}).cast({time: X.schema[time]}).join(X, on=time, how="left")

    dates = f"pd.date_range(X[{time!r}].min(), X[{time!r}].max(), freq={_text_of(freq)})"
    return Way(
        f"pl.DataFrame({{{time!r}: {dates}.to_numpy()}}).cast({{{time!r}: X.schema[{time!r}]}})"
        f".join(X, on={time!r}, how='left')",
        joined,
    )


def _polars_every(freq: str) -> str | None:
    """The interval of polars for a step; None for steps that it cannot express."""
    count = freq[: len(freq) - len(freq.lstrip("0123456789"))]
    unit = freq[len(count) :].split("-")[0]
    units = {"D": "d", "W": "w", "h": "h", "min": "m", "s": "s", "ms": "ms", "us": "us"}
    units |= {"MS": "mo", "QS": "q", "YS": "y"}
    return f"{count or 1}{units[unit]}" if unit in units else None


def _one_in_each(index: Any) -> str | None:
    """The calendar period, "M", "Q" or "Y", if each period has one of these dates; else None."""
    counts = {"M": 12 * index.year + index.month, "Q": 4 * index.year + index.quarter}
    for period, count in {**counts, "Y": index.year}.items():
        if (np.diff(count) == 1).all():
            return period
    return None


def _likely_steps(index: Any) -> list[str]:
    """Frequencies that dates with gaps may have, the likeliest first."""
    freq = likely_freq(index)
    days = _usual_open_days(index) if freq in ("D", "B") else None
    if days is not None:
        freq = "B" if days.weekmask == "Mon Tue Wed Thu Fri" else f"C-{days.weekmask}"
    return [*(HALF_MONTHS if freq == "W" else ()), freq]


def likely_freq(index: Any) -> str:
    """The most likely frequency of dates with gaps: that of the longest part without a gap, or by
    the median difference.
    """
    if hours := hours_between_days(index):
        return f"{hours}h"
    gaps = np.diff(index.asi8)
    if len(gaps) > 3 and index.is_monotonic_increasing and (gaps > 0).all():
        # Months differ in length: a gap is more than half as long again as the usual step.
        cuts = [0, *np.flatnonzero(gaps > 1.5 * np.median(gaps)) + 1, len(index)]
        start, stop = max(pairwise(cuts), key=lambda part: part[1] - part[0])
        offset = regular_step(index[start:stop]) if stop - start > 3 else None
        if offset is not None:
            is_weekday = offset.freqstr == "D" and (wall_times(index).day_of_week < 5).all()
            if not (is_weekday and len(index) > 7):
                return offset.freqstr
    index = wall_times(index)
    days = float(np.median(np.diff(index.to_numpy()) / np.timedelta64(1, "D")))
    if days == 1 and len(index) > 7 and (index.day_of_week < 5).all():
        return "B"
    for freq, shortest in (("YS", 360), ("QS", 85), ("MS", 27), ("W", 6.9), ("D", 0.9)):
        if days >= shortest:
            return freq
    return "h" if days >= 1 / 25 else "min"


def _grid_of(index: Any) -> str | None:
    """The round step near the usual step of dates that are off it by seconds or minutes."""
    import pandas as pd

    usual = float(np.median(np.diff(index.to_numpy())) / np.timedelta64(1, "ns"))
    sizes = [pd.to_timedelta(one if one[0].isdigit() else f"1{one}").value for one in ROUND_STEPS]
    near = [
        one
        for one, size in zip(ROUND_STEPS, sizes, strict=True)
        if abs(usual - size) <= ROUND_TOLERANCE * size
    ]
    return near[0] if near else None


def _common_step(index: Any) -> str | None:
    """The longest step on which all dates lie, unless it needs many rows."""
    import pandas as pd

    gaps = np.diff(index.asi8)
    step = int(np.gcd.reduce(gaps)) if len(gaps) else 0
    if step < 1 or gaps.sum() / step > MOST_ROWS * len(gaps):
        return None
    return pd.tseries.frequencies.to_offset(pd.Timedelta(step, unit=index.unit)).freqstr


def _usual_open_days(index: Any) -> Any:
    """The step of daily dates with gaps, among them at least one whole day of the week; None if
    each day of the week occurs, or without at least three weeks.
    """
    wall = wall_times(index)
    days = wall.normalize()
    if not len(days) or not days.is_unique or not days.is_monotonic_increasing:
        return None
    n_weeks = ((days[-1] - days[0]).days + 1) / 7
    counts = np.bincount(days.day_of_week, minlength=7)
    is_open = counts > 0
    if n_weeks < 3 or is_open.all() or (counts[is_open] < OPEN_FROM * n_weeks).any():
        return None
    return custom_days(list(is_open)) if is_open.sum() > 1 else None


def _offset_of(freq: str) -> Any:
    import pandas as pd

    if freq.startswith("C-"):
        return pd.offsets.CustomBusinessDay(weekmask=freq[2:])
    return pd.tseries.frequencies.to_offset(freq)


def _text_of(freq: str) -> str:
    """The text of code for a step, as "C-Mon Tue Wed" for a week of three open days."""
    if freq.startswith("C-"):
        return f"pd.offsets.CustomBusinessDay(weekmask={freq[2:]!r})"
    return repr(freq)
