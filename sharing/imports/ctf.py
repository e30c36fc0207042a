"""Bringing in a Common Transfer File: for children who are here, or whose coming is agreed (R7; formats page 3).

The file fills in what the receiving establishment does not know, and replaces what it knows from an older source. It
makes no record and no enrolment, and the receiving establishment keeps its own year group and attendance. Where the
terms of a year came with the record of an accepted transfer, they stay, and the file's count of that year is left out.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from sharing.codes import nc_year_after
from sharing.crypto import blind_index
from sharing.ctf import VERSIONS
from sharing.dates import covers
from sharing.imports.ctf_reader import PUPILS, CtfHeader, read_header, read_pupils
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.problems import Problem, ProblemLog, mask_upn, refused
from sharing.imports.pupil_csv import establishments_by_number
from sharing.imports.pupil_store import PupilStore
from sharing.imports.staging import run
from sharing.imports.to_look_at import names_on_record
from sharing.imports.told import ToldPupil
from sharing.models import Attendance, Child, Enrolment, Establishment, Pupil, Result, Term, Transfer
from sharing.models.plain import Plain, plainly
from sharing.school_year import academic_year, counts_second_half, in_words

_MOST_CHILDREN: Final = 5000
_TERMS: Final = frozenset({Term.AUTUMN, Term.SPRING, Term.SUMMER})
_SOURCE: Final = "CTF from "  # how the source begins for anything taken from a CTF
_NOTHING_REMOVED: Final = {"academic_year": (1, 0)}
_NOT_EXPECTED: Final = (
    "This child is not on roll here, and no transfer to you is agreed. If one waits for your answer under Transfers, "
    "accept it first. If none does, ask the school the child comes from, or Admissions, to arrange the transfer. If "
    "the child does not come to you, ask for a file without the child."
)
_ANOTHER_CHILD: Final = (
    "The record here with this UPN has another surname and date of birth. Ask the other school whose UPN this is."
)
_OTHER_SENDER: Final = "The transfer and the file say that this child comes from different schools. Check the sender."
_ANOTHER_SUM: Final = (
    "The file and the terms here count different sessions in this year. The terms come from {source}, and stay. Ask "
    "the other school which count is right."
)


def bring_in(path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome:
    """See sharing.imports.kinds.BringIn."""
    header = read_header(path)
    here = _receiver(header, urn)
    log = ProblemLog()
    children = _read(path, log)
    progress(30)
    known = _records_here(here, children)
    plain = plainly(child.record[name] for child in children for name in ("surname", "forename"))
    older, left_out = 0, _LeftOut()
    for child in children:
        record = _record_of(child, known, plain)
        _check(child, record, plain, header, log)
        child.urn = here.urn
        if record:
            _keep_what_is_the_receivers(child, record, here, header.written_on, left_out)
            _keep_the_terms(child, record, log, left_out)
            if record.pupil.as_of > header.written_on:
                older += 1
                _keep_what_is_known(child, record)
    log.refuse_if_fatal()
    progress(50)
    store = _FillingStore(
        {here.urn: here.pk},
        source=f"{_SOURCE}{header.source_name or _in_words(header.source)}"[:100],
        as_of=header.written_on,
        is_of_a_school=True,
        adds_pupils=False,
        covers={Attendance: _NOTHING_REMOVED, Result: _NOTHING_REMOVED},
    )
    store.stage(children, log)
    changes = store.compare()
    changed = changes.in_words()
    everybody = [("Children in the file", [child.row for child in children])] if changed else []
    to_look_at, on_record = everybody + store.to_look_at(), names_on_record()
    progress(80)
    if apply:
        store.apply()
    progress(100)
    notes = [f"Children in the file: {len(children)}.", *changes.columns_in_words(), *left_out.in_words()]
    if header.is_newer:
        notes.append(
            f"The file is of CTF version {header.version}, and the newest one known here is {VERSIONS[-1]}. Parts "
            "that are new in it are left out. Compare one child with your own system before you apply it."
        )
    if older:
        notes.append(
            f"{older} of them are known here from a newer source: the file only fills what was not known, except in "
            "attendance and results."
        )
    return Outcome(
        as_of=header.written_on,
        title=f"Common Transfer File from {_in_words(header.source)} for {here.name}",
        changes=changed,
        by_establishment={here.urn: changed},
        notes=notes,
        queries=log.queries(),
        who=changes.who,
        to_look_at=to_look_at,
        on_record=on_record,
    )


KIND: Final = Kind(
    slug="ctf",
    name="Common Transfer File",
    endings=(".xml",),
    hint="The file about children who come to you, made by the MIS of their school before (CTF 19 or newer).",
    for_schools=True,
    bring_in=bring_in,
    rows=PUPILS,
)


class _FillingStore(PupilStore):
    """A store where the file only fills gaps for a child known from a newer source, so such a child is not "older"."""

    def _match_records(self) -> None:
        super()._match_records()
        run("UPDATE told_record SET is_older = false WHERE NOT is_whole")


@dataclass
class _LeftOut:
    """What the file contains and the record does not take, so that whoever brings it in can be told."""

    own_counts: int = 0
    own_results: int = 0
    years: Counter[str] = field(default_factory=Counter)  # by the source of the terms that are kept

    def in_words(self) -> Iterator[str]:
        if self.own_counts:
            yield f"Counts of attendance here that were left out, as this school keeps its own: {self.own_counts}."
        if self.own_results:
            yield f"Results that were left out, as this school has recorded its own: {self.own_results}."
        if self.years:
            yield (
                f"Counts of a whole year that were left out, as the terms are here already: {self.years.total()}. "
                f"The terms come from: {', '.join(sorted(self.years))}."
            )


@dataclass(frozen=True)
class _Here:
    """A record at the receiving establishment. `comes_from`: DfE number of the school that an agreed transfer names.

    `surname`: in the form in which it is compared. `year_known_on`: the day of which the record says the year group.
    """

    pupil: Pupil
    surname: str
    is_on_roll: bool
    is_coming: bool
    comes_from: str
    year_known_on: date


def _receiver(header: CtfHeader, urn: int | None) -> Establishment:
    """The establishment the file is for. Raises ImportRefused if it is for another, or if nobody says."""
    if header.written_on > timezone.localdate():
        raise refused("DateTime", "The file says it was made on a day that is still to come. Ask for it again.")
    if urn is None and not header.destination:
        cure = "The file does not say for which school it is. Let that school bring it in, on its own page."
        raise refused("DestSchool", cure)
    if urn is None:
        known = establishments_by_number(None).get(header.destination)
        if known is None:
            cure = "No school of this community has that number today. Ask the sender whom the file is for."
            raise refused("DestSchool", cure, header.destination)
        return Establishment.objects.get(pk=known)
    here = Establishment.objects.get(urn=urn)
    if header.destination and header.destination != here.dfe_number:
        cure = f"The file is for another school, not for {here.name}. Ask the sender to address it to you."
        raise refused("DestSchool", cure, header.destination)
    return here


def _in_words(dfe_number: str) -> str:
    """The sender by number: the name in the file could be any text, and the title is kept with the import."""
    return f"school {dfe_number[:3]}/{dfe_number[3:]}" if dfe_number else "another school"


def _read(path: Path, log: ProblemLog) -> list[ToldPupil]:
    children = []
    for found in read_pupils(path):
        if isinstance(found, Problem):
            log.add(found)
        else:
            children.append(found)
        if len(children) > _MOST_CHILDREN:
            cure = f"The file holds more than {_MOST_CHILDREN:,} children. Ask for one file for each year group."
            raise refused("CTFpupilData", cure)
    return children


def _records_here(here: Establishment, children: list[ToldPupil]) -> Mapping[str, _Here]:
    """The record here of each child, by UPN index, whichever of their UPNs the file gives. A child who came without a
    UPN is found by name and date of birth.
    """
    today = timezone.localdate()
    indexes = {blind_index(upn) for child in children for upn in (child.upn, child.former_upn) if upn}
    identities = {
        index: same_as or pk
        for index, pk, same_as in Child.objects.filter(upn_index__in=indexes).values_list(
            "upn_index", "pk", "same_as_id"
        )
    }
    own = Result.objects.filter(dfe_number="").exclude(source__startswith=_SOURCE)  # a newer file corrects an older one
    on_roll = Enrolment.objects.filter(covers(today), pupil=OuterRef("pk"), cancelled_at=None)
    pupils = list(
        Pupil.objects.of(here.pk)
        .filter(Q(child_id__in=identities.values()) | Q(upn_index__in=indexes) | Q(upn=None))
        .annotate(is_on_roll=Exists(on_roll), plain_surname=Plain("surname"), plain_forename=Plain("forename"))
        .prefetch_related("needs", "senneed_rows", "freemealsperiod_rows", "homeaddress_rows", "contact_rows")
        .prefetch_related(Prefetch("result_rows", own))
        .prefetch_related(Prefetch("attendance_rows", Attendance.objects.filter(term__gt=0, sessions_possible__gt=0)))
    )
    coming = {
        transfer.pupil_id: transfer
        for transfer in Transfer.objects.filter(
            pupil__in=pupils, agreed_on__lte=today, lapses_on__gte=today, cancelled_at=None, declined_at=None
        ).select_related("from_establishment")
    }
    accepted = Transfer.objects.accepted_from_outside(pupils)
    found: dict[str, _Here] = {}
    by_identity: dict[UUID, _Here] = {}
    for pupil in pupils:
        transfer = coming.get(pupil.pk)
        sender = transfer.from_establishment if transfer else None
        record = _Here(
            pupil,
            pupil.plain_surname,
            pupil.is_on_roll,
            transfer is not None,
            sender.dfe_number if sender is not None else "",
            max(pupil.as_of, accepted.get(pupil.pk, date.min)),
        )
        named = _named(pupil.plain_surname, pupil.plain_forename, pupil.born_on)
        found[pupil.upn_index if pupil.upn else named] = record
        by_identity[pupil.child_id] = record
    return found | {index: by_identity[identity] for index, identity in identities.items() if identity in by_identity}


def _named(surname: str, forename: str, born_on: date) -> str:
    return f"{surname} {forename} {born_on}"


def _record_of(child: ToldPupil, known: Mapping[str, _Here], plain: Mapping[str, str]) -> _Here | None:
    told = child.record
    keys = [blind_index(upn) for upn in (child.upn, child.former_upn) if upn]
    keys.append(_named(plain[told["surname"]], plain[told["forename"]], told["born_on"]))
    return next((known[key] for key in keys if key in known), None)


def _check(
    child: ToldPupil, record: _Here | None, plain: Mapping[str, str], header: CtfHeader, log: ProblemLog
) -> None:
    shown = mask_upn(child.upn)
    if record is None or not (record.is_on_roll or record.is_coming):
        log.add(Problem(child.row, "UPN", shown, _NOT_EXPECTED))
        return
    if record.pupil.born_on != child.record["born_on"] and record.surname != plain[child.record["surname"]]:
        log.add(Problem(child.row, "UPN", shown, _ANOTHER_CHILD))
    if record.comes_from and header.source and record.comes_from != header.source:
        log.add(Problem(child.row, "SourceSchool", header.source, _OTHER_SENDER, fatal=False))


def _keep_what_is_the_receivers(
    child: ToldPupil, record: _Here, here: Establishment, written_on: date, left_out: _LeftOut
) -> None:
    """Keep the year group the receiver has set, its own counts of attendance, and the results it has recorded itself.

    From now on the record counts as of the file's day, so the year group is moved to the file's school year. Otherwise
    a child recorded in Year 6 in May would, after a file of September, seem to have been in Year 5 in May.
    """
    pupil = record.pupil
    if pupil.year_group:
        since = academic_year(written_on) - academic_year(record.year_known_on)
        child.record["year_group"] = nc_year_after(pupil.year_group, since)
    if Attendance in child.parts:
        told = child.parts[Attendance]
        child.parts[Attendance] = [row for row in told if row["dfe_number"] != here.dfe_number]
        left_out.own_counts += len(told) - len(child.parts[Attendance])
    if Result in child.parts:
        key = ("stage", "academic_year", "subject", "component")
        own = {tuple(getattr(row, name) for name in key) for row in record.pupil.result_rows.all()}
        told = child.parts[Result]
        child.parts[Result] = [row for row in told if tuple(row[name] for name in key) not in own]
        left_out.own_results += len(told) - len(child.parts[Result])


def _keep_the_terms(child: ToldPupil, record: _Here, log: ProblemLog, left_out: _LeftOut) -> None:
    """Leave out a count of a whole year where that school's terms are here: the sessions would be counted twice.

    A query is added only where the totals cannot both be right. The file may rightly count more where the summer term
    is not here in full: before the autumn census, and of a child who was 15 when the year began.
    """
    terms: dict[tuple[int, str], list[Attendance]] = defaultdict(list)
    for row in record.pupil.attendance_rows.all():
        terms[row.academic_year, row.dfe_number].append(row)
    kept = []
    for told in child.parts.get(Attendance, []):
        counted = terms.get((told["academic_year"], told["dfe_number"]))
        if counted is None:
            kept.append(told)
            continue
        source = counted[0].source or "this record"
        left_out.years[source] += 1
        summer = (told["academic_year"], Term.SUMMER)
        are_all = {row.term for row in counted} == _TERMS and counts_second_half(summer, record.pupil.born_on)
        sums = {
            name: sum(getattr(row, name) or 0 for row in counted) for name in ("sessions_possible", "sessions_absent")
        }
        if any(
            told[name] is not None and (told[name] < here or (are_all and told[name] > here))
            for name, here in sums.items()
        ):
            cure = _ANOTHER_SUM.format(source=source)
            log.add(Problem(child.row, "Attendance", in_words(told["academic_year"]), cure, fatal=False))
    if Attendance in child.parts:
        child.parts[Attendance] = kept


def _keep_what_is_known(child: ToldPupil, record: _Here) -> None:
    """Where the record is newer, take only columns that are empty here, and tables in which it has no rows.

    A child without a UPN is found by name and date of birth (same_child), so those stay in the row.
    """
    pupil = record.pupil
    stays = () if pupil.upn else ("surname", "forename", "born_on")
    child.record = {
        name: value for name, value in child.record.items() if getattr(pupil, name) in ("", None) or name in stays
    }
    standing: Any
    for standing in [part for part in child.parts if part not in (Attendance, Result)]:
        name = standing._meta.model_name
        has_some = hasattr(pupil, "needs") if name == "pupilneeds" else bool(getattr(pupil, f"{name}_rows").all())
        if has_some:
            del child.parts[standing]
