"""The learning rate of each step: a number, a cosine, or a Keras schedule."""

from __future__ import annotations

from numbers import Real
from typing import Any

import keras
import numpy as np

from skgru._specs import TrainingSpec

# Highest rates of the cosine schedules.
PEAK_RATES = {"cosine": 1e-2, "auto": 5e-3}

# Share of the steps until the highest rate is reached, and the last rate as a share of the highest.
WARM_UP, LAST_SHARE = 0.05, 0.01


def has_schedule(optimizer: keras.optimizers.Optimizer) -> bool:
    """Whether the learning rate of the optimiser is a Keras schedule of the number of steps."""
    return not hasattr(optimizer._learning_rate, "assign")


def first_rate(learning_rate: Any) -> Any:
    """Learning rate of a named optimiser: a number, the highest rate of a cosine, or a schedule."""
    if is_cosine(learning_rate):
        return PEAK_RATES[learning_rate]
    if isinstance(learning_rate, Real) or is_schedule(learning_rate):
        return learning_rate
    raise ValueError(
        f"learning_rate={learning_rate!r} must be a number above 0 or a schedule. Use 0.001, "
        '"auto", "cosine" or a keras.optimizers.schedules.LearningRateSchedule.'
    )


def is_schedule(learning_rate: Any) -> bool:
    return isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule)


def cosine(steps: np.ndarray, n_steps: int) -> np.ndarray:
    """Learning rates of some of n_steps steps, as shares of the highest rate: a linear rise, then a
    fall along half a cosine to a constant last rate.
    """
    n_warm = max(1, round(WARM_UP * n_steps))
    up = (steps + 1) / n_warm
    share = np.clip((steps + 1 - n_warm) / max(1, n_steps - n_warm), 0, 1)
    down = LAST_SHARE + (1 - LAST_SHARE) * (1 + np.cos(np.pi * share)) / 2
    return np.where(up < 1, up, down)


def rate_shares(
    learning_rate: object, schedule: tuple[int, int], epoch: int, first: int, n: int, n_batches: int
) -> np.ndarray:
    """Factors of the learning rate in n steps of an epoch of n_batches, from step `first` on.

    schedule : as in TrainingSpec.
    """
    if not is_cosine(learning_rate):
        return np.ones(n)
    start, n_epochs = schedule
    return cosine((epoch - start) * n_batches + first + np.arange(n), n_epochs * n_batches)


def is_cosine(learning_rate: object) -> bool:
    return isinstance(learning_rate, str)


def learning_rate_of(training: TrainingSpec) -> float:
    """Learning rate of a training: the highest rate of a cosine, and 0 for a Keras schedule, which
    computes its rates itself.
    """
    if isinstance(training.optimizer, str):
        rate = first_rate(training.learning_rate)
        return 0.0 if is_schedule(rate) else float(rate)
    if has_schedule(training.optimizer):
        return 0.0
    return float(np.asarray(training.optimizer.learning_rate))


class Rates(keras.callbacks.Callback):
    """Sets the learning rate of each step of a cosine schedule. Between epochs, the rate is the
    highest one, so that other callbacks can change it.
    """

    def __init__(self, training: TrainingSpec, n_batches: int):
        super().__init__()
        self.training = training
        self.n_batches = n_batches

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        optimizer = self.model.optimizer
        if batch == 0:
            self.highest = float(optimizer.learning_rate)
        rate, schedule = self.training.learning_rate, self.training.schedule
        (share,) = rate_shares(rate, schedule, self.epoch, batch, 1, self.n_batches)
        optimizer.learning_rate = self.highest * share

    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate = self.highest
