"""The closed list of what may be taken away, each with the permission that opens it. `access_register` adds its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sharing.authorise import NoSuchRecord, Permission, Through, Visit
from sharing.downloads import contents, subject_answer
from sharing.models import Download
from sharing.records.downloads import Gathered

Asked = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of download. `gather`, in a visit for `permission`, takes no more than the person's page would show.

    One that is `by_worker` is asked for on pages of its own, gathered only by the worker, and handed out while `still`
    agrees. `on_edunet`: the permission needed there, if it is another.
    """

    permission: Permission
    gather: Callable[[Visit, Asked], Gathered]
    by_worker: bool = False
    still: Callable[[Visit, Asked, Sequence[UUID]], bool] = lambda here, asked, records: True
    on_edunet: Permission | None = None

    def needs(self, through: Through) -> Permission:
        return (through == Through.EDUNET and self.on_edunet) or self.permission


KINDS = {
    Download.Kind.PUPILS.value: Kind(Permission.VIEW_PUPILS, contents.pupils),
    Download.Kind.PUPIL.value: Kind(Permission.VIEW_PUPILS, contents.pupil),
    Download.Kind.STAFF.value: Kind(Permission.VIEW_STAFF, contents.staff),
    Download.Kind.MEMBER.value: Kind(Permission.VIEW_STAFF, contents.member),
    Download.Kind.MOVES.value: Kind(Permission.VIEW_PUPILS, contents.moves),
    Download.Kind.FINDING.value: Kind(Permission.VIEW_PUPILS, contents.finding),
    Download.Kind.SUBJECT.value: Kind(
        Permission.MANAGE_REGISTER,
        subject_answer.gather,
        by_worker=True,
        still=subject_answer.is_still_open,
        on_edunet=Permission.MANAGE_DUTIES,
    ),
}


def kind_of(slug: str) -> Kind:
    """The kind with that slug. Raises NoSuchRecord (404) for one that is not on the list."""
    if slug not in KINDS:
        raise NoSuchRecord
    return KINDS[slug]


def gather_now(slug: str, here: Visit, asked: Asked) -> Gathered:
    """What would be taken away, gathered while the person waits.

    Raises NoSuchRecord (404) for a kind that only the worker gathers.
    """
    kind = kind_of(slug)
    if kind.by_worker:
        raise NoSuchRecord
    return kind.gather(here, asked)
