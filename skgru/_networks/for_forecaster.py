"""What a forecaster asks of a GRURegressor: to be fitted to a dataset, to predict, to roll on."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._callbacks import callback_management_context
from skgru._dataset import WindowDataset
from skgru._networks.base import Course, Task
from skgru._networks.lag_columns import check_channels
from skgru._networks.regressor import GRURegressor
from skgru._networks.scaling import standardisation
from skgru._networks.units_of_targets import check_loss
from skgru._specs import NetworkState, TargetScaling
from skgru._validation import check_representable, remember_features


def fit_dataset(
    regressor: GRURegressor,
    dataset: WindowDataset,
    reach: int,
    is_part: bool = False,
    center: np.ndarray | None = None,
) -> None:
    """`fit` for windows and targets that are gathered as they are needed. Targets may be NaN, which
    the loss ignores. reach : rows that a target extends beyond its window; is_part : as
    `partial_fit` of a fitted regressor; center : (n_targets,), subtracted from the targets and
    added to all predictions.
    """
    regressor._validate_params()
    check_loss(regressor.loss, regressor.normalize_y)
    regressor._check_follows()
    course = Course(regressor.epochs, regressor.early_stopping)
    if is_part:
        course = Course(1, continues=True, is_part=True)
    split = regressor._split_kind(dataset, True, course)
    shape = () if dataset.n_targets == 1 else (dataset.n_targets,)
    check_channels(dataset, regressor)

    def scaling_of(dataset: WindowDataset) -> TargetScaling:
        if regressor.normalize_y:
            return standardisation(dataset, shape)
        if center is not None:
            return TargetScaling(center, np.ones(dataset.n_targets), shape)
        return TargetScaling.identity(dataset.n_targets, shape)

    task = Task(
        None,
        dataset,
        shape=regressor._output_shape(dataset.n_targets),
        scaling_of=scaling_of,
        learned={"_is_self_target": False, "_channels": [], "_horizon": reach},
        reach=reach,
        split=split,
        shown={
            "X": lambda: dataset.values(_complete(dataset)),
            "y": lambda: dataset.targets(_complete(dataset)).reshape(-1, *shape),
        },
    )
    with callback_management_context(regressor):
        regressor._fit_network(task, course)


def _complete(dataset: WindowDataset) -> np.ndarray:
    """Positions of the rows without an unknown target."""
    return np.flatnonzero(np.isfinite(dataset.targets()).all(axis=1))


def restore(
    regressor: GRURegressor, weights: list[np.ndarray], window_length: int, n_outputs: int
) -> None:
    """Make a regressor fitted to windows of one channel, with weights that were trained before."""
    shape = () if n_outputs == 1 else (n_outputs,)
    scaling = TargetScaling.identity(n_outputs, shape)
    nothing = WindowDataset(
        np.zeros((0, window_length, 1)), np.zeros(0, int), np.zeros((0, n_outputs))
    )
    task = Task(
        None,
        nothing,
        shape=regressor._output_shape(n_outputs),
        scaling_of=lambda dataset: scaling,
        learned={
            "_is_self_target": False,
            "_channels": [],
            "_horizon": n_outputs,
            "_channel_means": np.zeros(1),
            "_inputs": None,
        },
    )
    network = regressor._network_spec(task)
    training = regressor._training_spec(network, regressor._batch_size_for(0), 0)
    state = NetworkState(weights, [], "", 0)
    regressor._store(network, training, state, scaling, {"loss": []}, task.learned)
    remember_features(regressor, None, window_length)


def predict_one(regressor: GRURegressor, X: np.ndarray) -> np.ndarray:
    """`predict` of one window in the shape that fit saw, (1, n_outputs). scikit-learn's checks of
    one window take half as long as the network, and only the values of X can be wrong.
    """
    check_representable(X, "X")
    return regressor._predicted(regressor._dataset(X)).reshape(1, -1)


def roll_on(regressor: GRURegressor, history: np.ndarray, steps: int, **naive: Any) -> np.ndarray:
    """float64 (steps, n_forecast) after a history in the units of X, without NaN. naive : `level`,
    `baseline` and `known` of `numpy_inference.roll_on`.
    """
    mean, scale = regressor._target_mean, regressor._target_scale
    return regressor._roll_on(history, steps, mean, scale, inputs=regressor._inputs, **naive)
