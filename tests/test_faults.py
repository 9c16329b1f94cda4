"""The promises of docs/reliability.md: threads, forks, interrupts, strange values, memory.

Processes and signals are real. Everything is in one file, so that few processes import TensorFlow.
"""

import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import (
    GRUClassifier,
    GRURegressor,
    SequenceForecaster,
    SequenceWindower,
    as_windows,
    make_windows,
)
from skgru._specs import NetworkSpec
from skgru.metrics import mean_absolute_scaled_error
from tests.helpers import fails, run_python, warns

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 5, 1))
Y = X[:, :, 0].sum(axis=1)
SERIES = (20 + 5 * np.sin(np.arange(60) / 3)).reshape(-1, 1)


def forecaster(**parameters):
    """A forecaster that is fitted in milliseconds."""
    settings = {"window_length": 5, "horizon": 2, "pretrained": None, "theta_weight": 0}
    return SequenceForecaster(Ridge(), **settings | parameters)


@pytest.fixture(scope="module")
def regressor():
    return GRURegressor(3, epochs=1, random_state=0).fit(X, Y)


@pytest.fixture(scope="module")
def classifier():
    return GRUClassifier(3, epochs=1, random_state=0).fit(X, Y > 0)


@pytest.fixture(scope="module")
def flat():
    """Fitted to windows of one step, which a column of numbers is too."""
    return GRURegressor(2, epochs=1, random_state=0).fit(X[:60, :1], Y[:60])


# Threads


class Switching:
    """An estimator that another thread refits all the time, to one of two states in turn."""

    def __init__(self, estimator, *fits):
        self.estimator, self.fits = estimator, fits
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._refit)

    def _refit(self):
        while not self.ends.is_set():
            for fit in self.fits:
                fit(self.estimator)

    def __enter__(self):
        self.thread.start()
        return self.estimator

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()


def test_a_large_prediction_is_of_one_network():
    many = np.broadcast_to(X[:1], (60_000, 5, 1))

    def fit_one(estimator):
        estimator.fit(X, Y)

    def fit_other(estimator):
        estimator.fit(X, 100 - Y)

    one = GRURegressor(2, epochs=1, random_state=0, highway=False)
    fit_one(one)
    with Switching(one, fit_other, fit_one):
        for _ in range(8):
            assert len(np.unique(one.predict(many))) == 1


def test_a_call_of_each_estimator_reads_one_fit():
    """Refits with other columns: whatever is read twice would not fit together."""
    narrow = pd.DataFrame(SERIES, columns=["a"])
    wide = pd.DataFrame(np.hstack([SERIES, 2 * SERIES]), columns=["a", "b"])
    windower = SequenceWindower(4, flatten=True).fit(narrow)
    model = forecaster().fit(narrow)

    def fit(data):
        return lambda estimator: estimator.fit(data)

    with Switching(windower, fit(wide), fit(narrow)):
        for _ in range(300):
            assert len(windower.get_feature_names_out()) in (4, 8)
    expected = {1: forecaster().fit(narrow).forecast(3), 2: forecaster().fit(wide).forecast(3)}
    with Switching(model, fit(wide), fit(narrow)):
        for _ in range(60):
            answer = model.forecast(3)
            pd.testing.assert_frame_equal(answer, expected[answer.shape[1]])
            assert model.summary_["window_length"] == [5]


def test_a_fit_keeps_what_belongs_to_the_user_and_drops_stale_state():
    named = pd.DataFrame(SERIES, columns=["a"])
    windower = SequenceWindower(4, flatten=True).set_output(transform="pandas").fit(named)
    windower.note = "mine"
    assert windower.fit(SERIES).note == "mine"
    assert not hasattr(windower, "feature_names_in_")
    assert isinstance(windower.transform(SERIES), pd.DataFrame)


def test_sixteen_architectures_share_few_threads():
    program = pytest.importorskip("skgru._engine.program")
    shared = [program._shared_session("test", 1) for _ in range(16)]
    assert len(set(map(id, shared))) == 2
    shared[-1].running.add(1)  # a program runs: another one must not wait for it
    assert program._shared_session("test", 1) is not shared[-1]


# Processes


