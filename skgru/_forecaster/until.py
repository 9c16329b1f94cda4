"""Number of rows to forecast up to a date: the parameter `until`."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from skgru._containers.table import Table
from skgru._containers.time_index import TimeIndex

# Rows that are looked at first.
AT_FIRST = 32


def steps_until(until: Any, tables: list[Table]) -> list[int]:
    """Rows after each series whose date is not after `until`.

    Raises ValueError if `until` is no date or not after any series, or a series has no dates.
    """
    end = end_of(until)
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


def end_of(until: Any) -> Any:
    """The last instant of a date as a pandas Timestamp: that of a day for "2026-06-30" and of a
    month for "2026-06". A Timestamp or datetime is an instant itself.
    """
    import pandas as pd

    end = pd.NaT
    try:
        if isinstance(until, str | np.datetime64):
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
