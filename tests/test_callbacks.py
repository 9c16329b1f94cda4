"""scikit-learn's callbacks in all estimators and in backtest, and what verbose shows."""

import io
import pickle

import numpy as np
import pytest
from rich.console import Console
from sklearn.base import clone
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import skgru
from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower, _progress
from skgru.metrics import forecast_scorer
from skgru.model_selection import backtest

SERIES = np.sin(np.arange(80) / 5).reshape(-1, 1)
NETWORK = GRURegressor(2, epochs=3, random_state=0)


class OwnRecorder:
    """A callback that writes down every task of one estimator."""

    def __init__(self, stop_after=None, fails_in=None):
        self.stop_after, self.fails_in = stop_after, fails_in
        self.began, self.ended, self.open = [], [], 0

    def setup(self, estimator, context):
        self.open += 1

    def teardown(self, estimator, context):
        self.open -= 1

    def on_fit_task_begin(self, estimator, context):
        self.began.append((context.estimator_name, context.task_name, context.max_subtasks))
        if len(self.began) == self.fails_in:
            raise KeyboardInterrupt

    def on_fit_task_end(self, estimator, context):
        self.ended.append((context.estimator_name, context.task_name))
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_after


class Recorder(OwnRecorder):
    """It is passed on to the estimators within."""

    max_propagation_depth = None


def names_of(recorder):
    return [name for _, name, _ in recorder.began]


@pytest.mark.parametrize("jit_compile", [True, False])
def test_epochs_are_subtasks_and_can_be_stopped(jit_compile):
    recorder = Recorder(stop_after=2)
    network = clone(NETWORK).set_params(jit_compile=jit_compile).set_callbacks(recorder)
    X, y = skgru.make_windows(SERIES, 4)
    network.fit(X, y)
    assert recorder.began[0] == ("GRURegressor", "fit", 3)
    assert names_of(recorder)[1:] == ["epoch", "epoch"]
    assert recorder.ended[-1] == ("GRURegressor", "fit") and len(recorder.ended) == 3
    assert network.n_iter_ == 2 and recorder.open == 0


def test_regressors_and_calibration_are_subtasks_of_a_forecaster():
    recorder = Recorder()
    forecaster = SequenceForecaster([NETWORK, Ridge()], calibration_fraction=0.3, random_state=0)
    fitted = clone(forecaster).set_callbacks(recorder).fit(SERIES)
    assert recorder.began[0] == ("SequenceForecaster", "fit", 4)
    epochs = ["fit", *["epoch"] * 3]
    assert names_of(recorder)[1:] == [*epochs, "calibration-regressor", *epochs, "regressor"]
    assert len(recorder.began) == len(recorder.ended) and recorder.open == 0
    np.testing.assert_array_equal(fitted.forecast(5), forecaster.fit(SERIES).forecast(5))


@pytest.mark.filterwarnings("error")
def test_progress_of_a_search_down_to_epochs(capsys):
    pipe = make_pipeline(StandardScaler(), SequenceWindower(4), NETWORK)
    for estimator, name in [
        (pipe, "gruregressor__units"),
        (SequenceForecaster(NETWORK), "horizon"),
    ]:
        bars = ProgressBar(max_propagation_depth=None)
        search = GridSearchCV(estimator, {name: [2]}, cv=TimeSeriesSplit(2)).set_callbacks(bars)
        search.fit(SERIES)
        assert "GRURegressor - fit" in capsys.readouterr().out


def test_scores_of_each_epoch():
    monitor = ScoringMonitor(scoring="r2")
    network = clone(NETWORK).set_callbacks(monitor)
    pipe = make_pipeline(StandardScaler(), SequenceWindower(4), network).fit(SERIES)
    data = monitor.get_logs().data
    scores = {row["task_id_path"]: row["r2"] for row in data}
    assert len(scores) == 4 and scores[(0, 2)] == scores[(0, 2, 2)]
    assert scores[(0, 2)] == pytest.approx(pipe.score(SERIES), abs=1e-6)
    X, y = skgru.make_windows(SERIES, 4)
    labels = np.where(y > 0, "up", "down")
    monitor = ScoringMonitor(scoring=["accuracy", "neg_log_loss"])
    classifier = GRUClassifier(2, epochs=2, random_state=0).set_callbacks(monitor)
    classifier.fit(X, labels, sample_weight=np.ones(len(X)))
    first = monitor.get_logs().data[0]
    assert first["accuracy"] == classifier.score(X, labels) and first["neg_log_loss"] < 0
    monitor = ScoringMonitor(scoring={"mae": forecast_scorer("mae")})
    forecaster = SequenceForecaster(Ridge()).set_callbacks(monitor).fit(SERIES)
    scores = [row["mae"] for row in monitor.get_logs().data]
    assert scores == [forecast_scorer("mae")(forecaster, SERIES)]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_origins_are_subtasks_of_a_backtest(n_jobs):
    recorder = Recorder()
    forecaster = SequenceForecaster(Ridge(), random_state=0)
    plain = backtest(forecaster, SERIES, initial=60, step=5, refit=2)
    with_callbacks = clone(forecaster).set_callbacks(recorder)
    # In other processes the recorder writes down in a copy of its own.
    found = backtest(with_callbacks, SERIES, initial=60, step=5, refit=2, n_jobs=n_jobs)
    np.testing.assert_array_equal(found.forecast, plain.forecast)
    assert recorder.began[0] == ("Backtest", "fit", 4) and recorder.open == 0
    if n_jobs == 1:
        origins = [name for name in recorder.ended if name[1] == "forecast-origin"]
        assert len(origins) == 2  # of four: the two others are fits
        assert names_of(recorder).count("fit") == 3
    assert with_callbacks._skl_callbacks == [recorder]


