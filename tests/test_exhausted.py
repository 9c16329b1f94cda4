"""What a system can run out of: file descriptors, room on the disk, worker processes, folders that
can be written.
"""

import os
import subprocess
import sys

import pytest

from tests.helpers import run_python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX systems")

START = """
import errno, os, resource, signal, subprocess, sys, threading, time
from contextlib import suppress
from pathlib import Path
import numpy as np
import skgru
from sklearn.linear_model import Ridge
from skgru import GRURegressor, SequenceForecaster
from skgru.model_selection import backtest

X = np.random.default_rng(0).normal(size=(60, 5, 1))
Y = X.sum(axis=(1, 2))
SERIES = np.sin(np.arange(60.0)).reshape(-1, 1)

def error_of(call, kind=OSError):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError("no error")
"""

NO_DESCRIPTORS = """
def without_descriptors(call, n_left):
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
    held = []
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    for _ in range(n_left):
        os.close(held.pop())
    try:
        return call()
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

def refused(call, n_left=0):
    error = error_of(lambda: without_descriptors(call, n_left))
    assert error.errno == errno.EMFILE and "Too many open files" in str(error), error
    return str(error)

path = Path(sys.argv[1]) / "model.skgru"
model = SequenceForecaster(pretrained="only").fit(SERIES)
skgru.save(model, path)
whole = path.read_bytes()

Ridge().fit(X[:, :, 0], Y)  # scikit-learn has read its files
message = refused(lambda: GRURegressor(2, epochs=1).fit(X, Y))
assert "TensorFlow cannot be imported" in message and "ulimit -n" in message, message
fitted = GRURegressor(2, epochs=1, random_state=0).fit(X, Y)
predicted = fitted.predict(X)

message = refused(lambda: skgru.save(fitted, path))
assert f"path='{path}'" in message and "unchanged" in message and "ulimit -n" in message
refused(lambda: skgru.load(path))
assert path.read_bytes() == whole
for n_left in (1, 2):  # enough for some of its files
    try:
        without_descriptors(lambda: skgru.save(model, path), n_left)
    except OSError as error:
        assert error.errno == errno.EMFILE
assert os.listdir(path.parent) == [path.name]
np.testing.assert_array_equal(skgru.load(path).forecast(3), model.forecast(3))

fitted.set_params(units=3)  # is compiled anew
refused(lambda: fitted.fit(X, Y))
refused(lambda: fitted.set_params(jit_compile=False, units=4).fit(X, Y))
refused(lambda: fitted.set_params(jit_compile=True).fit(X, Y, checkpoint=path.with_name("fit")))
np.testing.assert_array_equal(fitted.predict(X), predicted)
assert without_descriptors(lambda: fitted.predict(X), 0).shape == (60,)
refused(lambda: backtest(SequenceForecaster(Ridge(), horizon=2), SERIES, initial=40, step=5,
                         refit=1, n_jobs=2))
for units in (2, 3, 4):
    fitted.set_params(units=units, jit_compile=units < 4).fit(X, Y)
print("done")
"""


def test_without_file_descriptors_nothing_is_lost(tmp_path):
    assert run_python(START + NO_DESCRIPTORS, tmp_path) == "done\n"


FULL_DISK = """
def with_full_disk(call, n_bytes):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, limits[1]))
    try:
        return call()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

folder = Path(sys.argv[1])
path, checkpoint = folder / "model.skgru", folder / "fit"
fitted = GRURegressor(30, epochs=2, random_state=0).fit(X, Y)
predicted = fitted.predict(X)
skgru.save(fitted, path)
whole = path.read_bytes()
for n_bytes in (0, 1, 1000, len(whole) - 1):
    error = error_of(lambda: with_full_disk(lambda: skgru.save(fitted, path), n_bytes))
    assert "make room" in str(error) and f"path='{path}'" in str(error)
    assert path.read_bytes() == whole and os.listdir(folder) == ["model.skgru"]
error = error_of(
    lambda: with_full_disk(lambda: fitted.fit(X, -Y, checkpoint=checkpoint), 1000))
assert f"checkpoint='{checkpoint}'" in str(error) and "make room" in str(error)
assert os.listdir(folder) == ["model.skgru"]
np.testing.assert_array_equal(fitted.predict(X), predicted)
fitted.fit(X, -Y, checkpoint=checkpoint)
skgru.save(fitted, path)
np.testing.assert_array_equal(skgru.load(path).predict(X), fitted.predict(X))
print("done")
"""


def test_a_full_disk_leaves_the_estimator_and_its_file(tmp_path):
    assert run_python(START + FULL_DISK, tmp_path) == "done\n"


