"""Targets in their own units: losses that need them, and networks that do not reach them."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._warnings import warn_user

# Losses that need targets in their original units, by their names in lower case without "_".
NEEDS_OWN_UNITS = {
    *("meansquaredlogarithmicerror", "msle", "meanabsolutepercentageerror", "mape"),
    *("kldivergence", "kld", "binarycrossentropy", "bce", "binaryfocalcrossentropy"),
}

# The network that learns logarithms: it suits positive targets, as these losses do.
IN_LOGARITHMS = (
    "TransformedTargetRegressor(GRURegressor(), func=np.log1p, inverse_func=np.expm1) with the "
    "default loss"
)

# Values of up to this size are learned without standardisation.
SIZE_OF_ONE = 5.0


def check_loss(loss: Any, normalize_y: bool) -> None:
    """Raise ValueError for a loss that is undefined for the predictions, or for normalised
    targets.
    """
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    plain = name.lower().replace("_", "")
    if plain == "poisson":
        raise ValueError(
            f"loss={loss!r} takes the logarithm of predictions, which may be negative here. Use "
            f"{IN_LOGARITHMS}."
        )
    if normalize_y and plain in NEEDS_OWN_UNITS:
        raise ValueError(
            f"loss={loss!r} needs targets in their original units, but normalize_y=True subtracts "
            "their mean. Set normalize_y=False if y is of the size of 1; otherwise use another "
            f"loss, or for positive targets {IN_LOGARITHMS}."
        )


def warn_of_level(targets: np.ndarray, predicted: np.ndarray) -> None:
    """Warn if predictions of training windows (n, n_targets) are far from the targets, which may
    hold NaN.
    """
    for y, reached in zip(targets.T, predicted.T, strict=True):
        known = np.isfinite(y)
        y, reached = y[known], reached[known]
        if len(y) and abs(reached.mean() - y.mean()) > max(y.std(), SIZE_OF_ONE):
            warn_user(
                "The network has not learned the level of y: with normalize_y=False, its "
                f"predictions for the windows of training are {reached.mean():.3g} on average, and "
                f"y is {y.mean():.3g}. Set normalize_y=True, or divide y by a number that brings "
                "it to the size of 1."
            )
            return
