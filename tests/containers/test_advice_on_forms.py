"""Messages about X in another form than in fit, and about dates elsewhere in the month: their code
is run.
"""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru.model_selection import backtest
from tests.helpers import fails

DAYS = pd.date_range("2024-01-01", periods=40, name="t")
WIDE = pd.DataFrame(10 + np.random.default_rng(0).normal(size=(40, 3)), DAYS, list("abc"))
LONG = WIDE.melt(ignore_index=False, var_name="shop", value_name="sales")
LEVELS = LONG.set_index("shop", append=True)
SERIES = [WIDE[name] for name in WIDE]

# What fit gets, the group, and what forecast gets, with the answers of the same forecasts.
FORMS = {
    "wide for long": (LONG, "shop", WIDE),
    "wide for long with a column of dates": (LONG.reset_index(), "shop", WIDE),
    "wide with a column of dates for long": (LONG.reset_index(), "shop", WIDE.reset_index()),
    "wide for levels": (LEVELS, "shop", WIDE),
    "wide for levels in another order": (LEVELS.swaplevel(), "shop", WIDE),
    "wide for long of polars": (
        pl.from_pandas(LONG.reset_index()),
        "shop",
        pl.from_pandas(WIDE.reset_index()),
    ),
    "long for wide": (WIDE, "columns", LONG),
    "long with a column of dates for wide": (WIDE, "columns", LONG.reset_index()),
    "levels for wide": (WIDE, "columns", LEVELS),
    "long for wide of polars": (
        pl.from_pandas(WIDE.reset_index()),
        "columns",
        pl.from_pandas(LONG.reset_index()),
    ),
    "list for wide": (WIDE, "columns", SERIES),
    "dict for wide": (WIDE, "columns", dict(zip("abc", SERIES, strict=True))),
    "wide for list": (SERIES, None, WIDE),
    "tuple for list": (SERIES, None, tuple(SERIES)),
    "dict for list": (SERIES, None, dict(zip("abc", SERIES, strict=True))),
}


def numbers(answer):
    """The forecasts as sorted numbers, whatever holds them."""
    if isinstance(answer, list):
        answer = np.concatenate([np.ravel(one) for one in answer])
    elif isinstance(answer, pl.DataFrame):
        answer = answer.select(pl.selectors.float()).to_numpy()
    else:
        answer = answer.select_dtypes("float").to_numpy()
    return np.sort(np.ravel(answer))


@pytest.mark.parametrize("name", FORMS)
def test_code_of_another_form_is_run(name):
    given, group, X = FORMS[name]
    fitted = SequenceForecaster(Ridge(), horizon=2, season_length=1, group=group).fit(given)
    expected = numbers(fitted.forecast(X=given))
    for method in (lambda X: fitted.forecast(X=X), fitted.update):
        with pytest.raises(ValueError, match="Give X in that form: ") as error:
            method(X)
        code = str(error.value).split("form: ")[1].removesuffix(".")
        form = eval(code, {"X": X, "pd": pd})
        if method != fitted.update:
            np.testing.assert_allclose(numbers(method(form)), expected)


@pytest.mark.parametrize("X", [tuple(SERIES), tuple(one.to_numpy() for one in SERIES)])
def test_tuples_of_series_are_refused_everywhere(X):
    fresh = SequenceForecaster(Ridge(), season_length=1)
    of_one, of_list = (SequenceForecaster(Ridge(), season_length=1) for _ in range(2))
    of_one.fit(SERIES[0]), of_list.fit(SERIES)
    calls = [fresh.fit, of_one.predict, of_one.update, of_list.predict, of_list.update]
    calls += [of_list.score, lambda X: of_one.forecast(X=X), lambda X: of_list.forecast(X=X)]
    for call in [*calls, lambda X: backtest(fresh, X, initial=20)]:
        fails(lambda call=call: call(X), "tuple", "list(X)")


