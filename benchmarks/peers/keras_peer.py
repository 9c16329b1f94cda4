"""Keras as written by hand: windows, scaling, network, `Model.fit`, `Model.predict`."""

import keras
import numpy as np
from protocol import run
from sklearn.preprocessing import StandardScaler


def fit(train, seed, job):
    window_length, horizon = job["window_length"], job["horizon"]
    keras.utils.set_random_seed(seed)
    scaler = StandardScaler()
    values = scaler.fit_transform(train.to_numpy().reshape(-1, 1))
    pairs = np.lib.stride_tricks.sliding_window_view(values[:, 0], window_length + horizon)
    X, y = pairs[:, :window_length, np.newaxis].copy(), pairs[:, window_length:].copy()
    layers = [keras.Input((window_length, 1)), keras.layers.GRU(job["units"])]
    model = keras.Sequential([*layers, keras.layers.Dense(horizon)])
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mean_squared_error")
    model.fit(X, y, epochs=job["epochs"], batch_size=job["batch_size"], verbose=0)
    return model, scaler, values[np.newaxis, -window_length:]


def forecast(fitted):
    model, scaler, window = fitted
    return scaler.inverse_transform(model.predict(window, verbose=0).reshape(-1, 1))


run(fit, forecast, ["keras", "tensorflow"])
