"""No figure that is withheld can be had by subtracting those that are not (R10, R11, R12, R35)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sharing import door
from sharing.authorise import NotAtYourLevel, Permission, visit
from sharing.door import current_figures
from sharing.door.deeper import Question
from sharing.measures import cells
from sharing.measures.catalogue import MEASURE, MEASURES
from sharing.measures.counted import When
from sharing.measures.withheld import withheld_from_the_asker
from sharing.models import Establishment, EstablishmentPermission, LocalityMembership
from sharing.models.releases import Figure, Release
from sharing.records.reports import GOVERNORS
from sharing.records.statistics import ProtectedOrigin
from sharing.school_year import academic_year
from tests import figures
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, person
from tests.sharing.protected_beside import found_beside, protected
from tests.sharing.subtracting import Cell, Read, found_between, found_by, found_in_the_roll

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, LARKROYD = 999002, 999003, 999004
TODAY = timezone.localdate()
LAST_YEAR = academic_year(TODAY) - 1
AREAS = ("authority", "locality:1", "locality:2")
SHARE, OF_SESSIONS, NUMBER = "attendance_persistent", "attendance_absence", "roll_pupils"

# --- any schools ----------------------------------------------------------------------------------------------------

COUNTS = st.sampled_from([0, 1, 4, 9, 10, 11, 30, 200])
SEXES, NEEDS = ("sex:F", "sex:M"), ("sen:E", "sen:K", "sen:N")
PARTS = [(sex, sen) for sex in SEXES for sen in NEEDS]
SCHOOLS = st.lists(
    st.fixed_dictionaries(
        {
            "locality": st.sampled_from([None, 1, 1, 2]),
            "of": st.fixed_dictionaries({part: st.tuples(COUNTS, COUNTS) for part in PARTS}),
            "off_roll": st.sampled_from([0, 0, 0, 2]),
        }
    ),
    min_size=3,
    max_size=7,
)


def _laid(schools: list[dict[str, Any]], measure: str) -> list[cells.Cell]:
    """The sums of these schools: of each group how many, and of how many of them it is true."""
    found = []
    for place, school in enumerate(schools, start=1):
        for group in ("total", *SEXES, *NEEDS):
            of = [counts for part, counts in school["of"].items() if group in ("total", *part)]
            denominator = sum(whole for _, whole in of)
            numerator = denominator if measure == NUMBER else sum(min(counts) for counts in of)
            extra = school["off_roll"] if group in ("total", "sex:F") else 0
            found.append(
                (measure, place, group, Decimal(numerator + extra), denominator, numerator, denominator,
                 measure != OF_SESSIONS, True)
            )  # fmt: skip
    return [cell for cell in found if cell[3] or cell[4]]


def _contributors(schools: list[dict[str, Any]]) -> dict[str, set[int]]:
    return {
        area: {at for at, school in enumerate(schools, 1) if area in ("authority", f"locality:{school['locality']}")}
        for area in AREAS
    }


def _made(laid: list[cells.Cell], contributors: dict[str, set[int]]) -> list[tuple[Any, ...]]:
    """(measure, establishment, area, group, number, is_small) as a release would have them."""
    cells.begin(When(TODAY.year, TODAY, TODAY, is_complete=True), TODAY)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contributor")
        rows = [(place, area) for area, places in contributors.items() for place in places]
        cursor.executemany("INSERT INTO contributor VALUES (%s, %s)", rows)
        cells.lay(laid)
        cells.make()
        cursor.execute(
            'SELECT code, made.establishment_id, area, "group", coalesce(made.numerator, made.value), is_small '
            "FROM made JOIN sharing_measure AS measure ON measure.id = measure_id"
        )
        return list(cursor.fetchall())


def _read(rows: Iterable[tuple[Any, ...]], *, sees: int = 0, areas_too: bool = False) -> list[Read]:
    """As a reader sees them who sees the pupils of one school, if any. `areas_too`: a door without this protection."""
    return [
        Read(code, place, area, group, float(number) if not small or place == sees or (area and areas_too) else None)
        for code, place, area, group, number, small in rows
    ]


@pytest.mark.parametrize("measure", [SHARE, OF_SESSIONS, NUMBER])
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schools=SCHOOLS)
def test_nobody_who_subtracts_finds_a_withheld_figure(db: None, measure: str, schools: list[dict[str, Any]]) -> None:
    """R11: whatever the schools and what is withheld of them; also somebody who knows the numbers of one school."""
    point = transaction.atomic()
    point.__enter__()
    try:
        with as_batch():
            contributors = _contributors(schools)
            rows = _made(_laid(schools, measure), contributors)
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)
    hidden = [row for row in rows if row[1] and row[5]]
    event("with areas" if any(row[2] and not row[5] for row in rows) else "without areas")
    event("withheld" if hidden else "nothing withheld")
    for sees in range(len(schools) + 1):
        assert found_by(_read(rows, sees=sees), contributors) == set()


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schools=SCHOOLS, sees=st.integers(0, 3))
def test_nor_does_who_lays_the_protected_numbers_beside_them(
    db: None, schools: list[dict[str, Any]], sees: int
) -> None:
    """R10, R11: each tells where a count may lie; with all whole numbers that stand open, still nothing is told."""
    schools = [school | {"off_roll": 0} for school in schools]
    point = transaction.atomic()
    point.__enter__()
    try:
        with as_batch():
            contributors = _contributors(schools)
            rows = _made(_laid(schools, SHARE), contributors)
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)
    truth = {(place, group): int(number) for _, place, _, group, number, _ in rows if place}
    assert found_beside(_read(rows, sees=sees), contributors, protected(schools), truth) == set()


def test_who_lays_whole_numbers_of_areas_beside_them_finds_it(db: None) -> None:
    """So the test above has teeth: with the whole count of Bradford, the six of one school are told."""
    school = {"locality": None, "of": dict.fromkeys(PARTS, (100, 200)), "off_roll": 0}
    schools = [school, school, school | {"of": dict.fromkeys(PARTS, (1, 200))}]
    contributors = _contributors(schools)
    with as_batch():
        rows = _made(_laid(schools, SHARE), contributors)
    truth = {(place, group): int(number) for _, place, _, group, number, _ in rows if place}
    exact = {("authority", "total"): (1206, 1206)}
    assert (3, "total") in found_beside(_read(rows), contributors, exact, truth)
    assert found_beside(_read(rows), contributors, {("authority", "total"): (1201, 1219)}, truth) == set()


def _roll(of: dict[tuple[str, str], int]) -> list[cells.Cell]:
    """Of one school's children by sex and special educational needs, the measures of the roll that tell of either."""
    found: list[cells.Cell] = []
    about = {"roll_pupils": None, "roll_girls": "sex:F", "roll_sen_support": "sen:K", "roll_ehc_plan": "sen:E"}
    for measure, itself in about.items():
        groups = [("total",), *[(group,) for group in (*SEXES, *NEEDS) if not itself or group[:3] != itself[:3]]]
        for group in groups if itself else [*groups, *PARTS]:
            theirs = {part: many for part, many in of.items() if group == ("total",) or set(group) <= set(part)}
            whole = sum(theirs.values())
            part = sum(many for part, many in theirs.items() if not itself or itself in part)
            if whole:
                found.append((measure, 1, "|".join(group), Decimal(part), whole, part, whole, True, True))
    return found


