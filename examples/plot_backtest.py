"""
A backtest from rolling forecast origins
========================================

A single good forecast may be chance. A backtest makes many forecasts, each from the rows up to its
forecast origin only, and compares them with the actual values and with a naive forecast.
"""

# %%
# The series and the forecaster
# -----------------------------
# Airline passengers of 144 months. ``calibration_fraction`` holds out the last part of the training
# rows. The residuals on this part give the intervals. Then the forecaster is fitted on all rows.

from skgru import SequenceForecaster
from skgru.datasets import load_airline_passengers

series = load_airline_passengers(as_frame=True)
forecaster = SequenceForecaster(horizon=12, calibration_fraction=0.3, random_state=0)

# %%
# Rolling origins
# ---------------
# The first forecast origin is the end of the first eight years. It moves on by one month at a time.
# From each, the next twelve months are forecast, with intervals that should contain 90 % of the
# actual values. ``refit=True`` trains again at each origin, on all rows up to it. Without it, the
# model of the first eight years makes all forecasts.

from skgru.model_selection import backtest

result = backtest(forecaster, series, initial=96, step=1, refit=True, coverage=0.9)
print(result)
print(result.to_frame().head(3).to_string(index=False, float_format="%.1f"))

# %%
# The naive forecast
# ------------------
# The seasonal naive forecast is the value of a year ago. A result is plain data: ``replace`` puts
# the naive forecasts in place of those of the network, at the same origins. Step k after row t is
# row t + k, and a year before that is row t + k - 12.

from dataclasses import replace

year_ago = result.origins[:, None] + result.steps - 12
naive = replace(
    result, forecast=result.series[year_ago], lower=None, upper=None, coverage=None
)  # (n_origins, 12, 1)

# %%
# Errors, step by step
# --------------------
# The mean absolute scaled error divides by the naive forecast's error within the first eight
# years: it has no unit. ``y_train`` holds these years. Any metric of scikit-learn works as well.

from functools import partial

from skgru.metrics import mean_absolute_scaled_error

mase = partial(mean_absolute_scaled_error, y_train=result.y_train, season_length=12)
network_errors = result.errors_by_step(mase)
naive_errors = naive.errors_by_step(mase)
coverage = result.coverage_by_step()

print("step  network  naive  coverage")
for k, *row in zip(result.steps, network_errors, naive_errors, coverage, strict=True):
    print("{:4d}  {:7.2f}  {:5.2f}  {:8.0%}".format(k, *row))

# %%
# Comparison
# ----------
# The forecasts of neighbouring origins overlap, so that their errors are alike: 37 origins are far
# fewer than 37 independent trials.

n_won = (network_errors < naive_errors).sum()
saved = 1 - network_errors.mean() / naive_errors.mean()
print(f"MASE over all steps: network {network_errors.mean():.2f}, naive {naive_errors.mean():.2f}.")
print(
    f"The network is better at {n_won} of 12 steps, and its error {abs(saved):.0%} "
    f"{'smaller' if saved > 0 else 'larger'}: "
    f"{'worth its training' if saved > 0 else 'here the naive forecast will do'}."
)
best, worst = coverage.argmax(), coverage.argmin()
print(
    f"Its intervals were to hold 90 % of the months, and held {coverage.mean():.0%}: from "
    f"{coverage[best]:.0%} at step {best + 1} to {coverage[worst]:.0%} at step {worst + 1}."
)

# %%
# A year ahead
# ------------
# Each point was forecast twelve months before it happened.

import matplotlib.pyplot as plt

from skgru.plotting import BacktestDisplay

BacktestDisplay.from_result(result, step=12, n_history=24)
plt.show()

# %%
# Errors by step beside those of the naive forecast, and the share of months within their intervals.

from skgru.plotting import CoverageDisplay, ErrorsByStepDisplay

ErrorsByStepDisplay.from_result(result, metric="mase")
CoverageDisplay.from_result(result)
plt.show()
