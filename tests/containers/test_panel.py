"""Several series in one frame, long or wide: what a list of them gives, under the right names.

What is done with several series is in forecaster/test_many_series.py.
"""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LinearRegression

from skgru import SequenceForecaster
from tests.helpers import fails, raises, warns

RNG = np.random.default_rng(0)
LENGTHS = {"b": 40, "a": 31, "c": 24}  # in no order
IDS = list(LENGTHS)
SERIES = {one: np.exp(2 + RNG.normal(scale=0.1, size=n).cumsum()) for one, n in LENGTHS.items()}
PRICE = {one: RNG.normal(size=n + 3) for one, n in LENGTHS.items()}
DAYS = {one: pd.date_range("2020-01-01", periods=n, freq="D") for one, n in LENGTHS.items()}
STEPS = 2


def forecaster(**params):
    settings = {"window_length": 4, "horizon": 2, "season_length": 1}
    return SequenceForecaster(LinearRegression(), **(settings | params))


def long(**params):
    return forecaster(group="shop", **params)


def wide(**params):
    return forecaster(group="columns", **params)


def days_after(one, n=STEPS):
    return list(pd.date_range(DAYS[one][-1], periods=n + 1, freq="D")[1:])


def long_frame():
    """shop, day, sales: the days of each shop below those of the one before."""
    return pd.concat(
        [pd.DataFrame({"shop": one, "day": DAYS[one], "sales": SERIES[one]}) for one in IDS],
        ignore_index=True,
    )


def with_a_year(frame):
    """The sales of each shop, multiplied by a season of 12 rows."""
    row = frame.groupby("shop").cumcount()
    return frame["sales"] * (2 + np.sin(row * np.pi / 6))


def wide_frame():
    """A column for each, which begin on different days and end on the same."""
    n = max(LENGTHS.values())
    columns = {one: np.append(np.full(n - LENGTHS[one], np.nan), SERIES[one]) for one in IDS}
    return pd.DataFrame(columns, index=DAYS["b"])


def shuffled(frame):
    """Rows in disorder, of which the first are still in the order of IDS."""
    first = frame.index[~frame["shop"].duplicated()]
    rest = frame.index.difference(first).to_numpy(copy=True)
    np.random.default_rng(1).shuffle(rest)
    return frame.loc[[*first, *rest]]


@pytest.fixture(scope="module")
def expected():
    """What the list gives, (n_series, STEPS)."""
    return np.array(forecaster().fit(list(SERIES.values())).forecast(STEPS))[:, :, 0]


@pytest.fixture(scope="module")
def bounds():
    """Intervals that the list gives, (n_series, STEPS, 2)."""
    fitted = forecaster(calibration_fraction=0.4).fit(list(SERIES.values()))
    return np.array(fitted.forecast_interval(coverage=0.7))[:, :, 0]


@pytest.fixture(scope="module")
def fitted():
    """On the long frame. Nobody refits it."""
    return long().fit(long_frame())


# Long frames of pandas


def long_answer(values, names=("sales",)):
    """values : (n_series, STEPS, n_names)"""
    frames = [
        pd.DataFrame({"shop": one, "day": days_after(one), **dict(zip(names, rows.T, strict=True))})
        for one, rows in zip(IDS, values, strict=True)
    ]
    return pd.concat(frames, ignore_index=True)


def as_periods(frame):
    return frame.assign(day=frame["day"].dt.to_period("D"))


LONG = {
    "a column of dates": lambda frame: frame,
    "dates as the index": lambda frame: frame.set_index("day"),
    "ids and dates as the index": lambda frame: frame.set_index(["shop", "day"]),
    "dates and ids as the index": lambda frame: frame.set_index(["day", "shop"]),
    "a column of periods": as_periods,
    "periods as the index": lambda frame: as_periods(frame).set_index("day"),
    "no dates": lambda frame: frame.drop(columns="day"),
    "ids last": lambda frame: frame[["sales", "day", "shop"]],
    "categories": lambda frame: frame.assign(shop=pd.Categorical(frame["shop"], list("abcz"))),
    "an index of its own": lambda frame: frame.set_index(pd.Index(np.arange(len(frame))[::-1] * 3)),
    "dates that are named none": lambda frame: frame.set_index("day").rename_axis(None),
}


# Without dates nothing would tell the order.
@pytest.mark.parametrize(
    ("kind", "is_in_order"),
    [(kind, True) for kind in LONG] + [(kind, False) for kind in LONG if kind != "no dates"],
)
def test_long_frames(kind, is_in_order, expected):
    frame = long_frame()
    form = LONG[kind]
    answer = long().fit(form(frame if is_in_order else shuffled(frame))).forecast(STEPS)
    wanted = long_answer(expected[:, :, np.newaxis])
    if kind == "ids last":
        form = LONG["a column of dates"]
    elif kind == "an index of its own":
        form = LONG["a column of dates"]
    wanted = form(wanted)
    pd.testing.assert_frame_equal(answer, wanted, check_freq=False)


