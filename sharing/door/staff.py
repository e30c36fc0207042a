"""Staff of one establishment: for Level 1 only, and officers with a duty for staff (R9, R33)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sharing import codes
from sharing.authorise import Asker, Permission, Visit, the_one, visit
from sharing.door.paging import page_of
from sharing.door.pupils import told_by_most
from sharing.models import StaffAbsence, StaffContract, StaffMember
from sharing.models.staff import StaffQuerySet
from sharing.records.staff import (
    AbsenceRecord,
    ContractRecord,
    StaffLine,
    StaffList,
    StaffPage,
    StaffRecord,
)
from sharing.school_year import academic_year


@dataclass(frozen=True)
class StaffFilter:
    """What to narrow the list to. Empty: everyone. `work` is "teaching" or "support", `contract` a code."""

    named: str = ""
    work: str = ""
    contract: str = ""


EVERYONE = StaffFilter()
SEARCHED = "Only those whose name matches a search"
WORK = {"teaching": "Teachers and heads", "support": "Support staff"}


def list_staff(asker: Asker, urn: int, *, only: StaffFilter = EVERYONE, number: int = 1) -> StaffList:
    """The people in post at the establishment today, by name, 50 a page."""
    with visit(asker, Permission.VIEW_STAFF, urn, action="list_staff") as here:
        in_post, found = listed_staff(here, only)
        page = page_of(found, number, lambda member: line_of(member, here.today))
        as_of, source, note = told_by_most((source, 1, day) for source, day in in_post.values_list("source", "as_of"))
        here.showed(staff=[member.id for member in page], of=page.total)
        kinds = tuple(WORK.items()), tuple(codes.CONTRACT.items())
        return StaffList(here.here, page, filters_in_words(only), *kinds, as_of, source, note, here.why)


def listed_staff(here: Visit, only: StaffFilter) -> tuple[StaffQuerySet, StaffQuerySet]:
    """Everybody in post today; and those whom the filters leave, by name, with their contracts."""
    in_post = StaffMember.objects.of(here.establishment.pk).in_post_on(here.today)
    found = in_post.named(only.named)
    if only.work:
        found = found.who_teach(here.today, only.work == "teaching")
    if only.contract:
        found = found.with_a_contract(only.contract, here.today)
    return in_post, found.defer("teacher_number", "ni_number").with_contracts(here.today).by_name()


def filters_in_words(only: StaffFilter) -> tuple[str, ...]:
    """The filters in use. Not the name that was searched for, as they are also said in a file and on paper."""
    searched = (SEARCHED,) if only.named.strip() else ()
    work = (f"Work: {WORK[only.work]}",) if only.work else ()
    contract = (f"Contract: {codes.CONTRACT[only.contract]}",) if only.contract else ()
    return (*searched, *work, *contract)


def show_member(asker: Asker, urn: int, member_id: UUID) -> StaffPage:
    """One person in post here today. Raises NoSuchRecord (404) for anybody else."""
    with visit(asker, Permission.VIEW_STAFF, urn, action="show_member") as here:
        page = read_member(here, member_id)
        here.showed(staff=[member_id])
        return page


def read_member(here: Visit, member_id: UUID) -> StaffPage:
    """The record, within a visit for staff: for the page and for files. Raises NoSuchRecord."""
    in_post = StaffMember.objects.of(here.establishment.pk).in_post_on(here.today)
    member = the_one(in_post.with_contracts(here.today).filter(pk=member_id))
    return StaffPage(
        here.here,
        _record(member),
        tuple(_contract(contract) for contract in member.contracts.all()),
        _absences(list(member.absences.order_by("-first_day"))),
        here.why,
    )


def line_of(member: StaffMember, today: date) -> StaffLine:
    """A line of the list. The post is that of the contract in force; of several, the open-ended one begun last, with
    how many more there are. The hours are those of that post: of several, weeks a year may differ.
    """
    contracts = list(member.contracts.all())
    contract = contracts[0] if contracts else None
    hours = contract.hours if contract else None
    more = sum(one.starts_on <= today <= (one.ends_on or today) for one in contracts) - 1
    return StaffLine(
        id=member.pk,
        surname=member.surname,
        forename=member.forename,
        post=f"{contract.post if contract else 'Not recorded'}{f', and {more} more' if more > 0 else ''}",
        contract=codes.CONTRACT.get(contract.kind, contract.kind) if contract else "Not recorded",
        hours=f"{float(hours):g} a week" if hours is not None else "Not recorded",
        starts_on=member.starts_on,
    )


def _record(member: StaffMember) -> StaffRecord:
    as_they_are = (
        "id", "surname", "forename", "teacher_number", "ni_number", "born_on", "has_qts", "is_hlta",
        "is_senior_leader", "starts_on", "ends_on", "source", "as_of",
    )  # fmt: skip
    return StaffRecord(
        **{name: getattr(member, name) for name in as_they_are},
        sex=codes.SEX.get(member.sex, member.sex),
        ethnicity=codes.OF_A_RECORD["ethnicity"].get(member.ethnicity, member.ethnicity),
        disability=codes.DISABILITY.get(member.disability, member.disability),
    )


def _contract(contract: StaffContract) -> ContractRecord:
    as_they_are = (
        "post", "starts_on", "ends_on", "hours", "fte_hours", "weeks_a_year", "pay", "paid_daily",
    )  # fmt: skip
    return ContractRecord(
        **{name: getattr(contract, name) for name in as_they_are},
        kind=codes.CONTRACT.get(contract.kind, contract.kind),
        pay_range=codes.PAY_RANGE.get(contract.pay_range, contract.pay_range),
    )


def _absences(absences: list[StaffAbsence]) -> tuple[AbsenceRecord, ...]:
    """Counted by category and by the school year in which they began, newest first."""
    grouped: dict[tuple[int, str], list[StaffAbsence]] = {}
    for absence in absences:
        grouped.setdefault((academic_year(absence.first_day), absence.category), []).append(absence)
    records = []
    for (year, category), rows in sorted(grouped.items(), key=lambda group: (-group[0][0], group[0][1])):
        days = [row.days_lost for row in rows if row.days_lost is not None]
        records.append(
            AbsenceRecord(
                school_year=f"{year}/{(year + 1) % 100:02}",
                category=codes.STAFF_ABSENCE.get(category, category),
                absences=len(rows),
                days_lost=sum(days, Decimal(0)) if days else None,
                without_days=len(rows) - len(days),
            )
        )
    return tuple(records)
