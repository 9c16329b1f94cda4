"""The pretrained network as a member of the default forecast: its weight, its intervals, and how a
series that repeats itself is forecast.
"""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.preprocessing import FunctionTransformer, PowerTransformer, StandardScaler

from skgru import GRURegressor, SequenceForecaster
from skgru._forecaster.mixture import weighted_mean
from skgru._forecaster.scaling import restored, scaled_or_nan
from skgru.datasets import load_airline_passengers
from tests.helpers import prices, raises, warns

AIRLINE = load_airline_passengers()[:, 0]
RNG = np.random.default_rng(0)


def seasonal(n, m=12, spread=0.05):
    """Positive, with a season and noise, (n,)."""
    course = 0.3 * np.sin(2 * np.pi * np.arange(n) / m)
    return np.exp(3 + course + RNG.normal(scale=spread, size=n).cumsum() / 3)


SERIES = [seasonal(60), seasonal(44), seasonal(31)]
SMALL = GRURegressor(4, epochs=2)


def forecaster(**parameters):
    return SequenceForecaster(
        **({"horizon": 6, "season_length": 12, "random_state": 0} | parameters)
    )


def forecasts(X, **parameters):
    return np.asarray(forecaster(**parameters).fit(X).forecast())


# Weights


@pytest.mark.parametrize("X", [SERIES[0], SERIES], ids=["one", "many"])
def test_the_forecast_is_the_weighted_mean_on_the_scale_of_the_scaler(X):
    X = X if isinstance(X, list) else X.reshape(-1, 1)
    fitted = forecaster().fit(X)
    parts = {
        "regressors": forecasts(X, pretrained=None, theta_weight=0),
        "pretrained": forecasts(X, pretrained="only"),
        "theta": forecasts(X, theta_weight=1),
    }
    assert fitted.ensemble_.keys() == parts.keys()
    assert sum(fitted.ensemble_.values()) == pytest.approx(1)
    expected = sum(fitted.ensemble_[name] * np.log(part) for name, part in parts.items())
    np.testing.assert_allclose(np.log(fitted.forecast()), expected, rtol=1e-5)


def test_theta_weight_leaves_the_rest_to_both():
    usual = forecaster().fit(AIRLINE.reshape(-1, 1)).ensemble_
    given = forecaster(theta_weight=0.6).fit(AIRLINE.reshape(-1, 1)).ensemble_
    assert given["theta"] == 0.6
    ratios = [one["pretrained"] / one["regressors"] for one in (usual, given)]
    assert ratios[0] == pytest.approx(ratios[1])


@pytest.mark.parametrize(
    "X, parameters",
    [
        (AIRLINE, {"season_length": 7}),
        (AIRLINE, {"season_length": 1}),
        (AIRLINE - 200, {}),
        (np.tile(AIRLINE, 4), {}),
        (np.column_stack([AIRLINE, AIRLINE[::-1]]), {}),
        (np.column_stack([AIRLINE, AIRLINE[::-1]]), {"target": 0}),
        (AIRLINE, {"scaler": None}),
        (AIRLINE, {"scaler": StandardScaler()}),
        (AIRLINE, {"strategy": "recursive"}),
    ],
    ids=str,
)
def test_it_takes_part_whatever_the_series(X, parameters):
    fitted = forecaster(**parameters).fit(X.reshape(len(X), -1))
    assert fitted.pretrained_ and fitted.ensemble_["pretrained"] > 0
    assert repr(fitted.regressors_[-1]) == "PretrainedNetwork()"
    assert np.isfinite(fitted.forecast()).all()
    assert np.isfinite(fitted.predict(X.reshape(len(X), -1))[60:]).all()


def test_weights_of_a_panel_follow_errors():
    """Of Theta, which has no second season, and of the pretrained network, beside the baseline."""
    rng, t = np.random.default_rng(0), np.arange(72)
    trends = [30 * np.sin(t / 20 + i) + rng.normal(size=72) for i in range(4)]
    steps = [np.resize(rng.normal(size=12), 72) + 1e-3 * rng.normal(size=72) for _ in range(4)]
    usual, repeating = (
        forecaster(horizon=3, season_length=m, n_estimators=2).fit(panel).ensemble_
        for panel, m in ((trends, 1), (steps, 12))
    )
    assert repeating["regressors"] > usual["regressors"] + 0.05


