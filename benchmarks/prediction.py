"""Prediction: predict and forecast against stock Keras `Model.predict`, the same network.

python benchmarks/prediction.py [one|many|forecast ...]
"""

import numpy as np
from _common import alternate, arguments, make_pairs, report, seconds
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from skgru import GRURegressor, SequenceWindower
from skgru.datasets import make_sine

JOBS = ("one", "many", "forecast")


def one_window(pipe, series, model):
    """Milliseconds, so least of several means of 20 calls; the pipeline gets the last 10 rows."""
    window = pipe[:-1].transform(series)[-1:]
    rows, held = series[-10:], np.ascontiguousarray(window)

    def times(n, function):
        return lambda: [function() for _ in range(n)]

    best = alternate(
        5,
        stock=times(20, lambda: model.predict(held, verbose=0)),
        estimator=times(20, lambda: pipe[-1].predict(window)),
        pipeline=times(20, lambda: pipe.predict(rows)),
    )
    for name in ("estimator", "pipeline"):
        report(f"one window, {name}", "Model.predict", best["stock"] / 20, best[name] / 20)


def many_windows(estimator, model, n_windows=100_000):
    X, _ = make_pairs(n_windows)
    held = X.copy()
    model.predict(held, verbose=0)
    estimator.predict(X)
    sizes = (32, 256, 1024, 4096, 16384)
    stock = {
        str(size): lambda size=size: model.predict(held, batch_size=size, verbose=0)
        for size in sizes
    }
    best = alternate(3, ours=lambda: estimator.predict(X), **stock)
    size = min(sizes, key=lambda size: best[str(size)])
    report(f"{n_windows} windows", "Model.predict, default", best["32"], best["ours"])
    report(f"{n_windows} windows", f"Model.predict, {size}", best[str(size)], best["ours"])


def forecast(estimator, windows, model, steps=1000, timed=50):
    """Stock: a loop over `Model.predict`, 50 steps timed and scaled to 1,000."""
    window = windows[-1:].astype(np.float32)

    def loop():
        rolling = window.copy()
        for _ in range(timed):
            following = model.predict(rolling, verbose=0)
            rolling = np.concatenate([rolling[:, 1:], following[:, np.newaxis]], axis=1)

    estimator.forecast(steps, windows[-1:])
    stock = seconds(loop) * steps / timed
    ours = alternate(9, ours=lambda: estimator.forecast(steps, windows[-1:]))["ours"]
    report(f"forecast {steps} steps", "Model.predict loop, 50 scaled", stock, ours)


if __name__ == "__main__":
    options = arguments(__doc__, JOBS)
    series = make_sine()
    pipe = Pipeline(
        [
            ("scale", MinMaxScaler()),
            ("window", SequenceWindower(window_length=10)),
            ("gru", GRURegressor(units=50, epochs=2, highway=False, random_state=0)),
        ]
    ).fit(series)
    windows, model = pipe[:-1].transform(series), pipe[-1].model_
    if "one" in options.jobs:
        one_window(pipe, series, model)
    if "many" in options.jobs:
        many_windows(pipe[-1], model)
    if "forecast" in options.jobs:
        forecast(pipe[-1], windows, model)
