"""Promises of the networks where parameters, kinds of targets and containers meet: what
test_shared_parameters.py holds of each alone, and what was seen to be wrong.
"""

import pickle
import re

import keras
import numpy as np
import pandas as pd
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower, as_windows
from skgru._dataset import WindowDataset
from skgru._networks.scaling import channel_statistics, standardisation

RNG = np.random.default_rng(0)
LENGTH = 5
X = RNG.normal(size=(60, LENGTH, 2))
Y = X[:, -1, 0] + X[:, -2, 1]
CLASSES = np.where(Y > 0, "up", "down")
TAGS = np.where(X[:, :, 0] > 0, "a", "b")
LABELS = (X[:, -3:, 0] > 0).astype(int)
RAGGED = [RNG.normal(size=(1 + i % LENGTH, 2)) for i in range(60)]
# A row without label, with one, with several: not read as one-hot.
LABELS[:2] = [[0, 0, 0], [1, 1, 0]]
WEIGHTS = RNG.uniform(0.5, 2, 60)


# The simplest cell compiles fastest. Where the cell matters, it is given.
SMALL = {"cell": "rnn", "units": 4, "epochs": 2, "batch_size": 4, "random_state": 0}


def regressor(**changed):
    return GRURegressor(**SMALL | changed)


def classifier(**changed):
    return GRUClassifier(**SMALL | changed)


def masked():
    """X whose first steps are missing, more of them in later rows; each row has one that is not."""
    ragged = X.copy()
    for row in range(len(X)):
        ragged[row, : row % 4] = np.nan
    return ragged


def unknown_tags(fill):
    """TAGS with something else at the steps that are missing in `masked()`."""
    tags = TAGS.astype(object)
    tags[np.isnan(masked()).any(axis=2)] = fill
    return tags


# Products of parameters inside a forecaster

SERIES = 10 + np.sin(np.arange(60) / 4).reshape(-1, 1) + 0.05 * RNG.normal(size=(60, 1))
GAPPY = SERIES.copy()
GAPPY[[12, 30, 31]] = np.nan
DATA = {
    "one": SERIES,
    "one with gaps": GAPPY,
    "several": [SERIES, SERIES[:45] + 3],
    "several with gaps": [GAPPY, SERIES],
    "two columns": np.c_[SERIES, np.cos(np.arange(60) / 3)],
}
PRODUCTS = st.fixed_dictionaries(
    {
        "missing": st.sampled_from(["mask", "skip"]),
        "loss": st.sampled_from(["mean_squared_error", "pinball"]),
        "highway": st.sampled_from(["auto", True, False]),
        "early_stopping": st.booleans(),
        "validation_split": st.sampled_from(["auto", "random", "last"]),
        "normalize_X": st.booleans(),
        "normalize_y": st.booleans(),
        "learning_rate": st.sampled_from(["auto", "cosine", 0.01]),
        "batch_size": st.sampled_from(["auto", 10**6]),
    }
)


@settings(max_examples=6, deadline=None)
@given(PRODUCTS, st.sampled_from(list(DATA)), st.sampled_from(["direct", "recursive"]))
def test_a_forecaster_takes_products_of_parameters(params, data, strategy):
    quantiles = (0.1, 0.5, 0.9) if params["loss"] == "pinball" else None
    network = regressor(**{"units": 3, "quantiles": quantiles} | params)
    forecaster = SequenceForecaster(network, window_length=6, horizon=2, strategy=strategy)
    forecasts = forecaster.fit(DATA[data]).forecast(4)
    assert np.isfinite(np.concatenate([np.ravel(one) for one in forecasts])).all()


@pytest.mark.parametrize("data", ["one", "several"])
@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"return_sequences": True}, "return_sequences=True"),
        ({"n_channels": 2}, "n_channels=2"),
        ({"loss": "poisson"}, "loss='poisson'"),
        ({"validation_split": "stratified"}, "'validation_split'"),
        ({"quantiles": (0.1, 0.5)}, "quantiles="),
        ({"metrics": "no such metric"}, "metrics="),
    ],
)
def test_a_forecaster_names_the_parameter_that_it_cannot_use(params, named, data):
    forecaster = SequenceForecaster(regressor(**params), window_length=6, horizon=2)
    with pytest.raises(ValueError, match=re.escape(named)):
        forecaster.fit(DATA[data])


