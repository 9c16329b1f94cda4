"""Choice of the rows for training and validation, and their weights."""

from __future__ import annotations

import numpy as np

from skgru._networks.checks import is_usable


def last_rows(rows: np.ndarray, n_validation: int, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of rows for training, and of the last rows for validation. Rows whose targets lie
    in the validation part are dropped from training.

    rows : increasing positions in time; reach : rows that a target extends beyond its window.
    """
    first = len(rows) - n_validation
    n_training = 0
    if first > 0:
        n_training = int(np.searchsorted(rows, rows[first] - reach, side="right"))
    return np.arange(n_training), np.arange(max(0, first), len(rows))


def stratified_rows(
    labels: np.ndarray, n_validation: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Positions for training and for validation, both increasing, with nearly the same share of
    each label in validation. A label with a single row stays in training.
    """
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    wanted = np.minimum(n_validation * counts / len(labels), counts - 1)
    taken = np.floor(wanted).astype(int)
    for code in np.argsort(taken - wanted, kind="stable"):  # the largest remainders first
        if taken.sum() < n_validation and taken[code] < counts[code] - 1:
            taken[code] += 1
    order = rng.permutation(len(labels))
    picked = [order[codes[order] == code][:n] for code, n in enumerate(taken)]
    validation = np.sort(np.concatenate(picked))
    return np.setdiff1d(np.arange(len(labels)), validation), validation


def usable_rows(windows: np.ndarray, masks: bool) -> np.ndarray:
    """Positions of the windows without NaN or, with `masks`, with at least one step without NaN."""
    return np.flatnonzero(is_usable(windows, masks))


def weight_of_steps(
    sample_weight: np.ndarray | None, known: np.ndarray | None
) -> np.ndarray | None:
    """Weights of windows, (n,), or of their steps, (n, window_length), if `known` is given. None:
    all weights are equal.
    """
    if known is None or (sample_weight is None and known.all()):
        return sample_weight
    return known * (1.0 if sample_weight is None else sample_weight.reshape(len(known), -1))


def without_zero_weights(
    rows: np.ndarray, targets: np.ndarray, sample_weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows of positive weight, with their targets and weights."""
    if not sample_weight.any():
        raise ValueError(
            "sample_weight is zero for every usable window. Sample weights must contain at least "
            "one non-zero number for a complete window of X with a target."
        )
    # Relative to the largest weight, so that none overflows float32 and not all underflow.
    sample_weight = (sample_weight / sample_weight.max()).astype(np.float32)
    counts = sample_weight.reshape(len(rows), -1).any(axis=1)
    return rows[counts], targets[counts], sample_weight[counts]


def _extended(
    history: dict[str, list[float]], more: dict[str, list[float]]
) -> dict[str, list[float]]:
    """Two histories one after the other, aligned by epoch. Epochs without a metric have NaN."""

    n_before, n_after = len(history["loss"]), len(more["loss"])
    nothing_before, nothing_after = [np.nan] * n_before, [np.nan] * n_after
    names = [*history, *(name for name in more if name not in history)]
    return {
        name: history.get(name, nothing_before) + more.get(name, nothing_after) for name in names
    }
