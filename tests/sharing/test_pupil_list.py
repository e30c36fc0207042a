"""The list of pupils: its filters, its order, its columns, and what is withheld from some (R5, R6, R33, R35)."""

import re
from collections.abc import Callable
from datetime import date
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing import codes, door
from sharing.door import pupil_filter
from sharing.door.pupil_filter import BANDS, PupilFilter
from sharing.models import Attendance, Enrolment, Pupil, PupilListColumns, PupilNeeds, Transfer
from sharing.records.pupils import PupilList
from sharing.school_year import academic_year, in_words
from tests import factories
from tests.access_register.test_narrowing import narrow
from tests.locks.switches import door_off
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, HEAD, TEACHER, NARROWED = 999002, "head-beckside", "teacher-beckside", "assistant-beckside"


def listed(slug: str = HEAD, sort: str = "name", **only: str) -> PupilList:
    return door.list_pupils(asker(slug), BECKSIDE, only=PupilFilter(**only), sort=sort)


def everybody() -> list[SimpleNamespace]:
    """Beckside's pupils of today as plain facts, read as imports do."""
    today = timezone.localdate()
    with as_batch():
        newest = (
            Attendance.objects.filter(establishment__urn=BECKSIDE, dfe_number="", pupil__visible__covers=today)
            .newest_first()
            .values_list("academic_year", "term")[0]
        )
        counts = {
            row.pupil_id: row
            for row in Attendance.objects.filter(academic_year=newest[0], term=newest[1], dfe_number="")
        }
        provision = dict(PupilNeeds.objects.values_list("pupil_id", "sen_provision"))
        here = {
            row.pupil_id
            for row in Enrolment.objects.filter(cancelled_at=None, starts_on__lte=today)
            if row.ends_on is None or row.ends_on >= today
        }
        kept = Transfer.objects.filter(cancelled_at=None, sender_keeps_until__gte=today)
        left = set(kept.values_list("leaving", flat=True)) - here
        return [
            SimpleNamespace(
                pupil=pupil,
                counted=counts.get(pupil.pk),
                sen=provision.get(pupil.pk, ""),
                status="here" if pupil.pk in here else "left" if pupil.pk in left else "coming",
            )
            for pupil in Pupil.objects.filter(establishment__urn=BECKSIDE, visible__covers=today)
        ]


def _in_band(row: Any, band: str) -> bool:
    if row is None or not row.sessions_possible or row.sessions_absent is None:
        return False
    missed = row.sessions_absent / row.sessions_possible
    return {
        "counted": True,
        "persistent": missed >= 0.1,
        "under-50": missed > 0.5,
        "50-90": 0.1 <= missed <= 0.5,
        "90-95": 0.05 < missed < 0.1,
        "95": missed <= 0.05,
    }[band]


FITS: dict[str, Callable[[SimpleNamespace, str], bool]] = {
    "year_group": lambda child, chosen: child.pupil.year_group == chosen,
    "class_name": lambda child, chosen: child.pupil.class_name == chosen,
    "sex": lambda child, chosen: child.pupil.sex == chosen,
    "fsm": lambda child, chosen: child.pupil.free_school_meals == (chosen == "yes"),
    "sen": lambda child, chosen: child.sen not in ("", "N") if chosen == "any" else child.sen == chosen,
    "eal": lambda child, chosen: (
        chosen
        == {"ENG": "no", "ENB": "no", "": "unknown", "REF": "unknown", "NOT": "unknown", "ZZZ": "unknown"}.get(
            child.pupil.language, "yes"
        )
    ),
    "ethnicity": lambda child, chosen: (
        chosen == (child.pupil.ethnicity[0] if child.pupil.ethnicity not in ("", "REFU", "NOBT") else "U")
    ),
    "attendance": lambda child, chosen: _in_band(child.counted, chosen),
    "status": lambda child, chosen: child.status == chosen,
}


def expected(only: dict[str, str]) -> set:
    return {child.pupil.pk for child in everybody() if all(FITS[name](child, chosen) for name, chosen in only.items())}


def all_pages(only: dict[str, str], slug: str = HEAD) -> set:
    first = listed(slug, **only)
    pages = [
        door.list_pupils(asker(slug), BECKSIDE, only=PupilFilter(**only), number=number)
        for number in first.page.numbers
    ]
    return {line.id for page in pages for line in page.page}


OPTIONS = {
    filter_.name: tuple(filter_.options) or ("4A", "5B", "no such class") for filter_ in pupil_filter.FILTERS
} | {"year_group": ("R", "1", "4", "6", "13")}


