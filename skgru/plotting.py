"""Pictures of forecasts, backtests and training, in scikit-learn's Display convention.

Each class holds the data of a picture. Its `plot` draws them, any number of times, and is the first
to import matplotlib.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru._containers.series import as_series, is_list_of_series
from skgru._containers.table import Table
from skgru._validation import at_least

if TYPE_CHECKING:
    from skgru._forecaster.forecaster import SequenceForecaster
    from skgru.model_selection import BacktestResult

__all__ = ["BacktestDisplay", "ForecastDisplay", "TrainingHistoryDisplay"]


def __dir__() -> list[str]:
    return __all__


# Okabe and Ito's blue and vermilion: distinct for colour-blind readers, and in grey.
ACTUAL, FORECAST, OTHER = "0.25", "#0072B2", "#D55E00"


def _import_pyplot(display: Any) -> Any:
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{type(display).__name__}.plot() needs matplotlib, which is not installed. Install it "
            "with 'pip install matplotlib'."
        ) from error
    return plt


def _axes_for(display: Any, ax: Any, n: int) -> np.ndarray:
    """n axes below each other on one time axis, by default new ones: (n,) of Axes."""
    plt = _import_pyplot(display)
    if ax is None:
        size = (9, 1.3 + 2.2 * n)
        _, axes = plt.subplots(n, sharex=True, squeeze=False, figsize=size, layout="constrained")
        return axes[:, 0]
    axes = np.ravel(np.asarray(ax, dtype=object))
    if len(axes) != n:
        raise ValueError(
            f"ax has {len(axes)} axes, but each of the {n} targets needs one. Give an array of {n} "
            f"axes, such as plt.subplots({n})[1], or ax=None."
        )
    return axes


def _keep_axes(display: Any, axes: np.ndarray) -> None:
    display.ax_ = axes[0] if len(axes) == 1 else axes
    display.figure_ = axes[0].figure


def _places(index: Any) -> np.ndarray:
    """Positions of rows on the time axis: (n,) of dates or numbers."""
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()  # the start of a period
    if getattr(index, "tz", None) is not None:
        index = index.tz_localize(None)  # local time
    return np.asarray(index)


def _finish(
    axes: np.ndarray, places: np.ndarray, names: list[str], xlabel: Any, title: str
) -> None:
    """Add labels, title, legend and readable dates."""
    for ax, name in zip(axes, names, strict=True):
        ax.set_ylabel(name)
    bottom = axes[-1]
    is_dated = places.dtype.kind == "M"
    bottom.set_xlabel(xlabel or ("date" if is_dated else "row"))
    if is_dated:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator()
        bottom.xaxis.set_major_locator(locator)
        bottom.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes[0].figure.align_ylabels(list(axes))
    top = axes[0]
    top.set_title(title)
    # Room for the legend above the lines, as no corner is free in every series.
    low, high = top.get_ylim()
    top.set_ylim(low, high + 0.2 * (high - low))
    top.legend(loc="upper left", ncols=3)


def _check_n_history(n_history: Any, horizon: int) -> int:
    """Number of rows to draw before the first forecast."""
    if n_history is None:
        return max(4 * horizon, 30)
    if not at_least(1).is_satisfied_by(n_history):
        raise ValueError(
            f"n_history={n_history!r} must be an int of at least 1, the number of rows to draw "
            "before the first forecast, or None."
        )
    return int(n_history)


def _draw_forecast(
    ax: Any,
    places: np.ndarray,
    values: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray] | None,
    start: tuple[Any, float] | None,
    labels: tuple[str | None, str | None],
    **line: Any,
) -> None:
    """Draw a line and the band of its interval. Both begin at `start`, the last actual value."""
    if start is not None:
        places = np.concatenate([[start[0]], places])
        values, *sides = (np.concatenate([[start[1]], side]) for side in (values, *(bounds or ())))
    else:
        sides = list(bounds or ())
    color = line.setdefault("color", FORECAST)
    ax.plot(places, values, label=labels[0], **line)
    if sides:
        ax.fill_between(places, *sides, color=color, alpha=0.2, linewidth=0, label=labels[1])


def _last_actual(places: np.ndarray, values: np.ndarray) -> tuple[Any, float] | None:
    """Position and value of the last row that is not NaN; None if all are NaN."""
    known = np.flatnonzero(np.isfinite(values))
    return (places[known[-1]], values[known[-1]]) if len(known) else None


def _interval_label(coverage: float | None) -> str:
    return "interval" if coverage is None else f"{100 * coverage:g} % interval"


def _as_member(X: Any) -> Any:
    """A series as an entry of a list of series, in which a list of numbers is not allowed."""
    return X if hasattr(X, "__array__") else np.asarray(X)


def _only(answer: Any) -> Any:
    """The result for the only series of a list."""
    return answer[0] if isinstance(answer, list) else answer


class ForecastDisplay:
    """Plot of the last rows of a series and of the forecast after them.

    There is one plot for each target, below each other. Create the display with `from_estimator`
    or `from_predictions`.

    Parameters
    ----------
    history : ndarray of shape (n_history, n_targets)
        The last rows of the series.

    forecast : ndarray of shape (steps, n_targets)
        The forecast of the rows after them.

    history_index : array-like of shape (n_history,)
        Index of the history: dates, periods or numbers.

    forecast_index : array-like of shape (steps,)
        Index of the forecast.

    target_names : list of str
        Names of the targets.

    lower : ndarray of shape (steps, n_targets) or None, default=None
        Lower bounds of the intervals. None: no intervals.

    upper : ndarray of shape (steps, n_targets) or None, default=None
        Upper bounds of the intervals.

    coverage : float or None, default=None
        Coverage of the intervals, for the legend.

    Attributes
    ----------
    ax_ : matplotlib Axes or ndarray of Axes
        Axes of the plot; an array for several targets.

    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    BacktestDisplay : Past forecasts and actual values.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.linear_model import LinearRegression
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.plotting import ForecastDisplay
    >>> series = load_airline_passengers(as_frame=True)
    >>> forecaster = SequenceForecaster(LinearRegression(), horizon=12, calibration_fraction=0.4)
    >>> forecaster.fit(series)
    SequenceForecaster(...)
    >>> display = ForecastDisplay.from_estimator(forecaster, series, coverage=0.8)
    >>> display.ax_.get_title()
    'Forecast, 12 steps ahead'
    """

    ax_: Any
    figure_: Any

    def __init__(
        self,
        *,
        history: np.ndarray,
        forecast: np.ndarray,
        history_index: Any,
        forecast_index: Any,
        target_names: list[str],
        lower: np.ndarray | None = None,
        upper: np.ndarray | None = None,
        coverage: float | None = None,
    ) -> None:
        self.history = history
        self.forecast = forecast
        self.history_index = history_index
        self.forecast_index = forecast_index
        self.target_names = target_names
        self.lower = lower
        self.upper = upper
        self.coverage = coverage

    @classmethod
    def from_estimator(
        cls,
        forecaster: SequenceForecaster,
        X: Any,
        steps: int | None = None,
        *,
        coverage: float | None = None,
        future: Any = None,
        n_history: int | None = None,
        ax: Any = None,
    ) -> Self:
        """Forecast the rows after a series, and plot both.

        Parameters
        ----------
        forecaster : SequenceForecaster
            The fitted forecaster.

        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
            One series to forecast from. After a fit on a long or wide frame, X must be such a frame
            with a single series.

        steps : int or None, default=None
            Number of rows to forecast. None: the forecaster's horizon.

        coverage : float or None, default=None
            Coverage of an interval band, in (0, 1). None: no band. The default forecaster has
            intervals. One with a `regressor` of your own needs a `calibration_fraction`.

        future : array-like of shape (steps, n_known), DataFrame or None, default=None
            Values of the future covariates (`known`) for the rows after X, as in
            `SequenceForecaster.forecast`. One table, also after a fit on a list. It is needed if
            the forecaster has `known` columns.

        n_history : int or None, default=None
            Number of last rows of X to draw. None: four times `steps`, and at least 30.

        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        ForecastDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If X is a list of series, or if `forecast` raises for X, steps or future.
        """
        check_is_fitted(forecaster)
        if is_list_of_series(X):
            raise ValueError(
                f"X is a list of {len(X)} series, but a plot shows one series. Call from_estimator "
                "for each of them."
            )
        now = {"X": X, "future": future}
        panel: Any = forecaster._panel
        names = forecaster._target_names
        if panel is not None and panel.kind == "list":
            now = {"X": [_as_member(X)], "future": None if future is None else [future]}
        elif panel is not None:
            panel = forecaster._read(X, forecaster._usual_step)[1]
            if len(panel.ids) > 1:
                raise ValueError(
                    f"X holds {len(panel.ids)} series, but a plot shows one series. Give a long "
                    "frame with the rows of one series, or a wide frame with one column."
                )
        forecast, interval = forecaster.forecast(steps, **now), None
        if coverage is not None:
            interval = forecaster.forecast_interval(steps, coverage, **now)
        if panel is not None and panel.kind == "long":
            X, forecast = (panel.split(one)[0] for one in (X, forecast))
            interval = None if interval is None else panel.split(interval)[0]
        elif panel is not None and panel.kind == "wide":
            names = [str(panel.ids[0])]
        return cls._from_tables(
            as_series(X, forecaster),
            forecaster._spec.targets,
            names,
            forecast=_only(forecast),
            interval=_only(interval),
            coverage=coverage,
            n_history=n_history,
        ).plot(ax)

    @classmethod
    def from_predictions(
        cls,
        X: Any,
        forecast: Any,
        *,
        interval: Any = None,
        coverage: float | None = None,
        n_history: int | None = None,
        ax: Any = None,
    ) -> Self:
        """Plot a series and its forecast.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
            The series. Columns are matched by name, and those without a forecast are left out.

        forecast : array-like of shape (steps, n_targets), Series or DataFrame
            The result of a forecaster's `forecast`.

        interval : array-like of shape (steps, n_targets, 2), DataFrame or None, default=None
            The result of `forecast_interval`. None: no band.

        coverage : float or None, default=None
            Coverage of the intervals, for the legend.

        n_history : int or None, default=None
            Number of last rows of X to draw. None: four times the steps, and at least 30.

        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        ForecastDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If X lacks a column of the forecast, or shapes differ.
        """
        table, ahead = as_series(X, cls.__name__), as_series(forecast, cls.__name__)
        names = ahead.names if table.names is not None else None
        if names is None and ahead.labels and set(ahead.labels) <= set(table.labels or []):
            names = ahead.labels
        wanted = ahead.columns if names is None else names
        n_columns = len(table.columns)
        if names is None and n_columns != len(wanted):
            raise ValueError(
                f"X has {n_columns} columns, but forecast has {len(wanted)}, and there are no "
                "names to match them. Give X with the columns of forecast only."
            )
        if names is not None and (missing := [name for name in names if name not in table.columns]):
            raise ValueError(
                f"forecast has columns {names}, but X lacks {missing}: its columns are "
                f"{table.columns}. Give the series before the forecast as X."
            )
        columns = range(n_columns) if names is None else [table.columns.index(n) for n in names]
        return cls._from_tables(
            table,
            columns,
            [table.columns[i] for i in columns],
            forecast=forecast,
            interval=interval,
            coverage=coverage,
            n_history=n_history,
        ).plot(ax)

    @classmethod
    def _from_tables(
        cls,
        table: Table,
        columns: Any,
        names: list[str],
        *,
        forecast: Any,
        interval: Any,
        coverage: float | None,
        n_history: int | None,
    ) -> Self:
        ahead = as_series(forecast, cls.__name__)
        steps, n_rows = len(ahead), len(table)
        bounds = None
        if interval is not None:
            if not isinstance(interval, np.ndarray):
                interval = as_series(interval, cls.__name__).values
            bounds = interval.reshape(steps, len(names), 2)
        index, ahead_index = table.rows.index, ahead.rows.index
        if index is None or ahead_index is None:
            index, ahead_index = np.arange(n_rows), np.arange(n_rows, n_rows + steps)
        first = max(0, n_rows - _check_n_history(n_history, steps))
        return cls(
            history=table.values[first:, columns],
            forecast=ahead.values,
            history_index=index[first:],
            forecast_index=ahead_index,
            target_names=names if table.is_named or len(names) > 1 else ["value"],
            lower=None if bounds is None else bounds[..., 0],
            upper=None if bounds is None else bounds[..., 1],
            coverage=coverage,
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw the plot.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        ForecastDisplay
            The display, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the number of axes is not the number of targets.
        """
        axes = _axes_for(self, ax, len(self.target_names))
        before, after = _places(self.history_index), _places(self.forecast_index)
        for k, one in enumerate(axes):
            history = self.history[:, k]
            one.plot(before, history, color=ACTUAL, label="actual")
            bounds = None
            if self.lower is not None and self.upper is not None:
                bounds = (self.lower[:, k], self.upper[:, k])
            _draw_forecast(
                one,
                after,
                self.forecast[:, k],
                bounds,
                _last_actual(before, history),
                ("forecast", _interval_label(self.coverage)),
            )
        steps = len(self.forecast)
        title = f"Forecast, {steps} step{'' if steps == 1 else 's'} ahead"
        xlabel = getattr(self.history_index, "name", None)
        _finish(axes, before, self.target_names, xlabel, title)
        _keep_axes(self, axes)
        return self


