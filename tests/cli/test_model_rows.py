"""New rows and future covariates for a saved model: their dates, series and numbers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

import skgru
from tests.cli.test_main import answer, refused

MONTHS = pd.date_range("2022-01-01", periods=30, freq="MS")
SALES = 100 + np.arange(30) + 10.0 * (np.arange(30) % 12)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def save(dates=MONTHS, **parameters):
    """model.skgru of one series."""
    frame = pd.DataFrame({"sales": SALES, "price": np.arange(30) % 3.0, "kind": list("abc") * 10})
    known = parameters.get("known", [])
    frame = frame[["sales", *known]].set_axis(pd.Index(dates, name="date"))
    forecaster = skgru.SequenceForecaster(
        Ridge(), horizon=2, season_length=1, target="sales", **parameters
    )
    skgru.save(forecaster.fit(frame), "model.skgru")


def rows(*dates, **columns):
    data = {"date": dates, "sales": range(190, 190 + len(dates)), **columns}
    pd.DataFrame(data).to_csv("new.csv", index=False)


MODEL = ["forecast", "new.csv", "--model", "model.skgru", "--horizon", "1"]


@pytest.mark.parametrize(
    ("dates", "texts", "expected"),
    [
        (MONTHS, ["2024-07", "2024-08"], "2024-09-01"),
        (MONTHS, ["2024-07-01", "2024-08-01"], "2024-09-01"),
        (MONTHS + pd.offsets.MonthEnd(0), ["2024-07", "2024-08"], "2024-09-30"),
        (MONTHS.to_period("M"), ["2024-07-01", "2024-08-01"], "2024-09"),
        (pd.date_range("2017-01-01", periods=30, freq="QS"), ["2024Q3"], "2024-10-01"),
        (pd.date_range("2017-03-31", periods=30, freq="QE"), ["2024Q3"], "2024-12-31"),
    ],
)
def test_dates_in_the_type_of_the_model(dates, texts, expected, capsys):
    save(dates)
    rows(*texts)
    table, err = answer(capsys, *MODEL)
    assert list(table["date"]) == [expected]
    assert "ignored" not in err


@pytest.mark.parametrize(
    ("texts", "parts"),
    [
        (
            ["2024-06-02", "2024-06-03"],
            ("2024-06-02", "2024-06-01, 2024-07-01", "Correct the date"),
        ),
        (["2024-05-15"], ("2024-05-15", "2024-05-01, 2024-06-01", "delete the line")),
        (["2024-07-31"], ("2024-07-31", "2024-07-01")),
        (["2024Q3"], ("2024Q3", "2024-07-01, 2024-08-01", "Write the dates in this form")),
        (["2024-07-01 00:00+02:00"], ("2024-07-01", "Write the dates in this form")),
        (["2024-08-01"], ("begin at 2024-08-01", "2024-06-01", "next row is 2024-07-01")),
        (
            ["2024-07-01", "2024-09-01"],
            ("lacks 1 of 3 dates, the first after 2024-07-01", "--fill-gaps"),
        ),
    ],
)
def test_dates_that_do_not_continue_the_model(texts, parts, capsys):
    save()
    rows(*texts)
    refused(capsys, *MODEL, parts=parts)


def test_the_gap_of_two_new_rows_is_filled(capsys):
    save()
    rows("2024-07-01", "2024-09-01")
    table, _ = answer(capsys, *MODEL, "--fill-gaps")
    assert list(table["date"]) == ["2024-10-01"]


def test_new_rows_with_wide_gaps_may_be_misread(capsys):
    save()
    rows("2024-07-01", "2024-08-01", "2025-03-01")
    parts = ("lacks 6 of 9 dates", "after 2024-08-01", "may be misread", "with empty fields")
    refused(capsys, *MODEL, parts=parts)
    months = pd.date_range("2024-07-01", "2025-03-01", freq="MS").strftime("%Y-%m-%d")
    rows(*months, sales=[1, 2, *[""] * 6, 3])
    answer(capsys, *MODEL)


def test_rows_that_the_history_holds(capsys):
    save()
    rows("2024-06-01", sales=[SALES[-1]])
    _, err = answer(capsys, *MODEL)
    assert "1 of 1 rows of new.csv" in err
    assert "history of the model, which ends at 2024-06-01. The forecast starts there" in err


def test_a_series_that_the_model_does_not_have(capsys):
    frame = pd.DataFrame({"shop": np.repeat(["a", "b"], 30), "sales": [*SALES, *SALES]})
    frame.index = MONTHS.append(MONTHS).rename("date")
    skgru.save(skgru.SequenceForecaster(Ridge(), group="shop").fit(frame), "model.skgru")
    rows("2024-07-01", "2024-07-01", shop=["a", "z"])
    parts = ("'z'", "which the model does not have", "Delete its rows", "without --model")
    refused(capsys, *MODEL, parts=parts)
    rows("2024-07-01", shop=["a"])  # the remedy
    assert list(answer(capsys, *MODEL)[0]["date"]) == ["2024-08-01", "2024-07-01"]
    rows("2024-06-15", shop=["b"])
    refused(capsys, *MODEL, parts=("new.csv of series b has 2024-06-15",))


@pytest.mark.parametrize("is_model", [False, True])
def test_text_in_a_column_of_numbers_is_named_with_its_line(is_model, capsys):
    save(known=["price"])
    data = {"date": MONTHS, "sales": SALES, "price": np.arange(30) % 3.0}
    pd.DataFrame(data).to_csv("data.csv", index=False)
    future = ["date,price", "2024-07-01,9", "2024-08-01,8 EUR"]
    for text in ("\n".join(future), "\n".join(future).replace("8 EUR", "8")):
        with open("future.csv", "w") as file:
            file.write(text)
        argv = ["forecast", "--model", "model.skgru"]
        if not is_model:
            argv = ["forecast", "data.csv", "--zero-shot", "--target", "sales", "--known", "price"]
        argv += ["--horizon", "2", "--future", "future.csv"]
        if "EUR" in text:
            parts = ("--known price", "future.csv", "line 3", "'8 EUR'", "Write 8 instead")
            refused(capsys, *argv, parts=parts)
        else:
            answer(capsys, *argv)


def test_text_in_new_rows(capsys):
    save(known=["price"])
    rows("2024-07-01", price=["8 EUR"])
    parts = ("--known price", "new.csv", "line 2", "'8 EUR'", "Write 8 instead")
    refused(capsys, *MODEL, parts=parts)
    rows("2024-07-01", price=["cheap"])
    parts = ("--known price", "new.csv, line 2", "'cheap'", "Correct the value")
    refused(capsys, *MODEL, parts=parts)


def test_categories_of_future_stay_text(capsys):
    save(known=["kind"])
    pd.DataFrame({"date": ["2024-07-01", "2024-08-01"], "kind": ["a", "c"]}).to_csv(
        "f.csv", index=False
    )
    answer(capsys, "forecast", "--model", "model.skgru", "--horizon", "2", "--future", "f.csv")


def test_a_model_without_intervals(capsys):
    save()
    argv = ["forecast", "--model", "model.skgru", "--horizon", "1"]
    parts = ("--interval needs a model with intervals", "Leave --interval out", "--save")
    refused(capsys, *argv, "--interval", "0.9", parts=parts)
    answer(capsys, *argv)


@pytest.mark.parametrize("coverage", [None, "0.8"])
def test_columns_of_several_levels_have_one_line_of_names(coverage, capsys):
    X = pd.DataFrame({("a", "x"): SALES, ("a", "y"): 2 * SALES}, index=MONTHS)
    skgru.save(skgru.SequenceForecaster(horizon=2, pretrained="only").fit(X), "model.skgru")
    options = [] if coverage is None else ["--interval", coverage]
    argv = ["forecast", "--model", "model.skgru", "--horizon", "2", *options]
    table, _ = answer(capsys, *argv)
    assert list(table["time"]) == ["2024-07-01", "2024-08-01"]
    bounds = [] if coverage is None else ["a_x_lower", "a_y_upper"]
    assert {"a_x", "a_y", *bounds} <= set(table.columns)
    assert all(kind.kind == "f" for kind in table.dtypes[1:])
