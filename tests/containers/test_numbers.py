"""The same numbers in other types give the same windows and forecasts; anything else is an error
with a remedy.
"""

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import GRURegressor, SequenceForecaster, SequenceWindower
from skgru._containers.numbers import as_numbers
from tests.helpers import fails

N = 40
DATES = pd.date_range("2021-01-01", periods=N)
HOLE = np.arange(N) == 20
VALUES = np.where(HOLE, np.nan, 100 + np.arange(N) % 7.0)
WITH_NONE = [None if hole else value for hole, value in zip(HOLE, VALUES.tolist(), strict=True)]
IN_DECIMALS = [None if value is None else decimal.Decimal(str(value)) for value in WITH_NONE]
FLAGS = [None if value is None else value > 103 for value in WITH_NONE]

NUMBERS = {
    "Int64": pd.Series(WITH_NONE, dtype="Int64"),
    "Float32": pd.Series(WITH_NONE, dtype="Float32"),
    "Decimal": pd.Series(IN_DECIMALS, dtype=object),
    "objects with None": pd.Series(WITH_NONE, dtype=object),
    "objects with NA": pd.Series(
        [pd.NA if one is None else one for one in WITH_NONE], dtype=object
    ),
    "sparse": pd.Series(pd.arrays.SparseArray(VALUES)),
    "polars Int16": pl.Series(
        [None if one is None else int(one) for one in WITH_NONE], dtype=pl.Int16
    ),
    "polars Decimal": pl.Series(IN_DECIMALS, dtype=pl.Decimal(10, 2)),
}


def frame_of(column):
    return pl.DataFrame({"a": column}) if isinstance(column, pl.Series) else column.to_frame("a")


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_in_any_type(kind):
    column = NUMBERS[kind]
    for X in (column, frame_of(column)):
        windows = SequenceWindower(3).fit_transform(X)
        np.testing.assert_array_equal(windows[:, -1, 0], VALUES)
        forecast = SequenceForecaster(Ridge(), season_length=7).fit(X).forecast()
        expected = SequenceForecaster(Ridge(), season_length=7).fit(VALUES[:, None]).forecast()
        np.testing.assert_array_equal(np.asarray(forecast).ravel(), expected.ravel())
    long = pd.DataFrame({"id": np.repeat(["a", "b"], N), "y": [*WITH_NONE, *WITH_NONE]})
    if isinstance(column, pd.Series):
        long["y"] = pd.concat([column, column], ignore_index=True)
    else:
        long = pl.DataFrame({"id": long["id"].tolist(), "y": pl.concat([column, column])})
    SequenceForecaster(Ridge(), season_length=7, group="id").fit(long).forecast()


@pytest.mark.parametrize("flags", [pd.Series(FLAGS, dtype="boolean"), pl.Series(FLAGS)])
def test_flags_with_unknown_ones(flags):
    values = SequenceWindower(1).fit_transform(frame_of(flags))[:, 0, 0]
    np.testing.assert_array_equal(values, np.where(HOLE, np.nan, VALUES > 103))


def test_plain_numbers_are_not_copied():
    frame = pd.DataFrame({"a": np.ones(3, np.float32), "b": [1, 2, 3]})
    assert as_numbers(frame) is frame
    assert SequenceWindower(2).fit_transform(frame[["a"]]).dtype == np.float32
    polars = pl.DataFrame({"a": pl.Series([1.0], dtype=pl.Float32)})
    assert as_numbers(polars) is polars


SPANS = [datetime.timedelta(seconds=i) for i in range(N)]
# Other values, what the message calls them, and code that makes numbers of X["lag1"].
OTHERS = {
    "text": (
        pd.Series(VALUES).fillna(100).astype(str),
        "text such as '100.0'",
        "pd.to_numeric(X['lag1'])",
    ),
    "categories": (
        pd.Series(VALUES).fillna(0).astype("category"),
        "categories",
        "X['lag1'].astype(float)",
    ),
    "dates": (pd.Series(DATES), "dates or times", "X.set_index('lag1')"),
    "date objects": (pd.Series(DATES.date), "dates or times", "X.set_index('lag1')"),
    "periods": (pd.Series(DATES.to_period("D")), "dates or times", "X.set_index('lag1')"),
    "time spans": (pd.Series(SPANS), "time spans", "X['lag1'].dt.total_seconds()"),
    "complex": (pd.Series(VALUES * 1j), "complex numbers", "X['lag1'].map(lambda z: z.real)"),
    "dicts": (pd.Series([{}] * N), "objects that are no numbers", "drop them"),
    "polars text": (pl.Series(VALUES.astype(str)), "text", "X['lag1'].cast(pl.Float64)"),
    "polars categories": (
        pl.Series(VALUES.astype(str), dtype=pl.Categorical),
        "categories",
        "X['lag1'].cast(pl.String).cast(pl.Float64)",
    ),
    "polars dates": (pl.Series(DATES.date.tolist()), "dates or times", "X.drop(['lag1'])"),
    "polars spans": (pl.Series(SPANS), "time spans", "X['lag1'].dt.total_seconds()"),
    "polars lists": (pl.Series([[1, 2]] * N), "sequences", "a column"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_values_are_errors_with_a_remedy(kind):
    column, what, remedy = OTHERS[kind]
    X = frame_of(column)
    X = X.rename({"a": "lag1"}) if isinstance(X, pl.DataFrame) else X.rename(columns={"a": "lag1"})
    calls = [SequenceWindower(2).fit]
    calls += [] if "lists" in kind else [GRURegressor().fit]
    calls += [] if kind == "polars dates" else [SequenceForecaster(Ridge()).fit]  # its index
    for call in calls:
        fails(lambda call=call: call(X), "Columns ['lag1'] of X", what, remedy)
    fails(lambda: SequenceWindower(2).fit(column), "X holds", what)
    if "lists" not in kind:
        rows = np.ones((N, 2))
        fails(lambda: GRURegressor().fit(rows, column), "y holds", what)
    if not any(word in kind for word in ("date", "period", "dict", "list")):
        done = eval(remedy, {"X": X, "pd": pd, "pl": pl})
        assert as_numbers(done).to_numpy().dtype.kind in "fi"


def test_dates_that_are_still_a_column():
    frame = pd.DataFrame({"date": DATES, "y": VALUES})
    fails(lambda: SequenceWindower(2).fit(frame), "['date']", "X.set_index('date')")
    SequenceWindower(2).fit(frame.set_index("date"))
    indexed = frame.set_index("date", drop=False)
    fails(lambda: SequenceWindower(2).fit(indexed), "X.drop(columns=['date'])")


@pytest.mark.parametrize("dtype", ["datetime64[s]", "timedelta64[s]", str, bytes])
def test_arrays_of_other_values(dtype):
    values = np.arange(N).astype(dtype)
    fails(lambda: SequenceWindower(2).fit(values[:, None]), "X holds", "must hold numbers")
    fails(lambda: GRURegressor().fit(np.ones((N, 2)), values), "y holds", "must hold numbers")
