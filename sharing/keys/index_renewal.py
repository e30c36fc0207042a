"""Putting every blind index under another key (R13), for `manage.py change_blind_index_key` (docs/adr/0039).

Each index is made again from the text that it was made from, which is stored encrypted. The texts are read in batches;
for each, the index under the old key and the one under the new are put into a temporary table of pairs. Then each
stored index is replaced by its pair: what was equal stays equal, within one table and across two.

Where the old key is lost, the first of a pair is the index that stands beside the text. So a text of which another row
has the index makes that one again too, as before. Which text the index of a member of staff was made from cannot be
told: the best one known takes its place, in the order in which a return chooses it.

It all happens in the caller's transaction. Whatever ends the process leaves every index under the old key.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps  # noqa: TID251 - every model there is, so that no column is forgotten
from django.db import models

from sharing.crypto import index_under
from sharing.fields import EncryptedTextField
from sharing.imports.staging import facts_text, make_table, run
from sharing.imports.workforce_reader import named_person
from sharing.models import Contact, HomeAddress, OwnGroup, Pupil, StaffMember, Transfer

ROWS: Final = 2000  # in a batch
DRAWN: Final = "encode(sha256(gen_random_uuid()::text::bytea), 'hex')"


@dataclass(frozen=True)
class Texts:
    """A text of a table from which blind indexes are made, its own (`column`) and those of other tables."""

    model: type[models.Model]
    column: str
    fields: tuple[str, ...]
    of: Callable[[Any], str]


@dataclass(frozen=True)
class Found:
    """How many different stored indexes still have their text stored, and how many have it nowhere any more."""

    known: int
    lost: int


def _facts(model: type[models.Model]) -> Texts:
    """The texts of a table whose encrypted fields share one index, which tells whether they have changed."""
    fields = tuple(field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField))
    return Texts(model, "facts_index", fields, lambda row: facts_text(*(getattr(row, name) for name in fields)))


def _of_staff(*fields: str, of: Callable[[Any], str]) -> Texts:
    """A text that the index of a member of staff may be made from: it is one of several."""
    return Texts(StaffMember, "person_index", fields, of)


TEXTS: Final = (
    Texts(Pupil, "upn_index", ("upn",), lambda pupil: pupil.upn),
    Texts(Pupil, "former_upn_index", ("former_upn",), lambda pupil: pupil.former_upn),
    Texts(Transfer, "upn_index", ("upn",), lambda transfer: transfer.upn),
    _facts(HomeAddress),
    _facts(Contact),
    _of_staff("teacher_number", of=lambda member: member.teacher_number),
    _of_staff("ni_number", of=lambda member: member.ni_number),
    _of_staff("surname", "forename", "born_on", of=lambda one: named_person(one.surname, one.forename, one.born_on)),
    # The return may lack a date of birth known here.
    _of_staff("surname", "forename", of=lambda member: named_person(member.surname, member.forename, None)),
    Texts(OwnGroup, "name_index", ("name",), lambda group: group.name),
)


def is_index(field: models.Field) -> bool:
    """Whether the column is a blind index, which its name says."""
    return isinstance(field, models.CharField) and str(field.column).endswith("_index")


def indexed_columns() -> dict[str, tuple[str, ...]]:
    """Table -> its blind indexes, found by looking at all models."""
    found = {
        model._meta.db_table: tuple(str(field.column) for field in model._meta.local_fields if is_index(field))
        for model in apps.get_models()
    }
    return {table: columns for table, columns in found.items() if columns}


def hold() -> None:
    """Keep everybody from writing an index, or importing, until the transaction ends. Needs portal_batch."""
    run("SELECT pg_advisory_xact_lock(hashtext('sharing_pupil'))")
    run(f"LOCK TABLE {', '.join(sorted(indexed_columns()))} IN SHARE ROW EXCLUSIVE MODE")


def find_pairs(old: str | None, new: str) -> Found:
    """Store a pair for each stored index. Raises CannotDecrypt where a text cannot be read. Needs portal_batch.

    `old`: None where that key is lost.

    Where the text is nowhere any more, nobody can make its index again. If it stayed as it is, whoever has the old key
    could try every UPN against it. So a random one takes its place, as for the index of a child without a UPN.
    """
    make_table("renewed_index", "before varchar(64) PRIMARY KEY, after varchar(64) NOT NULL, is_lost bool NOT NULL")
    for texts in TEXTS:
        for batch in _batches(texts):
            told = [(index_under(old, text) if old else index, index_under(new, text)) for index, text in batch]
            _lay([pair for pair in told if pair[0]])
    if old is None:
        _part_children()
    _draw("SELECT upn_index FROM sharing_pupil WHERE upn IS NULL AND upn_index <> ''", is_lost=False)
    _draw(_stored(), is_lost=True)
    counts = "count(*) FILTER (WHERE NOT is_lost), count(*) FILTER (WHERE is_lost)"
    ((known, lost),) = run(f"ANALYZE renewed_index; SELECT {counts} FROM renewed_index WHERE before IN ({_stored()})")  # noqa: S608
    return Found(known, lost)


def exchange() -> int:
    """Replace each stored index by its pair. Returns how many rows were written. Needs portal_batch."""
    written = 0
    for table, columns in indexed_columns().items():
        anew = ", ".join(f"{column} = {_pair_of(column)}" for column in columns)
        has_one = " OR ".join(f"{column} <> ''" for column in columns)
        counted = f"UPDATE {table} SET {anew} WHERE {has_one} RETURNING 1"  # noqa: S608
        ((number,),) = run(f"WITH written AS ({counted}) SELECT count(*) FROM written")  # noqa: S608
        written += number
    return written


def _batches(texts: Texts) -> Iterator[list[tuple[str, str]]]:
    """(the index that is stored beside it, the text), a batch at a time."""
    rows = texts.model._base_manager.only(texts.column, *texts.fields).order_by("pk")
    batch = list(rows[:ROWS])
    while batch:
        told = [(getattr(row, texts.column), str(texts.of(row) or "")) for row in batch]
        yield [(index, text) for index, text in told if text]
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:ROWS])


def _lay(told: list[tuple[str, str]]) -> None:
    pairs = "SELECT *, false FROM unnest(%(before)s::text[], %(after)s::text[])"
    before, after = [one for one, _ in told], [other for _, other in told]
    run(f"INSERT INTO renewed_index {pairs} ON CONFLICT DO NOTHING", {"before": before, "after": after})


def _part_children() -> None:
    """Two children stay two, although one's UPN was put right by hand to that of the other: the second counts as
    lost."""
    run(
        f"UPDATE renewed_index AS second SET after = {DRAWN}, is_lost = true "  # noqa: S608
        "FROM renewed_index AS first JOIN sharing_child AS child ON child.upn_index = first.before "
        "WHERE first.after = second.after AND first.before < second.before "
        "AND second.before IN (SELECT upn_index FROM sharing_child)"
    )


def _draw(stored: str, *, is_lost: bool) -> None:
    run(
        f"INSERT INTO renewed_index SELECT index, {DRAWN}, %(is_lost)s FROM ({stored}) AS stored (index) "  # noqa: S608
        "ON CONFLICT DO NOTHING",
        {"is_lost": is_lost},
    )


def _stored() -> str:
    """SQL: every stored index, once."""
    columns = [(table, column) for table, columns in indexed_columns().items() for column in columns]
    return " UNION ".join(f"SELECT {column} FROM {table} WHERE {column} <> ''" for table, column in columns)  # noqa: S608


def _pair_of(column: str) -> str:
    """SQL: the pair of an index. Without one it is NULL, which the table refuses."""
    return f"CASE WHEN {column} = '' THEN '' ELSE (SELECT after FROM renewed_index WHERE before = {column}) END"  # noqa: S608
