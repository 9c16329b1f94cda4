"""What a forecaster forecasts from: series in their container, their histories, and steps.

`SeriesReader` is a base class of `SequenceForecaster`, and uses its fitted state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from skgru._containers.advice_on_forms import code_for_form
from skgru._containers.columns import columns_of_fit
from skgru._containers.long import LongForm, keys_of
from skgru._containers.near_ids import advice_on_ids, near_ids
from skgru._containers.numbers import holds_labels
from skgru._containers.one_hot import Categories, is_frame
from skgru._containers.panel import (
    Panel,
    as_columns,
    check_collection,
    from_first_values,
    read_panel,
)
from skgru._containers.series import (
    as_series,
    check_list,
    check_steps_are_rows,
    is_list_of_series,
)
from skgru._containers.table import Table
from skgru._forecaster.calendar import Calendar
from skgru._forecaster.checks import (
    check_numbers,
    check_step,
    is_apart,
    warn_of_apart,
    warn_of_ends,
    warn_of_range,
)
from skgru._forecaster.covariate_gaps import warn_of_covariate_gaps
from skgru._forecaster.covariates import futures_of, known_rows
from skgru._forecaster.dataset import Part
from skgru._forecaster.gaps_and_outliers import last_rows
from skgru._forecaster.history import (
    Trained,
    check_order,
    is_counted,
    n_rows_before,
    rows_after,
)
from skgru._forecaster.model import ForecastModel
from skgru._forecaster.revisions import warn_of_revisions
from skgru._forecaster.scaling import scaled
from skgru._forecaster.season_warnings import warn_of_clocks
from skgru._forecaster.short_series import warn_if_short, warn_of_short
from skgru._forecaster.spec import ForecastSpec
from skgru._forecaster.until import steps_until
from skgru._validation import at_least, check_memory_for
from skgru._warnings import warn_user
from skgru._windows import as_table

# Rows to forecast from without training.
LEAST_ROWS = 3


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


class SeriesReader:
    """Reads series by the fitted state of a forecaster.

    _spec : with the calendar as future covariates; _given : without it; _categories : of columns of
    text; _tails : the last rows of each series, at most _n_kept; _scaled_tails : their scaled
    targets; _first_rows : the first rows of each series; _n_rows : number of rows of each series,
    with those of `update`; _usual_step : step of the index.
    """

    group: Any
    n_features_in_: int
    _model: ForecastModel
    _spec: ForecastSpec
    _given: ForecastSpec
    _calendar: Calendar
    _categories: Categories
    _panel: Any
    _tails: list[Table]
    _n_kept: int
    _scaled_tails: list[Any]
    _first_rows: list[np.ndarray]
    _n_rows: list[int]
    _usual_step: Any

    def _names_in(self, table: Table) -> list[Any]:
        """Names of the targets in a table without names: those in `fit`."""
        if not table.is_named:
            return self._target_names
        return [table.columns[i] for i in self._spec.targets]

    @property
    def _least_rows(self) -> int:
        """Rows of history with which a series gets more than a naive forecast."""
        return LEAST_ROWS if self._model.is_zero_shot else self._spec.least_history

    @property
    def _covariates(self) -> list[int]:
        """Positions of the covariates among the columns of X."""
        return [*self._given.past, *self._given.known]

    @property
    def _target_names(self) -> list[str]:
        columns = self._tails[0].columns
        return [columns[i] for i in self._spec.targets]

    def _read(
        self, X: Any, usual: Any = None, whole: Sequence[Any] = (), like: LongForm | None = None
    ) -> tuple[list[Table], Panel | None]:
        tables, panel = read_panel(X, self.group, self, usual, whole, like)
        if panel is not None:
            self._check_columns(tables, tables[0], panel)
        return tables, panel

    def _read_first(self, X: Any) -> tuple[list[Table], Panel | None]:
        """The series of fit."""
        tables, panel = self._read(X)
        if panel is None or panel.kind == "list":
            for one, table in zip([X] if panel is None else X, tables, strict=True):
                check_steps_are_rows(one, table)
        return tables, panel

    def _check_columns(self, tables: list[Table], like: Table, panel: Any) -> None:
        """Raise if a series has other columns than `like`. Series may have any name."""
        ids = [None] if panel is None else panel.ids
        for one, table in zip(ids, tables, strict=True):
            n, n_wanted = table.values.shape[1], like.values.shape[1]
            named = table.is_named and like.is_named and n_wanted > 1
            if n != n_wanted or (named and table.columns != like.columns):
                if panel is None:
                    raise ValueError(
                        f"X has columns {table.columns}, but in fit its columns were "
                        f"{like.columns}. Give the columns of fit, in the same order."
                    )
                raise ValueError(
                    f"Series {one!r} of X has columns {table.columns}, but others have "
                    f"{like.columns}. Give all series the same columns in the same order."
                )

    def _lone(self, X: list[Any]) -> list[Any]:
        if self._panel is None or self._panel.kind != "list":
            raise ValueError(
                f"X is a list of {len(X)} series, but {type(self).__name__} was not fitted on a "
                "list. Call the method for each series, or fit on a list."
            )
        return as_columns(X)

    def _read_new(self, X: Any, must_have_step: bool = True) -> Table:
        if self.group is not None:
            raise ValueError(
                f"group={self.group!r}: predict and score are not available after a fit on a frame "
                "of several series. Fit on a list of series, or use forecast."
            )
        if is_list_of_series(X):
            raise ValueError(
                f"X is a list of {len(X)} series, but {type(self).__name__} was fitted on one. "
                "Give one series, or fit on a list."
            )
        if not isinstance(X, dict):
            check_collection(X)
        X = self._categories.encoded(self._columns_of_fit(X))
        table = as_series(X, self, usual=self._tails[0].rows.freq)
        if must_have_step:
            check_step(table.rows, self._usual_step)
        if self._panel is not None:
            self._check_columns([table], self._tails[0], Panel("list", [0]))
            return table
        if table.is_single and self.n_features_in_ == 1:
            return table  # a Series may have any name
        tail = self._tails[0]
        if (
            tail.header is not None
            and table.header is not None
            and not (tail.names and table.names)
        ):
            self._check_columns([table], tail, None)
            return table
        columns = as_table(X) if table.rows.time is None else X.drop(table.rows.time)
        validate_data(self, columns, reset=False, skip_check_array=True)
        return table

    def _context(self, table: Table) -> np.ndarray:
        """History of a table: the rows of the training series before it, if it continues them."""
        tail, first = self._tails[0], self._first_rows[0]
        history = self._calendar.extended(tail)
        nothing = history[:0]
        if self._panel is not None:
            return nothing
        if table.rows.index is not None and tail.rows.index is not None:
            n = n_rows_before(tail, self._n_rows[0], table, has_id=False)
            return history[: n or 0]
        n = min(len(table), len(first))
        is_in_sample = np.array_equal(table.values[:n], first[:n], equal_nan=True)
        return nothing if is_in_sample else history

    @property
    def _n_needed(self) -> int:
        """Rows that a history should have."""
        least = self._spec.least_history
        return max(least, 2 * self._spec.season_length) if self._model.is_zero_shot else least

    def _warn_if_apart(self, table: Table) -> bool:
        """Warn of a short X that neither continues the training series nor holds its history."""
        if self._panel is not None:
            return False
        tail = self._tails[0]
        if (
            not is_apart(tail.rows, table, self._n_needed)
            or n_rows_before(tail, self._n_rows[0], table, has_id=False) is not None
        ):
            return False
        warn_of_apart(tail.rows, table, self._n_needed)
        return True

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
        warn_of_clocks(tables, self._spec, steps)
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
                    n_before=n_before,
                )
            except ValueError as error:
                if panel is None or ahead is None:
                    raise
                raise ValueError(f"Series {one!r}: {error}") from error
            knowns.append(known)
            parts.append(model.part(past, scaler, self._with_calendar(known, steps, table), z))
        self._warn_of_covariates(pasts, knowns, ids)
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
        check_memory_for(steps)
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

    def _new_rows(self, X: Any) -> list[np.ndarray]:
        """Rows of X after the end of each series of fit, (n_rows, n_columns)."""
        tails, panel = self._tails, self._panel
        if panel is None:
            table, first = self._read_new(X, must_have_step=False), self._first_rows[0]
            is_copy = np.array_equal(table.values[: len(first)], first, equal_nan=True)
            n_known = self._n_rows[0]
            if table.rows.index is None and is_copy and len(table) >= n_known:
                raise ValueError(
                    f"X has {len(table)} rows and begins with the rows of fit, but update takes "
                    f"the rows after the history alone. Give X[{n_known}:]."
                )
            found = [rows_after(tails[0], table, "X")]
            self._warn_of_revisions([table], found)
            return found
        if panel.kind == "list" and isinstance(X, list):  # [] is a series without rows
            X = [np.empty(0) if isinstance(one, list) and not one else one for one in X]
        self._check_panel(X)
        new = self._read_continued(X)
        is_numbered = panel.kind == "long" and not (panel.form.levels or panel.form.has_numbers)
        if is_numbered and is_counted(tails[0].rows.index):
            # The rows of a long frame without dates are counted from 0, in fit and in X.
            pairs = zip(tails, new, strict=True)
            return [tail.values[:0] if table is None else table.values for tail, table in pairs]
        found = [
            tail.values[:0] if table is None else rows_after(tail, table, f"Series {one!r} of X")
            for one, tail, table in zip(panel.ids, tails, new, strict=True)
        ]
        self._warn_of_revisions(new, found)
        return found

    def _warn_of_revisions(self, tables: Sequence[Table | None], new: list[np.ndarray]) -> None:
        ids = [None] if self._panel is None else self._panel.ids
        categories = [column for column, _ in self._given.categories]
        warn_of_revisions(self._tails, tables, list(map(len, new)), ids, categories)

    def _read_continued(self, X: Any) -> list[Table | None]:
        """The part of X that belongs to each of several series of fit; None without rows."""
        tails, panel, usual = self._tails, self._panel, self._usual_step
        X = self._columns_of_fit(X)
        if panel.kind == "list":
            if len(X) != len(tails):
                raise ValueError(
                    f"X is a list of {len(X)} series, but fit had {len(tails)}. Give a list of "
                    f"{len(tails)}, with an empty series where there are no new rows."
                )
            ids = panel.ids
            tables = [
                as_series(self._categories.encoded(one), self, usual) if len(one) else None
                for one in as_columns(X)
            ]
            check_order(X, tables, tails)
        elif panel.kind == "wide":
            table = as_series(X, self, usual)
            ids = table.columns if table.is_named else panel.ids[: table.values.shape[1]]
            tables = [Table(values[:, np.newaxis], None, table.rows) for values in table.values.T]
        else:
            found, new = self._read(self._categories.encoded(X), usual, like=panel.form)
            ids, tables = new.ids, list(found)  # type: ignore[union-attr]
        unknown = [one for one in ids if one not in panel.ids]
        missing = [one for one in panel.ids if one not in ids] if panel.kind == "wide" else []
        if unknown:
            near = near_ids(unknown, panel.ids)
            one = next(iter(near), unknown[0])
            remedy = "Leave it out, or forecast it by forecast(X=...)."
            if near:
                remedy = f"fit had {near[one]!r}. {advice_on_ids(near, panel.form, X)}."
            raise ValueError(f"X has the series {one!r}, which was not part of fit. {remedy}")
        if missing:
            raise ValueError(
                f"X lacks the series {missing[0]!r} of fit. Add its column, with NaN for unknown "
                "values."
            )
        given = [table for table in tables if table is not None]
        by_id = dict(zip(ids, tables, strict=True))
        of_given = Panel("list", [one for one in ids if by_id[one] is not None])
        self._check_columns(given, tails[0], of_given)
        return [by_id.get(one) for one in panel.ids]

    def _read_origins(self, X: Any) -> tuple[list[Table], Any, list[np.ndarray], list[int | None]]:
        """New series, their container, their histories, and the positions in fit of those that
        continue a series of a panel. These keep the scaler of fit.
        """
        model, panel = self._model, self._panel
        of_fit: list[int | None] = [None]
        are_apart: set[Any] = set()
        if panel is None:
            tables = [self._read_new(X)]
            values = self._calendar.extended(tables[0])
            pasts = [np.concatenate([self._context(tables[0]), values])]
        else:
            self._check_panel(X)
            encoded = self._categories.encoded(self._columns_of_fit(X))
            tables, panel = self._read(encoded, self._usual_step, panel.ids, panel.form)
            self._check_columns(tables, self._tails[0], panel)
            assert panel is not None
            trained = Trained(self._tails, self._n_rows, self._panel.ids)
            continued = trained.continued_by(tables, panel)
            of_fit = [None if one is None else one[0] for one in continued]
            if panel.kind == "wide":
                tables = from_first_values(tables, panel, [i is not None for i in of_fit])
            are_apart = trained.warn_of_apart(tables, panel, continued, self._n_needed)
            are_apart |= self._warn_of_near_ids(X, panel)
            pasts = list(map(self._calendar.extended, tables))
            for k, found in enumerate(continued):
                if found is not None:
                    before = self._calendar.extended(self._tails[found[0]])[: found[1]]
                    pasts[k] = np.concatenate([before, pasts[k]])
        check_numbers(pasts, panel, self._spec)
        warn_of_ends(tables, panel, self._spec)
        warn_of_covariate_gaps(X, tables, panel, self._covariates, is_fit=False)
        if self._warn_if_apart(tables[0]) or model.is_zero_shot:
            pass  # it forecasts from any number of rows
        elif self._spec.is_global:
            warn_of_short(list(map(len, pasts)), panel, self._spec, but=are_apart)
        elif not are_apart:
            is_half_pretrained = bool(model.members and model.takes_pretrained)
            warn_if_short(min(map(len, pasts)), self._spec, is_half_pretrained)
        return tables, panel, pasts, of_fit

    def _warn_of_near_ids(self, X: Any, panel: Panel) -> set[Any]:
        """Warn of identifiers that are those of fit in another form, such as "1" and 1. Returns
        them.
        """
        if panel.kind == "list":
            return set()
        ids = set(self._panel.ids)
        near = near_ids((one for one in panel.ids if one not in ids), self._panel.ids)
        for one, of_fit in list(near.items())[:1]:
            more = f" and {len(near) - 1} more" if len(near) > 1 else ""
            warn_user(
                f"Series {one!r} of X{more} was not part of fit, but {of_fit!r} was. Its forecast "
                "does not continue the series of fit. If they are the same, give the "
                f"{advice_on_ids(near, panel.form, X).removeprefix('Give the ')}."
            )
        return set(near)

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

    def _warn_of_covariates(
        self, pasts: list[np.ndarray], knowns: list[np.ndarray], ids: list[Any]
    ) -> None:
        """Warn of covariates outside the range of fit. pasts, knowns : of each series, the rows of
        its history and the future covariates.
        """
        spec, limits, columns = self._given, self._model.covariate_limits, self._tails[0].columns
        if limits is not None:
            positions = [*spec.past, *spec.known]
            seen = [
                [*past[-spec.window_length :, spec.past].T, *known.T]
                for past, known in zip(pasts, knowns, strict=True)
            ]
            # The limits are those of channels: without categories and the calendar.
            at = np.cumsum([0, *map(spec.width_of, positions)])
            numbers = [i for i, one in enumerate(positions) if one not in dict(spec.categories)]
            warn_of_range(
                [columns[positions[i]] for i in numbers],
                [[one[i] for i in numbers] for one in seen],
                (limits[0][at[numbers]], limits[1][at[numbers]]),
                sum(i < len(spec.past) for i in numbers),
                ids,
            )

    def _columns_of_fit(self, X: Any) -> Any:
        """X without columns that were not part of fit. Those of a wide frame are series."""
        panel, like = self._panel, self._tails[0]
        if panel is None:
            return columns_of_fit(X, like)
        if panel.kind == "wide":
            return X
        time = None if panel.form is None else panel.form.time
        return columns_of_fit(X, like, panel.group, time)

    def _check_panel(self, X: Any) -> None:
        """Raise if several series are in another container than in `fit`."""
        kind = self._panel.kind
        is_list = is_list_of_series(X)
        is_long = not is_list and keys_of(X, self.group) is not None
        has_form = {
            "list": is_list,
            "long": is_long,
            "wide": not is_list and not is_long and np.ndim(X) == 2,
        }
        check_list(X)
        if kind == "wide" and has_form[kind] and is_frame(X):
            is_one = getattr(getattr(X, "index", None), "nlevels", 1) == 1
            has_form[kind] = is_one and not any(holds_labels(X[name]) for name in X.columns)
        if has_form[kind]:
            return
        wanted = {
            "list": "a list of series",
            "long": f"a long frame with group={self.group!r}",
            "wide": "a wide frame",
        }[kind]
        raise ValueError(
            f"X is a {type(X).__name__}, but {type(self).__name__} was fitted on {wanted}. Give X "
            f"in that form{_with_code(X, self._panel, self._tails[0])}."
        )


def _with_code(X: Any, panel: Panel, like: Table) -> str:
    code = code_for_form(X, panel, like)
    alone = " for a single series" if code == "[X]" else ""
    return "" if code is None else f": {code}{alone}"
