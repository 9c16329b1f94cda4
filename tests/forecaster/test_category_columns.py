"""Covariates of text, categories and Enums: the same forecasts as from columns of 0 and 1."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from skgru import GRURegressor, SequenceForecaster, load, save
from skgru.metrics import forecast_scorer
from skgru.model_selection import backtest
from tests.helpers import copy_of, fails, raises, warns

N = 60
RNG = np.random.default_rng(0)
SKY = np.array(["rain", "sun", "snow"])[RNG.integers(0, 3, N)]
Y = 50 + 5 * (SKY == "rain") - 3 * (SKY == "snow") + RNG.normal(size=N) * 0.1
DAYS = pd.date_range("2024-01-01", periods=N, name="day")
AHEAD = pd.date_range(DAYS[-1], periods=4, name="day")[1:]
NEXT = ["snow", "rain", "sun"]
X = pd.DataFrame({"sky": SKY, "y": Y}, DAYS)
FUTURE = pd.DataFrame({"sky": NEXT}, AHEAD)
BY_HAND, FUTURE_BY_HAND = (pd.get_dummies(one, columns=["sky"], dtype=float) for one in (X, FUTURE))
DUMMIES = ["sky_rain", "sky_snow", "sky_sun"]
FLAT = pl.DataFrame({"day": DAYS.to_numpy(), "sky": SKY.tolist(), "y": Y})
FLAT_FUTURE = pl.DataFrame({"sky": NEXT})
SKIES = pl.Enum(["sun", "rain", "snow", "hail"])
SHOPS = pd.concat([X.assign(shop="a"), X.assign(shop="b", y=2 * Y)])
FUTURE_OF_SHOPS = pd.concat([FUTURE.assign(shop=one) for one in "ab"])


def forecaster(**params):
    settings = {"horizon": 3, "window_length": 4, "season_length": 1, "target": "y"}
    return SequenceForecaster(Ridge(), **(settings | {"known": "sky"} | params))


def wanted(**params):
    usual = forecaster(known=DUMMIES, **params).fit(BY_HAND)
    return usual.forecast(future=FUTURE_BY_HAND)["y"].to_numpy()


FORMS = {
    "text": (X, FUTURE),
    "columns in another order": (X[["y", "sky"]], FUTURE.assign(note="?", sky=NEXT)),
    "objects": (X.astype({"sky": object}), FUTURE["sky"]),
    "categories": (
        X.astype({"sky": "category"}),
        FUTURE.astype({"sky": pd.CategoricalDtype(["sun", "snow", "rain"])}),
    ),
    "a dict": (X, {"sky": NEXT}),
    "an array": (X, np.array(NEXT)[:, None]),
    "a list": (X, NEXT),
    "polars text": (FLAT, FLAT_FUTURE),
    "a polars Series": (FLAT, FLAT_FUTURE["sky"]),
    "polars categories": (FLAT.cast({"sky": pl.Categorical}), FLAT_FUTURE),
    "an Enum": (FLAT.cast({"sky": SKIES}), FLAT_FUTURE.cast({"sky": SKIES})),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_categories_are_columns_of_0_and_1(form):
    given, future = FORMS[form]
    fitted = copy_of(forecaster().fit(given))
    assert fitted.categories_ == {"sky": ["rain", "snow", "sun"]}
    assert fitted.n_features_in_ == 2
    np.testing.assert_allclose(np.asarray(fitted.forecast(future=future)["y"]), wanted())


def test_categories_by_position_without_target():
    for params in ({"known": [0], "target": None}, {"known": 0, "target": [1]}):
        answer = forecaster(**params).fit(X).forecast(future=FUTURE)
        np.testing.assert_allclose(answer["y"], wanted())


def test_arrow_strings():
    pytest.importorskip("pyarrow")
    given, future = (one.astype({"sky": "string[pyarrow]"}) for one in (X, FUTURE))
    answer = forecaster().fit(given).forecast(future=future)
    np.testing.assert_allclose(answer["y"], wanted())


def test_numbers_of_a_type_of_categories():
    kind = np.where(SKY == "sun", 1, np.where(SKY == "rain", 2, 3))
    given = X.assign(sky=pd.Categorical(kind))
    fitted = forecaster().fit(given)
    np.testing.assert_allclose(fitted.forecast(future={"sky": [3.0, 2.0, 1.0]})["y"], wanted())


def test_flags_are_numbers():
    flags = X.assign(sky=SKY == "rain")
    numbers = flags.astype({"sky": float})
    future = FUTURE["sky"] == "rain"
    answers = [forecaster().fit(one).forecast(future=future) for one in (flags, numbers)]
    np.testing.assert_array_equal(*answers)
    assert forecaster().fit(flags).categories_ == {}


def test_columns_in_levels():
    given, future = (pd.concat({"cafe": one}, axis=1) for one in (X, FUTURE))
    params = {"target": [("cafe", "y")], "known": [("cafe", "sky")]}
    fitted = forecaster(**params).fit(given)
    assert fitted.categories_ == {("cafe", "sky"): ["rain", "snow", "sun"]}
    for ahead in (future, {("cafe", "sky"): NEXT}):
        answer = fitted.forecast(future=ahead)
        assert list(answer.columns) == [("cafe", "y")]
        np.testing.assert_allclose(answer[("cafe", "y")], wanted())


def test_past_covariates_and_histories():
    by_hand = forecaster(known=None).fit(BY_HAND)
    fitted = forecaster(known=None).fit(X)
    np.testing.assert_allclose(fitted.forecast(), by_hand.forecast())
    np.testing.assert_allclose(fitted.predict(X), by_hand.predict(BY_HAND))
    assert fitted.score(X) == pytest.approx(by_hand.score(BY_HAND))
    early, late = forecaster().fit(X[:-6]), forecaster(known=DUMMIES).fit(BY_HAND[:-6])
    expected = late.forecast(X=BY_HAND[-6:], future=FUTURE_BY_HAND)["y"]
    np.testing.assert_allclose(early.forecast(X=X[-6:], future=FUTURE)["y"], expected)
    np.testing.assert_allclose(early.update(X[-6:]).forecast(future=FUTURE)["y"], expected)


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_a_network_reads_categories(strategy):
    network = GRURegressor(2, epochs=1, random_state=0)
    params = {"strategy": strategy, "horizon": 2}
    given = [
        SequenceForecaster(network, window_length=4, season_length=1, target="y", known=known)
        .set_params(**params)
        .fit(one)
        .forecast(4, future=future)["y"]
        for known, one, future in (
            ("sky", X, {"sky": [*NEXT, "sun"]}),
            (DUMMIES, BY_HAND, np.vstack([FUTURE_BY_HAND[DUMMIES], [0.0, 0.0, 1.0]])),
        )
    ]
    np.testing.assert_allclose(*given, rtol=1e-5)


def test_values_that_were_not_in_fit():
    fitted = forecaster().fit(X)
    future = FUTURE_BY_HAND.assign(sky_snow=0)
    expected = forecaster(known=DUMMIES).fit(BY_HAND).forecast(future=future)
    said = ("Column 'sky' of future has the value 'hail'", "not in fit", "Fit on rows with these")
    with warns(*said):
        answer = fitted.forecast(future={"sky": ["hail", "rain", "sun"]})
    np.testing.assert_allclose(answer["y"], expected["y"])
    with warns("Column 'sky' of X has the value 'hail' and 1 more"):
        fitted.predict(X.assign(sky=["hail", None, *SKY[2:]]))
    rows = X.assign(sky=["hail", *SKY[1:]])
    forecaster().fit(rows).forecast(future={"sky": ["hail", "rain", "sun"]})


def test_a_missing_value_is_a_value():
    with_none = np.where(SKY == "snow", None, SKY)
    for given, future in (
        (X.assign(sky=with_none), [None, "rain", "sun"]),
        (FLAT.with_columns(sky=pl.Series(with_none.tolist())), [None, "rain", "sun"]),
    ):
        answer = forecaster().fit(given).forecast(future={"sky": future})
        np.testing.assert_allclose(np.asarray(answer["y"]), wanted())


def test_panels():
    by_hand, ahead = (
        pd.get_dummies(one, columns=["sky"], dtype=float) for one in (SHOPS, FUTURE_OF_SHOPS)
    )
    expected = forecaster(known=DUMMIES, group="shop").fit(by_hand).forecast(future=ahead)
    answer = forecaster(group="shop").fit(SHOPS).forecast(future=FUTURE_OF_SHOPS)
    pd.testing.assert_frame_equal(answer, expected)
    levels, coming = (
        one.set_index("shop", append=True).swaplevel() for one in (SHOPS, FUTURE_OF_SHOPS)
    )
    answer = forecaster(group="shop").fit(levels).forecast(future=coming)
    np.testing.assert_allclose(answer, expected[["y"]])
    # The second series has a value that the first one has not.
    calm = X.assign(sky=np.where(SKY == "snow", "sun", SKY))
    fitted = forecaster().fit([calm, X])
    assert fitted.categories_ == {"sky": ["rain", "snow", "sun"]}
    assert len(fitted.forecast(future=[FUTURE, FUTURE])) == 2
    assert len(fitted.update([X[:0], X[:0].reindex(AHEAD).assign(sky="sun", y=1.0)])._tails) == 2


def test_a_static_category_needs_no_future():
    sizes = SHOPS.assign(size=SHOPS["shop"].map({"a": "small", "b": "large"}))
    fitted = forecaster(group="shop", known=["sky", "size"]).fit(sizes)
    assert np.isfinite(fitted.forecast(future=FUTURE_OF_SHOPS)["y"]).all()


def test_backtests_and_searches():
    result = backtest(forecaster(), X, initial=30)
    expected = backtest(forecaster(known=DUMMIES), BY_HAND, initial=30)
    np.testing.assert_allclose(result.forecast, expected.forecast, rtol=1e-6)
    several = backtest(forecaster(group="shop"), SHOPS, initial=30)
    assert np.isfinite(several["b"].forecast).all()
    searches = [
        GridSearchCV(
            forecaster(known=known),
            {"window_length": [3, 6]},
            cv=TimeSeriesSplit(2, test_size=6),
            scoring=forecast_scorer(),
            error_score="raise",
        ).fit(one)
        for known, one in (("sky", X), (DUMMIES, BY_HAND))
    ]
    assert searches[0].best_score_ == pytest.approx(searches[1].best_score_)


def test_columns_that_are_no_covariates():
    for given, code in ((X, "target=['y']"), (FLAT, "target=['y']")):
        for target in (None, "sky"):
            one = forecaster(target=target, known=None)
            fails(lambda one=one, given=given: one.fit(given), "Column 'sky' of X holds text", code)
        forecaster(target=["y"], known=None).fit(given).forecast()
    names = X.assign(sky=[f"note {i}" for i in range(N)])
    code = "X.drop(columns=['sky'])"
    fails(lambda: forecaster(known=None).fit(names), "60 different texts in 60 rows", code)
    forecaster(known=None).fit(eval(code, {"X": names})).forecast()
    named = FLAT.with_columns(sky=pl.Series(names["sky"].to_list()))
    code = "X.drop(['sky'])"
    fails(lambda: forecaster(known=None).fit(named), "60 different texts", code)
    forecaster(known=None).fit(eval(code, {"X": named})).forecast()
    # Numbers as text are no categories.
    prices = X.assign(sky=(1.5 * np.arange(N)).astype(str))
    fails(lambda: forecaster().fit(prices), "['sky'] of X hold text", "pd.to_numeric(X['sky'])")


@pytest.mark.parametrize("in_polars", [False, True])
def test_text_that_identifies_series(in_polars):
    items = pd.concat([SHOPS.assign(item=one) for one in "xz"]).reset_index()
    items = pl.DataFrame(items.to_dict("list")) if in_polars else items
    for target in ("y", None):
        fails(
            lambda target=target: forecaster(group="shop", target=target).fit(items),
            "group='shop': X has several rows of the same date",
            "SequenceForecaster(group=['shop', 'item'])",
        )
    fitted = forecaster(group=["shop", "item"], known=None).fit(items)
    assert len(fitted.forecast()) == 12
    fails(
        lambda: forecaster(group=["shop", "item"], target=None, known=None).fit(items),
        "Column 'sky' of X holds text",
        "target=['y']",
    )


@pytest.mark.parametrize("kind", ["string", "large_string"])
def test_text_of_pyarrow_is_read_as_other_text(kind, tmp_path):
    """As `pd.read_csv(dtype_backend="pyarrow")` gives it."""
    pa = pytest.importorskip("pyarrow")
    dtype = pd.ArrowDtype(getattr(pa, kind)())
    n = 60
    dates = pd.date_range("2026-01-01", periods=n)
    plain = pd.DataFrame(
        {"sales": np.arange(n) % 5.0, "kind": np.where(np.arange(n) % 5 == 0, "promo", "no")}, dates
    )
    arrow = plain.astype({"kind": dtype})
    forecaster = SequenceForecaster(Ridge(), target="sales", known="kind", season_length=1)
    future = pd.DataFrame({"kind": ["promo"]}, [dates[-1] + pd.Timedelta("1D")])
    expected = forecaster.fit(plain).forecast(future=future)
    fitted = forecaster.fit(arrow)
    for given in (future, future.astype({"kind": dtype})):
        pd.testing.assert_frame_equal(fitted.forecast(future=given), expected)
    save(fitted, tmp_path / "a.skgru")
    pd.testing.assert_frame_equal(load(tmp_path / "a.skgru").forecast(future=future), expected)
    with raises("Column 'kind' of X holds text such as 'promo'", "target=['sales']"):
        SequenceForecaster(Ridge(), season_length=1).fit(arrow)
    numbers = plain["sales"].astype(str).astype(dtype)
    with raises("X holds text such as '0.0'", "pd.to_numeric(X)"):
        SequenceForecaster(Ridge(), season_length=1).fit(numbers)
    SequenceForecaster(Ridge(), season_length=1).fit(pd.to_numeric(numbers))


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_text_in_a_given_target_has_a_remedy_that_is_not_the_target(make):
    """The column is named in target already, so the message does not advise to name it."""
    frame = make({"sales": ["low", "high"] * 20, "x": np.arange(40.0) % 7})
    one = SequenceForecaster(pretrained="only", season_length=1, target="sales")
    fails(lambda: one.fit(frame), "'sales' of X holds text such as 'low'", "example target=['x']")
    one.set_params(target=["x"]).fit(frame[["x"]])
    one.set_params(target=["sales", "x"])
    fails(lambda: one.fit(frame), "Leave it out of target, as in target=['x']")
    one.set_params(target="sales")
    fails(lambda: one.fit(frame[["sales"]]), "Give numbers, or predict classes")


@pytest.mark.parametrize("target", [None, "sales"])
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_text_of_a_unit_in_a_target_is_converted_by_the_code_of_the_message(make, target):
    frame = make({"sales": [f"{k % 7} EUR" for k in range(40)], "x": np.arange(40.0) % 5})
    one = SequenceForecaster(pretrained="only", season_length=1, target=target)
    with raises("Column 'sales' of X holds text such as '0 EUR'", "Convert them: ") as caught:
        one.fit(frame)
    code = str(caught.value).split("Convert them: ")[1].split(", or name")[0].rstrip(".")
    numbers = eval(code, {"X": frame, "pd": pd, "pl": pl})
    assert numbers.to_list() == [k % 7 for k in range(40)]
    by_numbers = make({"sales": numbers, "x": frame["x"]})
    assert one.fit(by_numbers[["sales"]]).forecast().shape[0] == 1
