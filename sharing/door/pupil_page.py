"""One child's record at one establishment, section by section (R5, R6, R33, R35)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from sharing import codes
from sharing.authorise import Asker, Permission, Through, Visit, Withheld, the_one, visit
from sharing.challenge_facts import fact
from sharing.codes import assessment
from sharing.door.attendance import attendance_of
from sharing.door.pupils import pupils_here
from sharing.door.school_names import schools_by_number
from sharing.door.transfers import on_the_way
from sharing.models import Challenge, Pupil, PupilChange, PupilNeeds
from sharing.narrowing import in_words, leaving_reason_in_words
from sharing.records.pupils import (
    AttainmentRecord,
    ChangeRecord,
    ContactRecord,
    ContactsRecord,
    Disputed,
    EnrolmentRecord,
    MealsRecord,
    NeedsRecord,
    Opened,
    PupilPage,
    PupilRecord,
    ResultRecord,
    SuspensionRecord,
    SuspensionsRecord,
    Told,
)
from sharing.school_year import in_words as year_in_words
from sharing.statements import rows_of

Section = TypeVar("Section", bound=Told)
CHANGES_SHOWN = 20

OF_THE_RECORD = {field.name for field in Pupil._meta.concrete_fields}


def show_pupil(asker: Asker, urn: int, pupil_id: UUID) -> PupilPage:
    """One child's record at the establishment. Raises NoSuchRecord (404) where it may not be seen today (R5, R6)."""
    with visit(asker, Permission.VIEW_PUPILS, urn, action="show_pupil", record=pupil_id) as here:
        page = read_pupil(here, pupil_id)
        moving = {"transfers": [page.on_the_way.transfer]} if page.on_the_way else {}
        here.showed(pupils=[pupil_id], **moving, **_opened_by_itself(here))
        return page


def read_pupil(here: Visit, pupil_id: UUID) -> PupilPage:
    """The record, inside a visit that is already open. Raises NoSuchRecord."""
    narrowing = here.narrowing
    pupil = the_one(pupils_here(here).filter(pk=pupil_id))

    def unless_withheld(kind: Withheld, section: Callable[[Pupil, date], Section]) -> Section | None:
        return None if kind in narrowing.withheld else section(pupil, here.today)

    return PupilPage(
        here.here,
        _record(pupil, here.today, narrowing.withheld),
        _meals(pupil),
        needs=unless_withheld(Withheld.SEN, _needs),
        attendance=unless_withheld(Withheld.ATTENDANCE, attendance_of),
        attainment=unless_withheld(Withheld.ATTAINMENT, _attainment),
        suspensions=unless_withheld(Withheld.SUSPENSIONS, _suspensions),
        contacts=unless_withheld(Withheld.CONTACT, _contacts),
        changes=changes_told(pupil.changes.all(), narrowing.withheld),
        disputed=_disputed(pupil, narrowing.withheld),
        opened=_opened(pupil),
        on_the_way=on_the_way(here, pupil.pk),
        narrowed=in_words(narrowing.year_groups, narrowing.withheld),
        why=here.why,
        by_broken_glass=bool(here.one and here.one.by_broken_glass),
        is_named=bool(here.one and not here.one.by_broken_glass),
        tells_who_may_see=_tells_who_may_see(here),
    )


def _tells_who_may_see(here: Visit) -> bool:
    """Whether the page may tell who else sees it: to Level 1, and to officers whose duty covers the establishment.

    It may not to somebody who sees this record and no other.
    """
    return not here.one and (here.asker.through == Through.EDUNET or here.here.can_manage_register)


def _opened_by_itself(here: Visit) -> dict[str, bool]:
    """What the ledger records about a record that was opened by itself."""
    return {"broken_glass" if here.one.by_broken_glass else "named_child": True} if here.one else {}


def words(labels: Mapping[str, str], code: str) -> str:
    """The code list's words for a code; a code the list does not have is shown as it is."""
    return labels.get(code, code)


def told(rows: Iterable[Any]) -> dict[str, Any]:
    """The newest source of the rows, and its day."""
    newest = max((row for row in rows if row.source), key=lambda row: row.as_of or date.min, default=None)
    return {"source": newest.source if newest else "", "as_of": newest.as_of if newest else None}


def lines(text: Any) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _record(pupil: Pupil, today: date, withheld: Collection[str]) -> PupilRecord:
    enrolments = list(pupil.enrolments.filter(cancelled_at=None).order_by("-starts_on"))
    coming = None
    is_here = any(e.starts_on <= today and (e.ends_on is None or e.ends_on >= today) for e in enrolments)
    gone = not is_here and pupil.enrolments.seen_for_the_file(today).exists()
    left = gone or (not is_here and pupil.departures.seen_for_the_file(today).exists())
    if not (is_here or left):
        agreed = pupil.transfers.filter(cancelled_at=None, agreed_on__lte=today, lapses_on__gte=today)
        coming = agreed.order_by("expected_on").values_list("expected_on", flat=True).first()
    as_they_are = [
        "upn", "former_upn", "uln", "surname", "forename", "middle_names", "preferred_surname", "born_on",
        "class_name", "free_school_meals", "part_time", "source", "as_of",
    ]  # fmt: skip
    coded: dict[str, Any] = {name: words(labels, getattr(pupil, name)) for name, labels in codes.OF_A_RECORD.items()}
    return PupilRecord(
        id=pupil.pk,
        **{name: getattr(pupil, name) for name in as_they_are},
        **coded,
        enrolments=tuple(
            EnrolmentRecord(
                enrolment.get_kind_display(),
                enrolment.here_since or enrolment.starts_on,
                enrolment.ends_on,
                leaving_reason_in_words(enrolment.leaving_reason, withheld),
                enrolment.destination,
            )
            for enrolment in enrolments
        ),
        transfer_expected_on=coming,
        has_left=left,
        has_gone_outside=gone,
    )


