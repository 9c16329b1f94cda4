"""Tools that check pages and code."""

import sys
import zipfile
from pathlib import Path

import pytest

import skgru

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import check_dist  # noqa: E402
import check_types  # noqa: E402

PAGE = """# Title

```python
x: int = 1
```

```
y = "not Python"
```

```python
x.upper()
```
"""


def test_blocks_keep_their_line_numbers():
    lines = check_types.code_of(PAGE).splitlines()
    assert (lines[3], lines[11]) == ("x: int = 1", "x.upper()")
    assert sum(map(bool, lines)) == 2


def test_all_pages_and_examples_are_checked():
    paths = [path for path, _ in check_types.sources()]
    assert {"README.md", "docs/index.md", "docs/guide/pictures.md"} <= set(paths)
    assert {"examples/plot_backtest.py", "examples/serving/service.py"} <= set(paths)


def test_an_error_of_a_page_is_found():
    pytest.importorskip("pyright")
    ((path, line, message),) = check_types.findings({"page.md": check_types.code_of(PAGE)})
    assert (path, line) == ("page.md", 12)
    assert "upper" in message


def test_faults_of_a_wheel(tmp_path):
    wheel = tmp_path / "a.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a/__init__.py", "")
        archive.writestr("tests/test_a.py", "")
        archive.writestr("a-1.dist-info/METADATA", "[x](docs/x.md) and [y](https://doi.org)")
    faults = check_dist.faults_of(wheel, {"a/__init__.py", "a/py.typed"})
    assert faults == [
        "a/py.typed is missing",
        "tests/test_a.py should not be there",
        "a relative link in the description: ](docs/x.md)",
    ]


def test_the_versions_agree():
    assert check_dist.version() == check_dist.cited_version() == skgru.__version__