@pytest.mark.parametrize(
    "ids", [[7, 3, 5], [2.5, 1.5, 0.5], [("x", 1), ("x", 0), ("y", 0)], [True, False, "other"]]
)
def test_ids_of_other_types(ids, expected):
    frame = long_frame()
    frame["shop"] = pd.Series([ids[IDS.index(one)] for one in frame["shop"]])
    answer = long().fit(frame).forecast(STEPS)
    assert answer["shop"].tolist() == [one for one in ids for _ in range(STEPS)]
    np.testing.assert_allclose(answer["sales"], expected.ravel())


def test_integer_ids_stay_integers():
    frame = long_frame()
    frame["shop"] = frame["shop"].map({"b": 7, "a": 3, "c": 5})
    answer = long().fit(frame).forecast(STEPS)
    assert answer["shop"].dtype == np.int64


def test_whole_numbers_as_the_level_of_times(expected):
    frame = long_frame().drop(columns="day")
    frame["n"] = 10 + 2 * frame.groupby("shop").cumcount()
    answer = long().fit(shuffled(frame).set_index(["shop", "n"])).forecast(STEPS)
    assert answer.index.names == ["shop", "n"]
    wanted = [(one, 10 + 2 * (LENGTHS[one] + k)) for one in IDS for k in range(STEPS)]
    assert answer.index.tolist() == wanted
    np.testing.assert_allclose(answer["sales"], expected.ravel())


@pytest.mark.parametrize("freq", ["MS", "ME", "W", "h", "QS"])
def test_times_of_each_series_go_on(freq, expected):
    frame = long_frame()
    times = {one: pd.date_range("2020-03-01", periods=n + STEPS, freq=freq) for one, n in
             LENGTHS.items()}  # fmt: skip
    frame["day"] = np.concatenate([times[one][: LENGTHS[one]] for one in IDS])
    answer = long().fit(frame).forecast(STEPS)
    wanted = [time for one in IDS for time in times[one][LENGTHS[one] :]]
    assert answer["day"].tolist() == wanted
    np.testing.assert_allclose(answer["sales"], expected.ravel())


def test_the_season_is_that_of_the_dates():
    frame = long_frame()
    months = [pd.date_range("2020", periods=n, freq="MS") for n in LENGTHS.values()]
    monthly = long(season_length=None).fit(
        frame.assign(day=np.concatenate(months), sales=with_a_year(frame))
    )
    assert monthly.season_length_ == 12
    with pytest.warns(UserWarning, match="season of 7 rows.*does not repeat.*season_length=7"):
        assert long(season_length=None).fit(frame).season_length_ == 1


def test_several_targets():
    frame = long_frame()
    frame.insert(2, "guests", 3 * frame["sales"] + np.arange(len(frame)) % 5)
    fitted = long().fit(frame)
    parts = [frame.loc[frame["shop"] == one, ["guests", "sales"]].to_numpy() for one in IDS]
    values = np.array(forecaster().fit(parts).forecast(STEPS))
    wanted = long_answer(values, ["guests", "sales"])
    pd.testing.assert_frame_equal(fitted.forecast(STEPS), wanted)
    assert list(fitted.feature_names_in_) == ["guests", "sales"]
    only = long(target="sales").fit(frame).forecast(STEPS)
    values = np.array(forecaster(target=1).fit(parts).forecast(STEPS))
    pd.testing.assert_frame_equal(only, long_answer(values))


def priced():
    """The long frame with a price, and the prices of the two days after."""
    frame = long_frame().assign(price=np.concatenate([PRICE[one][:-3] for one in IDS]))
    rows = [
        pd.DataFrame({"shop": one, "day": days_after(one, 3), "price": PRICE[one][-3:]})
        for one in IDS
    ]
    return frame, pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="module")
def informed():
    """On the long frame with prices. Nobody refits it."""
    return long(known="price").fit(priced()[0])


@pytest.fixture(scope="module")
def informed_values():
    """(n_series, STEPS, 1) of the list."""
    series = [np.column_stack([SERIES[one], PRICE[one][:-3]]) for one in IDS]
    future = [PRICE[one][-3:, np.newaxis] for one in IDS]
    return np.array(forecaster(known=1).fit(series).forecast(STEPS, future=future))


FUTURES = {
    "as it was": lambda future: future,
    "in disorder": lambda future: future.sample(frac=1, random_state=0),
    "with dates as the index": lambda future: future.set_index("day"),
    "with more columns": lambda future: future.assign(other=1.0)[["other", "price", "day", "shop"]],
    "of the steps alone": lambda future: future.groupby("shop").head(STEPS),
}


