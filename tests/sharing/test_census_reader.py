"""The School Census return (formats page 4.1): what is read of a pupil. All pupils here are invented."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sharing.imports.census_reader import read_header
from sharing.models import (
    Attendance,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    PupilNeeds,
    SenNeed,
    Suspension,
    Term,
)
from tests.sharing.census_returns import (
    FSM,
    GROUPS,
    OTHER_UPN,
    SYNTHETIC,
    UPN,
    document,
    leaver,
    load_census,
    one,
    pupil,
)


def test_the_header_says_whose_return_it_is(send: Callable[..., Path]) -> None:
    """R22: source and as-of date."""
    header = read_header(send(document(pupil())))
    assert (header.la, header.establishment_number, header.urn) == (380, 2999, 999998)
    assert (header.term, header.reference_date) == ("SPR", date(2026, 1, 15))
    one_off = read_header(send(document(pupil(), Year="2025")))
    assert header.source == one_off.source == "School Census, spring 2026"
    assert header.serial == "007"


@pytest.mark.parametrize("collection", ["SC", "School Census"])
def test_the_collection_by_its_code_or_its_name(send: Callable[..., Path], collection: str) -> None:
    """R22: COLLECT has it as SC, which is its only code (formats page 4.2). Such a return was refused as another's."""
    assert read_header(send(document(pupil(), Collection=collection))).serial == "007"


def test_a_pupil_is_read_whole(send: Callable[..., Path]) -> None:
    """R5: status, entry and leaving dates are what an enrolment is made of."""
    more = (
        "<Attendance><SummerHalfTerm2Attendance><SessionsPossible>60</SessionsPossible>"
        "</SummerHalfTerm2Attendance><TermlyAttendance><SessionsPossible>140</SessionsPossible>"
        "<SessionDetail><AttendanceReason>I</AttendanceReason><AbsenceSessions>4</AbsenceSessions></SessionDetail>"
        "<SessionDetail><AttendanceReason>O</AttendanceReason><AbsenceSessions>2</AbsenceSessions></SessionDetail>"
        "<SessionDetail><AttendanceReason>I</AttendanceReason><AbsenceSessions>1</AbsenceSessions></SessionDetail>"
        "</TermlyAttendance></Attendance>"
    )
    census = load_census(send(document(pupil(more, FormerUPN=OTHER_UPN, MiddleNames="Sky"))))
    found = one(census)
    assert census.queries == []
    assert (found.row, found.upn, found.former_upn, found.dfe_number) == (1, UPN, OTHER_UPN, "3802999")
    assert found.record == {
        "surname": "Madeup",
        "forename": "Robin",
        "middle_names": "Sky",
        "preferred_surname": "",
        "born_on": date(2019, 10, 2),
        "sex": "F",
        "ethnicity": "APKN",
        "language": "URD",
        "year_group": "1",
        "boarder": "N",
        "part_time": False,
        "free_school_meals": False,
    }
    assert found.parts == {
        Enrolment: [{"kind": "C", "starts_on": date(2024, 9, 3), "ends_on": None}],
        PupilNeeds: [{"sen_provision": "K", "in_sen_unit": None, "in_resourced_provision": None}],
        SenNeed: [],
        FreeMealsPeriod: [],
        Suspension: [],
        Attendance: [
            {
                "academic_year": 2025,
                "term": Term.AUTUMN,
                "sessions_possible": 140,
                "sessions_absent": 7,
                "sessions_unauthorised": 2,
                "by_code": {"I": 5, "O": 2},
            }
        ],
    }


@pytest.mark.parametrize("written", [str, str.lower, str.upper])
def test_every_group_of_a_pupil_is_read_in_capitals_or_not(
    send: Callable[..., Path], written: Callable[[str], str]
) -> None:
    """R5, R13: what a return tells of a pupil, as formats page 4.1 lists it."""
    more = re.sub("<[^>]*>", lambda tag: written(tag[0]), GROUPS)
    found = one(load_census(send(document(pupil(more)))))
    told = {name: found.record[name] for name in ("uln", "service_child", "young_carer", "post_looked_after")}
    assert told == {"uln": "1234567890", "service_child": "Y", "young_carer": "P", "post_looked_after": "A"}
    assert found.parts[PupilNeeds] == [{"sen_provision": "K", "in_sen_unit": True, "in_resourced_provision": False}]
    assert found.parts[SenNeed] == [{"rank": 2, "need": "ASD"}, {"rank": 1, "need": "MLD"}]
    assert found.parts[HomeAddress] == [
        {"address": "Flat 2\n1 Fictional Street\nBradford\nBD1 1HY", "postcode": "BD1 1HY"}
    ]
    assert found.parts[Suspension] == [
        {"category": "SUSP", "starts_on": date(2025, 10, 6), "sessions": 4, "reasons": ["PP", "DB"]}
    ]
    (year,) = found.parts[Attendance]
    assert (year["term"], year["sessions_possible"], year["sessions_absent"]) == (Term.YEAR, 380, 0)


