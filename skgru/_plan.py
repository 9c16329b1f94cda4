"""What is forecast from what, and the naive forecasts whose errors are learned. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Seasons that a profile is the mean of.
PROFILE_SEASONS = 3


@dataclass(frozen=True)
class Plan:
    """What is forecast from what, every "auto" decided.

    windows : lengths of the windows that regressors see, each the end of the longest; targets,
    past, known : positions of the columns that are forecast, seen only in the past, and known in
    advance; pools : several series train the same regressors, each on a scale of its own. Windows
    that begin before a series does are then filled with its first row, and late ones teach the
    steps that are known.
    """

    windows: tuple[int, ...]
    horizon: int
    season_length: int
    level: str | None
    baseline: str | None
    strategy: str
    targets: tuple[int, ...]
    past: tuple[int, ...]
    known: tuple[int, ...]
    pools: bool = False

    @property
    def window_length(self) -> int:
        """Steps of the longest windows."""
        return max(self.windows)

    @property
    def steps_of_call(self) -> int:
        """Steps that one call of the regressor gives."""
        return self.horizon if self.strategy == "direct" else 1

    @property
    def history_length(self) -> int:
        """Rows that a forecast looks back on."""
        seasons = {"seasonal": 1, "profile": PROFILE_SEASONS}.get(self.baseline or "", 0)
        return max(self.window_length, seasons * self.season_length)

    @property
    def least_history(self) -> int:
        """Rows up to an origin without which there is the naive forecast alone. Windows with
        covariates have no rows that could be filled.
        """
        season = self.season_length if self.baseline in ("seasonal", "profile") else 1
        if self.pools and not self.past and not self.known:
            return max(season, self.season_length if self.level == "mean" else 1)
        return max(self.window_length, season)

    @property
    def n_rows_needed(self) -> int:
        """Rows of the shortest series that has something to learn."""
        needs_one = self.pools and not self.known
        return self.least_history + (1 if needs_one else self.steps_of_call)

    @property
    def offsets(self) -> list[int]:
        """How far windows of known columns are moved into the future, so that together they cover
        the past window and all steps of a call.
        """
        shortest = min(self.windows)
        ends = range(shortest, self.steps_of_call, shortest)
        return [0, *ends, self.steps_of_call]


def seasonal_naive(history: np.ndarray, horizon: int, season_length: int) -> np.ndarray:
    """The same season's last value: (n, n_rows, n_targets) -> (n, horizon, n_targets)."""
    last_season = history[:, -season_length:]
    return last_season[:, np.arange(horizon) % season_length]


def seasonal_profile(history: np.ndarray, horizon: int, season_length: int) -> np.ndarray:
    """The mean course of the last seasons, at the level of the last half season without it.

    (n, n_rows, n_targets) -> (n, horizon, n_targets). Seasons that the history does not hold whole
    are left out; NaN where the last one is not whole.
    """
    n, n_rows, n_targets = history.shape
    n_seasons = min(PROFILE_SEASONS, n_rows // season_length)
    seasons = history[:, n_rows - n_seasons * season_length :]
    seasons = seasons.reshape(n, n_seasons, season_length, n_targets)
    around = seasons - seasons.mean(axis=2, keepdims=True)  # NaN where a season is not whole
    is_whole = ~np.isnan(around).any(axis=2, keepdims=True)
    n_whole = is_whole.sum(axis=1)
    course = np.where(is_whole, around, 0).sum(axis=1) / np.maximum(n_whole, 1)
    half = max(1, season_length // 2)
    level = (seasons[:, -1] - course)[:, -half:].mean(axis=1, keepdims=True)
    level[~is_whole[:, -1]] = np.nan
    return level + course[:, np.arange(horizon) % season_length]


def level_of(windows: np.ndarray, kind: str | None, season_length: int) -> np.ndarray:
    """(n, window_length, n_targets) -> (n, 1, n_targets)."""
    if kind == "last":
        return windows[:, -1:]
    if kind is None:
        return np.zeros_like(windows[:, :1])
    n_rows = season_length if 1 < season_length <= windows.shape[1] else windows.shape[1]
    return windows[:, -n_rows:].mean(axis=1, keepdims=True)


def baseline_of(history: np.ndarray, level: np.ndarray, plan: Plan) -> np.ndarray:
    """The naive forecast that the regressor learns the difference from.

    (n, n_rows, n_targets) -> (n, steps_of_call, n_targets), NaN where the history is too short.
    """
    steps, last = plan.steps_of_call, history[:, -1:]
    if plan.baseline == "seasonal":
        return seasonal_naive(history, steps, plan.season_length)
    if plan.baseline == "profile":
        return seasonal_profile(history, steps, plan.season_length)
    return np.repeat(last if plan.baseline == "last" else level, steps, axis=1)
