"""Forecasts up to a date, against the rows that pandas selects up to it."""

import datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from tests.helpers import raises

RNG = np.random.default_rng(0)


def series(index):
    n = len(index)
    return pd.Series(50 + 5 * np.sin(np.arange(n) * np.pi / 3) + RNG.normal(size=n), index)


def fitted(data, **parameters):
    return SequenceForecaster(Ridge(), horizon=3, season_length=6, **parameters).fit(data)


INDEXES = {
    "months": pd.date_range("2023-01-01", periods=40, freq="MS"),
    "month ends": pd.date_range("2023-01-31", periods=40, freq="ME"),
    "periods": pd.period_range("2023-01", periods=40, freq="M"),
    "hours": pd.date_range("2026-10-24 08:00", periods=40, freq="h"),
    "hours in a zone": pd.date_range(
        "2026-10-23 08:00", periods=40, freq="h", tz=datetime.UTC
    ).tz_convert("Europe/Berlin"),
    "open days": pd.bdate_range("2026-03-02", periods=40),
    "years": pd.date_range("1985", periods=40, freq="YS"),
}


@pytest.mark.filterwarnings("ignore:The clocks of Europe/Berlin")
@pytest.mark.parametrize("kind", INDEXES)
@pytest.mark.parametrize(
    "until", ["2026-10-26", "2026-11", "2026-10-27 09:00", pd.Timestamp("2026-10-27 09:00")]
)
def test_rows_are_those_that_pandas_selects(kind, until):
    """Of a longer forecast, whose first steps are the same."""
    forecaster = fitted(series(INDEXES[kind]))
    if kind == "hours in a zone" and isinstance(until, pd.Timestamp):
        until = until.tz_localize("Europe/Berlin")
    answer = forecaster.forecast(until=until)
    expected = forecaster.forecast(len(answer) + 30)[:until]
    pd.testing.assert_series_equal(answer, expected)
    assert len(answer)


def test_forms_of_a_date():
    forecaster = fitted(series(INDEXES["hours"]))
    whole_day = forecaster.forecast(until="2026-10-28")
    assert whole_day.index[-1] == pd.Timestamp("2026-10-28 23:00")
    for until in (
        datetime.date(2026, 10, 28),
        np.datetime64("2026-10-28"),
        pd.Period("2026-10-28"),
        datetime.datetime(2026, 10, 28, 23, 30),
    ):
        pd.testing.assert_series_equal(forecaster.forecast(until=until), whole_day)
    midnight = forecaster.forecast(until=pd.Timestamp("2026-10-28"))
    assert midnight.index[-1] == pd.Timestamp("2026-10-28 00:00")


def test_series_that_end_at_different_dates():
    months = INDEXES["months"]
    one, other, late = (series(months[:n]) for n in (34, 36, 40))
    listed = fitted([one, other, late])
    answers = listed.forecast(until="2026-02")
    assert [len(answer) for answer in answers] == [4, 2, 0]
    assert {answer.index[-1] for answer in answers[:2]} == {pd.Timestamp("2026-02-01")}
    for answer, longer in zip(answers, listed.forecast(4), strict=True):
        pd.testing.assert_series_equal(answer, longer[: len(answer)], check_freq=False)
    names = ["a", "b", "c"]
    long = pd.concat([one, other, late], keys=names, names=["shop", "month"]).to_frame("sales")
    by_shop = fitted(long, group="shop")
    frame = by_shop.forecast(until="2026-02")
    np.testing.assert_allclose(frame["sales"], np.concatenate(answers))
    assert list(frame.index.get_level_values("shop")) == [*"aaaabb"]
    bounds = SequenceForecaster(pretrained="only", season_length=6, group="shop").fit(long)
    assert len(bounds.forecast_interval(until="2026-02")) == 6
    polars = pytest.importorskip("polars")
    flat = polars.DataFrame(
        {
            "shop": [name for name, each in zip("ab", (one, other), strict=True) for _ in each],
            "month": np.concatenate([one.index, other.index]).astype("datetime64[us]"),
            "sales": np.concatenate([one, other]),
        }
    )
    answer = fitted(flat, group="shop").forecast(until="2026-02")
    assert answer["shop"].to_list() == [*"aaaabb"]
    assert answer["month"].max() == datetime.datetime(2026, 2, 1)


