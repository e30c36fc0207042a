"""A mail server that is away, silent, full, or hangs up: what somebody at a page reads, and that no letter is lost."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from access_register.models import WaitingLetter
from access_register.notices import mail, outbox
from sharing.models import ServiceRun
from tests.mail_servers import HANGS_UP, SILENT, MailServer, mail_server
from tests.people import as_batch, visitor
from tests.post import post
from tests.sign_in.ways import PASSWORD, code_now, factors, give_password, with_password

HEAD, ANOTHER = "head-beckside", "quite another password"
WAYS_TO_FAIL = {
    "is away": None,
    "is silent": {"": SILENT},
    "says something else": {"": "HTTP/1.1 400 Bad Request"},
    "hangs up": {"": HANGS_UP},
    "has no room": {"MAIL": "452 4.3.1 no room"},
    "asks to come again": {"RCPT": "450 4.7.1 come again"},
    "knows a full mailbox": {"RCPT": "552 5.2.2 mailbox full"},
    "hangs up in the middle": {"DATA": HANGS_UP},
    "does not say that it took it": {".": SILENT},
}


@pytest.fixture(params=WAYS_TO_FAIL)
def it_fails(request: pytest.FixtureRequest, settings: Any) -> Iterator[MailServer]:
    with mail_server(settings, WAYS_TO_FAIL[request.param]) as there:
        if WAYS_TO_FAIL[request.param] is None:
            settings.EMAIL_PORT = 9
        yield there


def waiting() -> int:
    with as_batch():
        return WaitingLetter.objects.count()


def letters(count: int) -> list[mail.Letter]:
    return [mail.letter("order_to_authorise", f"p{number}@b.example", name="S", link="/") for number in range(count)]


def failed() -> int:
    with as_batch():
        run = ServiceRun.objects.filter(name=ServiceRun.Job.POST).first()
    return run.about.get("failed", 0) if run else 0


def sends(browser: Client, address: str, **typed: str) -> int:
    browser.raise_request_exception = False
    return browser.post(address, typed).status_code


def test_signing_in_does_not_wait_for_it_and_no_word_is_lost(
    own_database: None, it_fails: MailServer, settings: Any
) -> None:
    """R13, R44: a password asked for and changed, an app set up, a new device: each page answers, and once the mail
    server is back its owner gets word of each."""
    head = with_password(HEAD)
    assert sends(visitor(), "/password/reset/", email=head.email) == 302
    browser = give_password(head)
    secret = browser.get("/account/app/").context["form"].secret
    assert sends(browser, "/account/app/", code=code_now(secret)) == 302
    assert sends(browser, "/password/change/", oldpassword=PASSWORD, password1=ANOTHER, password2=ANOTHER) == 302
    head.refresh_from_db()
    assert (head.check_password(ANOTHER), "totp" in factors(head)) == (True, True)
    assert it_fails.connections == 0
    wait = waiting()
    assert wait >= 4
    post()
    assert waiting() == wait
    with mail_server(settings) as well, time_machine.travel(timezone.now() + timedelta(minutes=2)):
        post()
    assert (waiting(), set(well.taken), len(well.taken)) == (0, {head.email}, wait)


@pytest.mark.django_db
def test_a_slow_one_is_given_up_before_the_proxy_gives_up_the_page(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R25: whoever brought in a list is told how many went out, not that the service has a problem."""
    monkeypatch.setattr(mail, "LONGEST", 0.5)
    with mail_server(settings, seconds=0.2) as there:
        settings.EMAIL_TIMEOUT = 5
        begun = time.monotonic()
        sent = mail.send(*letters(100))
        took = time.monotonic() - begun
    assert 0 < sent < 10
    assert (sent, failed()) == (len(there.taken), 100 - sent)
    assert took < 10  # seconds, on a busy machine: all of them take 20


@pytest.mark.django_db
def test_what_waited_for_a_worker_for_days_is_tried_as_often_as_anything(settings: Any) -> None:
    """R44: three days without a worker, and then a mail server that asks each letter to come again in a minute."""
    with time_machine.travel(timezone.now() - timedelta(days=3, minutes=1)):
        outbox.put(letters(2))
    with mail_server(settings, {"RCPT": "450 4.7.1 come again"}):
        post()
    assert (waiting(), failed()) == (2, 0)
    with mail_server(settings) as there, time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=1)):
        post()
    assert (waiting(), len(there.taken)) == (0, 2)
