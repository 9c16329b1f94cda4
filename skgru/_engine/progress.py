"""Tasks between epochs, without TensorFlow: order of the rows, history and progress lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np

from skgru._engine.early_stopping import EarlyStopper
from skgru._progress import TimeLeft
from skgru._specs import NetworkState, Snapshot, TrainingSpec

# Rows in a batch of the validation loss.
VALIDATION_BATCH = 1024


def epoch_order(n: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of n rows that depends only on the seed and the epoch, so that training can be
    resumed.
    """
    # The order of `permutation(n)`. Half of the memory counts with millions of rows.
    order = np.arange(n, dtype=np.int32 if n < 1 << 31 else np.int64)
    np.random.default_rng([seed, epoch]).shuffle(order)
    return order


def in_order(logs: Mapping[str, float]) -> dict[str, float]:
    """The logs of an epoch in a fixed order: the loss, the metrics by name, and the same for
    validation. The order of Keras depends on the callbacks.
    """

    def position(name: str) -> tuple[bool, bool, str]:
        return name.startswith("val_"), name not in ("loss", "val_loss"), name

    return {name: float(logs[name]) for name in sorted(logs, key=position)}


def is_finite(state: NetworkState) -> bool:
    return all(np.isfinite(weight).all() for weight in state.weights)


class Progress:
    """History of a training, and the network to keep.

    state : the network after the last epoch with finite losses and weights; diverged_in : the next
    epoch, if its losses or weights were not finite; only_validation_diverged : whether the
    validation loss was the only one of these; resumed : the training to go on with;
    after_epoch : called with the training after each epoch, and returns whether it must
    stop.
    """

    def __init__(
        self,
        training: TrainingSpec,
        resumed: Snapshot | None = None,
        after_epoch: Callable[[Snapshot], bool] | None = None,
    ):
        self._stopper = None
        if training.early_stopping:
            self._stopper = EarlyStopper(training.n_iter_no_change, training.tol, training.monitor)
        self.history: dict[str, list[float]] = {}
        self.state: NetworkState | None = None
        self.diverged_in: int | None = None
        self.only_validation_diverged = False
        self._best: NetworkState | None = None
        self._after_epoch = after_epoch
        if resumed is not None:
            self.state, self._best = resumed.state, resumed.best
            self.history = {name: list(values) for name, values in resumed.history.items()}
            if self._stopper is not None:
                self._stopper.best = resumed.lowest
                self._stopper.n_without_improvement = resumed.n_without_improvement

    @property
    def has_stopped(self) -> bool:
        """Whether early stopping has ended the training."""
        return self._stopper is not None and self._stopper.should_stop()

    def end_epoch(self, state: NetworkState, epoch: int, logs: Mapping[str, float]) -> bool:
        """Record an epoch. Returns whether training must stop."""
        is_trained = is_finite(state) and np.isfinite(logs["loss"])
        if not (is_trained and np.isfinite(logs.get("val_loss", 0.0))):
            self.diverged_in, self.only_validation_diverged = epoch, bool(is_trained)
            return True
        self.state = state
        for name, value in in_order(logs).items():
            self.history.setdefault(name, []).append(value)
        if self._stopper is not None and self._stopper.is_best(logs):
            self._best = state
        stops = self._after_epoch is not None and self._after_epoch(self._snapshot(state))
        return stops or self.has_stopped

    def _snapshot(self, state: NetworkState) -> Snapshot:
        if self._stopper is None:
            return Snapshot(state, None, self.history)
        stopper = self._stopper
        return Snapshot(
            state, self._best, self.history, stopper.best, stopper.n_without_improvement
        )

    def end(self, state: NetworkState) -> None:
        """Record the network after training, which callbacks may have changed."""
        if self.state is not None and is_finite(state):
            self.state = state

    @property
    def kept(self) -> NetworkState | None:
        """The best network with early stopping, else the last one."""
        return self._best or self.state


class Reporter:
    """Prints a line for each epoch, and in long epochs further lines every few seconds."""

    SECONDS_BETWEEN_PARTS = 5.0

    def __init__(
        self,
        verbose: int,
        first_epoch: int,
        last_epoch: int,
        show: Callable[[float, str], None] | None = None,
    ):
        self.verbose = verbose
        self.first_epoch, self.last_epoch = first_epoch, last_epoch
        self._show = show
        self._last_line = time.monotonic()
        self._time_left = TimeLeft()

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """`Epoch 3/50 - loss: 0.0123 - val_loss: 0.0145, 40 s left`"""
        parts = [f"{name}: {value:.4g}" for name, value in in_order(logs).items()]
        self._line(epoch, 1.0, " - ".join(parts))

    def part(self, epoch: int, share: float, loss: float) -> None:
        """`Epoch 3/50 - 40% - loss: 0.0123, 40 s left`"""
        if share < 1 and time.monotonic() - self._last_line > self.SECONDS_BETWEEN_PARTS:
            self._line(epoch, share, f"{share:.0%} - loss: {loss:.4g}")

    def _line(self, epoch: int, share: float, text: str) -> None:
        self._last_line = time.monotonic()
        if self._show is not None:
            self._show(share, text)
        if self.verbose:
            n_done, n = epoch - self.first_epoch + share, self.last_epoch - self.first_epoch
            left = self._time_left.text(n_done / n)
            print(f"Epoch {epoch + 1}/{self.last_epoch} - {text}{left}", flush=True)
