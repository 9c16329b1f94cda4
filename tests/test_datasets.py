"""The shipped series equal their sources."""

import re
import subprocess
import sys
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from skgru.datasets import (
    load_airline_passengers,
    load_seattle_weather,
    load_sunspots,
    make_sine,
)

LOADERS = pytest.mark.parametrize(
    "load",
    [load_airline_passengers, load_seattle_weather, load_sunspots],
    ids=lambda load: load.__name__,
)


def test_make_sine_is_the_series_of_the_reference_job():
    series = make_sine()
    assert series.shape == (1000, 1)
    assert series.dtype == np.float64
    np.testing.assert_array_equal(series[:, 0], np.sin(np.linspace(0, 100, 1000)))


def test_make_sine_takes_other_lengths_and_angles():
    np.testing.assert_allclose(make_sine(3, stop=np.pi)[:, 0], [0.0, 1.0, 0.0], atol=1e-15)


@pytest.mark.parametrize("n_samples", [0, -1, 2.5, True, "ten"])
def test_make_sine_refuses_what_is_no_number_of_rows(n_samples):
    message = f"n_samples={n_samples!r} is not a number of rows: give an integer of at least 1."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make_sine(n_samples)


def test_sunspots_equal_the_data_of_statsmodels():
    # statsmodels' modules are imported here because their import takes seconds.
    from statsmodels.datasets import sunspots

    source = sunspots.load_pandas().data
    series = load_sunspots()
    assert series.shape == (309, 1)
    assert series.dtype == np.float64
    np.testing.assert_array_equal(series[:, 0], source["SUNACTIVITY"])
    np.testing.assert_array_equal(load_sunspots(as_frame=True).index.year, source["YEAR"])


def test_sunspots_as_a_data_frame():
    series = load_sunspots(as_frame=True)
    assert isinstance(series, pd.DataFrame)
    assert isinstance(series.index, pd.PeriodIndex)
    assert list(series.columns) == ["sunspots"]
    assert (series.index[0].year, series.index[-1].year) == (1700, 2008)


def test_airline_passengers_equal_the_data_of_statsmodels():
    from statsmodels.tsa.statespace.tests.results.results_sarimax import air2_data

    series = load_airline_passengers()
    assert series.shape == (144, 1)
    assert series.dtype == np.float64
    np.testing.assert_array_equal(series[:, 0], air2_data)


def test_airline_passengers_as_a_data_frame():
    series = load_airline_passengers(as_frame=True)
    assert isinstance(series.index, pd.PeriodIndex)
    assert (series.index.name, series.index.freqstr) == ("month", "M")
    assert list(series.columns) == ["passengers"]
    expected = pd.period_range("1949-01", "1960-12", freq="M", name="month")
    pd.testing.assert_index_equal(series.index, expected)


def test_seattle_weather_has_the_rows_and_sums_of_its_source():
    series = load_seattle_weather()
    assert series.shape == (1461, 6)
    assert series.dtype == np.float64
    np.testing.assert_array_equal(series[1, :4], [10.9, 10.6, 2.8, 4.5])
    np.testing.assert_array_equal(series[-1, :4], [0.0, 5.6, -2.1, 3.5])
    # Sums over vega_datasets 0.9.0, in tenths of the units: every value has one decimal.
    tenths = (10 * series[:, :4]).round().sum(axis=0)
    np.testing.assert_array_equal(tenths, [44260, 240175, 120310, 47353])
    assert (series[:, 1] >= series[:, 2]).all()


def test_seattle_weather_as_a_data_frame():
    series = load_seattle_weather(as_frame=True)
    measured = ["precipitation", "temp_max", "temp_min", "wind"]
    assert list(series.columns) == [*measured, "year_sin", "year_cos"]
    assert isinstance(series.index, pd.DatetimeIndex)
    assert (series.index.name, series.index.freqstr) == ("date", "D")
    assert list(series.index) == list(pd.date_range("2012-01-01", "2015-12-31"))


def test_the_season_of_seattle_is_known_in_advance():
    series = load_seattle_weather(as_frame=True)
    # The formula of the docstring, which serves for days to come.
    angle = 2 * np.pi * series.index.day_of_year / 365.25
    np.testing.assert_allclose(series["year_sin"], np.sin(angle), rtol=0, atol=1e-15)
    np.testing.assert_allclose(series["year_cos"], np.cos(angle), rtol=0, atol=1e-15)
    steps = np.hypot(*np.diff(series[["year_sin", "year_cos"]], axis=0).T)
    assert steps.max() < 0.03  # no jump at the turn of a year


@LOADERS
def test_frame_and_array_hold_the_same(load):
    series = load(as_frame=True)
    assert isinstance(series, pd.DataFrame)
    np.testing.assert_array_equal(series.to_numpy(), load())


@LOADERS
def test_each_load_is_the_callers_own(load):
    series = load()
    expected = series.copy()
    series[:] = -1000.0
    np.testing.assert_array_equal(load(), expected)


@LOADERS
def test_without_pandas_the_error_names_the_remedy(load, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    message = (
        f"{load.__name__}(as_frame=True) needs pandas, which is not installed. Install it with "
        "'pip install pandas', or use as_frame=False for an array."
    )
    with pytest.raises(ImportError, match=f"^{re.escape(message)}$"):
        load(as_frame=True)


def test_source_and_licence_are_shipped_beside_the_data():
    folder = resources.files("skgru.datasets")
    sources = folder.joinpath("SOURCES.md").read_text(encoding="utf-8")
    files = {file.name for file in folder.iterdir() if file.name.endswith(".csv")}
    assert files == {"airline_passengers.csv", "seattle_weather.csv", "sunspots.csv"}
    for section in sources.split("\n## ")[1:]:
        files.remove(section.partition("\n")[0])
        assert "\n- Source: " in section
        assert "\n- Licence: " in section
    assert not files


def test_datasets_do_not_import_tensorflow():
    code = (
        "import sys, skgru.datasets as d; [getattr(d, name)() for name in d.__all__]; "
        "print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