def _disputed(pupil: Pupil, withheld: Collection[str]) -> tuple[Disputed, ...]:
    waiting = Challenge.objects.filter(pupil=pupil).exclude(withheld_as__in=withheld).waiting()
    rows = waiting.order_by("raised_at", "pk").values_list("pk", "about", "fact", "raised_at")
    return tuple(Disputed(number, fact(about, key).words, since) for number, about, key, since in rows)


def _meals(pupil: Pupil) -> MealsRecord:
    periods = list(pupil.freemealsperiod_rows.order_by("-starts_on"))
    return MealsRecord(**told(periods), periods=tuple((period.starts_on, period.ends_on) for period in periods))


def _needs(pupil: Pupil, today: date) -> NeedsRecord:
    needs = PupilNeeds.objects.filter(pupil=pupil).first()
    types = list(pupil.senneed_rows.order_by("rank"))
    return NeedsRecord(
        **told([needs, *types] if needs else types),
        sen=words(codes.SEN_PROVISION, needs.sen_provision) if needs else "",
        types=tuple(words(codes.SEN_NEED, row.need) for row in types),
        in_sen_unit=bool(needs and needs.in_sen_unit),
        in_resourced_provision=bool(needs and needs.in_resourced_provision),
    )


def _attainment(pupil: Pupil, today: date) -> AttainmentRecord:
    stages = list(assessment.STAGES)
    rows = sorted(
        pupil.result_rows.all(),
        key=lambda row: (
            stages.index(row.stage) if row.stage in stages else len(stages),
            -row.academic_year,
            row.subject,
            row.component,
        ),
    )
    school = schools_by_number(row.dfe_number for row in rows)
    return AttainmentRecord(**told(rows), results=tuple(_result(row, school(row.dfe_number)) for row in rows))


def _result(row: Any, elsewhere: str) -> ResultRecord:
    result = assessment.in_words(row.stage, row.subject, row.component, row.result)
    status = "" if row.status == "R" else words(assessment.STATUSES, row.status).lower()
    return ResultRecord(
        stage=words(assessment.STAGES, row.stage),
        year=year_in_words(row.academic_year),
        subject=words(assessment.SUBJECTS.get(row.stage, {}), row.subject),
        component=words(assessment.COMPONENTS, row.component) if row.component else "",
        result=f"{result} ({status})" if status else result,
        elsewhere=elsewhere,
    )


def _suspensions(pupil: Pupil, today: date) -> SuspensionsRecord:
    rows = list(pupil.suspension_rows.order_by("-starts_on"))
    return SuspensionsRecord(
        **told(rows),
        rows=tuple(
            SuspensionRecord(
                words(codes.EXCLUSION_CATEGORY, row.category),
                row.starts_on,
                row.sessions,
                tuple(words(codes.EXCLUSION_REASON, reason) for reason in row.reasons),
            )
            for row in rows
        ),
    )


def _contacts(pupil: Pupil, today: date) -> ContactsRecord:
    homes, contacts = list(pupil.homeaddress_rows.all()), list(pupil.contact_rows.order_by("order"))
    return ContactsRecord(
        **told([*homes, *contacts]),
        address=lines(homes[0].address) if homes else (),
        contacts=tuple(
            ContactRecord(
                words(codes.RELATIONSHIP, contact.relationship),
                contact.has_responsibility,
                " ".join(str(contact.name).split()),
                lines(contact.address),
                lines(contact.telephones),
                str(contact.email),
            )
            for contact in contacts
        ),
    )


def changes_told(rows: QuerySet[PupilChange], withheld: Collection[str]) -> tuple[ChangeRecord, ...]:
    """The newest changes.

    Where anything is withheld, only facts of the record itself are named: that attainment changed would tell that there
    is some (R35).
    """
    changes = []
    for change in rows.order_by("-at", "-pk")[:CHANGES_SHOWN]:
        named = [fact for fact in change.facts if not withheld or fact in OF_THE_RECORD]
        if named:
            facts = ", ".join(codes.CHANGED.get(fact, fact.replace("_", " ")) for fact in named)
            changes.append(ChangeRecord(change.at, change.source, facts))
    return tuple(changes)


def _opened(pupil: Pupil) -> Opened:
    ((times, people),) = rows_of("SELECT times, people FROM portal_times_opened(%s)", pupil.pk)
    return Opened(times, people)
