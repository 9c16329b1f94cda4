"""Recurrent networks as ordinary scikit-learn estimators.

Importing skgru does not import TensorFlow: that happens in the first ``fit`` or ``predict``.
"""

from skgru._forecaster import SequenceForecaster
from skgru._regressor import GRURegressor
from skgru._windowing import SequenceWindower, make_windows

__version__ = "0.1.0"

__all__ = [
    "GRURegressor",
    "SequenceForecaster",
    "SequenceWindower",
    "__version__",
    "make_windows",
]
