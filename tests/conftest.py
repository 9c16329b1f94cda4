"""Data and fitted estimators that several test files read. Nobody refits or changes them."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from skgru import GRURegressor, SequenceWindower

# On a machine with other work, an example of a millisecond may take half a second.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

ROOT = Path(__file__).parents[1]
# Tests that need folders of the sources: they are left out where tests run on an installed package
# without these.
NEEDED = {
    "benchmarks": ["benchmarks/test_zoo.py"],
    "docs": ["test_guide.py", "test_links.py"],
    "examples": ["examples/test_serving.py"],
    "tools": ["test_tools.py", "test_versions.py"],
}
collect_ignore = [
    file for folder, files in NEEDED.items() if not (ROOT / folder).is_dir() for file in files
]
if find_spec("sklearn.callback") is None:  # before scikit-learn 1.9
    collect_ignore.append("test_callbacks.py")

# Files that take longest, first: else one process may begin such a file while nothing is left for
# the other. (pytest-xdist would begin with the files of most tests.)
LONGEST = [
    "test_guide.py",
    "test_common.py",
    "forecaster/test_pretrained.py",
    "engine/test_robustness.py",
    "engine/test_trainers.py",
    "networks/test_shared_parameters.py",
    "networks/test_combinations.py",
    "forecaster/test_laws.py",
    "networks/test_regressor.py",
    "networks/test_classifier.py",
    "test_faults.py",
    "networks/test_keras_equality.py",
    "test_exhausted.py",
    "test_workers.py",
    "test_interrupts.py",
]


def pytest_collection_modifyitems(items):
    ranks = {ROOT / "tests" / file: rank for rank, file in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(LONGEST)))


@pytest.fixture(scope="session")
def series():
    """(200, 1), a sine over some three periods, read-only."""
    series = np.sin(np.linspace(0, 20, 200)).reshape(-1, 1)
    series.flags.writeable = False
    return series


@pytest.fixture(scope="session")
def fitted(series):
    """A pipeline fitted to the series without y."""
    return Pipeline(
        [
            ("scale", MinMaxScaler()),
            ("window", SequenceWindower(window_length=10)),
            ("gru", GRURegressor(units=4, epochs=2, random_state=0)),
        ]
    ).fit(series)
