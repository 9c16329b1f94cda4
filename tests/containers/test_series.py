"""Series as people hold them: read into numbers, and forecasts handed back in the same form with
the index continued; and AutoScaler, whose scale they are forecast on.
"""

import datetime
import decimal
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from skgru import SequenceForecaster
from skgru._containers.read_series import as_series
from skgru._containers.seasons_of_steps import season_lengths_of
from skgru._forecaster.scaling import AutoScaler, is_intermittent
from skgru.datasets import load_aapl
from skgru.model_selection import backtest
from tests.helpers import fails, raises

N = 40
RNG = np.random.default_rng(0)
YEAR = 5 * np.sin(np.arange(12) * 2.3)
VALUES = 10 + np.sin(np.arange(N) / 3) + RNG.normal(scale=0.1, size=N)
TABLE = np.column_stack([VALUES, RNG.normal(size=N)])


def forecaster(**params):
    settings = {"window_length": 4, "horizon": 2, "season_length": 1}
    return SequenceForecaster(LinearRegression(), **(settings | params))


@pytest.mark.parametrize("group", [None, "columns"])
def test_columns_of_one_name(group):
    frame = pd.DataFrame(TABLE, columns=["a", "a"])
    fails(lambda: forecaster(group=group).fit(frame), "['a']", "X.loc[:, ~X.columns.duplicated()]")


@pytest.fixture(scope="module")
def fitted():
    """On VALUES as an array. Nobody refits it."""
    return forecaster().fit(VALUES.reshape(-1, 1))


@pytest.fixture(scope="module")
def expected(fitted):
    """What comes after VALUES, (5,)."""
    return fitted.forecast(5)[:, 0]


# The form of the answer

DATES = pl.date_range(datetime.date(2020, 1, 1), datetime.date(2020, 2, 9), "1d", eager=True)


def test_arrays(fitted, expected):
    assert fitted.forecast(5).shape == (5, 1)
    assert fitted.predict(VALUES.reshape(-1, 1)).shape == (N, 2)
    assert forecaster(horizon=1).fit(TABLE[:, :1]).predict(TABLE[:, :1]).shape == (N,)
    both = forecaster().fit(TABLE)
    assert both.forecast(5).shape == (5, 2)
    assert both.predict(TABLE).shape == (N, 4)
    integers = np.arange(N).reshape(-1, 1) ** 2
    np.testing.assert_array_equal(
        forecaster().fit(integers).forecast(), forecaster().fit(integers.astype(float)).forecast()
    )
    as_lists = forecaster().fit(VALUES.reshape(-1, 1).tolist()).forecast(5)
    np.testing.assert_array_equal(as_lists[:, 0], expected)


def test_pandas_series(expected):
    series = pd.Series(VALUES, name="sales")
    answer = forecaster().fit(series).forecast(5)
    index = pd.RangeIndex(N, N + 5)
    pd.testing.assert_series_equal(answer, pd.Series(expected, index, name="sales"))
    predicted = forecaster().fit(series).predict(series)
    assert list(predicted.columns) == ["sales_step1", "sales_step2"]
    pd.testing.assert_index_equal(predicted.index, series.index)
    one = forecaster(horizon=1).fit(series).predict(series)
    assert isinstance(one, pd.Series)
    assert one.name == "sales_step1"
    interval = forecaster(calibration_fraction=0.4).fit(series).forecast_interval(2, 0.5)
    assert list(interval.columns) == ["sales_lower", "sales_upper"]
    pd.testing.assert_index_equal(interval.index, index[:2])


def test_pandas_series_without_a_name(expected):
    answer = forecaster().fit(pd.Series(VALUES)).forecast(5)
    pd.testing.assert_series_equal(answer, pd.Series(expected, pd.RangeIndex(N, N + 5)))


def test_pandas_series_with_a_name_that_is_no_string(expected):
    answer = forecaster().fit(pd.Series(VALUES, name=2020)).forecast(5)
    pd.testing.assert_series_equal(answer, pd.Series(expected, pd.RangeIndex(N, N + 5), name=2020))


def test_pandas_frames():
    frame = pd.DataFrame(TABLE, columns=["b", "a"])
    by_array = forecaster().fit(TABLE)
    by_frame = forecaster().fit(frame)
    answer = by_frame.forecast(3)
    expected = pd.DataFrame(by_array.forecast(3), pd.RangeIndex(N, N + 3), columns=["b", "a"])
    pd.testing.assert_frame_equal(answer, expected)
    names = ["b_step1", "a_step1", "b_step2", "a_step2"]
    assert list(by_frame.predict(frame).columns) == names
    assert list(by_frame.feature_names_in_) == ["b", "a"]
    interval = forecaster(calibration_fraction=0.4).fit(frame).forecast_interval(coverage=0.5)
    assert list(interval.columns) == ["b_lower", "b_upper", "a_lower", "a_upper"]
    one_column = forecaster().fit(frame[["a"]]).forecast(3)
    assert isinstance(one_column, pd.DataFrame)
    assert list(one_column.columns) == ["a"]


