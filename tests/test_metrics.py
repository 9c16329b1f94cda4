"""Metrics against slow Python loops, worked numbers and the identities that define them."""

import math
from inspect import signature

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyRegressor
from sklearn.metrics import (
    make_scorer,
    mean_absolute_error,
    mean_pinball_loss,
    root_mean_squared_error,
)

from skgru.metrics import (
    interval_coverage,
    mean_absolute_scaled_error,
    mean_scaled_interval_score,
    root_mean_squared_scaled_error,
    symmetric_mean_absolute_percentage_error,
)
from tests.helpers import raises, run_python, warns

# Slow oracles: one output, Python floats only.


def slow_mean(losses, weights):
    total = 0.0
    for loss, weight in zip(losses, weights, strict=True):
        total += weight * loss
    return total / sum(weights)


def slow_scale(y_train, season_length, power=1):
    differences = []
    for t in range(season_length, len(y_train)):
        differences.append(abs(y_train[t] - y_train[t - season_length]) ** power)
    return sum(differences) / len(differences)


def slow_mase(case, output):
    y_true, y_pred, y_train = (case[name][:, output] for name in ("y_true", "y_pred", "y_train"))
    losses = [abs(y - forecast) for y, forecast in zip(y_true, y_pred, strict=True)]
    return slow_mean(losses, case["weights"]) / slow_scale(y_train, case["season_length"])


def slow_rmsse(case, output):
    y_true, y_pred, y_train = (case[name][:, output] for name in ("y_true", "y_pred", "y_train"))
    losses = [(y - forecast) ** 2 for y, forecast in zip(y_true, y_pred, strict=True)]
    scale = slow_scale(y_train, case["season_length"], power=2)
    return math.sqrt(slow_mean(losses, case["weights"]) / scale)


def slow_smape(case, output):
    losses = []
    for y, forecast in zip(case["y_true"][:, output], case["y_pred"][:, output], strict=True):
        size = (abs(y) + abs(forecast)) / 2
        losses.append(100 * abs(y - forecast) / size if size else 0.0)
    return slow_mean(losses, case["weights"])


def slow_coverage(case, output):
    rows = zip(case["y_true"], case["lower"], case["upper"], strict=True)
    inside = [1.0 if low[output] <= y[output] <= up[output] else 0.0 for y, low, up in rows]
    return slow_mean(inside, case["weights"])


def slow_msis(case, output):
    alpha = 1 - case["coverage"]
    scores = []
    for y, low, up in zip(case["y_true"], case["lower"], case["upper"], strict=True):
        y, low, up = y[output], low[output], up[output]
        score = up - low
        if y < low:
            score += 2 / alpha * (low - y)
        if y > up:
            score += 2 / alpha * (y - up)
        scores.append(score)
    scale = slow_scale(case["y_train"][:, output], case["season_length"])
    return slow_mean(scores, case["weights"]) / scale


def ours(metric, case, **averages):
    names = {
        mean_absolute_scaled_error: ("y_true", "y_pred", "y_train", "season_length"),
        root_mean_squared_scaled_error: ("y_true", "y_pred", "y_train", "season_length"),
        symmetric_mean_absolute_percentage_error: ("y_true", "y_pred"),
        interval_coverage: ("y_true", "lower", "upper"),
        mean_scaled_interval_score: (
            *("y_true", "lower", "upper", "coverage", "y_train", "season_length"),
        ),
    }[metric]
    return metric(**{name: case[name] for name in names}, **averages)


SLOW = {
    mean_absolute_scaled_error: slow_mase,
    root_mean_squared_scaled_error: slow_rmsse,
    symmetric_mean_absolute_percentage_error: slow_smape,
    interval_coverage: slow_coverage,
    mean_scaled_interval_score: slow_msis,
}
METRICS = pytest.mark.parametrize("metric", SLOW, ids=lambda metric: metric.__name__)
SCALED = pytest.mark.parametrize(
    "metric",
    [mean_absolute_scaled_error, root_mean_squared_scaled_error],
    ids=lambda metric: metric.__name__,
)


