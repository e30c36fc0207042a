"""A kind of file of the tests' own, and uploads of it."""

import pytest

from sharing.imports.registry import KINDS
from tests.sharing.imports.tiny import OFFICERS, TINY


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (TINY, OFFICERS):
        monkeypatch.setitem(KINDS, kind.slug, kind)
