"""Calendar features of the index as future covariates."""

import calendar as python_calendar
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from skgru import SequenceForecaster
from skgru._forecaster.calendar import Calendar
from skgru.model_selection import backtest
from tests.helpers import copy_of, fails, raises, warns

RNG = np.random.default_rng(0)
FEATURES = ["hour", "day_of_week", "day_of_month", "month", "day_of_year"]


def hourly(n=600, start="2024-02-20", **index):
    """A day of hours, with less at weekends."""
    dates = pd.date_range(start, periods=n, freq="h", **index)
    course = 10 * np.sin(2 * np.pi * dates.hour / 24) + 8 * (dates.day_of_week < 5)
    return pd.Series(50 + course + RNG.normal(0, 0.5, n), dates, name="load")


def forecaster(**parameters):
    return SequenceForecaster(
        Ridge(), **{"horizon": 6, "window_length": 8, "season_length": 24} | parameters
    )


def slow_features(dates):
    """Each row from the fields of its date."""
    rows = []
    for date in dates:
        days = 366 if python_calendar.isleap(date.year) else 365
        in_month = python_calendar.monthrange(date.year, date.month)[1]
        time = (date.hour * 60 + date.minute) / 1440
        week = [float(date.weekday() == day) for day in range(7)]
        shares = [time, (date.day - 1) / in_month, (date.month - 1) / 12]
        shares.append((date.timetuple().tm_yday - 1 + time) / days)
        pairs = [[np.sin(2 * np.pi * share), np.cos(2 * np.pi * share)] for share in shares]
        rows.append([*pairs[0], *week, *np.ravel(pairs[1:])])
    return np.array(rows)


@pytest.mark.parametrize(
    "index",
    [
        pd.date_range("2023-12-20", periods=900, freq="37min"),
        pd.date_range("2024-03-29", periods=100, freq="h", tz="Europe/Berlin"),  # summer time
        pd.date_range("2023-01-01", periods=800, freq="B"),
        pd.period_range("2022-11", periods=30, freq="M"),
    ],
    ids=["minutes", "zone", "business days", "periods"],
)
def test_features_equal_those_of_each_date(index):
    dates = index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
    features = Calendar(tuple(FEATURES)).features(index)
    np.testing.assert_allclose(features, slow_features(dates), atol=1e-12)


# The same forecasts as with columns


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("own", [[], ["price"]])
def test_forecasts_equal_those_with_columns_made_by_hand(strategy, own):
    series = hourly()
    prices = RNG.normal(size=len(series))
    frame = series.to_frame().assign(price=prices)[["load", *own]]
    names = [f"f{i}" for i in range(9)]
    made = pd.DataFrame(Calendar(("hour", "day_of_week")).features(frame.index), frame.index, names)
    train, test = slice(None, 560), slice(560, 572)
    shared = {"strategy": strategy, "target": "load"}
    fitted = forecaster(calendar=True, known=own or None, **shared).fit(frame[train])
    by_hand = forecaster(known=[*own, *names], **shared).fit(frame.join(made)[train])
    assert fitted.calendar_ == ["hour", "day_of_week"]
    assert list(fitted.feature_names_in_) == list(frame.columns)

    future = frame[own][test] if own else None
    expected = by_hand.forecast(9, future=frame.join(made)[[*own, *names]][test])
    pd.testing.assert_frame_equal(fitted.forecast(9, future=future), expected)
    # From other rows: those after fit, and rows that do not continue it.
    for start in (560, 500):
        new, ahead = slice(start, 588), slice(588, 600)
        future = frame[own][ahead] if own else None
        both = frame.join(made)
        expected = by_hand.forecast(9, X=both[new], future=both[[*own, *names]][ahead])
        pd.testing.assert_frame_equal(fitted.forecast(9, frame[new], future), expected)


