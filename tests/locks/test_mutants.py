"""Ways to weaken the second lock, each of which must be noticed (part 4 of the proof; R5, R6, R45)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone

from access_register.models import RegisterLine
from sharing.authorise import Through
from sharing.authorise.holdings import Holdings
from sharing.models import (
    Attendance,
    Challenge,
    ChallengeEvent,
    Enrolment,
    Establishment,
    Pupil,
    PupilNeeds,
    ReturnConfirmation,
    StaffMember,
    Transfer,
)
from tests.locks.canaries import allowed, plant
from tests.locks.switches import rows, run_as_owner
from tests.people import EDUNET, as_batch, asker, person

HEAD, TEACHER, GOVERNOR = "head-beckside", "teacher-beckside", "governor-beckside"
NARROWED = "assistant-beckside"


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
        "sharing_attendance",
        "establishment_id = ANY (ARRAY(SELECT portal_showing('contact')))"
        " AND EXISTS (SELECT FROM sharing_pupil WHERE id = pupil_id)",
    ),
    "attendance policy dropped": ("DROP POLICY app_reads ON sharing_attendance",),
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
    "challenges not protected": ("ALTER TABLE sharing_challenge DISABLE ROW LEVEL SECURITY",),
    "challenges of any establishment": _replace("sharing_challenge", "true"),
    "challenges of children who left": _replace("sharing_challenge", MAY.format("view_pupils")),
    "challenges without looking at what is withheld": _replace(
        "sharing_challenge",
        f"{MAY.format('view_pupils')} AND EXISTS (SELECT FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)",
    ),
    "challenges may be raised by anybody": ("DROP POLICY app_inserts ON sharing_challenge",),
    "steps of challenges not protected": ("ALTER TABLE sharing_challengeevent DISABLE ROW LEVEL SECURITY",),
    "steps of any challenge": _replace("sharing_challengeevent", "true"),
    "returns confirmed not protected": ("ALTER TABLE sharing_returnconfirmation DISABLE ROW LEVEL SECURITY",),
    "returns confirmed of any establishment": _replace("sharing_returnconfirmation", "true"),
    "returns may be confirmed by anybody": ("DROP POLICY app_inserts ON sharing_returnconfirmation",),
    "children elsewhere told to anybody": (
        "CREATE OR REPLACE FUNCTION sharing_registered_elsewhere(place bigint) RETURNS SETOF uuid LANGUAGE sql STABLE "
        "SECURITY DEFINER SET search_path = public, pg_temp AS "
        "$$ SELECT id FROM sharing_pupil WHERE establishment_id = place $$",
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

KEEPERS = {HEAD}  # of those who try below


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
            of_others = Transfer.objects.exclude(establishment_id__in=pupils).exclude(from_establishment_id__in=pupils)
            attempt("foreign transfers", of_others.exists)
            attempt("foreign needs", PupilNeeds.objects.exclude(establishment_id__in=pupils).exists)
            attempt("needs of another day", PupilNeeds.objects.filter(pupil_id__in=gone).exists)
            attempt("attendance of another day", Attendance.objects.filter(pupil_id__in=gone).exists)
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
                attempt("attendance withheld", Attendance.objects.exists)
            foreign = Challenge.objects.filter(about="pupil").exclude(establishment_id__in=pupils)
            attempt("foreign challenges", foreign.exists)
            attempt("challenges of another day", Challenge.objects.filter(pupil_id__in=gone).exists)
            unseen = ChallengeEvent.objects.exclude(challenge__in=Challenge.objects.all())
            attempt("steps of challenges unseen", unseen.exists)
            keeps = slug in KEEPERS
            attempt("returns confirmed", lambda keeps=keeps: not keeps and ReturnConfirmation.objects.exists())
            attempt(
                "challenge raised",
                lambda through=through: (
                    through == Through.SCHOOLS_ONLINE
                    and rows(
                        "INSERT INTO sharing_challenge (establishment_id, about, fact, raised_by_id, raised_by_name, "
                        "raised_at, due_on, assigned_to) SELECT id, 'figure', 'name', %s, 'x', now(), CURRENT_DATE, "
                        "'school' FROM sharing_establishment WHERE urn = 999999",
                        person(slug).pk,
                    )
                    is not None
                ),
            )
            attempt(
                "return confirmed elsewhere",
                lambda: (
                    rows(
                        "INSERT INTO sharing_returnconfirmation (establishment_id, kind, reference_day, "
                        "confirmed_by_id, confirmed_by_name, confirmed_at) SELECT id, 'census', CURRENT_DATE + 1, %s, "
                        "'x', now() FROM sharing_establishment WHERE urn = 999999",
                        person(slug).pk,
                    )
                    is not None
                ),
            )
            attempt(
                "children elsewhere",
                lambda pupils=pupils: rows(
                    "SELECT sharing_registered_elsewhere(id) FROM sharing_establishment WHERE id <> ALL (%s)",
                    list(pupils),
                ),
            )
            if slug == NARROWED:
                attempt("challenges withheld", Challenge.objects.filter(withheld_as="sen").exists)
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
    with as_batch():
        young = Pupil.objects.filter(establishment__urn=999002, year_group="1").visible_on(day)[0]
        Challenge.objects.create(
            establishment_id=young.establishment_id, pupil=young, about="pupil", fact="sen", withheld_as="sen",
            raised_by_name="Test", due_on=day, assigned_to="school",
        )  # fmt: skip


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
