"""TrainingHistoryDisplay: the loss of a network by epoch."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru.plotting._axes import Display, axes_for
from skgru.plotting._colours_and_lines import FORECAST, OTHER


class TrainingHistoryDisplay(Display):
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
        axes = axes_for(self, ax, 1)
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
        return self._keep(axes)


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
