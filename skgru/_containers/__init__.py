"""pandas, polars and arrays in and out: one series, several series, and their time index."""