@pytest.mark.parametrize(
    ("born", "first", "second", "counted"),
    [
        ("2010-09-01", "66", "60", (126, 7, 3, {"I": 4, "O": 2, "G": 1})),
        ("2009-09-01", "66", "60", (126, 7, 3, {"I": 4, "O": 2, "G": 1})),
        ("2009-08-31", "66", "60", (66, 5, 2, {"I": 3, "O": 2})),
        ("2010-09-01", "0", "60", (0, 5, 2, {"I": 3, "O": 2})),
        ("2010-09-01", "66", "", (66, 5, 2, {"I": 3, "O": 2})),
    ],
    ids=["both halves", "14 when the year began", "15 when the year began", "came after the first half", "not counted"],
)
def test_an_autumn_return_gives_the_summer_term_in_two_halves(
    send: Callable[..., Path], born: str, first: str, second: str, counted: tuple[object, ...]
) -> None:
    """R22: Easter to the spring bank holiday, and from it to July. The Department's figures of a year have both, but
    not the second of pupils aged 15, nor of those who came in it (guide to absence statistics, 2.4 and 4.1)."""
    more = (
        f"<Attendance><TermlyAttendance><SessionsPossible>{first}</SessionsPossible>"
        "<SessionDetail><AttendanceReason>I</AttendanceReason><AbsenceSessions>3</AbsenceSessions></SessionDetail>"
        "<SessionDetail><AttendanceReason>O</AttendanceReason><AbsenceSessions>2</AbsenceSessions></SessionDetail>"
        f"</TermlyAttendance><SummerHalfTerm2Attendance><SessionsPossible>{second}</SessionsPossible>"
        "<SessionDetail><AttendanceReason>I</AttendanceReason><AbsenceSessions>1</AbsenceSessions></SessionDetail>"
        "<SessionDetail><AttendanceReason>G</AttendanceReason><AbsenceSessions>1</AbsenceSessions></SessionDetail>"
        "</SummerHalfTerm2Attendance></Attendance>"
    )
    autumn = {"Term": "AUT", "Year": "2025", "ReferenceDate": "2025-10-02"}
    (told,) = one(load_census(send(document(pupil(more, DOB=born), **autumn)))).parts[Attendance]
    assert (told["academic_year"], told["term"]) == (2024, Term.SUMMER)
    names = ("sessions_possible", "sessions_absent", "sessions_unauthorised", "by_code")
    assert tuple(told[name] for name in names) == counted


@pytest.mark.parametrize(("provision", "told"), [("N", False), ("K", None)])
def test_who_has_no_special_needs_is_in_no_unit(send: Callable[..., Path], provision: str, told: bool | None) -> None:
    """R22: it stayed on the record, as an indicator that is not there takes nothing away."""
    (needs,) = one(load_census(send(document(pupil(SENprovision=provision))))).parts[PupilNeeds]
    assert (needs["in_sen_unit"], needs["in_resourced_provision"]) == (told, told)


@pytest.mark.parametrize(
    ("with_leave", "without", "code", "counted"),
    [("8", "3", "", (11, 3)), ("8", "", "", (8, 0)), ("1", "1", "O", (5, 5)), ("8", "3", "I", (11, 3))],
    ids=["no reasons", "one total", "more by reason", "fewer by reason"],
)
def test_a_return_may_give_totals_without_reasons(
    send: Callable[..., Path], with_leave: str, without: str, code: str, counted: tuple[int, int]
) -> None:
    """R22: its pupils had missed nothing. As in the export of all schools."""
    detail = f"<SessionDetail><AttendanceReason>{code}</AttendanceReason><AbsenceSessions>5</AbsenceSessions>"
    more = (
        "<Attendance><TermlyAttendance><SessionsPossible>132</SessionsPossible>"
        f"<SessionsAuthorised>{with_leave}</SessionsAuthorised><SessionsUnauthorised>{without}</SessionsUnauthorised>"
        f"{detail + '</SessionDetail>' if code else ''}</TermlyAttendance></Attendance>"
    )
    (told,) = one(load_census(send(document(pupil(more))))).parts[Attendance]
    assert (told["sessions_absent"], told["sessions_unauthorised"]) == counted


def test_what_the_autumn_return_does_not_ask_for_is_not_told(send: Callable[..., Path]) -> None:
    """Ethnicity and types of need come in spring: an autumn return leaves them as they stand."""
    autumn = {"Term": "AUT", "Year": "2025", "ReferenceDate": "2025-10-02"}
    census = load_census(send(document(pupil(Ethnicity=""), **autumn)))
    assert census.queries == []
    assert "ethnicity" not in one(census).record
    assert SenNeed not in one(census).parts


