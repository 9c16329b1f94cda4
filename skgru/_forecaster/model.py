"""Forecasts on plain arrays: scalers, windows and regressors of one or several series.

Containers and parameters are checked in `forecaster.py`. A forecast origin is the last row that a
forecast uses, and its history is the rows up to this origin.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from skgru._callbacks import FitTask
from skgru._forecaster.covariate_effects import CovariateEffects
from skgru._forecaster.dataset import (
    HISTORY_VALUES_AT_ONCE,
    Joined,
    Pairs,
    Part,
    join_each,
    join_series,
)
from skgru._forecaster.gaps_and_outliers import (
    fill_by_season,
    last_rows,
)
from skgru._forecaster.mean_correction import ERROR_OFFSET, MeanCorrection
from skgru._forecaster.member_fits import MemberFits
from skgru._forecaster.mixture import ORIGINS_COMPARED, Mixture, weighted_mean
from skgru._forecaster.regressors import EnsembleMember, steady_error
from skgru._forecaster.rollout import REPEATS_TO, Rollout
from skgru._forecaster.sample_weight import (
    check_weighted,
    weights_of_windows,
    with_weights,
)
from skgru._forecaster.scaling import (
    AutoScaler,
    below_is_zero,
    restored,
    scaled,
    steep_below,
    transformed,
    unclipped,
)
from skgru._forecaster.short_series import (
    can_do_without,
    check_complete,
    steps_taught,
    too_far,
    too_short,
    warn_of_no_regressors,
)
from skgru._forecaster.spec import ForecastSpec, one_hot
from skgru._forecaster.zero_shot_member import PretrainedNetwork
from skgru._validation import check_representable
from skgru._warnings import warn_user
from skgru._windows import sliding_view


def _tail(part: Part, n_rows: int) -> Part:
    """The last rows of a series, and the future covariates after them."""
    start = max(0, len(part) - n_rows)
    filled = None if part.filled is None else part.filled[start:]
    return Part(part.z[start:], part.past[start:], part.known[start:], filled)


def with_half_history(origins: np.ndarray, joined: Joined) -> np.ndarray:
    """Rows that have at least half of their series before them, or all without any."""
    number = np.searchsorted(joined.first, origins, side="right") - 1
    is_late = 2 * (origins - joined.first[number] + 1) >= joined.n_rows[number]
    return origins[is_late] if is_late.any() else origins


def rows_after(values: np.ndarray, origins: np.ndarray, steps: int) -> np.ndarray:
    """Rows of values (n_rows, k) after the origins, (n_origins, steps, k), NaN after the last."""
    more = np.pad(values, ((0, steps), (0, 0)), constant_values=np.nan)
    return more[np.add.outer(origins + 1, np.arange(steps))]


def seasonal_error(z: np.ndarray, season_length: int) -> float:
    """In-sample mean absolute error of the seasonal-naive forecast, plus `ERROR_OFFSET`. NaN if no
    error is known. z : (n_rows, n_targets).
    """
    season_length = season_length if season_length < len(z) else 1
    changes = np.abs(z[season_length:] - z[:-season_length])
    known = changes[np.isfinite(changes)]
    return float(known.mean()) + ERROR_OFFSET if len(known) else np.nan


# Ratio of the errors of the regressors and of the baseline above which the regressors are left out.
NO_WORSE = 1.1

# The same ratio, below which the regressors have learned the series. A sine has 0.002, and hardly
# any real series is below.
LEARNED_TO = 0.1

# How far covariates may lie outside the values of fit, as a share of their range.
COVARIATE_MARGIN = 0.5


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

    @classmethod
    def fit(
        cls,
        template: ModelTemplate,
        series: Sequence[np.ndarray],
        is_trial: bool = False,
        weights: list[np.ndarray] | None = None,
        task: FitTask | None = None,
    ) -> ForecastModel:
        """Fit scalers and regressors. is_trial : whether far steps may be without any target;
        weights : of the rows of each series as targets, (n_rows,); task : the fit that callbacks
        follow.
        """
        model, spec = cls(template), template.spec
        joined = with_weights(model._learn_scales(template, series), weights)
        if not template.members and spec.point == "median" and not spec.is_global:
            return model
        pairs = Pairs(spec, joined)
        origins, is_complete = pairs.usable()
        if not template.members:
            if len(origins) and spec.is_global:
                model.mixture.learn_spreads(pairs, origins, model.scalers)
            if len(origins) and spec.point == "mean":
                model._compare(pairs, origins, template)
            return model
        is_pretrained = model.takes_pretrained
        check_weighted(template.members, pairs, origins, is_complete)
        if not len(origins):
            if template.is_guarded and not is_trial and can_do_without(spec, series):
                warn_of_no_regressors(spec, series, is_pretrained)
                model.mixture.leave_out_own()
                return model
            raise ValueError(too_short(spec, series, template.is_guarded))
        if not is_complete.any() and not is_trial:
            n_taught = steps_taught(pairs, origins)
            if n_taught < spec.steps_of_call:
                if template.is_guarded and can_do_without(spec, series):
                    warn_of_no_regressors(spec, series, is_pretrained)
                    model.mixture.leave_out_own()
                    return model
                raise ValueError(too_far(spec, n_taught, max(map(len, series))))
        weight = weights_of_windows(pairs, origins)
        if template.weighs:
            model.series_weights = model._weights_of(joined)
            of_series = model.series_weights[joined.series_of(origins)]
            weight = of_series if weight is None else weight * of_series
        check_complete(template.members, spec, is_complete, series)
        # Networks of several series are trained for long enough to learn the growth of each.
        start = None
        if template.is_guarded and not spec.is_global:
            start = steady_error(pairs, origins)
        if not spec.is_global and spec.level is not None:
            # No regressor has learned from windows that are unlike all of its training, such as
            # those with a shift of the level within the last horizon.
            model.window_limits = pairs.window_limits(origins)
        fits = MemberFits(pairs, origins, is_complete, weight, start, template.verbose, is_trial)
        model.members = fits.fit(template.members, task)
        model._compare(pairs, origins, template)
        return model

    def _compare(self, pairs: Pairs, origins: np.ndarray, template: ModelTemplate) -> None:
        """Leave the regressors out where they are worse than the baseline alone, choose the weights
        of the other forecasts with covariates, and keep the residuals for forecasts of the mean.
        The rows were in training: regressors that fail on them have diverged. A baseline without
        errors, but for rounding, needs no other forecast.
        """
        spec = self.spec
        # Errors on rows of the training favour the regressors. They are a guide to the weights with
        # covariates, which the other forecasts lack, and where the regressors have learned all.
        lacking = bool(spec.past or spec.known)
        if template.removes_effects and not template.covariates_are_small:
            # The other forecasts follow the covariates too, and the training is short.
            lacking = bool(spec.past)
        by_errors = template.is_weighed and lacking
        if not (template.is_guarded or by_errors or spec.point == "mean"):
            return
        if template.adapts:
            self.mixture.adapt(pairs, origins, self.scalers, self.seasonal_errors)
        if spec.is_global:
            # Forecasts from a few rows err so much that they would decide the mean.
            usable = with_half_history(origins, pairs.joined) if spec.point == "mean" else origins
            picked = usable[:: max(1, len(usable) // ORIGINS_COMPARED)]
        else:
            picked = origins[-ORIGINS_COMPARED:]
        actual = pairs.following(picked)
        if self.is_zero_shot:
            if spec.point == "mean":
                others = self.mixture.others_mean(pairs.joined, picked, self.scalers)
                self.means.learn(pairs, picked, actual - others, self.scalers, self.seasonal_errors)
            return
        X, y = pairs.at(picked)
        residuals = y - self.rollout.correction(X)
        errors = np.nanmean(np.abs(residuals)), np.nanmean(np.abs(y))
        if errors[1] <= REPEATS_TO:
            self.corrects, residuals = False, y
            self.mixture.theta_weight = self.mixture.pretrained_weight = 0.0
        elif template.is_guarded and errors[0] > NO_WORSE * errors[1]:
            self.corrects, residuals = False, y
            self.mixture.leave_out_own()
            used = "they are left out" if self.takes_pretrained else "only the baseline is used"
            warn_user(
                f"The networks have an error {errors[0] / errors[1]:.2g} times that of "
                f"baseline={spec.baseline!r} on the last rows of X, so that {used}. Give "
                "regressor=Ridge(), or fewer covariates."
            )
        by_errors |= template.is_weighed and self.corrects and errors[0] < LEARNED_TO * errors[1]
        residuals = residuals.reshape(len(y), spec.steps_of_call, -1)
        if self.mixture.own_weight < 1 and (by_errors or spec.point == "mean"):
            others = self.mixture.others_mean(pairs.joined, picked, self.scalers)
            if by_errors and self.mixture.own_weight:
                self.mixture.weigh_by_errors(residuals, actual - others)
            own, share = actual - residuals, self.mixture.own_weight
            residuals = actual - weighted_mean((share, own), (1 - share, others))
        if spec.point == "mean":
            self.means.learn(pairs, picked, residuals, self.scalers, self.seasonal_errors)

    def error_of(self, z: np.ndarray) -> float:
        """Seasonal error of a scaled series (n_rows, n_targets), the unit of its residuals."""
        if not self.spec.is_global:
            return 1.0
        return float(self.median_where_unknown([self.recent_seasonal_error(z)])[0])

    def _learn_scales(self, template: ModelTemplate, series: Sequence[np.ndarray]) -> Joined:
        """Fit the scalers, and return all scaled series, joined."""
        spec = self.spec
        if covariates := [*spec.past, *spec.known]:
            rows = np.concatenate([values[:, covariates] for values in series])
            rows = one_hot(rows, list(map(spec.width_of, covariates)))
            self.covariate_scaler = clone(template.covariate_scaler).fit(rows)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # of columns without a value
                lowest, highest = np.nanmin(rows, axis=0), np.nanmax(rows, axis=0)
            margin = COVARIATE_MARGIN * (highest - lowest)
            self.covariate_limits = lowest - margin, highest + margin
        self.scalers = [self.new_scaler(values[:, spec.targets]) for values in series]
        if template.removes_effects:
            targets, (_, known) = series[0][:, spec.targets], self._covariates(series[0])
            season = spec.season_length
            self.effects = CovariateEffects.of_series(self.scalers[0], targets, known, season)
            self.scalers = [self.new_scaler(self._without_effects(targets, known)[0])]
        if template.covariates_are_small:
            # Each step of Adam moves each weight of the linear path alike. Hundreds of covariates
            # with the variance 1 then move the output by far more than the series does.
            z = self.part(series[0], self.scalers[0]).z
            self.covariate_scale = float(np.fmin(1, self.recent_seasonal_error(z)))
        lengths = list(map(len, series))
        longest = int(np.argmax(lengths))
        self.mixture.learn_length(self.part(series[longest], self.scalers[longest]))
        parts = map(self.part, series, self.scalers)
        joined = join_each(parts, lengths, spec.history_length - 1, spec.steps_of_call)
        check_representable(joined.z, "X")
        n_known = np.maximum(np.isfinite(joined.z).sum(axis=0), 1)
        self.target_means = np.nansum(joined.z, axis=0) / n_known
        if spec.is_global:
            errors = list(map(self.recent_seasonal_error, joined.each_z()))
            finite = [error for error in errors if np.isfinite(error)]
            self.median_error = float(np.median(finite)) if finite else 1.0
            self.seasonal_errors = self.median_where_unknown(errors)
        return joined

    def _weights_of(self, joined: Joined) -> np.ndarray:
        """The weight of each series in training, (n_series,)."""
        errors = [seasonal_error(z, self.spec.season_length) for z in joined.each_z()]
        return (self.median_where_unknown(errors) ** -0.5).astype(np.float32)

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
        return self.history_length + self.spec.season_of_pretrained

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
        return None if self.unfitted_scaler is None else clone(self.unfitted_scaler).fit(targets)

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
        return self.effects.removed(following, rows_after(effect, origins, following.shape[1]))

    def with_effects(self, values: np.ndarray, part: Part, origins: np.ndarray) -> np.ndarray:
        """Forecasts (n_origins, steps, n_targets, ...) of a series in its units, with the effects
        of the covariates after the origins. NaN where they are unknown.
        """
        if self.effects is None:
            return values
        effect = rows_after(part.effect, origins, values.shape[1])
        sides = values.reshape(*values.shape[:3], -1)
        moved = [self.effects.added(side, effect) for side in np.moveaxis(sides, -1, 0)]
        return np.stack(moved, axis=-1).reshape(values.shape)

    def forecast_rows(self, part: Part, origins: np.ndarray) -> np.ndarray:
        """Scaled forecasts from each origin of one series, (n_origins, horizon, n_targets). NaN
        where future covariates are missing.
        """
        steps = self.spec.horizon
        own = None if self.is_zero_shot else self._forecast_rows(part, origins, steps)
        return self.mixture.from_rows(own, part, origins, steps)

    def _forecast_rows(self, part: Part, origins: np.ndarray, steps: int) -> np.ndarray:
        joined = join_series([part], self.spec.history_length - 1, self._n_after(steps))
        return self._forecast_at(joined, origins + joined.first[0], steps, None)

    def forecast_after(self, parts: Sequence[Part], steps: int) -> np.ndarray:
        """Scaled forecasts after the last row of each series, (n_series, steps, n_targets)."""
        own = None if self.is_zero_shot else self._forecast_after(parts, steps, None)
        return self.mixture.after(own, parts, steps)

    def bounds_after(
        self,
        parts: Sequence[Part],
        forecast: np.ndarray,
        quantiles: Sequence[float],
        errors: np.ndarray,
    ) -> np.ndarray:
        """As `_bounds_after`. Where zeros are common, lower bounds nearer to 0 than to the smallest
        other value are 0: those zeros would lie below them.
        """
        bounds = self._bounds_after(parts, forecast, quantiles, errors)
        for i, quantile in enumerate(quantiles):
            if self.takes_pretrained and quantile < 0.5:
                below = [below_is_zero(part.values, quantile) for part in parts]
                is_zero = bounds[i] < np.stack(below)[:, np.newaxis]
                bounds[i] = np.where(is_zero, 0.0, bounds[i])
        return bounds

    def _bounds_after(
        self,
        parts: Sequence[Part],
        forecast: np.ndarray,
        quantiles: Sequence[float],
        errors: np.ndarray,
    ) -> np.ndarray:
        """Quantiles after the last row of each series, in its units, (n_quantiles, n_series, steps,
        n_targets): those of the pretrained network, or of regressors that were fitted with them.
        They are moved, as the forecast lies elsewhere than that of the network. forecast : scaled,
        as `forecast_after` gives it; errors : of `in_units`, (n_series,).
        """
        scalers, steps = [part.scaler for part in parts], forecast.shape[1]
        spreads = [self.mixture.spread(one) if self.takes_pretrained else 1.0 for one in quantiles]
        if self.takes_pretrained:
            # Of medians, bounds are moved first and clipped last.
            middle, *bounds = self.mixture.zero_shot.all_after(
                parts, steps, [None, *quantiles], is_clipped=self.spec.point == "mean"
            )
        else:
            middle, *bounds = [
                self._forecast_after(parts, steps, quantile) for quantile in (None, *quantiles)
            ]
        if self.takes_pretrained and self.spec.point == "mean":
            # By a factor in units of the series, so that zeros stay zeros.
            means = self._all_in_units(scalers, forecast, errors)
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
                np.where(bound > means, k, max(k, 1))
                for k, bound in zip(spreads, moved, strict=True)
            ]
            moved = [means + k * (bound - means) for k, bound in zip(factors, moved, strict=True)]
            lowest = np.where(has_zero, 0, -np.inf)[:, np.newaxis, np.newaxis]
            return np.maximum(np.stack(moved), lowest)
        return self._around(forecast, scalers, middle, bounds, spreads)

    def _around(
        self,
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
        if self.takes_pretrained and isinstance(scalers[0], AutoScaler):
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

    def _all_in_units(self, scalers: list[Any], z: np.ndarray, errors: np.ndarray) -> np.ndarray:
        return np.stack([self.means.in_units(*one) for one in zip(scalers, z, errors, strict=True)])

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

    def _forecast_after(
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
