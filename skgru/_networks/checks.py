"""Checks of windows, targets and parameters, for GRURegressor and GRUClassifier.

Checks raise; they never repair. Arrays are read in pieces, so that a strided view of windows is
never copied whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.validation import (
    _get_feature_names,
    _num_features,
    assert_all_finite,
    check_array,
    check_consistent_length,
)

from skgru._dataset import n_missing_steps, rows_behind, slices_of
from skgru._networks.lag_columns import check_channels, lag_order, stacked, windows_of_table
from skgru._specs import PINBALL
from skgru._validation import (
    Instance,
    _as_tuple,
    at_least,
    check_representable,
    real_between,
    remember_features,
)
from skgru._warnings import warn_user

# float32 holds all whole numbers below this.
MOST_TOKENS = 1 << 24


def check_units(units: Any) -> tuple[int, ...]:
    """One layer's units, or a sequence of them, as a tuple."""
    layers = _as_tuple(units)
    if not layers or not all(at_least(1).is_satisfied_by(n) for n in layers):
        raise ValueError(
            f"units={units!r} must be an int of at least 1, or a non-empty sequence of such ints, "
            "one for each layer (units=(32, 16) stacks two layers)."
        )
    return tuple(int(n) for n in layers)


def check_quantiles(quantiles: Any, loss: Any) -> tuple[float, ...]:
    """The quantiles to learn as a tuple, empty for None, and the loss that they go with."""
    is_pinball = isinstance(loss, str) and loss == PINBALL
    if quantiles is None:
        if is_pinball:
            raise ValueError(
                'loss="pinball" learns quantiles, but quantiles=None names none. Give them, such '
                "as quantiles=(0.1, 0.5, 0.9), or use another loss."
            )
        return ()
    if not is_pinball:
        raise ValueError(
            f"quantiles={quantiles!r} are learned by the pinball loss, but loss={loss!r}. Set "
            'loss="pinball", or quantiles=None.'
        )
    levels = _as_tuple(quantiles)
    inside = real_between(0, 1, closed="neither")
    are_levels = len(levels) > 0 and all(inside.is_satisfied_by(level) for level in levels)
    if not are_levels or any(a >= b for a, b in pairwise(levels)):
        raise ValueError(
            f"quantiles={quantiles!r} must be a non-empty sequence of numbers between 0 and 1, "
            "each greater than the one before, such as (0.1, 0.5, 0.9)."
        )
    if 0.5 not in levels:
        raise ValueError(
            f"quantiles={quantiles!r} leave out the median, which predict returns. Add 0.5 to them."
        )
    return tuple(float(level) for level in levels)


def check_labels(y: Any, estimator: Any) -> None:
    """Raises ValueError for labels that have no order among them, or are no classes: bytes, strings
    beside numbers, dates and times. Everything else passes, for other checks to look at.
    """
    if (labels := np.asarray(y)).ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "SMmO":
        return
    name = type(estimator).__name__
    kinds: dict[str, Any] = {}  # and the first label of each
    for label in labels:
        kinds.setdefault(_kind_of(label), label)
    if "bytes" in kinds:
        raise ValueError(
            f"y contains {kinds['bytes']!r}, which is bytes, but {name} takes strings or numbers. "
            "Decode them: y = [label.decode() for label in y]."
        )
    if "time" in kinds:
        raise ValueError(
            f"y contains {str(kinds['time'])!r}, a date or time, but {name} takes strings or "
            "numbers. If these are classes, give them as strings: y = np.asarray(y).astype(str). "
            "If they are numbers to predict, use GRURegressor."
        )
    if {"string", "number"} <= kinds.keys():
        raise ValueError(
            f"y contains {kinds['string']!r} and {kinds['number']!r}, but strings and numbers have "
            f"no common order, which {name} needs for classes_. Give all labels as strings: "
            "y = np.asarray(y).astype(str)."
        )


def _kind_of(label: Any) -> str:
    """What a label is; "" for None, NaN, and what is neither number, string, bytes nor time."""
    if isinstance(label, bytes):
        return "bytes"
    if isinstance(label, str):
        return "string"
    # First, as numpy counts its time spans among the integers; pandas periods have a "freqstr".
    is_time = isinstance(label, date | time | timedelta | np.datetime64 | np.timedelta64)
    if is_time or hasattr(label, "freqstr"):
        return "time"
    return "number" if isinstance(label, Real | np.bool_) and label == label else ""


