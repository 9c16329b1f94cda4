"""The snippets of the pages "With other libraries" and "Recipes" run where their library is
installed, and give finite results.
"""

import re
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parent
SCRIPTS = sorted(FOLDER.glob("with_*.py"))
GUIDE = FOLDER.parent.parent / "docs" / "guide"


def check_with_feature_engine(names):
    assert names["pipe"][-1]._column_order.tolist() == list(range(11, -1, -1))
    errors = np.abs(names["one_step"] - names["changes"]["passengers"][-12:])
    assert errors.mean() < 0.05


def check_with_mlforecast(names):
    assert names["forecaster"].models_["gru"]._column_order[0] == 11
    check_year(names)


def check_with_skforecast(names):
    assert names["forecaster"].estimator.feature_names_in_[0] == "lag_1"
    check_year(names)


def check_year(names):
    """A forecast of 1961: July is the highest or next to it, and above that of 1960 less 10 %."""
    forecast = np.asarray(names["forecast"])
    assert len(forecast) == 12 and forecast.argmax() in (6, 7) and forecast.max() > 560


check_with_darts = check_with_sktime = check_year


def check_with_mapie(names):
    bounds, actual = names["bounds"][:, :, 0], names["targets"][220:]
    assert 0.6 < np.mean((bounds[:, 0] <= actual) & (actual <= bounds[:, 1])) <= 1


def check_with_shap(names):
    explanation, network = names["explanation"], names["network"]
    moved = explanation.values.sum(axis=1) + explanation.base_values
    np.testing.assert_allclose(moved, network.predict(names["table"][-3:]), rtol=1e-4)
    assert np.abs(explanation.values).mean(axis=0).argmax() >= 9  # the newest steps matter most


def check_with_dask(names):
    whole = names["forecast_of"](names["sales"])
    assert len(names["forecast"]) == 8 * 6
    np.testing.assert_array_equal(names["forecast"]["sales"], whole["sales"])


def check_with_spark(names):
    parts = [names["forecast_of"](part) for _, part in names["sales"].groupby("store")]
    found = names["forecast"].sort_values(["store", "month"])
    assert len(found) == 8 * 6
    np.testing.assert_array_equal(found, names["pd"].concat(parts))


def check_with_optuna(names):
    states = [trial.state.name for trial in names["study"].trials]
    assert states.count("COMPLETE") >= 3 and states.count("PRUNED") >= 1
    complete = next(trial for trial in names["study"].trials if trial.state.name == "COMPLETE")
    assert len(complete.intermediate_values) == 3 * 8  # folds, epochs
    assert names["best"].score(names["series"]) > 0.9


def check_with_mlflow(names):
    expected = names["forecaster"].forecast(6)
    assert names["forecast"].equals(expected)
    run = names["mlflow"].get_run(names["classifier_run"].info.run_id)
    assert run.data.params["units"] == "4" and 0.5 < run.data.metrics["accuracy"] <= 1


def check_with_model_card(names):
    text = Path("README.md").read_text()
    assert re.search(r"\| +units +\| +8 +\|", text) and "sunspot" in text


def check_with_skrub(names):
    assert names["forecast"].shape == (7, 1) and names["forecast"].notna().all().all()


@pytest.mark.filterwarnings("ignore")  # of the libraries
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_recipe_runs(script, tmp_path, monkeypatch):
    needed = re.match(r'"""Needs (.+)\.', script.read_text())[1]
    for name in needed.split(", "):
        pytest.importorskip(name)
    if "pyspark" in needed and shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    monkeypatch.chdir(tmp_path)
    globals()[f"check_{script.stem}"](runpy.run_path(str(script), run_name="__main__"))


def test_every_recipe_is_on_a_page_and_has_a_check():
    pages = "".join(path.read_text() for path in GUIDE.glob("*.md"))
    shown = set(re.findall(r"tests/recipes/(with_\w+)\.py", pages))
    assert shown == {script.stem for script in SCRIPTS}
    assert all(f"check_{name}" in globals() for name in shown)
