"""Columns of whole numbers as dates: 20241231, 202412, seconds since 1970. Other numbers that may
be dates, such as 31122024 or the days of Excel, are refused with the formats of --date-format.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from skgru._cli.errors import Refused, note
from skgru._containers.text_dates import FIRST_YEAR, LAST_YEAR, are_regular, unit_of_numbers
from skgru._containers.text_numbers import MOST_WRONG

# Words that --date-format takes beside the formats of strptime.
EXCEL, NUMBER = "excel", "number"

# Read without a question, with the step of periods.
_YEAR_FIRST = (
    ("%Y%m", "M"), ("%Y%m%d", None), ("%Y%m%d%H", None), ("%Y%m%d%H%M", None),
    ("%Y%m%d%H%M%S", None),
)  # fmt: skip
# May be dates.
_OTHERS = (
    "%d%m%Y",
    "%m%d%Y",
    "%Y%d%m",
    "%m%Y",
    "%y%m%d",
    "%d%m%y",
    "%m%d%y",
    "%y%m",
    "%m%y",
    "%Y%j",
)

# Years that are written with four digits, and how far ahead years of two digits may lie.
_YEARS = (1900, 2100)
_YEARS_AHEAD = 20

# Days since this date are how Excel stores dates; these days lie between 1954 and 2064.
EXCEL_DAY_0 = "1899-12-30"
_EXCEL_DAYS = (20_000, 60_000)
_EXCEL = re.compile(r"\d{5}(?:[.,]\d+)?")

# Values of which one may be wrong without that all of them are something else.
_LEAST_TO_CORRECT = 10


def width_of(form: str) -> int | None:
    """The number of digits of a format that has nothing but digits; None for other formats."""
    parts = re.findall("%[dmyYjHMS]", form)
    digits = {"%Y": 4, "%j": 3}
    return sum(digits.get(one, 2) for one in parts) if "".join(parts) == form else None


def in_form(column: list[str], form: str) -> Any:
    """Dates in a format of strptime or in that of Excel, numbers as a pandas index; None if a value
    does not fit. Numbers that have lost their leading zero, as 1012024, have it again.
    """
    import pandas as pd

    if form == NUMBER:
        is_whole = all(re.fullmatch(r"[+-]?\d{1,18}", value) for value in column)
        return pd.Index([int(value) for value in column]) if is_whole else None
    if form == EXCEL:
        return _of_excel(column)
    width = width_of(form)
    if width is not None:
        if not all(value.isdigit() and width - 1 <= len(value) <= width for value in column):
            return None
        column = [value.zfill(width) for value in column]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # UTC offsets that change
            return pd.DatetimeIndex(pd.to_datetime(pd.Series(column), format=form))
    except (ValueError, TypeError, OverflowError):
        return None


def _of_excel(column: list[str]) -> Any:
    """Days since 30 December 1899, with the time of the day as a fraction."""
    import pandas as pd

    if not all(re.fullmatch(r"\d{1,6}(?:[.,]\d+)?", value) for value in column):
        return None
    days = np.array([float(value.replace(",", ".")) for value in column])
    seconds = np.rint(days * 86_400).astype("timedelta64[s]")
    try:
        return pd.DatetimeIndex(np.datetime64(EXCEL_DAY_0, "s") + seconds)
    except (ValueError, OverflowError):
        return None


def from_digits(
    column: list[str],
    zone: str | None,
    are_numbers: bool,
    name: str,
    file: str,
    lines: Sequence[int],
) -> Any:
    """Dates that begin with the year, times since 1970, years, or the numbers of rows; None for
    other digits. are_numbers : whether other digits are known to be no dates.
    """
    import pandas as pd

    lengths = {len(value) for value in column}
    for form, step in _YEAR_FIRST:
        if lengths == {width_of(form)} and all("1800" <= one[:4] <= "2200" for one in column):
            dates = in_form(column, form)
            if dates is None:
                _check_all_but_few(column, form, name, file, lines, "Correct the date")
                continue
            if step is None:
                return dates
            months = dates.to_period(step)
            if not are_regular(months.unique().sort_values()):
                _check_no_days(column, name, file, lines)
            return months
    if max(lengths) > 19:
        return None
    numbers = [int(value) for value in column]
    unit = unit_of_numbers(numbers) if max(numbers) < 2**63 else None
    if unit is None:
        if max(lengths) >= 18:
            return None
        if not are_numbers:
            _check_no_dates(column, name, file, lines)
        return pd.Index(numbers)
    what = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}[unit]
    dates = pd.DatetimeIndex(pd.to_datetime(numbers, unit=unit, utc=True))
    note(
        f"numbers of {name} are read as {what} since 1970, in "
        + ("UTC. --time-zone sets another zone." if zone is None else f"the zone {zone}.")
    )
    return dates.tz_localize(None) if zone is None else dates.tz_convert(zone)


def check_no_excel(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for days of Excel with the time of the day as a fraction."""
    if all(_EXCEL.fullmatch(value) and _is_of_excel(value) for value in column):
        _refuse(column, [EXCEL], name, file, lines, False)


