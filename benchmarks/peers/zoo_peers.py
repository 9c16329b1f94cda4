"""The peers of zoo.py: statsforecast's models, one series at a time, and LightGBM on all of a set.

METHODS: name -> function (set, training series) -> forecasts. Gaps are interpolated first.

statsforecast's ETS has no seasons above 24 rows: AutoETS has no season there. MSTL leaves out
seasons of which a history has fewer than two.

LightGBM learns the change from season to season, divided by its standard deviation. Inputs are the
lags of the last half season (3 to 24 rows), of one and of two seasons, and the calendar. It is
fitted to the absolute error, and forecasts step by step.
"""

from functools import partial

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from mlforecast import MLForecast
from mlforecast.target_transforms import Differences, LocalStandardScaler
from statsforecast.models import MSTL, AutoETS, AutoTheta

# Step: names of the calendar's columns.
CALENDAR = {
    "YS": [],
    "QS": ["quarter"],
    "MS": ["month"],
    "W-SUN": ["month", "dayofyear"],
    "D": ["dayofweek", "month", "dayofyear"],
    "B": ["dayofweek", "month"],
    "h": ["hour", "dayofweek"],
}
MINUTES = ["hour", "minute", "dayofweek"]


def filled(series):
    return series.interpolate(limit_direction="both")


def one_at_a_time(model_of, one, train):
    """The forecast of each series; of its last value where a model fails."""
    forecasts = []
    for series in train:
        values = filled(series).to_numpy()
        try:
            forecast = model_of(one, len(values)).forecast(values, h=one.horizon)["mean"]
        except Exception as error:
            print(f"  {one.name}, {series.name}: {type(error).__name__}: {error}"[:200], flush=True)
            forecast = np.full(one.horizon, np.nan)
        forecast = np.asarray(forecast, float)
        forecasts.append(np.where(np.isfinite(forecast), forecast, values[-1]))
    return forecasts


def bounds_of_ets(one, train):
    """Bounds of 80 and 95 %, (horizon, 4) for each series."""
    bounds = []
    for series in train:
        values = filled(series).to_numpy()
        answer = auto_ets(one, len(values)).forecast(values, h=one.horizon, level=[80, 95])
        sides = [answer[f"{side}-{level}"] for level in (80, 95) for side in ("lo", "hi")]
        bounds.append(np.stack(sides, 1))
    return bounds


def auto_ets(one, n_rows):
    return AutoETS(season_length=one.season_length if one.season_length <= 24 else 1)


def auto_theta(one, n_rows):
    return AutoTheta(season_length=one.season_length)


def mstl(one, n_rows):
    return MSTL(season_length=[length for length in one.seasons if n_rows >= 2 * length + 1])


def lightgbm(one, train):
    rows = one.season_length
    lags = [*range(1, max(min(rows // 2, 24), 3) + 1), rows, 2 * rows]
    frame = pd.concat(
        pd.DataFrame({"unique_id": number, "ds": series.index, "y": filled(series).to_numpy()})
        for number, series in enumerate(train)
    )
    forecaster = MLForecast(
        models={
            "lightgbm": LGBMRegressor(
                objective="mae",
                n_estimators=300,
                learning_rate=0.05,
                n_jobs=1,
                random_state=0,
                verbose=-1,
            )
        },
        freq=one.step,
        lags=sorted(set(lags)),
        date_features=CALENDAR.get(one.step, MINUTES),
        target_transforms=[Differences([rows]), LocalStandardScaler()],
    )
    # Rows with some lags missing stay: short series have no others.
    table = forecaster.preprocess(frame, dropna=False, static_features=[])
    table = table[table["y"].notna()]
    forecaster.fit_models(table.drop(columns=["unique_id", "ds", "y"]), table["y"].to_numpy())
    answer = forecaster.predict(one.horizon)
    answer = answer.sort_values(["unique_id", "ds"], kind="stable")["lightgbm"].to_numpy()
    return list(answer.reshape(len(train), one.horizon))


METHODS = {
    "AutoETS": partial(one_at_a_time, auto_ets),
    "AutoTheta": partial(one_at_a_time, auto_theta),
    "MSTL": partial(one_at_a_time, mstl),
    "LightGBM": lightgbm,
}

BOUNDS = {"AutoETS": bounds_of_ets}
