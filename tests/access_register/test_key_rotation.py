"""`manage.py rotate_keys` (R13): every encrypted value under the first key, resumable after kill -9, beside readers."""

import base64
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps  # noqa: TID251
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.utils import timezone

from access_register.models import Contract
from access_register.sign_in.second_factors import SealedFactors
from sharing import crypto
from sharing.crypto import CannotDecrypt, decrypt, encrypt, encrypt_bytes
from sharing.fields import EncryptedTextField
from sharing.imports.pieces import keep
from sharing.keys.rotation import NOT_SEALED, SEALED, left, rotate, sealed_tables
from sharing.models import (
    Challenge,
    Establishment,
    HomeAddress,
    Import,
    ImportPiece,
    Pupil,
    RestrictedItem,
    StaffMember,
    SupportOffer,
    SupportRequest,
)
from tests import factories
from tests.people import as_batch, person

REPOSITORY = Path(__file__).resolve().parents[2]
NEW = f"new:{base64.b64encode(b'n' * 32).decode()}"


def keys(settings, *rings: str) -> None:
    settings.FIELD_KEYS = ",".join(rings)


def filled() -> dict[str, object]:
    """One of everything that is encrypted by hand or by a field of another table."""
    pupil = factories.pupil(999002, former_upn="Former", uln="1234567890")
    member = factories.staff_member(999002, teacher_number="7654321", ni_number="QQ123456C")
    with as_batch():
        HomeAddress.objects.create(
            pupil=pupil, establishment=pupil.establishment, address="1 The Road", postcode="BD1 1AA", facts_index=""
        )
        Challenge.objects.create(
            establishment=pupil.establishment, pupil=pupil, about="pupil", fact="name", statement="Wrong",
            raised_by_name="x", due_on=timezone.localdate(), assigned_to="school",
        )  # fmt: skip
        contract = Contract.objects.first()
        sealed = encrypt_bytes(b"The contract", column="access_register_contract.document")
        Contract.objects.filter(pk=contract.pk).update(document=sealed)
        brought = Import.objects.create(kind="census", file_name="x", file_hash="x", by="x")
        keep(brought.pk, [b"The piece"])
        Authenticator.objects.create(
            user=person("head-beckside"), type=Authenticator.Type.TOTP, data={"secret": SealedFactors().encrypt("JBSW")}
        )
    return {"pupil": pupil.pk, "member": member.pk, "contract": contract.pk, "brought": brought.pk}


def read(made: dict[str, object]) -> list[str]:
    with as_batch():
        pupil, member = Pupil.objects.get(pk=made["pupil"]), StaffMember.objects.get(pk=made["member"])
        document = Contract.objects.values_list("document", flat=True).get(pk=made["contract"])
        piece = ImportPiece.objects.get(of_id=made["brought"]).sealed
        secret = Authenticator.objects.get(user=person("head-beckside"), type="totp").data["secret"]
        address = HomeAddress.objects.get(pupil_id=made["pupil"])
        return [
            pupil.former_upn, pupil.uln, member.teacher_number, member.ni_number, address.address, address.postcode,
            Challenge.objects.get(pupil_id=made["pupil"]).statement, SealedFactors().decrypt(secret),
            crypto.decrypt_bytes(document, column="access_register_contract.document").decode(),
            crypto.decrypt_bytes(piece, column=f"sharing_importpiece.sealed/{made['brought']}/0").decode(),
        ]  # fmt: skip


def rotated(*arguments: str) -> str:
    said = StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


def test_no_binary_column_is_forgotten() -> None:
    """R13: each is a field that encrypts, sealed by hand and rotated, or a hash."""
    rotated_columns = {f"{sealed.table}.{column}" for sealed in sealed_tables() for column in sealed.columns}
    for model in apps.get_models():
        for field in model._meta.local_fields:
            name = f"{model._meta.db_table}.{field.column}"
            if isinstance(field, models.BinaryField) and name not in NOT_SEALED:
                assert name in rotated_columns, name
                assert isinstance(field, EncryptedTextField) or name in SEALED, name
    assert {"sharing_pupil.upn", "sharing_contact.email", "sharing_challenge.answer"} <= rotated_columns


