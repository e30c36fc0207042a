"""What the page of a download says of it and offers, at each stage (R14, R15)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from access_register.register import register
from sharing.days import day_in_words
from sharing.models import Download
from tests.access_register.test_register import line_of
from tests.downloads.reading import BECKSIDE, HEAD, KIND_PAGE, TEACHER, asked_for, collected, passphrase_of
from tests.people import EDUNET, as_batch, asker, client

pytestmark = pytest.mark.django_db
SHOW, COLLECT, DESTROYED = "Show the passphrase</button>", "Collect the file (", "I have destroyed it</button>"


def page(number: int, slug: str = HEAD) -> str:
    return " ".join(client(slug).get(f"/my-downloads/{number}/").text.split())


def offered(number: int, slug: str = HEAD) -> tuple[bool, ...]:
    shown = page(number, slug)
    return SHOW in shown, COLLECT in shown, DESTROYED in shown


def facts(shown: str) -> dict[str, str]:
    return dict(re.findall(r"<dt [^>]*>(.*?)</dt>\s*<dd [^>]*>(.*?)</dd>", shown))


def the(number: int) -> Download:
    with as_batch():
        return Download.objects.get(pk=number)


def test_from_ready_to_destroyed() -> None:
    """R14, R15: the passphrase once, the file once, and then how it was destroyed."""
    number = asked_for()
    assert offered(number) == (True, True, False)
    assert "You have the file, but not its passphrase." not in page(number)
    passphrase_of(client(HEAD), number)
    assert offered(number) == (False, True, False)
    assert "The passphrase has been shown. If you do not have it, ask for the download again." in page(number)
    collected(HEAD, number)
    assert offered(number) == (False, False, True)
    assert "You have the file, but not its passphrase." not in page(number)
    assert client(HEAD).post(f"/my-downloads/{number}/", {"how": "deleted"}).status_code == 302
    assert offered(number) == (False, False, False)
    assert facts(page(number))["Destroyed"] == day_in_words(timezone.localdate())


def test_who_collected_the_file_first_may_still_see_its_passphrase() -> None:
    """R14: while their access opens the records, and not afterwards."""
    number = asked_for(TEACHER)
    collected(TEACHER, number)
    assert "You have the file, but not its passphrase." in page(number, TEACHER)
    assert offered(number, TEACHER) == (True, False, True)
    register.suspend_access(asker(HEAD), BECKSIDE, line_of(TEACHER).pk, because="")
    assert offered(number, TEACHER) == (False, False, True)


def test_who_has_lost_access_collects_nothing_and_is_told_why() -> None:
    """R44."""
    number = asked_for(TEACHER)
    register.suspend_access(asker(HEAD), BECKSIDE, line_of(TEACHER).pk, because="")
    assert offered(number, TEACHER) == (False, False, False)
    assert "your access today does not open these records" in page(number, TEACHER)


def test_its_facts_stand_under_their_names() -> None:
    number = asked_for()
    before = facts(page(number))
    row = the(number)
    assert before["Records"] == str(row.rows)
    assert before["Asked for"].startswith(day_in_words(timezone.localdate()))
    assert before["Destroy by"] == day_in_words(row.dispose_by)
    assert "Taken" not in before
    assert "Destroyed" not in before
    collected(HEAD, number)
    assert facts(page(number))["Taken"].startswith(day_in_words(timezone.localdate()))


@pytest.mark.parametrize("days", [0, 1])
def test_one_that_should_have_been_destroyed_says_so(days: int) -> None:
    """R15: from the day after the last one."""
    number = asked_for()
    collected(HEAD, number)
    with as_batch():
        Download.objects.filter(pk=number).update(dispose_by=timezone.localdate() - timedelta(days=days))
    shown = page(number)
    assert ("It should have been destroyed by" in shown) == bool(days)
    assert ("Destroy it as soon as you no longer need it" in shown) == (not days)


def test_of_whom_access_is_withdrawn_the_head_reads_what_they_still_have() -> None:
    """R15: by name, before the access ends."""
    number = asked_for(TEACHER)
    withdraw = f"/establishments/{BECKSIDE}/register/{line_of(TEACHER).pk}/withdraw/"
    assert "not been destroyed yet" not in client(HEAD).get(withdraw).text
    collected(TEACHER, number)
    shown = client(HEAD).get(withdraw).text
    assert "Nadia Hussain has 1 download from here that has not been destroyed yet." in shown
    assert "(overdue)" not in shown
    with as_batch():
        Download.objects.filter(pk=number).update(dispose_by=timezone.localdate() - timedelta(days=1))
    assert "(overdue)" in client(HEAD).get(withdraw).text


def test_the_list_here_says_whose_they_are_and_leads_to_whose_records_those_were() -> None:
    """R15, R43: of what has left the service; one's own list has no such link, and no name."""
    waits, taken = asked_for(TEACHER, query="?sex=F"), asked_for(TEACHER)
    collected(TEACHER, taken)
    here = client(HEAD).get(f"{KIND_PAGE}/").text
    mine = client(TEACHER).get("/my-downloads/").text
    assert f"?download={taken}" in here
    assert f"?download={waits}" not in here
    assert 'data-column="Who">Nadia Hussain</td>' in here
    assert f'href="/my-downloads/{taken}/"' in mine
    assert (f"?download={taken}" in mine, 'data-column="Who"' in mine) == (False, False)
    assert f'href="/my-downloads/{taken}/"' not in here


def test_the_list_here_says_what_is_still_to_be_destroyed_and_what_is_on_the_other_site() -> None:
    """R15: what officers took away is in the ledger."""
    nobody, kept = "Nobody has taken anything away on this site.", "still to be destroyed,"
    assert nobody in client("head-ravensgill").get("/establishments/999003/downloads/").text
    assert kept not in client("head-ravensgill").get("/establishments/999003/downloads/").text
    collected(TEACHER, asked_for(TEACHER))
    shown = client(HEAD).get(f"{KIND_PAGE}/").text
    assert (nobody in shown, kept in shown) == (False, True)
    officers = "What officers have taken away on EduNet is under"
    assert officers in client(HEAD).get(f"{KIND_PAGE}/").text
    assert officers not in client("officer-data", EDUNET).get(f"{KIND_PAGE}/").text
