"""The command line: answers on standard output, messages on standard error, exit codes."""

import io
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

import skgru
from skgru._cli.main import main
from skgru._cli.messages import in_words
from tests.helpers import assert_holds

MONTHS = pd.date_range("2016-01-01", periods=72, freq="MS")
SALES = 100 + 10 * np.sin(np.arange(72) * np.pi / 6) + np.arange(72) % 5


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"date": MONTHS.strftime("%Y-%m-%d"), "sales": SALES.round(3)})
    frame.to_csv("sales.csv", index=False)
    frame.drop(7).to_csv("gap.csv", index=False)
    parts = [frame.assign(store=one, sales=frame["sales"] * at, price=np.arange(72) % 3.0)
             for at, one in enumerate("ba", 1)]  # fmt: skip
    pd.concat(parts).to_csv("stores.csv", index=False)
    return tmp_path


def answer(capsys, *argv):
    """The table on standard output, and the text on standard error."""
    code, (out, err) = main(argv), capsys.readouterr()
    assert code == 0, err
    return pd.read_csv(io.StringIO(out)), err


def refused(capsys, *argv, parts, code=2):
    assert main(argv) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert_holds(err, *parts)


def zero_shot(frame, **parameters):
    return skgru.SequenceForecaster(pretrained="only", random_state=0, **parameters).fit(frame)


def test_a_forecast_is_that_of_the_library(folder, capsys):
    argv = ["forecast", "sales.csv", "--zero-shot", "--horizon", "3", "--interval", "0.8"]
    table, err = answer(capsys, *argv)
    expected = zero_shot(pd.Series(SALES.round(3), MONTHS, name="sales"), horizon=3)
    expected = expected.forecast_interval(coverage=0.8, with_forecast=True)
    assert list(table["date"]) == ["2022-01-01", "2022-02-01", "2022-03-01"]
    for name in expected.columns:
        np.testing.assert_allclose(table[name], expected[name], rtol=1e-6)
    assert_holds(err, "--time date", "--target sales")  # columns that were guessed


