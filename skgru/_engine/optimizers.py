"""Keras optimisers as functions from weights, slots and gradients to new weights and slots.

The optimisers of Keras for TensorFlow override the assignment of variables, so that
`keras.StatelessScope` does not record it. Here, each optimiser gets the methods of the base class
back before it is built. Tests compare every optimiser listed here with stock training, because this
depends on the internals of Keras.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.optimizers.base_optimizer import BaseOptimizer

from skgru._engine.learning_rate import first_rate
from skgru._engine.names import named
from skgru._specs import TrainingSpec


def check_optimizer(optimizer: Any) -> None:
    """Raise ValueError for an optimiser whose learning rate is part of a TensorFlow graph."""
    if isinstance(optimizer, str):
        return
    try:
        optimizer.get_config()
    except TypeError as error:
        raise ValueError(
            f"optimizer={type(optimizer).__name__} was created inside a tf.Graph, or after "
            "tf.compat.v1.disable_eager_execution(), so that its learning rate cannot be read. "
            "Create it outside, or give its name and learning_rate."
        ) from error


def optimizer_maker(training: TrainingSpec) -> Callable[[], keras.optimizers.Optimizer]:
    """A function that creates optimisers by name, or with the configuration of the given object."""
    if isinstance(training.optimizer, str):
        kind = type(named(keras.optimizers, "optimizer", training.optimizer))
        rate = first_rate(training.learning_rate)
        return lambda: kind(learning_rate=rate, clipnorm=training.clipnorm)
    kind, config = type(training.optimizer), training.optimizer.get_config()
    return lambda: kind.from_config(config)


def slots_of(optimizer: keras.optimizers.Optimizer) -> list[list[Any]]:
    """The variables of an optimiser in groups: first single variables, such as the number of steps,
    then each list with one variable for every weight.

    The learning rate is not included, because it is a parameter of the training.
    """
    slots = [v for v in optimizer.variables if v.path.split("/")[-1] != "learning_rate"]
    known = {id(variable) for variable in slots}
    lists = [
        v for name, v in vars(optimizer).items() if isinstance(v, list) and name != "_variables"
    ]
    kinds = [each for each in lists if each and all(id(variable) in known for variable in each)]
    of_weights = {id(variable) for each in kinds for variable in each}
    return [*([slot] for slot in slots if id(slot) not in of_weights), *kinds]


# Without Nadam, whose own update step results in NaN here.
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
    """A new optimiser for one vector of all weights, its initial slots, and its update as a
    function (vector, slots, learning_rate, gradient) -> (vector, slots).

    Except for clipping, an optimiser treats all numbers alike, so that weights can be joined to one
    vector. The program then compiles in two thirds to three quarters of the time.

    The variables of the optimiser are in a graph, and are freed with it. TensorFlow would keep a
    megabyte of each optimiser that is built eagerly until the process ends.
    """
    with tf.Graph().as_default() as graph:
        optimizer = make()
        vector = keras.Variable(np.concatenate([np.ravel(weight) for weight in weights]))
        for name in _OVERRIDDEN_BY_TENSORFLOW:
            if hasattr(BaseOptimizer, name):
                setattr(optimizer, name, types.MethodType(getattr(BaseOptimizer, name), optimizer))
        optimizer.build([vector])
        slots_here = [variable for (variable,) in slots_of(optimizer)]
        with tf.compat.v1.Session(graph=graph) as session:
            session.run([slot.value.initializer for slot in slots_here])
            first_slots = session.run([slot.value for slot in slots_here])
    first_slots = [np.ravel(slot) for slot in first_slots]
    rates_here = [v for v in optimizer.variables if not any(v is slot for slot in slots_here)]
    clip, shapes = optimizer._clip_gradients, [weight.shape for weight in weights]

    def clip_each_weight(gradients):
        return [joined_vector(clip(Parts(gradients[0], shapes)))]

    optimizer._clip_gradients = clip_each_weight if _clips(optimizer) else list

    def update(values, slots, learning_rate, gradient):
        now = [tf.reshape(s, v.shape) for v, s in zip(slots_here, slots, strict=True)]
        state = [
            (vector, values),
            *zip(slots_here, now, strict=True),
            *((rate, learning_rate) for rate in rates_here),
        ]
        with keras.StatelessScope(state_mapping=state) as scope:
            optimizer.apply([gradient], [vector])

        def current(variable, before):
            after = scope.get_current_value(variable)
            return (
                before if after is None else tf.reshape(tf.cast(after, before.dtype), before.shape)
            )

        return current(vector, values), [
            current(v, s) for v, s in zip(slots_here, slots, strict=True)
        ]

    return optimizer, first_slots, update


def _clips(optimizer: keras.optimizers.Optimizer) -> bool:
    return bool(optimizer.clipnorm or optimizer.global_clipnorm or optimizer.clipvalue)


class Parts(Sequence):
    """The arrays of a joined vector. An index cuts an array out where it is used, so that the
    compiler fuses the cut with the computation there. A slice is a Parts of several arrays.
    """

    def __init__(self, vector: tf.Tensor, shapes: Sequence[tuple[int, ...]], start: int = 0):
        self.vector = vector
        self.shapes = list(shapes)
        sizes = [np.prod(shape, dtype=int) for shape in self.shapes]
        self.starts = [start, *(start + np.cumsum(sizes, dtype=int))]

    def __len__(self) -> int:
        return len(self.shapes)

    def __getitem__(self, index):
        if isinstance(index, slice):
            first, _, _ = index.indices(len(self))
            return Parts(self.vector, self.shapes[index], self.starts[first])
        index = range(len(self))[index]
        part = self.vector[self.starts[index] : self.starts[index + 1]]
        return tf.reshape(part, self.shapes[index])


def joined_vector(arrays: Sequence[tf.Tensor]) -> tf.Tensor:
    """Arrays joined to one vector."""
    return tf.concat([tf.reshape(array, (-1,)) for array in arrays], axis=0)
