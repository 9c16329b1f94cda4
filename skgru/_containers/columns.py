"""Columns of a frame that were not part of fit, and are left out of every later X."""

from __future__ import annotations

from typing import Any

from skgru._containers.long import keys_of
from skgru._containers.one_hot import is_frame
from skgru._containers.panel import SeriesList
from skgru._containers.table import Table
from skgru._containers.value_kinds import is_time, names_times


def columns_of_fit(X: Any, like: Table, group: Any = None, time: Any = None) -> Any:
    """A frame, or a list of frames, without columns that `like` lacks. Anything else, and a frame
    without any column of `like`, is returned as it is.

    like : a series of fit; group : what identifies the series of a long frame; time : the column
    of times of a long pandas frame in fit.
    """
    if isinstance(X, list):
        found = [columns_of_fit(one, like) for one in X]
        return SeriesList(found, X.ids) if isinstance(X, SeriesList) else found
    if not like.is_named or not is_frame(X):
        return X
    columns, wanted = list(X.columns), list(like.columns)
    keys = [] if group is None else keys_of(X, group)
    if keys is None or not set(wanted) & set(columns):
        return X
    kept = {*wanted, *(key.name for key in keys if key.level is None)}
    time = like.rows.time if time is None else time
    if time in columns:
        kept.add(time)
    elif not _has_dates(getattr(X, "index", None)):
        kept.update(name for name in columns if is_time(X[name].dtype))
    if kept >= set(columns):
        return X
    return X[[name for name in columns if name in kept]]


def _has_dates(index: Any) -> bool:
    """Whether a pandas index has dates in one of its levels."""
    if index is None:
        return False
    return any(names_times(index.get_level_values(i)) for i in range(index.nlevels))