def test_groups_until_a_date_in_files(folder, capsys):
    argv = ["forecast", "stores.csv", "--zero-shot", "--until", "2022-02", "--target", "sales"]
    table, err = answer(capsys, *argv)
    assert list(table.columns) == ["date", "store", "sales"]
    assert list(table["store"]) == ["b", "b", "a", "a"]
    assert "--group store" in err
    np.testing.assert_allclose(table["sales"][2:], 2 * table["sales"][:2], rtol=1e-4)
    assert main([*argv, "--output", "out.csv", "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    pd.testing.assert_frame_equal(pd.read_csv("out.csv"), table)


def test_a_european_file_gives_the_same_numbers(folder, capsys):
    texts = [f"{value * 100:,.1f}".translate(str.maketrans(",.", ".,")) for value in SALES]
    frame = pd.DataFrame({"Tag": MONTHS.strftime("%d.%m.%Y"), "Umsatz": texts})
    frame.to_csv("eu.csv", sep=";", index=False, encoding="utf-8-sig")
    table, _ = answer(capsys, "forecast", "eu.csv", "--zero-shot", "--horizon", "2")
    own, _ = answer(capsys, "forecast", "sales.csv", "--zero-shot", "--horizon", "2")
    np.testing.assert_allclose(table["Umsatz"], 100 * own["sales"], rtol=1e-3)
    assert list(table["Tag"]) == list(own["date"])


def test_a_model_is_saved_described_continued(folder, capsys):
    pytest.importorskip("skops")
    argv = ["forecast", "sales.csv", "--zero-shot", "--horizon", "2", "--save", "a.skgru"]
    first, _ = answer(capsys, *argv)
    again, _ = answer(capsys, "forecast", "--model", "a.skgru", "--horizon", "2")
    pd.testing.assert_frame_equal(again, first)
    assert main(["info", "a.skgru"]) == 0
    assert_holds(capsys.readouterr().out, "sales", "2021-12-01", "zero-shot   yes", "12 rows")
    rows = "date,sales\n2022-01-01,100\n2022-02-01,120\n"
    (folder / "new.csv").write_text(rows)
    argv = ["forecast", "--model", "a.skgru", "new.csv", "--horizon", "1"]
    after, _ = answer(capsys, *argv)
    assert list(after["date"]) == ["2022-03-01"]
    kept, _ = answer(capsys, *argv, "--save", "b.skgru")
    later, _ = answer(capsys, "forecast", "--model", "b.skgru", "--horizon", "1")
    pd.testing.assert_frame_equal(kept, after)
    pd.testing.assert_frame_equal(later, after)


def test_new_rows_give_one_answer_whether_they_are_saved_or_not(folder, capsys):
    days = pd.date_range("2024-01-01", periods=68)
    panel = pd.concat(
        pd.DataFrame(
            {"date": days, "store": one, "sales": 100 * at + 10 * (days.day_of_week.to_numpy())}
        )
        for at, one in enumerate("ba", 1)
    )
    is_old = panel["date"] < days[60]
    panel[is_old].to_csv("old.csv", index=False)
    panel[~is_old].to_csv("new.csv", index=False)
    answer(capsys, "forecast", "old.csv", "--zero-shot", "--horizon", "7", "--save", "m.skgru")
    argv = ["forecast", "new.csv", "--model", "m.skgru", "--horizon", "7"]
    without, _ = answer(capsys, *argv)
    saved, _ = answer(capsys, *argv, "--save", "other.skgru")
    pd.testing.assert_frame_equal(without, saved)
    assert without["date"].min() == "2024-03-09"
    panel[panel["date"] >= days[58]].to_csv("overlap.csv", index=False)
    again, err = answer(capsys, "forecast", "overlap.csv", *argv[2:])
    pd.testing.assert_frame_equal(again, saved)
    assert_holds(err, "4 of 20 rows", "ignored")


def test_what_would_be_ignored_is_refused(folder, capsys):
    zero = ["forecast", "stores.csv", "--target", "sales", "--horizon", "3", "--zero-shot"]
    refused(capsys, *zero, "--calendar", parts=("--zero-shot", "--calendar"))
    refused(capsys, *zero, "--output", "a.xlsx", parts=("--output a.xlsx", ".csv"))
    answer(capsys, *zero, "--save", "m.skgru")
    argv = ["forecast", "--model", "m.skgru", "--horizon", "3"]
    refused(capsys, *argv, "--point", "mean", parts=("--point", "--model"))


def test_until_is_read_in_the_order_of_the_data(folder, capsys):
    days = pd.date_range("2024-02-01", periods=29)
    pd.DataFrame({"date": days.strftime("%d.%m.%Y"), "sales": range(29)}).to_csv(
        "a.csv", index=False
    )
    argv = ["forecast", "a.csv", "--zero-shot", "--until", "03.04.2024"]
    table, _ = answer(capsys, *argv)
    assert (len(table), table["date"].iloc[-1]) == (34, "2024-04-03")


def test_until_with_points_beside_data_with_the_month_first_is_refused(folder, capsys):
    days = pd.date_range("2024-02-01", periods=29).strftime("%m/%d/%Y")
    pd.DataFrame({"date": days, "sales": range(29)}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--until", "03.05.2024"]
    refused(capsys, *argv, parts=("may be 2024-03-05 or 2024-05-03", "year first"))


@pytest.mark.parametrize("name", ["KW", "week", "Kalenderwoche"])
def test_numbers_of_weeks_are_no_months(name, folder, capsys):
    weeks = [f"{week:02}/2021" for week in range(1, 13)]
    pd.DataFrame({name: weeks, "sales": range(12)}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--horizon", "1"]
    parts = ("'01/2021', which is a week", "--date-format %V/%G", "--date-format %m/%Y")
    refused(capsys, *argv, parts=parts)
    table, _ = answer(capsys, *argv, "--date-format", "%m/%Y")
    assert table[name].iloc[0] == "2022-01-01"
    for options in (["--date-format", "%V/%G"], []):
        table, _ = answer(capsys, *argv, *options)
        assert table[name].iloc[0] == "2021-03-29"
        written = [f"2021-W{week:02}" for week in range(1, 13)]
        pd.DataFrame({name: written, "sales": range(12)}).to_csv("a.csv", index=False)


@pytest.mark.parametrize(
    ("form", "until"),
    [("%d/%m/%Y", "2024-04-03"), ("%m/%d/%Y", "2024-04-03"), ("%d/%m/%Y", "03/04/2024"),
     ("%m/%d/%Y", "04/03/2024"), ("%b %d, %Y", "03.04.2024"), ("%Y-%m-%d", "2024/4/3")],
)  # fmt: skip
def test_until_with_the_year_first_has_one_reading(form, until, folder, capsys):
    days = pd.date_range("2024-02-01", periods=29).strftime(form)
    pd.DataFrame({"date": days, "sales": range(29)}).to_csv("a.csv", index=False)
    table, _ = answer(capsys, "forecast", "a.csv", "--zero-shot", "--until", until)
    assert (len(table), table["date"].iloc[-1]) == (34, "2024-04-03")


def test_until_a_day_includes_its_hours_in_any_order(folder, capsys):
    hours = pd.date_range("2024-02-01", periods=90, freq="h").strftime("%d.%m.%Y %H:%M")
    pd.DataFrame({"time": hours, "sales": range(90)}).to_csv("a.csv", index=False)
    for until, last in (("06.02.2024", "23:00"), ("2024-02-06", "23:00"), ("06.02.2024 5:30", "5")):
        table, _ = answer(capsys, "forecast", "a.csv", "--zero-shot", "--until", until)
        expected = pd.Timestamp(f"2024-02-06 {last}" if ":" in last else "2024-02-06 05:00")
        assert pd.Timestamp(table["time"].iloc[-1]) == expected


def test_until_of_several_readings_is_refused_with_both(folder, capsys):
    days = pd.date_range("2024-02-01", periods=29).strftime("%b %d, %Y")
    pd.DataFrame({"date": days, "sales": range(29)}).to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--until"]
    parts = ("--until 03/04/2024 may be 2024-03-04 or 2024-04-03", "year first")
    refused(capsys, *argv, "03/04/2024", parts=parts)
    parts = ("--until 33/44/2024 is no date", "year first")
    refused(capsys, *argv, "33/44/2024", parts=parts)


def test_dates_of_future_have_their_own_order(folder, capsys):
    dates = MONTHS.strftime("%d/%m/%Y")
    price = np.arange(72) % 3.0
    pd.DataFrame({"date": dates, "sales": SALES + price, "price": price}).to_csv(
        "a.csv", index=False
    )
    coming = pd.date_range("2022-01-01", periods=3, freq="MS").strftime("%Y-%m-%d")
    pd.DataFrame({"date": coming, "price": 1.0}).to_csv("future.csv", index=False)
    argv = ["forecast", "a.csv", "--zero-shot", "--horizon", "3", "--target", "sales"]
    table, _ = answer(capsys, *argv, "--known", "price", "--future", "future.csv")
    assert list(table["date"]) == list(coming)


def test_series_of_two_columns_keep_them_in_a_backtest(folder, capsys):
    stores = pd.read_csv("stores.csv").assign(item=lambda X: X["price"].size * [7])
    stores.to_csv("items.csv", index=False)
    argv = ["backtest", "items.csv", "--zero-shot", "--horizon", "6", "--target", "sales"]
    argv += ["--group", "store", "--group", "item", "--by", "series", "--forecasts", "all.csv"]
    table, _ = answer(capsys, *argv)
    assert table[["store", "item"]].to_numpy().tolist() == [["b", 7], ["a", 7]]
    rows = pd.read_csv("all.csv")
    assert list(rows.columns[:3]) == ["store", "item", "origin"]
    assert set(zip(rows["store"], rows["item"], strict=True)) == {("b", 7), ("a", 7)}


@pytest.mark.parametrize("mark", [",", ";"])
@pytest.mark.parametrize("start", ["# exported", "Report\nof 2024", "\nReport\n\nof 2024"])
def test_lines_before_the_header_are_shown(start, mark, folder, capsys):
    text = (folder / "sales.csv").read_text().replace(",", mark)
    (folder / "a.csv").write_text(f"{start}\n{text}")
    argv = ["forecast", "a.csv", "--zero-shot", "--horizon", "2"]
    title = start.strip().split("\n")[0]
    parts = (f"line {start.count(chr(10)) + 2} has 2 fields", f"{title!r}, has 1", "delete")
    refused(capsys, *argv, parts=parts)
    (folder / "a.csv").write_text(text)
    answer(capsys, *argv, "--decimal", ".")


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"\x1f\x8b\x08\x00", ("gzip", "Unpack")),
        (b"PK\x03\x04\x00", ("Excel", "Save the sheet as CSV")),
        (b'\n{"date": [1, 2]}', ("JSON", "as CSV or parquet")),
        (b"PAR1\x00", ("parquet", ".parquet")),
    ],
)
def test_other_files_are_named(data, parts, folder, capsys):
    (folder / "a.csv").write_bytes(data)
    refused(capsys, "forecast", "a.csv", "--zero-shot", "--horizon", "2", parts=parts)


def test_a_line_of_totals_is_named(folder, capsys):
    (folder / "a.csv").write_text((folder / "sales.csv").read_text() + "Total,7329.5\n")
    parts = ("line 74", "'Total'", "no date, as the others are", "delete the line")
    refused(capsys, "forecast", "a.csv", "--zero-shot", "--horizon", "2", parts=parts)


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S%z", "%d.%m.%Y %H:%M:%S%z"])
def test_offsets_that_change_are_dates_in_need_of_a_zone(form, folder, capsys):
    hours = pd.date_range("2024-03-28", periods=120, freq="h", tz="Europe/Berlin")
    pd.DataFrame({"at": hours.strftime(form), "sales": np.arange(120) % 24}).to_csv(
        "a.csv", index=False
    )
    argv = ["forecast", "a.csv", "--zero-shot", "--horizon", "2"]
    refused(capsys, *argv, parts=("--time at", "several UTC offsets", "--time-zone Europe/Berlin"))
    table, _ = answer(capsys, *argv, "--time-zone", "Europe/Berlin")
    assert table["at"].iloc[0] == "2024-04-02 01:00:00+02:00"


def test_remedies_are_those_of_the_command_line(folder, capsys):
    zero = ["forecast", "sales.csv", "--zero-shot", "--horizon", "2"]
    _, err = answer(capsys, *zero, "--lower", "105")
    assert_holds(err, "--lower 105.0", "leave --lower out")
    argv = ["forecast", "stores.csv", "--zero-shot", "--horizon", "2", "--target", "sales"]
    frame = pd.read_csv("stores.csv").drop(columns="sales")
    frame.assign(date=frame["date"].str.replace("2016", "2022")).to_csv("future.csv", index=False)
    argv += ["--known", "price", "--future", "future.csv"]
    refused(capsys, *argv, parts=("--zero-shot", "--known", "Leave one of them out"))
    assert main([*zero, "--save", "none/m.skgru"]) == 2
    err = capsys.readouterr().err
    assert_holds(err, "--save none/m.skgru cannot be written: No such file", "another path")
    assert ".." not in err


def test_a_trained_forecast_with_future_covariates(folder, capsys, monkeypatch):
    from sklearn.linear_model import Ridge

    from skgru._cli import commands, quiet

    own, monkeypatched = commands._estimator, monkeypatch.setattr
    monkeypatched(quiet, "without_chatter", lambda: None)
    monkeypatched(commands, "_estimator", lambda *a: own(*a).set_params(regressor=Ridge()))
    argv = ["forecast", "stores.csv", "--target", "sales", "--known", "price", "--horizon", "3"]
    refused(capsys, *argv, parts=("--known price", "--future"))
    dates = pd.date_range("2022-01-01", periods=3, freq="MS").strftime("%Y-%m-%d")
    future = [pd.DataFrame({"date": dates, "store": one, "price": [0, 1, 2]}) for one in "ba"]
    pd.concat(future).to_csv("future.csv", index=False)
    table, _ = answer(capsys, *argv, "--future", "future.csv")
    assert table["sales"].between(80, 250).all()


def test_a_backtest_beside_the_naive_forecast(folder, capsys):
    argv = ["backtest", "stores.csv", "--zero-shot", "--horizon", "6", "--target", "sales"]
    table, _ = answer(capsys, *argv, "--forecasts", "all.csv")
    assert list(table.columns) == ["measure", "forecast", "naive", "ratio"]
    assert (table["forecast"] / table["naive"])[0] == pytest.approx(table["ratio"][0])
    by_series, _ = answer(capsys, *argv, "--by", "series")
    assert list(by_series["series"]) == ["b", "a"]
    assert by_series["MAE_forecast"].mean() == pytest.approx(table["forecast"][0])
    every = pd.read_csv("all.csv")
    assert len(every) == 2 * 4 * 6
    months = [pd.to_datetime(every[name]).dt.to_period("M") for name in ("date", "origin")]
    later = [(one - origin).n for one, origin in zip(*months, strict=True)]
    assert later == list(every["step"])
    stores = pd.read_csv("stores.csv").rename(columns={"store": "series", "sales": "actual"})
    found = every[["series", "date", "actual"]].drop_duplicates().merge(stores)
    assert len(found) == 2 * 4 * 6  # each date has its actual value


def test_pictures_and_parquet(folder, capsys):
    pytest.importorskip("matplotlib")
    argv = ["forecast", "stores.csv", "--zero-shot", "--horizon", "6", "--target", "sales"]
    answer(capsys, *argv, "--interval", "0.5", "--plot", "a.png")
    assert (folder / "a.png").read_bytes()[:4] == b"\x89PNG"
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"date": MONTHS, "sales": SALES.round(3)})
    frame.to_parquet("sales.parquet")
    table, _ = answer(capsys, "forecast", "sales.parquet", "--zero-shot", "--horizon", "3")
    own, _ = answer(capsys, "forecast", "sales.csv", "--zero-shot", "--horizon", "3")
    pd.testing.assert_frame_equal(table, own)


