"""forecast_scorer in the searches of scikit-learn, against forecasts by hand."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, median_absolute_error
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    TimeSeriesSplit,
    cross_val_score,
)

from skgru import SequenceForecaster
from skgru.datasets import load_airline_passengers
from skgru.metrics import (
    forecast_scorer,
    mean_absolute_scaled_error,
    root_mean_squared_scaled_error,
    symmetric_mean_absolute_percentage_error,
)
from tests.helpers import fails, raises

FOLDS = TimeSeriesSplit(3, test_size=12)


def ridge(**parameters):
    return SequenceForecaster(
        Ridge(), **{"horizon": 6, "season_length": 12, "window_length": 12} | parameters
    )


def mase(y_true, y_pred, y_train):
    return mean_absolute_scaled_error(y_true, y_pred, y_train=y_train, season_length=12)


METRICS = {
    "mae": lambda y_true, y_pred, _: mean_absolute_error(y_true, y_pred),
    "mase": mase,
    "rmse": lambda y_true, y_pred, _: np.sqrt(np.mean((y_true - y_pred) ** 2)),
    "smape": lambda y_true, y_pred, _: symmetric_mean_absolute_percentage_error(y_true, y_pred),
    median_absolute_error: lambda y_true, y_pred, _: median_absolute_error(y_true, y_pred),
}


def passengers_as(container):
    frame = load_airline_passengers(as_frame=True)
    if container == "polars":
        dates = frame.index.to_timestamp().to_numpy()
        return pl.DataFrame({"month": dates, "passengers": frame["passengers"].to_numpy()})
    return {"array": frame.to_numpy(), "Series": frame["passengers"], "frame": frame}[container]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("container", ["array", "Series", "frame", "polars"])
def test_scores_equal_forecasts_of_the_test_folds(container, metric):
    series = passengers_as("array")
    expected = []
    for train, test in FOLDS.split(series):
        forecast = ridge().fit(series[train]).forecast(12)
        expected.append(-METRICS[metric](series[test], forecast, series[train]))
    scorer = forecast_scorer(metric)
    found = cross_val_score(ridge(), passengers_as(container), cv=FOLDS, scoring=scorer)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_grid_search_finds_the_smallest_error():
    grid = {"window_length": [3, 12, 24], "regressor": [Ridge(), LinearRegression()]}
    search = GridSearchCV(
        ridge(), grid, cv=FOLDS, scoring=forecast_scorer("mase"), error_score="raise"
    )
    search.fit(passengers_as("Series"))
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_score_ == search.cv_results_["mean_test_score"].max() < 0


@pytest.mark.parametrize("container", ["array", "Series"])
def test_halving_search_over_one_series_by_the_size_of_the_ensemble(container):
    search = HalvingGridSearchCV(
        ridge(),
        {"window_length": [3, 12, 24]},
        resource="n_estimators",
        max_resources=3,
        cv=FOLDS,
        scoring=forecast_scorer("mae"),
        error_score="raise",
    ).fit(passengers_as(container))
    assert search.best_params_["n_estimators"] == 3
    assert np.isfinite(search.cv_results_["mean_train_score"]).all()


def test_halving_search_over_a_list_by_the_number_of_series():
    series = [np.sin(np.arange(60 + i) * 2 * np.pi / 12) + 3 + i for i in range(12)]
    search = HalvingGridSearchCV(
        ridge(),
        {"window_length": [6, 12, 24]},
        min_resources=4,
        cv=KFold(2),
        scoring=forecast_scorer("mae"),
        error_score="raise",
        random_state=0,
    ).fit(series)
    assert search.n_resources_ == [4, 12]


def test_known_columns_of_the_test_fold_are_future():
    frame = load_airline_passengers(as_frame=True).assign(promotion=np.arange(144) % 5)
    forecaster = ridge(known="promotion", horizon=5)
    train, test = frame[:-12], frame[-12:]
    fitted = clone(forecaster).fit(train)
    # Whole blocks of 5 rows.
    forecast = fitted.forecast(10, future=test[["promotion"]][:10])["passengers"]
    expected = -mean_absolute_error(test["passengers"][:10], forecast)
    assert forecast_scorer("mae")(fitted, test) == pytest.approx(expected)
    fails(
        lambda: forecast_scorer("mae")(fitted, test[:4]),
        ("4 rows", "horizon=5", "TimeSeriesSplit(test_size=5)"),
    )


def test_wide_frames_score_the_mean_over_series():
    months = pd.period_range("2015-01", periods=60, freq="M")
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(5 + rng.random((60, 3)), index=months, columns=["a", "b", "c"])
    wide.iloc[:20, 1] = np.nan
    wide.iloc[50, 2] = np.nan
    forecaster = ridge(group="columns")
    found = cross_val_score(
        forecaster, wide, cv=TimeSeriesSplit(2, test_size=12), scoring=forecast_scorer("mase")
    )[1]
    forecast = clone(forecaster).fit(wide[:48]).forecast(12)
    errors = [
        mase(wide[one][48:][known], forecast[one][known], wide[one][:48].dropna())
        for one in wide
        for known in [wide[one][48:].notna()]
    ]
    assert found == pytest.approx(-np.mean(errors))


def test_lists_score_the_ends_of_new_series():
    rng = np.random.default_rng(0)
    series = [pd.Series(5 + rng.random(n)) for n in (60, 50, 40, 14)]  # the last one is too short
    search = cross_val_score(ridge(), series, cv=KFold(2), scoring=forecast_scorer("mase"))
    fitted = ridge().fit(series[:2])
    forecast = fitted.forecast(6, X=[series[2][:-6]])[0]
    assert search[1] == pytest.approx(-mase(series[2][-6:], forecast, series[2][:-6]))
    fails(lambda: forecast_scorer()(fitted, series[3:]), ("18 rows", "longest has 14"))


def test_the_training_fold_is_scored_at_its_end():
    months = pd.period_range("2015-01", periods=60, freq="M")
    wide = pd.DataFrame(np.random.default_rng(0).random((60, 2)) + 1, months, ["a", "b"])
    wide.iloc[:5, 0] = np.nan
    for X, group in [(wide, "columns"), (wide.to_numpy(), "columns"), (wide[["b"]], None)]:
        fitted = ridge(group=group).fit(X)
        expected = -mean_absolute_error(X[-6:], fitted.forecast(6, X=X[:-6]))
        assert forecast_scorer()(fitted, X) == pytest.approx(expected)


def test_scorers_are_pickled_and_printed():
    scorer = pickle.loads(pickle.dumps(forecast_scorer("mase")))
    assert repr(scorer) == "forecast_scorer('mase')"


def test_errors_name_the_remedy():
    series = passengers_as("frame")
    fitted = ridge().fit(series[:-24])
    with raises("metric='mea'", "'mae'"):
        forecast_scorer("mea")
    with raises("X starts at 1960-01", "starts at 1959-01", "TimeSeriesSplit"):
        forecast_scorer()(fitted, series[-12:])
    with raises("X starts at 1960-01-01", "TimeSeriesSplit"):
        forecast_scorer()(fitted, series.to_timestamp()[-12:])
    with raises("must be a SequenceForecaster", error=TypeError):
        forecast_scorer()(Ridge(), series)
    long = series.assign(shop="a")
    with raises("group='shop'", "long frame", "list of series"):
        forecast_scorer()(ridge(group="shop").fit(long[:-12]), long[-12:])
    unknown = series[-24:-12] * np.nan
    with raises("all actual values are missing", "longer test folds"):
        forecast_scorer()(fitted, unknown)
    listed = ridge().fit([series[:-24]])
    with raises("X is one series", "list of series"):
        forecast_scorer()(listed, series[-24:])
    constant = ridge().fit(series[:-24] * 0 + 1)
    with raises("forecast_scorer('mase')", "seasonal-naive error", "forecast_scorer()"):
        forecast_scorer("mase")(constant, series[-24:])


def test_rmsse_is_a_function_of_ones_own():
    y_train = passengers_as("array")[:-12]
    fitted = ridge().fit(y_train)

    def rmsse(y_true, y_pred):
        return root_mean_squared_scaled_error(y_true, y_pred, y_train=y_train, season_length=12)

    assert forecast_scorer(rmsse)(fitted, passengers_as("array")[-12:]) < 0
