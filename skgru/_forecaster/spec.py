"""ForecastSpec: what is forecast from what, with every "auto" replaced by a value."""

from __future__ import annotations

from dataclasses import dataclass

# Seasons that a profile is the mean of.
PROFILE_SEASONS = 3


@dataclass(frozen=True)
class ForecastSpec:
    """What is forecast from what, every "auto" decided.

    windows : lengths of the windows that regressors see, each the end of the longest; targets,
    past, known : positions of the columns that are forecast, seen only in the past, and known in
    advance; is_global : one model for several series, each with a scaler of its own. Windows that
    begin before a series does are then filled with its first row, and targets after its end are
    ignored.
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
        if self.is_global and not self.past and not self.known:
            return max(season, self.season_length if self.level == "mean" else 1)
        return max(self.window_length, season)

    @property
    def n_rows_needed(self) -> int:
        """Rows of the shortest series that has something to learn."""
        needs_one = self.is_global and not self.known
        return self.least_history + (1 if needs_one else self.steps_of_call)

    @property
    def offsets(self) -> list[int]:
        """How far windows of known columns are moved into the future, so that together they cover
        the past window and all steps of a call.
        """
        shortest = min(self.windows)
        ends = range(shortest, self.steps_of_call, shortest)
        return [0, *ends, self.steps_of_call]
