"""A file written as a whole, or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file, or make it. After an error or a kill, the file at `path` is the earlier one.

    The bytes go to a temporary file in the same folder, whose name ends with ".tmp". It takes the
    place of the other one as soon as the disk has all of it.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    mode = path.stat().st_mode if path.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb") as device:  # a device or a pipe has no earlier content
            device.write(data)
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        _write(temporary, data, mode)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _write(path: Path, data: bytes, mode: int | None) -> None:
    """A new file with the permissions of a new file, or with those given."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        if mode is not None:
            os.chmod(path, stat.S_IMODE(mode))
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Have the disk keep the new name too, where the system can do so."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
