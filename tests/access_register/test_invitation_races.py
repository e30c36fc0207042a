"""Invitations in any sequence and several at once, and the one function in the database that closes them (R32)."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_register.levels import Level
from access_register.models import Person, RegisterLine
from access_register.register import register
from access_register.register.register import CannotChange, Entry
from access_register.sign_in import invitations
from sharing.authorise import NoSuchRecord
from sharing.models import EstablishmentPermission, LedgerEntry
from tests.access_register.invitations import (
    BECKSIDE,
    HEAD,
    NEW,
    PASSWORD,
    change,
    free_a_seat,
    invite,
    line_of,
    token_in,
)
from tests.people import as_batch, asker, client
from tests.threads import at_once

ADDRESSES = ["a@beckside.example", "b@beckside.example", "c@beckside.example", "d@beckside.example"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["invite 1", "invite 2", "invite 3", "again", "withdraw", "accept", "accept old", "expire"]),
        st.sampled_from(ADDRESSES),
    ),
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_sequence_keeps_seats_and_rows(steps: list[tuple[str, str]]) -> None:
    """R32, A9, R44: whatever is clicked in whatever order, at most two are named and the rows are exact."""
    with transaction.atomic():
        free_a_seat()
        tokens: dict[str, list[str]] = {address: [] for address in ADDRESSES}
        for step, address in steps:
            with suppress(CannotChange, NoSuchRecord):
                play(step, address, tokens)
            with as_batch():
                named = RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat__gte=1, withdrawn_at=None)
                assert named.count() <= 2
                waiting = EstablishmentPermission.objects.filter(
                    source__in=[f"line:{pk}" for pk in RegisterLine.objects.exclude(
                        awaiting_since=None).values_list("pk", flat=True)],
                    starts_on__lte=timezone.localdate(),
                )  # fmt: skip
                assert not waiting.exists()
        call_command("check_permissions")
        transaction.set_rollback(True)


def play(step: str, address: str, tokens: dict[str, list[str]]) -> None:
    verb, _, level = step.partition(" ")
    if verb == "invite":
        entry = Entry(Level(int(level)), basis="teaches", confirmed=True)
        if register.give_access(asker(HEAD), BECKSIDE, name="New", email=address, entry=entry).awaits:
            tokens[address].append(token_in(mail.outbox[-1].body))
    elif verb == "accept":
        known = tokens[address][:-1] if level else tokens[address][-1:]
        for token in known:
            accepted = invitations.accept(token, password=PASSWORD)
            assert not (accepted and level)
    elif verb == "expire":
        change(address, expires_at=timezone.now())
    elif Person.objects.filter(email=address).exists():
        with as_batch():
            line = RegisterLine.objects.filter(person__email=address, withdrawn_at=None).first()
        if line and verb == "again":
            change(address, sent_at=timezone.now() - timedelta(minutes=2))
            invitations.send_again(asker(HEAD), BECKSIDE, line.pk)
            tokens[address].append(token_in(mail.outbox[-1].body))
        elif line:
            register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")


@pytest.mark.django_db
def test_a_double_click_on_sending_again_sends_one_link_which_works() -> None:
    invite()
    mail.outbox.clear()
    browser, url = client(HEAD), f"/establishments/{BECKSIDE}/register/{line_of().pk}/send/"
    assert {browser.post(url)["location"] for _ in range(2)} == {f"/establishments/{BECKSIDE}/register/"}
    (letter,) = mail.outbox
    assert "less than a minute ago" in browser.get(f"/establishments/{BECKSIDE}/register/").content.decode()
    assert invitations.accept(token_in(letter.body), password=PASSWORD)


def test_one_link_clicked_eight_times_at_once(own_database: None) -> None:
    """Accepted once, with one password; the other seven are told that the link was used."""
    token = invite(level=Level.TWO, basis="teaches")
    outcomes = at_once(*[lambda n=n: invitations.accept(token, password=f"{PASSWORD} {n}") for n in range(8)])
    assert sorted(str(outcome) for outcome in outcomes) == ["Nadia New"] + ["None"] * 7
    somebody = Person.objects.get(email=NEW)
    assert sum(somebody.check_password(f"{PASSWORD} {n}") for n in range(8)) == 1
    with as_batch():
        assert LedgerEntry.objects.filter(action="accept_invitation").count() == 1
    call_command("check_permissions")


def test_acceptance_and_withdrawal_at_once(own_database: None) -> None:
    """R44: whichever comes first, a withdrawn line opens nothing afterwards."""
    for turn in range(5):
        address = f"race{turn}@beckside.example"
        token = invite(address)
        line, head = line_of(address), asker(HEAD)
        outcomes = at_once(
            lambda token=token: invitations.accept(token, password=PASSWORD),
            lambda pk=line.pk, head=head: register.withdraw_access(head, BECKSIDE, pk, because=""),
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        with as_batch():
            assert not EstablishmentPermission.objects.filter(user__email=address).exists()
    call_command("check_permissions")
