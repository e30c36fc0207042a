"""Whose an address is is asked wherever access begins: it may be a slip, or another person's by now (A18, R35, R36)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register.models import Handover, Person, RegisterLine
from access_register.register import register
from access_register.register.register import CannotChange, Entry
from sharing.authorise import Through
from tests.access_register.handovers import OFFICER, in_days
from tests.access_register.invitations import BECKSIDE, HEAD, NEW, invite, line_of
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

pytestmark = pytest.mark.django_db


def test_adding_to_a_register() -> None:
    """R34, R44: a slip in the address gave a stranger access at once. The page does not say what the name is."""
    browser, url, known = client(HEAD), f"/establishments/{BECKSIDE}/register/add/", person("teacher-oxenby")
    typed = {"name": "Nadia New", "email": known.email, "role": "teacher", "level": "3", "basis": ""}
    asked = browser.post(url, typed)
    page = asked.content.decode()
    assert (asked.status_code, "under another name" in page, known.name in page) == (422, True, False)
    assert 'type="checkbox" name="other_name"' in page
    assert not mail.outbox
    assert browser.post(url, typed | {"name": f"{known.name.split()[1]}, {known.name.split()[0]}"}).status_code == 302
    with as_batch():
        line = RegisterLine.objects.get(person=known, establishment__urn=BECKSIDE)
    register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="A slip")
    assert browser.post(url, typed | {"other_name": "on"}).status_code == 302


def test_an_address_handed_on_before_anybody_accepted_is_asked_about() -> None:
    """R36: the second person to get head@ read "Hello Nadia New", and stood on the register as Nadia New."""
    invite()
    register.withdraw_access(asker(HEAD), BECKSIDE, line_of().pk, because="Never came")
    entry, letters = Entry(other_name=False), len(mail.outbox)
    with pytest.raises(CannotChange, match="under another name"):
        register.give_access(asker(HEAD), BECKSIDE, name="Quite Another", email=NEW, entry=entry)
    assert len(mail.outbox) == letters
    assert register.give_access(asker(HEAD), BECKSIDE, name="New, Nadia", email=NEW, entry=entry).awaits


@pytest.mark.parametrize(("days", "is_asked"), [(366, True), (364, False)])
def test_an_account_that_nobody_has_used_for_a_year_is_asked_about(days: int, is_asked: bool) -> None:
    """A18, R44: the address may be of another John Smith by now, who would have had the account at once."""
    known = person("teacher-oxenby")
    with as_batch():
        Person.objects.filter(pk=known.pk).update(last_login=timezone.now() - timedelta(days=days))
    browser, url = client(HEAD), f"/establishments/{BECKSIDE}/register/add/"
    typed = {"name": known.name, "email": known.email, "role": "teacher", "level": "3", "basis": ""}
    answer = browser.post(url, typed)
    assert (answer.status_code, "for a year" in answer.content.decode()) == (422 if is_asked else 302, is_asked)
    if is_asked:
        assert browser.post(url, typed | {"other_name": "on"}).status_code == 302


@pytest.mark.parametrize(("slug", "through"), [(HEAD, SCHOOLS_ONLINE), (OFFICER, EDUNET)])
def test_naming_a_successor(slug: str, through: Through) -> None:
    """R35: a slip in the address offered the headship to whoever has it. The page does not say their name."""
    browser, known = client(slug, through), person("head-ravensgill")
    page = f"/establishments/{BECKSIDE}/{'register/' if through == SCHOOLS_ONLINE else ''}headship/name/"
    typed = {"name": "Nadia New", "email": known.email, "on": in_days(9).strftime("%d/%m/%Y"), "until": ""}
    asked = browser.post(page, typed)
    assert (asked.status_code, known.name in asked.content.decode()) == (422, False)
    assert 'type="checkbox" name="other_name"' in asked.content.decode()
    with as_batch():
        assert not Handover.objects.filter(establishment__urn=BECKSIDE).exists()
    assert browser.post(page, typed | {"other_name": "on"}).status_code == 302
