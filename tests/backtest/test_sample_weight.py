"""sample_weight of backtest: each fit gets the weights of its rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru.model_selection import backtest
from tests.helpers import raises

N = 60
RNG = np.random.default_rng(0)
MONTHS = pd.date_range("2020-01-01", periods=N, freq="MS", name="month")
SALES = pd.Series(50 + 10 * np.sin(np.arange(N) / 2) + RNG.normal(size=N), MONTHS, name="sales")
WEIGHTS = RNG.uniform(0.1, 2, N)
OPTIONS = {"initial": 40, "step": 5, "horizon": 3}


def ridge(**parameters):
    parameters = {"horizon": 3, "window_length": 5, "season_length": 1} | parameters
    return SequenceForecaster(Ridge(), scaler=None, level=None, baseline=None, **parameters)


@pytest.mark.parametrize("window", [None, 30])
@pytest.mark.parametrize("refit", [False, 2])
def test_each_fit_has_the_weights_of_its_rows(refit, window):
    result = backtest(ridge(), SALES, **OPTIONS, refit=refit, window=window, sample_weight=WEIGHTS)
    fitted = None
    for k, origin in enumerate(result.origins):
        start, stop = max(0, origin + 1 - (window or N)), origin + 1
        if k == 0 or (refit and k % refit == 0):
            fitted = ridge().fit(SALES[start:stop], sample_weight=WEIGHTS[start:stop])
            first = start
        expected = fitted.forecast(X=SALES[first:stop])
        np.testing.assert_allclose(result.forecast[k, :, 0], expected)


FORMS = {
    "one": (None, lambda frame: frame["a"], lambda weights: weights),
    "list": (None, lambda frame: [frame["a"], frame["b"].dropna()], lambda w: [w, w[7:-2]]),
    "wide": ("columns", lambda frame: frame, lambda weights: weights),
    "long": (
        "shop",
        lambda frame: frame.melt(ignore_index=False, var_name="shop").dropna(),
        lambda weights: np.r_[weights, weights[7:-2]],
    ),
}


def test_forms_of_weights():
    both = pd.DataFrame({"a": SALES, "b": 2 * SALES + RNG.normal(size=N)})
    both.iloc[:7, 1] = both.iloc[-2:, 1] = np.nan
    answers = {}
    for form, (group, convert, weigh) in FORMS.items():
        results = backtest(
            ridge(group=group), convert(both), **OPTIONS, sample_weight=weigh(WEIGHTS)
        )
        answers[form] = [results] if form == "one" else list(results.values())
    for form in ("wide", "long"):
        for one, other in zip(answers[form], answers["list"], strict=True):
            np.testing.assert_allclose(one.forecast, other.forecast)
    unweighted = backtest(ridge(), FORMS["list"][1](both), **OPTIONS)[0]
    assert (unweighted.forecast != answers["list"][0].forecast).any()


def test_laws_of_weights():
    """Ones are no weights, and rows of weight 0 before the first window play no part."""
    plain = backtest(ridge(), SALES, **OPTIONS, refit=True)
    ones = backtest(ridge(), SALES, **OPTIONS, refit=True, sample_weight=np.ones(N))
    np.testing.assert_allclose(ones.forecast, plain.forecast)
    wrong = SALES.copy()
    wrong.iloc[:15] = 1000 * RNG.normal(size=15)
    weights = np.where(np.arange(N) < 20, 0, WEIGHTS)  # windows of 5 rows before the targets
    corrupted = backtest(ridge(), wrong, **OPTIONS, refit=True, sample_weight=weights)
    short = OPTIONS | {"initial": 25}
    later = backtest(ridge(), SALES[15:], **short, refit=True, sample_weight=weights[15:])
    np.testing.assert_allclose(corrupted.forecast, later.forecast)


def test_wrong_weights():
    with raises("sample_weight has shape (59,)", "60 rows"):
        backtest(ridge(), SALES, **OPTIONS, sample_weight=WEIGHTS[1:])
    with raises("only zeros", "positive weight"):
        backtest(ridge(), SALES, **OPTIONS, sample_weight=np.arange(N) >= 40)
