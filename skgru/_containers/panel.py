"""Several series in a list, a long frame or a wide frame -> Tables, and forecasts -> such a frame.

This layer is independent of forecasting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.index import TimeIndex, columns_like, with_ending
from skgru._containers.numbers import is_text
from skgru._containers.series import Table, as_series, check_list, is_list_of_series

# The value of `group` for a wide frame, in which each column is a series.
WIDE = "columns"


@dataclass(frozen=True)
class Panel:
    """The container of several series.

    kind : "list", "long" or "wide"; ids : identifiers of the series, in order; group : the column
    or index level of ids; time : the column of times, None if the times are the index or if there
    are none; is_level : whether ids are a level of the index; header : the columns of a wide pandas
    frame.
    """

    kind: str
    ids: list[Any]
    group: str | None = None
    time: str | None = None
    is_level: bool = False
    header: Any = None

    def answers(self, values: list[np.ndarray], names: list[str], tables: list[Table]) -> Any:
        """Forecasts as a long or wide frame. values : an array (steps, n_names) for each series;
        names : column names of one series. A wide frame adds them to the name of the series.
        """
        if self.kind == "wide":
            return self._wide(values, names, tables[0].rows)
        return self._long(values, names, tables)

    def split(self, future: Any) -> list[Any]:
        """The rows of a long frame for each of these series.

        Raises ValueError if a series has no rows.
        """
        names = [
            *getattr(future, "columns", []),
            *getattr(getattr(future, "index", 0), "names", []),
        ]
        named = [name for name in names if name is not None]
        if self.group not in named:
            raise ValueError(
                f"future must have the column {self.group!r} of group, but has "
                f"{named or 'no named columns'}. Add this column to future."
            )
        parts, _ = _parts_of(future, str(self.group), self.group not in future.columns)
        if missing := [one for one in self.ids if one not in parts]:
            raise ValueError(
                f"future has no rows for {len(missing)} series, for example {missing[0]!r}. Give "
                "future rows for each series."
            )
        return [parts[one] for one in self.ids]

    def _wide(self, values: list[np.ndarray], names: list[str], rows: TimeIndex) -> Any:
        """names : endings that are added to the name of a series, "" or "_lower", for example."""
        columns = [with_ending(one, name) for one in self.ids for name in names]
        joined = np.concatenate(values, axis=1)
        return rows.frame(joined, columns, rows.following(len(joined)), False, self.header)

    def _long(self, values: list[np.ndarray], names: list[str], tables: list[Table]) -> Any:
        steps = len(values[0])
        ids = [one for one in self.ids for _ in range(steps)]
        joined = np.concatenate(values)
        times = [table.rows.following(steps) for table in tables]
        if tables[0].rows.library == "polars":
            return self._long_polars(ids, joined, names, tables, times)
        import pandas as pd

        index = times[0].append(list(times[1:]))
        columns = columns_like(tables[0].header, names)
        if self.is_level:
            index = pd.MultiIndex.from_arrays([ids, index], names=[self.group, times[0].name])
            return pd.DataFrame(joined, index=index, columns=columns)
        frame = pd.DataFrame(joined, columns=columns)
        if self.time is not None:
            frame.insert(0, self.time, index)
        elif _names_times(index):
            frame.index = index
        frame.insert(0, str(self.group), ids)
        return frame

    def _long_polars(self, ids, joined, names, tables, times):
        import polars as pl

        rows, n = tables[0].rows, len(joined) // len(tables)
        frames = [
            table.rows.frame(joined[i * n : (i + 1) * n], names, times[i], False)
            for i, table in enumerate(tables)
        ]
        frame = pl.concat(frames)
        order = [str(self.group), *([rows.time] if rows.time else []), *names]
        return frame.with_columns(pl.Series(str(self.group), ids)).select(order)


def as_columns(X: list[Any]) -> list[Any]:
    """The series of a list, with 1-D arrays as columns (n_rows, 1)."""
    return [one.reshape(-1, 1) if isinstance(one, np.ndarray) and one.ndim == 1 else one
            for one in X]  # fmt: skip


def frame_of(values: np.ndarray, names: list[Any], table: Table) -> Any:
    """(steps, n_names) in the container of one series, with its index continued."""
    is_single = table.is_single and len(names) == 1
    if is_single:  # each series of a list has its own name, or none
        names = table.columns if table.is_named else [""]
    following = table.rows.following(len(values))
    return table.rows.frame(values, names, following, is_single, table.header)


def read_panel(
    X: Any, group: str | None, estimator: Any, usual: Any = None
) -> tuple[list[Table], Panel | None]:
    """The series of X, and their container. The latter is None if X is one series.

    usual : as in `as_series`.

    Raises ValueError if X has no column or level `group`, or if `as_series` raises for a series.
    """
    if is_list_of_series(X):
        if group is not None:
            raise ValueError(
                f"group={group!r} needs a data frame of several series, but X is a list of "
                f"{len(X)} series. Leave group None."
            )
        lone = as_columns(X)
        ids = list(range(len(lone)))
        return _tables(lone, ids, estimator, usual), Panel("list", ids)
    check_list(X)
    if type(X) in (dict, tuple) or hasattr(X, "__next__"):  # sparse matrices may be dicts
        raise ValueError(
            f"X is a {type(X).__name__}, but several series must be a list. Use list(X.values()) "
            "for a dict, and list(X) for others."
        )
    if group is None:
        return [as_series(X, estimator)], None
    names = list(getattr(X, "columns", []))
    levels = list(getattr(getattr(X, "index", None), "names", []))
    if group in names or group in levels:
        return _read_long(X, group, group not in names, estimator, usual)
    if group == WIDE:
        return _read_wide(X, estimator, usual)
    raise ValueError(
        f"group={group!r} must be the column of X that identifies the series, or {WIDE!r} if each "
        f"column is a series. X has "
        + (f"columns {names}." if names else f"no named columns (it is a {type(X).__name__}).")
    )


def _read_long(
    X: Any, group: str, is_level: bool, estimator: Any, usual: Any
) -> tuple[list[Table], Panel | None]:
    if not len(X):
        raise ValueError("X has no rows (n_samples=0). Give at least one series.")
    parts, time = _parts_of(X, group, is_level)
    _check_values(next(iter(parts.values())), group)
    tables = _tables(list(parts.values()), list(parts), estimator, usual)
    return tables, Panel("long", list(parts), group, time, is_level)


def _parts_of(X: Any, group: str, is_level: bool) -> tuple[dict[Any, Any], str | None]:
    """The rows of each series of a long frame, in order of appearance, and the column of times of
    a pandas frame.
    """
    if type(X).__module__.split(".")[0] == "polars":
        if X[group].null_count():
            raise ValueError(_without_id(group))
        import polars as pl

        frames = X.partition_by(group, maintain_order=True, as_dict=True, include_key=False)
        dates = [name for name, dtype in X.schema.items() if dtype in (pl.Date, pl.Datetime)]
        if len(dates) == 1:
            frames = {key: frame.sort(dates) for key, frame in frames.items()}
        return {key[0]: frame for key, frame in frames.items()}, None
    if is_level and X.index.nlevels != 2:
        raise ValueError(
            f"group={group!r} is a level of an index of {X.index.nlevels} levels, but the index "
            "must have two: the series and the time. Drop others by X.droplevel(...), or add the "
            "time by X.set_index(..., append=True)."
        )
    if (X.index.get_level_values(group) if is_level else X[group]).isna().any():
        raise ValueError(_without_id(group))
    frame = X.reset_index(level=group) if is_level else X
    time = None
    has_times = is_level or _names_times(frame.index)
    if not has_times:
        times = [name for name in frame.columns if name != group and _names_times(frame[name])]
        time = times[0] if len(times) == 1 else None
        frame = frame if time is None else frame.set_index(time)
    parts = {}
    for one, part in frame.groupby(group, sort=False, observed=True):
        part = part.drop(columns=group)
        if (has_times or time) and not part.index.is_monotonic_increasing:
            part = part.sort_index()
        # An index that counts the rows of the whole frame is not the index of one series.
        parts[one] = part if has_times or time else part.reset_index(drop=True)
    return parts, time


def _check_values(part: Any, group: str) -> None:
    """Raise unless a series has columns, and none of them is text."""
    is_polars = type(part).__module__.split(".")[0] == "polars"
    n_columns = part.shape[1]
    columns = [part[:, i] if is_polars else part.iloc[:, i] for i in range(n_columns)]
    if texts := [column.name for column in columns if is_text(column)]:
        raise ValueError(
            f"Columns {texts} of X hold text. Convert times to dates (pd.to_datetime, or "
            "pl.Expr.str.to_date) and other columns to numbers, or drop them."
        )
    if not n_columns:
        raise ValueError(
            f"X has no column of numbers beside {group!r} and the times. Add a column to forecast."
        )


def _names_times(values: Any) -> bool:
    """Whether a pandas index or column holds dates or periods."""
    return values.dtype.kind == "M" or hasattr(values.dtype, "freq")


def _without_id(group: str) -> str:
    return f"group={group!r} has rows without a value in X. Fill in their series, or drop the rows."


def _read_wide(X: Any, estimator: Any, usual: Any) -> tuple[list[Table], Panel]:
    table = as_series(X, estimator, usual)
    ids = table.columns
    tables = []
    for one, column in zip(ids, table.values.T, strict=True):  # noqa: PD011  no pandas object
        values = column[:, np.newaxis]
        known = np.flatnonzero(np.isfinite(values[:, 0]))
        if not len(known):
            raise ValueError(
                f"Column {one!r} of X has only NaN, but with group={WIDE!r} each column is a "
                "series. Drop such columns: X.dropna(axis=1, how='all')."
            )
        tables.append(Table(values[known[0] :], None, table.rows))
    return tables, Panel("wide", ids, header=table.header)


def _tables(parts: list[Any], ids: Any, estimator: Any, usual: Any) -> list[Table]:
    """Tables of several series. The longest is read first: its step is used for the shorter ones,
    whose step may be ambiguous.

    Raises ValueError if a series has another step, as all of them have the same season length.
    """
    named = list(zip(ids, parts, strict=True))
    tables: dict[int, Table] = {}
    whose = "the series in fit"
    for i in sorted(range(len(named)), key=lambda i: -len(parts[i])):
        one, part = named[i]
        try:
            tables[i] = as_series(part, estimator, usual)
        except ValueError as error:
            raise ValueError(
                f"Series {one!r} of X: {error} (Here, X is this series alone.)"
            ) from error
        rows = tables[i].rows
        if rows.index is None:
            continue
        if usual is None and rows.freq is not None:
            usual, whose = rows.freq, f"series {one!r}"
        elif usual is not None and rows.freq != usual:
            step = getattr(rows.freq, "freqstr", rows.freq)
            raise ValueError(
                f"Series {one!r} of X from {rows.index[0]} to {rows.index[-1]} "
                + ("does not lie on" if step is None else f"has the step {step!r}, not")
                + f" the step {getattr(usual, 'freqstr', usual)!r} of {whose}. All series need the "
                "same step: insert missing rows, resample the series, or leave it out."
            )
    return [tables[i] for i in range(len(named))]
