"""Backtests: forecasts of one series from rolling forecast origins.

A forecast origin is the last row that a forecast uses. `SequenceForecaster` makes the forecasts,
and metrics of scikit-learn and of `skgru.metrics` measure their errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.metrics import mean_absolute_error

from skgru._containers.series import as_series, is_list_of_series
from skgru._forecaster.forecaster import SequenceForecaster
from skgru._validation import at_least, real_between
from skgru.metrics import interval_coverage

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BacktestResult", "backtest"]


def __dir__() -> list[str]:
    return __all__


def _rows_until(X: Any, n_rows: int) -> Any:
    """The first rows of a series, of the same type as X."""
    return X.iloc[:n_rows] if hasattr(X, "iloc") else X[:n_rows]


def _as_values(answer: Any, names: list[str], shape: tuple[int, ...]) -> np.ndarray:
    """A forecast as an array of this shape, without its index."""
    is_polars = hasattr(answer, "columns") and not hasattr(answer, "iloc")  # with a column of times
    columns = answer[names] if is_polars else answer
    return np.asarray(columns, dtype=np.float64).reshape(shape)


def _check_horizon(horizon: Any, forecaster: SequenceForecaster) -> int:
    if horizon is None:
        return int(forecaster.horizon)
    if not at_least(1).is_satisfied_by(horizon):
        raise ValueError(
            f"horizon={horizon!r} must be an int of at least 1, the rows to forecast from each "
            "forecast origin. Use horizon=None for the horizon of the forecaster."
        )
    return int(horizon)


def _check_initial(initial: Any, n_rows: int) -> int:
    """Number of rows before the first forecast, given as a number or as a share of X."""
    if at_least(1).is_satisfied_by(initial):
        return int(initial)
    is_share = not isinstance(initial, Integral)
    if not is_share or not real_between(0, 1, closed="neither").is_satisfied_by(initial):
        raise ValueError(
            f"initial={initial!r} must be an int of at least 1, the rows before the first "
            "forecast, or a float in (0, 1), their share of X. Use initial=0.5, for example."
        )
    return int(initial * n_rows + 1e-9)  # 0.29 of 100 rows are 29


def _check_origins(initial: Any, n_rows: int, step: Any, horizon: int, reach: int) -> np.ndarray:
    """Positions of the forecast origins, (n_origins,), each with `reach` rows after it.

    reach : horizon, or more if future covariates are read in blocks of the forecaster's horizon.
    """
    if not at_least(1).is_satisfied_by(step):
        raise ValueError(
            f"step={step!r} must be an int of at least 1, the rows from one forecast origin to the "
            "next. Use step=1, for example."
        )
    n_initial = _check_initial(initial, n_rows)
    if not n_initial:
        raise ValueError(
            f"initial={initial!r} of the {n_rows} rows of X leaves no row for fit. Use a larger "
            "initial."
        )
    if n_initial + reach > n_rows:
        rows = "row" if n_initial == 1 else "rows"
        why = f" (future covariates are read for {reach} rows)" if reach > horizon else ""
        raise ValueError(
            f"initial={initial!r} ({n_initial} {rows}) with horizon={horizon}{why} needs at least "
            f"{n_initial + reach} rows, but X has {n_rows}. Use a smaller initial, a smaller "
            "horizon or a longer series."
        )
    return np.arange(n_initial - 1, n_rows - reach, int(step))


def _n_read_ahead(forecaster: SequenceForecaster, horizon: int) -> int:
    """Rows after a forecast origin whose future covariates a forecast reads, at least horizon."""
    has_known = forecaster.known is not None and np.size(forecaster.known) > 0
    if not has_known or forecaster.strategy == "recursive":
        return horizon
    return -(-horizon // forecaster.horizon) * forecaster.horizon


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BacktestResult:
    """Forecasts of one series from rolling forecast origins, with the actual values.

    `backtest` returns this object. Forecasts of another model can be measured in the same way:
    `dataclasses.replace(result, forecast=naive)` replaces the forecasts.

    Parameters
    ----------
    series : ndarray of shape (n_samples, n_targets)
        The targets of the whole series, oldest row first.

    origins : ndarray of shape (n_origins,)
        Positions of the forecast origins in `series`. A forecast origin is the last row that a
        forecast uses.

    forecast : ndarray of shape (n_origins, horizon, n_targets)
        Forecasts of the rows after each forecast origin.

    lower : ndarray of shape (n_origins, horizon, n_targets) or None, default=None
        Lower bounds of the intervals. None: no intervals.

    upper : ndarray of shape (n_origins, horizon, n_targets) or None, default=None
        Upper bounds of the intervals. None: no intervals.

    coverage : float or None, default=None
        Nominal coverage of the intervals: the share of values that they should contain.

    target_names : list of str
        Names of the targets.

    index : pandas.Index or None, default=None
        Labels of the rows of `series`. None: the rows are labelled by their positions.

    Attributes
    ----------
    steps : ndarray of shape (horizon,)
        Steps ahead, 1 to horizon.

    actual : ndarray of shape (n_origins, horizon, n_targets)
        Actual values of the rows that were forecast.

    y_train : ndarray of shape (initial, n_targets)
        The rows before the first forecast, for the scale of scaled errors.

    origin_labels : pandas.Index or ndarray of shape (n_origins,)
        Labels of the forecast origins.

    See Also
    --------
    backtest : Function that returns this object.
    skgru.plotting.BacktestDisplay : Plot of this object.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.model_selection import BacktestResult
    >>> series = np.array([[1.0], [2.0], [4.0], [7.0]])
    >>> last_value = BacktestResult(
    ...     series=series,
    ...     origins=np.array([0, 1]),
    ...     forecast=series[:2, np.newaxis].repeat(2, axis=1),
    ...     target_names=["sales"],
    ... )
    >>> last_value.errors_by_step()
    array([1.5, 4. ])
    """

    series: np.ndarray
    origins: np.ndarray
    forecast: np.ndarray
    # With `| None`, type checkers would flag every use after backtest(coverage=...).
    lower: np.ndarray | Any = None
    upper: np.ndarray | Any = None
    coverage: float | None = None
    target_names: list[str]
    index: Any = None

    def __repr__(self) -> str:
        n_origins, horizon, n_targets = self.forecast.shape
        return (
            f"BacktestResult(n_origins={n_origins}, horizon={horizon}, n_targets={n_targets}, "
            f"coverage={self.coverage})"
        )

    @property
    def steps(self) -> np.ndarray:
        return np.arange(1, self.forecast.shape[1] + 1)

    @property
    def actual(self) -> np.ndarray:
        return self.series[self.origins[:, np.newaxis] + self.steps]

    @property
    def y_train(self) -> np.ndarray:
        return self.series[: self.origins[0] + 1]

    @property
    def origin_labels(self) -> Any:
        return self.origins if self.index is None else self.index[self.origins]

    def to_frame(self) -> pd.DataFrame:
        """All forecasts as a long pandas DataFrame.

        Returns
        -------
        pandas.DataFrame
            One row for each forecast origin, step and target, in this order. The columns are
            "origin" (its label), "step", "target" (its name), "actual", "forecast", "lower" and
            "upper". The last two are NaN without intervals.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError(
                "BacktestResult.to_frame() needs pandas, which is not installed. Install it with "
                "'pip install pandas', or use the arrays actual, forecast, lower and upper."
            ) from error
        n_origins, horizon, n_targets = self.forecast.shape
        nothing = np.full(self.forecast.size, np.nan)
        return pd.DataFrame(
            {
                "origin": self.origin_labels.repeat(horizon * n_targets),
                "step": np.tile(self.steps.repeat(n_targets), n_origins),
                "target": list(self.target_names) * (n_origins * horizon),
                "actual": self.actual.ravel(),
                "forecast": self.forecast.ravel(),
                "lower": nothing if self.lower is None else self.lower.ravel(),
                "upper": nothing if self.upper is None else self.upper.ravel(),
            }
        )

    def errors_by_step(self, metric: Callable[..., Any] | None = None) -> np.ndarray:
        """Metric of the forecasts of each step ahead, over all forecast origins.

        Origins whose actual value at a step is missing (NaN) are left out of that step.

        Parameters
        ----------
        metric : callable or None, default=None
            Function `metric(y_true, y_pred)` of arrays with one row for each forecast origin, of
            shape (n_origins,), or (n_origins, n_targets) for several targets. It can be a metric of
            scikit-learn, or one of `skgru.metrics` whose y_train is set by `functools.partial`.
            None: mean absolute error.

        Returns
        -------
        ndarray of shape (horizon,)
            Or (horizon, n_targets) if the metric returns one number for each target.

        Raises
        ------
        ValueError
            If the actual values of a step are missing for all forecast origins.

        Examples
        --------
        >>> from functools import partial
        >>> from sklearn.linear_model import LinearRegression
        >>> from skgru import SequenceForecaster
        >>> from skgru.datasets import load_airline_passengers
        >>> from skgru.metrics import mean_absolute_scaled_error
        >>> from skgru.model_selection import backtest
        >>> forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
        >>> result = backtest(forecaster, load_airline_passengers(), initial=0.5)
        >>> mase = partial(mean_absolute_scaled_error, y_train=result.y_train, season_length=12)
        >>> result.errors_by_step(mase).round(2)
        array([0.62, 0.65, 0.68])
        """
        metric = mean_absolute_error if metric is None else metric
        return np.array(
            [
                metric(self._at(self.actual, k), self._at(self.forecast, k))
                for k in range(len(self.steps))
            ]
        )

    def coverage_by_step(self) -> np.ndarray:
        """Share of values within their intervals at each step ahead, over origins and targets.

        Compare it with `coverage`. With few forecast origins, the share varies by chance: of 10
        intervals with a nominal coverage of 0.9, 8 or 10 often contain the actual value. Missing
        values are left out.

        Returns
        -------
        ndarray of shape (horizon,)
            From 0 to 1.

        Raises
        ------
        ValueError
            If there are no intervals, or the actual values of a step are missing for all forecast
            origins.
        """
        if self.lower is None or self.upper is None:
            raise ValueError(
                "coverage=None: this backtest has no intervals. Run backtest with coverage=0.9, "
                "for example, and a forecaster with calibration_fraction above 0."
            )
        bounds = (self.actual, self.lower, self.upper)
        return np.array(
            [
                interval_coverage(*(self._at(values, k) for values in bounds))
                for k in range(len(self.steps))
            ]
        )

    def _at(self, values: np.ndarray, k: int) -> np.ndarray:
        """Values at step k of the origins with an actual value: (n,) or (n, n_targets)."""
        is_known = ~np.isnan(self.actual[:, k]).any(axis=1)
        if not is_known.any():
            raise ValueError(
                f"Step {k + 1} cannot be measured: its actual value is missing (NaN) for all "
                f"{len(is_known)} forecast origins. Use more of them (a smaller step or initial)."
            )
        chosen = values[is_known, k]
        return chosen[:, 0] if chosen.shape[1] == 1 else chosen


