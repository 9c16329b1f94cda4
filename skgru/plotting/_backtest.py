"""BacktestDisplay: a series, and its forecasts from rolling forecast origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from skgru._validation import at_least
from skgru.plotting._axes import (
    ACTUAL,
    axes_for,
    check_n_history,
    draw_forecast,
    finish,
    interval_label,
    keep_axes,
    last_actual,
    places_of,
)

if TYPE_CHECKING:
    from skgru.model_selection import BacktestResult


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
        n_history = check_n_history(n_history, len(result.steps))
        axes = axes_for(self, ax, len(result.target_names))
        places = places_of(np.arange(len(result.series)) if result.index is None else result.index)
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
        finish(axes, places, names or result.target_names, xlabel, title)
        keep_axes(self, axes)
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
            draw_forecast(
                ax,
                places[origin + result.steps],
                result.forecast[i, :, k],
                bounds,
                last_actual(places[before], result.series[before, k]),
                (None, None) if i else ("forecast", interval_label(result.coverage)),
                **({"linewidth": 1, "alpha": 0.6} if is_crowded else {}),
            )

    def _draw_step(self, ax: Any, places: np.ndarray, k: int, step: int) -> None:
        result: Any = self.result
        bounds, at = None, step - int(result.steps[0])
        if result.lower is not None:
            bounds = (result.lower[:, at, k], result.upper[:, at, k])
        draw_forecast(
            ax,
            places[result.origins + step],
            result.forecast[:, at, k],
            bounds,
            None,
            ("forecast", interval_label(result.coverage)),
            marker="o",
            markersize=3,
        )
