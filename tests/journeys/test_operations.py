"""Operations, as a superuser and an information manager read it (R30, A17)."""

import pytest

from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser


def test_an_information_manager_reads_how_the_service_is(browse: Browse) -> None:
    somebody = browse("officer-information", "edunet")
    somebody.presses("Operations: how the service is running")
    assert somebody.sees("What is waiting for the worker")


def test_a_superuser_is_led_to_their_one_page(browse: Browse) -> None:
    somebody = browse(on="edunet")
    somebody.visits("/demo/sign-in/")
    somebody.presses(somebody.page.locator("form:has(input[value=superuser]) button"), status=403)
    somebody.presses("Go to Operations")
    assert somebody.sees("What is waiting for the worker")
