"""A breach taken as far as a test needs it."""

import uuid
from typing import Any

from django.utils import timezone

from access_register.breaches import reading, steps
from access_register.models import Contract
from sharing.authorise import Asker
from sharing.models import Establishment
from tests.people import EDUNET, as_batch, asker, person

BECKSIDE = 999002
PANEL = ("head-oxenby", "head-holmeroyd", "manager-amberstone")  # heads of the Locality of Beckside
OTHERS = ("officer-no-duty", "officer-data", "officer-admissions")
WHAT = "A list was sent to the wrong address."


def manager() -> Asker:
    return asker("officer-information", EDUNET)


def on_the_panel(slug: str) -> Asker:
    return asker(slug, EDUNET) if slug.startswith("officer") else asker(slug)


def report(by: Asker, **more: Any) -> int:
    told = {
        "form_key": uuid.uuid4(), "whose": "person", "about": BECKSIDE, "categories": ["names"], "children": "10",
        "happened": WHAT, "whom": "Nadia", "happened_on": None, "aware_at": timezone.now(), "name_withheld": False,
    }  # fmt: skip
    return steps.report_breach(by, **(told | more))


def against(*parties: tuple[str, int], by: str = "governor-beckside", **more: Any) -> int:
    """A case with the panel: parties as (sort, id)."""
    number = report(asker(by), **more)
    for sort, target in parties:
        steps.name_concerned(manager(), number, sort=sort, target=target)
    steps.refer_breach(manager(), number, is_personal=True, severity="risk", refers=True, words="It is to be judged.")
    return number


def against_person(slug: str, **more: Any) -> int:
    return against(("person", person(slug).pk), **more)


def against_establishment(urn: int, by: str = "governor-ravensgill") -> int:
    return against(("establishment", Establishment.objects.get(urn=urn).pk), by=by)


def contract_of(slug: str) -> Contract:
    with as_batch():
        return Contract.objects.get(lines__person=person(slug))


def seat(number: int, panel: tuple[str, ...] = PANEL) -> None:
    steps.seat_panel(manager(), number, people=[person(slug).pk for slug in panel])


def vote(number: int, slug: str, measure: str, weeks: int = 0, **more: Any) -> bool:
    told = {"tell_ico": False, "reason": "So it is right."} | more
    return steps.vote_on_breach(on_the_panel(slug), number, measure=measure, weeks=weeks, **told)


def decide(number: int, measure: str, weeks: int = 0, panel: tuple[str, ...] = PANEL) -> None:
    """The panel is named and votes as one: the third vote decides."""
    seat(number, panel)
    assert [vote(number, slug, measure, weeks) for slug in panel] == [False] * (len(panel) - 1) + [True]


def case(number: int, slug: str) -> Any:
    return reading.show_breach(on_the_panel(slug), number)
