"""Bringing in files (R22): what was brought in, the stages of one import, and the steps that people take in it.

`urn` is the establishment whose file it is; None is the whole authority, for officers who keep the records of all.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from sharing.authorise import Asker, NoSuchRecord, NotAtYourLevel, Permission, Through, Visit, the_one, visit
from sharing.cannot import check_unchanged, version_of
from sharing.door.paging import page_of
from sharing.files.csv_cells import cell
from sharing.imports import people, pieces
from sharing.imports.kinds import Kind
from sharing.imports.registry import KINDS, name_of
from sharing.imports.running import LOOK_AGAIN, last_day
from sharing.imports.uploads import Upload
from sharing.models import Establishment, Import, ImportPerson
from sharing.records import Why
from sharing.records.imports import (
    EstablishmentChanges,
    ImportLine,
    ImportList,
    ImportPage,
    ImportReport,
    KindChoice,
    PeopleBehind,
    PeopleChanged,
    PersonBehind,
    ProblemRecord,
)
from sharing.statements import value_of

COLUMNS = ("Row", "Field", "What the file says", "Error or query", "What to do")
# The states that the list shows on their own: after an evening of 227 files, those that wait and those refused.
SHOWN_ALONE = {
    Import.State.READY.value: "To look at",
    Import.State.REFUSED.value: "Refused",
    Import.State.APPLIED.value: "Applied",
}
NAMED = {Import.State.READY, Import.State.REFUSED}  # the states in which names behind the rows are kept
WHOLE_AUTHORITY = "Files for the whole authority need a recorded duty for the whole community, and you have none today."


class AlreadyHere(Exception):
    """The same file is already being brought in. `import_id` is None while it is still arriving."""

    def __init__(self, import_id: int | None) -> None:
        super().__init__()
        self.import_id = import_id


class NotAnyMore(Exception):
    """The import is no longer waiting for this: somebody else has settled it, or the worker has it."""


def list_imports(asker: Asker, urn: int | None, *, state: str = "", number: int = 1) -> ImportList:
    """What was brought in at the establishment or, for the whole authority, also at each one; newest first.

    `state`: one of SHOWN_ALONE, or empty for all.
    """
    with _visit(asker, urn, "list_imports") as here:
        found = _of(here, urn).defer("report", "problems").select_related("establishment").order_by("-at", "-pk")
        found = found.filter(state=state) if state in SHOWN_ALONE else found
        page = page_of(found, number, _line)
        here.showed(imports=len(page.rows), of=page.total)
        kinds = tuple(
            KindChoice(kind.slug, kind.name, kind.hint, kind.endings) for kind in _kinds(asker.through).values()
        )
        return ImportList(here.here if urn else None, page, kinds, settings.LARGEST_IMPORT, _why(here))


def show_import(asker: Asker, urn: int | None, import_id: int) -> ImportPage:
    """One import: how far it is, what was found, and what it would change or has changed."""
    with _visit(asker, urn, "show_import") as here:
        row = _one(here, urn, import_id)
        here.showed(imports=[row.pk])
        return _page(here, urn, row)


def show_progress(asker: Asker, urn: int | None, import_id: int) -> ImportLine:
    """How far an import is, for the script on its page. Raises NoSuchRecord."""
    with _visit(asker, urn, "show_progress") as here:
        row = _one(here, urn, import_id)
        here.showed(imports=[row.pk])
        return _line(row)


def download_problems(asker: Asker, urn: int | None, import_id: int) -> ImportReport:
    """The errors and queries of a file, as CSV, errors first."""
    with _visit(asker, urn, "download_problems") as here:
        row = _one(here, urn, import_id)
        page = _page(here, urn, row)
        here.showed(imports=[row.pk], problems=len(page.problems))
        text = io.StringIO(newline="")
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        for problem in (*page.errors, *page.queries):
            gravity = "Error" if problem.fatal else "Query"
            facts = ("" if problem.row is None else problem.row, problem.field, problem.value, gravity, problem.cure)
            rows.writerow([cell(fact) for fact in facts])
        return ImportReport(f"import-{row.pk}-report.csv", text.getvalue())


def list_people_behind(asker: Asker, urn: int | None, import_id: int) -> PeopleBehind:
    """Whom a file changes, and whom its problems are about. Raises NoSuchRecord for anybody but who brought it."""
    with _visit(asker, urn, "list_people_behind") as here:
        row = _one(here, urn, import_id)
        until = _named_until(here, row)
        names = people.kept(row) if _is_theirs(here, row) else {}
        if not (until and names):
            raise NoSuchRecord
        fields: dict[int, list[str]] = {}
        for problem in row.problems:
            for number in {problem["row"], problem.get("also")} & names.keys():
                fields.setdefault(number, []).append(problem["field"])
        here.showed(imports=[row.pk], people=len(names))
        return PeopleBehind(
            here.here if urn else None,
            _line(row),
            tuple(
                PeopleChanged(words, tuple(_behind(names[number]) for number in rows if number in names))
                for words, rows in row.report.get("to_look_at", [])
            ),
            tuple(
                replace(_behind(names[number]), fields=tuple(dict.fromkeys(of)))
                for number, of in sorted(fields.items())
            ),
            until,
            _why(here),
        )


def _behind(person: ImportPerson) -> PersonBehind:
    return PersonBehind(person.row, str(person.name), str(person.on_record or ""))


def _named_until(here: Visit, row: Import) -> date | None:
    """The last day on which names behind the file's rows are kept, if it is not over.

    Nobody reads them after it, also where no night has forgotten them yet (R13).
    """
    until = last_day(row.finished_at) if row.finished_at else None
    return until if until and until >= here.today else None


def _is_theirs(here: Visit, row: Import) -> bool:
    """Whether the asker brought the file, and sees the people of its establishment, or of all of them."""
    of = {row.establishment_id} if row.establishment_id else here.holdings.at(Permission.VIEW_ESTABLISHMENT)
    seen = here.holdings.at(Permission.VIEW_PUPILS) & here.holdings.at(Permission.VIEW_STAFF)
    return row.by_person_id == here.asker.person_id and of <= seen


def _somebody_elses(here: Visit, row: Import) -> bool:
    """Whether another person brought the file, and names behind its rows are kept for them."""
    is_another = row.by_person_id not in (None, here.asker.person_id)
    return is_another and row.state in NAMED and _speaks_of_rows(row)


def _speaks_of_rows(row: Import) -> bool:
    return bool(row.report.get("to_look_at")) or any(problem["row"] for problem in row.problems)


def upload_import(asker: Asker, urn: int | None, *, kind: str, upload: Upload) -> int:
    """Store a file to be checked, as a kind that the asker's site accepts. Returns the import's id.

    Raises AlreadyHere where the same file is on its way: a double click, or a colleague's.
    """
    with _visit(asker, urn, "upload_import") as here:
        if kind not in _kinds(asker.through):
            raise NoSuchRecord
        same = Import.objects.filter(establishment=here.establishment if urn else None)
        same = same.filter(kind=kind, file_hash=upload.hash, state__in=Import.UNSETTLED)
        arrives_elsewhere = not _is_first(f"{kind} {urn} {upload.hash}")
        known = same.values_list("pk", flat=True).first()
        if arrives_elsewhere or known:
            here.showed(already_here=known)
        else:
            row = Import.objects.create(
                kind=kind,
                state=Import.State.UPLOADED,
                file_name=upload.name,
                file_hash=upload.hash,
                file_size=upload.size,
                establishment=here.establishment if urn else None,
                by=asker.name,
                by_person_id=asker.person_id,
            )
            pieces.keep(row.pk, upload.pieces())
            here.changed(imports=[row.pk], kind=kind, file=upload.hash, bytes=upload.size)
            return row.pk
    raise AlreadyHere(known)


def _is_first(mark: str) -> bool:
    """Whether nobody else is storing the same file at this moment. It does not wait, as a file may have 200 MB."""
    return bool(value_of("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", f"upload {mark}"))


def settle_import(asker: Asker, urn: int | None, import_id: int, *, apply: bool, version: str | None = None) -> None:
    """Decide about a file that was checked: apply it, or discard it and change nothing. Raises NotAnyMore.

    `version`: of the page that showed what it would do. Raises ChangedMeanwhile where it has been checked again since.
    """
    state, before = (
        (Import.State.TO_APPLY, [Import.State.READY])
        if apply
        else (Import.State.DISCARDED, [Import.State.UPLOADED, Import.State.CHECKING, Import.State.READY])
    )
    with _visit(asker, urn, "settle_import") as here:
        row = _one(here, urn, import_id)
        if apply:
            check_unchanged(version, row.finished_at, message=LOOK_AGAIN)
        facts: dict[str, Any] = {"state": state, "settled_by": asker.name, "finished_at": timezone.now()}
        waiting = Import.objects.filter(pk=row.pk, state__in=before, finished_at=row.finished_at)
        settled = waiting.update(**facts)
        if settled:
            here.changed(imports=[row.pk], to=state.value, file=row.file_hash)
        else:
            here.showed(imports=[row.pk], not_any_more=state.value)
    if not settled:
        raise NotAnyMore


@contextmanager
def _visit(asker: Asker, urn: int | None, action: str) -> Iterator[Visit]:
    """A visit to one establishment's records, or to everybody's.

    For everybody's, the duty must cover all that officers may look at. Raises NotAtYourLevel.
    """
    with visit(asker, Permission.KEEP_RECORDS, urn, action=action) as here:
        if urn is None:
            kept = here.holdings.at(Permission.KEEP_RECORDS)
            if not kept or not here.holdings.at(Permission.VIEW_ESTABLISHMENT) <= kept:
                raise NotAtYourLevel(WHOLE_AUTHORITY)
            here.reason = next(iter(here.holdings.best(Permission.KEEP_RECORDS).values()))
        yield here


def _of(here: Visit, urn: int | None) -> QuerySet[Import]:
    found = Import.objects.with_title()
    if urn is not None:
        return found.filter(establishment=here.establishment)
    kept = here.holdings.at(Permission.KEEP_RECORDS)
    return found.filter(Q(establishment=None) | Q(establishment__in=kept))


def _one(here: Visit, urn: int | None, import_id: int) -> Import:
    return the_one(_of(here, urn).select_related("establishment").filter(pk=import_id))


def _kinds(through: Through) -> dict[str, Kind]:
    """The kinds of file that this site accepts: schools bring in their own, the data team any kind."""
    return {slug: kind for slug, kind in KINDS.items() if kind.for_schools or through == Through.EDUNET}


def _why(here: Visit) -> Why:
    return here.why


def _line(row: Import) -> ImportLine:
    return ImportLine(
        id=row.pk,
        slug=row.kind,
        kind=name_of(row.kind),
        title=row.title or name_of(row.kind),
        as_of=row.as_of,
        state=row.state,
        state_words=row.get_state_display(),
        file_name=str(row.file_name),
        establishment=row.establishment.name if row.establishment else "",
        urn=row.establishment.urn if row.establishment else None,
        at=row.at,
        by=row.by,
        progress=row.progress,
        settled_by=row.settled_by,
        finished_at=row.finished_at,
    )


def _page(here: Visit, urn: int | None, row: Import) -> ImportPage:
    report, named_until = row.report, _named_until(here, row)
    several = {int(place): changes for place, changes in report.get("by_establishment", {}).items()}
    names = dict(Establishment.objects.filter(urn__in=several).values_list("urn", "name")) if several else {}
    return ImportPage(
        here=here.here if urn else None,
        line=_line(row),
        digest=row.file_hash,
        size=row.file_size,
        changes=_changes(report.get("changes", [])),
        by_establishment=tuple(
            EstablishmentChanges(place, names.get(place, "Not in our list of establishments"), _changes(changes))
            for place, changes in sorted(several.items(), key=lambda pair: names.get(pair[0], ""))
        ),
        notes=tuple(report.get("notes", report.get("lines", []))),
        changes_nothing=bool(report.get("changes_nothing")),
        problems=tuple(ProblemRecord(**problem) for problem in row.problems),
        version=version_of(row.finished_at),
        until=last_day(row.finished_at) if row.state == Import.State.READY and row.finished_at else None,
        names_people=bool(named_until and _speaks_of_rows(row)) and _is_theirs(here, row) and row.people.exists(),
        others_until=named_until if _somebody_elses(here, row) else None,
        named=tuple(words for words, _ in report.get("to_look_at", [])),
        why=_why(here),
    )


def _changes(told: list[list[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((words, number) for words, number in told)
