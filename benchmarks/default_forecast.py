"""SequenceForecaster with its defaults, one series at a time, against seasonal naive and the sine.

python benchmarks/default_forecast.py [monthly|sine|cycles ...]

- monthly: 60 evenly spaced series each of M1 monthly (18 steps ahead) and Tourism monthly (24).
- sine: the next 50 values of the sine of 1,000 rows.
- cycles: 12 steps of series of 300 rows without a season. These are random walks, autoregressions
  of order 1, and autoregressions of order 2 with a noisy cycle. Also the sunspots from 8 origins.

The defaults were chosen on the series of monthly and cycles.
"""

import numpy as np
from _common import arguments, seconds
from _series_sets import SEASON_LENGTH, SETS, evenly, series_of

from skgru import SequenceForecaster
from skgru.datasets import load_sunspots, make_sine
from skgru.metrics import mean_absolute_scaled_error, symmetric_mean_absolute_percentage_error

JOBS = ("monthly", "sine", "cycles")


def errors(history, actual, forecast):
    """MASE and sMAPE of a forecast (horizon,)."""
    scaled = mean_absolute_scaled_error(
        actual, forecast, y_train=history, season_length=SEASON_LENGTH
    )
    return scaled, symmetric_mean_absolute_percentage_error(actual, forecast)


def seasonal_naive(history, horizon):
    return np.resize(history[-SEASON_LENGTH:], horizon)


def one_by_one(name):
    naive, ours, times = [], [], []
    for history, actual in evenly(series_of(name), 60):
        horizon, series = len(actual), history.reshape(-1, 1)
        forecaster = SequenceForecaster(
            horizon=horizon, season_length=SEASON_LENGTH, random_state=0
        )
        times.append(seconds(lambda f=forecaster, s=series: f.fit(s)))
        ours.append(errors(history, actual, forecaster.forecast()[:, 0]))
        naive.append(errors(history, actual, seasonal_naive(history, horizon)))
    (mase, smape), (naive_mase, naive_smape) = np.mean(ours, axis=0), np.mean(naive, axis=0)
    # A series so short that it shortens the window has a program of its own to compile.
    typical, longest = np.median(times), np.sort(times)[-4]
    print(
        f"{name}, 60 series | seasonal naive MASE {naive_mase:.3f} sMAPE {naive_smape:.2f} | "
        f"skgru {mase:.3f} {smape:.2f} | {100 * (1 - mase / naive_mase):.1f} % below | "
        f"fit: median {typical:.3f} s, all but 3 under {longest:.3f} s",
        flush=True,
    )


def sine():
    series = make_sine()
    step = 100 / 999
    following = np.sin(100 + step * np.arange(1, 51))
    for horizon in (1, 12, 50):
        for seed in range(3):
            forecaster = SequenceForecaster(horizon=horizon, random_state=seed).fit(series)
            error = np.abs(forecaster.forecast(50)[:, 0] - following).max()
            print(f"sine, horizon {horizon}, seed {seed} | largest error {error:.4f}")
    recursive = SequenceForecaster(strategy="recursive", random_state=0).fit(series)
    recursive.forecast(1000)
    best = min(seconds(lambda: recursive.forecast(1000)) for _ in range(5))
    print(f"1,000 recursive steps | {1000 * best:.1f} ms")


def simulated(coefficients, seed):
    """312 rows of an autoregression after 188 that it settles in."""
    noise = np.random.default_rng(seed).normal(size=500)
    values = np.zeros(500)
    for t in range(2, 500):
        values[t] = coefficients @ values[[t - 1, t - 2]] + noise[t]
    return values[188:]


def cycles():
    kinds = {"random walk": (1, 0), "AR(1)": (0.8, 0), "AR(2)": (1.7, -0.85)}
    sets = {k: [simulated(np.array(c), seed) for seed in range(12)] for k, c in kinds.items()}
    sets["sunspots"] = [load_sunspots()[: 309 - 12 * k, 0] for k in range(8)]
    for name, series in sets.items():
        ours, naive = [], []
        for values in series:
            history, actual = values[:-12], values[-12:]
            forecaster = SequenceForecaster(horizon=12, season_length=1, random_state=0)
            forecast = forecaster.fit(history.reshape(-1, 1)).forecast()[:, 0]
            ours.append(np.abs(actual - forecast).mean())
            naive.append(np.abs(actual - history[-1]).mean())
        print(
            f"{name}, no season | mean error {np.mean(ours) / np.mean(naive):.2f} of last value's"
        )


if __name__ == "__main__":
    options = arguments(__doc__, JOBS)
    if "monthly" in options.jobs:
        for name in SETS:
            one_by_one(name)
    if "sine" in options.jobs:
        sine()
    if "cycles" in options.jobs:
        cycles()
