"""ONNX models: equal to predict in ONNX Runtime, for every part of a network and of a pipeline.

Networks here have random weights instead of a training, so that all combinations take seconds.
"""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)

import skgru
from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower
from skgru._forecaster.scaling import AutoScaler
from skgru._specs import N_GATES, NetworkState
from tests.helpers import fails

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")

TINY = dict(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def random_weights(spec, seed):
    rng, n_gates = np.random.default_rng(seed), N_GATES[spec.cell]
    shapes = [(spec.n_tokens + 1, spec.embedding_dim)] if spec.embedding_dim else []
    width = spec.width
    for units in spec.units:
        bias = (2, n_gates * units) if spec.cell == "gru" else (n_gates * units,)
        one = [(width, n_gates * units), (units, n_gates * units), bias]
        shapes += one * (1 + spec.bidirectional)
        width = units * (1 + spec.bidirectional)
    shapes += [(width, spec.values_of_step), (spec.values_of_step,)]
    if spec.highway:
        shapes.append((spec.window_length * spec.n_channels, spec.n_values))
    return [rng.normal(0, 0.5, shape).astype(np.float32) for shape in shapes]


@pytest.fixture(autouse=True)
def no_training(monkeypatch):
    """fit stores random weights of the network that it would train."""

    def train(run):
        state = NetworkState(random_weights(run.network, run.training.seed), [], "", 1)
        return SimpleNamespace(state=state, history={"loss": [1.0]})

    engine = SimpleNamespace(train=train)
    monkeypatch.setattr("skgru._networks.base.load_engine", lambda: None)
    monkeypatch.setitem(sys.modules, "skgru._engine", SimpleNamespace(trainer=engine, __path__=[]))
    monkeypatch.setitem(sys.modules, "skgru._engine.trainer", engine)
    monkeypatch.setattr("skgru._networks.where_to_predict.has_tensorflow", lambda: False)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("onnx") / "model.onnx"


def run(estimator, path, X):
    """The outputs of the model for X, by name."""
    assert skgru.to_onnx(estimator, path) is None
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert {one.domain for one in model.graph.node} == {""}
    assert [one.version for one in model.opset_import] == [18]
    ort.set_default_logger_severity(3)
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_outputs()]
    shapes = [one.shape for one in session.get_outputs()]
    values = session.run(names, {"X": np.asarray(X, np.float64)})
    for shape, value in zip(shapes, values, strict=True):
        assert [len(X), *shape[1:]] == list(value.shape)
    return dict(zip(names, values, strict=True))


def assert_near(found, expected):
    expected = np.asarray(expected)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


networks = st.fixed_dictionaries(
    {
        "units": st.sampled_from([3, (3,), (4, 2)]),
        "cell": st.sampled_from(["gru", "lstm", "rnn"]),
        "bidirectional": st.booleans(),
        "missing": st.sampled_from(["skip", "mask"]),
        "normalize_X": st.booleans(),
        "random_state": st.integers(0, 99),
    }
)
seeds = st.integers(0, 99)


