"""Each parameter of GRURegressor does what it says; what fit learns; what a failed fit leaves."""

import pickle
import re
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import mean_pinball_loss, mean_poisson_deviance, r2_score

from skgru import GRURegressor, SequenceWindower
from skgru._engine.keras_model import build_network, initial_weights
from skgru._networks.base import auto_batch_size
from skgru._networks.scaling import fill_missing
from skgru._networks.split import last_rows
from tests.helpers import copy_of

WINDOW = 5


# The simplest cell compiles fastest. Where the cell matters, it is given.
def small(**changed):
    settings = {"cell": "rnn", "units": 4, "epochs": 2, "batch_size": 16, "random_state": 0}
    plain = {"learning_rate": 0.001, "highway": False}
    return GRURegressor(**(settings | plain | changed))


def make_series(n_rows=60, n_channels=1):
    noise = np.random.default_rng(0).normal(scale=0.1, size=(n_rows, n_channels))
    phase = np.arange(n_rows)[:, np.newaxis] / 3 + np.arange(n_channels)
    return np.sin(phase) + np.arange(n_channels) * 10 + noise


def windows_of(series):
    return SequenceWindower(WINDOW).fit_transform(series)


def supervised(series, horizon, channels):
    """Slow oracle: complete windows whose targets are known, and those targets, time-major."""
    windows, targets = [], []
    for t in range(WINDOW - 1, len(series) - horizon):
        window = series[t - WINDOW + 1 : t + 1]
        target = [series[t + k, channel] for k in range(1, horizon + 1) for channel in channels]
        if not np.isnan(window).any() and not np.isnan(target).any():
            windows.append(window)
            targets.append(target)
    return np.array(windows), np.array(targets)


def distance_trained(estimator):
    """How far each weight went from where its seed had put it."""
    initial = initial_weights(estimator._network, estimator.random_state)
    pairs = zip(initial, estimator.model_.get_weights(), strict=True)
    return max(np.abs(trained - start).max() for start, trained in pairs)


SERIES = make_series()
WINDOWS = windows_of(SERIES)
COMPLETE, TARGETS = supervised(SERIES, 1, [0])


@pytest.fixture(scope="module")
def plain():
    """Fitted on WINDOWS without y. Nobody refits it: take copy_of(plain) for that."""
    return small().fit(WINDOWS)


@pytest.fixture(scope="module")
def dropped():
    return small(dropout=0.5).fit(WINDOWS)


@pytest.fixture(scope="module")
def several():
    """Three channels, two rows ahead."""
    return small(horizon=2).fit(windows_of(make_series(n_channels=3)))


@pytest.fixture(scope="module")
def by_sgd():
    return small(optimizer="sgd", learning_rate=0.5).fit(WINDOWS)


@pytest.fixture(scope="module")
def by_mae():
    return small(loss="mae").fit(WINDOWS)


# Architecture


def layers_of(estimator):
    center, scale, *layers = estimator.model_.layers
    assert (center.name, scale.name) == ("center", "scale")
    return [(type(layer).__name__, getattr(layer, "units", None)) for layer in layers]


@pytest.mark.parametrize(
    ("changed", "layers"),
    [
        ({"units": (4, 3), "cell": "gru"}, [("GRU", 4), ("GRU", 3), ("Dense", 1)]),
        ({"units": np.array([3]), "cell": "lstm"}, [("LSTM", 3), ("Dense", 1)]),
    ],
)
def test_units_and_cell_make_the_layers(changed, layers):
    fitted = small(epochs=1, **changed).fit(WINDOWS)
    assert layers_of(fitted) == layers
    assert np.isfinite(fitted.predict(WINDOWS)).all()


def test_one_number_of_units_is_one_layer(plain):
    assert layers_of(plain) == [("SimpleRNN", 4), ("Dense", 1)]
    assert GRURegressor().cell == "gru"


def test_bidirectional_layers_and_a_dropout_after_each():
    fitted = small(units=(4, 3), bidirectional=True, dropout=0.5, epochs=1).fit(WINDOWS)
    layers = fitted.model_.layers[2:]  # after those that scale
    names = [type(layer).__name__ for layer in layers]
    assert names == ["Bidirectional", "Dropout", "Bidirectional", "Dropout", "Dense"]
    for layer, units in [(layers[0], 4), (layers[2], 3)]:
        forward, backward = layer.forward_layer, layer.backward_layer
        assert type(forward).__name__ == "SimpleRNN"
        assert (forward.units, backward.units) == (units, units)
        assert backward.go_backwards and not forward.go_backwards
        assert not np.array_equal(forward.get_weights()[0], backward.get_weights()[0])
    assert [layers[1].rate, layers[3].rate] == [0.5, 0.5]


