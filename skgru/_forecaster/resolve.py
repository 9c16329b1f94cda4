"""Resolve the parameters of a forecaster for given series: every "auto", the columns by name, and
the ensemble members. `parameters` is the forecaster.
"""

from __future__ import annotations

from collections.abc import Hashable
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state

from skgru._containers.panel import WIDE
from skgru._containers.table import Table
from skgru._forecaster.baselines import longest_run
from skgru._forecaster.default_networks import default_regressors, has_long_training
from skgru._forecaster.default_regressor import DefaultRegressor, is_default, takes_pretrained
from skgru._forecaster.default_weights import auto_pretrained_share, auto_theta_weight
from skgru._forecaster.default_windows import (
    auto_level_and_baseline,
    auto_window_length,
    auto_window_lengths,
    rows_for_seasonal_level,
    usual_length,
    windows_of_intermittent,
)
from skgru._forecaster.model import ModelTemplate
from skgru._forecaster.regressors import EnsembleMember
from skgru._forecaster.scaling import AutoScaler, is_intermittent
from skgru._forecaster.seasons import (
    SERIES_LOOKED_AT,
    holds_few,
    lags_of,
    season_of_pretrained,
    seasons_of,
)
from skgru._forecaster.spec import ForecastSpec, is_constant
from skgru._forecaster.zero_shot_member import why_not_alone
from skgru._validation import Instance, Number, at_least

# Attribute of a forecaster with the roles of the columns, if they are not those of X: a backtest
# has the same roles at all forecast origins.
ROLES = "_roles"


def check_kinds(parameters: Any) -> None:
    """Validate `season_length` and `window_length`, lists in `regressor`, and `n_estimators`."""
    regressors = parameters.regressor
    is_list = isinstance(regressors, list | tuple)
    for one in regressors if is_list else [regressors]:
        if hasattr(one, "fit") and not isinstance(one, type) and is_classifier(one):
            raise ValueError(
                f"regressor={one!r} is a classifier, but forecasts are numbers. Give a regressor, "
                "GRURegressor() for example."
            )
    is_regressor = Instance(["fit", "predict"]).is_satisfied_by
    if is_list and not (regressors and all(map(is_regressor, regressors))):
        raise ValueError(
            f"regressor={regressors!r} must be a non-empty list of regressors (no "
            "classes), which are fitted in turn."
        )
    if (season := parameters.season_length) is not None and not _are_lengths(season):
        raise ValueError(
            f"season_length={season!r} must be an int of at least 1, a non-empty list of such "
            "ints, one for each season, or None. Use season_length=[24, 168] for hours, for "
            "example, or None for the seasons that the dates of X suggest."
        )
    window = parameters.window_length
    if not (isinstance(window, str) and window == "auto") and not _are_lengths(window):
        raise ValueError(
            f'window_length={window!r} must be "auto", an int of at least 1, or a non-empty list '
            "of such ints, which the regressors take in turn. Use window_length=24, for "
            "example."
        )
    n_kinds = max(len(one) if isinstance(one, list | tuple) else 1 for one in (regressors, window))
    if parameters.n_estimators != "auto" and parameters.n_estimators < n_kinds:
        raise ValueError(
            f"n_estimators={parameters.n_estimators} is less than the {n_kinds} entries of a list "
            'in regressor or window_length. Use n_estimators="auto", or at least '
            f"{n_kinds}."
        )


def _are_lengths(value: Any) -> bool:
    """Whether a value is an int of at least 1, or a non-empty list or tuple of them."""
    several = value if isinstance(value, list | tuple) else [value]
    return len(several) > 0 and all(map(at_least(1).is_satisfied_by, several))


def check_wide(parameters: Any) -> None:
    """Raise if `target` or `known` names columns of a wide frame, whose columns are series."""
    for name in ("target", "known"):
        if (value := getattr(parameters, name)) is not None:
            raise ValueError(
                f"{name}={value!r} needs series of several columns, but with group={WIDE!r} each "
                f"column is a series. Leave {name} None, or give a long frame."
            )


