"""SequenceForecaster: from a series, or several, to forecasts and intervals."""
