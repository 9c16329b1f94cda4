"""Intervals by errors on rows that a trial forecaster has not seen: split conformal prediction."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._forecasting import ForecastModel, restored, scaled
from skgru._plan import Plan


def rows_held_out(plan: Plan, n_rows: Any, fraction: float) -> list[int]:
    """Rows at the end of each series that a trial forecaster does not see.

    Of several series each keeps out as many as its farthest step needs, where it can: short series
    would else say nothing of far steps. One that is too short for both keeps out none.
    """
    wanted = [max(1, int(np.ceil(fraction * n))) for n in n_rows]
    if not plan.pools:
        return wanted
    spare = [max(0, n - plan.n_rows_needed) for n in n_rows]
    return [min(max(w, plan.horizon), s) for w, s in zip(wanted, spare, strict=True)]


def radius_of_many(errors: np.ndarray, series_of: np.ndarray, coverage: float) -> np.ndarray:
    """Half widths (horizon, n_targets) by the errors (n, horizon, n_targets) of several series, of
    which each counts as much as another, however many errors it has.
    """
    radius = np.empty(errors.shape[1:])
    for at in np.ndindex(radius.shape):
        sizes = np.abs(errors[(slice(None), *at)])
        known = np.isfinite(sizes)
        order = np.argsort(sizes[known], kind="stable")
        _, codes, counts = np.unique(series_of[known], return_inverse=True, return_counts=True)
        shares = np.cumsum((1 / counts[codes] / len(counts))[order])
        level = min((1 + 1 / len(counts)) * coverage, 1)
        last = min(int(np.searchsorted(shares, level - 1e-9)), len(order) - 1)
        radius[at] = sizes[known][order[last]]
    return radius


def n_errors_needed(coverage: float) -> int:
    """Errors at a step whose largest one bounds an interval of this coverage."""
    return int(np.ceil(coverage / (1 - coverage) - 1e-9))


def errors_of(
    trial: ForecastModel, model: ForecastModel, series: list[np.ndarray], n_held_out: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Errors of a trial forecaster on the rows kept from it, on the scale of the final one, of
    several series in shares of their usual change: (n_held_out, horizon, n_targets), NaN where the
    future is not known; and the series that each belongs to.
    """
    plan = model.plan
    errors = []
    for i, (values, n) in enumerate(zip(series, n_held_out, strict=True)):
        if not n:
            continue
        origins = np.arange(len(values) - n - 1, len(values) - 1)
        own, final = trial.scalers[i * plan.pools], model.scalers[i * plan.pools]
        forecasts = restored(own, trial.forecast_rows(trial.part(values, own), origins))
        actual = following(values[:, plan.targets], plan.horizon)[origins]
        flat = (-1, len(plan.targets))
        z = [scaled(final, part.reshape(flat)).reshape(part.shape) for part in (actual, forecasts)]
        errors.append((z[0] - z[1]) / trial.changes[i * plan.pools])
    return np.concatenate(errors), np.repeat(np.arange(len(series)), n_held_out)


def following(targets: np.ndarray, horizon: int) -> np.ndarray:
    """Rows t+1 .. t+horizon for each row t, NaN after the end: (n_rows, horizon, n_targets)."""
    after = np.pad(targets[1:], ((0, horizon), (0, 0)), constant_values=np.nan)
    return np.stack([after[k : k + len(targets)] for k in range(horizon)], axis=1)
