"""One series in a pandas, polars or numpy container -> a Table of numbers with its index.

This layer is independent of forecasting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import _get_feature_names, check_array

from skgru._containers.index import TimeIndex, _step_of, index_of_polars
from skgru._windows import as_table


def is_list_of_series(X: Any) -> bool:
    """Whether X is a list of series. A list of lists of numbers is one array."""
    return isinstance(X, list) and bool(X) and all(hasattr(one, "__array__") for one in X)


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
        raise ValueError(
            f"X is a list with {', '.join(what)} in it, but series in a list must be pandas or "
            "polars Series or data frames, or arrays. Convert other entries by np.array(values), "
            "and leave out empty ones."
        )


@dataclass(frozen=True)
class Table:
    """One series: float64 values (n_rows, n_columns), column names or None, and its index.

    is_single : whether it was a Series, so that its forecasts are a Series too; labels : names of
    pandas columns that are not strings, which scikit-learn does not accept as feature names.
    """

    values: np.ndarray
    names: list[str] | None
    rows: TimeIndex
    is_single: bool = False
    labels: list[Any] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def columns(self) -> list[Any]:
        """Names of the columns. Without names "x0", "x1", ..., as in scikit-learn."""
        return self.names or self.labels or [f"x{i}" for i in range(self.values.shape[1])]


def as_series(X: Any, estimator: Any, usual: Any = None) -> Table:
    """A series in any container as a Table.

    usual : step of the index of the training series. X has the same step if its index fits: from a
    few rows alone, the step of X may be ambiguous (28 days or a month).

    Raises ValueError if X is neither 2-D nor a Series, or if its index has no regular step.
    """
    library = type(X).__module__.split(".")[0]
    if library == "polars":
        return _from_polars(X, estimator, usual)
    check_list(X)
    if library == "pandas" and getattr(X, "ndim", 2) == 1:
        X = as_numbers(X)
    table = as_table(X)
    rows, labels = TimeIndex(), None
    if library == "pandas" and hasattr(table, "columns"):
        if not table.columns.is_unique:
            twice = list(table.columns[table.columns.duplicated()].unique())
            raise ValueError(
                f"X has several columns of the same name: {twice}. Rename these columns, or keep "
                "the first of each: X.loc[:, ~X.columns.duplicated()]."
            )
        dates = [
            name
            for name, dtype in table.dtypes.items()
            if dtype.kind in "Mm" or hasattr(dtype, "freq")
        ]
        if dates:
            has_times = X.index.dtype.kind == "M" or hasattr(X.index.dtype, "freq")
            remedy = f"Drop them: X.drop(columns={dates!r})."
            if not has_times:
                remedy = f"Use {'them' if len(dates) == 1 else 'one of them'} as the index: "
                remedy += f"X.set_index({dates[0]!r})"
                remedy += "." if len(dates) == 1 else f", and drop {dates[1:]}."
            raise ValueError(
                f"Columns {dates} of X hold dates or times, but must hold numbers. {remedy}"
            )
    if library == "pandas":
        if X.index.nlevels > 1:
            raise ValueError(
                f"X has an index of {X.index.nlevels} levels, {list(X.index.names)}, but a single "
                f"series has one level. For several series, use SequenceForecaster(group="
                f"{X.index.names[0]!r}), the level that names the series."
            )
        rows = TimeIndex("pandas", X.index, _step_of(X.index, usual))
        labels = list(table.columns) if hasattr(table, "columns") else None
    names = None if library == "numpy" else _get_feature_names(table)
    names = None if names is None else list(names)
    is_single = X is not table or getattr(X, "ndim", 2) == 1
    return Table(_numbers(table, estimator), names, rows, is_single, labels)


def _from_polars(X: Any, estimator: Any, usual: Any) -> Table:
    if not hasattr(X, "columns"):  # a Series
        names = [X.name] if X.name else None
        return Table(
            _numbers(X.to_numpy().reshape(-1, 1), estimator), names, TimeIndex("polars"), True
        )
    rows = index_of_polars(X, usual)
    columns = X if rows.time is None else X.drop(rows.time)
    return Table(_numbers(columns, estimator), list(columns.columns), rows)


def as_numbers(column: Any) -> Any:
    """A pandas Series of objects (Decimal, None) or of a nullable type as float64, if it holds
    numbers alone; else as it is.
    """
    is_nullable = hasattr(column.dtype, "na_value")
    if column.dtype.kind in "iuf" and not is_nullable:
        return column
    if column.dtype.kind == "O" and any(isinstance(one, str) for one in column):
        return column  # text is left to scikit-learn's checks
    try:
        return column.astype(object).where(column.notna(), np.nan).astype(np.float64)
    except (TypeError, ValueError):
        return column


def _as_float_columns(table: Any) -> Any:
    """A pandas frame with its columns as numbers."""
    is_plain = [dtype.kind in "iuf" and not hasattr(dtype, "na_value") for dtype in table.dtypes]
    if all(is_plain) or not table.columns.is_unique:
        return table
    table = table.copy()
    for name in table.columns:
        table[name] = as_numbers(table[name])
    return table


def _numbers(table: Any, estimator: Any) -> np.ndarray:
    # check_array takes half a minute for 100,000 series, so valid arrays skip it.
    is_ready = type(table) is np.ndarray and table.dtype == np.float64 and table.ndim == 2
    if is_ready and table.size and not np.isinf(table).any():
        return table
    if type(table).__module__.split(".")[0] == "pandas" and table.ndim == 2:
        table = _as_float_columns(table)
    try:
        return check_array(
            table,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            estimator=estimator,
            input_name="X",
        )
    except ValueError as error:
        if "could not convert string" not in str(error) or not hasattr(table, "columns"):
            raise
        texts = [
            name
            for name in table.columns
            if str(table[name].dtype).lower() in ("object", "str", "string", "category")
        ]
        raise ValueError(
            f"Columns {texts} of X hold text ({error}). Convert them to numbers, or drop them."
        ) from error
