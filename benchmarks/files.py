"""Files of `skgru.save` beside pickles: size, seconds, and what damaged files do.

python benchmarks/files.py [--damaged N]

Prints size and milliseconds of saving and loading for fitted estimators. Then N copies (default
300) of a pickle and of a file of a small network are damaged, one byte each, and counted: refused,
same predictions, other predictions. Needs the extra `files`.
"""

from __future__ import annotations

import argparse
import io
import pickle
import statistics
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import skgru
from skgru import GRURegressor, SequenceForecaster, make_windows

N_TIMES = 5


def estimators() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    wave = np.sin(np.arange(300) * 2 * np.pi / 12) + 0.1 * rng.normal(size=300) + 3
    X, y = make_windows(wave.reshape(-1, 1), window_length=10)
    series = [wave[:100] * rng.uniform(1, 9) for _ in range(1000)]
    return {
        "SequenceForecaster, one series": SequenceForecaster(
            horizon=12, season_length=12, random_state=0
        ).fit(wave.reshape(-1, 1)),
        "GRURegressor(16)": GRURegressor(16, epochs=1, random_state=0).fit(X, y),
        "GRURegressor(256)": GRURegressor(256, epochs=1, random_state=0).fit(X, y),
        "SequenceForecaster, 1,000 series": SequenceForecaster(
            horizon=12, season_length=12, random_state=0
        ).fit(series),
    }


def milliseconds(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(N_TIMES):
        started = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def count_damaged(content: bytes, load: Callable[[bytes], Any], n: int) -> Counter:
    """Outcomes of loading copies with one byte changed, and predicting."""
    windows = np.linspace(0, 1, 30).reshape(3, 10)
    expected = load(content).predict(windows)
    rng, outcomes = np.random.default_rng(0), Counter()
    for _ in range(n):
        damaged = bytearray(content)
        damaged[rng.integers(len(damaged))] ^= 1 << int(rng.integers(8))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = load(bytes(damaged)).predict(windows)
            is_same = np.array_equal(found, expected, equal_nan=True)
            outcomes["same predictions" if is_same else "other predictions"] += 1
        except Exception:
            outcomes["refused"] += 1
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--damaged", type=int, default=300, metavar="N")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estimator.skgru"
        print(f"{'estimator':34} {'file':>9} {'pickle':>9} {'save':>9} {'load':>9}")
        small = None
        for name, estimator in estimators().items():
            small = estimator if name == "GRURegressor(16)" else small
            skgru.save(estimator, path)
            saving = milliseconds(lambda one=estimator: skgru.save(one, path))
            loading = milliseconds(lambda: skgru.load(path))
            sizes = path.stat().st_size / 1000, len(pickle.dumps(estimator)) / 1000
            kilobytes = " ".join(f"{size:6.0f} kB" for size in sizes)
            print(f"{name:34} {kilobytes} {saving:6.1f} ms {loading:6.1f} ms", flush=True)
        skgru.save(small, path)

        def load_file(content: bytes) -> Any:
            path.write_bytes(content)
            return skgru.load(path)

        kinds = {
            "file": (path.read_bytes(), load_file),
            "pickle": (pickle.dumps(small), lambda content: pickle.load(io.BytesIO(content))),
        }
        for kind, (content, load) in kinds.items():
            print(f"damaged, {kind}:", dict(count_damaged(content, load, options.damaged)))


if __name__ == "__main__":
    main()
