"""Measures of forecasts and of prediction intervals that scikit-learn lacks. numpy and scikit-learn
only.

Signatures and averages are those of scikit-learn's regression metrics. What scikit-learn has
already (``mean_absolute_error``, ``mean_pinball_loss``) is not here again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils._param_validation import StrOptions, validate_params
from sklearn.utils.validation import _check_sample_weight, check_array

from skgru._validation import at_least, real_between

__all__ = [
    "interval_coverage",
    "mean_absolute_scaled_error",
    "mean_scaled_interval_score",
    "root_mean_squared_scaled_error",
    "symmetric_mean_absolute_percentage_error",
]

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
    """(n,) or (n, n_outputs) -> float64 (n, n_outputs), both at least 1."""
    values = check_array(
        values,
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
            f"n_outputs) with at least 1 row and 1 output. Reshape {name}, or give it values."
        )
    return values.reshape(len(values), -1)


def _columns_like(y_true: np.ndarray, values: Any, name: str) -> np.ndarray:
    columns = _as_columns(values, name)
    if columns.shape != y_true.shape:
        raise ValueError(
            f"{name} has {_rows_and_outputs(columns)}, but y_true has {_rows_and_outputs(y_true)}. "
            f"Give {name} one value for each value of y_true."
        )
    return columns


def _rows_and_outputs(columns: np.ndarray) -> str:
    return " and ".join(
        f"{n} {noun}{'' if n == 1 else 's'}"
        for n, noun in zip(columns.shape, ("row", "output"), strict=True)
    )


def _intervals(y_true: Any, lower: Any, upper: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three arrays (n_samples, n_outputs), lower nowhere above upper."""
    y_true = _as_columns(y_true, "y_true")
    lower = _columns_like(y_true, lower, "lower")
    upper = _columns_like(y_true, upper, "upper")
    crossed = np.argwhere(lower > upper)
    if len(crossed):
        row, output = crossed[0]
        raise ValueError(
            f"lower is above upper in {len(crossed)} of {lower.size} intervals, first in row {row} "
            f"of output {output}: {lower[row, output]:g} > {upper[row, output]:g}. Exchange lower "
            "and upper, or take np.minimum and np.maximum of both where quantiles cross."
        )
    return y_true, lower, upper


def _seasonal_differences(y_train: Any, season_length: int, n_outputs: int) -> np.ndarray:
    """(n_train,) or (n_train, n_outputs) -> (n_train - season_length, n_outputs), no column all 0.

    Errors of the seasonal naive forecast within y_train. One column serves all outputs: it is
    repeated, because outputs are often the steps of one series.
    """
    y_train = _as_columns(y_train, "y_train")
    n_train, n_columns = y_train.shape
    if n_columns not in (1, n_outputs):
        raise ValueError(
            f"y_train has {n_columns} columns, but y_true has {n_outputs}. Give y_train one column "
            "for each output, or a single one that serves all outputs."
        )
    if n_train <= season_length:
        raise ValueError(
            f"season_length={season_length} needs at least {season_length + 1} rows in y_train, "
            f"but it has {n_train}. Use a longer y_train or a shorter season."
        )
    differences = y_train[season_length:] - y_train[:-season_length]
    constant = np.flatnonzero(~differences.any(axis=0))
    if len(constant):
        raise ValueError(
            f"y_train repeats itself exactly with season_length={season_length} in column(s) "
            f"{constant.tolist()}: the scale to divide by is 0. Use another y_train or season "
            "length, or an error without scale such as sklearn.metrics.mean_absolute_error."
        )
    return np.broadcast_to(differences, (len(differences), n_outputs))


def _mean_of_rows(losses: np.ndarray, sample_weight: Any) -> np.ndarray:
    """(n_samples, n_outputs) -> (n_outputs,), weighted."""
    if sample_weight is not None:
        sample_weight = _check_sample_weight(
            sample_weight, losses, dtype=np.float64, ensure_non_negative=True
        )
    return np.average(losses, axis=0, weights=sample_weight)


def _combine(outputs: np.ndarray, multioutput: Any) -> float | np.ndarray:
    """(n_outputs,) -> the same, or its average as a float."""
    if isinstance(multioutput, str):
        return outputs if multioutput == "raw_values" else float(outputs.mean())
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
            f"(y_true has {len(outputs)}), and not all of them 0. Give such weights, "
            "'uniform_average' or 'raw_values'."
        )
    return float(np.average(outputs, weights=weights))


