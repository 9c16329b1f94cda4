"""Needs optuna."""

import numpy as np
import optuna
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline

from skgru import GRURegressor, SequenceWindower
from skgru.datasets import make_sine

series = make_sine(300)
folds = list(TimeSeriesSplit(3).split(series))


class ReportEpochs:
    """A callback of scikit-learn: reports the error of each epoch on the test rows of a fold.

    Epoch e of fold k is step k * n_epochs + e, so that pruners compare like with like.
    """

    def __init__(self, trial, fold, test, n_epochs):
        self.trial, self.test, self.first_step = trial, test, fold * n_epochs

    def setup(self, estimator, context): ...

    def teardown(self, estimator, context): ...

    def on_fit_task_begin(self, estimator, context): ...

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        if context.task_name == "epoch":
            error = 1 - fitted_estimator.score(self.test)
            self.trial.report(error, self.first_step + context.task_id)
            if self.trial.should_prune():
                raise optuna.TrialPruned  # the fit ends, and the estimator stays as it was


def objective(trial):
    n_epochs, errors = 8, []
    for fold, (train, test) in enumerate(folds):
        window = SequenceWindower(8, context="fit").fit(series[train])
        network = GRURegressor(
            trial.suggest_categorical("units", [2, 8]),
            learning_rate=trial.suggest_float("learning_rate", 1e-4, 0.1, log=True),
            epochs=n_epochs,
            random_state=0,
        )
        held_out = window.transform(series[test])
        network.set_callbacks(ReportEpochs(trial, fold, held_out, n_epochs))
        network.fit(window.transform(series[train]))
        errors.append(1 - network.score(held_out))
    return np.mean(errors)


pruner = optuna.pruners.MedianPruner(n_startup_trials=3)
sampler = optuna.samplers.TPESampler(seed=0)
study = optuna.create_study(pruner=pruner, sampler=sampler)
study.optimize(objective, n_trials=12)
best = make_pipeline(SequenceWindower(8), GRURegressor(random_state=0, **study.best_params))
best.fit(series)
