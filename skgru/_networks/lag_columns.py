"""What the columns of a table are to a network: the steps of a window, and the channels of a step.

A table has one window in each row. Its columns are steps, oldest first; of several channels those
of one step stand side by side, as `SequenceWindower(flatten=True)` gives them. Columns that are
named as lags are put into that order.
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
    """A column of arrays of one shape as one array; anything else as it is.

    X : a pandas or polars Series, or an object array (n_samples,), of arrays (window_length,) or
    (window_length, n_channels).
    """
    if not hasattr(X, "dtype") or getattr(X, "ndim", 1) != 1 or hasattr(X, "columns"):
        return X
    values = np.asarray(X)
    if values.dtype.kind != "O" or values.ndim != 1 or not len(values):
        return values if values.ndim > 1 else X  # polars' type of arrays of one shape
    are_sequences = all(np.ndim(one) or isinstance(one, list | tuple) for one in values[:1])
    if not are_sequences or any(np.isscalar(one) or one is None for one in values):
        return X
    try:
        arrays = [np.asarray(one) for one in values]
    except ValueError:  # a sequence of sequences of different lengths
        return X
    return np.stack(arrays) if len({one.shape for one in arrays}) == 1 else X


def lag_order(names: Sequence[str] | None) -> tuple[np.ndarray | None, int] | None:
    """Positions of columns that are named as lags, (n_columns,), step by step with the oldest step
    first, or None where they stand so, and how many series they are lags of. None alone where no
    name is that of a lag.

    Raises ValueError for other columns beside lags, for a lag that is there twice, and for series
    that differ in their lags.
    """
    if names is None:
        return None
    found = [LAG.fullmatch(name) for name in names]
    if not any(found):
        return None
    others = [name for name, match in zip(names, found, strict=True) if match is None]
    if others:
        raise ValueError(
            f"X has columns {_some(others)} beside columns named as lags, such as "
            f"{names[[bool(match) for match in found].index(True)]!r}. Each column of a table is "
            "read as a step in time. Leave the others out (X.drop(columns=...)), give windows of "
            "three dimensions in which they are channels, or use SequenceForecaster(known=...)."
        )
    lags = [int(match["lag"]) for match in found if match]
    series = [(match["before"] or "", match["after"] or "") for match in found if match]
    # darts counts the past with a minus, and the future without.
    ages = [-lag for lag in lags] if min(lags) < 0 else lags
    columns: dict[tuple[str, str], dict[int, int]] = {}
    for position, (one, age) in enumerate(zip(series, ages, strict=True)):
        of_one = columns.setdefault(one, {})
        if age in of_one:
            raise ValueError(
                f"Columns {names[of_one[age]]!r} and {names[position]!r} of X are the same lag of "
                "the same series. Each lag is one step. Keep one of the two."
            )
        of_one[age] = position
    (first, like), *rest = columns.items()
    for one, of_one in rest:
        if set(of_one) != set(like):
            odd = next(age for age in [*of_one, *like] if (age in of_one) != (age in like))
            has, lacks = (one, first) if odd in of_one else (first, one)
            extra = names[columns[has][odd]]
            raise ValueError(
                f"Column {extra!r} of X is a lag of series {_name(has)!r} that series "
                f"{_name(lacks)!r} does not have. Several series become channels, and need the "
                f"same lags. Leave such columns out, as X.drop(columns=[{extra!r}]), or give "
                "windows of three dimensions."
            )
    steps = sorted(like, reverse=True)  # the oldest first
    order = [of_one[age] for age in steps for of_one in columns.values()]
    is_in_order = order == list(range(len(order)))
    return (None if is_in_order else np.asarray(order, dtype=np.intp)), len(columns)


def _name(series: tuple[str, str]) -> str:
    return "_".join(filter(None, series))


def _some(names: list[str]) -> str:
    """A few names of a list, and how many more there are."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{[str(name) for name in names[:3]]}{more}"


def windows_of_table(
    X: Any, values: np.ndarray, estimator: Any, is_fitted: bool, like: Any = None
) -> np.ndarray:
    """Rows of a table as windows: (n_samples, window_length * n_channels) -> (n_samples,
    window_length, n_channels), a view where the columns are in order.

    X : what `values` were read from, with its names; is_fitted : columns are those of `fit`;
    like : another X that was given with this one, and has the same columns.

    Raises ValueError where the columns do not make up windows, or are others than in `fit`.
    """
    n_columns = values.shape[1]
    if is_fitted:
        validate_data(estimator, X, reset=False, skip_check_array=True)
        order, n_channels = estimator._column_order, estimator.n_channels_in_
        if n_columns != estimator._architecture["window_length"] * n_channels:
            n_channels = 1  # fitted on windows of three dimensions: the shape is refused later
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
    """Names of the columns of X, by which those of validation data are read too."""
    if names is not None and wanted is not None and list(names) != list(wanted):
        raise ValueError(
            f"X_val has columns {_some(list(names))}, but X has {_some(list(wanted))}. Give the "
            "same columns in the same order: X_val[X.columns]."
        )
    return wanted


def _layout(names: Any, n_columns: int, estimator: Any) -> tuple[np.ndarray | None, int]:
    """The order of the columns, None where they have it, and the number of channels."""
    n_channels = estimator.n_channels
    if (lags := lag_order(names)) is not None:
        order, n_series = lags
        if n_channels not in (None, n_series):
            raise ValueError(
                f"n_channels={n_channels}, but the columns of X are named as lags of {n_series} "
                "series. Each of these series is a channel. Set "
                f"n_channels={n_series}, or None."
            )
        return order, n_series
    n_channels = n_channels or 1
    if n_columns % n_channels:
        raise ValueError(
            f"n_channels={n_channels}, but X has {n_columns} columns, which is no multiple of it. "
            "A row of X holds the channels of the oldest step, then those of the next. Give "
            "window_length * n_channels columns, or another n_channels."
        )
    return None, n_channels


def check_channels(windows: Any, estimator: Any) -> None:
    """Windows of three dimensions in fit: as many channels as `n_channels`, and time before
    channels.
    """
    n_channels = estimator.n_channels
    _, window_length, n_given = windows.shape
    if n_channels not in (None, n_given):
        raise ValueError(
            f"n_channels={n_channels}, but X has {n_given} channels: its shape {windows.shape} is "
            "read as (n_samples, window_length, n_channels). "
            + (
                "X.transpose(0, 2, 1) puts the steps before the channels."
                if n_channels == window_length
                else f"Set n_channels={n_given}, or None."
            )
        )
    # Only the windows of SequenceWindower and make_windows are read-only: with window_length=1
    # they have this shape, and there is nothing wrong.
    is_view = not getattr(getattr(windows, "flags", None), "writeable", False)
    if n_channels is None and window_length == 1 < n_given and not is_view:
        warn_user(
            f"X has shape {windows.shape}, which is read as windows of 1 step with {n_given} "
            "channels. If X holds channels before steps, as sktime has them, use "
            f"X.transpose(0, 2, 1). If it does not, set n_channels={n_given}."
        )
