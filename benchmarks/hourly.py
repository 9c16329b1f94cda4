"""Errors on the hourly series of the guide, with and without its calendar.

python benchmarks/hourly.py

Mean absolute errors over the next 24 hours from 53 forecast origins in the last two weeks of the
series of docs/guide/hourly.md. Each forecaster is fitted once, to the rows before these weeks.
"""

import re
import warnings
from pathlib import Path

import numpy as np
from sklearn.linear_model import RidgeCV

from skgru import SequenceForecaster
from skgru.model_selection import backtest

HORIZON = 24
GUIDE = Path(__file__).parent.parent / "docs" / "guide" / "hourly.md"
FORECASTERS = {
    "ridge regression": (RidgeCV(), {}),
    "network": (None, {}),
    "ridge regression, season_length=24": (RidgeCV(), {"season_length": 24}),
    "network, season_length=24": (None, {"season_length": 24}),
    "ridge regression, season_length=24, calendar": (
        RidgeCV(),
        {"season_length": 24, "calendar": True},
    ),
    "network, season_length=24, calendar": (None, {"season_length": 24, "calendar": True}),
    "network, calendar": (None, {"calendar": True}),
}


if __name__ == "__main__":
    names = {}
    exec(re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.M | re.S)[0], names)
    load = names["frame"]["load"]
    initial = len(load) - 14 * 24
    for name, (regressor, parameters) in FORECASTERS.items():
        forecaster = SequenceForecaster(regressor, horizon=HORIZON, random_state=0, **parameters)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = backtest(forecaster, load, initial=initial, step=6)
        error = np.abs(result.forecast[..., 0] - result.actual[..., 0]).mean()
        print(f"{name:45} {error:.1f}", flush=True)
    values = load.to_numpy()
    for season_length in (24, 168):
        ahead = result.origins[:, np.newaxis] + np.arange(1, HORIZON + 1)
        error = np.abs(values[ahead] - values[ahead - season_length]).mean()
        print(f"value of {season_length} hours ago {'':24} {error:.1f}")
