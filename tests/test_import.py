"""What a new process pays for, and what it prints."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

WITHOUT_TENSORFLOW = """
import sys
import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler
import skgru
from skgru import GRURegressor, SequenceWindower, make_windows

steps = [("scale", MinMaxScaler()), ("window", SequenceWindower()), ("gru", GRURegressor())]
pipe = Pipeline(steps)
pipe = clone(pipe).set_params(gru__units=(8, 4), window__window_length=3)
pipe.get_params()
repr(pipe)
pipe._repr_html_()
pipe[:-1].fit_transform(np.ones((20, 1)))
make_windows(np.ones((20, 1)), 3)
hasattr(pipe["gru"], "predict")
print([name for name in ("tensorflow", "keras", "scikeras") if name in sys.modules])
"""

TINY_FIT = """
import numpy as np
from skgru import GRURegressor, SequenceWindower

windows = SequenceWindower(3).fit_transform(np.ones((20, 1)))
gru = GRURegressor(units=2, epochs=1).fit(windows)
gru.predict(windows)
gru.score(windows)
gru.forecast(2, windows)
gru.model_
"""


def run(code):
    # A user's terminal, in which nobody has chosen TensorFlow's log level.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_all_but_fit_and_predict_works_without_tensorflow():
    assert run(WITHOUT_TENSORFLOW) == ("[]\n", "")


def test_a_fit_prints_nothing():
    assert run(TINY_FIT) == ("", "")


WITHOUT_PANDAS = """
import sys
from importlib.abc import MetaPathFinder

class NoPandas(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name="pandas")

sys.meta_path.insert(0, NoPandas())
import polars as pl
from sklearn.linear_model import Ridge
from skgru import SequenceForecaster
from skgru.datasets import load_airline_passengers
from skgru.model_selection import backtest

series = load_airline_passengers()
forecaster = SequenceForecaster(Ridge(), horizon=3, season_length=12)
print(forecaster.fit(series).forecast().shape)
print(forecaster.update(series[-12:]).forecast(5).shape, forecaster.score(series) > 0.9)
print(backtest(forecaster, series, initial=120, step=12).errors_by_step("mase").shape)
print([one.shape for one in forecaster.fit([series, 2 * series]).forecast()])
frame = pl.DataFrame({"sales": series[:, 0]})
print(forecaster.fit(frame).forecast().shape)
dates = pl.Series("day", range(144)).cast(pl.Date)
try:
    forecaster.fit(frame.with_columns(dates))
except ImportError as error:
    print(error)
"""


def test_arrays_and_polars_frames_without_dates_need_no_pandas():
    printed, _ = run(WITHOUT_PANDAS)
    *lines, message = printed.splitlines()
    assert lines == ["(3, 1)", "(5, 1) True", "(3,)", "[(3, 1), (3, 1)]", "(3, 1)"]
    assert "'day'" in message and "pip install pandas" in message and "X.drop('day')" in message
