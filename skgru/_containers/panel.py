"""Several series in a list, a long frame or a wide frame -> Tables, and forecasts -> such a frame.

This layer is independent of forecasting.
"""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skgru._containers.advice_on_dates import moved_dates
from skgru._containers.advice_on_doubled_dates import check_is_one_series
from skgru._containers.advice_on_long_frames import of_all_polars_series, of_all_series
from skgru._containers.long import Key, LongForm, keys_of, parts_of
from skgru._containers.near_ids import advice_on_ids, near_ids
from skgru._containers.numbers import as_known
from skgru._containers.numbers_of_frames import text_remedy
from skgru._containers.read_series import as_series, check_list, is_list_of_series
from skgru._containers.table import Table
from skgru._containers.time_index import TimeIndex, with_ending
from skgru._containers.value_kinds import is_text
from skgru._warnings import warn_user

# The value of `group` for a wide frame, in which each column is a series.
WIDE = "columns"


@dataclass(frozen=True)
class Panel:
    """The container of several series.

    kind : "list", "long" or "wide"; ids : identifiers of the series, in order; group : the
    parameter of the user; form : the form of a long frame; header : the columns of a wide pandas
    frame.
    """

    kind: str
    ids: list[Any]
    group: Any = None
    form: LongForm | None = None
    header: Any = None

    def answers(self, values: list[np.ndarray], names: list[Any], tables: list[Table]) -> Any:
        """Forecasts as a long or wide frame. values : an array (steps, n_names) for each series;
        names : column names of one series. A wide frame adds them to the name of the series.
        """
        if self.form is None:
            return self._wide(values, names, tables[0].rows)
        return self.form.frame(self.ids, values, names, tables)

    def split(self, future: Any, of_fit: Sequence[Any] = ()) -> list[Any]:
        """The rows of a long frame for each of these series. of_fit : identifiers in fit.

        Raises ValueError if a series has no rows.
        """
        keys = keys_of(future, self.group)
        if keys is None:
            named = [name for name in names_in(future) if name is not None]
            what = "columns" if isinstance(self.group, list) else "column"
            if isinstance(future, list | tuple):
                raise ValueError(
                    "future is a list, but the series of fit have identifiers. Give a dict with a "
                    f"frame for each series: {{{self.ids[0]!r}: frame, ...}}, or a long frame with "
                    f"the {what} {self.group!r} of group."
                )
            given = f"has {named}" if named else f"is a {type(future).__name__}"
            raise ValueError(
                f"future must have the {what} {self.group!r} of group, but {given}. Add this "
                "column, or give a dict with a frame for each series: "
                f"{{{self.ids[0]!r}: future, ...}}."
            )
        try:
            parts, _ = parts_of(future, keys, self.group, self.form)
        except ValueError as error:  # a message about X
            raise ValueError(re.sub(r"\bX\b", "future", str(error))) from error
        if missing := [one for one in self.ids if one not in parts]:
            ids = set(self.ids)
            near = near_ids((one for one in parts if one not in ids), missing)
            remedy = "Give future rows for each series"
            if near:
                one = next(iter(near))
                missing = [near[one]]
                remedy = f"It has {one!r}. {advice_on_ids(near, self.form, future, 'future')}"
            raise ValueError(
                f"future has no rows for {len(missing)} series, for example {missing[0]!r}. "
                f"{remedy}."
            )
        self.warn_of_others(parts, of_fit)
        return [parts[one] for one in self.ids]

    def warn_of_others(self, ids: Iterable[Any], of_fit: Iterable[Any]) -> None:
        """Warn of identifiers in `future` that are neither those of X nor of fit."""
        known = {*self.ids, *of_fit}
        if others := [one for one in ids if one not in known]:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            warn_user(
                f"future has rows for series {others[0]!r}{more}, of which no history is known. "
                "They are ignored. Give the history in X: forecast(X=..., future=...)."
            )

    def _wide(self, values: list[np.ndarray], names: list[str], rows: TimeIndex) -> Any:
        """names : endings that are added to the name of a series, "" or "_lower", for example."""
        columns = [with_ending(one, name) for one in self.ids for name in names]
        joined = np.concatenate(values, axis=1)
        return rows.frame(joined, columns, rows.following(len(joined)), False, self.header)


