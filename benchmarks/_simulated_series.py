"""Simulated series of many kinds, for the pretrained network of any season.

`simulate` draws series of one season length; `contexts` cuts histories and what follows from them.
Every range is broad, and no real series takes part.
"""

import numpy as np

from skgru._forecaster.zero_shot_inputs import second_season

# Season lengths and their weights; a fifth is drawn from 2 to 366.
SEASON_LENGTHS = {
    1: 22, 4: 14, 12: 20, 7: 9, 5: 2, 24: 9, 48: 4, 52: 6, 53: 1, 96: 1.5, 144: 1, 168: 3, 336: 2,
    365: 1.5, 366: 0.5, 2: 1, 3: 1, 6: 1.5, 10: 1, 11: 0.5, 13: 1, 30: 1, 26: 1, 28: 0.5, 60: 0.5,
}  # fmt: skip


def draw_season_length(rng):
    if rng.random() < 0.05:
        return int(np.exp(rng.uniform(np.log(2), np.log(366.99))))
    lengths = np.array(list(SEASON_LENGTHS))
    weights = np.array(list(SEASON_LENGTHS.values()), float)
    return int(rng.choice(lengths, p=weights / weights.sum()))


def log_normal(rng, median, deviation, shape):
    return median * np.exp(deviation * rng.standard_normal(shape))


def coloured(rng, n, m, exponent):
    """Periodic courses (n, m) with a power-law spectrum, mean 0, deviation 1."""
    if m == 1:
        return np.zeros((n, 1))
    wave = np.fft.rfft(rng.standard_normal((n, m)), axis=1)
    f = np.maximum(np.arange(wave.shape[1]), 1)
    wave *= f[None] ** -np.asarray(exponent)[:, None]
    wave[:, 0] = 0
    course = np.fft.irfft(wave, m, axis=1)
    return course / np.maximum(course.std(1, keepdims=True), 1e-9)


def shapes(rng, n, m):
    """Seasonal courses (n, m), mean 0, deviation 1."""
    course = coloured(rng, n, m, rng.uniform(0, 2.5, n))
    kind = rng.random(n)
    row = np.arange(m)
    # A few rows stand out.
    out = rng.standard_normal((n, m)) * (rng.random((n, m)) < rng.uniform(0.05, 1, (n, 1)))
    course = np.where((kind < 0.2)[:, None], out, course)
    # A peak or a plateau.
    if m > 4:
        angle = 2 * np.pi * (row[None] - rng.uniform(0, m, (n, 1))) / m
        peak = np.exp(log_normal(rng, 3, 1, (n, 1)) * (np.cos(angle) - 1))
        plateau = (np.cos(angle) > rng.uniform(-0.9, 0.9, (n, 1))).astype(float)
        course = np.where(((kind > 0.2) & (kind < 0.32))[:, None], peak, course)
        course = np.where(((kind > 0.32) & (kind < 0.37))[:, None], plateau, course)
        both = peak + 0.5 * coloured(rng, n, m, np.full(n, 1.5))
        course = np.where(((kind > 0.37) & (kind < 0.45))[:, None], both, course)
    course = course - course.mean(1, keepdims=True)
    return course / np.maximum(course.std(1, keepdims=True), 1e-9)


def day_and_week(rng, n, day):
    """Courses (n, 7 * day): a day's course, other levels and another course on some days."""
    usual, other = shapes(rng, n, day), shapes(rng, n, day)
    free = np.zeros((n, 7))
    first = rng.integers(0, 7, n)
    for j in range(2):
        free[np.arange(n), (first + j) % 7] = 1
    likeness = rng.uniform(0, 1, (n, 1, 1))
    other = likeness * usual[:, None] + (1 - likeness) * other[:, None]
    size = 1 + free[:, :, None] * (log_normal(rng, 0.8, 0.4, (n, 1, 1)) - 1)
    course = np.where(free[:, :, None] > 0, other, usual[:, None]) * size
    level = free * rng.normal(-0.7, 0.8, (n, 1)) + 0.15 * rng.standard_normal((n, 7))
    course = (course + level[:, :, None]).reshape(n, 7 * day)
    course -= course.mean(1, keepdims=True)
    return course / np.maximum(course.std(1, keepdims=True), 1e-9)


