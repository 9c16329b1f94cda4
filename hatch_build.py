"""The long description of the package: README.md without what an index page cannot show.

Pictures and links with a relative path work beside the sources only. An index page shows the text
of a link, with the path of its file.
"""

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

NOTE = "The pages and examples named here are files of the source distribution.\n"


def description_of(readme: str) -> str:
    """README.md with paths in place of relative links, and without pictures."""
    readme = re.sub(r"^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?", "", readme, flags=re.M)
    title, _, rest = readme.partition("\n")
    text = re.sub(r"\[([^\]]+)\]\((?!https:)([^)]+)\)", _with_path, rest)
    return f"{title}\n{text}\n{NOTE}"


def _with_path(link: re.Match[str]) -> str:
    text, path = link.groups()
    return f"`{path}`" if text.strip("/") == path.strip("/") else f"{text} (`{path}`)"


class Description(MetadataHookInterface):
    def update(self, metadata: dict) -> None:
        readme = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": description_of(readme)}
