"""Emails about a breach: the number of the case and what to do, but nothing of what it is about (R41)."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from access_register.models import BreachStep, Person
from access_register.notices import mail
from sharing.authorise import Through
from sharing.statements import rows_of, values_of

WORDS = {
    "reported": "A breach of the protocol has been reported. Look at it soon: the 72 hours for telling the "
    "Information Commissioner may already be running.",
    "to_close": "An information manager wants to close a report of a breach of the protocol. Say whether you "
    "agree, or refer it.",
    "dismissed": "The breach of the protocol that you reported has been looked at and closed. You can read why and, "
    "for 28 days, ask for others to look at it.",
    "dismissed_again": "Others have looked at the breach of the protocol that you reported, and closed it. You can "
    "read why.",
    "asked_again": "The report of a breach of the protocol was closed. Whoever made it has asked for others to look "
    "at it. Look at it soon.",
    "referred": "A case under paragraph 17 of the protocol concerns you. It is with the Locality Achievement "
    "Partnership. You can read it and answer.",
    "seated": "You are on the panel of a case under paragraph 17 of the protocol. Read it, and vote.",
    "drawn": "You are on the panel of a case under paragraph 17 of the protocol, by lot. Read it, and vote.",
    "drawn_far": "You are on the panel of a case under paragraph 17 of the protocol, by lot. Too few heads of the "
    "Locality concerned could sit, so every Locality took part in the draw. Read it, and vote.",
    "decided": "A case under paragraph 17 of the protocol has been decided, and the decision applies.",
    "appealed": "There is an appeal against the decision in a case under paragraph 17 of the protocol. Name other "
    "people to decide it.",
}


def tell(breach_id: int, role: str, kind: str) -> None:
    """Write to all with this role in the breach, once what happened is committed. `desk`: the information managers."""
    write(breach_id, people_of(breach_id, role), kind)


def write(breach_id: int, people: Collection[int], kind: str) -> None:
    """Write to these people, once what happened is committed."""
    for person in Person.objects.filter(pk__in=people):
        link = link_for(person, breach_id)
        mail.send_later("breach", [person.email], name=person.name, number=breach_id, words=WORDS[kind], link=link)


def draw_panel(breach_id: int) -> dict[str, Any]:
    """If nobody is left at the desk, draw a panel by lot and write to it. Returns what the ledger says of it."""
    told = rows_of("SELECT whom, what FROM access_register_draw_panel(%s)", breach_id)
    for person_id, what in told:
        write(breach_id, [person_id], what)
    drawn = [what for _, what in told if what != "referred"]
    return {"drawn": len(drawn), "panel": BreachStep.What(drawn[0]).label} if drawn else {}


def link_for(person: Person, breach_id: int) -> str:
    """The page of the case, on the site where this person reads it."""
    site = Through.EDUNET if person.is_officer_on(timezone.localdate()) else Through.SCHOOLS_ONLINE
    return mail.link("breach", breach_id, at=site)


def tell_sponsors(breach_id: int) -> None:
    """Write to the head of each establishment whose contract the vote has just brought back."""
    back = rows_of("SELECT id, urn, name, organisation, head FROM access_register_contracts_back(%s)", breach_id)
    for contract_id, urn, place, organisation, head_id in back:
        link = mail.link("contract", urn, contract_id)
        for head in Person.objects.filter(pk=head_id, is_active=True):
            about = {"name": head.name, "place": place, "organisation": organisation, "link": link}
            mail.send_later("contract_back", [head.email], **about)


def tell_who_is_back(breach_id: int) -> None:
    """Write to each person who has access again by the vote, under which contract and where."""
    back = rows_of("SELECT person, reference, place FROM access_register_people_back(%s)", breach_id)
    people = Person.objects.filter(is_active=True).in_bulk([number for number, _, _ in back])
    for number, reference, place in back:
        if person := people.get(number):
            about = {"name": person.name, "reference": reference, "place": place, "link": mail.link("home")}
            mail.send_later("access_back", [person.email], **about)


def people_of(breach_id: int, role: str) -> list[int]:
    """The people with this role in a breach that the asker has a part in."""
    return values_of("SELECT access_register_breach_people(%s, %s)", breach_id, role)
