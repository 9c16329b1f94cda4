"""Every Python block of the guide, the landing page and README runs, in order within its page, and
gives what the page says.
"""

import ast
import re
import warnings
from contextlib import redirect_stdout
from io import StringIO
from numbers import Real
from pathlib import Path
from textwrap import indent

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster, default_regressor

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(path.stem for path in GUIDE.glob("*.md"))
# Upstream: TensorFlow's variables, when Keras saves a model.
UPSTREAM = "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"


# A block, and the output that the page shows below it.
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```\n(.*?)^```)?", re.M | re.S)
NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w-])")
# Relative difference up to which numbers of a page are those of its code: forecasts depend a little
# on versions of packages and on the machine.
TOLERANCE = 0.01


def check_numbers(shown, found, where):
    """The numbers in two texts are equal, within the digits that are shown or the tolerance."""
    numbers, others = NUMBER.findall(shown), NUMBER.findall(found)
    assert len(numbers) == len(others), f"{where} shows {shown!r}, but its code gives {found!r}"
    for number, other in zip(numbers, others, strict=True):
        digits = len(number.partition(".")[2])
        unit = 0.51 * 10.0**-digits if digits else 0.0
        assert float(other) == pytest.approx(float(number), rel=TOLERANCE, abs=unit), (
            f"{where} shows {shown!r}, but its code gives {found!r}"
        )


def check_comment(line, value, where):
    """A comment after an expression that gives a number or a dict has the numbers of its value."""
    comment = line.partition("#")[2]
    shown = NUMBER.search(comment)
    if isinstance(value, Real) and not isinstance(value, bool) and shown:
        check_numbers(shown[0], f"{float(value):f}", where)
    elif comment.strip().startswith("{") and all(isinstance(x, float) for x in value.values()):
        shown = ast.literal_eval(comment[: comment.rindex("}") + 1].strip())
        assert list(shown) == list(value), where
        check_numbers(str(list(shown.values())), str([round(x, 4) for x in value.values()]), where)


def run_page(page):
    """The names that the blocks of a page define, and what they print as "printed". Outputs below
    blocks and numbers in comments are compared with those of the code.
    """
    names, printed = {}, StringIO()
    for block, shown in BLOCK.findall(page.read_text()):
        value, lines, start = None, block.splitlines(), printed.tell()
        for statement in ast.parse(block).body:
            where = f"{page.name}: {lines[statement.end_lineno - 1]}"
            with redirect_stdout(printed):
                if isinstance(statement, ast.Expr):
                    code = compile(ast.Expression(statement.value), page.name, "eval")
                    value = eval(code, names)
                    check_comment(lines[statement.end_lineno - 1], value, where)
                else:
                    exec(compile(ast.Module([statement], []), page.name, "exec"), names)
        if shown:
            array = repr(value).removeprefix("array(").removesuffix(")")
            given = [repr(value), str(value), array, printed.getvalue()[start:]]
            words = ["".join(NUMBER.sub("0", one).split()) for one in (shown, *given)]
            assert words[0] in words[1:], (
                f"{page.name} shows {shown}, but its code gives {given[0]}"
            )
            check_numbers(shown, given[words[1:].index(words[0])], page.name)
    return {**names, "printed": printed.getvalue()}


def check_first_forecast(names):
    assert str(names["forecaster"].forecast().index[-1]) == "1961-12"
    text = (GUIDE / "first_forecast.md").read_text()
    shown = re.search(r"^    1 series of .*?\n\n", text, re.M | re.S)[0]
    summary = indent(repr(names["forecaster"].summary_), "    ")
    assert NUMBER.sub("0", shown).strip() == NUMBER.sub("0", summary).strip()
    check_numbers(shown, summary, "first_forecast.md")


def check_automatic_choices(names):
    fitted = names["forecaster"]
    assert (fitted.season_length_, fitted.window_length_) == (12, 24)
    assert (fitted.level_, fitted.baseline_, fitted.pretrained_) == ("mean", "profile", True)
    assert fitted.scaler_.kinds_ == ["log"]
    assert len(fitted.regressors_) == 2


def check_backtests(names):
    result, text = names["result"], (GUIDE / "backtests.md").read_text()
    errors, mase = result.errors_by_step("mase"), result.summary().loc["MASE"]
    about = re.search(
        r"# MASE about ([\d.]+), that of the naive forecast ([\d.]+), .* ([\d.]+)", text
    )
    assert list(map(float, about.groups())) == list(mase.round(1)[["forecast", "naive", "ratio"]])
    about = re.search(r"# about ([\d.]+) to ([\d.]+), for the twelve steps", text)
    assert list(map(float, about.groups())) == [round(errors.min(), 1), round(errors.max(), 1)]
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
    assert medians.forecast().sum() < 7


def check_tables_and_ensembles(names):
    importance = names["importance"].importances_mean.reshape(8, 2)
    assert np.unravel_index(importance.argmax(), (8, 2)) == (7, 0)
    assert names["bagging"].score(names["table"][150:], names["targets"][150:]) > 0.95
    assert names["search"].best_params_["gruregressor__learning_rate"] == 0.01
    # imbalanced-learn is not installed. Its SMOTE gives a table, with rows between given ones.
    table = np.random.default_rng(0).normal(size=(200, 8 * 2))  # as in the first block of the page
    y, network = names["y"], names["network"]
    rare = table[y == "up"]
    more, labels = np.concatenate([table, (rare[:5] + rare[1:6]) / 2]), np.append(y, ["up"] * 5)
    assert network.fit(more, labels).n_channels_in_ == 2


