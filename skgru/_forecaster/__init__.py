"""SequenceForecaster: forecasts and intervals of one or several series."""
