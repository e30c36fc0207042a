"""Cases of breaches, and what nobody, or not this person, may read or write about them (R41)."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from access_register.models import (
    Breach,
    BreachEvidence,
    BreachParty,
    BreachReport,
    BreachSeat,
    BreachStep,
    BreachTold,
    Person,
    Sanction,
)
from sharing.authorise.holdings import Holdings
from sharing.ledger import ledger
from sharing.models import Download, Establishment, LedgerEntry, Locality, Pupil
from tests.locks.attempts import Holes
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person

REPORTER, RESPONDENT, MEMBER, GONE_OFF = "governor-beckside", "teacher-beckside", "head-oxenby", "head-holmeroyd"
MANAGER, UNTOLD, SUSPENDED = "officer-information", "assistant-beckside", "senco-beckside"


def plant_breaches(today: date) -> None:
    """A breach with its panel, whose reporter stays anonymous; two not yet referred; and a suspended person."""
    with as_batch():
        places = list(Locality.objects.values_list("pk", flat=True))
        facts = {"whose": "person", "children": "0", "aware_at": timezone.now(), "localities": places}
        case = Breach.objects.create(**facts, state="referred", is_personal=True, severity="risk")
        BreachReport.objects.create(breach=case, person=person(REPORTER), person_name="R", name_withheld=True)
        BreachParty.objects.create(breach=case, person=person(RESPONDENT), name="P")
        for slug in (MEMBER, GONE_OFF):
            BreachSeat.objects.create(breach=case, person=person(slug), name=slug, sitting=1)
        Breach.objects.filter(pk=case.pk).update(triaged_by_id=person(GONE_OFF).pk)
        BreachEvidence.objects.create(breach=case, asked="A", number=1, content="[]", attached_by_name="M")
        BreachTold.objects.create(breach=case, whom="ico", told_at=timezone.now(), by_name="M")
        for audience in BreachStep.Audience:
            BreachStep.objects.create(breach=case, at=timezone.now(), what="told", audience=audience)
        Sanction.objects.create(breach=case, measure="advice", person=person(RESPONDENT), starts_on=today)
        for slug in (UNTOLD, MANAGER):
            untold = Breach.objects.create(**facts)
            BreachParty.objects.create(breach=untold, person=person(slug), name=slug)
        BreachReport.objects.create(breach=untold, person=person(REPORTER), person_name="R", name_withheld=True)
        ledger.write(asker(REPORTER), action="report_breach", outcome=LedgerEntry.Outcome.CHANGED)
        Breach.objects.create(**facts, closed_before=[person(MANAGER).pk], asked_again_at=timezone.now())
        file = {
            "establishment": Establishment.objects.get(urn=999002), "kind": "pupils", "form": "xlsx",
            "purpose": "review", "dispose_by": today, "through": SCHOOLS_ONLINE,
        }  # fmt: skip
        Download.objects.create(**file, by_person_id=person(SUSPENDED).pk, state=Download.State.READY)
        taken = {"state": Download.State.COLLECTED, "collected_at": timezone.now()}
        Download.objects.create(**file, by_person_id=person(RESPONDENT).pk, **taken)
        Person.objects.filter(pk=person(SUSPENDED).pk).update(suspended_until=today + timedelta(days=1))


def holes_in_breaches() -> set[str]:
    """What can wrongly be seen or written, asked as the application."""
    holes = Holes()
    attempt = holes.attempt
    judged = (BreachParty, BreachEvidence, Sanction)
    not_for = {
        REPORTER: (*judged, BreachTold, BreachSeat),
        RESPONDENT: (BreachReport, BreachTold, BreachSeat),
        MEMBER: (BreachReport,),
        **dict.fromkeys(("head-beckside", UNTOLD, GONE_OFF), (Breach, BreachReport, BreachStep, BreachTold, *judged)),
    }
    for slug, tables in not_for.items():
        with transaction.atomic():
            Holdings.announced(asker(slug, SCHOOLS_ONLINE))
            for table in tables:
                attempt(f"{table.__name__} for {slug}", lambda table=table: table.objects.exists())
            closed = {REPORTER: ["parties", "desk"], RESPONDENT: ["desk"], MEMBER: ["desk"]}.get(slug, [])
            attempt(f"steps for {slug}", lambda closed=closed: BreachStep.objects.filter(audience__in=closed).exists())
            attempt("sanctions changed", lambda: Sanction.objects.update(lifted_at=timezone.now()))
            attempt("somebody's suspension changed", lambda: Person.objects.update(suspended_until=None))
            transaction.set_rollback(True)
    with transaction.atomic():
        Holdings.announced(asker(MANAGER, EDUNET))
        own = BreachParty.objects.filter(person=person(MANAGER))
        attempt("one's own case at the desk", own.exists)
        reported = LedgerEntry.objects.filter(action="report_breach")
        attempt("who has reported one, in the ledger", reported.exists)
        attempt("what one closed, while others look", Breach.objects.exclude(asked_again_at=None).exists)
        transaction.set_rollback(True)
    with transaction.atomic():
        Holdings.announced(asker("officer-data", EDUNET))
        attempt("cases for any officer", Breach.objects.exists)
        transaction.set_rollback(True)
    with transaction.atomic():
        Holdings.announced(asker(SUSPENDED, SCHOOLS_ONLINE))
        attempt("pupils for who is suspended", Pupil.objects.exists)
        in_hand = Download.objects.filter(by_person_id=person(SUSPENDED).pk, state=Download.State.COLLECTED)
        attempt("other downloads for who is suspended", Download.objects.exclude(pk__in=in_hand).exists)
        transaction.set_rollback(True)
    return holes.found
