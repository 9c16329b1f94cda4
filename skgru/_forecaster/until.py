"""Number of rows to forecast up to a date: the parameter `until`."""

from __future__ import annotations

import datetime
import re
from typing import Any

import numpy as np

from skgru._containers.table import Table
from skgru._containers.time_index import TimeIndex

# Rows that are looked at first.
AT_FIRST = 32

# Day and month, or month and day, before the year.
YEAR_LAST = re.compile(r"\s*(\d{1,2})([./\- ])(\d{1,2})\2(\d{4})\b")
QUARTER = re.compile(r"\d{4}-?q[1-4]", re.IGNORECASE)


def steps_until(until: Any, tables: list[Table]) -> list[int]:
    """Rows after each series whose date is not after `until`.

    Raises ValueError if `until` is no date or not after any series, or a series has no dates.
    """
    end = _end_of_label(until, tables[0].rows.index)
    end = end_of(until) if end is None else end
    for table in tables:
        _check_dates(until, end, table.rows)
    steps = [_n_rows_to(end, table.rows) for table in tables]
    if not any(steps):
        table = min(tables, key=lambda one: one.rows.following(1)[0])
        raise ValueError(
            f"until={until!r} must be after the last row of the series, {table.rows.index[-1]}. "
            f"Use {table.rows.following(1)[0]} or a later date."
        )
    return steps


def _end_of_label(until: Any, index: Any) -> Any:
    """The last instant of a period as the index prints it, which may be the quarter of another year
    than that of the calendar; None for other texts and indexes.
    """
    import pandas as pd

    if not isinstance(until, str) or not isinstance(index, pd.PeriodIndex):
        return None
    try:
        period = pd.Period(until.split("/")[0], freq=index.freq)
    except ValueError:
        return None
    return period.end_time if str(period) == until else None


def end_of(until: Any) -> Any:
    """The last instant of a date as a pandas Timestamp: that of a day for "2026-06-30" and of a
    month for "2026-06". A Timestamp or datetime is an instant itself.
    """
    import pandas as pd

    end = pd.NaT
    if isinstance(until, str):
        _check_order_of_day(until)
    try:
        if isinstance(until, str) and QUARTER.fullmatch(until):
            end = pd.Period(until).end_time
        elif isinstance(until, np.datetime64) or (
            # Without a year, pandas completes the date of today, or takes "26-06-30" for 2030.
            isinstance(until, str) and re.search(r"\d{4}", until)
        ):
            stamp = pd.Timestamp(until)
            if stamp is not pd.NaT:
                end = stamp if stamp.tz is not None else pd.Period(str(until)).end_time
        elif isinstance(until, pd.Period):
            end = until.end_time
        elif isinstance(until, datetime.datetime):
            end = pd.Timestamp(until)
        elif isinstance(until, datetime.date):
            end = pd.Period(until, "D").end_time
    except ValueError:
        pass
    if end is pd.NaT:
        raise ValueError(
            f"until={until!r} must be a date: a string such as '2026-06-30', a date, datetime, "
            "Timestamp or Period. Give the number of rows as steps."
        )
    return end


def _check_order_of_day(text: str) -> None:
    """Raise ValueError if a text has day and month before the year, and either may be the day."""
    found = YEAR_LAST.match(text)
    if found is None:
        return
    one, other, year = int(found[1]), int(found[3]), found[4]
    if one != other and max(one, other) <= 12:
        raise ValueError(
            f"until={text!r} may be {year}-{other:02}-{one:02} or {year}-{one:02}-{other:02}. Give "
            "one of these two, with the year first."
        )


def _check_dates(until: Any, end: Any, rows: TimeIndex) -> None:
    index = rows.index
    if not hasattr(index, "asi8") or hasattr(index, "total_seconds"):
        has = "no dates" if index is None else f"an index of {index.dtype}"
        raise ValueError(
            f"until={until!r} needs the dates of the rows, but the series has {has}. Give the "
            "number of rows as steps."
        )
    if end.tz is not None and getattr(index, "tz", None) is None:
        raise ValueError(
            f"until={until!r} has a time zone, but the dates of the series have none. Give until "
            "without a time zone."
        )


def _n_rows_to(end: Any, rows: TimeIndex) -> int:
    n = AT_FIRST
    while (dates := _starts(rows.following(n), end))[-1] <= end:
        n += 2 + int((end - dates[-1]) / ((dates[-1] - dates[0]) / (len(dates) - 1)))
    return int((dates <= end).sum())


def _starts(index: Any, end: Any) -> Any:
    """Dates of rows, or first dates of periods; local if `end` has no time zone."""
    if hasattr(index, "to_timestamp"):
        return index.to_timestamp()
    return index.tz_localize(None) if end.tz is None else index
