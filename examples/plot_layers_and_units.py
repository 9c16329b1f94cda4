"""
How many layers, how many units?
================================

With more units and more layers, training takes longer and the training error falls. This example
shows the error on held-out rows, for 11 networks with five seeds each, on one series.
"""

# %%
# The series
# ----------
# Yearly sunspots. Each window has 22 years, which are about two cycles, and the target is the next
# year. The last 80 years are held out. The series is standardised with the mean and standard
# deviation of the years before them.

from skgru import make_windows
from skgru.datasets import load_sunspots

series = load_sunspots()
n_test = 80
mean, scale = series[:-n_test].mean(), series[:-n_test].std()
windows, targets = make_windows((series - mean) / scale, window_length=22)
train_windows, train_targets = windows[:-n_test], targets[:-n_test]
test_windows, test_targets = windows[-n_test:], targets[-n_test:]
print(f"{len(train_windows)} training windows, {n_test} held out")

# %%
# Two simple forecasts
# --------------------
# The naive forecast is the number of the last year. The second forecast is a ridge regression on
# the same windows. All errors on this page are mean absolute errors in sunspots.

import numpy as np
from sklearn.linear_model import Ridge


def absolute_errors(forecast, targets):
    return np.abs(forecast - targets) * scale


naive_errors = absolute_errors(test_windows[:, -1, 0], test_targets)
ridge = Ridge().fit(train_windows[:, :, 0], train_targets)
ridge_errors = absolute_errors(ridge.predict(test_windows[:, :, 0]), test_targets)
print(f"last value: {naive_errors.mean():.1f}    Ridge: {ridge_errors.mean():.1f}")

# %%
# Eleven networks, five seeds each
# --------------------------------
# The networks have one layer of 2 to 128 units, or two or three layers of 8 or 32 units. All other
# parameters are equal.
#
# The first fit of an architecture compiles its training program, and later fits do not. So there
# are two times: that of the first fit, and the smallest time of the later fits. The first fit of a
# process also loads TensorFlow, so a small network is fitted before the measurement.

from time import perf_counter

from skgru import GRURegressor

GRURegressor(units=1, epochs=1).fit(train_windows, train_targets)

n_seeds = 5
architectures = [(2,), (4,), (8,), (16,), (32,), (64,), (128,)]
architectures += [(8, 8), (8, 8, 8), (32, 32), (32, 32, 32)]
results = {}
for units in architectures:
    test_errors, train_errors, seconds = [], [], []
    for seed in range(n_seeds):
        network = GRURegressor(
            units=units, epochs=50, batch_size=32, learning_rate=0.005, random_state=seed
        )
        start = perf_counter()
        network.fit(train_windows, train_targets)
        seconds.append(perf_counter() - start)
        test_errors.append(absolute_errors(network.predict(test_windows), test_targets))
        train_errors.append(absolute_errors(network.predict(train_windows), train_targets).mean())
    results[units] = {
        "parameters": network.n_parameters_,
        "test": np.array(test_errors),  # (n_seeds, n_test)
        "train": np.array(train_errors),
        "first fit": seconds[0],
        "later fit": min(seconds[1:]),
    }

# %%
# The table
# ---------
# The number after ± is the standard deviation over the seeds.

print("layers        parameters  train error  held-out error  first fit  later fits")
for units, r in results.items():
    by_seed = r["test"].mean(axis=1)
    print(
        f"{' + '.join(map(str, units)):<14}{r['parameters']:>10}{r['train'].mean():>13.1f}"
        f"{by_seed.mean():>10.1f} ± {by_seed.std():3.1f}{r['first fit']:>9.2f} s"
        f"{r['later fit']:>10.2f} s"
    )

# %%
# Size and error
# --------------
# Full dots are errors on the held-out years, and open dots are errors on the training years. Bars
# are one standard deviation over the seeds.

import matplotlib.pyplot as plt

single = [units for units in architectures if len(units) == 1]
stacks = [[(n,) * k for k in (1, 2, 3)] for n in (8, 32)]


def column(chosen, name):
    return np.array([results[units][name] for units in chosen])


