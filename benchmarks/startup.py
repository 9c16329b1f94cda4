"""Processor time of a whole process: forecasts against the import of pandas and scikit-learn.

python benchmarks/startup.py [repeats]

Each row is the median of the ratios of processes in turn.
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
    main(*map(int, sys.argv[1:]))
