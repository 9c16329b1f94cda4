"""Needs shap."""

import shap

from skgru import GRURegressor, make_windows
from skgru.datasets import load_sunspots

windows, targets = make_windows(load_sunspots(), window_length=11)
table = windows[:, :, 0]  # SHAP takes tables: one column for each step

network = GRURegressor(8, epochs=30, random_state=0).fit(table, targets)
names = [f"lag{k}" for k in range(10, -1, -1)]  # the oldest step comes first
explainer = shap.PermutationExplainer(network.predict, table[:50], feature_names=names, seed=0)
explanation = explainer(table[-3:])
moves = explanation.values  # (3, 11): how much each step moves the forecast of each window
