"""Daily, weekly and business-day series in zones whose clocks change at midnight, and series that
are closed on some days of the week.
"""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import SequenceForecaster
from skgru._containers.clocks import wall_times
from skgru._containers.read_series import as_series
from tests.helpers import raises

# Zones, and days without a midnight or with two.
CHANGES = {
    "America/Santiago": "2024-09-08",
    "Africa/Cairo": "2024-04-26",
    "Africa/Cairo, back": "2024-11-01",
    "America/Havana": "2024-03-10",
    "America/Havana, back": "2024-11-03",
    "Asia/Beirut": "2024-03-31",
    "America/Asuncion": "2023-10-01",
    "Atlantic/Azores": "2024-03-31",
    "Atlantic/Azores, back": "2024-10-27",
    "America/Nuuk": "2024-03-30",
}


def in_zone(index, zone, first=True):
    zone = zone.split(",")[0]
    return index.tz_localize(
        zone, nonexistent="shift_forward", ambiguous=np.full(len(index), first)
    )


def forecast_of(X, **params):
    settings = {"horizon": 3, "window_length": 7, "season_length": 7} | params
    return SequenceForecaster(Ridge(), **settings).fit(X).forecast()


def series_of(index):
    return pd.Series(10 + np.arange(len(index)) % 7.0, index)


def remedies(series):
    """What the message about an irregular index advises, as code."""
    with raises("index", "Make the step regular first") as caught:
        SequenceForecaster(Ridge()).fit(series)
    return str(caught.value).split("first: ")[1].split(" (Here")[0].rstrip(".").split(" or ")


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("freq", ["D", "B", "W"])
def test_steps_of_the_calendar_where_midnight_is_missing_or_doubled(zone, freq):
    day = pd.Timestamp(CHANGES[zone])
    freq = f"W-{day.strftime('%a').upper()}" if freq == "W" else freq
    hour = pd.Timedelta(hours=23 if "Nuuk" in zone else 0)
    whole = pd.date_range(
        end=day + 3 * pd.tseries.frequencies.to_offset(freq), periods=43, freq=freq
    )
    whole = whole + hour
    for n in range(len(whole) - 8, len(whole) - 2):  # before, on and after the day
        index = in_zone(whole[:n], zone)
        expected = in_zone(whole[n : n + 3], zone)
        rows = as_series(series_of(index), "test").rows
        assert list(rows.following(len(expected))) == list(expected), n
        if not hour:  # a single row does not show its usual time of the day: midnight is assumed
            one = as_series(series_of(index[-1:]), "test", usual=rows.freq).rows
            assert list(one.following(len(expected))) == list(expected), n
        second = as_series(series_of(in_zone(whole[:n], zone, first=False)), "test").rows
        assert list(second.following(len(expected))) == list(expected), n


def test_forecasts_over_such_a_day_in_all_containers():
    whole = pd.date_range("2024-06-01", "2024-09-10", name="date")
    index = in_zone(whole, "America/Santiago")
    series = series_of(index[:-3])
    answer = forecast_of(series)
    assert list(answer.index) == list(index[-3:])
    naive = forecast_of(series_of(whole[:-3]))
    np.testing.assert_array_equal(answer, naive)
    frame = pl.DataFrame(
        {"date": index[:-3].tz_convert("UTC").tz_localize(None).to_numpy(), "y": series.to_numpy()}
    )
    zoned = pl.Datetime("us", "America/Santiago")
    frame = frame.with_columns(pl.col("date").dt.replace_time_zone("UTC").cast(zoned))
    polars_answer = forecast_of(frame)
    assert polars_answer.schema["date"] == zoned
    hours = polars_answer["date"].dt.hour().to_list()
    assert hours == [1, 0, 0]
    long = pd.concat({one: series.to_frame("y") for one in "ab"}, names=["shop"])
    assert list(forecast_of(long, group="shop").loc["b"].index) == list(index[-3:])


def test_days_of_another_zone_go_on_in_absolute_time():
    index = pd.date_range("2024-01-01", periods=123, tz="UTC").tz_convert("America/New_York")
    series = series_of(index[:-3])
    forecaster = SequenceForecaster(Ridge(), horizon=3).fit(series)
    assert list(forecaster.forecast().index) == list(index[-3:])
    assert forecaster.season_length_ == 7
    [advice] = remedies(series.drop(series.index[50]))
    assert advice == "X.asfreq('24h')"
    filled = eval(advice, {"X": series.drop(series.index[50])})
    assert filled.notna().sum() == 119
    assert list(forecast_of(filled).index) == list(index[-3:])
    halves = pd.date_range("2024-03-01", periods=60, freq="12h").tz_localize("America/New_York")
    [advice] = remedies(series_of(halves))
    forecast_of(eval(advice, {"X": series_of(halves)}))


