"""Train the pretrained networks of skgru on simulated series, and store their weights.

python benchmarks/pretrain.py [12] [4] [--series N] [--steps N] [--seed SEED] [--folder FOLDER]

For each season length, 10,000 series are simulated, and two networks are trained on them for 10,000
steps, in a few minutes. No real series is used, so the networks are not trained on any series on
which they are measured, and their weights are free.

Without --folder the weights go into the package. With other versions of TensorFlow the weights
differ in the last digits.
"""

import argparse
from pathlib import Path

import numpy as np

import skgru
from skgru import SequenceForecaster
from skgru._forecaster.defaults import network_of_many
from skgru._forecaster.pretrained import HORIZONS, pack, pretrained_spec

ROWS = {4: (16, 100), 12: (40, 180)}
N_ROWS_BEFORE = 48  # simulated before the series begins, and left out


def log_normal(rng, mean, deviation, size):
    return np.exp(rng.normal(mean, deviation, size))


def seasons(rng, n, season_length):
    """Seasonal courses (n, season_length): sums of one or two waves, or some rows that stand out;
    none for a tenth.
    """
    row = np.arange(season_length)
    smooth = np.zeros((n, season_length))
    for wave in range(1, min(3, season_length // 2) + 1):
        phase = rng.uniform(0, 2 * np.pi, (n, 1))
        size = rng.normal(size=(n, 1)) / wave
        smooth += size * np.cos(2 * np.pi * wave * row / season_length + phase)
    stands_out = rng.random((n, season_length)) < rng.uniform(0.2, 1, (n, 1))
    rough = rng.normal(size=(n, season_length)) * stands_out
    course = np.where(rng.random((n, 1)) < 0.6, smooth, rough)
    course -= course.mean(axis=1, keepdims=True)
    amplitude = log_normal(rng, -1.8, 1, n) * (rng.random(n) < 0.9)
    return course * (amplitude / np.maximum(course.std(axis=1), 1e-6))[:, np.newaxis]


def simulate(n, season_length, seed):
    """n positive series of different lengths: the exponential of a level that drifts and grows, a
    season that changes, and autocorrelated noise. All spreads are drawn for each series.
    """
    rng, m = np.random.default_rng(seed), season_length
    shortest, longest = ROWS[m]
    n_rows = longest + N_ROWS_BEFORE
    growth = rng.normal(0.02, 0.06, n) / m * (rng.random(n) < 0.85)
    level_spread = log_normal(rng, -2.6, 0.9, n) / np.sqrt(m)
    growth_spread = log_normal(rng, -4.5, 1, n) / m**1.5 * (rng.random(n) < 0.5)
    persistence = rng.choice([1, 0.98, 0.9], n)
    noise_spread = log_normal(rng, -3, 1, n)
    season_spread = log_normal(rng, -2, 1, n) * np.minimum(noise_spread, 0.2)
    autocorrelation = rng.uniform(-0.3, 0.8, n) * (rng.random(n) < 0.5)
    shocks = rng.normal(size=(4, n_rows, n))
    heavy = rng.standard_t(4, size=(4, n_rows, n)) / np.sqrt(2)
    shocks = np.where(rng.random(n) < 0.25, heavy, shocks)
    season = seasons(rng, n, m)
    level, slope, noise, rows = np.zeros(n), growth.copy(), np.zeros(n), np.empty((n_rows, n))
    for t in range(n_rows):
        slope = growth + persistence * (slope - growth) + growth_spread * shocks[0, t]
        level = level + slope + level_spread * shocks[1, t]
        season[:, t % m] += season_spread * shocks[2, t]
        noise = autocorrelation * noise + noise_spread * shocks[3, t]
        rows[t] = level + season[:, t % m] + noise
    series = []
    for values, length in zip(rows.T, rng.integers(shortest, longest + 1, n), strict=True):
        values = values[-length:] - values[-length:].mean()
        if rng.random() < 0.1:  # a break
            values[rng.integers(length) :] += rng.normal(0, 0.3)
        series.append(np.exp(np.clip(values, -6, 6) + 8))
    return series


def trained(season_length, n_series, n_steps, seed):
    """The two networks of a season, fitted."""
    series, spec = simulate(n_series, season_length, seed), pretrained_spec(season_length)
    n_windows = sum(len(values) - season_length for values in series)
    epochs = max(1, round(n_steps * 128 / n_windows))
    forecaster = SequenceForecaster(
        [network_of_many(highway, epochs) for highway in (True, False)],
        window_length=list(spec.windows),
        horizon=spec.horizon,
        season_length=season_length,
        level=spec.level,
        baseline=spec.baseline,
        random_state=seed,
    )
    return forecaster.fit(series).regressors_


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seasons", nargs="*", type=int, metavar="season_length")
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    inside = Path(skgru.__file__).parent / "_forecaster" / "weights"
    parser.add_argument("--folder", type=Path, default=inside)
    options = parser.parse_args()
    for m in options.seasons or HORIZONS:
        regressors = trained(m, options.series, options.steps, options.seed)
        path = options.folder / f"season_{m}.npz"
        np.savez_compressed(path, **pack(regressors))
        print(f"season_length={m}: {path.name}, {path.stat().st_size / 1000:.0f} kB")
