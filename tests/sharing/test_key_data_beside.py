"""What stands beside a figure of Key Data: areas of the establishment's phase, and similar schools (R3, R12, R31)."""

import csv
import io
from decimal import Decimal

import pytest
from django.utils import timezone

from sharing import door
from sharing.context import alike
from sharing.files.files import of_key_data
from sharing.key_data import similar_to
from sharing.models import Establishment
from sharing.models.establishments import SPECIAL_ACADEMIES, Kind
from tests import figures
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client
from tests.sharing.test_key_data import (
    ABSENCE,
    BECKSIDE,
    CRAGWELL,
    FALLOWDALE,
    LARKROYD,
    OXENBY,
    PRIMARIES,
    RAVENSGILL,
    RWM,
    SKELBROOK,
    SUSPENSIONS,
    SYNTHETIC,
    bring_out,
    said_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_released")]


@pytest.mark.parametrize(
    ("urn", "phase", "words"),
    [(BECKSIDE, "primary", "primary schools"), (OXENBY, "secondary", "secondary schools"),
     (FALLOWDALE, "special", "special schools"), (CRAGWELL, "primary", "primary schools")],
)  # fmt: skip
def test_a_school_stands_beside_the_schools_of_its_phase(urn: int, phase: str, words: str) -> None:
    """R3, R31: secondary pupils miss more, so all of England is no measure of a primary school. In files too."""
    published = {"authority": 8, "england": 7, f"authority:{phase}": 6, f"england:{phase}": Decimal("5.2")}
    other = "secondary" if phase == "primary" else "primary"
    with as_batch():
        figures.out("absence", 2024, {(urn, ABSENCE): 5})
        published |= {f"authority:{other}": 11, f"england:{other}": 12}
        figures.out("comparators", 2024, {(area, ABSENCE): value for area, value in published.items()})
    found = door.show_key_data(asker("officer-admissions", EDUNET), urn)
    measure = next(measure for measure in found.measures if measure.code == ABSENCE)
    assert measure.beside == (f"Bradford ({words})", f"England ({words})")
    assert said_of(found, ABSENCE) == {"2024/25": ("5.0%", "6.0%", "5.2%")}
    rows = list(csv.DictReader(io.StringIO(of_key_data(found, "csv").content.decode("utf-8-sig"))))
    told = {row["figure_of"]: (row["geographic_level"], row[ABSENCE]) for row in rows}
    assert told[f"England ({words})"] == ("National", "5.2")
    assert told[f"Bradford ({words})"] == ("Local authority", "6.0")


@pytest.mark.parametrize("type_code", sorted(SPECIAL_ACADEMIES))
def test_a_special_academy_stands_beside_special_schools(type_code: int) -> None:
    """R3, R31: GIAS counts it among the academies, whatever its phase."""
    with as_batch():
        figures.out("absence", 2024, {(BECKSIDE, ABSENCE): 12})
        areas = {("england:primary", ABSENCE): 5, ("england:special", ABSENCE): 13}
        figures.out("comparators", 2024, areas)
    with as_owner():
        Establishment.objects.filter(urn=BECKSIDE).update(type_code=type_code, kind=Kind.ACADEMY)
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    assert next(one for one in found.measures if one.code == ABSENCE).beside == ("England (special schools)",)


@pytest.mark.parametrize(
    ("phase_code", "words"),
    [(2, "primary schools"), (3, "primary schools"), (4, "secondary schools"), (5, "secondary schools")],
)
def test_a_middle_school_stands_beside_the_schools_that_it_is_deemed_to_be_one_of(phase_code: int, words: str) -> None:
    """R3, R31."""
    with as_batch():
        figures.out("absence", 2024, {(BECKSIDE, ABSENCE): 5})
        areas = {("england:primary", ABSENCE): 5, ("england:secondary", ABSENCE): 8}
        figures.out("comparators", 2024, areas)
    with as_owner():
        Establishment.objects.filter(urn=BECKSIDE).update(phase_code=phase_code)
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    assert next(one for one in found.measures if one.code == ABSENCE).beside == (f"England ({words})",)


def test_a_count_stands_beside_none_and_a_rate_beside_others() -> None:
    """R3: the count of an area is that of all its schools."""
    with as_batch():
        figures.out("roll", 2025, {(BECKSIDE, "roll_pupils"): 200, ("authority", "roll_pupils"): 9000})
        figures.out("suspensions", 2024, {(BECKSIDE, SUSPENSIONS): 3, ("authority", SUSPENSIONS): 4})
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    assert said_of(found, "roll_pupils") == {"2025/26": ("200",)}
    assert said_of(found, SUSPENSIONS) == {"2024/25": ("3.00", "4.00")}


def test_a_withheld_figure_of_an_area_makes_no_year_that_the_school_has_not() -> None:
    """R31: it would say “None out” of the school, beside “Withheld”."""
    with as_batch():
        figures.out("roll", 2023, {("authority", "roll_fsm"): {"value": 3, "is_small": True}})
        figures.out("roll", 2024, {(BECKSIDE, "roll_fsm"): 20})
    assert said_of(door.show_key_data(asker("governor-beckside"), BECKSIDE), "roll_fsm") == {"2024/25": ("20.0%",)}


def test_no_more_than_the_ten_most_alike_are_similar_schools() -> None:
    """R3: of thirteen, those whose size is nearest."""
    sizes = [100 + 50 * number for number in range(13)]
    own, *others = [
        Establishment(pk=size, urn=size, phase_code=2, low_age=4, high_age=11, number_of_pupils=size) for size in sizes
    ]
    for one in (own, *others):
        one.idaci, one.fsm, one.eal, one.stayed = Decimal("0.2"), None, None, None
        one.takes_part_since = timezone.localdate()
    assert [one.urn for one in similar_to(own, [*reversed(others), own])] == sizes[1:11]


def test_all_schools_stay_where_those_of_the_phase_have_no_figure_of_the_year() -> None:
    """Our own count of Bradford's schools is out months before what the department publishes of one phase."""
    whole = {("authority", ABSENCE): 8, ("england", ABSENCE): 7, ("england:primary", ABSENCE): 6}
    with as_batch():
        for year, of_bradford in ((2023, {("authority:primary", ABSENCE): 5}), (2024, {})):
            figures.out("absence", year, {(BECKSIDE, ABSENCE): 5})
            figures.out("comparators", year, whole | of_bradford)
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    measure = next(measure for measure in found.measures if measure.code == ABSENCE)
    assert measure.beside == ("Bradford", "Bradford (primary schools)", "England (primary schools)")
    assert said_of(found, ABSENCE)["2024/25"] == ("5.0%", "8.0%", "None out", "6.0%")
    (newest,) = found.newest.rows
    assert [(cell.shown.text, cell.phase) for cell in newest.beside if cell] == [
        ("8.0%", ""), ("6.0%", "primary schools"),
    ]  # fmt: skip


def test_all_through_schools_and_centres_stand_beside_all_schools() -> None:
    """They are of no one phase."""
    with as_batch():
        figures.out("absence", 2024, {(BECKSIDE, ABSENCE): 5})
        figures.out("comparators", 2024, {("england", ABSENCE): 7, ("england:primary", ABSENCE): 5})
    with as_owner():
        Establishment.objects.filter(urn=BECKSIDE).update(phase_code=7)
    found = door.show_key_data(asker("governor-beckside"), BECKSIDE)
    assert next(measure for measure in found.measures if measure.code == ABSENCE).beside == ("England",)


def test_where_no_similar_schools_stand_the_page_says_why() -> None:
    """R3: as of the only special school of a small authority, or one that has excluded itself."""
    bring_out()
    why = "No similar schools are shown here. Either no other school of this phase may be compared with it"
    for slug, urn, told in (("head-larkroyd", LARKROYD, True), ("head-beckside", BECKSIDE, False)):
        page = client(slug).get(f"/establishments/{urn}/key-data/").content.decode()
        assert (why in page) == told


def test_fewer_than_three_similar_schools_have_no_median() -> None:
    with as_batch():
        figures.out("deprivation", 2019, {(urn, "idaci"): Decimal("0.2") for urn in PRIMARIES})
        figures.out("ks2", 2018, {(BECKSIDE, RWM): 50, (RAVENSGILL, RWM): 60, (CRAGWELL, RWM): 61})
    assert said_of(door.show_key_data(asker("governor-beckside"), BECKSIDE), RWM) == {"2018/19": ("50%",)}


def test_three_similar_schools_have_one() -> None:
    with as_batch():
        figures.out("deprivation", 2019, {(urn, "idaci"): Decimal("0.2") for urn in PRIMARIES})
        figures.out(
            "ks2", 2018, {(BECKSIDE, RWM): 50, (RAVENSGILL, RWM): 60, (CRAGWELL, RWM): 61, (SKELBROOK, RWM): 70}
        )
    assert said_of(door.show_key_data(asker("governor-beckside"), BECKSIDE), RWM) == {"2018/19": ("50%", "61%")}


@pytest.mark.parametrize(("slug", "site"), [("governor-beckside", SCHOOLS_ONLINE), ("officer-data", EDUNET)])
def test_the_median_counts_what_everybody_may_read_whoever_asks(slug: str, site) -> None:
    """R12, R31: no figure of few children, which this officer sees at each of the schools."""
    few = {(SYNTHETIC, RWM): {"value": 90, "is_small": True}}
    with as_batch():
        figures.out("deprivation", 2019, {(urn, "idaci"): Decimal("0.2") for urn in PRIMARIES})
        for year, urns in ((2017, PRIMARIES[1:4]), (2018, PRIMARIES[1:3])):
            figures.out("ks2", year, few | {(BECKSIDE, RWM): 50} | {(urn, RWM): 60 + urn % 10 for urn in urns})
    found = door.show_key_data(asker(slug, site), BECKSIDE)
    assert said_of(found, RWM) == {"2018/19": ("50%", "Too few"), "2017/18": ("50%", "63%")}


@pytest.mark.parametrize(
    ("own", "other", "are"),
    [
        ((Kind.SPECIAL, 7), (Kind.ACADEMY, 44), True),
        ((Kind.FREE, 36), (Kind.ACADEMY, 33), True),
        ((Kind.PRU, 14), (Kind.ACADEMY, 42), True),
        ((Kind.ACADEMY, 44), (Kind.ACADEMY, 42), False),
        ((Kind.FREE, 36), (Kind.FREE, 38), False),
        ((Kind.ACADEMY, 44), (Kind.ACADEMY, 34), False),
        ((Kind.SPECIAL, 7), (Kind.PRU, 14), False),
    ],
)
def test_special_academies_are_like_special_schools_and_no_others(
    own: tuple[str, int], other: tuple[str, int], are: bool
) -> None:
    """R3: GIAS gives none of these a phase, so only kind and type tell them apart."""
    places = [Establishment(pk=pk, urn=pk, kind=kind, type_code=code) for pk, (kind, code) in enumerate((own, other))]
    for place in places:
        place.phase_code, place.low_age, place.high_age, place.number_of_pupils = 0, 5, 16, 100
        place.idaci, place.fsm, place.eal, place.stayed = Decimal("0.2"), None, None, None
    assert bool(alike(places[0], places)) == are