@validate_params(_POINTS | _SCALE, prefer_skip_nested_validation=True)
def mean_absolute_scaled_error(
    y_true, y_pred, *, y_train, season_length=1, sample_weight=None, multioutput="uniform_average"
):
    """Mean absolute error, in units of the naive forecast's error on the training series.

    Below 1 the forecast is better than "the same as one season ago" was, one step ahead, within the
    training series. Having no unit, errors of different series can be compared and averaged.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What happened.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What was forecast.

    y_train : array-like of shape (n_train,) or (n_train, n_outputs)
        The series before the forecast, oldest row first: at least season_length + 1 rows. A single
        column serves all outputs (the steps of one series).

    season_length : int, default=1
        Rows in a season: 12 for monthly data with a yearly season, 1 for none. At least 1.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows of y_true, at least 0 and not all 0. y_train has no weights.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        One error for each output, their mean, or their mean with weights of shape (n_outputs,).

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        At least 0; 0 is best.

    Raises
    ------
    ValueError
        If shapes differ, y_train has too few rows or a scale of 0, a parameter is out of range, or
        an array is empty or contains NaN, infinity or strings.

    See Also
    --------
    root_mean_squared_scaled_error : The same with squared errors.
    sklearn.metrics.mean_absolute_error : The same without scale.

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
    >>> y_train = [1.0, 3.0, 2.0, 5.0]  # changes by 2, 1 and 3: by 2 in the mean
    >>> mean_absolute_scaled_error([6.0, 4.0], [5.0, 4.0], y_train=y_train)
    0.25
    """
    y_true = _as_columns(y_true, "y_true")
    y_pred = _columns_like(y_true, y_pred, "y_pred")
    differences = _seasonal_differences(y_train, season_length, y_true.shape[1])
    error = _mean_of_rows(np.abs(y_true - y_pred), sample_weight)
    return _combine(error / np.abs(differences).mean(axis=0), multioutput)


@validate_params(_POINTS | _SCALE, prefer_skip_nested_validation=True)
def root_mean_squared_scaled_error(
    y_true, y_pred, *, y_train, season_length=1, sample_weight=None, multioutput="uniform_average"
):
    """Root mean squared error, in units of the naive forecast's error on the training series.

    The measure of the M5 competition. It asks for the mean of what may happen, where the mean
    absolute scaled error asks for the median (often 0 in series of rare sales).

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What happened.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What was forecast.

    y_train : array-like of shape (n_train,) or (n_train, n_outputs)
        The series before the forecast, oldest row first: at least season_length + 1 rows. A single
        column serves all outputs (the steps of one series).

    season_length : int, default=1
        Rows in a season: 12 for monthly data with a yearly season, 1 for none (as in M5). At least
        1.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows of y_true, at least 0 and not all 0. y_train has no weights.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        One error for each output, their mean, or their mean with weights of shape (n_outputs,).

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        At least 0; 0 is best.

    Raises
    ------
    ValueError
        If shapes differ, y_train has too few rows or a scale of 0, a parameter is out of range, or
        an array is empty or contains NaN, infinity or strings.

    See Also
    --------
    mean_absolute_scaled_error : The same with absolute errors.
    sklearn.metrics.root_mean_squared_error : The same without scale.

    Notes
    -----
    With m = season_length and T rows of training series z::

        RMSSE = sqrt(mean((y_true - y_pred)^2)
                     / (sum((z[t] - z[t - m])^2 for t = m + 1 .. T) / (T - m)))

    M5 begins each y_train at the first sale; leave out leading zeros for its exact numbers.

    References
    ----------
    Makridakis, S., Spiliotis, E. and Assimakopoulos, V. (2022). M5 accuracy competition: Results,
    findings, and conclusions. International Journal of Forecasting 38(4), 1346-1364.
    doi:10.1016/j.ijforecast.2021.11.013

    Examples
    --------
    >>> from skgru.metrics import root_mean_squared_scaled_error
    >>> y_train = [1.0, 3.0, 1.0, 3.0]  # squares of its changes: 4 in the mean
    >>> root_mean_squared_scaled_error([6.0, 4.0], [5.0, 3.0], y_train=y_train)
    0.5
    """
    y_true = _as_columns(y_true, "y_true")
    y_pred = _columns_like(y_true, y_pred, "y_pred")
    differences = _seasonal_differences(y_train, season_length, y_true.shape[1])
    error = np.sqrt(_mean_of_rows((y_true - y_pred) ** 2, sample_weight))
    return _combine(error / np.sqrt((differences**2).mean(axis=0)), multioutput)


