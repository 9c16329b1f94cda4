"""The bytes of a file: an archive of skops with a document of skgru, and a checksum of all of it.

    <number>.npy, <name>.bin, schema.json      by skops
    skgru.json                                 versions, and the document
    comment of the archive                     format, and the SHA-256 of all bytes before it

The checksum finds damage. It is no signature: whoever writes a file on purpose writes its checksum
too. Therefore everything that could make a reader run code, fill memory or wait is refused here,
before skops reads the archive.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zipfile
from typing import Any

import numpy as np

FORMAT = 1

DOCUMENT, SCHEMA = "skgru.json", "schema.json"

_END = re.compile(rb"skgru format (\d{1,9}) sha256 ([0-9a-f]{64})\Z")
_LENGTH_OF_DIGEST = 64
_LONGEST_END = 128

# Members that skops writes, and ours.
_MEMBER = re.compile(r"(\d+\.npy|[0-9a-f-]{36}\.bin|schema\.json|skgru\.json)\Z")


# What skops writes of an array, and of a list.
_ARRAY = {"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode"}
_LIST = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode"}


class Damaged(ValueError):
    """Bytes that are no file as `pack` makes it."""


class Newer(ValueError):
    """A format of a later version of skgru."""


def pack(document: dict[str, Any], archive: bytes) -> bytes:
    """The bytes of a file, from a document and the archive of skops."""
    buffer = io.BytesIO(archive)
    with zipfile.ZipFile(buffer, "a") as target:
        target.writestr(DOCUMENT, json.dumps(document, separators=(",", ":")))
        target.comment = b"skgru format %d sha256 %s" % (FORMAT, b"0" * _LENGTH_OF_DIGEST)
    body = buffer.getvalue()[:-_LENGTH_OF_DIGEST]
    return body + hashlib.sha256(body).hexdigest().encode()


def unpack(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The document and the archive of skops, checked as far as this is possible without skops."""
    end = _END.search(data[-_LONGEST_END:])
    if end is None:
        raise Damaged("it does not end with a checksum")
    body = memoryview(data)[:-_LENGTH_OF_DIGEST]
    if hashlib.sha256(body).hexdigest().encode() != end[2]:
        raise Damaged("its checksum differs")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_members(archive.infolist(), len(data))
        document = json.loads(archive.read(DOCUMENT))
        if int(end[1]) > FORMAT:
            raise Newer(f"format {int(end[1])}, written by skgru {document['versions']['skgru']}")
        _check_schema(json.loads(archive.read(SCHEMA)))
        for member in archive.infolist():
            if member.filename.endswith(".npy"):
                with archive.open(member) as content:
                    _check_array(content, member)
    return document, data


def archive_of_arrays(arrays: list[np.ndarray], version: str) -> bytes:
    """The archive that skops makes of a list of numeric arrays, made without skops. version : of
    the installed skops.
    """
    nodes: list[dict[str, Any]] = [
        {**_ARRAY, "type": "numpy", "file": f"{number}.npy", "__id__": number}
        for number in range(1, len(arrays) + 1)
    ]
    schema = {**_LIST, "content": nodes, "__id__": 0, "protocol": 2, "_skops_version": version}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for node, array in zip(nodes, arrays, strict=True):
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            target.writestr(node["file"], content.getvalue())
        target.writestr(SCHEMA, json.dumps(schema, indent=2))
    return buffer.getvalue()


def plain_arrays(archive: bytes) -> list[np.ndarray] | None:
    """The objects of an archive of skops that holds arrays of numpy alone, read without skops,
    whose import takes longer than that of skgru. None for an archive with other objects.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        schema = json.loads(source.read(SCHEMA))
        nodes = schema["content"] if schema.get("__loader__") == "ListNode" else [{}]
        if not all(_is_plain_array(node) for node in nodes):
            return None
        arrays = []
        for node in nodes:
            with source.open(node["file"]) as content:
                arrays.append(np.load(io.BytesIO(content.read()), allow_pickle=False))
        return arrays


def _is_plain_array(node: Any) -> bool:
    return (
        isinstance(node, dict)
        and _ARRAY.items() <= node.items()
        and (node.get("type") == "numpy" and str(node.get("file")).endswith(".npy"))
    )


def _check_members(members: list[zipfile.ZipInfo], n_bytes: int) -> None:
    """Members are stored as they are, so that together they are no larger than the file."""
    names = [member.filename for member in members]
    wrong = [name for name in names if not _MEMBER.match(name)]
    if wrong or len(set(names)) < len(names):
        raise Damaged(f"it has the members {sorted(wrong or names)[:3]}")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise Damaged("it has compressed members")
    if sum(member.file_size for member in members) > n_bytes:
        raise Damaged("its members are larger than the file")


def _check_array(content: Any, member: zipfile.ZipInfo) -> None:
    """The size that an array declares is that of its bytes, and it holds no Python objects."""
    name = member.filename
    version = np.lib.format.read_magic(content)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(content)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(content)
    else:
        raise Damaged(f"{name} has an unknown version")
    if dtype.hasobject:
        raise Damaged(f"{name} holds Python objects")
    n_bytes = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or n_bytes != member.file_size - content.tell():
        raise Damaged(f"{name} has another size than it declares")


def _check_schema(schema: Any) -> None:
    """Each object is in the schema as often as it is read. skops would follow objects that stand
    for many others, each of which stands for many, for ever.
    """
    sizes: dict[Any, int] = {}

    def size_of(value: Any) -> tuple[int, int]:
        """Nodes that are written, and nodes that are read."""
        if not isinstance(value, dict | list):
            return 1, 1
        children = [size_of(one) for one in (value.values() if isinstance(value, dict) else value)]
        written, read = (1 + sum(column) for column in zip((0, 0), *children, strict=True))
        key = value.get("__id__") if isinstance(value, dict) else None
        if key is not None:
            read = max(read, sizes.get(key, 0))
            sizes[key] = read
        return written, read

    written, read = size_of(schema)
    if read > written:
        raise Damaged("its objects stand for more than the file holds")
