"""The one way into the store for pupils: changes, parts, nothing twice (R5, R8, R13, R22)."""

from datetime import date
from typing import Any

import pytest

from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Contact,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    Pupil,
    PupilChange,
    PupilNeeds,
    SenNeed,
    Suspension,
)
from tests.people import as_batch
from tests.sharing.pupil_facts import (
    AUTUMN,
    DAY,
    HERE,
    ON_ROLL,
    TEMPORARY,
    UPNS,
    bring,
    everything,
    record,
    refused,
    rows,
    told,
)

pytestmark = pytest.mark.django_db


def test_a_pupil_who_is_new_is_added_and_seen_from_the_first_day() -> None:
    """R5."""
    changes = bring(told())
    assert changes.in_words() == [("Pupils added", 1), ("Enrolments added", 1)]
    found = record()
    assert (found.upn, found.surname, found.source, found.as_of) == (UPNS[0], "Staged", "Test file", DAY)
    with as_batch():
        assert Pupil.objects.visible_on(date(2021, 9, 1)).filter(pk=found.pk).exists()
        assert not Pupil.objects.visible_on(date(2021, 8, 31)).filter(pk=found.pk).exists()


def test_the_same_file_twice_writes_nothing() -> None:
    parts = {
        Enrolment: [ON_ROLL],
        PupilNeeds: [{"sen_provision": "K"}],
        Attendance: [AUTUMN | {"sessions_possible": 100, "sessions_absent": 4, "by_code": {"I": 4}}],
        HomeAddress: [{"address": "1 High Street\nBradford", "postcode": "BD1 1AA"}],
        Contact: [{"order": 1, "name": "A B"}],
        Suspension: [{"category": "SUSP", "starts_on": date(2025, 10, 1), "sessions": 2, "reasons": ["PP", "DB"]}],
    }
    bring(told(parts=parts), told(1, former=TEMPORARY, row=2, uln="1000000000"))
    before = everything()
    changes = bring(told(parts=parts), told(1, former=TEMPORARY, row=2, uln="1000000000"))
    assert everything() == before
    assert (changes["unchanged"], changes.in_words()) == (2, [])


def test_only_what_differs_is_changed_and_noted_by_name() -> None:
    """R5, R13: the change says which facts, never what they were."""
    bring(told(), told(1, row=2))
    changes = bring(told(surname="Married", year_group="5", former=TEMPORARY), told(1, row=2))
    assert (changes["changed"], changes["unchanged"]) == (1, 1)
    assert changes.columns == {"former_upn": 1, "surname": 1, "year_group": 1}
    assert rows(PupilChange, "facts", "source") == [(["surname", "year_group", "former_upn"], "Test file")]
    assert (record().surname, record().former_upn) == ("Married", TEMPORARY)


def test_facts_that_a_file_does_not_tell_stay() -> None:
    bring(told(ethnicity="APKN", class_name="4B"))
    bring(told(language="URD"))
    assert (record().ethnicity, record().language, record().class_name) == ("APKN", "URD", "4B")


def test_single_facts_do_not_make_the_record_newer() -> None:
    """A class list of today does not shut out the census of last week."""
    bring(told())
    bare = ToldPupil(1, UPNS[0], urn=HERE, record={"class_name": "4B"})
    bring(bare, as_of=date(2026, 2, 1), source="Class list", adds_pupils=False)
    assert (record().class_name, record().source, record().as_of) == ("4B", "Test file", DAY)


