"""One child behind two UPNs: finding such pairs, joining the two identities, and taking that back (R9, R22).

Two identities of one child arise where a school allots a UPN to a child who has one, or a temporary one becomes
permanent and nobody says so. The records of both schools stay as each school keeps them: only the identity behind
them becomes one, so that a transfer and a list of duplicates know the child. The data team does it by
`manage.py merge_children`; the web application cannot.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from sharing.keys import child_keys
from sharing.ledger import ledger
from sharing.models import Child, ChildMerge, Closing, LedgerEntry, Pupil
from sharing.roles import BATCH, acting_as
from sharing.statements import rows_of
from sharing.upn import is_temporary

_ALIKE = """
    SELECT one.id, other.id, one.former_upn_index = other.upn_index OR other.former_upn_index = one.upn_index,
           one.upn_index = other.upn_index AND one.upn_index <> ''
    FROM sharing_pupil AS one JOIN sharing_pupil AS other
      ON other.born_on = one.born_on AND lower(other.surname) = lower(one.surname)
     AND lower(other.forename) = lower(one.forename) AND other.child_id > one.child_id
    UNION
    SELECT former.id, present.id, true, former.upn_index = present.upn_index
    FROM sharing_pupil AS present JOIN sharing_pupil AS former
      ON former.upn_index = present.former_upn_index AND present.former_upn_index <> ''
     AND former.child_id <> present.child_id
    UNION
    SELECT one.id, other.id, one.former_upn_index = other.upn_index OR other.former_upn_index = one.upn_index, true
    FROM sharing_pupil AS one JOIN sharing_pupil AS other
      ON other.upn_index = one.upn_index AND one.upn_index <> '' AND other.child_id > one.child_id
    ORDER BY 1, 2
"""


class CannotMerge(Exception):
    """The two cannot be joined, or a merge not be undone; the text says why and what to do."""


@dataclass(frozen=True)
class PossibleDuplicate:
    """Two identities that look like one child. Ids and schools; what the two share is for whoever may see the records.

    `is_former`: one has the other's UPN as its former one. `is_one_upn`: both have the same UPN now.
    `has_temporary`: one of them has a temporary UPN. `looks_like_two`: both surname and date of birth differ: then two
    children were given one UPN, and a school has to ask for another.
    `same_school`: a school that has a record of both, which stands in the way of a merge; else "".
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
        """Whether the UPNs say that it is one child, and nothing else says that it is two. By name alone it may be."""
        return (self.is_former or self.is_one_upn) and not self.same_school and not self.looks_like_two


def possible_duplicates() -> list[PossibleDuplicate]:
    """Pairs of identities with the same surname, forename and date of birth, of which one was the other's UPN, or with
    records under one UPN (a school may tell of a UPN that is somebody's elsewhere: sharing.imports.same_child)."""
    with acting_as(BATCH):
        pairs = rows_of(_ALIKE)
        ids = {record for one, other, *_ in pairs for record in (one, other)}
        records = {pupil.pk: pupil for pupil in Pupil.objects.select_related("establishment").filter(pk__in=ids)}
        found: dict[frozenset[UUID], list[tuple[Pupil, Pupil, bool, bool]]] = {}
        for one, other, is_former, is_one_upn in pairs:
            two = records[one], records[other]
            found.setdefault(frozenset(pupil.child_id for pupil in two), []).append((*two, is_former, is_one_upn))
        return [_duplicate(alike) for alike in found.values()]


