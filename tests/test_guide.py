"""Snippets of the user guide run, and show what it says."""

import re
from pathlib import Path

import numpy as np

GUIDE = Path(__file__).parent.parent / "docs" / "user_guide.md"


def run_section(title, names=None):
    """Run the Python snippets of a section, but for those of libraries that are not installed."""
    text = re.search(rf"^##+ {title}\n(.*?)(?=^##)", GUIDE.read_text(), re.M | re.S)[1]
    names = {} if names is None else names
    for snippet in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
        if "imblearn" not in snippet:
            exec(snippet, names)
    return names


def test_tools_that_take_tables():
    names = run_section("Tools that take tables")
    assert names["network"].score(names["table"], names["y"]) > 0.9
    importance = names["importance"].importances_mean.reshape(8, 2)
    assert np.unravel_index(importance.argmax(), (8, 2)) == (7, 0)


def test_ensembles_and_searches_that_draw_rows():
    names = run_section("Ensembles and searches that draw rows")
    assert names["bagging"].score(names["table"][150:], names["targets"][150:]) > 0.95
    assert names["search"].best_params_["gruregressor__learning_rate"] == 0.01


def test_rows_between_rows_as_smote_makes_them():
    # imbalanced-learn is not installed. Its SMOTE gives a table, with rows between given ones.
    names = run_section("Tools that take tables")
    table, y, network = names["table"], names["y"], names["network"]
    rare = table[y == "up"]
    more, labels = np.concatenate([table, (rare[:5] + rare[1:6]) / 2]), np.append(y, ["up"] * 5)
    assert network.fit(more, labels).n_channels_in_ == 2


def test_a_class_or_a_number_for_each_step_and_several_labels():
    names = run_section("A class, or a number, for each step")
    sequences = names["sequences"]
    assert names["tagger"].predict_proba(sequences).shape == (300, 12, 2)
    assert names["tagger"].score(sequences, names["tags"]) > 0.9
    assert names["regressor"].predict(sequences).shape == (300, 12, 1)
    run_section("Several labels for a sequence", names)
    assert names["tagged"].predict_proba(sequences).shape == (300, 3)


def test_early_stopping_and_validation():
    names = run_section("Pipelines")
    run_section("Early stopping and validation", names)
    assert list(names["network"].history_) == [
        *("loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error")
    ]
    assert "val_loss" in names["routed"]["gru"].history_
