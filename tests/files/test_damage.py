"""Damaged and malicious files: a clear error, and nothing else."""

import hashlib
import io
import json
import os
import pickle
import time
import zipfile

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeRegressor

import skgru
from skgru._files.checked_archive import pack
from tests.helpers import fails

X = np.arange(40.0)[:, np.newaxis] ** 1.5


@pytest.fixture
def path(tmp_path):
    pipeline = make_pipeline(skgru.SequenceWindower(3, padding="edge", flatten=True), Ridge())
    skgru.save(pipeline.fit(X, X[:, 0]), tmp_path / "model.skgru")
    return tmp_path / "model.skgru"


def sealed(body):
    """Bytes with the checksum that belongs to them, as an attacker can write it."""
    return body + hashlib.sha256(body).hexdigest().encode()


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forge(path, compression=zipfile.ZIP_STORED, **changes):
    """The file with members changed, and with a checksum that fits. Names: "array" is that of the
    first array, and others are those of `members` without their ending.
    """
    members = members_of(path)
    first = next(name for name in members if name.endswith(".npy"))
    document = changes.pop("document", members.pop("skgru.json"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            key = "array" if name == first else name.removesuffix(".json")
            archive.writestr(name, changes.pop(key, content))
        for name, content in changes.items():
            archive.writestr(name, content)
    path.write_bytes(pack(json.loads(document), buffer.getvalue()))


def damage(data, rng, kind):
    """A bit, a byte range, the length, or a block of the file is changed."""
    data, at = bytearray(data), int(rng.integers(len(data)))
    if kind == 0:
        data[at] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        del data[at:]
    elif kind == 2:
        data[at : at + 16] = rng.bytes(16)
    elif kind == 3:
        del data[at : at + int(rng.integers(1, 40))]
    else:
        data[at:at] = rng.bytes(int(rng.integers(1, 40)))
    return bytes(data)


def test_500_damaged_files_are_refused(path):
    data, rng, begun = path.read_bytes(), np.random.default_rng(0), time.perf_counter()
    before = sorted(os.listdir(path.parent))
    for i in range(500):
        damaged = damage(data, rng, i % 5)
        if damaged == data:
            continue
        path.write_bytes(damaged)
        fails(lambda: skgru.load(path), "model.skgru", "save the estimator again")
    assert time.perf_counter() - begun < 60
    assert sorted(os.listdir(path.parent)) == before


def test_damage_below_the_checksum_gives_the_same_or_an_error(path):
    # Whoever mends the checksum meets the CRC of the members.
    expected, data = skgru.load(path).predict(X), path.read_bytes()[:-64]
    rng = np.random.default_rng(1)
    for i in range(200):
        path.write_bytes(sealed(damage(data, rng, i % 5)))
        try:
            found = skgru.load(path)
        except ValueError as error:
            assert "model.skgru" in str(error)
        else:
            np.testing.assert_array_equal(found.predict(X), expected)


def test_every_flipped_byte_of_the_end_is_refused(path):
    data = path.read_bytes()
    for at in range(len(data) - 100, len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        fails(lambda: skgru.load(path), "model.skgru")


def test_other_files_are_refused(path):
    for content in (b"", b"PK", pickle.dumps(Ridge()), b"\0" * 1000):
        path.write_bytes(content)
        fails(lambda: skgru.load(path), "no file of skgru.save")
    fails(lambda: skgru.load("/dev/zero"), "must be a file")
    fails(lambda: skgru.load(path.with_name("none")), error=FileNotFoundError)


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_no_code_of_a_file_runs(path):
    trap = path.with_name("trap")
    array = io.BytesIO()
    np.save(array, np.array([Trap(trap)], dtype=object), allow_pickle=True)
    data = path.read_bytes()
    forge(path, array=array.getvalue())
    fails(lambda: skgru.load(path), "holds Python objects")
    path.write_bytes(data)
    forge(path, array=pickle.dumps(Trap(trap)))
    fails(lambda: skgru.load(path), "model.skgru")

    call = {"__module__": "os", "__class__": "mkdir", "__loader__": "ConstructorFromReduceNode"}
    text = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "is_json": True}
    arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode"}
    arguments["content"] = [{**text, "content": json.dumps(str(trap))}]
    path.write_bytes(data)
    schema = json.loads(members_of(path)["schema.json"])
    schema["content"].append({**call, "content": arguments})
    forge(path, schema=json.dumps(schema))
    fails(lambda: skgru.load(path), "holds os.mkdir", "never writes")

    path.write_bytes(data)
    for root in ({"instance": 0}, {"function": ["os", "mkdir"]}, {"polars": ["read_csv", ["x"]]}):
        document = json.loads(members_of(path)["skgru.json"]) | {"root": root}
        document["instances"] = [{"class": "Popen", "state": {"dict": {}}}]
        forge(path, document=json.dumps(document))
        fails(lambda: skgru.load(path), "model.skgru")
    assert not trap.exists()


@pytest.mark.parametrize("name", ["../evil.npy", "/tmp/evil.npy", "a/../../evil", "1.npy\0.py"])
def test_members_with_other_names_are_refused(path, name):
    forge(path, **{name: b"evil"})
    fails(lambda: skgru.load(path), "members")
    assert os.listdir(path.parent) == ["model.skgru"]


def header(shape, dtype="<f8"):
    buffer = io.BytesIO()
    fields = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, fields)
    return buffer.getvalue()


def test_sizes_are_checked_before_memory_is_taken(path):
    data = path.read_bytes()
    forge(path, zipfile.ZIP_DEFLATED, array=header((2**27,)) + bytes(2**27))
    assert path.stat().st_size < 1e6
    fails(lambda: skgru.load(path), "compressed")
    for shape in ((10**15,), (10**9, 10**9), (-1, -8), (3,)):
        path.write_bytes(data)
        forge(path, array=header(shape) + bytes(8))
        fails(lambda: skgru.load(path), "another size")


def test_arrays_that_share_their_bytes_are_refused(path):
    document = json.loads(members_of(path)["skgru.json"])
    document["numbers"] *= 1000
    forge(path, document=json.dumps(document))
    fails(lambda: skgru.load(path), "larger than the file")
    for entry in (["<f8", [1], "C", -8], ["<f8", [1], "C", 10**9], ["|O", [1], "C", 0]):
        document["numbers"] = [entry] * 2
        forge(path, document=json.dumps(document))
        fails(lambda: skgru.load(path), "model.skgru")


def test_objects_that_stand_for_many_are_refused_at_once(path):
    # 60 lists, each of which holds the next one twice.
    node = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode"}
    inner = {**node, "content": [], "__id__": 60}
    for i in range(59, 0, -1):
        again = {**node, "content": [], "__id__": i + 1}
        inner = {**node, "content": [inner, again], "__id__": i}
    schema = json.loads(members_of(path)["schema.json"])
    schema["content"].append(inner)
    forge(path, schema=json.dumps(schema))
    begun = time.perf_counter()
    fails(lambda: skgru.load(path), "stand for more")
    assert time.perf_counter() - begun < 5


def test_deep_documents_are_refused(path):
    forge(path, schema="[" * 100_000 + "]" * 100_000)
    fails(lambda: skgru.load(path), "model.skgru")


def test_a_newer_format_names_the_version_that_reads_it(path, monkeypatch):
    document = json.loads(members_of(path)["skgru.json"])
    document["versions"]["skgru"] = "9.1.0"
    monkeypatch.setattr("skgru._files.checked_archive.FORMAT", 2)
    forge(path, document=json.dumps(document))
    monkeypatch.undo()
    fails(lambda: skgru.load(path), "format 2", "skgru 9.1.0", "formats up to 1", "Install")


@pytest.mark.parametrize("kind", [DecisionTreeRegressor, HistGradientBoostingRegressor])
@pytest.mark.parametrize("change", ["child", "circle", "feature", "columns"])
def test_trees_that_would_read_outside_are_refused(tmp_path, kind, change):
    path, both = tmp_path / "model.skgru", np.hstack([X, X])
    tree = kind(**{"max_depth": 2} if kind is DecisionTreeRegressor else {"max_iter": 2})
    tree.fit(both, X[:, 0])
    skgru.save(tree, path)
    np.testing.assert_array_equal(skgru.load(path).predict(both), tree.predict(both))
    left, feature = "left_child", "feature"
    if kind is DecisionTreeRegressor:
        state = tree.tree_.__getstate__()
        nodes = state["nodes"]
    else:
        nodes, left, feature = tree._predictors[0][0].nodes, "left", "feature_idx"
    if change == "columns":
        nodes[feature][0] = 1
        tree.n_features_in_ = 1
    else:
        name, value = {"child": (left, 10**6), "circle": (left, 0), "feature": (feature, 10**6)}[
            change
        ]
        nodes[name][0] = value
    if kind is DecisionTreeRegressor:
        tree.tree_.__setstate__(state)
    fails(lambda: skgru.save(tree, path), "cannot be saved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skgru._files.tree_checks.check_trees", lambda objects: None)
        skgru.save(tree, path)
    fails(lambda: skgru.load(path), "a tree")
