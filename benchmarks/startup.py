"""Processor time of a whole process: forecasts against the import of pandas and scikit-learn.

    python benchmarks/startup.py [repeats]
    python benchmarks/startup.py cache [repeats]    # with the persistent cache of XLA

Each row is the median of the ratios of processes in turn. With `cache`: the seconds of a first fit
in new processes, first without and then with one folder for compiled programs, and the number of
files in it. A process that adds a file has compiled.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

PEER = "import pandas, sklearn"
SERIES = """
import numpy as np, pandas as pd
from skgru import SequenceForecaster
index = pd.date_range("2015", periods=96, freq="MS")
series = pd.Series(100 + 10 * np.sin(np.arange(96) * np.pi / 6), index=index)
series += np.random.default_rng(0).normal(size=96)
"""
ZERO_SHOT = 'print(SequenceForecaster(horizon=12, pretrained="only").fit(series).forecast())'
SAVES = """
import sys, joblib
joblib.dump(SequenceForecaster(horizon=12, random_state=0).fit(series), sys.argv[1])
"""
LOADED = "import sys, pandas, joblib; print(joblib.load(sys.argv[1]).forecast())"
JOBS = {
    "import skgru": "import pandas, skgru",
    "zero-shot forecast, printed": SERIES + ZERO_SHOT,
    "forecast of a loaded forecaster, printed": LOADED,
    "the same after the import of TensorFlow": "import tensorflow\n" + LOADED,
}


FIRST_FIT = """
import time
import numpy as np, tensorflow
from skgru import GRURegressor
windows = np.random.default_rng(0).normal(size=(600, 24))
start = time.perf_counter()
network = GRURegressor([32, 32], epochs=2, dropout=0.1, random_state=0)
network.fit(windows, windows[:, -1])
print(time.perf_counter() - start)
"""


def with_cache(repeats: int = 6) -> None:
    """Seconds of a first fit in new processes, without and with the persistent cache of XLA."""
    with tempfile.TemporaryDirectory() as folder:
        for flags in ("", f"--tf_xla_persistent_cache_directory={folder}"):
            for _ in range(repeats):
                environment = os.environ | {"TF_XLA_FLAGS": flags}
                command = [sys.executable, "-c", FIRST_FIT]
                printed = subprocess.run(
                    command, check=True, capture_output=True, text=True, env=environment
                )
                n_files = len(list(Path(folder).iterdir()))
                name = "with the cache" if flags else "without"
                print(f"{name}: first fit {float(printed.stdout):.1f} s, {n_files} files")


def processor_seconds(code: str, path: Path) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])  # of children, user and system


def main(repeats: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forecaster.joblib"
        processor_seconds(SERIES + SAVES, path)
        for name, code in JOBS.items():
            processor_seconds(code, path)  # not counted: files of a first run are written
            pairs = [
                (processor_seconds(code, path), processor_seconds(PEER, path))
                for _ in range(repeats)
            ]
            ours, theirs = (median(times) for times in zip(*pairs, strict=True))
            ratio = median(own / peer for own, peer in pairs)
            print(f"{name} | {PEER} {theirs:.2f} s | skgru {ours:.2f} s | ratio {ratio:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["cache"]:
        with_cache(*map(int, sys.argv[2:]))
    else:
        main(*map(int, sys.argv[1:]))
