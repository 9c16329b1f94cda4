"""Several seasons, and the choice among those that the index may have."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from skgru import SequenceForecaster
from skgru._forecaster.seasons import lags_of
from tests.helpers import raises


def hours(n=24 * 7 * 6, noise=0.1, seed=0):
    """A day, and weekends at half of its height."""
    t = np.arange(n)
    day = 2 + np.sin(t * 2 * np.pi / 24)
    weekend = (t // 24) % 7 >= 5
    values = np.where(weekend, 0.5, 1) * day * 100
    values = values * np.exp(noise * np.random.default_rng(seed).normal(size=n))
    return pd.Series(values, index=pd.date_range("2024", periods=n, freq="h"), name="load")


def test_the_week_of_hours_is_found():
    series = hours()
    friday = 168 * 5 + 120  # the forecast begins on a Saturday
    fitted = SequenceForecaster(Ridge(), horizon=24).fit(series[:friday])
    assert (fitted.season_length_, fitted.season_lengths_) == (168, (24, 168))
    day = SequenceForecaster(Ridge(), horizon=24, season_length=24).fit(series[:friday])
    actual = series[friday : friday + 24]
    errors = [np.abs(each.forecast() - actual).mean() for each in (fitted, day)]
    assert errors[0] < 0.5 * errors[1]


def test_the_default_is_better_than_the_week_before():
    friday, errors = 168 * 5 + 120, {"default": [], "week before": []}
    for seed in range(4):
        series = hours(seed=seed)
        actual = series[friday : friday + 24].to_numpy()
        fitted = SequenceForecaster(horizon=24, random_state=seed).fit(series[:friday])
        assert fitted.season_lengths_ == (24, 168)
        before = series[friday - 168 : friday - 144]
        for name, answer in (("default", fitted.forecast()), ("week before", before)):
            errors[name].append(np.abs(answer.to_numpy() - actual).mean())
    assert np.mean(errors["default"]) < 0.95 * np.mean(errors["week before"])


def test_two_weeks_are_too_few_for_a_week():
    fitted = SequenceForecaster(Ridge(), horizon=24).fit(hours(24 * 20))
    assert (fitted.season_length_, fitted.season_lengths_) == (24, (24,))


@pytest.mark.parametrize("given", [[24, 168], (168, 24), [24, 168, 24]], ids=str)
def test_several_seasons_given(given):
    series = hours()
    fitted = SequenceForecaster(Ridge(), horizon=24, season_length=given).fit(series)
    assert (fitted.season_length_, fitted.season_lengths_) == (168, (24, 168))
    same = SequenceForecaster(Ridge(), horizon=24).fit(series)
    np.testing.assert_array_equal(fitted.forecast(), same.forecast())


def test_a_season_without_gain_is_not_the_baseline():
    t = np.arange(24 * 7 * 6)
    rng = np.random.default_rng(0)
    values = 10 + np.sin(t * 2 * np.pi / 24) + 0.3 * rng.normal(size=len(t))
    fitted = SequenceForecaster(Ridge(), horizon=24, season_length=[24, 168]).fit(
        values.reshape(-1, 1)
    )
    assert fitted.season_length_ == 24


@pytest.mark.parametrize(
    ("seasons", "window", "steps", "expected"),
    [
        ((12,), 24, 12, ()),
        ((24, 168), 48, 48, (168,)),
        ((24, 168), 12, 48, (48, 168)),  # whole seasons that cover the steps
        ((7, 365), 14, 14, (364,)),  # 52 weeks
        ((7, 500), 14, 14, ()),  # fewer than two
        ((168,), 48, 200, (336,)),
    ],
)
def test_lags(seasons, window, steps, expected):
    assert lags_of(seasons, window, steps, 1000) == expected


def test_regressors_get_the_values_of_a_season_ago():
    """y[t] = y[t - 30] + x, with a window of 4 rows, is exact for a linear regressor."""
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(size=30), np.zeros(270)])
    for t in range(30, 300):
        values[t] = 0.5 * values[t - 30] + 0.4 * values[t - 1] + 1
    settings = {"window_length": 4, "horizon": 5, "level": None, "baseline": None, "scaler": None}
    series = values[:, np.newaxis]
    fitted = SequenceForecaster(LinearRegression(), season_length=30, **settings).fit(series[:-5])
    np.testing.assert_allclose(fitted.forecast()[:, 0], values[-5:], atol=1e-6)
    blind = SequenceForecaster(LinearRegression(), season_length=1, **settings).fit(series[:-5])
    assert np.abs(blind.forecast()[:, 0] - values[-5:]).max() > 1e-3
    rows = fitted.predict(series[:-5])
    np.testing.assert_allclose(rows[-1], values[-5:], atol=1e-6)
    many = SequenceForecaster(LinearRegression(), season_length=30, **settings)
    many.fit([series[:-5], series[:200]])
    np.testing.assert_allclose(many.forecast()[0][:, 0], values[-5:], atol=0.1)


@pytest.mark.parametrize("given", [[], [24, 0], ["day"], [24.5], (True, 7)], ids=str)
def test_lists_that_are_no_seasons(given):
    with raises("season_length", "24, 168"):
        SequenceForecaster(Ridge(), season_length=given).fit(np.arange(100.0))


def year_of_days(n_rows):
    """Days that repeat with the year alone, and the 60 days after them, without noise."""
    days = pd.date_range("2021-01-04", periods=n_rows + 60, freq="D")
    truth = pd.Series(100 + 40 * np.sin(2 * np.pi * days.day_of_year.to_numpy() / 365.25), days)
    noise = np.random.default_rng(0).normal(0, 2, n_rows)
    return truth[:n_rows] + noise, truth[n_rows:]


@pytest.mark.parametrize("pretrained", ["auto", "only"])
@pytest.mark.parametrize("n_rows", [800, 1080])
def test_days_that_repeat_with_the_year_alone(n_rows, pretrained):
    series, truth = year_of_days(n_rows)
    fitted = SequenceForecaster(horizon=60, pretrained=pretrained, random_state=0).fit(series)
    assert fitted.season_lengths_ == (365,)
    assert np.abs(fitted.forecast() - truth).mean() < 3


def test_too_few_days_for_the_year_have_the_remedy():
    series, truth = year_of_days(500)
    with pytest.warns(UserWarning, match="every 365 rows, give season_length=365"):
        without = SequenceForecaster(horizon=60, random_state=0).fit(series)
    given = SequenceForecaster(horizon=60, season_length=365, random_state=0).fit(series)
    errors = [np.abs(one.forecast() - truth).mean() for one in (given, without)]
    assert errors[0] < 0.6 * errors[1]
