"""Writes the pages of documentation that are generated from the code: `uv run python -m scripts.describe`.

They are docs/architecture.md and docs/requirements.md. `tests/test_described.py` fails while one of them is out of
date.
"""

import os
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def pages() -> dict[Path, Callable[[], str]]:
    """Each page, and the function that returns its text. Needs Django to be set up."""
    from scripts import architecture, requirements

    return {DOCS / "architecture.md": architecture.page, DOCS / "requirements.md": requirements.page}


if __name__ == "__main__":
    os.environ.setdefault("PORTAL_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

    import django

    django.setup()
    for path, page in pages().items():
        path.write_text(page())
