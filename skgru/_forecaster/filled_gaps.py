"""Gaps of a history, filled from both sides, and at its end from the values before. Arrays only.

Each gap is filled in the way that has the smallest error for known values at its distance from
other known values: a straight line between the two sides, or such a line of the differences from
the values one season before and after.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

# Errors that a way of filling needs to be compared with the others.
LEAST_ERRORS = 5


def fill_from_both_sides(values: np.ndarray, seasons: Iterable[int]) -> np.ndarray:
    """A history (n_rows, n_targets) with its gaps filled. NaN before the first value stays.

    seasons : rows of each season that the values may have, the usual one first. Series without
    values below 0 get none that lie below their smallest one.
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
        distance = (end - start + 2) // 2  # from the middle of the gap
        if distance not in chosen:
            chosen[distance] = _best([_errors_between(rest, distance) for rest in rests])
        filled[start:end] = ways[chosen[distance]][start:end]
    return filled


def _after(x: np.ndarray, seasons: list[int], n: int) -> np.ndarray:
    """The n values after x (n_rows,), which has no gap."""
    if not n:
        return x[:0]
    changes = np.abs(x[n:] - x[:-n]) if n < len(x) else x[:0]
    errors, ways = [changes], [np.full(n, x[-1])]
    for m in seasons:
        if len(x) <= m:
            continue
        rest = x[m:] - x[:-m]
        last = x[len(x) - m + np.arange(n) % m]
        usual, recent = np.median(rest), np.median(rest[-m:])
        errors += [np.abs(rest - usual), np.abs(rest[n:] - (rest[:-n] + usual) / 2)]
        ways += [last + recent, last + (rest[-1] + recent) / 2]
    return ways[_best(errors)]


def _seasons_around(x: np.ndarray, season_length: int) -> np.ndarray:
    """The mean of the values one season before and after each row; of those further away, where
    both are unknown.
    """
    usual, is_gap = np.full(len(x), np.nan), np.isnan(x)
    for lag in range(season_length, len(x), season_length):
        both = np.full((2, len(x)), np.nan)
        both[0, lag:], both[1, :-lag] = x[:-lag], x[lag:]
        is_known = np.isfinite(both)
        n_known = is_known.sum(axis=0)
        mean = np.where(is_known, both, 0).sum(axis=0) / np.maximum(n_known, 1)
        usual = np.where(np.isnan(usual) & (n_known > 0), mean, usual)
        if np.isfinite(usual[is_gap]).all():
            break
    return usual


def _line(x: np.ndarray) -> np.ndarray:
    known = np.flatnonzero(np.isfinite(x))
    return np.interp(np.arange(len(x)), known, x[known])


def _errors_between(x: np.ndarray, distance: int) -> np.ndarray:
    """Errors of the middle between two known values, each at this distance."""
    if len(x) <= 2 * distance:
        return x[:0]
    errors = np.abs(x[distance:-distance] - (x[: -2 * distance] + x[2 * distance :]) / 2)
    return errors[np.isfinite(errors)]


def _best(errors: list[np.ndarray]) -> int:
    """The way with the smallest mean error; with few errors the usual season, if there is one."""
    means = [one.mean() if len(one) >= LEAST_ERRORS else np.inf for one in errors]
    return int(np.argmin(means)) if np.isfinite(means).any() else min(1, len(errors) - 1)
