"""Containers: pandas, polars and numpy in and out, for one or several series, with their index."""
