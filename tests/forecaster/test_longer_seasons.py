"""The week of hours and the year of days in series that hold one to three of them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru._forecaster.scaling import is_intermittent

SEEDS = range(3)
BOTH = [{}, {"pretrained": "only"}]


def hours(n_rows, seed=0, off=(5, 6), share=0.5, freq="h", end="2024-03-01 23:45"):
    """A day, and other days at a share of its height. The rows end on a Friday."""
    dates = pd.date_range(end=pd.Timestamp(end).floor(freq), periods=n_rows, freq=freq)
    minutes = (dates.hour * 60 + dates.minute).to_numpy()
    day = 200 + 100 * np.sin(2 * np.pi * minutes / 1440)
    values = np.where(np.isin(dates.day_of_week, off), share, 1.0) * day
    noise = np.random.default_rng(seed).normal(0, 0.05, n_rows)
    return pd.Series(values * np.exp(noise), dates)


def saturday_and_truth(series):
    """The day after the series, without noise."""
    future = pd.date_range(series.index[-1], periods=25, freq="h")[1:]
    return (200 + 100 * np.sin(2 * np.pi * future.hour.to_numpy() / 24)) * 0.5


@pytest.mark.parametrize("options", BOTH, ids=str)
@pytest.mark.parametrize("n_rows", [175, 240, 335, 336, 420, 503, 504, 527])
def test_weekends_show_the_week(n_rows, options):
    errors = []
    for seed in SEEDS if options else (0,):
        X = hours(n_rows, seed)
        fitted = SequenceForecaster(horizon=24, random_state=seed, **options).fit(X)
        assert fitted.season_lengths_ == (24, 168)
        errors.append(np.abs(fitted.forecast() - saturday_and_truth(X)).mean())
    # The day before is off by 100 on average, the week before by 4.
    assert np.mean(errors) < 25


@pytest.mark.parametrize("off", [(5, 6), (4, 5), (6,)])
def test_other_weekends(off):
    fitted = SequenceForecaster(horizon=24, pretrained="only").fit(hours(240, off=off))
    assert fitted.season_lengths_ == (24, 168)


@pytest.mark.parametrize("factor", [1e-9, 1e6])
def test_the_unit_plays_no_part(factor):
    X = hours(240)
    one, other = (
        SequenceForecaster(horizon=24, pretrained="only").fit(series) for series in (X, factor * X)
    )
    assert one.season_lengths_ == other.season_lengths_
    np.testing.assert_allclose(other.forecast(), factor * one.forecast(), rtol=1e-6)


@pytest.mark.parametrize("options", BOTH, ids=str)
@pytest.mark.parametrize("n_rows", [240, 400])
def test_closed_weekends_are_no_intermittent_demand(n_rows, options):
    X = hours(n_rows, share=0.0)
    fitted = SequenceForecaster(horizon=72, random_state=0, **options).fit(X)
    assert fitted.point_ == "median"
    forecast = fitted.forecast()
    assert forecast[:48].mean() < 30  # Saturday and Sunday
    assert forecast[48:].mean() > 150


def test_hours_with_few_sales_stay_intermittent():
    rng = np.random.default_rng(0)
    for share in (0.02, 0.1, 0.5):
        values = np.where(rng.random(24 * 14) < share, rng.poisson(3, 24 * 14) + 1, 0).astype(float)
        assert is_intermittent(values, 24, has_longer=True)
        assert is_intermittent(values, 24)


@pytest.mark.parametrize("n_rows", [180, 300, 450])
def test_walks_and_noise_seldom_show_a_week(n_rows):
    shown = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        day = 5 * np.sin(2 * np.pi * np.arange(n_rows) / 24)
        for values in (day + rng.normal(size=n_rows), day + 0.3 * rng.normal(size=n_rows).cumsum()):
            X = pd.Series(values, pd.date_range("2024", periods=n_rows, freq="h"))
            fitted = SequenceForecaster(horizon=24, pretrained="only").fit(X)
            shown.append(168 in fitted.season_lengths_)
    assert np.mean(shown) <= 0.15


@pytest.mark.filterwarnings("ignore:X repeats every 168 rows")
def test_a_linear_model_reads_the_week_from_two_and_a_half_on():
    short, long = (SequenceForecaster(Ridge(), horizon=24).fit(hours(n)) for n in (400, 440))
    assert (short.season_lengths_, long.season_lengths_) == ((24,), (24, 168))
    errors = [
        np.abs(one.forecast() - saturday_and_truth(hours(440))).mean() for one in (short, long)
    ]
    assert errors[1] < 0.5 * errors[0]


@pytest.mark.parametrize("n_rows", [200, 440])
def test_series_of_several(n_rows):
    X = [hours(n_rows, seed) for seed in range(6)]
    fitted = SequenceForecaster(horizon=24, pretrained="only").fit(X)
    assert fitted.season_lengths_ == (24, 168)
    errors = [np.abs(one - saturday_and_truth(X[0])).mean() for one in fitted.forecast()]
    assert np.mean(errors) < 25


@pytest.mark.parametrize("kind", ["past", "known"])
def test_covariates_hide_no_week(kind):
    frame = hours(288).to_frame("y")
    frame["x"] = (np.random.default_rng(1).random(len(frame)) < 0.2) * 1.0
    known = {"known": "x"} if kind == "known" else {}
    fitted = SequenceForecaster(horizon=24, target="y", random_state=0, **known).fit(frame)
    dates = pd.date_range(frame.index[-1], periods=25, freq="h")[1:]
    future = pd.DataFrame({"x": np.zeros(24)}, dates) if known else None
    error = np.abs(fitted.forecast(future=future)["y"] - saturday_and_truth(frame)).mean()
    assert error < 25


def test_the_default_of_several_series_reads_the_week():
    X = [hours(288, seed) for seed in range(2)]
    fitted = SequenceForecaster(horizon=24, random_state=0).fit(X)
    assert fitted.ensemble_["pretrained"] > 0.9
    for one in fitted.forecast():
        assert np.abs(one - saturday_and_truth(X[0])).mean() < 25


def test_intermittent_demand_names_no_season_that_it_does_not_read():
    X = hours(288, share=0.1) * (np.random.default_rng(0).random(288) > 0.25)
    with pytest.warns(UserWarning, match="only from 528 rows on") as told:
        fitted = SequenceForecaster(horizon=24, random_state=0).fit(X)
    assert (fitted.point_, fitted.season_lengths_) == ("mean", (24,))
    assert "use point='median'" in str(told[0].message)
    fitted = SequenceForecaster(horizon=24, point="median", random_state=0).fit(X)
    assert fitted.season_lengths_ == (24, 168)


@pytest.mark.parametrize("n_rows", [24, 30, 100])
def test_a_history_shorter_than_the_week_has_the_day(n_rows):
    fitted = SequenceForecaster(horizon=24, pretrained="only").fit(hours(288))
    X = hours(400, seed=1)[:n_rows]  # other dates
    alone = SequenceForecaster(horizon=24, pretrained="only", season_length=24).fit(X)
    np.testing.assert_allclose(fitted.forecast(X=X), alone.forecast(), rtol=0.02)


def test_a_weekend_at_the_end_alone_shows_no_week():
    """It may as well be growth, or another level."""
    X = hours(168, end="2024-03-03 23:45")  # a Sunday
    assert SequenceForecaster(horizon=24, pretrained="only").fit(X).season_lengths_ == (24,)


def test_minutes_have_the_day_and_the_week():
    X = hours(8 * 1440, freq="min")
    fitted = SequenceForecaster(horizon=720, pretrained="only").fit(X)
    assert fitted.season_lengths_[-1] == 10080
    truth = (200 + 100 * np.sin(2 * np.pi * np.arange(720) / 1440)) * 0.5
    assert np.abs(fitted.forecast() - truth).mean() < 40


@pytest.mark.parametrize("seed", SEEDS)
def test_flat_days_show_the_week(seed):
    dates = pd.date_range("2024-01-01", periods=336, freq="h")
    noise = 5 * np.random.default_rng(seed).normal(size=336)
    X = pd.Series(np.where(dates.day_of_week < 5, 100, 40) + noise, dates)
    fitted = SequenceForecaster(horizon=48, pretrained="only").fit(X)
    assert np.abs(fitted.forecast() - 100).mean() < 10


@pytest.mark.parametrize("at, n_rows", [(560, 600), (590, 600), (900, 1000)])
def test_a_shift_since_a_year_ago_shows_no_year(at, n_rows):
    dates = pd.date_range("2021-01-01", periods=n_rows + 28, freq="D")
    level = 100 + 150 * (np.arange(len(dates)) >= at)
    values = level + 60 * np.sin(2 * np.pi * dates.day_of_year / 365.25)
    noise = np.exp(0.05 * np.random.default_rng(0).normal(size=len(dates)))
    y = pd.Series(values * noise, dates)
    fitted = SequenceForecaster(horizon=28, pretrained="only").fit(y[:n_rows])
    assert 365 not in fitted.season_lengths_
    assert np.abs(fitted.forecast() - y[n_rows:]).mean() < 20


def days(n_rows, seed=0):
    """A week and a year, whose days of the week are those of 52 weeks before."""
    t = np.arange(n_rows + 28)
    year = 30 * np.sin(2 * np.pi * t / 364) + 40 * (np.cos(2 * np.pi * t / 364) > 0.9)
    values = 200 + year + 15 * np.sin(2 * np.pi * t / 7)
    truth = pd.Series(values, pd.date_range("2021-01-04", periods=len(t), freq="D"))
    noise = np.random.default_rng(seed).normal(0, 4, n_rows)
    return truth[:n_rows] + noise, truth[n_rows:]


@pytest.mark.parametrize("options", BOTH, ids=str)
@pytest.mark.parametrize("n_rows", [480, 690, 1000])
def test_values_of_a_year_ago_show_the_year(n_rows, options):
    errors, of_weeks = [], []
    for seed in SEEDS if options else (0,):
        X, truth = days(n_rows, seed)
        fitted = SequenceForecaster(horizon=28, random_state=seed, **options).fit(X)
        assert fitted.season_lengths_ == (7, 365)
        errors.append(np.abs(fitted.forecast() - truth).mean())
        week = SequenceForecaster(horizon=28, season_length=7, random_state=seed, **options).fit(X)
        of_weeks.append(np.abs(week.forecast() - truth).mean())
    assert np.mean(errors) < np.mean(of_weeks)
    assert np.mean(errors) < 10


def test_a_given_season_that_is_too_long_changes_no_weight():
    X = days(200)[0]
    fitted = SequenceForecaster(horizon=28, season_length=[7, 365], random_state=0)
    with pytest.warns(UserWarning, match="at least 365 rows for a season of 365 rows"):
        fitted.fit(X)
    assert fitted.ensemble_["pretrained"] == pytest.approx(0.48)


def test_means_of_intermittent_demand_keep_theta_with_a_given_week():
    X = hours(288, share=0.1) * (np.random.default_rng(0).random(288) > 0.25)
    fitted = SequenceForecaster(horizon=24, season_length=[24, 168], pretrained="only").fit(X)
    assert fitted.point_ == "mean"
    assert fitted.ensemble_["theta"] > 0.5


@pytest.mark.parametrize("options", BOTH, ids=str)
@pytest.mark.parametrize("n_rows", [240, 400])
def test_means_read_the_week(n_rows, options):
    X = hours(n_rows)
    fitted = SequenceForecaster(horizon=24, point="mean", random_state=0, **options).fit(X)
    assert fitted.season_lengths_ == (24, 168)
    # The day before is off by 100 on average.
    assert np.abs(fitted.forecast() - saturday_and_truth(X)).mean() < 25


@pytest.mark.parametrize(
    "options",
    [{"regressor": Ridge()}, {"point": "mean", "regressor": Ridge()}, {"pretrained": None}],
    ids=str,
)
def test_regressors_tell_of_a_week_that_they_do_not_read(options):
    with pytest.warns(
        UserWarning, match="repeats every 168 rows, .* only from 420 rows on"
    ) as told:
        fitted = SequenceForecaster(horizon=24, **options).fit(hours(240))
    assert fitted.season_lengths_ == (24,)
    assert "leave regressor and pretrained out" in str(told[0].message)
    fitted = SequenceForecaster(horizon=24, **options).fit(hours(430))  # without a warning
    assert fitted.season_lengths_ == (24, 168)


NEW_SEASON = "The series shows a season of 168 rows, which fit had too few rows for"


@pytest.mark.parametrize("options", BOTH, ids=str)
def test_a_week_that_comes_after_fit_is_told_of(options):
    X = hours(288)
    fitted = SequenceForecaster(horizon=24, random_state=0, **options).fit(X[:120])
    for call in (lambda rows: fitted.forecast(X=rows), fitted.predict, fitted.update):
        with pytest.warns(UserWarning, match=NEW_SEASON):
            call(X[120:])
    # The remedy:
    fitted = SequenceForecaster(horizon=24, random_state=0, **options).fit(X)
    assert np.abs(fitted.forecast() - saturday_and_truth(X)).mean() < 25


def test_seasons_after_fit_of_months_and_panels():
    months = pd.date_range("2020-01-01", periods=40, freq="MS")
    X = pd.Series(100 + 10 * np.sin(np.arange(40) * np.pi / 6), months)
    with pytest.warns(UserWarning, match="season of 12 rows that follows from the dates"):
        fitted = SequenceForecaster(random_state=0).fit(X[:8])
    with pytest.warns(UserWarning, match="The series shows a season of 12 rows"):
        fitted.update(X[8:])
    both = [hours(288, seed) for seed in range(2)]
    fitted = SequenceForecaster(pretrained="only", horizon=24).fit([one[:120] for one in both])
    with pytest.warns(UserWarning, match=NEW_SEASON):
        fitted.update([one[120:] for one in both])


@pytest.mark.filterwarnings("ignore:season_length=None does not use the season of 24")
@pytest.mark.parametrize("n_rows", [340, 400])
def test_noise_shows_no_week_in_fit_or_after_it(n_rows):
    """In few more than two weeks, too, whose errors with and without the week prove little."""
    shown = []
    for seed in range(12):
        dates = pd.date_range("2024-01-01", periods=n_rows, freq="h")
        noise = np.random.default_rng(seed).normal(size=n_rows)
        X = pd.Series(
            noise if seed % 2 else np.convolve(noise, 0.9 ** np.arange(40))[:n_rows], dates
        )
        fitted = SequenceForecaster(pretrained="only").fit(X)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            SequenceForecaster(pretrained="only").fit(X[:100]).update(X[100:])
        shown += [168 in fitted.season_lengths_, any(NEW_SEASON in str(one) for one in told)]
    assert np.mean(shown) <= 0.1


@pytest.mark.parametrize(("n_rows", "horizon", "n_needed"), [(425, 60, 444), (460, 168, 552)])
def test_a_long_horizon_needs_more_rows_for_the_week(n_rows, horizon, n_needed):
    X = hours(900, share=0.6)
    with pytest.warns(UserWarning, match=f"that season only from {n_needed} rows on"):
        SequenceForecaster(Ridge(), horizon=horizon).fit(X[:n_rows])
    # The remedy:
    fitted = SequenceForecaster(Ridge(), horizon=horizon).fit(X[:n_needed])
    actual = X[n_needed : n_needed + horizon]
    day_before = np.resize(X[n_needed - 24 : n_needed], horizon)
    errors = [np.abs(one - actual).mean() for one in (fitted.forecast(), day_before)]
    assert errors[0] < 0.7 * errors[1]


def test_regressors_keep_too_few_rows_to_see_a_week_after_fit():
    X = hours(600)
    fitted = SequenceForecaster(Ridge(), horizon=24).fit(X[:160])
    with pytest.warns(UserWarning, match="now has 600 rows, enough to look for a season of 168"):
        fitted.update(X[160:])
