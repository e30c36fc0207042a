"""PostgreSQL enforces what the files say (R6, R45): nothing more, nothing less, and nothing of another version."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from portal.management.commands.migrate import FIRST, FIRST_BEFORE, LAST_BEFORE
from scripts import database
from sharing import rules
from sharing.roles import create_roles
from sharing.service.starting import refuse_to_run, refuse_to_serve, refuse_to_work
from tests import databases, steps
from tests.locks.switches import rows, run_as_owner, savepoint
from tests.people import as_batch, as_owner
from tests.retention.test_restore import another_database

_OURS = "NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
BY_HAND = (
    "CREATE FUNCTION portal_everything() RETURNS SETOF sharing_pupil LANGUAGE sql SECURITY DEFINER "
    "AS $$ SELECT * FROM sharing_pupil $$",
    "GRANT EXECUTE ON FUNCTION sharing_plain, portal_establishments TO portal_backup, pg_monitor",
    "CREATE OR REPLACE FUNCTION portal_establishments(wanted text) RETURNS SETOF bigint LANGUAGE sql STABLE "
    "AS $$ SELECT id FROM sharing_establishment $$",
    "CREATE OR REPLACE FUNCTION portal_release_contents(wanted bigint, another int) RETURNS int LANGUAGE sql "
    "AS $$ SELECT 1 $$",
    "DROP POLICY app_reads ON sharing_pupil",
    "ALTER POLICY app_reads ON sharing_attendance USING (true)",
    "CREATE POLICY everybody ON sharing_contact TO portal_app USING (true)",
    "ALTER TABLE sharing_staffmember DISABLE ROW LEVEL SECURITY",
    "GRANT ALL ON sharing_child TO portal_app",
    "GRANT UPDATE (action) ON sharing_ledgerentry TO portal_app, portal_batch",
    "GRANT SELECT ON sharing_child, sharing_ledgerentry_before TO PUBLIC",
    "GRANT SELECT (surname) ON sharing_pupil TO PUBLIC",
    "GRANT UPDATE ON sharing_pupil TO portal_backup",
    "DROP TRIGGER append_only ON sharing_ledgerentry",
    "DROP TRIGGER append_only ON sharing_ledgerentry_before",
    "CREATE TRIGGER another BEFORE UPDATE ON sharing_pupil FOR EACH ROW EXECUTE FUNCTION sharing_refuse_change()",
    "CREATE TRIGGER another BEFORE INSERT ON sharing_ledgerentry_before EXECUTE FUNCTION sharing_refuse_change()",
    "CREATE RULE unheard AS ON INSERT TO sharing_signedhead DO INSTEAD NOTHING",
    "CREATE PROCEDURE portal_by_hand() LANGUAGE sql AS $$ SELECT 1 $$",
    "CREATE AGGREGATE portal_sum(int) (sfunc = int4pl, stype = int)",
)
OF_THE_KEYS_BY_HAND = (
    "GRANT USAGE ON SCHEMA portal_keys TO PUBLIC, portal_app",
    "GRANT SELECT ON portal_keys.key TO portal_app, pg_monitor",
    "GRANT SELECT (wrapped) ON portal_keys.key TO portal_backup",
    "GRANT SELECT ON portal_keys.gone TO portal_batch WITH GRANT OPTION",
    "REVOKE DELETE ON portal_keys.key FROM portal_batch",
    "CREATE FUNCTION portal_keys.everything() RETURNS SETOF portal_keys.key LANGUAGE sql SECURITY DEFINER "
    "AS $$ SELECT * FROM portal_keys.key $$",
    "CREATE TRIGGER another BEFORE DELETE ON portal_keys.key EXECUTE FUNCTION sharing_refuse_change()",
    "CREATE POLICY everybody ON portal_keys.key USING (true)",
)


def everything() -> list[tuple[object, ...]]:
    """Everything that is enforced, as PostgreSQL describes it."""
    return [
        *rows(
            "SELECT oid::regprocedure::text, CASE WHEN prokind <> 'a' THEN pg_get_functiondef(oid) END, "
            "(SELECT array_agg(held::text ORDER BY held::text) FROM unnest(proacl) AS held) FROM pg_proc "
            f"WHERE pronamespace IN ('public'::regnamespace, 'portal_keys'::regnamespace) AND {_OURS} ORDER BY 1"
        ),
        *rows("SELECT ev_class::regclass::text, rulename FROM pg_rewrite WHERE rulename <> '_RETURN' ORDER BY 1, 2"),
        *rows("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"),
        *rows(
            "SELECT polrelid::regclass::text, polname, polpermissive, polcmd, polroles, "
            "pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY 1, 2"
        ),
        *rows(
            "SELECT oid::regclass::text, relrowsecurity, relforcerowsecurity, (SELECT array_agg(held::text "
            "ORDER BY held::text) FROM unnest(relacl) AS held) FROM pg_class "
            "WHERE relnamespace IN ('public'::regnamespace, 'portal_keys'::regnamespace) AND relkind IN ('r', 'p') "
            "ORDER BY 1"
        ),
        *rows(
            "SELECT nspname, (SELECT array_agg(held::text ORDER BY held::text) FROM unnest(nspacl) AS held) "
            "FROM pg_namespace WHERE nspname IN ('public', 'portal_keys') ORDER BY 1"
        ),
        *rows(
            "SELECT attrelid::regclass::text, attname, attacl::text FROM pg_attribute "
            "WHERE attacl IS NOT NULL AND attacl <> '{}' ORDER BY 1, 2"
        ),
    ]


def test_what_was_changed_by_hand_is_as_the_files_say_after_the_next_version(own_database: None) -> None:
    as_the_files_say = everything()
    run_as_owner(
        *BY_HAND, "CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'before' $$"
    )
    assert everything() != as_the_files_say
    with pytest.raises(ImproperlyConfigured, match=r"manage\.py migrate"):
        rules.refuse_those_of_another_version()
    for starts in (["migrate", "--check"], ["work", "--once"], ["run_daily"], ["work"]):
        with pytest.raises(ImproperlyConfigured, match=r"manage\.py migrate"):
            call_command(*starts)
    call_command("migrate", verbosity=0)
    assert everything() == as_the_files_say
    rules.refuse_those_of_another_version()


def test_rights_to_the_childrens_keys_are_as_the_files_say_too(own_database: None) -> None:
    """R13: no policy guards that schema. Who was given a right to it by hand has none, nor who got it from them."""
    as_the_files_say = everything()
    run_as_owner(*OF_THE_KEYS_BY_HAND, "DROP FUNCTION portal_rules()")
    with as_batch():
        rows("GRANT SELECT ON portal_keys.gone TO portal_app")
    assert rows("SELECT has_table_privilege('portal_app', 'portal_keys.gone', 'SELECT')") == [(True,)]
    call_command("migrate", verbosity=0)
    assert everything() == as_the_files_say


@pytest.mark.parametrize("whom", [["PUBLIC"], ["pg_monitor"], ["PUBLIC", "pg_monitor"]], ids=" and ".join)
@pytest.mark.parametrize("where", ["", "IN SCHEMA public"], ids=["anywhere", "in public"])
def test_who_is_given_all_that_will_be_made_is_given_no_function(
    own_database: None, where: str, whom: list[str]
) -> None:
    """R6: an administrator's default rights, meant for a login that reports, would open each function made anew."""
    before = everything()
    for one in whom:
        run_as_owner(f"ALTER DEFAULT PRIVILEGES {where} GRANT EXECUTE ON FUNCTIONS TO {one}")
    run_as_owner("DROP POLICY app_reads ON sharing_pupil")  # so that there is something to make
    call_command("migrate", verbosity=0)
    assert everything() == before