def test_files_of_other_programs(folder, capsys):
    """Lines that end with a carriage return, and decimal128 of parquet files."""
    pa = pytest.importorskip("pyarrow")
    argv = ["--zero-shot", "--horizon", "3"]
    own, _ = answer(capsys, "forecast", "sales.csv", *argv)
    text = (folder / "sales.csv").read_text().replace("\n", "\r")
    (folder / "old.csv").write_text(text, newline="")
    pd.testing.assert_frame_equal(answer(capsys, "forecast", "old.csv", *argv)[0], own)
    decimals = pa.array([Decimal(f"{one:.3f}") for one in SALES], pa.decimal128(10, 3))
    table = pa.table({"date": pa.array(MONTHS.date), "sales": decimals})
    table.to_pandas().to_parquet("decimals.parquet")
    pd.testing.assert_frame_equal(answer(capsys, "forecast", "decimals.parquet", *argv)[0], own)


def test_a_date_twice(folder, capsys):
    lines = (folder / "sales.csv").read_text().splitlines()
    (folder / "twice.csv").write_text("\n".join([*lines, lines[9]]))
    argv = ["forecast", "twice.csv", "--zero-shot", "--horizon", "2"]
    refused(capsys, *argv, parts=("has 2016-09-01 more than once", "lines 10 and 74", "--group"))