def random_case(seed, n_rows=6, n_outputs=2, season_length=3):
    """Small whole numbers, so that 0, ties and values on a bound come up."""
    rng = np.random.default_rng(seed)
    y_true, y_pred, bound = rng.integers(-4, 5, (3, n_rows, n_outputs)).astype(float)
    return {
        "y_true": y_true,
        "y_pred": y_pred,
        "lower": np.minimum(y_pred, bound),
        "upper": np.maximum(y_pred, bound),
        # No season repeats the one before.
        "y_train": rng.random((season_length + 5, n_outputs)),
        "season_length": season_length,
        "coverage": rng.uniform(0.05, 0.95),
        "weights": rng.integers(1, 4, n_rows).astype(float),
    }


cases = st.builds(
    random_case,
    seed=st.integers(0, 2**32 - 1),
    n_rows=st.integers(1, 8),
    n_outputs=st.integers(1, 3),
    season_length=st.integers(1, 4),
)


@METRICS
@given(case=cases)
def test_each_output_equals_a_slow_loop(metric, case):
    n_outputs = case["y_true"].shape[1]
    expected = [SLOW[metric](case, output) for output in range(n_outputs)]
    found = ours(metric, case, sample_weight=case["weights"], multioutput="raw_values")
    assert found.shape == (n_outputs,)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@METRICS
@given(case=cases)
def test_without_weights_all_rows_count_alike(metric, case):
    case["weights"] = np.ones(len(case["y_true"]))
    np.testing.assert_allclose(
        ours(metric, case, multioutput="raw_values")[0], SLOW[metric](case, 0)
    )


@METRICS
@given(case=cases)
def test_a_weight_of_two_equals_the_row_twice(metric, case):
    weighted = ours(metric, case, sample_weight=case["weights"])
    repeated = dict(case)
    for name in ("y_true", "y_pred", "lower", "upper"):
        repeated[name] = np.repeat(case[name], case["weights"].astype(int), axis=0)
    assert weighted == pytest.approx(ours(metric, repeated), rel=1e-12)


@METRICS
def test_outputs_are_averaged_as_scikit_learn_does(metric):
    case = random_case(seed=0, n_outputs=3)
    raw = ours(metric, case, multioutput="raw_values")
    mean = ours(metric, case)
    assert isinstance(mean, float)
    assert mean == pytest.approx(raw.mean())
    assert ours(metric, case, multioutput=[1, 0, 3]) == pytest.approx((raw[0] + 3 * raw[2]) / 4)


@METRICS
@pytest.mark.parametrize("kind", ["1-D", "list", "pandas", "polars", "float32", "integers"])
def test_every_kind_of_array_gives_the_same_number(metric, kind):
    case = random_case(seed=1, n_outputs=1)
    case["y_train"] = np.array([[1.0], [5.0], [2.0], [2.0], [3.0], [7.0]])
    convert = {
        "1-D": np.ravel,
        "list": lambda column: column.ravel().tolist(),
        "pandas": lambda column: pd.Series(column.ravel()),
        "polars": lambda column: pl.Series(column.ravel()),
        "float32": lambda column: column.astype(np.float32),
        "integers": lambda column: column.astype(np.int8),
    }[kind]
    arrays = ("y_true", "y_pred", "lower", "upper", "y_train")
    other = case | {name: convert(case[name]) for name in arrays}
    assert ours(metric, other) == ours(metric, case)


def test_data_frames_are_read_by_position():
    case = random_case(seed=2)
    frames = case | {name: pd.DataFrame(case[name]) for name in ("y_true", "y_pred", "y_train")}
    expected = ours(mean_absolute_scaled_error, case, multioutput="raw_values")
    found = ours(mean_absolute_scaled_error, frames, multioutput="raw_values")
    assert type(found) is np.ndarray
    np.testing.assert_array_equal(found, expected)


