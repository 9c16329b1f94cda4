"""Dates that occur more than once: what identifies the series of their rows, or code that merges
the rows.
"""

from __future__ import annotations

from typing import Any

from skgru._containers.text_dates import way_to_dates
from skgru._containers.value_kinds import is_text, is_time, names_times

# The last sentence of messages about one series, and what replaces it in those about a long frame.
OTHER_GROUP = (
    "If X holds several series, name their column in group: SequenceForecaster(group=...)."
)
OTHER_COLUMNS = "If other columns identify the series too, name them in group."


def doubled(index: Any, frame: Any = None) -> str | None:
    """The message for a time that an index has more than once; None without any. frame : the polars
    frame of the index.
    """
    times = index[index.duplicated()]
    if not len(times):
        return None
    merge = "X.groupby(level=0).mean()"
    if frame is not None:
        time = frame.columns[0]
        merge = f"X.group_by({time!r}).mean().sort({time!r})"
    return (
        f"X's index has {times[0]} more than once, but each row of a series needs its own time. "
        f"Drop or aggregate the duplicates: {merge}. {OTHER_GROUP}"
    )


def check_is_one_series(X: Any) -> None:
    """Raise if the rows of a frame without `group` are those of several series: dates occur more
    than once, but once for each value of a column, or of several columns of text.
    """
    library = type(X).__module__.split(".")[0]
    if library not in ("pandas", "polars") or not hasattr(X, "columns") or not len(X):
        return
    if library == "pandas" and (X.index.nlevels > 1 or not X.columns.is_unique):
        return
    times = [name for name in X.columns if is_time(X[name].dtype)]
    if library == "pandas" and not times and not names_times(X.index):
        times = [name for name in X.columns if is_text(X[name]) and way_to_dates(X[name], "")]
    if library == "pandas" and names_times(X.index):
        dates = X.index.to_numpy()
    elif len(times) == 1:
        dates = X[times[0]].to_numpy()
    else:
        return
    dates = dates.tolist()
    if len(set(dates)) == len(dates):
        return
    others = [name for name in X.columns if name not in times and not _is_float(X[name].dtype)]
    texts = [name for name in others if is_text(X[name])]
    for names in [*([name] for name in others), *([texts] if len(texts) > 1 else [])]:
        ids = list(zip(*(X[name].to_list() for name in names), strict=True))
        try:
            is_id = 2 * len(set(ids)) <= len(ids) == len(set(zip(ids, dates, strict=True)))
        except TypeError:  # lists, for example
            continue
        if is_id:
            group = names if len(names) > 1 else names[0]
            raise ValueError(
                f"X has several rows of the same date, but a single series has one. {group!r} "
                f"seems to identify the series: use SequenceForecaster(group={group!r})."
            )


def _is_float(dtype: Any) -> bool:
    return getattr(dtype, "kind", "") == "f" or str(dtype).startswith("Float")


def check_ids(X: Any, group: Any, ids: list[Any], dates: Any, found: list[Any]) -> None:
    """Raise if columns of text identify the series of a long frame together with `group`: dates of
    a series occur more than once without these columns, and once with them. ids, found : names of
    the columns of `group` and of text; dates : of the rows.
    """
    dates = dates.to_list()

    def are_single(names: list[Any]) -> bool:
        rows = list(zip(dates, *(X[name].to_list() for name in names), strict=True))
        return len(set(rows)) == len(rows)

    if are_single(ids):
        return
    for more in [*([one] for one in found), found]:
        if are_single([*ids, *more]):
            raise ValueError(
                f"group={group!r}: X has several rows of the same date in a series, but a series "
                f"has one. {more[0]!r} seems to identify the series too: use "
                f"SequenceForecaster(group={[*ids, *more]!r})."
            )
