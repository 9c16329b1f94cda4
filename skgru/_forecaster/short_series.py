"""Messages about series that are too short: for the regressors, for a window, for far steps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._forecaster.baselines import longest_run
from skgru._forecaster.dataset import Pairs
from skgru._forecaster.regressors import EnsembleMember
from skgru._forecaster.spec import ForecastSpec
from skgru._forecaster.theta import ROWS_AT_START
from skgru._networks.regressor import GRURegressor
from skgru._warnings import warn_user

# Rows to forecast from without training.
LEAST_ROWS = 3


def warn_of_short(
    n_rows: list[int], panel: Panel, spec: ForecastSpec, but: Collection[Any] = ()
) -> None:
    """Warn of several series that are too short for the regressors. n_rows : of each; but : series
    that are left out.
    """
    short = [
        f"{one!r} ({n} row{'s' * (n > 1)})"
        for one, n in zip(panel.ids, n_rows, strict=True)
        if n < spec.least_history and one not in but
    ]
    if short:
        warn_user(
            f"Too short for the regressors: series {short[0]}"
            + (f" and {len(short) - 1} more" if len(short) > 1 else "")
            + f". They need {spec.least_history} rows (level={spec.level!r}, "
            f"baseline={spec.baseline!r}, season_length={spec.season_length}). In a shorter "
            "series, the naive forecast replaces the regressors, and the coverage of intervals is "
            "lower."
        )


def used_by_short(n_rows: int, spec: ForecastSpec) -> str:
    """What forecasts of a series use that is too short for the regressors, for messages."""
    if spec.is_global or n_rows < spec.window_length:
        return "the naive forecast instead of the regressors"
    return "the level instead of the baseline"


def warn_if_short(n_rows: int, spec: ForecastSpec, is_half_pretrained: bool) -> None:
    """Warn of a single series that is too short for the regressors."""
    n_needed = spec.least_history
    if n_rows >= n_needed:
        return
    needs = [f"a window needs {spec.window_length}"]
    if spec.baseline in ("seasonal", "profile"):
        needs.append(f"baseline={spec.baseline!r} needs a season of {spec.season_length}")
    what = used_by_short(n_rows, spec)
    if is_half_pretrained:
        what += ", and the pretrained network"
    warn_user(
        f"X has {n_rows} rows to forecast from, but {' and '.join(needs)}. The forecasts use "
        f"{what}. Give at least {n_needed} rows."
    )


def too_short(spec: ForecastSpec, series: Sequence[np.ndarray], is_guarded: bool) -> str:
    """The message for series without any window to train on, with its remedies. is_guarded :
    whether the default forecaster does without regressors.
    """
    longest = max(map(len, series))
    run = max(longest_run(np.isfinite(values).all(axis=1)) for values in series)
    found, first = f"X has {longest} (n_samples={longest})", "Use "
    if run < longest:
        found = f"the longest such run in X has {run} (n_samples={longest})"
        first = "Fill the gaps, for example by X.ffill(), drop columns without numbers, or use "
    remedies = ["a shorter window, "] if spec.window_length > 1 else []
    remedies += ["a smaller horizon, "] if spec.horizon > 1 else []
    enough = ""
    is_alone = is_guarded and not spec.past and not spec.known
    if is_alone and spec.n_rows_needed > ROWS_AT_START:
        enough = f" {ROWS_AT_START} rows are enough for a forecast without regressors."
    return (
        f"window_length={spec.window_length} and season_length={spec.season_length} with "
        f"{spec.strategy} forecasts of horizon={spec.horizon} need at least {spec.n_rows_needed} "
        f"rows in a row without NaN, but {found}. {first}{''.join(remedies)}"
        f"{'or ' if remedies else ''}a longer series without gaps.{enough}"
    )


def can_do_without(spec: ForecastSpec, series: Sequence[np.ndarray]) -> bool:
    """Whether series that are too short for regressors can be forecast without them: they have no
    covariates, and three values.
    """
    n_known = max(int(np.isfinite(values[:, spec.targets]).all(axis=1).sum()) for values in series)
    return not spec.past and not spec.known and n_known >= ROWS_AT_START


def warn_of_no_regressors(
    spec: ForecastSpec, series: Sequence[np.ndarray], is_pretrained: bool
) -> None:
    """Warn of a default forecaster without regressors, as X is too short to train them."""
    n_rows, least = max(map(len, series)), spec.least_history
    rest = "the pretrained network" if is_pretrained else "the baseline"
    if n_rows >= 2 * spec.season_length:
        rest += " and Theta"
    reason, remedy = "", "a longer series or a smaller horizon"
    if least == spec.season_length > 1:
        reason = f" and season_length={least}"
    elif least > 1:
        reason = f" and window_length={least}"
        remedy = "a longer series, a smaller horizon or a shorter window"
    warn_user(
        f"X has {n_rows} rows, but regressors of horizon={spec.horizon}{reason} need "
        f"{spec.n_rows_needed} rows in a row without NaN. The forecast is that of {rest}. Give "
        f"{remedy} to train regressors."
    )


def check_complete(
    members: Sequence[EnsembleMember],
    spec: ForecastSpec,
    is_complete: np.ndarray,
    series: Sequence[np.ndarray],
) -> None:
    """Raise if a regressor needs targets at all steps, and no window has them."""
    if is_complete.any() or all(type(each.regressor) is GRURegressor for each in members):
        return
    n_rows = spec.least_history + spec.steps_of_call
    longest = max(map(len, series))
    fill = "Fill the gaps, for example by X.ffill(), or use " if longest >= n_rows else "Use "
    raise ValueError(
        f"horizon={spec.horizon} with {spec.strategy} forecasts and season_length="
        f"{spec.season_length} needs {n_rows} rows in a row without NaN, but no series of X has "
        f"them (the longest series has {longest} rows). {fill}a smaller horizon, or a "
        "GRURegressor, which ignores unknown steps in training."
    )


def steps_taught(pairs: Pairs, origins: np.ndarray) -> int:
    """Number of steps ahead up to which some series has targets."""
    taught = [np.isfinite(pairs.at(piece)[1]).any(axis=0) for piece in pairs.pieces(origins)]
    steps = np.any(taught, axis=0).reshape(pairs.spec.steps_of_call, -1).all(axis=1)
    return len(steps) if steps.all() else int(steps.argmin())


def too_far(spec: ForecastSpec, n_taught: int, n_rows: int) -> str:
    """The message for far steps without targets, with its remedies."""
    return (
        f"horizon={spec.horizon} is too far for X: after {spec.least_history} rows of history, "
        f"no series has targets beyond step {n_taught} (the longest has n_samples={n_rows}). "
        f"Use horizon={max(1, n_taught)} or less, longer series, or strategy='recursive'."
    )
