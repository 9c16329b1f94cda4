"""Training: GRURegressor.fit against stock Keras `Model.fit`, a PyTorch loop and skorch.

python benchmarks/training.py [job ...] [--quick] [--torch-python PATH]

PyTorch and skorch run in a process of their own, which prints the smallest seconds of an epoch
after the first. 50 epochs are 50 times that, without the time to build the network.
"""

from _common import (
    AS_IN_KERAS,
    alternate,
    arguments,
    in_turn,
    make_pairs,
    report,
    report_epochs,
    seconds,
    stock_model,
    torch_seconds,
)

from skgru import GRURegressor

EPOCHS = 50
JOBS = ("batch1", "batch32", "long", "large128", "large256", "refit")


def estimator(units=50, batch_size=32, epochs=EPOCHS, **parameters):
    settings = {"batch_size": batch_size, "epochs": epochs, "random_state": 0, "highway": False}
    return GRURegressor(units, **settings | AS_IN_KERAS | parameters)


def stock_seconds(X, y, batch_size, quick):
    """Fifty epochs of a new stock model; quick: the first one, and 49 times the mean of five."""
    model = stock_model(50, *X.shape[1:])
    fit = {"batch_size": batch_size, "verbose": 0}
    first = seconds(lambda: model.fit(X, y, epochs=1, **fit))
    n = 5 if quick else EPOCHS - 1
    return first + seconds(lambda: model.fit(X, y, epochs=n, **fit)) * (EPOCHS - 1) / n


def reference_job(batch_size, n_windows, options):
    """First and second fit of 50 epochs. The first compiles; TensorFlow is loaded before."""
    X, y = make_pairs(n_windows)
    fit = estimator(batch_size=batch_size).fit
    stock = stock_seconds(X.copy(), y, batch_size, options.quick)
    first = seconds(lambda: fit(X, y[:, 0]))
    second = alternate(3, ours=lambda: fit(X, y[:, 0]))["ours"]
    name = f"batch {batch_size}, {n_windows} windows, 50 epochs"
    peer = "stock Keras, 5 epochs scaled" if options.quick else "stock Keras"
    report(f"{name}, first fit", peer, stock, first)
    report(f"{name}, second fit", peer, stock, second)
    return name, n_windows, second


def against_torch(name, n_windows, ours, options):
    for peer in ("loop", "skorch"):
        epoch = torch_seconds(
            options.torch_python, peer=peer, units=50, window_length=10, n_channels=1,
            n_windows=n_windows, batch_size=1, repeats=2,
        )  # fmt: skip
        label = "PyTorch loop" if peer == "loop" else "skorch"
        fifty = None if epoch is None else EPOCHS * epoch
        report(f"{name}, second fit", f"{label}, an epoch x 50", fifty, ours)


def one_epoch(name, units, window_length, n_channels, batch_size, n_windows, options):
    """An epoch after the first, of skgru and of stock Keras in turn, then of PyTorch."""
    X, y = make_pairs(n_windows, window_length, n_channels)
    held, fit = X.copy(), estimator(units, batch_size, epochs=1).fit
    model = stock_model(units, window_length, n_channels)

    def stock():
        model.fit(held, y, batch_size=batch_size, epochs=1, verbose=0)

    fit(X, y[:, 0])
    stock()
    times = in_turn(6, stock=stock, ours=lambda: fit(X, y[:, 0]))
    torch = torch_seconds(
        options.torch_python, peer="loop", units=units, window_length=window_length,
        n_channels=n_channels, n_windows=n_windows, batch_size=batch_size, repeats=3,
    )  # fmt: skip
    report_epochs(name, times)
    report(name, "PyTorch loop", torch, min(times["ours"]))


def refit(options):
    """A fit of another number of rows, which compiles nothing, beside the first fit."""
    fit = estimator(units=33, epochs=1).fit
    (X, y), (X_other, y_other) = make_pairs(1000), make_pairs(900)
    first = seconds(lambda: fit(X, y[:, 0]))
    again = seconds(lambda: fit(X_other, y_other[:, 0]))
    report("refit on another number of rows, an epoch", "first fit", first, again)


if __name__ == "__main__":
    options = arguments(__doc__, JOBS)
    stock_model(4, 10, 1).fit(*(a.copy() for a in make_pairs(8)), verbose=0)  # loads TensorFlow
    if "batch1" in options.jobs:
        against_torch(*reference_job(1, 792, options), options)
    if "batch32" in options.jobs:
        reference_job(32, 990, options)
    if "long" in options.jobs:
        name = "batch 32, 100,000 windows, an epoch"
        one_epoch(name, 50, 10, 1, 32, 100_000, options)
    if "large128" in options.jobs:
        name = "128 units x 100 steps x 8 channels, batch 64, an epoch of 1,024"
        one_epoch(name, 128, 100, 8, 64, 1024, options)
    if "large256" in options.jobs:
        name = "256 units x 50 steps x 16 channels, batch 128, an epoch of 1,024"
        one_epoch(name, 256, 50, 16, 128, 1024, options)
    if "refit" in options.jobs:
        refit(options)
