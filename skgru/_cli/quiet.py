"""TensorFlow imported without what it prints."""

from __future__ import annotations

import os
import sys
import tempfile


def without_chatter() -> None:
    """Import TensorFlow, whose C++ code writes to standard error, whatever its settings are."""
    from skgru._tensorflow import load_engine

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError):
        load_engine()
        return
    with tempfile.TemporaryFile() as chatter:
        try:
            os.dup2(chatter.fileno(), 2)
            load_engine()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
