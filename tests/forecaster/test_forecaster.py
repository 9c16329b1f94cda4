"""SequenceForecaster's numbers: what is forecast, in which units, from which rows.

Containers and indexes are in containers/test_series.py.
"""

import copy
import pickle
import warnings
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor, StackingRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from skgru import GRURegressor, SequenceForecaster, SequenceWindower
from skgru.model_selection import backtest
from tests.helpers import assert_holds, fails, raises, slow_baseline, slow_level, warns

N, LENGTH = 90, 6
RNG = np.random.default_rng(0)
WALK = np.exp(2 + RNG.normal(scale=0.1, size=N).cumsum())  # positive, without a season
COLUMNS = ["first", "past", "second", "known"]
# Two targets that follow a past and a known covariate, so that what is used can be told.
TABLE = RNG.normal(size=(N + 20, 4))
TABLE[1:, 0] += TABLE[:-1, 1] + 0.5 * TABLE[1:, 3] + 20
TABLE[1:, 2] += 0.4 * TABLE[:-1, 0] - TABLE[1:, 3] + 20
FUTURE, TABLE = TABLE[N:, 3:], TABLE[:N]


def forecaster(**params):
    settings = {"window_length": LENGTH, "horizon": 3, "season_length": 1, "scaler": None}
    return SequenceForecaster(LinearRegression(), **(settings | params))


def network(**params):
    return GRURegressor(**({"units": 4, "epochs": 2, "random_state": 0} | params))


def column(values):
    """(n, 1), a copy."""
    return np.array(values, dtype=float).reshape(-1, 1)


# Oracle: one row at a time, in plain Python


class SlowForecaster:
    """LinearRegression on windows made by loops. Lists of floats in, on the network's scale."""

    def __init__(self, z, past, known, *, steps, season, level, baseline, length=LENGTH):
        self.steps, self.season, self.level, self.baseline = steps, season, level, baseline
        self.length, self.targets = length, len(z[0])
        self.lag = season * -(-steps // season) if season > length else 0
        X, y = [], []
        for t in range(length - 1 + self.lag, len(z) - steps):
            if baseline in ("seasonal", "profile") and t + 1 < season:
                continue
            X.append(self.features(z[: t + 1], past, known, t))
            naive = self.naive_at(z[: t + 1])
            y.append([z[t + 1 + k][i] - naive[k][i] for k in range(steps) for i in self.each])
        self.regressor = LinearRegression().fit(X, y)

    @property
    def each(self):
        return range(self.targets)

    def naive_at(self, z):
        window = z[-self.length :]
        return slow_baseline(z, window, self.baseline, self.level, self.season, self.steps)

    def features(self, z, past, known, t):
        rows = range(t - self.length + 1, t + 1)
        level = slow_level(z[-self.length :], self.level, self.season)
        own = [z[r][i] - level[i] for r in rows for i in self.each]
        seen = [value for r in rows for value in past[r]] if past else []
        last = t + self.steps
        given = [v for r in range(rows[0], last + 1) for v in known[r]] if known else []
        if self.lag:
            ago = t - self.lag
            level = slow_level(z[ago - self.length + 1 : ago + 1], self.level, self.season)
            rows = range(rows[0] - self.lag, last - self.lag + 1)
            own += [z[r][i] - level[i] for r in rows for i in self.each]
        return own + seen + given

    def forecast(self, z, past, known, n_steps):
        """The rows after the last of z; known goes on beyond z."""
        z, start = [list(row) for row in z], len(z)
        while len(z) < start + n_steps:
            features = self.features(z, past, known, len(z) - 1)
            difference = self.regressor.predict([features])[0].reshape(self.steps, -1)
            z += (np.array(self.naive_at(z)) + difference).tolist()
        return np.array(z[start : start + n_steps])


PLANS = [
    {"level": "last", "baseline": "last", "season_length": 1},
    {"level": "mean", "baseline": "last", "season_length": 1},
    {"level": "mean", "baseline": "seasonal", "season_length": 4},
    {"level": "mean", "baseline": "profile", "season_length": 4},
    {"level": "last", "baseline": "profile", "season_length": 5},
    {"level": "mean", "baseline": "profile", "season_length": 9},  # longer than the window
    {"level": "mean", "baseline": None, "season_length": 4},
    {"level": "last", "baseline": None, "season_length": 1},
    {"level": None, "baseline": None, "season_length": 1},
    {"level": None, "baseline": "seasonal", "season_length": 2},  # shorter than the horizon
]
HORIZONS = [("direct", 1), ("direct", 3), ("direct", 8), ("recursive", 3)]


def slow(z, past=None, known=None, *, plan, strategy, horizon):
    return SlowForecaster(
        z.tolist(),
        past,
        known,
        steps=horizon if strategy == "direct" else 1,
        season=plan["season_length"],
        level=plan["level"],
        baseline=plan["baseline"],
    )


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: "-".join(map(str, plan.values())))
@pytest.mark.parametrize(("strategy", "horizon"), HORIZONS)
def test_one_target_equals_a_slow_loop(strategy, horizon, plan):
    scaler = make_pipeline(FunctionTransformer(np.log, np.exp), StandardScaler())
    fast = forecaster(scaler=scaler, strategy=strategy, horizon=horizon, **plan).fit(column(WALK))
    z = scaler.fit_transform(column(WALK))
    by_hand = slow(z, plan=plan, strategy=strategy, horizon=horizon)
    expected = scaler.inverse_transform(by_hand.forecast(z.tolist(), None, None, 20))
    np.testing.assert_allclose(fast.forecast(20), expected, rtol=1e-7)
    predicted = fast.predict(column(WALK)).reshape(N, horizon)
    history = LENGTH + 3 * plan["season_length"]
    for t in (history, 41, 77, N - 1):
        expected = by_hand.forecast(z[: t + 1].tolist(), None, None, horizon)
        expected = scaler.inverse_transform(expected)[:, 0]
        np.testing.assert_allclose(predicted[t], expected, rtol=1e-7)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: "-".join(map(str, plan.values())))
@pytest.mark.parametrize(("strategy", "horizon"), [("direct", 3), ("direct", 8), ("recursive", 1)])
def test_two_targets_with_covariates_equal_a_slow_loop(strategy, horizon, plan):
    """The targets are named in another order than X has them, and so they are answered."""
    fast = forecaster(
        strategy=strategy, horizon=horizon, target=[2, 0], known=3, scaler=MinMaxScaler(), **plan
    ).fit(TABLE)
    scaler = MinMaxScaler()
    z = scaler.fit_transform(TABLE[:, [2, 0]])
    past, known = TABLE[:, 1:2].tolist(), TABLE[:, 3:].tolist()
    by_hand = slow(z, past, known, plan=plan, strategy=strategy, horizon=horizon)
    with_future = known + FUTURE.tolist()
    expected = by_hand.forecast(z.tolist(), past, with_future, horizon)
    answer = fast.forecast(horizon, future=FUTURE)
    np.testing.assert_allclose(answer, scaler.inverse_transform(expected), rtol=1e-7)
    predicted = fast.predict(TABLE)
    assert predicted.shape == (N, horizon * 2)
    for t in (LENGTH + 3 * plan["season_length"], 50, N - 1 - horizon):
        expected = by_hand.forecast(z[: t + 1].tolist(), past, known, horizon)
        expected = scaler.inverse_transform(expected).ravel()  # time-major
        np.testing.assert_allclose(predicted[t], expected, rtol=1e-7)
    # What is known in advance ends with X: no forecast is made up.
    assert np.isfinite(predicted[: N - horizon]).all()
    assert np.isnan(predicted[N - horizon :]).all()


@pytest.mark.parametrize(("strategy", "horizon"), HORIZONS)
def test_known_columns_in_many_steps_equal_a_slow_loop(strategy, horizon):
    table = TABLE[:, [0, 3]]
    fast = forecaster(strategy=strategy, horizon=horizon, known=1).fit(table)
    plan = PLANS[0]
    known = table[:, 1:].tolist()
    by_hand = slow(table[:, :1], None, known, plan=plan, strategy=strategy, horizon=horizon)
    expected = by_hand.forecast(table[:, :1].tolist(), None, known + FUTURE.tolist(), 11)
    np.testing.assert_allclose(fast.forecast(11, future=FUTURE), expected, rtol=1e-8)


