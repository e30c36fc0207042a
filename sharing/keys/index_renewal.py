"""Putting every blind index under another key (R13), for `manage.py change_blind_index_key` (docs/adr/0039).

Each index is made again from the text that it was made from, which is stored encrypted. The texts are read in batches;
for each, the index under the old key and the one under the new are put into a temporary table of pairs. Then each
stored index is replaced by its pair: what was equal stays equal, within one table and across two.

It all happens in the caller's transaction. Whatever ends the process leaves every index under the old key.
"""

from collections.abc import Callable, Iterable, Iterator
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


@dataclass(frozen=True)
class Texts:
    """The texts of a table from which blind indexes are made, both its own and those of other tables."""

    model: type[models.Model]
    fields: tuple[str, ...]
    of: Callable[[Any], Iterable[str]]


@dataclass(frozen=True)
class Found:
    """How many different stored indexes still have their text stored, and how many have it nowhere any more."""

    known: int
    lost: int


def _facts(model: type[models.Model]) -> Texts:
    """The texts of a table whose encrypted fields share one index, which tells whether they have changed."""
    fields = tuple(field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField))
    return Texts(model, fields, lambda row: (facts_text(*(getattr(row, name) for name in fields)),))


def _who_it_is(member: StaffMember) -> Iterator[str]:
    """The texts that the index may be made from: one of them. The return may lack a date of birth known here."""
    yield str(member.teacher_number)
    yield str(member.ni_number)
    yield named_person(member.surname, member.forename, member.born_on)
    yield named_person(member.surname, member.forename, None)


TEXTS: Final = (
    Texts(Pupil, ("upn", "former_upn"), lambda pupil: (pupil.upn, pupil.former_upn)),
    Texts(Transfer, ("upn",), lambda transfer: (transfer.upn,)),
    _facts(HomeAddress),
    _facts(Contact),
    Texts(StaffMember, ("teacher_number", "ni_number", "surname", "forename", "born_on"), _who_it_is),
    Texts(OwnGroup, ("name",), lambda group: (group.name,)),
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


def find_pairs(old: str, new: str) -> Found:
    """Store a pair for each stored index. Raises CannotDecrypt where a text cannot be read. Needs portal_batch.

    Where the text is nowhere any more, nobody can make its index again. If it stayed as it is, whoever has the old key
    could try every UPN against it. So a random one takes its place, as for the index of a child without a UPN.
    """
    make_table("renewed_index", "before varchar(64) PRIMARY KEY, after varchar(64) NOT NULL, is_lost bool NOT NULL")
    for texts in TEXTS:
        for batch in _batches(texts):
            _lay([index_under(old, text) for text in batch], [index_under(new, text) for text in batch])
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


def _batches(texts: Texts) -> Iterator[list[str]]:
    rows = texts.model._base_manager.only(*texts.fields).order_by("pk")
    batch = list(rows[:ROWS])
    while batch:
        yield [str(text) for row in batch for text in texts.of(row) if text]
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:ROWS])


def _lay(before: list[str], after: list[str]) -> None:
    pairs = "SELECT *, false FROM unnest(%(before)s, %(after)s)"
    run(f"INSERT INTO renewed_index {pairs} ON CONFLICT DO NOTHING", {"before": before, "after": after})


def _draw(stored: str, *, is_lost: bool) -> None:
    drawn = "encode(sha256(gen_random_uuid()::text::bytea), 'hex')"
    run(
        f"INSERT INTO renewed_index SELECT index, {drawn}, %(is_lost)s FROM ({stored}) AS stored (index) "  # noqa: S608
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
