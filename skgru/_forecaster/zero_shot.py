"""Zero-shot quantile forecasts for any season, by one small GRU in numpy.

The network reads the last rows without their season, and statistics of the series. For each step
ahead it weighs simple forecasts (naive, smoothed, trend, autoregressive, seasonal profile), adds a
correction, and spreads quantiles around the sum. benchmarks/pretrain.py trains it on simulated
series.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from statistics import NormalDist

import numpy as np

from skgru._forecaster.seasonal_profiles import SEASONS
from skgru._forecaster.zero_shot_inputs import N_EXPERTS, ROWS, aligned, prepare, second_season

QUANTILES = np.array([0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975])

# Least difference of values, as a share of the largest one, that counts as their unit.
LEAST_GAP = 1e-6

# Inputs that the network reads, and what its outputs weigh.
READ = ("context", "mask", "statistics", "steps", "experts")
WEIGHED = "around_season"

# Largest correction, in units of the scale. Larger ones are extrapolations of the network.
MOST_CORRECTION = 1.5

# Values of series at once, and steps in a block: few, so that one thread multiplies them.
VALUES_AT_ONCE, STEPS_AT_ONCE = 400_000, 12


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))


def forward(weights: dict[str, np.ndarray], inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Quantiles (n_series, n_steps, n_quantiles) in units of the scale, around the level and
    the season.
    """
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
    of_step = np.concatenate([np.arcsinh(inputs["experts"]), inputs["steps"]], 2)
    out = _of_blocks(w, of_series, of_step)
    correction = out[..., N_EXPERTS]
    np.clip(correction, -MOST_CORRECTION, MOST_CORRECTION, out=correction)
    return combined(out, inputs[WEIGHED])


def _of_blocks(w: dict[str, np.ndarray], of_series: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Outputs of the head (n_series, n_steps, n_outputs), from what it reads of a series and of
    each step. Steps are multiplied in blocks of one size: the last bits of a product of matrices
    depend on their size, and a forecast must not depend on the number of steps after it.
    """
    n_series, n_steps, n_read = steps.shape
    n_blocks = -(-n_steps // STEPS_AT_ONCE)
    steps = np.pad(steps, ((0, 0), (0, n_blocks * STEPS_AT_ONCE - n_steps), (0, 0)))
    hidden = steps.reshape(n_series * n_blocks, STEPS_AT_ONCE, n_read) @ w["head_step"]
    hidden += np.repeat(of_series, n_blocks, axis=0)[:, None]
    hidden = hidden * sigmoid(hidden)
    hidden = hidden @ w["hidden"] + w["hidden_bias"]
    hidden = hidden * sigmoid(hidden)
    out = hidden @ w["out"] + w["out_bias"]
    return out.reshape(n_series, n_blocks * STEPS_AT_ONCE, -1)[:, :n_steps]


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
    source = files("skgru._forecaster") / "pretrained_weights" / "any_season.npz"
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


def in_units(
    quantiles: np.ndarray,
    median: np.ndarray,
    inputs: dict[str, np.ndarray],
    is_clipped: bool = True,
) -> np.ndarray:
    """Quantiles of the network (n_series, n_steps, n) and their median (n_series, n_steps, 1) ->
    the quantiles in units of the series. is_clipped : no values below 0 for series without any.
    """
    scale, level = inputs["scale"][:, None, None], inputs["level"][:, None, None]
    lowest, highest = inputs["range"][..., None]
    beyond = level + scale * median
    beyond = beyond - np.clip(beyond, lowest, highest)
    middle = level + inputs["season"][:, :, None] - beyond
    z = middle + scale * quantiles
    highest = middle + scale * median + inputs["reach"][:, :, None]
    z = np.where(inputs["logarithm"][:, None, None], np.minimum(z, highest), z)
    z = np.where(inputs["flat"][:, None, None], inputs["snaive"][:, :, None], z)
    with np.errstate(over="ignore"):
        x = np.where(inputs["logarithm"][:, None, None], np.exp(np.minimum(z, 700)), z)
    return np.maximum(x, inputs["lower"][:, None, None]) if is_clipped else x


def rows_used(season_length: int, second: int | None) -> int:
    """Rows at the end of a series that a forecast depends on."""
    return max(SEASONS * season_length, 4 * (second or 0), 2 * ROWS)


def unit_of(values: np.ndarray) -> tuple[float, bool]:
    """What a series is divided by, so that its unit plays no part, and whether all values are whole
    multiples of it, as counts are in any unit.
    """
    known = np.abs(values[np.isfinite(values)])
    sizes = np.unique(known)
    largest = sizes[-1] if len(sizes) else 0.0
    if not largest > 0:
        return 1.0, False
    gaps = np.diff(np.concatenate([[0.0], sizes / largest]))
    least = gaps[gaps > LEAST_GAP].min()
    multiples = sizes / largest / least
    distance = np.abs(multiples - np.round(multiples)).max() * least
    changes = np.abs(np.diff(known / largest))
    changes = changes[changes > 0]
    if distance < 1e-3 * min(least, np.median(changes) if len(changes) else 1.0):
        return float(largest * least), True
    return float(largest * np.mean(sizes / largest)), False


def in_own_unit(values: np.ndarray) -> tuple[np.ndarray, float]:
    """A series divided by its unit, and the unit."""
    unit, is_count = unit_of(values)
    scaled = values / unit
    return (np.round(scaled) if is_count else scaled), unit


def forecast_quantiles(
    series: Sequence[np.ndarray],
    season_length: int,
    steps: int,
    levels: Sequence[float] | None = None,
    weights: dict[str, np.ndarray] | None = None,
    second: int | str | None = "auto",
    is_clipped: bool = True,
) -> np.ndarray:
    """Quantiles (n_series, steps, n_quantiles) of the rows after each series (n_rows,).

    levels : of the quantiles, `QUANTILES` by default; second : length of another season;
    is_clipped : no values below 0 for series without any. Rows of NaN are filled from their
    neighbours.
    """
    weights = weights or weights_of_network()
    own = [in_own_unit(np.asarray(values, float)) for values in series]
    other = second_season(season_length) if isinstance(second, str) else second
    n_used = rows_used(season_length, other)
    lengths = np.minimum([len(values) for values in series], n_used)
    order = np.argsort(lengths, kind="stable")
    out = np.empty((len(series), steps, len(QUANTILES) if levels is None else len(levels)))
    while len(order):  # series of like length at once
        longest = max(int(lengths[order[-1]]), 8)
        size = max(1, min(128, VALUES_AT_ONCE // longest))
        chunk, order = order[-size:], order[:-size]
        x = aligned([own[i][0] for i in chunk], longest)
        inputs = prepare(x, season_length, np.arange(1, steps + 1), second=other)
        as_32 = {name: inputs[name].astype(np.float32) for name in (*READ, WEIGHED)}
        quantiles = forward(weights, as_32).astype(float)
        half = len(QUANTILES) // 2
        median = quantiles[..., half : half + 1]
        if levels is not None:
            quantiles = at_levels(quantiles, levels)
        units = np.array([own[i][1] for i in chunk])
        out[chunk] = (
            in_units(quantiles, median, inputs, is_clipped) * units[:, np.newaxis, np.newaxis]
        )
    return out


def mean_of(quantiles: np.ndarray) -> np.ndarray:
    """Mean of the distribution with these quantiles (..., n_quantiles) at `QUANTILES`."""
    edges = np.r_[0, (QUANTILES[1:] + QUANTILES[:-1]) / 2, 1]
    return quantiles @ np.diff(edges)