def test_a_panel_whose_ends_are_too_short_for_theta():
    """The pretrained network alone adapts its weight."""
    panel = [values[:25] for values in SERIES]
    fitted = forecaster(horizon=3, n_estimators=2).fit(panel)
    assert fitted.ensemble_["pretrained"] > 0 and np.isfinite(fitted.forecast()).all()


def test_of_means_it_gives_the_intervals_alone():
    fitted = forecaster(point="mean").fit(AIRLINE.reshape(-1, 1))
    assert fitted.pretrained_ and fitted.ensemble_.keys() == {"regressors", "theta"}
    assert np.isfinite(fitted.forecast_interval()).all()
    only = forecaster(point="mean", pretrained="only").fit(AIRLINE.reshape(-1, 1))
    assert only.ensemble_ == {"pretrained": 0.5, "theta": 0.5}


@pytest.mark.parametrize("kind", ["sparse", "lognormal", "poisson"])
def test_zero_shot_means_add_up(kind):
    """Over 8 series, the sum of 30 means is near that of the process."""
    ratios = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        values, truth = {
            "sparse": (np.where(rng.random(400) < 0.1, 10.0, 0), 1),
            "lognormal": (np.exp(rng.normal(size=400)), np.exp(0.5)),
            "poisson": (rng.poisson(0.5, 400).astype(float), 0.5),
        }[kind]
        fitted = SequenceForecaster(horizon=30, season_length=1, point="mean", pretrained="only")
        ratios.append(fitted.fit(values.reshape(-1, 1)).forecast().mean() / truth)
    assert 0.7 < np.mean(ratios) < 1.4


def test_zero_shot_means_of_sparse_sales_use_many_rows():
    """A mean of ten seasons would vary by 0.4 of the truth."""
    ratios = []
    for seed in range(12):
        rng = np.random.default_rng([seed, 20, 77])
        sales = np.where(rng.random(400) < 0.2, rng.poisson(20, 400), 0.0).reshape(-1, 1)
        fitted = SequenceForecaster(horizon=28, season_length=7, pretrained="only").fit(sales)
        assert fitted.ensemble_["theta"] == 0.75 and fitted.level_ is None
        ratios.append(fitted.forecast().mean() / 4)
    assert 0.9 < np.mean(ratios) < 1.1 and np.std(ratios) < 0.35


@pytest.mark.parametrize(
    "parameters", [{"regressor": Ridge()}, {"regressor": SMALL}, {"pretrained": None}], ids=str
)
def test_where_it_takes_no_part(parameters):
    fitted = forecaster(**parameters).fit(AIRLINE.reshape(-1, 1))
    assert not fitted.pretrained_ and "pretrained" not in fitted.ensemble_
    with raises("calibration_fraction=0", "regressor=None with pretrained='auto'"):
        fitted.forecast_interval()
    fitted.set_params(regressor=None, pretrained="auto").fit(AIRLINE.reshape(-1, 1))
    assert np.isfinite(fitted.forecast_interval()).all()


def test_a_forecast_that_the_scaler_has_no_number_for():
    """The other forecasts remain."""
    scaler = FunctionTransformer(np.log, np.exp)
    own = np.array([[0.0], [1.0]])
    other = scaled_or_nan(scaler, np.array([[-1.0], [np.e**3]]))
    np.testing.assert_allclose(weighted_mean((0.5, own), (0.5, other)), [[0], [2]])
    fitted = forecaster(scaler=PowerTransformer("box-cox")).fit(AIRLINE.reshape(-1, 1))
    assert np.isfinite(fitted.forecast()).all()


def test_a_level_far_from_zero_is_no_count():
    """Values that differ by a millionth of their level were all one multiple of a unit."""
    walk = RNG.normal(size=200).cumsum()
    low, high = (
        SequenceForecaster(horizon=10, season_length=1, pretrained="only").fit(
            (walk + level).reshape(-1, 1)
        )
        for level in (0, 1e6)
    )
    distance = np.abs(high.forecast() - 1e6 - low.forecast()).max()
    assert distance < np.abs(np.diff(walk)).mean()