@pytest.mark.parametrize("kind", FUTURES)
def test_what_is_known_in_advance_is_a_long_frame(kind, informed, informed_values):
    answer = informed.forecast(STEPS, future=FUTURES[kind](priced()[1]))
    pd.testing.assert_frame_equal(answer, long_answer(informed_values))


def test_further_series_in_future_are_left_out_with_a_warning(informed, informed_values):
    future = priced()[1]
    with warns("series 'new'", "ignored"):
        answer = informed.forecast(STEPS, future=pd.concat([future.assign(shop="new"), future]))
    pd.testing.assert_frame_equal(answer, long_answer(informed_values))


def test_known_columns_under_an_index_of_ids_and_dates(informed_values):
    frame, future = (one.set_index(["shop", "day"]) for one in priced())
    answer = long(known="price").fit(frame).forecast(STEPS, future=future)
    wanted = long_answer(informed_values).set_index(["shop", "day"])
    pd.testing.assert_frame_equal(answer, wanted, check_freq=False)


def test_future_that_is_none(informed):
    _, future = priced()
    fails(
        lambda: informed.forecast(future=future[future["shop"] != "a"]), "future", "1 series", "'a'"
    )
    for other in (np.ones((6, 1)), [np.ones((2, 1))] * 3):
        fails(lambda other=other: informed.forecast(future=other), "future", "'shop'")
    fails(informed.forecast, "['price']", "2 row", "future")
    with raises("future", "1 row", "2"):
        informed.forecast(future=future.groupby("shop").head(1))
    with raises("future", "2020-02-11 00:00:00"):
        informed.forecast(future=future.assign(day=future["day"] + pd.Timedelta("1D")))
    with pytest.raises(ValueError, match="future contains NaN"):
        informed.forecast(future=future.assign(price=np.nan))


# Long frames of polars


def long_polars():
    frame = long_frame()
    days = [day.date() for day in frame["day"]]
    return pl.DataFrame(
        {"shop": list(frame["shop"]), "day": days, "sales": frame["sales"].to_numpy()}
    )


def polars_answer(values, names=("sales",)):
    return pl.DataFrame(
        {
            "shop": [one for one in IDS for _ in range(STEPS)],
            "day": [day.date() for one in IDS for day in days_after(one)],
            **dict(zip(names, np.concatenate(values).T, strict=True)),
        }
    )


def test_long_polars(expected, bounds):
    frame = long_polars()
    wanted = polars_answer(expected[:, :, np.newaxis])
    first = frame.unique("shop", keep="first", maintain_order=True)
    disorder = pl.concat([first, frame.sample(fraction=1, shuffle=True, seed=0)])
    for one in (frame, disorder.unique(maintain_order=True), frame.select("sales", "day", "shop")):
        answer = long().fit(one).forecast(STEPS)
        assert answer.schema == wanted.schema
        assert answer.drop("sales").equals(wanted.drop("sales"))
        np.testing.assert_allclose(answer["sales"], wanted["sales"])
    without = long().fit(frame.drop("day")).forecast(STEPS)
    assert without.columns == ["shop", "sales"]
    np.testing.assert_allclose(without["sales"], wanted["sales"])
    interval = long(calibration_fraction=0.4).fit(frame).forecast_interval(coverage=0.7)
    wanted = polars_answer(bounds, ["sales_lower", "sales_upper"])
    assert interval.drop("sales_lower", "sales_upper").equals(wanted.select("shop", "day"))
    np.testing.assert_allclose(interval[:, 2:], wanted[:, 2:])


def test_long_polars_with_times_and_other_ids(expected):
    frame = long_polars().with_columns(
        pl.col("day").cast(pl.Datetime("ms")),
        pl.col("shop").replace_strict({"b": 7, "a": 3, "c": 5}),
    )
    answer = long().fit(frame).forecast(STEPS)
    assert answer.schema == {"shop": pl.Int64, "day": pl.Datetime("ms"), "sales": pl.Float64}
    assert answer["shop"].to_list() == [7, 7, 3, 3, 5, 5]
    assert answer["day"][0] == datetime.datetime(2020, 2, 10)
    np.testing.assert_allclose(answer["sales"], expected.ravel())


def test_long_polars_known_in_advance(informed_values):
    frame, future = priced()
    both = [
        pl.DataFrame(
            {
                name: [day.date() for day in part[name]] if name == "day" else part[name].tolist()
                for name in part.columns
            }
        )
        for part in (frame, future)
    ]
    fitted = long(known="price").fit(both[0])
    answer = fitted.forecast(STEPS, future=both[1])
    assert answer.drop("sales").equals(polars_answer(informed_values).drop("sales"))
    np.testing.assert_allclose(answer["sales"], informed_values.ravel())
    fails(
        lambda: fitted.forecast(future=both[1].filter(pl.col("shop") != "c")),
        "future",
        "1 series",
        "'c'",
    )
    fails(
        lambda: fitted.forecast(future=both[1].drop("shop")), "future", "'shop'", "['day', 'price']"
    )