def test_what_auto_decides():
    season = column(np.tile([1.0, 5, 2, 9], 20) + np.arange(80))
    fitted = SequenceForecaster(LinearRegression(), season_length=4, horizon=2).fit(season)
    assert (fitted.level_, fitted.baseline_) == ("mean", "profile")
    assert (fitted.window_length_, fitted.season_length_) == (8, 4)
    assert fitted.scaler_.kinds_ == ["log"]
    with warns("season_length=None is 1 without dates", "season_length=4"):
        fitted = SequenceForecaster(LinearRegression(), horizon=2).fit(season)
    assert (fitted.level_, fitted.baseline_) == ("last", "last")
    assert (fitted.window_length_, fitted.season_length_) == (24, 1)
    assert fitted.n_features_in_ == 1
    fitted = SequenceForecaster(LinearRegression(), horizon=2).fit(season[:8])
    assert fitted.window_length_ == 2
    year = 10 + 3 * np.sin(np.arange(80) * np.pi / 6)
    months = pd.Series(year, index=pd.date_range("2020", periods=80, freq="MS"))
    assert SequenceForecaster(LinearRegression()).fit(months).season_length_ == 12
    sentence = ("12 row", "season_length=None", "25 row", "a longer series", "season_length=1 ")
    for n_rows, season_length in ((20, 1), (24, 1), (25, 12)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fitted = SequenceForecaster(LinearRegression()).fit(months[:n_rows])
        assert fitted.season_length_ == season_length
        assert len(caught) == (season_length == 1)
        for one in caught:
            assert_holds(one.message, *sentence)
    for season_length in (1, 12):
        chosen = SequenceForecaster(LinearRegression(), season_length=season_length)
        assert chosen.fit(months[:25]).season_length_ == season_length
    with warns("season_length=12 needs at least 25 rows", "X has 20"):
        assert chosen.fit(months[:20]).season_length_ == 12


@pytest.mark.parametrize("n_rows", range(2, 12))
@pytest.mark.parametrize("season_length", [None, 1, 4])
def test_short_series_have_a_default(n_rows, season_length):
    fitted = SequenceForecaster(LinearRegression(), season_length=season_length)
    is_unread = season_length == 4 and n_rows <= 8  # level and baseline need more than two seasons
    with warns("season_length=4 needs at least 9 rows") if is_unread else nullcontext():
        fitted.fit(column(WALK[:n_rows]))
    answer = fitted.forecast(5)
    assert np.isfinite(answer).all()


# Original units

SCALERS = {
    "none": None,
    "auto": "auto",
    "min-max": MinMaxScaler(),
    "standard": StandardScaler(),
    "log and standard": make_pipeline(FunctionTransformer(np.log, np.exp), StandardScaler()),
    "turned": FunctionTransformer(np.negative, np.negative),
    "reciprocal": FunctionTransformer(np.reciprocal, np.reciprocal),
}


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("name", SCALERS)
def test_answers_are_in_original_units(name, strategy):
    """An exponential is forecast exactly on every scale on which it is a linear recurrence."""
    growth = column(3 * 1.02 ** np.arange(80))
    fitted = forecaster(scaler=SCALERS[name], strategy=strategy).fit(growth)
    following = 3 * 1.02 ** np.arange(80, 90)
    np.testing.assert_allclose(fitted.forecast(10)[:, 0], following, rtol=1e-5)
    predicted = fitted.predict(growth)
    assert predicted[50] == pytest.approx(growth[51:54, 0], rel=1e-5)
    assert fitted.score(growth) > 0.999


@pytest.mark.parametrize("name", SCALERS)
def test_units_are_free(name):
    """A linear scaler, or a logarithm, makes the unit of the series play no part."""
    if name == "none":
        name = "min-max"
    small = forecaster(scaler=SCALERS[name]).fit(column(WALK)).forecast(7)
    large = forecaster(scaler=SCALERS[name]).fit(column(WALK * 1000)).forecast(7)
    np.testing.assert_allclose(large, small * 1000, rtol=1e-6)


@pytest.mark.parametrize("later", [0.0, -3.0])
def test_zeros_after_positive_training(later):
    train, test = WALK[:60], WALK[60:].copy()
    test[5:8] = later
    fitted = forecaster(scaler="auto").fit(column(train))
    assert fitted.scaler_.kinds_ == ["log"]
    assert np.isfinite(fitted.predict(column(test))).all()
    assert np.isfinite(fitted.score(column(test)))
    assert np.isfinite(fitted.forecast(9, X=column(test[:8]))).all()


@pytest.mark.parametrize("values", [np.zeros(40), np.full(40, 7.0), np.full(40, -7.0)])
def test_a_constant_series_goes_on(values):
    fitted = SequenceForecaster(LinearRegression(), horizon=3).fit(column(values))
    np.testing.assert_allclose(fitted.forecast(10), values[:10, None], atol=1e-9)
    np.testing.assert_allclose(fitted.predict(column(values)), values[:, None] * np.ones(3))


# Columns known in advance


@pytest.mark.parametrize("shift", [0, 1, 4])
@pytest.mark.parametrize(("strategy", "horizon"), HORIZONS)
@pytest.mark.parametrize("level", ["last", "mean", None])
def test_a_copy_of_a_known_column_is_forecast_exactly(strategy, horizon, shift, level):
    """Its future values reach the regressor for the steps that they belong to."""
    known = RNG.normal(size=N + 12)
    series = 3 * np.roll(known, shift) + 7
    table = np.column_stack([series, known])[shift:N]
    fitted = forecaster(
        strategy=strategy, horizon=horizon, known=1, level=level, scaler=StandardScaler()
    )
    future = column(np.append(known[N:], np.zeros(4)))  # 16 rows: two blocks of eight
    answer = fitted.fit(table).forecast(9, future=future)
    np.testing.assert_allclose(answer[:, 0], series[N : N + 9], rtol=1e-7, atol=1e-7)
    predicted = fitted.predict(table).reshape(len(table), horizon)
    for k in range(horizon):
        rows = slice(LENGTH, len(table) - horizon)
        expected = series[shift + 1 + k :][rows]
        np.testing.assert_allclose(predicted[rows, k], expected, rtol=1e-7, atol=1e-7)
    assert fitted.score(table) == pytest.approx(1)


def frames():
    """Train of TABLE with dates, and the rows after it."""
    index = pd.date_range("2020-01-01", periods=N + 20, freq="D")
    train = pd.DataFrame(TABLE.copy(), index=index[:N], columns=COLUMNS)
    return train, pd.DataFrame(FUTURE.copy(), index=index[N:], columns=["known"])


@pytest.fixture(scope="module")
def informed():
    """Direct, with a known column. Nobody refits it."""
    return forecaster(known="known", target="first").fit(frames()[0])


def test_future_comes_by_name_in_any_order_and_form(informed):
    _, future = frames()
    expected = informed.forecast(3, future=future)
    extended = future.assign(other=1.0)[["other", "known"]]
    pd.testing.assert_frame_equal(informed.forecast(3, future=extended), expected)
    pd.testing.assert_frame_equal(informed.forecast(3, future=future[:3]), expected)
    pd.testing.assert_frame_equal(informed.forecast(3, future=FUTURE), expected)
    pd.testing.assert_frame_equal(informed.forecast(3, future=future["known"]), expected)
    # Not read: rows after those that are forecast.
    unknown = future.where(np.arange(20)[:, None] < 3)
    pd.testing.assert_frame_equal(informed.forecast(3, future=unknown), expected)
    assert not np.allclose(informed.forecast(3, future=future * 2), expected)


def test_missing_future(informed):
    fails(lambda: informed.forecast(3), "['known']", "3 row", "future")
    with pytest.raises(ValueError, match=r"known=\['known'\] .* but future is None"):
        informed.forecast(3, X=frames()[0])


def test_short_future(informed):
    with pytest.raises(ValueError, match=r"future has 2 rows, but .* Give at least 3 rows"):
        informed.forecast(3, future=frames()[1][:2])


@pytest.mark.parametrize("start", [1, 7])
def test_misaligned_future(informed, start):
    first = frames()[1].index[start]
    fails(
        lambda: informed.forecast(3, future=frames()[1][start:]),
        "future",
        f"{first}",
        "2020-03-31 00:00:00",
        "2020-04-02 00:00:00",
    )


def test_future_of_the_past_is_misaligned(informed):
    train, _ = frames()
    with pytest.raises(ValueError, match="future starts at 2020-01-01 00:00:00"):
        informed.forecast(3, future=train[["known"]])


def test_future_of_another_step_is_misaligned(informed):
    every_other_day = frames()[1][::2]
    with pytest.raises(ValueError, match="but the rows to forecast are"):
        informed.forecast(3, future=every_other_day)


@pytest.mark.parametrize("row", [0, 1, 2])
def test_unknown_values_in_future(informed, row):
    _, future = frames()
    future.iloc[row] = np.nan
    fails(lambda: informed.forecast(3, future=future), "future", "NaN", "3 row")


def test_other_columns_in_future(informed):
    fails(
        lambda: informed.forecast(3, future=frames()[1].rename(columns={"known": "other"})),
        "future",
        "['other']",
        "['known']",
    )
    fails(
        lambda: informed.forecast(3, future=np.ones((3, 2))), "future", "2 column", "1", "['known']"
    )


def test_future_of_nothing():
    fails(
        lambda: forecaster().fit(column(WALK)).forecast(3, future=column(WALK)),
        "future",
        "known=None",
    )


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_known_columns_of_a_list(strategy):
    """future is a list, too."""
    fitted = forecaster(strategy=strategy, known=1)
    fitted.fit([TABLE[:, [0, 3]], TABLE[:70, [0, 3]]])
    answers = fitted.forecast(3, future=[FUTURE, TABLE[70:, 3:]])
    swapped = fitted.forecast(3, future=[TABLE[70:, 3:], FUTURE])
    for one, other in zip(answers, swapped, strict=True):
        assert one.shape == (3, 1)
        assert not np.allclose(one, other)


def test_future_of_another_number_of_series():
    fitted = forecaster(known=1).fit([TABLE[:, [0, 3]], TABLE[:70, [0, 3]]])
    with pytest.raises(ValueError, match="future"):
        fitted.forecast(3, future=[FUTURE])


@pytest.mark.filterwarnings("ignore:invalid value encountered in log:RuntimeWarning")
def test_a_scaler_that_cannot_take_the_covariates():
    """The logarithm of a negative covariate is no number: an error, and never a filled-in value."""
    scaler = FunctionTransformer(np.log, np.exp, check_inverse=False)
    fitted = forecaster(known=1, scaler=scaler).fit(np.abs(TABLE[:, [0, 3]]))
    with pytest.raises(ValueError, match="scaler"):
        fitted.forecast(3, future=np.array([[1.0], [-1.0], [1.0]]))


# Many steps


@pytest.mark.parametrize("horizon", [1, 3, 4])
def test_direct_in_blocks_equals_rolling_by_hand(horizon):
    fitted = forecaster(horizon=horizon, scaler="auto").fit(column(WALK))
    rolled = column(WALK)
    while len(rolled) < N + 10:
        rolled = np.vstack([rolled, fitted.forecast(X=rolled)])
    np.testing.assert_allclose(fitted.forecast(10), rolled[N : N + 10], rtol=1e-9)
    np.testing.assert_allclose(fitted.forecast(10, X=column(WALK)), rolled[N : N + 10], rtol=1e-9)


@pytest.mark.parametrize("known", [None, 1])
@pytest.mark.parametrize(("strategy", "horizon"), [("direct", 3), ("recursive", 1)])
def test_a_network_rolls_on_as_by_hand(strategy, horizon, known):
    """Inside the compiled program as outside it."""
    table = TABLE[:, [0, 3]] if known else TABLE[:, :1]
    fitted = forecaster(
        strategy=strategy,
        horizon=horizon,
        known=known,
        scaler="auto",
        season_length=4,
        level="auto",
        baseline="auto",
    )
    fitted.set_params(regressor=network(epochs=5, learning_rate=0.03)).fit(table)
    rolled = table
    future = FUTURE if known else None
    for start in range(0, 9, horizon):
        ahead = future[start:] if known else None
        block = fitted.forecast(horizon, X=rolled, future=ahead)
        block = np.hstack([block, ahead[:horizon]]) if known else block
        rolled = np.vstack([rolled, block])
    np.testing.assert_allclose(fitted.forecast(9, future=future), rolled[N:, :1], rtol=1e-4)
    np.testing.assert_array_equal(
        fitted.forecast(4, future=future), fitted.forecast(9, future=future)[:4]
    )


def test_a_thousand_steps_stay_finite():
    fitted = forecaster(strategy="recursive", scaler="auto")
    fitted.set_params(regressor=network()).fit(column(WALK))
    answer = fitted.forecast(1000)
    assert answer.shape == (1000, 1)
    assert np.isfinite(answer).all()


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_predict_is_a_forecast_from_each_row(strategy):
    fitted = forecaster(strategy=strategy, horizon=4, scaler="auto").fit(column(WALK))
    predicted = fitted.predict(column(WALK))
    for t in (LENGTH - 1, LENGTH, 50, N - 1):
        alone = fitted.forecast(4, X=column(WALK[: t + 1]))
        np.testing.assert_allclose(predicted[t], alone[:, 0], rtol=1e-9)


def test_steps():
    fitted = forecaster().fit(column(WALK))
    assert fitted.forecast().shape == (3, 1)
    assert fitted.forecast(np.int64(2)).shape == (2, 1)
    for steps in (0, -1, 2.5, True, "3"):
        fails(lambda steps=steps: fitted.forecast(steps), f"steps={steps!r}", "int")


def test_steps_beyond_past_covariates():
    fails(
        lambda: forecaster(target=0).fit(TABLE).forecast(4),
        "steps=4",
        "horizon=3",
        "['x1', 'x2', 'x3']",
        "target=None",
    )
    fails(
        lambda: forecaster(target=0, known=[2, 3], strategy="recursive").fit(TABLE),
        "strategy='recursive'",
        "horizon=3",
        "['x1']",
        "strategy='direct'",
        "target=None",
    )
    alone = forecaster(target=0, strategy="recursive", horizon=1).fit(TABLE)
    assert alone.forecast().shape == (1, 1)
    with pytest.raises(ValueError, match="steps=2 exceeds horizon=1"):
        alone.forecast(2)


# predict

DAYS = pd.date_range("2020-01-01", periods=N, freq="D")


def dated(values=TABLE, columns=COLUMNS):
    return pd.DataFrame(values, index=DAYS[: len(values)], columns=columns)


@pytest.fixture(scope="module", params=["direct", "recursive"])
def on_train(request):
    """Fitted to the first 60 rows of TABLE's targets, all of them. Nobody refits it."""
    return forecaster(strategy=request.param, scaler="auto").fit(dated()[["first", "second"]][:60])


@settings(max_examples=40)
@given(data=st.data())
def test_the_future_never_changes_a_row(on_train, data):
    frame = dated()[["first", "second"]]
    t = data.draw(st.integers(0, N - 2))
    changed = frame.copy()
    shape = (N - t - 1) * 2
    values = st.floats(-1e3, 1e3) | st.just(np.nan)
    later = data.draw(st.lists(values, min_size=shape, max_size=shape))
    changed.iloc[t + 1 :] = np.reshape(later, (-1, 2))
    expected, answer = on_train.predict(frame)[: t + 1], on_train.predict(changed)[: t + 1]
    np.testing.assert_allclose(answer, expected, rtol=1e-12)


@settings(max_examples=20)
@given(t=st.integers(0, N - 5))
def test_known_values_are_read_for_the_steps_ahead_only(informed, t):
    train = frames()[0]
    changed = train.copy()
    changed.iloc[t + 1 :, :3] = 1e3  # targets and past covariates
    changed.iloc[t + 4 :, 3] = -1e3  # known: the three steps ahead are what they were
    expected, answer = informed.predict(train)[: t + 1], informed.predict(changed)[: t + 1]
    np.testing.assert_allclose(answer[-1:], expected[-1:], rtol=1e-12)


@pytest.mark.parametrize("start", [60])
@pytest.mark.parametrize("size", [1, 2, LENGTH - 1, 30])
def test_a_fold_that_goes_on_has_its_context(on_train, start, size):
    frame = dated()[["first", "second"]][: start + size]
    fold = on_train.predict(frame[start:])
    pd.testing.assert_frame_equal(fold, on_train.predict(frame)[start:], rtol=1e-10)
    names = [f"{name}_step{k}" for k in (1, 2, 3) for name in ("first", "second")]
    assert list(fold.columns) == names


@pytest.mark.parametrize("size", [4, 30])
def test_a_fold_has_the_context_of_every_kind_of_column(size):
    frame = dated()
    fitted = forecaster(target="first", known="known", baseline="profile", season_length=4)
    fitted.fit(frame[:60])
    whole = fitted.predict(frame[: 60 + size])[60:]
    pd.testing.assert_frame_equal(fitted.predict(frame[60 : 60 + size]), whole, rtol=1e-10)
    assert whole.notna().all(axis=1).sum() == size - 3


def test_rows_elsewhere_have_no_context(on_train):
    """Rows from the middle of training, or after a gap, are told by their index."""
    frame = dated()[["first", "second"]]
    whole = on_train.predict(frame).to_numpy()
    for start in (20, 61, 75):
        alone = on_train.predict(frame[start:]).to_numpy()
        assert np.isfinite(alone).all()
        np.testing.assert_allclose(alone[LENGTH - 1 :], whole[start + LENGTH - 1 :], rtol=1e-10)
        # Less than a window: the baseline alone, which is the last value.
        last = np.tile(frame.to_numpy()[start : start + LENGTH - 1], 3)
        np.testing.assert_allclose(alone[: LENGTH - 1], last, rtol=1e-10)


def test_arrays_follow_training_unless_they_begin_with_it():
    values = column(WALK)
    fitted = forecaster(scaler="auto").fit(values[:60])
    whole = fitted.predict(values)
    np.testing.assert_allclose(fitted.predict(values[60:]), whole[60:], rtol=1e-10)
    np.testing.assert_allclose(fitted.predict(values[60:61]), whole[60:61], rtol=1e-10)
    in_sample = fitted.predict(values[:60])
    np.testing.assert_allclose(in_sample, whole[:60], rtol=1e-10)
    np.testing.assert_allclose(in_sample[: LENGTH - 1], np.tile(values[: LENGTH - 1], 3))
    np.testing.assert_allclose(fitted.predict(values[:3]), whole[:3], rtol=1e-10)
    following = fitted.forecast(2, X=values[60:63])
    np.testing.assert_allclose(following, fitted.forecast(2, X=values[:63]), rtol=1e-10)


def test_gaps_are_filled_in_windows_and_no_targets():
    values = column(WALK)
    values[40] = np.nan
    fitted = forecaster(scaler="auto").fit(values)
    predicted = fitted.predict(values)
    assert np.isfinite(predicted).all()
    filled = values.copy()
    filled[40] = values[39]
    pairs = [t for t in range(LENGTH - 1, N - 3) if np.isfinite(values[t + 1 : t + 4]).all()]
    windows = np.log([filled[t - LENGTH + 1 : t + 1, 0] / filled[t, 0] for t in pairs])
    ahead = np.log([values[t + 1 : t + 4, 0] / filled[t, 0] for t in pairs])
    by_hand = LinearRegression().fit(windows, ahead)
    expected = values[-1] * np.exp(by_hand.predict([np.log(values[-LENGTH:, 0] / values[-1])])[0])
    np.testing.assert_allclose(fitted.forecast()[:, 0], expected, rtol=1e-8)


@pytest.mark.parametrize("n_missing", [1, 3])
def test_a_gap_where_the_window_begins_is_filled_like_any_other(n_missing):
    model = forecaster(window_length=6)
    first = len(WALK) - 6
    gap = slice(first - n_missing + 1, first + 1)
    missing, carried = WALK.copy(), WALK.copy()
    missing[gap], carried[gap] = np.nan, WALK[gap.start - 1]
    for fitted in (model.fit(column(WALK)), clone(model).fit(column(missing))):
        expected = fitted.forecast(X=column(carried))
        np.testing.assert_allclose(fitted.forecast(X=column(missing)), expected)
        ours, expected_row = (fitted.predict(column(x))[-1] for x in (missing, carried))
        np.testing.assert_allclose(ours, expected_row)
    np.testing.assert_allclose(fitted.forecast(), expected)


@pytest.mark.parametrize("baseline", ["last", "seasonal"])
def test_a_window_of_nothing_but_gaps_is_answered(baseline):
    values = column(WALK)
    values[20:40] = np.nan
    fitted = forecaster(scaler="auto", baseline=baseline, season_length=4).fit(values)
    assert np.isfinite(fitted.predict(values)).all()


def test_other_columns_than_in_fit(on_train):
    frame = dated()
    with pytest.raises(ValueError, match="The feature names should match those that were passed"):
        on_train.predict(frame[["second", "first"]])
    with pytest.raises(ValueError, match="The feature names should match those that were passed"):
        on_train.forecast(X=frame[["first"]].assign(other=1.0))
    of_fit = on_train.forecast(X=frame[["first", "second"]])
    pd.testing.assert_frame_equal(on_train.forecast(X=frame), of_fit)  # the third is left out
    with pytest.raises(ValueError, match="X has 3 features, but SequenceForecaster is expecting 2"):
        forecaster().fit(TABLE[:, :2]).predict(TABLE[:, :3])


@pytest.mark.parametrize("call", ["predict", "score", "forecast", "forecast_interval"])
def test_not_fitted(call):
    argument = [column(WALK)] if call in ("predict", "score") else []
    with pytest.raises(NotFittedError):
        getattr(forecaster(), call)(*argument)


# score and searches


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_score_is_r2_over_what_can_be_scored(strategy):
    values = column(WALK)
    fitted = forecaster(strategy=strategy, scaler="auto").fit(values[:60])
    predicted = fitted.predict(values)
    rows = np.arange(LENGTH - 1, N - 3)
    actual = np.array([values[t + 1 : t + 4, 0] for t in range(N - 3)])
    assert fitted.score(values) == pytest.approx(r2_score(actual[rows], predicted[rows]))
    fold = r2_score(actual[60:], predicted[60 : N - 3])
    assert fitted.score(values[60:]) == pytest.approx(fold)
    assert fitted.score(values, "is ignored") == fitted.score(values)


def test_score_of_two_targets_leaves_gaps_out():
    values = TABLE[:, [0, 2]].copy()
    values[30, 0] = np.nan
    fitted = forecaster().fit(values)
    predicted = fitted.predict(values)
    actual = np.array([values[t + 1 : t + 4].ravel() for t in range(N - 3)])
    rows = [t for t in range(LENGTH - 1, N - 3) if np.isfinite(actual[t]).all()]
    assert fitted.score(values) == pytest.approx(r2_score(actual[rows], predicted[rows]))


def test_too_few_rows_to_score():
    fitted = forecaster().fit(column(WALK))
    fails(
        lambda: fitted.score(column(WALK[:9])), "n_samples=9", "1", "window_length=6", "horizon=3"
    )


@pytest.mark.parametrize("form", ["array", "dated", "undated"])
def test_grid_search(form):
    values = column(WALK)
    X = {
        "array": values,
        "dated": pd.DataFrame(values, index=DAYS, columns=["a"]),
        "undated": pd.DataFrame(values, columns=["a"]),
    }[form]
    search = GridSearchCV(
        forecaster(),
        {
            "window_length": [2, 5],
            "scaler": ["auto", None, MinMaxScaler()],
            "strategy": ["direct", "recursive"],
        },
        cv=TimeSeriesSplit(3),
        error_score="raise",
    ).fit(X)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert len(np.unique(search.cv_results_["mean_test_score"])) > 6
    (train, test), *_ = TimeSeriesSplit(3).split(X)
    params = search.cv_results_["params"][3]
    by_hand = forecaster().set_params(**params).fit(values[train]).score(values[test])
    assert search.cv_results_["split0_test_score"][3] == pytest.approx(by_hand)
    assert search.best_estimator_.forecast(4).shape == (4, 1)
    assert search.score(X) == search.best_estimator_.score(X)


def test_grid_search_over_the_network():
    search = GridSearchCV(
        forecaster().set_params(regressor=network()),
        {"regressor__units": [2, 4], "window_length": [3]},
        cv=TimeSeriesSplit(2),
        error_score="raise",
    ).fit(column(WALK))
    assert search.best_estimator_.regressors_[0].units == search.best_params_["regressor__units"]
    assert len(np.unique(search.cv_results_["mean_test_score"])) == 2


REGRESSORS = {
    "one output": HistGradientBoostingRegressor(max_iter=5, min_samples_leaf=5),
    "many outputs": RandomForestRegressor(5, random_state=0),
    "pipeline of one output": make_pipeline(
        StandardScaler(), HistGradientBoostingRegressor(max_iter=5)
    ),
    "line": Ridge(),
    "network": network(),
}


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("name", REGRESSORS)
def test_any_regressor(name, strategy):
    frame = dated()[["first", "second"]]
    fitted = forecaster(strategy=strategy, scaler="auto")
    fitted.set_params(regressor=REGRESSORS[name]).fit(frame)
    assert fitted.predict(frame).shape == (N, 6)
    assert np.isfinite(fitted.predict(frame)).all(axis=None)
    assert fitted.forecast(7).shape == (7, 2)
    assert np.isfinite(fitted.score(frame))


# Fitted state


@pytest.mark.parametrize("name", ["line", "network", "many outputs"])
def test_pickles_forecast_the_same(name):
    fitted = forecaster(calibration_fraction=0.3, scaler="auto")
    fitted.set_params(regressor=REGRESSORS[name]).fit(dated()[["first"]])
    again = pickle.loads(pickle.dumps(fitted))
    pd.testing.assert_frame_equal(again.forecast(5), fitted.forecast(5))
    pd.testing.assert_frame_equal(again.forecast_interval(2, 0.8), fitted.forecast_interval(2, 0.8))
    pd.testing.assert_frame_equal(
        again.predict(dated()[["first"]]), fitted.predict(dated()[["first"]])
    )


def test_clone_and_parameters():
    original = forecaster(known=["known"], scaler=MinMaxScaler(), n_estimators=2)
    original.set_params(regressor=network())
    copied = clone(original)
    assert copied.get_params(deep=False).keys() == original.get_params(deep=False).keys()
    assert copied.get_params()["regressor__units"] == 4
    assert copied.known == ["known"]
    copied.set_params(regressor__units=3, scaler__feature_range=(0, 2))
    assert original.regressor.units == 4
    template = LinearRegression()
    scaler = MinMaxScaler()
    SequenceForecaster(template, window_length=3, scaler=scaler).fit(column(WALK))
    assert not hasattr(template, "coef_")
    assert not hasattr(scaler, "scale_")


def test_parameters_changed_after_fit_change_nothing():
    fitted = forecaster(scaler="auto").fit(column(WALK))
    expected = fitted.predict(column(WALK)), fitted.forecast(7)
    fitted.set_params(window_length=2, horizon=9, scaler=None, level="mean", baseline=None)
    np.testing.assert_array_equal(fitted.predict(column(WALK)), expected[0])
    np.testing.assert_array_equal(fitted.forecast(7), expected[1])


class Refuses(LinearRegression):
    def fit(self, X, y):
        raise RuntimeError


REFITS = {
    "parameter": ({"horizon": 0}, column(WALK)),
    "column": ({"target": 5}, column(WALK)),
    "infinity": ({}, column([np.inf, *WALK])),
    "too short": ({}, column(WALK[:5])),
    "regressor": ({"regressor": Refuses(), "horizon": 5}, TABLE),
    "index": ({}, dated()[["first"]].drop(DAYS[4])),
}


@pytest.mark.parametrize("case", REFITS)
def test_a_failed_refit_leaves_the_earlier_model(case):
    fitted = forecaster(calibration_fraction=0.3).fit(dated()[["first"]])
    before = copy.deepcopy(fitted)
    params, X = REFITS[case]
    with pytest.raises((ValueError, RuntimeError)):
        fitted.set_params(**params).fit(X)
    pd.testing.assert_frame_equal(fitted.forecast(5), before.forecast(5))
    pd.testing.assert_frame_equal(
        fitted.forecast_interval(3, 0.8), before.forecast_interval(3, 0.8)
    )
    assert list(fitted.feature_names_in_) == ["first"]
    assert fitted.score(dated()[["first"]]) == before.score(dated()[["first"]])


@pytest.mark.parametrize("container", [column, pd.Series, lambda x: [column(x), np.array(WALK)]])
def test_the_remedy_for_infinity_works(container):
    values = np.array(WALK)
    values[7] = -np.inf
    message = "infinity .* Replace infinity by NaN, which marks a missing value"
    one = SequenceForecaster(pretrained="only", season_length=1)
    with pytest.raises(ValueError, match=message):
        one.fit(container(values))
    with pytest.raises(ValueError, match=message):
        SequenceWindower(3).fit(column(values))
    values[np.isinf(values)] = np.nan
    assert np.isfinite(np.ravel(one.fit(container(values)).forecast(2))).all()
    SequenceWindower(3).fit(column(values))


def test_the_series_is_left_as_it_was():
    values = column(WALK)
    values[7] = np.nan
    before = values.copy()
    fitted = forecaster(scaler="auto", calibration_fraction=0.2).fit(values)
    fitted.predict(values), fitted.forecast(5, X=values), fitted.score(values)
    np.testing.assert_array_equal(values, before)
    expected = fitted.forecast(5)
    values[:] = 0
    np.testing.assert_array_equal(fitted.forecast(5), expected)


# Seeds


def test_a_seed_makes_the_same_forecaster():
    def forecast(seed, **params):
        return (
            forecaster(random_state=seed, scaler="auto")
            .set_params(regressor=network(random_state=None), **params)
            .fit(column(WALK))
            .forecast(5)
        )

    np.testing.assert_array_equal(forecast(3), forecast(3))
    assert not np.array_equal(forecast(3), forecast(4))
    np.testing.assert_array_equal(forecast(3, n_estimators=2), forecast(3, n_estimators=2))
    from_generator = [forecast(np.random.RandomState(5)) for _ in range(2)]
    np.testing.assert_array_equal(*from_generator)


def test_without_a_seed_the_regressor_keeps_its_own():
    fitted = forecaster(scaler="auto").set_params(regressor=network(random_state=7))
    np.testing.assert_array_equal(
        fitted.fit(column(WALK)).forecast(5), clone(fitted).fit(column(WALK)).forecast(5)
    )
    assert fitted.regressors_[0].random_state == 7


def test_the_median_of_several_regressors():
    fitted = forecaster(n_estimators=3, random_state=0)
    fitted.set_params(regressor=RandomForestRegressor(2)).fit(column(WALK))
    assert len({regressor.random_state for regressor in fitted.regressors_}) == 3
    parts = []
    for member in fitted._model.members:
        one = copy.deepcopy(fitted)
        one._model.members = [member]
        parts.append(one.forecast(3))
    assert not np.array_equal(parts[0], parts[1])
    np.testing.assert_allclose(fitted.forecast(3), np.median(parts, axis=0), rtol=1e-12)


@pytest.mark.parametrize("n_estimators", [1, 2])
def test_the_global_random_state_is_left_alone(n_estimators):
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()  # noqa: NPY002
    fitted = forecaster(n_estimators=n_estimators)
    fitted.set_params(regressor=network(random_state=None, epochs=1)).fit(column(WALK))
    after = np.random.get_state()  # noqa: NPY002
    assert before[2] == after[2]
    np.testing.assert_array_equal(before[1], after[1])


# Intervals


def ar1(n, seed, phi=0.7):
    noise = np.random.default_rng(seed).normal(size=n)
    values = np.zeros(n)
    for t in range(1, n):
        values[t] = phi * values[t - 1] + noise[t]
    return column(values)


def test_intervals_of_ar1_cover_what_they_promise():
    n_train, n_test = 600, 300
    values = ar1(n_train + n_test, seed=1)
    fitted = forecaster(calibration_fraction=0.4, window_length=3).fit(values[:n_train])
    inside = np.array(
        [
            (low <= actual) & (actual <= high)
            for t in range(n_train, n_train + n_test - 3)
            for bounds in [fitted.forecast_interval(3, 0.9, X=values[: t + 1])[:, 0]]
            for (low, high), actual in zip(bounds, values[t + 1 : t + 4, 0], strict=True)
        ]
    ).reshape(-1, 3)
    assert ((inside.mean(axis=0) > 0.8) & (inside.mean(axis=0) < 0.97)).all()


def test_intervals_are_the_quantile_of_the_errors_kept_out():
    values = ar1(200, seed=2)
    fitted = forecaster(calibration_fraction=0.25).fit(values)
    trial = forecaster().fit(values[:150])
    predicted = trial.predict(values)
    for coverage in (0.5, 0.8, 0.9):
        radius = 0.0  # of the widest step up to k
        for k in (1, 2, 3):
            errors = [abs(values[t + k, 0] - predicted[t, k - 1]) for t in range(149, 200 - k)]
            n = len(errors)  # neighbouring origins share rows: worth n / sqrt(k)
            rank = int(np.ceil((n + np.sqrt(k)) * coverage - 1e-9))
            radius = max(radius, sorted(errors)[rank - 1])
            low, high = fitted.forecast_interval(3, coverage)[k - 1, 0]
            middle = fitted.forecast(3)[k - 1, 0]
            assert (low, high) == pytest.approx((middle - radius, middle + radius))


@pytest.mark.parametrize("several", [False, True])
def test_calibrated_intervals_do_not_narrow_with_the_step(several):
    values = np.random.default_rng(3).normal(size=60).cumsum().reshape(-1, 1)
    X = [values, values[::-1]] if several else values
    fitted = SequenceForecaster(Ridge(), horizon=12, scaler=None, calibration_fraction=0.4).fit(X)
    bounds = np.concatenate(fitted.forecast_interval(coverage=0.5)) if several else None
    bounds = fitted.forecast_interval(coverage=0.5)[:, 0] if bounds is None else bounds[:12, 0]
    widths = bounds[:, 1] - bounds[:, 0]
    assert (np.diff(widths) >= -1e-9).all()
    residuals = fitted._calibration._quantiles_of_residuals(0.5)
    assert (np.diff(residuals, axis=0) < 0).any()  # which alone would narrow


def test_calibrated_forecasts_are_those_of_everything():
    values = ar1(200, seed=2)
    np.testing.assert_array_equal(
        forecaster(calibration_fraction=0.25).fit(values).forecast(9),
        forecaster().fit(values).forecast(9),
    )


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("name", SCALERS)
def test_bounds_are_ordered_on_every_scale(name, strategy):
    fitted = forecaster(scaler=SCALERS[name], strategy=strategy, calibration_fraction=0.4)
    fitted.fit(column(WALK))
    wide, narrow = fitted.forecast_interval(3, 0.9), fitted.forecast_interval(3, 0.5)
    middle = fitted.forecast(3)
    assert wide.shape == (3, 1, 2)
    assert (wide[..., 0] < narrow[..., 0]).all()
    assert (narrow[..., 0] < middle).all()
    assert (middle < narrow[..., 1]).all()
    assert (narrow[..., 1] < wide[..., 1]).all()


def test_intervals_with_known_columns():
    table = TABLE[:, [0, 3]]
    for strategy in ("direct", "recursive"):
        fitted = forecaster(known=1, strategy=strategy, calibration_fraction=0.4).fit(table)
        bounds = fitted.forecast_interval(3, 0.8, future=FUTURE)
        middle = fitted.forecast(3, future=FUTURE)
        np.testing.assert_allclose(bounds.mean(axis=-1), middle, rtol=1e-9)
        with pytest.raises(ValueError, match=r"known=\['x1'\] .* but future is None"):
            fitted.forecast_interval(3, 0.8)


def test_intervals_of_a_list():
    fitted = forecaster(calibration_fraction=0.4).fit([WALK, WALK[10:]])
    answers = fitted.forecast_interval(2, 0.8)
    assert [one.shape for one in answers] == [(2, 1, 2), (2, 1, 2)]
    # Both end alike: the middle is the same, and widths go with how much a series changes.
    middles, widths = np.mean(answers, axis=-1), np.diff(answers, axis=-1)[..., 0]
    np.testing.assert_allclose(middles[0], middles[1], rtol=1e-9)
    ratio = widths[0] / widths[1]
    np.testing.assert_allclose(ratio, np.full_like(ratio, ratio[0, 0]), rtol=1e-9)


@pytest.mark.parametrize("how", ["pretrained", "calibrated", "mean"])
@pytest.mark.parametrize("form", ["array", "series", "frame", "list", "wide", "long"])
def test_a_forecast_between_its_bounds(how, form):
    months = pd.period_range("2020-01", periods=40, freq="M", name="month")
    values = np.exp(2 + np.random.default_rng(0).normal(scale=0.1, size=(40, 2)))
    one = pd.Series(values[:, 0], months, name="sales")
    frame = pd.DataFrame(values, months, ["sales", "visits"])
    group = {"wide": "columns", "long": "variable"}.get(form)
    long = frame.melt(ignore_index=False)
    data = {
        "array": values, "series": one, "frame": frame, "list": [values, values], "wide": frame,
        "long": long,
    }[form]  # fmt: skip
    settings = {
        "pretrained": {"pretrained": "only"},
        "calibrated": {"regressor": Ridge(), "calibration_fraction": 0.3},
        "mean": {"pretrained": "only", "point": "mean"},
    }[how]
    fitted = SequenceForecaster(horizon=3, season_length=1, group=group, **settings).fit(data)
    three, two = (fitted.forecast_interval(coverage=0.5, with_forecast=on) for on in (True, False))
    middle = fitted.forecast()
    if form in ("array", "list"):
        three, two, middle = (each[0] if form == "list" else each for each in (three, two, middle))
        np.testing.assert_array_equal(three[..., [0, 2]], two)
        np.testing.assert_array_equal(three[..., 1], middle)
        return
    ids = ["variable"] if form == "long" else []
    targets = {"series": ["sales"], "long": ["value"]}.get(form, ["sales", "visits"])
    names = [name + end for name in targets for end in ("_lower", "", "_upper")]
    assert list(three.columns) == ids + names
    pd.testing.assert_frame_equal(three[two.columns], two)
    middle = middle.to_frame() if form == "series" else middle
    pd.testing.assert_frame_equal(three[middle.columns], middle)


def test_intervals_are_off():
    fails(
        lambda: forecaster().fit(column(WALK)).forecast_interval(3),
        "calibration_fraction=0.2",
        "GRURegressor(loss='pinball', quantiles=(0.05, 0.5, 0.95))",
    )


@pytest.mark.parametrize(("coverage", "fraction"), [(0.5, 0.2), (0.9, 0.25), (0.95, 0.35)])
def test_the_fraction_that_is_advised_is_enough(coverage, fraction):
    """Of 90 rows, horizon=12 leaves 11 fewer errors at the last step than rows held out."""
    params = {"horizon": 12, "window_length": 6}
    with raises(f"calibration_fraction={fraction}"):
        forecaster(**params).fit(column(WALK)).forecast_interval(coverage=coverage)
    fitted = forecaster(**params, calibration_fraction=fraction).fit(column(WALK))
    assert fitted.forecast_interval(coverage=coverage).shape == (12, 1, 2)
    several = forecaster(**params).fit([WALK, WALK])  # which count together
    with raises("calibration_fraction=0.2"):
        several.forecast_interval(coverage=0.9)


def test_no_fraction_is_enough():
    sentence = (
        "calibration_fraction=0",
        "n_samples=90",
        "GRURegressor(loss='pinball', quantiles=(0.05, 0.5, 0.95))",
    )
    fails(lambda: forecaster().fit(column(WALK)).forecast_interval(coverage=0.99), sentence)


def test_coverage_beyond_the_calibration_rows():
    """Thirty rows are 30 errors at one step ahead, and 28 at three."""
    values = ar1(100, seed=3)
    fitted = forecaster(calibration_fraction=0.3).fit(values)
    assert fitted.forecast_interval(3, 0.95).shape == (3, 1, 2)
    fails(
        lambda: fitted.forecast_interval(3, 0.97),
        "coverage=0.97",
        "33",
        "28",
        "calibration_fraction=0.35",
    )


def test_steps_beyond_the_calibrated():
    fitted = forecaster(calibration_fraction=0.4).fit(column(WALK))
    with pytest.raises(ValueError, match=r"steps=4 exceeds .*3.* Fit with a larger horizon"):
        fitted.forecast_interval(4, 0.8)


@pytest.mark.parametrize("coverage", [0, 1, 1.5, -0.1, "0.9", None, True])
def test_coverage_out_of_range(coverage):
    fitted = forecaster(calibration_fraction=0.4).fit(column(WALK))
    fails(lambda: fitted.forecast_interval(3, coverage), f"coverage={coverage!r}", "float")


def test_calibration_that_leaves_nothing_to_fit():
    with pytest.raises(ValueError, match="calibration_fraction"):
        forecaster(calibration_fraction=0.99).fit(column(WALK))


# Errors


def in_order(words):
    return "{" + ", ".join(sorted(words)) + "}"


OUT_OF_RANGE = {
    "horizon": [0, True, 1.5, None, "auto"],
    "scaler": ["minmax", MinMaxScaler, 3],
    "level": ["median", 0],
    "baseline": ["naive", 0],
    "strategy": ["both", None],
    "target": [1.5],
    "known": [1.5],
    "n_estimators": [0, True, None],
    "calibration_fraction": [-0.1, 1, 1.0, None, "half"],
    "random_state": [-1, "zero", 1.5],
    "regressor": [LinearRegression, "line", 3],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in OUT_OF_RANGE for v in OUT_OF_RANGE[n]])
