"""Losses for training, from a name, a function or an object."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from skgru._engine.names import named
from skgru._specs import BINARY_CROSS_ENTROPY, CROSS_ENTROPY, PINBALL, NetworkSpec, TrainingSpec

# A weighted mean over the batch: a row of weight 2 counts twice, unlike in the default of Keras.
REDUCTION = "mean_with_sample_weight"


class PerRow(keras.losses.Loss):
    """A loss function of two arrays (n, n_outputs) -> (n,), as a Loss with `REDUCTION`."""

    def __init__(self, function: Callable):
        # TensorFlow opens a scope of this name, and "<lambda>" is not a valid one.
        super().__init__(name="loss", reduction=REDUCTION, dtype="float32")
        self.function = function

    def call(self, y_true, y_pred):
        return self.function(y_true, y_pred)


class Pinball(keras.losses.Loss):
    """Mean of max(q e, (q - 1) e) over outputs and quantiles, where e = y_true - y_pred.

    y_true : (n, n_outputs); y_pred : (n, n_outputs * n_quantiles). The value is (n,). All may have
    an axis of steps after the first.
    """

    def __init__(self, quantiles, name=PINBALL, reduction=REDUCTION, dtype="float32"):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.quantiles = tuple(quantiles)

    def call(self, y_true, y_pred):
        n_quantiles = len(self.quantiles)
        *steps, width = y_pred.shape[1:]
        y_pred = keras.ops.reshape(y_pred, (-1, *steps, width // n_quantiles, n_quantiles))
        error = keras.ops.expand_dims(y_true, -1) - y_pred
        level = keras.ops.convert_to_tensor(self.quantiles, dtype=error.dtype)
        return keras.ops.mean(keras.ops.maximum(level * error, (level - 1) * error), axis=(-2, -1))

    def get_config(self):
        return {**super().get_config(), "quantiles": list(self.quantiles)}


class MaskedTargets(keras.losses.Loss):
    """A loss in which unknown targets (NaN) count as predicted exactly.

    All known targets then have the same weight in the mean over the outputs of a row.
    """

    def __init__(self, loss, name="known", reduction=REDUCTION, dtype="float32"):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.loss = loss

    def call(self, y_true, y_pred):
        is_known = keras.ops.isfinite(y_true)
        n_quantiles = y_pred.shape[-1] // y_true.shape[-1]
        is_wanted = (
            keras.ops.repeat(is_known, n_quantiles, axis=-1) if n_quantiles > 1 else is_known
        )
        zeros = keras.ops.zeros_like
        return self.loss.call(
            keras.ops.where(is_known, y_true, zeros(y_true)),
            keras.ops.where(is_wanted, y_pred, zeros(y_pred)),
        )


def training_loss(network: NetworkSpec, training: TrainingSpec) -> keras.losses.Loss:
    """The loss that training minimises."""
    loss = make_loss(training.loss, network.quantiles)
    return MaskedTargets(loss) if training.masks_targets else loss


def make_loss(loss: Any, quantiles: tuple[float, ...] = ()) -> keras.losses.Loss:
    """A new Loss from a name, a function or a Loss. Its value is the weighted mean over the rows of
    a batch.
    """
    if isinstance(loss, str) and loss == PINBALL:
        return Pinball(quantiles)
    if isinstance(loss, str) and loss == CROSS_ENTROPY:
        return keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction=REDUCTION, dtype="float32"
        )
    if isinstance(loss, str) and loss == BINARY_CROSS_ENTROPY:
        return keras.losses.BinaryCrossentropy(
            from_logits=True, reduction=REDUCTION, dtype="float32"
        )
    if isinstance(loss, str):
        loss = named(keras.losses, "loss", loss)
    if not isinstance(loss, keras.losses.Loss):
        return PerRow(loss)
    # Not from its configuration, which many custom losses do not define.
    rebuilt = object.__new__(type(loss))
    rebuilt.__dict__.update(vars(loss), reduction=REDUCTION)
    # A loss that was created after set_floatx("float64") would compute in float64.
    rebuilt._dtype_policy = keras.DTypePolicy("float32")
    rebuilt._dtype = "float32"
    return rebuilt


def public_loss(loss: Any) -> Any:
    """The loss for a public Keras model, which is of probabilities. None for the pinball loss."""
    if not isinstance(loss, str):
        return make_loss(loss) if isinstance(loss, keras.losses.Loss) else loss
    own = {
        CROSS_ENTROPY: "sparse_categorical_crossentropy",
        BINARY_CROSS_ENTROPY: "binary_crossentropy",
        PINBALL: None,
    }
    return own.get(loss, loss)


def probe(network: NetworkSpec, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Random targets (n, n_outputs) and outputs, float32, to test losses and metrics.

    The numbers are between 0 and 1, where every loss of Keras is defined.
    """
    rng = np.random.default_rng(0)
    shape = (n, network.n_outputs)
    y = rng.integers(0, 2, shape) if network.n_classes else rng.uniform(0.2, 0.8, shape)
    outputs = rng.uniform(0.2, 0.8, (n, network.values_of_step))
    return y.astype(np.float32), outputs.astype(np.float32)


