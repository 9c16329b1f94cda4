"""scikit-learn's own checks, each expected failure with its sentence: it must really fail."""

from inspect import signature

import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from skgru import GRUClassifier, GRURegressor, SequenceForecaster, SequenceWindower

# Bugs, until they are mended.
ORDER_MATTERS = "A window is made of the rows before it, so the order and choice of rows matter."
WEIGHTS_DRAW_BATCHES = (
    "A repeated row falls into another batch than its weighted twin, so stochastic training takes "
    "other steps, as in scikit-learn's own SGDRegressor."
)
REPEATED_ROWS = "A repeated row of a series is a row more in its windows."
FITS_IN_PLACE = "A pipeline fits its own steps, as every pipeline of scikit-learn does."
OF_PIPELINES = {
    "check_estimators_overwrite_params": FITS_IN_PLACE,
    "check_dont_overwrite_parameters": FITS_IN_PLACE,
    "check_estimators_nan_inf": "NaN is a missing value; pipelines have no tag for that.",
}
# As they come. The classifier masks missing steps, the regressor fills them.
PLAIN = [GRURegressor(), GRUClassifier()]
PLAIN_PIPELINES = [make_pipeline(StandardScaler(), SequenceWindower(), one) for one in PLAIN]
# Checks that ask for a score: they run with each of SEEDS, the others with random_state=None.
SEEDS = [0, 1, 2, 3, 4]
TRAINING_CHECKS = {
    GRURegressor: ["check_regressors_train"],
    GRUClassifier: [
        "check_classifiers_train",
        "check_classifiers_classes",
        "check_class_weight_classifiers",
    ],
}
# The cell that compiles fastest, and few epochs, yet enough for the checks that ask for a score.
SHORT = {"cell": "rnn", "units": 8, "epochs": 15, "learning_rate": 0.03, "batch_size": 8}
SHORT["random_state"] = 0
MASKED = GRURegressor(missing="mask", **SHORT)
# With a regressor, only the last step differs: it is checked alone, and in PLAIN_PIPELINES.
PIPELINE = make_pipeline(StandardScaler(), SequenceWindower(), GRUClassifier(**SHORT))
FORECASTER = SequenceForecaster(LinearRegression(), window_length=3, horizon=2)
ESTIMATORS = [
    SequenceWindower(),
    SequenceWindower(window_length=1),
    SequenceWindower(flatten=True),
    SequenceWindower(padding="edge"),
    SequenceWindower(context="fit"),
    FORECASTER,
    SequenceForecaster(LinearRegression()),
    SequenceForecaster(LinearRegression(), strategy="recursive", window_length=2),
    SequenceForecaster(LinearRegression(), window_length=3, calibration_fraction=0.3),
    SequenceForecaster(),
    *PLAIN,
    PIPELINE,
]
FLAT = SequenceWindower(flatten=True)


def expected_failures(estimator):
    if isinstance(estimator, GRURegressor | GRUClassifier):
        return {"check_sample_weight_equivalence_on_dense_data": WEIGHTS_DRAW_BATCHES}
    if isinstance(estimator, Pipeline):
        return {
            **OF_PIPELINES,
            "check_methods_sample_order_invariance": ORDER_MATTERS,
            "check_methods_subset_invariance": ORDER_MATTERS,
        }
    if estimator.window_length == 1:
        return {}
    weighted = {}
    if isinstance(estimator, SequenceForecaster):
        weighted["check_sample_weight_equivalence_on_dense_data"] = REPEATED_ROWS
    return {
        **weighted,
        "check_methods_sample_order_invariance": ORDER_MATTERS,
        "check_methods_subset_invariance": ORDER_MATTERS,
    }


def test_pipelines_fail_what_pipelines_of_scikit_learn_fail():
    plain = make_pipeline(StandardScaler(), LinearRegression())
    results = estimator_checks.check_estimator(plain, on_fail=None, on_skip=None)
    failed = {result["check_name"] for result in results if result["status"] == "failed"}
    assert failed == set(OF_PIPELINES) - {"check_estimators_nan_inf"}


# scikit-learn's checks give y to all that they fit. A SequenceForecaster warns that it has no use
# for it.
ignores_y = pytest.mark.filterwarnings("ignore:y with .* is ignored:UserWarning")
# Some checks set no random_state, and networks of 16 rows may be worse than the last value.
may_be_worse = pytest.mark.filterwarnings("ignore:The networks have an error:UserWarning")


# An expected failure that passes is an error here. Older releases of scikit-learn cannot say so.
has_strict = "xfail_strict" in signature(parametrize_with_checks).parameters
STRICT = {"xfail_strict": True} if has_strict else {}


@ignores_y
@may_be_worse
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures, **STRICT)
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("network", "check"), [(one, check) for one, all_ in TRAINING_CHECKS.items() for check in all_]
)
def test_training_checks_pass_with_any_seed(network, check, seed, monkeypatch):
    # scikit-learn's checks set random_state=0 by this function.
    monkeypatch.setattr(estimator_checks, "set_random_state", lambda estimator: None)
    run(check, network(random_state=seed))


@pytest.mark.parametrize("pipeline", PLAIN_PIPELINES, ids=["regressor", "classifier"])
def test_pipelines_pass_the_training_checks_as_they_come(pipeline):
    for check in TRAINING_CHECKS[type(pipeline[-1])][:1]:
        run(check, pipeline)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_no_tag_hides_a_failure(estimator):
    tags = get_tags(estimator)
    assert not tags.non_deterministic
    assert not tags.no_validation
    assert not tags._skip_test
    if tags.regressor_tags is not None:
        assert not tags.regressor_tags.poor_score
    if tags.classifier_tags is not None:
        assert not tags.classifier_tags.poor_score


# What check_estimator leaves out

FOR_ALL = ["check_dataframe_column_names_consistency", "check_param_validation"]
FOR_TABLES = [
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
]


def run(check, estimator):
    # A check that scikit-learn renames or drops must not pass for want of a check.
    getattr(estimator_checks, check)(type(estimator).__name__, clone(estimator))


@ignores_y
@pytest.mark.parametrize("check", FOR_ALL)
@pytest.mark.parametrize(
    "estimator",
    [SequenceWindower(), FLAT, SequenceWindower(context="fit"), *PLAIN, MASKED, FORECASTER],
    ids=repr,
)
def test_checks_of_names_and_parameters(estimator, check):
    run(check, estimator)


# The set_output checks mix arrays and data frames in fit and transform on purpose, and
# scikit-learn's own test suite lets the warning pass.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names:UserWarning")
@pytest.mark.parametrize("check", FOR_TABLES)
@pytest.mark.parametrize("padding", ["nan", "edge"])
def test_checks_of_flat_windows(check, padding):
    run(check, clone(FLAT).set_params(padding=padding))
