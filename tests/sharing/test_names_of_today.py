"""R5, R23: a child who got another name, birthday or sex on record after a transfer began has the old one nowhere."""

from datetime import date
from typing import Any

import pytest

from sharing import door
from sharing.models import Pupil
from tests.locks.switches import rls_off
from tests.people import EDUNET, as_batch, asker, client
from tests.sharing.moves import (
    ADMISSIONS,
    BECKSIDE,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    agreed,
    asserted,
    on_roll,
)

pytestmark = pytest.mark.django_db
OLD, NEW = "Zzoldname", "Zznewname"


def renamed(record: Any) -> None:
    """As a school's next return does, after an adoption or a change of gender."""
    with as_batch():
        Pupil.objects.filter(pk=record).update(surname=NEW, forename="Robin", born_on=date(2016, 6, 7), sex="M")


def pages(slug: str, urn: int, transfer: int, through: Any = None) -> str:
    browser = client(slug, through) if through else client(slug)
    here = f"/establishments/{urn}"
    addresses = [f"{here}/transfers/", f"{here}/joiners-and-leavers/"]
    addresses += [f"{here}/transfers/{transfer}/{step}/" for step in ("answer", "arrived", "cancel", "file")]
    addresses += ["/transfers/"] if through else []
    return "".join(answer.content.decode() for answer in map(browser.get, addresses) if answer.status_code == 200)


def test_each_end_reads_the_name_of_its_own_record() -> None:
    """The sender learns nothing from what the receiver records, as after an adoption."""
    transfer = agreed(on_roll(surname=OLD))
    for slug, urn in ((SENDER, BECKSIDE), (RECEIVER, RAVENSGILL)):
        assert OLD in pages(slug, urn, transfer.pk)
    renamed(transfer.pupil_id)
    received, sent = pages(RECEIVER, RAVENSGILL, transfer.pk), pages(SENDER, BECKSIDE, transfer.pk)
    assert NEW in received
    assert OLD not in received
    assert OLD in sent
    assert NEW not in sent
    by_officer = client(ADMISSIONS, EDUNET).get("/transfers/").content.decode()
    assert NEW in by_officer
    assert OLD not in by_officer


def test_the_sender_reads_the_new_name_of_its_own_record_before_and_after_the_answer() -> None:
    for begin in (asserted, agreed):
        transfer = begin(on_roll(surname=OLD))
        renamed(transfer.leaving_id)
        page = pages(SENDER, BECKSIDE, transfer.pk)
        assert NEW in page
        assert OLD not in page
        with as_batch():
            Pupil.objects.filter(pk=transfer.leaving_id).update(surname="Done")


def test_all_that_was_told_of_the_child_follows() -> None:
    transfer = agreed(on_roll(surname=OLD))
    renamed(transfer.pupil_id)
    told = door.show_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk).transfer
    assert (told.forename, told.surname, told.born_on, told.sex_code) == ("Robin", NEW, date(2016, 6, 7), "M")


def test_until_the_answer_the_door_alone_tells_the_receiver_what_the_sender_told() -> None:
    """R5, R7: also if row-level security were off."""
    transfer = asserted(on_roll(surname=OLD))
    renamed(transfer.leaving_id)
    rls_off()
    assert [one.surname for one in _coming(RECEIVER, RAVENSGILL) if one.id == transfer.pk] == [OLD]


def _coming(slug: str, urn: int) -> list[Any]:
    return [one for group in door.show_transfers(asker(slug), urn).coming for one in group.rows]
