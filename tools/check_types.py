"""Check the types of all code that users copy: `python tools/check_types.py`.

The Python blocks of README.md and of the pages of docs/ are written to files, one for each page,
with their line numbers. pyright (basic) checks them and the examples. It needs
`pip install "pyright[nodejs]" pandas-stubs` beside skgru and its extra `test`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATTERNS = ["README.md", "docs/index.md", "docs/guide/*.md", "examples/*.py", "examples/*/*.py"]

# An expression alone shows its value in a notebook. Packages without stubs are read as they are.
RULES = {"typeCheckingMode": "basic", "reportUnusedExpression": False}
RULES |= {"reportMissingModuleSource": False, "reportMissingTypeStubs": False}

# Findings about scikit-learn, which has no annotations: pyright infers the types of its functions
# from defaults and from the first branch.
UPSTREAM = [
    r'for class "Pipeline\*"',  # pipe[-1] is a step, not a pipeline
    r'for class "list\[ScoringMonitorLog\]"',  # get_logs() of a single fit
    r'parameter "(min_resources|max_resources|cv)" .* in function "__init__"',  # halving searches
]


def code_of(page: str) -> str:
    """The Python blocks of a Markdown page. Other lines are empty, so that line numbers stay."""
    lines, is_code = [], False
    for line in page.splitlines():
        if line.startswith("```"):
            is_code = not is_code and line == "```python"
            line = ""
        lines.append(line if is_code else "")
    return "\n".join(lines) + "\n"


def sources(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Path and code of each file to check."""
    for pattern in PATTERNS:
        for path in sorted(root.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            yield path.relative_to(root).as_posix(), code_of(text) if path.suffix == ".md" else text


def findings(files: dict[str, str]) -> list[tuple[str, int, str]]:
    """Path, line and message of all errors that pyright finds in files of this code."""
    with tempfile.TemporaryDirectory() as folder:
        # A module for each file: pages import packages, and none of them must be shadowed.
        names = {f"file_{i}.py": path for i, path in enumerate(files)}
        for name, code in zip(names, files.values(), strict=True):
            (Path(folder) / name).write_text(code, encoding="utf-8")
        (Path(folder) / "pyrightconfig.json").write_text(json.dumps(RULES), encoding="utf-8")
        command = [sys.executable, "-m", "pyright", "--outputjson", "-p", folder]
        command += ["--pythonpath", sys.executable]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"pyright did not run: {done.stdout}{done.stderr}")
    return [
        (names[Path(one["file"]).name], one["range"]["start"]["line"] + 1, one["message"])
        for one in answer["generalDiagnostics"]
        if one["severity"] == "error"
    ]


def main() -> int:
    files = {path: code for path, code in sources() if code.strip()}
    found = findings(files)
    own = [one for one in found if not any(re.search(kind, one[2]) for kind in UPSTREAM)]
    for path, line, message in own:
        print(f"{path}:{line}: {message}")
    print(f"{len(files)} files: {len(own)} errors, {len(found) - len(own)} about scikit-learn")
    return 1 if own else 0


if __name__ == "__main__":
    sys.exit(main())