# Intervals with nothing set


@pytest.mark.parametrize("X", [AIRLINE, SERIES, np.maximum(0, AIRLINE - 300)], ids=["1", "3", "0"])
def test_intervals_need_no_calibration(X):
    X = X if isinstance(X, list) else X.reshape(-1, 1)
    fitted = forecaster().fit(X)
    wide, narrow = (np.asarray(fitted.forecast_interval(coverage=c)) for c in (0.95, 0.5))
    middle = np.asarray(fitted.forecast())
    assert (wide[..., 0] <= narrow[..., 0]).all() and (narrow[..., 1] <= wide[..., 1]).all()
    assert (narrow[..., 0] <= middle).all() and (middle <= narrow[..., 1]).all()
    further = np.asarray(fitted.forecast_interval(10, coverage=0.5))
    np.testing.assert_allclose(further[..., :6, :, :], narrow, rtol=1e-6)


def test_intervals_have_the_unit_of_the_series():
    one, other = (
        forecaster().fit(AIRLINE.reshape(-1, 1) * unit).forecast_interval() / unit
        for unit in (1, 1e-6)
    )
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_intervals_of_walks_hold_what_they_promise():
    hits = []
    for seed in range(40):
        walk = np.random.default_rng(seed).normal(size=110).cumsum().reshape(-1, 1)
        only = SequenceForecaster(horizon=10, season_length=1, pretrained="only").fit(walk[:100])
        low, high = np.moveaxis(only.forecast_interval(coverage=0.8), -1, 0)
        hits.append(((low <= walk[100:]) & (walk[100:] <= high)).mean())
    assert 0.7 < np.mean(hits) < 0.9


def test_bounds_of_sales_are_not_negative():
    rng = np.random.default_rng(0)
    sales = rng.poisson(0.4, 200).astype(float).reshape(-1, 1)
    fitted = SequenceForecaster(horizon=7, season_length=7, random_state=0).fit(sales)
    assert fitted.point_ == "mean"
    low, high = np.moveaxis(fitted.forecast_interval(coverage=0.8), -1, 0)
    assert (low >= 0).all() and (low < 0.1).all() and (high > fitted.forecast()).all()


def test_calibration_takes_the_place_of_its_quantiles():
    plain, calibrated = (
        forecaster(calibration_fraction=fraction).fit(AIRLINE.reshape(-1, 1))
        for fraction in (0, 0.3)
    )
    np.testing.assert_allclose(plain.forecast(), calibrated.forecast(), rtol=1e-6)
    bounds = [one.forecast_interval(coverage=0.5) for one in (plain, calibrated)]
    assert not np.allclose(*bounds)
    with raises("steps=7"):
        calibrated.forecast_interval(7, coverage=0.5)


# A series that repeats itself


@pytest.mark.parametrize("pretrained", [None, "auto"])
def test_what_has_always_repeated_itself_goes_on(pretrained):
    months = np.tile(np.arange(1.0, 13), 4)
    repeated = [np.full(50, 5.0), months, np.zeros(50), np.full(50, -5.0)]
    answers = forecasts([*repeated, *SERIES], pretrained=pretrained)
    for values, answer in zip(repeated, answers, strict=False):
        np.testing.assert_allclose(answer[:, 0], values[: len(answer)], rtol=1e-7)


def test_a_single_one_is_its_baseline():
    fitted = forecaster().fit(np.tile(np.arange(1.0, 13), 4).reshape(-1, 1))
    assert fitted.ensemble_ == {"baseline": 1.0}
    np.testing.assert_allclose(fitted.forecast()[:, 0], np.arange(1.0, 7))
    np.testing.assert_allclose(fitted.forecast_interval()[..., 0], fitted.forecast())


def test_without_a_season_too():
    answers = forecasts([np.full(30, 5.0), seasonal(30)], season_length=1)
    np.testing.assert_allclose(answers[0][:, 0], 5, rtol=1e-9)


def test_what_repeats_itself_no_more_is_left_to_the_networks():
    answers = forecasts([np.r_[np.full(46, 5.0), 6, 6, 6, 6], *SERIES])
    assert not np.isin(answers[0], [5, 6]).any()


# Behaviour


