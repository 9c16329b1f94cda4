"""X that looks like a part of the training series, but does not have the rows before it as history:
the reasons, and the warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.advice_on_dates import moved_dates
from skgru._containers.table import Table
from skgru._containers.time_index import TimeIndex
from skgru._forecaster.history import start_within
from skgru._forecaster.revisions import revision_from
from skgru._forecaster.short_series import used_by_short
from skgru._forecaster.spec import ForecastSpec
from skgru._warnings import warn_user

FROM_START = "Give the series from the start of fit to the end of X"


@dataclass(frozen=True)
class Loss:
    """Why X has no history but its own rows. what : follows "X" in the message; remedy : its last
    sentence, without the full stop; is_of_values : whether X has other values than the training
    series in the same rows.
    """

    what: str
    remedy: str
    is_of_values: bool = False


def loss_of(
    kept: Table, n_rows: int, new: Table, has_id: bool, spec: ForecastSpec, n_needed: int
) -> Loss | None:
    """Why the rows of a training series before `new` are not its history, None if they are or if
    nothing is lost. kept, n_rows, has_id : as in `n_rows_before`; n_needed : rows that a history
    should have.

    Nothing is lost where `new` is long, unless most of its targets are those of the training
    series. A long one with other values is another series.
    """
    start, is_short = start_within(kept, n_rows, new), len(new) < n_needed
    if start is None:
        return _apart(kept.rows, new) if is_short else None
    if start <= 0 and is_short:
        first, known = new.rows.index[-len(new)], kept.rows.index[-len(kept)]
        what = (
            f"begins at {first}, but the forecaster keeps no row of the training series before "
            f"{known}"
        )
        return Loss(what, FROM_START)
    if has_id or not 0 < start < len(kept):
        return None
    revision = revision_from(kept, new, start)
    if revision is None or not (is_short or revision.is_mostly_equal(spec.targets)):
        return None
    n, end, remedy = revision.n_rows, kept.rows.index[-1], FROM_START
    if new.rows.index[-1] > end:
        remedy += f", or only the rows after {end} to keep the values of the training series"
    categories = [column for column, _ in spec.categories]
    what = (
        f"has other values than the training series in {n} row{'s' * (n > 1)}, for example "
        f"{revision.example(kept.columns, categories)}"
    )
    return Loss(what, remedy, is_of_values=True)


def _apart(trained: TimeIndex, table: Table) -> Loss | None:
    """The loss of X that ends after a training series, but does not start right after it or within
    it, or has dates of another type. X that ends before the row after the training series is
    another period.
    """
    index = table.rows.index
    if index is None or trained.index is None:
        return None
    first, last = index[len(index) - len(table)], trained.index[-1]
    if np.any(np.asarray(trained.index == first)):
        return None  # from the first row of fit on: nothing is before it
    what = f"begins at {first} and does not continue the training series, which ends at {last}"
    remedy = f"{FROM_START}, with NaN in missing rows"
    try:
        if not index[-1] >= trained.following(1)[0]:
            return None
    except (TypeError, ValueError):  # another kind of index, or a time zone
        what = (
            f"has an index of {index.dtype} and does not continue the training series, which has "
            f"one of {trained.index.dtype}"
        )
        remedy = "Give the index that type"
    return Loss(what, remedy)


def warn_of_losses(
    losses: Mapping[Any, Loss],
    tables: Mapping[Any, Table],
    like: TimeIndex,
    n_needed: int,
    spec: ForecastSpec | None,
) -> None:
    """Warn of series that are their whole history. losses, tables : by the identifier of the
    series, None for a single one; like : the index of the first of them in fit; spec : of the
    regressors, None without any.
    """
    for one, loss in list(losses.items())[:1]:
        table, n_more = tables[one], len(losses) - 1
        whose = "X" if one is None else f"Series {one!r} of X"
        others = f" There are {n_more} more such series." if n_more else ""
        needs = f", which should have {n_needed}" if len(table) < n_needed else ""
        if needs and spec is not None:
            needs += f", so that they use {used_by_short(len(table), spec)}"
        moved = moved_dates(table.rows, like, "X.index" if one is None else None)
        warn_user(
            f"{whose} {loss.what}. Its {len(table)} rows are the whole history of its forecasts"
            f"{needs}. {moved.strip().removesuffix('.') or loss.remedy}.{others}"
        )
