"""Columns of whole numbers as dates: 20241231, 202412, seconds since 1970. Other numbers that may
be dates, such as 31122024 or the days of Excel, are refused with the formats of --date-format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from shlex import quote
from typing import Any

import numpy as np

from skgru._cli.column_names import is_of, is_of_time
from skgru._cli.date_formats import COUNTS, DAYS, EXCEL, MINUTES, NUMBER, has_day, in_form, width_of
from skgru._cli.errors import Refused, note
from skgru._containers.text_dates import FIRST_YEAR, LAST_YEAR, are_regular, unit_of_numbers
from skgru._containers.text_numbers import MOST_WRONG

# Read without a question, with the step of periods.
_YEAR_FIRST = (
    ("%Y%m", "M"), ("%Y%m%d", None), ("%Y%m%d%H", None), ("%Y%m%d%H%M", None),
    ("%Y%m%d%H%M%S", None),
)  # fmt: skip
# May be dates.
OTHERS = (
    "%d%m%Y", "%m%d%Y", "%Y%d%m", "%m%Y", "%y%m%d", "%d%m%y", "%m%d%y", "%y%m", "%m%y", "%Y%j",
    "%G%V", "%Y0%q", "%Y%q", "%d%m%Y%H", "%m%d%Y%H", "%y%m%d%H", "%d%m%Y%H%M", "%m%d%Y%H%M",
    "%y%m%d%H%M",
)  # fmt: skip
# May be dates if the name of the column has a word for them: numbers of rows look like them.
_IF_NAMED = ("%y%j", DAYS, MINUTES)

# Years that are written with four digits, and how far ahead years of two digits may lie.
_YEARS = (1900, 2100)
_YEARS_AHEAD = 20

# Numbers that are counts of days or minutes: 1954 to 2064 for Excel, else 2000 to 2040.
_COUNTED = {EXCEL: (20_000, 60_000), DAYS: (10_957, 25_567), MINUTES: (15_778_080, 36_817_920)}
_EXCEL = re.compile(r"\d{5}(?:[.,]\d+)?")

_OF_2000 = frozenset(f"0{at}" for at in range(10))
# Day, month and year without zeros, such as 112024, and the time of a day, such as 0130.
_NO_ZEROS = re.compile(r"([1-9]|[12]\d|3[01])([1-9]|1[0-2])((?:19|20)\d\d)")
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3])[0-5]\d")

# Values of which one may be wrong without that all of them are something else.
_LEAST_TO_CORRECT = 10


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
            _check_no_weeks(column, name, file, lines)
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
    if all(_EXCEL.fullmatch(value) and is_count(value[:5], EXCEL) for value in column):
        _refuse(column, [EXCEL], name, file, lines, False)


def is_count(value: str, form: str) -> bool:
    """Whether digits lie in the usual range of the days of Excel, or of another count."""
    least, most = _COUNTED[form]
    return value.isdigit() and len(value) in (5, 8) and least <= int(value) <= most


def _check_no_dates(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for whole numbers that are more probably dates than numbers at equal steps."""
    texts = list(dict.fromkeys(column))
    numbers = np.array([int(value) for value in texts])
    steps = np.unique(np.diff(np.unique(numbers)))
    is_regular, width = len(steps) <= 1, max(map(len, texts))
    is_padded = any(value[0] == "0" and len(value) > 1 for value in texts)
    readings = _readings_of(texts, not is_padded and list(steps) == [1], name)
    if not readings:
        _check_no_times(texts, list(steps), name, file, lines)
        if len(texts) > 1 and all(map(_NO_ZEROS.fullmatch, texts)):
            _refuse_no_zeros(column, name, file, lines)
    if is_regular and numbers.min() <= 1:  # 1, 2, 3, or 001, 002, 003
        return
    if not is_padded and len(steps) == 1 and steps[0] % 10 == 0 and not (numbers % steps[0]).any():
        if MINUTES not in readings:
            return  # 1000, 2000, 3000
    if not is_padded and len(texts) == 1 and width < 5:
        return
    are_years = numbers.min() >= FIRST_YEAR and numbers.max() <= LAST_YEAR and not is_padded
    if are_years and (is_regular or not any(readings.values())):
        return
    if readings:
        forms = [form for form, is_steady in readings.items() if is_steady] or list(readings)
        of_days = [form for form in forms if "%H" not in form and form != MINUTES]
        forms = of_days or forms
        _refuse(column, forms, name, file, lines, True)
    for form in OTHERS if not is_regular and width > 4 else ():
        if width_of(form) == width:
            remedy = f"Correct the date, and give --date-format {form}"
            _check_all_but_few(column, form, name, file, lines, remedy)


