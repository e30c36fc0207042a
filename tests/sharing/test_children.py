"""Two identities of one child: found, joined, and two again."""

from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.children import CannotMerge, PossibleDuplicate, merge, possible_duplicates, undo
from sharing.crypto import blind_index
from sharing.models import Child, ChildMerge, Closing, LedgerEntry, Pupil
from sharing.upn import make_upn
from tests import factories
from tests.people import EDUNET, as_batch, client
from tests.sharing import closings

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, LARKROYD, OXENBY = 999002, 999003, 999004, 999005
TEMPORARY = make_upn(381, 2901, 2021, 7, temporary="B")
SAID = "Children with two identities, by their UPNs:"
ALIKE: dict[str, Any] = {"surname": "Twice-Told", "forename": "Robin", "born_on": date(2016, 2, 29)}


def made(child: UUID | None, urn: int, **facts: Any) -> Pupil:
    pupil = factories.pupil(urn, **ALIKE | facts)
    if child:
        with as_batch():
            Pupil.objects.filter(pk=pupil.pk).update(child_id=child)
    return pupil


def child_of(pupil: Pupil) -> UUID:
    with as_batch():
        return Pupil.objects.values_list("child_id", flat=True).get(pk=pupil.pk)


def other_upn(of: UUID) -> UUID:
    with as_batch():
        return Child.objects.create(upn_index=blind_index(str(uuid4())), same_as_id=of).pk


def identities() -> list[Any]:
    with as_batch():
        children = list(Child.objects.order_by("pk").values_list("pk", "same_as_id"))
        return [*children, *Pupil.objects.order_by("pk").values_list("pk", "child_id", "establishment_id", "upn_index")]


def found_of(*pupils: Pupil) -> list[PossibleDuplicate]:
    wanted = {child_of(pupil) for pupil in pupils}
    return [pair for pair in possible_duplicates() if {pair.child, pair.other} & wanted]


def together(child: UUID, into: UUID) -> ChildMerge:
    return merge(child, into, because="Both schools say so", by_name="Dana Data")


def test_the_same_name_and_birthday_at_two_schools_is_found() -> None:
    """R22: whatever the capitals; a twin of another name is not."""
    one, two = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(RAVENSGILL, **ALIKE | {"surname": "TWICE-told"})
    factories.pupil(RAVENSGILL, **ALIKE | {"forename": "Rowan"})
    (pair,) = found_of(one, two)
    assert {pair.child, pair.other} == {child_of(one), child_of(two)}
    assert pair.schools == ("Beckside Primary School", "Ravensgill Primary School")
    assert (pair.is_former, pair.has_temporary, pair.same_school) == (False, False, "")


@pytest.mark.parametrize(
    ("one", "other"), [("O'Neill", "O’Neill"), ("Müller", "Muller"), ("Al Sayed", "Al-Sayed"), ("Đỗ", "DO")]
)
def test_a_name_is_the_same_however_it_is_written(one: str, other: str) -> None:
    """R22: each school's system has its own apostrophe, and not every one has accents."""
    first, second = (
        factories.pupil(urn, **ALIKE | {"surname": name}) for urn, name in ((BECKSIDE, one), (RAVENSGILL, other))
    )
    (pair,) = found_of(first, second)
    assert {pair.child, pair.other} == {child_of(first), child_of(second)}


def test_an_apostrophe_and_a_slip_in_the_birthday_are_not_two_children() -> None:
    """R22: one UPN and one name; such a pair could not be joined."""
    first = factories.pupil(BECKSIDE, **ALIKE | {"surname": "O'Neill"})
    born = {"upn": first.upn, "upn_index": first.upn_index, "born_on": date(2016, 2, 28)}
    second = factories.pupil(RAVENSGILL, **ALIKE | {"surname": "O’Neill"} | born)
    (pair,) = found_of(first, second)
    assert (pair.is_one_upn, pair.looks_like_two, pair.can_be_joined) == (True, False, True)


def test_a_temporary_upn_goes_into_the_permanent_one() -> None:
    """Formats page 1.1."""
    permanent, temporary = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(RAVENSGILL, upn=TEMPORARY, **ALIKE)
    (pair,) = found_of(permanent)
    assert (pair.child, pair.other, pair.has_temporary) == (child_of(temporary), child_of(permanent), True)


