"""Every bad input is refused with one sentence that names the cause and the remedy.

Sentences are compared whole, but for words left out as " ... ". Of scikit-learn's own messages that
print the data, the first line.
"""

import copy
import re

import keras
import numpy as np
import pytest
import scipy.sparse
from sklearn.exceptions import NotFittedError

from skgru import GRURegressor, SequenceWindower, make_windows

N, LENGTH = 60, 5


def in_order(text):
    # scikit-learn prints the allowed words as a set, in an order that differs between processes.
    return re.sub(r"\{('[^}]*)\}", lambda found: str(sorted(found[1].split(", "))), text)


def fails(call, sentence, error=ValueError):
    """sentence : the message, with " ... " in place of words that do not matter."""
    with pytest.raises(error) as caught:
        call()
    parts = map(re.escape, in_order(sentence).split(" ... "))
    assert re.fullmatch("(?s:.*)".join(parts), in_order(str(caught.value))), str(caught.value)


def fails_with_first_line(call, line, error=ValueError):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).split("\n")[0] == line


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

TO_FLOAT = "could not convert string to float: np.str_('a')"
NUMERIC = (
    "dtype='numeric' is not compatible with arrays of bytes/strings."
    "Convert your data to numeric values explicitly instead."
)
SPARSE = (
    "Sparse data was passed for X, but dense data is required. "
    "Use '.toarray()' to convert to a dense numpy array."
)
FLOAT64 = "Input X contains infinity or a value too large for dtype('float64')."
FLOAT32 = (
    "Input X contains infinity or a value too large for dtype('float32'). "
    "Replace unknown values by NaN, or scale X first."
)
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
    "strings": (np.array([["a"], ["b"]]), TO_FLOAT),
    "complex": (np.array([[1j], [2.0]]), "Complex data not supported"),
    "1-D": (np.ones(4), ONE_DIMENSION),
    "3-D": (np.ones((4, 1, 1)), "Found array with dim 3, while dim <= 2 is required by {name}."),
    "4-D": (
        np.ones((4, 1, 1, 1)),
        "Found array with dim 4, while dim <= 2 is required by {name}.",
    ),
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
            fails_with_first_line(call, line.format(name=name))


def test_sparse_series():
    for calls in table_calls(scipy.sparse.csr_array(np.ones((4, 1)))).values():
        for call in calls:
            fails(call, SPARSE, TypeError)


def with_infinity(X):
    X = X.copy()
    X[30, 2] = np.inf
    return X


BAD_WINDOWS = {
    "infinity": (with_infinity, FLOAT32),
    "beyond float32": (lambda X: X * 1e39, FLOAT32),
    "strings": (lambda X: np.full((N, LENGTH), "a"), NUMERIC),
    "objects": (
        lambda X: np.full((N, LENGTH), "a", dtype=object),
        "could not convert string to float: 'a'",
    ),
    "complex": (lambda X: X * 1j, "Complex data not supported"),
    "scalar": (lambda X: 1.0, "Expected 2D array, got scalar array instead:"),
    "nothing": (lambda X: [], ONE_DIMENSION),
    "1-D": (lambda X: X[:, -1, 0], ONE_DIMENSION),
    "4-D": (
        lambda X: X[..., np.newaxis],
        "X has 4 dimensions, but GRURegressor takes windows of shape (n_samples, window_length, "
        "n_channels), or (n_samples, window_length) for one channel. Reshape X.",
    ),
    "empty": (
        lambda X: X[:0],
        "Found array with 0 sample(s) (shape=(0, 5, 1)) while a minimum of 1 is required by "
        "GRURegressor.",
    ),
    "no step": (
        lambda X: X[:, :0],
        "X has shape (60, 0, 1), but windows need at least 1 step and 1 channel. Give an "
        "X without empty dimensions.",
    ),
    "no channel": (
        lambda X: X[:, :, :0],
        "X has shape (60, 5, 0), but windows need at least 1 step and 1 channel. Give an "
        "X without empty dimensions.",
    ),
}