@pytest.mark.parametrize("zone", ["America/Santiago", "America/Havana, back", None])
def test_what_the_message_advises_keeps_every_row(zone):
    index = pd.date_range("2024-08-01", "2024-11-10")
    index = index if zone is None else in_zone(index, zone)
    series = series_of(index)
    gap = series.drop(series.index[[5, 60]])
    for advice in remedies(gap):
        filled = eval(advice, {"X": gap})
        assert list(filled.index) == list(index)
        assert filled.notna().sum() == len(gap)
        forecast_of(filled)


def test_wall_times_leave_hours_alone():
    hours = pd.date_range("2024-09-07", periods=48, freq="h", tz="America/Santiago")
    pd.testing.assert_index_equal(wall_times(hours), hours.tz_localize(None))


OPEN = {
    "Mon Tue Wed Thu Fri Sat": 6,
    "Mon Tue Wed Thu Sun": 5,
    "Mon Wed Fri": 3,
    "Tue Wed Thu Fri Sat Sun": 6,
}


@pytest.mark.parametrize("weekmask", OPEN)
def test_closed_days_of_the_week(weekmask):
    """Open days are the step. With holidays among them, the message advises this step."""
    step = pd.offsets.CustomBusinessDay(weekmask=weekmask)
    whole = pd.date_range("2024-01-01", periods=123, freq=step)
    values = 100 + 20 * np.sin(np.arange(123) * 2 * np.pi / OPEN[weekmask])
    series = pd.Series(values, pd.DatetimeIndex(whole.to_numpy()))
    forecaster = SequenceForecaster(Ridge(), horizon=3).fit(series[:-3])
    answer = forecaster.forecast()
    assert forecaster.season_length_ == OPEN[weekmask]
    assert list(answer.index) == list(whole[-3:])
    np.testing.assert_allclose(answer, values[-3:], rtol=0.01)
    holidays = series[:-3].drop(series.index[[40, 41, 77]])
    [advice] = remedies(holidays)
    filled = eval(advice, {"X": holidays, "pd": pd})
    answer = SequenceForecaster(Ridge(), horizon=3).fit(filled).forecast()
    assert list(answer.index) == list(whole[-3:])
    np.testing.assert_allclose(answer, values[-3:], rtol=0.05)


POLARS = {"D": "1d", "15min": "15m", "MS": "1mo", "ME": None, "B": None, "W-MON": "1w", "C": None}


@pytest.mark.parametrize("freq", POLARS)
def test_the_advice_for_polars_frames_is_polars_code(freq):
    step = pd.offsets.CustomBusinessDay(weekmask="Mon Tue Wed Thu Fri Sat") if freq == "C" else freq
    times = pd.date_range("2021-01-04", periods=60, freq=step)
    frame = pl.DataFrame({"date": times.to_numpy(), "y": 10 + np.arange(60) % 7.0})
    if freq == "D":
        frame = frame.with_columns(pl.col("date").cast(pl.Date))
    gap = frame.filter(pl.int_range(60) != 20)
    [advice] = remedies(gap)
    assert "asfreq" not in advice
    assert POLARS[freq] is None or f"every='{POLARS[freq]}'" in advice
    filled = eval(advice, {"X": gap, "pl": pl, "pd": pd})
    assert filled["date"].equals(frame["date"])
    assert filled["y"].null_count() == 1
    forecast_of(filled)
    with raises("X.sort('date')"):
        SequenceForecaster(Ridge()).fit(frame.reverse())


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21")]
)
@pytest.mark.parametrize("freq", ["D", "B", "2D", "W-FRI"])
def test_a_day_that_a_zone_skipped_has_no_row(zone, day, freq):
    whole = pd.date_range(pd.Timestamp(day) - pd.Timedelta(days=100), periods=130, freq=freq)
    there = in_zone(whole, zone)
    index = there[there.tz_localize(None) - whole < pd.Timedelta(days=1)]
    after = int(
        index.searchsorted(pd.Timestamp(day).tz_localize(zone, nonexistent="shift_forward"))
    )
    for n in (after - 1, after, after + 1, after + 3):
        answer = forecast_of(series_of(index[:n]))
        assert list(answer.index) == list(index[n : n + 3]), n
