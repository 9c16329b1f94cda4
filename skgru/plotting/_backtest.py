"""BacktestDisplay: a series, and its forecasts from rolling forecast origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from skgru._validation import at_least
from skgru.plotting._axes import Display, axes_for, check_result, finish, places_of, size_of
from skgru.plotting._colours_and_lines import (
    ACTUAL,
    check_n_history,
    draw_forecast,
    interval_label,
    last_actual,
)

if TYPE_CHECKING:
    from skgru.model_selection import BacktestResult

# Rows in an inch above which lines are thin, and most rows in an inch that are drawn.
DENSE_ROWS, MOST_ROWS = 40, 80


class BacktestDisplay(Display):
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

    def __init__(self, *, result: BacktestResult) -> None:
        self.result = result

    @classmethod
    def from_result(
        cls,
        result: BacktestResult,
        *,
        step: int | None = None,
        n_history: int | None = None,
        n_origins: int | None = None,
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

        n_origins : int or None, default=None
            Number of forecast origins to draw, the last ones. None: as many as are readable, up to
            80 rows in an inch. The title gives their number.

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
            If step, n_history or n_origins is out of range, or the number of axes is not the
            number of targets.
        """
        return cls(result=result).plot(ax, step=step, n_history=n_history, n_origins=n_origins)

    def plot(
        self,
        ax: Any = None,
        *,
        step: int | None = None,
        n_history: int | None = None,
        n_origins: int | None = None,
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

        n_origins : int or None, default=None
            Number of forecast origins to draw, the last ones. None: as many as are readable, up to
            80 rows in an inch. The title gives their number.

        Returns
        -------
        BacktestDisplay
            The display, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If step, n_history or n_origins is out of range, or the number of axes is not the
            number of targets.
        """
        result = self.result
        if isinstance(result, Mapping):
            raise TypeError(
                f"result={result!r} must be a BacktestResult, but holds {len(result)} series. Draw "
                f"one of them: result[{next(iter(result))!r}]."
            )
        check_result(result)
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
        last = result.origins[-1] + farthest + 1
        n_shown = self._n_shown(axes[0], n_origins, n_history, last)
        start = len(result.origins) - n_shown
        first = max(0, result.origins[start] + 1 - n_history)
        is_dense = last - first > DENSE_ROWS * size_of(axes[0])[0]
        line = {"linewidth": 0.9} if is_dense else {}
        for k, one in enumerate(axes):
            actual = result.series[first:last, k]
            one.plot(places[first:last], actual, color=ACTUAL, label="actual", **line)
            if step is None:
                self._draw_origins(one, places, k, start, line)
            else:
                self._draw_step(one, places, k, step, start, {"markersize": 3} | line)
        n = len(result.origins)
        origins = f"{n} origin{'' if n == 1 else 's'}"
        if n_shown < n:
            origins = (
                f"the last {n_shown} of {origins}" if n_shown > 1 else f"the last of {origins}"
            )
        are_many = step is None and nearest < farthest
        ahead = f"{nearest} to {farthest}" if are_many else str(step or nearest)
        title = f"Forecasts from {origins}, {ahead} step{'' if ahead == '1' else 's'} ahead"
        names = ["value"] if result.index is None and result.target_names == ["x0"] else None
        xlabel = getattr(result.index, "name", None)
        if step is None and result.lower is not None and self._is_crowded:
            title += f"\nIntervals overlap and are left out; step={nearest} draws those of one step"
        finish(axes, places, names or result.target_names, xlabel, title)
        return self._keep(axes)

    def _n_shown(self, ax: Any, n_origins: Any, n_history: int, last: int) -> int:
        """Number of forecast origins to draw. last : the row after the last one that is drawn."""
        origins = self.result.origins
        if n_origins is not None:
            if not at_least(1).is_satisfied_by(n_origins):
                raise ValueError(
                    f"n_origins={n_origins!r} must be an int of at least 1, the number of forecast "
                    "origins to draw, or None for as many as are readable."
                )
            return min(int(n_origins), len(origins))
        n_rows = int(MOST_ROWS * size_of(ax)[0])
        n_readable = int((origins + 1 - n_history >= last - n_rows).sum())
        is_whole = last - max(0, origins[0] + 1 - n_history) <= n_rows
        return len(origins) if is_whole else max(1, n_readable)

    @property
    def _is_crowded(self) -> bool:
        """Whether forecasts from neighbouring origins overlap."""
        return bool((np.diff(self.result.origins) < len(self.result.steps)).any())

    def _draw_origins(
        self, ax: Any, places: np.ndarray, k: int, start: int, line: dict[str, Any]
    ) -> None:
        """Draw the forecasts of each origin from `start` on, from its last known value on."""
        result: Any = self.result
        is_crowded = self._is_crowded
        has_bands = result.lower is not None and not is_crowded
        for i, origin in list(enumerate(result.origins))[start:]:
            bounds = (result.lower[i, :, k], result.upper[i, :, k]) if has_bands else None
            before = slice(max(0, origin + 1 - len(result.steps)), origin + 1)
            draw_forecast(
                ax,
                places[origin + result.steps],
                result.forecast[i, :, k],
                bounds,
                last_actual(places[before], result.series[before, k]),
                (None, None) if i > start else ("forecast", interval_label(result.coverage)),
                **({"linewidth": 1, "alpha": 0.6} if is_crowded else {}) | line,
            )

    def _draw_step(
        self, ax: Any, places: np.ndarray, k: int, step: int, start: int, line: dict[str, Any]
    ) -> None:
        result: Any = self.result
        bounds, at = None, step - int(result.steps[0])
        if result.lower is not None:
            bounds = (result.lower[start:, at, k], result.upper[start:, at, k])
        draw_forecast(
            ax,
            places[result.origins[start:] + step],
            result.forecast[start:, at, k],
            bounds,
            None,
            ("forecast", interval_label(result.coverage)),
            marker="" if "linewidth" in line else "o",
            **line,
        )
