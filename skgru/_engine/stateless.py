"""Keras optimisers as functions: weights, slots and gradients in, weights and slots out.

TensorFlow's optimiser class overrides how variables are assigned, which keeps
`keras.StatelessScope` from recording it. One instance gets the base class's own methods back,
before it is built. This reaches into Keras; tests compare every optimiser listed here with stock
training, and say so when Keras changes.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf
from keras.src.optimizers.base_optimizer import BaseOptimizer

from skgru._engine.network import slots_of

# Nadam is not here: it has an update step of its own, which gives NaN this way.
SUPPORTED = (
    keras.optimizers.SGD,
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.Adamax,
    keras.optimizers.Adadelta,
    keras.optimizers.Adagrad,
    keras.optimizers.RMSprop,
    keras.optimizers.Lion,
)
_OVERRIDDEN_BY_TENSORFLOW = (
    "_backend_update_step",
    "_backend_apply_gradients",
    "_apply_weight_decay",
    "_var_key",
    "assign",
    "assign_add",
    "assign_sub",
)


def stateless(
    make: Callable[[], keras.optimizers.Optimizer], weights: Sequence[np.ndarray]
) -> tuple[keras.optimizers.Optimizer, list[np.ndarray], Callable]:
    """A new optimiser of these weights: itself, its slots before the first step, and
    (weights, slots, learning_rate, gradients) -> (weights, slots).

    Its variables live in a graph that goes when the optimiser does. TensorFlow would keep a
    megabyte of every one that is built eagerly, for as long as the process lives.
    """
    with tf.Graph().as_default() as graph:
        optimizer = make()
        variables = [keras.Variable(array) for array in weights]
        for name in _OVERRIDDEN_BY_TENSORFLOW:
            if hasattr(BaseOptimizer, name):
                setattr(optimizer, name, types.MethodType(getattr(BaseOptimizer, name), optimizer))
        optimizer.build(variables)
        slots_here = slots_of(optimizer)
        with tf.compat.v1.Session(graph=graph) as session:
            session.run([slot.value.initializer for slot in slots_here])
            first_slots = session.run([slot.value for slot in slots_here])
    rates_here = [v for v in optimizer.variables if not any(v is slot for slot in slots_here)]

    def update(weights, slots, learning_rate, gradients):
        state = [
            *zip(variables, weights, strict=True),
            *zip(slots_here, slots, strict=True),
            *((rate, learning_rate) for rate in rates_here),
        ]
        with keras.StatelessScope(state_mapping=state) as scope:
            optimizer.apply(gradients, variables)

        def current(variable, before):
            after = scope.get_current_value(variable)
            return before if after is None else tf.cast(after, before.dtype)

        return (
            [current(v, w) for v, w in zip(variables, weights, strict=True)],
            [current(v, s) for v, s in zip(slots_here, slots, strict=True)],
        )

    return optimizer, first_slots, update
