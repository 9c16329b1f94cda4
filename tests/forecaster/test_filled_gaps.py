"""Gaps of a history: filled from both sides, at its end from the values before."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgru import SequenceForecaster
from skgru._forecaster.filled_gaps import fill_from_both_sides
from tests.forecaster.test_longer_seasons import BOTH, hours, saturday_and_truth


def filled(series, seasons):
    return fill_from_both_sides(np.asarray(series, float)[:, np.newaxis], seasons)[:, 0]


def test_smooth_values_are_filled_by_straight_lines():
    x = np.cumsum(np.cumsum(np.random.default_rng(0).normal(size=300)))
    gappy = x.copy()
    gappy[100:102] = np.nan
    line = np.interp([1, 2], [0, 3], [x[99], x[102]])
    np.testing.assert_allclose(filled(gappy, [24])[100:102], line)


@pytest.mark.parametrize(
    "gap", [slice(170, 184), slice(100, 160), slice(300, 320), slice(310, 336)]
)
def test_a_gap_has_the_week(gap):
    """The gaps are part of a weekend, a weekend with its Monday, a Friday, and the end."""
    X = hours(336)
    gappy = X.copy()
    gappy.iloc[gap] = np.nan
    error = np.abs(filled(gappy, [24, 168]) - X)
    assert error[gap].mean() < 25  # a day before is off by 100 where weekends begin or end
    assert (error.drop(X.index[gap]) == 0).all()


def test_a_long_gap_is_filled_from_both_sides_of_it():
    X = pd.Series(np.tile([1.0, 5, 2, 8, 3, 9, 7], 20))
    gappy = X.copy()
    gappy.iloc[30:75] = np.nan
    np.testing.assert_allclose(filled(gappy, [7]), X)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_rows=st.integers(3, 80),
    share=st.floats(0, 0.95),
    factor=st.sampled_from([1e-9, 3.0, 1e12]),
    seasons=st.sampled_from([(), (1,), (4,), (12, 7), (7, 365)]),
)
def test_laws_of_filled_gaps(seed, n_rows, share, factor, seasons):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n_rows).cumsum() + rng.choice([0, 1e3])
    x[rng.random(n_rows) < share] = np.nan
    result, known = filled(x, seasons), np.flatnonzero(np.isfinite(x))
    np.testing.assert_array_equal(result[known], x[known])
    if not len(known):
        assert np.isnan(result).all()
        return
    assert np.isnan(result[: known[0]]).all()
    assert np.isfinite(result[known[0] :]).all()
    if (x[known] >= 0).all():
        assert (result[known[0] :] >= x[known].min()).all()
    np.testing.assert_allclose(filled(factor * x, seasons), factor * result, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:X ends in")
@pytest.mark.parametrize("options", BOTH, ids=str)
@pytest.mark.parametrize("pattern", ["a fifth", "half", "Saturday", "end"])
def test_forecasts_after_gaps_are_nearly_those_without(options, pattern):
    errors = []
    for seed in range(3) if options else (0,):
        X = hours(300, seed)
        gappy = X.copy()
        rng = np.random.default_rng(seed)
        if pattern == "Saturday":
            gappy["2024-02-24 06:00":"2024-02-24 19:00"] = np.nan
        elif pattern == "end":
            gappy.iloc[-6:] = np.nan
        else:
            gappy[rng.random(len(X)) < {"a fifth": 0.2, "half": 0.5}[pattern]] = np.nan
            gappy.iloc[-1] = X.iloc[-1]
        fitted = SequenceForecaster(horizon=24, random_state=seed, **options).fit(gappy)
        errors.append(np.abs(fitted.forecast() - saturday_and_truth(X)).mean())
    # Without gaps 4 to 15; the day before is off by 100.
    assert np.mean(errors) < 25


def test_histories_of_fit_and_of_x_are_filled_alike():
    X = hours(300)
    X[np.random.default_rng(0).random(300) < 0.3] = np.nan
    X.iloc[[269, -1]] = 150.0
    fitted = SequenceForecaster(horizon=24, pretrained="only").fit(X)
    updated = SequenceForecaster(horizon=24, pretrained="only").fit(X[:270]).update(X[270:])
    pd.testing.assert_series_equal(updated.forecast(), fitted.forecast())
    pd.testing.assert_series_equal(fitted.forecast(X=X), fitted.forecast())


def monthly(n_rows, seed):
    t, rng = np.arange(n_rows), np.random.default_rng(seed)
    values = 100 + 30 * np.sin(2 * np.pi * t / 12) + 3 * rng.normal(size=n_rows)
    return pd.Series(values, pd.date_range("2010-01-01", periods=n_rows, freq="MS"))


def zero_shot(X, horizon):
    return SequenceForecaster(horizon=horizon, pretrained="only").fit(X).forecast()


@pytest.mark.parametrize("n_missing", [11, 12, 22, 23, 24, 36])
def test_a_gap_of_whole_seasons_has_the_season(n_missing):
    """Values on both sides of it are those of one month, so that a straight line seems exact."""
    errors = []
    for seed in range(4):
        whole = monthly(108, seed)
        X = whole[:96].copy()
        X.iloc[92 - n_missing : 92] = np.nan
        errors.append(np.abs(zero_shot(X, 12) - whole[96:]).mean())
    assert np.mean(errors) < 4.5  # without the gap 2.3; with a straight line 20


@pytest.mark.filterwarnings("ignore:X ends in")
@pytest.mark.parametrize("n_missing", [1, 6, 7, 8, 14, 21])
def test_a_gap_of_whole_seasons_at_the_end(n_missing):
    week = np.array([5, 6, 6, 7, 9, 2, 0.0])
    X = pd.Series(np.resize(week, 126), pd.date_range("2024-01-01", periods=126))
    X.iloc[-n_missing:] = np.nan
    np.testing.assert_allclose(zero_shot(X, 7), week, atol=1e-9)


@pytest.mark.parametrize("n_after", [1, 4, 12, 24, 30])
def test_growth_goes_on_after_a_long_gap(n_after):
    errors = []
    for seed in range(4):
        t, rng = np.arange(504), np.random.default_rng(seed)
        values = 100 + 0.4 * t + 20 * np.sin(2 * np.pi * t / 24) + 4 * rng.normal(size=504)
        X = pd.Series(values, pd.date_range("2024-01-01", periods=504, freq="h"))[:480].copy()
        X.iloc[360 - n_after : 480 - n_after] = np.nan
        errors.append(np.abs(zero_shot(X, 24).to_numpy() - values[480:]).mean())
    assert np.mean(errors) < 8  # without the gap 3.9; X.interpolate() 9 to 14


@pytest.mark.parametrize("n_missing", [3, 10, 17])
def test_an_outlier_beside_a_gap_is_not_part_of_it(n_missing):
    errors = []
    for seed in range(4):
        t, rng = np.arange(134), np.random.default_rng(seed)
        values = 100 + np.array([0, 5, 8, 10, 20, -20, -25])[t % 7] + 3 * rng.normal(size=134)
        X = pd.Series(values, pd.date_range("2024-01-01", periods=134))[:120].copy()
        X.iloc[111 - n_missing] += 500
        X.iloc[112 - n_missing : 112] = np.nan
        errors.append(np.abs(zero_shot(X, 14).to_numpy() - values[120:]).mean())
    assert np.mean(errors) < 4.5  # without outlier and gap 2.7


def test_a_wide_frame_of_hours_whose_series_begin_later():
    """The index of a series that begins later is longer than the series."""
    X = pd.DataFrame({"a": hours(250), "b": hours(250, 1)})
    X.iloc[:5, 0] = np.nan
    fitted = SequenceForecaster(horizon=24, group="columns", pretrained="only").fit(X)
    assert fitted.season_lengths_ == (24, 168)
