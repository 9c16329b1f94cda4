"""Networks as pure functions of their weights, with gradients written out by hand.

They compute what Keras' layers of the same name compute, from the same weight arrays in the same
order. Written out, one matrix product a step gives the gradients of nearly all its weights, where
automatic differentiation makes one for each array.

Between layers arrays are (n_steps, width, n_rows).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from skgru._engine.tensorflow_cells import CELLS
from skgru._specs import NetworkSpec

Tensors = Sequence[tf.Tensor]
Shapes = Sequence[tuple[int, ...]]

# The compiler copies rows of at most this many numbers one number at a time.
SHORT_ROW = 64
# The gradients of the gates are padded to a multiple of this width, because matrix products and
# sums of other widths take longer.
PRODUCT_WIDTH = 16


def flat_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape in which an array is stored. Short rows are joined, because the compiler copies long
    rows with vector instructions.
    """
    return (shape[0] * shape[1],) if shape[-1] <= SHORT_ROW else tuple(shape)


def flat(tensors: Tensors) -> list[tf.Tensor]:
    return [tf.reshape(tensor, flat_shape(tensor.shape)) for tensor in tensors]


def shaped(tensors: Tensors, shapes: Shapes, *before: int) -> list[tf.Tensor]:
    pairs = zip(tensors, shapes, strict=True)
    return [tf.reshape(tensor, (*before, *shape)) for tensor, shape in pairs]


class Scratch:
    """Arrays for the outputs of the steps of loops over time, taken in the order of the loops. They
    are passed from one batch to the next, so that they are allocated once.
    """

    def __init__(self, arrays: Tensors | None = None):
        self._arrays = None if arrays is None else iter(arrays)
        self.written: list[tf.Tensor] = []

    def take(self, n_steps: int, shape: tuple[int, ...]) -> tf.TensorArray:
        array = tf.TensorArray(tf.float32, size=n_steps, element_shape=flat_shape(shape))
        return array if self._arrays is None else array.unstack(next(self._arrays))


def scan(
    step: Callable,
    state: Tensors,
    inputs: Tensors,
    kept_shapes: Shapes,
    scratch: Scratch,
    reverse: bool = False,
) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
    """Run `step(state, inputs_at_t) -> (state, outputs_at_t)` along time.

    inputs : each (n_steps, ...); kept_shapes : shapes of the outputs of a step. Returns the last
    state, and the outputs of all steps, each (n_steps, ...), in the order of time even if reversed.
    """
    n_steps = inputs[0].shape[0]
    state_shapes = [part.shape for part in state]
    kept = [scratch.take(n_steps, shape) for shape in kept_shapes]

    def body(i, state, kept):
        t = n_steps - 1 - i if reverse else i
        state, outputs = step(shaped(state, state_shapes), [x[t] for x in inputs])
        arrays = zip(kept, flat(outputs), strict=True)
        return i + 1, flat(state), [array.write(t, output) for array, output in arrays]

    _, state, kept = tf.while_loop(
        lambda i, *_: i < n_steps, body, (tf.constant(0), flat(state), kept)
    )
    outputs = [array.stack() for array in kept]
    scratch.written += outputs
    return shaped(state, state_shapes), shaped(outputs, kept_shapes, n_steps)


def kept_where_unknown(masks: Tensors, state: Tensors, before: Tensors) -> Tensors:
    for is_known in masks:
        pairs = zip(state, before, strict=True)
        state = [tf.where(is_known > 0, new, old) for new, old in pairs]
    return state