def window_calls(bad, y, own):
    return [
        lambda: gru().fit(bad),
        lambda: gru().fit(bad, y),
        lambda: gru().partial_fit(bad, y),
        lambda: own.predict(bad),
        lambda: own.score(bad),
        lambda: own.score(bad, y),
        lambda: own.forecast(bad, 2),
    ]


@pytest.mark.parametrize("case", BAD_WINDOWS)
def test_bad_windows(case, X, y, own):
    spoil, line = BAD_WINDOWS[case]
    for call in window_calls(spoil(X), y, own):
        fails_with_first_line(call, line)


def test_sparse_windows(X, y, own):
    for call in window_calls(scipy.sparse.csr_array(X[LENGTH:, :, 0]), y[LENGTH:], own):
        fails(call, SPARSE, TypeError)


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
        lambda: own.forecast(bad, 2),
        lambda: continued.partial_fit(bad),
        lambda: continued.set_params(warm_start=True).fit(bad),
    ):
        fails(
            call,
            f"X has windows of {shape}, but GRURegressor was fitted on windows of 5 steps and 1 "
            "channels. Make the windows in the same way as for fit.",
        )


def test_other_columns_than_in_fit(X, own):
    for call in (own.predict, own.score, lambda X: own.forecast(X, 2)):
        fails(
            lambda call=call: call(X[:, :3, 0]),
            "X has 3 features, but GRURegressor is expecting 5 features as input.",
        )
    fails(
        lambda: SequenceWindower(2).fit(np.ones((3, 2))).transform(np.ones((3, 1))),
        "X has 1 features, but SequenceWindower is expecting 2 features as input.",
    )


# Too few rows


def too_short(needed, n, asked):
    return (
        f"{asked} needs at least {needed} rows, but X has {n} (n_samples={n}). Use a shorter "
        'window or a longer series. For a short test fold, use SequenceWindower(context="fit").'
    )


def test_no_complete_window(X, y, own, given):
    fails(lambda: gru().fit(X[:4], y[:4]), too_short(5, 4, "window_length=5"))
    fails(lambda: given.score(X[:4], y[:4]), too_short(5, 4, "window_length=5"))
    with_horizon = too_short(6, 5, "window_length=5 with horizon=1")
    fails(lambda: gru().fit(X[:5]), with_horizon)
    fails(lambda: own.score(X[:5]), with_horizon)  # a test fold: the remedy is context="fit"


@pytest.mark.parametrize("horizon", [56, 59, 60, 61, 1000])
def test_horizon_too_long(X, horizon):
    fails(
        lambda: gru(horizon=horizon).fit(X),
        too_short(horizon + 5, 60, f"window_length=5 with horizon={horizon}"),
    )


@pytest.mark.parametrize("horizon", [5, 6])
def test_horizon_too_long_for_complete_windows(X, horizon):
    fails(
        lambda: gru(horizon=horizon).fit(X[10:15]),
        f"horizon={horizon} needs at least {horizon + 1} windows, but X has 5. "
        "Use a smaller horizon or a longer series.",
    )


def test_all_windows_have_gaps(X, y, own):
    gaps = np.full_like(X, np.nan)
    remedy = (
        "each contains NaN, or the rows after it do. Fill missing values first, or use a shorter "
        "window."
    )
    fails(
        lambda: gru().fit(gaps), f"None of the 60 windows of X is usable with horizon=1: {remedy}"
    )
    fails(
        lambda: own.score(gaps), f"None of the 60 windows of X is usable with horizon=1: {remedy}"
    )
    fails(lambda: gru().fit(gaps, y), f"None of the 60 windows of X is usable: {remedy}")


