"""Recurrent networks as ordinary scikit-learn estimators.

Importing skgru does not import TensorFlow: that happens in the first training or large prediction.
"""

from skgru._files.save_and_load import load, save
from skgru._forecaster.default_regressor import default_regressor
from skgru._forecaster.forecaster import SequenceForecaster
from skgru._networks.classifier import GRUClassifier
from skgru._networks.regressor import GRURegressor
from skgru._onnx.export import to_onnx
from skgru._sequences_as_windows import as_windows
from skgru._windows import SequenceWindower, make_windows

__version__ = "0.1.0"

__all__ = [
    "GRUClassifier",
    "GRURegressor",
    "SequenceForecaster",
    "SequenceWindower",
    "__version__",
    "as_windows",
    "default_regressor",
    "load",
    "make_windows",
    "save",
    "to_onnx",
]


def __dir__() -> list[str]:
    return __all__