def check_callbacks(callbacks: Any) -> tuple[Any, ...]:
    """None, one Keras callback or several, as a tuple."""
    several = () if callbacks is None else _as_tuple(callbacks)
    is_callback = Instance(["set_model", "on_epoch_end"]).is_satisfied_by
    for callback in several:
        if not is_callback(callback):
            raise ValueError(
                f"callbacks={callbacks!r} must be a Keras callback or a list of them, but "
                f"{callback!r} is none. Give instances of keras.callbacks.Callback."
            )
    return several


def remember_columns(estimator: Any, X: Any, window_length: int, continues: bool) -> None:
    """`remember_features` of the X of a network's fit, and the order of its columns, which a
    continued fit leaves as it is. X is None where windows had no columns.
    """
    X = stacked(X)
    names = None if X is None else _get_feature_names(X)
    if not continues:
        lags = lag_order(names)
        estimator._column_order = None if lags is None else lags[0]
    remember_features(estimator, names, window_length if X is None else _num_features(X))


def check_windows(
    X: Any, estimator: Any, is_fitted: bool = False, like: Any = None
) -> tuple[np.ndarray, int]:
    """X as (n_samples, window_length, n_channels), and how many dimensions it had. NaN passes.

    Nothing is copied where X is numeric already, and the columns of a table are in order.

    is_fitted : a table has the columns of fit, in fit's order; else what they are is read off their
    names and the estimator's `n_channels`.
    like : another X, whose columns those of a table are.

    Raises ValueError for a wrong number of dimensions, no samples, infinity, values beyond float32,
    strings or complex numbers, columns that make up no windows, TypeError for sparse input.
    """
    given = stacked(X)
    try:
        X = check_array(
            given,
            dtype="numeric",
            allow_nd=True,
            ensure_all_finite=False,
            estimator=estimator,
            input_name="X",
        )
    except ValueError as error:
        if "setting an array element with a sequence" not in str(error):
            raise
        if hasattr(given, "columns"):
            raise ValueError(
                f"X is a {type(given).__name__} whose cells hold sequences, but a cell of a table "
                "is one number. Give one column alone, as X[name], or an array of shape "
                "(n_samples, window_length, n_channels)."
            ) from error
        raise ValueError(
            "X holds sequences of different lengths, which are no array. Put them into one with "
            'skgru.as_windows, which marks missing steps by NaN; missing="mask" passes over them.'
        ) from error
    if X.ndim > 3:
        raise ValueError(
            f"X has {X.ndim} dimensions, but {type(estimator).__name__} takes windows of shape "
            "(n_samples, window_length, n_channels), or (n_samples, window_length) for one "
            "channel. Reshape X."
        )
    if 0 in X.shape:
        raise ValueError(f"X has shape {X.shape}, but windows need at least 1 step and 1 channel.")
    if X.ndim == 2:
        windows = windows_of_table(given, X, estimator, is_fitted, stacked(like))
    else:
        windows = X
        if not is_fitted:
            check_channels(windows, estimator)
    series = rows_behind(windows)
    pieces = [series] if series is not None else (windows[piece] for piece in slices_of(windows))
    for values in pieces:
        check_representable(values, "X")
    return windows, X.ndim


def check_tokens(windows: np.ndarray, n_tokens: int | None) -> int:
    """How many tokens there are: the largest id plus 1, or `n_tokens`, which no id may reach.

    Raises ValueError for more than one channel, and for what is neither a whole number from 0 nor
    NaN.
    """
    if windows.shape[2] != 1:
        raise ValueError(
            f"X has {windows.shape[2]} channels, but with embedding_dim it must have one, of token "
            "ids. Join the columns to one id, or set embedding_dim=None."
        )
    series = rows_behind(windows)
    pieces = [series] if series is not None else (windows[piece] for piece in slices_of(windows))
    largest = -1
    for values in pieces:
        # In float64: neither float16 nor uint8 can be compared with what it can't hold.
        ids = values[~np.isnan(values)].astype(np.float64)
        wrong = ids[(ids < 0) | (ids != np.floor(ids)) | (ids >= MOST_TOKENS)]
        if len(wrong):
            raise ValueError(
                f"X contains {wrong[0]}, but with embedding_dim it must hold token ids: whole "
                f"numbers from 0 to {MOST_TOKENS - 1}, or NaN for no token. Encode the tokens, for "
                "example with sklearn.preprocessing.OrdinalEncoder, or set embedding_dim=None."
            )
        largest = max(largest, int(ids.max(initial=-1)))
    if n_tokens is None:
        return largest + 1
    if largest >= n_tokens:
        raise ValueError(
            f"X contains token {largest}, but the largest in fit was {n_tokens - 1}. Encode tokens "
            "that fit has not seen as NaN (OrdinalEncoder with "
            'handle_unknown="use_encoded_value" and unknown_value=np.nan does).'
        )
    return n_tokens


