"""Backtests: forecasts from rolling forecast origins.

A forecast origin is the last row that a forecast uses. `SequenceForecaster` makes the forecasts,
and metrics of scikit-learn and of `skgru.metrics` measure their errors.
"""

from __future__ import annotations

from typing import Any, overload

from skgru._backtest.fits_and_forecasts import run_backtest
from skgru._backtest.forecast_origins import Options
from skgru._backtest.result import BacktestResult
from skgru._backtest.results import BacktestResults
from skgru._forecaster.forecaster import SequenceForecaster

__all__ = ["BacktestResult", "BacktestResults", "backtest"]


def __dir__() -> list[str]:
    return __all__


@overload
def backtest(
    forecaster: SequenceForecaster,
    X: list[Any],
    *,
    horizon: int | None = None,
    initial: int | float,
    step: int = 1,
    refit: bool | int = False,
    coverage: float | None = None,
    gap: int = 0,
    window: int | None = None,
    n_jobs: int | None = None,
    sample_weight: Any = None,
    verbose: int = 0,
) -> BacktestResults: ...


# Of a frame, the parameter `group` decides: BacktestResults would flag uses of a single result.
@overload
def backtest(
    forecaster: SequenceForecaster,
    X: Any,
    *,
    horizon: int | None = None,
    initial: int | float,
    step: int = 1,
    refit: bool | int = False,
    coverage: float | None = None,
    gap: int = 0,
    window: int | None = None,
    n_jobs: int | None = None,
    sample_weight: Any = None,
    verbose: int = 0,
) -> BacktestResult | Any: ...


def backtest(
    forecaster: SequenceForecaster,
    X: Any,
    *,
    horizon: int | None = None,
    initial: int | float,
    step: int = 1,
    refit: bool | int = False,
    coverage: float | None = None,
    gap: int = 0,
    window: int | None = None,
    n_jobs: int | None = None,
    sample_weight: Any = None,
    verbose: int = 0,
) -> BacktestResult | BacktestResults:
    """Forecast one or several series from rolling forecast origins.

    A forecast origin is the last row that a forecast uses. The forecaster is fitted to the first
    `initial` rows, and forecasts the next `horizon` rows from every `step`-th row after them. No
    forecast uses a target after its origin.

    Parameters
    ----------
    forecaster : SequenceForecaster
        Forecaster to measure. It is cloned and stays unfitted.

    X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame, or list
        One series, oldest row first, or several series: a list, or a long or wide frame for a
        forecaster with `group`. Future covariates (columns in `known`) are also read from X for the
        rows to forecast.

    horizon : int or None, default=None
        Rows to forecast from each forecast origin. None: the horizon of the forecaster.

    initial : int or float
        Number of rows before the first forecast, an int of at least 1. A float in (0, 1) is the
        share of the rows of X. Several series: see the Notes.

    step : int, default=1
        Rows from one forecast origin to the next. At least 1.

    refit : bool or int, default=False
        Whether the forecaster is fitted again at later forecast origins.

        - False or 0: the model that was fitted to the first `initial` rows makes all forecasts,
          each from the history up to its origin.
        - True or 1: at each origin, a new model is fitted to the rows up to it.
        - A larger int k: a new model is fitted at every k-th origin.

    coverage : float or None, default=None
        Nominal coverage of prediction intervals, in (0, 1). None: no intervals.

    gap : int, default=0
        Rows between a forecast origin and the first row that is measured, for data that arrive
        late. The forecast is made gap + horizon rows ahead, and its first `gap` rows are dropped.

    window : int or None, default=None
        Number of last rows before a forecast origin that a fit uses: a rolling window. The
        forecasts of this fit do not use earlier rows either. None: all rows.

    n_jobs : int or None, default=None
        Number of fits that run at once, in processes of their own. It has no effect without
        `refit`. None: one, or the number of `joblib.parallel_config`, which also chooses threads or
        a cluster of dask. -1: all cores. The results do not depend on it if the forecaster has a
        `random_state`. If a worker process ends, its fits run again, with a warning.

    sample_weight : array-like of shape (n_samples,), list of arrays or None, default=None
        Weight of each row of X as a target in training, in the form that
        `SequenceForecaster.fit` takes. Each fit gets the weights of its rows. The errors are not
        weighted. None: all rows have the same weight.

    verbose : int, default=0
        0 shows nothing. 1 shows the forecast origins that are done and the time left: as a bar in a
        terminal or a notebook, else in about ten lines. 2 prints a line for each origin.

    Returns
    -------
    BacktestResult or BacktestResults
        Forecasts and actual values, with methods for their errors. BacktestResults, a mapping from
        the id of each series to its BacktestResult, for several series.

    Raises
    ------
    TypeError
        If forecaster is not a SequenceForecaster.
    ValueError
        If a parameter is out of range, X is too short for a single forecast, or the forecaster
        raises an error, for example because the calibration set is too small for `coverage`.

    See Also
    --------
    skgru.SequenceForecaster : The forecaster.
    skgru.plotting.BacktestDisplay : Plot of the result.
    sklearn.model_selection.TimeSeriesSplit : Folds in time order, for a grid search.

    Notes
    -----
    Forecast origins are the rows initial - 1, initial - 1 + step, and so on, as long as `horizon`
    rows follow them. With future covariates and strategy="direct", the forecaster reads them in
    blocks of its own horizon, so X must hold the whole last block after each origin.

    One global model forecasts several series. A forecast origin is one moment for all of them:

    - Dates, periods or numbers in the index: `initial` and `step` count the times at which any
      series has a row, from the first time on.
    - No index, or one that counts from 0: the series end together. `initial` and `step` count the
      rows of the longest series.

    A series is forecast from an origin if it has enough rows before it for the regressors (a season
    or a window), and `horizon` rows after it. A shorter series has no forecasts from the origins
    before it has enough rows. A model that was fitted to a single series, because the others begin
    later, forecasts only this series. In a wide frame, a series lasts from its first to its last
    value.

    With `refit=False`, one series has the scaler of the fit at all origins. Each of several series
    has a new clone of `scaler` at each origin, fitted to its rows up to the origin. A forecaster
    that is updated by `update` keeps the scalers of `fit`, so that its forecasts of several series
    differ from those of this backtest. With `refit=True` they are equal.

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
    array([ 5.7, 14.9, 19.8])
    >>> result.summary()["ratio"].dropna().round(2)  # to the error of the value of a year ago
    MAE     0.30
    RMSE    0.36
    MASE    0.30
    Name: ratio, dtype: float64
    """
    options = Options(horizon, initial, step, refit, coverage, gap, window, n_jobs, verbose)
    return run_backtest(forecaster, X, options, sample_weight)
