"""Operations and the comparison of both sites, as a superuser and an information manager read them (R30, A17)."""

import pytest

from tests.journeys.conftest import Browse

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("slug", ["superuser", "officer-information"])
def test_pages_of_operations(browse: Browse, slug: str) -> None:
    somebody = browse(slug, "edunet")
    somebody.visits("/operations/")
    assert somebody.sees("What waits for the worker")
