"""Dates of polars as an index of pandas. The way back, to a column of the type that X had, is in
`TimeIndex.frame` of `time_index.py`.
"""

from __future__ import annotations

from typing import Any


def dates_of_polars(X: Any, name: str = "X") -> tuple[Any, str | None]:
    """The dates of a polars frame as a pandas index, and their column; None without such a column.

    Raises ValueError for several columns of dates. name : what messages call X.
    """
    import polars as pl

    times = [column for column, dtype in X.schema.items() if dtype in (pl.Date, pl.Datetime)]
    if len(times) > 1:
        raise ValueError(
            f"{name} has {len(times)} columns of dates or times ({', '.join(times)}), but only one "
            f"can be the index. Drop the others, for example {name}.drop({times[1:]!r})."
        )
    if not times:
        return None, None
    try:
        return dates_in(X[times[0]]), times[0]
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{name} has the column of dates {times[0]!r}, whose steps are found by pandas, which "
            "is not installed. Install it with 'pip install pandas', or drop the column: "
            f"{name}.drop({times[0]!r})."
        ) from error


def dates_in(column: Any) -> Any:
    """The dates of a polars Series as a pandas index."""
    import pandas as pd

    index = pd.DatetimeIndex(column.to_numpy())
    zone = getattr(column.dtype, "time_zone", None)
    return index.tz_localize("UTC").tz_convert(zone) if zone else index
