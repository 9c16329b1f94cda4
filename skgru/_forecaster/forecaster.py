"""SequenceForecaster: from a series to its forecast, in the container and units of the series.

Parameters and fitted state live here. `resolve.py` decides every "auto", `reading.py` reads series,
`model_fit.py` fits a model to them, `model.py` computes forecasts, and `answers.py` returns them in
the container of the series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from skgru._all_or_nothing import reads_once, stores_at_once
from skgru._callbacks import FitTask, TakesCallbacks, has_callbacks
from skgru._containers.read_series import is_list_of_series
from skgru._containers.table import Table
from skgru._containers.time_index import TimeIndex, with_ending
from skgru._forecaster.answers import ForecastAnswers
from skgru._forecaster.baselines import naive_scale
from skgru._forecaster.calendar import calendar_of
from skgru._forecaster.category_columns import categories_of, with_categories
from skgru._forecaster.checks import (
    check_limits,
    check_series,
    warn_of_ends,
    warn_of_unknown,
    warn_of_y,
)
from skgru._forecaster.conformal import Calibration, errors_of, parts_of
from skgru._forecaster.covariate_gaps import warn_of_covariate_gaps
from skgru._forecaster.default_regressor import takes_pretrained
from skgru._forecaster.further_training import check_trains_further, trained_further
from skgru._forecaster.gaps_and_outliers import last_rows
from skgru._forecaster.history import extended
from skgru._forecaster.model_fit import fitted_model
from skgru._forecaster.reading import LEAST_COMPARED
from skgru._forecaster.resolve import (
    check_alone,
    check_kinds,
    check_wide,
    make_members,
    make_spec,
    make_template,
    roles_of_columns,
)
from skgru._forecaster.rows_left_out import (
    StartRule,
    rows_to_calibrate,
    warn_of_shifts,
    without_earlier_rows,
)
from skgru._forecaster.sample_weight import (
    check_takes_weights,
    extended_weights,
    weights_of_list,
    weights_of_new,
    weights_of_one,
    weights_of_rows,
)
from skgru._forecaster.season_warnings import warn_of_unread_seasons
from skgru._forecaster.short_series import LEAST_ROWS
from skgru._forecaster.summary import Summary, summary_of
from skgru._validation import (
    Instance,
    Number,
    ParameterNames,
    at_least,
    real_between,
    remember_features,
)
from skgru._warnings import warn_user
from skgru._windows import n_identifying


class SequenceForecaster(ParameterNames, TakesCallbacks, ForecastAnswers, BaseEstimator):
    """Forecast one or several time series with a recurrent network or any other regressor.

    The forecaster scales a series, cuts it into windows and subtracts the level of each window. A
    regressor then learns the errors of a naive forecast. Forecasts have the units and the
    container of the input, and continue its index.

    Several series are forecast by a global model: one ensemble of regressors for all of them. It
    also forecasts series that were not part of `fit`.

    Parameters
    ----------
    regressor : estimator, list of them or None, default=None
        Scikit-learn regressor that is fitted to the windows. A regressor other than the networks
        of skgru gets each window as one row of a table. All regressors of a list are fitted, and
        the forecast is the median of their forecasts. None depends on the number of series:

        - One series: a GRURegressor of 16 units, which is trained longer on longer series.
        - Several series: an ensemble of GRURegressors of 64 units, every second one without a
          linear path (`highway`).

        `skgru.default_regressor(units=8)` is the default with other parameters.

    window_length : int, list of int or "auto", default="auto"
        Number of rows in a window. The regressors take the lengths of a list in turn. "auto"
        depends on the season. Several series have two lengths: the first for the networks with a
        linear path, the second for those without.

        =================  ==================  ========================
        `season_length`    one series          several series
        =================  ==================  ========================
        1 (no season)      24 rows             6 and 4 rows
        2 to 6             2 seasons           2 and 5 seasons
        7 to 24            2 seasons           3 and 2 seasons
        25 to 100          1 season, min. 48   1.5 seasons and 1 season
        more than 100      48 rows             48 and 24 rows
        =================  ==================  ========================

        A single intermittent series gets four seasons or 28 rows, whichever is longer. Short series
        get shorter windows: see :doc:`/guide/automatic_choices`.

    horizon : int, default=1
        Number of rows that `predict` and, by default, `forecast` look ahead. At least 1.

    season_length : int, sequence of int or None, default=None
        Number of rows in a season: 12 for monthly data, 1 for data without a season. Several
        seasons are a list, (24, 168) for the day and the week of hourly data. Level and baseline
        then use the shortest one, or a longer one if the baseline with it has a clearly smaller
        error. For each season that is longer than a window, the regressors also get the values one
        season before the window and before the steps to forecast.

        None takes the seasons from the step of a date index: 12 for months, 7 and 365 for days, the
        day and the week for hours and shorter steps. Such a season is used if X is long enough and
        repeats with it (:doc:`/guide/seasons`):

        - X holds two seasons and `horizon` rows (one row with ``strategy="recursive"``). For months
          and quarters, one season and one row are enough if the pretrained network takes part. The
          longer season of a step (365 for days) must be in X three times if the shorter one is used
          too. With fewer, it is used if X shows it: the week of hours if weekends are unlike other
          days, the year of days if values are near those of a year before.
        - The forecast error in X is at least 5 % smaller with the season. For months and quarters,
          it is enough that the error is not larger.

        Otherwise level, baseline and Theta have no season, and the pretrained network uses the
        shortest season of the dates if X holds one of them. If X clearly lacks a season, nothing
        uses it.

        Without dates, None is the same as 1. Arrays never have dates, so set `season_length`.

    scaler : transformer, None or "auto", default="auto"
        Transformer of the target columns. It needs an `inverse_transform`. None leaves the targets
        unscaled. "auto" chooses for each column:

        - the logarithm, if all values are at least 2 % of the typical value, which is the median of
          the positive values,
        - log(c + x / typical value), if there are zeros or lower positive values. c is 1 if there
          are zeros, otherwise between 0 and 1. A value below 2 % counts as low only if it is also
          low beside the rows around it,
        - standardisation, if there are negative values or the series is intermittent.

        The choice does not depend on the unit of the series. If the changes of a series are small
        beside its level, "auto" also magnifies the series, because a network would not learn such
        small changes.

        Each of several series has its own clone of the scaler. Covariates have one clone for all
        series. With "auto" or None, covariates are standardised.

    level : {"auto", "mean", "last", "window"} or None, default="auto"
        Value that is subtracted from each window, so that windows at different levels have similar
        values.

        - "mean": the mean of the last season of the window.
        - "window": the mean of the whole window.
        - "last": the last value of the window.
        - None: nothing is subtracted.
        - "auto": "window" for intermittent series. For other series "mean" with a season. Without a
          season, and for a single series of at most two seasons or of less than a season and
          `horizon` rows, "last".

    baseline : {"auto", "last", "seasonal", "profile"} or None, default="auto"
        Naive forecast. The regressors learn its errors.

        - "last": the last value.
        - "seasonal": the value one season ago.
        - "profile": the mean course of the last three seasons, without growth and shifts of the
          level. It is moved to the level of the last half season.
        - None: no naive forecast. The regressors learn the distance from the level.
        - "auto": None for intermittent series. For other series with a season, "profile" for one
          series and "seasonal" for several. "last" in the cases in which `level` is "last".

    strategy : {"direct", "recursive"}, default="direct"
        "direct": the regressor has one output for each of the `horizon` steps. "recursive": the
        regressor forecasts one step, which then becomes the last row of the history.

    point : {"auto", "median", "mean"}, default="auto"
        Whether the forecast is a median or a mean.

        - "median": half of the actual values lie above the forecast.
        - "mean": forecasts can be added up, because the sum of daily means is the expected sum. In
          `fit`, a correction is chosen with which forecasts of the last rows have the mean of
          these rows. It is limited by the size of the errors without shifts of the level, so that
          it may be smaller.
        - "auto": "mean" for intermittent series, whose median may be zero at every step. Otherwise
          "median".

        A series is intermittent if it has no negative values, and at least 20 % of its values are
        zeros. Rows that are zero in nearly every season, such as closed Sundays, do not count,
        neither as zeros nor as rows. In a series without exact zeros, values below a thousandth of
        the mean count as zeros. Forecasts of counts are not rounded.

    target : str, int, sequence of them or None, default=None
        Names or positions of the columns to forecast. None: all columns that are neither in `known`
        nor static covariates. Columns in neither `target` nor `known` are past covariates, with
        values up to the forecast origin. Covariates may be text, categories or Enums: see the
        Notes.

    known : str, int, sequence of them or None, default=None
        Names or positions of the future covariates: columns whose future values are known, such as
        a calendar or planned prices (:doc:`/guide/covariates`).

        - `forecast` takes these values as `future`, without NaN: a row for each step, and with
          ``strategy="direct"`` up to the next multiple of `horizon` rows.
        - On a single series, the linear effects of these columns move all members of the forecast:
          see the Notes.
        - Columns that are constant within each series of `fit`, such as the size of a shop, may be
          left out of `future`: their value is carried on.
        - A column that is constant within each series and differs between series is a static
          covariate. It need not be named here.
        - A column with one value in all of X, that `target` does not name, has no effect and needs
          no future values.

    calendar : bool, str, list of str or None, default=None
        Features of the dates of X as future covariates. They follow from the index, so X and
        `future` have no columns for them.

        ================  ========================================================  ==============
        name              feature                                                   step of X
        ================  ========================================================  ==============
        "hour"            time of day, as sine and cosine                           below a day
        "day_of_week"     a column for each day of the week                         below a week
        "day_of_month"    position in the month, as sine and cosine                 below a year
        "month"           month of the year, as sine and cosine                     below a year
        "day_of_year"     position in the year, as sine and cosine                  below a year
        "holidays:DE"     1 on the holidays of a country, or of a part of it        up to a day
                          ("holidays:DE-BY"), else 0; needs the extra `holidays`
        ================  ========================================================  ==============

        True chooses by the step of X: "hour", "day_of_week" and "day_of_year" for hours and shorter
        steps, the last two for days, "day_of_year" for weeks, and "month" for months and quarters.
        X must hold two periods of each, for example two years for "day_of_year". None or False: no
        calendar. An index with a time zone gives local times.

    group : str, int, list of them or None, default=None
        How a data frame holds several series.

        - The name of a column or index level, or the position of an index level: X is a long frame,
          and this column or level identifies the series of each row.
        - A list of such names: their values together identify the series, for example shop and
          item. A name of a frame with columns in levels may be a tuple.
        - "columns": X is a wide frame, and each column is a series.
        - None: X is one series or a list of series.

    series_weight : {"auto", "inverse_change"} or None, default="auto"
        How several series are weighted in training. Regressors without sample weights ignore it.

        - "inverse_change": each series has the weight 1 / sqrt(c + 0.02), where c is the mean
          absolute change over one season, after scaling. Without it, the most volatile series
          dominate the loss.
        - None: each window has the same weight. Use None if the errors of volatile series matter
          most.
        - "auto": "inverse_change".

    n_estimators : int or "auto", default="auto"
        Number of regressors in the ensemble. Each has its own seed. Their median is the forecast of
        the regressors, beside Theta and the pretrained network.
        "auto" is the number of regressors or of window lengths, whichever is larger. For several
        series without `regressor` it is at least 4.

    pretrained : {"auto", "only"} or None, default="auto"
        Whether the pretrained network takes part in the forecast. It was trained on simulated
        series, and forecasts the medians and quantiles of any series.

        - "auto": it takes part if `regressor` is None or a `default_regressor`. Of the weight that
          Theta leaves, it gets 60 % for one series (0.48 in all), 90 % for one short series, in
          which regressors see no season, and about 50 % for several. In forecasts of means it has
          no weight. It gives the intervals in both cases.
        - "only": zero-shot forecasts. Nothing is trained, and a single row is enough, or three for
          intervals. A `regressor` and past covariates are an error. Future covariates of a single
          series take part by their linear effects; those of several or of intermittent series are
          an error. `calendar` and the parameters of windows, level and baseline are ignored.
        - None: it takes no part.

    theta_weight : float or "auto", default="auto"
        Weight of the Theta forecast [3]_ in the forecast, in [0, 1]. Theta is exponential smoothing
        of the series without its season, plus half of its trend. The errors of Theta differ from
        those of the regressors, so that a weighted mean of both has smaller errors than either.
        If a season is used, Theta takes no part where all series are shorter than two of them.

        "auto" is the first of these that applies:

        - 0 with a `regressor` of your own, and in short series in which the pretrained network
          alone sees a season,
        - with `pretrained="only"`, 0 for medians, 0.5 for means, and 0.75 for means of intermittent
          series,
        - 0.6 for means of intermittent series,
        - 0.2 for medians, if the pretrained network takes part,
        - 0.2 for seasons of more than 100 rows,
        - 0.5 for one series, and 0.4 for several.

        With "auto", the weights of Theta and the pretrained network also follow their errors. For
        several series, errors at the ends of the series multiply these weights by a factor between
        0.25 and 1.5. With covariates, or if the regressors have learned the series nearly exactly
        at enough forecast origins, both weights are lower if the errors are larger than those of
        the regressors (:doc:`/guide/automatic_choices`).

    lower : float or None, default=None
        Lower limit of the forecasts and of the bounds of intervals, in the units of the series:
        lower=0 for sales. Smaller forecasts are moved to the limit, after all other steps. The
        limit is that of all targets of all series. Values of X below the limit raise a warning in
        `fit`. None: no limit.

    upper : float or None, default=None
        Upper limit, as `lower`: upper=80 for a hall of 80 seats.

    calibration_fraction : float, default=0.0
        Share of the rows, at the end of the series, on which intervals are calibrated, in [0, 1).
        The forecaster is first fitted without these rows, and then again on all rows. 0: no
        calibration; the pretrained network gives the intervals, if it takes part.

    random_state : int, RandomState instance or None, default=None
        Source of the seeds of the regressors. None: the `random_state` of the regressor counts, in
        an ensemble that of the first regressor. If that is None too, forecasts differ from fit to
        fit.

    verbose : int, default=0
        0 shows nothing. 1 shows the regressors and epochs that are done and the time left: as bars
        in a terminal or a notebook, else as lines. 2 prints lines everywhere.

    Attributes
    ----------
    window_length_ : int or tuple of int
        Number of rows in a window. A tuple if there are several lengths.

    season_length_ : int
        Number of rows in the season that level, baseline and Theta use. It is given, or follows
        from the dates. 1: no season. Theta needs two of these seasons. Level and baseline of a
        single series need more than two, and a season and `horizon` rows.

    season_lengths_ : tuple of int
        All given seasons, or those of the dates that are used, the shortest first.

    level_ : {"mean", "last", "window"} or None
        The level in use. None with pretrained="only".

    baseline_ : {"last", "seasonal", "profile"} or None
        The baseline in use. None with pretrained="only".

    point_ : {"median", "mean"}
        Whether forecasts are medians or means.

    calendar_ : list of str
        Names of the calendar features in use.

    categories_ : dict of str to list
        The values of each covariate of text or categories in `fit`.

    scaler_ : transformer, None, or list of them
        The fitted scaler of the targets. A list for several series.

    regressors_ : list of estimators
        The fitted regressors, followed by the pretrained network if it takes part. Its `quantiles`
        are the levels that it forecasts.

    pretrained_ : bool
        Whether the pretrained network takes part.

    ensemble_ : dict of str to float
        Weights of the ensemble members in the forecast, which add up to 1. The members are
        "regressors" (the median of the fitted regressors), "pretrained" and "theta". Where the
        baseline alone is used, it is {"baseline": 1.0}.

    summary_ : dict
        The choices of "auto" at one glance: season, windows, scaling, level, baseline, calendar,
        point and ensemble, and the number of series and rows. It prints as a short table.

    n_features_in_ : int
        Number of columns in `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns in `fit`. Defined only if all of them are strings.

    See Also
    --------
    GRURegressor : The network alone, for pipelines.
    skgru.model_selection.backtest : Forecasts from rolling forecast origins.

    Notes
    -----
    The *forecast origin* t is the last row that a forecast uses. The *level* l[t] is the value that
    is subtracted from the window that ends at t. The *baseline* b[t, k] is the naive forecast of
    row t + k. With z the scaled series and L the window length, the regressor f is fitted to the
    errors of the baseline::

        z[t+k] - b[t, k] = f(z[t-L+1], ..., z[t], each minus l[t]),    k = 1, ..., horizon

    The forecast of the regressor for row t + k is b[t, k] plus the output of f. The mean with Theta
    and the pretrained network is transformed back to the units of the series.

    Covariates of text or categories are encoded by a OneHotEncoder: each value of `fit` becomes a
    column of 0 and 1. A missing value is a value of its own. Values that were not in `fit` are 0 in
    all of these columns, with a warning.

    Before a forecast, the data are prepared:

    - Linear effects of future covariates on one series are removed, and added to the forecast. They
      are found by a ridge regression of the changes from season to season, and used if
      cross-validation over parts of the series shows smaller errors. Intermittent series have
      none, nor have a regressor and a scaler of your own.
    - Gaps in z are filled from the season before, those in the series of the pretrained network
      from both sides.
    - Single values far outside the seasonal course are moved to the edge of the usual range. This
      needs a history of three seasons.
    - Covariates are clipped to the range of `fit`, extended on both sides by half its width, with a
      warning.
    - Windows of one series are clipped to the range of those in training. With a `regressor` of
      your own, this range is twice as wide.

    If the error of the default regressors on the last rows of `fit` is more than 10 % above that
    of the baseline, they are left out, with a warning. They are also left out of a series that is
    too short to train them.

    In a global model [1]_ the windows of all series train each regressor:

    - A window that starts before its series is filled with the first row of the series, if the
      series has at least one season of rows and there are no past covariates.
    - Targets after the end of a series are unknown. A GRURegressor learns from the other targets of
      the same window. Other regressors learn only from windows without unknown targets.
    - Early stopping holds out the last windows of each series.
    - The windows of a GRURegressor are computed one batch at a time, so memory holds only the rows.

    If X continues the training series, `forecast(X=X)` starts from the training series followed by
    X (:doc:`/guide/first_forecast` has a table):

    - With dates, X continues the training series if it begins right after it, or within the last
      rows that the forecaster keeps (at least a window and `horizon` rows). Rows that are in both
      must have the values of the training series. Otherwise X stands alone.
    - Without an index, all rows of X are later rows. Exception: an X that begins with the first
      rows of `fit` is the training series from its start, if these rows occur only once in it. So a
      single 0 does not identify a series with many zeros. If X has at least as many rows as `fit`,
      a few of them may have revised values.
    - In a list, each series continues the one at its position, if X has as many series as `fit`,
      with the same names. An array in a list never continues a series.
    - In a long or wide frame, a series continues that with the same identifier, unless it begins
      with the first row of `fit`. In rows that are in both, the values of X are used.

    A series that continues one of `fit` has the scaler of `fit`, as after `update`. After a fit on
    one series, `predict` and `score` use the same history.

    Any other X stands alone: its rows are the whole history of its forecasts. After a fit on
    several series, it also has a scaler of its own, fitted to these rows. Examples are new series,
    and the training series from its first row on. A warning says why rows before X are not used:

    - X has other values than the training series in the same rows.
    - X begins after a gap, or before the rows that the forecaster keeps, and is shorter than a
      window or a season.

    Then give the series from the start of `fit` to the end of X, with NaN in missing rows. There is
    no warning if most targets differ, and X is as long as the longer one of window and season: then
    X is another series.

    Intervals come from quantiles of the pretrained network, or are split conformal intervals [2]_:
    see `forecast_interval`.

    References
    ----------
    .. [1] Montero-Manso & Hyndman (2021), Principles and algorithms for forecasting groups of time
       series: Locality and globality, doi:10.1016/j.ijforecast.2021.03.004.

    .. [2] Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), Distribution-free predictive
       inference for regression, doi:10.1080/01621459.2017.1307116.

    .. [3] Hyndman & Billah (2003), Unmasking the Theta method,
       doi:10.1016/S0169-2070(01)00143-1.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import SequenceForecaster
    >>> months = np.arange(120)
    >>> series = 20 + 5 * np.sin(months * 2 * np.pi / 12) + np.cos(months**2)
    >>> series = series.reshape(-1, 1)
    >>> forecaster = SequenceForecaster(horizon=6, season_length=12, random_state=0).fit(series)
    >>> forecaster.forecast(6).round()[:, 0]
    array([20., 23., 24., 25., 24., 22.])
    >>> forecaster.summary_
    1 series of 120 rows, forecast 6 rows ahead
      season    12 rows
      window    24 rows
      scaling   logarithm
      level     mean
      baseline  profile
      calendar  none
      point     median
      ensemble  32 % regressors, 48 % pretrained, 20 % theta

    Features of the dates as future covariates:

    >>> import pandas as pd
    >>> from sklearn.linear_model import Ridge
    >>> dates = pd.date_range("2026-01-05", periods=70, freq="D")
    >>> visits = pd.Series(20.0 + 30 * (dates.day_of_week > 4), dates)
    >>> at_weekends = SequenceForecaster(Ridge(), horizon=7, calendar=True).fit(visits)
    >>> at_weekends.calendar_
    ['day_of_week']
    """

    window_length_: Any  # int, or tuple of int for several lengths
    season_length_: int
    season_lengths_: tuple[int, ...]
    level_: str | None
    baseline_: str | None
    point_: str
    calendar_: list[str]
    categories_: dict[Any, list[Any]]
    scaler_: Any
    regressors_: list[Any]
    pretrained_: bool
    ensemble_: dict[str, float]
    n_features_in_: int
    feature_names_in_: np.ndarray

    # Weights of the rows of _tails. Files of earlier versions have none.
    _weights: list[np.ndarray] | None = None

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "regressor": [None, Instance(["fit", "predict"]), list, tuple],
        "window_length": "no_validation",  # by check_kinds
        "horizon": [at_least(1)],
        "season_length": "no_validation",  # by check_kinds
        "scaler": [Instance(["fit", "transform", "inverse_transform"]), StrOptions({"auto"}), None],
        "level": [StrOptions({"auto", "mean", "last", "window"}), None],
        "baseline": [StrOptions({"auto", "last", "seasonal", "profile"}), None],
        "strategy": [StrOptions({"direct", "recursive"})],
        "point": [StrOptions({"auto", "mean", "median"})],
        "target": [str, Integral, "array-like", None],
        "known": [str, Integral, "array-like", None],
        "calendar": "no_validation",
        "group": [str, Number(Integral, None, None, closed="neither"), list, tuple, None],
        "series_weight": [StrOptions({"auto", "inverse_change"}), None],
        "n_estimators": [at_least(1), StrOptions({"auto"})],
        "pretrained": [StrOptions({"auto", "only"}), None],
        "theta_weight": [StrOptions({"auto"}), real_between(0, 1, closed="both")],
        "lower": [Number(Real, None, None, closed="neither"), None],
        "upper": [Number(Real, None, None, closed="neither"), None],
        "calibration_fraction": [real_between(0, 1, closed="left")],
        "random_state": [
            Number(Integral, 0, 2**32 - 1, closed="both"),
            np.random.RandomState,
            None,
        ],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        regressor: Any = None,
        *,
        window_length: int | Sequence[int] | str = "auto",
        horizon: int = 1,
        season_length: int | Sequence[int] | None = None,
        scaler: Any = "auto",
        level: str | None = "auto",
        baseline: str | None = "auto",
        strategy: str = "direct",
        point: str = "auto",
        target: str | int | Sequence[str | int] | None = None,
        known: str | int | Sequence[str | int] | None = None,
        calendar: bool | str | Sequence[str] | None = None,
        group: str | int | Sequence[str | int] | None = None,
        series_weight: str | None = "auto",
        n_estimators: int | str = "auto",
        pretrained: str | None = "auto",
        theta_weight: float | str = "auto",
        lower: float | None = None,
        upper: float | None = None,
        calibration_fraction: float = 0.0,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.regressor = regressor
        self.window_length = window_length
        self.horizon = horizon
        self.season_length = season_length
        self.scaler = scaler
        self.level = level
        self.baseline = baseline
        self.strategy = strategy
        self.point = point
        self.target = target
        self.known = known
        self.calendar = calendar
        self.group = group
        self.series_weight = series_weight
        self.n_estimators = n_estimators
        self.pretrained = pretrained
        self.theta_weight = theta_weight
        self.lower = lower
        self.upper = upper
        self.calibration_fraction = calibration_fraction
        self.random_state = random_state
        self.verbose = verbose

    @stores_at_once
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Fit the scaler and the regressors to one or several series.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), Series or DataFrame, or list of these
            The series, oldest row first. Series and frames are those of pandas or polars. NaN marks
            a missing value. A list may also hold 1-D arrays. A frame of several series needs
            `group`:

            - In a long frame, the dates are the index or the only column of dates.
            - In a wide frame, a series may begin with NaN.

            A series begins with its first sale: longer runs of zeros before it are left out
            (:doc:`/guide/sums_and_intermittent`). The same holds for rows before a clear shift of
            the level (:doc:`/guide/seasons`).

        y : None
            Ignored, as the targets are columns of X. A y with other values raises a warning.

        sample_weight : array-like of shape (n_samples,), list of arrays or None, default=None
            Weight of each row of X as a target in training, at least 0. The regressors are not
            trained to forecast rows of weight 0, such as those of a strike. These rows still are
            history of the rows after them. A long or wide frame has one weight a row, and a list of
            series has an array for each series. None: all rows have the same weight.

        Returns
        -------
        SequenceForecaster
            The fitted forecaster.

        Raises
        ------
        ValueError
            If a parameter is out of range, `lower` is not below `upper`, `regressor` is a
            classifier, a column is not in X, the index has no regular step, or a series is too
            short, has no values, or has no dates for `calendar`. If `sample_weight` has another
            length than X, negative values, NaN or only zeros, or a regressor takes no weights.
        ImportError
            If `calendar` names holidays and the package holidays is not installed.

        Notes
        -----
        The weight of a window is the mean weight of its known targets, which are `horizon` rows
        with strategy="direct". A row of weight 0 is an unknown target. Regressors other than
        GRURegressor are trained only on windows without unknown targets. `sample_weight` is
        multiplied by `series_weight`. The weights have no influence on scaling, baseline, Theta
        and the pretrained network.

        Examples
        --------
        The second year was unusual, so that the regressor is not trained to forecast its rows:

        >>> import pandas as pd
        >>> from sklearn.linear_model import Ridge
        >>> from skgru import SequenceForecaster
        >>> months = pd.period_range("2022-01", periods=48, freq="M")
        >>> sales = pd.Series(100.0 + months.month + 30 * (months.year == 2023), months)
        >>> weights = sales.index.year != 2023
        >>> forecaster = SequenceForecaster(Ridge(), window_length=12)
        >>> forecaster.fit(sales, sample_weight=weights).forecast().index
        PeriodIndex(['2026-01'], dtype='period[M]')
        """
        self._validate_params()
        check_limits(self.lower, self.upper)
        categories = categories_of(X, self)
        tables, panel = self._read_first(categories.encoded(X))
        if panel is not None and panel.kind == "wide":
            check_wide(self)
        whole, targets = tables, roles_of_columns(self, tables)[0]
        rule = StartRule(
            targets,
            self.season_length,
            0 if self.pretrained == "only" else self.horizon,
            takes_pretrained(self),
            # Weights decide themselves which rows count.
            np.inf if sample_weight is not None else rows_to_calibrate(self),
        )
        tables, starts = without_earlier_rows(whole, panel, rule)
        spec = make_spec(self, tables)
        if not rule.takes_pretrained and min(map(len, tables)) < spec.n_rows_needed:
            rule = replace(rule, n_needed=max(rule.n_needed, spec.n_rows_needed))
            tables, starts = without_earlier_rows(whole, panel, rule)
            spec = make_spec(self, tables)
        warn_of_shifts([None] if panel is None else panel.ids, whole, starts, targets[0])
        check_series(self, X, tables, panel, spec)
        warn_of_y(y, X, whole, panel, spec)
        weights = weights_of_rows(sample_weight, X, tables, panel)
        series = [table.values for table in tables]
        check_alone(self, spec, series)
        # Alone, the pretrained network needs no calendar: it has the seasons of the dates.
        calendar = calendar_of(None if self.pretrained == "only" else self.calendar, tables)
        spec = with_categories(spec, categories, tables[0])
        given, n_columns = spec, series[0].shape[1]
        spec = replace(
            spec, known=(*given.known, *range(n_columns, n_columns + calendar.n_columns))
        )
        series = [calendar.extended(table) for table in tables]
        members = [] if self.pretrained == "only" else make_members(self, spec, series)
        if weights is not None:
            check_takes_weights(members)
        template = make_template(self, spec, series, members)
        calibration = Calibration(spec, list(map(len, series)))
        n_fits = 2 if self.calibration_fraction else 1
        # With y, because callbacks score nothing without it, and scores of a forecaster ignore it.
        task = None
        if self.verbose or any(map(has_callbacks, [self, *(one.regressor for one in members)])):
            task = FitTask.begun(self, n_fits * len(members), X=X, y=X)
        if self.calibration_fraction:
            n_needed = spec.n_rows_needed if members else LEAST_ROWS
            shortened, held_out = parts_of(spec, series, self.calibration_fraction, n_needed)
            before = weights
            if weights is not None:
                before = [one[: len(rest)] for one, rest in zip(weights, shortened, strict=True)]
            trial = fitted_model(template, shortened, is_trial=True, weights=before, task=task)
        model = fitted_model(template, series, weights=weights, task=task)
        if self.calibration_fraction:
            errors, series_of = errors_of(trial, model, series, held_out)
            calibration = replace(calibration, errors=errors, series_of=series_of)
        warn_of_unread_seasons(self, tables, spec, model.shares)
        # One more row than a forecast needs, and those of the windows that update trains on.
        n_kept = model.n_rows_kept + 1 + spec.steps_of_call
        n_first = max(spec.window_length, LEAST_COMPARED)
        tails = [
            replace(table, values=last_rows(table.values, n_kept, spec.targets)) for table in tables
        ]
        self.__dict__.update(
            _model=model,
            _n_kept=n_kept,
            _spec=spec,
            _given=given,
            _calendar=calendar,
            _categories=categories,
            _panel=panel,
            _calibration=calibration,
            _first_rows=[table.values[:n_first].copy() for table in tables],
            _n_identifying=n_identifying(tables[0].values, n_first),
            _tails=tails,
            _scaled_tails=model.scaled_tails([table.values for table in tails]),
            _n_rows=list(map(len, tables)),
            _n_left_out=[start.n_left_out for start in starts],
            _given_season=self.season_length,
            _naive_scales=[
                naive_scale(table.values[:, spec.targets], spec.season_length) for table in tables
            ],
            _weights=None if weights is None else [one[-n_kept:] for one in weights],
            _limits=(self.lower, self.upper),
            _usual_step=max(tables, key=len).rows.freq,
            window_length_=spec.windows[0] if len(set(spec.windows)) == 1 else spec.windows,
            season_length_=spec.season_length,
            season_lengths_=spec.seasons,
            level_=None if self.pretrained == "only" else spec.level,
            baseline_=spec.baseline,
            point_=spec.point,
            calendar_=list(calendar.names),
            categories_=categories.values(),
            scaler_=model.scalers if spec.is_global else model.scalers[0],
            regressors_=model.regressors,
            pretrained_=model.takes_pretrained,
            ensemble_=model.shares,
        )
        names = tables[0].names
        remember_features(
            self, None if names is None else np.asarray(names, dtype=object), n_columns
        )
        if task is not None:
            task.end(dict)
        return self

    @stores_at_once
    def update(self, X: Any, refit: bool = False, sample_weight: Any = None) -> Self:
        """Append rows that continue the training series to the history of forecasts.

        Afterwards `forecast()` starts after the last row of X. `forecast(X=X)` gives the forecast
        after X without keeping its rows. `fit` on all rows trains new regressors.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list of them
            The new rows, in the container of `fit` and with its columns. Further columns of a frame
            are left out. Rows that are in the history, by their index, are ignored, so X may
            overlap it, or be the whole series. A warning is raised if the history has other values
            in these rows. All rows of X without an index, such as those of an array, are new. For
            several series:

            - Each series of a list continues the series of `fit` at the same position. It may be
              empty. A list with the names of `fit` in another order is an error.
            - A wide frame has the columns of `fit`, in any order.
            - A long frame may leave series out that have no new rows.

        refit : bool, default=False
            Whether the regressors are trained further on the new rows. False trains nothing, which
            takes milliseconds. True calls `partial_fit` of each regressor, which is one epoch for a
            GRURegressor (see Notes). A warning is raised if there is nothing to train, as with
            `pretrained="only"`. The history still gets the new rows.

        sample_weight : array-like of shape (n_samples,), list of arrays or None, default=None
            Weight of each row of X as a target of `refit=True`, at least 0, in the form that `fit`
            takes. The weights of known rows of X are ignored. None: the weight 1.

        Returns
        -------
        SequenceForecaster
            The same forecaster.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X does not start right after the history or within it, has another step or other
            columns, or has series that were not part of `fit`; or if `refit=True` and a regressor
            has no `partial_fit`. If `sample_weight` is given with `refit=False`, has another length
            than X, negative values or NaN, or `partial_fit` of a regressor takes no weights. After
            an error the forecaster is as it was before.

        Notes
        -----
        `refit=True` trains the regressors on the windows whose last target is a new row. A direct
        forecaster has `horizon` targets after each window, so the windows begin before the new
        rows. Each window is trained on in one update only. Windows with an unknown target or a
        target of weight 0 are left out. The weight of a window is the mean weight of its targets.
        Targets that were in the history keep the weights of `fit` or of an earlier update.

        Everything else stays as in `fit`: the scalers, the weights of the ensemble, the correction
        to means, and the residuals of `calibration_fraction`. Intervals from these residuals
        keep the width they have after `fit`.

        Examples
        --------
        >>> import pandas as pd
        >>> from skgru import SequenceForecaster
        >>> months = pd.period_range("2024-01", periods=26, freq="M")
        >>> sales = pd.Series(100 + months.month, months)
        >>> forecaster = SequenceForecaster(pretrained="only").fit(sales[:24])
        >>> forecaster.update(sales[24:]).forecast().index
        PeriodIndex(['2026-03'], dtype='period[M]')
        """
        check_is_fitted(self)
        if not isinstance(refit, bool | np.bool_):
            raise ValueError(f"refit={refit!r} must be a bool. Use refit=True or refit=False.")
        if refit:
            check_trains_further(self._model, sample_weight is not None)
        elif sample_weight is not None:
            raise ValueError(
                "sample_weight needs refit=True, because refit=False trains nothing. Give "
                "refit=True, or leave sample_weight None."
            )
        new = self._new_rows(X)
        n_new = list(map(len, new))
        new_weights = weights_of_new(sample_weight, X, self._panel, n_new)
        weights = extended_weights(self._weights, list(map(len, self._tails)), new_weights, n_new)
        if not any(n_new):
            ends = [table.rows.index[-1] for table in self._tails if table.rows.index is not None]
            warn_user(
                f"X has no rows after the history{f', which ends at {max(ends)}' if ends else ''}. "
                "update has changed nothing. Give later rows."
            )
            return self
        tails = extended(self._tails, new, self._n_kept, self._spec.targets)
        warn_of_ends(tails, self._panel, self._spec)
        ids = [None] if self._panel is None else self._panel.ids
        self._warn_of_new_shifts(ids, range(len(tails)), tails)
        n_rows = [n + len(one) for n, one in zip(self._n_rows, new, strict=True)]
        self._warn_of_new_season(tails, max(n_rows))
        added = [
            Table(one, table.names, TimeIndex(table.rows.library), header=table.header)
            for one, table in zip(new, tails, strict=True)
        ]
        warn_of_covariate_gaps(X, added, self._panel, self._covariates, is_fit=refit)
        model = self._model
        if refit:
            whole = extended(self._tails, new, self._n_kept + max(n_new), self._spec.targets)
            series = list(map(self._calendar.extended, whole))
            model = trained_further(model, series, n_new, weights)
        self.__dict__.update(
            _model=model,
            regressors_=model.regressors,
            _tails=tails,
            _scaled_tails=model.scaled_tails([table.values for table in tails]),
            _weights=None if weights is None else [one[-self._n_kept :] for one in weights],
            _n_rows=n_rows,
        )
        return self

    @property
    @reads_once
    def summary_(self) -> Summary:
        """The choices of "auto", as a dict that prints as a short table."""
        check_is_fitted(self)
        return summary_of(self)

    @reads_once
    def predict(self, X: Any) -> Any:
        """Forecast the next `horizon` rows after each row of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list of them
            The series, with the columns of `fit`. Further columns of a frame are left out, here
            and in all methods but `fit`. If X continues the training series, the rows of
            the training series before X are its history. If X has other values than the training
            series in the same rows, X stands alone, with a warning (see the Notes of the class).
            After a fit on several series, X has no history.

        Returns
        -------
        array-like of shape (n_samples,) or (n_samples, horizon * n_targets)
            Row t holds the forecasts of rows t + 1 .. t + horizon: first all targets of step 1,
            then all targets of step 2, and so on. They have the container and the index of X, with
            columns `{target}_step{k}`. Forecasts that need future covariates after the end of X are
            NaN. A list of series gives a list.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has other columns than in `fit`, or for the reasons listed in `fit`.

        Notes
        -----
        After a fit on several series, a clone of `scaler` is fitted to all rows of X. A scaler with
        fitted statistics, such as StandardScaler, thus uses rows after row t for the forecast of
        row t, and `score` is slightly optimistic.
        """
        check_is_fitted(self)
        if isinstance(X, Integral):
            raise ValueError(
                f"X={X} must be a series: predict(X) forecasts the next rows after each row of X. "
                f"Use forecast({max(1, int(X))}) to forecast after the training series."
            )
        if is_list_of_series(X):
            return [self.predict(one) for one in self._lone(X)]
        table = self._read_new(X)
        warn_of_unknown(table, self._spec)
        self._warn_of_lost_history(table)
        forecasts = self._row_by_row(table)
        steps = range(1, self._spec.horizon + 1)
        names = [with_ending(name, f"_step{k}") for k in steps for name in self._names_in(table)]
        flat = forecasts.reshape(len(table), -1)
        return table.rows.frame(flat, names, table.rows.index, flat.shape[1] == 1, table.header)

    @reads_once
    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return the coefficient of determination R² of `predict` on X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list of them
            One series, or a list of series after a fit on a list. So `GridSearchCV` can tune on a
            list, where each fold holds out some of the series.

        y : None
            Ignored.

        sample_weight : array-like of shape (n_samples,), list of arrays or None, default=None
            Weight of each row of X as an actual value, as in `fit`.

        Returns
        -------
        float
            R², at most 1, averaged over steps and targets. It uses the rows of X that have a
            complete history before them and `horizon` rows after them. For a list it is the mean
            over the series that are long enough.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has fewer than two rows that can be scored.
        """
        check_is_fitted(self)
        if not is_list_of_series(X):
            table = self._read_new(X)
            self._warn_of_lost_history(table, must_be_values=True)
            weight = None if sample_weight is None else weights_of_one(sample_weight, X)
            return self._score_of(table, weight)
        tables = [self._read_new(one) for one in self._lone(X)]
        weights: list[Any] = [None] * len(tables)
        if sample_weight is not None:
            weights = weights_of_list(sample_weight, X, range(len(X)))
        scores = [
            self._score_of(table, weight, must=len(tables) == 1)
            for table, weight in zip(tables, weights, strict=True)
        ]
        if np.isnan(scores).all():
            return self._score_of(max(tables, key=len))  # raises with the reason
        return float(np.nanmean(scores))

    @reads_once
    def forecast(
        self, steps: int | None = None, X: Any = None, future: Any = None, *, until: Any = None
    ) -> Any:
        """Forecast the rows after the training series, or after X.

        Parameters
        ----------
        steps : int or None, default=None
            Number of rows to forecast. None: `horizon`. After `horizon` rows, the forecasts of the
            regressors become history for further ones. At step k beyond the horizon, the weight of
            the regressors is multiplied by `horizon` / k, and all weights are divided by their sum.
            Exceptions are forecasts with covariates, and regressors with far smaller errors than
            the baseline. The first rows do not depend on `steps`.

        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list, default=None
            Series to forecast from, in the same container as in `fit`. Columns of a frame that were
            not part of `fit` are left out. None: the training series.

            Rows that follow the training series continue it: the forecast is that of `forecast`
            after `update(X)`. X may also repeat the last rows of the training series, with the same
            values. With other values, one series stands alone, with a warning, and `update` ignores
            these rows: see the Notes of the class. After a fit on several series, X
            may also hold new series, and leave some out. Each new series gets its own scaler.

        future : array-like of shape (steps, n_known), DataFrame, dict or None, default=None
            Values of the future covariates (`known`) for each step. Regressors with
            strategy="direct" need them up to the next multiple of `horizon` rows. Further rows, and
            further columns of a frame or dict, are ignored. Rows with dates are found by their
            date, and may be in any order. The dates are the index or the only column of dates. A
            dict of columns is taken too. For several series: a list, a long frame, or a dict with a
            frame for each id.

        until : str, date, datetime, Timestamp, Period or None, default=None
            Forecast up to this date instead of `steps` rows. The last row is the last one whose
            date is not after `until`. A string or date includes its whole day, month or year:
            "2026-06" includes the last hour of June. "02/03/2027", which has two readings, is an
            error. Several series may end at different dates, and each of them gets its own number
            of rows, which may be 0.

        Returns
        -------
        array-like of shape (steps, n_targets)
            The forecasts, in the container of the series and with its index continued: a Series for
            a Series, a list for a list, a long frame for a long frame, a wide frame for a wide one.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If `future` is missing, too short or for other rows, if there are past covariates and
            `steps` exceeds `horizon`, or if X has no dates for `calendar` or `until`. If `until` is
            no date, is not after the series, or is given with `steps`.

        Examples
        --------
        >>> import pandas as pd
        >>> from skgru import SequenceForecaster
        >>> months = pd.period_range("2024-01", periods=26, freq="M")
        >>> sales = pd.Series(100 + months.month, months)
        >>> forecaster = SequenceForecaster(pretrained="only").fit(sales)
        >>> forecaster.forecast(until="2026-05-31").index
        PeriodIndex(['2026-03', '2026-04', '2026-05'], dtype='period[M]')
        """
        new = self._origins(steps, X, future, until)
        return self._answers(self._values_of(new), [""], new)

    @reads_once
    def forecast_interval(
        self,
        steps: int | None = None,
        coverage: float = 0.9,
        X: Any = None,
        future: Any = None,
        *,
        until: Any = None,
        with_forecast: bool = False,
    ) -> Any:
        """Forecast intervals that contain the actual value with probability `coverage`.

        Parameters
        ----------
        steps : int or None, default=None
            Number of rows to forecast. None: `horizon`. There may be more only if the bounds come
            from the pretrained network.

        coverage : float, default=0.9
            Share of the actual values that the intervals should contain, in (0, 1).

        X : array-like of shape (n_samples, n_columns), Series, DataFrame or list, default=None
            Series to forecast from, as in `forecast`. None: the training series.

        future : array-like of shape (steps, n_known), DataFrame, dict or None, default=None
            Values of the future covariates, as in `forecast`.

        until : str, date, datetime, Timestamp, Period or None, default=None
            Date up to which rows are forecast, as in `forecast`.

        with_forecast : bool, default=False
            Whether the forecast stands between the bounds.

        Returns
        -------
        array-like of shape (steps, n_targets, 2), or (steps, n_targets, 3) with the forecast
            Lower and upper bounds, or lower bound, forecast and upper bound. For a Series or data
            frame: a DataFrame with columns `{target}_lower`, `{target}` with the forecast, and
            `{target}_upper`. Several series come back in their container.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If neither the pretrained network nor the regressor has quantiles and there was no
            calibration, or `coverage` needs a larger calibration set.

        Notes
        -----
        Without calibration, the bounds are quantiles of the pretrained network, for any coverage.
        The bounds are moved by the difference between the forecast and the median of the network.
        Their distances from the forecast are then multiplied by a factor. For one series the factor
        is 1.1 for a coverage of 0.8, and 1.25 for 0.95. For several series, it follows from the
        errors of the network at the ends of the series.

        With `calibration_fraction`, they are split conformal intervals [1]_. For each step ahead,
        both bounds have the same distance from the forecast: a quantile of the absolute residuals
        on the calibration set. With point="mean", they have this distance from the forecast before
        its correction to means. Distances are taken on the scale of `scaler`, so that after a
        logarithm the intervals grow with the level.

        Residuals k steps ahead of neighbouring forecast origins are correlated, so n of them count
        as n / sqrt(k). Otherwise the intervals of short series would be too narrow at far steps. A
        step has at least the distance of the step before it.

        Several series are calibrated together. The residuals of each series are divided by its mean
        absolute seasonal-naive error, and its intervals are multiplied by that error. Coverage
        holds on average over the series, not for each of them.

        A regressor of your own with quantiles gives the bounds without calibration. It must have
        been fitted with the quantiles (1 - coverage) / 2 and (1 + coverage) / 2.

        References
        ----------
        .. [1] Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), Distribution-free predictive
           inference for regression, doi:10.1080/01621459.2017.1307116.

        Examples
        --------
        >>> import pandas as pd
        >>> from skgru import SequenceForecaster
        >>> months = pd.period_range("2024-01", periods=26, freq="M")
        >>> sales = pd.Series(100 + months.month, months, name="sales")
        >>> forecaster = SequenceForecaster(pretrained="only").fit(sales)
        >>> list(forecaster.forecast_interval(3, with_forecast=True).columns)
        ['sales_lower', 'sales', 'sales_upper']
        """
        check_is_fitted(self)
        if not real_between(0, 1, closed="neither").is_satisfied_by(coverage):
            raise ValueError(
                f"coverage={coverage!r} must be a float between 0 and 1, both excluded. It is the "
                "share of actual values that the intervals should contain. Use coverage=0.9, for "
                "example."
            )
        most = self._check_coverage(coverage)
        new = self._origins(steps, X, future, until)
        if most is not None and new.steps > most:
            raise ValueError(
                f"{new.given} exceeds the {most} steps that intervals are available for. Fit with "
                "a larger horizon."
            )
        (bounds, forecasts), endings = self._bounds_of(new, coverage), ["_lower", "_upper"]
        if with_forecast:
            bounds = [
                np.stack([one[..., 0], middle, one[..., 1]], axis=-1)
                for one, middle in zip(bounds, forecasts, strict=True)
            ]
            endings.insert(1, "")
        if new.tables[0].rows.library == "numpy":
            if new.panel is None:
                return bounds[0]
            return np.concatenate(bounds, axis=1) if new.panel.kind == "wide" else bounds
        self._check_names(new, endings)
        flat = [one.reshape(new.steps, -1) for one in bounds]
        return self._answers(flat, endings, new)

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the forecaster, its regressor or its scaler.

        Parameters
        ----------
        params : dict
            Names and values. Parameters of the regressor have the form `regressor__units=16`.

        Returns
        -------
        SequenceForecaster
            The same forecaster.

        Raises
        ------
        ValueError
            If a parameter of `regressor` or `scaler` is given, but `regressor` or `scaler` is
            "auto", None or a list.

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
                examples = {"regressor": "skgru.default_regressor()", "scaler": "StandardScaler()"}
                example = examples[parameter]
                raise ValueError(
                    f"{nested[0]}={params[nested[0]]!r} sets a parameter of an estimator, but "
                    f"{parameter}={holder!r} is none. Set {parameter}={example} or another "
                    "estimator first."
                )
        return super().set_params(**params)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = False
        return tags

    def _validate_params(self) -> None:
        """Raise ValueError if a parameter is out of range, whatever X is."""
        super()._validate_params()
        check_kinds(self)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")
