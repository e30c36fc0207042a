"""The answer to a subject access request: everything held about one child, and who looked at it (R18).

A child's past is hidden from everybody on the website. So the worker gathers it as portal_batch, and only for a request
that is on record and open, and that was recorded by the person in whose name it works. What heads are barred from is
left out: whoever answers decides what the law exempts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, TypeAlias
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, ForeignKey, JSONField, Model, Q
from django.utils import timezone

from sharing.authorise import NoSuchRecord, Through, Visit
from sharing.days import day_in_words
from sharing.downloads.subject_tables import CHILDREN, NUMBERS, RECORDS, SAID, TABLES, WORDS, Table
from sharing.ledger.words import words_of
from sharing.models import Child, Establishment, LedgerEntry, Pupil, SubjectRequest
from sharing.records.downloads import Gathered, Sheet, Value
from sharing.roles import BATCH, acting_as
from sharing.school_year import in_words as year_in_words
from sharing.statements import value_of

HELD_HERE = "Everything that one establishment holds in records of one child."
HELD_ANYWHERE = "Everything that is held in records of one child, at every establishment."
NOTES = (
    "Other people's details are left out. For contacts, only their relationship to the child is given.",
    "It leaves out what was opened or closed in a way that heads must not learn of.",
    "Notes for visits, confidential items, requests for support, cases of a breach and explanations of unusual "
    "patterns are not in it. They may name the child, so look there too.",
    "Free text may name other people. Read it, and cover what is not the child's, before you hand it over.",
)
Column: TypeAlias = "Field[Any, Any]"
_LETTERS = {"upn": "UPN", "uln": "ULN", "sen": "SEN", "dfe": "DfE"}
_MOST_ACROSS = 9  # columns that fit on a page; with more, each row becomes a list of facts


@dataclass(frozen=True)
class Scope:
    """Whose rows: the child's records and, for the whole store, also its identities and UPNs. `urns`: the records'."""

    records: tuple[UUID, ...]
    children: tuple[UUID, ...]
    numbers: tuple[str, ...]
    urns: tuple[int, ...]
    is_whole: bool

    def known_by(self, what: str) -> tuple[Any, ...]:
        return {RECORDS: self.records, CHILDREN: self.children, NUMBERS: self.numbers}[what]


def gather(here: Visit, asked: Mapping[str, str]) -> Gathered:
    """Gather the answer, in the worker's visit. Raises NoSuchRecord unless the request is open and the person's own."""
    request = _request(here, asked)
    if request is None:
        raise NoSuchRecord
    with acting_as(BATCH):
        scope = scope_of(request)
        sheets = tuple(_sheets(scope))
    about = {"pupils": [str(record) for record in scope.records], "request": request.pk}
    notes = (HELD_ANYWHERE if scope.is_whole else HELD_HERE, *NOTES)
    return Gathered("Answer to a subject access request", sheets, len(scope.records), about, notes)


def is_still_open(here: Visit, asked: Mapping[str, str], records: Sequence[UUID]) -> bool:
    """Whether the file may still be collected: the request is open, the person who keeps it may still see it, and the
    records in it are all of the child who was asked for. It may have been made while two children were taken for one.
    """
    request = _request(here, asked)
    if request is None:
        return False
    return bool(
        value_of("SELECT portal_subject_has_records(%s, %s::uuid[])", request.pk, [str(one) for one in records])
    )


def _request(here: Visit, asked: Mapping[str, str]) -> SubjectRequest | None:
    mine = SubjectRequest.objects.filter(recorded_by_id=here.asker.person_id, establishment=here.establishment)
    open_ones = mine.filter(through=here.asker.through.value, state=SubjectRequest.State.OPEN)
    return open_ones.filter(pk=int(asked.get("request", "0"))).first()


def scope_of(request: SubjectRequest) -> Scope:
    """The rows to look for, on EduNet in the whole store, else at the establishment. Runs as portal_batch."""
    main = Child.objects.get(pk=request.child_id)
    main_id = main.same_as_id or main.pk
    identities = list(Child.objects.filter(Q(pk=main_id) | Q(same_as=main_id)).order_by("pk"))
    children = tuple(child.pk for child in identities)
    records = Pupil.objects.filter(child__in=children).order_by("establishment", "pk")
    is_whole = request.through == Through.EDUNET
    if not is_whole:
        records = records.filter(establishment=request.establishment_id)
    found = list(records.values_list("pk", "establishment__urn"))
    return Scope(
        tuple(record for record, _ in found),
        children if is_whole else (),
        tuple(child.upn_index for child in identities) if is_whole else (),
        tuple(sorted({urn for _, urn in found})),
        is_whole,
    )


def _sheets(scope: Scope) -> Iterator[Sheet]:
    places = dict(Establishment.objects.values_list("pk", "name"))
    for table in TABLES:
        rows = rows_of(table, scope)
        if rows:
            yield _sheet(table, rows, places)
    names = dict(Establishment.objects.values_list("urn", "name"))
    yield Sheet("Who looked", ("When", "Who", "Where", "Of", "What", "For what"), tuple(_looks(scope, names)))


def rows_of(table: Table, scope: Scope) -> list[Model]:
    """The child's rows in a table, without any that the head is barred from knowing about. Runs as portal_batch."""
    found = table.model._default_manager.filter(
        reduce(or_, (Q(**{f"{name}__in": scope.known_by(what)}) for name, what in table.of.items()))
    )
    barred = table.barred or "head_barred"
    if table.barred or barred in {column.name for column in table.model._meta.fields}:
        found = found.filter(**{barred: False})
    return list(found.order_by("pk"))


