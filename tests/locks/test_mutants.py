"""Ways to weaken the second lock, each of which must be noticed (part 4 of the proof; R5, R6, R45)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.db.models import Q
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
    StatisticsCell,
    StatisticsDimension,
    StatisticsRequest,
    StatisticsRules,
    StatisticsTable,
    StatisticsVerdict,
    Transfer,
)
from sharing.models.releases import Figure, Release
from sharing.models.reports import Report
from tests import figures
from tests.locks.breaches import holes_in_breaches, plant_breaches
from tests.locks.canaries import allowed, plant
from tests.locks.items import holes_in_items, plant_items
from tests.locks.ledger_rows import holes_in_ledger, plant_rows
from tests.locks.letters import holes_in_letters, plant_letter
from tests.locks.mutants import MUTANTS
from tests.locks.mutants_of_breaches import OF_BREACHES
from tests.locks.mutants_of_items import OF_ITEMS
from tests.locks.patterns import holes_in_patterns, plant_patterns
from tests.locks.retention_rows import holes_in_retention, plant_disposals
from tests.locks.support import holes_in_support, plant_support
from tests.locks.switches import rows, run_as_owner, savepoint
from tests.people import EDUNET, as_batch, asker, person
from tests.statistics_store import planted

HEAD, TEACHER, GOVERNOR = "head-beckside", "teacher-beckside", "governor-beckside"
NARROWED = "assistant-beckside"


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
            read = may_read(slug, through, pupils)
            attempt("figures that are not out", Figure.objects.filter(release__in=coming).exists)
            planted = Figure.objects.filter(release__academic_year__in=(OUT_YEAR, COMING_YEAR))
            attempt("foreign figures", planted.exclude(establishment=None).exclude(read.establishments).exists)
            attempt("figures of areas", planted.filter(establishment=None).exclude(read.areas).exists)
            attempt("small figures", planted.filter(is_small=True).exclude(read.small).exists)
            covered = planted.filter(measure__code="roll_pupils", establishment__isnull=False)
            attempt("figures that are covered", covered.exclude(read.small).exists)
            counted = planted.filter(release__dataset__is_published_elsewhere=False)
            to_subtract_from = counted.filter(Q(establishment=None) | Q(establishment__urn=999002))
            attempt("something to subtract from", lambda of=to_subtract_from, who=slug: who == NARROWED and of.exists())
            of_counted = Report.objects.filter(releases__overlap=list(counted_here))
            attempt("reports to subtract from", lambda of=of_counted, who=slug: who == NARROWED and of.exists())
            attempt("foreign reports", Report.objects.exclude(read.establishments).exists)
            attempt("full reports", Report.objects.filter(kind="full").exclude(read.small).exists)
            attempt("reports of what is to come", Report.objects.filter(releases__overlap=list(coming)).exists)
            attempt("reports of what is not shared", Report.objects.filter(EXCLUDED_ITSELF, shares=True).exists)
            attempt("reports written", lambda: Report.objects.update(state="made"))
            attempt(
                "reports put in",
                lambda: rows(
                    "INSERT INTO sharing_report (establishment_id, kind, fingerprint, shares, releases, state, sealed, "
                    "asked_at) SELECT id, 'governors', 'x', false, '{}', 'made', 'x', now() "
                    "FROM sharing_establishment WHERE urn = 999002 RETURNING 1"
                ),
            )
            attempt("releases to come", lambda: not read.runs and Release.objects.filter(pk__in=coming).exists())
            attempt("figures written", lambda: Figure.objects.update(value=1))
            attempt("releases written", lambda: Release.objects.filter(pk__in=coming).update(status="provisional"))
            attempt(
                "inside of a release",
                lambda: not read.runs and rows("SELECT portal_release_contents(%s)", min(coming, default=0)),
            )
            for name, ask in statistics_holes(slug, through, read, coming):
                attempt(name, ask)
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


def caught_at_once(mutant: str) -> set[str]:
    """The questions of the mutant's own subject first, then all others: one hole is enough."""
    of_subject = holes_in_items if mutant in OF_ITEMS else holes_in_breaches if mutant in OF_BREACHES else set
    try:
        return of_subject() or holes(one_is_enough=True)
    except AHole as hole:
        return {str(hole)}


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


OUT_YEAR, COMING_YEAR = 1999, 1998