def test_predict_goes_on_after_the_end_of_x():
    series = hourly()
    fitted = forecaster(calendar=True).fit(series[:560])
    predicted = fitted.predict(series[560:])
    assert np.isfinite(predicted).all(axis=None)
    last = fitted.forecast(X=series)
    np.testing.assert_allclose(predicted.iloc[-1], last)
    np.testing.assert_allclose(fitted.predict(series[:560]).iloc[-1], fitted.forecast())
    assert fitted.score(series) > forecaster().fit(series[:560]).score(series)


def test_several_series_in_every_container():
    pl = pytest.importorskip("polars")
    one, other = hourly(), hourly() + 20
    other = other[100:].rename("other")  # begins later
    fit = lambda X, **kind: forecaster(calendar=True, **kind).fit(X)  # noqa: E731
    listed = fit([one, other])
    expected = [answer.to_numpy() for answer in listed.forecast(9)]
    wide = pd.concat([one, other], axis=1)
    long = wide.rename_axis("time").reset_index().melt("time", var_name="id").dropna()
    np.testing.assert_allclose(
        fit(wide, group="columns").forecast(9), np.column_stack(expected), rtol=1e-6
    )
    answers = [
        fit(long, group="id").forecast(9)["value"],
        fit(pl.DataFrame({name: long[name].to_list() for name in long}), group="id").forecast(9)[
            "value"
        ],
        np.concatenate(listed.forecast(9, X=[one, other])),
    ]
    for answer in answers:
        np.testing.assert_allclose(answer, np.concatenate(expected), rtol=1e-6)
    assert [len(each) for each in listed.predict([one, other])] == [600, 500]
    assert np.isfinite(listed.score([one, other]))


def test_short_series_of_a_panel():
    index = pd.period_range("2020-01", periods=40, freq="M")  # less than a window and 12 steps
    course = 10 * np.sin(2 * np.pi * np.arange(52) / 12)
    series = [pd.Series(level + course[:40], index) for level in (50, 60, 70)]
    model = SequenceForecaster(Ridge(), window_length=36, horizon=12, calendar="month")
    (*_, short) = model.fit([*series, series[0][-30:] + 5]).forecast()
    np.testing.assert_allclose(short, 55 + course[40:], atol=1)


def test_polars_and_periods_give_the_forecasts_of_dates():
    pl = pytest.importorskip("polars")
    series = hourly()
    expected = forecaster(calendar=True).fit(series).forecast(9)
    frame = pl.DataFrame({"time": series.index.to_list(), "load": series.to_list()})
    np.testing.assert_allclose(
        forecaster(calendar=True).fit(frame).forecast(9)["load"], expected, rtol=1e-9
    )
    periods = series.set_axis(series.index.to_period("h"))
    np.testing.assert_allclose(forecaster(calendar=True).fit(periods).forecast(9), expected)


# In searches, backtests and files


@pytest.mark.parametrize("refit", [False, True])
def test_backtest_equals_forecasts_by_hand(refit):
    series = hourly()
    result = backtest(forecaster(calendar=True), series, initial=560, step=20, refit=refit)
    fitted = forecaster(calendar=True).fit(series[: 580 if refit else 560])
    assert len(result.origins) == 2
    np.testing.assert_allclose(result.forecast[1].ravel(), fitted.forecast(X=series[:580]))


def test_clone_search_and_pickle():
    series = hourly()
    search = GridSearchCV(
        forecaster(), {"calendar": [None, True, ["hour"]]}, cv=TimeSeriesSplit(2, test_size=60)
    ).fit(series)
    assert search.best_params_ == {"calendar": True}
    best = search.best_estimator_
    pd.testing.assert_series_equal(copy_of(best).forecast(20), best.forecast(20))
    assert clone(best).calendar is True


def test_intervals():
    series = hourly()
    fitted = forecaster(calendar=True, calibration_fraction=0.3).fit(series)
    bounds = fitted.forecast_interval(coverage=0.8)
    middle = fitted.forecast()
    assert (bounds["load_lower"] < middle).all() and (middle < bounds["load_upper"]).all()


# What True chooses


