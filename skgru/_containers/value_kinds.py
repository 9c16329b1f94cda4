"""What a column of pandas or polars holds: numbers, text, categories, dates, and so on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from numbers import Rational
from typing import Any

import numpy as np

from skgru._containers.text_numbers import is_missing, readings_of

# Most numbers beside "n/a" or "none" in a column of text that are categories.
MOST_CATEGORIES = 10


def is_text(column: Any) -> bool:
    """Whether a pandas or polars Series holds text."""
    if type(column).__module__.split(".")[0] == "polars":
        return polars_kind(column) == "text"
    return pandas_kind(column)[0] == "text"


def holds_labels(column: Any) -> bool:
    """Whether a pandas or polars Series holds text or categories."""
    if type(column).__module__.split(".")[0] == "polars":
        return polars_kind(column) in ("text", "categories")
    return pandas_kind(column)[0] in ("text", "categories")


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


def is_plain(dtype: Any) -> bool:
    """Whether a pandas dtype is that of a numpy array of numbers."""
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def pandas_kind(column: Any, name: str = "X") -> tuple[str, Any]:
    """What a pandas Series holds instead of numbers, and an example of text; "" and the numbers for
    numbers. name : what messages call the object of the column.
    """
    dtype = column.dtype
    if is_plain(dtype):
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
        check_sizes(objects[known], name)
    try:
        return "", objects.astype(np.float64)
    except (TypeError, ValueError):
        return "objects that are no numbers", None


def polars_kind(column: Any) -> str:
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


def check_sizes(values: Iterable[Any], name: str) -> None:
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


def is_time(dtype: Any) -> bool:
    if hasattr(dtype, "is_temporal"):  # polars
        return str(dtype).startswith(("Date", "Datetime"))
    return getattr(dtype, "kind", "") == "M" or hasattr(dtype, "freq")


def names_times(values: Any) -> bool:
    """Whether a pandas index or column holds dates or periods."""
    dtype = getattr(values, "dtype", None)
    return getattr(dtype, "kind", "") == "M" or hasattr(dtype, "freq")
