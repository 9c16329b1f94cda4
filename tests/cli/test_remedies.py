"""Remedies of messages about files and options: each is followed, and works."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

import skgru
from skgru._cli.main import main
from tests.cli.test_main import answer, refused
from tests.helpers import assert_holds

DAYS = pd.date_range("2024-01-01", periods=60).strftime("%Y-%m-%d")
SALES = 100 + np.arange(60) % 7 * 10.5
FORECAST = ["forecast", "a.csv", "--zero-shot", "--horizon", "2"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(sales=SALES, name="a.csv", sep=",", **columns):
    frame = pd.DataFrame({"date": DAYS[: len(sales)], "sales": sales, **columns})
    frame.to_csv(name, index=False, sep=sep)


COMMAS = [f"{one:.2f}".replace(".", ",") for one in SALES]
POINTS = [f"{one:.2f}" for one in SALES]


@pytest.mark.parametrize(("texts", "wrong", "right"), [(COMMAS, ".", ","), (POINTS, ",", ".")])
def test_the_wrong_decimal_mark(texts, wrong, right, capsys):
    write(texts, sep=";")
    parts = (f"--decimal {wrong} does not fit", "Leave it out", f"give --decimal {right}")
    refused(capsys, *FORECAST, "--decimal", wrong, parts=parts)
    left_out, _ = answer(capsys, *FORECAST)
    given, _ = answer(capsys, *FORECAST, "--decimal", right)
    pd.testing.assert_frame_equal(left_out, given)


def test_decimal_marks_of_data_and_future(capsys):
    write(price=[f"{8 + at % 3}.50" for at in range(60)])
    future = pd.DataFrame({"date": ["2024-03-01", "2024-03-02"], "price": ["8,50", "9,50"]})
    future.to_csv("future.csv", sep=";", index=False)
    argv = [*FORECAST, "--target", "sales", "--known", "price", "--future", "future.csv"]
    for mark in ",.":
        refused(capsys, *argv, "--decimal", mark, parts=(f"--decimal {mark} does not fit", "Leave"))
    answer(capsys, *argv)


def test_two_decimal_marks_in_a_column(capsys):
    write([a if at % 2 else b for at, (a, b) in enumerate(zip(POINTS, COMMAS, strict=True))])
    refused(capsys, *FORECAST, parts=("example --target sales",))
    parts = ("line 2 has '100,00'", "Line 3 has '110.50'", "one decimal mark")
    refused(capsys, *FORECAST, "--target", "sales", parts=parts)
    write(POINTS)
    answer(capsys, *FORECAST, "--target", "sales")


def test_decimal_commas_between_commas(capsys):
    rows = [f"{day},{text}" for day, text in zip(DAYS, COMMAS, strict=True)]
    Path("a.csv").write_text("date,sales\n" + "\n".join(rows))
    parts = ("line 2 has 3 fields", "decimal commas", "semicolons", "decimal points")
    refused(capsys, *FORECAST, parts=parts)
    tables = []
    for texts, sep in ((COMMAS, ";"), (POINTS, ",")):
        write(texts, sep=sep)
        tables.append(answer(capsys, *FORECAST)[0])
    pd.testing.assert_frame_equal(*tables)


def test_a_quote_that_is_not_closed(capsys):
    write()
    lines = Path("a.csv").read_text().split("\n")
    Path("a.csv").write_text("\n".join([*lines[:20], lines[20].replace(",", ',"'), *lines[21:]]))
    refused(capsys, *FORECAST, parts=("a.csv, line 21 has a quote that is not closed", "delete it"))
    assert main(FORECAST) == 2
    assert len(capsys.readouterr().err) < 300
    Path("a.csv").write_text("\n".join(lines).replace("2024-01-09,", '"2024-01-09",'))
    answer(capsys, *FORECAST)


def test_titles_and_units_beside_the_header(capsys):
    write(cost=1)
    lines = Path("a.csv").read_text().split("\n")
    whole = ["Report: sales,,", lines[0].title(), ",EUR,EUR", *lines[1:]]
    for parts in (
        ("line 1 has 'Report: sales' and no further names", "Delete the lines before line 2"),
        ("'EUR' in line 2", "Delete this line, which has no date and no number"),
    ):
        Path("a.csv").write_text("\n".join(whole))
        refused(capsys, *FORECAST, parts=parts)
        del whole[0 if parts[0].startswith("line 1") else 1]
    Path("a.csv").write_text("\n".join(whole))
    answer(capsys, *FORECAST, "--target", "Sales")


def test_targets_and_groups_in_wrong_options(capsys):
    pd.DataFrame({"date": np.repeat(DAYS, 2), "status": ["plan", "actual"] * 60,
                  "v": np.repeat(SALES, 2)}).to_csv("a.csv", index=False)  # fmt: skip
    parts = ("no column of numbers besides --group v", "Leave this option out", "--target v")
    refused(capsys, *FORECAST, "--group", "v", parts=parts)
    answer(capsys, *FORECAST, "--target", "v")
    write(name="b.csv")
    argv = ["forecast", "b.csv", *FORECAST[2:], "--target"]
    refused(
        capsys, *argv, "date", parts=("--target date: the column holds dates", "--target sales")
    )
    answer(capsys, *argv, "sales")
    pd.DataFrame({"date": DAYS, "shop": "a"}).to_csv("c.csv", index=False)
    parts = ("no column of numbers to forecast", "date, shop", "Add a column of numbers")
    refused(capsys, "forecast", "c.csv", *FORECAST[2:], parts=parts)


def test_limits_in_the_wrong_order(capsys):
    write()
    parts = ("--lower 600.0 must be less than --upper 500.0", "as --lower", "leave one of them out")
    refused(capsys, *FORECAST, "--lower", "600", "--upper", "500", parts=parts)
    assert main([*FORECAST, "--lower", "600", "--upper", "500"]) == 2
    assert "None" not in capsys.readouterr().err
    answer(capsys, *FORECAST, "--upper", "500")
    answer(capsys, *FORECAST, "--lower", "50", "--upper", "500")


def test_a_model_asks_for_the_rows_of_the_horizon(capsys):
    index = pd.DatetimeIndex(DAYS, name="date")
    frame = pd.DataFrame({"sales": SALES, "price": np.arange(60) % 3.0}, index)
    model = skgru.SequenceForecaster(Ridge(), horizon=7, target=["sales"], known=["price"])
    skgru.save(model.fit(frame), "m.skgru")
    argv = ["forecast", "--model", "m.skgru"]
    parts = ("--model m.skgru reads price", "3 rows after the data", "--future")
    refused(capsys, *argv, "--horizon", "3", parts=parts)
    refused(capsys, *argv, "--until", "2024-03-03", parts=("up to 2024-03-03", "--future"))
    ahead = pd.date_range("2024-03-01", periods=3)
    pd.DataFrame({"date": ahead, "price": 1.0}).to_csv("future.csv", index=False)
    for asked in (["--horizon", "3"], ["--until", "2024-03-03"]):
        assert len(answer(capsys, *argv, *asked, "--future", "future.csv")[0]) == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_the_option_whose_file_cannot_be_written_is_named(capsys):
    write()
    argv = ["backtest", "a.csv", "--zero-shot", "--horizon", "2"]
    for option in ("--forecasts", "--output"):
        assert main([*argv, option, "/dev/full"]) == 2
        assert_holds(capsys.readouterr().err, f"error: {option} /dev/full cannot be written")
    answer(capsys, *argv, "--forecasts", "all.csv")


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
def test_closed_streams():
    write()
    command = f"{sys.executable} -m skgru {' '.join(FORECAST)} --time date --target sales"
    done = subprocess.run(f"{command} >&-", shell=True, capture_output=True, text=True)
    assert done.returncode == 1
    assert_holds(done.stderr, "standard output is closed", "--output")
    done = subprocess.run(f"{command} --output b.csv >&-", shell=True, capture_output=True)
    assert done.returncode == 0
    assert len(pd.read_csv("b.csv")) == 2
    done = subprocess.run(f"{command} 2>&-", shell=True, capture_output=True, text=True)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 3)
