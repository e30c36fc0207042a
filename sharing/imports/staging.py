"""The contents of a file staged next to the store: temporary tables filled by COPY, gone with the transaction.

Encrypted columns are encrypted and blind indexes made on the way (R13), so that staging has nothing identifying in
clear that the store does not have in clear. Each pupil of the file has a data key of its own (sharing.keys.child_keys).
Memory does not grow with the file (R22).
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from io import StringIO
from typing import Any, Final, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import DataError, connection, models

from sharing.crypto import blind_index
from sharing.fields import EncryptedTextField
from sharing.imports.problems import Problem, ProblemLog, refused
from sharing.imports.told import ToldPupil
from sharing.keys.child_keys import ChildKey
from sharing.models import Enrolment, Pupil

CHUNK: Final = 1000
_MOST: Final = 32_767  # the largest smallint
_OURS: Final = {"id", "pupil", "establishment", "child", "source", "as_of", "cancelled_at"}
_SEALED: Final = {"upn", "former_upn", "uln", "upn_index", "former_upn_index", "visible"}
_NULL: Final = r"\N"
_MOST_BYTES: Final = 1_800
"""Of a value whose column has no length of its own: the widest row of ours then has room on one page (8 kB)."""
_TOO_MUCH: Final = "This is more than there is room for. Shorten it."
_NUL: Final = "There is a character that is not text (NUL). Type it again."

_FIELDS: Final = [field for field in Pupil._meta.concrete_fields if field.name not in _OURS | _SEALED]
FACTS: Final = tuple(field.name for field in _FIELDS)
"""The columns of a record that a file may tell and that can be compared as they stand."""

NEEDED: Final = frozenset(("surname", "forename", "born_on", "sex"))
"""A record that tells these is whole: a new pupil can be made of it, and it says as of when the record stands."""


def key_of(part: type[models.Model]) -> list[str]:
    """The columns that distinguish the rows of one pupil: those of the table's unique constraint."""
    for constraint in part._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            return [name for name in constraint.fields if name != "pupil"]
    return []


def may_be_untold(field: models.Field) -> bool:
    """Whether None in a row means "leave as it is": for text and yes-or-no columns, never NULL in the table."""
    return (
        isinstance(field, models.CharField | models.BooleanField)
        and not field.null
        and field.name != "facts_index"
        and field.name not in key_of(field.model)
    )


class DoesNotFit(Exception):
    """A value that its column cannot take; the message is the cure, without the value."""


def facts_index(*texts: str) -> str:
    """The index that shows whether encrypted facts have changed (HomeAddress, Contact). Capitals make no difference."""
    return blind_index(facts_text(*texts))


def facts_text(*texts: str) -> str:
    """The text from which that index is made."""
    return "\n".join(texts)


def columns_of(part: type[models.Model]) -> list[models.Field]:
    """The columns of a part that come from a file, with the index for those that are encrypted."""
    return [field for field in part._meta.concrete_fields if field.name not in _OURS]


@contextmanager
def refusing_what_does_not_fit() -> Iterator[None]:
    """The last safety net: a value the database cannot take refuses the file, without a value in the message."""
    try:
        with connection.wrap_database_errors:
            yield
    except DataError:
        cure = (
            "A value of the file does not fit its place here. Check it for dates, numbers and texts that cannot "
            "be right."
        )
        raise refused("", cure) from None


