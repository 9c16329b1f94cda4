"""What a forecaster warns of: series that say too little, and things that were hardly meant."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._containers.series import Table
from skgru._forecaster.scaling import changes_by_shares
from skgru._forecaster.spec import ForecastSpec
from skgru._warnings import warn_user


def check_numbers(series: list[np.ndarray], panel: Panel | None, spec: ForecastSpec) -> None:
    """Each series has something to be forecast from."""
    for i, values in enumerate(series):
        if not np.isnan(values[:, spec.targets]).all(axis=0).any():
            continue
        if panel is None:
            raise ValueError(
                "X has no number in a column that is forecast, only NaN, so that there is nothing "
                "to go by. Give another series, or name other columns in target."
            )
        raise ValueError(
            f"Series {panel.ids[i]!r} of X has no number in a column that is forecast, so that "
            "there is nothing to go by. Leave it out."
        )


def warn_of_ends(
    tables: list[Table], panel: Panel | None, spec: ForecastSpec, stacklevel: int
) -> None:
    """Of series whose last rows are not known, while the forecast starts after them."""
    ended = []
    for one, table in zip([None] if panel is None else panel.ids, tables, strict=True):
        is_known = np.isfinite(table.values[:, spec.targets]).any(axis=1)
        if n_after := int(is_known[::-1].argmax()):
            ended.append(f"{one!r} (by {n_after} rows)")
    if ended and panel is None:
        warnings.warn(
            f"X ends in {n_after} rows of NaN: the last value before stands for what is missing, "
            "and forecasts start after it. Cut those rows off to forecast from the last value.",
            UserWarning,
            stacklevel=stacklevel,
        )
    elif ended:
        warnings.warn(
            f"{len(ended)} series of X end in NaN before their last row, of which one is "
            f"{ended[0]}: their last value stands for what is missing, and forecasts start after "
            "it. Cut those rows off, in a list or a long frame, to forecast from the last value.",
            UserWarning,
            stacklevel=stacklevel,
        )


def warn_of_counters(tables: list[Table], panel: Panel, spec: ForecastSpec) -> None:
    """Of a column that numbers the rows of each series in a long frame, which is hardly meant."""
    if panel.kind != "long":
        return
    longest = max(tables, key=len)
    for column in spec.targets:
        if len(longest) > 2 and (np.diff(longest.values[:, column]) == 1).all():
            name = longest.columns[column]
            warnings.warn(
                f"Column {name!r} of X counts the rows of its series, and is forecast like the "
                "others. Drop it (rows are taken in order), make dates of it, or name what is to "
                "be forecast in target.",
                UserWarning,
                stacklevel=3,
            )


def warn_of_y(y: Any, X: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec) -> None:
    """Of a y that is not used: what is forecast are columns of X, and y is none of them."""
    if y is None or y is X or _are_targets(y, X, tables, panel, spec):
        return
    shape = getattr(y, "shape", None)
    what = f"length {len(y)}" if shape is None and hasattr(y, "__len__") else f"shape {shape}"
    forecast = [tables[0].columns[i] for i in spec.targets]
    warn_user(
        f"y is ignored: it has {what}, but what is forecast are columns {forecast} of X. Leave y "
        "out, or make it a column of X and name it in target. Use scaler in place of "
        "TransformedTargetRegressor, n_estimators in place of an ensemble, and in a search a "
        "scoring function (forecaster, X) that compares forecast(len(X)) with X."
    )


def _are_targets(
    y: Any, X: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec
) -> bool:
    """Whether y holds the values of X that are forecast anyway."""
    if panel is not None and panel.kind == "list":
        return (
            isinstance(y, list | tuple)
            and len(y) == len(tables)
            and all(
                _are_equal(one, table.values[:, spec.targets])
                for one, table in zip(y, tables, strict=True)
            )
        )
    if panel is None:
        return _are_equal(y, tables[0].values[:, spec.targets])
    if panel.kind == "wide":
        return _are_equal(y, np.asarray(X))
    return _are_equal(y, np.asarray(X[[tables[0].columns[i] for i in spec.targets]]))


def _are_equal(y: Any, values: np.ndarray) -> bool:
    try:
        y, values = np.asarray(y, dtype=np.float64), np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):  # text, or lists of different lengths
        return False
    return y.size == values.size and np.array_equal(y.reshape(values.shape), values, equal_nan=True)


def warn_of_range(
    names: list[Any], seen: list[np.ndarray], limits: tuple[np.ndarray, np.ndarray], n_past: int
) -> None:
    """Warn of covariates far outside the values of fit, which are clipped. seen : the values of
    each that a forecast uses, the first `n_past` of them past covariates.
    """
    for i, (name, values, low, high) in enumerate(zip(names, seen, *limits, strict=True)):
        outside = values[(values < low) | (values > high)]
        if len(outside):
            where = "X" if i < n_past else "future"
            warn_user(
                f"Column {name!r} of {where} has the value {outside[0]:.6g}, far outside the values "
                f"of fit: forecasts use it as {low:.6g} or {high:.6g}, the nearer one. Fit on rows "
                "with such values."
            )


def warn_of_season(
    given: int | None, tables: list[Table], spec: ForecastSpec, n_wanted: int
) -> None:
    """Of a season that the index names, and "auto" can't use for want of `n_wanted` rows."""
    season_length = max(tables, key=len).rows.season_length
    if given is None and spec.season_length < season_length:
        is_known = n_wanted == season_length + 1
        what = "a season and a row" if is_known else "two seasons and the steps ahead"
        warnings.warn(
            f"The index of X names a season of {season_length} rows, which is not used: "
            f"season_length=None wants {n_wanted} rows, {what}. Give season_length={season_length} "
            "to use it all the same, 1 to do without."
            + (" pretrained='only' needs one season." if is_known else ""),
            UserWarning,
            stacklevel=3,
        )


