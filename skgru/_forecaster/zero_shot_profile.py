"""Seasonal profiles of series for the pretrained network, robust against shifts of the level."""

from __future__ import annotations

import numpy as np

SEASONS = 8  # seasons that the profile is the mean of
SEASON_DECAY = 0.85  # weight of a season, as a share of that of the season after it

# Distance of a season from the others, as a multiple of the usual one, from which it is drawn to
# them: the level shifted within that season.
USUAL_DISTANCES = 3.0

# Change from row to row, as a multiple of the usual one, that is a shift of the level, and no
# growth. The usual one is a mean without the largest changes: the median is 0 in a series that
# grows in a few of its rows, as a count does.
LARGE_CHANGE = 4.0
SHIFT = 6.0  # the same, of changes without those that each season has
MOST_SHIFTS = 3  # more of them are another season, such as that of weekends
LARGEST = 0.03  # share of the changes that are left out, beside one in each season


def masked_mean(values: np.ndarray, mask: np.ndarray, axis: int = -1) -> np.ndarray:
    """Mean of the values where mask, 0 without any."""
    return np.where(mask, values, 0).sum(axis) / np.maximum(mask.sum(axis), 1)


def masked_median(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Median of values (n_rows, n, ...) along the second axis where mask (n_rows, n), which holds
    somewhere in each row.
    """
    mask_of_values = mask.reshape(mask.shape + (1,) * (values.ndim - 2))
    ordered, n = np.sort(np.where(mask_of_values, values, np.inf), axis=1), mask.sum(1)
    rows = np.arange(len(values))
    return (ordered[rows, (n - 1) // 2] + ordered[rows, n // 2]) / 2


def shrunken_profile(z: np.ndarray, valid: np.ndarray, m: int) -> tuple[np.ndarray, ...]:
    """Seasonal profile (n_series, m) of the rows of a season, the last row last, drawn to 0 by its
    noise; a smooth one; number of seasons; strength; means of the last two seasons.
    """
    n_series, n_rows = z.shape
    k = min(SEASONS, n_rows // m)
    if m == 1 or k == 0:
        zero = np.zeros((n_series, m))
        return zero, zero, np.zeros(n_series), np.zeros(n_series), np.zeros((n_series, 2))
    block = z[:, n_rows - k * m :].reshape(n_series, k, m)[:, ::-1]  # the last season first
    whole = np.asarray(valid[:, n_rows - k * m :].reshape(n_series, k, m)[:, ::-1].all(2))
    n_seasons = whole.sum(1)
    of_two = np.where(whole, block.mean(2), 0)[:, [0, min(1, k - 1)]]
    if k > 1:
        block = _without_shifts_of_level(block, whole)
    means = np.where(whole, block.mean(2), 0)
    slopes = _slopes(means, whole)
    if (n_seasons == 2).any():
        slopes = np.where((n_seasons == 2)[:, None], _steady(slopes, z, valid, m), slopes)
    within = slopes[:, :, None] * ((np.arange(m) - (m - 1) / 2) / m)
    dev = np.where(whole[:, :, None], block - means[:, :, None] - within, 0)
    if k > 2:
        dev = _without_unlike_seasons(dev, whole)
    weight = np.where(whole, SEASON_DECAY ** np.arange(k), 0)
    weight /= np.maximum(weight.sum(1, keepdims=True), 1e-9)
    mean = np.einsum("bk,bkm->bm", weight, dev)
    mean -= mean.mean(1, keepdims=True)
    effective = 1 / np.maximum((weight**2).sum(1), 1e-9)
    noise = (np.where(whole[:, :, None], dev - mean[:, None], 0) ** 2).sum((1, 2))
    noise = noise / (m * np.maximum(effective - 1, 0.5)) / np.maximum(effective, 1)
    power = (mean**2).mean(1)
    strength = np.where(n_seasons > 1, 1 - noise / np.maximum(power, 1e-300), 0.5)
    strength = np.where(n_seasons > 0, np.clip(strength, 0, 1), 0)
    spectrum = np.fft.rfft(mean, axis=1)
    wave = np.arange(spectrum.shape[1])
    smooth = np.fft.irfft(spectrum * np.exp(-((wave / 6.0) ** 2) / 2), m, axis=1)
    of_two[:, 1] = np.where(n_seasons > 1, of_two[:, 1], of_two[:, 0])
    smooth *= np.sqrt(strength)[:, None]
    return mean * strength[:, None], smooth, n_seasons, strength, of_two


def _without_shifts_of_level(block: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Seasons (n_series, n_seasons, m), the last one first, at the level of the last row. A shift
    is a change from row to row that is far larger than the others, after the usual change at its
    place in the season is subtracted. Of two seasons, the smaller change counts as usual, and one
    change as a shift.
    """
    n_series, k, m = block.shape
    rows = block[:, ::-1].reshape(n_series, k * m)
    change = np.diff(rows, axis=1, prepend=rows[:, :1]).reshape(n_series, k, m)[:, ::-1]
    n_seasons = whole.sum(1)[:, None, None]
    usual = masked_median(change, whole | (n_seasons[:, 0] == 0))[:, None]
    a, b = change[:, :1], change[:, 1:2]
    smaller = np.where(a * b > 0, np.where(np.abs(a) < np.abs(b), a, b), 0)
    usual = np.where(n_seasons == 2, smaller, usual)
    change = np.where(whole[:, :, None], change - usual, 0)
    # The row before the first one may be unknown, so two seasons do not show this change twice.
    change[:, :, 0] *= n_seasons[:, 0] > 2
    sizes = np.abs(change).reshape(n_series, k * m)
    limit = SHIFT * _usual(sizes, np.repeat(whole, m, axis=1))[:, None, None]
    is_shift = (np.abs(change) > limit) & (n_seasons > 1)
    most = np.where(n_seasons == 2, 1, MOST_SHIFTS)
    is_shift &= is_shift.sum((1, 2), keepdims=True) <= most
    if not is_shift.any():
        return block
    shifts = np.where(is_shift, change, 0)[:, ::-1].reshape(n_series, k * m)
    later = shifts.sum(1, keepdims=True) - np.cumsum(shifts, axis=1)
    return block + later.reshape(n_series, k, m)[:, ::-1]


def _slopes(means: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Growth of each season (n_series, n_seasons) from row to row times the season's length: the
    mean of that from the season before and that to the season after.
    """
    slope, n_neighbours = np.zeros((2, *means.shape))
    growth = np.where(whole[:, 1:], means[:, :-1] - means[:, 1:], 0)
    for part in (np.s_[:, :-1], np.s_[:, 1:]):
        slope[part] += growth
        n_neighbours[part] += whole[:, 1:]
    return slope / np.maximum(n_neighbours, 1)


def _steady(slopes: np.ndarray, z: np.ndarray, valid: np.ndarray, m: int) -> np.ndarray:
    """Slopes of two seasons, no steeper than their changes from row to row add up to without
    shifts: growth takes many rows, a shift of the level a single one.
    """
    rows = min(2 * m, z.shape[1] - 1)
    change = np.diff(z, axis=1)[:, -rows:]
    known = (valid[:, 1:] & valid[:, :-1])[:, -rows:]
    limit = LARGE_CHANGE * _usual(np.abs(change), known)[:, None]
    is_large = (np.abs(change) > limit) & known
    is_shift = is_large & (is_large.sum(1) <= MOST_SHIFTS)[:, None]
    change = np.where(is_shift, np.sign(change) * limit, change)
    gradual = m * masked_mean(change, known)[:, None]
    return np.where(slopes * gradual > 0, np.sign(slopes), 0) * np.minimum(
        np.abs(slopes), np.abs(gradual)
    )


def _usual(sizes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Mean of the known sizes (n_series, n) without zeros and the largest ones, (n_series,)."""
    ordered, n = np.sort(np.where(known, sizes, np.inf), axis=1), known.sum(1)
    kept = n - 2 - np.ceil(LARGEST * n).astype(int)
    return masked_mean(ordered, (np.arange(sizes.shape[1]) < kept[:, None]) & (ordered > 0))


def _without_unlike_seasons(dev: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Courses of seasons (n_series, n_seasons, m) in which those far from the median course are
    drawn to it. Three whole seasons are needed to see which season is unlike the others.
    """
    n_seasons = whole.sum(1)
    known, some = whole[:, :, None], whole | (n_seasons == 0)[:, None]
    middle = masked_median(dev, some)[:, None]
    middle = np.where((n_seasons > 2)[:, None, None], middle, 0)
    distance = np.where(whole, np.abs(dev - middle).mean(2), 0)
    limit = USUAL_DISTANCES * masked_median(distance, some)[:, None]
    is_far = (distance > limit) & (n_seasons > 2)[:, None]
    share = np.where(is_far, limit / np.where(is_far, distance, 1), 1)[:, :, None]
    return np.where(known, middle + share * (dev - middle), 0)
