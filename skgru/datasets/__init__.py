"""Data sets for examples and tests: series, and sequences with labels.

All are shipped with the package except for `make_sine`, which is computed. SOURCES.md in this
folder lists sources and licences. Nothing here imports TensorFlow.
"""

from __future__ import annotations

from ._sequences import (
    load_basic_motions,
    load_first_names,
    load_japanese_vowels,
    load_movie_reviews,
)
from ._series import (
    load_aapl,
    load_airline_passengers,
    load_seattle_weather,
    load_sunspots,
    make_sine,
)

__all__ = [
    "load_aapl",
    "load_airline_passengers",
    "load_basic_motions",
    "load_first_names",
    "load_japanese_vowels",
    "load_movie_reviews",
    "load_seattle_weather",
    "load_sunspots",
    "make_sine",
]


def __dir__() -> list[str]:
    return __all__
