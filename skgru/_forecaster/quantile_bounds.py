"""Bounds of intervals from quantiles of the pretrained network, or of regressors that learned them.

Bounds from residuals are in `conformal.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skgru._forecaster.dataset import Part
from skgru._forecaster.model import ForecastModel
from skgru._forecaster.scaling import AutoScaler, below_is_zero, restored, steep_below, unclipped


def bounds_after(
    model: ForecastModel,
    parts: Sequence[Part],
    forecast: np.ndarray,
    quantiles: Sequence[float],
    errors: np.ndarray,
) -> np.ndarray:
    """Quantiles after the last row of each series, in its units, (n_quantiles, n_series, steps,
    n_targets), around the forecast. Where zeros are common, lower bounds nearer to 0 than to the
    smallest other value are 0: those zeros would lie below them.

    forecast : scaled, as `forecast_after` gives it; errors : of `in_units`, (n_series,).
    """
    bounds = _moved_quantiles(model, parts, forecast, quantiles, errors)
    for i, quantile in enumerate(quantiles):
        if model.takes_pretrained and quantile < 0.5:
            below = [below_is_zero(part.values, quantile) for part in parts]
            is_zero = bounds[i] < np.stack(below)[:, np.newaxis]
            bounds[i] = np.where(is_zero, 0.0, bounds[i])
    return bounds


def _moved_quantiles(
    model: ForecastModel,
    parts: Sequence[Part],
    forecast: np.ndarray,
    quantiles: Sequence[float],
    errors: np.ndarray,
) -> np.ndarray:
    """Quantiles, as in `bounds_after`, moved because the forecast lies elsewhere than the median of
    the network.
    """
    scalers, steps = [part.scaler for part in parts], forecast.shape[1]
    spreads = [model.mixture.spread(one) if model.takes_pretrained else 1.0 for one in quantiles]
    if model.takes_pretrained:
        # Of medians, bounds are moved first and clipped last.
        middle, *bounds = model.mixture.zero_shot.all_after(
            parts, steps, [None, *quantiles], is_clipped=model.spec.point == "mean"
        )
    else:
        middle, *bounds = [
            model.own_forecast_after(parts, steps, quantile) for quantile in (None, *quantiles)
        ]
    if model.takes_pretrained and model.spec.point == "mean":
        # By a factor in units of the series, so that zeros stay zeros.
        means = np.stack(
            [model.means.in_units(*one) for one in zip(scalers, forecast, errors, strict=True)]
        )
        old = np.stack([restored(*one) for one in zip(scalers, middle, strict=True)])
        has_zero = np.array([np.nanmin(part.values) >= 0 for part in parts])
        can_move = (old > 0) & (means > 0) & has_zero[:, np.newaxis, np.newaxis]
        factor = np.where(can_move, means / np.where(can_move, old, 1), 1)
        shift = np.where(has_zero[:, np.newaxis, np.newaxis], 0, means - old)
        moved = [
            shift + factor * [restored(*one) for one in zip(scalers, bound, strict=True)]
            for bound in bounds
        ]
        # Lower bounds are not raised: many values may be the lowest one, 0.
        factors = [
            np.where(bound > means, k, max(k, 1)) for k, bound in zip(spreads, moved, strict=True)
        ]
        moved = [means + k * (bound - means) for k, bound in zip(factors, moved, strict=True)]
        lowest = np.where(has_zero, 0, -np.inf)[:, np.newaxis, np.newaxis]
        return np.maximum(np.stack(moved), lowest)
    return _around(model, forecast, scalers, middle, bounds, spreads)


def _around(
    model: ForecastModel,
    forecast: np.ndarray,
    scalers: list[Any],
    middle: np.ndarray,
    bounds: list[np.ndarray],
    spreads: list[float],
) -> np.ndarray:
    """Bounds in units of the series: at the distances from the forecast that they have from the
    middle, multiplied by the spreads.
    """
    is_steep = np.zeros(forecast.shape, bool)
    if model.takes_pretrained and isinstance(scalers[0], AutoScaler):
        is_steep = middle < np.stack(list(map(steep_below, scalers)))[:, np.newaxis]
    moved = [
        np.where(is_steep, forecast, forecast + spread * (bound - middle))
        for spread, bound in zip(spreads, bounds, strict=True)
    ]
    in_units = np.stack(
        [[restored(*one) for one in zip(scalers, bound, strict=True)] for bound in moved]
    )
    if is_steep.any():  # distances in units of the series
        zs = zip(scalers, np.stack([middle, *bounds], axis=1), strict=True)
        middle, *bounds = np.stack([unclipped(*one) for one in zs], axis=1)
        for own, spread, bound in zip(in_units, spreads, bounds, strict=True):
            by_units = np.maximum(own + spread * (bound - middle), 0)
            own[is_steep] = by_units[is_steep]
    return in_units