def test_parameters_out_of_range(name, value):
    forecaster(**({name: value} if name != "regressor" else {})).get_params()  # never in __init__
    message = f"The '{name}' parameter of SequenceForecaster must be"
    with pytest.raises(ValueError, match=message):
        forecaster().set_params(**{name: value}).fit(column(WALK))


@pytest.mark.parametrize("length", [0, 2.5, True, "long", [], [0], [12, "24"], np.array([12])])
@pytest.mark.parametrize(
    ("name", "remedy"), [("window_length", "window_length=24"), ("season_length", "[24, 168]")]
)
def test_lengths_out_of_range(name, length, remedy):
    """A number and a list get the same message, from a backtest too."""
    parts = (f"{name}={length!r}", "an int of at least 1", remedy)
    wrong = forecaster().set_params(**{name: length})
    fails(lambda: wrong.fit(column(WALK)), *parts)
    fails(lambda: backtest(wrong, column(WALK), initial=0.5), *parts)


@pytest.mark.parametrize(
    ("params", "parts"),
    [
        (
            {"horizon": 8, "season_length": 4, "baseline": "profile"},
            ("horizon=8 and season_length=4 need 12 rows",),
        ),
        ({"horizon": 8, "window_length": 6}, ("and window_length=6 need 14", "a shorter window")),
        ({"horizon": 12, "season_length": 1}, ("horizon=12 need 13 rows", "a smaller horizon")),
    ],
)
def test_what_regressors_need_names_its_reasons(params, parts):
    X = np.arange(10.0).reshape(-1, 1) % 4
    with pytest.warns(UserWarning) as caught:
        SequenceForecaster(random_state=0, **params).fit(X)
    message = next(str(one.message) for one in caught if "regressors of" in str(one.message))
    assert_holds(message, "X has 10 rows", *parts)


