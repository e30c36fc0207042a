"""R45: "Why can I see this?" names no permission where a page needs none."""

import pytest

from tests.people import client

pytestmark = pytest.mark.django_db
NEEDED = "This page is for people who may"


@pytest.mark.parametrize("path", ["/my-downloads/", "/breaches/", "/your-reports/"])
def test_a_page_of_ones_own_does_not_say_that_it_needs_what_one_has_not(path: str) -> None:
    """R14, R41: it opens after one's access has ended, so it is not for people who may see establishments alone."""
    shown = client("teacher-ended").get(path).content.decode()
    assert ("Why can I see this?" in shown, NEEDED in shown) == (True, False)


def test_a_page_that_needs_a_permission_says_which() -> None:
    shown = client("teacher-beckside").get("/establishments/999002/pupils/").content.decode()
    assert f"{NEEDED} see pupil information." in shown
