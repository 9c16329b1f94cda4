"""
Future covariates
=================

The time of the year of any future day is available today. This example compares a forecast with it
and a forecast without it, up to four weeks ahead.
"""

# %%
# The series
# ----------
# The daily weather of Seattle. ``temp_max`` is to be forecast; ``year_sin`` and ``year_cos`` are
# the day of the year as an angle. The year 2015 is held out.

from skgru.datasets import load_seattle_weather

weather = load_seattle_weather(as_frame=True)[["temp_max", "year_sin", "year_cos"]]
train, test = weather[:"2014"], weather["2015":]
print(f"{len(train)} days to learn from, {len(test)} held out")

# %%
# Two forecasters
# ---------------
# ``target`` names the column to forecast, ``known`` the columns whose future values are given. The
# weather does not repeat from week to week. "auto" would find this out, and use no season with a
# warning. ``season_length=1`` is the same without the warning.

from skgru import SequenceForecaster

horizon = 28
without = SequenceForecaster(horizon=horizon, season_length=1, random_state=0)
without.fit(train[["temp_max"]])

calendar = ["year_sin", "year_cos"]
with_calendar = SequenceForecaster(
    horizon=horizon, season_length=1, target="temp_max", known=calendar, random_state=0
)
with_calendar.fit(train)

# %%
# One forecast
# ------------
# ``future`` holds the ``known`` columns of the days to forecast. A missing ``future``, too few days
# or other dates are errors.

days = test[:horizon]
forecast = with_calendar.forecast(future=days[calendar])
print(forecast.head(3).round(1))

try:
    with_calendar.forecast()
except ValueError as error:
    print(f"ValueError: {error}")

# %%
# All days of 2015
# ----------------
# ``predict`` forecasts from every day: row t holds the next 28 days. 2015 follows the training
# series, so that series is the history of its first rows. The last 28 rows are left out, because
# the days that they forecast are not all in the series.
#
# There are two naive forecasts: today's temperature for all 28 days, and the mean of the 15 days
# around the same date in the three years before.

import numpy as np
import pandas as pd

temperature, n_train = np.asarray(weather["temp_max"]), len(train)
origins = np.arange(n_train, len(weather) - horizon)
ahead = origins[:, np.newaxis] + np.arange(1, horizon + 1)  # (n_origins, horizon)
actual = temperature[ahead]

day = np.asarray(pd.DatetimeIndex(weather.index).day_of_year)
distance = np.abs(day[:, np.newaxis] - day[:n_train])
is_near = np.minimum(distance, 365 - distance) <= 7
usual = is_near @ temperature[:n_train] / is_near.sum(axis=1)  # a value for each day

forecasts = {
    "network, calendar known": with_calendar.predict(test)[:-horizon].to_numpy(),
    "network alone": without.predict(test[["temp_max"]])[:-horizon].to_numpy(),
    "today's temperature": np.repeat(temperature[origins, np.newaxis], horizon, axis=1),
    "usual for the date": usual[ahead],
}
errors = {name: np.abs(values - actual).mean(axis=0) for name, values in forecasts.items()}
print("mean absolute error in degrees    all   day 1   day 7  day 28")
for name, by_step in errors.items():
    chosen = "".join(f"{by_step[k]:8.2f}" for k in (0, 6, 27))
    print(f"{name:<29}{by_step.mean():8.2f}{chosen}")

# %%
# A day ahead the calendar changes hardly anything. The further ahead, the more it lowers the error:
# four weeks ahead by 0.8 degrees. The network with the calendar has a smaller error than the mean
# of the date one and seven days ahead, and over all 28 days. Four weeks ahead the mean of the date
# is better.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(9, 3.5), layout="constrained")
styles = {
    "network, calendar known": {"color": "C0", "linewidth": 2},
    "network alone": {"color": "C2", "linewidth": 2},
    "today's temperature": {"color": "C1", "linestyle": ":"},
    "usual for the date": {"color": "0.35", "linestyle": "--"},
}
for name, by_step in errors.items():
    ax.plot(np.arange(1, horizon + 1), by_step, label=name, **styles[name])
ax.set(xlabel="days ahead", ylabel="mean absolute error (degrees)", ylim=(0, None))
ax.legend(loc="lower right")
plt.show()
