"""Rows of the ledger planted at several establishments, and what nobody else may read of them (R43)."""

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from sharing.authorise import Through
from sharing.ledger import ledger
from sharing.models import Establishment, LedgerEntry, Pupil
from sharing.models.ledger import NOT_FOR_THE_HEAD
from tests.locks.switches import rows
from tests.people import EDUNET, as_batch

URNS = (999002, 999003, 999004)


def plant_rows() -> dict[UUID, int | None]:
    """Plant the opening of a child's page at each of three establishments and at none. Returns each child's
    establishment, or None for a child who has gone.
    """
    with as_batch():
        day = timezone.localdate()
        here = Pupil.objects.filter(establishment__urn__in=URNS).visible_on(day)
        children = dict(here.order_by("establishment_id", "pk").distinct("establishment_id").values_list(
            "pk", "establishment_id"
        ))  # fmt: skip
        gone = dict.fromkeys(Pupil.objects.filter(surname="Gone").values_list("pk", flat=True))
        for child in [*children, *gone]:
            about = {"pupils": [child]}
            ledger.write(None, action="show_pupil", outcome=LedgerEntry.Outcome.SHOWN, urn=URNS[0], about=about)
            ledger.write(None, action="find_children", outcome=LedgerEntry.Outcome.SHOWN, about=about)
        for urn in URNS:
            ledger.write(None, action="list_pupils", outcome=LedgerEntry.Outcome.SHOWN, urn=urn)
            barred = NOT_FOR_THE_HEAD | {"pupils": list(children)[:1]}
            ledger.write(None, action="test_barred", outcome=LedgerEntry.Outcome.SHOWN, urn=urn, about=barred)
        ledger.write(None, action="test_barred", outcome=LedgerEntry.Outcome.CHANGED, about=barred)
    return children | gone


def holes_in_ledger(
    through: Through, level_1_at: set[int], children: dict[UUID, int | None], attempt: Callable[..., None]
) -> None:
    """Attempts of somebody who keeps the register at `level_1_at`. On EduNet only the information manager reads any."""
    keeps = set() if through == EDUNET else level_1_at
    urns = list(Establishment.objects.filter(pk__in=keeps).values_list("urn", flat=True))
    attempt("ledger elsewhere", LedgerEntry.objects.exclude(urn__in=urns).exists)
    attempt("what a head is not told", LedgerEntry.objects.filter(action="test_barred").exists)
    attempt(
        "openings a head is not told of",
        lambda: rows(
            "SELECT 1 FROM unnest(%s::uuid[]) AS child, LATERAL portal_openings(child, 9999999999, 9) AS entry "
            "WHERE entry.action = 'test_barred'",
            [str(child) for child in children],
        ),
    )
    attempt("ledger changed", lambda: LedgerEntry.objects.update(person_name="x"))
    attempt("ledger written by hand", lambda: rows("INSERT INTO sharing_ledgerentry (id) VALUES (0) RETURNING 1"))
    attempt("a part of the ledger", lambda: rows("SELECT 1 FROM sharing_ledgerentry_before LIMIT 1"))
    attempt(
        "openings elsewhere",
        lambda: rows(
            "SELECT 1 FROM unnest(%s::uuid[]) AS child, LATERAL portal_openings(child, 9999999999, 9)",
            [str(child) for child, place in children.items() if place not in keeps],
        ),
    )
