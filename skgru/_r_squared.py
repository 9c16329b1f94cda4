"""R² of values of any size."""

from __future__ import annotations

from typing import Any

import numpy as np

# Weighted sums of squares of larger numbers may be infinite. Those of its inverse may be 0.
LARGEST_SQUARED = 1e140

# Larger weights are divided by the largest one.
LARGEST_WEIGHT = 1e15

FLOAT_MAX = np.finfo(np.float64).max


def r_squared(actual: np.ndarray, predicted: np.ndarray, weights: Any = None) -> float:
    """scikit-learn's `r2_score`, which is always finite.

    actual, predicted : (n,) or (n, n_outputs), finite. R² is the same in any unit of an output and
    of the weights, so values whose squares no float holds are divided by the largest actual one.
    """
    from sklearn.metrics import r2_score

    size = np.abs(actual).max(axis=0)
    largest = np.maximum(size, np.abs(predicted).max(axis=0))
    with np.errstate(over="ignore"):
        is_extreme = (largest > LARGEST_SQUARED) | (size < 1 / LARGEST_SQUARED)
        if is_extreme.any():
            unit = np.where(is_extreme & (size > 0), size, 1.0)
            actual = actual / unit
            predicted = np.clip(predicted / unit, -FLOAT_MAX, FLOAT_MAX)
        if weights is not None and (heaviest := np.max(weights)) > LARGEST_WEIGHT:
            weights = weights / heaviest
        score = r2_score(actual, predicted, sample_weight=weights)
    return max(score, -FLOAT_MAX)