class SeriesList(list):
    """A list of series with identifiers other than their positions, for messages."""

    def __init__(self, series: Iterable[Any], ids: Iterable[Any]) -> None:
        super().__init__(series)
        self.ids = list(ids)


def names_in(X: Any) -> list[Any]:
    """Names of the columns and index levels of a frame."""
    return [*getattr(X, "columns", []), *getattr(getattr(X, "index", None), "names", [])]


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


def check_collection(X: Any) -> None:
    """Raise for a dict, a tuple or a generator, which may hold several series."""
    if type(X) in (dict, tuple) or hasattr(X, "__next__"):  # sparse matrices may be dicts
        code = "list(X.values())" if isinstance(X, dict) else "list(X)"
        alone = " For one series of several columns, use pd.DataFrame(X)." * isinstance(X, dict)
        raise ValueError(
            f"X is a {type(X).__name__}, but several series must be a list. Use {code}.{alone}"
        )


def read_panel(
    X: Any,
    group: Any,
    estimator: Any,
    usual: Any = None,
    whole: Container[Any] = (),
    like: LongForm | None = None,
) -> tuple[list[Table], Panel | None]:
    """The series of X, and their container. The latter is None if X is one series.

    usual : as in `as_series`; whole : columns of a wide frame that begin with its first row, even
    if their first values are NaN; like : the form of the long frame of fit.

    Raises ValueError if X has no column or level `group`, or if `as_series` raises for a series.
    """
    if is_list_of_series(X):
        if group is not None:
            raise ValueError(
                f"group={group!r} needs a data frame of several series, but X is a list of "
                f"{len(X)} series. Leave group None."
            )
        lone = as_columns(X)
        ids = X.ids if isinstance(X, SeriesList) else list(range(len(lone)))
        return _tables(lone, ids, estimator, usual), Panel("list", ids)
    check_list(X)
    check_collection(X)
    X, name = as_known(X)
    if group is None:
        check_is_one_series(X)
        return [as_series(X, estimator, name=name)], None
    _check_group(X, group)
    if getattr(getattr(X, "index", None), "nlevels", 1) > 1 and not hasattr(X, "columns"):
        raise ValueError(
            f"group={group!r} needs a data frame of several series, but X is a Series with an "
            "index of several levels. Give a frame: X.to_frame('y')."
        )
    if (keys := keys_of(X, group)) is not None:
        return _read_long(X, group, keys, estimator, usual, like)
    if isinstance(group, str) and group == WIDE:
        return _read_wide(X, estimator, usual, whole)
    above = getattr(getattr(X, "columns", None), "names", [])
    if len(above) > 1 and group in above:
        raise ValueError(
            f"group={group!r} is a level of the columns of X, but must be a column or a level of "
            f"the index. Put this level into the index: X.stack({group!r}, future_stack=True)."
        )
    names = list(getattr(X, "columns", []))
    levels = [name for name in getattr(getattr(X, "index", None), "names", []) if name is not None]
    if isinstance(group, list | tuple):
        what = "must be names of columns or index levels of X that identify the series"
    elif isinstance(group, str):
        what = f"must be the column of X that identifies the series, or {WIDE!r} if each column is "
        what += "a series"
    else:
        what = "must be the position of an index level of X that identifies the series"
    raise ValueError(
        f"group={group!r} {what}. X has "
        + (f"columns {names}" if names else f"no named columns (it is a {type(X).__name__})")
        + (f" and index levels {levels}." if levels else ".")
    )


def _check_group(X: Any, group: Any) -> None:
    """Raise for a list in `group` that is empty or names a column twice."""
    if not isinstance(group, list | tuple):
        return
    if isinstance(group, tuple) and group in list(getattr(X, "columns", [])):
        return  # one name of a frame with columns in levels
    is_right = [isinstance(one, Hashable) and not isinstance(one, bool) for one in group]
    if not group or not all(is_right) or len(set(group)) < len(group):
        raise ValueError(
            f"group={group!r} must be a list of different names of columns or index levels. Give "
            "the names that identify a series, for example group=['shop', 'item']."
        )


