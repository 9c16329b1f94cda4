"""Future covariates: the values of the `known` columns in the rows to forecast."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._containers.series import as_series
from skgru._containers.table import Table
from skgru._forecaster.spec import ForecastSpec


def futures_of(
    future: Any, tables: list[Table], panel: Panel | None, spec: ForecastSpec
) -> list[Any]:
    """The part of `future` of each series."""
    if future is not None and not spec.known:
        raise ValueError(
            "future was given, but the forecaster was fitted with known=None. Leave future None, "
            "or fit with known."
        )
    if panel is None or future is None:
        return [future] * len(tables)
    if panel.kind == "long":
        return panel.split(future)
    if not isinstance(future, list) or len(future) != len(tables):
        given = f"a list of {len(future)}" if isinstance(future, list) else "no list"
        raise ValueError(
            f"future must be a list of {len(tables)} tables, one for each series, but is {given}."
        )
    return future


def known_rows(
    future: Any, steps: int, table: Table, spec: ForecastSpec, trained: Table, estimator: Any
) -> np.ndarray:
    """Future covariates of the rows after a table, (steps, n_known). trained : a series of fit,
    with the names of the columns.
    """
    names = [trained.columns[i] for i in spec.known]
    if not names:
        return np.empty((0, 0))
    # Each call of a direct regressor reads the future covariates of all its steps.
    steps_of_call = spec.steps_of_call
    steps = -(-steps // steps_of_call) * steps_of_call
    if future is None:
        raise ValueError(
            f"known={names} needs future values of these columns, but future is None. Give future "
            f"with these columns and at least {steps} rows."
        )
    if hasattr(future, "columns") and hasattr(future, "loc") and set(names) <= set(future.columns):
        future = future[names]  # pandas: other columns are ignored, whatever they hold
    given = as_series(future, estimator)
    values = given.values
    if given.names is not None and trained.names is not None:
        if missing := [name for name in names if name not in given.names]:
            raise ValueError(
                f"future has columns {given.names}, but lacks {missing} of known. Add them for the "
                "rows to forecast."
            )
        values = values[:, [given.names.index(name) for name in names]]
    elif values.shape[1] != len(names):
        raise ValueError(
            f"future has {values.shape[1]} columns, but known has {len(names)}. Give the columns "
            f"{names}, in this order."
        )
    if len(values) < steps:
        raise ValueError(
            f"future has {len(values)} rows, but needs {steps}: steps rounded up to a multiple of "
            f"the {steps_of_call} that the regressor forecasts at once. Give at least {steps} "
            "rows, starting with the row after the end of the series."
        )
    if given.rows.index is not None and table.rows.index is not None:
        expected = table.rows.following(steps)
        if list(given.rows.index[:steps]) != list(expected):
            raise ValueError(
                f"future starts at {given.rows.index[0]}, but the rows to forecast are "
                f"{expected[0]} to {expected[-1]}. Give future for these rows."
            )
    if not np.isfinite(values[:steps]).all():
        raise ValueError(f"future contains NaN in its first {steps} rows. Fill the NaN first.")
    return values[:steps]
