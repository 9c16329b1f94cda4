"""The graph of a recurrent network: `_networks/numpy_inference.py`, operator by operator.

Without masks, a layer is one GRU, LSTM or RNN operator. With masks it is a Scan, because these
operators cannot skip single steps. Between layers values are (n_steps, n_rows, width), float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skgru._onnx.graph import Graph
from skgru._specs import N_GATES, NetworkSpec

# Blocks of our gates, in the order of ONNX.
_GATES = {"gru": (0, 1, 2), "lstm": (0, 3, 1, 2), "rnn": (0,)}


def outputs_of(graph: Graph, X: str, spec: NetworkSpec, weights: Sequence[np.ndarray]) -> str:
    """float32 (n, window_length, n_channels) without NaN, except for masked steps -> float32 (n,
    n_values).
    """
    weights = [np.asarray(array, np.float32) for array in weights]
    n_arrays = 6 if spec.bidirectional else 3
    known = None
    if spec.masks:
        missing = graph.cast(graph.add("IsNaN", X), "FLOAT")
        some = graph.add("ReduceMax", missing, graph.numbers(2), keepdims=1)
        is_known = graph.add("Less", some, graph.constant(np.float32(0.5)))  # (n, n_steps, 1)
        X = graph.add("Where", is_known, X, graph.constant(np.float32(0)))
        known = graph.add("Transpose", is_known, perm=[1, 0, 2])
    values = graph.add("Transpose", X, perm=[1, 0, 2])
    if spec.embedding_dim:
        values = _embedded(graph, values, known, weights[0])
        weights = weights[1:]
    for layer in range(len(spec.units)):
        own = weights[layer * n_arrays : (layer + 1) * n_arrays]
        is_sequence = spec.each_step or layer < len(spec.units) - 1
        if known is None:
            values = _operator(graph, spec, values, own, is_sequence)
        else:
            values = _masked(graph, spec, values, own, is_sequence, known)
    kernel, bias, *highway = weights[len(spec.units) * n_arrays :]
    values = graph.add("MatMul", values, graph.constant(kernel))
    values = graph.add("Add", values, graph.constant(bias))
    if spec.each_step:
        values = graph.add("Transpose", values, perm=[1, 0, 2])
        values = graph.reshape(values, -1, spec.n_values)
    for linear in highway:
        flat = graph.reshape(X, -1, spec.window_length * spec.n_channels)
        values = graph.add("Add", values, graph.add("MatMul", flat, graph.constant(linear)))
    return values


def filled(graph: Graph, X: str, means: np.ndarray) -> str:
    """Missing steps of float32 (n, window_length, n_channels) filled as by `fill_missing`."""
    steps = graph.add("Transpose", X, perm=[1, 0, 2])
    for direction in (0, 1):
        steps = _carried(graph, steps, direction)
    X = graph.add("Transpose", steps, perm=[1, 0, 2])
    means = np.asarray(means, np.float32)
    return graph.add("Where", graph.add("IsNaN", X), graph.constant(means), X)


def _carried(graph: Graph, steps: str, direction: int) -> str:
    """The last value in place of NaN, forwards (0) or backwards (1) in time."""
    from onnx import TensorProto, helper

    body = graph.body()
    before, now, after, out = (body.name(one) for one in ("before", "now", "after", "out"))
    body.add("Where", body.add("IsNaN", now), before, now, out=after)
    body.add("Identity", after, out=out)
    inputs = [helper.make_tensor_value_info(one, TensorProto.FLOAT, None) for one in (before, now)]
    outputs = [helper.make_tensor_value_info(one, TensorProto.FLOAT, None) for one in (after, out)]
    loop = helper.make_graph(body.nodes, graph.name("carry"), inputs, outputs, body.constants)
    shape = graph.add("Shape", steps, start=1)
    nothing = graph.add("Expand", graph.constant(np.float32(np.nan)), shape)
    names = [graph.name("last"), graph.name("carried")]
    _, carried = graph.several(
        "Scan",
        nothing,
        steps,
        out=names,
        body=loop,
        num_scan_inputs=1,
        scan_input_directions=[direction],
        scan_output_directions=[direction],
    )
    return carried


def _embedded(graph: Graph, tokens: str, known: str | None, table: np.ndarray) -> str:
    """(n_steps, n_rows, 1) -> (n_steps, n_rows, embedding_dim). Row 0 is for missing tokens."""
    tokens = graph.cast(graph.add("Squeeze", tokens, graph.numbers(2)), "INT64")
    tokens = graph.add("Add", tokens, graph.constant(np.int64(1)))
    if known is not None:
        is_known = graph.cast(graph.add("Squeeze", known, graph.numbers(2)), "INT64")
        tokens = graph.add("Mul", tokens, is_known)
    return graph.add("Gather", graph.constant(table), tokens, axis=0)


def _in_order(cell: str, array: np.ndarray) -> np.ndarray:
    """(..., n_gates * units) -> (n_gates * units, ...), gates in the order of ONNX."""
    blocks = np.split(array, N_GATES[cell], axis=-1)
    return np.concatenate([blocks[gate] for gate in _GATES[cell]], axis=-1).T


def _operator(
    graph: Graph, spec: NetworkSpec, X: str, weights: Sequence[np.ndarray], is_sequence: bool
) -> str:
    """A layer without masks."""
    cell, units = spec.cell, weights[1].shape[0]
    directions = [weights[start : start + 3] for start in range(0, len(weights), 3)]
    kernels = np.stack([_in_order(cell, kernel) for kernel, _, _ in directions])
    recurrent = np.stack([_in_order(cell, kernel) for _, kernel, _ in directions])
    biases = []
    for _, _, bias in directions:
        both = bias if cell == "gru" else (bias, np.zeros_like(bias))
        biases.append(np.concatenate([_in_order(cell, one) for one in both]))
    given = [graph.constant(one) for one in (kernels, recurrent, np.stack(biases))]
    attributes: dict[str, Any] = {"hidden_size": units}
    attributes["direction"] = "bidirectional" if spec.bidirectional else "forward"
    if cell == "gru":
        attributes["linear_before_reset"] = 1
    names = [graph.name("sequence"), graph.name("last")]
    sequence, last = graph.several(cell.upper(), X, *given, out=names, **attributes)
    width = units * len(directions)
    if is_sequence:  # (n_steps, n_directions, n_rows, units)
        return graph.reshape(graph.add("Transpose", sequence, perm=[0, 2, 1, 3]), 0, 0, width)
    return graph.reshape(graph.add("Transpose", last, perm=[1, 0, 2]), -1, width)


def _masked(
    graph: Graph,
    spec: NetworkSpec,
    X: str,
    weights: Sequence[np.ndarray],
    is_sequence: bool,
    known: str,
) -> str:
    """A layer in which unknown steps change neither state nor output."""
    found = []
    for direction in range(1 + spec.bidirectional):
        own = weights[3 * direction : 3 * direction + 3]
        found.append(_scan(graph, spec.cell, X, own, known, direction)[int(is_sequence)])
    return found[0] if len(found) == 1 else graph.add("Concat", *found, axis=-1)


def _scan(
    graph: Graph, cell: str, X: str, weights: Sequence[np.ndarray], known: str, direction: int
) -> tuple[str, str]:
    """The last output (n_rows, units), and those of all steps (n_steps, n_rows, units)."""
    from onnx import TensorProto, helper

    kernel, recurrent, bias = weights
    units = recurrent.shape[0]
    input_bias, recurrent_bias = bias if cell == "gru" else (bias, np.zeros((), np.float32))
    terms = graph.add("MatMul", X, graph.constant(kernel))
    terms = graph.add("Add", terms, graph.constant(input_bias))
    body = graph.body()
    n_states = 2 if cell == "lstm" else 1
    states, (x, is_known) = [body.name("state") for _ in range(n_states)], ("x", "is_known")
    x, is_known = body.name(x), body.name(is_known)
    product = body.add("MatMul", states[0], graph.constant(recurrent))
    product = body.add("Add", product, graph.constant(recurrent_bias))
    new = _STEPS[cell](body, states, x, product)
    after = [body.add("Where", is_known, *pair) for pair in zip(new, states, strict=True)]
    out = body.add("Identity", after[0])
    kinds = [TensorProto.FLOAT] * (n_states + 1)
    inputs = zip([*states, x, is_known], [*kinds, TensorProto.BOOL], strict=True)
    loop = helper.make_graph(
        body.nodes,
        graph.name("steps"),
        [helper.make_tensor_value_info(name, kind, None) for name, kind in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in [*after, out]],
        body.constants,
    )
    n_rows = graph.add("Shape", X, start=1, end=2)
    shape = graph.add("Concat", n_rows, graph.numbers(units), axis=0)
    start = graph.add("Expand", graph.constant(np.float32(0)), shape)
    last, *_, outputs = graph.several(
        "Scan",
        *[start] * n_states,
        terms,
        known,
        out=[graph.name("last") for _ in range(n_states + 1)],
        body=loop,
        num_scan_inputs=2,
        scan_input_directions=[direction, direction],
        scan_output_directions=[direction],
    )
    return last, outputs


def _split(body: Graph, values: str, n: int) -> list[str]:
    return body.several(
        "Split", values, out=[body.name("gate") for _ in range(n)], axis=1, num_outputs=n
    )


def _gru_step(body: Graph, states: list[str], x: str, product: str) -> list[str]:
    (h,) = states
    (xz, xr, xh), (hz, hr, hh) = _split(body, x, 3), _split(body, product, 3)
    z = body.add("Sigmoid", body.add("Add", xz, hz))
    r = body.add("Sigmoid", body.add("Add", xr, hr))
    candidate = body.add("Tanh", body.add("Add", xh, body.add("Mul", r, hh)))
    kept = body.add("Mul", z, body.add("Sub", h, candidate))
    return [body.add("Add", candidate, kept)]


def _lstm_step(body: Graph, states: list[str], x: str, product: str) -> list[str]:
    i, f, g, o = _split(body, body.add("Add", x, product), 4)
    i, f, o = (body.add("Sigmoid", gate) for gate in (i, f, o))
    kept = body.add("Mul", f, states[1])
    c = body.add("Add", kept, body.add("Mul", i, body.add("Tanh", g)))
    return [body.add("Mul", o, body.add("Tanh", c)), c]


def _rnn_step(body: Graph, states: list[str], x: str, product: str) -> list[str]:
    return [body.add("Tanh", body.add("Add", x, product))]


_STEPS = {"gru": _gru_step, "lstm": _lstm_step, "rnn": _rnn_step}
