"""Reading the shipped files. The loaders describe their content."""

from __future__ import annotations

import lzma
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skgru._validation import optional


def _shipped(file_name: str) -> Any:
    return resources.files(__package__).joinpath(file_name)


def read_csv_text(file_name: str) -> NDArray[np.str_]:
    """The cells of a shipped CSV file as strings, (n, n_columns), without the header."""
    with _shipped(file_name).open(encoding="utf-8") as lines:
        return np.loadtxt(lines, delimiter=",", skiprows=1, dtype=str)


def read_csv(file_name: str) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """The first column of a shipped CSV file as strings, (n,), and the others as numbers."""
    table = read_csv_text(file_name)
    return table[:, 0], table[:, 1:].astype(np.float64)


def read_lines(file_name: str) -> list[str]:
    """The lines of a shipped text file, compressed as .xz, without the header."""
    content = lzma.decompress(_shipped(file_name).read_bytes())
    # Not splitlines, which also splits at other characters, and reviews contain some of them.
    return content.decode("utf-8").removesuffix("\n").split("\n")[1:]


def read_sequences(
    file_name: str, *, decimals: int, subset: str
) -> tuple[list[NDArray[np.float64]], NDArray[np.str_]]:
    """The sequences of a shipped file, each (length, n_channels), and their labels, (n,).

    The file holds the steps of all sequences one after the other, as integers: the values times
    10**decimals. It stores the lowest bytes of all integers first, then the next bytes, because
    the higher bytes repeat and compress better on their own. The training sequences come first.
    """
    if subset not in ("train", "test", "all"):
        raise ValueError(
            f"subset={subset!r} is not a part of the data. Use 'train', 'test' or 'all'."
        )
    with _shipped(file_name).open("rb") as file, np.load(file) as arrays:
        planes, lengths = arrays["planes"], arrays["lengths"].astype(np.int64)
        labels, n_train = arrays["labels"], int(arrays["n_train"])
    # (n_bytes, n_channels, n_steps) -> (n_steps, n_channels, n_bytes): the bytes of an integer are
    # adjacent, the lowest first.
    integers = np.ascontiguousarray(planes.transpose(2, 1, 0)).view(f"<i{len(planes)}")[..., 0]
    steps = integers / 10.0**decimals
    sequences = [part.copy() for part in np.split(steps, np.cumsum(lengths)[:-1])]
    chosen = {"train": slice(n_train), "test": slice(n_train, None), "all": slice(None)}[subset]
    return sequences[chosen], labels[chosen]


def import_pandas(loader: str) -> Any:
    instead = ", or use as_frame=False to get an array"
    return optional("pandas", f"{loader}(as_frame=True)", "pandas", instead)