# Wide frames


def wide_answer(values, names):
    """values : (n_series, STEPS, k), of which the k columns of a series stand together."""
    index = pd.DatetimeIndex(days_after("b"), freq="D")
    return pd.DataFrame(np.concatenate(values, axis=1), index=index, columns=names)


def test_wide_pandas(expected, bounds):
    fitted = wide().fit(wide_frame())
    wanted = wide_answer(expected[:, :, np.newaxis], IDS)
    pd.testing.assert_frame_equal(fitted.forecast(STEPS), wanted)
    interval = wide(calibration_fraction=0.4).fit(wide_frame()).forecast_interval(coverage=0.7)
    names = [f"{one}_{side}" for one in IDS for side in ("lower", "upper")]
    pd.testing.assert_frame_equal(interval, wide_answer(bounds, names))


@pytest.mark.parametrize("names", [[3, 1, 2], [2020, 2021, 2022], [("x", 1), ("x", 2), ("y", 1)]])
def test_wide_columns_that_are_no_strings(names, expected):
    columns = pd.MultiIndex.from_tuples(names) if isinstance(names[0], tuple) else names
    frame = wide_frame().set_axis(columns, axis=1)
    answer = wide().fit(frame).forecast(STEPS)
    assert list(answer.columns) == names
    np.testing.assert_allclose(answer, expected.T)


def test_wide_indexes(expected):
    frame = wide_frame()
    periods = wide().fit(frame.to_period("D")).forecast(STEPS)
    pd.testing.assert_index_equal(periods.index, pd.PeriodIndex(days_after("b"), freq="D"))
    rows = wide().fit(frame.reset_index(drop=True)).forecast(STEPS)
    pd.testing.assert_index_equal(rows.index, pd.RangeIndex(40, 42))
    for answer in (periods, rows):
        np.testing.assert_allclose(answer, expected.T)


def test_wide_polars(expected, bounds):
    days = [day.date() for day in DAYS["b"]]
    frame = pl.DataFrame({"day": days, **{one: wide_frame()[one].to_numpy() for one in IDS}})
    frame = frame.with_columns(pl.col(IDS).fill_nan(None))
    for given in (frame, frame.drop("day")):
        answer = wide().fit(given).forecast(STEPS)
        assert answer.columns == given.columns
        if "day" in given.columns:
            assert answer["day"].to_list() == [day.date() for day in days_after("b")]
        np.testing.assert_allclose(answer.select(IDS).to_numpy(), expected.T)
    interval = wide(calibration_fraction=0.4).fit(frame).forecast_interval(coverage=0.7)
    names = [f"{one}_{side}" for one in IDS for side in ("lower", "upper")]
    assert interval.columns == ["day", *names]
    np.testing.assert_allclose(interval.select(names).to_numpy(), np.concatenate(bounds, axis=1))


def test_wide_arrays(expected, bounds):
    values = wide_frame().to_numpy()
    np.testing.assert_allclose(wide().fit(values).forecast(STEPS), expected.T)
    np.testing.assert_allclose(wide().fit(values.tolist()).forecast(STEPS), expected.T)
    interval = wide(calibration_fraction=0.4).fit(values).forecast_interval(coverage=0.7)
    np.testing.assert_allclose(interval, bounds.transpose(1, 0, 2))


def test_a_gap_in_a_wide_frame_is_passed_over():
    frame = wide_frame()
    frame.iloc[30, 0] = np.nan
    parts = [column.dropna() if name != "b" else column for name, column in frame.items()]
    wanted = forecaster().fit(parts).forecast(STEPS)
    answer = wide().fit(frame).forecast(STEPS)
    np.testing.assert_allclose(answer, np.transpose(wanted))


def test_a_frame_of_one_series():
    """Is that series alone."""
    frame = long_frame()
    alone = forecaster().fit(SERIES["a"][:, np.newaxis]).forecast(STEPS)
    answer = long().fit(frame[frame["shop"] == "a"]).forecast(STEPS)
    wanted = pd.DataFrame({"shop": "a", "day": days_after("a"), "sales": alone[:, 0]})
    pd.testing.assert_frame_equal(answer, wanted)
    column = pd.DataFrame({"a": SERIES["a"]}, DAYS["a"])
    np.testing.assert_allclose(wide().fit(column).forecast(STEPS), alone)


# Series that come later


