"""Future covariates: the values of the `known` columns in the rows to forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skgru._containers.advice_on_dates import moved_dates
from skgru._containers.clocks import in_zone
from skgru._containers.numbers import as_known, as_numbers
from skgru._containers.one_hot import Categories
from skgru._containers.panel import Panel
from skgru._containers.polars_dates import dates_of_polars
from skgru._containers.read_series import as_series
from skgru._containers.table import Table
from skgru._containers.text_dates import way_to_dates
from skgru._containers.time_index import TimeIndex
from skgru._containers.value_kinds import names_times
from skgru._forecaster.spec import ForecastSpec


def futures_of(
    future: Any,
    tables: list[Table],
    panel: Panel | None,
    spec: ForecastSpec,
    of_fit: Sequence[Any] = (),
) -> list[Any]:
    """The part of `future` of each series. of_fit : the identifiers of the series of fit."""
    if future is not None and not spec.known:
        raise ValueError(
            "future was given, but the forecaster was fitted with known=None. Leave future None, "
            "or fit with known."
        )
    if not isinstance(future, dict):
        future, _ = as_known(future, "future")
    if panel is None or future is None:
        return [future] * len(tables)
    if isinstance(future, dict) and not _is_of_columns(future, spec, tables[0], panel):
        if missing := [one for one in panel.ids if one not in future]:
            raise ValueError(
                f"future is a dict with {list(future)[:5]}, but lacks {len(missing)} series, for "
                f"example {missing[0]!r}. Give a frame for each series: {{{missing[0]!r}: frame, "
                "...}."
            )
        panel.warn_of_others(future, of_fit)
        return [future[one] for one in panel.ids]
    if panel.kind == "long":
        return panel.split(_as_frame(future) if isinstance(future, dict) else future, of_fit)
    is_list = isinstance(future, list | tuple)
    if not is_list or len(future) != len(tables):
        given = f"a list of {len(future)}" if is_list else f"one {type(future).__name__}"
        raise ValueError(
            f"future must be a list of {len(tables)} tables, one for each series in the order of "
            f"X, but is {given}. Give [future] * {len(tables)} if all series have the same, or "
            "split a long frame: [part for _, part in future.groupby(...)]."
        )
    return list(future)


def _is_of_columns(future: dict[Any, Any], spec: ForecastSpec, table: Table, panel: Panel) -> bool:
    """Whether a dict holds columns, and not the tables of series."""
    if any(one in future for one in panel.ids) and all(
        np.ndim(one) != 1 for one in future.values()
    ):
        return False
    return any(table.columns[i] in future for i in spec.known)


def static_rows(values: np.ndarray, spec: ForecastSpec, steps: int) -> np.ndarray:
    """The last known values of the static covariates of a series (n_rows, n_columns), for each
    step; (steps, n_known), NaN for other future covariates.
    """
    rows = np.full((steps, len(spec.known)), np.nan)
    for i, column in enumerate(spec.known):
        known = values[np.isfinite(values[:, column]), column]
        if column in spec.static and len(known):
            rows[:, i] = known[-1]
    return rows


def known_rows(
    future: Any,
    steps: int,
    table: Table,
    spec: ForecastSpec,
    trained: Table,
    categories: Categories,
    estimator: Any,
    is_alone: bool,
    steps_of_call: int,
    n_before: int | None = None,
) -> np.ndarray:
    """Future covariates of the rows after a table, (steps, n_known). trained : a series of fit,
    with the names of the columns; is_alone : whether X is one series, so that `future` may be an
    array; steps_of_call : steps whose covariates a regressor reads at once; n_before : rows of the
    history, of which the table may be the last ones.
    """
    names = [trained.columns[i] for i in spec.known]
    if not names:
        return np.empty((0, 0))
    needed = [trained.columns[i] for i in spec.known if i not in spec.static]
    n_asked = steps
    steps = -(-steps // steps_of_call) * steps_of_call
    rows = static_rows(table.values, spec, steps)
    if not steps or (future is None and not needed):
        return rows
    if future is None:
        raise ValueError(
            f"known={needed} needs future values of these columns, but future is None. Give future "
            f"with these columns and at least {steps} rows."
        )
    found, values, index = _read(future, names, needed, trained, table, categories, estimator)
    if len(values) < steps:
        why = "one for each step"
        if steps > n_asked:
            why = f"the {n_asked} steps, rounded up to a multiple of horizon={steps_of_call}"
        raise ValueError(
            f"future has {len(values)} row{'s' * (len(values) != 1)}, but needs {steps}: {why}. "
            f"Give at least {steps} rows, starting with the row after the end of the series."
        )
    start = 0
    if n_before is not None and len(values) >= n_before + n_asked:
        past = table.values[:, [spec.known[names.index(name)] for name in found]]
        is_whole = len(values) - n_before in (n_asked, steps)
        start = n_before if _begins_with(past[-n_before:], values[:n_before], is_whole) else 0
    if index is not None and table.rows.index is not None:
        values = values[_positions(index, table.rows, steps, needed if is_alone else [], start)]
    elif start:
        code = f"future[{start}:]"
        if isinstance(future, dict):
            code = f"{{name: column[{start}:] for name, column in future.items()}}"
        raise ValueError(
            f"future has {len(values)} rows, as many as the history ({start} rows) and "
            f"{len(values) - start} rows after it, but must begin after the history. Give at least "
            f"{steps} rows after it: {code}."
        )
    at = [names.index(name) for name in found]
    carried = [spec.known[i] in spec.static for i in at]
    # A static covariate keeps its value in rows without one, as those that asfreq inserts.
    rows[:, at] = np.where(np.isnan(values[:steps]) & carried, rows[:, at], values[:steps])
    if not np.isfinite(rows).all():
        name = names[int((~np.isfinite(rows)).any(axis=0).argmax())]
        what = "NaN" if np.isnan(rows).any() else "infinity"
        raise ValueError(
            f"future contains {what} in its first {steps} rows, in column {name!r}, but each value "
            "must be a number. Fill in these values first."
        )
    return rows


def _begins_with(past: np.ndarray, values: np.ndarray, is_whole: bool) -> bool:
    """Whether most of the last rows of `values` are those of `past`. is_whole : whether the number
    of rows says so too. If not, columns without changes decide nothing.
    """
    if len(values) < len(past) or not (is_whole or (past != past[:1]).any()):
        return False
    values = values[len(values) - len(past) :]
    are_equal = np.isclose(values, past, equal_nan=True).all(axis=1)
    return bool(are_equal.mean() > 0.5) and (is_whole or bool(are_equal.all()))


def _read(
    future: Any,
    names: list[Any],
    needed: list[Any],
    trained: Table,
    table: Table,
    categories: Categories,
    estimator: Any,
) -> tuple[list[Any], np.ndarray, Any]:
    """The columns of `future` that are known, their values (n_rows, n_found), and their pandas
    index, None without one.
    """
    if isinstance(future, list) and future and all(isinstance(one, dict) for one in future):
        raise ValueError(
            "future is a list of dicts, one for each row, but must be a dict of columns, an array "
            "or a data frame. Give {name: [row[name] for row in future] for name in future[0]}."
        )
    if isinstance(future, dict):
        if not trained.is_named:  # its columns have positions
            future = {
                f"x{one}" if isinstance(one, int) else one: column for one, column in future.items()
            }
        future = _frame_of_dict(future, names)
    if hasattr(future, "to_frame") and not hasattr(future, "columns"):  # a Series
        future = future.to_frame(*([] if future.name else names[:1]))
    if not hasattr(future, "columns") and _holds_text(future) and categories:
        array = np.asarray(future, dtype=object)
        array = array.reshape(len(array), -1)
        if array.shape[1] in (len(names), len(needed)):
            columns = names if array.shape[1] == len(names) else needed
            future = _frame_of_dict(dict(zip(columns, array.T, strict=True)), names)
    if not hasattr(future, "columns"):
        values = as_series(future, estimator, name="future").values
        return _names_by_position(values, names, needed), values, None
    if getattr(getattr(future, "index", None), "nlevels", 1) > 1:
        raise ValueError(
            f"future has an index of {future.index.nlevels} levels, but X is a single series. Drop "
            "the others: future.droplevel(0)."
        )
    future, index = _dated(future, names, table)
    columns = list(future.columns)
    # Default names, such as 0 and 1, stand for positions.
    is_named = trained.is_named and (
        any(name in columns for name in names) or any(isinstance(one, str) for one in columns)
    )
    if not is_named:
        values = np.asarray(as_numbers(future, "future"), dtype=np.float64)
        return _names_by_position(values, names, needed), values, index
    if missing := [name for name in needed if name not in columns]:
        raise ValueError(
            f"future has columns {columns}, but lacks {missing} of known. Add them for the rows to "
            "forecast."
        )
    found = [name for name in names if name in columns]
    if not found:
        raise ValueError(
            f"future has columns {columns}, but none of the future covariates {names}. These are "
            "constant within each series and need no future values: leave future None."
        )
    if len(set(columns)) < len(columns) and any(columns.count(name) > 1 for name in found):
        twice = next(name for name in found if columns.count(name) > 1)
        raise ValueError(
            f"future has several columns {twice!r}, but must have one. Keep the first of each: "
            "future.loc[:, ~future.columns.duplicated()]."
        )
    encoded = categories.encoded(future[found], "future")
    values = np.asarray(as_numbers(encoded, "future"), dtype=np.float64)
    return found, values, index


def _holds_text(future: Any) -> bool:
    return isinstance(future, list | np.ndarray) and np.asarray(future).dtype.kind in "OUS"


def _names_by_position(values: np.ndarray, names: list[Any], needed: list[Any]) -> list[Any]:
    """Names of the columns of `future` without names: all known ones, or those that are needed."""
    found = names if values.shape[1] == len(names) else needed
    if values.shape[1] != len(found):
        raise ValueError(
            f"future has {values.shape[1]} columns, but known has {len(names)}. Give the columns "
            f"{names}, in this order."
        )
    return found


def _frame_of_dict(future: dict[Any, Any], names: list[Any]) -> Any:
    """A dict of columns as a pandas frame, of the known columns alone."""
    import pandas as pd

    columns = {name: future[name] for name in names if name in future}
    if not columns:
        raise ValueError(
            f"future is a dict with {list(future)}, but known is {names}. Give future with these "
            "columns, for example as a data frame."
        )
    are_series = [isinstance(column, pd.Series) for column in columns.values()]
    if any(are_series):
        return pd.DataFrame(columns)
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    if single := [name for name, one in arrays.items() if not one.ndim]:
        raise ValueError(
            f"future is a dict with a single value for {single}, but each column must be a list of "
            "one value for each row to forecast. Repeat the value, for example [value] * steps."
        )
    lengths = {name: len(one) if one.ndim == 1 else 0 for name, one in arrays.items()}
    if len(set(lengths.values())) > 1 or not all(lengths.values()):
        raise ValueError(
            f"future is a dict whose columns have lengths {lengths}, but each must be a list of "
            "one value for each row to forecast. Give lists of equal length."
        )
    return pd.DataFrame(arrays).set_axis(list(columns), axis=1).pipe(_without_index)


def _as_frame(future: dict[Any, Any]) -> Any:
    import pandas as pd

    return pd.DataFrame(future)


def _without_index(frame: Any) -> Any:
    """The frame with an index that no row has a place in: its rows are taken in order."""
    import pandas as pd

    return frame.set_axis(pd.Index([None] * len(frame), dtype=object))


def _dated(future: Any, names: list[Any], table: Table) -> tuple[Any, Any]:
    """`future` without its column of dates, and its pandas index; None if it has none."""
    if not hasattr(future, "index"):  # polars
        dates, column = dates_of_polars(future, "future")
        return (future if column is None else future.drop(column)), dates
    index = future.index
    if index.dtype == object and index.isna().all():
        return future, None
    rows = table.rows.index
    if not names_times(index) and rows is not None and names_times(rows):
        times = [name for name in future.columns if names_times(future[name])]
        times = [name for name in times if name not in names]
        if len(times) == 1:
            return future.drop(columns=times), future.set_index(times[0]).index
        for name in future.columns:
            column = future[name]
            if name in names or column.dtype.kind in "iufb":
                continue
            if way := way_to_dates(column, f"future[{name!r}]"):
                raise ValueError(
                    f"Column {name!r} of future holds dates as {column.dtype}, but X has dates as "
                    f"its index. Make them the index: future.set_index({way.code})."
                )
    return future, index


def _in_zone_of(index: Any, wanted: Any) -> str:
    """Code that gives the dates of `future` the time zone of X, if there is one."""
    ways = {
        ": future.tz_localize(None)": lambda: in_zone(index.tz_localize(None), wanted.tz),
        ": future.tz_localize('UTC')": lambda: index.tz_localize("UTC"),
    }
    for code, run in ways.items():
        is_naive = index.tz is None
        if wanted.tz is not None and is_naive == code.endswith("('UTC')"):
            if (run().get_indexer(wanted) >= 0).all():
                return code
    return ""


def _has_hours(wall: Any) -> bool:
    """Whether dates have more than one time of the day."""
    return len((wall - wall.normalize()).unique()) > 1


def _positions(
    index: Any, trained: TimeIndex, steps: int, needed: list[Any], start: int = 0
) -> np.ndarray:
    """The positions of the rows after a series in the index of `future`, which may be in any
    order. needed : names of the columns of an array that may be given instead; none if none may;
    start : rows of the history in `future`.

    Raises ValueError if `index` lacks one of them.
    """
    import pandas as pd

    wanted = trained.following(steps)
    given, rows = index, f"the rows to forecast are {wanted[0]} to {wanted[-1]}"
    way, is_unclear = None, False
    if names_times(wanted) and not names_times(given):
        way = way_to_dates(given, "future.index")
    if way is not None:
        kind = "strings" if given.inferred_type == "string" else given.dtype
        raise ValueError(
            f"future has an index of {kind} from {str(given[0])!r} to {str(given[-1])!r}, but "
            f"{rows}. Convert them to dates: future.index = {way.code}."
        )
    zones = [getattr(one, "tz", None) for one in (given, wanted)]
    wall = wanted
    if hasattr(given, "tz") and hasattr(wanted, "tz"):
        if None not in zones:
            given = given.tz_convert(wanted.tz)
        given, wall = given.tz_localize(None), wanted.tz_localize(None)
        # The same days are the same rows, with or without a time zone. Hours may be others.
        is_unclear = None in zones and zones != [None, None] and _has_hours(wall)
    elif isinstance(wanted, pd.PeriodIndex) and hasattr(given, "tz"):
        given = given.tz_localize(None).to_period(wanted.freq)
    elif isinstance(given, pd.PeriodIndex) and hasattr(wanted, "tz"):
        wall = wanted.tz_localize(None).to_period(given.freq)
    is_alike = names_times(given) == names_times(wall)
    if is_alike and not given.is_unique:
        raise ValueError(
            f"future has the row {given[given.duplicated()][0]} more than once. Give each row to "
            "forecast once."
        )
    at = given.get_indexer(wall) if is_alike else np.full(len(wall), -1)
    if not (is_unclear or (at < 0).any()):
        return at
    if hasattr(index, "tz") and hasattr(wanted, "tz") and str(zones[0]) != str(zones[1]):
        names = ["no time zone" if zone is None else f"the time zone {zone}" for zone in zones]
        remedy = f"Give future at these times{_in_zone_of(index, wanted)}."
        if is_unclear and not (at < 0).any():
            zone = None if zones[1] is None else str(zones[1])
            remedy = f"If both have the same clocks, give future.tz_localize({zone!r})."
        raise ValueError(
            f"future starts at {index[0]} and has {names[0]}, but X has {names[1]} and {rows}. "
            f"{remedy}"
        )
    lacked = wanted[int((at < 0).argmax())]
    is_pandas = trained.library == "pandas"
    moved = moved_dates(TimeIndex("pandas", index), trained, "future.index") if is_pandas else ""
    if moved:
        raise ValueError(f"future starts at {index[0]} and lacks {lacked}, but {rows}.{moved}")
    rest = f"[{start}:]" if start else ""
    code = f", or as an array in their order: future[{needed!r}].to_numpy(){rest}"
    array = code if needed else ""
    raise ValueError(
        f"future starts at {index[0]} and lacks {lacked}, but {rows}. Give future "
        f"{'for these rows' if is_alike else 'with these dates, as a column or as its index'}"
        f"{array}."
    )
