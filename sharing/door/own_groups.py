"""A school's own groups: made, changed, put away, and followed (R1, R12, R24, R35).

Those who see an establishment's pupils see its groups, except those that give away what is withheld from them. Level 1
and 2 make them; officers under a duty, and third parties, only read. Changes raise CannotGroup with a message for the
form.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from sharing import codes
from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Permission, Visit, Withheld, the_one, visit
from sharing.cannot import CannotDo, check_unchanged, version_of
from sharing.crypto import blind_index
from sharing.days import day_in_words
from sharing.door.deeper import whose
from sharing.door.pupils import pupils_here
from sharing.measures import grouping, live
from sharing.models import OwnGroup, OwnGroupMember
from sharing.models.own_groups import OwnGroupQuerySet
from sharing.records.own_groups import (
    GroupFacts,
    GroupToMake,
    MemberLine,
    MembersPage,
    Offered,
    OwnGroups,
)
from sharing.school_year import academic_year
from sharing.statements import one_at_a_time, value_of

NOT_MADE_BY_YOU: Final = (
    "Levels 1 and 2 of the establishment make own groups, on Schools Online. Others who see the pupils can read them."
)
# What a group made by hand may give away: nobody groups children by their contact details.
TOLD: Final = tuple(kind for kind in Withheld if kind != Withheld.CONTACT)
FOUND_AT_MOST: Final = 60


class CannotGroup(CannotDo):
    """The group cannot be made or changed as asked."""


@dataclass(frozen=True)
class Wanted:
    """What was typed about a group. `tells` is only asked for one made by hand: criteria say it themselves."""

    name: str
    kind: str
    criteria: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tells: Collection[str] = ()


def list_own_groups(asker: Asker, urn: int) -> OwnGroups:
    """The groups in use, and those put away, newest first."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="list_own_groups") as here:
        groups = [facts_of(group) for group in seen(here).order_by("-made_at", "-pk")]
        here.showed(groups=[group.id for group in groups])
        return OwnGroups(
            here.here,
            tuple(group for group in groups if group.archived_at is None),
            tuple(group for group in groups if group.archived_at),
            makes_groups(here),
            here.why,
        )


def show_making(asker: Asker, urn: int, group_id: int | None = None) -> GroupToMake:
    """The form for a new group, or for an existing one."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_making_group") as here:
        _only_makers(here)
        group = find(here, group_id) if group_id else None
        here.showed(groups=[group.pk] if group else [])
        withheld = here.narrowing.withheld
        chosen = group.criteria if group else {}
        years = {year for year, *_ in pupils_here(here).in_groups()} | set(chosen.get("year", ()))
        return GroupToMake(
            here.here,
            facts_of(group) if group else None,
            tuple(
                Offered(
                    one.key,
                    one.label,
                    tuple((code, words) for code, words in one.options.items() if one.key != "year" or code in years),
                    tuple(chosen.get(one.key, ())),
                )
                for one in grouping.of_each_child(withheld)
            ),
            tuple((kind.value, kind.label) for kind in TOLD if kind not in withheld),
            tuple(group.tells) if group else (),
            version_of(*_as_typed(group)) if group else "",
            here.why,
        )


def make_own_group(asker: Asker, urn: int, wanted: Wanted) -> int:
    """Make a group and return its number; the same one sent twice is one group. Raises CannotGroup."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="make_own_group") as here:
        _only_makers(here)
        facts = _checked(here, wanted)
        one_at_a_time("make_own_group")
        same = seen(here).made_by(asker.person_id).filter(**facts | {"archived_at": None}).first()
        if same:
            here.showed(groups=[same.pk])
            return same.pk
        _refuse_a_name_in_use(here, facts["name_index"])
        group = _stored(
            OwnGroup(
                establishment=here.establishment,
                name=wanted.name,
                made_by_id=asker.person_id,
                made_by_name=asker.name,
                **facts,
            )
        )
        here.changed(groups=[group.pk])
        return group.pk


def change_own_group(asker: Asker, urn: int, group_id: int, wanted: Wanted, *, version: str | None = None) -> None:
    """Give the group another name or other criteria. It stays by criteria or by hand as it was made.

    If nothing differs, nothing is changed. `version`: of the group as the form showed it. Raises CannotGroup and
    ChangedMeanwhile.
    """
    with visit(asker, Permission.VIEW_PUPILS, urn, action="change_own_group") as here:
        _only_makers(here)
        group = find(here, group_id, to_change=True)
        facts = _checked(here, Wanted(wanted.name, group.kind, wanted.criteria, wanted.tells)) | {"name": wanted.name}
        if _as_typed(group) == (facts["name"], facts["criteria"], facts["tells"]):
            here.showed(groups=[group.pk])
            return
        check_unchanged(version, *_as_typed(group), message=_MEANWHILE)
        _refuse_a_name_in_use(here, facts["name_index"], but=group.pk)
        for name, value in facts.items():
            setattr(group, name, value)
        _stored(group, *facts)
        here.changed(groups=[group.pk])


