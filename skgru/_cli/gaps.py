"""Missing dates as rows of unknown values: --fill-gaps, and the message that advises it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from skgru._cli.csv_and_parquet import TextTable
from skgru._cli.dates import format_with_step, read_dates
from skgru._cli.errors import Refused, note
from skgru._cli.roles_of_columns import Roles
from skgru._containers.advice_on_index import MOST_ROWS, keeps_rows, rows_of_session, ways_for
from skgru._containers.clocks import open_days, regular_step

# Missing dates that are few: a share of all dates, and a number.
FEW, FEW_ROWS = 0.25, 3


@contextmanager
def missing_dates_explained(frame: Any, table: TextTable, roles: Roles) -> Iterator[None]:
    """Errors of the library about rows that miss as those of the file, with the remedy."""
    try:
        yield
    except ValueError:
        if roles.time is not None:
            _check_no_gaps(frame, table, roles)
        raise


def _check_no_gaps(frame: Any, table: TextTable, roles: Roles) -> None:
    """Raise for missing dates. Many of them show that the dates are misread."""
    group = list(roles.group)
    parts = [part for _, part in frame.groupby(group, sort=False)] if group else [frame]
    if any(rows_of_session(part.index) is not None for part in parts):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            filled = without_gaps(frame, roles.group, table.name)
        except Refused as error:  # no step fits
            text = str(error).removeprefix("--fill-gaps: ")
            raise Refused(f"--time {roles.time}: {text}") from error
    n_missing = len(filled) - len(frame)
    if not n_missing:
        return
    if not are_few(n_missing, len(filled)):
        raise Refused(
            f"--time {roles.time}: {table.name} lacks {n_missing} of {len(filled)} dates"
            f"{_misread(frame, table, roles)}"
        )
    where = ""
    for key, part in filled.groupby(group, sort=False) if group else [(None, filled)]:
        known = parts[0] if key is None else frame[(frame[group] == list(key)).all(axis=1)]
        if len(known) < len(part):
            first = part.index[~part.index.isin(known.index)][0]
            where = _text(first) + (f" for series {', '.join(map(str, key))}" if key else "")
            break
    raise Refused(
        f"--time {roles.time}: {table.name} lacks {n_missing} of {len(filled)} dates, such as "
        f"{where}. Add --fill-gaps to insert them as rows of unknown values."
    )


def are_few(n_missing: int, n_rows: int) -> bool:
    return n_missing <= max(FEW_ROWS, FEW * n_rows)


def _misread(frame: Any, table: TextTable, roles: Roles) -> str:
    """The rows at the widest gap, how they are read, and the remedy."""
    texts, dates = _as_read(table, roles)
    order = np.argsort(dates, kind="stable")
    stamps = dates[order]
    numbers = stamps.asi8 if hasattr(stamps, "asi8") else stamps.to_numpy()
    at = int(np.diff(numbers).argmax())
    before, after = order[at], order[at + 1]
    lines = (
        f", so that they may be misread: line {table.lines[before]} has {texts[before]!r}, read as "
        f"{_text(dates[before])}, and line {table.lines[after]} has {texts[after]!r}, read as "
        f"{_text(dates[after])}. "
    )
    form = None if table.joined == roles.time else format_with_step(texts, dates)
    if form is not None:
        return f"{lines}Give {form}, with which the rows have a regular step."
    return (
        f"{lines}Write them as 2024-12-31, or give their --date-format. If they are right, add up "
        "the values of each week or month"
        + ("." if roles.group else ", or number the rows with --no-time.")
    )


def _as_read(table: TextTable, roles: Roles) -> tuple[list[str], Any]:
    """The texts and the dates of all rows, in the order of the file."""
    column = [str(one) for one in table.columns[str(roles.time)]]
    form = replace(roles.form, order=None, form=None) if table.joined == roles.time else roles.form
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they came where the dates were read
        return column, read_dates(column, form, str(roles.time), table.name, table.lines)[0]


def _text(stamp: Any) -> str:
    return str(stamp).removesuffix(" 00:00:00")


def filled_gaps(frame: Any, table: TextTable, roles: Roles, step: Any = None) -> Any:
    """As `without_gaps`, with a note of how many rows are inserted."""
    filled = without_gaps(frame, roles.group, table.name, step)
    n_missing = len(filled) - len(frame)
    if n_missing:
        rows = "row" if n_missing == 1 else "rows"
        doubt = "." if are_few(n_missing, len(filled)) else _misread(frame, table, roles)
        note(
            f"--fill-gaps inserts {n_missing} {rows} of unknown values into {len(frame)} of "
            f"{table.name}{doubt}"
        )
    return filled


def without_gaps(frame: Any, group: tuple[str, ...], file: str, step: Any = None) -> Any:
    """Missing dates inserted as rows of unknown values. step : of a model, for two dates. Raises
    Refused for a series whose dates follow no step.
    """
    import pandas as pd

    if not group:
        return _filled(frame, step, f"{file} has", "or number the rows with --no-time")
    series = list(frame.groupby(list(group), sort=False))
    parts = []
    for key, part in sorted(series, key=lambda one: -len(one[1])):
        what = f"{file} has for series {', '.join(map(str, key))}"
        filled = _filled(part.drop(columns=list(group)), step, what, "or leave the series out")
        if step is None and isinstance(filled.index, pd.DatetimeIndex) and len(filled) > 2:
            step = filled.index.freq or regular_step(filled.index)
        parts.append((key, filled))
    found = _at_one_step(dict(parts))
    for key, filled in found.items():
        for at, name in enumerate(group):
            filled.insert(at, name, key[at])
    return pd.concat([found[key] for key, _ in series])


def _at_one_step(parts: dict[Any, Any]) -> dict[Any, Any]:
    """The rows of each series, also on days on which this one is closed and others are open."""
    import pandas as pd

    indexes = [part.index for part in parts.values()]
    if not all(isinstance(index, pd.DatetimeIndex) and len(index) > 2 for index in indexes):
        return parts
    steps = list({str(step): step for step in map(regular_step, indexes) if step}.values())
    for step in steps if len(steps) > 1 or not all(map(regular_step, indexes)) else ():
        wholes = [
            pd.date_range(index[0], index[-1], freq=step, name=index.name) for index in indexes
        ]
        if all(index.isin(whole).all() for index, whole in zip(indexes, wholes, strict=True)):
            return {
                key: part.reindex(whole) if len(whole) > len(part) else part
                for (key, part), whole in zip(parts.items(), wholes, strict=True)
            }
    return parts


def _filled(frame: Any, step: Any, has: str, otherwise: str) -> Any:
    """As `without_gaps`, of one series. step : of a longer series, for two dates."""
    import pandas as pd

    index = frame.index
    if isinstance(index, pd.PeriodIndex):
        whole = pd.period_range(index[0], index[-1], freq=index.freq, name=index.name)
        return frame.reindex(whole)
    if not isinstance(index, pd.DatetimeIndex):
        gaps = np.diff(index.to_numpy()) if index.dtype.kind in "iu" else np.zeros(0)
        if not len(gaps) or (gaps % gaps.min()).any():
            return frame
        whole = pd.RangeIndex(int(index[0]), int(index[-1]) + 1, int(gaps.min()), name=index.name)
        return frame.reindex(whole)
    if len(index) < 3:
        whole = pd.date_range(index[0], index[-1], freq=step, name=index.name) if step else index
        return frame.reindex(whole) if index.isin(whole).all() else frame
    if regular_step(index) is not None or open_days(index) is not None:
        return frame
    for way in ways_for(index):
        if keeps_rows(way, pd.Series(1.0, index)):
            filled = way.run(frame)
            if index.isin(filled.index).all():  # a mean of each month has other dates
                return filled
    whole = _same_day_of_months(index)
    if whole is not None and len(whole) <= MOST_ROWS * len(index):
        return frame.reindex(whole)
    first, last = (str(one).removesuffix(" 00:00:00") for one in (index[0], index[-1]))
    raise Refused(
        f"--fill-gaps: {has} {len(index)} dates from {first} to {last}, and no step fits them with "
        f"few gaps. Add up the values of each week or month first, {otherwise}."
    )


def _same_day_of_months(index: Any) -> Any:
    """All dates of a series with one day of the month, such as the 15th; None for other dates."""
    import pandas as pd

    if len({(one.day, one.time()) for one in index}) > 1:
        return None
    months = index.year * 12 + index.month
    step = int(np.gcd.reduce(np.diff(months.to_numpy())))
    offset = pd.DateOffset(months=step)
    return pd.date_range(index[0], index[-1], freq=offset, name=index.name)
