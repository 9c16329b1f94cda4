"""
Intervals of a forecast
=======================

An interval of 90 % should contain nine values of ten. This example compares two kinds of intervals
by their coverage on a year that was not part of the fit.
"""

# %%
# The series
# ----------
# The highest temperature of each day in Seattle. The year 2015 is held out.

from skgru.datasets import load_seattle_weather

temperature = load_seattle_weather(as_frame=True)["temp_max"]
n_train = len(temperature[:"2014"])
horizon = 7

# %%
# Calibrated intervals
# --------------------
# With ``calibration_fraction=0.3`` the forecaster is first fitted without the last 30 % of the
# training series, and forecasts these rows. A quantile of its absolute residuals at each step is
# the half width of the intervals. Then the forecaster is fitted again on all rows. This is split
# conformal prediction, and works with any regressor.

from skgru import SequenceForecaster

calibrated = SequenceForecaster(
    horizon=horizon, season_length=1, calibration_fraction=0.3, random_state=0
)
calibrated.fit(temperature[:n_train])
print(calibrated.forecast_interval(3, coverage=0.9).round(1))

# %%
# Quantiles
# ---------
# A network can be trained on the quantiles themselves: 5 %, 50 % and 95 % for an interval of 90 %.
# Its intervals can be wide on some days and narrow on others.

from skgru import GRURegressor

network = GRURegressor(
    16,
    loss="pinball",
    quantiles=(0.05, 0.5, 0.95),
    highway=True,
    epochs=32,
    batch_size=32,
    learning_rate=0.003,
)
learned = SequenceForecaster(network, horizon=horizon, season_length=1, random_state=0)
learned.fit(temperature[:n_train])
print(learned.forecast_interval(3, coverage=0.9).round(1))

# %%
# Coverage over many origins
# --------------------------
# ``backtest`` forecasts from every second day of 2015, with the model of 2012 to 2014, and each
# time from the rows up to that day. The naive interval is today's temperature, plus and minus the
# 90 % quantile of its past absolute errors.
#
# The interval score is the mean width, plus 20 times the distance to the interval of each value
# outside it. The factor 20 is 2 divided by the 10 % of values that may be outside. The score is in
# units of the mean change from day to day, and lower is better.

from dataclasses import replace

import numpy as np

from skgru.metrics import mean_scaled_interval_score
from skgru.model_selection import backtest

settings = {"initial": n_train, "step": 2, "coverage": 0.9}
results = {
    "calibrated": backtest(calibrated, temperature, **settings),
    "quantiles": backtest(learned, temperature, **settings),
}

some = results["calibrated"]
past = some.y_train[:, 0]
radius = [np.quantile(np.abs(past[k:] - past[:-k]), 0.9) for k in some.steps]
radius = np.reshape(radius, (1, horizon, 1))
today = np.repeat(some.series[some.origins, np.newaxis], horizon, axis=1)
results["today's value"] = replace(some, forecast=today, lower=today - radius, upper=today + radius)

print(f"{len(some.origins)} origins   coverage: all    day 1   day 7   width   interval score")
for name, result in results.items():
    coverage = result.coverage_by_step()
    score = mean_scaled_interval_score(
        result.actual[..., 0],
        result.lower[..., 0],
        result.upper[..., 0],
        coverage=0.9,
        y_train=result.y_train,
    )
    width = np.mean(result.upper - result.lower)
    print(
        f"{name:<20}{coverage.mean():12.1%}{coverage[0]:9.1%}{coverage[-1]:8.1%}"
        f"{width:8.1f}{score:17.2f}"
    )

# %%
# - The naive interval has the requested coverage, but is the widest and has the largest score.
# - The calibrated interval has a coverage above 90 %. Its residuals are those of another year, and
#   of a network with fewer training rows.
# - The quantiles have a coverage of 90 %, and are the narrowest. Their score is that of the
#   calibrated interval.
#
# Quantiles of a network that overfits are too narrow, and are not corrected. Calibrated intervals
# include such errors.
#
# Seven days ahead, both through the year:

import matplotlib.pyplot as plt

from skgru.plotting import BacktestDisplay

fig, axes = plt.subplots(2, figsize=(9, 6), sharex=True, sharey=True, layout="constrained")
for ax, name in zip(axes, ["calibrated", "quantiles"], strict=True):
    BacktestDisplay.from_result(results[name], step=7, n_history=1, ax=ax)
    ax.set(title=name, xlabel=None, ylim=(-5, 50))
plt.show()

# %%
# Calibrated intervals have the same width all year. The width of the quantiles depends on the
# window. The smallest and the largest width, seven days ahead, in degrees:

for name in ["calibrated", "quantiles"]:
    width = (results[name].upper - results[name].lower)[:, 6]
    print(f"{name}: {width.min():.1f} to {width.max():.1f}")
