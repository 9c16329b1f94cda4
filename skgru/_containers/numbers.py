"""Tables, columns and arrays as numbers, whatever type holds them.

Numbers in any type are taken: nullable columns, Decimal, None beside numbers, booleans, masked
arrays. Text, dates, time spans, categories, complex numbers and other objects are errors with a
remedy. Text that looks like numbers is text too: "1.234" is a different number in different
countries.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence, Set
from numbers import Number
from typing import Any

import numpy as np

from skgru._containers.numbers_of_frames import (
    message_of,
    of_pandas_frame,
    of_pandas_series,
    of_polars_frame,
    of_polars_series,
)
from skgru._containers.text_dates import with_dates
from skgru._containers.text_numbers import array_remedy
from skgru._containers.value_kinds import check_sizes

# By kind of dtype.
ARRAY_REMEDIES = {
    "M": ("dates or times", "Leave them out"),
    "m": ("time spans", "Convert them: {x} / np.timedelta64(1, 's')"),
    "U": ("text", "Encode it as numbers first"),
    "S": ("text", "Encode it as numbers first"),
    "V": ("records", "Convert them: pd.DataFrame({x})"),
    "c": ("complex numbers", "Use their real part: {x}.real"),
}

# Sums and products of a few larger values would exceed the range of float64, 1.8e308.
LARGEST = 1e300

# Types of objects by kind of dtype.
ARRAY_TYPES: dict[str, tuple[type, ...]] = {
    "U": (str, bytes),
    "M": (datetime.date, datetime.time, np.datetime64),
    "m": (datetime.timedelta, np.timedelta64),
}

# What makes an array or a data frame of another object, by an attribute that it has.
CONVERSIONS = {
    "obj": "Give the data frame that was grouped: {x}.obj",
    "df": "Convert it: {x}.df()",
    "to_dataframe": "Convert it: {x}.to_dataframe()",
    "to_pandas": "Convert it: {x}.to_pandas()",
    "to_numpy": "Convert it: {x}.to_numpy()",
    "__next__": "Use list({x})",
}


def check_has_rows(X: Any, name: str = "X") -> None:
    """Raise ValueError for None, a single number and a text, instead of a table or windows."""
    if X is None or isinstance(X, str | bytes | Number) or getattr(X, "shape", None) == ():
        raise ValueError(
            f"{name}={repr(X)[:60]} has no rows, but must be an array, or a pandas or polars "
            "Series or data frame. Give one row for each step, for example "
            "np.array([1.0, 2.0, 4.0]).reshape(-1, 1)."
        )


def check_in_range(values: np.ndarray, name: str, others: str = "") -> None:
    """Raise ValueError for values of floats whose sums may be infinite. NaN is allowed. others :
    what else the remedy is for.
    """
    is_too_large = np.abs(values) > LARGEST
    if is_too_large.any():
        raise ValueError(
            f"{name} holds {values[is_too_large][0]:.4g}, but its values must be between "
            f"-{LARGEST:g} and {LARGEST:g}. Use a larger unit, such as {name} / 1e100{others}."
        )


def check_unique_columns(X: Any, name: str = "X") -> None:
    """Raise ValueError if columns of a pandas frame have the same name."""
    if type(X).__module__.split(".")[0] != "pandas" or not hasattr(X, "columns"):
        return
    if len(X.columns) == 1:
        return
    names = X.columns if not X.columns.is_unique else X.columns.map(str)
    if not names.is_unique:  # to scikit-learn, 1 and "1" are one name
        code = f"{name}.columns" + ("" if names is X.columns else ".map(str)")
        raise ValueError(
            f"{name} has several columns of the same name: "
            f"{list(X.columns[names.duplicated()].unique())}. Rename these columns, or keep the "
            f"first of each: {name}.loc[:, ~{code}.duplicated()]."
        )


def as_numbers(X: Any, name: str = "X", leaves_sequences: bool = False) -> Any:
    """A pandas or polars Series or data frame or an array with its values as numbers, and NaN for
    unknown ones. Anything else, and what holds plain numbers already, is returned as it is.

    name : what messages call X; leaves_sequences : whether a pandas object with sequences in its
    cells is returned as it is.

    Raises ValueError if a column holds anything else than numbers.
    """
    X, name = as_known(X, name)
    library = type(X).__module__.split(".")[0]
    if library == "pandas" and getattr(X, "ndim", 0) in (1, 2) and hasattr(X, "index"):
        read = of_pandas_series if X.ndim == 1 else of_pandas_frame
        return read(X, name, leaves_sequences)
    if library == "polars" and hasattr(X, "dtype"):
        return of_polars_series(X, name)
    if library == "polars" and hasattr(X, "schema"):
        return of_polars_frame(X, name)
    if isinstance(X, list):
        if X and hasattr(X[0], "ndim") and X[0].ndim > 0:
            return [as_numbers(one, f"{name}[{i}]", True) for i, one in enumerate(X)]
        _check_array(_array_of(X, name), name, f"np.array({name})")
        return X
    if not isinstance(X, np.ndarray):
        return X
    X = _from_objects(X, name)
    _check_array(X, name)
    if isinstance(X, np.ma.MaskedArray):  # a masked value is unknown, whatever is under the mask
        return np.ma.filled(X.astype(np.float64), np.nan)
    return X


def series_as_column(X: Any) -> Any:
    """A pandas or polars Series as one column; anything else unchanged."""
    if hasattr(X, "to_frame") and not hasattr(X, "columns"):
        return X.to_numpy().reshape(-1, 1) if X.name in (None, "") else X.to_frame()
    return X


def as_known(X: Any, name: str = "X") -> tuple[Any, str]:
    """Tensors of torch as arrays, with the code that converts them. Dates of pyarrow in a pandas
    object as those of pandas. Anything else is returned as it is, with its name.

    Raises ValueError for tables of pyarrow, of which numpy makes numbers even of dates, and for
    objects that numpy cannot read as an array, such as lazy frames, groups of rows, dicts and
    generators.
    """
    library = type(X).__module__.split(".")[0]
    if library == "pandas" and not hasattr(X, "index") and hasattr(X, "to_numpy"):
        X = X.to_timestamp() if hasattr(X, "to_timestamp") else X  # periods
        return X.to_numpy(), name  # an index or an array of pandas, which may hold dates
    if library == "pandas" and hasattr(X, "index"):
        return with_dates(X), name
    if library == "torch" and hasattr(X, "detach"):  # one with gradients cannot be read otherwise
        return X.detach().cpu().numpy(), f"{name}.detach().cpu().numpy()"
    if type(X).__name__ == "LazyFrame" and hasattr(X, "collect"):
        raise ValueError(
            f"{name} is a LazyFrame, but its rows must be computed. Collect them: {name}.collect()."
        )
    if library == "pyarrow" and hasattr(X, "to_pandas"):
        fields = list(getattr(X, "schema", []))
        dates = [one.name for one in fields if str(one.type).startswith(("date", "timestamp"))]
        code = f".to_pandas(date_as_object=False).set_index({dates[0]!r})" if dates else ""
        raise ValueError(
            f"{name} is a {type(X).__name__} of pyarrow, but must be an array or a data frame. "
            f"Convert it: {name}{code or '.to_pandas()'}."
        )
    if not _is_readable(X):
        remedy = "Convert it to one of these"
        found = [code for method, code in CONVERSIONS.items() if hasattr(X, method)]
        if library == "polars" and hasattr(X, "df"):
            remedy = "Give the data frame that was grouped: {x}.df"
        elif found:
            remedy = found[0]
        elif isinstance(X, Mapping):
            remedy = "Use pd.DataFrame({x})"
        raise ValueError(
            f"{name} is a {type(X).__name__}, but must be an array, or a pandas or polars Series "
            f"or data frame. {remedy.format(x=name)}."
        )
    return X, name


def _is_readable(X: Any) -> bool:
    """Whether numpy makes an array of X. True for None and sparse matrices, too, which
    scikit-learn refuses.
    """
    is_dataset = type(X).__module__.split(".")[0] == "xarray" and not hasattr(X, "dtype")
    if isinstance(X, Mapping | Set) or is_dataset:
        return hasattr(X, "nnz")  # some sparse matrices are dicts
    if X is None or isinstance(X, Number | Sequence) or hasattr(X, "nnz"):
        return True
    if hasattr(X, "__array__") or hasattr(X, "__array_interface__"):
        return True
    try:
        memoryview(X)
    except TypeError:
        is_sequence = hasattr(X, "__len__") and hasattr(X, "__getitem__")
        return is_sequence and not hasattr(X, "columns") and not hasattr(X, "groups")
    return True


def _array_of(X: list[Any], name: str) -> Any:
    """A list as an array, if it has the shape of one."""
    try:
        values = np.asarray(X)
    except ValueError:  # rows of different lengths
        return None
    return _from_objects(values, name)


def _from_objects(X: Any, name: str) -> Any:
    """Numbers in an array of objects as floats. Other arrays are returned as they are."""
    if X.dtype.kind != "O":
        return X
    flat = np.ma.getdata(X).ravel()
    unknown = [one is None or type(one).__name__ in ("NAType", "NaTType") for one in flat]
    known = [one for one, is_unknown in zip(flat, unknown, strict=True) if not is_unknown]
    kinds = {type(one) for one in known}
    for kind, types in ARRAY_TYPES.items():
        if any(issubclass(one, types) for one in kinds):
            return X.astype("U") if kind == "U" else np.full(X.shape, 0, dtype=f"{kind}8[s]")
    check_sizes(known, name)
    if not any(unknown):
        return X
    try:
        numbers = np.where(unknown, np.nan, flat).astype(np.float64).reshape(X.shape)
    except (TypeError, ValueError):
        return X
    return np.ma.masked_array(numbers, np.ma.getmaskarray(X)) if np.ma.isMA(X) else numbers


def _check_array(X: Any, name: str, code: str | None = None) -> None:
    """Raise if an array holds no numbers. code : code of the array; None: its name."""
    if isinstance(X, np.ndarray) and X.dtype.kind in ARRAY_REMEDIES:
        kind, remedy = ARRAY_REMEDIES[X.dtype.kind]
        example = X.flat[0] if X.size else None
        remedy = remedy.format(x=code or name)
        if kind == "text":
            converted, text = array_remedy(X, code or name)
            remedy, example = converted or remedy, text or example
        raise ValueError(message_of(f"{name} holds", kind, example, remedy))
