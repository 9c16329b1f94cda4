"""Several series on one timeline, so that a forecast origin is one moment for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.long import keys_of, parts_of
from skgru._containers.panel import Panel, SeriesList, as_columns, read_panel
from skgru._containers.table import Table
from skgru._forecaster.resolve import check_wide
from skgru._forecaster.sample_weight import weights_of_rows


@dataclass(frozen=True)
class Timeline:
    """Series, each in a container of its own. starts : positions of their first rows on the
    timeline; n_rows : of the timeline; weights : of the rows of each series, or None; panel : the
    container of several series.
    """

    series: SeriesList
    tables: list[Table]
    starts: np.ndarray
    n_rows: int
    weights: list[np.ndarray] | None
    panel: Panel | None = None


def split(X: Any, coded: Any, forecaster: Any, sample_weight: Any = None) -> Timeline:
    """The series of a list, a long frame or a wide frame. coded : X with numbers in place of
    categories; sample_weight : of the rows of X.
    """
    tables, panel = read_panel(coded, forecaster.group, forecaster)
    assert panel is not None
    weights = weights_of_rows(sample_weight, X, tables, panel)
    if panel.kind == "wide":
        check_wide(forecaster)
        n_rows = len(X)
        starts = [n_rows - len(table) for table in tables]  # rows before the first value are cut
        series = SeriesList(_columns_of(X, tables, starts), panel.ids)
        tables = read_panel(series, None, forecaster)[0]
        return Timeline(series, tables, np.array(starts), n_rows, weights, panel)
    if panel.kind == "long":
        parts, _ = parts_of(X, keys_of(X, forecaster.group) or [], forecaster.group)
        series = SeriesList(parts.values(), panel.ids)
    else:
        series = SeriesList(as_columns(X), panel.ids)
    return Timeline(series, tables, *_timeline(tables, panel.ids), weights, panel)


def _columns_of(X: Any, tables: list[Table], starts: list[int]) -> list[Any]:
    """The columns of a wide frame, from their first to their last value."""
    columns = []
    for j, (table, start) in enumerate(zip(tables, starts, strict=True)):
        stop = start + 1 + int(np.flatnonzero(np.isfinite(table.values[:, 0]))[-1])
        if hasattr(X, "iloc"):
            columns.append(X.iloc[start:stop, j])
        elif hasattr(X, "columns"):  # polars
            time = table.rows.time
            names = [name for name in X.columns if name != time]
            columns.append(X[start:stop].select([*([time] if time else []), names[j]]))
        else:
            columns.append(np.asarray(X)[start:stop, [j]])
    return columns


def _timeline(tables: list[Table], ids: list[Any]) -> tuple[np.ndarray, int]:
    """Positions of the first rows of series on their common timeline, and its number of rows.

    Without an index, or with one that counts from 0, the series end together.
    """
    indexes = [table.rows.index for table in tables]
    lengths = np.array([len(table) for table in tables])
    if any(index is None for index in indexes) or all(map(_counts, indexes)):
        return lengths.max() - lengths, int(lengths.max())
    indexes = [
        index.tz_convert("UTC") if getattr(index, "tz", None) is not None else index
        for index in indexes
    ]
    try:
        moments = indexes[0].append(indexes[1:]).unique().sort_values()
    except TypeError as error:
        raise ValueError(
            "X has series with dates of different kinds, but a forecast origin is one moment for "
            "all series. Give all series dates with a time zone, dates without one, or periods."
        ) from error
    ends = np.array([moments.get_indexer(index[[0, -1]]) for index in indexes])
    for one, index, (first, last) in zip(ids, indexes, ends, strict=True):
        if last - first + 1 != len(index):
            missing = moments[first : last + 1].difference(index)[0]
            raise ValueError(
                f"Series {one!r} of X from {index[0]} to {index[-1]} has no row at {missing}, but "
                "another series has one. A forecast origin is one moment for all series. Resample "
                "the series to the same times."
            )
    return ends[:, 0], len(moments)


def _counts(index: Any) -> bool:
    """Whether a pandas index counts rows from 0."""
    return index.dtype.kind in "iu" and bool((index == np.arange(len(index))).all())