@pytest.mark.parametrize(
    ("known", "told_now", "then"),
    [
        pytest.param(("2022-09-01", None), [], ["2022-09-01 2025-08-31"], id="over, and the end was never told"),
        pytest.param(
            ("2022-09-01", None), [("2025-11-03", None)], ["2022-09-01 2025-08-31", "2025-11-03 None"], id="begun again"
        ),
        pytest.param(("2022-09-01", None), [("2022-10-01", None)], ["2022-10-01 None"], id="a wrong first day"),
        pytest.param(("2025-09-15", None), [], [], id="never so, of this term alone"),
        pytest.param(("2022-09-01", "2025-04-01"), [], ["2022-09-01 2025-04-01"], id="over before"),
    ],
)
def test_free_meals_before_the_stretch_that_a_file_tells_stay(
    known: tuple[str, str | None], told_now: list[tuple[str, str | None]], then: list[str]
) -> None:
    """R22: of a census that never came the end is not known. The years before were forgotten with it, and the child was
    no longer one of the last six years' free meals."""

    def meals(*periods: tuple[str, str | None]) -> ToldPupil:
        days = [{"starts_on": first, "ends_on": last} for first, last in periods]
        told_as = [{name: day and date.fromisoformat(day) for name, day in period.items()} for period in days]
        return told(parts={FreeMealsPeriod: told_as})

    bring(meals(known))
    covers = {FreeMealsPeriod: {"ends_on": (date(2025, 9, 1), None)}}
    later = {"as_of": date(2026, 1, 15), "source": "Spring", "covers": covers}
    bring(meals(*told_now), **later)
    assert [f"{first} {last}" for first, last in sorted(rows(FreeMealsPeriod, "starts_on", "ends_on"))] == then
    before = everything()
    assert bring(meals(*told_now), **later).in_words() == []
    assert everything() == before


def test_a_newer_file_that_says_the_same_confirms_it() -> None:
    """R22: as of when."""
    bring(told(parts={PupilNeeds: [{"sen_provision": "K"}]}))
    changes = bring(told(parts={PupilNeeds: [{"sen_provision": "K"}]}), as_of=date(2026, 5, 21), source="Summer")
    assert (changes["unchanged"], changes.in_words()) == (1, [])
    assert (record().source, record().as_of) == ("Summer", date(2026, 5, 21))
    assert rows(PupilNeeds, "as_of") == [date(2026, 5, 21)]
    assert rows(PupilChange, "facts") == []


def test_an_older_file_changes_no_record_but_may_bring_what_has_a_time_of_its_own() -> None:
    """R22: a record that is newer stays as it is."""
    bring(told(parts={Enrolment: [ON_ROLL], PupilNeeds: [{"sen_provision": "E"}]}))
    last_summer = {"academic_year": 2024, "term": 2, "sessions_possible": 90}
    old = told(
        surname="Before",
        parts={
            Enrolment: [ON_ROLL | {"ends_on": date(2025, 4, 1)}],
            PupilNeeds: [{"sen_provision": "N"}],
            Attendance: [last_summer],
        },
    )
    changes = bring(old, as_of=date(2025, 5, 15))
    assert (changes["older"], changes.in_words()) == (1, [("Counts of attendance added", 1)])
    assert (record().surname, rows(PupilNeeds, "sen_provision"), rows(Enrolment, "ends_on")) == (
        "Staged",
        ["E"],
        [None],
    )


