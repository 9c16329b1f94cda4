"""Warnings that point to the line of the user's code."""

from __future__ import annotations

import sys
import warnings

# Packages whose functions may lie on the call stack between the user's code and the warning.
LIBRARIES = {"skgru", "sklearn", "joblib"}


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line outside skgru, scikit-learn and joblib from which the call came. A warning
    from within a pipeline or a search then points to the user's own line.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and _library(frame.f_globals) in LIBRARIES:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def _library(module: dict[str, object]) -> str:
    return str(module.get("__name__", "")).split(".")[0]
