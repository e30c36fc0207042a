"""R13: `change_blind_index_key` makes every blind index anew under another key: all or nothing, and nothing twice."""

import os
import re
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.apps import apps  # noqa: TID251
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, models
from django.utils import timezone

from sharing.crypto import blind_index, index_under
from sharing.keys import index_renewal
from sharing.keys.fit import refuse_keys_of_another, refuse_other_keys
from sharing.keys.index_renewal import indexed_columns, is_index
from sharing.ledger.proof import check
from sharing.models import (
    Child,
    Disposal,
    LedgerEntry,
    OwnGroup,
    Pupil,
    SignedHead,
    Transfer,
)
from sharing.service import service_runs
from tests import factories
from tests.people import as_batch, client
from tests.retention.worlds import BECKSIDE
from tests.threads import until_alone

REPOSITORY = Path(__file__).resolve().parents[2]
NEW = b64encode(b"a new key, that is thirty-two by").decode()
ANOTHER = b64encode(b"another key, of thirty-two bytes").decode()
COMMAND = "change_blind_index_key"
# Columns as long as an index that are none, and why.
NO_INDEX = {
    "access_register_invitation.token_hash": "of what is drawn",
    "account_emailconfirmation.key": "drawn",
    "axes_accesslog.session_hash": "of a session's number",
    "sharing_import.file_hash": "of a file",
    "sharing_report.fingerprint": "of figures",
    "sharing_restrictedfile.sha256": "of a file",
}


def every_kind() -> dict[str, set[str]]:
    """A row of each table that has a blind index. Column -> the texts that its new indexes are of."""
    today = timezone.localdate()
    pupil = factories.pupil(BECKSIDE, former_upn="b 999 ", former_upn_index=blind_index("B 999"))
    home = factories.address(pupil, "1 The Road\nBD1 1AA")
    person = factories.contact(pupil, "Ann Other", address="2 The Road", email="ann@example.org")
    at = {"establishment": factories.establishment(BECKSIDE)}
    numbered = factories.staff_member(BECKSIDE, teacher_number="7654321", person_index=blind_index("7654321"))
    insured = factories.staff_member(BECKSIDE, ni_number="QQ123456C", person_index=blind_index("QQ123456C"))
    named = factories.staff_member(BECKSIDE, born_on=today, person_index=blind_index(f"Tested|Teacher|{today}"))
    before = factories.staff_member(
        BECKSIDE, surname="Before", born_on=today, person_index=blind_index("Before|Teacher|None")
    )
    with as_batch():
        Child.objects.create(upn_index=blind_index("B 999"), same_as=pupil.child)
        Transfer.objects.create(**at, upn="X123", upn_index=blind_index("X123"), expected_on=today, lapses_on=today)
        OwnGroup.objects.create(
            **at, kind="hand", name="The readers", name_index=blind_index("The readers"), made_by_id=1
        )
    staff = {numbered.teacher_number, insured.ni_number, f"Tested|Teacher|{today}", f"{before.surname}|Teacher|None"}
    assert named.pk
    return {
        "sharing_child.upn_index": {str(pupil.upn), "B 999"},
        "sharing_pupil.upn_index": {str(pupil.upn)},
        "sharing_pupil.former_upn_index": {"B 999"},
        "sharing_transfer.upn_index": {"X123"},
        "sharing_homeaddress.facts_index": {f"{home.address}\n{home.postcode}"},
        "sharing_contact.facts_index": {f"{person.name}\n{person.address}\n{person.telephones}\n{person.email}"},
        "sharing_staffmember.person_index": staff,
        "sharing_owngroup.name_index": {"The readers"},
    }


def stored(columns: dict[str, tuple[str, ...]] | None = None) -> dict[str, list[str]]:
    """Table.column -> its indexes in the order of the rows."""
    found = {}
    with as_batch(), connection.cursor() as cursor:
        for table, names in (columns or indexed_columns()).items():
            for name in names:
                cursor.execute(f"SELECT {name} FROM {table} ORDER BY id")
                found[f"{table}.{name}"] = [value for (value,) in cursor.fetchall()]
    return found


def everywhere() -> set[str]:
    """Whatever looks like an index, in any column of any table."""
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        told = []
        for (table,) in cursor.fetchall():
            try:
                cursor.execute(f"SAVEPOINT here; SELECT row::text FROM {table} AS row")
                told += [text for (text,) in cursor.fetchall()]
            except ProgrammingError:
                cursor.execute("ROLLBACK TO here")
    return {found for text in told for found in re.findall(r"[0-9a-f]{64}", text)}