def _many(of: dict[tuple[str, str], int], group: frozenset[str]) -> int:
    return sum(many for part, many in of.items() if group <= set(part))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    of=st.fixed_dictionaries(
        {
            part: st.sampled_from([2, 5, 9, 10, 12, 200] if part[1] == "sen:N" else [0, 0, 2, 9, 10, 12, 30])
            for part in PARTS
        }
    )
)
def test_no_other_measure_of_the_roll_tells_what_is_withheld(db: None, of: dict[tuple[str, str], int]) -> None:
    """R11: how many have SEN support is a measure, and a group of the pupils on roll; and so are girls among them. Of
    fewer than ten children nothing follows, however few have no special needs; a larger number beside them may. Nor
    that there is nobody, unless the whole school has none of the kind."""
    point = transaction.atomic()
    point.__enter__()
    try:
        with as_batch():
            rows = _made(_roll(of), {})
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)
    found = {group for group in found_in_the_roll(_read(rows)) if _many(of, group) < cells.SMALL}
    assert not {group for group in found if all(_many(of, frozenset({one})) for one in group)}


def test_few_without_special_needs_beside_many_with_each_kind_are_told_by_no_measure(db: None) -> None:
    """R11: 45 pupils, 20 with SEN support, 18 with a plan: so 7 with neither, unless one of the two is withheld."""
    of = dict(zip(PARTS, (10, 10, 3, 8, 10, 4), strict=True))
    with as_batch():
        rows = _made(_roll(of), {})
    open_totals = {code for code, _, _, group, _, small in rows if group == "total" and not small}
    assert open_totals == {"roll_pupils", "roll_girls", "roll_sen_support"}
    assert found_in_the_roll(_read(rows)) == set()
    as_before = [(*row[:5], row[5] and row[0] != "roll_ehc_plan") for row in rows]
    assert frozenset({"sen:N"}) in found_in_the_roll(_read(as_before))


