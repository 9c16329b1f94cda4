"""Names of parameters as scikeras and nested estimators have them, such as
"optimizer__learning_rate", which are one level here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What Keras or scikeras call a parameter that has another name here.
OTHER_NAMES = {
    "lr": "learning_rate",
    "patience": "n_iter_no_change",
    "min_delta": "tol",
    "validation_split": "validation_fraction",
}


# Parameters that only count where `early_stopping` is on.
OF_EARLY_STOPPING = {"n_iter_no_change", "tol", "validation_fraction"}


# Parameters that an optimizer object brings itself.
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
    """Raises ValueError for a parameter within another that holds no estimator, and says what to
    write instead.
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
                f"{key}={value!r} is a parameter within {outer}, but the parameters of {name} are "
                f"all on one level. {remedy}. In a pipeline, keep the name of the step in front."
            )
        if outer in own:
            raise ValueError(
                f"{key}={value!r} is a parameter within {outer}, but {outer}={holder!r} has no "
                f"parameters to set. Give {outer} whole, as {outer}=..."
            )


def _remedy(outer: str, inner: str, value: Any, holder: Any, own: Mapping[str, Any]) -> str | None:
    """What to write instead; None where nothing of the kind is a parameter."""
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
