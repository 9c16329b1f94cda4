"""Rolling a forecast on: regressors correct the baseline, and forecasts are fed back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skgru._forecaster.baselines import baseline_of, level_of
from skgru._forecaster.dataset import Joined, inputs
from skgru._forecaster.gaps_and_outliers import forward_filled, without_outliers
from skgru._forecaster.regressors import EnsembleMember, predict_regressor
from skgru._forecaster.spec import ForecastSpec
from skgru._networks import for_forecaster
from skgru._networks.regressor import GRURegressor
from skgru._networks.scaling import fill_missing
from skgru._windows import sliding_view

# Rows of history up to which level and baseline are computed as matrices, in the compiled program.
LONGEST_COMPILED_HISTORY = 2048

# Largest seasonal difference, after scaling, of a series that repeats itself: rounding errors.
REPEATS_TO = 1e-9


@dataclass(frozen=True)
class Rollout:
    """Forecasts from histories.

    members : fitted regressors, none for the baseline alone; target_means : (n_targets,), the fill
    value of a target without any value; limits : least and largest values of the channels in
    training, (n_channels,) each, to which windows are clipped, or None.
    """

    spec: ForecastSpec
    members: list[EnsembleMember]
    target_means: np.ndarray
    limits: tuple[np.ndarray, np.ndarray] | None = None

    def run(
        self,
        histories: np.ndarray,
        joined: Joined | None,
        origins: np.ndarray,
        steps: int,
        quantile: float | None,
        trace: list[tuple[np.ndarray, np.ndarray]] | None = None,
    ) -> np.ndarray:
        """Forecasts, (n_origins, steps, n_targets). histories : (n_origins, history_length,
        n_targets), changed in place; joined : the series with their covariates, if there are any;
        trace : gets level and baseline of each call, (n_origins, steps_of_call, n_targets).
        """
        spec, length = self.spec, self.spec.window_length
        n_targets = len(spec.targets)
        # A history with too few values gets the baseline alone.
        if spec.is_global:
            rows_before = histories[:, : spec.history_length - spec.least_history + 1]
            is_short = np.isnan(rows_before).all(axis=1).any(axis=1)
            histories = forward_filled(histories)
        else:
            is_short = np.isnan(histories[:, -length]).any(axis=1)
            histories[:, -length:] = fill_missing(histories[:, -length:], self.target_means)
        histories = without_outliers(histories, spec.season_length)
        is_plain = quantile is None and trace is None
        is_compiled = is_plain and self._rolls_compiled(histories, steps)
        forecasts: list[np.ndarray] = []
        for ahead in range(0, steps, spec.steps_of_call):
            windows = histories[:, -length:]
            if spec.is_global:
                windows = fill_missing(windows.copy(), self.target_means)
            X, level = inputs(spec, histories, windows, joined, origins, ahead)
            baseline = baseline_of(histories, level, spec)
            # A history shorter than a season has its level as baseline.
            baseline = np.where(
                np.isnan(baseline), level if spec.level else windows[:, -1:], baseline
            )
            if trace is not None:
                trace.append((np.broadcast_to(level, baseline.shape), baseline))
            is_known = np.ones(len(X), bool)
            if spec.known:
                future = X[:, -1, -spec.n_known :]  # the row of the last step
                is_known = ~np.isnan(future).any(axis=1)
            X = self._clipped(fill_missing(X, np.zeros(X.shape[2])))
            difference = self.correction(X, quantile).reshape(len(X), spec.steps_of_call, n_targets)
            difference[is_short] = 0
            if spec.is_global:
                difference *= self._share_of_correction(histories)[:, np.newaxis]
            now = np.where(is_known[:, np.newaxis, np.newaxis], baseline + difference, np.nan)
            forecasts.append(now)
            if is_compiled and not is_short.any():
                rolled = self._roll_compiled(histories[0], joined, int(origins[0]), steps)
                # Bitwise the steps of a shorter forecast: the programs differ in their last bits.
                forecasts.append(rolled[np.newaxis, spec.steps_of_call :])
                break
            if ahead + spec.steps_of_call < steps:
                histories = np.concatenate([histories, now], axis=1)[:, -spec.history_length :]
        return np.concatenate(forecasts, axis=1)[:, :steps]

    def _share_of_correction(self, histories: np.ndarray) -> np.ndarray:
        """Share of the correction that is added to the baseline, (n_origins, n_targets).

        0 for a target that repeats itself from season to season in its history, else 1.
        """
        spec, m = self.spec, self.spec.season_length
        # Zeros in a row do not make an intermittent series one that repeats itself.
        has_seasons = spec.baseline in (["last"] if m == 1 else ["seasonal", "profile"])
        n_origins, n_rows, n_targets = histories.shape
        if spec.past or spec.known or not has_seasons or n_rows < 2 * m:
            return np.ones((n_origins, n_targets))
        changes = np.abs(histories[:, m:] - histories[:, :-m])
        is_known = np.isfinite(changes)
        n_known = is_known.sum(axis=1)
        sizes = np.where(is_known, changes, 0)
        share = np.ones((n_origins, n_targets))
        share[sizes.max(axis=1) <= REPEATS_TO] = 0
        share[n_known < m] = 1  # less than a season of differences
        return share

    def _rolls_compiled(self, histories: np.ndarray, steps: int) -> bool:
        """Whether one network can feed its forecasts back within its compiled program."""
        return (
            len(histories) == len(self.members) == 1
            and not self.spec.lags
            and isinstance(self.members[0].regressor, GRURegressor)
            and self.members[0].window_length == self.spec.window_length
            and steps > self.spec.steps_of_call
            and self.spec.baseline != "profile"  # which is not linear in the history
            and self.spec.history_length <= LONGEST_COMPILED_HISTORY
            and not np.isnan(histories).any()
            and self._is_usual(histories)
        )

    def _clipped(self, X: np.ndarray) -> np.ndarray:
        """Windows (n, window_length, n_channels), as far as they lie within the limits."""
        return X if self.limits is None else np.clip(X, *self.limits)

    def _is_usual(self, histories: np.ndarray) -> bool:
        """Whether the last window of a history without covariates lies within the limits."""
        if self.limits is None:
            return True
        windows, n_targets = histories[:, -self.spec.window_length :], histories.shape[2]
        windows = windows - level_of(windows, self.spec.level, self.spec.season_length)
        low, high = (side[:n_targets] for side in self.limits)
        return bool(((windows >= low) & (windows <= high)).all())

    def _roll_compiled(
        self, history: np.ndarray, joined: Joined | None, origin: int, steps: int
    ) -> np.ndarray:
        spec, length = self.spec, self.spec.window_length
        # Level and baseline are linear in the history: their values for unit vectors are their
        # weights.
        units = np.eye(len(history))[:, :, np.newaxis]
        level = level_of(units[:, -length:], spec.level, spec.season_length)
        baseline = baseline_of(units, level, spec)  # (n_rows, steps_of_call, 1)
        naive = {"level": level[:, 0, 0], "baseline": baseline[:, :, 0].T}
        # The program computes in float32, which would lose the changes at a high level.
        moves = np.isclose([level.sum(), *baseline.sum(axis=(0, 2))], 1).all()
        last = history[-1].copy() if moves else np.zeros(history.shape[1])
        if spec.known and joined is not None:
            aheads = np.arange(0, steps, spec.steps_of_call)
            moved = sliding_view(joined.known, length)
            first = origin + aheads - length + 1
            windows = [moved[first + offset] for offset in spec.offsets]
            is_known = np.flatnonzero(np.isnan(windows[-1][:, -1]).any(axis=1))
            n_known = is_known[0] if len(is_known) else len(aheads)
            naive["known"] = fill_missing(
                np.concatenate(windows, axis=2), np.zeros(spec.n_known * len(windows))
            )
        else:
            n_known = -(-steps // spec.steps_of_call)
        rolled = (
            for_forecaster.roll_on(self.members[0].regressor, history - last, steps, **naive) + last
        )
        rolled[n_known * spec.steps_of_call :] = np.nan
        return rolled

    def correction(self, X: np.ndarray, quantile: float | None = None) -> np.ndarray:
        """(n, window_length, n_channels) -> (n, n_outputs); nothing to add without members."""
        if not self.members:
            return np.zeros((len(X), self.spec.steps_of_call * len(self.spec.targets)))
        every = [
            predict_regressor(member.regressor, X[:, -member.window_length :], quantile)
            for member in self.members
        ]
        return every[0] if len(every) == 1 else np.median(every, axis=0)