@pytest.mark.parametrize("jit_compile", [True, False])
def test_the_highway_is_a_linear_path_beside_the_network(jit_compile):
    settings = {"highway": True, "dropout": 0.2, "horizon": 2, "jit_compile": jit_compile}
    settings["normalize_X"] = False
    fitted = small(**settings).fit(windows_of(make_series(n_channels=3)))
    complete, targets = supervised(make_series(n_channels=3), 2, [0, 1, 2])
    *path, linear = fitted._weights
    assert linear.shape == (WINDOW * 3, 6)
    assert np.abs(linear).max() > 1e-3
    initial = initial_weights(fitted._network, seed=0)
    assert not initial[-1].any()
    assert [w.shape for w in initial] == [w.shape for w in fitted.model_.get_weights()]
    recurrent = build_network(replace(fitted._network, highway=False))
    recurrent.set_weights(path)
    values = np.asarray(recurrent(complete)) + complete.reshape(-1, WINDOW * 3) @ linear
    expected = values * targets.std(axis=0) + targets.mean(axis=0)
    np.testing.assert_allclose(fitted.predict(complete), expected, atol=1e-5)
    np.testing.assert_allclose(fitted.keras_estimator_.predict(complete), expected, atol=1e-5)
    last = fitted.predict(complete)[-1].reshape(2, 3)
    np.testing.assert_allclose(fitted.forecast(2, complete), last, rtol=1e-5)
    warm = copy_of(fitted).set_params(warm_start=True).fit(windows_of(make_series(n_channels=3)))
    at_once = small(**settings | {"epochs": 4}).fit(windows_of(make_series(n_channels=3)))
    np.testing.assert_array_equal(warm.predict(complete), at_once.predict(complete))


def test_the_highway_helps_where_a_series_is_linear_in_its_past():
    # A sine is: x[t + 1] = 2 cos(1 / 3) x[t] - x[t - 1].
    fitted = small(highway=True, epochs=30, learning_rate=0.02).fit(WINDOWS)
    alone = small(epochs=30, learning_rate=0.02).fit(WINDOWS)
    assert fitted.loss_curve_[-1] < alone.loss_curve_[-1]


@pytest.mark.parametrize("highway", [False, True])
def test_output_initializer_says_where_the_network_starts(highway):
    settings = {"highway": highway, "learning_rate": 1e-12, "epochs": 1}
    zeros = small(output_initializer="zeros", **settings).fit(WINDOWS)
    np.testing.assert_allclose(zeros.predict(WINDOWS), TARGETS.mean(), rtol=1e-6)
    np.testing.assert_allclose(zeros.loss_curve_, 1, rtol=1e-5)
    drawn = small(**settings).fit(WINDOWS)
    assert drawn.predict(WINDOWS).std() > 1e-2
    # The recurrent layers start alike, and may be continued alike.
    np.testing.assert_allclose(zeros._weights[0], drawn._weights[0], atol=1e-8)
    drawn.set_params(output_initializer="zeros").partial_fit(WINDOWS)


def test_dropout_acts_in_training_and_not_in_predict(dropped, plain):
    assert dropped.loss_curve_[0] != plain.loss_curve_[0]  # the very first batch already
    model = dropped.model_
    quiet = np.asarray(model(COMPLETE, training=False))
    assert not np.allclose(quiet, model(COMPLETE, training=True))
    expected = quiet[:, 0] * TARGETS.std() + TARGETS.mean()
    np.testing.assert_allclose(dropped.predict(COMPLETE), expected, atol=1e-5)
    np.testing.assert_array_equal(dropped.predict(COMPLETE), dropped.predict(COMPLETE))


# Targets


def with_gaps():
    series = make_series()
    series[[20, 21, 40]] = np.nan
    return series


@pytest.mark.parametrize(
    ("series", "horizon", "target", "channels"),
    [
        (with_gaps(), 1, None, [0]),
        (make_series(n_channels=3), 2, [2, 0], [2, 0]),
        (make_series(n_channels=3), 1, 1, [1]),
    ],
    ids=["gaps", "two-of-three", "one-of-three"],
)
def test_self_targets_equal_the_same_targets_given_as_y(series, horizon, target, channels):
    windows = windows_of(series)
    alone = small(horizon=horizon, target=target).fit(windows)
    complete, y = supervised(series, horizon, channels)
    n_outputs = horizon * len(channels)
    given = small().fit(complete, y[:, 0] if n_outputs == 1 else y)
    predicted = alone.predict(windows)
    assert predicted.shape == ((len(series),) if n_outputs == 1 else (len(series), n_outputs))
    assert alone.n_outputs_ == n_outputs
    assert alone.loss_curve_ == given.loss_curve_
    np.testing.assert_array_equal(alone.predict(complete), given.predict(complete))
    known = predicted[WINDOW - 1 : -horizon]
    if not np.isnan(series).any():
        np.testing.assert_allclose(alone.score(windows), r2_score(y, known), rtol=1e-6)


def test_y_with_one_column_comes_back_with_one_column():
    fitted = small(epochs=1).fit(COMPLETE, TARGETS)
    assert TARGETS.shape == (55, 1)
    assert fitted.predict(COMPLETE).shape == (55, 1)


def test_normalize_y_predicts_in_the_units_of_y(plain):
    large = small().fit(COMPLETE, TARGETS[:, 0] * 1000 + 5000)
    expected = plain.predict(COMPLETE) * 1000 + 5000
    np.testing.assert_allclose(large.predict(COMPLETE), expected, rtol=1e-5)
    np.testing.assert_allclose(large.loss_curve_, plain.loss_curve_, rtol=1e-4)


def test_without_normalize_y_the_network_sees_y_itself():
    with pytest.warns(UserWarning, match="not learned the level of y"):
        raw = small(normalize_y=False).fit(COMPLETE, TARGETS[:, 0] * 1000 + 5000)
    predicted = raw.predict(COMPLETE)
    assert np.abs(predicted).max() < 10  # 8 steps of 0.001 can't reach 5000
    assert raw.loss_curve_[0] > 1e7
    np.testing.assert_allclose(raw.model_.predict(COMPLETE, verbose=0)[:, 0], predicted, atol=1e-6)


