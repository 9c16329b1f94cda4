"""What GRURegressor and GRUClassifier promise as they come, and with the options they share."""

import keras
import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import _regression_dataset

from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower, make_windows
from skgru._dataset import WindowDataset
from skgru._engine.losses import Pinball
from skgru._networks.scaling import channel_statistics
from skgru._networks.split import stratified_rows

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 6, 2))
Y = X[:, -1, 0] + X[:, -2, 1]
CLASSES = np.where(Y > 0, "up", "down")
TAGS = np.where(X[:, :, 0] > 0, "a", "b")  # (90, 6)
LABELS = (X[:, -3:, 0] > 0).astype(int)  # (90, 3)


# The simplest cell compiles fastest. Where the cell matters, it is given.
SMALL = {"cell": "rnn", "units": 4, "epochs": 3, "batch_size": 8, "random_state": 0}


def regressor(**changed):
    return GRURegressor(**SMALL | changed)


def classifier(**changed):
    return GRUClassifier(**SMALL | changed)


def masked(fill=np.nan):
    """X whose first steps are missing, more of them in later rows."""
    ragged = X.copy()
    for row in range(len(X)):
        ragged[row, : row % 4] = fill
    return ragged


# As they come


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_defaults_learn_the_data_of_scikit_learns_check(seed):
    X, y = _regression_dataset()
    X, y = StandardScaler().fit_transform(X), StandardScaler().fit_transform(y[:, None])[:, 0]
    assert GRURegressor(random_state=seed).fit(X, y).score(X, y) > 0.8


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_job_in_the_units_of_its_scaler(seed):
    series = MinMaxScaler().fit_transform(np.sin(np.linspace(0, 100, 1000)).reshape(-1, 1))
    windows, targets = make_windows(series, 10)
    network = GRURegressor(50, normalize_y=False, batch_size=1, epochs=50, random_state=seed)
    predicted = network.fit(windows[:792], targets[:792]).predict(windows[792:])
    assert np.mean((predicted - targets[792:]) ** 2) <= 1e-4


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_windows_are_enough_for_a_finite_prediction(n):
    assert np.isfinite(GRURegressor(random_state=0).fit(X[:n], Y[:n]).predict(X)).all()
    if n > 1:
        y = np.arange(n)
        assert GRUClassifier(random_state=0).fit(X[:n], y).predict(X).shape == (90,)


def test_the_linear_path_is_there_where_there_are_windows_enough():
    assert regressor().fit(X, Y)._network.highway  # 90 windows of 12 numbers
    assert not regressor().fit(X[:40], Y[:40])._network.highway
    assert not regressor().fit(X, X[:, :, :1])._network.highway  # outputs for each step
    continued = regressor(warm_start=True).fit(X, Y)
    assert continued.fit(X[:40], Y[:40])._network.highway


def test_partial_fit_has_a_constant_rate():
    begun = regressor().partial_fit(X, Y)
    for _ in range(4):
        begun.partial_fit(X, Y)
    assert begun._fitted_training.learning_rate == pytest.approx(1e-3)
    plain = regressor(learning_rate=1e-3, epochs=5).fit(X, Y)
    np.testing.assert_array_equal(begun.predict(X), plain.predict(X))


# Inputs far from zero


@pytest.mark.parametrize(("level", "unit"), [(1e6, 10), (1e9, 10), (0, 1e-9), (-5e4, 1e3)])
def test_the_level_and_the_unit_of_a_series_play_no_part(level, unit):
    series = level + unit * np.sin(np.arange(300) / 5).reshape(-1, 1)
    pipe = make_pipeline(SequenceWindower(10), GRURegressor(16, random_state=0)).fit(series)
    assert pipe.score(series) > 0.95
    windows = pipe[:-1].transform(series)
    rolled = pipe[-1].forecast(20, windows)
    expected = level + unit * np.sin(np.arange(300, 320) / 5).reshape(-1, 1)
    assert np.abs(rolled - expected).max() < 0.5 * unit


def test_a_classifier_takes_raw_units():
    raw = X * [1e-3, 500.0] + [0.0, 86_400.0]
    assert GRUClassifier(16, random_state=0).fit(raw, CLASSES).score(raw, CLASSES) > 0.9


