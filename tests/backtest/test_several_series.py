"""Backtests of several series equal a slow loop of hand-made fits, in every container."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from skgru import SequenceForecaster
from skgru.metrics import mean_absolute_scaled_error, symmetric_mean_absolute_percentage_error
from skgru.model_selection import BacktestResults, backtest
from tests.helpers import raises, warns

OPTIONS = {"initial": 48, "step": 6, "coverage": 0.8}
REFIT = pytest.mark.parametrize("refit", [False, True])


def ridge(**parameters):
    return SequenceForecaster(
        Ridge(), **{"horizon": 3, "season_length": 12, "calibration_fraction": 0.2} | parameters
    )


@pytest.fixture(scope="module")
def shops():
    """Three shops over 72 months. The second one opens in the third year, the third closes."""
    index = pd.date_range("2015-01-01", periods=72, freq="MS", name="month")
    t, rng = np.arange(72), np.random.default_rng(0)
    season = 5 + np.sin(t * 2 * np.pi / 12)
    columns = {
        name: size * (season + 0.2 * rng.random(72))
        for name, size in [("north", 1), ("east", 20), ("south", 3)]
    }
    shops = pd.DataFrame(columns, index=index)
    shops.iloc[:24, 1] = np.nan
    shops.iloc[66:, 2] = np.nan
    return shops


def long_of(shops):
    return shops.melt(ignore_index=False, var_name="shop", value_name="sales").dropna()


def polars_of(frame):
    return pl.DataFrame(
        {name: frame[name].to_list() for name in frame.columns if name == "shop"}
        | {"month": frame.index.to_numpy()}
        | {name: frame[name].to_numpy() for name in frame.columns if name != "shop"}
    )


CONTAINERS = {
    "wide": ("columns", lambda shops: shops),
    "wide, rows numbered": ("columns", lambda shops: shops.reset_index(drop=True)),
    "wide, polars": ("columns", polars_of),
    "wide, array": ("columns", lambda shops: shops.to_numpy()),
    "long": ("shop", long_of),
    "long, levels": ("shop", lambda shops: long_of(shops).set_index("shop", append=True)),
    "long, list of keys": (["shop"], long_of),
    "long, polars": ("shop", lambda shops: polars_of(long_of(shops))),
    "list": (None, lambda shops: [shops[name].dropna() for name in shops]),
}


@REFIT
@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_numbers_of_a_slow_loop(container, refit, shops):
    group, convert = CONTAINERS[container]
    results = backtest(ridge(group=group), convert(shops), **OPTIONS, refit=refit)
    assert len(results) == 3
    for i, (name, result) in enumerate(zip(shops, results.values(), strict=True)):
        start, n_rows = [0, 24, 0][i], [72, 48, 66][i]
        # 24 months are enough history for the second shop.
        origins = [at - start for at in (47, 53, 59, 65) if at - start + 3 < n_rows]
        np.testing.assert_array_equal(result.origins, origins)
        np.testing.assert_array_equal(result.series[:, 0], shops[name].dropna())
    for k, n_known in enumerate([48, 54, 60]):
        known = [shops[name][:n_known].dropna() for name in shops]
        first = [shops[name][:48].dropna() for name in shops]
        fitted = ridge().fit(known if refit else first)
        forecasts = fitted.forecast(X=known)
        bounds = fitted.forecast_interval(coverage=0.8, X=known)
        for result, forecast, sides in zip(results.values(), forecasts, bounds, strict=True):
            np.testing.assert_array_equal(result.forecast[k, :, 0], forecast)
            np.testing.assert_array_equal(result.lower[k, :, 0], sides.iloc[:, 0])
            np.testing.assert_array_equal(result.upper[k, :, 0], sides.iloc[:, 1])


def test_ids_are_positions_columns_and_groups(shops):
    names = ["north", "east", "south"]
    two = long_of(shops).assign(item="tea")
    for X, group, ids in [
        (shops, "columns", names),
        (long_of(shops), "shop", names),
        (two, ["shop", "item"], [(name, "tea") for name in names]),
        ([shops[name].dropna() for name in shops], None, [0, 1, 2]),
    ]:
        results = backtest(ridge(group=group), X, initial=60, step=6)
        assert list(results) == ids
        assert list(results.to_frame()["series"].unique()) == ids
        assert list(results.summary(by="series").index) == ids


def test_series_without_dates_end_together(shops):
    arrays = [shops["north"].to_numpy(), shops["east"].dropna().to_numpy()]
    frames = [pd.DataFrame({"sales": one}) for one in arrays]
    for X in (arrays, frames):
        results = backtest(ridge(), X, initial=60, step=6)
        np.testing.assert_array_equal(results[0].origins, [59, 65])
        np.testing.assert_array_equal(results[1].origins, [35, 41])


def test_rows_are_matched_by_date(shops):
    series = [shops["north"][:60], shops["north"][6:]]
    results = backtest(ridge(), series, initial=50, step=4)
    assert list(results[0].origin_labels) == list(shops.index[[49, 53]])
    assert list(results[1].origin_labels) == list(shops.index[[49, 53, 57, 61, 65]])


@pytest.mark.filterwarnings("ignore:From .* at another level")
@REFIT
def test_what_comes_after_an_origin_changes_nothing(refit, shops):
    before = backtest(ridge(group="columns"), shops, **OPTIONS, refit=refit)
    spiked = shops.copy()
    spiked.iloc[54:] *= 7
    after = backtest(ridge(group="columns"), spiked, **OPTIONS, refit=refit)
    for one in before:
        np.testing.assert_array_equal(after[one].forecast[:2], before[one].forecast[:2])
        assert not np.array_equal(after[one].forecast[2], before[one].forecast[2])


def test_a_series_that_begins_later_takes_part_from_a_season_on(shops):
    late = shops.assign(east=shops["east"].where(shops.index >= shops.index[45]))
    results = backtest(ridge(group="columns"), late, initial=48, step=6, refit=True)
    np.testing.assert_array_equal(results["east"].origins, [14, 20])
    later = shops.assign(east=shops["east"].where(shops.index >= shops.index[62]))
    with warns(("1 of 3 series", "'east' (10 rows)", "12 rows before")):
        results = backtest(ridge(group="columns"), later, initial=48, step=6)
    assert list(results) == ["north", "south"]


def test_a_model_of_one_series_forecasts_no_other(shops):
    late = [shops["north"], 1000 * shops["east"][30:]]
    with warns("1 of 2 series", "series 1"):
        results = backtest(ridge(), late, initial=30, step=6)
    assert list(results[0].origins) == list(range(29, 69, 6)) and list(results) == [0]


def test_known_columns_are_read_from_each_series(shops):
    long = long_of(shops).assign(price=lambda frame: np.arange(len(frame)) % 5 + 1.0)
    forecaster = ridge(group="shop", known="price", calibration_fraction=0.0)
    results = backtest(forecaster, long, initial=48, step=6)
    fitted = clone(forecaster).fit(long[long.index < long.index[48]])
    at = long.index < shops.index[54]
    future = long[~at]
    expected = fitted.forecast(X=long[at], future=future)
    for one, result in results.items():
        wanted = expected.loc[expected["shop"] == one, "sales"]
        np.testing.assert_array_equal(result.forecast[1, :, 0], wanted)


def test_means_over_series_equal_a_slow_loop(shops):
    results = backtest(ridge(group="columns"), shops, **OPTIONS)
    scaled = [
        [
            mean_absolute_scaled_error(
                one.actual[:, k, 0], one.forecast[:, k, 0], y_train=one.y_train, season_length=12
            )
            for k in range(3)
        ]
        for one in results.values()
    ]
    np.testing.assert_allclose(results.errors_by_step("mase"), np.mean(scaled, axis=0))
    smape = symmetric_mean_absolute_percentage_error
    expected = {n: smape(r.actual.ravel(), r.forecast.ravel()) for n, r in results.items()}
    assert results.errors_by_series("smape") == pytest.approx(expected)
    coverage = [one.coverage_by_step() for one in results.values()]
    np.testing.assert_allclose(results.coverage_by_step(), np.mean(coverage, axis=0))


def test_series_that_cannot_be_measured_are_left_out(shops):
    results = dict(backtest(ridge(group="columns"), shops, **OPTIONS))
    constant = replace(results["north"], series=np.ones((72, 1)))
    unknown = results["east"].series.copy()
    unknown[results["east"].origins + 2] = np.nan  # step 2 from all origins
    results |= {"north": constant, "east": replace(results["east"], series=unknown)}
    several = BacktestResults(results)
    assert list(several.errors_by_series("mase")) == ["east", "south"]
    south, east = several["south"], several["east"]
    step_1 = np.mean([east._error("mase", 0), south._error("mase", 0)])
    step_2 = south.errors_by_step("mase")[1]
    np.testing.assert_allclose(several.errors_by_step("mase")[:2], [step_1, step_2])
    np.testing.assert_allclose(several.summary(by="step")["MASE"]["forecast"].iloc[1], step_2)
    with raises("metric='mase'", "season_length=12", "metric='mae'"):
        BacktestResults({"north": constant}).errors_by_step("mase")


def test_results_are_a_mapping(shops):
    results = backtest(ridge(group="columns"), shops, **OPTIONS)
    assert repr(results) == "BacktestResults(n_series=3, horizon=3, coverage=0.8)"
    assert len(copy.deepcopy(results)) == len(pickle.loads(pickle.dumps(results))) == 3
    frame = results.to_frame()
    assert list(frame.columns[:4]) == ["series", "origin", "step", "target"]
    assert len(frame) == 3 * (4 + 4 + 3)
    with raises("results is empty"):
        BacktestResults({})


def test_errors_name_the_series(shops):
    listed = [shops["north"], shops["east"].dropna(), shops["north"].resample("QS").mean()]
    with raises("Series 2 of X", "'QS"):
        backtest(ridge(), listed, initial=48)
    shifted = shops["north"].set_axis(shops.index + pd.Timedelta(hours=12))
    with raises("Series 0 of X", "2015-01-01 12:00", "one moment for all series", "Resample"):
        backtest(ridge(), [shops["north"], shifted], initial=48)
    with raises("dates of different kinds", "time zone"):
        backtest(ridge(), [shops["north"], shops["east"].dropna().tz_localize("UTC")], initial=48)
    one_by_one = [shops["north"][:40], shops["north"][40:]]
    with raises("No series of X has 24 rows before", "0 (40 rows)", "smaller horizon"):
        backtest(ridge(), one_by_one, initial=40, step=100)
    with raises("n_samples=8", "a larger initial."):
        backtest(ridge(calibration_fraction=0), [shops["north"].to_numpy()] * 2, initial=8)
    broken = shops.assign(east=np.inf)
    with raises("infinity"):
        backtest(ridge(group="columns"), broken, initial=48)


def test_scalers_of_forecast_origins():
    """As the docs say: of several series, new ones at each origin; of one series, that of fit."""
    dates = pd.date_range("2024-01-01", periods=80)
    one = pd.Series(np.arange(80.0) ** 1.2 + np.random.default_rng(0).normal(size=80), dates)
    wide = pd.DataFrame({"a": one, "b": 3 * one})

    def forecaster(group=None):
        return SequenceForecaster(
            Ridge(), horizon=2, season_length=1, scaler=StandardScaler(), group=group
        )

    for X, group in ((one, None), (wide, "columns")):
        fitted = forecaster(group).fit(X[:60])
        result = backtest(forecaster(group), X, initial=60, step=10)
        result = result if group is None else result["a"]
        first = lambda answer, X=X: np.ravel(answer if X is one else answer["a"])  # noqa: E731
        second = result.forecast[1, :, 0]
        np.testing.assert_allclose(second, first(fitted.forecast(X=X[:70])))
        updated = first(fitted.update(X[60:70]).forecast())
        assert np.allclose(second, updated) == (group is None)
        again = backtest(forecaster(group), X, initial=60, step=10, refit=True)
        again = again if group is None else again["a"]
        whole = first(forecaster(group).fit(X[:70]).forecast())
        np.testing.assert_allclose(again.forecast[1, :, 0], whole)
    panel = forecaster("columns").fit(wide[:60])
    continued = panel.forecast(X=wide[60:70])
    np.testing.assert_allclose(continued, panel.update(wide[60:70]).forecast())
