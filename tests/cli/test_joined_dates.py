"""Dates in several columns: found with a note, or joined by --time year+month."""

import numpy as np
import pandas as pd
import pytest

from tests.cli.test_main import answer, refused

HOURS = pd.date_range("2024-01-01", periods=24 * 15, freq="h")
DAYS = pd.date_range("2024-01-01", periods=70)
MONTHS = pd.date_range("2020-01-01", periods=30, freq="MS")
QUARTERS = pd.date_range("2010-01-01", periods=40, freq="QS")
WEEKS = pd.date_range("2022-01-03", periods=110, freq="W-MON")


def columns_of(kind):
    """The dates of a file as an index, as texts of one column, and as columns."""
    q = [f"{d.year}Q{d.quarter}" for d in QUARTERS]
    return {
        "quarter": (q, {"year": QUARTERS.year, "quarter": QUARTERS.quarter}),
        "Q1": (q, {"Jahr": QUARTERS.year, "Quartal": [f"Q{one}" for one in QUARTERS.quarter]}),
        "month": (MONTHS.strftime("%Y-%m"), {"year": MONTHS.year, "month": MONTHS.month}),
        "Jan": (MONTHS.strftime("%Y-%m"), {"year": MONTHS.year, "month": MONTHS.strftime("%b")}),
        "week": (
            WEEKS.strftime("%Y-%m-%d"),
            {"year": WEEKS.strftime("%G"), "week": WEEKS.strftime("%V")},
        ),
        "W01": (
            WEEKS.strftime("%Y-%m-%d"),
            {"year": WEEKS.strftime("%G"), "week": WEEKS.strftime("W%V")},
        ),
        "day": (
            DAYS.strftime("%Y-%m-%d"),
            {"year": DAYS.year, "month": DAYS.month, "day": DAYS.day},
        ),
        "time": (
            HOURS.strftime("%Y-%m-%d %H:%M"),
            {"date": HOURS.strftime("%d.%m.%Y"), "time": HOURS.strftime("%H:%M")},
        ),
        "PM": (
            HOURS.strftime("%Y-%m-%d %H:%M"),
            {"date": HOURS.strftime("%m/%d/%Y"), "time": HOURS.strftime("%I:%M %p")},
        ),
        "hour": (
            HOURS.strftime("%Y-%m-%d %H:%M"),
            {"date": HOURS.strftime("%Y-%m-%d"), "hour": HOURS.hour},
        ),
        "hhmm": (
            HOURS.strftime("%Y-%m-%d %H:%M"),
            {"date": HOURS.strftime("%Y%m%d"), "time": HOURS.strftime("%H%M")},
        ),
        "range": (
            HOURS.strftime("%Y-%m-%d %H:%M"),
            {
                "date": HOURS.strftime("%Y-%m-%d"),
                "hour": [f"{at:02}:00 - {at + 1:02}:00" for at in HOURS.hour],
            },
        ),
        "HE01": (
            (HOURS + pd.Timedelta("1h")).strftime("%Y-%m-%d %H:%M"),
            {"date": HOURS.strftime("%Y-%m-%d"), "end": [f"HE{at + 1:02}" for at in HOURS.hour]},
        ),
        "T1": (q, {"ann\u00e9e": QUARTERS.year, "trim": [f"T{one}" for one in QUARTERS.quarter]}),
        "month+day": (
            DAYS.strftime("%Y-%m-%d"),
            {"month": DAYS.strftime("%Y-%m"), "day": DAYS.day},
        ),
        "24": (
            (HOURS + pd.Timedelta("1h")).strftime("%Y-%m-%d %H:%M"),
            {"date": HOURS.strftime("%Y-%m-%d"), "hour": HOURS.hour + 1},
        ),
        "four": (
            HOURS.strftime("%Y-%m-%d %H:%M"),
            {"year": HOURS.year, "month": HOURS.month, "day": HOURS.day, "hour": HOURS.hour},
        ),
    }[kind]


