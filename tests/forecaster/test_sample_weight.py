"""sample_weight of SequenceForecaster.fit: the weight of each row as a target."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.neighbors import KNeighborsRegressor

from skgru import GRURegressor, SequenceForecaster
from skgru.metrics import forecast_scorer
from tests.helpers import assert_same_weights, fails, warns

N = 60
RANDOM = np.random.default_rng(0)
SERIES = 50 + 10 * np.sin(np.arange(N) * 2 * np.pi / 12) + RANDOM.normal(size=N)
X = SERIES.reshape(-1, 1)
WEIGHTS = RANDOM.uniform(0.1, 2, N)
HOLED = np.where(np.arange(N) == 40, 0, WEIGHTS)


def plain(regressor=None, **parameters):
    """A forecaster whose windows are those of the series itself."""
    regressor = regressor or Ridge()
    fixed = {"season_length": 1, "scaler": None, "level": None, "baseline": None}
    return SequenceForecaster(regressor, window_length=5, **fixed | parameters)


def coefficients(forecaster):
    return forecaster.regressors_[0].coef_


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("horizon", [1, 3])
def test_a_window_has_the_mean_weight_of_its_targets(horizon, strategy):
    fitted = plain(horizon=horizon, strategy=strategy).fit(X, sample_weight=HOLED)
    steps = horizon if strategy == "direct" else 1
    origins = [t for t in range(4, N - steps) if not t < 40 <= t + steps]
    windows = np.array([SERIES[t - 4 : t + 1] for t in origins])
    targets = np.array([SERIES[t + 1 : t + 1 + steps] for t in origins])
    weights = [HOLED[t + 1 : t + 1 + steps].mean() for t in origins]
    oracle = Ridge().fit(windows, targets[:, 0] if steps == 1 else targets, weights)
    np.testing.assert_allclose(coefficients(fitted), oracle.coef_, atol=1e-9)


@pytest.mark.filterwarnings("ignore:The last value of X")
def test_a_row_of_weight_0_is_no_target_of_a_network():
    """The row is far from others as a target, and is in no window of training."""
    network = GRURegressor(2, epochs=2, random_state=0, highway=True, normalize_X=False)
    network.set_params(normalize_y=False)
    changed = X.copy()
    changed[-1] = 500
    weights = np.where(np.arange(N) == N - 1, 0, WEIGHTS)
    fitted = [plain(network, horizon=3).fit(one, sample_weight=weights) for one in (X, changed)]
    assert_same_weights(*(one.regressors_[0] for one in fitted))
    other = plain(network, horizon=3).fit(changed, sample_weight=WEIGHTS)
    assert not np.array_equal(
        other.regressors_[0]._weights[0], fitted[0].regressors_[0]._weights[0]
    )


def test_equal_weights_are_no_weights():
    weighted, other = plain().fit(X, sample_weight=[2] * N), plain().fit(X)
    np.testing.assert_allclose(coefficients(weighted), coefficients(other), atol=1e-2)
    np.testing.assert_array_equal(
        plain().fit(X, sample_weight=np.ones(N)).forecast(), other.forecast()
    )


def test_weights_have_the_form_of_X():
    other = SERIES[::-1] * 2
    days = pd.date_range("2024-01-01", periods=N)
    frame = pd.DataFrame(
        {"day": [*days, *days], "shop": ["b"] * N + ["a"] * N, "y": np.r_[SERIES, other]}
    )
    weights, order = np.r_[WEIGHTS, HOLED], RANDOM.permutation(2 * N)
    usual = SequenceForecaster(Ridge(), window_length=5, season_length=1)

    def fitted(X, weights, group=None):
        return sklearn.clone(usual).set_params(group=group).fit(X, sample_weight=weights)

    wanted = coefficients(fitted([SERIES, other], [WEIGHTS, HOLED]))
    shuffled = frame.iloc[order]
    indexed = shuffled.set_index(["shop", "day"])
    of_polars = pl.DataFrame(shuffled.to_dict("list"))
    for X, group in ((shuffled, "shop"), (indexed, "shop"), (of_polars, ["shop"])):
        np.testing.assert_allclose(coefficients(fitted(X, weights[order], group)), wanted)
    np.testing.assert_allclose(coefficients(fitted(frame, pd.Series(weights), "shop")), wanted)
    quotes = pd.concat({"Close": shuffled.set_index(["shop", "day"])}, axis=1).reset_index()
    by_levels = sklearn.clone(usual).set_params(target=[("Close", "y")])
    by_levels.set_params(group="shop").fit(quotes, sample_weight=weights[order])
    np.testing.assert_allclose(coefficients(by_levels), wanted)
    wide = pd.DataFrame({"b": SERIES, "a": np.where(np.arange(N) < 9, np.nan, other)}, days)
    wanted = coefficients(fitted([SERIES, other[9:]], [WEIGHTS, WEIGHTS[9:]]))
    np.testing.assert_allclose(coefficients(fitted(wide, WEIGHTS, "columns")), wanted)


def test_wrong_weights():
    def fit(weights, X=X, forecaster=None):
        (forecaster or plain(horizon=3)).fit(X, sample_weight=weights)

    fails(lambda: fit(WEIGHTS[1:]), "sample_weight has shape (59,)", "60 rows", "shape (60,)")
    fails(lambda: fit(-WEIGHTS), "sample_weight has a negative weight in row 0", "at least 0")
    unknown = np.where(np.arange(N) == 3, np.nan, WEIGHTS)
    fails(lambda: fit(unknown), "sample_weight has NaN or infinity in row 3", "Give 0 to rows")
    fit(np.nan_to_num(unknown))
    fails(lambda: fit(np.zeros(N)), "sample_weight has only zeros", "Give a positive weight")
    fails(lambda: fit(["a"] * N), "sample_weight holds text such as 'a'")
    fails(lambda: fit([WEIGHTS], [X, X]), "list of 1 arrays", "list of 2 series", "list of 2 array")
    fails(lambda: fit([WEIGHTS, WEIGHTS[1:]], [X, X]), "sample_weight of series 1", "(59,)")
    every_second = np.arange(N) % 2
    fails(
        lambda: fit(every_second),
        "sample_weight leaves no window of horizon=3",
        "Give positive weights to 3 rows in a row after the first 5 rows",
    )
    every_second[5:8] = 1
    fit(every_second)
    fails(
        lambda: fit(np.arange(N) < 5, forecaster=plain(GRURegressor(2, epochs=1))),
        "sample_weight leaves no window of horizon=1",
        "Give positive weights to a row after the first 5",
    )


def test_weights_of_pandas_have_the_dates_of_X():
    days = pd.date_range("2024-01-01", periods=N)
    series, weights = pd.Series(SERIES, days), pd.Series(HOLED, days)
    wanted = coefficients(plain(season_length=1).fit(series, sample_weight=HOLED))
    fails(
        lambda: plain(season_length=1).fit(series, sample_weight=weights[::-1]),
        "sample_weight has an index of other dates than X",
        "sample_weight.reindex(X.index)",
    )
    moved = weights.reset_index(drop=True)[::-1]  # row numbers that are not in order
    fails(lambda: plain(season_length=1).fit(series, sample_weight=moved), "sort_index()")
    numbered = series.reset_index(drop=True)
    fails(lambda: plain(season_length=1).fit(numbered, sample_weight=moved), "reindex(X.index)")
    framed = plain(season_length=1).fit(series, sample_weight=weights.to_frame())
    np.testing.assert_array_equal(coefficients(framed), wanted)
    weights = weights[::-1].reindex(series.index)
    fitted = plain(season_length=1).fit(series, sample_weight=weights)
    np.testing.assert_array_equal(coefficients(fitted), wanted)


def test_regressors_without_weights():
    with_weights = {"sample_weight": WEIGHTS}
    fails(
        lambda: plain(KNeighborsRegressor()).fit(X, **with_weights),
        "fit of regressor=KNeighborsRegressor takes no sample_weight",
        "Leave it None",
        "Ridge()",
    )
    with warns("sample_weight has no effect with pretrained='only'", "Leave sample_weight None"):
        SequenceForecaster(pretrained="only", season_length=1).fit(X, **with_weights)


SEARCHED = {"regressor__alpha": [0.1, 1000.0]}
FOLDS = TimeSeriesSplit(2, test_size=6)
LIST, WEIGHTS_OF_LIST = [SERIES, SERIES[:40], SERIES[5:50]], [WEIGHTS, WEIGHTS[:40], HOLED[5:50]]


@pytest.mark.parametrize("scoring", [None, forecast_scorer("mae")])
@pytest.mark.parametrize("several", [False, True])
def test_searches_split_the_weights(scoring, several):
    dated = pd.Series(SERIES, pd.date_range("2024-01-01", periods=N))
    given, weights, cv = (LIST, WEIGHTS_OF_LIST, 3) if several else (dated, HOLED, FOLDS)
    forecaster = plain(season_length=1)
    search = GridSearchCV(forecaster, SEARCHED, cv=cv, scoring=scoring, error_score="raise")
    search.fit(given, sample_weight=weights)
    best = search.best_estimator_
    alone = sklearn.clone(best).fit(given, sample_weight=weights)
    np.testing.assert_array_equal(coefficients(best), coefficients(alone))
    if not several:
        train, test = list(FOLDS.split(X))[1]
        first = forecaster.set_params(regressor__alpha=0.1)
        first.fit(dated.iloc[train], sample_weight=HOLED[train])
        wanted = [first, dated.iloc[test], None, HOLED[test]]
        score = scoring(*wanted) if scoring else first.score(*wanted[1:])
        assert search.cv_results_["split1_test_score"][0] == pytest.approx(score)


def test_scores_weight_the_actual_values():
    fitted = plain().fit(X[:50])
    predicted, actual, weights = fitted.forecast(10), X[50:], WEIGHTS[50:].copy()
    weights[3] = 0
    errors = np.abs(actual - predicted)[:, 0]
    scorer = forecast_scorer("mae")
    wanted = -np.average(errors, weights=weights)
    assert scorer(fitted, actual, sample_weight=weights) == pytest.approx(wanted)
    from_rows, following = fitted.predict(X[50:-1]), X[51:]
    r2 = r2_score(following, from_rows, sample_weight=weights[1:])
    assert fitted.score(X[50:], sample_weight=weights) == pytest.approx(r2)
    fails(
        lambda: scorer(fitted, actual, sample_weight=np.zeros(10)),
        "cannot measure X",
        "have the weight 0",
        "longer test folds",
    )

    def error(y_true, y_pred):
        return np.abs(y_true - y_pred).max()

    fails(
        lambda: forecast_scorer(error)(fitted, actual, sample_weight=weights),
        "sample_weight was given",
        "takes no sample_weight",
        "Leave it None",
    )
    two = {"mae": scorer, "smape": forecast_scorer("smape")}
    search = GridSearchCV(plain(), SEARCHED, cv=FOLDS, scoring=two, refit="mae")
    assert np.isfinite(search.fit(X, sample_weight=WEIGHTS).best_score_)


def test_metadata_routing():
    with sklearn.config_context(enable_metadata_routing=True):
        asks = plain(horizon=3).set_fit_request(sample_weight=True)
        search = GridSearchCV(asks, SEARCHED, cv=FOLDS, scoring=forecast_scorer("mae"))
        best = search.fit(X, sample_weight=HOLED).best_estimator_
        # A regressor of one output gets the weights within MultiOutputRegressor.
        one = plain(HistGradientBoostingRegressor(max_iter=1), horizon=2)
        one.fit(X, sample_weight=WEIGHTS)
    alone = sklearn.clone(best).fit(X, sample_weight=HOLED)
    np.testing.assert_array_equal(coefficients(best), coefficients(alone))


def test_calibration_and_the_default_take_weights():
    calibrated = plain(horizon=2, calibration_fraction=0.4).fit(X, sample_weight=HOLED)
    assert np.isfinite(calibrated.forecast_interval(coverage=0.8)).all()
    default = SequenceForecaster(horizon=2, season_length=1, random_state=0)
    assert np.isfinite(default.fit(X, sample_weight=HOLED).forecast()).all()
