"""What `skgru.model_selection` is made of: results of backtests, and their measures."""