def frames_of_a_case():
    case = random_case(seed=2)
    tables = {name: one for name, one in case.items() if np.ndim(one) == 2}
    return case | {
        name: pd.DataFrame(one, pd.date_range("2026-01-01", periods=len(one)), ["a", "b"])
        for name, one in tables.items()
    }


@METRICS
def test_rows_and_columns_in_another_order_are_refused_with_code(metric):
    frames = frames_of_a_case()
    y_true, expected = frames["y_true"], ours(metric, frames)
    for name in {"y_pred", "lower", "upper"} & set(signature(metric).parameters):
        moved = frames[name][::-1]
        with raises(f"{name} has the rows", f"{name}.loc[y_true.index]"):
            ours(metric, frames | {name: moved})
        assert ours(metric, frames | {name: moved.loc[y_true.index]}) == expected
        moved = frames[name].iloc[:, ::-1]
        with raises(f"{name} has the col", f"{name}[list(y_true.columns)]"):
            ours(metric, frames | {name: moved})
        assert ours(metric, frames | {name: moved[list(y_true.columns)]}) == expected


def test_a_training_series_with_its_columns_in_another_order_is_refused():
    frames = frames_of_a_case()
    with raises("y_train has the columns", "y_train[list(y_true.columns)]"):
        ours(mean_absolute_scaled_error, frames | {"y_train": frames["y_train"].iloc[:, ::-1]})


def test_a_naive_forecast_has_the_dates_of_earlier_rows():
    series = pd.Series([1.0, 3.0, 2.0, 5.0], pd.date_range("2026-01-01", periods=4))
    one, other = series[1:], series[:-1]
    assert mean_absolute_scaled_error(one, other, y_train=series) == pytest.approx(1)


def test_repeated_dates_in_another_order_are_refused():
    dates = pd.DatetimeIndex(["2026-01-01", "2026-01-02"]).repeat(2)
    by_day, by_series = pd.Series([1.0, 2.0, 3.0, 4.0], dates), pd.Series(1.0, dates[[0, 2, 1, 3]])
    with raises("y_pred has the rows of y_true in another order", "same order"):
        symmetric_mean_absolute_percentage_error(by_day, by_series)


def test_unsigned_integers_do_not_wrap_around():
    y_true, y_pred = np.array([1], dtype=np.uint8), np.array([3], dtype=np.uint8)
    y_train = np.array([9, 8, 7], dtype=np.uint8)
    assert mean_absolute_scaled_error(y_true, y_pred, y_train=y_train) == 2.0


# Worked numbers


def test_mase_by_hand():
    # Seasonal differences with a season of 2: 4 - 1, 6 - 3, 10 - 4, so a scale of 4.
    y_train = [1.0, 3.0, 4.0, 6.0, 10.0]
    error = mean_absolute_scaled_error([12.0, 9.0], [10.0, 15.0], y_train=y_train, season_length=2)
    assert error == (2.0 + 6.0) / 2 / 4.0


def test_rmsse_by_hand():
    # Differences of 3 and 4 on the training series, errors of 6 and 8.
    error = root_mean_squared_scaled_error([6.0, 8.0], [0.0, 0.0], y_train=[0.0, 3.0, 7.0])
    assert error == pytest.approx(2.0)


def test_smape_by_hand():
    # 2 * 50 / 250, 2 * 100 / 200, 0 / 0 and a wrong sign.
    y_true, y_pred = [100.0, 150.0, 0.0, 1.0], [150.0, 50.0, 0.0, -1.0]
    each = [
        symmetric_mean_absolute_percentage_error([y], [forecast])
        for y, forecast in zip(y_true, y_pred, strict=True)
    ]
    assert each == [40.0, 100.0, 0.0, 200.0]
    assert symmetric_mean_absolute_percentage_error(y_true, y_pred) == 85.0


