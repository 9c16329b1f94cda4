"""ForecastComponentsDisplay: the level, the baseline and the members that make a forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from skgru._all_or_nothing import snapshot
from skgru._forecaster.summary import percentages
from skgru.plotting._axes import Display, axes_for, finish, places_of
from skgru.plotting._colours_and_lines import ACTUAL, FORECAST, check_n_history, last_actual
from skgru.plotting._forecast import only_series

if TYPE_CHECKING:
    from skgru._forecaster.forecaster import SequenceForecaster

# Each component has a colour of Okabe and Ito's, and a dash of its own for print and for
# colour-blind readers.
STYLES: dict[str, dict[str, Any]] = {
    "level": {"color": "0.45", "linestyle": ":", "linewidth": 1.5},
    "baseline": {"color": "#E69F00", "linestyle": "--", "linewidth": 1.5},
    "regressors": {"color": "#D55E00", "linestyle": "-.", "linewidth": 1.5},
    "pretrained": {"color": "#009E73", "linestyle": (0, (5, 1)), "linewidth": 1.5},
    "theta": {"color": "#CC79A7", "linestyle": (0, (1, 1)), "linewidth": 2},
    "forecast": {"color": FORECAST, "linestyle": "-", "linewidth": 2},
}
# Components of each of the two plots.
ABOVE, BELOW = ("level", "baseline", "regressors"), ("regressors", "pretrained", "theta")


class ForecastComponentsDisplay(Display):
    """Plot of what a forecast is made of: level, baseline, and the members of the ensemble.

    The upper plot shows how the forecast of the regressors comes about: the level of the history,
    the baseline, and the baseline with the correction of the regressors. The lower plot shows the
    members of the ensemble and the forecast, which is their weighted mean. A forecast without
    regressors has the lower plot alone, and one of regressors alone has the upper plot. Create the
    display with `from_estimator`.

    Parameters
    ----------
    components : dict of str to ndarray of shape (steps,)
        Values of the components in the units of the series. The names are "level", "baseline",
        "regressors", "pretrained", "theta" and "forecast". Only "forecast" is required.

    history : ndarray of shape (n_history,)
        The last rows of the series.

    history_index : array-like of shape (n_history,)
        Index of the history: dates, periods or numbers.

    forecast_index : array-like of shape (steps,)
        Index of the forecast.

    weights : dict of str to float or None, default=None
        Weights of the members, for the legend.

    target_name : str, default="value"
        Name of the target.

    Attributes
    ----------
    ax_ : matplotlib Axes or ndarray of Axes
        Axes of the plot; an array for two plots.

    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    EnsembleWeightsDisplay : The weights of the members.
    ForecastDisplay : The forecast and its interval.

    Notes
    -----
    Components are computed on the scale of the scaler and converted to the units of the series. The
    members are medians. With a logarithmic scale the forecast is the weighted geometric mean of the
    members. Beyond the horizon, the regressors have less than the weight shown, as described at
    ``SequenceForecaster.forecast``. With ``point="mean"`` the forecast also has a correction from
    the median to the mean.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.linear_model import Ridge
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.plotting import ForecastComponentsDisplay
    >>> series = load_airline_passengers(as_frame=True)
    >>> forecaster = SequenceForecaster(Ridge(), horizon=12).fit(series)
    >>> display = ForecastComponentsDisplay.from_estimator(forecaster, series)
    >>> list(display.components)
    ['level', 'baseline', 'regressors', 'forecast']
    """

    def __init__(
        self,
        *,
        components: Mapping[str, np.ndarray],
        history: np.ndarray,
        history_index: Any,
        forecast_index: Any,
        weights: Mapping[str, float] | None = None,
        target_name: str = "value",
    ) -> None:
        self.components = components
        self.history = history
        self.history_index = history_index
        self.forecast_index = forecast_index
        self.weights = weights
        self.target_name = target_name

    @classmethod
    def from_estimator(
        cls,
        forecaster: SequenceForecaster,
        X: Any,
        steps: int | None = None,
        *,
        target: int | str = 0,
        future: Any = None,
        n_history: int | None = None,
        ax: Any = None,
    ) -> Self:
        """Forecast the rows after a series, and plot what the forecast is made of.

        Parameters
        ----------
        forecaster : SequenceForecaster
            The fitted forecaster.

        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
            One series to forecast from, as in `ForecastDisplay.from_estimator`.

        steps : int or None, default=None
            Number of rows to forecast. None: the forecaster's horizon.

        target : int or str, default=0
            The target to draw: its name, or its position among the targets.

        future : array-like of shape (steps, n_known), DataFrame or None, default=None
            Values of the future covariates (`known`) for the rows after X, as in
            `SequenceForecaster.forecast`.

        n_history : int or None, default=None
            Number of last rows of X to draw. None: twice `steps`, and at least 24.

        ax : matplotlib Axes, array of Axes or None, default=None
            Axes to draw on, one for each of the plots. None: new ones.

        Returns
        -------
        ForecastComponentsDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If X holds several series, if target is not among the targets, or if `forecast` raises
            for X, steps or future.
        """
        now, panel = only_series(forecaster, X, future)
        forecaster = snapshot(forecaster)
        names = forecaster._target_names
        at = _position_of(target, names)
        new = forecaster._origins(steps, until=None, **now)
        every = forecaster._components_of(new)
        table, n_steps = new.tables[0], new.steps
        index, ahead = table.rows.index, table.rows.following(n_steps)
        if index is None:
            index, ahead = np.arange(len(table)), np.arange(len(table), len(table) + n_steps)
        n_history = max(2 * n_steps, 24) if n_history is None else n_history
        first = max(0, len(table) - check_n_history(n_history, n_steps))
        name = str(panel.ids[0]) if panel is not None and panel.kind == "wide" else names[at]
        return cls(
            components={name: values[:, at] for name, values in every.items()},
            history=table.values[first:, forecaster._spec.targets[at]],
            history_index=index[first:],
            forecast_index=ahead,
            weights=dict(forecaster.ensemble_),
            target_name=name if table.is_named else "value",
        ).plot(ax)

    def _drawn(self, ax: Any) -> np.ndarray:
        has = set(self.components)
        # Regressors alone are the forecast, which the upper plot shows as such.
        is_alone = not has & {"pretrained", "theta"}
        plots = [ABOVE, BELOW] if has & {"level", "baseline"} else [BELOW]
        plots = [ABOVE] if is_alone else plots
        axes = axes_for(self, ax, len(plots), size=(8, 1 + 3 * len(plots)), each="plot")
        before, after = places_of(self.history_index), places_of(self.forecast_index)
        for one, names in zip(axes, plots, strict=True):
            label = "actual" if one is axes[0] else None
            one.plot(before, self.history, color=ACTUAL, linewidth=1.2, label=label)
            left_out = {"regressors"} if is_alone else set()
            drawn = [name for name in names if name in has - left_out]
            if names is BELOW or is_alone:
                drawn.append("forecast")
            self._draw(one, before, after, drawn, names is BELOW and len(self.weights or ()) > 1)
        titles = ["Level, baseline and regressors", "Members of the ensemble"]
        title = titles[0] if plots[0] is ABOVE else titles[1]
        xlabel = getattr(self.history_index, "name", None)
        labels = [str(self.target_name)] * len(axes)
        finish(axes, before, labels, xlabel, [title, titles[1]][: len(axes)])
        return axes

    def _draw(
        self, ax: Any, before: np.ndarray, after: np.ndarray, names: list[str], has_shares: bool
    ) -> None:
        """Draw components, those that are forecasts from the last actual value on."""
        start = last_actual(before, self.history)
        for name in names:
            places, values = after, np.asarray(self.components[name], float)
            if name != "level" and start is not None:
                places = np.concatenate([[start[0]], places])
                values = np.concatenate([[start[1]], values])
            label = name
            if has_shares and self.weights and name in self.weights:
                label = f"{name} {percentages(self.weights)[name]} %"
            one_point = {"marker": "o", "markersize": 4} if len(places) == 1 else {}
            ax.plot(places, values, label=label, **STYLES[name], **one_point)


def _position_of(target: Any, names: list[str]) -> int:
    if isinstance(target, str) and target in names:
        return names.index(target)
    is_int = isinstance(target, int | np.integer) and not isinstance(target, bool)
    if is_int and 0 <= target < len(names):
        return int(target)
    raise ValueError(
        f"target={target!r} must be one of the targets {names}, or a position from 0 to "
        f"{len(names) - 1}. Use target=0 for the first."
    )
