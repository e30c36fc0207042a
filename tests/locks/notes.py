"""Notes for a visit and saved views, planted everywhere, and what row-level security alone lets through (R9)."""

from collections.abc import Callable

from access_register.models import Duty, RegisterLine
from sharing.authorise import Permission, visit
from sharing.conditions import ASKER_MAY, DUTY_HERE, I_AM_HEAD, NOTED_FOR_THE_HEAD
from sharing.models import Establishment, SavedView, VisitNote
from tests.locks.attempts import Holes
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person


def _reads(table: str, using: str) -> str:
    return f"ALTER POLICY app_reads ON {table} USING ({using})"


AUTHOR, NO_DUTY = "officer-school-improvement", "officer-no-duty"
READERS = (
    ("head-beckside", SCHOOLS_ONLINE), ("deputy-beckside", SCHOOLS_ONLINE), ("governor-beckside", SCHOOLS_ONLINE),
    (AUTHOR, SCHOOLS_ONLINE), (NO_DUTY, EDUNET), ("officer-information", EDUNET), (AUTHOR, EDUNET),
    ("officer-admissions", EDUNET),
)  # fmt: skip


def plant_notes() -> None:
    """Plant two notes everywhere, one for officers only and one for the head; and a view of each of two officers."""
    with as_batch():
        author = person(AUTHOR)
        for place in Establishment.objects.all():
            for for_head in (False, True):
                VisitNote.objects.create(
                    establishment=place, author_id=author.pk, author_name=author.name, text="Canary", for_head=for_head
                )
        for slug in (AUTHOR, NO_DUTY):
            SavedView.objects.create(person_id=person(slug).pk, name="Canary", page="establishments")


def holes_in_notes() -> set[str]:
    """Holes found as heads and others at a school, and as officers with a duty somewhere, everywhere and nowhere."""
    holes = Holes()
    with as_batch():
        headed = RegisterLine.objects.filter(seat=0, withdrawn_at=None)
        places = {
            slug: headed.filter(person=person(slug)).values_list("establishment", flat=True) for slug, _ in READERS
        }
        heads = {slug: set(of_theirs) for slug, of_theirs in places.items()}
        duties = Duty.objects.filter(ended_at=None).exclude(data="manage_duties")
        with_duty = set(duties.values_list("appointment__person", flat=True))
    for slug, through in READERS:
        me = person(slug).pk
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            notes, views = VisitNote.objects.all(), SavedView.objects.all()
            if through == EDUNET:
                notes = notes.none() if me in with_duty else notes
                views = views.exclude(person_id=me)
            else:
                notes = notes.exclude(establishment__in=heads[slug], for_head=True)
            tries: dict[str, Callable[[], object]] = {"notes": notes.exists, "views": views.exists}
            tries["a note written for another"] = lambda: rows(_A_NOTE)
            tries["a view for another"] = lambda: rows(_A_VIEW)
            if slug != AUTHOR:
                tries["notes changed"] = lambda: VisitNote.objects.update(author_name="x")
                tries["notes removed"] = lambda: rows("DELETE FROM sharing_visitnote RETURNING 1")
            for name, ask in tries.items():
                holes.attempt(f"{name}: {slug}", ask)
    return holes.found


_A_NOTE = """
    INSERT INTO sharing_visitnote (establishment_id, author_id, author_name, for_head, written_at)
    SELECT id, 0, 'x', false, now() FROM sharing_establishment RETURNING 1
"""
_A_VIEW = "INSERT INTO sharing_savedview (person_id, page, query, saved_at) VALUES (0, 'x', '', now()) RETURNING 1"
# The second lock, made weaker.
MUTANTS = {
    "notes of every officer": _reads("sharing_visitnote", f"portal_context(2) = 'edunet' OR {NOTED_FOR_THE_HEAD}"),
    "notes not written for the head": _reads(
        "sharing_visitnote", f"{DUTY_HERE} OR {NOTED_FOR_THE_HEAD.replace('for_head AND ', '')}"
    ),
    "notes for whoever keeps the register": _reads(
        "sharing_visitnote",
        f"{DUTY_HERE} OR {NOTED_FOR_THE_HEAD.replace(I_AM_HEAD, ASKER_MAY.format(permission='manage_register'))}",
    ),
    "notes for an officer at a school": _reads("sharing_visitnote", "true"),
    "notes changed by any officer with a duty": (
        f"ALTER POLICY app_updates ON sharing_visitnote USING ({DUTY_HERE}) WITH CHECK ({DUTY_HERE})"
    ),
    "notes removed by any officer with a duty": f"ALTER POLICY app_deletes ON sharing_visitnote USING ({DUTY_HERE})",
    "notes in another's name": "ALTER POLICY app_inserts ON sharing_visitnote WITH CHECK (true)",
    "views of everybody": _reads("sharing_savedview", "portal_context(2) = 'edunet'"),
    "views on either site": _reads("sharing_savedview", "person_id = portal_asker()"),
    "views for another": "ALTER POLICY app_inserts ON sharing_savedview WITH CHECK (true)",
}
