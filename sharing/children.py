"""One child behind two UPNs: finding such pairs, joining the two identities, and undoing that (R9, R22).

A child comes to have two identities where a school allots a UPN to a child who already has one, or where a temporary
UPN becomes permanent and nobody says so. Each school's records stay as that school keeps them: only the identity behind
them becomes one, so that transfers and lists of duplicates recognise the child. The data team does this with the
command `manage.py merge_children`; the web application cannot.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from sharing.crypto import CannotDecrypt
from sharing.keys import child_keys
from sharing.ledger import ledger
from sharing.models import Child, ChildMerge, Closing, Pupil
from sharing.roles import BATCH, acting_as
from sharing.statements import hold_lock, rows_of
from sharing.upn import is_temporary

_PAIRS = """
    SELECT one.id, other.id, one.former_upn_index = other.upn_index OR other.former_upn_index = one.upn_index,
           one.upn_index = other.upn_index AND one.upn_index <> ''
    FROM sharing_pupil AS one JOIN sharing_pupil AS other
      ON other.born_on = one.born_on AND sharing_plain(other.surname) = sharing_plain(one.surname)
     AND sharing_plain(other.forename) = sharing_plain(one.forename) AND other.child_id > one.child_id
    UNION
    SELECT former.id, present.id, true, former.upn_index = present.upn_index
    FROM sharing_pupil AS present JOIN sharing_pupil AS former
      ON former.upn_index = present.former_upn_index AND present.former_upn_index <> ''
     AND former.child_id <> present.child_id
    UNION
    SELECT one.id, other.id, one.former_upn_index = other.upn_index OR other.former_upn_index = one.upn_index, true
    FROM sharing_pupil AS one JOIN sharing_pupil AS other
      ON other.upn_index = one.upn_index AND one.upn_index <> '' AND other.child_id > one.child_id
"""
_ALIKE = f"""
    SELECT pair.*, one.born_on <> other.born_on AND sharing_plain(one.surname) <> sharing_plain(other.surname)
    FROM ({_PAIRS}) AS pair (one_id, other_id, is_former, is_one_upn)
    JOIN sharing_pupil AS one ON one.id = one_id JOIN sharing_pupil AS other ON other.id = other_id
    ORDER BY 1, 2
