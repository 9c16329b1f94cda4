"""Steps of pipelines before a network: scalers, and the windows of a series. Values are float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skgru._forecaster.scaling import AutoScaler
from skgru._onnx.graph import Graph
from skgru._windows import SequenceWindower

# Relative difference of rows that count as those of fit: programs round differently.
SAME_ROWS = 1e-12


def _standard(graph: Graph, X: str, scaler: Any) -> str:
    if scaler.with_mean:
        X = graph.add("Sub", X, graph.constant(np.float64(scaler.mean_)))
    return graph.add("Div", X, graph.constant(np.float64(scaler.scale_))) if scaler.with_std else X


def _min_max(graph: Graph, X: str, scaler: Any) -> str:
    X = graph.add("Mul", X, graph.constant(np.float64(scaler.scale_)))
    X = graph.add("Add", X, graph.constant(np.float64(scaler.min_)))
    if not scaler.clip:
        return X
    low, high = (graph.constant(np.float64(side)) for side in scaler.feature_range)
    missing, limited = graph.add("IsNaN", X), graph.add("Clip", X, low, high)
    return graph.add("Where", missing, X, limited)


def _max_abs(graph: Graph, X: str, scaler: Any) -> str:
    return graph.add("Div", X, graph.constant(np.float64(scaler.scale_)))


def _robust(graph: Graph, X: str, scaler: Any) -> str:
    if scaler.with_centering:
        X = graph.add("Sub", X, graph.constant(np.float64(scaler.center_)))
    if scaler.with_scaling:
        X = graph.add("Div", X, graph.constant(np.float64(scaler.scale_)))
    return X


def _auto(graph: Graph, X: str, scaler: Any) -> str:
    constant = graph.constant
    knee = constant(scaler._knee)
    moved = graph.add("Add", X, constant(scaler._shift))
    moved = graph.add("Div", moved, constant(scaler._unit))
    line = graph.add("Div", graph.add("Min", moved, knee), knee)
    line = graph.add("Add", line, constant(scaler._log_knee - 1))
    logarithm = graph.add("Log", graph.add("Max", moved, knee))
    logarithm = graph.add("Where", graph.add("Less", moved, knee), line, logarithm)
    z = graph.add("Where", constant(scaler._is_log), logarithm, moved)
    z = graph.add("Sub", z, constant(scaler._center))
    z = graph.add("Mul", z, constant(scaler._magnified))
    return graph.add("Where", graph.add("IsNaN", X), X, z)


def _windows(graph: Graph, X: str, windower: Any) -> str:
    """One window for each row of a series, as `SequenceWindower.transform` makes them."""
    length, n_columns = windower._window_length, windower._first_rows.shape[1]
    n_rows, n_before = graph.rows(X), graph.numbers(length - 1)
    block = X
    if windower._context is not None and len(windower._last_rows):
        past = windower._last_rows.astype(np.float64)
        n_past = graph.add(
            "Where", _is_in_sample(graph, X, windower), graph.numbers(0), graph.numbers(len(past))
        )
        past = graph.add("Slice", graph.constant(past), graph.numbers(0), n_past, graph.numbers(0))
        block = graph.add("Concat", past, X, axis=0)
        n_before = graph.add("Sub", n_before, n_past)
    row = graph.constant(np.full((1, n_columns), np.nan))
    if windower._padding != "nan":
        row = graph.add("Gather", block, graph.numbers(0), axis=0)
    shape = graph.add("Concat", n_before, graph.numbers(n_columns), axis=0)
    block = graph.add("Concat", graph.add("Expand", row, shape), block, axis=0)
    zero, one = graph.constant(np.int64(0)), graph.constant(np.int64(1))
    starts = graph.add("Range", zero, graph.add("Squeeze", n_rows), one)
    starts = graph.add("Unsqueeze", starts, graph.numbers(1))
    places = graph.add("Add", starts, graph.constant(np.arange(length)[np.newaxis]))
    windows = graph.add("Gather", block, places, axis=0)  # (n_rows, length, n_columns)
    return graph.reshape(windows, -1, length * n_columns) if windower._flatten else windows


def _is_in_sample(graph: Graph, X: str, windower: Any) -> str:
    """Whether X begins with the first rows of fit, enough of them to identify it. They then have no
    earlier rows.
    """
    first = windower._first_rows.astype(np.float64)
    zeros = graph.numbers(0)
    n = graph.add("Min", graph.rows(X), graph.numbers(len(first)))
    ours = graph.add("Slice", graph.constant(first), zeros, n, zeros)
    theirs = graph.add("Slice", X, zeros, n, zeros)
    both = graph.add("And", graph.add("IsNaN", ours), graph.add("IsNaN", theirs))
    apart = graph.add("Abs", graph.add("Sub", ours, theirs))
    nearly = graph.add("Mul", graph.add("Abs", ours), graph.constant(np.float64(SAME_ROWS)))
    same = graph.add("Or", both, graph.add("LessOrEqual", apart, nearly))
    differ = graph.cast(graph.add("Not", same), "INT64")
    n_different = graph.add("ReduceSum", differ, keepdims=0)
    is_same = graph.add("Equal", n_different, graph.constant(np.int64(0)))
    n_least = graph.numbers(windower._n_identifying)
    enough = graph.add("Not", graph.add("Less", graph.rows(X), n_least))
    return graph.add("And", is_same, enough)


BUILDERS: dict[type, Callable[[Graph, str, Any], str]] = {
    StandardScaler: _standard,
    MinMaxScaler: _min_max,
    MaxAbsScaler: _max_abs,
    RobustScaler: _robust,
    AutoScaler: _auto,
    SequenceWindower: _windows,
}
