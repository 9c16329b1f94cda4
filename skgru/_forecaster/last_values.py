"""Warning of a last value far outside what is usual: often a period that has not ended."""

from __future__ import annotations

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
    n_seasons = min(SEASONS_READ, len(values) // season_length)
    z = AutoScaler(season_length).fit(values[:, np.newaxis]).transform(values[:, np.newaxis])
    if season_length > 1 and n_seasons >= LEAST_SEASONS:
        read = z[np.newaxis, -n_seasons * season_length :]
        return bool(without_outliers(read, season_length)[0, -1, 0] != z[-1, 0])
    changes = np.abs(np.diff(z[np.isfinite(z)]))
    usual = np.quantile(changes[:-1], 0.75)
    return bool(0 < OUTLIER_FROM * usual < changes[-1])


def warn_of_last_values(tables: list[Table], panel: Panel | None, spec: ForecastSpec) -> None:
    """Warn of series whose last value is far off, as forecasts partly follow it."""
    found = []
    for one, table in zip([None] if panel is None else panel.ids, tables, strict=True):
        for column in spec.targets:
            if is_far_off(table.values[:, column], spec.season_length):
                value, name = f"{table.values[-1, column]:g}", table.columns[column]
                of_column = f" of column {name!r}" if len(spec.targets) > 1 else ""
                of_series = "" if panel is None else f" of series {one!r}"
                found.append(f"{value}{of_column}{of_series}")
    if not found:
        return
    others = f", and {len(found) - 1} more" if len(found) > 1 else ""
    warn_user(
        f"The last value of X lies far outside the usual range: {found[0]}{others}. Forecasts "
        "partly follow it. If its period has not ended, or if it is an error, leave this row out "
        "or set the value to NaN."
    )
