"""update: new rows in the history, against forecasts from the whole series. X without a history."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge, SGDRegressor
from sklearn.preprocessing import StandardScaler

from skgru import GRURegressor, SequenceForecaster
from tests.helpers import copy_of, raises, warns

N, HORIZON = 60, 3
RNG = np.random.default_rng(0)
VALUES = np.exp(3 + 0.2 * np.sin(np.arange(N) * np.pi / 3) + RNG.normal(scale=0.05, size=N))
MONTHS = pd.date_range("2020-01-01", periods=N, freq="MS", name="month")
SALES = pd.Series(VALUES, MONTHS, name="sales")


def forecaster(**parameters):
    parameters = {"regressor": Ridge(), "horizon": HORIZON, "season_length": 6} | parameters
    return SequenceForecaster(**parameters)


INDEXES = {
    "months": MONTHS,
    "periods": MONTHS.to_period("M"),
    "hours": pd.date_range("2026-10-24", periods=N, freq="h", tz="Europe/Berlin"),
    "numbers": pd.RangeIndex(10, 10 + 2 * N, 2),
    "open days": pd.bdate_range("2026-03-02", periods=N),
}


@pytest.mark.filterwarnings("ignore:The clocks of Europe/Berlin")
@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(sorted(INDEXES)),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    gaps=st.lists(st.integers(1, N - 1), max_size=12),
    member=st.sampled_from(["ridge", "theta", "zero-shot"]),
)
def test_update_is_a_forecast_from_the_whole_series(kind, sizes, gaps, member):
    values = VALUES.copy()
    values[gaps] = np.nan
    series, start = pd.Series(values, INDEXES[kind]), N - sum(sizes)
    parameters = {
        "ridge": {"window_length": 6, "level": "last", "baseline": "seasonal"},
        "theta": {"theta_weight": 1.0, "window_length": 6},
        "zero-shot": {"pretrained": "only", "regressor": None},
    }[member]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of gaps at the end
        known = pd.Series(VALUES, INDEXES[kind])[:start]
        fitted = forecaster(**parameters).fit(known)
        whole = pd.concat([known, series[start:]])
        expected, bounds = fitted.forecast(7, X=whole), None
        if member == "zero-shot":
            bounds = fitted.forecast_interval(X=whole)
        for size in sizes:
            fitted.update(whole[start : start + size])
            start += size
    pd.testing.assert_series_equal(fitted.forecast(7), expected, rtol=1e-9)
    if bounds is not None:
        pd.testing.assert_frame_equal(fitted.forecast_interval(), bounds, rtol=1e-9)


def test_the_rows_of_fit_are_as_good_as_those_of_update():
    """Also with covariates, a calendar, a pickle, and rows that overlap."""
    frame = SALES.to_frame().assign(price=RNG.random(N))
    fitted = forecaster(
        target="sales", known="price", calendar="month", random_state=0, theta_weight=0.3
    ).fit(frame[:50])
    ahead = pd.DataFrame(
        {"price": 0.5}, pd.date_range(MONTHS[-1], periods=HORIZON + 1, freq="MS")[1:]
    )
    expected = fitted.forecast(X=frame, future=ahead)
    loaded = copy_of(copy_of(fitted).update(frame[48:55]))
    loaded.update(frame)  # the whole series: known rows are ignored
    pd.testing.assert_frame_equal(loaded.forecast(future=ahead), expected, rtol=1e-9)
    pd.testing.assert_frame_equal(loaded.forecast(X=frame, future=ahead), expected, rtol=1e-9)
    before = fitted.predict(frame)[55:]
    pd.testing.assert_frame_equal(copy_of(fitted).update(frame[:55]).predict(frame[55:]), before)
    assert loaded.scaler_.kinds_ == fitted.scaler_.kinds_


def test_arrays_and_polars():
    values = VALUES.reshape(-1, 1)
    fitted = forecaster().fit(values[:50])
    expected = fitted.forecast(X=values)
    copied = copy_of(fitted)
    with raises("60 rows", "X[50:]"):
        copied.update(values)
    np.testing.assert_allclose(copied.update(values[50:]).forecast(), expected)
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"month": MONTHS.to_numpy(), "sales": VALUES})
    dated = forecaster().fit(frame[:50]).update(frame[50:])
    answer = dated.forecast()
    np.testing.assert_allclose(answer["sales"], expected[:, 0])
    assert answer["month"][0].date().isoformat() == "2025-01-01"


def panels():
    """The same two series in three forms: what is known, what arrives, and `group`."""
    one, other = SALES[:50], SALES[10:] * 2
    frame = pd.DataFrame({"a": one.reindex(MONTHS), "b": other})
    wide = frame[:44], frame[["b", "a"]][44:50], "columns"
    parts = {"a": one, "b": other[:40]}
    long = pd.concat(parts, names=["shop", "month"]).to_frame("sales").reset_index("shop")
    late = long[long.index >= MONTHS[44]]
    return {
        "wide": wide,
        "list": ([one[:44], other[:34]], [one[44:], other[34:40]], None),
        "long": (long[long.index < MONTHS[44]], late[::-1].sort_index(kind="stable"), "shop"),
    }


@pytest.mark.parametrize("form", ["wide", "list", "long"])
def test_several_series_are_matched_by_id(form):
    known, arrived, group = panels()[form]
    fitted = forecaster(group=group, scaler=None, theta_weight=0.4).fit(known)
    expected = fitted.forecast(X=[SALES[:50], SALES[10:50] * 2]) if form == "list" else None
    answer = copy_of(fitted).update(arrived).forecast()
    if form == "list":
        for one, wanted in zip(answer, expected, strict=True):
            pd.testing.assert_series_equal(one, wanted, rtol=1e-9)
        return
    whole = pd.concat([known, arrived[known.columns]])
    if form == "long":
        whole = whole.sort_values("shop", kind="stable")
    pd.testing.assert_frame_equal(answer, fitted.forecast(X=whole), rtol=1e-9)


def test_a_long_frame_without_dates_goes_on_in_the_order_of_its_rows():
    def long(rows):
        parts = [
            pd.DataFrame({"id": one, "sales": k * VALUES[rows]}) for k, one in ((1, "b"), (2, "a"))
        ]
        return pd.concat(parts, ignore_index=True)

    whole = forecaster(group="id").fit(long(slice(50)))
    updated = whole.update(long(slice(50, 54))).update(long(slice(54, N))).forecast()
    series = forecaster().fit([VALUES[:50], 2 * VALUES[:50]])
    expected = series.update([VALUES[50:], 2 * VALUES[50:]]).forecast()
    np.testing.assert_allclose(updated["sales"], np.ravel(expected))


def test_series_without_new_rows():
    known, arrived, _ = panels()["list"]
    listed = forecaster().fit(known)
    ends = [one.index[0] for one in listed.update([arrived[0], arrived[1][:0]]).forecast()]
    assert ends == [MONTHS[50], MONTHS[44]]
    known, arrived, group = panels()["long"]
    by_shop = forecaster(group=group).fit(known).update(arrived[arrived["shop"] == "b"])
    answer = by_shop.forecast()
    assert dict(zip(answer["shop"], answer.index, strict=True)) == {
        "a": MONTHS[46], "b": MONTHS[52],
    }  # fmt: skip


def test_rows_that_do_not_continue_the_series():
    fitted = forecaster().fit(SALES[:50])
    before = fitted.forecast()
    with raises("X begins at 2024-04-01", "2024-02-01", "from 2024-03-01", "NaN"):
        fitted.update(SALES[51:])
    with raises("another step", "'MS'"):
        fitted.update(SALES[50:52].set_axis(pd.to_datetime(["2024-03-01", "2024-03-02"])))
    with raises("period", "datetime64"):
        fitted.update(SALES[50:].to_period("M"))
    with raises("now missing", "- b"):
        forecaster().fit(SALES[:50].to_frame().assign(b=1.0)).update(
            SALES[50:].to_frame().assign(other=1.0)
        )
    with warns("2024-02-01", "later rows"):
        fitted.update(SALES[:50])
    pd.testing.assert_series_equal(fitted.forecast(), before)
    missing = SALES[50:].copy()
    missing.iloc[0] = np.nan
    assert fitted.update(missing).forecast().index[0] == pd.Timestamp("2025-01-01")  # the remedy


def test_other_series_than_those_of_fit():
    known, arrived, _ = panels()["wide"]
    wide = forecaster(group="columns").fit(known)
    with raises("'c'", "not part of fit"):
        wide.update(arrived.assign(c=1.0))
    with raises("lacks", "'a'"):
        wide.update(arrived[["b"]])
    wide.update(arrived[["b"]].assign(a=np.nan)[:0].reindex(MONTHS[44:45]).fillna(30.0))
    known, arrived, _ = panels()["list"]
    listed = forecaster().fit(known)
    with raises("1 series", "had 2", "empty"):
        listed.update(arrived[:1])
    with raises("Series 1 of X", "begins at", "missing"):
        listed.update([arrived[0], arrived[1][2:]])
    with raises("Give X in that form"):
        listed.update(arrived[0])


@pytest.mark.parametrize("call", ["predict", "forecast"])
@pytest.mark.parametrize("member", [{}, {"regressor": None, "pretrained": "only"}])
@pytest.mark.parametrize(
    ("start", "parts"),
    [
        (51, ("X begins at 2024-04-01", "ends at 2024-02-01", "from the start of fit", "NaN")),
        (47, ("other values", "3 rows", "2023-12-01", "should have 12", "from the start of fit")),
    ],
)
def test_a_short_X_that_does_not_continue_the_series(call, member, start, parts):
    """A missed month, or rows that overlap with other values."""
    fitted = forecaster(window_length=12, level="last", **member).fit(SALES[:50])

    def answer(X):
        return fitted.predict(X) if call == "predict" else fitted.forecast(X=X)

    with warns(*parts) as caught:
        alone = answer(SALES[start:54] * (1 if start > 50 else 2))
    # A forecast without regressors has nothing to replace.
    uses = "so that they use the naive forecast instead of the regressors"
    assert (uses in str(caught[0].message)) == (member == {})
    whole = SALES[:54].copy()
    whole.iloc[50:start] = np.nan
    right = answer(whole)  # the remedy, without a warning
    assert np.abs(right.to_numpy()[-1] - alone.to_numpy()[-1]).max() > 0


@pytest.mark.parametrize("group", [None, "shop"])
def test_a_short_X_with_dates_of_another_type(group):
    frame = pd.DataFrame({"shop": "a", "sales": SALES})
    frame = frame if group else frame[["sales"]]
    fitted = forecaster(group=group, window_length=12).fit(frame[:50])
    with warns("an index of datetime64[", "UTC]", "Its 3 rows", "tz_localize(None)"):
        fitted.forecast(X=frame[50:53].tz_localize("UTC"))
    fitted.forecast(X=frame[50:53].tz_localize("UTC").tz_localize(None))  # the remedy


@pytest.mark.parametrize("member", [{}, {"pretrained": "only"}], ids=str)
def test_a_short_series_from_the_first_row_of_fit_lacks_no_history(member):
    fitted = SequenceForecaster(horizon=6, season_length=12, random_state=0, **member)
    fitted.fit(SALES[:18])
    # Warnings are errors in this suite.
    for n in (18, 19, 23):
        fitted.forecast(X=SALES[:n])


def test_a_list_of_whole_arrays_is_refused():
    rng = np.random.default_rng(0)
    whole = [rng.normal(100, 5, (60, 1)), rng.normal(50, 5, (70, 1))]
    fitted = forecaster(window_length=6).fit([one[:50] for one in whole])
    with raises("Series 0 of X has 60 rows", "begins with the rows of fit", "X[0][50:]"):
        fitted.update(whole)
    with raises("Series 1 of X has 70 rows", "X[1][50:]"):
        fitted.update([whole[0][50:], whole[1]])
    fitted.update([whole[0][50:], whole[1][50:]])


@pytest.mark.parametrize(
    ("n_rows", "used"), [(9, "the level instead of the baseline"), (3, "the naive forecast")]
)
def test_what_a_short_X_after_a_gap_uses(n_rows, used):
    """A season longer than the window."""
    fitted = forecaster(window_length=6, season_length=12).fit(SALES[:40])
    with warns(f"Its {n_rows} rows", "should have 12", f"so that they use {used}"):
        fitted.forecast(X=SALES[41 : 41 + n_rows])


def test_an_X_that_stands_alone():
    fitted = forecaster(window_length=6).fit(SALES[:30])
    for X in (SALES[32:50], SALES[30:32], SALES[3:9], SALES[3:9].to_period("M")):
        fitted.predict(X)
        fitted.forecast(X=X)
    fitted.predict(SALES[3:5])  # rows of the training series
    fitted.predict(SALES[3:5].set_axis(SALES.index[3:5] - pd.DateOffset(years=10)))
    listed = forecaster(window_length=6).fit([SALES[:30], SALES[:30]])
    listed.forecast(X=[SALES[32:40]])


FORMS = {
    "one": (None, lambda frame: frame["a"]),
    "frame": (None, lambda frame: frame[["a"]]),
    "list": (None, lambda frame: [frame["a"].dropna(), frame["b"].dropna()]),
    "wide": ("columns", lambda frame: frame),
    "wide, polars": ("columns", lambda frame: to_polars(frame.reset_index())),
    "long": ("shop", lambda frame: long_of(frame).set_index("month")),
    "long, levels": ("shop", lambda frame: long_of(frame).set_index(["shop", "month"])),
    "long, polars": ("shop", lambda frame: to_polars(long_of(frame))),
}


def to_polars(frame):
    return pytest.importorskip("polars").DataFrame(frame.to_dict("list"))


def long_of(frame):
    long = frame.reset_index().melt("month", var_name="shop", value_name="sales")
    return long.dropna().reset_index(drop=True)


def numbers(answer):
    if isinstance(answer, list):
        return np.concatenate([np.ravel(one) for one in answer])
    frame = answer.to_frame("sales") if isinstance(answer, pd.Series) else answer
    names = [name for name in ("sales", "a", "b") if name in frame.columns]
    return np.ravel(np.asarray(frame[names]))


@pytest.mark.parametrize("member", [{}, {"regressor": None, "pretrained": "only"}])
@pytest.mark.parametrize("form", FORMS)
def test_X_continues_the_history_of_each_series(form, member):
    """Rows right after it, and rows that overlap: a forecast from X is that after update(X)."""
    group, convert = FORMS[form]
    both = pd.DataFrame({"a": SALES, "b": SALES.shift(5) * 3 + 2})
    fitted = forecaster(group=group, scaler=StandardScaler(), **member).fit(convert(both[:50]))
    for rows in (both[50:53], both[45:53]):
        X = convert(rows)
        bounds = fitted.forecast_interval(X=X) if member else None
        updated = copy_of(fitted).update(X)
        np.testing.assert_allclose(
            numbers(fitted.forecast(X=X)), numbers(updated.forecast()), rtol=1e-9
        )
        if bounds is not None and form != "list":
            assert updated.forecast_interval().equals(bounds)
        assert type(fitted.forecast(X=X)) is type(updated.forecast())


def test_new_series_and_gaps_beside_series_that_go_on():
    both = pd.DataFrame({"a": SALES, "b": SALES.shift(5) * 3 + 2})
    long = long_of(both).set_index("month")
    fitted = forecaster(group="shop").fit(long[long.index < MONTHS[50]])
    new = long[long.index >= MONTHS[50]].replace({"shop": {"b": "c"}})
    old = long.replace({"shop": {"b": "c"}}).query("shop == 'c'")
    answer = fitted.forecast(X=pd.concat([new.query("shop == 'a'"), old]))
    alone = fitted.forecast(X=old)
    first = copy_of(fitted).update(new.query("shop == 'a'")).forecast()
    for one, expected in (("c", alone), ("a", first[first["shop"] == "a"])):
        rows = answer[answer["shop"] == one]
        pd.testing.assert_frame_equal(rows, expected, check_freq=False)
    late = long[long.index >= MONTHS[52]]
    with warns("Series 'a' of X begins at 2024-05-01", "ends at 2024-02-01", "1 more", "NaN"):
        fitted.forecast(X=late[late.index < MONTHS[55]])
    whole = long.assign(sales=long["sales"].where(~long.index.isin(MONTHS[50:52])))
    fitted.forecast(X=whole)  # the remedy


def test_other_series_of_lists():
    """Series of a list have no identifiers: by values, by names and without an index."""
    fitted = forecaster().fit([SALES[:50], SALES[:50] * 2])
    later = [SALES[20:53] * 3, SALES[20:53] * 2]
    alone = [fitted.forecast(X=[one])[0] for one in later]
    for answer, expected in zip(fitted.forecast(X=later), alone, strict=True):
        np.testing.assert_allclose(answer, expected)
    renamed = fitted.forecast(X=[one.rename("other") for one in later])
    pd.testing.assert_series_equal(renamed[1], alone[1].rename("other"))
    arrays = forecaster().fit([VALUES[:50], VALUES[:50] * 2])
    (one,) = arrays.forecast(X=[VALUES[50:58]])
    np.testing.assert_array_equal(arrays.forecast(X=[VALUES[50:58], VALUES])[0], one)


def test_a_column_without_new_values():
    both = pd.DataFrame({"a": SALES, "b": SALES * 3 + 2})
    fitted = forecaster(group="columns").fit(both[:50])
    X = both[50:53].assign(b=np.nan)
    with pytest.warns(UserWarning, match="end in NaN"):
        answer = fitted.forecast(X=X)
        pd.testing.assert_frame_equal(answer, copy_of(fitted).update(X).forecast())
    with raises("'c'", "only NaN"):
        fitted.forecast(X=X.rename(columns={"b": "c"}))


ONE_SERIES = {
    "Series": lambda series: series,
    "frame": lambda series: series.to_frame(),
    "polars": lambda series: to_polars(series.reset_index()),
    "list": lambda series: [series],
}
METHODS = {
    "predict": lambda fitted, X: fitted.predict(X),
    "score": lambda fitted, X: fitted.score(X),
    "forecast": lambda fitted, X: fitted.forecast(X=X),
    "forecast_interval": lambda fitted, X: fitted.forecast_interval(X=X, coverage=0.5),
}


@pytest.mark.parametrize("end", [50, 54])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("form", ONE_SERIES)
def test_one_revised_value_leaves_X_alone(form, method, end):
    """With a warning, whether X ends within the training series or after it."""
    call, convert = METHODS[method], ONE_SERIES[form]
    fitted = forecaster(window_length=6, calibration_fraction=0.4).fit(convert(SALES[:50]))
    call(fitted, convert(SALES[38:end]))  # without a warning
    revised = SALES[:end].copy()
    revised.iloc[45] = 100.0
    parts = ("1 row", "2023-10-01", "with 100 instead of 19.7", f"Its {end - 38} rows")
    if form == "list" and method in ("predict", "score"):  # X has no history after a fit on a list
        call(fitted, convert(revised[38:]))
        return
    if end > 50:
        parts = (*parts, "or only the rows after 2024-02-01")
    with warns("X has other values" if form != "list" else "Series 0 of X has", *parts):
        call(fitted, convert(revised[38:]))
    call(fitted, convert(revised))  # the remedy, without a warning
    if end > 50 and method != "score":
        call(fitted, convert(revised[50:]))  # the other remedy


@pytest.mark.parametrize("member", [{}, {"regressor": None, "pretrained": "only"}])
@pytest.mark.parametrize("form", [form for form in FORMS if FORMS[form][0]])
def test_X_with_identifiers_may_have_other_values(form, member):
    """Those of X count, so that there is nothing to warn of."""
    group, convert = FORMS[form]
    both = pd.DataFrame({"a": SALES, "b": SALES.shift(5) * 3 + 2})
    fitted = forecaster(group=group, **member).fit(convert(both[:50]))
    revised = both[47:53].copy()
    revised.loc[MONTHS[49]] *= 2
    whole = both[:53].copy()
    whole.loc[MONTHS[49]] *= 2
    answer = numbers(fitted.forecast(X=convert(revised)))
    assert np.abs(answer / numbers(fitted.forecast(X=convert(both[47:53]))) - 1).max() > 1e-3
    np.testing.assert_allclose(answer, numbers(fitted.forecast(X=convert(whole))), rtol=0.1)


def test_other_values_of_several_series_of_a_list():
    fitted = forecaster(window_length=6).fit([SALES[:50], SALES[:50] * 2])
    revised = [SALES[42:53].copy(), SALES[42:53] * 2]
    for one in revised:
        one.iloc[:2] += 1
    with warns("Series 0 of X has other values", "2 rows", "2023-07-01", "1 more"):
        fitted.forecast(X=revised)
    fitted.forecast(X=[one.rename("other") for one in revised])  # other series


def test_a_long_X_with_other_values_is_another_series():
    fitted = forecaster(window_length=6, level="last").fit(SALES[:50])
    fitted.forecast(X=SALES[30:53] * 2)
    fitted.predict(SALES[30:45] * 2)
    with warns("other values", "2 rows", "should have 6"):
        fitted.predict(SALES[43:45] * 2)
    # Zeros are equal in many series.
    visits = SALES.where(np.arange(N) % 4 == 0, 0.0)
    fitted = forecaster(window_length=6).fit(visits[:50])
    fitted.forecast(X=visits[30:53] * 2)


def test_a_column_beside_the_target_with_other_values():
    frame = SALES.to_frame().assign(price=VALUES[::-1])
    fitted = forecaster(window_length=6, target="sales").fit(frame[:50])
    revised = frame[30:53].assign(price=20.0)
    with warns("20 rows", "2022-07-01", "with 20 instead of", "in column 'price'"):
        fitted.forecast(X=revised)
    missing = frame[30:53].copy()
    missing.iloc[3] = np.nan  # an unknown value is no other value
    with pytest.warns(UserWarning, match="NaN"):
        fitted.forecast(X=missing)


@pytest.mark.parametrize("method", ["predict", "forecast"])
@pytest.mark.parametrize("member", [{}, {"regressor": None, "pretrained": "only"}])
def test_rows_before_those_that_are_kept(method, member):
    """Rows of the training series, but the forecaster has no rows before them."""
    months = pd.date_range("1920-01-01", periods=1200, freq="MS")
    series = pd.Series(np.tile(VALUES, 20), months)
    fitted = forecaster(window_length=6, level="last", **member).fit(series)
    with warns("X begins at 1930-11-01", "no row", "Its 4 rows", "from the start of fit"):
        METHODS[method](fitted, series[130:134])
    METHODS[method](fitted, series[:134])  # the remedy
    fitted.predict(series[:4])  # there are no rows before


REGRESSORS = {
    "single output": lambda: SGDRegressor(random_state=0),
    "network": lambda: GRURegressor(4, epochs=2, random_state=0),
}


@pytest.mark.parametrize("kind", sorted(REGRESSORS))
def test_refit_trains_further(kind):
    """Deterministic, from the weights of fit, and the rest of the forecaster stays."""
    fitted = forecaster(regressor=REGRESSORS[kind](), random_state=0).fit(SALES[:50])
    before, shares = fitted.forecast(X=SALES), dict(fitted.ensemble_)
    refitted = copy_of(fitted).update(SALES[50:], refit=True)
    pd.testing.assert_series_equal(fitted.forecast(X=SALES), before)
    answer = refitted.forecast()
    assert np.isfinite(answer).all() and (answer != before).any()
    pd.testing.assert_series_equal(
        copy_of(fitted).update(SALES[50:], refit=True).forecast(), answer
    )
    assert refitted.ensemble_ == shares
    assert refitted.regressors_[0] is refitted._model.members[0].regressor


class Recorder(Ridge):
    """Keeps the targets of the calls of fit and of partial_fit."""

    fails = False

    def fit(self, X, y, sample_weight=None):
        self.calls_ = [(np.asarray(X), np.asarray(y), sample_weight)]
        return super().fit(X, y, sample_weight)

    def partial_fit(self, X, y, sample_weight=None):
        self.calls_.append((np.asarray(X), np.asarray(y), sample_weight))
        self.coef_ = self.coef_ + 0.1
        if Recorder.fails:
            raise RuntimeError("no more")
        return self


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_series", [1, 2])
def test_the_windows_of_fit_and_updates_are_those_of_the_whole_series(n_series, weighted):
    """With scaler=None, so that a fit on all rows has the same scale."""
    parameters = {"regressor": Recorder(), "scaler": None, "horizon": 8, "window_length": 6}
    if weighted:
        parameters["series_weight"] = None
    series = [SALES, SALES[20:] * 2][:n_series]
    series_weights = [pd.Series(RNG.uniform(0.1, 1, N), MONTHS)[one.index] for one in series]
    starts = [slice(None, 44), slice(44, 45), slice(45, 57), slice(57, 60)]

    def given(part):
        """X and its weights, in the form of `fit`."""
        both = [[one[one.index.isin(MONTHS[part])] for one in each]
                for each in (series, series_weights)]  # fmt: skip
        X, weights = both if n_series > 1 else (both[0][0], both[1][0])
        return {"X": X, "sample_weight": weights if weighted else None}

    whole = forecaster(**parameters).fit(**given(slice(None)))
    fitted = forecaster(**parameters).fit(**given(starts[0]))
    for part in starts[1:]:
        fitted.update(**given(part), refit=True)
    calls = fitted.regressors_[0].calls_
    assert [len(call[0]) for call in calls[1:]] == [n_series, 12 * n_series, 3 * n_series]
    rows = [
        np.unique(np.hstack([np.concatenate(each) for each in zip(*one, strict=True)]), axis=0)
        for one in ([call[:2] for call in calls], [whole.regressors_[0].calls_[0][:2]])
    ]
    np.testing.assert_allclose(*rows)
    if weighted:
        both = calls, whole.regressors_[0].calls_
        every = [np.sort(np.concatenate([one[2] for one in each])) for each in both]
        np.testing.assert_allclose(*every)
    elif n_series > 1:  # weights of the series, as in fit
        assert set(calls[1][2]) <= set(calls[0][2]) and len(set(calls[1][2])) == 2


@pytest.mark.parametrize("form", FORMS)
def test_weights_of_new_rows(form):
    """Rows of weight 0 are no targets, weights of ones are none, and known rows are ignored."""
    group, convert = FORMS[form]
    both = pd.DataFrame({"a": SALES, "b": SALES.shift(5) * 3 + 2})
    params = {"regressor": Recorder(), "horizon": 1, "scaler": None}
    fitted = forecaster(group=group, **params).fit(convert(both[:50]))

    def calls(rows, weights=None):
        X = convert(rows)
        sample_weight = None
        if weights is not None:
            n_columns = 1 if form in ("one", "frame") else 2
            sample_weight = {"list": [weights] * 2}.get(form, weights)
            if form.startswith("long"):
                sample_weight = np.tile(weights, n_columns)
        updated = copy_of(fitted).update(X, refit=True, sample_weight=sample_weight)
        return updated.regressors_[0].calls_[1]

    weights = np.array([7.0, 7, 1, 2, 0, 3])
    X, y, weight = calls(both[48:54], weights)  # two known rows
    assert set(np.ravel(y / y)) == {1} and len(X) == 3 * (1 if form in ("one", "frame") else 2)
    of_weight = [{}] if form in ("one", "frame") else [set(calls(both[48:54])[2]), None]
    if of_weight == [{}]:
        np.testing.assert_array_equal(weight, [1, 2, 3])
    else:  # weights of the rows times those of the series
        own = sorted(of_weight[0])
        np.testing.assert_allclose(
            np.sort(weight), np.sort([n * one for n in (1, 2, 3) for one in own]), rtol=1e-6
        )
    corrupted = both[48:54].copy()
    corrupted.iloc[-1] = 900
    last = np.array([1.0, 1, 1, 2, 3, 0])
    for one, other in zip(calls(both[48:54], last), calls(corrupted, last), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(calls(both[50:54], np.ones(4))[:2], calls(both[50:54]), strict=False):
        np.testing.assert_array_equal(one, other)


class Unweighted(Ridge):
    def partial_fit(self, X, y):
        return self


def test_wrong_weights_of_new_rows():
    fitted = forecaster(regressor=SGDRegressor(random_state=0)).fit(SALES[:50])
    new, weights = SALES[50:], np.ones(10)
    with raises("sample_weight", "needs refit=True", "leave sample_weight None"):
        fitted.update(new, sample_weight=weights)
    with raises("shape (9,)", "10 rows"):
        fitted.update(new, refit=True, sample_weight=weights[1:])
    with warns("trained nothing", "weight of 0", "positive weights"):
        copy_of(fitted).update(new, refit=True, sample_weight=0 * weights)
    unweighted = forecaster(regressor=Unweighted()).fit(SALES[:50])
    with raises("partial_fit of regressor=Unweighted", "Leave it None"):
        unweighted.update(new, refit=True, sample_weight=weights)
    network = forecaster(regressor=GRURegressor(2, epochs=1, random_state=0)).fit(SALES[:50])
    answers = [
        copy_of(network).update(new, refit=True, sample_weight=one).forecast()
        for one in (None, weights, np.arange(10.0))
    ]
    np.testing.assert_allclose(answers[0], answers[1])
    assert (answers[0] != answers[2]).any()
    assert fitted.update(new, refit=True, sample_weight=weights)._weights[0].all()


def test_a_refit_that_fails_changes_nothing(monkeypatch):
    fitted = forecaster(regressor=[Recorder(), Recorder()]).fit(SALES[:50])
    before = fitted.forecast()
    monkeypatch.setattr(Recorder, "fails", True)
    with pytest.raises(RuntimeError, match="no more"):
        fitted.update(SALES[50:], refit=True)
    pd.testing.assert_series_equal(fitted.forecast(), before)
    without = forecaster().fit(SALES[:50])
    with raises("refit=True", "Ridge", "partial_fit", "refit=False", "fit with the whole series"):
        without.update(SALES[50:], refit=True)
    with raises("refit='yes'", "bool"):
        without.update(SALES[50:], refit="yes")
    without.update(SALES[50:], refit=False)  # the remedy


def test_nothing_to_train():
    unknown = SALES[50:].where(SALES.index[50:] > MONTHS[57])
    fitted = forecaster(regressor=Recorder()).fit(SALES[:50])
    with warns("trained nothing", "horizon=3", "10 new rows", "history"):
        fitted.update(unknown, refit=True)
    assert len(fitted.regressors_[0].calls_) == 1
    zero_shot = forecaster(regressor=None, pretrained="only").fit(SALES[:50])
    with warns("trained nothing", "no regressors", "refit=False"):
        zero_shot.update(SALES[50:], refit=True)
    assert zero_shot.forecast().index[0] == fitted.forecast().index[0] == pd.Timestamp("2025-01-01")


def test_an_empty_list_is_a_series_without_new_rows():
    X = np.arange(20.0) % 4
    fitted = SequenceForecaster(Ridge(), season_length=4).fit([X, X])
    fitted.update([np.array([5.0]), []])
    assert [len(one) for one in fitted.forecast()] == [1, 1]
    assert fitted.summary_["n_rows"] == 41


def test_a_row_of_a_frame_as_a_series_is_refused():
    dates = pd.date_range("2026-01-01", periods=30)
    frame = pd.DataFrame({"a": np.arange(30.0) % 7, "b": np.arange(30.0) % 5}, dates)
    fitted = SequenceForecaster(Ridge(), horizon=2, season_length=1).fit(frame[:28])
    with raises("X is a Series", "columns of fit, ['a', 'b']", "frame.iloc[[0]]"):
        fitted.update(frame.iloc[28])
    assert fitted.update(frame.iloc[[28]]).forecast().index[0] == dates[29]


@pytest.mark.parametrize("zones", [("Europe/Berlin", None), (None, "UTC")])
def test_dates_with_and_without_a_zone_are_refused_with_code(zones):
    dates = pd.date_range("2026-01-01", periods=30)
    series = [pd.Series(np.arange(30.0) % 7, dates.tz_localize(zone)) for zone in zones]
    fitted = SequenceForecaster(Ridge(), horizon=2, season_length=1).fit(series[0][:28])
    X = series[1][28:].copy()
    code = f"X.index = X.index.tz_localize({zones[0]!r})"
    with raises("Give the index that type", code):
        fitted.update(X)
    exec(code, {"X": X})
    assert fitted.update(X).forecast().index[0] == series[0].index[-1] + pd.Timedelta("1D")
