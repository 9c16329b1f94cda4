"""The fit of a ForecastModel: scalers, then regressors, then the weights of all members."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.base import clone

from skgru._callbacks import FitTask
from skgru._forecaster.covariate_effects import CovariateEffects
from skgru._forecaster.covariate_ranges import COVARIATE_MARGIN
from skgru._forecaster.dataset import Joined, Pairs, join_each
from skgru._forecaster.member_fits import MemberFits
from skgru._forecaster.mixture import ORIGINS_COMPARED, weighted_mean
from skgru._forecaster.model import ForecastModel, ModelTemplate, seasonal_error
from skgru._forecaster.regressors import steady_error
from skgru._forecaster.rollout import REPEATS_TO
from skgru._forecaster.sample_weight import check_weighted, weights_of_windows, with_weights
from skgru._forecaster.short_series import (
    can_do_without,
    check_complete,
    steps_taught,
    too_far,
    too_short,
    warn_of_no_regressors,
)
from skgru._forecaster.spec import one_hot
from skgru._validation import check_representable
from skgru._warnings import warn_user

# Ratio of the errors of the regressors and of the baseline above which the regressors are left out.
NO_WORSE = 1.1

# The same ratio, below which the regressors have learned the series, and the number of forecast
# origins from which this holds. With fewer of them, a network learns any series nearly exactly, so
# that a small error proves nothing: the limit falls with the square of their number, to 0 with
# one. A sine of many rows has a ratio of 0.002, steady growth of few rows 0.0001.
LEARNED_TO, LEARNED_FROM = 0.1, 16

# How far windows of own regressors may lie outside those of the training, as a share of the range.
WINDOW_MARGIN = 0.5


def fitted_model(
    template: ModelTemplate,
    series: Sequence[np.ndarray],
    is_trial: bool = False,
    weights: list[np.ndarray] | None = None,
    task: FitTask | None = None,
) -> ForecastModel:
    """A model fitted to series (n_rows, n_columns). is_trial : whether far steps may be without any
    target; weights : of the rows of each series as targets, (n_rows,); task : the fit that
    callbacks follow.
    """
    model, spec = ForecastModel(template), template.spec
    joined = with_weights(_learn_scales(model, template, series), weights)
    if not template.members and spec.point == "median" and not spec.is_global:
        return model
    pairs = Pairs(spec, joined)
    origins, is_complete = pairs.usable()
    if not template.members:
        if len(origins) and spec.is_global:
            model.mixture.learn_spreads(pairs, origins, model.scalers)
        if len(origins) and spec.point == "mean":
            _compare(model, pairs, origins, template)
        return model
    check_weighted(template.members, pairs, origins, is_complete)
    reason = None
    if not len(origins):
        reason = too_short(spec, series, template.is_guarded)
    elif not (is_complete.any() or is_trial):
        n_taught = steps_taught(pairs, origins)
        if n_taught < spec.steps_of_call:
            reason = too_far(spec, n_taught, max(map(len, series)))
    if reason is not None:
        if is_trial or not (template.is_guarded and can_do_without(spec, series)):
            raise ValueError(reason)
        warn_of_no_regressors(spec, series, model.takes_pretrained)
        model.mixture.leave_out_own()
        return model
    weight = weights_of_windows(pairs, origins)
    if template.weighs:
        errors = [seasonal_error(z, spec.season_length) for z in joined.each_z()]
        model.series_weights = (model.median_where_unknown(errors) ** -0.5).astype(np.float32)
        of_series = model.series_weights[joined.series_of(origins)]
        weight = of_series if weight is None else weight * of_series
    check_complete(template.members, spec, is_complete, series)
    # Networks of several series are trained for long enough to learn the growth of each.
    start = None
    if template.is_guarded and not spec.is_global:
        start = steady_error(pairs, origins)
    if not spec.is_global and spec.level is not None:
        # No regressor has learned from windows that are unlike all of its training, such as those
        # with a shift of the level within the last horizon. Own ones may follow a growing season.
        margin = 0.0 if template.is_guarded else WINDOW_MARGIN
        model.window_limits = pairs.window_limits(origins, margin)
    fits = MemberFits(pairs, origins, is_complete, weight, start, template.verbose, is_trial)
    model.members = fits.fit(template.members, task)
    _compare(model, pairs, origins, template)
    return model


def _learn_scales(
    model: ForecastModel, template: ModelTemplate, series: Sequence[np.ndarray]
) -> Joined:
    """Fit the scalers, and return all scaled series, joined."""
    spec = model.spec
    if covariates := [*spec.past, *spec.known]:
        rows = np.concatenate([values[:, covariates] for values in series])
        rows = one_hot(rows, list(map(spec.width_of, covariates)))
        model.covariate_scaler = clone(template.covariate_scaler).fit(rows)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of columns without a value
            lowest, highest = np.nanmin(rows, axis=0), np.nanmax(rows, axis=0)
        margin = COVARIATE_MARGIN * (highest - lowest)
        model.covariate_limits = lowest - margin, highest + margin
    model.scalers = [model.new_scaler(values[:, spec.targets]) for values in series]
    if template.removes_effects:
        targets, (_, known) = series[0][:, spec.targets], model._covariates(series[0])
        season = spec.season_length
        model.effects = CovariateEffects.of_series(model.scalers[0], targets, known, season)
        model.scalers = [model.new_scaler(model._without_effects(targets, known)[0])]
    if template.covariates_are_small:
        # Each step of Adam moves each weight of the linear path alike. Hundreds of covariates
        # with the variance 1 then move the output by far more than the series does.
        z = model.part(series[0], model.scalers[0]).z
        model.covariate_scale = float(np.fmin(1, model.recent_seasonal_error(z)))
    lengths = list(map(len, series))
    longest = int(np.argmax(lengths))
    model.mixture.learn_length(model.part(series[longest], model.scalers[longest]))
    parts = map(model.part, series, model.scalers)
    joined = join_each(parts, lengths, spec.history_length - 1, spec.steps_of_call)
    check_representable(joined.z, "X")
    n_known = np.maximum(np.isfinite(joined.z).sum(axis=0), 1)
    model.target_means = np.nansum(joined.z, axis=0) / n_known
    if spec.is_global:
        errors = list(map(model.recent_seasonal_error, joined.each_z()))
        finite = [error for error in errors if np.isfinite(error)]
        model.median_error = float(np.median(finite)) if finite else 1.0
        model.seasonal_errors = model.median_where_unknown(errors)
    return joined


def with_half_history(origins: np.ndarray, joined: Joined) -> np.ndarray:
    """Rows that have at least half of their series before them, or all without any."""
    number = np.searchsorted(joined.first, origins, side="right") - 1
    is_late = 2 * (origins - joined.first[number] + 1) >= joined.n_rows[number]
    return origins[is_late] if is_late.any() else origins


def learned_to(n_origins: int) -> float:
    """Ratio of the errors of the regressors and of the baseline at so many forecast origins, below
    which the regressors have learned the series.
    """
    return LEARNED_TO * min(1.0, ((n_origins - 1) / (LEARNED_FROM - 1)) ** 2)


def _compare(
    model: ForecastModel, pairs: Pairs, origins: np.ndarray, template: ModelTemplate
) -> None:
    """Leave the regressors out where they are worse than the baseline alone, choose the weights
    of the other forecasts with covariates, and keep the residuals for forecasts of the mean.
    The rows were in training: regressors that fail on them have diverged. A baseline without
    errors, but for rounding, needs no other forecast.
    """
    spec = model.spec
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
        model.mixture.adapt(pairs, origins, model.scalers, model.seasonal_errors)
    if spec.is_global:
        # Forecasts from a few rows err so much that they would decide the mean.
        usable = with_half_history(origins, pairs.joined) if spec.point == "mean" else origins
        picked = usable[:: max(1, len(usable) // ORIGINS_COMPARED)]
    else:
        picked = origins[-ORIGINS_COMPARED:]
    actual = pairs.following(picked)
    if model.is_zero_shot:
        if spec.point == "mean":
            others = model.mixture.others_mean(pairs.joined, picked, model.scalers)
            model.means.learn(pairs, picked, actual - others, model.scalers, model.seasonal_errors)
        return
    X, y = pairs.at(picked)
    residuals = y - model.rollout.correction(X)
    errors = np.nanmean(np.abs(residuals)), np.nanmean(np.abs(y))
    if errors[1] <= REPEATS_TO:
        model.corrects, residuals = False, y
        model.mixture.theta_weight = model.mixture.pretrained_weight = 0.0
    elif template.is_guarded and errors[0] > NO_WORSE * errors[1]:
        model.corrects, residuals = False, y
        model.mixture.leave_out_own()
        used = "they are left out" if model.takes_pretrained else "only the baseline is used"
        remedy = "regressor=Ridge()"
        if spec.known or spec.past:
            remedy += ", or fewer covariates"
        elif model.takes_pretrained:
            remedy = 'pretrained="only" to train no networks'
        warn_user(
            f"The networks have an error {errors[0] / errors[1]:.2g} times that of "
            f"baseline={spec.baseline!r} on the last rows of X, so that {used}. Give {remedy}."
        )
    has_learned = model.corrects and errors[0] < learned_to(len(picked)) * errors[1]
    by_errors |= template.is_weighed and has_learned
    residuals = residuals.reshape(len(y), spec.steps_of_call, -1)
    if model.mixture.own_weight < 1 and (by_errors or spec.point == "mean"):
        others = model.mixture.others_mean(pairs.joined, picked, model.scalers)
        if by_errors and model.mixture.own_weight:
            model.mixture.weigh_by_errors(residuals, actual - others, bool(has_learned))
        own, share = actual - residuals, model.mixture.own_weight
        residuals = actual - weighted_mean((share, own), (1 - share, others))
    if spec.point == "mean":
        model.means.learn(pairs, picked, residuals, model.scalers, model.seasonal_errors)
