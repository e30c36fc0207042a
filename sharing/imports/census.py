"""A School Census return of one establishment: compare, apply all or nothing, report (formats page 4.1)."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from sharing import codes, ledger
from sharing.crypto import blind_index
from sharing.imports.census_pupil import CensusPupil
from sharing.imports.census_reader import Census, CensusHeader, load_census
from sharing.imports.files import file_hash
from sharing.imports.lengths import too_long
from sharing.imports.problems import Problem, ProblemLog, refused
from sharing.models import Attendance, Child, Enrolment, Establishment, Import, LedgerEntry, Pupil, PupilNeeds
from sharing.roles import BATCH, acting_as
from sharing.school_year import term_counted_at

MOST_SESSIONS = 500  # a school year has about 380
FIELDS = [
    "upn",
    "former_upn",
    "surname",
    "forename",
    "middle_names",
    "preferred_surname",
    "born_on",
    "sex",
    "ethnicity",
    "language",
    "year_group",
    "free_school_meals",
    "service_child",
    "part_time",
    "boarder",
]

# What the head may withhold from a line has a table of its own (R35).
PARTS: dict[Any, list[str]] = {
    PupilNeeds: ["sen_provision"],
    Attendance: ["sessions_possible", "sessions_absent"],
}


@dataclass
class CensusReport:
    """What an import did, in numbers of pupils, and what the file leaves open."""

    establishment: str
    term: str
    joined: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    enrolments: int = 0
    missing: int = 0
    queries: list[Problem] = field(default_factory=list)

    def as_lines(self) -> list[str]:
        lines = [
            f"{self.establishment}, {self.term}.",
            f"Pupils added: {self.joined}. Changed: {self.changed}. Unchanged: {self.unchanged}. Refused: 0.",
            f"Enrolments added or ended: {self.enrolments}.",
        ]
        if self.older:
            lines.append(f"{self.older} pupils are known from a newer source; their records were left as they are.")
        if self.missing:
            lines.append(
                f"{self.missing} pupils on roll here are not in the file; they stay until a leaving date comes."
            )
        return lines


def import_census(path: Path, *, by: str) -> CensusReport:
    """Bring one establishment's pupils and enrolments to what the return says.

    Raises ImportRefused, and then nothing is changed. The same file twice changes nothing.
    """
    census = load_census(path)
    header = census.header
    _refuse_what_cannot_be_stored(census)
    with acting_as(BATCH), ledger.written_last():
        establishment = _establishment(header)
        report = CensusReport(establishment.name, f"{codes.TERM[header.term]} {header.year}", queries=census.queries)
        if header.urn and header.urn != establishment.urn:
            cure = (
                f"The return has another URN than {establishment.name} has here, {establishment.urn}. Which is right?"
            )
            report.queries.append(Problem(None, "URN", str(header.urn), cure, fatal=False))
        _refuse_if_older(establishment, header)
        records = _records(establishment, census, report)
        _enrol(establishment, census, records, report)
        Import.objects.create(
            kind="census",
            file_name=path.name,
            file_hash=file_hash(path),
            establishment=establishment,
            by=by,
            as_of=header.reference_date,
            report={"lines": report.as_lines()},
        )
        ledger.write(
            None,
            action="import_census",
            outcome=LedgerEntry.Outcome.CHANGED,
            urn=establishment.urn,
            about={"by": by, "file": file_hash(path), "report": report.as_lines()},
        )
    return report


def _refuse_what_cannot_be_stored(census: Census) -> None:
    """Raises ImportRefused with each pupil whose facts the tables cannot hold, before the database says so."""
    log, starts = ProblemLog(), set()
    reference_date = census.header.reference_date
    if reference_date > timezone.localdate():
        log.add(
            Problem(None, "ReferenceDate", f"{reference_date:%d/%m/%Y}", "The day is still to come. Check the date.")
        )
    for pupil in census.pupils:
        facts = _facts(pupil, reference_date)
        too_long(Pupil, facts, pupil.row, {}, log)
        if max(pupil.sessions_possible or 0, _sessions_absent(pupil) or 0) > MOST_SESSIONS:
            log.add(Problem(pupil.row, "Sessions", "", f"More than {MOST_SESSIONS} sessions. Correct the attendance."))
        if (pupil.upn, pupil.entry_date) in starts:
            cure = "Another pupil of this file has the same UPN and entry date. Export one of them."
            log.add(Problem(pupil.row, "EntryDate", "", cure))
        starts.add((pupil.upn, pupil.entry_date))
    log.refuse_if_fatal()


def _establishment(header: CensusHeader) -> Establishment:
    """The establishment whose return it is: by LA, number and, where the return names one, URN.

    Raises ImportRefused for anybody else's return, and where number and URN name two establishments.
    """
    dfe_number = f"{header.la:03}/{header.establishment_number:04}"
    if header.la != settings.AUTHORITY_CODE:
        cure = f"This return is of {dfe_number}, of another authority. Here belong those of {settings.AUTHORITY_CODE}."
        raise refused("LEA", cure, str(header.la))
    day = header.reference_date
    with_number = Establishment.objects.of_the_community().filter(establishment_number=header.establishment_number)
    open_then = with_number.exclude(open_date__gt=day).exclude(close_date__lt=day)
    if not open_then:
        cure = (
            f"No establishment of the community open on {day:%d/%m/%Y} has the number {dfe_number}. Check the number."
        )
        raise refused("Estab", cure, str(header.establishment_number))
    found = open_then.filter(urn=header.urn) if header.urn else open_then
    if len(found) != 1:
        cure = f"{dfe_number} is not the number of this URN here. Put the URN right in your MIS and export again."
        raise refused("URN", cure, str(header.urn or ""))
    return found[0]


def _refuse_if_older(establishment: Establishment, header: CensusHeader) -> None:
    newer = Import.objects.filter(kind="census", establishment=establishment, as_of__gt=header.reference_date)
    if newest := newer.order_by("-as_of").first():
        cure = f"A newer return, of {newest.as_of:%d/%m/%Y}, has been imported. An older one would undo it."
        raise refused("ReferenceDate", cure, f"{header.reference_date:%d/%m/%Y}")


def _facts(pupil: CensusPupil, reference_date: date) -> dict[str, Any]:
    same = {name: getattr(pupil, name) for name in FIELDS if hasattr(pupil, name)}
    return same | {
        "born_on": pupil.dob,
        "year_group": pupil.nc_year,
        "free_school_meals": pupil.fsm_eligible_on(reference_date),
        "part_time": bool(pupil.part_time),
    }


def _sessions_absent(pupil: CensusPupil) -> int | None:
    return sum(n for code, n in pupil.absence if code in codes.ABSENCE) if pupil.absence else None


def _parts(pupil: CensusPupil) -> dict[str, Any]:
    return {
        "sen_provision": pupil.sen_provision,
        "sessions_possible": pupil.sessions_possible,
        "sessions_absent": _sessions_absent(pupil),
    }


def _records(establishment: Establishment, census: Census, report: CensusReport) -> dict[str, Pupil]:
    """Write the pupils' records. Answers them by the blind index of the UPN."""
    reference_date = census.header.reference_date
    source = f"School Census, {report.term.lower()}"
    known = {pupil.upn_index: pupil for pupil in Pupil.objects.of(establishment.pk)}
    by_index = {blind_index(pupil.upn): pupil for pupil in census.pupils}
    children = _children(by_index.keys() - known.keys())
    parts_known = _parts_known(establishment)
    new, changed, told = [], [], {}
    for index, pupil in by_index.items():
        facts, parts = _facts(pupil, reference_date), _parts(pupil)
        record = known.get(index)
        if record is None:
            record = known[index] = Pupil(
                establishment=establishment,
                child_id=children[index],
                upn_index=index,
                source=source,
                as_of=reference_date,
                **facts,
            )
            new.append(record)
            told[record.pk] = parts
        elif record.as_of > reference_date:
            report.older += 1
        elif parts_known.get(record.pk) != parts or any(getattr(record, name) != facts[name] for name in facts):
            for name, value in facts.items():
                setattr(record, name, value)
            record.source, record.as_of = source, reference_date
            changed.append(record)
            told[record.pk] = parts
        else:
            report.unchanged += 1
    Pupil.objects.bulk_create(new, batch_size=500)
    Pupil.objects.bulk_update(changed, [*FIELDS, "source", "as_of"], batch_size=200)
    academic_year, term = term_counted_at(reference_date)
    for part, names in PARTS.items():
        key = {"academic_year": academic_year, "term": term, "dfe_number": ""} if part is Attendance else {}
        part.objects.bulk_create(
            [
                part(pupil_id=pk, establishment=establishment, **key, **{name: parts[name] for name in names})
                for pk, parts in told.items()
            ],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["pupil", *key],
            update_fields=names,
        )
    report.joined, report.changed = len(new), len(changed)
    return known


