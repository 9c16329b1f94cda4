"""NaN in covariates: the warning of what is done about them, and the errors of a backtest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skgru._containers.advice_on_gaps import fill_code
from skgru._containers.panel import Panel
from skgru._containers.table import Table
from skgru._forecaster.spec import ForecastSpec
from skgru._warnings import warn_user

# How the warning begins.
HAS_GAPS = "Covariate .* has NaN in"


def check_has_values(X: Any, tables: list[Table], spec: ForecastSpec) -> None:
    """Raise if a covariate has only NaN."""
    for i in (*spec.past, *spec.known):
        if any(np.isfinite(table.values[:, i]).any() for table in tables):
            continue
        name, library = tables[0].columns[i], tables[0].rows.library
        drop = f": X.drop(columns=[{name!r}])" if hasattr(X, "iloc") else ""
        drop = f": X.drop([{name!r}])" if hasattr(X, "columns") and library == "polars" else drop
        known = ", and leave it out of known" if i in spec.known else ""
        raise ValueError(
            f"Covariate {name!r} of X has only NaN, but a covariate needs values in some rows. "
            f"Drop this column{drop}{known}."
        )


def warn_of_covariate_gaps(
    X: Any, tables: list[Table], panel: Panel | None, covariates: Sequence[int], is_fit: bool
) -> None:
    """Warn of NaN in covariates. covariates : their positions; is_fit : whether the rows are
    trained on, or only forecast from.
    """
    unknown = {i: [np.isnan(table.values[:, i]) for table in tables] for i in covariates}
    counts = {i: sum(int(one.sum()) for one in each) for i, each in unknown.items()}
    found = [i for i, n in counts.items() if n]
    if not found:
        return
    name, n, first = tables[0].columns[found[0]], counts[found[0]], unknown[found[0]]
    rows = f"{n} row{'s' * (n > 1)} of X"
    index = tables[0].rows.index
    if panel is not None:
        ids = [one for one, each in zip(panel.ids, first, strict=True) if each.any()]
        more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        rows += f" (series {ids[0]!r}{more})"
    elif index is not None:
        rows += f", the first of them {index[int(first[0].argmax())]}"
    n_more = len(found) - 1
    more = f", and {n_more} more covariate{'s have' if n_more > 1 else ' has'} NaN too"
    effect = "Forecasts read the last value before them"
    if is_fit:
        effect = (
            "Training leaves out the windows that read these rows, and forecasts read the last "
            "value before them"
        )
    warn_user(
        f"Covariate {name!r} has NaN in {rows}{more if n_more else ''}. {effect}. "
        f"{_remedy(X, tables, panel, found)}"
    )


def _remedy(X: Any, tables: list[Table], panel: Panel | None, columns: list[int]) -> str:
    code = fill_code(X, tables, panel, columns)
    return f"Fill in the values{f', for example by {code}' if code else ''}."


def check_future_of(
    X: Any,
    tables: list[Table],
    panel: Panel | None,
    needed: Sequence[int],
    origins: Sequence[np.ndarray],
    reach: int,
) -> None:
    """Raise if a forecast reads NaN as a future covariate in a backtest. needed : positions of
    the future covariates; origins : those of each series; reach : rows that a forecast reads.
    """
    for k, (table, own) in enumerate(zip(tables, origins, strict=True)):
        is_unknown = np.isnan(table.values[:, needed])
        rows = np.flatnonzero(is_unknown.any(axis=1))
        after = np.searchsorted(rows, own, side="right")
        reads = [
            (origin, rows[at])
            for origin, at in zip(own, after, strict=True)
            if at < len(rows) and rows[at] <= origin + reach
        ]
        if not reads:
            continue
        origin, row = reads[0]
        found = [i for i, one in zip(needed, is_unknown.T, strict=True) if one.any()]
        name = table.columns[needed[int(is_unknown[row].argmax())]]
        whose = "X" if panel is None else f"series {panel.ids[k]!r} of X"
        labels = table.rows.index if table.rows.index is not None else range(len(table))
        row_of = "" if table.rows.index is not None else "row "
        raise ValueError(
            f"Column {name!r} of {whose} has NaN at {row_of}{labels[row]}, but the forecast from "
            f"the forecast origin {row_of}{labels[origin]} needs a number there, as it is a "
            f"future covariate. {_remedy(X, tables, panel, found)}"
        )
