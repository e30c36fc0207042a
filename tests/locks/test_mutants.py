"""Ways to weaken the second lock, each of which must be noticed (part 4 of the proof; R5, R6, R45)."""

from collections.abc import Callable
from datetime import date, timedelta

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
    Import,
    Pupil,
    PupilListColumns,
    PupilNeeds,
    ReturnConfirmation,
    StaffAbsence,
    StaffContract,
    StaffMember,
    Transfer,
)
from sharing.rls import BY_TABLE, COMING_TO_ME, LEAVING_ME, TOLD_BY_ME
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


def _in_search(part: str, instead: str) -> tuple[str, ...]:
    """The search of all establishments with one part of its filter changed."""
    return (
        "DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('portal_find_pupils'::regproc), "
        f"$part${part}$part$, $part${instead}$part$); END $do$",
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
    "contract policy dropped": ("DROP POLICY app_reads ON sharing_staffcontract",),
    "contract policy at a lower level": _replace("sharing_staffcontract", MAY.format("view_pupils")),
    "absence policy dropped": ("DROP POLICY app_reads ON sharing_staffabsence",),
    "absence policy at a lower level": _replace("sharing_staffabsence", MAY.format("view_establishment")),
    "absence insert allowed": (
        "GRANT INSERT ON sharing_staffabsence TO portal_app",
        "DROP POLICY app_inserts ON sharing_staffabsence",
    ),
    "enrolment policy always true": _replace("sharing_enrolment", "true"),
    "enrolment policy at a lower level": _replace("sharing_enrolment", MAY.format("view_establishment")),
    "transfers of a record that the sender sees no more": _replace(
        "sharing_transfer",
        f"({COMING_TO_ME}) OR (from_establishment_id = ANY (ARRAY(SELECT portal_establishments('view_pupils'))))",
    ),
    "transfers that wait, at a lower level": _replace(
        "sharing_transfer",
        f"({COMING_TO_ME.replace('keep_records', 'view_pupils')}) OR ({LEAVING_ME})",
    ),
    "transfers that were declined": _replace(
        "sharing_transfer", f"({COMING_TO_ME.replace('declined_at IS NULL AND', '')}) OR ({LEAVING_ME})"
    ),
    "transfers that lapsed before an answer": _replace(
        "sharing_transfer", f"({COMING_TO_ME.replace('AND lapses_on >= CURRENT_DATE', '')}) OR ({LEAVING_ME})"
    ),
    "transfers that were cancelled": _replace(
        "sharing_transfer", f"({COMING_TO_ME.replace('AND cancelled_at IS NULL', '')}) OR ({LEAVING_ME})"
    ),
    "what an officer told of is everybody's": _replace(
        "sharing_transfer",
        f"({COMING_TO_ME}) OR ({LEAVING_ME}) OR ({TOLD_BY_ME.replace('asserted_by = portal_asker() AND', '')})",
    ),
    "what an officer told of outside the duty": _replace(
        "sharing_transfer",
        f"({COMING_TO_ME}) OR ({LEAVING_ME}) OR (asserted_by = portal_asker())",
    ),
    "the days of the sender never end": (
        "ALTER TABLE sharing_pupil DISABLE TRIGGER keep_visibility",
        "UPDATE sharing_pupil SET visible = '{[2000-01-01,)}' WHERE surname = 'Gone'",
    ),
    "a transfer may be started by anybody": (
        "CREATE OR REPLACE FUNCTION sharing_keeps(place bigint) RETURNS boolean LANGUAGE sql STABLE AS "
        "$$ SELECT true $$",
    ),
    "transfers may be written": (
        "GRANT INSERT, UPDATE ON sharing_transfer TO portal_app",
        "DROP POLICY app_updates ON sharing_transfer",
    ),
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
    "import policy at a lower level": _replace("sharing_import", MAY.format("view_establishment")),
    "import policy always true": _replace("sharing_import", "true"),
    "files of the whole authority for everybody": _replace(
        "sharing_import", MAY.format("keep_records") + " OR establishment_id IS NULL"
    ),
    "imports may be begun anywhere": ("DROP POLICY app_inserts ON sharing_import",),
    "imports may be changed at will": (
        "GRANT UPDATE ON sharing_import TO portal_app",
        "DROP POLICY app_updates ON sharing_import",
    ),
    "imports may be applied that nobody checked": ("DROP TRIGGER steps ON sharing_import",),
    "uploaded files may be read": (
        "GRANT SELECT ON sharing_importpiece TO portal_app",
        "DROP POLICY app_reads ON sharing_importpiece",
    ),
    "pieces may be added to another's file": ("DROP POLICY app_inserts ON sharing_importpiece",),
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
    "the columns anybody has chosen": _replace("sharing_pupillistcolumns", "true"),
    "columns may be chosen for anybody": ("DROP POLICY app_inserts ON sharing_pupillistcolumns",),
    "the search without the establishments": _in_search("pupil.establishment_id = ANY ($1)", "true"),
    "the search without the days": _in_search("pupil.visible @> CURRENT_DATE", "true"),
    "the search without the year groups": _in_search("pupil.establishment_id <> ALL ($2)", "true"),
    "challenges not protected": ("ALTER TABLE sharing_challenge DISABLE ROW LEVEL SECURITY",),
    "challenges of any establishment": _replace("sharing_challenge", "true"),
    "challenges of children who left": _replace("sharing_challenge", MAY.format("view_pupils")),
    "challenges without looking at what is withheld": _replace(
        "sharing_challenge",
        f"{MAY.format('view_pupils')} AND EXISTS (SELECT FROM sharing_pupil WHERE sharing_pupil.id = pupil_id)",
    ),
    "words about the establishment, at a lower level": _replace(
        "sharing_challenge",
        BY_TABLE["sharing_challenge"].reads.replace("keep_records", "view_establishment"),
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

FIND_ALL = "SELECT pupil_id FROM portal_find_pupils('a', NULL, NULL, 1, 100000)"
FIND_GONE = "SELECT 1 FROM portal_find_pupils('gone', NULL, NULL, 1, 1)"
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
        uploads = list(Import.objects.filter(state=Import.State.UPLOADED).values_list("pk", flat=True))
        if uploads:
            rows("INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, 0, 'x')", uploads[0])
        others = list(older.values_list("pk", flat=True))
        on_roll = Pupil.objects.filter(establishment__urn=999002, visible__covers=today, transfers=None)[0].pk
        receiver = Establishment.objects.get(urn=999004).pk
        place_of = dict(Pupil.objects.values_list("pk", "establishment_id"))
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
            unseen = Transfer.objects.filter(surname__in=["Declined", "Lapsed", "Cancelled"])
            attempt("transfers of no use any more", unseen.exists)
            if slug in (TEACHER, NARROWED, GOVERNOR):
                attempt("transfers that wait for Level 1", Transfer.objects.filter(surname="Waiting").exists)
            attempt("transfers of children gone", Transfer.objects.filter(leaving_id__in=gone).exists)
            attempt("transfers written", lambda: Transfer.objects.update(surname="Changed"))
            attempt(
                "transfers started",
                lambda slug=slug: (
                    slug != HEAD
                    and rows(
                        "SELECT 1 FROM sharing_assert_transfer(%s, %s::uuid, CURRENT_DATE, CURRENT_DATE + 9, '') "
                        "AS refused WHERE refused = ''",
                        receiver,
                        str(on_roll),
                    )
                ),
            )
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
            attempt("search elsewhere", lambda: {place_of[pk] for (pk,) in rows(FIND_ALL)} - pupils)
            attempt("search of another day", lambda: rows(FIND_GONE))
            if slug == NARROWED:
                attempt("search of other year groups", lambda: {pk for (pk,) in rows(FIND_ALL)} & set(others))
            chosen = PupilListColumns.objects.exclude(person=person(slug))
            attempt("columns of others", chosen.exists)
            other = person("teacher-ended" if slug == TEACHER else TEACHER)
            attempt(
                "columns for others",
                lambda: rows(
                    "INSERT INTO sharing_pupillistcolumns (person_id, columns) VALUES (%s, '{}') RETURNING 1", other.pk
                ),
            )
            foreign = Challenge.objects.filter(about="pupil").exclude(establishment_id__in=pupils)
            attempt("foreign challenges", foreign.exists)
            if slug in (TEACHER, NARROWED, GOVERNOR):
                of_others = Challenge.objects.filter(about="figure").exclude(raised_by_id=person(slug).pk)
                attempt("words about the establishment", of_others.exists)
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
            attempt("foreign imports", Import.objects.exclude(establishment_id__in=staff).exists)
            uploaded = Import.objects.filter(state=Import.State.UPLOADED)
            attempt("imports applied unchecked", lambda: uploaded.update(state="to_apply"))
            attempt("imports called applied", lambda: Import.objects.update(state="applied"))
            attempt("pieces read", lambda: rows("SELECT 1 FROM sharing_importpiece"))
            attempt(
                "pieces added",
                lambda: (
                    rows(
                        "INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, 9, '')",
                        uploads[0],
                    )
                    or True
                ),
            )
            attempt(
                "imports elsewhere",
                lambda: (
                    rows(
                        "INSERT INTO sharing_import (kind, state, file_name, file_hash, at, by, by_person_id, report, "
                        "establishment_id) SELECT 'census', 'uploaded', '', '', now(), '', %s, '{}', id "
                        "FROM sharing_establishment WHERE urn = 999999",
                        person(slug).pk,
                    )
                    or True
                ),
            )
            attempt("foreign contracts", StaffContract.objects.exclude(establishment_id__in=staff).exists)
            attempt("foreign absences", StaffAbsence.objects.exclude(establishment_id__in=staff).exists)
            attempt(
                "absences written",
                lambda: rows(
                    "INSERT INTO sharing_staffabsence (member_id, establishment_id, first_day, category) "
                    "SELECT id, establishment_id, '2001-01-01', 'SIC' FROM sharing_staffmember LIMIT 1 RETURNING 1"
                ),
            )
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
    plant_transfers(day)


def plant_transfers(day: date) -> None:
    """Transfers that nobody is to see any more, to and from every establishment where somebody sees pupils."""
    officer = person("officer-school-improvement").pk
    with as_batch():
        gone = {pupil.establishment_id: pupil for pupil in Pupil.objects.filter(surname="Gone")}
        for place in Establishment.objects.filter(urn__in=[999002, 999003, 999004]):
            facts = {"establishment": place, "expected_on": day, "lapses_on": day + timedelta(days=9)}
            facts |= {"from_name": "Elsewhere", "year_group": "1", "asserted_by": officer}
            ended = {
                "Declined": {"declined_at": timezone.now()},
                "Lapsed": {"lapses_on": day - timedelta(days=1)},
                "Cancelled": {"cancelled_at": timezone.now()},
            }
            for surname, how in ended.items():
                # What an officer told of is theirs to see until it lapses: so these are another's.
                elsewhere = {"from_establishment_id": next(key for key in gone if key != place.pk)}
                Transfer.objects.create(**facts | elsewhere | how, surname=surname)
            Transfer.objects.create(**facts | {"asserted_by": 0}, surname="Waiting")
            Transfer.objects.create(**facts | {"asserted_by": 0, "declined_at": timezone.now()}, surname="Declined")
            other = next(pupil for key, pupil in gone.items() if key != place.pk)
            Transfer.objects.create(
                **facts | {"from_establishment_id": other.establishment_id, "declined_at": timezone.now()},
                leaving=other, surname="Declined",
            )  # fmt: skip
    with as_batch():
        for slug in (HEAD, GOVERNOR):
            PupilListColumns.objects.create(person=person(slug), columns=["sex"])
    with as_batch():
        young = Pupil.objects.filter(establishment__urn=999002, year_group="1").visible_on(day)[0]
        Challenge.objects.create(
            establishment_id=young.establishment_id, pupil=young, about="pupil", fact="sen", withheld_as="sen",
            raised_by_name="Test", due_on=day, assigned_to="school",
        )  # fmt: skip
        Challenge.objects.create(
            establishment_id=young.establishment_id, about="figure", fact="other", raised_by_name="Test", due_on=day,
            assigned_to="data_team",
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