def make_spec(parameters: Any, tables: list[Table]) -> ForecastSpec:
    """The specification of the forecasts, without "auto"."""
    targets, past, known = roles_of_columns(parameters, tables)
    is_global, is_only = len(tables) > 1, parameters.pretrained == "only"
    horizon, n_rows = int(parameters.horizon), usual_length([len(table) for table in tables])
    steps = horizon if parameters.strategy == "direct" else 1
    season_length, seasons = seasons_of(parameters, tables, targets, n_rows)
    if parameters.baseline in ("seasonal", "profile") and season_length == 1 and not is_only:
        raise ValueError(
            f"baseline={parameters.baseline!r} needs a season, but season_length is 1. Give "
            "season_length (12 for monthly data), or use baseline='last'."
        )
    has_longer = max(seasons) > season_length > 1
    is_scarce = parameters.scaler == "auto" and are_intermittent(
        tables, targets, season_length, has_longer
    )
    point, level, baseline = parameters.point, parameters.level, parameters.baseline
    if point == "auto":
        point = "mean" if is_scarce else "median"
    if is_scarce and point == "mean" and not is_only and parameters.season_length is None:
        # Of these means the pretrained network is no part, which alone reads few seasons.
        seasons = tuple(
            one for one in seasons if one <= season_length or not holds_few(n_rows, one, horizon)
        ) or (season_length,)
    if is_only:
        # Theta takes more rows of intermittent series, whose level is the mean of few sales.
        level, baseline = "window" if is_scarce else None, None
        windows: tuple[int, ...] = (season_length,)
    else:
        is_long = is_global or n_rows >= rows_for_seasonal_level(season_length, steps)
        has_season = season_length > 1 and is_long
        usual_level, usual_baseline = auto_level_and_baseline(has_season, is_global, is_scarce)
        level = usual_level if level == "auto" else level
        baseline = usual_baseline if baseline == "auto" else baseline
        windows = windows_of(parameters, tables, targets, season_length, is_scarce)
    read = seasons
    if parameters.season_length is None and takes_pretrained(parameters):
        # With less, the pretrained network forecasts better without networks that read the season.
        read = tuple(one for one in seasons if not holds_few(n_rows, one, horizon))
    return ForecastSpec(
        windows=windows,
        horizon=horizon,
        season_length=season_length,
        level=level,
        baseline=baseline,
        strategy=parameters.strategy,
        targets=tuple(targets),
        past=tuple(past),
        known=tuple(known),
        is_global=is_global,
        point=point,
        static=tuple(i for i in known if all(is_constant(table.values[:, i]) for table in tables)),
        seasons=seasons,
        lags=() if is_only else lags_of(read, max(windows), steps, n_rows),
        other_season=season_of_pretrained(parameters, tables, targets, season_length, seasons),
    )


def roles_of_columns(
    parameters: Any, tables: list[Table]
) -> tuple[list[int], list[int], list[int]]:
    """Positions of the targets, the past covariates and the future covariates. Static columns of
    several series that neither `target` nor `known` names are future covariates, as they need no
    future values. So are columns of one value beside `target`.
    """
    if (roles := getattr(parameters, ROLES, None)) is not None:
        return roles
    table = tables[0]
    known = columns_of("known", parameters.known, table, [])
    rest = [i for i in range(table.values.shape[1]) if i not in known]
    static = static_columns(tables, rest)
    if parameters.target is None and len(static) < len(rest):
        rest = [i for i in rest if i not in static]
    targets = columns_of("target", parameters.target, table, rest)
    static = [i for i in static if i not in targets]
    # A column of one value says nothing, and needs no future values either.
    static += [
        i
        for i in rest
        if i not in [*static, *targets]
        and is_constant(np.concatenate([table.values[:, i] for table in tables]))
    ]
    rest = [i for i in rest if i not in static]
    if parameters.pretrained != "only":  # it reads no features of several series
        known = [*known, *static]
    if both := sorted(set(known) & set(targets)):
        names = [table.columns[i] for i in both]
        raise ValueError(
            f"target and known both contain columns {names}. Leave these columns out of one of "
            "the two."
        )
    if not targets:
        raise ValueError(
            f"target={parameters.target!r} with known={parameters.known!r} leaves no column of X "
            "to forecast. Name at least one column in target, and leave it out of known."
        )
    past = [i for i in rest if i not in targets]
    if past and parameters.strategy == "recursive" and parameters.horizon > 1:
        names = [table.columns[i] for i in past]
        raise ValueError(
            f"strategy='recursive' with horizon={int(parameters.horizon)} needs future values of "
            f"the past covariates {names}. Use strategy='direct', name them in known, or forecast "
            "them too (target=None)."
        )
    return targets, past, known


