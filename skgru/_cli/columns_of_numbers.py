"""Columns of text as numbers, and which value of a column is no number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from skgru._cli.errors import Refused
from skgru._containers.text_numbers import (
    MINUS,
    MOST_WRONG,
    PATTERNS,
    SPACES,
    bare,
    is_missing,
    is_number,
)

# Codes of currencies such as EUR.
_CURRENCY = re.compile(r"^[A-Z]{3}\s*(?=[\d+-])|(?<=\d)\s*[A-Z]{3}$")


def _is_text(column: Any) -> bool:
    return isinstance(column, list)


def are_numbers(column: Any) -> bool:
    """Whether a column can be read as numbers in one of the conventions."""
    if not _is_text(column):
        return column.dtype.kind in "iuf" or (
            hasattr(column.dtype, "numpy_dtype") and (column.dtype.numpy_dtype.kind in "iuf")
        )
    known = [value for value in column if not is_missing(value)]
    return bool(known) and any(
        all(pattern.fullmatch(value) for value in known) for pattern in PATTERNS.values()
    )


def wrong_number(column: Any) -> int | None:
    """The first value that is no number, of a column of text in which nearly all others are
    numbers; None for other columns.
    """
    if not _is_text(column) or are_numbers(column):
        return None
    known = [at for at, value in enumerate(column) if not is_missing(value)]
    for pattern in PATTERNS.values():
        wrong = [at for at in known if not pattern.fullmatch(column[at])]
        if 0 < len(wrong) <= MOST_WRONG * len(known):
            return wrong[0]
    return None


def decorated_number(column: Any) -> int | None:
    """The first value that is no number, of a column of text in which nearly all values are numbers
    without their percent signs, currencies and parentheses; None for other columns.
    """
    if not _is_text(column) or are_numbers(column):
        return None
    known = [at for at, value in enumerate(column) if not is_missing(value)]
    n_right = {mark: sum(is_number(plain(column[at]), mark) for at in known) for mark in PATTERNS}
    mark = max(n_right, key=n_right.__getitem__)
    if not n_right[mark] or len(known) - n_right[mark] > MOST_WRONG * len(known):
        return None
    return next((at for at in known if not PATTERNS[mark].fullmatch(column[at])), None)


def plain(value: str) -> str:
    """A text without currencies, percent signs and underscores, and with the minus sign first."""
    text = _CURRENCY.sub("", bare(value))
    text = re.sub(r"(?<=\d)_(?=\d)", "", text)
    return f"-{text[:-1]}" if text[-1:] in ("-", MINUS) and text[:1].isdigit() else text


def correction_of(value: str) -> str:
    """What to do about a value that is no number."""
    if any(is_number(plain(value), mark) for mark in PATTERNS):
        return (
            f"Write {plain(value)} instead, and change all such values of the column in this way."
        )
    return "Correct the value, or leave the field empty if it is unknown."


def to_numbers(
    column: Any, decimal: str, what: str, name: str, lines: Sequence[int], is_given: bool = False
) -> np.ndarray:
    """float64. what : the option and the column, for the message of a value that is no number;
    is_given : whether the decimal mark is that of --decimal.
    """
    if not _is_text(column):
        if not are_numbers(column):
            raise Refused(
                f"{what} must be a column of numbers, but {name} has {column.dtype} there."
            )
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    pattern, other = PATTERNS[decimal], "," if decimal == "." else "."
    unwanted = str.maketrans({**dict.fromkeys(SPACES + other), MINUS: "-", decimal: "."})
    numbers = np.full(len(column), np.nan)
    for at, value in enumerate(column):
        if is_missing(value):
            continue
        if not pattern.fullmatch(value):
            raise Refused(
                f"{what} must be a column of numbers, but {name}, line {lines[at]} has {value!r}. "
                f"{_about_mark(column, at, decimal, lines, is_given) or correction_of(value)}"
            )
        numbers[at] = float(value.translate(unwanted))
    return numbers


def _about_mark(
    column: Sequence[str], at: int, decimal: str, lines: Sequence[int], is_given: bool
) -> str | None:
    """What to do about a value that is a number with the other decimal mark; else None."""
    other = "," if decimal == "." else "."
    if not PATTERNS[other].fullmatch(column[at]):
        return None
    fits = [is_missing(value) or PATTERNS[other].fullmatch(value) for value in column]
    if is_given and all(fits):
        return (
            f"--decimal {decimal} does not fit. Leave it out, so that each file is read with its "
            f"own mark, or give --decimal {other}"
        )
    different = next(
        (row for row, value in enumerate(column) if not is_missing(value) and not fits[row]), None
    )
    if different is None:
        return f"Give --decimal {other}"
    return (
        f"Line {lines[different]} has {column[different]!r}. Write all numbers of the column with "
        "one decimal mark."
    )
