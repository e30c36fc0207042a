"""The pages of documentation that are read out of the code are as the code is."""

import re
from pathlib import Path

import pytest

from scripts.describe import DOCS, pages
from scripts.requirements import named
from sharing.imports.registry import KINDS


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_the_page_is_up_to_date(path: Path) -> None:
    assert path.read_text() == pages()[path](), "uv run python -m scripts.describe"


def test_each_requirement_is_named_by_a_test() -> None:
    """All of them: the page says `none` where there is no test."""
    assert "**none**" not in (DOCS / "requirements.md").read_text()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("R5, R6: the day after", {5, 6}), ("R26 to R28", {26, 27, 28}), ("R10-R12", {10, 11, 12}), ("S99, PR5", set())],
)
def test_a_text_names_requirements(text: str, numbers: set[int]) -> None:
    assert named(text) == numbers


def _rooms() -> list[str]:
    """The paths in the first column of "Find your room"."""
    table = (DOCS.parent / "DEVELOPERS.md").read_text().partition("## Find your room")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [path for row in rows for path in re.findall(r"`([\w/*.]+)`", row) if "/" in path or path.endswith(".py")]


def test_each_room_is_where_the_developers_guide_says() -> None:
    """A name without its folder is in one that the guide names too."""
    rooms = _rooms()
    folders = {path.rpartition("/")[0] + "/" for path in rooms if "/" in path} | {""}
    inside = [at + folder for at in ("", "sharing/", "access_register/") for folder in folders]
    missing = [path for path in rooms if not any(any(DOCS.parent.glob(folder + path)) for folder in inside)]
    whole = re.findall(r"`([\w/]+/[\w*]+\.\w+)`", (DOCS.parent / "DEVELOPERS.md").read_text())
    named_in = ("", "sharing/", "access_register/", "templates/")
    missing += [path for path in whole if not any(any(DOCS.parent.glob(at + path)) for at in named_in)]
    assert not missing, f"DEVELOPERS.md names what is not there: {missing}."


def test_each_kind_of_file_has_its_page() -> None:
    """R22: what comes in is described for those who send it."""
    pages = (DOCS / "formats" / "README.md").read_text()
    missing = [kind for kind in KINDS if f"`{kind}`" not in pages]
    assert not missing, f"A page in docs/formats for {missing}, and a row of its README."


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [*DOCS.glob("**/*.md"), DOCS.parent / "README.md", DOCS.parent / "DEVELOPERS.md"]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())]
    assert not [(page.name, link) for page, link in links if not (page.parent / link).exists()]


def test_each_setting_is_told_to_whoever_runs_it_and_none_that_nothing_reads() -> None:
    """The other thresholds of unusual patterns are told where they are decided, as the page says."""
    code = re.sub(r"  #.*", "", (DOCS.parent / "portal/settings.py").read_text())
    read = set(re.findall(r'(?:\benv\.\w+|_secret)\(\s*"([A-Z_]+)"', code))
    rows = re.findall(r"^\| (`[A-Z].*?) \|", (DOCS / "operators/settings.md").read_text(), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    decided = (DOCS / "adr/0031-unusual-patterns-are-questions.md").read_text()
    assert {name for name in read - told if not (name.startswith("UNUSUAL_") and f"`{name}`" in decided)} == set()
    assert told - read == set()


def test_each_line_of_codeowners_names_something() -> None:
    """R45: where files have moved away from a line, nobody has to agree to a change of them any more."""
    lines = [line.split() for line in (DOCS.parent / "CODEOWNERS").read_text().splitlines() if line.startswith("/")]
    owners = {pattern: who for pattern, *who in lines}
    found = {pattern: list(DOCS.parent.glob(pattern.strip("/"))) for pattern in owners}
    assert [pattern for pattern, files in found.items() if not files] == []
    signed = {file for pattern, who in owners.items() if who == owners["/CODEOWNERS"] for file in found[pattern]}
    assert {DOCS.parent / app / "sql" for app in ("sharing", "access_register")} <= signed
