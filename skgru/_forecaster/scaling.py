"""AutoScaler: the scale on which a series of unknown kind is forecast."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

# What 1 is added to without a difference.
LARGE = 100


def _as_floats(X: Any) -> np.ndarray:
    """X as float64 (n_samples, n_features), NaN passes."""
    # A forecast asks for a few rows at a time: what is as it should be needs no longer look.
    is_ready = type(X) is np.ndarray and X.dtype == np.float64 and X.ndim == 2 and X.size
    if is_ready and not np.isinf(X).any():
        return X
    return check_array(X, dtype=np.float64, ensure_all_finite="allow-nan")


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


def changes_by_shares(values: np.ndarray) -> bool:
    """Whether a change on the scale of "auto" is a share of the level: a logarithm, also that of
    1 + x where x is mostly 100 or more.
    """
    known = values[np.isfinite(values)]
    lowest = known.min(initial=np.inf)
    return lowest > 0 or (lowest == 0 and np.median(known) >= LARGE)


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
        # Each part is computed where the other one goes, too: clipped, so that nothing overflows.
        line = self._log_knee + np.minimum(moved, knee) / knee - 1
        logarithm = np.where(moved >= knee, np.log(np.maximum(moved, knee)), line)
        return np.where(self._is_log, logarithm, moved / self._scale)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """What `transform` was given."""
        check_is_fitted(self)
        X, log_knee = _as_floats(X), self._log_knee
        line = self._knee * (1 + X - log_knee)
        with np.errstate(over="ignore"):  # of columns that are no logarithms
            moved = np.where(X >= log_knee, np.exp(np.maximum(X, log_knee)), line)
        return np.where(self._is_log, moved, X * self._scale) - self._shift


def transformed(scaler: Any, values: np.ndarray, what: str) -> np.ndarray:
    """What a scaler makes of values, NaN only where they are."""
    with np.errstate(divide="ignore", invalid="ignore"):  # there is an error for it below
        scaled = np.asarray(scaler.transform(values))
    is_lost = np.isfinite(values) & ~np.isfinite(scaled)
    if is_lost.any():
        raise ValueError(
            f"scaler={scaler!r} makes no finite number of {values[is_lost][0]:.6g} among the "
            f"{what}. Use one that takes all values (StandardScaler(), or scaler='auto')."
        )
    return scaled


def scaled(scaler: Any, targets: np.ndarray) -> np.ndarray:
    """(n_rows, n_targets) in original units -> on the scale of the network."""
    return targets if scaler is None else transformed(scaler, targets, "targets")


def restored(scaler: Any, values: np.ndarray) -> np.ndarray:
    """(..., n_targets) on the scale of the network -> original units."""
    if scaler is None:
        return values
    flat = values.reshape(-1, values.shape[-1])
    in_units = np.asarray(scaler.inverse_transform(flat)).reshape(values.shape)
    if np.isinf(in_units).any():
        largest = np.nanmax(np.abs(values))
        raise ValueError(
            f"Forecasts grew beyond all numbers: {largest:.3g} on the regressor's scale has "
            f"no finite value in the series' units (scaler={scaler!r}). The regressor "
            "extrapolates an outlier: use scaler=StandardScaler(), a regularised regressor "
            "(Ridge), or a shorter horizon."
        )
    return in_units


def is_log(scaler: Any) -> bool:
    """Whether a series is forecast as the logarithm of itself, or nearly."""
    return isinstance(scaler, AutoScaler) and scaler._changes_by_shares
