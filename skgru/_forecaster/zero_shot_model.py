"""The forecast model of pretrained="only": a pretrained network, and only scalers to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._forecaster import zero_shot
from skgru._forecaster.dataset import Part
from skgru._forecaster.gaps_and_outliers import fill_by_season
from skgru._forecaster.model import ForecastModel
from skgru._forecaster.scaling import scaled
from skgru._forecaster.spec import ForecastSpec


class ZeroShotNetwork:
    """The pretrained network of pretrained="only", for any season length and horizon.

    Attributes
    ----------
    quantiles : tuple of float
        Levels of the quantiles that the network forecasts. Others are interpolated.
    """

    quantiles = tuple(float(level) for level in zero_shot.QUANTILES)

    def forecast(self, series: Sequence[np.ndarray], season_length: int, steps: int) -> np.ndarray:
        """Quantiles (n_series, steps, n_quantiles) of the rows after each series (n_rows,)."""
        return zero_shot.forecast_quantiles(series, season_length, steps)

    def __repr__(self) -> str:
        return "ZeroShotNetwork()"


def why_not_alone(spec: ForecastSpec, regressor: Any) -> tuple[str, str]:
    """Why pretrained="only" cannot forecast, and the remedy. Both are empty if it can."""
    if regressor is not None:
        return f"regressor={regressor!r} would not be used", "regressor=None, or "
    if spec.past or spec.known:
        return (
            "X has covariates, but the pretrained network reads only the series that it forecasts",
            "group='columns' if each column is a series, the target column alone, or ",
        )
    return "", ""


@dataclass(frozen=True)
class ValuesPart(Part):
    """A series on the scale of its scaler, and in its own units (n_rows, n_targets)."""

    values: Any = None
    scaler: Any = None


class ZeroShotModel(ForecastModel):
    """A forecaster of arrays by the pretrained network alone."""

    is_zero_shot = True

    def part(
        self, values: np.ndarray, scaler: Any, known: np.ndarray | None = None, z: Any = None
    ) -> Part:
        own = super().part(values, scaler, known, z)
        targets = values[:, self.spec.targets]
        return ValuesPart(own.z, own.past, own.known, own.log_factor, own.filled, targets, scaler)

    @property
    def regressors(self) -> list[Any]:
        return [ZeroShotNetwork()]

    @property
    def shares(self) -> dict[str, float]:
        shares = {"pretrained": 1 - self.theta_weight, "theta": self.theta_weight}
        return {name: share for name, share in shares.items() if share}

    @property
    def history_length(self) -> int:
        rows = zero_shot.rows_used(self.spec.season_length, self._second)
        return max(rows, super().history_length)

    @property
    def _second(self) -> int | None:
        """Another season that was given or follows from the dates: the longest."""
        others = [length for length in self.spec.seasons if length != self.spec.season_length]
        return max(others, default=None) or zero_shot.second_season(self.spec.season_length)

    def _forecast_rows(self, part: Any, origins: np.ndarray, steps: int) -> np.ndarray:
        first = [max(0, t + 1 - self.n_rows_kept) for t in origins]
        histories = [part.values[a : t + 1] for a, t in zip(first, origins, strict=True)]
        return self._forecasts(histories, [part.scaler] * len(origins), steps, None)

    def _forecast_after(
        self, parts: Sequence[Any], steps: int, quantile: float | None
    ) -> np.ndarray:
        values = [part.values[-self.n_rows_kept :] for part in parts]
        return self._forecasts(values, [part.scaler for part in parts], steps, quantile)

    def _forecasts(
        self, histories: list[np.ndarray], scalers: list[Any], steps: int, quantile: float | None
    ) -> np.ndarray:
        """Scaled forecasts (n_histories, steps, n_targets) after each history."""
        m, n_targets = self.spec.season_length, len(self.spec.targets)
        filled = [fill_by_season(values, m) for values in histories]
        columns = [column[np.isfinite(column)] for values in filled for column in values.T]
        levels = None if quantile is None else [quantile]
        has_begun = np.array([len(column) > 0 for column in columns])
        begun = [column for column in columns if len(column)]
        n_quantiles = 1 if levels else len(zero_shot.QUANTILES)
        answer = np.full((len(columns), steps, n_quantiles), np.nan)
        if begun:
            answer[has_begun] = zero_shot.forecast_quantiles(
                begun, m, steps, levels, second=self._second
            )
        if quantile is not None:
            chosen = answer[..., 0]
        elif self.spec.point == "mean":
            chosen = zero_shot.mean_of(answer)
        else:
            chosen = answer[..., answer.shape[-1] // 2]
        chosen = chosen.reshape(len(histories), n_targets, steps).transpose(0, 2, 1)
        return np.stack([scaled(*one) for one in zip(scalers, chosen, strict=True)])
