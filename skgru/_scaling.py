"""AutoScaler: the scale on which a series of unknown kind is forecast."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

_FLOATS = {"dtype": np.float64, "ensure_all_finite": "allow-nan"}


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
        kinds, shift, knee, scale = [], [], [], []
        for column in X.T:
            known = column[np.isfinite(column)]
            lowest = known.min(initial=np.inf)
            # The line goes on where the logarithm's slope is that of the least value.
            if lowest > 0 and len(known):
                kinds.append("log"), shift.append(0.0), knee.append(lowest), scale.append(1.0)
            elif lowest == 0 and known.any():
                kinds.append("log1p"), shift.append(1.0), knee.append(1.0), scale.append(1.0)
            else:
                spread = known.std() if len(known) else 0.0
                is_constant = not spread > 10 * np.finfo(float).eps * np.abs(known).max(initial=0)
                kinds.append("standard"), knee.append(np.nan)
                shift.append(-known.mean() if len(known) else 0.0)
                scale.append(1.0 if is_constant else spread)
        self.kinds_ = kinds
        self._shift, self._knee, self._scale = map(np.asarray, (shift, knee, scale))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """(n_samples, n_features) -> float64 of that shape."""
        check_is_fitted(self)
        X = check_array(X, **_FLOATS)
        moved, is_log = X + self._shift, ~np.isnan(self._knee)
        knee = np.where(is_log, self._knee, 1.0)
        logarithm = np.log(knee) + np.where(
            moved >= knee, np.log(np.maximum(moved, knee) / knee), moved / knee - 1
        )
        return np.where(is_log, logarithm, moved / self._scale)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """What `transform` was given."""
        check_is_fitted(self)
        X = check_array(X, **_FLOATS)
        is_log = ~np.isnan(self._knee)
        knee = np.where(is_log, self._knee, 1.0)
        above = X - np.log(knee)
        with np.errstate(over="ignore"):  # of columns that are no logarithms
            moved = knee * np.where(above >= 0, np.exp(np.maximum(above, 0)), 1 + above)
        return np.where(is_log, moved, X * self._scale) - self._shift
