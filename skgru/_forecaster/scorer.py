"""Scorers for searches over a SequenceForecaster: negative errors of forecasts of the test fold."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skgru._all_or_nothing import snapshot
from skgru._containers.read_series import as_series, is_list_of_series, rows_of, values_of
from skgru._containers.table import Table
from skgru._forecaster.baselines import naive_scale
from skgru._forecaster.forecaster import SequenceForecaster
from skgru._forecaster.sample_weight import weights_of_list, weights_of_one

# Actual values and forecasts (n_rows, n_targets) of a series, its naive_scale, and the rows of X
# that they are.
Measured = tuple[np.ndarray, np.ndarray, np.ndarray, slice]


class ForecastScorer:
    """Callable scorer(estimator, X, y=None, sample_weight=None) of
    `skgru.metrics.forecast_scorer`.

    name : what the user gave as metric; function : metric(y_true, y_pred) of arrays; is_scaled :
    whether it is divided by the seasonal-naive error of the training rows.
    """

    def __init__(self, name: Any, function: Callable[..., Any], is_scaled: bool) -> None:
        self.name = name
        self.function = function
        self.is_scaled = is_scaled

    def __repr__(self) -> str:
        return f"forecast_scorer({self.name!r})"

    def _accept_sample_weight(self) -> bool:
        """Whether scikit-learn passes sample weights of a search to this scorer."""
        return "sample_weight" in signature(self.function).parameters

    def __call__(self, estimator: Any, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        if not isinstance(estimator, SequenceForecaster):
            raise TypeError(
                f"estimator={estimator!r} must be a SequenceForecaster, because {self!r} measures "
                "forecasts. Search over SequenceForecaster(regressor), for example."
            )
        check_is_fitted(estimator)
        estimator = snapshot(estimator)  # another thread may refit it
        if sample_weight is not None and not self._accept_sample_weight():
            raise ValueError(
                f"sample_weight was given, but the metric of {self!r} takes no sample_weight. "
                "Leave it None, or use forecast_scorer('mae')."
            )
        if is_list_of_series(X):
            series = _ends_of_list(estimator, X)
        elif estimator.group is None:
            series = [_fold_of_one(estimator, X)]
        else:
            series = _fold_of_wide(estimator, X)
        weights: list[Any] = [None] * len(series)
        if sample_weight is not None and is_list_of_series(X):
            numbers = [i for i, one in enumerate(X) if _is_measured(estimator, one)]
            every = weights_of_list(sample_weight, X, range(len(X)))
            weights = [every[i][rows] for i, (*_, rows) in zip(numbers, series, strict=True)]
        elif sample_weight is not None:
            whole = weights_of_one(sample_weight, X)
            weights = [whole[rows] for *_, rows in series]
        errors = [
            self._error(actual, forecast, scale, weight)
            for (actual, forecast, scale, _), weight in zip(series, weights, strict=True)
        ]
        known = [error for error in errors if error is not None]
        if not known:
            scale = ", or the seasonal-naive error to divide by is 0" if self.is_scaled else ""
            zeros = " or have the weight 0" if sample_weight is not None else ""
            raise ValueError(
                f"{self!r} cannot measure X: all actual values are missing (NaN){zeros}{scale}. "
                f"Use longer test folds{', or forecast_scorer()' if scale else ''}."
            )
        return -float(np.mean(known))

    def _error(
        self, actual: np.ndarray, forecast: np.ndarray, scale: np.ndarray, weight: Any
    ) -> float | None:
        """The error of one series; None if it cannot be measured. weight : of each row, or None."""
        is_known = ~np.isnan(actual).any(axis=1)
        if weight is not None:
            is_known &= weight > 0
        if not is_known.any() or (self.is_scaled and np.isnan(scale).all()):
            return None
        y_true, y_pred = actual[is_known], forecast[is_known]
        given = {} if weight is None else {"sample_weight": weight[is_known]}
        if self.is_scaled:
            errors = self.function(y_true, y_pred, multioutput="raw_values", **given)
            return float(np.nanmean(errors / scale))
        single = y_true.shape[1] == 1
        both = (y_true[:, 0], y_pred[:, 0]) if single else (y_true, y_pred)
        return self.function(*both, **given)


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
    return actual, forecast, estimator._naive_scales[0], slice(start, stop)


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
        (actual[:, [j]], forecast[:, [j]], scale, slice(start, None))
        for j, scale in enumerate(estimator._naive_scales)
    ]


def _ends_of_list(estimator: Any, X: list[Any]) -> list[Measured]:
    """The last `horizon` rows of each series, and their forecasts from the rows before them."""
    given, horizon = estimator._given, estimator._given.horizon
    n_least, ends = estimator._least_rows, []
    for one in estimator._lone(X):
        table = estimator._read_new(one)
        if _is_measured(estimator, one):
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
        measured.append((targets[stop:], forecast, scale, slice(stop, None)))
    return measured


def _is_measured(estimator: Any, one: Any) -> bool:
    """Whether a series of a list has rows enough."""
    return len(one) >= estimator._least_rows + estimator._given.horizon


def _is_trained(estimator: Any, table: Table) -> bool:
    """Whether X is the training series, as for scores of the training fold.

    Raises ValueError if X has an index that neither continues the training series nor begins in it.
    """
    rows, trained = table.rows, estimator._tails[0].rows
    if rows.index is None or trained.index is None:
        values = table.values[:, : estimator._first_rows[0].shape[1]]
        values = values[int(np.isfinite(values).any(axis=1).argmax()) :]
        return len(values) >= estimator._n_rows[0] and estimator._begins_as_in_fit(values)
    if trained.is_followed_by(rows):
        return False
    following = trained.following(1)[0]
    if type(following) is type(rows.index[0]) and rows.index[0] < following:
        return True
    raise ValueError(
        f"X starts at {rows.index[0]}, but the forecast starts at {following}, the row after the "
        "training series. Use cv=TimeSeriesSplit() with gap=0."
    )
