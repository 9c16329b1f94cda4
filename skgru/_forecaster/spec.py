"""ForecastSpec: the parameters of a forecast, with every "auto" replaced by a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Seasons that a profile is the mean of.
PROFILE_SEASONS = 3


@dataclass(frozen=True)
class ForecastSpec:
    """The parameters of a forecast, with every "auto" replaced by a value.

    windows : window lengths of the ensemble members; shorter windows are the end of the longest.
    targets, past, known : positions of the targets, the past covariates and the future covariates.
    static : positions of the future covariates that are constant within each series.
    is_global : one model for several series, each with its own scaler. In a global model, windows
    that start before a series are filled with its first row, and targets after its end are ignored.
    seasons : all seasons in use, the shortest first; season_length is that of level and baseline;
    lags : rows between a step and the values that are fed for it beside the window, for seasons
    that are longer than the windows. At least `steps_of_call` each. categories : positions of the
    covariates that are codes of categories, each with the number of categories. other_season :
    that of the pretrained network, 1 if it is season_length.
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
    is_global: bool = False
    point: str = "median"
    static: tuple[int, ...] = ()
    seasons: tuple[int, ...] = ()
    lags: tuple[int, ...] = ()
    categories: tuple[tuple[int, int], ...] = ()
    other_season: int = 1

    @property
    def season_of_pretrained(self) -> int:
        """Season of the pretrained network. It needs no proof of one, only that X does not lack it:
        it weighs forecasts with and without the season.
        """
        return self.other_season if self.other_season > 1 else self.season_length

    @property
    def season_of_gaps(self) -> int:
        """Season that fills the gaps of a history of the pretrained network: that of level and
        baseline, if there is one.
        """
        return self.season_length if self.season_length > 1 else self.season_of_pretrained

    @property
    def has_longer(self) -> bool:
        """Whether the series has a longer season than level and baseline."""
        return max(self.seasons, default=1) > self.season_length > 1

    @property
    def window_length(self) -> int:
        """Number of rows in the longest windows."""
        return max(self.windows)

    @property
    def steps_of_call(self) -> int:
        """Number of steps that one call of the regressor forecasts."""
        return self.horizon if self.strategy == "direct" else 1

    @property
    def history_length(self) -> int:
        """Number of rows of history that a forecast uses."""
        seasons = {"seasonal": 1, "profile": PROFILE_SEASONS}.get(self.baseline or "", 0)
        lagged = max(self.lags, default=0) + self.window_length
        return max(lagged, seasons * self.season_length)

    @property
    def least_history(self) -> int:
        """Least number of rows up to a forecast origin. With fewer rows there is only the naive
        forecast. Windows with past covariates are not filled, so they must be complete.
        """
        season = self.season_length if self.baseline in ("seasonal", "profile") else 1
        if self.is_global and not self.past:
            return max(season, self.season_length if self.level == "mean" else 1)
        return max(self.window_length, season)

    @property
    def n_rows_needed(self) -> int:
        """Number of rows of the shortest series that a regressor can be trained on."""
        needs_one = self.is_global and not self.known
        return self.least_history + (1 if needs_one else self.steps_of_call)

    @property
    def n_past(self) -> int:
        """Number of channels of past covariates."""
        return sum(map(self.width_of, self.past))

    @property
    def n_known(self) -> int:
        """Number of channels of future covariates in a row."""
        return sum(map(self.width_of, self.known))

    def width_of(self, position: int) -> int:
        """Number of channels of a covariate: one for each category."""
        return dict(self.categories).get(position, 1)

    @property
    def n_channels(self) -> int:
        """Number of values in a row of a window."""
        n_shifted = len(self.lags) * len(self.targets) + self.n_known
        return len(self.targets) + self.n_past + n_shifted * len(self.offsets)

    @property
    def offsets(self) -> list[int]:
        """Shifts of the windows of future covariates and seasonal lags, in rows. Together these
        windows cover the past window and all steps of a call.
        """
        shortest = min(self.windows)
        ends = range(shortest, self.steps_of_call, shortest)
        return [0, *ends, self.steps_of_call]


def one_hot(columns: np.ndarray, widths: list[int]) -> np.ndarray:
    """Columns (n_rows, n_columns) with a column of 0 and 1 for each category in place of codes. NaN
    stays NaN, and the code -1 is none of the categories. widths : number of categories of each
    column, 1 for numbers and for a single category.
    """
    if all(width == 1 for width in widths):
        return columns
    parts = []
    for column, width in zip(columns.T, widths, strict=True):
        part = column[:, np.newaxis]
        if width > 1:
            part = np.where(np.isnan(part), np.nan, part == np.arange(width))
        parts.append(part)
    return np.hstack(parts)


def is_constant(values: np.ndarray) -> bool:
    """Whether a column has one value, beside NaN."""
    values = values[np.isfinite(values)]
    return len(values) > 0 and bool((values == values[0]).all())


def mean_known(values: np.ndarray) -> float:
    """Mean of the finite values; NaN without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else np.nan
