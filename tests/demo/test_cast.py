"""The cast: whom the demonstration's sign-in pages list, and that it has two of whatever must be told apart."""

import json
import re
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from access_register.demo.cast import BY_SLUG, CAST, DEMO_PASSWORD, HEAD_OF, people_of
from access_register.demo.now import NotSeeded
from access_register.models import Duty, RegisterLine
from access_register.officers.functions import FUNCTION
from sharing.demo.places import BY_URN
from sharing.demo.staff import KNOWN
from tests.people import EDUNET, SCHOOLS_ONLINE, person, visitor


def on(site: str) -> set[str]:
    return {member.slug for group in people_of(site) for member in group.people}


def test_slugs_and_addresses_are_plain_and_nobodys() -> None:
    assert len(BY_SLUG) == len(CAST) == len({member.email for member in CAST})
    for member in CAST:
        assert re.fullmatch(r"[a-z-]+", member.slug)
        assert member.email.endswith(".example")
        assert member.email.partition("@")[0] == member.name.lower().replace(" ", ".")


def test_every_duty_names_the_statutory_function_that_it_is_for() -> None:
    """R2, R9: as the form for a duty asks; heads read it with its legal basis."""
    assert [duty for member in CAST for duty in member.duties if duty.function not in FUNCTION] == []


def test_the_sign_in_pages_list_everybody_once() -> None:
    officers = {member.slug for member in CAST if member.team}
    assert on(EDUNET) == officers | {"superuser"}
    assert on(SCHOOLS_ONLINE) == set(BY_SLUG) - officers


def test_two_schools_have_head_named_staff_teacher_and_governor() -> None:
    has = Counter(
        urn
        for seat, level, role in [(0, 1, "head"), (1, 1, "teacher"), (None, 2, "teacher"), (None, 3, "governor")]
        for urn in {
            line.urn for m in CAST for line in m.lines if (line.seat, line.level, line.role) == (seat, level, role)
        }
    )
    assert [urn for urn, kinds in has.items() if kinds == 4] == [999002, 999003]


def test_every_establishment_of_the_community_has_its_head_also_among_its_staff() -> None:
    for urn, place in BY_URN.items():
        if place.kind:
            forename, surname, _ = KNOWN[urn][0]
            assert HEAD_OF[urn] == f"{forename} {surname}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("site", "slug", "status"),
    [
        (SCHOOLS_ONLINE, "head-beckside", 302),
        (SCHOOLS_ONLINE, "officer-data", 400),
        (EDUNET, "officer-data", 302),
        (EDUNET, "head-beckside", 400),
        (EDUNET, "superuser", 302),
        (SCHOOLS_ONLINE, "nobody", 400),
    ],
)
def test_one_click_signs_in_whom_the_page_lists_and_nobody_else(settings, site, slug: str, status: int) -> None:
    settings.DEMO = True
    assert visitor(site).post("/demo/sign-in/", {"person": slug}).status_code == status


@pytest.mark.django_db
def test_one_click_leads_to_the_page_that_was_asked_for(settings) -> None:
    settings.DEMO = True
    browser, asked_for = visitor(), "/establishments/999002/?a=b"
    sign_in = browser.get(asked_for, follow=True).content.decode()
    (way,) = set(re.findall(r'href="(/demo/sign-in/[^"]*)"', sign_in))
    cast = browser.get(way).content.decode()
    (form,) = set(re.findall(r'<form method="post" action="(/demo/sign-in/[^"]*)"', cast))
    assert browser.post(form, {"person": "head-beckside"})["Location"] == asked_for


@pytest.mark.django_db
def test_the_password_that_is_printed_is_everybodys() -> None:
    for slug in ("head-beckside", "officer-data"):
        assert person(slug).check_password(DEMO_PASSWORD)


@pytest.mark.django_db
def test_cast_as_json_tells_what_is_true_now(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("cast", "--json")
    cast = {member["slug"]: member for member in json.loads(capsys.readouterr().out)}
    assert set(cast) == set(BY_SLUG)
    assert [(line["urn"], line["level"], line["head"]) for line in cast["head-ravensgill"]["lines"]] == [
        (999001, 1, True),
        (999003, 1, True),
    ]
    assert [duty["data"] for duty in cast["officer-data"]["duties"]] == [
        Duty.Data.PUPILS,
        Duty.Data.STAFF,
        Duty.Data.RECORDS,
    ]
    assert cast["officer-school-improvement"]["duties"][0]["scope"] == [999001, 999002, 999005, 999011, 999013]
    assert [duty["ended"] for duty in cast["officer-duty-ended"]["duties"]] == [True]
    assert cast["superuser"]["superuser"]
    assert cast["other-department"]["appointment"] is None
    assert {line["kind"] for member in cast.values() for line in member["lines"]} == set(RegisterLine.Role.values)


def test_without_a_demonstration_cast_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(today: object) -> None:
        raise NotSeeded

    monkeypatch.setattr("portal.management.commands.cast.cast_now", nobody)
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("cast", "--json")
    assert capsys.readouterr().out == ""
