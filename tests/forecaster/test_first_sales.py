"""Zeros before the first sale: series of products that did not exist in the first rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru._forecaster.first_sales import n_before_first_sale
from tests.helpers import raises

N, N_ZEROS, AHEAD = 90, 30, 14
PARAMETERS = [{}, {"pretrained": "only"}, {"regressor": Ridge()}]


def sales(seed=0, n=N + AHEAD, n_zeros=N_ZEROS):
    rng, t = np.random.default_rng(seed), np.arange(n)
    values = 100 + 20 * np.sin(2 * np.pi * t / 7) + rng.normal(0, 4, n)
    return pd.Series(np.where(t < n_zeros, 0, values), pd.date_range("2024", periods=n), name="y")


def forecaster(seed=0, **parameters):
    return SequenceForecaster(horizon=AHEAD, random_state=seed, **parameters)


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_zeros_before_the_first_sale_change_nothing(parameters):
    errors = []
    for seed in range(3):
        y = sales(seed)
        X, actual = y[:N], y[N:].to_numpy()
        fitted = forecaster(seed, **parameters).fit(X)
        cut = forecaster(seed, **parameters).fit(X[N_ZEROS:])
        pd.testing.assert_series_equal(fitted.forecast(), cut.forecast())
        pd.testing.assert_series_equal(fitted.forecast(X=X), fitted.forecast())
        assert fitted.summary_["n_rows"] == N - N_ZEROS
        assert len(fitted.predict(X)) == N
        naive = np.resize(X.to_numpy()[-7:], AHEAD)
        own, of_naive = (np.abs(one - actual).mean() for one in (fitted.forecast(), naive))
        errors.append(own / of_naive)
    assert np.mean(errors) < 1.15


def containers():
    y = sales()[:N]
    whole = pd.concat([y, 2 * y], axis=1, keys=["a", "b"])
    long = whole.rename_axis("day").reset_index().melt("day", var_name="shop", value_name="y")
    dates = {"group": "shop"}
    return {
        "array": (y.to_numpy()[:, None], {"season_length": 7}),
        "list of arrays": (
            [y.to_numpy()[:, None], 2 * y.to_numpy()[:, None]],
            {"season_length": 7},
        ),
        "list": ([y, (2 * y).rename("b")], {}),
        "polars": (pl.DataFrame({"day": y.index.to_numpy(), "y": y.to_numpy()}), {}),
        "wide": (whole, {"group": "columns"}),
        "long": (long, dates),
        "long with polars": (pl.from_pandas(long), dates),
    }


def without_zeros(X):
    if isinstance(X, list):
        return [one[N_ZEROS:] for one in X]
    if "shop" in X:
        is_sold = X["y"] != 0
        return X[is_sold] if isinstance(X, pd.DataFrame) else X.filter(is_sold)
    return X[N_ZEROS:]


@pytest.mark.parametrize("name", containers())
def test_every_container_begins_with_the_first_sale(name):
    X, parameters = containers()[name]
    fitted = forecaster(regressor=Ridge(), **parameters).fit(X)
    cut = forecaster(regressor=Ridge(), **parameters).fit(without_zeros(X))
    for answer in (fitted.forecast(), fitted.forecast(X=X)):
        assert_equal_answers(answer, cut.forecast())


def assert_equal_answers(answer, expected):
    if isinstance(expected, list):
        assert len(answer) == len(expected)
        for one, other in zip(answer, expected, strict=True):
            assert_equal_answers(one, other)
    elif isinstance(expected, np.ndarray):
        np.testing.assert_allclose(answer, expected, rtol=1e-9)
    elif isinstance(expected, pl.DataFrame):
        assert_frame_equal(answer, expected)
    elif isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(answer, expected)
    else:
        pd.testing.assert_frame_equal(answer, expected)


def test_covariates_and_weights_begin_with_the_first_sale():
    y = sales()
    X = pd.DataFrame({"y": y, "price": np.random.default_rng(1).normal(9, 1, len(y))})
    future = X[["price"]][N:]
    weights = np.linspace(1, 2, N)
    make = {"target": "y", "known": "price", "calendar": ["day_of_week"], "regressor": Ridge()}
    fitted = forecaster(**make).fit(X[:N], sample_weight=weights)
    cut = forecaster(**make).fit(X[N_ZEROS:N], sample_weight=weights[N_ZEROS:])
    for answer in (fitted.forecast(future=future), fitted.forecast(X=X[:N], future=future)):
        pd.testing.assert_frame_equal(answer, cut.forecast(future=future))


def test_update_after_zeros_before_the_first_sale():
    y = sales().to_numpy()[:, None]
    fitted = forecaster(season_length=7, regressor=Ridge()).fit(y[:N])
    with raises("begins with the rows of fit", f"Give X[{N}:]"):
        fitted.update(y)
    expected = forecaster(season_length=7, regressor=Ridge()).fit(y[N_ZEROS:N]).update(y[N:])
    np.testing.assert_array_equal(fitted.update(y[N:]).forecast(), expected.forecast())


@pytest.mark.parametrize("seed", range(3))
def test_zeros_that_are_values_stay(seed):
    rng, t = np.random.default_rng(seed), np.arange(300)
    counts = rng.poisson(0.3, 300).astype(float)
    closed = np.where(t % 7 < 2, 0, 50 + rng.normal(size=300))
    nights = np.maximum(0, np.sin(2 * np.pi * (t - 12) / 24)) * 40
    signed = np.where(t < 30, 0, rng.normal(size=300))
    ended = np.where((t < 30) | (t > 250), 0, 50.0)
    few = np.where(t < 293, 0, 50.0)
    for values in (counts, closed, nights, signed, ended, few, np.zeros(300), np.ones(300)):
        assert n_before_first_sale(values[:, None]) == 0
    assert n_before_first_sale(np.where(t < 30, 0, closed)[:, None]) == 30
    assert n_before_first_sale(np.where(t < 30, 0, np.nan)[:, None]) == 0


def test_rare_sales_seldom_begin_late():
    starts = [
        n_before_first_sale((np.random.default_rng(seed).random((120, 1)) < rate).astype(float))
        for seed in range(100)
        for rate in (0.1, 0.3, 0.6)
    ]
    assert np.count_nonzero(starts) <= 6
