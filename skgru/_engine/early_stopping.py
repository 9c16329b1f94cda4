"""When training stops, and which epoch is the best."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class EarlyStopper:
    """Early stopping by the validation loss or accuracy.

    The best epoch has the lowest loss or the highest accuracy. Training stops after `patience`
    epochs without an improvement by more than `tol`.
    """

    def __init__(self, patience: int, tol: float, monitor: str = "loss"):
        self.patience = patience
        self.tol = tol
        self.monitor = monitor
        self.best = np.inf
        self.n_without_improvement = 0

    def is_best(self, logs: Mapping[str, float]) -> bool:
        value = logs[f"val_{self.monitor}"]
        loss = -value if self.monitor == "accuracy" else value
        improves = loss < self.best - self.tol
        self.n_without_improvement = 0 if improves else self.n_without_improvement + 1
        if not loss < self.best:  # NaN is never the best
            return False
        self.best = loss
        return True

    def should_stop(self) -> bool:
        return self.n_without_improvement >= self.patience
