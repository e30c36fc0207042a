"""The visits of the information manager, who keeps officers, their duties and legal overrides (R9, R18)."""

from collections.abc import Iterator
from contextlib import contextmanager

from sharing.authorise import Asker, NotAtYourLevel, Permission, Visit, visit
from sharing.records import Why

NEEDED = "Officers and their duties are kept by the information manager. Ask them to record what your work needs."


@contextmanager
def duties(asker: Asker, action: str) -> Iterator[Visit]:
    """A visit of somebody who keeps duties. Raises NotAtYourLevel."""
    with visit(asker, Permission.MANAGE_DUTIES, action=action) as here:
        if not here.holdings.at(Permission.MANAGE_DUTIES):
            raise NotAtYourLevel(NEEDED)
        yield here


def why(here: Visit) -> Why:
    return Why(next(iter(here.holdings.best(Permission.MANAGE_DUTIES).values())), here.permission)
