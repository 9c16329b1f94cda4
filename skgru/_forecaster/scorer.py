"""Scorers for searches over a SequenceForecaster: negative errors of forecasts of the test fold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru._containers.series import as_series, is_list_of_series, rows_of, values_of
from skgru._containers.table import Table
from skgru._forecaster.baselines import naive_scale
from skgru._forecaster.forecaster import SequenceForecaster
from skgru._state import snapshot

# Actual values and forecasts (n_rows, n_targets) of a series, and its naive_scale.
Measured = tuple[np.ndarray, np.ndarray, np.ndarray]


class ForecastScorer:
    """Callable scorer(estimator, X, y=None), documented at `skgru.metrics.forecast_scorer`.

    name : what the user gave as metric; function : metric(y_true, y_pred) of arrays; is_scaled :
    whether it is divided by the seasonal-naive error of the training rows.
    """

    def __init__(self, name: Any, function: Callable[..., Any], is_scaled: bool) -> None:
        self.name = name
        self.function = function
        self.is_scaled = is_scaled

    def __repr__(self) -> str:
        return f"forecast_scorer({self.name!r})"

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        if not isinstance(estimator, SequenceForecaster):
            raise TypeError(
                f"estimator={estimator!r} must be a SequenceForecaster, because {self!r} measures "
                "forecasts. Search over SequenceForecaster(regressor), for example."
            )
        check_is_fitted(estimator)
        estimator = snapshot(estimator)  # another thread may refit it
        if is_list_of_series(X):
            series = _ends_of_list(estimator, X)
        elif estimator.group is None:
            series = [_fold_of_one(estimator, X)]
        else:
            series = _fold_of_wide(estimator, X)
        errors = [self._error(*one) for one in series]
        known = [error for error in errors if error is not None]
        if not known:
            scale = " or the seasonal-naive error to divide by is 0" if self.is_scaled else ""
            raise ValueError(
                f"{self!r} cannot measure X: all actual values are missing (NaN){scale}. Use "
                f"longer test folds{', or forecast_scorer()' if scale else ''}."
            )
        return -float(np.mean(known))

    def _error(self, actual: np.ndarray, forecast: np.ndarray, scale: np.ndarray) -> float | None:
        """The error of one series; None if it cannot be measured."""
        is_known = ~np.isnan(actual).any(axis=1)
        if not is_known.any() or (self.is_scaled and np.isnan(scale).any()):
            return None
        y_true, y_pred = actual[is_known], forecast[is_known]
        if self.is_scaled:
            return float((self.function(y_true, y_pred, multioutput="raw_values") / scale).mean())
        single = y_true.shape[1] == 1
        return self.function(*((y_true[:, 0], y_pred[:, 0]) if single else (y_true, y_pred)))


def _fold_of_one(estimator: Any, X: Any) -> Measured:
    """The rows after the training series, and their forecast. If X is the training series: its last
    `horizon` rows.
    """
    table = estimator._read_new(X)
    if estimator._panel is not None:
        raise ValueError(
            "X is one series, but SequenceForecaster was fitted on a list of series. Search with "
            "a list, whose folds are lists: search.fit([series, other_series])."
        )
    given, n_rows, known = estimator._given, len(table), list(estimator._given.known)
    is_read = bool(set(known) - set(given.static))
    start, stop, past = 0, n_rows, None
    if _is_trained(estimator, table):
        start = n_rows - given.horizon
        past = rows_of(X, 0, start)
    elif is_read:
        # Each call of a direct regressor reads the future covariates of all its steps.
        stop -= n_rows % given.steps_of_call
        if not stop:
            raise ValueError(
                f"X has {n_rows} rows, but future covariates are read for "
                f"horizon={given.horizon} rows. Use longer test folds: "
                f"TimeSeriesSplit(test_size={given.horizon})."
            )
    actual = table.values[start:stop, given.targets]
    future = table.values[start:, known] if is_read else None
    answer = estimator.forecast(len(actual), X=past, future=future)
    forecast = values_of(answer, estimator._target_names, actual.shape)
    return actual, forecast, estimator._naive_scales[0]


def _fold_of_wide(estimator: Any, X: Any) -> list[Measured]:
    """As `_fold_of_one`, for each series of a wide frame."""
    panel = estimator._panel
    if panel.kind != "wide":
        raise ValueError(
            f"group={estimator.group!r} makes X a long frame, whose rows cannot be split into "
            "folds. Search with a list of series or a wide frame (group='columns')."
        )
    table = as_series(X, estimator, usual=estimator._usual_step)
    if table.columns != list(panel.ids):
        raise ValueError(
            f"X has columns {table.columns}, but in fit its columns were {list(panel.ids)}. Give "
            "the columns of fit, in the same order."
        )
    start, past = 0, None
    if _is_trained(estimator, table):
        start = len(table) - estimator._given.horizon
        past = rows_of(X, 0, start)
    actual = table.values[start:]
    forecast = values_of(estimator.forecast(len(actual), X=past), panel.ids, actual.shape)
    return [
        (actual[:, [j]], forecast[:, [j]], scale) for j, scale in enumerate(estimator._naive_scales)
    ]


def _ends_of_list(estimator: Any, X: list[Any]) -> list[Measured]:
    """The last `horizon` rows of each series, and their forecasts from the rows before them."""
    given, horizon = estimator._given, estimator._given.horizon
    n_least, ends = estimator._least_rows, []
    for one in estimator._lone(X):
        table = estimator._read_new(one)
        if len(table) >= n_least + horizon:
            ends.append((one, table, len(table) - horizon))
    if not ends:
        longest = max(map(len, X))
        raise ValueError(
            f"X has no series of {n_least + horizon} rows: {n_least} of history, and horizon="
            f"{horizon} to forecast. The longest has {longest}. Use longer series or a smaller "
            "horizon."
        )
    futures = None
    if set(given.known) - set(given.static):
        futures = [table.values[stop:, given.known] for _, table, stop in ends]
    answers = estimator.forecast(
        horizon, X=[rows_of(one, 0, stop) for one, _, stop in ends], future=futures
    )
    measured = []
    for (_, table, stop), answer in zip(ends, answers, strict=True):
        targets = table.values[:, given.targets]
        forecast = values_of(answer, estimator._names_in(table), targets[stop:].shape)
        scale = naive_scale(targets[:stop], estimator.season_length_)
        measured.append((targets[stop:], forecast, scale))
    return measured


def _is_trained(estimator: Any, table: Table) -> bool:
    """Whether X is the training series, as for scores of the training fold.

    Raises ValueError if X has an index that neither continues the training series nor begins in it.
    """
    rows, trained = table.rows, estimator._tails[0].rows
    if rows.index is None or trained.index is None:
        first = estimator._first_rows[0]
        values = table.values[:, : first.shape[1]]
        values = values[int(np.isfinite(values).any(axis=1).argmax()) :]
        return len(values) > len(first) and np.array_equal(
            values[: len(first)], first, equal_nan=True
        )
    if trained.is_followed_by(rows):
        return False
    following = trained.following(1)[0]
    if type(following) is type(rows.index[0]) and rows.index[0] < following:
        return True
    raise ValueError(
        f"X starts at {rows.index[0]}, but the forecast starts at {following}, the row after the "
        "training series. Use cv=TimeSeriesSplit() with gap=0."
    )
