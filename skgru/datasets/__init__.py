"""Data for examples and tests: a series made from a formula, the others shipped with the package.

Where the shipped data come from, and under which licence, is in SOURCES.md in this folder. Nothing
here imports TensorFlow.
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
