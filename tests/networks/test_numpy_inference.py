"""Predictions without TensorFlow equal those of the compiled programs."""

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgru import GRUClassifier, GRURegressor, SequenceForecaster
from skgru._engine import compiled_inference as compiled
from skgru._engine.forward_and_gradients import apply_network
from skgru._engine.keras_model import initial_weights
from skgru._networks import numpy_inference, where_to_predict
from skgru._specs import InputScaling, NetworkSpec
from tests.helpers import run_python

# Of the largest output.
TOLERANCE = 1e-6

KINDS = {
    "numbers": {"n_outputs": 3},
    "quantiles": {"n_outputs": 2, "quantiles": (0.1, 0.5, 0.9)},
    "each step": {"n_outputs": 2, "each_step": True},
    "quantiles of each step": {"n_outputs": 2, "each_step": True, "quantiles": (0.2, 0.5)},
    "classes": {"n_outputs": 1, "n_classes": 4},
    "classes of each step": {"n_outputs": 1, "n_classes": 3, "each_step": True},
    "labels": {"n_outputs": 3, "is_multilabel": True},
}
SHAPES = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(["gru", "lstm", "rnn"]),
        "units": st.sampled_from([(4,), (3, 5), (40,), (6, 2, 3)]),
        "bidirectional": st.booleans(),
        "window_length": st.sampled_from([1, 2, 9]),
        "masks": st.booleans(),
    }
)


@st.composite
def specs(draw):
    """Networks of every kind."""
    options = draw(SHAPES) | KINDS[draw(st.sampled_from(list(KINDS)))]
    if draw(st.booleans()):
        return NetworkSpec(dropout=0.1, n_channels=1, n_tokens=7, embedding_dim=2, **options)
    highway = draw(st.booleans()) and not options.get("each_step", False)
    return NetworkSpec(
        dropout=0.1, n_channels=draw(st.sampled_from([1, 3])), highway=highway, **options
    )


def network(**changed):
    """A small network of two channels that forecasts both, two steps at a time."""
    options = {"cell": "gru", "units": (5,), "bidirectional": False, "window_length": 6}
    return NetworkSpec(**options | {"dropout": 0.0, "n_channels": 2, "n_outputs": 4} | changed)


def weights_of(spec, rng):
    """Other weights than the first ones, and biases. Larger ones would amplify rounding errors."""
    return [
        (0.7 * array + 0.5 * rng.normal(size=array.shape) / np.sqrt(len(array))).astype(np.float32)
        for array in initial_weights(spec, 0)
    ]


def windows_of(spec, n, rng):
    shape = (n, spec.window_length, spec.n_channels)
    X = rng.integers(spec.n_tokens, size=shape) if spec.n_tokens else rng.normal(size=shape)
    X = X.astype(np.float32)
    if spec.masks:
        X[rng.random(shape[:2]) < 0.3] = np.nan
    return X


def assert_equal(ours, theirs):
    assert ours.dtype == theirs.dtype and np.isfinite(ours).all()
    atol = TOLERANCE * np.abs(theirs).max()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol)


@settings(max_examples=40, deadline=None)
@given(specs(), st.sampled_from([1, 5, 70]), st.integers(0, 99))
def test_outputs_equal_those_of_the_engine(spec, n, seed):
    rng = np.random.default_rng(seed)
    weights, X = weights_of(spec, rng), windows_of(spec, n, rng)
    theirs = apply_network(spec, weights, X)[0].numpy()  # what compiled programs compute
    assert_equal(numpy_inference.predict(spec, weights, X), theirs)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_outputs_equal_those_of_the_compiled_program(cell):
    rng = np.random.default_rng(0)
    spec = network(cell=cell, units=(32, 16), window_length=60, bidirectional=cell == "lstm")
    weights, X = weights_of(spec, rng), windows_of(spec, 100, rng)
    ours = numpy_inference.predict(spec, weights, X)
    assert_equal(ours, compiled.predict(spec, weights, X))
    # The output of a row does not depend on the other rows.
    np.testing.assert_array_equal(ours[7:8], numpy_inference.predict(spec, weights, X[7:8]))


@pytest.mark.parametrize("masks", [False, True])
@pytest.mark.parametrize("is_naive", [False, True])
@pytest.mark.parametrize("quantiles", [(), (0.1, 0.5, 0.7)])
def test_recursive_forecasts_equal_those_of_the_engine(masks, is_naive, quantiles):
    rng = np.random.default_rng(0)
    spec = network(n_channels=3 if is_naive else 2, masks=masks, quantiles=quantiles)
    weights, n_rows = weights_of(spec, rng), 14
    history = rng.normal(size=(n_rows, 2))
    if masks:
        history[[9, 11]] = np.nan
    arguments = [history, rng.normal(size=4), 0.3 * rng.random(4), 15]
    naive = {}
    if is_naive:
        last = np.zeros((2, n_rows))
        last[:, -12:-10] = np.eye(2)
        naive = {
            "level": np.full(n_rows, 1 / n_rows),
            "baseline": last,
            "known": rng.normal(size=(8, 6, 1)),
            "inputs": InputScaling(rng.normal(size=3), 0.5 + rng.random(3)),
        }
    ours = numpy_inference.roll_on(spec, weights, *arguments, **naive)
    theirs = compiled.roll_on(spec, weights, *arguments, jit_compile=False, **naive)
    assert ours.shape == (15, 2)
    assert_equal(ours, theirs)


