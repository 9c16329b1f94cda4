"""Needs sktime."""

from sktime.forecasting.compose import make_reduction

from skgru import GRURegressor
from skgru.datasets import load_airline_passengers

passengers = load_airline_passengers(as_frame=True)["passengers"].astype(float)

network = GRURegressor(8, epochs=30, random_state=0)
forecaster = make_reduction(network, window_length=24, strategy="multioutput")
forecaster.fit(passengers, fh=range(1, 13))
forecast = forecaster.predict()
