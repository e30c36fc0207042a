"""Cases that wait, and suspensions, for the home pages (R41)."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import BigIntegerField, DateField, F, QuerySet
from django.db.models.expressions import RawSQL
from django.dispatch import receiver

from access_register.models import Breach, BreachParty, BreachSeat
from sharing.authorise import Permission, Through, Visit
from sharing.models import Establishment
from sharing.signals import home_counted, workbench_opened
from sharing.statements import value_of
from sharing.to_do.here import ALL_OF_THEM, Counted, number_of, said
from sharing.to_do.officers import Waiting

HAS_A_PART: Final = "SELECT EXISTS (SELECT FROM portal_breach_roles()) OR EXISTS (SELECT FROM portal_suspensions())"
WITH_A_PANEL = [Breach.State.REFERRED, Breach.State.APPEALED]


@receiver(home_counted)
def breaches_waiting(here: Visit, **kwargs: Any) -> Iterable[Counted]:
    """At each establishment: a suspension, cases to vote on, and cases against somebody there.

    What is of no one establishment waits where the person is head, if anywhere: heads sit on panels (A18). Almost
    nobody has a part in a case, so that is asked first: it costs a fifth of asking for each of these.
    """
    mine = here.holdings.at(Permission.VIEW_ESTABLISHMENT)
    if here.asker.through != Through.SCHOOLS_ONLINE or not mine or not value_of(HAS_A_PART):
        return
    person_id = here.asker.person_id
    home = RawSQL(
        "coalesce((SELECT min(head) FROM portal_heads() AS head), %s)", [min(mine)], output_field=BigIntegerField()
    )
    suspended = Establishment.objects.filter(urn__in=RawSQL("SELECT urn FROM portal_suspensions()", []), pk__in=mine)
    until = RawSQL(
        "(SELECT max(held.ends_on) FROM portal_suspensions() AS held WHERE held.urn = sharing_establishment.urn)", [],
        output_field=DateField(),
    )  # fmt: skip
    words = said("Suspended from sharing until")  # shown above everything that is late
    yield Counted(suspended, words, "suspension", F("pk"), late=ALL_OF_THEM, by=until)
    yield Counted(_votes_of(person_id), number_of("case to vote on", "cases to vote on"), "breaches_from", home)
    held = BreachParty.objects.filter(breach__state__in=WITH_A_PANEL)
    of_mine = held.filter(establishment__in=RawSQL("SELECT portal_heads()", []))
    to_answer = number_of("case about a breach to answer", "cases about a breach to answer")
    yield Counted(of_mine, to_answer, "breaches_from")
    # A case that is also against an establishment of theirs is counted there, and not twice.
    yield Counted(_against_me().exclude(pk__in=of_mine.values("breach")), to_answer, "breaches_from", home)


@receiver(workbench_opened)
def breaches_to_see_to(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the information manager, the cases that the list says need something; for an officer on a panel, those to
    vote on; for somebody a case is against, those to answer."""
    if not here.asker.second_factor:
        return
    if here.holdings.at(Permission.MANAGE_DUTIES):
        desk = Breach.objects.at_the_desk()
        to_refer, to_tell = desk.to_refer(here.asker.person_id), desk.to_tell()
        yield Waiting("Breaches", to_refer, "breach to look at", "breaches to look at", "breaches")
        yield Waiting(
            "Breaches", desk.without_a_panel(), "breach without a panel", "breaches without a panel", "breaches"
        )
        yield Waiting(
            "Breaches", to_tell, "breach that somebody has to be told about",
            "breaches that somebody has to be told about",
            "breaches",
        )  # fmt: skip
    yield Waiting("Breaches", _votes_of(here.asker.person_id), "case to vote on", "cases to vote on", "breaches")
    mine = _against_me()
    yield Waiting("Breaches", mine, "case about a breach to answer", "cases about a breach to answer", "breaches")


def _against_me() -> QuerySet[Breach]:
    """The cases before a panel that are against the asker, or an establishment or contract of theirs."""
    mine = RawSQL("SELECT breach_id FROM portal_breach_roles() WHERE role = 'respondent'", [])
    return Breach.objects.filter(state__in=WITH_A_PANEL, pk__in=mine)


def _votes_of(person_id: int) -> QuerySet[BreachSeat]:
    """The seats whose vote the person has not given yet."""
    seats = BreachSeat.objects.filter(person=person_id, voted_at=None, sitting=F("breach__sitting"))
    return seats.filter(breach__state__in=WITH_A_PANEL)