def test_pandas_columns_that_are_no_strings():
    frame = pd.DataFrame(TABLE, columns=[2020, 2021])
    fitted = forecaster().fit(frame)
    assert list(fitted.forecast(3).columns) == [2020, 2021]
    assert list(fitted.predict(frame).columns)[:2] == ["2020_step1", "2021_step1"]
    by_position = forecaster(target=1).fit(frame).forecast()
    assert list(by_position.columns) == [2021]


LABELS = {
    "levels": pd.MultiIndex.from_product([["Close"], ["AAPL", "MSFT"]], names=["Price", "Ticker"]),
    "levels of numbers": pd.MultiIndex.from_tuples(
        [("a", 2020), ("a", 2021)], names=[None, "year"]
    ),
    "numbers": pd.Index([2020, 2021], name="year"),
    "dates": pd.DatetimeIndex(["2020-01-01", "2020-02-05"], name="day"),
    "categories": pd.CategoricalIndex(["a", "b"], categories=["c", "b", "a"]),
    "mixed": pd.Index(["a", 7], dtype=object),
    "tuples": pd.Index([("a", 1), ("a", 2)], tupleize_cols=False),
    "named": pd.Index(["a", "b"], name="shop"),
}


@pytest.mark.parametrize("group", [None, "columns"])
@pytest.mark.parametrize("kind", LABELS)
def test_column_labels_come_back_as_they_were(kind, group):
    frame = pd.DataFrame(TABLE, columns=LABELS[kind])
    fitted = forecaster(group=group, calibration_fraction=0.4).fit(frame)
    for answer in (fitted.forecast(), fitted.forecast(X=frame)):
        pd.testing.assert_index_equal(answer.columns, LABELS[kind], exact=True)
    interval = fitted.forecast_interval(coverage=0.5)
    assert interval.columns.nlevels == LABELS[kind].nlevels
    assert interval.columns.names == LABELS[kind].names
    if group is not None:
        return
    assert fitted.predict(frame).shape == (N, 4)
    one = LABELS[kind][1]
    for target in ([one], one) if isinstance(one, str | int | tuple) else ([one],):
        answer = forecaster(target=target).fit(frame).forecast()
        pd.testing.assert_index_equal(answer.columns, LABELS[kind][1:], exact=True)
    if kind not in ("categories", "named"):
        with raises("X has columns", "in fit"):
            fitted.predict(frame[frame.columns[::-1]])


def test_endings_go_to_the_last_level():
    frame = pd.DataFrame(TABLE, columns=LABELS["levels"])
    interval = forecaster(calibration_fraction=0.4).fit(frame).forecast_interval(coverage=0.5)
    ends = ["AAPL_lower", "AAPL_upper", "MSFT_lower", "MSFT_upper"]
    assert list(interval["Close"].columns) == ends
    result = backtest(forecaster(), frame, initial=30, coverage=None)
    assert result.to_frame()["target"][1] == ("Close", "MSFT")


def test_a_name_that_is_also_another_position():
    frame = pd.DataFrame(TABLE, columns=[1, 0])
    with raises("target=1", "the position of column 0", "X.columns.astype(str)"):
        forecaster(target=1).fit(frame)
    frame.columns = frame.columns.astype(str)
    assert list(forecaster(target="1").fit(frame).forecast().columns) == ["1"]
    with raises("target=('Close', 'IBM')", "('Close', 'MSFT')"):
        columns = LABELS["levels"]
        forecaster(target=("Close", "IBM")).fit(pd.DataFrame(TABLE, columns=columns))


def test_nullable_columns():
    missing = np.arange(N) % 20 == 7
    plain = np.where(missing, np.nan, VALUES)
    for name in (None, "a"):
        nullable = pd.Series(VALUES, name=name).astype("Float64").mask(missing)
        np.testing.assert_array_equal(
            forecaster().fit(nullable).forecast(), forecaster().fit(plain[:, None]).forecast()[:, 0]
        )


def test_polars_series(expected):
    answer = forecaster().fit(pl.Series("sales", VALUES)).forecast(5)
    assert answer.equals(pl.Series("sales", expected), check_names=True)
    unnamed = forecaster().fit(pl.Series(VALUES)).forecast(5)
    assert unnamed.equals(pl.Series(expected), check_names=True)
    predicted = forecaster().fit(pl.Series("sales", VALUES)).predict(pl.Series("sales", VALUES))
    assert predicted.columns == ["sales_step1", "sales_step2"]
    with_null = pl.Series("sales", [None, *VALUES.tolist()])
    assert forecaster().fit(with_null).forecast(5).to_numpy() == pytest.approx(expected, rel=1e-9)


def test_polars_frame_without_dates(expected):
    answer = forecaster().fit(pl.DataFrame({"sales": VALUES})).forecast(5)
    assert answer.equals(pl.DataFrame({"sales": expected}))


