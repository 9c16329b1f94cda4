"""skforecast's ForecasterRnn, on Keras' TensorFlow backend."""

import contextlib
import io

import keras
from protocol import run
from skforecast.deep_learning import ForecasterRnn, create_and_compile_model
from sklearn.preprocessing import StandardScaler


def fit(train, seed, job):
    keras.utils.set_random_seed(seed)
    table = train.to_frame()
    with contextlib.redirect_stdout(io.StringIO()):  # it prints versions and the backend
        model = create_and_compile_model(
            series=table,
            lags=job["window_length"],
            steps=job["horizon"],
            recurrent_layer="GRU",
            recurrent_units=job["units"],
            dense_units=None,
            compile_kwargs={"optimizer": keras.optimizers.Adam(0.001), "loss": "mse"},
        )
        forecaster = ForecasterRnn(
            levels="value",
            estimator=model,
            lags=job["window_length"],
            transformer_series=StandardScaler(),
            fit_kwargs={"epochs": job["epochs"], "batch_size": job["batch_size"], "verbose": 0},
        )
        forecaster._probabilistic_mode = False  # residuals for intervals: nobody else learns any
        forecaster.fit(table)
    return forecaster


def forecast(forecaster):
    with contextlib.redirect_stdout(io.StringIO()):
        return forecaster.predict()["pred"]


run(fit, forecast, ["skforecast", "keras"])
