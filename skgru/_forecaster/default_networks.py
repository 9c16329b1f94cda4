"""The networks of a forecast without `regressor`, by the number of series, their lengths and their
season.
"""

from __future__ import annotations

import numpy as np

from skgru._forecaster.spec import ForecastSpec
from skgru._networks.regressor import GRURegressor

# Rows from which a series with a season is long: it is trained longer.
LONG_SERIES = 500


def network_of_one(
    n_rows: int, season_length: int, point: str = "median", has_covariates: bool = False
) -> GRURegressor:
    """A small network that starts at the baseline, and is trained longer on longer series.

    On short series, about 25 steps of training improve on the baseline. More steps overfit: after
    three times as much training the gain is lost on the M1 and Tourism monthly series
    (benchmarks/default_forecast.py). Without a season the baseline is only the last value, so that
    longer training pays from 200 rows on (benchmarks/default_forecast.py cycles).
    """
    is_short = n_rows < (LONG_SERIES if season_length > 1 else 200)
    is_long = n_rows >= LONG_SERIES
    rate = 3e-4 if has_covariates else 6e-4  # each step moves the weight of each covariate alike
    if is_short:
        epochs = max(1, round((1600 if has_covariates else 800) / n_rows))
    else:
        epochs = int(np.clip(round(12_000 / n_rows), 4, 16)) if is_long else 10
    return GRURegressor(
        16,
        highway=True,
        output_initializer="zeros",
        loss="mean_absolute_error" if is_long and point == "median" else "mse",
        epochs=epochs,
        batch_size=32,
        learning_rate=rate if is_short else "auto" if is_long else 3e-3,
        clipnorm=1.0,
        normalize_X=False,
        normalize_y=False,
    )


def default_regressors(spec: ForecastSpec, lengths: list[int]) -> list[GRURegressor]:
    """One network for one series; for several, one with a linear path and one without."""
    if not spec.is_global:
        has_covariates = bool(spec.past or spec.known)
        return [network_of_one(lengths[0], spec.season_length, spec.point, has_covariates)]
    # About 2000 steps of training, whatever the number of series.
    n_windows = sum(max(0, n - spec.least_history) for n in lengths)
    epochs = int(np.clip(round(2000 * 128 / max(1, n_windows)), 1, 50))
    loss = "mean_absolute_error" if spec.point == "median" else "mse"
    return [network_of_many(highway, epochs, loss) for highway in (True, False)]


def has_long_training(spec: ForecastSpec, series: list[np.ndarray]) -> bool:
    """Whether the default network is that of one long series."""
    return not spec.is_global and len(series[0]) >= LONG_SERIES


def network_of_many(highway: bool, epochs: int, loss: str = "mean_absolute_error") -> GRURegressor:
    """A network for many series, with or without a linear path."""
    return GRURegressor(
        64,
        highway=highway,
        output_initializer="zeros",
        loss=loss,
        epochs=epochs,
        batch_size=128,
        learning_rate="cosine",
        clipnorm=1.0,
        normalize_X=False,
        normalize_y=False,
    )
