"""Cases that wait, and suspensions, for the home pages (R41)."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F
from django.dispatch import receiver

from access_register import grants
from access_register.models import Breach, BreachSeat
from sharing.authorise import Permission, Through, Visit
from sharing.records import ToDo
from sharing.signals import home_opened, workbench_opened
from sharing.to_do.officers import Waiting

VOTES = {"state__in": ["referred", "appealed"]}


@receiver(home_opened)
def breaches_waiting(here: Visit, **kwargs: Any) -> dict[int, ToDo]:
    """At each establishment the most urgent of them: a suspension, a vote, a case held against somebody."""
    if here.asker.through != Through.SCHOOLS_ONLINE or not here.holdings.at(Permission.VIEW_ESTABLISHMENT):
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, establishment_id, number, ends_on FROM portal_breaches_waiting()")
        rows = cursor.fetchall()
    found: dict[int, ToDo] = {}
    for what, place, number, ends_on in rows:
        if what == "suspended":
            found[place] = ToDo(f"Suspended from sharing until {grants.in_words(ends_on)}", "suspension")
        elif what == "vote":
            found.setdefault(place, ToDo(f"{_cases(number)} to vote on", "breaches_from"))
        else:
            found.setdefault(place, ToDo(f"{_cases(number)} under paragraph 17 to answer", "breaches_from"))
    return found


@receiver(workbench_opened)
def breaches_to_see_to(here: Visit, **kwargs: Any) -> Iterable[Waiting]:
    """For the information manager those reported; for an officer on a panel those to vote on."""
    if not here.asker.second_factor:
        return
    if here.holdings.at(Permission.MANAGE_DUTIES):
        yield Waiting(
            "Breaches",
            Breach.objects.to_refer(here.asker.person_id),
            "breach to look at",
            "breaches to look at",
            "breaches",
        )
        yield Waiting(
            "Breaches", Breach.objects.filter(**VOTES, seats=None), "breach without a panel",
            "breaches without a panel", "breaches",
        )  # fmt: skip
    mine = BreachSeat.objects.filter(person=here.asker.person_id, voted_at=None, sitting=F("breach__sitting"))
    yield Waiting(
        "Breaches", mine.filter(breach__state__in=VOTES["state__in"]), "breach to vote on", "breaches to vote on",
        "breaches",
    )  # fmt: skip


def _cases(number: int) -> str:
    return f"{number} case{'' if number == 1 else 's'}"