def is_complete(windows: np.ndarray) -> np.ndarray:
    """(n_windows,) bool: which windows contain no NaN."""
    return n_missing_steps(windows) == 0


def is_usable(windows: np.ndarray, masks: bool) -> np.ndarray:
    """(n_windows,) bool: which windows a network can be trained on. One that passes over missing
    steps needs one that is not.
    """
    return n_missing_steps(windows) < (windows.shape[1] if masks else 1)


def is_overlapping(windows: np.ndarray) -> bool:
    """Whether each window is the one before, moved on by one row (NaN equals NaN)."""
    if rows_behind(windows) is not None:
        return True
    for piece in slices_of(windows):
        now = windows[piece.start : piece.stop + 1]  # one more: the pieces overlap too
        if not np.array_equal(now[1:, :-1], now[:-1, 1:], equal_nan=windows.dtype.kind == "f"):
            return False
    return True


def check_metrics(metrics: Any) -> tuple[Any, ...]:
    """None, one Keras metric or several, as a tuple."""
    several = () if metrics is None else _as_tuple(metrics)
    if isinstance(metrics, str):
        several = (metrics,)
    for metric in several:
        if not isinstance(metric, str) and not Instance(["__call__"]).is_satisfied_by(metric):
            raise ValueError(
                f"metrics={metrics!r} must be names, functions or objects of keras.metrics, but "
                f"{metric!r} is none. Give for example metrics=['mean_absolute_error']."
            )
    return several


def check_lengths(y: Any, window_length: int) -> tuple[int, ...]:
    """The shape of y, in which sequences are of one length."""
    is_ragged = False
    try:
        shape = np.asarray(y).shape  # not np.shape: y may be an array of another library
    except ValueError:
        is_ragged, shape = True, ()
    if len(shape) == 1 and np.asarray(y).dtype.kind == "O":
        is_ragged = any(isinstance(one, list | tuple | np.ndarray) for one in y)
    if is_ragged:
        raise ValueError(
            "y holds sequences of different lengths, which are no array. For a target at each step "
            "pad them before their first step, as as_windows pads X. Of numbers, use "
            f"as_windows(y, {window_length}). Of strings, use "
            f"[[''] * ({window_length} - len(one)) + list(one) for one in y]."
        )
    return shape


def check_targets(
    windows: np.ndarray, y: Any, estimator: Any, masks: bool, like: bool | None = None
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...], np.ndarray | None]:
    """Usable windows, their targets in y as (n_rows, n_targets), and the shape of a row of y.

    The last is None, or where y has outputs for each step, which steps of the windows are known:
    (n_rows, window_length) bool. There targets of other steps are 0.

    like : whether y has outputs for each step, where other rows say so; None: it is read off y.
    """
    y = stacked(y)
    check_lengths(y, windows.shape[1])
    y = check_array(
        y,
        dtype=np.float64,
        ensure_2d=False,
        allow_nd=True,
        ensure_all_finite="allow-nan",
        estimator=estimator,
        input_name="y",
    )
    if y.ndim == 0 or 0 in y.shape or y.ndim > 3:
        raise ValueError(
            f"y has shape {y.shape}, but must be (n_samples,) or (n_samples, n_outputs), or "
            "(n_samples, window_length, n_outputs) for outputs at each step."
        )
    check_consistent_length(windows, y)
    if like is None:
        each_step = has_each_step(windows, y.shape, estimator)
    else:
        each_step = like or y.ndim == 3
        if each_step:
            check_each_step(windows, y.shape, estimator)
    rows = check_usable(windows, masks)
    known = None
    if each_step:
        known = known_steps(windows, rows)
        y = y[rows]
        is_missing = np.isnan(y).reshape(*known.shape, -1).any(axis=2) & known
        if is_missing.any():
            row, step = np.argwhere(is_missing)[0]
            raise ValueError(
                f"Input y contains NaN at step {step} of row {rows[row]}, where X is known. Only "
                'steps that are NaN in X, with missing="mask", need no target: give one, or set '
                "X to NaN there."
            )
        y = np.nan_to_num(y)
    else:
        assert_all_finite(y, estimator_name=type(estimator).__name__, input_name="y")
        y = y[rows]
    return rows, y.reshape(len(y), -1), y.shape[1:], known