def backtest(
    forecaster: SequenceForecaster,
    X: Any,
    *,
    horizon: int | None = None,
    initial: int | float,
    step: int = 1,
    refit: bool = False,
    coverage: float | None = None,
) -> BacktestResult:
    """Forecast a series from rolling forecast origins.

    A forecast origin is the last row that a forecast uses. The forecaster is fitted to the first
    `initial` rows, and forecasts the next `horizon` rows from every `step`-th row after them. No
    forecast uses a target after its origin.

    Parameters
    ----------
    forecaster : SequenceForecaster
        Forecaster to measure. It is cloned and stays unfitted.

    X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
        One series, oldest row first. Future covariates (columns in `known`) are also read from X
        for the rows to forecast.

    horizon : int or None, default=None
        Rows to forecast from each forecast origin. None: the horizon of the forecaster.

    initial : int or float
        Number of rows before the first forecast, an int of at least 1. A float in (0, 1) is the
        share of the rows of X.

    step : int, default=1
        Rows from one forecast origin to the next. At least 1.

    refit : bool, default=False
        Whether the forecaster is fitted again at each forecast origin.

        - False: the model that was fitted to the first `initial` rows makes all forecasts, each
          from the history up to its origin.
        - True: at each origin, a new model is fitted to all rows up to it.

    coverage : float or None, default=None
        Nominal coverage of prediction intervals, in (0, 1). The forecaster must support intervals,
        for example with a `calibration_fraction`. None: no intervals.

    Returns
    -------
    BacktestResult
        Forecasts and actual values, with methods for the errors of each step ahead.

    Raises
    ------
    TypeError
        If forecaster is not a SequenceForecaster.
    ValueError
        If a parameter is out of range, X is too short for a single forecast, X holds several
        series, or the forecaster raises an error, for example for `coverage` without a calibration
        set.

    See Also
    --------
    skgru.SequenceForecaster : The forecaster.
    skgru.plotting.BacktestDisplay : Plot of the result.
    sklearn.model_selection.TimeSeriesSplit : Folds in time order, for a grid search.

    Notes
    -----
    Forecast origins are the rows initial - 1, initial - 1 + step, and so on, as long as `horizon`
    rows follow them. With future covariates and strategy="direct", the forecaster reads them in
    blocks of its own horizon, so all rows of the last block must follow the forecast origin in X.

    References
    ----------
    Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy: an analysis and review.
    International Journal of Forecasting 16(4), 437-450. doi:10.1016/S0169-2070(00)00065-0

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.model_selection import backtest
    >>> forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
    >>> result = backtest(forecaster, load_airline_passengers(), initial=120, step=6)
    >>> result
    BacktestResult(n_origins=4, horizon=3, n_targets=1, coverage=None)
    >>> result.errors_by_step().round(1)
    array([ 9. , 13.7, 23.4])
    """
    if not isinstance(forecaster, SequenceForecaster):
        raise TypeError(
            f"forecaster={forecaster!r} must be a SequenceForecaster. For a regressor, use "
            "SequenceForecaster(regressor, horizon=12), for example."
        )
    if is_list_of_series(X):
        raise ValueError(
            f"X is a list of {len(X)} series, but backtest takes a single one. Call backtest for "
            "each of them."
        )
    if forecaster.group is not None:
        raise ValueError(
            f"group={forecaster.group!r} makes several series of X, but backtest takes a single "
            "series. Use a forecaster with group=None and one series at a time."
        )
    if not isinstance(refit, bool | np.bool_):
        raise ValueError(f"refit={refit!r} must be a bool. Use refit=True or refit=False.")
    forecaster._validate_params()
    table = as_series(X, forecaster)
    horizon = _check_horizon(horizon, forecaster)
    n_read_ahead = _n_read_ahead(forecaster, horizon)
    origins = _check_origins(initial, len(table), step, horizon, n_read_ahead)
    values = table.values  # noqa: PD011 - of a Table, not of a data frame

    fitted = clone(forecaster).fit(_rows_until(X, origins[0] + 1))
    spec, names = fitted._spec, fitted._target_names
    shape = (len(origins), horizon, len(names))
    forecast, bounds = np.empty(shape), np.empty((*shape, 2))
    for i, origin in enumerate(origins):
        rows = _rows_until(X, origin + 1)
        if refit and i:
            fitted = clone(forecaster).fit(rows)
        now = {"X": rows, "future": None}
        if fitted._given.known:
            now["future"] = values[origin + 1 : origin + 1 + n_read_ahead, fitted._given.known]
        forecast[i] = _as_values(fitted.forecast(horizon, **now), names, shape[1:])
        if coverage is not None:
            sides = [f"{name}_{side}" for name in names for side in ("lower", "upper")]
            interval = fitted.forecast_interval(horizon, coverage, **now)
            bounds[i] = _as_values(interval, sides, bounds.shape[1:])
    return BacktestResult(
        series=values[:, spec.targets],
        origins=origins,
        forecast=forecast,
        lower=None if coverage is None else bounds[..., 0],
        upper=None if coverage is None else bounds[..., 1],
        coverage=coverage,
        target_names=names,
        index=table.rows.index,
    )
