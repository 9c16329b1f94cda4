"""Windows against a slow Python loop, and what they must never do: look ahead, copy, or forget."""

import tracemalloc

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skgru import SequenceWindower, make_windows
from tests.helpers import fails

DTYPES = ["float32", "float64", "int8", "int32", "int64", "uint16", "bool"]


def slow_windows(X, window_length, padding, past=()):
    """Window t, step by step, out of the rows of past and X."""
    X = np.asarray(X, dtype=np.float64)
    known = [*past, *X]
    windows = np.empty((len(X), window_length, X.shape[1]))
    for t in range(len(X)):
        for step in range(window_length):
            row = len(past) + t - (window_length - 1) + step
            unknown = np.nan if padding == "nan" else known[0]
            windows[t, step] = known[row] if row >= 0 else unknown
    return windows


def slow_pairs(X, window_length, horizon, channels):
    windows, targets = [], []
    for end in range(window_length, len(X) - horizon + 1):
        windows.append([X[row] for row in range(end - window_length, end)])
        targets.append([X[end + k, channel] for k in range(horizon) for channel in channels])
    return np.array(windows), np.array(targets)


def random_rows(seed, n, n_features, dtype):
    rng = np.random.default_rng(seed)
    X = (100 * rng.random((n, n_features))).astype(dtype)
    if X.dtype.kind == "f":
        X[rng.random(X.shape) < 0.1] = np.nan
    return X


shapes = {
    "seed": st.integers(0, 2**32 - 1),
    "n": st.integers(1, 25),
    "n_features": st.integers(1, 4),
    "window_length": st.integers(1, 12),
    "dtype": st.sampled_from(DTYPES),
}


@settings(deadline=None)
@given(**shapes, padding=st.sampled_from(["nan", "edge"]), flatten=st.booleans())
def test_windows_equal_a_slow_loop(seed, n, n_features, window_length, dtype, padding, flatten):
    X = random_rows(seed, n, n_features, dtype)
    windower = SequenceWindower(window_length, padding=padding, flatten=flatten)
    expected = slow_windows(X, window_length, padding)
    if flatten:
        expected = expected.reshape(n, window_length * n_features)
    for windows in (windower.fit_transform(X), windower.transform(X)):
        np.testing.assert_array_equal(windows, expected, strict=dtype != "float32")


@settings(deadline=None)
@given(
    **shapes,
    n_before=st.integers(1, 15),
    padding=st.sampled_from(["nan", "edge"]),
    flatten=st.booleans(),
)
def test_windows_with_context_equal_a_slow_loop(
    seed, n, n_features, window_length, dtype, n_before, padding, flatten
):
    rows = random_rows(seed, n_before + n, n_features, "float64")
    rows[0], rows[n_before] = -1, -2  # or chance could make the new rows begin like the old ones
    before, X = rows[:n_before], rows[n_before:]
    windower = SequenceWindower(window_length, padding=padding, context="fit", flatten=flatten)
    past = before[max(0, n_before - window_length + 1) :]
    expected = slow_windows(X, window_length, padding, past)
    windows = windower.fit(before).transform(X)
    np.testing.assert_array_equal(windows, expected.reshape(windows.shape), strict=True)


@settings(deadline=None)
@given(
    **shapes, horizon=st.integers(1, 5), target=st.sampled_from([None, 0, -1, "two", "reversed"])
)
def test_pairs_equal_a_slow_loop(seed, n, n_features, window_length, dtype, horizon, target):
    X = random_rows(seed, n + window_length + horizon - 1, n_features, dtype)
    channels = {
        None: list(range(n_features)),
        0: [0],
        -1: [n_features - 1],
        "two": list(range(min(2, n_features))),
        "reversed": list(range(n_features))[::-1],
    }[target]
    chosen = {None: None, 0: 0, -1: n_features - 1}.get(target, channels)
    windows, targets = make_windows(X, window_length, horizon, target=chosen)
    expected_windows, expected_targets = slow_pairs(X, window_length, horizon, channels)
    assert len(windows) == len(targets) == len(X) - window_length - horizon + 1 == n
    if horizon * len(channels) == 1:
        expected_targets = expected_targets[:, 0]
    np.testing.assert_array_equal(windows, expected_windows)
    np.testing.assert_array_equal(targets, expected_targets)
    assert windows.dtype == targets.dtype == ("float32" if dtype == "float32" else "float64")


def test_no_pair_is_dropped():
    # The usual tutorial code loses the pair whose target is the last row.
    X = np.arange(10.0).reshape(-1, 1)
    windows, targets = make_windows(X, window_length=3)
    assert targets[-1] == 9.0
    np.testing.assert_array_equal(windows[-1, :, 0], [6.0, 7.0, 8.0])
    assert len(make_windows(X, 6, 4)[0]) == 1


