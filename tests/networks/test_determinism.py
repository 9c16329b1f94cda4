"""One seed, one network: in every process and thread. Global random states stay as found."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import skgru
from skgru import GRURegressor, SequenceWindower
from tests.helpers import run_python

SERIES = np.sin(np.arange(60.0) / 3).reshape(-1, 1)
WINDOWS = SequenceWindower(5).fit_transform(SERIES)

RESULTS = """
import numpy as np
from skgru import GRURegressor, SequenceForecaster, SequenceWindower

windows = SequenceWindower(5).fit_transform(np.sin(np.arange(60.0) / 3).reshape(-1, 1))
settings = {"units": (4, 3), "dropout": 0.3, "epochs": 2, "batch_size": 16, "random_state": 7}
results = [GRURegressor(**settings).fit(windows).predict(windows)]
series = np.random.default_rng(0).normal(size=(300, 3)).cumsum(axis=0)
windows = np.lib.stride_tricks.sliding_window_view(series, 8, axis=0).transpose(0, 2, 1)
network = GRURegressor(8, epochs=1, random_state=0).fit(windows)
results += [*network._weights, network.predict(windows), network.forecast(9, windows)]
results += [SequenceForecaster(pretrained="only").fit(series[:, :1]).forecast(5)]
results = "".join(np.ascontiguousarray(one).tobytes().hex() for one in results)
"""


def make(random_state=7, **changed):
    settings = {"units": (4, 3), "dropout": 0.3, "epochs": 2, "batch_size": 16}
    return GRURegressor(random_state=random_state, **(settings | changed))


@pytest.fixture(scope="module")
def predicted():
    return make().fit(WINDOWS).predict(WINDOWS)


def test_another_process_with_other_settings_of_threads_gives_the_same(predicted):
    code = (
        "import numpy as np\nnp.random.seed(99)  # must not matter\n" + RESULTS + "print(results)"
    )
    settings = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}
    printed = run_python(code, cwd=Path(skgru.__file__).parents[1], environment=settings)
    names = {}
    exec(RESULTS, names)
    assert printed.strip() == names["results"]
    assert names["results"].startswith(predicted.tobytes().hex())


def test_two_threads_at_once_make_the_same_networks(predicted):
    start = threading.Barrier(2)

    def fit(random_state):
        start.wait(timeout=60)
        return make(random_state).fit(WINDOWS).predict(WINDOWS)

    with ThreadPoolExecutor(2) as pool:
        same, other = pool.map(fit, [7, 8])
        again = list(pool.map(fit, [8, 7]))
    np.testing.assert_array_equal(same, predicted)
    np.testing.assert_array_equal(again, [other, same])
    assert not np.allclose(other, same)


def next_draws(fit_between):
    """What the three global generators draw after a fit, or after none."""
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002  (the global state is what is watched)
    tf.random.set_seed(3)
    tf.random.uniform((2,))  # the position of the sequence counts as well as its seed
    if fit_between is not None:
        fit_between()
    return random.random(), np.random.random(3).tolist(), tf.random.uniform((3,)).numpy().tolist()  # noqa: NPY002


@pytest.mark.parametrize("random_state", [7, None, np.random.RandomState(0)])
def test_global_random_states_are_left_as_found(random_state):
    untouched = next_draws(None)
    assert next_draws(lambda: make(random_state).fit(WINDOWS).predict(WINDOWS)) == untouched


def test_global_seeds_play_no_part(predicted):
    random.seed(11)
    np.random.seed(11)  # noqa: NPY002
    tf.random.set_seed(11)
    np.testing.assert_array_equal(make().fit(WINDOWS).predict(WINDOWS), predicted)


def test_building_the_keras_model_moves_no_global_state(predicted):
    fitted = make().fit(WINDOWS)
    untouched = next_draws(None)
    assert next_draws(lambda: (fitted.model_, fitted.keras_estimator_)) == untouched


def test_no_random_state_gives_other_networks():
    np.random.seed(5)  # noqa: NPY002
    first = make(None, epochs=1).fit(WINDOWS).predict(WINDOWS)
    np.random.seed(5)  # noqa: NPY002
    second = make(None, epochs=1).fit(WINDOWS).predict(WINDOWS)
    assert not np.allclose(first, second)


def test_a_random_state_object_advances():
    def two_fits():
        generator = np.random.RandomState(4)
        estimator = make(generator, epochs=1)
        return [estimator.fit(WINDOWS).predict(WINDOWS) for _ in range(2)]

    first, second = two_fits()
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(two_fits(), [first, second])
