"""The compiled program of many optimiser steps, and the cache of such programs."""

from __future__ import annotations

import inspect
import json
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from skgru._engine.forward_and_gradients import Scratch, apply_network, scratch_shapes
from skgru._engine.keras_model import N_GATES, initial_weights, is_kernel
from skgru._engine.learning_rate import is_schedule
from skgru._engine.losses import fingerprint, ignores_padding, outside_of, training_loss
from skgru._engine.metrics import EpochMetrics, describes
from skgru._engine.optimizers import SUPPORTED, Parts, joined_vector, optimizer_maker, stateless
from skgru._engine.program import Packing, Program, ProgramCache
from skgru._specs import NetworkSpec, NetworkState, TrainingSpec

# Values in a chunk: many steps, so that the time of a call is negligible, but few enough for a
# quick reaction to an interrupt and for a small copy.
CHUNK_VALUES = 1 << 20


CHUNK_ROWS = 8192

# Multiply-adds of the predictions of a chunk: training takes three times as many, and no more than
# a second. An interrupt is obeyed between chunks.
CHUNK_WORK = 1 << 32


# Multiply-adds of the recurrent product of a step from which two cores are faster than one. Two
# cores were slower for 0.8 million, and faster for 3 million.
PRODUCT_FOR_ALL_CORES = 2_000_000


class CannotCompile(Exception):
    """Reason why a training cannot be compiled, in a few words."""


