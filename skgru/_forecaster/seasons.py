"""Seasons: which ones a forecast uses, of those that are given or that the index may have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skgru._containers.table import Table
from skgru._forecaster.baselines import seasonal_naive, seasonal_profile
from skgru._forecaster.dataset import ends_of
from skgru._forecaster.default_regressor import is_default, takes_pretrained
from skgru._forecaster.gaps_and_outliers import fill_by_season, without_outliers
from skgru._forecaster.longer_seasons import shows_week, shows_year
from skgru._forecaster.scaling import AutoScaler
from skgru._forecaster.spec import PROFILE_SEASONS, mean_known
from skgru._forecaster.theta import rows_of_theta, theta_forecast
from skgru._windows import sliding_view

# Error with a season, as a share of that without one, up to which X shows a season.
SEASON_FROM = 0.95

# Error of the baseline with a longer season, as a share of that with a shorter one, from which the
# longer one is taken.
LONGER_SEASON_FROM = 0.97

# Correlation of the errors of the baseline with those a longer season before, from which the longer
# season is used beside a shorter one.
REPEATS_FROM = 0.3

# Seasons of months and quarters, which are used without proof, unless X lacks them.
SURE_SEASONS = (4, 12)

# Mean difference between changes and those a season before, as a share of the mean change, from
# which X lacks a season. Changes that have nothing to do with each other differ by the square root
# of 2, 1.41 times their size. Rare changes at different times differ by twice their size.
LACKS_FROM = 1.36

# Share of a season over which values are averaged before, so that noise hides no slow season.
SHARE_AVERAGED = 1 / 6

# Multiple of the usual change from which changes are clipped: a few large ones decide nothing
# alone. The usual change is the median, but at least a third of the mean.
CLIPPED_FROM, LEAST_OF_MEAN = 3.0, 1 / 3

# Seasons that X needs to hold for a longer season that the index may have, and from which
# regressors alone read a longer season that X shows.
LEAST_SEASONS, READ_FROM = 3, 2.5

# Series of many that decide on the season, and forecast origins of each that baselines start from.
SERIES_LOOKED_AT = 100
ORIGINS_TRIED = 64
ORIGINS_OF_THETA = 24
LEAST_ORIGINS = 8

# Largest logarithm of a ratio of errors that counts.
MOST_GAIN = 1.6


def seasons_of(
    parameters: Any, tables: list[Table], targets: list[int], n_rows: int
) -> tuple[int, tuple[int, ...]]:
    """The season of level and baseline, and all seasons in use, the shortest first."""
    given = parameters.season_length
    rows = max(tables, key=len).rows
    if given is not None and not np.iterable(given):
        return int(given), (int(given),)
    is_only = parameters.pretrained == "only"
    if is_only and given is not None:
        lengths = tuple(sorted(set(map(int, given))))
        return lengths[0], lengths
    series = usual_values(tables, targets, min(rows.season_lengths, default=1))
    if given is not None:
        lengths = tuple(sorted(set(map(int, given))))
        return nearest_season(parameters, series, lengths, n_rows), lengths
    season_length, used = seasons_of_dates(parameters, tables, series, n_rows)
    few = tables[:SERIES_LOOKED_AT]
    longer = longer_season(few, targets, series, n_rows, parameters.horizon)
    if longer > max(used) and (takes_pretrained(parameters) or n_rows >= READ_FROM * longer):
        used = tuple(length for length in (*used, longer) if length > 1)
    return season_length, used


def seasons_of_dates(
    parameters: Any, tables: list[Table], series: list[np.ndarray], n_rows: int
) -> tuple[int, tuple[int, ...]]:
    """The season of level and baseline, and the seasons of the dates that X holds often enough to
    compare errors with and without them.
    """
    rows, is_only = max(tables, key=len).rows, parameters.pretrained == "only"
    held: list[int] = []
    shortest, *longer = rows.season_lengths or (1,)
    # The pretrained network takes the shortest season without proof.
    without_proof = shortest if is_only and not lacks_season(series, shortest) else 1
    if is_only and not (longer and n_rows >= rows_for_origins(longer[0], parameters.horizon)):
        return without_proof, (without_proof,)
    for i, length in enumerate(rows.season_lengths):
        least = rows_for_season(parameters, tables, length)
        if i:
            enough = rows_for_origins(length, parameters.horizon)
            least = max(least, LEAST_SEASONS * length if held else enough)
        if n_rows < least:
            break
        if held or has_season(series, length, parameters.horizon, needs_no_proof(tables, length)):
            held.append(length)
    if len(held) < 2:
        only = held[0] if held else without_proof
        return only, (only,)
    nearest = nearest_season(parameters, series, tuple(held), n_rows)
    is_global = len(series) > 1
    used = [
        length
        for length in held
        if length <= nearest
        or errors_repeat(series, nearest, length, parameters.horizon, is_global) > REPEATS_FROM
    ]
    return nearest, tuple(used)


def rows_for_origins(season_length: int, horizon: int) -> int:
    """Least number of rows from which errors with and without a longer season are compared."""
    return 2 * season_length + horizon + LEAST_ORIGINS - 1


def holds_few(n_rows: int, season_length: int, horizon: int) -> bool:
    """Whether X holds too few of a longer season to compare errors with and without it."""
    return n_rows < LEAST_SEASONS * season_length + horizon


def longer_season(
    tables: list[Table], targets: list[int], series: list[np.ndarray], n_rows: int, horizon: int
) -> int:
    """Rows of the week or of the year, if X holds one to three of them and shows it, else 0."""
    lengths = max(tables, key=len).rows.season_lengths
    if len(lengths) < 2 or n_rows < lengths[-1] or not holds_few(n_rows, lengths[-1], horizon):
        return 0
    shortest, length = lengths[0], lengths[-1]
    if length % shortest:
        shows = shows_year(series, lag_of(length, (shortest,), 1), shortest)
    else:
        day = length // 7
        shows = shows_week(tables, targets, series, day, lacks_season(series, day))
    return length if shows else 0


def usual_values(tables: list[Table], targets: list[int], season_length: int) -> list[np.ndarray]:
    """The targets of the series that decide on the season, without outliers: a single wrong value
    is no reason to see no season.
    """
    return [
        without_outliers(table.values[np.newaxis, :, targets], season_length)[0]
        for table in tables[:SERIES_LOOKED_AT]
    ]


def season_of_pretrained(
    parameters: Any,
    tables: list[Table],
    targets: list[int],
    season_length: int,
    seasons: tuple[int, ...],
) -> int:
    """The season of the pretrained network, if it is not that of level and baseline, else 1.

    Of several seasons it is the longest, if X holds few of it, so that a closed weekend is no part
    of the usual day; and if it is no multiple of the shortest: the year of days, as 52 weeks. Where
    level and baseline have no season, it is the shortest one of the dates of the longest series,
    unless X lacks it.
    """
    longest, shortest, longer = max(tables, key=len), min(seasons), max(seasons)
    whole = lag_of(longer, (shortest,), 1)
    is_first = whole != longer or holds_few(len(longest), longer, parameters.horizon)
    if is_first and season_length != whole <= len(longest) and whole > 1:
        return whole
    if season_length > 1:
        return 1
    season_length = next(iter(longest.rows.season_lengths), 1)
    if parameters.season_length is not None or len(longest) < season_length:
        return 1
    series = usual_values(tables, targets, season_length)
    return 1 if lacks_season(series, season_length) else season_length


def lags_of(seasons: Sequence[int], window_length: int, steps: int, n_rows: int) -> tuple[int, ...]:
    """Rows between a step and the values that are fed for it, for each season that is longer than a
    window and of which X holds two.
    """
    return tuple(
        lag_of(season, seasons, steps)
        for season in seasons
        if season > window_length and n_rows >= rows_for_lag(season, seasons, window_length, steps)
    )


def lag_of(season_length: int, seasons: Sequence[int], steps: int) -> int:
    """Rows between a step and the value of whole seasons before. A year of days is 52 weeks, so
    that the days of the week are the same.
    """
    weeks = round(season_length / seasons[0]) * seasons[0]
    length = weeks if abs(weeks - season_length) <= season_length / 100 else season_length
    return length * -(-steps // length)


def rows_for_lag(season_length: int, seasons: Sequence[int], window_length: int, steps: int) -> int:
    """Least number of rows from which the values of a season before are fed."""
    return 2 * lag_of(season_length, seasons, steps) + window_length + steps


def lacks_season(series: list[np.ndarray], season_length: int) -> bool:
    """Whether changes of X differ from those a season before as much as from any others, and values
    too: a rise within each season may end by a large change that X holds only once. False where X
    is too short to tell.
    """
    if season_length == 1:
        return False
    shares = [
        share
        for values in series
        for column in values.T
        for share in [difference_of_changes(column, season_length)]
        if np.isfinite(share)
    ]
    if not shares or np.mean(shares) < LACKS_FROM:
        return False
    own, others = seasonal_errors(series, season_length)
    return not own < SEASON_FROM * others


def difference_of_changes(values: np.ndarray, season_length: int) -> float:
    """Mean difference between changes and those a season before, as a share of the mean change. NaN
    with few changes. The smaller one of two shares counts. One is of clipped changes, so that an
    outlier or a shift hides no season. The other is of all changes, so that one large change in
    each season is seen.
    """
    known = np.flatnonzero(np.isfinite(values))
    n = max(1, int(season_length * SHARE_AVERAGED))
    if not len(known) or len(values) - known[0] - 2 * n < 1.5 * season_length:
        return np.nan
    filled = fill_by_season(values[known[0] :, np.newaxis], season_length)[:, 0]
    sums = np.cumsum(np.concatenate([[0.0], filled]))
    means = (sums[n:] - sums[:-n]) / n
    changes = means[n:] - means[:-n]
    changes = changes - np.median(changes)
    sizes = np.abs(changes)
    limit = CLIPPED_FROM * max(np.median(sizes), LEAST_OF_MEAN * sizes.mean())
    shares = []
    for some in (changes, np.clip(changes, -limit, limit)):
        now, before = some[season_length:], some[:-season_length]
        size = np.abs(now).mean() + np.abs(before).mean()
        shares.append(2 * np.abs(now - before).mean() / size if size > 0 else 2.0)
    return float(min(shares))


def needs_no_proof(tables: list[Table], season_length: int) -> bool:
    """Whether a season of the index needs no proof: that of months and of quarters."""
    return season_length in SURE_SEASONS and max(tables, key=len).rows.is_of_months


def has_season(
    series: list[np.ndarray], season_length: int, horizon: int, is_sure: bool = False
) -> bool:
    """Whether X repeats with a season: it does not lack the season, and Theta with it has a smaller
    error than Theta without it, from forecast origins within X. With less than three seasons,
    values a season ago must be nearer, too, than those of other rows within a season; with few
    origins, this alone counts. is_sure : whether the season needs no proof. It is then used unless
    it makes the error larger, and with few origins.
    """
    if lacks_season(series, season_length):
        return False
    ratios = [
        ratio
        for values in series
        for ratio in [gain_of_season(values, season_length, min(horizon, season_length))]
        if np.isfinite(ratio)
    ]
    if ratios:
        # A series that one of both forecasts without an error decides nothing alone.
        usual = float(np.mean(np.clip(np.log(ratios), -MOST_GAIN, MOST_GAIN)))
        if is_sure:
            return usual <= 0
        # With fewer rows, the forecast origins lie in one part of the season and prove little.
        is_long = max(map(len, series)) - horizon >= LEAST_SEASONS * season_length
        if is_long or usual >= np.log(SEASON_FROM):
            return usual < np.log(SEASON_FROM)
    elif is_sure:
        return True
    own, others = seasonal_errors(series, season_length)
    return own < SEASON_FROM * others


def gain_of_season(values: np.ndarray, season_length: int, horizon: int) -> float:
    """Error of Theta with a season, as a share of that without one; NaN with few origins."""
    origins = np.arange(2 * season_length - 1, len(values) - horizon)[-len(values) // 2 :]
    if len(origins) < LEAST_ORIGINS or np.isnan(values).all(axis=0).any():
        return np.nan
    origins = origins[np.linspace(0, len(origins) - 1, ORIGINS_OF_THETA).astype(int)]
    z = AutoScaler(season_length).fit(values).transform(values)
    filled, actual = fill_by_season(z, season_length), sliding_view(z, horizon)[origins + 1]
    errors = []
    for length in (season_length, 1):
        histories = ends_of(filled, origins, rows_of_theta(length))
        errors.append(mean_known(np.abs(actual - theta_forecast(histories, horizon, length))))
    least = np.finfo(float).tiny
    return float(max(errors[0], least) / max(errors[1], least))


def nearest_season(
    parameters: Any, series: list[np.ndarray], lengths: tuple[int, ...], n_rows: int
) -> int:
    """The season whose baseline has the smallest error; a longer one only if it is clearly smaller,
    and X holds two of them.
    """
    chosen = lengths[0]
    for length in lengths[1:]:
        if n_rows < 2 * length + parameters.horizon + chosen:
            break
        shorter, longer = baseline_errors(
            series, (chosen, length), parameters.horizon, len(series) > 1
        )
        if longer < LONGER_SEASON_FROM * shorter:
            chosen = length
    return chosen


def baseline_errors(
    series: list[np.ndarray], lengths: tuple[int, ...], horizon: int, is_global: bool
) -> np.ndarray:
    """Mean absolute error of the seasonal baseline with each season, from the same forecast
    origins, relative to the spread of each series. Infinite without any error.
    """
    n_seasons = 1 if is_global else PROFILE_SEASONS
    totals, n = np.zeros(len(lengths)), 0
    for values in series:
        origins = np.arange(2 * max(lengths) - 1, len(values) - horizon)[-len(values) // 2 :]
        filled = fill_by_season(values, min(lengths))
        spread = np.nanmean(np.abs(filled - np.nanmedian(filled))) if len(origins) else 0
        if not spread > 0:
            continue
        origins = origins[np.linspace(0, len(origins) - 1, ORIGINS_TRIED).astype(int)]
        actual = sliding_view(values, horizon)[origins + 1]
        errors = []
        for length in lengths:
            histories = ends_of(filled, origins, n_seasons * length)
            naive = seasonal_naive if is_global else seasonal_profile
            errors.append(mean_known(np.abs(actual - naive(histories, horizon, length))))
        if np.isfinite(errors).all():
            totals, n = totals + np.array(errors) / spread, n + 1
    return totals / n if n else np.full(len(lengths), np.inf)


def errors_repeat(
    series: list[np.ndarray], season_length: int, longer: int, horizon: int, is_global: bool
) -> float:
    """Correlation of the errors of the seasonal baseline with those a longer season before."""
    n_seasons = 1 if is_global else PROFILE_SEASONS
    naive = seasonal_naive if is_global else seasonal_profile
    pairs = []
    for values in series:
        origins = np.arange(longer + season_length - 1, len(values) - horizon)
        if not len(origins):
            continue
        origins = origins[np.linspace(0, len(origins) - 1, ORIGINS_TRIED).astype(int)]
        filled = fill_by_season(values, season_length)
        following = sliding_view(filled, horizon)
        now, before = (
            following[at + 1]
            - naive(ends_of(filled, at, n_seasons * season_length), horizon, season_length)
            for at in (origins, origins - longer)
        )
        spread = mean_known(np.abs(now))
        if spread > 0:
            pairs.append(np.stack([now.ravel(), before.ravel()]) / spread)
    if not pairs:
        return 0.0
    now, before = np.concatenate(pairs, axis=1)
    is_known = np.isfinite(now) & np.isfinite(before)
    now, before = now[is_known], before[is_known]
    if not len(now) or not now.std() or not before.std():
        return 0.0
    return float(np.corrcoef(now, before)[0, 1])


def seasonal_errors(series: list[np.ndarray], season_length: int) -> tuple[float, float]:
    """Mean change over a season, and mean over the lags within one, relative to the spread of each
    series.
    """
    lags = np.unique(np.linspace(1, season_length - 1, 24).astype(int))
    own, others = [], []
    for values in series:
        if len(values) <= season_length or np.isnan(values).all():
            continue
        spread = np.nanmean(np.abs(values - np.nanmedian(values)))
        changes = [
            mean_known(np.abs(values[lag:] - values[:-lag])) for lag in (season_length, *lags)
        ]
        if spread > 0 and np.isfinite(changes).all():
            own.append(changes[0] / spread)
            others.append(np.mean(changes[1:]) / spread)
    if not own:
        return np.inf, np.inf
    return float(np.mean(own)), float(np.mean(others))


def rows_for_season(parameters: Any, tables: list[Table], season_length: int) -> int:
    """Least number of rows for the use of a season of the index. For months and quarters, where the
    pretrained network takes part, this is one season and one row.
    """
    takes_part = parameters.pretrained is not None and is_default(parameters.regressor)
    if takes_part and needs_no_proof(tables, season_length):
        return season_length + 1
    return 2 * season_length + (parameters.horizon if parameters.strategy == "direct" else 1)