@settings(max_examples=8, deadline=None)
@given(st.floats(0.01, 1e4), st.floats(-1e5, 1e5), st.sampled_from(["mask", "skip"]))
def test_predictions_follow_the_unit_of_x(scale, offset, missing):
    windows = masked() if missing == "mask" else X
    plain = regressor(missing=missing).fit(windows, Y)
    other = regressor(missing=missing).fit(scale * windows + offset, Y)
    np.testing.assert_allclose(
        other.predict(scale * windows + offset), plain.predict(windows), rtol=1e-3, atol=1e-3
    )


def test_statistics_of_channels_equal_a_slow_loop():
    series = RNG.normal(5, 2, (60, 2))
    series[[7, 20]] = np.nan
    windows = SequenceWindower(5).fit_transform(series)
    rows = np.flatnonzero(RNG.random(60) < 0.7)
    weight = RNG.uniform(0.1, 2, len(rows))
    expected = np.repeat(windows[rows].reshape(-1, 2), 1, axis=0)
    counts = np.repeat(weight, 5)
    for given_windows in (windows, windows.copy()):  # a view of the series, and an array
        ours = channel_statistics(WindowDataset(given_windows, rows, None, weight))
        for channel in range(2):
            known = np.isfinite(expected[:, channel])
            values, own = expected[known, channel], counts[known]
            mean = np.average(values, weights=own)
            deviation = np.sqrt(np.average((values - mean) ** 2, weights=own))
            np.testing.assert_allclose(ours.mean[channel], mean)
            np.testing.assert_allclose(ours.scale[channel], deviation)


@pytest.mark.parametrize("dtype", ["float16", "float32", "int32", "bool"])
def test_windows_of_any_dtype_are_normalised(dtype):
    windows = (X * 3).astype(dtype)
    assert np.isfinite(regressor().fit(windows, Y).predict(windows)).all()


def test_a_constant_channel_changes_nothing():
    constant = np.concatenate([X, np.full((90, 6, 1), 7.0)], axis=2)
    assert np.isfinite(regressor().fit(constant, Y).predict(constant)).all()


@pytest.mark.parametrize("missing", ["mask", "skip"])
@pytest.mark.parametrize("highway", [True, False])
def test_the_keras_model_takes_windows_in_their_own_units(missing, highway):
    raw = masked() if missing == "mask" else X
    raw = raw * [3.0, 0.1] + [100.0, -5.0]
    fitted = classifier(missing=missing, highway=highway).fit(raw, CLASSES)
    given_windows = np.where(np.isnan(raw), np.finfo("float32").min, raw).astype("float32")
    probabilities = fitted.model_.predict(given_windows, verbose=0)
    np.testing.assert_allclose(probabilities, fitted.predict_proba(raw), atol=1e-5)
    if missing == "skip":
        ours = fitted.keras_estimator_.predict(raw.astype("float32"))
        np.testing.assert_array_equal(ours, fitted.predict(raw))


# Every parameter inside a forecaster

SERIES = 10 + np.sin(np.arange(80) / 4).reshape(-1, 1)
# The values of each parameter; the first ones are combined with each other, the second ones too.
IN_A_FORECASTER = {
    "units": [3, (3, 2)],
    "cell": ["lstm", "rnn"],
    "bidirectional": [True],
    "dropout": [0.2],
    "recurrent_dropout": [0.2],
    "highway": [True, False],
    "output_initializer": ["zeros"],
    "horizon": [2],
    "target": [0],
    "return_sequences": [False],
    "loss": ["mae", keras.losses.Huber(), lambda y, p: keras.ops.mean((y - p) ** 2, axis=-1)],
    "quantiles": [None],
    "optimizer": ["sgd", keras.optimizers.Adam(0.01)],
    "learning_rate": [0.01, "auto", "cosine"],
    "clipnorm": [1.0],
    "alpha": [0.01],
    "epochs": [2],
    "batch_size": [7, 1000],
    "shuffle": [False],
    "early_stopping": [True, True],
    "validation_fraction": [0.3],
    "validation_split": ["random", "last"],
    "n_iter_no_change": [1],
    "tol": [0.1],
    "normalize_X": [False],
    "normalize_y": [False],
    "warm_start": [True],
    "jit_compile": [True, False],
    "metrics": [["mae"]],
    "callbacks": [keras.callbacks.EarlyStopping("loss")],
    "missing": ["skip", "mask"],
    "n_channels": [1],
    "random_state": [1],
    "verbose": [0],
}


