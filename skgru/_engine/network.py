"""Numbers in, Keras objects out: networks, losses and optimisers, each from a specification."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from skgru._specs import NetworkSpec, NetworkState, TrainingSpec

CELLS = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM, "rnn": keras.layers.SimpleRNN}
# A weighted mean over the batch: weight 2 then means the row twice, which Keras' default reduction
# does not give.
REDUCTION = "mean_with_sample_weight"
# What keras.losses and keras.optimizers hold besides what a name alone can make.
_NO_NAMES = {
    *("Loss", "LossScaleOptimizer", "MultiOptimizer", "Optimizer", "OptimizerMap"),
    *("deserialize", "get", "legacy", "schedules", "serialize"),
}


def _seeds(seed: int) -> Iterator[int]:
    # Every layer and initialiser gets a seed of its own: without one, Keras draws it from Python's
    # global `random`.
    rng = np.random.default_rng(seed)
    while True:
        yield int(rng.integers(2**31))


def _recurrent(
    spec: NetworkSpec, layer: int, seeds: Iterator[int], go_backwards: bool = False
) -> keras.Layer:
    return CELLS[spec.cell](
        spec.units[layer],
        return_sequences=layer < len(spec.units) - 1,
        go_backwards=go_backwards,
        kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
        recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
        seed=next(seeds),
        dtype="float32",
    )


def build_network(spec: NetworkSpec, seed: int) -> keras.Model:
    """A Keras model of stock layers, (n, window_length, n_channels) -> (n, n_outputs), with seeded
    weights.
    """
    seeds = _seeds(seed)
    layers: list[Any] = [keras.Input((spec.window_length, spec.n_channels), dtype="float32")]
    for layer in range(len(spec.units)):
        forward = _recurrent(spec, layer, seeds)
        if spec.bidirectional:
            backward = _recurrent(spec, layer, seeds, go_backwards=True)
            layers.append(
                keras.layers.Bidirectional(forward, backward_layer=backward, dtype="float32")
            )
        else:
            layers.append(forward)
        if spec.dropout:
            layers.append(keras.layers.Dropout(spec.dropout, seed=next(seeds), dtype="float32"))
    layers.append(
        keras.layers.Dense(
            spec.n_outputs,
            kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
            dtype="float32",
        )
    )
    return keras.Sequential(layers)


def seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Make the dropout of an epoch depend on nothing but the seed and the epoch, so that training
    can be resumed.
    """
    dropouts = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    for position, layer in enumerate(dropouts):
        layer.seed_generator.state.assign(
            np.random.SeedSequence([seed, epoch, position]).generate_state(2)
        )


class _PerRow(keras.losses.Loss):
    """A loss function of Keras, (n, n_outputs) twice -> (n,), as an object with our reduction."""

    def __init__(self, function: Callable):
        # The name opens a scope in TensorFlow, which refuses "<lambda>".
        super().__init__(name="loss", reduction=REDUCTION, dtype="float32")
        self.function = function

    def call(self, y_true, y_pred):
        return self.function(y_true, y_pred)


def make_loss(loss: Any) -> keras.losses.Loss:
    """A Keras name, function or Loss as a new Loss whose value is the weighted mean over the rows
    of a batch.
    """
    if isinstance(loss, str):
        loss = _named(keras.losses, "loss", loss)
    if not isinstance(loss, keras.losses.Loss):
        return _PerRow(loss)
    # Not by its configuration: many users' own losses can't be rebuilt from it.
    rebuilt = object.__new__(type(loss))
    rebuilt.__dict__.update(vars(loss), reduction=REDUCTION)
    return rebuilt


def make_optimizer(training: TrainingSpec) -> keras.optimizers.Optimizer:
    """A new optimiser: of the given name, or with the configuration of the given one."""
    if not isinstance(training.optimizer, str):
        return type(training.optimizer).from_config(training.optimizer.get_config())
    named = type(_named(keras.optimizers, "optimizer", training.optimizer))
    return named(learning_rate=training.learning_rate, clipnorm=training.clipnorm)


def _named(room: Any, parameter: str, name: str) -> Any:
    try:
        if name not in _NO_NAMES:
            return room.get(name)
    except (ValueError, TypeError):
        pass
    known = {
        known.lower(): known for known in dir(room) if known[0] != "_" and known not in _NO_NAMES
    }
    close = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"Did you mean {known[close[0]]!r}? " if close else ""
    raise ValueError(
        f"{parameter}={name!r} is no name that Keras knows. {hint}Give a name listed in "
        f"{room.__name__} or a Keras {parameter} object."
    )


def set_state(model: keras.Model, state: NetworkState) -> None:
    """Put trained weights into a model, and the optimiser's slots if it is compiled with the same
    kind of optimiser.
    """
    model.set_weights(state.weights)
    if not getattr(model, "optimizer", None):
        return
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    slots = slots_of(optimizer)
    if [tuple(slot.shape) for slot in slots] == [slot.shape for slot in state.slots]:
        for variable, value in zip(slots, state.slots, strict=True):
            variable.assign(value)


def get_state(model: keras.Model, epoch: int) -> NetworkState:
    """The arrays that continue a model's training after `epoch` epochs."""
    slots = [np.asarray(variable) for variable in slots_of(model.optimizer)]
    return NetworkState(weights=model.get_weights(), slots=slots, epoch=epoch)


def slots_of(optimizer: keras.optimizers.Optimizer) -> list[Any]:
    """The optimiser's variables but for the learning rate, which is a parameter and not something
    learnt.
    """
    return [
        variable
        for variable in optimizer.variables
        if variable.path.split("/")[-1] != "learning_rate"
    ]
