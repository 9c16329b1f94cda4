"""Pictures hold what they were given, on axes that can be read."""

import sys
from dataclasses import replace

import matplotlib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.dates import date2num

from skgru import GRURegressor, SequenceForecaster, SequenceWindower, default_regressor
from skgru.datasets import load_airline_passengers, load_seattle_weather, make_sine
from skgru.model_selection import BacktestResult, BacktestResults, backtest
from skgru.plotting import (
    BacktestDisplay,
    CoverageDisplay,
    EnsembleWeightsDisplay,
    ErrorsByStepDisplay,
    ForecastComponentsDisplay,
    ForecastDisplay,
    TrainingHistoryDisplay,
)
from tests.helpers import fails, raises, run_python


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def passengers():
    return load_airline_passengers(as_frame=True)


@pytest.fixture(scope="module")
def forecaster(passengers):
    forecaster = SequenceForecaster(LinearRegression(), horizon=12, calibration_fraction=0.4)
    return forecaster.fit(passengers)


@pytest.fixture(scope="module")
def weather():
    """The first 200 days, and the 10 after them."""
    frame = load_seattle_weather(as_frame=True)[["temp_max", "wind", "year_sin", "year_cos"]]
    return frame[:200], frame[200:210]


@pytest.fixture(scope="module")
def weather_forecaster(weather):
    known = ["year_sin", "year_cos"]
    forecaster = SequenceForecaster(
        LinearRegression(), horizon=5, season_length=1, known=known, calibration_fraction=0.3
    )
    return forecaster.fit(weather[0])


@pytest.fixture(scope="module")
def result(passengers):
    """Origins every 12 months, with intervals."""
    forecaster = SequenceForecaster(LinearRegression(), horizon=12, calibration_fraction=0.4)
    return backtest(forecaster, passengers, initial=96, step=12, coverage=0.8)


def lines(ax):
    """x and y of each line, dates as matplotlib's numbers."""
    return [(line.get_xdata(orig=False), line.get_ydata(orig=False)) for line in ax.lines]


def band(collection):
    """Corners of a filled area, each once: a set of (x, y)."""
    return {tuple(corner) for corner in collection.get_paths()[0].vertices.round(8)}


def corners(x, lower, upper):
    return {(a, b) for side in (lower, upper) for a, b in zip(x, np.round(side, 8), strict=True)}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def months(first, n):
    return date2num(pd.date_range(first, periods=n, freq="MS").to_numpy())


# Forecasts


def test_forecast_goes_on_from_the_last_actual_value(forecaster, passengers):
    display = ForecastDisplay.from_estimator(forecaster, passengers, coverage=0.8)
    forecast = forecaster.forecast()["passengers"].to_numpy()
    interval = forecaster.forecast_interval(coverage=0.8).to_numpy()
    (x_before, before), (x_after, after) = lines(display.ax_)
    np.testing.assert_array_equal(before, passengers["passengers"][-48:])
    np.testing.assert_allclose(x_before, months("1957-01", 48))
    np.testing.assert_array_equal(after, [before[-1], *forecast])
    np.testing.assert_allclose(x_after, months("1960-12", 13))
    lower, upper = ([before[-1], *side] for side in interval.T)
    (filled,) = display.ax_.collections
    assert corners(np.round(x_after, 8), lower, upper) <= band(filled)
    assert legend(display.ax_) == ["actual", "forecast", "80 % interval"]
    assert display.figure_ is display.ax_.figure


def test_forecast_without_interval_and_history_as_asked(forecaster, passengers):
    display = ForecastDisplay.from_estimator(forecaster, passengers, 30, n_history=20)
    (_, before), (_, after) = lines(display.ax_)
    assert (len(before), len(after)) == (20, 31)
    assert not display.ax_.collections
    assert display.lower is display.upper is display.coverage is None
    assert legend(display.ax_) == ["actual", "forecast"]
    assert display.ax_.get_title() == "Forecast, 30 steps ahead"


def test_default_history_is_four_times_the_steps_and_at_least_30(forecaster, passengers):
    for steps, n_history in [(1, 30), (12, 48), (100, 144)]:
        display = ForecastDisplay.from_estimator(forecaster, passengers, steps)
        assert len(display.history) == n_history
        plt.close(display.figure_)


def test_axes_are_labelled_by_the_series(forecaster, passengers):
    ax = ForecastDisplay.from_estimator(forecaster, passengers).ax_
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("month", "passengers")
    ax = ForecastDisplay.from_estimator(forecaster, passengers.rename_axis(None)).ax_
    assert ax.get_xlabel() == "date"


