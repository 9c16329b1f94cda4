"""Identifiers of series in another form than in fit, and in `future` alone."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from tests.helpers import raises, warns

MONTHS = pd.date_range("2019-01-01", periods=60, freq="MS")


def panel(*ids):
    parts = [
        pd.DataFrame({"id": one, "date": MONTHS, "y": 100.0 * (k + 1) + np.arange(60) % 12})
        for k, one in enumerate(ids)
    ]
    X = pd.concat(parts, ignore_index=True)
    return X.assign(p=1.0 * (np.arange(len(X)) % 7))


def fitted(X, **parameters):
    one = SequenceForecaster(Ridge(), horizon=2, window_length=6, group="id", target="y")
    return one.set_params(**parameters).fit(X)


@pytest.mark.parametrize(
    ("of_fit", "other", "code"),
    [
        ([1, 2], ["1", "2"], "X.assign(**{'id': X['id'].astype(int)})"),
        (["1", "2"], [1, 2], "X.assign(**{'id': X['id'].astype(str)})"),
        (["a", "b"], ["a ", " b"], "X.assign(**{'id': X['id'].str.strip()})"),
        (["A", "B"], ["a", "b"], "X.assign(**{'id': X['id'].str.upper()})"),
        (["007", "008"], [7, 8], "X.assign(**{'id': X['id'].astype(str).str.zfill(3)})"),
    ],
)
def test_ids_in_another_form(of_fit, other, code):
    X, later = panel(*of_fit), panel(*other)
    later = later[later["date"] >= MONTHS[-3]]
    before = fitted(X[X["date"] < MONTHS[-3]])
    parts = f"{other[0]!r} of X and 1 more was not part of fit", f"{of_fit[0]!r} was", code
    with warns(*parts):
        before.forecast(X=later)
    with raises(f"series {other[0]!r}", f"fit had {of_fit[0]!r}", code):
        before.update(later)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        right = before.forecast(X=eval(code, {"X": later}))
    assert right.equals(before.update(eval(code, {"X": later})).forecast())


def test_other_ids_get_no_advice():
    before, later = fitted(panel("a", "A")), panel("a", " a", "b")
    with raises("series ' a'", "Leave it out"):
        before.update(later)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before.forecast(X=later)


def test_columns_of_a_wide_frame_in_another_form():
    X = panel(1, 2).pivot_table(index="date", columns="id", values="y")
    before = fitted(X[:50], group="columns", target=None)
    later = X.rename(columns=str)[50:]
    code = "X.rename(columns={'1': 1, '2': 2})"
    with raises("series '1'", "fit had 1", code):
        before.update(later)
    before.update(eval(code, {"X": later}))


def test_polars_ids_in_another_form():
    before = fitted(pl.DataFrame(panel("a", "b").to_dict("list")))
    with raises("series 'a '", "fit had 'a'", "Give the identifiers of fit"):
        before.update(pl.DataFrame(panel("a ", "b").to_dict("list")))


def test_ids_in_future():
    before = fitted(panel("a", "b"), known="p")
    ahead = pd.date_range("2024-01-01", periods=2, freq="MS")
    future = pd.concat([pd.DataFrame({"id": one, "date": ahead, "p": 1.0}) for one in "abz"])
    with warns("series 'z'", "no history", "ignored", "forecast(X=..., future=...)"):
        answer = before.forecast(future=future)
    assert set(answer["id"]) == {"a", "b"}
    with warns("series 'z'"):
        before.forecast(future={one: part for one, part in future.groupby("id")})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before.forecast(X=panel("a", "b", "z"), future=future)  # the remedy
        before.forecast(X=panel("a"), future=future[future["id"] != "z"])
    spaced = future[future["id"] != "z"].replace({"b": "b "})
    with raises("no rows for 1 series, for example 'b'", "It has 'b '", ".str.strip()") as caught:
        before.forecast(future=spaced)
    code = str(caught.value).split("of fit: ")[1].removesuffix(".")
    before.forecast(future=eval(code, {"future": spaced}))