def test_season_length_has_no_auto():
    wrong = forecaster(season_length="auto")
    fails(lambda: wrong.fit(column(WALK)), "season_length='auto'", "None for the seasons")


OWN = "['first', 'past', 'second', 'known']"


@pytest.mark.parametrize("parameter", ["target", "known"])
def test_unknown_columns(parameter):
    for chosen, name in (("sales", "sales"), (["first", "sales"], "sales"), (7, 7), ([-1], -1)):
        fails(
            lambda chosen=chosen: forecaster(**{parameter: chosen}).fit(dated()),
            f"{parameter}={chosen!r}",
            f"{name!r}",
            OWN,
        )
    fails(lambda: forecaster(**{parameter: True}).fit(dated()), f"{parameter}=True", OWN)
    fails(lambda: forecaster(**{parameter: "first"}).fit(TABLE), f"{parameter}='first'", "0 to 3")
    fails(lambda: forecaster(**{parameter: ["first", 0]}).fit(dated()), f"{parameter}=['first', 0]")


@pytest.mark.parametrize("parameter", ["target", "known"])
def test_a_name_for_a_series_without_one(parameter):
    fails(
        lambda: forecaster(**{parameter: "sales"}).fit(pd.Series(WALK)),
        f"{parameter}='sales'",
        "X.rename('sales')",
    )


