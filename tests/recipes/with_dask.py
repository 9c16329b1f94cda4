"""Needs dask.dataframe."""

import dask.dataframe as dd
import pandas as pd

from skgru import SequenceForecaster

months = pd.period_range("2022-01", periods=36, freq="M").to_timestamp()
sales = pd.concat(
    pd.DataFrame({"month": months, "sales": k + months.month.to_numpy(float)}, index=[f"s{k}"] * 36)
    for k in range(8)
).rename_axis("store")
parts = dd.from_pandas(sales, npartitions=4)  # or dd.read_parquet, with the store as its index

forecaster = SequenceForecaster(
    pretrained="only", season_length=12, point="median", group="store", horizon=6
)


def forecast_of(part):
    return forecaster.fit(part.reset_index().set_index("month")).forecast()


meta = forecast_of(sales.loc["s0":"s1"]).iloc[:0]  # the columns of a result
forecast = parts.map_partitions(forecast_of, meta=meta).compute()
