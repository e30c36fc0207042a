"""A kind of file of the tests' own, and uploads of it."""

import pytest

from sharing.imports import running
from sharing.imports.registry import KINDS
from sharing.service import work
from tests.sharing.imports.tiny import OFFICERS, TINY


@pytest.fixture(autouse=True)
def only_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has nothing else to do here: no report is drawn meanwhile."""
    monkeypatch.setattr(work, "WORK", (running.do_next,))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (TINY, OFFICERS):
        monkeypatch.setitem(KINDS, kind.slug, kind)