def test_a_constant_target_is_predicted_as_it_is():
    constant = small(epochs=1, learning_rate=1e-12).fit(COMPLETE, np.full(55, 7.0))
    assert constant.loss_curve_[0] < 2
    assert (constant.predict(COMPLETE) == 7).all()


# Quantiles

LEVELS = (0.1, 0.5, 0.9)


def noisy(n, seed):
    """Windows, and a target whose spread is that of the last value: median 2 x, sigma 0.1 + |x|."""
    generator = np.random.default_rng(seed)
    X = generator.uniform(-1, 1, (n, 3, 1))
    last = X[:, -1, 0]
    return X, 100 * (2 * last + (0.1 + np.abs(last)) * generator.normal(size=n))


@pytest.fixture(scope="module")
def quantiles():
    settings = {"units": 16, "epochs": 40, "batch_size": 64, "learning_rate": 0.01}
    return small(loss="pinball", quantiles=LEVELS, **settings).fit(*noisy(3000, 0))


def test_quantiles_cover_their_share(quantiles):
    X, y = noisy(2000, 1)
    predicted = quantiles.predict_quantiles(X)
    assert predicted.shape == (2000, 3)
    assert predicted.dtype == np.float64
    wide = np.abs(X[:, -1, 0]) > 0.5
    for rows in (wide, ~wide):
        below = (y[rows, np.newaxis] <= predicted[rows]).mean(axis=0)
        np.testing.assert_allclose(below, LEVELS, atol=0.05)
    width = predicted[:, 2] - predicted[:, 0]
    assert width[wide].mean() > 1.5 * width[~wide].mean()
    ignorant = np.quantile(noisy(3000, 0)[1], LEVELS)
    for k, level in enumerate(LEVELS):
        blind = mean_pinball_loss(y, np.full(len(y), ignorant[k]), alpha=level)
        assert mean_pinball_loss(y, predicted[:, k], alpha=level) < 0.7 * blind


def test_predict_and_score_give_the_median(quantiles):
    X, y = noisy(200, 1)
    np.testing.assert_array_equal(quantiles.predict(X), quantiles.predict_quantiles(X)[:, 1])
    assert quantiles.score(X, y) == r2_score(y, quantiles.predict(X))
    np.testing.assert_allclose(
        quantiles.keras_estimator_.predict(X), quantiles.predict(X), rtol=1e-4, atol=1e-3
    )
    np.testing.assert_array_equal(copy_of(quantiles).predict(X), quantiles.predict(X))
    assert quantiles.model_.predict(X, verbose=0).shape == (200, 3)


def test_quantiles_never_cross():
    levels = np.linspace(0.1, 0.9, 9)  # hardly trained: without sorting they do cross
    settings = {"loss": "pinball", "quantiles": levels, "horizon": 2, "epochs": 1}
    fitted = small(**settings).fit(windows_of(make_series(n_channels=3)))
    complete, targets = supervised(make_series(n_channels=3), 2, [0, 1, 2])
    raw = fitted.model_.predict(complete, verbose=0).reshape(-1, 6, 9)
    assert (np.diff(raw, axis=-1) < 0).any()
    predicted = fitted.predict_quantiles(complete)
    assert predicted.shape == (len(complete), 6, 9)
    assert (np.diff(predicted, axis=-1) >= 0).all()
    expected = np.sort(raw, axis=-1) * targets.std(axis=0)[:, None] + targets.mean(axis=0)[:, None]
    np.testing.assert_allclose(predicted, expected, atol=1e-5)
    assert fitted.n_outputs_ == 6
    np.testing.assert_array_equal(fitted.predict(complete), predicted[:, :, 4])


@pytest.mark.parametrize("jit_compile", [True, False])
def test_a_forecast_rolls_on_the_medians(jit_compile):
    windows = windows_of(make_series(n_channels=2))
    settings = {"loss": "pinball", "quantiles": LEVELS, "horizon": 2, "jit_compile": jit_compile}
    fitted = small(**settings).fit(windows)
    first = fitted.predict(windows)[-1].reshape(2, 2)
    then = fitted.predict(np.concatenate([windows[-1], first])[np.newaxis, -WINDOW:])
    expected = np.concatenate([first, then.reshape(2, 2)])
    np.testing.assert_allclose(fitted.forecast(4, windows), expected, rtol=1e-5)


def test_the_pinball_loss_is_weighted_and_kept_best():
    settings = {"loss": "pinball", "quantiles": LEVELS, "normalize_y": False, "epochs": 3}
    weight = np.linspace(0.5, 2, 55)
    fitted = small(early_stopping=True, validation_fraction=0.2, **settings)
    fitted.fit(COMPLETE, TARGETS, sample_weight=weight)
    raw = fitted.model_.predict(COMPLETE[44:], verbose=0)
    losses = [
        mean_pinball_loss(TARGETS[44:, 0], raw[:, k], alpha=level, sample_weight=weight[44:])
        for k, level in enumerate(LEVELS)
    ]
    np.testing.assert_allclose(np.mean(losses), min(fitted.history_["val_loss"]), rtol=1e-5)


