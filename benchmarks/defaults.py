"""Training settings of GRURegressor and GRUClassifier, compared on small unlike tasks.

python benchmarks/defaults.py [task ...] [--settings defaults "20 epochs" ...] [--add NAME JSON]
    [--save scores.json] [--sanity]

The script gives the evidence for the default learning rate, number of epochs, batch size and
highway. A setting is a name with parameters of the estimators; all other parameters are the
defaults. The baseline has the learning rate of Keras, 50 epochs, no highway and a least batch size
of 1.

Scores are those of windows outside the training data, except on the data of scikit-learn's checks.
A score is R², accuracy, "digits" = -log10(1 - R²), or the mean log-likelihood of the true class.
The spread is the standard deviation over the seeds.

`--add` compares a further setting. A setting may also have

- "peak": the highest rate of learning_rate="auto",
- "least_batch": the least batch size of batch_size="auto",
- "windows_for_highway": the windows for each number of a window that highway="auto" asks for.

`--save` keeps the scores in a file and measures only the missing ones. `--sanity` prints a second
table instead: partial_fit, warm_start, early stopping, a single window and 100,000 windows.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from _common import make_pairs
from _default_tasks import CHECKS, TASKS, Task, digits, friedman, next_row, plain
from scipy.stats import rankdata
from sklearn.exceptions import ConvergenceWarning

from skgru import GRUClassifier, GRURegressor
from skgru._engine.learning_rate import PEAK_RATES
from skgru._networks.base import at_most_one_batch
from skgru.datasets import make_sine

BASELINE = "Keras' settings"
SETTINGS: dict[str, dict[str, Any]] = {
    BASELINE: {"learning_rate": 0.001, "epochs": 50, "highway": False, "least_batch": 1},
    "defaults": {},
    "20 epochs": {"epochs": 20},
    "30 epochs": {"epochs": 30},
    "40 epochs": {"epochs": 40},
    "50 epochs": {"epochs": 50},
    "highway": {"highway": True},
    "no highway": {"highway": False},
    "peak 0.003": {"peak": 0.003},
    "peak 0.01": {"peak": 0.01},
}
# Seeds for the data of scikit-learn's checks, where every seed has to pass.
CHECK_SEEDS = range(10)


def batch_size_rule(least: int) -> Callable[[int], int]:
    """The rule of batch_size="auto" with another least batch."""

    def rule(n_windows: int) -> int:
        wanted = max(least, min(32, n_windows // 16), n_windows // 4096)
        return min(1 << (wanted.bit_length() - 1), at_most_one_batch(n_windows))

    return rule


@contextmanager
def built(task: Task, setting: dict[str, Any], seed: int = 0, **params: Any) -> Iterator[Any]:
    """The estimator of a task with a setting. Constants of the package are patched while the
    context lasts.
    """
    params = {**setting, **task.params, **params}
    with ExitStack() as stack:
        if "peak" in params:
            stack.enter_context(patch.dict(PEAK_RATES, auto=params.pop("peak")))
        if "least_batch" in params:
            rule = batch_size_rule(params.pop("least_batch"))
            stack.enter_context(patch("skgru._networks.base.auto_batch_size", rule))
        if "windows_for_highway" in params:
            n = params.pop("windows_for_highway")
            stack.enter_context(patch("skgru._networks.base.WINDOWS_FOR_HIGHWAY", n))
        yield task.estimator(random_state=seed, **params)


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
    """Mean and spread. * marks a mean below the baseline's by more than both spreads together."""
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
    """R² of the windows of a call before partial_fit has seen them, in the first 50 and in the last
    50 of 200 calls. The weights of x in y turn around once in 200 calls.
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
    """Score of a fit, score of a second fit that continues the first, and the ratio of the second
    fit's first loss to the first fit's last loss.
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
