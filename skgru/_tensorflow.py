"""Whether and how this process uses TensorFlow: its import, forks, and the end of the process."""

from __future__ import annotations

import importlib
import os
import sys
import threading

# The modules through which the rest of the package uses the engine.
ENGINE = ("trainer", "compiled_inference", "keras_export")


class _Process:
    """What this process has done with TensorFlow.

    has_run : the engine has computed something; is_forked : this process was forked from one in
    which TensorFlow had run, and has none of its threads; is_loaded : the engine was imported.
    """

    has_run = False
    is_forked = False
    is_loaded = False
    importing: threading.Thread | None = None
    error: BaseException | None = None
    lock = threading.Lock()


def _after_fork_in_child() -> None:
    is_importing = _Process.importing is not None and not _Process.is_loaded
    if _Process.has_run or is_importing or _has_context():
        _Process.is_forked = True
    _Process.importing, _Process.lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork_in_child)


def _has_context() -> bool:
    """Whether anything in this process, skgru or not, has started TensorFlow's threads."""
    module = sys.modules.get("tensorflow.python.eager.context")
    context = getattr(module, "_context", None)
    return getattr(context, "_context_handle", None) is not None


def has_tensorflow() -> bool:
    """Whether this process has loaded TensorFlow, for skgru or for something else, and can use
    it.
    """
    return "tensorflow" in sys.modules and why_unusable() is None


def why_unusable() -> str | None:
    """Why this process cannot use TensorFlow; None if it can."""
    if _Process.is_forked:
        return (
            "TensorFlow does not work in this process, which was forked from one that had used "
            "TensorFlow. Start processes with multiprocessing.get_context('spawn') or "
            "'forkserver', or with joblib's backend 'loky', or fork before the first fit. Small "
            "and large predictions of fitted estimators work here."
        )
    # Exit handlers run in the main thread after it has ended. What TensorFlow starts then crashes.
    main = threading.main_thread()
    if threading.current_thread() is main and not main.is_alive():
        return (
            "TensorFlow cannot be used while the process ends, as in a function of "
            "atexit.register. Train before the end of the program. Predictions of fitted "
            "estimators work here."
        )
    return None


def load_engine() -> None:
    """Import the engine, and TensorFlow with it.

    The import runs in a thread of its own. A KeyboardInterrupt in the middle of it would leave
    modules of TensorFlow half imported, and no later fit of the process would work. So an interrupt
    only ends the waiting, and a later call waits for the same import.

    Raises RuntimeError in a process that cannot use TensorFlow.
    """
    if (reason := why_unusable()) is not None:
        raise RuntimeError(reason)
    if _Process.is_loaded:
        _Process.has_run = True
        return

    thread = _Process.importing
    if thread is None or not thread.is_alive():
        thread = threading.Thread(target=_import_engine, name="skgru-import")
        thread.start()
        _Process.importing = thread
    thread.join()
    if not _Process.is_loaded:
        assert _Process.error is not None
        raise _Process.error
    _Process.has_run = True


def _import_engine() -> None:
    with _Process.lock:
        if _Process.is_loaded:
            return
        try:
            for name in ENGINE:
                importlib.import_module(f"skgru._engine.{name}")
            importlib.import_module("tensorflow.compat.v1")  # else imported at the first program
        except BaseException as error:
            _Process.error = _with_reason(error)
        else:
            _Process.is_loaded = True


def _with_reason(error: BaseException) -> BaseException:
    """An error of an import. If there are no file descriptors, modules raise errors of many kinds,
    for example that no folder for temporary files exists.
    """
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as reason:
        clear = OSError(
            reason.errno,
            f"TensorFlow cannot be imported: {reason.strerror}. Close files, or allow more of them "
            "with 'ulimit -n'.",
        )
        clear.__cause__ = error
        return clear
    return error