def test_each_target_has_axes_of_its_own(weather_forecaster, weather):
    past, future = weather
    display = ForecastDisplay.from_estimator(weather_forecaster, past, coverage=0.8, future=future)
    expected = weather_forecaster.forecast(future=future)
    assert display.ax_.shape == (2,)
    for ax, name in zip(display.ax_, ["temp_max", "wind"], strict=True):
        (_, before), (_, after) = lines(ax)
        np.testing.assert_array_equal(before, past[name][-30:])
        np.testing.assert_array_equal(after[1:], expected[name])
        assert ax.get_ylabel() == name
        assert len(ax.collections) == 1
    first, last = display.ax_
    assert first.get_shared_x_axes().joined(first, last)
    assert (first.get_xlabel(), last.get_xlabel()) == ("", "date")
    assert first.get_legend() is not None
    assert last.get_legend() is None


@pytest.mark.parametrize("container", ["array", "Series", "polars", "polars Series", "zone"])
def test_forecast_of_every_container(container, passengers):
    dates = passengers.index.to_timestamp()
    series = {
        "array": passengers.to_numpy(),
        "Series": passengers["passengers"],
        "polars": pl.DataFrame({"date": dates.to_numpy(), "passengers": passengers["passengers"]}),
        "polars Series": pl.Series("passengers", passengers["passengers"].to_numpy()),
        "zone": passengers.set_axis(dates.tz_localize("Asia/Tokyo")),
    }[container]
    forecaster = SequenceForecaster(
        LinearRegression(), horizon=12, season_length=12, calibration_fraction=0.4
    ).fit(series)
    display = ForecastDisplay.from_estimator(forecaster, series, coverage=0.8)
    (x_before, _), (x_after, after) = lines(display.ax_)
    expected = forecaster.forecast()
    expected = expected["passengers"] if hasattr(expected, "columns") else np.ravel(expected)
    np.testing.assert_array_equal(after[1:], expected)
    is_dated = container not in ("array", "polars Series")
    np.testing.assert_allclose(x_after, months("1960-12", 13) if is_dated else range(143, 156))
    np.testing.assert_allclose(x_before, months("1957-01", 48) if is_dated else range(96, 144))
    assert display.ax_.get_ylabel() == ("value" if container == "array" else "passengers")
    xlabels = {"array": "row", "polars": "date", "polars Series": "row"}
    assert display.ax_.get_xlabel() == xlabels.get(container, "month")


def test_a_forecast_joins_the_last_value_that_is_known(forecaster, passengers):
    series = passengers.copy()
    series.iloc[-2:] = np.nan
    with pytest.warns(UserWarning, match="X ends in 2 rows of NaN"):
        display = ForecastDisplay.from_estimator(forecaster, series)
    (_, _), (x, y) = lines(display.ax_)
    assert y[0] == passengers["passengers"].iloc[-3]
    np.testing.assert_allclose(x[:2], [months("1960-10", 1)[0], months("1961-01", 1)[0]])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_text_covariates_are_not_drawn(library):
    days = pd.date_range("2024-01-01", periods=60)
    columns = {"sky": np.resize(["sun", "rain"], 60).tolist(), "sales": np.arange(60.0)}
    X = (
        pd.DataFrame(columns, days)
        if library == "pandas"
        else pl.DataFrame({"day": days} | columns)
    )
    forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=1, target="sales")
    display = ForecastDisplay.from_estimator(forecaster.fit(X), X)
    np.testing.assert_array_equal(display.ax_.lines[0].get_ydata()[-5:], np.arange(55.0, 60))


def test_forecaster_of_several_series_draws_one_of_them():
    several = [make_sine()[:200] + 2, make_sine()[300:500] + 2]
    forecaster = SequenceForecaster(
        LinearRegression(), horizon=5, window_length=20, calibration_fraction=0.3
    ).fit(several)
    display = ForecastDisplay.from_estimator(forecaster, several[1], coverage=0.8)
    np.testing.assert_allclose(display.forecast, forecaster.forecast()[1])
    np.testing.assert_allclose(
        display.lower, forecaster.forecast_interval(coverage=0.8)[1][:, :, 0]
    )
    message = ("2 series", "from_estimator")
    with raises(message):
        ForecastDisplay.from_estimator(forecaster, several)


