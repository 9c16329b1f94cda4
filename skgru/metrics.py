"""Metrics of forecasts and of prediction intervals, in addition to those of scikit-learn.

Signatures and averages are those of scikit-learn's regression metrics, such as
``mean_absolute_error`` and ``mean_pinball_loss``. `forecast_scorer` makes scorers for searches of
scikit-learn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import mean_absolute_error, root_mean_squared_error
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_array

from skgru._containers.numbers import as_numbers, check_in_range
from skgru._forecaster.scorer import ForecastScorer
from skgru._r_squared import LARGEST_SQUARED, LARGEST_WEIGHT
from skgru._validation import (
    are_rounding_errors,
    at_least,
    check_row_weights,
    checks_parameters,
    real_between,
)
from skgru._warnings import warn_user

__all__ = [
    "forecast_scorer",
    "interval_coverage",
    "mean_absolute_scaled_error",
    "mean_scaled_interval_score",
    "root_mean_squared_scaled_error",
    "symmetric_mean_absolute_percentage_error",
]


def __dir__() -> list[str]:
    return __all__


_AVERAGES: dict[str, list[Any]] = {
    "sample_weight": ["array-like", None],
    "multioutput": [StrOptions({"raw_values", "uniform_average"}), "array-like"],
}
_POINTS: dict[str, list[Any]] = {"y_true": ["array-like"], "y_pred": ["array-like"]} | _AVERAGES
_INTERVALS: dict[str, list[Any]] = {
    "y_true": ["array-like"],
    "lower": ["array-like"],
    "upper": ["array-like"],
} | _AVERAGES
_SCALE: dict[str, list[Any]] = {"y_train": ["array-like"], "season_length": [at_least(1)]}


def _as_columns(values: Any, name: str) -> np.ndarray:
    """(n,) or (n, n_outputs) -> float64 (n, n_outputs), of at least 1 row and 1 output."""
    values = check_array(
        as_numbers(values, name),
        dtype=np.float64,
        ensure_2d=False,
        allow_nd=True,
        ensure_min_samples=0,
        ensure_min_features=0,
        input_name=name,
    )
    if values.ndim > 2 or 0 in values.shape:
        raise ValueError(
            f"{name} has shape {values.shape}, but must have shape (n_samples,) or (n_samples, "
            f"n_outputs) with at least 1 row and 1 output. Reshape {name}, or add rows."
        )
    check_in_range(values, name, ", and the same for the other arrays")
    return values.reshape(len(values), -1)


def _both(y_true: Any, y_pred: Any, y_train: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Actual values and forecasts, (n_samples, n_outputs) each."""
    actual = _as_columns(y_true, "y_true")
    forecast = _columns_like(actual, y_pred, "y_pred")
    _check_order(y_true, y_pred, "y_pred")
    _check_order(y_true, y_train, "y_train", has_rows=False)
    return actual, forecast


def _check_order(y_true: Any, values: Any, name: str, has_rows: bool = True) -> None:
    """Raise ValueError if rows or columns of two data frames or Series have the same labels in
    another order. Rows and columns are compared by position, so the error would be one of pairs
    that do not belong together. has_rows : whether both have the same rows.
    """
    one, other = (list(getattr(each, "columns", ())) for each in (y_true, values))
    if one != other and Counter(one) == Counter(other):
        raise ValueError(
            f"{name} has the columns {other} and y_true has {one}, but columns are compared in "
            f"order. Give them in the order of y_true: {name}[list(y_true.columns)]."
        )
    index: Any = getattr(y_true, "index", None)
    given: Any = getattr(values, "index", None)
    if not has_rows or not hasattr(index, "equals") or not hasattr(given, "equals"):
        return
    if not index.equals(given) and len(index) == len(given) and Counter(index) == Counter(given):
        code = f": {name}.loc[y_true.index]" if index.is_unique else ""
        raise ValueError(
            f"{name} has the rows of y_true in another order, but rows are compared in order. Give "
            f"both in the same order{code}."
        )


