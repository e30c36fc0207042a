"""A misuse that is to be referred becomes a case of a breach: paragraph 17 leaves no other way (R20, R41)."""

import uuid

import pytest
from django.core import mail
from django.utils import timezone

from access_register.breaches import reading, steps
from access_register.models import Breach, BreachReport, BreachSeat
from sharing import door
from sharing.models import LedgerEntry, LocalityMembership, MisuseReport
from sharing.statements import value_of
from tests.access_register.breaches import manager
from tests.people import EDUNET, as_batch, as_owner, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db
RAVENSGILL = 999003
WHAT, WHO, FOUND = "A leaflet sets our results beside theirs.", "The board of a neighbour", "We have seen the leaflet."
GOVERNOR, DATA_TEAM, MANAGER = "governor-beckside", "officer-data", "officer-information"


def _closed(outcome: str, by_managers: tuple[int, ...] = ()) -> int:
    number = door.report_misuse(
        asker(GOVERNOR), "key-data", RAVENSGILL, form_key=uuid.uuid4(), happened=WHAT, who=WHO, measure="phonics_met"
    )
    door.close_misuse_report(asker(DATA_TEAM, EDUNET), number, outcome=outcome, answer=FOUND, by_managers=by_managers)
    return number


def _cases() -> list[Breach]:
    with as_batch():
        return list(Breach.objects.order_by("pk"))


def test_it_is_a_case_that_waits_for_the_information_manager() -> None:
    """R41: with the words of the report, whose information it is about, and the clock from when it was reported."""
    before = _cases()
    with posting():
        number = _closed("to_refer")
    (case,) = [one for one in _cases() if one not in before]
    found = reading.show_breach(asker(MANAGER, EDUNET), case.pk)
    assert (found.state, found.about) == ("Waiting to be looked at", "Ravensgill Primary School")
    assert found.happened.startswith("Key Data of an establishment, Ravensgill Primary School, ")
    assert found.happened.endswith(WHAT)
    assert (found.whom, found.reported_by) == (WHO, "")  # an information manager may be who did it
    assert {"concern", "refer"} <= found.may
    assert [(step.by, step.words) for step in found.steps if step.words] == [(person(DATA_TEAM).name, FOUND)]
    with as_batch():
        report = MisuseReport.objects.get(pk=number)
        assert case.aware_at == report.reported_at
        of_case = BreachReport.objects.get(breach=case)
        assert (of_case.person_id, of_case.person_name) == (person(GOVERNOR).pk, "")
        row = LedgerEntry.objects.filter(action="close_misuse_report").latest("id")
    assert row.about["breach"] == case.pk
    assert [letter.to for letter in mail.outbox if f"/breaches/{case.pk}/" in letter.body] == [[person(MANAGER).email]]


def test_who_reported_it_follows_the_case_and_the_data_team_does_not() -> None:
    """R41: it is read by those whom it concerns. What the officer found is for the data-protection side alone."""
    before = {case.pk for case in _cases()}
    number = _closed("to_refer")
    (case,) = [case.pk for case in _cases() if case.pk not in before]
    browser = client(GOVERNOR)
    assert FOUND not in browser.get(f"/breaches/{case}/").content.decode()
    assert 'href="/breaches/"' in browser.get(f"/your-reports/{number}/").content.decode()
    assert client(DATA_TEAM, EDUNET).get(f"/breaches/{case}/").status_code == 404


@pytest.mark.parametrize("outcome", ["no_misuse", "advice"])
def test_what_was_no_misuse_is_no_case(outcome: str) -> None:
    """R41: nor does either of these say that a misuse was settled without the partnership."""
    before = _cases()
    _closed(outcome)
    assert _cases() == before
    assert str(MisuseReport.Outcome(outcome).label).startswith("No misuse")


def test_the_officer_who_passed_it_on_does_not_judge_it() -> None:
    """R41: they have said already that it was a misuse. Neither lock lets them onto the panel."""
    before = {case.pk for case in _cases()}
    _closed("to_refer")
    (case,) = [case.pk for case in _cases() if case.pk not in before]
    steps.name_concerned(manager(), case, sort="person", target=person("teacher-beckside").pk)
    steps.refer_breach(manager(), case, is_personal=False, severity="", refers=True, words="To be judged.")
    officer = person(DATA_TEAM).pk
    assert officer not in {one.person_id for one in steps.show_panel(manager(), case)}
    with as_owner():
        assert value_of("SELECT access_register_may_sit(%s, %s)", case, officer) is False


def test_an_information_manager_who_did_it_does_not_look_at_it() -> None:
    """R41: named by whoever passes it on. Nobody is left at the desk then, and a panel is drawn by lot."""
    before = {case.pk for case in _cases()}
    with posting():
        _closed("to_refer", by_managers=(person(MANAGER).pk,))
    (case,) = [case.pk for case in _cases() if case.pk not in before]
    assert client(MANAGER, EDUNET).get(f"/breaches/{case}/").status_code == 200  # as whom it is held against
    assert reading.show_breach(asker(MANAGER, EDUNET), case).may.isdisjoint({"concern", "refer", "panel"})
    with as_batch():
        breach = Breach.objects.get(pk=case)
        assert breach.state == "referred"
        seats = set(BreachSeat.objects.filter(breach=case).values_list("person_id", flat=True))
        row = LedgerEntry.objects.filter(action="close_misuse_report").latest("id")
    assert len(seats) == 3
    assert person(DATA_TEAM).pk not in seats
    assert (row.about["breach"], row.about["drawn"]) == (case, 3)
    assert row.about["managers"] == [person(MANAGER).pk]  # an officer who takes the desk from a case can be seen to
    told = {to for letter in mail.outbox if f"/breaches/{case}/" in letter.body for to in letter.to}
    assert person(MANAGER).email in told  # that it is held against them
    theirs = [letter.body for letter in mail.outbox if letter.to == [person(MANAGER).email]]
    assert not any("A breach of the protocol has been reported." in body for body in theirs)  # as at the desk
    assert len(told) == 4


