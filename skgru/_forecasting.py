"""Forecasting on plain arrays: scale, level, baseline, windows, one or more regressors, and back.

No data frames and no parameters to check here: `_forecaster.py` does that. A history is the rows up
to an origin, which is the last row that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.multioutput import MultiOutputRegressor
from sklearn.utils import get_tags

from skgru._recurrent import fill_missing
from skgru._regressor import GRURegressor
from skgru._specs import Rows
from skgru._validation import check_representable
from skgru._windowing import sliding_view

# Seasons that a profile is the mean of.
PROFILE_SEASONS = 3
# Rows of history up to which the weights of level and baseline are a matrix worth making.
LONGEST_COMPILED_HISTORY = 2048
# Values of histories that are worked on at once.
VALUES_AT_ONCE = 1 << 22


@dataclass(frozen=True)
class Plan:
    """What is forecast from what, every "auto" decided.

    targets, past, known : positions of the columns that are forecast, seen only in the past, and
    known in advance.
    """

    window_length: int
    horizon: int
    season_length: int
    level: str | None
    baseline: str | None
    strategy: str
    targets: tuple[int, ...]
    past: tuple[int, ...]
    known: tuple[int, ...]

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
    def n_rows_needed(self) -> int:
        """Rows of the shortest series that has something to learn."""
        season = self.season_length if self.baseline in ("seasonal", "profile") else 1
        return max(self.window_length, season) + self.steps_of_call

    @property
    def offsets(self) -> list[int]:
        """How far windows of known columns are moved into the future, so that together they cover
        the past window and all steps of a call.
        """
        ends = range(self.window_length, self.steps_of_call, self.window_length)
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


def padded(values: np.ndarray, n_before: int, n_after: int = 0) -> np.ndarray:
    """NaN rows before and after (n, n_columns)."""
    n, n_columns = values.shape
    order: Any = "F" if values.flags.fnc else "C"
    rows = np.full((n_before + n + n_after, n_columns), np.nan, order=order)
    rows[n_before : n_before + n] = values  # np.pad does the same, and takes ten times as long
    return rows


def histories_until(origins: np.ndarray, z: np.ndarray, length: int) -> np.ndarray:
    """Copies of the rows up to each origin, NaN before the first: (n_origins, length, k)."""
    first = int(origins[0]) + 1 - length
    if len(origins) == 1 and first >= 0:  # one forecast: a slice, without the view of all windows
        return z[np.newaxis, first : first + length].copy()
    return sliding_view(padded(z, length - 1), length)[origins].copy()


def transformed(scaler: Any, values: np.ndarray, what: str) -> np.ndarray:
    """What a scaler makes of values, NaN only where they are."""
    with np.errstate(divide="ignore", invalid="ignore"):  # there is an error for it below
        scaled = np.asarray(scaler.transform(values))
    is_lost = np.isfinite(values) & ~np.isfinite(scaled)
    if is_lost.any():
        raise ValueError(
            f"scaler={scaler!r} makes no finite number of {values[is_lost][0]:.6g} among the "
            f"{what}. Use one that takes all values (StandardScaler(), or scaler='auto')."
        )
    return scaled


class ForecastModel:
    """A fitted forecaster of arrays (n_rows, n_columns)."""

    def __init__(self, plan: Plan, scaler: Any, covariate_scaler: Any):
        self.plan = plan
        self.scaler = scaler
        self.covariate_scaler = covariate_scaler
        self.target_means = np.zeros(len(plan.targets))
        self.regressors: list[Any] = []

    @classmethod
    def fit(
        cls,
        plan: Plan,
        series: Sequence[np.ndarray],
        scaler: Any,
        covariate_scaler: Any,
        regressors: Sequence[Any],
    ) -> ForecastModel:
        """Scalers and regressors are cloned. All series train the same regressors."""
        rows = np.concatenate(series)
        covariates = [*plan.past, *plan.known]
        model = cls(
            plan,
            None if scaler is None else clone(scaler).fit(rows[:, plan.targets]),
            clone(covariate_scaler).fit(rows[:, covariates]) if covariates else None,
        )
        scaled = [model.scale(values[:, plan.targets]) for values in series]
        every = np.concatenate(scaled)
        n_known = np.maximum(np.isfinite(every).sum(axis=0), 1)
        model.target_means = np.nansum(every, axis=0) / n_known
        pairs = [model._pairs(values, z) for values, z in zip(series, scaled, strict=True)]
        X, y = (np.concatenate(part) for part in zip(*pairs, strict=True))
        if not len(X):
            longest = max(map(len, series))
            raise ValueError(
                f"window_length={plan.window_length} and season_length={plan.season_length} with "
                f"{plan.strategy} forecasts of horizon={plan.horizon} need at least "
                f"{plan.n_rows_needed} rows in a row without NaN, but X has {longest} "
                f"(n_samples={longest}). Use a shorter window, a smaller horizon, or a longer "
                "series without gaps."
            )
        for regressor in regressors:
            model.regressors.append(fit_regressor(clone(regressor), X, y))
        return model

    def scale(self, targets: np.ndarray) -> np.ndarray:
        return targets if self.scaler is None else transformed(self.scaler, targets, "targets")

    def restore(self, scaled: np.ndarray) -> np.ndarray:
        """(..., n_targets) on the scale of the network -> original units."""
        if self.scaler is None:
            return scaled
        flat = scaled.reshape(-1, scaled.shape[-1])
        restored = np.asarray(self.scaler.inverse_transform(flat)).reshape(scaled.shape)
        if np.isinf(restored).any():
            largest = np.nanmax(np.abs(scaled))
            raise ValueError(
                f"Forecasts grew beyond all numbers: {largest:.3g} on the regressor's scale has "
                f"no finite value in the series' units (scaler={self.scaler!r}). The regressor "
                "extrapolates an outlier: use scaler=StandardScaler(), a regularised regressor "
                "(Ridge), or a shorter horizon."
            )
        return restored

    def forecast(
        self,
        values: np.ndarray,
        origins: np.ndarray,
        known: np.ndarray,
        steps: int,
        z: np.ndarray | None = None,
    ) -> np.ndarray:
        """What follows each origin, in original units: (n_origins, steps, n_targets).

        values : (n_rows, n_columns); known : (n_more, n_known), what is known after its last row.
        Where that is not enough for an origin, its forecast is NaN. z : the scaled targets of
        values, where they have been made before.
        """
        return self.restore(self.forecast_scaled(values, origins, known, steps, z=z))

    def forecast_scaled(
        self,
        values: np.ndarray,
        origins: np.ndarray,
        known: np.ndarray,
        steps: int,
        quantile: float | None = None,
        z: np.ndarray | None = None,
    ) -> np.ndarray:
        """`forecast` on the scale of the network; or a quantile, of regressors that learned it."""
        plan = self.plan
        z = self.scale(values[:, plan.targets]) if z is None else z
        past, known_rows = self._covariates(values, known)
        step = max(1, VALUES_AT_ONCE // ((plan.history_length + steps) * values.shape[1]))
        pieces = [
            self._roll(z, past, known_rows, origins[start : start + step], steps, quantile)
            for start in range(0, len(origins), step)
        ]
        return np.concatenate(pieces)

    def _covariates(self, values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scaled: (n_rows, n_past) and (n_rows + n_more, n_known)."""
        plan, n_past = self.plan, len(self.plan.past)
        if self.covariate_scaler is None:
            return values[:, :0], np.concatenate([values[:, :0], known])
        columns = np.concatenate([values[:, [*plan.past, *plan.known]], *(
            [np.hstack([np.full((len(known), n_past), np.nan), known])] if len(known) else []
        )])  # fmt: skip
        scaled = transformed(self.covariate_scaler, columns, "covariates")
        return scaled[: len(values), :n_past], scaled[:, n_past:]

    def _pairs(self, values: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Complete windows of one series and how the rows after them differ from the baseline:
        (n, window_length, n_channels), (n, steps_of_call * n_targets).
        """
        plan = self.plan
        origins = np.arange(max(0, len(z) - plan.steps_of_call))
        past, known = self._covariates(values, np.empty((0, len(plan.known))))
        histories = sliding_view(padded(z, plan.history_length - 1), plan.history_length)
        X, _, baseline = self._inputs(histories[origins], past, known, origins, 0)
        targets = sliding_view(z[1:], plan.steps_of_call) if len(origins) else z[:0, np.newaxis]
        y = (targets - baseline).reshape(len(origins), plan.steps_of_call * len(plan.targets))
        usable = np.isfinite(X).all(axis=(1, 2)) & np.isfinite(y).all(axis=1)
        return X[usable], y[usable]

    def _inputs(
        self,
        histories: np.ndarray,
        past: np.ndarray,
        known: np.ndarray,
        origins: np.ndarray,
        ahead: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Windows of all channels `ahead` rows after the origins, levels and baselines.

        histories : (n, history_length, n_targets), of which the last row is `ahead` of the origin.
        """
        plan, length = self.plan, self.plan.window_length
        windows = histories[:, -length:]
        level = level_of(windows, plan.level, plan.season_length)
        channels = [windows - level]
        if plan.past:
            channels.append(sliding_view(padded(past, length - 1), length)[origins + ahead])
        if plan.known:
            n_after = plan.steps_of_call + ahead
            moved = sliding_view(padded(known, length - 1, n_after), length)
            channels += [moved[origins + ahead + offset] for offset in plan.offsets]
        return np.concatenate(channels, axis=2), level, baseline_of(histories, level, plan)

    def _roll(
        self,
        z: np.ndarray,
        past: np.ndarray,
        known: np.ndarray,
        origins: np.ndarray,
        steps: int,
        quantile: float | None,
    ) -> np.ndarray:
        plan, length = self.plan, self.plan.window_length
        n_targets = len(plan.targets)
        histories = histories_until(origins, z, plan.history_length)
        # A window that begins before all that is known teaches nothing: the baseline alone.
        is_short = np.isnan(histories[:, -length]).any(axis=1)
        histories[:, -length:] = fill_missing(histories[:, -length:], self.target_means)
        is_compiled = quantile is None and self._rolls_compiled(histories, steps)
        if is_compiled and not is_short.any():
            return self._roll_compiled(histories[0], known, int(origins[0]), steps)[np.newaxis]
        forecasts: list[np.ndarray] = []
        for ahead in range(0, steps, plan.steps_of_call):
            X, level, baseline = self._inputs(histories, past, known, origins, ahead)
            # A history too short for a season is forecast by its level.
            baseline = np.where(
                np.isnan(baseline), level if plan.level else histories[:, -1:], baseline
            )
            is_known = np.ones(len(X), bool)
            if plan.known:
                future = X[:, -1, -len(plan.known) :]  # the row of the last step
                is_known = ~np.isnan(future).any(axis=1)
            X = fill_missing(X, np.zeros(X.shape[2]))
            difference = self._median(X, quantile).reshape(len(X), plan.steps_of_call, n_targets)
            difference[is_short] = 0
            now = np.where(is_known[:, np.newaxis, np.newaxis], baseline + difference, np.nan)
            forecasts.append(now)
            if ahead + plan.steps_of_call < steps:
                histories = np.concatenate([histories, now], axis=1)[:, -plan.history_length :]
        return np.concatenate(forecasts, axis=1)[:, :steps]

    def _rolls_compiled(self, histories: np.ndarray, steps: int) -> bool:
        """Whether a network alone can feed its forecasts back, without leaving its program."""
        return (
            len(histories) == len(self.regressors) == 1
            and isinstance(self.regressors[0], GRURegressor)
            and steps > self.plan.steps_of_call
            and self.plan.history_length <= LONGEST_COMPILED_HISTORY
            and not np.isnan(histories).any()
        )

    def _roll_compiled(
        self, history: np.ndarray, known: np.ndarray, origin: int, steps: int
    ) -> np.ndarray:
        plan, length = self.plan, self.plan.window_length
        # Level and baseline are linear in the history: what they make of unit vectors is their
        # weights.
        units = np.eye(len(history))[:, :, np.newaxis]
        level = level_of(units[:, -length:], plan.level, plan.season_length)
        baseline = baseline_of(units, level, plan)  # (n_rows, steps_of_call, 1)
        naive = {"level": level[:, 0, 0], "baseline": baseline[:, :, 0].T}
        if plan.known:
            aheads = np.arange(0, steps, plan.steps_of_call)
            moved = sliding_view(padded(known, length - 1, plan.steps_of_call + steps), length)
            windows = [moved[origin + aheads + offset] for offset in plan.offsets]
            is_known = np.flatnonzero(np.isnan(windows[-1][:, -1]).any(axis=1))
            n_known = is_known[0] if len(is_known) else len(aheads)
            naive["known"] = fill_missing(
                np.concatenate(windows, axis=2), np.zeros(len(plan.known) * len(windows))
            )
        else:
            n_known = -(-steps // plan.steps_of_call)
        rolled = self.regressors[0]._roll_on(history, steps, **naive)
        rolled[n_known * plan.steps_of_call :] = np.nan
        return rolled

    def _median(self, X: np.ndarray, quantile: float | None) -> np.ndarray:
        every = [predict_regressor(regressor, X, quantile) for regressor in self.regressors]
        return every[0] if len(every) == 1 else np.median(every, axis=0)


def _takes_windows(regressor: Any) -> bool:
    return bool(get_tags(regressor).input_tags.three_d_array)


def fit_regressor(regressor: Any, X: np.ndarray, y: np.ndarray) -> Any:
    """Fit to windows, flattened for a regressor of tables, and one regressor for each output where
    it can have only one.
    """
    if y.shape[1] == 1:
        y = y[:, 0]
    elif not get_tags(regressor).target_tags.multi_output:
        regressor = MultiOutputRegressor(regressor)
    if _takes_windows(regressor):
        return regressor.fit(X.astype(np.float32), y)
    return regressor.fit(X.reshape(len(X), -1), y)


def predict_regressor(regressor: Any, X: np.ndarray, quantile: float | None) -> np.ndarray:
    """(n, window_length, n_channels) -> (n, n_outputs)."""
    if quantile is None and len(X) == 1 and type(regressor) is GRURegressor:
        # scikit-learn's checks of one window take half as long as the network. This one was made
        # here, in the shape that fit saw; only its values can be wrong.
        check_representable(X, "X")
        return regressor._predicted(Rows(X, np.arange(1))).reshape(1, -1)
    X = X if _takes_windows(regressor) else X.reshape(len(X), -1)
    if quantile is None:
        return np.asarray(regressor.predict(X)).reshape(len(X), -1)
    quantiles = regressor.predict_quantiles(X)  # (n, n_outputs, n_quantiles), or without n_outputs
    return quantiles[..., list(regressor.quantiles).index(quantile)].reshape(len(X), -1)
