"""Parts of dates in columns of their own, such as years, months and times."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from skgru._cli.column_names import is_of
from skgru._cli.month_names import month_of

# A time, or the beginning of an interval such as 00:00 - 01:00.
_TIME = re.compile(
    r"(\d{1,2}):(\d\d)(:\d\d(?:\.\d+)?)?(?: ?([AP])\.?M\.?)?(?:\s*[-\u2013]\s*\d{1,2}:\d\d.*)?",
    re.I,
)

_HOUR = re.compile(r"(HE?)[ _]?(\d{1,2})", re.I)


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
    at, number = month_of(text), re.fullmatch(r"M?(\d{1,2})", text, re.I)
    at = int(number[1]) if number and is_named else at
    return f"-{at:02}" if at is not None and 1 <= at <= 12 else None


def _time(text: str, is_named: bool) -> str | None:
    found = _HOUR.fullmatch(text)  # the end of an hour, or its number
    if found is not None and (is_named or found[1].upper() == "HE"):
        return _of_day(int(found[2]), 0)
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
READ: dict[str, Callable[[str, bool], str | None]] = {
    "year": _year,
    "quarter": _number_of("Q|T", 1, 4, "Q{}"),
    "month": _month,
    "week": _number_of("W|KW|CW", 1, 53, "-W{:02}"),
    "day": _number_of("D", 1, 31, "-{:02}"),
    "time": _time,
}
# The numbers that occur in years without gaps.
LAST = {"quarter": 4, "month": 12, "week": 52}
AFTER = {"year": ("quarter", "month", "week"), "month": ("day",), "date": ("time",)}


def read_as(kind: str, name: str, column: Any, is_said: bool = False) -> list[str] | None:
    """The texts of a part of dates; None for a column that holds something else. is_said : whether
    the column is known to be a part of dates, whatever its name is.
    """
    is_named, read = is_said or is_of(kind, name), READ[kind]
    known = {str(value): read(str(value), is_named) for value in dict.fromkeys(column)}
    if any(text is None for text in known.values()):
        return None
    return [str(known[str(value)]) for value in column]


def read_part(kind: str, text: str) -> str | None:
    """A part of a date that says what it is, such as Q1 or Jan, in the form of a date; None for
    other texts.
    """
    return READ[kind](text, False)


def parts_as(
    kinds: Sequence[str], name: str, column: Any, is_said: bool = False
) -> dict[str, list[str]]:
    """The parts of dates that a column may be, and their texts."""
    found = {kind: read_as(kind, name, column, is_said) for kind in kinds}
    return {kind: part for kind, part in found.items() if part is not None}


def most_of(part: Sequence[str]) -> int:
    """The largest number in texts such as Q4 or -12."""
    return max(int(re.findall(r"\d+", text)[-1]) for text in set(part))


def after_part(kind: str, between: str | None = None) -> Any:
    """What may follow a part, as a tuple or as text."""
    following = AFTER.get("date" if kind == "day" else kind, ())
    return following if between is None else between.join(following) or "nothing"
