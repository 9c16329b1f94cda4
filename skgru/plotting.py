"""Pictures of forecasts, backtests and training, in scikit-learn's Display convention.

Each class holds what is drawn; `plot` draws it and can be called again. matplotlib is imported
only then.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru._containers.series import Table, as_series, is_list_of_series
from skgru._validation import at_least

__all__ = ["BacktestDisplay", "ForecastDisplay", "TrainingHistoryDisplay"]


def __dir__() -> list[str]:
    return __all__


# Okabe and Ito's blue and vermilion: told apart by colour-blind readers, and in grey.
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
    """n axes below each other on one time axis, new ones unless given: (n,) of Axes."""
    plt = _import_pyplot(display)
    if ax is None:
        size = (9, 1.3 + 2.2 * n)
        _, axes = plt.subplots(n, sharex=True, squeeze=False, figsize=size, layout="constrained")
        return axes[:, 0]
    axes = np.ravel(np.asarray(ax, dtype=object))
    if len(axes) != n:
        raise ValueError(
            f"ax has {len(axes)} axes, but {n} targets are to be drawn, each on its own. Give an "
            f"array of {n}, as plt.subplots({n}) returns it, or ax=None."
        )
    return axes


def _keep_axes(display: Any, axes: np.ndarray) -> None:
    display.ax_ = axes[0] if len(axes) == 1 else axes
    display.figure_ = axes[0].figure


def _places(index: Any) -> np.ndarray:
    """Where rows stand on the axis: (n,) of dates or numbers."""
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()  # a period stands where it begins
    if getattr(index, "tz", None) is not None:
        index = index.tz_localize(None)  # the clock of the time zone
    return np.asarray(index)


def _finish(
    axes: np.ndarray, places: np.ndarray, names: list[str], xlabel: Any, title: str
) -> None:
    """Labels, title, legend, and dates that can be read."""
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
    # Room for the legend above the lines: a series leaves no corner free that can be relied on.
    low, high = top.get_ylim()
    top.set_ylim(low, high + 0.2 * (high - low))
    top.legend(loc="upper left", ncols=3)


def _check_n_history(n_history: Any, horizon: int) -> int:
    """Rows before the first forecast that are drawn."""
    if n_history is None:
        return max(4 * horizon, 30)
    if not at_least(1).is_satisfied_by(n_history):
        raise ValueError(
            f"n_history={n_history!r} must be an int of at least 1, the rows to draw before the "
            "first forecast, or None."
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
    """A line and the band of its interval, both from the last actual value on if start is given."""
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
    """The last row whose value is known; None if there is none."""
    known = np.flatnonzero(np.isfinite(values))
    return (places[known[-1]], values[known[-1]]) if len(known) else None


def _interval_label(coverage: float | None) -> str:
    return "interval" if coverage is None else f"{100 * coverage:g} % interval"


def _as_member(X: Any) -> Any:
    """A series in a form that a list of series may hold: lists of numbers are no series there."""
    return X if hasattr(X, "__array__") else np.asarray(X)


def _only(answer: Any) -> Any:
    """The answer for one series out of a list of one."""
    return answer[0] if isinstance(answer, list) else answer


class ForecastDisplay:
    """The last rows of a series and the forecast that goes on from them.

    One picture for each target, below each other. Make it with `from_estimator` or
    `from_predictions`.

    Parameters
    ----------
    history : ndarray of shape (n_history, n_targets)
        The last rows of the series.

    forecast : ndarray of shape (steps, n_targets)
        The rows after them.

    history_index : array-like of shape (n_history,)
        What the rows of the history are called: dates, periods or numbers.

    forecast_index : array-like of shape (steps,)
        The same of the forecast.

    target_names : list of str
        Names of the targets.

    lower : ndarray of shape (steps, n_targets) or None, default=None
        Lower bounds of the intervals. None: no intervals.

    upper : ndarray of shape (steps, n_targets) or None, default=None
        Upper bounds of the intervals.

    coverage : float or None, default=None
        Share of values that the intervals are meant to hold, for the legend.

    Attributes
    ----------
    ax_ : matplotlib Axes or ndarray of Axes
        What was drawn on, an array for several targets.

    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    BacktestDisplay : Forecasts beside what happened.

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

    def __init__(
        self,
        *,
        history,
        forecast,
        history_index,
        forecast_index,
        target_names,
        lower=None,
        upper=None,
        coverage=None,
    ):
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
        cls, forecaster, X, steps=None, *, coverage=None, future=None, n_history=None, ax=None
    ):
        """Forecast what comes after a series, and draw both.

        Parameters
        ----------
        forecaster : SequenceForecaster
            Fitted.

        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
            The series to go on from: one series, also for a forecaster of several. After a fit on a
            long or wide frame such a frame that holds one.

        steps : int or None, default=None
            Rows to forecast. None: the forecaster's horizon.

        coverage : float or None, default=None
            Share of values that a band should hold, in (0, 1). None: no band. The forecaster must
            be able to give intervals: by a `calibration_fraction`, for example.

        future : array-like of shape (steps, n_known), DataFrame or None, default=None
            The columns that the forecaster was told are `known` in advance, for the rows after X;
            with strategy="direct" for all rows of the last block of `horizon` rows. One table, also
            for a forecaster of several series. None: only if no column is `known`.

        n_history : int or None, default=None
            Last rows of X to draw. None: four times `steps`, and at least 30.

        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        ForecastDisplay
            Drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If X is a list of series, or the forecaster refuses what it is given.
        """
        check_is_fitted(forecaster)
        if is_list_of_series(X):
            raise ValueError(
                f"X is a list of {len(X)} series, but a picture is of one. Call from_estimator for "
                "each of them."
            )
        now = {"X": X, "future": future}
        panel, names = forecaster._panel, forecaster._target_names
        if panel is not None and panel.kind == "list":
            now = {"X": [_as_member(X)], "future": None if future is None else [future]}
        elif panel is not None:
            panel = forecaster._read(X, forecaster._usual_step)[1]
            if len(panel.ids) > 1:
                raise ValueError(
                    f"X holds {len(panel.ids)} series, but a picture is of one. Give the rows of "
                    "one, or its column in a wide frame, in the form that fit was given."
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
        cls, X, forecast, *, interval=None, coverage=None, n_history=None, ax=None
    ):
        """Draw a series and a forecast that was made before.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
            The series. Columns that the forecast does not have are left out, by their names.

        forecast : array-like of shape (steps, n_targets), Series or DataFrame
            What a forecaster's `forecast` returned.

        interval : array-like of shape (steps, n_targets, 2), DataFrame or None, default=None
            What `forecast_interval` returned. None: no band.

        coverage : float or None, default=None
            Share of values that the intervals are meant to hold, for the legend.

        n_history : int or None, default=None
            Last rows of X to draw. None: four times the steps, and at least 30.

        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        ForecastDisplay
            Drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If X lacks a column of the forecast, or shapes differ.
        """
        table, ahead = as_series(X, cls.__name__), as_series(forecast, cls.__name__)
        names = ahead.names if table.names is not None else None
        wanted = ahead.columns if names is None else names
        n_columns = len(table.columns)
        if names is None and n_columns != len(wanted):
            raise ValueError(
                f"X has {n_columns} columns, but forecast has {len(wanted)}, and they have no "
                "names to be matched by. Give X the forecast columns only."
            )
        if names is not None and (missing := [name for name in names if name not in table.columns]):
            raise ValueError(
                f"forecast has columns {names}, but X lacks {missing}: its columns are "
                f"{table.columns}. Give the series that the forecast goes on from."
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
    ) -> ForecastDisplay:
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
            target_names=names if table.names is not None or len(names) > 1 else ["value"],
            lower=None if bounds is None else bounds[..., 0],
            upper=None if bounds is None else bounds[..., 1],
            coverage=coverage,
        )

    def plot(self, ax=None):
        """Draw it.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        ForecastDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If ax has another number of axes than there are targets.
        """
        axes = _axes_for(self, ax, len(self.target_names))
        before, after = _places(self.history_index), _places(self.forecast_index)
        for k, one in enumerate(axes):
            history = self.history[:, k]
            one.plot(before, history, color=ACTUAL, label="actual")
            bounds = None if self.lower is None else (self.lower[:, k], self.upper[:, k])
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
    """A series and what was forecast of it from rolling origins.

    One picture for each target, below each other. Make it with `from_result`.

    Parameters
    ----------
    result : BacktestResult
        What `backtest` returned.

    Attributes
    ----------
    ax_ : matplotlib Axes or ndarray of Axes
        What was drawn on, an array for several targets.

    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    skgru.model_selection.backtest : Makes the forecasts.

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

    def __init__(self, *, result):
        self.result = result

    @classmethod
    def from_result(cls, result, *, step=None, n_history=None, ax=None):
        """Draw the result of a backtest.

        Parameters
        ----------
        result : BacktestResult
            What `backtest` returned.

        step : int or None, default=None
            Steps ahead of the forecasts to draw, 1 to the horizon, as one line. None: all, a line
            from each origin.

        n_history : int or None, default=None
            Rows to draw before the first forecast. None: four times the horizon, and at least 30.

        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        Returns
        -------
        BacktestDisplay
            Drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If step or n_history is out of range, or ax has another number of axes than there are
            targets.
        """
        return cls(result=result).plot(ax, step=step, n_history=n_history)

    def plot(self, ax=None, *, step=None, n_history=None):
        """Draw it.

        Bands are drawn where the result has intervals; with lines from each origin only if they do
        not overlap, which the title says.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each target. None: new ones.

        step : int or None, default=None
            Steps ahead of the forecasts to draw, 1 to the horizon, as one line. None: all, a line
            from each origin.

        n_history : int or None, default=None
            Rows to draw before the first forecast. None: four times the horizon, and at least 30.

        Returns
        -------
        BacktestDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If step or n_history is out of range, or ax has another number of axes than there are
            targets.
        """
        result = self.result
        horizon, n_origins = len(result.steps), len(result.origins)
        is_step = at_least(1).is_satisfied_by(step) and step <= horizon
        if step is not None and not is_step:
            raise ValueError(
                f"step={step!r} must be an int from 1 to {horizon}, the steps ahead that were "
                "forecast, or None for all of them."
            )
        n_history = _check_n_history(n_history, horizon)
        axes = _axes_for(self, ax, len(result.target_names))
        places = _places(np.arange(len(result.series)) if result.index is None else result.index)
        first = max(0, result.origins[0] + 1 - n_history)
        last = result.origins[-1] + horizon + 1
        for k, one in enumerate(axes):
            actual = result.series[first:last, k]
            one.plot(places[first:last], actual, color=ACTUAL, label="actual")
            if step is None:
                self._draw_origins(one, places, k)
            else:
                self._draw_step(one, places, k, step)
        origins = f"{n_origins} origin{'' if n_origins == 1 else 's'}"
        ahead = f"1 to {horizon}" if step is None and horizon > 1 else str(step or 1)
        title = f"Forecasts from {origins}, {ahead} step{'' if ahead == '1' else 's'} ahead"
        names = ["value"] if result.index is None and result.target_names == ["x0"] else None
        xlabel = getattr(result.index, "name", None)
        if step is None and result.lower is not None and self._is_crowded:
            title += "\nIntervals overlap and are left out; step=1 draws those of one step"
        _finish(axes, places, names or result.target_names, xlabel, title)
        _keep_axes(self, axes)
        return self

    @property
    def _is_crowded(self) -> bool:
        """Whether forecasts from neighbouring origins lie over each other."""
        return bool((np.diff(self.result.origins) < len(self.result.steps)).any())

    def _draw_origins(self, ax: Any, places: np.ndarray, k: int) -> None:
        """Each origin's forecasts, from the last value that was known on."""
        result = self.result
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
        result = self.result
        bounds = None
        if result.lower is not None:
            bounds = (result.lower[:, step - 1, k], result.upper[:, step - 1, k])
        _draw_forecast(
            ax,
            places[result.origins + step],
            result.forecast[:, step - 1, k],
            bounds,
            None,
            ("forecast", _interval_label(result.coverage)),
            marker="o",
            markersize=3,
        )


