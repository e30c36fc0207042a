"""Notes for a visit (R9, R13, R39, R43): who reads them, who changes them, and what the ledger keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register.officers import officers
from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel
from sharing.authorise.holdings import Holdings
from sharing.models import LedgerEntry, VisitNote
from tests.access_register.casework import appointment
from tests.access_register.duties import give
from tests.locks.notes import MUTANTS, holes_in_notes, plant_notes
from tests.locks.switches import rows, run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
MANAGER = "officer-information"
AUTHOR, OTHER, NO_DUTY, HEAD = "officer-school-improvement", "officer-admissions", "officer-no-duty", "head-beckside"
TEXT = "Ask about Zzyxnote and the reading scheme"
VISIT, TO_HEAD = f"/establishments/{BECKSIDE}/visit/", f"/establishments/{BECKSIDE}/officers-notes/"


def written(*, for_head: bool = False) -> int:
    door.write_note(asker(AUTHOR, EDUNET), BECKSIDE, text=TEXT, for_head=for_head)
    with as_batch():
        return VisitNote.objects.latest("pk").pk


def reads(slug: str) -> bool:
    path, site = (TO_HEAD, "schools_online") if slug.endswith("beckside") else (VISIT, EDUNET)
    return TEXT in client(slug, site).get(path).content.decode()


def test_is_read_by_officers_with_a_duty_there_and_by_the_head_where_it_says_so() -> None:
    written()
    assert [reads(slug) for slug in (AUTHOR, OTHER, NO_DUTY, HEAD)] == [True, True, False, False]
    written(for_head=True)
    assert [reads(slug) for slug in (HEAD, "deputy-beckside")] == [True, False]


def test_the_home_page_tells_the_head_of_it_for_two_weeks() -> None:
    """R9: and neither the other Level 1 nor of what is for officers alone; a change is news again."""

    def told(slug: str) -> list[str]:
        return [one.words for place in door.my_places(asker(slug)) for one in place.to_do if "note" in one.words]

    written()
    assert told(HEAD) == []
    note = written(for_head=True)
    assert (told(HEAD), told("deputy-beckside")) == (["1 new note from officers to read"], [])
    page = client(HEAD).get("/").content.decode()
    assert TO_HEAD in page
    assert "Zzyxnote" not in page
    with as_batch():
        VisitNote.objects.filter(pk=note).update(written_at=timezone.now() - timedelta(days=15))
    assert told(HEAD) == []
    door.change_note(asker(AUTHOR, EDUNET), BECKSIDE, note, text=TEXT + "!", for_head=True)
    assert told(HEAD) == ["1 new note from officers to read"]


def test_is_encrypted_at_rest_and_asks_for_a_second_factor() -> None:
    """R13."""
    written()
    with as_batch():
        ((stored,),) = rows("SELECT text FROM sharing_visitnote")
    assert b"Zzyxnote" not in bytes(stored)
    with pytest.raises(NeedsSecondFactor):
        door.show_visit(replace(asker(AUTHOR, EDUNET), second_factor=False), BECKSIDE)


def test_only_its_author_changes_and_removes_it_and_the_ledger_keeps_that() -> None:
    """R43: that there was a note, never what it said."""
    note = written()
    for slug, refusal in ((OTHER, NoSuchRecord), (NO_DUTY, NotAtYourLevel)):
        with pytest.raises(refusal):
            door.change_note(asker(slug, EDUNET), BECKSIDE, note, text="x", for_head=True)
        with pytest.raises(refusal):
            door.remove_note(asker(slug, EDUNET), BECKSIDE, note)
    with pytest.raises(NoSuchRecord):
        door.show_note(asker(OTHER, EDUNET), RAVENSGILL, note)
    door.change_note(asker(AUTHOR, EDUNET), BECKSIDE, note, text=TEXT + "!", for_head=True)
    door.remove_note(asker(AUTHOR, EDUNET), BECKSIDE, note)
    with as_batch():
        assert not VisitNote.objects.exists()
        entries = LedgerEntry.objects.filter(action__endswith="_note", outcome="changed").order_by("pk")
        assert [(row.action, row.about["note"]) for row in entries] == [
            (action, note) for action in ("write_note", "change_note", "remove_note")
        ]
        assert "Zzyxnote" not in str([row.about for row in entries])


def test_the_same_words_on_another_day_are_another_note() -> None:
    """R43: only a double click is one note."""
    first = written()
    assert written() == first
    with as_batch():
        VisitNote.objects.filter(pk=first).update(written_at=timezone.now() - timedelta(days=1))
    assert written() != first


def test_how_much_is_disputed_is_for_whose_duty_opens_pupils() -> None:
    """R9: a duty for staff alone opens the notes, and no number of what is said of children."""
    give(NO_DUTY, data=["view_staff"], function="improvement")
    shown = [door.show_visit(asker(slug, EDUNET), BECKSIDE).challenges for slug in (NO_DUTY, AUTHOR)]
    assert [number is None for number in shown] == [True, False]


def test_one_whose_author_has_left_is_removed_by_the_information_manager() -> None:
    """R9, R43: unread, with a reason that the ledger keeps; and none of whom is an officer still."""
    note, other = written(for_head=True), written()
    manager, number = client(MANAGER, EDUNET), appointment(AUTHOR)
    page, form = f"/officers/{number}/", f"/officers/{number}/notes/{note}/remove/"
    assert manager.get(form).status_code == 404
    officers.end_appointment(asker(MANAGER, EDUNET), number)
    assert reads(HEAD)
    text = manager.get(page).content.decode()
    assert "Notes they have left behind" in text
    assert "Beckside Primary School" in text
    assert "Zzyxnote" not in text + manager.get(form).content.decode()
    assert manager.post(form, {"because": ""}).status_code == 422
    assert (
        "The note has been removed"
        in manager.post(form, {"because": "It names the wrong school"}, follow=True).content.decode()
    )
    assert not reads(HEAD)
    assert manager.post(form, {"because": "Again"}).status_code == 404
    with as_batch():
        assert list(VisitNote.objects.values_list("pk", flat=True)) == [other]
        entry = LedgerEntry.objects.filter(action="remove_left_note", outcome="changed").get()
        assert (entry.about["note"], entry.about["because"]) == (note, "It names the wrong school")


def test_by_nobody_else() -> None:
    """R9, R45: also PostgreSQL says so, and of an officer in office to nobody."""
    note = written()
    author = person(AUTHOR).pk
    for has_left in (False, True):
        if has_left:
            officers.end_appointment(asker(MANAGER, EDUNET), appointment(AUTHOR))
        for slug, site in (
            (OTHER, EDUNET),
            (NO_DUTY, EDUNET),
            (HEAD, SCHOOLS_ONLINE),
            *(() if has_left else ((MANAGER, EDUNET),)),
        ):
            with transaction.atomic():
                Holdings.announced(asker(slug, site))
                assert rows("SELECT access_register_left_notes(%s)", author) == []
                assert rows("SELECT access_register_remove_left_note(%s, %s)", author, note) == [(False,)]
                transaction.set_rollback(True)
    assert client(OTHER, EDUNET).get(f"/officers/{appointment(AUTHOR)}/notes/{note}/remove/").status_code == 403


def test_a_duty_that_ends_takes_the_notes_along() -> None:
    """R44: one's own too."""
    written()
    with as_batch():
        rows("DELETE FROM sharing_establishmentpermission WHERE source LIKE 'duty:%%' RETURNING 1")
    assert not reads(AUTHOR)