def test_values_on_a_bound_are_covered():
    y_true = [1.0, 2.0, 0.999, 2.001, 1.5]
    lower, upper = np.ones(5), np.full(5, 2.0)
    assert interval_coverage(y_true, lower, upper) == 0.6
    assert interval_coverage([1.0], [1.0], [1.0]) == 1.0


def test_msis_by_hand():
    # M4: 95 % intervals, so that a value outside costs 40 times its distance; scale 2.
    score = mean_scaled_interval_score(
        [5.0, 9.0, 1.0], [4.0] * 3, [8.0] * 3, coverage=0.95, y_train=[0.0, 2.0, 4.0]
    )
    assert score == pytest.approx((4 + (4 + 40 * 1) + (4 + 40 * 3)) / 3 / 2)


# Identities

factors = st.floats(0.001, 1000.0)


@METRICS
@given(case=cases, factor=factors)
def test_the_unit_of_the_series_does_not_matter(metric, case, factor):
    scaled = dict(case)
    # Negative too, but for intervals, whose bounds would change places.
    sign = 1.0 if metric in (interval_coverage, mean_scaled_interval_score) else -1.0
    for name in ("y_true", "y_pred", "lower", "upper", "y_train"):
        scaled[name] = sign * factor * case[name]
    assert ours(metric, scaled) == pytest.approx(ours(metric, case), rel=1e-9)


@SCALED
@given(case=cases, shift=st.integers(-100, 100))
def test_scaled_errors_do_not_depend_on_the_level(metric, case, shift):
    shifted = dict(case)
    for name in ("y_true", "y_pred", "y_train"):
        shifted[name] = case[name] + shift
    assert ours(metric, shifted) == pytest.approx(ours(metric, case), rel=1e-9)


@SCALED
@given(case=cases)
def test_the_seasonal_naive_forecast_of_the_training_series_has_error_1(metric, case):
    y_train, season_length = case["y_train"], case["season_length"]
    error = metric(
        y_train[season_length:],
        y_train[:-season_length],
        y_train=y_train,
        season_length=season_length,
    )
    assert error == pytest.approx(1.0)


@given(case=cases)
def test_a_scale_of_1_leaves_scikit_learns_errors(case):
    y_true, y_pred = case["y_true"], case["y_pred"]
    assert mean_absolute_scaled_error(y_true, y_pred, y_train=[0.0, 1.0]) == pytest.approx(
        mean_absolute_error(y_true, y_pred)
    )
    assert root_mean_squared_scaled_error(y_true, y_pred, y_train=[0.0, 1.0]) == pytest.approx(
        root_mean_squared_error(y_true, y_pred)
    )


numbers = st.floats(-1e300, 1e300)


@given(pairs=st.lists(st.tuples(numbers, numbers), min_size=1))
def test_smape_lies_between_0_and_200_and_both_ways_alike(pairs):
    y_true, y_pred = np.array(pairs).T
    error = symmetric_mean_absolute_percentage_error(y_true, y_pred)
    assert 0.0 <= error <= 200.0
    assert error == symmetric_mean_absolute_percentage_error(y_pred, y_true)


@given(case=cases)
def test_a_perfect_forecast_has_no_error(case):
    perfect = case | {name: case["y_true"] for name in ("y_pred", "lower", "upper")}
    for metric in SLOW:
        assert ours(metric, perfect) == (1.0 if metric is interval_coverage else 0.0)


@given(case=cases)
def test_wider_intervals_cover_no_less(case):
    coverage = ours(interval_coverage, case)
    wider = case | {"lower": case["lower"] - 1.0, "upper": case["upper"] + 1.0}
    assert 0.0 <= coverage <= ours(interval_coverage, wider) <= 1.0


