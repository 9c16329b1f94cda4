"""
A first forecast
================

A monthly series, three lines, and the question that every forecast must answer: is it better than
the value of a year ago?
"""

# %%
# The series
# ----------
# Airline passengers, 1949 to 1960. They grow, and so does their summer. The last 24 months are held
# out: nothing below sees them before they are compared with.

from skgru.datasets import load_airline_passengers

passengers = load_airline_passengers(as_frame=True)["passengers"]
train, test = passengers[:-24], passengers[-24:]

# %%
# The forecast
# ------------
# Three lines. There is nothing to scale, to window or to transform back: months go in, and the
# months that follow come out, in passengers.

from skgru import SequenceForecaster

forecaster = SequenceForecaster(horizon=12, random_state=0)
forecaster.fit(train)
forecast = forecaster.forecast(24)

print(forecast.head(3))

# %%
# What "auto" chose
# -----------------
# The index says that the series is monthly, hence a season of 12. All values are positive, hence a
# logarithm. The network sees two seasons at a time, less their level, and learns how a year differs
# from the mean course of the years before. Half of the forecast is that of two networks which skgru
# brings along for monthly series, trained on simulated ones.

print(f"season of {forecaster.season_length_}, windows of {forecaster.window_length_} months")
print(f"level: {forecaster.level_}, baseline: {forecaster.baseline_}")
print(f"scaler: {forecaster.scaler_.kinds_[0]}, pretrained networks: {forecaster.pretrained_}")

# %%
# Against the value of a year ago
# -------------------------------
# The scaled error (MASE) is the mean absolute error divided by the mean change from one year to the
# next in the training series. The seasonal naive forecast repeats the last year.

import numpy as np

from skgru.metrics import mean_absolute_scaled_error, symmetric_mean_absolute_percentage_error

naive = np.tile(train[-12:], 2)
for name, values in [("SequenceForecaster", forecast), ("seasonal naive", naive)]:
    scaled_error = mean_absolute_scaled_error(test, values, y_train=train, season_length=12)
    percentage = symmetric_mean_absolute_percentage_error(test, values)
    bias = np.mean(values - test)
    print(f"{name:<18}  MASE {scaled_error:.2f}  sMAPE {percentage:4.1f} %  mean error {bias:5.1f}")

# %%
# The forecaster is a sixth closer than the naive forecast. Both are too low, as their mean errors
# say: 1959 and 1960 grew three times as fast as the year before them, which a model of the past
# alone can't know. That is a modest gain, and from a single origin: the example on backtests asks
# the same of many.

import matplotlib.pyplot as plt

from skgru.plotting import ForecastDisplay

fig, ax = plt.subplots(figsize=(9, 3.5), layout="constrained")
months = test.index.to_timestamp()
ax.plot(months, test, color="0.25", linestyle="--", label="what came")
ax.plot(months, naive, ":", color="C1", label="seasonal naive")
ForecastDisplay.from_predictions(train, forecast, n_history=48, ax=ax)
plt.show()
