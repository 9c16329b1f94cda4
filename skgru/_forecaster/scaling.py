"""AutoScaler, the scaler of scaler="auto", and functions that apply a scaler."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

# Median from which log(1 + x) is close to log(x).
LARGE = 100


def _as_floats(X: Any) -> np.ndarray:
    """X as float64 (n_samples, n_features). NaN is allowed."""
    # A forecast scales a few rows at a time: for valid arrays, check_array would take longer.
    is_ready = type(X) is np.ndarray and X.dtype == np.float64 and X.ndim == 2 and X.size
    if is_ready and not np.isinf(X).any():
        return X
    return check_array(X, dtype=np.float64, ensure_all_finite="allow-nan")


def _kind_of(known: np.ndarray) -> tuple[str, float, float, float]:
    """The transformation of a column with these values: its kind, the shift that is added, the
    value below which the logarithm becomes a line (NaN without a logarithm), and the divisor.
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


def changes_by_shares(values: np.ndarray) -> bool:
    """Whether differences on the scale of "auto" are shares of the level: after log(x), and after
    log(1 + x) where the median is at least 100.
    """
    known = values[np.isfinite(values)]
    lowest = known.min(initial=np.inf)
    return lowest > 0 or (lowest == 0 and np.median(known) >= LARGE)


class AutoScaler(TransformerMixin, BaseEstimator):
    """Logarithm of positive columns, log(1 + x) of columns with zeros, else standardisation.

    Below the least value of `fit`, the logarithm continues as a straight line. A later zero or
    negative value thus has a finite value, far below the others.

    Attributes
    ----------
    kinds_ : list of {"log", "log1p", "standard"}
        The transformation of each column.
    """

    def fit(self, X: Any, y: None = None) -> AutoScaler:
        """X : (n_samples, n_features). NaN is ignored."""
        X = _as_floats(X)
        columns = [_kind_of(column[np.isfinite(column)]) for column in X.T]
        self.kinds_ = [kind for kind, *_ in columns]
        self._changes_by_shares = all(changes_by_shares(column) for column in X.T)
        self._shift, knee, self._scale = np.array([numbers for _, *numbers in columns]).T
        self._is_log = ~np.isnan(knee)
        self._knee = np.where(self._is_log, knee, 1.0)
        self._log_knee = np.log(self._knee)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """(n_samples, n_features) -> float64 of that shape."""
        check_is_fitted(self)
        X, knee = _as_floats(X), self._knee
        moved = X + self._shift
        # Both parts are computed for all values. Clipping avoids overflow in the unused part.
        line = self._log_knee + np.minimum(moved, knee) / knee - 1
        logarithm = np.where(moved >= knee, np.log(np.maximum(moved, knee)), line)
        return np.where(self._is_log, logarithm, moved / self._scale)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Inverse of `transform`."""
        check_is_fitted(self)
        X, log_knee = _as_floats(X), self._log_knee
        line = self._knee * (1 + X - log_knee)
        with np.errstate(over="ignore"):  # in columns without a logarithm
            moved = np.where(X >= log_knee, np.exp(np.maximum(X, log_knee)), line)
        return np.where(self._is_log, moved, X * self._scale) - self._shift


def transformed(scaler: Any, values: np.ndarray, what: str) -> np.ndarray:
    """Transform values. Raises ValueError if a finite value does not stay finite."""
    with np.errstate(divide="ignore", invalid="ignore"):  # the error below replaces the warning
        scaled = np.asarray(scaler.transform(values))
    is_lost = np.isfinite(values) & ~np.isfinite(scaled)
    if is_lost.any():
        raise ValueError(
            f"scaler={scaler!r} transforms {values[is_lost][0]:.6g} among the {what} to no finite "
            "number. Use scaler=StandardScaler() or scaler='auto'."
        )
    return scaled


def scaled(scaler: Any, targets: np.ndarray) -> np.ndarray:
    """(n_rows, n_targets) in original units -> scaled."""
    return targets if scaler is None else transformed(scaler, targets, "targets")


def restored(scaler: Any, values: np.ndarray) -> np.ndarray:
    """(..., n_targets) scaled -> in original units."""
    if scaler is None:
        return values
    flat = values.reshape(-1, values.shape[-1])
    in_units = np.asarray(scaler.inverse_transform(flat)).reshape(values.shape)
    if np.isinf(in_units).any():
        largest = np.nanmax(np.abs(values))
        raise ValueError(
            f"scaler={scaler!r} transforms the forecast {largest:.3g} back to infinity. The "
            "regressor probably extrapolates an outlier. Use scaler=StandardScaler(), a "
            "regularised regressor (Ridge), or a shorter horizon."
        )
    return in_units


def is_log(scaler: Any) -> bool:
    """Whether a scaler is a logarithm, or nearly one."""
    return isinstance(scaler, AutoScaler) and scaler._changes_by_shares
