"""Inputs of the pretrained network: scale, seasonal profile, simple forecasts and statistics.

All functions take many series at once, as an array (n_series, n_rows) in which every series ends in
the last column. `valid` marks its rows; those before it are padding that plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skgru._forecaster.scaling import NOISE_SHARE, has_noisy_zeros
from skgru._forecaster.seasonal_profiles import masked_mean, masked_median, shrunken_profile

WINDOW = 32  # rows that the network reads
ROWS = 256  # rows for trends, means and the autoregression
SMOOTHED = 128  # rows that are smoothed
FAR = 6  # steps ahead for which smoothings are compared, besides one step

ALPHAS = np.array([0.05, 0.15, 0.4, 0.8])
HOLT = np.array([(a, b) for a in (0.15, 0.4, 0.8) for b in (0.05, 0.2, 0.5)])
DAMPING = 0.93

# Simple forecasts that the network weighs, and their limit in units of the scale.
N_EXPERTS = 14
LIMIT = 60.0

# Limit of the last two, which know no season or only its smooth course, around the season.
UNSEASONAL_LIMIT = 4.0

# A quantile of a logarithm lies above the forecast by no more than the range of the history and
# this many times its scale, at most twice the range: where a level fell by factors, it would be a
# number without sense.
SCALES = 3.0

# Forecasts without the season lie beyond the range of the history by no more than this many times
# its usual change from row to row, and this many times what it moved in as many rows.
USUAL_CHANGES, TREND = 3.0, 1.5

# Changes of a scaled series below which it repeats itself.
FLAT_TO = 1e-10


def second_season(season_length: int) -> int | None:
    """Another season: days of hours and shorter steps have weeks, weeks have days."""
    if season_length in (24, 48, 96, 144):
        return 7 * season_length
    if season_length in (168, 336, 672, 1008):
        return season_length // 7
    return 7 if season_length in (365, 366) else None


# --- Numbers of arrays with padding --------------------------------------------------------------


def _log(values: np.ndarray) -> np.ndarray:
    return np.clip(np.log(np.maximum(values, 1e-4)), -5, 5)


def _ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return a / (b + 1e-300)


def aligned(series: Sequence[np.ndarray], n_rows: int) -> np.ndarray:
    """Series that end in the last column, NaN before their beginning. Gaps are filled by straight
    lines.
    """
    x = np.full((len(series), n_rows), np.nan)
    for row, values in zip(x, series, strict=True):
        known = np.isfinite(values)
        if not known.all():
            rows = np.arange(len(values))
            values = np.interp(rows, rows[known], values[known]) if known.any() else rows * 0.0
        row[max(0, n_rows - len(values)) :] = values[-n_rows:]
    return x


# --- Scale and season ----------------------------------------------------------------------------


def prefers_logarithm(x: np.ndarray, season_length: int) -> np.ndarray:
    """Whether changes of positive series grow with the level, (n_series,). x : NaN as padding."""
    lowest = np.nanmin(x, axis=1)
    is_positive = lowest > 0
    n_rows = np.isfinite(x).sum(1)
    lag = season_length if x.shape[1] > season_length + 8 else 1
    a, b = x[:, :-lag], x[:, lag:]
    # A season needs a repetition; other series of the batch take changes from row to row.
    short = n_rows < season_length + 8
    if lag > 1 and short.any():
        c, d = x[short][:, :-1], x[short][:, 1:]
        change, level = np.zeros_like(x), np.zeros_like(x)
        change[:, lag:], level[:, lag:] = np.abs(b - a), (a + b) / 2
        change[short], level[short] = np.nan, np.nan
        change[short, 1:], level[short, 1:] = np.abs(d - c), (c + d) / 2
        change[~short, :lag] = np.nan
    else:
        change, level = np.abs(b - a), (a + b) / 2
    known = np.isfinite(change)
    with np.errstate(all="ignore"):
        middle = masked_mean(level, known)[:, None]
        high, low = known & (level > middle), known & (level <= middle)
        floor = 1e-12 * middle[:, 0]
        steep = np.log((masked_mean(change, high) + floor) / (masked_mean(change, low) + floor))
        rise = np.log(masked_mean(level, high) / masked_mean(level, low))
        # Slope of the logarithm of the change on that of the level, drawn to 0.8 with few rows.
        n_pairs = np.minimum(high.sum(1), low.sum(1))
        slope = (steep * rise * n_pairs + 0.8) / (rise**2 * n_pairs + 1)
        typical = masked_mean(np.where(is_positive[:, None], x, 1), np.isfinite(x))
        near_zero = lowest < 0.01 * typical
    is_better = is_positive & (np.nan_to_num(slope) > np.where(near_zero, 0.8, 0.5))
    for i in np.flatnonzero(is_better & (lowest < NOISE_SHARE * typical)):
        is_better[i] = not has_noisy_zeros(x[i, np.isfinite(x[i])], season_length)
    return is_better


# --- Simple forecasts ----------------------------------------------------------------------------


def _smoothings(y: np.ndarray, valid: np.ndarray) -> tuple[np.ndarray, ...]:
    """Levels and slopes at the end of exponential smoothings and damped Holt trends of y, and their
    mean absolute errors 1 and `FAR` rows ahead: (n_series, n_smoothings) each.
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
    for h in (1, FAR):
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


