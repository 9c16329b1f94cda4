"""Compiled training and inference against stock Keras: the same numbers, whatever the options."""

import copy
import json
import pickle
import re
import threading
from textwrap import dedent

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.base import clone
from sklearn.metrics import mean_pinball_loss

from skgru import GRURegressor, SequenceWindower
from skgru._dataset import WindowDataset
from skgru._engine import compiled_inference, compiled_trainer, training_program
from skgru._engine.forward_and_gradients import apply_network
from skgru._engine.keras_callbacks import needs_batch_hooks
from skgru._engine.keras_model import build_network, initial_weights
from skgru._engine.losses import make_loss
from skgru._engine.optimizers import SUPPORTED, Parts, joined_vector
from skgru._specs import NetworkSpec
from tests.helpers import run_python, warns

EPOCHS = 5


def make_series(n=90, n_channels=2):
    steps = np.arange(n)[:, np.newaxis]
    return np.sin(steps / np.linspace(3, 7, n_channels)) + 0.01 * steps


WINDOWS = SequenceWindower(6).fit_transform(make_series())


# The simplest cell compiles fastest. Where the cell matters, it is given.
def regressor(**parameters):
    small = {"cell": "rnn", "units": 4, "epochs": EPOCHS, "batch_size": 16, "random_state": 0}
    return GRURegressor(**small | {"learning_rate": 0.01} | parameters)


def largest_difference(one, other):
    return max(np.abs(a - b).max() for a, b in zip(one._weights, other._weights, strict=True))


