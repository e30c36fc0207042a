"""What a transfer file says of schools (R8, formats page 3)."""

from datetime import date, datetime
from typing import Any

import pytest
from lxml import etree

from sharing.ctf.people import address_told
from sharing.ctf.writer import School, write_ctf
from sharing.imports.told import ToldPupil
from sharing.models import Attendance, Enrolment


def written(parts: dict[Any, list[dict[str, Any]]]) -> Any:
    record = {"surname": "Moving", "forename": "Maren", "born_on": date(2016, 2, 3), "sex": "F"}
    child = ToldPupil(1, "Q999999999999", "", record=record, parts=parts)
    source = School("3801234", "Own School")
    return etree.fromstring(
        write_ctf([child], source=source, destination=School(""), at=datetime(2026, 7, 1, 9), year=2025)
    )


def year(number: str, possible: int, absent: int) -> dict[str, Any]:
    sessions = {"sessions_possible": possible, "sessions_absent": absent, "sessions_unauthorised": 0}
    return {"academic_year": 2024, "dfe_number": number} | sessions


def test_absence_counted_by_another_school_is_not_said_to_be_of_this_one() -> None:
    """R31: and nobody attended fewer than no sessions, whatever was counted."""
    root = written({Attendance: [year("", 100, 4), year("3809999", 50, 51)]})
    names = ("LEA", "Estab", "SchoolName", "SessionsAttended")
    assert [tuple(found.findtext(name) for name in names) for found in root.iter("YearData")] == [
        ("380", "1234", "Own School", "96"),
        ("380", "9999", None, "0"),
    ]


def test_the_last_stay_is_the_last_school() -> None:
    stays = [
        {"starts_on": date(year, 9, 1), "ends_on": date(year + 1, 7, 20), "leaving_reason": ""} for year in (2023, 2025)
    ]
    assert [stay.findtext("LastSchool") for stay in written({Enrolment: stays}).iter("School")] == ["false", "true"]


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("1 Street\nBradford\nBD1 1HY", (["1 Street", "Bradford"], "BD1 1HY")),
        ("1 Street\nNear BD1 1HY", (["1 Street", "Near BD1 1HY"], "")),
        ("BD1 1HY", ([], "BD1 1HY")),
        ("a\nb\nc\nd\ne\nBD1 1HY", (["a", "b", "c", "d", "e"], "BD1 1HY")),
        ("a\nb\nc\nd\ne\nf\nBD1 1HY", (["a", "b", "c", "d", "e, f"], "BD1 1HY")),
    ],
)
def test_an_address_has_five_lines_at_most_and_a_postcode(kept: str, told: tuple[list[str], str]) -> None:
    assert address_told(kept) == told
