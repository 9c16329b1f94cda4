"""Several series in one container (a list, a long frame, a wide frame) -> tables, and forecasts
back into its form. Knows nothing of forecasting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.index import TimeIndex
from skgru._containers.series import Table, as_series, check_list, is_list_of_series

# What `group` says of a frame whose columns are series of their own.
WIDE = "columns"


@dataclass(frozen=True)
class Panel:
    """How several series lay in what was given.

    kind : "list", "long" or "wide"; ids : what names each series, in order; group : the column or
    index level of ids; time : the column of times, None where the index has them or none do;
    is_level : whether ids are a level of the index.
    """

    kind: str
    ids: list[Any]
    group: str | None = None
    time: str | None = None
    is_level: bool = False

    def answers(self, values: list[np.ndarray], names: list[str], tables: list[Table]) -> Any:
        """Forecasts in the form of a frame of series. values : one array (steps, n_names) for each;
        names : of the numbers of one series, without its own name in a wide frame.
        """
        if self.kind == "wide":
            return self._wide(values, names, tables[0].rows)
        return self._long(values, names, tables)

    def split(self, future: Any) -> list[Any]:
        """The rows of a long frame for each of these series.

        Raises ValueError where a series has none.
        """
        names = [
            *getattr(future, "columns", []),
            *getattr(getattr(future, "index", 0), "names", []),
        ]
        named = [name for name in names if name is not None]
        if self.group not in named:
            raise ValueError(
                f"future must have column {self.group!r}, which tells the series apart, but has "
                f"{named or 'no named columns'}."
            )
        parts, _ = _parts_of(future, str(self.group), self.group not in future.columns)
        if missing := [one for one in self.ids if one not in parts]:
            raise ValueError(
                f"future has no rows for {len(missing)} series, of which one is {missing[0]!r}. "
                "Give what is known in advance for each."
            )
        return [parts[one] for one in self.ids]

    def _wide(self, values: list[np.ndarray], names: list[str], rows: TimeIndex) -> Any:
        """`names` are those of one series, of which the first is its own: "" or "_lower"."""
        columns = [f"{one}{name}" if name else one for one in self.ids for name in names]
        joined = np.concatenate(values, axis=1)
        return rows.frame(joined, columns, rows.following(len(joined)), False)

    def _long(self, values: list[np.ndarray], names: list[str], tables: list[Table]) -> Any:
        steps = len(values[0])
        ids = [one for one in self.ids for _ in range(steps)]
        joined = np.concatenate(values)
        times = [table.rows.following(steps) for table in tables]
        if tables[0].rows.library == "polars":
            return self._long_polars(ids, joined, names, tables, times)
        import pandas as pd

        index = times[0].append(list(times[1:]))
        if self.is_level:
            index = pd.MultiIndex.from_arrays([ids, index], names=[self.group, times[0].name])
            return pd.DataFrame(joined, index=index, columns=names)
        frame = pd.DataFrame(joined, columns=names)
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
    """The series of a list, in which one dimension is a series."""
    return [one.reshape(-1, 1) if isinstance(one, np.ndarray) and one.ndim == 1 else one
            for one in X]  # fmt: skip


def frame_of(values: np.ndarray, names: list[str], table: Table) -> Any:
    """(steps, n_names) in the form of one series, with its index continued."""
    is_single = table.is_single and len(names) == 1
    if is_single:  # each series of a list has a name of its own, or none
        names = table.columns if table.names or table.labels else [""]
    return table.rows.frame(values, names, table.rows.following(len(values)), is_single)


def read_panel(
    X: Any, group: str | None, estimator: Any, usual: Any = None
) -> tuple[list[Table], Panel | None]:
    """The series of X, and how they lay in it; None where X is one series.

    usual : as in `as_series`.

    Raises ValueError where `group` names nothing in X, or a series is what `as_series` refuses.
    """
    if is_list_of_series(X):
        if group is not None:
            raise ValueError(
                f"group={group!r} tells the series of one frame apart, but X is a list of {len(X)} "
                "series already. Leave group None."
            )
        lone = as_columns(X)
        ids = list(range(len(lone)))
        return _tables(lone, ids, estimator, usual), Panel("list", ids)
    check_list(X)
    if type(X) in (dict, tuple) or hasattr(X, "__next__"):  # sparse matrices may be dicts
        raise ValueError(
            f"X is a {type(X).__name__}, but several series come as a list: list(X.values()) of a "
            "dict, else list(X)."
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
        f"group={group!r} must name the column of X that tells its series apart, or be {WIDE!r}, "
        f"which makes each column a series. X has "
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
    """The rows of each series of a long frame, in order of appearance, and the column of times
    that names them in pandas.
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
            f"group={group!r} is a level of an index of {X.index.nlevels} levels, but it should "
            "have two: what tells the series apart, and their time."
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
        # A number that counts the rows of the whole frame names none of one series.
        parts[one] = part if has_times or time else part.reset_index(drop=True)
    return parts, time


