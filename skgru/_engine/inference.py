"""Trained weights and windows in, outputs out. Programs hold no weights: one serves every fit of
its architecture.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from skgru._engine.network import build_network
from skgru._specs import NetworkSpec

# Always the same shape, padded: then a row's output does not depend on the rows beside it.
BLOCK_ROWS = 256


def network_function(spec: NetworkSpec) -> Callable:
    """(weights, (n, window_length, n_channels)) -> (n, n_outputs), without state."""
    model = build_network(spec, seed=0)

    def apply(weights: list[tf.Tensor], X: tf.Tensor) -> tf.Tensor:
        with keras.StatelessScope(state_mapping=list(zip(model.weights, weights, strict=True))):
            return model(X, training=False)

    return apply


@lru_cache(maxsize=32)
def prediction_program(spec: NetworkSpec) -> Callable:
    return tf.function(network_function(spec), autograph=False)


@lru_cache(maxsize=32)
def recursion_program(spec: NetworkSpec) -> Callable:
    """Rolls a window on by its own predictions, in the units of the windows."""
    apply = network_function(spec)
    n_steps = spec.n_outputs // spec.n_channels  # outputs of one call: these steps of all channels

    def run(weights, window, mean, scale, n_calls):
        def step(i, window, steps):
            outputs = apply(weights, window[tf.newaxis])[0] * scale + mean
            outputs = tf.reshape(outputs, (n_steps, spec.n_channels))
            window = tf.concat([window, outputs], axis=0)[-spec.window_length :]
            return i + 1, window, steps.write(i, outputs)

        steps = tf.TensorArray(tf.float32, size=n_calls, element_shape=(n_steps, spec.n_channels))
        return tf.while_loop(lambda i, *_: i < n_calls, step, (tf.constant(0), window, steps))[
            2
        ].concat()

    return tf.function(run, autograph=False)


def predict(spec: NetworkSpec, weights: list[np.ndarray], block: np.ndarray) -> np.ndarray:
    """float32 (n, window_length, n_channels) -> float32 (n, n_outputs)."""
    program = prediction_program(spec)
    tensors = [tf.constant(weight) for weight in weights]
    outputs = np.empty((len(block), spec.n_outputs), np.float32)
    for start in range(0, len(block), BLOCK_ROWS):
        rows = block[start : start + BLOCK_ROWS]
        padded = np.zeros((BLOCK_ROWS, *block.shape[1:]), np.float32)
        padded[: len(rows)] = rows
        outputs[start : start + BLOCK_ROWS] = program(tensors, tf.constant(padded)).numpy()[
            : len(rows)
        ]
    return outputs


def roll_on(
    spec: NetworkSpec,
    weights: list[np.ndarray],
    window: np.ndarray,
    mean: np.ndarray,
    scale: np.ndarray,
    steps: int,
) -> np.ndarray:
    """Recursive forecast from one (window_length, n_channels): float32 (steps, n_channels)."""
    n_calls = -(-steps // (spec.n_outputs // spec.n_channels))
    arrays = [window, mean, scale]
    tensors = [tf.constant(array, dtype=tf.float32) for array in arrays]
    rolled = recursion_program(spec)(
        [tf.constant(weight) for weight in weights], *tensors, tf.constant(n_calls)
    )
    return rolled.numpy()[:steps]
