"""The record of a child says of the transfer that is under way, to whom its page tells of it (R5, R7, R9, R35)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from sharing import door
from sharing.days import day_in_words
from sharing.models import LedgerEntry, Pupil, Transfer
from tests.access_register.casework import give
from tests.access_register.test_narrowing import narrow
from tests.attack.differences import CHANGING, take_away
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.sharing.glass import FIONA, break_it
from tests.sharing.moves import (
    ADMISSIONS,
    BECKSIDE,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    again,
    agreed,
    asserted,
    day,
    from_outside,
    on_roll,
    shift,
)

pytestmark = pytest.mark.django_db
TEACHER = "teacher-beckside"
UNDER_WAY = "A transfer of this child"
LEAVES, LINK = "This child is moving to another school", "The transfer, and what can be done"
READERS = [(SENDER, SCHOOLS_ONLINE), (TEACHER, SCHOOLS_ONLINE), (ADMISSIONS, EDUNET)]


def shown(slug: str, site: Any, urn: int, pupil_id: Any) -> str:
    """The page as it is now: that it was opened is forgotten."""
    with transaction.atomic():
        answer = client(slug, site).get(f"/establishments/{urn}/pupils/{pupil_id}/")
        transaction.set_rollback(True)
    assert answer.status_code == 200
    return CHANGING.sub("", answer.content.decode())


@pytest.mark.parametrize(("slug", "site"), READERS, ids=[slug for slug, _ in READERS])
class TestWhereTheChildLeaves:
    def test_where_to_how_far_and_by_when(self, slug: str, site: Any) -> None:
        """R7: a record without a word of it led heads to start a second transfer, which is refused."""
        transfer = asserted()
        record = transfer.leaving_id
        begun = f"{UNDER_WAY} to Ravensgill Primary School is under way. "
        waits = shown(slug, site, BECKSIDE, record)
        expected = f"The child is expected there on {day_in_words(day(7))}."
        assert f"{begun}That school has not answered yet. {expected}" in waits
        assert f'href="/establishments/{BECKSIDE}/transfers/">{LINK}' in waits
        assert LEAVES not in waits
        door.accept_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk)
        assert f"{begun}That school has accepted the child. {expected}" in shown(slug, site, BECKSIDE, record)
        shift(transfer, 9)
        was = f"The child was expected there on {day_in_words(day(-2))}, and has not arrived."
        assert f"{begun}That school has accepted the child. {was}" in shown(slug, site, BECKSIDE, record)

    def test_the_ledger_names_the_transfer_that_was_told_of(self, slug: str, site: Any) -> None:
        """R43."""
        transfer = asserted()
        door.show_pupil(asker(slug, site), BECKSIDE, transfer.leaving_id)
        with as_batch():
            about = LedgerEntry.objects.filter(action="show_pupil").latest("id").about
        assert about["transfers"] == [transfer.pk]

    @pytest.mark.parametrize("ends", ["declined", "cancelled", "lapsed", "arrived"])
    def test_once_it_has_ended_it_is_told_no_more(self, slug: str, site: Any, ends: str) -> None:
        """R7, R8."""
        transfer = asserted() if ends == "declined" else agreed(expected=0)
        assert UNDER_WAY in shown(slug, site, BECKSIDE, transfer.leaving_id)
        if ends == "declined":
            door.decline_transfer(asker(RECEIVER), RAVENSGILL, transfer.pk, because="No place")
        elif ends == "cancelled":
            door.cancel_transfer(asker(SENDER), BECKSIDE, transfer.pk)
        elif ends == "lapsed":
            with as_batch():
                Transfer.objects.filter(pk=transfer.pk).update(
                    agreed_on=day(-30), expected_on=day(-29), lapses_on=day(-1)
                )
        else:
            door.say_arrived(asker(RECEIVER), RAVENSGILL, transfer.pk, on=day(0), kind="C")
        page = shown(slug, site, BECKSIDE, transfer.leaving_id)
        assert UNDER_WAY not in page
        assert LINK not in page


def test_of_a_child_who_is_coming_it_names_where_from() -> None:
    """R5, R31: from a school of the community, and from outside it."""
    transfer, outside = agreed(), from_outside()
    door.accept_transfer(asker(RECEIVER), RAVENSGILL, outside.pk)
    for row, sender in ((transfer, "Beckside Primary School"), (again(outside), "Elsewhere Primary School")):
        page = shown(RECEIVER, SCHOOLS_ONLINE, RAVENSGILL, row.pupil_id)
        assert (
            f"agreed that this child is coming to you on {day_in_words(day(7))}, from {sender}. Until the child arrives"
            in page
        )
        assert UNDER_WAY not in page


def test_a_child_who_is_here_for_some_days_before_it_comes_from_the_other_school() -> None:
    """R7: then the record is no child’s who is only coming, and says the transfer in words of its own."""
    transfer = agreed()
    with as_batch():
        pupil = Pupil.objects.get(pk=transfer.pupil_id)
        pupil.enrolments.create(establishment_id=pupil.establishment_id, starts_on=day(-30), ends_on=day(2), kind="S")
    page = shown(RECEIVER, SCHOOLS_ONLINE, RAVENSGILL, transfer.pupil_id)
    assert "from Beckside Primary School is under way. It is agreed. The child is expected here on" in page


def by_broken_glass(pupil: Pupil) -> None:
    break_it(pupil)


def by_name(pupil: Pupil) -> None:
    give(pupil)


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize("opened", [by_broken_glass, by_name])
def test_who_sees_the_record_by_itself_sees_the_same_page_without_it(
    opened: Callable[[Pupil], None], off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R9, R18: the glass broken, or named for casework: nothing is held at the school, and its transfers are not told
    of. Each lock alone."""
    transfer = agreed()
    with as_batch():
        pupil = Pupil.objects.get(pk=transfer.leaving_id)
    opened(pupil)
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    before = shown(FIONA, EDUNET, BECKSIDE, pupil.pk)
    assert UNDER_WAY not in before
    assert take_away({"sharing_transfer": f"id = {transfer.pk}"}) == {"sharing_transfer": 1}
    assert shown(FIONA, EDUNET, BECKSIDE, pupil.pk) == before


def test_who_is_narrowed_reads_of_it_what_the_page_of_transfers_says() -> None:
    """R35: by the year group that the transfer has, where the record has another by now."""
    transfer = agreed(on_roll(year_group="1"))
    narrow(("1",))
    assert UNDER_WAY in shown(TEACHER, SCHOOLS_ONLINE, BECKSIDE, transfer.leaving_id)
    with as_batch():
        Transfer.objects.filter(pk=transfer.pk).update(year_group="2")
    before = shown(TEACHER, SCHOOLS_ONLINE, BECKSIDE, transfer.leaving_id)
    inbox = client(TEACHER).get(f"/establishments/{BECKSIDE}/transfers/").content.decode()
    assert transfer.surname not in inbox
    assert take_away({"sharing_transfer": f"id = {transfer.pk}"}) == {"sharing_transfer": 1}
    assert shown(TEACHER, SCHOOLS_ONLINE, BECKSIDE, transfer.leaving_id) == before
