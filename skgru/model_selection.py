"""Backtests: forecasts from rolling forecast origins.

A forecast origin is the last row that a forecast uses. `SequenceForecaster` makes the forecasts,
and metrics of scikit-learn and of `skgru.metrics` measure their errors.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from numbers import Integral
from typing import Any, overload

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import clone

from skgru._backtest.result import BacktestResult
from skgru._backtest.results import BacktestResults
from skgru._backtest.tasks import followed, shown
from skgru._backtest.timeline import Timeline, split
from skgru._callbacks import FitTask
from skgru._containers.panel import SeriesList, check_collection
from skgru._containers.series import as_series, is_list_of_series, rows_of, values_of
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
from skgru._validation import at_least, real_between
from skgru._warnings import warn_user

__all__ = ["BacktestResult", "BacktestResults", "backtest"]


def __dir__() -> list[str]:
    return __all__


def _check_horizon(horizon: Any, forecaster: SequenceForecaster) -> int:
    if horizon is None:
        return int(forecaster.horizon)
    if not at_least(1).is_satisfied_by(horizon):
        raise ValueError(
            f"horizon={horizon!r} must be an int of at least 1, the rows to forecast from each "
            "forecast origin. Use horizon=None for the horizon of the forecaster."
        )
    return int(horizon)


def _check_initial(initial: Any, n_rows: int) -> int:
    """Number of rows before the first forecast, given as a number or as a share of X."""
    if at_least(1).is_satisfied_by(initial):
        return int(initial)
    is_share = not isinstance(initial, Integral)
    if not is_share or not real_between(0, 1, closed="neither").is_satisfied_by(initial):
        raise ValueError(
            f"initial={initial!r} must be an int of at least 1, the rows before the first "
            "forecast, or a float in (0, 1), their share of X. Use initial=0.5, for example."
        )
    return int(initial * n_rows + 1e-9)  # 0.29 of 100 rows are 29


def _check_origins(
    initial: Any, n_rows: int, step: Any, horizon: int, gap: int, reach: int
) -> np.ndarray:
    """Positions of the forecast origins, (n_origins,), each with `reach` rows after it.

    reach : gap + horizon, or more if future covariates are read in blocks of the forecaster's
    horizon.
    """
    if not at_least(1).is_satisfied_by(step):
        raise ValueError(
            f"step={step!r} must be an int of at least 1, the rows from one forecast origin to the "
            "next. Use step=1, for example."
        )
    n_initial = _check_initial(initial, n_rows)
    if not n_initial:
        raise ValueError(
            f"initial={initial!r} of the {n_rows} rows of X leaves no row for fit. Use a larger "
            "initial."
        )
    if n_initial + reach > n_rows:
        rows = "row" if n_initial == 1 else "rows"
        why = f" and gap={gap}" if gap else ""
        why += f" (future covariates are read for {reach} rows)" if reach > gap + horizon else ""
        raise ValueError(
            f"initial={initial!r} ({n_initial} {rows}) with horizon={horizon}{why} needs at least "
            f"{n_initial + reach} rows, but X has {n_rows}. Use a smaller initial, a smaller "
            "horizon or a longer series."
        )
    return np.arange(n_initial - 1, n_rows - reach, int(step))


def _n_read_ahead(forecaster: SequenceForecaster, steps: int) -> int:
    """Rows after a forecast origin whose future covariates a forecast reads, at least steps."""
    has_known = forecaster.known is not None and np.size(forecaster.known) > 0
    if not has_known or forecaster.strategy == "recursive":
        return steps
    return -(-steps // forecaster.horizon) * forecaster.horizon


def _check_options(refit: Any, coverage: Any, gap: Any, window: Any, n_jobs: Any) -> None:
    if not isinstance(refit, bool | np.bool_) and not at_least(0).is_satisfied_by(refit):
        raise ValueError(
            f"refit={refit!r} must be a bool or an int of at least 0, the number of forecast "
            "origins from one fit to the next. Use refit=True or refit=False."
        )
    is_share = real_between(0, 1, closed="neither").is_satisfied_by
    if coverage is not None and not is_share(coverage):
        raise ValueError(
            f"coverage={coverage!r} must be a float between 0 and 1, both excluded, or None. It is "
            "the share of actual values that the intervals should contain."
        )
    if not at_least(0).is_satisfied_by(gap):
        raise ValueError(
            f"gap={gap!r} must be an int of at least 0, the rows between a forecast origin and the "
            "first row that is measured. Use gap=0 for none."
        )
    if window is not None and not at_least(1).is_satisfied_by(window):
        raise ValueError(
            f"window={window!r} must be an int of at least 1, the rows before a forecast origin "
            "that are used, or None for all of them. Use window=None, for example."
        )
    is_int = isinstance(n_jobs, Integral) and not isinstance(n_jobs, bool)
    if n_jobs is not None and not (is_int and n_jobs != 0):
        raise ValueError(
            f"n_jobs={n_jobs!r} must be an int other than 0, the number of fits at once, or None. "
            "Use n_jobs=-1 for all cores."
        )


# The name of the task of an origin.
ORIGIN = "forecast-origin"

# A forecast of one series from one origin: the position of the series, that of the origin in the
# series, the forecast (horizon, n_targets), and the bounds (horizon, n_targets, 2) or None.
Forecast = tuple[int, int, np.ndarray, Any]


@dataclass(frozen=True)
class _Job:
    """What the forecasts from all origins have in common. It is sent to the worker processes.

    series : each as the user gave it; starts : their positions on the timeline; horizon : rows to
    measure after `gap` rows; reach : rows after an origin that a forecast reads or measures;
    weights : of the rows of each series, or None; has_gaps : whether X has NaN; roles : of
    the columns, the same at all origins, or None.
    """

    forecaster: SequenceForecaster
    series: SeriesList
    tables: list[Table]
    is_several: bool
    starts: np.ndarray
    horizon: int
    gap: int
    reach: int
    window: int | None
    coverage: float | None
    weights: list[np.ndarray] | None = None
    has_gaps: bool = False
    roles: Any = None

    def run(
        self, origins: np.ndarray, numbers: range, task: FitTask | None
    ) -> Iterator[tuple[Any, list[Forecast]]]:
        """One fit at the first of these origins, and the forecasts from each of them. numbers : of
        the origins within the backtest; task : the backtest, for callbacks.
        """
        tasks = [None if task is None else task.subtask(ORIGIN, task_id=i) for i in numbers]
        n_before = origins[0] + 1 - self.starts  # (n_series,), rows of each series
        firsts = np.maximum(0, n_before - (self.window or n_before.max()))
        try:
            with self._told():
                fitted, trained = self._fit(firsts, n_before, tasks[0])
            # A model of one series is not global: it has the scaler of this series.
            can_forecast = set(range(len(self.tables)) if fitted._spec.is_global else trained)
            for origin, own in zip(origins, [None, *tasks[1:]], strict=True):
                if own is not None:
                    own.begin()
                forecasts = self._forecasts(fitted, can_forecast, firsts, origin - self.starts)
                if own is not None:
                    own.end()
                yield (fitted._spec, fitted._least_rows), forecasts
        except ValueError as error:
            text = _in_backtest(str(error), self.window)
            if text == str(error):
                raise
            n_rows = (np.minimum(n_before, list(map(len, self.tables))) - firsts).max()
            raise ValueError(
                f"{text} (Here, X is the {n_rows} rows before a forecast origin.)"
            ) from error

    @contextmanager
    def _told(self) -> Iterator[None]:
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
            rows = rows_of(self.series[0], firsts[0], stops[0])
            weight = None if self.weights is None else self.weights[0][firsts[0] : stops[0]]
            fitted.fit(rows, sample_weight=weight)
            return [0]
        chosen = []
        for i, table in enumerate(self.tables):
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
            if self.weights is not None:
                weights = [self.weights[i][start:stop] for i, start, stop in chosen]
            fitted.set_params(group=None).fit(self._rows(chosen), sample_weight=weights)
        return [i for i, _, _ in chosen]

    def _rows(self, chosen: list[tuple[int, int, int]]) -> Any:
        """Rows start .. stop - 1 of series i, for each (i, start, stop)."""
        parts = [rows_of(self.series[i], start, stop) for i, start, stop in chosen]
        if not self.is_several:
            return parts[0]
        return SeriesList(parts, [self.series.ids[i] for i, _, _ in chosen])

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
            and origin + self.reach < len(self.tables[i])
        ]
        if not chosen:
            return []
        known, future = fitted._given.known, None
        if known:
            futures = [
                rows_of(self.series[i], stop, stop + self.reach)
                if fitted._categories
                else self.tables[i].values[stop : stop + self.reach, known]
                for i, _, stop in chosen
            ]
            future = futures if self.is_several else futures[0]
        steps, now = self.gap + self.horizon, {"X": self._rows(chosen), "future": future}
        bounds = None
        with self._told():
            forecasts = fitted.forecast(steps, **now)
            if self.coverage is not None:
                bounds = fitted.forecast_interval(steps, self.coverage, **now)
        found: list[Forecast] = []
        for k, (i, _, stop) in enumerate(chosen):
            names = fitted._names_in(self.tables[i])
            shape = (steps, len(names))
            forecast = values_of(forecasts[k] if self.is_several else forecasts, names, shape)
            sides = None
            if bounds is not None:
                both = [f"{name}_{side}" for name in names for side in ("lower", "upper")]
                sides = values_of(bounds[k] if self.is_several else bounds, both, (*shape, 2))
                sides = sides[self.gap :]
            found.append((i, stop - 1, forecast[self.gap :], sides))
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
    bounds = None if job.coverage is None else np.array([one[3] for one in found])
    return BacktestResult(
        series=table.values[:, spec.targets],
        origins=np.array([one[1] for one in found]),
        forecast=np.array([one[2] for one in found]),
        lower=None if bounds is None else bounds[..., 0],
        upper=None if bounds is None else bounds[..., 1],
        coverage=job.coverage,
        target_names=[table.columns[i] for i in spec.targets],
        index=table.rows.index,
        season_length=spec.season_length,
        gap=job.gap,
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
    job: _Job, origins: np.ndarray, refit: int, n_jobs: int | None, task: FitTask | None
) -> Iterator[tuple[Any, list[Forecast]]]:
    """What `_Job.run` yields for all origins, with the fits in several processes if asked for."""
    firsts = range(0, len(origins), refit) if refit else [0]
    numbers = [range(first, min(len(origins), first + (refit or len(origins)))) for first in firsts]
    groups = [(origins[one.start : one.stop], one, task) for one in numbers]
    if len(groups) == 1 or effective_n_jobs(n_jobs) == 1:
        return chain.from_iterable(job.run(*group) for group in groups)
    return chain.from_iterable(fan_out(job.run_all, groups, n_jobs))


@overload
def backtest(
    forecaster: SequenceForecaster,
    X: list[Any],
    *,
    horizon: int | None = None,
    initial: int | float,
    step: int = 1,
    refit: bool | int = False,
    coverage: float | None = None,
    gap: int = 0,
    window: int | None = None,
    n_jobs: int | None = None,
    sample_weight: Any = None,
    verbose: int = 0,
) -> BacktestResults: ...


# Of a frame, the parameter `group` decides: BacktestResults would flag uses of a single result.
@overload
def backtest(
    forecaster: SequenceForecaster,
    X: Any,
    *,
    horizon: int | None = None,
    initial: int | float,
    step: int = 1,
    refit: bool | int = False,
    coverage: float | None = None,
    gap: int = 0,
    window: int | None = None,
    n_jobs: int | None = None,
    sample_weight: Any = None,
    verbose: int = 0,
) -> BacktestResult | Any: ...


def backtest(
    forecaster: SequenceForecaster,
    X: Any,
    *,
    horizon: int | None = None,
    initial: int | float,
    step: int = 1,
    refit: bool | int = False,
    coverage: float | None = None,
    gap: int = 0,
    window: int | None = None,
    n_jobs: int | None = None,
    sample_weight: Any = None,
    verbose: int = 0,
) -> BacktestResult | BacktestResults:
    """Forecast one or several series from rolling forecast origins.

    A forecast origin is the last row that a forecast uses. The forecaster is fitted to the first
    `initial` rows, and forecasts the next `horizon` rows from every `step`-th row after them. No
    forecast uses a target after its origin.

    Parameters
    ----------
    forecaster : SequenceForecaster
        Forecaster to measure. It is cloned and stays unfitted.

    X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame, or list
        One series, oldest row first, or several series: a list, or a long or wide frame for a
        forecaster with `group`. Future covariates (columns in `known`) are also read from X for the
        rows to forecast.

    horizon : int or None, default=None
        Rows to forecast from each forecast origin. None: the horizon of the forecaster.

    initial : int or float
        Number of rows before the first forecast, an int of at least 1. A float in (0, 1) is the
        share of the rows of X. Several series: see the Notes.

    step : int, default=1
        Rows from one forecast origin to the next. At least 1.

    refit : bool or int, default=False
        Whether the forecaster is fitted again at later forecast origins.

        - False or 0: the model that was fitted to the first `initial` rows makes all forecasts,
          each from the history up to its origin.
        - True or 1: at each origin, a new model is fitted to the rows up to it.
        - A larger int k: a new model is fitted at every k-th origin.

    coverage : float or None, default=None
        Nominal coverage of prediction intervals, in (0, 1). None: no intervals.

    gap : int, default=0
        Rows between a forecast origin and the first row that is measured, for data that arrive
        late. The forecast is made gap + horizon rows ahead, and its first `gap` rows are dropped.

    window : int or None, default=None
        Rows before a forecast origin that a fit uses: a rolling window. The history of a forecast
        begins with the first row of its fit. None: all rows.

    n_jobs : int or None, default=None
        Number of fits that run at once, in processes of their own. It has no effect without
        `refit`. None: one, or the number of `joblib.parallel_config`, which also chooses threads or
        a cluster of dask. -1: all cores. The results do not depend on it if the forecaster has a
        `random_state`. If a worker process ends, its fits run again, with a warning.

    sample_weight : array-like of shape (n_samples,), list of arrays or None, default=None
        Weight of each row of X as a target in training, in the form that
        `SequenceForecaster.fit` takes. Each fit gets the weights of its rows. The errors are not
        weighted. None: all rows have the same weight.

    verbose : int, default=0
        0 shows nothing. 1 shows the forecast origins that are done and the time left: as a bar in a
        terminal or a notebook, else in about ten lines. 2 prints a line for each origin.

    Returns
    -------
    BacktestResult or BacktestResults
        Forecasts and actual values, with methods for their errors. BacktestResults, a mapping from
        the id of each series to its BacktestResult, for several series.

    Raises
    ------
    TypeError
        If forecaster is not a SequenceForecaster.
    ValueError
        If a parameter is out of range, X is too short for a single forecast, or the forecaster
        raises an error, for example because the calibration set is too small for `coverage`.

    See Also
    --------
    skgru.SequenceForecaster : The forecaster.
    skgru.plotting.BacktestDisplay : Plot of the result.
    sklearn.model_selection.TimeSeriesSplit : Folds in time order, for a grid search.

    Notes
    -----
    Forecast origins are the rows initial - 1, initial - 1 + step, and so on, as long as `horizon`
    rows follow them. With future covariates and strategy="direct", the forecaster reads them in
    blocks of its own horizon, so all rows of the last block must follow the forecast origin in X.

    One global model forecasts several series. A forecast origin is one moment for all of them:

    - Dates, periods or numbers in the index: `initial` and `step` count the times at which any
      series has a row, from the first time on.
    - No index, or one that counts from 0: the series end together. `initial` and `step` count the
      rows of the longest series.

    A series is forecast from an origin if it has enough rows before it for the regressors (a season
    or a window), and `horizon` rows after it. So series of unlike lengths may have different
    origins. A model that was fitted to a single series, because the others begin later, forecasts
    only this series. In a wide frame, a series lasts from its first to its last value.

    The scaler of a single series is that of the model: a clone of `scaler` that is fitted to the
    rows of the fit. Several series are each given to `forecast` from the first row of the fit to
    the origin. Therefore each of them has a new clone of `scaler` at every origin, fitted to these
    rows, while `update` keeps the scalers of `fit`. With `refit=True` both are the same.

    References
    ----------
    Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy: an analysis and review.
    International Journal of Forecasting 16(4), 437-450. doi:10.1016/S0169-2070(00)00065-0

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skgru import SequenceForecaster
    >>> from skgru.datasets import load_airline_passengers
    >>> from skgru.model_selection import backtest
    >>> forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
    >>> result = backtest(forecaster, load_airline_passengers(), initial=120, step=6)
    >>> result
    BacktestResult(n_origins=4, horizon=3, n_targets=1, coverage=None)
    >>> result.errors_by_step().round(1)
    array([ 5.1, 14.8, 20. ])
    >>> result.summary()["ratio"].dropna().round(2)  # to the value of a year ago
    MAE     0.29
    RMSE    0.36
    MASE    0.29
    Name: ratio, dtype: float64
    """
    if not isinstance(forecaster, SequenceForecaster):
        raise TypeError(
            f"forecaster={forecaster!r} must be a SequenceForecaster. For a regressor, use "
            "SequenceForecaster(regressor, horizon=12), for example."
        )
    _check_options(refit, coverage, gap, window, n_jobs)
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
    series, tables, n_rows = timeline.series, timeline.tables, timeline.n_rows
    horizon = _check_horizon(horizon, forecaster)
    reach = _n_read_ahead(forecaster, gap + horizon)
    origins = _check_origins(initial, n_rows, step, horizon, gap, reach)
    is_wide = timeline.panel is not None and timeline.panel.kind == "wide"
    roles = None if is_wide else roles_of_columns(forecaster, tables)
    has_gaps = _check_covariates(roles, X, timeline, origins, reach)

    with followed(forecaster, len(origins)) as (forecaster, task):
        job = _Job(
            forecaster,
            series,
            tables,
            is_several,
            timeline.starts,
            horizon,
            gap,
            reach,
            window,
            coverage,
            timeline.weights,
            has_gaps,
            roles,
        )
        outcomes = list(
            shown(_outcomes(job, origins, int(refit), n_jobs, task), len(origins), int(verbose))
        )

    spec, n_least = outcomes[0][0]
    found: list[list[Forecast]] = [[] for _ in tables]
    for one in chain.from_iterable(forecasts for _, forecasts in outcomes):
        found[one[0]].append(one)
    if not is_several:
        return _result_of(found[0], tables[0], spec, job)
    ids = series.ids
    _check_measured(found, ids, tables, n_least, reach)
    return BacktestResults(
        {
            one: _result_of(forecasts, table, spec, job)
            for one, forecasts, table in zip(ids, found, tables, strict=True)
            if forecasts
        }
    )
