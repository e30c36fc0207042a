"""The second lock by itself: catalogue, context, writes, and mutants that must be caught (parts 4 to 6, 8 and 9)."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from access_register.models import RegisterLine
from sharing.authorise import Permission, Through, visit
from sharing.authorise.holdings import Holdings
from sharing.models import (
    Enrolment,
    Establishment,
    EstablishmentPermission,
    LedgerEntry,
    Pupil,
    PupilAttendance,
    PupilNeeds,
    StaffMember,
    Transfer,
)
from sharing.rls import PROTECTED
from tests.locks.canaries import allowed, plant
from tests.locks.switches import run_as_owner, savepoint
from tests.people import EDUNET, as_batch, as_owner, asker, person

HEAD, TEACHER, GOVERNOR = "head-beckside", "teacher-beckside", "governor-beckside"
NARROWED = "assistant-beckside"
PERSONAL = {"surname", "forename", "upn", "upn_index", "born_on", "pupil_id", "child_id"}


def rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.django_db
class TestCatalogue:
    def test_every_table_that_leads_to_a_child_is_protected(self) -> None:
        """A table with a name, a UPN or a key to a child is registered, under forced policies, and the owner's (R6)."""
        with as_owner():
            personal = {
                table
                for table, column in rows(
                    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
                )
                if column in PERSONAL
            }
        assert personal <= {rule.table for rule in PROTECTED}
        state = {
            name: (enabled, forced, owner)
            for name, enabled, forced, owner in rows(
                "SELECT relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text FROM pg_class"
            )
        }
        for rule in PROTECTED:
            assert state[rule.table] == (True, True, "portal_owner"), rule.table

    def test_the_application_is_no_superuser_and_owns_nothing(self) -> None:
        """The role that serves requests has no way round the policies."""
        assert rows("SELECT current_user") == [("portal_app",)]
        assert rows("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user") == [
            (False, False, False)
        ]
        assert rows("SELECT count(*) FROM pg_class WHERE relowner = 'portal_app'::regrole") == [(0,)]
        for rule in PROTECTED:
            assert rows("SELECT has_table_privilege('portal_app', %s, 'TRUNCATE')", rule.table) == [(False,)]

    def test_the_application_writes_only_what_its_pages_write(self) -> None:
        """Duties, appointments, participation, Localities decide who sees what: not the web's to change."""
        writable = {
            name
            for name, *rights in rows(
                "SELECT relname, has_table_privilege('portal_app', oid, 'INSERT'), "
                "has_table_privilege('portal_app', oid, 'UPDATE'), has_table_privilege('portal_app', oid, 'DELETE') "
                "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
            if any(rights)
        }
        people = {name for name in writable if name.startswith("access_register_person")}
        of_libraries = {"auth", "account", "axes", "guardian", "mfa", "socialaccount"}
        libraries = {name for name in writable if name.split("_")[0] in of_libraries}
        assert writable - people - libraries == {
            "access_register_carriedregister", "access_register_contract",
            "access_register_handover",
            "access_register_invitation", "access_register_lineevent", "access_register_organisation",
            "access_register_registerline", "sharing_establishmentpermission", "sharing_ledgerentry", "django_session",
            "portal_cache",
        }  # fmt: skip
        assert "auth_permission" not in writable
        assert rows(
            "SELECT has_column_privilege('portal_app', 'access_register_person', 'is_superuser', 'UPDATE')"
        ) == [(False,)]

    def test_no_view_or_function_of_the_owner_reads_for_everybody(self) -> None:
        """Functions that run as the owner are the known ones, and no view stands in front of a table."""
        definers = rows(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1"
        )
        assert [name for (name,) in definers] == [
            "access_register_accept_headship", "access_register_cancel_handover", "access_register_close_handovers",
            "access_register_confirm_headship", "access_register_head_on", "access_register_mark_used",
            "access_register_verify_handover", "portal_accept", "portal_accept_invitation", "portal_establishments",
            "portal_holdings", "portal_invitation", "portal_leave", "portal_narrowed", "portal_out_of_scope",
            "portal_showing", "portal_signatories", "portal_years",
            "sharing_chain_ledger", "sharing_refresh_visibility",
        ]  # fmt: skip
        assert rows("SELECT count(*) FROM pg_views WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.django_db
class TestContext:
    def test_outside_a_visit_there_are_no_rows(self) -> None:
        """Nobody asks: nothing is there (R6)."""
        plant(timezone.localdate())
        for model in (Pupil, Enrolment, Transfer, StaffMember, EstablishmentPermission, RegisterLine):
            assert model.objects.count() == 0, model

    def test_inside_a_visit_all_means_all_that_the_person_may_see(self) -> None:
        """`Pupil.objects.all()` inside anybody's visit returns no row too many (R5)."""
        today = timezone.localdate()
        plant(today)
        for slug, through in ((HEAD, Through.SCHOOLS_ONLINE), ("officer-school-improvement", EDUNET)):
            with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                pupils = set(Pupil.objects.values_list("establishment_id", flat=True))
                staff = set(StaffMember.objects.values_list("establishment_id", flat=True))
                here.showed()
            assert (pupils, staff) == allowed(person(slug).pk, through, today)

    def test_what_a_visit_told_is_forgotten_after_it(self) -> None:
        plant(timezone.localdate())
        with visit(asker(HEAD), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            assert Pupil.objects.exists()
            here.showed()
        assert not Pupil.objects.exists()

    def test_a_context_of_another_transaction_names_nobody(self) -> None:
        """A setting left behind, by a pool or by a fault, carries another transaction's stamp: no rows."""
        plant(timezone.localdate())
        rows("SELECT set_config('portal.ctx', %s, true)", f"{person(HEAD).pk}@schools_online@1700000000.0")
        assert not Pupil.objects.exists()
        rows("SELECT set_config('portal.ctx', %s, true)", f"{person(HEAD).pk}@schools_online")
        assert not Pupil.objects.exists()


@pytest.mark.django_db
class TestWrites:
    def test_pupils_cannot_be_written_by_the_application(self) -> None:
        today = timezone.localdate()
        canary = plant(today)[0]
        with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                Pupil.objects.update(surname="Changed")
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                Enrolment.objects.create(
                    pupil_id=canary.pupil_id, establishment_id=canary.establishment_id, starts_on=today
                )
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                rows("SELECT count(*) FROM sharing_child")

    def test_a_head_cannot_grant_elsewhere(self) -> None:
        """Even with the door forgotten, a permission at another establishment is refused (R35)."""
        mine = RegisterLine
        with as_batch():
            own = set(mine.objects.filter(person=person(HEAD)).values_list("establishment_id", flat=True))
            elsewhere = Establishment.objects.exclude(pk__in=own).values_list("pk", flat=True)[0]
            permission = EstablishmentPermission.objects.filter(user=person(HEAD)).first().permission_id
        today = timezone.localdate()
        with visit(asker(HEAD), Permission.MANAGE_REGISTER, action="test") as here:
            here.showed()
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                EstablishmentPermission.objects.create(
                    user=person(HEAD), permission_id=permission, content_object_id=elsewhere,
                    through="schools_online", starts_on=today, source="line:0", reason="a hole",
                )  # fmt: skip
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                mine.objects.create(
                    establishment_id=elsewhere, person=person(HEAD), level=2, role="teacher",
                    starts_on=today, level_since=today, given_by_name="nobody",
                )  # fmt: skip

    def test_named_staff_cannot_touch_the_heads_line(self) -> None:
        """R35, with the door forgotten: not change it, not end it, not take its seat."""
        with visit(asker("deputy-beckside"), Permission.MANAGE_REGISTER, action="test") as here:
            here.showed()
            heads = RegisterLine.objects.filter(seat=0)
            assert heads.exists()
            assert heads.update(level=3, seat=None) == heads._raw_delete("default") == 0
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                RegisterLine.objects.filter(seat=1).update(seat=0)

    def test_a_teacher_cannot_raise_their_own_line(self) -> None:
        with visit(asker(TEACHER), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
            assert RegisterLine.objects.filter(person=person(TEACHER)).exists()
            assert RegisterLine.objects.update(level=1, seat=1) == 0
            assert EstablishmentPermission.objects.all().delete()[0] == 0

    def test_a_row_cannot_be_hung_on_another_establishments_child(self) -> None:
        """The establishment is part of the key: foreign-key checks pass row-level security by."""
        first, second = plant(timezone.localdate())[:2]
        with as_batch(), pytest.raises(Error, match="foreign key"), transaction.atomic():
            rows(
                "SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, "
                "starts_on) VALUES (%s, %s, 'C', '2001-01-01') RETURNING id",
                first.pupil_id,
                second.establishment_id,
            )

    def test_the_ledger_cannot_be_changed(self) -> None:
        """R43: append-only for the application, the imports and even the owner."""
        with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
        for change in (
            "UPDATE sharing_ledgerentry SET person_name = ''",
            "DELETE FROM sharing_ledgerentry",
            "TRUNCATE sharing_ledgerentry",
            "SELECT count(*) FROM sharing_ledgerentry",
        ):
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                rows(change)
        for change in ("UPDATE sharing_ledgerentry SET person_name = ''", "DELETE FROM sharing_ledgerentry"):
            with pytest.raises(Error, match="append-only"), transaction.atomic(), as_owner():
                rows(change)


def _replace(table: str, using: str, policy: str = "app_reads") -> tuple[str, ...]:
    return (
        f"DROP POLICY {policy} ON {table}",
        f"CREATE POLICY {policy} ON {table} AS RESTRICTIVE FOR SELECT TO portal_app USING ({using})",
    )


MAY = "establishment_id = ANY (ARRAY(SELECT portal_establishments('{}')))"
ESTABLISHMENTS = """CREATE OR REPLACE FUNCTION portal_establishments(wanted text) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT establishment_id FROM sharing_establishmentpermission
    WHERE permission_id = (SELECT id FROM auth_permission WHERE codename = wanted) AND {} $$"""
DAYS = " AND visible @> CURRENT_DATE"
MUTANTS: dict[str, tuple[str, ...]] = {
    "pupil policy without the year groups": _replace("sharing_pupil", MAY.format("view_pupils") + DAYS),
    "pupil policy with everybody's year groups": _replace(
        "sharing_pupil", MAY.format("view_pupils") + DAYS + " AND year_group IN ('1', '2', '3')"
    ),
    "enrolment policy without the year groups": _replace("sharing_enrolment", MAY.format("view_pupils")),
    "transfer policy without the year groups": _replace("sharing_transfer", MAY.format("view_pupils")),
    "needs policy without what is withheld": _replace(
        "sharing_pupilneeds", MAY.format("view_pupils") + " AND EXISTS (SELECT FROM sharing_pupil WHERE id = pupil_id)"
    ),
    "needs policy without the pupil": _replace(
        "sharing_pupilneeds", "establishment_id = ANY (ARRAY(SELECT portal_showing('sen')))"
    ),
    "attendance policy of another kind": _replace(
        "sharing_pupilattendance",
        "establishment_id = ANY (ARRAY(SELECT portal_showing('contact')))"
        " AND EXISTS (SELECT FROM sharing_pupil WHERE id = pupil_id)",
    ),
    "attendance policy dropped": ("DROP POLICY app_reads ON sharing_pupilattendance",),
    "nobody is narrowed": (
        "CREATE OR REPLACE FUNCTION portal_narrowed() RETURNS SETOF bigint LANGUAGE sql STABLE AS "
        "$$ SELECT 0::bigint WHERE false $$",
    ),
    "everybody's year groups count": (
        "CREATE OR REPLACE FUNCTION portal_years() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER AS "
        "$$ SELECT establishment_id || ':' || year FROM sharing_establishmentpermission, "
        "unnest(ARRAY['1', '2', '3', '4', '5', '6']) AS year $$",
    ),
    "a child's establishment may be another's": (
        "GRANT INSERT ON sharing_pupilneeds TO portal_app",
        "DROP POLICY app_inserts ON sharing_pupilneeds",
        "ALTER TABLE sharing_pupilneeds DROP CONSTRAINT sharing_pupilneeds_pkey CASCADE",
    ),
    "pupil policy dropped": ("DROP POLICY app_reads ON sharing_pupil",),
    "pupil policy always true": _replace("sharing_pupil", "true"),
    "pupil policy at a lower level": _replace(
        "sharing_pupil", MAY.format("view_establishment") + " AND visible @> CURRENT_DATE"
    ),
    "pupil policy without the days": _replace("sharing_pupil", MAY.format("view_pupils")),
    "pupil days off by one": _replace("sharing_pupil", MAY.format("view_pupils") + " AND visible @> CURRENT_DATE - 1"),
    "pupil policy not forced and owned by the application": (
        "SET LOCAL ROLE NONE",
        "ALTER TABLE sharing_pupil NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE sharing_pupil OWNER TO portal_app",
    ),
    "the application passes row-level security by": ("SET LOCAL ROLE NONE", "ALTER ROLE portal_app BYPASSRLS"),
    "row-level security disabled on pupils": ("ALTER TABLE sharing_pupil DISABLE ROW LEVEL SECURITY",),
    "staff policy dropped": ("DROP POLICY app_reads ON sharing_staffmember",),
    "staff policy at a lower level": _replace("sharing_staffmember", MAY.format("view_pupils")),
    "enrolment policy always true": _replace("sharing_enrolment", "true"),
    "enrolment policy at a lower level": _replace("sharing_enrolment", MAY.format("view_establishment")),
    "transfer policy dropped": ("DROP POLICY app_reads ON sharing_transfer",),
    "enrolment insert allowed": (
        "GRANT INSERT ON sharing_enrolment TO portal_app",
        "DROP POLICY app_inserts ON sharing_enrolment",
    ),
    "pupil update allowed": (
        "GRANT UPDATE ON sharing_pupil TO portal_app",
        "DROP POLICY app_updates ON sharing_pupil",
    ),
    "grants may be given anywhere": ("DROP POLICY app_inserts ON sharing_establishmentpermission",),
    "lines may be raised by their owner": ("DROP POLICY app_updates ON access_register_registerline",),
    "ended permissions still hold": (
        ESTABLISHMENTS.format("user_id = portal_asker() AND through = portal_context(2)"),
    ),
    "duties count on Schools Online": (
        ESTABLISHMENTS.format(
            "user_id = portal_asker() AND starts_on <= CURRENT_DATE AND (ends_on IS NULL OR ends_on >= CURRENT_DATE)"
        ),
    ),
    "a stale context is believed": (
        "CREATE OR REPLACE FUNCTION portal_context(part int) RETURNS text LANGUAGE sql STABLE AS $$ "
        "SELECT nullif(split_part(current_setting('portal.ctx', true), '@', part), '') $$",
    ),
    "who has not accepted the protocol is somebody": (
        "CREATE OR REPLACE FUNCTION portal_asker() RETURNS bigint LANGUAGE sql STABLE AS $$ "
        "SELECT portal_context(1)::bigint $$",
    ),
    "acceptances may be written for anybody": (
        "GRANT INSERT ON access_register_acceptance TO portal_app",
        "DROP POLICY app_inserts ON access_register_acceptance",
    ),
    "the application may read identities": (
        "GRANT SELECT ON sharing_child TO portal_app",
        "DROP POLICY app_reads ON sharing_child",
    ),
    "the application may read the ledger": (
        "GRANT SELECT ON sharing_ledgerentry TO portal_app",
        "DROP POLICY app_reads ON sharing_ledgerentry",
    ),
}


def holes() -> set[str]:
    """What row-level security alone lets through that it must not, asked as the application."""
    today = timezone.localdate()
    found = set()

    def attempt(name: str, ask: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                if ask():
                    found.add(name)
                transaction.set_rollback(True)
        except Error:
            pass

    with as_batch():
        gone = list(Pupil.objects.filter(surname="Gone").values_list("pk", flat=True))
        older = Pupil.objects.exclude(year_group__in=["1", "2"]).filter(establishment__urn=999002)
        others = list(older.values_list("pk", flat=True))
    everyone = [
        (slug, Through.SCHOOLS_ONLINE)
        for slug in (HEAD, TEACHER, NARROWED, GOVERNOR, "teacher-ended", "officer-admissions", "teacher-not-accepted")
    ]
    for slug, through in [*everyone, ("officer-duty-ended", EDUNET), ("officer-school-improvement", EDUNET)]:
        pupils, staff = allowed(person(slug).pk, through, today)
        if slug == NARROWED:
            pupils = {Establishment.objects.get(urn=999002).pk}  # of other year groups than the marked child's
        with transaction.atomic():
            Holdings.announced(asker(slug, through))
            foreign_pupils = Pupil.objects.exclude(establishment_id__in=pupils)
            attempt("foreign pupils", foreign_pupils.exists)
            attempt("pupils of another day", Pupil.objects.filter(surname__startswith="Gone").exists)
            attempt("foreign enrolments", Enrolment.objects.exclude(establishment_id__in=pupils).exists)
            attempt("foreign transfers", Transfer.objects.exclude(establishment_id__in=pupils).exists)
            attempt("foreign needs", PupilNeeds.objects.exclude(establishment_id__in=pupils).exists)
            attempt("needs of another day", PupilNeeds.objects.filter(pupil_id__in=gone).exists)
            attempt("attendance of another day", PupilAttendance.objects.filter(pupil_id__in=gone).exists)
            attempt(
                "needs written",
                lambda: rows(
                    "INSERT INTO sharing_pupilneeds (pupil_id, establishment_id, sen_provision) "
                    "SELECT id, establishment_id, 'E' FROM sharing_pupil LIMIT 1 RETURNING 1"
                ),
            )
            if slug == NARROWED:
                attempt("other year groups", Pupil.objects.exclude(year_group__in=["1", "2"]).exists)
                attempt("enrolments of others", Enrolment.objects.filter(pupil_id__in=others).exists)
                attempt("transfers of others", Transfer.objects.filter(pupil_id__in=others).exists)
                attempt("needs withheld", PupilNeeds.objects.exists)
                attempt("attendance withheld", PupilAttendance.objects.exists)
            attempt("foreign staff", StaffMember.objects.exclude(establishment_id__in=staff).exists)
            attempt("identities", lambda: rows("SELECT 1 FROM sharing_child LIMIT 1"))
            attempt("ledger", lambda: rows("SELECT 1 FROM sharing_ledgerentry LIMIT 1"))
            attempt("pupils written", lambda: Pupil.objects.update(surname="Changed"))
            attempt(
                "enrolments written",
                lambda: rows(
                    "INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, starts_on) "
                    "SELECT id, establishment_id, 'C', '2001-01-01' FROM sharing_pupil LIMIT 1 RETURNING 1"
                ),
            )
            attempt(
                "acceptances written",
                lambda: rows(
                    "INSERT INTO access_register_acceptance (person_id, version_id, accepted_at, until, purpose) "
                    "SELECT %s, id, now(), CURRENT_DATE, '' FROM access_register_protocolversion RETURNING 1",
                    person(slug).pk,
                ),
            )
            attempt(
                "own line raised",
                lambda: slug != HEAD and RegisterLine.objects.filter(person=person(slug)).update(role="office"),
            )
            attempt(
                "grants elsewhere",
                lambda: rows(
                    "INSERT INTO sharing_establishmentpermission (user_id, permission_id, establishment_id, through, "
                    "starts_on, source, reason) SELECT %s, (SELECT id FROM auth_permission WHERE codename = "
                    "'view_pupils'), id, 'schools_online', CURRENT_DATE, 'line:0', '' FROM sharing_establishment "
                    "WHERE urn = 999999 RETURNING 1",
                    person(slug).pk,
                ),
            )
            transaction.set_rollback(True)
    with transaction.atomic():
        rows("SELECT set_config('portal.ctx', %s, true)", f"{person(HEAD).pk}@schools_online@1700000000.0")
        attempt("stale context", Pupil.objects.exists)
        transaction.set_rollback(True)
    return found


def plant_the_gone(today: object) -> None:
    """Children of yesterday and tomorrow, at establishments where somebody may see pupils."""
    day = timezone.localdate()
    for canary in plant(day):
        with as_batch():
            gone = Enrolment.objects.filter(pupil_id=canary.pupil_id)
            ends = day - timedelta(days=1)
            gone.update(ends_on=ends)
            Pupil.objects.filter(pk=canary.pupil_id).update(surname="Gone")


@pytest.mark.django_db
class TestMutants:
    def test_no_hole_in_the_policies_as_they_are(self) -> None:
        plant_the_gone(timezone.localdate())
        assert holes() == set()

    @pytest.mark.parametrize("mutant", MUTANTS)
    def test_a_mutant_is_caught(self, mutant: str) -> None:
        """Each way to weaken the policies is noticed by the questions above."""
        plant_the_gone(timezone.localdate())
        run_as_owner(*MUTANTS[mutant])
        assert holes() != set()


@pytest.mark.django_db
def test_the_policy_is_an_index_condition() -> None:
    """A forgotten filter scans no table: PostgreSQL turns the policy into an index condition (part 9)."""
    plant(timezone.localdate())
    with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here, savepoint():
        here.showed()
        rows("SET LOCAL enable_seqscan = off")
        for table in ("sharing_pupil", "sharing_staffmember"):
            plan = "\n".join(line for (line,) in rows(f"EXPLAIN SELECT * FROM {table} ORDER BY surname LIMIT 50"))
            assert "Index Cond: (establishment_id = ANY" in plan, plan
            assert f"Seq Scan on {table}" not in plan


def test_threads_never_see_each_others_rows(own_database: None) -> None:
    """Visits of three people on shared connections at once: none sees a row of another's establishment (part 8)."""
    today = timezone.localdate()
    people = [
        (HEAD, Through.SCHOOLS_ONLINE),
        ("head-larkroyd", Through.SCHOOLS_ONLINE),
        (GOVERNOR, Through.SCHOOLS_ONLINE),
    ]
    may_see = {slug: allowed(person(slug).pk, through, today)[0] for slug, through in people}
    askers = {slug: asker(slug, through) for slug, through in people}
    wrong: list[str] = []
    done: list[str] = []

    def read(offset: int) -> None:
        for turn in range(120):
            slug = people[(turn + offset) % len(people)][0]
            with visit(askers[slug], Permission.VIEW_ESTABLISHMENT, action="test") as here:
                seen = set(Pupil.objects.values_list("establishment_id", flat=True))
                here.showed()
            done.append(slug)
            if seen != may_see[slug] or Pupil.objects.exists():
                wrong.append(slug)
        connection.close()

    threads = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 720
    assert wrong == []
    with as_batch():
        assert LedgerEntry.objects.filter(action="test").count() == 720
