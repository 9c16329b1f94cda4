"""Rows at the start of a series that are no part of it: zeros before the first sale, and rows
before a clear shift of the level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skgru._containers.panel import Panel
from skgru._containers.table import Table
from skgru._forecaster.first_sales import n_before_first_sale
from skgru._forecaster.level_shifts import SLOW_SEASONS, clear_shift
from skgru._forecaster.unusual_values import OTHER_UNIT_FROM
from skgru._warnings import warn_user

# Residuals that an interval of 95 % needs.
RESIDUALS = 20


@dataclass(frozen=True)
class Start:
    """Rows at the start of a series: zeros before the first sale, rows after them up to a clear
    shift, and whether the latter are left out too.
    """

    n_zeros: int
    n_before_shift: int = 0
    leaves_out_shift: bool = False

    @property
    def n_left_out(self) -> int:
        """Number of rows that are left out."""
        return self.n_zeros + self.leaves_out_shift * self.n_before_shift


@dataclass(frozen=True)
class StartRule:
    """What decides on the first row of a series.

    targets : positions of the columns to forecast; given_season : the parameter season_length;
    horizon : of a forecaster that sees a season in two seasons and horizon rows, 0 for zero-shot
    forecasts, which need fewer; takes_pretrained : whether the pretrained network takes part;
    n_needed : rows that the forecaster needs anyway.
    """

    targets: Sequence[int]
    given_season: Any
    horizon: int
    takes_pretrained: bool
    n_needed: float = 1

    def start_of(self, table: Table) -> Start:
        """The rows at the start of a series that are no part of it."""
        values = table.values[:, list(self.targets)]
        n_zeros = n_before_first_sale(values)
        if table.values.shape[1] > 1:  # a covariate may explain the shift, or a target have none
            return Start(n_zeros)
        season_length = int(np.min(self.given_season or table.rows.season_length))
        shift, is_large = clear_shift(values[n_zeros:, 0], season_length)
        # A season that is small beside the shift may get lost. The pretrained network sees one of
        # months in few rows.
        n_least = 2 * season_length + self.horizon
        sees_months = self.takes_pretrained and season_length in SLOW_SEASONS
        if is_large and (not self.horizon or sees_months):
            n_least = 1
        n_since = len(table) - n_zeros - shift
        return Start(n_zeros, shift, n_since >= max(n_least, self.n_needed))


def rows_to_calibrate(parameters: Any) -> float:
    """Rows whose held-out share gives residuals for every usual coverage. parameters : the
    forecaster.
    """
    share = parameters.calibration_fraction
    return (2 * parameters.horizon + RESIDUALS) / share if share else 1


def without_first_rows(table: Table, n: int, shares_index: bool) -> Table:
    """A series without its first n rows. shares_index : whether other series have the same index,
    which then stays as it is.
    """
    if not n:
        return table
    rows = table.rows
    if rows.index is not None and not shares_index:
        rows = replace(rows, index=rows.index[n:])
    return replace(table, values=table.values[n:], rows=rows)


def without_earlier_rows(
    tables: Sequence[Table], panel: Panel | None, rule: StartRule
) -> tuple[list[Table], list[Start]]:
    """Series that stand alone, without the rows that are no part of them, and what these are."""
    is_wide = panel is not None and panel.kind == "wide"
    starts = [rule.start_of(table) for table in tables]
    begun = [
        without_first_rows(table, start.n_left_out, is_wide)
        for table, start in zip(tables, starts, strict=True)
    ]
    return begun, starts


def warn_of_shifts(
    ids: Sequence[Any],
    tables: Sequence[Table],
    starts: Sequence[Start],
    target: int,
    is_update: bool = False,
) -> None:
    """Warn of clear shifts: the rows before are left out, or used because the rows after are too
    few. ids : of the series, None for one alone; tables : with all rows; target : position of the
    column to forecast; is_update : whether a forecaster that is fitted goes on with them.
    """
    found = [one for one in zip(ids, tables, starts, strict=True) if one[2].n_before_shift]
    if not found:
        return
    one, table, start = found[0]
    n = start.n_zeros + start.n_before_shift
    index = table.rows.index
    where = f"row {n}" if index is None else str(index[-len(table) :][n]).removesuffix(" 00:00:00")
    values = table.values[:, target]
    before, after = (float(np.nanmedian(part)) for part in (values[:n], values[n:]))
    name = "X" if one is None else f"series {one!r} of X"
    n_others = len(found) - 1
    others = (
        f", and so {'are' if n_others > 1 else 'is'} {n_others} more series" if n_others else ""
    )
    what, remedy = "", "bring them to the level since then"
    if min(before, after) > 0 and max(before / after, after / before) > OTHER_UNIT_FROM:
        what, remedy = ", as after a change of the unit", "give all values in one unit"
    use = f"The {n} rows before are left out. To use them, {remedy}."
    if is_update:
        use = "Forecasts may mix both levels. Fit again on all rows."
    elif not start.leaves_out_shift:
        use = (
            "The rows since are too few without those before, so that forecasts may mix both "
            f"levels: {remedy}."
        )
    warn_user(
        f"From {where} on, {name} is at another level, about {after:.4g} instead of "
        f"{before:.4g}{what}{others}. {use}"
    )
