"""The time index of a series: its step, its season length, and its continuation."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from skgru._containers.clocks import (
    dates_after,
    goes_by,
    hours_between_days,
    regular_step,
    wall_times,
)

DAY = 86_400  # seconds

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Least share of the weeks in which a weekday occurs, if it is an open day.
OPEN_FROM = 0.5


def season_lengths_of(freq: Any) -> tuple[int, ...]:
    """Rows of the seasons that a step of the index may have, the shortest first: () without any.

    The step decides, however its offset is spelled: 7D is a week, 24h a day, 3MS a quarter.
    """
    import pandas as pd

    offsets = pd.offsets
    if isinstance(freq, int | None):
        return ()
    if isinstance(freq, offsets.CustomBusinessDay) and freq.n == 1:
        return (sum(day != "0" for day in _weekmask(freq)),)
    if isinstance(freq, offsets.BusinessDay):
        return (5,) if freq.n == 1 else ()
    if isinstance(freq, offsets.BusinessHour):
        return (8,) if freq.n == 1 else ()
    if isinstance(freq, offsets.SemiMonthBegin | offsets.SemiMonthEnd):
        return (24,) if freq.n == 1 else ()
    seconds, months = _seconds_of(freq), _months_of(freq)
    if months:
        return (12 // months,) if months < 12 and 12 % months == 0 else ()
    if seconds == 7 * DAY:
        return (52,)
    if seconds == DAY:
        return (7, 365)
    if not seconds or seconds > DAY or DAY % seconds:
        return ()
    periods = [3600, DAY, 7 * DAY] if seconds <= 60 else [DAY, 7 * DAY]
    lengths = ([60] if seconds == 1 else []) + [int(period // seconds) for period in periods]
    return tuple(length for length in lengths if length > 1)


def _seconds_of(freq: Any) -> float:
    """Seconds of a step of fixed length, 0 of others."""
    import pandas as pd

    if isinstance(freq, pd.offsets.Day | pd.offsets.Week):
        return DAY * freq.n * (7 if isinstance(freq, pd.offsets.Week) else 1)
    if isinstance(freq, pd.offsets.Tick):
        return freq.nanos / 1e9
    fixed = {"weeks": 7 * DAY, "days": DAY, "hours": 3600, "minutes": 60, "seconds": 1}
    parts = getattr(freq, "kwds", {})
    if type(freq) is pd.DateOffset and parts and set(parts) <= set(fixed):
        return freq.n * sum(fixed[name] * n for name, n in parts.items())
    return 0


def _months_of(freq: Any) -> int:
    """Months of a step of the calendar, 0 of others."""
    import pandas as pd

    parts = getattr(freq, "kwds", {})
    if type(freq) is pd.DateOffset:
        is_calendar = bool(parts) and set(parts) <= {"months", "years"}
        return freq.n * (parts.get("months", 0) + 12 * parts.get("years", 0)) if is_calendar else 0
    name = freq.freqstr.split("-")[0].lstrip("0123456789")
    steps = {"M": 1, "BM": 1, "CBM": 1, "Q": 3, "BQ": 3, "Y": 12, "BY": 12}
    found = [steps[start] for start in steps for end in ("", "S", "E") if name == start + end]
    return freq.n * found[0] if found else 0


def _weekmask(freq: Any) -> str:
    """Working days from Monday to Sunday, as "1111110"."""
    mask = freq.weekmask
    if isinstance(mask, str) and set(mask) <= {"0", "1"}:
        return mask
    names = mask.split() if isinstance(mask, str) else mask
    if all(isinstance(one, str) for one in names):
        return "".join(str(int(day in names)) for day in WEEKDAYS)
    return "".join(str(int(bool(one))) for one in names)


@dataclass(frozen=True)
class TimeIndex:
    """The index of the rows of a series.

    index : a pandas index, or None without one; freq : its step, an int or a pandas offset, None
    if unknown (a single row); time, dtype : name and type of the time column of a polars frame.
    """

    library: str = "numpy"
    index: Any = None
    freq: Any = None
    time: str | None = None
    dtype: Any = None

    @property
    def season_lengths(self) -> tuple[int, ...]:
        """Rows of the seasons that this step may have, the shortest first."""
        return season_lengths_of(self.freq)

    @property
    def season_length(self) -> int:
        """Rows of the shortest season that this step may have; 1 without any."""
        return min(self.season_lengths, default=1)

    def following(self, n: int) -> Any:
        """The index of the n rows after the last row; None without an index."""
        if self.index is None:
            return None
        # pandas adds offsets one by one in Python, which is slow, so the result is cached. Sharing
        # it is safe: an index is immutable, and a slice is a new object with its own name.
        kept = self.__dict__.get("_following")
        if kept is None or len(kept) < n:
            kept = self._continued(n)
            object.__setattr__(self, "_following", kept)
        return kept[:n]

    def _continued(self, n: int) -> Any:
        import pandas as pd

        last = self.index[-1]
        if isinstance(self.freq, int):
            last = int(last)  # a small integer type would overflow
            stop = last + self.freq * (n + 1)
            following = pd.RangeIndex(last + self.freq, stop, self.freq)
        elif self.freq is None:
            raise ValueError(
                f"X has n_samples={len(self.index)}, from which the step of its index cannot be "
                "inferred. Give the index a freq, for example by X.asfreq('D')."
            )
        elif isinstance(self.index, pd.PeriodIndex):
            following = pd.period_range(last, periods=n + 1, freq=self.freq)[1:]
        else:
            following = dates_after(self.index, n, self.freq)
        return following.rename(self.index.name)

    def is_followed_by(self, other: TimeIndex) -> bool:
        """Whether the index of `other` starts right after this one."""
        if self.index is None or other.index is None:
            return False
        return bool(self.following(1)[0] == other.index[0])

    def frame(
        self, values: np.ndarray, names: list[Any], index: Any, is_single: bool, header: Any = None
    ) -> Any:
        """(n, n_columns) in the container of these rows.

        is_single : one column as a Series; header : the columns of the pandas frame from which the
        names are.
        """
        if self.library == "numpy":
            return values[:, 0] if is_single else values
        if self.library == "pandas":
            import pandas as pd

            if is_single:
                name = None if names[0] == "" else names[0]
                return pd.Series(values[:, 0], index=index, name=name)
            return pd.DataFrame(values, index=index, columns=columns_like(header, names))
        import polars as pl

        if is_single and index is None:
            return pl.Series(names[0], values[:, 0])
        columns: dict[str, Any] = dict(zip(names, list(values.T), strict=True))
        if index is None:
            return pl.DataFrame(columns)
        if index.tz is not None:
            index = index.tz_convert("UTC").tz_localize(None)  # as polars stores them
        instants = index.as_unit(getattr(self.dtype, "time_unit", "us")).to_numpy()
        time = pl.Series(self.time, instants).cast(self.dtype)
        return pl.DataFrame({str(self.time): time, **columns})


def columns_like(header: Any, names: list[Any]) -> Any:
    """A pandas index of column names, with the levels, their names and the types of `header`."""
    import pandas as pd

    if header is None:
        return pd.Index(names, tupleize_cols=False)
    positions = {name: i for i, name in enumerate(header)}
    if all(name in positions for name in names):
        return header[[positions[name] for name in names]]
    if header.nlevels > 1:
        return pd.MultiIndex.from_tuples(names, names=header.names)
    return pd.Index(names, name=header.name, tupleize_cols=False)


def with_ending(name: Any, ending: str) -> Any:
    """A column name with an ending such as "_lower". With levels, the last level gets it."""
    if not ending:
        return name
    if isinstance(name, tuple) and name:
        return (*name[:-1], f"{name[-1]}{ending}")
    return f"{name}{ending}"


def _goes_by(index: Any, step: Any) -> bool:
    """Whether a pandas index is regular with this step."""
    import pandas as pd

    if isinstance(step, int):
        if not pd.api.types.is_integer_dtype(index.dtype):
            return False
        return bool((np.diff(index.to_numpy().astype(np.int64)) == step).all())
    if not isinstance(index, pd.DatetimeIndex) or index.hasnans:
        return False
    return goes_by(index, step)


def _step_of(index: Any, usual: Any = None, time: str | None = None) -> Any:
    """The step of a pandas index; None if it cannot be inferred from a single row.

    time : the column of the dates in a polars frame, None for pandas.
    """
    import pandas as pd

    if usual is not None and len(index) and _goes_by(index, usual):
        return usual
    if isinstance(index, pd.PeriodIndex):
        if len(index) > 1 and not (np.diff(index.asi8) == index.freq.n).all():
            raise ValueError(_irregular(index, f"X.resample({index.freqstr!r}).mean()"))
        return index.freq
    if isinstance(index, pd.DatetimeIndex):
        if index.hasnans:
            raise ValueError(
                f"X has {index.isna().sum()} rows without a date (NaT). Fill in the dates, or drop "
                "these rows."
            )
        if index.freq is not None and index.freq.n > 0 and goes_by(index, index.freq):
            return index.freq
        if len(index) == 1:
            return None
        step = regular_step(index) or _open_days(index)
        if step is None:
            raise ValueError(_irregular(index, *_remedy(index, time)))
        return step
    if are_date_strings(index):
        raise ValueError(
            f"X has an index of strings from {index[0]!r} to {index[-1]!r}, which cannot be "
            "continued. Convert them to dates: X.index = pd.to_datetime(X.index)."
        )
    if not pd.api.types.is_integer_dtype(index.dtype):
        raise ValueError(
            f"X has an index of {index.dtype}, which cannot be continued. Use dates, periods or "
            "integers: X.set_index(...), or X.reset_index(drop=True)."
        )
    steps = np.unique(np.diff(index.to_numpy().astype(np.int64)))
    if len(steps) > 1 or (len(steps) and steps[0] < 1):
        raise ValueError(_irregular(index, "X.reset_index(drop=True)"))
    return int(steps[0]) if len(steps) else max(1, getattr(index, "step", 1))


def _one_in_each(index: Any) -> str | None:
    """The calendar period, "M", "Q" or "Y", if each period has one of these dates; else None."""
    counts = {"M": 12 * index.year + index.month, "Q": 4 * index.year + index.quarter}
    for period, count in {**counts, "Y": index.year}.items():
        if (np.diff(count) == 1).all():
            return period
    return None


def are_date_strings(index: Any) -> bool:
    """Whether a pandas index holds dates as strings with a year of four digits."""
    import pandas as pd

    if index.inferred_type != "string" or not index.str.contains(r"\d{4}").all():
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mixed formats are no problem here
        return bool(pd.to_datetime(index, errors="coerce").notna().all())


def index_of_polars(X: Any, usual: Any = None) -> TimeIndex:
    """The index of a polars frame: its one column of dates or times, if it has one."""
    index, time = dates_of_polars(X)
    if time is None:
        return TimeIndex("polars")
    return TimeIndex("polars", index, _step_of(index, usual, time), time, X.schema[time])


def dates_of_polars(X: Any, name: str = "X") -> tuple[Any, str | None]:
    """The dates of a polars frame as a pandas index, and their column; None without such a column.

    Raises ValueError for several columns of dates. name : what messages call X.
    """
    import polars as pl

    times = [column for column, dtype in X.schema.items() if dtype in (pl.Date, pl.Datetime)]
    if len(times) > 1:
        raise ValueError(
            f"{name} has {len(times)} columns of dates or times ({', '.join(times)}), but only one "
            "can be the index. Drop the others, or convert them to numbers."
        )
    if not times:
        return None, None
    import pandas as pd

    index = pd.DatetimeIndex(X[times[0]].to_numpy())
    if zone := getattr(X.schema[times[0]], "time_zone", None):
        index = index.tz_localize("UTC").tz_convert(zone)
    return index, times[0]


def _open_days(index: Any) -> Any:
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
    return _custom_days(mask)


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
    return _custom_days(list(is_open)) if is_open.sum() > 1 else None


def _custom_days(mask: list[bool]) -> Any:
    import pandas as pd

    names = [name for name, is_open in zip(WEEKDAYS, mask, strict=True) if is_open]
    return pd.offsets.CustomBusinessDay(weekmask=" ".join(names))


def likely_freq(index: Any) -> str:
    """The most likely frequency of dates with gaps: that of the longest part without a gap, or by
    the median difference.
    """
    if hours := hours_between_days(index):
        return f"{hours}h"
    index = wall_times(index)
    gaps = np.diff(index.asi8)
    if len(gaps) > 3 and index.is_monotonic_increasing and (gaps > 0).all():
        # Months differ in length: a gap is more than half as long again as the usual step.
        cuts = [0, *np.flatnonzero(gaps > 1.5 * np.median(gaps)) + 1, len(index)]
        start, stop = max(pairwise(cuts), key=lambda part: part[1] - part[0])
        offset = regular_step(index[start:stop]) if stop - start > 3 else None
        if offset is not None:
            is_weekday = offset.freqstr == "D" and (index.day_of_week < 5).all()
            if not (is_weekday and len(index) > 7):
                return offset.freqstr
    days = float(np.median(np.diff(index.to_numpy()) / np.timedelta64(1, "D")))
    if days == 1 and len(index) > 7 and (index.day_of_week < 5).all():
        return "B"
    for freq, shortest in (("YS", 360), ("QS", 85), ("MS", 27), ("W", 6.9), ("D", 0.9)):
        if days >= shortest:
            return freq
    return "h" if days >= 1 / 25 else "min"


def _remedy(index: Any, time: str | None) -> tuple[str, str]:
    """What makes the step of dates regular, and what puts dates in order. time : the column of
    dates in a polars frame, None for pandas.
    """
    in_order = "X.sort_index()" if time is None else f"X.sort({time!r})"
    period = _one_in_each(index)  # for example the 15th of each month: no gaps
    freq = likely_freq(index)
    open_days = _usual_open_days(index) if freq in ("D", "B") else None
    if open_days is not None:
        freq = f"C-{open_days.weekmask}"
        freq = "B" if freq == "C-Mon Tue Wed Thu Fri" else freq
    if time is not None:
        return _polars_remedy(time, freq, period), in_order
    if period:
        return f"X.to_period({period!r})", in_order
    if freq == "B":  # holidays are missing: the last price remains valid
        return "X.asfreq('B').ffill()", in_order
    if freq.startswith("C-") or hours_between_days(index):
        return f"X.asfreq({_text_of(freq)})", in_order
    ways = {"asfreq": f"X.asfreq({freq!r})", "resample": f"X.resample({freq!r}).mean()"}
    if index.tz is not None and index.is_monotonic_increasing and index.is_unique:
        right = [ways[way] for way in ways if _keeps_rows(index, freq, way)]
        if not right and regular_step(wall_times(index)) is not None:
            right = ["X.tz_localize(None)"]  # half days of the wall clock, for example
        return " or ".join(right or ways.values()), in_order
    return " or ".join(ways.values()), in_order


def _text_of(freq: str) -> str:
    """The text of code for a step, as "C-Mon Tue Wed" for a week of three open days."""
    if freq.startswith("C-"):
        return f"pd.offsets.CustomBusinessDay(weekmask={freq[2:]!r})"
    return repr(freq)


def _keeps_rows(index: Any, freq: str, way: str) -> bool:
    """Whether X.asfreq or X.resample gives regular rows that keep each row of dates in a zone."""
    import pandas as pd

    series = pd.Series(1.0, index)
    try:
        regular = series.asfreq(freq) if way == "asfreq" else series.resample(freq).mean()
    except ValueError:  # a time that the zone does not have, or has twice
        return False
    return len(regular) > 2 and int(regular.notna().sum()) == len(index)


def _polars_remedy(time: str, freq: str, period: str | None) -> str:
    """What makes the dates of a polars frame regular."""
    if period:
        every = {"M": "1mo", "Q": "1q", "Y": "1y"}[period]
        return f"X.with_columns(pl.col({time!r}).dt.truncate({every!r}))"
    count = freq[: len(freq) - len(freq.lstrip("0123456789"))]
    unit = freq[len(count) :].split("-")[0]
    units = {"D": "d", "W": "w", "h": "h", "min": "m", "s": "s", "MS": "mo", "QS": "q", "YS": "y"}
    if unit in units:
        return f"X.upsample({time!r}, every='{count or 1}{units[unit]}')"
    dates = f"pd.date_range(X[{time!r}].min(), X[{time!r}].max(), freq={_text_of(freq)})"
    return (
        f"pl.DataFrame({{{time!r}: {dates}.to_numpy()}}).cast({{{time!r}: X.schema[{time!r}]}})"
        f".join(X, on={time!r}, how='left')"
    )


def _irregular(index: Any, remedy: str, in_order: str = "X.sort_index()") -> str:
    doubled = index[index.duplicated()]
    if len(doubled):
        return (
            f"X's index has {doubled[0]} more than once, but each row of a series needs its own "
            "time. Drop or aggregate the duplicates. If X holds several series, name their column "
            "in group: SequenceForecaster(group=...)."
        )
    remedy = remedy if index.is_monotonic_increasing else in_order
    return (
        f"X's index has no regular step between {index[0]} and {index[-1]}: rows are missing"
        f"{_widest_gap(index)} or out of order. Make the step regular first: {remedy}."
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
