"""Columns of pandas and polars objects as numbers, whatever type holds them.

Numbers in any type are taken: nullable columns, Decimal, None beside numbers, booleans. Text,
dates, time spans, categories, complex numbers and other objects are errors with a remedy. Text that
looks like numbers is text too: "1.234" is a different number in different countries.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

# What a column holds instead of numbers, and the code that converts it. {x} is the column.
PANDAS_REMEDIES = {
    "text": "Convert them: pd.to_numeric({x}), or drop them",
    "time spans": "Convert them: {x}.dt.total_seconds(), or drop them",
    "categories": "Convert numbers by {x}.astype(float), text by {x}.cat.codes, or drop them",
    "complex numbers": "Use their real part: {x}.map(lambda z: z.real), or drop them",
    "sequences": "Give each of their elements a column, or drop them",
    "objects that are no numbers": "Convert or drop them",
}


POLARS_REMEDIES = {
    "text": "Convert them: {x}.cast(pl.Float64), or drop them",
    "time spans": "Convert them: {x}.dt.total_seconds(), or drop them",
    "categories": "Convert numbers by {x}.cast(pl.String).cast(pl.Float64), text by "
    "{x}.to_physical(), or drop them",
    "dates or times": "Drop them",
    "sequences": "Give each of their elements a column, or drop them",
    "objects that are no numbers": "Convert or drop them",
}


# By kind of dtype.
ARRAY_REMEDIES = {
    "M": ("dates or times", "Leave them out"),
    "m": ("time spans", "Convert them: {x} / np.timedelta64(1, 's')"),
    "U": ("text", "Convert it: {x}.astype(float)"),
    "S": ("text", "Convert it: {x}.astype(float)"),
}


def as_numbers(X: Any, name: str = "X", leaves_sequences: bool = False) -> Any:
    """A pandas or polars Series or data frame with its values as numbers, and NaN for unknown ones.
    Anything else, and what holds plain numbers already, is returned as it is.

    name : what messages call X; leaves_sequences : whether a pandas object with sequences in its
    cells is returned as it is.

    Raises ValueError if a column holds anything else than numbers.
    """
    library = type(X).__module__.split(".")[0]
    if library == "pandas" and getattr(X, "ndim", 0) in (1, 2) and hasattr(X, "index"):
        read = _pandas_series if X.ndim == 1 else _pandas_frame
        return read(X, name, leaves_sequences)
    if library == "polars" and hasattr(X, "dtype"):
        return _polars_series(X, name)
    if library == "polars" and hasattr(X, "schema"):
        return _polars_frame(X, name)
    if isinstance(X, np.ndarray) and X.dtype.kind in ARRAY_REMEDIES:
        kind, remedy = ARRAY_REMEDIES[X.dtype.kind]
        example = X.flat[0] if X.size else None
        raise ValueError(_message(f"{name} holds", kind, example, remedy.format(x=name)))
    return X


def is_text(column: Any) -> bool:
    """Whether a pandas or polars Series holds text."""
    if type(column).__module__.split(".")[0] == "polars":
        return _polars_kind(column) == "text"
    return _pandas_kind(column)[0] == "text"


def _is_plain(dtype: Any) -> bool:
    """Whether a pandas dtype is that of a numpy array of numbers."""
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def _pandas_kind(column: Any) -> tuple[str, Any]:
    """What a pandas Series holds instead of numbers, and an example of text; "" and the numbers for
    numbers.
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
    if dtype.kind == "O":
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
    try:
        return "", objects.astype(np.float64)
    except (TypeError, ValueError):
        return "objects that are no numbers", None


def _pandas_series(X: Any, name: str, leaves_sequences: bool) -> Any:
    kind, values = _pandas_kind(X)
    if kind == "sequences" and leaves_sequences:
        return X
    if kind:
        remedies = PANDAS_REMEDIES | {"dates or times": "Give numbers, with the dates as index"}
        remedy = remedies[kind].replace(", or drop them", "").format(x=name)
        remedy = "Give numbers" if remedy == "Convert or drop them" else remedy
        raise ValueError(_message(f"{name} holds", kind, values, remedy))
    return values


def _pandas_frame(X: Any, name: str, leaves_sequences: bool) -> Any:
    if all(map(_is_plain, X.dtypes)):
        return X
    found = [_pandas_kind(X.iloc[:, i]) for i in range(X.shape[1])]
    kinds = [kind for kind, _ in found]
    if kind := next(filter(None, kinds), ""):
        if leaves_sequences and "sequences" in kinds:
            return X
        columns = [column for column, other in zip(X.columns, kinds, strict=True) if other == kind]
        example = found[kinds.index(kind)][1]
        if kind != "dates or times":
            remedy = PANDAS_REMEDIES[kind].format(x=f"{name}[{columns[0]!r}]")
        elif name != "X" or X.index.dtype.kind == "M" or hasattr(X.index.dtype, "freq"):
            remedy = f"Drop them: {name}.drop(columns={columns!r})"
        else:
            remedy = f"Use {'them' if len(columns) == 1 else 'one of them'} as the index: "
            remedy += f"{name}.set_index({columns[0]!r})"
            remedy += "" if len(columns) == 1 else f", and drop {columns[1:]}"
        raise ValueError(_message(f"Columns {columns} of {name} hold", kind, example, remedy))
    frame = X.__class__({i: values for i, (_, values) in enumerate(found)}, index=X.index)
    frame.columns = X.columns
    return frame


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
        remedy = POLARS_REMEDIES[kind].replace(", or drop them", "").format(x=name)
        remedy = "Give numbers" if remedy in ("Drop them", "Convert or drop them") else remedy
        example = next(iter(X.drop_nulls()), None)
        raise ValueError(_message(f"{name} holds", kind, example, remedy))
    return X if X.dtype.is_float() else X.cast(pl.Float64)


def _polars_frame(X: Any, name: str) -> Any:
    import polars as pl

    if all(dtype.is_float() for dtype in X.schema.values()):
        return X
    kinds = {column: _polars_kind(X[column]) for column in X.columns}
    if kind := next(filter(None, kinds.values()), ""):
        columns = [column for column, other in kinds.items() if other == kind]
        remedy = POLARS_REMEDIES[kind].format(x=f"{name}[{columns[0]!r}]")
        if kind == "dates or times":
            remedy = f"Drop them: {name}.drop({columns!r})"
        example = next(iter(X[columns[0]].drop_nulls()), None)
        raise ValueError(_message(f"Columns {columns} of {name} hold", kind, example, remedy))
    others = [column for column, dtype in X.schema.items() if not dtype.is_float()]
    return X.with_columns(pl.col(others).cast(pl.Float64)) if others else X


def _message(subject: str, kind: str, example: Any, remedy: str) -> str:
    such = f" such as {str(example)!r}" if kind == "text" and example is not None else ""
    rule = "real numbers" if kind == "complex numbers" else "numbers"
    return f"{subject} {kind}{such}, but must hold {rule}. {remedy}."