@pytest.mark.django_db
def test_each_change_by_hand_is_noticed() -> None:
    assert rules.is_as_made()
    for by_hand in (*BY_HAND, *OF_THE_KEYS_BY_HAND):
        with savepoint():
            run_as_owner(by_hand)
            assert not rules.is_as_made(), by_hand


def test_what_was_changed_by_hand_is_made_anew_by_the_same_version_too(own_database: None) -> None:
    """Running migrate again restores the rules."""
    as_the_files_say = everything()
    run_as_owner(*BY_HAND, *OF_THE_KEYS_BY_HAND)
    rules.refuse_those_of_another_version()
    with pytest.raises(CommandError, match="changed by hand"):
        call_command("migrate", "--check")
    call_command("migrate", verbosity=0)
    assert everything() == as_the_files_say
    call_command("migrate", "--check")


@pytest.mark.parametrize(
    "by_hand",
    [
        "ALTER TABLE sharing_pupil DISABLE ROW LEVEL SECURITY", "ALTER TABLE sharing_pupil NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY app_reads ON sharing_pupil",
    ],
)  # fmt: skip
def test_nothing_starts_without_the_second_lock(by_hand: str, own_database: None) -> None:
    """R6: a restore that was cut off brings tables before their policies, and the rules count as of this version."""
    refuse_to_serve()
    run_as_owner(by_hand)
    rules.refuse_those_of_another_version()
    for starts in (refuse_to_serve, lambda: refuse_to_run("run_daily"), lambda: refuse_to_run("dispose")):
        with pytest.raises(ImproperlyConfigured, match="missing for sharing_pupil"):
            starts()
    call_command("migrate", verbosity=0)
    refuse_to_serve()


