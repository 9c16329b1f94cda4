"""What every peer does alike: read the series, fit with three seeds, forecast, print times as JSON.

Imports numpy and pandas only, so that it runs in each peer's own environment. A peer script hands
`run` two functions and the versions to report:

    fit(values, seed, job) -> fitted      values: pandas Series without the last `horizon` rows
    forecast(fitted) -> array (horizon,)  in original units
"""

import json
import sys
import time
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def read_series(path):
    """A csv of two columns as a Series: dates with their frequency, or whole numbers, as index."""
    table = pd.read_csv(path)
    if table.columns[0] == "row":
        return pd.Series(table["value"].to_numpy(), name="value")
    index = pd.DatetimeIndex(pd.to_datetime(table["date"]), freq="infer")
    return pd.Series(table["value"].to_numpy(), index=index, name="value")


def n_steps(n_rows, job):
    """Optimiser steps of `epochs` passes over the complete windows."""
    n_windows = n_rows - job["window_length"] - job["horizon"] + 1
    return job["epochs"] * -(-n_windows // job["batch_size"])


def timed(function, *arguments):
    started = time.perf_counter()
    answer = function(*arguments)
    return answer, time.perf_counter() - started


def run(fit, forecast, packages):
    """Three fits, seeds 0, 1, 2. Building, scaling and windowing count as fitting, imports not."""
    job = json.loads(sys.argv[1])
    series = read_series(job["csv"])
    train = series.iloc[: -job["horizon"]]
    fit_seconds, forecasts, forecast_seconds = [], [], []
    for seed in (0, 1, 2):
        fitted, taken = timed(fit, train, seed, job)
        fit_seconds.append(taken)
        answer, first = timed(forecast, fitted)
        forecasts.append(np.asarray(answer, float).ravel().tolist())
        calls = [timed(forecast, fitted)[1] for _ in range(job["repeats"])]
        forecast_seconds.append({"first": first, "median": float(np.median(calls))})
    result = {
        "first_fit": fit_seconds[0],
        "fit": min(fit_seconds[1:]),
        "forecast": min(one["median"] for one in forecast_seconds),
        "first_forecast": forecast_seconds[0]["first"],
        "forecasts": forecasts,
        "versions": {name: version(name) for name in packages},
    }
    print("RESULT", json.dumps(result), flush=True)