def static_columns(tables: list[Table], positions: list[int]) -> list[int]:
    """Those of the columns that are constant within each of several series, and differ between
    series.
    """
    if len(tables) == 1:
        return []
    return [
        i
        for i in positions
        if all(is_constant(table.values[:, i]) for table in tables)
        and not is_constant(np.concatenate([table.values[:, i] for table in tables]))
    ]


def windows_of(
    parameters: Any, tables: list[Table], targets: list[int], season_length: int, is_scarce: bool
) -> tuple[int, ...]:
    """Window lengths of the ensemble members."""
    given, is_global = parameters.window_length, len(tables) > 1
    if isinstance(given, Integral):
        return (int(given),)
    if not isinstance(given, str):
        return tuple(given)
    steps = int(parameters.horizon) if parameters.strategy == "direct" else 1
    lengths = [len(table) for table in tables]
    if is_scarce:
        return windows_of_intermittent(usual_length(lengths) - steps, season_length, is_global)
    if is_global:
        return auto_window_lengths(season_length, max(lengths))
    others = np.delete(tables[0].values, targets, axis=1)  # gaps of targets are filled
    n_complete = longest_run(np.isfinite(others).all(axis=1))
    return (auto_window_length(n_complete, steps, season_length),)


def are_intermittent(
    tables: list[Table], targets: list[int], season_length: int, has_longer: bool
) -> bool:
    """Whether more than half of the series are intermittent."""
    looked_at = [
        is_intermittent(column, season_length, has_longer)
        for table in tables[:SERIES_LOOKED_AT]
        for column in table.values[:, targets].T
    ]
    return 2 * sum(looked_at) > len(looked_at)


def columns_of(parameter: str, chosen: Any, table: Table, default: list[int]) -> list[int]:
    """Positions of the columns that `target` or `known` names."""
    if chosen is None:
        return default
    if isinstance(chosen, set | frozenset | dict):
        raise ValueError(f"{parameter}={chosen!r} has no order. Give a list of names or positions.")
    names = table.columns if table.is_named else []
    position_of = {name: i for i, name in enumerate(names)}
    # A tuple may be one name, where the columns have levels.
    is_one = isinstance(chosen, str | Integral | tuple) and chosen in position_of
    is_one = is_one or isinstance(chosen, str | Integral)
    positions, n_columns = [], table.values.shape[1]
    for one in [chosen] if is_one else list(chosen):
        is_position = Number(Integral, 0, n_columns, closed="left").is_satisfied_by(one)
        is_name = isinstance(one, Hashable) and not isinstance(one, bool) and one in position_of
        if is_name and is_position and position_of[one] != one:
            raise ValueError(
                f"{parameter}={chosen!r}: {one!r} is the name of a column of X, but also the "
                f"position of column {names[one]!r}. Rename the columns: X.columns = "
                f"X.columns.astype(str), and give {parameter} as strings."
            )
        if is_name or is_position:
            positions.append(position_of[one] if is_name else int(one))
        elif isinstance(one, str) and table.is_single and not table.is_named:
            raise ValueError(
                f"{parameter}={chosen!r} names {one!r}, but X is a Series without a name. Give "
                f"X.rename({one!r}), or leave {parameter} None."
            )
        else:
            raise ValueError(
                f"{parameter}={chosen!r} names {one!r}, which is no column of X. The columns of X "
                f"are {names or f'0 to {n_columns - 1}, unnamed'}."
            )
    if len(set(positions)) < len(positions):
        raise ValueError(f"{parameter}={chosen!r} names a column twice. Name each once.")
    return positions


