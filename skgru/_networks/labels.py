"""Targets of a classifier: a class for each sequence, a class for each step, or several labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_y, check_array, check_consistent_length

from skgru._networks.checks import check_each_step, check_labels, check_lengths, known_steps
from skgru._networks.lag_columns import stacked
from skgru._warnings import warn_user


@dataclass(frozen=True)
class Labels:
    """The labels of usable windows.

    kind : "class" for a class of each window, values (n,); "steps" for a class of each step, values
    (n, window_length); "labels" for 0 or 1 of each label, values (n, n_labels). known : only for
    "steps", (n, window_length) bool. Labels of unknown steps are ignored.
    """

    kind: str
    values: np.ndarray
    known: np.ndarray | None = None

    def flat(self) -> np.ndarray:
        """All known labels, in one dimension."""
        return self.values.ravel() if self.known is None else self.values[self.known]

    def at(self, rows: np.ndarray) -> Labels:
        """The labels of some of the windows."""
        known = None if self.known is None else self.known[rows]
        return Labels(self.kind, self.values[rows], known)

    def present(self) -> np.ndarray:
        """The classes that occur. For several labels, the positions of those that occur."""
        if self.kind == "labels":
            return np.flatnonzero(self.values.any(axis=0))
        return np.unique(self.flat())

    def classes(self) -> np.ndarray:
        """The sorted classes. For several labels, the positions of all labels."""
        return np.arange(self.values.shape[1]) if self.kind == "labels" else np.unique(self.flat())

    def targets(self, classes: np.ndarray) -> np.ndarray:
        """float64 (n, n_targets): positions among the classes, 0 for unknown steps, or labels."""
        if self.kind == "labels":
            if len(classes) != self.values.shape[1]:
                raise ValueError(
                    f"y has {self.values.shape[1]} labels, but the first fit, or classes of "
                    f"partial_fit, had {len(classes)}. Give one column for each label, and classes "
                    f"as their positions, np.arange({self.values.shape[1]})."
                )
            return self.values.astype(np.float64)
        codes = _codes(self.flat(), classes)
        if self.known is None:
            return codes[:, np.newaxis]
        targets = np.zeros(self.known.shape)
        targets[self.known] = codes
        return targets


def labels_of(
    windows: np.ndarray, rows: np.ndarray, y: Any, estimator: Any, like: str | None = None
) -> Labels:
    """Labels in y of the given rows of the windows.

    like : kind that the labels must have; None: the shape of y decides, with a warning if it is
    ambiguous.
    """
    y = stacked(y.toarray() if issparse(y) else y)
    shape = check_lengths(y, windows.shape[1])
    if len(shape) == 3 and shape[2] == 1:
        y, shape = np.asarray(y)[:, :, 0], shape[:2]  # as as_windows returns labels of steps
    wanted = estimator.return_sequences if like is None else like == "steps"
    if like is None and wanted == "auto" and (len(shape) < 2 or shape[1] == 1 < len(shape) == 2):
        wanted = False  # (n, 1) is a column of classes, as in scikit-learn
    if len(shape) == 3:
        raise ValueError(
            f"y has shape {shape}, but must hold classes, (n_samples,) or (n_samples, "
            "window_length), or 0 and 1, (n_samples, n_labels). If the last axis is one-hot, use "
            "np.argmax(y, axis=2)."
        )
    is_class = wanted is False and (len(shape) < 2 or shape[1] == 1)
    if like == "class" or (like is None and is_class):
        return Labels("class", _classes_of(y, windows, estimator)[rows])
    y = check_array(y, dtype=None, ensure_all_finite=False, ensure_2d=False, estimator=estimator)
    check_consistent_length(windows, y)
    is_binary = y.dtype.kind in "biuf" and bool(np.isin(y, (0, 1)).all())
    if wanted == "auto" and y.shape[1] != windows.shape[1]:
        wanted = False
    if wanted is False:
        return _several_labels(y, rows, is_binary, windows.shape[1], warns=like is None)
    if is_binary and wanted == "auto":
        warn_user(
            f"y has shape {y.shape}, as many columns as X has steps, and is read as one class for "
            "each step. Set return_sequences=True to keep this without a warning, or "
            f"return_sequences=False for {y.shape[1]} labels of each sequence."
        )
    check_each_step(windows, y.shape, estimator)
    known = known_steps(windows, rows)
    values = y[rows]
    labels = values[known]
    is_missing = labels == None if labels.dtype.kind == "O" else labels != labels  # noqa: E711
    if labels.dtype.kind == "O":
        is_missing = is_missing | (labels != labels)
    if np.any(is_missing):
        row, step = np.argwhere(known)[np.flatnonzero(is_missing)[0]]
        raise ValueError(
            f"y[{rows[row]}, {step}] is {values[row, step]}, but X is known at this step. Give a "
            'class, or set X to NaN there and missing="mask".'
        )
    check_labels(labels, estimator)
    check_classification_targets(labels)
    return Labels("steps", values, known)


def _classes_of(y: Any, windows: np.ndarray, estimator: Any) -> np.ndarray:
    """One class for each window."""
    check_labels(y, estimator)
    y = _check_y(y, estimator=estimator)
    if y.dtype.kind == "O" and (missing := [i for i, one in enumerate(y) if one is None]):
        raise ValueError(
            f"y[{missing[0]}] is None ({len(missing)} of {len(y)} labels are), but must be a "
            "class. Leave such sequences out, or use a separate class for them."
        )
    check_classification_targets(y)
    check_consistent_length(windows, y)
    return y


def _several_labels(
    y: np.ndarray, rows: np.ndarray, is_binary: bool, length: int, warns: bool
) -> Labels:
    if y.ndim < 2:
        raise ValueError(
            f"y has shape {y.shape}, but the network was fitted on several labels of each "
            "sequence. Give a column of 0 and 1 for each label."
        )
    if not is_binary:
        raise ValueError(
            f"y has shape {y.shape} and other values than 0 and 1, but must hold one class for "
            f"each sequence, one for each of the {length} steps, or 0 and 1 for each label. "
            "To predict several classes, train a classifier for each column."
        )
    if warns and y.shape[1] > 1 and (y.sum(axis=1) == 1).all():
        warn_user(
            f"y has shape {y.shape} with a single 1 in each row, and is read as {y.shape[1]} "
            "independent labels. If each sequence has one class, and y is one-hot, use "
            "np.argmax(y, axis=1)."
        )
    return Labels("labels", y[rows])


def _codes(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Positions of labels among the classes, as float64 (n,)."""
    if len(classes) < 2:
        raise ValueError(
            f"y has one class, {classes.tolist()[0]!r}, but a classifier needs at least 2. Add "
            "sequences of other classes."
        )
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise ValueError(
            f"y contains labels {unknown.tolist()} that are not among the classes of the first "
            f"fit, {classes.tolist()}. Give all classes in the first call of partial_fit, or use "
            "fit with warm_start=False."
        )
    return np.searchsorted(classes, labels).astype(np.float64)
