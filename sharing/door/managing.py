"""Visits on EduNet, by any officer or by the information manager.

The latter keeps officers, the community, closed children and disposals.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sharing.authorise import Asker, NotAtYourLevel, Permission, Through, Visit, the_one, visit
from sharing.models import Establishment
from sharing.models.establishments import EstablishmentQuerySet
from sharing.statements import rows_of


@contextmanager
def managing(asker: Asker, action: str, *, needed: str) -> Iterator[Visit]:
    """A visit of the information manager on EduNet, at no one establishment.

    Raises NotAtYourLevel, in the words of `needed`, for anybody else.
    """
    with visit(asker, Permission.MANAGE_DUTIES, action=action) as here:
        if asker.through != Through.EDUNET or not here.holdings.at(Permission.MANAGE_DUTIES):
            raise NotAtYourLevel(needed)
        yield here


def coming_to(here: Visit, places: EstablishmentQuerySet) -> Establishment:
    """The one establishment of these, at which the visit is from then on: its head reads there what was done (R43).

    Raises NoSuchRecord.
    """
    place = the_one(places)
    here.came_to(place, here.why_anywhere().reason)
    return place


def other_managers() -> tuple[tuple[int, str], ...]:
    """The information managers who look at reports of breaches, by name and without the asker."""
    return tuple(rows_of("SELECT id, name FROM portal_breach_managers() ORDER BY sharing_plain(name), id"))


@contextmanager
def as_officer(asker: Asker, action: str, *, permission: Permission, needed: str) -> Iterator[Visit]:
    """A visit of any officer on record today, on EduNet. Raises NotAtYourLevel likewise."""
    with visit(asker, permission, action=action) as here:
        if asker.through != Through.EDUNET or not here.holdings.at(Permission.VIEW_ESTABLISHMENT):
            raise NotAtYourLevel(needed)
        yield here


def keeps_register_or_officer(asker: Asker) -> Permission:
    """The permission of those who keep the register of an establishment; on EduNet, of any officer."""
    return Permission.VIEW_ESTABLISHMENT if asker.through == Through.EDUNET else Permission.MANAGE_REGISTER


def looks_after(asker: Asker) -> Permission:
    """The permission to look at what others did at an establishment: on EduNet, the information manager's."""
    return Permission.MANAGE_DUTIES if asker.through == Through.EDUNET else Permission.MANAGE_REGISTER
