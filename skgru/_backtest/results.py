"""The results of a backtest of several series, and their means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from skgru._backtest.result import BacktestResult
from skgru._backtest.summary import pandas_for, summary_of_many
from skgru.metrics import metric_named

if TYPE_CHECKING:
    import pandas as pd


class BacktestResults(Mapping):
    """Backtests of several series: a mapping from the id of a series to its `BacktestResult`.

    `backtest` returns this object for several series. Means over the series count each series the
    same.

    Parameters
    ----------
    results : dict of BacktestResult
        The result of each series, by its id: the position in a list, the column of a wide frame, or
        the value of `group` in a long frame.

    See Also
    --------
    backtest : Function that returns this object.
    BacktestResult : The result of one series.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.model_selection import backtest
    >>> passengers = load_airline_passengers()
    >>> forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
    >>> results = backtest(forecaster, [passengers, passengers[60:] ** 2], initial=0.8, step=6)
    >>> results
    BacktestResults(n_series=2, horizon=3, coverage=None)
    >>> results[0].errors_by_step().round(1)
    array([11.7, 25.7, 12.9])
    >>> results.errors_by_step("mase").round(2)
    array([0.42, 0.85, 0.45])
    """

    def __init__(self, results: Mapping[Any, BacktestResult]) -> None:
        if not results:
            raise ValueError("results is empty. Give the BacktestResult of at least one series.")
        self._results = dict(results)

    def __getitem__(self, key: Any) -> BacktestResult:
        return self._results[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    def __repr__(self) -> str:
        first = next(iter(self.values()))
        return (
            f"BacktestResults(n_series={len(self)}, horizon={len(first.steps)}, "
            f"coverage={first.coverage})"
        )

    def errors_by_series(self, metric: Callable[..., Any] | str | None = None) -> dict[Any, Any]:
        """Metric of the forecasts of each series, over all forecast origins and steps.

        Parameters
        ----------
        metric : {"mae", "rmse", "mase", "smape"}, callable or None, default=None
            As in `BacktestResult.errors_by_step`. "mase" divides by the seasonal-naive error of
            each series. None: "mae".

        Returns
        -------
        dict of float
            The error of each series, by its id. `pandas.Series(errors).nlargest(5)` are the worst
            series. Series that cannot be measured are left out: they have no actual value, or, for
            "mase", no seasonal-naive error above 0.

        Raises
        ------
        ValueError
            If no series can be measured, or the metric has another name.
        """
        measured = self._measured(metric, None)
        return {one: result._error(metric) for one, result in measured.items()}

    def errors_by_step(self, metric: Callable[..., Any] | str | None = None) -> np.ndarray:
        """Metric of the forecasts of each step ahead: the mean over the series.

        Parameters
        ----------
        metric : {"mae", "rmse", "mase", "smape"}, callable or None, default=None
            As in `errors_by_series`. Errors in the units of the series are largest for large
            series, so that "mase" or "smape" are the better means.

        Returns
        -------
        ndarray of shape (horizon,)
            Or (horizon, n_targets) if the metric returns one number for each target. Series that
            cannot be measured at a step are left out of it.

        Raises
        ------
        ValueError
            If no series can be measured at a step, or the metric has another name.
        """
        steps = range(len(self._steps))
        return np.array(
            [
                np.mean(
                    [one._error(metric, k) for one in self._measured(metric, k).values()], axis=0
                )
                for k in steps
            ]
        )

    def coverage_by_step(self) -> np.ndarray:
        """Share of values within their intervals at each step ahead: the mean over the series.

        Returns
        -------
        ndarray of shape (horizon,)
            From 0 to 1.

        Raises
        ------
        ValueError
            If there are no intervals, or no series can be measured at a step.
        """
        steps = range(len(self._steps))
        return np.array(
            [np.mean([one._coverage(k) for one in self._measured(None, k).values()]) for k in steps]
        )

    def to_frame(self) -> pd.DataFrame:
        """All forecasts as a long pandas DataFrame.

        Returns
        -------
        pandas.DataFrame
            The frames of `BacktestResult.to_frame`, one after the other, with the id of the series
            in the first column, "series".

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pd = pandas_for("to_frame()")
        frames = []
        for one, result in self.items():
            frame = result.to_frame()
            frame.insert(0, "series", pd.Series([one] * len(frame), index=frame.index))
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def summary(
        self,
        *,
        baseline: str | None = "seasonal",
        season_length: int | None = None,
        by: str | None = None,
    ) -> pd.DataFrame:
        """Measures of the forecasts, beside those of a naive forecast from the same origins.

        The measures are those of `BacktestResult.summary`. Over several series, they are the mean
        of the measures of each series. The ratio is that of the means. Series without a
        seasonal-naive error above 0 are left out of MASE.

        Parameters
        ----------
        baseline : {"seasonal", "last"} or None, default="seasonal"
            The naive forecast. "seasonal": the value one season ago. "last": the last value. A
            missing value is replaced by the last one before it. None: no naive forecast.

        season_length : int or None, default=None
            Number of rows in a season, for MASE and the naive forecast. At least 1. None: that of
            the forecaster.

        by : {"step", "series"} or None, default=None
            "step": means over the series for each step ahead. "series": measures for each series.
            None: means over the series and all steps.

        Returns
        -------
        pandas.DataFrame
            As from `BacktestResult.summary`, with by="series" one row for each series.

        Raises
        ------
        ValueError
            If a parameter is out of range, a forecast is NaN, or no actual value is known.
        ImportError
            If pandas is not installed.
        """
        if by == "step":
            _ = self._steps
        return summary_of_many(self, baseline, season_length, by)

    @property
    def _steps(self) -> np.ndarray:
        """The steps ahead of all series. Raises ValueError if they differ."""
        (one, first), *others = self.items()
        for other, result in others:
            if not np.array_equal(result.steps, first.steps):
                raise ValueError(
                    f"Series {other!r} is forecast {_ahead(result)} steps ahead, but series "
                    f"{one!r} {_ahead(first)}. Means by step need the same steps: use backtests "
                    "with the same horizon and gap, or measure each series by itself."
                )
        return first.steps

    def _measured(self, metric: Any, k: int | None) -> dict[Any, BacktestResult]:
        """The series that can be measured at step k (None: over all steps), at least one."""
        is_scaled = metric is not None and metric_named(metric)[1]
        measured = {one: result for one, result in self.items() if result._is_measured(k)}
        scaled = {one: each for one, each in measured.items() if not is_scaled or each._has_scale}
        if not scaled:  # an error with the reason
            next(iter((measured or self).values()))._error(metric, k)
        return scaled


def _ahead(result: BacktestResult) -> str:
    return f"{result.steps[0]} to {result.steps[-1]}"
