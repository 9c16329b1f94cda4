"""EnsembleWeightsDisplay: the weights of the members of a forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru._forecaster.summary import percentages
from skgru.plotting._axes import Display, axes_for, set_title
from skgru.plotting._colours_and_lines import FORECAST


class EnsembleWeightsDisplay(Display):
    """Plot of the weights with which the members of an ensemble take part in a forecast.

    There is one bar for each member. Create the display with `from_estimator`.

    Parameters
    ----------
    weights : dict of str to float
        The weight of each member, from 0 to 1.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.

    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    ForecastComponentsDisplay : The forecasts of the members.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skgru.plotting import EnsembleWeightsDisplay
    >>> weights = {"regressors": 0.32, "pretrained": 0.48, "theta": 0.2}
    >>> display = EnsembleWeightsDisplay(weights=weights).plot()
    >>> [text.get_text() for text in display.ax_.texts]
    ['32 %', '48 %', '20 %']
    """

    def __init__(self, *, weights: Mapping[str, float]) -> None:
        self.weights = weights

    @classmethod
    def from_estimator(cls, forecaster: Any, *, ax: Any = None) -> Self:
        """Plot the weights of a fitted forecaster.

        Parameters
        ----------
        forecaster : SequenceForecaster or search
            The fitted forecaster, whose `ensemble_` is drawn. Of a search, the best estimator.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. None: new ones.

        Returns
        -------
        EnsembleWeightsDisplay
            The display, with its plot.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        NotFittedError
            If the forecaster is not fitted.
        TypeError
            If the estimator is not a forecaster.
        """
        check_is_fitted(forecaster)
        forecaster = getattr(forecaster, "best_estimator_", forecaster)
        weights = getattr(forecaster, "ensemble_", None)
        if weights is None:
            raise TypeError(
                f"forecaster={forecaster!r} must be a SequenceForecaster, because only its "
                "forecasts are weighted means. Give a fitted SequenceForecaster."
            )
        return cls(weights=dict(weights)).plot(ax)

    def _drawn(self, ax: Any) -> np.ndarray:
        n = len(self.weights)
        axes = axes_for(self, ax, 1, size=(6, 1.1 + 0.45 * n))
        one, shares = axes[0], 100 * np.array(list(self.weights.values()), float)
        rows = np.arange(n)
        one.barh(rows, shares, height=0.6, color=FORECAST)
        labels = percentages(self.weights).values()
        for row, share, label in zip(rows, shares, labels, strict=True):
            one.text(share + 1.5, row, f"{label} %", va="center")
        one.set_yticks(rows, list(self.weights))
        one.invert_yaxis()
        # Room for the number beside the longest bar.
        one.set(xlim=(0, 1.25 * shares.max()), xlabel="weight (%)")
        set_title(one, "Weights in the forecast")
        one.set_xticks([tick for tick in one.get_xticks() if tick <= min(100, one.get_xlim()[1])])
        one.spines[["top", "right"]].set_visible(False)
        return axes
