"""Needs feature_engine."""

from feature_engine.timeseries.forecasting import LagFeatures
from sklearn.pipeline import make_pipeline

from skgru import GRURegressor
from skgru.datasets import load_airline_passengers

passengers = load_airline_passengers(as_frame=True).astype(float).to_timestamp()
changes = passengers.pct_change(12).dropna()

lags = LagFeatures(periods=list(range(1, 13)), drop_original=True, missing_values="ignore")
pipe = make_pipeline(lags, GRURegressor(8, epochs=30, random_state=0))
pipe.fit(changes[:-12], changes["passengers"][:-12])  # incomplete windows are left out
one_step = pipe.predict(changes)[-12:]
