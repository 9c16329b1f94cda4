"""The fits of the regressors of a forecaster, for callbacks and `verbose`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import clone
from sklearn.utils import get_tags

from skgru._callbacks import FitTask, is_shown
from skgru._fan_out import fan_out
from skgru._forecaster.dataset import Pairs
from skgru._forecaster.regressors import EnsembleMember, fit_network, fit_regressor
from skgru._networks.regressor import GRURegressor
from skgru._progress import TimeLeft


@dataclass(frozen=True)
class MemberFits:
    """What the regressors are fitted to.

    origins : (n,); is_complete : whether all targets of an origin are known, (n,); weight : (n,) or
    None; start : (n_outputs,), added to the outputs of networks from the start, or None; verbose :
    whether lines are printed; is_trial : whether this is the fit of the calibration.
    """

    pairs: Pairs
    origins: np.ndarray
    is_complete: np.ndarray
    weight: np.ndarray | None
    start: np.ndarray | None
    verbose: int
    is_trial: bool

    def fit(self, members: Any, task: FitTask | None) -> list[EnsembleMember]:
        """The members with fitted clones of their regressors. task : the fit of the forecaster,
        for callbacks and `verbose`. Without it, `joblib.parallel_config` fits them at once.
        """
        if task is None and len(members) > 1 and effective_n_jobs() > 1:
            calls = [(clone(one.regressor), one.window_length, 0) for one in members]
            lengths = [one.window_length for one in members]
            return list(map(EnsembleMember, fan_out(self._fit_one, calls, None), lengths))
        is_in_bars = task is not None and is_shown(task.estimator)
        verbose = 0 if is_in_bars else self.verbose
        fitted, time_left = [], TimeLeft()
        name = "calibration-regressor" if self.is_trial else "regressor"
        for i, member in enumerate(members):
            regressor = clone(member.regressor)
            if verbose:
                what = "calibration, regressor" if self.is_trial else "regressor"
                left = time_left.text(i / len(members))
                kind = type(regressor).__name__
                print(f"fit: {what} {i + 1} / {len(members)}, {kind}{left}", flush=True)
            if task is None:
                one = self._fit_one(regressor, member.window_length, verbose)
            else:
                with task.subtask(name).passed_to(regressor, self._takes_part(regressor)):
                    one = self._fit_one(regressor, member.window_length, verbose)
            fitted.append(EnsembleMember(one, member.window_length))
        return fitted

    def _takes_part(self, regressor: Any) -> bool:
        """Whether a regressor is fitted itself. A MultiOutputRegressor fits clones of it, and
        scikit-learn passes no callbacks to them.
        """
        n_outputs = len(self.pairs.spec.targets) * self.pairs.spec.steps_of_call
        return n_outputs == 1 or get_tags(regressor).target_tags.multi_output

    def _fit_one(self, regressor: Any, window_length: int, verbose: int) -> Any:
        origins, weight = self.origins, self.weight
        if type(regressor) is GRURegressor:
            with _printing(regressor, verbose):
                fit_network(regressor, self.pairs, origins, weight, window_length, self.start)
            return regressor
        X, y = self.pairs.at(origins[self.is_complete])
        own = None if weight is None else weight[self.is_complete]
        return fit_regressor(regressor, X[:, -window_length:], y, own)


@contextmanager
def _printing(regressor: GRURegressor, verbose: int) -> Iterator[None]:
    """The network prints lines of its epochs if the forecaster prints lines."""
    own = regressor.verbose
    regressor.set_params(verbose=max(int(own), 2 if verbose else 0))
    try:
        yield
    finally:
        regressor.set_params(verbose=own)
