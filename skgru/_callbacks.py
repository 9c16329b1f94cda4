"""Callbacks of scikit-learn (`set_callbacks`) in the fits of skgru.

A fit is a task with subtasks: the epochs of a network, the regressors of a forecaster, the forecast
origins of a backtest. Callbacks hear of the begin and the end of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Self

from skgru._progress import Display, display_for

try:
    from sklearn.callback import AutoPropagatedCallback, CallbackSupportMixin
    from sklearn.callback._callback_support import callback_management_context
except ImportError:  # before scikit-learn 1.9
    from skgru._fit_tasks import (
        AutoPropagatedCallback,
        CallbackSupportMixin,
        callback_management_context,
    )

__all__ = [
    "CALLBACK_ATTRIBUTES",
    "AutoPropagatedCallback",
    "FitTask",
    "TakesCallbacks",
    "callback_management_context",
    "has_callbacks",
    "is_shown",
]

# Attributes of scikit-learn that callbacks set. They belong to no fitted state and to no file.
CALLBACK_ATTRIBUTES = frozenset(
    {"_skl_callbacks", "_skl_callbacks_to_teardown", "_parent_callback_ctx", "_callback_fit_ctx"}
)


class TakesCallbacks(CallbackSupportMixin):
    """An estimator with `set_callbacks`, whose `fit` is a task of scikit-learn's callbacks."""

    def set_callbacks(self, *callbacks: Any) -> Self:
        """Set the callbacks of scikit-learn that follow a fit.

        Parameters
        ----------
        *callbacks : callback instances
            Callbacks, such as `sklearn.callback.ProgressBar()`. They replace those that were set
            before. No argument removes all callbacks.

        Returns
        -------
        self : estimator
            Itself.

        Raises
        ------
        TypeError
            If an object is no callback of scikit-learn. Callbacks of Keras are the parameter
            `callbacks` of a network.
        """
        return super().set_callbacks(*callbacks)


def has_callbacks(estimator: Any) -> bool:
    return bool(getattr(estimator, "_skl_callbacks", None))


@dataclass
class FitTask:
    """A fit, or a subtask of it, as callbacks see it.

    estimator : the one that is fitted; data : X, y and metadata of the fit, or functions that
    return them.
    """

    estimator: Any
    context: Any
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def begun(
        cls, estimator: Any, n_subtasks: int, *, in_order: bool = True, **data: Any
    ) -> FitTask:
        """The task of a fit, which has begun. It ends with its method of a fit."""
        if (display := display_for(estimator)) is not None:
            # On the working copy of `stores_at_once`, so that the estimator does not keep it.
            estimator._skl_callbacks = [*getattr(estimator, "_skl_callbacks", ()), display]
        context = estimator._init_callback_context(
            max_subtasks=n_subtasks, sequential_subtasks=in_order
        )
        task = cls(estimator, context, data)
        task.begin()
        return task

    def subtask(self, name: str, n_subtasks: int = 0, task_id: int | None = None) -> FitTask:
        """A part of this task, which has not begun."""
        context = self.context.subcontext(name, task_id, max_subtasks=n_subtasks)
        return FitTask(self.estimator, context, self.data)

    def begin(self) -> None:
        self.context.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def end(self, fitted: Callable[[], Mapping[str, Any]] | None = None) -> bool:
        """Whether a callback wants the tasks of this level to stop. fitted : the attributes that
        make the estimator a fitted one.
        """
        return self.context.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes=fitted, **self.data
        )

    @contextmanager
    def passed_to(self, part: Any, takes_part: bool = True) -> Iterator[None]:
        """The fit of another estimator as this subtask, with its begin and end. takes_part : False
        if the fit of the other one calls no callbacks.
        """
        # scikit-learn would warn of a regressor without callbacks, and most of its own have none.
        takes_part = takes_part and hasattr(part, "set_callbacks")
        passing = self.context.propagate_callback_context(part) if takes_part else nullcontext()
        with passing:
            self.begin()
            yield
            self.end()

    def show(self, share: float, text: str) -> None:
        """How much of the running subtask is done, for `verbose`."""
        for callback in self.context._callbacks:
            if isinstance(callback, Display):
                callback.show(self.context, share, text)


def is_shown(estimator: Any) -> bool:
    """Whether bars show the fit of an estimator, so that it prints no lines."""
    return any(isinstance(one, Display) for one in getattr(estimator, "_skl_callbacks", ()))
