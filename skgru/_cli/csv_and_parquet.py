"""CSV and parquet files as columns. The columns of a CSV file stay text: what they hold is decided
in `numbers.py` and `dates.py`.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from skgru._cli.errors import Failed, Refused, note, one_of

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LINES_TO_GUESS = 200

# The first bytes of files that are no CSV, what they are, and what to do.
OTHER_KINDS = (
    (b"\x1f\x8b", "is compressed by gzip", "Unpack it"),
    (b"PK\x03\x04", "is an Excel file or a zip archive", "Save the sheet as CSV, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "is an Excel file", "Save the sheet as CSV"),
    (b"PAR1", "is a parquet file", "Give it a name that ends with .parquet"),
    (b"{", "holds JSON", "Save the data as CSV or parquet"),
    (b"[", "holds JSON", "Save the data as CSV or parquet"),
)

# The first line by which Excel knows the separator.
_OF_EXCEL = re.compile(r'"?sep=(.)"?(?=\n)', re.I)

# Bytes at the beginning of text in other encodings, with a byte order mark and without.
_MARKS = {
    b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}  # fmt: skip
_ZEROS = ("utf-32-le", r".\0\0\0"), ("utf-32-be", r"\0\0\0."), ("utf-16-be", r"\0.")

# Quotes of word processors.
_QUOTES = "\u201c\u201d\u201e\u00ab\u00bb"

PARQUET = (".parquet", ".pq")
STANDARD_INPUT = "standard input"


@dataclass
class TextTable:
    """The columns of a file. separator : None for parquet; lines : the line of each row; joined :
    the column of dates that was made of others; encoding : None for UTF-8; has_sep_line : whether
    the header follows a line such as sep=;.
    """

    name: str
    columns: dict[str, Any]
    separator: str | None
    lines: list[int]
    joined: str | None = None
    encoding: str | None = None
    has_sep_line: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str, option: str) -> Any:
        if name not in self.columns:
            near = [one for one in self.columns if one.casefold() == name.casefold()]
            hint = near or list(self.columns)
            raise Refused(
                f"{option} {name}: {self.name} has no such column. Its columns are: {one_of(hint)}."
            )
        return self.columns[name]


def read_table(path: str, separator: str | None, encoding: str | None) -> TextTable:
    """The columns of a file; "-" is standard input."""
    if path.lower().endswith(PARQUET):
        return _read_parquet(path)
    name = STANDARD_INPUT if path == "-" else path
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    for start, what, remedy in OTHER_KINDS:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(start):
            raise Refused(f"{name} {what}, but must be a CSV file. {remedy}.")
    text, encoding = _decoded(data, encoding, name)
    found = _OF_EXCEL.match(text)
    if found:  # a line that stays as an empty one, so that lines count
        separator, text = separator or found[1], text[found.end(1) :].lstrip('"')
    separator = separator or _separator_of(text, name)
    table = _rows(text, separator, name)
    return replace(table, encoding=encoding, has_sep_line=found is not None)


def _read_parquet(path: str) -> TextTable:
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise Failed(
            f"{path} needs the package pyarrow, which is not installed. Install it with 'pip "
            "install pyarrow', or give a CSV file."
        ) from error
    except Exception as error:  # pyarrow raises errors of its own
        raise Refused(f"{path} cannot be read as parquet: {str(error).splitlines()[0]}") from error
    if not isinstance(frame.index, pd.RangeIndex) or frame.index.name is not None:
        frame = frame.reset_index()
    columns = {
        str(name): _without_decimals(frame.iloc[:, at]) for at, name in enumerate(frame.columns)
    }
    return TextTable(path, columns, None, list(range(1, len(frame) + 1)))


def _without_decimals(column: Any) -> Any:
    """A column of Decimal objects as floats. Any other column is returned as it is."""
    known = column.dropna()
    if column.dtype == object and len(known) and all(isinstance(one, Decimal) for one in known):
        return column.astype(np.float64)
    return column


def _decoded(data: bytes, encoding: str | None, name: str) -> tuple[str, str | None]:
    """The text of a file and its encoding, None for UTF-8."""
    if encoding is None:
        encoding = next((one for start, one in _MARKS.items() if data.startswith(start)), None)
    try:
        text = data.decode(encoding or "utf-8-sig").removeprefix("\ufeff")
        if "\0" not in text:
            return _in_lines(text), encoding
    except LookupError as error:
        raise Refused(f"--encoding {encoding} is unknown. Use utf-8 or cp1252.") from error
    except ValueError as error:  # most of them are UnicodeDecodeErrors, which have a reason
        if encoding is not None:
            reason = getattr(error, "reason", error)
            raise Refused(f"--encoding {encoding} does not fit {name}: {reason}.") from error
    if b"\0" in data:
        start = data[:4].decode("latin-1")
        likely = next((one for one, zeros in _ZEROS if re.match(zeros, start, re.S)), "utf-16-le")
        raise Refused(
            f"{name} is no text in {encoding or 'UTF-8'}. Give a CSV file, its encoding, such as "
            f"--encoding {likely}, or a file that ends with .parquet."
        )
    note(f"{name} is not UTF-8, and is read as cp1252 (Western Europe). --encoding sets another.")
    return _in_lines(data.decode("cp1252", errors="replace")), "cp1252"


def _in_lines(text: str) -> str:
    """Text whose lines end in carriage returns, alone or beside line feeds, as some programs write
    them, with line feeds.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _separator_of(text: str, name: str) -> str:
    """The only mark that gives every line as many fields as the header, at least two."""
    lines = text.split("\n", LINES_TO_GUESS)[:LINES_TO_GUESS]
    fitting = []
    for mark in SEPARATORS:
        try:
            widths = {len(row) for row in csv.reader(lines, delimiter=mark) if any(row)}
        except csv.Error:  # a field beyond the limit of the module csv
            continue
        if len(widths) == 1 and widths.pop() > 1:
            fitting.append(mark)
    if len(fitting) == 1:
        return fitting[0]
    in_header = [mark for mark in SEPARATORS if mark in lines[0]]
    if not fitting and not in_header and len(lines) > 1:  # a title before the header
        in_lines = [
            one for one in SEPARATORS if 2 * sum(one in line for line in lines) > len(lines)
        ]
        return in_lines[0] if len(in_lines) == 1 else ","
    if not fitting and len(in_header) < 2:
        return in_header[0] if in_header else ","
    found = " or ".join(SEPARATORS[mark] for mark in fitting or in_header)
    raise Refused(
        f"{name} may be separated by {found}. Say which with --separator, for example "
        "--separator ';'."
    )


