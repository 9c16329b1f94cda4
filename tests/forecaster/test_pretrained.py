"""The networks that skgru brings along: what they share in, what they ask for, and how a series
that repeats itself is forecast.
"""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from skgru import SequenceForecaster
from skgru._forecaster.pretrained import HORIZONS, load_pretrained, pretrained_spec
from skgru.datasets import load_airline_passengers
from tests.helpers import raises, warns

AIRLINE = load_airline_passengers()[:, 0]
RNG = np.random.default_rng(0)


def seasonal(n, m=12, spread=0.05):
    """Positive, with a season and noise, (n,)."""
    course = 0.3 * np.sin(2 * np.pi * np.arange(n) / m)
    return np.exp(3 + course + RNG.normal(scale=spread, size=n).cumsum() / 3)


SERIES = [seasonal(60), seasonal(44), seasonal(31)]


def forecaster(**parameters):
    return SequenceForecaster(
        **({"horizon": 6, "season_length": 12, "random_state": 0} | parameters)
    )


def forecasts(X, **parameters):
    return np.asarray(forecaster(**parameters).fit(X).forecast())


# Oracle and identity


@pytest.mark.parametrize("season_length", HORIZONS)
def test_weights_are_those_of_the_plan(season_length):
    model, plan = load_pretrained(season_length), pretrained_spec(season_length)
    assert [member.window_length for member in model.members] == list(plan.windows)
    assert [member.regressor.highway for member in model.members] == [True, False]
    for member in model.members:
        windows = RNG.normal(scale=0.1, size=(3, member.window_length, 1)).astype(np.float32)
        ours = member.regressor.predict(windows)
        assert ours.shape == (3, HORIZONS[season_length])
        theirs = member.regressor.model_.predict(windows, verbose=0)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def of_the_networks(values, season_length=12):
    """Logarithm of the forecast of the networks alone: seasonal naive, and what they make of the
    logarithms around their last season.
    """
    z = np.log(values)
    early = np.concatenate([np.full(60, z[0]), z])  # windows begin before a short series
    differences = [
        member.regressor.predict(
            (early[-member.window_length :] - z[-season_length:].mean()).reshape(1, -1, 1)
        )[0, :6]
        for member in load_pretrained(season_length).members
    ]
    return np.resize(z[-season_length:], 6) + np.mean(differences, axis=0)


@pytest.mark.parametrize(
    "X, parameters, n_members",
    [
        (SERIES[0].reshape(-1, 1), {}, 1),
        (SERIES[0].reshape(-1, 1), {"n_estimators": 3}, 3),
        (SERIES, {}, 4),
    ],
    ids=["one", "three members", "many"],
)
def test_they_count_as_one_member(X, parameters, n_members):
    auto, own = (
        np.log(forecasts(X, pretrained=pretrained, theta_weight=0, **parameters))
        for pretrained in ("auto", None)
    )
    only = np.array([of_the_networks(np.ravel(x)) for x in (X if isinstance(X, list) else [X])])
    expected = (n_members * own + only.reshape(own.shape)) / (n_members + 1)
    np.testing.assert_allclose(auto, expected, rtol=1e-4)


def test_they_serve_quarters_too():
    X = seasonal(60, 4).reshape(-1, 1)
    auto, own = (
        np.log(forecasts(X, season_length=4, theta_weight=0, pretrained=pretrained))[:, 0]
        for pretrained in ("auto", None)
    )
    np.testing.assert_allclose(2 * auto - own, of_the_networks(X[:, 0], 4), rtol=1e-5)


def test_a_zero_among_hundreds_is_no_obstacle():
    values = AIRLINE.copy()
    values[50] = 0
    small = forecaster().fit(values.reshape(-1, 1) / 1e6)
    assert small.pretrained_  # units play no part


def test_of_several_series_those_with_zeros_are_left_to_the_regressors():
    counts = np.arange(40.0)
    counts[::6] = 0
    auto, own = (forecasts([*SERIES, counts], pretrained=p) for p in ("auto", None))
    np.testing.assert_array_equal(auto[-1], own[-1])
    assert (auto[:-1] != own[:-1]).all()


def test_row_by_row_is_a_forecast_from_each_row():
    X = SERIES[0].reshape(-1, 1)
    fitted = forecaster().fit(X)
    rows = fitted.predict(X)
    for t in (30, 40, len(X) - 1):
        np.testing.assert_allclose(rows[t], fitted.forecast(X=X[: t + 1])[:, 0], rtol=1e-5)


# A series that repeats itself


@pytest.mark.parametrize("pretrained", [None, "auto"])
def test_what_has_always_repeated_itself_goes_on(pretrained):
    months = np.tile(np.arange(1.0, 13), 4)
    repeated = [np.full(50, 5.0), months, np.zeros(50), np.full(50, -5.0)]
    answers = forecasts([*repeated, *SERIES], pretrained=pretrained)
    for values, answer in zip(repeated, answers, strict=False):
        np.testing.assert_allclose(answer[:, 0], values[: len(answer)], rtol=1e-7)


def test_without_a_season_too():
    answers = forecasts([np.full(30, 5.0), seasonal(30)], season_length=1)
    np.testing.assert_allclose(answers[0][:, 0], 5, rtol=1e-9)


def test_less_than_two_seasons_repeat_nothing():
    fitted = forecaster().fit(SERIES)
    flat, longer = np.full(23, 5.0), np.full(24, 5.0)
    assert (fitted.forecast(X=[flat])[0] != 5).all()
    np.testing.assert_allclose(fitted.forecast(X=[longer])[0], 5, rtol=1e-9)


