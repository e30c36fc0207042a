"""A duty names a school that has closed, and another came after it by a merger: it opens nothing there, and who can do
something about it is told (P3, R9)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access_register.casework import orders
from access_register.officers import officers
from access_register.register.rules import CannotChange
from sharing.imports.ending import end_establishment
from tests.access_register.casework import AUTHORISER, order
from tests.access_register.duties import (
    BECKSIDE,
    FIONA,
    MANAGER,
    TODAY,
    appointment,
    give,
    new_duty,
    pupils,
    second_manager,
)
from tests.people import EDUNET, as_batch, asker, client
from tests.sharing.conversions import convert
from tests.sharing.mergers import ONE_SCHOOL, merge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]
YOURS = (
    "<strong>1</strong> duty of yours names a school that has closed, and opens nothing at the one that came after it"
)
OTHERS = (
    "<strong>1</strong> duty of others names a school that has closed, and opens nothing at the one that came after it"
)
THERE = "The duty opens nothing at Gill Beck Primary School, which came after it."


def page(slug: str, address: str) -> str:
    return " ".join(client(slug, EDUNET).get(address).content.decode().split())


def test_officer_and_keeper_are_told_what_to_do_and_nothing_opens_by_itself(tmp_path: Path) -> None:
    """R9: no duty grows by a merger. The keeper records one at the new school, and then nobody is told any more."""
    give()
    assert YOURS not in page(FIONA, "/")
    merge(tmp_path, TODAY - timedelta(days=3))
    assert pupils(urn=ONE_SCHOOL) == 403
    for slug, told, address, cure in (
        (FIONA, YOURS, "/my-access/", "ask an information manager to record a duty for that school"),
        (MANAGER, OTHERS, f"/officers/{appointment(FIONA).pk}/", "record a duty for that school"),
    ):
        assert told in page(slug, "/")
        there = page(slug, address)
        assert THERE in there
        assert cure in there
    assert "1 for a school that has closed" in page(MANAGER, "/officers/")
    with as_batch():
        end_establishment(BECKSIDE, by="Test", today=TODAY)
    assert YOURS in page(FIONA, "/")
    give(urns=[ONE_SCHOOL])
    assert pupils(urn=ONE_SCHOOL) == 200
    assert (YOURS in page(FIONA, "/"), OTHERS in page(MANAGER, "/")) == (False, False)
    assert THERE not in page(FIONA, "/my-access/") + page(MANAGER, f"/officers/{appointment(FIONA).pk}/")


@pytest.mark.parametrize("ended", [False, True])
def test_a_legal_override_is_left_behind_too_and_the_keeper_is_told(tmp_path: Path, ended: bool) -> None:
    """R18: of a whole school. A judge has named one school, so that nothing opens at the other by itself."""
    number, waits = order(), "<strong>1</strong> legal override names a school that has closed"
    orders.authorise_order(asker(AUTHORISER, EDUNET), number)
    assert waits not in page(MANAGER, "/")
    assert "This school has closed" not in page(MANAGER, "/legal-overrides/")
    merge(tmp_path, TODAY - timedelta(days=3))
    if ended:
        with as_batch():
            end_establishment(BECKSIDE, by="Test", today=TODAY)
    assert waits in page(MANAGER, "/")
    assert "record one for that school" in page(MANAGER, "/legal-overrides/")
    other = order(urn=ONE_SCHOOL)
    orders.authorise_order(asker(AUTHORISER, EDUNET), other)
    assert pupils(urn=ONE_SCHOOL) == 200
    assert waits not in page(MANAGER, "/")


def test_nobody_is_told_of_what_has_ended(tmp_path: Path) -> None:
    """R9, R18: a duty and a legal override that somebody has ended open nothing anywhere."""
    duty, number = give(), order()
    merge(tmp_path, TODAY - timedelta(days=3))
    officers.end_duty(asker(MANAGER, EDUNET), appointment(FIONA).pk, duty.pk)
    orders.end_order(asker(MANAGER, EDUNET), number)
    assert "names a school that has closed" not in page(FIONA, "/") + page(MANAGER, "/")
    assert "This school has closed" not in page(MANAGER, "/legal-overrides/")


def test_none_is_recorded_for_a_school_that_has_ended(tmp_path: Path) -> None:
    """R9, R18: neither would open anything. While its people still have access, an officer may need it too."""
    merge(tmp_path, TODAY - timedelta(days=3))
    assert give(reason="Until it is ended").pk
    with as_batch():
        end_establishment(BECKSIDE, by="Test", today=TODAY)
    for record, what in ((give, "duty"), (order, "legal override")):
        with pytest.raises(CannotChange, match=f"has closed, and a {what} opens nothing there. Name the school"):
            record()
    assert give(urns=[ONE_SCHOOL]).pk


def test_ones_own_is_not_counted_among_those_of_others(tmp_path: Path) -> None:
    """R9: an information manager is told of their own as every officer is."""
    second = second_manager()
    officers.give_duty(asker(second, EDUNET), appointment(MANAGER).pk, duty=new_duty())
    merge(tmp_path, TODAY - timedelta(days=3))
    assert [YOURS in page(MANAGER, "/"), OTHERS in page(MANAGER, "/")] == [True, False]
    assert [YOURS in page(second, "/"), OTHERS in page(second, "/")] == [False, True]


def test_told_from_either_end_and_by_a_merger_that_says_no_order(tmp_path: Path) -> None:
    """As GIAS links them in fact (formats page 2)."""
    give()
    merge(tmp_path, TODAY - timedelta(days=3), (ONE_SCHOOL, BECKSIDE, "Result of Amalgamation"))
    assert YOURS in page(FIONA, "/")


def test_a_conversion_takes_the_duty_along_and_nobody_is_told(tmp_path: Path) -> None:
    """R9: the same school under a new URN."""
    give()
    convert(tmp_path, TODAY)
    assert "names a school that has closed" not in page(FIONA, "/my-access/")
    assert YOURS not in page(FIONA, "/")


def test_not_of_a_school_that_came_before_the_closed_one(tmp_path: Path) -> None:
    """R9: a school split off from one that is still open, and has closed since. Nobody came after it."""
    give()
    split = ((ONE_SCHOOL, BECKSIDE, "Successor - Split School"), (BECKSIDE, ONE_SCHOOL, "Predecessor - Split School"))
    merge(tmp_path, TODAY - timedelta(days=3), *split)
    assert "names a school that has closed" not in page(FIONA, "/")
    assert THERE not in page(FIONA, "/my-access/") + page(MANAGER, f"/officers/{appointment(FIONA).pk}/")


@pytest.mark.parametrize(("slug", "address"), [(MANAGER, "/officers/"), (FIONA, "/my-access/")])
def test_no_question_more_for_each_duty(slug: str, address: str, tmp_path: Path) -> None:
    """A merger of a school that many duties name."""
    give()
    merge(tmp_path, TODAY - timedelta(days=3))
    browser = client(slug, EDUNET)
    browser.get(address)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    with_one = asked()
    for number in range(3):
        give(reason=f"Visits families {number}")
    assert asked() == with_one
