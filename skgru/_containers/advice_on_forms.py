"""Code in messages that brings several series in the form of those of fit: a list, a long frame or
a wide frame.
"""

from __future__ import annotations

from typing import Any

from skgru._containers.long import keys_of
from skgru._containers.one_hot import is_frame
from skgru._containers.panel import Panel
from skgru._containers.read_series import is_list_of_series
from skgru._containers.table import Table
from skgru._containers.value_kinds import holds_labels, is_time, names_times


def code_for_form(X: Any, panel: Panel, like: Table) -> str | None:
    """Code that gives X the form of the series of fit; None where there is none. panel, like : the
    form of fit, and one of its series.
    """
    if panel.kind == "list":
        return _as_list(X, like)
    if isinstance(X, tuple) or (isinstance(X, dict) and panel.kind == "wide"):
        return "pd.DataFrame(X)" if isinstance(X, dict) else None
    if panel.kind == "wide":
        if is_list_of_series(X) and all(hasattr(one, "iloc") for one in X):
            names = [getattr(one, "name", None) for one in X]
            is_named = all(isinstance(name, str) for name in names) and len(set(names)) == len(
                names
            )
            return "pd.concat(X, axis=1)" if is_named else None
        return _pivoted(X)
    return _melted(X, panel, like) if is_frame(X) else None


def _as_list(X: Any, like: Table) -> str | None:
    if isinstance(X, tuple):
        return "list(X)"
    if isinstance(X, dict):
        return "list(X.values())"
    if is_frame(X) and hasattr(X, "iloc") and X.shape[1] > 1 and like.values.shape[1] == 1:
        if X.index.nlevels == 1 and not any(holds_labels(X[name]) for name in X.columns):
            return "[X[name] for name in X.columns]"
    return "[X]"


def _melted(X: Any, panel: Panel, like: Table) -> str | None:
    """Code that makes a long frame of a wide one."""
    form = panel.form
    if form is None or len(form.keys) > 1 or like.values.shape[1] > 1 or not like.is_named:
        return None
    key, target = form.keys[0].name, like.columns[0]
    dates = [name for name in X.columns if is_time(X[name].dtype)]
    others = [name for name in X.columns if name not in dates]
    if any(holds_labels(X[name]) for name in others) or {key, target} & set(X.columns):
        return None
    if not hasattr(X, "iloc"):
        if len(dates) > 1:
            return None
        on = f"index={dates[0]!r}, " if dates else ""
        return f"X.unpivot({on}variable_name={key!r}, value_name={target!r})"
    if X.index.nlevels > 1 or X.columns.nlevels > 1 or len(dates) > 1:
        return None
    names = f"var_name={key!r}, value_name={target!r}"
    code = f"X.melt({dates[0]!r}, {names})" if dates else f"X.melt({names}, ignore_index=False)"
    if form.levels:
        if dates or None in form.levels:
            return None
        time = next(name for name in form.levels if name != key)
        code = f"X.rename_axis({time!r}).melt({names}, ignore_index=False)"
        return f"{code}.set_index({key!r}, append=True).reorder_levels({list(form.levels)!r})"
    if form.time is not None and not dates:
        return f"X.rename_axis({form.time!r}).reset_index().melt({form.time!r}, {names})"
    return code


def _pivoted(X: Any) -> str | None:
    """Code that makes a wide frame of a long one, with a column of text that identifies series."""
    if not is_frame(X):
        return None
    is_pandas = hasattr(X, "iloc")
    if is_pandas and X.index.nlevels == 2 and X.shape[1] == 1:
        levels = [i for i in (0, 1) if not names_times(X.index.get_level_values(i))]
        return f"X[{X.columns[0]!r}].unstack({levels[0]})" if len(levels) == 1 else None
    dates = [name for name in X.columns if is_time(X[name].dtype)]
    labels = [name for name in X.columns if holds_labels(X[name])]
    values = [name for name in X.columns if name not in [*dates, *labels]]
    is_dated = len(dates) == 1 or (is_pandas and not dates and names_times(X.index))
    if len(labels) != 1 or len(values) != 1 or not is_dated:
        return None
    if len(keys_of(X, labels[0]) or []) != 1:
        return None
    if not is_pandas:
        return f"X.pivot({labels[0]!r}, index={dates[0]!r}, values={values[0]!r})"
    on = f"index={dates[0]!r}, " if dates else ""
    return f"X.pivot({on}columns={labels[0]!r}, values={values[0]!r})"
