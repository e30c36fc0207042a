"""What a Common Transfer File says of a record, as PostgreSQL shows it to the asker: in the terms of the reader."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db.models import Prefetch

from sharing.codes import UNAUTHORISED_ABSENCE, nc_year_after
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Contact,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    PupilNeeds,
    Result,
    SenNeed,
    Term,
    Transfer,
)
from sharing.school_year import academic_year

_RECORD: Final = (
    "uln",
    "surname",
    "forename",
    "born_on",
    "sex",
    "middle_names",
    "preferred_surname",
    "year_group",
    "ethnicity",
    "language",
    "service_child",
)
_PARTS: Final[dict[Any, tuple[str, tuple[str, ...]]]] = {
    SenNeed: ("rank", ("rank", "need")),
    FreeMealsPeriod: ("starts_on", ("starts_on", "ends_on", "country")),
    Result: ("academic_year", ("stage", "academic_year", "subject", "component", "result", "status")),
    HomeAddress: ("pk", ("address",)),
    Contact: (
        "order",
        ("order", "relationship", "has_responsibility", "name", "address", "telephones", "email"),
    ),
}
_SESSIONS: Final = ("sessions_possible", "sessions_absent", "sessions_unauthorised")


def told_of(pupils: Iterable[Pupil], today: date) -> list[ToldPupil]:
    """The children in the order given, in one query for each kind of facts."""
    found = Pupil.objects.filter(pk__in=[pupil.pk for pupil in pupils]).prefetch_related(
        Prefetch("enrolments", Enrolment.objects.filter(cancelled_at=None).order_by("starts_on")),
        Prefetch("attendance_rows", Attendance.objects.counted_once().order_by("academic_year", "term")),
        Prefetch("needs", PupilNeeds.objects.all()),
        *[
            Prefetch(f"{part._meta.model_name}_rows", part.objects.order_by(order))
            for part, (order, _) in _PARTS.items()
        ],
    )
    by_key = {pupil.pk: pupil for pupil in found}
    accepted = Transfer.objects.accepted_from_outside(found)
    return [
        _told(row, by_key[pupil.pk], accepted.get(pupil.pk, date.min), today)
        for row, pupil in enumerate(pupils, start=1)
    ]


def _told(row: int, pupil: Pupil, accepted_on: date, today: date) -> ToldPupil:
    parts: dict[Any, list[dict[str, Any]]] = {
        part: [
            {name: getattr(one, name) for name in names}
            for one in getattr(pupil, f"{part._meta.model_name}_rows").all()
        ]
        for part, (_, names) in _PARTS.items()
    }
    parts[Attendance] = _by_year(list(pupil.attendance_rows.all()))
    parts[Enrolment] = [
        {"starts_on": one.starts_on, "ends_on": one.ends_on, "leaving_reason": one.leaving_reason}
        for one in pupil.enrolments.all()
    ]
    if hasattr(pupil, "needs") and pupil.needs.sen_provision:
        parts[PupilNeeds] = [{"sen_provision": pupil.needs.sen_provision}]
    known_on = max(pupil.as_of, accepted_on)
    record = {name: getattr(pupil, name) for name in _RECORD} | {"year_group": _year_group(pupil, known_on, today)}
    return ToldPupil(row, str(pupil.upn), str(pupil.former_upn), record=record, parts=parts)


def _year_group(pupil: Pupil, known_on: date, today: date) -> str:
    """The one of today, for a record may be of an older school year; of who has left, the one of the last day."""
    last_day = max((stay.ends_on or today for stay in pupil.enrolments.all()), default=today)
    return nc_year_after(pupil.year_group, academic_year(min(today, last_day)) - academic_year(known_on))


def _by_year(counts: list[Attendance]) -> list[dict[str, Any]]:
    """One entry for each year and school: its terms added up, or the whole-year count where that replaces them."""
    years: dict[tuple[int, str], list[Attendance]] = {}
    for count in counts:
        years.setdefault((count.academic_year, count.dfe_number), []).append(count)
    told = []
    for (year, number), rows in years.items():
        sums = {
            name: None if None in (values := [_sessions(row, name) for row in rows]) else sum(filter(None, values))
            for name in _SESSIONS
        }
        told.append({"academic_year": year, "term": Term.YEAR, "dfe_number": number} | sums)
    return told


def _sessions(count: Attendance, name: str) -> int | None:
    """The number as stored; if unauthorised absence is missing, it is added up from the reasons, if known."""
    stored: int | None = getattr(count, name)
    if stored is None and name == "sessions_unauthorised" and count.by_code:
        return sum(number for code, number in count.by_code.items() if code in UNAUTHORISED_ABSENCE)
    return stored