def test_each_parameter_is_tried_in_a_forecaster():
    assert set(IN_A_FORECASTER) == set(GRURegressor().get_params())


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_forecaster_takes_each_parameter(position, several):
    data = [SERIES, SERIES[:50] + 3] if several else SERIES
    network = regressor(epochs=1)
    for name, values in IN_A_FORECASTER.items():
        if position < len(values):
            network.set_params(**{name: values[position]})
    forecaster = SequenceForecaster(network, window_length=6, horizon=3).fit(data)
    assert np.isfinite(np.asarray(forecaster.forecast())).all()


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_a_masked_network_forecasts_series_with_gaps(strategy):
    gappy = SERIES.copy()
    gappy[[10, 40, 41]] = np.nan
    network = regressor(missing="mask")
    forecaster = SequenceForecaster(network, window_length=6, horizon=3, strategy=strategy)
    assert np.isfinite(np.asarray(forecaster.fit(gappy).forecast(5))).all()


# Validation


def test_sorted_classes_are_stratified():
    order = np.argsort(CLASSES, kind="stable")
    for fraction in (0.1, 0.34, 0.5):
        fitted = GRUClassifier(
            8, early_stopping=True, validation_fraction=fraction, random_state=0
        ).fit(X[order], CLASSES[order])
        assert fitted.score(X, CLASSES) > 0.85


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=60), st.floats(0.01, 0.9), st.integers(0, 9)
)
def test_stratified_rows_keep_the_shares(labels, fraction, seed):
    labels = np.array(labels)
    wanted = max(1, int(np.ceil(fraction * len(labels))))
    training, validation = stratified_rows(labels, wanted, np.random.default_rng(seed))
    assert sorted([*training, *validation]) == list(range(len(labels)))
    assert set(labels[training]) == set(labels)  # no class is lost
    for one in set(labels):
        n = (labels == one).sum()
        held_out = (labels[validation] == one).sum()
        assert held_out <= min(n - 1, np.floor(wanted * n / len(labels)) + 1)


def test_the_last_rows_of_classes_in_order_are_warned_of():
    order = np.argsort(CLASSES, kind="stable")
    network = classifier(early_stopping=True, validation_split="last", validation_fraction=0.6)
    with pytest.warns(UserWarning, match=r"holds out all windows of class 'up'.*stratified"):
        network.fit(X[order], CLASSES[order])


def test_windows_of_one_series_keep_their_last_part_for_validation():
    windows = SequenceWindower(6).fit_transform(SERIES)
    auto = regressor(early_stopping=True).fit(windows)
    last = regressor(early_stopping=True, validation_split="last").fit(windows)
    assert auto.history_ == last.history_
    independent = regressor(early_stopping=True).fit(X, Y)
    assert (
        independent.history_
        == regressor(early_stopping=True, validation_split="random").fit(X, Y).history_
    )


@pytest.mark.parametrize("jit_compile", [True, False])
def test_validation_data_are_reported_and_decide_when_to_stop(jit_compile):
    network = regressor(metrics=["mae", keras.metrics.RootMeanSquaredError()])
    network.set_params(jit_compile=jit_compile, normalize_y=False)
    network.fit(X[:60], Y[:60], validation_data=(X[60:], Y[60:]))
    names = ["loss", "mae", "root_mean_squared_error"]
    assert set(network.history_) == {*names, *(f"val_{name}" for name in names)}
    error = np.abs(network.predict(X[60:]) - Y[60:]).mean()
    assert network.history_["val_mae"][-1] == pytest.approx(error, rel=1e-4)
    assert network.history_["val_loss"][-1] == pytest.approx(
        np.mean((network.predict(X[60:]) - Y[60:]) ** 2), rel=1e-4
    )
    network.set_params(early_stopping=True, epochs=40, n_iter_no_change=2, learning_rate=0.05)
    network.fit(X[:60], Y[:60], validation_data=(X[60:], Y[60:], np.ones(30)))
    assert network.history_["val_loss"][network.n_iter_ - 3] == min(network.history_["val_loss"])


