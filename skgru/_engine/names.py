"""Names of Keras objects: lookup of names from users, and numbers in names of layers."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from keras.src.backend.common import global_state

# Attribute in which Keras counts the names of its objects.
_COUNTERS = "object_name_uids"
# Names in the modules of Keras that cannot be created by name.
_NO_NAMES = {
    *("Loss", "LossScaleOptimizer", "Metric", "MultiOptimizer", "Optimizer", "OptimizerMap"),
    *("Mean", "MeanMetricWrapper", "Sum", "deserialize", "get", "legacy", "schedules", "serialize"),
}


def named(room: Any, parameter: str, name: str) -> Any:
    """The Keras object of a name. room : keras.losses, keras.optimizers or keras.metrics."""
    try:
        if name not in _NO_NAMES:
            return room.get(name)
    except (ValueError, TypeError):
        pass
    names = {one.lower(): one for one in dir(room) if one[0] != "_" and one not in _NO_NAMES}
    close = difflib.get_close_matches(name.lower(), names, n=1)
    hint = f"Did you mean {names[close[0]]!r}? " if close else ""
    raise ValueError(
        f"{parameter}={name!r} is not a name in {room.__name__}. {hint}Give such a name, or a "
        f"Keras {parameter} object."
    )


@contextmanager
def constant_names() -> Iterator[None]:
    """Make Keras number the names of layers, variables and optimisers from the start.

    TensorFlow keeps 35 kB for each new name of a variable until the process ends. Each thread has
    its own counters.
    """
    before = global_state.get_global_attribute(_COUNTERS)
    global_state.set_global_attribute(_COUNTERS, defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute(_COUNTERS, before)
