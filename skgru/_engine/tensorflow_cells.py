"""Recurrent cells in TensorFlow, for training: a step, and its gradient written out by hand. The
steps of predictions without TensorFlow are in `_networks/numpy_inference.py`.

They compute the same as the Keras cells of the same name. Arrays may be (n_rows, units) or (units,
n_rows), because all operations are elementwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

Tensors = Sequence[tf.Tensor]


class GRU:
    """h' = z h + (1 - z) tanh(x_h + r (R_h h + b_h)), gates z and r; Keras' reset_after=True."""

    n_gates = 3
    n_states = 1
    # Number of gates in each argument of `step` in training, and in each array that it keeps for
    # the gradient.
    blocks = (2, 1)
    kept = (2, 1, 1)
    # Number of gates, the last ones, whose input and recurrent terms are not just added, and have
    # separate gradients.
    n_apart = 1

    @staticmethod
    def biases(bias: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Biases of the input terms and of the recurrent terms."""
        return bias[0], bias[1]

    @staticmethod
    def step(state: Tensors, x: Tensors, recurrent: Tensors) -> tuple[Tensors, Tensors]:
        """The next state, and the arrays that the gradient needs.

        x, recurrent : terms of the gates, one array for each gate, or z and r in one array.
        """
        (h,), (*x_gates, x_h), (*rec_gates, rec_h) = state, x, recurrent
        gates = [tf.sigmoid(x + rec) for x, rec in zip(x_gates, rec_gates, strict=True)]
        z, r = gates if len(gates) == 2 else tf.split(gates[0], 2)
        candidate = tf.tanh(x_h + r * rec_h)
        return (z * h + (1 - z) * candidate,), (*gates, rec_h, candidate)

    @staticmethod
    def step_gradient(d_state: Tensors, before: Tensors, kept: Tensors) -> tuple:
        """Gradients of the previous state outside the recurrent products, of the recurrent terms of
        all gates, and of the separate input terms.
        """
        (dh,), (h,), (gates, rec_h, candidate) = d_state, before, kept
        z, r = tf.split(gates, 2)
        d_h = dh * (1 - z) * (1 - candidate * candidate)
        d_z = dh * (h - candidate) * z * (1 - z)
        d_r = d_h * rec_h * r * (1 - r)
        return (dh * z,), (d_z, d_r, d_h * r), (d_h,)


class LSTM:
    """c' = f c + i g, h' = o tanh(c'), gates i, f, o and candidate g."""

    n_gates = 4
    n_states = 2
    blocks = (1, 1, 1, 1)
    kept = (1, 1, 1, 1, 1)
    n_apart = 0

    @staticmethod
    def biases(bias: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        return bias, None

    @staticmethod
    def step(state: Tensors, x: Tensors, recurrent: Tensors) -> tuple[Tensors, Tensors]:
        _, c = state
        a_i, a_f, a_g, a_o = (x + rec for x, rec in zip(x, recurrent, strict=True))
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
        return (tf.zeros_like(dh), dc * f), (d_i, d_f, d_g, d_o), ()


class SimpleRNN:
    """h' = tanh(x + R h)."""

    n_gates = 1
    n_states = 1
    blocks = (1,)
    kept = (1,)
    n_apart = 0

    @staticmethod
    def biases(bias: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        return bias, None

    @staticmethod
    def step(state: Tensors, x: Tensors, recurrent: Tensors) -> tuple[Tensors, Tensors]:
        h = tf.tanh(x[0] + recurrent[0])
        return (h,), (h,)

    @staticmethod
    def step_gradient(d_state: Tensors, before: Tensors, kept: Tensors) -> tuple:
        (dh,), (h,) = d_state, kept
        return (tf.zeros_like(dh),), (dh * (1 - h * h),), ()


CELLS: dict[str, Any] = {"gru": GRU, "lstm": LSTM, "rnn": SimpleRNN}
