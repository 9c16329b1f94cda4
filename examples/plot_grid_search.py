"""
Tuning units and window length with a grid search
=================================================

The number of units is a parameter of the network, and the window length is a parameter of the
windower. Both are steps of one pipeline, so the grid search of scikit-learn tunes them together.
The cross-validation folds are in time order.
"""

# %%
# The series
# ----------
# Yearly sunspots have a cycle of about 11 years, whose height changes. The last 40 years are held
# out from the search.

from skgru.datasets import load_sunspots

series = load_sunspots()
n_train = len(series) - 40
train = series[:n_train]

# %%
# The search
# ----------
# Each fold of ``TimeSeriesSplit`` trains on the first rows and scores the rows after them. With
# ``context="fit"``, the first windows of a test fold take their history from the training rows. So
# all candidates are scored on the same rows, whatever their window length.

from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from skgru import GRURegressor, SequenceWindower

pipe = Pipeline(
    [
        ("scale", MinMaxScaler()),
        ("window", SequenceWindower(context="fit")),
        ("gru", GRURegressor(epochs=10, learning_rate=0.005, random_state=0)),
    ]
)
search = GridSearchCV(
    pipe, {"gru__units": [8, 32], "window__window_length": [11, 22]}, cv=TimeSeriesSplit(2)
)
search.fit(train)

# %%
# The result
# ----------
# R² of each candidate on both test folds, the best first. The search needs no ``y`` and no
# ``scoring``, because the targets are the next rows of the series and ``score`` is their R².

import numpy as np

results = search.cv_results_
for i in np.argsort(results["rank_test_score"]):
    folds = ", ".join(f"{results[f'split{k}_test_score'][i]:.2f}" for k in range(2))
    print(f"{results['params'][i]}: mean R² {results['mean_test_score'][i]:.2f} ({folds})")

# %%
# The best pipeline on the held-out years
# ---------------------------------------
# Row t of ``predict`` is the forecast of row t + 1. The naive forecast is the last value.

import matplotlib.pyplot as plt

best = search.best_estimator_
predicted = best.predict(series[:-1])[n_train - 1 :]
predicted = best["scale"].inverse_transform(predicted[:, None])[:, 0]
actual = series[n_train:, 0]
years = np.arange(1700, 1700 + len(series))[n_train:]
print(f"mean absolute error: {np.mean(np.abs(predicted - actual)):.1f} sunspots")
print(f"last value repeated: {np.mean(np.abs(series[n_train - 1 : -1, 0] - actual)):.1f} sunspots")

fig, ax = plt.subplots(figsize=(9, 3.5), layout="constrained")
ax.plot(years, actual, color="0.35", label="sunspots")
ax.plot(years, predicted, "--", color="C1", label="one year ahead")
ax.set(xlabel="year", ylabel="sunspots")
ax.legend(loc="upper right")
plt.show()
