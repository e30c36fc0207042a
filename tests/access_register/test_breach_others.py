"""A report about those who look at reports: nobody closes or judges what is said of themselves (P17, R41)."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from access_register import grants
from access_register.breaches import by_night, reading, steps
from access_register.demo.cast import CAST
from access_register.models import Breach, BreachParty, BreachSeat, BreachStep, Person, RegisterLine
from access_register.register.rules import CannotChange
from sharing import door
from sharing.authorise import Asker, NoSuchRecord, Permission, visit
from sharing.ledger.words import words_of
from sharing.models import Establishment, LedgerEntry, UnusualPattern
from sharing.records.ledger import LedgerFilter
from tests.access_register.breaches import (
    BECKSIDE,
    PANEL,
    WHAT,
    against_person,
    case,
    contract_of,
    manager,
    report,
    seat,
    vote,
)
from tests.access_register.duties import second_manager
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db
REPORTER = "governor-beckside"


def close(number: int, by: Asker | None = None) -> None:
    steps.refer_breach(
        by or manager(), number, is_personal=False, severity="", refers=False, words="Nothing came of it."
    )


def state(number: int) -> str:
    with as_batch():
        return Breach.objects.get(pk=number).state


def drawn(number: int) -> list[str]:
    """Who sits, as the cast calls them."""
    with as_batch():
        seats = BreachSeat.objects.filter(breach=number, sitting=Breach.objects.get(pk=number).sitting)
        return list(seats.order_by("name").values_list("person__email", flat=True))


def by_address(email: str) -> Asker:
    somebody = Person.objects.get(email=email)
    return Asker(somebody.pk, somebody.name, SCHOOLS_ONLINE, second_factor=True, confirmed_lately=True)


def test_whom_a_report_names_does_not_see_it_and_a_panel_is_drawn() -> None:
    """R41: the only information manager is named when it is reported: heads by lot decide, and others on an appeal."""
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk])
    assert state(number) == "referred"
    panel = drawn(number)
    assert len(panel) == 3
    assert "For you to deal with" not in {line.part for line in reading.list_breaches(manager()).page}
    assert case(number, "officer-information").roles == {"respondent"}
    for email in panel:
        steps.vote_on_breach(
            by_address(email), number, measure="training", weeks=0, tell_ico=False, reason="So it is right."
        )
    assert state(number) == "decided"
    steps.appeal_breach(manager(), number, words="It was not I.")
    assert len(drawn(number)) == 3
    assert not set(drawn(number)) & set(panel)
    with pytest.raises(CannotChange, match="moved on"):
        close(number)


def test_where_nobody_is_at_the_desk_the_panel_says_who_was_told() -> None:
    """R41: so that the 72 hours end; with somebody at the desk it is theirs, and whoever sits says nothing."""
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk])
    member, other = (by_address(email) for email in drawn(number)[:2])
    assert "tell" in reading.show_breach(member, number).may
    with pytest.raises(CannotChange):
        steps.record_told(manager(), number, whom="ico")
    steps.record_told(member, number, whom="ico")
    (ico,) = reading.show_breach(other, number).tellings
    assert ico.told_at
    with pytest.raises(CannotChange):
        steps.record_told(other, number, whom="ico")
    with as_batch():
        assert by_night.waiting(timezone.now() + timedelta(hours=80)) == []
    theirs = against_person("teacher-beckside")
    seat(theirs)
    assert "tell" not in case(theirs, PANEL[0]).may
    with pytest.raises(CannotChange):
        steps.record_told(asker(PANEL[0]), theirs, whom="ico")


def test_a_head_who_was_drawn_says_on_schools_online_who_was_told() -> None:
    """R41: the page of the case and its step answer there, as on EduNet."""
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk])
    member = client(next(one.slug for one in CAST if one.email == drawn(number)[0]))
    steps.record_told(by_address(drawn(number)[0]), number, whom="people")
    page = member.get(f"/breaches/{number}/").content.decode()
    assert "Say who has been told</a>" in page  # nobody has said that the Commissioner need not be told
    assert "the Information Commissioner must be told by" in page
    assert "the panel must tell" in page
    assert member.get(f"/breaches/{number}/told/").status_code == 200
    assert member.post(f"/breaches/{number}/told/", {"whom": "ico"}).status_code == 302
    told = reading.show_breach(by_address(drawn(number)[0]), number)
    assert [one.code for one in told.tellings if one.told_at] == ["ico", "people"]
    assert told.all_are_told
    assert f"/breaches/{number}/told/" not in member.get(f"/breaches/{number}/").content.decode()


def test_only_those_who_look_at_reports_can_be_named_by_who_reports() -> None:
    """R41: nobody else is, whatever is sent; with another at the desk, it is theirs."""
    second = second_manager()
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk, person("teacher-beckside").pk])
    assert state(number) == "reported"
    with pytest.raises(NoSuchRecord):
        reading.show_breach(manager(), number)
    assert case(number, second).parties == (person("officer-information").name,)
    assert drawn(number) == []


def test_closing_takes_two_where_there_are_two() -> None:
    """R41: the first only asks; the second agrees, and who reported it reads why; nobody is both."""
    second = asker(second_manager(), EDUNET)
    number = report(asker(REPORTER))
    with posting():
        close(number)
    assert {letter.to[0] for letter in outbox.outbox} >= {person(second_manager()).email}
    assert state(number) == "reported"
    assert [step.what for step in case(number, REPORTER).steps] == ["Reported"]
    with pytest.raises(CannotChange, match="Another information manager"):
        close(number)
    close(number, second)
    assert state(number) == "dismissed"
    assert case(number, REPORTER).steps[-1].words == "Nothing came of it."


def test_the_first_of_two_reads_that_it_waits_for_the_second() -> None:
    second, number = second_manager(), report(asker(REPORTER))
    typed = {"is_personal": "no", "refers": "no", "words": "Nothing came of it."}
    waits = "The case will be closed once another information manager agrees."
    for slug, is_first in (("officer-information", True), (second, False)):
        page = client(slug, EDUNET).post(f"/breaches/{number}/refer/", typed, follow=True).content.decode()
        assert (waits in page, "The case has been closed, and whoever reported it is told." in page) == (
            is_first,
            not is_first,
        )


def test_a_second_who_finds_the_first_accused_is_alone_and_may_refer() -> None:
    """R41: the words of whom it is held against count for nothing."""
    second = asker(second_manager(), EDUNET)
    number = report(asker(REPORTER), whom="Helen Ogden")
    close(number)
    steps.name_concerned(second, number, sort="person", target=person("officer-information").pk)
    with pytest.raises(NoSuchRecord):
        reading.show_breach(manager(), number)
    steps.refer_breach(second, number, is_personal=True, severity="risk", refers=True, words="It is to be judged.")
    assert state(number) == "referred"


def test_who_reported_it_asks_once_that_others_look() -> None:
    """R41: with one information manager a panel by lot, also where nobody is named; not the one who closed it."""
    number = report(asker(REPORTER))
    close(number)
    assert state(number) == "dismissed"
    browser = client(REPORTER)
    assert "Ask for others to look at it" in browser.get(f"/breaches/{number}/").content.decode()
    assert browser.post(f"/breaches/{number}/again/", {}).status_code == 422
    assert browser.post(f"/breaches/{number}/again/", {"words": "It is about her."}).status_code == 302
    assert state(number) == "referred"
    with pytest.raises(NoSuchRecord):
        reading.show_breach(manager(), number)
    panel = [by_address(email) for email in drawn(number)]
    with pytest.raises(CannotChange):
        steps.vote_on_breach(panel[0], number, measure="suspend_person", weeks=1, tell_ico=False, reason="x")
    for member in panel:
        steps.vote_on_breach(member, number, measure="none", weeks=0, tell_ico=True, reason="So it is right.")
    assert state(number) == "decided"
    steps.record_told(manager(), number, whom="ico")  # the desk carries out what was decided
    with pytest.raises(CannotChange):
        steps.ask_again(asker(REPORTER), number, words="Once more.")


def test_of_others_who_look_two_close_it_as_well() -> None:
    """R41: what the first two said counts for nothing; neither of them looks at it again, and it is closed for good."""
    first, second, third, fourth = manager(), *(
        asker(second_manager(slug), EDUNET) for slug in ("officer-data", "officer-admissions", "officer-no-duty")
    )  # fmt: skip
    number = report(asker(REPORTER))
    close(number, first)
    with posting():
        close(number, second)
    steps.ask_again(asker(REPORTER), number, words="Look.")
    close(number, third)
    assert state(number) == "reported"
    assert reading.show_breach(third, number).steps[-1].words == "Nothing came of it."
    for by in (first, second, third):
        with pytest.raises(CannotChange):
            close(number, by)
    with posting():
        close(number, fourth)
    assert state(number) == "dismissed"
    told = [letter.body for letter in outbox.outbox if letter.to == [person(REPORTER).email]]
    assert ["ask for others to look at it" in body for body in told] == [True, False]
    with pytest.raises(CannotChange):
        steps.ask_again(asker(REPORTER), number, words="Once more.")


def test_the_desk_is_told_once_that_the_72_hours_run_out_and_once_that_they_have() -> None:
    """R41, UK GDPR 33: not of one dismissed, nor where the Commissioner is told; the night may run again."""
    number, gone, told = (report(asker(REPORTER)) for _ in range(3))
    close(gone)
    steps.name_concerned(manager(), told, sort="person", target=person("teacher-beckside").pk)
    steps.refer_breach(manager(), told, is_personal=True, severity="high", refers=True, words="So it is.")
    steps.record_told(manager(), told, whom="ico")
    with as_batch():
        aware = Breach.objects.get(pk=number).aware_at
        for hours, expected in ((41, 0), (43, 1), (60, 0), (71.9, 0), (72.1, 1), (90, 0)):
            now, outbox.outbox[:] = aware + timedelta(hours=hours), []
            due = by_night.waiting(now)
            with posting():
                assert sum(by_night.send(breach_id, now) for breach_id in (*due, *due)) == expected
            assert {letter.to[0] for letter in outbox.outbox} <= {person("officer-information").email}
            assert not any(WHAT in letter.body or "Nadia" in letter.body for letter in outbox.outbox)


@pytest.mark.parametrize(
    ("facts", "is_told"),
    [
        ({}, True),
        ({"state": "dismissed"}, False),
        ({"is_personal": False}, False),
        ({"is_personal": True, "severity": "unlikely"}, False),
        ({"is_personal": True, "severity": "unlikely", "tell_ico": True}, True),
        ({"is_personal": True, "severity": "risk"}, True),
    ],
)
def test_of_which_breaches_the_desk_is_told_that_the_72_hours_run_out(facts: dict, is_told: bool) -> None:
    """R41, UK GDPR 33: of those the Commissioner must be told of, also by the word of a panel; for a month."""
    number = report(asker(REPORTER))
    with as_owner():
        Breach.objects.filter(pk=number).update(**facts)
        aware = Breach.objects.get(pk=number).aware_at
        assert (number in by_night.waiting(aware + timedelta(hours=73))) is is_told
        assert by_night.waiting(aware + timedelta(days=31)) == []


def test_where_the_desk_is_empty_its_panel_is_told_that_the_72_hours_run_out() -> None:
    """R41, UK GDPR 33: the members who can still sit, at the page of the case; never whom it is held against."""
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk])
    gone, *panel = drawn(number)
    with posting(), as_batch():
        Person.objects.filter(email=gone).update(is_active=False)
        now, outbox.outbox[:] = Breach.objects.get(pk=number).aware_at + timedelta(hours=43), []
        assert [by_night.send(number, now), by_night.send(number, now)] == [2, 0]
    assert {letter.to[0] for letter in outbox.outbox} == set(panel)
    assert all(f"/breaches/{number}/" in letter.body for letter in outbox.outbox)
    assert all("as a member of its panel" in letter.body for letter in outbox.outbox)


def test_the_72_hours_are_told_of_once_somebody_is_there_to_be_told() -> None:
    """R41, UK GDPR 33: with nobody at the desk and no panel nothing is marked as told, and the night says so."""
    number = report(asker(REPORTER))
    with as_batch():
        now = Breach.objects.get(pk=number).aware_at + timedelta(hours=73)
        Person.objects.filter(pk=person("officer-information").pk).update(is_active=False)
        with pytest.raises(by_night.NobodyToTell):
            by_night.send(number, now)
        assert by_night.waiting(now) == [number]
        Person.objects.filter(pk=person("officer-information").pk).update(is_active=True)
        assert by_night.send(number, now) == 1
        assert by_night.waiting(now) == []


def test_by_night_another_is_drawn_for_a_member_who_can_sit_no_more() -> None:
    """R41: the panel drawn by lot stays of three; where somebody is at the desk nobody is drawn."""
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk])
    against_person("teacher-beckside")
    gone = drawn(number)[0]
    with as_batch():
        assert list(by_night.draw_panels()) == []
        Person.objects.filter(email=gone).update(is_active=False)
        assert list(by_night.draw_panels()) == ["1 member of panels drawn by lot"]
        assert BreachSeat.objects.count() == 4


def test_a_panel_from_beyond_the_locality_says_so() -> None:
    """R41, A16: on the page of the case, in the ledger and to the members; and once more for a later member."""
    words = BreachStep.What.DRAWN_FAR.label
    with as_batch():
        Person.objects.filter(pk__in=[person(slug).pk for slug in PANEL]).update(is_active=False)
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk])
    panel = drawn(number)
    assert [step.what for step in reading.show_breach(by_address(panel[0]), number).steps][-1] == words
    with as_batch():
        assert LedgerEntry.objects.get(action="report_breach").about == {"breach": number, "drawn": 3, "panel": words}
        Person.objects.filter(email=panel[0]).update(is_active=False)
        assert list(by_night.draw_panels()) == ["1 member of panels drawn by lot"]
        assert LedgerEntry.objects.get(action="draw_panel").about == {"breach": number, "drawn": 1, "panel": words}
    assert [step.what for step in reading.show_breach(by_address(panel[1]), number).steps][-1] == words


def test_a_panel_that_cannot_be_drawn_leaves_the_localities_as_they_are() -> None:
    """R41, A16: with too few heads in every Locality nothing is changed, and nobody reads the case for it."""
    with as_batch():
        heads = RegisterLine.objects.filter(seat=0).values("person")
        Person.objects.filter(pk__in=heads).exclude(pk=person(PANEL[0]).pk).update(is_active=False)
    number = report(asker(REPORTER), by_managers=[person("officer-information").pk])
    assert (state(number), drawn(number)) == ("reported", [])
    with as_batch():
        assert Breach.objects.get(pk=number).localities == []


@pytest.mark.parametrize(("hours", "may"), [(28 * 24 - 1, True), (28 * 24 + 1, False)])
def test_others_look_within_28_days(hours: int, may: bool) -> None:
    """R41: the 28th day, and the day after; and by nobody else."""
    second_manager()
    number = report(asker(REPORTER))
    close(number)
    close(number, asker(second_manager(), EDUNET))
    with as_batch():
        Breach.objects.filter(pk=number).update(triaged_at=timezone.now() - timedelta(hours=hours))
    with pytest.raises(CannotChange):
        steps.ask_again(asker("teacher-beckside"), number, words="Look.")
    if may:
        steps.ask_again(asker(REPORTER), number, words="Look.")
        assert state(number) == "referred"
    else:
        with pytest.raises(CannotChange):
            steps.ask_again(asker(REPORTER), number, words="Look.")


@pytest.mark.parametrize("sort", ["person", "establishment", "third_party"])
def test_a_manager_on_the_register_of_whom_it_is_held_against_does_not_look_at_it(sort: str) -> None:
    """R41: a governor, say, of the establishment itself, of the person's or of the third party's. Others look."""
    other = asker(second_manager(), EDUNET)
    with as_batch():
        beckside = Establishment.objects.get(urn=BECKSIDE)
        RegisterLine.objects.create(
            establishment=beckside, person_id=other.person_id, role="governor", level=3, given_by_name="Head",
            starts_on=timezone.localdate(), level_since=timezone.localdate(),
        )  # fmt: skip
        grants.rebuild(timezone.localdate())
        target = {"person": person("teacher-beckside").pk, "establishment": beckside.pk}.get(sort)
    number = report(asker("governor-ravensgill"), about=None)
    assert reading.show_breach(other, number).roles == {"desk"}
    steps.name_concerned(manager(), number, sort=sort, target=target or contract_of("third-party-beckside").pk)
    with pytest.raises(NoSuchRecord):
        reading.show_breach(other, number)
    with pytest.raises(CannotChange):
        close(number, other)
    close(number)
    assert state(number) == "dismissed"


def test_nobody_who_looks_at_reports_sits() -> None:
    """R41: not the one who names the panel, nor one who did not refer it; nor who comes into the post later."""
    number = against_person("teacher-beckside")
    seat(number, (*PANEL[:2], "officer-data"))
    second = second_manager()
    assert second == "officer-data"
    with pytest.raises(CannotChange, match="concerned in the case"):
        steps.seat_panel(asker(second, EDUNET), number, people=[person(second).pk])
    offered = steps.show_panel(manager(), number)
    assert not {person(second).pk, manager().person_id} & {one.person_id for one in offered}
    with pytest.raises(CannotChange):
        vote(number, second, "none")


def test_a_referred_pattern_is_a_report_filled_in() -> None:
    """P17, R41: for who judges the pattern; nobody's name is in the address, and to others there is no such pattern."""
    with as_batch():
        pattern = UnusualPattern.objects.get(kind="glass")
    browser = client("officer-information", EDUNET)
    told = {"outcome": "refer", "reason": "She could not say why."}
    address = browser.post(f"/unusual-patterns/{pattern.pk}/", told)["location"]
    assert address == f"/breaches/report/?pattern={pattern.pk}"
    page = browser.get(address).content.decode()
    assert pattern.person_name in page
    assert f"Unusual pattern {pattern.pk}" in page
    assert "She could not say why." not in page
    with as_batch():
        looks = LedgerEntry.objects.filter(action="show_pattern").count()
    assert browser.post(address, {"whose": "person"}).status_code == 422
    with as_batch():
        assert LedgerEntry.objects.filter(action="show_pattern").count() == looks  # what was typed stays
    assert client("officer-data", EDUNET).get(address).status_code in (403, 404)
    assert client(REPORTER).get(address).status_code in (403, 404)
    assert client(REPORTER).get("/breaches/report/?pattern=x").status_code == 200


