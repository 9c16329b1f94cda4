"""The last rows of each series, which a forecaster keeps, and the rows that continue them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skgru._containers.table import Table
from skgru._forecaster.gaps_and_outliers import last_rows


def rows_after(kept: Table, new: Table, whose: str) -> np.ndarray:
    """The rows of `new` after the end of `kept`, (n_rows, n_columns). Without an index: all rows.
    whose : what messages call `new`.

    Raises ValueError if the first of them is not the row after `kept`, or the step is another one.
    """
    index = new.rows.index
    if index is None or kept.rows.index is None:
        return new.values
    last, following = kept.rows.index[-1], kept.rows.following(1)[0]
    try:
        is_new = np.asarray(index >= following)
    except (TypeError, ValueError) as error:  # other kinds of index, or a time zone
        raise ValueError(
            f"{whose} has an index of {index.dtype}, but the training series has one of "
            f"{kept.rows.index.dtype}. Give the index that type."
        ) from error
    start, n_new = int(is_new.argmax()), int(is_new.sum())
    if not n_new:
        return new.values[:0]
    if index[start] != following:
        raise ValueError(
            f"{whose} begins at {index[start]}, but the history ends at {last}, so that the rows "
            f"from {following} on are missing. Give X from {following} on, with NaN for unknown "
            "values."
        )
    if not (kept.rows.following(n_new) == index[start:]).all():
        raise ValueError(
            f"{whose} from {index[start]} to {index[-1]} has another step than the training series "
            f"({getattr(kept.rows.freq, 'freqstr', kept.rows.freq)!r}). Resample X to this step."
        )
    return new.values[start:]


def extended(
    kept: list[Table], new: list[np.ndarray], n_rows: int, targets: Sequence[int]
) -> list[Table]:
    """Tables with new rows (n_new, n_columns) at their end, of which the last `n_rows` are kept."""
    tables, indexes = [], dict[Any, Any]()
    for table, values in zip(kept, new, strict=True):
        rows, key = table.rows, (id(table.rows), len(values))
        if rows.index is not None and key not in indexes:  # series of a wide frame share an index
            index = rows.index.append(rows.following(len(values)))
            indexes[key] = replace(rows, index=index)
        joined = last_rows(np.concatenate([table.values, values]), n_rows, targets)
        tables.append(replace(table, values=joined, rows=indexes.get(key, rows)))
    return tables