def season(rng, n, n_rows, m):
    """Seasonal component (n, n_rows), deviation about 1."""
    if m == 1:
        return np.zeros((n, n_rows))
    first, second = m, second_season(m)
    rows = rng.integers(0, m * 7, n)[:, None] + np.arange(n_rows)
    one, two = shapes(rng, n, m), shapes(rng, n, m)
    period = m
    if second is not None and rng.random() < 0.75 and m != 365 and m != 366:
        period, day = max(first, second), min(first, second)
        one, two = day_and_week(rng, n, day), day_and_week(rng, n, day)
    # The course changes slowly from one to the other in a third of the series.
    turn = (
        np.linspace(0, 1, n_rows)[None] * rng.uniform(0, 0.8, (n, 1)) * (rng.random((n, 1)) < 0.3)
    )
    a = np.take_along_axis(one, rows % period, 1)
    b = np.take_along_axis(two, rows % period, 1)
    course = (1 - turn) * a + turn * b
    if m in (365, 366) and rng.random() < 0.6:
        week = shapes(rng, n, 7) * log_normal(rng, 0.7, 0.8, (n, 1))
        course = course + np.take_along_axis(week, rows % 7, 1)
    if m == 7 and rng.random() < 0.4:
        phase = rng.uniform(0, 2 * np.pi, (n, 1))
        course = course + log_normal(rng, 0.7, 0.7, (n, 1)) * np.cos(
            2 * np.pi * rows / 365.25 + phase
        )
    # The amplitude drifts.
    swing = rng.standard_normal((n, 1)) * 0.4 * (rng.random((n, 1)) < 0.4)
    return course * np.exp(swing * np.linspace(-1, 1, n_rows)[None])


def smooth_path(rng, n, n_rows, length):
    """Gaussian process with a squared-exponential kernel, by random features."""
    frequency = rng.standard_normal((n, 5, 1)) / length[:, None, None]
    phase = rng.uniform(0, 2 * np.pi, (n, 5, 1))
    path = np.cos(frequency * np.arange(n_rows) + phase) * rng.standard_normal((n, 5, 1))
    return path.sum(1) / 1.6


def piecewise(rng, n, n_rows):
    """Lines that bend, end or turn at random rows, slope about 1."""
    change = rng.standard_normal((n, n_rows)) * (
        rng.random((n, n_rows)) < rng.uniform(1, 4, (n, 1)) / n_rows
    )
    slope = rng.standard_normal((n, 1)) + np.cumsum(change, 1)
    ends = rng.random((n, 1)) < 0.5
    end = rng.uniform(0.2, 1, (n, 1)) * n_rows
    return np.cumsum(np.where(ends & (np.arange(n_rows) > end), 0, slope), 1)


def shocks(rng, n, n_rows, count):
    """Innovations (count, n_rows, n): normal, or heavy-tailed in some series."""
    normal = rng.standard_normal((count, n_rows, n))
    heavy = rng.random(n) < 0.25
    if heavy.any():
        some = rng.standard_t(rng.choice([3, 4, 6]), (count, n_rows, int(heavy.sum())))
        normal[:, :, heavy] = some / 1.6
    return normal


