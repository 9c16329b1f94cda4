"""Forecasts of three series: ``python -m skgru.demo``.

The jobs "sine" and "sunspots" fit a scikit-learn Pipeline to the first 80 % of the series. The job
"passengers" forecasts airline passengers by a SequenceForecaster, with intervals. Each job prints
its errors beside those of naive forecasts, and saves one picture. The code uses only public names
of skgru, as users would.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler

from skgru import GRURegressor, SequenceForecaster, SequenceWindower
from skgru._tensorflow import load_engine
from skgru.datasets import load_airline_passengers, load_sunspots, make_sine
from skgru.metrics import interval_coverage, mean_absolute_scaled_error

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Job:
    """A series, the pipeline that is fitted to it, and the labels of the result."""

    name: str
    title: str
    series: FloatArray  # (n_rows, 1), oldest row first
    rows: FloatArray  # (n_rows,), positions on the time axis
    pipeline: Pipeline
    n_forecast: int
    season_length: int | None = None
    lower: float = -np.inf  # the smallest possible value, at which forecasts are clipped


@dataclass(frozen=True)
class Result:
    """Results of a job. Errors are mean squared errors of the series scaled to [0, 1]."""

    n_train: int
    n_test: int
    seconds: float
    errors: dict[str, float]
    predictions: FloatArray  # (n_test,), original units, one step ahead
    forecast: FloatArray  # (n_forecast,), original units, recursive


def sine_job(epochs: int | None, random_state: int) -> Job:
    """Return the job of the sine: windows of 10 steps, GRU(50), Adam, batch size 1."""
    gru = GRURegressor(
        units=50, epochs=epochs or 50, batch_size=1, normalize_y=False, random_state=random_state
    )
    series = make_sine()
    return Job("sine", "Sine", series, np.arange(1.0, 1001.0), make_pipeline(10, gru), 50)


def sunspots_job(epochs: int | None, random_state: int) -> Job:
    """Return the job of the yearly sunspots: windows of two cycles of 11 years."""
    gru = GRURegressor(units=32, epochs=epochs or 25, random_state=random_state)
    series = load_sunspots()
    years = np.arange(1700.0, 1700.0 + len(series))
    return Job("sunspots", "Yearly sunspots", series, years, make_pipeline(22, gru), 22, 11, 0.0)


JOBS = {"sine": sine_job, "sunspots": sunspots_job}


def make_pipeline(window_length: int, gru: GRURegressor) -> Pipeline:
    """Return the pipeline of both jobs: scale to [0, 1], window, forecast the next row."""
    window = SequenceWindower(window_length=window_length)
    return Pipeline([("scale", MinMaxScaler()), ("window", window), ("gru", gru)])


def run(job: Job) -> Result:
    """Fit to the first 80 % of the complete windows, and measure errors on the rest."""
    load_engine()  # seconds, which are no part of the training

    window_length = job.pipeline["window"].window_length
    n_pairs = len(job.series) - window_length  # complete windows with a next row
    n_train = int(0.8 * n_pairs)
    first = window_length + n_train  # first target of the test windows
    print(f"{job.title}: training on {n_train} windows ...", flush=True)

    start = time.perf_counter()
    job.pipeline.fit(job.series[:first])
    seconds = time.perf_counter() - start

    scale = job.pipeline["scale"]
    scaled = scale.transform(job.series)[:, 0]
    predicted = job.pipeline.predict(job.series)  # row t holds the forecast of row t + 1
    forecasts = {"loss": predicted[first - 1 : -1], "last value": scaled[first - 1 : -1]}
    if job.season_length:
        forecasts["seasonal-naive"] = scaled[first - job.season_length : -job.season_length]
    windows = job.pipeline[:-1].transform(job.series)
    forecast = job.pipeline["gru"].forecast(job.n_forecast, windows)

    def in_units(values: FloatArray) -> FloatArray:
        return np.maximum(scale.inverse_transform(values.reshape(-1, 1))[:, 0], job.lower)

    return Result(
        n_train=n_train,
        n_test=n_pairs - n_train,
        seconds=seconds,
        errors={name: float(np.mean((p - scaled[first:]) ** 2)) for name, p in forecasts.items()},
        predictions=in_units(predicted[first - 1 : -1]),
        forecast=in_units(forecast),
    )


def table(job: Job, result: Result, picture: Path) -> str:
    """Return the printed table of a job."""
    lines = [
        ("rows", f"{len(job.series)}"),
        ("windows", f"{result.n_train} to train, {result.n_test} to test (the last 20 %)"),
        ("training time", f"{result.seconds:.1f} s"),
        ("loss on the last 20 %", f"{result.errors['loss']:.3g}   (MSE, series scaled to [0, 1])"),
        ("  last value repeated", f"{result.errors['last value']:.3g}"),
    ]
    if job.season_length:
        error = result.errors["seasonal-naive"]
        lines.append((f"  value {job.season_length} rows before", f"{error:.3g}"))
    lines += [("next value", f"{result.forecast[0]:.4g}   (original units)")]
    lines += [("picture", str(picture))]
    return two_columns(lines)


def two_columns(lines: list[tuple[str, str]]) -> str:
    return "\n".join(f"  {label:<24}{value}" for label, value in lines) + "\n"


def save_picture(job: Job, result: Result, path: Path) -> None:
    """Draw history, one-step predictions of the last 20 % and the forecast into one PNG."""
    from matplotlib.figure import Figure

    step = job.rows[1] - job.rows[0]
    test_rows = job.rows[-result.n_test :]
    # The line of the forecast starts at the last known row, so that it joins the series.
    future_rows = job.rows[-1] + step * np.arange(job.n_forecast + 1)
    future = np.concatenate([job.series[-1], result.forecast])
    shown = slice(-min(len(job.rows), 2 * result.n_test), None)

    figure = Figure(figsize=(10, 4), dpi=120, layout="constrained")
    ax = figure.add_subplot()
    ax.axvspan(test_rows[0], test_rows[-1], color="0.95", zorder=0, label="not seen in training")
    ax.plot(job.rows[shown], job.series[shown, 0], color="0.35", lw=1.8, label="series")
    ax.plot(test_rows, result.predictions, "--", color="C1", lw=1.4, label="one step ahead")
    ax.plot(future_rows, future, color="C0", lw=1.8, label=f"forecast, {job.n_forecast} steps")
    ax.set(title=job.title, xlabel="year" if job.season_length else "row", ylabel=job.name)
    ax.margins(x=0.01)
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    figure.savefig(path)


def forecast_passengers(epochs: int | None, random_state: int, picture: Path) -> str:
    """Forecast the last year of monthly passengers from the years before. Return the table."""
    load_engine()

    series, season_length, n_test = load_airline_passengers(), 12, 12
    past, actual = series[:-n_test], series[-n_test:]
    regressor = GRURegressor(50, epochs=epochs, random_state=random_state) if epochs else None
    forecaster = SequenceForecaster(
        regressor,
        horizon=n_test,
        season_length=season_length,
        calibration_fraction=0.4,
        random_state=random_state,
    )
    print(f"Airline passengers: training on {len(past)} months ...", flush=True)
    start = time.perf_counter()
    forecaster.fit(past)
    seconds = time.perf_counter() - start
    forecast, interval = forecaster.forecast(), forecaster.forecast_interval(coverage=0.8)
    naive = np.resize(past[-season_length:], (n_test, 1))
    scaled, naive_scaled = (
        mean_absolute_scaled_error(actual, p, y_train=past, season_length=season_length)
        for p in (forecast, naive)
    )
    inside = interval_coverage(actual, interval[..., 0], interval[..., 1])
    save_forecast_picture(series, forecast, interval[:, 0], picture)
    return two_columns(
        [
            ("rows", f"{len(series)} months, the last {n_test} to test"),
            ("training time", f"{seconds:.1f} s, with calibration and compilation"),
            (f"error, last {n_test} months", f"{scaled:.3g}   (mean absolute scaled error)"),
            (f"  value {season_length} rows before", f"{naive_scaled:.3g}"),
            ("80 % intervals hold", f"{100 * inside:.0f} % of the {n_test} months"),
            ("next value", f"{forecast[0, 0]:.4g}   (thousands; it was {actual[0, 0]:.4g})"),
            ("picture", str(picture)),
        ]
    )


def save_forecast_picture(
    series: FloatArray, forecast: FloatArray, interval: FloatArray, path: Path
) -> None:
    """Draw the last months, the forecast and its intervals into one PNG."""
    from matplotlib.figure import Figure

    years = 1949 + np.arange(len(series)) / 12
    ahead, shown = years[-len(forecast) :], slice(-72, None)
    figure = Figure(figsize=(10, 4), dpi=120, layout="constrained")
    ax = figure.add_subplot()
    ax.fill_between(ahead, *interval.T, color="C0", alpha=0.2, lw=0, label="80 % interval")
    ax.plot(years[shown], series[shown, 0], color="0.35", lw=1.8, label="series")
    ax.plot(ahead, forecast[:, 0], color="C0", lw=1.8, label="forecast")
    ax.axvline(ahead[0] - 1 / 24, color="0.6", lw=1, ls=":", label="end of training")
    ax.set(title="Airline passengers", xlabel="year", ylabel="thousands a month")
    ax.margins(x=0.01)
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    figure.savefig(path)


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage block."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def whole_number(minimum: int, maximum: int = 2**32 - 1):
    """Return an argparse type: an integer from `minimum` to `maximum`."""

    def convert(text: str) -> int:
        if not text.isdecimal() or not minimum <= int(text) <= maximum:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not an integer from {minimum} to {maximum}"
            )
        return int(text)

    return convert


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Read the options. Errors that would occur later exit here, with one line."""
    parser = OneLineParser(prog="python -m skgru.demo", description="Fit skgru on three series.")
    parser.add_argument("--output", type=Path, default=Path("demo_output"), metavar="DIR")
    parser.add_argument("--epochs", type=whole_number(1), metavar="N", help="epochs of each job")
    parser.add_argument("--job", choices=["all", *JOBS, "passengers"], default="all")
    parser.add_argument("--random-state", type=whole_number(0), default=0, metavar="N")
    options = parser.parse_args(argv)
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        parser.error("matplotlib is not installed: pip install 'skgru[plot]'")
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=options.output).close()
    except OSError as error:
        parser.error(f"--output {options.output}: cannot write there ({error.strerror})")
    return options


def main(argv: list[str] | None = None) -> None:
    """Run the jobs of the command line."""
    options = parse(argv)
    for name in [*JOBS, "passengers"] if options.job == "all" else [options.job]:
        picture = options.output / f"{name}.png"
        if name == "passengers":
            print(forecast_passengers(options.epochs, options.random_state, picture), flush=True)
            continue
        job = JOBS[name](options.epochs, options.random_state)
        result = run(job)
        save_picture(job, result, picture)
        print(table(job, result, picture), flush=True)


if __name__ == "__main__":
    main()