def test_a_series_of_another_name():
    fitted = forecaster().fit(pd.Series(WALK, name="one"))
    expected = fitted.forecast(X=pd.Series(WALK[:-5], name="one"))
    other = pd.Series(WALK[:-5], name="other")
    pd.testing.assert_series_equal(fitted.forecast(X=other), expected.rename("other"))
    assert list(fitted.predict(other).columns) == ["other_step1", "other_step2", "other_step3"]


def test_a_series_in_place_of_steps():
    series = pd.Series(WALK)
    fails(lambda: forecaster().fit(series).forecast(series), "forecast(X=series)")


def test_y_is_ignored_with_a_warning():
    X, y = dated(), pd.Series(WALK)
    with warns("is ignored", "['first']", "target", "scaler", "n_estimators") as caught:
        fitted = forecaster(target="first").fit(X, y)
    assert caught[0].filename == __file__
    without = forecaster(target="first").fit(X, X)  # what was meant is clear
    pd.testing.assert_frame_equal(fitted.forecast(), without.forecast())
    forecaster().fit(column(WALK), WALK)  # nothing is lost


@pytest.mark.parametrize(
    ("params", "n_rows", "sentence"),
    [
        ({}, 5, ("5 row", "6 row", "naive")),
        (
            {"baseline": "profile", "season_length": 12},
            8,
            ("8 row", "baseline='profile'", "12 row"),
        ),
    ],
)
def test_too_few_rows_to_go_on_from(params, n_rows, sentence):
    fitted = forecaster(**params, calibration_fraction=0.4).fit(pd.Series(WALK))
    for method in (fitted.forecast, fitted.forecast_interval):
        with warns(*sentence) as caught:
            method(3, X=pd.Series(WALK[:n_rows]))
        assert caught[0].filename == __file__
    fitted.forecast(3, X=pd.Series(WALK[:12]))  # enough
    fitted.forecast(3, X=pd.Series(WALK[:1], index=[90]))  # the training series comes before


