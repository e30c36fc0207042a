"""A2, R16: the head is told of the day after which the establishment takes no part, and that it is taken back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from sharing import door
from sharing.days import day_in_words
from sharing.demo.places import AMBERSTONE, BECKSIDE, RAVENSGILL
from sharing.models import Establishment, Participation
from tests import post
from tests.edunet.test_community import MANAGER, UTC, listed
from tests.people import EDUNET, as_batch, asker

pytestmark = pytest.mark.django_db
CENTRE_MANAGER, HEAD = "gillian.feather@amberstone.example", "ruth.oldroyd@beckside.example"


def told(address: str) -> list[EmailMessage]:
    return [email for email in post.sent() if email.to == [address]]


def test_the_manager_of_a_centre_is_told_of_its_last_day_and_that_it_is_taken_back() -> None:
    manager, today = asker(MANAGER, EDUNET), timezone.localdate()
    for last in (today + timedelta(days=40), today + timedelta(days=9), today + timedelta(days=9)):
        door.close_centre(manager, AMBERSTONE, last_day=last)
    first, second = told(CENTRE_MANAGER)
    for email, days in ((first, 40), (second, 9)):
        assert email.subject == "Last day: Amberstone Children's Centre"
        assert f"closes. Its last day is {day_in_words(today + timedelta(days=days))}." in email.body
        assert "start the transfers" in email.body
    door.reopen_centre(manager, AMBERSTONE, because="A mistake")
    (taken_back,) = told(CENTRE_MANAGER)[2:]
    assert taken_back.subject == "No last day any more: Amberstone Children's Centre"
    assert "has been taken back. It stays open." in taken_back.body


def test_the_heads_of_a_type_are_told_of_its_last_day_unless_they_have_left() -> None:
    today = timezone.localdate()
    last = today + timedelta(days=9)
    with as_batch():
        Establishment.objects.filter(urn__in=[BECKSIDE, RAVENSGILL]).update(type_code=UTC)
        left = Participation.objects.filter(establishment__urn=RAVENSGILL)
        assert left.update(ends_on=today - timedelta(days=1), ended_because="Excluded itself")
    listed()
    with post.posting():
        door.end_type(asker(MANAGER, EDUNET), UTC, last_day=last, reason="Agreed in July")
    (email,) = mail.outbox
    assert (email.to, email.subject) == ([HEAD], "Last day: Beckside Primary School")
    assert f"takes part in the Data Sharing Protocol until {day_in_words(last)}." in email.body
    assert "You keep your own records and your Access Register." in email.body


def test_who_takes_part_on_the_last_day_of_a_type_is_told_once() -> None:
    """Not who closes before it, and not again for another reason. Who is suspended until then is told too."""
    today = timezone.localdate()
    last = today + timedelta(days=9)
    with as_batch():
        Establishment.objects.filter(urn__in=[BECKSIDE, RAVENSGILL]).update(type_code=UTC)
        closes = Participation.objects.filter(establishment__urn=RAVENSGILL)
        assert closes.update(ends_on=today + timedelta(days=3), ended_because="Closed")
        comes_back = Participation.objects.filter(establishment__urn=BECKSIDE)
        assert comes_back.update(starts_on=today + timedelta(days=2))
    listed()
    manager = asker(MANAGER, EDUNET)
    with post.posting():
        door.end_type(manager, UTC, last_day=last, reason="Agreed in July")
        door.end_type(manager, UTC, last_day=last, reason="Agreed in June")
    assert [email.to for email in mail.outbox] == [[HEAD]]
