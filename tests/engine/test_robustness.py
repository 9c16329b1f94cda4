"""What the engine promises whatever loss, callback, metric or setting of Keras it meets: the two
trainers agree, files open without skgru, what diverges is no prediction, memory stays bounded.
"""

import contextlib
import json
import os
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, KFold

from skgru import GRUClassifier, GRURegressor
from skgru._engine import training_program
from skgru._engine.forward_and_gradients import apply_network
from skgru._engine.keras_model import build_network, initial_weights, model_input
from skgru._specs import NetworkSpec
from tests.helpers import assert_same_training, run_python

ops = keras.ops
TRAINERS = pytest.mark.parametrize("jit_compile", [True, False], ids=["compiled", "stock"])
# Keras 3.15 saves by np.array(variable), and TensorFlow's variables lack numpy 2's copy keyword.
SAVES = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")

# 21 windows: batches of 8 leave 5. Units and levels far from 0 and 1, so that scaling matters.
RNG = np.random.default_rng(0)
X = 50 + 10 * RNG.normal(size=(21, 5, 2))
Y = 3 * X[:, -1, 0] + 7
LABELS = (X[:, -1, 0] > 50).astype(int)
GAPS = X.copy()
GAPS[:7, :2] = np.nan
TOKENS = RNG.integers(0, 5, size=(21, 5)).astype(float)
TOKENS[:5, 0] = np.nan


# The simplest cell compiles fastest. What is promised has nothing to do with the cell.
SMALL = {"cell": "rnn", "units": 2, "epochs": 2, "batch_size": 8, "learning_rate": 0.01}
SMALL |= {"highway": False, "random_state": 0}


def regressor(**parameters):
    return GRURegressor(**SMALL | parameters)


def classifier(**parameters):
    return GRUClassifier(**SMALL | parameters)


def both(estimator, *data, **more):
    """Fitted by the compiled and by the stock trainer."""
    compiled_one = clone(estimator).fit(*data, **more)
    return compiled_one, clone(estimator).set_params(jit_compile=False).fit(*data, **more)


# Losses


def one_number(y, p):
    return ops.mean(ops.square(y - p))


def by_spread_of_batch(y, p):
    return ops.square(y - p)[:, 0] * (1 + ops.std(p))


def distance(y, p):  # the gradient where both are 0 is NaN
    return ops.sqrt(ops.sum(ops.square(y - p), axis=-1))


def gamma_deviance(y, p):  # infinite for targets of 0
    p = ops.abs(p) + 0.1
    return ops.mean(ops.log(p / y) + y / p - 1, axis=-1)