def test_who_has_no_special_needs_any_more_has_no_type_of_need_either(send: Callable[..., Path]) -> None:
    """R22: the autumn return tells the provision alone. A type of need would stand beside "none" until the spring."""
    autumn = {"Term": "AUT", "Year": "2025", "ReferenceDate": "2025-10-02"}
    census = load_census(send(document(pupil(SENprovision="N"), **autumn)))
    assert one(census).parts[SenNeed] == []


def test_a_leaver_has_a_leaving_date_and_needs_no_status(send: Callable[..., Path]) -> None:
    """R5, R8."""
    gone = leaver(UPN=OTHER_UPN, LeavingDate="2025-12-12", EnrolStatus="", Ethnicity="")
    census = load_census(send(document(pupil(), gone)))
    assert census.queries == []
    assert [(p.row, p.parts[Enrolment][0]["ends_on"]) for p in census.pupils] == [
        (1, None),
        (2, date(2025, 12, 12)),
    ]
    assert census.pupils[1].parts.keys().isdisjoint({FreeMealsPeriod, SenNeed})  # nothing is taken away
    assert "middle_names" not in census.pupils[1].record


def test_elements_are_found_wherever_they_stand_and_in_any_namespace(send: Callable[..., Path]) -> None:
    wrapped = pupil("<Status><Deeper><ServiceChild>N</ServiceChild></Deeper></Status>", Sex="", Gender="m")
    path = send(document(wrapped, attributes=' xmlns="urn:of:some:vendor"'))
    assert (one(load_census(path)).record["service_child"], one(load_census(path)).record["sex"]) == ("N", "M")


def test_an_exclusion_has_a_sen_provision_of_its_own(send: Callable[..., Path]) -> None:
    exclusion = (
        "<Exclusions><TermlyExclusion><Category>SUSP</Category><StartDate>2025-10-06</StartDate>"
        "<SENprovision>E</SENprovision></TermlyExclusion></Exclusions>"
    )
    path = send(document(pupil(SENprovision="").replace("<UPN>", f"{exclusion}<UPN>", 1)))
    assert PupilNeeds not in one(load_census(path)).parts


@pytest.mark.parametrize(
    ("day", "term", "eligible"),
    [
        ("2024-04-14", "SPR", False),
        ("2024-04-15", "SPR", True),
        ("2025-03-31", "SPR", True),
        ("2025-04-01", "SPR", False),
        ("2026-01-14", "SPR", False),
        ("2026-01-15", "SPR", True),
        ("2030-01-01", "SPR", True),
    ],
)
def test_free_school_meals_on_a_day(send: Callable[..., Path], day: str, term: str, eligible: bool) -> None:
    """R22: the day before, the day of, the day after."""
    path = send(document(pupil(FSM, EntryDate="2023-09-01"), Term=term, Year=day[:4], ReferenceDate=day))
    found = one(load_census(path))
    assert found.record["free_school_meals"] is eligible
    assert found.parts[FreeMealsPeriod] == [
        {"starts_on": date(2024, 4, 15), "ends_on": date(2025, 3, 31), "country": ""},
        {"starts_on": date(2026, 1, 15), "ends_on": None, "country": ""},
    ]


@pytest.mark.skipif(not SYNTHETIC.exists(), reason="the synthetic return is not beside this checkout")
def test_the_synthetic_return() -> None:
    """R22."""
    (path,) = SYNTHETIC.glob("*.xml")
    census = load_census(path)
    assert (len(census.pupils), census.queries) == (22, [])
    assert sum(p.parts[Enrolment][0]["ends_on"] is None for p in census.pupils) == 21
    assert sum(p.record.get("free_school_meals", False) for p in census.pupils) == 3


@pytest.mark.parametrize("left", ["2025-11-28", "2026-02-13"])
def test_a_placement_in_alternative_provision_is_no_stay_at_the_school(send: Callable[..., Path], left: str) -> None:
    """R5: it has days and needs of its own (formats page 4.2, `schoolarrangedapdetailonroll`). A pupil whose placement
    was over was taken for one who had left, and the return was refused; one to come ended the stay here.
    """
    placement = (
        "<SchoolArrangedAPDetails><SchoolArrangedAPDetail><URN>999001</URN><EntryDate>2025-09-15</EntryDate>"
        f"<LeavingDate>{left}</LeavingDate><SENprovisionEntry>K</SENprovisionEntry></SchoolArrangedAPDetail>"
        "</SchoolArrangedAPDetails>"
    )
    census = load_census(send(document(pupil(placement))))
    assert census.queries == []
    assert one(census).parts[Enrolment] == [{"kind": "C", "starts_on": date(2024, 9, 3), "ends_on": None}]


def test_a_mixed_year_is_left_out_as_in_the_export_of_all_schools(send: Callable[..., Path]) -> None:
    """R22: COLLECT lets M pass as a year group (formats page 4.2), so a return that has it is none to be refused."""
    census = load_census(send(document(pupil(NCyearActual="M"))))
    assert "year_group" not in one(census).record
    assert [(query.field, query.value) for query in census.queries] == [("NCyearActual", "M")]
