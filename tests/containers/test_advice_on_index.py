"""Each remedy in a message about an index or a container is run on the input that caused the
message. It must lead to a fit, and keep every value.
"""

import datetime
import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import Ridge

from skgru import GRURegressor, SequenceForecaster, SequenceWindower
from skgru.metrics import mean_absolute_scaled_error
from tests.helpers import fails, raises

N = 90
DAY = pd.Timedelta("1D")


def dates(freq, start="2019-01-07", n=N, zone=None):
    return pd.date_range(start, periods=n, freq=freq, tz=zone)


def bars(start, stop, freq, n=12):
    """Times of the sessions of n business days."""
    days = pd.bdate_range("2024-01-02", periods=n)
    parts = [
        pd.date_range(day + pd.Timedelta(start), day + pd.Timedelta(stop), freq=freq)
        for day in days
    ]
    return pd.DatetimeIndex(np.concatenate([part.to_numpy() for part in parts]))


SIX_DAYS = pd.offsets.CustomBusinessDay(weekmask="Mon Tue Wed Thu Fri Sat")
SHIFTS = pd.to_timedelta(np.random.default_rng(0).integers(-5, 6, N), unit="s")

FREQS = ["15min", "2h", "s", "D", "2D", "B", "W-MON", "4W-MON", "MS", "ME", "BME", "SMS", "SME"]
FREQS += ["QS-FEB", "QE-NOV", "6MS", "YS-JUL"]
INDEXES = {freq: dates(freq) for freq in FREQS}
INDEXES |= {
    f"{freq} in {zone}": dates(freq, "2024-09-01", zone=zone)
    for freq in ("30min", "12h", "D", "B", "W-SUN", "ME")
    for zone in ("Europe/Berlin", "Australia/Lord_Howe")
}
INDEXES |= {
    "six days a week": dates(SIX_DAYS),
    "days at 8": dates("D") + pd.Timedelta("8h"),
    "the 15th": dates("MS") + 14 * DAY,
    "15 minutes, off by seconds": dates("15min") + SHIFTS,
    "days, off by seconds": dates("D") + pd.Timedelta("13h") + SHIFTS,
    "midnights, off by seconds": dates("D") + SHIFTS,
    "half hours of trading": bars("9h30min", "15h30min", "30min"),
    "hours of a shop": bars("8h", "19h", "h"),
    "a break at noon": bars("9h", "11h", "h", 20).union(bars("14h", "16h", "h", 20)),
    "morning and evening": bars("8h", "17h", "9h", 40),
}


def message_of(X, **params):
    with pytest.raises(ValueError) as caught:
        SequenceForecaster(Ridge(), horizon=2, **params).fit(X)
    return str(caught.value)


def polars_of(series):
    index = series.index
    zone = index.tz
    index = index if zone is None else index.tz_convert("UTC").tz_localize(None)
    frame = pl.DataFrame({"t": index.as_unit("us").to_numpy(), "y": series.to_numpy()})
    if zone is None:
        return frame
    return frame.with_columns(
        pl.col("t").dt.replace_time_zone("UTC").dt.convert_time_zone(str(zone))
    )


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("kind", INDEXES)
def test_after_a_missing_row(kind, library):
    index = INDEXES[kind].delete(50)
    series = pd.Series(100 + np.arange(len(index)) % 7.0, index, name="y")
    X = series if library == "pandas" else polars_of(series)
    message = message_of(X)
    advice = re.search(r"first: (.*?)\.(?: Set|$)", message)[1]
    assert library == "pandas" or "asfreq" not in advice
    done = eval(advice, {"X": X, "pd": pd, "pl": pl})
    values = np.asarray(done if library == "pandas" else done["y"], dtype=float)
    assert np.isfinite(values).sum() >= len(index)  # more where holidays are filled
    assert len(values) <= len(index) + 2
    season = re.search(r"Set season_length=(\d+)", message)
    assert (season is not None) == any(word in kind for word in ("trad", "shop", "noon", "morn"))
    season_length = int(season[1]) if season else 7
    SequenceForecaster(Ridge(), horizon=2, season_length=season_length).fit(done)