@keras.saving.register_keras_serializable("tests")  # else Keras could not copy it for a clone
class OneNumber(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.max(ops.abs(y_true - y_pred)) + ops.mean(ops.square(y_true - y_pred))


LOSSES = {
    "one number": (one_number, {"highway": True, "alpha": 0.1}),
    "one number, one batch": (one_number, {"batch_size": 1000}),
    "a class that gives one number": (OneNumber(), {}),
    "statistics of the batch": (by_spread_of_batch, {"early_stopping": True}),
    "Dice": ("dice", {"batch_size": 13}),
    "distance": (distance, {"normalize_y": True}),
    "gamma deviance": (gamma_deviance, {}),
}


@pytest.mark.parametrize("options", LOSSES.values(), ids=LOSSES)
def test_losses_never_count_the_rows_that_pad_a_batch(options):
    loss, parameters = options
    estimator = regressor(loss=loss, **{"normalize_y": False} | parameters)
    assert_same_training(*both(estimator, X, Y / 300))


@pytest.mark.parametrize("loss", [by_spread_of_batch, gamma_deviance])
def test_losses_of_each_step_see_a_row_for_each_step(loss):
    estimator = regressor(loss=loss, normalize_y=False, missing="mask")
    assert_same_training(*both(estimator, GAPS / 50, X[:, :, :1] / 50))


@TRAINERS
@pytest.mark.parametrize("loss", [one_number, OneNumber(), "dice"])
def test_a_loss_of_one_number_takes_no_weights(loss, jit_compile):
    estimator = regressor(loss=loss, jit_compile=jit_compile)
    with pytest.raises(ValueError, match=r"loss=.*one number.*sample_weight.*axis=-1"):
        estimator.fit(X, Y, sample_weight=np.linspace(1, 2, len(X)))


def test_a_loss_compiles_once_while_it_lives_and_anew_when_it_computes_something_else():
    factor = [1.0]

    def own(y, p):
        return factor[0] * ops.mean(ops.square(y - p), axis=-1)

    training_program.training_programs._programs.clear()
    once = regressor(loss=own).fit(X, Y)
    regressor(loss=own, learning_rate=0.1, random_state=3).fit(X, Y)
    assert len(training_program.training_programs) == 1
    factor[0] = 3.0
    thrice = regressor(loss=own).fit(X, Y)
    assert len(training_program.training_programs) == 2
    assert thrice.loss_curve_[0] > 2 * once.loss_curve_[0]


def test_a_search_with_a_loss_and_an_optimizer_compiles_once_per_architecture():
    training_program.training_programs._programs.clear()
    search = GridSearchCV(
        regressor(loss=distance, optimizer=keras.optimizers.RMSprop(0.01)),
        {"units": [2, 3], "optimizer": [keras.optimizers.RMSprop(rate) for rate in (0.1, 0.01)]},
        cv=KFold(2),
    )
    search.fit(X, Y)
    assert len(training_program.training_programs) == 2


# The model that callbacks see


class Watch(keras.callbacks.Callback):
    """Keeps what the model predicts after each epoch, and the model."""

    predicted: list[np.ndarray]
    models: list[keras.Model]

    def __init__(self, raw):
        super().__init__()
        self.raw = raw
        self.predicted, self.models = [], []

    def on_epoch_end(self, epoch, logs=None):
        self.predicted.append(self.model.predict(self.raw, verbose=0))
        self.models.append(self.model)


def raw_input(estimator, X):
    windows = X if X.ndim == 3 else X[:, :, np.newaxis]
    return model_input(estimator._network, windows.astype(np.float32))


NETWORKS = {
    "regressor": (regressor(metrics=["mae"]), X, Y),
    "pinball": (regressor(loss="pinball", quantiles=[0.1, 0.5]), X, Y),
    "masked with highway": (regressor(missing="mask", highway=True), GAPS, Y),
    "classifier": (classifier(), GAPS, LABELS),
    "multilabel": (classifier(), X, np.c_[LABELS, X[:, 0] > 50].astype(int)),
    "tokens": (classifier(embedding_dim=2), TOKENS, LABELS),
    "tags": (classifier(return_sequences=True), GAPS, (X[:, :, 0] > 50).astype(int)),
}


# What callbacks see is made alike for both trainers, but for the weights. So one trainer is enough
# for most networks.
TRAINED_BY = dict.fromkeys(NETWORKS, (False,))
TRAINED_BY |= {"masked with highway": (True, False), "tags": (True,), "tokens": (True,)}


@pytest.fixture(scope="module")
def saved_networks(tmp_path_factory):
    """A folder of the files that callbacks wrote, and what `model_` predicts, by name."""
    folder = tmp_path_factory.mktemp("saved")
    expected = {}
    for name, (estimator, windows, y) in NETWORKS.items():
        for jit_compile in TRAINED_BY[name]:
            path = folder / f"{name} {jit_compile}"
            keep = keras.callbacks.ModelCheckpoint
            callbacks = [
                keep(f"{path}.keras"),
                keep(f"{path}.weights.h5", save_weights_only=True),
                keep(f"{path}.h5"),
            ]
            fitted = clone(estimator).set_params(
                callbacks=callbacks, epochs=1, jit_compile=jit_compile
            )
            fitted.fit(windows, y)
            raw = raw_input(fitted, windows)
            expected[path.name] = raw, fitted.model_(raw).numpy()
            if isinstance(fitted, GRUClassifier):
                probabilities = fitted.predict_proba(windows)
                np.testing.assert_allclose(expected[path.name][1], probabilities, atol=1e-5)
    (folder / "expected.pickle").write_bytes(pickle.dumps(expected))
    return folder


OPENS_FILES = """
import pickle, sys, warnings
from pathlib import Path
import keras, numpy as np
warnings.simplefilter("error")
folder = Path(sys.argv[1])
for name, (raw, predicted) in pickle.loads((folder / "expected.pickle").read_bytes()).items():
    models = [keras.models.load_model(folder / f"{name}.{form}") for form in ("keras", "h5")]
    models.append(keras.models.clone_model(models[0]))
    models[2].load_weights(folder / f"{name}.weights.h5")
    for model in models:
        np.testing.assert_allclose(model(raw), predicted, atol=1e-6, err_msg=name)
assert "skgru" not in sys.modules
print("opened")
"""


@SAVES
def test_files_of_callbacks_open_without_skgru_and_predict_what_model_predicts(saved_networks):
    assert "opened" in run_python(OPENS_FILES, saved_networks, environment={"PYTHONPATH": ""})


@TRAINERS
@pytest.mark.parametrize("name", ["regressor", "tags"])
def test_callbacks_see_the_model_of_their_epoch_and_may_keep_it(name, jit_compile):
    estimator, windows, y = NETWORKS[name]
    estimator = clone(estimator).set_params(jit_compile=jit_compile)
    raw = raw_input(clone(estimator).set_params(epochs=1).fit(windows, y), windows)
    watch = Watch(raw)
    fitted = clone(estimator).set_params(callbacks=watch).fit(windows, y)
    for epoch, predicted in enumerate(watch.predicted, start=1):
        alone = clone(estimator).set_params(epochs=epoch).fit(windows, y)
        np.testing.assert_allclose(predicted, alone.model_(raw), atol=1e-6)
    # The stock trainer trains its models again.
    clone(estimator).set_params(random_state=5).fit(windows, y)
    (kept,) = set(watch.models)
    np.testing.assert_allclose(kept.predict(raw, verbose=0), fitted.model_(raw), atol=1e-6)
    np.testing.assert_allclose(kept(raw), fitted.model_(raw), atol=1e-6)


class Interferes(keras.callbacks.Callback):
    """Changes weights and the learning rate."""

    def on_train_begin(self, logs=None):
        self.model.set_weights([1.1 * weight for weight in self.model.get_weights()])

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.02 / (1 + epoch)

    def on_epoch_end(self, epoch, logs=None):
        weights = self.model.get_weights()
        self.model.set_weights([np.round(weight, 2) for weight in weights])
        logs["own"] = float(np.abs(weights[0]).sum())

    def on_train_end(self, logs=None):
        self.model.set_weights([weight / 2 for weight in self.model.get_weights()])


@pytest.mark.parametrize("parameters", [{}, {"learning_rate": "cosine"}])
def test_callbacks_change_training_alike_in_both_trainers(parameters):
    estimator = regressor(callbacks=Interferes(), epochs=3, **parameters)
    one, other = both(estimator, X, Y)
    assert_same_training(one, other)
    assert len(one.history_["own"]) == 3
    assert np.abs(one._weights[0] - regressor(epochs=3).fit(X, Y)._weights[0]).max() > 0.01


# Metrics


def mean_gap(y, p):
    return ops.mean(ops.abs(y - p), axis=-1)


@SAVES
def test_callbacks_may_monitor_what_classifiers_report(tmp_path):
    watches = [
        keras.callbacks.EarlyStopping("val_accuracy", patience=1, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau("accuracy", patience=0),
        keras.callbacks.ModelCheckpoint(
            tmp_path / "best.keras", monitor="val_accuracy", save_best_only=True
        ),
    ]
    estimator = classifier(callbacks=watches, epochs=4, early_stopping=True)
    one, other = both(estimator, X, LABELS)
    assert_same_training(one, other)
    assert {"accuracy", "loss", "val_accuracy", "val_loss"} < one.history_.keys()
    assert (tmp_path / "best.keras").exists()


def test_callbacks_may_monitor_metrics_of_the_user():
    watches = keras.callbacks.EarlyStopping("val_mean_gap", mode="min", patience=1)
    estimator = regressor(callbacks=watches, metrics=[mean_gap, "r2_score"], epochs=3)
    one, other = both(estimator, X, Y, validation_data=(X[:6], Y[:6]))
    assert_same_training(one, other)
    names = ["loss", "mean_gap", "r2_score"]
    assert list(one.history_) == [*names, *(f"val_{name}" for name in names)]


def test_histories_have_the_same_names_in_the_same_order():
    given = {"epochs": 1, "early_stopping": True}
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    for fitted in both(classifier(**given), X, LABELS):
        assert list(fitted.history_) == names
    watch = keras.callbacks.EarlyStopping("val_loss")
    for fitted in both(classifier(**given, callbacks=watch), X, LABELS):
        assert list(fitted.history_) == names


# What the stock trainer keeps for the next fit


def test_a_stock_fit_takes_nothing_over_from_the_one_before():
    options = {"jit_compile": False, "alpha": 0.1, "optimizer": keras.optimizers.SGD(0.05)}
    regressor(jit_compile=False, learning_rate=0.5, alpha=3.0).fit(X, Y)
    regressor(jit_compile=False, optimizer=keras.optimizers.SGD(0.5), alpha=3.0).fit(X, Y)
    for changed in ({"learning_rate": 0.05}, {"optimizer": options["optimizer"]}):
        given = {"alpha": 0.1} | changed
        assert_same_training(*both(regressor(**given), X, Y))


# Divergence


def rates(first_bad_step):
    """A schedule that is sane up to a step."""
    return keras.optimizers.schedules.PiecewiseConstantDecay([first_bad_step], [0.01, 1e30])


def diverging(first_bad_step=9, **parameters):
    # Of a linear path no gate bounds the outputs.
    rate = rates(first_bad_step)
    given = {"optimizer": "sgd", "learning_rate": rate, "highway": True, "epochs": 8}
    return regressor(**given | parameters)


def assert_whole(fitted):
    assert all(np.isfinite(weight).all() for weight in fitted._weights)
    assert all(np.isfinite(values).all() for values in fitted.history_.values())
    assert fitted.n_iter_ == len(fitted.loss_curve_)
    windows = X[:, :, : fitted.n_channels_in_]
    assert np.isfinite(fitted.predict(windows)).all()


@pytest.mark.parametrize("parameters", [{}, {"early_stopping": True}, {"metrics": ["mae"]}])
def test_the_last_finite_epoch_is_kept(parameters):
    with pytest.warns(ConvergenceWarning, match=r"diverged in epoch \d.*learning_rate"):
        fitted = both(diverging(**parameters), X, Y)
    for one in fitted:
        assert_whole(one)
        assert 0 < one.n_iter_ < 8
    assert fitted[0].n_iter_ == fitted[1].n_iter_


class EndsWithTheBest(keras.callbacks.EarlyStopping):
    def on_train_end(self, logs=None):
        self.model.set_weights(self.best_weights)


def test_callbacks_restore_a_finite_network_after_divergence():
    watch = EndsWithTheBest("loss", patience=20, restore_best_weights=True)
    with pytest.warns(ConvergenceWarning):
        one, other = both(diverging(callbacks=watch), X, Y)
    assert_whole(one)
    assert one.n_iter_ == other.n_iter_
    best = diverging(epochs=3).fit(X, Y)  # 3 batches an epoch: up to step 9
    for fitted in (one, other):
        for weight, expected in zip(fitted._weights, best._weights, strict=True):
            np.testing.assert_allclose(weight, expected, atol=1e-5)


def poison(model):
    model.set_weights([weight * np.nan for weight in model.get_weights()])


class PoisonsTheEnd(keras.callbacks.Callback):
    def on_train_end(self, logs=None):
        poison(self.model)


class PoisonsTheSecondEpoch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            poison(self.model)


CASES_OF_NAN = {
    "log of negative targets": {"loss": lambda y, p: ops.mean(ops.log(y) * p, axis=-1)},
    "logarithmic loss": {"loss": "mean_squared_logarithmic_error"},
    "huge rate": {"optimizer": "sgd", "learning_rate": 1e30, "highway": True, "epochs": 3},
}


@TRAINERS
@pytest.mark.parametrize("parameters", CASES_OF_NAN.values(), ids=CASES_OF_NAN)
def test_a_fit_that_gives_nothing_finite_raises_and_stores_nothing(parameters, jit_compile):
    estimator = regressor(**parameters, jit_compile=jit_compile)
    with pytest.raises(ValueError, match=r"normalize_y=False|learning_rate"):
        estimator.fit(X, Y)
    assert not hasattr(estimator, "history_")


@TRAINERS
def test_huge_targets_are_learned_or_refused(jit_compile):
    assert_whole(regressor(jit_compile=jit_compile).fit(X, 1e30 * Y))
    with pytest.raises(ValueError, match=r"diverged in epoch 1.*scale X and y"):
        regressor(jit_compile=jit_compile, normalize_y=False).fit(X, 1e30 * Y)


@TRAINERS
def test_a_continued_fit_that_diverges_at_once_leaves_the_network_whole(jit_compile):
    given = {"optimizer": "sgd", "highway": True, "jit_compile": jit_compile}
    fitted = regressor(**given, warm_start=True).fit(X, Y)
    before, predicted = pickle.dumps(fitted), fitted.predict(X)
    fitted.set_params(learning_rate=1e30)
    for again in (fitted.fit, fitted.partial_fit):
        with pytest.raises(ValueError, match="diverged in epoch 3"):
            again(X, Y)
        np.testing.assert_array_equal(fitted.predict(X), predicted)
        assert fitted.history_ == pickle.loads(before).history_
    fitted.set_params(learning_rate=0.01).partial_fit(X, Y)
    assert_whole(fitted)
    assert fitted.n_iter_ == 3


@TRAINERS
def test_a_continued_fit_that_diverges_later_keeps_what_was_finite(jit_compile):
    fitted = diverging(12, epochs=2, warm_start=True, jit_compile=jit_compile).fit(X, Y)
    with pytest.warns(ConvergenceWarning):
        fitted.set_params(epochs=8).fit(X, Y)
    assert_whole(fitted)
    assert 4 <= fitted.n_iter_ < 10


@TRAINERS
def test_callbacks_that_leave_nan_change_nothing(jit_compile):
    plain = regressor(jit_compile=jit_compile).fit(X, Y)
    poisoned = regressor(jit_compile=jit_compile, callbacks=PoisonsTheEnd()).fit(X, Y)
    np.testing.assert_allclose(poisoned.predict(X), plain.predict(X), atol=1e-3)
    late = regressor(jit_compile=jit_compile, callbacks=PoisonsTheSecondEpoch())
    with pytest.warns(ConvergenceWarning, match="epoch 2"):
        late.fit(X, Y)
    assert_whole(late)
    assert late.n_iter_ == 1


# Settings of Keras and TensorFlow


def test_a_batch_is_never_much_larger_than_the_data():
    training_program.training_programs._programs.clear()
    large = regressor(batch_size=100_000).fit(X, Y)
    (program,) = training_program.training_programs._programs.values()
    assert program.batch_size == 32
    assert_same_training(large, regressor(batch_size=len(X)).fit(X, Y))


def test_programs_stay_compiled_where_functions_are_told_to_run_eagerly():
    before = regressor().fit(X, Y)
    training_program.training_programs._programs.clear()
    tf.config.run_functions_eagerly(True)
    try:
        eagerly = regressor().fit(X, Y)
    finally:
        tf.config.run_functions_eagerly(False)
    (program,) = training_program.training_programs._programs.values()
    assert "PartitionedCall" in {
        node.op[-15:] for node in program._program._shared.graph.as_graph_def().node
    }
    np.testing.assert_array_equal(eagerly.predict(X), before.predict(X))


def test_a_graph_of_the_user_changes_nothing():
    watch = keras.callbacks.EarlyStopping("loss")
    given = {"early_stopping": True, "callbacks": watch, "alpha": 0.1}
    outside = both(regressor(**given), X, Y)
    with tf.Graph().as_default():
        inside = both(regressor(**given), X, Y)
        own = keras.optimizers.Adam(0.01)
    for one, other in zip(inside, outside, strict=True):
        assert_same_training(one, other)
    for jit_compile in (True, False):
        with pytest.raises(ValueError, match=r"optimizer=Adam.*tf\.Graph.*outside.*name"):
            regressor(optimizer=own, jit_compile=jit_compile).fit(X, Y)


WITHOUT_EAGER_EXECUTION = """
import json, sys, warnings
import numpy as np
import skgru._engine
import tensorflow as tf
tf.compat.v1.disable_eager_execution()
import keras
from skgru import GRURegressor
warnings.simplefilter("error")
X, y = np.load(sys.argv[1]), np.load(sys.argv[2])
given = json.loads(sys.argv[3])
for jit_compile in (True, False):
    fitted = GRURegressor(
        **given, jit_compile=jit_compile, callbacks=keras.callbacks.EarlyStopping("loss")
    ).fit(X, y)
    fitted.model_, fitted.keras_estimator_
    print(json.dumps(fitted.predict(X).tolist()))
try:
    GRURegressor(optimizer=keras.optimizers.SGD(0.1)).fit(X, y)
except ValueError as error:
    assert "optimizer=SGD" in str(error)
else:
    raise AssertionError
"""


@pytest.fixture
def files_of_data(tmp_path):
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", Y)
    return tmp_path / "X.npy", tmp_path / "y.npy"


def test_fits_work_without_eager_execution_and_whatever_keras_json_says(files_of_data, tmp_path):
    settings = {"backend": "jax", "floatx": "float64", "epsilon": 1e-7}
    (tmp_path / "keras.json").write_text(
        json.dumps(settings | {"image_data_format": "channels_last"})
    )
    given = {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": ""}
    lines = run_python(
        WITHOUT_EAGER_EXECUTION, *files_of_data, json.dumps(SMALL), environment=given
    ).splitlines()
    expected = regressor().fit(X, Y).predict(X)
    for line in lines[-2:]:
        np.testing.assert_allclose(json.loads(line), expected, rtol=1e-6)


OTHER_BACKEND = """
import numpy as np
from skgru import GRURegressor
for _ in range(2):
    try:
        GRURegressor().fit(np.zeros((9, 4)), np.zeros(9))
    except ImportError as error:
        print(type(error).__name__, error)
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_is_one_clear_error_of_fit(backend):
    lines = run_python(OTHER_BACKEND, environment={"KERAS_BACKEND": backend}).splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith(f"ImportError KERAS_BACKEND={backend!r}")
        assert "KERAS_BACKEND=tensorflow before" in line


@contextlib.contextmanager
def setting(policy=None, floatx=None):
    training_program.training_programs._programs.clear()
    before = keras.config.dtype_policy(), keras.config.floatx()
    if policy:
        keras.config.set_dtype_policy(policy)
    if floatx:
        keras.config.set_floatx(floatx)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before[0])
        keras.config.set_floatx(before[1])
        training_program.training_programs._programs.clear()


def fits_of_all_kinds():
    """Fitted networks, and what their models predict."""
    given = {"alpha": 0.1, "metrics": ["mae"], "early_stopping": True}
    given |= {"loss": keras.losses.Huber(), "optimizer": keras.optimizers.AdamW(0.01)}
    watched = regressor(**given, callbacks=keras.callbacks.EarlyStopping("val_loss"))
    fitted = [*both(watched, X, Y), *both(classifier(), GAPS, LABELS)]
    return fitted, [each.model_(raw_input(each, GAPS[7:])).numpy() for each in fitted]


@pytest.fixture(scope="module")
def as_usual():
    return fits_of_all_kinds()


@pytest.mark.parametrize("changed", [{"policy": "mixed_float16"}, {"floatx": "float64"}])
def test_settings_of_number_types_change_nothing(changed, as_usual):
    with setting(**changed):
        fitted, models = fits_of_all_kinds()
    for one, other in zip(fitted, as_usual[0], strict=True):
        assert_same_training(one, other)
    for one, other in zip(models, as_usual[1], strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=1e-6)


# Memory

MEMORY = """
import gc, json
import keras, numpy as np
from skgru import GRURegressor
X = np.random.default_rng(0).normal(size=(32, 5, 2))
y = X[:, -1, 0]
given = {"cell": "rnn", "units": 3, "epochs": 1, "random_state": 0}

def fit(**parameters):
    return GRURegressor(**given, **parameters).fit(X, y)

def stock(**parameters):
    objects = {"loss": keras.losses.Huber(), "optimizer": keras.optimizers.Adam(0.01)}
    return fit(jit_compile=False, metrics=[keras.metrics.MeanSquaredError()], **objects)

def megabytes():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

fitted = fit()
jobs = {
    "callback": (20, lambda: fit(callbacks=keras.callbacks.EarlyStopping("loss"))),
    "optimizer object": (20, lambda: fit(optimizer=keras.optimizers.Adam(0.01))),
    "model_": (20, lambda: fitted.model_),
    "keras_estimator_": (20, lambda: fitted.keras_estimator_),
    "stock": (6, stock),
}
grown = {}
for name, (n, job) in jobs.items():
    for _ in range(n // 3):
        job()
    before = megabytes()
    for _ in range(n):
        job()
    grown[name] = (megabytes() - before) / n
print(json.dumps(grown))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs Linux")
def test_memory_is_bounded():
    grown = json.loads(run_python(MEMORY).splitlines()[-1])
    assert grown.pop("stock") < 2
    assert max(grown.values()) < 0.2, grown


# Dropout of states, and the penalty on weights


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
@pytest.mark.parametrize(
    "options", [{}, {"bidirectional": True, "masks": True}, {"each_step": True}]
)
def test_dropout_of_states_equals_that_of_keras_layers_given_the_same_factors(cell, options):
    # And the gradients written out equal automatic ones through Keras' layers.
    given = {"recurrent_dropout": 0.5, "highway": not options.get("each_step", False)}
    spec = NetworkSpec(
        cell,
        (4, 3),
        window_length=6,
        n_channels=2,
        n_outputs=2,
        dropout=0.0,
        **{"bidirectional": False} | given | options,
    )
    generator = np.random.default_rng(0)
    weights = [w + 0.1 * generator.normal(size=w.shape) for w in initial_weights(spec, 3)]
    weights = [tf.constant(weight, tf.float32) for weight in weights]
    windows = generator.normal(size=(9, 6, 2)).astype(np.float32)
    if spec.masks:
        windows[:4, :2] = np.nan
        windows[5, 3] = np.nan
    factors = {}

    def drawn(layer, direction, shape):
        value = 2.0 * (generator.random(shape) < 0.5)
        return factors.setdefault((layer, direction), tf.constant(value, tf.float32))

    nothing = lambda layer, shape: None  # noqa: E731
    values, gradient = apply_network(spec, weights, windows, nothing, None, drawn)
    assert len(factors) == 2 * (1 + spec.bidirectional)

    model = build_network(spec)
    model.set_weights(weights)
    for (layer, direction), value in factors.items():
        of_layer = [each for each in recurrent_layers(model)][layer]
        if spec.bidirectional:
            of_layer = (of_layer.forward_layer, of_layer.backward_layer)[direction]
        by_gate = [tf.transpose(gate) for gate in tf.unstack(value)]
        of_layer.cell._recurrent_dropout_mask = by_gate if len(by_gate) > 1 else by_gate[0]
    with tf.GradientTape() as tape:
        stock = tf.reshape(model(model_input(spec, windows), training=True), values.shape)
        squares = tf.reduce_sum(stock**2)
    np.testing.assert_allclose(values, stock, atol=1e-5)
    automatic = tape.gradient(squares, [variable.value for variable in model.weights])
    for ours, theirs in zip(gradient(2 * values), automatic, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


def recurrent_layers(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from recurrent_layers(layer)
        elif isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
            yield layer


def test_dropout_of_states_agrees_in_the_mean_and_repeats_itself():
    def losses(jit_compile, n_seeds=8):
        networks = [
            regressor(
                cell="gru",
                recurrent_dropout=0.5,
                units=6,
                epochs=4,
                learning_rate=0.03,
                random_state=seed,
                jit_compile=jit_compile,
            )
            for seed in range(n_seeds)
        ]
        return np.array(
            [network.fit(X, X[:, :, 0].mean(axis=1)).loss_curve_ for network in networks]
        )

    one, other = losses(True), losses(False)
    np.testing.assert_array_equal(losses(True, 2), one[:2])
    spread = np.std(one - other, axis=0) / np.sqrt(len(one))
    assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) < 4 * spread + 1e-6).all()


def test_alpha_equals_l2_regularizers_of_keras():
    given = {"shuffle": False, "normalize_X": False, "normalize_y": False}
    estimator = regressor(**given, alpha=0.3)
    windows, y = X / 50, Y / 100
    validation = windows[:4], y[:4]
    one, other = both(estimator, windows, y, validation_data=validation)
    assert_same_training(one, other)
    penalty = keras.regularizers.L2(0.15)
    kernels = {"kernel_regularizer": penalty}
    model = keras.Sequential(
        [
            keras.Input((5, 2)),
            keras.layers.SimpleRNN(2, recurrent_regularizer=penalty, **kernels, seed=0),
            keras.layers.Dense(1, **kernels),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.set_weights(initial_weights(one._network, 0))
    history = model.fit(
        windows, y, validation_data=validation, epochs=2, batch_size=8, shuffle=False, verbose=0
    ).history
    for name, values in one.history_.items():
        np.testing.assert_allclose(values, history[name], rtol=1e-5)
    for ours, theirs in zip(one._weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("name", ["tokens", "masked with highway"])
def test_alpha_agrees_in_both_trainers(name):
    estimator, windows, y = NETWORKS[name]
    estimator = clone(estimator).set_params(alpha=0.3, early_stopping=True)
    weight = np.linspace(1, 2, len(windows))
    assert_same_training(*both(estimator, windows, y, sample_weight=weight))
