"""Forecasts of a forecaster in the units and the container of the series.

`ForecastAnswers` is a base class of `SequenceForecaster`. Series are read by its base class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._containers.panel import frame_of
from skgru._containers.table import Table
from skgru._containers.time_index import with_ending
from skgru._forecaster.conformal import Calibration
from skgru._forecaster.covariates import static_rows
from skgru._forecaster.dataset import values_after
from skgru._forecaster.origins import Origins, OriginsReader
from skgru._forecaster.quantile_bounds import bounds_after
from skgru._forecaster.scaling import restored
from skgru._forecaster.short_series import LEAST_ROWS
from skgru._r_squared import r_squared


class ForecastAnswers(OriginsReader):
    """Computes forecasts by the fitted state of a forecaster. _limits : of forecasts."""

    pretrained_: bool
    regressors_: list[Any]
    _calibration: Calibration
    _limits: tuple[float | None, float | None]

    def _row_by_row(self, table: Table) -> np.ndarray:
        """(n_rows, horizon, n_targets)"""
        context = self._context(table)
        if len(context):
            self._warn_of_changes_in_next([table], [None], [(0, len(context))])
        values = np.concatenate([context, self._calendar.extended(table)])
        origins = np.arange(len(context), len(values))
        scaler = self._model.scaler_for(values)
        known = None
        if set(self._given.static) == set(self._given.known):  # needs no future values
            steps = self._spec.horizon
            known = static_rows(values, self._given, steps)
            known = np.hstack([known, self._calendar.ahead(table, steps)])
        part = self._model.part(values, scaler, known)
        forecasts = self._model.forecast_rows(part, origins)
        in_units = self._model.means.in_units(scaler, forecasts, self._model.error_of(part.z))
        return self._limited(self._model.with_effects(in_units, part, origins))

    def _values_of(self, new: Origins) -> list[np.ndarray]:
        """Forecasts of each series in its units, (steps, n_targets)."""
        return self._in_units(self._model.forecast_after(new.parts, new.steps), new)

    def _components_of(self, new: Origins) -> dict[str, np.ndarray]:
        """What the forecast of the only series is made of, in its units, (steps, n_targets) each.
        Components are medians, and the forecast, "forecast", is as `forecast` gives it.
        """
        scaled_ones = self._model.components_after(new.parts[0], new.steps)
        found = {
            name: self._with_effects(restored(new.scalers[0], one), new, 0)
            for name, one in scaled_ones.items()
        }
        return found | {"forecast": self._values_of(new)[0]}

    def _in_units(self, forecasts: np.ndarray, new: Origins) -> list[np.ndarray]:
        in_units = [
            self._model.means.in_units(*one)
            for one in zip(new.scalers, forecasts, new.seasonal_errors, strict=True)
        ]
        return [self._limited(self._with_effects(one, new, i)) for i, one in enumerate(in_units)]

    def _with_effects(self, values: np.ndarray, new: Origins, i: int) -> np.ndarray:
        """Forecasts of a series in its units, (steps, n_targets, ...), with their effects."""
        part = new.parts[i]
        last = np.array([len(part) - 1])
        return self._model.with_effects(values[np.newaxis], part, last)[0]

    def _bounds_of(
        self, new: Origins, coverage: float
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Lower and upper bounds of each series in its units, (steps, n_targets, 2), and its
        forecasts.
        """
        quantiles = self._calibration.quantiles(self.regressors_, coverage)
        middle = self._model.forecast_after(new.parts, new.steps)
        if quantiles:
            self._check_enough_for_quantiles(new)
            sides = bounds_after(self._model, new.parts, middle, quantiles, new.seasonal_errors)
        else:
            radius = self._calibration.radius(coverage)  # (horizon, n_targets)
            reach = radius[: new.steps] * new.seasonal_errors[:, np.newaxis, np.newaxis]
            sides = np.stack(
                [
                    [restored(*one) for one in zip(new.scalers, side, strict=True)]
                    for side in (middle - reach, middle + reach)
                ]
            )
        sides = np.sort(np.moveaxis(sides, 0, -1), axis=-1)  # a scaler may change signs
        sides = np.stack([self._with_effects(side, new, i) for i, side in enumerate(sides)])
        forecasts = self._in_units(middle, new)
        # A mean may lie beyond a quantile of skew values.
        inside = np.stack(forecasts)[..., np.newaxis]
        sides = np.concatenate(
            [np.fmin(sides[..., :1], inside), np.fmax(sides[..., 1:], inside)], axis=-1
        )
        return list(self._limited(sides)), forecasts

    def _check_enough_for_quantiles(self, new: Origins) -> None:
        """Raise for a history from which no width of an interval can be estimated."""
        n_known = [int(np.isfinite(part.z).any(axis=1).sum()) for part in new.parts]
        if self.pretrained_ and min(n_known) < LEAST_ROWS:
            n = min(n_known)
            raise ValueError(
                f"X has {n} row{'s' * (n != 1)} with values to forecast from, but an interval "
                f"needs at least {LEAST_ROWS}. Give more rows of the series, or use forecast."
            )

    def _check_coverage(self, coverage: float) -> int | None:
        """The number of steps that there are intervals for; None if it is unlimited.

        Raises ValueError if there are no intervals of this coverage.
        """
        if self._calibration.quantiles(self.regressors_, coverage):
            return None if self.pretrained_ else self._spec.steps_of_call
        self._calibration.radius(coverage)
        return self._spec.horizon

    def _limited(self, values: np.ndarray) -> np.ndarray:
        """Forecasts in the units of the series, within `lower` and `upper`."""
        lower, upper = self._limits
        if lower is not None:
            values = np.maximum(values, lower)
        return values if upper is None else np.minimum(values, upper)

    def _score_of(self, table: Table, weight: Any = None, must: bool = True) -> float:
        """R² of one series. If it has too few rows: an error with `must`, else NaN. weight : of
        each row as an actual value, (n_rows,), or None. Rows of weight 0 are unknown.
        """
        values, weights = table.values[:, self._spec.targets], None
        every = np.arange(len(table))
        if weight is not None:
            values = np.where(weight[:, np.newaxis] > 0, values, np.nan)
            after = values_after(weight[:, np.newaxis], every, self._spec.horizon)
            weights = after.mean(axis=(1, 2))
        actual = values_after(values, every, self._spec.horizon)
        # Windows that start before the first row are filled, so they are not scored.
        spec = self._spec
        n_needed = spec.least_history if spec.is_global else spec.window_length
        first = max(0, n_needed - 1 - len(self._context(table)))
        predicted = self._row_by_row(table).reshape(len(table), -1)
        actual = actual.reshape(len(table), -1)
        rows = np.isfinite(actual).all(axis=1) & np.isfinite(predicted).all(axis=1)
        rows[:first] = False
        if rows.sum() < 2 and not must:
            return np.nan
        if rows.sum() < 2:
            what = f"{n_needed} rows of history" if spec.is_global else "a complete window"
            shorter = "" if spec.is_global else "a shorter window "
            raise ValueError(
                f"window_length={spec.window_length} with horizon={spec.horizon} needs at least "
                f"two rows with {what} before and horizon rows after them, but X has "
                f"{rows.sum()} such rows (n_samples={len(table)}). Use a longer series, "
                f"{shorter}or a smaller horizon."
            )
        own = None if weights is None else weights[rows]
        return r_squared(actual[rows], predicted[rows], own)

    def _check_names(self, new: Origins, endings: list[str]) -> None:
        """Raise if two columns of an answer would have one name."""
        panel, names = new.panel, self._names_in(new.tables[0])
        others = []
        if panel is not None and panel.kind == "wide":
            names = panel.ids
        elif panel is not None and panel.form is not None:
            others = [*(key.name for key in panel.form.keys), panel.form.time]
        columns = {with_ending(one, end): one for one in names for end in endings if end}
        if double := [one for one in (*(names if "" in endings else []), *others)
                      if one in columns]:  # fmt: skip
            raise ValueError(
                f"with_forecast={'' in endings}: a bound of {columns[double[0]]!r} would have the "
                f"name of the column {double[0]!r}. Rename this column of X before fit."
            )

    def _answers(self, values: list[np.ndarray], endings: list[str], new: Origins) -> Any:
        """Values of each series, (steps, n_targets * n_endings), in the container of X. Each series
        gets the steps that it needs.
        """
        values = [one[:n] for one, n in zip(values, new.steps_of_each, strict=True)]

        def names_in(table: Table) -> list[str]:
            names = self._names_in(table)
            return [with_ending(name, end) for name in names for end in endings]

        if new.panel is None or new.panel.kind == "list":  # each table has its own names
            frames = [
                frame_of(one, names_in(table), table)
                for one, table in zip(values, new.tables, strict=True)
            ]
            return frames if new.panel else frames[0]
        names = endings if new.panel.kind == "wide" else names_in(new.tables[0])
        return new.panel.answers(values, names, new.tables)
