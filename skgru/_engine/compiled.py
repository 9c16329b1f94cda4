"""Training compiled: many optimiser steps inside one XLA program, which holds no state.

Weights and optimiser slots enter and leave as arguments, so that every fit of an architecture, in
any thread, runs the same program. The number of steps is a run-time number: only a chunk of
batches has a fixed shape, and a fit on another number of rows compiles nothing.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from skgru._engine.callbacks import EpochCallbacks, first_with_batch_hooks
from skgru._engine.inference import accuracy, predict, prepare
from skgru._engine.layers import Scratch, apply_network, scratch_shapes
from skgru._engine.network import (
    N_GATES,
    initial_weights,
    is_schedule,
    optimizer_maker,
    training_loss,
)
from skgru._engine.program import Packing, Program, ProgramCache
from skgru._engine.progress import (
    VALIDATION_BATCH,
    EarlyStopper,
    Reporter,
    epoch_order,
    rate_shares,
)
from skgru._engine.stateless import SUPPORTED, Parts, join, stateless
from skgru._specs import (
    Examples,
    NetworkSpec,
    NetworkState,
    TargetScaling,
    TrainingSpec,
)

# Values in a chunk: enough steps that the call costs nothing beside them, few enough that an
# interruption is soon noticed and a copy is small.
CHUNK_VALUES = 1 << 20
CHUNK_ROWS = 8192
# Multiply-adds of a step's recurrent product from which two cores are faster than one: 0.8 million
# took longer on two, 3 million less.
PRODUCT_FOR_ALL_CORES = 2_000_000
# Windows below this many values are copied to float32 once, and not in each epoch.
VALUES_HELD = 1 << 22


class CannotCompile(Exception):
    """What makes a training impossible to compile, in a few words."""


def _check_callbacks(training: TrainingSpec) -> None:
    if (callback := first_with_batch_hooks(training.callbacks)) is not None:
        name = type(callback).__name__
        raise CannotCompile(f"callback {name} is called in the middle of epochs")


def _checked(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    if type(optimizer) not in SUPPORTED:
        raise CannotCompile(f"optimizer {type(optimizer).__name__} has no compiled form")
    if optimizer.use_ema or optimizer.gradient_accumulation_steps:
        raise CannotCompile("use_ema and gradient_accumulation_steps have no compiled form")
    return optimizer


class TrainingProgram:
    """The compiled steps of one architecture, loss, optimiser and batch size."""

    def __init__(self, network: NetworkSpec, training: TrainingSpec):
        self.network = network
        self.batch_size = training.batch_size
        rows = min(CHUNK_ROWS, CHUNK_VALUES // (network.window_length * network.n_channels))
        self.n_steps = max(1, rows // self.batch_size)
        weights = initial_weights(network, training.seed)
        make = optimizer_maker(training)
        optimizer, self.first_slots, self._update = stateless(lambda: _checked(make()), weights)
        self.optimizer = type(optimizer).__name__
        self._shapes = [weight.shape for weight in weights]
        values = np.concatenate([np.ravel(weight) for weight in weights])
        self._packing = Packing([values, *self.first_slots])
        self._loss = training_loss(network, training)
        self._has_run = False
        batches = (self.n_steps, self.batch_size)
        try:
            self._program = Program(
                self._run,
                [
                    *self._packing.signature,
                    ((self.n_steps,), np.float32),
                    ((*batches, network.window_length, network.n_channels), np.float32),
                    ((*batches, network.n_outputs), np.float32),
                    (batches, np.float32),
                    ((), np.int32),
                    ((2,), np.int32),
                ],
                n_threads=self._n_threads(),
            )
        except Exception as error:
            raise CannotCompile(_in_short(error)) from error

    def _n_threads(self) -> int:
        units = max(self.network.units)
        product = self.batch_size * units * N_GATES[self.network.cell] * units
        return 0 if product >= PRODUCT_FOR_ALL_CORES else 1

    def _run(self, floats, integers, learning_rates, X, y, weight, n_steps, seed):
        """X : (n_steps, batch_size, window_length, n_channels); weight : 0 for rows that pad.

        Returns the new weights and slots, and the sum over the rows of their batch's loss.
        """
        # The first slot is the number of steps so far: a loop that carries less compiles faster.
        values, n_before, *slots = self._packing.unpack(floats, integers)

        def n_steps_before(i):
            return n_before + tf.cast(i, n_before.dtype)

        def step(i, values, slots, total, arrays):
            def masks(layer, shape):
                return dropout_mask(shape, self.network.dropout, seed, i, layer)

            weights, scratch = Parts(values, self._shapes), Scratch(arrays)
            outputs, pull_back = apply_network(self.network, weights, X[i], masks, scratch)
            with tf.GradientTape() as tape:
                tape.watch(outputs)
                loss = self._loss(y[i], outputs, sample_weight=weight[i])
            gradient = join(pull_back(tape.gradient(loss, outputs)))
            slots = [n_steps_before(i), *slots]
            values, (_, *slots) = self._update(values, slots, learning_rates[i], gradient)
            n_rows = tf.cast(tf.math.count_nonzero(weight[i]), tf.float32)
            return i + 1, values, slots, total + loss * n_rows, scratch.written

        arrays = [tf.zeros(shape) for shape in scratch_shapes(self.network, self.batch_size)]
        start = (tf.constant(0), values, slots, tf.constant(0.0), arrays)
        _, values, slots, total, _ = tf.while_loop(lambda i, *_: i < n_steps, step, start)
        return *self._packing.repack([values, n_steps_before(n_steps), *slots]), total

    def pack(self, state: NetworkState) -> tuple[np.ndarray, np.ndarray]:
        values = np.concatenate([np.ravel(weight) for weight in state.weights])
        return self._packing.pack([values, *state.slots])

    def unpack(self, packed: tuple[np.ndarray, np.ndarray], epoch: int) -> NetworkState:
        values, *slots = self._packing.unpack(*packed)
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self._shapes])
        parts = zip(np.split(values, ends[:-1]), self._shapes, strict=True)
        weights = [part.reshape(shape).copy() for part, shape in parts]
        return NetworkState(weights, slots, self.optimizer, epoch)

    def __call__(self, packed, learning_rates, X, y, weight, n_steps, seed):
        """Run some steps: the packed state after them, and the sum of losses.

        learning_rates : of each step that is run.
        """
        rates = np.zeros(self.n_steps, np.float32)
        rates[:n_steps] = learning_rates
        try:
            *packed, total = self._program(*packed, rates, X, y, weight, n_steps, seed)
        except Exception as error:
            if self._has_run:
                raise
            raise CannotCompile(_in_short(error)) from error
        self._has_run = True
        return tuple(packed), float(total)


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"


def dropout_mask(shape, rate: float, seed: tf.Tensor, step: tf.Tensor, layer: int) -> tf.Tensor:
    """Inverted dropout: 0 or 1 / (1 - rate), by the epoch's seed, the step and the layer alone."""
    keep = tf.random.stateless_uniform(shape, seed + tf.stack([step, layer])) >= rate
    return tf.where(keep, 1 / (1 - rate), 0.0)