fig, ax = plt.subplots(figsize=(9, 4.5), layout="constrained")
sizes = column(single, "parameters")
by_seed = column(single, "test").mean(axis=2)  # (n_networks, n_seeds)
train_error = column(single, "train")
style = {"capsize": 3, "color": "C0"}
ax.errorbar(sizes, by_seed.mean(1), by_seed.std(1), fmt="o-", label="one layer", **style)
ax.errorbar(
    sizes,
    train_error.mean(1),
    train_error.std(1),
    fmt="o:",
    markerfacecolor="white",
    label="one layer, training years",
    **style,
)
for chosen, color, marker in zip(stacks, ["C1", "C2"], ["s", "^"], strict=True):
    sizes_stack = column(chosen[1:], "parameters")
    by_seed_stack = column(chosen[1:], "test").mean(axis=2)
    ax.errorbar(
        sizes_stack,
        by_seed_stack.mean(1),
        by_seed_stack.std(1),
        fmt=marker,
        color=color,
        capsize=3,
        label=f"two and three layers of {chosen[0][0]}",
    )
for units, size, error in zip(single, sizes, train_error.mean(1), strict=True):
    ax.annotate(
        f"{units[0]}", (size, error), (0, -17), textcoords="offset points", ha="center", color="C0"
    )
ax.axhline(naive_errors.mean(), color="0.35", linestyle=":", label="last value")
ax.axhline(ridge_errors.mean(), color="0.35", linestyle="--", label="Ridge")
ax.set(xscale="log", ylim=(0, None))
ax.set(
    xlabel="parameters (numbers along the lower line: units)",
    ylabel="mean absolute error (sunspots)",
)
ax.legend(loc="lower left", fontsize="small", ncols=2)
plt.show()

# %%
# Size and time
# -------------
# Full dots are later fits, which only train. Open dots are first fits, which also compile. Both
# axes are logarithmic. The time of compilation grows with the number of layers, but not with the
# units. It is nearly the whole time of the first fit of a small network. Training takes a fraction
# of a second for up to about 32 units, and longer for larger networks.

fig, ax = plt.subplots(figsize=(9, 3.8), layout="constrained")
for chosen, color, label in [
    (single, "C0", "one layer"),
    (stacks[0][1:], "C1", "two and three layers of 8"),
    (stacks[1][1:], "C2", "two and three layers of 32"),
]:
    sizes = column(chosen, "parameters")
    first_fit, later_fit = column(chosen, "first fit"), column(chosen, "later fit")
    ax.plot(sizes, later_fit, "o-", color=color, label=f"{label}, later fit")
    ax.plot(
        sizes, first_fit, "o:", color=color, markerfacecolor="white", label=f"{label}, first fit"
    )
ax.set(xscale="log", yscale="log", xlabel="parameters", ylabel="seconds for 50 epochs")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
plt.show()

# %%
# The best network
# ----------------

means = {units: r["test"].mean() for units, r in results.items()}
best, largest = min(means, key=lambda units: means[units]), (128,)
n_better = (results[best]["test"].mean(axis=1) < ridge_errors.mean()).sum()
difference = ridge_errors - results[best]["test"].mean(axis=0)
standard_error = difference.std(ddof=1) / np.sqrt(n_test)
growth = results[largest]["parameters"] / results[best]["parameters"]
slower = results[largest]["later fit"] / results[best]["later fit"]

print(f"Smallest held-out error: {' + '.join(map(str, best))} units, {means[best]:.1f} sunspots.")
print(f"128 units: {growth:.0f} times the parameters, {slower:.0f} times the training time,")
print(f"and an error of {means[largest]:.1f} sunspots.")
print(f"{n_better} of {n_seeds} seeds of the best are better than Ridge,")
print(f"on average by {difference.mean():.1f} ± {standard_error:.1f} sunspots (standard error).")

# %%
# - With two units, the network underfits.
# - With 4 to 32 units, its error is about that of Ridge or slightly smaller. The standard error
#   shows that 80 years are too few to measure this difference well.
# - With more than 32 units, the network overfits its 207 windows: the error on the training years
#   falls, and the error on the held-out years rises.
# - A second or third layer takes more time, and changes the error little.
#
# For a series of this length, start with one layer of 8 or 16 units and compare it with Ridge. Add
# units only if the error on held-out years falls. This page chooses the best network on the years
# on which it measures the error, so the error of the best network is slightly too small. The
# example on the grid search uses different years for the choice and for the measurement.
