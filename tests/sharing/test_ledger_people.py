"""R43, P5, P17: whose records were on pages or in a file, so that they can be told within 72 hours of a breach."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sharing import door
from sharing.authorise import NotAtYourLevel
from sharing.door import ledger_people
from sharing.ledger import ledger
from sharing.ledger.words import Kind
from sharing.models import Download, LedgerEntry, Pupil
from sharing.models.ledger import NOT_FOR_THE_HEAD
from sharing.records.ledger import LedgerFilter, PeopleSeen
from tests import factories
from tests.downloads.reading import asked_for, collected
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing.moves import BECKSIDE, RAVENSGILL, day, on_roll
from tests.sharing.test_ledger_pages import age_by

pytestmark = pytest.mark.django_db
HEAD, TEACHER = "head-beckside", "teacher-beckside"
PAGE = f"/establishments/{BECKSIDE}/ledger/people/"


def people(**which: Any) -> PeopleSeen:
    return door.list_people_in_ledger(asker(HEAD), BECKSIDE, **which)


def names(found: PeopleSeen) -> dict[str, int]:
    return {one.name: one.times for one in found.people}


def of_teacher(**only: Any) -> PeopleSeen:
    return people(only=LedgerFilter(person=person(TEACHER).pk, **only))


def told(**about: Any) -> int:
    """A row of a page that the teacher saw."""
    ledger.write(asker(TEACHER), action="list_pupils", outcome=LedgerEntry.Outcome.SHOWN, urn=BECKSIDE, about=about)
    with as_batch():
        return LedgerEntry.objects.latest("pk").pk


def test_all_whose_records_one_person_saw_and_how_often() -> None:
    """R43: as when somebody else had the password. What was refused was not seen."""
    before = names(of_teacher())
    one, other, unseen = on_roll(surname="Zone"), on_roll(surname="Zother"), on_roll(surname="Zunseen")
    for child in (one, one, other):
        door.show_pupil(asker(TEACHER), BECKSIDE, child.pk)
    door.show_pupil(asker(HEAD), BECKSIDE, unseen.pk)
    with pytest.raises(NotAtYourLevel):
        door.list_staff(asker(TEACHER), BECKSIDE)
    found = of_teacher()
    assert names(found) == before | {"Zone, Child": 2, "Zother, Child": 1}
    assert found.person == person(TEACHER).name
    assert names(of_teacher(last=day(-1))) == {}


def test_two_people_of_one_name_are_not_one_person() -> None:
    """R43: after a breach, the page would say that one person had it all."""
    for slug in (TEACHER, "deputy-beckside"):
        namesake, about = replace(asker(slug), name="Sam Zname"), {"pupils": [on_roll().pk]}
        ledger.write(namesake, action="print_records", outcome=LedgerEntry.Outcome.SHOWN, urn=BECKSIDE, about=about)
    found = people(only=LedgerFilter(first=timezone.localdate(), kind=Kind.FILE))
    assert (found.rows, found.person) == (2, "")


def test_those_in_one_row_with_staff_after_children() -> None:
    child, member = on_roll(surname="Zlast"), factories.staff_member(BECKSIDE, surname="Aaron")
    row = told(pupils=[child.pk], staff=[member.pk])
    told(pupils=[on_roll().pk])
    assert people(row=told(pupils=7)).people.total == 0
    assert [(one.name, one.is_staff) for one in people(row=row).people] == [
        ("Zlast, Child", False), ("Aaron, Teacher", True),
    ]  # fmt: skip


def test_those_in_one_file_from_the_list_of_downloads() -> None:
    """R14: a file that was lost."""
    number = asked_for(TEACHER)
    collected(TEACHER, number)
    with as_batch():
        rows = Download.objects.get(pk=number).rows
    found, browser = people(download=number), client(HEAD)
    assert found.people.total == rows > 0
    link = f'{PAGE}?download={number}"'
    assert link in browser.get(f"/establishments/{BECKSIDE}/downloads/").content.decode()
    assert f"D-{number}" in browser.get(PAGE, {"download": number}).content.decode()
    assert people(download=number + 1).people.total == 0


def test_only_who_is_seen_today_is_named_and_the_others_are_counted() -> None:
    """R5, R18: a leaver, a child of another school, and one in a row that heads must not learn of."""
    here, left, elsewhere = on_roll(surname="Zhere"), factories.pupil(BECKSIDE), factories.pupil(RAVENSGILL)
    factories.enrolment(left, day(-99), day(-1))
    factories.enrolment(elsewhere, day(-99))
    row = told(pupils=[here.pk, left.pk, elsewhere.pk])
    found = people(row=row)
    assert (names(found), found.others) == ({"Zhere, Child": 1}, 2)
    page = client(HEAD).get(PAGE, {"row": row}).content.decode()
    assert "2 more records are in these rows" in page
    assert "Tested" not in page
    barred = people(row=told(pupils=[here.pk], **NOT_FOR_THE_HEAD))
    assert (barred.people.total, barred.others, barred.rows) == (0, 0, 0)


def test_the_newest_rows_are_read_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """R43: a page reads a bounded part."""
    monkeypatch.setattr(ledger_people, "MOST_ROWS", 2)
    first, *others = (on_roll(surname=f"Z{letter}") for letter in "abc")
    for child in (first, *others):
        told(pupils=[child.pk])
    found = of_teacher()
    assert (set(names(found)), found.rows) == ({"Zb, Child", "Zc, Child"}, 2)
    assert found.read_back_to is not None
    assert found.read_back_to > timezone.now() - timedelta(minutes=5)
    page = client(HEAD).get(PAGE, {"person": person(TEACHER).pk}).content.decode()
    assert "To see the others, choose other days." in page


def test_what_is_older_than_half_a_year_is_read_by_its_days() -> None:
    """R43: and it is said that there is more, or a breach seems smaller than it is."""
    told(pupils=[on_roll(surname="Zolder").pk])
    age_by(days=200)
    told(pupils=[on_roll(surname="Znewer").pk])
    found = of_teacher()
    assert "Zolder, Child" not in names(found)
    assert found.read_back_to is not None
    assert "Zolder, Child" in names(of_teacher(last=day(-199)))


def test_the_ledger_leads_there_with_its_filters_and_tells_of_the_look() -> None:
    """R43: on Schools Online, where names are seen; the information manager sees no names (R9)."""
    child = on_roll()
    door.show_pupil(asker(TEACHER), BECKSIDE, child.pk)
    address = f"/establishments/{BECKSIDE}/ledger/"
    query = f"person={person(TEACHER).pk}&who=others"
    page = client(HEAD).get(f"{address}?{query}").content.decode()
    assert f'href="{PAGE}?{query.replace("&", "&amp;")}"' in page
    assert f'href="{PAGE}?row=' in page
    assert "ledger/people" not in client("officer-information", EDUNET).get(address).content.decode()
    people(row=1)
    of_teacher()
    with as_batch():
        row = LedgerEntry.objects.latest("pk")
        assert (row.action, row.permission, row.urn) == ("list_people_in_ledger", "manage_register", BECKSIDE)
        assert str(child.pk) in row.about["pupils"]
        assert Pupil.objects.filter(pk__in=row.about["pupils"]).exclude(establishment__urn=BECKSIDE).count() == 0


def test_a_page_on_which_nobody_was_leads_to_no_list_of_whose() -> None:
    """R43: a link would end at a page that says nobody."""
    nobody, somebody = told(pupils=[]), told(pupils=[on_roll().pk])
    page = client(HEAD).get(f"/establishments/{BECKSIDE}/ledger/").content.decode()
    assert f'?row={somebody}"' in page
    assert f'?row={nobody}"' not in page
