"""The order of day, month and year. A date that has two readings is refused, unless only one of
them gives rows at a regular step.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

from skgru._cli import clock_times
from skgru._cli.digit_dates import has_step, only_bad
from skgru._cli.errors import Refused, note

ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
PARTS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T ,]+(\S.*))?")
# Dates from which the order of day and month is guessed: fewer may have a step by chance.
LEAST_DATES = 5

# The end of a day, which is the beginning of the next one.
_END_OF_DAY = re.compile("^24:00(?=$|:00|[Z+-])")
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.I)


def order_of(
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
        dates = in_order(column, order, zone)
        if dates is not None:
            valid[order] = dates
            if zone is not None and dates.tz is None:
                times = clock_times.in_zone(dates, zone, keys)
                valid[order] = dates if times is None else times
    if not valid and any(in_order(column, order, "UTC") is not None for order in ORDERS):
        raise Refused(
            f"--time {name}: {file} has dates with several UTC offsets, such as {column[0]!r}. "
            "Give their zone with --time-zone, for example --time-zone Europe/Berlin."
        )
    for order in ORDERS if not valid else ():
        bad = only_bad([in_order([value], order, zone) is not None for value in column])
        if bad is not None:
            raise Refused(
                f"--time {name}: {file}, line {lines[bad]} has {column[bad]!r}, which is no date "
                f"in the order {ORDERS[order]}, as the others are. Correct the date."
            )
    if not valid:
        raise Refused(
            f"--time {name}: {file} has dates such as {column[0]!r} that fit no order of day, "
            "month and year. Write them as 2024-12-31, or give their form with --date-format."
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


def in_order(column: list[str], order: str, zone: str | None = None) -> Any:
    """Dates, or None if one of them does not exist in this order."""
    import pandas as pd

    places = [order.index(one) for one in "ymd"]
    texts, is_end, has_offset = [], [], False
    for value in column:
        found = PARTS.fullmatch(value)
        if found is None:
            return None
        parts = (found[1], found[3], found[4])
        year, month, day = (parts[at] for at in places)
        if len(year) == 2:
            year = str(2000 + int(year) if int(year) < 69 else 1900 + int(year))
        if len(year) != 4 or len(month) > 2 or len(day) > 2:
            return None
        has_offset |= bool(found[5] and _OFFSET.search(found[5]))
        time = _END_OF_DAY.sub("00:00", found[5] or "")
        is_end.append(time != (found[5] or ""))
        texts.append(f"{year}-{month:0>2}-{day:0>2}" + (f" {time}" if time else ""))
    try:
        # The date is in ISO order, so that a mixed format is no guess.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            is_utc = zone is not None and has_offset
            dates = pd.DatetimeIndex(pd.to_datetime(texts, format="mixed", utc=is_utc))
            if any(is_end):
                dates += pd.to_timedelta([int(one) for one in is_end], unit="D")
        # Dates without an offset are those of the clocks of the zone, by `clock_times`.
        return dates.tz_convert(zone) if is_utc else dates
    except (ValueError, TypeError, OverflowError, Warning, KeyError):
        return None


def check_one_order(
    column: list[str], dates: Any, order: str, name: str, file: str, lines: Sequence[int]
) -> None:
    """Raise for dates without a step of which those that have two readings are written in another
    order than the rest. Excel mixes orders if it reads dates of another country. dates : as read in
    `order`.
    """
    import pandas as pd

    if order == "ymd" or has_step(dates) or len(dates.unique()) < LEAST_DATES:
        return
    wall = dates.tz_localize(None)
    is_open = wall.day <= 12  # may be the month, too
    if is_open.all():
        return
    parts = {"year": wall.year, "month": wall.day.where(is_open, wall.month)}
    parts["day"] = wall.month.where(is_open, wall.day)
    mixed = pd.DatetimeIndex(pd.to_datetime(parts)) + (wall - wall.normalize())
    if not has_step(mixed):
        return
    at, rest = int((mixed != wall).argmax()), int((~is_open).argmax())
    raise Refused(
        f"--time {name}: {file} has dates in two orders: line {lines[at]} has {column[at]!r}, "
        f"which is {mixed[at]:%Y-%m-%d} by the step of the rows, and line {lines[rest]} has "
        f"{column[rest]!r}. Write all dates with the year first, such as {mixed[at]:%Y-%m-%d}."
    )
