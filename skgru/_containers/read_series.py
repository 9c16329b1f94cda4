"""One series in a pandas, polars or numpy container -> a Table of numbers with its index.

This layer is independent of forecasting.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import _get_feature_names, check_array

from skgru._containers.long import all_but_time
from skgru._containers.numbers import (
    as_known,
    as_numbers,
    check_has_rows,
    check_in_range,
    check_unique_columns,
    series_as_column,
)
from skgru._containers.table import Table
from skgru._containers.time_index import TimeIndex, _step_of, index_of_polars
from skgru._containers.value_kinds import names_times
from skgru._validation import with_remedy_for_infinity

# Columns of a single row from which they are steps rather than columns.
LEAST_ON_SIDE = 3

# Kinds of columns of numpy that hold plain numbers: float, int, unsigned, bool.
NUMBERS = ("f", "i", "u", "b")


def is_list_of_series(X: Any) -> bool:
    """Whether X is a list of series. A list of lists of numbers is one array."""
    return (
        isinstance(X, list)
        and bool(X)
        and all(hasattr(one, "__array__") and not np.isscalar(one) for one in X)
    )


def check_list(X: Any) -> None:
    """Raise ValueError if X is a list of neither series nor numbers."""
    if not isinstance(X, list) or is_list_of_series(X):
        return
    if not X:
        raise ValueError("X is an empty list. Give at least one series.")
    ragged = all(isinstance(one, list | tuple) for one in X) and len({len(one) for one in X}) > 1
    wrong = [one for one in X if one is None or isinstance(one, dict | str)]
    if wrong or ragged or any(hasattr(one, "__array__") for one in X if not np.isscalar(one)):
        what = sorted({type(one).__name__ for one in wrong or X})
        if all(isinstance(one, dict) for one in X):
            raise ValueError(
                "X is a list of dicts, one for each row, but must be an array or a data frame. "
                "Convert it: pd.DataFrame(X)."
            )
        raise ValueError(
            f"X is a list with {', '.join(what)} in it, but series in a list must be pandas or "
            "polars Series or data frames, or arrays. Convert other entries by np.array(values), "
            "and leave out empty ones."
        )


def check_steps_are_rows(X: Any, table: Table) -> None:
    """Raise ValueError for a single row of several values and no dates, which is a series on its
    side. X : the table in its container.
    """
    n_columns = table.values.shape[1]
    index = table.rows.index
    if len(table) > 1 or n_columns < LEAST_ON_SIDE or (index is not None and names_times(index)):
        return
    code = "np.reshape(X, (-1, 1))" if isinstance(X, list) else "X.reshape(-1, 1)"
    if table.rows.library == "pandas":
        code = "X.T.reset_index(drop=True)"
    elif table.rows.library == "polars":
        code = "X.transpose()"
    raise ValueError(
        f"X has one row (n_samples=1) and {n_columns} columns, but each row must be a step of the "
        f"series. If the columns are the steps, give one column: {code}."
    )


def check_no_row(X: Any, estimator: Any) -> None:
    """Raise ValueError for a row of a pandas frame, which is a Series of the columns of fit."""
    names = list(getattr(estimator, "feature_names_in_", ()))
    if not hasattr(X, "columns") and len(names) > 1 and set(names) <= set(X.index):
        raise ValueError(
            f"X is a Series whose index holds the columns of fit, {names}: one row of a frame. "
            "Give this row as a frame, such as frame.iloc[[0]] in place of frame.iloc[0]."
        )


def as_series(
    X: Any, estimator: Any, usual: Any = None, name: str = "X", like: TimeIndex | None = None
) -> Table:
    """A series in any container as a Table.

    usual : step of the index of the training series. X has the same step if its index fits: from a
    few rows alone, the step of X may be ambiguous (28 days or a month); name : what messages call
    X; like : rows of a series read before, which X shares if its index of pandas is the same.

    Raises ValueError if X is neither 2-D nor a Series, or if its index has no regular step.
    """
    check_has_rows(X, name)
    X, name = as_known(X, name)
    library = type(X).__module__.split(".")[0]
    if library in ("pandas", "polars") and not (len(X) and all(np.shape(X))):
        lacks = "rows (n_samples=0)" if not len(X) else "columns (n_features=0)"
        raise ValueError(f"{name} has no {lacks}. Give at least one row of one column.")
    if library == "polars":
        return _from_polars(X, estimator, usual, name)
    check_list(X)
    if library == "pandas":
        check_unique_columns(X, name)
    X = as_numbers(X, name)
    table = series_as_column(X)
    rows = TimeIndex()
    if library == "pandas":
        check_no_row(X, estimator)
        if X.index.nlevels > 1:
            frame = "" if hasattr(X, "columns") else f"give a frame, {name}.to_frame('y'), and "
            raise ValueError(
                f"{name} has an index of {X.index.nlevels} levels, {list(X.index.names)}, but a "
                f"single series has one level. For several series, {frame}use "
                f"SequenceForecaster(group={all_but_time(X.index)!r}): this identifies the series."
            )
        if like is not None and _is_same(X.index, like.index):
            rows = like
        else:
            rows = TimeIndex("pandas", X.index, _step_of(X.index, usual))
    header = table.columns if library == "pandas" and hasattr(table, "columns") else None
    if header is None:
        found = None if library == "numpy" else _get_feature_names(table)
        names = None if found is None else list(found)
    else:
        names = list(header) if all(isinstance(name, str) for name in header) else None
    is_single = X is not table or getattr(X, "ndim", 2) == 1
    return Table(_numbers(table, estimator, name), names, rows, is_single, header)


def _is_same(index: Any, other: Any) -> bool:
    """Whether two indexes of pandas have the same type, name and values."""
    is_alike = type(index) is type(other) and index.names == other.names
    return is_alike and index.dtype == other.dtype and index.equals(other)


def rows_of(X: Any, start: int, stop: int) -> Any:
    """Rows start .. stop - 1 of a series, of the same type as X."""
    return X.iloc[start:stop] if hasattr(X, "iloc") else X[start:stop]


def values_of(answer: Any, names: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    """A forecast as an array of this shape, without its index."""
    is_polars = hasattr(answer, "columns") and not hasattr(answer, "iloc")  # with a column of times
    columns = answer[names] if is_polars else answer
    return np.asarray(columns, dtype=np.float64).reshape(shape)


def _from_polars(X: Any, estimator: Any, usual: Any, name: str) -> Table:
    if not hasattr(X, "columns"):  # a Series
        names = [X.name] if X.name else None
        values = as_numbers(X, name).to_numpy().reshape(-1, 1)
        return Table(_numbers(values, estimator, name), names, TimeIndex("polars"), True)
    rows = index_of_polars(X, usual)
    columns = as_numbers(X if rows.time is None else X.drop(rows.time), name)
    if rows.time is not None and not columns.width:
        raise ValueError(
            f"{name} has no column of numbers beside the dates {rows.time!r}. Add a column to "
            "forecast."
        )
    return Table(_numbers(columns, estimator, name), list(columns.columns), rows)


def _numbers(table: Any, estimator: Any, name: str) -> np.ndarray:
    # check_array takes half a minute for 100,000 series, so valid arrays and frames skip it.
    if hasattr(table, "iloc") and all(
        isinstance(one, np.dtype) and one.kind in NUMBERS for one in table.dtypes
    ):
        table = table.to_numpy(np.float64)
    is_ready = type(table) is np.ndarray and table.dtype == np.float64 and table.ndim == 2
    if not is_ready or not table.size or np.isinf(table).any():
        with with_remedy_for_infinity(name):
            table = check_array(
                table,
                dtype=np.float64,
                ensure_all_finite="allow-nan",
                estimator=estimator,
                input_name=name,
            )
    check_in_range(table, name)
    return table