def test_names_and_positions_are_the_same():
    by_name = forecaster(target=["second", "first"], known="known").fit(dated())
    by_position = forecaster(target=np.array([2, 0]), known=[3]).fit(dated())
    future = frames()[1]
    answer = by_name.forecast(future=future)
    pd.testing.assert_frame_equal(answer, by_position.forecast(future=future))
    assert list(answer.columns) == ["second", "first"]


def test_a_column_with_two_roles():
    fails(
        lambda: forecaster(target=["first", "known"], known="known").fit(dated()),
        "['known']",
        "target",
    )


def test_nothing_to_forecast():
    fails(lambda: forecaster(known=[0, 1]).fit(TABLE[:, :2]), "target=None", "known=[0, 1]")


def test_no_target():
    with pytest.raises(ValueError, match="target"):
        forecaster(target=[]).fit(TABLE)


@pytest.mark.parametrize("parameter", ["target", "known"])
def test_a_set_has_no_order(parameter):
    with pytest.raises(ValueError, match=parameter):
        forecaster(**{parameter: {0, 1}}).fit(TABLE)


@pytest.mark.parametrize("baseline", ["seasonal", "profile"])
def test_a_seasonal_baseline_without_a_season(baseline):
    for season_length in (1, None):
        fails(
            lambda season_length=season_length: forecaster(
                baseline=baseline, season_length=season_length
            ).fit(column(WALK)),
            f"baseline={baseline!r}",
            "season_length",
            "12",
            "baseline='last'",
        )


