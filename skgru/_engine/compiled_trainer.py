"""Training in compiled programs, each of which runs many optimiser steps in one call.

Weights and optimiser slots are arguments and results of a program, so that all fits of an
architecture share it, in all threads. Only a chunk of batches has a fixed shape, so that another
number of rows needs no compilation.

Ctrl-C is obeyed in two places:

- between two chunks. `CHUNK_VALUES`, `CHUNK_ROWS` and `CHUNK_WORK` in `training_program.py` limit
  the size of a chunk, and so the wait.
- while a program compiles. The main thread waits for the thread that compiles:
  `Program._compile_and_run` in `program.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from skgru._dataset import TrainingRun, WindowDataset
from skgru._engine.compiled_inference import predict, prepare
from skgru._engine.keras_callbacks import EpochCallbacks, first_with_batch_hooks
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

    def __init__(self, dataset: WindowDataset, scaling: TargetScaling):
        self.dataset, self.scaling = dataset, scaling
        self.held: tuple[np.ndarray, np.ndarray] | None = None
        if np.prod(dataset.shape) <= VALUES_HELD:
            X, y, _ = dataset.batch()
            self.held = X, scaling.normalise(y)

    def chunks(
        self, order: np.ndarray, program: TrainingProgram
    ) -> Iterator[tuple[TrainingProgram, list[np.ndarray], int, int]]:
        """For each chunk: the program, (X, y, weight), the number of steps, and that of rows."""
        rows_at_once = program.n_steps * program.batch_size
        for start in range(0, len(order), rows_at_once):
            picked = order[start : start + rows_at_once]
            n_steps = -(-len(picked) // program.batch_size)
            X, y, weight = self._batch(picked)
            if weight is None:
                steps = (program.network.window_length,) if program.network.each_step else ()
                weight = np.ones((len(picked), *steps), np.float32)
            # Rows that pad are copies of the last one, of weight 0: as finite as that one are their
            # loss and its gradient, which for targets or outputs of 0 are NaN in many losses.
            padded = (X, X[-1]), (y, y[-1]), (weight, 0.0)
            shaped = [self._shaped(array, padding, n_steps, program) for array, padding in padded]
            yield program, shaped, n_steps, len(picked)

    def _batch(self, picked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        if self.held is None:
            X, y, weight = self.dataset.batch(picked)
            return X, self.scaling.normalise(y), weight
        (X, y), weight = self.held, self.dataset.sample_weight
        return X[picked], y[picked], None if weight is None else weight[picked]

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

    def __init__(self, run: TrainingRun):
        network, training, dataset = run.network, run.training, run.dataset
        self.network, self.training = network, training
        trained = network if training.has_missing else network.without_masks()
        n, last_epoch = len(dataset), run.last_epoch
        self.program = program_for(trained, training)
        # The last batch and its program, if the batch must not be padded.
        self.n_rest, self.rest_program = 0, self.program
        if not self.program.ignores_padding and (n_rest := n % training.batch_size):
            self.n_rest = n_rest
            self.rest_program = program_for(trained, replace(training, batch_size=n_rest), 1)
        prepare(trained)  # compiles in the background
        self.n, self.n_batches = n, -(-n // training.batch_size)
        self.batches = Chunks(dataset, run.scaling)
        self.callbacks = EpochCallbacks(
            network, training, dataset.scaling, last_epoch, self.n_batches
        )
        self.reporter = Reporter(training.verbose, run.first_epoch, last_epoch, run.show)

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
        if training.shuffle:
            order = epoch_order(self.n, training.seed, epoch)
        else:
            order = np.arange(self.n)
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
                training.learning_rate, training.schedule, epoch, n_batches, n_steps, self.n_batches
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
        self, validation: WindowDataset, scaling: TargetScaling, state: NetworkState
    ) -> dict[str, float]:
        """Loss and metrics of the validation rows: means over batches, as in `Model.fit`."""
        network, program = self.network, self.program
        total, n, metrics = 0.0, len(validation), program.metrics.first
        for start in range(0, n, VALIDATION_BATCH):
            piece = slice(start, start + VALIDATION_BATCH)
            X, targets, weight = validation.batch(piece)
            outputs, n_rows = predict(network, state.weights, X), len(X)
            targets = scaling.normalise(targets)
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


def fit_compiled(run: TrainingRun) -> Progress:
    """Train as `keras_trainer.fit_stock` does, in compiled programs."""
    training, validation = run.training, run.validation
    _check_callbacks(training)
    fit = CompiledTraining(run)
    progress = Progress(training, run.resumed, run.after_epoch)
    callbacks = fit.callbacks
    first = fit.first_state(run.resumed.state if run.resumed else run.earlier)
    state = callbacks.call("on_train_begin", first)
    for epoch in range(run.first_epoch, run.last_epoch):
        if run.before_epoch is not None:
            run.before_epoch()
        state = callbacks.call("on_epoch_begin", state, epoch)
        state, logs = fit.run_epoch(state, epoch)
        if validation is not None:
            logs |= fit.validation_logs(validation, run.scaling, state)
        state, logs = callbacks.end_epoch(state, epoch, logs)
        fit.reporter.epoch(epoch, logs)
        if progress.end_epoch(state, epoch, logs) or callbacks.should_stop:
            break
    progress.end(callbacks.call("on_train_end", progress.state or state))
    return progress
