"""GRUClassifier, masked steps and tokens: against stock Keras, and against slow loops."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import expit, softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    TimeSeriesSplit,
    cross_val_predict,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from skgru import GRUClassifier, GRURegressor, SequenceWindower, as_windows
from skgru._engine import compiled_inference, training_program
from skgru._engine.forward_and_gradients import apply_network
from skgru._engine.keras_model import MASKED, build_network, initial_weights, layers_of
from skgru._specs import NetworkSpec
from tests.helpers import assert_same_weights, copy_of, fails, raises, run_python, warns

LENGTH, N_CHANNELS = 6, 2
MISSING = np.finfo(np.float32).min  # as the docstring of model_ has it


def make_walks(n, seed):
    """n sequences of 3 to 6 steps and two channels, that drift down, nowhere or up."""
    generator = np.random.default_rng(seed)
    labels = generator.permutation(np.resize(["down", "flat", "up"], n))
    drifts = np.select([labels == "down", labels == "up"], [-1.0, 1.0], 0.0)
    lengths = generator.integers(3, LENGTH + 1, n)
    walks = [
        generator.normal((drift, 0), 0.5, (length, N_CHANNELS))
        for drift, length in zip(drifts, lengths, strict=True)
    ]
    return walks, labels


WALKS, Y = make_walks(48, 0)
X = as_windows(WALKS)
# The token after "1 0" depends on what came before: one step of history is not enough.
TEXT = np.resize([0, 1, 0, 2, 1], 60).astype(float)
TOKENS = SequenceWindower(4).fit_transform(TEXT.reshape(-1, 1))


def small(**changed):
    params = {"units": 4, "epochs": 2, "batch_size": 16, "learning_rate": 0.01, "random_state": 0}
    return GRUClassifier(**params | {"normalize_X": False} | changed)


def of_tokens(**changed):
    return small(**{"embedding_dim": 3} | changed)


@pytest.fixture(scope="module")
def trained():
    """Trained until it tells the walks apart. Nobody refits it: take copy_of(trained) for that."""
    return small(epochs=30, learning_rate=0.03).fit(X, Y)


@pytest.fixture(scope="module")
def reader():
    """Trained to go on with TEXT."""
    return of_tokens(epochs=40, learning_rate=0.05).fit(TOKENS)


@pytest.fixture(scope="module")
def large():
    """All that makes a network longer. Stock training needs no compiled program."""
    return small(epochs=1, jit_compile=False, **LARGE).fit(X, Y)


# Compiled training is stock training

PARTLY = X.copy()
PARTLY[::2, 4, 1] = np.nan  # one channel of two
LARGE = {"cell": "lstm", "units": (4, 3), "bidirectional": True, "highway": True}
FROM_ZEROS = {"highway": True, "output_initializer": "zeros"}
STOPPING = {"early_stopping": True, "validation_fraction": 0.4, "validation_split": "last"}
# Where the cell is rnn, it plays no part: it compiles fastest.
OPTIONS = {
    "class weight": (PARTLY, Y, {"class_weight": {"up": 3.0}}),
    "balanced": (X[8:], Y[8:], {"cell": "rnn", "class_weight": "balanced"}),
    "stacked bidirectional lstm": (X, Y, LARGE),
    "highway bidirectional rnn": (X, Y, {"cell": "rnn", "bidirectional": True, **FROM_ZEROS}),
    "skip": (X, Y, {"cell": "rnn", "missing": "skip", "batch_size": 4}),
    "early stopping": (X, Y, STOPPING),
    "tokens with y": (TOKENS, TEXT, {"embedding_dim": 3, "class_weight": "balanced"}),
    "bidirectional tokens": (
        TOKENS,
        None,
        {"cell": "rnn", "embedding_dim": 2, "bidirectional": True},
    ),
    "skipped tokens": (
        TOKENS,
        None,
        {"cell": "rnn", "embedding_dim": 3, "missing": "skip", **STOPPING},
    ),
}


@pytest.mark.filterwarnings("ignore:.*windows are left out of fit")
@pytest.mark.parametrize("case", OPTIONS)
def test_compiled_training_equals_stock_training(case):
    windows, y, options = OPTIONS[case]
    weight = np.linspace(0.5, 2, len(windows))
    one = small(epochs=5, **options).fit(windows, y, sample_weight=weight)
    other = small(epochs=5, jit_compile=False, **options).fit(windows, y, sample_weight=weight)
    start = initial_weights(one._network, seed=0)
    for ours, theirs, before in zip(one._weights, other._weights, start, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
        assert np.abs(ours - before).max() > 1e-3
    assert one.history_.keys() == other.history_.keys()
    for name, values in one.history_.items():
        np.testing.assert_allclose(values, other.history_[name], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_gradients_through_masks_equal_automatic_ones(cell):
    spec = NetworkSpec(cell, (4, 3), True, 0.0, LENGTH, N_CHANNELS, 1, True, masks=True)
    spec = replace(spec, n_classes=3)
    generator = np.random.default_rng(0)
    weights = [w + 0.1 * generator.normal(size=w.shape) for w in initial_weights(spec, 3)]
    weights = [tf.constant(w, tf.float32) for w in weights]
    windows = with_holes(8).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(weights)
        values, gradient = apply_network(spec, weights, windows, lambda *_: None)
        total = tf.reduce_sum(values**2)
    for ours, automatic in zip(gradient(2 * values), tape.gradient(total, weights), strict=True):
        np.testing.assert_allclose(ours, automatic, rtol=1e-4, atol=1e-5)


def test_dropout_repeats_itself_bitwise():
    one, other = (small(dropout=0.4).fit(X, Y) for _ in range(2))
    assert_same_weights(one, other)
    assert one.loss_curve_ == other.loss_curve_
    assert one.loss_curve_[0] != small().fit(X, Y).loss_curve_[0]


# Masked steps


def with_holes(n):
    """Windows with steps missing anywhere, each with one that is there."""
    generator = np.random.default_rng(1)
    windows = generator.normal(size=(n, LENGTH, N_CHANNELS))
    missing = generator.random((n, LENGTH)) < 0.5
    missing[np.arange(n), generator.integers(LENGTH, size=n)] = False
    windows[missing] = np.nan
    return windows


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_a_sequence_gives_the_same_whatever_nan_surrounds_it(cell, bidirectional):
    length = 3
    alone = NetworkSpec(cell, (4, 3), bidirectional, 0.0, length, N_CHANNELS, 1, n_classes=3)
    padded = replace(alone, window_length=LENGTH, masks=True)
    weights = initial_weights(alone, 0)
    sequences = np.random.default_rng(0).normal(size=(5, length, N_CHANNELS)).astype(np.float32)
    expected, _ = apply_network(alone, weights, sequences)
    for steps in ([3, 4, 5], [0, 1, 2], [0, 2, 5]):
        windows = np.full((5, LENGTH, N_CHANNELS), np.nan, np.float32)
        windows[:, steps] = sequences
        ours, _ = apply_network(padded, weights, windows)
        np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_predict_passes_over_missing_steps(trained):
    sequence = np.random.default_rng(0).normal(size=(3, N_CHANNELS))
    short = build_network(replace(trained._network, window_length=3, masks=False))
    short.set_weights(trained._weights)
    expected = softmax(np.asarray(short(sequence[np.newaxis])), axis=1)
    gaps = [[0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 0, 1, 0, 1]]
    for is_there in np.array(gaps, dtype=bool):
        window = np.full((1, LENGTH, N_CHANNELS), np.nan)
        window[0, is_there] = sequence
        np.testing.assert_allclose(trained.predict_proba(window), expected, atol=1e-6)


def gru_in_numpy(weights, window):
    """Logits of one window, step by step in float64; a step with NaN changes nothing."""
    kernel, recurrent, (bias, recurrent_bias), out, out_bias = map(np.float64, weights)
    h = np.zeros(len(recurrent))
    for x in window:
        if np.isnan(x).any():
            continue
        x_z, x_r, x_h = np.split(x @ kernel + bias, 3)
        h_z, h_r, h_h = np.split(h @ recurrent + recurrent_bias, 3)
        z = expit(x_z + h_z)
        h = z * h + (1 - z) * np.tanh(x_h + expit(x_r + h_r) * h_h)
    return h @ out + out_bias


def test_complete_windows_do_without_masks_and_give_the_same(monkeypatch):
    training_program.training_programs._programs.clear()
    compiled_inference.prediction_programs._programs.clear()

    def masks():
        networks = {key[0][0].masks for key in training_program.training_programs._programs}
        return networks, {key[1].masks for key in compiled_inference.prediction_programs._programs}

    complete = np.nan_to_num(X)
    plain = small().fit(complete, Y)
    probabilities = plain.predict_proba(complete)
    assert masks() == ({False}, {False})
    np.testing.assert_allclose(plain.predict_proba(with_holes(3)).sum(axis=1), 1, atol=1e-6)
    assert masks() == ({False}, {False, True})
    # The same, as if there had been a gap.
    monkeypatch.setattr(
        "skgru._dataset.n_missing_steps", lambda windows: np.ones(len(windows), dtype=int)
    )
    masked = small().fit(complete, Y)
    assert masks() == ({False, True}, {False, True})
    for ours, theirs in zip(plain._weights, masked._weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    with_a_gap = np.concatenate([complete, with_holes(1)])  # so all of them go through the masks
    np.testing.assert_allclose(masked.predict_proba(with_a_gap)[:-1], probabilities, atol=1e-5)


def test_probabilities_equal_those_of_a_slow_loop(trained):
    windows = with_holes(40)
    logits = np.array([gru_in_numpy(trained._weights, window) for window in windows])
    np.testing.assert_allclose(trained.predict_proba(windows), softmax(logits, axis=1), atol=1e-6)


def test_a_step_with_one_channel_missing_is_missing(trained):
    partly, wholly = X.copy(), X.copy()
    partly[:, 4, 1] = np.nan
    wholly[:, 4] = np.nan
    np.testing.assert_array_equal(trained.predict_proba(partly), trained.predict_proba(wholly))
    np.testing.assert_allclose(
        trained.model_.predict(np.where(np.isnan(wholly), MISSING, wholly), verbose=0),
        trained.predict_proba(partly),
        atol=1e-6,
    )
    assert not np.allclose(trained.predict_proba(partly), trained.predict_proba(X))
    assert_same_weights(small().fit(partly, Y), small().fit(wholly, Y))


def test_an_empty_window_is_left_out_of_fit_and_gets_a_prediction(trained):
    empty = np.full((2, LENGTH, N_CHANNELS), np.nan)
    windows = np.concatenate([empty, X])
    fitted = small().fit(windows, np.concatenate([["up", "down"], Y]))
    assert_same_weights(fitted, small().fit(X, Y))
    expected = softmax(trained._weights[-1])  # of the bias alone: the state never left zero
    np.testing.assert_allclose(trained.predict_proba(empty), [expected, expected], atol=1e-6)
    assert trained.score(windows, np.concatenate([["no", "no"], Y])) < trained.score(X, Y)


def test_nothing_but_empty_windows():
    fails(
        lambda: small().fit(np.full((3, LENGTH, N_CHANNELS), np.nan), Y[:3]),
        "3 window",
        "NaN",
        "target",
    )


@pytest.mark.filterwarnings("ignore:.*windows are left out of fit")
def test_skip_leaves_windows_with_nan_out():
    complete = ~np.isnan(X).any(axis=(1, 2))
    assert 8 < complete.sum() < 40
    fitted = small(missing="skip", batch_size=4).fit(X, Y)
    assert_same_weights(fitted, small(missing="skip", batch_size=4).fit(X[complete], Y[complete]))
    predicted = fitted.predict(X)
    assert fitted.score(X, Y) == accuracy_score(Y[complete], predicted[complete])
    assert fitted.score(X, Y) != accuracy_score(Y, predicted)


# The same in GRURegressor


def make_series():
    steps = np.arange(50)[:, np.newaxis]
    series = np.sin(steps / [2, 5]) + np.array([0, 3])
    series[[7, 20, 21, 33, 49]] = np.nan
    series[40, 1] = np.nan
    return series


@pytest.fixture(scope="module")
def forecaster():
    windows = SequenceWindower(LENGTH).fit_transform(make_series())
    params = {"units": 4, "epochs": 2, "batch_size": 16, "learning_rate": 0.01, "random_state": 0}
    params |= {"highway": False, "normalize_X": False}
    return GRURegressor(horizon=2, missing="mask", **params).fit(windows)


def test_a_masked_regressor_trains_on_windows_with_gaps(forecaster):
    series = make_series()
    windows = SequenceWindower(LENGTH).fit_transform(series)
    y = np.hstack([series[1:-1], series[2:]])
    known = np.flatnonzero(~np.isnan(y).any(axis=1))
    assert np.isnan(windows[known]).any(axis=(1, 2)).sum() > 10
    with_y = GRURegressor(**forecaster.get_params() | {"horizon": 1}).fit(windows[known], y[known])
    assert_same_weights(with_y, forecaster)
    whole = with_y.predict(windows[known])
    shifted = np.concatenate([np.full((len(known), 2, 2), np.nan), windows[known, 2:]], axis=1)
    assert not np.allclose(whole, with_y.predict(shifted))


def test_a_masked_regressor_passes_over_missing_steps(forecaster):
    sequence = np.random.default_rng(0).normal(size=(3, N_CHANNELS))
    windows = np.full((2, LENGTH, N_CHANNELS), np.nan)
    windows[0, 3:], windows[1, :3] = sequence, sequence
    short = build_network(replace(forecaster._network, window_length=3, masks=False))
    short.set_weights(forecaster._weights)
    outputs = np.asarray(short(sequence[np.newaxis]))[0]
    expected = outputs * forecaster._target_scale + forecaster._target_mean
    np.testing.assert_allclose(forecaster.predict(windows), [expected, expected], atol=1e-5)
    assert np.isfinite(forecaster.predict(np.full((1, LENGTH, N_CHANNELS), np.nan))).all()


def test_a_masked_forecast_begins_with_what_predict_says(forecaster):
    windows = SequenceWindower(LENGTH).fit_transform(make_series())
    assert np.isnan(windows[-1]).any(axis=1).sum() == 1
    first = forecaster.predict(windows)[-1].reshape(2, N_CHANNELS)
    then = forecaster.predict(np.concatenate([windows[-1], first])[np.newaxis, -LENGTH:])
    expected = np.concatenate([first, then.reshape(2, N_CHANNELS)])
    np.testing.assert_allclose(forecaster.forecast(4, windows), expected, rtol=1e-5)


# Tokens


def test_tokens_may_be_of_any_number_type(reader):
    complete = TOKENS[3:]
    expected = of_tokens().fit(complete)
    for dtype in (np.float16, np.float32, np.int64, np.uint8):
        fitted = of_tokens().fit(complete.astype(dtype))
        assert_same_weights(fitted, expected)
        assert fitted.classes_.dtype == np.int64
        np.testing.assert_array_equal(
            reader.predict_proba(complete.astype(dtype)), reader.predict_proba(complete)
        )


@pytest.mark.parametrize("wrong", [-1.0, 0.5, 2.0**24])
def test_what_is_no_token(reader, wrong):
    windows = TOKENS.copy()
    windows[30, 2] = wrong
    for call in (of_tokens().fit, reader.predict, reader.score, copy_of(reader).partial_fit):
        y = [] if call == reader.predict else [TEXT]
        with raises(f"X contains {wrong}", "16777215", "OrdinalEncoder", "embedding_dim=None"):
            call(windows, *y)


def test_a_token_that_fit_has_not_seen(reader):
    windows = TOKENS.copy()
    windows[30, 2] = 3
    sentence = (
        "token 3",
        "OrdinalEncoder",
        'handle_unknown="use_encoded_value"',
        "unknown_value=np.nan",
    )
    fails(lambda: reader.predict(windows), sentence)
    fails(lambda: reader.score(windows, TEXT), sentence)
    fails(lambda: copy_of(reader).partial_fit(windows), sentence)


def test_nan_is_no_token(reader):
    alone = np.array([[1.0, 0.0]])
    network = build_network(replace(reader._network, window_length=2, masks=False))
    network.set_weights(reader._weights)
    expected = softmax(np.asarray(network(alone + 1)), axis=1)
    for window in ([np.nan, np.nan, 1, 0], [1, np.nan, np.nan, 0], [1, 0, np.nan, np.nan]):
        np.testing.assert_allclose(reader.predict_proba([window]), expected, atol=1e-6)


@pytest.mark.parametrize("y", [None, TEXT])
def test_tokens_are_one_channel(y):
    fails(
        lambda: of_tokens().fit(np.repeat(TOKENS, 2, axis=2), y), "2 channel", "embedding_dim=None"
    )


def test_a_highway_reads_no_tokens():
    fails(
        lambda: of_tokens(highway=True).fit(TOKENS),
        "highway=True",
        "embedding_dim=3",
        "highway=False",
    )


def test_without_y_the_network_learns_the_token_that_follows(reader):
    assert reader.score(TOKENS) > 0.95
    assert reader.classes_.tolist() == [0, 1, 2]
    assert reader.classes_.dtype == np.int64
    following = TEXT[1:]
    np.testing.assert_array_equal(reader.predict(TOKENS)[5:-1], following[5:])
    assert reader.score(TOKENS) == accuracy_score(following, reader.predict(TOKENS)[:-1])
    assert_same_weights(of_tokens().fit(TOKENS), of_tokens().fit(TOKENS[:-1], following))


def test_a_missing_token_is_no_target():
    text = TEXT.copy()
    text[[17, 40]] = np.nan
    windows = SequenceWindower(4).fit_transform(text.reshape(-1, 1))
    follows = np.flatnonzero(~np.isnan(text[1:]))
    alone = of_tokens().fit(windows)
    assert_same_weights(alone, of_tokens().fit(windows[follows], text[follows + 1]))
    assert alone.score(windows) == alone.score(windows[follows], text[follows + 1].astype(int))


def test_classes_are_the_tokens_that_follow_something():
    text = np.concatenate([[5.0], TEXT])  # nothing is followed by 5
    windows = SequenceWindower(4).fit_transform(text.reshape(-1, 1))
    assert of_tokens().fit(windows).classes_.tolist() == [0, 1, 2]
    # A later call may bring what follows nothing yet.
    assert of_tokens().partial_fit(windows).classes_.tolist() == list(range(6))


def test_classes_do_not_depend_on_the_number_of_epochs():
    text = np.concatenate([[5.0], TEXT])
    windows = SequenceWindower(4).fit_transform(text.reshape(-1, 1))
    assert of_tokens(epochs=1).fit(windows).classes_.tolist() == [0, 1, 2]


def test_windows_that_do_not_overlap_need_y(reader):
    sentence = ("y is None", "SequenceWindower")
    fails(lambda: of_tokens().fit(TOKENS[::-1]), sentence)
    fails(lambda: reader.score(TOKENS[::2]), sentence)


def test_numbers_need_y(trained):
    sentence = ("y is None", "embedding_dim")
    windows = SequenceWindower(4).fit_transform(np.zeros((30, 1)))
    fails(lambda: small().fit(windows), sentence)
    fails(lambda: small().partial_fit(windows), sentence)
    fails(lambda: trained.score(X), "score", "score(X, y)")


def test_letters_in_a_pipeline_are_searched():
    letters = np.array(["a", "b", "c"])[TEXT.astype(int)].reshape(-1, 1)
    network = of_tokens(epochs=40, learning_rate=0.05)
    pipe = make_pipeline(OrdinalEncoder(), SequenceWindower(4), network)
    search = GridSearchCV(
        pipe,
        {"gruclassifier__embedding_dim": [1, 3]},
        cv=TimeSeriesSplit(2, test_size=15),
        error_score="raise",
    ).fit(letters)
    assert search.score(letters) > 0.95
    assert search.cv_results_["mean_test_score"].min() > 0.7
    chosen = search.best_params_["gruclassifier__embedding_dim"]
    assert search.best_estimator_[-1]._weights[0].shape == (4, chosen)


# Probabilities and classes


def test_probabilities_are_those_of_model_and_of_keras_estimator(trained, reader):
    probabilities = trained.predict_proba(X)
    assert probabilities.shape == (48, 3)
    assert probabilities.dtype == np.float64
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    assert MASKED == MISSING
    masked = np.where(np.isnan(X), MISSING, X).astype(np.float32)
    np.testing.assert_allclose(trained.model_.predict(masked, verbose=0), probabilities, atol=1e-6)
    tokens = np.nan_to_num(TOKENS[:, :, 0] + 1).astype(np.int32)
    np.testing.assert_allclose(
        reader.model_.predict(tokens, verbose=0), reader.predict_proba(TOKENS), atol=1e-6
    )
    for fitted, windows in ((trained, X[~np.isnan(X).any(axis=(1, 2))]), (reader, TOKENS[3:])):
        keras_own = fitted.keras_estimator_
        np.testing.assert_allclose(
            keras_own.predict_proba(windows), fitted.predict_proba(windows), atol=1e-6
        )
        np.testing.assert_array_equal(keras_own.predict(windows), fitted.predict(windows))
        np.testing.assert_array_equal(keras_own.classes_, fitted.classes_)
        assert keras_own.history_["loss"] == fitted.loss_curve_


def test_a_row_does_not_depend_on_those_beside_it(trained, reader):
    for fitted, windows in ((trained, X), (reader, TOKENS)):
        alone = [fitted.predict_proba(windows[t : t + 1]) for t in range(len(windows))]
        np.testing.assert_array_equal(np.concatenate(alone), fitted.predict_proba(windows))


def test_predict_gives_the_most_probable_class(trained):
    best = trained.predict_proba(X).argmax(axis=1)
    assert len(np.unique(best)) == 3
    np.testing.assert_array_equal(trained.predict(X), trained.classes_[best])
    walks, y = make_walks(60, 1)
    windows = as_windows(walks, LENGTH)
    assert 0.8 < trained.score(windows, y) < 1
    weight = np.linspace(0, 2, 60)
    expected = accuracy_score(y, trained.predict(windows), sample_weight=weight)
    assert trained.score(windows, y, sample_weight=weight) == expected != trained.score(windows, y)


def test_logarithms_of_probabilities_are_finite(trained):
    np.testing.assert_allclose(np.exp(trained.predict_log_proba(X)), trained.predict_proba(X))
    certain = copy_of(trained)
    certain._weights[-2] = 1e5 * certain._weights[-2]
    assert (certain.predict_proba(X) == 0).any()
    assert np.isfinite(certain.predict_log_proba(X)).all()


@pytest.mark.parametrize(
    "kind", [np.array([7, 3, 9]), np.array(["b", "a", "c"], dtype=object), [2.0, 1.0, 3.0]]
)
def test_labels_come_back_as_they_were(kind):
    kind = np.asarray(kind)
    labels = kind[np.arange(48) % 3]
    fitted = small(epochs=1).fit(X, labels)
    np.testing.assert_array_equal(fitted.classes_, sorted(kind))
    assert fitted.predict(X).dtype == kind.dtype
    # Only the order of the classes counts.
    codes = np.searchsorted(fitted.classes_, labels)
    assert_same_weights(fitted, small(epochs=1).fit(X, codes))


def test_booleans_and_series_are_labels(trained):
    fitted = small(epochs=1).fit(X, pd.Series(Y == "up"))
    assert fitted.classes_.tolist() == [False, True]
    assert fitted.predict(X).dtype == bool
    assert fitted.predict_proba(X).shape == (48, 2)


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (np.full(48, "up"), ("'up'", "at least 2")),
        (
            np.linspace(0, 1, 48),
            "Unknown label type: continuous. Maybe you are trying to fit a classifier, which "
            "expects discrete classes on a regression target with continuous values.",
        ),
        (np.where(Y == "up", np.nan, 1), "Input y contains NaN."),
        (np.column_stack([Y, Y]), ("(48, 2)", "0 and 1", "6 steps")),
        (Y[:-1], "Found input variables with inconsistent numbers of samples: [48, 47]"),
    ],
    ids=["one class", "continuous", "NaN", "2-D", "short"],
)
def test_what_is_no_label(y, sentence):
    fails(lambda: small().fit(X, y), sentence)


def test_a_failed_refit_leaves_the_earlier_network(trained):
    refitted = copy_of(trained)
    bad = [(X, np.full(48, "up")), (np.full_like(X, np.nan), Y), (X[:, 1:], np.linspace(0, 1, 48))]
    for windows, y in bad:
        with pytest.raises(ValueError):
            refitted.fit(windows, y)
    assert vars(refitted).keys() == vars(trained).keys()
    np.testing.assert_array_equal(refitted.predict_proba(X), trained.predict_proba(X))


def test_before_fit():
    sentence = (
        "This GRUClassifier instance is not fitted yet. Call 'fit' with appropriate arguments "
        "before using this estimator."
    )
    new = small()
    for call in (new.predict, new.predict_proba, new.predict_log_proba, new.score):
        fails(lambda call=call: call(X), sentence, error=NotFittedError)
    for name in ("model_", "keras_estimator_", "summary_", "n_parameters_", "loss_curve_"):
        fails(lambda name=name: getattr(new, name), sentence, error=NotFittedError)


# Training in several goes


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_training_can_be_resumed_bitwise(dropout):
    at_once = small(dropout=dropout).fit(X, Y)
    begun = small(dropout=dropout).partial_fit(X, Y, classes=np.unique(Y))
    assert begun.loss_curve_ == at_once.loss_curve_[:1]
    pickled = copy_of(begun).partial_fit(X, Y)
    named_again = copy_of(begun).partial_fit(X, Y, classes=["up", "down", "flat"])
    warm = small(dropout=dropout, epochs=1, warm_start=True).fit(X, Y).fit(X, Y)
    for resumed in (pickled, named_again, warm):
        assert_same_weights(resumed, at_once)
        assert resumed.loss_curve_ == at_once.loss_curve_
        assert resumed.n_iter_ == 2
        assert resumed.classes_.tolist() == ["down", "flat", "up"]


def test_tokens_are_continued_bitwise():
    parts = of_tokens().partial_fit(TOKENS).partial_fit(TOKENS)
    assert_same_weights(parts, of_tokens().fit(TOKENS))


def test_a_part_need_not_have_all_classes():
    is_up = Y == "up"
    begun = small().partial_fit(X[is_up], Y[is_up], classes=np.unique(Y))
    assert begun.classes_.tolist() == ["down", "flat", "up"]
    assert begun.predict_proba(X).shape == (48, 3)
    begun.partial_fit(X[~is_up], Y[~is_up])
    assert begun.n_iter_ == 2


def test_a_part_need_not_have_all_weighted_classes():
    is_up = Y == "up"
    weighted = small(class_weight={"down": 3.0})
    weighted.partial_fit(X[is_up], Y[is_up], classes=np.unique(Y))
    alone = small().partial_fit(X[is_up], Y[is_up], classes=np.unique(Y))
    assert_same_weights(weighted, alone)


@pytest.mark.parametrize("weight", [np.nan, -1, np.inf, "2", None])
def test_class_weights_are_numbers(weight):
    fails(
        lambda: small(class_weight={"down": weight, "up": 2}).fit(X, Y),
        "class_weight",
        "'down'",
        f"{weight!r}",
    )


def test_what_partial_fit_refuses(trained):
    fails(lambda: small().partial_fit(X, Y, classes=["up"]), "classes=['up']", "2")
    fails(lambda: small().partial_fit(X, Y), "partial_fit", "classes=np.unique(y_of_all_calls)")
    fails(
        lambda: small(class_weight="balanced").partial_fit(X, Y, classes=np.unique(Y)),
        'class_weight="balanced"',
        "partial_fit",
        "sklearn.utils.class_weight.compute_class_weight",
    )
    fails(
        lambda: copy_of(trained).partial_fit(X, Y, classes=["down", "up"]),
        "classes=['down', 'up']",
        "partial_fit",
        f"{trained.classes_!r}",
    )


def test_new_labels_are_refused(trained):
    y = np.where(Y == "up", "sideways", Y)
    sentence = ("['sideways']", "['down', 'flat', 'up']", "partial_fit", "warm_start=False")
    warm = copy_of(trained).set_params(warm_start=True)
    fails(lambda: warm.partial_fit(X, y), sentence)
    fails(lambda: warm.fit(X, y), sentence)
    fails(lambda: small().partial_fit(X, y, classes=np.unique(Y)), sentence)
    assert trained.set_params(warm_start=False).classes_.tolist() == ["down", "flat", "up"]


def test_targets_of_another_kind_cannot_be_continued(reader):
    given_y = of_tokens(epochs=1).fit(TOKENS, TEXT)
    for fitted, y, before in ((reader, TEXT, "without"), (given_y, None, "with")):
        warm = copy_of(fitted).set_params(warm_start=True)
        for call in (warm.fit, warm.partial_fit):
            fails(lambda call=call, y=y: call(TOKENS, y), f"{before} y", "warm_start=False")


# Weights


@pytest.mark.parametrize("class_weight", [{"up": 2}, {"down": 1, "flat": 1, "up": 2}])
def test_the_weight_of_a_class_is_that_of_its_windows(class_weight):
    weight = np.linspace(0.5, 2, 48)
    doubled = np.where(Y == "up", 2 * weight, weight)
    by_class = small(class_weight=class_weight).fit(X, Y, sample_weight=weight)
    assert_same_weights(by_class, small().fit(X, Y, sample_weight=doubled))
    alone = small(class_weight=class_weight).fit(X, Y)
    assert_same_weights(alone, small().fit(X, Y, sample_weight=np.where(Y == "up", 2, 1)))
    assert alone.loss_curve_ != small().fit(X, Y).loss_curve_


def test_a_weight_of_two_is_the_window_twice():
    # In one batch: the order of the rows then plays no part.
    settings = {"batch_size": 128, "optimizer": "sgd", "learning_rate": 0.5, "epochs": 3}
    counts = np.resize([1, 2, 4], 48)
    weighted = small(**settings).fit(X, Y, sample_weight=counts)
    repeated = small(**settings).fit(X.repeat(counts, axis=0), Y.repeat(counts))
    np.testing.assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=1e-5)
    for ours, theirs in zip(weighted._weights, repeated._weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_windows_of_weight_zero_are_dropped():
    counts = Y != "flat"
    dropped = small(class_weight={"flat": 0.0}).fit(X, Y)
    part = small().partial_fit(X[counts], Y[counts], classes=np.unique(Y))
    assert_same_weights(dropped, part.partial_fit(X[counts], Y[counts]))
    assert dropped.classes_.tolist() == ["down", "flat", "up"]


def test_balanced_weights_help_the_rare_class():
    generator = np.random.default_rng(0)
    y = generator.random(240) < 0.1
    windows = generator.normal(0.4 * y[:, np.newaxis, np.newaxis], 1, (240, LENGTH, N_CHANNELS))
    settings = {"epochs": 10, "learning_rate": 0.02}
    balanced = small(class_weight="balanced", **settings).fit(windows, y)
    weight = np.where(y, 240 / (2 * y.sum()), 240 / (2 * (~y).sum()))
    assert_same_weights(balanced, small(**settings).fit(windows, y, sample_weight=weight))
    plain = small(**settings).fit(windows, y)
    scores = [balanced_accuracy_score(y, each.predict(windows)) for each in (balanced, plain)]
    assert scores[0] > scores[1] + 0.1


# Early stopping


@pytest.mark.parametrize("monitor", ["loss", "accuracy"])
def test_early_stopping_keeps_the_best_epoch(monitor):
    settings = {"learning_rate": 0.05}
    fitted = small(epochs=40, monitor=monitor, n_iter_no_change=4, **settings, **STOPPING)
    fitted.fit(X, Y)
    values = fitted.history_[f"val_{monitor}"]
    best = int(np.argmin(values) if monitor == "loss" else np.argmax(values))
    assert 0 < best < len(values) - 1 < 39  # else this test proves nothing
    n_training = 48 - 20
    assert set(Y[:n_training]) == set(Y)
    alone = small(epochs=best + 1, **settings).fit(X[:n_training], Y[:n_training])
    assert_same_weights(fitted, alone)
    score = fitted.score(X[n_training:], Y[n_training:])
    np.testing.assert_allclose(score, fitted.history_["val_accuracy"][best], rtol=1e-6)
    log_proba = fitted.predict_log_proba(X[n_training:])
    loss = -log_proba[np.arange(20), np.searchsorted(fitted.classes_, Y[n_training:])].mean()
    np.testing.assert_allclose(loss, fitted.history_["val_loss"][best], rtol=1e-5)
    assert list(fitted.history_) == ["loss", "accuracy", "val_loss", "val_accuracy"]


def test_what_is_monitored_is_weighted():
    weight = np.linspace(0.1, 2, 48) ** 2
    fitted = small(epochs=3, **STOPPING).fit(X, Y, sample_weight=weight)
    best = int(np.argmin(fitted.history_["val_loss"]))
    score = fitted.score(X[28:], Y[28:], sample_weight=weight[28:])
    np.testing.assert_allclose(score, fitted.history_["val_accuracy"][best], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "value"),
    [("monitor", "val_loss"), ("class_weight", "equal"), ("embedding_dim", 0), ("missing", "fill")],
)
def test_parameter_out_of_range(name, value):
    with pytest.raises(ValueError, match=rf"^The '{name}' parameter of GRUClassifier must be"):
        small(**{name: value}).fit(X, Y)


# as_windows


@st.composite
def sequences(draw):
    n_channels = draw(st.integers(1, 3))
    dtype = draw(st.sampled_from([np.float32, np.float64, np.int32]))
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
    values = st.integers(-9, 9) if dtype is np.int32 else st.sampled_from([-1.5, 0.0, np.nan, 7.0])
    return [draw(hnp.arrays(dtype, (length, n_channels), elements=values)) for length in lengths]


@settings(max_examples=60, deadline=None)
@given(tables=sequences(), more=st.integers(0, 3), as_given=st.booleans())
def test_windows_end_with_the_sequences_and_begin_with_nan(tables, more, as_given):
    length = max(map(len, tables)) + more
    windows = as_windows(iter(tables), None if as_given and not more else length)
    assert windows.shape == (len(tables), length, tables[0].shape[1])
    assert windows.dtype == (np.float32 if tables[0].dtype == np.float32 else np.float64)
    for window, table in zip(windows, tables, strict=True):
        for back in range(1, length + 1):
            is_there = back <= len(table)
            expected = table[-back] if is_there else np.full(table.shape[1], np.nan)
            np.testing.assert_array_equal(window[-back], expected)


def test_sequences_may_be_lists_series_and_frames():
    expected = np.array([[[1.0], [2.0]], [[np.nan], [3.0]]])
    for pair in (
        [[1, 2], [3]],
        [pd.Series([1, 2]), pd.Series([3.0], name="x")],
        [pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [3]})],
        [np.float32([1, 2]), np.float64([3])],
    ):
        windows = as_windows(pair)
        np.testing.assert_array_equal(windows, expected)
        assert windows.dtype == np.float64


@pytest.mark.parametrize(
    ("given_sequences", "length", "sentence"),
    [
        ([], None, ("sequences", "empty")),
        ([[1.0], [[1.0, 2.0]]], None, ("sequences[0]", "1 channel", "sequences[1]", "2")),
        ([[1.0], [1.0, 2.0, 3.0]], 2, ("sequences[1]", "3 steps", "window_length=2")),
        ([[1.0], []], None, ("sequences[1]", "empty")),
        ([[1.0], np.ones((2, 1, 1))], None, ("Found array with dim 3", "as_windows")),
        (
            [[1.0], [np.inf]],
            None,
            "Input sequences[1] contains infinity or a value too large for dtype('float64'). "
            "Replace infinity by NaN, which marks a missing value.",
        ),
        (
            [[1.0]],
            0,
            "The 'window_length' parameter of as_windows must be None or an int in the "
            "range [1, inf). Got 0 instead.",
        ),
    ],
    ids=["none", "channels", "long", "empty", "3-D", "infinity", "parameter"],
)
def test_what_is_no_sequence(given_sequences, length, sentence):
    fails(lambda: as_windows(given_sequences, length), sentence)


# What fit learns


@pytest.mark.parametrize("name", ["trained", "reader", "large"])
def test_parameters_are_counted_as_keras_counts_them(name, request):
    fitted = request.getfixturevalue(name)
    model = fitted.model_
    counts = [layer.count_params() for layer in layers_of(model) if layer.count_params()]
    first, *lines, last = (line.split() for line in fitted.summary_.splitlines())
    assert first == ["layer", "output", "parameters"]
    assert [int(line[-1].replace(",", "")) for line in lines if line[-1] != "0"] == counts
    assert last == ["total", f"{sum(counts):,}"]
    assert fitted.n_parameters_ == model.count_params() == sum(counts)


def test_layers_in_the_summary(reader):
    assert [line.split()[0] for line in reader.summary_.splitlines()] == [
        *("layer", "Embedding", "GRU", "Dense", "total")
    ]
    embedding, gru, dense = reader.summary_.splitlines()[1:-1]
    assert embedding.split(maxsplit=1)[1] == "(n, 4, 3)          12"
    assert gru.split()[1:3] == ["(n,", "4)"]
    assert dense.split()[1:3] == ["(n,", "3)"]


def test_fitted_attributes(trained, reader):
    assert set(trained.history_) == {"loss", "accuracy"}
    assert (trained.n_iter_, len(trained.loss_curve_)) == (30, 30)
    assert trained.loss_curve_[-1] < trained.loss_curve_[0] / 2
    assert (trained.n_outputs_, trained.n_features_in_, trained.n_channels_in_) == (1, 6, 2)
    assert (reader.n_outputs_, reader.n_features_in_, reader.n_channels_in_) == (1, 4, 1)


def test_a_pickle_is_small_and_opens_without_tensorflow(trained, tmp_path):
    stored = pickle.dumps(trained)
    assert len(stored) < 10_000
    path = tmp_path / "fitted.pickle"
    path.write_bytes(stored)
    code = (
        "import pickle, sys; from pathlib import Path; "
        "e = pickle.loads(Path(sys.argv[1]).read_bytes()); repr(e); e.classes_; e.n_parameters_; "
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    run_python(code, path)


# In scikit-learn's hands


def test_cross_validated_probabilities_are_those_of_the_folds(trained):
    folds = StratifiedKFold(3)
    probabilities = cross_val_predict(trained, X, Y, cv=folds, method="predict_proba")
    for train, test in folds.split(X, Y):
        fitted = copy.deepcopy(trained).fit(X[train], Y[train])
        np.testing.assert_array_equal(probabilities[test], fitted.predict_proba(X[test]))
    assert cross_val_score(trained, X, Y, cv=folds).mean() > 0.7


def test_cells_are_searched(trained):
    search = GridSearchCV(
        trained, {"cell": ["gru", "rnn"]}, cv=2, scoring="neg_log_loss", error_score="raise"
    ).fit(X, Y)
    scores = search.cv_results_["mean_test_score"]
    assert scores[0] != scores[1]
    assert search.best_estimator_.cell == search.best_params_["cell"]
    assert search.predict_proba(X).shape == (48, 3)


def test_networks_vote_and_are_calibrated(trained):
    seeds = [trained, copy.deepcopy(trained).set_params(random_state=1)]
    vote = VotingClassifier(list(zip("ab", seeds, strict=True)), voting="soft").fit(X, Y)
    each = [member.predict_proba(X) for member in vote.estimators_]
    np.testing.assert_allclose(vote.predict_proba(X), np.mean(each, axis=0), rtol=1e-12)
    assert not np.array_equal(*each)
    calibrated = CalibratedClassifierCV(trained, cv=2).fit(X, Y)
    assert calibrated.score(X, Y) > 0.7
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1, rtol=1e-6)


def test_frames_and_dicts_of_sequences():
    frame = pd.DataFrame({"id": [1, 1, 2], "x": [0.0, 1.0, 2.0]})
    fails(
        lambda: as_windows(frame),
        "DataFrame",
        "[part.drop(columns='id') for _, part in sequences.groupby('id')]",
    )
    fails(lambda: as_windows({"a": [1.0, 2.0]}), "dict", "list(sequences.values())")
    fails(
        lambda: as_windows(frame.groupby("id")), "sequences[0]", "[part for _, part in sequences]"
    )
    parts = [part.drop(columns="id") for _, part in frame.groupby("id")]
    np.testing.assert_array_equal(as_windows(parts)[:, :, 0], [[0, 1], [np.nan, 2]])


def test_labels_that_are_none():
    y = Y.astype(object)
    y[3:5] = None
    fails(lambda: small().fit(X, y), "y[3] is None", f"2 of {len(Y)}")


def test_ragged_sequences_need_as_windows():
    sentence = ("sequences", "skgru.as_windows", "NaN", 'missing="mask"')
    ragged = [[[1.0], [2.0]], [[3.0]]]
    fails(lambda: small().fit(ragged, ["a", "b"]), sentence)
    arrays = np.empty(2, object)
    arrays[:] = [np.ones((2, 1)), np.ones((1, 1))]
    fails(lambda: small().fit(arrays, ["a", "b"]), sentence)


def test_windows_left_out_of_fit_are_counted_in_a_warning():
    n = np.isnan(X).any(axis=(1, 2)).sum()
    sentence = (f"{n} of {len(X)} windows", "NaN", 'missing="mask"')
    with warns(*sentence):
        small(missing="skip", epochs=1).fit(X, Y)


def test_one_token_is_no_window():
    fails(lambda: of_tokens().fit(np.arange(9).reshape(-1, 1) % 3), "y is None", "SequenceWindower")


def test_numbers_are_no_sequences():
    fails(lambda: as_windows([1.0, 2.0]), "sequences[0] is 1.0", "[sequence]")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_with_columns_in_another_order_are_refused(library):
    frames = pytest.importorskip(library)
    first = frames.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    other = frames.DataFrame({"b": [3.0], "a": [1.0]})
    fails(lambda: as_windows([first, other]), "['a', 'b']", "sequences[1]", "['b', 'a']")
    sequences = [first, other]
    windows = as_windows([one[sequences[0].columns] for one in sequences])
    np.testing.assert_array_equal(windows[1, -1], [1, 3])
