"""The pretrained network as a member of a forecast model: on the scale of its scaler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._forecaster import zero_shot
from skgru._forecaster.dataset import HISTORY_VALUES_AT_ONCE, Part
from skgru._forecaster.filled_gaps import fill_from_both_sides
from skgru._forecaster.gaps_and_outliers import LEAST_SEASONS, without_outliers
from skgru._forecaster.scaling import has_noisy_zeros, scaled_or_nan
from skgru._forecaster.spec import ForecastSpec


class PretrainedNetwork:
    """The pretrained network, for any season length and horizon.

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
        return "PretrainedNetwork()"


def why_not_alone(spec: ForecastSpec, regressor: Any, has_effects: bool) -> tuple[str, str]:
    """Why pretrained="only" cannot forecast, and the remedy. Both are empty if it can.

    has_effects : whether effects of future covariates are removed before the forecast.
    """
    if regressor is not None:
        return f"regressor={regressor!r} would not be used", "regressor=None, or "
    if spec.past:
        return (
            "X has past covariates, but the pretrained network reads only the series that it "
            "forecasts",
            "group='columns' if each column is a series, the target column alone, known= for "
            "covariates whose future is known, or ",
        )
    if spec.known and not has_effects:
        return (
            "X has future covariates, whose effects are used for a single series without many "
            "zeros only",
            "the target column alone, or ",
        )
    return "", ""


