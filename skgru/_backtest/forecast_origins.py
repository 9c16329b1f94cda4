"""The options of `backtest`: their checks, and the forecast origins that follow from them. The
rows that `window` leaves before each of them are cut in `fits_and_forecasts.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from skgru._forecaster.forecaster import SequenceForecaster
from skgru._validation import at_least, real_between


@dataclass(frozen=True)
class Options:
    """The parameters of `backtest` of these names, as the user gave them."""

    horizon: Any
    initial: Any
    step: Any
    refit: Any
    coverage: Any
    gap: Any
    window: Any
    n_jobs: Any
    verbose: Any

    def check(self) -> None:
        """Raise ValueError if an option is out of range, whatever X is."""
        is_bool = isinstance(self.refit, bool | np.bool_)
        if not is_bool and not at_least(0).is_satisfied_by(self.refit):
            raise ValueError(
                f"refit={self.refit!r} must be a bool or an int of at least 0, the number of "
                "forecast origins from one fit to the next. Use refit=True or refit=False."
            )
        is_share = real_between(0, 1, closed="neither").is_satisfied_by
        if self.coverage is not None and not is_share(self.coverage):
            raise ValueError(
                f"coverage={self.coverage!r} must be a float between 0 and 1, both excluded, or "
                "None. It is the share of actual values that the intervals should contain. Use "
                "coverage=0.9, for example."
            )
        if not at_least(0).is_satisfied_by(self.gap):
            raise ValueError(
                f"gap={self.gap!r} must be an int of at least 0, the rows between a forecast "
                "origin and the first row that is measured. Use gap=0 for none."
            )
        if self.window is not None and not at_least(1).is_satisfied_by(self.window):
            raise ValueError(
                f"window={self.window!r} must be an int of at least 1, the rows before a forecast "
                "origin that are used, or None for all of them. Use window=None, for example."
            )
        is_int = isinstance(self.n_jobs, Integral) and not isinstance(self.n_jobs, bool)
        if self.n_jobs is not None and not (is_int and self.n_jobs != 0):
            raise ValueError(
                f"n_jobs={self.n_jobs!r} must be an int other than 0, the number of fits at once, "
                "or None. Use n_jobs=-1 for all cores."
            )
        is_bool = isinstance(self.verbose, bool | np.bool_)
        if not is_bool and not at_least(0).is_satisfied_by(self.verbose):
            raise ValueError(
                f"verbose={self.verbose!r} must be a bool or an int of at least 0. Use verbose=1 "
                "to see the time left, or verbose=0."
            )


def horizon_of(options: Options, forecaster: SequenceForecaster) -> int:
    """Rows to forecast from each forecast origin."""
    horizon = options.horizon
    if horizon is None:
        return int(forecaster.horizon)
    if not at_least(1).is_satisfied_by(horizon):
        raise ValueError(
            f"horizon={horizon!r} must be an int of at least 1, the rows to forecast from each "
            "forecast origin. Use horizon=None for the horizon of the forecaster."
        )
    return int(horizon)


def _check_initial(initial: Any, n_rows: int) -> int:
    """Number of rows before the first forecast, given as a number or as a share of X."""
    if at_least(1).is_satisfied_by(initial):
        return int(initial)
    is_share = not isinstance(initial, Integral)
    if not is_share or not real_between(0, 1, closed="neither").is_satisfied_by(initial):
        raise ValueError(
            f"initial={initial!r} must be an int of at least 1, the rows before the first "
            "forecast, or a float in (0, 1), their share of X. Use initial=0.5, for example."
        )
    return int(initial * n_rows + 1e-9)  # 0.29 of 100 rows are 29


def origins_of(options: Options, n_rows: int, horizon: int, reach: int) -> np.ndarray:
    """Positions of the forecast origins, (n_origins,), each with `reach` rows after it.

    reach : gap + horizon, or more if future covariates are read in blocks of the forecaster's
    horizon.
    """
    initial, step, gap = options.initial, options.step, options.gap
    if not at_least(1).is_satisfied_by(step):
        raise ValueError(
            f"step={step!r} must be an int of at least 1, the rows from one forecast origin to the "
            "next. Use step=1, for example."
        )
    n_initial = _check_initial(initial, n_rows)
    if not n_initial:
        raise ValueError(
            f"initial={initial!r} of the {n_rows} rows of X leaves no row for fit. Use a larger "
            "initial."
        )
    if n_initial + reach > n_rows:
        rows = "row" if n_initial == 1 else "rows"
        why = f" and gap={gap}" if gap else ""
        why += f" (future covariates are read for {reach} rows)" if reach > gap + horizon else ""
        raise ValueError(
            f"initial={initial!r} ({n_initial} {rows}) with horizon={horizon}{why} needs at least "
            f"{n_initial + reach} rows, but X has {n_rows}. Use a smaller initial, a smaller "
            "horizon or a longer series."
        )
    return np.arange(n_initial - 1, n_rows - reach, int(step))


def n_read_ahead(forecaster: SequenceForecaster, steps: int) -> int:
    """Rows after a forecast origin whose future covariates a forecast reads, at least steps."""
    has_known = forecaster.known is not None and np.size(forecaster.known) > 0
    if not has_known or forecaster.strategy == "recursive":
        return steps
    return -(-steps // forecaster.horizon) * forecaster.horizon
