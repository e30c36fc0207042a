"""Proof that nobody has changed the ledger (R43): its chain of hashes, and the signed heads.

The hashes are computed by PostgreSQL's built-in functions, since whoever owns the tables also owns our functions. Needs
a role that may read the ledger.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection
from django.utils import timezone

from sharing.ledger import seals
from sharing.ledger.seals import Head

ROWS_AT_A_TIME = 20_000
Row = tuple[int, bytes, bytes, bytes]  # id, hash, hash of the row before, the correct hash
MOST_FAULTS = 20  # to report: the first already shows that the ledger cannot be relied on
# As `portal_write_ledger` hashes a row. A list's row has two kilobytes, which need not leave the database.
_ROWS = """
    SELECT id, hash, previous_hash, pg_catalog.sha256(previous_hash || convert_to(jsonb_build_array(
        id, extract(epoch FROM at), person_id, person_name, through, action, permission, urn, outcome, about, purpose
    )::text, 'UTF8'))
    FROM sharing_ledgerentry WHERE id >= %s ORDER BY id
"""


@dataclass(frozen=True)
class Fault:
    """What is wrong, in words. `row`: the first row that cannot be relied on, None for a fault in a head."""

    row: int | None
    words: str


@dataclass(frozen=True)
class Proof:
    """What was checked, and the faults, by row. `last_signed`: no row up to this one can be forged."""

    rows: int
    heads: int
    last_signed: int
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        return not self.faults


class LedgerBroken(Exception):
    """No head is signed over a ledger that has been changed: `manage.py verify_ledger` says what is wrong."""


def check(kept: Sequence[Head] = (), *, since: int = 0) -> Proof:
    """Check the whole ledger, or the rows from `since` on, which must be one that was signed.

    `kept`: heads published earlier and kept outside the database. They reveal a change even if somebody has removed
    rows from the end together with the heads over them.
    """
    stored = seals.heads()
    signed = {head.row: head for head in [*stored, *kept] if head.row >= since}
    walk = _Walk(signed, last=max(since - 1, 0))
    faults = [*_of_heads(stored), *_of_kept(stored, kept), *islice(walk.faults(_rows(since)), MOST_FAULTS)]
    return Proof(walk.rows, len(stored), walk.last_signed, tuple(faults))


@dataclass
class _Walk:
    """Goes from row to row, remembering the one before. `signed`: the heads still to come, by their row."""

    signed: dict[int, Head]
    last: int
    last_hash: bytes | None = None
    last_signed: int = 0
    rows: int = 0

    def faults(self, rows: Iterable[Row]) -> Iterator[Fault]:
        for row, hash_, previous, right in rows:
            self.rows += 1
            yield from self._of_row(row, hash_, previous, right)
            head = self.signed.pop(row, None)
            if head and head.hash != hash_.hex():
                yield Fault(self.last_signed + 1, _rewritten(self.last_signed + 1, head))
            elif head:
                self.last_signed = row
            self.last, self.last_hash = row, hash_
        for head in self.signed.values():
            if head.row > self.last:
                yield Fault(self.last + 1, _cut_off(self.last, head))

    def _of_row(self, row: int, hash_: bytes, previous: bytes, right: bytes) -> Iterator[Fault]:
        """The faults of one row.

        The row before the first one may not be among those checked: the first one's hash is signed, and so is the hash
        that it follows.
        """
        before = b"" if row == 1 else self.last_hash
        if row > self.last + 1:
            yield Fault(self.last + 1, _missing(self.last + 1, row - 1))
        elif row <= self.last:
            yield Fault(row, f"row {row} is there twice")
        elif hash_ != right:
            yield Fault(row, f"row {row} was changed")
        elif before is not None and previous != before:
            yield Fault(row - 1, f"row {row - 1} or row {row} was changed and hashed again")


def seal(now: datetime | None = None) -> Iterator[str]:
    """Sign today's head, after checking what was written since the last one. Raises LedgerBroken."""
    newest = max((head.row for head in seals.heads()), default=0)
    if not check(since=newest).is_whole:
        raise LedgerBroken
    head = seals.sign(now or timezone.now())
    if head:
        yield f"the ledger is signed up to row {head.row}"


def _rows(since: int) -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [since])
        while rows := cursor.fetchmany(ROWS_AT_A_TIME):
            for row, hash_, previous, right in rows:
                yield row, bytes(hash_), bytes(previous), bytes(right)


def _of_heads(stored: Sequence[Head]) -> Iterator[Fault]:
    keys, before = seals.public_keys(), ""
    for number, head in enumerate(stored, start=1):
        if head.number != number:
            yield Fault(None, f"signed head {number} is missing")
            return
        if head.key_id not in keys:
            yield Fault(None, f"signed head {number} names the key {head.key_id}, which is not in LEDGER_PUBLIC_KEYS")
        elif not head.is_signed(keys, before):
            yield Fault(None, f"signed head {number} is not signed by a key of ours")
        before = head.signature


def _of_kept(stored: Sequence[Head], kept: Sequence[Head]) -> Iterator[Fault]:
    there = set(stored)
    for head in kept:
        if head not in there:
            yield Fault(None, f"signed head {head.number}, which was published, is no longer there")


def _missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def _rewritten(first: int, head: Head) -> str:
    return f"rows were rewritten between row {first} and row {head.row}, which was signed on {head.signed_at}"


def _cut_off(last: int, head: Head) -> str:
    return f"the rows after row {last} are missing: row {head.row} was signed on {head.signed_at}"
