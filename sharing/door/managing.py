"""The visits of the information manager, who keeps officers, the community, closed children and disposals on EduNet."""

from collections.abc import Iterator
from contextlib import contextmanager

from sharing.authorise import Asker, NotAtYourLevel, Permission, Visit, visit


@contextmanager
def managing(asker: Asker, action: str, *, needed: str) -> Iterator[Visit]:
    """A visit at no one establishment. Raises NotAtYourLevel, in the words of `needed`, for anybody else."""
    with visit(asker, Permission.MANAGE_DUTIES, action=action) as here:
        if not here.holdings.at(Permission.MANAGE_DUTIES):
            raise NotAtYourLevel(needed)
        yield here
