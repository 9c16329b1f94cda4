"""Formats of --date-format, and the messages that name one that fits."""

import re

import numpy as np
import pandas as pd
import pytest

from skgru._cli.dates import DateForm, read_dates
from skgru._cli.errors import Refused
from tests.cli.test_main import answer, refused
from tests.helpers import fails

DAYS = pd.date_range("2024-01-01", periods=60)
WEEKS = pd.date_range("2023-01-02", periods=104, freq="W-MON")
QUARTERS = pd.period_range("2010Q1", periods=40, freq="Q")


def read(texts, name="date", **wanted):
    texts = list(map(str, texts))
    return read_dates(texts, DateForm(**wanted), name, "a.csv", range(2, 2 + len(texts)))[0]


def formats(texts, name):
    """The formats that the message about a column names."""
    with pytest.raises(Refused) as caught:
        read(texts, name)
    assert str(caught.value).startswith(f"--time {name}: a.csv, line ")
    return re.findall(r"--date-format '?([%/\w]+)", str(caught.value))


@pytest.mark.parametrize(
    ("texts", "name", "form", "expected"),
    [
        (WEEKS.strftime("%G%V"), "week", "%G%V", WEEKS),
        (WEEKS.strftime("%G%V"), "date", "%G%V", WEEKS),
        (WEEKS[:12].strftime("%G%V"), "week", "%G%V", WEEKS[:12]),
        (WEEKS.strftime("%V/%G"), "KW", "%V/%G", WEEKS),
        (WEEKS[:12].strftime("%V/%G"), "KW", "%V/%G", WEEKS[:12]),
        (WEEKS.strftime("%V.%G"), "x", "%V", WEEKS),
        (QUARTERS.strftime("%Y0%q"), "quarter", "%Y0%q", QUARTERS),
        (QUARTERS.strftime("%Y0%q"), "date", "%Y0%q", QUARTERS),
        (QUARTERS[:4].strftime("%Y0%q"), "Quartal", "%Y0%q", QUARTERS[:4]),
        (QUARTERS.strftime("%Y%q"), "quarter", "%Y%q", QUARTERS),
        (DAYS.strftime("%y%j"), "date", "%y%j", DAYS),
        (DAYS.strftime("%d%m%Y%H"), "t", "%d%m%Y%H", DAYS),
        ((DAYS - pd.Timestamp(0)).days, "date", "days", DAYS),
        ((DAYS - pd.Timestamp(0)).days * 1440, "timestamp", "minutes", DAYS),
        (pd.date_range("1980-01-01", periods=40, freq="YS").strftime("%y"), "year", "%y",
         pd.date_range("1980-01-01", periods=40, freq="YS")),
        (pd.date_range("1980-01-01", periods=19, freq="YS").strftime("%y"), "Jahr", "%y",
         pd.date_range("1980-01-01", periods=19, freq="YS")),
    ],
)  # fmt: skip
def test_the_format_of_the_message_reads_the_dates(texts, name, form, expected):
    found = formats(texts, name)
    if form == "%V":
        form = "%V.%G"
        assert "%V" in found
    else:
        assert form in found
    assert list(read(texts, name, form=form)) == list(expected)


@pytest.mark.parametrize("form", ["%Y-%q", "Q%q %Y", "%qT%y", "%Y Q%q"])
def test_quarters_in_any_format(form):
    texts = [one.strftime(form) for one in QUARTERS]
    assert list(read(texts, form=form)) == list(QUARTERS)


@pytest.mark.parametrize("form", ["%d-%q", "%q%q", "%q"])
def test_quarters_with_other_parts_fit_nothing(form):
    fails(lambda: read(["1-1"], form=form), f"--date-format {form} does not fit", error=Refused)


@pytest.mark.parametrize(
    ("form", "expected"),
    [("%W/%Y", "2024-01-29"), ("%U/%Y", "2024-02-04"), ("%V/%Y", "2024-01-29")],
)
def test_weeks_of_other_countries(form, expected):
    assert read(["05/2024"], form=form)[0] == pd.Timestamp(expected)


@pytest.mark.parametrize("form", ["%Y.%m", "%Y.%q"])
def test_an_unknown_form_with_a_format_that_has_a_step(form):
    dates = QUARTERS if "%q" in form else pd.period_range("2015-01", periods=40, freq="M")
    texts = [f"{one.year}.{one.quarter if '%q' in form else one.month}" for one in dates]
    parts = (repr(texts[0]), "no known form of date", f"Give --date-format '{form}'")
    fails(lambda: read(texts), *parts, error=Refused)
    found = read(texts, form=form)
    assert list(found if "%q" in form else found.to_period("M")) == list(dates)