class TestParts:
    def test_the_file_is_the_last_word_on_what_it_covers_and_on_nothing_else(self) -> None:
        spring = {"academic_year": 2024, "term": 2, "sessions_possible": 90}
        fight = {"category": "SUSP", "starts_on": date(2025, 10, 1), "reasons": ["PP"]}
        earlier = {"category": "SUSP", "starts_on": date(2025, 5, 1), "reasons": ["PP"]}
        bring(told(parts={Attendance: [AUTUMN, spring], Suspension: [fight, earlier]}), told(1, row=2))
        covers = {Attendance: AUTUMN, Suspension: {"starts_on": (date(2025, 9, 1), date(2025, 12, 31))}}
        changes = bring(told(parts={Attendance: [], Suspension: []}), covers=covers)
        assert changes.in_words() == [
            ("Counts of attendance removed", 1),
            ("Suspensions and exclusions removed", 1),
        ]
        assert rows(Attendance, "academic_year", "term") == [(2024, 2)]
        assert rows(Suspension, "starts_on") == [date(2025, 5, 1)]

    def test_a_table_that_is_not_named_is_left_as_it_is(self) -> None:
        bring(told(parts={SenNeed: [{"rank": 1, "need": "ASD"}]}))
        bring(told(parts={}))
        assert rows(SenNeed, "need") == ["ASD"]
        bring(told(parts={SenNeed: []}))
        assert rows(SenNeed, "need") == []

    def test_encrypted_rows_are_written_again_only_when_they_say_otherwise(self) -> None:
        """R13: compared by their index; nonces make each ciphertext another."""
        home = {"address": "1 High Street\nBradford", "postcode": "BD1 1AA"}
        bring(told(parts={HomeAddress: [home]}))
        with as_batch():
            assert HomeAddress.objects.get(pupil=record()).address == "1 High Street\nBradford"
        changes = bring(told(parts={HomeAddress: [home | {"address": "2 High Street\nBradford"}]}))
        assert changes.in_words() == [("Home addresses changed", 1)]
        with as_batch():
            assert HomeAddress.objects.get(pupil=record()).address == "2 High Street\nBradford"

    def test_the_widest_row_that_is_taken_fits(self) -> None:
        """Four sealed texts of the greatest length on one page of the staging table, which stores none elsewhere."""
        widest = dict.fromkeys(("name", "address", "telephones", "email"), "é" * 870)
        bring(told(parts={Contact: [{"order": 1, "relationship": "MTH", "has_responsibility": True} | widest]}))
        with as_batch():
            assert Contact.objects.get(pupil=record()).telephones == widest["telephones"]

    def test_the_same_row_twice_is_refused(self) -> None:
        (problem,) = refused(told(row=3, parts={SenNeed: [{"rank": 1, "need": "ASD"}, {"rank": 1, "need": "MLD"}]}))
        assert problem.row == 3

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"surname": "L" * 101}, "Surname"),
            ({"year_group": "4\0"}, "Year group"),
            ({"parts": {Attendance: [AUTUMN | {"sessions_possible": 40_000}]}}, "Sessions possible"),
            ({"parts": {Attendance: [AUTUMN | {"sessions_possible": -1}]}}, "Sessions possible"),
            ({"parts": {SenNeed: [{"need": "ASD"}]}}, "Rank"),
            ({"parts": {Suspension: [{"starts_on": None, "category": "SUSP"}]}}, "Starts on"),
            ({"parts": {Suspension: [{"starts_on": DAY, "category": "SUSP", "reasons": ["LONG"]}]}}, "Reasons"),
            ({"parts": {Contact: [{"order": 1, "relationship": "NONE"}]}}, "Relationship"),
            ({"parts": {Contact: [{"order": 1, "telephones": "L" * 1_800}]}}, "Telephones"),
            ({"parts": {Attendance: [AUTUMN | {"by_code": {f"L{n}": 9 for n in range(300)}}]}}, "By code"),
            ({"parts": {Enrolment: [ON_ROLL | {"ends_on": date(2021, 8, 31)}]}}, "Enrolments"),
        ],
    )
    def test_what_no_column_holds_is_a_problem_and_no_error_of_the_database(
        self, changes: dict[str, Any], field: str
    ) -> None:
        problems = refused(told(row=5, **changes))
        assert [problem.field for problem in problems] == [field]
        assert "LLLL" not in str(problems)