@pytest.mark.parametrize(("window_length", "horizon"), [(60, 1), (59, 2), (10, 51), (1, 60)])
def test_make_windows_without_a_pair(rows, window_length, horizon):
    fails(
        lambda: make_windows(rows, window_length, horizon),
        f"window_length={window_length} with horizon={horizon} needs at least 61 rows, but X has "
        "60. Use a shorter window or a longer series.",
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
        f"early_stopping=True with validation_fraction={params['validation_fraction']} leaves no "
        f"window to train on: X has {usable} usable windows. Use a smaller validation_fraction or "
        "a longer series.",
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
    "strings": (lambda y: np.full(N, "a"), TO_FLOAT),
    "complex": (lambda y: y * 1j, "Complex data not supported"),
    "3-D": (
        lambda y: np.zeros((N, 2, 2)),
        "y has shape (60, 2, 2), but GRURegressor with outputs for each step needs (n_samples, 5) "
        "or (n_samples, 5, n_outputs): X has windows of 5 steps. Give a target for each step, or "
        "use return_sequences=False.",
    ),
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
        fails_with_first_line(lambda call=call: call(X, spoil(y)), line)


def test_targets_beyond_what_can_be_computed(X, y):
    fails(
        lambda: gru().fit(X, y * 1e300),
        "The variance of y is too large for dtype('float64'), so that normalize_y=True cannot "
        "standardise it. Scale y first.",
    )
    fails(
        lambda: gru(normalize_y=False).fit(X, y * 1e39),
        "Input y contains infinity or a value too large for dtype('float32'). "
        "Replace unknown values by NaN, or scale y first.",
    )


def test_one_column_is_no_target_of_its_own(rows):
    fails(
        lambda: gru().fit(rows),
        "GRURegressor requires y to be passed, but the target y is None and X has one column. "
        "... Give y, or make the windows with SequenceWindower.",
    )


def test_windows_out_of_order_are_no_targets(X, own):
    shuffled = np.random.default_rng(0).permutation(X)
    for call in (gru().fit, gru().partial_fit, own.score):
        for bad in (shuffled, X[::-1], X[::2], shuffled[:, :, 0]):
            fails(
                lambda call=call, bad=bad: call(bad),
                "GRURegressor requires y to be passed, but the target y is None and the windows of "
                "X do not overlap. ... window t shifted by one row. Give y, or the windows of a "
                "SequenceWindower in their order.",
            )


def test_score_without_y_after_a_fit_with_y(X, given):
    fails(
        lambda: given.score(X),
        "score needs y, because this GRURegressor was fitted with y. Use score(X, y).",
    )


# sample_weight

BAD_WEIGHTS = {
    "zero": (np.zeros(N), "Sample weights must contain at least one non-zero number."),
    "negative": (-np.ones(N), "Negative values in data passed to `sample_weight`."),
    "one negative": (
        changed(np.ones(N), -1.0),
        "Negative values in data passed to `sample_weight`.",
    ),
    "NaN": (changed(np.ones(N), np.nan), "Input sample_weight contains NaN."),
    "shorter": (np.ones(N - 1), "sample_weight.shape == (59,), expected (60,)!"),
    "2-D": (
        np.ones((N, 2)),
        "Sample weights must be 1D array or scalar, got 2D array. Expected either a scalar value "
        "or a 1D array of length 60.",
    ),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_bad_weights(case, X, y, given):
    weights, sentence = BAD_WEIGHTS[case]
    for call in (gru().fit, gru().partial_fit, given.score):
        fails(lambda call=call: call(X, y, sample_weight=weights), sentence)


def test_weights_on_unusable_windows_only(X, y):
    weights = np.zeros(N)
    weights[: LENGTH - 1] = 1
    fails(
        lambda: gru().fit(X, y, sample_weight=weights),
        "sample_weight is zero for every usable window. Sample weights must contain at least one "
        "non-zero number for a complete window of X with a target.",
    )


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
        lambda: gru().forecast(X, 1),
        lambda: gru().model_,
        lambda: gru().keras_estimator_,
        lambda: gru().loss_curve_,
    ):
        fails(call, sentence.format("GRURegressor"), NotFittedError)
    flat = SequenceWindower(flatten=True)
    for call in (lambda: flat.transform([[1.0]]), flat.get_feature_names_out):
        fails(call, sentence.format("SequenceWindower"), NotFittedError)


def test_before_a_fit_that_failed(X):
    failed = gru()
    fails_with_first_line(lambda: failed.fit(with_infinity(X)), FLOAT32)
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
    sentence = (
        f"GRURegressor cannot continue the fitted network, ... {asked}. Use the earlier values, or "
        "fit with warm_start=False to train a new network."
    )
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
    sentence = (
        f"{asked} differ from ... GRURegressor, target channels [0] and horizon=1. Use the fitted "
        "values, or fit with warm_start=False to train a new network."
    )
    fails(lambda: changed.fit(pairs), sentence)
    fails(lambda: changed.partial_fit(pairs), sentence)


def test_score_needs_as_many_outputs_as_predict_gives(X, y, given):
    sentence = (
        "y has 2 outputs, but GRURegressor predicts 1 for each window. Give y in the shape that "
        "predict returns."
    )
    fails(lambda: given.score(X, np.column_stack([y, y])), sentence)


def test_targets_of_another_kind_cannot_be_continued(X, y, own, given):
    for estimator, arguments, before in ((own, (X, y), "without"), (given, (X,), "with")):
        continued = copy.deepcopy(estimator).set_params(warm_start=True)
        for call in (continued.fit, continued.partial_fit):
            fails(
                lambda call=call, arguments=arguments: call(*arguments),
                f"GRURegressor was fitted {before} y and can only be continued {before} y. Use fit "
                "with warm_start=False to train a new network.",
            )


@pytest.mark.parametrize("steps", [0, -1, 1.5, True, None, "3"])
def test_forecast_of_no_steps(X, own, steps):
    fails(
        lambda: own.forecast(X, steps),
        f"steps={steps!r} must be an int of at least 1, ... Use steps=1, for example.",
    )


def test_forecast_needs_all_channels(X, given):
    chosen = gru(target=0).fit(np.repeat(X, 2, axis=2))
    for estimator, windows in ((given, X), (chosen, np.repeat(X, 2, axis=2))):
        fails(
            lambda estimator=estimator, windows=windows: estimator.forecast(windows, 2),
            "forecast needs a GRURegressor fitted without y and with target=None, ... or use "
            "predict.",
        )


# Parameters

INT = "an int in the range [1, inf)"
POSITIVE = "a float in the range (0.0, inf)"
BOOLEAN = "an instance of 'bool' or an instance of 'numpy.bool'"
ADAM, LOSS = keras.optimizers.Adam, keras.losses.MeanSquaredError
CALLBACK = keras.callbacks.Callback
RULES = {
    "units": (f"{INT} or an array-like", [0, -1, True, 2.5, "5", None]),
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
    "target": ("None, an int in the range [0, inf) or an array-like", [-1, True, 1.0, "a"]),
    "loss": ("an instance of 'str' or an object (not a class) implementing '__call__'", [3, LOSS]),
    "quantiles": ("None or an array-like", [0.5, "a", True]),
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
    assert set(RULES) == set(GRURegressor().get_params())


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
    [
        ("window_length", INT, [0, -1, True, 2.0, None]),
        ("horizon", INT, [0, True, 1.5, None]),
        ("target", RULES["target"][0], [-1, True, 1.0, "a"]),
    ],
)
def test_argument_of_make_windows_out_of_range(rows, name, rule, values):
    for value in values:
        arguments = {"window_length": 2} | {name: value}
        fails(
            lambda arguments=arguments: make_windows(rows, **arguments),
            must_be(name, "make_windows", rule, value),
        )


@pytest.mark.parametrize(
    "units", [[], (), [0], [True], (4, 2.5), [[4]], [[1], [2, 3]], np.array(5), {4}, ["4"]]
)
def test_bad_layers(X, units):
    fails(
        lambda: gru(units=units).fit(X),
        f"units={units!r} must be an int of at least 1, or a non-empty sequence of such ints, one "
        "for each layer. Use units=32 for one layer, or units=(32, 16) for two.",
    )


@pytest.mark.parametrize(
    "target", [1, 7, [], [0, 0], [5], [-1], [0.0], [True], [[0]], [[0], [0, 1]], np.array(0), {0}]
)
def test_bad_target(X, rows, target):
    sentence = (
        f"target={target!r} ... positions of channels of X, from 0 to 0 (X has 1), each at most "
        "once. Use target=None for all channels."
    )
    fails(lambda: gru(target=target).fit(X), sentence)
    fails(lambda: make_windows(rows, 2, target=target), sentence)


@pytest.mark.parametrize(
    "quantiles",
    [
        *([], (), [0, 0.5], [0.5, 1], [0.5, 0.1], [0.5, 0.5], [0.1, "0.5"], [0.1, np.nan, 0.5]),
        *([True, 0.5], [[0.5]], {0.5: 1}, np.array([0.5, 1.5])),
    ],
)
def test_bad_quantiles(X, quantiles):
    fails(
        lambda: gru(loss="pinball", quantiles=quantiles).fit(X),
        f"quantiles={quantiles!r} must be a non-empty, increasing sequence ... "
        "quantiles=(0.1, 0.5, 0.9), for example.",
    )


def test_quantiles_without_the_median(X):
    fails(
        lambda: gru(loss="pinball", quantiles=(0.1, 0.9)).fit(X),
        "quantiles=(0.1, 0.9) must include the median, which predict returns. Add 0.5.",
    )


def test_quantiles_and_pinball_go_together(X):
    fails(
        lambda: gru(loss="pinball").fit(X),
        'loss="pinball" predicts quantiles, but quantiles=None. Set quantiles=(0.1, 0.5, 0.9), '
        "for example, or use another loss.",
    )
    fails(
        lambda: gru(loss="mae", quantiles=[0.5]).fit(X),
        "quantiles=[0.5] need the pinball loss, but loss='mae'. Set loss=\"pinball\", or "
        "quantiles=None.",
    )


@pytest.mark.parametrize(
    ("parameter", "name", "hint"),
    [
        ("loss", "mean_sqared_error", "Did you mean 'mean_squared_error'? "),
        ("loss", "MeanSqaredError", "Did you mean 'MeanSquaredError'? "),
        ("loss", "Huberr", "Did you mean 'huber'? "),
        ("loss", "zzz", ""),
        ("loss", "", ""),
        ("loss", "Loss", ""),
        ("optimizer", "adm", "Did you mean 'Adam'? "),
        ("optimizer", "rmsprob", "Did you mean 'RMSprop'? "),
        ("optimizer", "zzz", ""),
        ("optimizer", "Optimizer", ""),
        ("optimizer", "LossScaleOptimizer", ""),
    ],
)
def test_unknown_name(X, parameter, name, hint):
    room = {"loss": "keras.losses", "optimizer": "keras.optimizers"}[parameter]
    fails(
        lambda: gru(**{parameter: name}).fit(X),
        f"{parameter}={name!r} is not a name in {room}. {hint}Give such a name, or a Keras "
        f"{parameter} object.",
    )


@pytest.mark.parametrize("callback", [3, None, CALLBACK])
def test_what_is_no_callback(X, callback):
    fails(
        lambda: gru(callbacks=[callback]).fit(X),
        f"callbacks={[callback]!r} must be a Keras callback or a list of them, but {callback!r} is "
        "not a callback. Give instances of keras.callbacks.Callback.",
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
    fails(
        lambda: refitted.fit(X),
        "Training diverged in epoch 1: the loss or the weights are not finite. Use a smaller "
        f"{rate}, set clipnorm=1.0, or scale X and y. ... set normalize_y=False.",
    )
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
    np.testing.assert_array_equal(refitted.forecast(X, 3), own.forecast(X, 3))