def test_new_series_of_a_long_frame(fitted, expected):
    new = long_frame().assign(shop=lambda frame: "new " + frame["shop"])
    wanted = long_answer(expected[:, :, np.newaxis]).assign(shop=lambda f: "new " + f["shop"])
    pd.testing.assert_frame_equal(fitted.forecast(STEPS, X=new), wanted)
    one = fitted.forecast(5, X=new[new["shop"] == "new c"])
    assert list(one["shop"]) == ["new c"] * 5
    assert list(one["day"]) == days_after("c", 5)
    by_list = forecaster().fit(list(SERIES.values())).forecast(5, X=[SERIES["c"]])
    np.testing.assert_allclose(one["sales"], by_list[0][:, 0])


def test_new_series_in_another_order_of_columns():
    """By name, as they were in fit."""
    frame, future = priced()
    fitted = long(known="price").fit(frame)
    wanted = fitted.forecast(STEPS, X=frame, future=future)
    np.testing.assert_allclose(wanted["sales"], fitted.forecast(STEPS, future=future)["sales"])
    with pytest.raises(ValueError, match="the same columns in the same order"):
        fitted.forecast(X=frame[["shop", "day", "price", "sales"]], future=future)


def test_new_series_of_wide_frames(expected):
    fitted = wide().fit(wide_frame())
    answer = fitted.forecast(STEPS, X=wide_frame()[["c", "b"]].rename(columns={"c": "new"}))
    pd.testing.assert_frame_equal(
        answer, wide_answer(expected[[2, 0]][:, :, np.newaxis], ["new", "b"])
    )
    array = fitted.forecast(STEPS, X=wide_frame().to_numpy())  # the form of X
    np.testing.assert_allclose(array, expected.T)


def test_intervals_of_new_series(bounds):
    fitted = long(calibration_fraction=0.4).fit(long_frame())
    answer = fitted.forecast_interval(coverage=0.7)
    wanted = long_answer(bounds, ["sales_lower", "sales_upper"])
    pd.testing.assert_frame_equal(answer, wanted)
    frame = long_frame().set_index(["shop", "day"])
    answer = long(calibration_fraction=0.4).fit(frame).forecast_interval(coverage=0.7)
    wanted = wanted.set_index(["shop", "day"])
    pd.testing.assert_frame_equal(answer, wanted, check_freq=False)
    assert list(fitted.forecast_interval(1, 0.7, X=long_frame()[:20])["shop"]) == ["b"]


# Errors


@pytest.mark.parametrize(
    ("X", "given"),
    [
        (long_frame().rename(columns={"shop": "store"}), "['store', 'day', 'sales']"),
        (wide_frame().to_numpy(), "ndarray"),
        (pd.Series(SERIES["a"]), "Series"),
        (long_polars().drop("shop"), "['day', 'sales']"),
    ],
)
def test_group_names_nothing(X, given, fitted):
    fails(lambda: long().fit(X), "group='shop'", "'columns'", given)
    fails(lambda: fitted.forecast(X=X), type(X).__name__, "'shop'")


def test_group_of_a_list(fitted):
    series = list(SERIES.values())
    fails(lambda: long().fit(series), "group='shop'", "list of 3 series", "None")
    fails(lambda: wide().fit(series), "group='columns'", "list of 3 series", "None")
    fails(lambda: fitted.forecast(X=series), "list", "'shop'")


def test_group_of_other_types():
    fails(lambda: forecaster(group=0).fit(long_frame()), "group=0", "1 level", "name a column")
    levels = long_frame().set_index(["shop", "day"])
    fails(lambda: forecaster(group=2).fit(levels), "group=2", "['shop', 'day']")
    fails(lambda: forecaster(group=0).fit(long_polars()), "group=0", "['shop', 'day', 'sales']")
    for group in ([], ["shop", "shop"], [["shop"]], [True]):
        fails(lambda group=group: forecaster(group=group).fit(levels), "group=", "different names")
    fails(lambda: forecaster(group=["shop", "x"]).fit(levels), "['shop', 'x']", "['sales']")
    fails(lambda: forecaster(group=1.5).fit(levels), "'group' parameter", "1.5")


# Ids of several columns or levels, with types of their own. Shop and item identify the series.
ITEMS = {"b": (7, "z"), "a": (7, "y"), "c": (3, "z")}


def items_frame():
    frame = long_frame()
    items = frame.pop("shop").map(ITEMS)
    frame.insert(0, "shop", items.str[0].astype("int32"))
    frame.insert(1, "item", pd.Categorical(items.str[1], list("xyz")))
    return frame


KEYS = {
    "columns": lambda frame: frame,
    "dates as the index": lambda frame: frame.set_index("day"),
    "levels": lambda frame: frame.set_index(["shop", "item", "day"]),
    "dates first": lambda frame: frame.set_index(["day", "item", "shop"]),
    "level and column": lambda frame: frame.set_index(["day", "shop"]),
    "no dates": lambda frame: frame.drop(columns="day"),
}


