"""
The reference job, step by step
===============================

Many tutorials forecast a sine with a GRU of 50 units and windows of 10 steps. Here the same task is
a scikit-learn pipeline. It has 5 epochs instead of 50, so that the example is quick.
"""

# %%
# The series
# ----------
# One column, oldest row first.

from skgru.datasets import make_sine

series = make_sine()
print(series.shape)

# %%
# The pipeline
# ------------
# The pipeline scales the rows to [0, 1] and makes windows of 10 rows. The network learns the row
# after each window. No ``y`` is needed, because the targets are rows of the series itself.
# ``batch_size=1`` is the batch size of the tutorials. The default, "auto", is faster.

from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from skgru import GRURegressor, SequenceWindower

pipe = Pipeline(
    [
        ("scale", MinMaxScaler()),
        ("window", SequenceWindower(window_length=10)),
        ("gru", GRURegressor(units=50, epochs=5, batch_size=1, normalize_y=False, random_state=0)),
    ]
)

# %%
# Training
# --------
# 1,000 rows make 990 pairs of a complete window and the row after it. The first 80 % of them, 792
# pairs, need the first 10 + 792 rows.

n_train_rows = 10 + 792
pipe.fit(series[:n_train_rows])
print("loss of each epoch:", [f"{loss:.2g}" for loss in pipe.named_steps["gru"].loss_curve_])

# %%
# Rows in, rows out
# -----------------
# ``predict`` returns one value for each row. Row t holds the forecast of row t + 1. So the
# forecasts of the last 198 rows are in the rows one before them, and the last value is the forecast
# of the row after the series.

import numpy as np

predicted = pipe.predict(series)
scaled = pipe["scale"].transform(series)[:, 0]
test_loss = np.mean((predicted[n_train_rows - 1 : -1] - scaled[n_train_rows:]) ** 2)
last_value_loss = np.mean((scaled[n_train_rows - 1 : -1] - scaled[n_train_rows:]) ** 2)
next_value = pipe["scale"].inverse_transform(predicted[-1:, None])[0, 0]
print(f"loss on the last 20 %: {test_loss:.2g} (last value repeated: {last_value_loss:.2g})")
print(f"next value: {next_value:.3f}")

# %%
# Further ahead
# -------------
# ``forecast`` is recursive: each prediction becomes the newest row of the history. Errors
# accumulate, so they grow with the number of steps.

import matplotlib.pyplot as plt

windows = pipe[:-1].transform(series)
forecast = pipe["scale"].inverse_transform(
    pipe.named_steps["gru"].forecast(50, windows).reshape(-1, 1)
)

fig, ax = plt.subplots(figsize=(9, 3.5), layout="constrained")
ax.plot(np.arange(800, 1000), series[800:, 0], color="0.35", label="series")
ax.plot(np.arange(1000, 1050), forecast[:, 0], color="C0", label="forecast, 50 steps")
ax.set(xlabel="row", ylabel="sine")
ax.legend(loc="lower left")
plt.show()