def _columns_like(y_true: np.ndarray, values: Any, name: str) -> np.ndarray:
    columns = _as_columns(values, name)
    if columns.shape != y_true.shape:
        raise ValueError(
            f"{name} has {_rows_and_outputs(columns)}, but y_true has {_rows_and_outputs(y_true)}. "
            f"Give one value of {name} for each value of y_true."
        )
    return columns


def _rows_and_outputs(columns: np.ndarray) -> str:
    return " and ".join(
        f"{n} {noun}{'' if n == 1 else 's'}"
        for n, noun in zip(columns.shape, ("row", "output"), strict=True)
    )


def _intervals(
    y_true: Any, lower: Any, upper: Any, y_train: Any = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three arrays (n_samples, n_outputs). No lower bound is above its upper bound."""
    given = {"lower": lower, "upper": upper}
    actual = _as_columns(y_true, "y_true")
    lower, upper = (_columns_like(actual, bound, name) for name, bound in given.items())
    for name, bound in given.items():
        _check_order(y_true, bound, name)
    _check_order(y_true, y_train, "y_train", has_rows=False)
    y_true = actual
    crossed = np.argwhere(lower > upper)
    if len(crossed):
        row, output = crossed[0]
        raise ValueError(
            f"lower is above upper in {len(crossed)} of {lower.size} intervals, first in row {row} "
            f"of output {output}: {lower[row, output]:g} > {upper[row, output]:g}. Exchange lower "
            "and upper. If quantiles cross, use np.minimum(lower, upper) and "
            "np.maximum(lower, upper)."
        )
    return y_true, lower, upper


def _mean_of_rows(losses: np.ndarray, sample_weight: Any = None) -> np.ndarray:
    """Weighted mean over the rows: (n_samples, n_outputs) -> (n_outputs,)."""
    if sample_weight is not None:
        sample_weight = check_row_weights(as_numbers(sample_weight, "sample_weight"), losses)
        sample_weight = _moderate(sample_weight, losses)
    return np.average(losses, axis=0, weights=sample_weight)


def _root_mean_square(errors: np.ndarray, sample_weight: Any = None) -> np.ndarray:
    """Root of the weighted mean of squares over the rows, for errors of any size."""
    largest = np.abs(errors).max(axis=0)
    is_extreme = (largest > LARGEST_SQUARED) | (largest < 1 / LARGEST_SQUARED)
    unit = np.where(is_extreme & (largest > 0), largest, 1.0)
    return unit * np.sqrt(_mean_of_rows((errors / unit) ** 2, sample_weight))


def _moderate(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Weights whose weighted mean of the values can be computed: no sum is infinite."""
    largest = weights.max(initial=0)
    is_extreme = largest > LARGEST_WEIGHT or np.nanmax(values, initial=0) > LARGEST_SQUARED
    return weights / largest if is_extreme and largest > 0 else weights


def _seasonal_scale(
    y_train: Any,
    season_length: int,
    n_outputs: int,
    mean: Callable[[np.ndarray], np.ndarray] = _mean_of_rows,
) -> np.ndarray:
    """Mean absolute error of the seasonal-naive forecast within y_train, (n_outputs,).

    A single column of y_train is repeated for all outputs, which are often the steps of one series.
    The scale of a column that repeats itself is NaN. Raises ValueError if all of them are.
    """
    y_train = _as_columns(y_train, "y_train")
    n_train, n_columns = y_train.shape
    if n_columns not in (1, n_outputs):
        raise ValueError(
            f"y_train has {n_columns} columns, but y_true has {n_outputs}. Give y_train one column "
            "for each output, or a single column for all outputs."
        )
    if n_train <= season_length:
        raise ValueError(
            f"season_length={season_length} needs at least {season_length + 1} rows in y_train, "
            f"but y_train has {n_train}. Use a longer y_train or a smaller season_length."
        )
    differences = np.abs(y_train[season_length:] - y_train[:-season_length])
    is_constant = are_rounding_errors(differences, y_train)
    if is_constant.any():
        columns = np.flatnonzero(is_constant).tolist()
        repeats = (
            f"y_train repeats itself exactly with season_length={season_length} in column(s) "
            f"{columns}, so that the seasonal-naive error to divide by is 0."
        )
        if is_constant.all():
            raise ValueError(
                f"{repeats} Use another y_train or season_length, or "
                "sklearn.metrics.mean_absolute_error, which has no scale."
            )
        warn_user(
            f"{repeats} Their errors are NaN with multioutput='raw_values', and averages leave "
            "them out. Measure them with sklearn.metrics.mean_absolute_error."
        )
    scale = np.where(is_constant, np.nan, mean(differences))
    return np.broadcast_to(scale, n_outputs)


def _scaled(errors: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Errors divided by their scale, (n_outputs,) each. NaN where the scale is NaN."""
    with np.errstate(over="ignore"):  # the error below replaces the warning
        scaled = errors / scale
    if np.isinf(scaled).any():
        output = int(np.isinf(scaled).argmax())
        raise ValueError(
            f"y_train has a seasonal-naive error of {scale[output]:.2g} in output {output}, and "
            f"{errors[output]:.2g}, the error of this output, divided by it is no float. Use a "
            "y_train of the same unit as y_true, or sklearn.metrics.mean_absolute_error."
        )
    return scaled


def _combine(outputs: np.ndarray, multioutput: Any) -> float | np.ndarray:
    """The values of all outputs, (n_outputs,), or their average as a float. Averages leave out the
    outputs of NaN, which have no scale.
    """
    if isinstance(multioutput, str):
        return outputs if multioutput == "raw_values" else float(np.nanmean(outputs))
    weights = check_array(
        multioutput,
        dtype=np.float64,
        ensure_2d=False,
        ensure_min_samples=0,
        input_name="multioutput",
    )
    if weights.shape != outputs.shape or (weights < 0).any() or not weights.any():
        raise ValueError(
            f"multioutput={weights.tolist()} must have one weight of at least 0 for each output "
            f"(y_true has {len(outputs)}), not all of them 0. Give such weights, 'uniform_average' "
            "or 'raw_values'."
        )
    weights = _moderate(weights, outputs)
    is_known = ~np.isnan(outputs)
    if not weights[is_known].any():
        raise ValueError(
            f"multioutput={weights.tolist()} has weights above 0 only for outputs whose y_train "
            "repeats itself, so that no error is left to average. Give a weight above 0 to another "
            "output, or use 'uniform_average'."
        )
    return float(np.average(outputs[is_known], weights=weights[is_known]))


@checks_parameters(_POINTS | _SCALE)
def mean_absolute_scaled_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    y_train: ArrayLike,
    season_length: int = 1,
    sample_weight: ArrayLike | None = None,
    multioutput: ArrayLike = "uniform_average",
) -> Any:
    """Mean absolute error, divided by the seasonal-naive error on the training series.

    The seasonal-naive forecast repeats the value of one season ago, and its mean absolute error on
    the training series is the scale. Below 1, the forecast is more accurate than this reference.
    Scaled errors have no unit, so that errors of different series can be compared and averaged.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Actual values.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Forecasts.

    y_train : array-like of shape (n_train,) or (n_train, n_outputs)
        Training series, oldest row first, with at least season_length + 1 rows. A single
        column is the training series of all outputs, which are then steps of one series.

    season_length : int, default=1
        Rows in a season: 12 for monthly data with a yearly season, 1 for none. At least 1.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows of y_true, at least 0 and not all 0. y_train has no weights.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        "raw_values": one error for each output. "uniform_average": their mean. An array of shape
        (n_outputs,): their mean with these weights, at least 0 and not all 0.

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        At least 0; 0 is best.

    Raises
    ------
    ValueError
        If shapes differ, y_train has too few rows or repeats itself in all columns, a parameter is
        out of range, or an array is empty or contains NaN, infinity or strings. If rows or columns
        have the labels of those of y_true in another order.

    Warns
    -----
    UserWarning
        If some columns of y_train repeat themselves, as a constant series does. Their scale is 0:
        averages leave them out, and multioutput="raw_values" gives NaN for them.

    See Also
    --------
    root_mean_squared_scaled_error : Squared instead of absolute errors.
    sklearn.metrics.mean_absolute_error : Without a scale.

    Notes
    -----
    With m = season_length and T rows of training series z::

        MASE = mean(|y_true - y_pred|) / (sum(|z[t] - z[t - m]| for t = m + 1 .. T) / (T - m))

    References
    ----------
    Hyndman, R. J. and Koehler, A. B. (2006). Another look at measures of forecast accuracy.
    International Journal of Forecasting 22(4), 679-688. doi:10.1016/j.ijforecast.2006.03.001

    Examples
    --------
    >>> from skgru.metrics import mean_absolute_scaled_error
    >>> y_train = [1.0, 3.0, 2.0, 5.0]  # naive errors 2, 1 and 3, with a mean of 2
    >>> mean_absolute_scaled_error([6.0, 4.0], [5.0, 4.0], y_train=y_train)
    0.25
    """
    y_true, y_pred = _both(y_true, y_pred, y_train)
    scale = _seasonal_scale(y_train, season_length, y_true.shape[1])
    error = _mean_of_rows(np.abs(y_true - y_pred), sample_weight)
    return _combine(_scaled(error, scale), multioutput)


@checks_parameters(_POINTS | _SCALE)
def root_mean_squared_scaled_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    y_train: ArrayLike,
    season_length: int = 1,
    sample_weight: ArrayLike | None = None,
    multioutput: ArrayLike = "uniform_average",
) -> Any:
    """Root mean squared error, divided by the seasonal-naive error on the training series.

    The metric of the M5 competition. It is lowest for forecasts of the mean. The mean absolute
    scaled error is lowest for forecasts of the median, which is often 0 if sales are rare.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Actual values.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Forecasts.

    y_train : array-like of shape (n_train,) or (n_train, n_outputs)
        Training series, oldest row first, with at least season_length + 1 rows. A single
        column is the training series of all outputs, which are then steps of one series.

    season_length : int, default=1
        Rows in a season: 12 for monthly data with a yearly season, 1 for none (as in M5). At least
        1.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows of y_true, at least 0 and not all 0. y_train has no weights.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        "raw_values": one error for each output. "uniform_average": their mean. An array of shape
        (n_outputs,): their mean with these weights, at least 0 and not all 0.

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        At least 0; 0 is best.

    Raises
    ------
    ValueError
        If shapes differ, y_train has too few rows or repeats itself in all columns, a parameter is
        out of range, or an array is empty or contains NaN, infinity or strings. If rows or columns
        have the labels of those of y_true in another order.

    Warns
    -----
    UserWarning
        If some columns of y_train repeat themselves, as a constant series does. Their scale is 0:
        averages leave them out, and multioutput="raw_values" gives NaN for them.

    See Also
    --------
    mean_absolute_scaled_error : Absolute instead of squared errors.
    sklearn.metrics.root_mean_squared_error : Without a scale.

    Notes
    -----
    With m = season_length and T rows of training series z::

        RMSSE = sqrt(mean((y_true - y_pred)^2)
                     / (sum((z[t] - z[t - m])^2 for t = m + 1 .. T) / (T - m)))

    In M5, each y_train starts at the first sale. Drop leading zeros of y_train to get the same
    errors.

    References
    ----------
    Makridakis, S., Spiliotis, E. and Assimakopoulos, V. (2022). M5 accuracy competition: Results,
    findings, and conclusions. International Journal of Forecasting 38(4), 1346-1364.
    doi:10.1016/j.ijforecast.2021.11.013

    Examples
    --------
    >>> from skgru.metrics import root_mean_squared_scaled_error
    >>> y_train = [1.0, 3.0, 1.0, 3.0]  # squared naive errors have a mean of 4
    >>> root_mean_squared_scaled_error([6.0, 4.0], [5.0, 3.0], y_train=y_train)
    0.5
    """
    y_true, y_pred = _both(y_true, y_pred, y_train)
    scale = _seasonal_scale(y_train, season_length, y_true.shape[1], _root_mean_square)
    return _combine(_scaled(_root_mean_square(y_true - y_pred, sample_weight), scale), multioutput)


@checks_parameters(_POINTS)
def symmetric_mean_absolute_percentage_error(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: ArrayLike = "uniform_average",
) -> Any:
    """Mean of absolute errors in percent of the mean of actual value and forecast.

    The metric of the M4 competition, for positive series. It lies between 0 and 200. A forecast of
    0, or with the wrong sign, has an error of 200. If actual value and forecast are 0, the error
    is 0.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Actual values.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Forecasts.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, at least 0 and not all 0.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        "raw_values": one error for each output. "uniform_average": their mean. An array of shape
        (n_outputs,): their mean with these weights, at least 0 and not all 0.

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        Percent, from 0 to 200; 0 is best.

    Raises
    ------
    ValueError
        If shapes differ, a parameter is out of range, or an array is empty or contains NaN,
        infinity or strings. If rows or columns have the labels of those of y_true in another order.

    See Also
    --------
    mean_absolute_scaled_error : For series that cross 0.
    sklearn.metrics.mean_absolute_percentage_error : Relative to the actual value, without a limit.

    Notes
    -----
    ::

        sMAPE = mean(200 * |y_true - y_pred| / (|y_true| + |y_pred|))

    Despite its name, the metric is not symmetric: the error of a forecast that is too low by 10 is
    larger than that of a forecast that is too high by 10.

    References
    ----------
    Makridakis, S., Spiliotis, E. and Assimakopoulos, V. (2020). The M4 Competition: 100,000 time
    series and 61 forecasting methods. International Journal of Forecasting 36(1), 54-74.
    doi:10.1016/j.ijforecast.2019.04.014

    Examples
    --------
    >>> from skgru.metrics import symmetric_mean_absolute_percentage_error
    >>> symmetric_mean_absolute_percentage_error([3.0, 0.0], [1.0, 0.0])
    50.0
    """
    y_true, y_pred = _both(y_true, y_pred)
    size = np.abs(y_true) + np.abs(y_pred)
    # A size of 0 has an error of 0, and 0 / 0 counts as 0.
    parts = np.abs(y_true - y_pred) / np.where(size == 0.0, 1.0, size)
    return _combine(200.0 * _mean_of_rows(parts, sample_weight), multioutput)


@checks_parameters(_INTERVALS)
def interval_coverage(
    y_true: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: ArrayLike = "uniform_average",
) -> Any:
    """Share of values within their prediction intervals, bounds included.

    Compare it with the nominal coverage: intervals with a nominal coverage of 0.9 should contain 9
    of 10 values. `mean_scaled_interval_score` also accounts for the width of the intervals.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Actual values.

    lower : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Lower bounds of the intervals.

    upper : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Upper bounds of the intervals, at least the lower bounds.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, at least 0 and not all 0.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        "raw_values": one share for each output. "uniform_average": their mean. An array of shape
        (n_outputs,): their mean with these weights, at least 0 and not all 0.

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        From 0 to 1.

    Raises
    ------
    ValueError
        If a lower bound is above its upper bound, shapes differ, a parameter is out of range, or an
        array is empty or contains NaN, infinity or strings.

    See Also
    --------
    mean_scaled_interval_score : Coverage and width in one number.
    sklearn.metrics.mean_pinball_loss : Loss of a single quantile.

    Examples
    --------
    >>> from skgru.metrics import interval_coverage
    >>> lower, upper = [0.0, 2.0, 2.0, 3.0], [2.0, 3.0, 4.0, 5.0]
    >>> interval_coverage([1.0, 2.0, 3.0, 9.0], lower, upper)
    0.75
    """
    y_true, lower, upper = _intervals(y_true, lower, upper)
    is_inside = (lower <= y_true) & (y_true <= upper)
    return _combine(_mean_of_rows(is_inside.astype(np.float64), sample_weight), multioutput)


@checks_parameters(_INTERVALS | _SCALE | {"coverage": [real_between(0, 1, "neither")]})
def mean_scaled_interval_score(
    y_true: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    coverage: float,
    y_train: ArrayLike,
    season_length: int = 1,
    sample_weight: ArrayLike | None = None,
    multioutput: ArrayLike = "uniform_average",
) -> Any:
    """Mean width of intervals plus a penalty for values outside, divided by the scale.

    The metric of the M4 competition for intervals. The penalty of a value outside its interval is
    2 / (1 - coverage) times its distance from the interval. With this factor, the true quantiles
    have the lowest expected score. The scale is that of `mean_absolute_scaled_error`.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Actual values.

    lower : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Lower bounds: quantiles (1 - coverage) / 2.

    upper : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Upper bounds: quantiles (1 + coverage) / 2, at least the lower bounds.

    coverage : float
        Nominal coverage of the intervals, in (0, 1): the share of values that they should contain.
        It is 0.95 in M4.

    y_train : array-like of shape (n_train,) or (n_train, n_outputs)
        Training series, oldest row first, with at least season_length + 1 rows. A single
        column is the training series of all outputs, which are then steps of one series.

    season_length : int, default=1
        Rows in a season: 12 for monthly data with a yearly season, 1 for none. At least 1.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows of y_true, at least 0 and not all 0. y_train has no weights.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        "raw_values": one score for each output. "uniform_average": their mean. An array of shape
        (n_outputs,): their mean with these weights, at least 0 and not all 0.

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        At least 0; 0 is best.

    Raises
    ------
    ValueError
        If a lower bound is above its upper bound, shapes differ, y_train has too few rows or
        repeats itself in all columns, a parameter is out of range, or an array is empty or contains
        NaN, infinity or strings. If rows or columns have the labels of those of y_true in another
        order.

    Warns
    -----
    UserWarning
        If some columns of y_train repeat themselves, as a constant series does. Their scale is 0:
        averages leave them out, and multioutput="raw_values" gives NaN for them.

    See Also
    --------
    interval_coverage : Share of values within the intervals.
    mean_absolute_scaled_error : The same scale for point forecasts.
    sklearn.metrics.mean_pinball_loss : Loss of a single quantile.

    Notes
    -----
    With alpha = 1 - coverage and the scale of the mean absolute scaled error::

        score = (upper - lower) + 2 / alpha * max(lower - y_true, 0)
                                + 2 / alpha * max(y_true - upper, 0)
        MSIS = mean(score) / scale

    The score is 2 / alpha times the pinball losses of both bounds together.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and
    estimation. Journal of the American Statistical Association 102(477), 359-378.
    doi:10.1198/016214506000001437

    Makridakis, S., Spiliotis, E. and Assimakopoulos, V. (2020). The M4 Competition: 100,000 time
    series and 61 forecasting methods. International Journal of Forecasting 36(1), 54-74.
    doi:10.1016/j.ijforecast.2019.04.014

    Examples
    --------
    >>> from skgru.metrics import mean_scaled_interval_score
    >>> y_train = [1.0, 3.0, 2.0, 5.0]  # naive errors have a mean of 2
    >>> mean_scaled_interval_score(
    ...     [2.0, 5.0], lower=[1.0, 1.0], upper=[3.0, 4.0], coverage=0.5, y_train=y_train
    ... )
    2.25
    """
    y_true, lower, upper = _intervals(y_true, lower, upper, y_train)
    scale = _seasonal_scale(y_train, season_length, y_true.shape[1])
    outside = np.maximum(lower - y_true, 0.0) + np.maximum(y_true - upper, 0.0)
    with np.errstate(over="ignore"):  # infinity is an error of _scaled
        penalty = 2.0 / (1.0 - coverage) * outside
        score = _mean_of_rows(upper - lower + penalty, sample_weight)
    return _combine(_scaled(score, scale), multioutput)


# "mase" is scaled afterwards, where the training rows of each series are known.
_NAMED: dict[str, Callable[..., Any]] = {
    "mae": mean_absolute_error,
    "rmse": root_mean_squared_error,
    "mase": mean_absolute_error,
    "smape": symmetric_mean_absolute_percentage_error,
}


def metric_named(metric: Any) -> tuple[Callable[..., Any], bool]:
    """A function metric(y_true, y_pred), and whether it is to be divided by the seasonal-naive
    error of the training rows.
    """
    if callable(metric):
        return metric, False
    if not isinstance(metric, str) or metric not in _NAMED:
        raise ValueError(
            f"metric={metric!r} must be one of {list(_NAMED)}, or a function metric(y_true, "
            "y_pred). Use metric='mae', for example."
        )
    return _NAMED[metric], metric == "mase"


def forecast_scorer(metric: str | Callable[..., Any] = "mae") -> Callable[..., float]:
    """Make a scorer of forecasts for grid searches and cross-validation.

    The scorer forecasts the test fold from the end of the training fold, and returns the negative
    error, so that larger scores are better. Scorers of scikit-learn compare row t of `predict` with
    row t of X, but that row is the forecast of row t + 1.

    Parameters
    ----------
    metric : {"mae", "rmse", "mase", "smape"} or callable, default="mae"
        The error to measure, or a function `metric(y_true, y_pred)` that returns one number, where
        smaller is better. It gets arrays of shape (n_samples,), or (n_samples, n_targets) for
        several targets. "mase" divides by the seasonal-naive error of the training rows.

    Returns
    -------
    callable
        `scorer(estimator, X, y=None, sample_weight=None)` for a fitted `SequenceForecaster`, as the
        parameter `scoring` of scikit-learn. A search that was fitted with `sample_weight` also
        weights the rows of the test fold, if the metric takes `sample_weight`.

    Raises
    ------
    ValueError
        `forecast_scorer`: if metric is another name. The scorer: if X does not follow the training
        fold, is a long frame, or cannot be measured.

    See Also
    --------
    skgru.model_selection.backtest : Errors from many forecast origins.
    sklearn.model_selection.TimeSeriesSplit : Folds in time order.

    Notes
    -----
    What is forecast depends on the test fold:

    - One series: its rows, `estimator.forecast(len(X))`. Columns in `known` are read from X as
      `future`. With strategy="direct" they are read in blocks of `horizon` rows, so that rows after
      the last whole block are left out.
    - A wide frame (`group="columns"`): its rows. The score is the mean over the series.
    - A list of series, which are not those of the training fold: the last `horizon` rows of each,
      from the rows before. The score is the mean over the series that are long enough.
    - The training fold (`return_train_score=True`): its last `horizon` rows, which took part in the
      fit.

    Dates show whether a test fold follows the training fold. Arrays have none, and their test fold
    is taken for the rows after the training fold: leave `gap` of `TimeSeriesSplit` at 0.

    Rows with a missing value (NaN) are left out. The season of "mase" is `season_length_` of the
    forecaster, so choose another metric if `season_length` is searched.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.metrics import forecast_scorer
    >>> search = GridSearchCV(
    ...     SequenceForecaster(Ridge(), horizon=12, season_length=12),
    ...     {"window_length": [12, 24]},
    ...     cv=TimeSeriesSplit(3, test_size=12),
    ...     scoring=forecast_scorer("mase"),
    ... )
    >>> search.fit(load_airline_passengers()).best_params_
    {'window_length': 12}
    """
    return ForecastScorer(metric, *metric_named(metric))