@pytest.mark.parametrize("kind", KEYS)
def test_ids_of_several_columns_or_levels(kind, expected):
    form = KEYS[kind]
    fitted = forecaster(group=["shop", "item"]).fit(form(items_frame()))
    answer = fitted.forecast(STEPS)
    wanted = long_answer(expected[:, :, np.newaxis])
    items = wanted.pop("shop").map(ITEMS)
    wanted.insert(0, "shop", items.str[0].astype("int32"))
    wanted.insert(1, "item", pd.Categorical(items.str[1], list("xyz")))
    pd.testing.assert_frame_equal(answer, form(wanted), check_freq=False)
    again = fitted.forecast(STEPS, X=form(items_frame()))
    pd.testing.assert_frame_equal(answer, again, check_freq=False)


def test_ids_of_several_polars_columns(expected):
    items = [ITEMS[one] for one in long_polars()["shop"]]
    kinds = {"shop": pl.Int32, "item": pl.Enum(["x", "y", "z"])}
    frame = long_polars().with_columns(
        pl.Series("shop", [one[0] for one in items], dtype=kinds["shop"]),
        pl.Series("item", [one[1] for one in items], dtype=kinds["item"]),
    )
    answer = forecaster(group=["shop", "item"]).fit(frame).forecast(STEPS)
    assert answer.columns == ["shop", "item", "day", "sales"]
    assert answer.schema["shop"] == kinds["shop"]
    assert answer.schema["item"] == kinds["item"]
    assert answer["item"].to_list() == [ITEMS[one][1] for one in IDS for _ in range(STEPS)]
    np.testing.assert_allclose(answer["sales"], expected.ravel())


@pytest.mark.parametrize("group", [0, -2, [0]])
def test_levels_by_position(group, fitted):
    levels = long_frame().set_index(["shop", "day"]).rename_axis([None, None])
    answer = forecaster(group=group).fit(levels).forecast(STEPS)
    assert answer.index.names == [None, None]
    np.testing.assert_array_equal(answer["sales"], fitted.forecast(STEPS)["sales"])
    swapped = forecaster(group=1).fit(levels.swaplevel()).forecast(STEPS)
    pd.testing.assert_frame_equal(swapped, answer.swaplevel())


def test_ids_that_are_dates():
    frame = long_frame()
    opened = {"b": "2010-05-01", "a": "2009-05-01", "c": "2011-05-01"}
    frame["shop"] = pd.to_datetime(frame["shop"].map(opened)).dt.tz_localize("UTC")
    answer = long().fit(frame).forecast(STEPS)
    assert answer["shop"].dtype == frame["shop"].dtype
    assert answer["day"].dtype == frame["day"].dtype


def test_columns_in_levels_of_a_long_frame(fitted):
    frame = long_frame().set_index(["shop", "day"])
    frame.columns = pd.MultiIndex.from_tuples([("sales", "units")], names=["what", "unit"])
    answer = long().fit(frame.reset_index()).forecast(STEPS)
    assert answer.columns.tolist() == [("shop", ""), ("day", ""), ("sales", "units")]
    by_level = long().fit(frame).forecast(STEPS)
    pd.testing.assert_index_equal(by_level.columns, frame.columns)
    np.testing.assert_array_equal(answer["sales"]["units"], fitted.forecast(STEPS)["sales"])


@pytest.mark.parametrize("order", [["shop", "item", "day"], ["day", "item", "shop"]])
def test_the_message_about_levels_names_those_of_the_series(order):
    frame = items_frame().set_index(order)
    named = [name for name in order if name != "day"]
    fails(lambda: forecaster().fit(frame), f"SequenceForecaster(group={named!r})")
    fails(lambda: long().fit(frame), f"group={named!r}")
    forecaster(group=named).fit(frame)
    swapped = long_frame().set_index(["day", "shop"])
    fails(lambda: forecaster().fit(swapped), "SequenceForecaster(group='shop')")


def test_rows_without_an_id():
    frame = long_frame()
    frame.loc[3, "shop"] = np.nan
    polars = long_polars().with_columns(
        shop=pl.when(pl.col("sales") > 10).then(None).otherwise(pl.col("shop"))
    )
    for one in (frame, frame.set_index("day"), frame.set_index(["shop", "day"]), polars):
        fails(lambda one=one: long().fit(one), "'shop'", "group")


@pytest.mark.parametrize("kind", ["missing", "doubled"])
def test_dates_without_a_step_name_their_series(kind):
    frame = long_frame()
    spoilt = frame.drop(index=50) if kind == "missing" else pd.concat([frame, frame.loc[50:50]])
    sentence = {
        "missing": ("Series 'a' of X", f"after {frame['day'][49]}", "X.asfreq('D')"),
        "doubled": ("Series 'a' of X", f"{frame['day'][50]}", "more than once"),
    }[kind]
    for form in ("a column of dates", "dates as the index", "ids and dates as the index"):
        fails(lambda form=form: long().fit(LONG[form](spoilt)), sentence)
    rows = [0 if i == 50 else i for i in range(95)] if kind == "doubled" else None
    if rows is None:
        polars = long_polars()
        in_polars = (*sentence[:2], "upsample('day', every='1d', group_by=['shop'])")
        fails(lambda: long().fit(pl.concat([polars[:50], polars[51:]])), in_polars)