@pytest.mark.parametrize("freq", ["SMS", "SME"])
def test_half_months_are_a_step(freq):
    whole = dates(freq, n=43)
    frame = polars_of(pd.Series(np.arange(40) % 7.0, whole[:40]))
    answer = SequenceForecaster(Ridge(), horizon=3, season_length=7).fit(frame).forecast()
    assert answer["t"].to_list() == list(whole[40:])


STRINGS = {
    "%Y-%m": "pd.to_datetime(X.index)",
    "%m/%d/%Y": "pd.to_datetime(X.index)",
    "%d.%m.%Y": "pd.to_datetime(X.index, dayfirst=True)",
    "%b-%y": "pd.to_datetime(X.index, format='%b-%y')",
    "%Y%m": "pd.to_datetime(X.index, format='%Y%m')",
    "%YM%m": "pd.to_datetime(X.index, format='%YM%m')",
}
MONTHS = dates("MS", "2010-01-01", 40)
DAYS = dates("D", "2021-01-20", 40)
OTHERS = {form: (MONTHS.strftime(form), MONTHS, way) for form, way in STRINGS.items()}
QUARTERS = pd.period_range("2010Q1", periods=40, freq="Q")
TO_DATES = "pd.to_datetime(X.index)"
IN_FORMAT = "pd.to_datetime(X.index.astype(str), format={!r})"
OTHERS |= {
    "quarters": (QUARTERS.astype(str), QUARTERS, "pd.PeriodIndex(X.index, freq='Q')"),
    "weeks": (
        [f"2021-W{i:02d}" for i in range(1, 41)],
        dates("W-MON", "2021-01-04", 40),
        "pd.to_datetime(X.index + '-1', format='%G-W%V-%u')",
    ),
    "date objects": (DAYS.date, DAYS, TO_DATES),
    "datetime objects": (pd.Index(DAYS.to_pydatetime(), dtype=object), DAYS, TO_DATES),
    "categories of dates": (pd.CategoricalIndex(DAYS), DAYS, TO_DATES),
    "categories of strings": (pd.CategoricalIndex(DAYS.strftime("%Y-%m-%d")), DAYS, TO_DATES),
    "period objects": (
        pd.Index(list(QUARTERS), dtype=object), QUARTERS, "pd.PeriodIndex(X.index)"
    ),
    "201001": (MONTHS.strftime("%Y%m").astype(int), MONTHS, IN_FORMAT.format("%Y%m")),
    "201001, one year": (
        MONTHS[:12].strftime("%Y%m").astype(int), MONTHS[:12], IN_FORMAT.format("%Y%m")
    ),
    "20210131": (DAYS.strftime("%Y%m%d").astype(int), DAYS, IN_FORMAT.format("%Y%m%d")),
    "years in floats": (np.arange(1980.0, 2020.0), np.arange(1980, 2020), "X.index.astype(int)"),
    "numbers in strings": ([str(i) for i in range(40)], range(40), "X.index.astype(int)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_dates_and_numbers_of_other_types(kind):
    index, wanted, code = OTHERS[kind]
    index = index if isinstance(index, pd.Index) else pd.Index(index)
    X = pd.Series(100 + np.arange(len(index)) % 3.0, index)
    message = message_of(X, season_length=3)
    assert message.endswith(f"X.index = {code}.")
    exec(f"X.index = {code}", {"X": X, "pd": pd})
    assert list(X.index) == list(wanted)
    SequenceForecaster(Ridge(), horizon=2, season_length=3).fit(X)


def test_numbers_of_rows_are_no_dates():
    """Rows of a long series may count from 200101 on, and years are regular."""
    for index in (pd.RangeIndex(200101, 200112), pd.Index(range(1980, 2020))):
        SequenceForecaster(Ridge(), season_length=3).fit(
            pd.Series(np.arange(len(index)) % 3.0, index)
        )


def series_of(index):
    return pd.Series(100 + np.arange(len(index)) % 7.0, index, name="y")


LONG = pd.DataFrame(
    {
        "shop": np.repeat(["a", "b"], 40),
        "item": np.tile(np.repeat(["x", "z"], 20), 2),
        "day": np.tile(DAYS, 2),
        "y": np.tile(np.arange(40) % 7.0, 2),
    }
)
SHOPS = LONG.drop(columns="item")
ONE = LONG[:40].drop(columns=["shop", "item"]).set_index("day")
DAY_TEXT = DAYS.strftime("%Y-%m-%d").to_list()
POLARS = pl.DataFrame({"day": DAYS.to_numpy(), "y": ONE["y"].to_numpy()})
LEVELS = pd.MultiIndex.from_product([["Close", "Vol"], ["A", "B"]], names=["Price", "Ticker"])
QUOTES = pd.DataFrame(np.random.default_rng(0).random((40, 4)) + 9, DAYS, LEVELS)

TRADED = bars("9h30min", "15h30min", "30min")
BARS = pd.DataFrame({"day": TRADED, "y": np.arange(len(TRADED)) % 7.0})
BARS = pd.concat([BARS.assign(shop=one) for one in "ab"])

# An input, parameters, and code that the message holds, which changes X or the parameters.
INPUTS = {
    "no date": (series_of(pd.DatetimeIndex([pd.NaT, *DAYS[1:]])), {}, "X[X.index.notna()]"),
    "no date, polars": (
        POLARS.with_columns(pl.when(pl.int_range(40) > 0).then("day").alias("day")),
        {},
        "X.drop_nulls('day')",
    ),
    "a date twice": (series_of(DAYS.insert(7, DAYS[7])), {}, "X.groupby(level=0).mean()"),
    "a date twice, polars": (
        pl.concat([POLARS, POLARS.tail(1)]), {}, "X.group_by('day').mean().sort('day')"
    ),
    "newest first": (ONE[::-1], {}, "X.sort_index()"),
    "newest first, polars": (POLARS.reverse(), {}, "X.sort('day')"),
    "a period is missing": (
        series_of(QUARTERS.delete(7)), {}, "X.resample('Q-DEC').mean()"
    ),
    "a number is missing": (
        series_of(pd.RangeIndex(0, 80, 2).delete(7)), {}, "X.reindex(range(0, 80, 2))"
    ),
    "numbers in no order": (
        series_of(pd.Index([0, 1, 3, 8, *range(20, 90, 5)])), {}, "X.reset_index(drop=True)"
    ),
    "half numbers": (series_of(np.arange(40) / 2), {}, "X.reset_index(drop=True)"),
    "time spans": (series_of(pd.timedelta_range(0, periods=40)), {}, "X.reset_index(drop=True)"),
    "dates in a column": (ONE.reset_index(), {}, "X.set_index('day')"),
    "strings in a column": (
        ONE.reset_index(drop=True).assign(day=DAY_TEXT),
        {},
        "X.set_index(pd.to_datetime(X['day'])).drop(columns=['day'])",
    ),
    "strings in a column, polars": (
        POLARS.with_columns(day=pl.Series(DAY_TEXT)),
        {},
        "X.with_columns(pl.col('day').str.to_date())",
    ),
    "objects in polars": (
        pl.DataFrame({"day": DAYS.date, "y": ONE["y"].to_numpy()}),
        {},
        "X.with_columns(pl.Series('day', X['day'].to_list()))",
    ),
    "201901 in a column": (
        ONE.reset_index(drop=True).assign(m=MONTHS.strftime("%Y%m").astype(int)),
        {},
        "X.set_index(pd.to_datetime(X['m'].astype(str), format='%Y%m')).drop(columns=['m'])",
    ),
    "20210131 in a column": (
        ONE.reset_index(drop=True).assign(d=DAYS.strftime("%Y%m%d").astype(int)),
        {},
        "X.set_index(pd.to_datetime(X['d'].astype(str), format='%Y%m%d')).drop(columns=['d'])",
    ),
    "201901 in a column, polars": (
        pl.DataFrame({"month": MONTHS.strftime("%Y%m").astype(int), "y": ONE["y"].to_numpy()}),
        {},
        "X.with_columns((pl.col('month').cast(pl.String) + '01').str.to_date('%Y%m%d'))",
    ),
    "20210131 in a column, polars": (
        pl.DataFrame({"when": DAYS.strftime("%Y%m%d").astype(int), "y": ONE["y"].to_numpy()}),
        {},
        "X.with_columns(pl.col('when').cast(pl.String).str.to_date('%Y%m%d'))",
    ),
    "201901 in a long frame": (
        SHOPS.assign(day=np.tile(MONTHS.strftime("%Y%m").astype(int), 2)),
        {"group": "shop"},
        "X.assign(**{'day': pd.to_datetime(X['day'].astype(str), format='%Y%m')})",
    ),
    "201901 beside dates": (
        ONE.set_axis(MONTHS).assign(month=MONTHS.strftime("%Y%m").astype(int)),
        {},
        "X.drop(columns=['month'])",
    ),
    "201901 beside dates, polars": (
        POLARS.with_columns(month=pl.Series(MONTHS.strftime("%Y%m").astype(int))),
        {},
        "X.drop(['month'])",
    ),
    "trading bars in a long frame": (
        BARS.sample(frac=1, random_state=0),
        {"group": "shop"},
        "X.sort_values('day').drop(columns=['day'])",
    ),
    "trading bars of several series, in levels": (
        BARS.set_index(["shop", "day"]),
        {"group": "shop"},
        "X.sort_index(level='day').reset_index().drop(columns=['day'])",
    ),
    "trading bars of several series, in the index": (
        BARS.set_index("day")[::-1],
        {"group": "shop"},
        "X.sort_index().reset_index(drop=True)",
    ),
    "trading bars of several series, polars": (
        pl.DataFrame(BARS.to_dict("list")), {"group": "shop"}, "X.drop('day')"
    ),
    "decimal commas": (
        ONE["y"].astype(str).str.replace(".", ","), {}, "X.str.replace(',', '.').astype(float)"
    ),
    "a lazy frame": (POLARS.lazy(), {}, "X.collect()"),
    "a lazy long frame": (
        pl.DataFrame(SHOPS.to_dict("list")).lazy(), {"group": "shop"}, "X.collect()"
    ),
    "strings in a long frame": (
        SHOPS.assign(day=DAY_TEXT * 2),
        {"group": "shop"},
        "X.assign(**{'day': pd.to_datetime(X['day'])})",
    ),
    "levels of columns": (QUOTES, {"group": "Ticker"}, "X.stack('Ticker', future_stack=True)"),
    "a Series of several series": (
        LONG.set_index(["shop", "day"])["y"], {"group": "shop"}, "X.to_frame('y')"
    ),
    "structs as ids": (
        pl.DataFrame(SHOPS.to_dict("list")).with_columns(shop=pl.struct("shop")),
        {"group": "shop"},
        "X.with_columns(pl.col('shop').struct.json_encode())",
    ),
    "several dates, polars": (
        POLARS.with_columns(other=pl.col("day")), {}, "X.drop(['other'])"
    ),
    "an empty column": (
        ONE.assign(other=np.nan), {"group": "columns"}, "X.drop(columns=['other'])"
    ),
    "an empty column, polars": (
        POLARS.with_columns(other=pl.lit(None, dtype=pl.Float64)),
        {"group": "columns"},
        "X.drop(['other'])",
    ),
    "names twice": (
        pd.concat([ONE, ONE], axis=1), {}, "X.loc[:, ~X.columns.duplicated()]"
    ),
    "a dict": ({"a": ONE, "b": ONE}, {}, "list(X.values())"),
    "a tuple": ((ONE, ONE), {}, "list(X)"),
    "rows without an id": (
        SHOPS.assign(shop=[None, *SHOPS["shop"][1:]]),
        {"group": "shop"},
        "X.dropna(subset=['shop'])",
    ),
    "rows without an id, polars": (
        pl.DataFrame(SHOPS.to_dict("list")).with_columns(
            pl.when(pl.int_range(80) > 0).then("shop").alias("shop")
        ),
        {"group": "shop"},
        "X.drop_nulls(['shop'])",
    ),
    "records": (ONE.to_records(index=False), {}, "pd.DataFrame(X)"),
    "numbers as text": (ONE.to_numpy().astype(str), {}, "X.astype(float)"),
    "numbers as objects": (ONE.to_numpy().astype(str).astype(object), {}, "X.astype(float)"),
    "lists of text": (ONE.astype(str).to_numpy().tolist(), {}, "np.array(X).astype(float)"),
    "spans": (ONE.to_numpy().astype("m8[s]"), {}, "X / np.timedelta64(1, 's')"),
}  # fmt: skip


@pytest.mark.parametrize("kind", INPUTS)
def test_other_inputs(kind):
    X, params, code = INPUTS[kind]
    forecaster = SequenceForecaster(Ridge(), season_length=7, window_length=7, **params)
    fails(lambda: forecaster.fit(X), code)
    with warnings.catch_warnings():
        if pd.__version__ < "3":  # deprecated there, and no longer in pandas 3
            warnings.filterwarnings("ignore", "Resampling with a PeriodIndex")
        done = eval(code, {"X": X, "pd": pd, "pl": pl, "np": np})
    forecaster.fit(done).forecast()


FLAT = SHOPS[["y", "shop", "day"]]
LEVELED = FLAT.set_index(["shop", "day"])
MINUTES = pd.concat(
    [
        pd.DataFrame({"y": np.arange(N) % 7.0, "shop": one, "day": dates("15min") + SHIFTS})
        for one in "ab"
    ]
)
EACH = "X.set_index('day').sort_index().groupby('shop')[['y']]"
# Long frames, `group`, what is done with each series, and how they are found; or all of the code.
OF_LONG_FRAMES = {
    "a missing row": (FLAT.drop(7), "shop", "X.asfreq('D')", EACH),
    "a missing row, unsorted": (
        FLAT.drop(7).sample(frac=1, random_state=0), "shop", "X.asfreq('D')", EACH
    ),
    "a missing row, dates as index": (
        FLAT.drop(7).set_index("day"),
        "shop",
        "X.asfreq('D')",
        "X.sort_index().groupby('shop')[['y']]",
    ),
    "a missing row, levels": (
        LEVELED.drop(LEVELED.index[7]),
        "shop",
        "X.asfreq('D')",
        "X.reset_index(['shop']).sort_index().groupby('shop')[['y']]",
    ),
    "a missing row, two columns": (
        FLAT.drop(7).assign(item="x"),
        ["shop", "item"],
        "X.asfreq('D')",
        "X.set_index('day').sort_index().groupby(['shop', 'item'])[['y']]",
    ),
    "off by seconds": (
        MINUTES, "shop", "X.set_axis(X.index.round('15min')).asfreq('15min')", EACH
    ),
    "a row twice": (pd.concat([FLAT, FLAT[:1]]), "shop", "X.groupby(level=0).mean()", EACH),
    "date objects": (
        FLAT.assign(day=list(DAYS.date) * 2),
        "shop",
        "X.assign(**{'day': pd.to_datetime(X['day'])})",
        None,
    ),
    "categories of dates": (
        FLAT.astype({"day": "category"}),
        "shop",
        "X.assign(**{'day': pd.to_datetime(X['day'])})",
        None,
    ),
    "strings in a level": (
        FLAT.assign(day=DAY_TEXT * 2).set_index(["shop", "day"]),
        "shop",
        "X.set_index(X.index.set_levels(pd.to_datetime(X.index.levels[1]), level=1))",
        None,
    ),
    "whole numbers in a level": (
        FLAT.assign(day=np.tile(DAYS.strftime("%Y%m%d").astype(int), 2)).set_index(["shop", "day"]),
        "shop",
        "X.set_index(X.index.set_levels(pd.to_datetime(X.index.levels[1].astype(str), "
        "format='%Y%m%d'), level=1))",
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", OF_LONG_FRAMES)
def test_advice_for_a_long_frame_changes_all_of_it(kind):
    X, group, code, source = OF_LONG_FRAMES[kind]
    if source is not None:
        names = group if isinstance(group, list) else [group]
        code = f"pd.concat({{one: {code} for one, X in {source}}}, names={names})"
    forecaster = SequenceForecaster(Ridge(), season_length=7, window_length=7, group=group)
    with raises(code) as caught:
        forecaster.fit(X)
    assert "Here, X is" not in str(caught.value)
    done = eval(code, {"X": X, "pd": pd})
    assert done["y"].count() == len(X) - (kind == "a row twice")
    assert len(forecaster.fit(done).forecast()) == 2


IN_POLARS = pl.DataFrame(FLAT.to_dict("list"))
OF_POLARS = {
    "a missing row": (
        IN_POLARS.filter(pl.int_range(80) != 7).sample(fraction=1, shuffle=True, seed=0),
        ["shop"],
        "X.sort(['shop', 'day']).upsample('day', every='1d', group_by=['shop'])",
    ),
    "off by seconds": (
        pl.DataFrame(MINUTES.to_dict("list")).with_columns(item=pl.lit("x")),
        ["shop", "item"],
        "X.sort(['shop', 'item', 'day']).with_columns(pl.col('day').dt.round('15m'))"
        ".upsample('day', every='15m', group_by=['shop', 'item'])",
    ),
    "a row twice": (
        pl.concat([IN_POLARS, IN_POLARS[:1]]),
        ["shop"],
        "X.group_by(['shop', 'day']).mean().sort('day')",
    ),
}


@pytest.mark.parametrize("kind", OF_POLARS)
def test_advice_for_a_long_frame_of_polars_changes_all_of_it(kind):
    X, group, code = OF_POLARS[kind]
    forecaster = SequenceForecaster(Ridge(), season_length=7, window_length=7, group=group)
    with raises(code) as caught:
        forecaster.fit(X)
    assert "Here, X is" not in str(caught.value)
    if kind != "a row twice" and pl.__version__ < "2":
        code += f".with_columns(pl.col({group!r}).forward_fill())"
        assert code in str(caught.value)
    done = eval(code, {"X": X, "pl": pl})
    assert done["y"].count() == len(X) - (kind == "a row twice")
    assert len(forecaster.fit(done).forecast()) == 2


def arrow_inputs():
    """Tables of pyarrow and dates as text, as INPUTS."""
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"day": pa.array(DAYS.date), "y": ONE["y"].to_numpy()})
    text = SHOPS.assign(day=SHOPS["day"].astype(str))
    long = pa.Table.from_pandas(SHOPS.reset_index(drop=True), preserve_index=False)
    return [
        (table, {}, "X.to_pandas(date_as_object=False).set_index('day')"),
        (table.drop_columns("day"), {}, "X.to_pandas()"),
        (long, {"group": "shop"}, "X.to_pandas(date_as_object=False).set_index('day')"),
        (text.set_index("day"), {"group": "shop"}, "X.set_index(pd.to_datetime(X.index))"),
        (
            SHOPS.assign(day=SHOPS["day"].dt.date).set_index("day"),
            {"group": "shop"},
            "X.set_index(pd.to_datetime(X.index))",
        ),
    ]


@pytest.mark.parametrize("i", range(5))
def test_inputs_of_arrow(i):
    X, params, code = arrow_inputs()[i]
    forecaster = SequenceForecaster(Ridge(), season_length=7, window_length=7, **params)
    fails(lambda: forecaster.fit(X), code)
    forecaster.fit(eval(code, {"X": X, "pd": pd})).forecast()


@pytest.mark.parametrize("form", ["timestamp", "date32", "strings"])
def test_indexes_of_arrow(form):
    """Text, and dates as categories."""
    pa = pytest.importorskip("pyarrow")
    dtype = {"timestamp": pa.timestamp("us"), "date32": pa.date32(), "strings": pa.string()}[form]
    days = {"timestamp": DAYS.to_pydatetime(), "date32": DAYS.date, "strings": DAY_TEXT}[form]
    plain = [pd.Index(days, dtype=pd.ArrowDtype(dtype))] if form == "strings" else []
    for index in (
        *plain,
        pd.Index(
            pd.array(
                pa.array(days, dtype).dictionary_encode(),
                dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), dtype)),
            )
        ),
    ):
        X = pd.Series(np.arange(40) % 7.0, index)
        code = message_of(X, season_length=7).rpartition("X.index = ")[2].removesuffix(".")
        X.index = eval(code, {"X": X, "pd": pd})
        assert list(X.index) == list(DAYS)
        SequenceForecaster(Ridge(), season_length=7).fit(X).forecast()


