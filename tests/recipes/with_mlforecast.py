"""Needs mlforecast."""

from mlforecast import MLForecast
from mlforecast.target_transforms import Differences, LocalStandardScaler

from skgru import GRURegressor
from skgru.datasets import load_airline_passengers

passengers = load_airline_passengers(as_frame=True)["passengers"]
table = passengers.astype(float).to_timestamp().rename_axis("ds").reset_index(name="y")
table["unique_id"] = "all"

forecaster = MLForecast(
    models={"gru": GRURegressor(8, epochs=30, random_state=0)},
    freq="MS",
    lags=range(1, 13),  # 12 steps of a window
    target_transforms=[Differences([12]), LocalStandardScaler()],
)
forecast = forecaster.fit(table).predict(12)["gru"]
