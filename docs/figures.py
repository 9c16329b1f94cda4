"""The pictures of the guide and the landing page: `python docs/figures.py [NAME ...]`.

Each function draws one picture from what the code of its page has made, and saves it in
docs/_static. Needs matplotlib and pandas.
"""

import re
import sys
import tempfile
from contextlib import chdir
from functools import cache
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

DOCS = Path(__file__).parent
WIDTH = 640  # pixels
ACTUAL, FORECAST, SECOND = "#555555", "#1f77b4", "#d95f02"


@cache
def page(name):
    """What the code blocks of a page of the guide define."""
    names, text = {}, (DOCS / "guide" / f"{name}.md").read_text()
    with tempfile.TemporaryDirectory() as scratch, chdir(scratch):
        for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
            exec(block, names)
    plt.close("all")
    return names


def picture(height=2.8, n_rows=1, n_columns=1, width=6.4, **options):
    """Axes of a picture of WIDTH pixels. The narrower the figure, the larger the text: width=4.8
    can be read on a phone, which shows the picture at 360 pixels.
    """
    _, axes = plt.subplots(
        n_rows, n_columns, figsize=(width, height), layout="constrained", **options
    )
    for ax in np.ravel(axes):
        ax.spines[["top", "right"]].set_visible(False)
    return axes


def with_times(series):
    """A copy with dates that matplotlib can draw."""
    index = series.index
    return series.set_axis(index.to_timestamp() if hasattr(index, "to_timestamp") else index)


def joined(history, forecast):
    """The forecast, from the last value of the history on."""
    return with_times(pd.concat([history[-1:], forecast]))


def first_forecast():
    names = page("first_forecast")
    passengers = names["passengers"]
    ax = picture()
    ax.plot(with_times(passengers[-60:]), color=ACTUAL, label="passengers (thousands)")
    ax.plot(joined(passengers, names["forecaster"].forecast(24)), color=FORECAST, label="forecast")
    ax.legend(frameon=False, loc="upper left")


def covariates():
    names = page("covariates")
    forecaster, coming = names["forecaster"], names["coming"]
    history = names["history"]["temp_max"]
    forecast = forecaster.forecast(28, future=coming[names["calendar"]])
    forecast = forecast["temp_max"] if hasattr(forecast, "columns") else forecast
    ax = picture()
    ax.plot(history[-120:], color=ACTUAL, label="highest temperature (°C)")
    ax.plot(coming["temp_max"][:28], color=ACTUAL, linestyle=":", label="actual values")
    ax.plot(joined(history, forecast), color=FORECAST, label="forecast with the calendar")
    ax.legend(frameon=False, loc="upper right")


def hourly():
    names = page("hourly")
    load = names["frame"]["load"]
    history, actual = load[: -24 * 2], load[-24 * 2 : -24]
    auto = names["SequenceForecaster"](horizon=24, random_state=0).fit(history).forecast()
    forecast = names["calendar"].fit(history).forecast()
    ax = picture()
    ax.plot(history[-24 * 5 :], color=ACTUAL, label="load")
    ax.plot(actual, color=ACTUAL, linestyle=":", label="actual values")
    ax.plot(joined(history, auto), color=SECOND, label="network, auto")
    ax.plot(joined(history, forecast), color=FORECAST, label="ridge regression, calendar")
    ax.set_ylim(top=190)
    ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%a"))
    ax.legend(frameon=False, loc="upper left", ncols=2)


def intervals():
    names = page("intervals")
    forecaster, passengers = names["forecaster"], names["passengers"]
    bounds = with_times(forecaster.forecast_interval(coverage=0.8))
    ax = picture()
    ax.plot(with_times(passengers[-48:]), color=ACTUAL, label="passengers (thousands)")
    ax.plot(joined(passengers, forecaster.forecast()), color=FORECAST, label="forecast")
    lower, upper = bounds["passengers_lower"], bounds["passengers_upper"]
    ax.fill_between(bounds.index, lower, upper, color=FORECAST, alpha=0.25, label="80 % interval")
    ax.legend(frameon=False, loc="upper left")


def backtest():
    result = page("backtests")["result"]
    times = result.index.to_timestamp() if hasattr(result.index, "to_timestamp") else result.index
    ax = picture()
    ax.plot(times[-72:], result.series[-72:, 0], color=ACTUAL, label="passengers (thousands)")
    for i in range(0, len(result.origins), 6):
        rows = result.origins[i] + np.arange(13)
        path = np.r_[result.series[rows[0], 0], result.forecast[i, :, 0]]
        label = "forecasts from rolling origins" if i == 0 else None
        ax.plot(times[rows], path, color=FORECAST, alpha=0.8, label=label)
        ax.plot(times[rows[:1]], path[:1], "o", color=FORECAST, markersize=4)
    ax.legend(frameon=False, loc="upper left")


def many_series():
    names = page("many_series")
    shops, forecast = names["shops"], names["forecaster"].forecast()
    axes = picture(3.0, 2, 2, sharex=True)
    for ax, shop in zip(axes.flat, shops, strict=True):
        ax.plot(with_times(shops[shop][-36:]), color=ACTUAL)
        ax.plot(joined(shops[shop], forecast[shop]), color=FORECAST)
        ax.set_title(shop, loc="left", fontsize=10)
        ax.xaxis.set_major_locator(matplotlib.dates.YearLocator())
        ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%Y"))


