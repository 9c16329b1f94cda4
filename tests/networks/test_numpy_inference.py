"""Predictions without TensorFlow equal those of the compiled programs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgru._engine import inference as compiled
from skgru._engine.keras_model import initial_weights
from skgru._networks import numpy_inference
from skgru._specs import InputScaling, NetworkSpec

# Of the largest output.
TOLERANCE = 1e-6

ONE_OUTPUT = {"n_outputs": 3, "highway": True, "quantiles": (0.1, 0.5, 0.9)}
OUTPUTS = {
    "numbers": {"n_outputs": 3},
    "quantiles": {"n_outputs": 2, "quantiles": (0.1, 0.5, 0.9)},
    "each step": {"n_outputs": 2, "each_step": True},
    "quantiles of each step": {"n_outputs": 2, "each_step": True, "quantiles": (0.2, 0.5)},
    "classes": {"n_outputs": 1, "n_classes": 4},
    "classes of each step": {"n_outputs": 1, "n_classes": 3, "each_step": True},
    "labels": {"n_outputs": 3, "is_multilabel": True},
}


@st.composite
def specs(draw):
    """Networks of every kind."""
    options = draw(
        st.fixed_dictionaries(
            {
                "cell": st.sampled_from(["gru", "lstm", "rnn"]),
                "units": st.sampled_from([(4,), (3, 5), (40,), (6, 2, 3)]),
                "bidirectional": st.booleans(),
                "window_length": st.sampled_from([1, 2, 9]),
                "n_channels": st.sampled_from([1, 3]),
                "masks": st.booleans(),
                "highway": st.booleans(),
            }
        )
    )
    options |= OUTPUTS[draw(st.sampled_from(list(OUTPUTS)))]
    if draw(st.booleans()):
        options |= {"n_tokens": 7, "embedding_dim": 2, "n_channels": 1, "highway": False}
    options["highway"] &= not options.get("each_step", False)
    return NetworkSpec(dropout=0.1, **options)


def weights_of(spec, rng):
    """Weights of the size of trained ones, biases too."""
    return [
        (array + 0.3 * rng.normal(size=array.shape)).astype(np.float32)
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
    assert ours.dtype == theirs.dtype == np.float32
    atol = TOLERANCE * np.abs(theirs).max()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol)


@settings(max_examples=20, deadline=None)
@given(specs(), st.sampled_from([1, 5, 70]), st.integers(0, 99))
def test_predictions_equal_those_of_the_engine(spec, n, seed):
    rng = np.random.default_rng(seed)
    weights, X = weights_of(spec, rng), windows_of(spec, n, rng)
    theirs = compiled.predict(spec, weights, X, jit_compile=False)
    assert_equal(numpy_inference.predict(spec, weights, X), theirs)