TIMES = {
    "dates": (DATES, [datetime.date(2020, 2, 10), datetime.date(2020, 2, 11)]),
    "months": (
        pl.date_range(datetime.date(2020, 1, 1), datetime.date(2023, 4, 1), "1mo", eager=True),
        [datetime.date(2023, 5, 1), datetime.date(2023, 6, 1)],
    ),
    "month ends": (
        pl.date_range(
            datetime.date(2020, 1, 1), datetime.date(2023, 4, 1), "1mo", eager=True
        ).dt.month_end(),
        [datetime.date(2023, 5, 31), datetime.date(2023, 6, 30)],
    ),
    **{
        f"hours in {unit}": (
            pl.datetime_range(
                datetime.datetime(2020, 1, 1),
                datetime.datetime(2020, 1, 2, 15),
                "1h",
                eager=True,
                time_unit=unit,
            ),
            [datetime.datetime(2020, 1, 2, 16), datetime.datetime(2020, 1, 2, 17)],
        )
        for unit in ("ms", "us", "ns")
    },
}


@pytest.mark.parametrize("kind", TIMES)
def test_polars_frame_with_dates(kind, expected):
    times, following = TIMES[kind]
    frame = pl.DataFrame({"sales": VALUES, "when": times})
    fitted = forecaster().fit(frame)
    answer = fitted.forecast(2)
    column = pl.Series("when", following, dtype=times.dtype)
    assert answer.schema == {"when": times.dtype, "sales": pl.Float64}
    assert answer["when"].equals(column)
    assert answer["sales"].to_numpy() == pytest.approx(expected[:2], rel=1e-12)
    predicted = fitted.predict(frame)
    assert predicted.columns == ["when", "sales_step1", "sales_step2"]
    assert predicted["when"].equals(times)


def test_polars_time_zone_over_the_change_of_the_clock():
    times = pl.datetime_range(
        datetime.datetime(2020, 3, 1),
        datetime.datetime(2020, 4, 9),
        "1d",
        eager=True,
        time_zone="Europe/Berlin",
    )
    answer = forecaster().fit(pl.DataFrame({"when": times, "sales": VALUES})).forecast(2)
    assert answer["when"].dtype == times.dtype
    naive = answer["when"].dt.replace_time_zone(None).to_list()
    assert naive == [datetime.datetime(2020, 4, 10), datetime.datetime(2020, 4, 11)]


def test_polars_knows_one_column_of_dates():
    fails(
        lambda: forecaster().fit(pl.DataFrame({"a": DATES, "b": DATES, "sales": VALUES})),
        "2 column",
    )


# The index goes on

BUSINESS = pd.bdate_range("2020-01-01", periods=N + 3)
INDEXES = {
    "RangeIndex": pd.RangeIndex(5, 5 + N + 3),
    "RangeIndex by 2": pd.RangeIndex(0, 2 * (N + 3), 2),
    "ints by 2": pd.Index(np.arange(0, 2 * (N + 3), 2)),
    "small ints": pd.Index(np.arange(127 - N, 130).astype(np.uint8)),
    "days": pd.date_range("2020-02-01", periods=N + 3, freq="D"),
    "month starts": pd.date_range("2020-02-01", periods=N + 3, freq="MS"),
    "month ends": pd.date_range("2020-01-31", periods=N + 3, freq="ME"),
    "quarters": pd.date_range("2020-01-01", periods=N + 3, freq="QS"),
    "weeks": pd.date_range("2020-01-01", periods=N + 3, freq="W-WED"),
    "business days": BUSINESS,
    "quarter hours": pd.date_range("2020-01-01", periods=N + 3, freq="15min"),
    "days in Berlin": pd.date_range("2020-03-01", periods=N + 3, freq="D", tz="Europe/Berlin"),
    "hours in Berlin": pd.date_range("2020-03-28", periods=N + 3, freq="h", tz="Europe/Berlin"),
    "seconds": pd.date_range("2020-01-01", periods=N + 3, freq="s", unit="s"),
    "nanoseconds": pd.date_range("2020-01-01", periods=N + 3, freq="h", unit="ns"),
    "periods": pd.period_range("2020-01", periods=N + 3, freq="M"),
    "two-month periods": pd.period_range("2020-01", periods=N + 3, freq="2M"),
    "weekly periods": pd.period_range("2020-01-01", periods=N + 3, freq="W"),
}


@pytest.mark.parametrize("named", [None, "when"])
@pytest.mark.parametrize("kind", INDEXES)
def test_the_index_is_continued(kind, named, expected):
    index = INDEXES[kind].rename(named)
    series = pd.Series(VALUES, index=index[:N], name="a")
    answer = forecaster().fit(series).forecast(3)
    assert list(answer.index) == list(index[N:])
    assert answer.index.name == named
    if not pd.api.types.is_integer_dtype(index):
        pd.testing.assert_index_equal(answer.index, index[N:])  # type and freq, too
    np.testing.assert_array_equal(answer, expected[:3])
    if isinstance(index, pd.DatetimeIndex):
        without = series.set_axis(series.index._with_freq(None))
        answer = forecaster().fit(without).forecast(3)
        assert list(answer.index) == list(index[N:])
        assert answer.index.dtype == index.dtype
        assert answer.index.name == named