def test_row_by_row_is_a_forecast_from_each_row():
    X = SERIES[0].reshape(-1, 1)
    fitted = forecaster().fit(X)
    rows = fitted.predict(X)
    for t in (30, 40, len(X) - 1):
        np.testing.assert_allclose(rows[t], fitted.forecast(X=X[: t + 1])[:, 0], rtol=1e-5)


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


def test_far_steps_that_nothing_teaches_are_left_to_the_others():
    short = [AIRLINE[:20], AIRLINE[:22]]
    with warns("horizon=24", "that of the pretrained network. "):  # less than two seasons
        fitted = forecaster(horizon=24).fit(short)
    assert fitted.ensemble_ == {"pretrained": 1.0}
    with warns("horizon=24", "the pretrained network and Theta"):
        longer = forecaster(horizon=24).fit([AIRLINE[:20], AIRLINE[:24]])
    assert longer.ensemble_.keys() == {"pretrained", "theta"}
    assert np.isfinite(fitted.forecast()).all()
    with raises("horizon=24", "strategy='recursive'"):
        forecaster(horizon=24, regressor=SMALL).fit(short)


def test_fitted_networks_are_listed_first():
    fitted = forecaster().fit(AIRLINE.reshape(-1, 1))
    assert len(fitted.regressors_) == 2
    assert fitted.regressors_[0].loss_curve_
    assert fitted.regressors_[1].quantiles[4] == 0.5
    assert fitted.window_length_ == 24
    assert fitted.baseline_ == "profile"


def test_pickles_take_it_along():
    fitted = forecaster(calibration_fraction=0.3).fit(AIRLINE.reshape(-1, 1))
    copied = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copied.forecast(), fitted.forecast())
    np.testing.assert_array_equal(
        copied.forecast_interval(coverage=0.8), fitted.forecast_interval(coverage=0.8)
    )
    assert clone(fitted).pretrained == "auto"


def test_a_season_that_is_not_used_points_to_it():
    year = pd.Series(AIRLINE[:12], pd.period_range("1949-01", periods=12, freq="M"))
    with warns("13 row", "Give season_length=12"):
        SequenceForecaster(horizon=2).fit(year)


def test_it_takes_the_season_of_the_index_from_one_season_on():
    months = pd.Series(AIRLINE[:26], pd.period_range("1949-01", periods=26, freq="M"))
    fitted = SequenceForecaster(horizon=6, random_state=0).fit(months)
    assert (fitted.season_length_, fitted.pretrained_) == (12, True)
    given = SequenceForecaster(horizon=6, random_state=0, season_length=12).fit(months)
    np.testing.assert_array_equal(fitted.forecast(), given.forecast())
    for other in ({"pretrained": None}, {"regressor": Ridge()}):
        with warns("season", "12"):
            assert SequenceForecaster(horizon=6, **other).fit(months).season_length_ == 1


def test_intervals_that_no_fraction_allows():
    with raises("calibration_fraction=0.3", "n_samples=30", "horizon=12"):
        forecaster(horizon=12, calibration_fraction=0.3).fit(AIRLINE[:30].reshape(-1, 1))
    only = forecaster(horizon=12, calibration_fraction=0.45, pretrained="only")
    assert only.fit(AIRLINE[:30].reshape(-1, 1)).forecast_interval(coverage=0.4).shape == (12, 1, 2)


# Inputs that once gave wrong numbers


def test_a_steady_series_among_demand_keeps_its_level():
    rng = np.random.default_rng(0)
    panel = [rng.poisson(0.4, 100) * 1.0 for _ in range(3)]
    panel += [1e6 + rng.normal(size=100), np.full(100, 7.0)]
    for pretrained in ("auto", "only"):
        fitted = forecaster(horizon=3, season_length=1, pretrained=pretrained, n_estimators=2).fit(
            panel
        )
        assert fitted.point_ == "mean"
        steady, constant = fitted.forecast()[-2:]
        np.testing.assert_allclose(steady, 1e6, atol=5)
        np.testing.assert_allclose(constant, 7, rtol=0.02)
        low, high = np.moveaxis(fitted.forecast_interval()[-2], -1, 0)
        assert (low < 1e6 + 2).all() and (high > 1e6 - 2).all() and (high - low < 20).all()


