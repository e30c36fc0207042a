"""Contracts with third parties, who answers for the protocol, and a handover that waits for an officer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from access_register.demo.cast import BY_SLUG, Day, since_2024, yesterday
from access_register.models import Contract, Handover, Organisation, Person, RegisterLine, ResponsiblePerson
from access_register.models.lines import HEAD_SEAT
from sharing.dates import covers
from sharing.demo.days import year_end
from sharing.demo.places import BECKSIDE, CRAGWELL, LARKROYD, RAVENSGILL
from sharing.models import Establishment

NOBODY_ON_FILE = (BECKSIDE, RAVENSGILL, LARKROYD, CRAGWELL)
CLAUSE = "Clause 7, data protection"


@dataclass(frozen=True)
class Agreed:
    """A contract on record."""

    urn: int
    organisation: str
    reference: str
    ends: Day = year_end
    dbs_confirmed: bool = False


AGREED = (
    Agreed(BECKSIDE, "Brightpath Reading", "BR-14"),
    Agreed(BECKSIDE, "Fellside Speech and Language", "FS-2", dbs_confirmed=True),
    Agreed(RAVENSGILL, "Fellside Speech and Language", "FS-3"),
    Agreed(BECKSIDE, "Larchwood Music", "LM-1", ends=yesterday),
)


def place_contracts(
    today: date, establishments: Mapping[int, Establishment]
) -> tuple[dict[tuple[int, str], Contract], int]:
    """Place the contracts. Returns them by establishment and reference, and how many were written."""
    found, written = {}, 0
    for agreed in AGREED:
        organisation, _ = Organisation.objects.get_or_create(name=agreed.organisation)
        contract, is_new = Contract.objects.get_or_create(
            establishment=establishments[agreed.urn],
            reference=agreed.reference,
            defaults={
                "organisation": organisation,
                "clause": CLAUSE,
                "starts_on": since_2024(today),
                "ends_on": agreed.ends(today),
                "dbs_confirmed_on": since_2024(today) if agreed.dbs_confirmed else None,
                "recorded_by_name": "the Education Department",
            },
        )
        if contract.ends_on != agreed.ends(today) or contract.ended_at:
            contract.ends_on, contract.ended_at, is_new = agreed.ends(today), None, True
            contract.save(update_fields=["ends_on", "ended_at"])
        found[agreed.urn, agreed.reference] = contract
        written += is_new
    return found, written


def place_handover(today: date, establishments: Mapping[int, Establishment]) -> int:
    """The head of Ravensgill has named the deputy for next school year. Placed once; visitors take it from there."""
    place, successor = establishments[RAVENSGILL], Person.objects.get(email=BY_SLUG["deputy-ravensgill"].email)
    head = RegisterLine.objects.filter(covers(today), establishment=place, seat=HEAD_SEAT, withdrawn_at=None).first()
    if head is None or Handover.objects.filter(establishment=place).exists():
        return 0
    Handover.objects.create(
        establishment=place, outgoing=head, successor=successor, on=year_end(today) + timedelta(days=1),
        named_by_id=head.person_id, named_by_name=head.person.name,
    )  # fmt: skip
    return 1


def place_responsible(today: date) -> int:
    """At most establishments the head answers for the protocol and signs for it. Returns how many were written."""
    heads = RegisterLine.objects.filter(covers(today), seat=HEAD_SEAT, withdrawn_at=None).select_related("person")
    written = 0
    for line in heads.exclude(establishment__urn__in=NOBODY_ON_FILE):
        for part in ResponsiblePerson.Part:
            _, is_new = ResponsiblePerson.objects.get_or_create(
                establishment_id=line.establishment_id,
                part=part,
                defaults={
                    "name": line.person.name,
                    "role": "Head teacher",
                    "since": line.starts_on,
                    "recorded_by_id": line.person_id,
                    "recorded_by_name": line.person.name,
                },
            )
            written += is_new
    return written
