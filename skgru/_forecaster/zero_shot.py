"""Zero-shot quantile forecasts for any season, by one small GRU in numpy.

The network reads the last rows without their season and statistics of the series. For each row to
forecast it weighs simple forecasts (naive, smoothed, trend, autoregressive, seasonal profile), adds a
correction, and spreads quantiles around the sum. benchmarks/pretrain_zero_shot.py trains it on
simulated series. Only numpy is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from statistics import NormalDist

import numpy as np

QUANTILES = np.array([0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975])

WINDOW = 32  # rows that the network reads
ROWS = 256  # rows that smoothed, trend and autoregressive forecasts are fitted to
SMOOTHED = 128  # rows that are smoothed
SEASONS = 8  # seasons that the profile is the mean of
ALPHAS = np.array([0.05, 0.15, 0.4, 0.8])
HOLT = np.array([(a, b) for a in (0.15, 0.4, 0.8) for b in (0.05, 0.2, 0.5)])
DAMPING = 0.93
N_EXPERTS = 14
VALUES_AT_ONCE = 400_000
READ = ("context", "mask", "statistics", "steps", "experts")  # by the network
LIMIT = 60.0  # of simple forecasts, in units of the scale


def seasons_of(season_length: int) -> tuple[int, int | None]:
    """The season and a second one: days of sub-daily data have weeks, weeks have days."""
    if season_length in (24, 48, 96, 144):
        return season_length, 7 * season_length
    if season_length in (168, 336, 672, 1008):
        return season_length, season_length // 7
    if season_length in (365, 366):
        return season_length, 7
    return season_length, None


def _mean(values, mask, axis=-1):
    """Mean of the values where mask, 0 without any."""
    return np.where(mask, values, 0).sum(axis) / np.maximum(mask.sum(axis), 1)


def _median(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Median of the values of each row where mask, which holds somewhere."""
    ordered, n = np.sort(np.where(mask, values, np.inf), axis=1), mask.sum(1)
    rows = np.arange(len(values))
    return (ordered[rows, (n - 1) // 2] + ordered[rows, n // 2]) / 2


def filled(x: np.ndarray) -> np.ndarray:
    """(n,) with NaN replaced by linear interpolation."""
    known = np.isfinite(x)
    if known.all():
        return x
    rows = np.arange(len(x))
    return np.interp(rows, rows[known], x[known]) if known.any() else np.zeros(len(x))


def aligned(series: Sequence[np.ndarray], n_rows: int) -> np.ndarray:
    """Series that end in the last column, NaN before their beginning."""
    x = np.full((len(series), n_rows), np.nan)
    for row, values in zip(x, series, strict=True):
        row[max(0, n_rows - len(values)) :] = filled(values)[-n_rows:]
    return x


def prefers_logarithm(x: np.ndarray, season_length: int) -> np.ndarray:
    """Whether changes of positive series (n_series, n_rows) grow with the level."""
    lowest = np.nanmin(x, axis=1)
    is_positive = lowest > 0
    n_rows = np.isfinite(x).sum(1)
    lag = season_length if x.shape[1] > season_length + 8 else 1
    a, b = x[:, :-lag], x[:, lag:]
    known = np.isfinite(a) & np.isfinite(b)
    # A season needs a repetition; other series of the batch take changes from row to row.
    short = n_rows < season_length + 8
    if lag > 1 and short.any():
        c, d = x[short][:, :-1], x[short][:, 1:]
        change, level = np.zeros_like(x), np.zeros_like(x)
        change[:, lag:], level[:, lag:] = np.abs(b - a), (a + b) / 2
        change[short], level[short] = np.nan, np.nan
        change[short, 1:], level[short, 1:] = np.abs(d - c), (c + d) / 2
        change[~short, :lag] = np.nan
        known = np.isfinite(change)
    else:
        change, level = np.abs(b - a), (a + b) / 2
    with np.errstate(all="ignore"):
        middle = _mean(level, known)[:, None]
        high, low = known & (level > middle), known & (level <= middle)
        steep = np.log((_mean(change, high) + 1e-12 * middle[:, 0])
                       / (_mean(change, low) + 1e-12 * middle[:, 0]))
        rise = np.log(_mean(level, high) / _mean(level, low))
        # Slope of the logarithm of the change on that of the level, drawn to 0.8 with few rows.
        weight = rise**2 * np.minimum(high.sum(1), low.sum(1))
        slope = (steep * rise * np.minimum(high.sum(1), low.sum(1)) + 0.8) / (weight + 1)
        typical = _mean(np.where(is_positive[:, None], x, 1), np.isfinite(x))
        near_zero = lowest < 0.01 * typical
    return is_positive & (np.nan_to_num(slope) > np.where(near_zero, 0.8, 0.5))


def _profile(z: np.ndarray, valid: np.ndarray, m: int) -> tuple[np.ndarray, ...]:
    """Seasonal profile (n_series, m) of the rows of a season, the last row last, drawn to 0 by its
    noise; a smooth one; number of seasons; strength; means of the last two seasons.
    """
    n_series, n_rows = z.shape
    k = min(SEASONS, n_rows // m)
    if m == 1 or k == 0:
        zero = np.zeros((n_series, m))
        return zero, zero, np.zeros(n_series), np.zeros(n_series), np.zeros((n_series, 2))
    block = z[:, n_rows - k * m :].reshape(n_series, k, m)[:, ::-1]  # the last season first
    whole = valid[:, n_rows - k * m :].reshape(n_series, k, m)[:, ::-1].all(2)
    n_seasons = whole.sum(1)
    means = np.where(whole, block.mean(2), 0)
    last = np.maximum(n_seasons - 1, 0)
    oldest = means[np.arange(n_series), last]
    slope = np.where(n_seasons > 1, (means[:, 0] - oldest) / np.maximum(last, 1) / m, 0)
    within = slope[:, None] * (np.arange(m) - (m - 1) / 2)
    dev = np.where(whole[:, :, None], block - means[:, :, None] - within[:, None], 0)
    weight = np.where(whole, 0.85 ** np.arange(k), 0)
    weight /= np.maximum(weight.sum(1, keepdims=True), 1e-9)
    mean = np.einsum("bk,bkm->bm", weight, dev)
    effective = 1 / np.maximum((weight**2).sum(1), 1e-9)
    noise = (np.where(whole[:, :, None], dev - mean[:, None], 0) ** 2).sum((1, 2))
    noise = noise / (m * np.maximum(effective - 1, 0.5)) / np.maximum(effective, 1)
    power = (mean**2).mean(1)
    strength = np.where(n_seasons > 1, 1 - noise / np.maximum(power, 1e-300), 0.5)
    strength = np.where(n_seasons > 0, np.clip(strength, 0, 1), 0)
    spectrum = np.fft.rfft(mean, axis=1)
    wave = np.arange(spectrum.shape[1])
    smooth = np.fft.irfft(spectrum * np.exp(-((wave / 6.0) ** 2) / 2), m, axis=1)
    smooth_strength = np.sqrt(strength)[:, None]
    two = np.stack([means[:, 0], np.where(n_seasons > 1, means[:, min(1, k - 1)], means[:, 0])], 1)
    return mean * strength[:, None], smooth * smooth_strength, n_seasons, strength, two


def _smoothings(y: np.ndarray, valid: np.ndarray, far: int):
    """Levels and slopes at the end of exponential smoothings and damped Holt trends of y, and their
    mean absolute errors one row and `far` rows ahead: (n_series, n_smoothings) each.
    """
    alpha = np.concatenate([ALPHAS, HOLT[:, 0]])
    both = alpha * np.concatenate([np.zeros(len(ALPHAS)), HOLT[:, 1]])
    n_series, n_rows = y.shape
    level = np.repeat(y[:, :1], len(alpha), 1)
    slope = np.zeros_like(level)
    levels = np.empty((n_rows, n_series, len(alpha)))
    slopes = np.empty_like(levels)
    for t in range(n_rows):
        slope = DAMPING * slope
        level = level + slope
        error = y[:, t, None] - level
        level += alpha * error
        slope += both * error
        levels[t], slopes[t] = level, slope
    errors = []
    for h in (1, far):
        damped = (DAMPING ** np.arange(1, h + 1)).sum()
        if n_rows <= h:
            errors.append(np.zeros_like(level))
            continue
        error = slopes[:-h] * -damped
        error -= levels[:-h]
        error += y.T[h:, :, None]
        known = valid.T[:-h].astype(float)
        total = np.einsum("tba,tb->ba", np.abs(error, out=error), known)
        errors.append(total / np.maximum(known.sum(0), 1)[:, None])
    return level, slope, *errors


def _autoregression(y, valid, m, n_steps):
    """Forecasts (n_series, n_steps) by a ridge regression of changes on the level, earlier changes
    and the row a season ago, and its mean absolute in-sample error.
    """
    n_series, n_rows = y.shape
    rows = min(n_rows, ROWS)
    centre = _mean(y[:, -rows:], valid[:, -rows:])[:, None]
    y = np.where(valid, y - centre, 0)
    change = np.diff(y, axis=1, prepend=y[:, :1])
    has_change = valid & np.concatenate([valid[:, :1] & False, valid[:, :-1]], 1)
    change *= has_change
    unit = np.sqrt(_mean(change[:, -rows:] ** 2, has_change[:, -rows:]))[:, None] + 1e-12
    y, change = y / unit, change / unit
    lags = [1, 2, 3, 4] + ([m] if m > 4 else [])

    def lagged(values, lag):
        out = np.zeros((n_series, rows))
        start = n_rows - rows - lag
        if lag < n_rows:
            out[:, max(0, -start) :] = values[:, max(0, start) : n_rows - lag]
        return out

    inputs = [lagged(change, lag) for lag in lags] + [lagged(y, 1), np.ones((n_series, rows))]
    if m > 1:
        known = lagged(valid.astype(float), m)
        inputs.append((lagged(y, m) - lagged(y, 1)) * known)
    design = np.stack(inputs, 2) * (valid[:, -rows:] & lagged(valid.astype(float), 1).astype(bool))[
        :, :, None
    ]
    gram = design.transpose(0, 2, 1) @ design
    p = gram.shape[1]
    penalty = np.full(p, 2.0)
    penalty[len(lags)] = 4.0
    target = np.clip(change[:, -rows:], -6, 6)
    moment = (target[:, None] @ design)[:, 0]
    weights = np.linalg.solve(gram + np.diag(penalty), moment[:, :, None])[:, :, 0]
    used = design[:, :, len(lags) + 1] > 0
    error = _mean(np.abs(target - (design @ weights[:, :, None])[:, :, 0]), used) * unit[:, 0]
    longest = max(lags)
    past = np.zeros((n_series, longest + 1 + n_steps))
    keep = min(longest + 1, n_rows)
    past[:, longest + 1 - keep : longest + 1] = y[:, -keep:]
    bound = np.abs(y).max(1) * 2 + 10
    has_season = (valid.sum(1) >= m + 2).astype(float)
    for t in range(longest + 1, longest + 1 + n_steps):
        last = past[:, t - 1]
        row = [past[:, t - lag] - past[:, t - lag - 1] for lag in lags] + [last, np.ones(n_series)]
        if m > 1:
            row.append((past[:, t - m] - last) * has_season)
        past[:, t] = np.clip(last + np.einsum("pb,bp->b", np.array(row), weights), -bound, bound)
    return past[:, longest + 1 :] * unit + centre, error


def prepare(x, season_length, steps, logarithm=None, second="auto"):
    """Inputs of the network for series (n_series, n_rows) that end in the last column, and the
    transformation back.

    steps : (n_series, n_steps) or (n_steps,), the steps to forecast, from 1.
    """
    x = np.asarray(x, float)
    n_series, m = len(x), season_length
    if second == "auto":
        second = seasons_of(m)[1]
    valid = np.isfinite(x)
    n = valid.sum(1)
    steps = np.broadcast_to(steps, (n_series, np.shape(steps)[-1]))
    if logarithm is None:
        logarithm = prefers_logarithm(x, m)
    first = x[np.arange(n_series), x.shape[1] - n]
    x = np.where(valid, x, first[:, None])
    with np.errstate(all="ignore"):
        z = np.where(logarithm[:, None], np.log(x), x)
    n_rows = z.shape[1]

    # Scale: mean absolute change from season to season, or from row to row.
    def change(lag):
        if n_rows <= lag:
            return np.zeros(n_series), np.zeros(n_series, int)
        known = valid[:, :-lag]
        return _mean(np.abs(z[:, lag:] - z[:, :-lag]), known), known.sum(1)

    near, _ = change(1)
    seasonal, n_seasonal = change(m)
    scale = np.where(n_seasonal >= min(m, 3), seasonal, near)
    size = np.abs(z[:, -ROWS:]).max(1)
    is_flat = scale <= 1e-10 * size
    scale = np.where(is_flat, 1.0, scale)

    # Season.
    profile, smooth, n_seasons, strength, means = _profile(z, valid, m)
    strength2 = np.zeros(n_series)
    index = (np.arange(n_rows) - n_rows) % m
    season = np.take(profile, index, 1)
    ahead = np.take_along_axis(profile, (steps - 1) % m, 1)
    ahead_smooth = np.take_along_axis(smooth, (steps - 1) % m, 1)
    if second is not None:
        rest, _, n_second, strength2, _ = _profile(z - season, valid, second)
        rest = rest * (n_second > 1)[:, None]
        strength2 = strength2 * (n_second > 1)
        season = season + np.take(rest, (np.arange(n_rows) - n_rows) % second, 1)
        further = np.take_along_axis(rest, (steps - 1) % second, 1)
        ahead, ahead_smooth = ahead + further, ahead_smooth + further
    y = z - season

    # Simple forecasts.
    w = min(n_rows, ROWS)
    yw, vw = y[:, -w:], valid[:, -w:]
    yw = np.where(vw, yw, y[np.arange(n_series), n_rows - np.minimum(n, w)][:, None])
    far = 6
    levels, slopes, error1, error6 = _smoothings(yw[:, -SMOOTHED:], vw[:, -SMOOTHED:], far)
    total = error1 / scale[:, None] + 0.5 * error6 / scale[:, None]
    n_alphas, everyone = len(ALPHAS), np.arange(n_series)
    best = total[:, :n_alphas].argmin(1)
    best_holt = n_alphas + total[:, n_alphas:].argmin(1)
    ses, holt, holt_slope = levels[everyone, best], levels[everyone, best_holt], slopes[everyone, best_holt]
    k = steps.astype(float)
    damped = DAMPING * (1 - DAMPING**k) / (1 - DAMPING)

    def line(rows):
        """Least squares over the last rows: the value at the last one, and the slope."""
        rows = min(rows, w)
        t = np.arange(rows) - (rows - 1.0)
        mask = vw[:, -rows:]
        tm, ym = _mean(np.broadcast_to(t, mask.shape), mask), _mean(yw[:, -rows:], mask)
        dt = np.where(mask, t - tm[:, None], 0)
        slope = (dt * yw[:, -rows:]).sum(1) / np.maximum((dt**2).sum(1), 1e-9)
        return ym - slope * tm, slope, ym

    end_all, slope_all, mean_all = line(ROWS)
    end_12, slope_12, mean_12 = line(12)
    last = y[:, -1]
    drift = (last - yw[everyone, w - np.minimum(n, w)]) / np.maximum(np.minimum(n, w) - 1, 1)
    auto, error_auto = _autoregression(y, valid, m, int(steps.max()))
    has_season = (n >= m)[:, None]
    naive = (last[:, None] + ahead)

    def ago(lag):
        if n_rows < lag:
            return naive
        values = np.take_along_axis(z, n_rows - lag + (steps - 1) % lag, 1)
        return np.where((n >= lag)[:, None], values, naive)

    snaive = ago(m) if m > 1 else naive
    growth = (means[:, 0] - means[:, 1])[:, None] * np.ceil(k / m)
    if m == 1:
        growth = drift[:, None] * k
    other = ago(second) if second is not None else ago(2 * m) if m > 1 else mean_12[:, None] + ahead
    middle = _median(z[:, -max(2 * m, 12) :], valid[:, -max(2 * m, 12) :])[:, None] + 0 * k
    experts = np.stack(
        [
            naive,
            snaive,
            other,
            levels[:, 1, None] + ahead,
            levels[:, 2, None] + ahead,
            ses[:, None] + ahead,
            holt[:, None] + holt_slope[:, None] * damped + ahead,
            ses[:, None] + 0.5 * slope_all[:, None] * k + ahead,
            mean_all[:, None] + ahead,
            np.where(has_season, snaive + growth, naive + growth),
            end_12[:, None] + slope_12[:, None] * damped + ahead,
            np.take_along_axis(auto, steps - 1, 1) + ahead,
            ses[:, None] + ahead_smooth,
            middle,
        ],
        2,
    )
    level, unit = levels[:, 2], scale[:, None]
    experts = np.clip((experts - level[:, None, None]) / scale[:, None, None], -LIMIT, LIMIT)

    # Context.
    rows = min(WINDOW, n_rows)
    dy = np.diff(y, axis=1, prepend=y[:, :1])[:, -rows:] / unit
    dz = np.zeros((n_series, rows))
    known_m = np.zeros((n_series, rows))
    length = min(rows, n_rows - m)
    if length > 0:
        dz[:, -length:] = (z[:, n_rows - length :] - z[:, n_rows - length - m : n_rows - m]) / unit
        known_m[:, -length:] = valid[:, n_rows - length - m : n_rows - m]
    mask = valid[:, -rows:].astype(float)
    # The first row has no change.
    dy = dy * np.concatenate([valid[:, n_rows - rows - 1 : n_rows - rows] if n_rows > rows
                              else np.zeros((n_series, 1), bool), valid[:, -rows:-1]], 1)
    context = np.stack(
        [
            np.arcsinh((y[:, -rows:] - level[:, None]) / unit),
            np.arcsinh(dy),
            np.arcsinh(season[:, -rows:] / unit),
            np.arcsinh(dz) * known_m,
            (x[:, -rows:] == 0).astype(float),
            known_m,
        ],
        2,
    ) * mask[:, :, None]
    if rows < WINDOW:
        pad = WINDOW - rows
        context = np.pad(context, ((0, 0), (pad, 0), (0, 0)))
        mask = np.pad(mask, ((0, 0), (pad, 0)))

    # Statistics.
    def log(values):
        return np.clip(np.log(np.maximum(values, 1e-4)), -5, 5)

    vd = vw[:, 1:] & vw[:, :-1]
    recent = _mean(np.abs(np.diff(yw[:, -13:], axis=1)), vd[:, -12:])
    usual = _mean(np.abs(np.diff(yw, axis=1)), vd)
    d = np.where(vd, np.diff(yw, axis=1), 0)
    d = np.clip(d, -5 * usual[:, None], 5 * usual[:, None])
    d0 = np.where(vd, d - _mean(d, vd)[:, None], 0)
    power = (d0**2).sum(1) + 1e-300
    acf = [(d0[:, lag:] * d0[:, :-lag]).sum(1) / power if w > lag + 1 else np.zeros(n_series)
           for lag in (1, 2, 3)]
    spread = np.sqrt(_mean((yw - mean_all[:, None]) ** 2, vw))
    share_zero = _mean(x[:, -w:] == 0, vw)
    share_same = _mean(np.diff(x[:, -w:], axis=1) == 0, vd)
    whole = np.all(x[:, -w:] == np.round(x[:, -w:]), axis=1).astype(float)
    lowest = np.where(logarithm, 0, np.clip((z[:, -w:].min(1) - level) / scale, -20, 0))
    relative = np.where(logarithm, scale, scale / np.maximum(_mean(np.abs(z[:, -w:]), vw), 1e-300))
    statistics = np.stack(
        [
            np.log(n) / 3 - 1,
            np.full(n_series, np.log(m) / 3),
            np.log1p(n_seasons),
            strength,
            strength2,
            logarithm.astype(float),
            log(usual / scale),
            log(recent / (usual + 1e-300)) / 2,
            log(error1[everyone, best] / scale),
            log(error6[everyone, best] / scale),
            np.log(ALPHAS)[best] / 2,
            log(error1[everyone, best_holt] / (error1[everyone, best] + 1e-300)) * 3,
            log(error6[everyone, best_holt] / (error6[everyone, best] + 1e-300)) * 3,
            log(error_auto / (error1[everyone, best] + 1e-300)) * 3,
            log(error6[:, 0] / (error6[:, 3] + 1e-300)) * 2,
            log(spread / scale) / 2,
            *acf,
            np.arcsinh(drift / scale),
            np.arcsinh(slope_all / scale),
            np.arcsinh(slope_12 / scale),
            np.arcsinh(holt_slope / scale),
            np.arcsinh((means[:, 0] - means[:, 1]) / scale),
            share_zero,
            share_same,
            whole,
            lowest / 5,
            (np.nan_to_num(x[:, -w:]).min(1) >= 0).astype(float),
            log(relative) / 2,
            (n >= m).astype(float),
            np.log(np.maximum(n / m, 0.05)),
        ],
        1,
    )
    ahead_of = np.stack(
        [
            np.log(np.minimum(k, 400)) / 3,
            np.minimum(k, 64) / 32,
            np.log(np.clip(k / m, 0.02, 12)),
            ((k - 1) % m) / m,
            np.log(np.clip(k / n[:, None], 1e-3, 3)) / 2,
            np.arcsinh(ahead / unit),
            np.arcsinh(ahead_smooth / unit),
        ],
        2,
    )
    lower = np.where(np.nan_to_num(x).min(1) >= 0, 0.0, -np.inf)
    return {
        "context": context,
        "mask": mask,
        "statistics": np.clip(statistics, -8, 8),
        "steps": ahead_of,
        "experts": experts,
        "level": level,
        "scale": scale,
        "logarithm": logarithm,
        "lower": lower,
        "flat": is_flat,
        "snaive": snaive,
    }


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def forward(weights: dict[str, np.ndarray], inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Quantiles (n_series, n_steps, n_quantiles) in units of the scale, around the level."""
    w = weights
    units = w["recurrent"].shape[0]
    static = inputs["statistics"] @ w["static_gates"] + w["gates_bias"]
    gates = inputs["context"] @ w["gates"] + static[:, None]
    state = np.zeros((len(static), units))
    mask = inputs["mask"]
    start = int(mask.any(0).argmax())
    for t in range(start, mask.shape[1]):
        inner = state @ w["recurrent"]
        update = sigmoid(gates[:, t, :units] + inner[:, :units])
        reset = sigmoid(gates[:, t, units : 2 * units] + inner[:, units : 2 * units])
        new = np.tanh(gates[:, t, 2 * units :] + reset * (inner[:, 2 * units :] + w["inner_bias"]))
        state = np.where(mask[:, t, None] > 0, update * state + (1 - update) * new, state)
    of_series = np.concatenate([state, inputs["statistics"]], 1) @ w["head_series"] + w["head_bias"]
    experts = inputs["experts"]
    of_step = np.concatenate([np.arcsinh(experts), inputs["steps"]], 2) @ w["head_step"]
    hidden = of_series[:, None] + of_step
    hidden = hidden * sigmoid(hidden)
    hidden = hidden @ w["hidden"] + w["hidden_bias"]
    hidden = hidden * sigmoid(hidden)
    return combined(hidden @ w["out"] + w["out_bias"], experts)


def combined(out: np.ndarray, experts: np.ndarray) -> np.ndarray:
    """Quantiles from the outputs of the head: weights of the simple forecasts, a correction, and
    the logarithms of the gaps between quantiles.
    """
    e, half = N_EXPERTS, len(QUANTILES) // 2
    shares = np.exp(out[..., :e] - out[..., :e].max(-1, keepdims=True))
    middle = (shares * experts).sum(-1) / shares.sum(-1) + out[..., e]
    middle = middle[..., None]
    gaps = np.exp(np.clip(out[..., e + 1 :], -12, 5))
    below = middle - np.cumsum(gaps[..., half - 1 :: -1], -1)[..., ::-1]
    above = middle + np.cumsum(gaps[..., half:], -1)
    return np.concatenate([below, middle, above], -1)


@cache
def weights_of_network() -> dict[str, np.ndarray]:
    source = files("skgru._forecaster") / "weights" / "any_season.npz"
    with source.open("rb") as file, np.load(file) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


def at_levels(quantiles: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Quantiles at other levels: straight lines between the scores of the normal distribution."""
    normal = NormalDist()
    known = np.array([normal.inv_cdf(level) for level in QUANTILES])
    out = []
    for level in levels:
        score = normal.inv_cdf(level)
        right = int(np.clip(np.searchsorted(known, score), 1, len(known) - 1))
        share = (score - known[right - 1]) / (known[right] - known[right - 1])
        a, b = quantiles[..., right - 1], quantiles[..., right]
        out.append(a + share * (b - a))
    return np.stack(out, -1)


def in_units(quantiles: np.ndarray, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Quantiles of the network -> in units of the series."""
    z = inputs["level"][:, None, None] + inputs["scale"][:, None, None] * quantiles
    z = np.where(inputs["flat"][:, None, None], inputs["snaive"][:, :, None], z)
    with np.errstate(over="ignore"):
        x = np.where(inputs["logarithm"][:, None, None], np.exp(np.minimum(z, 700)), z)
    return np.maximum(x, inputs["lower"][:, None, None])


def rows_used(season_length: int) -> int:
    """Rows at the end of a series that a forecast depends on."""
    second = seasons_of(season_length)[1] or 0
    return max(SEASONS * season_length, min(SEASONS, 4) * second, 2 * ROWS)


def forecast_quantiles(
    series: Sequence[np.ndarray],
    season_length: int,
    steps: int,
    levels: Sequence[float] | None = None,
    weights: dict[str, np.ndarray] | None = None,
) -> np.ndarray:
    """Quantiles (n_series, steps, n_quantiles) of the rows after each series (n_rows,).

    levels : of the quantiles, `QUANTILES` by default. Rows of NaN are filled from their neighbours.
    """
    weights = weights or weights_of_network()
    lengths = np.minimum([len(values) for values in series], rows_used(season_length))
    order = np.argsort(lengths, kind="stable")
    out = np.empty((len(series), steps, len(QUANTILES) if levels is None else len(levels)))
    while len(order):  # series of like length at once
        longest = max(int(lengths[order[-1]]), 8)
        size = max(1, min(128, VALUES_AT_ONCE // longest))
        chunk, order = order[-size:], order[:-size]
        x = aligned([np.asarray(series[i], float) for i in chunk], longest)
        inputs = prepare(x, season_length, np.arange(1, steps + 1))
        as_32 = {name: inputs[name].astype(np.float32) for name in READ}
        quantiles = forward(weights, as_32).astype(float)
        if levels is not None:
            quantiles = at_levels(quantiles, levels)
        out[chunk] = in_units(quantiles, inputs)
    return out


def mean_of(quantiles: np.ndarray) -> np.ndarray:
    """Mean of the distribution with these quantiles (..., n_quantiles) at `QUANTILES`."""
    edges = np.r_[0, (QUANTILES[1:] + QUANTILES[:-1]) / 2, 1]
    return quantiles @ np.diff(edges)


def zero_shot_quantiles(values: np.ndarray, season_length: int, steps: int) -> np.ndarray:
    """Quantiles (steps, n_quantiles) of the rows after a series (n_rows,), at `QUANTILES`."""
    return forecast_quantiles([values], season_length, steps)[0]
