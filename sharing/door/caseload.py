"""The children named for somebody, for casework or by a legal override (R9, R18). No other child is even counted."""

from collections.abc import Iterable
from uuid import UUID

from sharing import codes
from sharing.authorise import Asker, NotAtYourLevel, Permission, visit
from sharing.models import NamedChild, Pupil
from sharing.narrowing import in_words
from sharing.records import Why
from sharing.records.caseload import CaseLine, Caseload, CaseRecordLine
from sharing.statements import rows_of

NEEDED = "This page is for people with a place at an establishment, and for officers."
WHY = "Children are named for a person one by one, for recorded casework or by a legal override, and end with it."


def show_my_caseload(asker: Asker) -> Caseload:
    """The children named for the person at this site, with their records of today and how to reach each of them."""
    with visit(asker, Permission.VIEW_PUPILS, action="show_my_caseload") as here:
        if not here.holdings.at(Permission.VIEW_ESTABLISHMENT):
            raise NotAtYourLevel(NEEDED)
        named = NamedChild.objects.for_person(asker.person_id).live_on(here.today).filter(through=asker.through.value)
        where = _records_of(named.values_list("pk", flat=True))
        records = {record for found in where.values() for record in found}
        seen = Pupil.objects.filter(pk__in=records).visible_on(here.today).for_a_list(here.today)
        pupils = {pupil.pk: pupil for pupil in seen.select_related("establishment").by_name()}
        order = {pk: place for place, pk in enumerate(pupils)}
        found = [(row, [pupils[pk] for pk in where.get(row.pk, []) if pk in pupils]) for row in named]
        found.sort(key=lambda case: (order[case[1][0].pk] if case[1] else len(order), case[0].pk))
        cases = [_case(*case) for case in found]
        here.tells_the_head = not any(row.head_barred for row in named)
        here.showed(pupils=sorted(pupils), of=len(cases))
        return Caseload(tuple(cases), Why(WHY, here.permission))


def _records_of(named: Iterable[int]) -> dict[int, list[UUID]]:
    """Named child -> today's records of the child, according to the database."""
    told = rows_of("SELECT named_id, pupil_id FROM portal_named_records() WHERE named_id = ANY (%s)", list(named))
    found: dict[int, list[UUID]] = {}
    for named_id, pupil_id in told:
        found.setdefault(named_id, []).append(pupil_id)
    return found


def _case(row: NamedChild, pupils: list[Pupil]) -> CaseLine:
    return CaseLine(
        reference=f"C-{row.pk}",
        child=f"{pupils[0].surname}, {pupils[0].forename}" if pupils else "",
        reason=row.reason,
        until=row.ends_on,
        without=in_words((), row.withheld),
        records=tuple(
            CaseRecordLine(
                pupil_id=pupil.pk,
                urn=pupil.establishment.urn,
                establishment=pupil.establishment.name,
                year_group=codes.NC_YEARS.get(pupil.year_group, pupil.year_group),
                transferring=not pupil.is_enrolled,
                as_of=pupil.as_of,
                source=pupil.source,
            )
            for pupil in sorted(pupils, key=lambda pupil: pupil.establishment.name)
        ),
    )
