"""Ensembles and searches that draw rows: what is warned of, what is not, and what to do instead."""

import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import AdaBoostRegressor, BaggingRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    TimeSeriesSplit,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgru import GRURegressor, SequenceForecaster, SequenceWindower, make_windows

N = 120
SINE = np.sin(np.arange(N) / 3)
DRAWN = np.sort(np.random.default_rng(0).permutation(N)[: 2 * N // 3])

INDEXES = {
    "days": pd.date_range("2026-01-01", periods=N),
    "business days": pd.bdate_range("2026-01-01", periods=N),
    "hours": pd.date_range("2026-01-01", periods=N, freq="h", tz="Europe/Vienna"),
    "weeks": pd.date_range("2020-01-01", periods=N, freq="W"),
    "month ends": pd.date_range("2010-01-01", periods=N, freq="ME"),
    "quarters": pd.date_range("1990-01-01", periods=N, freq="QS"),
    "periods": pd.period_range("2010-01", periods=N, freq="M"),
    "spans": pd.timedelta_range("0h", periods=N, freq="30min"),
    "rows": pd.RangeIndex(N),
    "years": pd.Index(range(1900, 1900 + N)),
}


def frame_of(index):
    return pd.DataFrame({"value": SINE[: len(index)]}, index=index)


def without_freq(index):
    """As an index comes from a file."""
    return pd.DatetimeIndex(list(index)) if isinstance(index, pd.DatetimeIndex) else index


def messages_of(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # scikit-learn's, where only one of fit and transform gets a data frame
        warnings.filterwarnings("ignore", "X (has|does not have valid) feature names")
        call()
    texts = [str(one.message) for one in caught]
    assert all(text.count(". ") <= 2 for text in texts)  # three sentences at most
    assert all(one.filename == __file__ for one in caught)
    return texts


def calls_on(X):
    windower = SequenceWindower(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = clone(windower).fit(frame_of(INDEXES["days"]))
    return [
        lambda: clone(windower).fit(X),
        lambda: clone(windower).fit_transform(X),
        lambda: fitted.transform(X),
        lambda: make_windows(X, 3),
    ]


# An index that is out of order, has a value twice, or holes


@pytest.mark.parametrize("kind", INDEXES)
def test_rows_out_of_order(kind):
    X = frame_of(INDEXES[kind])[::-1]
    for call in calls_on(X):
        (text,) = messages_of(call)
        assert re.search(r"out of order.*TimeSeriesSplit.*make_windows.*X\.sort_index\(\)", text)
    for call in calls_on(X.sort_index()):
        assert messages_of(call) == []


@pytest.mark.parametrize("kind", INDEXES)
def test_rows_that_are_there_twice(kind):
    X = frame_of(INDEXES[kind]).iloc[np.sort(np.r_[0:N, 5])]
    for call in calls_on(X):
        (text,) = messages_of(call)
        assert re.search(rf"{re.escape(str(INDEXES[kind][5]))} more than once.*make_windows", text)


@pytest.mark.parametrize("kind", INDEXES)
def test_rows_that_were_drawn_leave_holes(kind):
    X = frame_of(without_freq(INDEXES[kind])).iloc[DRAWN]
    for call in calls_on(X):
        (text,) = messages_of(call)
        assert re.search(r"has gaps.*TimeSeriesSplit.*X\.reset_index\(drop=True\)", text)
    for call in calls_on(X.reset_index(drop=True)):
        assert messages_of(call) == []


@pytest.mark.parametrize("kind", INDEXES)
def test_one_hole_that_is_no_holiday(kind):
    X = frame_of(without_freq(INDEXES[kind]))
    X = X.drop(X.index[50:62])  # 12 rows: half a day of hours, 16 days with 12 business days
    for call in calls_on(X):
        (text,) = messages_of(call)
        assert "has gaps" in text
        assert f"comes after {X.index[49]}" in text


def test_nights_that_a_shop_is_open_are_no_holiday():
    hours = shop_hours()
    day = hours.day_of_year == 20
    closed, outage = hours[~day], hours[~(day & (hours.hour >= 11) & (hours.hour < 15))]
    for index, n in ((closed, 0), (outage, 1)):
        X = pd.DataFrame({"value": np.sin(np.arange(len(index)))}, index=index)
        assert len(messages_of(lambda X=X: SequenceWindower(3).fit(X))) == n


def test_a_series_has_an_index_too():
    X = frame_of(INDEXES["days"])["value"]
    assert "out of order" in messages_of(lambda: SequenceWindower(3).fit(X[::-1]))[0]


def trading_days():
    """Weekdays without 9 holidays a year."""
    days = pd.bdate_range("2022-01-01", "2025-12-31")
    closed = "01-01 01-17 02-21 04-15 05-30 07-04 09-05 11-24 12-26".split()
    return days[~days.strftime("%m-%d").isin(closed)]


def shop_hours():
    hours = pd.date_range("2026-01-01", "2026-03-01", freq="h")
    return hours[(hours.day_of_week < 6) & (hours.hour >= 9) & (hours.hour < 18)]


REGULAR = {
    **{kind: without_freq(index) for kind, index in INDEXES.items()},
    "trading days": trading_days(),
    "trading days around New Year": trading_days()[220:280],
    "no Sundays": INDEXES["days"][INDEXES["days"].day_of_week < 6],
    "shop hours": shop_hours(),
    "half-months": pd.date_range("2020-01-01", periods=N, freq="SMS"),
    "every second row": pd.RangeIndex(0, N, 2),
    "a few days missing": INDEXES["days"].delete([20, 50, 51]),
    "days in UTC": INDEXES["days"].tz_localize("UTC").tz_convert("Europe/Vienna"),
    "events": pd.DatetimeIndex(
        np.sort(np.random.default_rng(0).permutation(10**6)[:N]).astype("M8[s]")
    ),
    "days as numbers": pd.Index([20260130, 20260131, 20260201, 20260202]),
    "months as numbers": pd.Index([202611, 202612, 202701, 202702]),
    "text": pd.Index(["c", "a", "b", "d"]),
    "dates that are missing": INDEXES["days"].insert(4, pd.NaT),
}


@pytest.mark.parametrize("kind", REGULAR)
def test_indexes_with_which_nothing_is_wrong(kind):
    index = REGULAR[kind]
    X = pd.DataFrame({"value": np.sin(np.arange(len(index)))}, index=index)
    for call in calls_on(X):
        assert messages_of(call) == []
    train = X.iloc[: len(X) // 2]
    assert messages_of(lambda: SequenceWindower(3).fit(train)) == []


def test_what_has_no_index():
    for X in (
        SINE.reshape(-1, 1)[::-1],
        pl.DataFrame({"value": SINE}),
        SINE.reshape(-1, 1).tolist(),
    ):
        for call in calls_on(X):
            assert messages_of(call) == []


def test_cross_validation():
    X = frame_of(INDEXES["business days"])
    lagged = make_pipeline(SequenceWindower(4, padding="edge", flatten=True), LinearRegression())
    target = np.sin(np.arange(1, N + 1) / 3)
    shuffled = KFold(4, shuffle=True, random_state=0)
    texts = messages_of(lambda: cross_val_score(lagged, X, target, cv=shuffled))
    assert len(texts) >= 4  # each fit
    assert all("has gaps" in text for text in texts)
    assert messages_of(lambda: cross_val_score(lagged, X, target, cv=TimeSeriesSplit(4))) == []
    for rows in (X, X.reset_index(drop=True)):  # folds in the middle leave one hole
        texts = messages_of(lambda rows=rows: cross_val_score(lagged, rows, target, cv=KFold(4)))
        assert len(texts) == 2
        assert all("has gaps" in text for text in texts)


def test_a_warning_that_is_an_error_leaves_the_earlier_fit():
    windower = SequenceWindower(3).fit(frame_of(INDEXES["days"]))
    before = dict(vars(windower))
    with pytest.raises(UserWarning, match="out of order"):
        windower.fit(pd.DataFrame({"other": [1.0, 2.0]}, index=[1, 0]))
    assert vars(windower) == before


# context="fit"


@pytest.mark.parametrize("kind", INDEXES)
def test_context_for_rows_before_the_end_of_fit(kind):
    X = frame_of(INDEXES[kind])
    windower = SequenceWindower(3, context="fit").fit(X[20:100])
    for earlier in (X[:20], X[50:70], X[99:]):
        (text,) = messages_of(lambda X=earlier: windower.transform(X))
        assert re.search(r'context="fit".*before X.*follow those of fit.*context=None', text)
    for fine in (X[100:], X[20:100], X[20:50]):
        assert messages_of(lambda X=fine: windower.transform(X)) == []
    without = windower.set_params(context=None).fit(X[20:100])
    assert messages_of(lambda: without.transform(X[:20])) == []


@pytest.mark.parametrize("kind", INDEXES)
def test_context_for_rows_long_after_the_end_of_fit(kind):
    X = frame_of(without_freq(INDEXES[kind]))
    windower = SequenceWindower(3, context="fit").fit(X[20:100])
    (text,) = messages_of(lambda: windower.transform(X[108:]))
    assert re.search(
        rf"missing.*begins at {re.escape(str(X.index[108]))}.*gap=0.*context=None", text
    )
    # the remedies
    assert messages_of(lambda: windower.transform(X[100:])) == []
    without = clone(windower).set_params(context=None).fit(X[20:100])
    assert messages_of(lambda: without.transform(X[108:])) == []


@pytest.mark.parametrize("kind", sorted({*REGULAR} - {"a few days missing"}))
def test_context_for_rows_after_each_row_of_fit(kind):
    index = REGULAR[kind]
    X = pd.DataFrame({"value": np.sin(np.arange(len(index)))}, index=index)
    for end in range(2, min(len(X), 90)):
        windower = SequenceWindower(3, context="fit").fit(X[:end])
        assert messages_of(lambda w=windower, end=end: w.transform(X[end:])) == []


def test_folds_with_a_gap_before_them():
    pipe = make_pipeline(
        SequenceWindower(4, padding="edge", flatten=True, context="fit"), LinearRegression()
    )
    X, y = frame_of(INDEXES["days"]), np.sin(np.arange(1, N + 1) / 3)
    for gap, n in ((8, 3), (0, 0)):
        cv = TimeSeriesSplit(3, gap=gap, test_size=20)
        texts = messages_of(lambda cv=cv: cross_val_score(pipe, X, y, cv=cv))
        assert len(texts) == n


def test_context_between_units_of_time():
    X = frame_of(INDEXES["days"])
    windower = SequenceWindower(3, context="fit").fit(X[:60].set_axis(X.index[:60].as_unit("s")))
    assert (
        messages_of(lambda: windower.transform(X[60:].set_axis(X.index[60:].as_unit("ns")))) == []
    )
    assert len(messages_of(lambda: windower.transform(X[30:]))) == 1


def test_context_where_indexes_say_nothing():
    X = frame_of(INDEXES["rows"])
    windower = SequenceWindower(3, context="fit").fit(X[:60])
    other_file = X[60:].reset_index(drop=True)
    assert messages_of(lambda: windower.transform(other_file)) == []
    assert messages_of(lambda: windower.transform(frame_of(INDEXES["days"])[60:])) == []
    assert messages_of(lambda: windower.transform(X[60:].to_numpy())) == []


@pytest.mark.parametrize("index", [INDEXES["days"], INDEXES["rows"]])
def test_a_forecaster_refuses_such_an_index(index):
    X = frame_of(index)
    forecaster = SequenceForecaster(LinearRegression(), window_length=4)
    for bad in (X[::-1], X.iloc[DRAWN], X.iloc[[0, *range(N)]]):
        with pytest.raises(ValueError, match="index has"):
            forecaster.fit(bad)


# y of a forecaster

FORECASTER = SequenceForecaster(LinearRegression(), window_length=4, season_length=1)
ROWS = SINE.reshape(-1, 1)
LONG = pd.DataFrame({"id": np.repeat(["a", "b"], N), "x": np.r_[SINE, 2 * SINE]})
IGNORED = r"y with (shape|length) .* is ignored.*target.*scaler.*n_estimators"


@pytest.mark.parametrize(
    "y",
    [SINE + 1, (SINE + 1).tolist(), ROWS + 1, pd.Series(SINE + 1), pl.Series(SINE + 1), SINE[1:]],
)
def test_y_of_any_form_is_warned_of(y):
    (text,) = messages_of(lambda: clone(FORECASTER).fit(ROWS, y))
    assert re.match(IGNORED, text)


def test_y_that_is_forecast_anyway():
    two = np.column_stack([np.cos(np.arange(N)), SINE])
    with_target = clone(FORECASTER).set_params(target=1)
    for forecaster, X, ys in (
        (FORECASTER, ROWS, [None, ROWS, ROWS.copy(), SINE, SINE.tolist(), pd.Series(SINE)]),
        (with_target, two, [SINE, pl.Series(SINE)]),
        (FORECASTER, [ROWS, ROWS[9:]], [[SINE, SINE[9:]]]),
        (clone(FORECASTER).set_params(group="id"), LONG, [LONG["x"], LONG[["x"]].to_numpy()]),
        (clone(FORECASTER).set_params(group="columns"), pd.DataFrame(two), [two]),
    ):
        for y in ys:
            assert messages_of(lambda f=forecaster, X=X, y=y: clone(f).fit(X, y)) == []
    for forecaster, X, y in (
        (with_target, two, two[:, 0]),
        (FORECASTER, [ROWS, ROWS[9:]], [SINE, SINE]),
        (clone(FORECASTER).set_params(group="id"), LONG, LONG["x"] + 1),
        (clone(FORECASTER).set_params(group="columns"), pd.DataFrame(two), SINE),
    ):
        (text,) = messages_of(lambda f=forecaster, X=X, y=y: clone(f).fit(X, y))
        assert re.match(IGNORED, text)


FOLLOWING = np.sin(np.arange(1, N + 1) / 3)


@pytest.mark.parametrize(
    "ensemble",
    [
        BaggingRegressor(FORECASTER, n_estimators=2, random_state=0),
        AdaBoostRegressor(FORECASTER, n_estimators=2, random_state=0),
        TransformedTargetRegressor(FORECASTER, transformer=StandardScaler()),
    ],
    ids=lambda ensemble: type(ensemble).__name__,
)
def test_a_forecaster_in_an_ensemble_warns_and_is_wrong(ensemble):
    texts = messages_of(lambda: ensemble.fit(ROWS, FOLLOWING))
    assert texts
    assert all(re.match(IGNORED, text) for text in texts)


# What to do instead

TRAIN, TEST = slice(0, 90), slice(90, N)


def test_the_target_in_x_is_forecast():
    forecaster = clone(FORECASTER).set_params(target="value", n_estimators=2, random_state=0)
    forecaster.set_params(scaler=StandardScaler())
    X = frame_of(INDEXES["days"])
    fitted = forecaster.fit(X[TRAIN])
    assert len(fitted.regressors_) == 2
    assert fitted.score(X) > 0.95
    assert r2_score(X[TEST], fitted.forecast(N - 90)) > 0.95


def network(**params):
    settings = {"units": 8, "epochs": 30, "batch_size": 8, "learning_rate": 0.01}
    return GRURegressor(**settings | {"random_state": 0} | params)


@pytest.mark.parametrize(
    "ensemble",
    [
        BaggingRegressor(network(n_channels=1), n_estimators=2, random_state=0),
        AdaBoostRegressor(network(n_channels=1), n_estimators=2, random_state=0),
    ],
    ids=lambda ensemble: type(ensemble).__name__,
)
def test_windows_first_then_an_ensemble_draws_them(ensemble):
    windows, targets = make_windows(ROWS, window_length=6)
    flat = windows.reshape(len(windows), -1)  # ensembles take tables
    ensemble.fit(flat[TRAIN], targets[TRAIN])
    assert ensemble.score(flat[TEST.start :], targets[TEST.start :]) > 0.9


def test_rows_drawn_before_windows_are_made_are_worse():
    flat = SequenceWindower(6, padding="edge", flatten=True)
    lagged = make_pipeline(flat, LinearRegression())
    wrong = BaggingRegressor(lagged, n_estimators=5, random_state=0)
    # Arrays have no index, so that nothing can be warned of.
    assert messages_of(lambda: wrong.fit(ROWS[TRAIN], FOLLOWING[TRAIN])) == []
    right = BaggingRegressor(LinearRegression(), n_estimators=5, random_state=0)
    windows = flat.fit_transform(ROWS)
    right.fit(windows[TRAIN], FOLLOWING[TRAIN])
    scores = [wrong.score(ROWS[TEST], FOLLOWING[TEST]), right.score(windows[TEST], FOLLOWING[TEST])]
    assert scores[0] < 0.9
    assert scores[1] > 0.99


def test_a_search_over_successive_folds():
    pipe = make_pipeline(SequenceWindower(6, context="fit"), network())
    search = GridSearchCV(pipe, {"gruregressor__epochs": [2, 30]}, cv=TimeSeriesSplit(2))
    search.fit(ROWS)
    assert search.best_params_ == {"gruregressor__epochs": 30}
    assert search.best_score_ > 0.9


def test_halving_over_epochs():
    pipe = make_pipeline(SequenceWindower(6, context="fit"), network())
    search = HalvingGridSearchCV(
        pipe,
        {"gruregressor__learning_rate": [0.0001, 0.01]},
        resource="gruregressor__epochs",
        max_resources=30,
        factor=2,
        cv=TimeSeriesSplit(2),
    )
    search.fit(ROWS)
    assert search.best_params_["gruregressor__learning_rate"] == 0.01
    assert search.best_estimator_.score(ROWS) > 0.9
