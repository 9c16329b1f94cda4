"""Clear shifts of the level: the rows before are left out, or a warning says that they are used."""

import tracemalloc
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster, load, save
from skgru._forecaster.level_shifts import clear_shift
from tests.helpers import warns

AHEAD = 12
PARAMETERS = [{}, {"pretrained": "only"}]
QUIET = "ignore:.*(does not use the season|rows, but regressors)"
LEFT_OUT = ("at another level", "rows before are left out")


def sales(seed=0, n=96, since=13, shift=150.0, season=20.0):
    """Months whose level shifts `since` rows before the last n-th one, and 12 rows to come."""
    rng, t = np.random.default_rng(seed), np.arange(n + AHEAD)
    values = 100 + season * np.sin(2 * np.pi * t / 12) + 3 * rng.normal(size=n + AHEAD)
    values[n - since :] += shift
    return pd.Series(values, pd.date_range("2015", periods=n + AHEAD, freq="MS"), name="y")


def forecaster(seed=0, **parameters):
    return SequenceForecaster(horizon=AHEAD, random_state=seed, **parameters)


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
@pytest.mark.parametrize("shift", [150.0, -70.0])
@pytest.mark.parametrize("since", [3, 7, 18, 30])
def test_forecasts_are_those_of_the_rows_since(since, shift, parameters):
    errors = []
    for seed in range(3):
        y = sales(seed, since=since, shift=shift, season=20.0 if shift > 0 else 8.0)
        X, actual = y[:-AHEAD], y[-AHEAD:].to_numpy()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fitted = forecaster(seed, **parameters).fit(X)
            cut = forecaster(seed, **parameters).fit(X[-since:])
        told = [str(one.message) for one in caught if LEFT_OUT[0] in str(one.message)]
        assert len(told) == 1 and f"From {X.index[-since].date()} on" in told[0]
        assert fitted.summary_["n_rows"] == since
        pd.testing.assert_series_equal(fitted.forecast(), cut.forecast())
        with warns(*LEFT_OUT):  # X begins before the rows that are kept
            pd.testing.assert_series_equal(fitted.forecast(X=X), cut.forecast())
        assert len(fitted.predict(X)) == len(X)
        last, season_ago = np.full(AHEAD, X.iloc[-1]), X[-12:].to_numpy()
        errors.append(
            [np.abs(one - actual).mean() for one in (fitted.forecast(), last, season_ago)]
        )
    own, *naive = np.mean(errors, axis=0)
    assert own < 1.3 * min(naive)


@pytest.mark.filterwarnings(QUIET)
@pytest.mark.parametrize("unit", [1e-9, 1e12, -1.0])
def test_the_unit_plays_no_part(unit):
    y = sales()[:-AHEAD]
    with warns(*LEFT_OUT):
        expected = forecaster(pretrained="only").fit(y).forecast()
    with warns(*LEFT_OUT):
        found = forecaster(pretrained="only").fit(unit * y).forecast()
    np.testing.assert_allclose(found / unit, expected, rtol=1e-6 if unit > 0 else 0.2)


def containers():
    y = sales(since=30)[:-AHEAD]
    whole = pd.concat([y, 2 * y], axis=1, keys=["a", "b"])
    long = whole.rename_axis("month").reset_index().melt("month", var_name="shop", value_name="y")
    return {
        "array": (y.to_numpy()[:, None], {"season_length": 12}),
        "list": ([y, (2 * y).rename("b")], {}),
        "polars": (pl.DataFrame({"month": y.index.to_numpy(), "y": y.to_numpy()}), {}),
        "wide": (whole, {"group": "columns"}),
        "long": (long, {"group": "shop"}),
    }


@pytest.mark.filterwarnings(QUIET)
@pytest.mark.parametrize("form", containers())
def test_in_every_container(form, tmp_path):
    X, parameters = containers()[form]
    with warns(*LEFT_OUT):
        fitted = forecaster(**parameters).fit(X)
    n_series = 1 if form in ("array", "polars") else 2
    assert fitted.summary_["n_rows"] == 30 * n_series
    first = fitted.forecast()
    values = first["y"] if form in ("polars", "long") else first
    assert 150 < np.ravel(np.asarray(values[0] if form == "list" else values))[0] < 620
    save(fitted, tmp_path / "one.skgru")
    again = load(tmp_path / "one.skgru").forecast()
    np.testing.assert_array_equal(
        np.asarray(again[0] if form == "list" else again),
        np.asarray(first[0] if form == "list" else first),
    )