def _rows(text: str, separator: str, name: str) -> TextTable:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    first = 0
    try:
        for row in reader:
            if not any(field.strip() for field in row):
                continue
            if not header:
                header, first = [field.strip() for field in row], reader.line_num
            elif len(row) > len(header) and not rows and _has_commas_in_numbers(row, separator):
                raise Refused(
                    f"{name}, line {reader.line_num} has {len(row)} fields, but the header has "
                    f"{len(header)}. If numbers have decimal commas, save the file with semicolons "
                    "between fields, or with decimal points. Else add the missing names to the "
                    "header."
                )
            elif len(row) > len(header) and (not rows or len(header) == 1):
                raise Refused(
                    f"{name}, line {reader.line_num} has {len(row)} fields, but line {first}, "
                    f"{separator.join(header)[:60]!r}, has {len(header)}. The first line must hold "
                    "the names of the columns: delete other lines before it, or give --separator."
                )
            elif len(row) < len(header):
                raise Refused(
                    f"{name}, line {reader.line_num} has {len(row)} field{'s' * (len(row) > 1)}, "
                    f"but the header has {len(header)}. {_about_short_line(row, lines)}"
                )
            elif len(row) > len(header):
                raise Refused(
                    f"{name}, line {reader.line_num} has {len(row)} fields, but the header has "
                    f"{len(header)}. Quote fields that hold a {SEPARATORS.get(separator, 'mark')}, "
                    "or give --separator."
                )
            else:
                rows.append([field.strip() for field in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise Refused(f"{name}, line {reader.line_num} is no CSV: {error}.") from error
    if rows and text.count('"') % 2 and any("\n" in field for field in rows[-1]):
        begin = lines[-2] + 1 if len(lines) > 1 else first + 1
        raise Refused(
            f"{name}, line {begin} has a quote that is not closed. Close it, or delete it."
        )
    if not rows:
        raise Refused(f"{name} has no rows. Give a file with a header and a row for each date.")
    if all(one and one[0] in "+-.0123456789" for one in header):
        raise Refused(
            f"{name} begins with {separator.join(header)[:60]}, but the first line must hold the "
            "names of the columns. Add a line such as date,sales."
        )
    _check_quotes(header, rows[0], (first, lines[0]), name)
    is_title = len(header) > 2 and header[0] and not any(header[1:])
    if is_title and all(rows[0]) and not any(map(str.isdigit, "".join(rows[0]))):
        raise Refused(
            f"{name}, line {first} has {header[0][:60]!r} and no further names, but the first line "
            f"must hold the names of the columns. Delete the lines before line {lines[0]}."
        )
    header = [one or f"column {at}" for at, one in enumerate(header, 1)]
    if twice := sorted({one for one in header if header.count(one) > 1}):
        remedy = "Give each column its own name."
        if not any(one.isdigit() for field in rows[0] for one in field):
            remedy = (
                f"Join the names of line {lines[0]} to those of line {first}: one line of names."
            )
        raise Refused(f"{name} has several columns {twice[0]}. {remedy}")
    columns = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
    return TextTable(name, columns, separator, lines)


def _has_commas_in_numbers(row: list[str], separator: str) -> bool:
    """Whether all fields but the first are whole numbers, as those on both sides of commas."""
    return separator == "," and all(re.fullmatch(r"[+-]?\d+", field.strip()) for field in row[1:])


def _check_quotes(header: list[str], row: list[str], lines: tuple[int, int], name: str) -> None:
    """Raise for typographic quotes around names of columns or numbers."""
    names = [one for one in header if _is_quoted(one)]
    numbers = [one for one in row if _is_quoted(one) and one[1].isdigit()]
    if names or numbers:
        raise Refused(
            f"{name}, line {lines[0] if names else lines[1]} has {(names or numbers)[0]}. Replace "
            'quotes of this kind in the file by straight ones (").'
        )


def _is_quoted(text: str) -> bool:
    return len(text) > 2 and text[0] in _QUOTES and text[-1] in _QUOTES


def _about_short_line(row: list[str], lines: list[int]) -> str:
    """What to do about a line that lacks fields. lines : those of the rows before it."""
    if any("\n" in field for field in row):
        return f"Close the quote that begins in line {lines[-1] + 1 if lines else 2}."
    if not lines:
        return "Give --separator, or add the fields that the line lacks."
    return "Delete the line if it is a note or a sum, or add the fields that it lacks."
