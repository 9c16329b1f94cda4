"""Errors on series of one to three weeks of hours, or years of days, of several forecasts.

python benchmarks/few_seasons.py

Series of hours, half-hours, 15 minutes and days of the zoo, from their ends. Errors are mean
absolute errors, relative to the mean change from row to row. Prints the geometric mean for series
whose season is used by default, and for others. Takes ten minutes.

Needs the extra `zoo`.
"""

import warnings

import _zoo_sets
import numpy as np
from short_series import geometric_mean

from skgru import SequenceForecaster

# Rows of the shorter and the longer season, and the horizon, by the shorter one.
LONGER = {24: (168, 24), 48: (336, 48), 96: (672, 96), 7: (365, 28)}
SHARES = (1.25, 1.75, 2.3, 2.8)
SERIES_OF_SET = 8
METHODS = ("default", "zero-shot", "a longer season ago", "a shorter season ago", "last value")


def errors(X, actual, shorter, longer):
    """The error of each method, and whether the default uses the longer season."""
    horizon = len(actual)
    default = SequenceForecaster(horizon=horizon, random_state=0).fit(X)
    zero_shot = SequenceForecaster(horizon=horizon, pretrained="only").fit(X)
    whole_weeks = longer - longer % shorter
    forecasts = (
        default.forecast().to_numpy(),
        zero_shot.forecast().to_numpy(),
        np.resize(X.to_numpy()[-whole_weeks:], horizon),
        np.resize(X.to_numpy()[-shorter:], horizon),
        np.full(horizon, X.iloc[-1]),
    )
    scale = np.abs(np.diff(X)).mean()
    return [np.abs(one - actual).mean() / scale for one in forecasts], longer in (
        default.season_lengths_
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore", UserWarning)  # of seasons that are not used
    rng, found = np.random.default_rng(0), {}
    for family in ("daily_sets", "hourly_sets", "short_step_sets"):
        for one in getattr(_zoo_sets, family)():
            shorter = one.season_length
            if shorter not in LONGER:
                continue
            longer, horizon = LONGER[shorter]
            for i in rng.permutation(len(one.series))[:SERIES_OF_SET]:
                for share in SHARES:
                    rows = one.series[i].iloc[-int(share * longer) - horizon :]
                    if len(rows) < int(share * longer) + horizon or rows.isna().any():
                        continue
                    if not rows.diff().abs().mean() > 0:
                        continue
                    X, actual = rows.iloc[:-horizon], rows.iloc[-horizon:].to_numpy(float)
                    measured, is_used = errors(X, actual, shorter, longer)
                    for group in (one.name, "all"):
                        found.setdefault((group, is_used), []).append(measured)
    print("| set | season | series |", " | ".join(METHODS), "|")
    for (group, is_used), each in found.items():
        shown = " | ".join(f"{error:.3f}" for error in geometric_mean(each))
        print(f"| {group} | {'used' if is_used else 'not used'} | {len(each)} | {shown} |")
