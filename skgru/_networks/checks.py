"""Checks of windows, targets and parameters, for GRURegressor and GRUClassifier.

A check raises an error or returns its input, and never repairs it. Arrays are read in pieces, so
that a strided view of windows is never copied as a whole.
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

from skgru._containers.numbers import as_numbers, check_has_rows, check_unique_columns
from skgru._dataset import n_missing_steps, rows_behind, slices_of
from skgru._networks.lag_columns import check_channels, lag_order, stacked, windows_of_table
from skgru._specs import PINBALL
from skgru._validation import (
    Instance,
    _as_tuple,
    at_least,
    check_representable,
    check_row_weights,
    real_between,
    remember_features,
)
from skgru._warnings import warn_user

# float32 represents all whole numbers below this one.
MOST_TOKENS = 1 << 24


def check_units(units: Any) -> tuple[int, ...]:
    """The units of each layer as a tuple."""
    layers = _as_tuple(units)
    if not layers or not all(at_least(1).is_satisfied_by(n) for n in layers):
        raise ValueError(
            f"units={units!r} must be an int of at least 1, or a non-empty sequence of such ints, "
            "one for each layer. Use units=32 for one layer, or units=(32, 16) for two."
        )
    return tuple(int(n) for n in layers)


def check_quantiles(quantiles: Any, loss: Any) -> tuple[float, ...]:
    """The quantiles as a tuple, empty for None. Raises ValueError if they do not fit the loss."""
    is_pinball = isinstance(loss, str) and loss == PINBALL
    if quantiles is None:
        if is_pinball:
            raise ValueError(
                'loss="pinball" predicts quantiles, but quantiles=None. Set '
                "quantiles=(0.1, 0.5, 0.9), for example, or use another loss."
            )
        return ()
    if not is_pinball:
        raise ValueError(
            f"quantiles={quantiles!r} need the pinball loss, but loss={loss!r}. Set "
            'loss="pinball", or quantiles=None.'
        )
    levels = _as_tuple(quantiles) if np.ndim(quantiles) else ()  # a single number is an error
    inside = real_between(0, 1, closed="neither")
    are_levels = len(levels) > 0 and all(inside.is_satisfied_by(level) for level in levels)
    if not are_levels or any(a >= b for a, b in pairwise(levels)):
        raise ValueError(
            f"quantiles={quantiles!r} must be a non-empty, increasing sequence of numbers in (0, "
            "1). Use quantiles=(0.1, 0.5, 0.9), for example."
        )
    if 0.5 not in levels:
        raise ValueError(
            f"quantiles={quantiles!r} must include the median, which predict returns. Add 0.5."
        )
    return tuple(float(level) for level in levels)


def check_labels(y: Any, estimator: Any) -> None:
    """Raise ValueError for bytes, for dates and times, and for strings mixed with numbers, which
    cannot be sorted. Other checks handle the rest.
    """
    if (labels := np.asarray(y)).ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "SMmO":
        return
    name = type(estimator).__name__
    kinds: dict[str, Any] = {}  # each kind with its first label
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
            "numbers. Give classes as strings: y = np.asarray(y).astype(str). To predict numbers, "
            "use GRURegressor."
        )
    if {"string", "number"} <= kinds.keys():
        raise ValueError(
            f"y contains {kinds['string']!r} and {kinds['number']!r}, but {name} cannot sort "
            "strings and numbers together. Give all labels as strings: "
            "y = np.asarray(y).astype(str)."
        )


def _kind_of(label: Any) -> str:
    """Type of a label: "bytes", "string", "time" or "number"; "" for None, NaN and others."""
    if isinstance(label, bytes):
        return "bytes"
    if isinstance(label, str):
        return "string"
    # Before numbers, because numpy's time spans are integers. Only pandas periods have a "freqstr".
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
                f"{callback!r} is not a callback. Give instances of keras.callbacks.Callback."
            )
    return several


def remember_columns(estimator: Any, X: Any, window_length: int, continues: bool) -> None:
    """Store the names and the order of the columns of X. A continued fit keeps the order. X : None
    if the windows have no columns.
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
    """X as windows (n_samples, window_length, n_channels), and its number of dimensions.

    A numeric X is not copied if its columns are in order. NaN is allowed.

    is_fitted : the columns of a table must be those of fit, in the same order. Otherwise their
    names and `n_channels` define the windows; like : another X with the same columns.

    Raises ValueError for a wrong number of dimensions, no samples, infinity, values beyond float32,
    strings or complex numbers, and columns that do not form windows, TypeError for sparse input.
    """
    check_has_rows(X)
    check_unique_columns(X)
    given = as_numbers(stacked(X), leaves_sequences=True)
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
                "must be a number. Give a single column, X[name], or an array of shape "
                "(n_samples, window_length, n_channels)."
            ) from error
        raise ValueError(
            "X must be an array, but holds sequences of different lengths. Use "
            'skgru.as_windows(X), which pads them with NaN, and missing="mask", which skips NaN.'
        ) from error
    if X.ndim > 3:
        raise ValueError(
            f"X has {X.ndim} dimensions, but {type(estimator).__name__} takes windows of shape "
            "(n_samples, window_length, n_channels), or (n_samples, window_length) for one "
            "channel. Reshape X."
        )
    if 0 in X.shape:
        raise ValueError(
            f"X has shape {X.shape}, but windows need at least 1 step and 1 channel. Give an X "
            "without empty dimensions."
        )
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
    """Number of tokens: the largest id plus 1, or `n_tokens`, if all ids are smaller than that.

    Raises ValueError for more than one channel, and for values other than whole numbers from 0 and
    NaN.
    """
    if windows.shape[2] != 1:
        raise ValueError(
            f"X has {windows.shape[2]} channels, but with embedding_dim it must have one channel "
            "of token ids. Combine the channels to one id, or set embedding_dim=None."
        )
    series = rows_behind(windows)
    pieces = [series] if series is not None else (windows[piece] for piece in slices_of(windows))
    largest = -1
    for values in pieces:
        # float64, because float16 and uint8 cannot be compared with numbers beyond their range.
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
            f"X contains token {largest}, but the largest in fit was {n_tokens - 1}. Encode "
            "unknown tokens as NaN, for example with OrdinalEncoder("
            'handle_unknown="use_encoded_value", unknown_value=np.nan).'
        )
    return n_tokens


