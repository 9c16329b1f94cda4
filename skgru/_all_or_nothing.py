"""A fit stores its whole state at its end, so that an error or Ctrl-C leaves the old estimator.

Other calls read this state once, at their start: read attribute by attribute, it might come from
two networks if another thread refits the estimator in between.

A running training obeys Ctrl-C between the chunks of `_engine/training_program.py`.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from skgru._callbacks import CALLBACK_ATTRIBUTES, callback_management_context
from skgru._validation import Function

# Attributes with an underscore that belong to the user: outputs of set_output and of set_*_request.
SETTINGS = {"_sklearn_output_config", "_metadata_request"}


def snapshot(estimator: Any) -> Any:
    """A shallow copy with the parameters and the fitted state of this moment."""
    copied = object.__new__(type(estimator))
    copied.__dict__.update(estimator.__dict__)
    return copied


def reads_once(method: Function) -> Function:
    """The method of a snapshot of the estimator."""

    @wraps(method)
    def reading(self, *args, **kwargs):
        return method(snapshot(self), *args, **kwargs)

    return reading  # type: ignore[return-value]


def stores_at_once(method: Function) -> Function:
    """A method that fits: it works on a snapshot, whose fitted state replaces that of the estimator
    if it succeeds. So a failed or interrupted fit changes nothing. A result that is the snapshot
    becomes the estimator itself.
    """

    @wraps(method)
    def storing(self, *args, **kwargs):
        working = snapshot(self)
        before = dict(working.__dict__)
        try:
            result = method(working, *args, **kwargs)
        finally:
            if "_callback_fit_ctx" in working.__dict__:
                with callback_management_context(working):
                    pass  # its end is that of the callbacks
        after = working.__dict__
        fitted = {
            name: value
            for name, value in after.items()
            if name not in CALLBACK_ATTRIBUTES
            and (_is_fitted_state(name) or name not in before or before[name] is not value)
        }
        # One assignment, between whose parts no other thread and no signal comes.
        self.__dict__ = {
            name: value for name, value in self.__dict__.items() if not _is_fitted_state(name)
        } | fitted
        return self if result is working else result

    return storing  # type: ignore[return-value]


def _is_fitted_state(name: str) -> bool:
    has_underscore = name.startswith("_") or name.endswith("_")
    return has_underscore and name not in SETTINGS and name not in CALLBACK_ATTRIBUTES