def test_one_row_is_one_row():
    listed = [WIDE["a"].to_numpy(), WIDE["b"].to_numpy()[:1]]
    with pytest.warns(UserWarning, match=r"series 1 \(1 row\)"):
        SequenceForecaster(Ridge(), season_length=7).fit(listed)
    with pytest.warns(UserWarning, match=r"series 1 \(1 row\)"):
        backtest(SequenceForecaster(Ridge(), season_length=1), listed, initial=20)


def monthly(freq, start="2020-01", n=40):
    if freq == "M":
        return pd.period_range(start, periods=n, freq="M")
    return pd.date_range(start, periods=n, freq=freq)


Y = 10 + np.random.default_rng(0).normal(size=43)


def fitted_on(X, **parameters):
    return SequenceForecaster(Ridge(), season_length=1, **parameters).fit(X)


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("new", ["MS", "ME", "M"])
@pytest.mark.parametrize("freq", ["MS", "ME", "M", "QS", "QE", "YS", "YE"])
def test_month_starts_and_ends(freq, new, library):
    is_quarter = freq[0] in "QY"
    new = new.replace("M", freq[0], 1) if is_quarter and new != "M" else new
    if freq == new or (library == "polars" and "M" in (freq, new)):
        pytest.skip("nothing to move")
    if is_quarter and new == "M":
        pytest.skip("months are another step than quarters")
    X = pd.Series(Y[:40], monthly(freq), name="y")
    later = pd.Series(
        Y[40:], monthly(new, {"Q": "2030-01", "Y": "2060-01"}.get(freq[0], "2023-05"), 3), name="y"
    )
    if library == "polars":
        X, later = (pl.from_pandas(one.rename_axis("t").reset_index()) for one in (X, later))
    fitted = fitted_on(X)
    with pytest.raises(ValueError, match="Convert its dates: ") as error:
        fitted.update(later)
    code = str(error.value).split("its dates: ")[1].removesuffix(".")
    names = {"X": later.clone() if library == "polars" else later.copy(), "pd": pd, "pl": pl}
    exec(code if code.startswith("X.index") else f"X = {code}", names)
    fitted.update(names["X"])
    assert fitted._n_rows == [43]
    with pytest.warns(UserWarning, match="Convert its dates: "):
        fitted_on(X).forecast(X=later)


@pytest.mark.parametrize(("freq", "new"), [("MS", "ME"), ("ME", "MS")])
def test_month_starts_and_ends_of_several_series_and_of_future(freq, new):
    X, other = (pd.Series(Y[:40], monthly(one), name="y") for one in (freq, new))
    later = pd.Series(Y[40:], monthly(new, "2023-05", 3), name="y")
    panel = fitted_on([X, X])
    calls = [
        (lambda: panel.update([later, later]), later.index),
        (lambda: panel.forecast(X=[other]), other.index),
        (lambda: fitted_on([X, other]), other.index),
    ]
    for call, dates in calls:
        with pytest.raises(ValueError, match="Convert its dates: ") as error:
            call()
        code = str(error.value).split("its dates: ")[1].removesuffix(".")
        moved = eval(code, {"dates": dates, "pd": pd})
        assert X.index.freq.is_on_offset(moved[0])
        column = eval(code, {"dates": dates.to_series(), "pd": pd})  # a column of a long frame
        assert (column == moved).all()
    fitted = fitted_on(X.to_frame().assign(price=1.0 * np.arange(40)), known="price")
    future = later.rename("price").to_frame()
    with pytest.raises(ValueError, match="Convert its dates: ") as error:
        fitted.forecast(future=future)
    names = {"future": future, "pd": pd}
    exec(str(error.value).split("its dates: ")[1].removesuffix("."), names)
    fitted.forecast(future=names["future"])


def test_a_missing_month_is_no_other_step():
    X = pd.Series(Y, monthly("MS", n=43))
    fails(lambda: fitted_on(X[:40]).update(X[41:]), "Give X from 2023-05-01")