@given(case=cases)
def test_the_interval_score_is_the_pinball_loss_of_both_bounds(case):
    alpha = 1 - case["coverage"]
    losses = mean_pinball_loss(case["y_true"], case["lower"], alpha=alpha / 2)
    losses += mean_pinball_loss(case["y_true"], case["upper"], alpha=1 - alpha / 2)
    case["y_train"], case["season_length"] = [0.0, 1.0], 1
    found = ours(mean_scaled_interval_score, case)
    assert found == pytest.approx(2 / alpha * losses, abs=1e-12)


def test_true_quantiles_have_the_best_interval_score():
    y_true = np.random.default_rng(0).normal(size=20_000)
    scores = {
        z: mean_scaled_interval_score(
            y_true,
            np.full(len(y_true), -z),
            np.full(len(y_true), z),
            coverage=0.9,
            y_train=[0.0, 1.0],
        )
        for z in (1.2, 1.645, 2.1)
    }
    assert min(scores, key=scores.get) == 1.645


def test_one_column_of_training_series_serves_all_outputs():
    case = random_case(seed=3, n_outputs=3)
    single = case | {"y_train": case["y_train"][:, 0]}
    repeated = case | {"y_train": case["y_train"][:, [0, 0, 0]]}
    for metric in (mean_absolute_scaled_error, mean_scaled_interval_score):
        assert ours(metric, single) == ours(metric, repeated)


def test_the_shortest_training_series_is_enough():
    assert mean_absolute_scaled_error([1.0], [0.0], y_train=[0.0, 5.0, 2.0], season_length=2) == 0.5


def test_metrics_are_scorers_for_scikit_learn():
    scorer = make_scorer(mean_absolute_scaled_error, greater_is_better=False, y_train=[0.0, 2.0])
    zero = DummyRegressor(strategy="constant", constant=0.0).fit([[0.0]], [0.0])
    assert scorer(zero, np.zeros((2, 1)), [1.0, 3.0]) == -1.0


def test_inputs_are_left_as_they_were():
    case = random_case(seed=4)
    before = {name: np.copy(values) for name, values in case.items()}
    for metric in SLOW:
        ours(metric, case, sample_weight=case["weights"])
    for name, values in before.items():
        np.testing.assert_array_equal(case[name], values)


# Errors


def test_a_short_training_series_is_refused():
    message = ("season_length=12", "13 row", "y_train")
    with raises(message):
        mean_absolute_scaled_error([1.0], [1.0], y_train=np.arange(12.0), season_length=12)


@pytest.mark.parametrize(
    ("y_train", "season_length", "columns"),
    [([3.0, 3.0, 3.0], 1, "[0]"), ([1.0, 2.0, 1.0, 2.0], 2, "[0]")],
)
def test_a_scale_of_0_is_refused(y_train, season_length, columns):
    message = (
        "y_train",
        f"season_length={season_length}",
        f"{columns}",
        "sklearn.metrics.mean_absolute_error",
    )
    arguments = {"y_train": y_train, "season_length": season_length}
    for metric in (mean_absolute_scaled_error, root_mean_squared_scaled_error):
        with raises(message):
            metric([1.0], [1.0], **arguments)
    with raises(message):
        mean_scaled_interval_score([1.0], [1.0], [1.0], coverage=0.9, **arguments)


SCALED_CASES = pytest.mark.parametrize(
    "metric",
    [mean_absolute_scaled_error, root_mean_squared_scaled_error, mean_scaled_interval_score],
    ids=lambda metric: metric.__name__,
)


