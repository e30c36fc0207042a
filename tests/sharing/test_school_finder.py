"""The School Finder: who is like one's own school, and why (R3, R16, R29)."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from sharing import door
from sharing.models import Establishment
from sharing.records.figures import Apart
from tests import figures
from tests.people import EDUNET, as_batch, asker, client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_released")]
HAZELTHWAITE, BECKSIDE, RAVENSGILL, LARKROYD, CRAGWELL, SKELBROOK = 999001, 999002, 999003, 999004, 999009, 999012
AMBERSTONE = 999011


def _sizes(**pupils: int) -> None:
    with as_batch():
        for name, number in pupils.items():
            Establishment.objects.filter(name__startswith=name).update(number_of_pupils=number)
        figures.out(
            "deprivation", 2024,
            {(urn, "idaci"): Decimal(at) for urn, at in ((BECKSIDE, "0.3"), (RAVENSGILL, "0.3"), (CRAGWELL, "0.5"))},
        )  # fmt: skip


def test_the_most_alike_first_with_the_difference_in_words() -> None:
    _sizes(Beckside=200, Ravensgill=210, Cragwell=400)
    found = door.find_schools(asker("governor-beckside"))
    assert found.of.urn == BECKSIDE
    assert [school.urn for school in found.page] == [RAVENSGILL, CRAGWELL]  # of the others too little is known
    near, far = found.page
    assert (near.words, near.apart) == ("Very much alike", Apart(pupils="10 more", idaci="the same"))
    assert (far.words, far.distance) == ("Not much alike", "1.50")
    page = client("governor-beckside").get("/school-finder/").content.decode()
    assert re.search(r"400 <[^>]*>200 more<.*0\.\d00 <[^>]*>0\.200 higher<", page)
    assert near.telephone in page
    assert "twice or half as many pupils on roll" in page
    assert f"The number of pupils comes from {found.of.source}, as of {found.of.as_of:%-d %B %Y}." in page


def test_who_stayed_is_a_part_of_the_distance_where_it_is_known_of_both() -> None:
    """R3: one step of size to Cragwell and two of deprivation are 1.50 in the mean; with 3 points, 0.3 of a step, 1.10.
    A suppressed figure is not known, and counts for nothing.
    """
    _sizes(Beckside=200, Ravensgill=210, Cragwell=400)
    ask, browser = asker("governor-beckside"), client("governor-beckside")
    before = {school.urn: school.distance for school in door.find_schools(ask).page}
    with as_batch():
        stayed = {BECKSIDE: 95, CRAGWELL: 92, RAVENSGILL: "SUPP"}
        figures.out("ks2", 2024, {(urn, "ks2_stayed"): what for urn, what in stayed.items()})
        figures.out("ks4", 2024, {(CRAGWELL, "ks4_stayed"): 50})
    found = door.find_schools(ask)
    assert (found.of.stayed.text, before[CRAGWELL]) == ("95%", "1.50")
    near, far = found.page
    assert (far.urn, far.stayed.text, far.apart.stayed, far.distance) == (CRAGWELL, "92%", "3 points lower", "1.10")
    assert (near.urn, near.stayed.text, near.apart.stayed) == (RAVENSGILL, "Not known", "")
    assert near.distance == before[RAVENSGILL]
    page = browser.get("/school-finder/").content.decode()
    assert ", 95% who stayed at the school." in page
    assert re.search(r'data-column="Stayed at the school">92% <[^>]*>3 points lower<', page)
    assert "10 percentage points of pupils who stayed at the school (mobility)" in page


def test_where_key_stage_2_has_no_figure_key_stage_4_has() -> None:
    """R3."""
    with as_batch():
        figures.out("ks4", 2024, {(BECKSIDE, "ks4_stayed"): 91})
        figures.out("ks2", 2024, {(BECKSIDE, "ks2_stayed"): "SUPP"})
    assert door.find_schools(asker("governor-beckside")).of.stayed.text == "91%"


def test_the_website_is_a_link_and_an_address_that_is_not_known_is_none() -> None:
    """R3, R30."""
    _sizes(Beckside=200, Ravensgill=210)
    governor, address = client("governor-beckside"), "https://ravensgill.example/"
    link = '<a class="govuk-link {}" href="https://ravensgill.example/" rel="external noreferrer">'
    hidden = '<span class="govuk-visually-hidden"> of Ravensgill Primary School</span>'
    website = f"{link.format('app-address-on-paper')}Website{hidden}</a>"
    assert website in governor.get("/school-finder/").content.decode()
    assert f"{link.format('app-break')}{address}</a>" in governor.get(f"/establishments/{RAVENSGILL}/").content.decode()
    with as_batch():
        Establishment.objects.filter(urn=RAVENSGILL).update(website="")
    assert website not in governor.get("/school-finder/").content.decode()
    page = governor.get(f"/establishments/{RAVENSGILL}/").content.decode()
    assert re.search(r"Website</dt><dd[^>]*>\s*Not recorded<", page)


def test_ties_by_name() -> None:
    _sizes(Beckside=200, Ravensgill=200, Cragwell=200)
    with as_batch():
        figures.out("deprivation", 2025, {(urn, "idaci"): Decimal("0.3") for urn in (CRAGWELL, RAVENSGILL, SKELBROOK)})
        Establishment.objects.filter(urn=SKELBROOK).update(number_of_pupils=200)
    names = [school.name for school in door.find_schools(asker("governor-beckside")).page]
    assert names == sorted(names)
    assert len(names) == 3


def test_filters() -> None:
    _sizes(Beckside=200, Ravensgill=210, Cragwell=400)
    ask = asker("governor-beckside")
    assert [school.urn for school in door.find_schools(ask, kind="academy").page] == [CRAGWELL]
    place = door.find_schools(ask).page.rows[0]
    assert place in door.find_schools(ask, locality=place.locality).page.rows
    assert door.find_schools(ask, locality="Nowhere").page.total == 0


def test_a_head_asks_of_their_own_and_an_officer_of_any_that_takes_part() -> None:
    browser = client("governor-beckside")
    assert browser.get(f"/school-finder/?of={RAVENSGILL}").status_code == 404
    assert browser.get("/school-finder/?of=nonsense").status_code == 200
    officer = client("officer-no-duty", EDUNET)
    assert officer.get(f"/school-finder/?of={RAVENSGILL}").status_code == 200
    assert officer.get(f"/school-finder/?of={LARKROYD}").status_code == 404
    assert browser.get("/school-finder/?sort=ks2_rwm_expected").status_code == 422


def test_a_head_of_two_begins_with_the_school_that_they_have_chosen_to_work_for() -> None:
    """R3: schools like the one that they work for today."""
    head = asker("head-ravensgill")
    assert door.find_schools(head).of.urn == HAZELTHWAITE  # the first by name
    assert door.find_schools(replace(head, acting_for=str(RAVENSGILL))).of.urn == RAVENSGILL
    assert door.find_schools(replace(head, acting_for=str(RAVENSGILL)), of=HAZELTHWAITE).of.urn == HAZELTHWAITE
    assert door.find_schools(replace(head, acting_for=str(BECKSIDE))).of.urn == HAZELTHWAITE  # not one of theirs


def test_it_opens_with_a_school_and_not_with_a_children_s_centre() -> None:
    """R3: Amberstone is the first by name, and no other centre is like it. It is still among those to choose."""
    who = asker("officer-no-duty", EDUNET)
    found = door.find_schools(who)
    assert found.of.urn == BECKSIDE
    assert found.own[0] == (AMBERSTONE, "Amberstone Children's Centre")
    assert door.find_schools(who, of=AMBERSTONE).of.urn == AMBERSTONE
    assert door.find_schools(asker("manager-amberstone")).of.urn == AMBERSTONE


def test_whoever_takes_no_part_finds_nobody() -> None:
    """R16, R17."""
    _sizes(Beckside=200, Ravensgill=210, Larkroyd=200)
    assert door.find_schools(asker("head-larkroyd")).of is None
    assert "nothing to compare" in client("head-larkroyd").get("/school-finder/").content.decode()


@pytest.mark.parametrize(("pupils", "words"), [(1, ": 1 pupil."), (2, ": 2 pupils."), (0, ": 0 pupils.")])
def test_a_school_of_one_pupil(pupils: int, words: str) -> None:
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(number_of_pupils=pupils)
    assert f"Beckside Primary School{words}" in client("governor-beckside").get("/school-finder/").content.decode()


def test_one_pupil_more() -> None:
    _sizes(Beckside=200, Ravensgill=201)
    assert door.find_schools(asker("governor-beckside")).page.rows[0].apart.pupils == "1 more"