@pytest.mark.parametrize("form", ["{0}/{2:02}", "{0}-{2:02}", "{0}/{1}"])
@pytest.mark.parametrize("first", [1980, 1999, 2001])
def test_years_that_end_in_the_next_one(first, form):
    texts = [form.format(one, one + 1, (one + 1) % 100) for one in range(first, first + 9)]
    parts = (f"line 2 has {texts[0]!r}", "ends in the next one", f"alone, {first}")
    fails(lambda: read(texts, "season"), *parts, error=Refused)
    assert read([one[:4] for one in texts], "season")[8] == first + 8


def test_rows_of_counters_are_no_days():
    for name in ("row", "nr", "x"):
        for numbers in (range(19723, 19800), range(24001, 24060)):
            if numbers[0] < 20000:  # else they may be days of Excel
                assert list(read(numbers, name)) == list(numbers)


def test_days_without_zeros(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    sales = np.arange(60) % 7
    argv = ["forecast", "a.csv", "--zero-shot", "--horizon", "2"]
    for n in (9, 60):
        texts = [f"{one.day}{one.month}{one.year}" for one in DAYS[:n]]
        pd.DataFrame({"date": texts, "sales": sales[:n]}).to_csv("a.csv", index=False)
        refused(capsys, *argv, parts=("'112024'", "without zeros", "01012024", "%d%m%Y"))
        pd.DataFrame({"date": DAYS[:n].strftime("%d%m%Y"), "sales": sales[:n]}).to_csv(
            "a.csv", index=False
        )
        answer(capsys, *argv, "--date-format", "%d%m%Y")


@pytest.mark.parametrize("form", ["%H%M", "%H:%M", "%I:%M %p"])
def test_times_without_a_date(form, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    times = pd.date_range("2024-01-01", periods=24, freq="h").strftime(form)
    frame = pd.DataFrame({"time": times, "sales": np.arange(24) + 0.5})
    frame.to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--horizon", "2"]
    parts = (repr(times[0]), "a time without a date", "--time date+time", "--no-time")
    refused(capsys, *argv, parts=parts)
    assert len(answer(capsys, *argv, "--no-time", "--target", "sales")[0]) == 2
    frame.assign(date="2024-01-01").to_csv("a.csv", index=False)
    table, _ = answer(capsys, *argv, "--time", "date+time")
    assert table["date+time"].iloc[0] == "2024-01-02 00:00:00"


def test_a_format_that_does_not_fit_is_replaced_by_one_that_does():
    texts = ["20.03.2024 00:00", "20.03.2024 01:00", "20.03.2024 02:00"]
    for form in ("%d.%m.%Y", "%H:%M", "%d.%m.%y %H:%M"):
        parts = (f"--date-format {form} does not fit '20.03", "Give --date-format '%d.%m.%Y %H:%M'")
        fails(lambda form=form: read(texts, form=form), *parts, error=Refused)
    assert read(texts, form="%d.%m.%Y %H:%M")[2].hour == 2
    parts = ("does not fit '2024'", "line 3", "Correct this one")
    fails(lambda: read(["01.02.2024", "2024"], form="%d.%m.%Y"), *parts, error=Refused)
    fails(lambda: read(["x", "y"], form="%d.%m.%Y"), "'x'", "Leave it out", error=Refused)


@pytest.mark.parametrize("form", ["%m/%d/%Y", "%d/%m/%Y"])
def test_dates_in_two_orders(form, tmp_path, monkeypatch, capsys):
    """As Excel leaves them, where it takes the month of another country for the day."""
    monkeypatch.chdir(tmp_path)
    swapped = "%d/%m/%Y" if form == "%m/%d/%Y" else "%m/%d/%Y"
    texts = [one.strftime(swapped if one.day > 12 else form) for one in DAYS]
    sales = np.arange(60) % 7 + 0.5
    pd.DataFrame({"date": texts, "sales": sales}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--horizon", "2"]
    for options in ([], ["--fill-gaps"]):
        parts = ("two orders", "line 3", "2024-01-02 by the step", "year first")
        refused(capsys, *argv, *options, parts=parts)
    pd.DataFrame({"date": DAYS, "sales": sales}).to_csv("a.csv", index=False)
    assert answer(capsys, *argv)[0]["date"][0] == "2024-03-01"