class BacktestDisplay:
    """Plot of a series and of its forecasts from rolling forecast origins.

    There is one plot for each target, below each other. Create the display with `from_result`.

    Parameters
    ----------
    result : BacktestResult
        The result of `backtest`.

    Attributes
    ----------
    ax_ : matplotlib Axes or ndarray of Axes
        Axes of the plot; an array for several targets.

    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    skgru.model_selection.backtest : Forecasts from rolling forecast origins.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.linear_model import LinearRegression
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.model_selection import backtest
    >>> from skgru.plotting import BacktestDisplay
    >>> series = load_airline_passengers(as_frame=True)
    >>> result = backtest(
    ...     SequenceForecaster(LinearRegression(), horizon=12), series, initial=96, step=12
    ... )
    >>> display = BacktestDisplay.from_result(result)
    >>> display.ax_.get_title()
    'Forecasts from 4 origins, 1 to 12 steps ahead'
    """

    ax_: Any
    figure_: Any

    def __init__(self, *, result: BacktestResult) -> None:
        self.result = result

    @classmethod
    def from_result(
        cls,
        result: BacktestResult,
        *,
        step: int | None = None,
        n_history: int | None = None,
        ax: Any = None,
    ) -> Self:
        """Plot the result of a backtest.

        Parameters
        ----------
        result : BacktestResult
            The result of `backtest`.

        step : int or None, default=None
            Draw the forecasts this many steps ahead as one line, one of `result.steps`. None: draw
            all steps, as a line from each forecast origin.

        n_history : int or None, default=None
            Number of rows to draw before the first forecast. None: four times the horizon, and at
            least 30.

        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        BacktestDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If step or n_history is out of range, or the number of axes is not the number of
            targets.
        """
        return cls(result=result).plot(ax, step=step, n_history=n_history)

    def plot(
        self, ax: Any = None, *, step: int | None = None, n_history: int | None = None
    ) -> Self:
        """Draw the plot.

        Intervals are drawn as bands if the result has them. Without `step`, overlapping bands are
        left out, and the title says so.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        step : int or None, default=None
            Draw the forecasts this many steps ahead as one line, one of `result.steps`. None: draw
            all steps, as a line from each forecast origin.

        n_history : int or None, default=None
            Number of rows to draw before the first forecast. None: four times the horizon, and at
            least 30.

        Returns
        -------
        BacktestDisplay
            The display, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If step or n_history is out of range, or the number of axes is not the number of
            targets.
        """
        result = self.result
        if isinstance(result, Mapping):
            raise TypeError(
                f"result={result!r} must be a BacktestResult, but holds {len(result)} series. Draw "
                f"one of them: result[{next(iter(result))!r}]."
            )
        n_origins = len(result.origins)
        nearest, farthest = int(result.steps[0]), int(result.steps[-1])
        is_int = at_least(nearest).is_satisfied_by(step)
        if step is not None and not (is_int and step <= farthest):
            raise ValueError(
                f"step={step!r} must be an int from {nearest} to {farthest}, the steps ahead in "
                "the result, or None for all of them."
            )
        n_history = _check_n_history(n_history, len(result.steps))
        axes = _axes_for(self, ax, len(result.target_names))
        places = _places(np.arange(len(result.series)) if result.index is None else result.index)
        first = max(0, result.origins[0] + 1 - n_history)
        last = result.origins[-1] + farthest + 1
        for k, one in enumerate(axes):
            actual = result.series[first:last, k]
            one.plot(places[first:last], actual, color=ACTUAL, label="actual")
            if step is None:
                self._draw_origins(one, places, k)
            else:
                self._draw_step(one, places, k, step)
        origins = f"{n_origins} origin{'' if n_origins == 1 else 's'}"
        are_many = step is None and nearest < farthest
        ahead = f"{nearest} to {farthest}" if are_many else str(step or nearest)
        title = f"Forecasts from {origins}, {ahead} step{'' if ahead == '1' else 's'} ahead"
        names = ["value"] if result.index is None and result.target_names == ["x0"] else None
        xlabel = getattr(result.index, "name", None)
        if step is None and result.lower is not None and self._is_crowded:
            title += f"\nIntervals overlap and are left out; step={nearest} draws those of one step"
        _finish(axes, places, names or result.target_names, xlabel, title)
        _keep_axes(self, axes)
        return self

    @property
    def _is_crowded(self) -> bool:
        """Whether forecasts from neighbouring origins overlap."""
        return bool((np.diff(self.result.origins) < len(self.result.steps)).any())

    def _draw_origins(self, ax: Any, places: np.ndarray, k: int) -> None:
        """Draw the forecasts of each origin, from its last known value on."""
        result: Any = self.result
        is_crowded = self._is_crowded
        has_bands = result.lower is not None and not is_crowded
        for i, origin in enumerate(result.origins):
            bounds = (result.lower[i, :, k], result.upper[i, :, k]) if has_bands else None
            before = slice(max(0, origin + 1 - len(result.steps)), origin + 1)
            _draw_forecast(
                ax,
                places[origin + result.steps],
                result.forecast[i, :, k],
                bounds,
                _last_actual(places[before], result.series[before, k]),
                (None, None) if i else ("forecast", _interval_label(result.coverage)),
                **({"linewidth": 1, "alpha": 0.6} if is_crowded else {}),
            )

    def _draw_step(self, ax: Any, places: np.ndarray, k: int, step: int) -> None:
        result: Any = self.result
        bounds, at = None, step - int(result.steps[0])
        if result.lower is not None:
            bounds = (result.lower[:, at, k], result.upper[:, at, k])
        _draw_forecast(
            ax,
            places[result.origins + step],
            result.forecast[:, at, k],
            bounds,
            None,
            ("forecast", _interval_label(result.coverage)),
            marker="o",
            markersize=3,
        )