@pytest.mark.filterwarnings(QUIET)
def test_update_and_whole_arrays():
    y = sales(since=30).to_numpy()[:, None]
    forecaster_ = forecaster(season_length=12, pretrained="only")
    with warns(*LEFT_OUT):
        fitted = forecaster_.fit(y[:-AHEAD])
    with pytest.raises(ValueError, match=rf"Give X\[{len(y) - AHEAD}:\]"):
        fitted.update(y)
    with warns(*LEFT_OUT):
        whole = fitted.forecast(X=y)
    np.testing.assert_allclose(fitted.update(y[-AHEAD:]).forecast(), whole, rtol=1e-6)


@pytest.mark.filterwarnings(QUIET)
def test_earlier_rows_at_the_new_level_are_used():
    """The remedy of the warning."""
    y = sales(since=13)
    X = y[:-AHEAD].copy()
    X.iloc[:-13] += 150
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*another level")
        fitted = forecaster().fit(X)
    assert fitted.summary_["n_rows"] == 96
    assert np.abs(fitted.forecast() - y[-AHEAD:]).mean() < 5


def test_a_shift_that_a_covariate_may_explain():
    frame = sales(since=13)[:-AHEAD].to_frame()
    frame["since"] = (frame.index >= frame.index[-13]).astype(float)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*another level")
        fitted = forecaster(target="y", known=["since"]).fit(frame)
    assert fitted.summary_["n_rows"] == 96


def test_rows_that_a_regressor_needs_are_kept_with_a_warning():
    y = sales(since=13)
    with warns("at another level", "too few", "bring them to the level"):
        assert forecaster(regressor=Ridge()).fit(y[:-AHEAD]).summary_["n_rows"] == 96
    with warns(*LEFT_OUT):
        long = sales(since=60)[:-AHEAD]
        assert forecaster(regressor=Ridge()).fit(long).summary_["n_rows"] == 60


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
@pytest.mark.parametrize("since", [3, 7, 12])
def test_a_season_that_is_large_beside_the_shift_is_kept(since, parameters):
    y = sales(since=since, season=40)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted = forecaster(**parameters).fit(y[:-AHEAD])
    assert fitted.summary_["n_rows"] == 96
    assert "too few" in str(caught[0].message)
    X = y[:-AHEAD].copy()
    X.iloc[:-since] += 150  # the remedy
    remedied = forecaster(**parameters).fit(X)
    assert np.abs(remedied.forecast() - y[-AHEAD:]).mean() < 6


@pytest.mark.filterwarnings("ignore:The .* last rows", "ignore:calibration")
@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
@pytest.mark.parametrize("since", [18, 30, 60, 90])
def test_intervals_that_need_rows_to_calibrate(since, parameters):
    y = sales(n=140, since=since)[:-AHEAD]
    fitted = forecaster(calibration_fraction=0.3, **parameters)
    with warns("at another level"):
        fitted.fit(y)
    assert np.isfinite(fitted.forecast_interval(coverage=0.8)).all(axis=None)


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_an_update_to_another_level_is_told_of(parameters):
    """Its remedy forecasts at the new level."""
    y = sales(since=18)
    X = y[:-AHEAD]
    fitted = forecaster(**parameters).fit(X[:70])
    told = ("From 2021-07-01 on, X is at another level", "Fit again on all rows")
    for reads in (lambda: fitted.forecast(X=X[70:]), lambda: fitted.predict(X[70:])):
        with warns(*told):
            reads()
    frame = pd.concat([X.to_frame().assign(shop=one) for one in ("a", "b")])
    many = SequenceForecaster(horizon=AHEAD, pretrained="only", target="y", group="shop")
    many.fit(frame[frame.index < X.index[70]])
    with warns(
        "series 'a' of X is at another level", "and so is 1 more series", "Fit again on all rows"
    ):
        many.forecast(X=frame[frame.index >= X.index[70]])
    with warns(*told):
        fitted.update(X[70:])
    with warns(*LEFT_OUT):
        again = forecaster(**parameters).fit(X)
    assert np.abs(again.forecast() - y[-AHEAD:]).mean() < 8


