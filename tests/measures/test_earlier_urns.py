"""Figures from before an establishment had its URN are its own, for whoever reads those of today (R3, R31, A2)."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from sharing import door
from sharing.authorise import Permission, visit
from sharing.context import with_context
from sharing.door.deeper import Question
from sharing.files.files import of_key_data
from sharing.measures import preparing
from sharing.measures.history import History, earlier_urns
from sharing.measures.reading import records_of
from sharing.measures.withheld import withheld_from_the_asker
from sharing.models import Establishment, Figure, Participation, Release, StatisticsCell
from sharing.records.figures import KeyData
from sharing.records.reports import GOVERNORS
from sharing.reports.gathering import gather
from sharing.school_year import academic_year
from tests import factories, figures
from tests.locks.switches import door_off, rls_off, run_as_owner
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.sharing.conversions import BECKSIDE, NEW, convert
from tests.sharing.gias_files import gias_file, links_file, school
from tests.statistics_store import planted

RAVENSGILL, LARKROYD = 999003, 999004
YEAR, OVER = 2023, date(2024, 7, 31)  # over before any conversion here
PUBLISHED, OWN, ROLL = "absence_overall", "attendance_persistent", "roll_fsm"
SMALL = {"value": 40, "numerator": 2, "denominator": 5, "is_small": True}
PEOPLE = {
    ("head-beckside", SCHOOLS_ONLINE): {PUBLISHED, OWN, ROLL},
    ("teacher-beckside", SCHOOLS_ONLINE): {PUBLISHED, OWN, ROLL},
    ("assistant-beckside", SCHOOLS_ONLINE): {PUBLISHED},  # narrowed to Years 1 and 2: nothing to subtract from
    ("governor-beckside", SCHOOLS_ONLINE): {PUBLISHED, ROLL},
    ("third-party-beckside", SCHOOLS_ONLINE): {PUBLISHED, ROLL},
    ("head-ravensgill", SCHOOLS_ONLINE): {PUBLISHED, ROLL},
    ("head-larkroyd", SCHOOLS_ONLINE): set(),  # has excluded itself
    ("teacher-ended", SCHOOLS_ONLINE): set(),
    ("superuser", SCHOOLS_ONLINE): set(),
    ("officer-data", EDUNET): {PUBLISHED, OWN, ROLL},
    ("officer-no-duty", EDUNET): {PUBLISHED, ROLL},
    ("officer-not-accepted", EDUNET): set(),
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias", "nothing_released")]


def published(year: int = YEAR) -> None:
    with as_batch():
        figures.out(
            "absence", year, {(BECKSIDE, PUBLISHED): 61, (RAVENSGILL, PUBLISHED): 70, ("england", PUBLISHED): 65}
        )
        figures.out("attendance", year, {(BECKSIDE, OWN): SMALL, ("authority", OWN): 5})
        figures.out("roll", year, {(BECKSIDE, ROLL): 23})


def reads(slug: str, through: str, urn: int) -> set[str]:
    """The measures of which the door gives the person a figure of the establishment."""
    with as_batch():
        place = Establishment.objects.get(urn=urn).pk
    with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        found = door.current_figures(here, measures=[PUBLISHED, OWN, ROLL], establishments=[place])
        here.showed(figures=len(found))
    assert {figure.establishment_id for figure in found} <= {place}
    return {figure.measure for figure in found}


def all_read(urn: int) -> dict[tuple[str, str], set[str]]:
    return {(slug, through): reads(slug, through, urn) for slug, through in PEOPLE}


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
def test_who_read_the_figures_reads_them_under_the_new_urn_and_nobody_else(
    off: str, tmp_path: Path, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3, R12, R16, R17, R35: both locks, and each of them alone."""
    published()
    assert all_read(BECKSIDE) == PEOPLE
    convert(tmp_path, today)
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    assert all_read(NEW) == PEOPLE


