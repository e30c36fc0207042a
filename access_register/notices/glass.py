"""When a glass is broken, the information managers and, unless that is barred, the head are told at once (R18). If one
of them asks about it, the officer is told; once the officer has explained it, those who asked are told.

The emails name the officer and the establishment, but no child.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver

from access_register.models import Person
from access_register.notices import mail
from access_register.notices.waiting import head_of
from sharing.authorise import Through
from sharing.models import Opening
from sharing.models.overrides import Mark
from sharing.signals import glass_asked, glass_broken, glass_explained
from sharing.statements import values_of


@receiver(glass_broken)
def tell_those_who_must_know(openings: Iterable[Opening], **kwargs: Any) -> None:
    """Written once the opening is committed. Heads are not told how often the officer has done this before."""
    managers = _managers()
    for opening in openings:
        _tell(opening, managers, Through.EDUNET, "glass_broken", before=opening.before)
        if not opening.head_barred:
            _tell(opening, head_of(opening.establishment_id), Through.SCHOOLS_ONLINE, "glass_broken", before=0)


@receiver(glass_asked)
def tell_the_officer(opening: Opening, by: str, **kwargs: Any) -> None:
    """Tell the officer that somebody asks about it, once that is committed."""
    for person in Person.objects.filter(pk=opening.person_id, is_active=True):
        mail.send_later(
            "glass_asked", [person.email], name=person.name, by=by, place=opening.establishment.name,
            link=mail.link("my_openings", at=Through.EDUNET),
        )  # fmt: skip


@receiver(glass_explained)
def tell_those_who_asked(opening: Opening, **kwargs: Any) -> None:
    """Tell them that there is an explanation, but not what it says, once that is committed."""
    if opening.manager_mark == Mark.ANSWERED:
        _tell(opening, _managers(), Through.EDUNET, "glass_explained")
    if opening.head_mark == Mark.ANSWERED and not opening.head_barred:
        _tell(opening, head_of(opening.establishment_id), Through.SCHOOLS_ONLINE, "glass_explained")


def _tell(opening: Opening, people: QuerySet[Person], at: Through, kind: str, **facts: Any) -> None:
    place = opening.establishment
    for person in people.exclude(pk=opening.person_id):
        mail.send_later(
            kind, [person.email], name=person.name, officer=opening.person_name, place=place.name,
            is_head=at == Through.SCHOOLS_ONLINE, link=mail.link("openings_here", place.urn, at=at), **facts,
        )  # fmt: skip


def _managers() -> QuerySet[Person]:
    return Person.objects.filter(pk__in=values_of("SELECT sharing_information_managers()"), is_active=True)