def check_validation_data(validation_data: Any, is_self_target: bool) -> tuple[Any, Any, Any]:
    """(X_val, y_val, sample_weight_val), of which the last two may be None."""
    parts = validation_data if isinstance(validation_data, tuple | list) else (validation_data,)
    if not 1 <= len(parts) <= 3:
        raise ValueError(
            f"validation_data has {len(parts)} parts, but must be (X_val, y_val) or (X_val, y_val, "
            "sample_weight_val), or X_val alone where y is None."
        )
    X_val, y_val, weight = (*parts, None, None)[:3]
    if is_self_target and y_val is not None:
        raise ValueError(
            "validation_data has y_val, but y is None, so that targets are read off the windows. "
            "Give validation_data=X_val, or give y too."
        )
    if not is_self_target and y_val is None:
        raise ValueError(
            "validation_data has no y_val, but y was given. Give validation_data=(X_val, y_val)."
        )
    return X_val, y_val, weight


@contextmanager
def in_validation_data() -> Iterator[None]:
    """Errors inside say that they are about validation_data."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"In validation_data: {error}") from error


def check_like(windows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Windows for validation have the steps and channels of those that are trained on."""
    if windows.shape[1:] != others.shape[1:]:
        raise ValueError(
            f"X_val in validation_data has windows of {windows.shape[1]} steps and "
            f"{windows.shape[2]} channels, but X has windows of {others.shape[1]} steps and "
            f"{others.shape[2]} channels. Make both in the same way."
        )
    return windows


def known_steps(windows: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(n_rows, window_length) bool: steps of these windows at which no channel is NaN."""
    if windows.dtype.kind != "f":
        return np.ones((len(rows), windows.shape[1]), bool)
    return ~np.isnan(windows[rows]).any(axis=2)


def has_each_step(windows: np.ndarray, shape: tuple[int, ...], estimator: Any) -> bool:
    """Whether y of this shape holds outputs for each step of the windows."""
    wanted, length = estimator.return_sequences, windows.shape[1]
    name = type(estimator).__name__
    if wanted == "auto":
        wanted = len(shape) == 3
        if len(shape) == 2 and shape[1] == length > 1 and not is_overlapping(windows):
            warn_user(
                f"y has shape {shape}, as many columns as X has steps, and is read as one output "
                f"for each step. Give return_sequences=True to {name} to choose that without this "
                "message, or return_sequences=False for so many outputs of a window."
            )
            wanted = True
    if not wanted:
        if len(shape) == 3:
            raise ValueError(
                f"y has shape {shape}, but with return_sequences=False it must be (n_samples,) or "
                "(n_samples, n_outputs). Use return_sequences=True."
            )
        return False
    check_each_step(windows, shape, estimator)
    return True


def check_each_step(windows: np.ndarray, shape: tuple[int, ...], estimator: Any) -> None:
    """A y of this shape has a target for each step of the windows."""
    length, name = windows.shape[1], type(estimator).__name__
    several, target = f" or (n_samples, {length}, n_outputs)", "target"
    if is_classifier(estimator):
        several, target = "", "class"
    if len(shape) < 2 or shape[1] != length:
        raise ValueError(
            f"y has shape {shape}, but {name} with outputs for each step needs (n_samples, "
            f"{length}){several}: X has windows of {length} steps. Give a {target} for each step, "
            "or use return_sequences=False."
        )
    if estimator.highway not in (False, "auto"):
        raise ValueError(
            "highway=True adds a path from the whole window, but y has outputs for each step. Set "
            "highway=False."
        )


def check_usable(windows: np.ndarray, masks: bool) -> np.ndarray:
    """Positions of the windows that a network can be trained on, of which there must be one."""
    rows = np.flatnonzero(is_usable(windows, masks))
    if not len(rows):
        raise ValueError(nothing_usable(windows, 0, masks))
    return rows


def nothing_usable(windows: np.ndarray, horizon: int, masks: bool) -> str:
    """Why no window of X can be used, and what to do. A horizon of 0: the targets were given."""
    n_windows, window_length, _ = windows.shape
    if masks and n_windows > horizon:
        return (
            f"None of the {n_windows} windows of X is usable: each step of each has a channel "
            "that is NaN, or the target is. Fill missing values first."
        )
    begins_incomplete = not is_complete(windows[:1]).all()
    with_horizon = f" with horizon={horizon}" if horizon else ""
    if begins_incomplete and n_windows < window_length + horizon:
        return (
            f"window_length={window_length}{with_horizon} needs at least "
            f"{window_length + horizon} rows, but X has {n_windows} (n_samples={n_windows}). Use a "
            "shorter window or "
            "a longer series; when scoring a short test fold, "
            'SequenceWindower(context="fit") completes its first windows.'
        )
    if horizon and n_windows <= horizon:
        return (
            f"horizon={horizon} needs at least {horizon + 1} windows to read targets off, but "
            f"X has {n_windows}. Use a smaller horizon or a longer series."
        )
    return (
        f"None of the {n_windows} windows of X is usable{with_horizon}: each contains NaN, or "
        "the rows after it do. Fill missing values first, or use a shorter window."
    )
