"""Rows of a loaded model: its history, new rows that continue it, and future covariates for all
steps that it reads.
"""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from skgru._cli.errors import Refused, note
from skgru._cli.gaps import are_few
from skgru._cli.roles_of_columns import Roles

# Rows after the history among which those of new dates are looked for.
MOST_AHEAD = 100_000


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


def as_in_model(frame: Any, forecaster: Any, roles: Roles, given: Namespace) -> Any:
    """New rows with dates of the type that a model has: the first or last days of months, say,
    instead of periods. Raises Refused for dates of another type, for dates that lie between rows of
    the history, and for missing dates.
    """
    data, series = given.data, _series_of(forecaster)
    like = series[0][0].rows
    if not hasattr(like.index, "asi8"):
        return frame
    index = _dates_like(frame.index, like)
    if index is None:
        expected = ", ".join(_text(one) for one in like.following(2))
        zone = f", or give --time-zone {like.index.tz}" if _tz(like.index) else ""
        raise Refused(
            f"--time {roles.time}: {data} has {_text(frame.index[0])}, but the rows after the "
            f"history of --model {given.model} are {expected}. Write the dates in this form{zone}."
        )
    frame = frame.set_axis(index.rename(frame.index.name))
    parts = {None: frame}
    if roles.group:
        keys = list(roles.group) if len(roles.group) > 1 else roles.group[0]
        parts = dict(list(frame.groupby(keys, sort=False)))
    for table, one in series:
        if one in parts:
            _check_places(parts[one].index.unique(), table, f"{data}{_of(one)}", roles, given)
    return frame


def _check_places(dates: Any, table: Any, data: str, roles: Roles, given: Namespace) -> None:
    """Raise for dates between the rows of a series and of those after it, and for gaps."""
    index = table.rows.index
    n_ahead = len(dates) + 1
    rows = index.append(table.rows.following(n_ahead))
    while rows[-1] < dates.max() and n_ahead < MOST_AHEAD:
        n_ahead *= 2
        rows = index.append(table.rows.following(n_ahead))
    is_inside = (dates >= index[-len(table)]) & (dates <= rows[-1])
    between = dates[is_inside & ~dates.isin(rows)]
    if len(between):
        at = rows.searchsorted(between[0])
        raise Refused(
            f"--time {roles.time}: {data} has {_text(between[0])}, but the rows of --model "
            f"{given.model} are at {_text(rows[at - 1])}, {_text(rows[at])} and so on. Correct the "
            "date, or delete the line."
        )
    places = rows.get_indexer(dates[is_inside])
    gaps = [at for at in range(len(places) - 1) if places[at + 1] - places[at] > 1]
    if gaps and not given.fill_gaps:
        n_rows = int(places[-1] - places[0]) + 1
        n_missing, after = n_rows - len(places), _text(dates[is_inside][gaps[0]])
        remedy = "Add --fill-gaps to insert them as rows of unknown values."
        if not are_few(n_missing, n_rows):
            remedy = (
                "They may be misread: write them as 2024-12-31, or give their --date-format. If "
                "they are right, add the missing ones with empty fields."
            )
        raise Refused(
            f"--time {roles.time}: {data} lacks {n_missing} of {n_rows} dates, the first after "
            f"{after}. {remedy}"
        )


def _tz(index: Any) -> Any:
    return getattr(index, "tz", None)


def _dates_like(index: Any, like: Any) -> Any:
    """Dates in the type of a time index; None if there is no way that keeps their step."""
    import pandas as pd

    wanted = like.index
    if isinstance(index, pd.PeriodIndex) and isinstance(wanted, pd.PeriodIndex):
        return index if index.freq == wanted.freq else None
    if isinstance(index, pd.DatetimeIndex) and isinstance(wanted, pd.DatetimeIndex):
        return index if (index.tz is None) == (wanted.tz is None) else None
    if isinstance(index, pd.DatetimeIndex) and index.tz is None:
        periods = index.to_period(wanted.freq)
        is_start = bool((periods.to_timestamp() == index).all())
        return periods if is_start else None
    if not isinstance(index, pd.PeriodIndex) or wanted.tz is not None:
        return None
    for how in ("start", "end"):
        days = index.to_timestamp(how=how).normalize()
        after = (index + 1).to_timestamp(how=how).normalize()
        # Quarters begin on the first of a month, too.
        if all(one + like.freq == next_one for one, next_one in zip(days, after, strict=True)):
            if all(like.freq.is_on_offset(one) for one in days):
                return days.as_unit(wanted.unit)
    return None


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
