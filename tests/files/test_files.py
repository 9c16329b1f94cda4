"""save and load: what was saved comes back bitwise, in a process without TensorFlow too."""

import json
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.stats
import skops.io
from pandas.tseries.holiday import USFederalHolidayCalendar
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, TimeSeriesSplit
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

import skgru
from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower
from skgru._files.checked_archive import archive_of_arrays, plain_arrays
from skgru._files.registry import CLASSES
from skgru.metrics import forecast_scorer
from skgru.model_selection import backtest
from tests.helpers import fails, run_python

DATA = Path(__file__).parent.parent / "data"
VALUES = 50 + np.arange(120.0) + 9 * np.sin(np.arange(120) * np.pi / 6)


def loaded(estimator, folder):
    skgru.save(estimator, folder / "file.skgru")
    return skgru.load(folder / "file.skgru")


def assert_equal(one, other):
    """Bitwise, with index, names and types."""
    if isinstance(one, list):
        for pair in zip(one, other, strict=True):
            assert_equal(*pair)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_exact=True, check_freq=True)
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True, check_freq=True)
    elif isinstance(one, pl.DataFrame):
        assert one.schema == other.schema
        assert one.equals(other)
    else:
        np.testing.assert_array_equal(one, other)


def days(freq, **arguments):
    return pd.date_range("2020-01-01", periods=120, freq=freq, **arguments)


CUSTOM, offsets = pd.offsets.CustomBusinessDay, pd.offsets
INDEXES = {
    "rows": pd.RangeIndex(10, 130),
    "every second": pd.Index(np.arange(120) * 2, dtype="int32", name="row"),
    "days": days("D", unit="s", name="day"),
    "zone": days("D", tz="Europe/Berlin"),
    "fixed zone": days("30min", tz="+05:30"),
    "offset": days(pd.DateOffset(months=2)),
    "weeks": days("W-THU"),
    "week of month": days("WOM-2TUE"),
    "half months": days(offsets.SemiMonthEnd(day_of_month=10)),
    "open days": days(CUSTOM(weekmask="Mon Tue Wed Sat", holidays=["2020-02-01"])),
    "calendar": days(CUSTOM(calendar=USFederalHolidayCalendar())),
    "open hours": days(offsets.BusinessHour(start="10:00", end="15:30")),
    "quarters": pd.period_range("1990-01", periods=120, freq="Q-JAN"),
}


@pytest.mark.parametrize("name", INDEXES)
def test_a_forecaster_with_any_index(name, tmp_path):
    index = INDEXES[name]
    series = pd.Series(VALUES, index, name="sales")
    forecaster = SequenceForecaster(Ridge(), horizon=3, season_length=1).fit(series)
    found = loaded(forecaster, tmp_path)
    assert_equal(forecaster.forecast(7), found.forecast(7))
    assert_equal(forecaster.predict(series), found.predict(series))


def long_frame():
    dates = pd.date_range("2020-01-01", periods=60)
    ids = np.repeat(["b", "a"], 60)
    return pd.DataFrame({"id": ids, "time": [*dates, *dates], "y": VALUES})


def polars_frame():
    frame = long_frame()
    frame = pl.DataFrame({name: frame[name].to_list() for name in frame})
    return frame.with_columns(
        pl.col("id").cast(pl.Enum(["a", "b"])), pl.col("time").dt.replace_time_zone("Asia/Tokyo")
    )


PANELS = {
    "list": (None, [VALUES, VALUES[50:]]),
    "long": ("id", long_frame().set_index("time")),
    "categories": ("id", long_frame().astype({"id": "category"})),
    "identifiers of a database": (
        "id",
        long_frame().assign(id=np.repeat([UUID(int=7), UUID(int=3)], 60)).set_index("time"),
    ),
    "levels": (0, long_frame().set_index(["id", "time"])),
    "wide": ("columns", pd.DataFrame({("a", 1): VALUES, ("b", 2): VALUES**2})),
    "polars": ("id", polars_frame()),
}


@pytest.mark.parametrize("name", PANELS)
def test_a_forecaster_of_several_series(name, tmp_path):
    group, X = PANELS[name]
    forecaster = SequenceForecaster(Ridge(), horizon=3, group=group, season_length=1).fit(X)
    assert_equal(forecaster.forecast(), loaded(forecaster, tmp_path).forecast())


def test_intervals_calendars_covariates_updates(tmp_path):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"y": VALUES, "x": rng.normal(size=120)}, days("D"))
    scaler = make_pipeline(StandardScaler(), StandardScaler(with_mean=False))
    forecaster = SequenceForecaster(
        [Ridge(), RandomForestRegressor(2, max_depth=3, random_state=0)],
        window_length=[4, 8],
        horizon=2,
        target="y",
        calendar=["day_of_week"],
        calibration_fraction=0.3,
        scaler=scaler,
        season_length=7,
        lower=0,
    ).fit(X[:100])
    found = loaded(forecaster, tmp_path)
    assert_equal(forecaster.forecast_interval(), found.forecast_interval())
    assert_equal(forecaster.update(X[100:]).forecast(), found.update(X[100:]).forecast())
    assert found.summary_ == forecaster.summary_
    zero_shot = SequenceForecaster(season_length=7, pretrained="only").fit(X["y"])
    assert_equal(zero_shot.forecast_interval(3), loaded(zero_shot, tmp_path).forecast_interval(3))


