"""Memory: a fit of a million rows, 100,000 series, growth from fit to fit, size of a pickle.

python benchmarks/memory.py [rows|series|fits|architectures|stock|pickle ...]

Each job runs in a process of its own, after TensorFlow was loaded and one small fit was made.
"""

import pickle
import resource
import subprocess
import sys

import numpy as np
from _common import arguments, make_pairs, stock_model

from skgru import GRURegressor, SequenceForecaster, SequenceWindower
from skgru.datasets import make_sine

JOBS = ("rows", "series", "fits", "architectures", "stock", "pickle")


def resident() -> float:
    """MB held now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def peak() -> float:
    """MB held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def small_fit(units=8):
    X, y = make_pairs(200)
    return GRURegressor(units, epochs=2, batch_size=8, random_state=0).fit(X, y[:, 0])


def rows():
    series = make_sine(1_000_000).astype("float32")
    windows = SequenceWindower(window_length=200).fit_transform(series)
    before = max(peak(), resident())
    estimator = GRURegressor(8, batch_size=4096, epochs=1, random_state=0).fit(windows)
    after_fit = peak()
    estimator.predict(windows)
    print(
        f"1,000,000 rows, window 200: fit {after_fit - before:.0f} MB above the input, fit and "
        f"predict {peak() - before:.0f} MB; windows {windows.size * 4 / 1e6:.0f} MB"
    )


def series():
    """100,000 series of 100 rows, windows of 36 and 18 steps ahead."""
    rng = np.random.default_rng(0)
    several = list(np.exp(rng.normal(scale=0.05, size=(100_000, 100)).cumsum(axis=1)))
    network = GRURegressor(8, batch_size=4096, epochs=1, normalize_y=False, random_state=0)
    forecaster = SequenceForecaster(network, window_length=36, horizon=18, season_length=12)
    before = max(peak(), resident())
    forecaster.fit(several)
    after_fit = peak()
    forecaster.forecast()
    n_windows = 100_000 * (100 - 12)
    print(
        f"100,000 series of 100 rows: fit {after_fit - before:.0f} MB above the input, fit and "
        f"forecast {peak() - before:.0f} MB; windows and targets in float32 "
        f"{n_windows * (36 + 18) * 4 / 1e6:.0f} MB"
    )


def grown(job, n, one_fit):
    """Growth after the second fit, because the first fit allocates memory that later fits use."""
    for i in range(2):
        one_fit(i)
    before, middle = resident(), 0.0
    for i in range(2, n):
        one_fit(i)
        middle = resident() if i == 2 * n // 5 else middle
    print(
        f"{job}: {resident() - before:.1f} MB in {n - 2} fits, of them {resident() - middle:.1f} "
        f"in the last three fifths"
    )


def fits():
    grown("one architecture", 52, lambda i: small_fit().predict(make_pairs(50)[0]))


def architectures():
    # The cache has 16 programs, so memory that grows after 16 fits is not freed.
    grown("100 architectures", 102, lambda i: small_fit(units=9 + i))


def stock():
    X, y = make_pairs(200)

    def fit(i):
        model = stock_model(8, 10, 1)
        model.fit(X.copy(), y, batch_size=8, epochs=2, verbose=0)
        model.predict(X.copy(), verbose=0)

    grown("stock Keras, one architecture", 22, fit)


def size_of_pickle():
    estimator = small_fit(50)
    arrays = sum(array.nbytes for array in [*estimator._weights, *estimator._slots])
    size = len(pickle.dumps(estimator))
    print(f"pickle: {size} bytes, {size - arrays} above weights and slots")


if __name__ == "__main__":
    options = arguments(__doc__, JOBS)
    if len(options.jobs) > 1:
        for job in options.jobs:
            subprocess.run([sys.executable, __file__, job], check=True)
    else:
        small_fit(units=7)
        {"pickle": size_of_pickle}.get(options.jobs[0], globals().get(options.jobs[0]))()
