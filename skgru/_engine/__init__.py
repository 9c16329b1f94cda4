"""All that imports TensorFlow. Importing this package is what loads it, without its start-up
messages.

Estimators import from here inside `fit` and `predict`, never at the top of a file.
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
    """Hold back what is written to standard error at the level of the operating system, and give on
    the rest.
    """
    try:
        sys.stderr.flush()
        standard_error = os.dup(2)
    except (OSError, AttributeError, ValueError):  # no standard error, nothing to keep clean
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
        if not os.environ.get("KERAS_BACKEND"):  # goes before what keras.json says
            os.environ["KERAS_BACKEND"] = "tensorflow"
        # Before Keras is imported, which would say no more than that there is no jax.
        _check_backend(os.environ["KERAS_BACKEND"])
    # Every session then has threads of its own number (see program.py), not the first one's.
    os.environ.setdefault("TF_OVERRIDE_GLOBAL_THREADPOOL", "1")
    level = os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3")  # workers inherit ours from their parent
    if "tensorflow" in sys.modules or level != "3":
        import keras  # whoever chose another level wants to see the messages
    else:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        with _without_chatter():
            import keras
        # Its advice on retracing is for us, not for users.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    _check_backend(keras.backend.backend())


_load()
