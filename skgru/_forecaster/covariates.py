"""What is known in advance: the columns of `known` for the rows to forecast."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._containers.series import Table, as_series
from skgru._forecaster.spec import ForecastSpec


def futures_of(
    future: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec
) -> list[Any]:
    """What is known in advance for each series."""
    if future is not None and not spec.known:
        raise ValueError("future was given, but the forecaster was fitted with known=None.")
    if panel is None or future is None:
        return [future] * len(tables)
    if panel.kind == "long":
        return panel.split(future)
    if not isinstance(future, list) or len(future) != len(tables):
        given = f"a list of {len(future)}" if isinstance(future, list) else "no list"
        raise ValueError(
            f"future must be a list of {len(tables)}, one for each series, but is {given}."
        )
    return future


def known_rows(
    future: Any, steps: int, table: Table, spec: ForecastSpec, trained: Table, estimator: Any
) -> np.ndarray:
    """The known columns of the rows that follow a table, (steps, n_known). trained : a series of
    fit, which says how they are called.
    """
    names = [trained.columns[i] for i in spec.known]
    if not names:
        return np.empty((0, 0))
    # A direct network reads what is known for all the steps of a call.
    steps_of_call = spec.steps_of_call
    steps = -(-steps // steps_of_call) * steps_of_call
    if future is None:
        raise ValueError(
            f"Columns {names} are known in advance, so forecasts need them for the next "
            f"{steps} rows: give future, with these columns and at least {steps} rows."
        )
    given = as_series(future, estimator)
    values = given.values
    if given.names is not None and trained.names is not None:
        if missing := [name for name in names if name not in given.names]:
            raise ValueError(
                f"future has columns {given.names}, but lacks {missing}, which are known in "
                "advance. Give them for the rows to forecast."
            )
        values = values[:, [given.names.index(name) for name in names]]
    elif values.shape[1] != len(names):
        raise ValueError(
            f"future has {values.shape[1]} columns, but {len(names)} are known in advance: "
            f"{names}. Give these, in this order."
        )
    if len(values) < steps:
        raise ValueError(
            f"future has {len(values)} rows, but forecasts need {steps} (steps rounded up to a "
            f"multiple of the {steps_of_call} that the regressor gives at once). Give at least "
            f"{steps} rows, the first right after the last row of the series."
        )
    if given.rows.index is not None and table.rows.index is not None:
        expected = table.rows.following(steps)
        if list(given.rows.index[:steps]) != list(expected):
            raise ValueError(
                f"future goes from {given.rows.index[0]} on, but the rows to forecast are "
                f"{expected[0]} to {expected[-1]}. Give it for these rows."
            )
    if not np.isfinite(values[:steps]).all():
        raise ValueError(f"future contains NaN in its first {steps} rows. Fill it first.")
    return values[:steps]
