"""Means of forecasts: what turns the forecasts of a model, which are medians, into means."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._forecaster.dataset import Pairs
from skgru._forecaster.scaling import AutoScaler, restored
from skgru._forecaster.spec import ForecastSpec

# Largest exponent of the factor that turns medians of a volatile series into means.
MOST_POWER = 4.0


# A mean and a median differ by no more than a standard deviation. Of a logarithm, this share of it
# is allowed beside the half of the variance, by which those of normal errors differ.
MOST_OF_DEVIATION = 0.5

# Least number of origins of a series that show how its residuals vary.
LEAST_ORIGINS = 4


# Added to each seasonal-naive error before division, so that a series that repeats itself does not
# dominate the others. On a logarithmic scale it is 2 % of the level.
ERROR_OFFSET = 0.02


def is_logarithm(scaler: Any) -> bool:
    """Whether all columns are logarithms, without zeros."""
    return isinstance(scaler, AutoScaler) and set(scaler.kinds_) == {"log"}


def error_of_logarithms(scaler: Any, seasonal_error: float) -> float:
    """Seasonal error of a scaled series, before its scaler magnified it."""
    magnified = scaler._magnified.mean() if isinstance(scaler, AutoScaler) else 1.0
    return float(max(seasonal_error - ERROR_OFFSET, 0) / magnified)


def variance_without_shifts(residuals: np.ndarray) -> np.ndarray | None:
    """Variance (n_targets,) of residuals (n_origins, n_steps, n_targets) around their level, from
    their changes from origin to origin. The largest change of each step is left out: a shift of the
    level, which an average of the residuals would take for skewness.
    """
    if len(residuals) < LEAST_ORIGINS:
        return None
    changes = np.sort(np.diff(residuals, axis=0) ** 2, axis=0)[:-1]
    known = np.isfinite(changes)
    return np.where(known, changes, 0).sum((0, 1)) / np.maximum(known.sum((0, 1)), 1) / 2


class MeanCorrection:
    """A factor in the units of series on a logarithmic scale, else a shift of scaled values.

    factor, shift : (n_targets,); error : typical size of the seasonal errors of several series,
    before their scalers magnified them.
    """

    def __init__(self, spec: ForecastSpec):
        self.spec = spec
        self.factor: np.ndarray | None = None
        self.shift: np.ndarray | None = None
        self.error = 1.0

    def learn(
        self,
        pairs: Pairs,
        origins: np.ndarray,
        residuals: np.ndarray,
        scalers: list[Any],
        seasonal_errors: np.ndarray,
    ) -> None:
        """Learn from residuals (n_origins, steps, n_targets) on the scale of the scalers."""
        number = np.zeros(len(origins), int)
        if self.spec.is_global:
            number = np.searchsorted(pairs.joined.first, origins, side="right") - 1
        errors = seasonal_errors[number][:, np.newaxis, np.newaxis]
        # A mean of ratios would follow series of few sales, whose errors are near 0.
        self.shift = np.nanmean(residuals, axis=(0, 1)) / np.mean(errors)
        of_shift, of_logarithm = [], []
        actual = pairs.following(origins)
        sums = np.zeros((2, residuals.shape[2]))
        for i in np.unique(number):
            of_series = number == i
            variance = variance_without_shifts(residuals[of_series])
            if variance is not None:
                of_shift.append(variance)
                if is_logarithm(scalers[i]):
                    of_logarithm.append(variance / scalers[i]._magnified ** 2)
            is_known = np.isfinite(residuals[of_series])
            pair = [
                np.where(is_known, restored(scalers[i], z), 0)
                for z in (actual[of_series], (actual - residuals)[of_series])
            ]
            total = np.abs(pair[0]).sum()
            if total > 0:  # each series counts alike
                sums += np.array([values.sum(axis=(0, 1)) for values in pair]) / total
        self.factor = sums[0] / np.maximum(sums[1], np.finfo(float).tiny)
        if of_shift:
            most = np.sqrt(np.mean(of_shift, axis=0)) / np.mean(errors)
            self.shift = np.clip(self.shift, -most, most)
        if of_logarithm:
            variance = np.mean(of_logarithm, axis=0)
            most = np.exp(variance / 2 + MOST_OF_DEVIATION * np.sqrt(variance))
            self.factor = np.clip(self.factor, 1 / most, most)
        if self.spec.is_global:
            own = [error_of_logarithms(scalers[i], seasonal_errors[i]) for i in np.unique(number)]
            self.error = max(float(np.sqrt(np.mean(np.square(own)))), np.finfo(float).tiny)

    def in_units(self, scaler: Any, z: np.ndarray, seasonal_error: float = 1.0) -> np.ndarray:
        """Scaled forecasts (..., n_steps, n_targets) in the units of the series: their median, or
        their mean.
        """
        if self.shift is None or self.factor is None:
            return restored(scaler, z)
        if isinstance(scaler, AutoScaler) and "standard" not in scaler.kinds_:
            # The logarithm of the ratio of mean and median grows with the variance: a constant
            # series among volatile ones has none.
            power = 1.0
            if self.spec.is_global:
                own = error_of_logarithms(scaler, seasonal_error)
                power = min((own / self.error) ** 2, MOST_POWER)
            return restored(scaler, z) * self.factor**power
        return restored(scaler, z + self.shift * seasonal_error)
