"""Needs mapie."""

from mapie.regression import SplitConformalRegressor

from skgru import GRURegressor, make_windows
from skgru.datasets import load_sunspots

windows, targets = make_windows(load_sunspots(), window_length=22)
table = windows[:, :, 0]  # MAPIE takes tables: one row for each window

network = GRURegressor(8, epochs=30, random_state=0).fit(table[:150], targets[:150])
conformal = SplitConformalRegressor(network, confidence_level=0.8, prefit=True)
conformal.conformalize(table[150:220], targets[150:220])
forecast, bounds = conformal.predict_interval(table[220:])  # bounds: (n_windows, 2, 1)
