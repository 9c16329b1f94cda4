"""Whole numbers that are times: years, dates such as 202101 and 20210131, and times of Unix."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster, load, save
from skgru._containers.text_dates import unit_of_numbers
from tests.helpers import fails, warns

YEARS = pd.Index(np.arange(1980, 2010), name="year")
DAYS = pd.date_range("2021-01-01", periods=30, name="t")
Y = 10 + np.random.default_rng(0).normal(size=30)


def forecaster(group="shop", **parameters):
    return SequenceForecaster(Ridge(), horizon=2, season_length=1, group=group, **parameters)


def series(index):
    return pd.DataFrame({"y": Y}, index)


def long(index):
    return pd.concat([series(index).assign(shop=shop) for shop in "ab"])


@pytest.mark.parametrize("name", ["year", None])
def test_years_in_the_index_of_a_long_frame_are_continued(name, tmp_path):
    fitted = forecaster().fit(long(YEARS.rename(name)))
    forecast = fitted.forecast()
    assert list(forecast.index) == [2010, 2011] * 2
    assert forecast.index.name == name
    new = pd.DataFrame({"shop": "b", "y": [9.0, 11.0]}, [2010, 2011])
    assert list(fitted.forecast(X=new).index) == [2012, 2013]
    save(fitted, tmp_path / "model.skgru")
    updated = load(tmp_path / "model.skgru").update(new).forecast()
    assert list(updated.index) == [2010, 2011, 2012, 2013]
    fails(lambda: fitted.update(new.set_axis([2011, 2012])), "'b'", "2010", "missing")


def test_years_with_a_gap_are_refused_as_in_a_single_series():
    gap = YEARS.delete(20)
    for X, group in ((series(YEARS).loc[gap], None), (long(YEARS).loc[gap], "shop")):
        with pytest.raises(ValueError, match="no regular step") as error:
            forecaster(group).fit(X)
        code = str(error.value).split("first: ")[1].removesuffix(".")
        regular = eval(code, {"X": X, "pd": pd})
        assert list(forecaster(group).fit(regular).forecast().index[:2]) in (
            [2010, 2011],
            [("a", 2010), ("a", 2011)],
        )


def test_years_of_series_that_follow_each_other():
    """No year occurs twice, as in row numbers, but the index has a name and holds years."""
    first, last = series(YEARS), series(YEARS + 30)
    X = pd.concat([first.assign(shop="a"), last.assign(shop="b")])
    assert list(forecaster().fit(X).forecast().index) == [2010, 2011, 2040, 2041]


def test_numbers_of_the_rows_of_the_frame_are_no_times():
    X = long(YEARS)
    each = X.assign(row=np.arange(60)).set_index("row")  # 0 to 59
    of_each_series = pd.concat([series(range(30)).assign(shop=shop) for shop in "ab"])
    some_rows = X.reset_index(drop=True).drop([3, 40])
    for numbered in (each, of_each_series, some_rows):
        assert list(forecaster().fit(numbered).forecast().index) == [0, 1, 2, 3]


@pytest.mark.parametrize("levels", [False, True])
def test_years_as_floats_are_refused_with_code(levels):
    X = long(YEARS.astype(float))
    X = X.set_index("shop", append=True) if levels else X
    with pytest.raises(ValueError, match="astype") as error:
        forecaster().fit(X)
    names = {"X": X}
    exec(str(error.value).split("integers: ")[1].removesuffix("."), names)
    forecaster().fit(names["X"])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_unix_are_refused_with_code(unit):
    numbers = pd.Index(DAYS.as_unit(unit).asi8, name="t")
    assert unit_of_numbers(numbers) == unit
    wide = series(numbers).assign(z=Y)
    cases = {
        "single": (series(numbers), None, "dates: "),
        "column": (series(numbers).reset_index(), None, "Convert them: "),
        "wide": (wide, "columns", "dates: "),
        "long": (long(numbers), "shop", "Convert them: "),
        "level": (long(numbers).set_index("shop", append=True), "shop", "Convert them: "),
        "long column": (long(numbers).reset_index(), "shop", "Convert them: "),
    }
    cases["polars"] = (pl.from_pandas(series(numbers).reset_index()), None, "Convert them: ")
    for X, group, before in cases.values():
        with pytest.raises(ValueError, match=r"hold|has an index of int64") as error:
            forecaster(group).fit(X)
        code = str(error.value).split(before)[1].split(", or name")[0].removesuffix(".")
        names = {"X": X, "pd": pd, "pl": pl}
        exec(code if code.startswith("X.index =") else f"X = {code}", names)
        forecast = forecaster(group).fit(names["X"]).forecast()
        shown = forecast if isinstance(forecast, pl.DataFrame) else forecast.reset_index()
        assert "2021-01-31" in str(shown["t"] if "t" in shown.columns else shown)


def test_amounts_are_no_times():
    """Whole numbers of the size of seconds since 1970, which grow by unequal steps."""
    amounts = 1_500_000_000 + np.cumsum(np.random.default_rng(0).integers(1, 10**7, 30))
    assert unit_of_numbers(np.array([20210101])) is None
    forecaster(None).fit(pd.DataFrame({"y": Y, "amount": amounts}, DAYS))


def test_a_column_of_years_with_a_gap_warns():
    X = long(YEARS).loc[YEARS.delete([5, 20])].reset_index()
    with warns("'year' of X seems to hold years", "target"):
        forecaster().fit(X)


PARTS = {
    "month": lambda dates: dates.month,
    "year": lambda dates: dates.year,
    "day of the week": lambda dates: dates.day_of_week,
    "day of the week, from 1 on": lambda dates: dates.day_of_week + 1,
    "weekend": lambda dates: dates.day_of_week > 4,
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("form", ["frame", "long", "polars"])
def test_parts_of_the_dates_are_warned_of_as_targets(part, form):
    dates = pd.date_range("2025-01-01", periods=400, name="day")
    frame = pd.DataFrame({"sales": np.arange(400) % 9.0, "part": 1 * PARTS[part](dates)}, dates)
    forecaster = SequenceForecaster(Ridge(), season_length=1)
    X = frame
    if form == "polars":
        X = pl.DataFrame(frame.reset_index())
    if form == "long":
        forecaster.set_params(group="shop")
        X = pd.concat({"a": frame, "b": frame[100:]}, names=["shop"])
    with warns(f"'part' of X holds the {part} of the dates", "calendar=True", "in target"):
        forecaster.fit(X)
    forecaster.set_params(target="sales").fit(X)  # the remedies
    is_polars = form == "polars"
    X = X.drop("part") if is_polars else X.drop(columns="part")
    forecaster.set_params(target=None, calendar=True).fit(X)


def test_other_numbers_are_no_parts_of_the_dates():
    dates = pd.date_range("2025-01-01", periods=60)
    moved = pd.DataFrame(
        {"sales": np.arange(60) % 9.0, "day": np.roll(dates.day_of_week, 1)}, dates
    )
    SequenceForecaster(Ridge(), season_length=1).fit(moved)
    zeros = moved.assign(day=0.0)  # the hour of all rows
    SequenceForecaster(Ridge(), season_length=1).fit(zeros)