# Rows for validation


def sorted_classes(window_length):
    y = np.repeat(["a", "b", "c"], 30)
    level = np.repeat([-2.0, 0.0, 2.0], 30)[:, None, None]
    return level + np.random.default_rng(0).normal(size=(90, window_length, 2)), y


@pytest.mark.parametrize("window_length", [1, 5])
@pytest.mark.parametrize("fraction", [0.1, 0.34, 0.9])
def test_no_class_is_lost_where_rows_are_sorted(window_length, fraction):
    windows, y = sorted_classes(window_length)
    network = classifier(early_stopping=True, validation_fraction=fraction, n_channels=2)
    training = rows_of_training(network, windows, y)
    assert set(y[training]) == {"a", "b", "c"}
    assert set(y[np.setdiff1d(np.arange(90), training)]) == {"a", "b", "c"}


def rows_of_training(network, windows, y):
    """Positions of the windows that a fit with early stopping trains on."""
    kept = []

    class IsSplit(Exception):
        """The training itself plays no part."""

    class Spy(type(network)):
        def _split(self, task):
            training, validation = super()._split(task)
            kept.append((training.rows, validation.rows))
            raise IsSplit

    Spy.__name__ = type(network).__name__
    with pytest.raises(IsSplit):
        Spy(**network.get_params()).fit(windows, y)
    ((training, validation),) = kept
    assert not set(training) & set(validation)
    return training


@pytest.mark.parametrize("kind", ["targets", "self", "classes"])
def test_windows_of_one_series_hold_out_the_last(kind):
    windows = SequenceWindower(LENGTH).fit_transform(SERIES)
    y = {"targets": SERIES[:, 0], "self": None, "classes": (SERIES[:, 0] > 10).astype(int)}[kind]
    network = (classifier if kind == "classes" else regressor)(early_stopping=True, epochs=1)
    training = rows_of_training(network, windows, y)
    assert np.array_equal(training, np.arange(len(training)) + training[0])
    assert training[-1] < 60 - 6


def test_steps_that_are_targets_in_validation_are_not_trained_on():
    windows = SequenceWindower(LENGTH, padding="edge").fit_transform(SERIES)
    network = regressor(early_stopping=True, epochs=1, return_sequences=True)
    training = rows_of_training(network, windows, windows[:, :, 0])
    # Window t has targets at rows t-4 .. t; the last 6 windows are held out.
    assert training[-1] < 54 - (LENGTH - 1)


def test_a_class_of_one_row_is_trained_on():
    y = CLASSES.copy()
    y[0] = "once"
    assert 0 in rows_of_training(classifier(early_stopping=True, epochs=1), X, y)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_rows_each_of_a_class_of_its_own_leave_nothing_for_validation(n):
    with pytest.raises(ValueError, match=r"has a different class.*early_stopping=False"):
        classifier(early_stopping=True).fit(X[:n], np.arange(n))
    classifier(early_stopping=False).fit(X[:n], np.arange(n))  # the remedy works
    network = classifier(early_stopping=True)
    network.fit(X[:n], np.arange(n), validation_data=(X[:n], np.arange(n)))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.repeat(["a", "b"], 30), r"class 'b' .*\"stratified\""),
        (np.repeat([["a"] * LENGTH, ["b"] * LENGTH], 30, axis=0), r"class 'b' .*\"random\""),
        (np.repeat([[1, 1, 0], [0, 1, 1]], 30, axis=0), r"label 2 .*\"random\""),
    ],
    ids=["classes", "steps", "labels"],
)
def test_what_is_never_trained_on_is_named(y, message):
    network = classifier(early_stopping=True, validation_split="last", validation_fraction=0.5)
    with pytest.warns(UserWarning, match=message):
        network.fit(X, y)
    remedy = re.search(r'"(\w+)"', message.replace("\\", "")).group(1)
    network.set_params(validation_split=remedy).fit(X, y)  # without a warning


