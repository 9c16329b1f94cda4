"""The files that a command reads and writes: no file that is read is written, and none twice."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from skgru._cli.errors import Refused

READ = {"data": "the data", "future": "--future", "model": "--model"}
WRITTEN = {name: f"--{name}" for name in ("output", "forecasts", "plot", "save")}


def check_files(given: Namespace) -> None:
    """Raise if a file would be lost: one that is read too, or is written twice."""
    seen: dict[Path, str] = {}
    for name, what in {**READ, **WRITTEN}.items():
        text = getattr(given, name, None)
        if not text or text == "-":
            continue
        path = Path(text).resolve()
        if path.exists() and not path.is_file():  # a terminal, or /dev/null
            continue
        other = seen.setdefault(path, what)
        is_new_model = (name, other) == ("save", "--model")  # the model goes on in its file
        if name in WRITTEN and other != what and not is_new_model:
            raise Refused(
                f"--{name} {text} is also the file of {other}, which would be lost. Give another "
                "file."
            )
