"""Files with a column for each date, which have to be turned."""

from __future__ import annotations

import re

from skgru._cli.csv_and_parquet import TextTable
from skgru._cli.dates import looks_like_dates
from skgru._cli.errors import Refused, one_of
from skgru._cli.joined_dates import read_part

# Columns from which a file has one for each date.
LEAST_COLUMNS = 3

_DIGITS = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?")


def check_long(table: TextTable) -> None:
    """Raise if the names of most columns are dates, or parts of dates such as months."""
    names = list(table.columns)
    for kind in ("date", "month", "quarter", "week"):
        dates = [name for name in names if _is_date(name, kind)]
        if len(dates) >= LEAST_COLUMNS and 2 * len(dates) > len(names):
            break
    else:
        return
    others = [name for name in names if name not in dates]
    if any(looks_like_dates(table.columns[name]) for name in others):
        return  # such as three sensors W1, W2, W3
    columns = ", ".join([*others, kind, "value"])
    separator = "" if table.separator in (",", None) else f", sep={table.separator!r}"
    read = "read_csv" if table.separator else "read_parquet"
    file = f"pandas.{read}({table.name!r}{separator})"
    raise Refused(
        f"{table.name} has a column for each {kind}: {one_of(dates[:3])}, ... Each row must hold "
        f"one date, in the columns {columns}. In Python: import pandas; {file}.melt({others!r}, "
        f"var_name={kind!r}, value_name='value').to_csv('long.csv', index=False)"
    )


def _is_date(name: str, kind: str) -> bool:
    if kind == "date":
        return bool(_DIGITS.fullmatch(name)) or looks_like_dates([name])
    return read_part(kind, name) is not None