FREQUENT = {"MS": 12, "ME": 12, "QS": 4, "W": 52, "D": 7, "B": 5, "h": 24, "15min": 96, "YS": 1}


@pytest.mark.parametrize("freq", FREQUENT)
def test_the_season_of_a_frequency(freq):
    index = pd.date_range("1800-01-01", periods=390, freq=freq)  # of nanoseconds in pandas 2
    season = FREQUENT[freq]
    series = pd.Series(10 + np.sin(np.arange(3 * 130) * 2 * np.pi / season), index=index)
    chosen = SequenceForecaster(LinearRegression()).fit(series).season_length_
    assert chosen == season


SPELLED = {
    "7D": (52,),
    "24h": (7, 365),
    "60min": (24, 168),
    "3MS": (4,),
    "12h": (2, 14),
    "2h": (12, 84),
    "30min": (48, 336),
    "10min": (144, 1008),
    "min": (60, 1440, 10080),
    "s": (60, 3600, 86400, 604800),
    "2D": (),
    "5h": (),
    "6MS": (2,),
    "YE": (),
    "SME": (24,),
}


@pytest.mark.parametrize("freq", SPELLED)
def test_the_step_decides_on_the_season_and_not_its_spelling(freq):
    assert season_lengths_of(pd.tseries.frequencies.to_offset(freq)) == SPELLED[freq]


def test_seasons_of_offsets_without_a_name():
    assert season_lengths_of(pd.DateOffset(months=1)) == (12,)
    assert season_lengths_of(pd.DateOffset(days=1)) == (7, 365)
    assert season_lengths_of(pd.DateOffset(months=1, days=3)) == ()
    monday_to_saturday = pd.offsets.CustomBusinessDay(weekmask="Mon Tue Wed Thu Fri Sat")
    assert season_lengths_of(monday_to_saturday) == (6,)


IRREGULAR = {
    "a day is missing": (
        INDEXES["days"].delete(7)[:N],
        (
            "index",
            "2020-02-01 00:00:00",
            "2020-03-12 00:00:00",
            "2020-02-07 00:00:00",
            "X.asfreq('D').",
        ),
    ),
    "a day is doubled": (
        INDEXES["days"].insert(7, INDEXES["days"][7])[:N],
        ("index", "2020-02-08 00:00:00", "more than once", "group="),
    ),
    "newest first": (
        INDEXES["days"][:N][::-1],
        ("index", "2020-03-11 00:00:00", "2020-02-01 00:00:00", "X.sort_index()"),
    ),
    "a month is missing": (
        INDEXES["periods"].delete(7)[:N],
        ("index", "2020-01", "2023-05", "2020-07", "X.resample('M').mean()"),
    ),
    "periods newest first": (
        INDEXES["periods"][:N][::-1],
        ("index", "2023-04", "2020-01", "X.sort_index()"),
    ),
    "a number is missing": (
        pd.Index(np.delete(np.arange(N + 1), 3)),
        ("index", "0", "40", "2", "X.reindex(range(0, 41))"),
    ),
    "a number is doubled": (pd.Index(np.zeros(N, int)), ("index", "0", "more than once", "group=")),
    "ints newest first": (
        pd.Index(np.arange(N, dtype=np.uint8)[::-1]),
        ("index", "39", "0", "X.sort_index()"),
    ),
}


MIDDLES = {
    "M": pd.date_range("2020-01-01", periods=N, freq="MS") + pd.Timedelta(days=14),
    "Q": pd.date_range("2000-01-01", periods=N, freq="QS") + pd.Timedelta(days=40),
    "Y": pd.date_range("1970-01-01", periods=N, freq="YS") + pd.Timedelta(days=70),
}


@pytest.mark.filterwarnings("ignore:season_length=None is 1")
@pytest.mark.parametrize("period", MIDDLES)
def test_stamps_in_the_middle_of_periods(period):
    season = np.tile(YEAR if period == "M" else YEAR[:4], N)[:N]
    series = pd.Series(VALUES + season, index=MIDDLES[period])
    fails(lambda: forecaster().fit(series), "index", f"X.to_period('{period}')")
    fitted = forecaster(season_length=None).fit(series.to_period(period))
    assert fitted.season_length_ == {"M": 12, "Q": 4, "Y": 1}[period]
    gap = series.drop(series.index[4])
    advice = f"X.resample('{period}S').mean()"
    fails(lambda: forecaster().fit(gap), "first: " + advice)
    assert eval(advice, {"X": gap}).notna().sum() == N - 1
    forecaster().fit(eval(advice, {"X": gap}))


