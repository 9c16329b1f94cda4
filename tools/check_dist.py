"""Build a release and try it: `python tools/check_dist.py dist [--tests]`.

Builds the source distribution and the wheel into a folder, checks them with twine, and compares the
files of the wheel with those of the sources. Then it installs the wheel into an empty environment,
where README.md, the command line and `pip check` run. With --tests, a quick part of the tests runs
there too, against the installed package. Needs the extra `dist`, and 4 GB of disk for a while.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_MB = 5  # of a wheel
QUICK = ["test_metrics.py", "test_windows.py", "test_datasets.py", "test_plotting.py"]
QUICK += ["test_import.py", "backtest", "cli", "files"]

README = """
import pathlib, re, sys
names, page = {}, pathlib.Path(sys.argv[1]).read_text()
for block in re.findall(r"^```python\\n(.*?)^```", page, re.M | re.S):
    exec(block, names)
import skgru
assert pathlib.Path(sys.prefix) in pathlib.Path(skgru.__file__).parents, skgru.__file__
assert (pathlib.Path(skgru.__file__).parent / "py.typed").exists()
assert skgru.__version__ == sys.argv[2], skgru.__version__
"""


def version() -> str:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def cited_version() -> str | None:
    found = re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.M)
    return found and found[1]


def run(*command: object, **options: object) -> str:
    """Run a command without the variables of another environment; return what it printed."""
    print("$", *(shown(part) for part in command), flush=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nfailed with exit code {done.returncode}")
    return done.stdout


def shown(part: object) -> str:
    """An argument on one line."""
    text = str(part)
    return text if "\n" not in text else "<code>"


def faults_of(wheel: Path, sources: set[str]) -> list[str]:
    """What is wrong with the files of a wheel. sources : the files of the package."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        description = archive.read(metadata).decode()
    found = {name for name in names if ".dist-info/" not in name}
    faults = [f"{name} is missing" for name in sorted(sources - found)]
    faults += [f"{name} should not be there" for name in sorted(found - sources)]
    faults += [
        f"a relative link in the description: {link}"
        for link in re.findall(r"\]\((?!https:)[^)]*\)", description)
    ]
    megabytes = wheel.stat().st_size / 1e6
    if megabytes > MOST_MB:
        faults.append(f"{megabytes:.1f} MB, but at most {MOST_MB}")
    return faults


def build(folder: Path) -> Path:
    """The wheel, checked."""
    if cited_version() != version():
        sys.exit(f"CITATION.cff and pyproject.toml ({version()}) have different versions.")
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    files = sorted(folder.iterdir())
    print(run(sys.executable, "-m", "twine", "check", "--strict", *files))
    (wheel,) = folder.glob("*.whl")
    listed = run("git", "ls-files", "skgru", cwd=ROOT)
    if faults := faults_of(wheel, set(listed.split())):
        sys.exit(f"{wheel.name}: {'; '.join(faults)}")
    for file in files:
        print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")
    return wheel


def try_out(wheel: Path, tests: bool) -> None:
    """Install the wheel into an empty environment and use it, far from the sources."""
    with tempfile.TemporaryDirectory() as scratch:
        run(sys.executable, "-m", "venv", "env", cwd=scratch)
        python = Path(scratch, "env", "bin", "python")
        pip = (python, "-m", "pip", "--disable-pip-version-check")
        extras = "test" if tests else "cli"
        install = (*pip, "install", "--quiet", "-c", ROOT / "constraints.txt")
        run(*install, f"skgru[{extras}] @ {wheel.resolve().as_uri()}")
        print(run(*pip, "check"))
        run(python, "-c", README, ROOT / "README.md", version(), cwd=scratch)
        run(python, "-m", "skgru", "--help", cwd=scratch)
        command = ("env/bin/skgru", "forecast", "passengers.csv", "--horizon", "3", "--zero-shot")
        shutil.copy(ROOT / "skgru/datasets/airline_passengers.csv", f"{scratch}/passengers.csv")
        answer = run(*command, cwd=scratch)
        if len(answer.splitlines()) != 4 or not answer.startswith("month,passengers\n1961-01,"):
            sys.exit(f"skgru forecast printed {answer!r}")
        if tests:
            shutil.copytree(ROOT / "tests", f"{scratch}/tests")
            shutil.copy(ROOT / "pyproject.toml", scratch)
            run(python, "-m", "pytest", "--collect-only", "-q", "tests", cwd=scratch)
            paths = [f"tests/{name}" for name in QUICK]
            print(run(python, "-m", "pytest", "-q", *paths, cwd=scratch).splitlines()[-1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tests", action="store_true")
    given = parser.parse_args()
    try_out(build(given.folder), given.tests)
    print(f"{given.folder} holds version {version()}")
