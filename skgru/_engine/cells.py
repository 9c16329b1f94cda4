"""Recurrent layers as pure functions of their weights, with gradients written out by hand.

They compute what Keras' layers of the same name compute, from the same weight arrays in the same
order. Written out, all steps' inputs are projected in one matrix product, and all steps' weight
gradients in another, where automatic differentiation makes one small product for each step.

Arrays are time-major inside: (n_steps, n_rows, width).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from skgru._specs import NetworkSpec

Tensors = Sequence[tf.Tensor]


def scan(step: Callable, state: Tensors, inputs: Tensors, reverse: bool = False) -> tuple:
    """Run `step(state, inputs_at_t) -> (state, outputs_at_t)` along time.

    inputs : each (n_steps, ...). Returns the last state, and the outputs of all steps, each
    (n_steps, ...), in the order of time whichever way it ran.
    """
    n_steps = inputs[0].shape[0]
    shapes = [output.shape for output in step(state, [x[0] for x in inputs])[1]]
    kept = [tf.TensorArray(tf.float32, size=n_steps, element_shape=shape) for shape in shapes]

    def body(i, state, kept):
        t = n_steps - 1 - i if reverse else i
        state, outputs = step(state, [x[t] for x in inputs])
        return i + 1, state, [array.write(t, o) for array, o in zip(kept, outputs, strict=True)]

    _, state, kept = tf.while_loop(
        lambda i, *_: i < n_steps, body, (tf.constant(0), state, kept), maximum_iterations=n_steps
    )
    return state, [array.stack() for array in kept]


class GRU:
    """h' = z h + (1 - z) tanh(x_h + r (h R_h + b_h)), gates z and r; Keras' reset_after=True."""

    n_gates = 3
    n_states = 1

    @staticmethod
    def biases(bias: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        return bias[0], bias[1]

    @staticmethod
    def step(state: Tensors, inputs: Tensors, recurrent: Tensors) -> tuple[Tensors, Tensors]:
        (h,), (x_z, x_r, x_h), (rec_z, rec_r, rec_h) = state, inputs, recurrent
        z, r = tf.sigmoid(x_z + rec_z), tf.sigmoid(x_r + rec_r)
        candidate = tf.tanh(x_h + r * rec_h)
        return (z * h + (1 - z) * candidate,), (z, r, rec_h, candidate)

    @staticmethod
    def step_gradient(d_state: Tensors, before: Tensors, kept: Tensors) -> tuple:
        (dh,), (h,), (z, r, rec_h, candidate) = d_state, before, kept
        d_h = dh * (1 - z) * (1 - candidate * candidate)
        d_z = dh * (h - candidate) * z * (1 - z)
        d_r = d_h * rec_h * r * (1 - r)
        d_recurrent = tf.concat([d_z, d_r, d_h * r], axis=1)
        return (dh * z,), d_recurrent, (d_h,)


class LSTM:
    """c' = f c + i g, h' = o tanh(c'), gates i, f, o and candidate g."""

    n_gates = 4
    n_states = 2

    @staticmethod
    def biases(bias: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        return bias, None

    @staticmethod
    def step(state: Tensors, inputs: Tensors, recurrent: Tensors) -> tuple[Tensors, Tensors]:
        _, c = state
        a_i, a_f, a_g, a_o = (x + rec for x, rec in zip(inputs, recurrent, strict=True))
        i, f, g, o = tf.sigmoid(a_i), tf.sigmoid(a_f), tf.tanh(a_g), tf.sigmoid(a_o)
        c = f * c + i * g
        squashed = tf.tanh(c)
        return (o * squashed, c), (i, f, g, o, squashed)

    @staticmethod
    def step_gradient(d_state: Tensors, before: Tensors, kept: Tensors) -> tuple:
        (dh, dc), (_, c), (i, f, g, o, squashed) = d_state, before, kept
        dc = dc + dh * o * (1 - squashed * squashed)
        d_i, d_f = dc * g * i * (1 - i), dc * c * f * (1 - f)
        d_g, d_o = dc * i * (1 - g * g), dh * squashed * o * (1 - o)
        d = tf.concat([d_i, d_f, d_g, d_o], axis=1)
        return (tf.zeros_like(dh), dc * f), d, ()


class SimpleRNN:
    """h' = tanh(x + h R)."""

    n_gates = 1
    n_states = 1

    @staticmethod
    def biases(bias: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        return bias, None

    @staticmethod
    def step(state: Tensors, inputs: Tensors, recurrent: Tensors) -> tuple[Tensors, Tensors]:
        h = tf.tanh(inputs[0] + recurrent[0])
        return (h,), (h,)

    @staticmethod
    def step_gradient(d_state: Tensors, before: Tensors, kept: Tensors) -> tuple:
        (dh,), (h,) = d_state, kept
        d = dh * (1 - h * h)
        return (tf.zeros_like(dh),), d, ()


CELLS: dict[str, Any] = {"gru": GRU, "lstm": LSTM, "rnn": SimpleRNN}


def recurrent_layer(
    cell: Any,
    X: tf.Tensor,
    weights: Tensors,
    return_sequences: bool,
    trains: bool,
    known: tf.Tensor | None = None,
) -> tuple[tf.Tensor, Any]:
    """(n_steps, n_rows, n_inputs) -> (n_steps, n_rows, units), or (n_rows, units) of the last step.

    weights : kernel (n_inputs, n_gates * units), recurrent kernel (units, n_gates * units), bias.
    known : (n_steps, n_rows, 1) of 1 and 0; a step of 0 leaves the state, and the output, as it is.
    With `trains`, also a function from the gradient of the outputs to that of X and of the weights.
    """
    n_steps, n_rows, n_inputs = X.shape
    units = weights[1].shape[0]
    # Each gate has its own matrices: the compiler can't vectorise what reads a third of each row.
    kernels = tf.split(weights[0], cell.n_gates, axis=1)
    recurrent_kernels = tf.split(weights[1], cell.n_gates, axis=1)
    input_bias, recurrent_bias = cell.biases(weights[2])
    input_biases = tf.split(input_bias, cell.n_gates)
    has_recurrent_bias = recurrent_bias is not None
    recurrent_biases = (
        tf.split(recurrent_bias, cell.n_gates) if has_recurrent_bias else [0.0] * cell.n_gates
    )

    def flat(sequence: tf.Tensor) -> tf.Tensor:
        return tf.reshape(sequence, (n_steps * n_rows, sequence.shape[-1]))

    def of_gates(x: tf.Tensor, product: Callable) -> list[tf.Tensor]:
        gates = zip(kernels, input_biases, strict=True)
        return [product(x, kernel) + bias for kernel, bias in gates]

    if n_inputs == 1:
        # A multiplication, which fuses with the gates of its step: no product, nothing to keep.
        sequences = [X]
    else:
        projections = of_gates(flat(X), tf.matmul)
        sequences = [tf.reshape(p, (n_steps, n_rows, units)) for p in projections]
    nothing = tuple(tf.zeros((n_rows, units)) for _ in range(cell.n_states))
    masks = [] if known is None else [known]

    def step(state, now):
        mask, now = now[: len(masks)], now[len(masks) :]
        inputs = of_gates(now[0], tf.multiply) if n_inputs == 1 else now
        gates = zip(recurrent_kernels, recurrent_biases, strict=True)
        recurrent = [state[0] @ kernel + bias for kernel, bias in gates]
        before, (state, kept) = state, cell.step(state, inputs, recurrent)
        for is_known in mask:
            pairs = zip(state, before, strict=True)
            state = tuple(tf.where(is_known > 0, new, old) for new, old in pairs)
        if trains:
            return state, (*before, *kept)
        return state, state[:1] if return_sequences else ()

    last, outputs = scan(step, nothing, [*masks, *sequences])
    if not trains:
        return outputs[0] if return_sequences else last[0], None
    before, kept = outputs[: cell.n_states], outputs[cell.n_states :]
    after = tf.concat([before[0][1:], last[0][tf.newaxis]], axis=0) if return_sequences else last[0]

    def pull_back(upstream: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        def step_back(d_state, inputs):
            mask, inputs = inputs[: len(masks)], inputs[len(masks) :]
            if return_sequences:
                d_h, *inputs = inputs
                d_state = (d_state[0] + d_h, *d_state[1:])
            passed_on = [tuple(d * (1 - is_known) for d in d_state) for is_known in mask]
            for is_known in mask:
                d_state = tuple(d * is_known for d in d_state)
            d_state, d_recurrent, others = cell.step_gradient(
                d_state, inputs[: cell.n_states], inputs[cell.n_states :]
            )
            d_h = tf.matmul(d_recurrent, weights[1], transpose_b=True)
            d_state = (d_state[0] + d_h, *d_state[1:])
            for past in passed_on:
                d_state = tuple(d + p for d, p in zip(d_state, past, strict=True))
            return d_state, (d_recurrent, *others)

        d_last = nothing if return_sequences else (upstream, *nothing[1:])
        sequences = [*masks, upstream] if return_sequences else masks
        _, gradients = scan(step_back, d_last, [*sequences, *before, *kept], reverse=True)
        d_recurrent, *others = map(flat, gradients)
        # The first gates see the sum of input and recurrent term, so that one gradient is both's.
        widths = [d_recurrent.shape[1] - units * len(others), *(units for _ in others)]
        d_inputs = [d_recurrent[:, : widths[0]], *others]

        # With a column of ones beside X, one product gives the gradients of kernel and bias.
        X_and_one = tf.concat([flat(X), tf.ones((n_steps * n_rows, 1))], axis=1)
        parts = [tf.matmul(X_and_one, d_gates, transpose_a=True) for d_gates in d_inputs]
        both = tf.concat(parts, axis=1)
        d_kernel, d_bias = both[:-1], both[-1]
        if has_recurrent_bias:
            d_bias = tf.stack([d_bias, tf.reduce_sum(d_recurrent, axis=0)])
        d_recurrent_kernel = tf.matmul(flat(before[0]), d_recurrent, transpose_a=True)
        pairs = zip(d_inputs, tf.split(weights[0], widths, axis=1), strict=True)
        d_X = tf.add_n([tf.matmul(d_gates, part, transpose_b=True) for d_gates, part in pairs])
        return tf.reshape(d_X, X.shape), [d_kernel, d_recurrent_kernel, d_bias]

    return after, pull_back


def both_directions(
    cell: Any,
    X: tf.Tensor,
    weights: Tensors,
    return_sequences: bool,
    trains: bool,
    known: tf.Tensor | None = None,
) -> tuple[tf.Tensor, Any]:
    """Two recurrent layers over time and against it, their outputs side by side."""
    reversed_known = None if known is None else known[::-1]
    given = (return_sequences, trains)
    forward, pull_forward = recurrent_layer(cell, X, weights[:3], *given, known)
    backward, pull_backward = recurrent_layer(cell, X[::-1], weights[3:], *given, reversed_known)

    def in_time(sequence: tf.Tensor) -> tf.Tensor:
        return sequence[::-1] if return_sequences else sequence

    def pull_back(upstream: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        d_forward, d_backward = tf.split(upstream, 2, axis=-1)
        d_X, gradients = pull_forward(d_forward)
        d_X_reversed, gradients_backward = pull_backward(in_time(d_backward))
        return d_X + d_X_reversed[::-1], gradients + gradients_backward

    return tf.concat([forward, in_time(backward)], axis=-1), pull_back if trains else None


def apply_network(
    spec: NetworkSpec, weights: Tensors, X: tf.Tensor, masks: Callable | None = None
) -> tuple[tf.Tensor, Any]:
    """What `build_network(spec)` computes.

    (n_rows, window_length, n_channels) -> (n_rows, n_values).

    weights : as `Model.get_weights` orders them; masks : (layer, shape) -> factors of a layer's
    outputs, for dropout. With masks the network trains, and there is a second result: a function
    from the gradient of the outputs to that of the weights.
    """
    trains = masks is not None
    layer_function = both_directions if spec.bidirectional else recurrent_layer
    n_arrays = 6 if spec.bidirectional else 3
    known = None
    if spec.masks:
        is_known = tf.reduce_all(tf.math.is_finite(X), axis=2, keepdims=True)
        X = tf.where(is_known, X, 0.0)
        known = tf.transpose(tf.cast(is_known, tf.float32), (1, 0, 2))
    outputs = tf.transpose(X, (1, 0, 2))
    embedding, weights = weights[: bool(spec.embedding_dim)], weights[bool(spec.embedding_dim) :]
    for table in embedding:
        # Row 0 of the table stands for no token, as in Keras.
        tokens = tf.cast(outputs[:, :, 0], tf.int32) + 1
        tokens = tokens if known is None else tokens * tf.cast(known[:, :, 0], tf.int32)
        outputs = tf.gather(table, tokens)
    pull_backs = []
    for layer in range(len(spec.units)):
        outputs, pull_back = layer_function(
            CELLS[spec.cell],
            outputs,
            weights[layer * n_arrays : (layer + 1) * n_arrays],
            layer < len(spec.units) - 1,
            trains,
            known,
        )
        mask = masks(layer, outputs.shape) if masks is not None and spec.dropout else None
        outputs = outputs if mask is None else outputs * mask
        pull_backs.append((pull_back, mask))
    kernel, bias, *highway = weights[len(spec.units) * n_arrays :]
    features = outputs
    flat = tf.reshape(X, (X.shape[0], spec.window_length * spec.n_channels))

    def gradient(upstream: tf.Tensor) -> list[tf.Tensor]:
        gradients = [tf.matmul(features, upstream, transpose_a=True), tf.reduce_sum(upstream, 0)]
        gradients += [tf.matmul(flat, upstream, transpose_a=True) for _ in highway]
        upstream = tf.matmul(upstream, kernel, transpose_b=True)
        for pull_back, mask in reversed(pull_backs):
            upstream = upstream if mask is None else upstream * mask
            upstream, layer_gradients = pull_back(upstream)
            gradients = layer_gradients + gradients
        for table in embedding:
            d_table = tf.math.unsorted_segment_sum(upstream, tokens, table.shape[0])
            gradients = [d_table, *gradients]
        return gradients

    values = features @ kernel + bias
    for linear in highway:
        values += flat @ linear
    return values, gradient if trains else None
