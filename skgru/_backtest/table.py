"""A table of measures that prints all of its columns. Only `summary` of a backtest imports this
module, because it needs pandas.
"""

from __future__ import annotations

from typing import Any

import pandas as pd


class MeasuresTable(pd.DataFrame):
    """A data frame that prints columns side by side as far as they fit, and the others below. What
    is computed from it is a plain DataFrame.
    """

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def __repr__(self) -> str:
        return self.to_string(
            line_width=pd.get_option("display.width"),
            max_rows=pd.get_option("display.max_rows"),
            min_rows=pd.get_option("display.min_rows"),
            float_format=_text,
        )

    def __reduce__(self) -> Any:
        return MeasuresTable, (pd.DataFrame(self),)


def _text(value: float) -> str:
    """Four significant digits, and more for large numbers, which then need no exponent."""
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e12 else f"{value:.4g}"
