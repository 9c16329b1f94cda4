"""Warnings of values that are probably no values: of a part of a month, and codes such as -999."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru.datasets import load_airline_passengers, load_sunspots
from tests.helpers import warns

PASSENGERS = load_airline_passengers(as_frame=True)["passengers"].astype(float)


def forecaster(**parameters):
    return SequenceForecaster(pretrained="only", horizon=6, **parameters)


def with_last(series, value):
    changed = series.copy()
    changed.iloc[-1] = value
    return changed


@pytest.mark.parametrize("value", [0, 100, 250, 2000])
@pytest.mark.parametrize("unit", [1, 1e-9, 1e12])
def test_a_part_of_a_month_is_told_of_and_the_remedies_work(value, unit):
    series = unit * with_last(PASSENGERS, value)
    with warns("The last value of X", f"{unit * value:g}", "has not ended", "leave this row out"):
        forecaster().fit(series)
    expected = forecaster().fit(unit * PASSENGERS[:-1]).forecast(7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        without = forecaster().fit(series[:-1]).forecast(7)
    pd.testing.assert_series_equal(without, expected)
    with warns("X ends in 1 row of NaN"):  # and nothing else
        as_gap = forecaster().fit(with_last(series, np.nan)).forecast(6)
    np.testing.assert_allclose(as_gap, without[1:], rtol=0.1)


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (pd.Series(np.linspace(50, 90, 20), pd.date_range("2005", periods=20, freq="YS")), 31.0),
        (PASSENGERS[:20], 10.0),  # less than three seasons
    ],
)
def test_without_three_seasons_changes_are_compared(rows, value):
    with warns("The last value of X", f"{value:g}"):
        forecaster().fit(with_last(rows, value))


def test_usual_series_bring_no_warning():
    rng = np.random.default_rng(0)
    index = pd.date_range("2020", periods=200, freq="D")
    growing = pd.Series(1.05 ** np.arange(200), index)
    demand = pd.Series(rng.poisson(0.2, 200).astype(float), index)
    demand.iloc[-1] = 9.0
    sunspots = load_sunspots(as_frame=True).iloc[:, 0]
    walk = pd.Series(rng.normal(size=200).cumsum(), index)
    shift = pd.Series(np.where(np.arange(200) < 197, 10.0, 90.0) + rng.normal(size=200), index)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="The last value")
        warnings.filterwarnings("ignore", message="season")
        forecaster().fit(shift)  # three rows are at the new level
        for series in (PASSENGERS, growing, demand, sunspots, walk):
            for end in range(len(series) - 12, len(series) + 1):
                forecaster().fit(series[:end])


def test_several_series_and_columns():
    frame = pd.DataFrame({"a": PASSENGERS, "b": 2 * PASSENGERS, "c": PASSENGERS})
    frame.loc[frame.index[-1], ["b", "c"]] = 0.0
    with warns("0 of series 'b', and 1 more"):
        forecaster(group="columns").fit(frame)
    with warns("0 of column 'b', and 1 more"):
        forecaster().fit(frame)


# Codes of missing values


@pytest.mark.parametrize("code", [-999, -99.9, -9999, -1e20, 9999, 32767])
@pytest.mark.parametrize("form", ["target", "covariate", "panel"])
def test_a_code_of_missing_values_is_told_of_and_the_remedy_works(code, form):
    rng = np.random.default_rng(0)
    index = pd.date_range("2022", periods=120, freq="D")
    frame = pd.DataFrame(20 + rng.normal(size=(120, 2)), index, columns=["a", "b"])
    frame.iloc[[40, 70], 1] = code
    options = {"target": {}, "covariate": {"known": "b"}, "panel": {"group": "columns"}}[form]
    name = "Series 'b'" if form == "panel" else "Column 'b'"
    model = SequenceForecaster(Ridge(), horizon=7, season_length=1, **options)
    with warns(f"{name} of X holds {code:g} in 2 rows", "replace it by NaN"):
        model.fit(frame)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Column")
        warnings.filterwarnings("ignore", message="Covariate 'b' has NaN")
        fitted = model.fit(frame.replace(code, np.nan))
    if form != "covariate":
        assert (fitted.forecast() - 20).abs().max(axis=None) < 3


@pytest.mark.parametrize(
    "values",
    [
        np.r_[np.zeros(50), 1, np.zeros(49)],  # a promotion
        np.r_[np.arange(50) % 4, 99, np.arange(49) % 4],  # a single large sale
        np.r_[np.arange(100) % 7 + 995.0],  # values around 999
        np.r_[-np.arange(99.0), -99],
        np.full(100, 9.0),
    ],
)
def test_values_that_are_no_codes(values):
    X = pd.Series(values, pd.date_range("2022", periods=100, freq="D"))
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*missing value")
        warnings.filterwarnings("ignore", message=".*season")
        forecaster().fit(X)


# Units


@pytest.mark.parametrize("factor", [1e-3, 1e3, 60.0, 1e-6])
@pytest.mark.parametrize("at", [2, 10, 48, 70, 80, 82])
def test_a_change_of_the_unit_is_told_of_and_the_remedy_works(factor, at):
    rng = np.random.default_rng(0)
    values = 100 + 20 * np.sin(2 * np.pi * np.arange(84) / 12) + 4 * rng.normal(size=84)
    values[at:] *= factor
    X = pd.Series(values, pd.date_range("2015", periods=84, freq="MS"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        forecaster().fit(X)
    told = [str(one.message) for one in caught if "change of the unit" in str(one.message)]
    assert len(told) == 1 and f"From {X.index[at].date()} on" in told[0]
    for remedy in (X[at:], X.where(X.index >= X.index[at], factor * X)):
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*change of the unit")
            warnings.filterwarnings("ignore", message="season_length|.*season")
            fitted = forecaster().fit(remedy)
        assert (fitted.forecast() / factor - 100).abs().max() < 50


def test_growth_zeros_and_steps_are_no_change_of_the_unit():
    index = pd.date_range("2020", periods=100, freq="D")
    t = np.arange(100)
    for values in (1.2**t, np.where(t < 50, 0.0, 100.0 + t), np.where(t < 50, 10.0, 100.0) + t % 7):
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*change of the unit")
            warnings.filterwarnings("ignore", message=".*season|The last value")
            forecaster().fit(pd.Series(values, index))


@pytest.mark.parametrize("factor", [100, 1000])
@pytest.mark.parametrize("row", [40, 70])
def test_a_single_wrong_value_hides_no_season(factor, row):
    series = PASSENGERS[:84].copy()
    expected = forecaster().fit(series).forecast(12)
    series.iloc[row] *= factor
    with warns("far outside its other values", "replace it by NaN"):
        fitted = forecaster().fit(series)
    assert fitted.season_length_ == 12
    assert np.abs(np.log(fitted.forecast(12) / expected)).max() < 0.1
