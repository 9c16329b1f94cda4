"""Warnings about seasons that are not used, and their remedies."""

import re
import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru._forecaster.season_warnings import season_in
from skgru.datasets import load_airline_passengers, load_sunspots, make_sine
from tests.helpers import assert_holds, raises, warns

YEAR = 100 * (1 + 0.3 * np.sin(np.arange(72) * np.pi / 6))
MONTHS = pd.Series(YEAR, pd.date_range("2020", periods=72, freq="MS"), name="sales")
PARAMETERS = {
    "default": {},
    "without the pretrained network": {"pretrained": None},
    "ridge": {"regressor": Ridge()},
    "zero-shot": {"pretrained": "only"},
}


def answer(n_rows, horizon, **parameters):
    """Forecaster (None after an error) and messages of a fit to the first months."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fitted = SequenceForecaster(horizon=horizon, random_state=0, **parameters)
            fitted.fit(MONTHS[:n_rows])
        except ValueError as error:
            return None, [str(error)]
    return fitted, [str(one.message) for one in caught]


def about_seasons(messages):
    return [one for one in messages if one.startswith("season_length=")]


@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("n_rows", [2, 12, 13, 24])
def test_the_remedy_of_a_short_series_works(n_rows, name, horizon):
    fitted, messages = answer(n_rows, horizon, **PARAMETERS[name])
    for message in about_seasons(messages):
        without, others = answer(n_rows, horizon, season_length=1, **PARAMETERS[name])
        assert (without is None) == (fitted is None)
        assert about_seasons(others) == []
        if "Give season_length=12" not in message:
            assert "Give a longer series, or season_length=1" in message
            continue
        seasonal, others = answer(n_rows, horizon, season_length=12, **PARAMETERS[name])
        assert about_seasons(others) == []
        actual = MONTHS[n_rows : n_rows + 12]
        errors = [np.abs(one.forecast(12) - actual).mean() for one in (seasonal, without)]
        assert errors[0] < 1.15 * errors[1]


@pytest.mark.parametrize("n_rows", [2, 5, 11, 12, 13])
def test_a_season_that_is_given_needs_one_season_for_the_pretrained_network(n_rows):
    seasonal, messages = answer(n_rows, 12, season_length=12, pretrained="only")
    assert len(messages) == (n_rows < 12)
    for message in messages:
        assert_holds(message, "season_length=12 needs at least 12 rows", f"X has {n_rows}")
    without = SequenceForecaster(horizon=12, season_length=1, pretrained="only")
    actual = MONTHS[n_rows : n_rows + 12]
    repeats = np.abs(seasonal.forecast() - actual).mean()
    other = np.abs(without.fit(MONTHS[:n_rows]).forecast() - actual).mean()
    assert (repeats < 0.5 * other) == (n_rows >= 12)


TWO_YEARS = np.random.default_rng(0).normal(size=(800, 1))
TWO_YEARS += np.sin(2 * np.pi * np.arange(800) / 7)[:, np.newaxis]


@pytest.mark.parametrize(
    ("parameters", "season_length", "n_rows", "unread", "remedy"),
    [
        ({"regressor": Ridge(), "pretrained": None}, [7, 365], 500, 365, 7),
        ({"regressor": Ridge(), "pretrained": None}, [365, 7], 500, 365, 7),
        ({"regressor": Ridge(), "pretrained": None}, [7, 30, 365], 500, 365, [7, 30]),
        ({"regressor": Ridge(), "pretrained": None, "window_length": 14}, 365, 500, 365, 1),
        ({"regressor": Ridge(), "pretrained": None, "window_length": 5}, 12, 20, 12, 1),
        ({"regressor": Ridge(), "pretrained": None, "window_length": 5}, 12, 24, 12, 1),
        ({"pretrained": "only"}, [7, 30, 365], 730, 30, [7, 365]),
    ],
)
def test_a_season_that_nothing_reads_is_told_of(parameters, season_length, n_rows, unread, remedy):
    values = TWO_YEARS[:n_rows]
    make = partial(SequenceForecaster, horizon=4, random_state=0, **parameters)
    what = f"for a season of {unread} rows" if unread != 30 else "not with [30]"
    with warns(f"season_length={season_length}", what, f"season_length={remedy}"):
        fitted = make(season_length=season_length).fit(values)
    # Warnings are errors in this suite.
    other = make(season_length=remedy).fit(values)
    assert_array_equal(fitted.forecast(20), other.forecast(20))


@pytest.mark.parametrize("window_length", [5, "auto"])
@pytest.mark.parametrize("regressor", [Ridge(), None], ids=["ridge", "default"])
def test_a_season_is_read_from_the_number_of_rows_in_the_message_on(regressor, window_length):
    make = partial(
        SequenceForecaster,
        regressor,
        horizon=4,
        pretrained=None,
        random_state=0,
        window_length=window_length,
    )
    with pytest.warns(UserWarning, match="needs at least") as caught:
        make(season_length=12).fit(TWO_YEARS[:14])
    n_needed = int(re.search(r"at least (\d+) rows", str(caught[0].message))[1])
    fitted = make(season_length=12).fit(TWO_YEARS[:n_needed])
    other = make(season_length=1).fit(TWO_YEARS[:n_needed])
    assert np.abs(fitted.forecast() - other.forecast()).max() > 0.01


def test_rows_that_the_message_of_a_season_that_nothing_reads_asks_for_are_enough():
    make = partial(SequenceForecaster, horizon=7, regressor=Ridge(), pretrained=None)
    with pytest.warns(UserWarning, match="needs at least") as caught:
        make(season_length=[7, 365]).fit(TWO_YEARS[:500])
    n_needed = int(re.search(r"at least (\d+) rows", str(caught[0].message))[1])
    with warns("needs at least"):
        make(season_length=[7, 365]).fit(TWO_YEARS[: n_needed - 1])
    fitted = make(season_length=[7, 365]).fit(TWO_YEARS[:n_needed])
    other = make(season_length=7).fit(TWO_YEARS[:n_needed])
    assert np.abs(fitted.forecast() - other.forecast()).max() > 0.01


def test_rows_that_the_message_of_a_short_series_asks_for_are_enough():
    with raises("horizon=12", "X has 2", "3 rows are enough"), warns("season_length=None"):
        SequenceForecaster(horizon=12).fit(MONTHS[:2])
    fitted, _ = answer(3, 12)
    assert np.isfinite(fitted.forecast()).all()
    with raises("horizon=12", "smaller horizon"):
        SequenceForecaster(horizon=12, season_length=1).fit(MONTHS[:2])
    assert answer(2, 1)[0] is not None


# Seasons of rows without dates


def forms_without_dates(values):
    frame = pd.DataFrame({"shop": np.repeat(["a", "b"], len(values)), "y": np.tile(values, 2)})
    return {
        "array": (values[:, np.newaxis], {}),
        "Series": (pd.Series(values, name="y"), {}),
        "list": ([values, 2 * values, values[:40]], {}),
        "long frame": (frame, {"group": "shop"}),
        "wide frame": (pd.DataFrame({"a": values, "b": 3 * values}), {"group": "columns"}),
    }


@pytest.mark.parametrize("form", forms_without_dates(YEAR))
def test_rows_without_dates_that_repeat(form):
    X, parameters = forms_without_dates(YEAR)[form]
    forecaster = SequenceForecaster(Ridge(), horizon=12, **parameters)
    with warns("season_length=None is 1 without dates", "every 12 rows", "season_length=12"):
        forecaster.fit(X)
    for season_length in (1, 12):  # without a warning
        forecaster.set_params(season_length=season_length).fit(X)
        assert forecaster.season_length_ == season_length


def test_dates_decide_on_their_season():
    weeks = pd.Series(YEAR, pd.date_range("2020", periods=72, freq="YS"))
    forecaster = SequenceForecaster(Ridge(), horizon=3)
    with warns("season_length=None is 1 for these dates", "every 12 rows"):
        assert forecaster.fit(weeks).season_length_ == 1


@pytest.mark.parametrize("season_length", [4, 7, 12, 24, 52])
@pytest.mark.parametrize("change", [None, "level", "trend", "growth", "gaps"])
def test_usual_seasons_are_found(season_length, change):
    n_rows, rng = 10 * season_length, np.random.default_rng(0)
    values = np.tile(rng.normal(size=season_length).cumsum(), 10)
    values += 0.1 * values.std() * rng.normal(size=n_rows)
    if change == "level":
        values += 1000 * values.std()
    elif change == "trend":
        values += 10 * np.linspace(0, values.std(), n_rows)
    elif change == "growth":
        values = np.exp(values / values.std() / 3 + np.linspace(0, 5, n_rows))
    elif change == "gaps":
        values[rng.integers(n_rows, size=n_rows // 20)] = np.nan
    assert season_in(values) == season_length


def test_seasons_of_data_sets():
    assert season_in(load_airline_passengers()[:, 0]) == 12
    assert season_in(load_sunspots()[:, 0]) == 1  # about 11 years
    assert season_in(make_sine()[:, 0]) == 1
    assert season_in(np.sin(np.arange(400) * 2 * np.pi / 50)) == 50  # not 52, which is near
    assert season_in(np.sin(np.arange(400.0))) == 1  # 6.28 rows
    assert season_in(np.sin(np.arange(400.0) / 3)) == 1  # 18.85 rows
    assert season_in(np.sin(np.arange(300.0) / 5)) == 1  # 31.4 rows
    assert season_in(np.tile([1.0, 5, 2, 9], 20) + np.arange(80)) == 4  # not 2


@pytest.mark.parametrize("parameters", [{}, {"pretrained": "only"}], ids=str)
@pytest.mark.parametrize("n_rows", [100, 167, 168])
def test_a_second_season_that_is_too_long(parameters, n_rows):
    rng = np.random.default_rng(0)
    hours = 100 + 20 * np.sin(np.arange(n_rows) * np.pi / 12) + rng.normal(size=n_rows)
    forecaster = SequenceForecaster(horizon=12, season_length=[24, 168], **parameters)
    if n_rows < 168:
        with warns("needs at least 168 rows for a season of 168 rows", f"X has {n_rows}"):
            forecaster.fit(hours[:, np.newaxis])
        return
    forecaster.fit(hours[:, np.newaxis])  # the remedy: no warning


@pytest.mark.parametrize("season_length", [2, 3, 5, 6, 9, 10, 14, 15, 20, 30, 60])
@pytest.mark.parametrize("kind", ["sine", "pattern"])
def test_other_seasons_are_found(season_length, kind):
    rng, n_rows = np.random.default_rng(season_length), 6 * max(10, season_length)
    values = 5 * np.sin(np.arange(n_rows) * 2 * np.pi / season_length + 1)
    if kind == "pattern":
        values = np.resize(rng.normal(size=season_length), n_rows) * 5
    values += 50 + 0.3 * rng.normal(size=n_rows)
    assert season_in(values) == season_length


@pytest.mark.parametrize("dates", [None, "YS", "D", "MS"])
def test_a_season_that_no_dates_have(dates):
    """Its remedy makes the forecast as good as the seasonal naive one."""
    rng, t = np.random.default_rng(0), np.arange(150)
    values = 50 + 5 * np.sin(2 * np.pi * t / 10) + 0.3 * rng.normal(size=150)
    index = None if dates is None else pd.date_range("1900-01-01", periods=150, freq=dates)
    X, future = pd.Series(values, index)[:-10], values[-10:]
    forecaster = SequenceForecaster(horizon=10, random_state=0)
    with warns("every 10 rows", "season_length=10"):
        forecaster.fit(X)
    forecast = forecaster.set_params(season_length=10).fit(X).forecast()  # without a warning
    assert np.abs(np.ravel(forecast) - future).mean() < 1.1 * np.abs(X[-10:] - future).mean()


RANDOM = {
    "noise": lambda noise: noise,
    "walk": np.cumsum,
    "trend": lambda noise: np.arange(len(noise)) + noise,
    "growth": lambda noise: np.exp(np.linspace(0, 5, len(noise)) + 0.05 * noise),
    "slow curve": lambda noise: np.tanh(np.linspace(-3, 3, len(noise))) + 0.002 * noise,
    "counts": lambda noise: np.floor(np.exp(noise)),
}


@pytest.mark.parametrize("kind", RANDOM)
def test_few_series_seem_to_repeat_by_chance(kind):
    rng = np.random.default_rng(0)
    found = [
        season_in(RANDOM[kind](rng.normal(size=n_rows))) > 1
        for n_rows in (30, 60, 100, 200, 1000)
        for _ in range(200)
    ]
    assert np.mean(found) < 0.01


@pytest.mark.parametrize("values", [np.ones(100), np.arange(100.0), np.zeros(100), np.ones(3)])
def test_straight_lines_do_not_repeat(values):
    assert season_in(values) == 1


@pytest.mark.parametrize("parameters", [{}, {"pretrained": "only"}], ids=str)
@pytest.mark.parametrize(
    "end", ["2025-03-29 19:00", "2025-03-31", "2025-10-25 19:00", "2025-10-27"]
)
def test_hours_in_a_zone_whose_clocks_change(end, parameters):
    """Its remedy follows the wall clock: the error is that of the noise."""
    hours = pd.date_range(end=pd.Timestamp(end, tz="Europe/Berlin"), periods=24 * 28, freq="h")
    rng = np.random.default_rng(0)

    def load(index):
        return 100 + 30 * np.sin((index.hour.to_numpy() - 8) * np.pi / 12)

    X = pd.Series(load(hours) + rng.normal(0, 1, len(hours)), hours)
    forecaster = SequenceForecaster(horizon=48, random_state=0, **parameters).fit(X)
    with warns(end[:7], "X = X.tz_localize(None)", "asfreq('h')"):
        forecast = forecaster.forecast()
    X = X.tz_localize(None)
    X = X[~X.index.duplicated()].asfreq("h")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the hour that is missing in spring
        remedied = forecaster.fit(X).forecast()
    errors = [np.abs(one - load(one.index)).mean() for one in (forecast, remedied)]
    assert errors[1] < 1 and errors[0] > 2 * errors[1]


@pytest.mark.parametrize(
    ("zone", "end", "season_length"),
    [
        ("UTC", "2025-10-26", None),
        ("Europe/Berlin", "2025-08-01", None),
        ("Asia/Tokyo", "2025-10-26", None),
        ("Europe/Berlin", "2025-10-26", 1),
    ],
)
def test_hours_whose_clocks_do_not_matter(zone, end, season_length):
    hours = pd.date_range(end=pd.Timestamp(end, tz=zone), periods=24 * 14, freq="h")
    X = pd.Series(np.sin(np.arange(len(hours)) * np.pi / 12), hours)
    forecaster = SequenceForecaster(horizon=48, pretrained="only", season_length=season_length)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forecaster.fit(X).forecast()


@pytest.mark.parametrize(("horizon", "is_used"), [(1, False), (24, True)])
def test_a_season_that_a_near_forecast_does_not_gain_from(horizon, is_used):
    """A slow course: the last value is as good one row ahead."""
    rows = np.arange(2880)
    noise = np.random.default_rng(0).normal(0, 0.1, len(rows))
    dates = pd.date_range("2024-01-01", periods=len(rows), freq="10s")
    X = pd.Series(10 + np.sin(2 * np.pi * rows / 360) + noise, dates)
    forecaster = SequenceForecaster(Ridge(), horizon=horizon)
    if is_used:
        assert forecaster.fit(X).season_length_ == 360
        return
    with pytest.warns(UserWarning, match="because forecasts 1 row ahead are not better with it"):
        assert forecaster.fit(X).season_length_ == 1
    assert forecaster.set_params(season_length=360).fit(X).season_length_ == 360