def test_nobody_is_named_where_it_is_no_misuse() -> None:
    before = _cases()
    _closed("no_misuse", by_managers=(person(MANAGER).pk,))
    assert _cases() == before


def test_the_form_asks_who_did_it_and_not_where_it_is_no_misuse() -> None:
    number = door.report_misuse(asker(GOVERNOR), "key-data", RAVENSGILL, form_key=uuid.uuid4(), happened=WHAT)
    browser, manager_id = client(DATA_TEAM, EDUNET), person(MANAGER).pk
    assert f'name="by_managers" value="{manager_id}"' in browser.get(f"/your-reports/{number}/").content.decode()
    sent = {"outcome": "advice", "answer": FOUND, "by_managers": manager_id}
    again = browser.post(f"/misuse-reports/{number}/close/", sent)
    assert again.status_code == 422
    assert "If there was no misuse, nobody did it." in again.content.decode()
    assert FOUND in again.content.decode()
    assert browser.post(f"/misuse-reports/{number}/close/", sent | {"outcome": "to_refer"}).status_code == 302


def test_a_key_that_was_used_for_another_form_too_stops_nothing() -> None:
    """R41: whoever reports gives the key; with that of a breach reported before, closing the report failed."""
    key = uuid.uuid4()
    steps.report_breach(
        asker(GOVERNOR), form_key=key, whose="unknown", about=None, categories=["establishment"], children="0",
        happened=WHAT, whom="", happened_on=None, aware_at=timezone.now(), name_withheld=False,
    )  # fmt: skip
    before = len(_cases())
    number = door.report_misuse(asker(GOVERNOR), "statistics", form_key=key, happened=WHAT)
    door.close_misuse_report(asker(DATA_TEAM, EDUNET), number, outcome="to_refer", answer=FOUND)
    assert len(_cases()) == before + 1


def test_a_report_closed_before_it_became_a_case_does_not_say_that_it_is_one() -> None:
    """R41: those of the time before ended as "to be referred", and nobody follows anything under "Breaches"."""
    number = _closed("no_misuse")
    with as_owner():
        MisuseReport.objects.filter(pk=number).update(outcome="to_refer")
    page = client(GOVERNOR).get(f"/your-reports/{number}/").content.decode()
    assert "To be referred to the Locality Achievement Partnership" in page
    assert "It is now a case of a breach" not in page


def test_whose_account_is_gone_has_reported_all_the_same() -> None:
    """R41: the case is there, without the name, and nobody is told of an end."""
    before = {case.pk for case in _cases()}
    number = door.report_misuse(asker(GOVERNOR), "key-data", RAVENSGILL, form_key=uuid.uuid4(), happened=WHAT)
    with as_owner():
        MisuseReport.objects.filter(pk=number).update(reported_by_id=2**40)
    door.close_misuse_report(asker(DATA_TEAM, EDUNET), number, outcome="to_refer", answer=FOUND)
    (case,) = [case.pk for case in _cases() if case.pk not in before]
    assert reading.show_breach(asker(MANAGER, EDUNET), case).happened.endswith(WHAT)


def test_a_case_about_no_establishment_against_an_officer_is_referred_to_all_localities() -> None:
    """P17, R41: by a table of statistics no establishment is meant, and an officer belongs to none. It could not be
    referred at all: no Locality followed from either."""
    before = {case.pk for case in _cases()}
    number = door.report_misuse(asker(GOVERNOR), "statistics", form_key=uuid.uuid4(), happened=WHAT)
    door.close_misuse_report(asker(DATA_TEAM, EDUNET), number, outcome="to_refer", answer=FOUND)
    (case,) = [case.pk for case in _cases() if case.pk not in before]
    steps.name_concerned(manager(), case, sort="person", target=person("officer-no-duty").pk)
    steps.refer_breach(manager(), case, is_personal=False, severity="", refers=True, words="To be judged.")
    with as_batch():
        in_use = LocalityMembership.objects.filter(ends_on=None).values_list("locality_id", flat=True)
        assert Breach.objects.get(pk=case).localities == sorted(set(in_use))
    assert person("head-ravensgill").pk in {one.person_id for one in steps.show_panel(manager(), case)}


def test_a_panel_is_drawn_for_a_case_about_no_establishment() -> None:
    """R41: nobody is left at the desk, and no Locality follows from a table of statistics: every Locality draws."""
    before = {case.pk for case in _cases()}
    number = door.report_misuse(asker(GOVERNOR), "statistics", form_key=uuid.uuid4(), happened=WHAT)
    door.close_misuse_report(
        asker(DATA_TEAM, EDUNET), number, outcome="to_refer", answer=FOUND, by_managers=[person(MANAGER).pk]
    )
    (case,) = [case.pk for case in _cases() if case.pk not in before]
    with as_batch():
        assert Breach.objects.get(pk=case).state == "referred"
        assert BreachSeat.objects.filter(breach=case).count() == 3
