"""One marked child and one marked member of staff at every establishment, and what each visitor may see of them.

What is allowed is worked out here from the cast's own lines and duties, in a few plain lines that share no code with
the portal, so that the two can disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from access_register.models import Duty, ParticipationStep, Person, RegisterLine, ResponsiblePerson
from sharing.crypto import blind_index
from sharing.models import (
    Attendance,
    Challenge,
    Child,
    Download,
    DownloadPiece,
    DownloadSecret,
    Enrolment,
    Establishment,
    Import,
    ImportPerson,
    LocalityMembership,
    MisuseReport,
    OwnGroup,
    OwnGroupMember,
    Pupil,
    PupilNeeds,
    ReturnConfirmation,
    StaffAbsence,
    StaffContract,
    StaffMember,
    Term,
)
from sharing.school_year import academic_year
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, person

YEAR_GROUP = "6"
SESSIONS = 4321  # a number that no other page has


@dataclass(frozen=True)
class Canary:
    establishment_id: int
    urn: int
    pupil_id: UUID
    pupil_mark: str
    staff_mark: str
    staff_id: UUID


def plant(today: date) -> list[Canary]:
    """A child on roll and a member of staff at every establishment, each with a name that occurs nowhere else."""
    canaries = []
    with as_batch():
        for establishment in Establishment.objects.all():
            mark = f"Aa{establishment.urn}"  # first by name in every list
            child = Child.objects.create(upn_index=blind_index(mark))
            pupil = Pupil.objects.create(
                establishment=establishment, child=child, upn=mark, upn_index=child.upn_index,
                surname=f"{mark}pupil", forename="Canary", born_on=date(2015, 1, 1), sex="F", year_group=YEAR_GROUP,
                source="Test", as_of=today,
            )  # fmt: skip
            Enrolment.objects.create(pupil=pupil, establishment=establishment, starts_on=date(2020, 9, 1))
            PupilNeeds.objects.create(pupil=pupil, establishment=establishment, sen_provision="E")
            Attendance.objects.create(
                pupil=pupil, establishment=establishment, academic_year=academic_year(today) - 1, term=Term.AUTUMN,
                sessions_possible=SESSIONS, sessions_absent=0,
            )  # fmt: skip
            Challenge.objects.create(
                establishment=establishment, pupil=pupil, about="pupil", fact="name", raised_by_name="Test",
                due_on=today, assigned_to="school",
            )  # fmt: skip
            group = OwnGroup.objects.create(
                establishment=establishment, kind=OwnGroup.Kind.BY_HAND, name=f"{mark}group", name_index=mark,
                made_by_id=0, made_by_name="Test",
            )  # fmt: skip
            OwnGroupMember.objects.create(group=group, pupil=pupil, establishment=establishment)
            download = Download.objects.create(
                kind="pupils", form="xlsx", purpose="review", establishment=establishment, by_person_id=0,
                by_name="Test", through=SCHOOLS_ONLINE, dispose_by=today, state="ready",
            )  # fmt: skip
            DownloadSecret.objects.create(of=download, asked="{}", passphrase=mark)
            DownloadPiece.objects.create(of=download, number=0, sealed=b"x")
            ParticipationStep.objects.create(
                establishment=establishment, what="left", at=timezone.now(), by_id=0, by_name=mark
            )
            ResponsiblePerson.objects.create(
                establishment=establishment, part="manager", name=mark, role="Canary", since=today, recorded_by_id=0,
                recorded_by_name="Test",
            )  # fmt: skip
            ReturnConfirmation.objects.create(
                establishment=establishment, kind="census", reference_day=today, confirmed_by_name="Test"
            )
            member = StaffMember.objects.create(
                establishment=establishment, surname=f"{mark}staff", forename="Canary", starts_on=date(2020, 9, 1),
                source="Test", as_of=today,
            )  # fmt: skip
            StaffContract.objects.create(
                member=member, establishment=establishment, kind="PRM", post="Teacher", starts_on=date(2020, 9, 1)
            )
            for state in (Import.State.UPLOADED, Import.State.READY):
                Import.objects.create(
                    kind="census", state=state, file_name=mark, file_hash=state.value, establishment=establishment
                )
            StaffAbsence.objects.create(
                member=member, establishment=establishment, first_day=date(2025, 2, 3), category="SIC", days_lost=3
            )
            canaries.append(
                Canary(establishment.pk, establishment.urn, pupil.pk, f"{mark}pupil", f"{mark}staff", member.pk)
            )
        MisuseReport.objects.create(page="key-data", happened="Canary", reported_by_id=0, reported_by_name="Test")
        Import.objects.create(kind="census", state=Import.State.READY, file_name="Canary of all", file_hash="all")
        brought = Import.objects.create(
            kind="census", state=Import.State.READY, file_name="Canary", file_hash="named",
            by_person_id=person("head-beckside").pk, establishment=Establishment.objects.get(urn=999002),
        )  # fmt: skip
        ImportPerson.objects.create(of=brought, row=1, name="Canary, Named")
    return canaries


def allowed(slug_person_id: int, through: str, today: date) -> tuple[set[int], set[int]]:
    """The establishments whose (pupils, staff) the person may see at this site today (R5, R9, R19, R33)."""
    with as_batch():
        if (Person.objects.get(pk=slug_person_id).protocol_accepted_until or date.min) < today:
            return set(), set()
        if through == SCHOOLS_ONLINE:
            lines = [line for line in RegisterLine.objects.filter(person_id=slug_person_id) if _holds(line, today)]
            pupils = {line.establishment_id for line in lines if _shows_pupils(line)}
            return pupils, {line.establishment_id for line in lines if line.level == 1}
        assert through == EDUNET
        pupils, staff = set(), set()
        for duty in Duty.objects.filter(appointment__person_id=slug_person_id, ended_at=None):
            opens = {"view_pupils": pupils, "view_staff": staff}.get(duty.data)
            if opens is not None and _in(duty, today) and _in(duty.appointment, today):
                opens.update(_scope(duty, today))
        return pupils, staff


def _in(stretch: RegisterLine | Duty, today: date) -> bool:
    return stretch.starts_on <= today and (stretch.ends_on is None or today <= stretch.ends_on)


def _holds(line: RegisterLine, today: date) -> bool:
    return line.withdrawn_at is line.suspended_at is line.awaiting_since is None and _in(line, today)


def _shows_pupils(line: RegisterLine) -> bool:
    return line.level == 1 or (line.level == 2 and (not line.year_groups or YEAR_GROUP in line.year_groups))


def withheld(person_id: int, kind: str) -> bool:
    """Whether the head withholds this kind of data from the person's Level 2 line."""
    with as_batch():
        return any(kind in line.withheld for line in RegisterLine.objects.filter(person_id=person_id, level=2))


def _scope(duty: Duty, today: date) -> Iterator[int]:
    localities = set(duty.localities.values_list("pk", flat=True))
    named = set(duty.establishments.values_list("pk", flat=True))
    members = {
        m.establishment_id for m in LocalityMembership.objects.all() if m.locality_id in localities and _in(m, today)
    }
    for establishment in Establishment.objects.exclude(kind=""):
        if duty.whole_community or establishment.pk in named | members:
            yield establishment.pk
