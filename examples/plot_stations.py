"""
Several series, text, future covariates and weights
===================================================

Four stations rent out bicycles. One global model forecasts a week of all stations from the weather,
which is a column of numbers and a column of text. At one station the counter was broken for ten
weeks, and these rows get the weight 0.
"""

# %%
# The data
# --------
# The weather is that of Seattle, which skgru ships. The rentals are simulated from it: stations at
# offices have most rentals on working days, and stations at parks on weekends. Rain lowers the
# rentals, and warm days raise them. On some days the broken counter counts a fifth of the rentals,
# on others three times as many.

import numpy as np
import pandas as pd

from skgru.datasets import load_seattle_weather

random = np.random.default_rng(0)
weather = load_seattle_weather(as_frame=True)["2014-07":"2015-09"]
days, rain = weather.index, weather["precipitation"]
warmth = np.exp(0.04 * (weather["temp_max"] - 15))
is_weekend = days.day_of_week > 4

stations = {"harbour": (300, 0.6), "offices": (500, 0.3), "park": (150, 2.0), "zoo": (90, 2.5)}
parts = []
for station, (size, at_weekends) in stations.items():
    rentals = size * np.where(is_weekend, at_weekends, 1) * warmth
    rentals = rentals * np.where(rain > 5, 0.3, np.where(rain > 0, 0.6, 1))
    rentals = rentals * np.exp(random.normal(0, 0.08, len(days)))
    part = pd.DataFrame({"day": days, "station": station, "rentals": np.round(rentals)})
    part["sky"] = np.where(rain > 5, "heavy rain", np.where(rain > 0, "rain", "dry"))
    part["temp_max"] = weather["temp_max"].to_numpy()
    parts.append(part)
rows = pd.concat(parts, ignore_index=True)

is_broken = (rows["station"] == "offices") & rows["day"].between("2015-03-01", "2015-05-10")
rows.loc[is_broken, "rentals"] *= random.choice([0.2, 1, 3], is_broken.sum())
weights = np.where(is_broken, 0.0, 1.0)
print(rows.groupby("station").head(1).to_string(index=False))
print(f"{is_broken.sum()} of {len(rows)} rows with a broken counter")

# %%
# The forecaster
# --------------
# ``group`` names the column of the stations. ``known`` names the columns that are available for the
# week to forecast: ``sky`` is text, so each of its values becomes a column of 0 and 1 inside the
# forecaster. ``sample_weight`` has a weight for each row of the frame.

from sklearn.linear_model import RidgeCV

from skgru import SequenceForecaster

forecaster = SequenceForecaster(
    RidgeCV(),
    window_length=14,
    horizon=7,
    group="station",
    target="rentals",
    known=["sky", "temp_max"],
    theta_weight=0,
)
is_past = rows["day"] < "2015-09-24"
forecaster.fit(rows[is_past], sample_weight=weights[is_past])
print(forecaster.categories_)

# %%
# The next week
# -------------
# ``future`` is a long frame, too. Here it has the weather as it came. In practice it is a weather
# forecast, and the errors of the rentals are larger.

week = rows[~is_past].drop(columns="rentals")
forecast = forecaster.forecast(future=week)
print(forecast.groupby("station").head(2).round({"rentals": 0}).to_string(index=False))

# %%
# What each part is worth
# -----------------------
# ``backtest`` forecasts from 12 forecast origins, a week apart. Each fit gets the weights of its
# own rows. The error is divided by that of the value a week ago, which makes stations of different
# size comparable.

from sklearn.base import clone

from skgru.model_selection import backtest

alone = clone(forecaster).set_params(known=None)
variants = {
    "weather and weights": (forecaster, rows, weights),
    "weather alone": (forecaster, rows, None),
    "neither": (alone, rows[["day", "station", "rentals"]], None),
}
ratios = {}
for name, (one, X, sample_weight) in variants.items():
    results = backtest(one, X, initial=366, step=7, refit=4, sample_weight=sample_weight)
    summaries = {station: result.summary() for station, result in results.items()}
    ratios[name] = {station: table["ratio"]["MAE"] for station, table in summaries.items()}
ratios = pd.DataFrame(ratios)
print(ratios.round(2))

# %%
# With the weather, the error is about a quarter of that of the value a week ago. The weights lower
# it further, most of all at the station with the broken counter. The picture shows the rentals of
# this station, and the errors of all stations.

import matplotlib.pyplot as plt

fig, (left, right) = plt.subplots(
    1, 2, figsize=(10, 3.6), layout="constrained", width_ratios=(3, 2)
)
offices = rows[rows["station"] == "offices"].set_index("day")["rentals"]
left.plot(offices["2015-02-01":"2015-09-23"], color="0.4", linewidth=1, label="offices")
left.plot(
    forecast[forecast["station"] == "offices"].set_index("day")["rentals"],
    color="C0",
    linewidth=2,
    label="forecast",
)
broken = rows.loc[is_broken, "day"]
left.axvspan(broken.min(), broken.max(), color="C1", alpha=0.25, label="weight 0")
left.set(ylabel="rentals a day", ylim=(0, None))
left.tick_params(axis="x", rotation=30)
left.legend(loc="upper right")
ratios.plot.bar(ax=right, rot=0, color=["C0", "C2", "0.7"], ylabel="error / error of a week ago")
right.axhline(1, color="0.3", linewidth=1, linestyle=":")
right.set(xlabel="", ylim=(0, 1.4))
right.legend(fontsize="small", loc="upper right")
plt.show()