def zero_shot():
    names = page("zero_shot")
    passengers, forecast = names["passengers"], names["forecaster"].forecast()
    ax = picture()
    ax.plot(with_times(passengers[:36]), color=ACTUAL, label="passengers (thousands)")
    ax.plot(with_times(passengers[35:48]), color=ACTUAL, linestyle=":", label="actual values")
    ax.plot(joined(passengers[:36], forecast), color=FORECAST, label="zero-shot forecast")
    ax.legend(frameon=False, loc="upper left")


def classification():
    names = page("classification")
    classifier, as_windows = names["classifier"], names["as_windows"]
    for utterance, label in zip(names["X_test"], names["y_test"], strict=True):
        prefixes = [utterance[: k + 1] for k in range(len(utterance))]
        chances = classifier.predict_proba(as_windows(prefixes, window_length=29))
        own = chances[:, list(classifier.classes_).index(label)]
        if len(own) >= 15 and own[0] < 0.3 and own[-1] > 0.9:  # one that takes some frames
            break
    left, right = picture(2.8, 1, 2)
    left.plot(utterance, linewidth=1)
    left.set(title="An utterance: 12 channels", xlabel="frame")
    right.plot(chances, color="#bbbbbb", linewidth=1)
    right.plot(own, color=FORECAST, linewidth=2)
    right.set(title="Probability of each speaker", xlabel="frames heard", ylim=(0, 1.02))
    right.annotate("the speaker", (len(own) - 1, 0.88), ha="right", color=FORECAST)


def training():
    history = page("training")["network"].history_
    ax = picture(2.4)
    ax.plot(history["loss"], color=ACTUAL, marker="o", label="training")
    ax.plot(history["val_loss"], color=FORECAST, marker="o", label="validation")
    ax.set(yscale="log", xlabel="epoch", ylabel="loss")
    ax.legend(frameon=False)


def pipeline():
    """Sunspots: forecasts of one year ahead by a pipeline, of years after the training rows."""
    from sklearn.pipeline import make_pipeline

    from skgru import GRURegressor, SequenceWindower
    from skgru.datasets import load_sunspots

    series = load_sunspots()
    windower = SequenceWindower(window_length=22, context="fit")
    pipe = make_pipeline(windower, GRURegressor(32, random_state=0)).fit(series[:-80])
    predicted = pipe.predict(series[-81:-1]).ravel()
    years = 2008 - np.arange(len(series))[::-1]
    ax = picture()
    ax.plot(years[-130:], series[-130:, 0], color=ACTUAL, label="sunspots")
    ax.plot(years[-80:], predicted, color=FORECAST, label="forecasts one year ahead")
    ax.legend(frameon=False, loc="upper left", ncols=2)
    ax.set_ylim(top=240)


def two_series():
    """The temperatures of the landing page."""
    from skgru import SequenceForecaster
    from skgru.datasets import load_seattle_weather

    temperatures = load_seattle_weather(as_frame=True)[["temp_max", "temp_min"]]
    forecaster = SequenceForecaster(horizon=7, season_length=1, group="columns", random_state=0)
    forecast = forecaster.fit(temperatures).forecast()
    ax = picture()
    for name, text in (("temp_max", "highest"), ("temp_min", "lowest")):
        ax.plot(temperatures[name][-42:], color=ACTUAL)
        ax.plot(joined(temperatures[name], forecast[name]), color=FORECAST)
        ax.annotate(f" {text}", (forecast.index[-1], forecast[name].iloc[-1]), va="center")
    ax.set_ylabel("temperature (°C)")
    ax.margins(x=0.08)
    ax.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%d %b %Y"))
    ax.xaxis.set_major_locator(matplotlib.dates.WeekdayLocator(interval=2))


def errors_by_step():
    names = page("pictures")
    names["ErrorsByStepDisplay"].from_result(names["result"], metric="mase", ax=picture(width=4.8))


def coverage():
    names = page("pictures")
    names["CoverageDisplay"].from_result(names["result"], ax=picture(width=4.8))


def weights():
    names = page("pictures")
    names["EnsembleWeightsDisplay"].from_estimator(names["forecaster"], ax=picture(2, width=4.8))


def components():
    names = page("pictures")
    names["ForecastComponentsDisplay"].from_estimator(
        names["forecaster"], names["passengers"], ax=picture(5.2, 2, width=4.8, sharex=True)
    )


PICTURES = [
    *(first_forecast, covariates, hourly, intervals, backtest, many_series, zero_shot),
    *(classification, training, pipeline, two_series),
    *(errors_by_step, coverage, weights, components),
]

if __name__ == "__main__":
    for draw in PICTURES:
        if not sys.argv[1:] or draw.__name__ in sys.argv[1:]:
            draw()
            dpi = WIDTH / plt.gcf().get_figwidth()
            plt.savefig(DOCS / "_static" / f"{draw.__name__}.png", dpi=dpi)
            plt.close("all")
