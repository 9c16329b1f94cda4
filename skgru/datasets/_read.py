"""How the shipped files are read; what they hold is told by the loaders."""

from __future__ import annotations

import lzma
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray


def _shipped(file_name: str) -> Any:
    return resources.files(__package__).joinpath(file_name)


def read_csv_text(file_name: str) -> NDArray[np.str_]:
    """A shipped file as it is written, (n, n_columns), without the names of the columns."""
    with _shipped(file_name).open(encoding="utf-8") as lines:
        return np.loadtxt(lines, delimiter=",", skiprows=1, dtype=str)


def read_csv(file_name: str) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """A shipped file as its first column, (n,) as written, and the others, (n, n_columns)."""
    table = read_csv_text(file_name)
    return table[:, 0], table[:, 1:].astype(np.float64)


def read_lines(file_name: str) -> list[str]:
    """The lines of a shipped text file, compressed as .xz, below the one that names the columns."""
    content = lzma.decompress(_shipped(file_name).read_bytes())
    # Not splitlines, which also splits at characters that a review may hold.
    return content.decode("utf-8").removesuffix("\n").split("\n")[1:]


def read_sequences(
    file_name: str, *, decimals: int, subset: str
) -> tuple[list[NDArray[np.float64]], NDArray[np.str_]]:
    """The sequences of a shipped file, each (length, n_channels), and their labels, (n,).

    The file holds all steps of all sequences one after the other as integers, values times
    10**decimals. The lowest bytes of all integers come first, then the next ones: the higher bytes
    repeat, and compress better apart from the others. The training sequences come first.
    """
    if subset not in ("train", "test", "all"):
        raise ValueError(
            f"subset={subset!r} is no part of the data: give 'train', 'test' or 'all'."
        )
    with _shipped(file_name).open("rb") as file, np.load(file) as arrays:
        planes, lengths = arrays["planes"], arrays["lengths"].astype(np.int64)
        labels, n_train = arrays["labels"], int(arrays["n_train"])
    # (n_bytes, n_channels, n_steps) to (n_steps, n_channels, n_bytes): the bytes of an integer
    # are together, the lowest first, and the steps are rows.
    integers = np.ascontiguousarray(planes.transpose(2, 1, 0)).view(f"<i{len(planes)}")[..., 0]
    steps = integers / 10.0**decimals
    sequences = [part.copy() for part in np.split(steps, np.cumsum(lengths)[:-1])]
    chosen = {"train": slice(n_train), "test": slice(n_train, None), "all": slice(None)}[subset]
    return sequences[chosen], labels[chosen]


def import_pandas(loader: str) -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            f"{loader}(as_frame=True) needs pandas, which is not installed. Install it with "
            "'pip install pandas', or use as_frame=False for an array."
        ) from error
    return pd
