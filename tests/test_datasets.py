"""The shipped data equal their sources."""

import re
import sys
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from skgru.datasets import (
    load_aapl,
    load_airline_passengers,
    load_basic_motions,
    load_first_names,
    load_japanese_vowels,
    load_movie_reviews,
    load_seattle_weather,
    load_sunspots,
    make_sine,
)
from tests.helpers import raises, run_python

LOADERS = pytest.mark.parametrize(
    "load",
    [load_aapl, load_airline_passengers, load_seattle_weather, load_sunspots],
    ids=lambda load: load.__name__,
)
LABELLED = pytest.mark.parametrize(
    "load",
    [load_basic_motions, load_first_names, load_japanese_vowels, load_movie_reviews],
    ids=lambda load: load.__name__,
)
WITH_PARTS = pytest.mark.parametrize(
    "load", [load_basic_motions, load_japanese_vowels], ids=lambda load: load.__name__
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
    message = (f"n_samples={n_samples!r}", "int", "1")
    with raises(message):
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


def test_aapl_has_the_rows_and_sum_of_its_source():
    series = load_aapl()
    assert series.shape == (3270, 1)
    assert series.dtype == np.float64
    # bokeh_sampledata 2026.1 has 4.186662803811, 3.9196750983419 and 56.137353095488.
    np.testing.assert_array_equal(series[[0, 1, -1], 0], [4.1867, 3.9197, 56.1374])
    assert (1e4 * series).round().sum() == 607130076


def test_aapl_as_a_data_frame():
    series = load_aapl(as_frame=True)
    assert list(series.columns) == ["adj_close"]
    assert isinstance(series.index, pd.DatetimeIndex)
    assert (series.index.name, series.index.freq) == ("date", None)
    assert (str(series.index[0].date()), str(series.index[-1].date())) == (
        "2000-03-01",
        "2013-03-01",
    )
    assert series.index.is_monotonic_increasing
    assert series.index.is_unique
    assert (series.index.day_of_week < 5).all()


def integer_sums(X, decimals):
    """Sum over all steps of each channel, in units of the last decimal."""
    return (10**decimals * np.vstack(X)).round().sum(axis=0).astype(np.int64).tolist()


def test_japanese_vowels_have_the_frames_and_sums_of_their_source():
    X, y = load_japanese_vowels()
    assert isinstance(X, list)
    assert len(X) == len(y) == 640
    assert {utterance.dtype for utterance in X} == {np.dtype(np.float64)}
    assert {utterance.shape[1] for utterance in X} == {12}
    lengths = [len(utterance) for utterance in X]
    assert (min(lengths), max(lengths), sum(lengths)) == (7, 29, 9961)
    # sktime 1.2.0 begins 1.860936, -0.207383, 0.261557 and ends -0.016634, 0.224688
    np.testing.assert_array_equal(X[0][0, :3], [1.861, -0.207, 0.262])
    np.testing.assert_array_equal(X[-1][-1, -2:], [-0.017, 0.225])
    train, test = (load_japanese_vowels(subset=part)[0] for part in ("train", "test"))
    assert integer_sums(train, 3)[:4] == [3714529, -2369945, 1051852, -1142441]
    assert integer_sums(test, 3)[:4] == [4292542, -2896604, 1238753, -1734121]


def test_japanese_vowels_have_the_speakers_of_their_source():
    speakers = [str(speaker) for speaker in range(1, 10)]
    train, test = (load_japanese_vowels(subset=part)[1] for part in ("train", "test"))
    # The counts that the UCI repository states, speaker after speaker.
    np.testing.assert_array_equal(train, np.repeat(speakers, 30))
    counts = [31, 35, 88, 44, 29, 24, 40, 50, 29]
    np.testing.assert_array_equal(test, np.repeat(speakers, counts))


def test_basic_motions_have_the_steps_and_sums_of_their_source():
    X, y = load_basic_motions()
    assert X.shape == (80, 100, 6)
    assert X.dtype == np.float64
    # Every value of sktime 1.2.0 has six decimals at most.
    np.testing.assert_array_equal(X[0, 0, :3], [0.079106, 0.394032, 0.551444])
    np.testing.assert_array_equal(X[-1, -1, :3], [-2.074749, -6.892377, 4.848379])
    assert integer_sums(X[:40], 6)[:3] == [10211038516, -5215747067, -4106321983]
    assert integer_sums(X[40:], 6)[:3] == [9458166515, -5522258225, -4194228999]
    activities = ["Standing", "Running", "Walking", "Badminton"]
    for part in (y[:40], y[40:]):
        assert {activity: np.sum(part == activity) for activity in activities} == dict.fromkeys(
            activities, 10
        )
    # A person who stands moves the least.
    spread = {activity: X[y == activity].std() for activity in activities}
    assert min(spread, key=spread.get) == "Standing"


def test_movie_reviews_are_the_clear_ones_of_their_source():
    X, y = load_movie_reviews()
    assert len(X) == len(y) == len(set(X)) == 4238
    assert y.dtype == np.float64
    assert ((y > 0).sum(), (y < 0).sum()) == (2187, 2051)
    assert (np.abs(y).min(), y.min(), y.max()) == (2.0, -3.88, 3.94)
    # Sums over vaderSentiment 3.3.2.
    assert (100 * y).round().sum() == 23821
    assert sum(map(len, X)) == 464346
    assert all(review == review.strip() and "\n" not in review for review in X)
    assert X[-1] == "Staggeringly dreadful romance."
    assert any("Almod\u00f3var" in review for review in X)  # read as UTF-8


def test_first_names_are_those_of_the_census():
    X, y = load_first_names()
    assert len(X) == len(y) == 5163
    np.testing.assert_array_equal(X, np.unique(X))
    lengths = np.char.str_len(X)
    assert (lengths.min(), lengths.max()) == (2, 11)
    assert all(re.fullmatch("[A-Z][a-z]+", name) for name in X)
    # The census has 4275 names of women and 1219 of men.
    assert np.isin(y, ["female", "both"]).sum() == 4275
    assert np.isin(y, ["male", "both"]).sum() == 1219
    sex = dict(zip(X, y, strict=True))
    assert (sex["Mary"], sex["Linda"], sex["Dwayne"]) == ("both", "female", "male")


@WITH_PARTS
def test_parts_are_the_whole_one_after_the_other(load):
    parts = [load(subset="train"), load(subset="test")]
    X, y = load(subset="all")
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in parts]), y)
    both = [sequence for sequences, _ in parts for sequence in sequences]
    assert len(both) == len(X)
    for sequence, expected in zip(both, X, strict=True):
        np.testing.assert_array_equal(sequence, expected)


