"""Nobody judges who may see nothing: a head who has left the protocol, an officer who waits (P6, P17, R16, R41)."""

from datetime import timedelta

import pytest

from access_register import service
from access_register.breaches import reading, steps
from access_register.models import OfficerAppointment, RegisterLine
from access_register.participation import participation
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from tests.access_register.breaches import (
    PANEL,
    against,
    against_person,
    contract_of,
    manager,
    on_the_panel,
    seat,
    vote,
)
from tests.access_register.test_breach_former_teams import TODAY, back, may_sit
from tests.people import as_batch, asker, client, person

pytestmark = [pytest.mark.django_db, pytest.mark.drifts]  # an appointment is written in the table alone
JUDGE, OXENBY = PANEL[0], 999005


def leave() -> None:
    participation.leave_protocol(asker(JUDGE), OXENBY)


def test_a_head_whose_establishment_has_left_is_not_named() -> None:
    """R16, R41: the form offers nobody who may read nothing of other establishments; PostgreSQL takes nobody."""
    number = against_person("teacher-beckside")
    assert may_sit(number, JUDGE)
    leave()
    assert not may_sit(number, JUDGE)
    with pytest.raises(steps.CannotChange):
        seat(number)


def test_a_head_who_sits_loses_the_case_with_the_establishment() -> None:
    """R2, R16, R41, R44: at the next request, on every page."""
    number = against_person("teacher-beckside")
    seat(number)
    browser = client(JUDGE)
    assert browser.get(f"/breaches/{number}/").status_code == 200
    leave()
    assert browser.get(f"/breaches/{number}/").status_code == 404
    assert "Beckside" not in browser.get("/breaches/").content.decode()


@pytest.mark.parametrize("had_voted", [True, False])
def test_a_case_goes_on_without_a_member_who_can_no_longer_sit(had_voted: bool) -> None:
    """R41: the page waited for the vote of somebody who could not vote, or showed one that did not count."""
    number, name = against_person("teacher-beckside"), person(JUDGE).name
    seat(number)
    if had_voted:
        vote(number, JUDGE, "advice")
    leave()
    for who in (manager(), on_the_panel(PANEL[1])):
        shown = {one.name: one.voted for one in reading.show_breach(who, number).votes}
        assert ("This vote does not count" in shown.pop(name)) is had_voted
        assert set(shown.values()) == {"Has not voted yet"}
    theirs = {one.voted for one in reading.show_breach(asker("teacher-beckside"), number).votes}
    assert not any("no longer" in voted for voted in theirs)  # it could tell them whose vote it is
    assert "seat" in reading.show_breach(manager(), number).may
    seat(number, ("officer-data",))
    vote(number, "officer-data", "none")
    assert not vote(number, PANEL[1], "advice")
    assert vote(number, PANEL[2], "advice")


def test_an_officer_who_waits_for_a_second_manager_does_not_sit() -> None:
    """R38, R41: such an appointment opens nothing, and no case at Schools Online either."""
    number, slug = against_person("teacher-beckside"), "governor-millbeck"
    with as_batch():
        waiting = OfficerAppointment.objects.create(
            person=person(slug), team="Strategy", starts_on=TODAY, recorded_by_name="x", awaits_second=True
        )
    assert not may_sit(number, slug)
    with as_batch():
        OfficerAppointment.objects.filter(pk=waiting.pk).update(awaits_second=False)
    assert may_sit(number, slug)


def test_an_officer_who_is_head_elsewhere_sits_as_an_officer() -> None:
    """R41: one officer at most. A headship in another Locality makes nobody a head of those concerned."""
    number = against_person("teacher-beckside")
    for slug in ("head-netherwick", PANEL[2]):  # of Cragside; of Aireholme, as Beckside is
        with as_batch():
            service.appoint_officer(OfficerAppointment(
                person=person(slug), team="Strategy", starts_on=TODAY, recorded_by_name="x"
            ))  # fmt: skip
    assert may_sit(number, "head-netherwick")
    with pytest.raises(steps.CannotChange, match="One officer at most"):
        seat(number, (PANEL[0], "officer-data", "head-netherwick"))
    seat(number, (PANEL[0], "officer-data", PANEL[2]))


BRIGHTPATH, RAVENSGILL = "third-party-beckside", 999003


def works_for_them(until: int | None = None) -> None:
    """The judge is also an adviser of that third party, at a school of another Locality; until so many days ago."""
    with as_batch():
        called = contract_of(BRIGHTPATH).organisation.name
    terms = Terms(called.upper(), "BR-2", "Clause", TODAY, TODAY + timedelta(days=365))
    contract = third_parties.record_contract(asker("head-ravensgill"), RAVENSGILL, terms=terms)
    judge = person(JUDGE)
    given = third_parties.add_third_party(
        asker("head-ravensgill"), RAVENSGILL, contract, name=judge.name, email=judge.email, level=3
    )
    if until is not None:
        with as_batch():
            RegisterLine.objects.filter(pk=given.line_id).update(starts_on=back(900), ends_on=back(until))


@pytest.mark.parametrize("sort", ["third_party", "person"])
@pytest.mark.parametrize(("until", "sits"), [(None, False), (0, False), (1, True)])
def test_nobody_judges_the_organisation_that_they_work_for_elsewhere(sort: str, until: int | None, sits: bool) -> None:
    """R41: nor a colleague there; however its name is spelled. Whoever left before it was reported may."""
    target = contract_of(BRIGHTPATH) if sort == "third_party" else person(BRIGHTPATH)
    number = against((sort, target.pk))
    assert may_sit(number, JUDGE)
    works_for_them(until)
    assert may_sit(number, JUDGE) is sits
    if not sits:
        with pytest.raises(steps.CannotChange):
            seat(number)
