"""What the door alone shows of children on the way, without row-level security (R5, R7, R35, R45)."""

import pytest

from sharing import door
from sharing.authorise import NoSuchRecord, Through
from tests.access_register import duties
from tests.locks.switches import rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, asker
from tests.sharing.moves import (
    ADMISSIONS,
    BECKSIDE,
    RAVENSGILL,
    RECEIVER,
    SENDER,
    agreed,
    asserted,
    from_outside,
    on_roll,
)

pytestmark = pytest.mark.django_db


def shown(slug: str, urn: int, through: Through = SCHOOLS_ONLINE) -> set[int]:
    found = door.show_transfers(asker(slug, through), urn)
    return {row.id for group in (*found.coming, *found.leaving) for row in group.rows}


def test_before_it_is_agreed_only_who_answers_is_shown_it() -> None:
    """R5: a teacher there learns of the child once the school has accepted."""
    waits, will_come = asserted(), agreed()
    rls_off()
    assert shown("teacher-ravensgill", RAVENSGILL) & {waits.pk, will_come.pk} == {will_come.pk}
    assert shown(RECEIVER, RAVENSGILL) >= {waits.pk, will_come.pk}


def test_one_that_the_school_has_declined_is_shown_to_whoever_told_of_it() -> None:
    """R7: to the sender, and to who announced a child from outside."""
    declined, outside = asserted(), from_outside()
    for one in (declined, outside):
        door.decline_transfer(asker(RECEIVER), RAVENSGILL, one.pk, because="Full")
    rls_off()
    assert shown(SENDER, BECKSIDE) >= {declined.pk}
    assert shown(RECEIVER, RAVENSGILL) & {declined.pk, outside.pk} == {outside.pk}


def test_a_line_for_some_year_groups_is_shown_theirs_alone() -> None:
    """R35: Years 1 and 2."""
    theirs, other = asserted(on_roll(year_group="1")), asserted(on_roll(year_group="4"))
    rls_off()
    assert shown("assistant-beckside", BECKSIDE) & {theirs.pk, other.pk} == {theirs.pk}


def test_an_officer_who_sees_no_pupils_there_is_shown_no_transfer() -> None:
    """R9: to keep records is not to see children."""
    waits = asserted()
    duties.give(data=["keep_records"], urns=[RAVENSGILL])
    rls_off()
    with pytest.raises(NoSuchRecord):
        door.show_transfer(asker(duties.FIONA, EDUNET), RAVENSGILL, waits.pk)


def test_an_officer_who_keeps_no_records_announces_nobody_and_reads_no_refusal() -> None:
    """R7, R9: a child from outside whom the school has declined is for whoever can tell another school."""
    outside = from_outside()
    door.decline_transfer(asker(RECEIVER), RAVENSGILL, outside.pk, because="Full")
    duties.give(data=["view_pupils"], urns=[RAVENSGILL])
    rls_off()
    told = {slug: door.list_all_transfers(asker(slug, EDUNET), only="declined") for slug in (duties.FIONA, ADMISSIONS)}
    assert {slug: (found.may_tell, outside.pk in {row.id for row in found.page}) for slug, found in told.items()} == {
        duties.FIONA: (False, False), ADMISSIONS: (True, True),
    }  # fmt: skip