@pytest.mark.parametrize("form", ["long", "wide"])
def test_forecaster_of_a_frame_of_several_draws_one_of_them(form):
    index = pd.date_range("2020-01-01", periods=60, freq="MS", name="month")
    wide = pd.DataFrame({"a": make_sine()[:60, 0] + 2, "b": make_sine()[90:150, 0] + 3}, index)
    long = wide.melt(ignore_index=False, var_name="shop", value_name="sales").reset_index()
    X = {"long": long, "wide": wide}[form]
    one = {"long": long[long["shop"] == "b"], "wide": wide[["b"]]}[form]
    forecaster = SequenceForecaster(
        LinearRegression(),
        horizon=5,
        season_length=1,
        group={"long": "shop", "wide": "columns"}[form],
        calibration_fraction=0.3,
    ).fit(X)
    display = ForecastDisplay.from_estimator(forecaster, one, coverage=0.8)
    expected = forecaster.forecast()
    expected = expected["b"] if form == "wide" else expected["sales"][5:]
    np.testing.assert_allclose(display.forecast[:, 0], expected)
    assert list(display.forecast_index) == list(pd.date_range("2025-01-01", periods=5, freq="MS"))
    assert (display.lower < display.upper).all()
    assert display.target_names == [{"long": "sales", "wide": "b"}[form]]
    with raises("2 series"):
        ForecastDisplay.from_estimator(forecaster, X)


