"""What goes on between epochs, in plain numbers: the order of the rows, early stopping, the line
that is printed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from skgru._specs import NetworkState, TrainingSpec

# Rows whose validation loss is averaged at once.
VALIDATION_BATCH = 1024


def epoch_order(n: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of n rows that depends on nothing but the seed and the epoch, so that training
    can be resumed.
    """
    return np.random.default_rng([seed, epoch]).permutation(n)


def in_order(logs: Mapping[str, float]) -> dict[str, float]:
    """What an epoch gave, the loss first, then by name, then the same of validation. Keras' own
    order depends on whether there are callbacks.
    """

    def position(name: str) -> tuple[bool, bool, str]:
        return name.startswith("val_"), name not in ("loss", "val_loss"), name

    return {name: float(logs[name]) for name in sorted(logs, key=position)}


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


def is_finite(state: NetworkState) -> bool:
    return all(np.isfinite(weight).all() for weight in state.weights)


class Progress:
    """What a training has come to: its history, and the network to keep.

    state : the network after the last epoch whose loss and weights were finite; diverged_in : the
    epoch after it, if there the loss or a weight was not.
    """

    def __init__(self, training: TrainingSpec):
        self._stopper = None
        if training.early_stopping:
            self._stopper = EarlyStopper(training.n_iter_no_change, training.tol, training.monitor)
        self.history: dict[str, list[float]] = {}
        self.state: NetworkState | None = None
        self.diverged_in: int | None = None
        self._best: NetworkState | None = None

    def end_epoch(self, state: NetworkState, epoch: int, logs: Mapping[str, float]) -> bool:
        """Take an epoch in. Whether it was the last one."""
        if not (is_finite(state) and np.isfinite(logs["loss"])):
            self.diverged_in = epoch
            return True
        self.state = state
        for name, value in in_order(logs).items():
            self.history.setdefault(name, []).append(value)
        if self._stopper is None:
            return False
        if self._stopper.is_best(logs):
            self._best = state
        return self._stopper.should_stop()

    def end(self, state: NetworkState) -> None:
        """Take in what callbacks have made of the network when training ended."""
        if self.state is not None and is_finite(state):
            self.state = state

    @property
    def kept(self) -> NetworkState | None:
        """The best network where there was early stopping, else the last one."""
        return self._best or self.state


class Reporter:
    """Prints a line for each epoch, and in long epochs one for each part."""

    SECONDS_BETWEEN_PARTS = 5.0

    def __init__(self, verbose: int, last_epoch: int):
        self.verbose = verbose
        self.last_epoch = last_epoch
        self._last_line = time.monotonic()

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """`Epoch 3/50 - loss: 0.0123 - val_loss: 0.0145`"""
        parts = (f" - {name}: {value:.4g}" for name, value in in_order(logs).items())
        self._line(epoch, "".join(parts))

    def part(self, epoch: int, share: float, loss: float) -> None:
        """`Epoch 3/50 - 40 % - loss: 0.0123`"""
        if share < 1 and time.monotonic() - self._last_line > self.SECONDS_BETWEEN_PARTS:
            self._line(epoch, f" - {share:.0%} - loss: {loss:.4g}")

    def _line(self, epoch: int, rest: str) -> None:
        self._last_line = time.monotonic()
        if self.verbose:
            print(f"Epoch {epoch + 1}/{self.last_epoch}{rest}", flush=True)
