"""The shipped series equal their sources."""

import re
import subprocess
import sys
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from skgru.datasets import load_sunspots, make_sine


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
    np.testing.assert_array_equal(series.to_numpy(), load_sunspots())


def test_each_load_is_the_callers_own():
    load_sunspots()[:] = -1.0
    assert load_sunspots().min() >= 0.0


def test_without_pandas_the_error_names_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    message = (
        "load_sunspots(as_frame=True) needs pandas, which is not installed. Install it with "
        "'pip install pandas', or use as_frame=False for an array."
    )
    with pytest.raises(ImportError, match=f"^{re.escape(message)}$"):
        load_sunspots(as_frame=True)


def test_source_and_licence_are_shipped_beside_the_data():
    sources = resources.files("skgru.datasets").joinpath("SOURCES.md").read_text(encoding="utf-8")
    assert "sunspots.csv" in sources
    assert "public domain" in sources


def test_datasets_do_not_import_tensorflow():
    code = (
        "import sys, skgru.datasets as d; d.make_sine(); d.load_sunspots(); "
        "print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
