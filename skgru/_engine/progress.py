"""What goes on between epochs, in plain numbers: the order of the rows, early stopping, the line
that is printed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def epoch_order(n: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of n rows that depends on nothing but the seed and the epoch, so that training
    can be resumed.
    """
    return np.random.default_rng([seed, epoch]).permutation(n)


class EarlyStopper:
    """Says after each epoch whether its loss is the best so far, and whether it is time to stop.

    The best is any smaller loss; only one smaller by more than `tol` gives another `patience`
    epochs.
    """

    def __init__(self, patience: int, tol: float):
        self.patience = patience
        self.tol = tol
        self.best = np.inf
        self.n_without_improvement = 0

    def is_best(self, loss: float) -> bool:
        improves = loss < self.best - self.tol
        self.n_without_improvement = 0 if improves else self.n_without_improvement + 1
        if not loss < self.best:  # NaN is never the best
            return False
        self.best = loss
        return True

    def should_stop(self) -> bool:
        return self.n_without_improvement >= self.patience


def epoch_line(epoch: int, last_epoch: int, logs: Mapping[str, float]) -> str:
    """`Epoch 3/50 - loss: 0.0123 - val_loss: 0.0145`"""
    values = "".join(f" - {name}: {float(value):.4g}" for name, value in logs.items())
    return f"Epoch {epoch + 1}/{last_epoch}{values}"
