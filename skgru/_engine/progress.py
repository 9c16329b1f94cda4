"""What goes on between epochs, in plain numbers: the order of the rows, early stopping, the line
that is printed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

# Rows whose validation loss is averaged at once.
VALIDATION_BATCH = 1024


def epoch_order(n: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of n rows that depends on nothing but the seed and the epoch, so that training
    can be resumed.
    """
    return np.random.default_rng([seed, epoch]).permutation(n)


class EarlyStopper:
    """Says after each epoch whether it is the best so far, and whether it is time to stop.

    The best is any smaller validation loss, or higher accuracy; only one better by more than `tol`
    gives another `patience` epochs.
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


class Reporter:
    """Prints a line for each epoch, and in long epochs one for each part."""

    SECONDS_BETWEEN_PARTS = 5.0

    def __init__(self, verbose: int, last_epoch: int):
        self.verbose = verbose
        self.last_epoch = last_epoch
        self._last_line = time.monotonic()

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """`Epoch 3/50 - loss: 0.0123 - val_loss: 0.0145`"""
        self._line(epoch, "".join(f" - {name}: {float(value):.4g}" for name, value in logs.items()))

    def part(self, epoch: int, share: float, loss: float) -> None:
        """`Epoch 3/50 - 40 % - loss: 0.0123`"""
        if share < 1 and time.monotonic() - self._last_line > self.SECONDS_BETWEEN_PARTS:
            self._line(epoch, f" - {share:.0%} - loss: {loss:.4g}")

    def _line(self, epoch: int, rest: str) -> None:
        self._last_line = time.monotonic()
        if self.verbose:
            print(f"Epoch {epoch + 1}/{self.last_epoch}{rest}", flush=True)
