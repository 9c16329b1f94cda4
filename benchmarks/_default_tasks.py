"""The small unlike tasks on which defaults.py compares training settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.datasets import load_digits, make_blobs, make_friedman1
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils import shuffle
from sklearn.utils.estimator_checks import _regression_dataset

from skgru import GRUClassifier, GRURegressor, as_windows
from skgru.datasets import (
    load_airline_passengers,
    load_basic_motions,
    load_first_names,
    load_japanese_vowels,
    load_seattle_weather,
    load_sunspots,
    make_sine,
)


@dataclass(frozen=True)
class Task:
    """Windows and targets for training, and for the score of a fitted estimator."""

    estimator: type
    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    score: Callable[[Any, np.ndarray, np.ndarray], float]
    params: dict[str, Any] = field(default_factory=dict)


def plain(fitted, X, y):
    """R² or accuracy."""
    return fitted.score(X, y)


def digits(fitted, X, y):
    """-log10(1 - R²): how many digits of the targets are right."""
    return -np.log10(1 - r2_score(y, fitted.predict(X)))


def log_likelihood(fitted, X, y):
    """Mean log-likelihood of the true classes."""
    columns = np.searchsorted(fitted.classes_, y)
    return fitted.predict_log_proba(X)[np.arange(len(y)), columns].clip(-20).mean()


def windows_of(series, length):
    """Windows (n, length, n_channels) of a series (n_rows, n_channels), each with its next row."""
    views = np.lib.stride_tricks.sliding_window_view(series, length, axis=0)[:-1]
    return views.transpose(0, 2, 1), series[length:]


def next_row(series, length, score=plain, n_train=None):
    """The next row of a series, from the last rows; the last fifth of the rows is the test."""
    X, y = windows_of(series, length)
    y, n = y[:, 0] if y.shape[1] == 1 else y, (n_train or int(0.8 * len(series))) - length
    return Task(GRURegressor, (X[:n], y[:n]), (X[n:], y[n:]), score)


def split(estimator, X, y, n_train, score=plain, **params):
    """The first n_train windows are trained on, the others are the test."""
    return Task(estimator, (X[:n_train], y[:n_train]), (X[n_train:], y[n_train:]), score, params)


def check_regression():
    """Data of check_regressors_train, scored on themselves as there."""
    X, y = _regression_dataset()
    return Task(GRURegressor, (X, scale(y)), (X, scale(y)), plain)


def regression_like_check():
    """New windows of the distribution of check_regressors_train. One of ten steps explains four
    fifths of the variance of y.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2200, 10, 1))
    return split(GRURegressor, X, 2 * X[:, 4, 0] + rng.normal(size=len(X)), 200)


def blobs(n_classes):
    """Data of check_classifiers_train, scored on themselves as there."""
    X, y = shuffle(*make_blobs(n_samples=300, random_state=0), random_state=7)
    X, chosen = StandardScaler().fit_transform(X), y < n_classes
    data = X[chosen], y[chosen]
    return Task(GRUClassifier, data, data, plain)


def class_weights(n_classes):
    """Data of check_class_weight_classifiers: the share of class 0 has to exceed 0.87."""
    X, y = make_blobs(centers=n_classes, random_state=0, cluster_std=20)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.5, random_state=0)
    weights = {0: 1000, **dict.fromkeys(range(1, n_classes), 0.0001)}
    return Task(
        GRUClassifier,
        (X, y),
        (X_test, y_test),
        lambda fitted, X, y: np.mean(fitted.predict(X) == 0),
        {"class_weight": weights},
    )


def friedman():
    """Friedman #1 of five of ten steps. The other steps are noise."""
    X, y = make_friedman1(2500, n_features=10, noise=1.0, random_state=0)
    return split(GRURegressor, X[:, ::-1, np.newaxis], y, 500)


def oscillation():
    """20,000 rows of a driven van der Pol oscillator, observed with noise."""
    rng, dt = np.random.default_rng(0), 0.02
    position, speed, values = 1.0, 0.0, []
    for step in range(20_000 * 5):
        force = 1.2 * np.sin(0.63 * step * dt)
        change = 3 * (1 - position**2) * speed - position + force
        position, speed = position + dt * speed, speed + dt * change
        values.append(position)
    series = np.array(values[::5])[:, np.newaxis] + rng.normal(0, 0.05, (20_000, 1))
    return next_row(series, 10, digits)


def short():
    """60 rows with a season of 12 and noise; the 1,000 rows that follow are the test."""
    t = np.arange(1060)
    noise = np.random.default_rng(0).normal(0, 0.4, len(t))
    series = np.sin(2 * np.pi * t / 12) + 0.5 * np.cos(4 * np.pi * t / 12) + noise
    return next_row(series[:, np.newaxis], 12, n_train=60)


