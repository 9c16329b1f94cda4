"""Future covariates: the values of the `known` columns in the rows to forecast."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._containers.index import dates_of_polars
from skgru._containers.long import names_times
from skgru._containers.numbers import as_numbers
from skgru._containers.panel import Panel
from skgru._containers.series import as_series
from skgru._containers.table import Table
from skgru._forecaster.spec import ForecastSpec


def futures_of(
    future: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec
) -> list[Any]:
    """The part of `future` of each series."""
    if future is not None and not spec.known:
        raise ValueError(
            "future was given, but the forecaster was fitted with known=None. Leave future None, "
            "or fit with known."
        )
    if panel is None or future is None:
        return [future] * len(tables)
    if panel.kind == "long":
        return panel.split(future)
    if not isinstance(future, list) or len(future) != len(tables):
        given = f"a list of {len(future)}" if isinstance(future, list) else "no list"
        raise ValueError(
            f"future must be a list of {len(tables)} tables, one for each series, but is {given}."
        )
    return future


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
    future: Any, steps: int, table: Table, spec: ForecastSpec, trained: Table, estimator: Any
) -> np.ndarray:
    """Future covariates of the rows after a table, (steps, n_known). trained : a series of fit,
    with the names of the columns.
    """
    names = [trained.columns[i] for i in spec.known]
    if not names:
        return np.empty((0, 0))
    needed = [trained.columns[i] for i in spec.known if i not in spec.static]
    # Each call of a direct regressor reads the future covariates of all its steps.
    steps_of_call = spec.steps_of_call
    steps = -(-steps // steps_of_call) * steps_of_call
    rows = static_rows(table.values, spec, steps)
    if future is None and not needed:
        return rows
    if future is None:
        raise ValueError(
            f"known={needed} needs future values of these columns, but future is None. Give future "
            f"with these columns and at least {steps} rows."
        )
    found, values, index = _read(future, names, needed, trained, table, estimator)
    if len(values) < steps:
        raise ValueError(
            f"future has {len(values)} rows, but needs {steps}: steps rounded up to a multiple of "
            f"the {steps_of_call} that the regressor forecasts at once. Give at least {steps} "
            "rows, starting with the row after the end of the series."
        )
    if index is not None and table.rows.index is not None:
        values = values[_positions(index, table.rows.following(steps))]
    rows[:, [names.index(name) for name in found]] = values[:steps]
    if not np.isfinite(rows).all():
        name = names[int((~np.isfinite(rows)).any(axis=0).argmax())]
        raise ValueError(
            f"future contains NaN in its first {steps} rows, in column {name!r}. Fill the NaN "
            "first."
        )
    return rows


def _read(
    future: Any, names: list[Any], needed: list[Any], trained: Table, table: Table, estimator: Any
) -> tuple[list[Any], np.ndarray, Any]:
    """The columns of `future` that are known, their values (n_rows, n_found), and their pandas
    index, None without one.
    """
    if isinstance(future, dict):
        future = _frame_of_dict(future, names)
    if getattr(future, "ndim", 0) == 1 and hasattr(future, "to_frame"):  # a Series
        future = future.to_frame(None if future.name else names[0])
    if not hasattr(future, "columns"):
        values = as_series(future, estimator, name="future").values
        found = names if values.shape[1] == len(names) else needed
        if values.shape[1] != len(found):
            raise ValueError(
                f"future has {values.shape[1]} columns, but known has {len(names)}. Give the "
                f"columns {names}, in this order."
            )
        return found, values, None
    future, index = _dated(future, names, table)
    columns = list(future.columns)
    # Default names, such as 0 and 1, stand for positions.
    is_named = trained.is_named and (
        any(name in columns for name in names) or any(isinstance(one, str) for one in columns)
    )
    if not is_named:
        return _read_positions(future, names, needed, index)
    if missing := [name for name in needed if name not in columns]:
        raise ValueError(
            f"future has columns {columns}, but lacks {missing} of known. Add them for the rows to "
            "forecast."
        )
    found = [name for name in names if name in columns]
    values = np.asarray(as_numbers(future[found], "future"), dtype=np.float64)
    return found, values, index


def _read_positions(
    future: Any, names: list[Any], needed: list[Any], index: Any
) -> tuple[list[Any], np.ndarray, Any]:
    values = np.asarray(as_numbers(future, "future"), dtype=np.float64)
    found = names if values.shape[1] == len(names) else needed
    if values.shape[1] != len(found):
        raise ValueError(
            f"future has {values.shape[1]} columns, but known has {len(names)}. Give the columns "
            f"{names}, in this order."
        )
    return found, values, index


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
    lengths = {name: len(one) if one.ndim == 1 else 0 for name, one in arrays.items()}
    if len(set(lengths.values())) > 1 or not all(lengths.values()):
        raise ValueError(
            f"future is a dict whose columns have lengths {lengths}, but each must be a list of "
            "one value for each row to forecast. Give lists of equal length."
        )
    return pd.DataFrame(arrays).set_axis(list(columns), axis=1).pipe(_without_index)


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
    return future, index


def _positions(index: Any, wanted: Any) -> np.ndarray:
    """The positions of wanted rows in the index of `future`, which may be in any order.

    Raises ValueError if `index` lacks one of them.
    """
    import pandas as pd

    given = index
    if hasattr(given, "tz") and hasattr(wanted, "tz"):
        if given.tz is not None and wanted.tz is not None:
            given = given.tz_convert(wanted.tz)
        # The same wall times are the same rows, with or without a time zone.
        given, wanted = given.tz_localize(None), wanted.tz_localize(None)
    elif isinstance(wanted, pd.PeriodIndex) and hasattr(given, "tz"):
        given = given.tz_localize(None).to_period(wanted.freq)
    elif isinstance(given, pd.PeriodIndex) and hasattr(wanted, "tz"):
        wanted = wanted.tz_localize(None).to_period(given.freq)
    if (given.inferred_type == "string") and names_times(wanted):
        raise ValueError(
            f"future has an index of strings from {given[0]!r} to {given[-1]!r}, but the rows to "
            f"forecast are {wanted[0]} to {wanted[-1]}. Convert them to dates: "
            "future.index = pd.to_datetime(future.index)."
        )
    is_alike = names_times(given) == names_times(wanted)
    if is_alike and not given.is_unique:
        raise ValueError(
            f"future has the row {given[given.duplicated()][0]} more than once. Give each row to "
            "forecast once."
        )
    at = given.get_indexer(wanted) if is_alike else np.full(len(wanted), -1)
    if (at < 0).any():
        raise ValueError(
            f"future starts at {index[0]} and lacks {wanted[int((at < 0).argmax())]}, but the rows "
            f"to forecast are {wanted[0]} to {wanted[-1]}. Give future for these rows, or as an "
            "array in their order: future.to_numpy()."
        )
    return at
