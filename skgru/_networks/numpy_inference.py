"""Predictions of networks in numpy: the steps of GRU, LSTM and RNN layers without TensorFlow.
`predict` and `roll_on` are those of `_engine.compiled_inference`.

All is computed in float64, and outputs are rounded to float32. They differ from those of the
compiled programs by the rounding errors of the programs. Between layers arrays are (n_steps,
n_rows, width).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from skgru._specs import N_GATES, InputScaling, NetworkSpec

Weights = Sequence[np.ndarray]
State = tuple[np.ndarray, ...]

# numpy's OpenBLAS computes products of at most this many multiply-adds in the calling thread. On
# busy cores its threads wait for each other many times as long as they compute.
ONE_THREAD_PRODUCT = 1 << 18
# Rows of a block. Arrays of more rows leave the cache, those of fewer cost more calls of numpy.
MOST_ROWS = 64
# Values of the gates for which the terms of the inputs are computed at once.
GATE_VALUES = 1 << 15


def sigmoid(x: np.ndarray) -> np.ndarray:
    """In place. From tanh, because scipy's `expit` takes three times as long."""
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5
    return x


def gru_step(state: State, x: np.ndarray, recurrent: np.ndarray) -> State:
    """The next state, from the terms of the gates. Its equations: `_engine/tensorflow_cells.py`."""
    (h,) = state
    units = h.shape[1]
    z_and_r = sigmoid(x[:, : 2 * units] + recurrent[:, : 2 * units])
    z, r = z_and_r[:, :units], z_and_r[:, units:]
    candidate = r * recurrent[:, 2 * units :]
    candidate += x[:, 2 * units :]
    np.tanh(candidate, out=candidate)
    return (candidate + z * (h - candidate),)


def lstm_step(state: State, x: np.ndarray, recurrent: np.ndarray) -> State:
    _, c = state
    units = c.shape[1]
    gates = x + recurrent
    i_and_f = sigmoid(gates[:, : 2 * units])
    g = np.tanh(gates[:, 2 * units : 3 * units])
    o = sigmoid(gates[:, 3 * units :])
    c = i_and_f[:, units:] * c + i_and_f[:, :units] * g
    return o * np.tanh(c), c


def rnn_step(state: State, x: np.ndarray, recurrent: np.ndarray) -> State:
    return (np.tanh(x + recurrent),)


STEPS: dict[str, Callable[[State, np.ndarray, np.ndarray], State]] = {
    "gru": gru_step,
    "lstm": lstm_step,
    "rnn": rnn_step,
}


