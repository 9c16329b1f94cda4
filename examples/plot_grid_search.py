"""
Tuning units and window length with a grid search
=================================================

The number of units is a parameter of the network, the window length one of the windower. Both are
steps of one pipeline, so scikit-learn's grid search tunes them together, on folds in time order.
"""

# %%
# A real series
# -------------
# Yearly sunspots: a cycle of about 11 years, of changing height. The last 40 years are kept for the
# end.

from skgru.datasets import load_sunspots

series = load_sunspots()
n_train = len(series) - 40
train = series[:n_train]

# %%
# The search
# ----------
# ``TimeSeriesSplit`` trains on the past and scores on what follows. ``context="fit"`` gives the
# first windows of a test fold the rows before it, so that every row of the fold is scored, whatever
# the window length. Without it the candidates would be scored on different rows.

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
    pipe,
    {"gru__units": [8, 32], "window__window_length": [11, 22]},
    cv=TimeSeriesSplit(2),
)
search.fit(train)

# %%
# The result
# ----------
# R2 on each test fold, best first. There is no ``y`` and no ``scoring``: the regressor scores a
# series against itself.

import numpy as np

results = search.cv_results_
for i in np.argsort(results["rank_test_score"]):
    folds = ", ".join(f"{results[f'split{k}_test_score'][i]:.2f}" for k in range(2))
    print(f"{results['params'][i]}: mean R2 {results['mean_test_score'][i]:.2f} ({folds})")

# %%
# The best pipeline on the years it has not seen
# ----------------------------------------------
# Row t of ``predict`` is the forecast of row t + 1.

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
