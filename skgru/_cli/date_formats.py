"""Dates in a format of --date-format: those of strptime, quarters as %q, weeks, and words such as
excel for numbers of days.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np

from skgru._cli.month_names import in_english

# Words that --date-format takes beside the formats of strptime, and what their numbers count.
EXCEL, NUMBER, DAYS, MINUTES = "excel", "number", "days", "minutes"
EXCEL_DAY_0, DAY_0 = "1899-12-30", "1970-01-01"
COUNTS = {
    EXCEL: (EXCEL_DAY_0, 86_400, f"days since {EXCEL_DAY_0}"),
    DAYS: (DAY_0, 86_400, f"days since {DAY_0}"),
    MINUTES: (DAY_0, 60, f"minutes since {DAY_0}"),
}

_DIGITS = {"%Y": 4, "%G": 4, "%j": 3, "%q": 1}
_OF_QUARTERS = {"%Y": r"(?P<Y>\d{4})", "%y": r"(?P<y>\d\d)", "%q": "(?P<q>[1-4])"}
# Years of two digits from this one on are those of the last century, as for strptime.
_LAST_CENTURY = 69


def width_of(form: str) -> int | None:
    """The number of digits of a format that has nothing but digits; None for other formats."""
    parts = re.findall("%[dmyYjHMSGVq]", form)
    rest = re.sub("%[dmyYjHMSGVq]", "", form)
    if not parts or not re.fullmatch("0*", rest):
        return None
    return sum(_DIGITS.get(one, 2) for one in parts) + len(rest)


def has_day(form: str) -> bool:
    """Whether a format gives days, and not months or quarters."""
    return form in COUNTS or re.search("%[djVWUxcD]", form) is not None


def in_form(column: list[str], form: str) -> Any:
    """Dates or quarters as a pandas index, numbers too; None if a value does not fit. Numbers that
    have lost their leading zero, as 1012024, have it again. Weeks are their first days.
    """
    import pandas as pd

    if form == NUMBER:
        is_whole = all(re.fullmatch(r"[+-]?\d{1,18}", value) for value in column)
        return pd.Index([int(value) for value in column]) if is_whole else None
    if form in COUNTS:
        return _counted(column, form)
    if re.search("%[bB]", form):
        column = [in_english(value, is_short="%b" in form) for value in column]
    width = width_of(form)
    if width is not None:
        if not all(value.isdigit() and _has_width(value, width) for value in column):
            return None
        column = [value.zfill(width) for value in column]
    if "%q" in form:
        return _quarters(column, form)
    form, day = _with_weekday(form)
    column = [value + day for value in column] if day else column
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # UTC offsets that change
            return pd.DatetimeIndex(pd.to_datetime(pd.Series(column), format=form))
    except (ValueError, TypeError, OverflowError):
        return None


def _has_width(digits: str, width: int) -> bool:
    """Whether digits have a width, or have lost their leading zero."""
    return len(digits) == width or (len(digits) == width - 1 and digits[0] != "0")


def _with_weekday(form: str) -> tuple[str, str]:
    """A format of weeks with the first day of the week, and this day; other formats as they are."""
    if re.search("%[aAuw]", form) or not re.search("%[VWU]", form):
        return form, ""
    if "%V" in form:  # the year of ISO weeks, even if it is written as %Y
        return form.replace("%Y", "%G") + " %u", " 1"
    return f"{form} %w", " 0" if "%U" in form else " 1"


def _quarters(column: list[str], form: str) -> Any:
    """Years and quarters, as periods."""
    import pandas as pd

    pattern = re.escape(form)
    for part, digits in _OF_QUARTERS.items():
        pattern = pattern.replace(re.escape(part), digits, 1)
    try:
        found = [re.fullmatch(pattern, value, re.I) for value in column]
        if None in found:
            return None
        parts = [one.groupdict() for one in found if one is not None]
        texts = [f"{one.get('Y') or _four_digits(one['y'])}Q{one['q']}" for one in parts]
        return pd.PeriodIndex(texts, freq="Q")
    except (re.error, KeyError, ValueError):  # formats with other parts
        return None


def _four_digits(year: str) -> str:
    return f"{'19' if int(year) >= _LAST_CENTURY else '20'}{year}"


def _counted(column: list[str], form: str) -> Any:
    """Days or minutes since a date, with fractions."""
    import pandas as pd

    if not all(re.fullmatch(r"\d{1,8}(?:[.,]\d+)?", value) for value in column):
        return None
    start, seconds_of_one, _ = COUNTS[form]
    numbers = np.array([float(value.replace(",", ".")) for value in column])
    seconds = np.rint(numbers * seconds_of_one).astype("timedelta64[s]")
    try:
        return pd.DatetimeIndex(np.datetime64(start, "s") + seconds)
    except (ValueError, OverflowError):
        return None
