"""Laws of forecasts as they come: what must play no part, and what must stay near the usual."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.preprocessing import StandardScaler

from skgru import SequenceForecaster
from skgru._forecaster.gaps_and_outliers import known_quantile
from skgru._forecaster.scaling import AutoScaler

HORIZON = 7
DAYS = pd.date_range("2021-01-04", periods=182)

# Warnings of values that are probably wrong, and of changes of the unit, are right here.
tells_of_extremes = pytest.mark.filterwarnings(
    "ignore:.*far outside its other values", "ignore:From .* change of the unit"
)


def weekly(seed=0, n=182, level=100.0, noise=2.0):
    rng = np.random.default_rng(seed)
    return level + 20 * np.sin(np.arange(n) * 2 * np.pi / 7) + rng.normal(0, noise, n)


def forecast(values, index=DAYS, horizon=HORIZON, **parameters):
    series = pd.Series(values, index[: len(values)])
    forecaster = SequenceForecaster(horizon=horizon, random_state=0, **parameters)
    return forecaster.fit(series).forecast().to_numpy()


def error(values, actual, **parameters):
    return np.abs(forecast(values, **parameters) - actual).mean()


def with_zeros(values):
    values = values.copy()
    values[::40] = 0
    return values


KINDS = {
    "positive": weekly(),
    "zeros": with_zeros(weekly()),
    "negatives": weekly(level=0.0),
    "intermittent": np.random.default_rng(0).poisson(0.5, 182).astype(float),
}
units = st.floats(-9, 12).map(lambda power: 10.0**power)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4, deadline=None)
@given(units)
def test_units_play_no_part(kind, unit):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a season that is not used
        expected = forecast(KINDS[kind])
        scaled = forecast(unit * KINDS[kind])
    np.testing.assert_allclose(scaled / unit, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("regressor", [None, Ridge()])
def test_units_play_no_part_for_several_series_and_intervals(regressor):
    series = {name: KINDS[name] for name in ("positive", "zeros")}
    answers = []
    for unit in (1, 1e-7):
        frame = pd.DataFrame(series, DAYS)[-100:] * unit
        forecaster = SequenceForecaster(
            regressor, horizon=3, group="columns", calibration_fraction=0.3, random_state=0
        ).fit(frame)
        answers.append(
            [forecaster.forecast() / unit, forecaster.forecast_interval(coverage=0.8) / unit]
        )
    for one, other in zip(*answers, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-6)


@pytest.mark.parametrize("level", [1e4, 1e6, 1e9])
def test_a_large_level_plays_no_part(level):
    """A series whose changes are small beside its level is forecast as well as standardised."""
    seeds = range(4)
    pairs = []
    for seed in seeds:
        values = weekly(seed, level=0.0) + level
        past, actual = values[:-HORIZON], values[-HORIZON:]
        pairs.append([error(past, actual), error(past, actual, scaler=StandardScaler())])
    ours, standardised = np.mean(pairs, axis=0)
    assert ours < 1.15 * standardised


def test_far_steps_keep_their_digits_at_a_large_level():
    """The first rows of a longer forecast are those of a shorter one."""
    values = np.random.default_rng(0).normal(size=200).cumsum()
    for level in (0.0, 1e7):
        series = (level + values).reshape(-1, 1)
        forecaster = SequenceForecaster(
            horizon=3, scaler=None, pretrained=None, random_state=0
        ).fit(series)
        near, far = forecaster.forecast(3), forecaster.forecast(8)
        np.testing.assert_allclose(far[:3] - level, near - level, atol=1e-3)


@tells_of_extremes
@pytest.mark.parametrize("kind", ["zero", "spike"])
def test_one_outlier_near_the_end_moves_no_forecast(kind):
    values = weekly(level=1000.0, noise=5.0)
    past, actual = values[:-HORIZON].copy(), values[-HORIZON:]
    usual = error(past, actual)
    past[-5] *= 0 if kind == "zero" else 10
    assert error(past, actual) < 2 * usual


def test_zeros_of_long_ago_move_no_forecast():
    months = pd.date_range("2010-01-01", periods=144, freq="MS")
    n, rng = 144, np.random.default_rng(0)
    values = 27_000 * (1 + 0.2 * np.sin(np.arange(n) * 2 * np.pi / 12)) + rng.normal(0, 500, n)
    past, actual = values[:-12].copy(), values[-12:]
    usual = np.abs(forecast(past, months, 12) - actual).mean()
    past[-26:-24] = 0  # a strike
    struck = np.abs(forecast(past, months, 12) - actual).mean()
    assert struck < 3 * usual


@pytest.mark.parametrize("rows", [[-2], [-10, -9, -8], [-5, -4, -3, -2, -1]])
def test_gaps_near_the_end_cost_little(rows):
    pairs = []
    for seed in range(3):
        values = weekly(seed)
        past, actual = values[:-HORIZON].copy(), values[-HORIZON:]
        usual = error(past, actual)
        past[rows] = np.nan
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rows of NaN at the end
            pairs.append([error(past, actual), usual])
    with_gaps, usual = np.mean(pairs, axis=0)
    assert with_gaps < 1.5 * usual


def test_a_shop_that_is_closed_on_sundays():
    values = weekly()
    open_days = pd.Series(values, DAYS)[DAYS.day_of_week < 6]
    past, actual = open_days[:-6], open_days[-6:]
    answer = SequenceForecaster(horizon=7, random_state=0).fit(past.asfreq("D")).forecast()
    assert np.abs(answer.reindex(actual.index) - actual).mean() < 5


@pytest.mark.parametrize(
    ("growth", "many"),
    [(0.15, False), (0.05, False), (-0.05, False), (-0.1, False), (0.15, True), (-0.1, True)],
)
def test_steady_growth_goes_on(growth, many):
    """Each month by a share, with a season: the forecast neither falls nor stops."""
    months, t = pd.date_range("2018-01-01", periods=60, freq="MS"), np.arange(72)
    rng = np.random.default_rng(0)
    courses = [
        100 * np.exp(np.log1p(growth) * t + 0.2 * np.sin(np.pi * t / 6) + rng.normal(0, 0.03, 72))
        for _ in range(4 if many else 1)
    ]
    series = [pd.Series(course[:60], months) for course in courses]
    forecaster = SequenceForecaster(horizon=12, random_state=0)
    answers = forecaster.fit(series).forecast() if many else [forecaster.fit(series[0]).forecast()]
    for answer, course in zip(answers, courses, strict=True):
        naive = np.abs(np.log(course[48:60] / course[60:])).mean()
        assert np.abs(np.log(np.ravel(answer) / course[60:])).mean() < 0.25 * naive


def average_error(make, n_seeds, horizon, freq, **parameters):
    """Mean absolute errors of the default, the last value, and the value a week or year ago."""
    rows = []
    for seed in range(n_seeds):
        values = make(np.random.default_rng(seed))
        series = pd.Series(values, pd.date_range("2021-01-04", periods=len(values), freq=freq))
        past, actual = series[:-horizon], values[-horizon:]
        answer = SequenceForecaster(horizon=horizon, random_state=0, **parameters)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a season that is not used
            answers = [answer.fit(past).forecast().to_numpy(), past.to_numpy()[-1]]
        rows.append([np.abs(one - actual).mean() for one in answers])
    return np.mean(rows, axis=0)


def test_a_shift_near_the_end_is_followed():
    """The window holds both levels, which no window in training did."""

    def make(rng):
        return np.where(np.arange(220) < 200, 50.0, 80.0) + rng.normal(0, 2, 220)

    ours, last = average_error(make, 3, 10, "D")
    assert ours < 1.5 * last


@tells_of_extremes
@pytest.mark.parametrize("factor", [0.01, 10, 1000])
@pytest.mark.parametrize("regressor", [Ridge(), RidgeCV(), LinearRegression()])
def test_a_regressor_does_not_carry_a_shift_on(regressor, factor):
    """The last window holds a shift of the level, which was in no window of the training."""
    rng, week = np.random.default_rng(0), np.array([100, 110, 120, 120, 150, 300, 280])
    values = np.tile(week, 60)[:414] * np.exp(rng.normal(0, 0.05, 414))
    values[390:] *= factor
    series = pd.Series(values[:400], pd.date_range("2021-01-04", periods=400))
    ratio = SequenceForecaster(regressor, horizon=14).fit(series).forecast() / values[400:]
    assert 0.1 < ratio.min() and ratio.max() < 15  # 0.004 to 220 with windows as they are


def test_further_training_teaches_other_windows():
    """After `update(refit=True)` with a new level, windows that hold both levels are usual."""
    rng = np.random.default_rng(0)
    values = np.where(np.arange(240) < 200, 50.0, 80.0) + rng.normal(0, 2, 240)
    past, new = values[:200, np.newaxis], values[200:, np.newaxis]
    forecaster = SequenceForecaster(horizon=5, season_length=1, random_state=0).fit(past)
    low, high = forecaster._model.window_limits
    forecaster.update(new, refit=True)
    wider_low, wider_high = forecaster._model.window_limits
    assert (wider_low < 2 * low).all() and (wider_high >= high).all()


def test_growth_that_ended_does_not_go_on():
    def make(rng):
        return 100 + 2 * np.minimum(np.arange(84.0), 60) + rng.normal(0, 1, 84)

    ours, _ = average_error(make, 3, 12, "MS")
    assert ours < 4  # 13 with the growth of before


def test_growth_that_slowed_down_does_not_go_on():
    def make(rng):
        return 1000 / (1 + np.exp(-(np.arange(84.0) - 30) / 5)) * np.exp(rng.normal(0, 0.01, 84))

    ours, last = average_error(make, 3, 12, "MS")
    assert ours < 3 * last


def test_a_level_far_below_an_earlier_one_is_followed():
    def make(rng):
        return np.r_[100 + rng.normal(0, 5, 100), 1 + rng.normal(0, 0.1, 60)]

    ours, last = average_error(make, 3, 10, "D")
    assert ours < 1.3 * last


@pytest.mark.parametrize("parameters", [{}, {"pretrained": "only"}])
@pytest.mark.parametrize("noise", [1e-16, 1e-6])
def test_zeros_with_noise_are_zeros(noise, parameters):
    sales = np.tile([13.0, 0, 8, 0, 0, 0, 43, 11, 0, 23, 2], 12)[:130]
    series = sales + noise * np.random.default_rng(0).random(130)
    answers = []
    for values in (sales, series):
        usual = {"random_state": 0, "season_length": 7, **parameters}
        fitted = SequenceForecaster(horizon=HORIZON, **usual).fit(values[:, np.newaxis])
        answers.append((fitted.forecast(), fitted.forecast_interval(coverage=0.95)[..., -1]))
        assert fitted.point_ == "mean"
    (expected, _), (answer, upper) = answers
    assert np.abs(answer - expected).mean() < 0.15 * sales.mean()
    assert upper.max() < 3 * sales.max()


@tells_of_extremes
@pytest.mark.parametrize("parameters", [{}, {"pretrained": "only"}])
def test_bounds_after_a_level_far_below_are_of_the_size_of_the_series(parameters):
    rng = np.random.default_rng(0)
    values = np.r_[10 + rng.normal(size=108), 0.001 * rng.uniform(1, 2, 12)]
    fitted = SequenceForecaster(horizon=12, season_length=12, random_state=0, **parameters)
    bounds = fitted.fit(values[:, np.newaxis]).forecast_interval(coverage=0.8)
    assert np.isfinite(bounds).all() and bounds.max() < 100  # the largest value is 12


@tells_of_extremes
def test_a_few_spikes_are_no_level():
    values = 10 + np.random.default_rng(0).normal(size=108)
    values[5::25] = 1e6
    fitted = SequenceForecaster(horizon=3, season_length=12, pretrained="only")
    assert np.abs(fitted.fit(values[:, np.newaxis]).forecast() - 10).max() < 2


@pytest.mark.parametrize("months_ago", [12, 18])
def test_a_step_is_no_season(months_ago):
    errors, n_rows = [], 60
    for seed in range(3):
        noise = np.random.default_rng(seed).normal(0, 0.3, n_rows + 12)
        values = 100 + noise + 10 * (np.arange(n_rows + 12) >= n_rows - months_ago)
        months = pd.date_range("2015-01-01", periods=n_rows, freq="MS")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the season that is not used
            answer = forecast(values[:n_rows], months, 12)
        errors.append(np.abs(answer - values[n_rows:]).mean())
    assert np.mean(errors) < 0.5  # the error of the last value is 0.33


@pytest.mark.parametrize("growth", [0.2, -0.2])
def test_low_values_of_a_growing_series_are_no_zeros(growth):
    X = np.exp(growth * np.arange(60.0)).reshape(-1, 1)
    outage = np.where(np.abs(np.arange(60) - 40) < 9, 0.01, 10.0).reshape(-1, 1)
    assert AutoScaler(12).fit(X).kinds_ == ["log"]
    assert AutoScaler(12).fit(outage).kinds_ == ["log1p"]


SIMULATED = {
    "walk": lambda rng: rng.normal(size=200).cumsum(),
    "walk at 1e6": lambda rng: 1e6 + rng.normal(size=200).cumsum(),
    "noise": lambda rng: 10 + rng.normal(size=200),
    "mains frequency": lambda rng: 50 + 0.02 * rng.normal(size=200),
    "nights": lambda rng: (
        100 * np.maximum(0, np.sin(np.arange(480) * 2 * np.pi / 24)) + 1e-6 * rng.random(480)
    ),
}


@pytest.mark.parametrize("kind", SIMULATED)
def test_a_default_forecast_is_never_absurd(kind):
    season = 24 if kind == "nights" else 1
    pairs = []
    for seed in range(6):
        values = SIMULATED[kind](np.random.default_rng(seed)).reshape(-1, 1)
        past, actual = values[:-10], values[-10:]
        forecaster = SequenceForecaster(horizon=10, season_length=season, random_state=0)
        answer = forecaster.fit(past).forecast()
        naive = [np.resize(past[-lag:], (10, 1)) for lag in (1, season)]
        errors = [np.abs(one - actual).mean() for one in (answer, *naive)]
        pairs.append([errors[0], min(errors[1:])])
    ours, naive = np.mean(pairs, axis=0)
    assert ours <= 1.15 * naive + 1e-2 * np.ptp(past)


def test_a_covariate_far_outside_of_fit_is_clipped_with_a_warning():
    rng = np.random.default_rng(0)
    price = np.full(182, 100.0)
    price[:5] = 100.01
    frame = pd.DataFrame({"y": weekly() + rng.normal(size=182), "price": price}, DAYS)
    forecaster = SequenceForecaster(horizon=7, target="y", known="price", random_state=0).fit(frame)
    days = pd.date_range(DAYS[-1], periods=8)[1:]
    near = forecaster.forecast(future=pd.DataFrame({"price": 100.0}, days))
    with pytest.warns(UserWarning, match=r"future covariate 'price' has the value 110,.*100\.01"):
        far = forecaster.forecast(future=pd.DataFrame({"price": 110.0}, days))
    assert np.abs(far - near).to_numpy().max() < 20


def test_columns_known_in_advance_do_no_harm():
    """Columns that say nothing new leave the error as it is, also with a long season."""
    hours = pd.date_range("2022-01-03", periods=1500, freq="h")
    t, rng = np.arange(1500), np.random.default_rng(0)
    y = 50 + 10 * np.sin(2 * np.pi * t / 24) + 5 * (hours.day_of_week < 5) + rng.normal(0, 1, 1500)
    frame = pd.DataFrame({"y": y}, hours)
    for period in (24, 168):
        frame[f"sin{period}"] = np.sin(2 * np.pi * t / period)
        frame[f"cos{period}"] = np.cos(2 * np.pi * t / period)
    known = list(frame.columns[1:])
    errors = []
    for columns in ([], known):
        forecaster = SequenceForecaster(
            horizon=24, target="y", known=columns or None, random_state=0
        ).fit(frame[["y", *columns]][:-24])
        assert forecaster.season_length_ == 168
        future = frame[columns][-24:] if columns else None
        errors.append(np.abs(forecaster.forecast(future=future)["y"] - y[-24:]).mean())
    assert errors[1] < 1.1 * errors[0]


def demand(kind, n=20, n_rows=362):
    """Series of one kind, and their mean."""
    rng = np.random.default_rng(0)
    if kind == "counts":
        return rng.poisson(0.5, (n_rows, n)).astype(float), 0.5
    is_sold = rng.random((n_rows, n)) < (0.1 if kind == "ten every tenth day" else 0.3)
    if kind == "ten every tenth day":
        return np.where(is_sold, 10.0, 0.0), 1.0
    return np.where(is_sold, rng.lognormal(0, 1, (n_rows, n)), 0.0), 0.3 * np.exp(0.5)


@pytest.mark.parametrize(
    ("kind", "many"),
    [
        ("counts", False),
        ("ten every tenth day", False),
        ("lognormal", False),
        ("ten every tenth day", True),
    ],
)
def test_sums_of_means_are_right_for_intermittent_series(kind, many):
    """Medians would add up to next to nothing."""
    values, mean = demand(kind, 10, 242) if many else demand(kind)
    frame = pd.DataFrame(values, pd.date_range("2020", periods=len(values)))
    forecaster = SequenceForecaster(horizon=30, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a season that is not used
        if many:
            forecaster.set_params(group="columns").fit(frame)
            sums = forecaster.forecast().sum().mean()
        else:
            sums = np.mean([forecaster.fit(frame[name]).forecast().sum() for name in frame])
    assert forecaster.point_ == "mean"
    if many:
        assert 0.75 < sums / (30 * values.mean()) < 1.25
    else:
        assert 0.8 < sums / (30 * mean) < 1.2  # the mean of the rows itself is off by up to 10 %


def test_a_mean_can_be_asked_for():
    rng = np.random.default_rng(0)
    sales = pd.Series(np.exp(rng.normal(0, 1, 400)), pd.date_range("2020-01-01", periods=400))
    sums = {}
    for point in ("median", "mean"):
        forecaster = SequenceForecaster(
            horizon=30, season_length=1, point=point, random_state=0
        ).fit(sales)
        sums[point] = forecaster.forecast().sum()
        assert forecaster.point_ == point
    assert sums["median"] < 0.8 * 30 * np.exp(0.5)
    assert 0.7 < sums["mean"] / (30 * np.exp(0.5)) < 1.4


def test_networks_that_diverge_are_left_out(monkeypatch):
    monkeypatch.setattr("skgru._forecaster.model_fit.NO_WORSE", 0.0)  # any network counts as worse
    values = weekly()
    with pytest.warns(UserWarning, match="'profile'.*pretrained=\"only\""):
        answer = forecast(values)
    with pytest.warns(UserWarning):
        again = forecast(values, n_estimators=3)
    np.testing.assert_array_equal(again, answer)  # the baseline, whatever the networks
    with pytest.warns(UserWarning, match="only the baseline is used. Give regressor=Ridge"):
        forecast(values, pretrained=None)


@pytest.mark.parametrize("season_length", [1, 7])
def test_later_values_fill_no_gap(season_length):
    """The forecast from a row is the same, whatever comes after it."""
    values = weekly()
    values[[3, 4, 30]] = np.nan
    forecaster = SequenceForecaster(
        Ridge(), horizon=3, season_length=season_length, window_length=7
    )
    fitted = forecaster.fit(pd.Series(weekly(1), DAYS))
    series = pd.Series(values, DAYS)
    changed = series.copy()
    changed[60:] += 50
    one, other = (fitted.predict(X)[:60] for X in (series, changed))
    np.testing.assert_array_equal(one, other)


def test_columns_of_future_that_are_not_known_are_ignored():
    frame = pd.DataFrame({"y": weekly(), "price": np.arange(182) % 5.0}, DAYS)
    fitted = SequenceForecaster(Ridge(), horizon=3, target="y", known="price").fit(frame)
    days = pd.date_range(DAYS[-1], periods=4)[1:]
    future = pd.DataFrame({"price": [1.0, 2, 3]}, days)
    more = future.assign(holiday=["none", "none", "Easter"], day=days)
    pd.testing.assert_frame_equal(fitted.forecast(future=more), fitted.forecast(future=future))


@pytest.mark.parametrize("has_gap", [False, True])
def test_quantiles_of_outliers_are_those_of_numpy(has_gap):
    values = np.random.default_rng(0).normal(size=(3, 4, 7, 2))
    if has_gap:
        values[0, 1, 2] = np.nan
    for axis in (1, 2):
        for share in (0.5, 0.75):
            expected = np.nanquantile(values, share, axis=axis, keepdims=True)
            np.testing.assert_allclose(known_quantile(values, share, axis), expected)


@pytest.mark.filterwarnings("ignore:season_length=None is 1 without dates")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("noise", [0, 0.02])
def test_a_series_that_the_network_has_learned_is_forecast_by_it(noise, seed):
    """A sine without a season: Theta and the pretrained network can only guess its course."""
    t = np.arange(1012)
    values = np.sin(t * 2 * np.pi / 50) + noise * np.random.default_rng(seed).normal(size=1012)
    forecaster = SequenceForecaster(horizon=12, random_state=seed).fit(values[:1000, np.newaxis])
    error = np.abs(forecaster.forecast().ravel() - values[1000:]).mean()
    assert error < 0.01 + 1.5 * noise
    assert forecaster.ensemble_["regressors"] > 0.99