@pytest.mark.parametrize("dtype", [None, object])
def test_dates_as_strings(dtype):
    index = pd.Index(pd.period_range("2020-01", periods=N, freq="M").strftime("%Y-%m"), dtype=dtype)
    series = pd.Series(VALUES + np.tile(YEAR, 4)[:N], index=index)
    fails(lambda: forecaster().fit(series), "'2020-01'", "'2023-04'", "pd.to_datetime(X.index)")
    series.index = pd.to_datetime(series.index)
    assert forecaster(season_length=None).fit(series).season_length_ == 12


@pytest.mark.parametrize("kind", INDEXES)
def test_the_rows_that_follow_are_made_once(kind):
    """Shorter answers are slices of longer ones, and nobody's changes are seen by others."""
    index = INDEXES[kind]
    rows = as_series(pd.Series(1.0, index=index), "test").rows
    for n in (5, 3, 9, 1, 9):
        now = rows.following(n)
        expected = replace(rows).following(n)  # without what was kept
        pd.testing.assert_index_equal(now, expected, exact=True)
        assert getattr(now, "freq", None) == getattr(expected, "freq", None)
        now.name = "changed"
    assert rows.following(9).name == index.name


@pytest.mark.parametrize("kind", IRREGULAR)
def test_an_irregular_index(kind, fitted):
    index, sentence = IRREGULAR[kind]
    series = pd.Series(VALUES, index=index)
    fails(lambda: forecaster().fit(series), sentence)
    fails(lambda: fitted.predict(series), sentence)
    fails(lambda: fitted.forecast(X=series), sentence)


@pytest.mark.parametrize(
    ("index", "dtype"), [(np.arange(N) / 2, "float64"), ([f"r{i}" for i in range(N)], "str")]
)
def test_an_index_without_a_next_row(index, dtype):
    fails(
        lambda: forecaster().fit(pd.Series(VALUES, index=index)),
        f"{dtype}",
        "dates, periods or integers",
        "X.reset_index(drop=True)",
    )


# A few rows after the training series

FEW = [(kind, True) for kind in ("RangeIndex by 2", "ints by 2", "periods")]
FEW += [(kind, has) for kind in ("days", "month starts", "business days") for has in (True, False)]


@pytest.mark.parametrize(("kind", "with_freq"), FEW)
@pytest.mark.parametrize("n_more", [1, 2, 3])
def test_a_few_rows_go_on_from_training(kind, n_more, with_freq):
    index = INDEXES[kind]
    if not with_freq:
        index = index._with_freq(None)
    n_train = N - 6
    series = pd.Series(VALUES, index=index[:N], name="a")
    train, few = series[:n_train], series[n_train : n_train + n_more]
    fitted = forecaster().fit(train)
    whole = forecaster().fit(train).forecast(2, X=series[: n_train + n_more])
    answer = fitted.forecast(2, X=few)
    np.testing.assert_allclose(answer, whole, rtol=1e-12)
    assert list(answer.index) == list(index[n_train + n_more : n_train + n_more + 2])
    predicted = fitted.predict(few)
    assert list(predicted.index) == list(few.index)
    rows = fitted.predict(series[: n_train + n_more])[n_train:]
    np.testing.assert_allclose(predicted, rows, rtol=1e-12)


def test_two_business_days_are_not_two_days():
    """A fold of Thursday, Friday and Monday has no step of its own."""
    index = BUSINESS._with_freq(None)
    series = pd.Series(VALUES, index=index[:N])
    for n_train in range(20, 26):
        fitted = forecaster().fit(series[:n_train])
        answer = fitted.predict(series[n_train : n_train + 3])
        assert list(answer.index) == list(index[n_train : n_train + 3])


# Lists of series


def test_a_list_of_series_in_their_own_forms():
    days = pd.Series(VALUES, index=INDEXES["days"][:N], name="a")
    several = [VALUES, VALUES[5:].reshape(-1, 1), days]
    fitted = forecaster().fit(several)
    answers = fitted.forecast(3)
    assert [type(one) for one in answers] == [np.ndarray, np.ndarray, pd.Series]
    assert answers[0].shape == answers[1].shape == (3, 1)
    np.testing.assert_allclose(answers[1], answers[0], rtol=1e-3)  # the same last rows
    np.testing.assert_allclose(answers[2], answers[0][:, 0], rtol=1e-9)
    assert list(answers[2].index) == list(INDEXES["days"][N:])
    (another,) = fitted.forecast(3, X=[VALUES])
    np.testing.assert_allclose(another, answers[0], rtol=1e-9)


def test_series_of_a_list_keep_their_own_names():
    answers = forecaster().fit([VALUES, pd.Series(VALUES, name="a")]).forecast()
    assert answers[1].name == "a"
    answers = forecaster().fit([pd.Series(VALUES, name=name) for name in "ab"]).forecast()
    assert [one.name for one in answers] == ["a", "b"]


