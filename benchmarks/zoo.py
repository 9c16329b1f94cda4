"""A zoo of series of many kinds and steps, on which defaults are chosen and judged.

python benchmarks/zoo.py [set ...] [--peers] [--methods METHOD ...] [--series N] [--single] [--list]
    [--intervals] [--seeds SEED ...]

Without options it prints the sets. A name selects the sets that contain it.

--peers prints the errors of the peers but NHITS and DeepAR, --methods those of a selection:
"seasonal naive", "AutoETS", "AutoTheta", "MSTL", "LightGBM", "NHITS", "DeepAR", and those of skgru,
with one list a set:

- "skgru": SequenceForecaster(horizon=h), with --single one series at a time.
- "skgru, fixed weights": the same with theta_weight=0.2, so that no weight follows errors.
- "skgru, networks": the same with pretrained=None and theta_weight=0, the trained networks alone.
- "skgru, zero-shot": pretrained="only".
- "skgru, ridge": SequenceForecaster(RidgeCV()), without pretrained network and Theta.

N (default
40) series of each set are forecast, evenly spaced, from three forecast origins: one, two and three
horizons before the end.

--intervals prints the coverage of 80 and 95 % intervals, and their scaled interval scores (MSIS),
of "skgru", "skgru, zero-shot", "seasonal naive" (normal errors) and "AutoETS".

Relative MASE is the mean MASE of the series of a set and origin, divided by that of seasonal naive;
its mean over origins is shown, and the geometric mean over sets below. sMAPE is a mean over series
and origins. A series without seasonal-naive error in its history is left out. Seconds are processor
time of fit and forecast at all three origins.

With several seeds (default 0) there is a row of "skgru" for each seed of its networks.

Forecasts are kept in benchmarks/.cache (or $SKGRU_ZOO_CACHE) and read again; --again computes them
again. Needs the extra `zoo`, and the peers those of benchmarks/peers/requirements.txt.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
import _zoo_sets
from _zoo_series import N_ORIGINS, SeriesSet

CACHE = Path(os.environ.get("SKGRU_ZOO_CACHE", Path(__file__).parent / ".cache"))
COVERAGES = (0.8, 0.95)
NETWORKS = ("NHITS", "DeepAR")
PEERS = ("seasonal naive", "AutoETS", "AutoTheta", "MSTL", "LightGBM")


def load_zoo(*names: str, competitions: bool = True) -> list[SeriesSet]:
    """The sets whose name contains one of the names: all sets if there are no names.

    competitions=False leaves out M1 and Tourism.
    """
    makers = [
        _zoo_sets.yearly_sets,
        _zoo_sets.quarterly_sets,
        _zoo_sets.monthly_sets,
        _zoo_sets.weekly_sets,
        _zoo_sets.daily_sets,
        _zoo_sets.hourly_sets,
        _zoo_sets.short_step_sets,
        _zoo_sets.simulated_sets,
    ]
    if competitions:
        makers.append(_zoo_sets.competition_sets)
    sets = [one for maker in makers for one in maker()]
    return [one for one in sets if not names or any(n.lower() in one.name.lower() for n in names)]


class Origin(NamedTuple):
    """One forecast origin of every series of a set."""

    train: list[pd.Series]
    test: list[pd.Series]


def origins(one: SeriesSet) -> list[Origin]:
    """The last horizon held out, then the one before it, then the one before that.

    Later rows are not in `train`. Gaps are NaN in both.
    """
    found = []
    for back in range(1, N_ORIGINS + 1):
        stops = [len(series) - back * one.horizon for series in one.series]
        found.append(
            Origin(
                [series.iloc[:n] for series, n in zip(one.series, stops, strict=True)],
                [
                    series.iloc[n : n + one.horizon]
                    for series, n in zip(one.series, stops, strict=True)
                ],
            )
        )
    return found


def seasonal_naive(history: np.ndarray, season_length: int, horizon: int) -> np.ndarray:
    """The latest value of the same row of the season; a value is never one of a gap."""
    filled = history.copy()
    for row in np.flatnonzero(np.isnan(filled)):
        before = filled[row - season_length] if row >= season_length else np.nan
        filled[row] = before
    last = filled[-season_length:]
    if np.isnan(last).any():
        last = np.where(np.isnan(last), history[~np.isnan(history)][-1], last)
    return np.resize(last, horizon)


def seasonal_naive_error(history: np.ndarray, season_length: int) -> float:
    """Mean absolute change from season to season, without gaps: the scale of MASE."""
    change = np.abs(history[season_length:] - history[:-season_length])
    return float(np.nanmean(change)) if np.isfinite(change).any() else 0.0


def score(one: SeriesSet, forecasts: list) -> pd.DataFrame:
    """A row for each origin: relative MASE, MASE, sMAPE and the number of series in them.

    forecasts: for each origin, in the order of `origins`, the forecasts of all series, each of
    shape (horizon,). A sequence or an array (n_series, horizon).
    """
    rows = []
    for origin, of_origin in zip(origins(one), forecasts, strict=True):
        mase, naive, smape = [], [], []
        for train, test, forecast in zip(origin.train, origin.test, of_origin, strict=True):
            history, actual = train.to_numpy(), test.to_numpy()
            forecast = np.asarray(forecast, float).ravel()
            if forecast.shape != actual.shape:
                raise ValueError(
                    f"the forecast of {train.name!r} has shape {forecast.shape}, but set "
                    f"{one.name!r} has horizon {one.horizon}"
                )
            if not np.isfinite(forecast).all():
                raise ValueError(f"the forecast of {train.name!r} has NaN or infinite values")
            scale = seasonal_naive_error(history, one.season_length)
            if scale == 0 or np.isnan(actual).all():
                continue
            reference = seasonal_naive(history, one.season_length, one.horizon)
            mase.append(np.nanmean(np.abs(actual - forecast)) / scale)
            naive.append(np.nanmean(np.abs(actual - reference)) / scale)
            size = np.abs(actual) + np.abs(forecast)
            share = np.abs(actual - forecast) / np.where(size == 0, 1, size)
            smape.append(200 * np.nanmean(share))
        rows.append(
            {
                "relative_mase": np.mean(mase) / np.mean(naive),
                "mase": np.mean(mase),
                "smape": np.mean(smape),
                "n_series": len(mase),
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="origin"))


# --- Methods -----------------------------------------------------------------------------------
# (set, training series of one origin) -> forecasts, one array (horizon,) for each series.


def naive_forecasts(one: SeriesSet, train: list[pd.Series]) -> list[np.ndarray]:
    return [seasonal_naive(s.to_numpy(), one.season_length, one.horizon) for s in train]


def skgru_forecasts(
    one: SeriesSet, train: list[pd.Series], seed: int = 0, **parameters: Any
) -> list[np.ndarray]:
    from skgru import SequenceForecaster

    forecaster = SequenceForecaster(horizon=one.horizon, random_state=seed, **parameters)
    forecaster.fit(list(train))
    return [np.ravel(answer) for answer in forecaster.forecast()]


def ridge_forecasts(one: SeriesSet, train: list[pd.Series]) -> list[np.ndarray]:
    from sklearn.linear_model import RidgeCV

    from skgru import SequenceForecaster

    ridge = RidgeCV(np.logspace(-2, 4, 7))
    forecaster = SequenceForecaster(ridge, horizon=one.horizon).fit(list(train))
    return [np.ravel(answer) for answer in forecaster.forecast()]


def zero_shot_forecasts(one: SeriesSet, train: list[pd.Series]) -> list[np.ndarray]:
    from skgru import SequenceForecaster

    forecaster = SequenceForecaster(horizon=one.horizon, pretrained="only", point="median")
    return [np.ravel(answer) for answer in forecaster.fit(list(train)).forecast()]


def skgru_single_forecasts(one: SeriesSet, train: list[pd.Series]) -> list[np.ndarray]:
    from skgru import SequenceForecaster

    return [
        np.ravel(SequenceForecaster(horizon=one.horizon, random_state=0).fit(s).forecast())
        for s in train
    ]


def naive_bounds(one: SeriesSet, train: list[pd.Series]) -> list[np.ndarray]:
    """Seasonal naive: each season ahead adds the variance of one seasonal change."""
    m = one.season_length
    n_seasons = 1 + np.arange(one.horizon) // m
    bounds = []
    for series in train:
        history = series.to_numpy()
        deviation = np.sqrt(np.nanmean((history[m:] - history[:-m]) ** 2) * n_seasons)
        middle = seasonal_naive(history, m, one.horizon)
        sides = [
            middle + sign * NormalDist().inv_cdf((1 + coverage) / 2) * deviation
            for coverage in COVERAGES
            for sign in (-1, 1)
        ]
        bounds.append(np.stack(sides, 1))
    return bounds


def skgru_bounds(
    one: SeriesSet, train: list[pd.Series], pretrained: str = "auto"
) -> list[np.ndarray]:
    from skgru import SequenceForecaster

    forecaster = SequenceForecaster(horizon=one.horizon, pretrained=pretrained, random_state=0)
    forecaster.fit(list(train))
    sides = [forecaster.forecast_interval(coverage=coverage) for coverage in COVERAGES]
    return [
        np.hstack([np.asarray(side, float) for side in pair]) for pair in zip(*sides, strict=True)
    ]


def bounds_method(name: str) -> Callable[[SeriesSet, list[pd.Series]], list[np.ndarray]]:
    """A function that gives (horizon, 4) for each series: the bounds of 80 %, then of 95 %."""
    own = {
        "seasonal naive": naive_bounds,
        "skgru": skgru_bounds,
        "skgru, zero-shot": partial(skgru_bounds, pretrained="only"),
    }
    if name in own:
        return own[name]
    from peers.zoo_peers import BOUNDS

    return BOUNDS[name]


def score_bounds(one: SeriesSet, bounds: np.ndarray) -> dict[str, float]:
    """Mean coverage and MSIS of bounds, (n_origins, n_series, horizon, 4)."""
    found: dict[str, list[float]] = {
        f"{what} {c}": [] for what in ("cover", "msis") for c in COVERAGES
    }
    for origin, of_origin in zip(origins(one), bounds, strict=True):
        for train, test, sides in zip(origin.train, origin.test, of_origin, strict=True):
            scale = seasonal_naive_error(train.to_numpy(), one.season_length)
            y = test.to_numpy()
            known = np.isfinite(y)
            if scale == 0 or not known.any():
                continue
            for i, coverage in enumerate(COVERAGES):
                low, high = sides[known, 2 * i], sides[known, 2 * i + 1]
                outside = np.maximum(low - y[known], 0) + np.maximum(y[known] - high, 0)
                found[f"cover {coverage}"].append(np.mean(outside == 0))
                width = high - low + 2 / (1 - coverage) * outside
                found[f"msis {coverage}"].append(np.mean(width) / scale)
    return {what: float(np.mean(values)) for what, values in found.items()}


def print_bounds(sets: list[SeriesSet], names: list[str], again: bool) -> None:
    print(f"{'set':36} {'method':22} {'80 %':>7} {'MSIS':>8} {'95 %':>7} {'MSIS':>8}")
    for one in sets:
        for name in names:
            try:
                is_cached = not name.startswith("skgru")
                bounds, _ = forecasts_of(name, one, again, is_cached, bounds_method, "bounds")
                found = score_bounds(one, bounds)
            except Exception as error:
                print(f"{one.name:36} {name:22} failed: {type(error).__name__}: {error}"[:300])
                continue
            cells = [
                f"{100 * found[f'cover {c}']:6.1f}% {found[f'msis {c}']:8.2f}" for c in COVERAGES
            ]
            print(f"{one.name:36} {name:22} {' '.join(cells)}", flush=True)


def applies(name: str, one: SeriesSet) -> bool:
    """MSTL is for several seasons."""
    return name != "MSTL" or len(one.seasons) > 1


def method(name: str) -> Callable[[SeriesSet, list[pd.Series]], list[np.ndarray]]:
    own = {
        "seasonal naive": naive_forecasts,
        "skgru": skgru_forecasts,
        "skgru, one at a time": skgru_single_forecasts,
        "skgru, fixed weights": partial(skgru_forecasts, theta_weight=0.2),
        "skgru, networks": partial(skgru_forecasts, pretrained=None, theta_weight=0.0),
        "skgru, zero-shot": zero_shot_forecasts,
        "skgru, ridge": ridge_forecasts,
    }
    if name in own:
        return own[name]
    if name.startswith("skgru, seed "):
        return partial(skgru_forecasts, seed=int(name.split()[-1]))
    if name in NETWORKS:
        from peers.zoo_networks import METHODS
    else:
        from peers.zoo_peers import METHODS

    return METHODS[name]


def fingerprint(one: SeriesSet) -> str:
    """Short code of the values of a set: a cached forecast of other values is never read."""
    digest = hashlib.sha256(f"{one.name} {one.horizon} {one.seasons}".encode())
    for series in one.series:
        digest.update(str(series.name).encode() + series.to_numpy().tobytes())
    return digest.hexdigest()[:12]


def forecasts_of(
    name: str,
    one: SeriesSet,
    again: bool = False,
    is_cached: bool = True,
    find: Callable[[str], Callable[[SeriesSet, list[pd.Series]], list[np.ndarray]]] | None = None,
    what: str = "",
) -> tuple[np.ndarray, float]:
    """Forecasts (n_origins, n_series, horizon), or what the functions of `find` give, and processor
    seconds; from the cache if there.
    """
    label = f"{name} {what}".strip()
    file = CACHE / f"{one.name} - {label} - {fingerprint(one)}.npz".replace("/", "_")
    if is_cached and file.exists() and not again:
        with np.load(file) as stored:
            return stored["forecasts"], float(stored["seconds"])
    function = (find or method)(name)
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answers = [np.stack(function(one, origin.train)) for origin in origins(one)]
    seconds = time.process_time() - started
    forecasts = np.stack(answers)
    if is_cached:
        CACHE.mkdir(exist_ok=True, parents=True)
        np.savez_compressed(file, forecasts=forecasts, seconds=seconds)
    return forecasts, seconds


# --- Tables ------------------------------------------------------------------------------------


def print_sets(sets: list[SeriesSet]) -> None:
    print(f"{'set':36} {'step':6} {'seasons':10} horizon series      rows  source")
    for one in sets:
        n_rows = [len(series) for series in one.series]
        seasons = ", ".join(map(str, one.seasons)) or "none"
        print(
            f"{one.name:36} {one.step:6} {seasons:10} {one.horizon:7} {len(n_rows):6} "
            f"{min(n_rows):4}-{max(n_rows):4}  {one.source}"
        )
    print(f"{len(sets)} sets, {sum(len(one.series) for one in sets)} series")


def print_scores(sets: list[SeriesSet], names: list[str], again: bool) -> None:
    relative: dict[str, dict[str, float]] = {name: {} for name in names}
    total = dict.fromkeys(names, 0.0)
    heads = f"{'rel. MASE':>9} {'by origin':>20} {'sMAPE':>7} {'seconds':>8}"
    print(f"{'set':36} {'method':22} {heads}")
    for one in sets:
        for name in names:
            if not applies(name, one):
                continue
            is_cached = not name.startswith("skgru")
            try:
                forecasts, seconds = forecasts_of(name, one, again, is_cached)
                scores = score(one, list(forecasts))
            except Exception as error:  # one failure does not end a run of an hour
                print(f"{one.name:36} {name:22} failed: {type(error).__name__}: {error}"[:300])
                continue
            relative[name][one.name] = scores["relative_mase"].mean()
            total[name] += seconds
            by_origin = " ".join(f"{value:6.3f}" for value in scores["relative_mase"])
            print(
                f"{one.name:36} {name:22} {relative[name][one.name]:9.3f} {by_origin:>20} "
                f"{scores['smape'].mean():7.2f} {seconds:8.1f}",
                flush=True,
            )
    for name in names:
        print_mean(name, relative[name], total[name])
    shared = set.intersection(*(set(of_method) for of_method in relative.values()))
    if shared and any(set(of_method) != shared for of_method in relative.values()):
        print("Over the sets that all methods forecast:")
        for name in names:
            print_mean(name, {label: relative[name][label] for label in shared}, None)


def print_mean(name: str, relative: dict[str, float], seconds: float | None) -> None:
    if relative:
        mean = np.exp(np.mean(np.log(list(relative.values()))))
        taken = "" if seconds is None else f"{seconds:8.1f}"
        label = f"geometric mean of {len(relative)} sets"
        print(f"{label:36} {name:22} {mean:9.3f} {'':20} {'':7} {taken:>8}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", help="parts of names of sets; default: all")
    parser.add_argument("--peers", action="store_true", help="all peers")
    parser.add_argument("--methods", nargs="+", default=[], metavar="METHOD")
    parser.add_argument("--series", type=int, default=40, metavar="N", help="series a set")
    parser.add_argument("--single", action="store_true", help="skgru with one series at a time")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], help="seeds of skgru")
    parser.add_argument("--intervals", action="store_true", help="intervals, not forecasts")
    parser.add_argument("--again", action="store_true", help="compute cached forecasts again")
    parser.add_argument("--list", action="store_true", help="print the sets alone")
    options = parser.parse_args()
    sets = load_zoo(*options.sets)
    names = [*(PEERS if options.peers else ()), *options.methods]
    if options.single:
        names = ["skgru, one at a time" if name == "skgru" else name for name in names]
    if options.seeds != [0]:
        seeds = [f"skgru, seed {seed}" for seed in options.seeds]
        names = [each for name in names for each in (seeds if name == "skgru" else [name])]
    if options.list or not names:
        print_sets(sets)
    elif options.intervals:
        print_bounds([one.evenly(options.series) for one in sets], names, options.again)
    else:
        print_scores([one.evenly(options.series) for one in sets], names, options.again)


if __name__ == "__main__":
    main()