@pytest.mark.parametrize(
    ("freq", "n", "names"),
    [
        ("30min", 48 * 30, ["hour", "day_of_week"]),
        ("h", 24 * 10, ["hour"]),
        ("12h", 2 * 800, ["hour", "day_of_week", "day_of_year"]),
        ("D", 100, ["day_of_week"]),
        ("D", 800, ["day_of_week", "day_of_year"]),
        ("B", 600, ["day_of_week", "day_of_year"]),
        ("W", 120, ["day_of_year"]),
        ("MS", 40, ["month"]),
        ("QE", 20, ["month"]),
    ],
)
def test_true_chooses_by_the_step_and_the_length(freq, n, names):
    index = pd.date_range("2020-01-01", periods=n, freq=freq)
    series = pd.Series(RNG.normal(size=n), index)
    fitted = forecaster(calendar=True, season_length=1, horizon=2).fit(series)
    assert fitted.calendar_ == names
    assert np.isfinite(fitted.forecast(5)).all()


@pytest.mark.parametrize(
    ("freq", "parts"),
    [("YS", ["calendar=True", "YS", "no feature"]), ("MS", ["calendar=True", "'month'", "730"])],
)
def test_true_without_a_feature_warns(freq, parts):
    series = pd.Series(RNG.normal(size=20), pd.date_range("2000", periods=20, freq=freq))
    plain = forecaster(season_length=1).fit(series)
    with warns(*parts, "20 rows"):
        fitted = forecaster(calendar=True, season_length=1).fit(series)
    assert fitted.calendar_ == []
    pd.testing.assert_series_equal(fitted.forecast(), plain.forecast())


@pytest.mark.parametrize(("freq", "n"), [("MS", 24), ("QS", 8), ("W", 104), ("D", 730)])
def test_two_years_are_enough(freq, n):
    series = pd.Series(RNG.normal(size=n), pd.date_range("2021", periods=n, freq=freq))
    fitted = forecaster(calendar=True, season_length=1, horizon=1, window_length=4).fit(series)
    assert {"month", "day_of_year"} & set(fitted.calendar_)


def test_a_feature_of_which_no_period_was_seen_warns():
    with warns("calendar=['day_of_year']", "25 days", "calendar=True"):
        forecaster(calendar=["day_of_year"]).fit(hourly())


def test_the_pretrained_network_takes_part_beside_a_calendar():
    n, rng = 60, np.random.default_rng(0)
    index = pd.period_range("2015-01", periods=n, freq="M")
    course = 10 * np.sin(2 * np.pi * np.arange(n) / 12)
    series = pd.Series(100 + course + rng.normal(size=n), index)
    fitted = SequenceForecaster(horizon=3, calendar=True, random_state=0).fit(series)
    assert fitted.ensemble_["pretrained"] > 0 and fitted.calendar_ == ["month"]
    alone = SequenceForecaster(horizon=3, calendar=True, pretrained="only").fit(series)
    assert alone.calendar_ == []


def test_the_default_network_gains_from_the_calendar():
    series = hourly(900)
    errors = []
    for chosen in (None, True):
        fitted = SequenceForecaster(
            horizon=24, calendar=chosen, season_length=24, random_state=0
        ).fit(series[:780])
        forecasts = np.array([fitted.forecast(X=series[:end]) for end in range(780, 877, 24)])
        errors.append(np.abs(forecasts.ravel() - series[780:900].to_numpy()).mean())
    assert errors[1] < 0.7 * errors[0]


# Messages, and their remedies


@pytest.mark.parametrize(
    ("chosen", "parts"),
    [
        ("hours", ["calendar='hours'", "'hours'", "'hour'", "'holidays:DE'"]),
        (["hour", 3], ["calendar=['hour', 3]", "3"]),
        (["hour", "hour"], ["['hour', 'hour']", "twice"]),
        ([], ["calendar=[]", "empty"]),
        (4, ["calendar", "4"]),
    ],
)
def test_wrong_names(chosen, parts):
    fails(lambda: forecaster(calendar=chosen).fit(hourly()), *parts)


