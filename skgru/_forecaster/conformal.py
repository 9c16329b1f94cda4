"""Split conformal intervals, from the residuals of a trial forecaster on a calibration set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._forecaster.dataset import values_after
from skgru._forecaster.model import ForecastModel
from skgru._forecaster.scaling import restored, scaled
from skgru._forecaster.spec import ForecastSpec
from skgru._forecaster.zero_shot_member import PretrainedNetwork


def rows_held_out(spec: ForecastSpec, n_rows: Any, fraction: float) -> list[int]:
    """Number of calibration rows at the end of each series. The trial forecaster is fitted without
    them.

    Each of several series holds out at least `horizon` rows, if enough rows remain for training:
    otherwise far steps would have no residuals from short series. A series that is too short holds
    out none.
    """
    wanted = [max(1, int(np.ceil(fraction * n))) for n in n_rows]
    if not spec.is_global:
        return wanted
    spare = [max(0, n - spec.n_rows_needed) for n in n_rows]
    return [min(max(w, spec.horizon), s) for w, s in zip(wanted, spare, strict=True)]


def radius_of_many(errors: np.ndarray, series_of: np.ndarray, coverage: float) -> np.ndarray:
    """Half widths (horizon, n_targets) from the residuals of several series, (n, horizon,
    n_targets). All series have the same weight, whatever their number of residuals.
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
    """Least number of residuals at a step for intervals of this coverage."""
    return int(np.ceil(coverage / (1 - coverage) - 1e-9))


