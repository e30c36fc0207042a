"""What row-level security lets through on its own: the questions that detect each mutant (R5, R6, R45)."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sharing.authorise.holdings import Holdings
from sharing.models import Pupil
from tests.locks.advice_rows import holes_in_advice
from tests.locks.attempts import Holes
from tests.locks.breaches import holes_in_breaches
from tests.locks.canaries import allowed
from tests.locks.figure_rows import GOVERNOR, HEAD, NARROWED, TEACHER, holes_in_figures
from tests.locks.group_rows import holes_in_groups
from tests.locks.import_rows import holes_in_imports
from tests.locks.items import holes_in_items
from tests.locks.ledger_rows import holes_in_ledger, plant_rows
from tests.locks.letters import holes_in_letters, plant_letter
from tests.locks.patterns import holes_in_patterns, plant_patterns
from tests.locks.pupil_rows import holes_in_pupils
from tests.locks.register_rows import holes_in_the_register
from tests.locks.retention_rows import Waiting, holes_in_retention, plant_disposals
from tests.locks.said_rows import holes_in_what_is_said
from tests.locks.search_rows import holes_in_search
from tests.locks.staff_rows import holes_in_staff
from tests.locks.support import holes_in_support
from tests.locks.switches import rows
from tests.locks.taken_rows import holes_in_what_is_taken, plant_a_file_of_edunet
from tests.locks.transfer_rows import holes_in_transfers
from tests.locks.trying import BECKSIDE, Trying, World, place, world
from tests.people import EDUNET, SCHOOLS_ONLINE, asker, person

THE_OTHERS = (TEACHER, GOVERNOR, "head-larkroyd", "teacher-ended", "teacher-not-accepted", "officer-admissions")
# First those who notice most mutants, as one hole is enough.
THOSE_WHO_TRY = (
    (HEAD, SCHOOLS_ONLINE),
    (NARROWED, SCHOOLS_ONLINE),
    ("officer-data", EDUNET),
    ("officer-school-improvement", EDUNET),
    *((slug, SCHOOLS_ONLINE) for slug in THE_OTHERS),
    ("officer-duty-ended", EDUNET),
)


@dataclass(frozen=True)
class Planted:
    """The planted rows that the questions name."""

    opened: dict[UUID, int | None]
    patterns: list[int]
    waiting: Waiting
    there: World


def plant_what_is_asked_for() -> Planted:
    today = timezone.localdate()
    plant_letter()
    plant_a_file_of_edunet(today)
    return Planted(plant_rows(), plant_patterns(), plant_disposals(today), world(today))


def holes(planted: Planted, *, one_is_enough: bool = False) -> set[str]:
    """What row-level security alone wrongly lets through, asked as the application. Raises AHole."""
    today = timezone.localdate()
    tried = Holes(one_is_enough)
    with transaction.atomic():
        rows("SELECT set_config('portal.ctx', %s, true)", f"{person(HEAD).pk}@schools_online@1700000000.0")
        tried.attempt("stale context", Pupil.objects.exists)
        transaction.set_rollback(True)
    for slug, through in THOSE_WHO_TRY:
        pupils, staff = allowed(person(slug).pk, through, today)
        if slug == NARROWED:
            pupils = {place(BECKSIDE)}  # of other year groups than the marked child
        who = Trying(slug, through, pupils, staff, planted.there, tried.attempt)
        with transaction.atomic():
            Holdings.announced(asker(slug, through))
            _look_everywhere(who)
            holes_in_ledger(through, staff, planted.opened, tried.attempt)
            holes_in_patterns(slug, through, planted.patterns, tried.attempt)
            holes_in_retention(planted.waiting, tried.attempt)
            transaction.set_rollback(True)
    return tried.found | holes_in_items() | holes_in_breaches()


def _look_everywhere(who: Trying) -> None:
    holes_in_pupils(who)
    holes_in_transfers(who)
    holes_in_search(who)
    holes_in_groups(who)
    holes_in_staff(who)
    holes_in_the_register(who)
    holes_in_what_is_taken(who)
    holes_in_what_is_said(who)
    holes_in_imports(who)
    holes_in_advice(who)
    holes_in_figures(who.slug, who.through, who.pupils, who.there.coming, who.there.counted_here, who.attempt)
    holes_in_support(who.slug, who.through, who.attempt)
    holes_in_letters(who.attempt)