def archive_own_group(asker: Asker, urn: int, group_id: int, *, archived: bool) -> None:
    """Put a group away, or bring it back. Raises CannotGroup where another group uses its name by now."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="archive_own_group") as here:
        _only_makers(here)
        group = find(here, group_id, to_change=True)
        if bool(group.archived_at) == archived:
            here.showed(groups=[group.pk])
            return
        if not archived:
            _refuse_a_name_in_use(here, group.name_index, but=group.pk)
        group.archived_at = timezone.now() if archived else None
        _stored(group, "archived_at")
        here.changed(groups=[group.pk], archived=archived)


def show_members(asker: Asker, urn: int, group_id: int, *, named: str = "", year_group: str = "") -> MembersPage:
    """The children in a group made by hand; with a name or a year group, also the others whom that fits."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_members") as here:
        _only_makers(here)
        group = _by_hand(here, group_id)
        everyone = pupils_here(here)
        inside = OwnGroupMember.objects.filter(group=group).values("pupil")
        members = tuple(member_lines(everyone.filter(pk__in=inside).by_name()))
        found: tuple[MemberLine, ...] = ()
        if named.strip() or year_group:
            others = everyone.named(named).exclude(pk__in=inside)
            others = others.filter(year_group=year_group) if year_group else others
            found = tuple(member_lines(others.by_name()[: FOUND_AT_MOST + 1]))
        years = {year for year, *_ in everyone.in_groups() if year}
        here.showed(groups=[group.pk], pupils=[child.id for child in (*members, *found)])
        return MembersPage(
            here.here,
            facts_of(group),
            members,
            found[:FOUND_AT_MOST],
            len(found) > FOUND_AT_MOST,
            tuple((year, codes.NC_YEARS.get(year, year)) for year in sorted(years, key=codes.nc_year_order)),
            here.why,
        )


def change_members(
    asker: Asker, urn: int, group_id: int, *, put_in: Collection[UUID] = (), take_out: Collection[UUID] = ()
) -> int:
    """Put children into a group made by hand, or take them out. Returns how many of them the asker does not see (any
    more): they are left out."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="change_members") as here:
        _only_makers(here)
        group = _by_hand(here, group_id, to_change=True)
        inside = OwnGroupMember.objects.filter(group=group)
        coming = list(
            pupils_here(here).numbered(put_in).exclude(pk__in=inside.values("pupil")).values_list("pk", flat=True)
        )
        OwnGroupMember.objects.bulk_create(
            [OwnGroupMember(group=group, pupil_id=pupil, establishment=here.establishment) for pupil in coming],
            ignore_conflicts=True,
        )
        going = inside.filter(pupil__in=pupils_here(here).numbered(take_out).values("pk"))
        leaving = list(going.values_list("pupil", flat=True))
        going.delete()
        say = here.changed if coming or leaving else here.showed
        say(groups=[group.pk], put_in=coming, taken_out=leaving)
        ticked = {*put_in, *take_out}
        return len(ticked) - pupils_here(here).numbered(ticked).count()


def seen(here: Visit) -> OwnGroupQuerySet:
    """The groups here that the visitor may see; for somebody narrowed to year groups, only their own."""
    groups = OwnGroup.objects.of(here.establishment.pk).telling_nothing_of(here.narrowing.withheld)
    return groups.made_by(here.asker.person_id) if here.narrowing.year_groups else groups


def find(here: Visit, group_id: int, *, to_change: bool = False) -> OwnGroup:
    """The group, if the visitor sees it. `to_change`: nobody else can change it until this visit ends."""
    groups = seen(here).filter(pk=group_id)
    return the_one(groups.select_for_update() if to_change else groups)


def children_in(here: Visit, group: OwnGroup) -> set[UUID]:
    """The children in the group today, as far as the visitor sees them."""
    if group.kind == OwnGroup.Kind.BY_HAND:
        return set(OwnGroupMember.objects.filter(group=group).values_list("pupil", flat=True))
    return meeting(here, group.criteria)


def meeting(here: Visit, criteria: Mapping[str, Sequence[str]]) -> set[UUID]:
    """Today's children who meet every criterion. Attendance is that of the newest year for which there is any."""
    wanted = dict(criteria)
    year = academic_year(here.today)
    everybody, before = live.children_of_each(whose(here), [(live.EVERYBODY, year), (live.EVERYBODY, year - 1)])
    newest = everybody if any(child.groups["attendance"] != "U" for child in everybody) else before
    attended = {child.pupil_id: child.groups["attendance"] for child in newest}
    groups = {child.pupil_id: {**child.groups, "attendance": attended[child.pupil_id]} for child in everybody}
    return {pk for pk, of in groups.items() if all(of[key] in chosen for key, chosen in wanted.items())}