@SCALED_CASES
def test_a_constant_column_is_left_out_with_a_warning(metric):
    case = random_case(seed=5, season_length=1, n_outputs=3)
    case["y_train"][:, 1] = 7.0
    others = {
        name: values[:, [0, 2]] if np.ndim(values) == 2 else values for name, values in case.items()
    }
    message = ("y_train", "season_length=1", "[1]", "NaN", "sklearn.metrics.mean_absolute_error")
    with warns(message):
        errors = ours(metric, case, multioutput="raw_values")
    np.testing.assert_array_equal(errors[[0, 2]], ours(metric, others, multioutput="raw_values"))
    assert np.isnan(errors[1])
    with warns(message):
        assert ours(metric, case) == ours(metric, others)
    with warns(message):
        weighted = ours(metric, case, multioutput=[1, 5, 3])
    assert weighted == ours(metric, others, multioutput=[1, 3])
    with warns(message), raises("multioutput=[0.0, 1.0, 0.0]", "'uniform_average'"):
        ours(metric, case, multioutput=[0, 1, 0])


@SCALED_CASES
def test_a_column_that_is_constant_but_for_rounding_has_no_scale(metric):
    case = random_case(seed=5, season_length=1, n_outputs=1)
    case["y_train"] = np.where(np.arange(30) % 2, 0.3, 0.1 + 0.2)
    with raises("y_train", "season_length=1"):
        ours(metric, case)


@SCALED_CASES
def test_constant_columns_alone_are_refused(metric):
    case = random_case(seed=5, season_length=1)
    case["y_train"][:] = 7.0
    with raises("y_train", "[0, 1]"):
        ours(metric, case)


def test_a_training_series_of_other_columns_is_refused():
    message = ("y_train", "2 column", "y_true", "3")
    with raises(message):
        mean_absolute_scaled_error(np.ones((4, 3)), np.ones((4, 3)), y_train=np.ones((9, 2)))


def test_shapes_that_differ_are_refused():
    message = ("y_pred", "1 row", "1 output", "y_true", "2 row")
    with raises(message):
        symmetric_mean_absolute_percentage_error([1.0, 2.0], [1.0])
    message = ("upper", "2 row", "3 output", "y_true", "1 output")
    with raises(message):
        interval_coverage([1.0, 2.0], [1.0, 2.0], np.ones((2, 3)))


@pytest.mark.parametrize("shape", [(0,), (0, 2), (2, 0), (2, 3, 2)])
def test_arrays_of_no_use_are_refused(shape):
    message = ("y_true", f"{shape}", "n_outputs", "1 row", "1 output")
    with raises(message):
        interval_coverage(np.zeros(shape), [0.0], [1.0])


def test_bounds_that_crossed_are_refused():
    message = ("lower", "upper", "2 of 4", "3 > 2.5", "np.minimum", "np.maximum")
    y_true, lower, upper = np.ones((2, 2)), [[0.0, 3.0], [2.0, 0.0]], [[1.0, 2.5], [1.0, 1.0]]
    with raises(message):
        interval_coverage(y_true, lower, upper)
    with raises(message):
        mean_scaled_interval_score(y_true, lower, upper, coverage=0.9, y_train=[0.0, 1.0])


@pytest.mark.parametrize("multioutput", [[1.0], [1.0, -1.0], [0.0, 0.0], [], [[1.0, 1.0]]])
def test_weights_of_outputs_that_do_not_fit_are_refused(multioutput):
    written = np.asarray(multioutput).tolist()
    message = (f"multioutput={written}", "y_true", "2", "'uniform_average'", "'raw_values'")
    y = np.ones((3, 2))
    with raises(message):
        symmetric_mean_absolute_percentage_error(y, y, multioutput=multioutput)


@pytest.mark.parametrize(
    ("sample_weight", "message"),
    [
        ([0.0, 0.0], "Sample weights must contain at least one non-zero number."),
        ([1.0, -1.0], "Negative values in data passed to `sample_weight`."),
        ([1.0], "sample_weight.shape == (1,), expected (2,)!"),
    ],
)
def test_weights_of_rows_are_checked_by_scikit_learn(sample_weight, message):
    with raises(message):
        interval_coverage([1.0, 2.0], [0.0, 0.0], [1.0, 1.0], sample_weight=sample_weight)