def test_predict_quantiles_is_there_with_quantiles(plain, quantiles):
    assert not hasattr(small(), "predict_quantiles")
    assert hasattr(small(loss="pinball", quantiles=LEVELS), "predict_quantiles")
    assert not hasattr(copy_of(plain).set_params(quantiles=LEVELS), "predict_quantiles")
    assert hasattr(copy_of(quantiles).set_params(quantiles=None), "predict_quantiles")


# Loss and optimiser


@pytest.mark.parametrize("kind", ["object", "keras function", "own function"])
def test_a_loss_may_be_a_name_an_object_or_a_function(kind, by_mae, plain):
    loss = {
        "object": keras.losses.MeanAbsoluteError(),
        "keras function": keras.losses.mean_absolute_error,
        "own function": lambda y, predicted: keras.ops.mean(keras.ops.abs(y - predicted), axis=-1),
    }[kind]
    fitted = small(loss=loss).fit(WINDOWS)
    np.testing.assert_allclose(fitted.loss_curve_, by_mae.loss_curve_, rtol=1e-6)
    np.testing.assert_allclose(fitted.predict(WINDOWS), by_mae.predict(WINDOWS), atol=1e-6)
    assert not np.allclose(by_mae.predict(WINDOWS), plain.predict(WINDOWS), atol=1e-6)
    if kind == "object":
        assert loss.reduction == "sum_over_batch_size"  # ours is another object


def test_the_first_loss_is_that_of_the_initial_network():
    fitted = small(loss="mae", epochs=1, batch_size=100).fit(WINDOWS)
    network = fitted.model_
    network.set_weights(initial_weights(fitted._network, seed=0))
    initial = network(COMPLETE)
    normalised = (TARGETS - TARGETS.mean()) / TARGETS.std()
    expected = np.abs(normalised - np.asarray(initial)).mean()
    np.testing.assert_allclose(fitted.loss_curve_, [expected], rtol=1e-5)


def test_an_optimizer_object_brings_its_own_learning_rate():
    own = keras.optimizers.Adam(0.05)
    given = small(optimizer=own, learning_rate=1e-9).fit(WINDOWS)
    named = small(optimizer="adam", learning_rate=0.05).fit(WINDOWS)
    np.testing.assert_array_equal(given.predict(WINDOWS), named.predict(WINDOWS))
    assert not own.built
    assert given.optimizer is own
    cloned = clone(given).fit(WINDOWS)
    assert cloned.optimizer is not own
    np.testing.assert_array_equal(cloned.predict(WINDOWS), named.predict(WINDOWS))
    np.testing.assert_array_equal(copy_of(given).predict(WINDOWS), named.predict(WINDOWS))


def test_optimizer_and_learning_rate_change_the_steps(by_sgd, plain):
    slow = small(learning_rate=1e-6).fit(WINDOWS)
    # Adam moves a weight by about its learning rate in each of the 8 steps.
    assert 0 < distance_trained(slow) < 2e-5
    assert 1e-3 < distance_trained(plain) < 2e-2
    assert type(by_sgd.model_.optimizer).__name__ == "SGD"
    assert distance_trained(by_sgd) > 0.1


def test_clipnorm_bounds_the_steps(by_sgd):
    clipped = clone(by_sgd).set_params(clipnorm=1e-4).fit(WINDOWS)
    # 8 steps of at most learning_rate * clipnorm = 5e-5
    assert 0 < distance_trained(clipped) < 5e-4


# Epochs, batches, order


def test_epochs_and_batch_size_give_the_number_of_steps(plain):
    assert int(plain.model_.optimizer.iterations) == 2 * 4  # ceil(55 / 16) = 4
    automatic = small(batch_size="auto", epochs=1).fit(WINDOWS)
    assert int(automatic.model_.optimizer.iterations) == 28  # 55 // 16 = 3, so batches of 2


@pytest.mark.parametrize(
    ("n_windows", "batch_size"),
    [
        (1, 1),
        (2, 2),
        (31, 2),
        (64, 4),
        (200, 8),
        (256, 16),
        (511, 16),
        (512, 32),
        (100_000, 32),
        (1_000_000, 128),
    ],
)
def test_auto_batch_size(n_windows, batch_size):
    assert auto_batch_size(n_windows) == batch_size


def test_shuffle_changes_the_order_only(plain):
    ordered = small(shuffle=False).fit(WINDOWS)
    assert ordered.loss_curve_ != plain.loss_curve_
    np.testing.assert_allclose(ordered.loss_curve_, plain.loss_curve_, rtol=0.05)


def test_random_state_changes_the_network_and_nothing_is_printed(plain, capfd):
    other = small(random_state=1).fit(WINDOWS)
    assert not np.allclose(other.predict(WINDOWS), plain.predict(WINDOWS))
    assert capfd.readouterr() == ("", "")


def test_verbose_prints_a_line_an_epoch(capfd):
    small(verbose=1, early_stopping=True).fit(WINDOWS)
    printed = capfd.readouterr()
    lines = printed.out.splitlines()
    number = r"\d[\d.e+-]*"
    assert len(lines) == 2
    for epoch, line in enumerate(lines, start=1):
        logs = f"Epoch {epoch}/2 - loss: {number} - val_loss: {number}"
        assert re.fullmatch(f"{logs}(, .+ left)?", line)
    assert printed.err == ""