def test_in_the_browser() -> None:
    browser = client(AUTHOR, EDUNET)
    assert browser.post(VISIT, {"text": ""}).status_code == 422
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(VISIT).status_code == 200
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 21
    assert TEXT in browser.post(VISIT, {"text": TEXT}, follow=True).content.decode()
    with as_batch():
        note = VisitNote.objects.get().pk
    own = f"{VISIT}notes/{note}/"
    assert browser.post(own, {"text": ""}).status_code == 422
    assert "reads it too" in browser.post(own, {"text": TEXT, "for_head": "on"}, follow=True).content.decode()
    assert TEXT not in browser.post(f"{own}remove/", follow=True).content.decode()
    assert browser.get(own).status_code == 404


def test_all_for_a_visit_is_on_one_page_and_the_marking_once() -> None:
    """R31: the figures as the dashboard says them, also to an officer whose duty opens no pupils."""
    with as_batch():
        rows(
            "DELETE FROM sharing_establishmentpermission WHERE user_id = %s AND permission_id IN (SELECT id FROM "
            "auth_permission WHERE codename = 'view_pupils') RETURNING 1",
            asker(OTHER).person_id,
        )
    for slug in (AUTHOR, OTHER):
        officer = asker(slug, EDUNET)
        assert door.show_visit(officer, BECKSIDE).tiles == door.show_dashboard(officer, BECKSIDE).tiles
    assert "quality" not in {tile.key for tile in door.show_visit(asker(OTHER, EDUNET), BECKSIDE).tiles}
    page = client(AUTHOR, EDUNET).get(VISIT).content.decode()
    for title in ("Data quality", "Attendance", "Changes on roll", "Attainment"):
        assert f"{title}</a></h2>" in page
    assert page.count("OFFICIAL-SENSITIVE") == 1
    written(for_head=True)
    assert client(HEAD).get(TO_HEAD).content.decode().count("OFFICIAL-SENSITIVE") == 1


def test_the_database_lets_nothing_through_by_itself() -> None:
    """R45: with the door forgotten."""
    plant_notes()
    assert holes_in_notes() == set()


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_weaker_lock_is_noticed(mutant: str) -> None:
    plant_notes()
    run_as_owner(MUTANTS[mutant])
    assert holes_in_notes()


def test_the_page_says_where_the_establishment_is_and_how_to_ring_it() -> None:
    """R30: an officer on the way there has one page."""
    about = door.show_establishment(asker(AUTHOR, EDUNET), BECKSIDE).establishment
    found = door.show_visit(asker(AUTHOR, EDUNET), BECKSIDE)
    assert (found.kind, found.address, found.telephone) == (about.kind, about.address, about.telephone)
    assert about.address
    page = client(AUTHOR, EDUNET).get(VISIT).content.decode()
    assert f"{about.kind}. {', '.join(about.address)}. Telephone <a" in page
    assert f'href="tel:{about.telephone.replace(" ", "")}">{about.telephone}</a>.' in page


def test_who_prepares_a_visit_learns_who_is_head_from_there() -> None:
    """R30: whom to ask for. The name of the head stood on no page that this one led to."""
    browser = client(AUTHOR, EDUNET)
    page = browser.get(VISIT).content.decode()
    headship = f"/establishments/{BECKSIDE}/headship/"
    assert f'href="{headship}">Who is head</a>' in page
    assert f"{person(HEAD).name} is head, or equivalent, today." in browser.get(headship).content.decode()
