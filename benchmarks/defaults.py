"""Training settings of GRURegressor and GRUClassifier, compared on small unlike tasks.

python benchmarks/defaults.py [task ...] [--settings today cosine ...] [--add NAME JSON]
    [--save scores.json] [--sanity]

It is the evidence for the default learning rate, number of epochs, batch size and clipping. A
setting is a name and parameters of the estimators, all others are the defaults. All inputs are
standardised per channel here. Scores are those of windows that were not trained on, but for the
data of scikit-learn's checks. The spread is the standard deviation over the seeds.

Scores: R², accuracy, "digits" = -log10(1 - R²), or "log-likelihood" of the true class, mean.

`--add` compares a further setting. Besides parameters it may have "peak", which replaces the
highest rate of "cosine" in this process. `--save` keeps the scores in a file and measures only what
is missing there. `--sanity` looks at partial_fit, warm_start, early stopping, single windows and
100,000 windows instead.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from _common import make_pairs
from scipy.stats import rankdata
from sklearn.datasets import load_digits, make_blobs, make_friedman1
from sklearn.exceptions import ConvergenceWarning
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

BASELINE = "today"
SETTINGS: dict[str, dict[str, Any]] = {
    "today": {"learning_rate": 0.001, "epochs": 50},
    "0.003": {"learning_rate": 0.003},
    "0.005": {"learning_rate": 0.005},
    "0.01": {"learning_rate": 0.01},
    "cosine": {"learning_rate": "cosine"},
    "cosine 0.003": {"learning_rate": "cosine", "peak": 0.003},
    "cosine 0.005": {"learning_rate": "cosine", "peak": 0.005},
    "cosine 0.02": {"learning_rate": "cosine", "peak": 0.02},
    "cosine, 20 epochs": {"learning_rate": "cosine", "epochs": 20},
    "cosine, 20 epochs, highway": {"learning_rate": "cosine", "epochs": 20, "highway": True},
    "cosine 0.005, 20 epochs": {"learning_rate": "cosine", "epochs": 20, "peak": 0.005},
    "today, highway": {"learning_rate": 0.001, "highway": True},
    "cosine, 25 epochs": {"learning_rate": "cosine", "epochs": 25},
    "cosine, 30 epochs": {"learning_rate": "cosine", "epochs": 30},
    "cosine, 100 epochs": {"learning_rate": "cosine", "epochs": 100},
    "cosine, clipnorm": {"learning_rate": "cosine", "clipnorm": 1.0},
    "cosine, batch 32": {"learning_rate": "cosine", "batch_size": 32},
    "today, 100 epochs": {"learning_rate": 0.001, "epochs": 100},
    "today, stopping": {"learning_rate": 0.001, "early_stopping": True},
    "cosine, stopping": {"learning_rate": "cosine", "early_stopping": True},
}
# Seeds for the data of scikit-learn's checks, where every seed has to pass.
CHECK_SEEDS = range(10)


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
    return -np.log10(1 - r2_score(y, fitted.predict(X)))


def log_likelihood(fitted, X, y):
    columns = np.searchsorted(fitted.classes_, y)
    return fitted.predict_log_proba(X)[np.arange(len(y)), columns].clip(-20).mean()


def standardised(train, test):
    """Both with the means and deviations of the channels in train; NaN stays."""
    mean, deviation = (f(train, axis=(0, 1)) for f in (np.nanmean, np.nanstd))
    return (train - mean) / deviation, (test - mean) / deviation


def windows_of(series, length):
    """Windows (n, length, n_channels) of a series (n_rows, n_channels), each with the next row."""
    views = np.lib.stride_tricks.sliding_window_view(series, length, axis=0)[:-1]
    return views.transpose(0, 2, 1), series[length:]


def next_row(series, length, score=plain, n_train=None):
    """The next row of a series, from the rows before; the last fifth of the rows is the test."""
    n_train = n_train or int(0.8 * len(series))
    series = (series - series[:n_train].mean(axis=0)) / series[:n_train].std(axis=0)
    X, y = windows_of(series, length)
    y, n = y[:, 0] if y.shape[1] == 1 else y, n_train - length
    return Task(GRURegressor, (X[:n], y[:n]), (X[n:], y[n:]), score)


def split(estimator, X, y, n_train, score=plain, **params):
    X_train, X_test = standardised(X[:n_train], X[n_train:])
    return Task(estimator, (X_train, y[:n_train]), (X_test, y[n_train:]), score, params)


def check_regression():
    """Data of check_regressors_train, scored on themselves as there."""
    X, y = _regression_dataset()
    return Task(GRURegressor, (X, scale(y)), (X, scale(y)), plain)


def regression_like_check():
    """New rows of what check_regressors_train draws: one of ten steps explains four fifths of y."""
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
    """Friedman #1 of five of ten steps; the other steps are noise."""
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
    """60 rows with a season of 12 and noise; the 1,000 rows after them are the test."""
    t = np.arange(1060)
    noise = np.random.default_rng(0).normal(0, 0.4, len(t))
    series = np.sin(2 * np.pi * t / 12) + 0.5 * np.cos(4 * np.pi * t / 12) + noise
    return next_row(series[:, np.newaxis], 12, n_train=60)


