"""`to_onnx`: a fitted network, or a pipeline that ends with one, as an ONNX model."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skgru._files.whole_file import as_path, cannot_write, write_whole
from skgru._forecaster.forecaster import SequenceForecaster
from skgru._forecaster.scaling import AutoScaler
from skgru._networks.classifier import GRUClassifier
from skgru._networks.regressor import GRURegressor
from skgru._onnx.graph import IR_VERSION, OPSET, Graph
from skgru._onnx.pipeline_steps import BUILDERS
from skgru._onnx.recurrent_operators import filled, outputs_of
from skgru._validation import optional
from skgru._windows import SequenceWindower

NETWORKS = (GRURegressor, GRUClassifier)


def to_onnx(estimator: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted network, or a pipeline that ends with one, as an ONNX model.

    Programs in other languages run the model, by ONNX Runtime for example. Its inputs and outputs
    have the units of `predict`. Needs onnx (``pip install "skgru[onnx]"``), and no TensorFlow.

    Parameters
    ----------
    estimator : GRURegressor, GRUClassifier or Pipeline
        The fitted estimator. The steps of a pipeline before the network may be a SequenceWindower,
        StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler and "passthrough".

    path : str or PathLike
        The file. An earlier file is replaced as soon as the new one is complete.

    Returns
    -------
    None
        The model is in the file.

    Raises
    ------
    NotFittedError
        Before `fit`.
    TypeError
        If `estimator`, or a step of the pipeline, cannot be written. The message names it.
    ImportError
        If onnx is not installed.
    OSError
        If the file cannot be written. An earlier file is then unchanged.

    See Also
    --------
    save : A file for Python that keeps the whole estimator.

    Notes
    -----
    The model has standard operators of opset 18, and takes one row or more:

    =====================  ===============================================  =======================
    name                   shape                                            for
    =====================  ===============================================  =======================
    X (input)              (n, window_length, n_channels)                   networks
    X (input)              (n, n_columns)                                   pipelines
    predict                that of `predict`                                all
    predict_quantiles      that of `predict_quantiles`                      `quantiles`
    predict_proba          that of `predict_proba`                          GRUClassifier
    =====================  ===============================================  =======================

    X and the predictions of GRURegressor are float64. NaN is a missing value, treated as in
    `predict`. The model does not check X: infinite values and wrong tokens are not refused.

    The network computes in float32. Its predictions are those of `predict` within 1e-5 of the
    largest prediction.

    A SequenceForecaster cannot be written, because its ensemble has members that are no networks.
    Its networks can: each GRURegressor in `regressors_`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import skgru
    >>> from skgru.datasets import make_sine
    >>> X, y = skgru.make_windows(make_sine(), window_length=10)
    >>> network = skgru.GRURegressor(4, epochs=1, random_state=0)
    >>> path = Path(tempfile.mkdtemp()) / "network.onnx"
    >>> skgru.to_onnx(network.fit(X, y), path)
    >>> path.exists()
    True
    """
    onnx = optional("onnx", "skgru.to_onnx", '"skgru[onnx]"', ", or use skgru.save")
    path = as_path(path)
    steps, network = _parts_of(estimator)
    for _, step in steps:
        check_is_fitted(step)
    check_is_fitted(network)
    graph = Graph()
    value, shape = "X", _input_shape(steps, network)
    for _, step in steps:
        value = BUILDERS[type(step)](graph, value, step)
    outputs = _network_outputs(graph, _as_windows(graph, value, steps, network), network)
    data = _model(onnx, graph, shape, outputs).SerializeToString()
    try:
        write_whole(path, data)
    except OSError as error:
        raise cannot_write(f"path={str(path)!r}", error) from error


def _parts_of(estimator: Any) -> tuple[list[tuple[str, Any]], Any]:
    """The steps before the network, and the network."""
    if isinstance(estimator, SequenceForecaster):
        raise TypeError(
            f"estimator={estimator!r} must be a network or a pipeline that ends with one, because "
            "ONNX has no operators for Theta and the other parts of a forecast. Use "
            "estimator.regressors_[0] if it is a GRURegressor, or skgru.save for the whole."
        )
    steps: list[tuple[str, Any]] = []
    if isinstance(estimator, Pipeline):
        *steps, (_, network) = estimator.steps
        steps = [(name, one) for name, one in steps if one not in (None, "passthrough")]
    else:
        network = estimator
    if type(network) not in NETWORKS:
        what = "the last step of the pipeline" if isinstance(estimator, Pipeline) else "estimator"
        raise TypeError(
            f"{what}={network!r} must be a GRURegressor or a GRUClassifier. Give such a network, a "
            "pipeline that ends with one, or use skgru.save."
        )
    for at, (name, step) in enumerate(steps):
        is_late = at > 0 and any(_gives_windows(one) for _, one in steps[:at])
        if type(step) not in BUILDERS or is_late:
            known = ", ".join(
                sorted(one.__name__ for one in BUILDERS if one.__name__ != "AutoScaler")
            )
            where = " after the windows" if is_late else ""
            raise TypeError(
                f"step {name!r}={step!r} of the pipeline{where} has no graph in ONNX. Use one of "
                f"{known}, or skgru.save."
            )
    return steps, network


def _gives_windows(step: Any) -> bool:
    return isinstance(step, SequenceWindower) and not step.flatten