KINDS = ["quarter", "Q1", "month", "Jan", "week", "W01", "day", "time", "PM", "hour", "hhmm", "24"]
KINDS += ["four", "range", "HE01", "T1", "month+day"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(kind, is_panel=False, ending="csv"):
    """one.csv has the dates in one column, and several.csv in several ones. Returns their join."""
    texts, columns = columns_of(kind)
    sales = 100 + np.arange(len(texts)) % 7 + np.sin(np.arange(len(texts)))
    several, one = (pd.DataFrame({**dates, "sales": sales}) for dates in (columns, {"date": texts}))
    if is_panel:  # rows by date, then shop
        several, one = (
            pd.concat([X.assign(shop="a"), X.assign(shop="b", sales=X["sales"] * 2)])
            .sort_index(kind="stable") for X in (several, one)
        )  # fmt: skip
    one.to_csv("one.csv", index=False)
    if ending == "csv":
        several.to_csv("several.csv", index=False)
    else:
        several.to_parquet("several.parquet")
    return "+".join(columns)


FORECAST = ["--zero-shot", "--horizon", "3"]


@pytest.mark.parametrize("is_panel", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_dates_in_several_columns_are_those_in_one(kind, is_panel, capsys):
    name = write(kind, is_panel)
    expected, _ = answer(capsys, "forecast", "one.csv", *FORECAST)
    expected = expected.rename(columns={"date": name})
    table, err = answer(capsys, "forecast", "several.csv", *FORECAST)
    assert f"--time '{name}'" in err or f"--time {name}" in err
    pd.testing.assert_frame_equal(table, expected)
    table, _ = answer(capsys, "forecast", "several.csv", *FORECAST, "--time", name)
    pd.testing.assert_frame_equal(table, expected)
    first = name.split("+")[0]
    for options in ([], ["--target", "sales"]):
        argv = ["forecast", "several.csv", *FORECAST, "--time", first, *options]
        parts = (f"--time {first}", "more than once", "in lines 2 and 3", f"--time {name}")
        refused(capsys, *argv, parts=parts)


def test_joined_dates_of_parquet_files_and_models(capsys):
    pytest.importorskip("pyarrow")
    name = write("month", ending="parquet")
    expected, _ = answer(capsys, "forecast", "one.csv", *FORECAST)
    argv = ["forecast", "several.parquet", *FORECAST, "--save", "m.skgru"]
    table, _ = answer(capsys, *argv)
    pd.testing.assert_frame_equal(table, expected.rename(columns={"date": name}))
    table["month"] = [7, 8, 9]
    table.assign(year=2022).drop(columns=name).to_csv("new.csv", index=False)
    argv = ["forecast", "new.csv", "--model", "m.skgru", "--horizon", "1"]
    assert list(answer(capsys, *argv)[0][name]) == ["2022-10"]


def test_the_join_of_future(capsys):
    write("month")
    frame = pd.read_csv("several.csv").assign(price=np.arange(30) % 3.0)
    frame.to_csv("several.csv", index=False)
    ahead = pd.DataFrame({"year": 2022, "month": [7, 8, 9], "price": 1.0})
    ahead.to_csv("future.csv", index=False)
    argv = ["several.csv", *FORECAST, "--known", "price", "--future", "future.csv"]
    table, _ = answer(capsys, "forecast", *argv, "--target", "sales")
    assert list(table["year+month"]) == ["2022-07", "2022-08", "2022-09"]


@pytest.mark.parametrize(
    ("columns", "time", "parts"),
    [
        ({"year": [2024, 2024], "name": ["x", "y"]}, "year+name", ("line 2", "'x'", "month")),
        ({"year": [2024, 2024], "month": [1, 13]}, "year+month", ("line 3", "'13'", "month")),
        ({"date": ["x", "2024-01-02"], "time": ["1:00"] * 2}, "date+time", ("line 2", "'x'")),
        ({"date": ["2024-01-01"] * 2, "time": ["1:00", ""]}, "date+time", ("line 3", "time")),
        ({"date": ["2024-01-01"] * 2, "time": ["1:00", "25:00"]}, "date+time", ("'25:00'",)),
        ({"year": [2024, 2024], "month": [1, 2]}, "year+day", ("year+day", "Its columns")),
        ({"at": ["2024-01-01 5:00"] * 2, "time": ["1:00"] * 2}, "at+time", ("without a time",)),
    ],
)
def test_columns_that_cannot_be_joined(columns, time, parts, capsys):
    pd.DataFrame({**columns, "sales": [1, 2]}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST, "--time", time, "--target", "sales"]
    refused(capsys, *argv, parts=parts)


def test_a_column_whose_name_holds_the_mark(capsys):
    pd.DataFrame({"a+b": DAYS.strftime("%Y-%m-%d"), "sales": np.arange(70)}).to_csv(
        "a.csv", index=False
    )
    table, _ = answer(capsys, "forecast", "a.csv", *FORECAST, "--time", "a+b")
    assert table["a+b"][0] == "2024-03-11"


def test_columns_that_are_no_part_of_the_date(capsys):
    """Dates that repeat by shop, beside a month and a duration."""
    shops = pd.DataFrame({"date": DAYS.strftime("%Y-%m-%d"), "month": DAYS.month})
    shops = pd.concat(
        shops.assign(shop=one, open=f"0{at}:30", sales=np.arange(70) * at)
        for at, one in enumerate("ab", 1)
    )
    shops.to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST, "--target", "sales", "--group", "shop"]
    table, err = answer(capsys, *argv)
    assert "--time date (" in err
    assert list(table.columns) == ["date", "shop", "sales"]


NAMES = {
    "Monat": "Januar Februar M\u00e4rz April Mai Juni Juli August September Oktober November "
    "Dezember",
    "mois": "janv. f\u00e9vr. mars avr. mai juin juil. ao\u00fbt sept. oct. nov. d\u00e9c.",
    "Month": "Sty Lut Marz Kwi Maj Cze Lip Sie Wrz Paz Lis Gru",  # Polish, which is not read
}


@pytest.mark.parametrize("name", ["Monat", "mois"])
def test_months_of_other_languages(name, capsys):
    names = NAMES[name].split()
    frame = pd.DataFrame({"year": MONTHS.year, "sales": np.arange(30) % 12})
    frame.assign(**{name: MONTHS.month}).to_csv("a.csv", index=False)
    expected, _ = answer(capsys, "forecast", "a.csv", *FORECAST)
    frame.assign(**{name: [names[at - 1] for at in MONTHS.month]}).to_csv("a.csv", index=False)
    table, _ = answer(capsys, "forecast", "a.csv", *FORECAST)
    pd.testing.assert_frame_equal(table, expected)


def test_months_in_an_unknown_language_are_no_series(capsys):
    names = NAMES["Month"].split()
    data = {"year": MONTHS.year, "Month": [names[at - 1] for at in MONTHS.month]}
    frame = pd.DataFrame({**data, "sales": np.arange(30) % 12})
    frame.to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST, "--time", "year"]
    parts = ("2020 more than once", "If Month is a part of the date", "'Sty'", "year+Month")
    refused(capsys, *argv, parts=parts)
    frame.assign(Month=MONTHS.month).to_csv("a.csv", index=False)
    table, _ = answer(capsys, *argv[:-1], "year+Month")
    assert table["year+Month"][0] == "2022-07"
    refused(capsys, *argv[:-1], "month+year", parts=("month", "no such column"))