def test_validation_data_of_classes_tags_and_series():
    for y in (CLASSES, TAGS, LABELS):
        fitted = classifier().fit(X[:60], y[:60], validation_data=(X[60:], y[60:]))
        assert {"accuracy", "val_accuracy", "val_loss"} <= set(fitted.history_)
    windows = SequenceWindower(6).fit_transform(SERIES)
    fitted = regressor().fit(windows[:50], validation_data=windows[50:])
    assert "val_loss" in fitted.history_


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((X[:, :3], Y), "X_val in validation_data has windows of 3 steps"),
        ((X,), "no y_val"),
        ((X, np.c_[Y, Y]), "y_val in validation_data has 2 outputs"),
        ((X, Y, Y, Y), "has 4 parts"),
    ],
)
def test_validation_data_that_do_not_fit(data, message):
    with pytest.raises(ValueError, match=message):
        regressor().fit(X, Y, validation_data=data)


def test_unknown_classes_in_validation_data():
    with pytest.raises(ValueError, match="labels \\['left'\\]"):
        classifier().fit(X, CLASSES, validation_data=(X[:2], ["left", "up"]))


def test_pipelines_transform_validation_data():
    with sklearn.config_context(enable_metadata_routing=True):
        pipe = Pipeline(
            [
                ("scale", StandardScaler()),
                ("window", SequenceWindower(6)),
                ("gru", regressor().set_fit_request(validation_data=True)),
            ],
            transform_input=["validation_data"],
        ).fit(SERIES[:60], validation_data=SERIES[40:])
    assert len(pipe["gru"].history_["val_loss"]) == 3


# Outputs for each step


def by_hand(fitted, n_outputs, activation=None):
    """The same network as a Keras user writes it."""
    model = keras.Sequential(
        [
            keras.Input((6, 2)),
            keras.layers.SimpleRNN(4, return_sequences=True),
            keras.layers.Dense(n_outputs, activation=activation),
        ]
    )
    model.set_weights(fitted._weights)
    return model


def test_outputs_for_each_step_equal_those_of_keras():
    totals = X.cumsum(axis=1)
    fitted = regressor(normalize_X=False, normalize_y=False).fit(X, totals)
    assert fitted.predict(X).shape == (90, 6, 2)
    np.testing.assert_allclose(fitted.predict(X), by_hand(fitted, 2)(X), atol=1e-5)
    tagger = classifier(missing="skip", normalize_X=False).fit(X, TAGS)
    np.testing.assert_allclose(tagger.predict_proba(X), by_hand(tagger, 2, "softmax")(X), atol=1e-5)
    assert tagger.predict(X).shape == (90, 6)
    np.testing.assert_allclose(np.exp(tagger.predict_log_proba(X)), tagger.predict_proba(X))
    assert tagger.model_.predict(X.astype("float32"), verbose=0).shape == (90, 6, 2)


EACH_STEP = {
    "plain": {"cell": "gru"},
    "weights": {"cell": "lstm", "missing": "mask"},
    "stacked": {"units": (4, 3), "bidirectional": True, "missing": "mask"},
    "pinball": {"loss": "pinball", "quantiles": (0.1, 0.5, 0.9), "missing": "mask"},
    "stopping": {"early_stopping": True, "alpha": 0.01},
}


@pytest.mark.parametrize("name", EACH_STEP)
def test_each_step_trains_alike_compiled_and_stock(name):
    options = EACH_STEP[name]
    weight = RNG.uniform(0.5, 2, 90) if name == "weights" else None
    windows = masked() if options.get("missing") == "mask" else X
    y = np.where(np.isnan(windows[:, :, :1]), np.nan, X[:, :, :1].cumsum(axis=1))
    ours, stock = (
        regressor(batch_size=16, jit_compile=jit, **options).fit(windows, y, sample_weight=weight)
        for jit in (True, False)
    )
    np.testing.assert_allclose(ours.loss_curve_, stock.loss_curve_, rtol=1e-4)
    np.testing.assert_allclose(ours.predict(windows), stock.predict(windows), atol=1e-4)
    score = ours.score(windows, y)
    assert np.isfinite(score) and score == pytest.approx(stock.score(windows, y), abs=1e-4)


