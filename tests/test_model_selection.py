"""Backtests equal a slow loop of hand-made fits and forecasts, and see nothing of the future."""

import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error, root_mean_squared_error
from sklearn.preprocessing import MinMaxScaler

from skgru import GRURegressor, SequenceForecaster
from skgru.datasets import load_airline_passengers, load_seattle_weather
from skgru.metrics import interval_coverage, mean_absolute_scaled_error
from skgru.model_selection import BacktestResult, backtest
from tests.helpers import assert_holds, raises, run_python, warns

REFIT = pytest.mark.parametrize("refit", [False, True])


def linear(**parameters):
    return SequenceForecaster(LinearRegression(), **{"horizon": 3, "window_length": 6} | parameters)


def positive_series(n_rows=80, n_columns=1, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(n_rows)[:, np.newaxis]
    return 5 + np.sin(t / 3 + np.arange(n_columns)) + 0.2 * rng.random((n_rows, n_columns))


@pytest.fixture(scope="module")
def with_intervals():
    """12 origins of a series of two columns."""
    forecaster = linear(calibration_fraction=0.4)
    return backtest(forecaster, positive_series(90, 2), initial=60, step=2, coverage=0.8)


# What is computed


@REFIT
@pytest.mark.parametrize("horizon", [None, 2, 5])
def test_forecasts_equal_a_slow_loop(refit, horizon):
    series, forecaster = positive_series(60, 2), linear()
    result = backtest(forecaster, series, horizon=horizon, initial=40, step=4, refit=refit)
    steps = horizon or 3
    origins, forecasts, actual = [], [], []
    n_known = 40
    while n_known + steps <= 60:
        fitted = clone(forecaster).fit(series[: n_known if refit else 40])
        origins.append(n_known - 1)
        forecasts.append(fitted.forecast(steps, X=series[:n_known]))
        actual.append(series[n_known : n_known + steps])
        n_known += 4
    np.testing.assert_array_equal(result.origins, origins)
    np.testing.assert_array_equal(result.steps, range(1, steps + 1))
    np.testing.assert_array_equal(result.forecast, forecasts)
    np.testing.assert_array_equal(result.actual, actual)
    np.testing.assert_array_equal(result.y_train, series[:40])
    assert not hasattr(forecaster, "regressors_")


@REFIT
def test_intervals_equal_a_slow_loop(refit):
    series, forecaster = positive_series(70, 2), linear(calibration_fraction=0.4)
    result = backtest(forecaster, series, initial=60, step=3, refit=refit, coverage=0.8)
    for i, origin in enumerate(result.origins):
        known = series[: origin + 1]
        fitted = clone(forecaster).fit(known if refit else series[:60])
        expected = fitted.forecast_interval(3, 0.8, X=known)
        np.testing.assert_array_equal(result.lower[i], expected[:, :, 0])
        np.testing.assert_array_equal(result.upper[i], expected[:, :, 1])
    assert result.coverage == 0.8


def test_a_refit_forecasts_what_the_fitted_forecaster_does_by_itself():
    series = positive_series(60)
    result = backtest(linear(), series, initial=50, step=5, refit=True)
    for i, n_known in enumerate([50, 55]):
        np.testing.assert_array_equal(
            result.forecast[i], linear().fit(series[:n_known]).forecast(3)
        )


def as_polars(frame):
    return pl.from_pandas(frame.reset_index())


CONTAINERS = {
    "array": lambda frame: frame.to_numpy(),
    "list of lists": lambda frame: frame.to_numpy().tolist(),
    "numbered rows": lambda frame: frame.reset_index(drop=True),
    "dates": lambda frame: frame,
    "dates without freq": lambda frame: frame.set_axis(pd.DatetimeIndex(frame.index.to_numpy())),
    "periods": lambda frame: frame.set_axis(frame.index.to_period("M")),
    "polars": as_polars,
    "polars without dates": lambda frame: as_polars(frame).drop("month"),
}
ONE_COLUMN = {
    "Series": lambda frame: frame["a"],
    "Series without name": lambda frame: frame["a"].rename(None),
    "polars Series": lambda frame: pl.Series("a", frame["a"].to_numpy()),
    "frame of one column": lambda frame: frame[["a"]],
    "polars with dates": lambda frame: as_polars(frame[["a"]]),
}


@pytest.fixture(scope="module")
def monthly():
    index = pd.date_range("2001-01-01", periods=60, freq="MS", name="month")
    return pd.DataFrame(positive_series(60, 2), columns=["a", "b"], index=index)


@REFIT
@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_numbers(container, refit, monthly):
    forecaster = linear(season_length=12, calibration_fraction=0.3)
    options = {"initial": 48, "step": 4, "refit": refit, "coverage": 0.6}
    expected = backtest(forecaster, monthly.to_numpy(), **options)
    found = backtest(forecaster, CONTAINERS[container](monthly), **options)
    for name in ("origins", "forecast", "actual", "lower", "upper"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


@pytest.mark.parametrize("container", ONE_COLUMN)
def test_every_container_of_one_column_gives_the_same_numbers(container, monthly):
    forecaster = linear(season_length=12, calibration_fraction=0.3)
    options = {"initial": 48, "step": 4, "coverage": 0.6}
    expected = backtest(forecaster, monthly[["a"]].to_numpy(), **options)
    found = backtest(forecaster, ONE_COLUMN[container](monthly), **options)
    for name in ("forecast", "actual", "lower", "upper"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_the_index_decides_on_the_season():
    series = load_airline_passengers(as_frame=True)
    options = {"initial": 120, "step": 6}
    found = backtest(linear(), series, **options)
    expected = backtest(linear(season_length=12), series.to_numpy(), **options)
    np.testing.assert_array_equal(found.forecast, expected.forecast)


def test_a_target_among_past_columns():
    series = positive_series(60, 3)
    result = backtest(linear(target=[1]), series, initial=50, step=5)
    np.testing.assert_array_equal(result.series, series[:, [1]])
    expected = linear(target=[1]).fit(series[:50]).forecast(X=series[:55])
    np.testing.assert_array_equal(result.forecast[1], expected)


@REFIT
@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("horizon", [2, 3, 4])
def test_known_columns_are_read_from_the_series(refit, strategy, horizon):
    series = load_seattle_weather()[:120, [1, 4, 5]]
    forecaster = linear(known=[2, 1], strategy=strategy)
    result = backtest(
        forecaster, series, horizon=horizon, initial=100, step=7, refit=refit, coverage=None
    )
    # Direct regressors read whole blocks of 3 rows.
    n_ahead = horizon if strategy == "recursive" else {2: 3, 3: 3, 4: 6}[horizon]
    np.testing.assert_array_equal(result.origins, range(99, 120 - n_ahead, 7))
    for i, origin in enumerate(result.origins):
        fitted = clone(forecaster).fit(series[: origin + 1 if refit else 100])
        future = series[origin + 1 : origin + 1 + n_ahead, [2, 1]]
        expected = fitted.forecast(horizon, X=series[: origin + 1], future=future)
        np.testing.assert_array_equal(result.forecast[i], expected)
    assert np.isfinite(result.forecast).all()


@pytest.mark.filterwarnings("ignore:The .* covariate .* has the value", "ignore:season_length=None")
def test_known_columns_of_data_frames_go_by_name():
    frame = load_seattle_weather(as_frame=True)[["temp_max", "year_sin", "year_cos"]][:120]
    options = {"initial": 100, "step": 7}
    expected = backtest(linear(known=[2, 1], season_length=7), frame.to_numpy(), **options)
    for X in (frame, as_polars(frame)):
        found = backtest(linear(known=["year_cos", "year_sin"], season_length=7), X, **options)
        np.testing.assert_array_equal(found.forecast, expected.forecast)


# Origins


@pytest.mark.parametrize(
    ("initial", "step", "horizon", "origins"),
    [
        (10, 1, 3, range(9, 27)),
        (10, 7, 3, [9, 16, 23]),
        (27, 1, 3, [26]),
        (0.5, 5, 3, [14, 19, 24]),
        (0.29, 100, 3, [7]),
        (np.int64(20), np.int64(4), np.int64(2), [19, 23, 27]),
        (np.float32(0.5), 20, 1, [14]),
    ],
)
def test_origins_go_from_initial_to_the_last_with_a_whole_horizon(initial, step, horizon, origins):
    forecaster = SequenceForecaster(LinearRegression(), window_length=2)
    series = positive_series(30)
    result = backtest(forecaster, series, horizon=horizon, initial=initial, step=step)
    np.testing.assert_array_equal(result.origins, origins)
    assert result.origins[-1] + horizon < 30


def test_a_share_of_rows_is_not_lost_to_rounding():
    forecaster = SequenceForecaster(LinearRegression(), window_length=2)
    result = backtest(forecaster, positive_series(100), initial=0.29, step=100)
    assert len(result.y_train) == 29  # 0.29 * 100 is 28.999999999999996


# Refits, windows and gaps


@pytest.mark.parametrize(("refit", "fits"), [(0, [40] * 5), (1, range(40, 60, 4)), (2, None)])
@pytest.mark.parametrize("window", [None, 25])
def test_refits_and_windows_equal_a_slow_loop(refit, fits, window):
    series, forecaster = positive_series(60, 2), linear()
    result = backtest(forecaster, series, initial=40, step=4, refit=refit, window=window)
    fits = fits or [40, 40, 48, 48, 56]
    for i, (n_fit, n_known) in enumerate(zip(fits, range(40, 60, 4), strict=True)):
        start = 0 if window is None else n_fit - window
        fitted = clone(forecaster).fit(series[start:n_fit])
        expected = fitted.forecast(3, X=series[start:n_known])
        np.testing.assert_array_equal(result.forecast[i], expected)


def test_a_gap_drops_the_first_rows_of_a_longer_forecast():
    series, forecaster = positive_series(60), linear(calibration_fraction=0.3)
    options = {"initial": 50, "coverage": 0.6}
    longer = backtest(forecaster, series, **options, horizon=3)
    found = backtest(forecaster, series, **options, horizon=1, gap=2)
    np.testing.assert_array_equal(found.origins, longer.origins)
    np.testing.assert_array_equal(found.steps, [3])
    for name in ("actual", "forecast", "lower", "upper"):
        np.testing.assert_array_equal(getattr(found, name), getattr(longer, name)[:, 2:])
    assert list(found.to_frame()["step"].unique()) == [3]
    assert list(backtest(linear(), series, initial=50, gap=2).origins) == list(range(49, 55))
    refused(ValueError, ("horizon=3 and gap=9", "62 rows"), linear(), series, initial=50, gap=9)


def test_jobs_change_nothing_and_progress_is_printed(capsys):
    series = load_airline_passengers(as_frame=True)
    options = {"initial": 120, "step": 4, "refit": 2, "coverage": 0.8}
    forecaster = linear(calibration_fraction=0.4)
    one = backtest(forecaster, series, **options)
    assert not capsys.readouterr().out
    two = backtest(forecaster, series, **options, n_jobs=2, verbose=1)
    for name in ("forecast", "lower", "upper"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("backtest: 1 / 6 forecast origins") and len(lines) == 6


# No leakage

FORECASTERS = {
    "auto scaler": linear(),
    "min-max scaler": linear(scaler=MinMaxScaler()),
    "no scaler": linear(scaler=None),
    "calibration": linear(calibration_fraction=0.3),
    "season": linear(season_length=12, calibration_fraction=0.3),
    "recursive": linear(strategy="recursive"),
    "past column": linear(target=[0]),
    "early stopping": SequenceForecaster(
        GRURegressor(units=2, epochs=3, early_stopping=True, validation_fraction=0.3),
        horizon=3,
        window_length=6,
        calibration_fraction=0.3,
        scaler=MinMaxScaler(),
        random_state=0,
    ),
}


@pytest.mark.filterwarnings("ignore:The .* covariate .* has the value", "ignore:season_length=None")
@REFIT
@pytest.mark.parametrize("kind", FORECASTERS)
def test_what_comes_after_an_origin_changes_nothing(kind, refit):
    forecaster, series = FORECASTERS[kind], positive_series(72, 2)
    coverage = 0.6 if forecaster.calibration_fraction else None
    options = {"initial": 60, "step": 4, "refit": refit, "coverage": coverage}
    before = backtest(forecaster, series, **options)
    assert list(before.origins) == [59, 63, 67]
    spiked = series.copy()
    spiked[64] = [60, 50]  # right after the second origin
    after = backtest(forecaster, spiked, **options)
    for name in ("forecast", "lower", "upper")[: 3 if coverage else 1]:
        found, expected = getattr(after, name), getattr(before, name)
        np.testing.assert_array_equal(found[:2], expected[:2])
        assert not np.array_equal(found[2], expected[2])  # the spike is seen at last
    assert after.actual[1, 0, 0] == 60


@pytest.mark.filterwarnings("ignore:.*far outside its other values")
@pytest.mark.filterwarnings("ignore:The .* covariate .* has the value", "ignore:season_length=None")
@pytest.mark.filterwarnings("ignore:From .* change of the unit")
@REFIT
def test_the_future_of_past_columns_stays_hidden_beside_known_ones(refit):
    series = positive_series(72, 3)
    # Without a logarithm, on which the extrapolated spike would be more than a float holds.
    forecaster = linear(target=[0], known=[2], scaler=None)
    options = {"initial": 60, "step": 4, "refit": refit}
    before = backtest(forecaster, series, **options)
    spiked = series.copy()
    spiked[64:, :2] = 1e6
    after = backtest(forecaster, spiked, **options)
    np.testing.assert_array_equal(after.forecast[:2], before.forecast[:2])
    spiked = series.copy()
    spiked[64:, 2] = 1e6
    after = backtest(forecaster, spiked, **options)
    assert not np.array_equal(after.forecast[1], before.forecast[1])  # known means known


@REFIT
def test_a_longer_series_changes_no_earlier_forecast(refit, monthly):
    options = {"initial": 40, "step": 3, "refit": refit}
    whole = backtest(linear(season_length=12), monthly, **options)
    part = backtest(linear(season_length=12), monthly[:52], **options)
    n = len(part.origins)
    assert 1 < n < len(whole.origins)
    np.testing.assert_array_equal(whole.forecast[:n], part.forecast)


def test_the_series_and_the_forecaster_are_left_as_they_were():
    series, forecaster = positive_series(60), linear()
    expected, parameters = series.copy(), repr(forecaster)
    result = backtest(forecaster, series, initial=50)
    result.series[:] = 0
    np.testing.assert_array_equal(series, expected)
    assert repr(forecaster) == parameters


# Results


def test_errors_by_step_equal_a_slow_loop(with_intervals):
    result = with_intervals
    for metric in (mean_squared_error, root_mean_squared_error):
        expected = [metric(result.actual[:, k], result.forecast[:, k]) for k in range(3)]
        np.testing.assert_array_equal(result.errors_by_step(metric), expected)
    np.testing.assert_array_equal(
        result.errors_by_step(), result.errors_by_step(mean_absolute_error)
    )
    np.testing.assert_allclose(
        result.errors_by_step(), np.abs(result.actual - result.forecast).mean(axis=(0, 2))
    )


def test_a_metric_may_answer_for_each_target(with_intervals):
    raw = partial(mean_absolute_error, multioutput="raw_values")
    errors = with_intervals.errors_by_step(raw)
    assert errors.shape == (3, 2)
    np.testing.assert_allclose(errors.mean(axis=1), with_intervals.errors_by_step())


def test_scaled_errors_take_their_scale_from_y_train():
    series = load_airline_passengers()
    result = backtest(linear(season_length=12), series, initial=120, step=6)
    mase = partial(mean_absolute_scaled_error, y_train=result.y_train, season_length=12)
    scale = np.abs(series[12:120] - series[:108]).mean()
    np.testing.assert_allclose(result.errors_by_step(mase), result.errors_by_step() / scale)


def test_a_single_target_is_a_column_without_axis():
    result = backtest(linear(), positive_series(60), initial=50)
    shapes = []
    result.errors_by_step(lambda y_true, y_pred: shapes.append((y_true.shape, y_pred.shape)) or 0.0)
    assert shapes == [((8,), (8,))] * 3


def test_coverage_by_step_equals_a_slow_loop(with_intervals):
    result = with_intervals
    expected = []
    for k in range(3):
        inside = [
            result.lower[i, k, j] <= result.actual[i, k, j] <= result.upper[i, k, j]
            for i in range(len(result.origins))
            for j in range(2)
        ]
        expected.append(sum(inside) / len(inside))
    np.testing.assert_allclose(result.coverage_by_step(), expected)
    assert 0.5 < result.coverage_by_step().mean() <= 1


def test_intervals_of_noise_hold_about_what_they_should():
    noise = np.random.default_rng(0).normal(size=(600, 1))
    forecaster = linear(calibration_fraction=0.4, scaler=None)
    result = backtest(forecaster, noise, initial=300, step=3, coverage=0.8)
    inside = interval_coverage(*(a[..., 0] for a in (result.actual, result.lower, result.upper)))
    assert inside == pytest.approx(0.8, abs=0.06)


def test_missing_actual_values_are_left_out():
    series = positive_series(60)
    whole = backtest(linear(calibration_fraction=0.3), series, initial=50, step=3, coverage=0.6)
    series[51] = np.nan  # step 2 of the first origin
    result = replace(whole, series=series)
    expected = np.abs(whole.actual - whole.forecast)[:, :, 0]
    expected[0, 1] = np.nan
    np.testing.assert_allclose(result.errors_by_step(), np.nanmean(expected, axis=0))
    assert np.isfinite(result.coverage_by_step()).all()


def test_missing_forecasts_are_no_good_forecasts():
    result = backtest(linear(), positive_series(60), initial=50)
    lost = replace(result, forecast=np.full_like(result.forecast, np.nan))
    with pytest.raises(ValueError, match="Input contains NaN"):
        lost.errors_by_step()


def test_forecasts_of_another_origin_can_take_their_place():
    result = backtest(linear(), positive_series(60), initial=50)
    perfect = replace(result, forecast=result.actual)
    np.testing.assert_array_equal(perfect.errors_by_step(), 0)


def test_frame_has_a_row_for_each_origin_step_and_target(with_intervals):
    result = with_intervals
    frame = result.to_frame()
    columns = ["origin", "step", "target", "actual", "forecast", "lower", "upper"]
    assert list(frame.columns) == columns
    rows = iter(frame.itertuples(index=False))
    for i, origin in enumerate(result.origins):
        for k in range(3):
            for j, name in enumerate(["x0", "x1"]):
                arrays = (result.actual, result.forecast, result.lower, result.upper)
                expected = (origin, k + 1, name, *(array[i, k, j] for array in arrays))
                assert tuple(next(rows)) == expected
    assert next(rows, None) is None


@pytest.mark.parametrize("container", ["dates", "periods", "polars"])
def test_frame_labels_origins_by_the_index(container, monthly):
    series = CONTAINERS[container](monthly)
    frame = backtest(linear(season_length=12), series, initial=55, step=2).to_frame()
    expected = [monthly.index[54], monthly.index[56]]
    if container == "periods":
        expected = [date.to_period("M") for date in expected]
    assert list(frame["origin"].unique()) == expected
    assert list(frame["target"].unique()) == ["a", "b"]
    assert frame[["lower", "upper"]].isna().all(axis=None)


def test_frame_can_be_grouped_and_pivoted(with_intervals):
    frame = with_intervals.to_frame()
    errors = (frame["actual"] - frame["forecast"]).abs().groupby(frame["step"]).mean()
    np.testing.assert_allclose(errors, with_intervals.errors_by_step())


def test_repr_says_how_much_there_is(with_intervals):
    assert repr(with_intervals) == (
        "BacktestResult(n_origins=14, horizon=3, n_targets=2, coverage=0.8)"
    )


# Errors


def refused(error, message, *arguments, **options):
    with raises(message, error=error):
        backtest(*arguments, **options)


@pytest.mark.parametrize("initial", [0, -3, True, 1.0, 0.0, -0.5, 1.5, np.nan, "half", None])
def test_initial_out_of_range(initial):
    refused(
        ValueError,
        (f"initial={initial!r}", "int", "float"),
        linear(),
        positive_series(),
        initial=initial,
    )


def test_initial_of_no_row():
    refused(ValueError, ("initial=0.01", "80 row"), linear(), positive_series(), initial=0.01)


@pytest.mark.parametrize(("initial", "n_initial"), [(78, 78), (0.99, 79), (200, 200)])
def test_no_origin_is_left(initial, n_initial):
    refused(
        ValueError,
        (f"initial={initial}", f"{n_initial} row", "horizon=3", f"{n_initial + 3} row", "80"),
        linear(),
        positive_series(),
        initial=initial,
    )


def test_no_origin_is_left_before_the_end_of_a_block_of_known_rows():
    refused(
        ValueError,
        ("initial=76", "76 row", "horizon=4", "82 row", "80"),
        linear(known=1),
        positive_series(80, 2),
        initial=76,
        horizon=4,
    )


@pytest.mark.parametrize("step", [0, -1, 1.5, True, None])
def test_step_out_of_range(step):
    refused(
        ValueError, (f"step={step!r}", "int"), linear(), positive_series(), initial=50, step=step
    )


@pytest.mark.parametrize("horizon", [0, 2.0, True, "auto"])
def test_horizon_out_of_range(horizon):
    refused(
        ValueError,
        (f"horizon={horizon!r}", "int", "None"),
        linear(),
        positive_series(),
        initial=50,
        horizon=horizon,
    )


OUT_OF_RANGE = {
    "refit": ["yes", -1, 1.5],
    "coverage": [0, 1.0, "high"],
    "gap": [-1, 1.5, True, None],
    "window": [0, 1.5, True, "all"],
    "n_jobs": [0, 1.5, True],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in OUT_OF_RANGE.items() for value in values]
)
def test_options_out_of_range(name, value):
    options = {"initial": 50, name: value}
    refused(ValueError, (f"{name}={value!r} must be", "None" if name != "refit" else "refit=True")
            if name != "gap" else (f"gap={value!r} must be", "gap=0"),
            linear(), positive_series(), **options)  # fmt: skip


def test_another_estimator_is_refused():
    refused(
        TypeError,
        ("forecaster=LinearRegression()", "SequenceForecaster(regressor, horizon=12)"),
        LinearRegression(),
        positive_series(),
        initial=50,
    )


@pytest.mark.filterwarnings("ignore:season_length=None is 1 without dates")
@pytest.mark.parametrize("initial", [20, 30])
def test_too_few_rows_to_calibrate_name_a_larger_initial(initial):
    forecaster, series = linear(calibration_fraction=0.2), positive_series()
    with raises("initial") as caught:
        backtest(forecaster, series, initial=initial, coverage=0.9)
    assert_holds(caught.value, "or a larger initial.", f"{initial} rows before a forecast origin")
    backtest(forecaster, series, initial=70, coverage=0.9)
    with raises("or a larger window.", f"{initial} rows before a forecast origin"):
        backtest(forecaster, series, initial=70, window=initial, coverage=0.9)


def test_too_few_rows_to_fit_name_a_larger_initial():
    with raises("a larger initial.", "8 rows before a forecast origin"):
        backtest(linear(), positive_series(), initial=8)


@pytest.mark.parametrize("verbose", [-1, "a", None, 1.5])
def test_verbose_out_of_range(verbose):
    with raises(f"verbose={verbose!r}", "verbose=1"):
        backtest(linear(), positive_series(), initial=50, verbose=verbose)


def test_coverage_without_calibration_is_the_forecasters_error():
    message = ("calibration_fraction=0", "calibration_fraction=0.")
    with raises(message):
        backtest(linear(), positive_series(), initial=50, coverage=0.9)


def test_parameters_of_the_forecaster_are_checked_first():
    with pytest.raises(ValueError, match="The 'horizon' parameter of SequenceForecaster must be"):
        backtest(linear(horizon=0), positive_series(), initial=50)


def test_an_irregular_index_is_refused(monthly):
    with pytest.raises(ValueError, match="X's index has no regular step between"):
        backtest(linear(), monthly.drop(monthly.index[57]), initial=50)


def test_coverage_of_a_result_without_intervals():
    result = backtest(linear(), positive_series(60), initial=50)
    message = ("coverage=None", "coverage=0.9")
    with raises(message):
        result.coverage_by_step()


def test_a_step_of_which_nothing_is_known():
    result = backtest(linear(), positive_series(60), initial=50, step=4)
    series = positive_series(60)
    series[result.origins + 2] = np.nan
    message = ("Step 2", "NaN", "2 forecast origins")
    with raises(message):
        replace(result, series=series).errors_by_step()


def test_without_pandas_the_error_names_the_remedy(monkeypatch, with_intervals):
    monkeypatch.setitem(sys.modules, "pandas", None)
    message = ("to_frame()", "'pip install pandas'", "lower", "upper")
    with raises(message, error=ImportError):
        with_intervals.to_frame()


def test_results_are_made_by_keyword():
    with pytest.raises(TypeError, match="positional argument"):
        BacktestResult(np.zeros((3, 1)))


def test_importing_imports_neither_tensorflow_nor_matplotlib():
    code = (
        "import sys, skgru.model_selection; "
        "print([m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules])"
    )
    assert run_python(code).strip() == "[]"


def test_the_coverage_of_one_origin_is_remarked():
    settings = {"horizon": 2, "coverage": 0.6, "initial": 100}
    forecaster = linear(calibration_fraction=0.3)
    X = np.sin(np.arange(120.0)).reshape(-1, 1)
    one = backtest(forecaster, X, step=100, **settings)
    with warns("coverage_by_step() is 0 or 1", "one forecast origin", "a smaller initial or step"):
        coverage = one.coverage_by_step()
    assert set(coverage) <= {0, 1}
    np.testing.assert_allclose(one.summary().loc["coverage", "forecast"], coverage.mean())
    assert len(backtest(forecaster, X, step=10, **settings).coverage_by_step()) == 2