@pytest.mark.parametrize(
    ("name", "chosen"), [(name, chosen) for name, options in OPTIONS.items() for chosen in options]
)
def test_each_filter_leaves_what_plain_python_leaves(name: str, chosen: str) -> None:
    """R6: filters beside the children as they are."""
    assert all_pages({name: chosen}) == expected({name: chosen})


def test_the_bands_hold_at_their_edges() -> None:
    """Missing exactly a tenth is persistent absence; half, a twentieth, none, and no sessions at all."""
    newest = listed().choices
    assert any(choice.name == "attendance" for choice in newest)
    year, term = Attendance.objects.none(), None
    with as_batch():
        year, term = Attendance.objects.newest_first().values_list("academic_year", "term")[0]
    wanted = {
        (100, 51): {"persistent", "under-50"},
        (100, 50): {"persistent", "50-90"},
        (100, 10): {"persistent", "50-90"},
        (1000, 99): {"90-95"},
        (100, 5): {"95"},
        (100, 0): {"95"},
        (0, 0): set(),
    }
    for (possible, absent), bands in wanted.items():
        child = factories.pupil(BECKSIDE, surname="Edge")
        factories.enrolment(child, timezone.localdate())
        factories.attendance(child, possible, absent, year, term)
        found = {band for band in BANDS if child.pk in {line.id for line in listed(named="Edge", attendance=band).page}}
        assert found == (bands | {"counted"} if possible else bands), (possible, absent)


def test_a_list_by_attendance_says_how_much_it_is() -> None:
    """R1, R30: whose attendance is asked about reads it, whatever columns they have chosen; and nobody from whom it is
    kept."""
    shown = [{column.code for column in listed(**only).columns if column.shown} for only in ({}, {"attendance": "95"})]
    assert ["attendance" in columns for columns in shown] == [False, True]
    assert "attendance" not in {column.code for column in listed(NARROWED, attendance="95").columns}


@settings(max_examples=25)
@given(only=st.fixed_dictionaries({}, optional={name: st.sampled_from(options) for name, options in OPTIONS.items()}))
def test_any_filters_together(only: dict[str, str]) -> None:
    """R6: any of them together leave what each of them leaves."""
    found = listed(**only)
    assert (found.page.total, {line.id for line in found.page} <= expected(only)) == (len(expected(only)), True)


@pytest.mark.parametrize("sort", ["name", "year", "class"])
def test_the_order_is_by_context_alone(sort: str) -> None:
    with as_batch():
        by_id = Pupil.objects.in_bulk()
    rows = [by_id[line.id] for line in listed(sort=sort).page]
    keys = {
        "name": lambda pupil: "",
        "year": lambda pupil: codes.nc_year_order(pupil.year_group),
        "class": lambda pupil: (int("".join(takewhile(str.isdigit, pupil.class_name)) or -1), pupil.class_name),
    }
    values = [keys[sort](pupil) for pupil in rows]
    assert values == sorted(values)
    assert client(HEAD).get(f"/establishments/{BECKSIDE}/pupils/?sort=attendance").context["found"].sort == "name"


def test_a_filtered_list_says_so_and_every_filter_can_be_removed() -> None:
    page = client(HEAD).get(f"/establishments/{BECKSIDE}/pupils/?sex=F&fsm=yes&page=1").content.decode()
    total = listed(sex="F", fsm="yes").page.total
    assert f"This list is filtered: {total} of {listed().everyone} pupils found." in page
    assert f'href="/establishments/{BECKSIDE}/pupils/?fsm=yes"' in page
    assert "Sex: Female" in page
    assert "This list is filtered" not in client(HEAD).get(f"/establishments/{BECKSIDE}/pupils/").content.decode()


def test_the_list_stands_as_of_what_most_records_are() -> None:
    """R31: a child whom Admissions told of today made the whole school's list one of Admissions, as of today."""
    before = listed()
    assert before.as_of
    with as_batch():
        number = Pupil.objects.filter(establishment__urn=BECKSIDE, source=before.source).count()
    assert number * 2 > before.everyone
    factories.enrolment(factories.pupil(BECKSIDE, source="Admissions"), timezone.localdate())
    now = listed()
    assert (now.as_of, now.source) == (before.as_of, before.source)
    said = f"of the {now.everyone} records ha"
    for page in ("pupils", "data-quality"):
        content = client(HEAD).get(f"/establishments/{BECKSIDE}/{page}/").content.decode()
        assert f"Source: {before.source}." in content
        assert said in content or page != "pupils"
        assert "another source: a record’s own page names it." in content


