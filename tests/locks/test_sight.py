"""What a visit remembers of what somebody may see is what the functions say, and no older than its own changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access_register.demo.cast import BY_SLUG
from access_register.models import Person
from sharing.authorise import Permission, Through, visit
from sharing.authorise.grants import Withheld
from sharing.models import Child, Closing, EstablishmentPermission, NamedChild, Opening, Pupil, PupilNeeds
from tests.access_register import casework
from tests.locks.switches import rows, run_as_owner, savepoint
from tests.locks.weakening import in_function
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person
from tests.sharing import closings
from tests.sharing.glass import break_it

pytestmark = pytest.mark.django_db
HEAD, NARROWED, FIONA = "head-beckside", "assistant-beckside", "officer-no-duty"
RAVENSGILL = 999003
QUESTIONS = [
    *[("bigint", "establishments", held.value) for held in Permission],
    *[("bigint", question, "") for question in ("pupils_at", "narrowed", "out_of_scope")],
    ("text", "admitted", ""),
    *[("uuid", question, "") for question in ("closed", "opened_beyond")],
    *[("bigint", "showing", kind.value) for kind in Withheld],
    *[("uuid", "opened_for", kind.value) for kind in Withheld],
]
WHO_ASKS = """SELECT id FROM access_register_person WHERE id = portal_person()
    AND protocol_accepted_until >= CURRENT_DATE AND (suspended_until IS NULL OR suspended_until < CURRENT_DATE)"""


def differences() -> set[str]:
    """The questions whose remembered answer differs from that of the function of their name. Each is asked twice."""
    found = set()
    for kind, question, about in [*QUESTIONS, *QUESTIONS]:
        said = rows(f"SELECT unnest(portal_sight(NULL::{kind}[], %s, %s))::text", question, about)
        told = f"'{about}'" if about else ""
        if set(said) != set(rows(f"SELECT portal_{question}({told})::text")):
            found.add(f"{question} {about}")
    if rows("SELECT portal_asker()") != (rows(WHO_ASKS) or [(None,)]):
        found.add("asker")
    return found


class TestIsWhatTheFunctionsSay:
    def test_for_everybody_at_both_sites(self) -> None:
        """R6, R9, R18, R35: with a child closed, another named for an officer, and a third opened by the same one."""
        closed, named, opened = (closings.child(forename=forename) for forename in ("Maren", "Maja", "Mila"))
        closings.close(closed)
        casework.give(named, withheld=("sen",))
        break_it(opened)
        whole = set()
        for slug in BY_SLUG:
            for through in Through:
                with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                    here.showed()
                    assert differences() == set(), (slug, through)
                    if rows("SELECT portal_sees_whole() IS NOT NULL") == [(True,)]:
                        whole.add((slug, through))
        assert ("head-larkroyd", SCHOOLS_ONLINE) in whole
        assert not whole & {(HEAD, SCHOOLS_ONLINE), (NARROWED, SCHOOLS_ONLINE), (FIONA, EDUNET)}


def _permissions(slug: str) -> Any:
    return EstablishmentPermission.objects.filter(user=person(slug))


def _close(made: Pupil) -> None:
    now = timezone.now()
    Closing.objects.create(
        child_id=made.child_id, authoriser="A judge", basis="court", reason="An order", asked_by_id=0,
        asked_by_name="Test", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1),
    )  # fmt: skip


Change = Callable[[Pupil, Pupil], object]
# What happens, during a visit, to a child or to another one who is closed, or to the person's rights.
CHANGES: dict[str, tuple[str, Through, Change]] = {
    "sharing_establishmentpermission": (HEAD, SCHOOLS_ONLINE, lambda *_: _permissions(HEAD).delete()),
    "sharing_opening": (FIONA, EDUNET, lambda *_: Opening.objects.update(ended_at=None)),
    "sharing_namedchild": (FIONA, EDUNET, lambda *_: NamedChild.objects.update(ended_at=None)),
    "sharing_closing": (HEAD, SCHOOLS_ONLINE, lambda made, _: _close(made)),
    "sharing_child": (
        HEAD, SCHOOLS_ONLINE,
        lambda made, closed: Child.objects.filter(pk=closed.child_id).update(same_as=made.child_id),
    ),
    "sharing_pupil": (
        HEAD, SCHOOLS_ONLINE,
        lambda made, closed: Pupil.objects.filter(pk=made.pk).update(child_id=closed.child_id),
    ),
    "access_register_person": (
        HEAD, SCHOOLS_ONLINE,
        lambda *_: Person.objects.filter(pk=person(HEAD).pk).update(suspended_until=timezone.localdate()),
    ),
}  # fmt: skip


class TestAChangeInsideAVisit:
    def after(self, table: str) -> set[str]:
        """What is answered wrongly in a visit in which the table has changed."""
        slug, through, change = CHANGES[table]
        made, closed = closings.child(), closings.child(RAVENSGILL)
        closings.close(closed)
        casework.give(made, withheld=("sen",))
        break_it(closings.child())
        with as_batch():
            Opening.objects.update(ended_at=timezone.now())
            NamedChild.objects.update(ended_at=timezone.now())
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            assert differences() == set()
            with as_batch():
                change(made, closed)
            return differences()

    @pytest.mark.parametrize("table", CHANGES)
    def test_acts_from_its_next_statement_on(self, table: str) -> None:
        """R44: whatever the answers follow from."""
        assert self.after(table) == set()

    @pytest.mark.parametrize("table", CHANGES)
    def test_would_not_without_its_trigger(self, table: str) -> None:
        run_as_owner(f"DROP TRIGGER look_again ON {table}")
        assert self.after(table)

    def test_by_somebody_else_takes_nothing_half_back(self) -> None:
        """R6, R18: the place of an opened record and that nothing beside it is seen there are asked together."""
        made = closings.child()
        opening = break_it(made)
        with visit(asker(FIONA, EDUNET), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
            assert rows("SELECT portal_sight(NULL::bigint[], 'pupils_at')") == [([made.establishment_id],)]
            run_as_owner("ALTER TABLE sharing_opening DISABLE TRIGGER look_again")  # as if in another transaction
            with as_batch():
                Opening.objects.filter(pk=opening.pk).update(ended_at=timezone.now())
            assert not Pupil.objects.exists()

    def test_that_is_taken_back_is_forgotten_again(self) -> None:
        made = closings.child()
        with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
            assert Pupil.objects.filter(pk=made.pk).exists()
            with savepoint(), as_batch():
                _permissions(HEAD).delete()
                assert rows("SELECT portal_sight(NULL::bigint[], 'pupils_at')") == [([],)]
            assert Pupil.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize("asked_for", [True, False])
def test_what_is_withheld_of_all_years_is_not_whole(asked_for: bool) -> None:
    """R35: a line may be narrowed in kinds of data alone. Where that is not asked for, the needs are told."""
    made = closings.child()
    with as_batch():
        _permissions(HEAD).update(withheld=["sen"])
    if not asked_for:
        run_as_owner(*in_function("portal_sees_whole", " AND withheld = '{}'", ""))
    with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
        here.showed()
        assert Pupil.objects.filter(pk=made.pk).exists()
        assert PupilNeeds.objects.filter(pupil=made).exists() is not asked_for


def test_nothing_is_remembered_where_nobody_asks() -> None:
    """What one person was told in a transaction is not told to the next, nor where nobody asks."""
    closings.child()
    for slug, sees in ((HEAD, True), ("teacher-ended", False), (HEAD, True)):
        with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            assert Pupil.objects.exists() is sees
        assert not Pupil.objects.exists()
