"""The ledger says of each page that names a child or a member of staff whose record it is (R43)."""

from typing import Any

import pytest

from access_register.casework.casework import show_casework
from access_register.officers.officers_here import show_officers_here
from sharing import door
from sharing.models import LedgerEntry
from tests import factories
from tests.access_register import casework, duties
from tests.people import EDUNET, as_batch, asker
from tests.sharing import challenges, glass, moves
from tests.sharing.moves import ADMISSIONS, BECKSIDE, RAVENSGILL, RECEIVER, SENDER

pytestmark = pytest.mark.django_db


def told(whose: str = "pupils") -> list[str]:
    """Whose records the last row of the ledger names."""
    with as_batch():
        about: dict[str, Any] = LedgerEntry.objects.order_by("-id")[0].about
    return about[whose]


def test_a_child_who_goes_to_another_school() -> None:
    """R43: at both schools and to an officer, before the answer and after it, on each page that names the child."""
    waits = moves.asserted(moves.on_roll(surname="Waits"))
    goes = moves.agreed(moves.on_roll(surname="Goes"))
    sender, receiver, officer = asker(SENDER), asker(RECEIVER), asker(ADMISSIONS, EDUNET)

    door.show_transfers(sender, BECKSIDE)
    assert {str(waits.leaving_id), str(goes.leaving_id)} <= set(told())
    door.show_transfers(receiver, RAVENSGILL)
    assert {str(waits.leaving_id), str(goes.pupil_id)} <= set(told())
    for at, urn, row, record in (
        (sender, BECKSIDE, goes, goes.leaving_id),
        (receiver, RAVENSGILL, goes, goes.pupil_id),
        (receiver, RAVENSGILL, waits, waits.leaving_id),
    ):
        door.show_transfer(at, urn, row.pk)
        assert told() == [str(record)]
    door.show_transfer_file(sender, BECKSIDE, goes.pk)
    assert str(goes.leaving_id) in told()
    door.list_all_transfers(officer)
    assert {str(waits.leaving_id), str(goes.pupil_id)} <= set(told())


def test_a_child_from_outside_has_no_record_before_the_answer() -> None:
    row = moves.from_outside()
    door.show_transfer(asker(RECEIVER), RAVENSGILL, row.pk)
    assert told() == []


def test_whose_record_is_said_to_be_wrong() -> None:
    """R43: in the list, too."""
    child, member = challenges.child(), factories.staff_member(BECKSIDE)
    challenges.raised(child)
    door.raise_challenge(asker(SENDER), BECKSIDE, "staff", member.pk, fact_key="name", statement="Not so")
    door.list_challenges(asker(SENDER), BECKSIDE)
    assert str(child.pk) in told()
    assert str(member.pk) in told("staff")


def test_who_sees_a_child_by_itself() -> None:
    """R43: the head reads of casework and of broken glass, and the officer of their own openings."""
    case, opened = casework.child(), glass.child()
    casework.give(case)
    glass.break_it(opened)
    show_officers_here(asker(SENDER), BECKSIDE)
    assert told() == [str(case.pk)]
    door.list_openings(asker(SENDER), BECKSIDE)
    assert told() == [str(opened.pk)]
    door.list_my_openings(asker(glass.FIONA, EDUNET))
    assert told() == [str(opened.pk)]


@pytest.mark.parametrize("barred", [False, True])
def test_the_children_of_somebodys_casework(barred: bool) -> None:
    """R43, R18: where the information manager sees the record too, and so the name; no head reads of what is barred."""
    case = casework.child()
    duty = casework.give(case, barred=barred)
    manager = asker(duties.second_manager(), EDUNET)
    page = show_casework(manager, casework.appointment(), duty)
    assert page.cases[0].name
    assert told() == [str(case.pk)]
    read_by_head = door.read_ledger_of_child(asker(SENDER), BECKSIDE, case.pk).openings
    assert len(read_by_head) == (0 if barred else 1)


@pytest.mark.parametrize("barred", [False, True])
def test_a_caseload_tells_no_head_of_what_is_barred(barred: bool) -> None:
    """R18, R43: whose casework is barred from the head may open their own caseload without the head reading of it."""
    case = casework.child()
    casework.give(case, barred=barred)
    door.show_my_caseload(asker(casework.FIONA, EDUNET))
    assert told() == [str(case.pk)]
    read_by_head = door.read_ledger_of_child(asker(SENDER), BECKSIDE, case.pk).openings
    assert len(read_by_head) == (0 if barred else 1)


def test_the_officers_own_list_tells_no_head_of_what_is_barred() -> None:
    """R18: a list with an opening of which telling the head is barred is in nothing that the head reads."""
    opened = glass.child()
    glass.break_it(opened, head_barred=True)
    door.list_my_openings(asker(glass.FIONA, EDUNET))
    actions = {line.what for line in door.read_ledger_of_child(asker(SENDER), BECKSIDE, opened.pk).openings}
    assert actions == set()