def test_jit_compile_changes_the_speed_only(plain):
    stock = small(jit_compile=False).fit(WINDOWS)
    np.testing.assert_allclose(stock.predict(WINDOWS), plain.predict(WINDOWS), atol=1e-5)


# Early stopping


@pytest.mark.parametrize("patience", [1, 3])
def test_tol_and_n_iter_no_change_say_when_to_stop(patience):
    fitted = small(epochs=20, early_stopping=True, tol=1e3, n_iter_no_change=patience)
    fitted.fit(WINDOWS)
    # The first epoch improves on nothing at all; no later one by 1000.
    assert fitted.n_iter_ == len(fitted.history_["val_loss"]) == 1 + patience


def test_early_stopping_keeps_the_best_network_on_the_last_windows():
    settings = {"learning_rate": 0.5, "epochs": 30, "n_iter_no_change": 4, "tol": 0.0}
    fitted = small(early_stopping=True, validation_fraction=0.2, **settings).fit(WINDOWS)
    losses = fitted.history_["val_loss"]
    assert np.argmin(losses) < len(losses) - 1  # else this test proves nothing
    mean, scale = TARGETS[:44].mean(), TARGETS[:44].std()  # 11 of 55 windows are kept out
    expected = (TARGETS[44:] - mean) / scale
    loss = fitted.model_.evaluate(COMPLETE[44:], expected, verbose=0)
    np.testing.assert_allclose(loss, min(losses), rtol=1e-5)
    predicted = (fitted.predict(COMPLETE[44:]) - mean) / scale
    np.testing.assert_allclose(np.mean((predicted - expected[:, 0]) ** 2), min(losses), rtol=1e-5)


@pytest.mark.parametrize("horizon", [1, 3])
def test_no_row_is_a_target_in_training_and_in_validation(horizon):
    n_usable = len(SERIES) - WINDOW + 1 - horizon
    first = WINDOW - 1 + n_usable - int(np.ceil(0.2 * n_usable))  # first window of validation
    histories = []
    for spike_at in (None, first, first + 1):  # then the last row of training, the first kept out
        series = SERIES.copy()
        if spike_at is not None:
            series[spike_at] += 50
        settings = {"early_stopping": True, "validation_fraction": 0.2, "horizon": horizon}
        histories.append(small(epochs=1, **settings).fit(windows_of(series)).history_)
    untouched, in_training, in_validation = histories
    assert in_training["loss"] != untouched["loss"]
    assert in_validation["loss"] == untouched["loss"]
    assert in_validation["val_loss"][0] > 10 * untouched["val_loss"][0]


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.37, 0.8])
@pytest.mark.parametrize("reach", [1, 2, 5])
def test_the_split_drops_no_more_than_it_must(fraction, reach):
    generator = np.random.default_rng(0)
    for n_rows in (12, 40, 41):
        rows = np.sort(generator.choice(60, n_rows, replace=False))
        n_validation = max(1, int(np.ceil(fraction * n_rows)))
        training, validation = last_rows(rows, n_validation, reach)
        assert len(validation) == n_validation and validation[-1] == n_rows - 1
        if not len(training):
            continue
        first = rows[validation[0]]
        # The last target of training against the first of validation.
        assert rows[training[-1]] + reach < first + 1
        n_dropped = n_rows - len(training) - n_validation
        assert n_dropped == sum(first - reach < row < first for row in rows)


# Training in several goes


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_training_can_be_resumed_bitwise(dropout):
    at_once = small(dropout=dropout, epochs=4).fit(WINDOWS)
    begun = small(dropout=dropout, epochs=2).fit(WINDOWS)
    warm = copy_of(begun).set_params(warm_start=True).fit(WINDOWS)
    by_epochs = copy_of(begun).partial_fit(WINDOWS).partial_fit(WINDOWS)
    for resumed in (warm, by_epochs):
        np.testing.assert_array_equal(resumed.predict(WINDOWS), at_once.predict(WINDOWS))
        assert resumed.loss_curve_ == at_once.loss_curve_
        assert resumed.n_iter_ == 4


def test_partial_fit_begins_a_network_with_one_epoch(plain):
    begun = small().partial_fit(WINDOWS)
    assert begun.loss_curve_ == plain.loss_curve_[:1]


def test_fit_without_warm_start_begins_again(plain):
    again = copy_of(plain).fit(WINDOWS)
    assert again.n_iter_ == 2
    np.testing.assert_array_equal(again.predict(WINDOWS), plain.predict(WINDOWS))


# Callbacks


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True


class Interrupt(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


def test_a_single_callback_sees_each_epoch_and_stays_as_it_was(plain):
    seen = []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"]))
    )
    before = dict(vars(callback))
    watched = small(callbacks=callback).fit(WINDOWS)
    assert seen == list(enumerate(watched.loss_curve_))
    assert vars(callback) == before
    np.testing.assert_array_equal(watched.predict(WINDOWS), plain.predict(WINDOWS))


def test_a_callback_in_a_list_can_stop_training(plain):
    seen = []
    recorder = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: seen.append(epoch))
    callbacks = [recorder, Stop()]
    stopped = small(epochs=9, callbacks=callbacks).fit(WINDOWS)
    assert seen == [0]
    assert stopped.loss_curve_ == plain.loss_curve_[:1]
    assert stopped.callbacks is callbacks
    assert callbacks[1].model is None


