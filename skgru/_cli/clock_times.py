"""Times of the clocks of a time zone, without UTC offsets: which of two equal times comes first."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from skgru._cli.errors import Refused


def _ambiguous() -> tuple[type[Exception], ...]:
    """Errors about times that exist twice: those of pandas 2 are of pytz, and no ValueError."""
    try:
        return ValueError, import_module("pytz").AmbiguousTimeError
    except ImportError:
        return (ValueError,)


def in_zone(wall: Any, zone: str, keys: Sequence[Any] | None = None) -> Any:
    """Times in a time zone, or None if the order of the rows does not show which of two equal times
    is before the change of the clocks. keys : what identifies the series of each row.
    """
    try:
        return wall.tz_localize(zone, ambiguous="raise", nonexistent="shift_forward")
    except _ambiguous():  # a time that exists twice
        pass
    parts = [np.arange(len(wall))]
    if keys is not None and len(keys):
        codes = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        of_rows = np.array([codes[key] for key in keys])
        order = np.argsort(of_rows, kind="stable")
        parts = np.split(order, np.cumsum(np.bincount(of_rows))[:-1])
    is_first = np.ones(len(wall), dtype=bool)
    for rows in parts:
        is_first_there = _is_first(wall[rows], zone)
        if is_first_there is None:
            return None
        is_first[rows] = is_first_there
    return wall.tz_localize(zone, ambiguous=is_first, nonexistent="shift_forward")


def _is_first(wall: Any, zone: str) -> Any:
    """Whether each time of a series is before the change of the clocks, if it exists twice."""
    first = np.ones(len(wall), dtype=bool)
    for step in (1, -1):  # rows may be in descending order
        try:
            times = wall[::step].tz_localize(zone, ambiguous="infer", nonexistent="shift_forward")
        except _ambiguous():
            continue
        if times.is_monotonic_increasing:
            second = wall.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
            return np.asarray(times[::step] == second)
    return first if wall.is_unique else None


def refuse(name: str, file: str, wall: Any, zone: str, lines: Sequence[int]) -> None:
    """Raise for times of which the order of the rows does not show which one comes first."""
    ambiguous = wall.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    at = int(np.flatnonzero(ambiguous.isna())[0])
    raise Refused(
        f"--time {name}: {file}, line {lines[at]} has {wall[at]}, which exists twice in the zone "
        f"{zone}, as the clocks go back. Sort the rows of each series by time, name the columns "
        "that identify a series with --group, or write times with their UTC offsets."
    )
