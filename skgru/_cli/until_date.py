"""The last date to forecast: --until, in the form and the order of the dates of the data."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from skgru._cli.date_formats import COUNTS, NUMBER, has_day, in_form
from skgru._cli.dates import DateForm, known_form
from skgru._cli.day_orders import ORDERS, PARTS, in_order
from skgru._cli.errors import Refused

_REMEDY = "Write it with the year first, as in 2026-06-30."
# Digits with the year first.
_YEAR_FIRST = re.compile(r"(?:1[89]|2[012])\d\d(?:(?:0[1-9]|1[0-2])(?:[0-3]\d(?:[0-2]\d)?)?)?")
_WEEK = re.compile(r"\d{4}-?W\d\d", re.I)


def until_date(text: str, form: DateForm) -> str:
    """A date of the command line, with the year first. It is read in the format of the data, if it
    fits; else a date that begins with the year has one reading, and others are read in the order of
    the dates of the data.
    """
    if form.are_numbers or form.form == NUMBER:
        return text  # of which the library says that the rows have no dates
    is_year = re.fullmatch(r"\d{4}", text) is not None
    if form.form is not None and not (is_year and form.form in COUNTS):
        dates = in_form([text], form.form)
        if dates is not None:
            return _written(dates[0], form.form)
    if (found := PARTS.fullmatch(text)) is not None:
        return _in_parts(text, found, form)
    if text.isdigit():
        if _YEAR_FIRST.fullmatch(text) and (form.form is None or is_year):
            return text
        like = f"in the form {form.form} of the data" if form.form else "with the year first"
        raise Refused(f"--until {text} is no date {like}. {_REMEDY}")
    dates = known_form([text])
    if dates is None:
        raise Refused(f"--until {text} is no known form of date. {_REMEDY}")
    return _written(dates[0], "%V" if _WEEK.fullmatch(text) else "%d")


def _written(stamp: Any, form: str) -> str:
    """A date, month, quarter or year; of a week its last day."""
    if hasattr(stamp, "freqstr"):  # a period
        return str(stamp)
    if re.search("%[VWU]", form):
        return str(stamp.date() + timedelta(days=6))
    if not has_day(form):
        return f"{stamp:%Y-%m}" if re.search("%[mbB]", form) else f"{stamp:%Y}"
    return str(stamp).removesuffix(" 00:00:00")


def _in_parts(text: str, found: re.Match[str], form: DateForm) -> str:
    """A date of three numbers."""
    usual = "dmy" if found[2] == "." else None
    of_data = form.order
    if form.form is not None:  # dates of the data have a time besides, or another mark
        letters = "".join(re.findall("%([dmyY])", form.form)).lower()
        of_data = letters if letters in ORDERS else None
    # With points, the day is first everywhere but, perhaps, where the data have it elsewhere.
    order = (of_data or usual) if of_data in (None, usual) or usual is None else None
    order = of_data if form.form is not None and of_data is not None else order
    order = "ymd" if len(found[1]) == 4 else order
    read = [in_order([text], one) for one in ([order] if order else ORDERS)]
    days = {str(dates[0] if found[5] else dates[0].date()) for dates in read if dates is not None}
    if len(days) == 1:
        return days.pop()
    why = f"in the order {ORDERS[order]}, that of the data" if order else "in any order"
    why = f"may be {' or '.join(sorted(days))}" if days else f"is no date {why}"
    raise Refused(f"--until {text} {why}. {_REMEDY}")
