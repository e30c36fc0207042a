"""Groups that people make of pupils: those of others, what they reveal, and who may make any (R5, R35)."""

from sharing.models import OwnGroup, OwnGroupMember
from tests.locks.figure_rows import HEAD, NARROWED, TEACHER
from tests.locks.switches import rows
from tests.locks.trying import Trying

MAKERS = {HEAD, TEACHER, NARROWED, "head-larkroyd"}
_A_GROUP = """
    INSERT INTO sharing_owngroup (establishment_id, kind, name_index, made_at, made_by_id, made_by_name)
    SELECT id, 'hand', 'x', now(), %s, '' FROM sharing_establishment WHERE urn = 999002 RETURNING 1
"""


def holes_in_groups(who: Trying) -> None:
    attempt = who.attempt
    attempt("foreign groups", OwnGroup.objects.exclude(establishment_id__in=who.pupils).exists)
    attempt("groups of no group's", OwnGroupMember.objects.exclude(group__in=OwnGroup.objects.all()).exists)
    attempt("members of another day", OwnGroupMember.objects.filter(pupil_id__in=who.there.gone).exists)
    attempt("size of a foreign group", lambda: _sizes_elsewhere(who))
    if who.is_narrowed:
        attempt("groups of others", OwnGroup.objects.exclude(made_by_id=who.number).exists)
        attempt("groups that tell what is withheld", OwnGroup.objects.filter(tells__contains=["sen"]).exists)
    if who.slug not in MAKERS:
        attempt("group made", lambda: rows(_A_GROUP, who.number) is not None)
        attempt("group changed", lambda: OwnGroup.objects.update(name_index="changed"))


def _sizes_elsewhere(who: Trying) -> list[int]:
    foreign = [number for number, establishment in who.there.groups if establishment not in who.pupils]
    return [ever for number in foreign for (ever,) in rows("SELECT portal_own_group_size(%s)", number) if ever]
