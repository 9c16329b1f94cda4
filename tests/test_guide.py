"""Every Python block of the guide, the landing page and README runs, in order within its page, and
gives what the page says.
"""

import re
from pathlib import Path
from textwrap import indent

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(path.stem for path in GUIDE.glob("*.md"))
# Upstream: TensorFlow's variables, when Keras saves a model.
UPSTREAM = "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"


def blocks_of(page):
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.S)


def run_page(page):
    """The names that the blocks of a page define."""
    names = {}
    for block in blocks_of(page):
        exec(compile(block, page.name, "exec"), names)
    return names


def check_first_forecast(names):
    assert str(names["forecaster"].forecast().index[-1]) == "1961-12"
    summary = indent(repr(names["forecaster"].summary_), "    ")
    assert summary in (GUIDE / "first_forecast.md").read_text()


def check_automatic_choices(names):
    fitted = names["forecaster"]
    assert (fitted.season_length_, fitted.window_length_) == (12, 24)
    assert (fitted.level_, fitted.baseline_, fitted.pretrained_) == ("mean", "profile", True)
    assert fitted.scaler_.kinds_ == ["log"]
    assert len(fitted.regressors_) == 2


def check_backtests(names):
    result = names["result"]
    errors, mase = result.errors_by_step("mase"), result.summary().loc["MASE"]
    assert 0.25 < errors.min() < errors.max() < 0.8
    assert 0.5 < mase["forecast"] < 0.7
    assert 1.25 < mase["naive"] < 1.45
    assert len(result.origins) == 49
    assert names["results"].summary().loc["MASE", "ratio"] < 1


def check_classification(names):
    assert names["classifier"].score(
        names["as_windows"](names["X_test"], window_length=29), names["y_test"]
    ) == pytest.approx(0.97, abs=0.02)
    assert names["tagger"].score(names["sequences"], names["tags"]) > 0.9
    assert names["tagger"].predict_proba(names["sequences"]).shape == (300, 12, 2)
    assert names["regressor"].predict(names["sequences"]).shape == (300, 12, 1)
    assert names["tagged"].predict_proba(names["sequences"]).shape == (300, 3)


def check_categories_and_weights(names):
    assert names["forecaster"].categories_ == {"sky": ["rain", "snow", "sun"]}
    ahead, actual = names["weather_forecast"], names["cafe"]["visitors"][-7:]
    fitted = names["forecaster"].fit(names["cafe"][:-7])
    assert np.abs(fitted.forecast(future=ahead)["visitors"] - actual).max() < 25
    assert "window_length" in names["search"].best_params_


def check_hourly(names):
    assert names["forecaster"].season_length_ == 168
    assert names["forecaster"].season_lengths_ == (24, 168)
    assert names["forecaster"].window_length_ == 48


def check_recipes(names):
    assert names["over_epochs"].n_resources_ == [5, 10, 20]
    assert names["over_rows"].n_resources_ == [75, 150]


def check_scaling(names):
    np.testing.assert_array_equal(names["alone"].forecast, names["two"].forecast)
    assert names["forecast"].shape == (5,)


def check_pictures(names):
    assert set(names["forecaster"].ensemble_) == {"regressors", "pretrained", "theta"}
    assert names["display"].errors.max() < names["display"].naive_errors.min()
    actual, forecast = names["compared"].ax_.lines
    np.testing.assert_array_equal(forecast.get_xdata(), actual.get_xdata()[-13:])


def check_progress(names):
    assert len(names["scores"]) == 6


def check_other_libraries(names):
    assert str(names["alone"].index[0]) == "1961-01"
    assert abs(names["forecast"][0, 0] - names["alone"].iloc[0, 0]) < 25


def check_seasons(names):
    assert names["forecaster"].season_lengths_ == (7,)


def check_many_series(names):
    assert names["forecaster"].forecast().shape == (6, 4)
    assert list(names["forecaster"].forecast(X=names["new"]).columns) == ["harbour"]


def check_networks(names):
    text = (GUIDE / "networks.md").read_text()
    summary = names["network"].summary_
    assert [line.split() for line in summary.splitlines()] == [
        line.split()
        for line in re.search(r"^```\n(layer.*?)^```", text, re.M | re.S)[1].splitlines()
    ]


def check_pipelines(names):
    assert names["predicted"].shape == (1000,)
    assert names["windows"].shape == (500, 10, 2)


def check_saving(names):
    assert names["loaded"].forecast().equals(names["forecaster"].forecast())
    assert names["network"].n_iter_ == 5


def check_serving(names):
    loaded, fitted = names["loaded"], names["forecaster"]
    expected = fitted.forecast(X=names["arrived"])
    np.testing.assert_allclose(loaded.forecast(), expected)
    assert str(expected.index[0]) == "1961-01"
    assert names["stream"].n_iter_ == 8


def check_sums_and_intermittent(names):
    forecaster, medians = names["forecaster"], names["medians"]
    assert (forecaster.point_, forecaster.level_, forecaster.baseline_) == ("mean", "window", None)
    assert forecaster.forecast().sum() == pytest.approx(10.3, abs=1)
    assert medians.forecast().sum() < 7


def check_tables_and_ensembles(names):
    importance = names["importance"].importances_mean.reshape(8, 2)
    assert np.unravel_index(importance.argmax(), (8, 2)) == (7, 0)
    assert names["bagging"].score(names["table"][150:], names["targets"][150:]) > 0.95
    assert names["search"].best_params_["gruregressor__learning_rate"] == 0.01


def check_training(names):
    history = ["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"]
    assert list(names["network"].history_) == history
    assert "val_loss" in names["routed"]["gru"].history_


@pytest.mark.filterwarnings(UPSTREAM)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_guide_runs(page, tmp_path, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.chdir(tmp_path)  # some write files
    names = run_page(GUIDE / f"{page}.md")
    globals().get(f"check_{page}", lambda names: None)(names)
    pyplot.close("all")


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_a_front_page_runs(page):
    run_page(ROOT / page)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_read_in_five_minutes(page):
    assert len((GUIDE / f"{page}.md").read_text().splitlines()) <= 160


def test_rows_between_rows_as_smote_makes_them():
    # imbalanced-learn is not installed. Its SMOTE gives a table, with rows between given ones.
    names = {}
    exec(blocks_of(GUIDE / "tables_and_ensembles.md")[0], names)
    table, y, network = names["table"], names["y"], names["network"]
    rare = table[y == "up"]
    more, labels = np.concatenate([table, (rare[:5] + rare[1:6]) / 2]), np.append(y, ["up"] * 5)
    assert network.fit(more, labels).n_channels_in_ == 2


def test_every_check_has_its_page():
    checks = {name.removeprefix("check_") for name in globals() if name.startswith("check_")}
    assert checks <= set(PAGES)
