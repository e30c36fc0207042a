"""The outbox: what is committed is told, what is rolled back is not, whoever is killed and whatever the post does."""

import base64
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from io import StringIO
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail as post_office
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import Error, connections, transaction
from django.utils import timezone

from access_register.models import WaitingLetter
from access_register.notices import mail, outbox
from sharing.models import ServiceRun
from sharing.records.operations import How
from sharing.service import health, work
from tests.locks.switches import rows
from tests.people import as_batch
from tests.post import post
from tests.threads import PATIENCE, at_once

NEW = f"new:{base64.b64encode(b'n' * 32).decode()}"
NADIA, OMAR = "nadia@beckside.example", "omar@beckside.example"
NOW = timezone.now()
CarryOut = Callable[[EmailMessage], None]


def write(*to: str) -> None:
    mail.send_later("order_to_authorise", to, name="Somebody", link="http://edunet.localhost/")


def waiting() -> int:
    with as_batch():
        return WaitingLetter.objects.count()


def posted() -> list[str]:
    return [letter.to[0] for letter in post_office.outbox]


@pytest.fixture
def post_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[CarryOut], None]:
    """The mail server does this with each letter, before or instead of taking it."""
    takes = EmailBackend.send_messages

    def becomes(carry_out: CarryOut) -> None:
        def send_messages(self: EmailBackend, messages: Sequence[Any]) -> int:
            for letter in messages:
                carry_out(letter)
            return takes(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    return becomes


def away(letter: EmailMessage) -> None:
    raise ConnectionRefusedError(f"nobody takes letters to {letter.to}")


def takes_all(letter: EmailMessage) -> None:
    pass


@pytest.mark.django_db
class TestWhatIsTold:
    def test_what_is_rolled_back_is_told_to_nobody(self) -> None:
        with transaction.atomic():
            write(NADIA)
            transaction.set_rollback(True)
        post()
        assert (waiting(), posted()) == (0, [])

    def test_it_is_the_letter_that_was_written(self) -> None:
        written = mail.letter("order_to_authorise", NADIA, name="Nadia", link="http://edunet.localhost/x")
        mail.send_once_committed(written)
        post()
        (letter,) = post_office.outbox
        for what in ("to", "subject", "body", "alternatives", "from_email"):
            assert getattr(letter, what) == getattr(written, what)

    def test_somebody_who_is_away_sends_no_answer_to_it(self) -> None:
        """RFC 3834, and Exchange's own header: nobody reads what comes back to the address it is from."""
        write(NADIA)
        post()
        (letter,) = post_office.outbox
        told = letter.message()
        assert (told["Auto-Submitted"], told["X-Auto-Response-Suppress"]) == ("auto-generated", "OOF, AutoReply")

    def test_the_oldest_first(self) -> None:
        write(NADIA, OMAR)
        write("third@beckside.example")
        post()
        assert posted() == [NADIA, OMAR, "third@beckside.example"]

    def test_killed_between_the_posting_and_its_commit_it_is_posted_again_as_the_same(
        self, post_is: Callable[[CarryOut], None]
    ) -> None:
        """At least once: who gets it twice has the same Message-ID twice."""
        write(NADIA)
        taken = []

        def takes_it_and_kills(letter: EmailMessage) -> None:
            taken.append(letter)
            raise KeyboardInterrupt

        post_is(takes_it_and_kills)
        with pytest.raises(KeyboardInterrupt):
            outbox.post_next()
        assert waiting() == 1
        post_is(taken.append)
        post()
        first, second = (letter.message()["Message-ID"] for letter in taken)
        assert first == second
        assert first.endswith("@schools-online.localhost>")
        assert waiting() == 0

    def test_each_has_a_number_of_its_own(self) -> None:
        """A mailbox keeps one of two with the same Message-ID."""
        write(NADIA, OMAR)
        write(NADIA)
        post()
        assert len({letter.message()["Message-ID"] for letter in post_office.outbox}) == 3

    def test_in_the_table_nobody_reads_it(self) -> None:
        """R13."""
        write(NADIA)
        with as_batch():
            ((content,),) = rows("SELECT content FROM access_register_waitingletter")
            whole = str(rows("SELECT row::text FROM access_register_waitingletter AS row"))
        assert bytes(content)
        for words in (NADIA, "Somebody", "authorise"):
            assert words.encode() not in bytes(content)
            assert words not in whole
            assert words.encode().hex() not in whole

    def test_a_new_key_reaches_it(self, settings) -> None:
        """R13: `rotate_keys` brings what waits under the key in use."""
        write(NADIA)
        settings.FIELD_KEYS = f"{NEW},{settings.FIELD_KEYS}"
        call_command("rotate_keys", stdout=StringIO())
        settings.FIELD_KEYS = NEW
        post()
        assert posted() == [NADIA]


def test_what_was_committed_is_posted_by_the_next_look_of_the_worker(own_database: None, settings) -> None:
    """Whoever wrote it was killed after the commit, and no worker was there."""
    settings.REPORTS_AHEAD = False  # the worker would draw them all
    write(NADIA)
    connections.close_all()
    assert posted() == []
    work.until_nothing_waits()
    assert (waiting(), posted()) == (0, [NADIA])


def test_two_workers_at_once_post_each_letter_once(own_database: None, post_is: Callable[[CarryOut], None]) -> None:
    people = [f"p{number}@beckside.example" for number in range(30)]
    write(*people)
    who, others = set(), threading.Event()

    def waits_for_another(letter: EmailMessage) -> None:
        who.add(threading.get_ident())
        if len(who) > 1:
            others.set()
        assert others.wait(PATIENCE), "one worker alone has letters"

    post_is(waits_for_another)
    assert at_once(*[post] * 4) == [None] * 4
    assert sorted(posted()) == sorted(people)
    assert waiting() == 0


@pytest.mark.django_db
class TestThePostIsDown:
    def test_it_is_kept_and_posted_once(self, post_is: Callable[[CarryOut], None], caplog) -> None:
        """It waits 1 minute, then twice as long each time, and an hour at most. The log names nobody."""
        with time_machine.travel(NOW, tick=False) as clock, caplog.at_level(logging.WARNING):
            write(NADIA)
            post_is(away)
            for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
                post()
                clock.shift(timedelta(minutes=minutes, seconds=-1))
                before = len(caplog.records)
                post()
                assert len(caplog.records) == before, minutes
                clock.shift(timedelta(seconds=1))
            assert (waiting(), posted()) == (1, [])
            post_is(takes_all)
            post()
            post()
        assert (waiting(), posted()) == (0, [NADIA])
        assert "ConnectionRefusedError" in caplog.text
        assert "beckside" not in caplog.text

    @pytest.mark.parametrize(
        "refusal", [SMTPRecipientsRefused({NADIA: (550, b"no such user")}), SMTPDataError(554, b"too like an advert")]
    )
    def test_one_refused_letter_keeps_nobody_waiting(
        self, refusal: Exception, post_is: Callable[[CarryOut], None]
    ) -> None:
        def refuses_nadia(letter: EmailMessage) -> None:
            if letter.to == [NADIA]:
                raise refusal

        post_is(refuses_nadia)
        write(NADIA, OMAR)
        assert outbox.post_next() is True  # the worker asks for the next one at once
        work.until_nothing_waits()
        assert (waiting(), posted()) == (1, [OMAR])

    @pytest.mark.parametrize(
        "trouble", [TimeoutError(), SMTPServerDisconnected(), SMTPAuthenticationError(535, b"no"), UnicodeError()]
    )
    def test_whatever_one_letter_does_the_next_look_is_for_the_others(
        self, trouble: Exception, post_is: Callable[[CarryOut], None]
    ) -> None:
        """Each of these ends the look, so that files are read in between."""

        def stumbles(letter: EmailMessage) -> None:
            if letter.to == [NADIA]:
                raise trouble

        post_is(stumbles)
        write(NADIA, OMAR)
        assert outbox.post_next() is False
        assert outbox.post_next() is True
        assert (waiting(), posted()) == (1, [OMAR])

    def test_once_it_is_taken_it_is_posted_however_the_server_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def close(self: EmailBackend) -> None:
            raise TimeoutError

        monkeypatch.setattr(EmailBackend, "close", close)
        write(NADIA)
        post()
        assert (waiting(), posted()) == (0, [NADIA])

    def test_what_the_server_does_not_take_without_a_word_is_kept(
        self, monkeypatch: pytest.MonkeyPatch, caplog
    ) -> None:
        """Django's backend says how many it has sent, and may say none."""
        monkeypatch.setattr(EmailBackend, "send_messages", lambda self, messages: 0)
        write(NADIA)
        assert outbox.post_next() is False
        assert waiting() == 1
        assert "NotTaken" in caplog.text

    @pytest.mark.parametrize("problem", [None, TimeoutError()])
    def test_each_connection_is_closed(
        self, problem: Exception | None, monkeypatch: pytest.MonkeyPatch, post_is: Callable[[CarryOut], None]
    ) -> None:
        """A mail server takes only so many at once, and the worker lives for weeks."""

        def carry_out(letter: EmailMessage) -> None:
            if problem:
                raise problem

        closed: list[EmailBackend] = []
        monkeypatch.setattr(EmailBackend, "close", lambda self: closed.append(self))
        post_is(carry_out)
        write(NADIA)
        outbox.post_next()
        assert len(closed) == 1

    def test_one_that_cannot_be_read_keeps_nobody_waiting(self) -> None:
        write(NADIA, OMAR)
        with as_batch():
            first = WaitingLetter.objects.order_by("written_at")[0].pk
            rows("UPDATE access_register_waitingletter SET content = 'x' WHERE id = %s RETURNING 1", first)
        assert outbox.post_next() is False
        post()
        assert (waiting(), posted()) == (1, [OMAR])

    def test_what_waits_is_on_the_operations_page(self, post_is: Callable[[CarryOut], None]) -> None:
        """A17: how many, and of whom nothing."""
        write(NADIA, OMAR)
        assert _e_mail() == (How.WELL, "Nothing has failed within the last day.")
        post_is(away)
        post()
        assert _e_mail() == (How.LOOK, "Emails that the mail server has not accepted yet: 1.")
        (queue,) = [queue for queue in health.how_is_the_service().queues if queue.title == "Emails"]
        assert (queue.waiting, queue.failed) == (2, 1)

    def test_a_mail_server_that_takes_nothing_for_hours_is_wrong(self, post_is: Callable[[CarryOut], None]) -> None:
        """A17: monitors hear of it, and hear nothing where one mailbox alone refuses."""

        def refuses(letter: EmailMessage) -> None:
            raise SMTPRecipientsRefused({NADIA: (550, b"no such user")})

        with time_machine.travel(NOW, tick=False) as clock:
            write(NADIA)
            for carry_out, hours, how in (
                (away, 4, How.LOOK), (away, 1, How.WRONG), (refuses, 1, How.LOOK), (away, 2, How.LOOK),
                (away, 4, How.WRONG),
            ):  # fmt: skip
                post_is(carry_out)
                post()
                clock.shift(timedelta(hours=hours))
                post()
                assert (_e_mail()[0], hours) == (how, hours)
            assert _e_mail()[1] == "The mail server has accepted nothing for hours. Waiting: 1."
            post_is(takes_all)
            clock.shift(timedelta(hours=1))
            post()
            assert _e_mail()[0] == How.WELL

    def test_after_three_days_it_is_given_up_and_told(self, post_is: Callable[[CarryOut], None], caplog) -> None:
        """A17: on the operations page, as other emails that could not be sent."""
        post_is(away)
        with time_machine.travel(NOW - timedelta(days=3), tick=False) as clock, caplog.at_level(logging.ERROR):
            write(NADIA, OMAR)
            while timezone.now() < NOW:
                post()
                clock.shift(timedelta(minutes=5))
            assert (waiting(), caplog.text) == (2, "")
            clock.shift(timedelta(hours=1))
            post()
            post()
        assert (waiting(), posted()) == (0, [])
        assert ServiceRun.objects.get(name=ServiceRun.Job.POST).about == {"failed": 2}
        assert _e_mail() == (How.LOOK, "2 could not be sent, the last one within a day.")
        assert "beckside" not in caplog.text


def _e_mail() -> tuple[How, str]:
    return next((part.how, part.says) for part in health.how_is_the_service().parts if part.title == "Email")


@pytest.mark.django_db
class TestTheWebApplication:
    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT count(*) FROM access_register_waitingletter",
            "UPDATE access_register_waitingletter SET next_try_at = 'infinity'",
            "DELETE FROM access_register_waitingletter",
            "TRUNCATE access_register_waitingletter",
        ],
    )
    def test_adds_letters_and_does_nothing_else_with_them(self, statement: str) -> None:
        """R45."""
        write(NADIA)
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            rows(statement)
        assert waiting() == 1

    def test_posts_nothing(self) -> None:
        write(NADIA)
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            WaitingLetter.objects.select_for_update().first()
