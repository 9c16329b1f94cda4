"""The Theta forecast against a slow loop, and its weight in the forecast."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge

from skgru import SequenceForecaster
from skgru._forecaster.seasonal_profiles import seasonal_course
from skgru._forecaster.theta import SMOOTHING, is_long_enough, rows_of_theta, theta_forecast
from tests.helpers import raises, warns

RNG = np.random.default_rng(0)
MONTHS = pd.Series(
    50 + np.arange(96) * 0.3 + 8 * np.sin(np.arange(96) * np.pi / 6) + RNG.normal(size=96),
    index=pd.date_range("2015", periods=96, freq="MS"),
    name="sales",
)


@given(
    seed=st.integers(0, 2**31),
    n_rows=st.integers(1, 60),
    n_before=st.integers(0, 60),
    season_length=st.sampled_from([1, 2, 4, 7, 12]),
)
@settings(max_examples=60)
def test_a_history_is_long_enough_if_it_has_a_forecast(seed, n_rows, n_before, season_length):
    rng = np.random.default_rng(seed)
    histories = rng.normal(size=(2, n_rows, 2))
    histories[:, :n_before, 0] = np.nan  # before its start
    histories[1, rng.random(n_rows) < 0.1] = np.nan
    has_forecast = np.isfinite(theta_forecast(histories, 1, season_length))[:, 0]
    np.testing.assert_array_equal(is_long_enough(histories, season_length), has_forecast)


@pytest.mark.parametrize("unit", [1e200, 1e299])
def test_a_unit_of_any_size_changes_nothing(unit):
    histories = RNG.normal(size=(3, 40, 2)).cumsum(axis=1)
    units = np.array([1, unit])  # of each target
    found = theta_forecast(histories * units, 5, 4) / units
    np.testing.assert_allclose(found, theta_forecast(histories, 5, 4), rtol=1e-9, atol=1e-12)


def slow_theta(z, steps, m):
    """One series (n_rows,) without NaN, by the definition."""
    n = len(z)
    course = seasonal_course(z[np.newaxis], m)[0][0]
    adjusted = np.array([z[t] - course[(t - n) % m] for t in range(n)])
    best = None
    for alpha in SMOOTHING:
        level, squares = adjusted[: max(3, n // 10)].mean(), 0.0
        for value in adjusted:
            error = value - level
            squares += error**2
            level += alpha * error
        if best is None or squares < best[0] - 1e-12:
            best = squares, alpha, level
    _, alpha, level = best
    slope = np.polyfit(np.arange(n), adjusted, 1)[0]
    late = adjusted[min(n // 2, n - 3) :]
    late_slope = np.polyfit(np.arange(len(late)), late, 1)[0]
    slope = np.sign(slope) * min(abs(slope), abs(late_slope)) if slope * late_slope > 0 else 0
    ahead = np.minimum(np.arange(steps), n) + (1 - (1 - alpha) ** n) / alpha
    return level + 0.5 * slope * ahead + course[np.arange(steps) % m]


@given(
    m=st.integers(1, 13),
    n_seasons=st.integers(2, 6),
    extra=st.integers(1, 12),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_theta_equals_a_slow_loop(m, n_seasons, extra, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(3, max(4, n_seasons * m + extra), 2)).cumsum(axis=1) + 5
    z = z[:, -128:]
    got = theta_forecast(z, 15, m)
    for i in range(3):
        for target in range(2):
            expected = slow_theta(z[i, :, target], 15, m)
            np.testing.assert_allclose(got[i, :, target], expected, atol=1e-9)
    late = np.concatenate([np.full((3, 7, 2), np.nan), z], axis=1)[:, -128:]
    if len(z[0]) <= 121:
        np.testing.assert_allclose(theta_forecast(late, 15, m), got, atol=1e-9)
    np.testing.assert_allclose(theta_forecast(3 * z + 1, 15, m), 3 * got + 1, atol=1e-8)


@pytest.mark.parametrize("m", [1, 4])
def test_short_and_constant_histories(m):
    short = np.ones((1, 2 if m == 1 else 7, 1))
    assert np.isnan(theta_forecast(short, 3, m)).all()
    assert np.isnan(theta_forecast(np.full((1, 20, 1), np.nan), 3, m)).all()
    np.testing.assert_allclose(theta_forecast(np.ones((1, 20, 1)), 3, m), 1)
    assert rows_of_theta(m) >= 2 * m


def forecaster(**parameters):
    return SequenceForecaster(Ridge(), horizon=6, **parameters)


def test_the_forecast_is_the_weighted_mean_on_the_scale_of_the_scaler():
    alone = forecaster(theta_weight=0).fit(MONTHS)
    theta = forecaster(theta_weight=1).fit(MONTHS)
    both = forecaster(theta_weight=0.25).fit(MONTHS)
    expected = np.exp(0.75 * np.log(alone.forecast()) + 0.25 * np.log(theta.forecast()))
    np.testing.assert_allclose(both.forecast(), expected)
    assert both.ensemble_ == {"regressors": 0.75, "theta": 0.25}
    assert theta.ensemble_ == {"theta": 1.0}
    z = np.log(MONTHS.to_numpy())[np.newaxis, -rows_of_theta(12) :, np.newaxis]
    expected = np.exp(theta_forecast(z, 6, 12))[0, :, 0]
    np.testing.assert_allclose(theta.forecast(), expected, rtol=1e-6)


def test_every_form_of_a_forecast_has_it():
    fitted = forecaster(theta_weight=0.5).fit(MONTHS)
    rows = fitted.predict(MONTHS)
    np.testing.assert_allclose(rows.iloc[-1], fitted.forecast(), rtol=1e-9)
    np.testing.assert_allclose(rows.iloc[-30], fitted.forecast(X=MONTHS[:-29]), rtol=1e-9)
    many = forecaster(theta_weight=0.5).fit([MONTHS, MONTHS * 2])
    one, other = many.forecast()
    np.testing.assert_allclose(other, 2 * one, rtol=1e-6)
    assert len(fitted.forecast(40)) == 40
    calibrated = forecaster(theta_weight=0.5, calibration_fraction=0.3).fit(MONTHS)
    bounds = calibrated.forecast_interval(coverage=0.8)
    middle = calibrated.forecast()
    assert (bounds.iloc[:, 0] < middle).all() and (middle < bounds.iloc[:, 1]).all()


def test_auto_by_regressor_season_and_covariates():
    assert forecaster().fit(MONTHS).ensemble_ == {"regressors": 1.0}
    default = SequenceForecaster(horizon=6, pretrained=None, random_state=0).fit(MONTHS)
    assert default.ensemble_ == {"regressors": 0.5, "theta": 0.5}
    zero_shot = SequenceForecaster(horizon=6, pretrained="only").fit(MONTHS)
    assert zero_shot.ensemble_ == {"pretrained": 1.0}
    pair = [MONTHS[:40], MONTHS[:40] + 3]
    alone, beside = (
        SequenceForecaster(horizon=6, random_state=0, pretrained=p).fit(pair).ensemble_
        for p in (None, "auto")
    )
    assert alone["theta"] == 0.4
    assert 0 < beside["theta"] < 0.4
    assert sum(beside.values()) == pytest.approx(1)


@pytest.mark.parametrize("weight", [-0.1, 1.5, "half", None])
def test_weights_out_of_range(weight):
    with raises("theta_weight", repr(weight)):
        SequenceForecaster(LinearRegression(), theta_weight=weight).fit(MONTHS)


@pytest.mark.parametrize("n_rows", [5, 7, 12])
@pytest.mark.parametrize(
    ("season_length", "pretrained", "member"),
    [(1, None, "baseline"), (4, "auto", "pretrained"), (1, "auto", "pretrained")],
)
def test_a_series_too_short_for_networks_has_a_default_forecast(
    n_rows, season_length, pretrained, member
):
    """With a warning. A regressor that is given is an error."""
    series = MONTHS.reset_index(drop=True)[:n_rows]
    settings = {"horizon": 20, "season_length": season_length, "pretrained": pretrained}
    with warns(f"{n_rows} rows", "horizon=20", "smaller horizon"):
        fitted = SequenceForecaster(**settings).fit(series)
    has_theta = n_rows >= 2 * season_length  # a season needs two of them
    assert fitted.ensemble_.keys() == ({member, "theta"} if has_theta else {member})
    if pretrained:
        assert np.isfinite(fitted.forecast_interval()).all(axis=None)
    else:
        with raises("calibration_fraction"):
            fitted.forecast_interval()
    answer = fitted.forecast()
    assert len(answer) == 20 and np.isfinite(answer).all()
    assert answer.between(0.5 * series.min(), 2 * series.max()).all()
    with raises("horizon=20"):
        SequenceForecaster(Ridge(), **settings).fit(series)
    with raises("horizon=20"):
        SequenceForecaster(**settings).fit(series[:2])


def test_a_smaller_horizon_trains_a_network():
    """The remedy of the warning above."""
    series = MONTHS.reset_index(drop=True)[:12]
    fitted = SequenceForecaster(horizon=2, season_length=1, random_state=0).fit(series)
    assert fitted.ensemble_["regressors"] > 0
