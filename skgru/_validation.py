"""Constraints of parameters, checks of arrays and optional packages, for the whole package."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from math import floor, log10
from numbers import Integral, Real
from typing import Any, ClassVar, TypeVar

import numpy as np
from sklearn.base import is_regressor
from sklearn.utils._param_validation import HasMethods, Interval, validate_params
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _check_sample_weight

Function = TypeVar("Function", bound=Callable[..., Any])

# A numpy scalar: compared with a Python float, float16 would turn this limit into infinity.
FLOAT32_MAX = np.finfo(np.float32).max

# The remedy for infinity in values of which NaN ones are missing.
FOR_INFINITY = "Replace infinity by NaN, which marks a missing value."

# Memory that is more than any machine has, where the memory of this one is unknown.
MOST_BYTES = 1 << 50


class Number(Interval):
    """scikit-learn's Interval, but without bool, which is an integer in Python."""

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, bool | np.bool_) and super().is_satisfied_by(val)


class Instance(HasMethods):
    """scikit-learn's HasMethods, but only for objects: a class has the methods of its objects too.

    name : description of the object for messages. None: messages list the methods.
    """

    def __init__(self, methods: list[str], name: str | None = None):
        super().__init__(methods)
        self.name = name

    def is_satisfied_by(self, val: Any) -> bool:
        if isinstance(val, type):
            return False
        # A StackingRegressor has no `predict` before its fit.
        later = {"predict"} if hasattr(type(val), "predict") and is_regressor(val) else set()
        return all(name in later or hasattr(val, name) for name in self.methods)

    def __str__(self) -> str:
        return self.name or super().__str__().replace("an object", "an object (not a class)")


class ParameterNames:
    """The names of an estimator's parameters. scikit-learn reads the signature at each call of
    get_params, set_params and clone, which is a twentieth of the time of a small fit.
    """

    _names_of_parameters: ClassVar[list[str]]

    @classmethod
    def _get_param_names(cls) -> list[str]:
        if "_names_of_parameters" not in vars(cls):
            cls._names_of_parameters = super()._get_param_names()  # type: ignore[misc]
        return cls._names_of_parameters


def at_least(minimum: int) -> Number:
    return Number(Integral, minimum, None, closed="left")


def bytes_available() -> int | None:
    """The memory of the machine, or what ulimit -v leaves to this process, in bytes; None if
    unknown.
    """
    try:
        import resource

        available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            with open("/proc/self/statm") as file:
                used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            available = min(available, max(0, limit - used))
    except (ImportError, OSError, ValueError):  # not on Linux
        return None
    return available


def check_memory_for(steps: int, bytes_of_step: int) -> None:
    """Raise MemoryError for a number of steps that need more memory than there is."""
    available = bytes_available() or MOST_BYTES
    if steps * bytes_of_step > available:
        raise MemoryError(
            f"steps={steps} needs at least {steps * bytes_of_step:,} bytes, but this process has "
            f"{available:,} bytes. Use fewer steps."
        )


def real_between(left: float, right: float | None, closed: str) -> Number:
    return Number(Real, left, right, closed=closed)


def checks_parameters(constraints: Mapping[str, Any]) -> Callable[[Function], Function]:
    """scikit-learn's validate_params as a decorator that keeps the types of the function."""
    return validate_params(constraints, prefer_skip_nested_validation=True)


def exists_if(check: Callable[[Any], bool]) -> Callable[[Function], Function]:
    """scikit-learn's available_if as a decorator that keeps the types of the method."""
    return available_if(check)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    """A sequence as a tuple, anything else as a tuple of one element. A set has no order, and so
    is not a sequence.
    """
    is_sequence = isinstance(value, Sequence) or getattr(value, "ndim", 0) > 0
    return tuple(value) if is_sequence else (value,)


def check_target(target: Any, n_channels: int) -> np.ndarray:
    """Positions of the channels to predict, as an int array. None: all channels."""
    if target is None:
        return np.arange(n_channels)
    chosen = _as_tuple(target)
    whole = all(at_least(0).is_satisfied_by(channel) for channel in chosen)
    if not chosen or not whole or max(chosen) >= n_channels or len(set(chosen)) < len(chosen):
        raise ValueError(
            f"target={target!r} must hold positions of channels of X, from 0 to {n_channels - 1} "
            f"(X has {n_channels}), each at most once. Use target=None for all channels."
        )
    return np.asarray(chosen, dtype=np.intp)


def remember_features(estimator: Any, names: np.ndarray | None, n_features: int) -> None:
    """Store the column names and count that scikit-learn compares with later inputs. This is the
    last step of a fit, after everything that can fail.
    """
    estimator.n_features_in_ = n_features
    if names is not None:
        estimator.feature_names_in_ = names
    elif hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_


def are_rounding_errors(changes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Whether the changes of each column (n_rows, n_columns), at least 0, are no larger than
    rounding errors of its values. NaN plays no part.
    """
    largest, size = (
        np.where(np.isfinite(one), np.abs(one), 0).max(axis=0, initial=0)
        for one in (changes, values)
    )
    return largest <= 8 * np.finfo(float).eps * size


def check_row_weights(sample_weight: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Weights of rows, float64 (n_rows,), of which some are positive and none negative."""
    weights = _check_sample_weight(sample_weight, rows, dtype=np.float64, ensure_non_negative=True)
    if not weights.any():  # scikit-learn checks this from 1.9 on
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return weights


def check_representable(values: np.ndarray, name: str) -> None:
    """Raise ValueError for values beyond float32, in which networks compute. NaN is allowed."""
    if values.dtype.kind != "f":
        return
    # No copy, as abs makes.
    least, most = np.nanmin(values, initial=0), np.nanmax(values, initial=0)
    largest = max(-float(least), float(most))
    if largest > float(FLOAT32_MAX):
        remedy = FOR_INFINITY
        if largest < np.inf:
            remedy = f"Use a larger unit: {name} / 1e{floor(log10(largest))}."
        raise ValueError(
            f"Input {name} contains infinity or a value too large for dtype('float32'). {remedy}"
        )


@contextmanager
def with_remedy_for_infinity(name: str = "X") -> Iterator[None]:
    """Add a remedy to the error of scikit-learn about infinity in a table in which NaN marks a
    missing value.
    """
    try:
        yield
    except ValueError as error:
        if "contains infinity" not in str(error):
            raise
        remedy = FOR_INFINITY if name != "future" else "Give a number for each step."
        raise ValueError(f"{error} {remedy}") from error


def optional(module: str, user: str, install: str, instead: str = "") -> Any:
    """A module of a package that only `user` needs. install, instead : what pip installs, and what
    else can be done, for the message.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{user} needs the package {module.partition('.')[0]}, which is not installed. Install "
            f"it with 'pip install {install}'{instead}."
        ) from error
