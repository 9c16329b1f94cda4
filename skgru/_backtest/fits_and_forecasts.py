"""The work of a backtest: the fits, and the forecasts from all forecast origins.

`skgru.model_selection.backtest` is `run_backtest` with the documentation of its parameters.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import clone

from skgru._backtest.callback_tasks import followed, shown
from skgru._backtest.forecast_origins import Options, horizon_of, n_read_ahead, origins_of
from skgru._backtest.result import BacktestResult
from skgru._backtest.results import BacktestResults
from skgru._backtest.timeline import Timeline, split
from skgru._callbacks import FitTask
from skgru._containers.panel import SeriesList, check_collection
from skgru._containers.read_series import as_series, is_list_of_series, rows_of, values_of
from skgru._containers.table import Table
from skgru._fan_out import fan_out
from skgru._forecaster.category_columns import categories_of
from skgru._forecaster.checks import ENDS_IN_GAPS
from skgru._forecaster.covariate_gaps import HAS_GAPS, check_future_of, warn_of_covariate_gaps
from skgru._forecaster.forecaster import SequenceForecaster
from skgru._forecaster.resolve import ROLES, roles_of_columns
from skgru._forecaster.sample_weight import weights_of_rows
from skgru._forecaster.short_series import LEAST_ROWS
from skgru._forecaster.spec import is_constant
from skgru._warnings import warn_user

# The name of the task of an origin.
ORIGIN = "forecast-origin"

# A forecast of one series from one origin: the position of the series, that of the origin in the
# series, the forecast (horizon, n_targets), and the bounds (horizon, n_targets, 2) or None.
Forecast = tuple[int, int, np.ndarray, Any]


@dataclass(frozen=True)
class _Job:
    """What the forecasts from all origins have in common. It is sent to the worker processes.

    timeline : the series, each as the user gave it; is_several : whether X holds several series;
    horizon : rows to measure after `options.gap` rows; reach : rows after an origin that a forecast
    reads or measures; roles : of the columns, the same at all origins, or None; has_gaps : whether
    X has NaN.
    """

    forecaster: SequenceForecaster
    timeline: Timeline
    options: Options
    is_several: bool
    horizon: int
    reach: int
    roles: Any
    has_gaps: bool

    def run(
        self, origins: np.ndarray, numbers: range, task: FitTask | None
    ) -> Iterator[tuple[Any, list[Forecast]]]:
        """One fit at the first of these origins, and the forecasts from each of them. numbers : of
        the origins within the backtest; task : the backtest, for callbacks.
        """
        tasks = [None if task is None else task.subtask(ORIGIN, task_id=i) for i in numbers]
        n_before = origins[0] + 1 - self.timeline.starts  # (n_series,), rows of each series
        firsts = np.maximum(0, n_before - (self.options.window or n_before.max()))
        try:
            with self._without_warnings_of_gaps():
                fitted, trained = self._fit(firsts, n_before, tasks[0])
            # A model of one series is not global: it has the scaler of this series.
            can_forecast = set(
                range(len(self.timeline.tables)) if fitted._spec.is_global else trained
            )
            for origin, own in zip(origins, [None, *tasks[1:]], strict=True):
                if own is not None:
                    own.begin()
                forecasts = self._forecasts(
                    fitted, can_forecast, firsts, origin - self.timeline.starts
                )
                if own is not None:
                    own.end()
                yield (fitted._spec, fitted._least_rows), forecasts
        except ValueError as error:
            text = _in_backtest(str(error), self.options.window)
            if text == str(error):
                raise
            n_rows = (np.minimum(n_before, list(map(len, self.timeline.tables))) - firsts).max()
            raise ValueError(
                f"{text} (Here, X is the {n_rows} rows before a forecast origin.)"
            ) from error

    @contextmanager
    def _without_warnings_of_gaps(self) -> Iterator[None]:
        """No warnings of gaps at or before a forecast origin: `backtest` warns of those in
        covariates once, and rows of a gap in which an origin lies are not to be cut off.
        """
        with warnings.catch_warnings() if self.has_gaps else nullcontext():
            for message in (HAS_GAPS, ENDS_IN_GAPS) if self.has_gaps else ():
                warnings.filterwarnings("ignore", message)
            yield

    def run_all(
        self, origins: np.ndarray, numbers: range, task: FitTask | None
    ) -> list[tuple[Any, list[Forecast]]]:
        return list(self.run(origins, numbers, task))

    def _fit(
        self, firsts: np.ndarray, stops: np.ndarray, task: FitTask | None
    ) -> tuple[SequenceForecaster, list[int]]:
        """A forecaster, fitted to the rows before an origin, and the positions of its series."""
        fitted = clone(self.forecaster)
        setattr(fitted, ROLES, self.roles)
        with nullcontext() if task is None else task.passed_to(fitted):
            return fitted, self._fit_to(fitted, firsts, stops)

    def _fit_to(
        self, fitted: SequenceForecaster, firsts: np.ndarray, stops: np.ndarray
    ) -> list[int]:
        if not self.is_several:
            rows = rows_of(self.timeline.series[0], firsts[0], stops[0])
            weights = self.timeline.weights
            weight = None if weights is None else weights[0][firsts[0] : stops[0]]
            fitted.fit(rows, sample_weight=weight)
            return [0]
        chosen = []
        for i, table in enumerate(self.timeline.tables):
            part = table.values[firsts[i] : max(0, stops[i])]
            if len(part) >= LEAST_ROWS and np.isfinite(part).any(axis=0).all():
                chosen.append((i, firsts[i], stops[i]))
        if not chosen:
            raise ValueError(
                f"No series of X has {LEAST_ROWS} rows with values before the forecast origin. Use "
                "a longer series."
            )
        with warnings.catch_warnings():  # series that are too short are not forecast
            warnings.filterwarnings("ignore", "Too short for the regressors")
            weights = None
            if self.timeline.weights is not None:
                weights = [self.timeline.weights[i][start:stop] for i, start, stop in chosen]
            fitted.set_params(group=None).fit(self._rows(chosen), sample_weight=weights)
        return [i for i, _, _ in chosen]

    def _rows(self, chosen: list[tuple[int, int, int]]) -> Any:
        """Rows start .. stop - 1 of series i, for each (i, start, stop)."""
        parts = [rows_of(self.timeline.series[i], start, stop) for i, start, stop in chosen]
        if not self.is_several:
            return parts[0]
        return SeriesList(parts, [self.timeline.series.ids[i] for i, _, _ in chosen])

    def _forecasts(
        self,
        fitted: SequenceForecaster,
        can_forecast: set[int],
        firsts: np.ndarray,
        origins: np.ndarray,
    ) -> list[Forecast]:
        """Forecasts of the series that have enough rows before and after their origins."""
        n_least = fitted._least_rows if self.is_several else 1
        chosen = [
            (i, firsts[i], origin + 1)
            for i, origin in enumerate(origins)
            if i in can_forecast
            and origin + 1 - firsts[i] >= n_least
            and origin + self.reach < len(self.timeline.tables[i])
        ]
        if not chosen:
            return []
        known, future = fitted._given.known, None
        if known:
            futures = [
                rows_of(self.timeline.series[i], stop, stop + self.reach)
                if fitted._categories
                else self.timeline.tables[i].values[stop : stop + self.reach, known]
                for i, _, stop in chosen
            ]
            future = futures if self.is_several else futures[0]
        steps, now = self.options.gap + self.horizon, {"X": self._rows(chosen), "future": future}
        bounds = None
        with self._without_warnings_of_gaps():
            forecasts = fitted.forecast(steps, **now)
            if self.options.coverage is not None:
                bounds = fitted.forecast_interval(steps, self.options.coverage, **now)
        found: list[Forecast] = []
        for k, (i, _, stop) in enumerate(chosen):
            names = fitted._names_in(self.timeline.tables[i])
            shape = (steps, len(names))
            forecast = values_of(forecasts[k] if self.is_several else forecasts, names, shape)
            sides = None
            if bounds is not None:
                both = [f"{name}_{side}" for name in names for side in ("lower", "upper")]
                sides = values_of(bounds[k] if self.is_several else bounds, both, (*shape, 2))
                sides = sides[self.options.gap :]
            found.append((i, stop - 1, forecast[self.options.gap :], sides))
        return found


def _in_backtest(text: str, window: int | None) -> str:
    """The message of a fit with too few rows, with the remedy that a backtest has."""
    remedy = "a larger initial" if window is None else "a larger window"
    if "a longer series" in text:
        return text.replace("a longer series without gaps", remedy).replace(
            "a longer series", remedy
        )
    if "calibration" in text and (" rows" in text or "residuals" in text):
        return f"{text.removesuffix('.')}, or {remedy}."
    return text


def _result_of(found: list[Forecast], table: Table, spec: Any, job: _Job) -> BacktestResult:
    bounds = None if job.options.coverage is None else np.array([one[3] for one in found])
    return BacktestResult(
        series=table.values[:, spec.targets],
        origins=np.array([one[1] for one in found]),
        forecast=np.array([one[2] for one in found]),
        lower=None if bounds is None else bounds[..., 0],
        upper=None if bounds is None else bounds[..., 1],
        coverage=job.options.coverage,
        target_names=[table.columns[i] for i in spec.targets],
        index=table.rows.index,
        season_length=spec.season_length,
        gap=job.options.gap,
    )


def _check_measured(
    found: list[list[Forecast]], ids: list[Any], tables: list[Table], n_least: int, reach: int
) -> None:
    """Warn of series without a forecast origin. Raise if all of them are without one."""
    lost = [i for i, forecasts in enumerate(found) if not forecasts]
    if not lost:
        return
    n = len(tables[lost[0]])
    example = f"series {ids[lost[0]]!r} ({n} row{'s' * (n > 1)})"
    needs = f"{n_least} rows before a forecast origin and {reach} after it"
    if len(lost) == len(found):
        raise ValueError(
            f"No series of X has {needs}, for example {example}. Use longer series, a larger "
            "initial or a smaller horizon."
        )
    warn_user(
        f"{len(lost)} of {len(found)} series have no forecast origin, for example {example}: none "
        f"of their rows has {needs}. They are left out of the results."
    )


def _check_covariates(
    roles: Any, X: Any, timeline: Timeline, origins: np.ndarray, reach: int
) -> bool:
    """Raise if a forecast would read NaN as a future covariate, and warn of NaN elsewhere in
    covariates. Returns whether X has any NaN. roles : of the columns.
    """
    tables, panel = timeline.tables, timeline.panel
    if not any(np.isnan(table.values).any() for table in tables):
        return False
    if roles is None:  # a wide frame
        return True
    _, past, known = roles
    static = [i for i in known if all(is_constant(table.values[:, i]) for table in tables)]
    n_least = LEAST_ROWS if panel is not None else 1
    of_each = [
        own[(own + 1 >= n_least) & (own + reach < len(table))]
        for own, table in zip(origins - timeline.starts[:, np.newaxis], tables, strict=True)
    ]
    needed = [i for i in known if i not in static]
    check_future_of(X, tables, panel, needed, of_each, reach)
    warn_of_covariate_gaps(X, tables, panel, [*past, *known], is_fit=True)
    return True


def _outcomes(
    job: _Job, origins: np.ndarray, task: FitTask | None
) -> Iterator[tuple[Any, list[Forecast]]]:
    """What `_Job.run` yields for all origins, with the fits in several processes if asked for."""
    refit, n_jobs = int(job.options.refit), job.options.n_jobs
    firsts = range(0, len(origins), refit) if refit else [0]
    numbers = [range(first, min(len(origins), first + (refit or len(origins)))) for first in firsts]
    groups = [(origins[one.start : one.stop], one, task) for one in numbers]
    if len(groups) == 1 or effective_n_jobs(n_jobs) == 1:
        return chain.from_iterable(job.run(*group) for group in groups)
    return chain.from_iterable(fan_out(job.run_all, groups, n_jobs))


def run_backtest(
    forecaster: SequenceForecaster, X: Any, options: Options, sample_weight: Any
) -> BacktestResult | BacktestResults:
    """Forecasts and actual values of one or several series, as `backtest` returns them."""
    if not isinstance(forecaster, SequenceForecaster):
        raise TypeError(
            f"forecaster={forecaster!r} must be a SequenceForecaster. For a regressor, use "
            "SequenceForecaster(regressor, horizon=12), for example."
        )
    options.check()
    forecaster._validate_params()
    is_several = is_list_of_series(X) or forecaster.group is not None
    if not is_several:
        check_collection(X)
    coded = categories_of(X, forecaster).encoded(X)
    if is_several:
        timeline = split(X, coded, forecaster, sample_weight)
    else:
        tables, starts = [as_series(coded, forecaster)], np.zeros(1, dtype=int)
        weights = weights_of_rows(sample_weight, X, tables, None)
        timeline = Timeline(SeriesList([X], [None]), tables, starts, len(tables[0]), weights)
    tables = timeline.tables
    horizon = horizon_of(options, forecaster)
    reach = n_read_ahead(forecaster, options.gap + horizon)
    origins = origins_of(options, timeline.n_rows, horizon, reach)
    is_wide = timeline.panel is not None and timeline.panel.kind == "wide"
    roles = None if is_wide else roles_of_columns(forecaster, tables)
    has_gaps = _check_covariates(roles, X, timeline, origins, reach)

    with followed(forecaster, len(origins)) as (forecaster, task):
        job = _Job(forecaster, timeline, options, is_several, horizon, reach, roles, has_gaps)
        outcomes = list(shown(_outcomes(job, origins, task), len(origins), int(options.verbose)))

    spec, n_least = outcomes[0][0]
    found: list[list[Forecast]] = [[] for _ in tables]
    for one in chain.from_iterable(forecasts for _, forecasts in outcomes):
        found[one[0]].append(one)
    if not is_several:
        return _result_of(found[0], tables[0], spec, job)
    ids = timeline.series.ids
    _check_measured(found, ids, tables, n_least, reach)
    return BacktestResults(
        {
            one: _result_of(forecasts, table, spec, job)
            for one, forecasts, table in zip(ids, found, tables, strict=True)
            if forecasts
        }
    )
