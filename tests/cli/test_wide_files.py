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


def turned(capsys, *options):
    """Run the code of the message, which writes long.csv."""
    assert main(["forecast", "a.csv", *FORECAST, *options]) == 2
    err = capsys.readouterr().err
    exec(re.search(r"In Python: (.*?\.to_csv\('long.csv', index=False\))", err)[1])
    return err


@pytest.mark.parametrize(
    "names",
    [
        "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "janv. f\u00e9vr. mars avr. mai juin juil. ao\u00fbt sept. oct. nov. d\u00e9c.",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M11 M12",
    ],
)
def test_no_month_is_lost(names, capsys):
    """Numbers of thousands in a file of Excel, in another encoding."""
    wide = by_month("%m") * 10
    texts = wide.map(lambda one: f"{one:,.0f}".replace(",", "."))
    texts = texts.set_axis(names.split(), axis=1).rename_axis("Jahr").reset_index()
    text = texts.to_csv(sep=";", index=False, lineterminator="\n")
    with open("a.csv", "w", encoding="cp1252") as file:
        file.write("sep=;\n" + text)
    turned(capsys)
    argv = ["forecast", "long.csv", *FORECAST, "--decimal", ","]
    table, _ = answer(capsys, *argv)
    assert list(table.iloc[:, 0]) == ["2024-01", "2024-02"]
    values = [float(f"{one:.0f}") for one in SALES * 10]
    pd.DataFrame({"date": MONTHS.strftime("%Y-%m"), "sales": values}).to_csv("one.csv", index=False)
    expected, _ = answer(capsys, "forecast", "one.csv", *FORECAST)
    np.testing.assert_allclose(table["value"], expected["sales"], rtol=1e-6)


HOURS = pd.date_range("2024-01-01", periods=480, freq="h")


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ([f"H{at}" for at in range(1, 25)], 1), ([f"HE{at:02}" for at in range(1, 25)], 1),
        (range(24), 0), (range(1, 25), 1), ([f"{at:02}:00" for at in range(24)], 0),
        ([f"hour_{at}" for at in range(24)], None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d"])
def test_hours_as_columns(names, first, form, capsys):
    sales = 100 + 10 * np.sin(HOURS.hour * np.pi / 12)
    wide = pd.DataFrame(sales.to_numpy().reshape(20, 24), columns=list(map(str, names)))
    wide.insert(0, "date", HOURS[::24].strftime(form))
    wide.to_csv("a.csv", index=False)
    if first is None:
        refused(capsys, "forecast", "a.csv", *FORECAST, parts=("--target is missing",))
        return
    turned(capsys)
    table, _ = answer(capsys, "forecast", "long.csv", *FORECAST)
    assert table.iloc[0, 0] == str(HOURS[-1] + pd.Timedelta(1 + first, "h"))


@pytest.mark.parametrize("with_year", [False, True])
def test_days_of_months_as_columns(with_year, capsys):
    days = pd.date_range("2024-01-01", "2024-06-30")
    data = {"month": days.strftime("%Y-%m"), "day": days.day, "sales": days.day_of_week + 0.5}
    wide = pd.DataFrame(data).pivot_table(index="month", columns="day", values="sales")
    wide = wide.reset_index()
    if with_year:
        wide.insert(0, "year", wide["month"].str[:4])
        wide["month"] = wide["month"].str[5:]
    wide.to_csv("a.csv", index=False)
    turned(capsys)
    table, _ = answer(capsys, "forecast", "long.csv", *FORECAST, "--target", "value")
    assert list(table.iloc[:, 0]) == ["2024-07-01", "2024-07-02"]
    np.testing.assert_allclose(table["value"], [0.5, 1.5], atol=0.1)


def test_days_of_excel_and_years_as_columns(capsys):
    days = pd.date_range("2024-01-01", periods=40)
    names = list(map(str, (days - pd.Timestamp("1899-12-30")).days))
    wide = pd.DataFrame([range(40), range(40)], columns=names).assign(shop=["a", "b"])
    wide.to_csv("a.csv", index=False)
    assert "give --date-format excel" in turned(capsys)
    argv = ["forecast", "long.csv", *FORECAST, "--date-format", "excel"]
    assert answer(capsys, *argv)[0]["date"][0] == "2024-02-10"
    data = {"year": MONTHS.year, "month": MONTHS.strftime("%b"), "sales": SALES}
    wide = pd.DataFrame(data).pivot_table(index="month", columns="year", values="sales")
    wide.to_csv("a.csv")
    turned(capsys)
    assert answer(capsys, "forecast", "long.csv", *FORECAST)[0].iloc[0, 0] == "2024-01"


def test_months_of_an_unknown_language_are_not_left_in_the_rows(capsys):
    names = "Jan Feb Mar Apr Maj Kwi Jul Lip Sep Oct Nov Dec".split()  # two are Polish
    wide = by_month("%m").set_axis(names, axis=1)
    wide.to_csv("a.csv")
    argv = ["forecast", "a.csv", *FORECAST]
    refused(capsys, *argv, parts=("Between them", "Kwi, Lip", "names of a month"))
    names[5], names[7] = "Jun", "Aug"
    wide.set_axis(names, axis=1).to_csv("a.csv")
    turned(capsys)
    assert answer(capsys, "forecast", "long.csv", *FORECAST)[0].iloc[0, 0] == "2024-01"


def test_standard_input_is_saved_first(capsys, monkeypatch):
    import io
    import sys

    text = by_month("%b").to_csv().encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    parts = ("standard input as data.csv", "read_csv('data.csv'")
    refused(capsys, "forecast", "-", *FORECAST, parts=parts)


@pytest.mark.parametrize("names", [["T1", "T2", "T3", "T4"], ["1", "2", "3"], range(1, 13)])
def test_numbered_sensors_without_years_are_no_dates(names, capsys):
    frame = pd.DataFrame(np.ones((72, len(names))), columns=names)
    dates = MONTHS.strftime("%Y-%m-%d")
    for date in (None, dates) if names[0] == "T1" else (dates,):
        frame = frame if date is None else frame.assign(date=date)
        frame.to_csv("a.csv", index=False)
        options = ["--no-time"] if date is None else []
        parts = ("--target is missing", str(names[0]))
        refused(capsys, "forecast", "a.csv", *FORECAST, *options, parts=parts)


@pytest.mark.parametrize("names", [["W1", "W2", "W3"], ["Q1", "Q2", "Q3"], ["mar", "may", "dec"]])
def test_sensors_beside_dates_are_no_dates(names, capsys):
    frame = pd.DataFrame(np.ones((72, 3)), columns=names).assign(date=MONTHS.strftime("%Y-%m-%d"))
    frame.to_csv("a.csv", index=False)
    refused(capsys, "forecast", "a.csv", *FORECAST, parts=("--target is missing", names[0]))


def test_a_target_that_is_named_is_forecast(capsys):
    by_month("%b").to_csv("a.csv")
    table, _ = answer(capsys, "forecast", "a.csv", *FORECAST, "--target", "Jan")
    assert list(table["year"]) == [2024, 2025]