@pytest.mark.parametrize("n_rows", [4, 5, 8])
def test_too_short(n_rows):
    sentence = ("window_length=6", "horizon=3", "9 row", f"X has {n_rows}")
    fails(lambda: forecaster().fit(column(WALK[:n_rows])), sentence)
    assert np.isfinite(forecaster().fit(column(WALK[:9])).forecast()).all()


@pytest.mark.parametrize("n_rows", [2, 3, 6])
def test_too_short_for_recursion(n_rows):
    with pytest.raises(ValueError, match="need at least 7 rows"):
        forecaster(strategy="recursive").fit(column(WALK[:n_rows]))
    assert np.isfinite(forecaster(strategy="recursive").fit(column(WALK[:7])).forecast()).all()


@pytest.mark.parametrize("n_rows", [1, 3])
def test_no_more_rows_than_the_horizon(n_rows):
    with pytest.raises(ValueError, match=f"but X has {n_rows}"):
        forecaster(horizon=n_rows).fit(column(WALK[:n_rows]))


@pytest.mark.parametrize("baseline", ["seasonal", "profile"])
def test_too_short_for_the_season(baseline):
    with pytest.raises(ValueError, match=r"at least 103 rows.* but X has 90"):
        forecaster(baseline=baseline, season_length=100).fit(column(WALK))