def _input_shape(steps: list[tuple[str, Any]], network: Any) -> list[Any]:
    if steps:
        first = steps[0][1]
        is_own = isinstance(first, AutoScaler)
        return ["n", len(first.kinds_) if is_own else int(first.n_features_in_)]
    spec = network._network
    return ["n", spec.window_length, spec.n_channels]


def _as_windows(graph: Graph, value: str, steps: list[tuple[str, Any]], network: Any) -> str:
    """(n, window_length, n_channels), from the columns of a table if there are any."""
    spec = network._network
    if not steps or _gives_windows(steps[-1][1]):
        return value
    if network._column_order is not None:
        order = np.asarray(network._column_order, dtype=np.int64)
        value = graph.add("Gather", value, graph.constant(order), axis=1)
    return graph.reshape(value, -1, spec.window_length, spec.n_channels)


def _network_outputs(graph: Graph, X: str, network: Any) -> dict[str, tuple[str, list[Any]]]:
    """The type and shape of each output, whose names are those of the methods."""
    spec, inputs = network._network, network._inputs
    if inputs is not None:
        X = graph.add("Sub", X, graph.constant(np.float64(inputs.mean)))
        X = graph.add("Div", X, graph.constant(np.float64(inputs.scale)))
    X = graph.cast(X, "FLOAT")
    if not spec.masks:
        means = network._channel_means
        X = filled(graph, X, means if inputs is None else np.zeros_like(means))
    values = outputs_of(graph, X, spec, network._weights)
    if isinstance(network, GRUClassifier):
        return _classes(graph, values, network)
    return _predictions(graph, values, network)


def _predictions(graph: Graph, values: str, network: Any) -> dict[str, tuple[str, list[Any]]]:
    spec, shape = network._network, list(network._target_shape)
    mean, scale = network._target_mean, network._target_scale  # float64 (n_targets,)
    outputs = {}
    if spec.quantiles:
        n = len(spec.quantiles)
        values = graph.reshape(values, -1, spec.n_targets, n)
        names = [graph.name("sorted"), graph.name("order")]
        values, _ = graph.several(
            "TopK", values, graph.numbers(n), out=names, axis=-1, largest=0, sorted=1
        )
        every = graph.add("Mul", graph.cast(values, "DOUBLE"), graph.constant(scale[:, np.newaxis]))
        every = graph.add("Add", every, graph.constant(mean[:, np.newaxis]))
        own = shape if spec.each_step else [] if network.n_outputs_ == 1 else [network.n_outputs_]
        graph.reshape(every, -1, *own, n, out="predict_quantiles")
        outputs["predict_quantiles"] = ("DOUBLE", ["n", *own, n])
        middle = graph.constant(np.int64(spec.quantiles.index(0.5)))
        values = graph.add("Gather", values, middle, axis=2)
    values = graph.add("Mul", graph.cast(values, "DOUBLE"), graph.constant(scale))
    values = graph.add("Add", values, graph.constant(mean))
    graph.reshape(values, -1, *shape, out="predict")
    return {"predict": ("DOUBLE", ["n", *shape]), **outputs}


def _classes(graph: Graph, values: str, network: Any) -> dict[str, tuple[str, list[Any]]]:
    spec = network._network
    if spec.is_multilabel:
        shape = ["n", spec.n_outputs]
        positive = graph.add("Greater", values, graph.constant(np.float32(0)))
        kind = _onnx_kind(np.empty(0, network._label_dtype))
        graph.cast(positive, kind, out="predict")
        graph.add("Sigmoid", graph.cast(values, "DOUBLE"), out="predict_proba")
        return {"predict": (kind, shape), "predict_proba": ("DOUBLE", shape)}
    steps = [spec.window_length] if spec.each_step else []
    logits = graph.reshape(values, -1, *steps, spec.n_classes)
    best = graph.add("ArgMax", logits, axis=-1, keepdims=0)
    classes = np.asarray(network.classes_)
    if classes.dtype.kind == "O" and not all(isinstance(one, str) for one in classes):
        raise TypeError(
            f"classes_={classes!r} hold objects that ONNX has no type for. Train with classes that "
            "are text or numbers, or use skgru.save."
        )
    graph.add("Gather", graph.constant(classes), best, axis=0, out="predict")
    graph.add("Softmax", graph.cast(logits, "DOUBLE"), axis=-1, out="predict_proba")
    return {
        "predict": (_onnx_kind(classes), ["n", *steps]),
        "predict_proba": ("DOUBLE", ["n", *steps, spec.n_classes]),
    }


def _onnx_kind(array: np.ndarray) -> str:
    """The name of the type of ONNX."""
    from onnx import TensorProto, helper

    if array.dtype.kind in "OUS":
        return "STRING"
    return str(TensorProto.DataType.Name(helper.np_dtype_to_tensor_dtype(array.dtype)))


def _model(
    onnx: Any, graph: Graph, shape: list[Any], outputs: dict[str, tuple[str, list[Any]]]
) -> Any:
    import skgru

    helper, types = onnx.helper, onnx.TensorProto
    X = helper.make_tensor_value_info("X", types.DOUBLE, shape)
    infos = [
        helper.make_tensor_value_info(name, getattr(types, kind), of)
        for name, (kind, of) in outputs.items()
    ]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "skgru", [X], infos, graph.constants),
        producer_name="skgru",
        producer_version=skgru.__version__,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    return model
