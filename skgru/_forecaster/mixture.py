"""The mixture that a forecast is: regressors on their baseline, Theta and the pretrained network.

All forecasts are on the scale of the scaler.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from skgru._forecaster import theta
from skgru._forecaster.dataset import HISTORY_VALUES_AT_ONCE, Joined, Pairs, Part, ends_of
from skgru._forecaster.gaps_and_outliers import without_outliers
from skgru._forecaster.quantile_spread import COMPARED, spread_between, spread_of, spreads_by_errors
from skgru._forecaster.scaling import restored
from skgru._forecaster.spec import ForecastSpec, mean_known
from skgru._forecaster.theta import theta_forecast
from skgru._forecaster.zero_shot_member import ZeroShotMember

# Gives quantiles of the pretrained network from some origins, None for its forecast.
QuantilesAt = Callable[[list[float | None]], np.ndarray]

# Weights up to this are rounding errors of their sum.
ROUNDING = 1e-9


# Forecast origins on which members are compared, and most of one of several series.
ORIGINS_COMPARED, ORIGINS_OF_SERIES = 256, 8

# Error of Theta and of the pretrained network, as a share of the baseline's, at which their weights
# stay as they are, and the least and the largest factor of a weight.
USUAL_RATIO = 0.85
FACTORS = 0.25, 1.5

# Power of the ratio of both errors that multiplies the odds of the other forecasts, and the number
# of forecast origins from which it is that large. At few origins that it was trained on, a network
# with covariates has small errors that prove nothing.
WEIGHT_BY_ERRORS = 4
FULL_WEIGHT_FROM = 32

# Rows and share of the rows of a series that an origin needs before it, so that its errors are
# like those of forecasts after the series.
ROWS_COMPARED, SHARE_COMPARED = 6, 0.5


def weighted_mean(*members: tuple[Any, np.ndarray]) -> np.ndarray:
    """Weighted mean of forecasts (n, steps, n_targets). A weight is a number, or one for each step,
    (steps, 1). Where the first forecast is NaN, the mean is NaN; where another one is NaN, it has
    no weight. The first one alone where no weight is left.
    """
    (weight, first), *others = members
    total, weights = weight * first, np.full(first.shape, weight)
    for weight, forecast in others:
        is_known = np.isfinite(forecast)
        total = total + np.where(is_known, weight * forecast, 0)
        weights += weight * is_known
    return np.where(weights > 0, total / np.where(weights > 0, weights, 1), first)


def last_origins(joined: Joined, origins: np.ndarray, steps: int) -> np.ndarray:
    """Up to `ORIGINS_COMPARED` origins at the ends of series, `steps` rows apart, in increasing
    order. The targets after each of them are known.
    """
    number, picked = joined.series_of(origins), []
    each = int(np.clip(ORIGINS_COMPARED // len(joined.first), 1, ORIGINS_OF_SERIES))
    chosen = np.unique(number)
    for i in chosen[:: max(1, len(chosen) * each // ORIGINS_COMPARED)]:
        own = origins[number == i]
        own = own[own <= joined.last[i] - steps]
        picked.append(own[::-1][::steps][:each])
    return np.sort(np.concatenate(picked)) if picked else origins[:0]


def weight_by_errors(
    weight: float, own: float, other: float, power: float = WEIGHT_BY_ERRORS
) -> float:
    """The weight of another forecast, less if its error is larger than the own one."""
    if not 0 < own < other:
        return weight
    odds = weight / (1 - weight) * (own / other) ** power
    return float(odds / (1 + odds))


class Mixture:
    """Weights of the members of a forecast, and the members that are not trained."""

    # Whether the regressors err so little that the others lost weight. Older files have none.
    is_weighed_by_errors = False

    def __init__(
        self,
        spec: ForecastSpec,
        theta_weight: float,
        pretrained_weight: float,
        takes_pretrained: bool,
    ):
        self.spec = spec
        self.theta_weight = theta_weight
        self.pretrained_weight = pretrained_weight
        self.takes_pretrained = takes_pretrained
        # Whether any series is long enough for the Theta forecast.
        self.has_theta = True
        # Factors of the distances of the bounds in COMPARED, None: those of `spread_of`.
        self.spreads: tuple[float, ...] | None = None

    def learn_length(self, longest: Part) -> None:
        """Keep whether the series of fit are long enough for Theta. longest : of them."""
        if self.theta_weight:
            history = ends_of(longest.history, [len(longest) - 1], self.rows_of_theta)
            self.has_theta = bool(theta.is_long_enough(history, self.spec.season_length).any())

    @property
    def own_weight(self) -> float:
        """Weight of the regressors, or of the baseline without them."""
        rest = 1 - self.theta_weight - self.pretrained_weight
        return rest if rest > ROUNDING else 0.0

    @property
    def is_zero_shot(self) -> bool:
        """Whether the pretrained network forecasts without regressors and baseline."""
        return self.takes_pretrained and self.own_weight == 0

    @property
    def zero_shot(self) -> ZeroShotMember:
        return ZeroShotMember(self.spec)

    @property
    def rows_of_theta(self) -> int:
        return theta.rows_of_theta(self.spec.season_length, self.spec.level == "window")

    def leave_out_own(self) -> None:
        """Give the weight of the regressors to Theta and the pretrained network."""
        total = self.theta_weight + self.pretrained_weight
        if self.takes_pretrained and total:
            self.theta_weight /= total
            self.pretrained_weight = 1 - self.theta_weight

    def adapt(
        self, pairs: Pairs, origins: np.ndarray, scalers: list[Any], seasonal_errors: np.ndarray
    ) -> None:
        """Change the weights of Theta and the pretrained network by their errors at the ends of
        several series, beside those of the baseline. None of the three was trained on them.
        """
        picked = last_origins(pairs.joined, origins, self.spec.steps_of_call)
        if not len(picked):
            return
        actual, steps = pairs.following(picked), self.spec.steps_of_call
        scale = seasonal_errors[pairs.joined.series_of(picked)][:, np.newaxis, np.newaxis]
        baseline = pairs.at(picked)[1].reshape(len(picked), steps, -1)
        usual = mean_known(np.abs(baseline) / scale)
        weights = [self.own_weight]
        names = [name for name in ("theta_weight", "pretrained_weight") if getattr(self, name)]
        of_theta, of_network = self._members_at(pairs.joined, picked, scalers)
        is_long = self._has_long_history(pairs.joined, picked)[:, np.newaxis, np.newaxis]
        pretrained = self._learn_spreads(np.where(is_long, actual, np.nan), of_network)
        for weight, forecast in self._weighed(of_theta, lambda: pretrained):
            size = mean_known(np.abs(actual - forecast) / scale)
            ratio = size / usual if usual > 0 else 1.0
            factor = (USUAL_RATIO / max(ratio, np.finfo(float).tiny)) ** WEIGHT_BY_ERRORS
            weights.append(weight * np.clip(factor, *FACTORS) if np.isfinite(ratio) else weight)
        for name, weight in zip(names, weights[1:], strict=True):
            setattr(self, name, float(weight / sum(weights)))

    def learn_spreads(self, pairs: Pairs, origins: np.ndarray, scalers: list[Any]) -> None:
        """Learn how far the bounds lie from the forecasts, from errors at the ends of several
        series.
        """
        picked = last_origins(pairs.joined, origins, self.spec.steps_of_call)
        picked = picked[:: 1 + len(picked) // (ORIGINS_COMPARED // 2)]
        picked = picked[self._has_long_history(pairs.joined, picked)]
        if len(picked):
            _, of_network = self._members_at(pairs.joined, picked, scalers)
            self._learn_spreads(pairs.following(picked), of_network)

    def _has_long_history(self, joined: Joined, origins: np.ndarray) -> np.ndarray:
        """Origins before which there are about as many rows as in the whole series."""
        number = joined.series_of(origins)
        n_rows = origins - joined.first[number] + 1
        of_series = joined.last[number] - joined.first[number] + 1
        least = max(ROWS_COMPARED, 2 * self.spec.season_length)
        return (n_rows >= least) & (n_rows >= SHARE_COMPARED * of_series)

    def _learn_spreads(self, actual: np.ndarray, of_network: QuantilesAt) -> np.ndarray:
        """Learn them from values (n_origins, steps, n_targets), and return the forecasts."""
        forecast, *bounds = of_network([None, *sum(COMPARED.values(), ())])
        is_mean = self.spec.point == "mean"
        self.spreads = spreads_by_errors(actual, forecast, bounds, is_mean)
        return forecast

    def spread(self, quantile: float) -> float:
        """Factor of the distance of a quantile of the pretrained network from its forecast."""
        if self.spreads is None:
            return spread_of(quantile)
        return spread_between(quantile, self.spreads)

    def weigh_by_errors(
        self, own: np.ndarray, others: np.ndarray, has_learned: bool = False
    ) -> None:
        """Lower the weights of Theta and the pretrained network, from residuals of the regressors
        and of the mean of both, (n_origins, steps, n_targets). has_learned : whether the regressors
        have learned the series, so that few origins are enough.
        """
        both = np.isfinite(others) & np.isfinite(own)
        if not both.any():
            return
        size, other = (float(np.abs(each[both]).mean()) for each in (own, others))
        total = 1 - self.own_weight
        share = 1.0 if has_learned else min(1.0, len(own) / FULL_WEIGHT_FROM)
        power = WEIGHT_BY_ERRORS * share
        factor = weight_by_errors(total, size, other, power) / total
        self.is_weighed_by_errors = factor < 1
        self.theta_weight *= factor
        self.pretrained_weight *= factor

    def _weighed(self, of_theta: Any, pretrained: Any) -> list[tuple[float, np.ndarray]]:
        """Weights and forecasts of Theta and the pretrained network, as far as they take part. Both
        are given as functions.
        """
        forecasts = [(self.theta_weight, of_theta())] if self.theta_weight else []
        if self.pretrained_weight or self.is_zero_shot:
            forecasts.append((self.pretrained_weight, pretrained()))
        return forecasts

    def others_at(
        self, joined: Joined, origins: np.ndarray, scalers: list[Any]
    ) -> list[tuple[float, np.ndarray]]:
        """Forecasts of Theta and the pretrained network from a few origins in increasing order,
        (n_origins, steps_of_call, n_targets).
        """
        of_theta, of_network = self._members_at(joined, origins, scalers)
        return self._weighed(of_theta, lambda: of_network([None])[0])

    def _members_at(
        self, joined: Joined, origins: np.ndarray, scalers: list[Any]
    ) -> tuple[Callable[[], np.ndarray], QuantilesAt]:
        """Functions that give the forecast of Theta and quantiles of the pretrained network, None
        for its forecast, from a few origins in increasing order.
        """
        number, steps = joined.series_of(origins), self.spec.steps_of_call
        histories, values, own = [], [], []
        n_rows = self.zero_shot.n_rows
        for i in np.unique(number):
            start = joined.first[i]
            history = joined.history[start : start + joined.n_rows[i]]
            rows = origins[number == i] - start
            histories.append(ends_of(history, rows, self.rows_of_theta))
            if self.takes_pretrained:
                in_units = restored(scalers[i], history)
                values += [in_units[max(0, t + 1 - n_rows) : t + 1] for t in rows]
                own += [scalers[i]] * len(rows)
        return (
            lambda: self._theta(np.concatenate(histories), steps),
            lambda quantiles: self.zero_shot.quantiles_of(values, own, steps, quantiles),
        )

    def theta_from(self, history: np.ndarray, origins: np.ndarray, steps: int) -> np.ndarray:
        """Theta forecasts from rows of one series, gathered a piece at a time."""
        at_once = max(1, HISTORY_VALUES_AT_ONCE // (self.rows_of_theta * history.shape[1]))
        pieces = [origins[i : i + at_once] for i in range(0, len(origins), at_once)]
        return np.concatenate(
            [self._theta(ends_of(history, rows, self.rows_of_theta), steps) for rows in pieces]
        )

    def _theta(self, histories: np.ndarray, steps: int) -> np.ndarray:
        season_length = self.spec.season_length
        return theta_forecast(without_outliers(histories, season_length), steps, season_length)

    def theta_after(self, parts: Sequence[Part], steps: int) -> np.ndarray:
        """Theta forecasts after each series, some series at a time."""
        n_rows = self.rows_of_theta
        at_once = max(1, HISTORY_VALUES_AT_ONCE // (n_rows * len(self.spec.targets)))
        forecasts = []
        for i in range(0, len(parts), at_once):
            ends = [
                ends_of(part.history, [len(part) - 1], n_rows) for part in parts[i : i + at_once]
            ]
            forecasts.append(self._theta(np.concatenate(ends), steps))
        return np.concatenate(forecasts)

    def from_rows(
        self, own: np.ndarray | None, part: Part, origins: np.ndarray, steps: int
    ) -> np.ndarray:
        """Forecasts (n_origins, steps, n_targets) from rows of one series. own : of the regressors,
        None if they have no weight.
        """
        others = self._weighed(
            lambda: self.theta_from(part.history, origins, steps),
            lambda: self.zero_shot.from_rows(part, origins, steps),
        )
        return self._mean(own, others)

    def after(self, own: np.ndarray | None, parts: Sequence[Part], steps: int) -> np.ndarray:
        """Forecasts (n_series, steps, n_targets) after each series. own : as in `from_rows`."""
        others = self._weighed(
            lambda: self.theta_after(parts, steps), lambda: self.zero_shot.after(parts, steps)
        )
        return self._mean(own, others)

    def others_mean(self, joined: Joined, origins: np.ndarray, scalers: list[Any]) -> np.ndarray:
        """Weighted mean of `others_at`."""
        return weighted_mean(*self.others_at(joined, origins, scalers)[::-1])

    def _mean(self, own: np.ndarray | None, others: list[tuple[float, np.ndarray]]) -> np.ndarray:
        if own is None:
            return weighted_mean(*others[::-1])
        return weighted_mean((self._own_weights(own.shape[1]), own), *others) if others else own

    def _own_weights(self, steps: int) -> np.ndarray:
        """Weights of the regressors for each step, (steps, 1). Beyond the horizon they fall: the
        regressors go on from their own forecasts, and the other members from the series. They do
        not fall where the others know less: with covariates, and where they err more.
        """
        shares = np.ones(steps)
        if not (self.spec.past or self.spec.known or self.is_weighed_by_errors):
            shares = np.minimum(1, self.spec.horizon / np.arange(1, steps + 1))
        return (self.own_weight * shares)[:, np.newaxis]

    def shares(self, has_regressors: bool) -> dict[str, float]:
        """Weights of the members in the forecast, without those that are 0."""
        own = "regressors" if has_regressors else "baseline"
        weights = {own: self.own_weight, "pretrained": self.pretrained_weight}
        if self.has_theta:
            weights["theta"] = self.theta_weight
        elif total := sum(weights.values()):
            weights = {name: weight / total for name, weight in weights.items()}
        else:
            weights = {own: 1.0}
        return {name: weight for name, weight in weights.items() if weight}
