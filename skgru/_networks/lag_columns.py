"""Tables as windows: each row is a window, and its columns are the steps and channels.

The columns are the channels of the oldest step, then those of the next step, and so on, as
`SequenceWindower(flatten=True)` returns them. Columns that are named as lags are sorted into this
order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import _get_feature_names, validate_data

from skgru._warnings import warn_user

# "lag1" (mlforecast), "lag_1" (skforecast), "y_target_lag-1" (darts), "y_lag0" (SequenceWindower),
# "lag_1__y" (sktime). A letter before "lag" makes another word of it, such as "flag1".
LAG = re.compile(
    r"(?:(?P<before>.*)[_\-. ])?lag[_. ]?(?P<lag>-?[0-9]+)(?:__(?P<after>.+))?", re.IGNORECASE
)


def stacked(X: Any) -> Any:
    """A column of arrays of equal shape as one array, anything else unchanged.

    X : a pandas or polars Series, or an object array (n_samples,), of arrays (window_length,) or
    (window_length, n_channels).
    """
    if isinstance(X, np.ma.MaskedArray) or not hasattr(X, "dtype"):
        return X
    if type(X).__module__.split(".")[0] == "torch":  # as_numbers reads it
        return X
    if getattr(X, "ndim", 1) != 1 or hasattr(X, "columns"):
        return X
    values = np.asarray(X)
    if values.dtype.kind != "O" or values.ndim != 1 or not len(values):
        return values if values.ndim > 1 else X  # a polars column of type Array
    are_sequences = all(np.ndim(one) or isinstance(one, list | tuple) for one in values[:1])
    if not are_sequences or any(np.isscalar(one) or one is None for one in values):
        return X
    try:
        arrays = [np.asarray(one) for one in values]
    except ValueError:  # a sequence of sequences of different lengths
        return X
    return np.stack(arrays) if len({one.shape for one in arrays}) == 1 else X


def lag_order(names: Sequence[str] | None) -> tuple[np.ndarray | None, int] | None:
    """Order of columns that are named as lags, and the number of their series.

    The order is the positions of the columns, (n_columns,), oldest step first, or None if they are
    in order. Without names of lags, the result is None.

    Raises ValueError for lags mixed with other columns, for repeated lags, and for series with
    different lags.
    """
    if names is None:
        return None
    found = [LAG.fullmatch(name) for name in names]
    if not any(found):
        return None
    others = [name for name, match in zip(names, found, strict=True) if match is None]
    if others:
        raise ValueError(
            f"X has columns {_some(others)}, which are not lags, and lags such as "
            f"{names[[bool(match) for match in found].index(True)]!r}, but each column must be a "
            "step in time. Drop the other columns (X.drop(columns=...)), give windows of three "
            "dimensions, in which they are channels, or use SequenceForecaster(known=...)."
        )
    lags = [int(match["lag"]) for match in found if match]
    series = [(match["before"] or "", match["after"] or "") for match in found if match]
    # darts uses negative lags for the past.
    ages = [-lag for lag in lags] if min(lags) < 0 else lags
    columns: dict[tuple[str, str], dict[int, int]] = {}
    for position, (one, age) in enumerate(zip(series, ages, strict=True)):
        of_one = columns.setdefault(one, {})
        if age in of_one:
            raise ValueError(
                f"Columns {names[of_one[age]]!r} and {names[position]!r} of X are the same lag of "
                "the same series, but each lag must be one column. Keep one of the two."
            )
        of_one[age] = position
    (first, like), *rest = columns.items()
    for one, of_one in rest:
        if set(of_one) != set(like):
            odd = next(age for age in [*of_one, *like] if (age in of_one) != (age in like))
            has, lacks = (one, first) if odd in of_one else (first, one)
            extra = names[columns[has][odd]]
            raise ValueError(
                f"Column {extra!r} of X is a lag of series {_name(has)!r}, but series "
                f"{_name(lacks)!r} does not have this lag, and all series need the same lags. Use "
                f"X.drop(columns=[{extra!r}]), or give windows of three dimensions."
            )
    steps = sorted(like, reverse=True)  # the oldest first
    order = [of_one[age] for age in steps for of_one in columns.values()]
    is_in_order = order == list(range(len(order)))
    return (None if is_in_order else np.asarray(order, dtype=np.intp)), len(columns)


def _name(series: tuple[str, str]) -> str:
    return "_".join(filter(None, series))


def _some(names: list[str]) -> str:
    """The first three names of a list, and the number of the others."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{[str(name) for name in names[:3]]}{more}"