def test_backtests(tmp_path):
    series = pd.Series(VALUES, days("ME"))
    for X in (series, [series, 2 * series]):
        result = backtest(SequenceForecaster(Ridge(), horizon=2), X, initial=0.8, coverage=None)
        found = loaded(result, tmp_path)
        assert_equal(result.to_frame(), found.to_frame())
        assert_equal(result.summary(), found.summary())


def test_searches_pipelines_and_transformed_targets(tmp_path):
    X = VALUES[:, np.newaxis]
    search = GridSearchCV(
        SequenceForecaster(Ridge(), horizon=2, season_length=1),
        {"window_length": [3, 6], "scaler": ["auto", StandardScaler()]},
        scoring=forecast_scorer("mae"),
        cv=TimeSeriesSplit(2, test_size=6),
    ).fit(X)
    found = loaded(search, tmp_path)
    assert repr(found.best_params_) == repr(search.best_params_)
    assert found.score(X) == search.score(X)
    assert list(found.cv_results_) == list(search.cv_results_)
    windows = make_pipeline(SequenceWindower(4, flatten=True, padding="edge"), Ridge())
    pipeline = TransformedTargetRegressor(windows, func=np.log1p, inverse_func=np.expm1)
    pipeline.fit(X, VALUES)
    assert_equal(pipeline.predict(X), loaded(pipeline, tmp_path).predict(X))


REGRESSORS = [
    RandomForestRegressor(2, random_state=0),
    HistGradientBoostingRegressor(max_iter=3),
    KNeighborsRegressor(2, algorithm="kd_tree"),
    MLPRegressor(hidden_layer_sizes=(4,), random_state=0, solver="lbfgs", max_iter=9),
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("regressor", REGRESSORS, ids=lambda one: type(one).__name__)
def test_regressors_of_scikit_learn(regressor, tmp_path):
    X = np.stack([VALUES, VALUES**2], axis=1)
    model = make_pipeline(SequenceWindower(4, flatten=True, padding="edge"), regressor)
    model.fit(X, VALUES)
    assert_equal(model.predict(X), loaded(model, tmp_path).predict(X))


def test_a_random_search_keeps_its_distributions(tmp_path):
    given = {"alpha": scipy.stats.loguniform(0.1, 1), "tol": [1e-3]}
    found = loaded(RandomizedSearchCV(Ridge(), given, random_state=0), tmp_path)
    assert found.param_distributions["alpha"].rvs(random_state=0) == given["alpha"].rvs(
        random_state=0
    )


@pytest.mark.parametrize("estimator", [SequenceForecaster, GRURegressor, SequenceWindower])
def test_unfitted_estimators(estimator, tmp_path):
    assert repr(loaded(estimator(), tmp_path)) == repr(estimator())


def test_networks_predict_and_train_on_bitwise(fitted, series, tmp_path):
    found = loaded(fitted, tmp_path)
    assert_equal(fitted.predict(series), found.predict(series))
    windows = fitted[:-1].transform(series)
    networks = [pickle.loads(pickle.dumps(fitted[-1])), found[-1]]
    for network in networks:
        network.partial_fit(windows)
    assert_equal(*[network.predict(windows) for network in networks])
    assert networks[0].history_ == networks[1].history_


def test_predictions_in_a_process_without_tensorflow(fitted, series, tmp_path):
    labels = np.where(series[:, 0] > 0, "up", "down")
    windows = fitted[:-1].transform(series)
    classifier = GRUClassifier(2, epochs=1, random_state=0).fit(windows[9:], labels[9:])
    network = GRURegressor(2, epochs=1, random_state=0)
    forecaster = SequenceForecaster(network, horizon=2, window_length=6).fit(series)
    for i, estimator in enumerate([fitted, classifier, forecaster]):
        skgru.save(estimator, tmp_path / f"{i}.skgru")
        (tmp_path / f"{i}.pickle").write_bytes(pickle.dumps(estimator))
    np.save(tmp_path / "series.npy", series)
    np.save(tmp_path / "windows.npy", windows)
    run_python(
        "import pickle, sys, numpy as np, skgru\n"
        "network, classifier, forecaster = (skgru.load(f'{i}.skgru') for i in range(3))\n"
        "assert 'tensorflow' not in sys.modules\n"
        "others = [pickle.load(open(f'{i}.pickle', 'rb')) for i in range(3)]\n"
        "series, windows = np.load('series.npy'), np.load('windows.npy')\n"
        "np.testing.assert_array_equal(network.predict(series), others[0].predict(series))\n"
        "pair = [one.predict_proba(windows[9:]) for one in (classifier, others[1])]\n"
        "np.testing.assert_array_equal(*pair)\n"
        "pair = [one.forecast() for one in (forecaster, others[2])]\n"
        "np.testing.assert_array_equal(*pair)\n"
        "assert 'tensorflow' not in sys.modules\n",
        cwd=tmp_path,
    )


def my_loss(y_true, y_pred):
    return abs(y_true - y_pred)


class MyRidge(Ridge):
    """An estimator outside the list."""


def test_what_cannot_be_saved_is_named_with_its_parameter(tmp_path):
    path = tmp_path / "file.skgru"

    def refused(estimator, *parts):
        fails(lambda: skgru.save(estimator, path), "cannot be saved", *parts)
        assert not path.exists()

    refused(GRURegressor(loss=my_loss), "loss=<function my_loss", "GRURegressor", "joblib")
    refused(make_pipeline(GRURegressor(metrics=[my_loss])), "metrics=", "names of metrics")
    refused(SequenceForecaster(MyRidge()), "regressor=MyRidge()", "SequenceForecaster")
    splines = make_pipeline(SplineTransformer()).fit(VALUES[:, np.newaxis])
    refused(splines, "of SplineTransformer", "BSpline", "Use another class")
    callbacks = GRURegressor(callbacks=[lambda epoch, logs: None])
    refused(callbacks, "callbacks=", "set_params(callbacks=None)")
    skgru.save(callbacks.set_params(callbacks=None), path)
    fails(lambda: skgru.save(Ridge, path), "estimator=", "instance", error=TypeError)
    fails(lambda: skgru.save({}, path), "estimator={}", error=TypeError)
    fails(lambda: skgru.load(3), "path=3", error=TypeError)


def test_without_skops_the_error_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "skops", None)
    monkeypatch.setitem(sys.modules, "skops.io", None)
    for call in (lambda: skgru.save(Ridge(), tmp_path / "x"), lambda: skgru.load(tmp_path / "x")):
        fails(call, 'pip install "skgru[files]"', error=ImportError)


