"""ErrorsByStepDisplay and CoverageDisplay: measures of a backtest for each step ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from skgru.plotting._axes import Display, add_legend, axes_for, check_result, set_title
from skgru.plotting._colours_and_lines import ACTUAL, FORECAST, OTHER

# Names of the measures of a summary.
MEASURES = {"mae": "MAE", "rmse": "RMSE", "mase": "MASE"}
SIZE = (7, 3.4)


def _check_lengths(steps: Any, **columns: Any) -> None:
    """Raise unless there is one value for each step."""
    n = len(np.ravel(steps))
    for name, values in columns.items():
        if values is not None and np.shape(values) != (n,):
            raise ValueError(
                f"{name} has shape {np.shape(values)}, but steps has {n} entries. Give one number "
                f"for each step, in an array of shape ({n},)."
            )


def _draw_steps(ax: Any, steps: Any, values: Any, **line: Any) -> None:
    markersize = 5 if len(np.ravel(steps)) <= 30 else 0
    ax.plot(steps, values, markersize=markersize, **line)


def _label_steps(ax: Any, ylabel: str, title: str) -> None:
    ax.set(xlabel="steps ahead", ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.spines[["top", "right"]].set_visible(False)
    set_title(ax, title)


class ErrorsByStepDisplay(Display):
    """Plot of the error of a backtest at each step ahead, beside that of a naive forecast.

    Create the display with `from_result`.

    Parameters
    ----------
    steps : array-like of shape (horizon,)
        Steps ahead of the forecast origin.

    errors : array-like of shape (horizon,)
        The error of the forecasts at each step.

    naive_errors : array-like of shape (horizon,) or None, default=None
        The error of the naive forecast at each step. None: no line.

    metric : str, default="error"
        Name of the error, for the axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.

    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    skgru.model_selection.BacktestResult.summary : The same numbers as a table, with by="step".
    BacktestDisplay : The forecasts themselves.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.linear_model import LinearRegression
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.model_selection import backtest
    >>> from skgru.plotting import ErrorsByStepDisplay
    >>> forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
    >>> result = backtest(forecaster, load_airline_passengers(), initial=96)
    >>> display = ErrorsByStepDisplay.from_result(result, metric="mase")
    >>> display.errors.round(2), display.naive_errors.round(2)
    (array([0.4 , 0.5 , 0.57]), array([1.28, 1.28, 1.28]))
    """

    def __init__(
        self, *, steps: Any, errors: Any, naive_errors: Any = None, metric: str = "error"
    ) -> None:
        self.steps = steps
        self.errors = errors
        self.naive_errors = naive_errors
        self.metric = metric

    @classmethod
    def from_result(
        cls, result: Any, *, metric: str = "mae", baseline: str | None = "seasonal", ax: Any = None
    ) -> Self:
        """Plot the errors of a backtest.

        Parameters
        ----------
        result : BacktestResult or BacktestResults
            The result of `backtest`. The errors of several series are averaged.

        metric : {"mae", "rmse", "mase"}, default="mae"
            The error. "mase" has no unit and suits several series.

        baseline : {"seasonal", "last"} or None, default="seasonal"
            The naive forecast, as in `BacktestResult.summary`. None: no naive forecast.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. None: new ones.

        Returns
        -------
        ErrorsByStepDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib or pandas is not installed.
        ValueError
            If metric or baseline has another value, no actual value is known, or several series
            are forecast to different steps.
        """
        if not isinstance(metric, str) or metric not in MEASURES:
            raise ValueError(
                f"metric={metric!r} must be one of {list(MEASURES)}. Use metric='mae', or draw "
                "result.errors_by_step(metric) with ErrorsByStepDisplay(steps=..., errors=...)."
            )
        check_result(result)
        table = result.summary(baseline=baseline, by="step")
        name, naive = MEASURES[metric], None
        errors = table[name]
        if baseline is not None:
            naive = errors["naive"].to_numpy()
            errors = errors["forecast"]
        return cls(
            steps=table.index.to_numpy(), errors=errors.to_numpy(), naive_errors=naive, metric=name
        ).plot(ax)

    def _drawn(self, ax: Any) -> np.ndarray:
        _check_lengths(self.steps, errors=self.errors, naive_errors=self.naive_errors)
        axes = axes_for(self, ax, 1, size=SIZE)
        one = axes[0]
        if self.naive_errors is not None:
            naive = {"color": OTHER, "linestyle": "--", "marker": "s", "label": "naive forecast"}
            _draw_steps(one, self.steps, self.naive_errors, **naive)
        _draw_steps(
            one,
            self.steps,
            self.errors,
            color=FORECAST,
            linestyle="-",
            marker="o",
            label="forecast",
        )
        one.set_ylim(bottom=0)
        _label_steps(one, self.metric, "Error by step")
        add_legend(one)
        return axes


class CoverageDisplay(Display):
    """Plot of the share of actual values within their intervals at each step ahead.

    A line at the nominal coverage shows what the share should be. With few forecast origins the
    share varies by chance. Create the display with `from_result`.

    Parameters
    ----------
    steps : array-like of shape (horizon,)
        Steps ahead of the forecast origin.

    coverage : array-like of shape (horizon,)
        Share of values within their intervals at each step, from 0 to 1.

    nominal : float or None, default=None
        The share of values that the intervals should contain, from 0 to 1. None: no line.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.

    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    skgru.model_selection.BacktestResult.coverage_by_step : The numbers of this plot.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.model_selection import backtest
    >>> from skgru.plotting import CoverageDisplay
    >>> forecaster = SequenceForecaster(horizon=3, season_length=12, pretrained="only")
    >>> result = backtest(forecaster, load_airline_passengers(), initial=96, coverage=0.8)
    >>> display = CoverageDisplay.from_result(result)
    >>> display.coverage.shape, display.nominal
    ((3,), 0.8)
    """

    def __init__(self, *, steps: Any, coverage: Any, nominal: float | None = None) -> None:
        self.steps = steps
        self.coverage = coverage
        self.nominal = nominal

    @classmethod
    def from_result(cls, result: Any, *, ax: Any = None) -> Self:
        """Plot the coverage of the intervals of a backtest.

        Parameters
        ----------
        result : BacktestResult or BacktestResults
            The result of `backtest` with `coverage`. The shares of several series are averaged.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. None: new ones.

        Returns
        -------
        CoverageDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the result has no intervals, or the actual values of a step are missing for all
            forecast origins.
        """
        check_result(result)
        first = next(iter(result.values())) if isinstance(result, Mapping) else result
        return cls(
            steps=first.steps, coverage=result.coverage_by_step(), nominal=first.coverage
        ).plot(ax)

    def _drawn(self, ax: Any) -> np.ndarray:
        _check_lengths(self.steps, coverage=self.coverage)
        axes = axes_for(self, ax, 1, size=SIZE)
        one, shares = axes[0], 100 * np.asarray(self.coverage, float)
        if self.nominal is not None:
            label = f"nominal ({100 * self.nominal:g} %)"
            one.axhline(100 * self.nominal, color=ACTUAL, linestyle="--", label=label)
        _draw_steps(
            one, self.steps, shares, color=FORECAST, linestyle="-", marker="o", label="observed"
        )
        wanted = [] if self.nominal is None else [100 * self.nominal]
        low = np.nanmin([*shares, *wanted])
        one.set_ylim(max(-2, 10 * np.floor(low / 10) - 10), 102)
        _label_steps(one, "within intervals (%)", "Coverage by step")
        add_legend(one)
        one.set_yticks([tick for tick in one.get_yticks() if one.get_ylim()[0] <= tick <= 100])
        return axes
