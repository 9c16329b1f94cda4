"""Code in messages that fills gaps in columns of X with the last value before them."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._containers.table import Table


def fill_code(X: Any, tables: list[Table], panel: Panel | None, positions: list[int]) -> str | None:
    """Code that fills the gaps of columns of X, and leaves the others as they are. Gaps at the
    start of a series get its first value. None where no such code exists, as for a column without
    any value.
    """
    values = [table.values[:, positions] for table in tables]
    if any(len(one) and np.isnan(one).all(axis=0).any() for one in values):
        return None
    is_open = any(len(one) and np.isnan(one[0]).any() for one in values)
    names = [tables[0].columns[i] for i in positions]
    kind = "single" if panel is None else panel.kind
    first = X[0] if kind == "list" else X
    library = type(first).__module__.split(".")[0]
    if library == "pandas" and hasattr(first, "columns"):
        return _of_pandas(kind, panel, names, is_open)
    if library == "polars" and hasattr(first, "columns"):
        return _of_polars(first, kind, panel, names, is_open)
    if isinstance(first, np.ndarray) and kind == "single":
        filled = f"pd.DataFrame(X)[{positions}].ffill(){'.bfill()' * is_open}"
        return f"X = pd.DataFrame(X).fillna({filled}).to_numpy()"
    return None


def _of_pandas(kind: str, panel: Panel | None, names: list[Any], is_open: bool) -> str | None:
    fill = ".ffill().bfill()" if is_open else ".ffill()"
    if kind == "list":
        return f"X = [one.fillna(one[{names!r}]{fill}) for one in X]"
    if kind == "single" or panel is None:
        return f"X = X.fillna(X[{names!r}]{fill})"
    group = panel.group
    if any(isinstance(one, Integral) for one in (group if isinstance(group, list) else [group])):
        return None  # positions of levels are no names
    if is_open:
        fill = f".transform(lambda one: one{fill})"
    return f"X = X.fillna(X.groupby({group!r})[{names!r}]{fill})"


def _of_polars(X: Any, kind: str, panel: Panel | None, names: list[Any], is_open: bool) -> str:
    has_nan = any(X.schema[name].is_float() for name in names)
    fill = f"pl.col({names!r}){'.fill_nan(None)' * has_nan}.forward_fill()"
    fill += ".backward_fill()" * is_open
    if kind == "list":
        return f"X = [one.with_columns({fill}) for one in X]"
    over = f".over({panel.group!r})" if kind == "long" and panel is not None else ""
    return f"X = X.with_columns({fill}{over})"
