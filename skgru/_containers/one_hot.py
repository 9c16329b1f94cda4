"""Columns of text, categories and Enums as codes, by a OneHotEncoder for each column.

A code is the position of a value among the values of fit, -1 for another value. The network gets a
column of 0 and 1 for each value, as `OneHotEncoder(handle_unknown="ignore")` gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.preprocessing import OneHotEncoder

from skgru._containers.panel import SeriesList
from skgru._containers.text_dates import way_to_dates
from skgru._containers.value_kinds import as_text_numbers, holds_labels, is_text
from skgru._warnings import warn_user

# Values of other columns than those of a few rows are probably names of rows, as in comments.
FEW_VALUES = 20


@dataclass(frozen=True)
class Categories:
    """The encoder of each column that holds categories, by the name of the column."""

    encoders: dict[Any, OneHotEncoder] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.encoders)

    def values(self) -> dict[Any, list[Any]]:
        """The values of each column in fit, in the order of their codes."""
        return {name: list(one.categories_[0]) for name, one in self.encoders.items()}

    def encoded(self, X: Any, name: str = "X") -> Any:
        """A frame, or a list of frames, with codes in place of categories. Anything else is
        returned as it is. name : what warnings call X.
        """
        if not self.encoders:
            return X
        if isinstance(X, list):
            done = [self.encoded(one, name) for one in X]
            # A list with identifiers keeps them.
            return type(X)(done, X.ids) if isinstance(X, SeriesList) else done
        if not is_frame(X):
            return X
        codes = {
            column: self._codes(X[column], column, name)
            for column in self.encoders
            if column in X.columns
        }
        if hasattr(X, "iloc"):
            X = X.copy(deep=False)
            for column, values in codes.items():
                X[column] = values
            return X
        import polars as pl

        return X.with_columns([pl.Series(column, values) for column, values in codes.items()])

    def _codes(self, column: Any, label: Any, name: str) -> np.ndarray:
        """(n_rows,) float64. A warning names values that were not in fit."""
        texts = _as_texts(column)
        found = self.encoders[label].transform(texts)
        is_known = np.diff(found.indptr) > 0
        codes = np.full(len(texts), -1.0)
        codes[is_known] = found.indices
        if not is_known.all():
            unknown = texts[~is_known, 0]
            more = len(set(unknown)) - 1
            others = f" and {more} more" if more else ""
            warn_user(
                f"Column {label!r} of {name} has the value {unknown[0]!r}{others}, which was not "
                "in fit. Such rows count as none of the values of fit. Fit on rows with these "
                "values."
            )
        return codes


def is_frame(X: Any) -> bool:
    """Whether X is a data frame of pandas or polars whose columns have different names."""
    if type(X).__module__.split(".")[0] not in ("pandas", "polars"):
        return False
    if not hasattr(X, "shape") or not hasattr(X, "columns"):  # a lazy frame, or a Series
        return False
    return bool(getattr(X.columns, "is_unique", True))


def learn_categories(frames: list[Any], names: Iterable[Any]) -> Categories:
    """The categories of columns in frames with the same columns.

    Raises ValueError for a column with another value in nearly every row.
    """
    encoders = {}
    for name in names:
        texts = np.concatenate([_as_texts(frame[name]) for frame in frames])
        encoder = OneHotEncoder(handle_unknown="ignore").fit(texts)
        n_values = len(encoder.categories_[0])
        if n_values > max(FEW_VALUES, len(texts) // 2):
            drop = f"columns={[name]!r}" if hasattr(frames[0], "iloc") else repr([name])
            raise ValueError(
                f"Column {name!r} of X holds {n_values} different texts in {len(texts)} rows, "
                f"which are too many to encode. Drop it: X.drop({drop})."
            )
        encoders[name] = encoder
    return Categories(encoders)


def holds_categories(column: Any, is_dated: bool) -> bool:
    """Whether a pandas or polars column holds categories: text or values of a type of categories,
    but neither numbers as text nor dates. is_dated : whether the rows have dates elsewhere.
    """
    if not holds_labels(column):
        return False
    if is_text(column) and as_text_numbers(column):
        return False
    is_pandas = hasattr(column, "iloc")
    if is_dated:
        return True
    if is_pandas:
        return way_to_dates(column, "") is None
    return not is_text(column) or not _are_dates_of_polars(column)


def _are_dates_of_polars(column: Any) -> bool:
    import pandas as pd

    return way_to_dates(pd.Series(column.to_list()), "") is not None


def _as_texts(column: Any) -> np.ndarray:
    """Values as texts, None for unknown ones, (n_rows, 1). 1, 1.0 and "1" are the same."""
    if hasattr(column, "iloc"):
        is_known, values = column.notna().to_numpy(), column.astype(object).to_numpy()
    else:
        is_known, values = column.is_not_null().to_numpy(), column.to_numpy()
        if getattr(values.dtype, "kind", "") == "f":
            is_known = is_known & ~np.isnan(values)
    texts = np.full((len(values), 1), None, dtype=object)
    for i in np.flatnonzero(is_known):
        value = values[i]
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        texts[i, 0] = value.decode() if isinstance(value, bytes) else str(value)
    return texts