@validate_params(_POINTS, prefer_skip_nested_validation=True)
def symmetric_mean_absolute_percentage_error(
    y_true, y_pred, *, sample_weight=None, multioutput="uniform_average"
):
    """Mean absolute error, each in percent of the mean size of value and forecast.

    From 0 to 200, as in the M4 competition: 200 where the forecast is 0 or has the wrong sign, 0
    where value and forecast are both 0. Meant for positive series.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What happened.

    y_pred : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What was forecast.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, at least 0 and not all 0.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        One error for each output, their mean, or their mean with weights of shape (n_outputs,).

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        Percent, from 0 to 200; 0 is best.

    Raises
    ------
    ValueError
        If shapes differ, a parameter is out of range, or an array is empty or contains NaN,
        infinity or strings.

    See Also
    --------
    mean_absolute_scaled_error : For series that cross 0.
    sklearn.metrics.mean_absolute_percentage_error : In parts of the value alone, without limit.

    Notes
    -----
    ::

        sMAPE = mean(200 * |y_true - y_pred| / (|y_true| + |y_pred|))

    Despite its name it is not symmetric: 10 too little costs more than 10 too much.

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
    y_true = _as_columns(y_true, "y_true")
    y_pred = _columns_like(y_true, y_pred, "y_pred")
    size = np.abs(y_true) + np.abs(y_pred)
    # Where the size is 0 the error is 0 too, and 0 / 1 is what 0 / 0 counts as.
    parts = np.abs(y_true - y_pred) / np.where(size == 0.0, 1.0, size)
    return _combine(200.0 * _mean_of_rows(parts, sample_weight), multioutput)


@validate_params(_INTERVALS, prefer_skip_nested_validation=True)
def interval_coverage(y_true, lower, upper, *, sample_weight=None, multioutput="uniform_average"):
    """Share of values that lie within their prediction intervals, bounds included.

    To be compared with the coverage that was asked for: intervals of 0.9 should hold 9 values in
    10. It says nothing of their width.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What happened.

    lower : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Lower bounds of the intervals.

    upper : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Upper bounds of the intervals, nowhere below the lower ones.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, at least 0 and not all 0.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        One share for each output, their mean, or their mean with weights of shape (n_outputs,).

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


@validate_params(
    _INTERVALS | _SCALE | {"coverage": [real_between(0, 1, "neither")]},
    prefer_skip_nested_validation=True,
)
def mean_scaled_interval_score(
    y_true,
    lower,
    upper,
    *,
    coverage,
    y_train,
    season_length=1,
    sample_weight=None,
    multioutput="uniform_average",
):
    """Mean width of intervals and penalty for values outside, in units of the naive error.

    The measure of intervals in the M4 competition. A value outside costs 2 / (1 - coverage) times
    its distance from the interval, so that in the long run the true quantiles score best.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        What happened.

    lower : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Lower bounds: quantiles (1 - coverage) / 2.

    upper : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Upper bounds: quantiles (1 + coverage) / 2, nowhere below the lower ones.

    coverage : float
        Share of values that the intervals are meant to hold, between 0 and 1, both excluded (0.95
        in M4).

    y_train : array-like of shape (n_train,) or (n_train, n_outputs)
        The series before the forecast, oldest row first: at least season_length + 1 rows. A single
        column serves all outputs (the steps of one series).

    season_length : int, default=1
        Rows in a season: 12 for monthly data with a yearly season, 1 for none. At least 1.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows of y_true, at least 0 and not all 0. y_train has no weights.

    multioutput : {"raw_values", "uniform_average"} or array-like, default="uniform_average"
        One score for each output, their mean, or their mean with weights of shape (n_outputs,).

    Returns
    -------
    float, or ndarray of shape (n_outputs,) with multioutput="raw_values"
        At least 0; 0 is best.

    Raises
    ------
    ValueError
        If a lower bound is above its upper bound, shapes differ, y_train has too few rows or a
        scale of 0, a parameter is out of range, or an array is empty or contains NaN, infinity or
        strings.

    See Also
    --------
    interval_coverage : Share of values inside.
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
    >>> y_train = [1.0, 3.0, 2.0, 5.0]  # changes by 2 in the mean
    >>> mean_scaled_interval_score(
    ...     [2.0, 5.0], lower=[1.0, 1.0], upper=[3.0, 4.0], coverage=0.5, y_train=y_train
    ... )
    2.25
    """
    y_true, lower, upper = _intervals(y_true, lower, upper)
    differences = _seasonal_differences(y_train, season_length, y_true.shape[1])
    outside = np.maximum(lower - y_true, 0.0) + np.maximum(y_true - upper, 0.0)
    score = _mean_of_rows(upper - lower + 2.0 / (1.0 - coverage) * outside, sample_weight)
    return _combine(score / np.abs(differences).mean(axis=0), multioutput)
