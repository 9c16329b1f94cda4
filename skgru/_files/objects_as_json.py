"""Estimators as a document of plain JSON and a list of objects for skops, and back.

In the document, a list is a list and any other value a dict with one key, its kind:
{"dict": {"a": 1}}, {"tuple": [1, 2]}, {"instance": 3} for an object of skgru, {"numbers": 4} for an
array, and {"object": 2} for what skops stores: the objects of scikit-learn. Where these hold
something that skops would refuse, as a Pipeline with a GRURegressor, a text stands for the
attribute, and the attribute is in the document. The numbers of all arrays are one array of bytes,
the first object for skops: a forecaster of 1,000 series has 13,000 arrays.
"""

from __future__ import annotations

import math
from types import FunctionType
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skgru._callbacks import CALLBACK_ATTRIBUTES
from skgru._files.registry import CLASSES, attributes_of, state_of
from skgru._files.values_as_fields import CODECS, is_missing, is_neighbours, is_same, missing

# Starts the text that stands for an attribute of an object of scikit-learn.
MARK = "\0skgru:"

# Arrays begin at multiples of this many bytes.
ALIGNMENT = 64

PLAIN = (type(None), bool, int, float, str)


class Unsupported(ValueError):
    """A value that no file may hold. where : the attributes that lead to it, each with the class
    that has it.
    """

    def __init__(self, value: Any, where: list[tuple[str, str]]) -> None:
        super().__init__(repr(value))
        self.value, self.where = value, where


def _is_of_sklearn(value: Any) -> bool:
    """Whether a value is an object of scikit-learn with attributes, and not of its own kind."""
    is_object = not isinstance(value, type | FunctionType) and hasattr(value, "__dict__")
    return (
        is_object
        and type(value) is not Bunch
        and not is_neighbours(value)
        and type(value).__module__.split(".")[0] == "sklearn"
    )


def _is_numeric(value: Any) -> bool:
    return type(value) in (np.ndarray, np.memmap) and not value.dtype.hasobject


def _has_bytes(value: Any) -> bool:
    """Whether the bytes of an array are all of it, beside its type and shape."""
    return _is_numeric(value) and value.dtype.kind in "biufcmMSU" and value.dtype.itemsize > 0


class Numbers:
    """Arrays as one array of bytes, and a table of their types, shapes, orders and places."""

    def __init__(self) -> None:
        self.table: list[Any] = []
        self._pieces: list[bytes] = []
        self._length = 0

    def add(self, array: np.ndarray) -> int:
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        piece = array.tobytes(order)  # type: ignore[arg-type]
        self.table.append([array.dtype.str, list(array.shape), order, self._length])
        self._pieces += [piece, bytes(-len(piece) % ALIGNMENT)]
        self._length += len(piece) + len(self._pieces[-1])
        return len(self.table) - 1

    def joined(self) -> np.ndarray:
        return np.frombuffer(b"".join(self._pieces), np.uint8)


def _check_sizes(numbers: np.ndarray, table: list[Any]) -> None:
    """Together, the arrays are no larger than their bytes: none stands for those of another."""
    sizes = [math.prod(shape) * np.dtype(name).itemsize for name, shape, *_ in table]
    if min(sizes, default=0) < 0 or sum(sizes) > len(numbers):
        raise ValueError("its arrays are larger than the file")


def _array_at(numbers: np.ndarray, entry: list[Any]) -> np.ndarray:
    """An array of its own, from an entry of the table of `Numbers`."""
    name, shape, order, start = entry
    dtype = np.dtype(name)
    n_bytes = math.prod(shape) * dtype.itemsize
    piece = numbers[start : start + n_bytes] if start >= 0 else numbers[:0]
    if dtype.hasobject or min(shape, default=0) < 0 or len(piece) != n_bytes:
        raise ValueError("an array lies outside of the file")
    return piece.view(dtype).reshape(shape, order=order).copy(order)


