"""Dates in several columns, such as year and month or date and time, as one column of text. The
option is --time year+month, and the joined column has this name.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from skgru._cli.clock_times import in_zone
from skgru._cli.column_names import is_of
from skgru._cli.columns_of_numbers import are_numbers
from skgru._cli.csv_and_parquet import TextTable
from skgru._cli.date_parts import AFTER, LAST, READ, after_part, most_of, parts_as, read_as
from skgru._cli.dates import DateForm, read_dates
from skgru._cli.errors import Refused, note

MARK = "+"
FORMS = "year+quarter, year+month, year+week, year+month+day, date+time or date+hour"


def _first(column: Any, name: str, wanted: DateForm, file: str, lines: Sequence[int]) -> Any:
    """Whether a column holds years, months of years or dates of days, and their texts; None for
    other columns.
    """
    years = read_as("year", name, column)
    if years is not None:
        return "year", years
    dates = read_dates(column, replace(wanted, zone=None), name, file, lines)[0]
    if wanted.form == "%y":
        return "year", list(dates.strftime("%Y"))
    if getattr(dates, "freqstr", None) == "M":
        return "month", list(dates.strftime("%Y-%m"))
    if not hasattr(dates, "normalize") or not (dates == dates.normalize()).all():
        return None
    return "date", list(dates.strftime("%Y-%m-%d"))


def parts_of(table: TextTable, name: str | None) -> list[str]:
    """The columns of a joined name, else the name alone."""
    if name is None:
        return []
    return [name] if name in table.columns and name != table.joined else name.split(MARK)


def is_part(table: TextTable, kind: str, name: str) -> bool:
    """Whether a column holds years, dates of days ("date"), or months, also those of years."""
    column = table.columns[name]
    if kind == "month" and read_as(kind, name, column) is not None:
        return True
    found = _first_quietly(table, name, column, DateForm())
    return found is not None and found[0] == kind


def _first_quietly(table: TextTable, name: str, column: Any, wanted: DateForm) -> Any:
    """As `_first`, of a column that may be anything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they come where the dates are read
            return _first(column, name, wanted, table.name, table.lines)
    except Refused:
        return None


def joined(
    table: TextTable, name: str | None, wanted: DateForm, group: Sequence[str] = ()
) -> TextTable:
    """A table with a further column of dates, if its name is that of several columns. Any other
    table is returned as it is. wanted : how the dates of the first column are read; group : the
    columns that identify the series.
    """
    names = parts_of(table, name)
    if name is None or len(names) < 2 or name == table.joined:
        return table
    columns = [list(table.column(one, f"--time {name}:")) for one in names]
    for one, column in zip(names, columns, strict=True):
        _check_full(table, name, one, column)
    found = _first(table.columns[names[0]], names[0], wanted, table.name, table.lines)
    if found is None:
        raise Refused(
            f"--time {name}: column {names[0]} of {table.name} has {str(columns[0][0])!r}, but "
            f"must hold years, or dates without a time. Columns are joined as {FORMS}."
        )
    kind, texts = found
    for at, (one, column) in enumerate(zip(names[1:], columns[1:], strict=True), 2):
        parts = parts_as(after_part(kind), one, column)
        if not parts:
            parts = _by_values(table, name, one, kind, texts, at == len(names))
        kind, part = next(iter(parts.items()))
        texts = [a + b for a, b in zip(texts, part, strict=True)]
        if kind == "quarter":
            _check_quarters(table, name, one, texts)
    if any(" 24:" in one for one in texts):
        ends = None if wanted.zone is None else _ends_in_zone(table, texts, wanted.zone, group)
        texts = ends or [_without_24(one) if " 24:" in one else one for one in texts]
    return replace(table, columns={**table.columns, name: texts}, joined=name)


def _check_full(table: TextTable, name: str, one: str, column: Sequence[Any]) -> None:
    """Raise for a part of dates without a value."""
    empty = [at for at, value in enumerate(column) if value == "" or value != value]
    if not empty:
        return
    # As of merged cells, of which the first one has the value.
    is_merged = 2 * len(empty) > len(column) and empty[0] > 0
    remedy = "Repeat the value above it in each line" if is_merged else "Add it, or delete the line"
    raise Refused(
        f"--time {name}: {table.name}, line {table.lines[empty[0]]} has no value in column {one}. "
        f"{remedy}."
    )


def likely_join(table: TextTable, names: Sequence[str]) -> str | None:
    """Years that occur more than once and other columns that identify a row with them, as a name
    for --time; None for other columns.
    """
    for name in names:
        known = [value for value in table.columns[name] if value != ""]
        rest = [one for one in names if one != name]
        is_complete = len(known) == len(table)
        is_short = is_of("year", name) and all(
            re.fullmatch(r"\d\d", one) for one in map(str, known)
        )
        if not known or not rest or not (is_short or read_as("year", name, known)):
            continue
        rows = list(zip(*(table.columns[one] for one in (name, *rest)), strict=True))
        if (len(set(known)) < len(known) and len(set(rows)) == len(rows)) or not is_complete:
            return MARK.join([name, *rest])
    return None


