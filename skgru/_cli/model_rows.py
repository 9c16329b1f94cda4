"""Rows of a loaded model: its history, and future covariates for all steps that it reads."""

from __future__ import annotations

from typing import Any

from skgru._cli.errors import Refused, note
from skgru._cli.roles_of_columns import Roles


def history_of(forecaster: Any, roles: Roles) -> Any:
    """The last rows of the targets of each series that a forecaster keeps, as frames of files."""
    import pandas as pd

    parts = []
    for table, one in _series_of(forecaster):
        index = table.rows.index
        if index is None:
            index = pd.RangeIndex(len(table))
        part = pd.DataFrame(table.values, index[len(index) - len(table) :])
        part = part[list(forecaster._spec.targets)].set_axis(list(roles.targets), axis=1)
        for at, name in enumerate(roles.group):
            part[name] = one if forecaster._panel.form.is_one else one[at]
        parts.append(part)
    return pd.concat(parts)


def with_later_rows(
    future: Any, forecaster: Any, roles: Roles, steps: int | None, until: str | None
) -> Any:
    """Future covariates of all steps that a regressor forecasts at once. The rows after `steps`, or
    after a date, that the file lacks have the values of the last row before them, with a note.
    """
    import pandas as pd

    from skgru._forecaster.until import steps_until

    block, series = forecaster._spec.steps_of_call, _series_of(forecaster)
    tables = [table for table, _ in series]
    if any(table.rows.index is None for table in tables):
        return future
    n_asked = [steps or 1] * len(tables) if until is None else steps_until(until, tables)
    parts, n_added = [], 0
    for (table, one), n in zip(series, n_asked, strict=True):
        part = future
        for at, name in enumerate(roles.group):
            part = part[part[name] == (one if forecaster._panel.form.is_one else one[at])]
        after = table.rows.following(-(-max(n_asked) // block) * block)
        try:
            has_row = after.isin(part.index)
        except (TypeError, ValueError):  # other dates, which the forecaster refuses
            return future
        if not has_row[:n].all():
            if not has_row.any():
                return future
            raise Refused(
                f"--future has no row at {_text(after[:n][~has_row[:n]][0])}, but the forecast "
                f"needs {n} rows after the data{_of(one)}. Add rows to the file."
            )
        n_added = max(n_added, int((~has_row).sum()))
        parts.append(part[part.index <= after[-1]].reindex(after).ffill().infer_objects())
    if not n_added:
        return future
    note(
        f"--future has no values for {n_added} of the {block} rows that --model forecasts at once. "
        "The values of its last row are used for them."
    )
    return pd.concat(parts)


def _text(stamp: Any) -> str:
    return str(stamp).removesuffix(" 00:00:00")


def _of(one: Any) -> str:
    return "" if one is None else f" of series {one}"


def _series_of(forecaster: Any) -> list[tuple[Any, Any]]:
    """The last rows of each series and its identifier, None for one series."""
    panel = forecaster._panel
    ids = [None] if panel is None else panel.ids
    return list(zip(forecaster._tails, ids, strict=True))
