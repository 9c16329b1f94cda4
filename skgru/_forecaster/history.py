"""The last rows of each series, which a forecaster keeps, and the rows that continue them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skgru._containers.advice_on_dates import moved_dates
from skgru._containers.panel import Panel
from skgru._containers.table import Table
from skgru._forecaster.gaps_and_outliers import last_rows
from skgru._forecaster.revisions import revision_from


def is_counted(index: Any) -> bool:
    """Whether an index counts the rows, so that it does not say which rows of a series they are."""
    return type(index).__name__ == "RangeIndex"


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
            f"{kept.rows.index.dtype}. Give the index that type.{_moved(kept, new, whose)}"
        ) from error
    start, n_new = int(is_new.argmax()), int(is_new.sum())
    if not n_new:
        return new.values[:0]
    if index[start] != following:
        raise ValueError(
            f"{whose} begins at {index[start]}, but the history ends at {last}, so that the rows "
            f"from {following} on are missing. "
            + (
                _moved(kept, new, whose).strip()
                or f"Give X from {following} on, with NaN for unknown values."
            )
        )
    if not (kept.rows.following(n_new) == index[start:]).all():
        raise ValueError(
            f"{whose} from {index[start]} to {index[-1]} has another step than the training series "
            f"({getattr(kept.rows.freq, 'freqstr', kept.rows.freq)!r}). Resample X to this step."
        )
    return new.values[start:]


def check_order(X: Sequence[Any], new: Sequence[Table | None], tails: Sequence[Table]) -> None:
    """Raise ValueError if the series of a list have the names of those of fit in another order. new
    : the tables of X, None for a series without rows.
    """
    of_fit = [_name_of(tail) for tail in tails]
    names = [None if table is None else _name_of(table) for table in new]
    if None in of_fit or len(set(of_fit)) < len(of_fit):
        return
    given = [name for name in names if name is not None]
    are_moved = any(
        name is not None and name != own for name, own in zip(names, of_fit, strict=True)
    )
    if not are_moved or len(set(given)) < len(given) or not set(given) <= set(of_fit):
        return
    are_series = all(hasattr(one, "name") for one in X) and set(given) == set(of_fit)
    code = f": sorted(X, key=lambda one: {of_fit[:6]!r}.index(one.name))"
    raise ValueError(
        f"X has the series {_listed(names)}, but fit had {_listed(of_fit)}. Each series continues "
        "the one at its position. Give them in the order of fit"
        f"{code if are_series and len(of_fit) <= 6 else ''}."
    )


def _name_of(table: Table) -> Any:
    """The name of a series of one column; None without one."""
    return table.columns[0] if table.is_named and table.values.shape[1] == 1 else None


def _listed(names: Sequence[Any]) -> str:
    return f"{list(names[:6])!r}{' and more' if len(names) > 6 else ''}"


def _moved(kept: Table, new: Table, whose: str) -> str:
    """What converts the dates of `new` to those of `kept`."""
    return moved_dates(new.rows, kept.rows, "X.index" if whose == "X" else None)


def start_within(kept: Table, n_rows: int, new: Table) -> int | None:
    """Position in `kept` of the first row of `new`, if it is a row of a series after its first row:
    negative before the rows that are kept, their number right after them. None without an index,
    and for all other rows. kept : the last of the `n_rows` rows of the series.
    """
    index, other = kept.rows.index, new.rows.index
    if index is None or other is None:
        return None
    first = other[len(other) - len(new)]  # the index of a wide frame may begin before the series
    if kept.rows.following(1)[0] == first:
        return len(kept)
    at = np.flatnonzero(np.asarray(index == first))
    if not len(at) or at[0] <= len(index) - n_rows:
        return None
    return int(at[0]) - (len(index) - len(kept))


def n_rows_before(kept: Table, n_rows: int, new: Table, has_id: bool) -> int | None:
    """Number of rows of `kept` before the first row of `new`, if `new` begins after the first row
    of a series and at most right after its end. None if `new` is its own history: of another
    series or part of it, or without an index.

    kept : the last of the `n_rows` rows of a series of fit; has_id : whether `new` has the
    identifier of this series. Without one, both are the same series if `new` begins right after
    `kept`, or has its values where both have a row.
    """
    start = start_within(kept, n_rows, new)
    if start is None:
        return None
    are_apart = start + len(new) <= 0  # no row in both
    if not has_id and (are_apart or revision_from(kept, new, start) is not None):
        return None
    return max(0, start)


@dataclass(frozen=True)
class Trained:
    """The series of a panel in fit. tails : their last rows; n_rows : number of all rows of each;
    ids : their identifiers.
    """

    tails: list[Table]
    n_rows: list[int]
    ids: list[Any]

    def positions_of(self, tables: list[Table], panel: Panel) -> list[int | None]:
        """The position in fit of the series that each series of X may continue; None for new ones.
        Series of a list have no identifiers: X may continue those of fit if it has as many, with
        the same names.
        """
        positions = {one: i for i, one in enumerate(self.ids)}
        found = [positions.get(one) for one in panel.ids]
        if panel.kind != "list":
            return found
        if len(tables) != len(self.tails):
            return [None] * len(tables)
        pairs = zip(tables, found, strict=True)
        return [
            None if i is None or not _have_one_name(table, self.tails[i]) else i
            for table, i in pairs
        ]

    def continued_by(
        self, tables: list[Table], positions: list[int | None], has_ids: bool
    ) -> list[tuple[int, int] | None]:
        """The position in fit of each series that X continues, and how many rows of its tail are
        before X; None for the others. positions : of the series that X may continue.
        """
        found: list[tuple[int, int] | None] = []
        for table, i in zip(tables, positions, strict=True):
            n = None
            if i is not None:
                n = n_rows_before(self.tails[i], self.n_rows[i], table, has_ids)
            found.append(None if i is None or n is None else (i, n))
        return found


def _have_one_name(new: Table, old: Table) -> bool:
    """Whether two tables may be one series, by the names of their columns."""
    return not (new.is_named and old.is_named) or new.columns == old.columns


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
