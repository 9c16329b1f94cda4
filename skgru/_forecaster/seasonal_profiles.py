"""Seasonal profiles of series, which shifts of the level and growth do not bend. Arrays only."""

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
ROUNDING = 1e-9  # changes up to this share of the largest one are rounding errors of 0
LARGEST = 0.03  # share of the changes that are left out, beside one in each season


def masked_mean(values: np.ndarray, mask: np.ndarray, axis: int = -1) -> np.ndarray:
    """Mean of the values where mask, 0 without any."""
    return np.where(mask, values, 0).sum(axis) / np.maximum(mask.sum(axis), 1)


def masked_median(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Median of values (n_rows, n, ...) along the second axis where mask (n_rows, n), which holds
    somewhere in each row.
    """
    if values.shape[1] == 3 and mask.all():  # by far the most frequent case
        a, b, c = values.swapaxes(0, 1)
        return np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))
    mask_of_values = mask.reshape(mask.shape + (1,) * (values.ndim - 2))
    ordered, n = np.sort(np.where(mask_of_values, values, np.inf), axis=1), mask.sum(1)
    rows = np.arange(len(values))
    return (ordered[rows, (n - 1) // 2] + ordered[rows, n // 2]) / 2


def shrunken_profile(z: np.ndarray, valid: np.ndarray, m: int) -> tuple[np.ndarray, ...]:
    """Seasonal profile (n_series, m) of the rows of a season, the last row last, drawn to 0 by its
    noise; a smooth one; number of seasons; strength; means of the last two seasons.
    """
    mean, n_seasons, strength, of_two = _mean_course(z, valid, m)
    spectrum = np.fft.rfft(mean, axis=1)
    wave = np.arange(spectrum.shape[1])
    smooth = np.fft.irfft(spectrum * np.exp(-((wave / 6.0) ** 2) / 2), m, axis=1)
    smooth *= np.sqrt(strength)[:, None]
    return mean * strength[:, None], smooth, n_seasons, strength, of_two


def seasonal_course(z: np.ndarray, season_length: int) -> tuple[np.ndarray, np.ndarray]:
    """Seasonal profile (n, season_length) of the whole seasons at the end of each row of z
    (n, n_rows), with mean 0 and drawn to 0 by its noise, and the number of these seasons, (n,). A
    single season is its own profile. z may hold NaN.
    """
    known = np.isfinite(z)
    mean, n_seasons, strength, _ = _mean_course(np.where(known, z, 0), known, season_length)
    strength = np.where(n_seasons == 1, 1.0, strength)
    return mean * strength[:, np.newaxis], n_seasons


def whole_seasons(valid: np.ndarray, m: int) -> np.ndarray:
    """Which of the last seasons are known as a whole, the last one first. (n_series, n_rows) ->
    (n_series, n_seasons).
    """
    n_series, n_rows = valid.shape
    k = min(SEASONS, n_rows // m)
    seasons = valid[:, n_rows - k * m :].reshape(n_series, k, m)
    return np.asarray(seasons[:, ::-1].all(2))


def _mean_course(z: np.ndarray, valid: np.ndarray, m: int) -> tuple[np.ndarray, ...]:
    """Weighted mean course (n_series, m) of the last seasons, the number of seasons, the share of
    the course that is no noise, and the means of the last two seasons.
    """
    n_series, n_rows = z.shape
    k = min(SEASONS, n_rows // m)
    if m == 1 or k == 0:
        zero = np.zeros(n_series)
        return np.zeros((n_series, m)), zero, zero, np.zeros((n_series, 2))
    # The last season first. With one layout in memory, sums have the same last bits whether or not
    # another series has a shift.
    block = np.ascontiguousarray(z[:, n_rows - k * m :].reshape(n_series, k, m)[:, ::-1])
    whole = whole_seasons(valid, m)
    n_seasons = whole.sum(1)
    of_two = np.where(whole, block.mean(2), 0)[:, [0, min(1, k - 1)]]
    of_two[:, 1] = np.where(n_seasons > 1, of_two[:, 1], of_two[:, 0])
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
    return mean, n_seasons, strength, of_two


def _without_shifts_of_level(block: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Seasons (n_series, n_seasons, m), the last one first, at the level of the last row. A shift
    is a change from row to row that is far larger than the others, after the usual change at its
    place in the season is subtracted. Of two changes, the smaller one counts as usual. Of two
    seasons, one change counts as a shift.
    """
    n_series, k, m = block.shape
    rows = block[:, ::-1].reshape(n_series, k * m)
    change = np.diff(rows, axis=1, prepend=rows[:, :1]).reshape(n_series, k, m)[:, ::-1]
    n_seasons = whole.sum(1)[:, None, None]
    usual = masked_median(change, whole | (n_seasons[:, 0] == 0))[:, None]
    # The first change of a season is known where the season before it is whole.
    has_before = np.zeros(whole.shape, bool)
    has_before[:, :-1] = whole[:, :-1] & whole[:, 1:]
    n_before = has_before.sum(1)
    first = change[:, :, 0]
    usual[:, 0, 0] = masked_median(first, has_before | (n_before == 0)[:, None])
    if (n_before == 2).any():
        of_two = _smaller(first, has_before)
        usual[:, 0, 0] = np.where(n_before == 2, of_two, usual[:, 0, 0])
    if (n_seasons == 2).any():
        of_two = _smaller(change, np.repeat(whole[:, :, None], m, axis=2))[:, None]
        usual = np.where(n_seasons == 2, of_two, usual)
    change = np.where(whole[:, :, None], change - usual, 0)
    # Two seasons do not show this change twice.
    change[:, :, 0] *= has_before & (n_seasons[:, 0] > 2)
    sizes = np.abs(change).reshape(n_series, k * m)
    sizes[sizes < ROUNDING * sizes.max(1, keepdims=True)] = 0
    # The usual size is at least this, so that most series need no sorting.
    largest, n_left_out = sizes.max(1), _n_left_out(m * whole.sum(1))
    least = (sizes.sum(1) - n_left_out * largest) / (k * m)
    maybe = np.flatnonzero((largest > SHIFT * least) & (n_seasons[:, 0, 0] > 1))
    if not len(maybe):
        return block
    sizes, n_seasons = sizes[maybe], n_seasons[maybe, 0]
    limit = SHIFT * _usual(sizes, np.repeat(whole[maybe], m, axis=1))[:, None]
    is_shift = sizes > (1 + ROUNDING) * limit
    is_shift &= is_shift.sum(1, keepdims=True) <= np.where(n_seasons == 2, 1, MOST_SHIFTS)
    if not is_shift.any():
        return block
    shifts = change[maybe][:, ::-1].reshape(-1, k * m)
    shifts = np.where(is_shift.reshape(-1, k, m)[:, ::-1].reshape(-1, k * m), shifts, 0)
    later = shifts.sum(1, keepdims=True) - np.cumsum(shifts, axis=1)
    moved = block.copy()
    moved[maybe] += later.reshape(-1, k, m)[:, ::-1]
    return moved


def _smaller(changes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The smaller one of two known changes (n_series, 2 or more, ...), 0 if their signs differ."""
    low = np.where(known, changes, np.inf).min(1)
    high = np.where(known, changes, -np.inf).max(1)
    low, high = (np.where(known.sum(1) == 2, one, 0) for one in (low, high))
    return np.maximum(low, 0) + np.minimum(high, 0)


def _n_left_out(n_known: np.ndarray) -> np.ndarray:
    """Number of the largest of n_known sizes that are not usual."""
    return (2 + np.ceil(LARGEST * n_known)).astype(int)


def _slopes(means: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Growth of each season (n_series, n_seasons) from row to row times the season's length: the
    mean of that from the season before and that to the season after.
    """
    slope, n_neighbours = np.zeros((2, *means.shape))
    both = whole[:, 1:] & whole[:, :-1]
    growth = np.where(both, means[:, :-1] - means[:, 1:], 0)
    for part in (np.s_[:, :-1], np.s_[:, 1:]):
        slope[part] += growth
        n_neighbours[part] += both
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
    n = sizes.shape[1]
    n_left_out = np.minimum(_n_left_out(known.sum(1)), n)[:, None]
    most = int(n_left_out.max(initial=0))
    # The largest ones at the end, in order. Sizes that are not known are like zeros.
    ordered = np.partition(np.where(known, sizes, 0), n - most, axis=1)
    ordered[:, n - most :].sort(axis=1)
    return masked_mean(ordered, (np.arange(n) < n - n_left_out) & (ordered > 0))


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
    if not is_far.any():
        return dev
    share = np.where(is_far, limit / np.where(is_far, distance, 1), 1)[:, :, None]
    return np.where(known, middle + share * (dev - middle), 0)
