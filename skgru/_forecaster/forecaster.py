"""SequenceForecaster: from a series to its forecast, in the series' own form and units.

Parameters and fitted state live here. Every "auto" is decided in `_choices.py`, containers are read
and written in `_series.py` and `_panel.py`, numbers are worked out in `_forecasting.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from skgru._containers.panel import Panel, as_columns, frame_of, read_panel
from skgru._containers.series import Table, as_series, check_list, is_list_of_series
from skgru._forecaster.checks import (
    check_alone,
    check_numbers,
    warn_if_short,
    warn_of_counters,
    warn_of_ends,
    warn_of_range,
    warn_of_season,
    warn_of_short,
    warn_of_y,
)
from skgru._forecaster.conformal import Calibration, errors_of, following, parts_of
from skgru._forecaster.covariates import futures_of, known_rows
from skgru._forecaster.dataset import Part
from skgru._forecaster.model import ForecastModel, ModelTemplate, tail_of
from skgru._forecaster.resolve import (
    check_kinds,
    check_wide,
    make_members,
    make_spec,
    pretrained_for,
    rows_for_season,
)
from skgru._forecaster.scaling import AutoScaler, restored, scaled
from skgru._validation import Instance, Number, at_least, real_between, remember_features
from skgru._windows import as_table


@dataclass(frozen=True)
class Origins:
    """Series that forecasts go on from: as they were given, and as the regressors see them."""

    tables: list[Table]
    panel: Panel | None
    parts: list[Part]
    scalers: list[Any]
    seasonal_errors: np.ndarray
    steps: int


class SequenceForecaster(BaseEstimator):
    """Forecast a series in one line: `SequenceForecaster(horizon=12).fit(series).forecast()`.

    The series is scaled, its level is taken out of each window, and a regressor learns how it
    departs from a naive forecast. Answers come in the units, the type, the columns and with the
    continued index of what was given. Several series train the same regressors, which can forecast
    series that they have never seen.

    Parameters
    ----------
    regressor : estimator, list of them or None, default=None
        Any scikit-learn regressor; windows are flattened for those that take tables. Of a list all
        are fitted, and the median of their forecasts is the forecast. None: a small GRURegressor
        that is trained more on longer series; for several series two kinds of GRURegressor of 64
        units, with and without `highway`.

    window_length : int, list of int or "auto", default="auto"
        Rows of history in a window; a list has one for each regressor in turn. "auto": two seasons,
        or 24 without a season, less for short series; for several series three seasons and two,
        two and five if they are shorter than 7 rows, one and a half and one if longer than 24, or 6
        and 4 rows without a season.

    horizon : int, default=1
        Rows that `predict` looks ahead, and that a direct network gives at once. At least 1.

    season_length : int or None, default=None
        Rows in a season (12 for monthly data), 1 for none. None: by the frequency of the index,
        where it is one of dates and there are two seasons and `horizon` rows (with pretrained
        networks one season and a row); else 1. Arrays have no dates: give it.

    scaler : transformer, None or "auto", default="auto"
        Transformer with `inverse_transform`, fitted to the target columns. "auto": logarithm of
        positive columns, log(1 + x) with zeros, standardised with negatives. Of several series each
        has a clone of its own. Covariates are scaled by one more; with "auto" or None they are
        standardised.

    level : {"auto", "mean", "last"} or None, default="auto"
        What is subtracted from each window: the mean of its last season, its last value, or
        nothing. "auto": "mean" with a season, else "last".

    baseline : {"auto", "last", "seasonal", "profile"} or None, default="auto"
        Naive forecast whose errors are learned: the last value, the value a season ago, or the
        mean course of the last three seasons at the level of the last half season. None: the
        level. "auto": "profile" with a season, for several series "seasonal", else "last".

    strategy : {"direct", "recursive"}, default="direct"
        "direct": one network with `horizon` outputs. "recursive": one step, fed back as history.

    target : str, int, sequence of them or None, default=None
        Names or positions of the columns to forecast. None: all that are not `known`. Other columns
        are seen up to the origin only.

    known : str, int, sequence of them or None, default=None
        Columns known in advance (calendar, price), given for the future through `future`.

    group : str or None, default=None
        What tells several series of one frame apart: the column, or level of the index, that names
        each in a long frame, or "columns" where each column is a series. None: the columns belong
        to one series, and several series come as a list.

    series_weight : {"auto", "inverse_change"} or None, default="auto"
        What several series count for in training. "inverse_change": 1 / sqrt(c + 0.02) with c the
        mean absolute change from season to season on the scale of the network, for regressors that
        take sample weights. None: each window counts alike. "auto": "inverse_change".

    n_estimators : int or "auto", default="auto"
        Regressors with seeds of their own, whose median is the forecast. "auto": as many as there
        are kinds in `regressor` and `window_length`, and 4 for several series without `regressor`.

    pretrained : {"auto", "only"} or None, default="auto"
        Whether two networks forecast too that skgru brings along, trained on simulated monthly and
        quarterly series. "auto": they count as one regressor more, in the mean of logarithms, where
        `regressor` is None, `season_length` 4 or 12, `scaler` "auto", and X one column of positive
        values with less than 500 rows; of several series for all positive ones, unless most rows
        lie in series of 500 and more. "only": nothing is trained, a season of rows is
        enough, and parameters of regressors, windows and baseline play no part. None: never.

    calibration_fraction : float, default=0.0
        Last part of the series that intervals are calibrated on, in [0, 1). 0: no intervals. The
        regressor is then fitted again on everything.

    random_state : int, RandomState instance or None, default=None
        Seeds of the regressors. None leaves the regressor's own.

    Attributes
    ----------
    window_length_, season_length_, level_, baseline_ : int, int, str or None, str or None
        What "auto" chose. `window_length_` is a tuple where there are several.

    scaler_ : transformer, None, or list of them
        The fitted scaler of the targets; of several series a list.

    regressors_ : list of estimators
        The fitted regressors, and after them the pretrained networks, which give 24 or 8 steps
        whatever `horizon` is.

    pretrained_ : bool
        Whether the pretrained networks take part.

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

    Several series are pooled: the windows of all of them train each regressor. Windows that begin
    before their series are filled with its first row, where a season is known. Targets after the
    end of a series are not known, and a GRURegressor learns from the others of the same window;
    other regressors learn from windows whose targets are all known. Only rows are held in memory,
    and windows of a GRURegressor are made a batch at a time. In early stopping the windows kept out
    are the last of all series.

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
        "regressor": [None, Instance(["fit", "predict"]), list, tuple],
        "window_length": [at_least(1), StrOptions({"auto"}), list, tuple],
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
        "group": [str, None],
        "series_weight": [StrOptions({"auto", "inverse_change"}), None],
        "n_estimators": [at_least(1), StrOptions({"auto"})],
        "pretrained": [StrOptions({"auto", "only"}), None],
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
        group=None,
        series_weight="auto",
        n_estimators="auto",
        pretrained="auto",
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
        self.group = group
        self.series_weight = series_weight
        self.n_estimators = n_estimators
        self.pretrained = pretrained
        self.calibration_fraction = calibration_fraction
        self.random_state = random_state

    def fit(self, X, y=None):
        """Fit scaler and regressors to a series, or to several at once.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), pandas or polars Series or DataFrame, or \
                a list of such series
            The series, oldest row first. NaN is passed over. In a list, 1-D arrays are series too.
            With `group` a frame of several series: in a long one dates are the index or the one
            column that holds dates, in a wide one series may begin with NaN.

        y : None
            Ignored: what is forecast are columns of X. Values that are not those of these columns
            bring a warning.

        Returns
        -------
        SequenceForecaster
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of range, `regressor` is a classifier, a column is not in X, the
            index has no regular step, or the series is too short or holds no number.
        """
        self._validate_params()
        check_kinds(self)
        tables, panel = self._read(X)
        if panel is not None and panel.kind == "wide":
            check_wide(self)
        spec = make_spec(self, tables)
        check_numbers([table.values for table in tables], panel, spec)
        if panel is not None:
            warn_of_counters(tables, panel, spec)
            if spec.is_global:
                warn_of_short(tables, panel, spec, stacklevel=3)
        warn_of_ends(tables, panel, spec, stacklevel=3)
        warn_of_y(y, X, tables, panel, spec)
        named = max(tables, key=len).rows.season_length
        warn_of_season(self.season_length, tables, spec, rows_for_season(self, tables, named))
        series = [table.values for table in tables]
        members = [] if self.pretrained == "only" else make_members(self, spec, series)
        pretrained = pretrained_for(self, spec, series)
        if not members:
            check_alone(series, panel, spec, stacklevel=3)
        template = ModelTemplate(
            spec,
            AutoScaler(spec.season_length) if isinstance(self.scaler, str) else self.scaler,
            self.scaler if hasattr(self.scaler, "fit") else StandardScaler(),
            members,
            pretrained,
            weighs=self.series_weight is not None and spec.is_global,
            is_guarded=self.regressor is None,
        )
        calibration = Calibration(spec, list(map(len, series)))
        if self.calibration_fraction:
            n_needed = spec.n_rows_needed if members else spec.season_length
            shortened, held_out = parts_of(spec, series, self.calibration_fraction, n_needed)
            trial = ForecastModel.fit(template, shortened, is_trial=True)
        model = ForecastModel.fit(template, series)
        if self.calibration_fraction:
            errors, series_of = errors_of(trial, model, series, held_out)
            calibration = replace(calibration, errors=errors, series_of=series_of)
        n_kept = model.history_length + 1
        tails = [replace(table, values=tail_of(table.values, n_kept, spec)) for table in tables]
        self.__dict__.update(
            _model=model,
            _spec=spec,
            _panel=panel,
            _calibration=calibration,
            _first_rows=[values[: spec.window_length].copy() for values in series],
            _tails=tails,
            _scaled_tails=[
                scaled(scaler, tail.values[:, spec.targets])
                for scaler, tail in zip(model.scalers, tails, strict=True)
            ],
            _usual_step=max(tables, key=len).rows.freq,
            window_length_=spec.windows[0] if len(set(spec.windows)) == 1 else spec.windows,
            season_length_=spec.season_length,
            level_=spec.level,
            baseline_=spec.baseline,
            scaler_=model.scalers if spec.is_global else model.scalers[0],
            regressors_=model.regressors,
            pretrained_=model.pretrained is not None,
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
        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list of them
            The series, with the columns of `fit`. What came before it is taken from the training
            series where X goes on from there (see Notes of the class); of several series from none.

        Returns
        -------
        array-like of shape (n_samples,) or (n_samples, horizon * n_targets)
            Row t holds the forecasts of rows t + 1 .. t + horizon, time-major, in X's form and
            under X's index, with columns `{target}_step{k}`. NaN where columns known in advance
            would be needed for rows after X's last. A list for a list.

        Notes
        -----
        After a fit on several series a clone of `scaler` is fitted to all rows of X. Where it
        learns from them (StandardScaler), the forecast of row t has seen their scale, and `score`
        is a little better than forecasts will be. A logarithm ("auto") learns nothing.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other columns than in `fit`, or is what `fit` refuses.
        """
        check_is_fitted(self)
        if is_list_of_series(X):
            return [self.predict(one) for one in self._lone(X)]
        table = self._read_new(X)
        forecasts = self._row_by_row(table)
        steps = range(1, self._spec.horizon + 1)
        names = [f"{name}_step{k}" for k in steps for name in self._names_in(table)]
        flat = forecasts.reshape(len(table), -1)
        return table.rows.frame(flat, names, table.rows.index, flat.shape[1] == 1)

    def score(self, X, y=None):
        """Coefficient of determination R² of `predict` over the rows whose future lies in X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list of them
            The series, or several: then each has an R² of its own. So `GridSearchCV` tunes on a
            list of series, with some of them kept out in each fold.

        y : None
            Ignored.

        Returns
        -------
        float
            Averaged over steps and targets, and over the series that have rows enough. 1 is
            perfect.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If fewer than two rows can be scored.
        """
        check_is_fitted(self)
        if not is_list_of_series(X):
            return self._score_of(self._read_new(X))
        tables = [self._read_new(one) for one in self._lone(X)]
        scores = [self._score_of(table, must=len(tables) == 1) for table in tables]
        if np.isnan(scores).all():
            return self._score_of(max(tables, key=len))  # says what is wrong
        return float(np.nanmean(scores))

    def _score_of(self, table: Table, must: bool = True) -> float:
        """R² of one series; NaN where it has too few rows, or an error where there must be one."""
        actual = following(table.values[:, self._spec.targets], self._spec.horizon)
        # Windows that reach back before all that is known are filled, and not scored.
        spec = self._spec
        n_needed = spec.least_history if spec.is_global else spec.window_length
        first = max(0, n_needed - 1 - len(self._context(table)))
        predicted = self._row_by_row(table).reshape(len(table), -1)
        actual = actual.reshape(len(table), -1)
        rows = np.isfinite(actual).all(axis=1) & np.isfinite(predicted).all(axis=1)
        rows[:first] = False
        if rows.sum() < 2 and not must:
            return np.nan
        if rows.sum() < 2:
            what = f"{n_needed} rows of history" if spec.is_global else "a complete window"
            shorter = "" if spec.is_global else "a shorter window "
            raise ValueError(
                f"X has {len(table)} rows, of which {rows.sum()} can be scored: "
                f"window_length={spec.window_length} and horizon={spec.horizon} need at least two "
                f"rows with {what} before and horizon rows after them. Use a longer series, "
                f"{shorter}or a smaller horizon."
            )
        return r2_score(actual[rows], predicted[rows])

    def forecast(self, steps=None, X=None, future=None):
        """Forecast the rows after the training series, or after X.

        Parameters
        ----------
        steps : int or None, default=None
            Rows to forecast. None means `horizon`. Beyond it, forecasts are fed back as history.

        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list, default=None
            Series to go on from, in the form of those in `fit`. None: the training series. After a
            fit on several series these may be any others: each gets a scaler of its own.

        future : array-like of shape (steps, n_known), DataFrame or None, default=None
            The `known` columns for the rows to forecast; with strategy="direct" for all rows of the
            last block of `horizon` rows. Rows beyond them are not read. For several series a list,
            or a long frame.

        Returns
        -------
        array-like of shape (steps, n_targets)
            In the form of the series: a Series for a Series, with the index continued. A list for a
            list, a long frame for a long frame, and a wide one for a wide one.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If `future` is missing, short or belongs to other rows, or `steps` reaches further than
            covariates are known.
        """
        new = self._origins(steps, X, future)
        forecasts = self._model.forecast_after(new.parts, new.steps)
        values = [restored(own, z) for own, z in zip(new.scalers, forecasts, strict=True)]
        return self._answers(values, [""], new)

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
            `{target}_lower`, `{target}_upper`. For several series in their form.

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

        Several series are calibrated together. The errors of each are divided by its mean absolute
        change from season to season, and bounds are that times as wide: a steady series gets narrow
        ones. Coverage holds on average over series like these, not for each.

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
        quantiles = self._calibration.quantiles(self.regressors_, coverage)
        radius = None if quantiles else self._calibration.radius(coverage)  # (horizon, n_targets)
        new = self._origins(steps, X, future)
        n_steps = self._spec.steps_of_call if quantiles else self._spec.horizon
        if new.steps > n_steps:
            raise ValueError(
                f"steps={new.steps} is more than the {n_steps} steps ahead that intervals were "
                "learned for. Fit with a larger horizon."
            )
        if radius is None:
            sides_of = [self._model.forecast_after(new.parts, new.steps, q) for q in quantiles]
        else:
            middle = self._model.forecast_after(new.parts, new.steps)
            reach = radius[: new.steps] * new.seasonal_errors[:, np.newaxis, np.newaxis]
            sides_of = [middle - reach, middle + reach]
        bounds = []
        for scaler, *pair in zip(new.scalers, *sides_of, strict=True):
            sides = [restored(scaler, side) for side in pair]
            bounds.append(np.sort(np.stack(sides, axis=-1), axis=-1))  # a scaler may turn the axis
        if new.tables[0].rows.library == "numpy":
            if new.panel is None:
                return bounds[0]
            return np.concatenate(bounds, axis=1) if new.panel.kind == "wide" else bounds
        flat = [one.reshape(new.steps, -1) for one in bounds]
        return self._answers(flat, ["_lower", "_upper"], new)

    def set_params(self, **params):
        """Set parameters, those of an estimator within as `regressor__units=16`.

        Parameters
        ----------
        params : dict
            Names and values, as in every scikit-learn estimator.

        Returns
        -------
        self : SequenceForecaster
            This forecaster.

        Raises
        ------
        ValueError
            If a parameter of `regressor` or `scaler` is given, and what stands there is no
            estimator but "auto", None or a list.

        Examples
        --------
        >>> from skgru import GRURegressor, SequenceForecaster
        >>> forecaster = SequenceForecaster(GRURegressor()).set_params(regressor__units=16)
        >>> forecaster.regressor.units
        16
        """
        for parameter in ("regressor", "scaler"):
            nested = [name for name in params if name.startswith(f"{parameter}__")]
            holder = params.get(parameter, getattr(self, parameter))
            if nested and not hasattr(holder, "set_params"):
                example = "GRURegressor()" if parameter == "regressor" else "StandardScaler()"
                raise ValueError(
                    f"{nested[0]}={params[nested[0]]!r} needs an estimator whose parameter it is, "
                    f"but {parameter} is {holder!r}: there is nothing to set before fit chooses. "
                    f"Give {parameter}={example} or another estimator."
                )
        return super().set_params(**params)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = False
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    def _names_in(self, table: Table) -> list[Any]:
        """Names of the targets in a table, or in fit where it has none."""
        if table.names is None and table.labels is None:
            return self._target_names
        return [table.columns[i] for i in self._spec.targets]

    @property
    def _target_names(self) -> list[str]:
        columns = self._tails[0].columns
        return [columns[i] for i in self._spec.targets]

    def _read(self, X: Any, usual: Any = None) -> tuple[list[Table], Panel | None]:
        tables, panel = read_panel(X, self.group, self, usual)
        if panel is not None:
            self._check_columns(tables, tables[0], panel)
        return tables, panel

    def _check_columns(self, tables: list[Table], like: Table, panel: Any) -> None:
        """All of several series have the columns of one, in its order; Series may have any name."""
        for one, table in zip(panel.ids, tables, strict=True):
            n, n_wanted = table.values.shape[1], like.values.shape[1]
            named = table.names is not None and like.names is not None and n_wanted > 1
            if n != n_wanted or (named and table.names != like.names):
                raise ValueError(
                    f"Series {one!r} of X has columns {table.columns}, but others have "
                    f"{like.columns}. Give all series the same columns in the same order."
                )

    def _lone(self, X: list[Any]) -> list[Any]:
        if self._panel is None or self._panel.kind != "list":
            raise ValueError(
                f"X is a list of {len(X)} series, but {type(self).__name__} was not fitted on a "
                "list. Call the method for each of them, or fit it on a list."
            )
        return as_columns(X)

    def _read_new(self, X: Any) -> Table:
        if self.group is not None:
            raise ValueError(
                f"X is a frame of several series (group={self.group!r}), but rows can be aligned "
                "with a series, or a list of them, only. Fit on a list of series, or use forecast."
            )
        if is_list_of_series(X):
            raise ValueError(
                f"X is a list of {len(X)} series, but {type(self).__name__} was fitted on one. "
                "Give one, or fit on a list."
            )
        table = as_series(X, self, usual=self._tails[0].rows.freq)
        if self._panel is not None:
            self._check_columns([table], self._tails[0], Panel("list", [0]))
            return table
        if table.is_single and self.n_features_in_ == 1:
            return table  # a Series may have any name
        columns = as_table(X) if table.rows.time is None else X.drop(table.rows.time)
        validate_data(self, columns, reset=False, skip_check_array=True)
        return table

    def _context(self, table: Table) -> np.ndarray:
        """Rows before the table that are known: the end of the training series, or none."""
        tail, first = self._tails[0], self._first_rows[0]
        nothing = table.values[:0]
        if self._panel is not None:
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
        if not self._model.members:
            check_alone([values], None, self._spec, stacklevel=4)
        origins = np.arange(len(context), len(values))
        scaler = self._model.scaler_for(values)
        forecasts = self._model.forecast_rows(self._model.part(values, scaler), origins)
        return restored(scaler, forecasts)

    def _origins(self, steps: Any, X: Any, future: Any) -> Origins:
        check_is_fitted(self)
        steps = self._spec.horizon if steps is None else steps
        if not at_least(1).is_satisfied_by(steps):
            if hasattr(steps, "__array__") or isinstance(steps, list):
                raise ValueError(
                    f"steps is a {type(steps).__name__}, but must be an int, the rows to forecast. "
                    "Give a series to forecast from as X: forecast(X=series)."
                )
            raise ValueError(f"steps={steps!r} must be an int of at least 1: the rows to forecast.")
        if self._spec.past and steps > self._spec.steps_of_call:
            names = [self._tails[0].columns[i] for i in self._spec.past]
            raise ValueError(
                f"steps={steps} is more than horizon={self._spec.steps_of_call}, and columns "
                f"{names} are not known for the rows after it. Fit with a larger horizon, name "
                "them in known, or forecast them too (target=None)."
            )
        model, steps = self._model, int(steps)
        panel: Any = self._panel
        seasonal_errors = model.seasonal_errors
        if X is None:
            tables, scalers, zs = self._tails, model.scalers, self._scaled_tails
            pasts = [table.values for table in tables]
        else:
            if panel is None:
                tables = [self._read_new(X)]
                pasts = [np.concatenate([self._context(tables[0]), tables[0].values])]
            else:
                self._check_panel(X)
                tables, panel = self._read(X, self._usual_step)
                self._check_columns(tables, self._tails[0], panel)
                pasts = [table.values for table in tables]
            check_numbers(pasts, panel, self._spec)
            if not model.members:
                check_alone(pasts, panel, self._spec, stacklevel=4)
            warn_of_ends(tables, panel, self._spec, stacklevel=4)
            if self._spec.is_global:
                warn_of_short(tables, panel, self._spec, stacklevel=4)
            else:
                warn_if_short(
                    min(map(len, pasts)), self._spec, bool(model.members and model.pretrained)
                )
            scalers, zs = [model.scaler_for(past) for past in pasts], [None] * len(pasts)
            if self._spec.is_global:
                seasonal_errors = model.median_where_unknown(
                    [
                        model.recent_seasonal_error(scaled(scaler, past[:, self._spec.targets]))
                        for scaler, past in zip(scalers, pasts, strict=True)
                    ]
                )
            n_kept = model.history_length
            pasts = [tail_of(past, n_kept, self._spec) for past in pasts]
        parts = []
        aheads = futures_of(future, tables, panel, self._spec)
        ids = [None] if panel is None else panel.ids
        for table, past, scaler, z, ahead, one in zip(
            tables, pasts, scalers, zs, aheads, ids, strict=True
        ):
            try:
                known = known_rows(ahead, steps, table, self._spec, self._tails[0], self)
            except ValueError as error:
                if panel is None or ahead is None:
                    raise
                raise ValueError(f"Series {one!r}: {error}") from error
            self._warn_of_covariates(past, known)
            parts.append(model.part(past, scaler, known, z))
        return Origins(tables, panel, parts, scalers, seasonal_errors, steps)

    def _warn_of_covariates(self, past: np.ndarray, known: np.ndarray) -> None:
        spec, limits, columns = self._spec, self._model.covariate_limits, self._tails[0].columns
        if limits is not None:
            n_past, names = len(spec.past), [columns[i] for i in (*spec.past, *spec.known)]
            seen = [*past[-spec.window_length :, spec.past].T, *known.T]
            warn_of_range(names, seen, limits, n_past)

    def _check_panel(self, X: Any) -> None:
        """Several series come in the form of those in fit."""
        kind = self._panel.kind
        is_list = is_list_of_series(X)
        names = [*getattr(X, "columns", []), *getattr(getattr(X, "index", None), "names", [])]
        has_form = {
            "list": is_list,
            "long": not is_list and self.group in names,
            "wide": not is_list and self.group not in names and np.ndim(X) == 2,
        }
        check_list(X)
        if has_form[kind]:
            return
        wanted = {
            "list": "a list of series",
            "long": f"a long frame with its series named by {self.group!r}",
            "wide": "a wide frame",
        }[kind]
        raise ValueError(
            f"X is a {type(X).__name__}, but {type(self).__name__} was fitted on several series, "
            f"in {wanted}. Give X in that form"
            + ("; a single series is a list of one." if kind == "list" else ".")
        )

    def _answers(self, values: list[np.ndarray], endings: list[str], new: Origins) -> Any:
        """Numbers of each series, (steps, n_targets * n_endings), in the form of the series."""

        def names_in(table: Table) -> list[str]:
            names = self._names_in(table)
            return [f"{name}{end}" if end else name for name in names for end in endings]

        if new.panel is None or new.panel.kind == "list":  # each with names of its own
            frames = [
                frame_of(one, names_in(table), table)
                for one, table in zip(values, new.tables, strict=True)
            ]
            return frames if new.panel else frames[0]
        names = endings if new.panel.kind == "wide" else names_in(new.tables[0])
        return new.panel.answers(values, names, new.tables)
