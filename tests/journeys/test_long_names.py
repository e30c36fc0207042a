"""Names of one long word, in a real browser (R30)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}/"
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


def test_a_long_name_of_an_establishment_does_not_widen_the_page(browse: Browse) -> None:
    head = browse("head-beckside")
    head.visits(HERE)
    head.page.set_viewport_size({"width": 320, "height": 700})
    head.page.evaluate(f"document.querySelector('[aria-current=page]').textContent = '{LONG}'")
    assert head.page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_long_name_of_a_child_leaves_the_other_columns_in_sight(browse: Browse) -> None:
    head = browse("head-beckside")
    head.visits(f"{HERE}pupils/")
    head.page.evaluate(f"document.querySelector('tbody th a').textContent = '{LONG}-{LONG}, {LONG}-{LONG}'")
    assert head.page.evaluate(
        "(table => table.scrollWidth <= table.clientWidth)(document.querySelector('.app-table-scroll'))"
    )
