"""Short series, empty series, and missing dates."""

import numpy as np
import pandas as pd
import pytest

from skgru._cli.main import main
from tests.cli.test_main import answer, refused

MONTHS = pd.date_range("2022-01-01", periods=30, freq="MS")
SALES = 100 + np.arange(30) + 10.0 * (np.arange(30) % 12)
FORECAST = ["forecast", "a.csv", "--horizon", "2", "--zero-shot"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(dates, sales=SALES, form="%Y-%m-%d", **columns):
    frame = pd.DataFrame({"date": dates.strftime(form), "sales": sales[: len(dates)], **columns})
    frame.to_csv("a.csv", index=False)


SPARSE = pd.DatetimeIndex(
    np.sort(np.random.default_rng(0).choice(pd.date_range("2024-01-01", periods=365), 30, False))
)


def test_sparse_dates_are_not_told_to_fill_gaps_again(capsys):
    write(SPARSE)
    for start, options in (("--time date", []), ("--fill-gaps", ["--fill-gaps"])):
        parts = (f"{start}: a.csv has 30 dates", "no step fits", "week or month", "--no-time")
        refused(capsys, *FORECAST, *options, parts=parts)
    answer(capsys, *FORECAST, "--no-time", "--target", "sales")
    monthly = pd.Series(SALES, SPARSE).resample("MS").sum()
    write(monthly.index, monthly.to_numpy())
    answer(capsys, *FORECAST)


def test_sparse_dates_of_one_of_several_series(capsys):
    days = pd.date_range("2024-01-01", periods=30)
    both = pd.concat(
        pd.DataFrame({"date": dates, "shop": one, "sales": SALES})
        for one, dates in zip("ab", (days, SPARSE), strict=True)
    )
    both.to_csv("a.csv", index=False)
    parts = ("a.csv has for series b 30 dates", "no step fits", "leave the series out")
    refused(capsys, *FORECAST, "--fill-gaps", parts=parts)
    refused(capsys, *FORECAST, parts=parts)
    both[both["shop"] == "a"].to_csv("a.csv", index=False)
    answer(capsys, *FORECAST)


@pytest.mark.parametrize("dates", [MONTHS, MONTHS + pd.Timedelta("14D")])
def test_the_same_day_of_each_month(dates, capsys):
    write(dates.delete(7))
    table, _ = answer(capsys, *FORECAST, "--fill-gaps")
    assert list(table["date"]) == [f"2024-0{at}-{dates[0].day:02}" for at in (7, 8)]


def shops(sizes, missing=()):
    frame = pd.concat(
        pd.DataFrame({"date": MONTHS[:n].delete([]), "shop": one, "sales": SALES[:n]})
        for one, n in sizes.items()
    )
    frame.loc[frame["shop"].isin(missing), "sales"] = np.nan
    frame.to_csv("a.csv", index=False)
    return frame


@pytest.mark.parametrize("n_rows", [1, 2])
def test_short_series_beside_longer_ones(n_rows, capsys):
    shops({"a": 30, "b": n_rows})
    table, _ = answer(capsys, *FORECAST)
    assert list(table["date"][2:]) == [f"2022-0{n_rows + at}-01" for at in (1, 2)]


def test_a_gap_of_two_dates_beside_a_longer_series(capsys):
    frame = shops({"a": 30, "b": 3})
    frame[~((frame["shop"] == "b") & (frame["date"] == "2022-02-01"))].to_csv("a.csv", index=False)
    table, _ = answer(capsys, *FORECAST, "--fill-gaps")
    assert list(table["date"][2:]) == ["2022-04-01", "2022-05-01"]


@pytest.mark.parametrize("n_rows", [1, 2])
def test_one_or_two_rows(n_rows, capsys):
    write(MONTHS[:n_rows])
    rows = f"{n_rows} row" + "s" * (n_rows > 1)
    refused(capsys, *FORECAST, parts=(f"a.csv has {rows},", "step of its dates", "at least 3"))
    refused(capsys, *FORECAST[:-1], parts=(f"a.csv has {rows},", "training needs at least 3"))
    assert len(answer(capsys, *FORECAST, "--no-time", "--target", "sales")[0]) == 2
    for form in ("%Y-%m", "%Y"):
        write(MONTHS[:n_rows] if form == "%Y-%m" else MONTHS[::12][:n_rows], form=form)
        assert len(answer(capsys, *FORECAST, "--time", "date")[0]) == 2
    shops({"a": n_rows, "b": n_rows})
    refused(capsys, *FORECAST, parts=(f"a.csv has for each series at most {rows}, but",))
    write(MONTHS[:3])
    answer(capsys, *FORECAST)


def test_a_series_without_values_is_named(capsys):
    frame = shops({"a": 30, "c": 30}, missing=["c"])
    refused(capsys, *FORECAST, parts=("series c has no values", "Delete its rows"))
    frame[frame["shop"] == "a"].to_csv("a.csv", index=False)
    answer(capsys, *FORECAST)


@pytest.mark.parametrize("options", [[], ["--no-time", "--target", "sales"]])
def test_until_without_dates(options, capsys):
    pd.DataFrame({"year": range(1990, 2020), "sales": SALES}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", *options]
    parts = ("--until 2025 needs dates", "numbers instead", "--horizon")
    refused(capsys, *argv, "--until", "2025", parts=parts)
    answer(capsys, *argv, "--horizon", "6")


@pytest.mark.parametrize("closed", ["north", "south"])
def test_series_with_and_without_closed_days_get_one_step(closed, capsys):
    days = pd.date_range("2024-01-01", periods=60)
    rows = [
        (day.date(), shop, 10.0 + day.day_of_week)
        for shop in ("north", "south")
        for day in days
        if shop != closed or day.day_of_week != 6
    ]
    pd.DataFrame(rows, columns=["date", "shop", "sales"]).to_csv("a.csv", index=False)
    parts = ("lacks 8 of 120 dates", f"2024-01-07 for series {closed}", "Add --fill-gaps")
    refused(capsys, *FORECAST, parts=parts)
    table, err = answer(capsys, *FORECAST, "--fill-gaps")
    assert "--fill-gaps inserts 8 rows of unknown values into 112 of a.csv.\n" in err
    assert list(table["date"]) == ["2024-03-01", "2024-03-02"] * 2
    np.testing.assert_allclose(table["sales"], [14, 15] * 2, atol=0.1)


QUARTERS = [f"{2015 + at // 4}{at % 4 + 1:02}" for at in range(28)]
YEARS = [f"{(80 + at) % 100:02}" for at in range(30)]


@pytest.mark.parametrize(
    ("texts", "given", "works"),
    [
        (QUARTERS, ["--date-format", "%Y%m"], ["--date-format", "%Y0%q"]),
        (YEARS, ["--date-format", "number"], ["--date-format", "%y"]),
    ],
)
def test_many_missing_dates_may_be_misread(texts, given, works, capsys):
    pd.DataFrame({"date": texts, "sales": SALES[: len(texts)]}).to_csv("a.csv", index=False)
    argv = [*FORECAST, "--time", "date", "--target", "sales"]
    parts = ("of ", "may be misread: line ", ", read as ", f"Give {works[0]} '{works[1]}'")
    refused(capsys, *argv, *given, parts=parts)
    _, err = answer(capsys, *argv, *given, "--fill-gaps")
    assert "--fill-gaps inserts" in err
    assert "may be misread: line" in err
    _, err = answer(capsys, *argv, *works)
    assert "misread" not in err


def test_a_long_pause_is_not_told_to_fill_gaps(capsys):
    days = pd.date_range("2019-01-01", periods=15).append(pd.date_range("2019-06-01", periods=15))
    write(days)
    parts = ("lacks 136 of 166 dates", "line 16 has '2019-01-15'", "line 17 has '2019-06-01'",
             "2024-12-31", "--date-format", "--no-time")  # fmt: skip
    refused(capsys, *FORECAST, parts=parts)
    assert main([*FORECAST]) == 2
    assert "--fill-gaps" not in capsys.readouterr().err
    _, err = answer(capsys, *FORECAST, "--fill-gaps")
    assert "--fill-gaps inserts 136 rows of unknown values into 30 of a.csv" in err
    answer(capsys, *FORECAST, "--no-time", "--target", "sales")


def test_an_hour_that_is_there_twice_may_be_that_of_the_clocks(capsys):
    hours = pd.date_range("2025-10-20", periods=240, freq="h", tz="Europe/Berlin")
    write(hours, np.arange(240) % 24, "%d.%m.%Y %H:%M")
    argv = [*FORECAST, "--time-zone", "Europe/Berlin"]
    refused(capsys, *FORECAST, parts=("02:00 more than once", *argv[-2:]))
    answer(capsys, *argv)
    write(MONTHS[:29].append(MONTHS[28:29]))
    assert main([*FORECAST]) == 2
    assert "--time-zone" not in capsys.readouterr().err