def applied_layer(
    cell: Any, X: tf.Tensor, weights: Tensors, return_sequences: bool, known: tf.Tensor | None
) -> tf.Tensor:
    """(n_steps, n_inputs, n_rows) -> (n_steps, units, n_rows), or (units, n_rows) of the last step.

    weights : kernel (n_inputs, n_gates * units), recurrent kernel (units, n_gates * units), bias.
    known : (n_steps, 1, n_rows) of 1 and 0. A step of 0 does not change the state and the output.

    Arrays are (n_rows, width) at a step, and each gate has its own matrices, because the compiler
    cannot vectorise code that reads a third of each row.
    """
    X = tf.transpose(X, (0, 2, 1))
    n_steps, n_rows, n_inputs = X.shape
    units = weights[1].shape[0]

    def of_gates(array: tf.Tensor | None) -> list:
        return [0.0] * cell.n_gates if array is None else tf.split(array, cell.n_gates, axis=-1)

    def terms(
        x: tf.Tensor, kernels: Tensors, biases: Tensors, product: Callable
    ) -> list[tf.Tensor]:
        return [product(x, kernel) + bias for kernel, bias in zip(kernels, biases, strict=True)]

    if n_inputs == 1:
        sequences = [X]  # the product with one channel is elementwise, and fuses with the gates
    else:
        all_rows = tf.reshape(X, (n_steps * n_rows, n_inputs))
        input_biases, _ = map(of_gates, cell.biases(weights[2]))
        projections = terms(all_rows, of_gates(weights[0]), input_biases, tf.matmul)
        sequences = [tf.reshape(p, (n_steps, n_rows, units)) for p in projections]
    masks = [] if known is None else [tf.transpose(known, (0, 2, 1))]
    recurrent_kernels = of_gates(weights[1])

    def step(state, now):
        mask, x = now[: len(masks)], now[len(masks) :]
        # Split inside the loop, where the compiler makes it a part of the kernels that add biases.
        input_biases, recurrent_biases = map(of_gates, cell.biases(weights[2]))
        if n_inputs == 1:
            x = terms(x[0], of_gates(weights[0]), input_biases, tf.multiply)
        recurrent = terms(state[0], recurrent_kernels, recurrent_biases, tf.matmul)
        before, (state, _) = state, cell.step(state, x, recurrent)
        state = kept_where_unknown(mask, state, before)
        return state, state[:1] if return_sequences else ()

    nothing = [tf.zeros((n_rows, units)) for _ in range(cell.n_states)]
    kept_shapes = [(n_rows, units)] if return_sequences else []
    last, outputs = scan(step, nothing, [*masks, *sequences], kept_shapes, Scratch())
    return tf.transpose(outputs[0], (0, 2, 1)) if return_sequences else tf.transpose(last[0])


