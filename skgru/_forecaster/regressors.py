"""The regressors of a forecaster: scikit-learn regressors on arrays, GRURegressor on batches."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from skgru._forecaster.dataset import PairDataset, Pairs
from skgru._networks import for_forecaster
from skgru._networks.regressor import GRURegressor

# Forecast origins from whose errors the steady error of a baseline is estimated.
ORIGINS_OF_STEADY_ERROR = 400

# Variance of the errors beside their squared median at which half of the median is steady.
NOISE_OF_STEADY_ERROR = 8


@dataclass(frozen=True)
class EnsembleMember:
    """A regressor and its window length. Its windows are the end of the longest windows."""

    regressor: Any
    window_length: int


def steady_error(pairs: Pairs, origins: np.ndarray) -> np.ndarray:
    """The error of the baseline that recurs at each forecast origin of a series, (n_outputs,): what
    steady growth adds to it. It is smaller, the more the errors vary, and where growth slows down.
    A network of short training starts there, as it cannot learn so much.
    """
    # The last origins have targets at the first steps alone.
    later = np.arange(origins[max(0, len(origins) - ORIGINS_OF_STEADY_ERROR)], pairs.joined.last[0])
    _, errors = pairs.at(later)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of steps without any target
        usual = np.nan_to_num(np.nanmedian(errors, axis=0))
        variance = np.nan_to_num(np.nanvar(errors, axis=0))
    size = np.where(np.isfinite(errors), usual**2, 0).sum(axis=1)
    shares = np.nan_to_num(errors * usual).sum(axis=1) / np.maximum(size, np.finfo(float).tiny)
    lately = np.clip(np.median(shares[-max(1, len(shares) // 3) :]), 0, 1)
    noise = NOISE_OF_STEADY_ERROR * variance
    return lately * usual**3 / np.maximum(usual**2 + noise, np.finfo(float).tiny)


def _takes_windows(regressor: Any) -> bool:
    return bool(get_tags(regressor).input_tags.three_d_array)


def fit_network(
    regressor: GRURegressor,
    pairs: Pairs,
    origins: np.ndarray,
    weight: np.ndarray | None,
    window_length: int,
    start: np.ndarray | None = None,
) -> None:
    """Fit to windows that are gathered one batch at a time. start : (n_outputs,), added to all
    outputs from the start.
    """
    rows, joined = origins, pairs.joined
    if regressor.early_stopping and len(joined.first) > 1:
        # Sorted by the distance from the end of their series: early stopping holds out the end of
        # each series, and not the last series.
        rows = origins - joined.last[joined.series_of(origins)]
        order = np.argsort(rows, kind="stable")
        rows, origins = rows[order], origins[order]
        weight = None if weight is None else weight[order]
    dataset = PairDataset(pairs, origins, rows, window_length, weight)
    for_forecaster.fit_dataset(regressor, dataset, reach=pairs.spec.steps_of_call, center=start)


def train_further(
    regressor: Any, pairs: Pairs, origins: np.ndarray, weight: np.ndarray | None, window_length: int
) -> Any:
    """`partial_fit` of a fitted regressor, with windows whose targets are all known."""
    if type(regressor) is GRURegressor:
        dataset = PairDataset(pairs, origins, origins, window_length, weight)
        steps = pairs.spec.steps_of_call
        for_forecaster.fit_dataset(regressor, dataset, reach=steps, is_part=True)
        return regressor
    X, y = pairs.at(origins)
    y = y[:, 0] if y.shape[1] == 1 else y
    X = _as_taken(regressor, X[:, -window_length:])
    one = given_regressor(regressor)
    is_weighted = "sample_weight" in signature(one.partial_fit).parameters
    regressor.partial_fit(X, y, **_weight_for(one, weight if is_weighted else None))
    return regressor  # which MultiOutputRegressor.partial_fit does not


def fit_regressor(regressor: Any, X: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Any:
    """Fit to windows, which are flattened for regressors of tables. A regressor with a single
    output is cloned for each output. Weights are ignored by regressors without sample weights.
    """
    given = _weight_for(regressor, weight)
    if y.shape[1] == 1:
        y = y[:, 0]
    elif not get_tags(regressor).target_tags.multi_output:
        from sklearn.multioutput import MultiOutputRegressor

        if not hasattr(regressor, "predict"):  # before its fit, as a StackingRegressor
            raise ValueError(
                f"regressor={regressor!r} has no predict before its fit, so that it cannot be "
                f"copied for each of {y.shape[1]} outputs. Give it a final_estimator, such as "
                "RidgeCV(), or use strategy='recursive'."
            )
        if given and get_config()["enable_metadata_routing"]:
            regressor.set_fit_request(sample_weight=True)
        regressor = MultiOutputRegressor(regressor)
    return regressor.fit(_as_taken(regressor, X), y, **given)


def given_regressor(regressor: Any) -> Any:
    """The regressor of one output of a MultiOutputRegressor, else the regressor. A
    MultiOutputRegressor has `sample_weight`, but raises if its regressor has none.
    """
    from sklearn.multioutput import MultiOutputRegressor

    return regressor.estimator if isinstance(regressor, MultiOutputRegressor) else regressor


def _weight_for(regressor: Any, weight: np.ndarray | None) -> dict[str, np.ndarray]:
    """The argument `sample_weight`, if there are weights and the regressor has it."""
    if weight is None or not has_fit_parameter(regressor, "sample_weight"):
        return {}
    return {"sample_weight": weight}


def _as_taken(regressor: Any, X: np.ndarray) -> np.ndarray:
    """Windows as a regressor takes them: as float32, or flat as the rows of a table."""
    return X.astype(np.float32) if _takes_windows(regressor) else X.reshape(len(X), -1)


def predict_regressor(regressor: Any, X: np.ndarray, quantile: float | None) -> np.ndarray:
    """(n, window_length, n_channels) -> (n, n_outputs)."""
    if quantile is None and len(X) == 1 and type(regressor) is GRURegressor:
        return for_forecaster.predict_one(regressor, X)
    X = X if _takes_windows(regressor) else X.reshape(len(X), -1)
    if quantile is None:
        return np.asarray(regressor.predict(X)).reshape(len(X), -1)
    quantiles = regressor.predict_quantiles(X)  # (n, n_outputs, n_quantiles), or without n_outputs
    return quantiles[..., list(regressor.quantiles).index(quantile)].reshape(len(X), -1)
