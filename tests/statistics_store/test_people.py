"""The population of a release against plain counting, child by child, over the demonstration's store (R10, R31)."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from sharing import codes
from sharing.demo.days import year_told
from sharing.measures.computed import days_of
from sharing.measures.counted import When
from sharing.models import Establishment, Locality, LocalityMembership, Participation
from sharing.school_year import academic_year
from sharing.statistics.population import SPECIAL, ethnicity_for_statistics
from sharing.statistics.rules import CannotPublish
from sharing.statistics_store.people import People, gather
from tests import factories
from tests.people import as_batch
from tests.sharing.plain_measures import Life, areas_of, counted, lives

pytestmark = pytest.mark.django_db
THIS_YEAR = year_told(timezone.localdate())  # in September, no census of the new one has come
MEASURES = {"R": "eyfsp_gld", "1": "phonics_met", "6": "ks2_rwm_expected"}
YEARS = ["N", "R", *map(str, range(1, 14))]
AGES = {"R": 4, "1": 5, "6": 10, "7": 11, "11": 15, "12": 16, "13": 17}
BECKSIDE, LARKROYD = 999002, 999004


def found(year: int) -> tuple[When, People]:
    today = timezone.localdate()
    with as_batch():
        when = days_of("roll", year, today)
        return when, gather(when, today)


def plainly(when: When) -> list[tuple[Any, ...]]:
    """Each child on roll, as the statistics should have it."""
    year, day = when.academic_year, when.counted_on
    with as_batch():
        everybody = lives("")
        places = {place.pk: place for place in Establishment.objects.all()}
        areas = {pk: areas_of(place, timezone.localdate()) for pk, place in places.items()}
        results = {
            (life.pupil.child_id, group): mine[0] > 0
            for life in everybody
            for group, code in MEASURES.items()
            if (mine := counted(code, life, year, day))
        }
        results |= {(life.pupil.child_id, "11"): _passed(life.reached("K4", year)) for life in everybody}
    newest: dict[Any, Life] = {}
    for life in everybody:
        if life.on_roll(day) and areas[life.pupil.establishment_id]:
            other = newest.get(life.pupil.child_id)
            if other is None or life.pupil.as_of > other.pupil.as_of:
                newest[life.pupil.child_id] = life
    return [_plain(life, places[life.pupil.establishment_id], year, day, results) for life in newest.values()]


def _passed(told: dict[tuple[str, str], str]) -> bool:
    """Grade 5 or above in mathematics and in English language or literature."""
    grades = {subject: int(one) for (subject, kind), one in told.items() if kind == "GCSE" and one.isdecimal()}
    return max(grades.get("ENG", 0), grades.get("ENL", 0)) >= 5 and grades.get("MAT", 0) >= 5


def _plain(life: Life, place: Establishment, year: int, day: date, results: dict) -> tuple[Any, ...]:
    pupil, groups = life.pupil, dict(group.split(":") for group in life.groups(day)[1:])
    is_special = place.kind in ("nursery", "special", "pru", "childrens_centre")
    recorded = "N" if pupil.year_group in ("N1", "N2", "E1", "E2") else pupil.year_group
    at = max(0, YEARS.index(recorded) - (academic_year(pupil.as_of) - year))
    possible = [place.low_age <= age < place.high_age for age in [3, *range(4, 18)]]
    at = min((one for one, may in enumerate(possible) if may), key=lambda one: abs(one - at))
    group = YEARS[at]
    absent, attendance = "U", None
    mine = counted("attendance_absence", life, year, day)
    if group not in ("N", "R", "12", "13") and mine:
        attendance = round(100 - 100 * float(mine[0]) / mine[1], 6)
        absent = "Y" if counted("attendance_persistent", life, year, day)[0] else "N"
    attained = ("Y" if results.get((pupil.child_id, group)) else "N") if group in ("R", "1", "6", "11") else ""
    return (
        str(place.urn), "OT" if is_special else "PS" if at <= 7 else "SS", group, pupil.sex, groups["fsm"],
        groups["sen"].replace("U", "N"), {"N": "E", "Y": "O", "U": "U"}[groups["eal"]],
        ethnicity_for_statistics(codes.main_ethnicity(pupil.ethnicity) or ""), attained, absent, attendance,
    )  # fmt: skip


@pytest.mark.parametrize("year", [THIS_YEAR, THIS_YEAR - 1])
def test_the_population_is_that_of_plain_counting(year: int) -> None:
    """R10: whoever was on roll on the census day, with the facts of that day and that year."""
    when, people = found(year)
    told = Counter(
        (
            one.school, one.phase, one.year, one.sex, one.fsm, one.sen, one.eal, one.ethnicity, one.attained,
            one.persistently_absent, one.attendance and round(one.attendance, 6),
        )
        for one in people.population.pupils
    )  # fmt: skip
    assert told == Counter(plainly(when))
    assert sum(told.values()) > 50


class TestSchools:
    def test_who_excluded_itself_is_not_counted(self) -> None:
        """R16, R17: nothing of it, not even in the whole."""
        _, people = found(THIS_YEAR)
        assert LARKROYD not in {int(school.urn) for school in people.population.schools}
        today = timezone.localdate()
        with as_batch():
            Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=today)
            stays = gather(days_of("roll", THIS_YEAR, today), today).population.pupils
            Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=date(2025, 7, 1))
            gone = gather(days_of("roll", THIS_YEAR, today), today).population.pupils
        assert {pupil.school for pupil in stays} - {pupil.school for pupil in gone} == {str(BECKSIDE)}

    def test_special_and_nursery_schools_are_one_group(self) -> None:
        """R11: by Locality they would be one or two."""
        _, people = found(THIS_YEAR)
        place_of = {int(school.urn): school.place for school in people.population.schools}
        with as_batch():
            aireholme = Locality.objects.get(name="Aireholme").pk
        assert {place_of[urn] for urn in (999001, 999007, 999008, 999011)} == {SPECIAL}
        assert place_of[BECKSIDE] == f"locality:{aireholme}"

    def test_a_school_without_a_locality_stops_it_in_words(self) -> None:
        with as_batch():
            LocalityMembership.objects.filter(establishment__urn=BECKSIDE).delete()
        with pytest.raises(CannotPublish, match="Beckside Primary School has no Locality today"):
            found(THIS_YEAR)

    def test_many_without_a_locality_are_counted_and_who_gives_them_one_is_named(self) -> None:
        """An authority without Localities, on its first day: names ended silently at the fifth."""
        with as_batch():
            LocalityMembership.objects.all().delete()
        with pytest.raises(CannotPublish, match=r", \d+ more have no Locality today") as refused:
            found(THIS_YEAR)
        assert "An information manager gives each its own: EduNet, “Localities and their establishments”." in str(
            refused.value
        )

    def test_a_year_that_the_school_has_not_counts_as_the_nearest(self) -> None:
        """R11: one wrong record neither shows in a table nor stops a release."""
        stranger = factories.pupil(BECKSIDE, year_group="11", ethnicity="WIRT", sex="M")
        factories.enrolment(stranger, date(2020, 9, 1))
        _, people = found(THIS_YEAR)
        mine = [one for one in people.population.pupils if (one.school, one.ethnicity) == (str(BECKSIDE), "WIRT")]
        assert ("6", "PS") in {(one.year, one.phase) for one in mine}

    def test_who_left_year_6_and_is_told_of_by_the_autumn_return_was_in_year_6(self) -> None:
        """R11, R31: in the last year's statistics, prepared after the autumn census, all who had left were in Year 5,
        and their results in nobody's."""
        told = {"year_group": "6", "ethnicity": "WIRT", "as_of": date(THIS_YEAR, 10, 1)}
        left = factories.pupil(BECKSIDE, sex="M", born_on=date(THIS_YEAR - 11, 1, 9), **told)
        factories.enrolment(left, date(2020, 9, 1), date(THIS_YEAR, 7, 21))
        factories.enrolment(factories.pupil(BECKSIDE, **told), date(2020, 9, 1))
        _, people = found(THIS_YEAR - 1)
        mine = [one for one in people.population.pupils if (one.school, one.ethnicity) == (str(BECKSIDE), "WIRT")]
        assert sorted(one.year for one in mine) == ["5", "6"]

    def test_a_child_with_two_records_is_counted_once(self) -> None:
        _, before = found(THIS_YEAR)
        one = factories.pupil(BECKSIDE)
        factories.enrolment(one, date(2020, 9, 1))
        two = factories.pupil(999003, child=one.child)
        factories.enrolment(two, date(2020, 9, 1), kind="M")
        _, after = found(THIS_YEAR)
        assert len(after.population.pupils) - len(before.population.pupils) == 1
