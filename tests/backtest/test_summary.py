"""Summaries of backtests equal slow loops, and compare with a naive forecast."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from skgru import SequenceForecaster
from skgru.datasets import load_airline_passengers
from skgru.metrics import mean_absolute_scaled_error
from skgru.model_selection import BacktestResult, BacktestResults, backtest
from tests.helpers import raises, warns


@pytest.fixture(scope="module")
def result():
    forecaster = SequenceForecaster(
        Ridge(), horizon=4, season_length=12, window_length=12, calibration_fraction=0.3
    )
    return backtest(
        forecaster, load_airline_passengers(), initial=96, step=5, gap=1, horizon=3, coverage=0.8
    )


def by_hand(actual, forecast, y_train, season_length=12):
    return {
        "MAE": mean_absolute_error(actual, forecast),
        "RMSE": root_mean_squared_error(actual, forecast),
        "MASE": mean_absolute_scaled_error(
            actual, forecast, y_train=y_train, season_length=season_length
        ),
        "bias": np.mean(forecast - actual),
    }


@pytest.mark.parametrize("baseline", ["seasonal", "last"])
def test_summary_equals_a_slow_loop(result, baseline):
    series, naive = result.series[:, 0], np.empty((len(result.origins), 3))
    for i, origin in enumerate(result.origins):
        for k, step in enumerate([2, 3, 4]):
            naive[i, k] = series[origin if baseline == "last" else origin + step - 12]
    table = result.summary(baseline=baseline)
    steps = result.summary(baseline=baseline, by="step")
    assert list(table.index) == ["MAE", "RMSE", "MASE", "bias", "coverage", "width"]
    assert list(steps.index) == [2, 3, 4]
    for kind, forecast in [("forecast", result.forecast[..., 0]), ("naive", naive)]:
        expected = by_hand(result.actual.ravel(), forecast.ravel(), result.y_train)
        for name, value in expected.items():
            assert table.loc[name, kind] == pytest.approx(value)
        for k, step in enumerate([2, 3, 4]):
            expected = by_hand(result.actual[:, k, 0], forecast[:, k], result.y_train)
            for name, value in expected.items():
                assert steps.loc[step, (name, kind)] == pytest.approx(value)
    ratios = table["forecast"] / table["naive"]
    np.testing.assert_allclose(table["ratio"][:3], ratios[:3])
    assert table["ratio"][3:].isna().all()
    assert table.loc["coverage", "forecast"] == pytest.approx(result.coverage_by_step().mean())
    assert table.loc["width", "forecast"] == pytest.approx((result.upper - result.lower).mean())


def test_without_a_naive_forecast_there_is_one_number_for_each_measure(result):
    table = result.summary(baseline=None)
    assert list(table.columns) == ["forecast"]
    steps = result.summary(baseline=None, by="step")
    assert list(steps.columns) == ["MAE", "RMSE", "MASE", "bias", "coverage", "width"]
    assert steps["MAE"].mean() == pytest.approx(table.loc["MAE", "forecast"])


def test_the_naive_forecast_compared_with_itself_has_a_ratio_of_1(result):
    a_year_ago = result.origins[:, np.newaxis] + result.steps - 12
    naive = replace(result, forecast=result.series[a_year_ago])
    np.testing.assert_allclose(naive.summary()["ratio"][:3], 1)
    np.testing.assert_allclose(naive.summary()["forecast"][:4], naive.summary()["naive"][:4])


def test_season_length_is_that_of_the_forecaster(result):
    assert result.season_length == 12
    pd.testing.assert_frame_equal(result.summary(), result.summary(season_length=12))
    last = result.summary(season_length=1)["naive"]["MAE"]
    assert last == result.summary(baseline="last")["naive"]["MAE"]


def test_missing_values_are_left_out(result):
    series = result.series.copy()
    series[result.origins[1] + 3] = np.nan  # an actual value, and one of a naive forecast
    found = replace(result, series=series).summary()
    assert np.isfinite(found["ratio"][:3]).all()
    errors = np.abs(result.forecast - result.actual)[..., 0]
    errors[1, 1] = np.nan
    assert found["forecast"]["MAE"] == pytest.approx(np.nanmean(errors))


def test_series_count_the_same():
    one = dict(season_length=1, target_names=["x"], origins=np.array([2, 3]))
    ramp = np.arange(6.0)[:, np.newaxis]
    small = BacktestResult(series=ramp, forecast=np.full((2, 2, 1), 4.0), **one)
    large = BacktestResult(series=10 * ramp, forecast=np.full((2, 2, 1), 40.0), **one)
    table = BacktestResults({"a": small, "b": large}).summary()
    assert table["forecast"]["MAE"] == pytest.approx(5.5 * small.summary()["forecast"]["MAE"])
    assert table["forecast"]["MASE"] == pytest.approx(small.summary()["forecast"]["MASE"])
    assert table["ratio"]["MAE"] == pytest.approx(small.summary()["ratio"]["MAE"])


def test_errors(result):
    with raises("baseline='naive'", "'seasonal', 'last' or None", "baseline='seasonal'"):
        result.summary(baseline="naive")
    with raises("season_length=0", "int of at least 1"):
        result.summary(season_length=0)
    with raises("by='series'", "several series", "by='step'"):
        result.summary(by="series")
    with raises("forecast is missing (NaN) in 1 of 27 values"):
        forecast = result.forecast.copy()
        forecast[0, 0] = np.nan
        replace(result, forecast=forecast).summary()
    with raises("No forecast can be measured"):
        replace(result, series=np.full_like(result.series, np.nan)).summary()
    with raises("metric='mas'", "'mase'"):
        result.errors_by_step("mas")


def test_mase_leaves_out_a_constant_target(result):
    both = replace(
        result,
        series=np.hstack([result.series, np.ones_like(result.series)]),
        forecast=np.concatenate([result.forecast, np.ones_like(result.forecast)], axis=2),
        lower=None,
        upper=None,
        target_names=["passengers", "constant"],
    )
    with warns("MASE", "['constant']", "season_length=12", "metric='mae'"):
        errors = both.errors_by_step("mase")
    np.testing.assert_allclose(errors, result.errors_by_step("mase"))
    assert both.summary().loc["MASE", "forecast"] == result.summary().loc["MASE", "forecast"]
    assert len(both.errors_by_step("mae")) == 3


@pytest.mark.parametrize("by", ["step", "series"])
def test_tables_print_all_columns(by):
    rng = np.random.default_rng(0)
    series = [1000 * rng.normal(100, 1, size=60), rng.normal(1, 0.1, size=60)]
    forecaster = SequenceForecaster(Ridge(), horizon=2, calibration_fraction=0.3)
    results = backtest(forecaster, series, initial=50, coverage=0.5)
    table = results.summary(by=by)
    with pd.option_context("display.width", 80, "display.max_columns", 0):
        text = repr(table)
    assert "..." not in text
    assert "e+0" not in text
    assert max(map(len, text.splitlines())) <= 80
    for name in ("MAE", "RMSE", "MASE", "bias", "coverage", "width"):
        assert name in text
    assert type(table[["MAE"]]) is type(table.round(2)) is pd.DataFrame
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(table)), table)
    assert repr(pickle.loads(pickle.dumps(table))) == repr(table)
