"""The School Workforce Census, read (R33; formats page 5). All people here are invented."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.workforce_reader import ToldMember, read_header, read_members
from tests.sharing.workforce_returns import TASS, Send, absence, contract, document, member


class TestReading:
    def test_a_member_with_all_that_our_tables_hold(self, send: Send) -> None:
        (told,) = read_members(send(document(member(trn="1234", ni="ab 12 34 56 c", absences=absence()))))
        assert isinstance(told, ToldMember)
        assert told.record["teacher_number"] == "0001234"  # leading noughts are put back
        assert told.record["ni_number"] == "AB123456C"
        assert told.record["starts_on"] == date(2019, 9, 1)
        assert told.record["has_qts"] is True
        assert told.contracts == [
            {"kind": "PRM", "post": "Classroom teacher", "starts_on": date(2019, 9, 1), "ends_on": None,
             "paid_daily": False, "hours": Decimal("32.5"), "fte_hours": Decimal("32.5"),
             "weeks_a_year": Decimal("52.0"), "pay_range": "MS", "pay": Decimal("38034.00")}
        ]  # fmt: skip
        assert told.absences[0]["days_lost"] == Decimal("3.0")

    def test_support_staff_have_roles(self, send: Send) -> None:
        (told,) = read_members(send(document(member(trn="", contracts=contract(TASS)))))
        assert isinstance(told, ToldMember)
        assert [(one["post"], one["hours"], one["pay"]) for one in told.contracts] == [
            ("Teaching assistant", Decimal("20.0"), Decimal("16500.00"))
        ]
        assert told.person == "Testhead|Amina|1974-05-17"

    @pytest.mark.parametrize(
        ("code", "roles", "post"),
        [
            ("HDT", ["HDTR"], "Head teacher"), ("DHT", ["DPHT", "SENC"], "Deputy head"),
            ("AHT", ["ASHT"], "Assistant head"), ("TCH", ["TCHR"], "Classroom teacher"),
            ("TCM", ["TCHR", "HDYR"], "Classroom teacher"), ("TCU", ["TCHR"], "Classroom teacher"),
            ("LDP", ["TCHR"], "Leading practitioner"), ("APP", ["TCHR"], "Apprentice teacher"),
            ("TAS", ["HLTA"], "Higher level teaching assistant"), ("TAS", [], "Teaching assistant"),
            ("OSP", ["CTKR"], "Caretaker"), ("OSP", ["HDYR"], "Other support staff"),
            ("LNT", ["BUSS"], "Business manager"), ("LNT", [], "Leadership (not teaching)"),
        ],
    )  # fmt: skip
    def test_a_post_with_its_roles_is_one_contract(self, send: Send, code: str, roles: list[str], post: str) -> None:
        """R22: each contract has its post, with pay and hours, and what the person does there as roles without."""
        told_roles = "".join(f"<Role><RoleIdentifier>{role}</RoleIdentifier></Role>" for role in roles)
        one = contract(f"<Post>{code}</Post><Roles>{told_roles}</Roles>")
        (told,) = read_members(send(document(member(contracts=one))))
        assert isinstance(told, ToldMember)
        assert [(one["post"], one["hours"], one["pay"]) for one in told.contracts] == [
            (post, Decimal("32.5"), Decimal("38034.00"))
        ]

    def test_roles_with_hours_of_their_own_are_contracts_of_their_own(self, send: Send) -> None:
        """The post of support staff without pay and hours says only of which kind they are."""
        cleaner = TASS.replace("TASS", "CLNR").replace("20<", "7.5<")
        roles = TASS.replace("</Roles>", "") + cleaner.replace("<Roles>", "")
        of_one = contract(f"<Post>OSP</Post>{roles}")
        without_level = of_one[: of_one.index("<PostLevelDetails>")] + "</ContractOrService>"
        (told,) = read_members(send(document(member(contracts=without_level))))
        assert isinstance(told, ToldMember)
        assert [(one["post"], one["hours"]) for one in told.contracts] == [
            ("Teaching assistant", Decimal("20.0")), ("Cleaner", Decimal("7.5")),
        ]  # fmt: skip

    def test_a_teachers_post_stands_beside_a_role_with_hours_of_its_own(self, send: Send) -> None:
        """R22: a head whose pay and hours stand with a role alone is a head."""
        of_one = contract(f"<Post>HDT</Post>{TASS}")
        without_level = of_one[: of_one.index("<PostLevelDetails>")] + "</ContractOrService>"
        (told,) = read_members(send(document(member(contracts=without_level))))
        assert isinstance(told, ToldMember)
        assert [(one["post"], one["hours"]) for one in told.contracts] == [
            ("Head teacher", None), ("Teaching assistant", Decimal("20.0")),
        ]  # fmt: skip

    def test_a_role_with_the_name_of_its_post_is_that_post(self, send: Send) -> None:
        """R22: pay and hours may stand with both, and a return was refused as if it had the post twice."""
        (told,) = read_members(send(document(member(contracts=contract(f"<Post>TAS</Post>{TASS}")))))
        assert isinstance(told, ToldMember)
        assert [(one["post"], one["hours"]) for one in told.contracts] == [("Teaching assistant", Decimal("20.0"))]

    @pytest.mark.parametrize(("given", "kept"), [("32.25", "32.3"), ("32.24", "32.2"), ("18.75", "18.8")])
    def test_hours_keep_one_place_and_halves_go_up(self, send: Send, given: str, kept: str) -> None:
        """R31: as every other figure is rounded; whoever brings it in reads it."""
        query, told = read_members(send(document(member(contracts=contract(TASS.replace(">20<", f">{given}<"))))))
        assert isinstance(query, Problem)
        assert isinstance(told, ToldMember)
        assert (query.value, query.cure, query.fatal) == (given, f"This is kept as {kept}.", False)
        assert told.contracts[0]["hours"] == Decimal(kept)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (document(member(), collection="School Census"), "If it is what you meant to send, .* send the School W"),
            (document(member(), collection=""), "no named collection. Send the School Workforce Census"),
            (document(member(), day="2025-02-31"), "reference date"),
            (document(member(), day="2024-11-06"), "is not in this year"),
            (document(member(), la=""), "missing"),
            (document(), "no members of staff"),
            (re.sub("<Header>.*</Header>", "", document(member())), "no header"),
            ("<CTfile/>", "not a census return. If it is what you meant to send"),
            ("<html/>", "not a census return. Send the School Workforce Census"),
            (document(member())[:-40], "cut short"),
            ('<!DOCTYPE x [<!ENTITY a "b">]>' + document(member()), "DOCTYPE"),
            ("", "empty"),
        ],
    )
    def test_what_is_no_return_is_refused_in_words(self, send: Send, content: str, says: str) -> None:
        with pytest.raises(ImportRefused, match=says):
            list(read_members(send(content)))

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            (member(born="1974-02-31"), "PersonBirthDate"),
            (member(born="2020-02-01"), "PersonBirthDate"),
            (member(trn="99000011"), "TeacherNumber"),
            (member(ni="QQ123456C"), "NINumber"),
            (member(surname=""), "PersonFamilyName"),
            (member().replace("Amina", ""), "PersonGivenName"),
            (member(contracts=" "), "ContractOrService"),
            (member(sex="<Sex>Z</Sex>"), "Sex"),
            (member(contracts=contract(kind="ABC")), "ContractType"),
            (member(contracts=contract("<Post>XYZ</Post>")), "Post"),
            (member(contracts=contract(starts="31-02-2019")), "ContractStart"),
            (member(contracts=contract(end="2019-08-31")), "ContractEnd"),
            (member(contracts=contract(TASS.replace(">20<", ">-20<"))), "HoursPerWeek"),
            (member(contracts=contract() * 2), "ContractStart"),
            (member(absences=absence(days="-1")), "WorkingDaysLost"),
            (member(absences=absence(first="2025-02-31")), "FirstDayOfAbsence"),
            (member(absences=absence(category="ZZZ")), "AbsenceCategory"),
            (member(absences=absence(first="2026-02-01")), "LastDayOfAbsence"),
        ],
    )
    def test_what_is_wrong_is_said_with_row_field_and_cure(self, send: Send, wrong: str, field: str) -> None:
        found = list(read_members(send(document(member(trn="9900002"), wrong))))
        problems = [one for one in found if isinstance(one, Problem) and one.fatal]
        assert [(problem.row, problem.field) for problem in problems] == [(2, field)]
        assert problems[0].cure
        for secret in ("1974", "QQ123456C", "99000011"):
            assert secret not in problems[0].value

    @pytest.mark.parametrize(
        ("odd", "field", "says"),
        [
            (member(sex="<Sex>F</Sex><Disability>12</Disability>"), "Disability", "It is left out."),
            (member(contracts=contract().replace(">MS<", ">ZZ<")), "PayRange", "It is left out."),
            (member(absences=absence() * 2), "FirstDayOfAbsence", "The last is kept."),
        ],
    )
    def test_what_is_odd_is_asked_about_and_the_member_is_read(
        self, send: Send, odd: str, field: str, says: str
    ) -> None:
        """R22: with row, field and cure; nothing else of the file is held up."""
        found = list(read_members(send(document(odd))))
        (query,) = [one for one in found if isinstance(one, Problem)]
        assert (query.row, query.field, query.fatal) == (1, field, False)
        assert says in query.cure
        assert [one for one in found if isinstance(one, ToldMember)]

    def test_the_same_person_twice_is_refused(self, send: Send) -> None:
        by_number, by_name = (member(), member(surname="Other")), (member(""), member("", surname="TESTHEAD"))
        for twice in (by_number, by_name):
            found = list(read_members(send(document(*twice))))
            assert [type(one) for one in found] == [ToldMember, Problem]

    def test_a_national_insurance_number_of_two_people_is_refused(self, send: Send) -> None:
        """R22: also where one of them has a teacher number too, so that the same return never comes in only once."""
        both = member("", "AB123456C"), member("9900002", "AB123456C", "Second")
        told, problem = read_members(send(document(*both)))
        assert isinstance(told, ToldMember)
        assert isinstance(problem, Problem)
        assert (problem.row, problem.field, problem.value) == (2, "NINumber", "")

    def test_a_repr_tells_nothing_personal(self, send: Send) -> None:
        (told,) = read_members(send(document(member())))
        assert "Testhead" not in repr(told)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 1800), length=st.integers(0, 60), put=st.binary(max_size=12) | st.sampled_from(
    [b"-5", b"31-02-2015", b"&x;", b"<!DOCTYPE a>", b"</StaffDetails>", b"\xff", b"99999999999999999999", b"NaN"]
))  # fmt: skip
def test_a_damaged_return_is_read_or_refused_and_never_a_fault(
    at: int, length: int, put: bytes, tmp_path: Path
) -> None:
    whole = document(member(ni="AB123456C", absences=absence()), member("9900002", contracts=contract(TASS))).encode()
    path = tmp_path / "damaged.xml"
    path.write_bytes(whole[:at] + put + whole[at + length :])
    try:
        problems = [found for found in read_members(path) if isinstance(found, Problem)]
    except ImportRefused as refused:
        problems = refused.problems
        if not problems:
            pytest.fail("refused without a reason")
    for problem in problems:
        assert "AB123456C" not in f"{problem}{problem.value}"


def test_the_header(send: Send) -> None:
    header = read_header(send(document(member())))
    assert (header.year, header.reference_date, header.la, header.establishment_number) == (
        2025,
        date(2025, 11, 6),
        380,
        2901,
    )
    assert header.has_absences
