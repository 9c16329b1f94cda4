"""Calendar features of a date index: time of day, day of week and of year, month, holidays.

The dates of the rows to forecast follow from the index, so that these features are future
covariates without a frame of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from skgru._containers.read_series import Table
from skgru._containers.seasons_of_steps import DAY
from skgru._containers.time_index import TimeIndex
from skgru._validation import optional
from skgru._warnings import warn_user

HOLIDAYS = "holidays:"

# Days after which a feature repeats.
PERIODS = {"hour": 1, "day_of_week": 7, "day_of_month": 31, "month": 365, "day_of_year": 365}

# Features of calendar=True, if their period is longer than the step. Rows of four weeks and more
# have the month, others the day of the year.
CHOSEN_FROM = ("hour", "day_of_week", "month", "day_of_year")
MONTH_FROM = 28

# Periods that X must hold for calendar=True: within the first one, the course over the period
# cannot be distinguished from a trend.
PERIODS_NEEDED = 2
# Share of a period that counts as a whole one: two years may be 104 weeks or 728 days.
SHARE_NEEDED = 0.99


@dataclass(frozen=True)
class Calendar:
    """Names of the features in use. The parameter `calendar` is kept for messages."""

    names: tuple[str, ...] = ()
    parameter: Any = None

    @property
    def n_columns(self) -> int:
        return sum(_n_columns(name) for name in self.names)

    def features(self, index: Any) -> np.ndarray:
        """(n_rows, n_columns) of a pandas index of dates or periods."""
        dates = _wall_clock(index)
        return np.hstack([_columns_of(name, dates) for name in self.names])

    def extended(self, table: Table) -> np.ndarray:
        """Values of a series, with the calendar features of its rows as further columns."""
        if not self.names:
            return table.values
        index = dates_of(self.parameter, table.rows)
        # The index of a series in a wide frame may begin before the series.
        return np.hstack([table.values, self.features(index[len(index) - len(table) :])])

    def ahead(self, table: Table, steps: int) -> np.ndarray:
        """Features of the rows after a series, (steps, n_columns)."""
        if not self.names:
            return np.empty((steps, 0))
        return self.features(table.rows.following(steps))


def calendar_of(parameter: Any, tables: list[Table]) -> Calendar:
    """The features that the parameter `calendar` stands for.

    Raises ValueError if a name is unknown, X has no dates, or a feature is the same in each row;
    ImportError without the package of holidays.
    """
    is_bool = isinstance(parameter, bool | np.bool_)
    if parameter is None or (is_bool and not parameter):
        return Calendar()
    is_chosen = is_bool
    names = CHOSEN_FROM if is_chosen else _checked(parameter)
    for table in tables:
        dates_of(parameter, table.rows)
    longest = max(tables, key=len)
    dates = _wall_clock(longest.rows.index)[-len(longest) :]
    step = _days_between(dates)
    n_days = step + (dates[-1] - dates[0]).total_seconds() / DAY
    if not is_chosen:
        _check_step(parameter, names, step, longest.rows)
        if unseen := [name for name in names if SHARE_NEEDED * PERIODS.get(name, 0) > n_days]:
            warn_user(
                f"calendar={_shown(parameter)} has {unseen[0]!r}, but X covers {n_days:.3g} "
                "days and not a whole period of this feature. Its course cannot be distinguished "
                "from a trend. Leave it out, or use calendar=True."
            )
        return Calendar(names, parameter)
    in_step = [name for name in names if _is_of_step(name, step)]
    used = [name for name in in_step if n_days >= SHARE_NEEDED * PERIODS_NEEDED * PERIODS[name]]
    if not used:
        freq = getattr(longest.rows.freq, "freqstr", longest.rows.freq)
        rule = "no feature of the calendar varies with this step"
        if in_step:
            rule = f"{in_step[0]!r} needs {PERIODS_NEEDED * PERIODS[in_step[0]]} days"
        warn_user(
            f"calendar=True adds no feature to the {len(dates)} rows of X with the step {freq!r}: "
            f"{rule}. The forecast is that of calendar=None."
        )
    return Calendar(tuple(used), parameter)


def dates_of(parameter: Any, rows: TimeIndex) -> Any:
    """The index of rows, if it holds dates or periods.

    Raises ValueError if not.
    """
    index = rows.index
    if hasattr(index, "asi8") and not hasattr(index, "total_seconds"):
        return index
    has = "no dates" if index is None else f"an index of {index.dtype}"
    remedy = {
        "numpy": "Give X with dates, pd.DataFrame(X, index=dates)",
        "polars": "Give X as a frame with a column of dates",
        "pandas": "Make the dates the index, X.set_index('date')",
    }[rows.library]
    raise ValueError(
        f"calendar={_shown(parameter)} needs the dates of the rows, but X has {has}. {remedy} for "
        "example, or leave calendar None."
    )


def _shown(parameter: Any) -> str:
    """The parameter in messages: an array as a list."""
    return repr(parameter.tolist() if hasattr(parameter, "tolist") else parameter)


def _checked(parameter: Any) -> tuple[str, ...]:
    """The names in `calendar`, each of them valid."""
    if not isinstance(parameter, str) and not np.iterable(parameter):
        raise ValueError(
            f"calendar={parameter!r} must be True, None, the name of a feature or a list of names. "
            "Use calendar=True to choose by the step of X."
        )
    given = (parameter,) if isinstance(parameter, str) else tuple(parameter)
    names = tuple(str(name) if isinstance(name, str) else name for name in given)  # no np.str_
    if not names:
        raise ValueError(
            f"calendar={_shown(parameter)} is empty. Name a feature, or leave it None."
        )
    for name in names:
        if isinstance(name, str) and name.startswith(HOLIDAYS):
            _check_country(parameter, name)
        elif not isinstance(name, str) or name not in PERIODS:
            raise ValueError(
                f"calendar={_shown(parameter)} contains {name!r}, but the names are "
                f"{list(PERIODS)}, and 'holidays:DE' for the holidays of a country. "
                "Use one of these names."
            )
    if len(set(names)) < len(names):
        raise ValueError(f"calendar={_shown(parameter)} names a feature twice. Name each once.")
    return names


def _check_step(parameter: Any, names: Sequence[str], step: float, rows: TimeIndex) -> None:
    """Raise if a feature is the same in each row. step : in days."""
    for name in names:
        if name.startswith(HOLIDAYS):
            is_right, least = step <= 1, "a day or less"
        elif name == "hour":
            is_right, least = step % 1 > 0, "less than a day"
        elif name == "day_of_week":
            is_right, least = step % 7 > 0, "less than a week"
        else:
            is_right, least = step < 360, "less than a year"
        if not is_right:
            raise ValueError(
                f"calendar={_shown(parameter)} contains {name!r}, but the rows of X have the step "
                f"{getattr(rows.freq, 'freqstr', rows.freq)!r}. This feature needs a step of "
                f"{least}. Leave it out, or use calendar=True."
            )


def _is_of_step(name: str, step: float) -> bool:
    """Whether calendar=True may choose a feature for this step in days."""
    if name in ("month", "day_of_year"):
        return step < 360 and (name == "month") == (step >= MONTH_FROM)
    return step < PERIODS[name]


def _wall_clock(index: Any) -> Any:
    """Local dates and times, without a time zone. A period begins at its first day."""
    import pandas as pd

    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp()
    return index.tz_localize(None)


def _days_between(dates: Any) -> float:
    """The usual step in days."""
    gaps = np.sort(np.diff(dates.to_numpy()))
    return float(gaps[len(gaps) // 2] / np.timedelta64(1, "D")) if len(gaps) else 1.0


def _time_of_day(dates: Any) -> np.ndarray:
    """From 0 to 1."""
    return (dates - dates.normalize()).to_numpy() / np.timedelta64(1, "D")


def _number(field: Any) -> np.ndarray:
    return np.asarray(field, dtype=np.float64)


def _share_of_year(dates: Any) -> np.ndarray:
    days = 365 + _number(dates.is_leap_year)
    return (_number(dates.day_of_year) - 1 + _time_of_day(dates)) / days


# Position within the period of each smooth feature, from 0 to 1.
SHARES: dict[str, Callable[[Any], np.ndarray]] = {
    "hour": _time_of_day,
    "day_of_month": lambda dates: (_number(dates.day) - 1) / _number(dates.days_in_month),
    "month": lambda dates: (_number(dates.month) - 1) / 12,
    "day_of_year": _share_of_year,
}


def _n_columns(name: str) -> int:
    if name.startswith(HOLIDAYS):
        return 1
    return 7 if name == "day_of_week" else 2


def _columns_of(name: str, dates: Any) -> np.ndarray:
    """(n_rows, n_columns) of one feature."""
    if name.startswith(HOLIDAYS):
        return _are_holidays(name, dates)[:, np.newaxis].astype(np.float64)
    if name == "day_of_week":
        return (_number(dates.day_of_week)[:, np.newaxis] == np.arange(7)).astype(np.float64)
    angle = 2 * np.pi * SHARES[name](dates)
    return np.column_stack([np.sin(angle), np.cos(angle)])


def _country_of(name: str) -> tuple[str, str | None]:
    """Country and part of it: "holidays:DE-BY" is ("DE", "BY")."""
    country, dash, part = name.removeprefix(HOLIDAYS).partition("-")
    return country, part if dash else None


def _package_of_holidays(name: str) -> Any:
    instead = ", or leave the holidays out"
    return optional("holidays", f"calendar with {name!r}", '"skgru[holidays]"', instead)


def _check_country(parameter: Any, name: str) -> None:
    country, part = _country_of(name)
    parts_of = _package_of_holidays(name).list_supported_countries()
    if country not in parts_of:
        raise ValueError(
            f"calendar={_shown(parameter)} contains {name!r}, but {country!r} is no country of the "
            "package holidays. Use a code of two letters, 'holidays:DE' for example, or of a part "
            "of a country, 'holidays:DE-BY'."
        )
    if part is not None and part not in parts_of[country]:
        parts = list(parts_of[country])
        raise ValueError(
            f"calendar={_shown(parameter)} contains {name!r}, but {part!r} is no part of "
            f"{country} in the package holidays. Use "
            + (f"one of {parts}, or " if parts else "")
            + f"'{HOLIDAYS}{country}' for the whole country."
        )


@lru_cache(maxsize=512)
def _holidays_in(name: str, year: int) -> np.ndarray:
    """The holidays of a year, datetime64[D]."""
    country, part = _country_of(name)
    days = _package_of_holidays(name).country_holidays(country, subdiv=part, years=year)
    return np.array(sorted(days), dtype="datetime64[D]")


def _are_holidays(name: str, dates: Any) -> np.ndarray:
    days = dates.to_numpy().astype("datetime64[D]")
    years = np.unique(dates.year)
    return np.isin(days, np.concatenate([_holidays_in(name, int(year)) for year in years]))