def check_training(names):
    history = ["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"]
    assert list(names["network"].history_) == history
    assert "val_loss" in names["routed"]["gru"].history_


def check_zero_shot(names):
    text = (GUIDE / "zero_shot.md").read_text()
    shown = re.search(
        r'prints ([\d.]+) for "auto", ([\d.]+) for "only" and ([\d.]+) for None', text
    )
    errors = [line.split()[1] for line in names["printed"].splitlines()[-3:]]
    check_numbers(" ".join(shown.groups()), " ".join(errors), "zero_shot.md")


@pytest.mark.filterwarnings(UPSTREAM)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_guide_runs(page, tmp_path, monkeypatch):
    if page == "progress":
        pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9 has no callbacks")
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
    assert len((GUIDE / f"{page}.md").read_text().splitlines()) <= 165


@pytest.mark.parametrize(
    "text",
    [
        "```python\n2 * 3  # 7\n```\n",
        '```python\n{"a": 0.5}  # {"a": 0.6}, but for rounding\n```\n',
        "```python\n[1.0, 447.0]\n```\n\n```\n[1.0, 421.0]\n```\n",
    ],
    ids=["comment", "dict", "output"],
)
def test_stale_numbers_of_a_page_are_found(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(AssertionError):
        run_page(page)
    page.write_text(text.replace("# 7", "# 6").replace("0.6}", "0.5}").replace("421", "447"))
    run_page(page)


def test_every_check_has_its_page():
    checks = {name.removeprefix("check_") for name in globals() if name.startswith("check_")}
    assert checks - {"numbers", "comment"} <= set(PAGES)


DAYS = pd.date_range("2024-01-01", periods=60)
SALES = pd.Series(np.random.default_rng(0).normal(50, 1, 60), DAYS, name="sales")
FRAME = SALES.to_frame().assign(price=np.arange(60) % 5.0, kind=["usual", "promo"] * 30)
SHOPS = pd.DataFrame({"a": SALES, "b": SALES.iloc[:-3]})


def linear(**params):
    return SequenceForecaster(Ridge(), **({"horizon": 7, "season_length": 1} | params))


def with_future(price, kind):
    fitted = linear(horizon=1, target="sales", known=["price", "kind"]).fit(FRAME)
    day = pd.date_range("2024-03-01", periods=1)
    return fitted.forecast(future=pd.DataFrame({"price": price, "kind": kind}, day))


# A call with a message, and one with its remedy.
WITH_MESSAGES = {
    "no calibration": (
        lambda: linear().fit(SALES).forecast_interval(),
        lambda: linear(calibration_fraction=0.25).fit(SALES).forecast_interval(coverage=0.5),
    ),
    "steps of intervals": (
        lambda: linear(calibration_fraction=0.4).fit(SALES).forecast_interval(10, 0.5),
        lambda: linear(horizon=10, calibration_fraction=0.4).fit(SALES).forecast_interval(10, 0.5),
    ),
    "ends in NaN": (
        lambda: linear(group="columns").fit(SHOPS),
        lambda: linear().fit([SHOPS["a"], SHOPS["b"].dropna()]),
    ),
    "predict with group": (
        lambda: linear(group="columns").fit(SHOPS[:50]).predict(SHOPS[:50]),
        lambda: linear(group="columns").fit(SHOPS[:50]).forecast(),
    ),
    "nested parameter": (
        lambda: SequenceForecaster().set_params(regressor__units=4),
        lambda: SequenceForecaster(default_regressor()).set_params(regressor__units=4),
    ),
    "1-D array": (
        lambda: linear().fit(SALES.to_numpy()),
        lambda: linear().fit(SALES.to_numpy().reshape(-1, 1)),
    ),
    "NaN in future": (
        lambda: with_future([np.nan], ["promo"]),
        lambda: with_future([2], ["promo"]),
    ),
    "another category": (
        lambda: with_future([2.0], ["sale"]),
        lambda: with_future([2.0], ["usual"]),
    ),
    "a dict": (
        lambda: linear().fit({"a": SALES, "b": SALES}),
        lambda: linear().fit(list({"a": SALES, "b": SALES}.values())),
    ),
    "short for the regressors": (
        lambda: SequenceForecaster(horizon=12, random_state=0).fit(SALES[:10]),
        lambda: SequenceForecaster(horizon=9, random_state=0, season_length=1).fit(SALES[:10]),
    ),
    "range of a covariate": (
        lambda: with_future([50.0], ["usual"]),
        lambda: with_future([4.0], ["usual"]),
    ),
}


def example_free(text):
    """A message without its examples: numbers and names in quotes."""
    return re.sub(r"'[^']*'", "'x'", re.sub(r"\d+(\.\d+)?", "0", text))


@pytest.mark.parametrize("case", WITH_MESSAGES)
def test_troubleshooting_has_the_message_and_a_remedy(case):
    page = (GUIDE / "troubleshooting.md").read_text()
    cells = re.findall(r"^\| (.+?) \|", page, re.M)
    shown = [example_free(one) for cell in cells for one in re.split("; or: ", cell)]
    call, remedy = WITH_MESSAGES[case]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            call()
            messages = [str(one.message) for one in caught]
        except ValueError as error:
            messages = [str(error)]
    found = list(map(example_free, messages))
    assert any(one.startswith(start) for one in found for start in shown if len(start) > 20), found
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        remedy()