def weak():
    """300 windows, whose last step explains a fifth of the variance of y."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2300, 10, 1))
    return split(GRURegressor, X, 0.5 * X[:, -1, 0] + rng.normal(size=len(X)), 300)


def outliers():
    """500 windows, of which 5 % have a y that is wrong by 10 standard deviations; the test has no
    such y.
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
    return next_row(np.diff(np.log(load_airline_passengers()), axis=0), 12)


def images(score=plain):
    """Handwritten digits, read row by row."""
    X, y = shuffle(*load_digits(return_X_y=True), random_state=0)
    X = X.reshape(-1, 8, 8) / 16
    return Task(GRUClassifier, (X[:900], y[:900]), (X[900:], y[900:]), score)


def recordings(load, score=plain):
    parts = [shuffle(*load(subset=subset), random_state=0) for subset in ("train", "test")]
    length = max(len(sequence) for X, _ in parts for sequence in X)
    X, X_test = standardised(*(as_windows(X, window_length=length) for X, _ in parts))
    return Task(GRUClassifier, (X, parts[0][1]), (X_test, parts[1][1]), score)


def letters():
    """The next letter of a list of names; fit without y."""
    names = np.random.default_rng(0).permutation(load_first_names()[0])
    _, tokens = np.unique(list("\n".join(names[:1200]).lower()), return_inverse=True)
    X, y = windows_of(tokens[:, np.newaxis], 8)
    X, y, n = X[:, :, 0], y[:, 0], 4000
    params = {"embedding_dim": 16, "highway": False}  # which tokens do not allow
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


@contextmanager
def built(task: Task, setting: dict[str, Any], seed: int = 0, **params: Any) -> Iterator[Any]:
    """The estimator of a task with a setting, whose peak counts as long as the context lasts."""
    params = {**setting, **task.params, **params}
    peak = params.pop("peak", None)
    estimator = task.estimator(random_state=seed, **params)
    if peak is None:
        yield estimator
        return
    with patch("skgru._engine.network.PEAK_RATE", peak):
        yield estimator


def score_of(task: Task, setting: dict[str, Any], seed: int) -> float:
    """NaN where training diverges."""
    with built(task, setting, seed) as estimator:
        try:
            return float(task.score(estimator.fit(*task.train), *task.test))
        except ValueError as error:
            if "diverged" not in str(error):
                raise
            return np.nan