def _by_values(
    table: TextTable, name: str, one: str, kind: str, texts: list[str], is_last: bool
) -> dict[str, list[str]]:
    """What a column that has another name is by its values, and its texts: the part of which all
    numbers occur, or the only one that they may be.
    """
    column = list(table.columns[one])
    kinds = [after for after in after_part(kind) if is_of(after, one)] or after_part(kind)
    found = parts_as(kinds, one, column, is_said=True)
    if len(found) > 1 and not is_last:
        found = {after: part for after, part in found.items() if after in AFTER}
    years = {text[:4] for text in texts}
    if len(years) > 2 and kind == "year":  # quarters and months of whole years
        found = {after: part for after, part in found.items() if most_of(part) >= LAST[after]}
    elif len(found) > 1:
        raise Refused(
            f"--time {name}: column {one} of {table.name} may be {' or '.join(found)}. Give it "
            "this name in the file."
        )
    if not found:
        are_right = [any(read_as(after, one, [value], True) for after in kinds) for value in column]
        at = are_right.index(False) if False in are_right else 0
        raise Refused(
            f"--time {name}: {table.name}, line {table.lines[at]} has {str(column[at])!r} in "
            f"column {one}, but after {kind} must follow {after_part(kind, ' or ')}. Columns are "
            f"joined as {FORMS}, where quarters are 1 to 4, and months 1 to 12. Write other dates "
            "as 2024-12-31 in one column."
        )
    note(f"column {one} is read as {next(iter(found))}, by its values")
    return found


def _check_quarters(table: TextTable, name: str, one: str, texts: list[str]) -> None:
    """Raise for thirds and halves of years in a column of quarters."""
    years = {text[:4] for text in texts}
    most = max(int(text[-1]) for text in texts)
    if len(years) > 2 and most < 4:
        months = [f"{texts[0][:4]}-{1 + at * 12 // most:02}-01" for at in range(most)]
        raise Refused(
            f"--time {name}: column {one} of {table.name} has 1 to {most} in each year, but years "
            f"have four quarters. Write dates such as {' and '.join(months)} in one column."
        )


def _ends_in_zone(
    table: TextTable, texts: list[str], zone: str, group: Sequence[str]
) -> list[str] | None:
    """The ends of hours, 01:00 to 24:00, with the UTC offset of a zone. The hour that exists twice
    is the one that begins twice. None if the order of the rows does not show which is which.
    """
    import pandas as pd

    days, times = zip(*(text.split(" ") for text in texts), strict=True)
    hours = pd.to_timedelta([f"{time}:00" if time.count(":") == 1 else time for time in times])
    lengths = hours.unique().sort_values()
    if len(lengths) < 2:
        return None
    length = min(lengths[1:] - lengths[:-1])
    begins = pd.DatetimeIndex(pd.to_datetime(list(days))) + hours - length
    keys = list(zip(*(map(str, table.columns[one]) for one in group), strict=True)) or None
    found = in_zone(begins, zone, keys)
    return None if found is None else list((found + length).strftime("%Y-%m-%d %H:%M:%S%z"))


def _without_24(text: str) -> str:
    """24:00 as 00:00 of the next day."""
    day, time = text.split(" ")
    return f"{date.fromisoformat(day) + timedelta(days=1)} 00{time[2:]}"


def rest_of(
    table: TextTable, time: str, used: Sequence[str], group: Sequence[str], wanted: DateForm
) -> list[str]:
    """The columns that complete the dates of a column, which occur more than once for a series
    without them. used : columns that are something else; group : those that identify the series.
    """
    if time not in table.columns or table.joined == time:
        return []
    column = table.columns[time]
    texts = list(dict.fromkeys(column)) if isinstance(column, list) else column.drop_duplicates()
    if len(texts) == len(column):
        return []
    named = [name for name in (time, *group) if name in table.columns]
    keys: list[tuple[str, ...]] = list(
        zip(*(map(str, table.columns[name]) for name in named), strict=True)
    )
    found = _first_quietly(table, time, texts, wanted)
    kind, rest = found[0] if found is not None else "", list[str]()
    while len(set(keys)) < len(keys):
        free = [name for name in table.columns if name not in (time, *used, *rest)]
        part = _next_part(table, free, after_part(kind))
        if part is None:
            break
        kind, name = part
        rest.append(name)
        keys = [(*a, str(b)) for a, b in zip(keys, table.columns[name], strict=True)]
    while rest and len(set(table.columns[rest[-1]])) == 1:
        rest.pop()
    return rest


def _next_part(table: TextTable, free: list[str], kinds: Sequence[str]) -> tuple[str, str] | None:
    for kind in kinds:
        for name in free:
            column = table.columns[name]
            is_constant = len(set(column)) == 1 and kind not in ("month", "day")  # of a short file
            known = [value for value in column if value != ""]
            if not is_constant and known and read_as(kind, name, known) is not None:
                return kind, name
    return None


def unread_part(table: TextTable, free: Sequence[str]) -> str | None:
    """The first column of text that has the name of a part of dates, such as month, in a form that
    is not known.
    """
    for name in free:
        is_named = any(is_of(kind, name) for kind in READ)
        if (
            is_named
            and isinstance(table.columns[name], list)
            and not are_numbers(table.columns[name])
        ):
            return name
    return None


def have_step(table: TextTable, name: str, wanted: DateForm) -> bool:
    """Whether the dates of joined columns have a step, apart from gaps."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they come where the dates are read
            texts = joined(table, name, replace(wanted, zone=None)).columns[name]
            dates = read_dates(texts, DateForm(), name, table.name, table.lines)[0]
    except Refused:
        return False
    steps = np.diff(np.unique(dates.asi8))
    return len(steps) > 1 and bool(3 * (steps == np.median(steps)).sum() > 2 * len(steps))
