"""GRURegressor and GRUClassifier."""