def test_tags_train_alike_compiled_and_stock():
    tags = np.where(np.isnan(masked()[:, :, 0]), None, TAGS)  # missing steps need no tag
    ours, stock = (
        classifier(class_weight={"a": 3.0, "b": 1.0}, jit_compile=jit).fit(masked(), tags)
        for jit in (True, False)
    )
    assert ours.classes_.tolist() == ["a", "b"]
    np.testing.assert_allclose(ours.loss_curve_, stock.loss_curve_, rtol=1e-4)
    np.testing.assert_allclose(ours.history_["accuracy"], stock.history_["accuracy"], rtol=1e-5)
    known = ~np.isnan(masked()[:, :, 0])
    right = accuracy_score(TAGS[known], ours.predict(masked())[known])
    assert ours.score(masked(), tags) == pytest.approx(right)


def test_what_stands_at_missing_steps_plays_no_part():
    y = X[:, :, :1].cumsum(axis=1)
    clean = regressor(missing="mask").fit(masked(), y)
    other = np.where(np.isnan(masked()[:, :, :1]), np.nan, y)
    np.testing.assert_array_equal(
        clean.predict(masked()), regressor(missing="mask").fit(masked(), other).predict(masked())
    )


def test_as_many_outputs_as_steps():
    y = X[:, :, 0]
    with pytest.warns(UserWarning, match="return_sequences=True"):
        each = regressor().fit(X, y)
    assert each._network.each_step and each.predict(X).shape == (90, 6)
    whole = regressor(return_sequences=False).fit(X, y)
    assert not whole._network.each_step and whole.predict(X).shape == (90, 6)
    windows, targets = make_windows(SERIES, window_length=6, horizon=6)
    assert not regressor().fit(windows, targets)._network.each_step  # rows to come


@pytest.mark.parametrize(
    ("change", "y", "message"),
    [
        ({}, X[:, :3], "window"),
        ({"highway": True}, X, "highway=True"),
        ({"return_sequences": True}, Y, "needs \\(n_samples, 6\\)"),
        ({"return_sequences": False}, X, "return_sequences=True"),
        ({}, np.where(np.arange(6)[:, None] == 2, np.nan, X), "NaN at step 2 of row 0"),
    ],
)
def test_targets_for_each_step_that_do_not_fit(change, y, message):
    with pytest.raises(ValueError, match=message):
        regressor(**change).fit(X, y)


# Several labels


def test_several_labels_equal_keras_and_scikit_learn():
    fitted = classifier(missing="skip", normalize_X=False, epochs=30, learning_rate=0.02)
    fitted.fit(X, LABELS)
    model = keras.Sequential(
        [
            keras.Input((6, 2)),
            keras.layers.SimpleRNN(4),
            keras.layers.Dense(3, activation="sigmoid"),
        ]
    )
    model.set_weights(fitted._weights)
    np.testing.assert_allclose(fitted.predict_proba(X), model(X), atol=1e-5)
    np.testing.assert_array_equal(fitted.predict(X), (fitted.predict_proba(X) > 0.5).astype(int))
    assert fitted.score(X, LABELS) == accuracy_score(LABELS, fitted.predict(X))
    assert fitted.classes_.tolist() == [0, 1, 2]
    np.testing.assert_allclose(
        np.exp(fitted.predict_log_proba(X)), fitted.predict_proba(X), rtol=1e-6
    )
    stock = classifier(jit_compile=False).fit(X, LABELS)
    np.testing.assert_allclose(
        stock.loss_curve_, classifier().fit(X, LABELS).loss_curve_, rtol=1e-4
    )
    assert np.isfinite(cross_val_score(classifier(), X, LABELS, cv=2)).all()
    again = classifier().partial_fit(X, LABELS, classes=[0, 1, 2]).partial_fit(X, LABELS)
    assert again.n_iter_ == 2
    assert fitted.model_.predict(X.astype("float32"), verbose=0).shape == (90, 3)


def test_one_hot_labels_are_asked_about():
    with pytest.warns(UserWarning, match="argmax"):
        classifier().fit(X, np.eye(2, dtype=int)[(Y > 0).astype(int)])
    with pytest.raises(ValueError, match="argmax\\(y, axis=2\\)"):
        classifier().fit(X, np.eye(2)[(X[:, :, 0] > 0).astype(int)])
    with pytest.raises(ValueError, match="class_weight='balanced'"):
        classifier(class_weight="balanced").fit(X, LABELS)
    with pytest.raises(ValueError, match="0 and 1"):
        classifier().fit(X, LABELS + 1)