def test_validation_split_by_name_is_checked():
    with pytest.raises(ValueError, match="validation_split"):
        regressor(validation_split="first").fit(X, Y)
    with pytest.raises(ValueError, match='validation_split="stratified"'):
        classifier(early_stopping=True, validation_split="stratified").fit(X, LABELS)


# Units of the inputs


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("level", "unit"), [(1e6, 10), (1e9, 10), (0, 1e-9)])
def test_a_series_far_from_zero_is_learned_with_any_seed(level, unit, seed):
    sine = np.sin(np.arange(300) / 5).reshape(-1, 1)
    windows = SequenceWindower(10).fit_transform(level + unit * sine)
    fitted = GRURegressor(16, random_state=seed).fit(windows)
    assert fitted.score(windows) > 0.95
    np.testing.assert_array_equal(
        pickle.loads(pickle.dumps(fitted)).predict(windows), fitted.predict(windows)
    )


def test_a_clock_and_a_price_are_channels():
    hours = np.arange(300.0)
    series = np.c_[1e6 + 10 * np.sin(hours / 5), hours * 3600 % 86_400]
    windows = SequenceWindower(10).fit_transform(series)
    fitted = GRURegressor(
        16, target=0, loss="pinball", quantiles=(0.1, 0.5, 0.9), random_state=0
    ).fit(windows)
    assert fitted.score(windows) > 0.95
    assert (np.diff(fitted.predict_quantiles(windows), axis=-1) >= 0).all()


def test_the_keras_model_is_right_as_far_as_float32_goes():
    windows = SequenceWindower(10).fit_transform(1e6 + 1000 * np.sin(np.arange(99.0) / 5)[:, None])
    fitted = regressor(cell="gru").fit(windows)
    given_windows = windows[20:].astype("float32")
    ours = (fitted.predict(windows[20:]) - fitted._target_mean) / fitted._target_scale
    np.testing.assert_allclose(
        fitted.model_.predict(given_windows, verbose=0)[:, 0], ours, atol=1e-4
    )
    np.testing.assert_allclose(
        fitted.keras_estimator_.predict(given_windows), fitted.predict(windows[20:]), atol=0.5
    )


