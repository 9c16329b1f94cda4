"""A series goes through scikit-learn's tools: pipelines, searches, meta-estimators, inspection."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingRegressor
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    TimeSeriesSplit,
    cross_val_predict,
    learning_curve,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skgru import GRURegressor, SequenceWindower
from tests.helpers import raises

N_ROWS = 60
SERIES = np.sin(np.arange(N_ROWS) / 3).reshape(-1, 1) * 5 + 20
NEXT = np.sin(np.arange(1, N_ROWS + 1) / 3) * 5 + 20  # what follows each row, also the last


def several_channels():
    phase = np.arange(N_ROWS)[:, np.newaxis] / 3
    return np.sin(phase + np.arange(3)) + np.array([0, 100, 200])


def make_pipeline(window_length=4, context=None, **changed):
    # The simplest cell compiles fastest.
    settings = {"cell": "rnn", "units": 3, "epochs": 1, "batch_size": 16, "random_state": 0}
    return Pipeline(
        [
            ("scale", MinMaxScaler()),
            ("window", SequenceWindower(window_length, context=context)),
            ("gru", GRURegressor(**(settings | changed))),
        ]
    )


@pytest.fixture(scope="module")
def fitted():
    """Fitted on SERIES without y, well enough to beat the mean; nobody refits it."""
    return make_pipeline(units=8, epochs=15, learning_rate=0.02).fit(SERIES)


def test_a_pipeline_fits_predicts_and_scores_a_series(fitted):
    scaled = fitted["scale"].transform(SERIES)[:, 0]
    predicted = fitted.predict(SERIES)
    assert predicted.shape == (N_ROWS,)
    assert np.isfinite(predicted).all()
    # Rows 3 .. 58 have a whole window and a row after it.
    expected = r2_score(scaled[4:], predicted[3:-1])
    assert expected > 0.5
    assert fitted.score(SERIES) == pytest.approx(expected, abs=1e-6)


def test_the_last_prediction_is_the_row_after_the_series(fitted):
    following = fitted.predict(SERIES)[-1:].reshape(1, 1)
    spread = SERIES.max() - SERIES.min()
    value = fitted["scale"].inverse_transform(following).item()
    assert value == pytest.approx(NEXT[-1], abs=0.25 * spread)
    last_five = fitted.predict(SERIES[-5:])
    assert last_five[-1] == pytest.approx(following.item(), abs=1e-6)  # its window is all it needs


def test_grid_search_over_units_and_window_length_needs_no_y():
    search = GridSearchCV(
        make_pipeline(),
        {"gru__units": [2, 4], "window__window_length": [3]},
        cv=TimeSeriesSplit(5),
        error_score="raise",
    ).fit(SERIES)
    scores = np.array([search.cv_results_[f"split{k}_test_score"] for k in range(5)])
    assert np.isfinite(scores).all()
    assert len(np.unique(scores)) == scores.size
    best = search.cv_results_["params"][scores.mean(axis=0).argmax()]
    assert search.best_params_ == best
    assert search.best_estimator_["gru"].n_features_in_ == 3
    assert search.predict(SERIES).shape == (N_ROWS,)
    assert search.score(SERIES) == search.best_estimator_.score(SERIES)


def test_grid_search_over_window_lengths_takes_a_scorer_with_an_explicit_y():

    def own_score(estimator, X, y):
        return estimator.score(X, y)

    scoring = {"mae": "neg_mean_absolute_error", "own": own_score}
    search = GridSearchCV(
        make_pipeline(),
        {"gru__units": [2, 4], "window__window_length": [3, 5]},
        cv=TimeSeriesSplit(2),
        scoring=scoring,
        refit="mae",
        error_score="raise",
    ).fit(SERIES, NEXT)
    assert np.isfinite(search.cv_results_["mean_test_own"]).all()
    assert (search.cv_results_["mean_test_mae"] < 0).all()
    best = search.best_estimator_
    assert best["gru"].n_features_in_ == search.best_params_["window__window_length"]
    expected = -mean_absolute_error(NEXT, best.predict(SERIES))
    assert search.score(SERIES, NEXT) == pytest.approx(expected)


def test_grid_search_by_name_of_a_scorer_with_an_explicit_y():
    search = GridSearchCV(
        make_pipeline(),
        {"gru__epochs": [1, 8]},
        cv=TimeSeriesSplit(2),
        scoring="neg_mean_absolute_error",
        error_score="raise",
    ).fit(SERIES, NEXT)
    assert search.best_params_ == {"gru__epochs": 8}


def test_transformed_target_regressor_scales_the_targets():
    direct = make_pipeline().fit(SERIES, NEXT)
    wrapped = TransformedTargetRegressor(make_pipeline(), transformer=StandardScaler())
    wrapped.fit(SERIES, NEXT * 1000)
    # normalize_y makes the inner network the same; what is left is the scaling back.
    expected = direct.predict(SERIES) * 1000
    np.testing.assert_allclose(wrapped.predict(SERIES), expected, rtol=1e-5)
    assert wrapped.score(SERIES, NEXT * 1000) == pytest.approx(direct.score(SERIES, NEXT), abs=0.2)


def test_cross_val_predict_over_an_unshuffled_kfold():
    predicted = cross_val_predict(make_pipeline(), SERIES, NEXT, cv=KFold(3))
    assert predicted.shape == (N_ROWS,)
    last = make_pipeline().fit(SERIES[:40], NEXT[:40]).predict(SERIES[40:])
    np.testing.assert_array_equal(predicted[40:], last)


def test_learning_curve():
    sizes, train_scores, test_scores = learning_curve(
        make_pipeline(),
        SERIES,
        NEXT,
        cv=TimeSeriesSplit(2),
        train_sizes=[0.5, 1.0],
        error_score="raise",
    )
    np.testing.assert_array_equal(sizes, [10, 20])
    assert train_scores.shape == test_scores.shape == (2, 2)
    assert np.isfinite([train_scores, test_scores]).all()


def test_voting_regressor_averages_its_members():
    lagged = Pipeline(
        [
            ("window", SequenceWindower(3, padding="edge", flatten=True)),
            ("line", LinearRegression()),
        ]
    )
    voting = VotingRegressor([("gru", make_pipeline()), ("line", lagged)]).fit(SERIES, NEXT)
    members = [member.predict(SERIES) for member in voting.estimators_]
    assert not np.allclose(*members)
    np.testing.assert_allclose(voting.predict(SERIES), np.mean(members, axis=0))


def test_permutation_importance_finds_the_channel_that_matters():
    unknown = np.column_stack([SERIES[:, 0], np.ones(N_ROWS)])
    pipeline = make_pipeline(epochs=15, learning_rate=0.02).fit(unknown, NEXT)
    importance = permutation_importance(pipeline, unknown, NEXT, n_repeats=3, random_state=0)
    assert importance.importances.shape == (2, 3)
    assert importance.importances_mean[0] > 0.1
    np.testing.assert_array_equal(importance.importances[1], 0)


def test_twelve_steps_ahead():
    pipeline = make_pipeline(horizon=12).fit(SERIES)
    predicted = pipeline.predict(SERIES)
    assert predicted.shape == (N_ROWS, 12)
    scaled = pipeline["scale"].transform(SERIES)[:, 0]
    known = range(3, N_ROWS - 12)
    targets = np.array([scaled[t + 1 : t + 13] for t in known])
    assert pipeline.score(SERIES) == pytest.approx(r2_score(targets, predicted[3:-12]), abs=1e-6)


def test_the_chosen_target_of_several_channels():
    pipeline = make_pipeline(horizon=2, target=[2, 1]).fit(several_channels())
    assert pipeline["gru"].n_channels_in_ == 3
    assert pipeline.predict(several_channels()).shape == (N_ROWS, 4)
    refitted = pipeline.set_params(scale="passthrough").fit(several_channels())
    # Time before channels: one row ahead of channels 2 and 1, then two rows ahead.
    centres = refitted.predict(several_channels()).mean(axis=0)
    np.testing.assert_allclose(centres, [200, 100, 200, 100], atol=2)


def test_flattened_windows_serve_any_regressor():
    lagged = Pipeline(
        [
            ("window", SequenceWindower(3, padding="edge", flatten=True)),
            ("line", LinearRegression()),
        ]
    )
    lagged.fit(SERIES, NEXT)
    # A sine is a linear recurrence of its last two values; only made-up steps spoil it.
    assert lagged[:-1].transform(SERIES).shape == (N_ROWS, 3)
    assert lagged.score(SERIES[:40], NEXT[:40]) > 0.95
    names = list(lagged[:-1].get_feature_names_out(["x"]))
    assert names == ["x_lag2", "x_lag1", "x_lag0"]


def test_sample_weight_goes_through_the_pipeline():
    weight = np.where(np.arange(N_ROWS) < 40, 1.0, 0.0)
    weighted = make_pipeline().fit(SERIES, gru__sample_weight=weight)
    windows = weighted[:-1].transform(SERIES)
    alone = make_pipeline()["gru"].fit(windows, sample_weight=weight)
    np.testing.assert_array_equal(weighted.predict(SERIES), alone.predict(windows))
    unweighted = make_pipeline().fit(SERIES)
    assert weighted["gru"].loss_curve_ != unweighted["gru"].loss_curve_


def test_data_frames_in():
    frame = pd.DataFrame(several_channels(), columns=["a", "b", "c"])
    by_frame = make_pipeline(target=0).fit(frame)
    by_array = make_pipeline(target=0).fit(several_channels())
    assert list(by_frame.feature_names_in_) == ["a", "b", "c"]
    np.testing.assert_array_equal(by_frame.predict(frame), by_array.predict(several_channels()))
    with pytest.raises(ValueError, match="The feature names should match those that were passed"):
        by_frame.predict(frame[["b", "a", "c"]])


def test_context_makes_short_test_folds_scorable():
    train, test = SERIES[:50], SERIES[50:55]
    pipeline = make_pipeline(window_length=10, context="fit").fit(train)
    scaled = pipeline["scale"].transform(SERIES)[:, 0]
    predicted = pipeline.predict(test)
    assert pipeline.score(test) == pytest.approx(r2_score(scaled[51:55], predicted[:-1]), abs=1e-6)
    whole = pipeline.predict(SERIES[:55])[50:]
    np.testing.assert_allclose(predicted, whole, atol=1e-6)
    without = SequenceWindower(window_length=10).fit(train).transform(test)
    with raises("window_length=10", "11 row", "X has 5", 'SequenceWindower(context="fit")'):
        pipeline["gru"].score(without)
