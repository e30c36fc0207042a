"""docs/security.md names tests: each exists. An assurance that nothing holds any more fails here."""

import ast
import json
import re
import subprocess
from pathlib import Path

from django.conf import settings

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")


def _tests_of(path: str) -> set[str]:
    """The tests of a module as pytest is told them: those of a class behind its name."""
    file = Path(settings.BASE_DIR) / path
    tree = ast.parse(file.read_text() if file.exists() else "")
    classes = {f"{node.name}::": node.body for node in tree.body if isinstance(node, ast.ClassDef)}
    return {
        f"{of}{node.name}"
        for of, body in ({"": tree.body} | classes).items()
        for node in body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_each_test_that_is_named_exists() -> None:
    """By the words with which pytest runs it, so that whoever doubts a line can try it."""
    named = NAMED.findall(DOCUMENT.read_text())
    known = {path: _tests_of(path) for path, _ in named}
    assert len(named) > 80
    assert [f"{path}::{test}" for path, test in named if test not in known[path]] == []


def test_every_test_of_an_attack_is_named() -> None:
    """A threat that is tested is told."""
    named = {test for _, test in NAMED.findall(DOCUMENT.read_text())}
    files = (Path(settings.BASE_DIR) / "tests" / "attack").glob("test_*.py")
    ours = {test for file in files for test in _tests_of(f"tests/attack/{file.name}")}
    assert ours - named == ABOUT_THE_TESTS


def test_the_list_of_components_is_written_as_the_document_says(tmp_path: Path) -> None:
    """What runs, and not what only the tests need."""
    said = (Path(settings.BASE_DIR) / "docs" / "operators" / "upgrade.md").read_text()
    (command,) = re.findall(r"^    (uv export .*--format cyclonedx1.5 .*) \S+$", said, re.MULTILINE)
    file = tmp_path / "components.json"
    subprocess.run([*command.split(), str(file)], cwd=settings.BASE_DIR, check=True, capture_output=True)
    listed = json.loads(file.read_text())
    names = {one["name"] for one in listed["components"]}
    assert listed["bomFormat"] == "CycloneDX"
    assert {"django", "psycopg2-binary", "lxml"} <= names
    assert "pytest" not in names


# Tests of the tests, and lesser ones of a threat that another holds.
ABOUT_THE_TESTS = {
    "test_a_slow_one_is_found",
    "test_the_walk_has_seen_the_portal",
    "test_no_invented_method_is_read_as_another",
    "test_a_list_that_lies_about_the_size_unpacks_no_more_than_it_says",
}
