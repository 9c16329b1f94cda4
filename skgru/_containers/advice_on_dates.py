"""Code in messages that moves dates to the step of another series: from month ends to month starts,
and between dates and periods. Each way is tried on the dates before it is advised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skgru._containers.time_index import TimeIndex

# The same as methods of polars.
POLARS_ENDINGS = {
    ".to_period('M').to_timestamp()": ".dt.month_start()",
    ".to_period('M').to_timestamp(how='end').normalize()": ".dt.month_end()",
}
for _period, _every, _months in (("Q", "1q", 3), ("Y", "1y", 12)):
    _start = f".dt.truncate({_every!r})"
    _end = f"{_start}.dt.offset_by('{_months}mo').dt.offset_by('-1d')"
    POLARS_ENDINGS[f".to_period({_period!r}).to_timestamp()"] = _start
    POLARS_ENDINGS[f".to_period({_period!r}).to_timestamp(how='end').normalize()"] = _end


def moved_dates(rows: TimeIndex, like: TimeIndex, name: str | None) -> str:
    """A sentence with code that gives dates the step of another series, with a space before it;
    empty if no such code exists. name : code of the dates of a pandas object; None if they may be
    an index or a column.
    """
    index = rows.index
    if index is None or like.index is None or not hasattr(index, "asi8"):
        return ""
    for code, found in [*_ways(rows, like, name), *_ways_to_zone(rows, like, name)]:
        if _has_step(found, like):
            return f" Convert its dates: {code}."
    return ""


def _ways(rows: TimeIndex, like: TimeIndex, name: str | None) -> Iterator[tuple[str, Any]]:
    """Code and the dates that it gives."""
    import pandas as pd

    index, is_period = rows.index, isinstance(rows.index, pd.PeriodIndex)
    if getattr(index, "tz", None) is not None or getattr(like.index, "tz", None) is not None:
        return
    if not is_period and _has_step(index, like):
        return  # other dates are missing
    endings = [".to_timestamp()", ".to_timestamp(how='end').normalize()"]
    if isinstance(like.index, pd.PeriodIndex):
        endings = [] if is_period else [f".to_period({like.index.freqstr!r})"]
    elif not is_period:
        period = getattr(like.freq, "freqstr", "").removeprefix("B")[:1]
        period = period if period in ("Q", "Y") else "M"
        endings = [f".to_period({period!r}){one}" for one in endings]
    for ending in endings:
        found = _run(index, ending)
        kind = "PeriodIndex" if is_period else "DatetimeIndex"
        code = f"pd.{kind}(dates){ending}" if name is None else f"{name} = {name}{ending}"
        if rows.library == "polars":
            code = f"X.with_columns(pl.col({rows.time!r}){POLARS_ENDINGS[ending]})"
        yield code, found


def _ways_to_zone(rows: TimeIndex, like: TimeIndex, name: str | None) -> Iterator[tuple[str, Any]]:
    """The same for dates with and without a time zone, which are read as wall times of the zone."""
    zones = [getattr(each.index, "tz", None) for each in (rows, like)]
    if rows.library != "pandas" or not all(hasattr(each.index, "tz") for each in (rows, like)):
        return
    if (zones[0] is None) == (zones[1] is None):
        return
    zone = None if zones[1] is None else str(zones[1])
    try:
        found = rows.index.tz_localize(zone)
    except (ValueError, KeyError):  # times that the clocks skip or repeat, or a zone without a name
        return
    dates = "pd.DatetimeIndex(dates)" if name is None else f"{name} = {name}"
    yield f"{dates}.tz_localize({zone!r})", found


def _run(index: Any, ending: str) -> Any:
    if ending.startswith(".to_period"):
        freq = ending.split("'")[1]
        index, ending = index.to_period(freq), ending.removeprefix(f".to_period({freq!r})")
    if ending == ".to_timestamp()":
        return index.to_timestamp()
    return index.to_timestamp(how="end").normalize() if ending else index


def _has_step(dates: Any, like: TimeIndex) -> bool:
    """Whether dates have the type of the index of another series, and lie on its step."""
    if type(dates) is not type(like.index) or not dates.is_unique:
        return False
    if hasattr(dates, "freqstr") and not hasattr(dates, "unit"):  # periods
        return bool(dates.freq == like.index.freq)
    freq = like.freq
    if not hasattr(freq, "is_on_offset"):
        return False
    has_time = (dates != dates.normalize()).any()
    return not has_time and all(freq.is_on_offset(date) for date in dates)
