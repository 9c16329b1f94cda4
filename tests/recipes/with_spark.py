"""Needs pyspark, pyarrow."""

import os
import sys

import pandas as pd
from pyspark.sql import SparkSession

from skgru import SequenceForecaster

months = pd.period_range("2022-01", periods=36, freq="M").to_timestamp()
sales = pd.concat(
    pd.DataFrame({"store": f"s{k}", "month": months, "sales": k + months.month.to_numpy(float)})
    for k in range(8)
)

os.environ["PYSPARK_PYTHON"] = sys.executable  # the workers have the packages of this process
spark = SparkSession.builder.master("local[2]").getOrCreate()
forecaster = SequenceForecaster(
    pretrained="only", season_length=12, point="median", target="sales", horizon=6
)


def forecast_of(part):
    ahead = forecaster.fit(part.sort_values("month").set_index("month")[["sales"]]).forecast()
    ahead = ahead.rename_axis("month").reset_index()
    return ahead.assign(store=part["store"].iloc[0])[["store", "month", "sales"]]


stores = spark.createDataFrame(sales).groupBy("store")
schema = "store string, month timestamp, sales double"
forecast = stores.applyInPandas(forecast_of, schema).toPandas()
spark.stop()