@settings(max_examples=6, deadline=None)
@given(st.floats(1e-6, 1e6), st.floats(-100, 100), st.booleans())
def test_units_play_no_part(scale, levels, labelled):
    other = scale * (X + levels)
    if labelled:
        plain = classifier().fit(X, CLASSES).predict_proba(X)
        ours = classifier().fit(other, CLASSES).predict_proba(other)
    else:
        plain = regressor().fit(X, Y).predict(X)
        ours = regressor().fit(other, Y).predict(other)
    np.testing.assert_allclose(ours, plain, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8", "int64", "bool"])
def test_dtypes_predict_as_the_same_numbers_in_float64(dtype):
    windows = (np.abs(X) * 3).astype(dtype)
    same = windows.astype(np.float64)
    np.testing.assert_array_equal(
        regressor().fit(windows, Y).predict(windows), regressor().fit(same, Y).predict(same)
    )


@pytest.mark.parametrize("value", [1e6 / 3, 0.1, 1e9 / 7, -1e-9 / 3])
def test_a_constant_has_no_spread_by_rounding(value):
    """A mean off by its rounding made the spread tiny, and another value in predict enormous."""
    windows = RNG.normal(size=(997, LENGTH, 2))
    windows[:, :, 1] = value
    scaling = channel_statistics(WindowDataset(windows, np.arange(997)))
    assert (scaling.mean[1], scaling.scale[1]) == (value, 1.0)
    targets = standardisation(
        WindowDataset(windows, np.arange(997), np.full((997, 3), value), RNG.uniform(0, 1, 997)),
        (3,),
    )
    assert (targets.mean == value).all() and (targets.scale == 0).all()


def test_weights_of_one_change_no_statistic_at_a_high_level():
    windows = (1e7 + 10 * X).astype(np.float32)
    ours = regressor().fit(windows, Y, sample_weight=np.ones(60)).predict(windows)
    np.testing.assert_array_equal(ours, regressor().fit(windows, Y).predict(windows))


@pytest.mark.parametrize("continues", ["warm_start", "partial_fit"])
def test_a_continued_network_keeps_its_units(continues):
    network = regressor(warm_start=True).fit(1e6 + X, Y)
    before = network._inputs
    if continues == "warm_start":
        network.fit(5e5 + 3 * X, Y)
    else:
        network.partial_fit(5e5 + 3 * X, Y)
    assert network._inputs is before


def test_a_channel_without_a_value_is_filled_with_its_mean():
    far = 1e6 + X
    fitted = regressor(missing="skip").fit(far, Y)
    unknown, filled = far.copy(), far.copy()
    unknown[:, :, 1] = np.nan
    filled[:, :, 1] = far[:, :, 1].mean()
    np.testing.assert_allclose(fitted.predict(unknown), fitted.predict(filled), atol=1e-6)


# Outputs for each step


@pytest.mark.parametrize("tags", ["None", "NaN", "empty", "number"])
def test_whatever_stands_at_missing_steps_is_no_class(tags):
    plain = classifier().fit(masked(), unknown_tags("a"))
    fill = {"None": None, "NaN": np.nan, "empty": "", "number": -1}[tags]
    y = unknown_tags(fill)
    ours = classifier().fit(masked(), y.tolist() if tags == "empty" else y)
    assert ours.classes_.tolist() == ["a", "b"]
    np.testing.assert_array_equal(ours.predict_proba(masked()), plain.predict_proba(masked()))
    assert ours.score(masked(), y) == plain.score(masked(), unknown_tags("a"))


@pytest.mark.parametrize(
    ("tag", "remedy"),
    [
        (b"a", "decode"),
        (5, "astype(str)"),
        (np.datetime64("2020-01-01"), "astype(str)"),
        (None, "is None"),
        (np.nan, "is nan"),
    ],
)
def test_tags_that_are_no_classes_name_the_remedy(tag, remedy):
    y = TAGS.astype(object)
    y[3, 2] = tag
    with pytest.raises(ValueError, match=re.escape(remedy)):
        classifier().fit(X, y)


def test_ragged_sequences_and_their_targets():
    windows = as_windows(RAGGED)
    sums = [one.sum(axis=1) for one in RAGGED]
    fitted = regressor(missing="mask").fit(windows, as_windows(sums))
    assert fitted.predict(windows).shape == (60, LENGTH, 1)
    assert np.isfinite(fitted.score(windows, as_windows(sums)))
    # One channel of tags, as as_windows gives them, is a class for each step.
    numbers = [(one > 0).astype(float) for one in sums]
    tagger = classifier(return_sequences=True).fit(windows, as_windows(numbers))
    assert tagger.classes_.tolist() == [0, 1]
    assert tagger.predict(windows).shape == (60, LENGTH)


@pytest.mark.parametrize("make", [list, lambda y: pd.Series(y).to_numpy()], ids=["list", "array"])
def test_ragged_targets_name_a_remedy_that_works(make):
    windows = as_windows(RAGGED)
    numbers = make([one.sum(axis=1) for one in RAGGED])
    with pytest.raises(ValueError, match=re.escape(f"as_windows(y, {LENGTH})")):
        regressor(missing="mask").fit(windows, numbers)
    regressor(missing="mask").fit(windows, as_windows(numbers, LENGTH))
    strings = [["u" if value > 0 else "d" for value in one] for one in numbers]
    with pytest.raises(ValueError, match="different lengths") as caught:
        classifier().fit(windows, make(strings))
    remedy = re.search(r"strings with (.*)\.$", str(caught.value)).group(1)
    padded = eval(remedy, {"y": strings})
    assert classifier().fit(windows, padded).classes_.tolist() == ["d", "u"]


def test_score_reads_y_as_fit_did():
    """Without a warning, and whatever a part of y looks like."""
    binary = (TAGS == "a").astype(int)
    tagger = classifier(return_sequences=True).fit(X, binary)
    tagger.set_params(return_sequences="auto")
    assert 0 <= tagger.score(X[:1], binary[:1]) <= 1
    each = regressor(return_sequences=True).fit(X, X[:, :, 0]).set_params(return_sequences="auto")
    assert np.isfinite(each.score(X[:1], X[:1, :, 0]))
    whole = regressor(return_sequences=False).fit(X, X[:, :, 0])
    whole.set_params(return_sequences="auto")
    assert np.isfinite(whole.score(X, X[:, :, 0]))


@pytest.mark.parametrize(
    ("kind", "y", "other", "message"),
    [
        (classifier, TAGS, CLASSES, r"needs \(n_samples, 5\)"),
        (classifier, LABELS, TAGS, "0 and 1"),
        (classifier, LABELS, LABELS[:, :2], "y has 2 labels"),
        (classifier, LABELS, CLASSES, "column of 0 and 1"),
        (classifier, CLASSES, TAGS, "1d array"),
        (regressor, X, Y, r"needs \(n_samples, 5\) or \(n_samples, 5, n_outputs\)"),
        (regressor, Y, X, "y has 10 outputs"),
    ],
)
def test_y_of_another_kind_than_in_fit(kind, y, other, message):
    fitted = kind().fit(X, y)
    with pytest.raises(ValueError, match=message):
        fitted.score(X, other)
    with pytest.raises(ValueError, match=message.replace("y has 10", "y_val.* has 10")):
        kind().fit(X, y, validation_data=(X, other))


@pytest.mark.parametrize("kind", ["steps", "labels"])
def test_networks_of_several_labels_or_steps_are_like_others(kind):
    y, network = {
        "steps": (TAGS, classifier(missing="mask")),
        "labels": (LABELS, classifier(missing="mask")),
    }[kind]
    windows = masked()
    y = unknown_tags("") if kind == "steps" else y
    fitted = clone(network).fit(windows, y)
    again = clone(fitted).fit(windows, y)
    np.testing.assert_array_equal(fitted.predict_proba(windows), again.predict_proba(windows))
    restored = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(restored.predict(windows), fitted.predict(windows))
    assert np.isfinite(cross_val_score(clone(network), windows, y, cv=2)).all()
    keras_windows = np.nan_to_num(windows, nan=np.finfo("float32").min).astype("float32")
    np.testing.assert_allclose(
        fitted.model_.predict(keras_windows, verbose=0), fitted.predict_proba(windows), atol=1e-5
    )
    fitted.set_params(warm_start=True).fit(windows, y)
    assert fitted.n_iter_ == 4
    classes = np.arange(3) if kind == "labels" else ["a", "b", "c"]
    parts = clone(network).partial_fit(windows, y, classes=classes)
    assert parts.partial_fit(windows[:1], y[:1]).n_iter_ == 2  # one row, without a warning
    assert parts.predict_proba(windows).shape[-1] == 3


def test_labels_by_hand():
    fitted = classifier(epochs=1, batch_size=60, alpha=0.0).fit(X, LABELS)
    first = classifier(epochs=1, batch_size=60, learning_rate=1e-12).fit(X, LABELS)
    p = first.predict_proba(X)
    by_hand = -np.mean(LABELS * np.log(p) + (1 - LABELS) * np.log(1 - p))
    assert fitted.loss_curve_[0] == pytest.approx(by_hand, rel=1e-5)
    assert fitted.history_["accuracy"][0] == pytest.approx(np.mean((p > 0.5) == LABELS), rel=1e-5)


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csr_array, pd.DataFrame])
def test_labels_in_any_container(container):
    plain = classifier().fit(X, LABELS)
    ours = classifier().fit(X, container(LABELS), validation_data=(X, container(LABELS)))
    np.testing.assert_array_equal(ours.predict_proba(X), plain.predict_proba(X))
    assert ours.score(X, container(LABELS)) == plain.score(X, LABELS)


