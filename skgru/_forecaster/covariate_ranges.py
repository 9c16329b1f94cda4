"""Covariates outside the values of `fit`: the warning of a forecast, which clips them."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._forecaster.spec import ForecastSpec
from skgru._warnings import warn_user

# How far covariates may lie outside the values of fit, as a share of their range.
COVARIATE_MARGIN = 0.5


def warn_of_ranges(
    spec: ForecastSpec,
    limits: tuple[np.ndarray, np.ndarray],
    columns: list[Any],
    pasts: list[np.ndarray],
    knowns: list[np.ndarray],
    ids: list[Any],
) -> None:
    """Warn once of each covariate with values far outside those of fit.

    spec : without the calendar; limits : of the channels, to which values are clipped; columns :
    names of the columns of X;
    pasts, knowns : of each series, the rows of its history and the future covariates; ids : of the
    series, [None] for one.
    """
    first = 0  # channel
    for i, column in enumerate([*spec.past, *spec.known]):
        channel, first = first, first + spec.width_of(column)
        if column in dict(spec.categories):
            continue
        low, high = (limit[channel] for limit in limits)
        is_past = i < len(spec.past)
        if is_past:
            seen = [past[-spec.window_length :, column] for past in pasts]
        else:
            seen = [known[:, i - len(spec.past)] for known in knowns]
        outside = [(values < low) | (values > high) for values in seen]
        found = [k for k, is_outside in enumerate(outside) if is_outside.any()]
        if not found:
            continue
        value = seen[found[0]][outside[found[0]]][0]
        whose = "" if ids[found[0]] is None else f" in series {ids[found[0]]!r}"
        whose += f" and in {len(found) - 1} more" if len(found) > 1 else ""
        least, largest = range_of_fit(low, high)
        known = f"its values were between {least:.6g} and {largest:.6g}"
        clipped, remedy = f"the limits {low:.6g} and {high:.6g}", "such values"
        if f"{least:.6g}" == f"{largest:.6g}":
            known = f"it was always {least:.6g}, so that its effect is unknown"
            clipped, remedy = "this value", "both values"
        warn_user(
            f"The {'past' if is_past else 'future'} covariate {columns[column]!r} has "
            f"the value {value:.6g}{whose}, but in fit {known}. The forecast clips it to "
            f"{clipped}. Fit on rows with {remedy}."
        )


def range_of_fit(low: float, high: float) -> tuple[float, float]:
    """The least and the largest value in fit, from the limits that values are clipped to."""
    margin = COVARIATE_MARGIN / (1 + 2 * COVARIATE_MARGIN) * (high - low)
    return low + margin, high - margin