def test_predictions_draw_what_the_estimator_draws(weather_forecaster, weather):
    past, future = weather
    for form in (lambda frame: frame, lambda frame: pl.from_pandas(frame.reset_index())):
        X, ahead = form(past), form(future)
        fitted = weather_forecaster if X is past else SequenceForecaster(
            **weather_forecaster.get_params(deep=False)
        ).fit(X)  # fmt: skip
        expected = ForecastDisplay.from_estimator(fitted, X, coverage=0.8, future=ahead)
        found = ForecastDisplay.from_predictions(
            X,
            fitted.forecast(future=ahead),
            interval=fitted.forecast_interval(coverage=0.8, future=ahead),
            coverage=0.8,
        )
        for name in ("history", "forecast", "lower", "upper"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        assert found.target_names == expected.target_names == ["temp_max", "wind"]
        assert list(found.forecast_index) == list(expected.forecast_index)


def test_predictions_of_arrays():
    series, forecast = make_sine()[:100], make_sine()[100:103]
    interval = np.stack([forecast - 1, forecast + 1], axis=-1)
    display = ForecastDisplay.from_predictions(series, forecast, interval=interval)
    np.testing.assert_array_equal(display.lower, forecast - 1)
    np.testing.assert_array_equal(display.upper, forecast + 1)
    assert list(display.forecast_index) == [100, 101, 102]
    assert legend(display.ax_) == ["actual", "forecast", "interval"]


@pytest.mark.parametrize("form", ["dates", "periods", "polars", "rows"])
def test_predictions_beside_actual_values(form):
    """X holds the rows of the forecast: the forecast begins at the last row before them."""
    months = pd.date_range("2015-01-01", periods=60, freq="MS", name="month")
    series = pd.Series(np.sin(np.arange(60.0)), months, name="sales")
    if form == "periods":
        series.index = series.index.to_period("M")
    elif form == "rows":
        series = series.reset_index(drop=True)
    X, ahead = series, series[48:54] + 1
    interval = pd.DataFrame({"lower": ahead - 1, "upper": ahead + 1})
    if form == "polars":
        X, ahead, interval = (pl.from_pandas(one.reset_index()) for one in (X, ahead, interval))
    display = ForecastDisplay.from_predictions(X, ahead, interval=interval, n_history=20)
    np.testing.assert_array_equal(display.history[:, 0], series[28:])
    actual, forecast = display.ax_.lines
    assert len(actual.get_xdata()) == 32
    np.testing.assert_array_equal(forecast.get_xdata()[1:], actual.get_xdata()[20:26])
    assert forecast.get_xdata()[0] == actual.get_xdata()[19]
    assert forecast.get_ydata()[0] == series.iloc[47]
    assert legend(display.ax_) == ["actual", "forecast", "interval"]


def test_predictions_of_the_first_rows_of_a_series_have_no_history(passengers):
    display = ForecastDisplay.from_predictions(passengers, passengers[:3])
    assert len(display.ax_.lines[1].get_xdata()) == 3


def test_predictions_that_do_not_fit_the_series(passengers):
    message = ("2 column", "forecast has 1")
    with raises(message):
        ForecastDisplay.from_predictions(np.ones((9, 2)), np.ones((3, 1)))
    message = ("['sales']", "['passengers']")
    with raises(message):
        ForecastDisplay.from_predictions(passengers, pd.DataFrame({"sales": [1.0]}))


def test_axes_that_are_given_are_drawn_on(forecaster, passengers):
    figure, ax = plt.subplots()
    display = ForecastDisplay.from_estimator(forecaster, passengers, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert display.plot() is display
    assert display.ax_ is not ax


def test_several_targets_need_as_many_axes(weather_forecaster, weather):
    past, future = weather
    _, axes = plt.subplots(2, 1)
    display = ForecastDisplay.from_estimator(weather_forecaster, past, future=future, ax=axes)
    assert list(display.ax_) == list(axes)
    message = ("1 ax", "2 target", "plt.subplots(2)", "ax=None")
    with raises(message):
        display.plot(axes[0])


@pytest.mark.parametrize("n_history", [0, 1.5, True])
def test_n_history_out_of_range(n_history, forecaster, passengers, result):
    message = (f"n_history={n_history!r}", "int", "None")
    with raises(message):
        ForecastDisplay.from_estimator(forecaster, passengers, n_history=n_history)
    with raises(message):
        BacktestDisplay.from_result(result, n_history=n_history)


def test_a_forecaster_that_is_not_fitted(passengers):
    with pytest.raises(NotFittedError):
        ForecastDisplay.from_estimator(SequenceForecaster(), passengers)


# Backtests


def test_each_origin_has_its_line_and_band(result, passengers):
    display = BacktestDisplay.from_result(result)
    (x, actual), *forecasts = lines(display.ax_)
    np.testing.assert_array_equal(actual, passengers["passengers"][96 - 48 :])
    assert len(forecasts) == len(display.ax_.collections) == 4
    for i, (x_line, line) in enumerate(forecasts):
        start = 48 - 1 + 12 * i  # the origin, in rows of what is drawn
        np.testing.assert_array_equal(x_line, x[start : start + 13])
        np.testing.assert_array_equal(line, [actual[start], *result.forecast[i, :, 0]])
        lower, upper = result.lower[i, :, 0], result.upper[i, :, 0]
        assert corners(np.round(x_line[1:], 8), lower, upper) <= band(display.ax_.collections[i])
    assert legend(display.ax_) == ["actual", "forecast", "80 % interval"]
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("month", "passengers")


def test_one_step_is_one_line(result):
    display = BacktestDisplay.from_result(result, step=3, n_history=5)
    (x, actual), (x_line, line) = lines(display.ax_)
    assert len(actual) == 5 + 48
    np.testing.assert_array_equal(line, result.forecast[:, 2, 0])
    np.testing.assert_array_equal(x_line, x[[4 + 3, 16 + 3, 28 + 3, 40 + 3]])
    (filled,) = display.ax_.collections
    expected = corners(np.round(x_line, 8), result.lower[:, 2, 0], result.upper[:, 2, 0])
    assert expected <= band(filled)
    assert display.ax_.get_title() == "Forecasts from 4 origins, 3 steps ahead"


def test_lines_that_overlap_have_no_bands(passengers):
    forecaster = SequenceForecaster(LinearRegression(), horizon=12, calibration_fraction=0.4)
    crowded = backtest(forecaster, passengers, initial=120, step=11, coverage=0.8)
    display = BacktestDisplay.from_result(crowded)
    assert len(display.ax_.lines) == 1 + 2
    assert not display.ax_.collections
    assert legend(display.ax_) == ["actual", "forecast"]
    origins = "Forecasts from 2 origins, 1 to 12 steps ahead"
    why = "Intervals overlap and are left out; step=1 draws those of one step"
    assert display.ax_.get_title() == f"{origins}\n{why}"
    assert len(display.plot(step=12).ax_.collections) == 1
    assert display.ax_.get_title() == "Forecasts from 2 origins, 12 steps ahead"
    without = replace(crowded, lower=None, upper=None, coverage=None)
    assert BacktestDisplay.from_result(without).ax_.get_title() == origins


def test_steps_after_a_gap_are_drawn_at_their_rows(passengers):
    forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
    late = backtest(forecaster, passengers, initial=120, step=10, gap=2)
    display = BacktestDisplay.from_result(late, n_history=5)
    assert display.ax_.get_title() == "Forecasts from 2 origins, 3 to 5 steps ahead"
    display.plot(step=4, n_history=5)
    (x, _), (x_line, line) = lines(display.ax_)
    np.testing.assert_array_equal(line, late.forecast[:, 1, 0])
    np.testing.assert_array_equal(x_line, x[[4 + 4, 14 + 4]])
    with raises("step=2", "from 3 to 5"):
        display.plot(step=2)


def test_one_of_several_series_is_drawn(passengers):
    forecaster = SequenceForecaster(LinearRegression(), horizon=3, season_length=12)
    results = backtest(forecaster, [passengers, passengers], initial=130, step=5)
    with raises("holds 2 series", "result[0]", error=TypeError):
        BacktestDisplay.from_result(results)
    BacktestDisplay.from_result(results[1])


def test_backtest_of_several_targets_and_of_an_array(weather):
    forecaster = SequenceForecaster(LinearRegression(), horizon=5, season_length=1)
    several = backtest(forecaster, weather[0][["temp_max", "wind"]], initial=150, step=10)
    display = BacktestDisplay.from_result(several)
    assert [ax.get_ylabel() for ax in display.ax_] == ["temp_max", "wind"]
    np.testing.assert_array_equal(lines(display.ax_[1])[2][1][1:], several.forecast[1, :, 1])

    lone = backtest(forecaster, weather[0][["wind"]].to_numpy(), initial=190, step=10)
    ax = BacktestDisplay.from_result(lone).ax_
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("row", "value")
    assert ax.get_title() == "Forecasts from 1 origin, 1 to 5 steps ahead"
    np.testing.assert_array_equal(lines(ax)[1][0], range(189, 195))


@pytest.mark.parametrize("step", [0, 13, 1.0, True])
def test_a_step_that_was_not_forecast(step, result):
    message = (f"step={step!r}", "int", "12", "None")
    with raises(message):
        BacktestDisplay.from_result(result, step=step)


# Training histories


@pytest.fixture(scope="module")
def networks():
    """Estimators by name, and the network inside each that was trained."""
    windower, gru = SequenceWindower(5), GRURegressor(units=2, epochs=3, random_state=0)
    series = make_sine()[:120] + 2
    alone = GRURegressor(units=2, epochs=4, early_stopping=True, random_state=0)
    alone.fit(windower.fit_transform(series))
    pipe = make_pipeline(MinMaxScaler(), windower, gru).fit(series)
    forecaster = SequenceForecaster(gru, window_length=5, n_estimators=2).fit(series)
    search = GridSearchCV(
        make_pipeline(windower, gru), {"gruregressor__units": [3]}, cv=TimeSeriesSplit(2)
    ).fit(series)
    return {
        "regressor": (alone, alone),
        "pipeline": (pipe, pipe[-1]),
        "forecaster": (forecaster, forecaster.regressors_[0]),
        "search": (search, search.best_estimator_[-1]),
    }


@pytest.mark.parametrize("name", ["regressor", "pipeline", "forecaster", "search"])
def test_loss_by_epoch(name, networks):
    estimator, network = networks[name]
    display = TrainingHistoryDisplay.from_estimator(estimator)
    curves = lines(display.ax_)
    for (x, y), key in zip(curves, network.history_, strict=True):
        np.testing.assert_array_equal(y, network.history_[key])
        np.testing.assert_array_equal(x, range(1, len(y) + 1))
    expected = ["training", "validation"] if name == "regressor" else ["training"]
    assert legend(display.ax_) == expected
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("epoch", "loss")


def test_epochs_are_whole_numbers():
    display = TrainingHistoryDisplay(loss=[3.0, 2.0, 1.5]).plot()
    ticks = display.ax_.get_xticks()
    np.testing.assert_array_equal(ticks, np.round(ticks))


@pytest.mark.parametrize(
    ("loss", "val_loss", "yscale", "expected"),
    [
        ([1.0, 0.2], None, "auto", "linear"),
        ([1.0, 0.05], None, "auto", "log"),
        ([1.0, 0.2], [0.01, 0.3], "auto", "log"),
        ([1.0, 0.0], None, "auto", "linear"),
        ([1.0, -9.0], None, "auto", "linear"),
        ([1.0, 0.05], None, "linear", "linear"),
        ([1.0, 0.2], None, "log", "log"),
    ],
)
def test_scale_of_losses(loss, val_loss, yscale, expected):
    display = TrainingHistoryDisplay(loss=loss, val_loss=val_loss).plot(yscale=yscale)
    assert display.ax_.get_yscale() == expected


def test_a_single_epoch_is_a_point():
    (line,) = TrainingHistoryDisplay(loss=[1.0]).plot().ax_.lines
    assert line.get_marker() == "o"


def test_scale_that_does_not_exist():
    message = ("yscale='cubic'", '"auto"', '"linear"', '"log"')
    with raises(message):
        TrainingHistoryDisplay(loss=[1.0]).plot(yscale="cubic")


def test_estimators_without_epochs(forecaster):
    message = ("history", "LinearRegression")
    for estimator in (forecaster, LinearRegression().fit([[1.0]], [1.0])):
        with raises(message):
            TrainingHistoryDisplay.from_estimator(estimator)
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimator(GRURegressor())


# matplotlib


@pytest.mark.parametrize(
    "display",
    [
        TrainingHistoryDisplay(loss=[1.0]),
        ForecastDisplay(
            history=np.ones((2, 1)),
            forecast=np.ones((1, 1)),
            history_index=[0, 1],
            forecast_index=[2],
            target_names=["a"],
        ),
    ],
    ids=lambda display: type(display).__name__,
)
def test_without_matplotlib_the_error_names_the_remedy(display, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    message = (type(display).__name__, "'pip install matplotlib'")
    with raises(message, error=ImportError):
        display.plot()


def test_data_go_in_by_keyword():
    for display in (ForecastDisplay, BacktestDisplay, TrainingHistoryDisplay):
        with pytest.raises(TypeError, match="positional argument"):
            display([1.0])


def test_importing_imports_neither_tensorflow_nor_matplotlib():
    code = (
        "import sys, skgru.plotting; "
        "print([m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules])"
    )
    assert run_python(code).strip() == "[]"


# Errors and coverage by step


def test_errors_by_step_beside_the_naive_forecast(result):
    table = result.summary(by="step")
    for metric, name in [("mae", "MAE"), ("rmse", "RMSE"), ("mase", "MASE")]:
        display = ErrorsByStepDisplay.from_result(result, metric=metric)
        (x_naive, naive), (x, errors) = lines(display.ax_)
        np.testing.assert_array_equal(x, np.arange(1, 13))
        np.testing.assert_array_equal(x_naive, x)
        np.testing.assert_array_equal(errors, table[name]["forecast"])
        np.testing.assert_array_equal(naive, table[name]["naive"])
        assert legend(display.ax_) == ["naive forecast", "forecast"]
        assert (display.ax_.get_ylabel(), display.ax_.get_ylim()[0]) == (name, 0)
        styles = [(line.get_linestyle(), line.get_marker()) for line in display.ax_.lines]
        assert styles == [("--", "s"), ("-", "o")]  # distinct without colours
    alone = ErrorsByStepDisplay.from_result(result, baseline=None)
    assert len(alone.ax_.lines) == 1
    np.testing.assert_allclose(alone.errors, result.errors_by_step("mae"))
    with raises("metric='smape'", "'mase'", "errors_by_step"):
        ErrorsByStepDisplay.from_result(result, metric="smape")


def test_coverage_by_step_beside_the_nominal_one(result):
    display = CoverageDisplay.from_result(result)
    (_, nominal), (x, shares) = lines(display.ax_)
    np.testing.assert_array_equal(x, np.arange(1, 13))
    np.testing.assert_allclose(shares, 100 * result.coverage_by_step())
    assert set(nominal) == {80.0}
    assert legend(display.ax_) == ["nominal (80 %)", "observed"]
    assert max(display.ax_.get_yticks()) <= 100
    with raises("coverage=None", "coverage=0.9"):
        CoverageDisplay.from_result(replace(result, lower=None, upper=None, coverage=None))


def test_steps_of_several_series_are_means(passengers):
    forecaster = SequenceForecaster(horizon=3, season_length=12, pretrained="only")
    several = backtest(
        forecaster,
        [passengers.to_numpy(), passengers.to_numpy()[30:] ** 2],
        initial=120,
        step=6,
        coverage=0.8,
    )
    display = ErrorsByStepDisplay.from_result(several, metric="mase")
    np.testing.assert_allclose(display.errors, several.errors_by_step("mase"))
    shares = lines(CoverageDisplay.from_result(several).ax_)[1][1]
    np.testing.assert_allclose(shares, 100 * several.coverage_by_step())


# Ensembles and components


@pytest.fixture(scope="module")
def ensemble(passengers):
    """All three members, of which the network is trained for one epoch."""
    network = default_regressor(epochs=1, units=4)
    return SequenceForecaster(network, horizon=12, random_state=0).fit(passengers)


def test_weights_are_those_of_the_forecaster(ensemble):
    display = EnsembleWeightsDisplay.from_estimator(ensemble)
    bars = [bar.get_width() for bar in display.ax_.patches]
    np.testing.assert_allclose(bars, [100 * weight for weight in ensemble.ensemble_.values()])
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == list(ensemble.ensemble_)
    with raises("LinearRegression", "SequenceForecaster", error=TypeError):
        EnsembleWeightsDisplay.from_estimator(LinearRegression().fit([[0.0]], [0.0]))


@pytest.mark.parametrize("steps", [None, 30])
def test_the_forecast_is_the_mean_of_its_components(ensemble, passengers, steps):
    display = ForecastComponentsDisplay.from_estimator(ensemble, passengers, steps)
    found = display.components
    expected = ensemble.forecast(steps)["passengers"].to_numpy()
    np.testing.assert_array_equal(found["forecast"], expected)
    members = {"regressors", "pretrained", "theta"}
    assert (
        set(found)
        == {"level", "baseline", "forecast"} | members
        == set(ensemble.ensemble_) | {"level", "baseline", "forecast"}
    )
    weights = {name: np.full(len(expected), ensemble.ensemble_[name]) for name in members}
    weights["regressors"] *= np.minimum(1, ensemble.horizon / np.arange(1, len(expected) + 1))
    logarithms = sum(weights[name] * np.log(found[name]) for name in members)
    np.testing.assert_allclose(np.exp(logarithms / sum(weights.values())), expected)
    year = np.log(passengers["passengers"].to_numpy()[-12:])
    np.testing.assert_allclose(found["level"][:12], np.exp(year.mean()))
    upper, lower = display.ax_
    assert legend(upper) == ["actual", "level", "baseline", "regressors"]
    assert [text.split()[0] for text in legend(lower)] == [*list(ensemble.ensemble_), "forecast"]
    dashes = [str(line._dash_pattern) for line in lower.lines[1:]]
    assert len(set(dashes)) == len(dashes) == 4  # distinct without colours


def test_regressors_alone_and_zero_shot_have_one_plot(forecaster, passengers):
    display = ForecastComponentsDisplay.from_estimator(forecaster, passengers, n_history=7)
    assert legend(display.ax_) == ["actual", "level", "baseline", "forecast"]
    assert len(display.history) == 7
    np.testing.assert_array_equal(display.components["regressors"], display.components["forecast"])
    alone = SequenceForecaster(horizon=3, pretrained="only").fit(passengers)
    display = ForecastComponentsDisplay.from_estimator(alone, passengers)
    assert legend(display.ax_) == ["actual", "pretrained", "forecast"]
    np.testing.assert_allclose(display.components["pretrained"], alone.forecast()["passengers"])


def test_a_forecast_without_level_and_baseline_has_neither(passengers):
    forecaster = SequenceForecaster(LinearRegression(), horizon=3, level=None, baseline=None)
    display = ForecastComponentsDisplay.from_estimator(forecaster.fit(passengers), passengers)
    assert set(display.components) == {"regressors", "forecast"}
    assert legend(display.ax_) == ["actual", "forecast"]


def test_components_of_a_target_and_of_one_series(weather_forecaster, weather):
    past, future = weather
    display = ForecastComponentsDisplay.from_estimator(
        weather_forecaster, past, target="wind", future=future
    )
    expected = weather_forecaster.forecast(future=future)["wind"]
    np.testing.assert_array_equal(display.components["forecast"], expected)
    assert display.ax_.get_ylabel() == "wind"
    np.testing.assert_array_equal(display.history, past["wind"][-24:])
    for target in (2, True, "rain"):
        with raises(f"target={target!r}", "'wind'", "target=0"):
            ForecastComponentsDisplay.from_estimator(
                weather_forecaster, past, target=target, future=future
            )
    series = [make_sine()[:200] + 2, make_sine()[300:500] + 2]
    many = SequenceForecaster(LinearRegression(), horizon=5, window_length=20).fit(series)
    display = ForecastComponentsDisplay.from_estimator(many, series[1])
    np.testing.assert_allclose(display.components["forecast"], many.forecast()[1][:, 0])
    with raises("2 series"):
        ForecastComponentsDisplay.from_estimator(many, series)


def test_titles_and_legends_fit_a_phone(result, ensemble, passengers):
    for make in (
        lambda ax: BacktestDisplay.from_result(result, ax=ax[0]),
        lambda ax: ErrorsByStepDisplay.from_result(result, ax=ax[0]),
        lambda ax: CoverageDisplay.from_result(result, ax=ax[0]),
        lambda ax: EnsembleWeightsDisplay.from_estimator(ensemble, ax=ax[0]),
        lambda ax: ForecastComponentsDisplay.from_estimator(ensemble, passengers, ax=ax),
    ):
        figure, axes = plt.subplots(2, figsize=(3.9, 6), dpi=100, layout="constrained")
        make(axes)
        figure.canvas.draw()
        for ax in axes:
            box = ax.title.get_window_extent()
            assert box.x0 >= 0 and box.x1 <= 390
            if ax.get_legend() is None:
                continue
            frame, area = ax.get_legend().get_window_extent(), ax.get_window_extent()
            assert frame.x1 <= area.x1
            # The lines stay below the legend.
            tops = [ax.transData.transform(line.get_xydata())[:, 1].max() for line in ax.lines
                    if len(line.get_xydata()) > 2]  # fmt: skip
            assert max(tops) < frame.y0


def long_backtest(n_origins=300, horizon=3):
    rng = np.random.default_rng(0)
    n_rows = 50 + n_origins + horizon
    return BacktestResult(
        series=rng.normal(size=(n_rows, 1)),
        origins=50 + np.arange(n_origins),
        forecast=rng.normal(size=(n_origins, horizon, 1)),
        target_names=["y"],
        index=pd.date_range("2020-01-01", periods=n_rows),
    )


@pytest.mark.parametrize("step", [None, 1])
def test_as_many_origins_as_are_readable(step):
    result = long_backtest()
    narrow = plt.subplots(figsize=(3.9, 3))[1]
    display = BacktestDisplay.from_result(result, step=step, ax=narrow)
    actual = display.ax_.get_lines()[0]
    # 80 rows in an inch of the axes, and the last rows.
    width = narrow.get_position().width * 3.9
    assert 0.9 * 80 * width < len(actual.get_xdata()) <= 80 * width
    assert actual.get_xdata()[-1] == result.index[-1]
    assert actual.get_linewidth() < 1
    title = " ".join(display.ax_.get_title().split())
    n_shown = int(title.split("last ")[1].split()[0])
    assert title.startswith(f"Forecasts from the last {n_shown} of 300 origins")
    lines = display.ax_.get_lines()[1:]
    drawn = len(lines) if step is None else len(lines[0].get_xdata())
    assert drawn == n_shown
    wide = BacktestDisplay.from_result(result, step=step)
    assert "Forecasts from 300 origins" in wide.ax_.get_title()
    for display in (
        BacktestDisplay.from_result(result, step=step, n_origins=2),
        BacktestDisplay(result=result).plot(step=step, n_origins=2),
    ):
        assert "the last 2 of 300 origins" in display.ax_.get_title()
        assert len(display.ax_.get_lines()[0].get_xdata()) == 30 + 2 - 1 + 3
    one = BacktestDisplay.from_result(result, step=step, n_origins=1)
    assert "from the last of 300 origins" in one.ax_.get_title()
    fails(lambda: BacktestDisplay.from_result(result, n_origins=0), "n_origins=0", "at least 1")


def test_lengths_of_steps_and_values():
    calls = {
        "errors": ErrorsByStepDisplay(steps=[1, 2, 3], errors=[1, 2]),
        "naive_errors": ErrorsByStepDisplay(steps=[1, 2], errors=[1, 2], naive_errors=[1]),
        "coverage": CoverageDisplay(steps=[1, 2, 3], coverage=[0.5]),
    }
    for name, display in calls.items():
        fails(display.plot, name, "steps has", "one number for each step")


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_series_with_forecasts_of_unequal_lengths(order):
    results = BacktestResults({f"{k} steps": long_backtest(20, k) for k in order})
    for call in (
        lambda: ErrorsByStepDisplay.from_result(results),
        results.errors_by_step,
        lambda: results.summary(by="step"),
    ):
        fails(call, "'2 steps'", "1 to 2", "'3 steps'", "1 to 3", "same horizon")
    assert list(results.summary(by="series").index) == [f"{k} steps" for k in order]


@pytest.mark.parametrize("ax", ["left", 3])
def test_what_is_no_axes_is_refused(ax):
    forecaster = SequenceForecaster(pretrained="only").fit(pd.Series(np.arange(30.0)))
    with raises(f"ax={ax!r} must be matplotlib Axes", "plt.subplots()[1]", error=TypeError):
        ForecastDisplay.from_estimator(forecaster, pd.Series(np.arange(30.0)), ax=ax)


@pytest.mark.parametrize("display", [BacktestDisplay, ErrorsByStepDisplay, CoverageDisplay])
@pytest.mark.parametrize("result", [[], None, pd.DataFrame()])
def test_what_is_no_result_of_a_backtest_is_refused(display, result):
    parts = (f"result is a {type(result).__name__}", "result=skgru.model_selection.backtest(")
    with raises(*parts, error=TypeError):
        display.from_result(result)