def is_complete(windows: np.ndarray) -> np.ndarray:
    """(n_windows,) bool: which windows contain no NaN."""
    return n_missing_steps(windows) == 0


def is_usable(windows: np.ndarray, masks: bool) -> np.ndarray:
    """(n_windows,) bool: windows for training, which contain no NaN or, with `masks`, at least one
    step without NaN.
    """
    return n_missing_steps(windows) < (windows.shape[1] if masks else 1)


def is_overlapping(windows: np.ndarray) -> bool:
    """Whether each window is the previous one shifted by one row. NaN equals NaN."""
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
                f"{metric!r} is none of these. Use metrics=['mean_absolute_error'], for example."
            )
    return several


def check_lengths(y: Any, window_length: int) -> tuple[int, ...]:
    """The shape of y. Raises ValueError for sequences of different lengths."""
    is_ragged = False
    try:
        shape = np.asarray(y).shape  # not np.shape: y may be an array of another library
    except ValueError:
        is_ragged, shape = True, ()
    if len(shape) == 1 and np.asarray(y).dtype.kind == "O":
        is_ragged = any(isinstance(one, list | tuple | np.ndarray) for one in y)
    if is_ragged:
        raise ValueError(
            "y must be an array, but holds sequences of different lengths. Pad numbers with "
            f"as_windows(y, {window_length}), and strings with "
            f"[[''] * ({window_length} - len(one)) + list(one) for one in y]."
        )
    return shape


