"""Rows of update that are in the history already, with other values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.table import Table
from skgru._warnings import warn_user

# Differences up to these shares of the value, and of the largest value of its column, are rounding
# errors.
RELATIVE, OF_LARGEST = 1e-6, 1e-9


@dataclass(frozen=True)
class Revision:
    """Rows of a series that have other values than the history. n_rows : how many; at : the first
    of them; column : its first column with another value, before and after.
    """

    n_rows: int
    at: Any
    column: int
    before: float
    after: float


def revision_of(kept: Table, new: Table, n_new: int) -> Revision | None:
    """The rows of `new` before its last `n_new` that differ from `kept`, the last rows of the
    history. A value that is unknown in `new` is no difference. None without any, and without an
    index.
    """
    n_old = len(new) - n_new
    if not n_old or new.rows.index is None or kept.rows.index is None:
        return None
    n = min(n_old, len(kept))
    known, given = kept.rows.index[-len(kept) :], new.rows.index[:n_old]
    if given[-1] == known[-1] and given[-n] == known[-n]:  # both have one step
        before, after, given = kept.values[-n:], new.values[n_old - n : n_old], given[-n:]
    else:
        at = known.get_indexer(given)
        before, after, given = kept.values[at[at >= 0]], new.values[:n_old][at >= 0], given[at >= 0]
    if not len(given):
        return None
    largest = np.max(np.abs(kept.values), axis=0, initial=0, where=np.isfinite(kept.values))
    limit = RELATIVE * np.abs(before) + OF_LARGEST * largest
    is_other = np.isfinite(after) & ~(np.abs(after - before) <= limit)
    rows = np.flatnonzero(is_other.any(axis=1))
    if not len(rows):
        return None
    first = rows[0]
    column = int(is_other[first].argmax())
    return Revision(len(rows), given[first], column, before[first, column], after[first, column])


def warn_of_revisions(
    kept: Sequence[Table],
    new: Sequence[Table | None],
    n_new: Sequence[int],
    ids: Sequence[Any],
    categories: Collection[int],
) -> None:
    """Warn of known rows with other values: how many, and the first. ids : of several series, None
    for one; categories : columns whose values are codes.
    """
    found = [
        (one, revision)
        for one, old, table, n in zip(ids, kept, new, n_new, strict=True)
        if table is not None and (revision := revision_of(old, table, n)) is not None
    ]
    if not found:
        return
    one, first = found[0]
    n_rows = sum(revision.n_rows for _, revision in found)
    of_series = "" if one is None else f" of series {one!r}"
    names, values = kept[0].columns, ""
    if first.column not in categories:
        before = "an unknown value" if np.isnan(first.before) else f"{first.before:.9g}"
        values = f" with {first.after:.9g} instead of {before}"
    column = f" in column {names[first.column]!r}" if len(names) > 1 else ""
    warn_user(
        f"X has {n_rows} row{'s' * (n_rows > 1)} that the history holds with other values, for "
        f"example {first.at}{of_series}{values}{column}. update ignores these rows. Fit again "
        "with the revised series, or forecast from it by forecast(X=series)."
    )
