"""Who reads which figure, and from which instant (R2, R3, R10, R12, R16, R17, R22, R40). Both locks, and each alone."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register import grants
from access_register.models import RegisterLine
from sharing.authorise import Permission, visit
from sharing.door import current_figures
from sharing.measures import preparing
from sharing.measures.records import FigureRecord
from sharing.models import Establishment, Participation
from sharing.models.releases import Release
from tests import figures
from tests.locks.switches import door_off, rls_off, rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person

BECKSIDE, RAVENSGILL, LARKROYD, KIRKHOLME = 999002, 999003, 999004, 999014
PLACES = {BECKSIDE: "beckside", RAVENSGILL: "ravensgill", LARKROYD: "larkroyd", KIRKHOLME: "kirkholme"}
YEAR = 1999  # of no demonstration
PUBLISHED, OWN = "ks2_rwm_expected", "attendance_absence"
SMALL = {"value": 40, "numerator": 2, "denominator": 5, "is_small": True}

COMMUNITY = "beckside ravensgill authority england"
NEIGHBOUR = f"{COMMUNITY} +beckside"
# What each person reads: establishments, the area of our own counting (authority) and the published one (england);
# with a plus, figures of fewer than ten children.
TABLE = {
    ("head-beckside", SCHOOLS_ONLINE): NEIGHBOUR,
    ("deputy-beckside", SCHOOLS_ONLINE): NEIGHBOUR,
    ("teacher-beckside", SCHOOLS_ONLINE): NEIGHBOUR,
    (
        "assistant-beckside",
        SCHOOLS_ONLINE,
    ): "beckside ravensgill england",  # narrowed to Years 1 and 2: nothing to subtract from
    ("governor-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("third-party-beckside", SCHOOLS_ONLINE): COMMUNITY,
    ("teacher-two-schools", SCHOOLS_ONLINE): NEIGHBOUR,  # Level 3 at Ravensgill
    ("head-larkroyd", SCHOOLS_ONLINE): "larkroyd +larkroyd england",
    ("absent-beckside", SCHOOLS_ONLINE): "",
    ("teacher-ended", SCHOOLS_ONLINE): "",
    ("teacher-tomorrow", SCHOOLS_ONLINE): "",
    ("teacher-not-accepted", SCHOOLS_ONLINE): "",
    ("superuser", SCHOOLS_ONLINE): "",
    ("other-department", SCHOOLS_ONLINE): "",
    ("officer-data", SCHOOLS_ONLINE): "",
    ("officer-data", EDUNET): f"{COMMUNITY} larkroyd +beckside +ravensgill +larkroyd",
    ("officer-no-duty", EDUNET): f"{COMMUNITY} larkroyd",
    ("officer-duty-ended", EDUNET): f"{COMMUNITY} larkroyd",
    ("officer-not-accepted", EDUNET): "",
    ("head-beckside", EDUNET): "",
    ("other-department", EDUNET): "",
}


def bring_out(at: datetime | None = None) -> None:
    with as_batch():
        figures.out("ks2", YEAR, {(urn, PUBLISHED): 61 for urn in PLACES} | {("england", PUBLISHED): 65}, at=at)
        figures.out("attendance", YEAR, {(urn, OWN): SMALL for urn in PLACES} | {("authority", OWN): 5}, at=at)


def of_the_year(figures: Iterable[FigureRecord]) -> list[FigureRecord]:
    """Those of the year that the test publishes. The demonstration's figures of other years are out too."""
    return [figure for figure in figures if figure.academic_year == YEAR]


def reads(slug: str, through: str, second_factor: bool = True, acting_for: str = "", **chosen: object) -> str:
    """What the person is given by the door, in the words of the table."""
    with as_batch():
        everywhere = list(Establishment.objects.values_list("pk", flat=True))
    who = replace(asker(slug, through), second_factor=second_factor, acting_for=acting_for)
    with visit(who, Permission.VIEW_ESTABLISHMENT, action="test") as here:
        found = of_the_year(
            current_figures(
                here, measures=[PUBLISHED, OWN], establishments=everywhere, areas=["authority", "england"], **chosen
            )
        )
        here.showed(figures=len(found))
    words = [("+" if figure.is_small else "") + (PLACES[figure.urn] if figure.urn else figure.area) for figure in found]
    return " ".join(sorted(words))


