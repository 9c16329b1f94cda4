"""Missing dates as rows of unknown values: --fill-gaps."""

from __future__ import annotations

from typing import Any

import numpy as np

from skgru._cli.errors import Refused
from skgru._containers.advice_on_index import MOST_ROWS, keeps_rows, ways_for
from skgru._containers.clocks import open_days, regular_step


def without_gaps(frame: Any, group: tuple[str, ...], file: str, step: Any = None) -> Any:
    """Missing dates inserted as rows of unknown values. step : of a model, for two dates. Raises
    Refused for a series whose dates follow no step.
    """
    import pandas as pd

    if not group:
        return _filled(frame, step, f"{file} has", "or number the rows with --no-time")
    series = list(frame.groupby(list(group), sort=False))
    parts = []
    for key, part in sorted(series, key=lambda one: -len(one[1])):
        what = f"{file} has for series {', '.join(map(str, key))}"
        filled = _filled(part.drop(columns=list(group)), step, what, "or leave the series out")
        if step is None and isinstance(filled.index, pd.DatetimeIndex) and len(filled) > 2:
            step = filled.index.freq or regular_step(filled.index)
        parts.append((key, filled))
    found = _at_one_step(dict(parts))
    for key, filled in found.items():
        for at, name in enumerate(group):
            filled.insert(at, name, key[at])
    return pd.concat([found[key] for key, _ in series])


def _at_one_step(parts: dict[Any, Any]) -> dict[Any, Any]:
    """The rows of each series, also on days on which this one is closed and others are open."""
    import pandas as pd

    indexes = [part.index for part in parts.values()]
    if not all(isinstance(index, pd.DatetimeIndex) and len(index) > 2 for index in indexes):
        return parts
    steps = list({str(step): step for step in map(regular_step, indexes) if step}.values())
    for step in steps if len(steps) > 1 or not all(map(regular_step, indexes)) else ():
        wholes = [
            pd.date_range(index[0], index[-1], freq=step, name=index.name) for index in indexes
        ]
        if all(index.isin(whole).all() for index, whole in zip(indexes, wholes, strict=True)):
            return {
                key: part.reindex(whole) if len(whole) > len(part) else part
                for (key, part), whole in zip(parts.items(), wholes, strict=True)
            }
    return parts


def _filled(frame: Any, step: Any, has: str, otherwise: str) -> Any:
    """As `without_gaps`, of one series. step : of a longer series, for two dates."""
    import pandas as pd

    index = frame.index
    if isinstance(index, pd.PeriodIndex):
        whole = pd.period_range(index[0], index[-1], freq=index.freq, name=index.name)
        return frame.reindex(whole)
    if not isinstance(index, pd.DatetimeIndex):
        gaps = np.diff(index.to_numpy()) if index.dtype.kind in "iu" else np.zeros(0)
        if not len(gaps) or (gaps % gaps.min()).any():
            return frame
        whole = pd.RangeIndex(int(index[0]), int(index[-1]) + 1, int(gaps.min()), name=index.name)
        return frame.reindex(whole)
    if len(index) < 3:
        whole = pd.date_range(index[0], index[-1], freq=step, name=index.name) if step else index
        return frame.reindex(whole) if index.isin(whole).all() else frame
    if regular_step(index) is not None or open_days(index) is not None:
        return frame
    for way in ways_for(index):
        if keeps_rows(way, pd.Series(1.0, index)):
            filled = way.run(frame)
            if index.isin(filled.index).all():  # a mean of each month has other dates
                return filled
    whole = _same_day_of_months(index)
    if whole is not None and len(whole) <= MOST_ROWS * len(index):
        return frame.reindex(whole)
    first, last = (str(one).removesuffix(" 00:00:00") for one in (index[0], index[-1]))
    raise Refused(
        f"--fill-gaps: {has} {len(index)} dates from {first} to {last}, and no step fits them with "
        f"few gaps. Add up the values of each week or month first, {otherwise}."
    )


def _same_day_of_months(index: Any) -> Any:
    """All dates of a series with one day of the month, such as the 15th; None for other dates."""
    import pandas as pd

    if len({(one.day, one.time()) for one in index}) > 1:
        return None
    months = index.year * 12 + index.month
    step = int(np.gcd.reduce(np.diff(months.to_numpy())))
    offset = pd.DateOffset(months=step)
    return pd.date_range(index[0], index[-1], freq=offset, name=index.name)