def recurrent_layer(
    cell: str, X: np.ndarray, weights: Weights, return_sequences: bool, known: np.ndarray | None
) -> np.ndarray:
    """(n_steps, n_rows, n_inputs) -> (n_steps, n_rows, units), or (n_rows, units) of the last step.

    weights : kernel (n_inputs, n_gates * units), recurrent kernel (units, n_gates * units), bias.
    known : bool (n_steps, n_rows, 1). A step of False does not change the state and the output.
    """
    kernel, recurrent_kernel, bias = weights
    input_bias, recurrent_bias = bias if cell == "gru" else (bias, np.zeros(()))
    (n_steps, n_rows, _), (units, width) = X.shape, recurrent_kernel.shape
    steps_at_once = max(1, GATE_VALUES // (n_rows * width))
    state: State = (np.zeros((n_rows, units)),) * (2 if cell == "lstm" else 1)
    outputs = np.empty((n_steps if return_sequences else 0, n_rows, units))
    for start in range(0, n_steps, steps_at_once):
        terms = X[start : start + steps_at_once] @ kernel
        terms += input_bias
        for t, x in enumerate(terms, start):
            recurrent = state[0] @ recurrent_kernel
            recurrent += recurrent_bias
            before, state = state, STEPS[cell](state, x, recurrent)
            if known is not None:
                pairs = zip(state, before, strict=True)
                state = tuple(np.where(known[t], new, old) for new, old in pairs)
            if return_sequences:
                outputs[t] = state[0]
    return outputs if return_sequences else state[0]


def both_directions(
    cell: str, X: np.ndarray, weights: Weights, return_sequences: bool, known: np.ndarray | None
) -> np.ndarray:
    """Two recurrent layers, forwards and backwards in time, with concatenated outputs."""
    reversed_known = None if known is None else known[::-1]
    forward = recurrent_layer(cell, X, weights[:3], return_sequences, known)
    backward = recurrent_layer(cell, X[::-1], weights[3:], return_sequences, reversed_known)
    in_time = backward[::-1] if return_sequences else backward
    return np.concatenate([forward, in_time], axis=-1)


def apply_network(spec: NetworkSpec, weights: Weights, X: np.ndarray) -> np.ndarray:
    """Outputs of the network, (n_rows, window_length, n_channels) -> (n_rows, n_values).

    weights : in the order of `Model.get_weights`.
    """
    layer_function = both_directions if spec.bidirectional else recurrent_layer
    n_arrays = 6 if spec.bidirectional else 3
    known = None
    if spec.masks:
        is_known = np.isfinite(X).all(axis=2, keepdims=True)
        X = np.where(is_known, X, 0.0)
        known = is_known.transpose(1, 0, 2)
    outputs = X.transpose(1, 0, 2)
    if spec.embedding_dim:
        # Row 0 of the table is for missing tokens, as in Keras.
        tokens = outputs[:, :, 0].astype(int) + 1  # (n_steps, n_rows)
        tokens = tokens if known is None else tokens * known[:, :, 0]
        outputs, weights = weights[0][tokens], weights[1:]
    for layer in range(len(spec.units)):
        outputs = layer_function(
            spec.cell,
            outputs,
            weights[layer * n_arrays : (layer + 1) * n_arrays],
            spec.each_step or layer < len(spec.units) - 1,
            known,
        )
    kernel, bias, *highway = weights[len(spec.units) * n_arrays :]
    values = outputs @ kernel + bias
    if spec.each_step:
        values = values.transpose(1, 0, 2).reshape(len(X), spec.n_values)
    for linear in highway:
        values += X.reshape(len(X), -1) @ linear
    return values


def rows_at_once(spec: NetworkSpec) -> int:
    """Rows of a block."""
    widest = N_GATES[spec.cell] * max(spec.units) ** 2
    return max(1, min(MOST_ROWS, ONE_THREAD_PRODUCT // widest))


def predict(
    spec: NetworkSpec, weights: Weights, rows: np.ndarray, jit_compile: bool = True
) -> np.ndarray:
    """Outputs of the network: float32 (n, window_length, n_channels) -> float32 (n, n_values)."""
    if spec.masks and not np.isnan(rows).any():
        spec = spec.without_masks()
    weights = _as_float64(weights)
    step = rows_at_once(spec)
    outputs = np.empty((len(rows), spec.n_values), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):  # callers check that outputs are finite
        for start in range(0, len(rows), step):
            block = rows[start : start + step].astype(np.float64)
            outputs[start : start + step] = apply_network(spec, weights, block)
    return outputs


def roll_on(
    spec: NetworkSpec,
    weights: Weights,
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

    The arguments are those of `_engine.compiled_inference.roll_on`.
    """
    n_rows, n_forecast = history.shape
    steps_of_call = spec.n_outputs // n_forecast
    weights = _as_float64(weights)
    # Rounded as for the compiled program.
    given = [np.asarray(array, np.float32) for array in (history, mean, scale)]
    history, mean, scale = _as_float64(given)
    forecasts = []
    with np.errstate(over="ignore", invalid="ignore"):  # as in the compiled program
        for call in range(-(-steps // steps_of_call)):
            past = np.where(np.isfinite(history), history, 0.0)
            window = history[-spec.window_length :]
            if level is not None:
                window = window - level @ past
            if known is not None:
                window = np.concatenate([window, known[call]], axis=1)
            if inputs is not None:
                window = inputs.normalise(window)
            outputs = spec.central(apply_network(spec, weights, window[np.newaxis]))[0]
            outputs = (outputs * scale + mean).reshape(steps_of_call, n_forecast)
            if baseline is not None:
                outputs += baseline @ past
            history = np.concatenate([history, outputs])[-n_rows:]
            forecasts.append(outputs)
        return np.concatenate(forecasts)[:steps].astype(np.float32)


def _as_float64(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [array.astype(np.float64) for array in arrays]
