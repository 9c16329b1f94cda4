"""skgru, for the same measurement as its peers: the same network, bare or as the forecaster would
use it (own scaler, level and baseline, and a linear path), or the forecaster's default.
"""

from protocol import run
from sklearn.preprocessing import StandardScaler

import skgru._engine  # noqa: F401  TensorFlow: nobody's imports count, and skgru's come late
from skgru import GRURegressor, SequenceForecaster


def fit(train, seed, job):
    if job["variant"] == "default":
        season = job["season_length"]
        forecaster = SequenceForecaster(
            horizon=job["horizon"], season_length=season, random_state=seed
        )
    elif job["variant"] == "own":
        network = GRURegressor(
            job["units"],
            epochs=job["epochs"],
            batch_size=job["batch_size"],
            highway=True,
            output_initializer="zeros",
            random_state=seed,
        )
        forecaster = SequenceForecaster(
            network,
            window_length=job["window_length"],
            horizon=job["horizon"],
            season_length=job["season_length"],
        )
    else:
        network = GRURegressor(
            job["units"], epochs=job["epochs"], batch_size=job["batch_size"], random_state=seed
        )
        forecaster = SequenceForecaster(
            network,
            window_length=job["window_length"],
            horizon=job["horizon"],
            scaler=StandardScaler(),
            level=None,
            baseline=None,
        )
    return forecaster.fit(train)


run(fit, lambda forecaster: forecaster.forecast(), ["skgru", "tensorflow", "keras"])