def test_classes_of_partial_fit_are_positions_of_labels():
    with pytest.raises(ValueError, match=r"np.arange\(3\)"):
        classifier().partial_fit(X, LABELS, classes=[0, 1])
    classifier().partial_fit(X, LABELS, classes=np.arange(3))


def test_targets_that_follow_have_no_steps():
    windows = SequenceWindower(LENGTH).fit_transform(SERIES)
    with pytest.raises(ValueError, match=r"return_sequences=True.*y is None"):
        regressor(return_sequences=True).fit(windows)
    tokens = SequenceWindower(LENGTH).fit_transform(RNG.integers(0, 4, (60, 1)))
    with pytest.raises(ValueError, match=r"return_sequences=True.*y is None"):
        classifier(return_sequences=True, embedding_dim=2).fit(tokens)


@pytest.mark.parametrize("what", ["bidirectional", "tokens", "weights"])
def test_tags_train_alike_in_both_trainers(what):
    windows, options, weight = masked(), {}, None
    if what == "bidirectional":
        options = {"cell": "gru", "bidirectional": True, "early_stopping": True}
    elif what == "tokens":
        windows, options = np.digitize(masked()[:, :, :1], [-1, 0, 1]) * 1.0, {"embedding_dim": 3}
        windows[np.isnan(masked()[:, :, :1])] = np.nan
    else:
        weight = WEIGHTS
        options = {"class_weight": "balanced"}
    ours, stock = (
        classifier(jit_compile=jit, batch_size=16, **options).fit(
            windows, unknown_tags(None), sample_weight=weight
        )
        for jit in (True, False)
    )
    assert ours.history_.keys() == stock.history_.keys()
    for name, values in ours.history_.items():
        np.testing.assert_allclose(values, stock.history_[name], rtol=1e-4, err_msg=name)
    np.testing.assert_allclose(ours.predict_proba(windows), stock.predict_proba(windows), atol=1e-5)


