"""Needs skrub."""

from sklearn.pipeline import make_pipeline
from skrub import SelectCols

from skgru import SequenceForecaster
from skgru.datasets import load_seattle_weather

weather = load_seattle_weather(as_frame=True)

pipe = make_pipeline(
    SelectCols(["temp_max", "wind"]),
    SequenceForecaster(target=["temp_max"], horizon=7, random_state=0),
)
pipe.fit(weather)
forecast = pipe[-1].forecast()  # a week of the highest temperatures