def _autoregression(
    y: np.ndarray, valid: np.ndarray, m: int, n_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts (n_series, n_steps) by a ridge regression of changes on the level, earlier changes
    and the row a season ago, and its mean absolute in-sample error (n_series,).
    """
    n_series, n_rows = y.shape
    rows = min(n_rows, ROWS)
    centre = masked_mean(y[:, -rows:], valid[:, -rows:])[:, None]
    y = np.where(valid, y - centre, 0)
    change = np.diff(y, axis=1, prepend=y[:, :1])
    has_change = valid & np.concatenate([np.zeros((n_series, 1), bool), valid[:, :-1]], 1)
    change *= has_change
    unit = np.sqrt(masked_mean(change[:, -rows:] ** 2, has_change[:, -rows:]))[:, None] + 1e-12
    y, change = y / unit, change / unit
    lags = [1, 2, 3, 4] + ([m] if m > 4 else [])

    def lagged(values: np.ndarray, lag: int) -> np.ndarray:
        out = np.zeros((n_series, rows))
        start = n_rows - rows - lag
        if lag < n_rows:
            out[:, max(0, -start) :] = values[:, max(0, start) : n_rows - lag]
        return out

    inputs = [lagged(change, lag) for lag in lags] + [lagged(y, 1), np.ones((n_series, rows))]
    if m > 1:
        inputs.append((lagged(y, m) - lagged(y, 1)) * lagged(valid.astype(float), m))
    used = valid[:, -rows:] & (lagged(valid.astype(float), 1) > 0)
    design = np.stack(inputs, 2) * used[:, :, None]  # (n_series, rows, n_inputs)
    gram = design.transpose(0, 2, 1) @ design
    penalty = np.full(gram.shape[1], 2.0)
    penalty[len(lags)] = 4.0
    target = np.clip(change[:, -rows:], -6, 6)
    moment = (target[:, None] @ design)[:, 0]
    weights = np.linalg.solve(gram + np.diag(penalty), moment[:, :, None])[:, :, 0]
    error = masked_mean(np.abs(target - (design @ weights[:, :, None])[:, :, 0]), used) * unit[:, 0]

    n_past = max(lags) + 1
    past = np.zeros((n_series, n_past + n_steps))
    keep = min(n_past, n_rows)
    past[:, n_past - keep : n_past] = y[:, -keep:]
    bound = np.abs(y).max(1) * 2 + 10
    has_season = (valid.sum(1) >= m + 2).astype(float)
    for t in range(n_past, n_past + n_steps):
        last = past[:, t - 1]
        row = [past[:, t - lag] - past[:, t - lag - 1] for lag in lags] + [last, np.ones(n_series)]
        if m > 1:
            row.append((past[:, t - m] - last) * has_season)
        past[:, t] = np.clip(last + np.einsum("pb,bp->b", np.array(row), weights), -bound, bound)
    return past[:, n_past:] * unit + centre, error


def _line(y: np.ndarray, valid: np.ndarray) -> tuple[np.ndarray, ...]:
    """Least squares: the value at the last row, the slope, and the mean of y, (n_series,) each."""
    t = np.arange(y.shape[1]) - (y.shape[1] - 1.0)
    mean_t, mean = masked_mean(np.broadcast_to(t, y.shape), valid), masked_mean(y, valid)
    dt = np.where(valid, t - mean_t[:, None], 0)
    slope = (dt * y).sum(1) / np.maximum((dt**2).sum(1), 1e-9)
    return mean - slope * mean_t, slope, mean


# --- All of it -----------------------------------------------------------------------------------


@dataclass
class _Batch:
    """Series on the scale of the forecast, and what is known of them. Arrays of n_series numbers,
    or (n_series, n_rows); `ahead` and `smooth` are profiles at the steps to forecast.
    """

    x: np.ndarray
    z: np.ndarray
    y: np.ndarray  # without its season
    season: np.ndarray
    valid: np.ndarray
    n: np.ndarray
    m: int
    second: int | None
    logarithm: np.ndarray
    scale: np.ndarray
    is_flat: np.ndarray
    ahead: np.ndarray
    smooth: np.ndarray
    n_seasons: np.ndarray
    strength: np.ndarray
    second_strength: np.ndarray
    means: np.ndarray  # of the last two seasons, (n_series, 2)


def _described(
    x: np.ndarray, m: int, steps: np.ndarray, logarithm: np.ndarray, second: int | None
) -> _Batch:
    valid = np.isfinite(x)
    n_series, n_rows = x.shape
    n = valid.sum(1)
    x = np.where(valid, x, x[np.arange(n_series), n_rows - n][:, None])
    with np.errstate(all="ignore"):
        z = np.where(logarithm[:, None], np.log(x), x)

    def change(lag: int) -> tuple[np.ndarray, np.ndarray]:
        if n_rows <= lag:
            return np.zeros(n_series), np.zeros(n_series, int)
        known = valid[:, :-lag]
        return masked_mean(np.abs(z[:, lag:] - z[:, :-lag]), known), known.sum(1)

    seasonal, n_seasonal = change(m)
    scale = np.where(n_seasonal >= min(m, 3), seasonal, change(1)[0])
    is_flat = scale <= FLAT_TO * np.abs(z[:, -ROWS:]).max(1)
    scale = np.where(is_flat, 1.0, scale)

    def at_rows(profile: np.ndarray) -> np.ndarray:
        return np.take(profile, (np.arange(n_rows) - n_rows) % profile.shape[1], 1)

    def at_steps(profile: np.ndarray) -> np.ndarray:
        return np.take_along_axis(profile, (steps - 1) % profile.shape[1], 1)

    profile, smooth, n_seasons, strength, means = shrunken_profile(z, valid, m)
    season, ahead, smooth = at_rows(profile), at_steps(profile), at_steps(smooth)
    second_strength = np.zeros(n_series)
    if second is not None:
        rest, _, n_second, second_strength, _ = shrunken_profile(z - season, valid, second)
        rest, second_strength = rest * (n_second > 1)[:, None], second_strength * (n_second > 1)
        season = season + at_rows(rest)
        ahead, smooth = ahead + at_steps(rest), smooth + at_steps(rest)
    return _Batch(
        x, z, z - season, season, valid, n, m, second, logarithm, scale, is_flat, ahead, smooth,
        n_seasons, strength, second_strength, means,
    )  # fmt: skip


def prepare(
    x: np.ndarray,
    season_length: int,
    steps: np.ndarray,
    logarithm: np.ndarray | None = None,
    second: int | str | None = "auto",
) -> dict[str, np.ndarray]:
    """Inputs of the network for series (n_series, n_rows), and the transformation back.

    steps : (n_series, n_steps) or (n_steps,), the steps to forecast, from 1; logarithm : of which
    series, (n_series,); second : length of another season.
    """
    x = np.asarray(x, float)
    steps = np.broadcast_to(steps, (len(x), np.shape(steps)[-1]))
    if logarithm is None:
        logarithm = prefers_logarithm(x, season_length)
    other = second_season(season_length) if isinstance(second, str) else second
    b = _described(x, season_length, steps, logarithm, other)
    experts, level, trends, snaive = _experts(b, steps)
    unit, k = b.scale[:, None], steps.astype(float)
    ahead = [
        np.log(np.minimum(k, 400)) / 3,
        np.minimum(k, 64) / 32,
        np.log(np.clip(k / b.m, 0.02, 12)),
        ((k - 1) % b.m) / b.m,
        np.log(np.clip(k / b.n[:, None], 1e-3, 3)) / 2,
        np.arcsinh(b.ahead / unit),
        np.arcsinh(b.smooth / unit),
    ]
    context, mask = _context(b, level)

    def limited(values: np.ndarray) -> np.ndarray:
        return np.clip(values / b.scale[:, None, None], -LIMIT, LIMIT)

    around = limited(experts - level[:, None, None] - b.ahead[:, :, None])
    around[..., -2:] = np.clip(around[..., -2:], -UNSEASONAL_LIMIT, UNSEASONAL_LIMIT)

    return {
        "context": context,
        "mask": mask,
        "statistics": _statistics(b, level, trends),
        "steps": np.stack(ahead, 2),
        "experts": limited(experts - level[:, None, None]),
        # Without the season, which may be far larger than the limit.
        "around_season": around,
        "level": level,
        "season": b.ahead,
        "scale": b.scale,
        "logarithm": logarithm,
        "lower": np.where(b.x.min(1) >= 0, 0.0, -np.inf),
        "reach": (np.ptp(b.z, axis=1) + np.minimum(SCALES * b.scale, np.ptp(b.z, axis=1)))[:, None]
        * np.sqrt(np.maximum(1, steps / b.n[:, None])),
        "range": _range(b, steps),
        "flat": b.is_flat,
        "snaive": snaive,
    }


def _range(b: _Batch, steps: np.ndarray) -> np.ndarray:
    """Lowest and highest forecast without the season, (2, n_series, n_steps)."""
    lowest = np.where(b.valid, b.y, np.inf).min(1)[:, None]
    highest = np.where(b.valid, b.y, -np.inf).max(1)[:, None]
    has_change = b.valid[:, 1:] & b.valid[:, :-1]
    usual = masked_mean(np.abs(np.diff(b.y, axis=1)), has_change)[:, None]
    margin = USUAL_CHANGES * usual + TREND * (highest - lowest) * steps / b.n[:, None]
    return np.stack([lowest - margin, highest + margin])


def _experts(
    b: _Batch, steps: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Simple forecasts (n_series, n_steps, N_EXPERTS), the level, numbers for the statistics, and
    the seasonal-naive forecast.
    """
    n_rows, everyone, m = b.y.shape[1], np.arange(len(b.y)), b.m
    w = min(n_rows, ROWS)
    start = np.minimum(b.n, w)
    v = b.valid[:, -w:]
    y = np.where(v, b.y[:, -w:], b.y[everyone, n_rows - start][:, None])
    levels, slopes, error, error_far = _smoothings(y[:, -SMOOTHED:], v[:, -SMOOTHED:])
    total, n_alphas = (error + 0.5 * error_far) / b.scale[:, None], len(ALPHAS)
    best = total[:, :n_alphas].argmin(1)
    best_holt = n_alphas + total[:, n_alphas:].argmin(1)
    ses, holt = levels[everyone, best], levels[everyone, best_holt]
    holt_slope = slopes[everyone, best_holt]
    k = steps.astype(float)
    damped = DAMPING * (1 - DAMPING**k) / (1 - DAMPING)
    _, slope, mean = _line(y, v)
    end_12, slope_12, mean_12 = _line(y[:, -12:], v[:, -12:])
    last = b.y[:, -1]
    drift = (last - y[everyone, w - start]) / np.maximum(start - 1, 1)
    auto, error_auto = _autoregression(b.y, b.valid, m, int(steps.max()))
    naive = last[:, None] + b.ahead

    def ago(lag: int) -> np.ndarray:
        if n_rows < lag:
            return naive
        values = np.take_along_axis(b.z, n_rows - lag + (steps - 1) % lag, 1)
        return np.where((b.n >= lag)[:, None], values, naive)

    snaive, growth = naive, drift[:, None] * k
    other = mean_12[:, None] + b.ahead
    if m > 1:
        snaive, other = ago(m), ago(b.second or 2 * m)
        growth = (b.means[:, 0] - b.means[:, 1])[:, None] * np.ceil(k / m)
    recent = max(2 * m, 12)
    experts = [
        naive,
        snaive,
        other,
        levels[:, 1, None] + b.ahead,
        levels[:, 2, None] + b.ahead,
        ses[:, None] + b.ahead,
        holt[:, None] + holt_slope[:, None] * damped + b.ahead,
        ses[:, None] + 0.5 * slope[:, None] * k + b.ahead,  # Theta
        mean[:, None] + b.ahead,
        np.where((b.n >= m)[:, None], snaive, naive) + growth,
        end_12[:, None] + slope_12[:, None] * damped + b.ahead,
        np.take_along_axis(auto, steps - 1, 1) + b.ahead,
        ses[:, None] + b.smooth,
        np.broadcast_to(masked_median(b.z[:, -recent:], b.valid[:, -recent:])[:, None], k.shape),
    ]
    trends = {
        "y": y,
        "valid": v,
        "alpha": ALPHAS[best],
        "error": error[everyone, best],
        "error_far": error_far[everyone, best],
        "holt_error": error[everyone, best_holt],
        "holt_error_far": error_far[everyone, best_holt],
        "error_auto": error_auto,
        "slow_to_quick": _ratio(error_far[:, 0], error_far[:, 3]),
        "drift": drift,
        "slope": slope,
        "slope_12": slope_12,
        "holt_slope": holt_slope,
        "mean": mean,
    }
    return np.stack(experts, 2), levels[:, 2], trends, snaive


def _context(b: _Batch, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last `WINDOW` rows (n_series, WINDOW, n_channels), and which of them are known."""
    n_series, n_rows = b.y.shape
    rows, unit = min(WINDOW, n_rows), b.scale[:, None]
    before = np.concatenate([np.zeros((n_series, 1), bool), b.valid[:, :-1]], 1)[:, -rows:]
    change = np.diff(b.y, axis=1, prepend=b.y[:, :1])[:, -rows:] / unit * before
    seasonal, known = np.zeros((2, n_series, rows))
    length = min(rows, n_rows - b.m)
    if length > 0:
        earlier = slice(n_rows - length - b.m, n_rows - b.m)
        seasonal[:, -length:] = (b.z[:, -length:] - b.z[:, earlier]) / unit
        known[:, -length:] = b.valid[:, earlier]
    mask = b.valid[:, -rows:].astype(float)
    channels = [
        np.arcsinh((b.y[:, -rows:] - level[:, None]) / unit),
        np.arcsinh(change),
        np.arcsinh(b.season[:, -rows:] / unit),
        np.arcsinh(seasonal) * known,
        (b.x[:, -rows:] == 0).astype(float),
        known,
    ]
    context = np.stack(channels, 2) * mask[:, :, None]
    pad = WINDOW - rows
    return np.pad(context, ((0, 0), (pad, 0), (0, 0))), np.pad(mask, ((0, 0), (pad, 0)))


def _statistics(b: _Batch, level: np.ndarray, trends: dict[str, np.ndarray]) -> np.ndarray:
    """Statistics of the series, (n_series, n_statistics)."""
    y, v, scale, m = trends["y"], trends["valid"], b.scale, b.m
    w = y.shape[1]
    x, z = b.x[:, -w:], b.z[:, -w:]
    has_change, change = v[:, 1:] & v[:, :-1], np.diff(y, axis=1)
    usual = masked_mean(np.abs(change), has_change)
    recent = masked_mean(np.abs(change[:, -12:]), has_change[:, -12:])
    change = np.where(has_change, change, 0)
    change = np.clip(change, -5 * usual[:, None], 5 * usual[:, None])
    change = np.where(has_change, change - masked_mean(change, has_change)[:, None], 0)
    power = (change**2).sum(1) + 1e-300
    autocorrelations = [
        (change[:, lag:] * change[:, :-lag]).sum(1) / power if w > lag + 1 else np.zeros(len(y))
        for lag in (1, 2, 3)
    ]
    spread = np.sqrt(masked_mean((y - trends["mean"][:, None]) ** 2, v))
    size = np.maximum(masked_mean(np.abs(z), v), 1e-300)
    statistics = [
        np.log(b.n) / 3 - 1,
        np.full(len(y), np.log(m) / 3),
        np.log1p(b.n_seasons),
        b.strength,
        b.second_strength,
        b.logarithm.astype(float),
        _log(usual / scale),
        _log(_ratio(recent, usual)) / 2,
        _log(trends["error"] / scale),
        _log(trends["error_far"] / scale),
        np.log(trends["alpha"]) / 2,
        _log(_ratio(trends["holt_error"], trends["error"])) * 3,
        _log(_ratio(trends["holt_error_far"], trends["error_far"])) * 3,
        _log(_ratio(trends["error_auto"], trends["error"])) * 3,
        _log(trends["slow_to_quick"]) * 2,
        _log(spread / scale) / 2,
        *autocorrelations,
        np.arcsinh(trends["drift"] / scale),
        np.arcsinh(trends["slope"] / scale),
        np.arcsinh(trends["slope_12"] / scale),
        np.arcsinh(trends["holt_slope"] / scale),
        np.arcsinh((b.means[:, 0] - b.means[:, 1]) / scale),
        masked_mean(x == 0, v),
        masked_mean(np.diff(x, axis=1) == 0, has_change),
        (x == np.round(x)).all(1).astype(float),
        np.where(b.logarithm, 0, np.clip((z.min(1) - level) / scale, -20, 0)) / 5,
        (x.min(1) >= 0).astype(float),
        _log(np.where(b.logarithm, scale, scale / size)) / 2,
        (b.n >= m).astype(float),
        np.log(np.maximum(b.n / m, 0.05)),
    ]
    return np.clip(np.stack(statistics, 1), -8, 8)