def errors_of(
    trial: ForecastModel, model: ForecastModel, series: list[np.ndarray], n_held_out: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Residuals of a trial forecaster on the calibration set, (n_held_out, horizon, n_targets), and
    the position of the series of each residual, (n_held_out,).

    Residuals are on the scale of the final forecaster. Those of several series are divided by the
    seasonal-naive error of their series. They are NaN where the actual value is unknown.
    """
    spec = model.spec
    errors = []
    for i, (values, n) in enumerate(zip(series, n_held_out, strict=True)):
        if not n:
            continue
        origins = np.arange(len(values) - n - 1, len(values) - 1)
        own, final = trial.scalers[i * spec.is_global], model.scalers[i * spec.is_global]
        part = trial.part(values, own)
        forecasts = restored(own, trial.forecast_rows(part, origins))
        forecasts = trial.with_effects(forecasts, part, origins)
        actual = values_after(values[:, spec.targets], origins, spec.horizon)
        actual, forecasts = (
            model.without_effects(one, values, origins) for one in (actual, forecasts)
        )
        flat = (-1, len(spec.targets))
        z = [scaled(final, part.reshape(flat)).reshape(part.shape) for part in (actual, forecasts)]
        errors.append((z[0] - z[1]) / trial.seasonal_errors[i * spec.is_global])
    return np.concatenate(errors), np.repeat(np.arange(len(series)), n_held_out)


@dataclass(frozen=True)
class Calibration:
    """The calibration set of the intervals.

    n_rows : number of rows of each series in fit; errors : residuals as `errors_of` returns them,
    None without calibration; series_of : position of the series of each residual.
    """

    spec: ForecastSpec
    n_rows: list[int]
    errors: np.ndarray | None = None
    series_of: np.ndarray | None = None

    def radius(self, coverage: float) -> np.ndarray:
        """Half widths of the intervals on the scale of the scaler, (horizon, n_targets). A step has
        at least the half width of the step before: a smaller one would be chance.
        """
        return np.maximum.accumulate(self._quantiles_of_residuals(coverage), axis=0)

    def _quantiles_of_residuals(self, coverage: float) -> np.ndarray:
        """A quantile of the absolute residuals of each step, (horizon, n_targets)."""
        if self.errors is None or self.series_of is None:
            raise ValueError(
                "calibration_fraction=0 means no calibration, which intervals need. Use "
                f"{self.advice(coverage)}, the default forecaster (regressor=None with "
                "pretrained='auto'), or a regressor with quantiles: GRURegressor(loss='pinball', "
                "quantiles=(0.05, 0.5, 0.95))."
            )
        n_known = np.isfinite(self.errors).sum(axis=0)  # (horizon, n_targets)
        if ((n_known + 1) * coverage - 1e-9 > n_known).any():
            raise ValueError(
                f"coverage={coverage} needs at least {n_errors_needed(coverage)} calibration "
                f"residuals at each step, but step {1 + int(n_known.min(axis=1).argmin())} has "
                f"{n_known.min()}. Use {self.advice(coverage)}."
            )
        if self.spec.is_global:
            return radius_of_many(self.errors, self.series_of, coverage)
        # Forecasts k steps ahead of neighbouring origins have k - 1 rows in common.
        independent = n_known / np.sqrt(np.arange(1, len(n_known) + 1))[:, np.newaxis]
        level = np.minimum((1 + 1 / independent) * coverage, 1)
        rank = np.ceil(level * n_known - 1e-9).astype(int)
        ordered = np.sort(np.abs(self.errors), axis=0)  # NaN last
        return np.take_along_axis(ordered, rank[np.newaxis] - 1, axis=0)[0]

    def quantiles(self, regressors: list[Any], coverage: float) -> list[float]:
        """The quantiles that bound an interval, of the pretrained network or the regressors. Empty
        after calibration, and without such quantiles.
        """
        wanted = [(1 - coverage) / 2, (1 + coverage) / 2]
        if self.errors is None and any(isinstance(one, PretrainedNetwork) for one in regressors):
            return wanted  # which are interpolated
        every = [getattr(regressor, "quantiles", None) for regressor in regressors]
        learned = every[0] if every and all(one == every[0] for one in every) else None
        if self.errors is not None or learned is None:
            return []
        found = [q for w in wanted for q in learned if abs(q - w) < 1e-9]
        if len(found) < 2:
            raise ValueError(
                f"coverage={coverage} needs the quantiles {wanted[0]:.4g} and {wanted[1]:.4g}, but "
                f"the regressor has quantiles={list(learned)}. Fit with these quantiles, or use "
                f"{self.advice(coverage)}."
            )
        return found

    def advice(self, coverage: float) -> str:
        """A calibration_fraction that gives enough residuals at the last step."""
        spec, n_rows = self.spec, np.array(self.n_rows)
        n_used = 0 if self.errors is None else len(self.errors)
        for fraction in np.arange(20, 100, 5) / 100:
            held_out = np.array(rows_held_out(spec, n_rows, fraction))
            n_errors = np.maximum(0, held_out - spec.horizon + 1).sum()
            can_fit = (n_rows - held_out).max() >= spec.n_rows_needed
            # More rows than in the last calibration: gaps may have reduced the residuals there.
            if n_errors >= n_errors_needed(coverage) and held_out.sum() > n_used and can_fit:
                return f"calibration_fraction={fraction:g}"
        return (
            "a longer series, a smaller coverage or a smaller horizon (with "
            f"n_samples={n_rows.max()}, no calibration_fraction is enough)"
        )


def parts_of(
    spec: ForecastSpec, series: list[np.ndarray], fraction: float, n_needed: int
) -> tuple[list[np.ndarray], list[int]]:
    """Series without their calibration rows, and the number of these rows. The trial forecaster
    needs `n_needed` rows.

    Raises ValueError if too few rows remain, or if too few are held out.
    """
    lengths = list(map(len, series))
    held_out = rows_held_out(spec, lengths, fraction)
    shortened = [values[: len(values) - n] for values, n in zip(series, held_out, strict=True)]
    n_left = max(map(len, shortened))
    least = np.ceil(100 * (spec.horizon + 1) / lengths[0]) / 100
    if not spec.is_global and lengths[0] - np.ceil(least * lengths[0]) < n_needed:
        raise ValueError(
            f"calibration_fraction={fraction} needs more rows than n_samples={lengths[0]}: "
            f"{n_needed} to fit with window_length={spec.window_length} and "
            f"horizon={spec.horizon}, and {spec.horizon + 1} more for calibration. Use "
            f"{'a smaller horizon or ' if spec.horizon > 1 else ''}a longer series."
        )
    if n_left < n_needed:
        raise ValueError(
            f"calibration_fraction={fraction} leaves {n_left} of n_samples={max(lengths)} rows to "
            f"fit, but window_length={spec.window_length} with horizon={spec.horizon} needs at "
            f"least {n_needed}. Use a smaller fraction or a longer series."
        )
    if not spec.is_global and held_out[0] < spec.horizon:
        raise ValueError(
            f"calibration_fraction={fraction} holds out {held_out[0]} of {lengths[0]} rows, but "
            f"horizon={spec.horizon} needs at least {spec.horizon}. Use at least {least:g}, or a "
            "smaller horizon."
        )
    return shortened, held_out