def _parts_known(establishment: Establishment) -> dict[UUID, dict[str, Any]]:
    """What the tables of their own say of each pupil."""
    known: dict[UUID, dict[str, Any]] = {}
    for part, names in PARTS.items():
        for row in part.objects.filter(establishment=establishment):
            known.setdefault(row.pk if part is PupilNeeds else row.pupil_id, {}).update(
                {name: getattr(row, name) for name in names}
            )
    return known


def _children(indexes: set[str]) -> dict[str, UUID]:
    """The identities behind the UPNs, made where there are none. A child known elsewhere is the same child."""
    Child.objects.bulk_create([Child(upn_index=index) for index in indexes], ignore_conflicts=True, batch_size=1000)
    return dict(Child.objects.filter(upn_index__in=indexes).values_list("upn_index", "pk"))


def _enrol(establishment: Establishment, census: Census, records: dict[str, Pupil], report: CensusReport) -> None:
    """On roll: an open enrolment from the entry date. Gone: one that ended on the leaving date."""
    reference_date = census.header.reference_date
    known = {(e.pupil_id, e.starts_on): e for e in Enrolment.objects.filter(establishment=establishment)}
    new, changed = [], []
    for pupil in census.pupils:
        record = records[blind_index(pupil.upn)]
        enrolment = known.get((record.pk, pupil.entry_date))
        kind = pupil.enrol_status if pupil.enrol_status in Enrolment.Kind else Enrolment.Kind.CURRENT
        if enrolment is None:
            new.append(
                Enrolment(
                    pupil=record,
                    establishment=establishment,
                    kind=kind,
                    starts_on=pupil.entry_date,
                    ends_on=pupil.leaving_date,
                )
            )
        elif (enrolment.kind, enrolment.ends_on, enrolment.cancelled_at) != (kind, pupil.leaving_date, None):
            enrolment.kind, enrolment.ends_on, enrolment.cancelled_at = kind, pupil.leaving_date, None
            changed.append(enrolment)
    Enrolment.objects.bulk_create(new, batch_size=1000)
    Enrolment.objects.bulk_update(changed, ["kind", "ends_on", "cancelled_at"], batch_size=500)
    report.enrolments = len(new) + len(changed)
    told = {records[blind_index(pupil.upn)].pk for pupil in census.pupils}
    on_roll = Pupil.objects.of(establishment.pk).visible_on(reference_date)
    report.missing = on_roll.exclude(pk__in=told).count()
