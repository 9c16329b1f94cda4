"""A search and a backtest in the worker processes of Ray. Both equal those of one process bitwise.

    python tests/recipes/ray_backend.py

needs the package ray.
"""

import joblib
import numpy as np
import ray
from ray.util.joblib import register_ray
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from skgru import GRURegressor, SequenceForecaster
from skgru.model_selection import backtest


def search_and_backtest(series):
    """The mean scores of a search, and the forecasts of a backtest with refits."""
    network = GRURegressor(4, epochs=5, random_state=0)
    forecaster = SequenceForecaster(network, window_length=12, horizon=3, random_state=0)
    search = GridSearchCV(forecaster, {"window_length": [6, 12]}, cv=TimeSeriesSplit(2))
    scores = search.fit(series).cv_results_["mean_test_score"]
    return scores, backtest(forecaster, series, initial=100, step=6, refit=True).forecast


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    series = np.sin(np.arange(130) / 2).reshape(-1, 1) + 0.1 * rng.normal(size=(130, 1))
    expected = search_and_backtest(series)
    ray.init(num_cpus=2)  # on a cluster: ray.init("auto")
    register_ray()
    with joblib.parallel_config(backend="ray", n_jobs=2):
        found = search_and_backtest(series)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    print(f"{len(found[0])} candidates, {len(found[1])} forecasts: equal")
    ray.shutdown()