@pytest.mark.filterwarnings(QUIET)
@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_the_whole_series_has_lost_no_history(parameters):
    y = sales(since=18)[:-AHEAD]
    fitted = forecaster(**parameters).fit(y[:70])
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*does not continue")
        warnings.filterwarnings("ignore", message="From|X has")
        fitted.forecast(X=y)


def test_days_need_a_week_and_more():
    rng, t = np.random.default_rng(0), np.arange(200)
    values = 100 + 20 * np.sin(2 * np.pi * t / 7) + 3 * rng.normal(size=200)
    days = pd.Series(values, pd.date_range("2024", periods=200))
    for since, parts in ((3, None), (8, ("too few",)), (40, LEFT_OUT)):
        X = days + np.where(t >= 200 - since, 200, 0)
        if parts is None:
            with warnings.catch_warnings():
                warnings.filterwarnings("error", message=".*another level")
                warnings.filterwarnings("ignore", message="The last value")
                forecaster().fit(X)
        else:
            with warns("at another level", *parts):
                forecaster().fit(X)


def test_a_series_that_ended_is_forecast_as_zero():
    values = sales(season=20, shift=0).to_numpy()[:84]
    X = pd.Series(np.r_[values, np.zeros(12)], pd.date_range("2015", periods=96, freq="MS"))
    for parameters in PARAMETERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = forecaster(**parameters).fit(X)
        assert np.abs(fitted.forecast()).max() < 1e-6


# Series without a clear shift

T = np.arange(120)
OTHERS = {
    "walk": lambda rng: rng.normal(size=120).cumsum(),
    "noise": lambda rng: rng.normal(size=120),
    "growth": lambda rng: np.exp(0.05 * T + 0.05 * rng.normal(size=120)),
    "line": lambda rng: 1.0 * T,
    "season": lambda rng: 100 + 50 * np.sin(2 * np.pi * T / 12) + rng.normal(size=120),
    "spikes": lambda rng: 100 + rng.normal(size=120) + 300 * (rng.random(120) < 0.03),
    "counts": lambda rng: rng.poisson(0.3, 120).astype(float),
    "two regimes": lambda rng: 100.0 * (T // 15 % 2) + rng.normal(size=120),
    "heavy tails": lambda rng: rng.standard_t(2, size=120).cumsum(),
    "a season of zeros": lambda rng: 50.0 * (T % 12 > 5) + rng.random(120),
    "constant": lambda rng: np.ones(120),
}


@pytest.mark.parametrize("season_length", [4, 7, 12])
@pytest.mark.parametrize("kind", OTHERS)
def test_other_series_have_no_clear_shift(kind, season_length):
    found = [
        clear_shift(OTHERS[kind](np.random.default_rng(seed))[:n], season_length)[0]
        for seed in range(20)
        for n in (61, 80, 120)
    ]
    limit = 0.1 if kind == "heavy tails" else 0.02  # where it changes no forecast
    assert np.mean(np.array(found) > 0) <= limit


@pytest.mark.parametrize("months", [12, 18, 23])
@pytest.mark.parametrize("high", [3, 4])
def test_the_peak_of_a_first_season_is_no_shift(months, high):
    year = np.where(np.arange(12) >= 12 - high, 260.0, 100.0)
    values = np.resize(np.roll(year, months % 12), months)
    values += np.random.default_rng(0).normal(size=months)
    assert clear_shift(values, 12) == (0, False)


@pytest.mark.filterwarnings("ignore:From .* at another level")
@pytest.mark.parametrize("parameters", [{}, {"regressor": Ridge()}], ids=str)
def test_weights_decide_which_rows_count(parameters):
    y = sales(n=160, since=40, shift=-70)[:-AHEAD]
    weights = (np.arange(160) < 120).astype(float)
    fitted = SequenceForecaster(horizon=6, random_state=0, **parameters)
    assert fitted.fit(y, sample_weight=weights).summary_["n_rows"] == 160


def test_a_long_series_is_looked_at_in_little_memory():
    values = np.random.default_rng(0).normal(size=400_000)
    values[-4000:] += 100
    tracemalloc.start()
    assert clear_shift(values, 1440)[0] == 396_000
    assert tracemalloc.get_traced_memory()[1] < 60e6
    tracemalloc.stop()
