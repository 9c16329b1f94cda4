"""update with rows that the history holds with other values, or with series in another order."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from tests.helpers import copy_of, raises, warns

DAYS = pd.date_range("2024-01-01", periods=120)
WEEK = np.array([100.0, 110, 120, 120, 150, 300, 280])
Y = pd.Series(WEEK[DAYS.day_of_week], DAYS, name="y")
ADVICE = "update ignores these rows", "Fit again", "forecast(X=series)"


def fitted(X=Y[:100], **parameters):
    return SequenceForecaster(
        Ridge(), horizon=7, window_length=7, season_length=7, **parameters
    ).fit(X)


def test_revised_rows_are_counted_and_shown():
    revised = Y.copy()
    revised.iloc[90:] *= 2
    forecaster = fitted()
    with warns("10 rows", "2024-03-31", "560 instead of 280", *ADVICE):
        updated = forecaster.update(revised[80:])
    np.testing.assert_allclose(
        updated.forecast(), fitted().update(revised[100:]).forecast(), rtol=1e-9
    )
    with warnings.catch_warnings():  # the remedies
        warnings.simplefilter("error")
        fitted(revised).forecast()
        fitted().forecast(X=revised)


def test_a_value_that_was_unknown_is_a_revision_and_not_the_reverse():
    gap = Y[:100].copy()
    gap.iloc[95] = np.nan
    with warns("1 row ", "2024-04-05", "150 instead of an unknown value", *ADVICE):
        fitted(gap).update(Y[90:])
    fresh = Y[90:].copy()
    fresh.iloc[5] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted().update(fresh)


def test_rounding_errors_are_no_revision():
    series = Y + np.where(np.arange(120) % 7 == 3, -Y, 0)  # with zeros
    noise = 1e-8 * np.random.default_rng(0).normal(size=120)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(series[:100]).update(series + noise)
        fitted(series[:100]).update(series.astype(np.float32))


def test_rows_within_the_history():
    with pytest.warns(UserWarning) as caught:
        fitted().update(Y[85:95] + 1)
    texts = [str(one.message) for one in caught]
    assert any("10 rows" in one and "111 instead of 110" in one for one in texts)
    assert any("no rows after the history" in one for one in texts)


def frames(in_polars=False):
    first = pd.DataFrame({"day": DAYS, "y": Y.to_numpy(), "price": 1.0 + np.arange(120) % 5})
    X = pd.concat([first.assign(shop=one) for one in "abc"], ignore_index=True)
    return pl.DataFrame(X.to_dict("list")) if in_polars else X


@pytest.mark.parametrize("in_polars", [False, True])
def test_revised_rows_of_several_series(in_polars):
    X = frames(in_polars)
    day = pl.col("day") if in_polars else X["day"]
    old, new = day < DAYS[100], day >= DAYS[95]
    before = X.filter(old) if in_polars else X[old]
    after = X.filter(new) if in_polars else X[new].copy()
    if in_polars:
        after = after.with_columns(
            pl.when(pl.col("shop") == "a")
            .then("price")
            .otherwise(pl.col("price") + 1)
            .alias("price")
        )
    else:
        after.loc[after["shop"] != "a", "price"] += 1
    with warns("10 rows", "series 'b'", "'price'", "2 instead of 1", *ADVICE):
        fitted(before, group="shop", target="y").update(after)


def test_revised_columns_of_a_wide_frame_and_of_a_list():
    wide = pd.DataFrame({"a": Y, "b": 2 * Y})
    revised = wide.assign(b=3 * Y)
    with warns("5 rows", "series 'b'", "450 instead of 300", *ADVICE):
        fitted(wide[:100], group="columns").update(revised[95:])
    with warns("5 rows", "series 1", "450 instead of 300", *ADVICE):
        fitted([wide["a"][:100], wide["b"][:100]]).update([wide["a"][95:], revised["b"][95:]])


def test_categories_have_no_numbers_in_the_warning():
    X = pd.DataFrame({"y": Y, "sky": np.where(np.arange(120) % 3, "sun", "rain")})
    revised = X.assign(sky="rain")
    with pytest.warns(UserWarning, match="column 'sky'.* update ignores") as caught:
        fitted(X[:100], target="y").update(revised[95:])
    assert not any("instead of" in str(one.message) for one in caught)


COUNTS = np.random.default_rng(0).poisson(1, (300, 1)).astype(float)
COUNTS[0], COUNTS[200:] = 0, COUNTS[200:] + 20


@pytest.mark.filterwarnings("ignore:From .* on, X is at another level")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "parameters", [{}, {"pretrained": "only"}, {"regressor": Ridge()}], ids=str
)
def test_a_value_that_occurs_often_is_not_the_start_of_an_array(parameters, seed):
    forecaster = SequenceForecaster(horizon=7, season_length=1, random_state=seed, **parameters)
    forecaster.fit(COUNTS)
    new = forecaster.forecast(X=[[0.0]])
    np.testing.assert_allclose(new, forecaster.update([[0.0]]).forecast(), rtol=1e-6)
    assert new.mean() > 5


@pytest.mark.parametrize("call", ["update", "forecast"])
@pytest.mark.parametrize("start", [10, 80, 95, 97])
def test_an_array_that_repeats_the_end_of_the_history(start, call):
    rng = np.random.default_rng(0)
    values = (Y.to_numpy() + rng.normal(size=120))[:, np.newaxis]
    forecaster = fitted(values[:100])

    def answer(X):
        if call == "update":
            return copy_of(forecaster).update(X).forecast()
        return forecaster.forecast(X=X)

    n = 100 - start
    with warns(f"first {n} rows of X", f"Give X[{n}:]"):
        answer(values[start:])
    np.testing.assert_array_equal(answer(values[100:]), forecaster.forecast(X=values))
    # One or two equal rows, and those of a series that repeats, may be chance.
    answer(values[98:])
    week = np.tile([1.0, 2, 3, 4, 5, 6, 9], 16)[:, np.newaxis]
    repeats = fitted(week)
    getattr(repeats, call)(X=week[:14])


def test_an_array_of_the_whole_series_may_have_revised_rows():
    noise = np.random.default_rng(0).normal(size=120)
    values = (Y.to_numpy() + noise)[:, np.newaxis]
    forecaster = fitted(values[:100])
    revised = values.copy()
    revised[:60:20] += 50
    expected = forecaster.forecast(X=values)
    np.testing.assert_array_equal(forecaster.forecast(X=revised), expected)
    with raises("X has 120 rows", "begins with the rows of fit", "X[100:]", "forecast(X=X)"):
        forecaster.update(revised)
    np.testing.assert_array_equal(forecaster.update(revised[100:]).forecast(), expected)


A, B = Y.rename("a"), (10 * Y).rename("b")


@pytest.mark.parametrize("kind", ["pandas", "polars", "frames"])
def test_a_list_in_another_order_is_refused(kind):
    make = {
        "pandas": lambda one: one,
        "polars": lambda one: pl.Series(one.name, one.to_numpy()),
        "frames": lambda one: one.to_frame(),
    }[kind]
    old, X = [make(A[:100]), make(B[:100])], [make(B[100:]), make(A[100:])]
    forecaster = fitted(old)
    with raises("['b', 'a']", "['a', 'b']", "in the order of fit") as caught:
        forecaster.update(X)
    code = "X[::-1]"
    if kind != "frames":
        code = str(caught.value).split("order of fit: ")[1].removesuffix(".")
    ordered = eval(code, {"X": X})
    for one, expected in zip(forecaster.update(ordered).forecast(), (1, 10), strict=True):
        assert np.asarray(one).ravel()[0] == pytest.approx(
            expected * WEEK[DAYS[-1].day_of_week + 1 - 7]
        )


def test_names_that_do_not_identify_series():
    fitted([A[:100], B[:100]]).update([A[100:].rename("new"), B[100:].rename("other")])
    fitted([A[:100], B[:100].rename("a")]).update([A[100:], B[100:].rename("b")])
    fitted([A[:100], B[:100]]).update([A[100:], B[:0]]).update([A[:0], B[100:]])
    with raises("[None, 'a']", "['a', 'b']", "in the order of fit"):
        fitted([A[:100], B[:100]]).update([B[:0], A[100:]])