@pytest.fixture
def old(settings) -> Iterator[str]:
    """The environment as the operator has it when the command is run; the key before is the one of the store."""
    settings.OLD_BLIND_INDEX_KEY = settings.BLIND_INDEX_KEY
    return settings.OLD_BLIND_INDEX_KEY


def changed(*arguments: str) -> str:
    said = StringIO()
    call_command(COMMAND, *arguments, stdout=said)
    return said.getvalue()


def test_no_column_that_may_be_an_index_is_forgotten() -> None:
    """R13: each text column of that length is renewed, or named above with why it is none."""
    of_that_length = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.CharField) and field.max_length == 64 and not is_index(field)
    }
    assert of_that_length == NO_INDEX.keys()


def test_the_guide_names_each_table_to_be_written_anew() -> None:
    """R13: a table that it left out would keep its old indexes on the disk."""
    guide = Path(__file__).parents[2] / "docs" / "operators" / "keys.md"
    assert f"'VACUUM FULL {', '.join(sorted(indexed_columns()))}'" in guide.read_text()


@pytest.mark.django_db
class TestTheStore:
    def test_each_column_is_renewed(self, old: str, settings) -> None:
        """R13: a new column that no row above has fails, and so does one whose text nobody reads."""
        texts, before = every_kind(), stored()
        assert texts.keys() == before.keys()
        settings.BLIND_INDEX_KEY = NEW
        assert "no longer stored anywhere" not in changed()
        after = stored()
        for column, told in texts.items():
            assert {index_under(old, text) for text in told} <= set(before[column]), column
            assert {index_under(NEW, text) for text in told} <= set(after[column]), column
        pairs = {two for column in before for two in zip(before[column], after[column], strict=True)}
        assert ("", "") in pairs
        assert all(one != other for one, other in pairs - {("", "")})
        assert len(pairs) == len(dict(pairs)) == len({other for _, other in pairs})  # alike stays alike

    def test_nowhere_is_an_index_under_the_old_key(self, old: str, settings) -> None:
        """R13: not in a column that nobody thought of either, whatever it is called."""
        every_kind()
        of_texts = {value for values in stored().values() for value in values} - {""}
        assert of_texts <= everywhere()
        settings.BLIND_INDEX_KEY = NEW
        changed("--yes")
        assert not of_texts & everywhere()

    def test_children_are_looked_up_as_before(self, old: str, settings) -> None:
        """R13, R22: neither the worker nor the web application refuses, and a UPN finds its child."""
        pupil = factories.pupil(BECKSIDE)
        factories.enrolment(pupil, timezone.localdate())
        service_runs.note_key(timezone.localdate())
        settings.BLIND_INDEX_KEY = NEW
        with pytest.raises(CommandError):
            refuse_other_keys()
        changed("--yes")
        refuse_other_keys()
        refuse_keys_of_another()
        page = client("head-beckside").post("/establishments/999002/pupils/", {"named": str(pupil.upn)}, follow=True)
        assert "Tested" in page.content.decode()

    def test_it_is_in_the_signed_ledger(self, old: str, settings) -> None:
        """R43: how many rows, and no key."""
        settings.BLIND_INDEX_KEY = NEW
        said = changed("--yes")
        with as_batch():
            entry = LedgerEntry.objects.get(action=COMMAND)
            signed = SignedHead.objects.order_by("-number").values_list("row", flat=True).first()
            assert check().is_whole
        assert f"{entry.about['rows']} rows are under the new key" in said
        assert entry.about.keys() == {"rows", "lost"}
        assert signed == entry.pk
        assert not {old, NEW} & {said, str(entry.about)}

    def test_sessions_end_since_one_may_hold_an_index(self, old: str, settings) -> None:
        """R13: of a UPN that was typed before its child's record is opened."""
        client("head-beckside")
        assert Session.objects.exists()
        settings.BLIND_INDEX_KEY = NEW
        changed("--yes")
        assert not Session.objects.exists()