def test_a_list_of_one_series_is_that_series(expected):
    (answer,) = forecaster().fit([VALUES]).forecast(5)
    np.testing.assert_allclose(answer[:, 0], expected, rtol=1e-12)


def test_series_of_a_list_share_one_regressor():
    """No window reaches over from one series into the next."""
    parts = [np.arange(20.0), np.arange(500.0, 540.0, 2)]
    fitted = forecaster(scaler=None, baseline=None, level=None, series_weight=None).fit(parts)
    windows, following = [], []
    for part in parts:
        filled = np.concatenate([np.full(3, part[0]), part])  # windows begin before their series
        for t in range(len(part) - 2):
            windows.append(filled[t : t + 4])
            following.append(part[t + 1 : t + 3])
    by_hand = LinearRegression().fit(windows, following)
    expected = [by_hand.predict([part[-4:]])[0] for part in parts]
    np.testing.assert_allclose([one[:, 0] for one in fitted.forecast()], expected, rtol=1e-6)


def test_a_list_of_different_numbers_of_columns():
    fails(lambda: forecaster().fit([TABLE, TABLE[:, :1]]), "['x0']", "['x0', 'x1']")


@pytest.mark.parametrize("names", [["b", "a"], ["a", "c"]])
def test_a_list_of_different_columns(names):
    """Columns in another order would be mixed up in silence."""
    several = [pd.DataFrame(TABLE, columns=["a", "b"]), pd.DataFrame(TABLE, columns=names)]
    with pytest.raises(ValueError, match="columns"):
        forecaster().fit(several)


def test_a_list_of_other_columns_than_in_fit():
    fitted = forecaster().fit([VALUES, VALUES])
    with pytest.raises(ValueError, match="Series 0 of X has columns"):
        fitted.forecast(X=[TABLE])


def test_one_dimension_is_a_series_in_a_list_only():
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array instead"):
        forecaster().fit(VALUES)


# AutoScaler

finite = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: x if abs(x) > 1e-6 else 0.0)
COLUMNS = {
    "positive": st.lists(finite.map(lambda x: abs(x) + 1e-3), min_size=1, max_size=20),
    "zeros": st.lists(finite.map(abs), min_size=1, max_size=20).map(lambda xs: [0.0, *xs]),
    "any": st.lists(finite, min_size=1, max_size=20),
}


@pytest.mark.parametrize("kind", COLUMNS)
@given(st.data())
def test_auto_scaler_goes_there_and_back(kind, data):
    """Whatever comes after what was fitted to, with no warning (they are errors here)."""
    seen = np.array(data.draw(COLUMNS[kind])).reshape(-1, 1)
    later = np.array(data.draw(st.lists(finite, min_size=1, max_size=20))).reshape(-1, 1)
    scaler = AutoScaler().fit(seen)
    for values in (seen, later):
        scaled = scaler.transform(values)
        assert np.isfinite(scaled).all()
        scale = np.abs(np.vstack([seen, values])).max() + 1
        np.testing.assert_allclose(scaler.inverse_transform(scaled), values, 1e-9, 1e-9 * scale)
    order = np.argsort(later[:, 0])
    assert (np.diff(scaler.transform(later)[order, 0]) >= 0).all()


def test_auto_scaler_by_kind():
    columns = np.array([[1.0, 0, -1, 0, 5, np.nan], [np.e, np.e - 1, 1, 0, 5, np.nan]])
    scaler = AutoScaler().fit(columns)
    # Half of the second column are zeros: it is intermittent.
    assert scaler.kinds_ == ["log", "standard", "standard", "standard", "log", "standard"]
    scaled = scaler.transform(columns)
    expected = [[0, -1, -1, 0, 0], [1, 1, 1, 0, 0]]
    np.testing.assert_allclose(scaled[:, :5] - scaled[0, :5], np.subtract(expected, expected[0]))
    assert np.isnan(scaled[:, 5]).all()


def test_few_zeros_change_no_unit():
    column = np.r_[0.0, np.arange(10.0, 20)].reshape(-1, 1)
    scaler = AutoScaler().fit(column)
    assert scaler.kinds_ == ["log1p"]
    np.testing.assert_allclose(scaler.transform(column), np.log1p(column / 14.5), atol=1e-12)
    for unit in (1e-9, 1e-3, 1e12):
        other = AutoScaler().fit(unit * column)
        np.testing.assert_allclose(other.transform(unit * column), scaler.transform(column))


@pytest.mark.parametrize("level", [1e3, 1e6, 1e9])
def test_small_changes_are_magnified(level):
    """Whatever the level, the network sees changes of 3 % of a unit and more."""
    walk = np.cumsum(np.random.default_rng(0).normal(size=(200, 1)), axis=0)
    scaler = AutoScaler().fit(level + walk)
    changes = np.abs(np.diff(scaler.transform(level + walk), axis=0))
    np.testing.assert_allclose(changes.mean(), 0.03, rtol=1e-3)
    np.testing.assert_allclose(
        scaler.inverse_transform(scaler.transform(level + walk)), level + walk
    )