def statistics_holes(
    slug: str, through: str, read: MayRead, coming: set[int]
) -> Iterator[tuple[str, Callable[[], object]]]:
    """What of protected statistics nobody, or not this person, may read or write (R10, R16, R22)."""
    planted = StatisticsCell.objects.filter(release__academic_year__in=(OUT_YEAR, COMING_YEAR))
    shares = through == EDUNET or slug in (HEAD, TEACHER, NARROWED, GOVERNOR)
    asked = (
        "INSERT INTO sharing_statisticsrequest "
        "(academic_year, because, coarsen, state, asked_at, asked_by, asked_by_id) "
        f"VALUES ({COMING_YEAR}, '', false, 'waiting', now(), 'x', %s)"  # not asked back, which would need to read it
    )
    yield "statistics that are not out", StatisticsCell.objects.filter(release__in=coming).exists
    yield "dimensions that are not out", StatisticsDimension.objects.filter(release__in=coming).exists
    yield "tables that are not out", StatisticsTable.objects.filter(release__in=coming).exists
    yield "rules that are not out", StatisticsRules.objects.filter(release__in=coming).exists
    belongs = shares or slug == "head-larkroyd"  # the excluded have tables of their own numbers
    for what in (StatisticsDimension, StatisticsTable, StatisticsRules):
        out = what.objects.filter(release__academic_year=OUT_YEAR)
        yield f"{what.__name__} for somebody of no establishment", lambda out=out: not belongs and out.exists()
    yield "foreign statistics", planted.exclude(establishment=None).exclude(read.establishments).exists
    yield "open statistics", lambda: not shares and planted.filter(establishment=None).exists()
    yield "verdicts", lambda: not read.runs and StatisticsVerdict.objects.exists()
    yield "requests for statistics", lambda: not read.runs and StatisticsRequest.objects.exists()
    yield "statistics asked for", lambda: not read.runs and rows(asked, person(slug).pk) == []
    yield "statistics written", lambda: StatisticsCell.objects.update(step=1)


def plant_figures() -> None:
    """Figures that are out and figures to come, of four establishments and two areas, small ones too."""
    places = (999002, 999003, 999004, 999014)
    small = {"value": 5, "is_small": True}
    with as_batch():
        figures.out(
            "ks2", OUT_YEAR, {(urn, "ks2_rwm_expected"): 61 for urn in places} | {("england", "ks2_rwm_expected"): 6}
        )
        of_our_own = {(urn, "attendance_absence"): small for urn in places} | {("authority", "attendance_absence"): 5}
        of_our_own |= {(999002, "attendance_persistent"): 20}
        counted = figures.out("attendance", OUT_YEAR, of_our_own).pk
        figures.out("roll", OUT_YEAR, {(urn, "roll_pupils"): 97 for urn in places})
        coming = {(urn, "ks2_rwm_expected"): 62 for urn in places} | {("england", "ks2_rwm_expected"): 6}
        figures.out("ks2", COMING_YEAR, coming, at=timezone.now() + timedelta(minutes=30))
        figures.release("ks2", COMING_YEAR, coming)
        to_come = list(Release.objects.filter(academic_year=COMING_YEAR).values_list("pk", flat=True))
        for place in Establishment.objects.filter(urn__in=places):
            for kind in ("governors", "full"):
                for releases, shares in (([], False), ([], True), (to_come, False), ([counted], False)):
                    Report.objects.create(
                        establishment=place, kind=kind, fingerprint=f"{releases} {shares}", shares=shares,
                        releases=releases, state="made", sealed=b"x",
                    )  # fmt: skip
        planted.out(OUT_YEAR, places)
        planted.out(COMING_YEAR, places, at=timezone.now() + timedelta(minutes=30))
        StatisticsRequest.objects.create(academic_year=OUT_YEAR, asked_by="Test", asked_by_id=0)


def plant_the_gone(today: object) -> None:
    """Children of yesterday and tomorrow, at establishments where somebody may see pupils."""
    day = timezone.localdate()
    plant_figures()
    plant_items(day)
    plant_support(day)
    plant_groups()
    for canary in plant(day):
        with as_batch():
            gone = Enrolment.objects.filter(pupil_id=canary.pupil_id)
            ends = day - timedelta(days=1)
            gone.update(ends_on=ends)
            Pupil.objects.filter(pk=canary.pupil_id).update(surname="Gone")
    plant_transfers(day)
    plant_breaches(day)


def plant_groups() -> None:
    """Of the narrowed assistant's own making, one of which tells what is withheld from them."""
    with as_batch():
        place = Establishment.objects.get(urn=999002)
        for tells in ([], ["sen"]):
            OwnGroup.objects.create(
                establishment=place, kind="hand", name="Planted", name_index=f"planted {tells}", tells=tells,
                made_by_id=person(NARROWED).pk, made_by_name="Test",
            )  # fmt: skip


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


@pytest.fixture(scope="class")
def everything_planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Everything that there is to see, planted once. A test undoes what it does; the class undoes the planting."""
    with django_db_blocker.unblock(), transaction.atomic():
        plant_the_gone(timezone.localdate())
        rows("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        transaction.set_rollback(True)
    connection.close()


@pytest.mark.usefixtures("everything_planted")
class TestMutants:
    def test_no_hole_in_the_policies_as_they_are(self) -> None:
        with savepoint():
            assert holes() == set()

    @pytest.mark.parametrize("mutant", MUTANTS)
    def test_a_mutant_is_caught(self, mutant: str) -> None:
        """Each way to weaken the policies is noticed by the questions above."""
        with transaction.atomic():
            run_as_owner(*MUTANTS[mutant])
            caught = caught_at_once(mutant)
            transaction.set_rollback(True)
        assert caught != set()
