"""Keras callbacks around compiled training.

Compiled steps run outside Python, so that hooks of epochs can be called, but not hooks of batches.
The Keras model of the callbacks is updated before each call, and read back after it.
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
    """Whether a callback must be called within epochs."""
    if isinstance(callback, keras.callbacks.TerminateOnNaN):
        return False  # a check after each chunk of batches is enough
    if isinstance(callback, keras.callbacks.ModelCheckpoint):
        return callback.save_freq != "epoch"
    return has_batch_hooks(callback)


def has_batch_hooks(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback overrides a hook that is called within epochs."""
    own = keras.callbacks.Callback
    hooks = [(getattr(callback, name), getattr(own, name)) for name in _BATCH_HOOKS]
    return any(getattr(hook, "__func__", hook) is not base for hook, base in hooks)


class EpochCallbacks:
    """The callbacks of the user. Without any, all methods do nothing."""

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
        self._history = keras.callbacks.History()  # last, after the others have added to the logs
        self._list = keras.callbacks.CallbackList(
            # Copies, because a callback keeps a reference to the model.
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
        """Call a hook. Returns the state of the network after it."""
        if self.is_empty:
            return state
        set_state(self.model, state)
        getattr(self._list, hook)(*arguments)
        return get_state(self.model, state.epoch)

    def end_epoch(
        self, state: NetworkState, epoch: int, logs: dict[str, float]
    ) -> tuple[NetworkState, dict[str, float]]:
        """Call `on_epoch_end`. Returns the state after it, and the logs with those of callbacks."""
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
    """The model of the callbacks, which is like `model_` and has metrics."""
    model = public_network(network, training, scaling)
    y, outputs = probe(network, network.n_steps_out)
    if network.each_step:
        y, outputs = y[np.newaxis], outputs[np.newaxis]
    with constant_names():
        # Keras creates the metrics in the first computation.
        given = probabilities(network, outputs)
        model.compute_metrics(None, y, given, sample_weight=np.ones(y.shape[:-1]))
        model.reset_metrics()
        model.optimizer.build(model.trainable_variables)
    model.stop_training = False
    return model


def first_with_batch_hooks(callbacks: Sequence[Any]) -> Any | None:
    return next((callback for callback in callbacks if needs_batch_hooks(callback)), None)
