"""Each invariant of open statistics is checked where docs/statistics-attacks.md says (R10, R11)."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = dict(re.findall(r"^\| (I\d+) \| (.+) \|$", (ROOT / "docs/statistics-attacks.md").read_text(), re.MULTILINE))


def test_every_invariant_is_checked_by_the_tests_that_are_named() -> None:
    assert list(ROWS) == [f"I{number}" for number in range(1, 16)]
    for invariant, row in ROWS.items():
        named = re.findall(r"`(tests/\S+\.py)`", row)
        assert named, invariant
        for path in named:
            assert re.search(rf"\b{invariant}\b", (ROOT / path).read_text()), f"{path} does not speak of {invariant}"
