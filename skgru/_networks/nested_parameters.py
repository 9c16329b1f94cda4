"""Error messages for nested parameter names such as "optimizer__learning_rate", which are used in
scikeras. The parameters of the networks are on one level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Names in Keras or scikeras, and the names of the same parameters here.
OTHER_NAMES = {
    "lr": "learning_rate",
    "patience": "n_iter_no_change",
    "min_delta": "tol",
    "validation_split": "validation_fraction",
}


# Parameters that only have an effect with `early_stopping=True`.
OF_EARLY_STOPPING = {"n_iter_no_change", "tol", "validation_fraction"}


# Parameters that are ignored if the optimizer is an object.
OF_OPTIMIZER = {"learning_rate", "clipnorm"}


OPTIMIZERS = {
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "nadam": "Nadam",
    "adamax": "Adamax",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "lion": "Lion",
}


OBJECTS = {
    "loss": "an object of keras.losses, such as loss=keras.losses.Huber(delta=0.5)",
    "callbacks": (
        "an object of keras.callbacks, such as "
        "callbacks=[keras.callbacks.EarlyStopping(monitor='loss')]"
    ),
}


def check_flat(estimator: Any, params: Mapping[str, Any]) -> None:
    """Raise ValueError for a nested parameter whose outer parameter is not an estimator. The
    message names the parameter to use instead.
    """
    own = estimator.get_params(deep=False)
    for key, value in params.items():
        outer, is_nested, inner = key.partition("__")
        holder = params.get(outer, own.get(outer))
        if not is_nested or (hasattr(holder, "set_params") and not isinstance(holder, type)):
            continue
        name = type(estimator).__name__
        if remedy := _remedy(outer, inner.rpartition("__")[2], value, holder, own):
            raise ValueError(
                f"{key}={value!r} is a nested parameter, but the parameters of {name} are all on "
                f"one level. {remedy}. In a pipeline, keep the name of the step in front."
            )
        if outer in own:
            raise ValueError(
                f"{key}={value!r} is a nested parameter, but {outer}={holder!r} is not an "
                f"estimator. Set {outer} itself, with {outer}=..."
            )


def _remedy(outer: str, inner: str, value: Any, holder: Any, own: Mapping[str, Any]) -> str | None:
    """The remedy for a nested parameter, or None if there is no such parameter on one level."""
    is_object = outer == "optimizer" and not isinstance(holder, str)
    wanted = OTHER_NAMES.get(inner, inner)
    if wanted in own and not (is_object and wanted in OF_OPTIMIZER):
        early = "early_stopping=True and " if wanted in OF_EARLY_STOPPING else ""
        return f"Write {early}{wanted}={value!r}"
    if outer == "optimizer":
        kind = OPTIMIZERS.get(str(holder).lower(), "Adam")
        if is_object:
            kind = (holder if isinstance(holder, type) else type(holder)).__name__
        argument = "learning_rate" if inner == "lr" else inner
        return f"Give an object: optimizer=keras.optimizers.{kind}({argument}={value!r})"
    return f"Give {OBJECTS[outer]}" if outer in OBJECTS and outer in own else None