def test_nothing_but_gaps():
    sentence = ("NaN", "target")
    nothing = np.full((N, 1), np.nan)
    fails(lambda: forecaster().fit(nothing), sentence)
    fitted = SequenceForecaster(LinearRegression()).fit(pd.Series(WALK))
    fails(lambda: fitted.forecast(X=pd.Series(nothing[:, 0])), sentence)


def test_too_many_gaps():
    values = column(WALK)
    values[::3] = np.nan
    fails(lambda: forecaster().fit(values), "horizon=3", "X.ffill()")
    fitted = forecaster().fit(pd.DataFrame(values).ffill().bfill().to_numpy())
    assert np.isfinite(fitted.forecast()).all()
    fails(
        lambda: forecaster(window_length=1, horizon=1).fit(column(WALK[:1])),
        "window_length=1",
        "season_length=1",
        "horizon=1",
        "2 row",
        "NaN",
    )


def test_a_calibration_that_knows_no_far_step():
    fails(
        lambda: forecaster(calibration_fraction=0.02).fit(column(WALK)),
        "calibration_fraction=0.02",
        "90 row",
        "3",
        "0.05",
    )
    fitted = forecaster(calibration_fraction=0.05).fit(column(WALK))
    assert fitted.forecast_interval(coverage=0.5).shape == (3, 1, 2)


def test_a_classifier_forecasts_nothing():
    for chosen in (LogisticRegression(), [LinearRegression(), LogisticRegression()]):
        fails(
            lambda chosen=chosen: SequenceForecaster(chosen).fit(column(WALK)),
            "regressor=LogisticRegression()",
            "GRURegressor()",
        )


def test_a_series_that_ends_in_gaps():
    values = column(WALK)
    values[-3:] = np.nan
    sentence = ("3 row", "NaN")
    with warns(*sentence):
        fitted = forecaster().fit(values)
    with warns(*sentence):
        fitted.forecast(X=values)


def test_predict_of_a_list():
    fitted = forecaster().fit([WALK, WALK[5:]])
    one = fitted.predict(column(WALK))
    assert one.shape == (N, 3)
    assert np.isfinite(one).all()


@pytest.mark.parametrize("call", ["predict", "score"])
def test_a_list_needs_a_fit_on_a_list(call):
    fitted = forecaster().fit(column(WALK))
    fails(lambda: getattr(fitted, call)([WALK, WALK[5:]]), "2 series", "SequenceForecaster")


def test_predict_and_score_of_a_list_are_those_of_each_series():
    several = [WALK, WALK[5:], WALK[:3]]  # the last is too short to be scored
    fitted = forecaster().fit(several)
    for one, predicted in zip(several, fitted.predict(several), strict=True):
        np.testing.assert_array_equal(predicted, fitted.predict(column(one)))
    scores = [fitted.score(column(one)) for one in several[:2]]
    assert fitted.score(several) == pytest.approx(np.mean(scores), abs=1e-12)


def test_grid_search_over_several_series():
    several = [WALK[i:] for i in range(6)]
    search = GridSearchCV(forecaster(), {"window_length": [2, 4]}, cv=3).fit(several)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert len(search.predict(several)) == 6


def test_a_search_over_parameters_of_what_fit_would_choose():
    search = GridSearchCV(SequenceForecaster(), {"regressor__units": [4, 8]}, cv=TimeSeriesSplit(2))
    sentence = ("regressor__units=4", "regressor=skgru.default_regressor()")
    fails(lambda: search.fit(np.arange(60.0)), sentence)
    model = SequenceForecaster().set_params(regressor=Ridge(), regressor__alpha=2.0)
    assert model.get_params()["regressor__alpha"] == 2.0


def test_a_parameter_of_a_scaler_that_is_a_word():
    sentence = ("scaler__with_mean=False", "'auto'", "scaler=StandardScaler()")
    fails(lambda: SequenceForecaster().set_params(scaler__with_mean=False), sentence)


@pytest.mark.parametrize("group", [None, "columns", "a_lower"])
def test_bounds_with_the_name_of_another_column(group):
    days = pd.date_range("2026-01-01", periods=40)
    frame = pd.DataFrame({"a": np.arange(40) % 7.0, "a_lower": np.arange(40) % 7.0}, days)
    if group == "a_lower":
        frame["a_lower"] = "x"
    fitted = SequenceForecaster(pretrained="only", group=group).fit(frame)
    fails(lambda: fitted.forecast_interval(with_forecast=True), "'a_lower'", "Rename this column")
    renamed = frame.rename(columns={"a_lower": "other"})
    if group == "a_lower":
        fitted.set_params(group="other")
    fitted.fit(renamed).forecast_interval(with_forecast=True)


@pytest.mark.parametrize("function", [np.log1p, np.sqrt, np.square])
@pytest.mark.parametrize("options", [{"regressor": Ridge()}, {"pretrained": "only"}])
def test_a_scaler_without_inverse_is_refused_and_the_remedy_works(function, options):
    series = 100 + 10 * np.sin(np.arange(60)).reshape(-1, 1)
    given = SequenceForecaster(scaler=FunctionTransformer(function), horizon=3, **options)
    parts = (
        "scaler=FunctionTransformer(",
        "back to itself",
        "FunctionTransformer(np.log1p, np.expm1)",
    )
    fails(lambda: given.fit(series), *parts)
    given.set_params(scaler=FunctionTransformer(np.log1p, np.expm1)).fit(series)
    assert np.abs(given.forecast() - 100).max() < 30


def test_a_scaler_that_changes_the_number_of_columns_is_refused():
    series = np.random.default_rng(0).normal(size=(60, 2))
    given = SequenceForecaster(Ridge(), scaler=PCA(1))
    fails(lambda: given.fit(series), "scaler=PCA(", "1 columns of 2", "StandardScaler()")


def test_a_regressor_that_predicts_only_after_its_fit():
    series = np.sin(np.arange(80)).reshape(-1, 1)
    stack = StackingRegressor([("ridge", Ridge()), ("linear", LinearRegression())])
    fitted = SequenceForecaster(stack, horizon=1, window_length=4, season_length=1).fit(series)
    assert np.abs(fitted.forecast()).max() < 1.5
    direct = clone(fitted).set_params(horizon=3)
    fails(lambda: direct.fit(series), "StackingRegressor(", "3 outputs", "RidgeCV()", "recursive")
    for remedy in ({"strategy": "recursive"}, {"regressor__final_estimator": RidgeCV()}):
        fitted = clone(direct).set_params(**remedy).fit(series)
        assert np.abs(fitted.forecast()).max() < 1.5
    fails(lambda: SequenceForecaster(StandardScaler()).fit(series), "regressor", "predict")


@pytest.mark.filterwarnings("ignore:season_length=.* needs at least")  # to be repeated
@pytest.mark.parametrize("regressor", [None, Ridge()])
@pytest.mark.parametrize(("horizon", "season_length"), [(18, 12), (9, 4)])
def test_more_rows_train_what_fewer_rows_do(horizon, season_length, regressor):
    """From one row more than the horizon on, regressors are trained, with and without a season."""
    values = np.random.default_rng(0).normal(size=(3 * season_length + horizon, 1)).cumsum(axis=0)
    fitted = SequenceForecaster(
        regressor, horizon=horizon, season_length=season_length, random_state=0, pretrained=None
    )
    seasonal, more = [], (1, 2, season_length // 2, season_length - 1, season_length)
    for n_rows in (horizon + n for n in (*more, season_length + 1)):
        assert fitted.fit(values[:n_rows]).ensemble_["regressors"] > 0
        seasonal.append(fitted.baseline_ == "profile")
    assert seasonal == sorted(seasonal) and seasonal[-2:] == [True, True]


def test_two_rows_do_not_prove_a_network():
    """One window is learned exactly, whatever follows it."""
    fitted = SequenceForecaster(horizon=1, random_state=0).fit(np.array([[100.0], [110.0]]))
    assert fitted.ensemble_["pretrained"] > 0.4


def test_a_constant_series_needs_no_season():
    X = pd.Series(5.0, pd.date_range("2020", periods=48, freq="MS"))
    fitted = SequenceForecaster(horizon=6, random_state=0).fit(X)  # warnings are errors here
    np.testing.assert_allclose(fitted.forecast(), 5.0)
