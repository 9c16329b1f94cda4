"""The command line: `skgru` and `python -m skgru`."""
