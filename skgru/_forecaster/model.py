"""Forecasts on plain arrays: scalers, windows and regressors of one or several series.

`model_fit.py` fits a model, and `quantile_bounds.py` adds bounds to its forecasts. Containers and
parameters are checked in `forecaster.py`. A forecast origin is the last row that a forecast uses,
and its history is the rows up to this origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from skgru._forecaster.covariate_effects import CovariateEffects
from skgru._forecaster.dataset import (
    HISTORY_VALUES_AT_ONCE,
    Joined,
    Part,
    join_series,
    values_after,
)
from skgru._forecaster.gaps_and_outliers import fill_by_season, last_rows
from skgru._forecaster.mean_correction import ERROR_OFFSET, MeanCorrection
from skgru._forecaster.mixture import Mixture
from skgru._forecaster.regressors import EnsembleMember
from skgru._forecaster.rollout import Rollout
from skgru._forecaster.scaling import check_inverse, scaled, transformed
from skgru._forecaster.spec import ForecastSpec, one_hot
from skgru._forecaster.zero_shot_member import PretrainedNetwork
from skgru._windows import sliding_view


def _tail(part: Part, n_rows: int) -> Part:
    """The last rows of a series, and the future covariates after them."""
    start = max(0, len(part) - n_rows)
    filled = None if part.filled is None else part.filled[start:]
    return Part(part.z[start:], part.past[start:], part.known[start:], filled)


def seasonal_error(z: np.ndarray, season_length: int) -> float:
    """In-sample mean absolute error of the seasonal-naive forecast, plus `ERROR_OFFSET`. NaN if no
    error is known. z : (n_rows, n_targets).
    """
    season_length = season_length if season_length < len(z) else 1
    changes = np.abs(z[season_length:] - z[:-season_length])
    known = changes[np.isfinite(changes)]
    return float(known.mean()) + ERROR_OFFSET if len(known) else np.nan


@dataclass(frozen=True)
class ModelTemplate:
    """A forecast model before it is fitted.

    scaler, covariate_scaler : unfitted, cloned for each series and for all; members : unfitted
    regressors, none for the baseline alone; weighs : whether series with a smaller seasonal error
    count for more in training; is_guarded : whether regressors that are worse than the baseline on
    the last rows are left out; theta_weight, pretrained_weight : weights of the Theta forecast and
    of the pretrained network; takes_pretrained : whether that network takes part; adapts : whether
    both weights follow the errors beside the baseline's at the ends of the series; is_weighed :
    whether both may be less where they err more than the regressors; covariates_are_small : whether
    covariates have the in-sample scale of the series; removes_effects : whether linear effects of
    future covariates are removed before a forecast; verbose : whether the progress is printed.
    """

    spec: ForecastSpec
    scaler: Any
    covariate_scaler: Any
    members: Sequence[EnsembleMember] = ()
    weighs: bool = False
    is_guarded: bool = False
    covariates_are_small: bool = False
    removes_effects: bool = False
    theta_weight: float = 0.0
    pretrained_weight: float = 0.0
    takes_pretrained: bool = False
    adapts: bool = False
    is_weighed: bool = False
    verbose: int = 0


class ForecastModel:
    """A fitted forecaster of arrays (n_rows, n_columns)."""

    # Of covariates on a single series. Models in older files have none.
    effects: CovariateEffects | None = None

    def __init__(self, template: ModelTemplate):
        spec = template.spec
        self.spec = spec
        self.unfitted_scaler = template.scaler
        self.scalers: list[Any] = []
        self.covariate_scaler: Any = None
        # Covariates, past ones first, are clipped to these, (n_covariates,) each.
        self.covariate_limits: tuple[np.ndarray, np.ndarray] | None = None
        self.covariate_scale = 1.0
        self.members: list[EnsembleMember] = []
        # Windows of one series are clipped to those of the training.
        self.window_limits: tuple[np.ndarray, np.ndarray] | None = None
        # Seasonal error of each of several scaled series, and the median of these errors.
        self.seasonal_errors = np.ones(1)
        self.median_error = 1.0
        self.target_means = np.zeros(len(spec.targets))
        self.means = MeanCorrection(spec)
        # Weight of each series in training, None if all count alike.
        self.series_weights: np.ndarray | None = None
        # Whether the regressors correct the baseline, or are left out.
        self.corrects = True
        self.mixture = Mixture(
            spec, template.theta_weight, template.pretrained_weight, template.takes_pretrained
        )

    def error_of(self, z: np.ndarray) -> float:
        """Seasonal error of a scaled series (n_rows, n_targets), the unit of its residuals."""
        if not self.spec.is_global:
            return 1.0
        return float(self.median_where_unknown([self.recent_seasonal_error(z)])[0])

    @property
    def rollout(self) -> Rollout:
        members = self.members if self.corrects else []
        return Rollout(self.spec, members, self.target_means, self.window_limits)

    @property
    def regressors(self) -> list[Any]:
        own = [member.regressor for member in self.members]
        return [*own, PretrainedNetwork()] if self.takes_pretrained else own

    @property
    def is_zero_shot(self) -> bool:
        return self.mixture.is_zero_shot

    @property
    def takes_pretrained(self) -> bool:
        return self.mixture.takes_pretrained

    @property
    def shares(self) -> dict[str, float]:
        """Weights of the members in the forecast, without those that are 0."""
        return self.mixture.shares(has_regressors=bool(self.members and self.corrects))

    @property
    def n_rows_kept(self) -> int:
        """Rows at the end of a series from which its forecast is made: the history, and a season
        before it that fills its gaps.
        """
        return self.history_length + self.season_length

    @property
    def season_length(self) -> int:
        """Season of level and baseline, or else of the pretrained network; 1 without any."""
        spec = self.spec
        return spec.season_of_gaps if self.takes_pretrained else spec.season_length

    @property
    def history_length(self) -> int:
        """Number of rows of history that a forecast uses."""
        lengths = [self.spec.history_length]
        if self.takes_pretrained:
            lengths.append(self.mixture.zero_shot.n_rows)
        if self.mixture.theta_weight:
            lengths.append(self.mixture.rows_of_theta)
        return max(lengths)

    def new_scaler(self, targets: np.ndarray) -> Any:
        """A scaler fitted to the targets of a series (n_rows, n_targets)."""
        if self.unfitted_scaler is None:
            return None
        scaler = clone(self.unfitted_scaler).fit(targets)
        check_inverse(scaler, targets)
        return scaler

    def recent_seasonal_error(self, z: np.ndarray) -> float:
        """Geometric mean of the `seasonal_error` of all rows and that of the last rows.

        The last rows are the history of a forecast and one season before it. They are the better
        estimate of future errors, but a noisy one in short histories.
        """
        season_length = self.spec.season_length
        lately = seasonal_error(z[-(self.spec.history_length + season_length) :], season_length)
        return float(np.sqrt(lately * seasonal_error(z, season_length)))

    def median_where_unknown(self, errors: Sequence[float]) -> np.ndarray:
        """Errors, with the median of the series in fit in place of NaN (too short a series)."""
        return np.where(np.isnan(errors), self.median_error, errors)

    def scaler_for(self, values: np.ndarray) -> Any:
        """The scaler of a new series: its own in a global model, else that of fit."""
        is_global, targets = self.spec.is_global, self.spec.targets
        return self.new_scaler(values[:, targets]) if is_global else self.scalers[0]

    def scaled_tails(self, series: Sequence[np.ndarray]) -> list[Any]:
        """Scaled targets of the last rows of each series of fit, None with effects."""
        targets = self.spec.targets
        if self.effects is not None:
            return [None] * len(series)
        return [
            scaled(scaler, last_rows(values, self.n_rows_kept, targets)[:, targets])
            for scaler, values in zip(self.scalers, series, strict=True)
        ]

    def part(
        self, values: np.ndarray, scaler: Any, known: np.ndarray | None = None, z: Any = None
    ) -> Part:
        """A series (n_rows, n_columns), scaled for the regressors. known : (n_more, n_known), its
        future covariates; z : its scaled targets, if they have been computed before.
        """
        spec, targets = self.spec, values[:, self.spec.targets]
        past, known = self._covariates(values, known)
        targets, effect = self._without_effects(targets, known)
        z = scaled(scaler, targets) if z is None else z
        filled = fill_by_season(z, spec.season_length)
        filled_or_none = None if filled is z else filled
        own = targets if self.takes_pretrained else None
        past, known = self.covariate_scale * past, self.covariate_scale * known
        return Part(z, past, known, filled_or_none, own, scaler, effect)

    def _covariates(
        self, values: np.ndarray, known: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Scaled past covariates (n_rows, n_past) and future ones (n_rows + n_more, n_known) of
        values and known as in `part`.
        """
        spec, n_past = self.spec, self.spec.n_past
        if self.covariate_scaler is None:
            return values[:, :0], values[:, :0]
        columns = values[:, [*spec.past, *spec.known]]
        if known is not None and len(known):
            more = np.hstack([np.full((len(known), len(spec.past)), np.nan), known])
            columns = np.concatenate([columns, more])
        columns = one_hot(columns, list(map(spec.width_of, (*spec.past, *spec.known))))
        if self.covariate_limits is not None:
            columns = np.clip(columns, *self.covariate_limits)
        covariates = transformed(self.covariate_scaler, columns, "covariates")
        return covariates[: len(values), :n_past], covariates[:, n_past:]

    def _without_effects(self, targets: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, Any]:
        """Targets (n_rows, n_targets) without the effects of covariates, and these effects."""
        if self.effects is None:
            return targets, None
        seen = self.effects.in_history(known[: len(targets)])
        return self.effects.removed(targets, seen), self.effects.at(known)

    def without_effects(
        self, following: np.ndarray, values: np.ndarray, origins: np.ndarray
    ) -> np.ndarray:
        """Values after the origins of a series (n_rows, n_columns), (n_origins, steps, n_targets),
        without the effects of covariates.
        """
        if self.effects is None:
            return following
        effect = self.effects.at(self._covariates(values)[1])
        return self.effects.removed(following, values_after(effect, origins, following.shape[1]))

    def with_effects(self, values: np.ndarray, part: Part, origins: np.ndarray) -> np.ndarray:
        """Forecasts (n_origins, steps, n_targets, ...) of a series in its units, with the effects
        of the covariates after the origins. NaN where they are unknown.
        """
        if self.effects is None:
            return values
        effect = values_after(part.effect, origins, values.shape[1])
        sides = values.reshape(*values.shape[:3], -1)
        moved = [self.effects.added(side, effect) for side in np.moveaxis(sides, -1, 0)]
        return np.stack(moved, axis=-1).reshape(values.shape)

    def forecast_rows(self, part: Part, origins: np.ndarray) -> np.ndarray:
        """Scaled forecasts from each origin of one series, (n_origins, horizon, n_targets). NaN
        where future covariates are missing.
        """
        steps, own = self.spec.horizon, None
        if not self.is_zero_shot:
            joined = join_series([part], self.spec.history_length - 1, self._n_after(steps))
            own = self._forecast_at(joined, origins + joined.first[0], steps, None)
        return self.mixture.from_rows(own, part, origins, steps)

    def forecast_after(self, parts: Sequence[Part], steps: int) -> np.ndarray:
        """Scaled forecasts after the last row of each series, (n_series, steps, n_targets)."""
        own = None if self.is_zero_shot else self.own_forecast_after(parts, steps, None)
        return self.mixture.after(own, parts, steps)

    def components_after(self, part: Part, steps: int) -> dict[str, np.ndarray]:
        """What the forecast after a series is made of, scaled: the level of its windows, the
        baseline, and the forecast of each member, (steps, n_targets) each, as far as they are used.
        """
        spec, shares, found = self.spec, self.shares, {}
        if not self.is_zero_shot:
            length, trace = spec.history_length, list[tuple[np.ndarray, np.ndarray]]()
            joined = join_series([_tail(part, length)], length - 1, self._n_after(steps))
            histories = sliding_view(joined.history, length)[joined.last - length + 1].copy()
            own = self.rollout.run(histories, joined, joined.last, steps, None, trace)[0]
            level, baseline = (np.concatenate(each, axis=1)[0] for each in zip(*trace, strict=True))
            if spec.level is not None:
                found["level"] = level[:steps]
            if spec.baseline is not None:  # otherwise it is the level
                found["baseline"] = baseline[:steps]
            if "regressors" in shares:
                found["regressors"] = own
        if "pretrained" in shares:
            found["pretrained"] = self.mixture.zero_shot.after([part], steps)[0]
        if "theta" in shares:
            found["theta"] = self.mixture.theta_after([part], steps)[0]
        return found

    def own_forecast_after(
        self, parts: Sequence[Part], steps: int, quantile: float | None
    ) -> np.ndarray:
        length = self.spec.history_length
        z = parts[0].history
        if len(parts) == 1 and self.covariate_scaler is None and len(z) >= length:
            # One forecast: a slice, without the view of all windows.
            return self.rollout.run(
                z[np.newaxis, -length:].copy(), None, np.zeros(1, int), steps, quantile
            )
        tails = [_tail(part, length) for part in parts]
        joined = join_series(tails, length - 1, self._n_after(steps))
        return self._forecast_at(joined, joined.last, steps, quantile)

    def _n_after(self, steps: int) -> int:
        """Number of rows after an origin that its forecasts read, in all calls together."""
        return -(-steps // self.spec.steps_of_call) * self.spec.steps_of_call

    def _forecast_at(
        self, joined: Joined, origins: np.ndarray, steps: int, quantile: float | None
    ) -> np.ndarray:
        length = self.spec.history_length
        view = sliding_view(joined.history, length)
        at_once = max(1, HISTORY_VALUES_AT_ONCE // ((length + steps) * joined.z.shape[1]))
        pieces = []
        for start in range(0, len(origins), at_once):
            piece = origins[start : start + at_once]
            histories = view[piece - length + 1].copy()
            pieces.append(self.rollout.run(histories, joined, piece, steps, quantile))
        return np.concatenate(pieces)
