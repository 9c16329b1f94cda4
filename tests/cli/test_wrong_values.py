"""Files with a wrong date or number among right ones, times of Unix, and missing values."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

import skgru
from skgru._cli.columns_of_numbers import plain, wrong_number
from skgru._cli.dates import wrong_date
from tests.cli.test_main import answer, refused
from tests.helpers import assert_holds

DAYS = pd.date_range("2024-01-01", periods=60)
SALES = 10 + np.arange(60) % 7 + np.random.default_rng(0).normal(scale=0.1, size=60)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(row=None, column="date", value=None, form="%Y-%m-%d", **columns):
    """data.csv with one value replaced; row 0 is line 2."""
    data = {"date": DAYS.strftime(form), "sales": SALES} | columns
    frame = pd.DataFrame(data).astype(object)
    if row is not None:
        frame.loc[row, column] = value
    frame.to_csv("data.csv", index=False)


FORECAST = ("forecast", "data.csv", "--horizon", "1", "--zero-shot")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("%Y-%m-%d", "2024-13-45"),
        ("%Y-%m-%d", "unknown"),
        ("%d.%m.%Y", "31.02.2024"),
        ("%d/%m/%Y", "31/31/2024"),
        ("%Y%m%d", "20240231"),
        ("%d %b %Y", "31 Feb 2024"),
    ],
)
@pytest.mark.parametrize("is_named", [True, False])
def test_a_wrong_date_is_named_with_its_line_and_column(capsys, form, value, is_named):
    write(30, "date", value, form)
    option = ["--time", "date"] if is_named else []
    refused(capsys, *FORECAST, *option, parts=("date", "line 32", repr(value)))


def test_a_wrong_number_is_named_with_its_line_and_column(capsys):
    write(30, "sales", "12x")
    refused(capsys, *FORECAST, parts=("sales", "line 32", "'12x'", "Correct the value"))
    refused(capsys, *FORECAST, "--target", "sales", parts=("sales", "line 32", "'12x'"))
    write(30, "sales", "12x", price=1.5)  # the other column is not taken instead
    refused(capsys, *FORECAST, parts=("sales", "line 32", "'12x'"))
    write(30, "price", "1.5x", price=np.arange(60) % 3.0)
    options = ["--target", "sales", "--known", "price", "--future", "data.csv"]
    refused(capsys, *FORECAST[:-1], *options, parts=("--known price", "line 32", "'1.5x'"))
    options = ["--target", "sales", "--past", "price"]
    refused(capsys, *FORECAST[:-1], *options, parts=("--past price", "line 32", "'1.5x'"))


def test_other_text_is_not_one_of_mistakes():
    assert wrong_date(["a", "b", "2024-01-01"]) is None
    assert wrong_date(["2024-01-01"] * 20) is None
    assert wrong_date(["2024-01-01"] * 20 + ["", "x"]) == 21
    assert wrong_number(["a", "1", "2"]) is None
    assert wrong_number(["1"] * 20 + ["", "x"]) == 21
    assert wrong_number(["1"] * 20 + ["1.55"]) is None
    assert wrong_number(["1"] * 20 + ["1,55"]) is None


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_times_of_unix_are_dates(capsys, unit, ending):
    frame = pd.DataFrame({"date": DAYS.as_unit(unit).asi8, "sales": SALES})
    path = f"unix{ending}"
    frame.to_csv(path, index=False) if ending == ".csv" else frame.to_parquet(path)
    table, err = answer(capsys, "forecast", path, *FORECAST[2:])
    assert list(table["date"]) == ["2024-03-01"]
    assert "since 1970, in UTC" in err
    assert "--time-zone" in err
    write()
    expected, _ = answer(capsys, *FORECAST)
    pd.testing.assert_frame_equal(table, expected)


def test_times_of_unix_in_a_zone(capsys):
    local = DAYS.tz_localize("Europe/Berlin")
    frame = pd.DataFrame({"date": local.as_unit("s").asi8, "sales": SALES})
    frame.to_csv("unix.csv", index=False)
    table, err = answer(
        capsys, "forecast", "unix.csv", *FORECAST[2:], "--time-zone", "Europe/Berlin"
    )
    assert list(table["date"]) == ["2024-03-01 00:00:00+01:00"]
    assert "in the zone Europe/Berlin" in err


def test_missing_values(capsys):
    sales = SALES.copy()
    sales[57:] = np.nan
    write(sales=sales)
    _, err = answer(capsys, *FORECAST)
    assert "missing, in 3 rows of the data" in err
    _, err = answer(capsys, "backtest", "data.csv", "--horizon", "3", "--zero-shot")
    assert "warning" not in err  # rows of a forecast origin cannot be cut off
    price = np.arange(60) % 3.0
    price[40] = np.nan
    write(price=price)
    options = ["--known", "price", "--target", "sales", "--horizon", "3"]
    parts = ("--known price", "2024-02-10", "forecast origin", "Fill in this field")
    refused(capsys, "backtest", "data.csv", *options, parts=parts)
    parts = ("column price has fields without a value (1)", "--future starts at", "Add rows")
    refused(
        capsys, "forecast", "data.csv", *options, "--future", "data.csv", "--quiet",
        parts=parts[1:],
    )  # fmt: skip


@pytest.mark.parametrize("form", ["index", "column", "levels", "group last"])
def test_columns_of_a_forecast_have_one_order(capsys, form):
    """Whatever frame the model was fitted on, and also for models of the command line."""
    long = pd.DataFrame({"sales": [*SALES, *2 * SALES]}).assign(shop=["a"] * 60 + ["b"] * 60)
    long["date"] = DAYS.append(DAYS)
    forecaster = skgru.SequenceForecaster(Ridge(), group="shop", season_length=7)
    frames = {
        "index": long.set_index("date"),
        "column": long,
        "levels": long.set_index(["shop", "date"]),
        "group last": long[["date", "sales", "shop"]],
    }
    skgru.save(forecaster.fit(frames[form]), "model.skgru")
    table, _ = answer(capsys, "forecast", "--model", "model.skgru", "--horizon", "1")
    assert list(table.columns) == ["date", "shop", "sales"]
    long.to_csv("data.csv", index=False)
    saved, _ = answer(capsys, *FORECAST, "--save", "cli.skgru")
    again, _ = answer(capsys, "forecast", "--model", "cli.skgru", "--horizon", "1")
    assert list(saved.columns) == list(again.columns) == ["date", "shop", "sales"]


def decorations():
    profit = (SALES - SALES.mean()).round(3)
    return {
        "percent": [f"{x}%" for x in profit],
        "currency": [f"\u20ac{x}" for x in profit],
        "code": [f"{x} EUR" for x in profit],
        "code first": [f"CHF {x}" for x in profit],
        "underscore": [f"1_0{abs(x):.3f}" for x in profit],
        "minus last": [f"{abs(x)}-" if x < 0 else f"{x}" for x in profit],
        "account": [f"({-x})" if x < 0 else f"{x}" for x in profit],
        "few": ["(12.5)" if k == 30 else f"{abs(x)}" for k, x in enumerate(profit)],
    }


@pytest.mark.parametrize("kind", decorations())
def test_signs_and_parentheses_of_numbers_are_named(capsys, kind):
    texts = decorations()[kind]
    line = next(k for k, one in enumerate(texts) if plain(one) != one)
    parts = "sales", f"line {line + 2}", repr(texts[line]), f"Write {plain(texts[line])} instead"
    write(sales=texts)
    refused(capsys, *FORECAST, parts=("--target is missing", *parts))
    refused(capsys, *FORECAST, "--target", "sales", parts=("--target sales", *parts))
    write(price=texts)
    options = ["--target", "sales", "--past", "price"]
    refused(capsys, *FORECAST[:-1], *options, parts=("--past price", *parts[1:]))
    write(sales=[plain(one) for one in texts])  # the remedy
    answer(capsys, *FORECAST)


def test_a_column_of_percents_is_not_asked_for_beside_one_of_numbers(capsys):
    write(share=decorations()["percent"])
    table, _ = answer(capsys, *FORECAST)
    assert list(table.columns) == ["date", "sales"]


@pytest.mark.parametrize(
    "other",
    [
        {"id": np.arange(60)},
        {"shop": np.repeat([1, 2], 30)},
        {"constant": np.ones(60)},
        {"item_id": np.arange(60) * 7 % 11},
        {"year": np.repeat([2024, 2023], 30)},
    ],
)
def test_the_suggested_target_is_no_identifier(capsys, other):
    data = {"date": DAYS.strftime("%Y-%m-%d"), **other, "sales": SALES}
    pd.DataFrame(data).to_csv("data.csv", index=False)
    (name,) = other
    refused(capsys, *FORECAST, parts=(f"2 columns of numbers: {name}, sales", "--target sales"))
    answer(capsys, *FORECAST, "--target", "sales")
    pd.DataFrame({**data, "date": DAYS}).to_parquet("data.parquet")
    refused(capsys, "forecast", "data.parquet", *FORECAST[2:], parts=("example --target sales",))


def test_messages_about_revised_rows_and_names_of_series(capsys):
    write()
    answer(capsys, *FORECAST, "--save", "model.skgru")
    write(sales=SALES + 1)
    pd.read_csv("data.csv").tail(5).to_csv("data.csv", index=False)
    later = pd.DataFrame({"date": ["2024-03-01"], "sales": [12.0]})
    pd.concat([pd.read_csv("data.csv"), later]).to_csv("data.csv", index=False)
    model = ["--model", "model.skgru"]
    _, err = answer(capsys, "forecast", "data.csv", "--horizon", "1", *model)
    assert_holds(err, "5 rows of the data have other values", "2024-02-25 with", "without --model")
    assert "forecast(" not in err
    write(shop="a")
    answer(capsys, *FORECAST, "--group", "shop", "--save", "shops.skgru")
    write(shop="A")
    model = ["--horizon", "1", "--model", "shops.skgru"]
    parts = "the series 'A', but the model has 'a'", "Write it as in the data of the training"
    refused(capsys, "forecast", "data.csv", *model, parts=parts)


@pytest.mark.parametrize("places", ["0", "00", "000"])
def test_thousands_with_points_in_a_file_with_commas(capsys, places):
    sales = 10_000 + (SALES * 1000).astype(int) // 10 ** len(places) * 10 ** len(places)
    write(sales=sales)
    expected, _ = answer(capsys, *FORECAST)
    write(sales=[f"{one:,}".replace(",", ".") for one in sales])
    refused(capsys, *FORECAST, parts=("data.csv", "--decimal . or --decimal ,"))
    table, err = answer(capsys, *FORECAST, "--decimal", ",")
    pd.testing.assert_frame_equal(table, expected)
    assert "--decimal" not in err
    table, err = answer(capsys, *FORECAST, "--decimal", ".")
    assert "--decimal" not in err
    np.testing.assert_allclose(table["sales"], expected["sales"] / 1000, rtol=1e-3)


def test_sensor_values_of_three_places_are_read(capsys):
    write(sales=[f"{one:.3f}" for one in SALES])
    table, err = answer(capsys, *FORECAST)
    assert_holds(err, "read with a decimal point", "--decimal ,")
    assert table["sales"].between(9, 17).all()
    write(sales=[f"{one:.3f}" for one in SALES], share=0.5)
    again, err = answer(capsys, *FORECAST, "--target", "sales")
    assert "--decimal" not in err
    pd.testing.assert_frame_equal(again, table)
    write(sales=[f"{one:.3f}" for one in SALES - 10])  # one below 1 shows the mark
    assert "--decimal" not in answer(capsys, *FORECAST)[1]
