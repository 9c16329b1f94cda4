"""The scikeras estimators that hold the Keras network. The one file that touches scikeras.

scikeras and stock `Model.fit` know neither our order of rows nor lazily gathered windows; what is
missing is added in one private subclass and one Keras callback.
"""

from __future__ import annotations

import copy
from typing import Any

import keras
import numpy as np
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import FunctionTransformer

from skgru._engine.inference import accuracy
from skgru._engine.network import (
    build_network,
    compiled_network,
    get_state,
    make_loss,
    model_input,
    optimizer_maker,
    seed_dropout,
    set_state,
)
from skgru._engine.progress import (
    VALIDATION_BATCH,
    EarlyStopper,
    Reporter,
    epoch_order,
    is_cosine,
    rate_shares,
)
from skgru._specs import (
    CROSS_ENTROPY,
    PINBALL,
    Examples,
    NetworkSpec,
    NetworkState,
    Rows,
    TargetScaling,
    TrainingSpec,
)


class Batches(keras.utils.PyDataset):
    """Windows gathered a batch at a time, in an order of our own: Keras' own shuffling needs the
    global seed.
    """

    def __init__(self, network: NetworkSpec, examples: Examples, batch_size: int):
        super().__init__()
        self.network = network
        self.examples = examples
        self.batch_size = batch_size
        self.order = np.arange(len(examples.windows))

    def __len__(self) -> int:
        return -(-len(self.order) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        picked = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        windows = model_input(self.network, self.examples.windows.gather(picked))
        batch = windows, self.examples.targets[picked]
        weight = self.examples.sample_weight
        return batch if weight is None else (*batch, weight[picked])


class Epochs(keras.callbacks.Callback):
    """Sets the order and the dropout of each epoch, stops early and keeps the best network."""

    def __init__(
        self,
        training: TrainingSpec,
        batches: Batches,
        last_epoch: int,
        validation: Examples | None,
    ):
        super().__init__()
        self.training = training
        self.batches = batches
        self.reporter = Reporter(training.verbose, last_epoch)
        self.validation = validation
        self.stopper = EarlyStopper(training.n_iter_no_change, training.tol, training.monitor)
        self.best: NetworkState | None = None

    def on_epoch_begin(self, epoch, logs=None):
        training = self.training
        if training.shuffle:
            self.batches.order = epoch_order(len(self.batches.order), training.seed, epoch)
        seed_dropout(self.model, training.seed, epoch)

    def on_epoch_end(self, epoch, logs=None):
        network = self.batches.network
        if self.validation is not None and network.n_classes:
            # The logs are those that Keras' own history gets after this.
            weights = self.model.get_weights()
            logs["val_accuracy"] = accuracy(network, weights, self.validation, jit_compile=False)
        self.reporter.epoch(epoch, logs)
        if self.validation is not None:
            if self.stopper.is_best(logs):
                self.best = get_state(self.model, epoch + 1)
            if self.stopper.should_stop():
                self.model.stop_training = True


class Rates(keras.callbacks.Callback):
    """Sets the learning rate of each step along a cosine. Between epochs it is the highest one,
    which other callbacks may change.
    """

    def __init__(self, training: TrainingSpec, n_batches: int):
        super().__init__()
        self.training = training
        self.n_batches = n_batches

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        optimizer = self.model.optimizer
        if batch == 0:
            self.highest = float(optimizer.learning_rate)
        rate, schedule = self.training.learning_rate, self.training.schedule
        (share,) = rate_shares(rate, schedule, self.epoch, batch, 1, self.n_batches)
        optimizer.learning_rate = self.highest * share

    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate = self.highest


class TargetEncoder(TransformerMixin, BaseEstimator):
    """The scaling of the targets as scikeras asks for it, already fitted. Of quantiles the median
    comes back.
    """

    def __init__(self, network: NetworkSpec, scaling: TargetScaling):
        self.network = network
        self.scaling = scaling

    def fit(self, y):
        return self

    def transform(self, y):
        return self.scaling.normalise(y)

    def inverse_transform(self, y):
        return self.scaling.restore(self.network.central(y))

    def get_metadata(self):
        return {"n_outputs_": len(self.scaling.mean), "n_outputs_expected_": 1}


class WindowRegressor(KerasRegressor):
    """KerasRegressor over lazily gathered windows. It gets no random_state: scikeras would set
    global seeds.
    """

    def __init__(self, network: NetworkSpec, training: TrainingSpec, scaling: TargetScaling):
        super().__init__(
            model=compiled_network,
            network=network,
            training=training,
            scaling=scaling,
            verbose=0,
            warm_start=True,
        )
        self._user_params = {"network", "training"}  # what scikeras hands to compiled_network

    @property
    def target_encoder(self):
        return TargetEncoder(self.network, self.scaling)

    def _validate_data(self, X=None, y=None, reset=False, y_numeric=False):
        if not isinstance(X, Rows):
            if X is not None and np.ndim(X) == 2:
                X = np.asarray(X)[:, :, np.newaxis]  # (n, window_length) -> one channel
            return super()._validate_data(X, y, reset=reset, y_numeric=y_numeric)
        # GRURegressor has checked these already; scikeras' own checks would copy every window.
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
        self, X, y, sample_weight, warm_start, epochs, initial_epoch, validation=None, callbacks=()
    ):
        network = self.network
        batches = Batches(network, Examples(X, y, sample_weight), self.training.batch_size)
        self.epochs_ = Epochs(self.training, batches, initial_epoch + epochs, validation)
        # First, so that others find the rate as it was before the epoch.
        rates = []
        if is_cosine(self.training.learning_rate):
            rates = [Rates(self.training, len(batches))]
        held_out = None
        if validation is not None:
            normalised = self.target_encoder_.transform(validation.targets[:])
            examples = Examples(validation.windows, normalised, validation.sample_weight)
            held_out = Batches(network, examples, VALIDATION_BATCH)
        self.history_ = self.model_.fit(
            batches,
            epochs=initial_epoch + epochs,
            initial_epoch=initial_epoch,
            validation_data=held_out,
            callbacks=[*rates, *callbacks, self.epochs_],
            shuffle=False,
            verbose=0,
        ).history


