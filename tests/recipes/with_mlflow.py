"""Needs mlflow, skops."""

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc import PythonModel

import skgru
from skgru import GRUClassifier, SequenceForecaster
from skgru.datasets import load_airline_passengers

mlflow.set_tracking_uri("sqlite:///mlflow.db")


class ForecastModel(PythonModel):
    """The file of a forecaster as a model that takes a table with the column `steps`."""

    def load_context(self, context):
        self.forecaster = skgru.load(context.artifacts["forecaster"])

    def predict(self, context, model_input, params=None):
        return self.forecaster.forecast(int(model_input["steps"].iloc[0]))


X = np.random.default_rng(0).normal(size=(80, 6, 1))
y = np.where(X.sum(axis=(1, 2)) > 0, "up", "down")

with mlflow.start_run() as classifier_run:  # autolog does not see networks of windows
    classifier = GRUClassifier(4, epochs=5, random_state=0).fit(X, y)
    mlflow.log_params(classifier.get_params())
    for epoch, loss in enumerate(classifier.loss_curve_):
        mlflow.log_metric("loss", loss, step=epoch)
    mlflow.log_metric("accuracy", classifier.score(X, y))
    skgru.save(classifier, "classifier.skgru")
    mlflow.log_artifact("classifier.skgru")

passengers = load_airline_passengers(as_frame=True)
with mlflow.start_run():
    forecaster = SequenceForecaster(pretrained="only", horizon=12).fit(passengers)
    mlflow.log_params({name: str(one) for name, one in forecaster.get_params(deep=False).items()})
    skgru.save(forecaster, "forecaster.skgru")
    logged = mlflow.pyfunc.log_model(
        name="forecaster",
        python_model=ForecastModel(),
        artifacts={"forecaster": "forecaster.skgru"},
        pip_requirements=["skgru"],
    )
served = mlflow.pyfunc.load_model(logged.model_uri)
forecast = served.predict(pd.DataFrame({"steps": [6]}))