def test_closed_days_are_no_intermittent_demand():
    open_days = 10.0 * (np.arange(70) % 7 < 5)
    assert not is_intermittent(open_days, 7)
    assert is_intermittent(open_days, 1)
    assert is_intermittent(np.random.default_rng(0).poisson(0.5, 70).astype(float), 7)


def test_auto_scaler_goes_on_smoothly_below_what_it_saw():
    scaler = AutoScaler().fit([[2.0], [50.0]])
    slope = np.diff(scaler.transform([[2 - 1e-6], [2], [2 + 1e-6]])[:, 0]) / 1e-6
    np.testing.assert_allclose(slope, 0.5, rtol=1e-5)
    (lowest,), *below = scaler.transform([[2.0], [0.0], [-2.0]])
    np.testing.assert_allclose(np.ravel(below), lowest - [1, 2])


@pytest.mark.parametrize("column", [[5e-324, 1e300], [1e-300, 1.0], [0.0, 1e300], [-3.0, -3.0]])
def test_auto_scaler_at_the_ends_of_float64(column):
    column = np.array(column).reshape(-1, 1)
    scaler = AutoScaler().fit(column)
    again = scaler.inverse_transform(scaler.transform(column))
    np.testing.assert_allclose(again, column, 1e-10, 1e-12 * np.abs(column).max())


def test_auto_scaler_passes_nan_over():
    scaler = AutoScaler().fit([[np.nan], [1.0], [3.0]])
    np.testing.assert_allclose(scaler.transform([[np.nan], [2.0]]), [[np.nan], [0.0]])
    assert AutoScaler().fit([[np.nan], [2.0]]).kinds_ == ["log"]


def test_a_column_of_dates_belongs_in_the_index():
    frame = pd.DataFrame({"ds": pd.date_range("2020", periods=N, freq="D"), "y": VALUES})
    fails(lambda: forecaster(target="y").fit(frame), "['ds']", "X.set_index('ds')")


def test_the_remedy_for_gaps_names_the_usual_step():
    months = pd.date_range("2012-01-01", periods=N, freq="MS").delete(5)
    with pytest.raises(ValueError, match=r"X\.asfreq\('MS'\)"):
        forecaster().fit(pd.Series(VALUES[1:], months))


@pytest.mark.parametrize("column", [VALUES, VALUES - 10, np.arange(N)], ids=["log", "std", "log1p"])
def test_auto_scaler_goes_round_its_checks(column):
    """A float64 table is taken as it is; what is no such table is looked at, and gives the same."""
    X = np.column_stack([column, VALUES]).astype(np.float64)
    scaler = AutoScaler().fit(X)
    for method in (scaler.transform, scaler.inverse_transform):
        np.testing.assert_array_equal(method(X), method(X.tolist()))
        before = X.copy()
        method(X)
        np.testing.assert_array_equal(X, before)
        for wrong in ([[np.inf, 1.0]], [[-np.inf, 1.0]]):
            with pytest.raises(ValueError, match="contains infinity"):
                method(np.array(wrong))
        with pytest.raises(ValueError, match="Expected 2D array"):
            method(X[:, 0])
        with pytest.raises(ValueError, match="0 sample"):
            method(X[:0])


def test_stock_prices_lead_to_business_days():
    prices = load_aapl(as_frame=True)
    with pytest.raises(ValueError, match=r"X\.asfreq\('B'\)\.ffill\(\)"):
        forecaster().fit(prices)
    prices = prices.asfreq("B").ffill()
    with pytest.warns(UserWarning, match="season of 5 rows.*does not repeat"):
        fitted = SequenceForecaster(LinearRegression(), horizon=2).fit(prices)
    assert fitted.season_length_ == 1


NUMBERS = 100 + np.arange(60.0) % 7
HOLE = np.arange(60) == 30
OTHER_TYPES = {
    "Decimal": pd.Series([decimal.Decimal(str(x)) for x in NUMBERS]),
    "None": pd.Series([None, *NUMBERS[1:]], dtype=object),
    "pd.NA": pd.Series([*NUMBERS[:30], pd.NA, *NUMBERS[31:]], dtype=object),
    "Int64": pd.Series(NUMBERS).astype("Int64").mask(HOLE),
    "boolean": pd.Series(NUMBERS > 103).astype("boolean").mask(HOLE),
    "sparse": pd.Series(pd.arrays.SparseArray(NUMBERS)),
}


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_numbers_of_other_types_are_the_same_numbers(kind):
    """As a Series, as a frame and in a long frame."""
    given = OTHER_TYPES[kind]
    values = given.astype(object).where(given.notna(), np.nan).astype(float)
    model = forecaster(season_length=1)
    expected = model.fit(values).forecast(2)
    np.testing.assert_array_equal(model.fit(given).forecast(2), expected)
    frame = model.fit(given.to_frame("y")).forecast(2)
    np.testing.assert_array_equal(frame["y"], expected)
    answers = [
        forecaster(season_length=1, group="id").fit(pd.DataFrame({"id": "a", "y": one})).forecast(2)
        for one in (given, values)
    ]
    np.testing.assert_array_equal(answers[0]["y"], answers[1]["y"])