ORIGINS = ("ethnicity:A", "ethnicity:B", "ethnicity:W")
OF_BOTH = [(sex, origin) for sex in SEXES for origin in ORIGINS]
Three = tuple[int, int, int]  # children of whom both measures are true, only the wider, neither


def _within(of: dict[tuple[str, str], Three], narrower: str, wider: str) -> list[cells.Cell]:
    """As of a school. Of the roll, a share is not divided by two dimensions."""
    found: list[cells.Cell] = []
    pairs = [] if wider.startswith("roll_") else ["|".join(part) for part in OF_BOTH]
    for group in ("total", *SEXES, *ORIGINS, *pairs):
        both, only, neither = map(
            sum, zip(*(many for part, many in of.items() if group in ("total", *part, "|".join(part))), strict=True)
        )
        whole = both + only + neither
        if whole:
            for code, part in ((narrower, both), (wider, both + only)):
                found.append((code, 1, group, Decimal(part), whole, part, whole, True, True))
    return found


def _only_the_wider(of: dict[tuple[str, str], Three], groups: frozenset[str]) -> int:
    return sum(only for part, (_, only, _) in of.items() if groups & {"total", *part, "|".join(part)})


@pytest.mark.parametrize(("narrower", "wider", "withheld"), cells.WITHIN)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    of=st.fixed_dictionaries(
        {
            part: st.tuples(*[st.sampled_from([0, 0, 2, 5, 9, 10, 12, 40])] * 2, st.sampled_from([0, 5, 30]))
            for part in OF_BOTH
        }
    )
)
def test_nobody_finds_a_few_of_whom_only_the_wider_of_two_measures_is_true(
    db: None, narrower: str, wider: str, withheld: str, of: dict[tuple[str, str], Three]
) -> None:
    """R11: 60 of 200 miss one session in ten, and 55 one in two: so 5 miss one in ten but not one in two."""
    point = transaction.atomic()
    point.__enter__()
    try:
        with as_batch():
            rows = _made(_within(of, narrower, wider), {})
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)
    found = {_only_the_wider(of, groups) for groups in found_between(_read(rows), narrower, wider)}
    event("told of some" if found else "told of none")
    assert not found & set(range(1, cells.SMALL))


@pytest.mark.parametrize(("only", "open_then"), [(5, 1), (10, 2), (0, 2)])
def test_one_of_two_measures_is_withheld_where_few_are_in_the_wider_alone(db: None, only: int, open_then: int) -> None:
    """R11: and both are shown where there are ten, or nobody."""
    of = dict.fromkeys(OF_BOTH, (10, 0, 24)) | {OF_BOTH[0]: (10, only, 24)}
    for narrower, wider, withheld in cells.WITHIN:
        with as_batch():
            rows = _made(_within(of, narrower, wider), {})
        shown = {code for code, _, _, group, _, small in rows if group == "total" and not small}
        assert len(shown) == open_then
        assert (withheld in shown) is (open_then == 2)


@pytest.mark.parametrize(("in_nursery", "is_open"), [(0, False), (6, False), (7, True), (30, True)])
def test_a_few_children_of_the_nursery_hide_nobody(in_nursery: int, is_open: bool) -> None:
    """R11: 50 of the school have free meals, and 53 from Reception to Year 11 had them in six years. With six in the
    nursery, three to nine had them before and have not now; with seven, there may be ten."""
    laid: list[cells.Cell] = []
    for code, part, whole in (("roll_fsm", 50, 200 + in_nursery), ("roll_fsm6", 53, 200)):
        laid.append((code, 1, "total", Decimal(part), whole, part, whole, True, True))
    with as_batch():
        rows = _made(laid, {})
    assert {code for code, *_, small in rows if not small} == ({"roll_fsm", "roll_fsm6"} if is_open else {"roll_fsm"})