@settings(deadline=None)
@given(**shapes, padding=st.sampled_from(["nan", "edge"]), context=st.sampled_from([None, "fit"]))
def test_a_window_knows_nothing_of_later_rows(
    seed, n, n_features, window_length, dtype, padding, context
):
    X = random_rows(seed, n, n_features, dtype)
    windower = SequenceWindower(window_length, padding=padding, context=context)
    # Rows that begin like those of fit are in-sample: these never do.
    windower.fit(np.full((7, n_features), 1000.0))
    windows = windower.transform(X)
    for k in range(1, n + 1):
        np.testing.assert_array_equal(windows[:k], windower.transform(X[:k]))


@pytest.mark.parametrize("flatten", [False, True])
@pytest.mark.parametrize("dtype", [*DTYPES, "float16", ">f8"])
def test_dtype_is_kept_or_becomes_float64(dtype, flatten):
    X = np.ones((5, 2), dtype=dtype)
    windower = SequenceWindower(3, flatten=flatten)
    expected = "float32" if dtype == "float32" else "float64"
    assert windower.fit_transform(X).dtype == expected
    assert windower.transform(X).dtype == expected


def test_the_dtype_of_a_later_x_is_its_own():
    windower = SequenceWindower(3, context="fit").fit(np.ones((5, 1)))
    assert windower.transform(np.zeros((2, 1), dtype=np.float32)).dtype == np.float32


def test_nan_passes():
    X = np.array([[1.0], [np.nan], [3.0]])
    np.testing.assert_array_equal(
        SequenceWindower(2).fit(X).transform(X)[:, :, 0], [[np.nan, 1], [1, np.nan], [np.nan, 3]]
    )
    np.testing.assert_array_equal(make_windows(X, 1)[1], [np.nan, 3.0])


def test_one_step_windows_are_the_rows():
    X = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(SequenceWindower(1).fit_transform(X)[:, 0], X)
    np.testing.assert_array_equal(SequenceWindower(1, flatten=True).fit_transform(X), X)
    context = SequenceWindower(1, context="fit").fit(X + 1)
    np.testing.assert_array_equal(context.transform(X)[:, 0], X)


def test_fewer_rows_than_a_window_are_windowed_all_the_same():
    windows = SequenceWindower(10).fit_transform(np.ones((3, 1)))
    assert windows.shape == (3, 10, 1)
    assert np.isnan(windows[:, :7]).all()


# Views, not copies


def owner(array):
    while getattr(array, "base", None) is not None:
        array = array.base
    return array


@pytest.mark.parametrize("flatten", [False, True])
def test_windows_are_a_read_only_view_of_one_block(flatten):
    X = np.random.default_rng(0).random((1000, 3))
    windows = SequenceWindower(50, flatten=flatten).fit_transform(X)
    assert not windows.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        windows[0] = 0
    assert np.shares_memory(windows[100], windows[101])
    assert owner(windows).nbytes == (1000 + 49) * 3 * 8


def test_windows_do_not_change_with_the_input():
    X = np.zeros((5, 1))
    windows = SequenceWindower(2).fit_transform(X)
    X[:] = 1
    assert np.nanmax(windows) == 0


def test_pairs_are_read_only_and_their_windows_a_view():
    X = np.random.default_rng(0).random((1000, 2))
    windows, targets = make_windows(X, 50, 3)
    assert not windows.flags.writeable and not targets.flags.writeable
    assert np.shares_memory(windows[100], windows[101])
    assert owner(windows).nbytes == X.nbytes


def test_five_million_rows_need_less_than_150_megabytes():
    X = np.ones((5_000_000, 1))
    X[7] = np.nan  # the slower way through scikit-learn's check for infinity
    tracemalloc.start()
    try:
        windows = SequenceWindower(window_length=200).fit_transform(X)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert windows.shape == (5_000_000, 200, 1)
    assert peak < 150e6


# context="fit"


@pytest.mark.parametrize("flatten", [False, True])
@pytest.mark.parametrize("padding", ["nan", "edge"])
def test_first_windows_of_a_test_fold_are_those_of_the_whole_series(series, padding, flatten):
    windower = SequenceWindower(7, padding=padding, context="fit", flatten=flatten)
    whole = windower.fit_transform(series)
    np.testing.assert_array_equal(windower.fit(series[:150]).transform(series[150:]), whole[150:])


def test_rows_may_come_one_at_a_time(series):
    windower = SequenceWindower(3, context="fit").fit(series[:50])
    np.testing.assert_array_equal(windower.transform(series[50:51])[0], series[48:51])