def test_columns_that_look_like_bounds(folder, capsys):
    frame = pd.read_csv("sales.csv")
    frame.assign(sales_lower=frame["sales"]).to_csv("lower.csv", index=False)
    argv = ["forecast", "lower.csv", "--zero-shot", "--horizon", "2"]
    argv += ["--target", "sales", "--target", "sales_lower"]
    assert list(answer(capsys, *argv)[0]) == ["date", "sales", "sales_lower"]
    parts = ("--target sales", "second column sales_lower", "leave --interval out")
    refused(capsys, *argv, "--interval", "0.8", parts=parts)


@pytest.mark.parametrize("group", [False, True])
def test_a_model_needs_future_values_of_the_asked_steps_alone(group, folder, capsys):
    """The model forecasts six steps at once, and is asked for two of them."""
    frame = pd.read_csv("stores.csv")
    names = ["store"] if group else []
    frame = frame if group else frame[frame["store"] == "a"].drop(columns="store")
    frame["date"] = pd.to_datetime(frame["date"])
    indexed = frame.set_index("date")[[*names, "sales", "price"]]
    forecaster = skgru.SequenceForecaster(
        Ridge(), horizon=6, target=["sales"], known=["price"], group="store" if group else None
    )
    skgru.save(forecaster.fit(indexed), "model.skgru")
    ahead = pd.date_range("2022-01-01", periods=6, freq="MS")
    parts = [pd.DataFrame({"date": ahead, "store": one, "price": 1.0}) for one in "ba"]
    future = pd.concat(parts if group else parts[:1])
    future.to_csv("six.csv", index=False)
    future[future["date"] < ahead[2]].to_csv("two.csv", index=False)
    argv = ["forecast", "--model", "model.skgru"]
    whole, err = answer(capsys, *argv, "--horizon", "2", "--future", "six.csv")
    assert "--future" not in err
    for asked in (["--horizon", "2"], ["--until", "2022-02-20"]):
        table, err = answer(capsys, *argv, *asked, "--future", "two.csv")
        assert_holds(err, "--future", "4 of the 6 rows", "last row")
        pd.testing.assert_frame_equal(table, whole)
    lacking = ("--future has no row at 2022-03-01", "3 rows after the data", "Add rows")
    refused(capsys, *argv, "--horizon", "3", "--future", "two.csv", parts=lacking)