@pytest.mark.parametrize("withheld", [True, False])
def test_the_ledger_does_not_tell_a_manager_who_has_reported_them(withheld: bool) -> None:
    """R41, R43: of a report whose name is kept from them; another manager reads it, and everything else is there."""
    other = asker(second_manager(), EDUNET)
    reporter = asker(REPORTER)
    report(reporter, by_managers=[person("officer-information").pk], name_withheld=withheld)
    door.list_establishments(reporter)
    reading.list_breaches(manager())

    def told(who: Asker) -> set[tuple[str, str]]:
        lines = door.read_all_ledger(who, only=LedgerFilter(first=timezone.localdate())).lines
        return {(line.person, line.what) for line in lines}

    reported = (reporter.name, words_of("report_breach"))
    assert reported in told(other)
    assert (reported in told(manager())) is not withheld
    assert {(reporter.name, words_of("list_establishments")), (manager().name, words_of("list_breaches"))} <= told(
        manager()
    )
    with visit(manager(), Permission.MANAGE_DUTIES, action="read_all_ledger") as here:
        here.showed()
        rows = LedgerEntry.objects.filter(person_id=reporter.person_id)
        assert rows.filter(action="report_breach").exists() is not withheld
        assert rows.filter(action="list_establishments").exists()


@pytest.mark.parametrize("withheld", [True, False])
def test_nor_who_has_reported_the_establishment_of_which_a_manager_is_head(withheld: bool) -> None:
    """R41: as the form promises: from whoever the case is against."""
    reporter, place = asker(REPORTER), Establishment.objects.get(urn=BECKSIDE)
    number = report(reporter, name_withheld=withheld)
    with as_batch():
        BreachParty.objects.create(breach_id=number, establishment=place, name=place.name)
        head = RegisterLine.objects.get(establishment=place, person=person("head-beckside"))
        head.person = person("officer-information")
        head.save()
        grants.follow_line(head)
    lines = door.read_all_ledger(manager(), only=LedgerFilter(person=reporter.person_id)).lines
    assert (words_of("report_breach") in {line.what for line in lines}) is not withheld