def shown(table: Table) -> list[Column]:
    """The columns of a table that are in the answer."""
    columns = [column for column in table.model._meta.concrete_fields if _tells(column)]
    if table.only:
        return [column for column in columns if column.name in table.only]
    return [column for column in columns if column.name not in table.without]


def _tells(column: Column) -> bool:
    if isinstance(column, ForeignKey):
        return column.related_model is Establishment
    name = column.name
    return not (column.primary_key or name.endswith(("_index", "_id")) or name in ("asserted_by", "head_barred"))


def _sheet(table: Table, rows: list[Model], places: Mapping[Any, str]) -> Sheet:
    columns = shown(table)
    headings = tuple(_heading(column) for column in columns)
    lines = [tuple(_value(column, row, places) for column in columns) for row in rows]
    if len(columns) <= _MOST_ACROSS:
        return Sheet(table.title, headings, tuple(lines))
    return Sheet(table.title, ("Fact", "As it is held"), tuple(_facts(headings, lines)))


def _facts(headings: Sequence[str], lines: Sequence[tuple[Value, ...]]) -> Iterator[tuple[Value, ...]]:
    """The rows one below the other. Each begins with which of them it is, or where it ends is left to be guessed."""
    for number, line in enumerate(lines, 1):
        if len(lines) > 1:
            yield f"{number} of {len(lines)}", ""
        yield from ((heading, value) for heading, value in zip(headings, line, strict=True) if value != "")


def _heading(column: Column) -> str:
    words = " ".join(_LETTERS.get(word, word) for word in str(column.verbose_name).split())
    return f"{words[0].upper()}{words[1:]}"


def _value(column: Column, row: Model, places: Mapping[Any, str]) -> Value:
    held = getattr(row, column.attname)
    if isinstance(column, ForeignKey):
        return places.get(held, "")
    if (said := SAID.get((str(row._meta.model_name), column.name))) is not None:
        return said(row)
    meaning = WORDS.get((str(row._meta.model_name), column.name)) or dict(column.flatchoices)
    if isinstance(column, ArrayField):
        return ", ".join(str(meaning.get(one, str(one).replace("_", " "))) for one in held)
    if isinstance(column, JSONField):
        return ", ".join(f"{meaning.get(name, name)} {number}" for name, number in held.items()) if held else ""
    if held is None or held == "":
        return ""
    if column.name == "academic_year":
        return year_in_words(held)
    if isinstance(held, bool):
        return "Yes" if held else "No"
    if isinstance(held, datetime):
        return f"{timezone.localtime(held):%-d %B %Y %H:%M}"
    if isinstance(held, date):
        return f"{day_in_words(held)}"
    return str(meaning.get(held, held))


def _looks(scope: Scope, names: Mapping[int, str]) -> Iterator[tuple[Value, ...]]:
    """Each ledger row that names one of the child's records, but never how many others were on the same page."""
    where = Q(urn__in=scope.urns) | Q(urn=None)  # None where a search of several establishments found the child
    named = Q(about__pupils__has_any_keys=[str(record) for record in scope.records])
    for row in LedgerEntry.objects.filter(where, named).told_to_heads().newest_first().iterator():
        at = timezone.localtime(row.at)
        site = Through(row.through).label if row.through in Through else ""
        place = names.get(row.urn, "") if row.urn else ""
        yield (f"{at:%-d %B %Y %H:%M}", row.person_name, site, place, words_of(row.action), row.purpose)
