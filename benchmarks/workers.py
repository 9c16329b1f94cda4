"""One and two worker processes: their price, and a backtest with a fit at each forecast origin.

    python benchmarks/workers.py loky        # or: dask, which needs the package distributed

Prints for each number of workers the seconds of a first and of a later backtest, and for each
worker its memory, its threads, and how many of them ran at once in the later backtest. One thread
that runs in each worker means that the workers do not wait for each other's cores.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

import joblib
import numpy as np

from skgru import GRURegressor, SequenceForecaster
from skgru.model_selection import backtest


def status_of(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    values = dict(line.split(":", 1) for line in lines if ":" in line)
    return {"MB": int(values["VmRSS"].split()[0]) // 1024, "threads": int(values["Threads"])}


def n_running(pid: int) -> int:
    """Threads of a process that run or wait for a core, without the one that counts."""
    n = -1 if pid == os.getpid() else 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            n += task.joinpath("stat").read_text().rsplit(")", 1)[1].split()[0] == "R"
        except OSError:
            pass  # it has ended
    return n


class Sampler:
    """Counts the running threads of processes, fifty times a second."""

    def __init__(self, pids: list[int]) -> None:
        self.pids, self.counts = pids, {pid: [] for pid in pids}
        self._ends = threading.Event()

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self._sample)
        thread.start()
        yield
        self._ends.set()
        thread.join()

    def _sample(self) -> None:
        while not self._ends.wait(0.02):
            for pid in self.pids:
                self.counts[pid].append(n_running(pid))

    def means(self) -> dict[int, float]:
        """Mean of the times in which any thread of the process ran."""
        return {
            pid: float(np.mean([one for one in counts if one]))
            for pid, counts in self.counts.items()
        }


def job():
    rng = np.random.default_rng(0)
    series = np.sin(np.arange(600) / 5).reshape(-1, 1) + 0.1 * rng.normal(size=(600, 1))
    network = GRURegressor(16, epochs=30, random_state=0)
    forecaster = SequenceForecaster(network, window_length=24, horizon=6, random_state=0)
    return lambda: backtest(forecaster, series, initial=400, step=8, refit=True).forecast


def seconds(work) -> tuple[float, np.ndarray]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


@contextmanager
def workers(kind: str, n: int):
    if kind == "loky":
        with joblib.parallel_config(backend="loky", n_jobs=n):
            # Two calls for each worker, so that each has one.
            yield lambda: list(
                {*joblib.Parallel(n_jobs=n)(joblib.delayed(_slow_pid)() for _ in range(4 * n))}
            )
        return
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=n, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        yield lambda: list(client.run(os.getpid).values())


def _slow_pid() -> int:
    time.sleep(0.2)
    return os.getpid()


def report(name: str, n: int, first: float, later: float, pids: list[int], sampler: Sampler):
    print(f"{name}, {n} worker{'s' if n > 1 else ''}: first {first:.1f} s, later {later:.2f} s")
    for pid, mean in sampler.means().items():
        status = status_of(pid)
        print(
            f"  a worker: {status['MB']} MB, {status['threads']} threads, "
            f"{mean:.2f} of them run at once"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["loky", "dask"])
    kind = parser.parse_args().kind
    work = job()
    first, expected = seconds(work)
    sampler = Sampler([os.getpid()])
    with sampler.running():
        later, _ = seconds(work)
    report("this process", 1, first, later, [os.getpid()], sampler)
    with workers(kind, 2) as pids_of:  # joblib runs a single job in this process
        first, result = seconds(work)
        assert np.array_equal(result, expected)
        pids = pids_of()
        sampler = Sampler(pids)
        with sampler.running():
            later, _ = seconds(work)
        report(kind, 2, first, later, pids, sampler)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
