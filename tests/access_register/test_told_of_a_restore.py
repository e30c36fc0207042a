"""R13, R43: a backup that is put back undoes what was ended since. Those who answer for access are told."""

from contextlib import nullcontext
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from access_register.models import Person, RegisterLine
from access_register.models.lines import HEAD_SEAT
from access_register.notices import restored
from sharing.ledger import ledger
from sharing.models import LedgerEntry
from tests import post
from tests.people import as_batch, person
from tests.retention.worlds import MANAGER

pytestmark = pytest.mark.django_db


def told() -> dict[str, str]:
    """To whom -> text."""
    said = StringIO()
    call_command("tell_of_restore", yes=True, stdout=said)
    mail.outbox.clear()
    letters = {letter.to[0]: letter.body for letter in post.sent()}
    assert f"{len(letters)} people" in said.getvalue()
    return letters


def last_row() -> LedgerEntry:
    with as_batch():
        return LedgerEntry.objects.latest("pk")


def test_each_head_and_information_manager_is_told_until_when_it_is_kept() -> None:
    """R13: each once, with the moment of the last row; nobody else, and nobody is named."""
    with as_batch():
        ledger.changed(action="import_gias", about={})
    last = last_row()
    with as_batch():  # what the other steps of a restore do is not what is kept
        for action in ("replay_disposal", "change_blind_index_key", "shut_account"):
            ledger.changed(action=action, about={})
    letters = told()
    until = f"{timezone.localtime(last.at):%H:%M on %-d %B %Y}"
    for who, site in (("head-beckside", "schools-online"), (MANAGER, "edunet")):
        text = letters[person(who).email]
        assert f"how they were at {until}." in text
        assert "ended or narrowed after that is open again" in text
        assert f"http://{site}.localhost:8000/\n" in text
    assert not {person(who).email for who in ("deputy-beckside", "teacher-beckside", "officer-no-duty")} & set(letters)
    row = last_row()
    assert (row.action, row.about) == ("tell_of_restore", {"last_row": last.pk, "told": len(letters)})


def test_nobody_is_told_twice_of_one_restore() -> None:
    """R13: run again by mistake it says so. After a second restore, to an earlier backup, they are told again."""
    with as_batch():
        ledger.changed(action="import_gias", about={})
    told()
    for after_it in (None, "shut_account", "change_blind_index_key"):
        with as_batch():
            if after_it:
                ledger.changed(action=after_it, about={})
        with pytest.raises(CommandError, match="told already"):
            call_command("tell_of_restore", yes=True, stdout=StringIO())
    with as_batch():
        ledger.changed(action="import_gias", about={})
    assert told()


@pytest.mark.parametrize(("answer", "is_told"), [("{}", True), ("", False), ("yes", False)])
def test_nobody_is_told_by_a_slip(answer: str, is_told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: where nothing was restored the email would be untrue, so the command says what it would tell, and asks."""
    with as_batch():
        ledger.changed(action="import_gias", about={})
        number = len(restored.to_be_told()[1])
    monkeypatch.setattr("builtins.input", lambda asked: answer.format(number))
    said = StringIO()
    with nullcontext() if is_told else pytest.raises(CommandError, match="Nobody was told"):
        call_command("tell_of_restore", stdout=said)
    assert f"{number} people would read" in said.getvalue()
    assert bool(post.sent()) == is_told


@pytest.mark.drifts
def test_a_head_whom_a_sanction_shuts_out_is_not_told() -> None:
    """R41: nor one whose line is over."""
    today = timezone.localdate()
    with as_batch():
        ledger.changed(action="import_gias", about={})
        Person.objects.filter(pk=person("head-beckside").pk).update(suspended_until=today)
        of = RegisterLine.objects.filter(seat=HEAD_SEAT, person=person("head-ravensgill"))
        of.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    assert not {person(who).email for who in ("head-beckside", "head-ravensgill")} & set(told())
