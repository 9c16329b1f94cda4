"""Training with stock `Model.fit` through scikeras.

A subclass of KerasRegressor adds windows that are gathered in batches, and a Keras callback adds
the seeded order of the rows.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from scikeras.wrappers import KerasRegressor
from sklearn.base import BaseEstimator, TransformerMixin

from skgru._dataset import TrainingRun, WindowDataset
from skgru._engine.keras_callbacks import has_batch_hooks, shown_network
from skgru._engine.keras_model import (
    compiled_network,
    get_state,
    initial_weights,
    model_input,
    seed_dropout,
    set_state,
)
from skgru._engine.learning_rate import Rates, has_schedule, is_cosine, learning_rate_of
from skgru._engine.names import constant_names
from skgru._engine.progress import VALIDATION_BATCH, Progress, Reporter, epoch_order
from skgru._engine.training_program import training_key
from skgru._specs import NetworkSpec, TargetScaling, TrainingSpec

# Models are reused, because TensorFlow keeps 11 MB of each model that `Model.fit` has trained until
# the process ends.
MODELS_KEPT = 8


class KerasBatches(keras.utils.PyDataset):
    """Windows that are gathered in batches, in the order of `order`. The shuffling of Keras would
    need the global seed.
    """

    def __init__(
        self, network: NetworkSpec, dataset: WindowDataset, y: np.ndarray, batch_size: int
    ):
        super().__init__()
        self.network = network
        self.dataset = dataset
        self.y = y  # as the network gives them
        self.batch_size = batch_size
        self.order = np.arange(len(dataset))

    def __len__(self) -> int:
        return -(-len(self.order) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        picked = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        network = self.network
        windows = model_input(network, self.dataset.gather(picked))
        targets, weight = self.y[picked], self.dataset.sample_weight
        if network.each_step:
            targets = targets.reshape(-1, network.window_length, network.n_outputs)
        return (windows, targets) if weight is None else (windows, targets, weight[picked])


class Epochs(keras.callbacks.Callback):
    """Sets the row order and the dropout of each epoch, and records the network after it."""

    def __init__(self, run: TrainingRun, batches: KerasBatches, progress: Progress):
        super().__init__()
        self.training = run.training
        self.batches = batches
        self.reporter = Reporter(run.training.verbose, run.first_epoch, run.last_epoch, run.show)
        self.before_epoch = run.before_epoch
        self.progress = progress

    def on_epoch_begin(self, epoch, logs=None):
        training = self.training
        if self.before_epoch is not None:
            self.before_epoch()
        if training.shuffle:
            self.batches.order = epoch_order(len(self.batches.order), training.seed, epoch)
        seed_dropout(self.model, training.seed, epoch)

    def on_epoch_end(self, epoch, logs=None):
        # The history of Keras gets the same logs after this callback.
        self.reporter.epoch(epoch, logs)
        progress = self.progress
        if progress.end_epoch(get_state(self.model, epoch + 1), epoch, logs):
            self.model.stop_training = True
        if progress.diverged_in is not None and progress.state is not None:
            set_state(self.model, progress.state)  # for callbacks at the end of training


class UsersCallbacks(keras.callbacks.Callback):
    """The callbacks of the user, as one callback of `Model.fit`.

    Their model is like `model_`, and separate from the trained one, which is reused in later fits.
    Its variables are updated before each call of the callbacks, and read back after it.
    """

    def __init__(self, trained: keras.Model, shown: keras.Model, callbacks: list[Any]):
        super().__init__()
        self.shown, self.callbacks = shown, callbacks
        self.pairs = list(zip(_variables(shown), _variables(trained), strict=True))
        self.show()
        for callback in callbacks:
            callback.set_model(shown)

    def set_params(self, params):
        super().set_params(params)
        for callback in self.callbacks:
            callback.set_params(params)

    def show(self) -> None:
        for own, of_trained in self.pairs:
            own.assign(of_trained)

    def call(self, hook: str, *arguments: Any) -> None:
        self.show()
        for callback in self.callbacks:
            getattr(callback, hook)(*arguments)
        for own, of_trained in self.pairs:
            of_trained.assign(own)
        if self.shown.stop_training:
            self.model.stop_training = True

    def on_train_begin(self, logs=None):
        self.call("on_train_begin", logs)

    def on_train_end(self, logs=None):
        self.call("on_train_end", logs)

    def on_epoch_begin(self, epoch, logs=None):
        self.call("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self.call("on_epoch_end", epoch, logs)

    def on_test_begin(self, logs=None):
        self.call("on_test_begin", logs)

    def on_test_end(self, logs=None):
        self.call("on_test_end", logs)


class UsersBatchCallbacks(UsersCallbacks):
    """UsersCallbacks with hooks of batches, which take time."""

    def on_train_batch_begin(self, batch, logs=None):
        self.call("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        self.call("on_train_batch_end", batch, logs)

    def on_test_batch_begin(self, batch, logs=None):
        self.call("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch, logs=None):
        self.call("on_test_batch_end", batch, logs)


def _variables(model: keras.Model) -> list[Any]:
    return [*model.weights, *model.optimizer.variables]


class ModelPool:
    """Models that `Model.fit` has trained, for reuse in later fits.

    A fit takes a model out of the pool, and gives it back at the end.
    """

    def __init__(self, maxsize: int):
        self.maxsize = maxsize
        self._idle: list[tuple[Any, keras.Model, list[np.ndarray], Any]] = []
        self._lock = threading.Lock()

    def take(self, key: Any, make: Callable[[], keras.Model]) -> tuple[keras.Model, list]:
        """A model with a reset optimiser, and the initial values of the optimiser."""
        with self._lock:
            found = next((i for i, (own, *_) in enumerate(self._idle) if own == key), None)
            model: keras.Model | None = None
            first: list[np.ndarray] = []
            if found is not None:
                _, model, first, _ = self._idle.pop(found)
        if model is None:
            model = make()
            with constant_names():
                model.optimizer.build(model.trainable_variables)
            first = [each.numpy() for each in model.optimizer.variables]
        for variable, value in zip(model.optimizer.variables, first, strict=True):
            variable.assign(value)
        model.stop_training = False
        return model, first

    def give_back(self, key: Any, model: keras.Model, first: list[np.ndarray], held: Any) -> None:
        """Put a model back. held : objects whose ids are in the key, kept so that no other objects
        get the same ids.
        """
        with self._lock:
            self._idle.append((key, model, first, held))
            del self._idle[: -self.maxsize]


models = ModelPool(MODELS_KEPT)


class TargetEncoder(TransformerMixin, BaseEstimator):
    """The fitted scaling of the targets as a transformer for scikeras. The inverse transform
    returns the median of quantiles.
    """

    def __init__(self, network: NetworkSpec, scaling: TargetScaling):
        self.network = network
        self.scaling = scaling

    def fit(self, y):
        return self

    def transform(self, y):
        return self.scaling.normalise(y)

    def inverse_transform(self, y):
        return self.scaling.restore(self.network.central(np.reshape(y, (len(y), -1))))

    def get_metadata(self):
        return {"n_outputs_": len(self.scaling.mean), "n_outputs_expected_": 1}


class WindowRegressor(KerasRegressor):
    """KerasRegressor of windows that are gathered in batches. It has no random_state, for which
    scikeras would set global seeds.

    model : (network, training) -> keras.Model.
    """

    def __init__(
        self, model: Callable, network: NetworkSpec, training: TrainingSpec, scaling: TargetScaling
    ):
        super().__init__(
            model=model,
            network=network,
            training=training,
            scaling=scaling,
            verbose=0,
            warm_start=True,
        )
        self._user_params = {"network", "training"}  # the arguments of `model` in scikeras

    @property
    def target_encoder(self):
        return TargetEncoder(self.network, self.scaling)

    def _validate_data(self, X=None, y=None, reset=False, y_numeric=False):
        if not isinstance(X, WindowDataset):
            if X is not None and np.ndim(X) == 2:
                X = np.asarray(X)[:, :, np.newaxis]  # (n, window_length) -> one channel
            return super()._validate_data(X, y, reset=reset, y_numeric=y_numeric)
        # The estimator has checked these, and the checks of scikeras would copy all windows.
        if reset:
            self.X_dtype_, self.X_shape_, self.n_features_in_ = (
                np.dtype(np.float64),
                X.shape,
                X.shape[1],
            )
            self.y_dtype_, self.y_ndim_, self.target_type_ = (
                np.dtype(np.float64),
                y.ndim,
                "continuous",
            )
        return X, y

    @staticmethod
    def _validate_sample_weight(X, y, sample_weight):
        return X, y, sample_weight

    def _fit_keras_model(
        self, X, y, sample_weight, warm_start, epochs, initial_epoch, progress, run, callbacks=()
    ):
        network, validation = self.network, run.validation
        batches = KerasBatches(network, X, y, self.training.batch_size)
        self.epochs_ = Epochs(run, batches, progress)
        # First, so that other callbacks get the rate from before the epoch.
        rates = []
        if is_cosine(self.training.learning_rate):
            rates = [Rates(self.training, len(batches))]
        held_out = None
        if validation is not None:
            normalised = self.target_encoder_.transform(validation.targets())
            held_out = KerasBatches(network, validation, normalised, VALIDATION_BATCH)
        self.model_.fit(
            batches,
            epochs=initial_epoch + epochs,
            initial_epoch=initial_epoch,
            validation_data=held_out,
            callbacks=[*rates, *callbacks, self.epochs_],
            shuffle=False,
            verbose=0,
        )


def fit_stock(run: TrainingRun) -> Progress:
    """Train with stock `Model.fit`, driven by scikeras."""
    network, training, earlier = run.network, run.training, run.earlier
    key = training_key(network, training), training.alpha
    model, first = models.take(key, lambda: compiled_network(network, training))
    if not has_schedule(model.optimizer):
        model.optimizer.learning_rate = learning_rate_of(training)
    if run.resumed is not None:
        set_state(model, run.resumed.state)
    elif earlier is None:
        model.set_weights(initial_weights(network, training.seed))
    else:
        set_state(model, earlier)
    callbacks = []
    if training.callbacks:
        # Copies, because a callback keeps a reference to the model.
        copies = [copy.copy(callback) for callback in training.callbacks]
        kind = UsersBatchCallbacks if any(map(has_batch_hooks, copies)) else UsersCallbacks
        shown = shown_network(network, training, run.dataset.scaling)
        callbacks = [kind(model, shown, copies)]
    progress = Progress(training, run.resumed, run.after_epoch)
    wrapper = WindowRegressor(lambda network, training: model, network, training, run.scaling)
    wrapper.fit(
        run.dataset,
        run.dataset.targets(),
        sample_weight=run.dataset.sample_weight,
        epochs=run.last_epoch - run.first_epoch,
        initial_epoch=run.first_epoch,
        progress=progress,
        run=run,
        callbacks=callbacks,
    )
    if progress.state is not None:
        progress.end(get_state(model, progress.state.epoch))
    models.give_back(key, model, first, (training.loss, training.metrics))
    return progress
