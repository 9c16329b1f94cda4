"""AutoScaler: the scale on which a series of unknown kind is forecast."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

_FLOATS = {"dtype": np.float64, "ensure_all_finite": "allow-nan"}


def _kind_of(known: np.ndarray) -> tuple[str, float, float, float]:
    """What is done to a column of these values: kind, what is added, where the logarithm ends and
    its line begins (NaN without one), and what is divided by.
    """
    lowest = known.min(initial=np.inf)
    if lowest > 0 and len(known):
        return "log", 0.0, lowest, 1.0
    if lowest == 0 and known.any():
        return "log1p", 1.0, 1.0, 1.0
    if not len(known):
        return "standard", 0.0, np.nan, 1.0
    spread = known.std()
    is_constant = not spread > 10 * np.finfo(float).eps * np.abs(known).max()
    return "standard", -known.mean(), np.nan, 1.0 if is_constant else spread


class AutoScaler(TransformerMixin, BaseEstimator):
    """Logarithm for positive columns, log(1 + x) where there are zeros, else standardised.

    Below the least value that was seen in `fit` the logarithm goes on as a straight line, so that a
    later zero or negative value is large news, and not an error or minus infinity.

    Attributes
    ----------
    kinds_ : list of {"log", "log1p", "standard"}
        What is done to each column.
    """

    def fit(self, X: Any, y: None = None) -> AutoScaler:
        """X : (n_samples, n_features), NaN is passed over."""
        X = check_array(X, **_FLOATS)
        columns = [_kind_of(column[np.isfinite(column)]) for column in X.T]
        self.kinds_ = [kind for kind, *_ in columns]
        self._shift, self._knee, self._scale = np.array([numbers for _, *numbers in columns]).T
        return self

    def transform(self, X: Any) -> np.ndarray:
        """(n_samples, n_features) -> float64 of that shape."""
        check_is_fitted(self)
        X = check_array(X, **_FLOATS)
        moved, is_log = X + self._shift, ~np.isnan(self._knee)
        knee = np.where(is_log, self._knee, 1.0)
        # Each part is computed where the other one goes, too: clipped, so that nothing overflows.
        line = np.log(knee) + np.minimum(moved, knee) / knee - 1
        logarithm = np.where(moved >= knee, np.log(np.maximum(moved, knee)), line)
        return np.where(is_log, logarithm, moved / self._scale)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """What `transform` was given."""
        check_is_fitted(self)
        X = check_array(X, **_FLOATS)
        is_log = ~np.isnan(self._knee)
        knee = np.where(is_log, self._knee, 1.0)
        line = knee * (1 + X - np.log(knee))
        with np.errstate(over="ignore"):  # of columns that are no logarithms
            moved = np.where(X >= np.log(knee), np.exp(np.maximum(X, np.log(knee))), line)
        return np.where(is_log, moved, X * self._scale) - self._shift
