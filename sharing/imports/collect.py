"""The COLLECT export of a School Census: every school's pupils in one file, from the council's data team (formats 4.2).

All or nothing. Each return must be of an establishment of the community that was open on the reference date. Importing
the same export twice changes nothing, and an older export leaves newer records as they are.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from sharing.codes import TERM
from sharing.imports import same_day
from sharing.imports.census import covers_of, of_no_census_day
from sharing.imports.collect_reader import Export, Return, open_export
from sharing.imports.collect_tables import RETURNS, place
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.problems import Problem, ProblemLog, named, refused
from sharing.imports.pupil_store import Changes, PupilStore
from sharing.imports.rolls import far_fewer
from sharing.imports.told import OF_A_RETURN, ToldPupil
from sharing.models import Establishment
from sharing.returns import are_expected_of

_STAGED: Final = 80  # per cent of the work, roughly, done once every pupil is staged


def bring_in(path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome:
    """See BringIn. An export speaks for the whole authority, so it is refused from a single establishment."""
    if urn is not None:
        raise refused("", "The COLLECT export is for the whole authority. Send your own School Census return instead.")
    log = ProblemLog()
    with open_export(path) as export:
        term, year, day = TERM[export.term], export.year, export.reference_date
        _refuse_what_is_to_come(day)
        establishments = _establishments(export)
        store = PupilStore(
            {number: school.pk for number, school in establishments.items()},
            source=f"{OF_A_RETURN}{term.lower()} {year}",
            as_of=day,
            is_of_a_school=False,
            covers=covers_of(day),
        )
        store.stage(_with_progress(export, progress), log)
        unread = export.unread
    changes = store.compare()
    if apply:
        store.apply()
    before = same_day.applied(day, [school.urn for school in establishments.values()])
    names = {school.pk: school.name for school in establishments.values()}
    to_look_at = [
        *of_no_census_day(day),
        *same_day.of_an_export(before, path, names),
        *far_fewer(changes.rolls, names),
        *_not_in_it(names, day),
    ]
    return Outcome(
        as_of=day,
        title=f"School Census of {len(establishments)} establishments, {term.lower()} {year} (COLLECT)",
        changes=changes.in_words(),
        by_establishment={school.urn: changes.in_words(school.pk) for school in establishments.values()},
        notes=[*to_look_at, *_notes(changes, unread)],
        queries=log.queries(),
        who=f"{changes.who} {same_day.newest(before)}",
    )


def _refuse_what_is_to_come(day: date) -> None:
    if day > timezone.localdate():
        cure = "The day is still to come. Check the date."
        raise refused(place(RETURNS.name, "referencedate"), cure, f"{day:%d/%m/%Y}")


def _with_progress(export: Export, progress: Callable[[int], None]) -> Iterator[ToldPupil | Problem]:
    told = 0
    for found in export.pupils():
        yield found
        if isinstance(found, ToldPupil):
            told += 1
            if told % 1000 == 0:
                progress(min(_STAGED, told * _STAGED // export.rows))
    progress(_STAGED)


def _establishments(export: Export) -> dict[str, Establishment]:
    """The establishments by DfE number. Raises ImportRefused, naming each return that does not belong here."""
    by_number: dict[int, list[Establishment]] = {}
    numbered = Establishment.objects.of_the_community().exclude(establishment_number=None)
    for school in numbered.not_closed_on(export.reference_date):
        by_number.setdefault(school.establishment_number or 0, []).append(school)
    log, found = ProblemLog(), dict[str, Establishment]()
    for returned in export.returns.values():
        if (its := _establishment(returned, export.reference_date, by_number, log)) is not None:
            found[returned.dfe_number] = its
    log.refuse_if_fatal()
    return found


def _establishment(
    returned: Return, day: date, by_number: Mapping[int, list[Establishment]], log: ProblemLog
) -> Establishment | None:
    """The establishment of the community open on that day. An academy has its predecessor's number and a new URN."""
    number = f"{returned.la:03}/{returned.establishment_number:04}"
    if returned.la != settings.AUTHORITY_CODE:
        cure = (
            f"This return is from another authority. Only returns from {settings.AUTHORITY_CODE} belong here. "
            "Take it out."
        )
        log.add(Problem(returned.row, place(RETURNS.name, "lea"), number, cure))
        return None
    open_then = [
        school
        for school in by_number.get(returned.establishment_number, [])
        if (school.open_date or day) <= day <= (school.close_date or day)
    ]
    if not open_then:
        cure = f"No establishment of the community open on {day:%d/%m/%Y} has this number. Correct it, or take it out."
        log.add(Problem(returned.row, place(RETURNS.name, "estab"), number, cure))
        return None
    found = [school for school in open_then if school.urn == returned.urn] if returned.urn else open_then
    if len(found) != 1:
        cure = f"{number} is not the number of this URN here. Correct the URN in the table, or ask for GIAS to be read."
        log.add(Problem(returned.row, place(RETURNS.name, "urn"), str(returned.urn or ""), cure))
        return None
    return found[0]


def _not_in_it(told: Collection[int], day: date) -> Iterator[str]:
    """A note naming establishments that take part and should have a return for that day, but are not among the keys
    `told`. No note if the export covers one school only: that school sees it among its own imports.
    """
    if len(told) == 1:
        return
    others = Establishment.objects.participating(timezone.localdate()).exclude(pk__in=told).by_name()
    if missing := [school.name for school in others if are_expected_of(school, day)]:
        yield f"The export has no return from these: {named(missing)}."


def _notes(changes: Changes, unread: tuple[str, ...]) -> list[str]:
    notes = changes.columns_in_words()
    if number := changes["unchanged"]:
        notes.append(f"Pupils whose record is already the same: {number:,}.")
    if number := changes["older"]:
        notes.append(f"Pupils known from a newer source, whose records stay as they are: {number:,}.")
    if number := changes["missing"]:
        notes.append(
            f"Pupils on roll here who are not in the export: {number:,}. They stay until a leaving date comes. "
            "Data quality of each school lists those whose record is older than this return."
        )
    if unread:
        notes.append(f"Not read, because nothing in there is kept here: {named(unread)}.")
    return notes


KIND = Kind(
    slug="collect",
    name="School Census of all schools (COLLECT export)",
    endings=(".zip", ".csv"),
    hint="What the council exports from COLLECT: one CSV for each table of the census, together or in a zip.",
    for_schools=False,
    bring_in=bring_in,
)
