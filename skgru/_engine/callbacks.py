"""Keras callbacks around compiled training.

A compiled chunk of steps runs without coming back to Python, so that hooks of epochs can be called
and hooks of batches can't. Callbacks get a Keras model to look at, which is brought up to date when
they are called, and read back after.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from skgru._engine.keras_model import get_state, public_network, set_state
from skgru._engine.learning_rate import has_schedule, learning_rate_of
from skgru._engine.losses import probe
from skgru._engine.metrics import probabilities
from skgru._engine.names import constant_names
from skgru._specs import InputScaling, NetworkSpec, NetworkState, TrainingSpec

_BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


def needs_batch_hooks(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback wants to be called in the middle of an epoch."""
    if isinstance(callback, keras.callbacks.TerminateOnNaN):
        return False  # a chunk of batches is soon enough to notice
    if isinstance(callback, keras.callbacks.ModelCheckpoint):
        return callback.save_freq != "epoch"
    return has_batch_hooks(callback)


def has_batch_hooks(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback has a hook in the middle of an epoch that is not Keras' empty one."""
    own = keras.callbacks.Callback
    hooks = [(getattr(callback, name), getattr(own, name)) for name in _BATCH_HOOKS]
    return any(getattr(hook, "__func__", hook) is not base for hook, base in hooks)


class EpochCallbacks:
    """The user's callbacks, or nothing at all where there are none."""

    def __init__(
        self,
        network: NetworkSpec,
        training: TrainingSpec,
        scaling: InputScaling | None,
        epochs: int,
        n_batches: int,
    ):
        self._training = training
        self.is_empty = not training.callbacks
        if self.is_empty:
            return
        self.model = shown_network(network, training, scaling)
        self._history = keras.callbacks.History()  # last: it sees what the others add to the logs
        self._list = keras.callbacks.CallbackList(
            # A callback keeps the model it was used with; a copy of it may, the user's own not.
            [*(copy.copy(callback) for callback in training.callbacks), self._history],
            model=self.model,
            epochs=epochs,
            steps=n_batches,
            verbose=0,
        )

    @property
    def should_stop(self) -> bool:
        return not self.is_empty and self.model.stop_training

    @property
    def learning_rate(self) -> float:
        if self.is_empty:
            return learning_rate_of(self._training)
        optimizer = self.model.optimizer
        return 0.0 if has_schedule(optimizer) else float(np.asarray(optimizer.learning_rate))

    def call(self, hook: str, state: NetworkState, *arguments: Any) -> NetworkState:
        """Call a hook, and return the state of the network after it."""
        if self.is_empty:
            return state
        set_state(self.model, state)
        getattr(self._list, hook)(*arguments)
        return get_state(self.model, state.epoch)

    def end_epoch(
        self, state: NetworkState, epoch: int, logs: dict[str, float]
    ) -> tuple[NetworkState, dict[str, float]]:
        """Call `on_epoch_end`: the state after it, and the logs with what callbacks added."""
        if self.is_empty:
            return state, logs
        state = self.call("on_epoch_end", state, epoch, logs)
        return state, {name: values[-1] for name, values in self._history.history.items()}

    def after_chunk(self, step: int, loss: float) -> None:
        if not self.is_empty:
            self._list.on_train_batch_end(step, {"loss": loss})


def shown_network(
    network: NetworkSpec, training: TrainingSpec, scaling: InputScaling | None
) -> keras.Model:
    """The model that callbacks see: what `model_` is, with metrics that they can look up."""
    model = public_network(network, training, scaling)
    y, outputs = probe(network, network.n_steps_out)
    if network.each_step:
        y, outputs = y[np.newaxis], outputs[np.newaxis]
    with constant_names():
        # Keras makes metrics when they are first computed.
        given = probabilities(network, outputs)
        model.compute_metrics(None, y, given, sample_weight=np.ones(y.shape[:-1]))
        model.reset_metrics()
        model.optimizer.build(model.trainable_variables)
    model.stop_training = False
    return model


def first_with_batch_hooks(callbacks: Sequence[Any]) -> Any | None:
    return next((callback for callback in callbacks if needs_batch_hooks(callback)), None)