def test_nor_is_it_the_sum_of_groups_of_two_dimensions() -> None:
    """R11: five of the girls are in the wider alone, so the narrower is not given for girls; nor for parts of them that
    are each large enough, when those of the wider measure are withheld because nearly everybody counts."""
    boys = {("sex:M", origin): (20, 10, 8) for origin in ORIGINS}
    of = boys | {("sex:F", origin): (20, 0, 30) for origin in ORIGINS} | {("sex:F", ORIGINS[0]): (20, 5, 8)}
    for narrower, wider, _ in cells.WITHIN:
        with as_batch():
            rows = _made(_within(of, narrower, wider), {})
        assert frozenset({"sex:F"}) not in found_between(_read(rows), narrower, wider)


def test_the_reader_who_subtracts_finds_it_where_the_area_counts_everybody() -> None:
    """So the test above has teeth: three schools, and one of them with six persistent absentees."""
    school = {"locality": None, "of": dict.fromkeys(PARTS, (100, 200)), "off_roll": 0}
    few = school | {"of": dict.fromkeys(PARTS, (1, 200))}
    schools = [school, school, few]
    with as_batch():
        rows = _made(_laid(schools, SHARE), _contributors(schools))
    assert (SHARE, 3, "total") in found_by(_read(rows, areas_too=True), _contributors(schools))
    assert found_by(_read(rows), _contributors(schools)) == set()
    assert all(small for _, _, area, group, _, small in rows if area == "authority" and group == "total")


# --- the demonstration, read as people read it -----------------------------------------------------------------------


def _what_is_read(slug: str, through: Any) -> list[Read]:
    """All that PostgreSQL lets the person read of what was counted here, and that there is more."""
    with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        counted = Figure.objects.of(Release.objects.out()).filter(release__dataset__is_published_elsewhere=False)
        there = set(counted.values_list("pk", flat=True))
        here.showed()
    with as_batch():
        everything = Figure.objects.of(Release.objects.out()).filter(release__dataset__is_published_elsewhere=False)
        return [
            Read(
                f"{code} {release}", place, area, group, float(value if part is None else part) if pk in there else None
            )
            for pk, code, release, place, area, group, value, part in everything.values_list(
                "pk", "measure__code", "release", "establishment", "area", "group", "value", "numerator"
            )
            if "|" not in group
        ]


def _who_is_where() -> dict[str, set[int]]:
    with as_batch():
        places = set(Establishment.objects.participating(TODAY).values_list("pk", flat=True))
        found: dict[str, set[int]] = {"authority": places}
        for place, locality in LocalityMembership.objects.filter(establishment__in=places).values_list(
            "establishment", "locality"
        ):
            found.setdefault(f"locality:{locality}", set()).add(place)
        return found