def check_targets(
    windows: np.ndarray,
    y: Any,
    estimator: Any,
    masks: bool,
    like: bool | None = None,
    is_fit: bool = True,
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...], np.ndarray | None]:
    """Positions of usable windows, their targets (n_rows, n_targets), the shape of a row of y, and
    the known steps.

    The known steps are None, or, if y has outputs for each step, (n_rows, window_length) bool. The
    targets of unknown steps are 0.

    like : whether y must have outputs for each step; None: the shape of y decides. is_fit : whether
    X and y are those of fit, and not of score.
    """
    y = stacked(y)
    check_lengths(y, windows.shape[1])
    y = check_array(
        as_numbers(y, "y", leaves_sequences=True),
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
    rows = check_usable(windows, masks, is_fit)
    known = None
    if each_step:
        known = known_steps(windows, rows)
        y = y[rows]
        is_missing = np.isnan(y).reshape(*known.shape, -1).any(axis=2) & known
        if is_missing.any():
            row, step = np.argwhere(is_missing)[0]
            raise ValueError(
                f"Input y contains NaN at step {step} of row {rows[row]}, but X is known there. "
                'Give a target, or set X to NaN there and missing="mask".'
            )
        y = np.nan_to_num(y)
    else:
        assert_all_finite(y, estimator_name=type(estimator).__name__, input_name="y")
        y = y[rows]
    return rows, y.reshape(len(y), -1), y.shape[1:], known


def check_weights(sample_weight: Any, windows: np.ndarray) -> np.ndarray:
    """Weights of the windows, float64 (n_windows,)."""
    return check_row_weights(as_numbers(sample_weight, "sample_weight"), windows)


def check_validation_data(validation_data: Any, is_self_target: bool) -> tuple[Any, Any, Any]:
    """(X_val, y_val, sample_weight_val), of which the last two may be None."""
    parts = validation_data if isinstance(validation_data, tuple | list) else (validation_data,)
    if not 1 <= len(parts) <= 3:
        raise ValueError(
            f"validation_data has {len(parts)} parts, but must have 1 to 3. Use (X_val, y_val) or "
            "(X_val, y_val, sample_weight_val), or X_val alone if y is None."
        )
    X_val, y_val, weight = (*parts, None, None)[:3]
    if is_self_target and y_val is not None:
        raise ValueError(
            "validation_data has y_val, but y is None. Use validation_data=X_val, or give y."
        )
    if not is_self_target and y_val is None:
        what = "has no y_val, but y was given"
        share = ""
        if isinstance(validation_data, Real):
            what = f"must be windows and their targets, but is {validation_data!r}"
            share = (
                " For a share of X, set early_stopping=True, "
                f"validation_fraction={validation_data!r}."
            )
        raise ValueError(f"validation_data {what}. Use validation_data=(X_val, y_val).{share}")
    return X_val, y_val, weight


@contextmanager
def in_validation_data() -> Iterator[None]:
    """Put "In validation_data: " before the messages of errors."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"In validation_data: {error}") from error


def check_like(windows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Raise ValueError if validation windows have other steps or channels than those of X."""
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
                f"for each step. Set return_sequences=True in {name} to keep this without a "
                f"warning, or return_sequences=False for {length} outputs of each window."
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
    """Raise ValueError unless y of this shape holds a target for each step of the windows."""
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
            "highway=True needs one output for each window, but y has outputs for each step. Set "
            "highway=False."
        )


def check_usable(windows: np.ndarray, masks: bool, is_fit: bool) -> np.ndarray:
    """Positions of the usable windows. Raises ValueError if there are none."""
    rows = np.flatnonzero(is_usable(windows, masks))
    if not len(rows):
        raise ValueError(nothing_usable(windows, 0, masks, is_fit))
    return rows


def nothing_usable(windows: np.ndarray, horizon: int, masks: bool, is_fit: bool) -> str:
    """Message for an X without usable windows. horizon : 0 if y was given; is_fit : whether X is
    that of fit, and not of a test fold.
    """
    n_windows, window_length, _ = windows.shape
    if masks and n_windows > horizon:
        return (
            f"None of the {n_windows} windows of X is usable: every step has a channel that is "
            "NaN, or the target is NaN. Fill missing values first."
        )
    begins_incomplete = not is_complete(windows[:1]).all()
    with_horizon = f" with horizon={horizon}" if horizon else ""
    if begins_incomplete and n_windows < window_length + horizon:
        return (
            f"window_length={window_length}{with_horizon} needs at least "
            f"{window_length + horizon} rows, but X has {n_windows} (n_samples={n_windows}). Use a "
            "shorter window or a longer series."
            + ("" if is_fit else ' For a short test fold, use SequenceWindower(context="fit").')
        )
    if horizon and n_windows <= horizon:
        return (
            f"horizon={horizon} needs at least {horizon + 1} windows, but X has {n_windows}. Use a "
            "smaller horizon or a longer series."
        )
    return (
        f"None of the {n_windows} windows of X is usable{with_horizon}: each contains NaN, or "
        "the rows after it do. Fill missing values first, or use a shorter window."
    )