class TrainingHistoryDisplay:
    """Loss of a network by epoch.

    Make it with `from_estimator`.

    Parameters
    ----------
    loss : array-like of shape (n_epochs,)
        Training loss of each epoch.

    val_loss : array-like of shape (n_epochs,) or None, default=None
        Loss on what early stopping kept out.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.

    figure_ : matplotlib Figure
        The figure of the axes.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skgru.plotting import TrainingHistoryDisplay
    >>> display = TrainingHistoryDisplay(loss=[1.0, 0.3, 0.01], val_loss=[1.1, 0.4, 0.2]).plot()
    >>> display.ax_.get_yscale()
    'log'
    """

    def __init__(self, *, loss, val_loss=None):
        self.loss = loss
        self.val_loss = val_loss

    @classmethod
    def from_estimator(cls, estimator, *, yscale="auto", ax=None):
        """Draw the history of a fitted estimator.

        Parameters
        ----------
        estimator : GRURegressor, Pipeline or SequenceForecaster
            Fitted. Of a pipeline the last step counts, of a forecaster its first regressor, of a
            search the best estimator.

        yscale : {"auto", "linear", "log"}, default="auto"
            Scale of the losses, as `plot` takes it.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. None: new ones.

        Returns
        -------
        TrainingHistoryDisplay
            Drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If it has no history of losses.
        """
        check_is_fitted(estimator)
        network = _network_of(estimator)
        history = getattr(network, "history_", None)
        if not isinstance(history, dict) or "loss" not in history:
            raise ValueError(
                f"estimator={estimator!r} has no history of losses: {type(network).__name__} is "
                "not trained by epochs. Give a GRURegressor, or a Pipeline or SequenceForecaster "
                "with one."
            )
        return cls(loss=history["loss"], val_loss=history.get("val_loss")).plot(ax, yscale=yscale)

    def plot(self, ax=None, *, yscale="auto"):
        """Draw it.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on. None: new ones.

        yscale : {"auto", "linear", "log"}, default="auto"
            Scale of the losses. "auto": logarithmic if the largest loss is more than ten times the
            smallest, and none is 0 or less.

        Returns
        -------
        TrainingHistoryDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If yscale is none of the three.
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
