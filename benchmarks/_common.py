"""Shared by the benchmarks: reference data, the stock Keras network, timing, printed lines."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

import skgru._engine  # noqa: F401  TensorFlow, quietly, and before anyone else sets it up

# Parameters that give the network of the peers.
AS_IN_KERAS = {"learning_rate": 0.001, "normalize_X": False}


def make_pairs(n_windows: int, window_length: int = 10, n_channels: int = 1):
    """float32 windows (n_windows, window_length, n_channels) and targets (n_windows, 1).

    One channel is the reference job's sine, scaled to [0, 1]; more are sines of other frequencies.
    """
    n_rows = n_windows + window_length
    angles = np.linspace(0, n_rows / 10, n_rows)[:, np.newaxis] * np.arange(1, n_channels + 1)
    series = ((np.sin(angles) + 1) / 2).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(series, window_length, axis=0)[:-1]
    return windows.transpose(0, 2, 1), series[window_length:, :1]


def stock_model(units: int, window_length: int, n_channels: int, learning_rate: float = 0.001):
    """The network as a Keras user writes it, compiled."""
    import keras

    layers = [keras.Input((window_length, n_channels)), keras.layers.GRU(units)]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="mean_squared_error")
    return model


def seconds(function: Callable[[], Any]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def in_turn(repeats: int, **functions: Callable[[], Any]) -> dict[str, list[float]]:
    """Seconds of each call of each function, in turn: other work on the machine slows all alike."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            times[name].append(seconds(function))
    return times


def alternate(repeats: int, **functions: Callable[[], Any]) -> dict[str, float]:
    """Least seconds of each function, called in turn."""
    return {name: min(times) for name, times in in_turn(repeats, **functions).items()}


def report_epochs(name: str, times: dict[str, list[float]]) -> None:
    """All times of epochs in turn, and the ratios of the smallest times and of the means.

    The times of stock Keras vary from epoch to epoch in one process, so each is printed.
    """
    for whose, epochs in times.items():
        print(f"{name}, epochs in turn, {whose}: {', '.join(f'{s:.3g}' for s in epochs)} s")
    for how, summary in (("least", min), ("mean", fmean)):
        n = len(times["ours"])
        stock, ours = summary(times["stock"]), summary(times["ours"])
        report(f"{name}, {how} of {n}", "stock Keras", stock, ours)


def report(job: str, peer: str, peer_seconds: float | None, ours: float) -> None:
    """One line: both times and their ratio."""
    if peer_seconds is None:
        print(f"{job} | {peer}: skipped, no torch | skgru {ours:.4g} s")
        return
    print(
        f"{job} | {peer} {peer_seconds:.4g} s | skgru {ours:.4g} s | "
        f"ratio {peer_seconds / ours:.2f}",
        flush=True,
    )


def torch_seconds(python: str, **job: Any) -> float | None:
    """Seconds an epoch that `torch_peer.py` takes in the given interpreter; None without torch."""
    script = Path(__file__).with_name("torch_peer.py")
    done = subprocess.run(
        [python, str(script), json.dumps(job)], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return float(done.stdout)
    if "ModuleNotFoundError" in done.stderr:
        return None
    raise RuntimeError(done.stderr)


def arguments(description: str, jobs: tuple[str, ...]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("jobs", nargs="*", metavar="job", help=f"of {', '.join(jobs)}; all if none")
    parser.add_argument("--quick", action="store_true", help="time 5 peer epochs, scaled to 50")
    parser.add_argument("--torch-python", default=sys.executable, help="interpreter with torch")
    chosen = parser.parse_args()
    if unknown := set(chosen.jobs) - set(jobs):
        parser.error(f"no such job: {', '.join(sorted(unknown))}; choose from {', '.join(jobs)}")
    chosen.jobs = chosen.jobs or list(jobs)
    return chosen
