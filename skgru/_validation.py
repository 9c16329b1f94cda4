"""Constraints of parameters and checks of arrays that every part of the package needs."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval

# A numpy scalar: compared with a Python float, float16 would turn this limit into infinity.
FLOAT32_MAX = np.finfo(np.float32).max


class Number(Interval):
    """scikit-learn's Interval without bool, which Python counts among the integers."""

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, bool | np.bool_) and super().is_satisfied_by(val)


class Instance(HasMethods):
    """scikit-learn's HasMethods without classes, which have the methods of their instances too.

    name : what messages call it, instead of its methods.
    """

    def __init__(self, methods: list[str], name: str | None = None):
        super().__init__(methods)
        self.name = name

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, type) and super().is_satisfied_by(val)

    def __str__(self) -> str:
        return self.name or super().__str__().replace("an object", "an object (not a class)")


def at_least(minimum: int) -> Number:
    return Number(Integral, minimum, None, closed="left")


def real_between(left: float, right: float | None, closed: str) -> Number:
    return Number(Real, left, right, closed=closed)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    """A sequence as a tuple, anything else as a tuple of one. A set has no order: it is no
    sequence.
    """
    is_sequence = isinstance(value, Sequence) or getattr(value, "ndim", 0) > 0
    return tuple(value) if is_sequence else (value,)


def check_target(target: Any, n_channels: int) -> np.ndarray:
    """The channels to predict as an int array; None means all of them."""
    if target is None:
        return np.arange(n_channels)
    chosen = _as_tuple(target)
    whole = all(at_least(0).is_satisfied_by(channel) for channel in chosen)
    if not chosen or not whole or max(chosen) >= n_channels or len(set(chosen)) < len(chosen):
        raise ValueError(
            f"target={target!r} must name channels of X, each at most once, by a position from 0 "
            f"to {n_channels - 1} (X has {n_channels}), or be None for all of them."
        )
    return np.asarray(chosen, dtype=np.intp)


def remember_features(estimator: Any, names: np.ndarray | None, n_features: int) -> None:
    """Store what scikit-learn compares later inputs with. The last step of a fit, when nothing can
    fail any more.
    """
    estimator.n_features_in_ = n_features
    if names is not None:
        estimator.feature_names_in_ = names
    elif hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_


def check_representable(values: np.ndarray, name: str) -> None:
    """Refuse what float32, in which networks compute, can't hold. NaN passes."""
    if values.dtype.kind == "f" and (np.abs(values) > FLOAT32_MAX).any():
        raise ValueError(
            f"Input {name} contains infinity or a value too large for dtype('float32'). Replace "
            f"it, with NaN where the value is unknown, or scale {name} first."
        )