def fit_stock(
    network: NetworkSpec,
    training: TrainingSpec,
    examples: Examples,
    validation: Examples | None,
    scaling: TargetScaling,
    epochs: int,
    earlier: NetworkState | None,
) -> tuple[NetworkState, dict[str, list[float]]]:
    """Train with stock `Model.fit`, driven by scikeras."""
    wrapper = WindowRegressor(network, training, scaling)
    first_epoch = 0
    if earlier is not None:
        wrapper.initialize(examples.windows, examples.targets[:])
        set_state(wrapper.model_, earlier)
        first_epoch = earlier.epoch
    # A callback keeps the model it was used with; a copy of it may, the user's own must not.
    callbacks = [copy.copy(callback) for callback in training.callbacks]
    wrapper.fit(
        examples.windows,
        examples.targets[:],
        sample_weight=examples.sample_weight,
        epochs=epochs,
        initial_epoch=first_epoch,
        validation=validation,
        callbacks=callbacks,
    )
    history = {
        name: [float(value) for value in values] for name, values in wrapper.history_.items()
    }
    last_epoch = first_epoch + len(history["loss"])
    return wrapper.epochs_.best or get_state(wrapper.model_, last_epoch), history


class WindowClassifier(KerasClassifier):
    """A trained network that gives probabilities, as scikeras holds it. It is not trained here."""

    def __init__(self, network: NetworkSpec, training: TrainingSpec, state: NetworkState):
        super().__init__(
            model=fitted_model, network=network, training=training, state=state, verbose=0
        )
        self._user_params = {"network", "training", "state"}

    @property
    def feature_encoder(self):
        def encoded(X):
            windows = np.asarray(X, np.float32).reshape(len(X), self.network.window_length, -1)
            return model_input(self.network, windows)

        return FunctionTransformer(encoded)


def fitted_classifier(
    network: NetworkSpec,
    training: TrainingSpec,
    state: NetworkState,
    history: dict[str, list[float]],
    classes: np.ndarray,
) -> KerasClassifier:
    """The KerasClassifier of a trained network."""
    wrapper = WindowClassifier(network, training, state)
    nothing = np.zeros((len(classes), network.window_length, network.n_channels))
    wrapper.initialize(nothing, classes)
    wrapper.history_ = {name: list(values) for name, values in history.items()}
    return wrapper


def fitted_wrapper(
    network: NetworkSpec,
    training: TrainingSpec,
    scaling: TargetScaling,
    state: NetworkState,
    history: dict[str, list[float]],
) -> KerasRegressor:
    """The KerasRegressor that a trained network would have come out of."""
    wrapper = WindowRegressor(network, training, scaling)
    nothing = Rows(
        np.zeros((1, network.window_length, network.n_channels), np.float32), np.arange(1)
    )
    wrapper.initialize(nothing, np.zeros((1, network.n_outputs)))
    set_state(wrapper.model_, state)
    wrapper.history_ = {name: list(values) for name, values in history.items()}
    return wrapper


def fitted_model(network: NetworkSpec, training: TrainingSpec, state: NetworkState) -> keras.Model:
    """An ordinary keras.Model, compiled with the user's own loss: its saved file opens without
    skgru. Of classes it gives probabilities. Keras has no pinball loss: compiled without a loss,
    the model predicts, and refuses to be trained or evaluated until it is given one.
    """
    model = build_network(network)
    if network.n_classes:
        probabilities = keras.layers.Softmax(dtype="float32")(model.outputs[0])
        model = keras.Model(model.inputs, probabilities)
    model.compile(optimizer=optimizer_maker(training)(), loss=_public_loss(training.loss))
    set_state(model, state)
    return model


def _public_loss(loss: Any) -> Any:
    if isinstance(loss, str) and loss == CROSS_ENTROPY:
        return "sparse_categorical_crossentropy"
    if isinstance(loss, str) and loss == PINBALL:
        return None
    return (
        loss
        if isinstance(loss, str) or not isinstance(loss, keras.losses.Loss)
        else make_loss(loss)
    )