ARROW_TYPES = {
    "timestamp": lambda pa: pa.timestamp("ns"),
    "zone": lambda pa: pa.timestamp("us", tz="UTC"),
    "date32": lambda pa: pa.date32(),
    "date64": lambda pa: pa.date64(),
}


@pytest.mark.parametrize("kind", ARROW_TYPES)
def test_dates_of_arrow_are_dates(kind):
    """In the index, in levels and in columns, of fit, of update and of weights."""
    pa = pytest.importorskip("pyarrow")
    dtype = pd.ArrowDtype(ARROW_TYPES[kind](pa))
    days = DAYS.tz_localize("UTC") if kind == "zone" else DAYS
    frame = pd.DataFrame({"day": days, "shop": "a", "y": np.arange(len(DAYS)) % 7 + 0.5})
    frame = pd.concat([frame, frame.assign(shop="b", y=2 * frame["y"])], ignore_index=True)
    one = frame[frame["shop"] == "a"].set_index("day")["y"]
    names = ["shop", "day"]
    forms = [
        (None, one, one.rename_axis("day").set_axis(one.index.astype(dtype))),
        ("shop", frame, frame.astype({"day": dtype})),
        ("shop", frame.set_index("day"), frame.astype({"day": dtype}).set_index("day")),
        ("shop", frame.set_index(names), frame.astype({"day": dtype}).set_index(names)),
    ]
    for group, X, of_arrow in forms:
        forecaster = SequenceForecaster(Ridge(), group=group)
        wanted = forecaster.fit(X).forecast(3)
        weights = pd.Series(1.0, of_arrow.index)
        answer = forecaster.fit(of_arrow, sample_weight=weights).forecast(3)
        test = pd.testing.assert_frame_equal if group else pd.testing.assert_series_equal
        assert forecaster.season_length_ == 7
        test(answer, wanted, check_index_type=False, check_dtype=False)
    dated = SequenceForecaster(Ridge()).fit(forms[0][1][:30])
    updated = dated.update(forms[0][2][30:]).forecast()
    assert list(updated.index) == [days[-1] + pd.Timedelta(days=1)]