@pytest.mark.django_db
class TestTheOldKeyIsLost:
    """R13: nobody has the key of the store. FIELD_KEYS opens what its indexes were made from."""

    def test_each_index_is_made_again_from_what_stands_beside_it(self, settings) -> None:
        texts, before = every_kind(), stored()
        settings.BLIND_INDEX_KEY = NEW
        assert "no longer stored anywhere" not in changed("--lost")
        after = stored()
        # Whoever was known without a date of birth is known with it now. A return finds them by their name.
        born = f"Before|Teacher|{timezone.localdate()}"
        texts["sharing_staffmember.person_index"] ^= {"Before|Teacher|None", born}
        for column, told in texts.items():
            assert {index_under(NEW, text) for text in told} <= set(after[column]), column
        pairs = {two for column in before for two in zip(before[column], after[column], strict=True)}
        assert len(pairs) == len(dict(pairs)) == len({other for _, other in pairs})  # alike stays alike
        refuse_other_keys()
        refuse_keys_of_another()
        assert "nothing to do" in changed("--lost")

    def test_it_is_the_same_as_with_the_old_key(self, old: str, settings) -> None:
        """R13: of each child, address and group; of staff, as long as no better number came after the first."""
        factories.pupil(BECKSIDE)
        settings.BLIND_INDEX_KEY = NEW
        changed("--yes")
        with_it = stored()
        settings.OLD_BLIND_INDEX_KEY, settings.BLIND_INDEX_KEY = NEW, old
        changed("--yes")
        settings.OLD_BLIND_INDEX_KEY, settings.BLIND_INDEX_KEY = "", NEW
        changed("--lost", "--yes")
        assert stored() == with_it

    def test_two_children_stay_two(self, settings) -> None:
        """R5: the UPN of one was put right by hand to that of the other. It is said that one number is lost."""
        one, other = factories.pupil(BECKSIDE), factories.pupil(BECKSIDE)
        with as_batch():
            other.upn = one.upn
            other.save(update_fields=["upn"])
        settings.BLIND_INDEX_KEY = NEW
        assert re.search(r"^1 of \d+ indexes are of a number that is no longer stored", changed("--lost", "--yes"))
        with as_batch():
            children = Child.objects.filter(pk__in=[one.child_id, other.child_id])
            of_both = set(children.values_list("upn_index", flat=True))
        assert len(of_both) == 2
        assert index_under(NEW, str(one.upn)) in of_both

    def test_it_is_refused_where_the_old_key_is_there(self, old: str, settings) -> None:
        first = stored()
        settings.BLIND_INDEX_KEY = NEW
        with pytest.raises(CommandError, match="leave --lost out"):
            changed("--lost", "--yes")
        assert stored() == first


@pytest.mark.django_db
class TestAgain:
    def test_a_second_run_changes_nothing(self, old: str, settings) -> None:
        """R13: and says so."""
        every_kind()
        settings.BLIND_INDEX_KEY = NEW
        changed("--yes")
        first = stored()
        assert "nothing to do" in changed("--yes")
        assert stored() == first

    def test_and_back(self, old: str, settings) -> None:
        """R13: with the keys the other way round."""
        every_kind()
        first = stored()
        settings.BLIND_INDEX_KEY = NEW
        changed("--yes")
        settings.OLD_BLIND_INDEX_KEY, settings.BLIND_INDEX_KEY = NEW, old
        changed("--yes")
        assert stored() == first


@pytest.mark.django_db
class TestRefused:
    @pytest.mark.parametrize(
        ("before", "new", "says"),
        [
            ("", NEW, "Set OLD_BLIND_INDEX_KEY"),
            (NEW, NEW, "are the same"),
            (ANOTHER, NEW, "not the key of what is stored"),
        ],
    )
    def test_other_keys_change_nothing(self, before: str, new: str, says: str, settings) -> None:
        """R13: and no key stands in what is said."""
        every_kind()
        first = stored()
        settings.OLD_BLIND_INDEX_KEY, settings.BLIND_INDEX_KEY = before, new
        with pytest.raises(CommandError, match=says) as refused:
            changed("--yes")
        assert stored() == first
        assert not {key for key in (before, new) if key and key in str(refused.value)}

    def test_a_key_of_a_few_rows_is_not_the_key_of_the_store(self, old: str, settings, monkeypatch) -> None:
        """R13: by a slip some children came in under another key; the rest would be lost."""
        monkeypatch.setattr("sharing.management.commands.change_blind_index_key.index_fits", lambda key: key == ANOTHER)
        first = stored()
        settings.OLD_BLIND_INDEX_KEY, settings.BLIND_INDEX_KEY = ANOTHER, NEW
        with pytest.raises(CommandError, match="not the key of what is stored"):
            changed("--yes")
        assert stored() == first

    def test_while_the_portal_is_connected(self, old: str, settings) -> None:
        """R13: a process with the old key would look for nobody, and bring each child in again."""
        settings.BLIND_INDEX_KEY = NEW
        worker = connections.create_connection("default")
        try:
            worker.ensure_connection()
            with pytest.raises(CommandError, match="The portal is running"):
                changed("--yes")
        finally:
            worker.close()
            until_alone()

    def test_a_value_that_cannot_be_read_changes_nothing(self, old: str, settings) -> None:
        """R13: as where an older copy of the children's keys was put back."""
        pupil = factories.pupil(BECKSIDE)
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM portal_keys.key WHERE child_id = %s", [pupil.child_id])
        first = stored()
        settings.BLIND_INDEX_KEY = NEW
        with pytest.raises(CommandError, match="FIELD_KEYS does not open"):
            changed("--yes")
        assert stored() == first

    def test_before_disposals_are_done_again(self, old: str, settings) -> None:
        """R13: on a copy of before, children are there whose keys are destroyed."""
        with as_batch():
            Disposal.objects.create(as_of=timezone.localdate(), asked_by_name="x", gone=1)
        settings.BLIND_INDEX_KEY = NEW
        with pytest.raises(CommandError, match="dispose --replay"):
            changed("--yes")

    def test_the_web_applications_login_may_not(self, old: str, settings) -> None:
        """R13: what it may not read it may not change either."""
        with pytest.raises(ProgrammingError, match="permission denied"):
            index_renewal.hold()


