"""A key for each child (R13): whose it is, what opens a value, and that every way in seals under one."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sharing import crypto
from sharing.children import merge, undo
from sharing.crypto import CannotDecrypt
from sharing.door import glass
from sharing.fields import EncryptedTextField
from sharing.keys import child_keys
from sharing.keys.child_keys import ChildKey
from sharing.keys.rotation import left, rotate, sealed_tables
from sharing.models import Contact, HomeAddress, Opening, Pupil
from tests import factories
from tests.people import EDUNET, as_batch, asker
from tests.sharing.pupil_facts import UPNS, bring, record, told

COLUMN = "sharing_pupil.upn"
HOME = {"address": "1 The Road", "postcode": "BD1 1AA"}
SOMEBODY = {"order": 1, "name": "Somebody", "telephones": "01274 000000"}


def with_key(key: ChildKey, stored: bytes) -> bytes:
    """As `portal_with_key` answers."""
    return b"\0" + bytes([len(key.wrapped)]) + key.wrapped + stored


@given(st.text(min_size=1), st.integers(0, 10_000), st.integers(1, 255))
def test_a_value_opens_in_its_column_alone_and_unchanged(text: str, place: int, bits: int) -> None:
    """R13: any other column, byte or key is an error, never another text."""
    key = ChildKey.make()
    stored = with_key(key, key.seal(text, column=COLUMN))
    assert child_keys.read(stored, column=COLUMN) == text
    with pytest.raises(CannotDecrypt):
        child_keys.read(stored, column="sharing_pupil.uln")
    changed = bytearray(stored)
    changed[place % len(stored)] ^= bits
    with pytest.raises(CannotDecrypt):
        child_keys.read(bytes(changed), column=COLUMN)
    with pytest.raises(CannotDecrypt):
        child_keys.read(stored[: place % len(stored)], column=COLUMN)


def test_each_table_with_a_childs_text_says_whose_it_is() -> None:
    """R13: a field that is marked has its table among OWNERS, and the other way round."""
    from django.apps import apps  # noqa: TID251

    marked = {
        model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField) and field.childs
    }
    assert marked == child_keys.OWNERS.keys()


def under_the_ring(*tables: str) -> int:
    return sum(sum(left(sealed).values()) for sealed in sealed_tables() if sealed.table in tables)


BY_IMPORTS = ("sharing_pupil", "sharing_homeaddress", "sharing_contact")


@pytest.mark.django_db
class TestEveryWayIn:
    def test_the_demonstration_and_an_import(self) -> None:
        """R13: new, changed and unchanged records are under a child's key, and no key is kept that nothing names."""
        assert under_the_ring(*BY_IMPORTS) == 0
        parts = {HomeAddress: [HOME], Contact: [SOMEBODY]}
        bring(told(parts=parts), told(1, 2))
        first = record().pk, record().upn, keys_of(record())
        bring(told(parts=parts), told(1, 2))
        assert (record().pk, record().upn, keys_of(record())) == first
        bring(told(parts={HomeAddress: [HOME | {"address": "2 The Road"}]}, surname="Other"))
        assert (record().upn, keys_of(record())) == (UPNS[0], 2)
        with as_batch():
            assert HomeAddress.objects.get(pupil=record()).address == "2 The Road"
            assert Contact.objects.get(pupil=record()).name == "Somebody"
        assert under_the_ring(*BY_IMPORTS) == 0

    def test_what_the_website_wrote_moves_to_the_childs_key(self) -> None:
        """R13: a reason for breaking the glass is free text about the child."""
        child = factories.pupil(999002)
        factories.enrolment(child, date(2020, 9, 1))
        named = glass.Exactly(upn_key=child.upn_index)
        told_why = {"because": "harm", "reason": "The hospital", "head_barred": False}
        glass.break_glass(asker("officer-no-duty", EDUNET), child=named, **told_why)
        assert under_the_ring("sharing_opening")
        for sealed in sealed_tables():
            if sealed.table == "sharing_opening":
                list(rotate(sealed))
        assert not under_the_ring("sharing_opening")
        with as_batch():
            assert Opening.objects.get(pupil=child).reason == "The hospital"

    def test_keys_follow_a_record_to_another_identity_and_back(self) -> None:
        """R9, R13: two identities joined and taken apart; each then has the keys of its own records."""
        one, other = factories.pupil(999002), factories.pupil(999003)
        before = keys_of(one), keys_of(other)
        done = merge(one.child_id, other.child_id, because="Both say so", by_name="Dana")
        assert (keys_of(one), keys_of(other)) == (0, sum(before))
        undo(done.pk, by_name="Dana")
        assert (keys_of(one), keys_of(other)) == before


def keys_of(pupil: Pupil) -> int:
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_keys.key WHERE child_id = %s", [pupil.child_id])
        return int(cursor.fetchone()[0])


def test_a_ring_with_a_key_of_no_name_is_refused(settings) -> None:
    """The empty name marks values of children."""
    settings.FIELD_KEYS = settings.FIELD_KEYS.replace(settings.FIELD_KEYS.split(":")[0], "", 1)
    with pytest.raises(Exception, match="FIELD_KEYS"):
        crypto.key_in_use()
