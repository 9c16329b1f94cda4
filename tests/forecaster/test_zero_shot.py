"""Zero-shot forecasts of pretrained="only": any season and length, quantiles, no TensorFlow."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from skgru import SequenceForecaster
from skgru._forecaster.seasonal_profiles import shrunken_profile
from skgru._forecaster.zero_shot import QUANTILES, at_levels, forecast_quantiles, mean_of
from skgru.datasets import load_airline_passengers
from skgru.metrics import mean_absolute_scaled_error
from tests.helpers import raises

AIRLINE = load_airline_passengers()[:, 0]
MIDDLE = len(QUANTILES) // 2


def seasonal(n, m=12, spread=0.05, seed=0):
    """Positive, with a season and noise, (n,)."""
    rng = np.random.default_rng(seed)
    course = 0.3 * np.sin(2 * np.pi * np.arange(n) / m)
    return np.exp(3 + course + rng.normal(scale=spread, size=n).cumsum() / 3)


SERIES = [seasonal(60), seasonal(44, seed=1), seasonal(31, seed=2)]
COUNTS = np.random.default_rng(0).poisson(0.4, 80).astype(float)


def forecaster(**parameters):
    given = {"horizon": 6, "season_length": 12, "pretrained": "only"} | parameters
    return SequenceForecaster(**given)


def forecasts(X, **parameters):
    return np.asarray(forecaster(**parameters).fit(X).forecast())


# Identity


@pytest.mark.parametrize("season_length", [1, 2, 5, 7, 12, 24, 52, 168, 366])
def test_any_season_and_length(season_length):
    lengths = [1, 2, 3, 10, season_length + 1, 3 * season_length + 2]
    series = [seasonal(n, season_length, seed=n) for n in lengths]
    series += [np.round(series[-1]) * 0, COUNTS, -series[-1], series[-1] - series[-1].mean()]
    answer = forecast_quantiles(series, season_length, season_length + 30)
    assert answer.shape == (len(series), season_length + 30, len(QUANTILES))
    assert np.isfinite(answer).all()
    assert (np.diff(answer, axis=2) >= 0).all()
    assert (answer[:-2] >= 0)[: len(lengths) + 2].all()  # no negative values without any


def test_a_series_is_forecast_alike_alone_and_among_others():
    series = [*SERIES, COUNTS, AIRLINE]
    together = forecast_quantiles(series, 12, 20)
    for values, answer in zip(series, together, strict=True):
        alone = forecast_quantiles([values], 12, 20)[0]
        np.testing.assert_allclose(answer, alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("values", [AIRLINE, COUNTS, AIRLINE - 250], ids=["log", "zeros", "signs"])
def test_units_play_no_part(values):
    small, large = (forecast_quantiles([unit * values], 12, 20) for unit in (1, 1000))
    np.testing.assert_allclose(large, 1000 * small, rtol=1e-4, atol=1e-3)


def test_a_large_level_plays_no_part():
    changes = seasonal(90) - 20
    near, far = (forecast_quantiles([changes + level], 12, 12)[0] for level in (1e6, 1e8))
    np.testing.assert_allclose(near - 1e6, far - 1e8, atol=0.2 * changes.std())


def test_quantiles_at_other_levels():
    answer = forecast_quantiles([AIRLINE], 12, 3)
    np.testing.assert_allclose(at_levels(answer, QUANTILES), answer)
    normal = 5 + 2 * np.array([-1.96, -1.645, -1.282, -0.674, 0, 0.674, 1.282, 1.645, 1.96])
    np.testing.assert_allclose(at_levels(normal, [0.005, 0.4]), [-0.15, 4.49], atol=0.02)
    assert mean_of(normal) == pytest.approx(5)
    alone = forecast_quantiles([AIRLINE], 12, 3, levels=[0.5])
    np.testing.assert_allclose(alone, answer[..., 4:5])


# Behaviour


def widths_and_coverage(X, test, **parameters):
    """Mean width and coverage of intervals of 80 and 95 %, (2,) each."""
    fitted = forecaster(**parameters).fit(list(X))
    sides = [np.array(fitted.forecast_interval(coverage=c))[:, :, 0] for c in (0.8, 0.95)]
    inside = [(side[..., 0] <= test) & (test <= side[..., 1]) for side in sides]
    return np.array([(np.ptp(side, axis=2).mean(), each.mean()) for side, each in
                     zip(sides, inside, strict=True)]).T  # fmt: skip


def test_intervals_of_several_series_follow_their_errors():
    """Of noise, whose intervals by the network alone hold 86 and 99 %."""
    noise = np.random.default_rng(0).normal(size=(60, 132))
    _, coverage = widths_and_coverage(100 + noise[:, :-6], 100 + noise[:, -6:])
    np.testing.assert_allclose(coverage, [0.8, 0.95], atol=0.045)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("parameters", [{}, {"point": "median"}])
def test_zeros_that_are_common_lie_in_intervals(parameters, several):
    rng = np.random.default_rng(0)
    demand = rng.poisson(3, size=(20, 96)) * (rng.random((20, 96)) < 0.35)
    X = list(demand[:, :90].astype(float)) if several else demand[0, :90, np.newaxis]
    lower = np.array(forecaster(**parameters).fit(X).forecast_interval(coverage=0.8))[..., 0]
    assert not lower.any()


def test_the_unit_of_each_series_plays_no_part_for_their_intervals():
    series = np.array([seasonal(80, seed=seed) for seed in range(12)])
    units = np.geomspace(1e-6, 1e9, 12)[:, np.newaxis]
    plain, scaled = (forecaster().fit(list(x)) for x in (series, units * series))
    for coverage in (0.5, 0.8, 0.99):
        bounds, moved = (np.array(f.forecast_interval(coverage=coverage)) for f in (plain, scaled))
        np.testing.assert_allclose(moved, units[..., None, None] * bounds, rtol=1e-4)
    widths = [np.ptp(plain.forecast_interval(coverage=c), axis=-1) for c in (0.5, 0.8, 0.9, 0.99)]
    assert (np.diff(widths, axis=0) >= 0).all()


def test_what_has_always_repeated_itself_goes_on():
    months = np.tile(np.arange(1.0, 13), 4)
    repeated = [np.full(50, 5.0), months, np.zeros(50), np.full(50, -5.0), 0 * months[:3]]
    answers = forecasts([*repeated, *SERIES])
    for values, answer in zip(repeated, answers, strict=False):
        np.testing.assert_allclose(answer[:, 0], np.resize(values, len(answer)), rtol=1e-7)


@pytest.mark.parametrize("rows_since", [3, 5, 7, 10, 14, 20])
@pytest.mark.parametrize(("season_length", "size", "noise"), [(7, 100, 8), (12, 10, 1)])
def test_the_forecast_follows_a_level_that_shifted(rows_since, season_length, size, noise):
    series, steps = 100 + noise * np.random.default_rng(3).normal(size=(20, 74)), 14
    series[:, 60 - rows_since :] += size
    after = series[:, 60:]
    forecast = forecast_quantiles(series[:, :60], season_length, steps)[..., 4]
    error, of_last = (np.abs(after - each).mean() for each in (forecast, series[:, 59:60]))
    assert error < 1.25 * of_last


@pytest.mark.parametrize(
    ("n_rows", "season_length", "rows_since"),
    [(90, 7, 7), (90, 7, 9), (90, 7, 14), (400, 7, 7), (400, 7, 12), (72, 12, 14), (30, 12, 20)],
)
def test_a_season_goes_on_after_a_level_that_shifted(n_rows, season_length, rows_since):
    t = np.arange(n_rows + 14)
    series = 100 + 10 * np.sin(2 * np.pi * t / season_length)
    series = series + 3 * np.random.default_rng(3).normal(size=(20, len(t)))
    series[:, n_rows - rows_since :] += 60
    history, after = series[:, :n_rows], series[:, n_rows:]
    forecast = forecast_quantiles(history, season_length, 14)[..., 4]
    season = np.resize(np.arange(n_rows - season_length, n_rows), 14)
    error, of_season = (np.abs(after - each).mean() for each in (forecast, history[:, season]))
    assert error < 1.4 * of_season


@pytest.mark.parametrize(("n_rows", "season_length"), [(500, 24), (120, 48), (72, 12), (200, 7)])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.6])
def test_a_count_that_grows_in_some_rows_goes_on(n_rows, season_length, share):
    grows = np.random.default_rng(0).random((20, n_rows + 24)) < share
    counts = np.cumsum(5.0 * grows, axis=1)
    forecast = forecast_quantiles(counts[:, :n_rows], season_length, 24)[..., 4]
    after, last = counts[:, n_rows:], counts[:, n_rows - 1 : n_rows]
    assert np.abs(forecast - after).mean() < np.abs(last - after).mean()


@pytest.mark.parametrize("season_length", [4, 7, 24, 168])
@pytest.mark.parametrize("rows_since", [0, 1, 3])
def test_a_level_that_rose_by_factors_is_no_growth(season_length, rows_since):
    t = np.arange(2 * season_length + 3)
    values = 100 + 20 * np.sin(2 * np.pi * t / season_length)
    values[season_length + rows_since :] += 900
    forecast = forecast_quantiles([values], season_length, 6)[0, :, 4]
    assert forecast.max() < 1.5 * values.max()


@pytest.mark.parametrize(("n_rows", "season_length", "sale"), [(36, 12, 12), (24, 1, 8)])
def test_the_mean_of_rare_sales_lies_in_its_interval(n_rows, season_length, sale):
    sales = np.zeros((n_rows, 1))
    sales[sale] = 5
    fitted = forecaster(horizon=12, season_length=season_length).fit(sales)
    lower, upper = fitted.forecast_interval(coverage=0.8).reshape(12, 2).T
    forecast = fitted.forecast().ravel()
    assert (lower <= forecast).all() and (forecast <= upper).all()


def test_a_shift_of_the_level_is_no_season():
    season = 30 * np.sin(np.arange(74) * 2 * np.pi / 7)
    series = season + 8 * np.random.default_rng(3).normal(size=(20, 74))
    shifted = series.copy()
    shifted[:, 45:] += 300
    valid = np.ones((20, 60), bool)
    before, after = (shrunken_profile(z[:, :60], valid, 7)[0] for z in (series, shifted))
    np.testing.assert_allclose(after, before, atol=20)


@pytest.mark.parametrize("n_seasons", [2, 3, 5])
@pytest.mark.parametrize("first", [0, 3])
def test_a_sharp_season_is_no_shift_of_the_level(n_seasons, first):
    rows = np.arange(7 * n_seasons)
    series = np.where((rows + first) % 7 == 0, 100.0, 0) + np.random.default_rng(3).normal(
        size=(20, len(rows))
    )
    profile = shrunken_profile(series, np.ones(series.shape, bool), 7)[0]
    np.testing.assert_allclose(np.ptp(profile, axis=1), 100, atol=10)


@pytest.mark.parametrize("change", [1e-6, 1e-4, 1e-3])
def test_calm_series_are_not_expected_to_grow(change):
    calm = 1000 * (1 + change * np.random.default_rng(0).normal(size=84))
    assert np.abs(forecasts(calm.reshape(-1, 1), horizon=12) / 1000 - 1).max() < 3 * change


@pytest.mark.parametrize("noise", [1e-6, 1e-3, 0.1, 1])
@pytest.mark.parametrize("level", [0, 1000])
def test_a_season_far_larger_than_its_noise_goes_on(noise, level):
    """Solar power at night and day: the season is up to 1e8 times the noise."""
    rows, rng = np.arange(480), np.random.default_rng(0)
    values = level + 100 * np.maximum(0, np.sin(rows * np.pi / 24)) + noise * rng.random(480)
    answer = forecast_quantiles([values[:-48]], 48, 48)[0, :, 4]
    error, naive = (np.abs(one - values[-48:]).mean() for one in (answer, values[-96:-48]))
    assert error < 2.5 * naive


def test_growth_and_season_are_forecast():
    """From six forecast origins, against the value a year ago."""
    errors = {"only": [], "naive": []}
    for n in range(60, 132, 12):
        history, actual = AIRLINE[:n], AIRLINE[n : n + 12]
        answer = forecasts(history.reshape(-1, 1), horizon=12)[:, 0]
        for name, values in (("only", answer), ("naive", history[-12:])):
            errors[name].append(
                mean_absolute_scaled_error(actual, values, y_train=history, season_length=12)
            )
    assert np.mean(errors["only"]) < 0.75 * np.mean(errors["naive"])


def test_an_outlier_and_a_gap_change_little():
    values = AIRLINE.copy()
    values[[50, 111, 140]] = np.nan
    complete = forecasts(AIRLINE.reshape(-1, 1))
    np.testing.assert_allclose(forecasts(values.reshape(-1, 1)), complete, rtol=0.1)
    values = AIRLINE.copy()
    values[100] *= 3
    np.testing.assert_allclose(forecasts(values.reshape(-1, 1)), complete, rtol=0.15)


def test_intermittent_series_get_means():
    fitted = forecaster(season_length=1).fit(COUNTS.reshape(-1, 1))
    assert fitted.point_ == "mean"
    assert fitted.forecast().mean() == pytest.approx(COUNTS.mean(), rel=0.5)
    assert (fitted.forecast_interval(coverage=0.9) >= 0).all()


def test_intervals_need_no_calibration():
    fitted = forecaster().fit(SERIES)
    middles = fitted.forecast(20)
    narrow, wide = (fitted.forecast_interval(20, coverage=c) for c in (0.5, 0.97))
    for middle, inner, outer in zip(middles, narrow, wide, strict=True):
        assert (inner[..., 0] < middle).all() and (middle < inner[..., 1]).all()
        assert (outer[..., 0] < inner[..., 0]).all() and (inner[..., 1] < outer[..., 1]).all()
    calibrated = forecaster(calibration_fraction=0.4).fit(SERIES)
    assert (calibrated.forecast_interval(coverage=0.5)[0][..., 0] < middles[0][:6]).all()
    with raises("steps=20", "horizon"):
        calibrated.forecast_interval(20, coverage=0.5)


def test_an_interval_needs_three_rows():
    fitted = forecaster().fit(pd.Series(AIRLINE))
    index = pd.date_range("2030-01-01", periods=3, freq="D")
    new = pd.Series([200.0, 210.0, 207.0], index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an index that does not continue that of fit
        with raises("2 rows", "at least 3", "more rows"):
            fitted.forecast_interval(X=new[:2])
        lower, upper = fitted.forecast_interval(X=new)
    assert (np.asarray(upper) > np.asarray(lower)).all()


def test_three_months_are_enough():
    first = pd.Series(AIRLINE[:3], pd.period_range("1949-01", periods=3, freq="M"), name="air")
    answer = SequenceForecaster(pretrained="only", horizon=12).fit(first).forecast()
    assert answer.index[0] == pd.Period("1949-04", "M")
    assert (answer > 0).all()


def test_columns_lists_and_new_series_are_forecast_alike():
    together = forecaster().fit(SERIES)
    for values, answer in zip(SERIES, together.forecast(), strict=True):
        np.testing.assert_allclose(answer, forecasts(values.reshape(-1, 1)), rtol=1e-4)
    new = seasonal(40, seed=3)
    np.testing.assert_allclose(
        together.forecast(X=[new])[0], forecasts(new.reshape(-1, 1)), rtol=1e-4
    )
    two = forecasts(np.column_stack([AIRLINE, -AIRLINE]))
    np.testing.assert_allclose(two[:, [0]], forecasts(AIRLINE.reshape(-1, 1)), rtol=1e-4)


def test_row_by_row_is_a_forecast_from_each_row():
    X = SERIES[0].reshape(-1, 1)
    fitted = forecaster().fit(X)
    rows = fitted.predict(X)
    for t in (3, 30, len(X) - 1):
        np.testing.assert_allclose(rows[t], fitted.forecast(X=X[: t + 1])[:, 0], rtol=1e-4)


def test_other_parameters_play_no_part():
    X = AIRLINE.reshape(-1, 1)
    asked = {"window_length": 50, "strategy": "recursive", "baseline": "last", "level": "last"}
    fitted = forecaster(**asked).fit(X)
    np.testing.assert_array_equal(fitted.forecast(), forecasts(X))
    assert (fitted.baseline_, fitted.level_, fitted.pretrained_) == (None, None, True)
    assert fitted.regressors_[0].quantiles == tuple(QUANTILES)
    scaled = forecasts(X, scaler=StandardScaler(), random_state=3)
    np.testing.assert_allclose(scaled, forecasts(X), rtol=1e-6)


def test_pickles_hold_no_network():
    fitted = forecaster().fit(AIRLINE.reshape(-1, 1))
    copied = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copied.forecast_interval(), fitted.forecast_interval())
    assert len(pickle.dumps(fitted)) < 50_000


def test_no_tensorflow():
    code = (
        "import sys, numpy as np; from skgru import SequenceForecaster as S\n"
        "f = S(horizon=3, pretrained='only', season_length=4).fit(np.arange(20.0).reshape(-1, 1))\n"
        "f.forecast(), f.forecast_interval(), f.predict(np.arange(20.0).reshape(-1, 1))\n"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# Errors


def test_what_it_cannot_use():
    with raises("pretrained='only'", "regressor=Ridge()", "regressor=None", "pretrained='auto'"):
        forecaster(regressor=Ridge()).fit(AIRLINE.reshape(-1, 1))
    with raises("pretrained='only'", "covariates", "group='columns'", "pretrained='auto'"):
        forecaster(target=0).fit(np.column_stack([AIRLINE, AIRLINE]))


@pytest.mark.parametrize("unit", [2, 0.1, 1e-12, 1e-150, 1e160])
def test_units_play_no_part_for_counts_and_walks(unit):
    t = np.arange(60)
    counts = (t % 4 == 0) * (1.0 + t % 3)
    walk = np.random.default_rng(0).normal(size=60).cumsum() + 20
    for values in (counts, walk):
        one, other = (
            SequenceForecaster(horizon=3, season_length=1, pretrained="only")
            .fit(column[:, np.newaxis])
            .forecast()
            for column in (values, values * unit)
        )
        np.testing.assert_allclose(other / unit, one, rtol=1e-6)


@pytest.mark.parametrize("unit", [100, 1000])
def test_the_mean_of_counts_does_not_depend_on_rounding_errors(unit):
    values = np.random.default_rng(0).poisson(0.4, 200).astype(float)
    one, other = (
        SequenceForecaster(horizon=3, season_length=7, pretrained="only")
        .fit(column[:, np.newaxis])
        .forecast()
        for column in (values, values * unit)
    )
    np.testing.assert_allclose(other / unit, one, rtol=1e-9)


def test_rows_before_the_first_value_have_no_forecast():
    values = np.r_[np.full(5, np.nan), np.tile(np.arange(1.0, 13), 4)][:, np.newaxis]
    fitted = SequenceForecaster(horizon=3, season_length=12, pretrained="only").fit(values)
    rows = fitted.predict(values)
    assert np.isnan(rows[:5]).all() and np.isfinite(rows[5:]).all()
    np.testing.assert_allclose(rows[-1], fitted.forecast()[:, 0])


def test_intervals_move_with_theta():
    values = np.array([[1.0], [2], [4], [7], [11]])
    for weight in (0.0, 0.5, 1.0):
        fitted = SequenceForecaster(
            horizon=3, season_length=1, pretrained="only", theta_weight=weight
        ).fit(values)
        low, high = np.moveaxis(fitted.forecast_interval(coverage=0.5), -1, 0)
        assert (low < fitted.forecast()).all() and (fitted.forecast() < high).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_second_season_that_is_given_is_used(seed):
    t = np.arange(560)
    values = np.tile([1.0, 2, 5, 3, 2, 9, 8], 80) + 4 * np.sin(t * 2 * np.pi / 50)
    values += np.random.default_rng(seed).normal(size=560)
    errors = []
    for seasons in (7, [7, 50], [50, 7]):
        fitted = SequenceForecaster(horizon=30, season_length=seasons, pretrained="only")
        answer = fitted.fit(values[:-30, np.newaxis]).forecast()[:, 0]
        errors.append(np.abs(answer - values[-30:]).mean())
    assert fitted.season_lengths_ == (7, 50)
    assert errors[1] == errors[2] < errors[0]


def series_of_kind(kind, seed):
    """A monthly series of 15 to 139 rows."""
    rng = np.random.default_rng(seed)
    t = np.arange(rng.integers(15, 140))
    noise = rng.normal(size=len(t))
    values = {
        "season": 50 + 10 * np.sin(t * 2 * np.pi / 12) + 2 * noise,
        "walk": 3 * np.cumsum(noise),
        "growth": np.exp(0.1 * np.cumsum(noise)),
        "counts": rng.poisson(0.6, len(t)).astype(float),
        "shift": np.where(t < len(t) // 2, 10, 100) + noise,
    }[kind]
    return pd.Series(values, index=pd.date_range("2000-01", periods=len(t), freq="MS"))


KINDS = ["season", "walk", "growth", "counts", "shift"]


@pytest.mark.filterwarnings("ignore::UserWarning")  # of short series
@pytest.mark.parametrize(
    ("kind", "parameters", "n_series"),
    [
        *((kind, {"pretrained": "only"}, 4) for kind in KINDS),
        ("counts", {"pretrained": "only", "point": "median"}, 2),
        ("season", {"pretrained": "only", "point": "mean"}, 2),
        ("season", {}, 1),
    ],
)
def test_intervals_contain_those_of_a_smaller_coverage(kind, parameters, n_series):
    for seed in range(n_series):
        fitted = SequenceForecaster(horizon=6, random_state=0, **parameters)
        fitted.fit(series_of_kind(kind, seed))
        lower, upper = np.transpose(
            [fitted.forecast_interval(coverage=c) for c in (0.1, 0.5, 0.8, 0.95, 0.99)]
        )  # (steps, n_coverages) each
        assert (np.diff(lower, axis=-1) <= 1e-9).all()
        assert (np.diff(upper, axis=-1) >= -1e-9).all()
        assert (lower <= upper).all()