# Penalty: that it is Keras' one is in engine/test_robustness.py


def test_a_large_alpha_makes_weights_small():
    options = {"epochs": 30, "learning_rate": 0.01}
    free, large = (regressor(**options, alpha=alpha).fit(X, Y) for alpha in (0.0, 10.0))
    assert np.abs(large._weights[0]).max() < 0.1 < np.abs(free._weights[0]).max()


# Losses that diverge


def test_losses_of_positive_targets_name_the_remedy():
    for loss in ("poisson", keras.losses.Poisson()):
        for normalize_y in (True, False):
            with pytest.raises(ValueError, match=r"oisson.*TransformedTargetRegressor.*np\.log1p"):
                regressor(loss=loss, normalize_y=normalize_y).fit(X, np.abs(Y))
    for loss in ("msle", "mape", keras.losses.mean_squared_logarithmic_error):
        with pytest.raises(ValueError, match=r"normalize_y=False.*TransformedTargetRegressor"):
            regressor(loss=loss).fit(X, np.abs(Y))
    fitted = regressor(loss="msle", normalize_y=False).fit(X, np.abs(Y))
    assert np.isfinite(fitted.loss_curve_).all()


def test_a_prediction_that_is_not_finite_is_an_error():
    fitted = regressor(normalize_X=False).fit(X, Y)
    far = X.copy()
    far[3] = 3e38
    far[3, :, 1] = -3e38
    try:
        assert np.isfinite(fitted.predict(far)).all()
    except ValueError as error:
        assert "X[3]" in str(error)


def test_quantiles_of_each_step_have_a_value_for_each_row():
    loss = Pinball((0.1, 0.5, 0.9))
    assert loss.call(np.zeros((3, 6, 1)), np.ones((3, 6, 3))).shape == (3, 6)


# What a function or object of the user's own reads from outside


def test_a_loss_that_reads_a_variable_is_compiled_for_its_value():
    limit = {"at": 1.0}

    def truncated(y_true, y_pred):
        return keras.ops.mean(keras.ops.minimum(keras.ops.abs(y_true - y_pred), limit["at"]), -1)

    for jit_compile in (True, False):
        curves = []
        for limit["at"] in (1.0, 50.0, 1.0):
            network = regressor(loss=truncated, metrics=truncated, jit_compile=jit_compile)
            network.fit(X, Y)
            np.testing.assert_allclose(
                network.loss_curve_, network.history_["truncated"], rtol=1e-5
            )
            curves.append(network.loss_curve_)
        assert curves[0] == curves[2] != curves[1]


class Constant(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate):
        self.rate = rate

    def __call__(self, step):
        return self.rate + 0 * keras.ops.cast(step, "float32")

    def get_config(self):
        return {}


@pytest.mark.parametrize("jit_compile", [True, False])
def test_schedules_of_one_configuration_differ_by_their_attributes(jit_compile):
    slow, fast = (
        regressor(learning_rate=Constant(rate), jit_compile=jit_compile).fit(X, Y).loss_curve_
        for rate in (1e-4, 0.1)
    )
    assert fast[-1] < slow[-1]


class Scaled(keras.metrics.Mean):
    def __init__(self, factor=1.0, name="scaled", **kwargs):
        super().__init__(name=name, **kwargs)
        self.factor = factor


@pytest.mark.parametrize(
    ("kind", "metric", "message"),
    [
        (regressor, Scaled(10.0), r"factor=10.0.*get_config"),
        (classifier, "AUC", "one-hot classes"),
        (classifier, keras.metrics.categorical_accuracy, "one-hot classes"),
        (regressor, "mean_absolut_error", "mean_absolute_error"),
        (regressor, ["mae", "mae"], "'mae', which is already in use"),
    ],
)
def test_metrics_that_cannot_be_reported(kind, metric, message):
    with pytest.raises(ValueError, match=message):
        kind(metrics=metric).fit(X, CLASSES if kind is classifier else Y)
