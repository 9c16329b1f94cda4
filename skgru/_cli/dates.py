"""Columns of text as dates, or the message about a value that is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from skgru._cli import clock_times
from skgru._cli.column_names import is_of
from skgru._cli.date_formats import in_form
from skgru._cli.day_orders import ORDERS, PARTS, check_one_order, in_order, order_of
from skgru._cli.digit_dates import (
    OTHERS,
    check_no_excel,
    from_digits,
    has_step,
    only_bad,
    refuse_no_day,
)
from skgru._cli.errors import Refused, note

# Other forms, with the step of periods. %b is a name of a month in any of several languages.
_FORMS = (
    ("%Y-%m", "M"), ("%Y/%m", "M"), ("%Y%m", "M"), ("%YM%m", "M"), ("%m/%Y", "M"), ("%m.%Y", "M"),
    ("%m-%Y", "M"), ("%b %Y", "M"), ("%b-%Y", "M"), ("%b/%Y", "M"), ("%Y %b", "M"), ("%b-%y", "M"),
    ("%b %y", "M"), ("%b/%y", "M"), ("%Y%m%d", None), ("%d %b %Y", None), ("%d-%b-%Y", None),
    ("%d-%b-%y", None), ("%b %d, %Y", None), ("%b %d %Y", None), ("%Y%m%dT%H%M%S", None),
    ("%Y M%m", "M"), ("%Y-M%m", "M"), ("%a %d %b %Y", None), ("%a, %d %b %Y", None),
    ("%A, %d %b %Y", None), ("%A %d %b %Y", None), ("%a %b %d %Y", None), ("%A, %b %d, %Y", None),
)  # fmt: skip
ZONES = (None, "UTC")
# Q1, or T1 as in French and Spanish.
_QUARTER = re.compile(r"(\d{4})[- /]?[QT]([1-4])", re.I)
_QUARTER_FIRST = re.compile(r"(?:[QT]([1-4])|([1-4])[QT])[- /]?(\d{4})", re.I)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.I)
# A week or a month, and a year.
_NUMBER_AND_YEAR = re.compile(r"(\d{1,2})([./-])\d{4}")
_LAST_WEEK = 53
_DOUBLE_YEAR = re.compile(r"(\d{4})[/-](\d\d|\d{4})")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AP]\.?M\.?)?", re.I)
# Formats to which another one may be changed, as far as they fit.
_USUAL = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%Y-%m",
    "%Y/%m/%d", "%Y.%m", "%Y.%q", "%V/%G", "%G-%V", "%d %b %Y", "%b %d, %Y", "%b %Y", "%b %y",
)  # fmt: skip

# Whole numbers that a program has written as floats.
_WHOLE = re.compile(r"\d+\.00?")
_SCIENTIFIC = re.compile(r"\d+[.,]\d+e\+?\d+", re.I)


@dataclass(frozen=True)
class DateForm:
    """How dates are read. order : of `ORDERS`; form : of strptime, or "excel" or "number"; both
    None for other forms; are_numbers : whether digits are known to be no dates.
    """

    order: str | None = None
    form: str | None = None
    zone: str | None = None
    are_numbers: bool = False


def looks_like_dates(column: Any) -> bool:
    """Whether a column is one of dates beyond doubt, whatever the order of day and month. Whole
    numbers are not: they may be anything.
    """
    if not isinstance(column, list):
        if column.dtype.kind == "M" or str(column.dtype).startswith(("datetime64", "period")):
            return True
        if column.dtype.kind in "iufb":
            return False
        column = [str(value) for value in column]
    known = [value for value in column[:500] if value]
    if not known or all(value.isdigit() for value in known):
        return False
    if all(PARTS.fullmatch(value) for value in known):
        # Offsets that change are told apart with a zone alone.
        return any(in_order(known, one, zone) is not None for one in ORDERS for zone in ZONES)
    return known_form(known) is not None


def wrong_date(column: Any) -> int | None:
    """The first value that is no date, of a column of text in which nearly all others are dates;
    None for other columns.
    """
    if not isinstance(column, list):
        return None
    known = [at for at, value in enumerate(column) if value][:500]
    first = [looks_like_dates([column[at]]) for at in known[:10]]
    if not known or 2 * sum(first) < len(first):  # other text, without reading all of it
        return None
    bad = only_bad([looks_like_dates([column[at]]) for at in known])
    return None if bad is None else known[bad]


def read_dates(
    column: Any,
    wanted: DateForm,
    name: str,
    file: str,
    lines: Sequence[int],
    keys: Sequence[Any] | None = None,
) -> tuple[Any, DateForm]:
    """A pandas index, and how it was read. name : of the column; keys : what identifies the series
    of each row, None for one series.
    """
    import pandas as pd

    if not isinstance(column, list):
        is_text = column.dtype == object or pd.api.types.is_string_dtype(column.dtype)
        if not is_text and not pd.api.types.is_integer_dtype(column.dtype):
            return pd.Index(column, name=name), wanted
        column = ["" if pd.isna(value) else str(value) for value in column]
    for at, value in enumerate(column):
        if not value:
            raise Refused(
                f"--time {name}: {file}, line {lines[at]} has no date. Add it, or delete the line."
            )
    if all(_WHOLE.fullmatch(value) for value in column):
        column = [value.partition(".")[0] for value in column]
    found, form = _read(column, wanted, name, file, lines, keys)
    if wanted.zone is not None and isinstance(found, pd.DatetimeIndex) and found.tz is None:
        wall, found = found, clock_times.in_zone(found, wanted.zone, keys)
        if found is None:
            clock_times.refuse(name, file, wall, wanted.zone, lines)
    if column and not re.search(r"\d{4}", column[0]):
        years = getattr(found, "year", None)
        if years is not None and max(years) > date.today().year + 1:
            note(
                f"years of two digits in {name} are read as {min(years)} to {max(years)}. Write "
                "four digits for other ones."
            )
    return found.rename(name), form


def _read(
    column: list[str],
    wanted: DateForm,
    name: str,
    file: str,
    lines: Sequence[int],
    keys: Sequence[Any] | None,
) -> tuple[Any, DateForm]:
    """As `read_dates`, of text without missing values."""
    import pandas as pd

    if wanted.form is not None:
        dates = in_form(column, wanted.form)
        if dates is None:
            _refuse_format(column, wanted.form, name, file, lines)
        return dates, wanted
    if all(value.isdigit() for value in column):
        found = from_digits(column, wanted.zone, wanted.are_numbers, name, file, lines)
        if found is not None:
            are_numbers = pd.api.types.is_integer_dtype(found.dtype)
            return found, replace(wanted, are_numbers=are_numbers)
    elif all(PARTS.fullmatch(value) for value in column):
        has_year_first = all(len(re.split("[./-]", value)[0]) == 4 for value in column)
        order = None if has_year_first else wanted.order  # which may be that of another file
        order = order or order_of(column, name, file, wanted.zone, lines, keys)
        dates = in_order(column, order, wanted.zone)
        if dates is None:
            bad = next((at for at, one in enumerate(column) if in_order([one], order) is None), 0)
            raise Refused(
                f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no date "
                f"in the order {ORDERS[order]}, or has another time zone than other lines. Give "
                "--date-order, --date-format or --time-zone."
            )
        check_one_order(column, dates, order, name, file, lines)
        return dates, replace(wanted, order=order)
    else:
        _check_no_weeks(column, name, file, lines)
        _check_no_double_years(column, name, file, lines)
        found = known_form(column)
        if found is not None:
            return found, wanted
    check_no_excel(column, name, file, lines)
    if all(map(_TIME_OF_DAY.fullmatch, column)):
        refuse_no_day(column[0], name, file, lines[0])
    are_right = [looks_like_dates([one]) for one in column]
    bad = are_right.index(False) if False in are_right else 0
    if only_bad(are_right) is not None:
        raise Refused(
            f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no date, as "
            "the others are. Correct the date, or delete the line."
        )
    if _SCIENTIFIC.fullmatch(column[bad]):
        raise Refused(
            f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which lacks digits of "
            "the date. Write the numbers of this column with all of their digits."
        )
    better = format_with_step(column)
    if better is not None:
        raise Refused(
            f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no known form "
            f"of date. Give {better}, with which the rows have a regular step."
        )
    raise Refused(
        f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no known form of "
        "date. Write dates as 2024-12-31 or months as 2024-12, or give their form with "
        "--date-format: %Y or %y is the year, %m or %b the month, %d the day."
    )


def _refuse_format(
    column: list[str], form: str, name: str, file: str, lines: Sequence[int]
) -> None:
    """Raise for a format that does not fit a value, with one that fits them all if there is one."""
    bad = next(at for at, value in enumerate(column) if in_form([value], form) is None)
    has = f"--date-format {form} does not fit {column[bad]!r} ({file}, line {lines[bad]})."
    if column != [value for value in column if in_form([value], form) is None]:
        raise Refused(f"{has} It fits other lines. Correct this one, or delete it.")
    times = ("", " %H:%M", " %H:%M:%S")
    for other in (one + time for one in _USUAL for time in times):
        if in_form(column[:1], other) is not None and in_form(column, other) is not None:
            raise Refused(f"{has} Give --date-format '{other}'.")
    raise Refused(
        f"{has} Leave it out for the usual forms of dates, or give a format with all parts of the "
        "value: %Y or %y is the year, %m or %b the month, %d the day, %H:%M the time."
    )


def format_with_step(column: list[str], dates_as_read: Any = None) -> str | None:
    """The option with which dates have a regular step, and are others than they are read as; None
    if there is none.
    """
    as_read = None if dates_as_read is None else list(dates_as_read.astype(str))

    def is_better(dates: Any) -> bool:
        forms = ("%Y-%m-%d", "%Y-%m")
        is_same = any(list(dates.strftime(form)) == as_read for form in forms)
        return has_step(dates) and not is_same

    if all(PARTS.fullmatch(value) for value in column):
        for order in ORDERS:
            dates = in_order(column, order)
            if dates is not None and is_better(dates):
                return f"--date-order {order}"
    for form in (*_USUAL, *OTHERS, "%Y%m", "%Y%m%d", "%y"):
        if in_form(column[:1], form) is not None:
            dates = in_form(column, form)
            if dates is not None and is_better(dates):
                return f"--date-format '{form}'"
    return None


def _check_no_double_years(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for years that end in the next one, such as 2000/01, of which some would be months."""
    found = [_DOUBLE_YEAR.fullmatch(value) for value in column]
    if len(set(column)) < 2 or not all(
        one is not None and (int(one[1]) + 1) % 100 == int(one[2][-2:]) for one in found
    ):
        return
    raise Refused(
        f"--time {name}: {file}, line {lines[0]} has {column[0]!r}, a year that ends in the next "
        f"one. Write the first year alone, {column[0][:4]}."
    )


