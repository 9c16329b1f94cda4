"""Messages on parameters named as elsewhere, and on labels. Their remedies are run."""

import datetime

import keras
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower
from tests.helpers import fails

N, LENGTH = 24, 3
X = np.random.default_rng(0).normal(size=(N, LENGTH))
Y = X[:, -1]
# The simplest cell compiles fastest.
SMALL = {"cell": "rnn", "units": 2, "epochs": 1, "batch_size": 16, "random_state": 0}


# Parameters of objects within


@pytest.mark.parametrize("kind", [GRURegressor, GRUClassifier])
@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("optimizer__learning_rate", 0.01, {"learning_rate": 0.01}),
        ("optimizer__clipnorm", 1.0, {"clipnorm": 1.0}),
        ("optimizer__lr", 0.01, {"learning_rate": 0.01}),
        ("model__units", 16, {"units": 16}),
        ("model__dropout", 0.2, {"dropout": 0.2}),
        ("model__optimizer__learning_rate", 0.01, {"learning_rate": 0.01}),
        ("fit__epochs", 3, {"epochs": 3}),
        ("fit__batch_size", 8, {"batch_size": 8}),
        ("gru__units", 16, {"units": 16}),
        ("callbacks__patience", 3, {"early_stopping": True, "n_iter_no_change": 3}),
        ("callbacks__0__min_delta", 0.1, {"early_stopping": True, "tol": 0.1}),
        ("fit__validation_split", 0.2, {"early_stopping": True, "validation_fraction": 0.2}),
    ],
)
def test_what_is_a_parameter_of_the_network(kind, key, value, remedy):
    written = " and ".join(f"{name}={value!r}" for name, value in remedy.items())
    for call in (
        lambda: kind().set_params(**{key: value}),
        lambda: make_pipeline(kind()).set_params(**{f"{kind.__name__.lower()}__{key}": value}),
    ):
        fails(call, f"{key}={value!r}", kind.__name__, f"Write {written}.")
    estimator = kind().set_params(**remedy)
    estimator._validate_params()


@pytest.mark.parametrize(
    ("optimizer", "key", "value", "remedy"),
    [
        ("adam", "optimizer__beta_1", 0.8, "keras.optimizers.Adam(beta_1=0.8)"),
        ("sgd", "optimizer__momentum", 0.9, "keras.optimizers.SGD(momentum=0.9)"),
        # An object does not use the learning rate of the network.
        (
            keras.optimizers.RMSprop(),
            "optimizer__learning_rate",
            0.01,
            "keras.optimizers.RMSprop(learning_rate=0.01)",
        ),
    ],
)
def test_what_is_a_parameter_of_an_optimizer_alone(optimizer, key, value, remedy):
    network = GRURegressor(optimizer=optimizer)
    fails(lambda: network.set_params(**{key: value}), key, f"optimizer={remedy}")
    network.set_params(optimizer=eval(remedy), **SMALL).fit(X, Y)


def test_what_is_a_parameter_of_a_loss_or_a_callback():
    network = GRURegressor(**SMALL)
    fails(lambda: network.set_params(loss__delta=0.5), "loss=keras.losses.Huber(delta=0.5)")
    fails(
        lambda: network.set_params(callbacks__factor=0.5),
        "callbacks=[keras.callbacks.EarlyStopping(monitor='loss')]",
    )
    network.set_params(loss=keras.losses.Huber(delta=0.5))
    network.set_params(callbacks=[keras.callbacks.EarlyStopping(monitor="loss")])
    network.fit(X, Y)


def test_what_no_parameter_holds():
    fails(lambda: GRURegressor().set_params(units__size=3), "units__size=3", "units=...")
    fails(lambda: GRURegressor().set_params(model__layers=3), "Invalid parameter 'model'")
    fails(lambda: GRURegressor().set_params(layers=3), "Invalid parameter 'layers'")
    assert GRURegressor().set_params(units=3, learning_rate=0.1).learning_rate == 0.1


def test_an_optimizer_given_in_the_same_call():
    network = GRURegressor(optimizer=keras.optimizers.Adam())
    fails(
        lambda: network.set_params(optimizer="sgd", optimizer__learning_rate=0.1),
        "Write learning_rate=0.1.",
    )


def test_in_a_grid_search_and_a_forecaster():
    pipe = make_pipeline(SequenceWindower(2), GRURegressor(**SMALL))
    key = "gruregressor__optimizer__learning_rate"
    rows = np.sin(np.arange(40.0)).reshape(-1, 1)
    fails(
        lambda: GridSearchCV(pipe, {key: [0.01]}, cv=2).fit(rows),
        "optimizer__learning_rate=0.01",
        "Write learning_rate=0.01.",
        "keep the name of the step",
    )
    GridSearchCV(pipe, {"gruregressor__learning_rate": [0.01]}, cv=2).fit(rows)
    forecaster = SequenceForecaster(GRURegressor())
    fails(
        lambda: forecaster.set_params(regressor__optimizer__learning_rate=0.01),
        "Write learning_rate=0.01.",
    )
    forecaster.set_params(regressor__learning_rate=0.01)
    fails(lambda: SequenceForecaster().set_params(regressor__units=4), "default_regressor()")


# Labels


def classifier():
    return GRUClassifier(**SMALL)


@pytest.mark.parametrize("dtype", ["S4", object])
def test_labels_of_bytes(dtype):
    y = np.array([b"up", b"down"] * 12, dtype=dtype)
    fails(lambda: classifier().fit(X, y), "b'up'", "bytes", "label.decode()")
    y = [label.decode() for label in y]
    assert classifier().fit(X, y).classes_.tolist() == ["down", "up"]


@pytest.mark.parametrize("form", [lambda y: y, lambda y: y[:, np.newaxis], pd.Series])
def test_labels_of_mixed_types(form):
    y = form(np.array(["up", 0] * 12, dtype=object))
    fails(lambda: classifier().fit(X, y), "'up' and 0", "np.asarray(y).astype(str)")
    if y.ndim == 1:
        assert classifier().fit(X, np.asarray(y).astype(str)).classes_.tolist() == ["0", "up"]


DAYS = pd.DatetimeIndex(["2026-01-01", "2026-01-02"] * 12)


@pytest.mark.parametrize(
    "y",
    [
        DAYS.to_numpy(),
        pd.Series(DAYS),
        pd.Series(DAYS.tz_localize("Europe/Vienna")),
        pd.Series(DAYS.to_period("D")),
        DAYS.to_numpy() - DAYS.to_numpy()[0],
        np.array([datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)] * 12, dtype=object),
        pl.Series(DAYS.to_numpy()),
    ],
    ids=["M8", "Series", "zone", "period", "m8", "date", "polars"],
)
def test_labels_of_dates(y):
    fails(lambda: classifier().fit(X, y), "date or time", "astype(str)", "GRURegressor")
    assert len(classifier().fit(X, np.asarray(y).astype(str)).classes_) == 2


@pytest.mark.parametrize(
    "y",
    [
        ["up", "down"] * 12,
        [1, 2] * 12,
        np.array([True, False] * 12),
        pd.Series(["up", "down"] * 12, dtype="category"),
    ],
    ids=["strings", "numbers", "bools", "category"],
)
def test_labels_that_are_taken(y):
    assert len(classifier().fit(X, y).classes_) == 2


def test_missing_labels_are_left_to_their_own_message():
    fails(lambda: classifier().fit(X, np.array(["up", None] * 12, dtype=object)), "y[1] is None")
