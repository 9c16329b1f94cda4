"""Whole numbers in the column of dates: dates, which are refused with their formats, and rows."""

import re

import numpy as np
import pandas as pd
import pytest

from skgru._cli.dates import DateForm, read_dates
from skgru._cli.errors import Refused
from tests.cli.test_main import answer, refused
from tests.helpers import fails, warns

RANGES = {
    "days": pd.date_range("2024-01-01", periods=40),
    "open days": pd.bdate_range("2023-12-20", periods=60).delete(7),
    "year of months": pd.date_range("2022-01-01", periods=12, freq="MS"),
    "months": pd.date_range("2021-01-01", periods=36, freq="MS"),
    "month ends": pd.date_range("2021-01-31", periods=36, freq="ME"),
}
OF_DAYS = ("%d%m%Y", "%m%d%Y", "%y%m%d", "%d%m%y", "%m%d%y", "%Y%j")
OF_MONTHS = ("%m%Y", "%y%m", "%m%y")
CASES = [(kind, form) for kind in RANGES for form in OF_DAYS]
CASES += [(kind, form) for kind in ("year of months", "months") for form in OF_MONTHS]


def read(texts, **wanted):
    texts = list(map(str, texts))
    return read_dates(texts, DateForm(**wanted), "day", "a.csv", range(2, 2 + len(texts)))[0]


def remedies(texts):
    """The formats that the message about a column names."""
    with pytest.raises(Refused) as caught:
        read(texts)
    text = str(caught.value)
    assert text.startswith("--time day: a.csv, line ")
    assert "--date-format number" in text
    return re.findall(r"--date-format ([%\w]+?)[,)]", text)


@pytest.mark.parametrize("loses_zeros", [False, True])
@pytest.mark.parametrize(("kind", "form"), CASES)
def test_digits_that_may_be_dates_are_refused_with_their_format(kind, form, loses_zeros):
    texts = RANGES[kind].strftime(form)
    texts = [one.lstrip("0") if loses_zeros else one for one in texts]
    found = remedies(texts)
    assert form in found
    dates = [read(texts, form=one) for one in found]
    unit = "M" if form in OF_MONTHS else "D"
    assert list(dates[found.index(form)].to_period(unit)) == list(RANGES[kind].to_period(unit))
    numbers = dates[found.index("number")]
    assert list(numbers) == [int(one) for one in texts]


def excel_days(dates):
    return (dates - pd.Timestamp("1899-12-30")).days


@pytest.mark.parametrize("kind", RANGES)
def test_days_of_excel(kind):
    days = excel_days(RANGES[kind])
    assert remedies(days) == ["excel", "number"]
    assert list(read(days, form="excel")) == list(RANGES[kind])


@pytest.mark.parametrize("mark", [".", ","])
def test_days_of_excel_with_a_time(mark):
    hours = pd.date_range("2024-03-30", periods=72, freq="h")
    days = (hours - pd.Timestamp("1899-12-30")) / pd.Timedelta("1D")
    texts = [f"{one:.9f}".replace(".", mark) for one in days]
    fails(lambda: read(texts), "line 2", repr(texts[0]), "--date-format excel", error=Refused)
    assert list(read(texts, form="excel")) == list(hours)


@pytest.mark.parametrize("form", ["%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S"])
def test_times_that_begin_with_the_year_are_read(form):
    hours = pd.date_range("2024-02-28", periods=72, freq="h")
    assert list(read(hours.strftime(form))) == list(hours)


@pytest.mark.parametrize(
    "numbers",
    [
        range(1, 400), range(30), range(1, 5001), range(2024, 1990, -1), range(2001, 2013),
        [2010, 2011, 2012], [2001, 2002, 2004, 2005], range(101, 113), range(999, 1013),
        range(100, 1300, 100), range(20000, 60000, 1000), range(100001, 100200), [1, 2, 4, 5, 9],
        [1105],
    ],
)  # fmt: skip
def test_numbers_of_rows_and_years_stay_numbers(numbers):
    assert list(read(numbers)) == list(numbers)


@pytest.mark.parametrize("texts", [["001", "002", "003"], [f"{at:04}" for at in range(1, 13)]])
def test_numbers_of_rows_with_leading_zeros(texts):
    assert list(read(texts)) == list(map(int, texts))


