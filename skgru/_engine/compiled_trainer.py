"""Training in compiled programs, each of which runs many optimiser steps in one call.

Weights and optimiser slots are arguments and results of a program, so that all fits of an
architecture share it, in all threads. Only a chunk of batches has a fixed shape, so that another
number of rows needs no compilation.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from skgru._dataset import Examples
from skgru._engine.callbacks import EpochCallbacks, first_with_batch_hooks
from skgru._engine.inference import predict, prepare
from skgru._engine.keras_model import initial_weights, is_kernel
from skgru._engine.learning_rate import rate_shares
from skgru._engine.progress import VALIDATION_BATCH, Progress, Reporter, epoch_order
from skgru._engine.training_program import CannotCompile, TrainingProgram, program_for
from skgru._specs import NetworkSpec, NetworkState, TargetScaling, TrainingSpec

# Windows of at most this many values are converted to float32 once, not in each epoch.
VALUES_HELD = 1 << 22


def _check_callbacks(training: TrainingSpec) -> None:
    if (callback := first_with_batch_hooks(training.callbacks)) is not None:
        name = type(callback).__name__
        raise CannotCompile(f"callback {name} has batch hooks")


class Chunks:
    """Chunks of batches in a given order."""

    def __init__(self, examples: Examples, scaling: TargetScaling):
        self.examples, self.scaling = examples, scaling
        n_values = np.prod(examples.windows.shape)
        self.held = examples.windows.gather() if n_values <= VALUES_HELD else None
        are_there = isinstance(examples.targets, np.ndarray) or self.held is not None
        self.targets = scaling.normalise(examples.targets[:]) if are_there else None

    def chunks(
        self, order: np.ndarray, program: TrainingProgram
    ) -> Iterator[tuple[TrainingProgram, list[np.ndarray], int, int]]:
        """For each chunk: the program, (X, y, weight), the number of steps, and that of rows."""
        rows_at_once = program.n_steps * program.batch_size
        for start in range(0, len(order), rows_at_once):
            picked = order[start : start + rows_at_once]
            n_steps = -(-len(picked) // program.batch_size)
            weight = self._weight(picked, program.network)
            # Padding rows are copies of the last row with weight 0. Rows of zeros would have a loss
            # or a gradient of NaN in many losses.
            windows, targets = self._windows(picked), self._targets(picked)
            padded = (windows, windows[-1]), (targets, targets[-1]), (weight, 0.0)
            shaped = [self._shaped(array, padding, n_steps, program) for array, padding in padded]
            yield program, shaped, n_steps, len(picked)

    def _windows(self, picked: np.ndarray) -> np.ndarray:
        return self.examples.windows.gather(picked) if self.held is None else self.held[picked]

    def _targets(self, picked: np.ndarray) -> np.ndarray:
        if self.targets is None:
            return self.scaling.normalise(self.examples.targets[picked])
        return self.targets[picked]

    def _weight(self, picked: np.ndarray, network: NetworkSpec) -> np.ndarray:
        weight = self.examples.sample_weight
        if weight is not None:
            return weight[picked]
        steps = (network.window_length,) if network.each_step else ()
        return np.ones((len(picked), *steps), np.float32)

    @staticmethod
    def _shaped(
        array: np.ndarray, padding: Any, n_steps: int, program: TrainingProgram
    ) -> np.ndarray:
        n, batch_size = program.n_steps, program.batch_size
        shaped = np.empty((n * batch_size, *array.shape[1:]), np.float32)
        shaped[: len(array)] = array
        shaped[len(array) : n_steps * batch_size] = padding  # later steps are never run
        return shaped.reshape(n, batch_size, *array.shape[1:])


class CompiledTraining:
    """One fit: its programs, rows and callbacks."""

    def __init__(
        self,
        network: NetworkSpec,
        training: TrainingSpec,
        examples: Examples,
        scaling: TargetScaling,
        last_epoch: int,
    ):
        self.network, self.training = network, training
        trained = network if training.has_missing else network.without_masks()
        n = len(examples.windows)
        self.program = program_for(trained, training)
        # The last batch and its program, if the batch must not be padded.
        self.n_rest, self.rest_program = 0, self.program
        if not self.program.ignores_padding and (n_rest := n % training.batch_size):
            self.n_rest = n_rest
            self.rest_program = program_for(trained, replace(training, batch_size=n_rest), 1)
        prepare(trained)  # compiles in the background
        self.n, self.n_batches = n, -(-n // training.batch_size)
        self.batches = Chunks(examples, scaling)
        self.callbacks = EpochCallbacks(
            network, training, examples.windows.scaling, last_epoch, self.n_batches
        )
        self.reporter = Reporter(training.verbose, last_epoch)

    def first_state(self, earlier: NetworkState | None) -> NetworkState:
        program = self.program
        if earlier is None:
            weights = initial_weights(self.network, self.training.seed)
            return NetworkState(weights, program.first_slots, program.optimizer, 0)
        if earlier.optimizer == program.optimizer:
            return earlier
        return NetworkState(earlier.weights, program.first_slots, program.optimizer, earlier.epoch)

    def run_epoch(self, state: NetworkState, epoch: int) -> tuple[NetworkState, dict[str, float]]:
        """One pass over the rows. Returns the state after it, and the mean loss and the metrics."""
        training, callbacks = self.training, self.callbacks
        order = np.arange(self.n)
        if training.shuffle:
            order = epoch_order(self.n, training.seed, epoch)
        packed, rate = self.program.pack(state), callbacks.learning_rate
        seed = np.random.SeedSequence([training.seed, epoch]).generate_state(2).astype(np.int32)
        total, n_seen, n_batches = 0.0, 0, 0
        n_whole = self.n - self.n_rest
        chunks = itertools.chain(
            self.batches.chunks(order[:n_whole], self.program),
            self.batches.chunks(order[n_whole:], self.rest_program),
        )
        for program, (X, y, weight), n_steps, n_rows in chunks:
            seeds = seed + np.array([n_batches, 0], np.int32)
            rates = rate * rate_shares(
                training.learning_rate,
                training.schedule,
                epoch,
                n_batches,
                n_steps,
                self.n_batches,
            )
            packed, chunk_loss = program(
                packed, rates, X, y, weight, n_steps, seeds, training.alpha
            )
            total, n_seen, n_batches = total + chunk_loss, n_seen + n_rows, n_batches + n_steps
            callbacks.after_chunk(n_batches - 1, chunk_loss / n_rows)
            self.reporter.part(epoch, n_seen / self.n, total / n_seen)
            if callbacks.should_stop or not np.isfinite(total):
                break
        state, metrics = self.program.unpack(packed, epoch + 1)
        return state, {"loss": total / max(1, n_seen), **metrics}

    def validation_logs(
        self, validation: Examples, scaling: TargetScaling, state: NetworkState
    ) -> dict[str, float]:
        """Loss and metrics of the validation rows: means over batches, as in `Model.fit`."""
        network, program = self.network, self.program
        total, n, metrics = 0.0, len(validation.windows), program.metrics.first
        for start in range(0, n, VALIDATION_BATCH):
            piece = slice(start, start + VALIDATION_BATCH)
            outputs = predict(network, state.weights, validation.windows.gather(piece))
            targets = scaling.normalise(validation.targets[piece])
            n_rows, weight = len(targets), validation.sample_weight
            weight = None if weight is None else weight[piece]
            if network.each_step:
                outputs = outputs.reshape(-1, network.values_of_step)
                targets = targets.reshape(-1, network.n_outputs)
                weight = None if weight is None else weight.ravel()
            total += float(program.loss(targets, outputs, sample_weight=weight)) * n_rows
            if weight is None:
                weight = np.ones(len(targets), np.float32)
            metrics = program.metrics.update(metrics, targets, outputs, weight)
        loss = total / n + penalty(network, self.training.alpha, state.weights)
        results = program.metrics.results([np.asarray(one) for one in metrics])
        return {"val_loss": loss} | {f"val_{name}": value for name, value in results.items()}


def penalty(network: NetworkSpec, alpha: float, weights: list[np.ndarray]) -> float:
    """The L2 penalty that `alpha` adds to the loss."""
    if not alpha:
        return 0.0
    kernels = zip(weights, is_kernel(network), strict=True)
    return alpha / 2 * float(sum(np.square(weight).sum() for weight, counts in kernels if counts))


def fit_compiled(
    network: NetworkSpec,
    training: TrainingSpec,
    examples: Examples,
    validation: Examples | None,
    scaling: TargetScaling,
    epochs: int,
    earlier: NetworkState | None,
) -> Progress:
    """Train in compiled programs, with the results of `keras_trainer.fit_stock`."""
    _check_callbacks(training)
    first_epoch = earlier.epoch if earlier else 0
    last_epoch = first_epoch + epochs
    fit = CompiledTraining(network, training, examples, scaling, last_epoch)
    progress = Progress(training)
    callbacks = fit.callbacks
    state = callbacks.call("on_train_begin", fit.first_state(earlier))
    for epoch in range(first_epoch, last_epoch):
        state = callbacks.call("on_epoch_begin", state, epoch)
        state, logs = fit.run_epoch(state, epoch)
        if validation is not None:
            logs |= fit.validation_logs(validation, scaling, state)
        state, logs = callbacks.end_epoch(state, epoch, logs)
        fit.reporter.epoch(epoch, logs)
        if progress.end_epoch(state, epoch, logs) or callbacks.should_stop:
            break
    progress.end(callbacks.call("on_train_end", progress.state or state))
    return progress
