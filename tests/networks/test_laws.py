"""Laws of networks, for random data and parameters: what must play no part.

Other laws are in tests/test_windows.py (windows), tests/networks/test_regressor.py and
test_classifier.py (single rows), and tests/networks/test_combinations.py (units of X).
"""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone

import skgru
from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower
from tests.helpers import copy_of

few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32 - 1)
powers = st.floats(-6, 6).map(lambda power: 10.0**power)
N = 40
# One batch holds all rows, so that all examples share one compiled program.
WHOLE = {"units": 2, "epochs": 3, "batch_size": N, "random_state": 0}


def data_of(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, 4, 1))
    return X, X[:, :, 0].sum(axis=1) + 0.1 * rng.normal(size=N), rng.uniform(0.1, 3, N)


@few
@given(seeds, powers)
def test_weights_times_a_constant(seed, factor):
    X, y, weights = data_of(seed)
    one = GRURegressor(**WHOLE).fit(X, y, weights)
    other = GRURegressor(**WHOLE).fit(X, y, factor * weights)
    np.testing.assert_allclose(other.predict(X), one.predict(X), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(other.loss_curve_, one.loss_curve_, rtol=1e-4)


@few
@given(seeds)
def test_the_order_of_rows_plays_no_part_in_a_batch(seed):
    """In a batch of all rows, with or without shuffle. Predictions follow the rows bitwise."""
    X, y, weights = data_of(seed)
    order = np.random.default_rng(seed).permutation(N)
    for shuffle in (False, True):
        one = GRURegressor(**WHOLE, shuffle=shuffle).fit(X, y, weights)
        other = GRURegressor(**WHOLE, shuffle=shuffle).fit(X[order], y[order], weights[order])
        np.testing.assert_array_equal(one.predict(X[order]), one.predict(X)[order])
        np.testing.assert_allclose(other.predict(X), one.predict(X), rtol=1e-4, atol=1e-4)


@few
@given(seeds, powers, st.floats(-10, 10))
def test_the_unit_of_y_plays_no_part(seed, unit, offset):
    X, y, _ = data_of(seed)
    one = GRURegressor(**WHOLE).fit(X, y)
    other = GRURegressor(**WHOLE).fit(X, unit * (y + offset))
    predicted = other.predict(X) / unit - offset
    np.testing.assert_allclose(predicted, one.predict(X), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(other.loss_curve_, one.loss_curve_, rtol=1e-3)


networks = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(["gru", "lstm", "rnn"]),
        "units": st.sampled_from([1, (2, 1)]),
        "highway": st.booleans(),
        "bidirectional": st.booleans(),
        "learning_rate": st.floats(1e-4, 1e-1),
        "alpha": st.floats(0, 1),
        "validation_fraction": st.floats(0.1, 0.5),
        "epochs": st.just(1),
        "random_state": st.integers(0, 2**31),
    }
)
ESTIMATORS = (GRURegressor, GRUClassifier, SequenceWindower, SequenceForecaster)


@settings(max_examples=25, deadline=None)
@given(networks, st.sampled_from(ESTIMATORS[:2]), st.randoms())
def test_parameters_come_back_as_they_were_set(params, kind, random):
    estimator = kind(**params)
    found = estimator.get_params()
    assert {name: found[name] for name in params} == params
    names = list(params)
    random.shuffle(names)
    by_steps = kind()
    for name in names:  # the order plays no part
        assert by_steps.set_params(**{name: params[name]}) is by_steps
    assert by_steps.get_params() == found
    assert clone(estimator).get_params() == found
    assert repr(eval(repr(estimator), {kind.__name__: kind})) == repr(estimator)


@settings(max_examples=2, deadline=None)
@given(networks, st.booleans(), seeds)
def test_saved_copied_and_cloned_networks(params, is_classifier, seed):
    X, y, _ = data_of(seed)
    kind, y = (GRUClassifier, np.where(y > y.mean(), "up", "down")) if is_classifier else (
        GRURegressor, y)  # fmt: skip
    fitted = kind(**params).fit(X, y)
    again = clone(fitted)
    assert not hasattr(again, "_weights")
    with tempfile.TemporaryDirectory() as folder:
        skgru.save(fitted, Path(folder) / "network")
        loaded = skgru.load(Path(folder) / "network")
    for other in (loaded, copy_of(fitted), again.fit(X, y)):
        assert other.get_params() == fitted.get_params()
        np.testing.assert_array_equal(other.predict(X), fitted.predict(X))
        for ours, theirs in zip(other._weights, fitted._weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)