def run(sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows, if it returns any."""
    with refusing_what_does_not_fit(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def make_table(
    name: str, columns: str = "", query: str = "", params: Mapping[str, Any] | None = None, indexed: Sequence[str] = ()
) -> None:
    """Make a temporary table, filled by `query`, with an index on each of the columns `indexed`.

    It is made once per session, because making it takes longer than inserting a small file's rows. Its rows go with the
    transaction, or are deleted here if an earlier import of the same transaction has left some.
    """
    made_of, ends = ("", f" AS {query} WITH NO DATA") if query else (f" ({columns})", "")
    indexes = "".join(f"CREATE INDEX IF NOT EXISTS {name}_{column} ON {name} ({column});" for column in indexed)
    filled = f"INSERT INTO {name} {query}" if query else ""
    make = f"CREATE TEMPORARY TABLE IF NOT EXISTS {name}{made_of} ON COMMIT DELETE ROWS{ends};"
    run(f"{make}{indexes}DELETE FROM {name};{filled}", params)  # noqa: S608 (names of our own tables and columns)


def _in_line() -> str:
    """How a column without a length is stored, so that there is no TOAST table to be emptied at each COMMIT. PostgreSQL
    15 does not have this option, and is slower.
    """
    of_15 = connection.pg_version < 160000  # type: ignore[attr-defined]  # a property of PostgreSQL's connections alone
    return "" if of_15 else " STORAGE PLAIN"


class Staging:
    """The tables `told_pupil` and, for each part in the file, `told_<part>`.

    `parts` are those met so far, each with the columns that any row has named: the other columns are left as they are.
    """

    def __init__(self, establishments: Mapping[str | int, int], log: ProblemLog) -> None:
        self.parts: dict[type[models.Model], set[str]] = {}
        self._establishments, self._log = establishments, log
        self._columns = [_Column(field.name, _plain(field, self._sealed), True, None, False) for field in _FIELDS]
        self._key = ChildKey.make()
        self._pupils = _Table(
            "told_pupil",
            "n, row, establishment_id, is_whole, tells, parts, upn, upn_index, former_upn, former_upn_index, uln, "
            f"key_id, wrapped, {', '.join(FACTS)}",
        )
        self._tables: dict[type[models.Model], _PartTable] = {}
        self._arrays: dict[tuple[type[models.Model], ...], str] = {}
        self._count = 0
        plain = _in_line()
        typed = [f"{field.name} {field.db_type(connection)}{plain}" for field in _FIELDS]
        make_table(
            "told_pupil",
            f"n int, row int, establishment_id bigint, is_whole boolean, tells boolean, parts text[]{plain}, "
            f"upn bytea{plain}, upn_index varchar(64){plain}, former_upn bytea{plain}, "
            f"former_upn_index varchar(64){plain}, uln bytea{plain}, key_id uuid, wrapped bytea{plain}, "
            f"{', '.join(typed)}, new_id uuid DEFAULT gen_random_uuid()",
        )

    def take(self, pupils: Iterable[ToldPupil | Problem]) -> None:
        for pupil in pupils:
            if isinstance(pupil, Problem):
                self._log.add(pupil)
            else:
                self._take(pupil)
                if self._count % CHUNK == 0:
                    self._copy()
        self._copy()
        told = "".join(f"ANALYZE {table.name} (n);" for table in self._tables.values())
        run(f"ANALYZE told_pupil (n, upn_index, former_upn_index);{told}")

    def _take(self, told: ToldPupil) -> None:
        establishment = self._establishments.get(told.dfe_number) or self._establishments.get(told.urn or 0)
        if establishment is None:
            cure = "The file may not tell anything about this establishment."
            self._log.add(Problem(told.row, "Establishment", told.dfe_number or str(told.urn or ""), cure))
            return
        if not told.upn:
            self._log.add(Problem(told.row, "UPN", "", "The UPN is missing. Add it."))
            return
        self._count += 1
        self._key = ChildKey.make()
        record = told.record
        line = [
            str(self._count),
            str(told.row),
            str(establishment),
            "t" if record.keys() >= NEEDED else "f",
            "t" if record else "f",
            self._named(tuple(told.parts)),
            *self._sealed_upn("upn", told.upn),
            *self._sealed_upn("former_upn", told.former_upn),
            self._sealed(record.get("uln"), "sharing_pupil.uln"),
            self._key.id,
            rf"\\x{self._key.wrapped.hex()}",
        ]
        line += self._written(self._columns, record, told.row)
        self._pupils.add(line)
        for part, rows in told.parts.items():
            self._take_part(part, rows, told.row)

    def _sealed(self, text: str | None, column: str) -> str:
        """The text encrypted with the key of the pupil being staged."""
        if text and "\0" in text:
            raise DoesNotFit(_NUL)
        return _bounded(rf"\\x{self._key.seal(text, column=column).hex()}", 2 * _MOST_BYTES) if text else _NULL

    def _sealed_upn(self, name: str, upn: str) -> tuple[str, str]:
        return (self._sealed(upn, f"sharing_pupil.{name}"), blind_index(upn)) if upn else (_NULL, _NULL)

    def _named(self, parts: tuple[type[models.Model], ...]) -> str:
        """The names of the parts that a pupil has rows for; most pupils of a file have the same ones."""
        if parts not in self._arrays:
            self._arrays[parts] = _array(part._meta.model_name or "" for part in parts)
        return self._arrays[parts]

    def _take_part(self, part: type[models.Model], rows: Sequence[Mapping[str, Any]], row: int) -> None:
        if part not in self._tables:
            self._tables[part] = table = _PartTable(part, self._sealed)
            self.parts[part] = table.named
        table = self._tables[part]
        for facts in rows:
            table.named.update(facts)
            sealed = [facts_index(*(facts.get(name) or "" for name in table.sealed))] if table.sealed else []
            table.add([str(self._count), *self._written(table.columns, facts, row), *sealed])

    def _written(self, columns: Sequence["_Column"], facts: Mapping[str, Any], row: int) -> list[str]:
        """The row's values in the form COPY wants; those that do not fit are problems of the file."""
        try:
            return _values(columns, facts)
        except DoesNotFit:
            return [self._fit(column, facts, row) for column in columns]

    def _fit(self, column: "_Column", facts: Mapping[str, Any], row: int) -> str:
        try:
            return _values([column], facts)[0]
        except DoesNotFit as unfit:
            self._log.add(Problem(row, column.name.replace("_", " ").capitalize(), "", str(unfit)))
            return _NULL

    def _copy(self) -> None:
        for table in (self._pupils, *self._tables.values()):
            table.copy()


class _Table:
    """A table that is being filled: rows are gathered and sent together."""

    def __init__(self, name: str, names: str) -> None:
        self.name, self._names, self._lines = name, names, StringIO()

    def add(self, values: Iterable[str]) -> None:
        self._lines.write("\t".join(values) + "\n")

    def copy(self) -> None:
        if self._lines.tell():
            self._lines.seek(0)
            with refusing_what_does_not_fit(), connection.cursor() as cursor:
                cursor.copy_expert(f"COPY {self.name} ({self._names}) FROM STDIN", self._lines)
            self._lines = StringIO()


class _PartTable(_Table):
    """`told_<part>`; `sealed` are the encrypted columns that have an index, and `named` those any row has named."""

    def __init__(self, part: type[models.Model], seal: "_Seal") -> None:
        fields = sorted(columns_of(part), key=lambda field: field.name == "facts_index")
        super().__init__(f"told_{part._meta.model_name}", "n" + "".join(f', "{field.name}"' for field in fields))
        self.columns = [_column(field, seal) for field in fields if field.name != "facts_index"]
        self.named = {"facts_index"} & {field.name for field in fields}
        self.sealed = [column.name for column in self.columns if column.is_sealed] if self.named else []
        plain = _in_line()
        typed = "".join(f', "{field.name}" {field.db_type(connection)}{plain}' for field in fields)
        # Stays are looked up pupil by pupil (pupil_parts), so they need an index; the other parts are joined in one go.
        indexed = ["n"] if part is Enrolment else []
        make_table(self.name, f"n int{typed}, place bigint GENERATED ALWAYS AS IDENTITY", indexed=indexed)


_Seal = Callable[[str | None, str], str]


class _Column(NamedTuple):
    """A column that is being filled. `untold` is the value for a row that does not name it."""

    name: str
    write: Callable[[Any], str]
    may_lack: bool
    untold: Any
    is_sealed: bool


def _column(field: models.Field, seal: _Seal) -> _Column:
    may_be_left, is_sealed = may_be_untold(field), isinstance(field, EncryptedTextField)
    untold = None if may_be_left else field.get_default()
    return _Column(field.name, _writer(field, seal), may_be_left or field.null, untold, is_sealed)


def _values(columns: Sequence[_Column], facts: Mapping[str, Any]) -> list[str]:
    return [
        _NULL if (value := facts.get(name, untold)) is None and may_lack else write(value)
        for name, write, may_lack, untold, _ in columns
    ]


def _text(value: str) -> str:
    if "\\" in value or not value.isprintable():
        if "\0" in value:
            raise DoesNotFit(_NUL)
        for plain, written in (("\\", r"\\"), ("\n", r"\n"), ("\t", r"\t"), ("\r", r"\r")):
            value = value.replace(plain, written)
    return value


def _bounded(written: str, most: int = _MOST_BYTES) -> str:
    if len(written) > most:
        raise DoesNotFit(_TOO_MUCH)
    return written


def _array(values: Iterable[str]) -> str:
    quoted = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return _bounded(_text("{" + ",".join(f'"{value}"' for value in quoted) + "}"))


def _writer(field: models.Field, seal: _Seal) -> Callable[[Any], str]:
    """A function that writes a value of this column for COPY; it raises DoesNotFit."""
    write = _plain(field, seal)

    def told(value: Any) -> str:
        if value is None:
            raise DoesNotFit("This is missing. Add it.")
        return write(value)

    return write if field.null or may_be_untold(field) else told


def _plain(field: models.Field, seal: _Seal) -> Callable[[Any], str]:
    if isinstance(field, EncryptedTextField):
        column = f"{field.model._meta.db_table}.{field.column}"
        return lambda value: seal(value, column)
    if isinstance(field, ArrayField):
        return _texts(field.base_field.max_length or 0)
    if isinstance(field, models.JSONField):
        return lambda value: _bounded(_text(json.dumps(value)))
    if isinstance(field, models.BooleanField):
        return lambda value: "t" if value else "f"
    if isinstance(field, models.DateField):
        return _day
    if isinstance(field, models.PositiveSmallIntegerField):
        return _number
    return _up_to(field.max_length or sys.maxsize)


def _up_to(limit: int) -> Callable[[str], str]:
    def write(value: str) -> str:
        if len(value) > limit:
            raise DoesNotFit(f"{len(value)} letters. Shorten it to {limit} at most.")
        return value if value.isprintable() and "\\" not in value else _text(value)

    return write


def _texts(limit: int) -> Callable[[Sequence[str]], str]:
    def write(values: Sequence[str]) -> str:
        if any(len(value) > limit for value in values):
            raise DoesNotFit(f"Each code has {limit} letters at most. Correct it.")
        return _array(values)

    return write


def _day(value: date) -> str:
    return value.isoformat()


def _number(value: int) -> str:
    if not 0 <= value <= _MOST:
        raise DoesNotFit("This number cannot be right. Correct it.")
    return str(int(value))
