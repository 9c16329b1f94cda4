"""What a forecast starts from: the histories of series, their future covariates, and the steps.

`OriginsReader` is a base class of `SequenceForecaster`, and uses its fitted state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru._containers.near_ids import warn_of_near_ids
from skgru._containers.panel import Panel, from_first_values
from skgru._containers.table import Table
from skgru._forecaster.checks import check_numbers, warn_of_ends
from skgru._forecaster.covariate_gaps import warn_of_covariate_gaps
from skgru._forecaster.covariate_ranges import warn_of_ranges
from skgru._forecaster.covariates import futures_of, known_rows
from skgru._forecaster.dataset import Part
from skgru._forecaster.gaps_and_outliers import last_rows
from skgru._forecaster.history import Trained
from skgru._forecaster.lost_history import Loss, loss_of, warn_of_losses
from skgru._forecaster.reading import SeriesReader
from skgru._forecaster.revisions import warn_of_repeated
from skgru._forecaster.scaling import scaled
from skgru._forecaster.season_warnings import warn_of_clocks
from skgru._forecaster.short_series import LEAST_ROWS, warn_if_short, warn_of_short
from skgru._forecaster.until import steps_until
from skgru._validation import at_least, check_memory_for

# Memory that a step of a forecast needs at least, with the pretrained network and without it.
BYTES_OF_QUANTILES, BYTES_OF_STEP = 4000, 50


@dataclass(frozen=True)
class Origins:
    """Series to forecast from: as the user gave them, and as the regressors get them. steps :
    number of steps to forecast; steps_of_each : those that each series needs of them; given : the
    parameter that gives the steps, for messages.
    """

    tables: list[Table]
    panel: Panel | None
    parts: list[Part]
    scalers: list[Any]
    seasonal_errors: np.ndarray
    steps: int
    steps_of_each: list[int]
    given: str


class OriginsReader(SeriesReader):
    """Reads what forecasts start from, by the fitted state of a forecaster."""

    @property
    def _least_rows(self) -> int:
        """Rows of history with which a series gets more than a naive forecast."""
        return LEAST_ROWS if self._model.is_zero_shot else self._spec.least_history

    @property
    def _n_needed(self) -> int:
        """Rows that a history should have."""
        least = self._spec.least_history
        return max(least, 2 * self._spec.season_length) if self._model.is_zero_shot else least

    def _warn_of_lost_history(self, table: Table, must_be_values: bool = False) -> bool:
        """Warn of X that neither continues the only training series nor holds its history, and of
        rows without dates that are in the history already. must_be_values : only if other values
        are the reason.
        """
        tail = self._tails[0]
        if self._panel is None and (table.rows.index is None or tail.rows.index is None):
            if not self._begins_as_in_fit(table.values):
                warn_of_repeated(tail.values, table.values, "X")
        return self._panel is None and bool(
            self._warn_of_losses([table], [None], [0], False, must_be_values)
        )

    def _warn_of_losses(
        self,
        tables: list[Table],
        ids: list[Any],
        positions: Sequence[int | None],
        has_ids: bool,
        must_be_values: bool = False,
    ) -> set[Any]:
        """Warn of series of X that lack the history before them. Returns their identifiers.
        positions : of their series in fit, None for new ones.
        """
        losses: dict[Any, Loss] = {}
        of_losses: dict[Any, Table] = {}
        likes: list[Any] = []
        for one, table, i in zip(ids, tables, positions, strict=True):
            if i is None:
                continue
            tail = self._tails[i]
            loss = loss_of(tail, self._n_rows[i], table, has_ids, self._given, self._n_needed)
            if loss is not None and (loss.is_of_values or not must_be_values):
                losses[one], of_losses[one] = loss, table
                likes.append(tail.rows)
        if losses:
            spec = None if self._model.is_zero_shot else self._spec
            warn_of_losses(losses, of_losses, likes[0], self._n_needed, spec)
        return set(losses)

    def _origins(self, steps: Any, X: Any, future: Any, until: Any) -> Origins:
        check_is_fitted(self)
        model = self._model
        if until is None:
            steps = self._checked_steps(steps)
        elif steps is not None:
            raise ValueError(
                f"until={until!r} and steps={steps!r} both give the number of rows to forecast. "
                "Leave one of them None."
            )
        seasonal_errors = model.seasonal_errors
        tables, panel, scalers, zs = self._tails, self._panel, model.scalers, self._scaled_tails
        if X is None:
            pasts = [self._calendar.extended(table) for table in tables]
        else:
            tables, panel, pasts, of_fit = self._read_origins(X)
            zs = [None] * len(pasts)
            scalers = [
                model.scaler_for(past) if i is None else model.scalers[i]
                for past, i in zip(pasts, of_fit, strict=True)
            ]
            if self._spec.is_global:
                seasonal_errors = model.median_where_unknown(
                    [
                        model.recent_seasonal_error(scaled(scaler, past[:, self._spec.targets]))
                        if i is None
                        else model.seasonal_errors[i]
                        for scaler, past, i in zip(scalers, pasts, of_fit, strict=True)
                    ]
                )
        pasts = [last_rows(past, model.n_rows_kept, self._spec.targets) for past in pasts]
        steps_of_each = [steps] * len(tables)
        if until is not None:
            steps_of_each = steps_until(until, tables)
            steps = max(steps_of_each)
        given = f"steps={steps}" if until is None else f"until={until!r} ({steps} steps)"
        self._check_past(steps, given)
        bytes_of_step = BYTES_OF_QUANTILES if model.takes_pretrained else BYTES_OF_STEP
        check_memory_for(steps, bytes_of_step * len(self._spec.targets))
        warn_of_clocks(tables, model.season_length, steps)
        # Each call of a direct regressor reads the future covariates of all its steps.
        steps_of_call = self._spec.steps_of_call if model.members else 1
        parts: list[Part] = []
        knowns: list[np.ndarray] = []
        of_fit_too = () if self._panel is None else self._panel.ids
        aheads = futures_of(future, tables, panel, self._given, of_fit_too)
        ids = [None] if panel is None else panel.ids
        n_rows = self._n_rows if X is None else list(map(len, tables))
        for table, past, scaler, z, ahead, one, n, n_before in zip(
            tables, pasts, scalers, zs, aheads, ids, steps_of_each, n_rows, strict=True
        ):
            try:
                known = known_rows(
                    ahead,
                    n,
                    table,
                    self._given,
                    self._tails[0],
                    self._categories,
                    self,
                    is_alone=panel is None,
                    steps_of_call=steps_of_call,
                    n_before=n_before,
                )
            except ValueError as error:
                if panel is None or ahead is None:
                    raise
                raise ValueError(f"Series {one!r}: {error}") from error
            knowns.append(known)
            parts.append(model.part(past, scaler, self._with_calendar(known, steps, table), z))
        limits, columns = model.covariate_limits, self._tails[0].columns
        if limits is not None:
            warn_of_ranges(self._given, limits, columns, pasts, knowns, ids)
        return Origins(tables, panel, parts, scalers, seasonal_errors, steps, steps_of_each, given)

    def _checked_steps(self, steps: Any) -> int:
        steps = self._spec.horizon if steps is None else steps
        if not at_least(1).is_satisfied_by(steps):
            if hasattr(steps, "__array__") or isinstance(steps, list):
                raise ValueError(
                    f"steps is a {type(steps).__name__}, but must be an int: the number of rows to "
                    "forecast. Give a series to forecast from as X: forecast(X=series)."
                )
            raise ValueError(
                f"steps={steps!r} must be an int of at least 1: the number of rows to forecast."
            )
        return int(steps)

    def _check_past(self, steps: int, given: str) -> None:
        """Raise if more steps than the horizon need future values of past covariates."""
        if self._spec.past and steps > self._spec.steps_of_call:
            names = [self._tails[0].columns[i] for i in self._spec.past]
            raise ValueError(
                f"{given} exceeds horizon={self._spec.steps_of_call}: a further forecast "
                f"needs future values of the past covariates {names}. Fit with a larger horizon, "
                "name them in known, or forecast them too (target=None)."
            )

    def _read_origins(self, X: Any) -> tuple[list[Table], Any, list[np.ndarray], list[int | None]]:
        """New series, their container, their histories, and the positions in fit of those that
        continue a series of a panel. These keep the scaler of fit.
        """
        model, panel = self._model, self._panel
        of_fit: list[int | None] = [None]
        are_apart: set[Any] = set()
        if panel is None:
            tables = [self._read_new(X)]
            given = tables
            context = self._context(tables[0])
            if not len(context):
                tables = self._without_earlier_rows(tables, None, [True])
                self._warn_of_new_season(tables, len(tables[0]))
            else:
                self._warn_of_changes_in_next(tables, [None], [(0, len(context))])
            pasts = [np.concatenate([context, self._calendar.extended(tables[0])])]
        else:
            self._check_panel(X)
            encoded = self._categories.encoded(self._columns_of_fit(X))
            tables, panel = self._read(encoded, self._usual_step, panel.ids, panel.form)
            self._check_columns(tables, self._tails[0], panel)
            assert panel is not None
            trained = Trained(self._tails, self._n_rows, self._panel.ids)
            has_ids, positions = panel.kind != "list", trained.positions_of(tables, panel)
            continued = trained.continued_by(tables, positions, has_ids)
            of_fit = [None if one is None else one[0] for one in continued]
            if panel.kind == "wide":
                tables = from_first_values(tables, panel, [i is not None for i in of_fit])
            given = tables
            tables = self._without_earlier_rows(tables, panel, [i is None for i in of_fit])
            self._warn_of_changes_in_next(tables, panel.ids, continued)
            are_apart = self._warn_of_losses(given, panel.ids, positions, has_ids)
            are_apart |= warn_of_near_ids(X, panel, self._panel)
            pasts = list(map(self._calendar.extended, tables))
            for k, found in enumerate(continued):
                if found is not None:
                    before = self._calendar.extended(self._tails[found[0]])[: found[1]]
                    pasts[k] = np.concatenate([before, pasts[k]])
        check_numbers(pasts, panel, self._spec)
        warn_of_ends(tables, panel, self._spec)
        warn_of_covariate_gaps(X, tables, panel, self._covariates, is_fit=False)
        if self._warn_of_lost_history(given[0]) or model.is_zero_shot:
            pass  # it forecasts from any number of rows
        elif self._spec.is_global:
            warn_of_short(list(map(len, pasts)), panel, self._spec, but=are_apart)
        elif not are_apart:
            is_half_pretrained = bool(model.members and model.takes_pretrained)
            warn_if_short(min(map(len, pasts)), self._spec, is_half_pretrained)
        return tables, panel, pasts, of_fit

    def _with_calendar(self, known: np.ndarray, steps: int, table: Table) -> np.ndarray:
        """Future covariates of the rows after a series, and those of the calendar."""
        if not self._calendar.names:
            return known
        n_ahead = -(-steps // self._spec.steps_of_call) * self._spec.steps_of_call
        features = self._calendar.ahead(table, n_ahead)
        if not self._given.known:
            return features
        after = ((0, n_ahead - len(known)), (0, 0))  # of a series that needs fewer steps
        return np.hstack([np.pad(known, after, constant_values=np.nan), features])
