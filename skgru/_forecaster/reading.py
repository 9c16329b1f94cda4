"""Series of `fit`, `update`, `predict` and `forecast`, read from their container.

`SeriesReader` is a base class of `SequenceForecaster`, and uses its fitted state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from skgru._containers.advice_on_forms import code_for_form
from skgru._containers.columns import columns_of_fit
from skgru._containers.long import LongForm, keys_of
from skgru._containers.near_ids import advice_on_ids, near_ids
from skgru._containers.numbers import series_as_column
from skgru._containers.one_hot import Categories, is_frame
from skgru._containers.panel import Panel, as_columns, check_collection, read_panel
from skgru._containers.read_series import (
    as_series,
    check_list,
    check_steps_are_rows,
    is_list_of_series,
)
from skgru._containers.table import Table
from skgru._containers.value_kinds import holds_labels
from skgru._forecaster.calendar import Calendar
from skgru._forecaster.checks import check_step
from skgru._forecaster.first_sales import n_before_first_sale
from skgru._forecaster.history import check_order, is_counted, n_rows_before, rows_after
from skgru._forecaster.model import ForecastModel
from skgru._forecaster.revisions import are_mostly_equal, warn_of_repeated, warn_of_revisions
from skgru._forecaster.rows_left_out import StartRule, warn_of_shifts, without_earlier_rows
from skgru._forecaster.season_warnings import warn_of_season_since_fit
from skgru._forecaster.spec import ForecastSpec

# First rows of the series of fit, at least, by which X without dates is known to be this series.
LEAST_COMPARED = 24


class SeriesReader:
    """Reads series by the fitted state of a forecaster.

    _spec : with the calendar as future covariates; _given : without it; _categories : of columns of
    text; _tails : the last rows of each series, at most _n_kept; _scaled_tails : their scaled
    targets; _first_rows : the first rows of each series; _n_identifying : how many of those of the
    first series occur nowhere else in it; _n_rows : number of rows of each series, with those of
    `update`; _usual_step : step of the index.
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
    _n_identifying: int = 1  # of files of earlier versions, which do not hold it
    _n_left_out: Sequence[int] = ()  # as above
    _given_season: Any = None  # as above
    _n_rows: list[int]
    _usual_step: Any

    def _names_in(self, table: Table) -> list[Any]:
        """Names of the targets in a table without names: those in `fit`."""
        if not table.is_named:
            return self._target_names
        return [table.columns[i] for i in self._spec.targets]

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

    @property
    def _start_rule(self) -> StartRule:
        """What decides on the first row of a series of X."""
        takes_pretrained = self._model.takes_pretrained
        return StartRule(
            self._given.targets,
            self._given_season,
            0 if self._model.is_zero_shot else self._spec.horizon,
            takes_pretrained,
            1 if takes_pretrained else self._spec.n_rows_needed,
        )

    def _warn_of_new_shifts(
        self, ids: Sequence[Any], positions: Sequence[int], series: Sequence[Table]
    ) -> None:
        """Warn of clear shifts in series that go on after those of fit. positions : in fit."""
        rule, found = self._start_rule, []
        for one, i, table in zip(ids, positions, series, strict=True):
            start = rule.start_of(table)
            if start.n_before_shift and not rule.start_of(self._tails[i]).n_before_shift:
                found.append((one, table, start))
        if found:
            named, tables, starts = zip(*found, strict=True)
            warn_of_shifts(named, tables, starts, rule.targets[0], is_update=True)

    def _warn_of_new_season(self, series: list[Table], n_rows: int) -> None:
        """Warn of a season that series show since fit. n_rows : of the longest one."""
        warn_of_season_since_fit(self, self._given, series, max(self._n_rows), n_rows)

    def _warn_of_changes_in_next(
        self, tables: list[Table], ids: Sequence[Any], continued: Sequence[tuple[int, int] | None]
    ) -> None:
        """Warn of clear shifts and of a new season in series of X that continue those of fit.

        continued : position in fit and number of rows of its history before X, None for new series.
        """
        named, positions, series = [], [], []
        for table, one, of_fit in zip(tables, ids, continued, strict=True):
            if of_fit is None:
                continue
            tail, index = self._tails[of_fit[0]], table.rows.index
            if index is not None and tail.rows.index is not None:
                before = tail.rows.index[-len(tail) :][: of_fit[1]]
                index = before.append(index[-len(table) :])
            values = np.concatenate([tail.values[: of_fit[1]], table.values])
            series.append(replace(table, values=values, rows=replace(table.rows, index=index)))
            named.append(one)
            positions.append(of_fit[0])
        self._warn_of_new_shifts(named, positions, series)
        if series:
            earlier = [self._n_rows[i] - len(self._tails[i]) for i in positions]
            n_rows = [n + len(table) for n, table in zip(earlier, series, strict=True)]
            self._warn_of_new_season(series, max(n_rows))

    def _without_earlier_rows(
        self, tables: list[Table], panel: Panel | None, are_new: list[bool]
    ) -> list[Table]:
        """Series of X. Those that are new, and continue none of fit, are without the rows that are
        no part of them.
        """
        rule = self._start_rule
        new = [i for i, is_new in enumerate(are_new) if is_new]
        whole = [tables[i] for i in new]
        begun, starts = without_earlier_rows(whole, panel, rule)
        ids = [None if panel is None else panel.ids[i] for i in new]
        warn_of_shifts(ids, whole, starts, rule.targets[0])
        found = dict(zip(new, begun, strict=True))
        return [found.get(i, table) for i, table in enumerate(tables)]

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
        columns = series_as_column(X) if table.rows.time is None else X.drop(table.rows.time)
        validate_data(self, columns, reset=False, skip_check_array=True)
        return table

    def _context(self, table: Table) -> np.ndarray:
        """History of a table: the rows of the training series before it, if it continues them."""
        tail = self._tails[0]
        history = self._calendar.extended(tail)
        nothing = history[:0]
        if self._panel is not None:
            return nothing
        if table.rows.index is not None and tail.rows.index is not None:
            n = n_rows_before(tail, self._n_rows[0], table, has_id=False)
            return history[: n or 0]
        return nothing if self._begins_as_in_fit(table.values) else history

    def _begins_as_in_fit(self, values: np.ndarray) -> bool:
        """Whether rows (n_rows, n_columns) without dates are the series of fit or begin it, and are
        not the rows after it. A few values of the whole series may be others: revised ones.
        """
        return self._start_of_fit(values) is not None

    def _start_of_fit(self, values: np.ndarray) -> int | None:
        """The row at which such rows begin as the series of fit; None if they do not."""
        first = self._first_rows[0]
        for start in self._possible_starts(0, values):
            begun = values[start:]
            n = min(len(begun), len(first))
            if np.array_equal(begun[:n], first[:n], equal_nan=True):
                if len(begun) >= self._n_identifying:
                    return start
            elif len(begun) >= self._n_rows[0] and are_mostly_equal(first[:n], begun[:n]):
                return start
        return None

    def _possible_starts(self, i: int, values: np.ndarray) -> list[int]:
        """Rows at which the i-th series of fit may begin in `values`: without rows that fit has
        left out, and without zeros before the first sale.
        """
        n_zeros = n_before_first_sale(values[:, list(self._given.targets)])
        return sorted({n_zeros, *self._n_left_out[i : i + 1]})

    def _new_rows(self, X: Any) -> list[np.ndarray]:
        """Rows of X after the end of each series of fit, (n_rows, n_columns)."""
        tails, panel = self._tails, self._panel
        if panel is None:
            table, n_known = self._read_new(X, must_have_step=False), self._n_rows[0]
            start = self._start_of_fit(table.values) if len(table) >= n_known else None
            if table.rows.index is None and start is not None:
                n_known += start
                raise ValueError(
                    f"X has {len(table)} rows and begins with the rows of fit, but update takes "
                    f"the rows after the history alone. Give X[{n_known}:]. If values of the "
                    "history were revised, fit again, or forecast from X by forecast(X=X)."
                )
            found = [rows_after(tails[0], table, "X")]
            if table.rows.index is None:
                warn_of_repeated(tails[0].values, table.values, "X")
            self._warn_of_revisions([table], found)
            return found
        if panel.kind == "list" and isinstance(X, list):  # [] is a series without rows
            X = [np.empty(0) if isinstance(one, list) and not one else one for one in X]
        self._check_panel(X)
        new = self._read_continued(X)
        for i, (one, rows) in enumerate(zip(panel.ids, new, strict=True)):
            if rows is None or rows.rows.index is not None or len(rows) < self._n_rows[i]:
                continue
            first = self._first_rows[i]
            begun = next(
                (
                    start
                    for start in self._possible_starts(i, rows.values)
                    if np.array_equal(rows.values[start:][: len(first)], first, equal_nan=True)
                ),
                None,
            )
            if begun is not None:
                raise ValueError(
                    f"Series {one!r} of X has {len(rows)} rows and begins with the rows of fit, "
                    "but update takes the rows after the history alone. Give "
                    f"X[{one!r}][{begun + self._n_rows[i]}:] as this series."
                )
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
