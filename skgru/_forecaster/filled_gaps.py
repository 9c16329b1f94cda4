"""Gaps of a history, filled from both sides, and at its end from the values before. Arrays only.

Each gap is filled in the way that has the smallest error for known values, as if they were within
such a gap: a straight line between the two sides, or such a line of the differences from
the values one season before and after.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

# Errors that a way of filling needs to be compared with the others, and distances within a gap for
# which they are computed.
LEAST_ERRORS, MOST_TRIED = 5, 8
GOLDEN = (5**0.5 - 1) / 2

# Share of the largest error below which errors are equal.
ROUNDING = 1e-9


def fill_from_both_sides(values: np.ndarray, seasons: Iterable[int]) -> np.ndarray:
    """A history (n_rows, n_targets) with its gaps filled. NaN before the first value stays.

    seasons : rows of each season that the values may have. Series without values below 0 get none
    that lie below their smallest one.
    """
    if not np.isnan(values).any():
        return values
    filled, lengths = values.copy(), [m for m in dict.fromkeys(seasons) if m > 1]
    for column in filled.T:  # views
        known = np.flatnonzero(np.isfinite(column))
        if not len(known):
            continue
        first, end = known[0], known[-1] + 1
        least = np.nanmin(column)
        inside = column[first:end] = _between(column[first:end], lengths)
        column[end:] = _after(inside, lengths, len(column) - end)
        if least >= 0:
            np.maximum(column[first:], least, out=column[first:])
    return filled


def _between(x: np.ndarray, seasons: list[int]) -> np.ndarray:
    """Values (n_rows,) whose first and last one are known, with the gaps between them filled."""
    is_gap = np.isnan(x)
    if not is_gap.any():
        return x
    line = _line(x)
    rests, ways = [x], [line]
    for m in seasons:
        usual = _seasons_around(x, m)
        rest = x - usual
        if np.isfinite(rest).any():
            way = usual + _line(rest)
            rests.append(rest)
            ways.append(np.where(np.isnan(way), line, way))
    filled, chosen = x.copy(), {}
    edges = np.flatnonzero(np.diff(is_gap)) + 1
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        n = min(end - start, len(x) // 3)
        if n not in chosen:
            chosen[n] = _best([_errors_between(rest, n) for rest in rests])
        filled[start:end] = ways[chosen[n]][start:end]
    return filled


def _after(x: np.ndarray, seasons: list[int], n: int) -> np.ndarray:
    """The n values after x (n_rows,), which has no gap."""
    if not n:
        return x[:0]
    steps = _some_of(min(n, len(x) // 2))
    errors = [_joined([np.abs(x[h:] - x[:-h]) for h in steps])]
    ways = [np.full(n, x[-1])]
    for m in seasons:
        if len(x) <= m:
            continue
        rest = x[m:] - x[:-m]
        last = x[len(x) - m + np.arange(n) % m]
        usual, recent = np.median(rest), np.median(rest[-m:])
        halfway = [np.abs(rest[h:] - (rest[:-h] + usual) / 2) for h in steps if h < len(rest)]
        errors += [np.abs(rest - usual), _joined(halfway)]
        ways += [last + recent, last + (rest[-1] + recent) / 2]
    return ways[_best(errors)]


def _seasons_around(x: np.ndarray, season_length: int) -> np.ndarray:
    """The mean of the values one season before and after each row, after the usual change from
    season to season; of those further away, where both are unknown.
    """
    changes = x[season_length:] - x[:-season_length]
    changes = changes[np.isfinite(changes)]
    change = np.median(changes) if len(changes) >= LEAST_ERRORS else 0.0
    usual = np.full(len(x), np.nan)
    for lag in range(season_length, len(x), season_length):
        both = np.full((2, len(x)), np.nan)
        moved = change * (lag // season_length)
        both[0, lag:], both[1, :-lag] = x[:-lag] + moved, x[lag:] - moved
        is_known = np.isfinite(both)
        n_known = is_known.sum(axis=0)
        mean = np.where(is_known, both, 0).sum(axis=0) / np.maximum(n_known, 1)
        usual = np.where(np.isnan(usual) & (n_known > 0), mean, usual)
        if np.isfinite(usual).all():
            break
    return usual


def _line(x: np.ndarray) -> np.ndarray:
    known = np.flatnonzero(np.isfinite(x))
    return np.interp(np.arange(len(x)), known, x[known])


def _errors_between(x: np.ndarray, n: int) -> np.ndarray:
    """Errors of a straight line across n rows, for known values on it."""
    whole = n + 1
    return _joined(
        [
            np.abs(x[j : len(x) - whole + j] - ((whole - j) * x[:-whole] + j * x[whole:]) / whole)
            for j in _some_of(n)
            if whole < len(x)
        ]
    )


def _some_of(n: int) -> np.ndarray:
    """The numbers 1 to n, or some of them: none is a usual number of seasons from the next."""
    if n <= MOST_TRIED:
        return np.arange(1, n + 1)
    return np.unique(1 + (n * (np.arange(1, MOST_TRIED + 1) * GOLDEN % 1)).astype(int))


def _joined(errors: list[np.ndarray]) -> np.ndarray:
    """The known errors."""
    every = np.concatenate([np.empty(0), *errors])
    return every[np.isfinite(every)]


def _best(errors: list[np.ndarray]) -> int:
    """The way with the smallest mean error, the last one of those that are equal but for rounding.
    Without enough errors, the first.
    """
    means = np.array([one.mean() if len(one) >= LEAST_ERRORS else np.inf for one in errors])
    known = means[np.isfinite(means)]
    if not len(known):
        return 0
    return int(np.flatnonzero(means <= known.min() + ROUNDING * known.max())[-1])