def test_a_join_with_a_missing_value_is_advised_and_named(capsys):
    write("month")
    frame = pd.read_csv("several.csv").astype(object)
    frame.loc[5, "month"] = ""
    frame.to_csv("several.csv", index=False)
    argv = ["forecast", "several.csv", *FORECAST]
    refused(capsys, *argv, parts=("example --time year+month",))
    parts = ("line 7", "no value in column month", "delete the line")
    refused(capsys, *argv, "--time", "year+month", parts=parts)


@pytest.mark.parametrize(
    ("kind", "names"),
    [("quarter", ["year", "period"]), ("month", ["a", "b"]), ("week", ["y", "p"]),
     ("day", ["c", "b", "a"]), ("hour", ["date", "x"])],
)  # fmt: skip
def test_columns_of_any_name_are_joined_by_their_values(kind, names, capsys):
    own = write(kind).split("+")
    expected, _ = answer(capsys, "forecast", "one.csv", *FORECAST)
    pd.read_csv("several.csv", dtype=str).rename(columns=dict(zip(own, names, strict=True))).to_csv(
        "a.csv", index=False
    )
    time = "+".join(names)
    argv = ["forecast", "a.csv", *FORECAST, "--time", time, "--target", "sales"]
    table, err = answer(capsys, *argv)
    pd.testing.assert_frame_equal(table, expected.rename(columns={"date": time}))
    assert f"column {names[-1]} is read as {kind.replace('hour', 'time')}, by its values" in err


