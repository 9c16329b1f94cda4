"""
A first forecast
================

A forecast of a monthly series, and its comparison with the value of a year ago.
"""

# %%
# The series
# ----------
# Airline passengers, 1949 to 1960. The number grows, and so does its season. The last 24 months are
# held out: they are used for the comparison only.

from skgru.datasets import load_airline_passengers

passengers = load_airline_passengers(as_frame=True)["passengers"]
train, test = passengers[:-24], passengers[-24:]

# %%
# The forecast
# ------------
# The forecaster scales the series and makes its windows. The forecast has the units of the series.

from skgru import SequenceForecaster

forecaster = SequenceForecaster(horizon=12, random_state=0)
forecaster.fit(train)
forecast = forecaster.forecast(24)

print(forecast.head(3))

# %%
# What "auto" chose
# -----------------
# The index is monthly, so the season has 12 rows. All values are positive, so the scaling is a
# logarithm. The network reads windows of two seasons, from which their level is subtracted. It is
# trained on the errors of the mean course of the last three years. The rest of the forecast is that
# of a network that was trained on simulated series, and of Theta, an exponential smoothing.

print(f"season of {forecaster.season_length_}, windows of {forecaster.window_length_} months")
print(f"level: {forecaster.level_}, baseline: {forecaster.baseline_}")
print(f"scaler: {forecaster.scaler_.kinds_[0]}")
print({member: round(weight, 2) for member, weight in forecaster.ensemble_.items()})

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
# The error of the forecaster is a sixth smaller than that of the naive forecast. Both forecasts are
# too low: 1959 and 1960 grew faster than the year before them. This is a single forecast origin.
# The example on backtests compares the two from many origins.

import matplotlib.pyplot as plt
import pandas as pd

from skgru.plotting import ForecastDisplay

fig, ax = plt.subplots(figsize=(9, 3.5), layout="constrained")
months = pd.PeriodIndex(passengers.index[-24:]).to_timestamp()
ax.plot(months, naive, ":", color="C1", label="seasonal naive")
ForecastDisplay.from_predictions(passengers, forecast, n_history=48, ax=ax)
plt.show()
