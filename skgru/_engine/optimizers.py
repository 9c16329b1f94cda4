"""Keras optimisers as functions: weights, slots and gradients in, weights and slots out.

TensorFlow's optimiser class overrides how variables are assigned, which keeps
`keras.StatelessScope` from recording it. One instance gets the base class's own methods back,
before it is built. This reaches into Keras; tests compare every optimiser listed here with stock
training, and say so when Keras changes.
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
    """Refuse an optimiser of the user's whose learning rate is part of a graph of TensorFlow."""
    if isinstance(optimizer, str):
        return
    try:
        optimizer.get_config()
    except TypeError as error:
        raise ValueError(
            f"optimizer={type(optimizer).__name__} was made inside a tf.Graph, or after "
            "tf.compat.v1.disable_eager_execution(), so that its learning rate cannot be read. "
            "Make it outside, or give its name and learning_rate."
        ) from error


def optimizer_maker(training: TrainingSpec) -> Callable[[], keras.optimizers.Optimizer]:
    """What makes new optimisers: of the given name, or with the configuration of the given one."""
    if isinstance(training.optimizer, str):
        kind = type(named(keras.optimizers, "optimizer", training.optimizer))
        rate = first_rate(training.learning_rate)
        return lambda: kind(learning_rate=rate, clipnorm=training.clipnorm)
    kind, config = type(training.optimizer), training.optimizer.get_config()
    return lambda: kind.from_config(config)


def slots_of(optimizer: keras.optimizers.Optimizer) -> list[list[Any]]:
    """The optimiser's variables, those of one kind together: first what there is once, as the
    number of steps, then each list that has a variable for every weight.

    The learning rate is not among them: it is a parameter and not something learnt.
    """
    slots = [v for v in optimizer.variables if v.path.split("/")[-1] != "learning_rate"]
    known = {id(variable) for variable in slots}
    lists = [
        v for name, v in vars(optimizer).items() if isinstance(v, list) and name != "_variables"
    ]
    kinds = [each for each in lists if each and all(id(variable) in known for variable in each)]
    of_weights = {id(variable) for each in kinds for variable in each}
    return [*([slot] for slot in slots if id(slot) not in of_weights), *kinds]


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
    """A new optimiser of these weights, joined to one vector: itself, its slots before the first
    step, and (vector, slots, learning_rate, gradient) -> (vector, slots).

    All that it does to a weight it does to each number alone, except for clipping: so one vector
    will do, and the program compiles in two thirds to three quarters of the time.

    Its variables live in a graph that goes when the optimiser does. TensorFlow would keep a
    megabyte of every one that is built eagerly, for as long as the process lives.
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
    """The arrays that were joined to a vector. Each is cut out where it is asked for, in a loop or
    outside, so that the compiler makes the cut a part of what is computed there. Slices take all
    arrays between two of them.
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
    """Arrays as one vector."""
    return tf.concat([tf.reshape(array, (-1,)) for array in arrays], axis=0)