def components(rng, n, n_rows, m):
    """Stochastic level and noise (n, n_rows), where the noise has a deviation of about 1, and a
    seasonal random walk.
    """
    innovation = shocks(rng, n, n_rows, 4)
    per_row = 1 / m**0.35
    # Half of the series are mainly random walks, the others mainly noise around a slow level.
    walks = rng.random(n) < (0.65 if m <= 4 else 0.45)
    level_spread = log_normal(rng, 1, 1.2, n) * np.where(walks, 1.5, 0.3) * per_row
    level_spread *= walks | (rng.random(n) < 0.7)
    # The slope returns to the mean growth, at once or slowly, or wanders.
    persistence = rng.choice([1, 0.98, 0.9, 0.8, 0.6, 0.4, 0.2, 0], n)
    slope_spread = log_normal(rng, 0.6, 0.7, n) * level_spread * np.sqrt(1 - persistence**2)
    wanders = persistence == 1
    slope_spread = np.where(wanders, log_normal(rng, 0.05, 1.2, n) / m, slope_spread)
    slope_spread *= rng.random(n) < 0.4
    growth = rng.normal(0, 1, n) * log_normal(rng, 0.18, 1.0, n) / m**0.8
    growth *= np.where(walks, np.maximum(level_spread / per_row, 0.2), 1) * (rng.random(n) < 0.7)
    # Large growth varies in proportion.
    varies = (
        rng.uniform(0, 1.2, n) * np.abs(growth) * np.sqrt(1 - np.minimum(persistence, 0.95) ** 2)
    )
    slope_spread = np.sqrt(slope_spread**2 + varies**2)
    slows = rng.random(n) < 0.5
    left = np.where(slows, rng.uniform(-0.4, 1, n), 1)  # of the growth at the end
    reverts = np.where(rng.random(n) < 0.2, rng.uniform(0.7, 0.99, n) ** per_row, 1)
    ar = rng.uniform(-0.4, 0.95, n) * (rng.random(n) < 0.55)
    ma = rng.uniform(-0.6, 0.6, n) * (rng.random(n) < 0.25)
    # A stochastic cycle in some series.
    cycle = rng.random(n) < 0.15
    angle = 2 * np.pi / np.exp(rng.uniform(np.log(3), np.log(40), n))
    radius = rng.uniform(0.9, 0.999, n)
    ar1 = np.where(cycle, 2 * radius * np.cos(angle), ar)
    ar2 = np.where(cycle, -(radius**2), 0)
    noise_size = np.where(cycle, np.sin(angle) * np.sqrt(1 - radius**2), np.sqrt(1 - ar**2))
    # Another growth and another restlessness begin at some row of half of the series.
    new_from = np.where(rng.random(n) < 0.5, rng.random(n), 1) * n_rows
    growths = growth, rng.normal(0, 1, n) * np.maximum(np.abs(growth), 0.3 * level_spread)
    restless = log_normal(rng, 1.1, 0.4, n)
    level, slope = np.zeros(n), growth.copy()
    e1, e2, old = np.zeros(n), np.zeros(n), np.zeros(n)
    seasonal_spread = log_normal(rng, 0.1, 1, n) * (rng.random(n) < 0.5) * (m > 1)
    wander = np.zeros((n, m))
    out, noise, seasonal = np.empty((3, n_rows, n))
    for t in range(n_rows):
        is_new = t >= new_from
        growth = np.where(is_new, growths[1], growths[0]) * (1 + (left - 1) * t / n_rows)
        slope = growth + persistence * (slope - growth) + slope_spread * innovation[0, t]
        step = np.where(is_new, restless, 1) * level_spread * innovation[1, t]
        level = reverts * level + slope + step
        new = innovation[2, t]
        e1, e2 = ar1 * e1 + ar2 * e2 + noise_size * (new + ma * old), e1
        old = new
        wander[:, t % m] += seasonal_spread * innovation[3, t]
        out[t], noise[t], seasonal[t] = level, e1, wander[:, t % m]
    return out.T, noise.T, seasonal.T


def latent(rng, n, n_rows, m):
    """Series (n, n_rows) without a scale; the noise has a deviation of about 1."""
    level, noise, wander = components(rng, n, n_rows, m)
    kind = rng.random(n)
    bends = kind < 0.16
    lines = piecewise(rng, n, n_rows) * log_normal(rng, 0.2, 1.0, (n, 1)) / m**0.8
    z = np.where(bends[:, None], lines + 0.3 * level * (rng.random((n, 1)) < 0.5), level)
    curved = np.flatnonzero((kind > 0.16) & (kind < 0.26))
    if len(curved):
        length = np.exp(rng.uniform(np.log(4), np.log(n_rows), len(curved)))
        size = log_normal(rng, 1.5, 0.9, (len(curved), 1)) * (length[:, None] / 4) ** 0.5
        z[curved] = smooth_path(rng, len(curved), n_rows, length) * size
        z[curved] += 0.3 * level[curved] * (rng.random((len(curved), 1)) < 0.4)
    z[(kind > 0.26) & (kind < 0.32)] = 0
    # Lasting shocks in proportion to the changes, so that few courses go on as they were.
    usual = np.abs(np.diff(z, axis=1)).mean(1, keepdims=True)
    shocked = rng.uniform(0, 1.5, (n, 1)) * (rng.random((n, 1)) < (0.75 if m == 1 else 0.3))
    z += np.cumsum(shocked * usual * rng.standard_normal((n, n_rows)), 1)
    if m > 1:
        size = log_normal(rng, 2.2, 1, (n, 1)) * (rng.random((n, 1)) < 0.87)
        z += size * season(rng, n, n_rows, m) + wander * (size > 0)
    size = log_normal(rng, 1, 0.5, (n, 1)) * np.where(rng.random((n, 1)) < 0.12, 0.1, 1)
    volatile = rng.random(n) < 0.2
    if volatile.any():
        some = int(volatile.sum())
        path = smooth_path(rng, some, n_rows, np.exp(rng.uniform(1.5, np.log(n_rows), some)))
        noise[volatile] *= np.exp(0.7 * path)
    z += size * noise
    # Level shifts, outliers, effects that decay.
    # Some shifts are far larger than the noise, and one in a dozen seasons so that histories end
    # soon after them.
    chance = rng.uniform(0.5, 3, (n, 1)) / min(n_rows, 12 * m + 40)
    shift = (rng.random((n, n_rows)) < chance) & (rng.random((n, 1)) < 0.2)
    z += np.cumsum(shift * rng.normal(0, 1, (n, n_rows)), 1) * log_normal(rng, 7, 0.7, (n, 1))
    spike = (rng.random((n, n_rows)) < rng.uniform(0.003, 0.04)) & (rng.random((n, 1)) < 0.15)
    z += spike * rng.normal(0, 1, (n, n_rows)) * log_normal(rng, 8, 0.5, (n, 1))
    return z


