"""SequenceForecaster: from a series to its forecast, in the series' own form and units.

Here parameters are checked and every "auto" is decided. Containers are read and written in
`_series.py`, numbers are worked out in `_forecasting.py`.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble._base import _set_random_states
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from skgru._forecasting import ForecastModel, Plan
from skgru._regressor import GRURegressor
from skgru._scaling import AutoScaler
from skgru._series import Table, as_series, is_list_of_series
from skgru._validation import Instance, Number, at_least, real_between, remember_features
from skgru._windowing import as_table


def default_regressor(n_rows: int, season_length: int) -> GRURegressor:
    """A small network that starts at the baseline, and learns more the longer the series is.

    On short series fifty small steps beat the baseline, and more carry past growth on: on the M1
    and Tourism monthly series 150 steps lose what 50 have won (benchmarks/default_forecast.py).
    Without a season the baseline is only the last value, and some hundred rows are enough to learn
    more than that (benchmarks/default_forecast.py cycles).
    """
    is_short = n_rows < (500 if season_length > 1 else 200)
    if is_short:
        epochs = max(1, round(1600 / n_rows))
    else:
        epochs = 10 if n_rows < 500 else 32 if n_rows < 10_000 else 8
    return GRURegressor(
        16,
        highway=True,
        output_initializer="zeros",
        epochs=epochs,
        batch_size=32,
        learning_rate=3e-4 if is_short else 3e-3,
        clipnorm=1.0,
        normalize_y=False,
    )


class SequenceForecaster(BaseEstimator):
    """Forecast a series in one line: `SequenceForecaster(horizon=12).fit(series).forecast()`.

    The series is scaled, its level is taken out of each window, and a regressor learns how it
    departs from a naive forecast. Answers come in the units, the type, the columns and with the
    continued index of what was given.

    Parameters
    ----------
    regressor : estimator or None, default=None
        Any scikit-learn regressor; windows are flattened for those that take tables. None: a small
        GRURegressor that is trained more on longer series.

    window_length : int or "auto", default="auto"
        Rows of history in a window. "auto": two seasons, or 24 without a season, less for short
        series.

    horizon : int, default=1
        Rows that `predict` looks ahead, and that a direct network gives at once. At least 1.

    season_length : int or None, default=None
        Rows in a season (12 for monthly data), 1 for none. None: by the frequency of the index,
        where it has one.

    scaler : transformer, None or "auto", default="auto"
        Transformer with `inverse_transform`, fitted to the target columns. "auto": logarithm of
        positive columns, log(1 + x) with zeros, standardised with negatives. Covariates are scaled
        by a clone of it; with "auto" or None they are standardised.

    level : {"auto", "mean", "last"} or None, default="auto"
        What is subtracted from each window: the mean of its last season, its last value, or
        nothing. "auto": "mean" with a season, else "last".

    baseline : {"auto", "last", "seasonal", "profile"} or None, default="auto"
        Naive forecast whose errors are learned: the last value, the value a season ago, or the
        mean course of the last three seasons at the level of the last half season. None: the
        level. "auto": "profile" with a season, else "last".

    strategy : {"direct", "recursive"}, default="direct"
        "direct": one network with `horizon` outputs. "recursive": one step, fed back as history.

    target : str, int, sequence of them or None, default=None
        Names or positions of the columns to forecast. None: all that are not `known`. Other columns
        are seen up to the origin only.

    known : str, int, sequence of them or None, default=None
        Columns known in advance (calendar, price), given for the future through `future`.

    n_estimators : int, default=1
        Regressors with seeds of their own, whose median is the forecast.

    calibration_fraction : float, default=0.0
        Last part of the series that intervals are calibrated on, in [0, 1). 0: no intervals. The
        regressor is then fitted again on everything.

    random_state : int, RandomState instance or None, default=None
        Seeds of the regressors. None leaves the regressor's own.

    Attributes
    ----------
    window_length_, season_length_, level_, baseline_ : int, int, str or None, str or None
        What "auto" chose.

    scaler_ : transformer or None
        The fitted scaler of the targets.

    regressors_ : list of estimators
        The fitted regressors.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Their names. Only where they are strings.

    See Also
    --------
    GRURegressor : The network alone, for pipelines.
    skgru.model_selection.backtest : Forecasts from rolling origins.

    Notes
    -----
    An origin is the last known row of a forecast. With z the scaled series, l the level of the
    window that ends at origin t and b the baseline, the regressor f is fitted to
    z[t+k] - b[t, k] = f(z[t-L+1 .. t] - l), k = 1 .. horizon.

    `predict(X)` and `forecast(X=X)` take what came before X from the training series where X's
    index goes on from its last row. Rows without an index (arrays) are taken to follow the training
    series, unless they begin with its first `window_length` rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import SequenceForecaster
    >>> series = np.sin(np.arange(120) * 2 * np.pi / 12).reshape(-1, 1) + 2
    >>> forecaster = SequenceForecaster(horizon=6, season_length=12, random_state=0).fit(series)
    >>> forecaster.forecast(6).round(1)[:, 0]
    array([2. , 2.5, 2.9, 3. , 2.9, 2.5])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "regressor": [None, Instance(["fit", "predict"])],
        "window_length": [at_least(1), StrOptions({"auto"})],
        "horizon": [at_least(1)],
        "season_length": [at_least(1), None],
        "scaler": [
            Instance(["fit", "transform", "inverse_transform"]),
            StrOptions({"auto"}),
            None,
        ],
        "level": [StrOptions({"auto", "mean", "last"}), None],
        "baseline": [StrOptions({"auto", "last", "seasonal", "profile"}), None],
        "strategy": [StrOptions({"direct", "recursive"})],
        "target": [str, Integral, "array-like", None],
        "known": [str, Integral, "array-like", None],
        "n_estimators": [at_least(1)],
        "calibration_fraction": [real_between(0, 1, closed="left")],
        "random_state": [
            Number(Integral, 0, 2**32 - 1, closed="both"),
            np.random.RandomState,
            None,
        ],
    }

    def __init__(
        self,
        regressor=None,
        *,
        window_length="auto",
        horizon=1,
        season_length=None,
        scaler="auto",
        level="auto",
        baseline="auto",
        strategy="direct",
        target=None,
        known=None,
        n_estimators=1,
        calibration_fraction=0.0,
        random_state=None,
    ):
        self.regressor = regressor
        self.window_length = window_length
        self.horizon = horizon
        self.season_length = season_length
        self.scaler = scaler
        self.level = level
        self.baseline = baseline
        self.strategy = strategy
        self.target = target
        self.known = known
        self.n_estimators = n_estimators
        self.calibration_fraction = calibration_fraction
        self.random_state = random_state

    def fit(self, X, y=None):
        """Fit scaler and regressors to a series, or to several at once.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame, or \
                a list of such series
            The series, oldest row first. NaN is passed over. In a list, 1-D arrays are series too,
            and all of them train the same regressors.

        y : None
            Ignored: what is forecast are columns of X. A Series or DataFrame brings a warning.

        Returns
        -------
        SequenceForecaster
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of range, a column is not in X, the index has no regular step, or
            the series is too short.
        """
        self._validate_params()
        tables, is_list = self._read(X)
        plan = self._plan(tables)
        # scikit-learn's own checks give arrays as y to all that they fit; a Series comes from
        # somebody who means it.
        if y is not None and y is not X and hasattr(y, "to_numpy"):
            forecast = [tables[0].columns[i] for i in plan.targets]
            warnings.warn(
                f"y is ignored: a {type(y).__name__} of shape {y.shape} was given, but what is "
                f"forecast are columns {forecast} of X. Leave y out, or make it a column of X and "
                "name it in target.",
                UserWarning,
                stacklevel=2,
            )
        series = [table.values for table in tables]
        regressors = self._regressors(min(map(len, series)), plan.season_length)
        errors = None
        if self.calibration_fraction:
            held_out = [_n_held_out(len(values), self.calibration_fraction) for values in series]
            shortened = [v[:-n] for v, n in zip(series, held_out, strict=True)]
            n_needed, n_left = plan.n_rows_needed, max(map(len, shortened))
            if n_left < n_needed:
                raise ValueError(
                    f"calibration_fraction={self.calibration_fraction} leaves {n_left} rows to fit "
                    f"a first forecaster on, but window_length={plan.window_length} and horizon="
                    f"{plan.horizon} need at least {n_needed}, and X has "
                    f"n_samples={max(map(len, series))}. Use a smaller fraction or a longer series."
                )
            trial = self._fit_model(plan, shortened, regressors)
        model = self._fit_model(plan, series, regressors)
        if self.calibration_fraction:
            parts = [
                _errors_of(trial, model, values, n)
                for values, n in zip(series, held_out, strict=True)
            ]
            errors = np.concatenate(parts)
        n_kept = plan.history_length + 1
        tails = [replace(table, values=table.values[-n_kept:].copy()) for table in tables]
        self.__dict__.update(
            _model=model,
            _plan_=plan,
            _is_list=is_list,
            _errors=errors,
            _n_rows=[len(values) for values in series],
            _first_rows=[values[: plan.window_length].copy() for values in series],
            _tails=tails,
            _scaled_tails=[model.scale(tail.values[:, plan.targets]) for tail in tails],
            window_length_=plan.window_length,
            season_length_=plan.season_length,
            level_=plan.level,
            baseline_=plan.baseline,
            scaler_=model.scaler,
            regressors_=model.regressors,
        )
        names = tables[0].names
        remember_features(
            self, None if names is None else np.asarray(names, dtype=object), series[0].shape[1]
        )
        return self

    def predict(self, X):
        """What was forecast after each row of X, for the next `horizon` rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
            The series, with the columns of `fit`. What came before it is taken from the training
            series where X goes on from there (see Notes of the class).

        Returns
        -------
        array-like of shape (n_samples,) or (n_samples, horizon * n_targets)
            Row t holds the forecasts of rows t + 1 .. t + horizon, time-major, in X's form and
            under X's index, with columns `{target}_step{k}`. NaN where columns known in advance
            would be needed for rows after X's last.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other columns than in `fit`, or is what `fit` refuses.
        """
        check_is_fitted(self)
        table = self._read_new(X)
        forecasts = self._row_by_row(table)
        steps = range(1, self._plan_.horizon + 1)
        names = [f"{name}_step{k}" for k in steps for name in self._target_names]
        flat = forecasts.reshape(len(table), -1)
        return table.rows.frame(flat, names, table.rows.index, flat.shape[1] == 1)

    def score(self, X, y=None):
        """Coefficient of determination R² of `predict` over the rows whose future lies in X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame
            The series.

        y : None
            Ignored.

        Returns
        -------
        float
            Averaged over steps and targets. 1 is perfect.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If fewer than two rows can be scored.
        """
        check_is_fitted(self)
        table = self._read_new(X)
        actual = _following(table.values[:, self._plan_.targets], self._plan_.horizon)
        # Windows that reach back before all that is known are filled, and not scored.
        first = max(0, self._plan_.window_length - 1 - len(self._context(table)))
        predicted = self._row_by_row(table).reshape(len(table), -1)
        actual = actual.reshape(len(table), -1)
        rows = np.isfinite(actual).all(axis=1) & np.isfinite(predicted).all(axis=1)
        rows[:first] = False
        if rows.sum() < 2:
            raise ValueError(
                f"X has {len(table)} rows, of which {rows.sum()} can be scored: "
                f"window_length={self._plan_.window_length} and horizon={self._plan_.horizon} need "
                "at least two rows with a complete window before and horizon rows after them. Use "
                "a longer series, a shorter window or a smaller horizon."
            )
        return r2_score(actual[rows], predicted[rows])

    def forecast(self, steps=None, X=None, future=None):
        """Forecast the rows after the training series, or after X.

        Parameters
        ----------
        steps : int or None, default=None
            Rows to forecast. None means `horizon`. Beyond it, forecasts are fed back as history.

        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list, default=None
            Series to go on from. None: the training series.

        future : array-like of shape (steps, n_known), DataFrame or None, default=None
            The `known` columns for the rows to forecast; with strategy="direct" for all rows of the
            last block of `horizon` rows. Rows beyond them are not read.

        Returns
        -------
        array-like of shape (steps, n_targets)
            In the form of the series: a Series for a Series, with the index continued. A list for a
            list.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If `future` is missing, short or belongs to other rows, or `steps` reaches further than
            covariates are known.
        """
        tables, pasts, steps = self._origins(steps, X)
        scaled = self._scaled_tails if X is None else [None] * len(tables)
        aheads = self._futures(future, tables)
        answers = []
        for table, past, z, ahead in zip(tables, pasts, scaled, aheads, strict=True):
            known = self._known_rows(ahead, steps, table)
            values = self._model.forecast(past, np.array([len(past) - 1]), known, steps, z)[0]
            answers.append(self._answer(values, self._target_names, table, steps))
        return answers if self._is_list else answers[0]

    def forecast_interval(self, steps=None, coverage=0.9, X=None, future=None):
        """Intervals that hold what comes with probability `coverage`, step by step.

        Parameters
        ----------
        steps : int or None, default=None
            Rows to forecast, at most `horizon`, the steps that were calibrated. None means
            `horizon`.

        coverage : float, default=0.9
            Share of the actual values that should lie inside, in (0, 1).

        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list, default=None
            Series to go on from. None: the training series.

        future : array-like of shape (steps, n_known), DataFrame or None, default=None
            The `known` columns for the rows to forecast, as in `forecast`.

        Returns
        -------
        array-like of shape (steps, n_targets, 2)
            Lower and upper bound. For data frames and Series a DataFrame with columns
            `{target}_lower`, `{target}_upper`. A list for a list.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If nothing was calibrated, or `coverage` needs more calibration rows than there are.

        Notes
        -----
        Split conformal prediction: at each step ahead, bounds lie a quantile of the calibration
        errors from the forecast, on the scale of the network, so that with a logarithm they grow
        with the level. Errors k steps ahead of neighbouring origins resemble each other, so n of
        them count as n / sqrt(k): without that, far steps of short series are covered too seldom.

        Without calibration, a regressor of quantiles gives the bounds: its quantiles
        (1 - coverage) / 2 and (1 + coverage) / 2, which it must have learned.

        References
        ----------
        Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), Distribution-free predictive inference
        for regression, doi:10.1080/01621459.2017.1307116.
        """
        check_is_fitted(self)
        if not real_between(0, 1, closed="neither").is_satisfied_by(coverage):
            raise ValueError(
                f"coverage={coverage!r} must be a float between 0 and 1, both excluded: the share "
                "of actual values that the interval should hold."
            )
        quantiles = self._interval_quantiles(coverage)
        radius = None if quantiles else self._radius(coverage)  # (horizon, n_targets)
        tables, pasts, steps = self._origins(steps, X)
        n_steps = self._plan_.steps_of_call if quantiles else self._plan_.horizon
        if steps > n_steps:
            raise ValueError(
                f"steps={steps} is more than the {n_steps} steps ahead that intervals were learned "
                "for. Fit with a larger horizon."
            )
        answers = []
        for table, past, ahead in zip(tables, pasts, self._futures(future, tables), strict=True):
            known = self._known_rows(ahead, steps, table)
            origin = np.array([len(past) - 1])
            if radius is None:
                scaled = [
                    self._model.forecast_scaled(past, origin, known, steps, quantile)[0]
                    for quantile in quantiles
                ]
            else:
                middle = self._model.forecast_scaled(past, origin, known, steps)[0]
                scaled = [middle - radius[:steps], middle + radius[:steps]]
            sides = [self._model.restore(side) for side in scaled]
            bounds = np.sort(np.stack(sides, axis=-1), axis=-1)  # a scaler may turn the axis
            if table.rows.library == "numpy":
                answers.append(bounds)
                continue
            names = [f"{name}_{side}" for name in self._target_names for side in ("lower", "upper")]
            answers.append(self._answer(bounds.reshape(steps, -1), names, table, steps))
        return answers if self._is_list else answers[0]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    @property
    def _target_names(self) -> list[str]:
        columns = self._tails[0].columns
        return [columns[i] for i in self._plan_.targets]

    def _read(self, X: Any) -> tuple[list[Table], bool]:
        if not is_list_of_series(X):
            return [as_series(X, self)], False
        # In a list, one dimension is a series.
        lone = [one.reshape(-1, 1) if getattr(one, "ndim", 0) == 1 and isinstance(one, np.ndarray)
                else one for one in X]  # fmt: skip
        tables = [as_series(one, self) for one in lone]
        self._check_columns(tables, tables[0])
        return tables, True

    def _check_columns(self, tables: list[Table], like: Table) -> None:
        """All series of a list have the columns of one, in its order; Series may have any name."""
        for i, table in enumerate(tables):
            n, n_wanted = table.values.shape[1], like.values.shape[1]
            named = table.names is not None and like.names is not None and n_wanted > 1
            if n != n_wanted or (named and table.names != like.names):
                raise ValueError(
                    f"Series {i} of the list X has columns {table.columns}, but others have "
                    f"{like.columns}. Give all series the same columns in the same order."
                )

    def _read_new(self, X: Any) -> Table:
        if is_list_of_series(X):
            raise ValueError(
                f"X is a list of {len(X)} series, but rows can be aligned with one only. Call the "
                "method for each of them; only fit and forecast take lists."
            )
        table = as_series(X, self, usual=self._tails[0].rows.freq)
        columns = as_table(X) if table.rows.time is None else X.drop(table.rows.time)
        validate_data(self, columns, reset=False, skip_check_array=True)
        return table

    def _plan(self, tables: list[Table]) -> Plan:
        n_columns = tables[0].values.shape[1]
        known = self._columns("known", self.known, tables[0], [])
        rest = [i for i in range(n_columns) if i not in known]
        targets = self._columns("target", self.target, tables[0], rest)
        if both := sorted(set(known) & set(targets)):
            names = [tables[0].columns[i] for i in both]
            raise ValueError(
                f"Columns {names} are named by target and by known, but what is known in advance "
                "need not be forecast. Leave them out of one of the two."
            )
        if not targets:
            raise ValueError(
                f"target={self.target!r} with known={self.known!r} leaves no column of X to "
                "forecast. Name at least one in target, or leave it None."
            )
        past = [i for i in rest if i not in targets]
        horizon, n_rows = int(self.horizon), min(map(len, tables))
        if past and self.strategy == "recursive" and horizon > 1:
            names = [tables[0].columns[i] for i in past]
            raise ValueError(
                f"strategy='recursive' with horizon={horizon} needs columns {names} for rows that "
                "are not known yet. Use strategy='direct', name them in known, or forecast them "
                "too (target=None)."
            )
        steps = horizon if self.strategy == "direct" else 1
        season_length = self.season_length or tables[0].rows.season_length
        if self.season_length is None and n_rows < 2 * season_length + steps:
            season_length = 1
        if self.baseline in ("seasonal", "profile") and season_length == 1:
            raise ValueError(
                f"baseline={self.baseline!r} needs a season, but season_length is 1. Give "
                "season_length (12 for monthly data), or use baseline='last'."
            )
        window_length = self.window_length
        if window_length == "auto":
            n_complete = min(longest_run(np.isfinite(t.values).all(axis=1)) for t in tables)
            window_length = auto_window_length(n_complete, steps, season_length)
        has_season = 1 < season_length and n_rows > 2 * season_length
        level, baseline = ("mean", "profile") if has_season else ("last", "last")
        return Plan(
            window_length=int(window_length),
            horizon=horizon,
            season_length=int(season_length),
            level=level if self.level == "auto" else self.level,
            baseline=baseline if self.baseline == "auto" else self.baseline,
            strategy=self.strategy,
            targets=tuple(targets),
            past=tuple(past),
            known=tuple(known),
        )

    def _columns(self, parameter: str, chosen: Any, table: Table, default: list[int]) -> list[int]:
        """Positions of the columns that `target` or `known` names."""
        if chosen is None:
            return default
        if isinstance(chosen, set | frozenset | dict):
            raise ValueError(
                f"{parameter}={chosen!r} has no order. Give a list of names or positions."
            )
        is_one = isinstance(chosen, str | Integral)
        positions, n_columns = [], table.values.shape[1]
        for one in [chosen] if is_one else list(chosen):
            if isinstance(one, str) and table.names is not None and one in table.names:
                positions.append(table.names.index(one))
            elif Number(Integral, 0, n_columns, closed="left").is_satisfied_by(one):
                positions.append(int(one))
            elif (
                isinstance(one, str)
                and table.is_single
                and table.names is None
                and table.labels is None
            ):
                raise ValueError(
                    f"{parameter}={chosen!r} names {one!r}, but X is a Series without a name. Give "
                    f"it one, X.rename({one!r}), or leave {parameter} None."
                )
            else:
                raise ValueError(
                    f"{parameter}={chosen!r} names {one!r}, which is no column of X. Its columns "
                    f"are {table.columns if table.names else f'0 to {n_columns - 1}, unnamed'}."
                )
        if len(set(positions)) < len(positions):
            raise ValueError(f"{parameter}={chosen!r} names a column twice. Name each once.")
        return positions

    def _regressors(self, n_rows: int, season_length: int) -> list[Any]:
        template: Any = self.regressor
        if template is None:
            template = default_regressor(n_rows, season_length)
        regressors = [clone(template) for _ in range(self.n_estimators)]
        seed = self.random_state
        if seed is None and self.n_estimators > 1:
            own = getattr(template, "random_state", None)
            # From the operating system: numpy's global state is not ours to move.
            fresh = np.random.SeedSequence().generate_state(1)[0]
            seed = own if isinstance(own, Integral) else int(fresh)
        if seed is not None:
            random = check_random_state(seed)
            for regressor in regressors:
                _set_random_states(regressor, random)
        return regressors

    def _fit_model(
        self, plan: Plan, series: list[np.ndarray], regressors: list[Any]
    ) -> ForecastModel:
        scaler = AutoScaler() if isinstance(self.scaler, str) else self.scaler
        covariate_scaler = self.scaler if hasattr(self.scaler, "fit") else StandardScaler()
        return ForecastModel.fit(plan, series, scaler, covariate_scaler, regressors)

    def _context(self, table: Table) -> np.ndarray:
        """Rows before the table that are known: the end of the training series, or none."""
        tail, first = self._tails[0], self._first_rows[0]
        nothing = table.values[:0]
        if self._is_list:
            return nothing
        if table.rows.index is not None and tail.rows.index is not None:
            return tail.values if tail.rows.is_followed_by(table.rows) else nothing
        n = min(len(table), len(first))
        is_in_sample = np.array_equal(table.values[:n], first[:n], equal_nan=True)
        return nothing if is_in_sample else tail.values

    def _row_by_row(self, table: Table) -> np.ndarray:
        """(n_rows, horizon, n_targets)"""
        context = self._context(table)
        values = np.concatenate([context, table.values])
        origins = np.arange(len(context), len(values))
        known = np.empty((0, len(self._plan_.known)))
        return self._model.forecast(values, origins, known, self._plan_.horizon)

    def _origins(self, steps: Any, X: Any) -> tuple[list[Table], list[np.ndarray], int]:
        """Series that forecasts go on from, their rows with context, and the steps."""
        check_is_fitted(self)
        steps = self._plan_.horizon if steps is None else steps
        if not at_least(1).is_satisfied_by(steps):
            raise ValueError(f"steps={steps!r} must be an int of at least 1: the rows to forecast.")
        if self._plan_.past and steps > self._plan_.steps_of_call:
            names = [self._tails[0].columns[i] for i in self._plan_.past]
            raise ValueError(
                f"steps={steps} is more than horizon={self._plan_.steps_of_call}, and columns "
                f"{names} are not known for the rows after it. Fit with a larger horizon, name "
                "them in known, or forecast them too (target=None)."
            )
        if X is None:
            return self._tails, [table.values for table in self._tails], int(steps)
        if self._is_list:
            tables, _ = self._read(X)
            self._check_columns(tables, self._tails[0])
            pasts = [table.values for table in tables]
        else:
            tables = [self._read_new(X)]
            pasts = [np.concatenate([self._context(tables[0]), tables[0].values])]
        self._warn_if_short(min(map(len, pasts)))
        return tables, pasts, int(steps)

    def _warn_if_short(self, n_rows: int) -> None:
        plan = self._plan_
        n_needed = plan.n_rows_needed - plan.steps_of_call
        if n_rows >= n_needed:
            return
        needs = [f"a window needs {plan.window_length}"]
        if plan.baseline in ("seasonal", "profile"):
            needs.append(f"baseline={plan.baseline!r} a season of {plan.season_length}")
        what = "the naive forecast alone"
        if n_rows >= plan.window_length:
            what = "the level in place of the baseline"
        warnings.warn(
            f"X has {n_rows} rows to forecast from, but {' and '.join(needs)}: forecasts are made "
            f"with {what}. Give at least {n_needed} rows.",
            UserWarning,
            stacklevel=4,
        )

    def _futures(self, future: Any, tables: list[Table]) -> list[Any]:
        """What is known in advance for each series."""
        if not self._is_list or future is None:
            return [future] * len(tables)
        if not isinstance(future, list) or len(future) != len(tables):
            given = f"a list of {len(future)}" if isinstance(future, list) else "no list"
            raise ValueError(
                f"future must be a list of {len(tables)}, one for each series, but is {given}."
            )
        return future

    def _known_rows(self, future: Any, steps: int, table: Table) -> np.ndarray:
        """The known columns of the rows to forecast, (steps, n_known)."""
        names = [self._tails[0].columns[i] for i in self._plan_.known]
        if not names:
            if future is not None:
                raise ValueError("future was given, but the forecaster was fitted with known=None.")
            return np.empty((0, 0))
        # A direct network reads what is known for all the steps of a call.
        steps_of_call = self._plan_.steps_of_call
        steps = -(-steps // steps_of_call) * steps_of_call
        if future is None:
            raise ValueError(
                f"Columns {names} are known in advance, so forecasts need them for the next "
                f"{steps} rows: give future, with these columns and at least {steps} rows."
            )
        given = as_series(future, self)
        values = given.values
        if given.names is not None and self._tails[0].names is not None:
            if missing := [name for name in names if name not in given.names]:
                raise ValueError(
                    f"future has columns {given.names}, but lacks {missing}, which are known in "
                    "advance. Give them for the rows to forecast."
                )
            values = values[:, [given.names.index(name) for name in names]]
        elif values.shape[1] != len(names):
            raise ValueError(
                f"future has {values.shape[1]} columns, but {len(names)} are known in advance: "
                f"{names}. Give these, in this order."
            )
        if len(values) < steps:
            raise ValueError(
                f"future has {len(values)} rows, but forecasts need {steps} (steps rounded up to a "
                f"multiple of the {steps_of_call} that the regressor gives at once). Give at least "
                f"{steps} rows, the first right after the last row of the series."
            )
        if given.rows.index is not None and table.rows.index is not None:
            expected = table.rows.following(steps)
            if list(given.rows.index[:steps]) != list(expected):
                raise ValueError(
                    f"future goes from {given.rows.index[0]} on, but the rows to forecast are "
                    f"{expected[0]} to {expected[-1]}. Give it for these rows."
                )
        if not np.isfinite(values[:steps]).all():
            raise ValueError(f"future contains NaN in its first {steps} rows. Fill it first.")
        return values[:steps]

    def _answer(self, values: np.ndarray, names: list[str], table: Table, steps: int) -> Any:
        is_single = table.is_single and len(names) == 1
        if is_single:  # each series of a list has a name of its own, or none
            names = table.columns if table.names or table.labels else [""]
        return table.rows.frame(values, names, table.rows.following(steps), is_single)

    def _interval_quantiles(self, coverage: float) -> list[float]:
        """The regressors' own quantiles that bound the interval; none where errors were calibrated
        or the regressors have no quantiles.
        """
        regressor = self.regressors_[0]
        learned = getattr(regressor, "quantiles", None)
        if self._errors is not None or learned is None:
            return []
        wanted = [(1 - coverage) / 2, (1 + coverage) / 2]
        found = [q for w in wanted for q in learned if abs(q - w) < 1e-9]
        if len(found) < 2:
            raise ValueError(
                f"coverage={coverage} needs the quantiles {wanted[0]:.4g} and {wanted[1]:.4g}, but "
                f"the regressor has learned {list(learned)}. Fit it with these quantiles, or "
                f"calibrate: {self._enough_calibration(coverage)}."
            )
        return found

    def _enough_calibration(self, coverage: float) -> str:
        """A calibration_fraction that gives enough errors at the last step, as advice."""
        plan, n_rows = self._plan_, np.array(self._n_rows)
        n_used = 0 if self._errors is None else len(self._errors)
        for fraction in np.arange(20, 100, 5) / 100:
            held_out = np.array([_n_held_out(n, fraction) for n in n_rows])
            n_errors = np.maximum(0, held_out - plan.horizon + 1).sum()
            can_fit = (n_rows - held_out).max() >= plan.n_rows_needed
            # More than there were: gaps may have taken errors that the fraction counts on.
            if n_errors >= _n_errors_needed(coverage) and held_out.sum() > n_used and can_fit:
                return f"calibration_fraction={fraction:g}, which gives enough errors"
        return (
            "a longer series, a smaller coverage or a smaller horizon (no calibration_fraction "
            f"of {n_rows.max()} rows gives enough errors)"
        )

    def _radius(self, coverage: float) -> np.ndarray:
        """Half widths of the intervals on the scale of the network, (horizon, n_targets)."""
        if self._errors is None:
            raise ValueError(
                "Intervals need calibration, which is off: calibration_fraction=0. Use "
                f"{self._enough_calibration(coverage)}, or a regressor of quantiles: "
                "GRURegressor(loss='pinball', quantiles=(0.05, 0.5, 0.95))."
            )
        n_known = np.isfinite(self._errors).sum(axis=0)  # (horizon, n_targets)
        if ((n_known + 1) * coverage - 1e-9 > n_known).any():
            n_needed = _n_errors_needed(coverage)
            raise ValueError(
                f"coverage={coverage} needs at least {n_needed} calibration errors at each step, "
                f"but step {1 + int(n_known.min(axis=1).argmin())} has {n_known.min()}. Use "
                f"{self._enough_calibration(coverage)}."
            )
        # Neighbouring origins share all but one of the rows that a far step depends on.
        independent = n_known / np.sqrt(np.arange(1, len(n_known) + 1))[:, np.newaxis]
        level = np.minimum((1 + 1 / independent) * coverage, 1)
        rank = np.ceil(level * n_known - 1e-9).astype(int)
        ordered = np.sort(np.abs(self._errors), axis=0)  # NaN last
        return np.take_along_axis(ordered, rank[np.newaxis] - 1, axis=0)[0]


def auto_window_length(n_rows: int, steps: int, season_length: int) -> int:
    """Two seasons, or 24 rows without a season; less where a short series has few such windows."""
    spare = n_rows - steps
    if season_length > 1:
        return int(
            np.clip(
                spare - season_length, min(season_length, max(1, spare // 2)), 2 * season_length
            )
        )
    return int(np.clip(spare // 3, 1, 24))


def longest_run(is_complete: np.ndarray) -> int:
    """Most True values in a row."""
    ends = np.flatnonzero(~np.concatenate([[False], is_complete, [False]]))
    return int(np.diff(ends).max() - 1)


def _n_held_out(n_rows: int, fraction: float) -> int:
    return max(1, int(np.ceil(fraction * n_rows)))


def _n_errors_needed(coverage: float) -> int:
    """Errors at a step whose largest one bounds an interval of this coverage."""
    return int(np.ceil(coverage / (1 - coverage) - 1e-9))


def _errors_of(
    trial: ForecastModel, model: ForecastModel, values: np.ndarray, n_held_out: int
) -> np.ndarray:
    """Errors of a trial forecaster on the rows kept from it, on the scale of the final one:
    (n_held_out, horizon, n_targets), NaN where the future is not known.
    """
    plan = model.plan
    origins = np.arange(len(values) - n_held_out - 1, len(values) - 1)
    known = np.empty((0, len(plan.known)))
    forecasts = trial.forecast(values, origins, known, plan.horizon)
    actual = _following(values[:, plan.targets], plan.horizon)[origins]
    flat = (-1, len(plan.targets))
    scaled = [model.scale(part.reshape(flat)).reshape(part.shape) for part in (actual, forecasts)]
    return scaled[0] - scaled[1]


def _following(targets: np.ndarray, horizon: int) -> np.ndarray:
    """Rows t+1 .. t+horizon for each row t, NaN after the end: (n_rows, horizon, n_targets)."""
    after = np.pad(targets[1:], ((0, horizon), (0, 0)), constant_values=np.nan)
    return np.stack([after[k : k + len(targets)] for k in range(horizon)], axis=1)
