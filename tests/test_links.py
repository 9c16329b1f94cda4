"""Links within the pages lead somewhere: files, headings and pictures. Nothing is downloaded."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *DOCS.glob("guide/*.md"), *ROOT.glob("skgru/**/*.md")]
)
# Pages that Sphinx makes: of each example, and their list.
GENERATED = {DOCS / "auto_examples" / path.stem for path in ROOT.glob("examples/plot_*.py")}
GENERATED |= {DOCS / "auto_examples" / "index"}


def without_code(text):
    """A page without its blocks of code and its code in backquotes."""
    text = re.sub(r"^(```+|~~~+).*?^\1", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "code", text)


def links_of(page):
    """Targets of the links and pictures of a page."""
    text = without_code(page.read_text())
    inline = re.findall(r"\]\(([^()\s]+)\)", text)
    return inline + re.findall(r"^\[[^\]]+\]: (\S+)", text, re.M)


@cache
def anchors_of(page):
    """Anchors of the headings of a page, as MyST and GitHub make them, and labels: (name)=."""
    text = re.sub(r"^(```+|~~~+).*?^\1", "", page.read_text(), flags=re.M | re.S)
    headings = re.findall(r"^#{1,3} (.+)$", text, re.M)
    made = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
    return made | set(re.findall(r"^\(([\w-]+)\)=$", text, re.M))


def fault_of(page, target):
    """Why a link leads nowhere; None if it leads somewhere."""
    if re.match(r"\w+:", target):
        return None if target.startswith(("https:", "mailto:")) else "not https"
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if file in GENERATED:
        return None
    if not file.exists():
        return "no such file"
    if anchor and anchor not in anchors_of(file):
        return f"no such heading; there are {sorted(anchors_of(file))}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    faults = {target: fault_of(page, target) for target in links_of(page)}
    assert not {target: fault for target, fault in faults.items() if fault}


def test_faults_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A `b` heading\n[x](no.md) [y](#a-b-heading) [z](#none) ![p](no.png)\n")
    faults = {target: fault_of(page, target) for target in links_of(page)}
    assert [target for target, fault in faults.items() if fault] == ["no.md", "#none", "no.png"]


def test_every_page_of_the_guide_is_in_the_table_of_contents():
    listed = set(re.findall(r"^guide/(\w+)$", (DOCS / "index.md").read_text(), re.M))
    assert listed == {path.stem for path in DOCS.glob("guide/*.md")}
