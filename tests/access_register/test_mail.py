"""Emails of the Access Register: both forms, the right address, nothing of a child."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from access_register.models import RegisterLine
from access_register.notices import mail
from access_register.sign_in import welcome
from sharing.authorise import Through
from sharing.models import ServiceRun
from tests.people import as_batch, person

FOLDER = Path(settings.BASE_DIR) / "templates" / "email"
KINDS = {"invitation", "added"}
ABOUT = {
    "name": "Nadia <b>New</b>",
    "giver": "Ruth O'Royd",
    "place": "St Anne & St Mary",
    "level": 3,
    "expires_at": datetime(2026, 12, 8, 9, 12, tzinfo=UTC),
    "link": "http://schools-online.localhost:8000/somewhere/",
}


@pytest.mark.parametrize("kind", sorted(KINDS))
class TestEachKind:
    def test_text_and_html_say_the_same_to_the_same_person(self, kind: str) -> None:
        """Why it came, what to do, from whom; the plain text is not escaped, the HTML is."""
        letter = mail.letter(kind, "nadia@beckside.example", **ABOUT)
        (html, content_type), *_ = letter.alternatives
        assert (letter.to, content_type) == (["nadia@beckside.example"], "text/html")
        assert "\n" not in letter.subject
        assert "St Anne & St Mary" in letter.subject
        for text in (letter.body, html):
            assert ABOUT["link"] in text
            assert "You get this email because" in text
            assert "We never ask for your password" in text
            assert settings.AUTHORITY_NAME in text
        assert "Ruth O'Royd" in letter.body
        assert "<b>" in letter.body
        assert "<b>New" not in html
        assert "St Anne &amp; St Mary" in html

    def test_it_stands_alone(self, kind: str) -> None:
        """R13: no picture or style from elsewhere, which would tell that it was opened."""
        (html, _), *_ = mail.letter(kind, "nadia@beckside.example", **ABOUT).alternatives
        for word in ("<img", "<script", "<link ", "@import"):
            assert word not in html


def test_what_the_invitation_says() -> None:
    letter = mail.letter("invitation", "nadia@beckside.example", **ABOUT)
    assert letter.subject == "You are invited to Schools Online for St Anne & St Mary"
    assert "until 09:12 on 8 December 2026" in letter.body


@pytest.mark.django_db
def test_the_invitation_says_where_to_sign_in_afterwards() -> None:
    """Its link works once: whoever looks for the address a week later finds it in the same email."""
    with as_batch():
        line = RegisterLine.objects.filter(person=person("teacher-beckside")).latest("pk")
        letter = welcome.invitation(line, "abc", timezone.now())
    (html, _), *_ = letter.alternatives
    for text in (letter.body, html):
        assert "After that, sign in with this email address and your password at " in text
    assert f"{mail.link('home')}\n" in letter.body
    assert f'href="{mail.link("home")}"' in html


def test_what_the_news_says() -> None:
    letter = mail.letter("added", "nadia@beckside.example", **ABOUT)
    assert letter.subject == "You now have access to St Anne & St Mary"
    assert "You have Level 3 there" in letter.body


@pytest.mark.parametrize("site", Through)
def test_each_form_says_which_site_it_comes_from(site: Through) -> None:
    """A text without HTML named none, and a letter to an officer named Schools Online."""
    facts = {"by": "Helen Ogden", "link": mail.link("home", at=site)}
    letter = mail.letter("glass_asked", "nadia@beckside.example", **ABOUT | facts)
    (html, _), *_ = letter.alternatives
    (other,) = set(Through) - {site}
    for text in (letter.body, html):
        assert site.label in text
        assert other.label not in text


@pytest.mark.parametrize(("address", "count"), [("service@council.example", 1), ("", 0)])
def test_whom_to_tell_if_it_was_for_somebody_else(settings, address: str, count: int) -> None:
    """Nobody reads answers to the address it comes from."""
    settings.SERVICE_EMAIL = address
    letter = mail.letter("added", "nadia@beckside.example", **ABOUT)
    (html, _), *_ = letter.alternatives
    for text in (letter.body, html):
        assert text.count(f"should not have come to you, tell {address}.") == count


def test_a_subject_is_one_line_whatever_the_name() -> None:
    letter = mail.letter("invitation", "a@b.example", **ABOUT | {"place": "One\r\nBcc: two@b.example"})
    assert letter.subject.endswith("for One Bcc: two@b.example")
    assert letter.message()["Bcc"] is None


def test_every_kind_has_its_three_templates() -> None:
    kinds = {path.stem.removesuffix("_subject") for path in FOLDER.glob("*.txt")} - {"base"}
    for kind in kinds | KINDS:
        for name in (f"{kind}_subject.txt", f"{kind}.txt", f"{kind}.html"):
            assert (FOLDER / name).exists(), name


@pytest.mark.parametrize("kind", [path.stem for path in sorted(FOLDER.glob("*.html")) if path.stem != "base"])
def test_each_greets_whom_it_is_for_in_both_forms(kind: str) -> None:
    """Five kinds began without a word to anybody; whoever heads two schools could not tell for whom it was."""
    letter = mail.letter(kind, "nadia@beckside.example", name="Nadia New")
    (html, _), *_ = letter.alternatives
    assert letter.body.startswith("Hello Nadia New\n\n")
    assert "<p>Hello Nadia New</p>" in html


def test_addresses_are_those_of_the_site(settings) -> None:
    """No request is needed, and none can lead a link elsewhere."""
    assert mail.link("invitation", "abc") == "http://schools-online.localhost:8000/invitation/abc/"
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = "https", ""
    assert mail.link("home", at=Through.EDUNET) == "https://edunet.localhost/"


@pytest.mark.django_db  # how many could not be sent is noted
class TestSending:
    def letters(self, count: int) -> list[mail.Letter]:
        return [mail.letter("added", f"p{n}@b.example", **ABOUT) for n in range(count)]

    def test_over_one_connection(self, mailoutbox) -> None:
        assert mail.send(*self.letters(3)) == 3
        assert len(outbox.outbox) == 3
        assert {letter.message()["Auto-Submitted"] for letter in outbox.outbox} == {"auto-generated"}
        assert mail.send() == 0

    def test_one_that_is_refused_keeps_no_other_back(self, monkeypatch, mailoutbox, caplog) -> None:
        """A mistyped address in a list of staff: everybody else gets their invitation, and the page says one."""
        takes = EmailBackend.send_messages

        def refuses_the_first(self: EmailBackend, messages: Sequence[Any]) -> int:
            if messages[0].to == ["p0@b.example"]:
                raise SMTPRecipientsRefused({"p0@b.example": (550, b"no such mailbox")})
            return takes(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", refuses_the_first)
        assert mail.send(*self.letters(3)) == 2
        assert [letter.to for letter in mailoutbox] == [["p1@b.example"], ["p2@b.example"]]
        assert "1 of 3 emails could not be sent: SMTPRecipientsRefused" in caplog.text
        assert "b.example" not in caplog.text

    def test_when_the_post_is_down_it_says_how_many_and_names_nobody(self, monkeypatch, caplog) -> None:
        sent = []

        def send_messages(self, messages) -> int:
            if sent:
                raise ConnectionResetError("p1@b.example refused")
            sent.extend(messages)
            return 1

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)
        with caplog.at_level(logging.ERROR):
            assert mail.send(*self.letters(3)) == 1
        assert "2 of 3 emails could not be sent" in caplog.text
        assert "b.example" not in caplog.text
        with as_batch():
            assert ServiceRun.objects.get(name=ServiceRun.Job.POST).about == {"failed": 2}
