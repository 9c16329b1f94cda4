"""Ctrl-C at random moments: an estimator is then as it was, or as the call would have left it."""

import pytest

from tests.helpers import run_python

MOMENTS = """
import copy, os, signal, sys, threading, time
import numpy as np
from sklearn.model_selection import GridSearchCV
from skgru import GRURegressor, SequenceForecaster, SequenceWindower
from skgru.model_selection import backtest

N_MOMENTS = int(sys.argv[1])
rng = np.random.default_rng(int(sys.argv[2]))
X = rng.normal(size=(300, 6, 1))
Y = X[:, :, 0].sum(axis=1)
MANY, MANY_Y = np.tile(X, (40, 1, 1)), np.tile(Y, 40)
LARGE = np.tile(MANY, (40, 1, 1))
SERIES = (20 + 5 * np.sin(np.arange(120) / 3)).reshape(-1, 1)
network = GRURegressor(3, epochs=10, random_state=0)
settings = {"horizon": 2, "window_length": 5, "season_length": 1, "random_state": 0}
small = SequenceForecaster(GRURegressor(3, epochs=5), **settings, n_estimators=1, pretrained=None)
fitted = copy.deepcopy(network).fit(X, Y)
following = copy.deepcopy(network).fit(SequenceWindower(6).fit_transform(SERIES))
stock = copy.deepcopy(network).set_params(jit_compile=False, epochs=1).fit(X, Y)
forecaster = copy.deepcopy(small).fit(SERIES)
search = GridSearchCV(GRURegressor(3, epochs=2, random_state=0), {"alpha": [0.0, 0.1]}, cv=2)

# name: (estimator, what is called, what is compared)
CALLS = {
    "refit": (fitted, lambda one: one.fit(X, -Y), lambda one: one.predict(X)),
    "partial_fit": (fitted, lambda one: one.partial_fit(MANY, -MANY_Y), lambda one: one.predict(X)),
    "stock refit": (stock, lambda one: one.fit(X, -Y), lambda one: one.predict(X)),
    "predict": (fitted, lambda one: one.predict(LARGE), lambda one: one.predict(X)),
    "forecast": (following, lambda one: one.forecast(9000, MANY), lambda one: one.predict(X)),
    "refit of a forecaster": (
        forecaster, lambda one: one.fit(SERIES[::-1]), lambda one: one.forecast(3)),
    "update": (
        forecaster,
        lambda one: one.update(SERIES[-40:], refit=True),
        lambda one: one.forecast(3)),
    "backtest": (
        forecaster,
        lambda one: backtest(one, SERIES, initial=80, step=10, refit=1),
        lambda one: one.forecast(3)),
    "search": (
        search,
        lambda one: one.fit(X, Y),
        # scikit-learn sets best_estimator_ before it fits it.
        lambda one: one.predict(X) if hasattr(one, "refit_time_") else np.zeros(1)),
}


def state(estimator, compare):
    own = [np.ravel(one) for one in getattr(estimator, "_weights", None) or []]  # None: of rows
    losses = np.ravel(getattr(estimator, "loss_curve_", 0.0))
    return b"".join(one.tobytes() for one in (*own, losses, compare(estimator)))


def interrupted(call, delay):
    \"\"\"Run call, and send SIGINT after a delay. Returns whether call ended before.\"\"\"
    is_done = False
    def send():
        time.sleep(delay)
        os.kill(os.getpid(), signal.SIGINT)
    sender = threading.Thread(target=send)
    try:
        sender.start()
        call()
        is_done = True
        sender.join()
        time.sleep(5)  # the signal comes now
    except KeyboardInterrupt:
        sender.join()
    return is_done


for name, (estimator, call, compare) in CALLS.items():
    copies = [copy.deepcopy(estimator) for _ in range(3)]
    before = state(copies[0], compare)
    for one in copies:  # the first compiles
        start = time.perf_counter()
        call(one)
        took = time.perf_counter() - start
    after = state(copies[1], compare)
    assert after == state(copies[2], compare), name
    n_before = n_after = n_ended = 0
    n_moments = N_MOMENTS // 3 if name == "stock refit" else N_MOMENTS  # takes a second
    for delay in rng.uniform(0, took, n_moments):
        one = copy.deepcopy(estimator)
        has_ended = interrupted(lambda: call(one), delay)
        found = state(one, compare)
        n_ended += has_ended
        n_before += found == before
        n_after += found == after
        assert found == after if has_ended else found in (before, after), name
        if name in ("partial_fit", "update") and found == after:
            continue  # a further call goes on from there
        call(one)
        assert state(one, compare) == after, name
    print(name, n_moments - n_ended, n_before, n_after, f"{took:.3f}", sep=";")
"""


@pytest.mark.parametrize(("n_moments", "seed"), [(8, 0)])
def test_an_interrupt_at_any_moment_leaves_the_old_or_the_new_result(n_moments, seed):
    """72 moments of nine kinds of calls, after each of which the same call works."""
    lines = run_python(MOMENTS, n_moments, seed).splitlines()
    counts = {line.split(";")[0]: list(map(float, line.split(";")[1:])) for line in lines}
    assert len(counts) == 9
    n_interrupted = [count for count, *_ in counts.values()]
    assert min(n_interrupted) >= 1 and sum(n_interrupted) >= 2 * n_moments  # within the calls
