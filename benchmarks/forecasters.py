"""SequenceForecaster against other libraries: the same GRU, series, epochs and batches.

python benchmarks/forecasters.py [series ...] [--peers FOLDER] [--passes N]
                                 [--without LABEL ...] [--json FILE]

FOLDER (default /tmp/peers) holds a virtual environment for each peer: skforecast (with tensorflow),
neuralforecast and darts. A peer that is not installed is skipped. Each series and each peer has a
process of its own, which runs a script of benchmarks/peers/. The last 12 values are held out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from skgru.datasets import load_airline_passengers, load_sunspots, make_sine
from skgru.metrics import symmetric_mean_absolute_percentage_error

JOB = {"units": 50, "window_length": 24, "horizon": 12, "epochs": 50, "batch_size": 32}
SAME, DEFAULT = "skgru, same network", "skgru, default"
OWN = "skgru, same network with season length"
# Label: script, environment (None: this one), variant.
SUBJECTS = {
    SAME: ("skgru", None, "same"),
    OWN: ("skgru", None, "own"),
    DEFAULT: ("skgru", None, "default"),
    "Keras by hand": ("keras", None, "same"),
    "skforecast": ("skforecast", "skforecast", "same"),
    "neuralforecast": ("neuralforecast", "neuralforecast", "same"),
    "neuralforecast, own decoder": ("neuralforecast", "neuralforecast", "default"),
    "darts": ("darts", "darts", "same"),
}
PEERS = ("skforecast", "neuralforecast", "darts")


def monthly(values, start):
    return pd.Series(
        np.asarray(values, float), pd.date_range(start, periods=len(values), freq="MS")
    )


def all_series():
    """Name: (series, season_length). Seattle's 48 months leave one pair of window and target.

    Monthly series have a season; the sunspots' cycle and the sine's period are not whole numbers.
    """
    from statsmodels.datasets import co2, elec_equip, elnino

    sunspots = load_sunspots()[:, 0]
    years = pd.date_range("1700-01-01", periods=len(sunspots), freq="YS")
    weekly = co2.load().data["co2"]
    months = elnino.load().data.set_index("YEAR").to_numpy().ravel()
    equipment = elec_equip.load().data.iloc[:, 0]
    return {
        "airline": (monthly(load_airline_passengers()[:, 0], "1949-01-01"), 12),
        "sunspots": (pd.Series(sunspots, years), None),
        "sine": (pd.Series(make_sine()[:, 0]), None),
        "co2": (monthly(weekly.resample("MS").mean().interpolate(), "1958-03-01"), 12),
        "elnino": (monthly(months, "1950-01-01"), 12),
        "elec_equip": (monthly(equipment, "1995-01-01"), 12),
    }


def measure(label, csv, season_length, folder, repeats):
    """What the peer's script prints, as a dict; None where its environment is missing."""
    script, environment, variant = SUBJECTS[label]
    python = Path(sys.executable) if environment is None else folder / environment / "bin/python"
    if not python.exists():
        return None
    job = JOB | {"csv": str(csv), "variant": variant, "season_length": season_length}
    path = Path(__file__).with_name("peers") / f"{script}_peer.py"
    done = subprocess.run(
        [str(python), str(path), json.dumps(job | {"repeats": repeats})],
        capture_output=True, text=True, check=False, cwd=csv.parent,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    results = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode == 0 and results:
        return json.loads(results[-1].removeprefix("RESULT "))
    if "ModuleNotFoundError" in done.stderr:
        print(done.stderr.splitlines()[-1])
        return None
    raise RuntimeError(f"{path.name} failed:\n{done.stderr[-3000:]}")


def add_errors(result, held_out):
    errors = [symmetric_mean_absolute_percentage_error(held_out, f) for f in result["forecasts"]]
    result["smape"], result["smape_of_seeds"] = float(np.mean(errors)), errors


def seasonal_naive(series, season_length, held_out):
    """Error of the value a season ago, of the last value without a season."""
    before = series.to_numpy()[: -len(held_out)]
    naive = np.resize(before[-(season_length or 1) :], len(held_out))
    return symmetric_mean_absolute_percentage_error(held_out, naive)


def print_series(name, n_rows, results, naive):
    print(f"\n{name}: {n_rows} rows, the last {JOB['horizon']} held out; naive sMAPE {naive:.2f}")
    print(f"{'':28}{'first fit s':>12}{'fit s':>9}{'forecast ms':>13}{'sMAPE':>8}  of each seed")
    for label, one in results.items():
        seeds = " ".join(f"{error:.2f}" for error in one["smape_of_seeds"])
        print(
            f"{label:28}{one['first_fit']:12.2f}{one['fit']:9.3f}{1000 * one['forecast']:13.3f}"
            f"{one['smape']:8.2f}  {seeds}",
            flush=True,
        )


def print_summary(table):
    """Ratios to the same network in skgru: the median over the series, and the least."""
    if not all(SAME in results for results in table.values()):
        return
    print("\nHow many times slower than skgru's same network: median over the series (least, most)")
    labels = dict.fromkeys(label for results in table.values() for label in results)
    for label in labels:
        if label == SAME:
            continue
        parts = []
        for what in ("first_fit", "fit", "forecast"):
            both = [(results[label], results[SAME]) for results in table.values()]
            ratios = [one[what] / ours[what] for one, ours in both]
            parts.append(
                f"{what} {statistics.median(ratios):.1f} ({min(ratios):.1f}, {max(ratios):.1f})"
            )
        print(f"  {label:28}" + "  ".join(parts))
    peers = [peer for peer in PEERS if peer in labels]
    if not peers:
        return
    for what in ("fit", "forecast"):
        ratios = {
            name: min(results[peer][what] for peer in peers) / results[SAME][what]
            for name, results in table.items()
        }
        each = "  ".join(f"{name} {ratio:.1f}" for name, ratio in ratios.items())
        print(f"Fastest peer, {what}: {each}")
    for label in (SAME, OWN, DEFAULT):
        wins = [
            name
            for name, results in table.items()
            if results[label]["smape"] <= min(results[peer]["smape"] for peer in peers)
        ]
        print(f"{label}: error no worse than the best peer's on {len(wins)} of {len(table)} series "
              f"({', '.join(wins) or 'none'})")  # fmt: skip


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", nargs="*", help="names of series; all if none")
    parser.add_argument("--peers", type=Path, default=Path("/tmp/peers"), help="environments")
    parser.add_argument("--repeats", type=int, default=11, help="forecasts a median is taken of")
    parser.add_argument("--passes", type=int, default=1, help="do everything so many times")
    parser.add_argument("--without", nargs="+", default=[], choices=SUBJECTS, metavar="LABEL")
    parser.add_argument("--json", type=Path, help="file for all that was measured")
    return parser.parse_args()


def one_pass(options, series, folder):
    table, versions = {}, {}
    for name, (values, season_length) in series.items():
        csv = folder / f"{name}.csv"
        index_name = "date" if isinstance(values.index, pd.DatetimeIndex) else "row"
        values.rename("value").to_csv(csv, index_label=index_name)
        held_out = values.to_numpy()[-JOB["horizon"] :]
        results = {}
        for label in [label for label in SUBJECTS if label not in options.without]:
            result = measure(label, csv, season_length, options.peers, options.repeats)
            if result is None:
                print(f"{label}: skipped, not installed in {options.peers}")
                continue
            add_errors(result, held_out)
            results[label] = result
            versions |= result["versions"] if SUBJECTS[label][1] is None else {}
            if SUBJECTS[label][1] is not None:
                versions[label] = result["versions"]
        print_series(name, len(values), results, seasonal_naive(values, season_length, held_out))
        table[name] = results
    print_summary(table)
    print("Versions:", versions)
    return table


if __name__ == "__main__":
    options = arguments()
    series = all_series()
    if unknown := set(options.series) - set(series):
        sys.exit(f"No such series: {', '.join(sorted(unknown))}. Choose from {', '.join(series)}.")
    series = {name: series[name] for name in options.series or series}
    with tempfile.TemporaryDirectory() as folder:
        passes = [one_pass(options, series, Path(folder)) for _ in range(options.passes)]
    if options.json:
        options.json.write_text(json.dumps(passes))
