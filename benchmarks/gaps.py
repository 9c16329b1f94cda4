"""Errors of zero-shot forecasts of series with gaps: as they are, interpolated, and without gaps.

python benchmarks/gaps.py

The last rows of series of every step of the zoo, up to 5 of a set, with some values unknown. Errors
are mean absolute errors, relative to the mean change from row to row. Prints their geometric mean
for each kind of gap. Takes five minutes.

Needs the extra `zoo`.
"""

import warnings

import _zoo_sets
import numpy as np
from short_series import geometric_mean

from skgru import SequenceForecaster

FAMILIES = ("yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "short_step")
# Rows of X and the horizon, by the season.
ROWS = {
    1: (30,),
    4: (24, 60),
    7: (60, 200, 900),
    12: (36, 96),
    24: (240, 408, 960),
    48: (432, 960),
    52: (120, 250),
    96: (864, 1632),
}
HORIZON = {1: 4, 4: 8, 7: 14, 12: 12, 24: 24, 48: 48, 52: 13, 96: 96}
SERIES_OF_SET = 5
METHODS = ("as it is", "interpolated", "without gaps")


def gaps(n_rows, season_length, rng):
    """For each kind of gap, which rows are unknown."""
    none, whole = np.zeros(n_rows, bool), max(2, season_length)
    found = {share: rng.random(n_rows) < share for share in (0.2, 0.5)}
    for unknown in found.values():
        unknown[[0, -1]] = False
    part = max(1, round(0.6 * season_length))
    found["0.6 of a season, late"] = none.copy()
    end = n_rows - 1 - rng.integers(1, whole)
    found["0.6 of a season, late"][end - part : end] = True
    if n_rows > 9 * season_length:
        found["3 seasons"] = none.copy()
        end = n_rows - whole - rng.integers(1, 5 * whole)
        found["3 seasons"][end - 3 * season_length : end] = True
    found["the last row"] = none.copy()
    found["the last row"][-1] = True
    found["a third of a season at the end"] = none.copy()
    found["a third of a season at the end"][-max(1, season_length // 3) :] = True
    return found


def error(X, actual):
    forecaster = SequenceForecaster(horizon=len(actual), pretrained="only").fit(X)
    return np.abs(forecaster.forecast().to_numpy() - actual).mean()


if __name__ == "__main__":
    warnings.simplefilter("ignore", UserWarning)  # of gaps at the end
    rng, found = np.random.default_rng(0), {}
    for family in FAMILIES:
        for one in getattr(_zoo_sets, f"{family}_sets")():
            m = one.season_length
            for i in rng.permutation(len(one.series))[:SERIES_OF_SET]:
                for n_rows in ROWS.get(m, ()):
                    rows = one.series[i].iloc[-n_rows - HORIZON[m] :].astype(float)
                    X, actual = rows.iloc[:n_rows], rows.iloc[n_rows:].to_numpy()
                    scale = X.diff().abs().mean()
                    if len(actual) < HORIZON[m] or rows.isna().any() or not scale > 0:
                        continue
                    whole = error(X, actual)
                    for kind, unknown in gaps(n_rows, m, rng).items():
                        gappy = X.mask(unknown)
                        errors = [error(gappy, actual), error(gappy.interpolate(), actual), whole]
                        found.setdefault(kind, []).append(np.array(errors) / scale)
    print("| unknown | series |", " | ".join(METHODS), "|")
    for kind, each in found.items():
        shown = " | ".join(f"{one:.3f}" for one in geometric_mean(each))
        print(f"| {kind} | {len(each)} | {shown} |")
