"""What row-level security alone lets through: the questions that notice each mutant (R5, R6, R45)."""

from collections.abc import Callable

from django.db import Error, transaction
from django.utils import timezone

from access_register.models import ParticipationStep, RegisterLine, ResponsiblePerson
from sharing.authorise import Through
from sharing.authorise.holdings import Holdings
from sharing.models import (
    Attendance,
    Challenge,
    ChallengeEvent,
    Download,
    DownloadPiece,
    DownloadSecret,
    Enrolment,
    Establishment,
    Import,
    MisuseReport,
    OwnGroup,
    OwnGroupMember,
    Pupil,
    PupilListColumns,
    PupilNeeds,
    ReturnConfirmation,
    StaffAbsence,
    StaffContract,
    StaffMember,
    Transfer,
)
from sharing.models.releases import Release
from tests.locks.breaches import holes_in_breaches
from tests.locks.canaries import allowed
from tests.locks.figure_rows import COMING_YEAR, GOVERNOR, HEAD, NARROWED, OUT_YEAR, TEACHER, holes_in_figures
from tests.locks.items import holes_in_items
from tests.locks.ledger_rows import holes_in_ledger, plant_rows
from tests.locks.letters import holes_in_letters, plant_letter
from tests.locks.patterns import holes_in_patterns, plant_patterns
from tests.locks.retention_rows import holes_in_retention, plant_disposals
from tests.locks.support import holes_in_support
from tests.locks.switches import rows
from tests.people import EDUNET, as_batch, asker, person

FIND_ALL = "SELECT pupil_id FROM portal_find_pupils('a', NULL, NULL, 1, 100000)"
FIND_BORN = "SELECT pupil_id FROM unnest(%s) AS day, LATERAL portal_find_pupils('', NULL, day, 1, 100000)"
FIND_NUMBERED = "SELECT pupil_id FROM unnest(%s) AS key, LATERAL portal_find_pupils('', key, NULL, 1, 100000)"
FIND_GONE = "SELECT 1 FROM portal_find_pupils('gone', NULL, NULL, 1, 1)"
DATA_TEAM = "officer-data"
MAKERS = {HEAD, TEACHER, NARROWED, "head-larkroyd"}
KEEPERS = {HEAD, "head-larkroyd", DATA_TEAM}  # of those who try below

_A_DOWNLOAD = """
    INSERT INTO sharing_download (by_person_id, establishment_id, kind, form, purpose, by_name, through, asked_at,
        dispose_by, state) VALUES (%s, %s, 'pupils', 'xlsx', 'review', 'Test', 'schools_online', now(), current_date,
        'ready') RETURNING 1
"""


_RESPONSIBLE = """
    INSERT INTO access_register_responsibleperson (establishment_id, part, name, role, since, recorded_by_id,
        recorded_by_name, recorded_at) VALUES (%s, 'manager', 'x', 'x', current_date, %s, 'x', now()) RETURNING 1
"""
_LEAVES = "SELECT access_register_leave_protocol(%s, '', '')"


class AHole(Exception):
    """One hole was found, and one is enough."""


