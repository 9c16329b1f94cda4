"""GRUClassifier against stock Keras: training, masked steps, tokens, prediction.

python benchmarks/classification.py [batch1|batch32|long|masked|tokens|predict ...] [--quick]

The class of a window of the reference sine is whether the series rises, falls or turns after it.
"""

import numpy as np
from _common import (
    AS_IN_KERAS,
    alternate,
    arguments,
    in_turn,
    make_pairs,
    report,
    report_epochs,
    seconds,
)

from skgru import GRUClassifier, as_windows
from skgru.datasets import load_japanese_vowels

EPOCHS = 50
JOBS = ("batch1", "batch32", "long", "masked", "tokens", "predict")


def stock_model(units, n_classes, *first_layers):
    """The network as a Keras user writes it, compiled."""
    import keras

    layers = [*first_layers, keras.layers.GRU(units)]
    model = keras.Sequential([*layers, keras.layers.Dense(n_classes, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(), loss="sparse_categorical_crossentropy")
    return model


def make_classes(n_windows):
    """float32 windows (n_windows, 10, 1), and their classes."""
    X, y = make_pairs(n_windows)
    change = y[:, 0] - X[:, -1, 0]
    return X.copy(), np.digitize(change, np.quantile(change, [1 / 3, 2 / 3]))


def plain(X):
    import keras

    return stock_model(50, 3, keras.Input(X.shape[1:]))


def fifty_epochs(batch_size, n_windows, options):
    """First and second fit of 50 epochs. The first compiles; TensorFlow is loaded before."""
    X, y = make_classes(n_windows)
    model, fit = plain(X), {"batch_size": batch_size, "verbose": 0}
    n = 5 if options.quick else EPOCHS - 1
    first_epoch = seconds(lambda: model.fit(X, y, epochs=1, **fit))
    stock = first_epoch + seconds(lambda: model.fit(X, y, epochs=n, **fit)) * (EPOCHS - 1) / n
    classifier = GRUClassifier(
        50, batch_size=batch_size, epochs=EPOCHS, random_state=0, **AS_IN_KERAS
    )
    first = seconds(lambda: classifier.fit(X, y))
    second = alternate(3, ours=lambda: classifier.fit(X, y))["ours"]
    peer = "stock Keras, 5 epochs scaled" if options.quick else "stock Keras"
    name = f"batch {batch_size}, {n_windows} windows, 50 epochs"
    report(f"{name}, first fit", peer, stock, first)
    report(f"{name}, second fit", peer, stock, second)


def one_epoch(name, classifier, X, y, model, stock_X):
    """An epoch after the first, of skgru and of stock Keras in turn."""
    fit = {"batch_size": classifier.batch_size, "verbose": 0}
    classifier.set_params(epochs=1)
    model.fit(stock_X, y, **fit)
    classifier.fit(X, y)
    times = in_turn(
        6, stock=lambda: model.fit(stock_X, y, **fit), ours=lambda: classifier.fit(X, y)
    )
    report_epochs(name, times)


def long():
    X, y = make_classes(100_000)
    classifier = GRUClassifier(50, batch_size=32, random_state=0, **AS_IN_KERAS)
    one_epoch("batch 32, 100,000 windows, an epoch", classifier, X, y, plain(X), X)


def masked():
    import keras

    sequences, labels = load_japanese_vowels()
    X, y = as_windows(sequences).astype(np.float32), np.unique(labels, return_inverse=True)[1]
    stock_X = np.nan_to_num(X, nan=-1e6)
    model = stock_model(50, 9, keras.Input(X.shape[1:]), keras.layers.Masking(-1e6))
    classifier = GRUClassifier(50, batch_size=32, random_state=0, **AS_IN_KERAS)
    one_epoch("640 utterances, masked, an epoch", classifier, X, y, model, stock_X)


def tokens():
    import keras

    text = np.random.default_rng(0).integers(0, 60, 20_040)
    X = np.lib.stride_tricks.sliding_window_view(text, 40)[:20_000].copy()
    y = text[40:]
    model = stock_model(64, 60, keras.Input((40,)), keras.layers.Embedding(60, 16))
    classifier = GRUClassifier(64, embedding_dim=16, batch_size=128, random_state=0, **AS_IN_KERAS)
    one_epoch("20,000 windows of 40 tokens, batch 128, an epoch", classifier, X, y, model, X)


def prediction():
    X, y = make_classes(100_000)
    classifier = GRUClassifier(50, epochs=1, random_state=0, **AS_IN_KERAS)
    classifier.fit(X[:1000], y[:1000])
    model = plain(X)
    model.predict(X, verbose=0)
    classifier.predict_proba(X)
    n = 20
    best = alternate(
        5,
        stock=lambda: [model.predict(X[:1], verbose=0) for _ in range(n)],
        ours=lambda: [classifier.predict_proba(X[:1]) for _ in range(n)],
    )
    report("one window", "Model.predict", best["stock"] / n, best["ours"] / n)
    stock = {
        str(size): lambda size=size: model.predict(X, batch_size=size, verbose=0)
        for size in (32, 1024, 4096, 16384)
    }
    best = alternate(3, ours=lambda: classifier.predict_proba(X), **stock)
    size = min(stock, key=lambda size: best[size])
    report("100,000 windows", "Model.predict, default", best["32"], best["ours"])
    report("100,000 windows", f"Model.predict, {size}", best[size], best["ours"])


if __name__ == "__main__":
    options = arguments(__doc__, JOBS)
    warm_up, classes = make_classes(30)
    GRUClassifier(2, epochs=1).fit(warm_up, classes)  # what TensorFlow does once
    if "batch1" in options.jobs:
        fifty_epochs(1, 792, options)
    if "batch32" in options.jobs:
        fifty_epochs(32, 990, options)
    for job, run in {
        "long": long,
        "masked": masked,
        "tokens": tokens,
        "predict": prediction,
    }.items():
        if job in options.jobs:
            run()
