"""Predictions of networks, from trained weights and windows.

A compiled program does not contain weights, so that all fits of an architecture share it, in all
threads. It computes padded blocks of a fixed shape: the output of a row does not depend on other
rows, and no number of rows needs another compilation.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np
import tensorflow as tf
from joblib import cpu_count

from skgru._engine.forward_and_gradients import apply_network
from skgru._engine.keras_model import initial_weights
from skgru._engine.program import Packing, Program, ProgramCache
from skgru._specs import InputScaling, NetworkSpec

BLOCK_ROWS = 16
# Values in a chunk of blocks. A single window is copied into a whole chunk, so chunks are small.
CHUNK_VALUES = 1 << 16
CALLS_AT_ONCE = 256
# Multiply-adds of a chunk, and of the calls of a recursion at once, where a product takes four
# times as long: no more than a second. An interrupt is obeyed between chunks.
CHUNK_WORK = 1 << 32
RECURSION_WORK = CHUNK_WORK // 4
# Starting threads takes longer than computing fewer pieces than this.
PIECES_FOR_THREADS = 8

prediction_programs: ProgramCache = ProgramCache(maxsize=16)


class PredictionProgram:
    """(weights, chunk of blocks, number of used blocks) -> outputs of the blocks."""

    def __init__(self, spec: NetworkSpec, jit_compile: bool):
        self.spec = spec
        block_values = BLOCK_ROWS * spec.window_length * spec.n_channels
        blocks_of_work = CHUNK_WORK // spec.work(BLOCK_ROWS)
        self.n_blocks = max(1, min(64, CHUNK_VALUES // block_values, blocks_of_work))
        self.packing = Packing(initial_weights(spec, 0))
        blocks = (self.n_blocks, BLOCK_ROWS, spec.window_length, spec.n_channels)
        signature = [*self.packing.signature, (blocks, np.float32), ((), np.int32)]
        self.program = Program(self._run, signature, jit_compile)

    def _run(self, floats, integers, X, n_blocks):
        weights = self.packing.unpack(floats, integers)
        shape = (BLOCK_ROWS, self.spec.n_values)
        outputs = tf.TensorArray(tf.float32, size=self.n_blocks, element_shape=shape)

        def block(i, outputs):
            return i + 1, outputs.write(i, apply_network(self.spec, weights, X[i])[0])

        return tf.while_loop(
            lambda i, _: i < n_blocks,
            block,
            (tf.constant(0), outputs),
            maximum_iterations=self.n_blocks,
        )[1].stack()

    def __call__(self, packed: tuple[np.ndarray, np.ndarray], rows: np.ndarray) -> np.ndarray:
        """float32 (at most n_blocks * BLOCK_ROWS, window_length, n_channels) -> (n, n_values)."""
        n_blocks = -(-len(rows) // BLOCK_ROWS)
        chunk = np.empty((self.n_blocks * BLOCK_ROWS, *rows.shape[1:]), np.float32)
        chunk[: len(rows)] = rows
        chunk[len(rows) : n_blocks * BLOCK_ROWS] = 0  # blocks after these are never run
        chunk = chunk.reshape(self.n_blocks, BLOCK_ROWS, *rows.shape[1:])
        (outputs,) = self.program(*packed, chunk, n_blocks)
        return outputs.reshape(-1, self.spec.n_values)[: len(rows)]


class RecursionProgram:
    """Recursive forecast: the outputs of the network become history for its next call.

    The channels that are forecast come first, then the future covariates. A level is subtracted
    from each window, and a baseline is added to each output. Both are weighted sums of the rows of
    the history.
    """

    def __init__(self, spec: NetworkSpec, history_length: int, n_known: int, jit_compile: bool):
        self.spec = spec
        self.n_forecast = spec.n_channels - n_known
        self.steps_of_call = spec.n_outputs // self.n_forecast
        self.n_calls = max(1, min(CALLS_AT_ONCE, RECURSION_WORK // spec.work(1)))
        self.packing = Packing(initial_weights(spec, 0))
        signature = [
            *self.packing.signature,
            ((history_length, self.n_forecast), np.float32),
            ((spec.n_outputs,), np.float32),
            ((spec.n_outputs,), np.float32),
            ((history_length,), np.float32),
            ((self.steps_of_call, history_length), np.float32),
            ((self.n_calls, spec.window_length, n_known), np.float32),
            ((spec.n_channels,), np.float32),
            ((spec.n_channels,), np.float32),
            ((), np.int32),
        ]
        self._program = Program(self._run, signature, jit_compile)

    def _run(
        self,
        floats,
        integers,
        history,
        mean,
        scale,
        level,
        baseline,
        known,
        input_mean,
        input_scale,
        n_calls,
    ):
        weights = self.packing.unpack(floats, integers)
        shape = (self.steps_of_call, self.n_forecast)
        steps = tf.TensorArray(tf.float32, size=self.n_calls, element_shape=shape)
        n_rows = history.shape[0]

        def call(i, history, steps):
            past = tf.where(tf.math.is_finite(history), history, 0.0)
            window = history[-self.spec.window_length :] - tf.linalg.matvec(
                past, level, transpose_a=True
            )
            window = (tf.concat([window, known[i]], axis=1) - input_mean) / input_scale
            values = apply_network(self.spec, weights, window[tf.newaxis])[0][0]
            outputs = tf.reshape(self._central(values) * scale + mean, shape) + baseline @ past
            history = tf.concat([history, outputs], axis=0)[-n_rows:]
            history = tf.ensure_shape(history, (n_rows, self.n_forecast))
            return i + 1, history, steps.write(i, outputs)

        _, history, steps = tf.while_loop(
            lambda i, *_: i < n_calls,
            call,
            (tf.constant(0), history, steps),
            maximum_iterations=self.n_calls,
        )
        return history, steps.concat()

    def _central(self, values: tf.Tensor) -> tf.Tensor:
        """`NetworkSpec.central` for the tensor of one window."""
        quantiles = self.spec.quantiles
        if not quantiles:
            return values
        values = tf.sort(tf.reshape(values, (self.spec.n_outputs, len(quantiles))), axis=-1)
        return values[:, quantiles.index(0.5)]

    def __call__(
        self, packed, history, mean, scale, level, baseline, known, input_mean, input_scale, n_steps
    ):
        """Forecasts after a history (history_length, n_forecast): float32 (n_steps, n_forecast).

        known : future covariates of each call, (n_calls, window_length, n_known).
        """
        steps: list[np.ndarray] = []
        n_calls = -(-n_steps // self.steps_of_call)
        for start in range(0, n_calls, self.n_calls):
            n_now = min(self.n_calls, n_calls - start)
            windows = np.zeros((self.n_calls, *known.shape[1:]), np.float32)
            windows[:n_now] = known[start : start + n_now]
            history, chunk = self._program(
                *packed,
                history,
                mean,
                scale,
                level,
                baseline,
                windows,
                input_mean,
                input_scale,
                n_now,
            )
            steps.append(chunk[: n_now * self.steps_of_call])
        return np.concatenate(steps)[:n_steps]


def predict(
    spec: NetworkSpec, weights: list[np.ndarray], rows: np.ndarray, jit_compile: bool = True
) -> np.ndarray:
    """Outputs of the network: float32 (n, window_length, n_channels) -> float32 (n, n_values)."""
    if not spec.masks:
        return _predict(spec, weights, rows, jit_compile)
    # Rows without NaN go through another program, whose results differ in their last bits. So that
    # a row does not depend on the others, each goes through the program of its own kind.
    masked = np.isnan(rows).any(axis=(1, 2))
    outputs = np.empty((len(rows), spec.n_values), np.float32)
    for picked, network in ((masked, spec), (~masked, spec.without_masks())):
        if picked.all():
            return _predict(network, weights, rows, jit_compile)
        if picked.any():
            outputs[picked] = _predict(network, weights, rows[picked], jit_compile)
    return outputs


def _predict(
    spec: NetworkSpec, weights: list[np.ndarray], rows: np.ndarray, jit_compile: bool
) -> np.ndarray:
    """`predict` in one program."""
    program = _prediction_program(spec, jit_compile)
    packed = program.packing.pack(weights)
    rows_at_once = program.n_blocks * BLOCK_ROWS
    pieces = [rows[start : start + rows_at_once] for start in range(0, len(rows), rows_at_once)]
    if len(pieces) < PIECES_FOR_THREADS:
        outputs = [program(packed, piece) for piece in pieces]
    else:
        with ThreadPoolExecutor(cpu_count()) as threads:
            outputs = list(threads.map(program, repeat(packed), pieces))
    return np.concatenate(outputs)


def _prediction_program(spec: NetworkSpec, jit_compile: bool) -> PredictionProgram:
    key = (PredictionProgram, spec, jit_compile)
    return prediction_programs.get(key, lambda: PredictionProgram(spec, jit_compile))


def prepare(spec: NetworkSpec) -> None:
    """Compile the prediction in the background, during training."""
    if (PredictionProgram, spec, True) not in prediction_programs:
        threading.Thread(target=lambda: _prediction_program(spec, True).program.compile()).start()


def roll_on(
    spec: NetworkSpec,
    weights: list[np.ndarray],
    history: np.ndarray,
    mean: np.ndarray,
    scale: np.ndarray,
    steps: int,
    jit_compile: bool = True,
    level: np.ndarray | None = None,
    baseline: np.ndarray | None = None,
    known: np.ndarray | None = None,
    inputs: InputScaling | None = None,
) -> np.ndarray:
    """Recursive forecast from one history (n_rows, n_forecast): float32 (steps, n_forecast).

    level : (n_rows,), weights of the rows of the history for the level of a window; baseline :
    (steps of a call, n_rows), weights for the baseline of the outputs; known : future covariates,
    (n_calls, window_length, n_known); inputs : scaling of a window without its level. None: none.
    """
    n_rows, n_forecast = history.shape
    n_known = spec.n_channels - n_forecast
    program = prediction_programs.get(
        (RecursionProgram, spec, n_rows, n_known, jit_compile),
        lambda: RecursionProgram(spec, n_rows, n_known, jit_compile),
    )
    if level is None:
        level = np.zeros(n_rows)
    if baseline is None:
        baseline = np.zeros((program.steps_of_call, n_rows))
    if known is None:
        known = np.zeros((-(-steps // program.steps_of_call), spec.window_length, 0))
    if inputs is None:
        inputs = InputScaling(np.zeros(spec.n_channels), np.ones(spec.n_channels))
    given = (history, mean, scale, level, baseline, known, inputs.mean, inputs.scale)
    arrays = [np.asarray(array, np.float32) for array in given]
    return program(program.packing.pack(weights), *arrays, steps)
