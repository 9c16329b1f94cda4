"""What a file may hold: the classes of skgru, and what skops is to accept beside its own list.

A file names the classes of skgru by these names, and not by their modules, so that old files stay
loadable when a class moves.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from inspect import Parameter, signature
from typing import Any

from sklearn.base import BaseEstimator

from skgru._backtest.result import BacktestResult
from skgru._backtest.results import BacktestResults
from skgru._callbacks import CALLBACK_ATTRIBUTES
from skgru._containers.long import Key, LongForm
from skgru._containers.one_hot import Categories
from skgru._containers.panel import Panel
from skgru._containers.row_order import End
from skgru._containers.table import Table
from skgru._containers.time_index import TimeIndex
from skgru._forecaster.calendar import Calendar
from skgru._forecaster.conformal import Calibration
from skgru._forecaster.covariate_effects import CovariateEffects
from skgru._forecaster.dataset import Part
from skgru._forecaster.default_regressor import DefaultRegressor
from skgru._forecaster.forecaster import SequenceForecaster
from skgru._forecaster.mean_correction import MeanCorrection
from skgru._forecaster.mixture import Mixture
from skgru._forecaster.model import ForecastModel
from skgru._forecaster.regressors import EnsembleMember
from skgru._forecaster.scaling import AutoScaler
from skgru._forecaster.scorer import ForecastScorer
from skgru._forecaster.spec import ForecastSpec
from skgru._forecaster.zero_shot_member import PretrainedNetwork, ZeroShotMember
from skgru._networks.classifier import GRUClassifier
from skgru._networks.regressor import GRURegressor
from skgru._specs import InputScaling, NetworkSpec, NetworkState, TargetScaling
from skgru._windows import SequenceWindower

# What `save` takes, beside the estimators of scikit-learn.
PUBLIC = (
    SequenceForecaster,
    GRURegressor,
    GRUClassifier,
    SequenceWindower,
    BacktestResult,
    BacktestResults,
)

CLASSES: dict[str, type] = {
    one.__name__: one
    for one in (
        *PUBLIC,
        AutoScaler,
        Calendar,
        Calibration,
        Categories,
        DefaultRegressor,
        End,
        EnsembleMember,
        ForecastModel,
        ForecastScorer,
        ForecastSpec,
        InputScaling,
        Key,
        LongForm,
        CovariateEffects,
        MeanCorrection,
        Mixture,
        NetworkSpec,
        NetworkState,
        Panel,
        Part,
        PretrainedNetwork,
        Table,
        TargetScaling,
        TimeIndex,
        ZeroShotMember,
    )
}

_MODULES = {
    "sklearn.model_selection._split": (
        "GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut "
        "PredefinedSplit RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold "
        "StratifiedKFold StratifiedShuffleSplit TimeSeriesSplit"
    ),
    "sklearn.metrics._scorer": "_MultimetricScorer _PassthroughScorer _Scorer",
    "sklearn.utils._metadata_requests": "MetadataRequest MethodMetadataRequest",
    "sklearn.gaussian_process.kernels": (
        "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation Matern Product RBF "
        "RationalQuadratic Sum WhiteKernel"
    ),
    "sklearn.gaussian_process._gpc": "_BinaryGaussianProcessClassifierLaplace",
    "sklearn.neural_network._stochastic_optimizers": "AdamOptimizer SGDOptimizer",
    "sklearn.calibration": "_CalibratedClassifier _SigmoidCalibration",
    "sklearn._loss.loss": "HalfTweedieLoss HalfTweedieLossIdentity",
    # `check_trees` looks at its arrays: scikit-learn follows the numbers of the nodes unchecked.
    "sklearn.tree._tree": "Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor": "TreePredictor",
}

# Beside the estimators, arrays and functions that skops accepts by itself.
TRUSTED = [f"{module}.{name}" for module, names in _MODULES.items() for name in names.split()]


@cache
def attributes_of(cls: type) -> tuple[frozenset[str] | None, dict[str, Any]]:
    """The attributes that a class may have, None for any, and those with a default. The defaults
    fill what a file of an earlier version lacks.
    """
    if is_dataclass(cls):
        has_default = {one.name: one.default for one in fields(cls) if one.default is not MISSING}
        return frozenset(one.name for one in fields(cls)), has_default
    if not issubclass(cls, BaseEstimator):
        return None, {}
    parameters = signature(cls).parameters.values()
    return None, {one.name: one.default for one in parameters if one.default is not Parameter.empty}


def state_of(value: Any) -> dict[str, Any]:
    """The attributes of an object of these classes, without what it computed for later, and without
    callbacks.
    """
    cls: Any = type(value)
    allowed, _ = attributes_of(cls)
    return {
        name: one
        for name, one in vars(value).items()
        if (allowed is None or name in allowed) and name not in CALLBACK_ATTRIBUTES
    }
