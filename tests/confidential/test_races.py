"""R27, R44: a consent is withdrawn while others read, and by two clicks at once. Real threads, real commits."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.door import MovedOn, NewItem, Wish
from sharing.files.safe_files import SafeFile
from sharing.models import LedgerEntry, RestrictedFile, RestrictedItem
from tests.confidential.items import BECKSIDE, CANARY, CONTENT, RAVENSGILL, consent, item
from tests.people import EDUNET, as_batch, asker
from tests.threads import PATIENCE, at_once, until_waiting

HEAD, OTHER = "head-beckside", "governor-ravensgill"


def test_a_consent_withdrawn_while_somebody_reads(own_database: None) -> None:
    """R44: whoever reads on while it is withdrawn sees the item until it is, and on no request after."""
    found = item(BECKSIDE)
    given = consent(found, RAVENSGILL)
    reader, head = asker(OTHER), asker(HEAD)
    has_read, withdrawn, stop, late = threading.Event(), threading.Event(), threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            was_withdrawn = withdrawn.is_set()
            try:
                door.show_restricted(reader, found.pk)
            except NoSuchRecord:
                continue
            has_read.set()
            if was_withdrawn:
                late.append(1)

    def withdraw() -> None:
        try:
            assert has_read.wait(PATIENCE)
            door.withdraw_consent(head, found.pk, given.pk)
            withdrawn.set()
            stop.wait(0.3)
        finally:
            stop.set()

    assert at_once(read, read, withdraw) == [None] * 3
    assert not late


def test_two_heads_at_once(own_database: None) -> None:
    """R27: of two clicks on the same consent one withdraws it, and the other is told so."""
    found = item(BECKSIDE)
    given = consent(found, RAVENSGILL)
    head, start, ends = asker(HEAD), threading.Barrier(4, timeout=PATIENCE), []

    def act() -> None:
        start.wait()
        try:
            door.withdraw_consent(head, found.pk, given.pk)
            ends.append("done")
        except MovedOn:
            ends.append("moved on")
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", *["moved on"] * 3]
    with as_batch():
        changes = LedgerEntry.objects.filter(action="withdraw_consent", outcome="changed")
        assert changes.count() == 1


def test_a_consent_sent_twice_at_once_is_one(own_database: None) -> None:
    """R27, R44: the head who takes it back has taken back all of it."""
    found, head, day = item(BECKSIDE), asker(HEAD), timezone.localdate()
    wish, given = Wish("establishments", day, day, (str(RAVENSGILL),)), []
    together = threading.Barrier(2, timeout=PATIENCE)

    def click() -> None:
        together.wait()
        given.append(door.give_consent(head, found.pk, wish=wish))
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 2
    door.withdraw_consent(head, found.pk, given[0])
    with pytest.raises(NoSuchRecord):
        door.show_restricted(asker(OTHER), found.pk)


def test_a_consent_given_while_the_item_is_withdrawn_finds_it_gone(own_database: None) -> None:
    """R26, R27: as on any request after that."""
    found, head, officer = item(BECKSIDE), asker(HEAD), asker("officer-school-improvement", EDUNET)
    wish, outcomes = Wish("community", timezone.localdate(), timezone.localdate()), list[object]()

    def give() -> None:
        outcomes.extend(at_once(lambda: door.give_consent(head, found.pk, wish=wish)))

    other = threading.Thread(target=give)
    with transaction.atomic():
        door.withdraw_restricted(officer, found.pk)
        other.start()
        until_waiting()
    other.join()
    assert [type(outcome) for outcome in outcomes] == [NoSuchRecord]


def test_an_item_sent_twice_at_once_is_one(own_database: None) -> None:
    """R26, R28: the one that is withdrawn is all there was; its file is there once, also when it is added again."""
    officer, day = asker("officer-school-improvement", EDUNET), timezone.localdate()
    told = NewItem("bespoke", CANARY, 2025, "Data team", day, "Words", (("Pupils", "12"),))
    file = SafeFile("figures.csv", RestrictedFile.Kind.CSV, CONTENT)
    numbers = set(at_once(*[lambda: door.add_restricted(officer, BECKSIDE, told=told, file=file)] * 6))
    with as_batch():
        assert numbers == {one.pk for one in RestrictedItem.objects.all() if one.title == CANARY}
    (number,) = numbers
    at_once(*[lambda: door.add_restricted_file(officer, number, file=file)] * 6)
    assert len(door.show_restricted(officer, number).files) == 1
    door.withdraw_restricted(officer, number)
    assert door.add_restricted(officer, BECKSIDE, told=told) != number
