"""Columns of text as dates. A date that has two readings is refused, unless only one of them gives
rows at a regular step.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from skgru._cli import clock_times
from skgru._cli.digit_dates import check_no_excel, from_digits, has_step, in_form, only_bad
from skgru._cli.errors import Refused, note

ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_PARTS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T ,]+(\S.*))?")
# Other forms, with the step of periods. %b and %B are English names of months.
_FORMS = (
    ("%Y-%m", "M"), ("%Y/%m", "M"), ("%Y%m", "M"), ("%YM%m", "M"), ("%m/%Y", "M"), ("%m.%Y", "M"),
    ("%m-%Y", "M"), ("%b %Y", "M"), ("%B %Y", "M"), ("%b-%Y", "M"), ("%Y %b", "M"), ("%b-%y", "M"),
    ("%b %y", "M"), ("%Y%m%d", None), ("%d %b %Y", None), ("%d %B %Y", None), ("%d-%b-%Y", None),
    ("%d-%b-%y", None), ("%b %d, %Y", None), ("%B %d, %Y", None), ("%b %d %Y", None),
    ("%Y%m%dT%H%M%S", None), ("%Y M%m", "M"), ("%Y-M%m", "M"), ("%a %d %b %Y", None),
    ("%a, %d %b %Y", None), ("%A, %d %B %Y", None), ("%A %d %B %Y", None),
    ("%a %b %d %Y", None), ("%A, %B %d, %Y", None),
)  # fmt: skip
ZONES = (None, "UTC")
# Dates from which the order of day and month is guessed: fewer may have a step by chance.
LEAST_DATES = 5

_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.I)
_QUARTER = re.compile(r"(\d{4})[- /]?Q([1-4])", re.I)
_QUARTER_FIRST = re.compile(r"(?:Q([1-4])|([1-4])Q)[- /]?(\d{4})", re.I)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.I)
# A column of weeks by its name, and numbers in it that would be read as months.
NAMES_OF_WEEKS = r"week(?!day)|woche|(?:^|[_ ])(?:kw|wk|cw)"
_NUMBER_AND_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")


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
    if all(_PARTS.fullmatch(value) for value in known):
        # Offsets that change are told apart with a zone alone.
        return any(_in_order(known, one, zone) is not None for one in ORDERS for zone in ZONES)
    return _other_forms(known) is not None


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
            bad = next(
                at for at, value in enumerate(column) if in_form([value], wanted.form) is None
            )
            raise Refused(
                f"--date-format {wanted.form} does not fit {column[bad]!r} ({file}, line "
                f"{lines[bad]}). Give a format of all parts, for example %d.%m.%Y %H:%M."
            )
        return dates, wanted
    if all(value.isdigit() for value in column):
        found = from_digits(column, wanted.zone, wanted.are_numbers, name, file, lines)
        if found is not None:
            are_numbers = pd.api.types.is_integer_dtype(found.dtype)
            return found, replace(wanted, are_numbers=are_numbers)
    elif all(_PARTS.fullmatch(value) for value in column):
        has_year_first = all(len(re.split("[./-]", value)[0]) == 4 for value in column)
        order = None if has_year_first else wanted.order  # which may be that of another file
        order = order or _order_of(column, name, file, wanted.zone, lines, keys)
        dates = _in_order(column, order, wanted.zone)
        if dates is None:
            bad = next((at for at, one in enumerate(column) if _in_order([one], order) is None), 0)
            raise Refused(
                f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no date "
                f"in the order {ORDERS[order]}, or has another time zone than other lines. Give "
                "--date-order, --date-format or --time-zone."
            )
        return dates, replace(wanted, order=order)
    else:
        numbered = _NUMBER_AND_YEAR.fullmatch(column[0])
        if numbered and re.search(NAMES_OF_WEEKS, name.casefold()):
            raise Refused(
                f"--time {name}: {file}, line {lines[0]} has {column[0]!r}. Write weeks as "
                f"{numbered[2]}-W{int(numbered[1]):02}. If these are months, give --date-format "
                f"%m{column[0][len(numbered[1])]}%Y."
            )
        found = _other_forms(column)
        if found is not None:
            return found, wanted
    check_no_excel(column, name, file, lines)
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
    raise Refused(
        f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no known form of "
        "date. Give the form with --date-format, for example --date-format %d.%m.%Y."
    )


def until_date(text: str, form: DateForm) -> str:
    """A date of the command line, with the year first. A date that begins with the year has one
    reading; others are read in the order of the dates of the data.
    """
    found = _PARTS.fullmatch(text)
    if found is None:
        return text
    usual = "dmy" if found[2] == "." else None
    # With points, the day is first everywhere but, perhaps, where the data have it elsewhere.
    order = (form.order or usual) if form.order in (None, usual) or usual is None else None
    order = "ymd" if len(found[1]) == 4 else order
    read = [_in_order([text], one) for one in ([order] if order else ORDERS)]
    days = {str(dates[0] if found[5] else dates[0].date()) for dates in read if dates is not None}
    if len(days) == 1:
        return days.pop()
    why = f"in the order {ORDERS[order]}, that of the data" if order else "in any order"
    why = f"may be {' or '.join(sorted(days))}" if days else f"is no date {why}"
    raise Refused(f"--until {text} {why}. Write it with the year first, as in 2026-06-30.")


def _order_of(
    column: list[str],
    name: str,
    file: str,
    zone: str | None,
    lines: Sequence[int],
    keys: Sequence[Any] | None,
) -> str:
    """The order of day, month and year. Dates with points have the day first, as everywhere."""
    valid = {}
    for order in ORDERS:
        dates = _in_order(column, order, zone)
        if dates is not None:
            valid[order] = dates
            if zone is not None and dates.tz is None:
                times = clock_times.in_zone(dates, zone, keys)
                valid[order] = dates if times is None else times
    if not valid and any(_in_order(column, order, "UTC") is not None for order in ORDERS):
        raise Refused(
            f"--time {name}: {file} has dates with several UTC offsets, such as {column[0]!r}. "
            "Give their zone with --time-zone, for example --time-zone Europe/Berlin."
        )
    for order in ORDERS if not valid else ():
        bad = only_bad([_in_order([value], order, zone) is not None for value in column])
        if bad is not None:
            raise Refused(
                f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no date "
                f"in the order {ORDERS[order]}, as the others are. Correct the date."
            )
    if not valid:
        raise Refused(
            f"--time {name}: {file} has dates such as {column[0]!r} that fit no order of day, "
            "month and year. Give the form with --date-format, for example %d.%m.%Y."
        )
    if len(valid) == 1:
        return next(iter(valid))
    regular = [
        order
        for order, dates in valid.items()
        if len(dates.unique()) >= LEAST_DATES and has_step(dates)
    ]
    if "." in column[0] and "dmy" in valid and ("dmy" in regular or not regular):
        return "dmy"
    if len(regular) != 1:
        ways = " or ".join(f"{ORDERS[order]} (--date-order {order})" for order in valid)
        raise Refused(f"--time {name}: {column[0]!r} may be {ways}. Say which with --date-order.")
    note(
        f"dates of {name} are read as {ORDERS[regular[0]]}: only so they have a regular step. "
        "--date-order sets another order."
    )
    return regular[0]


def _in_order(column: list[str], order: str, zone: str | None = None) -> Any:
    """Dates, or None if one of them does not exist in this order."""
    import pandas as pd

    places = [order.index(one) for one in "ymd"]
    texts, has_offset = [], False
    for value in column:
        found = _PARTS.fullmatch(value)
        if found is None:
            return None
        parts = (found[1], found[3], found[4])
        year, month, day = (parts[at] for at in places)
        if len(year) == 2:
            year = str(2000 + int(year) if int(year) < 69 else 1900 + int(year))
        if len(year) != 4 or len(month) > 2 or len(day) > 2:
            return None
        has_offset |= bool(found[5] and _OFFSET.search(found[5]))
        texts.append(f"{year}-{month:0>2}-{day:0>2}" + (f" {found[5]}" if found[5] else ""))
    try:
        # The date is in ISO order, so that a mixed format is no guess.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            is_utc = zone is not None and has_offset
            dates = pd.DatetimeIndex(pd.to_datetime(texts, format="mixed", utc=is_utc))
        # Dates without an offset are those of the clocks of the zone, by `clock_times`.
        return dates.tz_convert(zone) if is_utc else dates
    except (ValueError, TypeError, OverflowError, Warning, KeyError):
        return None


def _other_forms(column: list[str]) -> Any:
    """Months, quarters, weeks, and names of months; None for no dates."""
    import pandas as pd

    column = [_QUARTER_FIRST.sub(r"\3Q\1\2", value) for value in column]
    if all(_QUARTER.fullmatch(value) for value in column):
        return pd.PeriodIndex([_QUARTER.sub(r"\1Q\2", one.upper()) for one in column], freq="Q")
    if all(_WEEK.fullmatch(value) for value in column):
        try:
            mondays = [_WEEK.sub(r"\1-W\2-1", one.upper()) for one in column]
            return pd.DatetimeIndex(pd.to_datetime(mondays, format="%G-W%V-%u"))
        except ValueError:
            return None
    for form, step in _FORMS:
        dates = in_form(column, form)
        if dates is not None:
            return dates if step is None else dates.to_period(step)
    return None
