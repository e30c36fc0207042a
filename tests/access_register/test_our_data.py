"""Our data: one page of numbers for a head and the governors (R36, R43)."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from access_register import service
from access_register.models import Duty, Person, RegisterLine
from access_register.officers.officers_here import show_officers_here
from access_register.our_data import our_data
from access_register.register import register
from sharing import door
from sharing.authorise import NotAtYourLevel
from sharing.models import Download, Establishment, Pupil, StaffMember
from tests.access_register.handovers import accepted
from tests.downloads.reading import asked_for, collected
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, DEPUTY, TEACHER, GOVERNOR = "head-beckside", "deputy-beckside", "teacher-beckside", "governor-beckside"


def facts(slug: str = HEAD) -> dict[str, dict[str, int | str]]:
    """heading -> what -> number"""
    page = our_data.show_our_data(asker(slug), BECKSIDE)
    return {section.heading: {fact.words: fact.value for fact in section.facts} for section in page.sections}


def test_the_way_to_childrens_own_requests_is_the_heads() -> None:
    """R18: whom the head has named keeps the register, and is not led to what is refused."""
    address = f"/establishments/{BECKSIDE}/subject-access/"
    for slug, status in ((HEAD, 200), (DEPUTY, 403)):
        browser = client(slug)
        assert browser.get(address).status_code == status
        led = f'href="{address}"' in browser.get(f"/establishments/{BECKSIDE}/our-data/").content.decode()
        assert led == (status == 200), slug


def test_a_deputy_who_becomes_head_is_led_there_from_that_day() -> None:
    """R18, R35: before it, the page is refused."""
    accepted(DEPUTY)
    browser = client(DEPUTY)
    assert browser.get(f"/establishments/{BECKSIDE}/subject-access/").status_code == 403
    assert "/subject-access/" not in browser.get(f"/establishments/{BECKSIDE}/our-data/").content.decode()


@pytest.mark.parametrize(("days", "whose"), [(91, "People of other establishments"), (2, "People on our register")])
def test_who_left_long_ago_and_looks_from_another_school_is_of_that_one(days: int, whose: str) -> None:
    """R43, A18: a teacher who has changed schools. In the days that are counted they were on ours, or they were not."""
    slug = "teacher-two-schools"
    with as_batch():
        lines = RegisterLine.objects.filter(person=person(slug), establishment__urn=BECKSIDE)
        service.end_line(lines.get(), last_day=timezone.localdate() - timedelta(days=days))
    door.show_establishment(asker(slug), BECKSIDE)
    assert {words for words, value in facts()["Who has looked"].items() if str(value).startswith("1 in 30")} == {whose}


def test_it_says_what_the_pages_behind_it_say() -> None:
    """R36: lines by level, officers under a duty, people who looked, downloads by purpose."""
    said = facts()
    lines = [line for line in register.show_register(asker(HEAD), BECKSIDE).lines if not line.state]
    for level in (1, 2, 3):
        (number,) = [value for words, value in said["Who can see it"].items() if words.startswith(f"Level {level}")]
        assert number == sum(line.level == level for line in lines), level
    door.list_pupils(asker(TEACHER), BECKSIDE)
    door.show_establishment(asker("head-ravensgill"), BECKSIDE)
    door.list_pupils(asker("officer-admissions", EDUNET), BECKSIDE)
    looked = facts()["Who has looked"]
    assert looked["People on our register"] == "2 in 30 days, 2 in 90"
    assert looked["People of other establishments"] == "1 in 30 days, 1 in 90"
    assert looked["Officers"] == "1 in 30 days, 1 in 90"


@pytest.mark.parametrize(
    ("days", "counted"), [(29, "1 in 30 days, 1 in 90"), (31, "0 in 30 days, 1 in 90"), (91, "0 in 30 days, 0 in 90")]
)
def test_it_counts_who_looked_as_long_ago_as_it_says(days: int, counted: str) -> None:
    """R36, R43."""
    door.list_pupils(asker(TEACHER), BECKSIDE)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert facts()["Who has looked"]["People on our register"] == counted


def test_the_officers_it_counts_are_those_of_the_page_it_leads_to() -> None:
    """R9, R19: who has not accepted the protocol sees nothing, under a duty or without one, and is in neither."""
    before = facts()["Which officers can"]
    with as_batch():
        Person.objects.filter(pk=person("officer-admissions").pk).update(protocol_accepted_until=None)
    after = facts()["Which officers can"]
    assert after["Establishment information"] == int(before["Establishment information"]) - 1
    here = show_officers_here(asker(HEAD), BECKSIDE).officers
    listed = Counter(sees for _, sees in {(officer.name, officer.sees) for officer in here})
    for kind in (Duty.Data.PUPILS, Duty.Data.STAFF, Duty.Data.RECORDS, Duty.Data.RESTRICTED):
        assert after[f"Under a duty or by law: {kind.label.lower()}"] == listed[kind.label], kind


def test_what_left_is_counted_by_purpose_and_named_when_overdue() -> None:
    """R14."""
    today = timezone.localdate()
    with as_batch():
        place = Establishment.objects.get(urn=BECKSIDE)
        for days, state in ((3, "collected"), (-2, "collected"), (3, "lapsed")):
            Download.objects.create(
                kind="pupils", form="xlsx", purpose="trip", establishment=place, by_person_id=person(TEACHER).pk,
                by_name="Test", through=SCHOOLS_ONLINE, dispose_by=today + timedelta(days=days), state=state, rows=4,
                collected_at=timezone.now() if state == "collected" else None,
            )  # fmt: skip
    assert facts()["What was taken away and not yet destroyed"] == {
        "For a trip or an event": "2 with 8 records, 1 overdue"
    }


def test_a_file_taken_away_is_counted_once_and_no_destroying_is() -> None:
    """R14, R43: not the file that was gone, nor the note that one is destroyed."""

    def taken() -> str:
        return str(facts()["Who has looked"]["Files and prints taken away"])

    before = int(taken().split()[0])
    number = asked_for(TEACHER)
    collected(TEACHER, number)
    with pytest.raises(door.NotHereAnyMore):
        collected(TEACHER, number)
    with as_batch():
        service.end_line(
            RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE),
            last_day=timezone.localdate() - timedelta(days=1),
        )
    door.note_destroyed(asker(HEAD), BECKSIDE, number)
    assert taken() == f"{before + 1} in 90 days"


def test_it_names_nobody() -> None:
    """R36: the page goes round a governors' meeting; no child, no member of staff, nobody of the register."""
    text = client(HEAD).get(f"/establishments/{BECKSIDE}/our-data/").content.decode()
    main = text.partition("<h1")[2]
    with as_batch():
        children = Pupil.objects.filter(establishment__urn=BECKSIDE).values_list("forename", "surname")
        staff = StaffMember.objects.filter(establishment__urn=BECKSIDE).values_list("forename", "surname")
        people = RegisterLine.objects.filter(establishment__urn=BECKSIDE).values_list("person__name", flat=True)
        names = {f"{first} {last}" for first, last in [*children, *staff]} | set(people)
    assert names
    assert not [name for name in names if name in main and name != person(HEAD).name]


def test_consents_are_the_heads_and_the_page_is_level_1s() -> None:
    """R27, R33, R36: a governor gets it on paper, from the head."""
    assert facts(DEPUTY)["Consents given"] == {}
    assert facts()["Consents given"]
    for slug in (TEACHER, GOVERNOR):
        with pytest.raises(NotAtYourLevel):
            our_data.show_our_data(asker(slug), BECKSIDE)
