"""Sequences of different lengths, such as texts, in one array with NaN before the shorter ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.utils.validation import check_array

from skgru._containers.numbers import as_numbers, series_as_column
from skgru._validation import at_least, checks_parameters, with_remedy_for_infinity
from skgru._windows import FLOATS, empty


@checks_parameters({"sequences": "no_validation", "window_length": [None, at_least(1)]})
def as_windows(sequences: Iterable[Any], window_length: int | None = None) -> np.ndarray:
    """Put sequences of different lengths into one array, with NaN before the shorter ones.

    Networks with `missing="mask"`, the default of `GRUClassifier`, skip the steps that are NaN.

    Parameters
    ----------
    sequences : iterable of array-like of shape (length, n_channels) or (length,)
        The sequences, oldest step first. A sequence of one dimension has one channel. NaN is
        allowed.

    window_length : int or None, default=None
        Steps of each window. None: the length of the longest sequence. For `predict`, give the
        length of the windows in `fit`. At least 1.

    Returns
    -------
    ndarray of shape (n_sequences, window_length, n_channels)
        float32 if all sequences are float32, else float64.

    Raises
    ------
    ValueError
        If `sequences` is empty, a dict or a data frame, if a sequence is empty, longer than
        window_length, has more than two dimensions or contains infinity, strings or complex
        numbers, or if the sequences differ in their channels.

    See Also
    --------
    SequenceWindower : Windows of one long series.

    Examples
    --------
    >>> from skgru import as_windows
    >>> as_windows([[1.0, 2.0, 3.0], [4.0]])[:, :, 0]
    array([[ 1.,  2.,  3.],
           [nan, nan,  4.]])
    >>> as_windows([[5.0, 6.0]], window_length=3)[:, :, 0]
    array([[nan,  5.,  6.]])
    """
    if isinstance(sequences, dict) or hasattr(sequences, "columns"):
        remedy = "list(sequences.values())"
        if hasattr(sequences, "columns"):
            remedy = "[part.drop(columns='id') for _, part in sequences.groupby('id')]"
        raise ValueError(
            f"sequences is a {type(sequences).__name__}, but must be a list of arrays or data "
            f"frames, one for each sequence. Use {remedy}."
        )
    tables = []
    for position, sequence in enumerate(sequences):
        if isinstance(sequence, tuple) and hasattr(sequence[-1], "columns"):
            raise ValueError(
                f"sequences[{position}] is a pair of a name and a {type(sequence[-1]).__name__}, "
                "as groupby returns it. Use [part for _, part in sequences]."
            )
        name = f"sequences[{position}]"
        values = as_numbers(np.asarray(series_as_column(as_numbers(sequence, name))), name)
        if values.ndim == 0 or not len(values):
            what = f"is {values.item()!r}" if values.ndim == 0 else "is empty"
            raise ValueError(
                f"sequences[{position}] {what}, but must be a sequence of at least one step. Give "
                "a list of sequences, [sequence] for a single one, and text as numbers of tokens."
            )
        values = values.reshape(-1, 1) if values.ndim == 1 else values
        with with_remedy_for_infinity():
            tables.append(check_array(values, estimator="as_windows", input_name=name, **FLOATS))
    if not tables:
        raise ValueError("sequences is empty. Give at least one sequence.")
    widths = [table.shape[1] for table in tables]
    if len(set(widths)) > 1:
        other = next(i for i, width in enumerate(widths) if width != widths[0])
        raise ValueError(
            f"sequences[0] has {widths[0]} channels, but sequences[{other}] has {widths[other]}. "
            "Give all sequences the same channels."
        )
    named = [(i, list(one.columns)) for i, one in enumerate(sequences) if hasattr(one, "columns")]
    for i, names in named[1:]:
        if names != named[0][1]:
            raise ValueError(
                f"sequences[{named[0][0]}] has the columns {named[0][1]}, but sequences[{i}] has "
                f"{names}. Give all frames the same columns in one order: "
                "[one[sequences[0].columns] for one in sequences]."
            )
    lengths = [len(table) for table in tables]
    longest = window_length or max(lengths)
    if max(lengths) > longest:
        raise ValueError(
            f"sequences[{np.argmax(lengths)}] has {max(lengths)} steps, but window_length="
            f"{window_length}. Use a larger window_length for fit and predict, or give only the "
            f"last {window_length} steps."
        )
    shape = (len(tables), longest, widths[0])
    windows = empty(shape, np.result_type(*tables), longest)
    windows[:] = np.nan
    for window, table in zip(windows, tables, strict=True):
        window[longest - len(table) :] = table
    return windows