def test_a_former_upn_that_is_known_as_another_child_is_found() -> None:
    """R22: whatever the names."""
    before = factories.pupil(BECKSIDE, **ALIKE)
    after = factories.pupil(RAVENSGILL, surname="Newname", former_upn=before.upn, former_upn_index=before.upn_index)
    (pair,) = found_of(before, after)
    assert pair.is_former


def test_two_children_under_one_upn_are_found() -> None:
    """R22: as after a school's file that told of a UPN which is somebody's elsewhere."""
    one = factories.pupil(BECKSIDE, **ALIKE)
    same = {"surname": "Newname", "upn": one.upn, "upn_index": one.upn_index}
    other = factories.pupil(RAVENSGILL, **ALIKE | same)
    (pair,) = found_of(one, other)
    assert (pair.is_one_upn, pair.is_former, pair.can_be_joined) == (True, False, True)


def test_how_many_are_to_join_is_on_the_operations_page() -> None:
    """R22: those of whom the UPNs tell, whom no school stands in the way of. A name alone may be two children's."""
    one, elsewhere = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(RAVENSGILL, **ALIKE)
    call_command("run_daily", verbosity=0)
    operations = client("officer-information", EDUNET)
    assert SAID not in operations.get("/operations/").text
    with as_batch():
        Pupil.objects.filter(pk=elsewhere.pk).update(former_upn=one.upn, former_upn_index=one.upn_index)
    call_command("run_daily", verbosity=0)
    assert f"{SAID} 1." in operations.get("/operations/").text
    together(child_of(elsewhere), child_of(one))
    call_command("run_daily", verbosity=0)
    assert SAID not in operations.get("/operations/").text


def test_one_identity_is_not_a_duplicate() -> None:
    """R5: a child on two registers is one child."""
    one = factories.pupil(BECKSIDE, **ALIKE)
    made(child_of(one), RAVENSGILL)
    assert found_of(one) == []


def test_joined_they_are_one_child() -> None:
    """R22: the records keep what their schools told; the identity behind them is one."""
    one, two = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(RAVENSGILL, **ALIKE)
    child, into = child_of(one), child_of(two)
    alias = other_upn(child)
    done = together(child, into)
    assert child_of(one) == child_of(two) == into
    with as_batch():
        assert Child.objects.get(pk=child).same_as_id == Child.objects.get(pk=alias).same_as_id == into
        assert Pupil.objects.get(pk=one.pk).upn == one.upn
        row = LedgerEntry.objects.filter(action="merge_children").latest("pk")
        assert row.about["merge"] == done.pk
        assert "Both schools say so" not in str(row.about)
    assert found_of(one, two) == []


def test_two_records_of_one_school_are_not_joined() -> None:
    """R22: refused with what the school can do; nothing is changed."""
    one, two = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(BECKSIDE, **ALIKE)
    (pair,) = found_of(one)
    assert pair.same_school == "Beckside Primary School"
    before = identities()
    with pytest.raises(CannotMerge, match="Beckside Primary School has a record under each UPN"):
        together(child_of(one), child_of(two))
    assert identities() == before


def test_what_cannot_be_joined() -> None:
    one, two, three = (factories.pupil(urn, **ALIKE) for urn in (BECKSIDE, RAVENSGILL, LARKROYD))
    a, b, c = child_of(one), child_of(two), child_of(three)
    together(a, b)
    for child, into, why in ((b, b, "same identity"), (a, c, "already"), (c, a, "already"), (uuid4(), b, "no child")):
        with pytest.raises(CannotMerge, match=why):
            together(child, into)
    with pytest.raises(CannotMerge, match="Say why"):
        merge(b, c, because=" ", by_name="Dana Data")


def test_merges_are_undone_last_first() -> None:
    """R22: a merge that another one stands on waits for it; once only."""
    one, two, three = (factories.pupil(urn, **ALIKE) for urn in (BECKSIDE, RAVENSGILL, LARKROYD))
    before = identities()
    first = together(child_of(one), child_of(two))
    second = together(child_of(two), child_of(three))
    assert child_of(one) == child_of(three)
    with pytest.raises(CannotMerge, match="Undo that merge first"):
        undo(first.pk, by_name="Dana Data")
    undo(second.pk, by_name="Dana Data")
    undo(first.pk, by_name="Dana Data")
    assert identities() == before
    with pytest.raises(CannotMerge, match="already been undone"):
        undo(first.pk, by_name="Dana Data")
    with pytest.raises(CannotMerge, match="no merge"):
        undo(0, by_name="Dana Data")


