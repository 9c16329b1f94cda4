"""Peak memory of a global model of 100,000 series of 100 rows in a memory-mapped file.

    python benchmarks/series_from_disk.py partial_fit     # blocks of 5,000 series, one epoch
    python benchmarks/series_from_disk.py forecaster      # SequenceForecaster, all series at once

Prints the memory above that of a process that has trained a small network. It includes the pages of
the file (40 MB) that were read.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skgru import GRURegressor, SequenceForecaster

N_ROWS, BLOCK, WINDOW = 100, 5000, 24


def resident() -> float:
    """Resident memory of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


class Peak:
    """The largest resident memory, looked at a hundred times a second."""

    def __init__(self) -> None:
        self.value, self._ends = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ends.wait(0.01):
            self.value = max(self.value, resident())

    def end(self) -> float:
        self._ends.set()
        self._thread.join()
        return self.value


def write(path: Path, n_series: int) -> None:
    panel = np.lib.format.open_memmap(path, "w+", np.float32, (n_series, N_ROWS))
    rng, rows = np.random.default_rng(0), np.arange(N_ROWS) / 2
    for first in range(0, n_series, BLOCK):
        part = panel[first : first + BLOCK]
        shift = rng.uniform(0, 6, (len(part), 1))
        part[:] = 20 + 5 * np.sin(rows + shift) + rng.normal(size=part.shape)
    panel.flush()


def partial_fit(panel: np.ndarray) -> None:
    network = GRURegressor(16, batch_size=1024, random_state=0)
    for first in range(0, len(panel), BLOCK):
        part = panel[first : first + BLOCK]
        windows = sliding_window_view(part, WINDOW + 1, axis=1).reshape(-1, WINDOW + 1)
        windows = windows - windows[:, WINDOW - 1 : WINDOW]
        network.partial_fit(windows[:, :WINDOW], windows[:, WINDOW])


def forecaster(panel: np.ndarray) -> None:
    network = GRURegressor(16, epochs=1, batch_size=1024, random_state=0)
    SequenceForecaster(
        network,
        window_length=WINDOW,
        horizon=4,
        season_length=12,
        pretrained=None,
        theta_weight=0,
        random_state=0,
    ).fit(list(panel))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=["partial_fit", "forecaster"])
    parser.add_argument("--n-series", type=int, default=100_000)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    GRURegressor(16, epochs=1, random_state=0).fit(rng.normal(size=(600, WINDOW)), rng.random(600))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.npy"
        write(path, options.n_series)
        panel = np.load(path, mmap_mode="r")
        before, peak, start = resident(), Peak(), time.perf_counter()
        {"partial_fit": partial_fit, "forecaster": forecaster}[options.job](panel)
        seconds, above = time.perf_counter() - start, peak.end() - before
    print(f"{options.job}, {options.n_series} series: {above:.0f} MB above, {seconds:.0f} s")


if __name__ == "__main__":
    main()