def test_without_polars_the_error_names_it(monkeypatch, tmp_path):
    skgru.save(
        SequenceForecaster(Ridge(), group="id", season_length=1).fit(polars_frame()), tmp_path / "x"
    )
    monkeypatch.setitem(sys.modules, "polars", None)
    fails(lambda: skgru.load(tmp_path / "x"), "package polars", "pip install", error=ImportError)


@pytest.mark.parametrize("name", ["forecaster", "network"])
def test_files_of_format_1_stay_loadable(name):
    # A file of a format is written once, and never again: tests/data/README.md.
    expected = json.loads((DATA / "format_1.json").read_text())[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        found = skgru.load(DATA / f"format_1_{name}.skgru")
    if name == "network":
        forecast = found.predict(np.array(expected["windows"]))
    else:
        forecast = found.forecast()
        assert list(forecast.index.astype(str)) == expected["index"]
    # The seasonal course is computed otherwise than when the file was written.
    rtol = 1e-6 if name == "network" else 0.02
    np.testing.assert_allclose(forecast, expected["forecast"], rtol=rtol)


def test_a_parameter_that_an_old_file_lacks_gets_its_default(tmp_path, monkeypatch):
    old = GRURegressor(3)
    del old.alpha
    assert repr(loaded(old, tmp_path)) == repr(GRURegressor(3))


def test_names_in_files_are_unique():
    assert all(cls.__name__ == name for name, cls in CLASSES.items())


def test_a_forecaster_is_saved_and_loaded_without_the_import_of_skops(tmp_path):
    forecaster = skgru.SequenceForecaster(pretrained="only", horizon=3).fit(
        np.arange(40.0)[:, None]
    )
    skgru.save(forecaster, tmp_path / "a.skgru")
    code = (
        "import sys, skgru; skgru.save(skgru.load(sys.argv[1]), sys.argv[1]); "
        "forecast = skgru.load(sys.argv[1]).forecast(); "
        "assert 'skops.io' not in sys.modules; print(forecast.ravel().tolist())"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "a.skgru")]
    done = subprocess.run(argv, capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == forecaster.forecast().ravel().tolist()


def test_an_archive_of_arrays_is_one_of_skops():
    arrays = [np.arange(6.0).reshape(2, 3), np.array([1, 2], np.int8), np.zeros((0, 2), "<f4")]
    archive = archive_of_arrays(arrays, skops.__version__)
    for found in (skops.io.loads(archive, trusted=[]), plain_arrays(skops.io.dumps(arrays))):
        for one, array in zip(found, arrays, strict=True):
            assert one.dtype == array.dtype
            np.testing.assert_array_equal(one, array)
    assert plain_arrays(skops.io.dumps([{}])) is None