def _check_no_times(
    texts: list[str], steps: list[int], name: str, file: str, lines: Sequence[int]
) -> None:
    """Raise for times of the day without a date, such as 0130."""
    if steps == [1] or len(texts) < 2 or not all(map(_TIME_OF_DAY.fullmatch, texts)):
        return
    if any(value[0] == "0" for value in texts):
        refuse_no_day(texts[0], name, file, lines[0])


def refuse_no_day(value: str, name: str, file: str, line: int) -> None:
    """Raise for a time without a date."""
    raise Refused(
        f"--time {name}: {file}, line {line} has {value!r}, a time without a date. Add a column of "
        f"dates to the file and give --time {quote(f'date+{name}')}, or number the rows with "
        "--no-time."
    )


def _refuse_no_zeros(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for days, months and years without zeros: 1112024 may be two days."""
    day, month, year = _NO_ZEROS.fullmatch(column[0]).groups()  # type: ignore[union-attr]
    raise Refused(
        f"--time {name}: {file}, line {lines[0]} has {column[0]!r}, which may be a date without "
        f"zeros. Write days and months with two digits each, such as {day:0>2}{month:0>2}{year}, "
        "and give --date-format %d%m%Y or %m%d%Y. If these are numbers, give --date-format "
        f"{NUMBER}."
    )


def _check_no_weeks(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for months such as 202401 in a column of weeks or quarters."""
    for kind, form in (("week", "%G%V"), ("quarter", "%Y0%q")):
        if is_of(kind, name) and in_form(column, form) is not None:
            _refuse(column, [form, "%Y%m"], name, file, lines, False)


def _check_no_days(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for months such as 200101, 200201 that would be at a regular step as days of 2020."""
    readings = _readings_of(list(dict.fromkeys(column)), False, name)
    forms = [form for form, is_steady in readings.items() if is_steady]
    if forms:
        _refuse(column, ["%Y%m", *forms], name, file, lines, False)


def _readings_of(texts: list[str], are_counted: bool, name: str) -> dict[str, bool]:
    """The formats in which all numbers are dates, and whether these dates have a regular step.
    are_counted : whether the numbers follow each other, as those of rows.
    """
    lengths, found = [len(value) for value in texts], {}
    least, width = min(lengths), max(lengths)
    forms = (*OTHERS, EXCEL, *(_IF_NAMED if is_of_time(name) else ()))
    if width == 2 and (is_of("year", name) or any(one in _OF_2000 for one in texts)):
        forms = (*forms, "%y")
    for form in forms:
        if form in COUNTS:
            dates = in_form(texts, form) if all(is_count(one, form) for one in texts) else None
        else:
            # Numbers that have lost their zero are rare, and 101 to 112 more probably rows.
            is_lost = (are_counted or width < 4) and least < (width_of(form) or 0)
            dates = None if is_lost else in_form(texts, form)
        if dates is None:
            continue
        last = _YEARS[1]
        if "%y" in form or form in _IF_NAMED:
            last = date.today().year + (1 if form in _IF_NAMED else _YEARS_AHEAD)
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
        f"{shown} (--date-format {form}{f', {COUNTS[form][2]}' if form in COUNTS else ''})"
        for shown, form in zip(readings[value], forms, strict=True)
    )
    number = f", or a number that is no date (--date-format {NUMBER})" if is_whole else ""
    raise Refused(
        f"--time {name}: {file}, line {lines[at[value]]} has {value!r}, which may be "
        f"{what}{number}. Say which with --date-format."
    )


def _shown(value: str, form: str) -> str:
    stamp = in_form([value], form)[0]
    if "%V" in form:
        return f"{stamp:%G-W%V}"
    if has_day(form):
        return str(stamp).removesuffix(" 00:00:00")
    return str(stamp) if "%q" in form else f"{stamp:%Y}" if form == "%y" else f"{stamp:%Y-%m}"


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