GROUPS = {
    "one column": (SHOPS.set_index("day"), "group='shop'"),
    "one column, dates as a column": (SHOPS, "group='shop'"),
    "one column, polars": (pl.DataFrame(SHOPS.to_dict("list")), "group='shop'"),
    "two columns": (
        pd.concat([LONG.assign(item="x"), LONG.assign(item="z")]), "group=['shop', 'item']"
    ),
    "numbers": (LONG.assign(shop=np.repeat([1, 2], 40)).drop(columns="item"), "group='shop'"),
    "levels": (SHOPS.set_index(["shop", "day"]), "group='shop'"),
    "levels in another order": (SHOPS.set_index(["day", "shop"]), "group='shop'"),
    "levels without names": (
        SHOPS.set_index(["shop", "day"]).rename_axis([None, None]), "group=0"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", GROUPS)
def test_several_series_without_group(kind):
    X, code = GROUPS[kind]
    fails(lambda: SequenceForecaster(Ridge()).fit(X), f"SequenceForecaster({code})")
    group = eval(code.removeprefix("group="))
    fitted = SequenceForecaster(Ridge(), season_length=7, group=group).fit(X)
    assert len(fitted.forecast()) == (4 if "two" in kind else 2)


def test_the_level_of_the_times_is_no_group():
    X = SHOPS.set_index(["shop", "day"])
    fails(lambda: SequenceForecaster(Ridge(), group=1).fit(X), "group=1", "Use group='shop'")


EMPTY = {
    "series": pd.Series([], dtype=float),
    "dated": pd.DataFrame({"y": []}, index=pd.DatetimeIndex([])),
    "frame": pd.DataFrame(),
    "no columns": pd.DataFrame(index=DAYS),
    "polars": pl.DataFrame(),
    "polars, dated": POLARS.clear(),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_empty_frames(kind):
    fails(lambda: SequenceForecaster(Ridge()).fit(EMPTY[kind]), "X has no", "at least one row")


def test_what_a_mask_hides_is_unknown_everywhere():
    values = 100 + np.arange(40) % 7.0
    hidden = np.ma.masked_array(np.where(np.arange(40) == 20, 1e9, values), np.arange(40) == 20)
    gap = np.where(np.arange(40) == 20, np.nan, values)
    for a, b in [(hidden[:, None], gap[:, None]), ([hidden, hidden], [gap, gap])]:
        fits = [SequenceForecaster(Ridge(), season_length=7).fit(X).forecast() for X in (a, b)]
        np.testing.assert_array_equal(*fits)
    windows = [SequenceWindower(3).fit_transform(X[:, None]) for X in (hidden, gap)]
    np.testing.assert_array_equal(*windows)
    whole = np.ma.masked_array(np.arange(40), np.arange(40) == 20)
    assert np.isnan(SequenceWindower(1).fit_transform(whole[:, None])[20, 0, 0])
    with raises("y_true contains NaN"):
        mean_absolute_scaled_error(hidden, values, y_train=values)
    with raises("y contains NaN"):
        GRURegressor(epochs=1).fit(np.ones((40, 3)), hidden)


OBJECTS = {
    "dates": ([datetime.date(2021, 1, 1)] * 40, "dates or times"),
    "stamps": (list(DAYS), "dates or times"),
    "spans": ([datetime.timedelta(1)] * 40, "time spans"),
    "text": (["1.5"] * 40, "text such as '1.5'"),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_objects_in_arrays_and_lists(kind):
    values, what = OBJECTS[kind]
    array = np.empty((40, 1), dtype=object)
    array[:, 0] = values
    for X in (array, [[one] for one in values]):
        for call in (SequenceForecaster(Ridge()).fit, SequenceWindower(2).fit):
            fails(lambda call=call, X=X: call(X), f"X holds {what}", "must hold numbers")
        fails(lambda X=X: GRURegressor().fit(np.ones((40, 2)), X), f"y holds {what}")


def test_unknown_objects_in_arrays():
    for unknown in (None, pd.NA):
        X = np.array([unknown, *np.arange(39) % 7.0], dtype=object)[:, None]
        assert np.isnan(SequenceWindower(1).fit_transform(X)[0, 0, 0])


def test_why_a_step_is_irregular():
    whole = INDEXES["15min"]
    cases = {
        "rows are missing (the widest gap is after 2019-01-07 12:15:00)": whole.delete(50),
        "its rows are at unequal steps": INDEXES["15 minutes, off by seconds"],
        "its rows are out of order": whole[::-1],
        "each day has 13 rows, and no rows in the night": INDEXES["half hours of trading"],
    }
    for why, index in cases.items():
        assert f": {why}" in message_of(series_of(index), season_length=7)


def test_the_step_of_a_single_row_of_polars():
    one = SequenceForecaster(pretrained="only", group="shop")
    rows = pl.DataFrame({"shop": ["a", "b"], "day": [DAYS[0], DAYS[0]], "y": [1.0, 2.0]})
    with raises("n_samples=1", "at least two rows"):
        one.fit(rows).forecast()


def test_several_series_with_dates_as_strings():
    """The group first, then the dates."""
    X = SHOPS.assign(day=DAY_TEXT * 2)
    fails(lambda: SequenceForecaster(Ridge()).fit(X), "SequenceForecaster(group='shop')")
    one = X[:40].assign(shop="work").rename(columns={"shop": "kind"})
    code = "X.set_index(pd.to_datetime(X['day'])).drop(columns=['day'])"
    fails(lambda: SequenceForecaster(Ridge()).fit(one), "['day'] of X hold text", code)
