"""Openings, with what officers wrote of them, and closings planted at schools, and who reads them by the second lock
alone (R18, R43, R45)."""

import pytest

from sharing import conditions, door, rls
from sharing.authorise import Permission, Through, visit
from sharing.models import Closing, Explanation, Opening
from tests.locks.attempts import Holes
from tests.locks.switches import rows, run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker
from tests.sharing import glass
from tests.sharing.closings import child, close
from tests.sharing.glass import BECKSIDE, FIONA, HEAD, MANAGER, RAVENSGILL

pytestmark = pytest.mark.django_db
# Of the openings and closings at (Beckside, Ravensgill): those this person reads. Ravensgill's head must not learn.
READS: dict[tuple[str, Through], tuple[tuple[int, ...], tuple[int, ...]]] = {
    (HEAD, SCHOOLS_ONLINE): ((BECKSIDE,), (BECKSIDE,)),
    ("deputy-beckside", SCHOOLS_ONLINE): ((), ()),
    ("teacher-beckside", SCHOOLS_ONLINE): ((), ()),
    ("head-ravensgill", SCHOOLS_ONLINE): ((), ()),
    (FIONA, EDUNET): ((BECKSIDE, RAVENSGILL), ()),
    ("officer-admissions", EDUNET): ((), ()),
    (MANAGER, EDUNET): ((BECKSIDE, RAVENSGILL), (BECKSIDE, RAVENSGILL)),
    (MANAGER, SCHOOLS_ONLINE): ((), ()),
}
OPENINGS, CLOSINGS = rls.BY_TABLE["sharing_opening"].reads, rls.BY_TABLE["sharing_closing"].reads
MUTANTS = {
    "openings told although barred": ("sharing_opening", OPENINGS.replace("NOT head_barred", "true")),
    "openings of any school": ("sharing_opening", OPENINGS.replace(conditions.I_AM_HEAD, "true")),
    "openings for whoever keeps the register": (
        "sharing_opening",
        OPENINGS.replace(conditions.I_AM_HEAD, conditions.ASKER_MAY.format(permission="manage_register")),
    ),
    "openings of other officers": ("sharing_opening", OPENINGS.replace("person_id = portal_asker()", "true")),
    "openings for every officer": ("sharing_opening", OPENINGS.replace("'manage_duties'", "'view_establishment'")),
    "explanations of any opening": ("sharing_explanation", "true"),
    "closings for every officer": ("sharing_closing", CLOSINGS.replace("'manage_duties'", "'view_establishment'")),
    "closings of everybody": ("sharing_closing", "true"),
}  # fmt: skip
WRITES = (
    "UPDATE sharing_opening SET ends_at = ends_at RETURNING 1", "DELETE FROM sharing_opening RETURNING 1",
    "UPDATE sharing_explanation SET at = at RETURNING 1", "DELETE FROM sharing_explanation RETURNING 1",
    "INSERT INTO sharing_explanation (opening_id, establishment_id, at) "
    "SELECT id, establishment_id, now() FROM sharing_opening LIMIT 1 RETURNING 1",
    "UPDATE sharing_closing SET head_barred = false RETURNING 1", "DELETE FROM sharing_closing RETURNING 1",
)  # fmt: skip


def plant() -> None:
    for urn, barred in ((BECKSIDE, False), (RAVENSGILL, True)):
        opening = glass.break_it(glass.child(urn), head_barred=barred)
        door.mark_opening(asker(MANAGER, EDUNET), urn, opening.pk, mark="asked")
        door.explain_opening(asker(FIONA, EDUNET), opening.pk, text="The ward asked.")
        close(child(urn), head_barred=barred)


def differences() -> set[str]:
    """Where somebody reads or writes another set of rows than the table above says."""
    with as_batch():
        place_of = dict(Opening.objects.values_list("pk", "establishment__urn"))
        closed_at = {False: BECKSIDE, True: RAVENSGILL}
        at = {row.pk: closed_at[row.head_barred] for row in Closing.objects.all()}
    holes = Holes()
    for (slug, through), (openings, closings) in READS.items():
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            if {place_of[pk] for pk in Opening.objects.values_list("pk", flat=True)} != set(openings):
                holes.found.add(f"openings: {slug}")
            if {place_of[pk] for pk in Explanation.objects.values_list("opening_id", flat=True)} != set(openings):
                holes.found.add(f"explanations: {slug}")
            if {at[pk] for pk in Closing.objects.values_list("pk", flat=True)} != set(closings):
                holes.found.add(f"closings: {slug}")
            for statement in WRITES:
                holes.attempt(f"{statement}: {slug}", lambda statement=statement: rows(statement))
    return holes.found


def test_each_reads_what_is_theirs() -> None:
    plant()
    assert differences() == set()


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_weaker_lock_is_noticed(mutant: str) -> None:
    table, using = MUTANTS[mutant]
    assert using != rls.BY_TABLE[table].reads
    plant()
    run_as_owner(f"ALTER POLICY app_reads ON {table} USING ({using})")
    assert differences()