def makes_groups(here: Visit) -> bool:
    return bool(value_of("SELECT %s IN (SELECT portal_makes_groups())", here.establishment.pk))


def member_lines(pupils: Any) -> Iterable[MemberLine]:
    rows = list(pupils.values_list("pk", "surname", "forename", "year_group", "class_name", "born_on"))
    of_that_name = Counter((surname, forename) for _, surname, forename, *_ in rows)
    for pk, surname, forename, year_group, class_name, born_on in rows:
        year = codes.NC_YEARS.get(year_group, year_group)
        born = f"born {day_in_words(born_on)}" if of_that_name[surname, forename] > 1 else ""
        told_by = ", ".join(filter(None, (year, class_name, born)))
        yield MemberLine(pk, surname, forename, year, class_name, told_by)


def facts_of(group: OwnGroup) -> GroupFacts:
    return GroupFacts(
        group.pk,
        str(group.name),
        group.get_kind_display(),
        group.kind == OwnGroup.Kind.BY_HAND,
        tuple(
            f"{grouping.DIMENSIONS[key].label}: "
            + " or ".join(grouping.DIMENSIONS[key].options.get(code, code) for code in chosen)
            for key, chosen in group.criteria.items()
        ),
        group.made_by_name,
        group.made_at,
        group.archived_at,
    )


def _only_makers(here: Visit) -> None:
    if not makes_groups(here):
        raise NotAtYourLevel(NOT_MADE_BY_YOU)


def _by_hand(here: Visit, group_id: int, *, to_change: bool = False) -> OwnGroup:
    group = find(here, group_id, to_change=to_change)
    if group.kind != OwnGroup.Kind.BY_HAND:
        raise NoSuchRecord
    return group


def _checked(here: Visit, wanted: Wanted) -> dict[str, Any]:
    """What is to be stored about the group, apart from its name."""
    withheld = here.narrowing.withheld
    if wanted.kind == OwnGroup.Kind.BY_HAND:
        criteria: dict[str, list[str]] = {}
        tells = [kind.value for kind in TOLD if kind in wanted.tells and kind not in withheld]
    else:
        criteria = {
            one.key: [code for code in one.options if code in wanted.criteria.get(one.key, ())]
            for one in grouping.of_each_child(withheld)
        }
        criteria = {key: chosen for key, chosen in criteria.items() if chosen}
        tells = sorted({str(kind) for key in criteria if (kind := grouping.DIMENSIONS[key].kind)})
        if not criteria:
            raise CannotGroup("Choose at least one criterion.")
        if not meeting(here, criteria):
            raise CannotGroup("No child on your register today meets all of these criteria.")
    return {"kind": wanted.kind, "name_index": blind_index(wanted.name), "criteria": criteria, "tells": tells}


def _refuse_a_name_in_use(here: Visit, name_index: str, but: int | None = None) -> None:
    """Raise CannotGroup for a name in use among the groups that the visitor sees; nothing is said about others."""
    same = seen(here).filter(name_index=name_index, archived_at=None)
    if (same.exclude(pk=but) if but else same).exists():
        raise CannotGroup(_IN_USE, "name")


def _as_typed(group: OwnGroup) -> tuple[str, dict[str, list[str]], list[str]]:
    return str(group.name), group.criteria, group.tells


_MEANWHILE = (
    "Somebody changed this group while you had it open. The list of groups shows what it is now. Look there, then save "
    "yours if it is still right."
)
_IN_USE = "There is already a group with this name. Choose another name."


def _stored(group: OwnGroup, *fields: str) -> OwnGroup:
    """Save the group. Of two saved with one name at once, the database refuses one. `fields`: those changed."""
    try:
        with transaction.atomic():
            group.save(update_fields=fields or None)
    except IntegrityError as refused:
        raise CannotGroup(_IN_USE, "name") from refused
    return group
