"""What `skgru.model_selection` is made of: fits, forecasts, results and their measures."""
