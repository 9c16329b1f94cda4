"""Every bad input is refused with a message that holds the parameter, the value and the remedy.

scikit-learn's own messages are compared whole.
"""

import copy
import re

import keras
import numpy as np
import pytest
import scipy.sparse
from sklearn.exceptions import NotFittedError

from skgru import GRUClassifier, GRURegressor, SequenceWindower, make_windows
from tests.helpers import fails

N, LENGTH = 60, 5


def gru(**params):
    return GRURegressor(**{"units": 2, "epochs": 1, "batch_size": 32, "random_state": 0} | params)


@pytest.fixture(scope="module")
def rows():
    return np.sin(np.linspace(0, 20, N)).reshape(-1, 1)


@pytest.fixture(scope="module")
def X(rows):
    return SequenceWindower(LENGTH).fit_transform(rows)


@pytest.fixture(scope="module")
def y(rows):
    return rows[:, 0]


@pytest.fixture(scope="module")
def own(X):
    """Fitted without y. Not refitted: tests that continue or spoil it take a copy."""
    return gru().fit(X)


@pytest.fixture(scope="module")
def given(X, y):
    """Fitted with y."""
    return gru().fit(X, y)


# X

TEXT = "text such as 'a', but must hold numbers."
SPARSE = (
    "Sparse data was passed for X, but dense data is required. "
    "Use '.toarray()' to convert to a dense numpy array."
)
FOR_INFINITY = "Replace infinity by NaN, which marks a missing value."
FLOAT64 = f"Input X contains infinity or a value too large for dtype('float64'). {FOR_INFINITY}"
FLOAT32 = f"Input X contains infinity or a value too large for dtype('float32'). {FOR_INFINITY}"
ONE_DIMENSION = "Expected 2D array, got 1D array instead:"


def table_calls(table):
    fitted = SequenceWindower(2).fit([[1.0], [2.0]])
    return {
        "SequenceWindower": [
            lambda: SequenceWindower(2).fit(table),
            lambda: SequenceWindower(2).fit_transform(table),
            lambda: fitted.transform(table),
        ],
        "make_windows": [lambda: make_windows(table, 2)],
    }


