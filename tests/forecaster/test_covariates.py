"""Future covariates in every form, and those that are constant within each series."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru.model_selection import backtest
from tests.helpers import fails, raises, warns

N = 60
RNG = np.random.default_rng(0)
PROMO = (np.arange(N) % 5 == 0).astype(float)
SALES = 10 + 5 * PROMO + RNG.normal(scale=0.1, size=N)
DATES = pd.date_range("2021-01-01", periods=N, name="day")
AHEAD = pd.date_range(DATES[-1], periods=4, name="day")[1:]
NEXT = [0.0, 1.0, 0.5]


def forecaster(**params):
    settings = {"horizon": 3, "window_length": 4, "season_length": 1, "target": "sales"}
    return SequenceForecaster(Ridge(), **(settings | {"known": "promo"} | params))


def frame_of(dates):
    return pd.DataFrame({"sales": SALES, "promo": PROMO}, dates)


FUTURE = pd.DataFrame({"promo": NEXT}, AHEAD)
BERLIN = "Europe/Berlin"


def in_polars(frame):
    return pl.DataFrame({"day": frame.index.to_numpy(), **{c: frame[c].to_numpy() for c in frame}})


# The dates of fit, and `future` for them.
FORMS = {
    "rows in another order": (DATES, FUTURE.iloc[[2, 0, 1]]),
    "more rows, also of the past": (
        DATES,
        pd.concat([pd.DataFrame({"promo": 9.0}, DATES), FUTURE, FUTURE.shift(9, "D")]),
    ),
    "dates as a column": (DATES, FUTURE.reset_index()),
    "other columns": (DATES, FUTURE.assign(holiday=["a", None, "b"], when=AHEAD)),
    "a dict of lists": (DATES, {"promo": NEXT, "city": "Rome"}),
    "a dict of Series": (DATES, {"promo": FUTURE["promo"][::-1]}),
    "a Series": (DATES, FUTURE["promo"]),
    "a Series without name": (DATES, FUTURE["promo"].rename(None)),
    "an array": (DATES, np.array(NEXT)[:, None]),
    "no time zone": (DATES.tz_localize(BERLIN), FUTURE),
    "a time zone": (DATES, FUTURE.tz_localize(BERLIN)),
    "another time zone": (DATES.tz_localize(BERLIN), FUTURE.tz_localize(BERLIN).tz_convert("UTC")),
    "periods": (DATES, FUTURE.to_period("D")),
    "dates for periods": (DATES.to_period("D"), FUTURE),
    "polars in another order": (DATES, in_polars(FUTURE)[::-1]),
    "whole numbers": (pd.RangeIndex(N), FUTURE.set_axis([60, 61, 62])[::-1]),
    "flags": (DATES, FUTURE.assign(promo=pd.array([0, 1, 0.5], dtype="Float64"))),
}


@pytest.mark.parametrize("kind", FORMS)
def test_forms_of_future(kind):
    dates, future = FORMS[kind]
    expected = forecaster().fit(frame_of(DATES)).forecast(future=FUTURE)
    answer = forecaster().fit(frame_of(dates)).forecast(future=future)
    np.testing.assert_array_equal(answer, expected)
    if isinstance(dates, pd.DatetimeIndex) and dates.tz is None:
        history = in_polars(frame_of(dates))
        np.testing.assert_array_equal(
            forecaster().fit(history).forecast(future=future)["sales"], expected["sales"]
        )


WRONG = {
    "a day is missing": (
        FUTURE.shift(1, "D"),
        ("2021-03-02", "2021-03-04", "future[['promo']].to_numpy()"),
    ),
    "a day twice": (FUTURE.iloc[[0, 1, 1, 2]], ("2021-03-03", "more than once")),
    "no dates": (FUTURE.reset_index(drop=True), ("starts at 0", "future[['promo']].to_numpy()")),
    "dates as text": (
        FUTURE.set_axis(AHEAD.astype(str)),
        ("2021-03-02", "pd.to_datetime(future.index)"),
    ),
    "another hour": (FUTURE.shift(1, "h"), ("2021-03-02 01:00:00", "2021-03-02 00:00:00")),
    "text": (FUTURE.astype(str), ("Columns ['promo'] of future", "pd.to_numeric(future['promo'])")),
    "no such column": (FUTURE.rename(columns={"promo": "x"}), ("['x']", "['promo']")),
    "a dict without it": ({"x": NEXT}, ("future is a dict", "['x']", "['promo']")),
    "a dict of numbers": ({"promo": 1}, ("future is a dict", "* steps")),
    "dict of other lengths": ({"promo": []}, ("future is a dict", "equal length")),
    "NaN": (FUTURE.mask(FUTURE == 1), ("future contains NaN", "'promo'")),
    "two columns": (np.ones((3, 2)), ("2 columns", "['promo']")),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_futures(kind):
    future, sentence = WRONG[kind]
    fitted = forecaster().fit(frame_of(DATES))
    fails(lambda: fitted.forecast(future=future), sentence)


@pytest.mark.parametrize("group", ["shop", ["shop", "item"]])
def test_futures_of_a_long_frame_in_any_order(group):
    frames = [frame_of(DATES).assign(shop=one, item=1).reset_index() for one in "ab"]
    future = pd.concat([FUTURE.assign(shop=one, item=1).reset_index() for one in "ab"])
    fitted = forecaster(group=group).fit(
        pd.concat(frames)[["day", "shop", "item", "sales", "promo"]]
    )
    expected = fitted.forecast(future=future)
    keys = [group] if isinstance(group, str) else group
    for form in (future[::-1], future.set_index([*keys, "day"]), future.set_index(["day", *keys])):
        pd.testing.assert_frame_equal(fitted.forecast(future=form), expected)
    fails(lambda: fitted.forecast(future=FUTURE), "future must have the column", f"{group!r}")


# Static covariates


def with_size(size, **columns):
    return pd.DataFrame({"sales": size * SALES, "size": float(size), **columns}, DATES)


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_static_columns_of_one_series_need_no_future(strategy):
    frame = with_size(2, promo=PROMO)
    fitted = forecaster(known=["size", "promo"], strategy=strategy).fit(frame)
    expected = fitted.forecast(future=FUTURE.assign(size=2.0))
    for future in (FUTURE, FUTURE.to_numpy(), {"promo": NEXT}, FUTURE.rename(columns={"promo": 0})):
        pd.testing.assert_frame_equal(fitted.forecast(future=future), expected)
    fails(fitted.forecast, "known=['promo']", "future is None")
    alone = forecaster(known="size", strategy=strategy).fit(frame[["sales", "size"]])
    assert np.isfinite(alone.forecast(7)).all(axis=None)
    assert np.isfinite(alone.predict(frame[["sales", "size"]])[4:]).all(axis=None)
    assert backtest(alone, frame[["sales", "size"]], initial=50).forecast.shape[1] == 3


def test_static_columns_of_several_series():
    frames = {one: with_size(size) for one, size in (("a", 1), ("b", 2), ("c", 4))}
    long = pd.concat(frames, names=["shop"])
    fitted = forecaster(known="size", group="shop").fit(long)
    whole = pd.concat({one: pd.DataFrame({"size": frame["size"].iloc[:3].set_axis(AHEAD)})
                       for one, frame in frames.items()}, names=["shop"])  # fmt: skip
    pd.testing.assert_frame_equal(fitted.forecast(), fitted.forecast(future=whole))
    new = pd.concat({"d": with_size(3)}, names=["shop"])
    assert fitted.forecast(X=new).index.get_level_values("shop").unique() == ["d"]
    listed = forecaster(known="size").fit(list(frames.values()))
    np.testing.assert_array_equal(np.concatenate(listed.forecast()), fitted.forecast())
    moved = [*frames.values(), with_size(3).assign(size=np.arange(N))]
    fails(forecaster(known="size").fit(moved).forecast, "known=['size']", "future is None")


def shops_with(column, values=(1.0, 2.0)):
    """A long frame of two shops with a column that is constant within each shop."""
    frames = {
        shop: pd.DataFrame({"sales": k * SALES, column: value}, DATES)
        for k, (shop, value) in enumerate(zip("ab", values, strict=True), 1)
    }
    return pd.concat(frames, names=["shop"])


@pytest.mark.parametrize("target", [None, "sales"])
@pytest.mark.parametrize(
    ("column", "values"),
    [("size", (1.0, 2.0)), ("kind", ("kiosk", "mall"))],
    ids=["number", "text"],
)
@pytest.mark.parametrize("form", ["levels", "columns", "polars", "list"])
def test_static_columns_of_a_panel_are_features_without_a_name(form, column, values, target):
    make = {
        "levels": lambda X: X,
        "columns": lambda X: X.reset_index(),
        "polars": lambda X: pl.from_pandas(X.reset_index()),
        "list": lambda X: [X.xs(one) for one in X.index.get_level_values("shop").unique()],
    }[form]
    X, group = make(shops_with(column, values)), None if form == "list" else "shop"
    unnamed = forecaster(known=None, target=target, group=group).fit(X)
    named = forecaster(known=column, target="sales", group=group).fit(X)
    for one in (unnamed, named):
        assert one.summary_["static"] == [column]
    ours, theirs = unnamed.forecast(7), named.forecast(7)  # further than the horizon
    answers = [each if isinstance(each, list) else [each] for each in (ours, theirs)]
    for one, other in zip(*answers, strict=True):
        assert one.equals(other)
        assert column not in one.columns
    expected = backtest(named, X, initial=40, refit=10)
    result = backtest(unnamed, X, initial=40, refit=10)
    for one in result:
        np.testing.assert_array_equal(result[one].forecast, expected[one].forecast)


def test_the_size_of_a_shop_is_learned_without_a_name():
    """Shops of the size 2 rise, and those of the size 1 fall: a new shop does so by its size."""
    slope = {"a": (1, -1), "b": (2, 1), "c": (1, -1), "d": (2, 1)}
    rng = np.random.default_rng(0)
    parts = {
        shop: pd.DataFrame(
            {"sales": 100 + 5 * way * (np.arange(N) // 30) + rng.normal(size=N), "size": size},
            DATES,
        )
        for shop, (size, way) in slope.items()
    }
    long = pd.concat(parts, names=["shop"])
    fitted = forecaster(known=None, target=None, group="shop").fit(long)
    assert list(fitted.forecast().columns) == ["sales"]
    new = {size: pd.concat({"x": parts["a"].assign(size=size)}, names=["shop"]) for size in (1, 2)}
    small, large = (fitted.forecast(X=new[size])["sales"].mean() for size in (1, 2))
    assert large > small


def test_static_columns_are_left_out_by_the_pretrained_network():
    alone = SequenceForecaster(horizon=3, season_length=1, pretrained="only", group="shop")
    with_column, without = shops_with("size"), shops_with("size")[["sales"]]
    pd.testing.assert_frame_equal(alone.fit(with_column).forecast(), alone.fit(without).forecast())


@pytest.mark.parametrize("value", [3.0, "EUR"])
@pytest.mark.parametrize("pretrained", ["auto", "only"])
@pytest.mark.parametrize("form", ["one series", "panel"])
def test_a_column_of_one_value_beside_the_target_changes_nothing(form, pretrained, value):
    X, group = shops_with("unit", (value, value)), "shop"
    if form == "one series":
        X, group = X.loc["a"], None
    settings = {"target": "sales", "horizon": 3, "season_length": 1, "group": group}
    settings["pretrained"] = pretrained
    regressor = None if pretrained == "only" else Ridge()
    one, other = (
        SequenceForecaster(regressor, **settings).fit(frame) for frame in (X, X[["sales"]])
    )
    pd.testing.assert_frame_equal(one.forecast(7), other.forecast(7))  # further than the horizon
    results = (backtest(one, X, initial=50), backtest(other, X[["sales"]], initial=50))
    ours, theirs = ([each] if group is None else list(each.values()) for each in results)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.forecast, their.forecast)


def test_columns_that_vary_later_have_one_role_in_a_backtest():
    """Constant within each series up to row 50: still a target at all forecast origins."""
    X = shops_with("size").reset_index()
    X["size"] += X["day"] >= DATES[50]
    result = backtest(forecaster(known=None, target=None, group="shop"), X, initial=45, refit=True)
    assert result["a"].target_names == ["sales", "size"]


def test_one_value_in_all_series_is_warned_of_as_a_target():
    long = shops_with("size", (3.0, 3.0))
    with warns("'size'", "one value in all series", "in target"):
        forecaster(known=None, target=None, group="shop").fit(long)
    forecaster(known=None, target=["sales", "size"], group="shop").fit(long)
    only_constant = shops_with("size")[["size"]]
    assert list(
        forecaster(known=None, target=None, group="shop").fit(only_constant).forecast()
    ) == ["size"]


def test_future_without_a_column_that_needs_one():
    fitted = forecaster(known=None, group="shop").fit(shops_with("size").reset_index())
    coming = pd.DataFrame({"shop": ["a"] * 3 + ["b"] * 3, "price": 1.0}, AHEAD.append(AHEAD))
    fails(lambda: fitted.forecast(future=coming), "['price']", "['size']", "leave future None")


SERIES = pd.DataFrame(
    {"y": np.arange(40) % 7.0, "p": np.arange(40) % 5.0, "q": np.arange(40) % 3.0},
    pd.date_range("2024-01-01", periods=40),
)
COMING = pd.DataFrame({"p": [0.0, 1.0], "q": [1.0, 2.0]}, pd.date_range("2024-02-10", periods=2))


def fitted_on(X, **params):
    settings = {"horizon": 2, "season_length": 7, "target": "y", "known": ["p", "q"]} | params
    return SequenceForecaster(Ridge(), **settings).fit(X)


@pytest.mark.parametrize("form", ["levels", "columns", "list", "polars"])
def test_a_dict_of_series_to_futures(form):
    others = COMING + 1
    futures = {"a": COMING, "b": others}
    long = pd.concat({"a": SERIES, "b": SERIES + 1}, names=["id", "day"])
    if form == "list":
        fitted = fitted_on([SERIES, SERIES + 1])
        expected = fitted.forecast(future=[COMING, others])
        answer = fitted.forecast(future={0: COMING, 1: others})
        np.testing.assert_array_equal(np.stack(answer), np.stack(expected))
        return
    X = long if form == "levels" else long.reset_index()
    whole = pd.concat(futures, names=["id", "day"])
    if form != "levels":
        whole = whole.reset_index()
    if form == "polars":
        X, whole = pl.DataFrame(X.to_dict("list")), pl.DataFrame(whole.to_dict("list"))
    fitted = fitted_on(X, group="id")
    expected = np.asarray(fitted.forecast(future=whole)["y"])
    np.testing.assert_array_equal(fitted.forecast(future=futures)["y"], expected)
    arrays = {one: part.to_numpy() for one, part in futures.items()}
    np.testing.assert_array_equal(fitted.forecast(future=arrays)["y"], expected)
    with raises("lacks 1 series", "'b'"):
        fitted.forecast(future={"a": COMING})


# `future`, and code in the message that corrects it.
REMEDIES = {
    "strings": (
        COMING.set_axis(COMING.index.strftime("%Y-%m-%d")),
        "index = pd.to_datetime(future.index)",
    ),
    "date objects": (COMING.set_axis(COMING.index.date), "index = pd.to_datetime(future.index)"),
    "strings in a column": (
        COMING.assign(day=["2024-02-10", "2024-02-11"]).reset_index(drop=True),
        "future.set_index(pd.to_datetime(future['day']))",
    ),
    "columns twice": (
        pd.concat([COMING, COMING[["p"]]], axis=1),
        "future.loc[:, ~future.columns.duplicated()]",
    ),
    "levels": (pd.concat({"a": COMING}), "future.droplevel(0)"),
    "no dates": (COMING.assign(note="a").reset_index(drop=True), "future[['p', 'q']].to_numpy()"),
    "lazy": (pl.DataFrame(COMING.to_dict("list")).lazy(), "future.collect()"),
}
BERLIN = SERIES.tz_localize("Europe/Berlin")
ZONES = {
    "other zone": (COMING.tz_localize("America/New_York"), "future.tz_localize(None)"),
    "UTC without a zone": (
        COMING.tz_localize("Europe/Berlin").tz_convert("UTC").tz_localize(None),
        "future.tz_localize('UTC')",
    ),
}


@pytest.mark.parametrize("kind", [*REMEDIES, *ZONES])
def test_remedies_for_futures(kind):
    future, code = (REMEDIES | ZONES)[kind]
    fitted = fitted_on(BERLIN if kind in ZONES else SERIES)
    with raises("future", code, *(["time zone Europe/Berlin"] if kind in ZONES else [])):
        fitted.forecast(future=future)
    if code.startswith("index = "):
        exec(f"future.{code}", names := {"future": future.copy(), "pd": pd})
        done = names["future"]
    else:
        done = eval(code, {"future": future, "pd": pd})
    np.testing.assert_array_equal(fitted.forecast(future=done), fitted.forecast(future=COMING))


def test_a_future_in_a_time_zone_for_dates_without_one():
    future = COMING.tz_localize("Europe/Berlin").tz_convert("UTC")
    with raises("the time zone UTC", "X has no time zone", "2024-02-10"):
        fitted_on(SERIES).forecast(future=future)


@pytest.mark.parametrize("zones", [(None, "Europe/Berlin"), (None, "UTC"), ("Europe/Berlin", None)])
def test_hours_of_future_with_a_time_zone_on_one_side(zones):
    """With hours, the same clock may show another moment. Days are the same days."""
    of_fit, of_future = zones
    rng = np.random.default_rng(0)
    hours = pd.date_range("2024-05-01", periods=130, freq="h")
    X = pd.DataFrame({"y": rng.normal(size=130), "p": rng.normal(size=130)}, hours)
    fitted = SequenceForecaster(Ridge(), horizon=6, season_length=1, target="y", known="p").fit(
        X[:100].tz_localize(of_fit)
    )
    future = X[["p"]][100:].tz_localize(of_future)
    code = f"future.tz_localize({of_fit!r})"
    words = ["no time zone" if one is None else f"the time zone {one}" for one in zones]
    with raises(f"has {words[1]}", f"X has {words[0]}", code):
        fitted.forecast(future=future)
    future = future.tz_localize(None)
    answer = fitted.forecast(future=eval(code, {"future": future}))
    np.testing.assert_array_equal(answer, fitted.forecast(future=future.to_numpy()))


def test_values_of_future_that_are_no_numbers():
    fitted = fitted_on(SERIES)
    for values in (["a", "b"], list(COMING.index)):
        with raises("['p'] of future hold", "in fit"):
            fitted.forecast(future=COMING.assign(p=values))
    with raises("infinity", "'p'"):
        fitted.forecast(future=COMING.assign(p=[np.inf, 0.0]))


def test_a_static_column_outside_its_range_is_a_future_covariate():
    X = pd.concat([SERIES.assign(id=i, size=float(i)) for i in (1, 2)])
    fitted = fitted_on(X, group="id", known=["size"])
    with pytest.warns(UserWarning, match="future covariate 'size' has the value 50"):
        fitted.forecast(X=X.assign(size=50.0))


def test_columns_of_arrays_have_positions_in_a_dict():
    fitted = fitted_on(SERIES.to_numpy(), target=0, known=[1, 2])
    columns = {1: [0.0, 1.0], 2: [1.0, 2.0]}
    np.testing.assert_array_equal(
        fitted.forecast(future=columns), fitted.forecast(future=COMING.to_numpy())
    )


def test_a_column_of_dates_or_years_beside_a_series():
    X = pd.DataFrame({"when": np.arange(1980, 2020), "y": np.arange(40) % 7.0})
    with warns("'when' of X seems to hold years", "in target"):
        SequenceForecaster(Ridge(), season_length=7).fit(X)
    SequenceForecaster(Ridge(), season_length=7, target="y").fit(X)
    X["when"] = pd.date_range("2010", periods=40, freq="MS").strftime("%Y%m").astype(int)
    code = "X.set_index(pd.to_datetime(X['when'].astype(str), format='%Y%m'))"
    fails(lambda: SequenceForecaster(Ridge()).fit(X), "'when' of X holds dates such as", code)
    SequenceForecaster(Ridge(), season_length=7, target="y").fit(X)


@pytest.mark.parametrize("form", ["array", "list"])
def test_futures_of_a_long_frame_without_identifiers(form):
    long = pd.concat({"a": SERIES, "b": SERIES + 1}, names=["id", "day"])
    future = {"array": COMING.to_numpy(), "list": [COMING, COMING]}[form]
    fitted = fitted_on(long, group="id")
    with raises(f"is a {'ndarray' if form == 'array' else 'list'}", "dict", "'a': f"):
        fitted.forecast(future=future)
    assert len(fitted.forecast(future={"a": COMING, "b": COMING})) == 4


def test_other_dates_in_the_future_of_a_long_frame():
    """Arrays, which one series takes, are no remedy here."""
    long = pd.concat({"a": SERIES, "b": SERIES + 1}, names=["id", "day"])
    late = pd.concat({one: COMING.shift(1, freq="D") for one in "ab"}, names=["id", "day"])
    with pytest.raises(
        ValueError, match=r"Series 'a': future .* Give future for these rows"
    ) as caught:
        fitted_on(long, group="id").forecast(future=late)
    assert "array" not in str(caught.value)


def test_a_long_future_after_a_fit_on_a_list():
    fitted = fitted_on([SERIES, SERIES + 1])
    future = pd.concat({0: COMING, 1: COMING + 1}, names=["id", "day"]).reset_index()
    with raises("a list of 2 tables", "one DataFrame", "future.groupby"):
        fitted.forecast(future=future)
    parts = [part for _, part in future.groupby("id")]
    expected = fitted.forecast(future=[COMING, COMING + 1])
    np.testing.assert_array_equal(np.stack(fitted.forecast(future=parts)), np.stack(expected))


def test_a_covariate_outside_its_range_is_warned_of_once():
    """It names a series, and a constant covariate has words of its own."""
    long = pd.concat(
        {one: SERIES.assign(p=0.0, q=SERIES["q"].clip(0, 1)) for one in "abc"}, names=["id", "day"]
    )
    coming = {one: COMING.assign(p=float(one != "a"), q=0.5) for one in "abc"}
    with pytest.warns(UserWarning) as caught:
        fitted_on(long, group="id").forecast(future=coming)
    messages = [str(one.message) for one in caught if "covariate" in str(one.message)]
    assert len(messages) == 1
    assert "'p' has the value 1 in series 'b' and in 1 more" in messages[0]
    assert "it was always 0" in messages[0]


@pytest.mark.parametrize(
    ("value", "clipped"), [(9.0, 2.0), (-9.0, -2.0), (1.9, None), (-1.9, None)]
)
def test_the_warning_has_the_values_of_fit_and_those_they_are_clipped_to(value, clipped):
    """In fit, the values lie between -1 and 1, and the limits are half of that further out."""
    values = SERIES.assign(p=np.linspace(-1, 1, len(SERIES)), q=0.0)
    fitted = fitted_on(values)
    coming = COMING.assign(p=value, q=0.0)
    if clipped is None:
        fitted.forecast(future=coming)
        return
    with warns(f"'p' has the value {value:.6g}", "between -1 and 1", "the limits -2 and 2"):
        forecast = fitted.forecast(future=coming)
    pd.testing.assert_frame_equal(forecast, fitted.forecast(future=coming.assign(p=clipped)))


def test_future_that_begins_with_the_history():
    days = pd.date_range("2024-01-01", periods=207)
    rng = np.random.default_rng(3)
    promo = (rng.random(207) < 0.2).astype(float)
    F = pd.DataFrame({"y": 100 * (1 + promo) + rng.normal(size=207), "promo": promo}, days)
    fitted = SequenceForecaster(Ridge(), horizon=7, season_length=1, target="y", known="promo").fit(
        F[:200]
    )
    expected = fitted.forecast(future=F[200:]).to_numpy()
    column = F[["promo"]]
    whole = {
        "array": column.to_numpy(),
        "list": column.to_numpy().tolist(),
        "dict": {"promo": promo.tolist()},
        "polars": pl.DataFrame({"promo": promo}),
    }
    for future in whole.values():
        with raises("future has 207 rows", "the history (200 rows)", "7 rows after it") as caught:
            fitted.forecast(future=future)
        code = str(caught.value).split("rows after it: ")[1].removesuffix(".")
        np.testing.assert_allclose(fitted.forecast(future=eval(code, {"future": future})), expected)
    future = column.reset_index(drop=True)
    with raises("future starts at 0", "[200:]") as caught:
        fitted.forecast(future=future)
    code = str(caught.value).split("in their order: ")[1].removesuffix(".")
    np.testing.assert_allclose(fitted.forecast(future=eval(code, {"future": future})), expected)
    # Longer than both, and recognised by its values; other long arrays are right.
    longer = np.concatenate([column.to_numpy(), np.ones((20, 1))])
    with raises("future has 227 rows", "future[200:]"):
        fitted.forecast(future=longer)
    right = np.concatenate([column[200:].to_numpy(), np.ones((220, 1))])
    np.testing.assert_allclose(fitted.forecast(future=right), expected)
    other = np.concatenate([column[200:].to_numpy(), rng.normal(5, 0.1, size=(200, 1)) % 1])
    np.testing.assert_allclose(fitted.forecast(future=other), expected)  # other values, as many
    # After an update, and with X, the history is another one.
    updated = fitted.update(F[200:203])
    updated.forecast(4, future=np.concatenate([promo[203:, None], np.zeros((200, 1))]))
    with raises("the history (203 rows)", "future[203:]"):
        updated.forecast(4, future=np.concatenate([column.to_numpy(), np.zeros((3, 1))]))
    with raises("the history (50 rows)", "future[50:]"):
        fitted.forecast(X=F[150:200], future=column[150:].to_numpy())


def test_a_list_of_dicts_is_refused_with_code():
    fitted, rows = forecaster().fit(frame_of(DATES)), FUTURE.to_dict("records")
    fails(lambda: fitted.forecast(future=rows), "future is a list of dicts", "row[name]")
    code = {name: [row[name] for row in rows] for name in rows[0]}
    pd.testing.assert_frame_equal(fitted.forecast(future=code), fitted.forecast(future=FUTURE))


def test_a_single_value_for_all_rows_is_refused():
    fitted = forecaster().fit(frame_of(DATES))
    fails(lambda: fitted.forecast(future={"promo": 1.0}), "single value for ['promo']", "* steps")
    assert len(fitted.forecast(future={"promo": [1.0] * 3})) == 3


def test_rows_of_future_without_an_identifier_or_dates_are_named():
    parts = {shop: frame_of(DATES).reset_index() for shop in "ab"}
    long = pd.concat(parts, names=["shop"]).reset_index("shop")
    fitted = forecaster(group="shop").fit(long)
    future = pd.concat(dict.fromkeys("ab", FUTURE.reset_index()), names=["shop"])
    future = future.reset_index("shop").reset_index(drop=True)
    lacks = future.assign(shop=future["shop"].where(future.index > 0))
    with raises("without a value in future", "future.dropna(subset=['shop'])"):
        fitted.forecast(future=lacks)
    with raises("Series 'a': future starts at 0", "with these dates, as a column"):
        fitted.forecast(future=future.drop(columns="day"))
    assert len(fitted.forecast(future=future)) == 6


@pytest.mark.parametrize(
    ("params", "needs"),
    [
        ({"pretrained": "only"}, ("9", "one for each step")),
        ({"regressor": Ridge()}, ("14", "the 9 steps", "a multiple of horizon=7")),
        ({"regressor": Ridge(), "strategy": "recursive"}, ("9", "one for each step")),
    ],
)
def test_too_few_rows_of_future(params, needs):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"y": rng.normal(10, size=60), "p": rng.normal(size=60)})
    fitted = SequenceForecaster(horizon=7, season_length=1, known="p", **params).fit(frame)
    rows = int(needs[0])
    short = f"future has 8 rows, but needs {rows}"
    with raises(short, *needs[1:], f"at least {rows} rows") as error:
        fitted.forecast(9, future=frame[["p"]].to_numpy()[:8])
    assert "regressor" not in str(error.value)
    assert len(fitted.forecast(9, future=frame[["p"]].to_numpy()[:rows])) == 9  # the remedy