def test_a_forked_process_predicts_and_refuses_to_train():
    printed = run_python(
        """
import os, time
import numpy as np
from skgru import GRURegressor, SequenceForecaster
X = np.random.default_rng(0).normal(size=(60, 5, 1))
y = X.sum(axis=(1, 2))
def forked(call):
    start = time.monotonic()
    if not (pid := os.fork()):
        try:
            call()
            print("works", flush=True)
        except RuntimeError as error:
            print(*[word for word in ("spawn", "forkserver", "loky") if word in str(error)],
                  flush=True)
        os._exit(0)
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.monotonic() - start > 60:
            os.kill(pid, 9)
        time.sleep(0.01)
    return time.monotonic() - start
forked(lambda: GRURegressor(2, epochs=1).fit(X, y))  # before the first use of TensorFlow
fitted = GRURegressor(2, epochs=1, random_state=0).fit(X, y)
expected = fitted.predict(X)
def predict():
    np.testing.assert_allclose(fitted.predict(X), expected, rtol=0, atol=1e-5)
took = [forked(predict),
        forked(lambda: fitted.fit(X, y)),
        forked(lambda: GRURegressor(3, epochs=1, jit_compile=False).fit(X, y)),
        forked(lambda: SequenceForecaster(horizon=2).fit(np.sin(np.arange(60.))[:, None])),
        forked(lambda: SequenceForecaster(pretrained="only").fit(y[:, None]).forecast(3)),
        forked(lambda: fitted.model_)]
print(max(took))
"""
    ).split("\n")
    names = "spawn forkserver loky"
    assert printed[:7] == ["works", "works", names, names, names, "works", names]
    assert float(printed[7]) < 5  # a hundredth of a second on a machine that does nothing else


def test_an_exit_handler_predicts_and_refuses_to_train():
    """Without the refusal, the process ends by a segmentation fault."""
    printed = run_python(
        """
import atexit, pickle, sys
import numpy as np
from skgru import GRURegressor
@atexit.register
def late():
    X = np.zeros((40, 5, 1)) + np.arange(40.)[:, None, None]
    try:
        GRURegressor(2, epochs=1).fit(X, np.arange(40.))
    except RuntimeError as error:
        print(error)
    print("tensorflow" in sys.modules)
"""
    )
    assert "atexit" in printed and "Train before the end" in printed and "False" in printed


def test_an_interrupted_import_of_tensorflow_harms_no_later_fit():
    """Interrupted twice: as it begins, and while it goes on in its thread."""
    printed = run_python(
        """
import os, signal, threading, time
import numpy as np
from skgru import GRURegressor
X = np.random.default_rng(0).normal(size=(60, 5, 1))
y = X.sum(axis=(1, 2))
sent = []
def interrupt(moment):
    time.sleep(moment)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
for moment in (0.5, 1.5):
    threading.Thread(target=interrupt, args=[moment], daemon=True).start()
    try:
        GRURegressor(2, epochs=1, random_state=0).fit(X, y)
        time.sleep(30)  # a fast machine
    except KeyboardInterrupt:
        print(time.monotonic() - sent[-1])
print(np.isfinite(GRURegressor(2, epochs=1, random_state=0).fit(X, y).predict(X)).all())
"""
    ).split()
    assert max(map(float, printed[:2])) < 2
    assert printed[2] == "True"


def test_large_networks_run_in_short_chunks():
    """An interrupt is obeyed between chunks: 256 units x 100 steps took 25 s for one."""
    training_program = pytest.importorskip("skgru._engine.training_program")
    spec = NetworkSpec("gru", (256,), False, 0.0, 100, 1, 1)
    work = spec.work(32)
    assert training_program.CHUNK_WORK < 8 * work
    usual = NetworkSpec("gru", (50,), False, 0.0, 24, 1, 1)
    assert training_program.CHUNK_WORK // usual.work(32) >= training_program.CHUNK_ROWS // 32


