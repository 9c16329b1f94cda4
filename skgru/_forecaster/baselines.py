"""Baselines, the naive forecasts whose errors the regressors learn, and levels of windows."""

from __future__ import annotations

import numpy as np

from skgru._forecaster.seasonal_profiles import seasonal_course
from skgru._forecaster.spec import PROFILE_SEASONS, ForecastSpec
from skgru._validation import are_rounding_errors


def seasonal_naive(history: np.ndarray, horizon: int, season_length: int) -> np.ndarray:
    """The value one season ago: (n, n_rows, n_targets) -> (n, horizon, n_targets)."""
    last_season = history[:, -season_length:]
    return last_season[:, np.arange(horizon) % season_length]


def seasonal_profile(history: np.ndarray, horizon: int, season_length: int) -> np.ndarray:
    """The mean course of the last seasons, moved to the level of the last half season.

    (n, n_rows, n_targets) -> (n, horizon, n_targets). Incomplete seasons are ignored. NaN if the
    last season is incomplete.
    """
    n, n_rows, n_targets = history.shape
    rows = min(PROFILE_SEASONS, n_rows // season_length) * season_length
    z = history[:, n_rows - rows :].swapaxes(1, 2).reshape(n * n_targets, rows)
    course, _ = seasonal_course(z, season_length)
    half = max(1, season_length // 2)
    level = (z[:, -season_length:] - course)[:, -half:].mean(axis=1, keepdims=True)
    level[np.isnan(z[:, -season_length:]).any(axis=1)] = np.nan
    forecast = level + course[:, np.arange(horizon) % season_length]
    return forecast.reshape(n, n_targets, horizon).swapaxes(1, 2)


def level_of(windows: np.ndarray, kind: str | None, season_length: int) -> np.ndarray:
    """The level of each window: (n, window_length, n_targets) -> (n, 1, n_targets)."""
    if kind == "last":
        return windows[:, -1:]
    if kind is None:
        return np.zeros_like(windows[:, :1])
    is_season = kind == "mean" and 1 < season_length <= windows.shape[1]
    n_rows = season_length if is_season else windows.shape[1]
    return windows[:, -n_rows:].mean(axis=1, keepdims=True)


def baseline_of(history: np.ndarray, level: np.ndarray, spec: ForecastSpec) -> np.ndarray:
    """The baseline of a specification: the naive forecast, whose errors the regressor learns.

    (n, n_rows, n_targets) -> (n, steps_of_call, n_targets), NaN where the history is too short.
    """
    steps, last = spec.steps_of_call, history[:, -1:]
    if spec.baseline == "seasonal":
        return seasonal_naive(history, steps, spec.season_length)
    if spec.baseline == "profile":
        return seasonal_profile(history, steps, spec.season_length)
    return np.repeat(last if spec.baseline == "last" else level, steps, axis=1)


def naive_scale(values: np.ndarray, season_length: int) -> np.ndarray:
    """Mean absolute error of the seasonal-naive forecast within a series: (n_rows, n_columns) ->
    (n_columns,). NaN if the error is unknown or 0.
    """
    changes = np.abs(values[season_length:] - values[:-season_length])
    is_known = np.isfinite(changes)
    totals = np.where(is_known, changes, 0).sum(axis=0)
    has_error = ~are_rounding_errors(changes, values)
    return np.where(has_error, totals, np.nan) / np.maximum(is_known.sum(axis=0), 1)


def longest_run(is_complete: np.ndarray) -> int:
    """Length of the longest run of True values."""
    ends = np.flatnonzero(~np.concatenate([[False], is_complete, [False]]))
    return int(np.diff(ends).max() - 1)
