"""Warnings that find the user's line by themselves."""

from __future__ import annotations

import sys
import warnings

# Code that stands between a user and the line that warns.
LIBRARIES = {"skgru", "sklearn", "joblib"}


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """A warning that names the line outside of skgru and scikit-learn from which the call came,
    so that a pipeline or a search warns where it was called.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and _library(frame.f_globals) in LIBRARIES:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def _library(module: dict[str, object]) -> str:
    return str(module.get("__name__", "")).split(".")[0]
