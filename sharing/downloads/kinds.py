"""The closed list of what may be taken away, each with the permission that opens it. `access_register` adds its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sharing.authorise import NoSuchRecord, Permission, Visit
from sharing.downloads import contents
from sharing.models import Download
from sharing.records.downloads import Gathered

Asked = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """`gather` runs inside a visit for `permission`: it takes no more than the same person's page would show."""

    permission: Permission
    gather: Callable[[Visit, Asked], Gathered]


KINDS = {
    Download.Kind.PUPILS.value: Kind(Permission.VIEW_PUPILS, contents.pupils),
    Download.Kind.PUPIL.value: Kind(Permission.VIEW_PUPILS, contents.pupil),
    Download.Kind.STAFF.value: Kind(Permission.VIEW_STAFF, contents.staff),
    Download.Kind.MEMBER.value: Kind(Permission.VIEW_STAFF, contents.member),
    Download.Kind.MOVES.value: Kind(Permission.VIEW_PUPILS, contents.moves),
    Download.Kind.FINDING.value: Kind(Permission.VIEW_PUPILS, contents.finding),
}


def kind_of(slug: str) -> Kind:
    """Raises NoSuchRecord (404) for one that is not on the list."""
    if slug not in KINDS:
        raise NoSuchRecord
    return KINDS[slug]