def measured(tasks, settings, seeds, known, store):
    """Scores by task, setting and seed, of which those in `known` are not measured again."""
    for name, make in tasks.items():
        task, scores = make(), known.setdefault(name, {})
        for setting, params in settings.items():
            have = scores.setdefault(setting, [])
            have += [score_of(task, params, seed) for seed in list(seeds)[len(have) :]]
            store()
    return known


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    print("\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines), "\n", flush=True)


def print_scores(scores, tasks, settings):
    """Mean and spread; * where the mean is below the baseline's by more than both spreads."""
    ranks = {GRURegressor: [], GRUClassifier: []}
    rows = []
    for name, make in tasks.items():
        values = np.array([scores[name][setting] for setting in settings], dtype=float)
        mean, spread = values.mean(axis=1), values.std(axis=1, ddof=1)
        ranks[make().estimator].append(rankdata(-np.where(np.isnan(mean), -np.inf, mean)))
        base = list(settings).index(BASELINE) if BASELINE in settings else 0
        worse = ~(mean >= mean[base] - spread - spread[base])
        rows.append(
            [name]
            + [
                f"{m:.3f} ± {s:.3f}{'*' if w else ''}"
                for m, s, w in zip(mean, spread, worse, strict=True)
            ]
        )
    every = [rank for each in ranks.values() for rank in each]
    for label, chosen in {
        "mean rank": every,
        "mean rank, regressor": ranks[GRURegressor],
        "mean rank, classifier": ranks[GRUClassifier],
    }.items():
        if chosen:
            rows.append([label, *(f"{rank:.2f}" for rank in np.mean(chosen, axis=0))])
    table(["task", *settings], rows)


def print_checks(scores, settings):
    rows = [[name, *(f"{np.min(scores[name][s]):.3f}" for s in settings)] for name in CHECKS]
    table([f"check, least of {len(CHECK_SEEDS)} seeds", *settings], rows)


def partial(task, setting, calls):
    """Score after as many calls of partial_fit on all windows."""
    with built(task, setting) as estimator:
        X, y = task.train
        classes = {"classes": np.unique(y)} if task.estimator is GRUClassifier else {}
        for _ in range(calls):
            estimator.partial_fit(X, y, **classes)
        return task.score(estimator, *task.test)


def drifting(setting, n_calls=200):
    """R² of new windows before they are trained on, in the first 50 and in the last 50 of 200
    calls. What y is of x turns around once in 200 calls.
    """
    rng, errors, variances = np.random.default_rng(0), [], []
    task = Task(GRURegressor, (), (), plain)  # type: ignore[arg-type]
    with built(task, setting) as estimator:
        for call in range(n_calls):
            angle = 2 * np.pi * call / n_calls
            X = rng.normal(size=(64, 5, 1))
            y = np.cos(angle) * X[:, -1, 0] + np.sin(angle) * X[:, -2, 0]
            if call:
                errors.append(np.mean((estimator.predict(X) - y) ** 2))
                variances.append(np.var(y))
            estimator.partial_fit(X, y)
    parts = slice(0, 50), slice(-50, None)
    return [1 - np.mean(errors[part]) / np.mean(variances[part]) for part in parts]


def twice(task, setting):
    """Score of a fit, of a second one that continues it, and the first loss of the second as a
    multiple of the last loss of the first.
    """
    with built(task, setting, warm_start=True) as estimator:
        first = task.score(estimator.fit(*task.train), *task.test)
        n = estimator.n_iter_
        second = task.score(estimator.fit(*task.train), *task.test)
        return first, second, estimator.loss_curve_[n] / estimator.loss_curve_[n - 1]


def one_epoch_at_a_time(task, setting):
    """Score of 50 fits of one epoch with warm_start."""
    with built(task, setting, warm_start=True, epochs=1) as estimator:
        for _ in range(50):
            estimator.fit(*task.train)
        return task.score(estimator, *task.test)


def stopped(task, setting):
    """Epochs until early stopping, and the score then."""
    with built(task, setting, early_stopping=True) as estimator:
        estimator.fit(*task.train)
        return len(estimator.loss_curve_), task.score(estimator, *task.test)


def one_window(setting):
    X = np.linspace(0, 1, 10).reshape(1, 10, 1)
    with built(Task(GRURegressor, (), (), plain), setting) as estimator:  # type: ignore[arg-type]
        return np.isfinite(estimator.fit(X, [2.0]).predict(X)).all()


def many_windows(setting, epochs):
    """Losses of the epochs on 100,000 windows of the sine with noise of deviation 0.1."""
    X, y = make_pairs(100_000)
    y = y[:, 0] + np.random.default_rng(0).normal(0, 0.1, len(y))
    with built(Task(GRURegressor, (), (), plain), setting, epochs=epochs) as estimator:  # type: ignore[arg-type]
        return estimator.fit(X, y).loss_curve_


def print_sanity(settings):
    sine, noisy, speech = next_row(make_sine(), 10, digits), friedman(), TASKS["vowels"]()
    rows: dict[str, list[str]] = {}

    def add(label, values):
        values = np.ravel(values)
        rows.setdefault(label, []).append(", ".join(f"{value:.4g}" for value in values))

    for setting in settings.values():
        for name, task in {"sine": sine, "friedman": noisy, "vowels": speech}.items():
            add(
                f"{name}: partial_fit, 50 and 200 calls",
                [partial(task, setting, n) for n in (50, 200)],
            )
            add(f"{name}: warm_start, first, second score, jump of loss", twice(task, setting))
            add(f"{name}: 50 fits of 1 epoch with warm_start", one_epoch_at_a_time(task, setting))
            add(f"{name}: early stopping, epochs and score", stopped(task, setting))
        add("drifting stream: R² in the first and last 50 of 200 calls", drifting(setting))
        add("one window: finite", one_window(setting))
        add("100,000 windows, 1 epoch: loss", many_windows(setting, 1))
        add("100,000 windows, 3 epochs: losses", many_windows(setting, 3))
    table(["what", *settings], [[label, *cells] for label, cells in rows.items()])


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="task", help=f"of {', '.join(TASKS)}")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, help="all if none are named")
    parser.add_argument("--add", nargs=2, action="append", metavar=("NAME", "JSON"), default=[])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--save", type=Path, help="file of scores to read and to write")
    parser.add_argument("--sanity", action="store_true", help="the second table instead")
    chosen = parser.parse_args()
    if unknown := set(chosen.tasks) - set(TASKS):
        parser.error(f"no such task: {', '.join(sorted(unknown))}; choose from {', '.join(TASKS)}")
    if chosen.settings is None:
        chosen.settings = [] if chosen.add else list(SETTINGS)
    return chosen


def main():
    chosen = options()
    settings = {name: SETTINGS[name] for name in chosen.settings}
    settings |= {name: json.loads(params) for name, params in chosen.add}
    if chosen.sanity:
        print_sanity(settings)
        return
    tasks = {name: TASKS[name] for name in chosen.tasks or TASKS}
    scores = {}
    if chosen.save and chosen.save.exists():
        scores = json.loads(chosen.save.read_text())

    def store():
        if chosen.save:
            chosen.save.write_text(json.dumps(scores))

    measured(tasks, settings, range(chosen.seeds), scores, store)
    print_scores(scores, tasks, settings)
    if not chosen.tasks:
        measured(CHECKS, settings, CHECK_SEEDS, scores, store)
        print_checks(scores, settings)


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    main()