@pytest.mark.django_db
class TestRotating:
    def test_everything_reads_the_same_without_the_old_key(self, settings) -> None:
        """R13: after it the old key may go."""
        old = settings.FIELD_KEYS
        made = filled()
        before = read(made)
        assert before[0] == "Former"
        keys(settings, NEW, old)
        assert "portal_keys.key.wrapped: 0 left" not in _check_fails()
        said = rotated()
        assert "Every value is under the first key" in said
        keys(settings, NEW)
        assert read(made) == before
        assert "Every value is under the first key" in rotated("--check")

    def test_again_it_writes_nothing(self, settings) -> None:
        keys(settings, NEW, settings.FIELD_KEYS)
        assert "rows written" in rotated()
        assert "rows written" not in rotated()

    def test_what_is_settled_is_rotated_too(self, settings) -> None:
        """R13: a request that was answered and an item that was withdrawn, which nobody may change any more."""
        now, here, there = timezone.now(), *Establishment.objects.filter(urn__in=[999002, 999003])
        today = timezone.localdate()
        with as_batch():
            offer = SupportOffer.objects.create(establishment=here, challenge="governance", until=today)
            SupportRequest.objects.create(
                offer=offer, establishment=here, from_establishment=there, words="May we come?", asked_by_id=0,
                state="accepted", answer="Do", answered_at=now,
            )  # fmt: skip
            RestrictedItem.objects.create(
                establishment=here, kind="bespoke", title="An analysis", academic_year=2025, owner="The team",
                starts_on=today, added_by_name="Test", withdrawn_at=now,
            )  # fmt: skip
        keys(settings, NEW, settings.FIELD_KEYS)
        assert "Every value is under the first key" in rotated()
        keys(settings, NEW)
        with as_batch():
            request, item = SupportRequest.objects.get(offer=offer), RestrictedItem.objects.get(owner="The team")
        assert (request.words, request.answer, item.title) == ("May we come?", "Do", "An analysis")

    def test_a_key_that_is_missing_changes_nothing_and_says_so(self, settings) -> None:
        made = filled()
        old = settings.FIELD_KEYS
        keys(settings, NEW)
        with pytest.raises(CommandError, match="not in FIELD_KEYS"):
            rotated()
        keys(settings, old)
        assert read(made)[0] == "Former"

    def test_days_of_visibility_stay(self, settings) -> None:
        """The triggers of the pupil's table are not touched by it (R5)."""
        pupil = factories.pupil(999002)
        factories.enrolment(pupil, timezone.localdate())
        keys(settings, NEW, settings.FIELD_KEYS)
        rotated()
        with as_batch():
            assert Pupil.objects.visible_on(timezone.localdate()).filter(pk=pupil.pk).exists()


def _check_fails() -> str:
    said = StringIO()
    with pytest.raises(CommandError, match="Some values are not under the first key"):
        call_command("rotate_keys", "--check", stdout=said)
    return said.getvalue()


def test_killed_and_started_again(own_database: None, settings) -> None:
    """R13: kill -9 in the middle leaves every value whole; the next run does the rest; readers read meanwhile."""
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(here),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "FIELD_KEYS": f"{NEW},{settings.FIELD_KEYS}",
    }  # fmt: skip
    slow = (
        "import django; django.setup()\n"
        "import sharing.keys.rotation as r, time; r.ROWS = 20; write = r._write\n"
        "def slowly(*a): time.sleep(0.002); write(*a)\n"
        "r._write = slowly\n"
        "from django.core.management import call_command; call_command('rotate_keys')"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", slow], cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    )
    for line in first.stdout:
        if line.startswith("portal_keys.key: ") and not line.startswith("portal_keys.key: 0"):
            break
    time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    old = settings.FIELD_KEYS
    keys(settings, NEW, old)
    sealed = next(one for one in sealed_tables() if one.table == "portal_keys.key")
    some_left, all_of_them = left(sealed)["wrapped"], _number_of_keys()
    assert 0 < some_left < all_of_them
    with as_batch():
        assert all(pupil.upn for pupil in Pupil.objects.all())  # each whole, under one key or the other
    again = subprocess.run(
        [sys.executable, "-c", slow], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert f"portal_keys.key: {some_left} rows written" in again.stdout
    keys(settings, NEW)
    with as_batch():
        assert all(pupil.upn for pupil in Pupil.objects.all())
    assert sum(sum(left(one).values()) for one in sealed_tables()) == 0
    assert list(rotate(sealed)) == []


def _number_of_keys() -> int:
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_keys.key")
        return cursor.fetchone()[0]


class TestBoundToItsColumn:
    """R13: a value moved elsewhere, or changed, does not decrypt."""

    @pytest.mark.parametrize("sealed", sealed_tables(), ids=lambda sealed: sealed.table)
    def test_it_opens_in_no_other_column(self, sealed) -> None:
        here = f"{sealed.table}.{sealed.columns[0]}"
        stored = encrypt("Secret", column=here)
        assert decrypt(stored, column=here) == "Secret"
        for other in sealed_tables():
            for column in other.columns:
                if (elsewhere := f"{other.table}.{column}") != here:
                    with pytest.raises(CannotDecrypt):
                        decrypt(stored, column=elsewhere)

    def test_any_changed_byte_is_noticed(self) -> None:
        stored = encrypt("Secret", column="sharing_pupil.upn")
        for place in range(len(stored)):
            changed = bytearray(stored)
            changed[place] ^= 1
            with pytest.raises(CannotDecrypt):
                decrypt(bytes(changed), column="sharing_pupil.upn")
        for length in range(len(stored)):
            with pytest.raises(CannotDecrypt):
                decrypt(stored[:length], column="sharing_pupil.upn")

    @pytest.mark.django_db
    def test_a_value_moved_in_the_database_is_noticed(self) -> None:
        pupil = factories.pupil(999002, former_upn="Former", uln="1234567890")
        with as_batch():
            with connection.cursor() as cursor:
                cursor.execute("UPDATE sharing_pupil SET uln = former_upn WHERE id = %s", [pupil.pk])
            with pytest.raises(CannotDecrypt):
                Pupil.objects.get(pk=pupil.pk)