def odd(rng, n, n_rows, m):
    """Constant, repeating, stepwise and binary series, and lines without noise."""
    kind = rng.integers(0, 5, n)
    flat = np.repeat(rng.normal(0, 3, (n, 1)), n_rows, 1)
    repeats = np.take(shapes(rng, n, m), np.arange(n_rows) % m, 1) * 3 + flat
    jumps = rng.random((n, n_rows)) < np.exp(rng.uniform(-5, -1, (n, 1)))
    steps = np.cumsum(jumps * np.round(rng.normal(0, 2, (n, n_rows))), 1)
    binary = np.cumsum(jumps, 1) % 2.0
    line = np.arange(n_rows) * rng.normal(0, 1, (n, 1)) + 3 * repeats * (rng.random((n, 1)) < 0.5)
    return np.choose(kind[:, None], [flat + 0.01 * jumps, repeats, steps, binary, line])


def simulate(rng, n, n_rows, m):
    """Series (n, n_rows) in units of their own."""
    z = latent(rng, n, n_rows, m)
    # A mean of two series, now and then.
    if rng.random() < 0.15:
        share = rng.uniform(0, 1, (n, 1))
        z = share * z + (1 - share) * z[rng.permutation(n)]
    # More series grow than shrink, above all yearly ones.
    third = n_rows // 3
    grows = z[:, -third:].mean(1, keepdims=True) > z[:, :third].mean(1, keepdims=True)
    share = 0.8 if m == 1 else 0.68 if m in (4, 12) else 0.52
    z = np.where(grows == (rng.random((n, 1)) < share), z, -z)
    spread = np.maximum(np.abs(z - z.mean(1, keepdims=True)).mean(1, keepdims=True), 1e-6)
    kind = rng.random(n)
    x = np.empty_like(z)

    # Shares of a level: noise of some per cent, the whole course within a factor of some hundred.
    some = kind < 0.52
    size = log_normal(rng, 0.055, 1.0, (int(some.sum()), 1))
    size = np.minimum(size, rng.uniform(0.3, 1.6, (len(size), 1)) / spread[some])
    usual = np.abs(np.diff(z[some], axis=1)).mean(1, keepdims=True)
    growth = rng.normal(0.3, 0.5, (len(size), 1)) * size * usual / m**0.7
    growth *= rng.random((len(size), 1)) < 0.4
    x[some] = np.exp(np.clip(size * (z[some] - z[some, :1]) + growth * np.arange(n_rows), -30, 30))

    # Sums.
    some = (kind >= 0.52) & (kind < 0.74)
    v = z[some]
    at = rng.random((len(v), 1))
    offset = -v.min(1, keepdims=True) + log_normal(rng, 3, 1.5, (len(v), 1)) * spread[some]
    x[some] = v + np.where(at < 0.6, offset, np.where(at < 0.8, 0, 30 * spread[some] * (at - 0.9)))

    # Cut at zero or at a limit: closed hours, the sun, stocks.
    some = (kind >= 0.74) & (kind < 0.80)
    v = z[some] - z[some].mean(1, keepdims=True)
    v = np.maximum(v + rng.uniform(-0.7, 1.5, (len(v), 1)) * spread[some], 0)
    limit = np.where(rng.random((len(v), 1)) < 0.2, 1.2 * v.mean(1, keepdims=True) + 1e-9, np.inf)
    x[some] = np.minimum(v, limit)

    # Counts.
    some = (kind >= 0.80) & (kind < 0.90)
    v = z[some] - z[some].mean(1, keepdims=True)
    rate = np.exp(rng.uniform(np.log(0.2), np.log(200), (len(v), 1)))
    size = np.minimum(log_normal(rng, 0.12, 0.9, (len(v), 1)), 0.8 / spread[some])
    wide = rng.uniform(0.5, 3, (len(v), 1)) / spread[some]  # some die out, or are born
    size = np.where(rng.random((len(v), 1)) < 0.2, wide, size)
    rate = rate * np.exp(np.clip(size * v, -7, 4))
    shape = log_normal(rng, 4, 1, (len(v), 1))
    over = np.where(rng.random((len(v), 1)) < 0.5, rng.gamma(shape, 1 / shape, v.shape), 1)
    x[some] = rng.poisson(np.minimum(rate * over, 1e7))

    # Intermittent demand: sizes at random times.
    some = (kind >= 0.90) & (kind < 0.95)
    v = z[some] - z[some].mean(1, keepdims=True)
    chance = rng.uniform(0.03, 0.6, (len(v), 1))
    # Steady, slowly changing, and dying or new demand.
    swing = rng.choice([0, 0.5, 1], (len(v), 1), p=[0.35, 0.3, 0.35])
    swing = np.where(swing == 1, rng.uniform(0.7, 4, (len(v), 1)), swing)
    odds = np.log(chance / (1 - chance)) + np.clip(swing * v / spread[some], -7, 3)
    sale = rng.random(v.shape) < 1 / (1 + np.exp(-odds))
    amount = np.ceil(rng.gamma(1.5, np.exp(rng.uniform(-0.5, 3, (len(v), 1))), v.shape))
    x[some] = sale * amount

    some = kind >= 0.95
    x[some] = odd(rng, int(some.sum()), n_rows, m) + rng.choice([0, 10, 100])

    # Few digits.
    typical = np.maximum(np.abs(x).mean(1, keepdims=True), 1e-12)
    digits = typical / rng.choice([3, 10, 30, 100, 1000], (n, 1))
    rounded = np.round(x / digits) * digits
    return np.where(rng.random((n, 1)) < 0.12, rounded, x)