FULL_FILE_SYSTEM = """
folder = Path(sys.argv[1])
path, checkpoint, filler = folder / "model.skgru", folder / "fit", folder / "filler"
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
fitted = GRURegressor(8, epochs=2, random_state=0).fit(X, Y)
predicted = fitted.predict(X)
skgru.save(fitted, path)
whole = path.read_bytes()
with open(filler, "wb", buffering=0) as file, suppress(OSError):
    while True:
        file.write(bytes(1024))
for n_left in (0, 4096):  # nothing, or room for the begin of a file
    os.truncate(filler, filler.stat().st_size - n_left)
    for what, call in {
        f"path='{path}'": lambda: skgru.save(fitted, path),
        f"path='{folder / 'new'}'": lambda: skgru.save(fitted, folder / "new"),
        f"checkpoint='{checkpoint}'": lambda: fitted.fit(X, -Y, checkpoint=checkpoint),
    }.items():
        error = error_of(call)
        assert error.errno == errno.ENOSPC, error
        assert what in str(error) and "make room" in str(error), error
        assert sorted(os.listdir(folder)) == ["filler", "model.skgru"]
    assert path.read_bytes() == whole
    np.testing.assert_array_equal(fitted.predict(X), predicted)
filler.unlink()
fitted.fit(X, -Y, checkpoint=checkpoint)
skgru.save(fitted, path)
np.testing.assert_array_equal(skgru.load(path).predict(X), fitted.predict(X))
print("done")
"""


def own_file_systems():
    """A command that starts a process with mounts of its own, None where that is not permitted."""
    command = ["unshare", "--map-root-user", "--mount"]
    attempt = [*command, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]
    try:
        done = subprocess.run(attempt, capture_output=True)
    except FileNotFoundError:
        return None
    return command if done.returncode == 0 else None


def test_a_full_file_system_leaves_the_estimator_and_its_file(tmp_path):
    command = own_file_systems()
    if command is None:
        pytest.skip("unshare and mount are not permitted here, so there is no small file system")
    assert run_python(START + FULL_FILE_SYSTEM, tmp_path, prefix=command) == "done\n"


KILLED_WORKER = """
from sklearn.model_selection import GridSearchCV

flag = Path(sys.argv[1]) / "kills"

class Deadly(Ridge):
    def fit(self, X, y, sample_weight=None):
        if flag.exists() and os.getpid() != PARENT:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y, sample_weight)

PARENT = os.getpid()
forecaster = SequenceForecaster(Deadly(), horizon=2, pretrained=None, theta_weight=0)
search = GridSearchCV(forecaster, {"window_length": [3, 5]}, cv=2, n_jobs=2)
calls = {
    "backtest": lambda: backtest(
        forecaster, SERIES, initial=40, step=5, refit=1, n_jobs=2).forecast,
    "search": lambda: search.fit(SERIES).cv_results_["mean_test_score"],
}
for name, call in calls.items():
    flag.touch()
    start = time.monotonic()
    error = error_of(call, Exception)
    assert type(error).__name__ == "TerminatedWorkerError", repr(error)
    assert "worker process" in str(error) and "SIGKILL" in str(error)
    assert time.monotonic() - start < 60
    flag.unlink()
    assert np.isfinite(call()).all(), name
    assert not hasattr(forecaster, "_model")
print("done")
"""


def test_a_killed_worker_is_an_error_and_the_next_call_works(tmp_path):
    assert run_python(START + KILLED_WORKER, tmp_path) == "done\n"


READ_ONLY = """
for folder in (Path.cwd(), Path.home()):
    error_of(lambda: (folder / "file").write_text(""))  # root, too
fitted = GRURegressor(2, epochs=1, random_state=0).fit(X, Y)
forecaster = SequenceForecaster(horizon=2, random_state=0).fit(SERIES)
stock = GRURegressor(2, epochs=1, jit_compile=False).fit(X, Y)
assert np.isfinite(forecaster.forecast(3)).all() and fitted.model_ is not None
error = error_of(lambda: skgru.save(fitted, "model.skgru"))
assert "path='model.skgru'" in str(error) and "another path" in str(error)
path = Path(sys.argv[1]) / "model.skgru"
skgru.save(fitted, path)
np.testing.assert_array_equal(skgru.load(path).predict(X), fitted.predict(X))
print("done")
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="a folder that root cannot write")
def test_a_read_only_home_and_working_directory_do_no_harm(tmp_path):
    environment = {"HOME": "/proc", "PYTHONPATH": os.pathsep.join(sys.path)}
    printed = run_python(START + READ_ONLY, tmp_path, environment=environment, cwd="/proc")
    assert printed == "done\n"
