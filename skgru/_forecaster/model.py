"""Forecasting on plain arrays: scale, level, baseline, windows, one or more regressors, and back.

No data frames and no parameters to check here: `_forecaster.py` does that. A history is the rows up
to an origin, which is the last row that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone

from skgru._forecaster.baselines import baseline_of, level_of
from skgru._forecaster.dataset import (
    VALUES_AT_ONCE,
    Joined,
    Pairs,
    Part,
    inputs,
    join_series,
)
from skgru._forecaster.regressors import (
    EnsembleMember,
    _fit_network,
    fit_regressor,
    predict_regressor,
)
from skgru._forecaster.scaling import is_log, scaled, transformed
from skgru._forecaster.spec import ForecastSpec
from skgru._networks import for_forecaster
from skgru._networks.regressor import GRURegressor
from skgru._networks.scaling import fill_missing
from skgru._validation import check_representable
from skgru._windows import sliding_view

# Rows of history up to which the weights of level and baseline are a matrix worth making.
LONGEST_COMPILED_HISTORY = 2048


# Added to the mean seasonal change of a series before it is divided by, so that one that repeats
# itself does not count for all others; on a logarithmic scale, 2 % of the level.
ERROR_OFFSET = 0.02


# Changes on the scale of the network up to which a series repeats itself: rounding, no news.
REPEATS_TO = 1e-9


def tail_of(values: np.ndarray, n_rows: int, spec: ForecastSpec) -> np.ndarray:
    """A copy of the last rows, (at most n_rows, n_columns). A target that has a gap where they
    begin to matter starts with its last value before: of a single series where the window begins,
    of several where they ended before all that is seen.
    """
    tail = values[-n_rows:].copy()
    n_seen = spec.history_length if spec.is_global else spec.window_length
    for column in spec.targets:
        seen = tail[-n_seen:, column]  # a view
        if np.isnan(seen if spec.is_global else seen[:1]).all():
            before = values[: len(values) - len(seen), column]
            known = before[np.isfinite(before)]
            seen[:1] = known[-1] if len(known) else np.nan
    return tail


def _tail(part: Part, n_rows: int) -> Part:
    """The last rows of a series, and what is known after them."""
    start = max(0, len(part) - n_rows)
    return Part(part.z[start:], part.past[start:], part.known[start:], part.is_log)


def forward_filled(histories: np.ndarray) -> np.ndarray:
    """The last value carried over gaps, and NaN before the first: (n, n_rows, n_targets)."""
    has_begun = np.logical_or.accumulate(np.isfinite(histories), axis=1)
    filled = fill_missing(histories.copy(), np.full(histories.shape[2], np.nan))
    filled[~has_begun] = np.nan
    return filled


def longest_run(is_complete: np.ndarray) -> int:
    """Most True values in a row."""
    ends = np.flatnonzero(~np.concatenate([[False], is_complete, [False]]))
    return int(np.diff(ends).max() - 1)


def _too_short(spec: ForecastSpec, series: Sequence[np.ndarray], is_pretrained: bool) -> str:
    """Why no window of the series can be trained on, and what to do."""
    longest = max(map(len, series))
    run = max(longest_run(np.isfinite(values).all(axis=1)) for values in series)
    found, first = f"X has {longest} (n_samples={longest})", "Use "
    if run < longest:
        found = f"the longest such run in X has {run} (n_samples={longest})"
        first = (
            "Fill the gaps, for example by X.interpolate(), drop columns without numbers, or use "
        )
    remedies = ["a shorter window, "] if spec.window_length > 1 else []
    remedies += ["a smaller horizon, "] if spec.horizon > 1 else []
    remedies += ["pretrained='only', "] if is_pretrained else []
    return (
        f"window_length={spec.window_length} and season_length={spec.season_length} with "
        f"{spec.strategy} forecasts of horizon={spec.horizon} need at least {spec.n_rows_needed} "
        f"rows in a row without NaN, but {found}. {first}{''.join(remedies)}"
        f"{'or ' if remedies else ''}a longer series without gaps."
    )


def seasonal_error(z: np.ndarray, season_length: int) -> float:
    """Mean absolute difference between seasons, plus `ERROR_OFFSET`: (n_rows, n_targets). NaN where
    there is none.
    """
    season_length = season_length if season_length < len(z) else 1
    changes = np.abs(z[season_length:] - z[:-season_length])
    known = changes[np.isfinite(changes)]
    return float(known.mean()) + ERROR_OFFSET if len(known) else np.nan


class ForecastModel:
    """A fitted forecaster of arrays (n_rows, n_columns)."""

    def __init__(self, spec: ForecastSpec, scaler: Any, covariate_scaler: Any):
        self.spec = spec
        self.unfitted_scaler = scaler
        self.scalers: list[Any] = []
        self.covariate_scaler = covariate_scaler
        self.target_means = np.zeros(len(spec.targets))
        self.members: list[EnsembleMember] = []
        # Trained on other series, and with windows of its own. It counts as one member more, for
        # series on a logarithmic scale, as its own were; without members the baseline is left.
        self.pretrained: ForecastModel | None = None
        # Mean change from season to season up to which a series is so calm that less and less is
        # added to the baseline.
        self.least_error = 0.0
        # How much each of several series has changed from season to season.
        self.changes = np.ones(1)
        self.median_error = 1.0

    @classmethod
    def fit(
        cls,
        spec: ForecastSpec,
        series: Sequence[np.ndarray],
        scaler: Any,
        covariate_scaler: Any,
        members: Sequence[EnsembleMember],
        weighs: bool = False,
        is_trial: bool = False,
        pretrained: ForecastModel | None = None,
    ) -> ForecastModel:
        """Scalers and regressors are cloned. All series train the same regressors; with `weighs`
        those that change less from season to season count for more. A trial may have steps that no
        series teaches. Without members there is the baseline, and `pretrained`.
        """
        covariates = [*spec.past, *spec.known]
        rows = [values[:, covariates] for values in series] if covariates else []
        model = cls(
            spec, scaler, clone(covariate_scaler).fit(np.concatenate(rows)) if covariates else None
        )
        model.scalers = [model.new_scaler(values) for values in series]
        if not members or any(map(is_log, model.scalers)):
            model.pretrained = pretrained
        parts = [model.part(values, own) for values, own in zip(series, model.scalers, strict=True)]
        joined = join_series(parts, spec.history_length - 1, spec.steps_of_call)
        check_representable(joined.z, "X")
        n_known = np.maximum(np.isfinite(joined.z).sum(axis=0), 1)
        model.target_means = np.nansum(joined.z, axis=0) / n_known
        if spec.is_global:
            changes = [model.recent_seasonal_error(part.z) for part in parts]
            known = [change for change in changes if np.isfinite(change)]
            model.median_error = float(np.median(known)) if known else 1.0
            model.changes = model.median_where_unknown(changes)
        if not members:
            return model
        pairs = Pairs(spec, joined)
        origins, is_complete = pairs.usable()
        if not len(origins):
            raise ValueError(_too_short(spec, series, model.pretrained is not None))
        if not is_complete.any() and not is_trial:
            n_rows = max(map(len, series))
            _check_steps(pairs, origins, n_rows, model.pretrained is not None)
        weight = None
        if weighs:
            changes = [seasonal_error(part.z, spec.season_length) for part in parts]
            weights = model.median_where_unknown(changes) ** -0.5
            weight = weights.astype(np.float32)[joined.series_of(origins)]
        del parts
        takes_rows = any(type(member.regressor) is not GRURegressor for member in members)
        if takes_rows and not is_complete.any():
            raise ValueError(
                f"No series of X has {spec.least_history + spec.steps_of_call} rows in a row, as "
                f"{spec.strategy} forecasts of horizon={spec.horizon} need with season_length="
                f"{spec.season_length}; the longest has {max(map(len, series))} (n_samples). Use a "
                "smaller horizon, or a GRURegressor, which learns from the steps that are known."
            )
        for member in members:
            regressor = clone(member.regressor)
            if type(regressor) is GRURegressor:
                _fit_network(regressor, pairs, origins, weight, member.window_length)
            else:
                X, y = pairs.at(origins[is_complete])
                own = None if weight is None else weight[is_complete]
                regressor = fit_regressor(regressor, X[:, -member.window_length :], y, own)
            model.members.append(EnsembleMember(regressor, member.window_length))
        return model

    @property
    def regressors(self) -> list[Any]:
        own = [member.regressor for member in self.members]
        return own if self.pretrained is None else own + self.pretrained.regressors

    @property
    def history_length(self) -> int:
        """Rows that a forecast looks back on."""
        own = self.spec.history_length
        return own if self.pretrained is None else max(own, self.pretrained.spec.history_length)

    def new_scaler(self, values: np.ndarray) -> Any:
        """A scaler fitted to the targets of a series (n_rows, n_columns)."""
        if self.unfitted_scaler is None:
            return None
        return clone(self.unfitted_scaler).fit(values[:, self.spec.targets])

    def recent_seasonal_error(self, z: np.ndarray) -> float:
        """`seasonal_error`, the geometric mean of that of all rows and that of those which a
        forecast sees, with the season before them: what a series did long ago says less of its
        errors, and a few rows say little.
        """
        season_length = self.spec.season_length
        lately = seasonal_error(z[-(self.spec.history_length + season_length) :], season_length)
        return float(np.sqrt(lately * seasonal_error(z, season_length)))

    def median_where_unknown(self, changes: Sequence[float]) -> np.ndarray:
        """Where a series is too short to tell how much it changes, what is usual."""
        return np.where(np.isnan(changes), self.median_error, changes)

    def scaler_for(self, values: np.ndarray) -> Any:
        """Of several series each has a scale of its own, also one that comes later."""
        return self.new_scaler(values) if self.spec.is_global else self.scalers[0]

    def part(
        self, values: np.ndarray, scaler: Any, known: np.ndarray | None = None, z: Any = None
    ) -> Part:
        """A series (n_rows, n_columns) as the regressors see it. known : (n_more, n_known), what is
        known after its last row; z : its scaled targets, where they have been made before.
        """
        spec, n_past = self.spec, len(self.spec.past)
        z = scaled(scaler, values[:, spec.targets]) if z is None else z
        if self.covariate_scaler is None:
            return Part(z, values[:, :0], values[:, :0], is_log(scaler))
        columns = values[:, [*spec.past, *spec.known]]
        if known is not None and len(known):
            more = np.hstack([np.full((len(known), n_past), np.nan), known])
            columns = np.concatenate([columns, more])
        covariates = transformed(self.covariate_scaler, columns, "covariates")
        return Part(z, covariates[: len(values), :n_past], covariates[:, n_past:])

    def forecast_rows(self, part: Part, origins: np.ndarray) -> np.ndarray:
        """What follows each origin of one series, scaled: (n_origins, horizon, n_targets). NaN
        where the columns known in advance are not known far enough.
        """
        steps, share = self.spec.horizon, self._share_of(part)
        own = self._forecast_rows(part, origins, steps)
        if share == 0 or self.pretrained is None:
            return own
        return own + share * (self.pretrained._forecast_rows(part, origins, steps) - own)

    def _share_of(self, part: Part) -> float:
        """Of the pretrained networks in the forecast of a series: that of one member."""
        return 1 / (1 + len(self.members)) if self.pretrained is not None and part.is_log else 0

    def _forecast_rows(self, part: Part, origins: np.ndarray, steps: int) -> np.ndarray:
        joined = join_series([part], self.spec.history_length - 1, self._n_after(steps))
        return self._forecast_at(joined, origins + joined.first[0], steps, None)

    def forecast_after(
        self, parts: Sequence[Part], steps: int, quantile: float | None = None
    ) -> np.ndarray:
        """What follows the last row of each series, scaled: (n_series, steps, n_targets); or a
        quantile of it, of regressors that learned it.
        """
        shares = np.array([self._share_of(part) for part in parts])
        own = self._forecast_after(parts, steps, quantile)
        if not shares.any() or self.pretrained is None:
            return own
        pretrained = self.pretrained._forecast_after(parts, steps, None)
        return own + shares[:, np.newaxis, np.newaxis] * (pretrained - own)

    def _forecast_after(
        self, parts: Sequence[Part], steps: int, quantile: float | None
    ) -> np.ndarray:
        length = self.spec.history_length
        z = parts[0].z
        if len(parts) == 1 and self.covariate_scaler is None and len(z) >= length:
            # One forecast: a slice, without the view of all windows.
            return self._roll(
                z[np.newaxis, -length:].copy(), None, np.zeros(1, int), steps, quantile
            )
        tails = [_tail(part, length) for part in parts]
        joined = join_series(tails, length - 1, self._n_after(steps))
        return self._forecast_at(joined, joined.last, steps, quantile)

    def _n_after(self, steps: int) -> int:
        """Rows after an origin that its forecasts look at, all calls together."""
        return -(-steps // self.spec.steps_of_call) * self.spec.steps_of_call

    def _forecast_at(
        self, joined: Joined, origins: np.ndarray, steps: int, quantile: float | None
    ) -> np.ndarray:
        length = self.spec.history_length
        view = sliding_view(joined.z, length)
        at_once = max(1, VALUES_AT_ONCE // ((length + steps) * joined.z.shape[1]))
        window_length = self.spec.window_length
        carried = None if self.spec.is_global else forward_filled(joined.z[np.newaxis])[0]
        pieces = []
        for start in range(0, len(origins), at_once):
            piece = origins[start : start + at_once]
            histories = view[piece - length + 1].copy()
            if carried is not None:  # a gap where the window begins is no missing past
                histories[:, -window_length] = carried[piece - window_length + 1]
            pieces.append(self._roll(histories, joined, piece, steps, quantile))
        return np.concatenate(pieces)

    def _roll(
        self,
        histories: np.ndarray,
        joined: Joined | None,
        origins: np.ndarray,
        steps: int,
        quantile: float | None,
    ) -> np.ndarray:
        """histories : (n_origins, history_length, n_targets), which are changed; joined : where
        covariates are read.
        """
        spec, length = self.spec, self.spec.window_length
        n_targets = len(spec.targets)
        # Where too little is known there is nothing to go by: the baseline alone.
        if spec.is_global:
            rows_before = histories[:, : spec.history_length - spec.least_history + 1]
            is_short = np.isnan(rows_before).all(axis=1).any(axis=1)
            histories = forward_filled(histories)
        else:
            is_short = np.isnan(histories[:, -length]).any(axis=1)
            histories[:, -length:] = fill_missing(histories[:, -length:], self.target_means)
        is_compiled = quantile is None and self._rolls_compiled(histories, steps)
        if is_compiled and not is_short.any():
            return self._roll_compiled(histories[0], joined, int(origins[0]), steps)[np.newaxis]
        forecasts: list[np.ndarray] = []
        for ahead in range(0, steps, spec.steps_of_call):
            windows = histories[:, -length:]
            if spec.is_global:
                windows = fill_missing(windows.copy(), self.target_means)
            X, level, baseline = inputs(spec, histories, windows, joined, origins, ahead)
            # A history too short for a season is forecast by its level.
            baseline = np.where(
                np.isnan(baseline), level if spec.level else windows[:, -1:], baseline
            )
            is_known = np.ones(len(X), bool)
            if spec.known:
                future = X[:, -1, -len(spec.known) :]  # the row of the last step
                is_known = ~np.isnan(future).any(axis=1)
            X = fill_missing(X, np.zeros(X.shape[2]))
            difference = self._median(X, quantile).reshape(len(X), spec.steps_of_call, n_targets)
            difference[is_short] = 0
            if spec.is_global:
                difference *= self._share_of_correction(histories)[:, np.newaxis]
            now = np.where(is_known[:, np.newaxis, np.newaxis], baseline + difference, np.nan)
            forecasts.append(now)
            if ahead + spec.steps_of_call < steps:
                histories = np.concatenate([histories, now], axis=1)[:, -spec.history_length :]
        return np.concatenate(forecasts, axis=1)[:, :steps]

    def _share_of_correction(self, histories: np.ndarray) -> np.ndarray:
        """What share of the difference is added to the baseline, (n_origins, n_targets): nothing
        where a target has repeated itself, season after season, in all that is seen; less than all
        where it has changed less than `least_error`.
        """
        spec, m = self.spec, self.spec.season_length
        has_seasons = m == 1 or spec.baseline in ("seasonal", "profile")
        n_origins, n_rows, n_targets = histories.shape
        if spec.past or spec.known or not has_seasons or n_rows < 2 * m:
            return np.ones((n_origins, n_targets))
        changes = np.abs(histories[:, m:] - histories[:, :-m])
        is_known = np.isfinite(changes)
        n_known = is_known.sum(axis=1)
        sizes = np.where(is_known, changes, 0)
        share = np.ones((n_origins, n_targets))
        if self.least_error:
            share = np.minimum(1, sizes.sum(axis=1) / np.maximum(n_known, 1) / self.least_error)
        share[sizes.max(axis=1) <= REPEATS_TO] = 0
        share[n_known < m] = 1  # too short to tell
        return share

    def _rolls_compiled(self, histories: np.ndarray, steps: int) -> bool:
        """Whether a network alone can feed its forecasts back, without leaving its program."""
        return (
            len(histories) == len(self.members) == 1
            and isinstance(self.members[0].regressor, GRURegressor)
            and self.members[0].window_length == self.spec.window_length
            and steps > self.spec.steps_of_call
            and self.spec.history_length <= LONGEST_COMPILED_HISTORY
            and not np.isnan(histories).any()
        )

    def _roll_compiled(
        self, history: np.ndarray, joined: Joined | None, origin: int, steps: int
    ) -> np.ndarray:
        spec, length = self.spec, self.spec.window_length
        # Level and baseline are linear in the history: what they make of unit vectors is their
        # weights.
        units = np.eye(len(history))[:, :, np.newaxis]
        level = level_of(units[:, -length:], spec.level, spec.season_length)
        baseline = baseline_of(units, level, spec)  # (n_rows, steps_of_call, 1)
        naive = {"level": level[:, 0, 0], "baseline": baseline[:, :, 0].T}
        if spec.known and joined is not None:
            aheads = np.arange(0, steps, spec.steps_of_call)
            moved = sliding_view(joined.known, length)
            first = origin + aheads - length + 1
            windows = [moved[first + offset] for offset in spec.offsets]
            is_known = np.flatnonzero(np.isnan(windows[-1][:, -1]).any(axis=1))
            n_known = is_known[0] if len(is_known) else len(aheads)
            naive["known"] = fill_missing(
                np.concatenate(windows, axis=2), np.zeros(len(spec.known) * len(windows))
            )
        else:
            n_known = -(-steps // spec.steps_of_call)
        rolled = for_forecaster.roll_on(self.members[0].regressor, history, steps, **naive)
        rolled[n_known * spec.steps_of_call :] = np.nan
        return rolled

    def _median(self, X: np.ndarray, quantile: float | None) -> np.ndarray:
        """(n, window_length, n_channels) -> (n, n_outputs); nothing to add without members."""
        if not self.members:
            return np.zeros((len(X), self.spec.steps_of_call * len(self.spec.targets)))
        every = [
            predict_regressor(member.regressor, X[:, -member.window_length :], quantile)
            for member in self.members
        ]
        return every[0] if len(every) == 1 else np.median(every, axis=0)


def _check_steps(pairs: Pairs, origins: np.ndarray, n_rows: int, is_pretrained: bool) -> None:
    """Raises ValueError where no series is long enough to teach the far steps of a forecast."""
    spec = pairs.spec
    taught = [np.isfinite(pairs.at(piece)[1]).any(axis=0) for piece in pairs.pieces(origins)]
    steps = np.any(taught, axis=0).reshape(spec.steps_of_call, -1).all(axis=1)
    if not steps.all():
        n_taught = int(steps.argmin())
        raise ValueError(
            f"horizon={spec.horizon} is too far for X: its series teach the first {n_taught} steps "
            f"only, as a forecast needs {spec.least_history} rows before it and the longest series "
            f"has {n_rows} (n_samples). Use horizon={max(1, n_taught)} or less, longer series, "
            + ("pretrained='only', " if is_pretrained else "")
            + "or strategy='recursive'."
        )
