"""Forecasts and measures as tables, CSV text and files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skgru._cli.csv_and_parquet import PARQUET
from skgru._cli.errors import Failed, Refused
from skgru._containers.value_kinds import names_times

# Endings of files that are neither CSV nor parquet.
OTHER_FORMATS = frozenset(
    {".xlsx", ".xls", ".ods", ".json", ".feather", ".arrow", ".html", ".gz", ".zip", ".png"}
)


def as_frame(answer: Any) -> Any:
    """A data frame whose first columns are those of the index, of a forecast in any container."""
    import pandas as pd

    if isinstance(answer, list):
        parts = [as_frame(one).assign(series=at) for at, one in enumerate(answer, 1)]
        table = pd.concat(parts)
        return table[["series", *[name for name in table.columns if name != "series"]]]
    if isinstance(answer, pd.Series):
        answer = answer.to_frame(answer.name if answer.name is not None else "forecast")
    if isinstance(answer, np.ndarray):
        flat = answer.reshape(len(answer), -1)
        frame = pd.DataFrame(flat, columns=[f"column {at + 1}" for at in range(flat.shape[1])])
        frame.insert(0, "step", np.arange(1, len(flat) + 1))
        return frame
    if not isinstance(answer, pd.DataFrame):  # polars
        return pd.DataFrame(answer.to_dict(as_series=False))
    if answer.columns.nlevels > 1:  # a file has one line of names
        names = ["_".join(map(str, parts)) for parts in answer.columns]
        answer = answer.set_axis(names, axis=1)
    is_counted = isinstance(answer.index, pd.RangeIndex)
    if is_counted and "origin" in answer.columns:  # of a backtest
        return answer
    if is_counted and any(names_times(answer[name]) for name in answer.columns):
        return answer  # of a long frame with a column of dates
    names = [name if name is not None else "time" for name in answer.index.names]
    return answer.reset_index(names=names)


def forecasts_of(result: Any, time: str) -> Any:
    """All forecasts of a backtest, with the time of the row that each one forecasts after its
    origin. time : the name of this column.
    """
    is_several = not hasattr(result, "origins")
    table, times = result.to_frame(), []
    for one in result.values() if is_several else [result]:
        rows = (one.origins[:, np.newaxis] + one.steps).ravel().repeat(len(one.target_names))
        times.append(one.index[rows] if one.index is not None else rows)
    flat = [stamp for part in times for stamp in part]
    name = time if time not in table.columns else "time of the row"
    at = table.columns.get_loc("origin") + 1
    table.insert(at, name, np.asarray(flat, dtype=object))
    return table.astype({name: table["origin"].dtype})


def measures_of(result: Any, by: str | None, group: Sequence[str]) -> Any:
    """The measures of a backtest: a row each, or for each step or series a row with a column for
    each measure of the forecast and of the naive forecast. group : the columns that identify the
    series.
    """
    table = result.summary(by=by)
    if by is None:
        return as_frame(table.rename_axis("measure"))
    table.columns = ["_".join(one for one in pair if one) for pair in table.columns]
    return with_groups(as_frame(table), group)


def with_groups(table: Any, group: Sequence[str]) -> Any:
    """A table whose column "series" holds identifiers of several parts, with a column for each."""
    if len(group) < 2 or "series" not in table.columns:
        return table
    parts, others = list(zip(*table["series"], strict=True)), table.drop(columns="series")
    for name, part in reversed(list(zip(group, parts, strict=True))):
        others.insert(0, name if name not in others.columns else f"{name} of the series", part)
    return others


def csv_of(table: Any) -> str:
    """Text with commas and decimal points, whatever the format of the data was."""
    table = table.copy()
    for name in table.columns:
        column = table[name]
        if column.dtype.kind == "f":
            table[name] = [_number(value) for value in column.to_numpy()]
        elif column.dtype.kind == "M" and (column == column.dt.normalize()).all():
            if column.dt.tz is None:
                table[name] = column.dt.strftime("%Y-%m-%d")
    buffer = io.StringIO()
    table.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def _number(value: float) -> str:
    """Eight significant digits, with an exponent for tiny numbers alone; empty for NaN."""
    if not np.isfinite(value):
        return ""
    if 0 < abs(value) < 1e-6:
        return f"{value:.8g}"
    text = np.format_float_positional(value, precision=8, fractional=False, trim="-")
    return "0" if text == "-0" else text


def write(table: Any, path: str, option: str = "--output") -> None:
    """A CSV or parquet file, as a whole or not at all. option : that names the file."""
    from skgru._files.whole_file import write_whole

    ending = Path(path).suffix.lower()
    if ending in OTHER_FORMATS:
        raise Refused(
            f"{option} {path} would be a file of CSV text with the ending {ending}. Give a name "
            "that ends with .csv or .parquet."
        )

    if path.lower().endswith(PARQUET):
        buffer = io.BytesIO()
        try:
            table.to_parquet(buffer, index=False)
        except ImportError as error:
            raise Failed(
                f"{option} {path} needs the package pyarrow, which is not installed. Install it "
                "with 'pip install pyarrow', or give a name that ends with .csv."
            ) from error
        data = buffer.getvalue()
    else:
        data = csv_of(table).encode()
    try:
        write_whole(Path(path), data)
    except OSError as error:
        raise Refused(f"{option} {path} cannot be written: {error.strerror}.") from error