def holes(*, one_is_enough: bool = False) -> set[str]:
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
        if found and one_is_enough:
            raise AHole(name)

    opened = plant_rows()
    plant_patterns()
    plant_letter()
    waiting, requested = plant_disposals(today)
    with as_batch():
        gone = list(Pupil.objects.filter(surname="Gone").values_list("pk", flat=True))
        coming = set(Release.objects.filter(academic_year=COMING_YEAR).values_list("pk", flat=True))
        of_our_own = Release.objects.filter(academic_year=OUT_YEAR, dataset__slug="attendance")
        counted_here = set(of_our_own.values_list("pk", flat=True))
        older = Pupil.objects.exclude(year_group__in=["1", "2"]).filter(establishment__urn=999002)
        uploads = list(Import.objects.filter(state=Import.State.UPLOADED).values_list("pk", flat=True))
        if uploads:
            rows("INSERT INTO sharing_importpiece (of_id, number, sealed) VALUES (%s, 0, 'x')", uploads[0])
        others = list(older.values_list("pk", flat=True))
        on_roll = Pupil.objects.filter(establishment__urn=999002, visible__covers=today, transfers=None)[0].pk
        receiver = Establishment.objects.get(urn=999004).pk
        elsewhere = Establishment.objects.get(urn=999003).pk
        community = Establishment.objects.of_the_community().values_list("pk", flat=True)
        some = (
            Pupil.objects.filter(visible__covers=today).order_by("establishment_id", "pk").distinct("establishment_id")
        )
        wanted = Pupil.objects.filter(
            pk__in=[*gone, *older.values_list("pk", flat=True)[:3], *some.values_list("pk", flat=True)]
        )
        keys, birthdays = map(list, zip(*wanted.values_list("upn_index", "born_on"), strict=True))
        groups = list(OwnGroup.objects.values_list("pk", "establishment_id"))
        place_of = dict(Pupil.objects.values_list("pk", "establishment_id"))
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
            unseen = Transfer.objects.filter(surname__in=["Declined", "Lapsed", "Cancelled"])
            attempt("transfers of no use any more", unseen.exists)
            if slug in (TEACHER, NARROWED, GOVERNOR):
                attempt("transfers that wait for Level 1", Transfer.objects.filter(surname="Waiting").exists)
                said = Challenge.objects.filter(about="figure").exclude(raised_by_id=person(slug).pk)
                attempt("words about the establishment", said.exists)
            attempt("transfers of children gone", Transfer.objects.filter(leaving_id__in=gone).exists)
            attempt("transfers written", lambda: Transfer.objects.update(surname="Changed"))
            attempt(
                "transfers started",
                lambda slug=slug: (
                    slug not in (HEAD, DATA_TEAM)
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
            attempt("search of another day", lambda: rows(FIND_GONE))
            for how, search in (
                ("name", [FIND_ALL]),
                ("birthday", [FIND_BORN, birthdays]),
                ("number", [FIND_NUMBERED, keys]),
            ):
                try:
                    with transaction.atomic():
                        seen = {pk for (pk,) in rows(*search)}
                except Error:
                    continue
                attempt(f"search by {how} elsewhere", lambda seen=seen: {place_of[pk] for pk in seen} - pupils)
                attempt(f"search by {how} of another day", lambda seen=seen: seen & set(gone))
                if slug == NARROWED:
                    attempt(f"search by {how} of other year groups", lambda seen=seen: seen & set(others))
            if slug == NARROWED:
                attempt("search of other year groups", lambda: {pk for (pk,) in rows(FIND_ALL)} & set(others))
            foreign_groups = OwnGroup.objects.exclude(establishment_id__in=pupils)
            attempt("foreign groups", foreign_groups.exists)
            attempt("groups of no group's", OwnGroupMember.objects.exclude(group__in=OwnGroup.objects.all()).exists)
            attempt("members of another day", OwnGroupMember.objects.filter(pupil_id__in=gone).exists)
            attempt(
                "size of a foreign group",
                lambda pupils=pupils: [
                    ever for (pk, place) in groups if place not in pupils
                    for (ever, _) in rows("SELECT * FROM portal_own_group_size(%s)", pk) if ever
                ],
            )  # fmt: skip
            if slug == NARROWED:
                attempt("groups of others", OwnGroup.objects.exclude(made_by_id=person(slug).pk).exists)
                attempt("groups that tell what is withheld", OwnGroup.objects.filter(tells__contains=["sen"]).exists)
            if slug not in MAKERS:
                attempt(
                    "group made",
                    lambda: (
                        rows(
                            "INSERT INTO sharing_owngroup (establishment_id, kind, name_index, made_at, made_by_id, "
                            "made_by_name) SELECT id, 'hand', 'x', now(), %s, '' FROM sharing_establishment "
                            "WHERE urn = 999002 RETURNING 1",
                            person(slug).pk,
                        )
                        is not None
                    ),
                )
                attempt("group changed", lambda: OwnGroup.objects.update(name_index="changed"))
            answers = staff if through == Through.SCHOOLS_ONLINE else set(community)
            attempt("foreign people responsible", ResponsiblePerson.objects.exclude(establishment__in=answers).exists)
            attempt("why another left", ParticipationStep.objects.exclude(establishment__in=answers).exists)
            attempt("responsible elsewhere", lambda slug=slug: rows(_RESPONSIBLE, elsewhere, person(slug).pk))
            attempt(
                "responsible in another's name",
                lambda answers=answers: answers and rows(_RESPONSIBLE, min(answers), 0),
            )
            attempt("left for another", lambda: rows(_LEAVES, elsewhere) == [("",)])
            of_others = Download.objects.exclude(by_person_id=person(slug).pk)
            watched = staff if through == Through.SCHOOLS_ONLINE else set()
            attempt("downloads of others", of_others.exclude(establishment_id__in=watched).exists)
            attempt("passphrases of others", DownloadSecret.objects.exclude(of__by_person_id=person(slug).pk).exists)
            attempt("files of others", DownloadPiece.objects.filter(sealed=b"x").exists)
            attempt("downloads in another's name", lambda: rows(_A_DOWNLOAD, 0, receiver))
            attempt(
                "downloads kept longer",
                lambda slug=slug: (
                    rows(_A_DOWNLOAD, person(slug).pk, receiver)
                    and rows("UPDATE sharing_download SET dispose_by = dispose_by + 1 RETURNING 1")
                ),
            )
            chosen = PupilListColumns.objects.exclude(person=person(slug))
            attempt("columns of others", chosen.exists)
            other = person("teacher-ended" if slug == TEACHER else TEACHER)
            attempt(
                "columns for others",
                lambda: rows(
                    "INSERT INTO sharing_pupillistcolumns (person_id, columns) VALUES (%s, '{}') RETURNING 1", other.pk
                ),
            )
            said = MisuseReport.objects.exclude(reported_by_id=person(slug).pk)
            attempt("reports of misuse by others", lambda said=said, slug=slug: slug != DATA_TEAM and said.exists())
            attempt(
                "misuse reported in another's name",
                lambda other=other: (
                    rows(
                        "INSERT INTO sharing_misusereport (page, form_key, reported_by_id, reported_by_name, "
                        "reported_at) VALUES ('key-data', gen_random_uuid(), %s, 'x', now())",
                        other.pk,
                    )
                    is not None
                ),
            )
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
            holes_in_figures(slug, through, pupils, coming, counted_here, attempt)
            attempt("foreign staff", StaffMember.objects.exclude(establishment_id__in=staff).exists)
            foreign_imports = Import.objects.exclude(establishment_id__in=staff)
            attempt("foreign imports", lambda: slug != DATA_TEAM and foreign_imports.exists())
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
                    slug != DATA_TEAM
                    and rows(
                        "INSERT INTO sharing_import (kind, state, file_hash, at, by, by_person_id, report, "
                        "establishment_id) SELECT 'census', 'uploaded', '', now(), '', %s, '{}', id "
                        "FROM sharing_establishment WHERE urn = 999999",
                        person(slug).pk,
                    )
                    is not None
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
            holes_in_ledger(through, staff, opened, attempt)
            holes_in_support(slug, through, attempt)
            holes_in_patterns(slug, through, attempt)
            holes_in_retention(waiting, requested, attempt)
            holes_in_letters(attempt)
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
    return found | holes_in_items() | holes_in_breaches()