def test_the_picture_of_a_model_shows_its_history(folder, capsys, monkeypatch):
    pytest.importorskip("matplotlib")
    from matplotlib.axes import Axes

    series = pd.Series(SALES.round(3), MONTHS, name="sales").rename_axis("date")
    skgru.save(zero_shot(series.to_frame()[:70], horizon=3), "model.skgru")
    lengths, plot = [], Axes.plot
    monkeypatch.setattr(
        Axes, "plot", lambda self, x, *y, **style: (lengths.append(len(x)), plot(self, x, *y))[1]
    )
    for argv in ([], ["sales.csv"]):
        answer(capsys, "forecast", *argv, "--model", "model.skgru", "--horizon", "3",
               "--plot", "a.png")  # fmt: skip
    assert lengths == [30, 3, 30, 3]


def test_gaps_are_refused_and_filled(folder, capsys):
    argv = ["forecast", "gap.csv", "--zero-shot", "--horizon", "2"]
    parts = ("--time date: gap.csv lacks 1 of 72 dates, such as 2016-08-01", "Add --fill-gaps")
    refused(capsys, *argv, parts=parts)
    refused(capsys, "backtest", *argv[1:], parts=parts)
    table, err = answer(capsys, *argv, "--fill-gaps")
    assert "--fill-gaps inserts 1 row of unknown values into 71 of gap.csv.\n" in err
    assert list(table["date"]) == ["2022-01-01", "2022-02-01"]
    (folder / "rows.csv").write_text("y\n" + "\n".join(map(str, SALES)))
    argv = ["forecast", "rows.csv", "--zero-shot", "--horizon", "2"]
    refused(capsys, *argv, parts=("--time", "--no-time"))
    table, _ = answer(capsys, *argv, "--no-time")
    assert list(table["row"]) == [73, 74]


