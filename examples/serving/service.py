"""A service that forecasts from a file of `skgru.save`, without TensorFlow.

    python -m pip install ".[serving]"    # in a clone of skgru
    SKGRU_MODEL=sales.skgru python service.py 8000 2    # port and processes

The file is the state that all workers share. New rows are appended to the history in the file, and
each worker reads the file again when it has changed. An answer is from one version of the file.
"""

from __future__ import annotations

import copy
import fcntl
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from fastapi import Body, FastAPI, HTTPException, Query

import skgru

MOST_STEPS, MOST_ROWS, MOST_ANSWERS = 1_000, 100_000, 1_000


@dataclass(frozen=True)
class Version:
    """A fitted forecaster that is never changed. stamp : of the file that it was read from; known :
    answers that were computed before, because equal requests have equal answers.
    """

    forecaster: skgru.SequenceForecaster
    stamp: tuple[int, int, int]
    known: dict[tuple[int, float | None], list[dict[str, Any]]] = field(default_factory=dict)

    def answer(self, steps: int, coverage: float | None) -> list[dict[str, Any]]:
        """The rows of a forecast."""
        key = (steps, coverage)
        if key not in self.known:
            if coverage is None:
                answer = self.forecaster.forecast(steps)
            else:
                answer = self.forecaster.forecast_interval(steps, coverage, with_forecast=True)
            if len(self.known) >= MOST_ANSWERS:
                self.known.clear()
            self.known[key] = records(answer)
        return self.known[key]

    @property
    def name(self) -> str:
        return "-".join(format(one, "x") for one in self.stamp)


class Store:
    """The newest version of a file, for many threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._version = self._read()

    def current(self) -> Version:
        """The version in the file, which costs a look at its date unless it has changed."""
        version = self._version
        if self._stamp() == version.stamp:
            return version
        with self._lock:
            if self._stamp() != self._version.stamp:
                self._version = self._read()
            return self._version

    def update(self, rows: pd.DataFrame) -> tuple[Version, int]:
        """Append rows to the history in the file, and count them. Processes take turns, so that no
        row is lost.
        """
        with self._alone():
            forecaster = copy.copy(self.current().forecaster)
            if n_new := count_new(rows, forecaster):
                forecaster.update(rows)  # replaces attributes of the copy alone
                skgru.save(forecaster, self.path)  # whole, or not at all
        return self.current(), n_new

    def _read(self) -> Version:
        while True:
            stamp = self._stamp()
            forecaster = skgru.load(self.path)
            if stamp == self._stamp():  # else it was replaced meanwhile
                return Version(forecaster, stamp)

    def _stamp(self) -> tuple[int, int, int]:
        found = os.stat(self.path)
        return found.st_mtime_ns, found.st_ino, found.st_size

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with open(f"{self.path}.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
            yield


def frame_of(rows: list[dict[str, Any]], time: str) -> pd.DataFrame:
    """Rows of JSON as a frame with an index of dates, which must be written year first."""
    frame = pd.DataFrame(rows)
    if time not in frame:
        raise ValueError(f"rows have no field {time!r}. Give the date of each row there.")
    return frame.set_index(
        pd.DatetimeIndex(pd.to_datetime(frame.pop(time), format="ISO8601"), name=time)
    )


def count_new(rows: pd.DataFrame, forecaster: skgru.SequenceForecaster) -> int:
    """Number of rows that the history of their series does not hold yet."""
    following, group = forecaster.forecast(1), forecaster.group
    if group is None or group == "columns":
        return int(np.count_nonzero(rows.index >= following.index[0]))
    keys, time = [group] if isinstance(group, str) else list(group), following.index.name
    starts = following.reset_index()[[*keys, time]].rename(columns={time: "start"})
    merged = rows.reset_index(names=time).merge(starts, how="left", on=keys)
    return int(np.count_nonzero(merged["start"].isna() | (merged[time] >= merged["start"])))


def records(answer: Any) -> list[dict[str, Any]]:
    """A forecast as JSON: a dict for each row, with the date as text."""
    frame = answer.to_frame() if isinstance(answer, pd.Series) else answer
    name = str(frame.index.name or "time")
    columns = {str(one): frame[one].tolist() for one in frame.columns}
    rows = zip(frame.index.astype(str), *columns.values(), strict=True)
    return [dict(zip([name, *columns], row, strict=True)) for row in rows]


def create_app(path: str | None = None) -> FastAPI:
    """The service of the file at `path`, by default that of the variable SKGRU_MODEL."""
    store = Store(Path(path or os.environ["SKGRU_MODEL"]))
    if known := store.current().forecaster.known:
        raise ValueError(
            f"The forecaster has the future covariates {known}, but a request holds none. Serve "
            "a forecaster without known."
        )
    app = FastAPI(title="Forecasts")

    # A forecast takes milliseconds, so it runs in the event loop: threads would not be faster.
    @app.get("/forecast")
    async def forecast(
        steps: Annotated[int, Query(ge=1, le=MOST_STEPS)] = 12,
        coverage: Annotated[float | None, Query(gt=0, lt=1)] = None,
    ) -> dict[str, Any]:
        version = store.current()
        try:
            return {"version": version.name, "rows": version.answer(steps, coverage)}
        except ValueError as error:
            raise HTTPException(422, str(error)) from error

    # Without async: FastAPI runs it in another thread, because it waits for the disk.
    @app.post("/rows")
    def update(rows: Annotated[list[dict[str, Any]], Body(max_length=MOST_ROWS)]) -> dict[str, Any]:
        try:
            time = str(store.current().forecaster.forecast(1).index.name or "time")
            version, n_new = store.update(frame_of(rows, time))
            return {"version": version.name, "new_rows": n_new}
        except (ValueError, TypeError) as error:
            raise HTTPException(422, str(error)) from error

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"version": store.current().name}

    return app


def serve(port: int = 8000, workers: int = 2) -> None:
    """Run the service as `uvicorn --workers` does, with answers that are sent at once.

    The socket that uvicorn makes for several workers holds back the body of each answer for 40 ms
    (Nagle's algorithm). Sockets of clients inherit the option that is set here.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        "service:create_app", factory=True, port=port, workers=workers, access_log=False
    )
    listening = config.bind_socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    Multiprocess(config, sockets=[listening]).run()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
