"""Whoever runs a command by hand is held by what holds the portal (R6, R13): rules of another version, an old copy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from django.utils import timezone

from portal.commands import BEFORE_THE_RULES, NEEDS_NO_DATABASE, Commands
from sharing.models import Disposal, ServiceRun
from sharing.retention.replaying import NotReplayed
from sharing.rules import ANOTHER_VERSION
from tests.faults.server import url_of_tests
from tests.locks.switches import run_as_owner
from tests.people import as_batch

OF_DATA = {
    "change_blind_index_key", "change_person", "check_permissions", "createsuperuser", "dispose", "dumpdata",
    "end_establishment", "free_address", "import_census", "import_file", "import_gias", "import_localities", "loaddata",
    "merge_children", "prepare_release", "prepare_statistics", "publish_protocol", "record_officer",
    "reset_second_factor", "rotate_keys", "run_daily", "shell", "shut_account", "sync_measures", "verify_ledger",
    "verify_parity", "work", "write_census",
}  # fmt: skip


def begin(*said: str) -> None:
    """As `manage.py` does, up to where the command itself begins."""
    Commands(["manage.py", *said]).fetch_command(said[0])


def run(*said: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": url_of_tests(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", *said]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def of_another_version(own_database: None) -> None:
    run_as_owner("CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'before' $$")


def test_under_rules_of_another_version_no_command_begins_but_those_that_must(of_another_version: None) -> None:
    """Also one of a package, and one that somebody adds."""
    said = {}
    for name in get_commands():
        try:
            begin(name)
        except ImproperlyConfigured as why:
            said[name] = str(why)
    assert set(said.values()) == {ANOTHER_VERSION}
    assert said.keys() >= OF_DATA
    assert get_commands().keys() - said.keys() == (NEEDS_NO_DATABASE | BEFORE_THE_RULES) & set(get_commands())


def test_it_is_said_in_the_sentence_of_the_portal(of_another_version: None, tmp_path: Path) -> None:
    refused = run("verify_ledger")
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"{ANOTHER_VERSION}\n")
    assert "usage: manage.py verify_ledger" in run("verify_ledger", "--help").stdout
    assert "usage: manage.py verify_ledger" in run("help", "verify_ledger").stdout
    assert not ServiceRun.objects.exists()


def test_a_backup_is_noted_all_the_same(of_another_version: None, tmp_path: Path) -> None:
    """By night it is made before an upgrade and after one that failed, and the operations page would miss it."""
    (dump := tmp_path / "portal.dump").write_bytes(b"PGDMP")
    assert run("record_backup", str(dump)).returncode == 0
    assert ServiceRun.objects.get().name == ServiceRun.Job.BACKUP


def test_a_command_begins_where_the_rules_are_those_of_the_code(own_database: None) -> None:
    for name in OF_DATA:
        begin(name)


def test_on_an_old_copy_that_was_put_back_nothing_begins_before_it_is_disposed_of_again(own_database: None) -> None:
    """What is brought in there could go again with the child that was disposed of."""
    with as_batch():
        Disposal.objects.create(as_of=timezone.localdate(), gone=1)
    for name in OF_DATA - {"dispose"}:
        with pytest.raises(NotReplayed):
            begin(name)
    begin("dispose", "--replay")
