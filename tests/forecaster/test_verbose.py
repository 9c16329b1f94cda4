"""What verbose prints."""

import re

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skgru import GRURegressor, SequenceForecaster
from tests.helpers import fails

X = np.sin(np.arange(40.0)).reshape(-1, 1)
NETWORK = GRURegressor(2, epochs=2, random_state=0)


def lines_of(capsys, regressor, **params):
    forecaster = SequenceForecaster(regressor, window_length=4, **params).fit(X)
    forecaster.forecast()
    # Slow fits also print the time left, such as ", 2 s left".
    return forecaster, re.sub(", [^,]+ left", "", capsys.readouterr().out).splitlines()


def test_members_and_epochs(capsys):
    forecaster, lines = lines_of(capsys, [NETWORK, Ridge()], verbose=1)
    assert lines[0] == "fit: regressor 1 / 2, GRURegressor"
    assert [line.split(" - ")[0] for line in lines[1:3]] == ["Epoch 1/2", "Epoch 2/2"]
    assert lines[3:] == ["fit: regressor 2 / 2, Ridge"]
    assert forecaster.regressors_[0].verbose == 0  # as given
    assert lines_of(capsys, [NETWORK, Ridge()])[1] == []


def test_calibration(capsys):
    _, lines = lines_of(capsys, Ridge(), verbose=True, calibration_fraction=0.3)
    assert lines == ["fit: calibration, regressor 1 / 1, Ridge", "fit: regressor 1 / 1, Ridge"]


@pytest.mark.parametrize("verbose", [-1, "loud"])
def test_wrong_values(verbose):
    fails(lambda: SequenceForecaster(verbose=verbose).fit(X), "verbose", repr(verbose))
