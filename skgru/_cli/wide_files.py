"""Files with a column for each date, month or hour, which have to be turned."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skgru._cli.csv_and_parquet import STANDARD_INPUT, TextTable
from skgru._cli.date_formats import EXCEL
from skgru._cli.date_parts import read_part
from skgru._cli.dates import looks_like_dates
from skgru._cli.digit_dates import is_count
from skgru._cli.errors import Refused, one_of
from skgru._cli.joined_dates import is_part

# Columns from which a file has one for each date.
LEAST_COLUMNS = 3

_DIGITS = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?")
# Numbered parts of dates: letters that may stand before the number, all numbers that columns have,
# and what the other columns hold.
_NUMBERED = (
    ("month", "m?", [range(1, 13)], ("year",)),
    ("hour", "h?|he", [range(24), range(1, 25)], ("date",)),
    ("quarter", "[qt]?", [range(1, 5)], ("year",)),
    ("week", "(?:w|kw|cw)?", [range(1, 53), range(1, 54)], ("year",)),
    ("day", "d?", [range(1, last) for last in (29, 30, 31, 32)], ("month",)),
)
_TIME = re.compile(r"\d{1,2}:\d\d")


def check_long(table: TextTable) -> None:
    """Raise if the names of most columns are dates, or parts of dates such as months and hours."""
    names = list(table.columns)
    found = _dates_of(table, names)
    if found is None:
        return
    kind, dates = found
    others = [name for name in names if name not in dates]
    between = [name for name in others if names.index(dates[0]) < names.index(name)]
    between = [name for name in between if names.index(name) < names.index(dates[-1])]
    what = f"{table.name} has a column for each {kind}: {one_of(dates[:3])}, ..."
    if between:
        raise Refused(
            f"{what} Between them are other columns: {one_of(between)}. Move these before "
            f"{dates[0]}, or give them names of a {kind}, such as {_example(kind)}."
        )
    _refuse(table, what, kind, dates, others)


def _dates_of(table: TextTable, names: list[str]) -> tuple[str, list[str]] | None:
    """The columns that are dates by their names, and what they are; None for other files."""
    for kind in ("date", "month", "quarter", "week"):
        dates = [name for name in names if _is_date(name, kind)]
        if len(dates) >= LEAST_COLUMNS and 2 * len(dates) > len(names):
            others = [name for name in names if name not in dates]
            if not any(looks_like_dates(table.columns[name]) for name in others):
                return kind, dates  # else three sensors W1, W2, W3, say
    times = [name for name in names if _TIME.fullmatch(name)]
    if len(times) >= LEAST_COLUMNS and _holds(table, names, times, ("date",)):
        return "time", times
    for kind, letters, of_all, holds in _NUMBERED:
        pattern = re.compile(rf"(?:{letters})[ _]?0?(\d{{1,2}})", re.I)
        dates = [name for name in names if pattern.fullmatch(name)]
        numbers = [int(found[1]) for name in dates if (found := pattern.fullmatch(name))]
        if numbers in [list(all_of) for all_of in of_all] and _holds(table, names, dates, holds):
            return kind, dates
    return None


def _is_date(name: str, kind: str) -> bool:
    if kind == "date":
        is_digits = _DIGITS.fullmatch(name) is not None or is_count(name, EXCEL)
        return is_digits or looks_like_dates([name])
    return not re.match("T", name) and read_part(kind, name) is not None


def _holds(table: TextTable, names: list[str], dates: list[str], kinds: Sequence[str]) -> bool:
    """Whether another column has what completes the parts of dates: years, months or dates."""
    others = [name for name in names if name not in dates]
    return any(is_part(table, kind, name) for kind in kinds for name in others)


def _example(kind: str) -> str:
    return {"month": "Jan, Feb", "quarter": "Q1, Q2", "week": "W01, W02"}.get(kind, "2024-01")


def _refuse(table: TextTable, what: str, kind: str, dates: list[str], others: list[str]) -> None:
    """Raise with the code that turns a file."""
    columns = ", ".join([*others, kind, "value"])
    is_file = table.name != STANDARD_INPUT
    name = table.name if is_file else "data.csv"
    options = "" if table.separator in (",", None) else f", sep={table.separator!r}"
    if table.separator:  # as text: 1.230 may be a number of thousands
        options += ", dtype=str" + (f", encoding={table.encoding!r}" if table.encoding else "")
        options += ", skiprows=1" * table.has_sep_line
    read = "read_csv" if table.separator else "read_parquet"
    turned = f"pandas.{read}({name!r}{options}).melt({others!r}, var_name={kind!r}, "
    turned += "value_name='value')"
    if kind == "day":  # months have no 31st, and an empty field there
        turned += ".dropna(subset='value')"
    then = ""
    if all(is_count(name, EXCEL) for name in dates):
        then = f". Then give --date-format {EXCEL} and long.csv"
    raise Refused(
        f"{what} Each row must hold one date, in the columns {columns}. "
        f"{'' if is_file else f'Save standard input as {name}. '}In Python: import pandas; "
        f"{turned}.to_csv('long.csv', index=False){then}"
    )