def _duplicate(alike: list[tuple[Pupil, Pupil, bool, bool]]) -> PossibleDuplicate:
    pupils = [pupil for one, other, *_ in alike for pupil in (one, other)]
    # The temporary UPN goes into the permanent one.
    child, other = sorted(
        {pupil.child_id for pupil in pupils},
        key=lambda pk: (not any(is_temporary(str(pupil.upn)) for pupil in pupils if pupil.child_id == pk), str(pk)),
    )
    return PossibleDuplicate(
        child=child,
        other=other,
        schools=tuple(sorted({pupil.establishment.name for pupil in pupils})),
        is_former=any(is_former for *_, is_former, _ in alike),
        is_one_upn=any(is_one_upn for *_, is_one_upn in alike),
        has_temporary=any(is_temporary(str(pupil.upn)) for pupil in pupils),
        looks_like_two=all(
            one.born_on != other.born_on and one.surname.lower() != other.surname.lower() for one, other, *_ in alike
        ),
        same_school=_school_with_both(child, other),
    )


def merge(child: UUID, into: UUID, *, because: str, by_name: str) -> ChildMerge:
    """Make `child` the same as `into`: its records and its other UPNs hang on `into` from now on.

    Raises CannotMerge. The reason is kept with the merge and not in the ledger: it may name somebody.
    """
    if not because.strip() or not by_name.strip():
        raise CannotMerge("Say why the two are one child, and who says so.")
    with acting_as(BATCH), ledger.written_last():
        _wait_for_imports()
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
    """An import has made identities of a UPN that are the same as (second of the pair) one known by the former UPN.

    It is noted as a merge, so that it is seen and undone as one. No record has moved: they came under the known one.
    """
    made = [ChildMerge(child_id=child, into_id=into, because=because, by_name=by_name) for child, into in pairs]
    for done in ChildMerge.objects.bulk_create(made):
        _write("merge_children", done, records=0, by=by_name)


def undo(merge_id: int, *, by_name: str) -> ChildMerge:
    """Make the two identities two again: what was moved goes back, and so do records that came since by those UPNs.

    A record goes with the UPN it has now. Which of the two a closing since then was meant for, nobody knows: both stay
    closed (R18), and the information manager ends the one that is wrong. No import joins the two again: the file's
    former UPN becomes a query.
    Raises CannotMerge where it has been undone, where a later merge stands on it, or where it would give one child two
    records at a school.
    """
    with acting_as(BATCH), ledger.written_last():
        _wait_for_imports()
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


def _wait_for_imports() -> None:
    """Imports resolve children under this lock (PupilStore.compare); meanwhile none may change who is who."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sharing_pupil'))")


def _both(child: UUID, into: UUID) -> tuple[Child, Child]:
    found = {one.pk: one for one in Child.objects.select_for_update().filter(pk__in=(child, into)).order_by("pk")}
    if child == into:
        raise CannotMerge("These are already the same identity. Name two.")
    if missing := [pk for pk in (child, into) if pk not in found]:
        raise CannotMerge(f"There is no child {missing[0]}. `merge_children list` names them.")
    return found[child], found[into]


def _school_with_both(child: UUID, into: UUID) -> str:
    """The name of a school that has a record of each, or ""."""
    at_both = Pupil.objects.filter(child_id=into).values("establishment_id")
    pupil = Pupil.objects.select_related("establishment").filter(child_id=child, establishment_id__in=at_both).first()
    return pupil.establishment.name if pupil else ""


def _move(records: Collection[UUID], others: Iterable[UUID], into: UUID) -> None:
    Pupil.objects.filter(pk__in=records).update(child_id=into)
    child_keys.follow(records, into)
    Child.objects.filter(pk__in=others).update(same_as_id=into)


def _close_both(undone: ChildMerge) -> None:
    meant_for_either = Closing.objects.filter(child_id=undone.into_id, starts_at__gte=undone.at, ended_at=None)
    for closing in meant_for_either.filter(ends_at__gt=timezone.now()):
        closing.pk, closing._state.adding = None, True
        closing.child_id, closing.reason = undone.child_id, str(closing.reason)
        closing.save()


def _write(action: str, done: ChildMerge, *, records: int, by: str) -> None:
    about = {"merge": done.pk, "child": done.child_id, "into": done.into_id, "records": records, "by": by}
    ledger.write(None, action=action, outcome=LedgerEntry.Outcome.CHANGED, about=about)
