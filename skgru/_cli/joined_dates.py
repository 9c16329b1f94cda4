"""Dates in several columns, such as year and month or date and time, as one column of text. The
option is --time year+month, and the joined column has this name.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from skgru._cli.column_names import is_of
from skgru._cli.columns_of_numbers import are_numbers
from skgru._cli.csv_and_parquet import TextTable
from skgru._cli.dates import DateForm, read_dates
from skgru._cli.errors import Refused
from skgru._cli.month_names import month_of

MARK = "+"
FORMS = "year+quarter, year+month, year+week, year+month+day, date+time or date+hour"

# A time, or the beginning of an interval such as 00:00 - 01:00.
_TIME = re.compile(
    r"(\d{1,2}):(\d\d)(:\d\d(?:\.\d+)?)?(?: ?([AP])\.?M\.?)?(?:\s*[-\u2013]\s*\d{1,2}:\d\d.*)?",
    re.I,
)


def _year(text: str, _: bool) -> str | None:
    return text if re.fullmatch("1[89]\\d\\d|2[01]\\d\\d", text) else None


def _number_of(letters: str, least: int, most: int, of: str) -> Callable[[str, bool], str | None]:
    """What reads 1, Q1 or 1Q. letters : that may stand beside the number, and have to if the name
    of the column does not say what it holds; of : the form of the result.
    """
    pattern = re.compile(rf"(?:({letters})\s*)?(\d{{1,2}})\.?(?:\s*({letters}))?", re.I)

    def read(text: str, is_named: bool) -> str | None:
        found = pattern.fullmatch(text)
        if not found or not (is_named or found[1] or found[3]):
            return None
        return of.format(int(found[2])) if least <= int(found[2]) <= most else None

    return read


def _month(text: str, is_named: bool) -> str | None:
    at = month_of(text)
    at = int(text) if at is None and is_named and re.fullmatch(r"\d{1,2}", text) else at
    return f"-{at:02}" if at is not None and 1 <= at <= 12 else None


def _time(text: str, is_named: bool) -> str | None:
    found = _TIME.fullmatch(text)
    if found is not None:
        hour = int(found[1])
        if found[4]:
            hour = hour % 12 + 12 * (found[4].upper() == "P") if 1 <= hour <= 12 else 99
        minutes = int(found[2])
        return _of_day(hour, minutes, found[3] or "")
    if not is_named or not re.fullmatch(r"\d{1,4}", text):
        return None
    hour, minutes = divmod(int(text), 100) if len(text) > 2 else (int(text), 0)
    return _of_day(hour, minutes)


def _of_day(hour: int, minutes: int, rest: str = "") -> str | None:
    is_time = (hour < 24 and minutes < 60) or (hour, minutes) == (24, 0)
    return f" {hour:02}:{minutes:02}{rest}" if is_time else None


# What a part may be -> what reads a value of it: None for a value that is none, given whether the
# column has a name of this part.
_READ: dict[str, Callable[[str, bool], str | None]] = {
    "year": _year,
    "quarter": _number_of("Q|T", 1, 4, "Q{}"),
    "month": _month,
    "week": _number_of("W|KW|CW", 1, 53, "-W{:02}"),
    "day": _number_of("D", 1, 31, "-{:02}"),
    "time": _time,
}
_AFTER = {"year": ("quarter", "month", "week"), "month": ("day",), "date": ("time",)}


def _read_as(kind: str, name: str, column: Any) -> list[str] | None:
    """The texts of a part of dates; None for a column that holds something else."""
    is_named, read = is_of(kind, name), _READ[kind]
    known = {str(value): read(str(value), is_named) for value in dict.fromkeys(column)}
    if any(text is None for text in known.values()):
        return None
    return [str(known[str(value)]) for value in column]


def read_part(kind: str, text: str) -> str | None:
    """A part of a date that says what it is, such as Q1 or Jan, in the form of a date; None for
    other texts.
    """
    return _READ[kind](text, False)


def _first(column: Any, name: str, wanted: DateForm, file: str, lines: Sequence[int]) -> Any:
    """Whether a column holds years or dates of days, and their texts; None for other columns."""
    years = _read_as("year", name, column)
    if years is not None:
        return "year", years
    dates = read_dates(column, replace(wanted, zone=None), name, file, lines)[0]
    if not hasattr(dates, "normalize") or not (dates == dates.normalize()).all():
        return None
    return "date", list(dates.strftime("%Y-%m-%d"))


def parts_of(table: TextTable, name: str | None) -> list[str]:
    """The columns of a joined name, else the name alone."""
    if name is None:
        return []
    return [name] if name in table.columns and name != table.joined else name.split(MARK)


def joined(table: TextTable, name: str | None, wanted: DateForm) -> TextTable:
    """A table with a further column of dates, if its name is that of several columns. Any other
    table is returned as it is. wanted : how the dates of the first column are read.
    """
    names = parts_of(table, name)
    if name is None or len(names) < 2 or name == table.joined:
        return table
    columns = [list(table.column(one, f"--time {name}:")) for one in names]
    for one, column in zip(names, columns, strict=True):
        for at, value in enumerate(column):
            if value == "" or value != value:
                raise Refused(
                    f"--time {name}: {table.name}, line {table.lines[at]} has no value in column "
                    f"{one}. Add it, or delete the line."
                )
    found = _first(table.columns[names[0]], names[0], wanted, table.name, table.lines)
    if found is None:
        raise Refused(
            f"--time {name}: column {names[0]} of {table.name} has {str(columns[0][0])!r}, but "
            f"must hold years, or dates without a time. Columns are joined as {FORMS}."
        )
    kind, texts = found
    for one, column in zip(names[1:], columns[1:], strict=True):
        for after in _after(kind):
            part = _read_as(after, one, column)
            if part is not None:
                kind, texts = after, [a + b for a, b in zip(texts, part, strict=True)]
                break
        else:
            at = _odd(one, column, _after(kind))
            raise Refused(
                f"--time {name}: {table.name}, line {table.lines[at]} has {str(column[at])!r} in "
                f"column {one}, but after {kind} must follow {_after(kind, ' or ')}. Columns are "
                f"joined as {FORMS}."
            )
    texts = [_without_24(one) if " 24:" in one else one for one in texts]
    return replace(table, columns={**table.columns, name: texts}, joined=name)


def _without_24(text: str) -> str:
    """24:00 as 00:00 of the next day."""
    day, time = text.split(" ")
    return f"{date.fromisoformat(day) + timedelta(days=1)} 00{time[2:]}"


def _after(kind: str, between: str | None = None) -> Any:
    """What may follow a part, as a tuple or as text."""
    following = _AFTER.get("date" if kind == "day" else kind, ())
    return following if between is None else between.join(following) or "nothing"


def _odd(name: str, column: list[Any], kinds: Sequence[str]) -> int:
    """The first value that is none of some parts, for messages."""
    for at, value in enumerate(column):
        if all(_read_as(kind, name, [value]) is None for kind in kinds):
            return at
    return 0


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
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they come where the dates are read
            found = _first(texts, time, wanted, table.name, table.lines)
    except Refused:
        return []
    kind, rest = found[0] if found is not None else "", list[str]()
    while len(set(keys)) < len(keys):
        free = [name for name in table.columns if name not in (time, *used, *rest)]
        part = _next_part(table, free, _after(kind))
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
            if not is_constant and known and _read_as(kind, name, known) is not None:
                return kind, name
    return None


def unread_part(table: TextTable, free: Sequence[str]) -> str | None:
    """The first column of text that has the name of a part of dates, such as month, in a form that
    is not known.
    """
    for name in free:
        is_named = any(is_of(kind, name) for kind in _READ)
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
            texts = joined(table, name, wanted).columns[name]
            dates = read_dates(texts, DateForm(), name, table.name, table.lines)[0]
    except Refused:
        return False
    steps = np.diff(np.unique(dates.asi8))
    return len(steps) > 1 and bool(3 * (steps == np.median(steps)).sum() > 2 * len(steps))