def ignores_padding(network: NetworkSpec, function: Callable) -> bool:
    """Whether rows of weight 0 do not change a function of (targets, outputs, sample_weight).

    They change a loss that returns one number for a batch, or uses statistics of the batch.
    """
    try:
        return _ignores_padding(network, function)
    except (OSError, MemoryError):  # no property of the function
        raise
    except Exception:  # training raises the error again
        return False


def _ignores_padding(network: NetworkSpec, function: Callable) -> bool:
    y, outputs = probe(network, 5)
    for n_zeros in (1, 3):
        weight = np.ones(5 - n_zeros, np.float32)
        alone = function(y[:-n_zeros], outputs[:-n_zeros], weight)
        padded = function(y, outputs, np.concatenate([weight, np.zeros(n_zeros, np.float32)]))
        pairs = zip(np.ravel(alone), np.ravel(padded), strict=True)
        if not all(np.isclose(one, other, rtol=1e-5, equal_nan=True) for one, other in pairs):
            return False
    return True


def outside_of(thing: Any) -> str:
    """The data on which a custom function or object depends besides its arguments: its attributes,
    and the global and nonlocal variables of its functions.
    """
    functions = [thing] if inspect.isfunction(thing) else []
    if not functions:
        own = [kind for kind in type(thing).__mro__ if not _is_of_keras(kind)]
        functions = [
            each for kind in own for each in vars(kind).values() if inspect.isfunction(each)
        ]
    read = {
        name: value for name, value in getattr(thing, "__dict__", {}).items() if _is_data(value)
    }
    for function in functions:
        variables = inspect.getclosurevars(function)
        read |= {**variables.globals, **variables.nonlocals}
    return repr(sorted((name, repr(value)) for name, value in read.items() if _is_data(value)))


def _is_data(value: Any) -> bool:
    """Whether `repr` determines a value: numbers, strings, arrays, and containers of them."""
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_data, value))
    if isinstance(value, dict):
        return all(map(_is_data, value.values()))
    return isinstance(value, str | int | float | bool | type(None) | np.ndarray | np.generic)


def _is_of_keras(kind: type) -> bool:
    return kind.__module__.split(".")[0] in ("keras", "builtins", "tensorflow", "functools")


def fingerprint(network: NetworkSpec, loss: Any) -> tuple[Any, ...] | None:
    """The outside data of a custom loss, and its values for some arrays."""
    if isinstance(loss, str):
        return None
    given = make_loss(loss, network.quantiles)
    y, outputs = probe(network, 3)
    values = []
    for factor in (1.0, 30.0, 1e4):
        try:
            values.append(np.asarray(given.call(factor * y, -factor * outputs)).tobytes())
        except Exception:  # training raises an error with more context
            values.append(b"")
    return outside_of(loss), *values


def check_weighs(network: NetworkSpec, training: TrainingSpec) -> None:
    """Raise ValueError for sample weights and a loss that returns one number for a batch."""
    loss = make_loss(training.loss, network.quantiles)
    try:
        gives_rows = np.ndim(loss.call(*probe(network, 3))) > 0
    except Exception:  # training raises an error with more context
        return
    if gives_rows:
        return
    raise ValueError(
        f"loss={training.loss!r} returns one number for a batch, but sample_weight, missing steps "
        "and several series need one number for each row. Use keras.ops.mean(..., axis=-1), for "
        "example."
    )
