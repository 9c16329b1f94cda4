"""Columns of X that were not part of fit: left out by every method but fit."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru.plotting import ForecastDisplay
from tests.helpers import copy_of, fails

DATES = pd.date_range("2024-01-01", periods=60, name="day")
Y = 10.0 + np.arange(60) % 7 + np.random.default_rng(0).normal(scale=0.1, size=60)
WEEKDAY = DATES.day_name().to_numpy()
# The series, without and with columns that are not part of fit: text, numbers, dates, flags.
PLAIN = pd.DataFrame({"y": Y, "weekday": WEEKDAY}, DATES)
FURTHER = PLAIN.assign(
    city="Rome", note=[f"note {i}" for i in range(60)], price=1.5, open=True, changed=DATES
)


def of_shops(frame, shops="ab"):
    return pd.concat([frame.assign(shop=shop) for shop in shops])


CONTAINERS = {
    "one series": (lambda frame: frame, None),
    "one of polars": (lambda frame: pl.from_pandas(frame.reset_index()), None),
    "list": (lambda frame: [frame, frame[10:]], None),
    "list of polars": (lambda frame: [pl.from_pandas(frame.reset_index())] * 2, None),
    "long": (lambda frame: of_shops(frame).reset_index(), "shop"),
    "long, dates as index": (of_shops, "shop"),
    "long, levels": (lambda frame: of_shops(frame).set_index("shop", append=True), "shop"),
    "long polars": (lambda frame: pl.from_pandas(of_shops(frame).reset_index()), "shop"),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_further_columns_change_nothing(name):
    make, group = CONTAINERS[name]
    fitted = SequenceForecaster(Ridge(), horizon=3, target="y", group=group).fit(make(PLAIN[:50]))
    X, further = make(PLAIN), make(FURTHER)
    as_numbers = lambda answer: np.concatenate(  # noqa: E731
        [np.ravel(one["y"]) for one in (answer if isinstance(answer, list) else [answer])]
    )
    expected = as_numbers(fitted.forecast(X=X))
    np.testing.assert_array_equal(as_numbers(fitted.forecast(X=further)), expected)
    bounds = SequenceForecaster(
        Ridge(), horizon=3, target="y", group=group, calibration_fraction=0.3
    ).fit(make(PLAIN))
    ours, theirs = (bounds.forecast_interval(coverage=0.5, X=one) for one in (further, X))
    first = lambda answer: answer[0] if isinstance(answer, list) else answer  # noqa: E731
    assert first(ours).equals(first(theirs))
    updated = [as_numbers(copy_of(fitted).update(one).forecast()) for one in (further, X)]
    np.testing.assert_array_equal(*updated)
    if group is None:
        assert first(fitted.predict(further)).equals(first(fitted.predict(X)))
        assert fitted.score(further) == fitted.score(X)


def test_a_series_finds_its_column():
    fitted = SequenceForecaster(Ridge(), horizon=3).fit(PLAIN["y"][:50])
    ours, theirs = fitted.forecast(X=FURTHER), fitted.forecast(X=PLAIN["y"])
    np.testing.assert_array_equal(ours["y"], theirs)


def test_a_picture_leaves_further_columns_out():
    fitted = SequenceForecaster(Ridge(), horizon=3, target="y", group="shop").fit(of_shops(PLAIN))
    display = ForecastDisplay.from_estimator(fitted, of_shops(FURTHER, "a"))
    assert display.forecast.shape == (3, 1)


def test_missing_and_moved_columns_stay_errors():
    fitted = SequenceForecaster(Ridge(), horizon=3, target="y").fit(PLAIN)
    fails(lambda: fitted.forecast(X=FURTHER.drop(columns="weekday")), "weekday")
    fails(lambda: fitted.predict(FURTHER[["weekday", "price", "y"]]), "same order")
    panel = SequenceForecaster(Ridge(), horizon=3, target="y", group="shop").fit(of_shops(PLAIN))
    moved = of_shops(FURTHER)[["shop", "weekday", "city", "y"]]
    fails(lambda: panel.forecast(X=moved), "['weekday', 'y']", "same order")
