"""Names of Keras: those that users give, and those that Keras gives its layers and variables."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from keras.src.backend.common import global_state

# Where Keras counts the names that it has given.
_COUNTERS = "object_name_uids"
# What the modules of Keras hold besides what a name alone can make.
_NO_NAMES = {
    *("Loss", "LossScaleOptimizer", "Metric", "MultiOptimizer", "Optimizer", "OptimizerMap"),
    *("Mean", "MeanMetricWrapper", "Sum", "deserialize", "get", "legacy", "schedules", "serialize"),
}


def named(room: Any, parameter: str, name: str) -> Any:
    """What Keras makes of a name. room : keras.losses, keras.optimizers or keras.metrics."""
    try:
        if name not in _NO_NAMES:
            return room.get(name)
    except (ValueError, TypeError):
        pass
    names = {one.lower(): one for one in dir(room) if one[0] != "_" and one not in _NO_NAMES}
    close = difflib.get_close_matches(name.lower(), names, n=1)
    hint = f"Did you mean {names[close[0]]!r}? " if close else ""
    raise ValueError(
        f"{parameter}={name!r} is no name that Keras knows. {hint}Give a name listed in "
        f"{room.__name__} or a Keras {parameter} object."
    )


@contextmanager
def constant_names() -> Iterator[None]:
    """Let Keras number the names of layers, variables and optimisers from the start.

    TensorFlow keeps 35 kB for each name of a variable that it has not seen before, for as long as
    the process lives. The counters belong to a thread, so that no other one is disturbed.
    """
    before = global_state.get_global_attribute(_COUNTERS)
    global_state.set_global_attribute(_COUNTERS, defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute(_COUNTERS, before)