def test_a_failed_fit_ends_the_callbacks_and_keeps_the_network():
    X, y = skgru.make_windows(SERIES, 4)
    network = clone(NETWORK).fit(X, y)
    before = network.predict(X)
    recorder = Recorder(fails_in=3)
    with pytest.raises(KeyboardInterrupt):
        network.set_callbacks(recorder).fit(X, 2 * y)
    np.testing.assert_array_equal(network.predict(X), before)
    assert recorder.open == 0
    forecaster = SequenceForecaster(NETWORK).set_callbacks(Recorder(fails_in=3))
    with pytest.raises(KeyboardInterrupt):
        forecaster.fit(SERIES)
    assert vars(forecaster).keys() == vars(clone(forecaster)).keys()


def test_clone_pickle_and_save_with_callbacks(tmp_path):
    bars = ProgressBar()
    forecaster = SequenceForecaster([NETWORK, make_pipeline(StandardScaler(), Ridge())])
    forecaster.set_callbacks(bars).fit(SERIES)
    forecaster.regressors_[1].set_callbacks(bars)
    assert clone(forecaster)._skl_callbacks == [bars]
    opened = pickle.loads(pickle.dumps(forecaster))
    skgru.save(forecaster, tmp_path / "model.skgru")
    loaded = skgru.load(tmp_path / "model.skgru")
    for one in (opened, loaded):
        np.testing.assert_array_equal(one.forecast(3), forecaster.forecast(3))
    assert not hasattr(loaded, "_skl_callbacks")
    assert not hasattr(loaded.regressors_[1], "_skl_callbacks")


def test_check_estimator_with_callbacks():
    recorder = OwnRecorder()
    failed = check_estimator(
        SequenceWindower(1, flatten=True).set_callbacks(recorder), on_fail=None, on_skip=None
    )
    assert not [one["check_name"] for one in failed if one["status"] == "failed"]
    assert recorder.began and recorder.open == 0


# verbose


@pytest.fixture
def terminal(monkeypatch):
    """A terminal that is written to a text."""
    text = io.StringIO()
    shown_in = Console(file=text, force_terminal=True, width=100)
    monkeypatch.setattr(_progress, "console", lambda: shown_in)
    monkeypatch.setattr("skgru._networks.base.console", lambda: shown_in)
    return text


def test_bars_in_a_terminal(terminal, capsys):
    forecaster = SequenceForecaster([NETWORK, Ridge()], random_state=0)
    forecaster.set_params(verbose=1).fit(SERIES)
    shown = terminal.getvalue()
    assert "SequenceForecaster" in shown and "2/2" in shown
    clone(NETWORK).set_params(verbose=1).fit(*skgru.make_windows(SERIES, 4))
    assert "GRURegressor" in terminal.getvalue() and "3/3" in terminal.getvalue()
    assert "loss" in terminal.getvalue()
    backtest(SequenceForecaster(Ridge()), SERIES, initial=60, step=5, verbose=1)
    assert "Backtest" in terminal.getvalue() and "4/4" in terminal.getvalue()
    assert capsys.readouterr().out == ""
    assert vars(forecaster).get("_skl_callbacks") is None


def test_nothing_is_shown_without_verbose(terminal, capfd):
    SequenceForecaster(NETWORK).fit(SERIES)
    assert terminal.getvalue() == "" and capfd.readouterr() == ("", "")


def test_time_left(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    left = _progress.TimeLeft()
    now[0] = 30.0
    assert left.text(0.25) == ", 90 s left"
    assert left.text(0.01) == ", 50 min left"
    assert left.text(0.001) == ", 8.3 h left"
    assert left.text(1.0) == left.text(0.0) == ""