def weak():
    """300 windows. The last step explains a fifth of the variance of y."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2300, 10, 1))
    return split(GRURegressor, X, 0.5 * X[:, -1, 0] + rng.normal(size=len(X)), 300)


def outliers():
    """500 windows, of which 5 % have a y that is wrong by 10 standard deviations. The test windows
    have the right y.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2500, 10, 1))
    y = np.tanh(X[:, -3:, 0].sum(axis=1)) + 0.5 * X[:, 0, 0] * X[:, -1, 0]
    y += rng.normal(0, 0.1, len(y))
    wrong = rng.choice(500, 25, replace=False)
    y[wrong] += rng.choice([-10, 10], 25) * y.std()
    return split(GRURegressor, X, y, 500)


def adding():
    """The sum of the two values of 30 that are marked [1].

    [1] Hochreiter, S., Schmidhuber, J. (1997). Long Short-Term Memory. Neural Computation 9(8).
    """
    rng = np.random.default_rng(0)
    values, marks = rng.uniform(size=(3000, 30)), np.zeros((3000, 30))
    for low in (0, 15):
        marks[np.arange(3000), rng.integers(low, low + 15, 3000)] = 1
    X, y = np.stack([values, marks], axis=2), (values * marks).sum(axis=1)
    return split(GRURegressor, X, y, 2000, digits)


def weather():
    """All channels of the weather of Seattle of the next day."""
    return next_row(load_seattle_weather(), 14)


def airline_changes():
    """Monthly changes of the logarithm of the passengers."""
    return next_row(np.diff(np.log(load_airline_passengers()), axis=0), 12)


def images(score=plain):
    """Handwritten digits, read row by row."""
    X, y = shuffle(*load_digits(return_X_y=True), random_state=0)
    return split(GRUClassifier, X.reshape(-1, 8, 8), y, 900, score)


def recordings(load, score=plain):
    """Recordings of unlike lengths, in the published train and test subsets."""
    parts = [shuffle(*load(subset=subset), random_state=0) for subset in ("train", "test")]
    length = max(len(sequence) for X, _ in parts for sequence in X)
    X, X_test = (as_windows(X, window_length=length) for X, _ in parts)
    return Task(GRUClassifier, (X, parts[0][1]), (X_test, parts[1][1]), score)


def letters():
    """The next letter of a list of names. `fit` gets no y."""
    names = np.random.default_rng(0).permutation(load_first_names()[0])
    _, tokens = np.unique(list("\n".join(names[:1200]).lower()), return_inverse=True)
    X, y = windows_of(tokens[:, np.newaxis], 8)
    X, y, n = X[:, :, 0], y[:, 0], 4000
    params = {"embedding_dim": 16, "highway": False}  # tokens allow no highway
    return Task(GRUClassifier, (X[:n], None), (X[n + 8 :], y[n + 8 :]), log_likelihood, params)


def wrong_labels(score=plain):
    """Random walks up or down, a fifth of them with the wrong label."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2300)
    X = rng.normal(0.25 * (2 * y - 1)[:, np.newaxis], 1, (len(y), 20)).cumsum(axis=1)
    y = np.where(rng.uniform(size=len(y)) < 0.2, 1 - y, y)
    return split(GRUClassifier, X[:, :, np.newaxis], y, 300, score)


TASKS: dict[str, Callable[[], Task]] = {
    "check (train R²)": check_regression,
    "check, new rows": regression_like_check,
    "sine (digits)": lambda: next_row(make_sine(), 10, digits),
    "sunspots": lambda: next_row(load_sunspots(), 22),
    "airline": lambda: next_row(np.log(load_airline_passengers()), 12),
    "airline changes": airline_changes,
    "weather": weather,
    "friedman": friedman,
    "oscillation (digits)": oscillation,
    "short": short,
    "weak": weak,
    "outliers": outliers,
    "adding (digits)": adding,
    "check (train accuracy)": lambda: blobs(3),
    "digits": images,
    "vowels": lambda: recordings(load_japanese_vowels),
    "vowels (log-likelihood)": lambda: recordings(load_japanese_vowels, log_likelihood),
    "motions": lambda: recordings(load_basic_motions),
    "letters (log-likelihood)": letters,
    "wrong labels": wrong_labels,
    "wrong labels (log-likelihood)": lambda: wrong_labels(log_likelihood),
}
CHECKS: dict[str, Callable[[], Task]] = {
    "R², above 0.8": check_regression,
    "accuracy, 2 classes, above 0.83": lambda: blobs(2),
    "accuracy, 3 classes, above 0.83": lambda: blobs(3),
    "class weight, 2 classes, above 0.87": lambda: class_weights(2),
    "class weight, 3 classes, above 0.87": lambda: class_weights(3),
}
