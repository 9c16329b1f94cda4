"""Networks trained beforehand, on simulated monthly and quarterly series: what is known of
growth, seasons and noise before it has seen a row.

Their weights are plain arrays in the folder `weights`, made by benchmarks/pretrain.py.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from skgru._forecaster.defaults import (
    LONG_SERIES,
    auto_window_lengths,
    network_of_many,
    usual_length,
)
from skgru._forecaster.model import ForecastModel, ModelTemplate
from skgru._forecaster.regressors import EnsembleMember
from skgru._forecaster.scaling import AutoScaler
from skgru._forecaster.spec import ForecastSpec
from skgru._networks.for_forecaster import restore
from skgru._networks.regressor import GRURegressor

# Rows in a season, and the rows that the networks for it look ahead.
HORIZONS = {4: 8, 12: 24}


# Mean change from season to season, as a share of the level, below which the growth that they
# expect is no news from a series: it is scaled down with it.
CALM = 0.01


def pretrained_spec(season_length: int) -> ForecastSpec:
    """What the networks were trained to forecast, and from what."""
    windows = auto_window_lengths(season_length, LONG_SERIES)
    return ForecastSpec(
        windows=windows,
        horizon=HORIZONS[season_length],
        season_length=season_length,
        level="mean",
        baseline="seasonal",
        strategy="direct",
        targets=(0,),
        past=(),
        known=(),
        is_global=True,
    )


def load_pretrained(season_length: int) -> ForecastModel:
    """The networks for a season, in the frame that they were trained in. A copy: what somebody
    does with a fitted forecaster changes no other.
    """
    return deepcopy(_as_shipped(season_length))


@cache
def _as_shipped(season_length: int) -> ForecastModel:
    spec = pretrained_spec(season_length)
    model = ForecastModel(ModelTemplate(spec, AutoScaler(), None), least_error=CALM)
    source = files("skgru._forecaster") / "weights" / f"season_{season_length}.npz"
    with source.open("rb") as file, np.load(file) as arrays:
        for i, window_length in enumerate(spec.windows):
            weights = [arrays[name] for name in arrays.files if name.startswith(f"{i}_")]
            regressor = network_of_many(highway=i == 0, epochs=1)
            restore(regressor, weights, window_length, spec.horizon)
            model.members.append(EnsembleMember(regressor, window_length))
    return model


def pack(regressors: list[GRURegressor]) -> dict[str, np.ndarray]:
    """Weights of fitted networks, named as `load_pretrained` looks for them."""
    return {
        f"{i}_{j}": weight
        for i, regressor in enumerate(regressors)
        for j, weight in enumerate(regressor._weights)
    }


def why_not_pretrained(spec: ForecastSpec, scaler: Any) -> tuple[str, str]:
    """What the networks don't know of, and the remedy; empty where they can forecast."""
    if spec.season_length not in HORIZONS:
        return (
            f"season_length={spec.season_length}, and there are networks for 4 and 12",
            "season_length=12 or 4, where that is the season, or ",
        )
    if len(spec.targets) > 1 or spec.past or spec.known:
        return (
            "more than one column, and they know series of one",
            "group='columns' where each is a series, one column alone, or ",
        )
    if scaler != "auto":
        return f"scaler={scaler!r}, and they know the scale of 'auto'", "scaler='auto', or "
    return "", ""


def is_short(series: list[np.ndarray]) -> bool:
    """Whether what other series teach is still worth as much as what these do."""
    return usual_length(list(map(len, series))) < LONG_SERIES
