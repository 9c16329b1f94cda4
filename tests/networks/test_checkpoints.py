"""A fit that goes on from a checkpoint equals one without a break."""

import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest

from skgru import GRUClassifier, GRURegressor, make_windows
from skgru._engine.progress import Progress
from skgru._networks import checkpoint as checkpoints
from tests.helpers import assert_same_training, copy_of, fails

WINDOWS, TARGETS = make_windows(np.sin(np.arange(90.0) / 3)[:, np.newaxis], window_length=5)
LABELS = np.where(TARGETS > 0, "up", "down")


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS_BETWEEN", 0)
    return tmp_path / "fit.npz"


def network(**parameters):
    given = {"units": 3, "epochs": 6, "batch_size": 16, "random_state": 0}
    return GRURegressor(**given | parameters)


def interrupt(call, epoch):
    """Run a fit that ends with Ctrl-C at the end of an epoch, after its checkpoint."""
    with pytest.MonkeyPatch.context() as patch:
        end_epoch = Progress.end_epoch

        def broken(self, state, number, logs):
            ended = end_epoch(self, state, number, logs)
            if number == epoch:
                raise KeyboardInterrupt
            return ended

        patch.setattr(Progress, "end_epoch", broken)
        with pytest.raises(KeyboardInterrupt):
            call()


CASES = {
    "cosine": network(),
    "dropout": network(dropout=0.3, recurrent_dropout=0.2),
    "early stopping": network(early_stopping=True, epochs=30, n_iter_no_change=2, tol=0.02),
    "momentum": network(optimizer="rmsprop", learning_rate=0.01, shuffle=False, alpha=0.01),
    "metrics": network(metrics=["mean_absolute_error"], missing="mask", cell="lstm"),
    "stock": network(jit_compile=False, early_stopping=True, epochs=4, tol=0, dropout=0.2),
}


@pytest.mark.parametrize("name", CASES)
def test_a_resumed_fit_equals_one_without_a_break(name, path):
    whole, broken = copy_of(CASES[name]), copy_of(CASES[name])
    whole.fit(WINDOWS, TARGETS)
    interrupt(lambda: broken.fit(WINDOWS, TARGETS, checkpoint=path), 1)
    assert path.exists()
    assert not hasattr(broken, "history_")
    broken.fit(WINDOWS, TARGETS, checkpoint=path)
    assert not path.exists()
    assert_same_training(whole, broken, atol=1e-6, rtol=1e-6)
    for one, other in zip(whole._slots, broken._slots, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_a_fit_that_was_broken_after_its_last_epoch(path):
    for given in ({"epochs": 3}, {"early_stopping": True, "epochs": 50, "tol": 1.0}):
        whole = network(**given, n_iter_no_change=2).fit(WINDOWS, TARGETS)
        broken = network(**given, n_iter_no_change=2)
        last = len(whole.history_["loss"]) - 1
        interrupt(lambda broken=broken: broken.fit(WINDOWS, TARGETS, checkpoint=path), last)
        assert_same_training(whole, broken.fit(WINDOWS, TARGETS, checkpoint=path), 1e-6, 1e-6)


def test_classifiers_and_fits_that_go_on(path):
    whole = GRUClassifier(2, epochs=3, random_state=0, class_weight="balanced", warm_start=True)
    broken = copy_of(whole)
    for _ in range(2):  # the second fit trains the network of the first further
        whole.fit(WINDOWS, LABELS, validation_data=(WINDOWS[:9], LABELS[:9]))
        again = {"validation_data": (WINDOWS[:9], LABELS[:9]), "checkpoint": path}
        interrupt(lambda again=again: broken.fit(WINDOWS, LABELS, **again), whole.n_iter_ - 2)
        broken.fit(WINDOWS, LABELS, **again)
        assert_same_training(whole, broken, 1e-6, 1e-6)
    assert whole.n_iter_ == 6


def test_without_a_seed_the_checkpoint_keeps_it(path):
    broken = network(random_state=None)
    interrupt(lambda: broken.fit(WINDOWS, TARGETS, checkpoint=path), 3)
    seed = checkpoints.found_at(path).identity["seed"]
    broken.fit(WINDOWS, TARGETS, checkpoint=path)
    assert broken._seed == seed
    assert_same_training(network(random_state=seed).fit(WINDOWS, TARGETS), broken, 1e-6, 1e-6)


def test_the_checkpoint_of_another_fit_is_refused(path):
    interrupt(lambda: network().fit(WINDOWS, TARGETS, checkpoint=path), 1)
    held = path.read_bytes()

    def refused(other, *parts, X=WINDOWS, y=TARGETS, weight=None):
        call = lambda: other.fit(X, y, weight, checkpoint=path)  # noqa: E731
        fails(call, "fit.npz", "belongs to another fit", *parts)
        assert path.read_bytes() == held

    refused(network(units=4), "units=(4) (it was (3))")
    refused(network(epochs=7), "epochs=7 (it was 6)")
    refused(network(random_state=1), "another random_state")
    refused(network(loss="mean_absolute_error"), "loss='mean_absolute_error'")
    refused(network(), "other data", y=TARGETS + 1e-9)
    refused(network(), "other data", weight=np.arange(1.0, 1 + len(TARGETS)))
    refused(network(early_stopping=True), "early_stopping=True")
    network(verbose=1).fit(WINDOWS, TARGETS, checkpoint=path)


def test_wrong_checkpoints(path):
    for content in (b"", b"no checkpoint", checkpoints.Path(__file__).read_bytes()):
        path.write_bytes(content)
        fails(
            lambda: network().fit(WINDOWS, TARGETS, checkpoint=path),
            "checkpoint=", "fit.npz", "Delete it",
        )  # fmt: skip
        assert path.read_bytes() == content
    fails(lambda: network().fit(WINDOWS, TARGETS, checkpoint=3), "checkpoint=3", error=TypeError)
    missing = path.with_name("none") / "fit.npz"
    fails(
        lambda: network().fit(WINDOWS, TARGETS, checkpoint=missing),
        "checkpoint=", "none", error=FileNotFoundError,
    )  # fmt: skip
    callbacks = network(callbacks=[object()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fails(lambda: callbacks.fit(WINDOWS, TARGETS, checkpoint=path), "callbacks")


def test_a_killed_fit_goes_on(path, monkeypatch):
    monkeypatch.undo()
    code = (
        "import sys\n"
        "from skgru._networks import checkpoint\n"
        "checkpoint.SECONDS_BETWEEN = 0\n"
        "from tests.networks.test_checkpoints import TARGETS, WINDOWS, long_fit\n"
        "long_fit().fit(WINDOWS, TARGETS, checkpoint=sys.argv[1])\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, path]) as child:
        until = time.monotonic() + 60
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.1)
        child.send_signal(signal.SIGKILL)
    done = checkpoints.found_at(path).snapshot.state.epoch
    assert 0 < done < long_fit().epochs
    resumed = long_fit().fit(WINDOWS, TARGETS, checkpoint=path)
    assert_same_training(long_fit().fit(WINDOWS, TARGETS), resumed, 1e-6, 1e-6)


def long_fit():
    return network(epochs=300, early_stopping=True, tol=0, n_iter_no_change=300)
