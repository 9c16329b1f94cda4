"""Training and prediction with TensorFlow and Keras, which this package imports without their
start-up messages.

Estimators import from here inside methods, never at the top of a file.
"""

import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# TF_CPP_MIN_LOG_LEVEL does not silence what TensorFlow prints before its logger has started.
_CHATTER = re.compile(
    rb"^(WARNING: All log messages before absl::InitializeLog|[IWE]\d{4} "
    rb"|\d{4}-\d\d-\d\d .*: [IWE] "
    rb"|To enable the following instructions)"
)


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Drop TensorFlow's start-up messages from the standard error of the process. All other output
    is written at the end.
    """
    try:
        sys.stderr.flush()
        standard_error = os.dup(2)
    except (OSError, AttributeError, ValueError):  # there is no standard error
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(standard_error, 2)
            os.close(standard_error)
            held.seek(0)
            rest = b"".join(line for line in held if not _CHATTER.match(line))
            if rest:
                os.write(2, rest)


def _check_backend(name: str) -> None:
    if name != "tensorflow":
        raise ImportError(
            f"KERAS_BACKEND={name!r}, but skgru needs Keras on TensorFlow. Set the environment "
            "variable KERAS_BACKEND=tensorflow before Keras is imported."
        )


def _load() -> None:
    if "keras" not in sys.modules:
        if not os.environ.get("KERAS_BACKEND"):  # takes precedence over keras.json
            os.environ["KERAS_BACKEND"] = "tensorflow"
        # Before the import of Keras, whose own error only names a missing backend such as jax.
        _check_backend(os.environ["KERAS_BACKEND"])
    # Each session then has its own number of threads (see program.py), not that of the first one.
    os.environ.setdefault("TF_OVERRIDE_GLOBAL_THREADPOOL", "1")
    level = os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3")  # worker processes inherit it
    if "tensorflow" in sys.modules or level != "3":
        import keras  # the user wants to see the messages
    else:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        with _without_chatter():
            import keras
        # TensorFlow's warnings about retracing do not concern users of skgru.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    _check_backend(keras.backend.backend())


_load()