@pytest.mark.parametrize(
    ("freq", "name", "least"),
    [
        ("D", "hour", "less than a day"),
        ("W", "day_of_week", "less than a week"),
        ("YS", "month", "less than a year"),
    ],
)
def test_features_that_are_the_same_in_each_row(freq, name, least):
    series = pd.Series(RNG.normal(size=60), pd.date_range("1980", periods=60, freq=freq))
    call = lambda chosen: forecaster(calendar=chosen, season_length=1).fit(series)  # noqa: E731
    fails(lambda: call([name]), f"calendar=['{name}']", repr(series.index.freqstr), least, "True")
    call(None)


def test_x_without_dates():
    values = hourly().to_frame().to_numpy()
    dates = pd.date_range("2024", periods=len(values), freq="h")
    model = forecaster(calendar=True)
    fails(lambda: model.fit(values), "calendar=True", "no dates", "pd.DataFrame(X, index=dates)")
    model.fit(pd.DataFrame(values, index=dates))
    fails(lambda: model.predict(values), "calendar=True", "no dates")
    frame = pd.DataFrame({"load": values[:, 0], "date": dates.astype(str)})
    fails(lambda: model.fit(frame[["load"]]), "calendar=True", "int64", "X.set_index('date')")
    model.fit(frame.assign(date=dates).set_index("date"))
    fails(lambda: model.forecast(X=frame[["load"]]), "calendar=True", "int64")
    pl = pytest.importorskip("polars")
    fails(
        lambda: model.fit(pl.Series(values[:, 0])), "calendar=True", "no dates", "column of dates"
    )


def test_future_is_for_own_columns_only():
    fitted = forecaster(calendar=True).fit(hourly())
    fails(lambda: fitted.forecast(future=np.ones((6, 9))), "future", "known=None")


# Holidays


def daily(n=730):
    dates = pd.date_range("2022-03-01", periods=n, freq="D")
    return pd.Series(100 + RNG.normal(0, 1, n), dates, name="sales")


def test_without_the_package_of_holidays(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(ImportError, match=r"'holidays:DE'.*pip install \"skgru\[holidays\]\""):
        forecaster(calendar="holidays:DE").fit(daily())
    forecaster(calendar="day_of_week").fit(daily())


def test_holidays_of_a_country_and_of_a_part():
    pytest.importorskip("holidays")
    index = pd.date_range("2024-12-24", "2025-01-07", freq="12h", tz="Europe/Berlin")
    country, part = Calendar(("holidays:DE", "holidays:DE-BY")).features(index).T
    days = index.strftime("%m-%d")
    np.testing.assert_array_equal(country, days.isin(["12-25", "12-26", "01-01"]))
    np.testing.assert_array_equal(part, days.isin(["12-25", "12-26", "01-01", "01-06"]))


def test_holidays_that_come_are_forecast():
    pytest.importorskip("holidays")
    series = daily(1028)  # to 2024-12-22
    off = Calendar(("holidays:DE",)).features(series.index)[:, 0] == 1
    series[off] -= 60
    fitted = forecaster(
        calendar=["holidays:DE"], season_length=1, scaler=None, level="mean", baseline=None
    ).fit(series)
    np.testing.assert_allclose(fitted.forecast(6), [100, 100, 40, 40, 100, 100], atol=8)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("holidays:XX", "holidays:DE"), ("holidays:DE-QQ", "BY"), ("holidays:DE-", "BY")],
)
def test_unknown_countries(name, remedy):
    pytest.importorskip("holidays")
    fails(lambda: forecaster(calendar=[name]).fit(daily()), f"calendar=['{name}']", remedy)


def test_holidays_need_days():
    pytest.importorskip("holidays")
    series = pd.Series(RNG.normal(size=60), pd.date_range("1980", periods=60, freq="W"))
    model = forecaster(calendar="holidays:DE", season_length=1)
    fails(lambda: model.fit(series), "calendar='holidays:DE'", "'W-SUN'", "a day or less")


def test_a_calendar_that_is_no_name():
    with raises("calendar=3", "calendar=True"):
        forecaster(calendar=3).fit(hourly(100))
