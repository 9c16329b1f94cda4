"""What "auto" chooses for a forecaster: networks and window lengths, by the number of series, their
lengths and their season.
"""

from __future__ import annotations

import numpy as np

from skgru._forecaster.spec import ForecastSpec
from skgru._networks.regressor import GRURegressor

# Rows of a series with a season from which it has more to teach than others have.
LONG_SERIES = 500


def default_regressor(n_rows: int, season_length: int) -> GRURegressor:
    """A small network that starts at the baseline, and learns more the longer the series is.

    On short series fifty small steps beat the baseline, and more carry past growth on: on the M1
    and Tourism monthly series 150 steps lose what 50 have won (benchmarks/default_forecast.py).
    Without a season the baseline is only the last value, and some hundred rows are enough to learn
    more than that (benchmarks/default_forecast.py cycles).
    """
    is_short = n_rows < (LONG_SERIES if season_length > 1 else 200)
    is_long = n_rows >= LONG_SERIES
    if is_short:
        epochs = max(1, round(1600 / n_rows))
    else:
        epochs = int(np.clip(round(12_000 / n_rows), 4, 16)) if is_long else 10
    return GRURegressor(
        16,
        highway=True,
        output_initializer="zeros",
        loss="mean_absolute_error" if is_long else "mse",
        epochs=epochs,
        batch_size=32,
        learning_rate=3e-4 if is_short else "auto" if is_long else 3e-3,
        clipnorm=1.0,
        normalize_X=False,
        normalize_y=False,
    )


def default_regressors(spec: ForecastSpec, lengths: list[int]) -> list[GRURegressor]:
    """One network for one series; two kinds in turn, with and without a linear path, for many."""
    if not spec.is_global:
        return [default_regressor(lengths[0], spec.season_length)]
    # As many steps for few series as for many.
    n_windows = sum(max(0, n - spec.least_history) for n in lengths)
    epochs = int(np.clip(round(2000 * 128 / max(1, n_windows)), 1, 50))
    return [network_of_many(highway, epochs) for highway in (True, False)]


def network_of_many(highway: bool, epochs: int) -> GRURegressor:
    """A network for many series: with a linear path, or without."""
    return GRURegressor(
        64,
        highway=highway,
        output_initializer="zeros",
        loss="mean_absolute_error",
        epochs=epochs,
        batch_size=128,
        learning_rate="cosine",
        clipnorm=1.0,
        normalize_X=False,
        normalize_y=False,
    )


def auto_window_length(n_rows: int, steps: int, season_length: int) -> int:
    """Two seasons of up to 24 rows, else one; 24 rows without a season. Less for short series,
    which have few such windows.
    """
    spare = n_rows - steps
    if season_length > 1:
        longest = 2 * season_length if season_length <= 24 else max(48, season_length)
        shortest = min(season_length, max(1, spare // 2))
        return int(np.clip(spare - season_length, shortest, max(shortest, longest)))
    return int(np.clip(spare // 3, 1, 24))


def auto_window_lengths(season_length: int, n_rows: int) -> tuple[int, ...]:
    """For the two kinds of network that forecast many series, the one with a linear path first:
    three and two seasons; two and five of less than 7 rows; one and a half and one of more than 24,
    for time's sake; 6 and 4 rows without a season.
    """
    if season_length == 1:
        lengths = (6, 4)
    elif season_length < 7:
        lengths = (2 * season_length, 5 * season_length)
    elif season_length > 24:
        lengths = (3 * season_length // 2, season_length)
    else:
        lengths = (3 * season_length, 2 * season_length)
    return tuple(int(np.clip(n_rows - 1, 1, length)) for length in lengths)


def usual_length(lengths: list[int]) -> int:
    """Rows of the series in whose like half of all rows lie."""
    ordered = np.sort(lengths)
    share = np.cumsum(ordered) / np.sum(ordered)
    return int(ordered[np.argmax(share >= 0.5)])
