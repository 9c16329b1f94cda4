"""Long frames: rows of several series, which columns or index levels identify.

The identifiers of one series are its *id*: a value, or a tuple of values if several columns or
levels identify the series.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

import numpy as np

from skgru._containers.advice_on_long_frames import (
    check_date_index,
    check_date_level,
    check_other_dates,
)
from skgru._containers.numbers import as_known
from skgru._containers.table import Table
from skgru._containers.text_dates import are_years, with_dates
from skgru._containers.time_index import columns_like
from skgru._containers.value_kinds import names_times


@dataclass(frozen=True)
class Key:
    """A column or index level that identifies series.

    name : its name; level : its position among the index levels, None for a column; dtype : its
    type.
    """

    name: Any
    level: int | None
    dtype: Any


@dataclass(frozen=True)
class LongForm:
    """How a long frame holds its series.

    keys : what identifies the series; is_one : whether an id is a value, and not a tuple; levels :
    names of all index levels if keys are among them, else empty; time : the column of times of a
    pandas frame, None if the times are the index or if there are none; has_numbers : whether the
    times are the index, and are whole numbers such as years.
    """

    keys: list[Key]
    is_one: bool
    levels: tuple[Any, ...] = ()
    time: Any = None
    has_numbers: bool = False

    def frame(
        self, ids: list[Any], values: list[np.ndarray], names: list[Any], tables: list[Table]
    ) -> Any:
        """An array (steps, n_names) for each series as a frame in this form. The number of steps
        may differ.
        """
        steps = list(map(len, values))
        times = [table.rows.following(n) for table, n in zip(tables, steps, strict=True)]
        columns = [[one if self.is_one else one[i] for one in ids] for i in range(len(self.keys))]
        repeated = [
            [one for one, n in zip(column, steps, strict=True) for _ in range(n)]
            for column in columns
        ]
        if tables[0].rows.library == "polars":
            return self._polars(repeated, values, names, tables, times)
        joined = np.concatenate(values)
        import pandas as pd

        index = times[0].append(list(times[1:])) if times[0] is not None else None
        header = columns_like(tables[0].header, names)
        if isinstance(header, pd.CategoricalIndex):  # takes no other names
            header = header.astype(object)
        frame = pd.DataFrame(joined, columns=header)
        found = {
            key: pd.Index(column, dtype=key.dtype, tupleize_cols=False)
            for key, column in zip(self.keys, repeated, strict=True)
        }
        if self.levels:
            at = {key.level: found[key] for key in self.keys if key.level is not None}
            arrays = [at.get(i, index) for i in range(len(self.levels))]
            frame.index = pd.MultiIndex.from_arrays(arrays, names=self.levels)
        elif self.time is not None:
            frame.insert(0, self.time, index)
        elif names_times(index) or self.has_numbers:
            frame.index = index
        for key in reversed(self.keys):
            if key.level is None:
                frame.insert(0, key.name, found[key])
        return frame

    def _polars(self, ids, values, names, tables, times):
        import polars as pl

        rows = tables[0].rows
        frames = [
            table.rows.frame(one, names, index, False)
            for one, table, index in zip(values, tables, times, strict=True)
        ]
        columns = [
            pl.Series(key.name, column, dtype=key.dtype)
            for key, column in zip(self.keys, ids, strict=True)
        ]
        order = [*(key.name for key in self.keys), *([rows.time] if rows.time else []), *names]
        return pl.concat(frames).with_columns(columns).select(order)


def keys_of(X: Any, group: Any) -> list[Key] | None:
    """The columns or index levels of a frame that `group` names; None if it lacks one of them."""
    if isinstance(X, dict):
        return None
    X, _ = as_known(X)
    names = list(getattr(X, "columns", []))
    if not names:
        return None
    several = isinstance(group, list) or (isinstance(group, tuple) and group not in names)
    found = [_key_of(X, one, names) for one in (group if several else [group])]
    return None if None in found else [key for key in found if key is not None]


def _key_of(X: Any, one: Any, names: list[Any]) -> Key | None:
    index = getattr(X, "index", None)
    levels = list(getattr(index, "names", []))
    is_position = isinstance(one, Integral) and not isinstance(one, bool)
    if is_position and (len(levels) > 1 or one not in names):
        at = int(one) + (len(levels) if one < 0 else 0)
        return _level(index, at) if 0 <= at < len(levels) else None
    if one not in names and X.__class__.__module__.startswith("pandas") and X.columns.nlevels > 1:
        first = (one, *[""] * (X.columns.nlevels - 1))  # as reset_index names a level
        one = first if first in names else one
    if one in names:
        return Key(one, None, X[one].dtype)
    return _level(index, levels.index(one)) if one is not None and one in levels else None


def _level(index: Any, at: int) -> Key:
    return Key(index.names[at], at, index.get_level_values(at).dtype)


def parts_of(
    X: Any, keys: list[Key], group: Any, like: LongForm | None = None
) -> tuple[dict[Any, Any], LongForm]:
    """The rows of each series of a long frame, in order of appearance, and its form. like : the
    form of the frame of fit, which decides what whole numbers in the index are.

    Raises ValueError for rows without an id, and for more than one index level beside the keys.
    """
    is_one = len(keys) == 1 and not isinstance(group, list)
    if type(X).__module__.split(".")[0] == "polars":
        parts = _parts_of_polars(X, keys, group)
        return _by_id(parts, is_one), LongForm(keys, is_one)
    X = with_dates(X)
    levels = [key.level for key in keys if key.level is not None]
    if levels and X.index.nlevels != len(levels) + 1:
        what = "is a level" if len(levels) == 1 else "are levels"
        raise ValueError(
            f"group={group!r} {what} of an index of {X.index.nlevels} "
            f"level{'s' if X.index.nlevels > 1 else ''}, but the index must have "
            f"{len(levels) + 1}: the series and the time. "
            + (
                f"Give all levels of the series, group={all_but_time(X.index)!r}, or drop others "
                "by X.droplevel(...)."
                if X.index.nlevels > len(levels)
                else "Add the time by X.set_index(..., append=True), or name a column of X."
            )
        )
    if levels and not names_times(X.index.get_level_values(_rest(X, levels))):
        if any(names_times(X.index.get_level_values(level)) for level in levels):
            raise ValueError(
                f"group={group!r} is the level of the times, but must identify the series. Use "
                f"group={all_but_time(X.index)!r}."
            )
    import pandas as pd

    ids = [
        pd.Index(X[key.name]) if key.level is None else X.index.get_level_values(key.level)
        for key in keys
    ]
    if any(one.isna().any() for one in ids):
        raise ValueError(_without_id(X, keys, group))
    frame = X.drop(columns=[key.name for key in keys if key.level is None])
    frame = frame.set_axis(frame.index.droplevel(levels)) if levels else frame
    form = LongForm(keys, is_one, tuple(X.index.names) if levels else ())
    has_times = bool(levels) or names_times(frame.index)
    if not has_times:
        times = [name for name in frame.columns if names_times(frame[name])]
        if len(times) == 1:
            has_times, form = True, replace(form, time=times[0])
            frame = frame.set_index(times[0])
        elif not times:
            check_other_dates(frame)
            check_date_index(frame.index)
            has_numbers = _has_numbers(frame.index, ids) if like is None else like.has_numbers
            has_times, form = has_numbers, replace(form, has_numbers=has_numbers)
    elif levels:
        check_date_level(X.index, _rest(X, levels))
    parts = {}
    # Without names: a key may have the name of a column.
    by = [one.rename(None) for one in ids]
    for one, part in frame.groupby(by, sort=False, observed=True):
        if has_times and not part.index.is_monotonic_increasing:
            part = part.sort_index()
        # An index that counts the rows of the whole frame is not the index of one series.
        parts[one] = part if has_times else part.reset_index(drop=True)
    return _by_id(parts, is_one), form


def positions_of(X: Any, keys: list[Key], group: Any) -> list[np.ndarray]:
    """The rows of each series of a long frame, (n_rows,) each, in the order of `parts_of`."""
    is_polars = type(X).__module__.split(".")[0] == "polars"
    name, numbers = "position of the row in X", np.arange(len(X))
    if is_polars:
        import polars as pl

        X = X.with_columns(pl.Series(name, numbers))
    else:
        X, n_levels = X.copy(deep=False), X.columns.nlevels
        X[name if n_levels == 1 else (name, *[""] * (n_levels - 1))] = numbers
    parts, _ = parts_of(X, keys, group)
    return [
        (one.to_series(one.width - 1) if is_polars else one.iloc[:, -1]).to_numpy()
        for one in parts.values()
    ]


def _has_numbers(index: Any, ids: list[Any]) -> bool:
    """Whether the index of a long frame holds whole numbers that are the times of the series, such
    as years: rows of several series have the same number, and those of a series do not count from
    0. Numbers of which each occurs once number the rows of the frame, unless they are named years.
    """
    import pandas as pd

    is_number = index.nlevels == 1 and getattr(index.dtype, "kind", "") in "iuf"
    if not is_number or index.hasnans:
        return False
    if index.is_unique:
        return index.name is not None and are_years(index)
    row = pd.Series(0, range(len(index))).groupby([one.rename(None) for one in ids]).cumcount()
    return bool((index.to_numpy() != row.to_numpy()).any())


def _rest(X: Any, levels: list[int]) -> int:
    """The position of the index level beside the levels of the ids."""
    return next(i for i in range(X.index.nlevels) if i not in levels)


def _parts_of_polars(X: Any, keys: list[Key], group: Any) -> dict[tuple[Any, ...], Any]:
    import polars as pl

    names = [key.name for key in keys]
    if nested := [name for name in names if X.schema[name].is_nested()]:
        name, dtype = nested[0], X.schema[nested[0]]
        text = "struct.json_encode()"
        if dtype != pl.Struct:
            text = "cast(pl.List(pl.String)).list.join(',')"
        raise ValueError(
            f"group={group!r}: column {name!r} holds {dtype}, but ids must be single values. Make "
            f"them text: X.with_columns(pl.col({name!r}).{text})."
        )
    if any(X[name].null_count() for name in names):
        raise ValueError(_without_id(X, keys, group))
    frames = X.partition_by(names, maintain_order=True, as_dict=True, include_key=False)
    dates = [
        name
        for name, dtype in X.schema.items()
        if dtype in (pl.Date, pl.Datetime) and name not in names
    ]
    if len(dates) == 1:
        frames = {key: frame.sort(dates) for key, frame in frames.items()}
    return frames


def _by_id(parts: dict[tuple[Any, ...], Any], is_one: bool) -> dict[Any, Any]:
    return {one[0] if is_one else one: part for one, part in parts.items()}


def all_but_time(index: Any) -> Any:
    """The levels of an index that probably identify series, as `group` takes them: all but the
    times, or all but the last one.
    """
    times = [i for i in range(index.nlevels) if names_times(index.get_level_values(i))]
    time = times[-1] if times else index.nlevels - 1
    levels = [i if name is None else name for i, name in enumerate(index.names) if i != time]
    return levels[0] if len(levels) == 1 else levels


def _without_id(X: Any, keys: list[Key], group: Any) -> str:
    names = [key.name for key in keys if key.level is None]
    drop = f"X.drop_nulls({names!r})" if not hasattr(X, "index") else f"X.dropna(subset={names!r})"
    if not names:
        level = keys[0].level
        drop = f"X[X.index.get_level_values({level}).notna()]"
    return (
        f"group={group!r} has rows without a value in X, but each row belongs to a series. Fill in "
        f"the values, or drop the rows: {drop}."
    )