def _check_values(part: Any, group: str) -> None:
    """Something in a series is to be forecast, and all of it is numbers or times."""
    is_polars = type(part).__module__.split(".")[0] == "polars"
    dtypes = part.schema if is_polars else part.dtypes
    texts = [
        name
        for name, dtype in dtypes.items()
        if (str(dtype) == "String" if is_polars else dtype.kind not in "biufcMm")
    ]
    if texts:
        raise ValueError(
            f"Columns {texts} of X hold text. Make dates of what names the rows (pd.to_datetime, "
            "or pl.Expr.str.to_date), make numbers of what is to be seen, and drop the rest."
        )
    if not len(dtypes):
        raise ValueError(
            f"X has no column of numbers beside {group!r} and the times: nothing to forecast."
        )


def _names_times(values: Any) -> bool:
    """Whether a pandas index or column holds dates or periods."""
    return values.dtype.kind == "M" or hasattr(values.dtype, "freq")


def _without_id(group: str) -> str:
    return f"Column {group!r} of X, named by group, has rows without a value. Give each its series."


def _read_wide(X: Any, estimator: Any, usual: Any) -> tuple[list[Table], Panel]:
    table = as_series(X, estimator, usual)
    ids = table.columns
    tables = []
    for one, column in zip(ids, table.values.T, strict=True):  # noqa: PD011  no pandas object
        values = column[:, np.newaxis]
        known = np.flatnonzero(np.isfinite(values[:, 0]))
        if not len(known):
            raise ValueError(
                f"Column {one!r} of X holds no number, so that it is no series. Drop such columns: "
                "X.dropna(axis=1, how='all')."
            )
        tables.append(Table(values[known[0] :], None, table.rows))
    return tables, Panel("wide", ids)


def _tables(parts: list[Any], ids: Any, estimator: Any, usual: Any) -> list[Table]:
    """The longest first: a few rows do not tell their step, and it is that of all.

    Raises ValueError where a series has another step: a season has one number of rows for all.
    """
    named = list(zip(ids, parts, strict=True))
    tables: dict[int, Table] = {}
    whose = "those in fit"
    for i in sorted(range(len(named)), key=lambda i: -len(parts[i])):
        one, part = named[i]
        try:
            tables[i] = as_series(part, estimator, usual)
        except ValueError as error:
            raise ValueError(
                f"Series {one!r} of X: {error} (X is that series alone here.)"
            ) from error
        rows = tables[i].rows
        if rows.index is None:
            continue
        if usual is None and rows.freq is not None:
            usual, whose = rows.freq, f"series {one!r}"
        elif usual is not None and rows.freq != usual:
            step = getattr(rows.freq, "freqstr", rows.freq)
            raise ValueError(
                f"Series {one!r} of X goes from {rows.index[0]} to {rows.index[-1]} "
                + ("and does not lie on" if step is None else f"in steps of {step!r}, not")
                + f" the step {getattr(usual, 'freqstr', usual)!r} of {whose}. Insert its missing "
                "rows, resample it to that step, or leave it out: series of one network have one "
                "step."
            )
    return [tables[i] for i in range(len(named))]
