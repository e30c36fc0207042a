"""Suspending a line and letting it go on (R35, R44)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register import grants
from access_register.models import RegisterLine
from access_register.register import register
from access_register.register.register import CannotChange
from sharing.authorise import NoSuchRecord, NotAtYourLevel
from sharing.days import day_in_words
from tests.access_register.test_register import BECKSIDE, HEAD, NAMED, OPENED, TEACHER, line_of, permissions
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_a_suspended_line_opens_nothing_on_the_next_request_until_it_goes_on() -> None:
    """R35, R44: the person stays signed in all the while."""
    browser, line = client(TEACHER), line_of(TEACHER)
    pupils = f"/establishments/{BECKSIDE}/pupils/"
    assert browser.get(pupils).status_code == 200
    register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="absent")
    assert permissions(person(TEACHER)) == set()
    assert browser.get(pupils).status_code == 404
    register.resume_access(asker(HEAD), BECKSIDE, line.pk)
    assert permissions(person(TEACHER)) == OPENED[2]
    assert browser.get(pupils).status_code == 200
    again = line_of(TEACHER)
    assert (again.suspended_at, again.suspended_by_name, again.suspended_because) == (None, "", "")


def test_a_reason_that_is_a_sentence_ends_with_one_full_stop() -> None:
    """R36: on the page that lifts the suspension."""
    line = line_of(TEACHER)
    register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="Away until Easter.")
    page = client(HEAD).get(f"/establishments/{BECKSIDE}/register/{line.pk}/resume/").text
    assert "The line was suspended because: Away until Easter.</p>" in page


def test_a_line_that_awaits_its_person_opens_nothing() -> None:
    """A9."""
    line = line_of(TEACHER)
    line.awaiting_since = "2026-09-01T09:00Z"
    assert {grant.starts_on for grant in grants.of_line(line)} == {grants.NOT_YET}


def test_changing_a_suspended_line_leaves_it_suspended() -> None:
    line = line_of(TEACHER)
    register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="")
    register.change_access(asker(HEAD), BECKSIDE, line.pk, entry=register.Entry(role="teacher"))
    assert permissions(person(TEACHER)) == set()
    assert line_of(TEACHER).suspended_at


def test_a_suspended_seat_stays_taken() -> None:
    """R32: suspending the deputy makes no room for a third."""
    register.suspend_access(asker(HEAD), BECKSIDE, line_of(NAMED).pk, because="")
    entry = register.Entry(register.Level.ONE, "teacher", confirmed=True)
    with pytest.raises(CannotChange, match="Both Level 1 places"):
        register.give_access(asker(HEAD), BECKSIDE, name="Third", email="third@beckside.example", entry=entry)


def test_who_may_suspend() -> None:
    """R35: named staff suspend others, not Level 1, nobody the head; below Level 1 nobody."""
    register.suspend_access(asker(NAMED), BECKSIDE, line_of(TEACHER).pk, because="")
    for by, whose in ((NAMED, HEAD), (NAMED, "business-manager-beckside"), (HEAD, HEAD)):
        with pytest.raises(CannotChange):
            register.suspend_access(asker(by), BECKSIDE, line_of(whose).pk, because="")
    for change in (register.resume_access, lambda *a: register.suspend_access(*a, because="")):
        with pytest.raises(NotAtYourLevel):
            change(asker("senco-beckside"), BECKSIDE, line_of(TEACHER).pk)
        with pytest.raises(NoSuchRecord):
            change(asker(HEAD), BECKSIDE, line_of("head-ravensgill", 999003).pk)


@pytest.mark.drifts  # lines written past the register
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "has Level 2 here again."),
        ({"starts_on": TODAY + timedelta(days=9)}, f"has Level 2 here from {day_in_words(TODAY + timedelta(days=9))}."),
        ({"awaiting_since": timezone.now()}, "has Level 2 here once they have accepted the invitation."),
    ],
)
def test_what_a_line_opens_that_goes_on_is_said(facts: dict, words: str) -> None:
    """R35: nothing yet, where it has yet to begin or to be accepted."""
    line = line_of(TEACHER)
    register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="")
    with as_batch():
        RegisterLine.objects.filter(pk=line.pk).update(**facts)
    url, browser = f"/establishments/{BECKSIDE}/register/{line.pk}/resume/", client(HEAD)
    assert words in browser.post(url, follow=True).content.decode()
    again = browser.post(url, follow=True).content.decode()
    assert (words in again, "has no suspended access here." in again) == (False, True)


def test_in_the_browser() -> None:
    browser, line = client(HEAD), line_of(TEACHER)
    url = f"/establishments/{BECKSIDE}/register/{line.pk}"
    for _ in range(2):  # a double click does no harm
        page = browser.post(f"{url}/suspend/", {"because": "Long absence"}, follow=True).content.decode()
    assert "Suspended: Long absence" in page
    assert permissions(person(TEACHER)) == set()
    assert browser.get(f"{url}/resume/").status_code == 200
    assert permissions(person(TEACHER)) == set()  # looking changes nothing
    for _ in range(2):
        page = browser.post(f"{url}/resume/", follow=True).content.decode()
    assert "Suspended: Long absence" not in page
    with as_batch():
        assert RegisterLine.objects.get(pk=line.pk).suspended_because == ""
    assert permissions(person(TEACHER)) == OPENED[2]