def test_growth_and_a_new_value_are_no_outliers():
    rng = np.random.default_rng(0)
    months = 100 * np.exp(0.15 * np.arange(48) + 0.03 * rng.normal(size=48))
    only = {"horizon": 1, "season_length": 12, "pretrained": "only"}
    assert SequenceForecaster(**only).fit(months.reshape(-1, 1)).forecast()[0, 0] > months[-1]
    changed = np.r_[np.full(59, 5.0), 6.0].reshape(-1, 1)
    low, high = SequenceForecaster(**only).fit(changed).forecast_interval()[0, 0]
    assert 5 < low < high


def test_bounds_are_moved_first_and_clipped_last():
    months = np.arange(72)
    closed = np.where(months % 12 < 4, 0, 30 + np.random.default_rng(0).normal(0, 4, 72))
    bounds = forecaster(horizon=12).fit(closed.reshape(-1, 1)).forecast_interval()
    assert (bounds[:4, 0, 0] <= 1e-9).all()
    falling = np.linspace(30, 0.5, 60) + np.random.default_rng(0).normal(0, 0.2, 60)
    fitted = SequenceForecaster(horizon=12, season_length=1, random_state=0)
    low, high = np.moveaxis(
        fitted.fit(np.clip(falling, 0.1, None).reshape(-1, 1)).forecast_interval(), -1, 0
    )
    assert (low >= 0).all() and (high - low > 0.1).all()


def test_intervals_of_means_around_zero_are_as_wide_as_the_noise():
    values = np.random.default_rng(2).normal(size=(150, 1))
    fitted = SequenceForecaster(horizon=12, season_length=1, point="mean", random_state=0)
    low, high = np.moveaxis(fitted.fit(values).forecast_interval(), -1, 0)
    assert (high - low < 6).all() and (high - low > 2).all()


@pytest.mark.parametrize("pretrained, start", [("only", 16), ("auto", 26)])
def test_a_gap_at_the_start_of_the_window_is_filled_from_the_season(pretrained, start):
    months = 100 + 50 * np.sin(np.arange(72) * 2 * np.pi / 12)
    values = months + np.random.default_rng(0).normal(size=72)
    values[-start : -start + 5] = np.nan
    fitted = forecaster(horizon=12, pretrained=pretrained).fit(values.reshape(-1, 1))
    rows = fitted.predict(values.reshape(-1, 1))
    np.testing.assert_allclose(fitted.forecast()[:, 0], rows[-1], rtol=1e-6)


def test_covariates_that_make_the_regressors_fail():
    rng = np.random.default_rng(0)
    values = np.c_[100 + rng.normal(size=200).cumsum(), rng.standard_t(1.5, size=(200, 150))]
    with warns("left out"):
        fitted = SequenceForecaster(horizon=6, target=0, season_length=1, random_state=0).fit(
            values
        )
    assert fitted.ensemble_.keys() == {"pretrained", "theta"}
    fewer = SequenceForecaster(Ridge(), horizon=6, target=0, season_length=1)  # both remedies
    assert fewer.fit(values[:, :5]).ensemble_ == {"regressors": 1.0}


