"""The epochs of a fit as tasks of scikit-learn's callbacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from skgru._callbacks import FitTask, is_shown
from skgru._dataset import TrainingRun, WindowDataset
from skgru._specs import Snapshot


def data_of(X: Any, y: Any, sample_weight: Any, dataset: WindowDataset) -> dict[str, Any]:
    """X, y and weights for callbacks: the rows of a fit that have a known target. Each is computed
    when a callback asks for it. Without X or y: the windows and targets of the dataset.
    """
    rows = dataset.rows

    def windows() -> Any:
        is_plain = y is not None and (hasattr(X, "columns") or isinstance(X, np.ndarray))
        return _safe_indexing(X, rows) if is_plain else dataset.values()

    def targets() -> Any:
        if y is not None:
            return _safe_indexing(y, rows)
        found = dataset.targets()
        return found[:, 0] if found.shape[1] == 1 else found

    data: dict[str, Any] = {"X": windows, "y": targets}
    if sample_weight is not None:
        data["metadata"] = lambda: {"sample_weight": np.asarray(sample_weight)[rows]}
    return data


class EpochTasks:
    """The task of a fit, and the one of the epoch that runs.

    fitted : (snapshot) -> the attributes of an estimator that was fitted up to then.
    """

    def __init__(self, fit: FitTask, fitted: Callable[[Snapshot], Mapping[str, Any]]) -> None:
        self.fit = fit
        self._fitted = fitted
        self._epoch: FitTask | None = None

    def before_epoch(self) -> None:
        self._epoch = self.fit.subtask("epoch")
        self._epoch.begin()

    def after_epoch(self, snapshot: Snapshot) -> bool:
        assert self._epoch is not None
        return self._epoch.end(lambda: self._fitted(snapshot))

    def show(self, share: float, text: str) -> None:
        self.fit.show(share, text)

    def in_run(self, run: TrainingRun) -> TrainingRun:
        """A training that calls these callbacks too."""
        write = run.after_epoch

        def after_epoch(snapshot: Snapshot) -> bool:
            stops = write is not None and write(snapshot)
            return self.after_epoch(snapshot) or stops

        if is_shown(self.fit.estimator):
            run = replace(run, training=replace(run.training, verbose=0))
        return replace(run, before_epoch=self.before_epoch, after_epoch=after_epoch, show=self.show)