def test_a_record_that_came_since_goes_with_its_upn() -> None:
    """R22: after the merge a third school sent the old UPN."""
    one, two = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(RAVENSGILL, **ALIKE)
    child, into = child_of(one), child_of(two)
    done = together(child, into)
    since = made(into, LARKROYD, upn=one.upn, upn_index=one.upn_index)
    also = made(into, OXENBY, upn=two.upn, upn_index=two.upn_index)
    undo(done.pk, by_name="Dana Data")
    assert (child_of(since), child_of(also)) == (child, into)


def test_a_record_that_has_the_other_upn_by_now_stays_with_it() -> None:
    """R22: its school sent the right UPN after the merge; the next file must find the record, not make a second one."""
    one, two = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(RAVENSGILL, **ALIKE)
    child, into = child_of(one), child_of(two)
    done = together(child, into)
    with as_batch():
        Pupil.objects.filter(pk=one.pk).update(upn=two.upn, upn_index=two.upn_index)
    undo(done.pk, by_name="Dana Data")
    assert child_of(one) == into


def test_who_was_closed_as_one_child_is_closed_as_two() -> None:
    """R18: by whichever UPN the child was named, with the reason; not what was closed before they were one."""
    first, second = made(None, BECKSIDE), made(None, RAVENSGILL)
    before = closings.close(first)
    done = merge(second.child_id, first.child_id, because="One child", by_name="Test")
    closings.close(second, reason="An order since.")
    with as_batch():
        Closing.objects.filter(pk=before.pk).update(starts_at=timezone.now() - timedelta(days=2))
        ChildMerge.objects.filter(pk=done.pk).update(at=timezone.now() - timedelta(days=1))
    undo(done.pk, by_name="Test")
    with as_batch():
        closed = set(Pupil.objects.closed().values_list("pk", flat=True))
        assert {first.pk, second.pk} <= closed
        assert [str(one.reason) for one in Closing.objects.filter(child=second.child_id)] == ["An order since."]


@given(
    st.permutations([BECKSIDE, RAVENSGILL, LARKROYD, OXENBY]), st.integers(0, 4), st.integers(0, 2), st.integers(0, 2)
)
@settings(max_examples=20)
def test_merge_then_undo_is_as_before(schools: list[int], of_the_first: int, upns: int, others: int) -> None:
    """R22: whatever records and other UPNs the two have."""
    with transaction.atomic():
        with as_batch():
            a, b = (Child.objects.create(upn_index=blind_index(str(uuid4()))).pk for _ in range(2))
        for place, urn in enumerate(schools):
            made(a if place < of_the_first else b, urn)
        for child, number in ((a, upns), (b, others)):
            for _ in range(number):
                other_upn(child)
        before = identities()
        done = together(a, b)
        with as_batch():
            assert not Child.objects.filter(same_as__same_as__isnull=False).exists(), "no chains"
            assert not Pupil.objects.filter(child__same_as__isnull=False).exists()
        undo(done.pk, by_name="Dana Data")
        assert identities() == before
        transaction.set_rollback(True)


def run(*words: str) -> str:
    out = StringIO()
    call_command("merge_children", *words, stdout=out)
    return out.getvalue()


def test_the_command() -> None:
    """R22: it lists, joins and undoes, and prints no UPN and no name of a child."""
    one, two = factories.pupil(BECKSIDE, **ALIKE), factories.pupil(RAVENSGILL, upn=TEMPORARY, **ALIKE)
    child, into = str(child_of(two)), str(child_of(one))
    listed = run("list")
    assert f"{child} {into} Beckside Primary School, Ravensgill Primary School (a temporary UPN)" in listed
    assert not any(word in listed for word in ("Twice", "Robin", one.upn, TEMPORARY))
    done = run("merge", child, into, "--because", "The parent confirmed it", "--by", "Dana Data")
    number = done.split(":")[0].removeprefix("Merge ")
    assert f"merge {number}: {child} into {into}" in run("list")
    assert run("undo", number, "--by", "Dana Data") == f"Merge {number} is undone.\n"
    with pytest.raises(CommandError, match="already been undone"):
        run("undo", number, "--by", "Dana Data")


def test_the_web_application_cannot() -> None:
    """R45: who is who is not for web requests."""
    with connection.cursor() as cursor:
        for table in ("sharing_child", "sharing_childmerge"):
            cursor.execute("SELECT has_table_privilege('portal_app', %s, 'UPDATE')", [table])
            assert cursor.fetchone() == (False,)
