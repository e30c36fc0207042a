"""Open statistics in a browser, with and without scripts (R10, R12, R29, R30)."""

import pytest

from sharing.demo.places import BECKSIDE
from tests.journeys.conftest import Browse
from tests.journeys.serving import Demo, manage

pytestmark = pytest.mark.browser

OUT = """
from sharing.roles import BATCH, acting_as
from tests import open_statistics
with acting_as(BATCH):
    open_statistics.out(open_statistics.YEAR + 1)
"""


@pytest.fixture(scope="package")
def statistics_are_out(newcomers_database: str, sites: Demo) -> None:
    done = manage(newcomers_database, "shell", "-c", OUT)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("slug", "on", "scripts"),
    [
        ("governor-beckside", "schools_online", True),
        ("head-beckside", "schools_online", False),
        ("officer-no-duty", "edunet", True),
    ],
)
@pytest.mark.usefixtures("statistics_are_out")
def test_from_the_list_of_tables_to_a_group(browse: Browse, slug: str, on: str, scripts: bool) -> None:
    somebody = browse(slug, on=on, scripts=scripts)
    somebody.visits("/")
    somebody.presses("Statistics")
    somebody.presses("Pupils by place, sex, free school meals and special educational needs")
    somebody.page.get_by_label("A row for each", exact=True).select_option(label="Special educational needs")
    # One Locality, if the counts of so few schools may be told by Locality.
    place = somebody.page.get_by_label("Place", exact=True)
    *_, chosen = place.locator("option").all_inner_texts()
    place.select_option(label=chosen)
    somebody.presses("Show")
    assert "By special educational needs" in somebody.main
    assert f"Place: {chosen}" in somebody.main
    somebody.presses("Why counts are multiples of 5")
    assert "An invented school has 213 pupils" in somebody.main
    somebody.visits("/statistics/absence_phase_fsm_rates/")
    somebody.visits("/statistics/establishments/establishments_fsm/?sort=size")
    assert "This is not a ranking." in somebody.main
    somebody.visits(f"/establishments/{BECKSIDE}/statistics/")
    assert "They are not the exact numbers" in somebody.main