"""  # noqa: S608

# Two records, whether one has the other's UPN as its former one, whether both have the same, and whether they look like
# two children.
_Alike = tuple[Pupil, Pupil, bool, bool, bool]

REASON_IS_GONE = (
    "Closed when it was taken for another child. Why can no longer be read: that child’s record was disposed of."
)


class CannotMerge(Exception):
    """The two cannot be joined, or a merge cannot be undone. The text says why and what to do."""


@dataclass(frozen=True)
class PossibleDuplicate:
    """Two identities that look like one child. Ids and schools only: the rest is for those who may see the records.

    `is_former`: one has the other's UPN as its former one. `is_one_upn`: both have the same UPN now.
    `has_temporary`: one of them has a temporary UPN. `looks_like_two`: both the surname and the date of birth differ,
    so that two children were given one UPN and a school has to ask for another.
    `same_school`: a school with a record of both, which prevents a merge; else "".
    """

    child: UUID
    other: UUID
    schools: tuple[str, ...]
    is_former: bool
    is_one_upn: bool
    has_temporary: bool
    looks_like_two: bool
    same_school: str

    @property
    def can_be_joined(self) -> bool:
        """Whether the UPNs say that this is one child and nothing says that it is two. A name is not enough."""
        return (self.is_former or self.is_one_upn) and not self.same_school and not self.looks_like_two


def possible_duplicates() -> list[PossibleDuplicate]:
    """Pairs of identities that may be one child.

    They have the same surname, forename and date of birth, or one has the other's UPN as its former one, or both have
    records under one UPN (a school may report a UPN that belongs to somebody elsewhere: sharing.imports.same_child).
    """
    with acting_as(BATCH):
        pairs = rows_of(_ALIKE)
        ids = {record for one, other, *_ in pairs for record in (one, other)}
        records = {pupil.pk: pupil for pupil in Pupil.objects.select_related("establishment").filter(pk__in=ids)}
        found: dict[frozenset[UUID], list[_Alike]] = {}
        for one, other, *how in pairs:
            two = records[one], records[other]
            found.setdefault(frozenset(pupil.child_id for pupil in two), []).append((*two, *how))
        return [_duplicate(alike) for alike in found.values()]


def _duplicate(alike: list[_Alike]) -> PossibleDuplicate:
    pupils = [pupil for one, other, *_ in alike for pupil in (one, other)]
    # The identity with the temporary UPN is merged into the one with the permanent UPN.
    child, other = sorted(
        {pupil.child_id for pupil in pupils},
        key=lambda pk: (not any(is_temporary(str(pupil.upn)) for pupil in pupils if pupil.child_id == pk), str(pk)),
    )
    return PossibleDuplicate(
        child=child,
        other=other,
        schools=tuple(sorted({pupil.establishment.name for pupil in pupils})),
        is_former=any(is_former for _, _, is_former, _, _ in alike),
        is_one_upn=any(is_one_upn for *_, is_one_upn, _ in alike),
        has_temporary=any(is_temporary(str(pupil.upn)) for pupil in pupils),
        looks_like_two=all(looks_like_two for *_, looks_like_two in alike),
        same_school=_school_with_both(child, other),
    )


def merge(child: UUID, into: UUID, *, because: str, by_name: str) -> ChildMerge:
    """Make `child` the same as `into`: its records and its other UPNs belong to `into` from now on.

    Raises CannotMerge. The reason is kept with the merge and not in the ledger, because it may name somebody.
    """
    if not because.strip() or not by_name.strip():
        raise CannotMerge("Say why the two are one child, and who says so.")
    with acting_as(BATCH), ledger.written_last():
        hold_lock("sharing_pupil")  # as imports do (PupilStore.compare): none may change identities meanwhile
        children = _both(child, into)
        if any(one.same_as_id for one in children):
            raise CannotMerge(
                "One of the two is already joined to another child. Use that one, or undo that merge first."
            )
        if school := _school_with_both(child, into):
            raise CannotMerge(
                f"{school} has a record under each UPN. Ask the school to end the wrong one in its own system and to "
                "send its return: the ended record is no longer seen. Two records of one school are not joined here."
            )
        records = list(Pupil.objects.filter(child_id=child).values_list("pk", flat=True))
        others = list(Child.objects.filter(same_as_id=child).values_list("pk", flat=True))
        _move(records, others, into)
        Child.objects.filter(pk=child).update(same_as_id=into)
        done = ChildMerge.objects.create(
            child_id=child,
            into_id=into,
            moved=[str(pk) for pk in (*records, *others)],
            because=because.strip(),
            by_name=by_name,
        )
        _write("merge_children", done, records=len(records), by=by_name)
    return done


def note_joined(pairs: Iterable[tuple[Any, ...]], *, because: str, by_name: str) -> None:
    """Note identities that an import has made from a UPN and that are the same as one known by the former UPN.

    The second of each pair is the known one. It is noted as a merge, so that it can be seen and undone like one. No
    record has moved: they came in under the known identity.
    """
    made = [ChildMerge(child_id=child, into_id=into, because=because, by_name=by_name) for child, into in pairs]
    for done in ChildMerge.objects.bulk_create(made):
        _write("merge_children", done, records=0, by=by_name)


def undo(merge_id: int, *, by_name: str) -> ChildMerge:
    """Make the identity two again: what was moved goes back, and so do records that have come since under those UPNs.

    Each record goes with the UPN it has now. Nobody knows which of the two a closing made since then was meant for:
    both stay closed (R18), and the information manager ends the one that is wrong. No import joins the two again: the
    former UPN in a file becomes a query.
    Raises CannotMerge where it has already been undone, where a later merge builds on it, or where it would give one
    child two records at a school.
    """
    with acting_as(BATCH), ledger.written_last():
        hold_lock("sharing_pupil")  # as imports do (PupilStore.compare): none may change identities meanwhile
        done = ChildMerge.objects.select_for_update().filter(pk=merge_id).first()
        if done is None:
            raise CannotMerge(f"There is no merge {merge_id}. `merge_children list` names them.")
        if done.undone_at:
            raise CannotMerge(f"Merge {merge_id} has already been undone.")
        _, into = _both(done.child_id, done.into_id)
        if into.same_as_id:
            raise CannotMerge("The child has since been joined to another one. Undo that merge first.")
        others = list(Child.objects.filter(pk__in=done.moved, same_as_id=into.pk).values_list("pk", flat=True))
        theirs = [done.child_id, *others]
        upns = Child.objects.filter(pk__in=theirs).values("upn_index")
        stays = Child.objects.filter(Q(pk=into.pk) | Q(same_as_id=into.pk)).exclude(pk__in=theirs).values("upn_index")
        of_the_child = Q(upn_index__in=upns) | Q(pk__in=done.moved) & ~Q(upn_index__in=stays)
        records = list(Pupil.objects.filter(of_the_child, child_id=into.pk).values_list("pk", flat=True))
        _move(records, others, done.child_id)
        Child.objects.filter(pk=done.child_id).update(same_as_id=None)
        _close_both(done)
        done.undone_at, done.undone_by_name = timezone.now(), by_name
        done.save(update_fields=["undone_at", "undone_by_name"])
        _write("undo_merge_of_children", done, records=len(records), by=by_name)
    return done


def _both(child: UUID, into: UUID) -> tuple[Child, Child]:
    """The two, locked before their records, as by whoever accepts a child. Rows that point to them may be written."""
    locked = Child.objects.select_for_update(no_key=True).filter(pk__in=(child, into)).order_by("pk")
    found = {one.pk: one for one in locked}
    if child == into:
        raise CannotMerge("These are already the same identity. Name two.")
    if missing := [pk for pk in (child, into) if pk not in found]:
        raise CannotMerge(f"There is no child {missing[0]}. `merge_children list` names them.")
    return found[child], found[into]


def _school_with_both(child: UUID, into: UUID) -> str:
    """The name of a school that has a record of each of the two, or ""."""
    at_both = Pupil.objects.filter(child_id=into).values("establishment_id")
    pupil = Pupil.objects.select_related("establishment").filter(child_id=child, establishment_id__in=at_both).first()
    return pupil.establishment.name if pupil else ""


def _move(records: Collection[UUID], others: Iterable[UUID], into: UUID) -> None:
    Pupil.objects.filter(pk__in=records).update(child_id=into)
    child_keys.follow(records, into)
    Child.objects.filter(pk__in=others).update(same_as_id=into)


def _close_both(undone: ChildMerge) -> None:
    meant_for_either = Closing.objects.filter(child_id=undone.into_id, starts_at__gte=undone.at, ended_at=None)
    for closing in meant_for_either.filter(ends_at__gt=timezone.now()).defer("reason"):
        try:
            reason = str(closing.reason)
        except CannotDecrypt:  # after a restore, where this child is gone and the key with it
            reason = REASON_IS_GONE
        closing.pk, closing._state.adding = None, True
        closing.child_id, closing.reason = undone.child_id, reason
        closing.save()


def _write(action: str, done: ChildMerge, *, records: int, by: str) -> None:
    about = {"merge": done.pk, "child": done.child_id, "into": done.into_id, "records": records, "by": by}
    ledger.changed(action=action, about=about)
