"""--until: in the format and the order of the dates of the data, and in no other one."""

import numpy as np
import pandas as pd
import pytest

from skgru._cli.dates import DateForm
from skgru._cli.errors import Refused
from skgru._cli.until_date import until_date
from tests.cli.test_main import answer, refused
from tests.helpers import fails


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


LAST = pd.Timestamp("2024-04-03")
OF_DAYS = ("%d%m%y", "%y%m%d", "%m%d%y", "%d%m%Y", "%Y%m%d", "%Y%j", "%d.%m.%Y", "%m.%d.%Y")
OF_DAYS += ("%Y-%d-%m", "%b %d %Y", "excel", "days")


def written(dates, form):
    if form == "excel":
        return (dates - pd.Timestamp("1899-12-30")).days
    return (dates - pd.Timestamp(0)).days if form == "days" else dates.strftime(form)


@pytest.mark.parametrize("form", OF_DAYS)
def test_until_in_the_format_of_the_data(form, capsys):
    days = pd.date_range("2024-02-01", periods=29)
    pd.DataFrame({"date": written(days, form), "sales": range(29)}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--date-format", form, "--time", "date"]
    argv += ["--target", "sales"]
    untils = [str(written(pd.DatetimeIndex([LAST]), form)[0])]
    untils += ["2024-04-03"] * (form != "%Y-%d-%m")
    for until in untils:
        table, _ = answer(capsys, *argv, "--until", until)
        assert (len(table), table["date"].iloc[-1]) == (34, "2024-04-03")


@pytest.mark.parametrize("form", ["%y%m", "%m%y", "%m%Y", "%Y%m", "%b %y"])
def test_until_a_month_in_the_format_of_the_data(form, capsys):
    months = pd.date_range("2022-01-01", periods=30, freq="MS")
    texts = months.strftime(form)
    pd.DataFrame({"date": texts, "sales": range(30)}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--date-format", form, "--time", "date"]
    for until in (pd.Timestamp("2024-09-01").strftime(form), "2024-09", "Sep 2024"):
        table, _ = answer(capsys, *argv, "--target", "sales", "--until", until)
        assert table["date"].iloc[-1] == "2024-09-01"


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("2023-W47", {}, "2023-11-26"),
        ("47/2023", {"form": "%V/%G"}, "2023-11-26"),
        ("202347", {"form": "%G%V"}, "2023-11-26"),
        ("Mar-25", {}, "2025-03"),
        ("Mrz 25", {}, "2025-03"),
        ("3. M\u00e4rz 2025", {}, "2025-03-03"),
        ("Q2 2025", {}, "2025Q2"),
        ("20252", {"form": "%Y%q"}, "2025Q2"),
        ("2025", {"form": "%d%m%y"}, "2025"),
        ("2025", {"form": "excel"}, "2025"),
        ("2012", {"form": "%y%m"}, "2020-12"),
        ("25", {"form": "%y"}, "2025"),
        ("20250103", {}, "20250103"),
        ("03.01.2025", {"form": "%m.%d.%Y %H:%M"}, "2025-03-01"),
        ("03.01.2025", {"form": "%d.%m.%Y %H:%M"}, "2025-01-03"),
        ("03.01.2025 5:30", {"form": "%d.%m.%Y %H:%M"}, "2025-01-03 05:30:00"),
    ],
)
def test_forms_of_until(text, form, expected):
    assert until_date(text, DateForm(**form)) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("030125", {}), ("250103", {}), ("050125", {"order": "dmy"}), ("03012025", {}),
        ("250103", {"form": "%d%m%Y"}), ("20250103", {"form": "%d%m%y"}), ("soon", {}),
        ("331225", {"form": "%d%m%y"}), ("45660", {}), ("2025-13-01", {}), ("1 3 2025", {}),
    ],
)  # fmt: skip
def test_until_that_fits_no_reading_is_refused(text, form):
    fails(
        lambda: until_date(text, DateForm(**form)), f"--until {text}", "2026-06-30", error=Refused
    )


def test_the_remedies_of_until(capsys):
    days = pd.date_range("2024-02-01", periods=29)
    pd.DataFrame({"date": days.strftime("%d%m%y"), "sales": range(29)}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--date-format", "%d%m%y", "--save", "m.skgru"]
    answer(capsys, *argv, "--until", "030424")
    argv = ["forecast", "--model", "m.skgru", "--until"]  # which holds no format
    refused(capsys, *argv, "030424", parts=("--until 030424", "year first, as in 2026-06-30"))
    table, _ = answer(capsys, *argv, "2024-04-03")
    assert (len(table), table["date"].iloc[-1]) == (34, "2024-04-03")


def test_until_of_weeks_in_two_columns(capsys):
    weeks = pd.date_range("2022-01-03", periods=110, freq="W-MON")
    frame = pd.DataFrame({"year": weeks.strftime("%G"), "week": weeks.strftime("%V")})
    frame.assign(sales=np.arange(110)).to_csv("a.csv", index=False)
    table, _ = answer(capsys, "forecast", "a.csv", "--zero-shot", "--until", "2024-W12")
    assert table["year+week"].iloc[-1] == "2024-03-18"