@pytest.mark.parametrize(
    ("argv", "parts"),
    [
        ("forecast sales.csv --zero-shot", ("--horizon", "--until")),
        ("forecast sales.csv --zero-shot --horizon 0", ("--horizon", "'0'", "at least 1")),
        ("forecast sales.csv --zero-shot --horizon 2 --interval 80", ("--interval", "'80'")),
        ("forecast sales.csv --horizon 2 --time-zone Berlin", ("--time-zone", "Europe/Berlin")),
        ("forecast sales.csv --horizon 2 --time-zone=", ("--time-zone", "''", "UTC")),
        ("forecast none.csv --horizon 2", ("none.csv", "No such file")),
        ("forecast sales.csv --horizon 2 --target Sales", ("--target Sales", "sales.")),
        ("forecast stores.csv --horizon 2", ("--target", "sales, price")),
        ("forecast stores.csv --horizon 2 --target store --time date", ("--target store", "'b'")),
        ("forecast sales.csv --zero-shot --until 2001", ("--until 2001", "2022-01-01")),
        ("forecast sales.csv --zero-shot --horizon 2 --past sales", ("--zero-shot", "--past")),
        ("forecast sales.csv --zero-shot --horizon 2 --future sales.csv", ("--known",)),
        ("forecast sales.csv --zero-shot --horizon 2 --lower 9 --upper 3", ("--lower", "--upper")),
        ("forecast stores.csv --zero-shot --horizon 2 --target sales --group price", ("--group",)),
        ("forecast sales.csv --horizon 2 --plot a.txt", ("--plot a.txt", ".png")),
        ("backtest sales.csv --zero-shot --horizon 6 --initial 0.99", ("--initial 0.99", "72")),
        ("backtest sales.csv --zero-shot --horizon 6 --by series", ("--by series", "--group")),
        ("info sales.csv", ("sales.csv", "no file of skgru.save")),
        ("guess sales.csv", ("guess", "forecast")),
    ],
)
def test_a_message_names_option_value_and_remedy(argv, parts, folder, capsys):
    refused(capsys, *argv.split(), parts=parts)


