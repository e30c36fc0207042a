"""What every party sees alike, and in which order (R20, R29, R31, R40)."""

import pytest
from django.utils.html import escape

from sharing import door
from sharing.models import Locality
from tests.people import EDUNET, as_batch, asker, client

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003


@pytest.mark.parametrize("query", ["", "?sort=", "?named=&kind=", "?sort=name&page=1"])
def test_establishments_are_listed_by_name(query: str) -> None:
    """R29: the order is said above the table, with what it is for."""
    names = [line.name for line in door.list_establishments(asker("governor-beckside")).page]
    assert names == sorted(names)
    page = client("governor-beckside").get(f"/establishments/{query}").content.decode()
    places = [page.index(f">{escape(name)}</a>") for name in names]
    assert places == sorted(places)
    assert "Ordered by name, so that you can find one quickly. This is not a ranking." in page


@pytest.mark.parametrize("path", ["/establishments/", f"/establishments/{RAVENSGILL}/"])
def test_others_information_says_what_it_is_not_for(path: str) -> None:
    """R20: the ban on promoting one establishment at the expense of another stands on the page."""
    page = client("governor-beckside").get(path).content.decode()
    assert "promote one school or centre at the expense of another" in page


def test_lists_with_figures_lead_to_where_these_come_from() -> None:
    """R22, R31: no release is named beside each figure, as elsewhere; the list of names has no figure."""
    said = "Other figures here are the newest that are out"
    officer = client("officer-information", EDUNET)
    with as_batch():
        locality = Locality.objects.get(name="Aireholme").pk
    for reader, page in (
        (client("governor-beckside"), "/establishments/?sort=idaci"),
        (officer, "/establishments/?sort=fsm"),
        (officer, f"/localities/{locality}/"),
    ):
        assert said in reader.get(page).content.decode(), page
    assert said not in officer.get("/establishments/").content.decode()


@pytest.mark.parametrize("urn", [BECKSIDE, RAVENSGILL])
def test_both_sites_show_the_same_facts_of_an_establishment(urn: int) -> None:
    """R31, R40: the same record, as-of date and source, from the same store."""
    at_school = door.show_establishment(asker("governor-beckside"), urn).establishment
    at_the_council = door.show_establishment(asker("officer-no-duty", EDUNET), urn).establishment
    assert at_school == at_the_council


def test_both_sites_show_the_same_pupils() -> None:
    """R31, R40: a head and an officer with a duty read the same rows."""
    at_school = door.list_pupils(asker("head-beckside"), BECKSIDE)
    at_the_council = door.list_pupils(asker("officer-admissions", EDUNET), BECKSIDE)
    assert (at_school.page, at_school.as_of, at_school.source) == (
        at_the_council.page,
        at_the_council.as_of,
        at_the_council.source,
    )
