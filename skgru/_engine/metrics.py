"""Keras metrics of each epoch, for both trainers.

Metrics have the weights of the loss. They compare targets in the units of the network with its
outputs, which are probabilities for classifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from skgru._engine.losses import ignores_padding, outside_of, probe
from skgru._engine.names import constant_names, named
from skgru._specs import NetworkSpec, TrainingSpec


def probabilities(spec: NetworkSpec, values: Any) -> Any:
    """Predictions for metrics from outputs (n, values_of_step): probabilities of classifiers, the
    medians of quantiles, and other outputs unchanged.
    """
    if spec.is_multilabel:
        return keras.ops.sigmoid(values)
    if spec.quantiles:
        shape = (-1, spec.n_outputs, len(spec.quantiles))
        return keras.ops.sort(keras.ops.reshape(values, shape))[..., spec.quantiles.index(0.5)]
    return keras.ops.softmax(values) if spec.n_classes else values


def network_metrics(network: NetworkSpec, training: TrainingSpec) -> list[keras.metrics.Metric]:
    """New metrics of a network: the accuracy of classifiers, then the metrics of the user."""
    metrics: list[keras.metrics.Metric] = []
    with constant_names():
        if network.n_classes:
            metrics.append(keras.metrics.SparseCategoricalAccuracy("accuracy", dtype="float32"))
        elif network.is_multilabel:
            metrics.append(keras.metrics.BinaryAccuracy("accuracy", dtype="float32"))
        for given in training.metrics:
            if metrics and given in ("accuracy", "acc"):
                continue
            metrics.append(_metric(given, network))
    names = [metric.name for metric in metrics]
    if repeated := [name for name in names if names.count(name) > 1 or name == "loss"]:
        raise ValueError(
            f"metrics={list(training.metrics)!r} include the name {repeated[0]!r}, which is "
            "already in use. Give each metric a different name."
        )
    return metrics


def _metric(given: Any, network: NetworkSpec) -> keras.metrics.Metric:
    metric, name = given, None
    if isinstance(given, str):
        metric, name = named(keras.metrics, "metrics", given), given
    if isinstance(metric, keras.metrics.MeanMetricWrapper) and hasattr(metric, "_fn"):
        function, options = metric._fn, metric._fn_kwargs
    else:
        function, options = metric, {}
    kind = function if hasattr(function, "__name__") else type(function)
    if network.n_classes and kind.__module__.startswith("keras.") and not isinstance(metric, str):
        if not kind.__name__.lower().startswith("sparse"):
            raise ValueError(
                f"metrics={given!r} needs one-hot classes, but GRUClassifier trains on class "
                "numbers. Use 'sparse_categorical_crossentropy', 'sparse_top_k_categorical_"
                "accuracy' or a custom function, or sklearn.metrics after fit."
            )
    if function is not metric or not isinstance(metric, keras.metrics.Metric):
        given_name = getattr(function, "__name__", getattr(function, "func", function))
        own_name = getattr(given_name, "__name__", given_name)
        own_name = own_name if isinstance(own_name, str) else type(function).__name__
        name = name or getattr(metric, "name", None) or own_name.strip("<>")
        return keras.metrics.MeanMetricWrapper(function, name=name, dtype="float32", **options)
    config = metric.get_config()
    if name is not None:
        config |= {"name": name, "dtype": "float32"}
    rebuilt = type(metric).from_config(config)
    _check_rebuilt(metric, rebuilt)
    return rebuilt


def _check_rebuilt(metric: keras.metrics.Metric, rebuilt: keras.metrics.Metric) -> None:
    """Raise ValueError if get_config of a custom metric leaves out arguments: the metric that is
    rebuilt from it would differ.
    """
    plain = str, int, float, bool, tuple
    for name, value in vars(metric).items():
        other = vars(rebuilt).get(name)
        if name[0] != "_" and name != "name" and isinstance(value, plain) and value != other:
            raise ValueError(
                f"metrics={type(metric).__name__} is rebuilt from its get_config for each fit, but "
                f"get_config leaves out {name}={value!r}. Define get_config with all arguments."
            )


class EpochMetrics:
    """Metrics as functions that threads can share. Their state is a list of arrays."""

    def __init__(self, network: NetworkSpec, training: TrainingSpec):
        self.network = network
        self.metrics = network_metrics(network, training)
        y, outputs = probe(network, 2)
        for metric in self.metrics:
            # Some metrics create their variables in the first call.
            metric.update_state(y, probabilities(network, outputs), sample_weight=np.ones(2))
            metric.reset_state()
        self.names = [metric.name for metric in self.metrics]
        self.first = [variable.numpy() for metric in self.metrics for variable in metric.variables]

    def update(self, state: Sequence[Any], y: Any, values: Any, weight: Any) -> list[Any]:
        """The state after further rows. values : outputs of the network for these rows."""
        if not self.metrics:
            return []
        given = probabilities(self.network, values)
        after, start = [], 0
        for metric in self.metrics:
            own = state[start : start + len(metric.variables)]
            start += len(own)
            after += metric.stateless_update_state(own, y, given, sample_weight=weight)
        return after

    def results(self, state: Sequence[np.ndarray]) -> dict[str, float]:
        """Name and value of each metric."""
        values, start = {}, 0
        for metric in self.metrics:
            own = state[start : start + len(metric.variables)]
            start += len(own)
            if type(metric).result is keras.metrics.Mean.result:  # saves some eager operations
                total, count = own
                result = total / count if count else 0.0
            else:
                result = np.asarray(metric.stateless_result(list(own)))
            if np.ndim(result):
                raise ValueError(
                    f"metrics={metric.name!r} returns {np.size(result)} numbers, but history_ "
                    "holds one number for each epoch. Use a metric that returns their average."
                )
            values[metric.name] = float(result)
        return values

    def ignore_padding(self) -> bool:
        """Whether rows of weight 0 do not change the results."""

        def results(y, outputs, weight):
            return list(self.results(self.update(self.first, y, outputs, weight)).values())

        return ignores_padding(self.network, results)


def describes(metric: Any) -> Any:
    """A hashable key of a metric or function. Equal keys have equal results."""
    if isinstance(metric, str):
        return metric
    if not isinstance(metric, keras.metrics.Metric):
        return id(metric), outside_of(metric)
    if hasattr(metric, "_fn"):
        return type(metric), metric.name, id(metric._fn), outside_of(metric._fn)
    return type(metric), repr(sorted(metric.get_config().items())), outside_of(metric)