@WITH_PARTS
def test_unknown_parts_are_refused(load):
    message = ("subset='validation'", "'train'", "'test'", "'all'")
    with raises(message):
        load(subset="validation")


@LABELLED
def test_each_load_of_sequences_is_the_callers_own(load):
    X, y = load()
    first, label = np.copy(X[0]), y[0]
    if isinstance(X[0], np.ndarray):
        X[0][:] = -1000.0
        assert not np.shares_memory(X[0], X[1])
    y[:] = y[-1]
    again, labels = load()
    np.testing.assert_array_equal(again[0], first)
    assert labels[0] == label


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
    message = (load.__name__, "as_frame=True", "'pip install pandas'", "as_frame=False")
    with raises(message, error=ImportError):
        load(as_frame=True)


def test_source_and_licence_are_shipped_beside_the_data():
    folder = resources.files("skgru.datasets")
    sources = folder.joinpath("SOURCES.md").read_text(encoding="utf-8")
    code = (".py", ".md", "__pycache__")
    files = {file.name for file in folder.iterdir() if not file.name.endswith(code)}
    assert files == {
        "aapl.csv",
        "airline_passengers.csv",
        "basic_motions.npz",
        "first_names.csv",
        "japanese_vowels.npz",
        "movie_reviews.tsv.xz",
        "seattle_weather.csv",
        "sunspots.csv",
    }
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
    assert run_python(code).strip() == "[]"
