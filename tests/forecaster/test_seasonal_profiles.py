"""The seasonal course: what level, growth, shifts and unknown rows do not change."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgru import SequenceForecaster
from skgru._forecaster.gaps_and_outliers import known_quantile, without_outliers
from skgru._forecaster.seasonal_profiles import seasonal_course


def waves(m, n_seasons, seed=0):
    season = np.random.default_rng(seed).normal(size=m)
    return season - season.mean(), np.tile(season - season.mean(), n_seasons)[np.newaxis]


@given(m=st.integers(2, 13), n_seasons=st.integers(1, 9), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_course_that_repeats_is_found_at_any_level_with_any_growth(m, n_seasons, seed):
    season, z = waves(m, n_seasons, seed)
    slope = 0.3 if n_seasons > 2 else 0.0
    course, n = seasonal_course(5 * z + 40 + slope * np.arange(m * n_seasons), m)
    np.testing.assert_allclose(course[0], 5 * season, atol=1e-8)
    assert n[0] == min(n_seasons, 8)


@given(
    m=st.integers(1, 12),
    n_rows=st.integers(1, 60),
    share=st.sampled_from([0.0, 0.05]),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_units_level_and_other_series_play_no_part(m, n_rows, share, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(4, n_rows)).cumsum(axis=1)
    z[rng.random(z.shape) < share] = np.nan
    course, n = seasonal_course(z, m)
    assert np.isfinite(course).all()
    np.testing.assert_allclose(seasonal_course(3 * z + 100, m)[0], 3 * course, atol=1e-9)
    for i in range(4):
        np.testing.assert_allclose(seasonal_course(z[i : i + 1], m)[0][0], course[i], atol=1e-12)
    np.testing.assert_array_equal(n, np.minimum(n, n_rows // m))


@pytest.mark.parametrize("n_rows", [14, 21, 30])
def test_rounding_errors_of_equal_counts_are_no_changes(n_rows):
    counts = np.random.default_rng(0).poisson(0.4, size=(3000, n_rows)).astype(float)
    course = seasonal_course(counts, 7)[0]
    for unit, level in ((0.1, -0.57), (1 / 3, 0.7), (0.1, 0)):
        other = seasonal_course(unit * counts + level, 7)[0]
        np.testing.assert_allclose(other, unit * course, atol=1e-9)


@pytest.mark.parametrize("n_seasons", [3, 4, 8])
@pytest.mark.parametrize("rise", [60, -40])
def test_a_shift_of_the_level_bends_no_course(n_seasons, rise):
    _, z = waves(7, n_seasons)
    z = 10 * z + np.random.default_rng(1).normal(size=z.shape)
    rows = np.arange(7 * n_seasons)
    for rows_ago in range(1, 6 + 7 * (n_seasons - 2)):
        shifted = z + rise * (rows >= len(rows) - rows_ago)
        found, usual = seasonal_course(shifted, 7)[0], seasonal_course(z, 7)[0]
        assert np.abs(found - usual).mean() < 3, rows_ago


@pytest.mark.filterwarnings(
    "ignore:From .* at another level", "ignore:X has .* rows", "ignore:season_length="
)
@pytest.mark.parametrize(
    "freq, season_length, n, horizon", [("W", 52, 160, 8), ("D", 7, 90, 14), ("MS", 12, 72, 12)]
)
@pytest.mark.parametrize("options", [{}, {"pretrained": None, "theta_weight": 0}], ids=str)
@pytest.mark.filterwarnings("ignore:season_length=None does not use")
def test_a_shift_whole_seasons_ago_is_over(freq, season_length, n, horizon, options):
    errors, naive = [], []
    for rows_ago in (season_length, 2 * season_length):
        rng, t = np.random.default_rng(rows_ago), np.arange(n + horizon)
        values = 100 + 10 * np.sin(2 * np.pi * t / season_length) + 60 * (t >= n - rows_ago)
        values = values + 3 * rng.normal(size=n + horizon)
        series = pd.Series(values[:n], pd.date_range("2003", periods=n, freq=freq))
        fitted = SequenceForecaster(horizon=horizon, random_state=0, **options).fit(series)
        errors.append(np.abs(fitted.forecast() - values[n:]).mean())
        before = np.resize(values[n - season_length : n], horizon)
        naive.append(np.abs(before - values[n:]).mean())
    assert np.mean(errors) < 2 * np.mean(naive)  # the shift is 15 times the naive error


def test_quantiles_are_those_of_numpy_with_and_without_nan():
    rng = np.random.default_rng(0)
    for unknown in (0.0, 0.3, 0.9):
        values = rng.normal(size=(5, 7, 3, 2))
        values[rng.random(values.shape) < unknown] = np.nan
        for axis, share in ((1, 0.5), (2, 0.75)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # of NaN alone
                expected = np.nanquantile(values, share, axis=axis, keepdims=True)
            np.testing.assert_allclose(known_quantile(values, share, axis), expected, rtol=1e-12)


def test_rows_after_a_shift_within_a_season_are_no_outliers():
    rng, rows = np.random.default_rng(0), np.arange(36)
    series = 10 * np.sin(2 * np.pi * rows / 12) + rng.normal(size=36)
    for rows_ago in range(12, 25):
        shifted = (series + 60 * (rows >= 36 - rows_ago))[np.newaxis, :, np.newaxis]
        np.testing.assert_array_equal(without_outliers(shifted, 12), shifted)
    for rows_ago in (0, 12, 24):
        spoiled = (series + 60 * (rows >= 36 - rows_ago))[np.newaxis, :, np.newaxis]
        spoiled[0, 5] -= 40
        moved = without_outliers(spoiled, 12)
        assert np.flatnonzero((moved != spoiled)[0, :, 0]).tolist() == [5]
        padded = np.concatenate([np.full((1, 12, 1), np.nan), spoiled], axis=1)
        np.testing.assert_array_equal(without_outliers(padded, 12)[:, 12:], moved)


@pytest.mark.filterwarnings(
    "ignore:From .* at another level", "ignore:X has .* rows", "ignore:season_length="
)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.filterwarnings("ignore:season_length=None does not use")
def test_a_default_forecast_does_not_repeat_a_shift_of_the_level(seed):
    """Nine months ago the level rose from 100 to 160, in 30 months."""
    rng = np.random.default_rng(seed)
    values = np.where(np.arange(30) < 21, 100, 160) + 3 * rng.normal(size=30)
    series = pd.Series(values, pd.date_range("2020", periods=30, freq="MS"))
    forecast = SequenceForecaster(horizon=12, random_state=seed).fit(series).forecast()
    assert np.abs(forecast - 160).mean() < 15


@pytest.mark.parametrize("n_rows", [3, 5])
def test_a_trend_goes_on_for_no_more_rows_than_it_was_seen_in(n_rows):
    values = 100 + 10.0 * np.arange(n_rows)
    fitted = SequenceForecaster(horizon=12, random_state=0, theta_weight=1, pretrained=None)
    with pytest.warns(UserWarning, match="regressors of horizon"):
        forecast = fitted.fit(values.reshape(-1, 1)).forecast(60).ravel()
    assert forecast.max() < values[-1] + 1.2 * np.ptp(values)
