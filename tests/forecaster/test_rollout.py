"""Forecasting on plain arrays: compiled recursion, naive baselines, intervals from quantiles."""

from dataclasses import replace

import numpy as np
import pytest

from skgru import GRURegressor, SequenceForecaster
from skgru._forecaster import rollout
from skgru._forecaster.baselines import seasonal_profile
from skgru._forecaster.seasonal_profiles import seasonal_course
from tests.helpers import raises


def make_series(n=120, seed=0):
    t, rng = np.arange(n), np.random.default_rng(seed)
    season = np.sin(t * 2 * np.pi / 12)
    return np.column_stack([10 + season + 0.1 * rng.normal(size=n), 12 + season**2, np.cos(t / 5)])


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"known": [2]},
        {"known": [2], "strategy": "recursive"},
        {"baseline": "seasonal", "level": "last"},
        {"baseline": None, "level": None},
        {"baseline": None},
        {"baseline": "last", "level": "mean"},
    ],
    ids=str,
)
def test_compiled_recursion_equals_the_loop(monkeypatch, parameters):
    """Level and baseline as weights of the history, inside the program, against a Python loop."""
    regressor = GRURegressor(3, epochs=2, random_state=0)
    forecaster = SequenceForecaster(
        regressor, horizon=4, window_length=8, season_length=12, **parameters
    ).fit(make_series())
    future = np.cos(np.arange(120, 144) / 5)[:, np.newaxis] if "known" in parameters else None
    compiled = forecaster.forecast(22, future=future)
    monkeypatch.setattr(rollout, "LONGEST_COMPILED_HISTORY", 0)
    np.testing.assert_allclose(compiled, forecaster.forecast(22, future=future), atol=2e-5)


def test_a_short_future_is_an_error_and_not_nan():
    forecaster = SequenceForecaster(
        GRURegressor(3, epochs=1, random_state=0), horizon=4, known=[2], season_length=12
    ).fit(make_series())
    with raises("future", "22 row", "24 row"):
        forecaster.forecast(22, future=np.zeros((22, 1)))


def test_the_profile_has_the_course_of_the_last_seasons_at_the_last_level():
    rng = np.random.default_rng(0)
    history = rng.normal(size=(5, 40, 2))
    history[1, :20] = np.nan  # a single whole season of 12
    history[2, :30] = np.nan  # no whole season
    got = seasonal_profile(history, 15, 12)
    for i, n_rows in ((0, 36), (1, 12), (3, 36), (4, 36)):
        for target in range(2):
            values = history[i, -n_rows:, target]
            course = seasonal_course(values[np.newaxis], 12)[0][0]
            level = (values[-12:] - course)[-6:].mean()
            np.testing.assert_allclose(got[i, :, target], level + np.resize(course, 15))
    assert np.isnan(got[2]).all()


def test_windows_that_begin_before_the_series_are_forecast_by_the_baseline():
    series = make_series()[:, :1]
    forecaster = SequenceForecaster(
        GRURegressor(3, epochs=2, random_state=0),
        window_length=10,
        season_length=1,
        baseline="last",
        scaler=None,
    ).fit(series)
    predicted = forecaster.predict(series)
    np.testing.assert_allclose(predicted[:9], series[:9, 0])
    assert np.abs(predicted[9:] - series[9:, 0]).min() > 0


def test_quantiles_of_the_regressor_bound_intervals():
    regressor = GRURegressor(
        4, loss="pinball", quantiles=(0.05, 0.5, 0.95), epochs=3, random_state=0
    )
    series = make_series()[:, :2]
    forecaster = SequenceForecaster(regressor, horizon=3, season_length=1, scaler=None)
    forecaster.fit(series)
    interval = forecaster.forecast_interval(3, coverage=0.9)
    assert interval.shape == (3, 2, 2)
    forecast = forecaster.forecast(3)
    assert (interval[..., 0] <= forecast).all() and (forecast <= interval[..., 1]).all()
    with raises("coverage=0.8", "0.1", "0.9", "[0.05, 0.5, 0.95]", "calibration_fraction=0.2"):
        forecaster.forecast_interval(3, coverage=0.8)
    with raises("steps=4", "3 steps"):
        forecaster.forecast_interval(4, coverage=0.9)


@pytest.mark.parametrize("scaler", ["auto", None])
@pytest.mark.parametrize("n_targets", [1, 2])
def test_one_window_goes_round_the_checks_of_predict(monkeypatch, scaler, n_targets):
    """A forecast is what the regressor's public predict makes of the same window."""
    series = make_series()[:, :n_targets]
    regressor = GRURegressor(3, epochs=2, random_state=0)
    forecaster = SequenceForecaster(
        regressor, horizon=4, window_length=8, season_length=12, scaler=scaler
    ).fit(series)
    answers = [forecaster.forecast(), forecaster.forecast(X=series)]  # scaled in fit, and now
    seen = []
    predict = GRURegressor.predict
    monkeypatch.setattr(GRURegressor, "predict", lambda self, X: seen.append(X) or predict(self, X))
    answers.append(forecaster.forecast())
    assert not seen
    own = type("Own", (GRURegressor,), {})()
    own.__dict__.update(forecaster.regressors_[0].__dict__)
    forecaster._model.members = [replace(forecaster._model.members[0], regressor=own)]
    answers.append(forecaster.forecast())
    assert len(seen) == 1
    answers.append(forecaster.predict(series)[-1].reshape(4, n_targets))
    for answer in answers[1:]:
        np.testing.assert_array_equal(answer, answers[0])


def test_one_window_that_float32_cannot_hold():
    network = GRURegressor(3, epochs=1, random_state=0)
    parameters = {"window_length": 8, "season_length": 1, "scaler": None}
    # Without a level, windows are as they are; with one they are clipped.
    forecaster = SequenceForecaster(network, level=None, baseline=None, **parameters)
    forecaster.fit(make_series()[:, :1])
    huge = make_series()[:, :1]
    huge[-3] = 1e39
    with pytest.raises(ValueError, match=r"contains infinity or a value too large for dtype"):
        forecaster.forecast(X=huge)