@pytest.mark.parametrize("calendar", [None, ["month"]])
def test_each_series_needs_its_own_future(calendar):
    months = INDEXES["months"]
    parts = [series(months[:n]).to_frame("sales").assign(price=RNG.random(n)) for n in (34, 36)]
    months_ahead = pd.date_range(months[0], periods=42, freq="MS")
    listed = fitted(parts, target="sales", known="price", calendar=calendar)
    ahead = [pd.DataFrame({"price": 0.5}, months_ahead[n:]) for n in (34, 36)]
    answers = listed.forecast(until="2026-04", future=ahead)
    assert [len(one) for one in answers] == [6, 4]
    one = listed.forecast(
        4, X=[parts[1]], future=[pd.DataFrame({"price": 0.5}, months_ahead[36:42])]
    )
    assert answers[1].notna().all(axis=None) and one[0].shape == answers[1].shape
    lone = fitted(parts[0], target="sales", known="price", calendar=calendar)
    with raises("future"):
        lone.forecast(until="2026-04")
    pd.testing.assert_frame_equal(
        lone.forecast(until="2026-04", future=ahead[0]), lone.forecast(6, future=ahead[0])
    )


def test_errors():
    dated, plain = fitted(series(INDEXES["months"])), fitted(np.arange(40.0).reshape(-1, 1))
    with raises("until='2026-12'", "steps=3", "None"):
        dated.forecast(3, until="2026-12")
    with raises("until='2026-12'", "no dates", "steps"):
        plain.forecast(until="2026-12")
    with raises("until='2026-04-30'", "2026-04-01", "2026-05-01 00:00:00"):
        dated.forecast(until="2026-04-30")
    assert len(dated.forecast(until="2026-05-01 00:00:00")) == 1  # the remedy
    with raises("2026-12", "time zone"):
        dated.forecast(until=pd.Timestamp("2026-12", tz="UTC"))
    for until in (12, "soon", "", "NaT", None, float("nan"), True):
        if until is not None:
            with raises(f"until={until!r}", "2026-06-30", "steps"):
                dated.forecast(until=until)
    calibrated = fitted(series(INDEXES["months"]), calibration_fraction=0.4)
    assert len(calibrated.forecast_interval(until="2026-07", coverage=0.5)) == 3
    with raises("until='2026-08' (4 steps)", "larger horizon"):
        calibrated.forecast_interval(until="2026-08", coverage=0.5)
    table = series(INDEXES["months"]).to_frame("sales").assign(other=RNG.random(40))
    with raises("until='2026-12' (8 steps)", "horizon=3"):
        fitted(table, target="sales").forecast(until="2026-12")


@pytest.mark.parametrize("until", ["02/03/2027", "2.3.2027", "02-03-2027", "02.03.2027 12:00"])
def test_day_and_month_that_may_be_exchanged_are_refused(until):
    forecaster = fitted(series(INDEXES["months"]))
    with raises(f"until={until!r} may be", ("2027-03-02", "2027-02-03"), "year first"):
        forecaster.forecast(until=until)
    assert forecaster.forecast(until="2027-03-02").index[-1] == pd.Timestamp("2027-03-01")


@pytest.mark.parametrize("until", ["31.12.2026", "12/31/2026", "12.12.2026", "2026-12-11"])
def test_day_and_month_that_have_one_order_are_read(until):
    assert fitted(series(INDEXES["months"])).forecast(until=until).index[-1].month == 12


@pytest.mark.parametrize("until", ["26-06-30", "Feb 27", "12:30", "30.6.26"])
def test_a_date_without_a_year_of_four_digits_is_refused(until):
    with raises(f"until={until!r} must be a date", "'2026-06-30'"):
        fitted(series(INDEXES["months"])).forecast(until=until)


@pytest.mark.parametrize("until", ["2026Q4", "2026-q4"])
def test_a_quarter_ends_with_its_last_month(until):
    answer = fitted(series(INDEXES["months"])).forecast(until=until)
    assert answer.index[-1] == pd.Timestamp("2026-12-01")


@pytest.mark.parametrize(
    "freq", ["Q-DEC", "Q-FEB", "Y-DEC", "Y-JUN", "M", "D", "W-SUN", "W-WED", "h"]
)
def test_until_a_period_as_the_index_prints_it(freq):
    periods = pd.period_range("2010-01-01", periods=35, freq=freq)
    forecaster = SequenceForecaster(Ridge(), horizon=3, season_length=1)
    X = pd.Series(np.random.default_rng(0).normal(size=30), periods[:30])
    fitted = forecaster.fit(X)
    for n in (1, 3, 5):
        last = periods[29 + n]
        for until in (str(last), last):
            assert fitted.forecast(until=until).index.equals(periods[30 : 30 + n])
