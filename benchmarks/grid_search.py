"""Grid search, 3 units x TimeSeriesSplit(5) x 20 epochs: against plain scikeras, and with threads.

python benchmarks/grid_search.py [scikeras|threads ...]
"""

from statistics import median

import joblib
from _common import AS_IN_KERAS, arguments, make_pairs, report, seconds, stock_model
from scikeras.wrappers import KerasRegressor
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from skgru import GRURegressor

JOBS = ("scikeras", "threads")
UNITS = [16, 32, 50]
BATCH_SIZE, EPOCHS = 32, 20


def scikeras_search(X, y):
    regressor = KerasRegressor(
        stock_model,
        units=50,
        model__window_length=10,
        model__n_channels=1,
        model__units=50,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        verbose=0,
    )
    GridSearchCV(regressor, {"model__units": UNITS}, cv=TimeSeriesSplit(5), refit=False).fit(X, y)


def our_search(X, y, units=UNITS, n_jobs=1):
    settings = {"batch_size": BATCH_SIZE, "epochs": EPOCHS, "random_state": 0, "highway": False}
    regressor = GRURegressor(**settings, **AS_IN_KERAS)
    with joblib.parallel_backend("threading"):
        GridSearchCV(
            regressor, {"units": units}, cv=TimeSeriesSplit(5), refit=False, n_jobs=n_jobs
        ).fit(X, y)


if __name__ == "__main__":
    options = arguments(__doc__, JOBS)
    X, y = make_pairs(990)
    X, y = X.copy(), y[:, 0]
    GRURegressor(2, epochs=1).fit(X, y)  # what TensorFlow does once
    name = "3 units x TimeSeriesSplit(5) x 20 epochs"
    cold = seconds(lambda: our_search(X, y))
    warm = [seconds(lambda n=n: our_search(X, y, n_jobs=n)) for n in (1, 2) * 8]
    if "scikeras" in options.jobs:
        peer = seconds(lambda: scikeras_search(X, y))
        report(f"{name}, programs to compile", "plain scikeras", peer, cold)
        report(f"{name}, programs compiled", "plain scikeras", peer, min(warm[::2]))
    if "threads" in options.jobs:
        one, two = warm[::2], warm[1::2]
        report(f"{name}, 2 threads, compiled, the first pair", "1 thread", one[0], two[0])
        halves = median(one), median(two)
        report(f"{name}, 2 threads, compiled, medians of 8", "1 thread", *halves)
        # Other architectures, which nothing has compiled yet; equal work for one thread and two.
        one_thread = seconds(lambda: our_search(X, y, units=[17, 33, 51]))
        two_threads = seconds(lambda: our_search(X, y, units=[18, 34, 49], n_jobs=2))
        report(f"{name}, 2 threads, to compile", "1 thread", one_thread, two_threads)
