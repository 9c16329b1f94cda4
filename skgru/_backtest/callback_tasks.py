"""The forecast origins of a backtest as tasks of callbacks, and what `verbose` shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sklearn.base import BaseEstimator, clone

from skgru._callbacks import (
    AutoPropagatedCallback,
    FitTask,
    TakesCallbacks,
    callback_management_context,
    is_shown,
)
from skgru._progress import TimeLeft


class Backtest(TakesCallbacks, BaseEstimator):
    """What callbacks see as the estimator of a backtest, which is a function."""

    def __init__(self, verbose: int = 0):
        self.verbose = verbose


@contextmanager
def followed(forecaster: Any, n_origins: int) -> Iterator[tuple[Any, FitTask | None]]:
    """The forecaster for the fits, and the task of a backtest.

    Callbacks that follow whole searches, such as ProgressBar, follow the backtest, and its fits are
    within it. Others, such as ScoringMonitor, stay with the forecaster. The task is None without
    the former.
    """
    callbacks = getattr(forecaster, "_skl_callbacks", [])
    outer = [one for one in callbacks if isinstance(one, AutoPropagatedCallback)]
    if not outer:
        yield forecaster, None
        return
    forecaster = clone(forecaster).set_callbacks(*(one for one in callbacks if one not in outer))
    backtest = Backtest().set_callbacks(*outer)
    with callback_management_context(backtest):
        task = FitTask.begun(backtest, n_origins, in_order=False)
        yield forecaster, task
        task.end()


def shown(outcomes: Iterable[Any], n_origins: int, verbose: int) -> Iterator[Any]:
    """The outcomes, one for each origin. For `verbose`, a bar shows how many are done, or lines say
    it: about ten, or all if verbose > 1.
    """
    every = 1 if verbose > 1 else -(-n_origins // 10)
    backtest, time_left = Backtest(verbose), TimeLeft()
    with callback_management_context(backtest):
        task = FitTask.begun(backtest, n_origins) if verbose else None
        prints = bool(verbose) and not is_shown(backtest)
        for i, outcome in enumerate(outcomes, start=1):
            if task is not None:
                origin = task.subtask("forecast-origin")
                origin.begin()
                origin.end()
            if prints and (i % every == 0 or i == n_origins):
                left = time_left.text(i / n_origins)
                print(f"backtest: {i} / {n_origins} forecast origins{left}", flush=True)
            yield outcome
        if task is not None:
            task.end()