@pytest.mark.parametrize("n", [1, 2, 6, 7, 8, 150, 200])
def test_in_sample_rows_get_no_context(series, n):
    windower = SequenceWindower(7, context="fit").fit(series[:150])
    expected = SequenceWindower(7).fit_transform(series[:n])
    np.testing.assert_array_equal(windower.transform(series[:n]), expected)


def test_rows_that_the_series_of_fit_repeats_are_not_its_beginning():
    sales = np.array([[0.0], [0], [3], [0], [0], [5], [0]])
    windower = SequenceWindower(3, context="fit").fit(sales)
    for n in (1, 2):
        windows = windower.transform(np.zeros((n, 1)))[:, :, 0]
        np.testing.assert_array_equal(windows, [[5, 0, 0], [0, 0, 0]][:n])
    assert np.isnan(windower.transform(sales[:3])[0, 0, 0])
    constant = SequenceWindower(3, context="fit").fit(np.ones((5, 1)))
    assert np.isnan(constant.transform(np.ones((5, 1)))[0, 0, 0])
    assert not np.isnan(constant.transform(np.ones((4, 1)))).any()


def test_in_sample_rows_with_nan_are_recognised():
    X = np.array([[np.nan], [2.0], [3.0]])
    windower = SequenceWindower(2, context="fit").fit(X)
    np.testing.assert_array_equal(windower.transform(X)[:, 0, 0], [np.nan, np.nan, 2.0])


def test_fit_transform_never_has_context(series):
    windower = SequenceWindower(7, context="fit").fit(series[:150])
    windows = windower.fit_transform(series[150:])
    np.testing.assert_array_equal(windows, SequenceWindower(7).fit_transform(series[150:]))


@pytest.mark.parametrize(
    ("padding", "first"), [("nan", [np.nan, np.nan, 1, 2, 3]), ("edge", [1, 1, 1, 2, 3])]
)
def test_a_fit_series_shorter_than_a_window_gives_what_it_has(padding, first):
    windower = SequenceWindower(5, padding=padding, context="fit").fit([[1.0], [2.0]])
    np.testing.assert_array_equal(windower.transform([[3.0], [4.0]])[0, :, 0], first)


def test_without_context_fit_leaves_no_trace_in_windows(series):
    windower = SequenceWindower(7).fit(series[:150])
    expected = SequenceWindower(7).fit_transform(series[150:])
    np.testing.assert_array_equal(windower.transform(series[150:]), expected)


# Data frames and Series

COLUMNS = [
    (pd.Series([1.0, 2.0, 3.0], name="sun"), ["sun"]),
    (pd.Series([1, 2, 3], name="sun"), ["sun"]),
    (pd.Series([1.0, 2.0, 3.0]), None),
    (pd.Series([1.0, 2.0, 3.0], name=0), None),
    (pl.Series("sun", [1.0, 2.0, 3.0]), ["sun"]),
    (pl.Series("sun", [1, 2, 3]), ["sun"]),
    (pl.Series([1.0, 2.0, 3.0]), None),
    (pd.DataFrame({"sun": [1.0, 2.0, 3.0]}), ["sun"]),
    (pl.DataFrame({"sun": [1.0, 2.0, 3.0]}), ["sun"]),
]
WITH_NULL = [
    pd.Series([1, None, 3], dtype="Int64", name="sun"),
    pd.Series([1, None, 3], dtype="Int64"),
    pd.Series([1, None, 3], dtype="Float32", name="sun"),
    pd.Series([1.0, None, 3.0]),
    pl.Series("sun", [1, None, 3]),
    pl.Series([1.0, None, 3.0]),
    pd.DataFrame({"sun": pd.array([1, None, 3], dtype="Int64")}),
    pl.DataFrame({"sun": [1, None, 3]}),
]


@pytest.mark.parametrize(("column", "names"), COLUMNS)
def test_a_series_is_one_column(column, names):
    windower = SequenceWindower(2)
    windows = windower.fit_transform(column)
    np.testing.assert_array_equal(windows[:, :, 0], [[np.nan, 1], [1, 2], [2, 3]])
    np.testing.assert_array_equal(windower.transform(column), windows)
    assert windower.n_features_in_ == 1
    if names is None:
        assert not hasattr(windower, "feature_names_in_")
    else:
        assert list(windower.feature_names_in_) == names
    np.testing.assert_array_equal(make_windows(column, 1)[1], [2, 3])