# Sample weights


def full_batch():
    return small(epochs=1, batch_size=1000, shuffle=False, optimizer="sgd", learning_rate=0.1)


@pytest.mark.parametrize("normalize_y", [True, False])
def test_a_weight_of_two_is_the_row_twice(normalize_y):
    weight = np.ones(55)
    weight[:10] = 4
    weight[17] = 3
    counts = weight.astype(int)
    weighted = full_batch().set_params(normalize_y=normalize_y)
    weighted.fit(COMPLETE, TARGETS, sample_weight=weight)
    repeated = full_batch().set_params(normalize_y=normalize_y)
    repeated.fit(COMPLETE.repeat(counts, axis=0), TARGETS.repeat(counts, axis=0))
    np.testing.assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=1e-6)
    for ours, theirs in zip(
        weighted.model_.get_weights(), repeated.model_.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    weights_matter = abs(weighted.loss_curve_[0] - full_batch_loss(normalize_y))
    assert weights_matter > 1e-4 * weighted.loss_curve_[0]


def full_batch_loss(normalize_y):
    return full_batch().set_params(normalize_y=normalize_y).fit(COMPLETE, TARGETS).loss_curve_[0]


def test_windows_of_weight_zero_are_dropped():
    weight = np.full(60, 1.5)
    weight[[10, 30, 31]] = 0
    weighted = small().fit(WINDOWS, sample_weight=weight)
    kept = weight[4:-1] > 0
    without = small().fit(COMPLETE[kept], TARGETS[kept, 0], sample_weight=np.full(52, 1.5))
    np.testing.assert_array_equal(weighted.predict(WINDOWS), without.predict(WINDOWS))
    assert weighted.loss_curve_ == without.loss_curve_


def test_score_takes_sample_weight(plain):
    weight = np.linspace(0, 2, 60)
    predicted = plain.predict(WINDOWS)[4:-1]
    expected = r2_score(TARGETS[:, 0], predicted, sample_weight=weight[4:-1])
    np.testing.assert_allclose(plain.score(WINDOWS, sample_weight=weight), expected, rtol=1e-6)
    assert expected != plain.score(WINDOWS)


# Missing steps


def filled_slowly(window, means):
    """One window (window_length, n_channels), step by step."""
    filled = window.copy()
    for channel in range(window.shape[1]):
        last = np.nan
        for step in range(len(window)):
            last = window[step, channel] if not np.isnan(window[step, channel]) else last
            filled[step, channel] = last
        for step in reversed(range(len(window) - 1)):
            if np.isnan(filled[step, channel]):
                filled[step, channel] = filled[step + 1, channel]
        if np.isnan(filled[-1, channel]):
            filled[:, channel] = means[channel]
    return filled


def windows_with_holes(share):
    generator = np.random.default_rng(1)
    windows = generator.normal(size=(200, WINDOW, 3))
    windows[generator.random(windows.shape) < share] = np.nan
    windows[0] = np.nan
    return windows


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.95])
def test_missing_steps_are_filled_as_a_slow_loop_does(share):
    windows = windows_with_holes(share)
    means = np.array([1.0, 2.0, 3.0])
    expected = np.array([filled_slowly(window, means) for window in windows])
    np.testing.assert_array_equal(fill_missing(windows.copy(), means), expected)


def test_predict_fills_missing_steps_with_training_means(several):
    complete, _ = supervised(make_series(n_channels=3), 2, [0, 1, 2])
    means = complete.mean(axis=(0, 1))
    windows = windows_with_holes(0.7)
    filled = np.array([filled_slowly(window, means) for window in windows])
    predicted = several.predict(windows)
    assert np.isfinite(predicted).all()
    np.testing.assert_allclose(predicted, several.predict(filled), atol=1e-6)


# What fit learns


def test_fitted_attributes(plain, several):
    assert set(plain.history_) == {"loss"}
    assert plain.loss_curve_ == plain.history_["loss"]
    assert all(type(loss) is float for loss in plain.loss_curve_)
    assert (plain.n_iter_, len(plain.loss_curve_)) == (2, 2)
    assert (plain.n_outputs_, plain.n_features_in_, plain.n_channels_in_) == (1, WINDOW, 1)
    assert (several.n_outputs_, several.n_features_in_, several.n_channels_in_) == (6, WINDOW, 3)


def test_the_loss_falls():
    trained = small(units=8, epochs=30, learning_rate=0.02).fit(WINDOWS)
    assert trained.loss_curve_[-1] < trained.loss_curve_[0] / 2
    assert trained.score(WINDOWS) > 0.8


def test_model_predicts_in_normalised_units(several):
    complete, targets = supervised(make_series(n_channels=3), 2, [0, 1, 2])
    outputs = several.model_.predict(complete, verbose=0)
    expected = outputs * targets.std(axis=0) + targets.mean(axis=0)
    np.testing.assert_allclose(several.predict(complete), expected, atol=1e-5)