def test_a_month_of_the_ledger_is_no_change_by_hand(own_database: None) -> None:
    """`run_daily` makes a partition for each month."""
    with as_batch():
        assert rows("SELECT sharing_make_ledger_month('2040-01-01')") == [(True,)]
    assert rules.is_as_made()


def test_without_the_store_of_the_keys_migrate_says_what_to_put_back(own_database: None) -> None:
    """R13: of the two dumps only the first was put back."""
    run_as_owner("DROP FUNCTION portal_rules()", "DROP SCHEMA portal_keys CASCADE")
    with pytest.raises(ImproperlyConfigured, match="Put back its newest copy"):
        call_command("migrate", verbosity=0)


def test_rules_that_are_in_force_are_left_alone(own_database: None) -> None:
    """A migrate that changes nothing disturbs nobody: it locks no table."""
    with as_owner():
        assert rules.bring_in_force() is False


A_COLUMN_ANEW = (
    "ALTER TABLE sharing_misusereport DROP COLUMN acknowledged_at CASCADE",
    "ALTER TABLE sharing_misusereport ADD COLUMN acknowledged_at timestamptz",
)


def test_a_migration_that_takes_policies_away_with_a_column_brings_them_back(
    own_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django drops a column CASCADE. Without its restrictive policies a table would be open by its permissive one."""
    as_the_files_say = everything()
    steps.one_more(tmp_path, monkeypatch, *A_COLUMN_ANEW)
    with pytest.raises(ImproperlyConfigured, match=r"manage\.py migrate"):
        rules.refuse_those_of_another_version()
    call_command("migrate", "sharing", verbosity=0)
    assert everything() != as_the_files_say
    call_command("migrate", verbosity=0)
    assert _but_for_the_sum(everything()) == _but_for_the_sum(as_the_files_say)


@pytest.mark.parametrize("asked", [[], ["--check"], ["--plan"]], ids=["migrate", "check", "plan"])
def test_a_version_gone_back_to_takes_no_rule_of_a_newer_one_away(own_database: None, asked: list[str]) -> None:
    """R6: what the newer one holds in tables and columns of its own would be under no rule. No step is undone."""
    with as_owner():
        MigrationRecorder(connection).record_applied("sharing", "0003_of_tomorrow")
    run_as_owner(
        "CREATE POLICY of_tomorrow ON sharing_pupil AS RESTRICTIVE TO portal_app USING (false)",
        "CREATE OR REPLACE FUNCTION portal_rules() RETURNS text LANGUAGE sql AS $$ SELECT 'of tomorrow' $$",
    )
    before = everything()
    with pytest.raises(ImproperlyConfigured, match=r"newer version, which has run sharing\.0003_of_tomorrow"):
        call_command("migrate", *asked, verbosity=0)
    assert everything() == before


def test_nothing_starts_on_tables_of_a_newer_version(own_database: None) -> None:
    """R6: of a `migrate` that was killed after a step, the rules of the version before are still in force."""
    refuse_to_serve()
    with as_owner():
        MigrationRecorder(connection).record_applied("sharing", "0003_of_tomorrow")
    rules.refuse_those_of_another_version()
    for starts in (refuse_to_serve, refuse_to_work, lambda: refuse_to_run("run_daily")):
        with pytest.raises(ImproperlyConfigured, match=r"newer version, which has run sharing\.0003_of_tomorrow"):
            starts()


def test_a_process_keeps_to_the_rules_that_it_began_with(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: an upgrade changes the files of a worker that nobody stopped, and it looks again after a lost connection."""
    rules.refuse_those_of_another_version()
    monkeypatch.setattr(rules, "text_of", lambda file: "of tomorrow")
    run_as_owner(rules._REMEMBER.format(rules._on_disk().digest, ""))
    with pytest.raises(ImproperlyConfigured, match="those of another version"):
        rules.refuse_those_of_another_version()


def test_steps_that_a_squashed_one_replaces_are_of_no_newer_version(
    own_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their files are gone, though the database has run them. A step that no file names is still of a newer version."""
    package = steps.copied(tmp_path, monkeypatch)
    last = steps.last_of(package)
    squashed = last.with_name("0003_squashed.py")
    replaces = f"class Migration(migrations.Migration):\n    replaces = [('sharing', {last.stem!r})]\n"
    squashed.write_text(last.read_text().replace("class Migration(migrations.Migration):\n", replaces))
    last.unlink()
    call_command("migrate", verbosity=0)
    assert ("sharing", squashed.stem) in MigrationRecorder(connection).applied_migrations()
    with as_owner():
        MigrationRecorder(connection).record_applied("sharing", "0004_of_tomorrow")
    with pytest.raises(ImproperlyConfigured, match=r"has run sharing\.0004_of_tomorrow\. This"):
        call_command("migrate", verbosity=0)


def _but_for_the_sum(told: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [row for row in told if row[0] != "portal_rules()"]


def test_what_an_administrator_made_is_left_alone(own_database: None) -> None:
    """The owner cannot grant rights to another owner's table in our schema, and it must not stop migrate."""
    by_the_login = connection.get_connection_params() | {"options": ""}
    by_the_login.pop("cursor_factory", None)
    with closing(psycopg2.connect(**by_the_login)) as login, login, login.cursor() as cursor:
        cursor.execute("CREATE TABLE of_somebody (id int); GRANT SELECT ON of_somebody TO portal_backup")
    run_as_owner("DROP FUNCTION portal_rules()")
    before = everything()
    call_command("migrate", verbosity=0)
    assert _but_for_the_sum(everything()) == before


def test_a_view_that_somebody_made_is_open_to_nobody(own_database: None) -> None:
    """Its rows would be those that its owner sees."""
    run_as_owner(
        "CREATE VIEW everybody AS SELECT * FROM sharing_pupil",
        "GRANT SELECT ON everybody TO portal_app",
        "DROP FUNCTION portal_rules()",
    )
    call_command("migrate", verbosity=0)
    assert rows("SELECT has_table_privilege('portal_app', 'everybody', 'SELECT')") == [(False,)]


def test_the_rules_are_the_same_whatever_the_machine_speaks() -> None:
    """Some of the messages have letters beyond ASCII."""
    code = "import django; django.setup(); from sharing import rules; print(*map(ascii, rules._rules()))"
    tongues = ({"PYTHONUTF8": "1"}, {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"})
    first, second = (
        subprocess.check_output([sys.executable, "-c", code], env=os.environ | tongue, cwd=settings.BASE_DIR)
        for tongue in tongues
    )
    assert first == second


@pytest.mark.django_db
def test_each_function_stands_in_one_file() -> None:
    """All of what a function does can be found in one place."""
    made = re.compile(r"^CREATE OR REPLACE FUNCTION (\w+)\(", re.MULTILINE)
    files = {file: file.read_text() for file in settings.BASE_DIR.glob("*/sql/*.sql")}
    told = [name for text in files.values() for name in made.findall(text)]
    there = [
        name
        for (name,) in rows(f"SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND {_OURS}")
        if name != "portal_rules"
    ]
    assert sorted(told) == sorted(there)


@pytest.mark.django_db
def test_the_page_of_rights_and_policies_is_up_to_date() -> None:
    """R6: who reviews the second lock reads all of it, in one place."""
    if connection.pg_version // 10_000 != database.WRITTEN_FOR:  # type: ignore[attr-defined]  # only PostgreSQL has it
        pytest.skip("Another release of PostgreSQL words the same rules differently.")
    assert database.PAGE.read_text() == database.page(), "uv run python -m scripts.database"


class TestOfADatabaseFromBefore:
    @pytest.fixture
    def ran(self, own_database: None) -> MigrationRecorder:
        """The steps from before 29 November, as far as they matter, and a key that had another name."""
        for app in ("access_register", "sharing"):
            call_command("migrate", app, max(name for of, name in FIRST if of == app), verbosity=0)
        recorder = MigrationRecorder(connection)
        with as_owner():
            recorder.migration_qs.filter(app__in=("access_register", "sharing")).delete()
            for step in (FIRST_BEFORE, *LAST_BEFORE, ("sharing", "0001_initial")):
                recorder.record_applied(*step)
        run_as_owner(
            "ALTER TABLE access_register_protocolversion RENAME CONSTRAINT "
            "access_register_protocolversion_in_force_from_key TO "
            "access_register_protocolversion_in_force_from_ad5a34f9_uniq"
        )
        return recorder

    def test_all_of_its_steps_count_as_the_first_of_today(self, ran: MigrationRecorder) -> None:
        """And what came later is run."""
        call_command("migrate", verbosity=0)
        ours = [
            {step for step in steps if step[0] in ("access_register", "sharing")}
            for steps in (ran.applied_migrations(), MigrationLoader(connection).disk_migrations)
        ]
        assert ours[0] == ours[1]

    @pytest.mark.parametrize("asked", ["--plan", "--check"])
    def test_who_asks_what_is_to_be_done_is_told_so(self, ran: MigrationRecorder, asked: str) -> None:
        before = set(ran.applied_migrations())
        with pytest.raises(CommandError, match="Run migrate"):
            call_command("migrate", asked, verbosity=0)
        assert set(ran.applied_migrations()) == before

    def test_one_that_has_not_run_all_of_them_is_left_as_it_is(self, ran: MigrationRecorder) -> None:
        with as_owner():
            ran.record_unapplied("sharing", "0276_advice_of_the_council")
        before = set(ran.applied_migrations())
        with pytest.raises(CommandError, match="761b22a"):
            call_command("migrate", verbosity=0)
        assert set(ran.applied_migrations()) == before


def test_a_first_migrate_that_ended_early_is_gone_on_with(own_database: None) -> None:
    """It does not count as an old database. The next migrate goes on where it ended, as upgrade.md promises of each."""
    with another_database() as name:
        databases.use(name)
        create_roles()
        call_command("migrate", "access_register", "0001", verbosity=0)
        call_command("migrate", verbosity=0)
        rules.refuse_those_of_another_version()
