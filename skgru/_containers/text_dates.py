"""Dates of other types than those of pandas: strings, objects, categories and whole numbers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.clocks import open_days, regular_step

# Formats of dates that pandas does not recognise, or takes for other dates.
FORMATS = ("%b-%y", "%b %y", "%y-%b", "%b%y", "%Y%m", "%YM%m", "%m/%y", "%m-%y")

# Whole numbers that may be years.
FIRST_YEAR, LAST_YEAR = 1800, 2100

# Whole numbers that may be seconds since 1970: those of 1980 to 2100.
FIRST_SECOND, LAST_SECOND = 315_532_800, 4_102_444_800

# Units of times since 1970 in a second.
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True)
class Way:
    """Code with X, and the same as a function."""

    code: str
    run: Callable[[Any], Any]


def with_dates(X: Any) -> Any:
    """A pandas object with dates of pyarrow, in its index or columns, as those of pandas. Any other
    object is returned as it is.
    """
    import pandas as pd

    index = X.index
    if isinstance(index, pd.MultiIndex):
        for i, level in enumerate(index.levels):
            if _is_of_arrow(level.dtype):
                index = index.set_levels(pd.DatetimeIndex(level), level=i)
    elif _is_of_arrow(index.dtype):
        index = pd.DatetimeIndex(index)
    if index is not X.index:
        X = X.set_axis(index)
    if not hasattr(X, "columns") or not any(map(_is_of_arrow, X.dtypes)):
        return X
    columns = [
        pd.Series(pd.DatetimeIndex(column), X.index) if _is_of_arrow(column.dtype) else column
        for column in (X.iloc[:, i] for i in range(X.shape[1]))
    ]
    return pd.concat(columns, axis=1).set_axis(X.columns, axis=1)


def _is_of_arrow(dtype: Any) -> bool:
    """Whether a column holds dates of pyarrow."""
    if isinstance(dtype, np.dtype) or not hasattr(dtype, "pyarrow_dtype"):
        return False
    return str(dtype).startswith(("timestamp", "date"))


def way_to_dates(values: Any, name: str) -> Way | None:
    """Code that converts values such as '2020-01', 'Jan-10' or 202001 to dates, a pandas index;
    None for values that are no dates. name : code of the values.

    Dates in the order of the rows with a regular step are preferred: '01.02.2020' may be 2 January
    or 1 February.
    """
    found = []
    for way in _ways_to_dates(values, name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # mixed formats are no problem here
            try:
                dates = way.run(values)
            except (ValueError, TypeError, OverflowError):
                continue
        if not len(dates) or dates.isna().any():
            continue
        if dates.is_monotonic_increasing and dates.is_unique and are_regular(dates):
            return way
        found.append(way)
    return found[0] if found else None


def are_regular(dates: Any) -> bool:
    if not hasattr(dates, "unit"):  # periods
        return bool((np.diff(dates.asi8) == 1).all())
    return regular_step(dates) is not None or open_days(dates) is not None


def _ways_to_dates(values: Any, name: str) -> Iterator[Way]:
    import pandas as pd

    index = values if isinstance(values, pd.Index) else pd.Index(values)
    if isinstance(index, pd.CategoricalIndex):
        index = pd.Index(index.to_numpy())
    if pd.api.types.is_integer_dtype(index.dtype):
        form, unit = form_of_numbers(index), unit_of_numbers(index)
        if form is not None:
            yield _in_format(name, form, name_of=f"{name}.astype(str)")
        elif unit is not None:
            yield Way(
                f"pd.to_datetime({name}, unit={unit!r})",
                lambda X: pd.DatetimeIndex(pd.to_datetime(X, unit=unit)),
            )
        return
    is_foreign = isinstance(index.dtype, pd.api.extensions.ExtensionDtype)
    if is_foreign:  # types of pyarrow
        index = pd.Index(index.astype(object).to_numpy(), dtype=object)
    kind = index.inferred_type
    if kind == "period":
        yield Way(f"pd.PeriodIndex({name})", pd.PeriodIndex)
    if kind in ("date", "datetime", "datetime64") and is_foreign:  # pd.to_datetime keeps its type
        yield Way(f"pd.DatetimeIndex({name})", pd.DatetimeIndex)
    elif kind in ("date", "datetime", "datetime64"):
        yield Way(f"pd.to_datetime({name})", lambda X: pd.DatetimeIndex(pd.to_datetime(X)))
    if kind != "string":
        return
    if index.str.contains(r"\d{4}").all():
        if index.str.fullmatch(r"\d{4}-?Q[1-4]").all():
            yield Way(
                f"pd.PeriodIndex({name}, freq='Q')", lambda X: pd.PeriodIndex(pd.Index(X), freq="Q")
            )
        if not index.str.fullmatch(r"\d{1,4}|\d{5,}").all() or index.str.len().isin([4, 8]).all():
            yield Way(f"pd.to_datetime({name})", lambda X: pd.DatetimeIndex(pd.to_datetime(X)))
            yield Way(
                f"pd.to_datetime({name}, dayfirst=True)",
                lambda X: pd.DatetimeIndex(pd.to_datetime(X, dayfirst=True)),
            )
    for form in FORMATS:
        yield _in_format(name, form)
    yield Way(
        f"pd.to_datetime({name} + '-1', format='%G-W%V-%u')",
        lambda X: pd.to_datetime(pd.Index(X).astype(str) + "-1", format="%G-W%V-%u"),
    )


def _in_format(name: str, form: str, name_of: str | None = None) -> Way:
    import pandas as pd

    return Way(
        f"pd.to_datetime({name_of or name}, format={form!r})",
        lambda X: pd.DatetimeIndex(pd.to_datetime(pd.Index(X).astype(str), format=form)),
    )


def form_of_numbers(index: Any) -> str | None:
    """The format of whole numbers such as 202612 or 20261231; None for others."""
    numbers = np.asarray(index).astype(np.int64)
    first, last = (numbers.min(), numbers.max()) if len(numbers) else (0, 0)
    months = numbers
    form = "%Y%m"
    if first >= 19000101 and last <= 21001231:
        if not ((numbers % 100 >= 1) & (numbers % 100 <= 31)).all():
            return None
        months, form = numbers // 100, "%Y%m%d"
    elif first < 190001 or last > 210012:
        return None
    return form if ((months % 100 >= 1) & (months % 100 <= 12)).all() else None


def are_years(numbers: Any) -> bool:
    """Whether whole numbers may be years."""
    numbers = np.asarray(numbers)
    return bool(len(numbers)) and FIRST_YEAR <= numbers.min() and numbers.max() <= LAST_YEAR


def unit_of_numbers(numbers: Any) -> str | None:
    """The unit of whole numbers that are times since 1970, as of Unix; None for others."""
    numbers = np.asarray(numbers).astype(np.int64)
    for unit, factor in UNITS.items() if len(numbers) else ():
        if factor * FIRST_SECOND <= numbers.min() and numbers.max() <= factor * LAST_SECOND:
            return unit
    return None


def not_dates(index: Any) -> str | None:
    """The message for an index that is neither dates, periods nor numbers of rows; None for
    numbers.
    """
    import pandas as pd

    way = way_to_dates(index, "X.index")
    is_integer = pd.api.types.is_integer_dtype(index.dtype)
    if is_integer and (way is None or isinstance(index, pd.RangeIndex)):
        return None
    kind = "strings" if index.inferred_type == "string" else index.dtype
    first, last = (repr(one) if isinstance(one, str) else one for one in (index[0], index[-1]))
    if way is not None:
        return (
            f"X has an index of {kind} from {first} to {last}, which cannot be continued. Convert "
            f"them to dates: X.index = {way.code}."
        )
    if index.dtype.kind == "f" or index.inferred_type == "string":
        try:
            numbers = index.astype(float)
        except (TypeError, ValueError):
            numbers = pd.Index([0.5])
        if (numbers % 1 == 0).all():
            return (
                f"X has an index of {kind} from {first} to {last}, which cannot be continued. "
                "Convert them to integers: X.index = X.index.astype(int)."
            )
    return (
        f"X has an index of {kind}, which cannot be continued. Use dates, periods or integers as "
        "the index, or number the rows: X.reset_index(drop=True)."
    )
