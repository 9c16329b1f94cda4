"""default_regressor: the default networks as an object to change and to tune."""

import inspect

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

import skgru
from skgru import GRURegressor, SequenceForecaster, default_regressor
from skgru._forecaster.resolve import make_members, make_spec
from skgru.metrics import forecast_scorer
from tests.helpers import copy_of, fails

MONTHS = np.arange(48)
X = (20 + 5 * np.sin(MONTHS * 2 * np.pi / 12) + np.cos(MONTHS**2)).reshape(-1, 1)
SETTINGS = {"horizon": 2, "season_length": 12, "random_state": 0}


def fitted(regressor=None, X=X, **params):
    return SequenceForecaster(regressor, **(SETTINGS | params)).fit(X)


def test_unchanged_it_is_the_default():
    usual, named = fitted(), fitted(copy_of(default_regressor()))
    np.testing.assert_array_equal(named.forecast(), usual.forecast())
    assert named.ensemble_ == usual.ensemble_ and named.pretrained_
    assert repr(named.regressors_) == repr(usual.regressors_)


def test_its_parameters_are_those_of_a_network():
    own, other = default_regressor().get_params(), GRURegressor().get_params()
    assert list(own) == list(other)
    assert str(inspect.signature(default_regressor(8).__class__)).startswith("(units='auto', *, ")
    assert repr(clone(default_regressor(8, alpha=0.1))) == "DefaultRegressor(alpha=0.1, units=8)"
    fails(
        lambda: default_regressor(unit=8),
        "unit is no parameter of default_regressor",
        "parameters of GRURegressor",
        error=TypeError,
    )


def test_what_is_changed():
    network = default_regressor(4, epochs=1, alpha=0.1)
    (one, *others) = fitted(network).regressors_
    assert type(one) is GRURegressor and len(others) == 1
    usual = fitted().regressors_[0]
    assert (one.units, one.epochs, one.alpha) == (4, 1, 0.1)
    one.set_params(units=16, alpha=0.0, epochs=usual.epochs)
    assert one.get_params() == usual.get_params()
    several = fitted([default_regressor(4, epochs=1), Ridge()])
    assert [type(one) for one in several.regressors_] == [GRURegressor, Ridge]


def test_several_series_have_it_with_and_without_a_linear_path():
    forecaster = SequenceForecaster(default_regressor(4), **SETTINGS)
    tables, _ = forecaster._read([X, X[:40]])
    spec, series = make_spec(forecaster, tables), [table.values for table in tables]
    members = [one.regressor for one in make_members(forecaster, spec, series)]
    assert [one.highway for one in members] == [True, False, True, False]
    assert {one.units for one in members} == {4}


def test_a_search_over_it():
    search = GridSearchCV(
        SequenceForecaster(default_regressor(), **SETTINGS),
        {"regressor__units": [4], "regressor__epochs": [1, 2]},
        cv=TimeSeriesSplit(2, test_size=2),
        scoring=forecast_scorer("mae"),
        error_score="raise",
    ).fit(X)
    best = search.best_estimator_.regressors_[0]
    assert (best.units, best.epochs) == (4, search.best_params_["regressor__epochs"])


def test_messages_that_name_it():
    fails(
        lambda: default_regressor().fit(X, X[:, 0]),
        "cannot be fitted alone",
        "SequenceForecaster(default_regressor())",
        "GRURegressor()",
    )
    code = "regressor=skgru.default_regressor()"
    unset = SequenceForecaster()
    fails(lambda: unset.set_params(regressor__units=8), "regressor__units=8", code)
    unset.set_params(**eval(f"dict({code})", {"skgru": skgru})).set_params(regressor__units=8)
    assert unset.regressor.units == 8
    with pytest.raises(ValueError, match="pretrained='only'"):
        fitted(default_regressor(), pretrained="only")