programs: ProgramCache = ProgramCache(maxsize=16)


def program_for(network: NetworkSpec, training: TrainingSpec) -> TrainingProgram:
    """The program of all fits that are shaped alike."""
    if _is_users_own(training.loss):
        # Nothing says whether it still computes what it did when it was compiled.
        return TrainingProgram(network, training)
    # "pinball" is no name of Keras, but says all the same: its quantiles are the network's.
    key = (
        *(network, training.batch_size, _key_of(training.loss), training.masks_targets),
        _optimizer_key(training),
    )
    return programs.get(key, lambda: TrainingProgram(network, training))


def _is_users_own(loss: Any) -> bool:
    """Whether a loss is a function or class that Keras does not ship."""
    defined_in = loss if inspect.isroutine(loss) else type(loss)
    return not isinstance(loss, str) and defined_in.__module__.split(".")[0] != "keras"


def _key_of(thing: Any) -> Any:
    """Objects of Keras with equal configurations share programs."""
    if hasattr(thing, "get_config"):
        return type(thing), json.dumps(thing.get_config(), sort_keys=True)
    return thing


def _optimizer_key(training: TrainingSpec) -> Any:
    if isinstance(training.optimizer, str):
        rate = training.learning_rate  # an argument, unless it is a schedule
        schedule = _key_of(rate) if is_schedule(rate) else None
        return training.optimizer, training.clipnorm, schedule
    return _key_of(training.optimizer)