def usual(histories: list[np.ndarray], seasons: list[int]) -> list[np.ndarray]:
    """Histories (n_rows, n_targets) without outliers, those of equal length at once.

    Outliers stand out from the longest season of which a history holds enough: weekends are no
    outliers of the days of a week. Positive series are looked at in logarithms: growth is none.
    """
    if max(seasons) == 1:
        return histories
    lengths = np.array([len(values) for values in histories])
    answer = list(histories)
    for length in np.unique(lengths):
        positions = np.flatnonzero(lengths == length)
        held = [season for season in seasons if length >= LEAST_SEASONS * season]
        season_length = max(held, default=min(seasons))
        at_once = max(1, HISTORY_VALUES_AT_ONCE // max(1, histories[positions[0]].size))
        for start in range(0, len(positions), at_once):
            chunk = positions[start : start + at_once]
            values = np.stack([histories[i] for i in chunk])
            is_positive = np.array(
                [
                    all(
                        _is_logarithmic(column[np.isfinite(column)], season_length)
                        for column in one.T
                    )
                    for one in values
                ]
            )[:, np.newaxis, np.newaxis]
            z = np.where(is_positive, np.log(np.where(is_positive, values, 1)), values)
            moved = without_outliers(z, season_length)
            is_moved = (moved != z) & np.isfinite(z)
            if is_moved.any():  # other values stay as they are, without a rounding error
                in_units = np.where(is_positive, np.exp(np.where(is_positive, moved, 0)), moved)
                values = np.where(is_moved, in_units, values)
            for i, one in zip(chunk, values, strict=True):
                answer[i] = one
    return answer


def _is_logarithmic(known: np.ndarray, season_length: int) -> bool:
    """Whether outliers of a series with these values are looked for in its logarithms."""
    is_positive = len(known) > 0 and bool((known > 0).all())
    return is_positive and not has_noisy_zeros(known, season_length)


@dataclass(frozen=True)
class ZeroShotMember:
    """Forecasts of the pretrained network from series in their own units, scaled afterwards."""

    spec: ForecastSpec

    @property
    def n_rows(self) -> int:
        """Rows at the end of a series that a forecast depends on."""
        return zero_shot.rows_used(self.spec.season_of_pretrained, self._second)

    @property
    def _second(self) -> int | None:
        """Another season: one within the longest, the day of a week, or that of the dates."""
        own, seasons = self.spec.season_of_pretrained, self.spec.seasons
        if shorter := [season for season in seasons if 1 < season < own]:
            return max([one for one in shorter if own % one == 0], default=min(shorter))
        others = [length for length in seasons if length not in (1, own)]
        return max(others, default=None) or zero_shot.second_season(own)

    def from_rows(self, part: Part, origins: np.ndarray, steps: int) -> np.ndarray:
        """Scaled forecasts (n_origins, steps, n_targets) from rows of one series."""
        n_rows = self.n_rows + self.spec.season_of_gaps  # with a season that fills gaps
        histories = [part.values[max(0, t + 1 - n_rows) : t + 1] for t in origins]
        return self.of_histories(histories, [part.scaler] * len(origins), steps)

    def after(self, parts: Sequence[Part], steps: int) -> np.ndarray:
        """Scaled forecasts (n_series, steps, n_targets) after each series."""
        return self.all_after(parts, steps, [None])[0]

    def all_after(
        self,
        parts: Sequence[Part],
        steps: int,
        quantiles: Sequence[float | None],
        is_clipped: bool = True,
    ) -> np.ndarray:
        """Scaled quantiles (n_quantiles, n_series, steps, n_targets) after each series. None stands
        for the forecast.
        """
        n_rows = self.n_rows + self.spec.season_of_gaps
        histories = [part.values[-n_rows:] for part in parts]
        scalers = [part.scaler for part in parts]
        return self.quantiles_of(histories, scalers, steps, quantiles, is_clipped)

    def of_histories(
        self, histories: list[np.ndarray], scalers: list[Any], steps: int
    ) -> np.ndarray:
        """Scaled forecasts (n_histories, steps, n_targets) after histories (n_rows, n_targets)."""
        return self.quantiles_of(histories, scalers, steps, [None])[0]

    def _filled(self, histories: list[np.ndarray], both: list[int]) -> list[np.ndarray]:
        """Histories without gaps and outliers. Outliers are moved before gaps are filled from them,
        and once more among the filled values. both : the seasons of the network.
        """
        seasons = [self.spec.season_of_gaps, *both]
        with_gaps = [i for i, values in enumerate(histories) if np.isnan(values).any()]
        filled = list(histories)
        moved = usual([histories[i] for i in with_gaps], both)
        for i, values in zip(with_gaps, moved, strict=True):
            filled[i] = fill_from_both_sides(values, seasons)
        return usual(filled, both)

    def quantiles_of(
        self,
        histories: list[np.ndarray],
        scalers: list[Any],
        steps: int,
        quantiles: Sequence[float | None],
        is_clipped: bool = True,
    ) -> np.ndarray:
        """As `all_after`, after histories (n_rows, n_targets). NaN after a history without values,
        and where a scaler gives no finite number.
        """
        m, n_targets = self.spec.season_of_pretrained, len(self.spec.targets)
        both = [m, self._second or m]
        filled = self._filled(histories, both)
        columns = [column[np.isfinite(column)] for values in filled for column in values.T]
        wanted = [quantile for quantile in quantiles if quantile is not None]
        levels = [*zero_shot.QUANTILES, *wanted]
        answer = np.full((len(columns), steps, len(levels)), np.nan)
        lengths, second = np.array([len(column) for column in columns]), self._second
        # A history shorter than the longer season still holds the shorter one.
        is_short = (lengths < m) & (0 < (second or 0) < m)
        for own, other, those in ((m, second, ~is_short), (second, None, is_short)):
            if (at := np.flatnonzero(those & (lengths > 0))).size:
                answer[at] = zero_shot.forecast_quantiles(
                    [columns[i] for i in at],
                    int(own or 1),
                    steps,
                    levels if wanted else None,
                    second=other,
                    is_clipped=is_clipped,
                )
        known, rest = np.split(answer, [len(zero_shot.QUANTILES)], axis=-1)
        is_mean = self.spec.point == "mean"
        middle = zero_shot.mean_of(known) if is_mean else known[..., known.shape[-1] // 2]
        others = iter(np.moveaxis(rest, -1, 0))
        chosen = [middle if quantile is None else next(others) for quantile in quantiles]
        shape = (len(quantiles), len(histories), n_targets, steps)
        scaled = np.reshape(chosen, shape).swapaxes(2, 3)
        return np.stack(
            [[scaled_or_nan(*one) for one in zip(scalers, each, strict=True)] for each in scaled]
        )
