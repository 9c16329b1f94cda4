"""Training as a sequence of epochs: the order of the rows, when to stop, what is kept.

How an epoch is run lives elsewhere: `compiled.py`, or `wrapper.py` with stock `Model.fit` through
scikeras.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from skgru._engine.compiled import CannotCompile, fit_compiled
from skgru._engine.wrapper import fit_stock
from skgru._specs import Examples, NetworkSpec, NetworkState, TargetScaling, TrainingSpec


@dataclass(frozen=True)
class Trained:
    """What a training leaves: arrays to store, and one number an epoch and metric."""

    state: NetworkState
    history: dict[str, list[float]]


def train(
    network: NetworkSpec,
    training: TrainingSpec,
    examples: Examples,
    validation: Examples | None,
    scaling: TargetScaling,
    epochs: int,
    earlier: NetworkState | None,
) -> Trained:
    """Train a new network, or an earlier one further, for `epochs` epochs or until the validation
    loss stops falling.

    Raises ValueError if the loss or a weight is not finite in the end.
    """
    arguments = (network, training, examples, validation, scaling, epochs, earlier)
    if not training.jit_compile:
        state, history = fit_stock(*arguments)
    else:
        try:
            state, history = fit_compiled(*arguments)
        except CannotCompile as reason:
            warnings.warn(
                f"Training runs in stock Model.fit, which is slower: {reason}. The result is the "
                "same. Give jit_compile=False to choose that without this message.",
                stacklevel=5,
            )
            state, history = fit_stock(*arguments)
    _check_finite(state, history, training)
    return Trained(state, history)


def _check_finite(
    state: NetworkState, history: dict[str, list[float]], training: TrainingSpec
) -> None:
    if all(np.isfinite(weight).all() for weight in state.weights):
        return
    finite = np.isfinite(history["loss"])
    epoch = len(finite) if finite.all() else int(np.argmin(finite)) + 1
    is_named = isinstance(training.optimizer, str)
    rate = (
        f"learning_rate (it is {training.learning_rate})"
        if is_named
        else "learning rate in the optimizer"
    )
    raise ValueError(
        f"Training diverged in epoch {epoch}: the loss or the weights are no longer finite. Use a "
        f"smaller {rate}, set clipnorm (1.0 is usual), or scale X."
    )
