"""Pictures of forecasts, backtests and training, in scikit-learn's Display convention.

Each class holds the data of a picture. Its `plot` draws them, any number of times, and is the first
to import matplotlib.
"""

from skgru.plotting._backtest import BacktestDisplay
from skgru.plotting._components import ForecastComponentsDisplay
from skgru.plotting._ensemble import EnsembleWeightsDisplay
from skgru.plotting._errors_by_step import CoverageDisplay, ErrorsByStepDisplay
from skgru.plotting._forecast import ForecastDisplay
from skgru.plotting._training import TrainingHistoryDisplay

__all__ = [
    "BacktestDisplay",
    "CoverageDisplay",
    "EnsembleWeightsDisplay",
    "ErrorsByStepDisplay",
    "ForecastComponentsDisplay",
    "ForecastDisplay",
    "TrainingHistoryDisplay",
]


def __dir__() -> list[str]:
    return __all__