class TestStays:
    """R5, R8: who is on the register, and who has left."""

    def test_a_leaver_leaves(self) -> None:
        bring(told())
        changes = bring(told(parts={Enrolment: [ON_ROLL | {"ends_on": date(2025, 12, 19), "kind": None}]}))
        assert changes.in_words() == [("Leavers", 1), ("Enrolments changed", 1)]
        assert rows(Enrolment, "kind", "ends_on") == [("C", date(2025, 12, 19))]

    def test_who_has_left_since_the_files_day_is_not_brought_back(self) -> None:
        bring(told(parts={Enrolment: [ON_ROLL | {"ends_on": date(2026, 1, 20)}]}))
        assert bring(told()).in_words() == []
        bring(told(parts={Enrolment: [ON_ROLL | {"kind": "M"}]}))
        assert rows(Enrolment, "kind", "ends_on") == [("M", date(2026, 1, 20))]

    @pytest.mark.parametrize(
        ("wrong_start", "ends_on", "is_cancelled"),
        [(date(2021, 8, 1), date(2021, 8, 31), False), (date(2022, 1, 1), None, True), (date(2011, 9, 1), None, True)],
    )
    def test_a_corrected_entry_date_leaves_one_stay(
        self, wrong_start: date, ends_on: date | None, is_cancelled: bool
    ) -> None:
        """Else the child would stay visible here after leaving. Nobody was here before being born (P9)."""
        bring(told(parts={Enrolment: [ON_ROLL | {"starts_on": wrong_start}]}))
        bring(told())
        ((ends, cancelled),) = rows(Enrolment, "ends_on", "cancelled_at", starts_on=wrong_start)
        assert (ends, cancelled is not None) == (ends_on, is_cancelled)
        assert rows(Enrolment, "ends_on", "cancelled_at", starts_on=ON_ROLL["starts_on"]) == [(None, None)]
        assert bring(told()).in_words() == []

    @pytest.mark.parametrize("wrong_start", [date(2021, 8, 1), date(2022, 1, 1)], ids=["too early", "too late"])
    def test_a_corrected_entry_date_does_not_bring_back_who_has_left_since_the_files_day(
        self, wrong_start: date
    ) -> None:
        """R8: the school knows an end of the stay that the file could not know, and owes a file to a school outside."""
        left = {"ends_on": date(2026, 1, 20), "leaving_reason": "OT", "destination": "Abroad"}
        owed = {"file_until": date(2026, 2, 3), "file_made_on": date(2026, 1, 21)}
        bring(told(parts={Enrolment: [ON_ROLL | {"starts_on": wrong_start}]}))
        with as_batch():
            Enrolment.objects.filter(pupil=record()).update(**left, **owed)
        bring(told())
        found = rows(Enrolment, "starts_on", *left, *owed, cancelled_at=None, ends_on=left["ends_on"])
        assert found == [(ON_ROLL["starts_on"], *left.values(), *owed.values())]
        assert not rows(Enrolment, "pk", cancelled_at=None, ends_on=None)
        assert [file for file in rows(Enrolment, "file_until", cancelled_at=None) if file] == [owed["file_until"]]
        assert bring(told()).in_words() == []

    def test_a_corrected_entry_date_of_a_leaver_keeps_where_the_child_went(self) -> None:
        last = {"kind": None, "ends_on": date(2025, 12, 19)}
        bring(told(parts={Enrolment: [ON_ROLL | last | {"starts_on": date(2022, 1, 1), "destination": "Abroad"}]}))
        bring(told(parts={Enrolment: [ON_ROLL | last]}))
        assert rows(Enrolment, "ends_on", "destination", cancelled_at=None) == [(last["ends_on"], "Abroad")]

    def test_a_first_day_corrected_back_keeps_the_file_that_is_owed(self) -> None:
        """R8: the stay that the first return had is taken up again, with what was recorded since of the other."""
        bring(told())
        bring(told(parts={Enrolment: [ON_ROLL | {"starts_on": date(2021, 8, 1)}]}))
        left = {"ends_on": date(2026, 1, 20), "leaving_reason": "OT", "destination": "Abroad"}
        left["file_until"] = date(2026, 2, 3)
        with as_batch():
            Enrolment.objects.filter(pupil=record(), cancelled_at=None).update(**left)
        bring(told())
        found = rows(Enrolment, *left, cancelled_at=None, starts_on=ON_ROLL["starts_on"])
        assert found == [tuple(left.values())]
        assert bring(told()).in_words() == []

    def test_an_earlier_stay_owes_no_file_of_a_later_one(self) -> None:
        """R8: where the file tells two stays and one was known, only the last has where the child went."""
        bring(told(parts={Enrolment: [ON_ROLL | {"starts_on": date(2018, 9, 1)}]}))
        with as_batch():
            Enrolment.objects.filter(pupil=record()).update(
                ends_on=date(2026, 1, 20), destination="Abroad", file_until=date(2026, 2, 3)
            )
        earlier = {"kind": None, "starts_on": date(2019, 9, 1), "ends_on": date(2020, 7, 20)}
        bring(told(), told(row=2, bare=True, parts={Enrolment: [earlier]}))
        found = rows(Enrolment, "destination", "file_until", cancelled_at=None, starts_on=earlier["starts_on"])
        assert found == [("", None)]
        found = rows(Enrolment, "destination", "file_until", cancelled_at=None, starts_on=ON_ROLL["starts_on"])
        assert found == [("Abroad", date(2026, 2, 3))]

    def test_a_stay_more_of_a_pupil_who_came_back(self) -> None:
        earlier = {"kind": None, "starts_on": date(2019, 9, 1), "ends_on": date(2020, 7, 20)}
        bring(told(), told(row=2, bare=True, parts={Enrolment: [earlier]}))
        assert sorted(rows(Enrolment, "starts_on", "kind")) == [
            (earlier["starts_on"], "C"),
            (ON_ROLL["starts_on"], "C"),
        ]

    def test_who_is_on_roll_and_not_in_the_file_is_counted(self) -> None:
        bring(told(), told(1, row=2))
        first = bring(told())["missing"]
        assert bring(told(), told(1, row=2))["missing"] == first - 1
