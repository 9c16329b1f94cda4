"""Effects of future covariates on one series: all forecasts follow them, and none is made up."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler

import skgru
from skgru import SequenceForecaster
from skgru._forecaster.covariate_effects import CovariateEffects, linear_effects
from skgru._forecaster.scaling import AutoScaler
from skgru.model_selection import backtest

WEEK = np.array([100.0, 110, 120, 120, 150, 300, 280])
HORIZON = 14


def shop(kind, n_rows, seed):
    """Daily sales with a covariate x that decides them, and the sales without noise."""
    rng = np.random.default_rng([seed, n_rows])
    n = n_rows + HORIZON
    days = pd.date_range("2021-01-01", periods=n, freq="D")
    week = WEEK[days.day_of_week]
    if kind == "driver":
        x = rng.uniform(0, 10, n)
        truth = 50 + 10 * x
    else:
        x = (rng.random(n) < (0.05 if kind == "closed" else 0.15)).astype(float)
        x[[n_rows // 4, n_rows // 2, n_rows + 2, n_rows + 5]] = 1
        truth = week * (1 - x if kind == "closed" else 1 + x)
    y = truth * np.exp(rng.normal(0, 0.05, n))
    return pd.DataFrame({"y": y, "x": x}, days), pd.Series(truth, days)


def error_of(frame, truth, n_rows, **parameters):
    season_length = 1 if frame["x"].nunique() > 2 else 7
    fitted = SequenceForecaster(
        horizon=HORIZON,
        season_length=season_length,
        target="y",
        known="x",
        random_state=0,
        **parameters,
    ).fit(frame[:n_rows])
    forecast = fitted.forecast(future=frame[["x"]][n_rows:])["y"]
    return np.abs(forecast - truth[n_rows:]).mean() / truth[n_rows:].mean()


@pytest.mark.parametrize("kind", ["closed", "promo", "driver"])
@pytest.mark.parametrize("n_rows", [120, 365])
def test_forecasts_follow_a_covariate_that_decides_the_values(kind, n_rows):
    errors = [error_of(*shop(kind, n_rows, seed), n_rows) for seed in range(2)]
    assert np.mean(errors) < 0.15
    alone = [error_of(*shop(kind, n_rows, seed), n_rows, pretrained="only") for seed in range(2)]
    assert np.mean(alone) < 0.15


def test_covariates_without_information_change_little():
    rng = np.random.default_rng(0)
    days = pd.date_range("2021-01-01", periods=214, freq="D")
    y = pd.Series(WEEK[days.day_of_week] * np.exp(rng.normal(0, 0.05, 214)), days, name="y")
    frame = pd.DataFrame({"y": y, **{f"x{i}": rng.normal(size=214) for i in range(5)}})
    alone = SequenceForecaster(horizon=14, random_state=0).fit(y[:200]).forecast()
    fitted = SequenceForecaster(
        horizon=14, target="y", known=list(frame.columns[1:]), random_state=0
    ).fit(frame[:200])
    both = fitted.forecast(future=frame[200:])["y"]
    assert np.abs(both - alone).mean() < 0.02 * y.mean()


@given(
    factor=st.sampled_from([1e-6, 1.0, 1e9]),
    seed=st.integers(0, 99),
    season_length=st.sampled_from([1, 7]),
)
@settings(max_examples=30, deadline=None)
def test_effects_are_those_of_the_regression(factor, seed, season_length):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(150, 2))
    week = np.resize(rng.normal(size=7), 150) if season_length == 7 else 0
    z = 3 * x[:, 0] + week + 0.01 * np.arange(150) + 0.1 * rng.normal(size=150)
    weights = linear_effects(factor * z, x, season_length) / factor
    np.testing.assert_allclose(weights, [3, 0], atol=0.1)
    np.testing.assert_allclose(
        linear_effects(factor * z, x * [10, 1] + 5, season_length) * [10, 1] / factor,
        weights,
        atol=1e-6,
    )


@pytest.mark.parametrize("kind", ["noise", "walk", "shift"])
def test_hardly_any_effect_is_made_up(kind):
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        noise = rng.normal(size=100)
        z = {"noise": noise, "walk": noise.cumsum(), "shift": noise + 9 * (np.arange(100) > 60)}
        found += linear_effects(z[kind], rng.normal(size=(100, 3)), 7).any()
    assert found <= 4


@pytest.mark.parametrize("n_rows", [0, 1, 2, 8])
def test_few_rows_show_no_effect(n_rows):
    x = np.arange(n_rows, dtype=float).reshape(-1, 1)
    assert not linear_effects(3 * x[:, 0], x, 1).any()


def test_constant_unknown_and_missing_values():
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=120), np.ones(120)])
    z = 2 * x[:, 0] + 0.1 * rng.normal(size=120)
    z[[5, 60]] = np.nan
    x[[7, 80], 0] = np.nan
    weights = linear_effects(z, x, 1)
    assert weights[0] == pytest.approx(2, abs=0.1) and weights[1] == 0
    x[:, 1] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert linear_effects(z, x, 1)[0] == pytest.approx(2, abs=0.1)
        assert not linear_effects(z, np.full((120, 1), np.nan), 1).any()


@given(seed=st.integers(0, 99), level=st.sampled_from([0.0, 50.0]))
@settings(max_examples=20, deadline=None)
def test_added_effects_are_those_that_were_removed(seed, level):
    rng = np.random.default_rng(seed)
    values = level + rng.normal(size=(60, 1)) * (1 if level else 10)
    effects = CovariateEffects(AutoScaler(1).fit(values), np.ones((1, 1)))
    effect = rng.normal(size=(60, 1))
    removed = effects.removed(values, effect)
    np.testing.assert_allclose(effects.added(removed, effect), values, rtol=1e-9, atol=1e-9)


def test_intervals_updates_backtests_and_files_have_the_effects(tmp_path):
    frame, truth = shop("promo", 365, 0)
    future = frame[["x"]][365:]
    one = SequenceForecaster(horizon=HORIZON, target="y", known="x", random_state=0)
    fitted = one.fit(frame[:365])
    bounds = fitted.forecast_interval(future=future, coverage=0.9)
    inside = (bounds["y_lower"] < truth[365:]) & (truth[365:] < bounds["y_upper"])
    assert inside.mean() > 0.7
    width = bounds["y_upper"] - bounds["y_lower"]
    assert width[future["x"] == 1].mean() > 1.3 * width[future["x"] == 0].mean()
    assert (width / truth[365:]).mean() < 0.5

    from_x = fitted.forecast(X=frame[:365], future=future)
    np.testing.assert_allclose(from_x, fitted.forecast(future=future), rtol=1e-9)
    skgru.save(fitted, tmp_path / "model.skgru")
    loaded = skgru.load(tmp_path / "model.skgru")
    np.testing.assert_array_equal(loaded.forecast(future=future), fitted.forecast(future=future))

    again = SequenceForecaster(horizon=HORIZON, target="y", known="x", random_state=0)
    updated = again.fit(frame[:300]).update(frame[300:365])
    error = np.abs(updated.forecast(future=future)["y"] - truth[365:]).mean()
    assert error < 0.12 * truth.mean()

    calibrated = SequenceForecaster(
        horizon=3, target="y", known="x", random_state=0, calibration_fraction=0.2
    ).fit(frame[:365])
    low, high = calibrated.forecast_interval(future=future[:3], coverage=0.8).to_numpy().T
    assert (high - low < truth[365:368]).all()

    result = backtest(one, frame, initial=300, step=HORIZON)
    assert result.errors_by_step().mean() < 0.12 * truth.mean()


def test_an_unknown_covariate_leaves_the_effects_of_the_others():
    frame, truth = shop("closed", 365, 0)
    frame["price"] = np.random.default_rng(1).normal(size=len(frame))
    fitted = SequenceForecaster(
        horizon=HORIZON, season_length=7, target="y", known=["x", "price"], pretrained="only"
    )
    future = frame[["x", "price"]][365:]
    complete = fitted.fit(frame[:365]).forecast(future=future)["y"]
    closed = frame.index[:365][frame["x"][:365] == 1]
    frame.loc[closed[-3:], "price"] = np.nan
    with pytest.warns(UserWarning, match="price"):
        fitted.fit(frame[:365])
    forecast = fitted.forecast(future=future)["y"]
    assert np.abs(forecast - complete).mean() < 0.03 * truth.mean()


def test_a_regressor_and_a_scaler_of_ones_own_get_the_series_as_it_is():
    frame, _ = shop("promo", 365, 0)
    fitted = SequenceForecaster(
        Ridge(), horizon=3, target="y", known="x", scaler=StandardScaler()
    ).fit(frame[:365])
    assert fitted._model.effects is None


@pytest.mark.parametrize("regressor", [Ridge(), LinearRegression(), None], ids=str)
@pytest.mark.parametrize("since", [12, 24])
def test_a_column_that_marks_a_shift(regressor, since):
    """No window lies after the shift as a whole: windows alone would forecast another one."""
    errors = []
    for seed in range(3):
        t, rng = np.arange(132), np.random.default_rng(seed)
        step = (t >= 120 - since).astype(float)
        y = 100 + 150 * step + 10 * np.sin(2 * np.pi * t / 12) + 3 * rng.normal(size=len(t))
        dates = pd.date_range("2010", periods=len(t), freq="MS")
        frame = pd.DataFrame({"y": y, "step": step}, dates)
        fitted = SequenceForecaster(
            regressor, horizon=12, target="y", known="step", random_state=seed
        ).fit(frame[:120])
        forecast = fitted.forecast(future=frame[["step"]][120:])["y"]
        errors.append(np.abs(forecast - y[120:]).mean())
    assert np.mean(errors) < 16  # a shift of 150


def test_the_pretrained_network_alone_needs_future_covariates_not_past_ones():
    frame, _ = shop("promo", 365, 0)
    with pytest.raises(ValueError, match=r"pretrained='only'.*past covariates"):
        SequenceForecaster(horizon=3, target="y", pretrained="only").fit(frame)