PINBALL = {"loss": "pinball", "quantiles": (0.1, 0.5, 0.8, 0.9)}
# Each cell, and layers in a row or in both directions, alone: networks/test_keras_equality.py.
OPTIONS = {
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm", "clipnorm": 0.05, "shuffle": False},
    "one batch": {"batch_size": 500, "normalize_y": False, "loss": "mean_absolute_error"},
    "stacked bidirectional lstm": {
        **{"cell": "lstm", "units": (4, 3), "bidirectional": True},
        **{"horizon": 3, "target": [1]},
    },
    "highway stacked bidirectional": {
        "cell": "gru",
        "units": (4, 3),
        "bidirectional": True,
        "highway": True,
    },
    "highway horizon": {"highway": True, "horizon": 3, "target": [1], "batch_size": 1, "epochs": 2},
    "pinball early stopping": {
        **PINBALL,
        "horizon": 2,
        "highway": True,
        "early_stopping": True,
        "normalize_y": False,
    },
    "early stopping": {
        **{"early_stopping": True, "n_iter_no_change": 2, "validation_fraction": 0.2},
        "loss": keras.losses.Huber(0.5),
    },
    "function": {"loss": lambda y, p: keras.ops.mean(keras.ops.abs(y - p) ** 1.5, axis=-1)},
    "schedule": {
        "optimizer": keras.optimizers.Adam(
            keras.optimizers.schedules.ExponentialDecay(0.05, decay_steps=5, decay_rate=0.5)
        )
    },
    "weight decay": {"optimizer": keras.optimizers.AdamW(0.01, weight_decay=0.1)},
    # Not with Adam: after an output of zeros its first steps divide rounding errors by each other.
    "momentum": {
        "optimizer": keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
        **{"highway": True, "output_initializer": "zeros"},
    },
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_compiled_training_equals_stock_training(options):
    weight = np.linspace(0.5, 2, len(WINDOWS))
    one = regressor(**options).fit(WINDOWS, sample_weight=weight)
    other = regressor(**options, jit_compile=False).fit(WINDOWS, sample_weight=weight)
    assert largest_difference(one, other) < 1e-4
    assert one.history_.keys() == other.history_.keys()
    for name, values in one.history_.items():
        np.testing.assert_allclose(values, other.history_[name], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("optimizer", [cls.__name__.lower() for cls in SUPPORTED])
def test_each_supported_optimizer_equals_stock_training(optimizer):
    # `stateless.py` reaches into Keras: this says so when Keras changes.
    one = regressor(optimizer=optimizer).fit(WINDOWS)
    other = regressor(optimizer=optimizer, jit_compile=False).fit(WINDOWS)
    assert largest_difference(one, other) < 1e-4


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("highway", [False, True])
def test_networks_compute_what_keras_layers_compute(cell, bidirectional, highway):
    spec = NetworkSpec(cell, (5, 4), bidirectional, 0.0, 7, 3, 2, highway)
    weights = initial_weights(spec, 3)
    weights = [w + 0.1 * np.random.default_rng(0).normal(size=w.shape) for w in weights]
    weights = [w.astype(np.float32) for w in weights]
    model = build_network(spec)
    model.set_weights(weights)
    X = np.random.default_rng(1).normal(size=(11, 7, 3)).astype(np.float32)
    ours, _ = apply_network(spec, weights, X)
    np.testing.assert_allclose(ours, model(X), atol=1e-6)


# Short rows are kept flat, long ones are not; 3 * 16 gates need no padding, 3 * 5 do.
@pytest.mark.parametrize("n_rows", [1, 11, 80])
@pytest.mark.parametrize("n_channels", [1, 3])
@pytest.mark.parametrize(
    "options", [("gru", (16,)), ("gru", (5, 4)), ("lstm", (5,)), ("rnn", (16,))]
)
def test_both_forms_of_a_layer_give_the_same_and_gradients_equal_automatic_ones(
    options, n_channels, n_rows
):
    spec = NetworkSpec(*options, False, 0.0, 6, n_channels, 2)
    generator = np.random.default_rng(0)
    weights = [w + 0.1 * generator.normal(size=w.shape) for w in initial_weights(spec, 3)]
    weights = [tf.constant(w, tf.float32) for w in weights]
    X = generator.normal(size=(n_rows, 6, n_channels)).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(weights)
        applied, _ = apply_network(spec, weights, X)
        total = tf.reduce_sum(applied**2)
    values, gradient = apply_network(spec, weights, X, lambda layer, shape: None)
    np.testing.assert_allclose(values, applied, atol=1e-6)
    for ours, automatic in zip(gradient(2 * values), tape.gradient(total, weights), strict=True):
        np.testing.assert_allclose(ours, automatic, rtol=1e-4, atol=1e-4 * n_rows)


def test_parts_are_the_arrays_that_were_joined():
    arrays = [np.arange(6.0).reshape(2, 3), np.arange(4.0), np.ones((1, 2, 2))]
    parts = Parts(joined_vector(arrays), [array.shape for array in arrays])
    for given in (parts, [parts[0], *parts[1:]], [*parts[:-1], parts[-1]]):
        for part, array in zip(given, arrays, strict=True):
            np.testing.assert_array_equal(part, array)
    with pytest.raises(IndexError):
        parts[3]


@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients_written_out_equal_automatic_ones(bidirectional):
    # With dropout, whose bits differ between the two trainers.
    spec = NetworkSpec("gru", (5, 4), bidirectional, 0.5, 7, 3, 2, highway=True)
    generator = np.random.default_rng(0)
    weights = [w + 0.1 * generator.normal(size=w.shape) for w in initial_weights(spec, 3)]
    weights = [tf.constant(w, tf.float32) for w in weights]
    X = generator.normal(size=(11, 7, 3)).astype(np.float32)
    masks = {}

    def mask(layer, shape):
        drawn = 2.0 * (generator.random(shape) < 0.5)
        return masks.setdefault(layer, tf.constant(drawn, tf.float32))

    with tf.GradientTape() as tape:
        tape.watch(weights)
        values, gradient = apply_network(spec, weights, X, mask)
        total = tf.reduce_sum(values**2)
    assert len(masks) == 2
    for ours, automatic in zip(gradient(2 * values), tape.gradient(total, weights), strict=True):
        np.testing.assert_allclose(ours, automatic, rtol=1e-4, atol=1e-5)


def test_initial_weights_are_distributed_like_those_of_keras():
    spec = NetworkSpec("lstm", (40,), False, 0.0, 5, 60, 1)
    ours, keras_own = initial_weights(spec, 0), build_network(spec).get_weights()
    for a, b in zip(ours, keras_own, strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a.std(), b.std(), rtol=0.3)
    np.testing.assert_allclose(ours[1] @ ours[1].T, np.eye(40), atol=1e-5)
    np.testing.assert_array_equal(ours[2], keras_own[2])


def test_dropout_repeats_itself_and_agrees_in_the_mean():
    def losses(jit_compile, n_seeds=10):
        networks = [
            regressor(dropout=0.3, units=8, random_state=seed, jit_compile=jit_compile)
            for seed in range(n_seeds)
        ]
        return [network.fit(WINDOWS).loss_curve_[-1] for network in networks]

    one, other = losses(True), losses(False)
    assert losses(True, 2) == one[:2]
    spread = np.std(other) / np.sqrt(len(other))
    assert abs(np.mean(one) - np.mean(other)) < 4 * spread
    assert np.mean(one) > 1.02 * regressor(units=8).fit(WINDOWS).loss_curve_[-1]


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_fit_pickle_and_partial_fit_equal_one_long_fit(dropout):
    begun = regressor(epochs=2, dropout=dropout).fit(WINDOWS)
    begun = pickle.loads(pickle.dumps(begun))
    begun.partial_fit(WINDOWS).partial_fit(WINDOWS)
    whole = regressor(epochs=4, dropout=dropout).fit(WINDOWS)
    np.testing.assert_array_equal(begun.predict(WINDOWS), whole.predict(WINDOWS))
    assert begun.loss_curve_ == whole.loss_curve_


def test_another_optimizer_does_not_inherit_slots():
    # Adam's and Adamax's slots have the same shapes and another meaning.
    begun = regressor(epochs=1).fit(WINDOWS).set_params(optimizer="adamax")
    fresh = copy.deepcopy(begun)
    fresh._slots = [np.zeros_like(slot) for slot in fresh._slots]
    fresh._slots_of = "Adamax"
    begun.partial_fit(WINDOWS)
    fresh.partial_fit(WINDOWS)
    np.testing.assert_array_equal(begun.predict(WINDOWS), fresh.predict(WINDOWS))


class CountsBatches(keras.callbacks.Callback):
    batches: list[int]

    def __init__(self):
        super().__init__()
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)


class StopsAfterTwo(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch == 1


# Keras 3.15 saves by np.array(variable), and TensorFlow's variables lack numpy 2's copy keyword: a
# plain keras.Sequential warns too. This can go when either has mended it.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
def test_epoch_callbacks_change_training_as_in_stock(tmp_path):
    def callbacks(name):
        return [
            keras.callbacks.ReduceLROnPlateau(
                monitor="loss", patience=0, min_delta=1.0, factor=0.1
            ),
            keras.callbacks.CSVLogger(tmp_path / f"{name}.csv"),
            keras.callbacks.ModelCheckpoint(
                tmp_path / f"{name}.weights.h5", save_weights_only=True
            ),
            keras.callbacks.TerminateOnNaN(),
        ]

    one = regressor(callbacks=callbacks("one")).fit(WINDOWS)
    other = regressor(callbacks=callbacks("other"), jit_compile=False).fit(WINDOWS)
    assert largest_difference(one, other) < 1e-4
    assert one.history_["learning_rate"][-1] < 1e-4
    np.testing.assert_allclose(one.history_["learning_rate"], other.history_["learning_rate"])
    assert (tmp_path / "one.csv").read_text().count("\n") == EPOCHS + 1
    model = one.model_
    model.load_weights(tmp_path / "one.weights.h5")
    for saved, final in zip(model.get_weights(), one._weights, strict=True):
        np.testing.assert_array_equal(saved, final)


def test_callbacks_stop_restore_and_see_every_epoch():
    seen = []
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    assert regressor(callbacks=[watch, StopsAfterTwo()]).fit(WINDOWS).n_iter_ == 2
    assert seen == [0, 1]
    stops = keras.callbacks.EarlyStopping("loss", patience=0, mode="max", restore_best_weights=True)
    stopped = regressor(callbacks=stops).fit(WINDOWS)
    assert stopped.n_iter_ == 2
    once = regressor(epochs=1).fit(WINDOWS)
    assert largest_difference(stopped, once) == 0


def test_batch_hooks_get_stock_training_and_a_message():
    callback = CountsBatches()
    with warns("Model.fit", "CountsBatches", "jit_compile=False"):
        watched = regressor(callbacks=[callback]).fit(WINDOWS)
    assert len(callback.batches) == EPOCHS * 6  # 84 windows with targets in batches of 16
    assert largest_difference(watched, regressor().fit(WINDOWS)) < 1e-4


def test_which_callbacks_need_batch_hooks(tmp_path):
    path = tmp_path / "model.keras"
    assert not needs_batch_hooks(keras.callbacks.ModelCheckpoint(path))
    assert needs_batch_hooks(keras.callbacks.ModelCheckpoint(path, save_freq=3))
    assert needs_batch_hooks(keras.callbacks.LambdaCallback(on_train_batch_end=print))
    assert not needs_batch_hooks(keras.callbacks.LambdaCallback(on_epoch_end=print))
    assert not needs_batch_hooks(keras.callbacks.TerminateOnNaN())


@pytest.mark.parametrize("optimizer", ["nadam", keras.optimizers.SGD(0.01, use_ema=True)])
def test_other_optimizers_get_stock_training_and_a_message(optimizer):
    with pytest.warns(UserWarning, match="no compiled form"):
        one = regressor(optimizer=optimizer).fit(WINDOWS)
    other = regressor(optimizer=optimizer, jit_compile=False).fit(WINDOWS)
    assert largest_difference(one, other) == 0


def test_a_loss_that_cannot_be_compiled_gets_stock_training_and_a_message():
    def in_python(y, p):
        # XLA has no way to call Python; the factor of 1 keeps a gradient.
        one = tf.numpy_function(lambda a: np.float32(1), [y], tf.float32)
        return keras.ops.mean((y - p) ** 2, axis=-1) * tf.reshape(one, ())

    with pytest.warns(UserWarning, match="stock Model.fit"):
        one = regressor(loss=in_python).fit(WINDOWS)
    assert largest_difference(one, regressor().fit(WINDOWS)) < 1e-4


def test_a_refit_makes_no_program():
    training_program.training_programs._programs.clear()
    regressor().fit(WINDOWS)
    regressor(learning_rate=0.1, random_state=7).fit(WINDOWS[:80])
    regressor(loss="mean_squared_error", optimizer="adam", epochs=1).fit(WINDOWS)
    assert len(training_program.training_programs) == 1
    regressor(clipnorm=1.0, epochs=1).fit(WINDOWS)
    assert len(training_program.training_programs) == 2


def test_quantiles_say_which_fits_share_a_program():
    training_program.training_programs._programs.clear()
    for levels in (np.array([0.1, 0.5]), [0.1, 0.5], (0.2, 0.5), (0.1, 0.5)):
        regressor(loss="pinball", quantiles=levels, epochs=1).fit(WINDOWS)
    assert len(training_program.training_programs) == 2
    # Where the output layer starts plays no part in what its steps compute.
    regressor(**PINBALL, epochs=1).fit(WINDOWS)
    regressor(**PINBALL, epochs=1, output_initializer="zeros").fit(WINDOWS)
    assert len(training_program.training_programs) == 3


def test_the_pinball_loss_equals_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    quantiles = (0.05, 0.5, 0.7)
    y, weight = generator.normal(size=(20, 2)), generator.uniform(0.1, 2, 20)
    predicted = generator.normal(size=(20, 2, 3))
    loss = make_loss("pinball", quantiles)
    ours = loss(y, predicted.reshape(20, 6), sample_weight=weight)
    expected = np.mean(
        [
            mean_pinball_loss(y, predicted[:, :, k], alpha=level, sample_weight=weight)
            for k, level in enumerate(quantiles)
        ]
    )
    np.testing.assert_allclose(ours, expected, rtol=1e-5)
    again = type(loss).from_config(json.loads(json.dumps(loss.get_config())))
    np.testing.assert_array_equal(again(y, predicted.reshape(20, 6), sample_weight=weight), ours)


def test_a_loss_of_the_users_own_is_compiled_afresh():
    # Its value may have changed since, and its configuration need not tell.
    factor = [1.0]

    class Scaled(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return factor[0] * keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)

    for loss in (Scaled(), lambda y, p: factor[0] * keras.ops.mean((y - p) ** 2, axis=-1)):
        factor[0] = 1.0
        once = regressor(loss=loss, epochs=1).fit(WINDOWS).loss_curve_
        factor[0] = 3.0
        thrice = regressor(loss=loss, epochs=1, optimizer="adam").fit(WINDOWS).loss_curve_
        assert thrice[0] > 2 * once[0]


def test_programs_are_bounded_and_the_least_recently_used_goes():
    cache = training_program.ProgramCache(maxsize=2)
    for key in "abacad":
        cache.get(key, lambda key=key: key.upper())
    assert list(cache._programs) == ["a", "d"]
    assert (
        training_program.training_programs.maxsize
        == compiled_inference.prediction_programs.maxsize
        == 16
    )


def test_two_threads_share_a_program_and_get_the_same_network():
    training_program.training_programs._programs.clear()
    alone = regressor(units=6, dropout=0.2).fit(WINDOWS)
    networks = [clone(alone) for _ in range(4)]
    threads = [threading.Thread(target=network.fit, args=(WINDOWS,)) for network in networks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for network in networks:
        assert largest_difference(network, alone) == 0
    assert len(training_program.training_programs) == 1


def wait_for_other_threads(earlier=()):
    """Earlier ones, such as threads of joblib's pools in other tests, may never end."""
    for thread in {*threading.enumerate()} - {threading.current_thread(), *earlier}:
        if not thread.daemon:
            thread.join()


def test_calls_that_wait_for_each_other_get_a_session_each():
    training_program.training_programs._programs.clear()
    alone = regressor(units=6).fit(WINDOWS)
    (program,) = (kept._program for kept in training_program.training_programs._programs.values())
    program._n_more, program._waited, program._compiling_took = 1, 0.0, 1e-9
    taken = program._idle.pop()  # as if another thread ran it
    earlier = threading.enumerate()
    while_taken = clone(alone).fit(WINDOWS)
    wait_for_other_threads(earlier)
    assert (len(program._idle), program._n_more) == (1, 0)
    in_second_session = clone(alone).fit(WINDOWS)
    program._idle.append(taken)
    assert largest_difference(while_taken, alone) == 0
    assert largest_difference(in_second_session, alone) == 0


def test_small_fits_are_computed_by_the_thread_that_fits():
    # So fits in several threads need not wait for each other. XLA decides that by the program's
    # form, see docs/performance.md. In a process of its own: other tests leave threads that work.
    code = """
        import time

        from sklearn.base import clone
        from tests.engine.test_trainers import *

        for n_channels, options in (
            (1, {"cell": "gru"}),
            (3, {"cell": "lstm"}),
            (3, {"cell": "gru", "highway": True}),
        ):
            series = make_series(8000, n_channels)
            windows, y = SequenceWindower(10).fit_transform(series[:-1])[9:], series[10:, 0]
            small = {"units": 16, "epochs": 3, "batch_size": 32, **options}
            network = regressor(**small).fit(windows, y)
            wait_for_other_threads()
            before = time.thread_time(), time.process_time()
            clone(network).fit(windows, y)
            here, anywhere = time.thread_time() - before[0], time.process_time() - before[1]
            assert here > anywhere / 2, (options, n_channels, here, anywhere)
    """
    run_python(dedent(code))


def test_training_prepares_the_prediction():
    compiled_inference.prediction_programs._programs.clear()
    earlier = threading.enumerate()
    regressor(units=7).fit(WINDOWS)
    wait_for_other_threads(earlier)
    (program,) = compiled_inference.prediction_programs._programs.values()
    assert program.program._compiling_took is not None


def test_first_slots_are_those_of_keras():
    training_program.training_programs._programs.clear()
    regressor(epochs=1, optimizer="adagrad").fit(WINDOWS)
    (program,) = training_program.training_programs._programs.values()
    assert all((slot == 0.1).all() for slot in program.first_slots[1:])  # not only zeros


def test_large_networks_on_all_cores_are_the_same_each_time():
    X = np.random.default_rng(0).normal(size=(256, 12, 4))
    large = GRURegressor(128, batch_size=64, epochs=2, random_state=0)
    assert 64 * 128 * 3 * 128 >= training_program.PRODUCT_FOR_ALL_CORES
    networks = [clone(large).fit(X, X[:, :, 0].sum(axis=1)) for _ in range(3)]
    for network in networks[1:]:
        assert largest_difference(network, networks[0]) == 0


def test_rows_predict_alone_as_together():
    fitted = regressor(epochs=1).fit(WINDOWS)
    together = fitted.predict(WINDOWS)
    alone = np.vstack([fitted.predict(WINDOWS[t : t + 1]) for t in range(len(WINDOWS))])
    np.testing.assert_array_equal(alone, together)
    n = 40_000  # chunks enough for threads
    assert n > compiled_inference.PIECES_FOR_THREADS * 64 * compiled_inference.BLOCK_ROWS
    many = np.resize(WINDOWS[10:], (n, 6, 2))
    np.testing.assert_array_equal(fitted.predict(many)[:50], fitted.predict(many[:50]))


def test_long_forecasts_continue_over_chunks():
    fitted = regressor(epochs=1).fit(WINDOWS)
    assert compiled_inference.CALLS_AT_ONCE < 600
    long = fitted.forecast(600, WINDOWS)
    np.testing.assert_array_equal(long[:300], fitted.forecast(300, WINDOWS))
    last_window = np.concatenate([WINDOWS[-1], long])[599:605]
    following = fitted.predict(last_window[np.newaxis])[0]
    np.testing.assert_allclose(following, fitted.forecast(600, WINDOWS)[599], atol=1e-5)


def test_an_interrupt_leaves_the_earlier_network_whole(monkeypatch):
    fitted = regressor(epochs=1).fit(WINDOWS)
    before = fitted.predict(WINDOWS)
    run, calls = training_program.TrainingProgram.__call__, []

    def interrupted(self, *arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return run(self, *arguments)

    monkeypatch.setattr(training_program.TrainingProgram, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fitted.set_params(epochs=EPOCHS).fit(WINDOWS)
    np.testing.assert_array_equal(fitted.predict(WINDOWS), before)


def test_long_epochs_report_parts(capsys, monkeypatch):
    monkeypatch.setattr(compiled_trainer.Reporter, "SECONDS_BETWEEN_PARTS", -1.0)
    monkeypatch.setattr(training_program, "CHUNK_ROWS", 32)
    training_program.training_programs._programs.clear()
    regressor(units=3, epochs=1, verbose=1).fit(WINDOWS)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" - ")[1] for line in lines[:-1]] == ["38%", "76%"]
    assert re.fullmatch(r"Epoch 1/1 - loss: [\d.]+", lines[-1])


def test_chunks_do_not_change_the_result(monkeypatch):
    whole = regressor().fit(WINDOWS)
    monkeypatch.setattr(training_program, "CHUNK_ROWS", 32)
    monkeypatch.setattr(compiled_trainer, "VALUES_HELD", 0)  # gathered a chunk at a time
    training_program.training_programs._programs.clear()
    np.testing.assert_array_equal(regressor().fit(WINDOWS).predict(WINDOWS), whole.predict(WINDOWS))
    training_program.training_programs._programs.clear()


def test_pickles_are_weights_and_slots():
    fitted = GRURegressor(units=50, epochs=20, random_state=0).fit(WINDOWS)
    n_bytes = sum(array.nbytes for array in [*fitted._weights, *fitted._slots])
    n_numbers = fitted.n_iter_ * len(fitted.history_)
    assert len(pickle.dumps(fitted)) <= n_bytes + 10_000 + 20 * n_numbers


def test_unpickling_needs_no_tensorflow(tmp_path):
    path = tmp_path / "fitted.pickle"
    path.write_bytes(pickle.dumps(regressor(epochs=1).fit(WINDOWS)))
    code = (
        "import pickle, sys; from pathlib import Path; "
        "e = pickle.loads(Path(sys.argv[1]).read_bytes()); repr(e); e.loss_curve_; "
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    run_python(code, path)


def test_gathering_copies_no_more_than_asked():
    view = SequenceWindower(200).fit_transform(np.zeros((100_000, 1)))
    rows = WindowDataset(view, np.arange(200, 100_000))
    assert rows.gather(slice(0, 10)).nbytes == 10 * 200 * 4
