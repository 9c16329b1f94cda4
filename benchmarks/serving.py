"""The service of examples/serving on loopback: memory, first answer, latency and throughput.

python benchmarks/serving.py [clients] [seconds]

Needs fastapi, uvicorn, httpx (the extra `serving`) and Linux. The clients run on the same machine
and take about as much processor time as the service.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
import numpy as np

FOLDER = Path(__file__).parents[1] / "examples" / "serving"
PEER = "import pandas, sklearn"
WORKERS, REPEATS = 2, 5
SAVES = """
import sys, skgru
from skgru.datasets import load_airline_passengers
series = load_airline_passengers(as_frame=True)["passengers"].to_timestamp()
skgru.save(skgru.SequenceForecaster(horizon=12, random_state=0).fit(series[:-1]), sys.argv[1])
"""
ROW = [{"month": "1960-12-01", "passengers": 432.0}]
# What a process of the service does until its first answer, without a socket.
FIRST = """
import sys, asyncio
sys.path.insert(0, sys.argv[2])
from service import create_app
app, sent = create_app(sys.argv[1]), []
scope = {"type": "http", "method": "GET", "path": "/forecast", "headers": [], "query_string": b""}
async def receive(): return {"type": "http.request"}
async def send(message): sent.append(message)
asyncio.run(app(scope, receive, send))
assert sent[0]["status"] == 200, sent
"""
# The same answer of the library alone.
ALONE = """
import sys, pandas, skgru
forecaster = skgru.load(sys.argv[1])
forecaster.forecast(12).to_csv()
assert "tensorflow" not in sys.modules
"""


def seconds_of(code: str, *argv: object) -> float:
    """Processor time of a process."""
    before = os.times()
    subprocess.run([sys.executable, "-c", code, *map(str, argv)], check=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def print_first_answer(path: Path) -> None:
    for name, code in (("skgru.load and forecast", ALONE), ("the service", FIRST)):
        seconds_of(code, path, FOLDER)  # not counted: files of a first run are written
        pairs = [(seconds_of(code, path, FOLDER), seconds_of(PEER)) for _ in range(REPEATS)]
        ours, theirs = (median(times) for times in zip(*pairs, strict=True))
        ratio = median(own / peer for own, peer in pairs)
        print(f"first answer, {name}: {ours:.2f} s | {PEER} {theirs:.2f} s | ratio {ratio:.2f}")


def start(path: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(FOLDER / "service.py"), str(port), str(WORKERS)]
    environment = {**os.environ, "SKGRU_MODEL": str(path)}
    return subprocess.Popen(command, env=environment, start_new_session=True)


def wait_for(url: str) -> None:
    for _ in range(600):
        try:
            httpx.get(f"{url}/forecast").raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the service does not answer")


def workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()
    ]


def memory_of(pid: int) -> tuple[float, float]:
    """Resident memory, and its peak, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {name: line.split()[1] for line in lines for name in ("VmRSS", "VmHWM") if name in line}
    return int(found["VmRSS"]) / 1000, int(found["VmHWM"]) / 1000


async def one_client(
    url: str, stop: float, times: list[float], wrong: list[object], differ: bool = False
) -> None:
    """differ : each request is for another interval, so that the service knows no answer yet."""
    path = "/forecast"
    async with httpx.AsyncClient(timeout=60) as client:
        while time.perf_counter() < stop:
            began = time.perf_counter()
            try:
                if differ:
                    path = f"/forecast?coverage={random.uniform(0.5, 0.95)}"
                answer = await client.get(url + path)
                if answer.status_code != 200 or len(answer.json()["rows"]) != 12:
                    wrong.append(answer.status_code)
            except httpx.HTTPError as error:
                wrong.append(repr(error))
            times.append(time.perf_counter() - began)


async def load(
    url: str, n_clients: int, seconds: float, differ: bool
) -> tuple[list[float], list[object]]:
    """Times and errors of clients that each ask again as soon as they have an answer."""
    times: list[float] = []
    wrong: list[object] = []
    stop = time.perf_counter() + seconds
    clients = [one_client(url, stop, times, wrong, differ) for _ in range(n_clients)]
    await asyncio.gather(*clients, update_amid(url, seconds / 2))
    return times, wrong


async def update_amid(url: str, after: float) -> None:
    await asyncio.sleep(after)
    async with httpx.AsyncClient(timeout=60) as client:
        began = time.perf_counter()
        (await client.post(f"{url}/rows", json=ROW)).raise_for_status()
        print(f"update amid the load: {1000 * (time.perf_counter() - began):.0f} ms")


def print_load(url: str, n_clients: int, seconds: float, differ: bool) -> None:
    times, wrong = asyncio.run(load(url, n_clients, seconds, differ))
    kind = "different" if differ else "equal"
    p50, p99 = 1000 * np.percentile(times, [50, 99])
    print(
        f"{n_clients} clients, {kind} requests: {len(times) / seconds:.0f} answers/s | "
        f"p50 {p50:.0f} ms | "
        f"p99 {p99:.0f} ms | {len(times)} answers, {len(wrong)} errors {wrong[:2] or ''}"
    )


def main(n_clients: int = 100, seconds: float = 20) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passengers.skgru"
        subprocess.run([sys.executable, "-c", SAVES, path], check=True, capture_output=True)
        print_first_answer(path)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url, service = f"http://127.0.0.1:{port}", start(path, port)
        try:
            wait_for(url)
            for differ in (False, True):
                times: list[float] = []
                asyncio.run(one_client(url, time.perf_counter() + 2, times, [], differ))
                kind = "different" if differ else "equal"
                print(f"one client, {kind} requests: p50 {1000 * median(times):.1f} ms")
            print_load(url, n_clients, seconds, differ=False)
            print_load(url, n_clients, seconds, differ=True)
            after = {httpx.get(f"{url}/forecast").json()["rows"][0]["month"] for _ in range(20)}
            print(f"first month of forecasts after the update: {', '.join(sorted(after))}")
            for pid in workers_of(service.pid):
                now, most = memory_of(pid)
                print(f"worker {pid}: {now:.0f} MB resident, {most:.0f} MB at most")
        finally:
            os.killpg(service.pid, signal.SIGTERM)
            service.wait(30)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
