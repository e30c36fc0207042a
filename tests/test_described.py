"""The pages of documentation that are read out of the code are as the code is."""

from pathlib import Path

import pytest

from scripts.describe import DOCS, pages
from scripts.requirements import named


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_the_page_is_up_to_date(path: Path) -> None:
    assert path.read_text() == pages()[path](), "uv run python -m scripts.describe"


def test_each_requirement_is_named_by_a_test() -> None:
    """All of them: the page says `none` where there is no test."""
    assert "**none**" not in (DOCS / "requirements.md").read_text()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("R5, R6: the day after", {5, 6}), ("R26 to R28", {26, 27, 28}), ("R10-R12", {10, 11, 12}), ("R99, PR5", set())],
)
def test_a_text_names_requirements(text: str, numbers: set[int]) -> None:
    assert named(text) == numbers
