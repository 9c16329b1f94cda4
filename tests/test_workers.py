"""Work in several processes: of loky, and of a cluster of dask. Results equal those of one process
bitwise, also if a worker is killed.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from skgru import GRURegressor, SequenceForecaster
from skgru._fan_out import LOST_WORKER
from skgru.model_selection import backtest

ROWS = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("ignore:season_length=None is 1 without dates")

SERIES = np.sin(np.arange(120) / 5).reshape(-1, 1) + 0.1 * ROWS.normal(size=(120, 1))
NETWORK = GRURegressor(2, epochs=2, random_state=0)
FORECASTER = SequenceForecaster(NETWORK, window_length=6, horizon=3, random_state=0)


def test_ray():
    """The script compares a search and a backtest with those of one process."""
    pytest.importorskip("ray")
    script = Path(__file__).parent / "recipes" / "ray_backend.py"
    printed = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    assert "2 candidates, 5 forecasts: equal" in printed.stdout


class EndsItsWorker(Ridge):
    """The first fit in a worker process kills the process. marker : a file that it leaves."""

    def __init__(self, marker="", alpha=1.0):
        super().__init__(alpha=alpha)
        self.marker = marker

    def fit(self, X, y, sample_weight=None):
        if multiprocessing.parent_process() is not None and not Path(self.marker).exists():
            Path(self.marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y, sample_weight)


def fatal(folder):
    return SequenceForecaster(EndsItsWorker(str(folder / "killed")), horizon=3, random_state=0)


def measured(forecaster, n_jobs=None):
    return backtest(forecaster, SERIES, initial=80, step=6, refit=2, n_jobs=n_jobs).forecast


def test_a_killed_process_of_loky_changes_nothing(tmp_path):
    expected = measured(fatal(tmp_path))
    with pytest.warns(UserWarning, match="worker process has ended"):
        found = measured(fatal(tmp_path), n_jobs=2)
    np.testing.assert_array_equal(found, expected)
    assert (tmp_path / "killed").exists()


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_regressors_of_an_ensemble_are_fitted_at_once(backend):
    forecaster = SequenceForecaster([Ridge(0.1), Ridge(), Ridge(9.0)], horizon=3)
    expected = forecaster.fit(SERIES).forecast()
    with joblib.parallel_config(backend=backend, n_jobs=2):
        np.testing.assert_array_equal(forecaster.fit(SERIES).forecast(), expected)


@contextmanager
def two_workers():
    distributed = pytest.importorskip("dask.distributed")
    # A port of 0 is a free one.
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as processes,
        distributed.Client(processes) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def cluster():
    with two_workers() as client:
        yield client


@pytest.fixture
def fresh_cluster():
    """With both workers: joblib runs searches in this process if a single worker is left."""
    with two_workers() as client:
        yield client


def long_frame():
    hours = pd.date_range("2026-01-01", periods=len(SERIES), freq="h")
    parts = [
        pd.DataFrame({"store": name, "time": hours, "sales": k + SERIES[:, 0]})
        for k, name in enumerate("abcd")
    ]
    return pd.concat(parts).set_index("time")


@pytest.mark.filterwarnings("ignore:::distributed", "ignore:::dask", "ignore::ResourceWarning")
class TestDask:
    def test_search_and_backtest(self, cluster):
        search = GridSearchCV(FORECASTER, {"window_length": [4, 6]}, cv=TimeSeriesSplit(2))
        scores = search.fit(SERIES).cv_results_["mean_test_score"]
        expected = measured(FORECASTER)
        with joblib.parallel_config(backend="dask"):
            found = search.fit(SERIES).cv_results_["mean_test_score"]
            np.testing.assert_array_equal(found, scores)
            np.testing.assert_array_equal(measured(FORECASTER), expected)

    def test_a_killed_worker_changes_nothing(self, cluster, tmp_path):
        expected = measured(fatal(tmp_path))
        with joblib.parallel_config(backend="dask"):
            found = measured(fatal(tmp_path))
        np.testing.assert_array_equal(found, expected)
        assert (tmp_path / "killed").exists()

    def test_a_search_in_tasks_survives_a_killed_worker(self, cluster, tmp_path):
        dask_search = pytest.importorskip("tests.recipes.dask_search")
        grid, folds = {"window_length": [4, 6, 8]}, TimeSeriesSplit(2)
        expected = GridSearchCV(fatal(tmp_path), grid, cv=folds).fit(SERIES)
        best, scores = dask_search.search(cluster, fatal(tmp_path), grid, SERIES, folds)
        np.testing.assert_array_equal(scores, expected.cv_results_["mean_test_score"])
        assert best == expected.best_params_
        assert (tmp_path / "killed").exists()

    def test_a_search_of_joblib_is_right_or_an_error_if_a_worker_is_killed(
        self, fresh_cluster, tmp_path
    ):
        search = GridSearchCV(fatal(tmp_path), {"window_length": [4, 6]}, cv=TimeSeriesSplit(2))
        expected = search.fit(SERIES).cv_results_["mean_test_score"]
        with joblib.parallel_config("dask", client=fresh_cluster):
            try:
                found = search.fit(SERIES)
            except Exception as error:
                assert type(error).__name__ in LOST_WORKER, error
                found = search.fit(SERIES)  # the next call works
        np.testing.assert_array_equal(found.cv_results_["mean_test_score"], expected)
        assert (tmp_path / "killed").exists()

    def test_a_panel_by_groups(self, cluster):
        table = long_frame()
        forecaster = SequenceForecaster(
            NETWORK, group="store", season_length=1, horizon=3, random_state=0
        )
        expected = forecaster.fit(table).forecast()
        parts = [part for _, part in table.groupby("store")]
        ahead = cluster.map(lambda part: forecaster.forecast(X=part), parts)
        pd.testing.assert_frame_equal(pd.concat(cluster.gather(ahead)), expected)