def _checked(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    if type(optimizer) not in SUPPORTED:
        raise CannotCompile(f"optimizer {type(optimizer).__name__} has no compiled form")
    if optimizer.use_ema or optimizer.gradient_accumulation_steps:
        raise CannotCompile("use_ema and gradient_accumulation_steps have no compiled form")
    return optimizer


class TrainingProgram:
    """The compiled steps of one architecture, loss, optimiser and batch size.

    n_steps : steps of a chunk. None: as many as fit into CHUNK_VALUES, CHUNK_ROWS
    and CHUNK_WORK.
    """

    def __init__(self, network: NetworkSpec, training: TrainingSpec, n_steps: int | None = None):
        self.network = network
        self.batch_size = training.batch_size
        rows = min(CHUNK_ROWS, CHUNK_VALUES // (network.window_length * network.n_channels))
        steps_of_work = CHUNK_WORK // network.work(self.batch_size)
        self.n_steps = n_steps or max(1, min(rows // self.batch_size, steps_of_work))
        weights = initial_weights(network, training.seed)
        make = optimizer_maker(training)
        optimizer, self.first_slots, self._update = stateless(lambda: _checked(make()), weights)
        self.optimizer = type(optimizer).__name__
        self._shapes = [weight.shape for weight in weights]
        values = np.concatenate([np.ravel(weight) for weight in weights])
        self.loss = training_loss(network, training)
        self.metrics = EpochMetrics(network, training)
        self._packing = Packing([values, *self.first_slots, *self.metrics.first])
        self._penalised = _ones_for_kernels(network, weights) if training.alpha else None
        # Keeps the objects whose ids are in the key of the cache, so that no others get these ids.
        self._held = training
        self.ignores_padding = self._ignores_padding()
        self._has_run = False
        batches = (self.n_steps, self.batch_size)
        steps = (network.window_length,) if network.each_step else ()
        try:
            self._program = Program(
                self._run,
                [
                    *self._packing.signature,
                    ((self.n_steps,), np.float32),
                    ((*batches, network.window_length, network.n_channels), np.float32),
                    ((*batches, network.n_targets), np.float32),
                    ((*batches, *steps), np.float32),
                    ((), np.int32),
                    ((2,), np.int32),
                    ((), np.float32),
                ],
                n_threads=self._n_threads(),
                kind="training",
            )
        except (OSError, MemoryError):  # stock training would lack the same files or memory
            raise
        except Exception as error:
            raise CannotCompile(_in_short(error)) from error

    def _ignores_padding(self) -> bool:
        def loss(y, outputs, weight):
            return self.loss(y, outputs, sample_weight=weight)

        return ignores_padding(self.network, loss) and self.metrics.ignore_padding()

    def _n_threads(self) -> int:
        units = max(self.network.units)
        product = self.batch_size * units * N_GATES[self.network.cell] * units
        return 0 if product >= PRODUCT_FOR_ALL_CORES else 1

    def _run(self, floats, integers, learning_rates, X, y, weight, n_steps, seed, alpha):
        """The new weights, slots and metrics, and the sum over the rows of the loss of their batch.

        X : (n_steps, batch_size, window_length, n_channels); weight : 0 for padding rows.
        """
        # The first slot is the number of steps so far. It is not carried through the loop, which
        # then compiles faster.
        values, n_before, *rest = self._packing.unpack(floats, integers)
        slots, metrics = rest[: self._n_slots], rest[self._n_slots :]
        spec = self.network

        def n_steps_before(i):
            return n_before + tf.cast(i, n_before.dtype)

        def step(i, values, slots, metrics, total, arrays):
            def masks(layer, shape):
                return dropout_mask(shape, spec.dropout, seed, i, layer)

            def recurrent_masks(layer, direction, shape):
                position = RECURRENT_MASKS + 2 * layer + direction
                return dropout_mask(shape, spec.recurrent_dropout, seed, i, position)

            weights, scratch = Parts(values, self._shapes), Scratch(arrays)
            outputs, pull_back = apply_network(spec, weights, X[i], masks, scratch, recurrent_masks)
            targets, own_weight = by_step(spec, y[i], weight[i])
            with tf.GradientTape() as tape:
                tape.watch(outputs)
                loss = self.loss(targets, steps_of(spec, outputs), sample_weight=own_weight)
            gradient = joined_vector(pull_back(tape.gradient(loss, outputs)))
            if self._penalised is not None:
                penalised = self._penalised * values
                loss += alpha / 2 * tf.reduce_sum(penalised * values)
                gradient += alpha * penalised
            metrics = self.metrics.update(metrics, targets, steps_of(spec, outputs), own_weight)
            slots = [n_steps_before(i), *slots]
            values, (_, *slots) = self._update(values, slots, learning_rates[i], gradient)
            counts = tf.reduce_any(weight[i] > 0, axis=1) if spec.each_step else weight[i]
            n_rows = tf.cast(tf.math.count_nonzero(counts), tf.float32)
            return i + 1, values, slots, metrics, total + loss * n_rows, scratch.written

        arrays = [tf.zeros(shape) for shape in scratch_shapes(spec, self.batch_size)]
        start = (tf.constant(0), values, slots, metrics, tf.constant(0.0), arrays)
        _, values, slots, metrics, total, _ = tf.while_loop(lambda i, *_: i < n_steps, step, start)
        after = [values, n_steps_before(n_steps), *slots, *metrics]
        return *self._packing.repack(after), total

    @property
    def _n_slots(self) -> int:
        """Number of slots without the number of steps."""
        return len(self.first_slots) - 1

    def pack(self, state: NetworkState) -> tuple[np.ndarray, np.ndarray]:
        """The state and reset metrics as vectors of floats and of integers."""
        values = np.concatenate([np.ravel(weight) for weight in state.weights])
        return self._packing.pack([values, *state.slots, *self.metrics.first])

    def unpack(
        self, packed: tuple[np.ndarray, np.ndarray], epoch: int
    ) -> tuple[NetworkState, dict[str, float]]:
        """The state and the results of the metrics."""
        values, *rest = self._packing.unpack(*packed)
        slots, metrics = rest[: self._n_slots + 1], rest[self._n_slots + 1 :]
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self._shapes])
        parts = zip(np.split(values, ends[:-1]), self._shapes, strict=True)
        weights = [part.reshape(shape).copy() for part, shape in parts]
        state = NetworkState(weights, slots, self.optimizer, epoch)
        return state, self.metrics.results(metrics)

    def __call__(self, packed, learning_rates, X, y, weight, n_steps, seed, alpha):
        """Run n_steps steps. Returns the packed state after them, and the sum of losses.

        learning_rates : (n_steps,).
        """
        rates = np.zeros(self.n_steps, np.float32)
        rates[:n_steps] = learning_rates
        try:
            *packed, total = self._program(*packed, rates, X, y, weight, n_steps, seed, alpha)
        except Exception as error:
            if self._has_run or isinstance(error, OSError | MemoryError):
                raise
            raise CannotCompile(_in_short(error)) from error
        self._has_run = True
        return tuple(packed), float(total)


def steps_of(spec: NetworkSpec, outputs: Any) -> Any:
    """(n, n_values) -> one row for each step with outputs: (n * n_steps_out, values_of_step)."""
    return tf.reshape(outputs, (-1, spec.values_of_step)) if spec.each_step else outputs


def by_step(spec: NetworkSpec, y: Any, weight: Any) -> tuple[Any, Any]:
    """Targets (n, n_targets) and weights in the rows of `steps_of`."""
    if not spec.each_step:
        return y, weight
    return tf.reshape(y, (-1, spec.n_outputs)), tf.reshape(weight, (-1,))


def _ones_for_kernels(network: NetworkSpec, weights: list[np.ndarray]) -> np.ndarray:
    """Vector of all weights, with 1 for numbers of kernels, and 0 for biases and embeddings."""
    parts = zip(weights, is_kernel(network), strict=True)
    return np.concatenate([np.full(weight.size, kernel, np.float32) for weight, kernel in parts])


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"


def dropout_mask(shape, rate: float, seed: tf.Tensor, step: tf.Tensor, layer: int) -> tf.Tensor:
    """Inverted dropout, 0 or 1 / (1 - rate), from the seed of the epoch, the step and the layer."""
    keep = tf.random.stateless_uniform(shape, seed + tf.stack([step, layer])) >= rate
    return tf.where(keep, 1 / (1 - rate), 0.0)


training_programs: ProgramCache = ProgramCache(maxsize=16)


# First layer number of the dropout of states, so that it differs from the dropout of outputs.
RECURRENT_MASKS = 1 << 16


def program_for(
    network: NetworkSpec, training: TrainingSpec, n_steps: int | None = None
) -> TrainingProgram:
    """The program for this network and training, shared with other fits."""
    key = (training_key(network, training), training.batch_size, n_steps)
    return training_programs.get(key, lambda: TrainingProgram(network, training, n_steps))


def training_key(network: NetworkSpec, training: TrainingSpec) -> Any:
    """Key of fits with the same optimiser steps, without the batch size."""
    return (
        network,
        # "pinball" is not a name in Keras, and its quantiles are in `network`.
        _key_of(training.loss),
        fingerprint(network, training.loss),
        training.masks_targets,
        training.alpha > 0,
        tuple(describes(metric) for metric in training.metrics),
        _optimizer_key(training),
    )


def _key_of(thing: Any) -> Any:
    """Key of an object: objects with equal keys compute the same.

    The key has the configuration of Keras objects, functions themselves, and the attributes of
    custom objects if these are plain, or else their ids.
    """
    if isinstance(thing, str) or inspect.isroutine(thing):
        return thing
    if type(thing).__module__.split(".")[0] == "keras":
        config = thing.get_config()
        config.pop("name", None)  # Keras numbers its optimisers
        if isinstance(config.get("learning_rate"), float):
            del config["learning_rate"]  # an argument of the program
        return type(thing), json.dumps(config, sort_keys=True)
    plain = str, int, float, bool, type(None), keras.DTypePolicy
    attributes = getattr(thing, "__dict__", {})
    if hasattr(thing, "get_config") and all(
        isinstance(value, plain) for value in attributes.values()
    ):
        return type(thing), outside_of(thing)
    return type(thing), id(thing)


def _optimizer_key(training: TrainingSpec) -> Any:
    if isinstance(training.optimizer, str):
        rate = training.learning_rate  # an argument of the program, unless it is a schedule
        schedule = _key_of(rate) if is_schedule(rate) else None
        return training.optimizer, training.clipnorm, schedule
    return _key_of(training.optimizer)
