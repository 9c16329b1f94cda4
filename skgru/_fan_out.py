"""Calls in several workers by joblib: threads, processes, or a cluster of dask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from skgru._warnings import warn_user

# Errors of the backends if a worker has ended: of loky, and of dask if data of a call are lost.
LOST_WORKER = frozenset(
    {
        "BrokenProcessPool",
        "CancelledError",
        "FutureCancelledError",
        "FuturesCancelledError",
        "TerminatedWorkerError",
    }
)

# How often calls are repeated. A call that ends its worker, for want of memory, fails at last.
REPEATS = 2


@dataclass(frozen=True)
class _Call:
    """A function and its arguments as one small object. Large arguments of their own would be
    placed in a single worker of dask, and be lost with it.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def run(self) -> Any:
        return self.function(*self.arguments)


def _run(call: _Call) -> Any:
    return call.run()


def fan_out(
    function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], n_jobs: int | None
) -> Iterator[Any]:
    """The results of function(*call), in the order of the calls.

    If a worker has ended, the calls without a result are made again, with a warning.
    """
    n_done, n_repeats = 0, 0
    is_lazy = get_active_backend()[0].supports_return_generator
    while n_done < len(calls):
        parallel = Parallel(n_jobs=n_jobs, return_as="generator" if is_lazy else "list")
        rest = calls[n_done:]
        try:
            for result in parallel(delayed(_run)(_Call(function, call)) for call in rest):
                yield result
                n_done += 1
        except (Exception, asyncio.CancelledError) as error:
            names = {one.__name__ for one in type(error).__mro__}
            if not names & LOST_WORKER or n_repeats == REPEATS:
                raise
            n_repeats += 1
            warn_user(
                f"A worker process has ended ({type(error).__name__}). The "
                f"{len(calls) - n_done} parts without a result run again. If this happens often, "
                "set a smaller n_jobs, because each worker needs its own memory."
            )
