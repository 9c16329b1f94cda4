"""What `verbose=1` shows: bars in a terminal or notebook, else lines.

The bars are a callback of scikit-learn, so that the epochs of a network stand below the regressors
of its forecaster.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from typing import Any


class TimeLeft:
    """Estimates the time that is left from the share that is done."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def text(self, share: float) -> str:
        """`, 2 min left`, or nothing below a second."""
        if share <= 0:
            return ""
        left = (time.monotonic() - self._start) * (1 - share) / share
        if left < 1:
            return ""
        return f", {as_time(left)} left"


def as_time(seconds: float) -> str:
    """`40 s`, `3 min` or `2.5 h`"""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def console() -> Any:
    """The console of rich, if it shows bars: in a terminal or a notebook, and in the main thread of
    the main process. Else None.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or multiprocessing.parent_process() is not None:
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    found = Console()
    return found if found.is_terminal or found.is_jupyter else None


class Display:
    """A bar for each task with subtasks: how many of them are done, and the time left.

    max_propagation_depth : as in `sklearn.callback.ProgressBar`.
    """

    def __init__(self, shown_in: Any, max_propagation_depth: int | None = None) -> None:
        self.max_propagation_depth = max_propagation_depth
        self._console = shown_in
        self._progress: Any = None
        self._bars: dict[int, Any] = {}  # by the id of the context
        self._n_done: dict[int, int] = {}
        self._lock = threading.Lock()

    def setup(self, estimator: Any, context: Any) -> None:
        from rich.errors import LiveError
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            TextColumn("{task.fields[text]}"),
            console=self._console,
        )
        try:
            self._progress.start()
        except LiveError:  # other bars are running, and this version of rich shows one set alone
            self._progress.disable = True

    def teardown(self, estimator: Any, context: Any) -> None:
        if self._progress is not None:
            self._progress.stop()

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        if context.max_subtasks == 0:
            return
        with self._lock:
            name = f"{'  ' * len(self._above(context))}{context.estimator_name}"
            bar = self._progress.add_task(name, total=context.max_subtasks, text="")
            self._bars[id(context)], self._n_done[id(context)] = bar, 0

    def on_fit_task_end(self, estimator: Any, context: Any) -> None:
        with self._lock:
            above, bar = self._above(context), self._bars.pop(id(context), None)
            if bar is not None and above:
                self._progress.remove_task(bar)
            elif bar is not None:  # the whole fit, which may have stopped early
                n_done = self._n_done[id(context)]
                self._progress.update(bar, total=n_done, completed=n_done)
            parent = id(context.parent)
            if parent in self._bars:
                self._n_done[parent] += 1
                self._progress.update(self._bars[parent], completed=self._n_done[parent])

    def show(self, context: Any, share: float, text: str) -> None:
        """Set the text beside the bar of a task, and the share of its running subtask."""
        with self._lock:
            if (bar := self._bars.get(id(context))) is not None:
                completed = self._n_done[id(context)] + share
                self._progress.update(bar, completed=completed, text=text)

    def _above(self, context: Any) -> list[Any]:
        """The bars of the tasks that this one is part of, the outermost first."""
        found = []
        while (context := context.parent) is not None:
            if id(context) in self._bars:
                found.append(self._bars[id(context)])
        return found[::-1]


def display_for(estimator: Any) -> Display | None:
    """The bars of an estimator with `verbose=1`. None if there are none, or its parent has them."""
    callbacks = getattr(estimator, "_skl_callbacks", ())
    if getattr(estimator, "verbose", 0) != 1 or callbacks:
        return None
    shown_in = console()
    return None if shown_in is None else Display(shown_in)