def test_networks_without_covariates_that_fail_have_another_remedy():
    series = prices(1, 120, 10).reshape(-1, 1)
    with warns("networks have an error", "they are left out", 'Give pretrained="only"'):
        fitted = SequenceForecaster(horizon=12, season_length=1, random_state=0).fit(series)
    assert fitted.ensemble_.keys() == {"pretrained", "theta"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SequenceForecaster(horizon=12, season_length=1, pretrained="only").fit(series)


def test_a_scaler_without_a_number_for_the_way_back():
    values = np.r_[np.full(60, 1.0), np.full(20, 5.0)]
    values += 0.01 * np.random.default_rng(0).normal(size=80)
    fitted = SequenceForecaster(
        Ridge(), horizon=2, season_length=1, scaler=PowerTransformer(), baseline=None, level=None
    ).fit(values.reshape(-1, 1))
    with raises("PowerTransformer", "no finite number"):
        restored(fitted.scaler_, np.full((3, 1), 1e3))


@pytest.mark.filterwarnings(
    "ignore:From .* at another level", "ignore:X has .* rows", "ignore:season_length="
)
@pytest.mark.parametrize("options", [{}, {"pretrained": "only"}])
@pytest.mark.parametrize(("factor", "rows_since"), [(10, 30), (10, 12), (3, 20)])
def test_a_shift_of_the_level_is_no_skewness(options, factor, rows_since):
    noise = 1 + 0.05 * np.random.default_rng(0).normal(size=84)
    series = np.where(np.arange(84) < 84 - rows_since, 100.0, 100.0 * factor) * noise
    fitted = forecaster(horizon=12, point="mean", random_state=0, **options).fit(series[:, None])
    assert 0.7 < fitted.forecast().mean() / (100 * factor) < 1.3


@pytest.mark.parametrize(
    "kind",
    [
        lambda r: np.exp(r.normal(size=300)),
        lambda r: 20 * np.exp(0.5 * r.normal(size=300)),
        lambda r: 10.0 * (r.random(300) < 0.1),
        lambda r: r.gamma(0.7, 5, size=300),
        lambda r: r.poisson(0.5, size=300).astype(float),
        lambda r: r.exponential(3, size=300) - 1,
    ],
)
def test_sums_of_zero_shot_means_are_those_of_the_series(kind):
    panel = [kind(np.random.default_rng(seed)) for seed in range(40)]
    fitted = SequenceForecaster(horizon=30, season_length=7, point="mean", pretrained="only")
    total = np.sum(fitted.fit(panel).forecast()) / 30
    assert 0.85 < total / sum(one.mean() for one in panel) < 1.15


@pytest.mark.parametrize("n_rows", [3, 8, 14])
def test_a_year_after_a_few_months(n_rows):
    """With the default horizon, growth within a year was added to itself for twelve months."""
    errors = []
    for start in range(0, 96, 12):
        X = pd.Series(
            AIRLINE[start : start + n_rows], pd.date_range("2020", periods=n_rows, freq="MS")
        )
        actual = AIRLINE[start + n_rows : start + n_rows + 12]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            forecast = SequenceForecaster(random_state=0).fit(X).forecast(12)
        errors.append([np.abs(one - actual).mean() for one in (forecast, X.iloc[-1])])
    ours, last = np.mean(errors, axis=0)
    assert ours < 1.6 * last  # more than 2 with the full weight of the network


def test_far_steps_follow_the_other_members():
    """The network goes on from its own forecasts beyond the horizon, and its weight falls."""
    X = pd.Series(AIRLINE, pd.date_range("2020", periods=144, freq="MS"))
    fitted = SequenceForecaster(horizon=12, random_state=0).fit(X)
    forecast = fitted.forecast(1000)
    np.testing.assert_array_equal(forecast[:300], fitted.forecast(300))
    others = fitted.set_params(pretrained="only", theta_weight=0.2 / 0.68).fit(X).forecast(1000)
    ratio = np.abs(np.log(forecast / others)).to_numpy()
    assert ratio.max() < 0.1


def test_a_season_that_level_and_baseline_do_not_have():
    """One step ahead, hourly values hardly repeat from day to day. A day ahead, they do."""
    rng, hours = np.random.default_rng(0), pd.date_range("2025", periods=24 * 30, freq="h")
    values = 100 + rng.normal(0, 1, len(hours)).cumsum() + np.sin(hours.hour * np.pi / 12)
    X = pd.Series(values, hours)
    with warns("season_length=None", "24 rows", "except in the pretrained network"):
        fitted = SequenceForecaster(random_state=0).fit(X)
    assert fitted.season_length_ == 1 and fitted._spec.season_of_pretrained == 24
    without = SequenceForecaster(random_state=0, season_length=1).fit(X)
    assert without._spec.season_of_pretrained == 1
    assert np.abs(fitted.forecast(24) - without.forecast(24)).max() > 0.01


def test_its_seasons_beside_others_are_those_it_has_alone():
    """The day and the week of the dates, also where level and baseline have no season."""
    rng, hours = np.random.default_rng(0), pd.date_range("2025", periods=24 * 30, freq="h")
    X = pd.Series(rng.normal(0, 1, len(hours)).cumsum() + np.sin(hours.hour * np.pi / 12), hours)
    with warns("season_length=None", "24 rows"):
        beside = SequenceForecaster(random_state=0).fit(X)._model.mixture.zero_shot
    alone = SequenceForecaster(pretrained="only").fit(X)._model.mixture.zero_shot
    assert (beside._second, beside.n_rows) == (alone._second, alone.n_rows) == (168, alone.n_rows)


@pytest.mark.filterwarnings("ignore:season_length=None is 1 without dates")
def test_regressors_that_have_learned_the_series_keep_their_weight():
    """Far beyond the horizon, the others know less of a cycle than they do."""
    values = np.sin(np.arange(650) / 5) + 0.05 * np.random.default_rng(0).normal(size=650)
    fitted = SequenceForecaster(horizon=10, random_state=0).fit(values[:600].reshape(-1, 1))
    assert fitted.ensemble_["regressors"] > 0.9
    np.testing.assert_array_equal(
        fitted._model.mixture._own_weights(50), fitted.ensemble_["regressors"]
    )
    assert np.abs(fitted.forecast(50)[:, 0] - values[600:]).mean() < 0.06


@pytest.mark.parametrize("n_rows", [15, 18, 24])
def test_months_of_at_most_two_years_repeat_their_season(n_rows):
    """The trained network sees no season in so few rows, and gets a small weight."""
    errors = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        months = pd.date_range("2020", periods=n_rows + 6, freq="MS")
        values = 100 + 20 * np.sin(2 * np.pi * np.arange(n_rows + 6) / 12)
        series = pd.Series(values + 3 * rng.normal(size=n_rows + 6), months)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of the short series
            fitted = SequenceForecaster(horizon=6, random_state=0).fit(series[:n_rows])
        naive = series[n_rows - 12 : n_rows - 6].to_numpy()
        actual = series[n_rows:].to_numpy()
        found = [np.abs(one - actual).mean() for one in (fitted.forecast().to_numpy(), naive)]
        errors.append(found)
    own, naive = np.mean(errors, axis=0)
    assert own < 1.5 * naive


@pytest.mark.parametrize(("horizon", "window_length"), [(18, "auto"), (13, "auto"), (12, 24)])
def test_few_windows_prove_nothing(horizon, window_length):
    """A network learns one or two windows nearly exactly, and is no better than the others."""
    n_rows = horizon + (12 if window_length == "auto" else window_length)
    for start in (0, 12, 24, 60):
        rows = slice(start, start + max(n_rows, 25))
        X = pd.Series(AIRLINE[rows], pd.date_range("2020", periods=max(n_rows, 25), freq="MS"))
        fitted = SequenceForecaster(horizon=horizon, window_length=window_length, random_state=0)
        assert fitted.fit(X).ensemble_["regressors"] == pytest.approx(0.32)


def test_steady_growth_is_learned_from_few_rows():
    values = 10 * 1.05 ** np.arange(20)
    fitted = SequenceForecaster(horizon=4, season_length=1, random_state=0)
    assert fitted.fit(values[:16, np.newaxis]).ensemble_["regressors"] > 0.99
    np.testing.assert_allclose(fitted.forecast()[:, 0], values[16:], rtol=1e-3)


def test_past_covariates_of_few_rows_leave_the_others_their_weight():
    """The errors of a network at few forecast origins that it was trained on are small."""
    X = np.random.default_rng(0).normal(size=(15, 2)).cumsum(axis=0) + 50
    fitted = SequenceForecaster(horizon=4, window_length=8, target=0, random_state=0).fit(X)
    assert fitted.ensemble_["regressors"] < 0.9


def test_the_weight_by_errors_needs_forecast_origins():
    own, others = np.full((4, 3, 1), 0.1), np.full((4, 3, 1), 0.4)
    weights = []
    for n in (1, 4, 16, 32, 64):
        mixture = SequenceForecaster(horizon=3, season_length=1, random_state=0)
        mixture = mixture.fit(AIRLINE.reshape(-1, 1))._model.mixture
        few = [np.resize(one, (n, 3, 1)) for one in (own, others)]
        mixture.weigh_by_errors(*few)
        weights.append(mixture.own_weight)
    assert weights == sorted(weights) and weights[-1] == weights[-2] > 0.95 > 0.4 > weights[0]
