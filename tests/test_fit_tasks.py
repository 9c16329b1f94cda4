"""Fits with the releases of scikit-learn that have no callbacks, before 1.9."""

import subprocess
import sys

SCRIPT = """
import io, sys
import numpy as np
from rich.console import Console
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline  # imports the callbacks, where there are any
sys.modules["sklearn.callback"] = None  # as before scikit-learn 1.9
from skgru import GRURegressor, SequenceForecaster, SequenceWindower, _progress, make_windows
from skgru.model_selection import backtest

series = np.sin(np.arange(80) / 5).reshape(-1, 1)
network = GRURegressor(2, epochs=3, random_state=0)
text = io.StringIO()
console = Console(file=text, force_terminal=True, width=100)
import skgru._networks.base as base
_progress.console = base.console = lambda: console
silent = SequenceForecaster([network, Ridge()], random_state=0).fit(series)
assert text.getvalue() == ""
shown = clone(silent).set_params(verbose=1).fit(series)
np.testing.assert_array_equal(shown.forecast(3), silent.forecast(3))
assert "SequenceForecaster" in text.getvalue() and "2/2" in text.getvalue()
assert "GRURegressor" in text.getvalue() and "3/3" not in text.getvalue()  # below it
assert not {"_skl_callbacks", "_callback_fit_ctx"} & set(vars(shown))
backtest(SequenceForecaster(Ridge()), series, initial=60, step=5, verbose=1)
assert "Backtest" in text.getvalue() and "4/4" in text.getvalue()
clone(network).set_params(verbose=1).fit(*make_windows(series, 4))
assert "3/3" in text.getvalue()
for estimator in (silent, network, SequenceWindower(3)):
    assert estimator.set_callbacks() is estimator
    try:
        estimator.set_callbacks(object())
    except ImportError as error:
        assert "scikit-learn 1.9" in str(error) and "verbose=1" in str(error)
    else:
        raise AssertionError(estimator)
"""


def test_fits_bars_and_set_callbacks_before_1_9():
    subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT], check=True)
