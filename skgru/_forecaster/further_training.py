"""Further training of a fitted model, with the windows whose last target is in new rows."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from inspect import signature

import numpy as np

from skgru._forecaster.dataset import Pairs, join_series
from skgru._forecaster.model import ForecastModel
from skgru._forecaster.regressors import EnsembleMember, given_regressor, train_further
from skgru._forecaster.sample_weight import weights_of_windows, with_weights
from skgru._networks.regressor import GRURegressor
from skgru._warnings import warn_user


def check_trains_further(model: ForecastModel, is_weighted: bool) -> None:
    """Raise ValueError if a regressor has no `partial_fit`, or one without the weights of rows that
    are given.
    """
    for member in model.rollout.members:
        if not hasattr(member.regressor, "partial_fit"):
            regressor = given_regressor(member.regressor)
            raise ValueError(
                f"refit=True with regressor={type(regressor).__name__} needs partial_fit, which "
                "this regressor lacks. Give refit=False, or train a new forecaster by fit with the "
                "whole series."
            )
        one = given_regressor(member.regressor)
        takes = "sample_weight" in signature(one.partial_fit).parameters
        if is_weighted and type(one) is not GRURegressor and not takes:
            raise ValueError(
                f"sample_weight was given, but partial_fit of regressor={type(one).__name__} takes "
                "no sample_weight. Leave it None, or train a new forecaster by fit with the whole "
                "series."
            )


def trained_further(
    model: ForecastModel,
    series: Sequence[np.ndarray],
    n_new: Sequence[int],
    weights: Sequence[np.ndarray] | None = None,
) -> ForecastModel:
    """A model whose regressors were trained further; the given model is left as it is. The same
    model, with a warning, if there is nothing to train.

    series : the last rows of each series of fit and the new ones, (n_rows, n_columns); n_new : how
    many of the rows are new; weights : of the rows of each series as targets, (n_rows,), which may
    be those of more rows before them. Each window is used in the update with its last target, so
    that the windows of many small updates are those of a large one.
    """
    spec, members = model.spec, model.rollout.members
    if not members:
        warn_user(
            "refit=True has trained nothing, as the forecast has no regressors. The new rows are "
            "in the history. Give refit=False."
        )
        return model
    chosen = np.flatnonzero(n_new).tolist()
    parts = [model.part(series[i], model.scalers[i]) for i in chosen]
    joined = join_series(parts, spec.history_length - 1, spec.steps_of_call)
    if weights is not None:
        rows = [weights[i][len(weights[i]) - len(series[i]) :] for i in chosen]
        joined = with_weights(joined, rows)
    pairs = Pairs(spec, joined)
    origins, is_complete = pairs.usable()
    number = joined.series_of(origins)
    before = (joined.last - np.asarray(n_new)[chosen])[number]
    picked = is_complete & (origins + spec.steps_of_call > before)
    if not picked.any():
        lacks, remedy = "", ""
        if weights is not None:
            lacks, remedy = " or a weight of 0", " and with positive weights"
        warn_user(
            f"refit=True has trained nothing, as no window with horizon={spec.horizon} ends in the "
            f"{sum(n_new)} new rows of X without an unknown value{lacks}. The new rows are in the "
            f"history. Give refit=False, or rows without NaN{remedy}."
        )
        return model
    weight = weights_of_windows(pairs, origins[picked])
    if model.series_weights is not None:
        of_series = model.series_weights[chosen][number[picked]]
        weight = of_series if weight is None else weight * of_series
    trained = [
        EnsembleMember(
            train_further(
                deepcopy(member.regressor), pairs, origins[picked], weight, member.window_length
            ),
            member.window_length,
        )
        for member in members
    ]
    model = copy(model)
    model.members = trained
    if model.window_limits is not None:
        low, high = pairs.window_limits(origins[picked])
        before_low, before_high = model.window_limits
        model.window_limits = np.minimum(before_low, low), np.maximum(before_high, high)
    return model
