"""NaN in covariates: what fit, forecast, update and backtest say about it, and what they advise."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru.model_selection import backtest

DATES = pd.date_range("2024-01-01", periods=60, name="day")


def frame(gaps=(20, 40), n=60):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"y": 10.0 + DATES.day_of_week[:n], "price": rng.uniform(1, 2, n)}, DATES[:n])
    X.iloc[list(gaps), 1] = np.nan
    return X


def long(X, index="column"):
    parts = pd.concat([X.assign(shop=shop, y=X["y"] * k) for k, shop in enumerate("ab", 1)])
    return parts.reset_index() if index == "column" else parts.set_index("shop", append=True)


def forecaster(known="price", **parameters):
    return SequenceForecaster(Ridge(), horizon=3, known=known, season_length=7, **parameters)


# A container of the frame, and the parameters of a forecaster for it.
CONTAINERS = {
    "pandas": (frame, {}),
    "polars": (lambda gaps: pl.from_pandas(frame(gaps).reset_index()), {}),
    "polars with null": (
        lambda gaps: pl.from_pandas(frame(gaps).reset_index(), nan_to_null=True),
        {},
    ),
    "numpy": (lambda gaps: frame(gaps).to_numpy(), {"known": 1}),
    "list": (lambda gaps: [frame(gaps), frame(gaps)[:50]], {}),
    "list of polars": (lambda gaps: [pl.from_pandas(frame(gaps).reset_index())] * 2, {}),
    "long": (lambda gaps: long(frame(gaps)), {"group": "shop"}),
    "long, dates as index": (lambda gaps: long(frame(gaps)).set_index("day"), {"group": "shop"}),
    "long, levels": (lambda gaps: long(frame(gaps), "levels"), {"group": "shop"}),
    "long polars": (lambda gaps: pl.from_pandas(long(frame(gaps))), {"group": "shop"}),
    "long, two keys": (
        lambda gaps: long(frame(gaps)).assign(item="x"),
        {"group": ["shop", "item"]},
    ),
}


def followed(message, X):
    """X after the code that a message advises."""
    code = message.split("for example by ")[1].removesuffix(".")
    names = {"X": X, "pd": pd, "pl": pl}
    exec(code, names)
    return names["X"]


@pytest.mark.parametrize("gaps", [(20, 40), (0, 1, 40)], ids=["inside", "at the start"])
@pytest.mark.parametrize("name", CONTAINERS)
def test_advice_of_fit_ends_in_a_fit_without_warnings(name, gaps):
    make, parameters = CONTAINERS[name]
    X = make(gaps)
    with pytest.warns(UserWarning, match="has NaN in .*row") as caught:
        forecaster(**parameters).fit(X)
    (message,) = [str(one.message) for one in caught]
    assert "leaves out the windows" in message
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forecaster(**parameters).fit(followed(message, X))


@pytest.mark.parametrize("name", CONTAINERS)
def test_advice_of_a_backtest_ends_in_a_backtest(name):
    make, parameters = CONTAINERS[name]
    X = make((20, 40))
    with pytest.raises(ValueError, match="forecast origin") as error:
        backtest(forecaster(**parameters), X, initial=30)
    message = str(error.value)
    # The first origin whose three rows ahead hold row 40.
    assert ("row 37" if name == "numpy" else "2024-02-07") in message
    assert ("row 40" if name == "numpy" else "2024-02-10") in message
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        backtest(forecaster(**parameters), followed(message, X), initial=30)


def test_warning_counts_rows_and_names_the_first_and_the_other_columns():
    X = frame().assign(promo=[np.nan, *[1.0, 0.0] * 29, np.nan])
    with pytest.warns(UserWarning, match=r"'price' has NaN in 2 rows of X, the first.* 2024-01-21"):
        forecaster().fit(X[["y", "price"]])
    with pytest.warns(UserWarning, match="and 1 more covariate has NaN too"):
        forecaster(known=["price", "promo"]).fit(X)
    with pytest.warns(UserWarning, match="'price' has NaN in 2 rows"):  # a past covariate
        forecaster(known=None, target="y").fit(X[["y", "price"]])


def test_gaps_in_targets_do_not_warn():
    X = frame(gaps=())
    X.iloc[10, 0] = np.nan
    forecaster().fit(X)


def test_filling_leaves_gaps_in_targets():
    X = frame()
    X.iloc[25, 0] = np.nan
    with pytest.warns(UserWarning, match="'price' has NaN") as caught:
        forecaster().fit(X)
    filled = followed(str(caught[0].message), X)
    assert np.isnan(filled["y"].iloc[25])
    assert filled["price"].notna().all()


@pytest.mark.filterwarnings("ignore:Covariate 'price' has NaN in 1 row of X, the:UserWarning")
def test_update_and_forecast_warn_of_new_gaps():
    X, ahead = frame((55,)), pd.DataFrame({"price": np.ones(3)})
    fitted = forecaster().fit(X[:50])
    with pytest.warns(UserWarning, match="Forecasts read the last value") as caught:
        updated = fitted.update(X[50:]).forecast(future=ahead.to_numpy())
    assert len(caught) == 1
    filled = forecaster().fit(X[:50]).update(X[50:].ffill())
    np.testing.assert_allclose(updated, filled.forecast(future=ahead.to_numpy()))
    with pytest.warns(UserWarning, match="Forecasts read the last value"):
        forecaster().fit(X[:50]).forecast(X=X, future=ahead.to_numpy())


def test_backtest_warns_once_of_gaps_that_no_forecast_reads():
    with pytest.warns(UserWarning, match="'price' has NaN") as caught:
        backtest(forecaster(), frame((10,)), initial=30, refit=5)
    assert len(caught) == 1


def test_forecast_origins_within_a_gap_do_not_warn():
    y = frame(gaps=())["y"]
    y.iloc[[40, 59]] = np.nan
    result = backtest(SequenceForecaster(Ridge(), horizon=3, season_length=7), y, initial=38)
    assert np.isfinite(result.forecast).all()


def test_advice_of_an_irregular_index_ends_in_a_fit():
    X = frame(gaps=()).drop(DATES[[20, 40]])
    with pytest.raises(ValueError, match=r"X\.asfreq\('D'\)"):
        forecaster().fit(X)
    regular = X.asfreq("D")
    with pytest.warns(UserWarning, match="'price' has NaN in 2 rows") as caught:
        forecaster().fit(regular)
    backtest(forecaster(), followed(str(caught[0].message), regular), initial=30)


def test_static_covariates_are_carried_on_over_gaps():
    parts = [frame(gaps=()).assign(shop=shop, price=size) for shop, size in (("a", 1), ("b", 2))]
    X = pd.concat(parts)
    whole = forecaster(group="shop").fit(X)
    future = pd.concat(
        [
            part[:3].set_axis(
                DATES[-1:].shift(1).append(DATES[-1:].shift(2)).append(DATES[-1:].shift(3))
            )
            for part in parts
        ]
    )
    unknown = future.assign(price=[1, np.nan, np.nan, 2, np.nan, np.nan])
    pd.testing.assert_frame_equal(whole.forecast(future=unknown), whole.forecast(future=future))


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_covariate_without_values_is_an_error(name):
    X = frame(range(60)) if name == "pandas" else CONTAINERS[name][0](range(60))
    with pytest.raises(ValueError, match="'price' of X has only NaN") as error:
        forecaster().fit(X)
    code = str(error.value).split("column: ")[1].split(", and leave")[0]
    forecaster(known=None).fit(eval(code, {"X": X}))