# Keras 3.15 saves by np.array(variable), and TensorFlow's variables lack numpy 2's copy keyword: a
# plain keras.Sequential warns too. This can go when either has mended it.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
@pytest.mark.parametrize(
    "changed",
    [
        {"loss": "huber", "highway": True, "output_initializer": "zeros"},
        {"loss": keras.losses.Huber(delta=0.5)},
        {"loss": "pinball", "quantiles": (0.1, 0.5), "highway": True},
    ],
    ids=["name", "object", "quantiles"],
)
def test_a_saved_model_opens_without_skgru(changed, tmp_path):
    fitted = small(dropout=0.1, epochs=1, **changed).fit(WINDOWS)
    model = fitted.model_
    model.save(tmp_path / "network.keras")
    config = zipfile.ZipFile(tmp_path / "network.keras").read("config.json").decode()
    assert "skgru" not in config
    opened = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        opened.predict(COMPLETE, verbose=0), model.predict(COMPLETE, verbose=0)
    )
    assert int(opened.optimizer.iterations) == 4


def test_keras_estimator_predicts_in_the_units_of_y(plain, several):
    predicted = plain.keras_estimator_.predict(COMPLETE)
    np.testing.assert_allclose(predicted, plain.predict(COMPLETE), atol=1e-6)
    flat = plain.keras_estimator_.predict(COMPLETE[:, :, 0])
    np.testing.assert_array_equal(flat, predicted)
    complete, _ = supervised(make_series(n_channels=3), 2, [0, 1, 2])
    ours, theirs = several.predict(complete), several.keras_estimator_.predict(complete)
    np.testing.assert_allclose(theirs, ours, rtol=1e-5, atol=1e-6)


def test_a_pickle_predicts_bitwise_the_same_and_is_small(plain):
    stored = pickle.dumps(plain)
    assert len(stored) < 20_000
    np.testing.assert_array_equal(pickle.loads(stored).predict(WINDOWS), plain.predict(WINDOWS))


def test_row_by_row_equals_all_at_once(several):
    windows = windows_of(make_series(300, 3))  # more than one block of rows
    by_row = np.concatenate([several.predict(windows[t : t + 1]) for t in range(len(windows))])
    np.testing.assert_allclose(by_row, several.predict(windows), atol=1e-6)


# Forecasts


def test_a_forecast_of_one_horizon_is_the_last_prediction(several, plain):
    windows = windows_of(make_series(n_channels=3))
    last = several.predict(windows)[-1].reshape(2, 3)
    np.testing.assert_allclose(several.forecast(2, windows), last, rtol=1e-6)
    assert plain.forecast(1, WINDOWS).shape == (1, 1)
    np.testing.assert_allclose(plain.forecast(1, WINDOWS)[0, 0], plain.predict(WINDOWS)[-1], 1e-6)


@pytest.mark.parametrize("steps", [1, 5, 12])
def test_a_forecast_equals_a_slow_recursion_over_predict(several, steps):
    windows = windows_of(make_series(n_channels=3))
    window, expected = windows[-1], np.empty((0, 3))
    while len(expected) < steps:
        ahead = several.predict(window[np.newaxis])[0].reshape(2, 3)
        expected = np.concatenate([expected, ahead])
        window = np.concatenate([window, ahead])[-WINDOW:]
    rolled = several.forecast(steps, windows)
    assert rolled.dtype == np.float64
    np.testing.assert_allclose(rolled, expected[:steps], rtol=1e-5)


def test_a_forecast_takes_its_arguments_as_the_forecaster_does(plain):
    expected = plain.forecast(3, WINDOWS)
    np.testing.assert_array_equal(plain.forecast(X=WINDOWS, steps=3), expected)
    np.testing.assert_array_equal(plain.forecast(np.int64(3), WINDOWS), expected)
    former = (
        lambda: plain.forecast(WINDOWS, 3),
        lambda: plain.forecast(WINDOWS, steps=3),
        lambda: plain.forecast(WINDOWS.tolist(), np.int64(3)),
    )
    for call in former:
        with pytest.warns(FutureWarning, match=r"forecast\(steps, X\)"):
            np.testing.assert_array_equal(call(), expected)


def test_a_forecast_fills_missing_steps_first(plain):
    holes = WINDOWS[-1:].copy()
    holes[0, [0, 3], 0] = np.nan
    filled = filled_slowly(holes[0], [np.nan])[np.newaxis]
    np.testing.assert_array_equal(plain.forecast(3, holes), plain.forecast(3, filled))


# Failures


@pytest.mark.parametrize(
    ("changed", "y", "error"),
    [
        ({"optimizer": "sgd", "learning_rate": 1e30}, None, ValueError),
        ({}, np.r_[np.nan, np.zeros(59)], ValueError),
        ({"callbacks": Interrupt()}, None, KeyboardInterrupt),
        ({"units": (8, 0)}, None, ValueError),
    ],
    ids=["diverges", "NaN in y", "interrupted", "bad units"],
)
def test_a_failed_refit_leaves_the_earlier_network(plain, changed, y, error):
    refitted = copy_of(plain).set_params(**changed)
    with pytest.raises(error):
        refitted.fit(WINDOWS, y)
    learned = {name for name in vars(plain) if name not in plain.get_params()}
    assert {name for name in vars(refitted) if name not in plain.get_params()} == learned
    assert refitted.history_ == plain.history_
    np.testing.assert_array_equal(refitted.predict(WINDOWS), plain.predict(WINDOWS))


def test_an_interrupted_first_fit_leaves_nothing():
    estimator = small(callbacks=Interrupt())
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(WINDOWS)
    assert set(vars(estimator)) == set(estimator.get_params())