@pytest.mark.parametrize(
    ("slug", "through"),
    [("governor-beckside", SCHOOLS_ONLINE), ("head-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)],
)
def test_from_all_that_a_person_may_read_no_withheld_figure_follows(slug: str, through: Any) -> None:
    """R10, R11, R12: beneath every page, chart, file and report, in what row-level security lets them read."""
    assert _found(slug, through) == set()


def _found(slug: str, through: Any = SCHOOLS_ONLINE) -> set[Cell]:
    contributors = _who_is_where()
    read = [one for one in _what_is_read(slug, through) if not one.area or one.area in contributors]
    by_measure: dict[str, list[Read]] = {}
    for one in read:
        by_measure.setdefault(one.measure, []).append(one)
    found: set[Cell] = set()
    for of_it in by_measure.values():
        found |= found_by(of_it, contributors)
    assert any(one.number is None and one.establishment for one in read)
    return found


# --- a line that is narrowed to some year groups ----------------------------------------------------------------------

NARROWED, GOVERNOR = "assistant-beckside", "governor-beckside"  # Years 1 and 2
COUNTED = [kind.code for kind in MEASURES if kind.dataset in ("roll", "attendance", "suspensions", "phonics", "eyfsp")]


def _numbers_of(slug: str) -> set[str]:
    """Of what we have counted, the person reads these establishments and areas through the door."""
    with as_batch():
        places = dict(Establishment.objects.of_the_community().values_list("pk", "name"))
        localities = LocalityMembership.objects.filter(establishment__urn=BECKSIDE).values_list("locality", flat=True)
        areas = ["authority", *[f"locality:{locality}" for locality in localities]]
    with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        found = current_figures(here, measures=COUNTED, establishments=places, areas=areas)
        here.showed(figures=len(found))
    found = tuple(one for one in found if MEASURE[one.measure].dataset == one.dataset)
    return {places[one.establishment_id] if one.establishment_id else one.area for one in found}


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
def test_a_narrowed_line_reads_nothing_to_subtract_its_own_numbers_from(
    off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R11, R35: neither the school's figures nor its areas'; a governor reads both. Either lock alone holds it."""
    with as_batch():
        figures.out("roll", LAST_YEAR, {("authority", NUMBER): 730})
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    everybody, theirs = _numbers_of(GOVERNOR), _numbers_of(NARROWED)
    assert {"Beckside Primary School", "Ravensgill Primary School", "authority"} <= everybody
    assert "Beckside Primary School" not in theirs
    assert not {one for one in theirs if one == "authority" or ":" in one}
    assert "Ravensgill Primary School" in theirs


@pytest.mark.usefixtures("nothing_released")
@pytest.mark.parametrize(("second_line_at", "reads_all"), [(None, False), (RAVENSGILL, False), (BECKSIDE, True)])
def test_a_second_line_for_all_years_widens_only_what_is_read_where_it_is(
    second_line_at: int | None, reads_all: bool
) -> None:
    """R11, R35: in row-level security, with every filter of the door forgotten; and so of what is withheld, which the
    person is told. Figures under an earlier URN are of the same children (docs/adr/0041)."""
    with as_batch():
        place = Establishment.objects.get(urn=BECKSIDE)
        Establishment.objects.filter(urn=LARKROYD).update(goes_on_as=place)
        whose = (BECKSIDE, LARKROYD, RAVENSGILL, "authority")
        figures.out("roll", LAST_YEAR, {(one, NUMBER): 73 for one in whose})
        if second_line_at:
            line = EstablishmentPermission.objects.get(user=person(NARROWED), permission__codename="view_pupils")
            line.pk, line.source, line.year_groups = None, "another", []
            line.content_object = Establishment.objects.get(urn=second_line_at)
            line.save()
    with visit(asker(NARROWED), Permission.VIEW_ESTABLISHMENT, action="test") as here:
        here.showed()
        read = {urn or area for urn, area in Figure.objects.values_list("establishment__urn", "area")}
        cells, _ = withheld_from_the_asker(place, [NUMBER])
    assert read == (set(whose) if reads_all else {RAVENSGILL})
    assert {whom for _, _, whom in cells} == (set() if reads_all else {"own", "authority"})


def test_a_narrowed_line_is_told_what_is_withheld_and_reads_the_protected_numbers() -> None:
    """R10, R31, R35: on Key Data, in Deeper Data and of reports; and in one's own year groups one counts in whole."""
    key_data = door.show_key_data(asker(NARROWED), BECKSIDE)
    counted = {measure.code: measure for measure in key_data.measures if measure.code in COUNTED}
    own = [year.own for measure in counted.values() for year in measure.years]
    assert {shown.text for shown in own if not isinstance(shown.origin, ProtectedOrigin)} == {"Withheld", "None out"}
    assert any(isinstance(shown.origin, ProtectedOrigin) for shown in own)
    deeper = door.show_deeper(asker(NARROWED), BECKSIDE, Question("phonics_met", LAST_YEAR))
    assert [row.cells[0].text for row in deeper.rows] == ["Not shown"]  # beside the published figure of Bradford
    assert deeper.own
    listed = door.list_reports(asker(NARROWED), BECKSIDE)
    assert (listed.lines, bool(listed.not_for_them)) == ((), True)
    for urn in (BECKSIDE, 999003):
        with pytest.raises(NotAtYourLevel):
            door.download_report(asker(NARROWED), urn, GOVERNORS)
        with pytest.raises(NotAtYourLevel):
            door.ask_for_report(asker(NARROWED), urn, GOVERNORS)
    assert door.list_reports(asker(GOVERNOR), BECKSIDE).lines
