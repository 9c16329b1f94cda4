"""Widths of the intervals of the pretrained network: factors of the distances of its quantiles from
its forecast. `Mixture` holds them, and `quantile_bounds.py` multiplies by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

# Real series surprise more than the simulated ones of the pretrained network, above all in the
# tails: its quantiles are moved away from its forecast by a factor that grows with their normal
# score, from 1 on.
SPREAD, SPREAD_BY_SCORE = 0.82, 0.22

# Intervals of the pretrained network that are compared with the errors at the ends of several
# series: their coverages and quantiles.
COMPARED = {0.8: (0.1, 0.9), 0.95: (0.025, 0.975)}

# Forecasts at which the factors of the errors and those above count alike, limits of the factors,
# and the least factor of the outer interval as a share of that of the inner one.
SPREADS_ALIKE, SPREAD_LIMITS, LEAST_OF_OUTER = 20, (0.4, 2.0), 0.8


def spread_of(quantile: float) -> float:
    """Factor of the distance of a quantile of the pretrained network from its forecast."""
    return max(1.0, SPREAD + SPREAD_BY_SCORE * abs(NormalDist().inv_cdf(quantile)))


def spread_between(quantile: float, spreads: Sequence[float]) -> float:
    """The same factor, interpolated between those of the intervals in `COMPARED`."""
    scores = [NormalDist().inv_cdf(high) for _, high in COMPARED.values()]
    return float(np.interp(abs(NormalDist().inv_cdf(quantile)), scores, spreads))


def spreads_by_errors(
    actual: np.ndarray, forecast: np.ndarray, bounds: Sequence[np.ndarray], is_mean: bool
) -> tuple[float, float]:
    """The factors of both intervals in `COMPARED`, from the errors of forecasts.

    actual, forecast : (n_origins, steps, n_targets); bounds : of that shape, the lower and the
    upper one of each interval.
    """
    errors, factors = actual - forecast, []
    for coverage, low, high in zip(COMPARED, bounds[::2], bounds[1::2], strict=True):
        side = np.where((errors > 0) | is_mean, high - forecast, forecast - low)
        # Around a mean, upper bounds count alone: many values may be the lowest one, 0.
        sizes = np.maximum(errors, 0 * errors) if is_mean else np.abs(errors)
        upper = (1 + coverage) / 2
        inside = upper if is_mean else coverage
        factors.append(spread_by_errors(inside, sizes, side, spread_of(upper)))
    inner, outer = factors
    return inner, max(outer, LEAST_OF_OUTER * inner)


def spread_by_errors(inside: float, errors: np.ndarray, side: np.ndarray, usual: float) -> float:
    """Factor of the distances (n_origins, steps, n_targets) of a bound from the forecast with which
    the share `inside` of the errors lies inside. The usual factor where there are few errors.
    """
    is_known = np.isfinite(errors) & (side > 0)
    if not is_known.any():
        return usual
    n = is_known.any(axis=(1, 2)).sum()
    share = n / (n + SPREADS_ALIKE)
    found = np.clip(np.quantile(errors[is_known] / side[is_known], inside), *SPREAD_LIMITS)
    return float(usual ** (1 - share) * found**share)
