"""Coverage of `forecast_interval` at steps 1, 6 and 12, one origin a series.

python benchmarks/intervals.py [simulated|m1 ...]

200 simulated series of 240 rows (a third each: AR(1), season with trend, heteroscedastic), and the
M1 monthly series of at least 96 rows, each forecast 12 rows ahead.
"""

import numpy as np
from _common import arguments
from _series_sets import SEASON_LENGTH, series_of

from skgru import SequenceForecaster

JOBS = ("simulated", "m1")
HORIZON, COVERAGE, STEPS = 12, 0.9, (1, 6, 12)


def autoregressive(n, rng, coefficient=0.8):
    values = np.zeros(n + 100)
    for t, noise in enumerate(rng.normal(size=n + 99), start=1):
        values[t] = coefficient * values[t - 1] + noise
    return values[100:]


def seasonal(n, rng):
    t = np.arange(n)
    season = rng.normal(size=SEASON_LENGTH)[t % SEASON_LENGTH]
    return 50 + rng.uniform(0, 0.1) * t + 5 * season + rng.normal(size=n)


def heteroscedastic(n, rng):
    """Noise in proportion to a level that wanders."""
    return np.exp(3 + np.cumsum(rng.normal(scale=0.02, size=n)) + rng.normal(scale=0.1, size=n))


def simulated(n_series=200, n_rows=240):
    rng = np.random.default_rng(0)
    kinds = ((autoregressive, 1), (seasonal, SEASON_LENGTH), (heteroscedastic, 1))
    for i in range(n_series):
        kind, season_length = kinds[i % len(kinds)]
        values = kind(n_rows + HORIZON, rng)
        yield kind.__name__, values[:-HORIZON], values[-HORIZON:], season_length


def m1(n_rows=96):
    for history, actual in series_of("M1 monthly"):
        if len(history) >= n_rows:
            yield "M1 monthly", history, actual[:HORIZON], SEASON_LENGTH


def covered(history, actual, season_length):
    """Whether each step's value lies in its interval, (horizon,)."""
    forecaster = SequenceForecaster(
        horizon=HORIZON, season_length=season_length, calibration_fraction=0.3, random_state=0
    )
    interval = forecaster.fit(history.reshape(-1, 1)).forecast_interval(coverage=COVERAGE)[:, 0]
    return (interval[:, 0] <= actual) & (actual <= interval[:, 1])


if __name__ == "__main__":
    options = arguments(__doc__, JOBS)
    for job in options.jobs:
        hits: dict[str, list[np.ndarray]] = {}
        for kind, *series in {"simulated": simulated, "m1": m1}[job]():
            hits.setdefault(kind, []).append(covered(*series))
        groups = {**hits, f"all {job}": [one for group in hits.values() for one in group]}
        for kind, group in groups.items():
            shares = 100 * np.mean(group, axis=0)
            by_step = ", ".join(f"step {k}: {shares[k - 1]:.0f} %" for k in STEPS)
            mean = shares[[k - 1 for k in STEPS]].mean()
            print(f"{kind}, {len(group)} series | {by_step} | mean {mean:.1f} %")
