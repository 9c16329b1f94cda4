"""Files with a column for each date: the message, and its remedy."""

import re

import numpy as np
import pandas as pd
import pytest

from skgru._cli.main import main
from tests.cli.test_main import answer, refused

FORECAST = ["--horizon", "2", "--zero-shot"]
MONTHS = pd.date_range("2018-01-01", periods=72, freq="MS")
SALES = 100 + 10 * np.sin(np.arange(72) * np.pi / 6) + np.arange(72) % 5


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def by_date(form):
    """A row for each shop."""
    return pd.DataFrame([SALES, 2 * SALES], ["a", "b"], MONTHS.strftime(form)).rename_axis("shop")


def by_month(form):
    """A row for each year."""
    data = {"year": MONTHS.year, "month": MONTHS.strftime(form), "sales": SALES}
    wide = pd.DataFrame(data).pivot_table(index="year", columns="month", values="sales")
    return wide[list(dict.fromkeys(MONTHS.strftime(form)))]


@pytest.mark.parametrize("form", ["%Y-%m", "%Y%m", "%b-%y", "%Y-%m-%d", "%d.%m.%Y", "%b", "%B"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_the_remedy_gives_the_forecast_of_the_turned_file(form, separator, capsys):
    is_by_month = form in ("%b", "%B")
    wide = by_month(form) if is_by_month else by_date(form)
    wide.to_csv("a.csv", sep=separator)
    name = wide.columns[0]
    first, kind = ("year", "month") if is_by_month else ("shop", "date")
    for options in ([], ["--time", first], ["--no-time"]):
        parts = (f"a.csv has a column for each {kind}: {name}", f"columns {first}, {kind}, value")
        refused(capsys, "forecast", "a.csv", *FORECAST, *options, parts=parts)
    assert main(["forecast", "a.csv", *FORECAST]) == 2
    exec(re.search("In Python: (.*)", capsys.readouterr().err)[1])  # writes long.csv
    table, err = answer(capsys, "forecast", "long.csv", *FORECAST)
    one = pd.DataFrame({"date": MONTHS.strftime("%Y-%m"), "sales": SALES})
    one.to_csv("one.csv", index=False)
    expected, _ = answer(capsys, "forecast", "one.csv", *FORECAST)
    np.testing.assert_allclose(table["value"][:2], expected["sales"], rtol=1e-6)
    assert "--time year+month" in err or "--group shop" in err


@pytest.mark.parametrize(
    "names", [range(1990, 2020), ["Q1", "Q2", "Q3", "Q4"], ["W01", "W2", "W3"]]
)
def test_years_quarters_and_weeks_as_columns(names, capsys):
    frame = pd.DataFrame([range(len(names))] * 3, columns=names).assign(name=list("abc"))
    frame.to_csv("a.csv", index=False)
    refused(capsys, "forecast", "a.csv", *FORECAST, parts=("a column for each", "melt(['name']"))


@pytest.mark.parametrize("names", [["W1", "W2", "W3"], ["Q1", "Q2", "Q3"], ["mar", "may", "dec"]])
def test_sensors_beside_dates_are_no_dates(names, capsys):
    frame = pd.DataFrame(np.ones((72, 3)), columns=names).assign(date=MONTHS.strftime("%Y-%m-%d"))
    frame.to_csv("a.csv", index=False)
    refused(capsys, "forecast", "a.csv", *FORECAST, parts=("--target is missing", names[0]))


def test_a_target_that_is_named_is_forecast(capsys):
    by_month("%b").to_csv("a.csv")
    table, _ = answer(capsys, "forecast", "a.csv", *FORECAST, "--target", "Jan")
    assert list(table["year"]) == [2024, 2025]
