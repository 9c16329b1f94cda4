"""skgru, measured as its peers, in three variants.

- same: the network of the peers, without level and baseline.
- own: the same network with the season length, and with scaler, level and baseline of "auto".
- default: the default forecaster.
"""

from protocol import run
from sklearn.preprocessing import StandardScaler

import skgru._engine  # noqa: F401  TensorFlow: nobody's imports count, and skgru's come late
from skgru import GRURegressor, SequenceForecaster


def fit(train, seed, job):
    horizon, season = job["horizon"], job["season_length"]
    if job["variant"] == "default":
        forecaster = SequenceForecaster(horizon=horizon, season_length=season, random_state=seed)
        return forecaster.fit(train)
    network = GRURegressor(
        job["units"], epochs=job["epochs"], batch_size=job["batch_size"], random_state=seed
    )
    own = {"season_length": season}
    bare = {"scaler": StandardScaler(), "level": None, "baseline": None}
    settings = own if job["variant"] == "own" and season else bare
    return SequenceForecaster(
        network, window_length=job["window_length"], horizon=horizon, **settings
    ).fit(train)


run(fit, lambda forecaster: forecaster.forecast(), ["skgru", "tensorflow", "keras"])
