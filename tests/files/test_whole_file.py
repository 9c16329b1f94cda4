"""Files are written as a whole, or not at all."""

import os
import resource
import signal
import stat
import subprocess
import sys
import time

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

import skgru
from tests.helpers import fails

OLD, NEW = (StandardScaler().fit(np.array([[0.0], [x]])) for x in (1, 2))


@pytest.fixture
def path(tmp_path):
    skgru.save(OLD, tmp_path / "model.skgru")
    return tmp_path / "model.skgru"


def assert_old(path):
    assert skgru.load(path).mean_ == OLD.mean_
    assert os.listdir(path.parent) == ["model.skgru"]  # and no temporary file


def test_a_kill_while_saving_leaves_a_whole_file(path):
    # The child forks workers that save two files in turn. Each is killed at another moment.
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from skgru._files.whole_file import write_whole\n"
        "path = Path(sys.argv[1])\n"
        "files = [path.read_bytes(), Path(sys.argv[2]).read_bytes()]\n"
        "for line in sys.stdin:\n"
        "    if not (worker := os.fork()):\n"
        "        while True:\n"
        "            for data in files:\n"
        "                write_whole(path, data)\n"
        "    print(worker, flush=True)\n"
        "    os.waitpid(worker, 0)\n"
        "    print('gone', flush=True)\n"
    )
    skgru.save(NEW, path.with_name("new"))
    rng, means = np.random.default_rng(0), set()
    with subprocess.Popen(
        [sys.executable, "-c", code, path, path.with_name("new")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        for _ in range(40):
            print("go", file=child.stdin, flush=True)
            worker = int(child.stdout.readline())
            time.sleep(rng.uniform(0, 0.02))
            os.kill(worker, signal.SIGKILL)
            assert child.stdout.readline() == "gone\n"
            means.add(float(skgru.load(path).mean_[0]))
        child.stdin.close()
    assert means == {0.5, 1.0}


def test_a_full_disk_leaves_the_old_file(path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        fails(lambda: skgru.save(NEW, path), "path=", "make room", "unchanged", error=OSError)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert_old(path)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_device_is_an_error_and_stays_a_device():
    fails(lambda: skgru.save(NEW, "/dev/full"), "/dev/full", "No space left", error=OSError)
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(5, "Input/output error")])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_an_error_while_saving_leaves_the_old_file(path, monkeypatch, call, error):
    def broken(*arguments):
        raise error

    monkeypatch.setattr(os, call, broken)
    with pytest.raises(error if isinstance(error, type) else OSError):
        skgru.save(NEW, path)
    monkeypatch.undo()
    assert_old(path)


def test_permissions_are_those_of_a_normal_file(path):
    normal = path.with_name("normal")
    normal.touch()
    assert path.stat().st_mode == normal.stat().st_mode
    path.chmod(0o640)
    skgru.save(NEW, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(path):
    link = path.with_name("link")
    link.symlink_to(path)
    skgru.save(NEW, link)
    assert link.is_symlink()
    assert skgru.load(path).mean_ == NEW.mean_


@pytest.mark.parametrize("name", ["a\0b", ""])
def test_what_is_no_name_of_a_file_is_an_error(name):
    for call in (lambda: skgru.save(NEW, name), lambda: skgru.load(name)):
        fails(call, f"path={name!r}", "name of a file", "'model.skgru'")


def test_folders_are_named(path):
    missing = path.with_name("none") / "model.skgru"
    fails(lambda: skgru.save(NEW, missing), "none/model.skgru", error=FileNotFoundError)
    fails(lambda: skgru.save(NEW, path.parent), "path=", error=IsADirectoryError)
    assert_old(path)
