"""Text that is numbers: the code that messages advise, run, against the numbers that are meant."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skgru import SequenceForecaster
from skgru._containers.text_numbers import readings_of
from skgru._containers.value_kinds import as_text_numbers
from tests.helpers import assert_holds

RNG = np.random.default_rng(3)
LARGE = RNG.integers(900, 9999, 50).astype(float)
SMALL = RNG.normal(scale=20, size=50).round(2)
UNKNOWN = np.where(np.arange(50) == 3, np.nan, 5.0)


def in_form(values, form):
    return [form(one) for one in values]


def german(value):
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


# Name: the texts, the numbers of each code in order, and a text that the message shows.
CASES = {
    "plain": (in_form(SMALL, str), [SMALL], str(SMALL[0])),
    "decimal commas": (in_form(SMALL, lambda x: f"{x:.2f}".replace(".", ",")), [SMALL], ","),
    "thousands": (in_form(LARGE, lambda x: f"{x:,.0f}"), [LARGE, None], ","),
    "points of thousands": (
        in_form(LARGE, lambda x: f"{x:,.0f}".replace(",", ".")), [LARGE, None], "."
    ),
    "three decimals": (in_form(1 + LARGE / 1e4, lambda x: f"{x:.3f}"), [None, None], "."),
    "thousands and decimals": (in_form(LARGE + 0.5, lambda x: f"{x:,.2f}"), [LARGE + 0.5], ","),
    "German": (in_form(LARGE + 0.5, german), [LARGE + 0.5], ","),
    "Swiss": (in_form(LARGE, lambda x: f"{x:,.0f}".replace(",", "'")), [LARGE], "'"),
    "French": (
        in_form(LARGE, lambda x: f"{x:,.0f}".replace(",", "\u202f")), [LARGE], ""
    ),
    "percents": (in_form(SMALL, lambda x: f"{x}%"), [SMALL], "%"),
    "percents after a space": (in_form(SMALL, lambda x: f"{x} %"), [SMALL], "%"),
    "dollars": (in_form(SMALL, lambda x: f"${x}".replace("$-", "-$")), [SMALL], "$"),
    "euros by name": (in_form(SMALL, lambda x: f"{x} EUR"), [SMALL], "EUR"),
    "euros before": (in_form(SMALL, lambda x: f"EUR {x}"), [SMALL], "EUR"),
    "kilometres an hour, with decimal commas": (
        in_form(SMALL, lambda x: f"{x:.2f}km/h".replace(".", ",")), [SMALL], "km/h"
    ),
    "euros with and without a space": (
        [f"{x} EUR" if k % 2 else f"{x}EUR" for k, x in enumerate(SMALL)], [SMALL], "EUR"
    ),
    "euros, and n/a": (
        ["n/a" if np.isnan(x) else "5 EUR" for x in UNKNOWN], [UNKNOWN], "such as 'n/a'"
    ),
    "thousands of euros": (in_form(LARGE, lambda x: f"{x:,.0f} EUR"), [LARGE, None], "EUR"),
    "accounts": (in_form(SMALL, lambda x: f"({-x})" if x < 0 else str(x)), [SMALL], "("),
    "accounts in euros": (
        in_form(SMALL, lambda x: f"(\u20ac{-x})" if x < 0 else f"\u20ac{x}"), [SMALL], "\u20ac"
    ),
    "minus signs": (in_form(SMALL, lambda x: str(x).replace("-", "\u2212")), [SMALL], "\u2212"),
    "n/a": (["n/a" if np.isnan(x) else "5" for x in UNKNOWN], [UNKNOWN], "such as 'n/a'"),
    "n/a in thousands": (
        ["n/a" if k == 3 else f"{x:,.1f}" for k, x in enumerate(LARGE)],
        [np.where(np.arange(50) == 3, np.nan, LARGE)],
        "such as 'n/a'",
    ),
}  # fmt: skip

CONTAINERS = {
    "a Series": (lambda texts: pd.Series(texts, dtype=object), "X"),
    "a Series of strings": (lambda texts: pd.Series(texts, dtype="string"), "X"),
    "categories": (lambda texts: pd.Series(texts, dtype="category"), "X"),
    "a frame": (lambda texts: pd.DataFrame({"y": texts}), "X['y']"),
    "polars": (pl.Series, "X"),
    "a polars frame": (lambda texts: pl.DataFrame({"y": texts}), "X['y']"),
    "an array": (lambda texts: np.array(texts).reshape(-1, 1), "X"),
    "a list": (lambda texts: [[one] for one in texts], "np.array(X)"),
}


def codes_in(message):
    """The code after "Convert them: " that gives numbers, one for each reading."""
    advice = message.split("Convert them: ", 1)[1]
    advice = re.sub(r"(, or drop them|, which makes NaN of '.*')*\.$", "", advice)
    return [one.split(" if '")[0] for one in advice.split(", or ")]


def message_of(X, **parameters):
    with pytest.raises(ValueError) as caught:
        SequenceForecaster(pretrained="only", **parameters).fit(X)
    return str(caught.value)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("case", CASES)
def test_the_code_gives_the_numbers(case, container):
    texts, wanted, shown = CASES[case]
    make, code = CONTAINERS[container]
    X = make(texts)
    message = message_of(X)
    found = codes_in(message)
    assert_holds(message, shown if container != "categories" else "", code)
    assert len(found) == len(wanted), message
    results = []
    for one, numbers in zip(found, wanted, strict=True):
        result = np.asarray(eval(one, {"X": X, "pd": pd, "pl": pl, "np": np}), dtype=float).ravel()
        results.append(result)
        assert len(result) == 50
        if numbers is not None:
            np.testing.assert_allclose(result, numbers)
    if len(results) == 2:  # a thousand times as much for the texts with a mark
        assert np.nanmax(results[0] / results[1]) == pytest.approx(1000, rel=1e-3) or (
            np.nanmax(results[1] / results[0]) == pytest.approx(1000, rel=1e-3)
        )


def test_both_readings_are_shown_with_their_numbers():
    message = message_of(pd.Series(["8,283", "913", "1,200"] * 20))
    assert_holds(
        message,
        "such as '8,283'",
        "X.str.replace(',', '').astype(float) if '8,283' is 8283, or "
        "X.str.replace(',', '.').astype(float) if '8,283' is 8.283.",
    )


def test_missing_values_stay_unknown():
    X = pd.Series(["8,283.5", None, "913"] * 20)
    assert eval(codes_in(message_of(X))[0], {"X": X, "pd": pd}).isna().sum() == 20


def test_numbers_beside_text_are_kept():
    X = pd.Series(["12%", 5.0, "7%"] * 20, dtype=object)
    (code,) = codes_in(message_of(X))
    assert eval(code, {"X": X, "pd": pd}).tolist() == [12, 5, 7] * 20


def test_a_wrong_text_that_would_become_another_number_is_shown():
    X = pd.Series(["1.234,50"] * 29 + ["12.5"])  # without its point, 12.5 would be 125
    assert_holds(message_of(X), "such as '12.5'", "Correct this value first")


def test_a_number_without_the_unit_of_the_others_is_shown():
    assert_holds(message_of(pd.Series(["12 kg"] * 29 + ["950"])), "'950'", "Correct this value")
    (code,) = codes_in(message_of(X := pd.Series(["12 kg"] * 29 + ["0"])))
    assert eval(code, {"X": X}).tolist() == [12.0] * 29 + [0.0]


@pytest.mark.parametrize(
    "texts", [["12 kg", "500 g"], ["Q1", "Q2"], ["1 Jan", "1 Feb"], ["10 EUR", "9"]]
)
def test_texts_of_several_units_are_no_numbers(texts):
    assert readings_of(texts, takes_units=True) == []
    assert_holds(message_of(pd.Series(texts * 10)), "Give numbers")


def test_categories_of_one_unit_stay_categories():
    assert not as_text_numbers(pd.Series(["10 ml", "20 ml", "50 ml"]))


@pytest.mark.parametrize("texts", [["a", "b"], ["5", "a"], [""], ["1,2,3"], ["1.5", "1,5"]])
def test_other_text_is_no_number(texts):
    assert readings_of(texts) == []


def test_unknown_values_beside_many_numbers_make_no_categories():
    texts = ["n/a" if k == 3 else str(x) for k, x in enumerate(SMALL)]
    frame = pd.DataFrame({"y": texts, "other": SMALL})
    (code,) = codes_in(message_of(frame))
    assert eval(code, {"X": frame, "pd": pd}).isna().sum() == 1
    for column in (pd.Series(["10%", "20%", "none"]), pl.Series(["10%", "20%", "none"])):
        assert not as_text_numbers(column)