def test_an_interrupt_is_obeyed_while_a_large_network_is_compiled_and_trained():
    code = """
import numpy as np
from skgru import GRURegressor
X = np.random.default_rng(0).normal(size=(4096, 100, 1)).astype("float32")
regressor = GRURegressor(256, epochs=50, batch_size=32, random_state=0)
print("start", flush=True)
try:
    regressor.fit(X, X[:, -1, 0])
except KeyboardInterrupt:
    print("obeyed", hasattr(regressor, "_weights"), flush=True)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "start\n"
        time.sleep(8)
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        assert process.stdout.readline() == "obeyed False\n"
        assert time.monotonic() - start < 4  # 2 s, on busy cores


def test_memory_that_no_machine_has_is_an_error_before_the_training():
    series = np.zeros((200_000, 1)) + np.arange(200_000.0)[:, np.newaxis] % 7
    windows, targets = make_windows(series, 100_000)
    network = GRURegressor(2048, epochs=1, batch_size=65_536)
    fails(
        lambda: network.fit(windows, targets),
        "batch_size=65536",
        "bytes",
        "Use a smaller batch_size",
        error=MemoryError,
    )


# Values


class Tensor:
    """As torch's tensors with gradients, which numpy cannot read."""

    def __init__(self, values):
        self.values = values
        self.shape, self.ndim, self.dtype = values.shape, values.ndim, "torch.float32"

    def __len__(self):
        return len(self.values)

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.values


Tensor.__module__ = "torch"


class Table:
    """As a table of pyarrow, of which numpy makes numbers even of dates."""

    def __init__(self, frame):
        self.frame, self.shape = frame, frame.shape

    def __len__(self):
        return len(self.frame)

    def __array__(self, dtype=None, copy=None):
        return self.frame.to_numpy().astype(np.float64)

    def to_pandas(self):
        return self.frame.copy()


Table.__module__ = "pyarrow.lib"


class Relation:
    """As a relation of DuckDB."""

    columns = ("a",)

    def __len__(self):
        return 60

    def df(self):
        return pd.DataFrame({"a": np.ravel(SERIES)})


def readers(flat):
    """What takes a table of numbers."""
    fitted = forecaster().fit(SERIES)
    return {
        "windower": SequenceWindower(3).fit_transform,
        "transform": SequenceWindower(3).fit(SERIES).transform,
        "make_windows": lambda X: make_windows(X, 3)[0],
        "as_windows": lambda X: as_windows([X]),
        "fit": lambda X: forecaster().fit(X).forecast(2),
        "forecast": lambda X: fitted.forecast(2, X=X),
        "regressor": flat.predict,
        "metric": lambda X: mean_absolute_scaled_error(X, SERIES + 1, y_train=SERIES),
    }


