"""Data quality of one establishment (P9): what the checks find in the records that the asker may see."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from sharing import codes
from sharing.authorise import Asker, NoSuchRecord, Permission, Visit, visit
from sharing.door.paging import page_of
from sharing.door.pupils import pupils_here, told_by_most
from sharing.models import Enrolment, StaffMember
from sharing.models.pupils import PupilQuerySet
from sharing.models.staff import StaffQuerySet
from sharing.narrowing import in_words
from sharing.quality import BY_KEY, ELSEWHERE, TEMPORARY_UPN, TERM, Check, Group, Whose, checks_for
from sharing.records.accuracy import Finding, FindingGroup, FindingPage, FoundRecord, QualityPage
from sharing.upn import is_temporary

OF_ALL, WITH_ANY = "of all", "with any"
ToldBy = tuple[date | None, str, str]  # as of, source, number of records with another source


def show_quality(asker: Asker, urn: int) -> QualityPage:
    """How many of the children, and for Level 1 of the staff, each check finds."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_quality") as here:
        withheld = here.narrowing.withheld
        checks, counted, told_by = look_at_pupils(here)
        if here.here.can_view_staff:
            of_staff = checks_for(Whose.STAFF, withheld)
            staff, _ = _counts(
                _staff(here), {check.key: check.condition(here.today, here.establishment.pk) for check in of_staff}
            )
            counted, checks = staff | counted, (*checks, *of_staff)
        found = [_finding(check, counted[check.key]) for check in checks if counted[check.key]]
        here.showed(findings=sum(finding.number for finding in found), of=counted[OF_ALL])
        return QualityPage(
            here.here,
            tuple(_grouped(found)),
            nothing_found=tuple(check.what for check in checks if not counted[check.key]),
            pupils=counted[OF_ALL],
            with_findings=counted[WITH_ANY],
            as_of=told_by[0],
            source=told_by[1],
            note=told_by[2],
            narrowed=in_words(here.narrowing.year_groups, withheld),
            why=here.why,
        )


def show_finding(asker: Asker, urn: int, key: str, *, number: int = 1) -> FindingPage:
    """The records found by one check, by name. Raises NoSuchRecord (404) for a check that the asker does not have."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_finding") as here:
        check, found = records_found(here, key)
        page = page_of(found, number, record_of)
        here.showed(**{check.whose: [record.id for record in page], "of": page.total})
        return FindingPage(
            here.here,
            _finding(check, page.total),
            page,
            narrowed=in_words(here.narrowing.year_groups, here.narrowing.withheld),
            why=here.why,
        )


def records_found(here: Visit, key: str) -> tuple[Check, QuerySet[Any]]:
    """The check, and the records that it finds among those the asker sees, by name. Raises NoSuchRecord."""
    check = BY_KEY.get(key)
    if check is None or check.withheld_as in here.narrowing.withheld:
        raise NoSuchRecord
    if check.whose == Whose.STAFF:
        if not here.here.can_view_staff:
            raise NoSuchRecord
        return check, _staff(here).filter(check.condition(here.today, here.establishment.pk)).by_name()
    return check, _pupils(here).filter(_condition(check, here)).for_a_list(here.today).by_name()


def look_at_pupils(here: Visit) -> tuple[tuple[Check, ...], dict[str, int], ToldBy]:
    """The asker's checks, how many children each finds, and the day and source of most records."""
    checks = checks_for(Whose.PUPILS, here.narrowing.withheld)
    conditions = {check.key: _in_a_count(check, here) for check in checks}
    counted, told_by = _counts(_pupils(here), conditions, upn_of=TEMPORARY_UPN)
    return checks, counted, told_by


def _pupils(here: Visit) -> PupilQuerySet:
    """Children on the register. One who is only coming is not yet this establishment's to correct."""
    return pupils_here(here).on_roll(here.today)


def _staff(here: Visit) -> StaffQuerySet:
    return StaffMember.objects.of(here.establishment.pk).in_post_on(here.today)


def _condition(check: Check, here: Visit) -> Q:
    if check.key == TEMPORARY_UPN:
        return Q(pk__in=_with_a_temporary_upn(here))
    if check.key == ELSEWHERE:
        # Only the asker's own pupils: the function says nothing of the other school. As an array it is asked only once.
        place = [here.establishment.pk]
        return Q(pk__in=RawSQL("SELECT unnest(ARRAY(SELECT sharing_registered_elsewhere(%s)))", place))
    return check.condition(here.today, here.establishment.pk)


def _in_a_count(check: Check, here: Visit) -> Q:
    """The condition for counting; for temporary UPNs without the UPN, which is then read and checked in Python."""
    return _long_here(here) if check.key == TEMPORARY_UPN else _condition(check, here)


def _long_here(here: Visit) -> Q:
    """Here for longer than a term, under whichever URN (A2)."""
    a_term_ago = here.today - TERM
    began = Q(starts_on__lt=a_term_ago) | Q(here_since__lt=a_term_ago)
    return Q(Exists(Enrolment.objects.filter(began, pupil=OuterRef("pk"), cancelled_at=None)))


def _with_a_temporary_upn(here: Visit) -> list[UUID]:
    """Those here with a temporary UPN. UPNs are encrypted, so each must be read to see."""
    long_here = _pupils(here).filter(_long_here(here))
    return [pk for pk, upn in long_here.values_list("pk", "upn") if is_temporary(str(upn))]


def _counts(records: QuerySet[Any], conditions: dict[str, Q], *, upn_of: str = "") -> tuple[dict[str, int], ToldBy]:
    """How many records each condition finds, how many any of them, and how many there are, from one query.

    `upn_of`: the condition that only finds a record if its UPN is also a temporary one.
    """
    flags = {f"is_{number}": condition for number, condition in enumerate(conditions.values())}
    columns = [*flags, "as_of", "source"]
    rows = list(records.annotate(**flags).values_list(*columns, *(["upn"] if upn_of else [])))
    if upn_of:
        at = list(conditions).index(upn_of)
        rows = [(*row[:at], row[at] and is_temporary(str(row[-1])), *row[at + 1 : -1]) for row in rows]
    counted = {key: sum(bool(row[place]) for row in rows) for place, key in enumerate(conditions)}
    told_by = told_by_most((source, 1, day) for *_, day, source in rows)
    return counted | {OF_ALL: len(rows), WITH_ANY: sum(any(row[:-2]) for row in rows)}, told_by


def _grouped(found: list[Finding]) -> Iterable[FindingGroup]:
    for group in Group:
        findings = tuple(finding for finding in found if BY_KEY[finding.key].group == group)
        if findings:
            yield FindingGroup(group.value, sum(finding.number for finding in findings), findings)


def _finding(check: Check, number: int) -> Finding:
    return Finding(check.key, check.whose.value, check.what, check.why, check.cure, number)


def record_of(record: Any) -> FoundRecord:
    year_group = getattr(record, "year_group", "")
    born_on: date | None = record.born_on
    return FoundRecord(
        id=record.pk,
        surname=record.surname,
        forename=record.forename,
        born_on=born_on,
        year_group=codes.NC_YEARS.get(year_group, year_group),
        source=record.source,
        as_of=record.as_of,
    )