class Batches:
    """Chunks of batches in a given order, in memory that is only written where it is read."""

    def __init__(self, examples: Examples, scaling: TargetScaling, program: TrainingProgram):
        self.examples, self.scaling = examples, scaling
        self.batch_size, self.n_steps = program.batch_size, program.n_steps
        n_values = np.prod(examples.windows.shape)
        self.held = examples.windows.gather() if n_values <= VALUES_HELD else None
        are_there = isinstance(examples.targets, np.ndarray) or self.held is not None
        self.targets = scaling.normalise(examples.targets[:]) if are_there else None

    def chunks(self, order: np.ndarray) -> Iterator[tuple[list[np.ndarray], int, int]]:
        """(X, y, weight), the number of steps in them, and the number of rows."""
        rows_at_once = self.n_steps * self.batch_size
        for start in range(0, len(order), rows_at_once):
            picked = order[start : start + rows_at_once]
            n_steps = -(-len(picked) // self.batch_size)
            arrays = [self._windows(picked), self._targets(picked), self._weight(picked)]
            yield (
                [self._shaped(array, n_steps) for array in arrays],
                n_steps,
                len(picked),
            )

    def _windows(self, picked: np.ndarray) -> np.ndarray:
        return self.examples.windows.gather(picked) if self.held is None else self.held[picked]

    def _targets(self, picked: np.ndarray) -> np.ndarray:
        if self.targets is None:
            return self.scaling.normalise(self.examples.targets[picked])
        return self.targets[picked]

    def _weight(self, picked: np.ndarray) -> np.ndarray:
        weight = self.examples.sample_weight
        return np.ones(len(picked), np.float32) if weight is None else weight[picked]

    def _shaped(self, array: np.ndarray, n_steps: int) -> np.ndarray:
        shaped = np.empty((self.n_steps * self.batch_size, *array.shape[1:]), np.float32)
        shaped[: len(array)] = array
        shaped[len(array) : n_steps * self.batch_size] = 0  # steps after these are never run
        return shaped.reshape(self.n_steps, self.batch_size, *array.shape[1:])


def fit_compiled(
    network: NetworkSpec,
    training: TrainingSpec,
    examples: Examples,
    validation: Examples | None,
    scaling: TargetScaling,
    epochs: int,
    earlier: NetworkState | None,
) -> tuple[NetworkState, dict[str, list[float]]]:
    """What `wrapper.fit_stock` does, compiled."""
    _check_callbacks(training)
    trained = network if training.has_missing else network.without_masks()
    program = program_for(trained, training)
    prepare(trained)  # while the training compiles
    first_epoch = earlier.epoch if earlier else 0
    last_epoch = first_epoch + epochs
    state = _starting_state(network, training, program, earlier)
    batches = Batches(examples, scaling, program)
    n_batches = -(-len(examples.windows) // training.batch_size)
    callbacks = EpochCallbacks(network, training, last_epoch, n_batches)
    reporter = Reporter(training.verbose, last_epoch)
    stopper = EarlyStopper(training.n_iter_no_change, training.tol, training.monitor)
    best: NetworkState | None = None
    history: dict[str, list[float]] = {}

    state = callbacks.call("on_train_begin", state)
    for epoch in range(first_epoch, last_epoch):
        state = callbacks.call("on_epoch_begin", state, epoch)
        state, loss = _run_epoch(program, training, batches, state, epoch, callbacks, reporter)
        logs = {"loss": loss}
        if validation is not None:
            logs["val_loss"] = validation_loss(network, training, validation, scaling, state)
            if network.n_classes:
                logs["val_accuracy"] = accuracy(network, state.weights, validation)
        state, logs = callbacks.end_epoch(state, epoch, logs)
        for name, value in logs.items():
            history.setdefault(name, []).append(float(value))
        reporter.epoch(epoch, logs)
        if validation is not None and stopper.is_best(logs):
            best = state
        if callbacks.should_stop or (validation is not None and stopper.should_stop()):
            break
    state = callbacks.call("on_train_end", state)
    return best or state, history


def _starting_state(
    network: NetworkSpec,
    training: TrainingSpec,
    program: TrainingProgram,
    earlier: NetworkState | None,
) -> NetworkState:
    if earlier is None:
        weights = initial_weights(network, training.seed)
        return NetworkState(weights, program.first_slots, program.optimizer, 0)
    if earlier.optimizer == program.optimizer:
        return earlier
    return NetworkState(earlier.weights, program.first_slots, program.optimizer, earlier.epoch)


def _run_epoch(
    program: TrainingProgram,
    training: TrainingSpec,
    batches: Batches,
    state: NetworkState,
    epoch: int,
    callbacks: EpochCallbacks,
    reporter: Reporter,
) -> tuple[NetworkState, float]:
    """One pass over the rows: the network after it, and the mean loss."""
    n = len(batches.examples.windows)
    n_of_epoch = -(-n // training.batch_size)
    order = epoch_order(n, training.seed, epoch) if training.shuffle else np.arange(n)
    packed, rate = program.pack(state), callbacks.learning_rate
    seed = np.random.SeedSequence([training.seed, epoch]).generate_state(2).astype(np.int32)
    total, n_seen, n_batches = 0.0, 0, 0
    for (X, y, weight), n_steps, n_rows in batches.chunks(order):
        seeds = seed + np.array([n_batches, 0], np.int32)
        rates = rate * rate_shares(
            training.learning_rate, training.schedule, epoch, n_batches, n_steps, n_of_epoch
        )
        packed, chunk_loss = program(packed, rates, X, y, weight, n_steps, seeds)
        total, n_seen, n_batches = total + chunk_loss, n_seen + n_rows, n_batches + n_steps
        callbacks.after_chunk(n_batches - 1, chunk_loss / n_rows)
        reporter.part(epoch, n_seen / n, total / n_seen)
        if callbacks.should_stop:
            break
    return program.unpack(packed, epoch + 1), total / n_seen


def validation_loss(
    network: NetworkSpec,
    training: TrainingSpec,
    validation: Examples,
    scaling: TargetScaling,
    state: NetworkState,
) -> float:
    """Loss of the rows kept out, averaged over batches as stock `Model.fit` does."""
    loss = training_loss(network, training)
    total, n = 0.0, len(validation.windows)
    for start in range(0, n, VALIDATION_BATCH):
        piece = slice(start, start + VALIDATION_BATCH)
        outputs = predict(network, state.weights, validation.windows.gather(piece))
        targets = scaling.normalise(validation.targets[piece])
        weight = None if validation.sample_weight is None else validation.sample_weight[piece]
        total += float(loss(targets, outputs, sample_weight=weight)) * len(targets)
    return total / n