@pytest.mark.parametrize(("day", "is_said"), [((8, 31), True), ((9, 1), False)])
def test_whose_school_years_the_year_groups_are(day: tuple[int, int], is_said: bool) -> None:
    """R31, R35: from 1 September until a return comes they are those of the year before, also of a narrowed line."""
    started = academic_year(timezone.localdate())
    with as_batch():
        Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(started, *day), source="Census")
    for slug in (HEAD, NARROWED):
        assert listed(slug).years_of == (in_words(started - 1) if is_said else "")
        content = client(slug).get(f"/establishments/{BECKSIDE}/pupils/").content.decode()
        assert (f"Year groups are still those of {in_words(started - 1)}" in content) is is_said


def test_the_name_is_found_without_its_accents() -> None:
    for surname, typed in (("Příhoda", "prihoda"), ("O'Dowd", "odowd"), ("Al-Hadi", "al hadi"), ("Ng", "NG")):
        child = factories.pupil(BECKSIDE, surname=surname)
        factories.enrolment(child, timezone.localdate())
        assert child.pk in {line.id for line in listed(named=typed).page}


@pytest.mark.parametrize("name", ["sen", "attendance"])
@pytest.mark.parametrize("off", ["nothing", "the door"])
def test_a_filter_of_what_is_withheld_changes_nothing_and_tells_nothing(
    name: str, off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6, R35: by count. With the door forgotten the policies leave the same to every value: nobody."""
    narrow(withheld=("sen", "attendance"))
    browser = client(TEACHER)
    if off == "the door":
        door_off(monkeypatch)
    totals = set()
    for chosen in OPTIONS[name]:
        found = browser.get(f"/establishments/{BECKSIDE}/pupils/?{name}={chosen}").context["found"]
        totals.add(found.page.total)
        if off == "nothing":
            assert name not in found.options | {column.code: () for column in found.columns}
            assert found.active == ()
    assert totals == ({listed(TEACHER).page.total} if off == "nothing" else {0})


def test_columns_are_remembered_for_the_person() -> None:
    """On another machine, at the other site, and for nobody else."""
    path = f"/establishments/{BECKSIDE}/pupils/columns/?sex=F"
    answer = client(TEACHER).post(path, {"column": ["eal", "attendance", "nonsense"]})
    assert answer["location"] == f"/establishments/{BECKSIDE}/pupils/?sex=F"
    assert [column.code for column in listed(TEACHER).shown] == ["eal", "attendance"]
    assert [column.code for column in listed().shown] == ["year_group", "born_on", "sex", "sen", "fsm"]
    client(TEACHER).post(path, {})
    assert listed(TEACHER).shown == ()
    assert client(TEACHER).get(path).status_code == 405


@pytest.mark.parametrize("columns", [["year_group", "class_name", "born_on"], ["born_on", "sex"]])
def test_a_date_stands_on_one_line(columns: list[str]) -> None:
    """R33: wherever its column stands, on a phone too; what is longer may break."""
    door.choose_columns(asker(TEACHER), BECKSIDE, wanted=columns)
    page = client(TEACHER).get(f"/establishments/{BECKSIDE}/pupils/").content.decode()
    kept = re.findall(r'<td class="govuk-table__cell app-nowrap">([^<]*)</td>', page)
    assert len(kept) == len(listed(TEACHER).page.rows)
    assert all(re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4}", cell) for cell in kept)


def test_a_withheld_column_is_neither_shown_nor_forgotten() -> None:
    """R35: chosen at one establishment, withheld at another: there it is not in the record."""
    narrow(withheld=("sen", "attendance"))
    with as_batch():
        PupilListColumns.objects.create(person=person(TEACHER), columns=["sex", "sen", "attendance"])
    assert [column.code for column in listed(TEACHER).shown] == ["sex"]
    assert all(len(line.cells) == 1 for line in listed(TEACHER).page)
    door.choose_columns(asker(TEACHER), BECKSIDE, wanted=["eal"])
    with as_batch():
        assert PupilListColumns.objects.get(person=person(TEACHER)).columns == ["sen", "eal", "attendance"]


def test_columns_are_chosen_by_those_who_see_pupils() -> None:
    for slug, status in (("governor-beckside", 403), ("head-ravensgill", 404)):
        assert client(slug).post(f"/establishments/{BECKSIDE}/pupils/columns/", {}).status_code == status
    assert client("officer-data", EDUNET).post(f"/establishments/{BECKSIDE}/pupils/columns/", {}).status_code == 302