def test_an_index_of_three_levels():
    fails(
        lambda: long().fit(long_frame().assign(k=1).set_index(["shop", "day", "k"])),
        "group='shop'",
        "3 level",
    )
    fails(
        lambda: long().fit(long_frame().drop(columns="day").set_index("shop")),
        "group='shop'",
        "1 level",
    )


def test_a_missing_date():
    index = pd.DatetimeIndex(["2020-01-01", None, "2020-01-03", "2020-01-04"])
    fails(
        lambda: forecaster().fit([pd.Series(np.ones(4), index=index)]),
        "Series 0 of X",
        "1 row",
        "NaT",
    )


def test_text_in_a_wide_frame():
    frame = pd.DataFrame({"a": np.ones(20), "city": ["x"] * 20})
    fails(lambda: forecaster(group="columns").fit(frame), "['city']", "'x'")


def test_two_columns_of_dates():
    fails(
        lambda: long().fit(long_frame().assign(night=long_frame()["day"])),
        "'b'",
        "['day', 'night']",
        "X.set_index('day')",
        "['night']",
    )


def test_a_wide_column_without_a_number():
    fails(lambda: wide().fit(wide_frame().assign(d=np.nan)), "'d'", "X.drop(columns=['d'])")


def test_predict_takes_no_frame_of_several(fitted):
    for call in (fitted.predict, fitted.score):
        fails(lambda call=call: call(long_frame()), "group='shop'", "list of", "forecast")
    fitted = wide().fit(wide_frame())
    fails(lambda: fitted.predict(wide_frame()), "group='columns'", "list of")


def test_wide_series_take_no_future():
    fails(
        lambda: wide().fit(wide_frame()).forecast(future=[np.ones((2, 1))] * 3),
        "future",
        "known=None",
    )


# What was wrong once


@pytest.mark.parametrize("parameter", ["target", "known"])
def test_names_of_wide_columns(parameter):
    """The message says "Its columns are 0 to 0, unnamed", where X has columns b, a and c."""
    with pytest.raises(ValueError) as caught:
        wide(**{parameter: "a"}).fit(wide_frame())
    assert "0 to 0, unnamed" not in str(caught.value)
    assert "group" in str(caught.value)


def test_the_first_series_has_one_row(expected):
    """The dates of the others tell its step, as they do where it comes later."""
    frame = long_frame()
    lone = frame[:1].assign(shop="new")
    last = long().fit(pd.concat([frame, lone])).forecast(STEPS)
    first = long().fit(pd.concat([lone, frame])).forecast(STEPS)
    assert list(first["day"]) == [*last["day"][-STEPS:], *last["day"][:-STEPS]]


def test_new_series_of_one_row(fitted):
    """The step was known in fit."""
    answer = fitted.forecast(STEPS, X=long_frame()[:1])
    assert list(answer["day"]) == [pd.Timestamp("2020-01-02"), pd.Timestamp("2020-01-03")]


@pytest.mark.filterwarnings("ignore:Too short for")
def test_the_first_series_has_two_months():
    """31 days apart, they are taken for a step of 31 days."""
    months = [pd.date_range("2020", periods=n, freq="MS") for n in LENGTHS.values()]
    frame = long_frame().assign(day=np.concatenate(months), sales=with_a_year)
    fitted = long(season_length=None).fit(pd.concat([frame[:2].assign(shop="new"), frame]))
    assert fitted.season_length_ == 12
    assert fitted.forecast(1)["day"][0] == pd.Timestamp("2020-03-01")


def test_series_of_another_step():
    """Its season would have another number of rows, and its forecasts the wrong dates."""
    months = [pd.date_range("2020", periods=n, freq="MS") for n in LENGTHS.values()]
    frame = long_frame().assign(day=np.concatenate(months))
    days = pd.DataFrame(
        {"shop": "new", "day": pd.date_range("2020", periods=9), "sales": np.arange(9.0) ** 2}
    )
    halves = days[:2].assign(day=pd.to_datetime(["2020-01-01", "2020-07-01"]))
    one = days[:1].assign(day=pd.Timestamp("2020-01-15"))
    for odd in (days, halves, one):
        with raises("Series 'new' of X", "'MS'"):
            long().fit(pd.concat([frame, odd]))


def test_no_rows_and_other_containers():
    fails(lambda: long().fit(long_frame()[:0]), "n_samples=0", "at least one series")
    fails(lambda: forecaster().fit(SERIES), "dict", "list(X.values())")
    fails(lambda: forecaster().fit(tuple(SERIES.values())), "tuple", "list(X)")