def test_messages_of_the_library_hold_no_code():
    text = "X's index has no regular step between 2024-01-01 00:00:00 and 2024-03-01 00:00:00: rows"
    text += " are missing. Make the step regular first: X.asfreq('D')."
    assert in_words(text) == (
        "dates are missing. Add --fill-gaps to insert them as rows of unknown values."
    )
    text = (
        "season_length=None is 1 without dates, but X repeats every 12 rows. Give season_length=12"
    )
    assert "--season 12 to use this season" in in_words(text)
    text = (
        "season_length=None does not use the season of 12 rows that follows from the dates of X: "
    )
    text += "this needs 13 rows, one season and one row. Give {}season_length={}"
    short = in_words(text.format("a longer series, or ", 1))
    assert "13 rows of data. Give more rows, or --season 1" in short
    assert "--season 12 to use it" in in_words(text.format("", 12))
    text = "season_length=None does not use the season of 7 rows that follows from the dates of X, "
    text += "except in the pretrained network, because X does not repeat with it. Give "
    text += "season_length=7 to use it all the same, or 1 to forecast without one."
    short = in_words(text)
    assert "not used, except in the pretrained network, because the data do not repeat" in short
    assert "--season 7 to use it, or --season 1" in short
    short = in_words(text + " If X repeats every 30 rows, give season_length=30.")
    assert "--season 30 if the data repeat every 30 rows" in short
    ahead = text.replace("X does not repeat", "forecasts 3 rows ahead are not better")
    assert "because forecasts are not better with it. Give --season 7" in in_words(ahead)
    text = "season_length=9 is too long for X (n_samples=5). Use X.head() or horizon=2."
    assert in_words(text) == "--season 9 is too long for the data. See skgru forecast --help."
    assert in_words("Use X.head().") == "Use the data.head()."  # more than the name of the help


def test_help_has_examples(capsys):
    for argv in (["--help"], ["forecast", "--help"], ["backtest", "--help"], ["info", "--help"]):
        assert main(argv) == 0
        assert "skgru " in capsys.readouterr().out.partition("example")[2]


def test_a_package_that_is_missing(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    argv = ["forecast", "sales.csv", "--zero-shot", "--horizon", "2"]
    refused(capsys, *argv, parts=("needs pandas", "pip install pandas"), code=1)


def test_a_process_without_tensorflow_that_pipes(folder):
    code = (
        "import sys; from skgru._cli.main import main; code = main(sys.argv[1:]); "
        "sys.exit(code or 3 * ('tensorflow' in sys.modules))"
    )
    argv = ["forecast", "-", "--zero-shot", "--horizon", "4"]
    with open("sales.csv", "rb") as data:
        done = subprocess.run([sys.executable, "-c", code, *argv], stdin=data, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 5


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_a_broken_pipe_and_an_interrupt_leave_no_traceback(folder):
    code = "from skgru._cli.main import run; run()"
    argv = [sys.executable, "-c", code, "forecast", "-", "--zero-shot", "--horizon", "4"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(argv, **pipes)
    process.stdout.close()
    process.stdin.write((folder / "sales.csv").read_bytes())
    process.stdin.close()
    assert process.wait(60) == 141
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()

    waits = "import sys, skgru._cli.commands; print('ready', flush=True); " + code
    with subprocess.Popen([argv[0], "-c", waits, *argv[3:]], **pipes) as process:
        process.stdout.readline()
        time.sleep(0.2)  # it waits for standard input
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b"skgru: interrupted\n"


@pytest.mark.parametrize(
    "asked",
    [
        "forecast a.csv --horizon 2 --zero-shot --output a.csv",
        "forecast a.csv --horizon 2 --zero-shot --save ./a.csv",
        "forecast a.csv --horizon 2 --zero-shot --output link.csv",
        "forecast --model m.skgru --horizon 2 --output m.skgru",
        "forecast a.csv --horizon 2 --zero-shot --output new --save new",
        "backtest a.csv --horizon 2 --zero-shot --forecasts a.csv",
        "backtest a.csv --horizon 2 --zero-shot --forecasts new --output new",
    ],
)
def test_no_file_that_is_read_or_written_is_lost(asked, folder, capsys):
    days = pd.date_range("2024-02-01", periods=29)
    pd.DataFrame({"date": days, "sales": range(29)}).to_csv("a.csv", index=False)
    Path("link.csv").symlink_to("a.csv")
    answer(capsys, *"forecast a.csv --horizon 2 --zero-shot --save m.skgru".split())
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    refused(capsys, *asked.split(), parts=("is also the file of", "would be lost", "another file"))
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
