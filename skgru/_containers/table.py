"""Table: one series as numbers, with the names of its columns and its index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skgru._containers.time_index import TimeIndex


@dataclass(frozen=True)
class Table:
    """One series: float64 values (n_rows, n_columns), column names or None, and its index.

    names : strings alone, which scikit-learn accepts as feature names; is_single : whether it was a
    Series, so that its forecasts are a Series too; header : the columns of a pandas frame, whose
    names need not be strings.
    """

    values: np.ndarray
    names: list[str] | None
    rows: TimeIndex
    is_single: bool = False
    header: Any = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def labels(self) -> list[Any] | None:
        """Names of pandas columns of any type."""
        return None if self.header is None else list(self.header)

    @property
    def is_named(self) -> bool:
        """Whether the columns have names or other labels."""
        return self.names is not None or self.header is not None

    @property
    def columns(self) -> list[Any]:
        """Names of the columns. Without names "x0", "x1", ..., as in scikit-learn."""
        return self.names or self.labels or [f"x{i}" for i in range(self.values.shape[1])]