@pytest.mark.parametrize("off", ["the door", "row-level security"])
def test_once_it_excludes_itself_nobody_else_reads_the_earlier_ones_either(
    off: str, tmp_path: Path, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2, R17: by each lock alone."""
    published()
    convert(tmp_path, today)
    with as_batch():
        Participation.objects.filter(establishment__urn=NEW).update(starts_on=today - timedelta(days=2))
        Participation.objects.filter(establishment__urn=NEW).update(ends_on=today - timedelta(days=1))
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    assert reads("head-ravensgill", SCHOOLS_ONLINE, NEW) == set()
    assert reads("head-beckside", SCHOOLS_ONLINE, NEW) == {PUBLISHED, OWN, ROLL}


def own(found: KeyData, code: str) -> dict[str, tuple[str, int | None]]:
    """Year -> what stands there of the establishment, and under which earlier URN."""
    measure = next((measure for measure in found.measures if measure.code == code), None)
    return {year.year: (year.own.text, year.own.under) for year in measure.years} if measure else {}


def test_key_data_its_file_and_deeper_data_say_under_which_urn(tmp_path: Path, today: date) -> None:
    """R3, R31: the figure stands in its year, with the URN of then, and a sentence says what the school was."""
    published()
    convert(tmp_path, today)
    with as_batch():
        figures.out("absence", YEAR + 1, {(NEW, PUBLISHED): 63})
    found = door.show_key_data(asker("governor-beckside"), NEW)
    assert own(found, PUBLISHED) == {"2024/25": ("63.0%", None), "2023/24": ("61.0%", BECKSIDE)}
    assert own(found, OWN) == {"2023/24": ("Withheld", None)}
    assert [(one.urn, one.until) for one in found.earlier] == [(BECKSIDE, today - timedelta(days=1))]
    rows = csv.DictReader(io.StringIO(of_key_data(found, "csv").content.decode("utf-8-sig")))
    told = {
        (row["time_period"], row["school_urn"]): row[PUBLISHED]
        for row in rows
        if row["figure_of"] == found.here.name and row[PUBLISHED] != "z"
    }
    assert told[("202425", str(NEW))] == "63.0"
    assert told[("202324", str(BECKSIDE))] == "61.0"
    page = client("governor-beckside").get(f"/establishments/{NEW}/key-data/").content.decode()
    assert f"(URN {BECKSIDE}). Figures from then" in page
    assert f"URN {BECKSIDE}</span>" in page
    deeper = door.show_deeper(asker("head-beckside"), NEW, Question(measure=OWN, year=YEAR))
    assert deeper.own
    assert [row.released for row in deeper.own.rows] == ["40.0%"]


def test_the_governors_report_says_the_same_whoever_gathers_it(tmp_path: Path, today: date) -> None:
    """R16, R31: the worker, and the door that asks whether the report still says what is out."""
    published()
    convert(tmp_path, today)
    with as_batch():
        place = Establishment.objects.get(urn=NEW).pk
        (made,) = gather(place, today, GOVERNORS)
    with visit(asker("governor-beckside"), Permission.VIEW_ESTABLISHMENT, NEW, action="test") as here:
        (said,) = gather(place, today, GOVERNORS)
        here.showed()
    assert said.fingerprint == made.fingerprint
    assert {measure.code for measure in made.measures} >= {PUBLISHED, OWN}


def out_as_of(as_of: date, dataset: str, year: int, cells: dict[tuple[int | str, str], Any]) -> None:
    release = figures.release(dataset, year, cells)
    Release.objects.filter(pk=release.pk).update(as_of=as_of)
    preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))


def protected_share(eligible: int, *, urn: int = BECKSIDE, year: int = YEAR, as_of: date = OVER) -> None:
    """Of the 200 pupils of the URN so many are eligible for free school meals, by open statistics."""
    release = planted.prepared(year)
    Release.objects.filter(pk=release.pk).update(as_of=as_of)
    place = Establishment.objects.get(urn=urn)
    for key, value in ((f"place=urn:{urn}", 200), (f"fsm=Y|place=urn:{urn}", eligible)):
        StatisticsCell.objects.create(release=release, establishment=place, key=key, indicator="pupils", value=value)
    preparing.bring_out(release, by="Another officer", at=timezone.now() - timedelta(days=1))


def test_who_does_not_see_the_pupils_reads_the_protected_number_of_the_earlier_urn(tmp_path: Path, today: date) -> None:
    """R10, R11, R12: and never the whole one beside it."""
    with as_batch():
        figures.out("roll", YEAR, {(BECKSIDE, ROLL): 23})
        protected_share(50)
    convert(tmp_path, today)
    of_governor = door.show_key_data(asker("governor-beckside"), NEW)
    of_head = door.show_key_data(asker("head-beckside"), NEW)
    of_neighbour = door.show_key_data(asker("head-ravensgill"), NEW)
    assert own(of_governor, ROLL) == own(of_neighbour, ROLL) == {"2023/24": ("25%", BECKSIDE)}
    assert own(of_head, ROLL) == {"2023/24": ("23.0%", BECKSIDE)}


def test_of_the_year_of_the_change_each_urn_speaks_for_its_own_days(tmp_path: Path, today: date) -> None:
    """R31: a count as of its last day is the earlier URN's. One as of the next is not, although it counted children,
    nor is it told that there is one."""
    this_year = academic_year(today)
    with as_batch():
        out_as_of(today - timedelta(days=1), "roll", this_year, {(BECKSIDE, ROLL): 20, (RAVENSGILL, ROLL): 30})
        out_as_of(today, "attendance", this_year, {(BECKSIDE, OWN): SMALL, (RAVENSGILL, OWN): 30})
    convert(tmp_path, today)
    for slug in ("head-beckside", "governor-beckside"):
        found = door.show_key_data(asker(slug), NEW)
        assert [text for text, _ in own(found, ROLL).values()] == ["20.0%"]
        assert own(found, OWN) == {}
    assert reads("head-beckside", SCHOOLS_ONLINE, NEW) == {ROLL}


def test_where_both_have_a_figure_the_urn_of_today_speaks(tmp_path: Path, today: date) -> None:
    """R31: as where the Department publishes a year under the new URN and leaves the old one in the file."""
    convert(tmp_path, today)
    with as_batch():
        figures.out("absence", YEAR, {(BECKSIDE, PUBLISHED): 61, (NEW, PUBLISHED): 62})
        figures.out("attendance", YEAR, {(BECKSIDE, OWN): SMALL, (NEW, OWN): 62})
        place = Establishment.objects.get(urn=NEW)
    assert own(door.show_key_data(asker("head-beckside"), NEW), PUBLISHED) == {"2023/24": ("62.0%", None)}
    with visit(asker("governor-beckside"), Permission.VIEW_ESTABLISHMENT, NEW, action="test") as here:
        here.showed()
        assert withheld_from_the_asker(place, [OWN]) == ({}, set())


def test_where_the_urn_of_today_has_one_of_few_children_others_read_the_earlier_one(
    tmp_path: Path, today: date
) -> None:
    """R12, R31: who may not read the newer figure does not learn from “Withheld” that there is one; on paper too."""
    convert(tmp_path, today)
    with as_batch():
        figures.out("attendance", YEAR, {(BECKSIDE, OWN): 61, (NEW, OWN): SMALL})
        (report,) = gather(Establishment.objects.get(urn=NEW).pk, today, GOVERNORS)
    assert own(door.show_key_data(asker("head-beckside"), NEW), OWN) == {"2023/24": ("40.0%", None)}
    for found in (door.show_key_data(asker("governor-beckside"), NEW), report):
        assert own(found, OWN) == {"2023/24": ("61.0%", BECKSIDE)}


def test_similar_schools_count_with_their_earlier_figures(tmp_path: Path, today: date) -> None:
    """R3: the middle figure of similar schools is not another one because one of them has become an academy."""
    with as_batch():
        figures.out("absence", YEAR, {(BECKSIDE, PUBLISHED): 61, (RAVENSGILL, PUBLISHED): 70})
        convert(tmp_path, today)
        places = dict(Establishment.objects.filter(urn__in=[NEW, RAVENSGILL]).values_list("urn", "pk"))
    with visit(asker("head-ravensgill"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        found = door.current_figures(here, measures=[PUBLISHED], establishments=places.values())
        here.showed()
    assert {figure.establishment_id: figure.urn for figure in found} == {
        places[NEW]: BECKSIDE,
        places[RAVENSGILL]: RAVENSGILL,
    }


def goes_on_as() -> dict[int, int]:
    with as_batch():
        chained = Establishment.objects.exclude(goes_on_as=None)
        return dict(chained.values_list("urn", "goes_on_as__urn"))


OLD, MIDDLE, LAST, OTHER = 150011, 150012, 150013, 150014
LONG_AGO = {
    "OpenDate": "01-09-1990",
    "CloseDate": "31-08-2012",
    "EstablishmentStatus (code)": "2",
    "EstablishmentStatus (name)": "Closed",
}
THEN = {
    "OpenDate": "01-09-2012",
    "CloseDate": "31-08-2018",
    "EstablishmentStatus (code)": "2",
    "EstablishmentStatus (name)": "Closed",
}
NOW = {"OpenDate": "01-09-2018"}
TO_CLOSE = {"EstablishmentStatus (code)": "3", "EstablishmentStatus (name)": "Open, but proposed to close"}


def bring_in(folder: Path, links: list[tuple], **others: dict[str, str]) -> None:
    facts = {"old": LONG_AGO, "middle": THEN, "last": NOW} | others
    urns = {"old": OLD, "middle": MIDDLE, "last": LAST, "other": OTHER}
    rows = [
        school(urns[name], f"Chain {name}", EstablishmentNumber=str(urns[name] % 10000), **told)
        for name, told in facts.items()
    ]
    call_command("import_gias", gias_file(folder, rows), links=links_file(folder, *links), as_of=timezone.localdate())


CHAIN = [(OLD, MIDDLE, "Chain middle", "Successor", ""), (LAST, MIDDLE, "Chain middle", "Predecessor", "")]


def test_a_chain_of_long_ago_is_known_and_each_speaks_for_its_years(tmp_path: Path) -> None:
    """A2: also where both closed before there was this portal. GIAS says so at either end."""
    bring_in(tmp_path, CHAIN)
    assert goes_on_as() == {OLD: MIDDLE, MIDDLE: LAST}
    with as_batch():
        for year, urn in ((2010, OLD), (2015, MIDDLE), (2020, LAST)):
            figures.out("absence", year, {(urn, PUBLISHED): year - 1960})
        place = Establishment.objects.get(urn=LAST).pk
        history = History.of([place])
        of_all = Figure.objects.filter(measure__code=PUBLISHED).of_establishments(history.with_earlier([place]))
        told = history.as_of_today(records_of(of_all))
        assert [(figure.academic_year, figure.urn) for figure in told] == [(2010, OLD), (2015, MIDDLE), (2020, LAST)]
        assert {figure.establishment_id for figure in told} == {place}
        assert earlier_urns([LAST]) == {(LAST, 2010): (MIDDLE, OLD), (LAST, 2015): (MIDDLE,)}


@pytest.mark.parametrize(
    ("last_day", "newest"),
    [("2018-08-30", 2016), ("2018-08-31", 2017), ("2018-09-01", 2017), ("2018-12-31", 2017), ("2019-08-31", 2018)],
)
def test_it_speaks_for_the_school_years_that_were_over_when_it_closed(
    last_day: str, newest: int, tmp_path: Path
) -> None:
    """R31, A2: each ends with the 31st of August, whichever later day its figures are as of. Of what is out only."""
    bring_in(tmp_path, CHAIN)
    run_as_owner(f"UPDATE sharing_establishment SET close_date = '{last_day}' WHERE urn = {MIDDLE}")
    with as_batch():
        for year in (2016, 2017, 2018):
            out_as_of(date(2020, 1, 1), "absence", year, {(MIDDLE, PUBLISHED): 50})
        stopped = figures.out("absence", 2014, {(MIDDLE, PUBLISHED): 50})
        Release.objects.filter(pk=stopped.pk).update(state="stopped", stopped_at=timezone.now())
        figures.out("absence", 2015, {(MIDDLE, PUBLISHED): 50}, at=timezone.now() + timedelta(days=1))
        assert sorted(year for _, year in earlier_urns([LAST])) == [*range(2016, newest + 1)]


@pytest.mark.parametrize(
    ("links", "others"),
    [
        ([(OLD, MIDDLE, "", "Successor", ""), (OLD, LAST, "", "Successor", "")], {}),
        ([(OLD, MIDDLE, "", "Successor", ""), (OTHER, MIDDLE, "", "Successor", "")], {"other": LONG_AGO}),
        ([(OLD, MIDDLE, "", "Successor - Split School", "")], {}),
        ([(OLD, LAST, "", "Successor", "")], {}),
        ([(OLD, MIDDLE, "", "Successor", "")], {"middle": THEN | {"OpenDate": ""}}),
        ([(OLD, MIDDLE, "", "Successor", "")], {"old": {"OpenDate": "01-09-1990"}}),
        ([(OLD, MIDDLE, "", "Successor", "")], {"old": LONG_AGO | TO_CLOSE}),
        ([(OLD, MIDDLE, "", "Successor", "")], {"middle": THEN | {"LA (code)": "383", "LA (name)": "Leeds"}}),
    ],
    ids=[
        "a split", "a merger", "called a split", "years between", "opened unknown", "still open", "to close",
        "another authority",
    ],
)  # fmt: skip
def test_in_doubt_nobody_goes_on_as_anybody(links: list[tuple], others: dict, tmp_path: Path) -> None:
    """A2, formats page 13: links fork and merge."""
    bring_in(tmp_path, links, **others)
    assert goes_on_as() == {}


def test_who_had_children_of_its_own_before_is_another_school(tmp_path: Path) -> None:
    """A2: whatever the link says. But what is known already does not end by a return that tells of an earlier day."""
    bring_in(tmp_path, [(LAST, MIDDLE, "Chain middle", "Predecessor", "")])
    with as_batch():
        pupil = factories.pupil(MIDDLE)
    factories.enrolment(pupil, date(2012, 8, 31))
    bring_in(tmp_path, CHAIN)
    assert goes_on_as() == {MIDDLE: LAST}
    factories.enrolment(factories.pupil(LAST), date(2018, 8, 31))
    bring_in(tmp_path, CHAIN)
    assert goes_on_as() == {MIDDLE: LAST}


def test_once_gias_says_otherwise_the_earlier_figures_are_its_own_no_more(tmp_path: Path) -> None:
    """A2: the old one is open again."""
    bring_in(tmp_path, CHAIN)
    bring_in(tmp_path, CHAIN, old={"OpenDate": "01-09-1990", "CloseDate": ""})
    assert goes_on_as() == {MIDDLE: LAST}


def test_a_circle_ends(tmp_path: Path) -> None:
    """Formats page 13: whatever the rows say, a question ends."""
    bring_in(tmp_path, CHAIN)
    with as_batch():
        ids = dict(Establishment.objects.filter(urn__in=[OLD, MIDDLE, LAST]).values_list("urn", "pk"))
        run_as_owner(f"UPDATE sharing_establishment SET goes_on_as_id = {ids[OLD]} WHERE id = {ids[LAST]}")
        figures.out("absence", 2010, {(OLD, PUBLISHED): 50})
        assert History.of([ids[LAST]]).with_earlier([ids[LAST]]) == set(ids.values())


def test_its_context_is_the_earlier_urns_until_something_is_out_of_its_own(tmp_path: Path, today: date) -> None:
    """R29, R31: it stays in lists and among similar schools where it was; and a protected share stands for the exact
    one there, too."""
    with as_batch():
        figures.out("deprivation", 2019, {(BECKSIDE, "idaci"): Decimal("0.25")})
        figures.out("roll", YEAR, {(BECKSIDE, ROLL): 23})
        protected_share(50)
    convert(tmp_path, today)

    def context() -> tuple[Decimal | None, ...]:
        with visit(asker("head-ravensgill"), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            place = with_context(here.readable_establishments()).get(urn=NEW)
            here.showed()
            return place.idaci, place.fsm

    assert context() == (Decimal("0.25"), 25)
    with as_batch():
        figures.out("roll", YEAR + 1, {(NEW, ROLL): 24})
    assert context() == (Decimal("0.25"), 24)