@pytest.mark.django_db
class TestWhatIsStoredNowhere:
    def lost(self) -> Child:
        """A child's UPN before the former one."""
        pupil = factories.pupil(BECKSIDE)
        with as_batch():
            return Child.objects.create(upn_index=blind_index("Long gone"), same_as=pupil.child)

    def test_it_asks_first(self, old: str, settings, monkeypatch: pytest.MonkeyPatch) -> None:
        """R13: it cannot be undone."""
        lost, first = self.lost(), stored()
        settings.BLIND_INDEX_KEY = NEW
        monkeypatch.setattr("builtins.input", lambda asks: "no")
        with pytest.raises(CommandError, match="Nothing was changed"):
            changed()
        assert stored() == first
        monkeypatch.setattr("builtins.input", lambda asks: "yes")
        assert re.search(r"^1 of \d+ indexes are of a number that is no longer stored anywhere", changed())
        with as_batch():
            lost.refresh_from_db()
        assert lost.upn_index not in {index_under(key, "Long gone") for key in (old, NEW)}
        assert len(lost.upn_index) == 64

    def test_a_child_without_a_upn_keeps_an_index_of_its_own(self, old: str, settings) -> None:
        """R5: the record and its identity have the same drawn one, and no number is lost."""
        with as_batch():
            child = Child.objects.create(upn_index="d" * 64)
        pupil = factories.pupil(BECKSIDE, child=child, upn="")
        settings.BLIND_INDEX_KEY = NEW
        assert "no longer stored anywhere" not in changed()
        with as_batch():
            (index,) = Pupil.objects.filter(pk=pupil.pk).values_list("upn_index", flat=True)
            assert Child.objects.get(pk=child.pk).upn_index == index != "d" * 64


def _command(before_it: str, settings) -> list[str]:
    """The command in a process of its own, with what is put before it."""
    return [
        sys.executable, "-c",
        f"import django; django.setup()\n{before_it}\n"
        f"from django.core.management import call_command; call_command('{COMMAND}', '--yes')",
    ]  # fmt: skip


def test_killed_and_started_again(own_database: None, settings) -> None:
    """R13: kill -9 once every row is written, before it is committed, leaves each index under the old key."""
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(here),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "OLD_BLIND_INDEX_KEY": settings.BLIND_INDEX_KEY,
        "BLIND_INDEX_KEY": NEW,
    }  # fmt: skip
    first = stored()
    connection.close()
    waits = (
        "import time, sharing.service.service_runs as runs\n"
        "def wait(day): print('written', flush=True); time.sleep(60)\n"
        "runs.note_key = wait"
    )
    there = {"cwd": REPOSITORY, "env": environment, "text": True}
    killed = subprocess.Popen(_command(waits, settings), stdout=subprocess.PIPE, **there)
    assert "written" in killed.stdout.readline()
    running = subprocess.run(_command("", settings), capture_output=True, check=False, **there)
    assert "The portal is running" in running.stderr
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert stored() == first
    connection.close()
    again = subprocess.run(_command("", settings), capture_output=True, check=False, **there)
    assert again.returncode == 0, again.stderr
    assert "rows are under the new key" in again.stdout
    settings.BLIND_INDEX_KEY = NEW
    refuse_other_keys()
    refuse_keys_of_another()
