"""Safe files of estimators and backtests: `skgru.save` and `skgru.load`."""