def _is_of_excel(value: str) -> bool:
    return _EXCEL_DAYS[0] <= int(value[:5]) <= _EXCEL_DAYS[1]


def _check_no_dates(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for whole numbers that are more probably dates than numbers at equal steps."""
    texts = list(dict.fromkeys(column))
    numbers = np.array([int(value) for value in texts])
    steps = np.unique(np.diff(np.unique(numbers)))
    is_regular, width = len(steps) <= 1, max(map(len, texts))
    is_padded = any(value[0] == "0" and len(value) > 1 for value in texts)
    if is_regular and numbers.min() <= 1:  # 1, 2, 3, or 001, 002, 003
        return
    if not is_padded and len(steps) == 1 and steps[0] % 10 == 0 and not (numbers % steps[0]).any():
        return  # 1000, 2000, 3000
    if not is_padded and len(texts) == 1 and width < 5:
        return
    readings = _readings_of(texts, not is_padded and list(steps) == [1])
    are_years = numbers.min() >= FIRST_YEAR and numbers.max() <= LAST_YEAR and not is_padded
    if are_years and (is_regular or not any(readings.values())):
        return
    if readings:
        forms = [form for form, is_steady in readings.items() if is_steady] or list(readings)
        _refuse(column, forms, name, file, lines, True)
    for form in _OTHERS if not is_regular and width > 4 else ():
        if width_of(form) == width:
            remedy = f"Correct the date, and give --date-format {form}"
            _check_all_but_few(column, form, name, file, lines, remedy)


def _check_no_days(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for months such as 200101, 200201 that would be at a regular step as days of 2020."""
    readings = _readings_of(list(dict.fromkeys(column)), False)
    forms = [form for form, is_steady in readings.items() if is_steady]
    if forms:
        _refuse(column, ["%Y%m", *forms], name, file, lines, False)


def _readings_of(texts: list[str], are_counted: bool) -> dict[str, bool]:
    """The formats in which all numbers are dates, and whether these dates have a regular step.
    are_counted : whether the numbers follow each other, as those of rows.
    """
    lengths, found = [len(value) for value in texts], {}
    least, width = min(lengths), max(lengths)
    for form in (*_OTHERS, EXCEL):
        if form == EXCEL:
            is_five = all(len(value) == 5 and _is_of_excel(value) for value in texts)
            dates = in_form(texts, form) if is_five else None
        else:
            # Numbers that have lost their zero are rare, and 101 to 112 more probably rows.
            is_lost = (are_counted or width < 4) and least < (width_of(form) or 0)
            dates = None if is_lost else in_form(texts, form)
        if dates is None:
            continue
        last = _YEARS[1] if "%y" not in form else date.today().year + _YEARS_AHEAD
        if dates.year.min() >= _YEARS[0] and dates.year.max() <= last:
            found[form] = has_step(dates)
    return found


def has_step(dates: Any) -> bool:
    """Whether dates have a regular step, also the same day of each month."""
    dates = dates.unique().sort_values()
    if len(dates) < 3:
        return False
    months = dates.year * 12 + dates.month
    is_monthly = len(set(dates.day)) == 1 and len(set(months[1:] - months[:-1])) == 1
    return is_monthly or are_regular(dates)


def _refuse(
    column: list[str], forms: list[str], name: str, file: str, lines: Sequence[int], is_whole: bool
) -> None:
    """Raise with the readings of a value, one in which they differ, and the options that decide."""
    at = {value: at for at, value in reversed(list(enumerate(column)))}
    readings = {value: [_shown(value, form) for form in forms] for value in list(at)[:400]}
    value = max(readings, key=lambda one: (len(set(readings[one])), -at[one]))
    what = " or ".join(
        f"{shown} (--date-format {form}{f', days since {EXCEL_DAY_0}' if form == EXCEL else ''})"
        for shown, form in zip(readings[value], forms, strict=True)
    )
    number = f", or a number that is no date (--date-format {NUMBER})" if is_whole else ""
    raise Refused(
        f"--time {name}: {file}, line {lines[at[value]]} has {value!r}, which may be "
        f"{what}{number}. Say which with --date-format."
    )


def _shown(value: str, form: str) -> str:
    stamp = in_form([value], form)[0]
    has_day = form == EXCEL or "%d" in form or "%j" in form
    return str(stamp).removesuffix(" 00:00:00") if has_day else f"{stamp:%Y-%m}"


def _check_all_but_few(
    column: list[str], form: str, name: str, file: str, lines: Sequence[int], remedy: str
) -> None:
    """Raise if nearly all values are dates in a format."""
    is_date = {value: in_form([value], form) is not None for value in dict.fromkeys(column)}
    bad = only_bad([is_date[value] for value in column])
    if bad is not None and len(is_date) >= _LEAST_TO_CORRECT:
        raise Refused(
            f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no "
            f"date in the form {form}, as the others are. {remedy}."
        )


def only_bad(are_right: list[bool]) -> int | None:
    """The first wrong value, if nearly all others are right; else None."""
    n_wrong = len(are_right) - sum(are_right)
    return are_right.index(False) if 0 < n_wrong <= MOST_WRONG * len(are_right) else None