def test_an_index_of_levels_names_the_group():
    days = list(pd.date_range("2021-01-01", periods=30)) * 2
    frame = pd.DataFrame({"y": np.r_[NUMBERS[:30], NUMBERS[:30]], "day": days})
    frame = frame.assign(shop=np.repeat(["a", "b"], 30)).set_index(["shop", "day"])
    fails(lambda: forecaster().fit(frame), "2 levels", "['shop', 'day']", "group='shop'")
    answer = forecaster(group="shop", season_length=1).fit(frame).forecast(2)
    assert answer.index.names == ["shop", "day"]


@pytest.mark.parametrize(
    "freq", ["15min", "2h", "s", "D", "B", "2D", "W-MON", "MS", "ME", "QE-DEC", "YE-DEC", "6MS"]
)
def test_the_remedy_for_a_missing_row_is_the_step_itself(freq):
    index = pd.date_range("2015-01-05", periods=60, freq=freq)
    series = pd.Series(NUMBERS, index).drop(index[30])
    with pytest.raises(ValueError, match="regular") as caught:
        forecaster().fit(series)
    step = re.search(r"asfreq\('([^']+)'\)", str(caught.value))[1]
    followed = series.asfreq(step)
    assert list(followed.index) == list(index)
    assert np.isfinite(forecaster(season_length=1).fit(followed).forecast(2)).all()


@pytest.mark.parametrize("parameters", [{"pretrained": "only"}, {"regressor": LinearRegression()}])
def test_a_series_on_its_side_is_refused(parameters):
    row = np.sin(np.arange(60.0)).reshape(1, -1)
    given = {
        "array": row,
        "list": row.tolist(),
        "a list of series": [row, row],
        "pandas": pd.DataFrame(row),
        "named": pd.DataFrame(row).add_prefix("x"),
        "polars": pl.DataFrame(row, schema=[f"x{i}" for i in range(60)]),
    }
    for X in given.values():
        forecaster = SequenceForecaster(**parameters)
        with raises("one row (n_samples=1) and 60 columns", "give one column: ") as caught:
            forecaster.fit(X)
        code = str(caught.value).split("give one column: ")[1].removesuffix(".")
        if isinstance(X, list) and hasattr(X[0], "shape"):
            X, code = X[0], "[X.reshape(-1, 1)]"
        forecaster.fit(eval(code, {"X": X, "np": np})).forecast()


def test_a_list_of_dicts_is_refused_with_code():
    rows = [{"sales": float(i % 5)} for i in range(20)]
    forecaster = SequenceForecaster(LinearRegression(), horizon=2, season_length=1)
    with raises("X is a list of dicts", "pd.DataFrame(X)"):
        forecaster.fit(rows)
    assert list(forecaster.fit(pd.DataFrame(rows)).forecast().columns) == ["sales"]


@pytest.mark.skipif(pd.__version__ < "3", reason="dates of pandas 2 end in 2262 in every unit")
def test_dates_beyond_those_of_nanoseconds_are_refused_with_code():
    X = pd.Series(np.arange(60.0) % 5, pd.date_range("2262-02-11", periods=60, unit="ns"))
    forecaster = SequenceForecaster(LinearRegression(), horizon=5, season_length=1)
    with raises("ends at 2262-04-11", "the 5 rows after it", "X.index = X.index.as_unit('us')"):
        forecaster.fit(X).forecast()
    X.index = X.index.as_unit("us")
    assert forecaster.fit(X).forecast().index[-1] == pd.Timestamp("2262-04-16")


@pytest.mark.parametrize(
    ("step", "season"),
    [
        ("WOM-2TUE", 12),
        (pd.offsets.LastWeekOfMonth(weekday=4), 12),
        (pd.offsets.FY5253Quarter(startingMonth=12, weekday=5, qtr_with_extra_week=1), 4),
        (pd.offsets.FY5253(startingMonth=12, weekday=5), 1),
    ],
)
def test_months_and_quarters_of_weeks_have_the_season_of_a_year(step, season):
    assert max(season_lengths_of(pd.tseries.frequencies.to_offset(step)), default=1) == season


@pytest.mark.parametrize("weekday", range(7))
def test_the_last_weekday_of_each_month_without_a_frequency(weekday):
    """pandas infers the fourth one."""
    step = pd.offsets.LastWeekOfMonth(weekday=weekday)
    dates = pd.DatetimeIndex(pd.date_range("2003-06-01", periods=66, freq=step).to_numpy())
    X = pd.Series(np.random.default_rng(0).normal(size=60), dates[:60])
    fitted = SequenceForecaster(LinearRegression(), horizon=6, season_length=1).fit(X)
    assert (fitted.forecast().index == dates[60:]).all()