def _check_no_weeks(column: list[str], name: str, file: str, lines: Sequence[int]) -> None:
    """Raise for weeks such as 01/2021, of which some would be months."""
    found = _NUMBER_AND_YEAR.fullmatch(column[0])
    if found is None or not all(map(_NUMBER_AND_YEAR.fullmatch, column)):
        return
    most = max(int(re.split("[./-]", value)[0]) for value in column)
    mark = found[2]
    if most > 12 or is_of("week", name):
        if most <= _LAST_WEEK:
            months = f" If these are months, give --date-format %m{mark}%Y." * (most <= 12)
            raise Refused(
                f"--time {name}: {file}, line {lines[0]} has {column[0]!r}, which is a week. Give "
                f"--date-format %V{mark}%G for weeks by ISO 8601, which begin on Mondays.{months}"
            )


def known_form(column: list[str]) -> Any:
    """Months, quarters, weeks, and names of months; None for no dates."""
    import pandas as pd

    column = [_QUARTER_FIRST.sub(r"\3Q\1\2", value) for value in column]
    if all(_QUARTER.fullmatch(value) for value in column):
        return pd.PeriodIndex([_QUARTER.sub(r"\1Q\2", one) for one in column], freq="Q")
    if all(_WEEK.fullmatch(value) for value in column):
        try:
            mondays = [_WEEK.sub(r"\1-W\2-1", one.upper()) for one in column]
            return pd.DatetimeIndex(pd.to_datetime(mondays, format="%G-W%V-%u"))
        except ValueError:
            return None
    for form, step in _FORMS:
        dates = None if in_form(column[:1], form) is None else in_form(column, form)
        if dates is not None:
            return dates if step is None else dates.to_period(step)
    return None