def windows_of_table(
    X: Any, values: np.ndarray, estimator: Any, is_fitted: bool, like: Any = None
) -> np.ndarray:
    """Rows of a table as windows: (n_samples, window_length * n_channels) -> (n_samples,
    window_length, n_channels), a view if the columns are in order.

    X : the table of `values`, with its names; is_fitted : the columns must be those of `fit`;
    like : another X that must have the same columns.

    Raises ValueError if the columns do not form windows, or differ from those of `fit`.
    """
    n_columns = values.shape[1]
    if is_fitted:
        validate_data(estimator, X, reset=False, skip_check_array=True)
        order, n_channels = estimator._column_order, estimator.n_channels_in_
        if n_columns != estimator._architecture["window_length"] * n_channels:
            n_channels = 1  # fitted on windows of three dimensions: a later check raises the error
    else:
        names = _get_feature_names(X)
        if like is not None and np.shape(like)[1:] == (n_columns,):
            names = _names_like(names, _get_feature_names(like))
        order, n_channels = _layout(names, n_columns, estimator)
    if order is not None:
        values = values[:, order]
    # (n_samples, window_length * n_channels) -> (n_samples, window_length, n_channels)
    return values.reshape(len(values), n_columns // n_channels, n_channels)


def _names_like(names: Any, wanted: Any) -> Any:
    """Names of the columns of X, which also apply to validation data. Raises ValueError if the
    names of the validation data differ.
    """
    if names is not None and wanted is not None and list(names) != list(wanted):
        raise ValueError(
            f"X_val has columns {_some(list(names))}, but X has {_some(list(wanted))}. Give the "
            "same columns in the same order: X_val[X.columns]."
        )
    return wanted


def _layout(names: Any, n_columns: int, estimator: Any) -> tuple[np.ndarray | None, int]:
    """The order of the columns, or None if they are in order, and the number of channels."""
    n_channels = estimator.n_channels
    if (lags := lag_order(names)) is not None:
        order, n_series = lags
        if n_channels not in (None, n_series):
            raise ValueError(
                f"n_channels={n_channels}, but the columns of X are named as lags of {n_series} "
                f"series, and each series is a channel. Set n_channels={n_series}, or None."
            )
        return order, n_series
    n_channels = n_channels or 1
    if n_columns % n_channels:
        raise ValueError(
            f"n_channels={n_channels}, but the {n_columns} columns of X are not a multiple of it. "
            "Give window_length * n_channels columns, or another n_channels."
        )
    return None, n_channels


def check_channels(windows: Any, estimator: Any) -> None:
    """Check the axes of windows of three dimensions in fit.

    Raises ValueError if the channels differ from `n_channels`, and warns if steps and channels seem
    to be exchanged.
    """
    n_channels = estimator.n_channels
    _, window_length, n_given = windows.shape
    if n_channels not in (None, n_given):
        raise ValueError(
            f"n_channels={n_channels}, but X has {n_given} channels: its shape {windows.shape} is "
            "(n_samples, window_length, n_channels). "
            + (
                "Use X.transpose(0, 2, 1) to put the steps before the channels."
                if n_channels == window_length
                else f"Set n_channels={n_given}, or None."
            )
        )
    # Windows of SequenceWindower and make_windows are read-only. With window_length=1 they rightly
    # have this shape.
    is_view = not getattr(getattr(windows, "flags", None), "writeable", False)
    if n_channels is None and window_length == 1 < n_given and not is_view:
        warn_user(
            f"X has shape {windows.shape}, which is read as windows of 1 step with {n_given} "
            "channels. If X has channels before steps, as in sktime, use X.transpose(0, 2, 1). "
            f"Otherwise, set n_channels={n_given}."
        )
