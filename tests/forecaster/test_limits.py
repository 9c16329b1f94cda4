"""lower and upper: limits of forecasts in the units of the series."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru._forecaster.model import ForecastModel
from tests.helpers import raises, warns

RNG = np.random.default_rng(0)
DAYS = pd.date_range("2026-01-05", periods=70, name="day")
SALES = pd.Series(np.round(10 + 8 * np.sin(np.arange(70) * 2 * np.pi / 7)), DAYS, name="sales")
NOISY = (SALES + RNG.normal(scale=1.5, size=70)).clip(0, 20)


def fitted(data, **parameters):
    parameters = {"regressor": Ridge(), "horizon": 7, "season_length": 7} | parameters
    return SequenceForecaster(**parameters).fit(data)


def clipped(answer, low, high):
    if isinstance(answer, list):
        return [clipped(one, low, high) for one in answer]
    return answer.clip(low, high)


@pytest.mark.parametrize("form", ["array", "series", "list", "wide"])
@pytest.mark.parametrize(
    ("point", "lower", "upper"), [("median", 6, None), ("mean", None, 12.5), ("median", 6, 12.5)]
)
def test_every_answer_is_that_without_limits_cut_at_the_limits(form, point, lower, upper):
    two = pd.DataFrame({"a": NOISY, "b": NOISY[::-1].to_numpy()})
    data = {"array": NOISY.to_numpy().reshape(-1, 1), "series": NOISY, "wide": two}
    data["list"] = [two["a"], two["b"]]
    shared = {"point": point, "group": "columns" if form == "wide" else None}
    shared |= {"calibration_fraction": 0.4, "theta_weight": 0.3}
    without = fitted(data[form], **shared)
    with pytest.warns(UserWarning, match=r"er=[\d.]+, but X has \d+ values"):
        limited = fitted(data[form], lower=lower, upper=upper, **shared)
    calls = ["forecast", "forecast_interval"] + ["predict"] * (form != "wide")
    for call in calls:
        arguments = [data[form]] if call == "predict" else [9 if call == "forecast" else 7]
        answer, free = (getattr(each, call)(*arguments) for each in (limited, without))
        cut = clipped(free, lower, upper)
        if not isinstance(answer, list):
            answer, free, cut = [answer], [free], [cut]
        for one, expected, other in zip(answer, cut, free, strict=True):
            np.testing.assert_array_equal(one, expected)
            assert (np.asarray(one) != np.asarray(other)).any()
    if form == "series":
        assert limited.score(NOISY) != without.score(NOISY)


def test_bounds_of_the_pretrained_network():
    bounds = fitted(NOISY, regressor=None, pretrained="only", lower=0, upper=20)
    three = bounds.forecast_interval(30, coverage=0.99, with_forecast=True)
    assert three.min(axis=None) >= 0 and three.max(axis=None) == 20
    assert (three["sales_lower"] <= three["sales"]).all()


def test_values_outside_the_limits():
    values = NOISY.copy()
    values.iloc[[3, 5]] = [-2.5, -1]
    values.iloc[9] = np.nan
    with warns("lower=0", "2 values below", "-2.5", "lower=None"):
        fitted(values, lower=0)
    values = NOISY.copy()
    values.iloc[30] = 30
    with warns("upper=20", "1 value above", "30", "upper=None"):
        fitted([NOISY, values], upper=20)
    frame = NOISY.to_frame().assign(temperature=-5.0)
    fitted(frame, lower=0, target="sales", known="temperature")  # of targets alone


@pytest.mark.parametrize("limits", [{"lower": 5, "upper": 5}, {"lower": 5.0, "upper": -1}])
def test_limits_in_the_wrong_order(limits):
    with raises(f"lower={limits['lower']}", f"upper={limits['upper']}", "None"):
        fitted(NOISY, **limits)


@pytest.mark.parametrize("name", ["lower", "upper"])
@pytest.mark.parametrize("value", ["0", float("nan"), float("inf"), True, [0]])
def test_limits_are_numbers(name, value):
    with raises(name, repr(value)):
        fitted(NOISY, **{name: value})


def test_predict_of_a_number_of_rows():
    with raises("X=28", "series", "forecast(28)"):
        fitted(NOISY).predict(28)


@pytest.mark.parametrize("params", [{}, {"calibration_fraction": 0.4, "regressor": Ridge()}])
def test_a_forecast_between_bounds_is_computed_once(params, monkeypatch):
    calls = []
    after = ForecastModel.forecast_after
    monkeypatch.setattr(
        ForecastModel, "forecast_after", lambda *given: calls.append(1) or after(*given)
    )
    only = {} if params else {"pretrained": "only"}
    fitted = SequenceForecaster(season_length=7, **params, **only).fit(np.arange(60.0)[:, None] % 7)
    three = fitted.forecast_interval(1, coverage=0.5, with_forecast=True)
    assert len(calls) == 1
    np.testing.assert_array_equal(three[..., 1], fitted.forecast(1))
