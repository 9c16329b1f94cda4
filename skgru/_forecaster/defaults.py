"""Default networks, window lengths and weights of the members of a forecast, by the number of
series, their lengths and their season.
"""

from __future__ import annotations

import numpy as np

from skgru._forecaster.spec import ForecastSpec
from skgru._networks.regressor import GRURegressor

# Rows from which a series with a season is long: it is trained longer.
LONG_SERIES = 500

# Longest season of which a window of one series holds all rows.
LONGEST_SEASON = 100


def network_of_one(n_rows: int, season_length: int, point: str = "median") -> GRURegressor:
    """A small network that starts at the baseline, and is trained longer on longer series.

    On short series, about 20 steps of training improve on the baseline. More steps overfit: after
    nine times as much training the gain is lost on the M1 and Tourism monthly series
    (benchmarks/default_forecast.py). Without a season the baseline is only the last value, so that
    longer training pays from 200 rows on (benchmarks/default_forecast.py cycles).
    """
    is_short = n_rows < (LONG_SERIES if season_length > 1 else 200)
    is_long = n_rows >= LONG_SERIES
    if is_short:
        epochs = max(1, round(540 / n_rows))
    else:
        epochs = int(np.clip(round(12_000 / n_rows), 4, 16)) if is_long else 10
    return GRURegressor(
        16,
        highway=True,
        output_initializer="zeros",
        loss="mean_absolute_error" if is_long and point == "median" else "mse",
        epochs=epochs,
        batch_size=32,
        learning_rate=9e-4 if is_short else "auto" if is_long else 3e-3,
        clipnorm=1.0,
        normalize_X=False,
        normalize_y=False,
    )


def default_regressors(spec: ForecastSpec, lengths: list[int]) -> list[GRURegressor]:
    """One network for one series; for several, one with a linear path and one without."""
    if not spec.is_global:
        return [network_of_one(lengths[0], spec.season_length, spec.point)]
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


def auto_theta_weight(spec: ForecastSpec, pretrained: str | None) -> float:
    """Weight of the Theta forecast. Long seasons it has too little data for. Means of the
    pretrained network vary much, so that they need Theta beside them.

    pretrained : "auto" if the pretrained network takes part beside regressors, "only" or None.
    """
    if pretrained == "only":
        if spec.point == "median":
            return 0.0
        return 0.75 if spec.level == "window" else 0.5
    if spec.point == "mean" and spec.level == "window":
        return 0.6  # demand that dies out: networks learn it from few series, smoothing at once
    if spec.season_length > LONGEST_SEASON or (pretrained and spec.point == "median"):
        return 0.2
    return 0.4 if spec.is_global else 0.5


def auto_pretrained_share(spec: ForecastSpec) -> float:
    """Share of the pretrained network in what Theta leaves. None of means, which are the middle of
    few quantiles.
    """
    if spec.point == "mean":
        return 0.0
    return 0.5 if spec.is_global else 0.6


def auto_window_length(n_rows: int, steps: int, season_length: int) -> int:
    """Two seasons of up to 24 rows, one of up to `LONGEST_SEASON`, else 48 rows, as the baseline
    sees the whole season; 24 rows without a season. Less for short series, which have few such
    windows.
    """
    spare = n_rows - steps
    if season_length > LONGEST_SEASON:
        return int(np.clip(spare // 3, 1, 48))
    if season_length > 1:
        longest = 2 * season_length if season_length <= 24 else max(48, season_length)
        shortest = min(season_length, max(1, spare // 2))
        return int(np.clip(spare - season_length, shortest, max(shortest, longest)))
    return int(np.clip(spare // 3, 1, 24))


def auto_window_lengths(season_length: int, n_rows: int) -> tuple[int, ...]:
    """Window lengths of the two networks for several series, the one with a linear path first.

    Long seasons get shorter windows, so that training stays fast.
    """
    if season_length == 1:
        lengths = (6, 4)
    elif season_length < 7:
        lengths = (2 * season_length, 5 * season_length)
    elif season_length > LONGEST_SEASON:
        lengths = (48, 24)  # the values a season ago are fed beside them
    elif season_length > 24:
        lengths = (3 * season_length // 2, season_length)
    else:
        lengths = (3 * season_length, 2 * season_length)
    return tuple(int(np.clip(n_rows - 1, 1, length)) for length in lengths)


def windows_of_intermittent(n_spare: int, season_length: int, is_global: bool) -> tuple[int, ...]:
    """Long windows, so that their level is the mean of enough sales; for several series also half
    of that.
    """
    longest = int(np.clip(n_spare // 3, 1, max(28, 4 * season_length)))
    return (longest, -(-longest // 2)) if is_global else (longest,)


def auto_level_and_baseline(
    has_season: bool, is_global: bool, is_intermittent: bool
) -> tuple[str | None, str | None]:
    """What is subtracted from windows, and the naive forecast."""
    if is_intermittent:
        return "window", None
    if has_season:
        return "mean", "seasonal" if is_global else "profile"
    return "last", "last"


def usual_length(lengths: list[int]) -> int:
    """Row-weighted median length of the series."""
    ordered = np.sort(lengths)
    share = np.cumsum(ordered) / np.sum(ordered)
    return int(ordered[np.argmax(share >= 0.5)])