def padded_size(n: int) -> int:
    return -(-n // PRODUCT_WIDTH) * PRODUCT_WIDTH


def padded_columns(matrix: tf.Tensor, width: int) -> tf.Tensor:
    return tf.pad(matrix, ((0, 0), (0, width - matrix.shape[1])))


def padded_rows(blocks: Tensors, height: int) -> tf.Tensor:
    """Blocks one above the other, and zeros below them."""
    missing = height - sum(block.shape[0] for block in blocks)
    return tf.concat([*blocks, tf.zeros((missing, blocks[0].shape[1]))], axis=0)


def kept_forward(cell: Any, units: int, n_rows: int) -> list[tuple[int, int]]:
    """Shapes of the arrays that a step of `trained_layer` keeps: the previous state, and those of
    the cell.
    """
    heights = (1,) * cell.n_states + cell.kept
    return [(height * units, n_rows) for height in heights]


def kept_backward(
    cell: Any, units: int, n_inputs: int, n_rows: int, passes_on: bool
) -> list[tuple[int, int]]:
    """Shapes of the arrays that a step of the gradient of `trained_layer` keeps."""
    apart = [(cell.n_apart * units, n_rows)] if cell.n_apart else []
    return [*apart, (n_inputs, n_rows)] if passes_on else apart


def scratch_shapes(spec: NetworkSpec, n_rows: int) -> list[tuple[int, ...]]:
    """Shapes of the arrays that a step of training takes from `Scratch`, in their order."""
    cell, n_directions = CELLS[spec.cell], 1 + spec.bidirectional
    widths = [spec.width, *(n_directions * units for units in spec.units)]
    forward: list[tuple[int, int]] = []
    backward: list[tuple[int, int]] = []
    for layer, units in enumerate(spec.units):
        passes_on = layer > 0 or bool(spec.embedding_dim)
        forward += n_directions * kept_forward(cell, units, n_rows)
        of_gradient = kept_backward(cell, units, widths[layer], n_rows, passes_on)
        backward = n_directions * of_gradient + backward
    return [(spec.window_length, *flat_shape(shape)) for shape in forward + backward]


# More than 60 lines: the gradient reads a dozen arrays of the forward pass, and both are easier to
# compare side by side than with these arrays as arguments.
def trained_layer(
    cell: Any,
    X: tf.Tensor,
    weights: Tensors,
    return_sequences: bool,
    passes_on: bool,
    known: tf.Tensor | None,
    scratch: Scratch,
    dropped: tf.Tensor | None = None,
) -> tuple[tf.Tensor, Callable]:
    """The output of `applied_layer`, and a function from its gradient to the gradients of X and of
    the weights. Without `passes_on`, the gradient of X is None.

    dropped : (n_gates, units, n_rows), factors of the state in the recurrent product of each gate,
    the same at all steps.

    Arrays are (width, n_rows) at a step: each gate is then a contiguous block, which the compiler
    reads with vector instructions, and a single product computes all gates.
    """
    n_steps, n_inputs, n_rows = X.shape
    units, width = weights[1].shape
    kernel, recurrent_kernel = tf.transpose(weights[0]), tf.transpose(weights[1])
    nothing = tuple(tf.zeros((units, n_rows)) for _ in range(cell.n_states))
    masks = [] if known is None else [known]

    def recurrent_terms(h: tf.Tensor) -> tf.Tensor:
        if dropped is None:
            return recurrent_kernel @ h
        # One product for each gate, because each gate drops other units, as in Keras.
        matrices = tf.split(weights[1], cell.n_gates, axis=1)
        return tf.concat(
            [tf.transpose(matrix) @ (h * dropped[g]) for g, matrix in enumerate(matrices)], axis=0
        )

    def step(state, now):
        *mask, now = now
        input_bias, recurrent_bias = cell.biases(weights[2])
        # The product with a single channel is elementwise, and fuses with the gates.
        x = tf.transpose(weights[0]) * now if n_inputs == 1 else kernel @ now
        x += input_bias[:, tf.newaxis]
        recurrent = recurrent_terms(state[0])
        if recurrent_bias is not None:
            recurrent += recurrent_bias[:, tf.newaxis]
        blocks = [height * units for height in cell.blocks]
        terms = tf.split(x, blocks), tf.split(recurrent, blocks)
        before, (state, kept) = state, cell.step(state, *terms)
        state = kept_where_unknown(mask, state, before)
        return state, (*before, *kept)

    kept_shapes = kept_forward(cell, units, n_rows)
    last, outputs = scan(step, nothing, [*masks, X], kept_shapes, scratch)
    after = last[0]
    if return_sequences:
        after = tf.concat([outputs[0][1:], last[0][tf.newaxis]], axis=0)

    def pull_back(upstream: tf.Tensor) -> tuple[tf.Tensor | None, list[tf.Tensor]]:
        n_shared = width - units * cell.n_apart
        height = padded_size(width)
        recurrent_kernel = padded_columns(weights[1], height)
        kernel = padded_columns(weights[0][:, :n_shared], height)
        one = tf.ones((1, n_rows))

        def through_state(gates: Tensors, d_gates: tf.Tensor, h: tf.Tensor, x: tf.Tensor):
            """Gradients of the state, through the recurrent products, and of the weights."""
            if dropped is None:
                # Together with the input and a row of ones, one product computes the gradients of
                # all weights except those of the separate input terms.
                sources = tf.concat([h, x, one], axis=0)
                return recurrent_kernel @ d_gates, tf.matmul(sources, d_gates, transpose_b=True)
            matrices = tf.split(weights[1], cell.n_gates, axis=1)
            back = [dropped[g] * (matrices[g] @ gate) for g, gate in enumerate(gates)]
            own = [
                tf.matmul(h * dropped[g], gate, transpose_b=True) for g, gate in enumerate(gates)
            ]
            shared = tf.matmul(tf.concat([x, one], axis=0), d_gates, transpose_b=True)
            of_state = padded_columns(tf.concat(own, axis=1), height)
            return tf.add_n(back), tf.concat([of_state, shared], axis=0)

        def step_back(state, inputs):
            *d_state, total = state
            x, *inputs = inputs
            mask, inputs = inputs[: len(masks)], inputs[len(masks) :]
            if return_sequences:
                d_h, *inputs = inputs
                d_state = [d_state[0] + d_h, *d_state[1:]]
            passed_on = [[d * (1 - is_known) for d in d_state] for is_known in mask]
            for is_known in mask:
                d_state = [d * is_known for d in d_state]
            before, kept = inputs[: cell.n_states], inputs[cell.n_states :]
            d_state, gates, apart = cell.step_gradient(d_state, before, kept)
            d_gates = padded_rows(gates, height)
            d_h, d_weights = through_state(gates, d_gates, before[0], x)
            d_state = [d_state[0] + d_h, *d_state[1:]]
            for past in passed_on:
                d_state = [d + p for d, p in zip(d_state, past, strict=True)]
            total += d_weights
            d_apart = [tf.concat(apart, axis=0)] if apart else []
            if not passes_on:
                return (*d_state, total), d_apart
            d_x = kernel @ d_gates
            for d in d_apart:
                d_x += weights[0][:, n_shared:] @ d
            return (*d_state, total), [*d_apart, d_x]

        d_last = nothing if return_sequences else (upstream, *nothing[1:])
        (*_, d_all), outputs_back = scan(
            step_back,
            [*d_last, tf.zeros((units + n_inputs + 1, height))],
            [X, *masks, *([upstream] if return_sequences else []), *outputs],
            kept_backward(cell, units, n_inputs, n_rows, passes_on),
            scratch,
            reverse=True,
        )
        d_kernel, d_bias = d_all[units:-1, :width], d_all[-1, :width]
        if cell.n_apart:
            d_apart, *outputs_back = outputs_back
            sources = tf.concat([X, tf.ones((n_steps, 1, n_rows))], axis=1)
            d_apart = tf.einsum("tir,tur->iu", sources, d_apart)
            d_input = tf.concat([d_all[units:, :n_shared], d_apart], axis=1)
            d_kernel, d_bias = d_input[:-1], tf.stack([d_input[-1], d_bias])
        d_X = outputs_back[0] if passes_on else None
        return d_X, [d_kernel, d_all[:units, :width], d_bias]

    return after, pull_back


def recurrent_layer(
    cell: Any,
    X: tf.Tensor,
    weights: Tensors,
    return_sequences: bool,
    trains: bool,
    passes_on: bool,
    known: tf.Tensor | None,
    scratch: Scratch,
    dropped: Callable | None,
) -> tuple[tf.Tensor, Any]:
    """`trained_layer` in training, else `applied_layer`, which is faster without a gradient.

    dropped : (direction, shape) -> factors for dropout of the state, or None.
    """
    if trains:
        shape = (cell.n_gates, weights[1].shape[0], X.shape[2])
        factors = None if dropped is None else dropped(0, shape)
        return trained_layer(cell, X, weights, return_sequences, passes_on, known, scratch, factors)
    return applied_layer(cell, X, weights, return_sequences, known), None


def both_directions(
    cell: Any,
    X: tf.Tensor,
    weights: Tensors,
    return_sequences: bool,
    trains: bool,
    passes_on: bool,
    known: tf.Tensor | None,
    scratch: Scratch,
    dropped: Callable | None,
) -> tuple[tf.Tensor, Any]:
    """Two recurrent layers, forwards and backwards in time, with concatenated outputs."""
    reversed_known = None if known is None else known[::-1]
    given = (return_sequences, trains, passes_on)
    against = None if dropped is None else lambda _, shape: dropped(1, shape)
    forward, pull_forward = recurrent_layer(cell, X, weights[:3], *given, known, scratch, dropped)
    backward, pull_backward = recurrent_layer(
        cell, X[::-1], weights[3:], *given, reversed_known, scratch, against
    )

    def in_time(sequence: tf.Tensor) -> tf.Tensor:
        return sequence[::-1] if return_sequences else sequence

    def pull_back(upstream: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        d_forward, d_backward = tf.split(upstream, 2, axis=-2)
        d_X, gradients = pull_forward(d_forward)
        d_X_reversed, gradients_backward = pull_backward(in_time(d_backward))
        d_X = d_X + d_X_reversed[::-1] if passes_on else None
        return d_X, gradients + gradients_backward

    return tf.concat([forward, in_time(backward)], axis=-2), pull_back if trains else None


def embedded(
    table: tf.Tensor, tokens: tf.Tensor, known: tf.Tensor | None
) -> tuple[tf.Tensor, Callable]:
    """Vectors of tokens, (n_steps, 1, n_rows) -> (n_steps, embedding_dim, n_rows), and a function
    from their gradient to that of the table.
    """
    # Row 0 of the table is for missing tokens, as in Keras.
    rows = tf.cast(tokens[:, 0], tf.int32) + 1  # (n_steps, n_rows)
    rows = rows if known is None else rows * tf.cast(known[:, 0], tf.int32)

    def pull_back(upstream: tf.Tensor) -> tf.Tensor:
        by_token = tf.transpose(upstream, (0, 2, 1))
        return tf.math.unsorted_segment_sum(by_token, rows, table.shape[0])

    return tf.transpose(tf.gather(table, rows), (0, 2, 1)), pull_back


def output_layer(
    spec: NetworkSpec, weights: Tensors, features: tf.Tensor, X: tf.Tensor
) -> tuple[tf.Tensor, Callable]:
    """Outputs, (..., units, n_rows) -> (n_rows, n_values), and a function from their gradient to
    the gradients of the features and of the weights. X : windows, for the linear path.
    """
    kernel, bias, *highway = weights
    flat = tf.reshape(X, (X.shape[0], spec.window_length * spec.n_channels))

    def pull_back(upstream: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        if spec.each_step:
            upstream = tf.reshape(upstream, (-1, spec.n_steps_out, spec.values_of_step))
            gradients = [
                tf.einsum("tun,ntv->uv", features, upstream),
                tf.reduce_sum(upstream, (0, 1)),
            ]
            return tf.einsum("uv,ntv->tun", kernel, upstream), gradients
        gradients = [features @ upstream, tf.reduce_sum(upstream, 0)]
        gradients += [tf.matmul(flat, upstream, transpose_a=True) for _ in highway]
        return tf.matmul(kernel, upstream, transpose_b=True), gradients

    if spec.each_step:
        by_step = tf.einsum("tun,uv->ntv", features, kernel) + bias
        return tf.reshape(by_step, (X.shape[0], spec.n_values)), pull_back
    values = tf.matmul(features, kernel, transpose_a=True) + bias
    for linear in highway:
        values += flat @ linear
    return values, pull_back


def apply_network(
    spec: NetworkSpec,
    weights: Tensors,
    X: tf.Tensor,
    masks: Callable | None = None,
    scratch: Scratch | None = None,
    recurrent_masks: Callable | None = None,
) -> tuple[tf.Tensor, Any]:
    """Outputs of the network, (n_rows, window_length, n_channels) -> (n_rows, n_values), and a
    function from their gradient to the gradients of the weights.

    They equal those of `build_network(spec)`. The function is None unless `masks` is given, as it
    is in training.

    weights : in the order of `Model.get_weights`; masks : (layer, shape) -> factors of the outputs
    of a layer, for dropout; scratch : arrays of `scratch_shapes`; recurrent_masks : (layer,
    direction, shape) -> factors of the state of a layer, for dropout.
    """
    trains = masks is not None
    scratch = scratch or Scratch()
    layer_function = both_directions if spec.bidirectional else recurrent_layer
    n_arrays = 6 if spec.bidirectional else 3
    known = None
    if spec.masks:
        is_known = tf.reduce_all(tf.math.is_finite(X), axis=2, keepdims=True)
        X = tf.where(is_known, X, 0.0)
        known = tf.transpose(tf.cast(is_known, tf.float32), (1, 2, 0))
    outputs = tf.transpose(X, (1, 2, 0))
    embedding_gradient = None
    if spec.embedding_dim:
        table, *weights = weights
        outputs, embedding_gradient = embedded(table, outputs, known)
    pull_backs = []
    for layer in range(len(spec.units)):
        dropped = None
        if recurrent_masks is not None and spec.recurrent_dropout:
            dropped = functools.partial(recurrent_masks, layer)
        outputs, pull_back = layer_function(
            CELLS[spec.cell],
            outputs,
            weights[layer * n_arrays : (layer + 1) * n_arrays],
            spec.each_step or layer < len(spec.units) - 1,
            trains,
            layer > 0 or embedding_gradient is not None,
            known,
            scratch,
            dropped,
        )
        mask = masks(layer, outputs.shape) if masks is not None and spec.dropout else None
        outputs = outputs if mask is None else outputs * mask
        pull_backs.append((pull_back, mask))
    values, output_gradient = output_layer(spec, weights[len(spec.units) * n_arrays :], outputs, X)

    def gradient(upstream: tf.Tensor) -> list[tf.Tensor]:
        upstream, gradients = output_gradient(upstream)
        for pull_back, mask in reversed(pull_backs):
            upstream = upstream if mask is None else upstream * mask
            upstream, layer_gradients = pull_back(upstream)
            gradients = layer_gradients + gradients
        if embedding_gradient is not None:
            gradients = [embedding_gradient(upstream), *gradients]
        return gradients

    return values, gradient if trains else None
