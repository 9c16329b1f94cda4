"""Columns of pandas and polars objects as numbers, whatever type holds them.

Numbers in any type are taken: nullable columns, Decimal, None beside numbers, booleans, masked
arrays. Text, dates, time spans, categories, complex numbers and other objects are errors with a
remedy. Text that looks like numbers is text too: "1.234" is a different number in different
countries.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence, Set
from numbers import Number, Rational
from typing import Any

import numpy as np

from skgru._containers.text_dates import way_to_dates, with_dates
from skgru._containers.text_numbers import (
    array_remedy,
    is_missing,
    pandas_remedy,
    polars_remedy,
    readings_of,
)

# What a column holds instead of numbers, and the code that converts it. {x} is the column.
PANDAS_REMEDIES = {
    "time spans": "Convert them: {x}.dt.total_seconds(), or drop them",
    "complex numbers": "Use their real part: {x}.map(lambda z: z.real), or drop them",
    "sequences": "Give each of their elements a column, or drop them",
    "objects that are no numbers": "Convert or drop them",
}


POLARS_REMEDIES = {
    "time spans": "Convert them: {x}.dt.total_seconds(), or drop them",
    "dates or times": "Drop them",
    "sequences": "Give each of their elements a column, or drop them",
    "objects that are no numbers": "Convert or drop them",
}


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

# Most numbers beside "n/a" or "none" in a column of text that are categories.
MOST_CATEGORIES = 10

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
        read = _pandas_series if X.ndim == 1 else _pandas_frame
        return read(X, name, leaves_sequences)
    if library == "polars" and hasattr(X, "dtype"):
        return _polars_series(X, name)
    if library == "polars" and hasattr(X, "schema"):
        return _polars_frame(X, name)
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


def _check_sizes(values: Iterable[Any], name: str) -> None:
    """Raise ValueError for numbers that no float holds, such as 10**400."""
    for one in values:
        if not isinstance(one, Rational):  # other numbers become infinity, which is an error too
            continue
        try:
            float(one)
        except OverflowError as error:
            raise ValueError(
                f"{name} holds a number beyond {np.finfo(float).max:.1e}, the largest float. "
                "Give the numbers in a larger unit, or NaN for an unknown one."
            ) from error


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
    _check_sizes(known, name)
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
        raise ValueError(_message(f"{name} holds", kind, example, remedy))


def is_text(column: Any) -> bool:
    """Whether a pandas or polars Series holds text."""
    if type(column).__module__.split(".")[0] == "polars":
        return _polars_kind(column) == "text"
    return _pandas_kind(column)[0] == "text"


def holds_labels(column: Any) -> bool:
    """Whether a pandas or polars Series holds text or categories."""
    if type(column).__module__.split(".")[0] == "polars":
        return _polars_kind(column) in ("text", "categories")
    return _pandas_kind(column)[0] in ("text", "categories")


def as_text_numbers(column: Any) -> bool:
    """Whether the text in a pandas or polars Series is that of numbers. "n/a" and the like are a
    category beside few numbers, and unknown values beside many.
    """
    known = column.dropna() if hasattr(column, "iloc") else column.drop_nulls()
    texts = [str(one) for one in known.unique()] if len(known) else []
    numbers = [one for one in texts if not is_missing(one)]
    if len(numbers) < len(texts) and len(numbers) <= MOST_CATEGORIES:
        return False
    readings = readings_of(numbers)
    return bool(readings) and readings[0].wrong is None


def example_of(column: Any) -> Any:
    """The first known value of a pandas or polars Series."""
    known = column.dropna() if hasattr(column, "iloc") else column.drop_nulls()
    return next(iter(known), None)


def _is_plain(dtype: Any) -> bool:
    """Whether a pandas dtype is that of a numpy array of numbers."""
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def _pandas_kind(column: Any, name: str = "X") -> tuple[str, Any]:
    """What a pandas Series holds instead of numbers, and an example of text; "" and the numbers for
    numbers. name : what messages call the object of the column.
    """
    dtype = column.dtype
    if _is_plain(dtype):
        return "", column
    if dtype.name == "category":
        return "categories", None
    if dtype.kind == "M" or hasattr(dtype, "freq"):
        return "dates or times", None
    if dtype.kind in "mc":
        return "time spans" if dtype.kind == "m" else "complex numbers", None
    known = column.notna()
    objects = column.astype(object).where(known, np.nan)
    if dtype.kind in "OUS":  # U and S are types of pyarrow
        kinds = {type(one) for one in objects[known]}
        if any(issubclass(kind, str | bytes) for kind in kinds):
            return "text", next(one for one in objects if isinstance(one, str | bytes))
        if any(issubclass(kind, datetime.date | datetime.time) for kind in kinds):
            return "dates or times", None
        if any(issubclass(kind, datetime.timedelta) for kind in kinds):
            return "time spans", None
        if any(issubclass(kind, complex | np.complexfloating) for kind in kinds):
            return "complex numbers", None
        if any(issubclass(kind, list | tuple | np.ndarray) for kind in kinds):
            return "sequences", None
        _check_sizes(objects[known], name)
    try:
        return "", objects.astype(np.float64)
    except (TypeError, ValueError):
        return "objects that are no numbers", None


def _pandas_series(X: Any, name: str, leaves_sequences: bool) -> Any:
    kind, values = _pandas_kind(X, name)
    if kind == "sequences" and leaves_sequences:
        return X
    if kind:
        remedies = PANDAS_REMEDIES | {"dates or times": "Give numbers, with the dates as index"}
        remedy = remedies.get(kind, "Give numbers")
        if kind in ("text", "categories"):
            code, example = _to_numbers(X, name)
            remedy, values = code or remedy, example or values
        remedy = remedy.replace(", or drop them", "").format(x=name)
        remedy = "Give numbers" if remedy == "Convert or drop them" else remedy
        raise ValueError(_message(f"{name} holds", kind, values, remedy))
    return values


def _pandas_frame(X: Any, name: str, leaves_sequences: bool) -> Any:
    if all(map(_is_plain, X.dtypes)):
        return X
    found = [_pandas_kind(X.iloc[:, i], name) for i in range(X.shape[1])]
    kinds = [kind for kind, _ in found]
    if kind := next(filter(None, kinds), ""):
        if leaves_sequences and "sequences" in kinds:
            return X
        columns = [column for column, other in zip(X.columns, kinds, strict=True) if other == kind]
        example = found[kinds.index(kind)][1]
        has_dates = X.index.dtype.kind == "M" or hasattr(X.index.dtype, "freq")
        if kind in ("text", "categories"):
            columns, remedy, example = _frame_remedy(X, columns, name, not has_dates)
        elif kind != "dates or times":
            remedy = PANDAS_REMEDIES[kind].format(x=f"{name}[{columns[0]!r}]")
        elif name != "X" or has_dates:
            remedy = f"Drop them: {name}.drop(columns={columns!r})"
        else:
            remedy = f"Use {'them' if len(columns) == 1 else 'one of them'} as the index: "
            remedy += f"{name}.set_index({columns[0]!r})"
            remedy += "" if len(columns) == 1 else f", and drop {columns[1:]}"
        remedy = _for(name, remedy)
        raise ValueError(_message(f"Columns {columns} of {name} hold", kind, example, remedy))
    frame = X.__class__({i: values for i, (_, values) in enumerate(found)}, index=X.index)
    frame.columns = X.columns
    return frame


def _to_numbers(column: Any, code: str) -> tuple[str, str]:
    """What makes numbers of text or categories of pandas or polars, and an example of the texts;
    empty if they are no numbers. code : the code of the column.
    """
    is_polars = type(column).__module__.split(".")[0] == "polars"
    return (polars_remedy if is_polars else pandas_remedy)(column, code)


def _frame_remedy(
    X: Any, columns: list[Any], name: str, is_undated: bool
) -> tuple[list[Any], str, Any]:
    """The columns of text or categories with the problem of the first one, what is done about
    them, and an example of the texts.
    """
    remedies = {one: _to_numbers(X[one], f"{name}[{one!r}]") for one in columns}
    first = remedies[columns[0]]
    if first[0]:
        code = first[0].replace(f"{name}[{columns[0]!r}]", "{}")
        alike = [
            one for one in columns if remedies[one][0].replace(f"{name}[{one!r}]", "{}") == code
        ]
        return alike, f"{first[0]}, or drop them", first[1]
    is_polars = not hasattr(X, "iloc")
    for one in columns if is_undated and name == "X" and not is_polars else []:
        if way := way_to_dates(X[one], f"X[{one!r}]"):
            code = f"X.set_index({way.code}).drop(columns={[one]!r})"
            return [one], f"Use them as the index: {code}", example_of(X[one])
    if is_polars and name == "X" and (code := _polars_dates(X, columns[0])):
        return columns, f"Convert them to dates: {code}", example_of(X[columns[0]])
    rest = [one for one in columns if not remedies[one][0]]
    encoded = f"X.to_dummies({rest!r})" if is_polars else f"pd.get_dummies(X, columns={rest!r})"
    return rest, f"Encode them: {encoded}, or drop them", example_of(X[rest[0]])


def text_remedy(X: Any, columns: list[Any]) -> str:
    """What is done about text in columns of a long frame of pandas or polars."""
    first = columns[0]
    if hasattr(X, "iloc") and (way := way_to_dates(X[first], f"X[{first!r}]")):
        return f"Convert them to dates: X.assign(**{{{first!r}: {way.code}}})"
    return _frame_remedy(X, columns, "X", False)[1]


def _polars_dates(X: Any, name: str) -> str:
    """Code that makes dates of a column of text; empty if there is none."""
    import polars as pl

    if X.schema[name] != pl.String:
        return ""
    for method in ("to_date", "to_datetime"):
        try:
            getattr(X[name].str, method)()
        except pl.exceptions.PolarsError:
            continue
        return f"X.with_columns(pl.col({name!r}).str.{method}())"
    return ""


def _polars_kind(column: Any) -> str:
    """What a polars Series holds instead of numbers, "" for numbers."""
    import polars as pl

    dtype = column.dtype
    if dtype.is_numeric() or dtype in (pl.Boolean, pl.Null):
        return ""
    if dtype in (pl.Categorical, pl.Enum):
        return "categories"
    if dtype == pl.Duration:
        return "time spans"
    if dtype.is_temporal():
        return "dates or times"
    if dtype.is_nested():
        return "sequences"
    return "text" if dtype in (pl.String, pl.Binary) else "objects that are no numbers"


def _polars_series(X: Any, name: str) -> Any:
    import polars as pl

    if kind := _polars_kind(X):
        code, example = _to_numbers(X, name) if kind in ("text", "categories") else ("", "")
        remedy = code or POLARS_REMEDIES.get(kind, "Give numbers")
        remedy = remedy.replace(", or drop them", "").format(x=name)
        remedy = "Give numbers" if remedy in ("Drop them", "Convert or drop them") else remedy
        example = example or example_of(X)
        raise ValueError(_message(f"{name} holds", kind, example, remedy))
    return X if X.dtype.is_float() else X.cast(pl.Float64)


def _polars_frame(X: Any, name: str) -> Any:
    import polars as pl

    if all(dtype.is_float() for dtype in X.schema.values()):
        return X
    kinds = {column: _polars_kind(X[column]) for column in X.columns}
    if kind := next(filter(None, kinds.values()), ""):
        columns = [column for column, other in kinds.items() if other == kind]
        example = example_of(X[columns[0]])
        if kind in ("text", "categories"):
            columns, remedy, example = _frame_remedy(X, columns, name, False)
        else:
            remedy = POLARS_REMEDIES[kind].format(x=f"{name}[{columns[0]!r}]")
        if kind == "objects that are no numbers" and len(X):
            values = pl.Series(columns[0], X[columns[0]].to_list(), strict=False)
            if values.dtype != pl.Object:
                one = columns[0]
                remedy = f"Convert them: {name}.with_columns(pl.Series({one!r}, {name}[{one!r}]"
                remedy += ".to_list()))"
        if kind == "dates or times":
            remedy = f"Drop them: {name}.drop({columns!r})"
        remedy = _for(name, remedy)
        raise ValueError(_message(f"Columns {columns} of {name} hold", kind, example, remedy))
    others = [column for column, dtype in X.schema.items() if not dtype.is_float()]
    return X.with_columns(pl.col(others).cast(pl.Float64)) if others else X


def _for(name: str, remedy: str) -> str:
    """The remedy, without dropping or encoding columns of `future`: those of fit are needed."""
    if name != "future":
        return remedy
    remedy = remedy.replace(", or drop them", "")
    is_other = remedy.startswith(("Drop", "Encode", "Convert or drop"))
    return "Give the numbers that these columns have in fit" if is_other else remedy


def _message(subject: str, kind: str, example: Any, remedy: str) -> str:
    such = f" such as {str(example)!r}" if kind == "text" and example is not None else ""
    if kind == "complex numbers":  # the words that scikit-learn's checks look for
        return f"Complex data not supported: {subject} {kind}, but must hold numbers. {remedy}."
    return f"{subject} {kind}{such}, but must hold numbers. {remedy}."
