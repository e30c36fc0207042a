"""Ways to weaken the second lock, each of which must be noticed (part 4 of the proof; R5, R6, R45)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone

from access_register.models import RegisterLine
from sharing.authorise import Through
from sharing.authorise.holdings import Holdings
from sharing.models import (
    Attendance,
    Enrolment,
    Establishment,
    Pupil,
    PupilNeeds,
    StaffMember,
    Transfer,
)
from sharing.models.releases import Figure, Release
from tests import figures
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
READABLE = "establishment_id = ANY (ARRAY(SELECT portal_readable()))"
RELEASED = "release_id = ANY (ARRAY(SELECT portal_releases_out()))"
OUT = "(state = 'scheduled' AND goes_out_at <= now())"


def _areas(whose: str) -> tuple[str, ...]:
    return (
        "CREATE OR REPLACE FUNCTION portal_releases_of_areas() RETURNS SETOF bigint LANGUAGE sql STABLE "
        f"SECURITY DEFINER AS $$ SELECT id FROM sharing_release WHERE {OUT} AND {whose} $$",
    )


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
    "release policy dropped": ("DROP POLICY app_reads ON sharing_release",),
    "release policy without the instant": _replace("sharing_release", "state = 'scheduled'"),
    "releases a second too early": _replace(
        "sharing_release", "state = 'scheduled' AND goes_out_at <= now() + interval '1 hour'"
    ),
    "releases being prepared are for every officer": _replace(
        "sharing_release", f"{OUT} OR portal_context(2) = 'edunet'"
    ),
    "figure policy dropped": ("DROP POLICY app_reads ON sharing_figure",),
    "figure policy without the release": _replace("sharing_figure", READABLE),
    "figure policy without the establishment": _replace("sharing_figure", RELEASED),
    "figure policy without the small ones": _replace("sharing_figure", f"{READABLE} AND {RELEASED}"),
    "small figures at a lower level": _replace(
        "sharing_figure", f"{READABLE} AND {RELEASED} AND (NOT is_small OR {MAY.format('view_establishment')})"
    ),
    "small figures of narrowed lines": _replace(
        "sharing_figure", f"{READABLE} AND {RELEASED} AND (NOT is_small OR {MAY.format('view_pupils')})"
    ),
    "figures of areas for everybody": _replace(
        "sharing_figure", f"(establishment_id IS NULL OR {READABLE}) AND {RELEASED} AND NOT is_small"
    ),
    "published areas also where one has no place": _areas("true"),
    "areas of our own for those who do not share": _areas(
        "EXISTS (SELECT portal_establishments('view_establishment'))"
    ),
    "every release is out": (
        "CREATE OR REPLACE FUNCTION portal_releases_out() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER AS "
        "$$ SELECT id FROM sharing_release $$",
    ),
    "figures may be written": (
        "DROP POLICY app_updates ON sharing_figure",
        "GRANT UPDATE ON sharing_figure TO portal_app",
        "DROP TRIGGER figures_changed ON sharing_figure",
        "DROP TRIGGER figures_moved ON sharing_figure",
    ),
    "releases may be scheduled by anybody": (
        "DROP POLICY app_updates ON sharing_release",
        "GRANT UPDATE ON sharing_release TO portal_app",
    ),
    "anybody runs releases": (
        "CREATE OR REPLACE FUNCTION portal_keeps_releases() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT true $$",
    ),
    "the application may read identities": (
        "GRANT SELECT ON sharing_child TO portal_app",
        "DROP POLICY app_reads ON sharing_child",
    ),
    "the application may read the ledger": (
        "DROP POLICY app_reads ON sharing_ledgerentry",
        "GRANT SELECT ON sharing_ledgerentry TO portal_app",
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
        coming = set(Release.objects.filter(academic_year=COMING_YEAR).values_list("pk", flat=True))
        older = Pupil.objects.exclude(year_group__in=["1", "2"]).filter(establishment__urn=999002)
        others = list(older.values_list("pk", flat=True))
    everyone = [
        (slug, Through.SCHOOLS_ONLINE)
        for slug in (
            "head-larkroyd",
            HEAD,
            TEACHER,
            NARROWED,
            GOVERNOR,
            "teacher-ended",
            "officer-admissions",
            "teacher-not-accepted",
        )
    ]
    for slug, through in [
        *everyone,
        ("officer-duty-ended", EDUNET),
        ("officer-school-improvement", EDUNET),
        ("officer-data", EDUNET),
    ]:
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
            read = may_read(slug, through, pupils)
            attempt("figures that are not out", Figure.objects.filter(release__in=coming).exists)
            attempt("foreign figures", Figure.objects.exclude(establishment=None).exclude(read.establishments).exists)
            attempt("figures of areas", Figure.objects.filter(establishment=None).exclude(read.areas).exists)
            attempt("small figures", Figure.objects.filter(is_small=True).exclude(read.small).exists)
            attempt("releases to come", lambda: not read.runs and Release.objects.filter(pk__in=coming).exists())
            attempt("figures written", lambda: Figure.objects.update(value=1))
            attempt("releases written", lambda: Release.objects.filter(pk__in=coming).update(status="provisional"))
            attempt(
                "inside of a release",
                lambda: not read.runs and rows("SELECT portal_release_contents(%s)", min(coming, default=0)),
            )
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


@dataclass(frozen=True)
class MayRead:
    """What of figures a person may read, worked out from the cast in a few plain lines (R3, R12, R16, R22)."""

    establishments: Q
    areas: Q
    small: Q
    runs: bool


TAKE_PART, EXCLUDED_ITSELF = Q(establishment__urn__in=[999002, 999003]), Q(establishment__urn=999004)
NOTHING = Q(pk__in=[])


def may_read(slug: str, through: str, pupils: set[int]) -> MayRead:
    places = {HEAD: TAKE_PART, TEACHER: TAKE_PART, NARROWED: TAKE_PART, GOVERNOR: TAKE_PART}
    mine = places.get(slug, EXCLUDED_ITSELF if slug == "head-larkroyd" else NOTHING)
    areas = ~NOTHING if slug in places else Q(area="england") if slug == "head-larkroyd" else NOTHING
    if through == EDUNET:
        mine, areas = TAKE_PART | EXCLUDED_ITSELF, ~NOTHING
    small = Q(establishment__in=[] if slug == NARROWED else pupils)
    return MayRead(mine, areas, small, runs=(slug, through) == ("officer-data", EDUNET))


COMING_YEAR = 1998


def plant_figures() -> None:
    """Figures that are out and figures to come, of four establishments and two areas, small ones too."""
    places = (999002, 999003, 999004, 999014)
    small = {"value": 5, "is_small": True}
    with as_batch():
        figures.out(
            "ks2", 1999, {(urn, "ks2_rwm_expected"): 61 for urn in places} | {("england", "ks2_rwm_expected"): 6}
        )
        of_our_own = {(urn, "attendance_absence"): small for urn in places} | {("authority", "attendance_absence"): 5}
        figures.out("attendance", 1999, of_our_own)
        coming = {(urn, "ks2_rwm_expected"): 62 for urn in places} | {("england", "ks2_rwm_expected"): 6}
        figures.out("ks2", COMING_YEAR, coming, at=timezone.now() + timedelta(minutes=30))
        figures.release("ks2", COMING_YEAR, coming)


def plant_the_gone(today: object) -> None:
    """Children of yesterday and tomorrow, at establishments where somebody may see pupils."""
    day = timezone.localdate()
    plant_figures()
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