def make_members(
    parameters: Any, spec: ForecastSpec, series: list[np.ndarray]
) -> list[EnsembleMember]:
    """The ensemble members to fit, each with its window length and its own seed."""
    lengths, templates = list(spec.windows), parameters.regressor
    usual = default_regressors(spec, [len(values) for values in series])
    if templates is None:
        templates = usual
    else:
        given = templates if isinstance(templates, list | tuple) else [templates]
        templates = []
        for one in given:
            is_changed = isinstance(one, DefaultRegressor)
            templates += [one.resolved(network) for network in usual] if is_changed else [one]
    n_kinds = max(len(templates), len(lengths))
    n = parameters.n_estimators
    if n == "auto":
        n = max(n_kinds, 4) if is_default(parameters.regressor) and spec.is_global else n_kinds
    members = [
        EnsembleMember(clone(templates[i % len(templates)]), lengths[i % len(lengths)])
        for i in range(n)
    ]
    seed = parameters.random_state
    if seed is None and n > 1:
        own = getattr(templates[0], "random_state", None)
        # Seeds from the operating system leave numpy's global random state unchanged.
        fresh = np.random.SeedSequence().generate_state(1)[0]
        seed = own if isinstance(own, Integral) else int(fresh)
    if seed is not None and members:
        from sklearn.ensemble._base import _set_random_states  # takes 0.1 s

        random = check_random_state(seed)
        for member in members:
            _set_random_states(member.regressor, random)
    return members


def weights_of(parameters: Any, spec: ForecastSpec) -> tuple[float, float]:
    """Weights of the Theta forecast and of the pretrained network, before the errors of fit lower
    them.
    """
    given, is_only = parameters.theta_weight, parameters.pretrained == "only"
    takes_part = takes_pretrained(parameters)
    if given != "auto":
        theta = float(given)
    elif not is_default(parameters.regressor):
        theta = 0.0
    else:
        theta = auto_theta_weight(spec, parameters.pretrained)
    share = 1.0 if is_only else auto_pretrained_share(spec) if takes_part else 0.0
    return theta, share * (1 - theta)


def make_template(
    parameters: Any, spec: ForecastSpec, series: list[np.ndarray], members: list[EnsembleMember]
) -> ModelTemplate:
    """The model to fit."""
    is_usual, scaler = is_default(parameters.regressor), parameters.scaler
    theta_weight, pretrained_weight = weights_of(parameters, spec)
    return ModelTemplate(
        spec,
        AutoScaler(spec.season_length, spec.has_longer) if isinstance(scaler, str) else scaler,
        scaler if hasattr(scaler, "fit") else StandardScaler(),
        members,
        weighs=parameters.series_weight is not None and spec.is_global,
        is_guarded=is_usual,
        covariates_are_small=is_usual and has_long_training(spec, series),
        removes_effects=(is_usual or isinstance(scaler, str)) and has_effects(spec, series),
        theta_weight=theta_weight,
        pretrained_weight=pretrained_weight,
        takes_pretrained=takes_pretrained(parameters),
        adapts=(
            spec.is_global
            and pretrained_weight > 0
            and parameters.theta_weight == parameters.pretrained == "auto"
        ),
        is_weighed=parameters.theta_weight == "auto",
        verbose=int(parameters.verbose),
    )


def has_effects(spec: ForecastSpec, series: list[np.ndarray]) -> bool:
    """Whether linear effects of future covariates are removed before a forecast: those on a single
    series. An intermittent one would be none without them.
    """
    if not spec.known or spec.is_global:
        return False
    targets = series[0][:, spec.targets].T
    return not any(
        is_intermittent(column, spec.season_length, spec.has_longer) for column in targets
    )


def check_alone(parameters: Any, spec: ForecastSpec, series: list[np.ndarray]) -> None:
    """Raise if pretrained="only" cannot forecast the series."""
    missing, remedy = why_not_alone(spec, parameters.regressor, has_effects(spec, series))
    if parameters.pretrained == "only" and missing:
        raise ValueError(
            f"pretrained='only' cannot forecast X: {missing}. Use {remedy}pretrained='auto', "
            "which trains networks on X."
        )