def test_an_unnamed_index_is_listed_as_a_column(informed):
    """`but has ['day', 'price', None]`."""
    fails(
        lambda: informed.forecast(future=priced()[1].drop(columns="shop")),
        "future",
        "'shop'",
        "['day', 'price']",
    )


def test_future_does_not_say_whose_rows(informed):
    """Of a hundred shops, one has a row too few."""
    _, future = priced()
    is_short = (future["shop"] == "a") & (future["day"] > days_after("a")[0])
    for spoilt in (future[~is_short], future.assign(price=future["price"].mask(is_short))):
        with pytest.raises(ValueError, match="'a'"):
            informed.forecast(future=spoilt)


def test_dates_as_strings():
    """One series says to make dates of them; here a string cannot be made a float."""
    frame = long_frame()
    with pytest.raises(ValueError, match="date"):
        long().fit(frame.assign(day=frame["day"].astype(str)))


def test_nothing_but_names():
    """The message is "at least one array or dtype is required"."""
    with pytest.raises(ValueError, match="column"):
        long().fit(long_frame()[["shop", "day"]])


def test_series_of_a_frame_are_no_list(fitted):
    """The message speaks of "Series 0 of the list X", where X is a frame with names."""
    frame = long_frame()
    with pytest.raises(ValueError) as caught:
        fitted.forecast(X=frame.rename(columns={frame.columns[-1]: "more"}).assign(one=1.0))
    assert "list" not in str(caught.value)


def test_each_series_of_a_list_keeps_its_name():
    series = [pd.Series(SERIES[one], name=one) for one in "ab"]
    model = forecaster(calibration_fraction=0.3).fit(series)
    for given, names in ((None, "ab"), ([series[1].rename("c")], "c")):
        answers = model.forecast(X=given), model.forecast_interval(X=given, coverage=0.5)
        for name, forecast, interval in zip(names, *answers, strict=True):
            assert forecast.name == name
            assert list(interval.columns) == [f"{name}_lower", f"{name}_upper"]
    steps = [list(one.columns) for one in model.predict(series)]
    assert steps == [[f"{name}_step{k}" for k in (1, 2)] for name in "ab"]


@pytest.mark.parametrize("form", ["column", "index"])
def test_rows_without_a_date_in_a_long_frame_have_code_for_the_whole_frame(form):
    dates = pd.date_range("2026-01-01", periods=20).to_series().where(lambda at: at.index.day != 7)
    parts = [pd.DataFrame({"shop": one, "day": dates.to_numpy(), "sales": 1.0}) for one in "ab"]
    X = pd.concat(parts, ignore_index=True)
    X, code = (X, "X.dropna(subset=['day'])") if form == "column" else (
        X.set_index("day"), "X[X.index.notna()]"
    )  # fmt: skip
    forecaster = SequenceForecaster(LinearRegression(), group="shop")
    with raises("rows without a date", code) as caught:
        forecaster.fit(X)
    assert "alone" not in str(caught.value)
    assert eval(code, {"X": X}).shape[0] == 38


def test_series_of_the_same_rows_keep_their_own_index():
    """Equal rows are read once, but names and types of an index belong to each series."""
    months = pd.date_range("2020-01-01", periods=30, freq="MS")
    values = np.random.default_rng(0).normal(size=30).cumsum()
    X = [pd.Series(values, months.rename(name)) for name in ("month", "month", "day", None)]
    fitted = SequenceForecaster(season_length=1, horizon=2, pretrained="only").fit(X)
    assert [one.index.name for one in fitted.forecast()] == ["month", "month", "day", None]
    zones = [months.tz_localize("UTC"), months.tz_localize("Europe/Berlin")]
    fitted.fit([pd.Series(values, zone) for zone in zones])
    assert [str(one.index.tz) for one in fitted.forecast()] == ["UTC", "Europe/Berlin"]


def test_columns_of_numpy_numbers_are_read_as_other_numbers_are():
    months = pd.date_range("2020-01-01", periods=30, freq="MS")
    values = np.arange(30) % 7
    forecaster = SequenceForecaster(season_length=1, pretrained="only")
    wanted = forecaster.fit(pd.Series(values, months, dtype=float)).forecast().to_numpy()
    for dtype in ("int8", "uint16", "float32", "Int64", object):
        frame = pd.DataFrame({"y": values}, months).astype(dtype)
        np.testing.assert_allclose(forecaster.fit(frame).forecast().to_numpy().ravel(), wanted)
    for wrong in (np.full(30, 1j), months.to_numpy(), np.full(30, "a")):
        with pytest.raises(ValueError):
            forecaster.fit(pd.DataFrame({"y": wrong}, months))
