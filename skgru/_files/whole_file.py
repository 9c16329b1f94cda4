"""A file written as a whole, or not at all, and the messages about it."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

# What to do about errors of the operating system that are none of the path.
REMEDIES_OF_SYSTEM: dict[int | None, str] = {
    number: "Close files, or allow more of them with 'ulimit -n'."
    for number in (errno.EMFILE, errno.ENFILE)
}


def as_path(path: Any) -> Path:
    """The name of a file as a Path. Raises TypeError or ValueError if it cannot be one."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path={path!r} must be a str or a PathLike. Give the name of a file.")
    name = os.fspath(path)
    if not name or "\0" in name:
        what = "a null character" if name else "no character"
        raise ValueError(
            f"path={name!r} has {what}, but must be the name of a file. Give another name, for "
            "example 'model.skgru'."
        )
    return Path(name)


def cannot_write(what: str, error: OSError) -> OSError:
    """The error for a user. what : the parameter and the path."""
    return OSError(
        error.errno,
        f"{what} cannot be written: {error.strerror or error}. An earlier file is unchanged. "
        f"{REMEDIES_OF_SYSTEM.get(error.errno, 'Give another path, or make room.')}",
    )


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
