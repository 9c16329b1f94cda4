"""Several seasons, and the choice among those that the index may have."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from skgru import SequenceForecaster
from skgru._forecaster.seasons import LACKS_FROM, difference_of_changes, has_season, lags_of
from tests.helpers import prices, raises


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
@pytest.mark.parametrize("n_rows", [500, 800, 1080])
def test_days_that_repeat_with_the_year_alone(n_rows, pretrained):
    series, truth = year_of_days(n_rows)
    fitted = SequenceForecaster(horizon=60, pretrained=pretrained, random_state=0).fit(series)
    assert fitted.season_lengths_ == (365,)
    assert np.abs(fitted.forecast() - truth).mean() < 3.5


def test_too_few_days_for_the_year_have_the_remedy():
    series, truth = year_of_days(440)
    with pytest.warns(UserWarning, match="every 365 rows, give season_length=365"):
        without = SequenceForecaster(horizon=60, random_state=0).fit(series)
    given = SequenceForecaster(horizon=60, season_length=365, random_state=0).fit(series)
    errors = [np.abs(one.forecast() - truth).mean() for one in (given, without)]
    assert errors[0] < 0.6 * errors[1]


@pytest.mark.filterwarnings("ignore:From .* at another level")
@pytest.mark.parametrize("options", [{}, {"pretrained": "only"}], ids=str)
@pytest.mark.parametrize("freq, n, horizon", [("MS", 30, 6), ("D", 90, 14), ("h", 500, 24)])
@pytest.mark.filterwarnings("ignore:season_length=None does not use", "ignore:The networks have")
def test_values_that_stay_and_jump_are_forecast_like_the_last_value(freq, n, horizon, options):
    errors, naive = [], []
    for seed, stay in [(seed, stay) for seed in range(3) for stay in (10, 40)]:
        values = prices(seed, n + horizon, stay)
        series = pd.Series(values[:n], pd.date_range("2003-01-01", periods=n, freq=freq))
        fitted = SequenceForecaster(horizon=horizon, random_state=seed, **options).fit(series)
        errors.append(np.abs(fitted.forecast() - values[n:]).mean())
        naive.append(np.abs(values[n - 1] - values[n:]).mean())
    assert np.mean(errors) <= 1.15 * np.mean(naive)


@pytest.mark.parametrize("season_length, n", [(4, 20), (7, 40), (12, 30), (24, 240), (52, 260)])
def test_values_that_stay_and_jump_have_no_season(season_length, n):
    shares = [share(prices(seed, n, stay), season_length) for seed in range(40) for stay in (4, 20)]
    assert np.mean(np.array(shares) >= LACKS_FROM) > 0.8


@pytest.mark.parametrize("options", [{}, {"pretrained": "only"}], ids=str)
def test_months_of_prices_have_no_season_and_a_warning_says_so(options):
    series = pd.Series(
        np.repeat([50.0, 61.0, 43.0, 70.0], 9)[:30],
        pd.date_range("2003-01-01", periods=30, freq="MS"),
    )
    with pytest.warns(UserWarning, match="season of 12 rows .* does not repeat with it"):
        fitted = SequenceForecaster(horizon=6, random_state=0, **options).fit(series)
    assert (fitted.season_length_, fitted.season_lengths_) == (1, (1,))
    np.testing.assert_allclose(fitted.forecast(), 70, atol=1.5)


def share(values, season_length):
    return difference_of_changes(np.asarray(values, dtype=float), season_length)


def test_changes_of_noise_and_walks_differ_from_those_a_season_before():
    rng = np.random.default_rng(0)
    noise, t = rng.normal(size=(40, 500)), np.arange(500)
    for season_length in (4, 7, 12, 24, 52):
        for many in (noise, np.cumsum(noise, axis=1), noise + 0.1 * t):
            shares = [share(one, season_length) for one in many]
            np.testing.assert_allclose(np.mean(shares), np.sqrt(2), atol=0.04)


@pytest.mark.parametrize("season_length, n", [(4, 12), (7, 20), (12, 30), (24, 60), (52, 120)])
def test_a_season_is_seen_in_noise_beside_shifts_and_as_one_large_value(season_length, n):
    for seed in range(10):
        rng, t = np.random.default_rng(seed), np.arange(n)
        wave = 20 * np.sin(2 * np.pi * t / season_length)
        shift = 60.0 * (t > n // 2)
        peak = 50.0 * (t % season_length == 1)
        noise = rng.normal(size=n)
        for series in (wave + 3 * noise, wave + 2 * noise + shift, peak + noise):
            assert share(series, season_length) < LACKS_FROM


def test_the_difference_of_changes_has_no_unit_and_needs_rows():
    rng = np.random.default_rng(0)
    series = np.cumsum(rng.normal(size=60)) + 10 * np.sin(2 * np.pi * np.arange(60) / 12)
    usual = share(series, 12)
    for unit in (1e-9, -3.0, 1e12):
        assert share(unit * series, 12) == pytest.approx(usual)
    assert share(np.r_[np.full(30, np.nan), series], 12) == pytest.approx(usual)
    with_gap = series.copy()
    with_gap[30] = np.nan
    assert share(with_gap, 12) == pytest.approx(usual, abs=0.1)
    assert np.isnan(share(series[:18], 12))
    assert np.isnan(share(np.full(60, np.nan), 12))
    assert share(np.full(60, 7.0), 12) == 2  # nothing repeats, nothing is lost


@pytest.mark.parametrize("n", [24, 26, 30, 48])
def test_a_rise_in_each_year_is_a_season_even_where_its_end_was_seen_once(n):
    months = pd.period_range("2024-01", periods=n, freq="M")
    sales = pd.Series(100.0 + months.month, months)
    fitted = SequenceForecaster(pretrained="only", horizon=6).fit(sales)
    assert fitted.season_length_ == 12
    np.testing.assert_allclose(fitted.forecast(), 100 + fitted.forecast().index.month, atol=0.5)


@pytest.mark.parametrize(("freq", "season_length"), [("MS", 12), ("2h", 1), ("QS", 4), ("6h", 1)])
def test_only_months_and_quarters_have_a_season_without_proof(freq, season_length):
    n = 13 if freq in ("MS", "2h") else 5
    series = pd.Series(
        100 + np.arange(n) % 4.0 + np.arange(n), pd.date_range("2024", periods=n, freq=freq)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the series is short
        fitted = SequenceForecaster(horizon=2, random_state=0).fit(series)
    assert fitted.season_length_ == season_length


@pytest.mark.parametrize("n", [760, 900, 1094])
def test_noise_of_two_or_three_years_has_no_year(n):
    """Forecast origins in one part of the year find a year by chance in one of eight series."""
    rng = np.random.default_rng(n)
    noise = rng.normal(size=(30, n, 1))
    walks = noise.cumsum(axis=1)
    found = [has_season([values], 365, 14) for values in (*noise, *walks)]
    assert sum(found) <= 2
    t = np.arange(n)[:, np.newaxis]
    years = noise[:10] / 8 + np.sin(2 * np.pi * (t / 365 + rng.random((10, 1, 1))))
    assert sum(has_season([0.1 * (t % 7) + values], 365, 60) for values in years) >= 8
