"""Lower bounds of packages, for `make test-oldest`."""

import importlib.util
import tomllib
from importlib.metadata import version
from pathlib import Path

from tests.helpers import fails

TOOL = Path(__file__).parents[1] / "tools" / "lower_bounds.py"
spec = importlib.util.spec_from_file_location("lower_bounds", TOOL)
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)


def numbers(text):
    return [int(part) for part in text.split(".") if part.isdigit()]


def test_lower_bounds_become_constraints():
    project = {"dependencies": ["a>=1.2", "b"], "optional-dependencies": {"x": ["c-d>=3"]}}
    assert tool.lower_bounds(project, []) == {"a": "1.2"}
    assert tool.lower_bounds(project, ["x"]) == {"a": "1.2", "c-d": "3"}
    fails(lambda: tool.lower_bounds({"dependencies": ["a<2"]}, []), "'a<2'", "name>=1.2")


def test_each_extra_has_the_same_bounds_and_installed_versions_obey_them():
    project = tomllib.loads(tool.PYPROJECT.read_text())["project"]
    extras = list(project["optional-dependencies"])
    every = [tool.lower_bounds(project, [extra]) for extra in extras]
    for bounds in every:
        for name, bound in bounds.items():
            assert all(other.get(name, bound) == bound for other in every), name
    for name, bound in tool.lower_bounds(project, ["test"]).items():
        assert numbers(version(name)) >= numbers(bound), name
