"""Warnings about seasons: one that the index has or that is given, but is not used, and one that
rows without dates have.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt
from typing import Any

import numpy as np

from skgru._containers.clocks import change_of_clocks
from skgru._containers.table import Table
from skgru._containers.value_kinds import names_times
from skgru._forecaster.default_regressor import is_default, takes_pretrained
from skgru._forecaster.default_windows import rows_for_seasonal_level, usual_length
from skgru._forecaster.seasons import (
    LEAST_SEASONS,
    READ_FROM,
    SEASON_FROM,
    SERIES_LOOKED_AT,
    holds_few,
    lag_of,
    longer_season,
    rows_for_lag,
    seasonal_errors,
    seasons_of,
    usual_values,
)
from skgru._forecaster.spec import ForecastSpec, is_constant
from skgru._warnings import warn_user

# Seasons of rows without dates that are looked for: of quarters, days, months, hours and weeks.
USUAL_SEASONS = (4, 7, 12, 24, 52)

# Correlation of changes with those a season before, from which a series repeats: at least this one,
# and so many times the standard deviation of that of a random walk.
REPEATS_FROM, ABOVE_CHANCE = 0.5, 4.0

# The same for other seasons, up to the longest one that is looked for. Cycles of nature, which are
# longer at one time than at another, have smaller ones.
CLEARLY_REPEATS_FROM, LONGEST_SEASON = 0.8, 60

# Cycles whose length is no whole number of rows have their peak elsewhere several seasons before,
# by more than this share, and a smaller correlation there, by this share of that one season before.
LATER_SEASONS, SHARE_OF_LATER, INEXACT = 6, 0.8, 0.005

# Difference to the largest correlation up to which a shorter season is taken.
NEARLY_AS_CLEAR = 0.05

# Rows over which changes are looked at for other seasons: noise hides a slow season in short ones.
DISTANCES = (1, 4, 12)

# Least such correlation in each half of a series.
IN_HALVES_FROM = 0.3

# Multiple of the mean change from which changes are clipped: a few large ones decide nothing alone.
CLIPPED_FROM = 2.0

# Largest change of a straight line, after its mean: rounding errors.
STRAIGHT = 1e-9

# Days after a change of the clocks in which values a season ago are those of another hour.
DAYS_OF_CLOCKS = 14

# Seasons that a series needs to hold, last rows that are read, and series of many that are read.
SEASONS_HELD, ROWS_READ, SERIES_READ = 3, 1000, 5


def warn_of_season(parameters: Any, tables: list[Table], spec: ForecastSpec, n_wanted: int) -> None:
    """Warn of a season of the index that is not used, because X has fewer than `n_wanted` rows or
    does not gain from it. parameters : the forecaster.
    """
    longest = max(tables, key=len)
    season_length = longest.rows.season_length
    if (
        parameters.season_length is not None
        or max(spec.season_length, *spec.seasons) >= season_length
    ):
        return
    if all(is_constant(column) for table in tables for column in table.values[:, spec.targets].T):
        return
    has_pretrained = parameters.pretrained and is_default(parameters.regressor)
    uses = (
        f"season_length=None does not use the season of {season_length} rows that follows from the "
        "dates of X"
    )
    if has_pretrained and spec.point == "median" and spec.season_of_pretrained > 1:
        uses += ", except in the pretrained network"
    if usual_length(list(map(len, tables))) >= n_wanted:
        series = usual_values(tables, list(spec.targets), season_length)
        own, others = seasonal_errors(series, season_length)
        why = "X does not repeat with it"
        if own < SEASON_FROM * others:
            ahead = f"{spec.horizon} row{'s' * (spec.horizon > 1)} ahead"
            why = f"forecasts {ahead} are not better with it"
        warn_user(
            f"{uses}, because {why}. Give season_length={season_length} to use it all the same, or "
            "1 to forecast without one." + _other_season(longest, spec)
        )
        return
    what = "two seasons and the steps ahead"
    if n_wanted == season_length + 1:
        what = "one season and one row"
    # The pretrained network repeats one season. Otherwise level and baseline have one.
    n_least = season_length + 1
    if len(tables) == 1:
        n_least = rows_for_seasonal_level(season_length, spec.steps_of_call)
    if has_pretrained and spec.point == "median":
        n_least = season_length
    remedy = f"Give season_length={season_length} to use the season, or 1 to forecast without one."
    if len(longest) < n_least:
        remedy = "Give a longer series, or season_length=1 to forecast without a season."
    warn_user(f"{uses}: this needs {n_wanted} rows, {what}. {remedy}")


def warn_of_few_seasons(parameters: Any, tables: list[Table], spec: ForecastSpec) -> None:
    """Warn of a longer season of the dates that X shows, but holds too few of for the parts of the
    forecast. parameters : the forecaster.
    """
    if parameters.season_length is not None or len(max(tables, key=len).rows.season_lengths) < 2:
        return
    has_pretrained = takes_pretrained(parameters)
    if has_pretrained and spec.point == "median":
        return  # the pretrained network reads it
    targets, n_rows = list(spec.targets), usual_length(list(map(len, tables)))
    few = tables[:SERIES_LOOKED_AT]
    series = usual_values(few, targets, min(max(tables, key=len).rows.season_lengths))
    season_length = longer_season(few, targets, series, n_rows, spec.horizon)
    seasons, steps = sorted({spec.season_length, season_length}), spec.steps_of_call
    if season_length <= max(spec.window_length, spec.season_length):
        return
    is_fed = lag_of(season_length, seasons, steps) in spec.lags
    if is_fed or (has_pretrained and season_length in spec.seasons):
        return
    n_needed = max(
        ceil(READ_FROM * season_length),
        rows_for_lag(season_length, seasons, spec.window_length, steps),
    )
    remedy = "leave regressor and pretrained out, as the pretrained network reads it"
    if has_pretrained:
        n_needed = LEAST_SEASONS * season_length + spec.horizon
        remedy = "use point='median', which reads it, but is no forecast of sums"
    warn_user(
        f"X repeats every {season_length} rows, but these forecasts read that season only from "
        f"{n_needed} rows on, and X has {n_rows} (n_samples={n_rows}). Give a longer series, or "
        f"{remedy}."
    )


def warn_of_season_since_fit(
    parameters: Any, spec: ForecastSpec, series: list[Table], n_before: int, n_now: int
) -> None:
    """Warn of a season of the dates that fit had too few rows for, and that the series show with
    the rows after them. series : their last rows; n_before, n_now : number of rows of the longest
    one, without X and with it. It is looked for twice in each of its lengths.
    """
    lengths, horizon = max(series, key=len).rows.season_lengths, spec.horizon
    used = max(spec.season_of_pretrained, *spec.seasons)
    longer = [n for n in lengths if n > used and holds_few(n_before, n, horizon)]
    if parameters.season_length is not None or not longer:
        return
    if 2 * n_now // longer[0] == 2 * n_before // longer[0]:
        return
    n_rows = usual_length(list(map(len, series)))
    if n_rows < min(longer) and n_before < LEAST_SEASONS * min(longer) <= n_now:
        warn_user(
            f"The series now has {n_now} rows, enough to look for a season of "
            f"{min(longer)} rows, for which fit had too few. Fit again on all rows of the series."
        )
        return
    _, seasons = seasons_of(parameters, series, list(spec.targets), n_rows)
    if (found := max(seasons)) in longer:
        warn_user(
            f"The series shows a season of {found} rows, which fit had too few rows for, so that "
            "forecasts do not repeat with it. Fit again on all rows of the series."
        )


def _other_season(table: Table, spec: ForecastSpec) -> str:
    """The remedy for rows that repeat with another season, or hold a longer one of the dates, but
    too few of them to be sure.
    """
    found = season_in(table.values[:, spec.targets[0]])
    if found > 1:
        return f" If X repeats every {found} rows, give season_length={found}."
    held = [n for n in table.rows.season_lengths[1:] if n < len(table)]
    return f" If X repeats every {held[0]} rows, give season_length={held[0]}." if held else ""


def warn_of_unread_seasons(
    parameters: Any, tables: list[Table], spec: ForecastSpec, weights: Mapping[str, float]
) -> None:
    """Warn of seasons that are given, and that no part of the forecast reads: no series is long
    enough for them, or the pretrained network, alone, has two others. parameters : the forecaster;
    weights : of the parts of the forecast.
    """
    given = parameters.season_length
    if given is None:
        return
    n_rows = max(map(len, tables))
    is_only = parameters.pretrained == "only"
    needed = {
        season: rows_for_given_season(season, spec, weights, is_only)
        for season in spec.seasons
        if season > 1
    }
    unread = [season for season, n_needed in needed.items() if n_rows < n_needed]
    if not unread:
        return
    rest = [season for season in spec.seasons if season not in unread] or [1]
    remedy = f"season_length={rest[0] if len(rest) == 1 else rest}"
    if is_only and (never := [season for season in unread if needed[season] == np.inf]):
        warn_user(
            f"season_length={given} with pretrained='only': the pretrained network repeats with "
            f"the shortest and the longest of these seasons, not with {never}. Give {remedy}, or "
            "leave pretrained='only' out to train regressors that read all of them."
        )
        return
    first, *others = (f"a season of {season} rows" for season in unread)
    warn_user(
        f"season_length={given} needs at least {needed[unread[0]]} rows for {first}, but X has "
        f"{n_rows} (n_samples={n_rows}), so that forecasts do not repeat with "
        f"{' or '.join(['it', *others])}. Give a longer series, or {remedy}."
    )


def rows_for_given_season(
    season_length: int, spec: ForecastSpec, weights: Mapping[str, float], is_only: bool
) -> float:
    """Least number of rows from which any part of the forecast reads a season; infinite if none
    ever does.
    """
    needed = [np.inf]
    if weights.get("pretrained") and season_length in (min(spec.seasons), max(spec.seasons)):
        needed.append(season_length)
    if season_length == spec.season_length:
        # Others compare a value with that a season ago. Alone, one series needs more rows for a
        # seasonal level and baseline, and Theta has a season from two on.
        is_used = spec.level == "mean" or spec.baseline in ("seasonal", "profile")
        least = rows_for_seasonal_level(season_length, spec.steps_of_call)
        needed.append(season_length + 1 if is_used or spec.is_global else least)
        if weights.get("theta"):
            needed.append(2 * season_length)
    if not is_only:
        needed.append(
            spec.n_rows_needed
            if season_length <= spec.window_length
            else rows_for_lag(season_length, spec.seasons, spec.window_length, spec.steps_of_call)
        )
    return min(needed)


def warn_of_clocks(tables: list[Table], season_length: int, steps: int) -> None:
    """Warn of hours whose clocks change near the end of X or among the rows to forecast. A season
    is a number of rows, so that the wall clock is ahead of it or behind it after the change.
    season_length : 1 if no member of the forecast has a season.
    """
    if season_length == 1:
        return
    for rows in {id(one.rows.index): one.rows for one in tables}.values():
        change = change_of_clocks(rows.index, rows.freq, np.timedelta64(DAYS_OF_CLOCKS, "D"), steps)
        if change is not None:
            where = "in X" if change <= rows.index[-1] else "among the rows to forecast"
            warn_user(
                f"The clocks of {change.tzinfo} change on {change:%Y-%m-%d}, {where}. Seasons are "
                "numbers of rows. So a series that follows the wall clock is forecast too early or "
                f"too late, until {DAYS_OF_CLOCKS} days after the change. Give wall-clock times "
                "without a time zone, each of them once, in X and in future. For a series: X = "
                "X.tz_localize(None), then X = "
                f"X[~X.index.duplicated()].asfreq({rows.freq.freqstr!r})."
            )
            return


def warn_of_repeats(given: Any, tables: list[Table], spec: ForecastSpec) -> None:
    """Warn of series that clearly repeat, if no season is given and the dates have none."""
    if given is not None:
        return
    read = tables[:SERIES_READ]
    if any(one.rows.season_lengths for one in read):
        return
    has_dates = any(one.rows.index is not None and names_times(one.rows.index) for one in read)
    found = [season_in(one.values[:, spec.targets[0]]) for one in read]
    season_length = max(set(found), key=found.count)
    if season_length > 1 and 2 * found.count(season_length) > len(found):
        where = "for these dates" if has_dates else "without dates"
        warn_user(
            f"season_length=None is 1 {where}, but X repeats every {season_length} rows. "
            f"Give season_length={season_length} to use this season, or 1 to forecast without one."
        )


def season_in(values: np.ndarray) -> int:
    """The shortest usual season with which a series (n_rows,) clearly repeats, or another one with
    which it repeats even more clearly; 1 if there is none.

    The changes over a quarter of a season correlate with those a season before. The correlation is
    larger than that of all lags nearby, so that no longer or shorter cycle explains it, and than
    that within the season, so that no slow change of the slope does.
    """
    values = values[-ROWS_READ:]
    n_rows, is_known = len(values), np.isfinite(values)
    if not is_known.all():
        rows = np.arange(n_rows)
        values = np.interp(rows, rows[is_known], values[is_known])
    least, most = values.min(), values.max()
    values = np.log(values) if least > 0 else values / max(-least, most, np.finfo(float).tiny)
    found = {}
    for m in sorted({*USUAL_SEASONS, *_likely_seasons(values)}):
        if n_rows <= SEASONS_HELD * m:
            break
        is_usual = m in USUAL_SEASONS
        distance, around = max(1, m // 4), max(1, m // 4)
        changes = values[distance:] - values[:-distance]
        # As Bartlett's formula has it for a random walk, of which changes overlap.
        chance = sqrt(max(1.0, 2 / 3 * distance) / (len(changes) - m))
        least = REPEATS_FROM if is_usual else CLEARLY_REPEATS_FROM
        n_lags = m + around if is_usual else m * min(LATER_SEASONS, len(changes) // (2 * m))
        r = correlations(changes, max(m, n_lags) + around)
        if (
            r[m] - max(0.0, r[1:m].sum() / (m - 1)) >= max(least, ABOVE_CHANCE * chance)
            and abs(int(r[m - around : m + around + 1].argmax()) - around) <= min(1, m // 24)
            and (is_usual or _is_whole(r, m, n_lags))
            and repeats_in_halves(changes, m)
        ):
            found[m] = r[m]
    most = max(found.values(), default=0.0)
    return next((m for m, one in found.items() if one >= most - NEARLY_AS_CLEAR), 1)


def _is_whole(r: np.ndarray, m: int, n_lags: int) -> bool:
    """Whether autocorrelations r stay high at multiples of m up to n_lags, and peak there."""
    around = max(1, m // 4)
    peak = int(r[n_lags - around : n_lags + around + 1].argmax()) - around
    is_exact = n_lags == m or abs(peak) <= n_lags * INEXACT
    return is_exact and bool(r[m : n_lags + 1 : m].min() >= SHARE_OF_LATER * r[m])


def _likely_seasons(values: np.ndarray) -> set[int]:
    """Lags at which changes of a series (n_rows,) correlate most, of several ones the shortest."""
    n_lags = min(len(values) // SEASONS_HELD, LONGEST_SEASON) + 1
    likely: set[int] = set()
    for distance in DISTANCES:
        if n_lags <= 2 * distance:
            break
        r = correlations(values[distance:] - values[:-distance], n_lags)
        inner = r[1:-1]
        peaks = np.flatnonzero((inner > r[:-2]) & (inner >= r[2:])) + 1
        if len(peaks):
            likely.add(int(peaks[np.argmax(r[peaks] >= 0.9 * r[peaks].max())]))
    return likely - {1}


def correlations(changes: np.ndarray, n_lags: int) -> np.ndarray:
    """Autocorrelations (n_lags + 1,) of changes (n,); 0 for those of a straight line. Large changes
    are clipped.
    """
    n, changes = len(changes), changes - changes.sum() / len(changes)
    most = CLIPPED_FROM * np.abs(changes).sum() / n
    changes = np.minimum(np.maximum(changes, -most), most)
    variance = changes @ changes
    if not variance > n * STRAIGHT**2:
        return np.zeros(n_lags + 1)
    size = 1 << (n + n_lags).bit_length()
    spectrum = np.fft.rfft(changes, size)
    covariance = np.fft.irfft(spectrum * spectrum.conj(), size)[: n_lags + 1]
    # A lag has a product less for each of its rows.
    return covariance / variance * n / (n - np.arange(n_lags + 1))


def repeats_in_halves(changes: np.ndarray, m: int) -> bool:
    """Whether changes correlate with those a season before in both halves of a series: a short
    part with large changes decides nothing alone.
    """
    middle = (len(changes) - m) // 2
    for half in (slice(None, middle), slice(middle, None)):
        now, before = changes[m:][half], changes[:-m][half]
        now, before = now - now.sum() / len(now), before - before.sum() / len(before)
        if not now @ before > IN_HALVES_FROM * sqrt((now @ now) * (before @ before)):
            return False
    return True