def test_a_reading_in_which_both_orders_differ_is_shown():
    texts = RANGES["year of months"].strftime("%d%m%Y")
    parts = ("line 3", "'01022022'", "2022-02-01 (--date-format %d%m%Y)", "2022-01-02")
    fails(lambda: read(texts), *parts, error=Refused)


def test_months_that_may_be_days_of_2020():
    texts = pd.date_range("2020-01-01", periods=12, freq="MS").strftime("%y%m%d")
    parts = ("2001-01 (--date-format %Y%m)", "2020-01-01 (--date-format %y%m%d)")
    fails(lambda: read(texts), *parts, error=Refused)
    assert list(read(texts, form="%y%m%d").month) == list(range(1, 13))
    assert str(read([f"2001{at:02}" for at in range(1, 13)])[11]) == "2001-12"


def test_a_wrong_date_among_digits():
    texts = [*RANGES["days"].strftime("%d%m%Y"), "32012024"]
    fails(lambda: read(texts), "line 42", "'32012024'", "%d%m%Y", error=Refused)


@pytest.mark.parametrize("wanted", ["number", "excel", "%d%m%Y"])
def test_a_format_that_does_not_fit(wanted):
    texts = ["01022024", "x"]
    fails(lambda: read(texts, form=wanted), f"--date-format {wanted}", error=Refused)


@pytest.mark.parametrize("form", ["excel", "%d%m%Y", "%y%m%d"])
def test_forecasts_of_digits_are_those_of_dates(form, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    days = pd.date_range("2024-01-10", periods=70)
    sales = np.tile([10.0, 11, 12, 12, 15, 30, 28], 10) + np.arange(70) % 3 / 10
    frame = pd.DataFrame({"date": days.strftime("%Y-%m-%d"), "sales": sales})
    frame.to_csv("iso.csv", index=False)
    digits = excel_days(days) if form == "excel" else days.strftime(form)
    frame.assign(date=digits).to_csv("digits.csv", index=False)
    argv = ["--horizon", "7", "--zero-shot"]
    expected, _ = answer(capsys, "forecast", "iso.csv", *argv)
    refused(capsys, "forecast", "digits.csv", *argv, "--fill-gaps", parts=(f"format {form}",))
    argv += ["--date-format", form, "--save", "m.skgru"]
    table, _ = answer(capsys, "forecast", "digits.csv", *argv)
    pd.testing.assert_frame_equal(table, expected)
    later = pd.DataFrame({"date": digits[-1:], "sales": 5}).astype(str)
    later.to_csv("later.csv", index=False)
    argv = ["forecast", "later.csv", "--model", "m.skgru", "--horizon", "1"]
    refused(capsys, *argv, parts=(f"--date-format {form}",))
    _, err = answer(capsys, *argv, "--date-format", form)
    assert "1 row" in err  # is held already


def test_a_model_of_numbers_takes_numbers_that_may_be_dates(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"day": np.arange(1, 241201), "sales": np.arange(241200) % 7.0})
    frame[-400:].to_csv("a.csv", index=False)
    argv = ["--zero-shot", "--horizon", "2", "--save", "m.skgru"]
    table, _ = answer(capsys, "forecast", "a.csv", *argv)
    assert list(table["day"]) == [241201, 241202]
    table.to_csv("new.csv", index=False)
    again, _ = answer(capsys, "forecast", "new.csv", "--model", "m.skgru", "--horizon", "1")
    assert list(again["day"]) == [241203]


def test_whole_numbers_that_were_written_as_floats():
    assert list(read(["2023.0", "2024.0"])) == [2023, 2024]
    assert str(read(["202401.0", "202402.0"])[1]) == "2024-02"
    with warns("seconds since 1970"):
        assert read(["1704067200.0"])[0] == pd.Timestamp("2024-01-01")
    assert "excel" in remedies(["45292.0", "45293.0", "45294.0"])
    parts = ("line 2", "'1.70407e+09'", "all of their digits")
    fails(lambda: read(["1.70407e+09", "1.70407e+09"]), *parts, error=Refused)
