"""ForecastDisplay: the last rows of a series, and the forecast after them or beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru._containers.read_series import as_series, is_list_of_series
from skgru._containers.table import Table
from skgru.plotting._axes import Display, axes_for, finish, places_of
from skgru.plotting._colours_and_lines import (
    ACTUAL,
    check_n_history,
    draw_forecast,
    interval_label,
    last_actual,
)

if TYPE_CHECKING:
    from skgru._forecaster.forecaster import SequenceForecaster


def only_series(forecaster: SequenceForecaster, X: Any, future: Any) -> tuple[dict[str, Any], Any]:
    """X and future as `forecast` takes them for one series, and the panel of X. Raises ValueError
    for several series.
    """
    check_is_fitted(forecaster)
    if is_list_of_series(X):
        raise ValueError(
            f"X is a list of {len(X)} series, but a plot shows one series. Call from_estimator "
            "for each of them."
        )
    panel: Any = forecaster._panel
    if panel is not None and panel.kind == "list":
        return {"X": [_as_member(X)], "future": None if future is None else [future]}, panel
    if panel is not None:
        encoded = forecaster._categories.encoded(forecaster._columns_of_fit(X))
        panel = forecaster._read(encoded, forecaster._usual_step, like=panel.form)[1]
        if len(panel.ids) > 1:
            raise ValueError(
                f"X holds {len(panel.ids)} series, but a plot shows one series. Give a long "
                "frame with the rows of one series, or a wide frame with one column."
            )
    return {"X": X, "future": future}, panel


def _as_member(X: Any) -> Any:
    """A series as an entry of a list of series, in which a list of numbers is not allowed."""
    return X if hasattr(X, "__array__") else np.asarray(X)


def _only(answer: Any) -> Any:
    """The result for the only series of a list."""
    return answer[0] if isinstance(answer, list) else answer


def _is_before(index: Any, ahead: Any) -> np.ndarray:
    """Which rows of a series are before the first row of a forecast, (n_rows,)."""
    return places_of(index) < places_of(ahead)[0]


class ForecastDisplay(Display):
    """Plot of the last rows of a series and of the forecast after them.

    There is one plot for each target, below each other. Create the display with `from_estimator`
    or `from_predictions`.

    Parameters
    ----------
    history : ndarray of shape (n_history, n_targets)
        The last rows of the series.

    forecast : ndarray of shape (steps, n_targets)
        The forecast of the rows after them, or of the last of them.

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
        now, panel = only_series(forecaster, X, future)
        names = forecaster._target_names
        X = forecaster._columns_of_fit(X)
        forecast, interval = forecaster.forecast(steps, **now), None
        if coverage is not None:
            interval = forecaster.forecast_interval(steps, coverage, **now)
        if panel is not None and panel.kind == "long":
            X, forecast = (panel.split(one)[0] for one in (X, forecast))
            interval = None if interval is None else panel.split(interval)[0]
        elif panel is not None and panel.kind == "wide":
            names = [str(panel.ids[0])]
        return cls._from_tables(
            as_series(forecaster._categories.encoded(X), forecaster),
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
            The series. Columns are matched by name, and those without a forecast are left out. If
            X holds the rows of the forecast too, as after a fit on the rows before them, the
            actual values of these rows are drawn beside the forecast. An array has no index, so
            the forecast is drawn after its last row.

        forecast : array-like of shape (steps, n_targets), Series or DataFrame
            The result of a forecaster's `forecast`.

        interval : array-like of shape (steps, n_targets, 2), DataFrame or None, default=None
            The result of `forecast_interval`. None: no band.

        coverage : float or None, default=None
            Coverage of the intervals, for the legend.

        n_history : int or None, default=None
            Number of rows of X to draw before the forecast. None: four times the steps, and at
            least 30.

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
        n_before = n_rows
        if steps and not (is_before := _is_before(index, ahead_index)).all():
            n_before = int(np.argmin(is_before))
        first = max(0, n_before - check_n_history(n_history, steps))
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

    def _drawn(self, ax: Any) -> np.ndarray:
        axes = axes_for(self, ax, len(self.target_names))
        before, after = places_of(self.history_index), places_of(self.forecast_index)
        is_before = _is_before(self.history_index, self.forecast_index)
        for k, one in enumerate(axes):
            history = self.history[:, k]
            one.plot(before, history, color=ACTUAL, label="actual")
            bounds = None
            if self.lower is not None and self.upper is not None:
                bounds = (self.lower[:, k], self.upper[:, k])
            draw_forecast(
                one,
                after,
                self.forecast[:, k],
                bounds,
                last_actual(before[is_before], history[is_before]),
                ("forecast", interval_label(self.coverage)),
            )
        steps = len(self.forecast)
        title = f"Forecast, {steps} step{'' if steps == 1 else 's'} ahead"
        xlabel = getattr(self.history_index, "name", None)
        finish(axes, before, self.target_names, xlabel, title)
        return axes
