"""Linear effects of future covariates on one series, which are removed before a forecast and added
to it afterwards.

So the forecasts that read no covariates, Theta and the pretrained network, follow them too. Changes
from season to season show the effects: the season, the level and a steady trend cancel out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._forecaster.scaling import AutoScaler, restored, scaled, unclipped
from skgru._validation import are_rounding_errors

# Penalties of the ridge regression that are compared, as shares of the variance of a covariate.
PENALTIES = np.array([1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0])

# Parts of the series, each of which is predicted from the others.
N_PARTS = 5

# Least number of changes in the other parts, and for each covariate.
LEAST_CHANGES, CHANGES_OF_EACH = 10, 2

# Error with the effects, as a share of that without them, up to which they are used, and how many
# standard errors the mean of their difference is above 0 at least.
LARGEST_SHARE, STANDARD_ERRORS = 0.97, 1.0


@dataclass(frozen=True)
class CovariateEffects:
    """scaler : of the series with its effects; weights : (n_known, n_targets), of covariates as
    `Part.known` holds them, on the scale of the scaler.
    """

    scaler: Any
    weights: np.ndarray

    @classmethod
    def of_series(
        cls, scaler: Any, targets: np.ndarray, known: np.ndarray, season_length: int
    ) -> CovariateEffects | None:
        """Effects in a series: targets (n_rows, n_targets) in its units, known (n_rows, n_known).
        None if there are none.
        """
        z = scaled(scaler, targets)
        weights = np.stack([linear_effects(one, known, season_length) for one in z.T], axis=1)
        return cls(scaler, weights) if weights.any() else None

    def at(self, known: np.ndarray) -> np.ndarray:
        """Effects (n_rows, n_targets) of known (n_rows, n_known), NaN where one is unknown."""
        is_unknown = np.isnan(known[:, self.weights.any(axis=1)]).any(axis=1, keepdims=True)
        return np.where(is_unknown, np.nan, self.in_history(known))

    def in_history(self, known: np.ndarray) -> np.ndarray:
        """As `at`. An unknown value is the mean, 0, so that the other covariates count."""
        return np.nan_to_num(known) @ self.weights

    def removed(self, values: np.ndarray, effect: np.ndarray) -> np.ndarray:
        """Values (..., n_targets) in units of the series without an effect of the same shape. An
        unknown effect is none.
        """
        shape, flat = values.shape, (-1, values.shape[-1])
        z = scaled(self.scaler, values.reshape(flat)) - np.nan_to_num(effect).reshape(flat)
        if isinstance(self.scaler, AutoScaler):  # values below the lowest one are right here
            return unclipped(self.scaler, z).reshape(shape)
        return restored(self.scaler, z).reshape(shape)

    def added(self, values: np.ndarray, effect: np.ndarray) -> np.ndarray:
        """Values (..., n_targets) in units of the series with an effect of the same shape."""
        flat = (-1, values.shape[-1])
        z = scaled(self.scaler, values.reshape(flat)) + effect.reshape(flat)
        return restored(self.scaler, z).reshape(values.shape)


def linear_effects(z: np.ndarray, known: np.ndarray, season_length: int) -> np.ndarray:
    """Weights (n_known,) of covariates (n_rows, n_known) in z (n_rows,), by ridge regression of
    changes from season to season. All are 0 if they predict no part of z from the others.
    """
    lag = season_length if len(z) >= 3 * season_length else 1
    n_known = np.maximum(np.isfinite(known).sum(axis=0), 1)
    around = np.where(np.isfinite(known), known - np.nansum(known, axis=0) / n_known, 0)
    unit = np.sqrt((around**2).sum(axis=0) / n_known)
    is_used = ~are_rounding_errors(around, known)
    nothing = np.zeros(known.shape[1])
    x = known[:, is_used] / unit[is_used]
    change, of_x = z[lag:] - z[:-lag], x[lag:] - x[:-lag]
    complete = np.isfinite(change) & np.isfinite(of_x).all(axis=1)
    part = (np.arange(len(change)) * N_PARTS) // max(1, len(change))
    row = np.arange(len(change))[complete]
    change, of_x, part = change[complete], of_x[complete], part[complete]
    least = max(LEAST_CHANGES, CHANGES_OF_EACH * x.shape[1])
    if not is_used.any() or len(change) * (N_PARTS - 1) < least * N_PARTS:
        return nothing
    errors = np.empty((len(PENALTIES), len(change)))
    without = np.empty(len(change))
    for i in np.unique(part):
        held_out = part == i
        # Changes that share a value with those held out would show it.
        shared = [row[held_out] + moved for moved in (-lag, 0, lag)]
        others = ~np.isin(row, shared)
        if others.sum() < least:
            return nothing
        weights, mean_x, mean = _ridge(of_x[others], change[others])
        predicted = (of_x[held_out] - mean_x) @ weights.T + mean  # (n_held_out, n_penalties)
        errors[:, held_out] = np.abs(change[held_out] - predicted.T)
        without[held_out] = np.abs(change[held_out] - mean)
    best = int(errors.mean(axis=1).argmin())
    gain = without - errors[best]
    # Neighbouring changes have a value in common, so that about half of them are independent.
    noise = gain.std() / np.sqrt(len(gain) / 2)
    too_small = errors[best].mean() > LARGEST_SHARE * without.mean()
    if too_small or gain.mean() < STANDARD_ERRORS * noise:
        return nothing
    nothing[is_used] = _ridge(of_x, change)[0][best] / unit[is_used]
    return nothing


def _ridge(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Weights (n_penalties, n_columns), and the means of x and y around which they hold."""
    mean_x, mean = x.mean(axis=0), float(y.mean())
    around = x - mean_x
    sizes, directions = np.linalg.eigh(around.T @ around / len(x))
    along = directions.T @ (around.T @ (y - mean)) / len(x)
    return (along / (sizes + PENALTIES[:, np.newaxis])) @ directions.T, mean_x, mean