# Validation data


VALID, VALID_Y = X[:20] + 0.1, Y[:20]
TABLE = pd.DataFrame(X[:, :, 0], columns=[f"lag{k}" for k in range(1, LENGTH + 1)])


def val_loss(fitted):
    return fitted.history_["val_loss"]


@pytest.mark.parametrize("early_stopping", [False, True])
def test_validation_data_in_any_form(early_stopping):
    network = regressor(early_stopping=early_stopping)
    plain = val_loss(clone(network).fit(X, Y, validation_data=(VALID, VALID_Y)))
    for data in (
        [VALID, VALID_Y],
        (VALID.tolist(), VALID_Y.tolist()),
        (VALID, pd.Series(VALID_Y), np.full(20, 3.0)),
    ):
        np.testing.assert_allclose(
            val_loss(clone(network).fit(X, Y, validation_data=data)), plain, rtol=1e-6
        )
    some = (VALID, VALID_Y, np.repeat([0.0, 1.0], 10))
    np.testing.assert_allclose(
        val_loss(clone(network).fit(X, Y, validation_data=some)),
        val_loss(clone(network).fit(X, Y, validation_data=(VALID[10:], VALID_Y[10:]))),
        rtol=1e-6,
    )


def test_columns_of_validation_data_are_those_of_x():
    other = TABLE[:20]
    in_order = val_loss(regressor().fit(TABLE, Y, validation_data=(other, VALID_Y)))
    without_names = val_loss(regressor().fit(TABLE, Y, validation_data=(other.to_numpy(), VALID_Y)))
    assert in_order == without_names
    for wrong in (other[other.columns[::-1]], other.rename(columns={"lag1": "lag9"})):
        with pytest.raises(ValueError, match=re.escape("X_val[X.columns]")):
            regressor().fit(TABLE, Y, validation_data=(wrong, VALID_Y))
    fitted = regressor(warm_start=True).fit(TABLE, Y, validation_data=(other, VALID_Y))
    with pytest.raises(ValueError, match="feature names"):
        fitted.fit(TABLE, Y, validation_data=(other[other.columns[::-1]], VALID_Y))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((VALID, VALID_Y[:5]), "inconsistent numbers"),
        ((VALID, np.where(VALID_Y > 0, np.nan, VALID_Y)), "NaN"),
        ((VALID * np.nan, VALID_Y), "None of the 20 windows"),
        ((VALID, VALID_Y, -np.ones(20)), "Negative"),
        ((VALID, VALID_Y, np.ones(3)), "sample_weight"),
    ],
)
def test_errors_say_that_they_are_about_validation_data(data, message):
    with pytest.raises(ValueError, match=f"In validation_data: .*{message}"):
        regressor().fit(X, Y, validation_data=data)