def test_numbers_of_which_the_part_is_not_clear(capsys):
    argv = ["forecast", "a.csv", *FORECAST, "--time", "year+period", "--target", "sales"]
    frame = pd.DataFrame({"year": 2024, "period": range(1, 13), "sales": range(12)})
    frame.to_csv("a.csv", index=False)
    refused(capsys, *argv, parts=("period of a.csv may be month or week", "name in the file"))
    frame.rename(columns={"period": "month"}).to_csv("a.csv", index=False)
    argv[argv.index("year+period")] = "year+month"
    assert answer(capsys, *argv)[0].iloc[0, 0] == "2025-01"


@pytest.mark.parametrize(("n", "name"), [(2, "semester"), (3, "trimester"), (6, "period")])
def test_parts_of_years_that_are_no_quarters(n, name, capsys):
    dates = pd.date_range("2000-01-01", periods=60, freq=f"{12 // n}MS")
    parts = {"year": dates.year, name: (dates.month - 1) * n // 12 + 1}
    sales = np.arange(60) % n + 0.5
    pd.DataFrame({**parts, "sales": sales}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST, "--target", "sales"]
    for options in (["--fill-gaps"], []):
        time = ["--time", f"year+{name}"]
        refused(capsys, *argv, *options, *time, parts=("Write", "in one column"))
    pd.DataFrame({"date": dates, "sales": sales}).to_csv("a.csv", index=False)
    after = dates[-1] + pd.DateOffset(months=12 // n)
    assert answer(capsys, *argv)[0]["date"][0] == f"{after:%Y-%m-%d}"


def test_years_in_the_first_row_of_a_block(capsys):
    write("month")
    frame = pd.read_csv("several.csv")
    merged = frame.assign(year=frame["year"].where(frame["month"] == 1).astype("Int64"))
    merged.to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST]
    refused(capsys, *argv, parts=("for example --time year+month",))
    argv += ["--time", "year+month"]
    refused(capsys, *argv, parts=("line 3 has no value in column year", "Repeat the value above"))
    frame.to_csv("a.csv", index=False)
    answer(capsys, *argv)


def test_several_columns_of_dates_are_advised_together(capsys):
    write("quarter")
    frame = pd.read_csv("several.csv").rename(columns={"quarter": "period"})
    frame.to_csv("a.csv", index=False)
    refused(capsys, "forecast", "a.csv", *FORECAST, parts=("for example --time year+period",))
    answer(capsys, "forecast", "a.csv", *FORECAST, "--time", "year+period")


def test_years_of_two_digits(capsys):
    write("month")
    expected, _ = answer(capsys, "forecast", "several.csv", *FORECAST)
    frame = pd.read_csv("several.csv")
    frame.assign(year=frame["year"] % 100).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST]
    refused(capsys, *argv, parts=("for example --time year+month",))
    argv += ["--time", "year+month"]
    refused(capsys, *argv, parts=("'20', which may be 2020 (--date-format %y)",))
    table, _ = answer(capsys, *argv, "--date-format", "%y")
    pd.testing.assert_frame_equal(table, expected)
