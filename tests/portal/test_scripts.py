"""What browsers are sent is what stands in the sources of styles and scripts."""

from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[2] / "portal"


@pytest.mark.parametrize("script", ["passkeys.js", "progress.js"])
def test_a_script_is_the_one_of_its_source(script: str) -> None:
    """Both are copied by `npm run build`, which somebody may forget."""
    assert (PORTAL / "static/portal" / script).read_text() == (PORTAL / "assets/js" / script).read_text()