class Encoder:
    """One object on its way into a file: `document` and `objects`."""

    def __init__(self, value: Any) -> None:
        self.objects: list[Any] = [None]
        self._numbers = Numbers()
        self._instances: list[Any] = []
        self._attributes: list[Any] = []
        self._kept: dict[int, tuple[Any, int]] = {}  # the value too, so that no id is used twice
        self._copies: dict[int, tuple[Any, Any]] = {}
        self.where: list[tuple[str, str]] = []
        # Of each object: the value itself, and where it is.
        self.sources: list[tuple[Any, list[tuple[str, str]]]] = [(None, [])]
        root = self.encode(value)
        self.objects[0] = self._numbers.joined()
        self.document = {
            "root": root,
            "instances": self._instances,
            "attributes": self._attributes,
            "numbers": self._numbers.table,
        }

    def encode(self, value: Any) -> Any:
        kind = type(value)
        if kind in PLAIN:
            return value
        if kind is list:
            return [self.encode(one) for one in value]
        if kind is dict and all(type(key) is str for key in value):
            return {"dict": {key: self.encode(one) for key, one in value.items()}}
        if CLASSES.get(kind.__name__) is kind:
            return {"instance": self._instance(value)}
        if _has_bytes(value):
            return {"numbers": self._array(value)}
        if _is_numeric(value):
            return {"object": self._object(value, np.asarray(value))}
        if _is_of_sklearn(value):
            return {"object": self._object(value, self._copy(value))}
        if (name := is_missing(value)) is not None:
            return {"missing": name}
        for name, codec in CODECS.items():
            if codec.is_kind(value):
                return {name: self._fields(value, codec)}
        if isinstance(value, FunctionType) or not self._is_left_to_skops(value):
            raise Unsupported(value, list(self.where))
        return {"object": self._object(value, value)}

    def _fields(self, value: Any, codec: Any) -> list[Any]:
        try:
            fields = list(codec.fields(value))
            is_right = not codec.is_checked or is_same(value, codec.build(*fields))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Unsupported(value, list(self.where)) from error
        if not is_right:
            raise Unsupported(value, list(self.where))
        return [self.encode(one) for one in fields]

    def _is_left_to_skops(self, value: Any) -> bool:
        kind = value if isinstance(value, type) else type(value)
        # Losses of scikit-learn before 1.9 name a module `_loss` as theirs.
        return kind.__module__.split(".")[0] in ("builtins", "numpy", "scipy", "sklearn", "_loss")

    def _instance(self, value: Any) -> int:
        if id(value) in self._kept:
            return self._kept[id(value)][1]
        number = len(self._instances)
        self._kept[id(value)] = value, number
        name = type(value).__name__
        self._instances.append(None)  # the place of this one, as its state may hold others
        state = {key: self._within(name, key, one) for key, one in state_of(value).items()}
        self._instances[number] = {"class": name, "state": state}
        return number

    def _within(self, name: str, key: str, value: Any) -> Any:
        self.where.append((name, key))
        try:
            return self.encode(value)
        finally:
            self.where.pop()

    def _object(self, value: Any, stored: Any) -> int:
        if id(value) not in self._kept:
            self._kept[id(value)] = value, len(self.objects)
            self.objects.append(stored)
            self.sources.append((value, list(self.where)))
        return self._kept[id(value)][1]

    def _array(self, value: np.ndarray) -> int:
        if id(value) not in self._kept:
            self._kept[id(value)] = value, self._numbers.add(np.asarray(value))
        return self._kept[id(value)][1]

    def _copy(self, value: Any) -> Any:
        """An object of scikit-learn with attributes that skops stores."""
        if id(value) not in self._copies:
            kind: Any = type(value)
            copy = kind.__new__(kind)
            self._copies[id(value)] = value, copy
            for key, one in vars(value).items():
                if key in CALLBACK_ATTRIBUTES:
                    continue
                self.where.append((type(value).__name__, key))
                copy.__dict__[key] = self._attribute(one)
                self.where.pop()
        return self._copies[id(value)][1]

    def _attribute(self, value: Any) -> Any:
        is_plain = type(value) in PLAIN and not (type(value) is str and value.startswith(MARK))
        if is_plain or _is_numeric(value):
            return value
        if _is_of_sklearn(value):
            return self._copy(value)
        encoded = self.encode(value)
        if type(encoded) is dict and "object" in encoded:
            return self.objects[encoded["object"]]
        self._attributes.append(encoded)
        return f"{MARK}{len(self._attributes) - 1}"


class Decoder:
    """The object of a document and of the objects that skops has read."""

    def __init__(self, document: dict[str, Any], objects: list[Any]) -> None:
        self._document, self._objects = document, objects
        self._built: dict[int, Any] = {}
        self._attributes: dict[int, Any] = {}
        self._arrays: dict[int, np.ndarray] = {}
        self._restored: set[int] = set()
        _check_sizes(objects[0], document["numbers"])
        for one in objects:
            self._restore(one)
        self.value = self.decode(document["root"])

    def decode(self, encoded: Any) -> Any:
        if type(encoded) in PLAIN:
            return encoded
        if type(encoded) is list:
            return [self.decode(one) for one in encoded]
        ((kind, content),) = encoded.items()
        if kind == "dict":
            return {key: self.decode(one) for key, one in content.items()}
        if kind == "instance":
            return self._instance(content)
        if kind == "numbers":
            if content not in self._arrays:
                self._arrays[content] = _array_at(
                    self._objects[0], self._document["numbers"][content]
                )
            return self._arrays[content]
        if kind == "object":
            return self._objects[content]
        if kind == "missing":
            return missing(content)
        return CODECS[kind].build(*[self.decode(one) for one in content])

    def _instance(self, number: int) -> Any:
        if number in self._built:
            return self._built[number]
        encoded = self._document["instances"][number]
        cls: Any = CLASSES[encoded["class"]]
        allowed, defaults = attributes_of(cls)
        if allowed is not None and not set(encoded["state"]) <= allowed:
            raise ValueError(f"{cls.__name__} has other attributes")
        built = self._built[number] = cls.__new__(cls)
        state = {key: self.decode(one) for key, one in encoded["state"].items()}
        if allowed is not None and allowed - set(state) - set(defaults):
            raise ValueError(f"{cls.__name__} lacks attributes")
        built.__dict__.update({**defaults, **state})
        return built

    def _attribute(self, number: int) -> Any:
        if number not in self._attributes:
            self._attributes[number] = self.decode(self._document["attributes"][number])
        return self._attributes[number]

    def _restore(self, value: Any) -> None:
        """Put the attributes of the document into an object of scikit-learn, and those within."""
        if not _is_of_sklearn(value) or id(value) in self._restored:
            return
        self._restored.add(id(value))
        for key, one in list(vars(value).items()):
            if type(one) is str and one.startswith(MARK):
                value.__dict__[key] = self._attribute(int(one.removeprefix(MARK)))
            else:
                self._restore(one)