BAD_TABLES = {
    "infinity": (np.array([[1.0], [np.inf]]), FLOAT64),
    "strings": (np.array([["a"], ["b"]]), TEXT),
    "complex": (np.array([[1j], [2.0]]), "Complex data not supported"),
    "1-D": (np.ones(4), ONE_DIMENSION),
    "3-D": (np.ones((4, 1, 1)), "Found array with dim 3"),
    "4-D": (np.ones((4, 1, 1, 1)), "Found array with dim 4"),
    "empty": (
        np.ones((0, 1)),
        "Found array with 0 sample(s) (shape=(0, 1)) while a minimum of 1 is required by {name}.",
    ),
    "no column": (
        np.ones((4, 0)),
        "Found array with 0 feature(s) (shape=(4, 0)) while a minimum of 1 is required by {name}.",
    ),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_bad_series(case):
    table, line = BAD_TABLES[case]
    for name, calls in table_calls(table).items():
        for call in calls:
            fails(call, line.format(name=name))


def test_sparse_series():
    for calls in table_calls(scipy.sparse.csr_array(np.ones((4, 1)))).values():
        for call in calls:
            fails(call, SPARSE, error=TypeError)


def with_infinity(X):
    X = X.copy()
    X[30, 2] = np.inf
    return X


BAD_WINDOWS = {
    "infinity": (with_infinity, FLOAT32),
    "beyond float32": (
        lambda X: X * 1e39,
        f"{FLOAT32.removesuffix(FOR_INFINITY)}Use a larger unit: X / 1e38.",
    ),
    "strings": (lambda X: np.full((N, LENGTH), "a"), TEXT),
    "objects": (
        lambda X: np.full((N, LENGTH), "a", dtype=object),
        ("X holds text such as 'a'", "Encode it"),
    ),
    "complex": (lambda X: X * 1j, "Complex data not supported"),
    "scalar": (lambda X: 1.0, "X=1.0 has no rows"),
    "nothing": (lambda X: [], ONE_DIMENSION),
    "1-D": (lambda X: X[:, -1, 0], ONE_DIMENSION),
    "4-D": (lambda X: X[..., np.newaxis], ("4 dimension", "window_length", "n_channels")),
    "empty": (
        lambda X: X[:0],
        "Found array with 0 sample(s) (shape=(0, 5, 1)) while a minimum of 1 is required by "
        "GRURegressor.",
    ),
    "no step": (lambda X: X[:, :0], ("(60, 0, 1)", "1 step", "1 channel")),
    "no channel": (lambda X: X[:, :, :0], ("(60, 5, 0)", "1 step", "1 channel")),
}


def window_calls(bad, y, own):
    return [
        lambda: gru().fit(bad),
        lambda: gru().fit(bad, y),
        lambda: gru().partial_fit(bad, y),
        lambda: own.predict(bad),
        lambda: own.score(bad),
        lambda: own.score(bad, y),
        lambda: own.forecast(2, bad),
    ]


@pytest.mark.parametrize("case", BAD_WINDOWS)
def test_bad_windows(case, X, y, own):
    spoil, line = BAD_WINDOWS[case]
    for call in window_calls(spoil(X), y, own):
        fails(call, line)


@pytest.mark.parametrize("case", ["infinity", "beyond float32"])
def test_remedies_for_numbers_of_windows_work(case, X, y):
    spoiled = BAD_WINDOWS[case][0](X)
    with pytest.raises(ValueError, match="contains infinity or a value too large") as error:
        gru().fit(spoiled, y)
    unit = re.search(r"unit: X / (\S+)\.$", str(error.value))
    # No unit makes infinity a number.
    corrected = spoiled / float(unit[1]) if unit else np.where(np.isinf(spoiled), np.nan, spoiled)
    assert np.isfinite(gru(missing="skip").fit(corrected, y).predict(X)).all()


def test_sparse_windows(X, y, own):
    for call in window_calls(scipy.sparse.csr_array(X[LENGTH:, :, 0]), y[LENGTH:], own):
        fails(call, SPARSE, error=TypeError)


WRONG_SHAPES = {
    "steps": (lambda X: X[:, :3], "3 steps and 1 channels"),
    "channels": (lambda X: np.repeat(X, 2, axis=2), "5 steps and 2 channels"),
    "steps in a list": (lambda X: X[:, :3].tolist(), "3 steps and 1 channels"),
}


@pytest.mark.parametrize("case", WRONG_SHAPES)
def test_other_windows_than_in_fit(case, X, y, own):
    change, shape = WRONG_SHAPES[case]
    bad = change(X)
    continued = copy.deepcopy(own)
    for call in (
        lambda: own.predict(bad),
        lambda: own.score(bad),
        lambda: own.forecast(2, bad),
        lambda: continued.partial_fit(bad),
        lambda: continued.set_params(warm_start=True).fit(bad),
    ):
        fails(call, shape, "5 step", "1 channel")


def test_other_columns_than_in_fit(X, own):
    for call in (own.predict, own.score, lambda X: own.forecast(2, X)):
        fails(lambda call=call: call(X[:, :3, 0]), "3 feature", "5 feature")
    fails(
        lambda: SequenceWindower(2).fit(np.ones((3, 2))).transform(np.ones((3, 1))),
        "1 feature",
        "SequenceWindower",
        "2 feature",
    )


# Too few rows


def too_short(needed, n, asked, is_fold):
    """is_fold : whether X is a test fold, of which context="fit" completes the windows."""
    remedy = 'SequenceWindower(context="fit")' if is_fold else "a longer series"
    return (asked, f"{needed} row", f"X has {n}", remedy)


def test_no_complete_window(X, y, own, given):
    fails(lambda: gru().fit(X[:4], y[:4]), too_short(5, 4, "window_length=5", False))
    fails(lambda: given.score(X[:4], y[:4]), too_short(5, 4, "window_length=5", True))
    with_horizon = (6, 5, "window_length=5 with horizon=1")
    fails(lambda: gru().fit(X[:5]), too_short(*with_horizon, False))
    fails(lambda: own.score(X[:5]), too_short(*with_horizon, True))
    with pytest.raises(ValueError) as caught:
        gru().fit(X[:5])
    assert "test fold" not in str(caught.value)


@pytest.mark.parametrize("horizon", [56, 59, 60, 61, 1000])
def test_horizon_too_long(X, horizon):
    fails(
        lambda: gru(horizon=horizon).fit(X),
        too_short(horizon + 5, 60, f"window_length=5 with horizon={horizon}", False),
    )


@pytest.mark.parametrize("horizon", [5, 6])
def test_horizon_too_long_for_complete_windows(X, horizon):
    fails(
        lambda: gru(horizon=horizon).fit(X[10:15]),
        f"horizon={horizon}",
        f"{horizon + 1} window",
        "X has 5",
    )


def test_all_windows_have_gaps(X, y, own):
    gaps = np.full_like(X, np.nan)
    fails(lambda: gru().fit(gaps), "60 windows", "horizon=1", "NaN")
    fails(lambda: own.score(gaps), "60 windows", "horizon=1", "NaN")
    fails(lambda: gru().fit(gaps, y), "60 windows", "NaN")


@pytest.mark.parametrize(("window_length", "horizon"), [(60, 1), (59, 2), (10, 51), (1, 60)])
def test_make_windows_without_a_pair(rows, window_length, horizon):
    fails(
        lambda: make_windows(rows, window_length, horizon),
        f"window_length={window_length}",
        f"horizon={horizon}",
        "61 row",
        "X has 60",
    )


def test_windower_and_predict_take_what_fit_does_not(X, own):
    assert SequenceWindower(LENGTH).fit_transform([[1.0]]).shape == (1, LENGTH, 1)
    assert np.isfinite(own.predict(X[:2])).all()
    assert np.isfinite(own.predict(np.full_like(X[:2], np.nan))).all()


@pytest.mark.parametrize(
    ("params", "n", "usable"),
    [
        ({"validation_fraction": 0.99}, 60, 55),
        ({"validation_fraction": 0.5, "horizon": 20}, 50, 26),
        ({"validation_fraction": 0.1}, 6, 1),
    ],
)
def test_validation_leaves_nothing(X, params, n, usable):
    fails(
        lambda: gru(early_stopping=True, **params).fit(X[:n]),
        "early_stopping=True",
        f"validation_fraction={params['validation_fraction']}",
        f"X has {usable}",
    )


# y


def changed(values, to):
    values = values.astype(np.result_type(values, type(to)))
    values[30] = to
    return values


BAD_TARGETS = {
    "shorter": (
        lambda y: y[:-1],
        "Found input variables with inconsistent numbers of samples: [60, 59]",
    ),
    "NaN": (lambda y: changed(y, np.nan), "Input y contains NaN."),
    "infinity": (
        lambda y: changed(y, np.inf),
        "Input y contains infinity or a value too large for dtype('float64').",
    ),
    "strings": (lambda y: np.full(N, "a"), TEXT),
    "complex": (lambda y: y * 1j, "Complex data not supported"),
    "3-D": (lambda y: np.zeros((N, 2, 2)), ("(60, 2, 2)", "5 step", "return_sequences=False")),
    "no output": (
        lambda y: np.zeros((N, 0)),
        "Found array with 0 feature(s) (shape=(60, 0)) while a minimum of 1 is required by "
        "GRURegressor.",
    ),
}


@pytest.mark.parametrize("case", BAD_TARGETS)
def test_bad_targets(case, X, y, given):
    spoil, line = BAD_TARGETS[case]
    for call in (gru().fit, gru().partial_fit, given.score):
        fails(lambda call=call: call(X, spoil(y)), line)


def test_targets_beyond_what_can_be_computed(X, y):
    fails(lambda: gru().fit(X, y * 1e300), "dtype('float64')", "normalize_y=True")
    fails(
        lambda: gru(normalize_y=False).fit(X, y * 1e39),
        "Input y contains infinity or a value too large for dtype('float32'). "
        "Use a larger unit: y / 1e38.",
    )


def test_one_column_is_no_target_of_its_own(rows):
    fails(lambda: gru().fit(rows), "y is None", "SequenceWindower")


def test_windows_out_of_order_are_no_targets(X, own):
    shuffled = np.random.default_rng(0).permutation(X)
    for call in (gru().fit, gru().partial_fit, own.score):
        for bad in (shuffled, X[::-1], X[::2], shuffled[:, :, 0]):
            fails(lambda call=call, bad=bad: call(bad), "y is None", "SequenceWindower")


def test_score_without_y_after_a_fit_with_y(X, given):
    fails(lambda: given.score(X), "score", "y", "score(X, y)")


# sample_weight

BAD_WEIGHTS = {
    "zero": (np.zeros(N), "Sample weights must contain at least one non-zero number"),
    "negative": (-np.ones(N), "Negative values in data passed to `sample_weight`."),
    "one negative": (
        changed(np.ones(N), -1.0),
        "Negative values in data passed to `sample_weight`.",
    ),
    "NaN": (changed(np.ones(N), np.nan), "Input sample_weight contains NaN."),
    "shorter": (np.ones(N - 1), "sample_weight.shape == (59,), expected (60,)!"),
    "2-D": (np.ones((N, 2)), "Sample weights must be 1D array or scalar"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_bad_weights(case, X, y, given):
    weights, sentence = BAD_WEIGHTS[case]
    for call in (gru().fit, gru().partial_fit, given.score):
        fails(lambda call=call: call(X, y, sample_weight=weights), sentence)


def test_weights_on_unusable_windows_only(X, y):
    weights = np.zeros(N)
    weights[: LENGTH - 1] = 1
    fails(lambda: gru().fit(X, y, sample_weight=weights), "sample_weight is zero")


@pytest.mark.parametrize("weight", [1e-50, 1e39])
def test_weights_beyond_float32_are_no_error(X, y, given, weight):
    weighted = gru().fit(X, y, sample_weight=np.full(N, weight))
    np.testing.assert_allclose(weighted.predict(X), given.predict(X), rtol=1e-5)


# Before fit, and after another fit


def test_before_fit(X):
    sentence = (
        "This {} instance is not fitted yet. Call 'fit' with appropriate arguments before using "
        "this estimator."
    )
    for call in (
        lambda: gru().predict(X),
        lambda: gru().score(X),
        lambda: gru().forecast(1, X),
        lambda: gru().model_,
        lambda: gru().keras_estimator_,
        lambda: gru().loss_curve_,
    ):
        fails(call, sentence.format("GRURegressor"), error=NotFittedError)
    flat = SequenceWindower(flatten=True)
    for call in (lambda: flat.transform([[1.0]]), flat.get_feature_names_out):
        fails(call, sentence.format("SequenceWindower"), error=NotFittedError)


def test_before_a_fit_that_failed(X):
    failed = gru()
    fails(lambda: failed.fit(with_infinity(X)), FLOAT32)
    with pytest.raises(NotFittedError):
        failed.predict(X)
    assert not [name for name in vars(failed) if name.endswith("_")]


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({"units": 3}, "units=(3,) (it was (2,))"),
        ({"units": [2, 2]}, "units=(2, 2) (it was (2,))"),
        ({"cell": "lstm"}, "cell='lstm' (it was 'gru')"),
        ({"bidirectional": True}, "bidirectional=True (it was False)"),
        ({"dropout": 0.5}, "dropout=0.5 (it was 0.0)"),
        ({"highway": False}, "highway=False (it was True)"),
        ({"loss": "pinball", "quantiles": [0.5]}, "quantiles=(0.5,) (it was ())"),
    ],
)
def test_another_network_cannot_be_continued(X, own, params, asked):
    sentence = (asked, "warm_start=False")
    changed = copy.deepcopy(own).set_params(warm_start=True, **params)
    fails(lambda: changed.fit(X), sentence)
    fails(lambda: changed.partial_fit(X), sentence)


@pytest.mark.parametrize(
    ("params", "asked"),
    [({"horizon": 3}, "target=None and horizon=3"), ({"target": 1}, "target=1 and horizon=1")],
)
def test_other_targets_cannot_be_continued(params, asked):
    # target=1 has as many outputs as target=0: only the comparison of channels notices.
    pairs = SequenceWindower(5).fit_transform(np.random.default_rng(0).random((30, 2)))
    fitted = gru(target=0).fit(pairs)
    changed = fitted.set_params(warm_start=True, **{"target": None, **params})
    sentence = ("[0]", "horizon=1", asked, "warm_start=False")
    fails(lambda: changed.fit(pairs), sentence)
    fails(lambda: changed.partial_fit(pairs), sentence)


def test_score_needs_as_many_outputs_as_predict_gives(X, y, given):
    fails(lambda: given.score(X, np.column_stack([y, y])), "2 outputs", "1", "predict")


def test_targets_of_another_kind_cannot_be_continued(X, y, own, given):
    for estimator, arguments, before in ((own, (X, y), "without"), (given, (X,), "with")):
        continued = copy.deepcopy(estimator).set_params(warm_start=True)
        for call in (continued.fit, continued.partial_fit):
            fails(
                lambda call=call, arguments=arguments: call(*arguments),
                f"{before} y",
                "warm_start=False",
            )


@pytest.mark.parametrize("steps", [0, -1, 1.5, True, None, "3"])
def test_forecast_of_no_steps(X, own, steps):
    fails(lambda: own.forecast(steps, X), f"steps={steps!r}", "int")


def test_forecast_needs_all_channels(X, given):
    chosen = gru(target=0).fit(np.repeat(X, 2, axis=2))
    for estimator, windows in ((given, X), (chosen, np.repeat(X, 2, axis=2))):
        fails(
            lambda estimator=estimator, windows=windows: estimator.forecast(2, windows),
            "forecast",
            "target=None",
        )


# Parameters

INT = "an int in the range [1, inf)"
POSITIVE = "a float in the range (0.0, inf)"
BOOLEAN = "an instance of 'bool' or an instance of 'numpy.bool'"
ADAM, LOSS = keras.optimizers.Adam, keras.losses.MeanSquaredError
CALLBACK = keras.callbacks.Callback
RULES = {
    "cell": ("a str among {'gru', 'lstm', 'rnn'}", ["GRU", None, 1]),
    "bidirectional": (BOOLEAN, [1, None, "yes"]),
    "dropout": ("a float in the range [0.0, 1.0)", [1, 1.0, -0.1, True, None, "0", np.nan]),
    "recurrent_dropout": ("a float in the range [0.0, 1.0)", [1, 1.0, -0.1, True, None, "0"]),
    "highway": (f"a str among {{'auto'}} or {BOOLEAN}", [1, None, "yes"]),
    "return_sequences": (f"a str among {{'auto'}} or {BOOLEAN}", [1, None, "yes"]),
    "alpha": ("a float in the range [0.0, inf)", [-1e-3, True, None, np.inf, np.nan]),
    "validation_split": ("a str among {'auto', 'last', 'random'}", ["stratified", None, True]),
    "normalize_X": (BOOLEAN, [0, None]),
    "metrics": (
        "None, an instance of 'str', an instance of 'list', an instance of 'tuple' or an object "
        "(not a class) implementing '__call__'",
        [3, True, LOSS],
    ),
    "output_initializer": (
        "a str among {'glorot_uniform', 'zeros'}",
        ["he_normal", None, keras.initializers.Zeros()],
    ),
    "missing": ("a str among {'mask', 'skip'}", ["drop", None, True]),
    "horizon": (INT, [0, -1, True, 1.5, None]),
    "loss": ("an instance of 'str' or an object (not a class) implementing '__call__'", [3, LOSS]),
    "optimizer": (
        "an instance of 'str' or an object (not a class) implementing 'get_config' and "
        "'apply_gradients'",
        [3, None, ADAM],
    ),
    "learning_rate": (
        f"{POSITIVE}, a str among {{'auto', 'cosine'}} or a Keras LearningRateSchedule (not a "
        "class)",
        [0, -1.0, True, None, "fast", np.inf, np.nan],
    ),
    "clipnorm": (f"None or {POSITIVE}", [0, -1.0, True, "1", np.inf]),
    "epochs": (INT, [0, True, 1.5, None]),
    "batch_size": (f"a str among {{'auto'}} or {INT}", [0, True, 1.5, "big", None]),
    "shuffle": (BOOLEAN, [1, None]),
    "early_stopping": (BOOLEAN, [1, None]),
    "validation_fraction": ("a float in the range (0.0, 1.0)", [0, 1, 1.0, 5, True, None]),
    "n_iter_no_change": (INT, [0, True, 2.0]),
    "tol": ("a float in the range [0.0, inf)", [-1e-3, True, None, np.inf]),
    "normalize_y": (BOOLEAN, [0, None]),
    "warm_start": (BOOLEAN, [0, None]),
    "jit_compile": (BOOLEAN, [0, None]),
    "callbacks": (
        "None, an instance of 'list', an instance of 'tuple' or an object (not a class) "
        "implementing 'set_model' and 'on_epoch_end'",
        [3, "x", CALLBACK],
    ),
    "n_channels": (f"None or {INT}", [0, -1, True, 1.5, "2"]),
    "random_state": (
        "an int in the range [0, 4294967295], an instance of 'numpy.random.mtrand.RandomState' or "
        "None",
        [-1, 2**32, 1.5, True, "a"],
    ),
    "verbose": (f"an int in the range [0, inf), {BOOLEAN}", [-1, 1.5, None, "a"]),
}


def must_be(name, owner, rule, value):
    return f"The {name!r} parameter of {owner} must be {rule}. Got {value!r} instead."


def test_every_parameter_has_its_bad_values():
    assert set(RULES) | {"units", "target", "quantiles"} == set(GRURegressor().get_params())


@pytest.mark.parametrize("name", RULES)
def test_parameter_out_of_range(name, X):
    rule, values = RULES[name]
    for value in values:
        bad = gru(**{name: value})
        for call in (bad.fit, bad.partial_fit):
            fails(lambda call=call: call(X), must_be(name, "GRURegressor", rule, value))


@pytest.mark.parametrize(
    ("name", "rule", "values"),
    [
        ("window_length", INT, [0, -1, True, 2.0, "3", None]),
        ("padding", "a str among {'edge', 'nan'}", ["zero", None, 0]),
        ("context", "None or a str among {'fit'}", ["all", True]),
        ("flatten", BOOLEAN, [1, None, "yes"]),
    ],
)
def test_windower_parameter_out_of_range(rows, name, rule, values):
    for value in values:
        bad = SequenceWindower(**{name: value})
        for call in (bad.fit, bad.fit_transform):
            fails(lambda call=call: call(rows), must_be(name, "SequenceWindower", rule, value))


@pytest.mark.parametrize(
    ("name", "rule", "values"),
    [("window_length", INT, [0, -1, True, 2.0, None]), ("horizon", INT, [0, True, 1.5, None])],
)
def test_argument_of_make_windows_out_of_range(rows, name, rule, values):
    for value in values:
        arguments = {"window_length": 2} | {name: value}
        fails(
            lambda arguments=arguments: make_windows(rows, **arguments),
            must_be(name, "make_windows", rule, value),
        )


@pytest.mark.parametrize(
    "units",
    [0, -1, True, 2.5, "5", None, [], (), [0], [True], (4, 2.5), [[4]], np.array(5), {4}, ["4"]],
)
def test_bad_layers(X, units):
    parts = (f"units={units!r}", "at least 1", "units=(32, 16)")
    for estimator in (gru(units=units), GRUClassifier(units=units)):
        fails(lambda estimator=estimator: estimator.fit(X, np.arange(len(X)) % 2), *parts)
        fails(lambda estimator=estimator: estimator.partial_fit(X, np.arange(len(X)) % 2), *parts)


@pytest.mark.parametrize(
    "target",
    [1, 7, -1, True, 1.0, "a", [], [0, 0], [5], [-1], [0.0], [True], [[0]], np.array(0), {0}],
)
def test_bad_target(X, rows, target):
    sentence = (f"target={target!r}", "channels", "None")
    fails(lambda: gru(target=target).fit(X), sentence)
    fails(lambda: make_windows(rows, 2, target=target), sentence)


@pytest.mark.parametrize(
    "quantiles",
    [
        *([], (), [0, 0.5], [0.5, 1], [0.5, 0.1], [0.5, 0.5], [0.1, "0.5"], [0.1, np.nan, 0.5]),
        *([True, 0.5], [[0.5]], {0.5: 1}, np.array([0.5, 1.5]), 0, 0.5, True, "a"),
    ],
)
def test_bad_quantiles(X, quantiles):
    fails(
        lambda: gru(loss="pinball", quantiles=quantiles).fit(X),
        f"quantiles={quantiles!r}",
        "(0.1, 0.5, 0.9)",
    )


def test_quantiles_without_the_median(X):
    fails(
        lambda: gru(loss="pinball", quantiles=(0.1, 0.9)).fit(X), "quantiles=(0.1, 0.9)", "Add 0.5"
    )


def test_quantiles_and_pinball_go_together(X):
    fails(
        lambda: gru(loss="pinball").fit(X),
        'loss="pinball"',
        "quantiles=None",
        "quantiles=(0.1, 0.5, 0.9)",
    )
    fails(
        lambda: gru(loss="mae", quantiles=[0.5]).fit(X),
        "quantiles=[0.5]",
        "loss='mae'",
        'loss="pinball"',
        "quantiles=None",
    )


@pytest.mark.parametrize(
    ("parameter", "name", "hint"),
    [
        ("loss", "mean_sqared_error", "'mean_squared_error'"),
        ("loss", "MeanSqaredError", "'MeanSquaredError'"),
        ("loss", "Huberr", "'huber'"),
        ("loss", "zzz", ""),
        ("loss", "", ""),
        ("loss", "Loss", ""),
        ("optimizer", "adm", "'Adam'"),
        ("optimizer", "rmsprob", "'RMSprop'"),
        ("optimizer", "zzz", ""),
        ("optimizer", "Optimizer", ""),
        ("optimizer", "LossScaleOptimizer", ""),
    ],
)
def test_unknown_name(X, parameter, name, hint):
    room = {"loss": "keras.losses", "optimizer": "keras.optimizers"}[parameter]
    fails(lambda: gru(**{parameter: name}).fit(X), f"{parameter}={name!r}", hint, room)


@pytest.mark.parametrize("callback", [3, None, CALLBACK])
def test_what_is_no_callback(X, callback):
    fails(
        lambda: gru(callbacks=[callback]).fit(X),
        f"callbacks={[callback]!r}",
        "keras.callbacks.Callback",
    )


# Training that goes wrong, and what it leaves


@pytest.mark.parametrize(
    ("params", "rate"),
    [
        ({"optimizer": "sgd", "learning_rate": 1e30}, "learning_rate (it is 1e+30)"),
        ({"optimizer": keras.optimizers.SGD(1e30)}, "learning rate in the optimizer"),
    ],
)
def test_divergence(X, own, params, rate):
    refitted = copy.deepcopy(own).set_params(epochs=2, **params)
    fails(lambda: refitted.fit(X), "epoch 1", rate, "clipnorm=1.0", "normalize_y=False")
    np.testing.assert_array_equal(refitted.predict(X), own.predict(X))
    assert learned(refitted) == learned(own)


def learned(estimator):
    """All that fit stored, in a form that can be compared."""
    return {
        name: str(value)
        for name, value in vars(estimator).items()
        if name.startswith("_") or name.endswith("_")
    }


class Interrupt(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


FAILED_REFITS = {
    "infinity": ({}, with_infinity, ValueError),
    "parameter": ({"epochs": 0}, lambda X: X, ValueError),
    "units": ({"units": []}, lambda X: X, ValueError),
    "loss": ({"loss": "zzz"}, lambda X: X, ValueError),
    "channels and no order": ({}, lambda X: np.repeat(X, 3, axis=2)[::-1], ValueError),
    "too short": ({}, lambda X: X[:3, :4], ValueError),
    "interrupted": ({"callbacks": [Interrupt()]}, lambda X: X[:, 1:], KeyboardInterrupt),
}


@pytest.mark.parametrize("case", FAILED_REFITS)
def test_a_failed_refit_leaves_the_earlier_model(case, X, own):
    params, change, error = FAILED_REFITS[case]
    refitted = copy.deepcopy(own).set_params(**params)
    with pytest.raises(error):
        refitted.fit(change(X))
    np.testing.assert_array_equal(refitted.predict(X), own.predict(X))
    assert learned(refitted) == learned(own)
    assert refitted.score(X) == own.score(X)
    np.testing.assert_array_equal(refitted.forecast(3, X), own.forecast(3, X))