def withheld_from(slug: str, through: str) -> str:
    """The places and areas of which the person is told that a figure is withheld."""
    withheld = "SELECT DISTINCT area FROM portal_withheld_figures(%s) JOIN sharing_release ON id = release_id"
    with as_batch():
        keys = dict(Establishment.objects.filter(urn__in=PLACES).values_list("urn", "pk"))
    told = set()
    with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        for urn, name in PLACES.items():
            told |= {area or name for (area,) in rows(f"{withheld} WHERE academic_year = {YEAR}", keys[urn])}
        here.showed(figures=len(told))
    return " ".join(sorted(told))


def in_order(words: str) -> str:
    return " ".join(sorted(words.split()))


@pytest.mark.django_db
@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize(("slug", "through"), TABLE, ids=lambda value: str(value))
def test_who_reads_which_figure(off: str, slug: str, through: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2, R3, R12, R16, R17: both locks, and each of them alone. Beckside takes part for the last day, Larkroyd again
    from tomorrow on."""
    today = timezone.localdate()
    with as_batch():
        Participation.objects.filter(establishment__urn=BECKSIDE, ends_on=None).update(ends_on=today)
        larkroyd = Establishment.objects.get(urn=LARKROYD)
        Participation.objects.create(establishment=larkroyd, starts_on=today + timedelta(days=1))
    bring_out()
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    assert reads(slug, through) == in_order(TABLE[slug, through])


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["sen", "attainment", "attendance", "suspensions"])
@pytest.mark.parametrize("off", ["the door", "row-level security"])
def test_who_does_not_see_all_of_the_pupils_sees_no_small_figure(
    off: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R12, R35: by each lock alone."""
    with as_batch():
        line = RegisterLine.objects.get(person=person("teacher-beckside"))
        line.withheld = [kind]
        line.save()
        grants.replace(f"line:{line.pk}", grants.of_line(line))
    bring_out()
    if off == "the door":
        door_off(monkeypatch)
    else:
        rls_off()
    assert reads("teacher-beckside", SCHOOLS_ONLINE) == in_order(COMMUNITY)


@pytest.mark.django_db
@pytest.mark.parametrize("off", ["the door", "row-level security"])
def test_who_sees_some_year_groups_or_acts_for_another_sponsor_sees_no_small_figure(
    off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R12, R24, R35: by each lock alone; nor one that is published, from which nobody could subtract."""
    with as_batch():
        figures.out("ks2", YEAR, {(BECKSIDE, PUBLISHED): SMALL, (RAVENSGILL, PUBLISHED): SMALL})
    if off == "the door":
        door_off(monkeypatch)
    else:
        rls_off()
    assert reads("teacher-beckside", SCHOOLS_ONLINE) == "+beckside"
    with as_batch():
        line = RegisterLine.objects.get(person=person("teacher-beckside"))
        line.year_groups = ["1"]
        line.save()
        grants.replace(f"line:{line.pk}", grants.of_line(line))
    assert reads("teacher-beckside", SCHOOLS_ONLINE) == ""
    for sponsor, seen in (("", ""), (str(BECKSIDE), "+beckside"), (str(RAVENSGILL), "")):
        assert reads("third-party-two-sponsors", SCHOOLS_ONLINE, acting_for=sponsor) == seen


@pytest.mark.django_db
def test_without_both_locks_there_is_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    bring_out()
    rls_off()
    door_off(monkeypatch)
    everything = [*PLACES.values(), *[f"+{place}" for place in PLACES.values()], "authority", "england"]
    assert reads("teacher-ended", SCHOOLS_ONLINE) == " ".join(sorted(everything))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "through", "learns"),
    [
        ("governor-beckside", SCHOOLS_ONLINE, "beckside ravensgill"),
        ("head-beckside", SCHOOLS_ONLINE, "ravensgill"),  # the figure of Beckside itself is shown
        ("head-larkroyd", SCHOOLS_ONLINE, ""),
        ("officer-no-duty", EDUNET, "beckside ravensgill larkroyd"),
        ("superuser", SCHOOLS_ONLINE, ""),
    ],
)
def test_only_who_reads_about_a_school_learns_that_a_figure_there_is_withheld(
    slug: str, through: str, learns: str
) -> None:
    """R12, R31: a school that shares with nobody gives away to no other school that it has a figure of few children."""
    bring_out()
    assert withheld_from(slug, through) == in_order(learns)


@pytest.mark.django_db
def test_that_a_figure_is_withheld_is_told_of_the_version_that_is_out() -> None:
    """R22: not before its instant, and no more once a version without the figure has come out."""
    governor = ("governor-beckside", SCHOOLS_ONLINE)
    bring_out(at=timezone.now() + timedelta(minutes=1))
    assert withheld_from(*governor) == ""
    with as_batch():
        Release.objects.filter(academic_year=YEAR).update(goes_out_at=timezone.now() - timedelta(days=1))
        newer = figures.release("attendance", YEAR, {(RAVENSGILL, OWN): SMALL})
    assert withheld_from(*governor) == "beckside ravensgill"
    with as_batch():
        preparing.bring_out(newer, by="Another officer", at=timezone.now() - timedelta(hours=1))
    assert withheld_from(*governor) == "ravensgill"


@pytest.mark.django_db
def test_a_figure_of_a_group_of_few_children_withholds_none_of_all() -> None:
    """R12, R31."""
    with as_batch():
        release = figures.release("attendance", YEAR, {(BECKSIDE, OWN): SMALL})
        figures.put(release, [figures.figure(RAVENSGILL, OWN, SMALL | {"group": "sex:F"})])
        preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))
    assert withheld_from("governor-beckside", SCHOOLS_ONLINE) == "beckside"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "area", "group", "learns"),
    [
        ("governor-beckside", "authority", "total", "authority"),
        ("governor-beckside", "authority", "sex:F", ""),
        ("governor-beckside", "locality:0", "total", ""),  # none of these schools is in it
        ("head-larkroyd", "authority", "total", ""),  # shares with nobody
    ],
)
def test_only_who_shares_learns_that_a_figure_of_an_area_is_withheld(
    slug: str, area: str, group: str, learns: str
) -> None:
    """R2, R12, R16."""
    with as_batch():
        figures.out("attendance", YEAR, {(area, OWN): SMALL | {"group": group}})
    assert withheld_from(slug, SCHOOLS_ONLINE) == learns


@pytest.mark.django_db
def test_small_figures_need_a_second_factor() -> None:
    """R13: a stolen password alone opens nothing that is nearly a child's."""
    bring_out()
    assert reads("head-beckside", SCHOOLS_ONLINE, second_factor=False) == in_order(COMMUNITY)


@pytest.mark.django_db
def test_outside_a_visit_there_are_no_figures() -> None:
    """Nor is it told which are to come."""
    bring_out()
    with as_batch():
        figures.out("ks2", YEAR + 1, {("england", PUBLISHED): 65}, at=timezone.now() + timedelta(days=1))
    for where in ("sharing_figure", "portal_coming_releases()"):
        assert rows(f"SELECT count(*) FROM {where}") == [(0,)]


@pytest.mark.django_db
@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize("seconds", [0, 1])
def test_at_the_instant_by_all_and_a_second_before_by_none(
    off: str, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R22, R40: two people on the two sites at T, and neither at T minus one second, by the database's clock."""
    ((now,),) = rows("SELECT now()")
    bring_out(at=now + timedelta(seconds=seconds))
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    on_schools_online = reads("governor-beckside", SCHOOLS_ONLINE)
    on_edunet = reads("officer-no-duty", EDUNET)
    if seconds:
        assert (on_schools_online, on_edunet) == ("", "")
        for slug, through in TABLE:
            assert reads(slug, through) == "", slug
    else:
        assert on_schools_online == in_order(COMMUNITY)
        assert on_edunet == in_order(f"{COMMUNITY} larkroyd")


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["prepared", "checked", "withdrawn"])
def test_what_is_not_scheduled_is_read_by_nobody(state: str) -> None:
    """R22: prepared, checked or withdrawn, the head, the officers and who prepares it see no figure."""
    with as_batch():
        release = figures.release("ks2", YEAR, {(BECKSIDE, PUBLISHED): 61, ("england", PUBLISHED): 65})
        ((now,),) = rows("SELECT now()")
        changes = {"checked_at": now} if state == "checked" else {}
        Release.objects.filter(pk=release.pk).update(state=state, **changes)
    for slug, through in TABLE:
        assert reads(slug, through) == "", slug
        assert reads(slug, through, release=release.pk) == "", slug


@pytest.mark.django_db
def test_a_new_version_supersedes_and_the_earlier_one_stays_readable() -> None:
    """R22, R31: one current figure for each cell, from the newest version; history keeps the other."""
    with as_batch():
        first = figures.out("ks2", YEAR, {(BECKSIDE, PUBLISHED): 61, (RAVENSGILL, PUBLISHED): 50})
        second = figures.out("ks2", YEAR, {(BECKSIDE, PUBLISHED): 62})
        beckside = list(Establishment.objects.filter(urn__in=PLACES).values_list("pk", flat=True))

    def read(**chosen: int) -> list[tuple[int, str, int]]:
        with visit(asker("governor-beckside"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            found = current_figures(here, measures=[PUBLISHED], establishments=beckside, **chosen)
            here.showed()
        return [(figure.urn, figure.text, figure.version) for figure in of_the_year(found)]

    assert read() == [(BECKSIDE, "62%", 2)]
    assert read(release=first.pk) == [(BECKSIDE, "61%", 1), (RAVENSGILL, "50%", 1)]
    assert read(release=second.pk) == read()


@pytest.mark.django_db
def test_an_area_takes_the_comparators_figure_only_where_its_own_dataset_has_none() -> None:
    with as_batch():
        figures.out("ks2", YEAR, {("england", PUBLISHED): 65})
        figures.out("comparators", YEAR, {("england", PUBLISHED): 64, ("authority", PUBLISHED): 60})
    with visit(asker("governor-beckside"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        found = current_figures(here, measures=[PUBLISHED], areas=["england", "authority"])
        here.showed()
    assert {figure.area: (figure.text, figure.dataset) for figure in of_the_year(found)} == {
        "england": ("65%", "ks2"),
        "authority": ("60%", "comparators"),
    }


@pytest.mark.django_db
def test_few_queries_whatever_is_asked_for() -> None:
    bring_out()
    with as_batch():
        everywhere = list(Establishment.objects.values_list("pk", flat=True))
    with visit(asker("head-beckside"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        with CaptureQueriesContext(connection) as queries:
            current_figures(here, measures=[PUBLISHED, OWN], establishments=everywhere, areas=["england"])
        here.showed()
    assert len(queries) == 4


def test_the_second_in_which_it_goes_out(own_database: None) -> None:
    """R22, R40: by real clocks, with real commits: whoever looks, on either site, sees it if and only if T has come."""
    ((now,),) = rows("SELECT clock_timestamp()")
    goes_out_at = now + timedelta(seconds=2)
    with as_batch():
        release = figures.release("ks2", YEAR, {(BECKSIDE, PUBLISHED): 61})
        preparing.bring_out(release, by="Another", at=goes_out_at)
        beckside = [Establishment.objects.get(urn=BECKSIDE).pk]
    askers = [asker("governor-beckside"), asker("officer-no-duty", EDUNET)]
    looks: list[tuple[bool, bool, str]] = []

    def look(number: int) -> None:
        times_out = 0
        while times_out < 5:
            with visit(askers[number], Permission.VIEW_ESTABLISHMENT, action="test") as here:
                found = of_the_year(current_figures(here, measures=[PUBLISHED], establishments=beckside))
                ((has_come,),) = rows("SELECT now() >= %s", goes_out_at)
                here.showed()
            looks.append((bool(found), has_come, askers[number].through))
            times_out += has_come
        connection.close()

    threads = [threading.Thread(target=look, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(seen, has_come, through) for seen, has_come, through in looks} == {
        (answer, answer, through) for answer in (True, False) for through in (SCHOOLS_ONLINE, EDUNET)
    }
