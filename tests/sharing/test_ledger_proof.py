"""The ledger is proved: its chain, and the heads that were signed (R43), against the owner of the tables too."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from sharing import door
from sharing.ledger import proof, seals
from sharing.models import LedgerEntry, SignedHead
from tests.people import as_batch, as_owner, asker

BECKSIDE = 999002
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
# What somebody who holds the table may do to a row without leaving the hashes to betray it.
HASH_ANEW = """
DO $$ DECLARE row_id bigint; BEGIN
    FOR row_id IN SELECT id FROM sharing_ledgerentry WHERE id >= {first} ORDER BY id LOOP
        UPDATE sharing_ledgerentry SET previous_hash = coalesce(
            (SELECT hash FROM sharing_ledgerentry WHERE id < row_id ORDER BY id DESC LIMIT 1), '') WHERE id = row_id;
        UPDATE sharing_ledgerentry AS entry SET hash = sharing_ledger_hash(entry) WHERE id = row_id;
    END LOOP;
END $$
"""
CHANGE = "UPDATE sharing_ledgerentry SET person_name = 'Somebody Else' WHERE id = {id}"
COPY = (
    "INSERT INTO {table} SELECT (jsonb_populate_record(entry, jsonb_build_object('id', {new}))).* "
    "FROM sharing_ledgerentry AS entry WHERE id = {id}"
)


def reads(times: int) -> int:
    """So many rows more; answers the last one."""
    for _ in range(times):
        door.list_pupils(asker("head-beckside"), BECKSIDE)
    with as_batch():
        return LedgerEntry.objects.order_by("-id").first().pk


def sign() -> seals.Head:
    with as_batch():
        head = seals.sign(NOON)
    assert head
    return head


def checked(*kept: seals.Head) -> proof.Proof:
    with as_batch():
        return proof.check(kept)


def first_broken(*kept: seals.Head) -> int | None:
    return next((fault.row for fault in checked(*kept).faults), None)


def tamper(*statements: str) -> None:
    """As the owner of the tables, with the triggers off."""
    with as_owner(), connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND (relname LIKE 'sharing_ledgerentry%' OR relname = 'sharing_signedhead')"
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
class TestChain:
    def test_it_is_whole(self) -> None:
        reads(2)
        call_command("verify_ledger")

    @pytest.mark.parametrize(
        ("change", "first"),
        [
            (CHANGE, 0),
            ("UPDATE sharing_ledgerentry SET about = '{{}}' WHERE id = {id}", 0),
            ("UPDATE sharing_ledgerentry SET at = at - interval '1 microsecond' WHERE id = {id}", 0),
            ("UPDATE sharing_ledgerentry SET purpose = purpose || ' ' WHERE id = {id}", 0),
            ("UPDATE sharing_ledgerentry SET hash = sha256(hash) WHERE id = {id}", 0),
            ("UPDATE sharing_ledgerentry SET previous_hash = sha256(hash) WHERE id = {id}", 0),
            (CHANGE + "; UPDATE sharing_ledgerentry AS e SET hash = sharing_ledger_hash(e) WHERE id = {id}", 0),
            ("DELETE FROM sharing_ledgerentry WHERE id = {id}", 0),
            ("DELETE FROM sharing_ledgerentry WHERE id IN ({id}, {id} - 1)", -1),
        ],
    )
    def test_the_first_row_that_the_owner_changed_is_named(self, change: str, first: int) -> None:
        last = reads(4)
        tamper(change.format(id=last - 1))
        assert first_broken() == last - 1 + first
        with pytest.raises(CommandError, match=f"broken at row {last - 1 + first}"):
            call_command("verify_ledger")

    def test_a_row_put_in_is_named(self) -> None:
        """Somewhere in the middle there is no number free; after the last one it follows nothing."""
        last = reads(3)
        tamper(COPY.format(table="sharing_ledgerentry", new=last + 1, id=last - 1))
        assert first_broken() in {last, last + 1}
        tamper("DELETE FROM sharing_ledgerentry WHERE id > " + str(last))
        tamper(COPY.format(table="sharing_ledgerentry", new=last + 5, id=last))
        assert first_broken() == last + 1

    def test_a_row_after_quiet_weeks_follows_the_last_one(self) -> None:
        """Which is looked for among those of the last 35 days first."""
        last = reads(2)
        tamper("UPDATE sharing_ledgerentry SET at = at - interval '36 days'", HASH_ANEW.format(first=1))
        assert reads(1) == last + 1
        assert checked().is_whole

    def test_a_row_taken_out_is_missed_where_all_after_it_are_hashed_anew(self) -> None:
        last = reads(4)
        tamper(f"DELETE FROM sharing_ledgerentry WHERE id = {last - 1}", HASH_ANEW.format(first=last))
        assert first_broken() == last - 1

    def test_the_first_row_follows_none(self) -> None:
        """As it would if all before it had been taken out, and the rest numbered and hashed anew."""
        reads(2)
        tamper(
            "UPDATE sharing_ledgerentry SET previous_hash = sha256('gone') WHERE id = 1",
            "UPDATE sharing_ledgerentry AS entry SET hash = sharing_ledger_hash(entry) WHERE id = 1",
            HASH_ANEW.format(first=2),
        )
        assert first_broken() == 0

    def test_a_function_of_the_owners_that_lies_deceives_nobody(self) -> None:
        last = reads(3)
        body = "SELECT entry.hash"
        tamper(
            CHANGE.format(id=last),
            "CREATE OR REPLACE FUNCTION sharing_ledger_hash(entry sharing_ledgerentry) RETURNS bytea "
            f"LANGUAGE sql STABLE AS $$ {body} $$",
        )
        assert first_broken() == last


@pytest.mark.django_db
class TestSignedHeads:
    def test_a_head_is_signed_once_and_stands(self) -> None:
        last = reads(3)
        assert sign().row == last
        with as_batch():
            assert seals.sign(NOON) is None
        assert sign_after(2).number == 2
        found = checked()
        assert (found.is_whole, found.heads, found.last_signed) == (True, 2, last + 2)

    def test_the_night_looks_at_what_came_since_and_signs_it(self) -> None:
        sign_after(2)
        last = reads(2)
        with as_batch():
            assert list(proof.seal(NOON)) == [f"the ledger is signed up to row {last}"]

    def test_a_tail_written_anew_is_noticed(self) -> None:
        """The owner changes a row and hashes all that follow: the chain is whole, the signature is not."""
        reads(2)
        sign()
        last = reads(4)
        tamper(CHANGE.format(id=last - 2), HASH_ANEW.format(first=last - 2))
        assert checked().is_whole  # nothing after the last head is signed yet
        tamper(CHANGE.format(id=last - 4), HASH_ANEW.format(first=last - 4))
        assert first_broken() == 1
        with pytest.raises(CommandError, match="broken at row 1"):
            call_command("verify_ledger")

    def test_where_it_was_written_anew_is_told_between_two_heads(self) -> None:
        signed = sign_after(2)
        last = sign_after(4).row
        tamper(CHANGE.format(id=last - 1), HASH_ANEW.format(first=last - 1))
        fault = checked().faults[0]
        assert (fault.row, checked().last_signed) == (signed.row + 1, signed.row)
        assert f"between row {signed.row + 1} and row {last}" in fault.words

    @pytest.mark.parametrize("more", [0, 1])
    def test_rows_taken_from_the_end_are_missed(self, more: int) -> None:
        last = sign_after(3).row
        tamper(f"DELETE FROM sharing_ledgerentry WHERE id >= {last - more}")
        assert first_broken() == last - more

    def test_a_row_taken_out_with_all_after_it_moved_up_is_noticed(self) -> None:
        last = sign_after(4).row
        tamper(
            f"DELETE FROM sharing_ledgerentry WHERE id = {last - 2}",
            f"UPDATE sharing_ledgerentry SET id = id - 1 WHERE id = {last - 1}",
            f"UPDATE sharing_ledgerentry SET id = id - 1 WHERE id = {last}",
            HASH_ANEW.format(first=last - 2),
        )
        assert first_broken() == last  # which was signed, and is not there

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE sharing_signedhead SET hash = sha256(hash) WHERE number = 1",
            "UPDATE sharing_signedhead SET signed_at = signed_at + interval '1 second' WHERE number = 2",
            "UPDATE sharing_signedhead SET key_id = 'another' WHERE number = 1",
            "UPDATE sharing_signedhead SET signature = sha256(signature) || sha256(signature) WHERE number = 2",
            "DELETE FROM sharing_signedhead WHERE number = 1",
            "DELETE FROM sharing_signedhead WHERE number = 1; UPDATE sharing_signedhead SET number = 1",
        ],
    )
    def test_a_head_that_was_changed_is_noticed(self, change: str) -> None:
        sign_after(1)
        sign_after(1)
        tamper(change)
        assert not checked().is_whole
        with pytest.raises(CommandError):
            call_command("verify_ledger")

    def test_a_head_published_earlier_shows_what_was_taken_with_the_heads_over_it(self, tmp_path: Path) -> None:
        sign_after(1)
        head = sign_after(3)
        tamper(
            f"DELETE FROM sharing_ledgerentry WHERE id >= {head.row}", "DELETE FROM sharing_signedhead WHERE number = 2"
        )
        assert checked().is_whole
        assert {fault.row for fault in checked(head).faults} == {None, head.row}
        saved = tmp_path / "heads.json"
        saved.write_text(json.dumps({"heads": [head.as_facts()]}))
        with pytest.raises(CommandError, match=f"broken at row {head.row}"):
            call_command("verify_ledger", heads=saved)

    @pytest.mark.parametrize("content", ["", "not json", "[]", "{}", '{"heads": [{"row": 1}]}', '{"heads": 7}'])
    def test_a_file_of_heads_that_is_none_says_so(self, tmp_path: Path, content: str) -> None:
        saved = tmp_path / "heads.json"
        saved.write_text(content)
        with pytest.raises(CommandError, match="This is not a file of heads"):
            call_command("verify_ledger", heads=saved)
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("verify_ledger", heads=tmp_path / "elsewhere.json")

    def test_a_ledger_that_was_changed_is_not_signed_again(self) -> None:
        sign_after(1)
        last = reads(3)
        tamper(CHANGE.format(id=last - 1))
        with as_batch(), pytest.raises(proof.LedgerBroken):
            list(proof.seal(NOON))

    def test_nor_is_one_whose_signed_row_was_written_anew_with_all_after_it(self) -> None:
        """R43: the night checks from that row on, with its signature."""
        signed = sign_after(1).row
        reads(3)
        tamper(CHANGE.format(id=signed), HASH_ANEW.format(first=signed))
        with as_batch(), pytest.raises(proof.LedgerBroken):
            list(proof.seal(NOON))

    def test_an_empty_one_waits_for_its_first_row(self) -> None:
        """R43."""
        tamper("DELETE FROM sharing_ledgerentry")
        with as_batch():
            assert list(proof.seal(NOON)) == []

    def test_what_was_signed_with_a_key_that_was_replaced_still_counts(self, settings) -> None:
        sign_after(1)
        with as_batch():
            old = next(iter(seals.public_keys().values())).text
        settings.LEDGER_SIGNING_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        sign_after(1)
        (fault,) = checked().faults
        assert "is not in LEDGER_PUBLIC_KEYS" in fault.words
        settings.LEDGER_PUBLIC_KEYS = [old]
        assert checked().is_whole

    def test_a_key_that_is_none_signs_nothing(self, settings) -> None:
        reads(1)
        for text in ("short", "", "AAEC"):
            settings.LEDGER_SIGNING_KEY = text
            with as_batch(), pytest.raises(ImproperlyConfigured):
                seals.sign(NOON)

    def test_only_the_night_adds_heads_and_nobody_changes_them(self) -> None:
        sign_after(1)
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            SignedHead.objects.create(number=9, row=9, hash=b"", signed_at=NOON, key_id="", signature=b"")
        for act in (as_batch, as_owner):
            with pytest.raises(Error), transaction.atomic(), act():
                SignedHead.objects.update(row=0)


def sign_after(rows: int) -> seals.Head:
    reads(rows)
    return sign()