@pytest.mark.parametrize("name", ["y_true", "lower", "upper", "y_train"])
@pytest.mark.parametrize(("value", "written"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_missing_and_infinite_values_are_refused_by_name(name, value, written):
    case = random_case(seed=6)
    case[name][0, 0] = value
    with pytest.raises(ValueError, match=rf"^Input {name} contains {written}\b"):
        ours(mean_scaled_interval_score, case)


@pytest.mark.parametrize("season_length", [0, -1, 2.0, True, None])
def test_season_length_is_a_number_of_rows(season_length):
    message = (
        "The 'season_length' parameter of mean_absolute_scaled_error must be an int in the range "
        f"[1, inf). Got {season_length!r} instead."
    )
    with raises(message):
        mean_absolute_scaled_error([1.0], [1.0], y_train=[0.0, 1.0], season_length=season_length)


@pytest.mark.parametrize("coverage", [0, 1, 1.5, 95, True, "0.9"])
def test_coverage_is_a_share(coverage):
    message = (
        "The 'coverage' parameter of mean_scaled_interval_score must be a float in the range "
        f"(0.0, 1.0). Got {coverage!r} instead."
    )
    with raises(message):
        mean_scaled_interval_score([1.0], [0.0], [2.0], coverage=coverage, y_train=[0.0, 1.0])


def test_metrics_do_not_import_tensorflow():
    code = (
        "import sys, skgru.metrics; print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    assert run_python(code).strip() == "[]"


# Values and weights whose squares and sums no float holds.


@pytest.mark.parametrize("unit", [1e-200, 1e160, 1e250])
def test_scaled_errors_have_no_unit_of_any_size(unit):
    rng = np.random.default_rng(0)
    y, wrong, y_train = rng.normal(size=(20, 2)), rng.normal(size=(20, 2)), rng.normal(size=(30, 2))
    low, high = np.minimum(y, wrong) - 1, np.maximum(y, wrong) - 0.5
    for metric in (mean_absolute_scaled_error, root_mean_squared_scaled_error):
        found = metric(y * unit, wrong * unit, y_train=y_train * unit)
        np.testing.assert_allclose(found, metric(y, wrong, y_train=y_train), rtol=1e-12)
    found, expected = (
        mean_scaled_interval_score(y * u, low * u, high * u, coverage=0.9, y_train=y_train * u)
        for u in (unit, 1)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    found, expected = (
        symmetric_mean_absolute_percentage_error(y * u, wrong * u) for u in (unit, 1)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("weight", [1e-300, 1e100, 1e308])
def test_weights_have_no_unit_of_any_size(weight):
    rng = np.random.default_rng(0)
    y, wrong, y_train = rng.normal(size=(20, 2)), rng.normal(size=(20, 2)), rng.normal(size=(30, 2))
    ones, halves = np.ones(20), np.array([1.0, 0.5])
    for metric in (
        symmetric_mean_absolute_percentage_error,
        lambda *arrays, **rest: interval_coverage(arrays[0], arrays[1] - 1, arrays[1] + 1, **rest),
        lambda *arrays, **rest: root_mean_squared_scaled_error(*arrays, y_train=y_train, **rest),
        lambda *arrays, **rest: mean_absolute_scaled_error(*arrays, y_train=y_train, **rest),
    ):
        found, expected = (
            metric(y, wrong, sample_weight=ones * u, multioutput=halves * u) for u in (weight, 1)
        )
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_errors_that_no_float_holds_are_refused():
    y, y_train = np.array([1.0, 2.0]), np.array([0.0, 1e-320, 0.0, 1e-320])
    for metric in (mean_absolute_scaled_error, root_mean_squared_scaled_error):
        with raises("y_train", "1e-320", "output 0", "mean_absolute_error"):
            metric(y, y + 1, y_train=y_train)
    with raises("y_pred holds 1e+305", "-1e+300", "y_pred / 1e100", "the other arrays"):
        mean_absolute_scaled_error(y, y * 1e305, y_train=[1.0, 2.0, 4.0])
