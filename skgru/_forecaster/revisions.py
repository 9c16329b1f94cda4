"""Rows of X that are in the history already, with other values: the warning of update, and what
`lost_history.py` asks.
"""

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

# Rows with the values of the last rows of the history that are no chance, at least.
LEAST_REPEATED = 3


@dataclass(frozen=True)
class Revision:
    """Rows of a series that have other values than the history. n_rows : how many; at : the first
    of them; column : its first column with another value, before and after; n_other, n_equal : how
    many values of each column differ, and are equal and not 0, (n_columns,).
    """

    n_rows: int
    at: Any
    column: int
    before: float
    after: float
    n_other: np.ndarray
    n_equal: np.ndarray

    def is_mostly_equal(self, columns: Sequence[int]) -> bool:
        """Whether more values of these columns are equal than differ. Zeros are equal in many
        series.
        """
        chosen = list(columns)
        return bool(self.n_equal[chosen].sum() > self.n_other[chosen].sum())

    def example(self, names: Sequence[Any], categories: Collection[int], one: Any = None) -> str:
        """The first row, with its values unless they are codes of categories. names, categories :
        of the columns; one : the identifier of the series.
        """
        text = str(self.at) if one is None else f"{self.at} of series {one!r}"
        if self.column not in categories:
            before = "an unknown value" if np.isnan(self.before) else f"{self.before:.9g}"
            text += f" with {self.after:.9g} instead of {before}"
        return text + (f" in column {names[self.column]!r}" if len(names) > 1 else "")


def are_mostly_equal(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether more values of `after` (n_rows, n_columns) equal those of `before` than differ.
    Zeros count for nothing: they are equal in many series.
    """
    counts = np.isfinite(before) & np.isfinite(after) & ((before != 0) | (after != 0))
    is_equal = np.abs(after - before) <= RELATIVE * np.abs(before)
    return bool(2 * is_equal[counts].sum() > counts.sum())


def n_repeated(kept: np.ndarray, new: np.ndarray) -> int:
    """Number of rows at the start of `new` (n_rows, n_columns) that end as `kept` does, with the
    same values. 0 if that may be chance: fewer than three of them, or others like them before.
    """
    for j in np.flatnonzero((new == kept[-1:]).all(axis=1))[::-1]:
        n = min(int(j) + 1, len(kept))
        run = new[j + 1 - n : j + 1]
        if n < LEAST_REPEATED or not np.array_equal(run, kept[-n:], equal_nan=True):
            continue
        if len(np.unique(run, axis=0)) < LEAST_REPEATED:
            continue
        last = run[-LEAST_REPEATED:]
        others = np.lib.stride_tricks.sliding_window_view(kept[:-1], LEAST_REPEATED, axis=0)
        if not (others == last.T).all(axis=(1, 2)).any():
            return int(j) + 1
    return 0


def warn_of_repeated(kept: np.ndarray, new: np.ndarray, name: str) -> None:
    """Warn of rows without dates that are in the history already. name : what is called `new`."""
    n = n_repeated(kept, new) if len(kept) > LEAST_REPEATED else 0
    if n:
        rest = f"{name}[{n}:]" if n < len(new) else "the rows after them"
        warn_user(
            f"The first {n} rows of {name} have the values of the last rows of the history. Rows "
            f"without dates are later rows, so that these count twice. Give {rest}, or an index "
            "with dates."
        )


def _revision(
    kept: Table, before: np.ndarray, after: np.ndarray, index: Any, must_be_known: bool
) -> Revision | None:
    """The rows of `after` that differ from `before`, (n_rows, n_columns) each. A value that is
    unknown in `after` is no difference. must_be_known : nor is one that is unknown in `before`.
    """
    largest = np.max(np.abs(kept.values), axis=0, initial=0, where=np.isfinite(kept.values))
    limit = RELATIVE * np.abs(before) + OF_LARGEST * largest
    is_equal = np.abs(after - before) <= limit
    is_other = np.isfinite(after) & ~is_equal
    if must_be_known:
        is_other &= np.isfinite(before)
    rows = np.flatnonzero(is_other.any(axis=1))
    if not len(rows):
        return None
    first = rows[0]
    column = int(is_other[first].argmax())
    return Revision(
        len(rows),
        index[first],
        column,
        before[first, column],
        after[first, column],
        is_other.sum(axis=0),
        (is_equal & (after != 0)).sum(axis=0),
    )


def revision_of(kept: Table, new: Table, n_new: int) -> Revision | None:
    """The rows of `new` before its last `n_new` that differ from `kept`, the last rows of the
    history. None without any, and without an index.
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
    return _revision(kept, before, after, given, must_be_known=False) if len(given) else None


def revision_from(kept: Table, new: Table, start: int) -> Revision | None:
    """The rows of `new`, whose first row has the position `start` in `kept`, that differ from it.
    Both have one step.
    """
    before, after = kept.values[max(0, start) :], new.values[max(0, -start) :]
    n = min(len(before), len(after))
    index = new.rows.index[len(new.rows.index) - len(after) :]
    return _revision(kept, before[:n], after[:n], index, must_be_known=True)


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
    example = first.example(kept[0].columns, categories, one)
    warn_user(
        f"X has {n_rows} row{'s' * (n_rows > 1)} that the history holds with other values, for "
        f"example {example}. update ignores these rows. Fit again with the revised series, or "
        "forecast from it by forecast(X=series)."
    )