def test_what_repeats_itself_no_more_is_left_to_the_networks():
    answers = forecasts([np.r_[np.full(46, 5.0), 6, 6, 6, 6], *SERIES])
    assert not np.isin(answers[0], [5, 6]).any()


# Behaviour


def test_a_season_of_rows_is_enough():
    first = pd.Series(
        AIRLINE[:14], pd.period_range("1949-01", periods=14, freq="M"), name="airline"
    )
    answer = SequenceForecaster(pretrained="only", horizon=12).fit(first).forecast()
    assert answer.index[0] == pd.Period("1950-03", "M")
    assert np.isfinite(answer).all()
    with raises("horizon=24") as caught:
        SequenceForecaster(Ridge(), season_length=12, horizon=24).fit(first)
    assert "pretrained" not in str(caught.value)
    assert len(forecaster(pretrained="only", horizon=24).fit(first).forecast()) == 24


def test_far_steps_that_nothing_teaches():
    with raises("horizon=24", "pretrained='only'", "strategy='recursive'"):
        forecaster(horizon=24).fit([AIRLINE[:20], AIRLINE[:22]])
    both = forecaster(pretrained="only", horizon=24).fit([AIRLINE[:20], AIRLINE[:22]])
    assert np.isfinite(both.forecast()).all()


def test_fitted_networks_are_listed_last():
    fitted = forecaster().fit(AIRLINE.reshape(-1, 1))
    assert len(fitted.regressors_) == 3
    assert [one.highway for one in fitted.regressors_[1:]] == [True, False]
    assert fitted.regressors_[0].loss_curve_
    assert fitted.pretrained_
    assert not forecaster(pretrained=None).fit(AIRLINE.reshape(-1, 1)).pretrained_
    assert fitted.window_length_ == 24
    assert fitted.baseline_ == "profile"


def test_what_is_done_to_one_forecaster_changes_no_other():
    first = forecaster().fit(AIRLINE.reshape(-1, 1))
    before = first.forecast()
    first.regressors_[1]._weights[0][:] = 0
    first.regressors_[2].fit(np.zeros((3, 24, 1)), np.zeros(3))
    again = forecaster().fit(AIRLINE.reshape(-1, 1))
    np.testing.assert_array_equal(again.forecast(), before)


def test_pickles_take_them_along():
    fitted = forecaster(calibration_fraction=0.3).fit(AIRLINE.reshape(-1, 1))
    copied = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copied.forecast(), fitted.forecast())
    np.testing.assert_array_equal(
        copied.forecast_interval(coverage=0.8), fitted.forecast_interval(coverage=0.8)
    )
    assert clone(fitted).pretrained == "auto"


@pytest.mark.parametrize(
    "X", [AIRLINE.reshape(-1, 1), [AIRLINE[:100], AIRLINE[:90]]], ids=["1", "2"]
)
def test_intervals_lie_around_the_forecast(X):
    fitted = forecaster(calibration_fraction=0.3).fit(X)
    middles, bounds = fitted.forecast(), fitted.forecast_interval(coverage=0.5)
    middles, bounds = (one if isinstance(X, list) else [one] for one in (middles, bounds))
    for middle, bound in zip(middles, bounds, strict=True):
        assert (bound[..., 0] < middle).all()
        assert (middle < bound[..., 1]).all()


# Where they take no part


LONG = np.tile(AIRLINE, 4)
TWO = np.column_stack([AIRLINE, AIRLINE])


@pytest.mark.parametrize(
    "X, parameters",
    [
        (AIRLINE, {"season_length": 7}),
        (AIRLINE, {"season_length": 1}),
        (AIRLINE, {"regressor": Ridge()}),
        (AIRLINE, {"scaler": None}),
        (AIRLINE, {"scaler": StandardScaler()}),
        (AIRLINE - 200, {}),
        (np.clip(AIRLINE - 250, 0, None), {}),
        (LONG, {}),
        (TWO, {}),
        (TWO, {"target": 0}),
    ],
    ids=str,
)
def test_where_they_take_no_part(X, parameters):
    X = X.reshape(len(X), -1)
    auto, own = (forecaster(pretrained=p, **parameters).fit(X) for p in ("auto", None))
    np.testing.assert_array_equal(auto.forecast(), own.forecast())
    assert len(auto.regressors_) == len(own.regressors_)


def test_a_season_that_is_not_used_points_to_them():
    year = pd.Series(AIRLINE[:12], pd.period_range("1949-01", periods=12, freq="M"))
    with warns("13 row", "pretrained='only'"):
        SequenceForecaster(horizon=2).fit(year)


def test_they_take_the_season_of_the_index_from_one_season_on():
    months = pd.Series(AIRLINE[:26], pd.period_range("1949-01", periods=26, freq="M"))
    fitted = SequenceForecaster(horizon=6, random_state=0).fit(months)
    assert (fitted.season_length_, fitted.pretrained_) == (12, True)
    given = SequenceForecaster(horizon=6, random_state=0, season_length=12).fit(months)
    np.testing.assert_array_equal(fitted.forecast(), given.forecast())
    for other in ({"pretrained": None}, {"regressor": Ridge()}, {"scaler": None}):
        with warns("season", "12"):
            assert SequenceForecaster(horizon=6, **other).fit(months).season_length_ == 1


def test_intervals_that_no_fraction_allows():
    with raises("calibration_fraction=0.3", "n_samples=30", "horizon=12"):
        forecaster(horizon=12, calibration_fraction=0.3).fit(AIRLINE[:30].reshape(-1, 1))
    only = forecaster(horizon=12, calibration_fraction=0.45, pretrained="only")
    assert only.fit(AIRLINE[:30].reshape(-1, 1)).forecast_interval(coverage=0.4).shape == (12, 1, 2)