DATES = pd.DataFrame({"when": pd.date_range("2020-01-01", periods=60), "y": np.ravel(SERIES)})
REFUSED = {
    "datetime64": (np.datetime64("2020-01-01") + SERIES.astype("timedelta64[D]"), "dates or times"),
    "timedelta64": (SERIES.astype("timedelta64[s]"), "np.timedelta64(1, 's')"),
    "text": (SERIES.astype(str), "astype(float)"),
    "objects of text": (SERIES.astype(str).astype(object), "astype(float)"),
    "bytes": (SERIES.astype("S"), "astype(float)"),
    "complex": (SERIES.astype(complex), ".real"),
    "pyarrow": (Table(DATES), ".to_pandas()"),
    "groupby": (DATES.groupby("when"), ".obj"),
    "lazy": (pl.DataFrame(SERIES).lazy(), ".collect()"),
    "relation": (Relation(), ".df()"),
    "index of dates": (pd.date_range("2020-01-01", periods=60), "dates or times"),
    "index of periods": (pd.period_range("2020-01-01", periods=60, freq="D"), "dates or times"),
    "generator": ((row for row in SERIES), "list("),
    "too large": (np.array([[10**400]] * 60, dtype=object), "larger unit"),
    "too large, with a gap": (np.array([[10**400]] * 59 + [[None]], dtype=object), "larger unit"),
    "list of too large": ([[10**400]] * 60, "larger unit"),
    "frame of too large": (pd.DataFrame({"a": [10**400] * 60}, dtype=object), "larger unit"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_holds_no_numbers_is_refused_everywhere(flat, kind):
    values, remedy = REFUSED[kind]
    for name, reader in readers(flat).items():
        # Metrics are checked by scikit-learn first.
        is_refused_before = name == "metric" and kind in ("lazy", "generator", "relation")
        fails(lambda read=reader: read(values), "array" if is_refused_before else remedy)


def test_tensors_and_masked_arrays_are_read_everywhere(flat, regressor, classifier):
    masked = np.ma.masked_array(SERIES.copy(), mask=np.zeros((60, 1), bool))
    masked[30] = np.ma.masked
    masked.data[30] = 1e9
    unknown = np.ma.filled(masked, np.nan)
    for name, read in readers(flat).items():
        np.testing.assert_array_equal(read(Tensor(SERIES)), read(SERIES))
        if name != "metric":  # where NaN is an error
            np.testing.assert_array_equal(read(masked), read(unknown))
    hidden = np.ma.masked_array(X.copy(), mask=np.zeros(X.shape, bool))
    hidden[3, 2] = np.ma.masked
    hidden.data[3, 2] = 1e9
    known = np.ma.filled(hidden, np.nan)
    for one in (regressor.predict, classifier.predict_proba):
        np.testing.assert_array_equal(one(hidden), one(known))
        np.testing.assert_array_equal(one(list(hidden)), one(known))
    for weights in (np.ma.masked_less(Y, 0), np.abs(Y).astype("timedelta64[s]"), Y.astype(str)):
        fails(lambda w=weights: GRURegressor(2, epochs=1).fit(X, Y, w), "sample_weight")
    frames = [pl.DataFrame({"a": [1.0, 2.0], "b": [3, 4]}), pl.DataFrame({"a": [5.0], "b": [6]})]
    np.testing.assert_array_equal(as_windows(frames)[1], [[np.nan, np.nan], [5, 6]])


def test_numbers_of_any_size_are_forecast_or_refused(regressor):
    signs = np.where(np.arange(60) % 2, 1.0, -1.0).reshape(-1, 1)
    for values in (SERIES * 1e298, signs * SERIES * 1e153, signs * SERIES * 1e298):
        only = SequenceForecaster(pretrained="only", season_length=1)
        for model in (forecaster(season_length=1), only):
            assert np.isfinite(model.fit(values).forecast(4)).all()
    for values in (SERIES * 1e306, SERIES * -1e300, pd.Series(SERIES[:, 0] * 1e299)):
        fails(lambda one=values: forecaster().fit(one), "X holds", "1e+300", "X / 1e100")
        assert np.isfinite(forecaster().fit(values / 1e100).forecast(4)).all()
    fails(lambda: regressor.predict(X * 1e300), "float32")
    assert np.isfinite(regressor.score(X, Y * 1e300))


def test_a_score_is_finite_for_numbers_of_any_size():
    model = SequenceForecaster(pretrained="only").fit(SERIES)
    expected = model.score(SERIES)
    assert np.isfinite(expected)
    assert np.isfinite(model.score(SERIES * 1e298))
    huge = np.full((60, 1), 1e300)
    assert np.isfinite(model.score(huge))
    weights = np.ones(60)
    for unit in (1e-300, 1e200):
        np.testing.assert_allclose(model.score(SERIES, sample_weight=weights * unit), expected)


def test_a_model_of_small_numbers_forecasts_after_huge_ones():
    for model in (forecaster(), SequenceForecaster(pretrained="only", point="mean")):
        model = model.fit(SERIES).update(np.full((12, 1), 1e299))
        assert np.isfinite(model.forecast(3)).all()


def test_numbers_of_rows_that_no_memory_holds_are_named():
    fitted, zero_shot = forecaster().fit(SERIES), SequenceForecaster(pretrained="only").fit(SERIES)
    windows = SequenceWindower(5).fit_transform(SERIES)
    own = GRURegressor(2, epochs=1).fit(windows)
    for rows in (2**62, 2**63, 10**30):
        for call, name in {
            lambda n=rows: fitted.forecast(n): "steps",
            lambda n=rows: zero_shot.forecast_interval(n): "steps",
            lambda n=rows: own.forecast(n, windows): "steps",
            lambda n=rows: forecaster(horizon=n).fit([SERIES, SERIES]): "horizon",
            lambda n=rows: forecaster(window_length=n).fit(SERIES): "window_length",
            lambda n=rows: SequenceWindower(n).fit_transform(SERIES): "window_length",
            lambda n=rows: as_windows([SERIES], n): "window_length",
        }.items():
            fails(call, name, error=MemoryError)
    for model in (fitted, zero_shot):
        fails(lambda n=model: n.forecast(10**12), "bytes", "fewer steps", error=MemoryError)


def test_a_loss_that_is_infinite_is_no_model():
    for jit_compile in (True, False):
        network = GRURegressor(
            2,
            epochs=2,
            optimizer="sgd",
            learning_rate=0.1,
            normalize_X=False,
            normalize_y=False,
            random_state=0,
            jit_compile=jit_compile,
        )
        fails(lambda one=network: one.fit(X, Y * 1e25), "diverged", "learning_rate", "scale X")
        assert not hasattr(network, "_weights")


@pytest.mark.parametrize("jit_compile", [True, False])
def test_a_validation_loss_that_is_infinite_is_no_model(jit_compile):
    huge = np.where(np.arange(len(Y)) % 2, 1e30, -1e30)
    network = GRURegressor(2, epochs=2, random_state=0, jit_compile=jit_compile)
    parts = "diverged in epoch 1", "the validation loss", "leave out validation rows"
    fails(lambda: network.fit(X, Y, validation_data=(X, huge)), *parts)
    assert not hasattr(network, "history_")
    network.fit(X, Y, validation_data=(X, Y))  # the remedy


def test_what_has_no_rows_is_refused(flat):
    tables = readers(flat)
    names = ("windower", "transform", "make_windows", "regressor", "fit", "forecast")
    for name in names:
        for value in (None, 5.0, "file.csv", np.array(3.0)):
            if name == "forecast" and value is None:
                continue  # forecasts the series of fit
            fails(lambda read=tables[name], one=value: read(one), "X=", "no rows", "reshape")
    fails(lambda: GRURegressor(2).fit(None), "X=None", "no rows", "reshape(-1, 1)")


def test_a_forecast_without_finite_numbers_is_an_error():
    windows = make_windows(SERIES / 1e3, 4)[0]
    network = GRURegressor(2, epochs=1, highway=True, random_state=0).fit(windows)
    with np.errstate(over="ignore"):
        fails(lambda: network.forecast(40, np.full((1, 4, 1), 3e38)), "no finite", "Correct")


def test_series_with_another_step_are_refused():
    days = pd.Series(SERIES[:, 0], pd.date_range("2025-01-01", periods=60))
    year = SERIES[:, 0] + 3 * np.sin(np.arange(60) * np.pi / 6)
    months = pd.Series(year, pd.period_range("2015-01", periods=60, freq="M"))
    model = forecaster(season_length=12).fit(months)
    for call in (model.predict, model.score, lambda X: model.forecast(2, X=X)):
        fails(lambda one=call: one(days), "'D'", "'ME'", "Resample")
    same = months.copy()
    same.index = months.index.to_timestamp()  # MS is the same step, of another type
    assert len(model.forecast(2, X=same)) == 2


def test_silent_choices_are_warned_of():
    with warns("season_length=100", "201 rows", "X has 60"):
        forecaster(season_length=100).fit(SERIES)
    model = forecaster().fit(SERIES)
    with warns("only NaN"):
        model.predict(np.full((20, 1), np.nan))
    with warns("ends in 20 rows of NaN"):
        model.forecast(2, X=np.full((20, 1), np.nan))


# Bitwise the same


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_a_complete_row_does_not_depend_on_missing_steps_of_others(cell):
    network = GRUClassifier(3, cell=cell, epochs=1, random_state=0).fit(X, Y > 0)
    gaps = X.copy()
    gaps[7, 2] = np.nan
    others = np.arange(len(X)) != 7
    np.testing.assert_array_equal(
        network.predict_proba(X)[others], network.predict_proba(gaps)[others]
    )


def test_the_first_steps_do_not_depend_on_how_many_follow():
    network = GRURegressor(2, epochs=1, random_state=0)
    settings = {"horizon": 2, "window_length": 5, "pretrained": None, "n_estimators": 1}
    for model in (
        SequenceForecaster(network, **settings).fit(SERIES),
        SequenceForecaster(pretrained="only").fit(SERIES),
        forecaster().fit(SERIES),
    ):
        longest = model.forecast(9)
        for steps in (1, 2, 3, 7):
            np.testing.assert_array_equal(model.forecast(steps), longest[:steps])
