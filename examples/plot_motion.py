"""
Walking, running or badminton?
==============================

Recordings of a smart watch, each of ten seconds, and the activity of its wearer. There are only 40
training recordings. This example compares a network with two models of the raw numbers, and with
two features of each channel.
"""

# %%
# The recordings
# --------------
# There are 40 recordings for training and 40 for testing, ten of each activity in both parts. The
# same four students made all of them. A recording has a row for each tenth of a second, with three
# axes of acceleration and three of rotation.

import matplotlib.pyplot as plt
import numpy as np

from skgru.datasets import load_basic_motions

X_train, y_train = load_basic_motions(subset="train")
X_test, y_test = load_basic_motions(subset="test")
activities = np.unique(y_train)

seconds = np.arange(100) / 10
fig, axes = plt.subplots(2, 4, figsize=(10, 4.5), sharex=True, sharey="row", layout="constrained")
for column, activity in zip(axes.T, activities, strict=True):
    recording = X_train[np.flatnonzero(y_train == activity)[0]]
    column[0].plot(seconds, recording[:, :3], linewidth=1)
    column[1].plot(seconds, recording[:, 3:], linewidth=1)
    column[0].set_title(activity)
axes[0, 0].set_ylabel("accelerometer, 3 axes")
axes[1, 0].set_ylabel("gyroscope, 3 axes")
fig.supxlabel("seconds")
plt.show()

# %%
# Models of the raw numbers
# -------------------------
# For these models, a recording is a row of 600 numbers without an order in time. Each recording
# begins at a random point of the movement, so the same column holds another part of it in each
# recording.

from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

flat_train, flat_test = X_train.reshape(40, -1), X_test.reshape(40, -1)
baselines = {
    "nearest neighbour": KNeighborsClassifier(1),
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
}
for name, baseline in baselines.items():
    print(f"{name:<20}{baseline.fit(flat_train, y_train).score(flat_test, y_test):.3f}")

# %%
# The network
# -----------
# Each channel is scaled with the mean and standard deviation of the training recordings.
# ``clipnorm`` limits the gradients, which lowers the log loss in cross-validation. Five networks
# with different seeds show by how much the accuracy varies.

from skgru import GRUClassifier

mean, deviation = X_train.mean(axis=(0, 1)), X_train.std(axis=(0, 1))
scaled_train, scaled_test = (X_train - mean) / deviation, (X_test - mean) / deviation

networks = [
    GRUClassifier(
        32, epochs=60, batch_size=8, learning_rate=0.005, clipnorm=1.0, random_state=seed
    ).fit(scaled_train, y_train)
    for seed in range(5)
]
accuracies = [network.score(scaled_test, y_test) for network in networks]
for seed, accuracy in enumerate(accuracies):
    print(f"seed {seed}              {accuracy:.3f}")
print(f"mean                {np.mean(accuracies):.3f}")

# %%
# Two features of each channel
# ----------------------------
# The activities differ in the strength of the movement. So the mean and standard deviation of each
# channel are the features of a logistic regression.


def strength(X):
    """Mean and standard deviation of each channel: (n_recordings, 12)."""
    return np.hstack([X.mean(axis=1), X.std(axis=1)])


simple = LogisticRegression(max_iter=5000).fit(strength(X_train), y_train)
print(f"mean and deviation  {simple.score(strength(X_test), y_test):.3f}")

# %%
# The networks make at most two errors in 40 recordings, and the models of the raw numbers make ten
# and more. A network reads step by step, so the point at which a recording begins hardly changes
# its result. The logistic regression of two features of each channel makes no error. If such
# features are available, no network is needed. The network learns from the recordings themselves.

# %%
# Accuracy by length of the recording
# -----------------------------------
# Each model classifies the first seconds of the test recordings. ``as_windows`` pads them with NaN
# to the length of the training recordings, and the networks skip steps of NaN.

from skgru import as_windows

seen = np.array([1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100])
by_seed = np.array(
    [
        [network.score(as_windows(scaled_test[:, :n], window_length=100), y_test) for n in seen]
        for network in networks
    ]
)
features = [simple.score(strength(X_test[:, :n]), y_test) for n in seen]

fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
ax.plot(seen / 10, by_seed.T, color="C0", linewidth=0.8, alpha=0.5)
ax.plot(seen / 10, by_seed.mean(axis=0), color="C0", linewidth=2.5, label="GRU, mean of five")
ax.plot(seen / 10, features, "--", color="C1", label="mean and standard deviation")
ax.axhline(0.25, color="0.6", linestyle=":", label="chance")
ax.set(xlabel="seconds of the recording", ylabel="accuracy on the test part", ylim=(0, 1.03))
ax.legend(frameon=False, loc="lower right")
plt.show()

for n in [5, 10, 20, 50, 100]:
    place = np.flatnonzero(seen == n)[0]
    print(f"{n / 10:>4} s  GRU {by_seed[:, place].mean():.3f}  features {features[place]:.3f}")

# %%
# After half a second all models are near chance, because the recordings begin with little movement.
# The networks were trained on ten seconds only. After five seconds their accuracy is close to that
# of ten seconds. The thin lines show how much the seeds differ.
