"""Tools that check pages and code."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

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