def _read_long(
    X: Any, group: Any, keys: list[Key], estimator: Any, usual: Any, like: LongForm | None
) -> tuple[list[Table], Panel | None]:
    if not len(X):
        raise ValueError("X has no rows (n_samples=0). Give at least one series.")
    parts, form = parts_of(X, keys, group, like)
    _check_values(next(iter(parts.values())), group)
    try:
        tables = _tables(list(parts.values()), list(parts), estimator, usual)
    except ValueError as error:
        if type(X).__module__.split(".")[0] == "polars":
            raise ValueError(of_all_polars_series(str(error), form)) from error
        columns = list(next(iter(parts.values())).columns)
        raise ValueError(of_all_series(str(error), form, group, columns)) from error
    return tables, Panel("long", list(parts), group, form)


def _check_values(part: Any, group: Any) -> None:
    """Raise unless a series has columns, and none of them is text."""
    is_polars = type(part).__module__.split(".")[0] == "polars"
    n_columns = part.shape[1]
    columns = [part[:, i] if is_polars else part.iloc[:, i] for i in range(n_columns)]
    if texts := [column.name for column in columns if is_text(column)]:
        raise ValueError(
            f"Columns {texts} of X hold text, but must hold dates or numbers. "
            f"{text_remedy(part, texts)}. If they identify the series too, name them in group."
        )
    if not n_columns:
        raise ValueError(
            f"X has no column of numbers beside {group!r} and the times. Add a column to forecast."
        )


def _read_wide(
    X: Any, estimator: Any, usual: Any, whole: Container[Any] = ()
) -> tuple[list[Table], Panel]:
    table = as_series(X, estimator, usual)
    tables = [Table(column[:, np.newaxis], None, table.rows) for column in table.values.T]
    are_whole = [one in whole for one in table.columns]
    panel = Panel("wide", table.columns, header=table.header)
    return from_first_values(tables, panel, are_whole), panel


def from_first_values(tables: list[Table], panel: Panel, are_whole: list[bool]) -> list[Table]:
    """Series of a wide frame without NaN at their start. are_whole : which of them keep it.

    Raises ValueError if another one has only NaN.
    """
    known = [np.flatnonzero(np.isfinite(table.values[:, 0])) for table in tables]
    empty = [
        one
        for one, rows, is_whole in zip(panel.ids, known, are_whole, strict=True)
        if not is_whole and not len(rows)
    ]
    if empty:
        columns = f"columns={empty!r}" if tables[0].rows.library == "pandas" else repr(empty)
        raise ValueError(
            f"Column {empty[0]!r} of X has only NaN, but with group={WIDE!r} each column is a "
            f"series. Drop such columns: X.drop({columns})."
        )
    return [
        table if is_whole else replace(table, values=table.values[rows[0] :])
        for table, rows, is_whole in zip(tables, known, are_whole, strict=True)
    ]


def _rows_of_fit(estimator: Any, usual: Any) -> TimeIndex | None:
    """The rows of a series of fit, whose step is `usual`; None in fit itself."""
    return None if usual is None else estimator._tails[0].rows


def _tables(parts: list[Any], ids: Any, estimator: Any, usual: Any) -> list[Table]:
    """Tables of several series. The longest is read first: its step is used for the shorter ones,
    whose step may be ambiguous. usual : as in `as_series`.

    Raises ValueError if a series has another step, as all of them have the same season length.
    """
    named = list(zip(ids, parts, strict=True))
    tables: dict[int, Table] = {}
    last: TimeIndex | None = None
    whose, like = "the series in fit", _rows_of_fit(estimator, usual)
    for i in sorted(range(len(named)), key=lambda i: -len(parts[i])):
        one, part = named[i]
        try:
            tables[i] = as_series(part, estimator, usual, like=last)
        except ValueError as error:
            raise ValueError(
                f"Series {one!r} of X: {error} (Here, X is this series alone.)"
            ) from error
        rows = last = tables[i].rows
        if rows.index is None:
            continue
        if usual is None and rows.freq is not None:
            usual, whose, like = rows.freq, f"series {one!r}", rows
        elif usual is not None and rows.freq != usual:
            step = getattr(rows.freq, "freqstr", rows.freq)
            moved = "" if like is None else moved_dates(rows, like, None)
            raise ValueError(
                f"Series {one!r} of X from {rows.index[0]} to {rows.index[-1]} "
                + ("does not lie on" if step is None else f"has the step {step!r}, not")
                + f" the step {getattr(usual, 'freqstr', usual)!r} of {whose}. All series need the "
                + (
                    f"same step.{moved}"
                    if moved
                    else "same step: insert missing rows, resample the series, or leave it out."
                )
            )
    return [tables[i] for i in range(len(named))]
