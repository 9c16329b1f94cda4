"""Fitted networks as Keras models and as scikeras estimators."""

from __future__ import annotations

import keras
import numpy as np
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.preprocessing import FunctionTransformer

from skgru._dataset import WindowDataset
from skgru._engine.keras_model import (
    build_network,
    compile_model,
    model_input,
    public_network,
    set_state,
)
from skgru._engine.keras_trainer import WindowRegressor
from skgru._engine.losses import training_loss
from skgru._engine.metrics import network_metrics
from skgru._engine.names import constant_names
from skgru._engine.program import eager_mode
from skgru._specs import InputScaling, NetworkSpec, NetworkState, TargetScaling, TrainingSpec


class WindowClassifier(KerasClassifier):
    """A trained classifier as a scikeras estimator, only for prediction."""

    def __init__(
        self,
        network: NetworkSpec,
        training: TrainingSpec,
        state: NetworkState,
        inputs: InputScaling | None,
    ):
        super().__init__(
            model=fitted_model,
            network=network,
            training=training,
            state=state,
            inputs=inputs,
            verbose=0,
        )
        self._user_params = {"network", "training", "state", "inputs"}

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
    inputs: InputScaling | None,
    history: dict[str, list[float]],
    classes: np.ndarray,
) -> KerasClassifier:
    """The KerasClassifier of a trained network."""
    wrapper = WindowClassifier(network, training, state, inputs)
    labels = np.tri(len(classes), dtype=int) if network.is_multilabel else classes  # not one-hot
    nothing = np.zeros((len(labels), network.window_length, network.n_channels))
    with eager_mode():
        wrapper.initialize(nothing, labels)
    wrapper.history_ = {name: list(values) for name, values in history.items()}
    return wrapper


def fitted_wrapper(
    network: NetworkSpec,
    training: TrainingSpec,
    scaling: TargetScaling,
    state: NetworkState,
    inputs: InputScaling | None,
    history: dict[str, list[float]],
) -> KerasRegressor:
    """The KerasRegressor of a trained network, in the units of y."""

    def model(network, training):
        built = build_network(network, inputs, alpha=training.alpha)
        loss = training_loss(network, training)
        compile_model(built, training, loss, network_metrics(network, training))
        return built

    wrapper = WindowRegressor(model, network, training, scaling)
    nothing = WindowDataset(
        np.zeros((1, network.window_length, network.n_channels), np.float32), np.arange(1)
    )
    with eager_mode():
        wrapper.initialize(nothing, np.zeros((1, network.n_targets)))
        with constant_names():
            set_state(wrapper.model_, state)
    wrapper.history_ = {name: list(values) for name, values in history.items()}
    return wrapper


def fitted_model(
    network: NetworkSpec, training: TrainingSpec, state: NetworkState, inputs: InputScaling | None
) -> keras.Model:
    """`public_network` with the weights of a trained network."""
    with eager_mode():
        model = public_network(network, training, inputs)
        with constant_names():
            set_state(model, state)
    return model
