"""Leaks: memory, threads and file descriptors of long processes, which must not grow.

python benchmarks/leaks.py [fits|predictions|architectures|callbacks|stock|models ...]
    [--share 0.1] [--plot leaks.png]

Each job runs in a process of its own and is measured after every fortieth of its calls. The table
holds what the second half of the calls adds. `--share` scales the number of calls.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
from _common import make_pairs

from skgru import GRURegressor

N_CALLS = {
    "fits": 500,
    "predictions": 20_000,
    "architectures": 100,
    "callbacks": 200,
    "stock": 100,
    "models": 200,
}
N_MEASURES = 40
X, Y = make_pairs(200)


def held() -> tuple[float, int, int]:
    """MB of memory, threads and file descriptors that this process holds."""
    gc.collect()
    with open("/proc/self/statm") as file:
        megabytes = int(file.read().split()[1]) * resource.getpagesize() / 1e6
    return megabytes, len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


def network(units=8, **parameters):
    return GRURegressor(units, epochs=2, batch_size=32, random_state=0, **parameters)


def caller(job, n_calls):
    """What the job calls, with the number of the call, which is below n_calls."""
    if job == "fits":
        return lambda i: network().fit(X[: 100 + i % 100], Y[: 100 + i % 100, 0])
    if job == "architectures":  # each is compiled anew, in both halves as large on average
        units = 2 + np.random.default_rng(0).permutation(n_calls)
        return lambda i: network(int(units[i])).fit(X, Y[:, 0]).predict(X)
    if job == "stock":
        return lambda i: network(jit_compile=False).fit(X, Y[:, 0])
    if job == "callbacks":
        import keras

        def with_callback(i):
            watch = keras.callbacks.EarlyStopping("loss", restore_best_weights=True)
            return network(callbacks=watch).fit(X, Y[:, 0])

        return with_callback
    fitted = network().fit(X, Y[:, 0])
    if job == "models":
        return lambda i: network().fit(X, Y[:, 0]).model_
    rng = np.random.default_rng(0)
    sizes = np.exp(rng.uniform(0, np.log(3000), n_calls)).astype(int)
    lengths = [fitted, *(network().fit(*make_pairs(200, length)) for length in (3, 30))]

    def predict(i):
        one = lengths[i % 3]
        windows = make_pairs(int(sizes[i % len(sizes)]), (10, 3, 30)[i % 3])[0]
        return one.predict(windows)

    return predict


def measure(job, n_calls):
    """(calls, MB, threads, descriptors) after each fortieth of the calls."""
    call, rows = caller(job, n_calls), []
    marks = {round(n_calls * k / N_MEASURES) for k in range(1, N_MEASURES + 1)}
    for i in range(n_calls):
        call(i)
        if i + 1 in marks:
            rows.append((i + 1, *held()))
    return rows


def report(job, rows, seconds):
    """A line of the table: the end, and what the second half of the calls adds."""
    calls, values = [row[0] for row in rows], np.array([row[1:] for row in rows])
    half = len(rows) // 2
    added = np.median(values[-5:], axis=0) - np.median(values[half : half + 5], axis=0)
    per_call = added[0] / max(1, calls[-1] - calls[half]) * 1000
    print(
        f"{job:14}{calls[-1]:>8,}{values[-1, 0]:>9.0f}{values[-1, 1]:>9.0f}{values[-1, 2]:>13.0f}"
        f"{added[0]:>12.1f}{per_call:>12.1f}{added[1]:>10.0f}{added[2]:>13.0f}{seconds:>9.0f}",
        flush=True,
    )


def draw(found, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    for axis, title in zip(axes, ("memory (MB)", "threads", "file descriptors"), strict=True):
        axis.set(title=title, xlabel="share of the calls")
    for job, rows in found.items():
        shares = np.array([row[0] for row in rows]) / rows[-1][0]
        for k, axis in enumerate(axes):
            axis.plot(shares, [row[k + 1] for row in rows], label=job)
    for axis in axes:
        axis.set_ylim(bottom=0)
    axes[0].legend(fontsize="small")
    figure.savefig(path, dpi=100)
    print(f"plot: {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jobs", nargs="*", default=list(N_CALLS), help=" ".join(N_CALLS))
    parser.add_argument("--share", type=float, default=1.0, help="share of the calls (0-1]")
    parser.add_argument("--plot", help="file of the picture")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.jobs) - set(N_CALLS):
        parser.error(f"unknown jobs {sorted(unknown)}: choose from {', '.join(N_CALLS)}")
    n_calls = {job: max(N_MEASURES, round(N_CALLS[job] * given.share)) for job in given.jobs}
    if given.child:
        (job,) = given.jobs
        print(json.dumps(measure(job, n_calls[job])))
        return
    print(
        f"{'':14}{'':>8}{'at the end':^31}{'added by the second half':^47}\n"
        f"{'job':14}{'calls':>8}{'MB':>9}{'threads':>9}{'descriptors':>13}"
        f"{'MB':>12}{'kB a call':>12}{'threads':>10}{'descriptors':>13}{'seconds':>9}"
    )
    found = {}
    for job in given.jobs:
        command = [sys.executable, __file__, job, "--child", "--share", str(given.share)]
        start = time.perf_counter()
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        found[job] = json.loads(printed.splitlines()[-1])
        report(job, found[job], time.perf_counter() - start)
    if given.plot:
        draw(found, given.plot)


if __name__ == "__main__":
    main()
