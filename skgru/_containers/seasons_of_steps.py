"""The step of an index: the rows of its seasons, and whether two steps have the same length."""

from __future__ import annotations

from typing import Any

from skgru._containers.clocks import WEEKDAYS

DAY = 86_400  # seconds


def season_lengths_of(freq: Any) -> tuple[int, ...]:
    """Rows of the seasons that a step of the index may have, the shortest first: () without any.

    The step decides, however its offset is spelled: 7D is a week, 24h a day, 3MS a quarter.
    """
    if isinstance(freq, int | None):  # of numbers, without pandas
        return ()
    import pandas as pd

    offsets = pd.offsets
    if isinstance(freq, offsets.CustomBusinessDay) and freq.n == 1:
        return (sum(day != "0" for day in _weekmask(freq)),)
    if isinstance(freq, offsets.BusinessDay):
        return (5,) if freq.n == 1 else ()
    if isinstance(freq, offsets.BusinessHour):
        return (8,) if freq.n == 1 else ()
    if isinstance(freq, offsets.SemiMonthBegin | offsets.SemiMonthEnd):
        return (24,) if freq.n == 1 else ()
    seconds, months = seconds_of(freq), months_of(freq)
    if months:
        return (12 // months,) if months < 12 and 12 % months == 0 else ()
    if seconds == 7 * DAY:
        return (52,)
    if seconds == DAY:
        return (7, 365)
    if not seconds or seconds > DAY or DAY % seconds:
        return ()
    periods = [3600, DAY, 7 * DAY] if seconds <= 60 else [DAY, 7 * DAY]
    lengths = ([60] if seconds == 1 else []) + [int(period // seconds) for period in periods]
    return tuple(length for length in lengths if length > 1)


def is_other_step(freq: Any, usual: Any) -> bool:
    """Whether two steps of dates differ in length, however their offsets are spelled. A step that
    is unknown, or that is a number, differs from none.
    """
    if isinstance(freq, int | None) or isinstance(usual, int | None) or freq == usual:
        return False
    lengths = [(seconds_of(one), months_of(one)) for one in (freq, usual)]
    if (0, 0) in lengths:  # open days or hours, or twice a month
        return season_lengths_of(freq) != season_lengths_of(usual)
    return lengths[0] != lengths[1]


def seconds_of(freq: Any) -> float:
    """Seconds of a step of fixed length, 0 of others."""
    import pandas as pd

    if isinstance(freq, pd.offsets.Day | pd.offsets.Week):
        return DAY * freq.n * (7 if isinstance(freq, pd.offsets.Week) else 1)
    if isinstance(freq, pd.offsets.Tick):
        return freq.nanos / 1e9
    fixed = {"weeks": 7 * DAY, "days": DAY, "hours": 3600, "minutes": 60, "seconds": 1}
    parts = getattr(freq, "kwds", {})
    if type(freq) is pd.DateOffset and parts and set(parts) <= set(fixed):
        return freq.n * sum(fixed[name] * n for name, n in parts.items())
    return 0


def months_of(freq: Any) -> int:
    """Months of a step of the calendar, 0 of others."""
    import pandas as pd

    parts = getattr(freq, "kwds", {})
    if type(freq) is pd.DateOffset:
        is_calendar = bool(parts) and set(parts) <= {"months", "years"}
        return freq.n * (parts.get("months", 0) + 12 * parts.get("years", 0)) if is_calendar else 0
    name = freq.freqstr.split("-")[0].lstrip("0123456789")
    steps = {"M": 1, "BM": 1, "CBM": 1, "Q": 3, "BQ": 3, "Y": 12, "BY": 12}
    # The same weekday of each month, and quarters and years of whole weeks.
    steps |= {"WOM": 1, "LWOM": 1, "REQ": 3, "RE": 12}
    found = [steps[start] for start in steps for end in ("", "S", "E") if name == start + end]
    return freq.n * found[0] if found else 0


def _weekmask(freq: Any) -> str:
    """Working days from Monday to Sunday, as "1111110"."""
    mask = freq.weekmask
    if isinstance(mask, str) and set(mask) <= {"0", "1"}:
        return mask
    names = mask.split() if isinstance(mask, str) else mask
    if all(isinstance(one, str) for one in names):
        return "".join(str(int(day in names)) for day in WEEKDAYS)
    return "".join(str(int(bool(one))) for one in names)
