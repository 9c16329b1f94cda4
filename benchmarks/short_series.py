"""Errors on single series of one to three seasons: the default, zero-shot, and two naive forecasts.

python benchmarks/short_series.py

The last rows of monthly, quarterly, daily and hourly series of the zoo, of M1 and of Tourism, up to
14 series of a set, whether they repeat with their season or not. The error is the mean absolute
error of a forecast, relative to the mean change from row to row. Prints its geometric mean for each
set and number of rows. Takes ten minutes.

Needs the extra `zoo`.
"""

import warnings

import _zoo_sets
import numpy as np

from skgru import SequenceForecaster

FAMILIES = ("quarterly_sets", "monthly_sets", "daily_sets", "hourly_sets", "competition_sets")
ROWS = {4: (5, 8, 12), 7: (9, 14, 20, 28), 12: (12, 15, 18, 24, 36), 24: (30, 48, 72)}
HORIZON = {4: 4, 7: 3, 12: 6, 24: 12}
METHODS = ("default", "zero-shot", "seasonal naive", "last value")
LEAST_ERROR = 0.02  # added to each error, as some are 0


def errors(series, n_rows, season_length):
    """The error of each method on the end of a series, None without any change."""
    horizon = HORIZON[season_length]
    X, actual = series.iloc[-n_rows - horizon : -horizon], series.iloc[-horizon:].to_numpy()
    scale = np.abs(np.diff(series.iloc[-n_rows - horizon :])).mean()
    if not scale > 0:
        return None
    default = SequenceForecaster(horizon=horizon, random_state=0).fit(X)
    zero_shot = SequenceForecaster(horizon=horizon, pretrained="only").fit(X)
    forecasts = (
        default.forecast().to_numpy(),
        zero_shot.forecast().to_numpy(),
        X.to_numpy()[-season_length:][:horizon],
        np.full(horizon, X.iloc[-1]),
    )
    return [np.abs(one - actual).mean() / scale for one in forecasts]


def geometric_mean(found):
    return np.exp(np.log(np.array(found) + LEAST_ERROR).mean(axis=0))


if __name__ == "__main__":
    warnings.simplefilter("ignore", UserWarning)  # of short series
    rng, every = np.random.default_rng(0), {"short": [], "long": []}
    print("| set | rows | series |", " | ".join(METHODS), "|")
    for family in FAMILIES:
        for one in getattr(_zoo_sets, family)():
            m = one.season_length
            chosen = [one.series[i] for i in rng.permutation(len(one.series))[:14]]
            for n_rows in ROWS.get(m, ()):
                usable = [
                    series.iloc[-n_rows - HORIZON[m] :]
                    for series in chosen
                    if len(series) >= n_rows + HORIZON[m]
                    and series.iloc[-n_rows - HORIZON[m] :].notna().all()
                ]
                found = [errors(series, n_rows, m) for series in usable]
                found = [errors for errors in found if errors is not None]
                if found:
                    every["short" if n_rows <= 2 * m else "long"] += found
                    shown = " | ".join(f"{error:.3f}" for error in geometric_mean(found))
                    print(f"| {one.name} | {n_rows} | {len(found)} | {shown} |", flush=True)
    for what, found in (("up to two seasons", every["short"]), ("more", every["long"])):
        shown = " | ".join(f"{error:.3f}" for error in geometric_mean(found))
        print(f"| all | {what} | {len(found)} | {shown} |")