def test_divergence_names_the_epoch_and_the_remedy():
    message = (
        r"Training diverged in epoch 1: the loss or the weights are not finite. Use a "
        r"smaller learning_rate \(it is 1e\+30\), set clipnorm=1.0"
    )
    with pytest.raises(ValueError, match=message):
        small(optimizer="sgd", learning_rate=1e30).fit(WINDOWS)


def test_too_few_windows_for_the_horizon_are_named():
    windows = SequenceWindower(3, padding="edge").fit_transform(SERIES[:4])
    message = "horizon=5 needs at least 6 windows, but X has 4"
    with pytest.raises(ValueError, match=message):
        small(horizon=5).fit(windows)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_infinity_is_refused_in_every_float_type(dtype):
    windows = COMPLETE.astype(dtype)
    windows[7, 2] = np.inf
    with pytest.raises(ValueError, match="Input X contains infinity"):
        small().fit(windows, TARGETS)


# Targets that are constant, and targets that are not standardised

RNG = np.random.default_rng(0)
DRAWN = RNG.normal(size=(120, 6, 1))
SUMS = DRAWN.sum(axis=1)[:, 0]


@pytest.mark.parametrize("value", [0.0, 1e-6, 1.0, -3e9])
@pytest.mark.parametrize("seed", range(3))
def test_constant_targets_of_any_size(value, seed):
    y = np.column_stack([SUMS, np.full(120, value)])
    fitted = GRURegressor(random_state=seed).fit(DRAWN, y)
    assert (fitted.predict(DRAWN[:9])[:, 1] == value).all()
    assert r2_score(SUMS, fitted.predict(DRAWN)[:, 0]) > 0.95
    alone = GRURegressor(random_state=seed, epochs=2).fit(DRAWN, y[:, 1])
    assert (alone.predict(DRAWN[:9]) == value).all()
    assert (alone.keras_estimator_.predict(DRAWN[:9]) == value).all()


@pytest.mark.parametrize("first", [1, 10])
@pytest.mark.parametrize("unit", [1e-6, 1000.0])
def test_a_first_call_of_one_row_does_not_fix_the_scale(first, unit):
    y = unit * SUMS
    online = GRURegressor(random_state=0).partial_fit(DRAWN[:first], y[:first])
    assert first > 1 or (online.predict(DRAWN[:3]) == y[0]).all()
    for _ in range(20):
        for start in range(0, 120, 10):
            online.partial_fit(DRAWN[start : start + 10], y[start : start + 10])
    assert online.score(DRAWN, y) > 0.95


def test_batches_of_one_row_show_the_scale_too():
    online = GRURegressor(random_state=0)
    for _ in range(5):
        for one in range(120):
            online.partial_fit(DRAWN[one : one + 1], 1000 * SUMS[one : one + 1])
    assert online.score(DRAWN, 1000 * SUMS) > 0.9


@pytest.mark.parametrize("loss", ["mean_squared_error", "msle", "mape"])
def test_a_level_that_is_not_learned_brings_a_warning(loss):
    y = np.abs(100 * SUMS) + 1000
    with pytest.warns(UserWarning, match=r"not learned the level of y.*normalize_y=True.*size"):
        GRURegressor(normalize_y=False, loss=loss, random_state=0).fit(DRAWN, y)
    GRURegressor(normalize_y=False, loss=loss, random_state=0).fit(DRAWN, y / y.std() / 10)


def test_each_output_has_its_level():
    y = np.column_stack([SUMS, np.abs(100 * SUMS) + 2000])
    with pytest.warns(UserWarning, match=r"not learned the level of y.* y is 2\.\d+e\+03"):
        GRURegressor(normalize_y=False, random_state=0).fit(DRAWN, y)


def test_the_logarithm_instead_of_a_loss_for_positive_targets():
    counts = RNG.poisson(np.exp(0.4 * SUMS + 0.5)).astype(float)
    fitted = TransformedTargetRegressor(
        GRURegressor(random_state=0), func=np.log1p, inverse_func=np.expm1
    ).fit(DRAWN, counts)
    predicted = np.maximum(fitted.predict(DRAWN), 1e-3)
    constant = np.full(120, counts.mean())
    assert mean_poisson_deviance(counts, predicted) < 0.7 * mean_poisson_deviance(counts, constant)


def test_early_stopping_with_windows_too_few_for_it():
    with pytest.raises(ValueError, match=r"1 usable window\. Set early_stopping=False"):
        GRURegressor(early_stopping=True).fit(DRAWN[:1], SUMS[:1])
    GRURegressor(early_stopping=False, epochs=2).fit(DRAWN[:1], SUMS[:1])
    few = GRURegressor(early_stopping=True, epochs=2, validation_fraction=0.9)
    with pytest.raises(ValueError, match=r"4 usable windows\. Use a smaller validation_fraction"):
        few.fit(COMPLETE[:4], SUMS[:4])
    few.set_params(validation_fraction=0.2).fit(COMPLETE[:4], SUMS[:4])


def test_a_share_is_no_validation_data():
    with pytest.raises(ValueError, match=r"but is 0\.2.*early_stopping=True.*fraction=0\.2"):
        GRURegressor().fit(DRAWN, SUMS, validation_data=0.2)
    GRURegressor(early_stopping=True, validation_fraction=0.2, epochs=2).fit(DRAWN, SUMS)
