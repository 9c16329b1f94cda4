"""Pretrained networks of pretrained="auto" for monthly and quarterly series.

They were trained on simulated series. Their weights are arrays in the folder `weights`, written by
benchmarks/pretrain.py. The network of pretrained="only" is in zero_shot.py.
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
from skgru._forecaster.spec import HORIZONS, ForecastSpec
from skgru._networks.for_forecaster import restore
from skgru._networks.regressor import GRURegressor

# Mean absolute seasonal-naive error, as a share of the level, below which the networks' correction
# of the baseline is scaled down in proportion. Otherwise it would dominate such a series.
CALM = 0.01


def pretrained_spec(season_length: int) -> ForecastSpec:
    """The specification that the networks were trained with."""
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
    """The networks for a season, with their preprocessing. A copy, so that changes to one fitted
    forecaster leave the others as they are.
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
    """Weights of fitted networks, under the names that `load_pretrained` reads."""
    return {
        f"{i}_{j}": weight
        for i, regressor in enumerate(regressors)
        for j, weight in enumerate(regressor._weights)
    }


def can_take_part(spec: ForecastSpec, scaler: Any) -> bool:
    """Whether there are networks for such series: a single column with a season of theirs."""
    is_alone = len(spec.targets) == 1 and not spec.past and not spec.known
    return spec.season_length in HORIZONS and is_alone and scaler == "auto"


def is_short(series: list[np.ndarray]) -> bool:
    """Whether the series are short enough to gain from pretrained networks."""
    return usual_length(list(map(len, series))) < LONG_SERIES
