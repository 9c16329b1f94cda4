"""Needs darts."""

from darts import TimeSeries
from darts.models import SKLearnModel

from skgru import GRURegressor
from skgru.datasets import load_airline_passengers

passengers = load_airline_passengers(as_frame=True)["passengers"]
series = TimeSeries.from_series(passengers.astype(float).to_timestamp())

network = GRURegressor(8, epochs=30, random_state=0)
model = SKLearnModel(lags=24, output_chunk_length=12, model=network, multi_models=True)
model.fit(series)
forecast = model.predict(12).to_series()
