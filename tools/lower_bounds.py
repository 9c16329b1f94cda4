"""Print the lower bounds of pyproject.toml as constraints for pip: `numpy>=2` -> `numpy==2`.

Packages without a lower bound get no line. Used by `make test-oldest`.
"""

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def lower_bounds(project: dict, extras: list[str]) -> dict[str, str]:
    """The lower bound of each package of the project and of its extras."""
    requirements = list(project["dependencies"])
    for extra in extras:
        requirements += project["optional-dependencies"][extra]
    bounds = {}
    for requirement in requirements:
        found = re.fullmatch(r"([\w.-]+)\s*(?:>=\s*([\w.]+))?", requirement)
        if found is None:
            raise ValueError(
                f"pyproject.toml requires {requirement!r}, but a requirement must be a name, or a "
                "name and a lower bound. Write it as 'name>=1.2'."
            )
        name, bound = found.groups()
        if bound is not None:
            bounds[name] = bound
    return bounds


if __name__ == "__main__":
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    for name, bound in sorted(lower_bounds(project, sys.argv[1:]).items()):
        print(f"{name}=={bound}")
