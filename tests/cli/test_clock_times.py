"""Times of the clocks of a zone, with an hour that exists twice."""

import numpy as np
import pandas as pd
import pytest

from skgru._cli.clock_times import in_zone
from tests.cli.test_main import answer, refused

ZONE = "Europe/Berlin"
HOURS = pd.date_range("2025-10-20", periods=240, freq="h", tz=ZONE)
SALES = 100 + 10 * np.sin(np.arange(240) * np.pi / 12)
FORECAST = ["--zero-shot", "--horizon", "2", "--time-zone", ZONE]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def shops(times=HOURS, n_shops=2, form="%Y-%m-%d %H:%M"):
    parts = [
        pd.DataFrame({"at": times.strftime(form), "shop": one, "sales": SALES[: len(times)] * k})
        for k, one in enumerate("abc"[:n_shops], 1)
    ]
    return pd.concat(parts).reset_index(drop=True)


ORDERS = {
    "by shop": lambda X: X,
    "by time": lambda X: X.sort_index(key=lambda at: at % 240, kind="stable"),
    "descending": lambda X: X[::-1],
    "by time, descending": lambda X: X.sort_index(key=lambda at: at % 240, kind="stable")[::-1],
}


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%Y%m%d%H"])
@pytest.mark.parametrize("order", ORDERS)
def test_rows_of_a_panel_in_any_order(order, form, capsys):
    frame = ORDERS[order](shops(form=form))
    frame.to_csv("a.csv", index=False)
    for options in ([], ["--group", "shop"]):
        argv = ["forecast", "a.csv", *FORECAST, "--time", "at", *options]
        table, _ = answer(capsys, *argv)
        table = table.set_index("shop").sort_index(kind="stable")
        assert list(table.loc["a", "at"]) == [
            "2025-10-29 23:00:00+01:00",
            "2025-10-30 00:00:00+01:00",
        ]
        np.testing.assert_allclose(table.loc["b", "sales"], 2 * table.loc["a", "sales"])


def test_times_in_a_zone_of_each_series():
    wall, keys = HOURS.tz_localize(None), np.repeat(["a", "b"], 240)
    for rows in (np.arange(480), np.arange(480)[::-1], np.arange(480).reshape(2, 240).T.ravel()):
        both, expected = wall.append(wall)[rows], HOURS.append(HOURS)[rows]
        assert list(in_zone(both, ZONE, list(keys[rows]))) == list(expected)
    assert in_zone(wall.append(wall), ZONE) is None


def test_a_time_that_is_there_once_is_the_first():
    wall = pd.date_range("2025-10-20 02:30", periods=9)
    assert in_zone(wall, ZONE)[6] == pd.Timestamp("2025-10-26 02:30+02:00")


def test_rows_without_order_are_refused_with_a_remedy(capsys):
    frame = shops(n_shops=1).drop(columns="shop")
    mixed = frame.sample(frac=1, random_state=0)
    mixed.to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST]
    parts = ("--time at", "2025-10-26 02:00:00", f"twice in the zone {ZONE}", "Sort the rows")
    refused(capsys, *argv, parts=parts)
    frame.to_csv("a.csv", index=False)
    expected, _ = answer(capsys, *argv)
    frame.assign(at=HOURS.strftime("%Y-%m-%d %H:%M%z")).loc[mixed.index].to_csv(
        "a.csv", index=False
    )
    pd.testing.assert_frame_equal(answer(capsys, *argv)[0], expected)
    shops().sort_index(key=lambda at: at % 240, kind="stable").assign(shop=lambda X: X["shop"].map(
        {"a": 1, "b": 2})).to_csv("a.csv", index=False)  # fmt: skip
    refused(capsys, *argv, "--target", "sales", parts=("--group",))
    answer(capsys, *argv, "--target", "sales", "--group", "shop")


def test_the_zone_of_dates_in_a_format_and_in_two_columns(capsys):
    frame = shops(n_shops=1).drop(columns="shop")
    frame.to_csv("a.csv", index=False)
    expected, _ = answer(capsys, "forecast", "a.csv", *FORECAST)
    frame["at"] = HOURS.strftime("%b %d %Y %H:%M")
    frame.to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST, "--time", "at", "--date-format", "%b %d %Y %H:%M"]
    pd.testing.assert_frame_equal(answer(capsys, *argv)[0], expected)
    frame = frame.drop(columns="at").assign(day=HOURS.strftime("%d.%m.%Y"), hour=HOURS.hour)
    frame.to_csv("a.csv", index=False)
    table, _ = answer(capsys, "forecast", "a.csv", *FORECAST, "--time", "day+hour")
    pd.testing.assert_frame_equal(table.rename(columns={"day+hour": "at"}), expected)


@pytest.mark.parametrize("n_shops", [1, 2])
def test_ends_of_hours_where_the_clocks_change(n_shops, capsys):
    """Hours 1 to 24: the hour that exists twice is the one that ends at 3."""
    frame = shops(n_shops=n_shops)
    times = np.tile(HOURS.strftime("%Y-%m-%d"), n_shops)
    frame = frame.assign(day=times, hour=np.tile(HOURS.hour + 1, n_shops)).drop(columns="at")
    frame.to_csv("a.csv", index=False)
    argv = ["forecast", "a.csv", *FORECAST, "--target", "sales", "--time", "day+hour"]
    table, _ = answer(capsys, *argv, "--group", "shop")
    shops(HOURS + pd.Timedelta("1h"), n_shops).assign(sales=frame["sales"]).to_csv(
        "b.csv", index=False
    )
    argv = ["forecast", "b.csv", *FORECAST, "--target", "sales", "--group", "shop"]
    expected, _ = answer(capsys, *argv)
    pd.testing.assert_frame_equal(table.rename(columns={"day+hour": "at"}), expected)