def lengths_of(rng, n, m, longest):
    """Lengths of histories: many around some seasons, a tenth very short."""
    if m == 1:
        usual = np.exp(rng.uniform(np.log(6), np.log(120), n))
    else:
        usual = m * np.exp(rng.uniform(np.log(1.3), np.log(np.clip(3000 / m, 5, 16)), n))
        usual = np.maximum(usual, 8)
    short = rng.uniform(3, max(10, min(3 * m, 100)), n)
    lengths = np.where(rng.random(n) < 0.1, short, usual)
    return np.clip(lengths, 3, longest).astype(int)


def furthest(m):
    """Most steps to forecast in training."""
    return int(np.clip(2.2 * m, 18, 400))


def contexts(rng, n, m, cuts=3, n_steps=10):
    """Histories (n * cuts, n_rows) that end in the last column, steps to forecast (., n_steps) and
    the values there.
    """
    longest = int(min(160 if m == 1 else m * np.clip(3000 / m, 5, 16), 2000))
    last = furthest(m)
    seasons_kept = 0.35 if m > 100 else 1  # long seasons: mostly shorter series
    n_rows = int(max(longest * seasons_kept, min(longest, 4 * m))) + last + 60
    x = simulate(rng, n, n_rows, m)[:, 30:]
    n_rows = x.shape[1]
    histories, steps, values = [], [], []
    longest = min(longest, n_rows - last)
    for _ in range(cuts):
        lengths = lengths_of(rng, n, m, longest)
        origin = (rng.random(n) * (n_rows - last - lengths + 1)).astype(int) + lengths
        rows = origin[:, None] - longest + np.arange(longest)
        history = np.take_along_axis(x, np.clip(rows, 0, None), 1)
        history[np.arange(longest) < longest - lengths[:, None]] = np.nan
        # One step of each of n_steps equal parts of a logarithmic scale.
        share = (np.arange(n_steps) + rng.random((n, n_steps))) / n_steps
        step = np.clip(np.exp(share * np.log(last + 0.99)), 1, last).astype(int)
        if m > 1:
            near = rng.integers(1, max(min(2 * m, 24), 12), (n, n_steps))
            step = np.where(rng.random((n, n_steps)) < 0.4, np.minimum(near, last), step)
        histories.append(history)
        steps.append(step)
        values.append(np.take_along_axis(x, origin[:, None] - 1 + step, 1))
    return np.concatenate(histories), np.concatenate(steps), np.concatenate(values)
