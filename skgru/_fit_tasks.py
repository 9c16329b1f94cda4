"""The tasks of a fit before scikit-learn 1.9, which has no callbacks: what `verbose` shows of them.

The names and methods are those of `sklearn.callback`, as far as skgru calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import sklearn

from skgru._progress import Display


class AutoPropagatedCallback:
    """A callback that follows the fits within a fit. There are none."""


class CallbackSupportMixin:
    """The part of an estimator that its tasks need."""

    def set_callbacks(self, *callbacks: Any) -> Self:
        if callbacks:
            raise ImportError(
                f"set_callbacks needs scikit-learn 1.9 or newer, and {sklearn.__version__} is "
                f"installed. Install a newer one, or set verbose=1 to see the progress."
            )
        return self

    def _init_callback_context(self, max_subtasks: int, sequential_subtasks: bool) -> Context:
        parent = getattr(self, "_parent_callback_ctx", None)
        callbacks = getattr(self, "_skl_callbacks", [])
        context = Context(type(self).__name__, max_subtasks, callbacks)
        if parent is not None:  # the fit is a task of another fit
            context.parent = parent.parent
        self._callback_fit_ctx = context
        self._skl_callbacks_to_teardown: list[Display] = []
        for callback in callbacks if parent is None else []:
            self._skl_callbacks_to_teardown.append(callback)
            callback.setup(self, context)
        return context


class Context:
    """A task, and the task that it is part of. max_subtasks : how many parts it has."""

    def __init__(self, estimator_name: str, max_subtasks: int, callbacks: list[Display]):
        self.estimator_name = estimator_name
        self.max_subtasks = max_subtasks
        self.parent: Context | None = None
        self._callbacks = callbacks

    def subcontext(self, name: str, task_id: int | None, max_subtasks: int) -> Context:
        context = Context(self.estimator_name, max_subtasks, self._callbacks)
        context.parent = self
        return context

    def call_on_fit_task_begin(self, estimator: Any, **data: Any) -> None:
        for callback in self._callbacks:
            callback.on_fit_task_begin(estimator, self)

    def call_on_fit_task_end(
        self,
        estimator: Any,
        reconstruction_attributes: Callable[[], Mapping[str, Any]] | None,
        **data: Any,
    ) -> bool:
        for callback in self._callbacks:
            callback.on_fit_task_end(estimator, self)
        return False

    @contextmanager
    def propagate_callback_context(self, part: Any) -> Iterator[None]:
        part._parent_callback_ctx, part._skl_callbacks = self, self._callbacks
        self._callbacks = []  # the fit of the part is this task, and tells the callbacks of it
        try:
            yield
        finally:
            del part._parent_callback_ctx, part._skl_callbacks


@contextmanager
def callback_management_context(estimator: Any) -> Iterator[None]:
    """The bars of a fit of the estimator end with it."""
    try:
        yield
    finally:
        if hasattr(estimator, "_callback_fit_ctx"):
            for callback in estimator._skl_callbacks_to_teardown:
                callback.teardown(estimator, estimator._callback_fit_ctx)
            del estimator._skl_callbacks_to_teardown, estimator._callback_fit_ctx
