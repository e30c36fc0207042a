"""A School Census return of one establishment: finding whose it is, and bringing it in (formats page 4.1)."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from sharing.days import day_in_words
from sharing.imports import same_day
from sharing.imports.census_reader import PUPILS, CensusHeader, read_header, read_pupils
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.problems import ProblemLog, known_as, refused
from sharing.imports.pupil_parts import Covers
from sharing.imports.pupil_store import Changes, PupilStore
from sharing.imports.rolls import far_fewer
from sharing.imports.to_look_at import names_on_record
from sharing.models import Attendance, Establishment, FreeMealsPeriod, Import, Suspension, Term
from sharing.returns import CENSUS, is_reference_day, not_the_senders
from sharing.school_year import census_days, term_counted_at

# The days of each term whose suspensions a census reports: those of the term it counts.
_DAYS_OF: Final = {Term.AUTUMN: ((9, 1), (12, 31)), Term.SPRING: ((1, 1), (3, 31)), Term.SUMMER: ((4, 1), (8, 31))}


def bring_in(path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome:
    """Bring one establishment's pupils in line with the return (see `kinds.BringIn`). A second run changes nothing."""
    header = read_header(path)
    establishment = _establishment(header, urn)
    title = f"{header.source}: {establishment.name}"
    log = ProblemLog()
    with known_as(title):
        _refuse_if_older(establishment, header)
        store = PupilStore(
            {header.dfe_number: establishment.pk},
            source=header.source,
            as_of=header.reference_date,
            is_of_a_school=urn is not None,
            covers=covers_of(header.reference_date),
        )
        store.stage(read_pupils(path, header, lambda percent: progress(percent * 3 // 4)), log)
        progress(75)
        changes = store.compare()
        to_look_at, on_record = store.to_look_at(), names_on_record()
        progress(85)
        if apply:
            store.apply()
    before = same_day.applied(header.reference_date, [establishment.urn])
    return Outcome(
        as_of=header.reference_date,
        title=title,
        changes=changes.in_words(),
        by_establishment={establishment.urn: changes.in_words()},
        notes=[
            *of_no_census_day(header.reference_date),
            *same_day.of_a_return(before, path),
            *far_fewer(changes.rolls, {establishment.pk: establishment.name}),
            *_notes(changes),
        ],
        queries=log.queries(),
        to_look_at=to_look_at,
        on_record=on_record,
        who=f"{changes.who} {same_day.newest(before)}",
    )


KIND: Final = Kind(
    slug="census",
    name="School Census",
    endings=(".xml",),
    hint="The return that your MIS exports for COLLECT, each term.",
    for_schools=True,
    bring_in=bring_in,
    rows=PUPILS,
)


def covers_of(reference_date: date) -> Covers:
    """What the return covers in full: sessions and suspensions of the term counted; free meals that reach into it."""
    year, term = term_counted_at(reference_date)
    first, last = (date(year + (term != Term.AUTUMN), *day) for day in _DAYS_OF[term])
    return {
        Attendance: {"academic_year": year, "term": term, "dfe_number": ""},
        Suspension: {"starts_on": (first, last)},
        FreeMealsPeriod: {"ends_on": (first, None)},
    }


def of_no_census_day(day: date) -> Iterator[str]:
    """A note if there is no School Census on that day, as in a trial export: the right return would count as older."""
    if not is_reference_day(CENSUS, day):
        right = min(census_days(day.year), key=lambda one: abs(one - day))
        yield (
            f"There is no School Census of {day_in_words(day)}. The nearest is of {day_in_words(right)}. If the "
            "reference date is wrong, discard this file. Once applied, it counts as newer than a return of any earlier "
            "day."
        )


def _notes(changes: Changes) -> list[str]:
    notes = [*changes.columns_in_words(), f"Pupils whose record is already the same: {changes['unchanged']}."]
    if older := changes["older"]:
        notes.append(f"Pupils known from a newer source, whose records stay as they are: {older}.")
    if missing := changes["missing"]:
        notes.append(
            f"Pupils on roll here who are not in the file: {missing}. They stay until a leaving date comes. "
            "Data quality lists those whose record is older than this return."
        )
    return notes


def _establishment(header: CensusHeader, urn: int | None) -> Establishment:
    """The establishment whose return it is: by LA, number and, where the return names one, URN.

    Raises ImportRefused if the return is not of the community, if number and URN name two establishments, if the day is
    in the future, or if `urn` is given (the establishment the sender may speak for) and the return is another's.
    """
    day = header.reference_date
    dfe_number = f"{header.la:03}/{header.establishment_number:04}"
    if day > timezone.localdate():
        raise refused("ReferenceDate", "The day is still to come. Check the date.", f"{day:%d/%m/%Y}")
    if header.la != settings.AUTHORITY_CODE:
        cure = (
            f"This return is from {dfe_number}, in another authority. Only returns from {settings.AUTHORITY_CODE} "
            "belong here."
        )
        raise refused("LEA", cure, str(header.la))
    with_number = Establishment.objects.of_the_community().filter(establishment_number=header.establishment_number)
    open_then = with_number.exclude(open_date__gt=day).not_closed_on(day)
    if not open_then:
        cure = (
            f"No establishment of the community open on {day:%d/%m/%Y} has the number {dfe_number}. Check the number."
        )
        raise refused("Estab", cure, str(header.establishment_number))
    found = open_then.filter(urn=header.urn) if header.urn else open_then
    if len(found) != 1:
        cure = f"{dfe_number} is not the number of this URN here. Correct the URN in your MIS and export again."
        raise refused("URN", cure, str(header.urn or ""))
    if urn and found[0].urn != urn:
        raise refused("Estab", not_the_senders(found[0], urn, dfe_number), str(header.establishment_number))
    return found[0]


def _refuse_if_older(establishment: Establishment, header: CensusHeader) -> None:
    applied = Import.objects.filter(kind="census", establishment=establishment, state=Import.State.APPLIED)
    if newest := applied.filter(as_of__gt=header.reference_date).order_by("-as_of").first():
        cure = (
            f"A newer return, of {newest.as_of:%d/%m/%Y}, has been imported. An older one would undo it. "
            "Choose the file of the newest census."
        )
        raise refused("ReferenceDate", cure, f"{header.reference_date:%d/%m/%Y}")
