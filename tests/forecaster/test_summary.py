"""summary_: the choices of a forecaster at one glance."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from skgru import SequenceForecaster
from skgru._forecaster.summary import percentages
from skgru.plotting import EnsembleWeightsDisplay
from tests.helpers import copy_of, warns

RNG = np.random.default_rng(0)
MONTHS = pd.date_range("2015", periods=60, freq="MS")
SALES = pd.Series(
    50 + 8 * np.sin(np.arange(60) * np.pi / 6) + RNG.normal(size=60), MONTHS, name="sales"
)


def test_every_choice_has_a_line():
    fitted = SequenceForecaster(Ridge(), horizon=3, theta_weight=0.25, calendar="month").fit(SALES)
    assert fitted.summary_ == {
        "n_series": 1,
        "n_rows": 60,
        "horizon": 3,
        "season_lengths": [12],
        "window_length": [fitted.window_length_],
        "scaling": ["logarithm"],
        "level": fitted.level_,
        "baseline": fitted.baseline_,
        "static": [],
        "calendar": ["month"],
        "point": "median",
        "ensemble": {"regressors": 0.75, "theta": 0.25},
    }
    lines = repr(fitted.summary_).splitlines()
    assert lines[0] == "1 series of 60 rows, forecast 3 rows ahead"
    assert lines[1:3] == ["  season    12 rows", "  window    24 rows"]
    assert lines[-1] == "  ensemble  75 % regressors, 25 % theta"
    assert len({line.index(line.split()[1]) for line in lines[1:]}) == 1  # one column of values
    assert repr(copy_of(fitted.summary_)) == repr(fitted.summary_)


def test_the_formula_of_the_scaling_is_that_of_the_pages():
    """Once with zeros, where c is 1, and once with a low value, where c is less."""
    guide = Path(__file__).parents[2] / "docs" / "guide" / "automatic_choices.md"
    texts = [guide.read_text(), SequenceForecaster.__doc__]
    for lowest in (0.0, 0.5):
        X = SALES.where(np.arange(60) != 30, lowest)
        fitted = SequenceForecaster(Ridge(), season_length=1).fit(X)
        (formula,) = fitted.summary_["scaling"]
        assert all(formula in text for text in texts)
        (shift,), (typical,) = fitted.scaler_._shift, fitted.scaler_._unit
        assert typical == np.median(X[X > 0])
        c = shift / typical
        assert c == pytest.approx(1 - lowest / typical / 0.02, abs=0.02)
        z, x = fitted.scaler_.transform(X.to_numpy()[:, None])[:, 0], X.to_numpy() / typical
        np.testing.assert_allclose(z, np.log(c + x))


def test_several_series_with_several_scalings():
    settings = {"window_length": [12, 6, 12], "season_length": (7, 12), "scaler": "auto"}
    fitted = SequenceForecaster(Ridge(), **settings).fit([SALES, SALES - 50])
    text = repr(fitted.summary_)
    assert "2 series of 120 rows in all, forecast 1 row ahead" in text
    assert "12, 6 rows" in text and "7, 12 rows" in text
    assert "logarithm, standardisation" in text
    updated = fitted.update([SALES[:1].set_axis([pd.Timestamp("2020-01-01")]), SALES[:0]])
    assert updated.summary_["n_rows"] == 121


@pytest.mark.parametrize(("scaler", "text"), [(None, "none"), (StandardScaler(), "StandardScaler")])
def test_choices_that_are_none(scaler, text):
    fitted = SequenceForecaster(pretrained="only", season_length=1, scaler=scaler).fit(SALES)
    summary = repr(fitted.summary_)
    for name, value in {"season": "none", "window": "none", "scaling": text}.items():
        assert f"  {name:<9} {value}\n" in summary
    assert summary.endswith("100 % pretrained")


def test_before_fit():
    assert not hasattr(SequenceForecaster(), "summary_")


def test_rows_of_a_wide_frame_are_those_with_values():
    days = pd.date_range("2024-01-01", periods=30)
    values = np.arange(30.0) % 7
    frame = pd.DataFrame({"a": values, "b": values, "c": values}, days)
    frame.iloc[:4, 1] = frame.iloc[-6:, 2] = frame.iloc[10, 0] = np.nan
    with warns("1 series of X end in NaN, for example 'c' (by 6 rows)"):
        fitted = SequenceForecaster(Ridge(), group="columns", season_length=7).fit(frame)
    assert fitted.summary_["n_rows"] == 30 + 26 + 24


def test_theta_is_no_member_of_a_series_shorter_than_two_seasons():
    X = 10 + np.arange(20.0) % 12
    settings = {"season_length": 12, "window_length": 3, "baseline": "last", "level": "last"}
    with warns("season_length=12 needs at least 25 rows"):
        fitted = SequenceForecaster(Ridge(), theta_weight=0.4, **settings).fit(X[:, None])
    with warns("season_length=12 needs at least 25 rows"):
        without = SequenceForecaster(Ridge(), theta_weight=0, **settings).fit(X[:, None])
    assert fitted.ensemble_ == {"regressors": 1.0}
    np.testing.assert_array_equal(fitted.forecast(), without.forecast())
    longer = SequenceForecaster(Ridge(), theta_weight=0.4, **settings).fit(np.tile(X, 2)[:, None])
    assert longer.ensemble_ == {"regressors": 0.6, "theta": 0.4}
    with warns("season_length=12 needs at least 25 rows"):
        alone = SequenceForecaster(Ridge(), theta_weight=1, **settings).fit(X[:, None])
    assert alone.ensemble_ == {"regressors": 1.0}


def test_percentages_have_the_sum_of_the_weights():
    thirds = dict.fromkeys(("regressors", "pretrained", "theta"), 1 / 3)
    assert list(percentages(thirds).values()) == [34, 33, 33]
    assert percentages({"regressors": 0.324, "pretrained": 0.473, "theta": 0.203}) == {
        "regressors": 33,  # the largest remainder
        "pretrained": 47,
        "theta": 20,
    }
    assert percentages({"a": 0.29, "b": 0.71}) == {"a": 29, "b": 71}
    assert percentages({"a": 1.0}) == {"a": 100}
    for weights in RNG.dirichlet(np.ones(4), 200):
        named = dict(enumerate(weights))
        found = percentages(named)
        assert sum(found.values()) == 100
        assert all(abs(found[i] - 100 * weight) < 1 for i, weight in named.items())
    display = EnsembleWeightsDisplay(weights=thirds).plot()
    assert [text.get_text() for text in display.ax_.texts] == ["34 %", "33 %", "33 %"]


def test_a_window_of_one_row_is_singular():
    fitted = SequenceForecaster(Ridge(), window_length=1).fit(np.arange(30.0)[:, np.newaxis])
    assert "  window    1 row\n" in repr(fitted.summary_)