def test_classes_of_validation_data_are_those_of_y():
    y = np.where(VALID_Y > 0, "up", "sideways")
    with pytest.raises(ValueError, match=r"y_val contains labels \['sideways'\].*'down', 'up'"):
        classifier().fit(X, CLASSES, validation_data=(VALID, y))
    of_one = classifier().fit(X, CLASSES, validation_data=(VALID, np.full(20, "up")))
    assert len(of_one.history_["val_accuracy"]) == 2


def test_classes_weigh_in_validation_data_as_in_training():
    y, y_val = np.repeat(["a", "b"], [45, 15]), np.repeat(["a", "b"], [5, 15])
    balanced = classifier(class_weight="balanced")
    by_hand = classifier(class_weight={"a": 60 / (2 * 45), "b": 60 / (2 * 15)})
    histories = [
        network.fit(X, y, validation_data=(VALID, y_val)).history_
        for network in (balanced, by_hand)
    ]
    assert histories[0] == histories[1]


def test_one_hot_looking_validation_data_are_labels():
    classifier().fit(X, LABELS, validation_data=(VALID[:1], [[0, 1, 0]]))  # without a warning


@pytest.mark.parametrize("jit_compile", [True, False])
def test_history_has_one_name_for_each_metric(jit_compile):
    def half(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1) / 2

    metrics = ["mae", half, keras.metrics.MeanAbsoluteError(name="own")]
    fitted = regressor(metrics=metrics, jit_compile=jit_compile, normalize_y=False)
    history = fitted.fit(X, Y, validation_data=(VALID, VALID_Y)).history_
    names = {"loss", "mae", "half", "own"}
    assert history.keys() == names | {f"val_{name}" for name in names}
    error = np.abs(fitted.predict(VALID) - VALID_Y).mean()
    assert history["val_mae"][-1] == pytest.approx(error, rel=1e-5)
    assert history["val_half"][-1] == pytest.approx(error / 2, rel=1e-5)
    tagged = classifier(metrics="sparse_categorical_crossentropy", jit_compile=jit_compile)
    history = tagged.fit(X, CLASSES).history_
    assert history.keys() == {"loss", "accuracy", "sparse_categorical_crossentropy"}
    np.testing.assert_allclose(
        history["loss"], history["sparse_categorical_crossentropy"], rtol=1e-5
    )


@pytest.mark.parametrize("metrics", ["no such metric", [3], [keras.metrics.MeanSquaredError]])
def test_metrics_that_are_none_are_named(metrics):
    with pytest.raises(ValueError, match="metrics="):
        regressor(metrics=metrics).fit(X, Y)


def routed(**params):
    steps = [
        ("scale", StandardScaler()),
        ("window", SequenceWindower(LENGTH)),
        ("gru", regressor().set_fit_request(validation_data=True)),
    ]
    return Pipeline(steps, **params)


def test_metadata_routing_of_validation_data():
    before, after = SERIES[:40], SERIES[40:]
    with sklearn.config_context(enable_metadata_routing=True):
        by_hand = routed()[:-1].fit(before)
        plain = routed().fit(before, validation_data=by_hand.transform(after))
        transformed = routed(transform_input=["validation_data"])
        transformed.fit(before, validation_data=after)
        assert plain[-1].history_ == transformed[-1].history_
        # scikit-learn transforms every element of a tuple, y_val too.
        with pytest.raises(ValueError, match="Use validation_data=X_val"):
            routed(transform_input=["validation_data"]).fit(before, validation_data=(after, after))
