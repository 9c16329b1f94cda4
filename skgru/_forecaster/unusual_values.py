"""Warnings of values that are probably no values of the series: codes of missing values, such as
-999, values in another unit, and last values of periods that have not ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._containers.table import Table
from skgru._forecaster.gaps_and_outliers import LEAST_SEASONS, OUTLIER_FROM, without_outliers
from skgru._forecaster.scaling import INTERMITTENT_FROM, AutoScaler
from skgru._forecaster.spec import ForecastSpec
from skgru._warnings import warn_user

# Seasons at the end of a series that show what is usual, and the least number of rows before the
# last one without so many seasons.
SEASONS_READ = 8
LEAST_ROWS = 12

# Distance of a code from all other values, as a multiple of their range, and the numbers beside
# those of nines that are codes: the limits of integers, and those of netCDF files.
RANGES_AWAY = 3
RANGES_OF_ERRORS = 50  # the same of any number: a thousandfold value by a wrong decimal mark
CODES = (32767, -32768, 65535, 2147483647, -2147483648, 1e20, -1e20, 9.96921e36)

# Factor between two levels from which they may be of two units, and rows at each of them. One row
# is an outlier.
OTHER_UNIT_FROM = 30
LEAST_ROWS_OF_UNIT = 2


def change_of_unit(values: np.ndarray) -> tuple[int, float] | None:
    """The row at which the unit of positive values (n_rows,) may change, and the factor: all values
    after it are far from all values before it, and the values on each side differ much less. None
    without one.
    """
    rows = np.flatnonzero(np.isfinite(values))
    if len(rows) < LEAST_ROWS or values[rows].min() <= 0:
        return None
    logarithms = np.log(values[rows])
    at = int(np.abs(np.diff(logarithms)).argmax()) + 1
    before, after = logarithms[:at], logarithms[at:]
    if min(len(before), len(after)) < LEAST_ROWS_OF_UNIT:
        return None
    change = float(np.median(after) - np.median(before))
    if abs(change) < np.log(OTHER_UNIT_FROM) or 2 * max(map(np.ptp, (before, after))) > abs(change):
        return None
    return int(rows[at]), float(np.exp(change))


def _columns(
    tables: list[Table], panel: Panel | None, columns: Sequence[int]
) -> Iterator[tuple[Any, Table, int, np.ndarray]]:
    """Identifier (None of one series), table, column and values of each column of each series."""
    for one, table in zip([None] if panel is None else panel.ids, tables, strict=True):
        for column in columns:
            yield one, table, column, table.values[:, column]


def warn_of_units(tables: list[Table], panel: Panel | None, spec: ForecastSpec) -> None:
    """Warn of a series whose unit may change: forecasts would mix both levels."""
    for one, table, column, values in _columns(tables, panel, spec.targets):
        found = change_of_unit(values)
        if found is None:
            continue
        row, factor = found
        index = table.rows.index
        where = f"row {row}" if index is None else str(index[-len(table) :][row])
        name = "X" if panel is None else f"series {one!r} of X"
        name = f"column {table.columns[column]!r} of {name}" if len(spec.targets) > 1 else name
        size = f"{factor:,.0f}" if factor > 1 else f"1 / {1 / factor:,.0f}"
        warn_user(
            f"From {where.removesuffix(' 00:00:00')} on, the values of {name} are about {size} "
            "times those before, as after a change of the unit. Forecasts may mix both levels. "
            "Give all values in one unit, or leave the rows before it out."
        )
        return


def code_of_missing(values: np.ndarray) -> float | None:
    """The lowest or highest one of values (n_rows,) that lies far away from the others and is
    probably a code of missing values: a number of nines, or negative where the others are not. Or
    one so far away that it is probably wrong. None without one.
    """
    known = values[np.isfinite(values)]
    for extreme in (known.min(initial=np.inf), known.max(initial=-np.inf)):
        others = known[known != extreme]
        low, high = others.min(initial=np.inf), others.max(initial=-np.inf)
        if not ((low < others) & (others < high)).any():  # two values, as of a promotion
            continue
        distance = max(low - extreme, extreme - high) / (high - low)
        if distance <= RANGES_AWAY:
            continue
        is_code = set(f"{abs(extreme):.10g}") <= {"9", "."} or np.isclose(extreme, CODES).any()
        if (extreme < 0 and (is_code or low >= 0)) or (is_code and len(known) - len(others) > 1):
            return float(extreme)
        if distance > RANGES_OF_ERRORS:
            return float(extreme)
    return None


def warn_of_codes(tables: list[Table], panel: Panel | None, spec: ForecastSpec) -> None:
    """Warn of columns with a code of missing values, which would be used as a value."""
    columns = (*spec.targets, *spec.past, *spec.known)
    for one, table, column, values in _columns(tables, panel, columns):
        code = code_of_missing(values)
        if code is None:
            continue
        is_code = values == code
        n, others = int(is_code.sum()), values[~is_code & np.isfinite(values)]
        name = f"Column {table.columns[column]!r}"
        if panel is not None:  # columns of a wide frame are series
            name = f"Series {one!r}" if panel.kind == "wide" else f"{name} of series {one!r}"
        warn_user(
            f"{name} of X holds {code:g} in {n} row{'s' * (n > 1)}, far outside its other "
            f"values ({others.min():g} to {others.max():g}). If it stands for a missing value "
            "or is wrong, replace it by NaN."
        )
        return


def is_far_off(values: np.ndarray, season_length: int) -> bool:
    """Whether the last one of values (n_rows,) lies outside those of three seasons before it, and
    far outside the course of the season. With fewer seasons: outside the rows before it, after a
    change that is far larger than usual changes.
    """
    n_before = max(LEAST_SEASONS * season_length, LEAST_ROWS)
    last, before = values[-1], values[-1 - n_before : -1]
    before = before[np.isfinite(before)]
    if not np.isfinite(last) or len(before) < LEAST_ROWS or before.min() <= last <= before.max():
        return False
    if (before == 0).mean() >= INTERMITTENT_FROM:  # a sale after rows without any
        return False
    column = values[:, np.newaxis]
    # Small values are far off on a logarithmic scale alone, growth on the usual one alone.
    scaled = AutoScaler(season_length).fit(column).transform(column)
    return all(_ends_far_off(one, season_length) for one in (scaled, column))


def _ends_far_off(z: np.ndarray, season_length: int) -> bool:
    """`is_far_off` of values (n_rows, 1) on their scale."""
    n_seasons = min(SEASONS_READ, len(z) // season_length)
    if season_length > 1 and n_seasons >= LEAST_SEASONS:
        read = z[np.newaxis, -n_seasons * season_length :]
        return bool(without_outliers(read, season_length)[0, -1, 0] != z[-1, 0])
    changes = np.abs(np.diff(z[np.isfinite(z)]))
    usual = np.quantile(changes[:-1], 0.75)
    return bool(0 < OUTLIER_FROM * usual < changes[-1])


def warn_of_last_values(tables: list[Table], panel: Panel | None, spec: ForecastSpec) -> None:
    """Warn of series whose last value is far off, as forecasts partly follow it."""
    found = []
    for one, table, column, values in _columns(tables, panel, spec.targets):
        if is_far_off(values, spec.season_length):
            of_column = f" of column {table.columns[column]!r}" if len(spec.targets) > 1 else ""
            of_series = "" if panel is None else f" of series {one!r}"
            found.append(f"{values[-1]:g}{of_column}{of_series}")
    if not found:
        return
    others = f", and {len(found) - 1} more" if len(found) > 1 else ""
    warn_user(
        f"The last value of X lies far outside the usual range: {found[0]}{others}. Forecasts "
        "partly follow it. If its period has not ended, or if it is an error, leave this row out "
        "or set the value to NaN."
    )
