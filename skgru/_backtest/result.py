"""The result of a backtest of one series: forecasts, actual values and errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from skgru._backtest.summary import pandas_for, summary_of
from skgru._forecaster.baselines import naive_scale
from skgru._warnings import warn_user
from skgru.metrics import interval_coverage, metric_named

if TYPE_CHECKING:
    import pandas as pd


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

    season_length : int, default=1
        Number of rows in a season, for MASE and the seasonal-naive forecast.

    gap : int, default=0
        Number of rows between a forecast origin and the first row that is measured.

    Attributes
    ----------
    steps : ndarray of shape (horizon,)
        Steps ahead of the forecast origin, gap + 1 to gap + horizon.

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
    season_length: int = 1
    gap: int = 0

    def __repr__(self) -> str:
        n_origins, horizon, n_targets = self.forecast.shape
        return (
            f"BacktestResult(n_origins={n_origins}, horizon={horizon}, n_targets={n_targets}, "
            f"coverage={self.coverage})"
        )

    @property
    def steps(self) -> np.ndarray:
        return self.gap + np.arange(1, self.forecast.shape[1] + 1)

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
        pd = pandas_for("to_frame()")
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

    def errors_by_step(self, metric: Callable[..., Any] | str | None = None) -> np.ndarray:
        """Metric of the forecasts of each step ahead, over all forecast origins.

        Origins whose actual value at a step is missing (NaN) are left out of that step.

        Parameters
        ----------
        metric : {"mae", "rmse", "mase", "smape"}, callable or None, default=None
            The name of a metric, or a function `metric(y_true, y_pred)` of arrays with one row for
            each forecast origin, of shape (n_origins,), or (n_origins, n_targets) for several
            targets. "mase" divides by the seasonal-naive error of `y_train`. Targets for which it
            is 0 are left out, with a warning. None: "mae".

        Returns
        -------
        ndarray of shape (horizon,)
            Or (horizon, n_targets) if the metric returns one number for each target.

        Raises
        ------
        ValueError
            If the actual values of a step are missing for all forecast origins, the metric has
            another name, or the seasonal-naive error of `y_train` is 0 or unknown for all targets.

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
        array([0.53, 0.61, 0.66])
        """
        errors = np.array([self._error(metric, k) for k in range(len(self.steps))])
        if metric == "mase":
            self._warn_of_constant_targets()
        return errors

    def summary(
        self,
        *,
        baseline: str | None = "seasonal",
        season_length: int | None = None,
        by: str | None = None,
    ) -> pd.DataFrame:
        """Measures of the forecasts, beside those of a naive forecast from the same origins.

        ==========  =====================================================================
        measure     what it is
        ==========  =====================================================================
        "MAE"       mean absolute error
        "RMSE"      root mean squared error
        "MASE"      MAE, divided by the seasonal-naive error of `y_train`
        "bias"      mean of forecast minus actual value; above 0, forecasts are too high
        "coverage"  share of values within their intervals
        "width"     mean width of the intervals
        ==========  =====================================================================

        The last two are left out without intervals. Several targets are averaged. Rows without an
        actual value, or without a naive forecast, are left out. MASE leaves out targets with a
        seasonal-naive error of 0. It is NaN if all of them have one.

        Parameters
        ----------
        baseline : {"seasonal", "last"} or None, default="seasonal"
            The naive forecast. "seasonal": the value one season ago. "last": the last value. A
            missing value is replaced by the last one before it. None: no naive forecast.

        season_length : int or None, default=None
            Number of rows in a season, for MASE and the naive forecast. At least 1. None: the
            `season_length` of this result, which is that of the forecaster.

        by : {"step"} or None, default=None
            "step": measures for each step ahead. None: measures over all steps.

        Returns
        -------
        pandas.DataFrame
            For by=None: one row for each measure, with the columns "forecast", "naive" and "ratio".
            The ratio is that of both errors; below 1, the forecast is better. Otherwise: one row
            for each step, with a group of these columns for each measure: `table["MAE"]`. Without
            a naive forecast there is one number for each measure.

        Raises
        ------
        ValueError
            If a parameter is out of range, a forecast is NaN, or no actual value is known.
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from sklearn.linear_model import LinearRegression
        >>> from skgru import SequenceForecaster
        >>> from skgru.datasets import load_airline_passengers
        >>> from skgru.model_selection import backtest
        >>> forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
        >>> result = backtest(forecaster, load_airline_passengers(), initial=0.5)
        >>> result.summary().round(2)
              forecast  naive  ratio
        MAE      13.81  39.70   0.35
        RMSE     18.37  43.34   0.42
        MASE      0.60   1.73   0.35
        bias      5.93 -39.70    NaN
        >>> result.summary(by="step")["MAE"].round(1)
              forecast  naive  ratio
        step
        1         12.2   39.9    0.3
        2         14.1   39.7    0.4
        3         15.2   39.5    0.4
        """
        return summary_of(self, baseline, season_length, by)

    def coverage_by_step(self) -> np.ndarray:
        """Share of values within their intervals at each step ahead, over origins and targets.

        Compare it with `coverage`. With few forecast origins, the share varies by chance: of 10
        intervals with a nominal coverage of 0.9, 8 or 10 often contain the actual value. A single
        origin and target give 0 or 1 at each step, and a warning. Missing values are left out.

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
        coverage = np.array([self._coverage(k) for k in range(len(self.steps))])
        if np.size(self.actual, 0) * np.size(self.actual, 2) == 1:
            warn_user(
                "coverage_by_step() is 0 or 1 at each step, because the backtest has one forecast "
                "origin. Use more origins (a smaller initial or step), or summary() for the mean "
                "over the steps."
            )
        return coverage

    def _coverage(self, k: int) -> float:
        """Share of values within their intervals at step k."""
        if self.lower is None or self.upper is None:
            raise ValueError(
                "coverage=None: this backtest has no intervals. Run backtest with coverage=0.9, "
                "for example."
            )
        bounds = (self.actual, self.lower, self.upper)
        return interval_coverage(*(self._chosen(values, k) for values in bounds))

    def _is_measured(self, k: int | None) -> bool:
        """Whether step k (None: any step) has an actual value from some origin."""
        return bool(self._is_known(k).any())

    def _is_known(self, k: int | None) -> np.ndarray:
        """Where all actual values of step k are known, (n_origins, 1). None: (.., horizon)."""
        return ~np.isnan(self.actual[:, slice(k, None if k is None else k + 1)]).any(axis=2)

    def _chosen(self, values: np.ndarray, k: int | None) -> np.ndarray:
        """Values at step k (None: all steps) that can be measured: (n,) or (n, n_targets)."""
        is_known = self._is_known(k)
        if not is_known.any():
            raise ValueError(
                f"Step {self.steps[k or 0]} cannot be measured: its actual value is missing (NaN) "
                f"for all {len(is_known)} forecast origins. Use more of them (a smaller step or "
                "initial)."
            )
        chosen = values[:, slice(k, None if k is None else k + 1)][is_known]
        return chosen[:, 0] if chosen.shape[1] == 1 else chosen

    def _error(self, metric: Any, k: int | None = None) -> Any:
        """Metric at step k. None: over all steps."""
        function, is_scaled = metric_named("mae" if metric is None else metric)
        y_true, y_pred = self._chosen(self.actual, k), self._chosen(self.forecast, k)
        if not is_scaled:
            return function(y_true, y_pred)
        scale = naive_scale(self.y_train, self.season_length)
        if np.isnan(scale).all():
            raise ValueError(
                f"metric='mase' with season_length={self.season_length} divides by the "
                f"seasonal-naive error of y_train ({len(self.y_train)} rows), which is 0 or "
                "unknown. Use metric='mae' or a larger initial."
            )
        return float(np.nanmean(function(y_true, y_pred, multioutput="raw_values") / scale))

    @property
    def _has_scale(self) -> bool:
        return not np.isnan(naive_scale(self.y_train, self.season_length)).all()

    def _warn_of_constant_targets(self) -> None:
        """Warn of targets that are left out of MASE."""
        is_left_out = np.isnan(naive_scale(self.y_train, self.season_length))
        if is_left_out.any():
            names = [str(self.target_names[i]) for i in np.flatnonzero(is_left_out)]
            warn_user(
                f"MASE leaves out the targets {names}: with season_length={self.season_length}, "
                "their seasonal-naive error in y_train is 0 or unknown. Use metric='mae' to "
                "measure all targets."
            )