SERIES = (np.sin(np.arange(120) / 4) + np.arange(120) / 50).reshape(-1, 1)


def results(estimator, X):
    """All that a fitted estimator predicts."""
    methods = {
        "predict": (X,),
        "predict_proba": (X,),
        "decision_function": (X,),
        "predict_quantiles": (X,),
        "forecast": () if isinstance(estimator, SequenceForecaster) else (7, X),
    }
    found = {}
    for name, arguments in methods.items():
        try:
            found[name] = getattr(estimator, name)(*arguments)
        except (AttributeError, ValueError):
            continue  # not for this estimator
    return found


def windows_of_series(series):
    return np.lib.stride_tricks.sliding_window_view(series[:, 0], 8)[:, :, np.newaxis]


GAPPY = SERIES.copy()
GAPPY[20:80:7] = np.nan
WINDOWS = windows_of_series(SERIES)
UP = np.where(np.diff(SERIES[:, 0])[7:] > 0, "up", "down")
TINY = {"units": 4, "epochs": 1, "random_state": 0}
ESTIMATORS = {
    "masks": (GRURegressor(**TINY, missing="mask", horizon=2), windows_of_series(GAPPY), None),
    "quantiles": (
        GRURegressor(**TINY, loss="pinball", quantiles=(0.1, 0.5, 0.9)),
        WINDOWS[:-1],
        WINDOWS[1:, -1, 0],
    ),
    "classes": (GRUClassifier(**TINY, cell="lstm"), WINDOWS[:-1], UP),
    "recursive forecaster": (
        SequenceForecaster(
            GRURegressor(**TINY), window_length=8, horizon=9, season_length=4, strategy="recursive"
        ),
        SERIES,
        None,
    ),
}


@pytest.mark.parametrize("name", list(ESTIMATORS))
def test_estimators_predict_the_same_with_and_without_tensorflow(name, monkeypatch):
    estimator, X, y = ESTIMATORS[name]
    estimator.fit(X, y)
    theirs = results(estimator, X)
    monkeypatch.setattr(where_to_predict, "has_tensorflow", lambda: False)
    monkeypatch.setattr(compiled, "predict", None)
    monkeypatch.setattr(compiled, "roll_on", None)
    ours = results(estimator, X)
    assert list(ours) == list(theirs) and len(ours) > 0
    for method, values in theirs.items():
        if values.dtype.kind == "f":
            known = np.isfinite(values)
            assert_equal(ours[method][known], values[known])
        else:
            np.testing.assert_array_equal(ours[method], values)


def test_large_jobs_go_to_the_engine(monkeypatch):
    spec = network(units=(64,), window_length=100)
    assert where_to_predict.inference_for(spec, 1) is compiled
    monkeypatch.setattr(where_to_predict, "has_tensorflow", lambda: False)
    assert where_to_predict.inference_for(spec, 1) is numpy_inference
    assert where_to_predict.inference_for(spec, 1, n_calls=10) is numpy_inference
    assert where_to_predict.inference_for(spec, 10**6) is compiled
    assert where_to_predict.inference_for(spec, 1, n_calls=10**5) is compiled


WITHOUT_TENSORFLOW = """
import sys

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone

from skgru import SequenceForecaster

networks, forecaster, X = joblib.load(sys.argv[1])
networks[0].predict(X)
networks[0].forecast(5, X)
networks[1].predict_proba(X)
forecaster.forecast()
forecaster.forecast(30)
forecaster.forecast_interval()
for freq in ("MS", "QS"):
    index = pd.date_range("2010", periods=60, freq=freq)
    series = pd.Series(100 + 10 * np.sin(np.arange(60) * np.pi / 2), index=index)
    series += np.random.default_rng(0).normal(size=60)
    zero_shot = clone(SequenceForecaster(horizon=6, pretrained="only")).fit(series)
    assert zero_shot.pretrained_
    assert np.isfinite(zero_shot.forecast()).all()
    zero_shot.forecast(30)
    zero_shot.predict(series)
    zero_shot.score(series)
print([name for name in ("tensorflow", "keras", "scikeras") if name in sys.modules])
"""


def test_loaded_and_pretrained_networks_predict_without_tensorflow(tmp_path):
    regressor = GRURegressor(**TINY).fit(WINDOWS)
    classifier = GRUClassifier(**TINY).fit(WINDOWS[:-1], UP)
    forecaster = SequenceForecaster(
        GRURegressor(**TINY), window_length=8, horizon=4, season_length=4, calibration_fraction=0.3
    )
    path = tmp_path / "fitted.joblib"
    joblib.dump(([regressor, classifier], forecaster.fit(SERIES), WINDOWS), path)
    assert run_python(WITHOUT_TENSORFLOW, path) == "[]\n"