class TrainingHistoryDisplay:
    """Plot of the loss of a network by epoch.

    Create the display with `from_estimator`.

    Parameters
    ----------
    loss : array-like of shape (n_epochs,)
        Training loss of each epoch.

    val_loss : array-like of shape (n_epochs,) or None, default=None
        Validation loss of each epoch. None: no curve.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.

    figure_ : matplotlib Figure
        Figure of the plot.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skgru.plotting import TrainingHistoryDisplay
    >>> display = TrainingHistoryDisplay(loss=[1.0, 0.3, 0.01], val_loss=[1.1, 0.4, 0.2]).plot()
    >>> display.ax_.get_yscale()
    'log'
    """

    ax_: Any
    figure_: Any

    def __init__(self, *, loss: Any, val_loss: Any = None) -> None:
        self.loss = loss
        self.val_loss = val_loss

    @classmethod
    def from_estimator(cls, estimator: Any, *, yscale: str = "auto", ax: Any = None) -> Self:
        """Plot the training history of a fitted estimator.

        Parameters
        ----------
        estimator : GRURegressor, Pipeline or SequenceForecaster
            The fitted estimator. Of a pipeline, the plot shows the last step. Of a forecaster, it
            shows the first regressor, and of a search the best estimator.

        yscale : {"auto", "linear", "log"}, default="auto"
            Scale of the loss axis, as in `plot`.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. None: new ones.

        Returns
        -------
        TrainingHistoryDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the estimator has no history of losses.
        """
        check_is_fitted(estimator)
        network = _network_of(estimator)
        history = getattr(network, "history_", None)
        if not isinstance(history, dict) or "loss" not in history:
            raise ValueError(
                f"estimator={estimator!r} has no history of losses: {type(network).__name__} is "
                "not trained in epochs. Give a GRURegressor, or a Pipeline or SequenceForecaster "
                "with one."
            )
        return cls(loss=history["loss"], val_loss=history.get("val_loss")).plot(ax, yscale=yscale)

    def plot(self, ax: Any = None, *, yscale: str = "auto") -> Self:
        """Draw the plot.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on. None: new ones.

        yscale : {"auto", "linear", "log"}, default="auto"
            Scale of the loss axis. "auto": logarithmic if all losses are positive and the largest
            is more than ten times the smallest, else linear.

        Returns
        -------
        TrainingHistoryDisplay
            The display, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If yscale has another value.
        """
        if yscale not in ("auto", "linear", "log"):
            raise ValueError(f'yscale={yscale!r} must be "auto", "linear" or "log".')
        axes = _axes_for(self, ax, 1)
        one = axes[0]
        curves = {"training": self.loss, "validation": self.val_loss}
        curves = {label: np.asarray(c, float) for label, c in curves.items() if c is not None}
        for (label, curve), color in zip(curves.items(), (FORECAST, OTHER), strict=False):
            marker = "o" if len(curve) == 1 else None  # a line of one point can't be seen
            one.plot(np.arange(1, len(curve) + 1), curve, color=color, marker=marker, label=label)
        losses = np.concatenate(list(curves.values()))
        is_wide = losses.min() > 0 and losses.max() > 10 * losses.min()
        one.set_yscale(yscale if yscale != "auto" else "log" if is_wide else "linear")
        one.xaxis.get_major_locator().set_params(integer=True)
        one.set(xlabel="epoch", ylabel="loss", title="Loss by epoch")
        one.legend(loc="best")
        _keep_axes(self, axes)
        return self


def _network_of(estimator: Any) -> Any:
    """The estimator inside pipelines, forecasters and searches that was trained last."""
    while True:
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif hasattr(estimator, "regressors_"):
            estimator = estimator.regressors_[0]
        elif hasattr(estimator, "regressor_"):  # TransformedTargetRegressor
            estimator = estimator.regressor_
        elif hasattr(estimator, "named_steps"):
            estimator = estimator[-1]
        else:
            return estimator