def windows(seed, with_gaps, shape=(20, 5, 2)):
    """Windows far from zero: float32 would lose their changes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=shape) + [1e4] * shape[2]
    if with_gaps:
        X[rng.random(shape) < 0.2] = np.nan
        X[:2] = np.nan  # without any value
    return X


@pytest.mark.filterwarnings("ignore:The network has not learned the level")
@settings(**TINY)
@given(
    networks,
    seeds,
    st.booleans(),
    st.sampled_from([None, 1, 2]),
    st.booleans(),
    st.sampled_from([None, (0.1, 0.5, 0.9)]),
    st.booleans(),
)
def test_regressors(path, parameters, seed, has_gaps, n_outputs, highway, quantiles, normalize_y):
    X = windows(seed, False)
    shape = (20,) if n_outputs is None else (20, n_outputs)
    y = np.random.default_rng(seed).normal(50, 9, shape)
    parameters = {**parameters, "highway": highway, "normalize_y": normalize_y}
    if quantiles:
        parameters |= {"quantiles": quantiles, "loss": "pinball"}
    X = X if parameters["normalize_X"] else X - 1e4
    network = GRURegressor(**parameters).fit(X, y)
    X = windows(seed + 1, has_gaps) - (0 if parameters["normalize_X"] else 1e4)
    outputs = run(network, path, X)
    assert_near(outputs.pop("predict"), network.predict(X))
    if quantiles:
        assert_near(outputs.pop("predict_quantiles"), network.predict_quantiles(X))
    assert not outputs


@settings(**TINY | {"max_examples": 8})
@given(networks, seeds, st.booleans(), st.booleans())
def test_targets_of_each_step(path, parameters, seed, has_gaps, has_classes):
    X = windows(seed, False)
    X_new = windows(seed + 1, has_gaps)
    if has_classes:
        y = np.where(X[:, :, 0] > 1e4, "up", "down")
        network = GRUClassifier(**parameters, return_sequences=True).fit(X, y)
        outputs = run(network, path, X_new)
        assert (outputs["predict"] == network.predict(X_new)).all()
        assert_near(outputs["predict_proba"], network.predict_proba(X_new))
        return
    network = GRURegressor(**parameters, return_sequences=True).fit(X, X[:, :, :1] - 1e4)
    assert_near(run(network, path, X_new)["predict"], network.predict(X_new))


@settings(**TINY | {"max_examples": 12})
@given(
    networks,
    seeds,
    st.booleans(),
    st.sampled_from([["a", "b", "c"], [3, 1, 2], [2.0, 0.0, 1.0], [False, True, True], "labels"]),
)
def test_classifiers(path, parameters, seed, has_gaps, classes):
    X, rng = windows(seed, False), np.random.default_rng(seed)
    y = rng.integers(0, 2, (20, 3)) if classes == "labels" else np.resize(classes, 20)
    network = GRUClassifier(**parameters).fit(X, y)
    X = windows(seed + 1, has_gaps)
    outputs = run(network, path, X)
    expected = network.predict(X)
    assert (outputs["predict"] == expected).all()
    assert expected.dtype.kind == "U" or outputs["predict"].dtype == expected.dtype
    assert_near(outputs["predict_proba"], network.predict_proba(X))


@pytest.mark.parametrize("missing", ["skip", "mask"])
def test_tokens(path, missing):
    X = np.random.default_rng(0).integers(0, 7, (20, 6, 1)).astype(float)
    if missing == "mask":
        X[:3, 4:] = np.nan
    y = np.resize(["no", "yes"], 20)
    network = GRUClassifier(4, embedding_dim=3, missing=missing, random_state=0)
    network.fit(X, y)
    assert_near(run(network, path, X)["predict_proba"], network.predict_proba(X))


SCALERS = [
    StandardScaler(), StandardScaler(with_mean=False), MinMaxScaler((-1, 2), clip=True),
    MaxAbsScaler(), RobustScaler(), AutoScaler(), "passthrough",
]  # fmt: skip


@pytest.mark.parametrize("scaler", SCALERS, ids=str)
def test_pipelines_of_a_series(path, scaler):
    rng = np.random.default_rng(0)
    series = np.column_stack([rng.lognormal(0, 1, 60), rng.normal(7, 1, 60)])
    series[[5, 6, 40]] = np.nan
    for padding, context, flatten in [("nan", None, False), ("edge", "fit", True)]:
        windower = SequenceWindower(window_length=4, padding=padding, context=context)
        steps = [("scale", scaler), ("window", windower.set_params(flatten=flatten))]
        network = GRURegressor(3, n_channels=2 if flatten else None, random_state=0)
        y = np.nan_to_num(series[:, 0])
        pipe = Pipeline([*steps, ("gru", network)]).fit(series[:50], y[:50])
        for start in (0, 50, 58):
            expected = pipe.predict(series[start:])
            assert_near(run(pipe, path, series[start:])["predict"], expected)
    pipe.fit(np.repeat(series[:25], 2, axis=0), y[:50])
    for X in (series[:1], np.repeat(series[:25], 2, axis=0)[:3]):
        assert_near(run(pipe, path, X)["predict"], pipe.predict(X))


def test_a_scaler_of_a_table(path):
    X = np.random.default_rng(0).normal(3, 5, (30, 6))
    pipe = Pipeline([("scale", StandardScaler()), ("gru", GRUClassifier(3, random_state=0))])
    pipe.fit(X, np.resize([0, 1], 30))
    assert_near(run(pipe, path, X)["predict_proba"], pipe.predict_proba(X))


def test_the_network_of_a_forecaster(path):
    series = np.sin(np.arange(60.0))[:, None] + 3
    forecaster = SequenceForecaster(GRURegressor(3, random_state=0), horizon=2, window_length=6)
    network = forecaster.fit(series).regressors_[0]
    X = windows(0, False, (4, 6, 1)) - 1e4
    assert_near(run(network, path, X)["predict"], network.predict(X))


def test_what_cannot_be_exported(path, tmp_path):
    X, y = windows(0, False), np.zeros(20)
    network = GRURegressor(2, random_state=0).fit(X, y)
    pipe = Pipeline([("log", FunctionTransformer(np.log)), ("gru", network)])
    fails(lambda: skgru.to_onnx(pipe, path), "'log'", "MinMaxScaler", "skgru.save", error=TypeError)
    forecaster = SequenceForecaster(pretrained="only").fit(np.arange(20.0)[:, None])
    parts = ("estimator=", "Theta", "regressors_[0]", "skgru.save")
    fails(lambda: skgru.to_onnx(forecaster, path), *parts, error=TypeError)
    fails(lambda: skgru.to_onnx(StandardScaler(), path), "StandardScaler()", error=TypeError)
    fails(lambda: skgru.to_onnx(GRURegressor(), path), "not fitted", error=NotFittedError)
    fails(lambda: skgru.to_onnx(network, 3), "path=3", error=TypeError)
    missing = tmp_path / "none" / "a.onnx"
    fails(lambda: skgru.to_onnx(network, missing), "a.onnx", "another path", error=OSError)


def test_without_onnx(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    fails(lambda: skgru.to_onnx(GRURegressor(), path), "pip install", "onnx", error=ImportError)


GUIDE_PAGE = Path(__file__).parents[2] / "docs/guide/onnx.md"


@pytest.mark.skipif(not GUIDE_PAGE.exists(), reason="tests of an installed package have no pages")
def test_the_code_of_the_guide_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = GUIDE_PAGE.read_text()
    names: dict = {}
    for block in re.findall(r"^```py\n(.*?)^```", text, re.M | re.S):
        exec(block, names)
    assert_near(names["predicted"], names["pipe"].predict(names["series"]))
