"""Needs skforecast."""

from skforecast.recursive import ForecasterRecursive

from skgru import GRURegressor
from skgru.datasets import load_airline_passengers

passengers = load_airline_passengers(as_frame=True)["passengers"]
series = passengers.astype(float).to_timestamp().asfreq("MS")

network = GRURegressor(8, epochs=30, random_state=0)
forecaster = ForecasterRecursive(estimator=network, lags=24, differentiation=1)
forecaster.fit(y=series)
forecast = forecaster.predict(12)
