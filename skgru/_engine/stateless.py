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


def stateless_update(
    optimizer: keras.optimizers.Optimizer, variables: Sequence[keras.Variable]
) -> Callable:
    """Take a new optimiser over; return (weights, slots, learning_rate, gradients) -> (weights,
    slots).
    """
    for name in _OVERRIDDEN_BY_TENSORFLOW:
        if hasattr(BaseOptimizer, name):
            setattr(optimizer, name, types.MethodType(getattr(BaseOptimizer, name), optimizer))
    optimizer.build(variables)
    slots_here = slots_of(optimizer)
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

    return update