def warn_of_short(tables: list[Table], panel: Panel, spec: ForecastSpec, stacklevel: int) -> None:
    """Of series that are forecast without the regressors."""
    short = [
        f"{one!r} ({len(table)} rows)"
        for one, table in zip(panel.ids, tables, strict=True)
        if len(table) < spec.least_history
    ]
    if short:
        warnings.warn(
            f"Too short for a forecast of the network: series {short[0]}"
            + (f" and {len(short) - 1} more" if len(short) > 1 else "")
            + f". It needs {spec.least_history} rows (level={spec.level!r}, "
            f"baseline={spec.baseline!r}, season_length={spec.season_length}). A shorter series"
            " gets the naive forecast alone, and intervals that hold less than they say.",
            UserWarning,
            stacklevel=stacklevel,
        )


def warn_if_short(n_rows: int, spec: ForecastSpec, is_half_pretrained: bool) -> None:
    """Of a single series that is."""
    n_needed = spec.least_history
    if n_rows >= n_needed:
        return
    needs = [f"a window needs {spec.window_length}"]
    if spec.baseline in ("seasonal", "profile"):
        needs.append(f"baseline={spec.baseline!r} a season of {spec.season_length}")
    what = "the naive forecast alone"
    if n_rows >= spec.window_length:
        what = "the level in place of the baseline"
    if is_half_pretrained and n_rows >= spec.season_length:
        what += " in place of the regressors, and with the pretrained networks"
    warnings.warn(
        f"X has {n_rows} rows to forecast from, but {' and '.join(needs)}: forecasts are made "
        f"with {what}. Give at least {n_needed} rows.",
        UserWarning,
        stacklevel=4,
    )


def check_alone(
    series: list[np.ndarray], panel: Panel | None, spec: ForecastSpec, stacklevel: int
) -> None:
    """Pretrained networks that forecast alone need positive values, and a season of them. Of
    several series there is a warning of those that have none; too short ones have one already.
    """
    unknown = []
    for i, values in enumerate(series):
        targets = values[:, spec.targets]
        if not changes_by_shares(targets):
            unknown.append((i, np.nanmin(targets)))
    rule = (
        "the networks know positive series only, with a zero at most here and there among hundreds"
    )
    if panel is not None and len(unknown) < len(series) > 1:
        if unknown:
            i, lowest = unknown[0]
            warnings.warn(
                f"Series {panel.ids[i]!r} of X"
                + (f" and {len(unknown) - 1} more" if len(unknown) > 1 else "")
                + f" can't be forecast by pretrained='only': there is a value of {lowest:g}, and "
                f"{rule}. They get the naive forecast; use pretrained='auto', which trains "
                "networks on X.",
                UserWarning,
                stacklevel=stacklevel,
            )
        return
    if unknown:
        raise ValueError(
            "pretrained='only' has nothing to forecast X with: there is a value of "
            f"{unknown[0][1]:g}, and {rule}. Use pretrained='auto', which trains networks on X."
        )
    n_known = int(np.isfinite(series[0][:, spec.targets]).sum())
    if n_known < spec.season_length:
        raise ValueError(
            f"pretrained='only' needs a season of rows, {spec.season_length}, but X has {n_known} "
            "that are known. Give a longer series."
        )
