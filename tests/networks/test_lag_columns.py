"""What the columns of a table, and the dimensions of an array, are to the networks."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier
from sklearn.inspection import permutation_importance
from sklearn.multiclass import OneVsOneClassifier
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower, as_windows
from skgru._networks.lag_columns import lag_order, stacked
from tests.helpers import fails

N, LENGTH, CHANNELS = 40, 4, 2
# The simplest cell compiles fastest.
SMALL = {"cell": "rnn", "units": 2, "epochs": 1, "batch_size": 16, "random_state": 0}
RNG = np.random.default_rng(0)
WINDOWS = RNG.normal(size=(N, LENGTH, CHANNELS))
FLAT = WINDOWS.reshape(N, -1)  # the channels of the oldest step, then those of the next
Y = WINDOWS[:, -1, 0] + WINDOWS[:, 0, 1]
LABELS = np.where(Y > 0, "up", "down")
OLDEST_FIRST = FLAT[:, :LENGTH]  # one channel


def regressor(**params):
    return GRURegressor(**SMALL | params)


def classifier(**params):
    return GRUClassifier(**SMALL | params)


# n_channels


def test_rows_hold_channels_step_by_step_as_the_windower_gives_them():
    series = RNG.normal(size=(N, CHANNELS))
    windower = SequenceWindower(LENGTH, padding="edge")
    windows = windower.fit_transform(series)
    flat = clone(windower).set_params(flatten=True).fit_transform(series)
    by_windows = regressor(horizon=2).fit(windows)
    by_rows = regressor(horizon=2, n_channels=CHANNELS).fit(flat)
    assert by_rows.n_channels_in_ == CHANNELS
    assert by_rows.n_features_in_ == LENGTH * CHANNELS
    np.testing.assert_array_equal(by_rows.predict(flat), by_windows.predict(windows))
    np.testing.assert_array_equal(by_rows.forecast(3, flat), by_windows.forecast(3, windows))
    assert by_rows.score(flat) == by_windows.score(windows)


def test_every_method_of_the_regressor_takes_rows():
    quantiles = {"loss": "pinball", "quantiles": (0.1, 0.5, 0.9)}
    by_windows = regressor(**quantiles).fit(WINDOWS, Y).partial_fit(WINDOWS, Y)
    by_rows = regressor(n_channels=CHANNELS, **quantiles).fit(FLAT, Y).partial_fit(FLAT, Y)
    for method in ("predict", "predict_quantiles"):
        expected = getattr(by_windows, method)(WINDOWS)
        np.testing.assert_array_equal(getattr(by_rows, method)(FLAT), expected)
    assert by_rows.score(FLAT, Y) == by_windows.score(WINDOWS, Y)
    np.testing.assert_array_equal(by_rows.predict(WINDOWS), by_windows.predict(WINDOWS))


def test_every_method_of_the_classifier_takes_rows():
    by_windows = classifier().partial_fit(WINDOWS, LABELS, classes=["down", "up"])
    by_rows = classifier(n_channels=CHANNELS)
    by_rows.partial_fit(FLAT, LABELS, classes=["down", "up"])
    for method in ("predict", "predict_proba", "predict_log_proba"):
        expected = getattr(by_windows, method)(WINDOWS)
        np.testing.assert_array_equal(getattr(by_rows, method)(FLAT), expected)
    assert by_rows.score(FLAT, LABELS) == by_windows.score(WINDOWS, LABELS)
    assert by_rows.set_params(warm_start=True).fit(FLAT, LABELS).n_iter_ == 2


def test_flattened_windows_are_not_copied():
    series = RNG.normal(size=(N, CHANNELS))
    flat = SequenceWindower(LENGTH, flatten=True).fit_transform(series)
    from skgru._dataset import rows_behind
    from skgru._networks.checks import check_windows

    windows, _ = check_windows(flat, regressor(n_channels=CHANNELS))
    assert np.shares_memory(windows, flat)
    assert rows_behind(windows) is not None


def test_columns_that_are_no_multiple_of_n_channels():
    for estimator, y in ((regressor(n_channels=3), Y), (classifier(n_channels=3), LABELS)):
        fails(lambda e=estimator, y=y: e.fit(FLAT, y), "n_channels=3", "8 columns", "multiple")
    fitted = regressor(n_channels=2).fit(FLAT, Y)
    fails(lambda: fitted.predict(FLAT[:, :6]), "6 features", "expecting 8")


def test_windows_of_other_channels_than_n_channels():
    for estimator, y in ((regressor(), Y), (classifier(), LABELS)):
        estimator.set_params(n_channels=LENGTH)
        fails(lambda e=estimator, y=y: e.fit(WINDOWS, y), "n_channels=4", "2 channels")
        as_sktime = WINDOWS.transpose(0, 2, 1)
        estimator.set_params(n_channels=CHANNELS)
        fails(
            lambda e=estimator, y=y, X=as_sktime: e.fit(X, y), "n_channels=2", "transpose(0, 2, 1)"
        )
        assert estimator.fit(as_sktime.transpose(0, 2, 1), y).n_channels_in_ == CHANNELS


def test_rows_after_windows_of_several_channels_are_refused():
    fitted = regressor().fit(WINDOWS, Y)
    fails(lambda: fitted.predict(OLDEST_FIRST), "4 steps and 1 channels", "4 steps and 2")


@pytest.mark.filterwarnings("ignore:season_length=None is 1")
def test_n_channels_of_a_network_in_a_forecaster():
    series = np.sin(np.arange(80) / 3).reshape(-1, 1)
    network = regressor(n_channels=2)
    forecaster = SequenceForecaster(network, window_length=4)
    fails(lambda: forecaster.fit(series), "n_channels=2", "1 channels", "None")
    forecaster.set_params(regressor__n_channels=None).fit(series)


# Columns named as lags

LAG_NAMES = {
    "mlforecast": "lag{}",
    "skforecast": "lag_{}",
    "darts": "target_lag-{}",
    "darts with a name": "y_target_lag-{}",
    "sktime": "lag_{}__y",
    "capitals": "LAG {}",
    "the windower": "sales_lag{}",
}


def lag_frame(pattern="lag{}", lags=(1, 2, 3, 4), library=pd):
    """Columns in the order of `lags`, whose values are those of OLDEST_FIRST."""
    return library.DataFrame({pattern.format(lag): OLDEST_FIRST[:, LENGTH - lag] for lag in lags})


@pytest.mark.parametrize("tool", LAG_NAMES)
def test_the_largest_lag_is_the_oldest_step(tool):
    names = [LAG_NAMES[tool].format(lag) for lag in (1, 12, 2, 7)]
    order, n_series = lag_order(names)
    assert n_series == 1
    assert [names[i] for i in order] == [LAG_NAMES[tool].format(lag) for lag in (12, 7, 2, 1)]


@pytest.mark.parametrize(
    "names",
    [
        ["flag1", "flag2"],
        ["lagoon", "lag"],
        ["jetlag1", "lagging_2"],
        ["rolling_mean_lag1_window_size7", "x"],
        ["step1", "step2"],
        None,
    ],
)
def test_names_that_are_no_lags(names):
    assert lag_order(names) is None


def test_lags_in_order_need_no_order():
    assert lag_order(["lag3", "lag2", "lag1"]) == (None, 1)
    assert lag_order(["a_lag1", "b_lag1", "a_lag0", "b_lag0"]) == (None, 2)


def test_darts_counts_the_future_without_a_minus():
    names = ["price_futcov_lag1", "price_futcov_lag0", "price_futcov_lag-1"]
    assert lag_order(names)[0].tolist() == [2, 1, 0]


@pytest.mark.parametrize("library", [pd, pl])
def test_newest_first_is_read_oldest_first(library):
    frame = lag_frame(library=library)
    expected = regressor().fit(OLDEST_FIRST, Y)
    fitted = regressor().fit(frame, Y)
    assert list(fitted.feature_names_in_) == ["lag1", "lag2", "lag3", "lag4"]
    np.testing.assert_array_equal(fitted.predict(frame), expected.predict(OLDEST_FIRST))
    # Windows of three dimensions have no columns to put in order.
    by_windows = fitted.predict(OLDEST_FIRST[:, :, np.newaxis])
    np.testing.assert_array_equal(by_windows, expected.predict(OLDEST_FIRST))
    assert fitted.score(frame, Y) == expected.score(OLDEST_FIRST, Y)
    fails(lambda: fitted.predict(lag_frame(lags=(4, 3, 2, 1), library=library)), "same order")


@pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning")
def test_an_array_has_the_columns_of_fit():
    frame = lag_frame()
    fitted = classifier().fit(frame, LABELS)
    expected = classifier().fit(OLDEST_FIRST, LABELS)
    proba = expected.predict_proba(OLDEST_FIRST)
    np.testing.assert_array_equal(fitted.predict_proba(frame.to_numpy()), proba)
    # A continued fit keeps the order too, and a fresh one forgets it.
    fitted.partial_fit(frame.to_numpy(), LABELS)
    expected.partial_fit(OLDEST_FIRST, LABELS)
    proba = expected.predict_proba(OLDEST_FIRST)
    np.testing.assert_array_equal(fitted.predict_proba(frame.to_numpy()), proba)
    fitted.fit(OLDEST_FIRST, LABELS)
    assert fitted._column_order is None


def test_a_failed_fit_keeps_the_order():
    fitted = regressor().fit(lag_frame(), Y)
    with pytest.raises(ValueError):
        fitted.fit(OLDEST_FIRST, Y[:-1])
    assert fitted._column_order.tolist() == [3, 2, 1, 0]


def test_lags_of_several_series_are_channels():
    columns = {
        f"{name}_lag{lag}": WINDOWS[:, LENGTH - lag, channel]
        for channel, name in enumerate(["sales", "price"])
        for lag in (1, 2, 3, 4)
    }
    frame = pd.DataFrame(columns)
    fitted, expected = regressor().fit(frame, Y), regressor().fit(WINDOWS, Y)
    assert fitted.n_channels_in_ == 2
    np.testing.assert_array_equal(fitted.predict(frame), expected.predict(WINDOWS))
    fails(lambda: regressor(n_channels=4).fit(frame, Y), "n_channels=4", "2 series", "n_channels=2")
    regressor(n_channels=2).fit(frame, Y)


def test_the_windowers_names_are_channels_too():
    series = pd.DataFrame(RNG.normal(size=(N, CHANNELS)), columns=["a", "b"])
    windower = SequenceWindower(LENGTH, flatten=True).set_output(transform="pandas")
    fitted = make_pipeline(windower, regressor()).fit(series, Y)
    assert fitted[-1].n_channels_in_ == CHANNELS


def test_series_of_unequal_lags():
    frame = lag_frame("a_lag{}").join(lag_frame("b_lag{}").drop(columns="b_lag3"))
    fails(lambda: regressor().fit(frame, Y), "'a_lag3'", "'b'", "X.drop(columns=['a_lag3'])")
    assert regressor().fit(frame.drop(columns=["a_lag3"]), Y).n_features_in_ == 6


def test_one_lag_twice():
    frame = lag_frame().assign(lag_1=0.0)
    fails(lambda: regressor().fit(frame, Y), "'lag1'", "'lag_1'", "Keep one")
    regressor().fit(frame.drop(columns="lag_1"), Y)


def test_other_columns_beside_lags():
    frame = lag_frame().assign(month=1.0, weekday=2.0, price=3.0, holiday=0.0)
    for estimator, y in ((regressor(), Y), (classifier(), LABELS)):
        fails(
            lambda e=estimator, y=y: e.fit(frame, y),
            "'month', 'weekday', 'price'",
            "1 more",
            "SequenceForecaster(known=...)",
        )
    regressor().fit(frame.drop(columns=["month", "weekday", "price", "holiday"]), Y)
    dated = pd.DataFrame({"y": Y, "month": np.arange(N) % 12})
    SequenceForecaster(regressor(), window_length=4, known="month").fit(dated)


# Channels before steps


def test_one_step_of_many_channels_is_warned_of_in_fit():
    as_sktime = OLDEST_FIRST[:, np.newaxis]  # (n_samples, 1 channel, steps)
    for estimator, y in ((regressor(), Y), (classifier(), LABELS)):
        with pytest.warns(UserWarning, match=r"1 step with 4.*transpose\(0, 2, 1\).*n_channels=4"):
            estimator.fit(as_sktime, y)
        estimator.predict(as_sktime)
        assert estimator.fit(as_sktime.transpose(0, 2, 1), y).n_channels_in_ == 1
        assert estimator.set_params(n_channels=4).fit(as_sktime, y).n_channels_in_ == 4


def test_windows_of_one_row_are_not_warned_of():
    series = RNG.normal(size=(N, CHANNELS))
    make_pipeline(SequenceWindower(1), regressor()).fit(series, Y)


def test_the_warning_names_the_users_line():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make_pipeline(regressor()).fit(OLDEST_FIRST[:, np.newaxis], Y)
    assert [warning.filename for warning in caught] == [__file__]


# Columns of arrays


def object_array(arrays):
    column = np.empty(len(arrays), dtype=object)
    column[:] = arrays
    return column


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("form", [lambda X: pd.Series(list(X)), lambda X: object_array(list(X))])
def test_a_column_of_arrays_of_one_length(form, channels):
    windows = WINDOWS[:, :, :channels]
    column = form(windows if channels > 1 else windows[:, :, 0])
    fitted, expected = classifier().fit(column, LABELS), classifier().fit(windows, LABELS)
    proba = expected.predict_proba(windows)
    np.testing.assert_array_equal(fitted.predict_proba(column), proba)
    assert fitted.score(column, LABELS) == expected.score(windows, LABELS)
    assert fitted.n_features_in_ == LENGTH
    np.testing.assert_array_equal(as_windows(column), windows)


def test_columns_of_lists_and_of_polars():
    np.testing.assert_array_equal(stacked(pd.Series(FLAT.tolist())), FLAT)
    np.testing.assert_array_equal(stacked(pl.Series(FLAT.tolist())), FLAT)
    np.testing.assert_array_equal(stacked(pl.Series(FLAT)), FLAT)
    for other in (pd.Series([1.0, 2.0]), np.array(["a", "b"], dtype=object), [FLAT], FLAT):
        assert stacked(other) is other


def test_a_column_of_arrays_of_unequal_lengths():
    column = pd.Series([one[: 2 + i % 3] for i, one in enumerate(WINDOWS)])
    fails(lambda: classifier().fit(column, LABELS), "different lengths", "as_windows")
    classifier().fit(as_windows(column), LABELS)


def test_a_frame_of_arrays():
    frame = pd.DataFrame({"sequence": list(WINDOWS)})
    fails(lambda: classifier().fit(frame, LABELS), "cells hold sequences", "X[name]")
    classifier().fit(frame["sequence"], LABELS)


# Tools that take tables


def tunable(**params):
    """A classifier of rows of two channels, trained long enough to tell the classes apart."""
    settings = {"n_channels": CHANNELS, "units": 8, "epochs": 40, "learning_rate": 0.02}
    return GRUClassifier(**SMALL | settings | params)


DIRECTION = np.array(["down", "flat", "up"])[np.digitize(WINDOWS[:, -1, 0], [-0.4, 0.4])]


def test_bagging():
    bagging = BaggingClassifier(tunable(), n_estimators=3, random_state=0).fit(FLAT, DIRECTION)
    assert [one.n_channels_in_ for one in bagging.estimators_] == [CHANNELS] * 3
    assert bagging.score(FLAT, DIRECTION) > 0.8


def test_one_vs_one():
    pairs = OneVsOneClassifier(tunable()).fit(FLAT, DIRECTION)
    assert len(pairs.estimators_) == 3
    assert pairs.score(FLAT, DIRECTION) > 0.8


def test_permutation_importance_of_steps_and_channels():
    fitted = tunable().fit(FLAT, DIRECTION)
    importance = permutation_importance(fitted, FLAT, DIRECTION, n_repeats=3, random_state=0)
    by_step = importance.importances_mean.reshape(-1, CHANNELS)
    assert by_step.shape == (LENGTH, CHANNELS)
    assert np.unravel_index(by_step.argmax(), by_step.shape) == (LENGTH - 1, 0)
