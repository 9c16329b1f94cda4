"""A graph of ONNX that is built operator by operator."""

from __future__ import annotations

from typing import Any

import numpy as np

OPSET = 18
IR_VERSION = 8


class Graph:
    """Nodes and constants. Methods return the names of values."""

    def __init__(self, names: list[int] | None = None) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        # The numbers of names, shared with the bodies of loops.
        self._last = [0] if names is None else names

    def body(self) -> Graph:
        """The graph of a loop. It may read the values of this one."""
        return Graph(self._last)

    def name(self, of: str) -> str:
        self._last[0] += 1
        return f"{of}_{self._last[0]}"

    def constant(self, value: Any) -> str:
        """A numpy array, or strings."""
        from onnx import numpy_helper

        name, value = self.name("constant"), np.asarray(value)
        if value.dtype.kind in "OUS":
            value = np.array([str(one) for one in value.ravel()], object).reshape(value.shape)
        tensor = numpy_helper.from_array(np.asarray(value, order="C"), name)
        self.constants.append(tensor)
        return name

    def numbers(self, *values: int) -> str:
        """An int64 vector, as shapes and axes are."""
        return self.constant(np.array(values, dtype=np.int64))

    def add(self, operator: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        """An operator with one output."""
        return self.several(operator, *inputs, out=[out or self.name(operator)], **attributes)[0]

    def several(self, operator: str, *inputs: str, out: list[str], **attributes: Any) -> list[str]:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, list(inputs), out, **attributes))
        return out

    def cast(self, value: str, kind: str, out: str | None = None) -> str:
        from onnx import TensorProto

        return self.add("Cast", value, out=out, to=getattr(TensorProto, kind))

    def rows(self, value: str) -> str:
        """The length of the first axis, as a vector of one number."""
        return self.add("Shape", value, start=0, end=1)

    def reshape(self, value: str, *shape: int, out: str | None = None) -> str:
        """0 keeps the length of an axis."""
        return self.add("Reshape", value, self.numbers(*shape), out=out)