@pytest.mark.parametrize("column", WITH_NULL, ids=lambda column: type(column).__module__)
def test_null_is_nan(column):
    windows = SequenceWindower(2).fit_transform(column)
    np.testing.assert_array_equal(windows[:, :, 0], [[np.nan, 1], [1, np.nan], [np.nan, 3]])
    np.testing.assert_array_equal(make_windows(column, 1)[1], [np.nan, 3])


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_a_frame_is_its_columns(frame):
    X = np.arange(8.0).reshape(4, 2)
    table = frame({"a": X[:, 0], "b": X[:, 1]})
    windower = SequenceWindower(2).fit(table)
    assert list(windower.feature_names_in_) == ["a", "b"]
    expected = SequenceWindower(2).fit_transform(X)
    np.testing.assert_array_equal(windower.transform(table), expected)


# Names and set_output


def test_feature_names_are_oldest_first():
    windower = SequenceWindower(3, flatten=True).fit(pd.DataFrame({"a": [1.0], "b": [2.0]}))
    expected = ["a_lag2", "b_lag2", "a_lag1", "b_lag1", "a_lag0", "b_lag0"]
    assert list(windower.get_feature_names_out()) == expected
    unnamed = SequenceWindower(2, flatten=True).fit([[1.0, 2.0]])
    assert list(unnamed.get_feature_names_out()) == ["x0_lag1", "x1_lag1", "x0_lag0", "x1_lag0"]
    assert unnamed.get_feature_names_out(["p", "q"])[0] == "p_lag1"


def test_a_column_holds_the_lag_in_its_name():
    windower = SequenceWindower(3, flatten=True).set_output(transform="pandas")
    windows = windower.fit_transform(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [5.0, 6, 7, 8]}))
    for name, values in {"a": [1.0, 2, 3, 4], "b": [5.0, 6, 7, 8]}.items():
        for lag in range(3):
            expected = pd.Series(values, name=f"{name}_lag{lag}").shift(lag)
            pd.testing.assert_series_equal(windows[f"{name}_lag{lag}"], expected)


def test_set_output_pandas_keeps_the_index():
    index = pd.date_range("2020-01-01", periods=4)
    series = pd.Series([1.0, 2, 3, 4], index=index, name="sun")
    windower = SequenceWindower(2, flatten=True).set_output(transform="pandas").fit(series)
    windows = windower.transform(series.to_frame())
    assert list(windows.columns) == ["sun_lag1", "sun_lag0"]
    pd.testing.assert_index_equal(windows.index, index)


def test_set_output_polars():
    windower = SequenceWindower(2, flatten=True).set_output(transform="polars")
    windows = windower.fit_transform(pl.Series("sun", [1.0, 2.0, 3.0]))
    assert isinstance(windows, pl.DataFrame)
    assert windows.columns == ["sun_lag1", "sun_lag0"]
    assert windows["sun_lag1"].to_list()[1:] == [1.0, 2.0]


def test_three_dimensions_have_no_names_and_no_set_output():
    windower = SequenceWindower(2).fit([[1.0]])
    assert not hasattr(windower, "get_feature_names_out")
    assert not hasattr(windower, "set_output")


# A failed refit

BAD_REFITS = [
    ({}, [[np.inf]]),
    ({}, [1.0, 2.0]),
    ({"window_length": 0}, [[1.0]]),
    ({"padding": "none"}, [[1.0]]),
    ({"context": "all"}, [[1.0]]),
    ({"flatten": "yes"}, [[1.0]]),
]


@pytest.mark.parametrize(("params", "X"), BAD_REFITS)
def test_a_failed_refit_leaves_the_earlier_windower(params, X):
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]})
    windower = SequenceWindower(5, context="fit").fit(table)  # of 5 steps, one stays unknown
    later = table + 10
    before = windower.transform(later)
    with pytest.raises(ValueError):  # which sentence: networks/test_errors.py
        windower.set_params(**params).fit(X)
    assert windower.n_features_in_ == 2
    assert list(windower.feature_names_in_) == ["a", "b"]
    np.testing.assert_array_equal(windower.transform(later), before, strict=True)


def test_a_refit_without_names_forgets_the_earlier_names():
    windower = SequenceWindower(2).fit(pd.DataFrame({"a": [1.0]})).fit([[1.0]])
    assert not hasattr(windower, "feature_names_in_")


@pytest.mark.parametrize("names", [["a", "a"], [1, "1"]])
def test_columns_of_the_same_name_are_refused(names):
    table = pd.DataFrame([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]], columns=names)
    windower = SequenceWindower(2).fit([[1.0, 2.0], [3.0, 4.0]])
    for call in (
        lambda X: SequenceWindower(2).fit(X),
        lambda X: windower.transform(X),
        lambda X: make_windows(X, 2),
    ):
        fails(lambda call=call: call(table), str(names[1]), "several columns", "Rename")
        call(table.set_axis([0, 1], axis=1))
