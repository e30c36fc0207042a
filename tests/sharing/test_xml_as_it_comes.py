"""Returns and transfer files as systems and offices really make them: what is taken, what is asked, what is refused.

R22. No database.
"""

import gzip
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sharing.imports.census_groups import xml_date
from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.workforce_reader import ToldMember, read_members
from tests.sharing import collect_read, test_ctf_reader, workforce_returns
from tests.sharing.census_returns import UPN, document, load_census, one, problems_of, pupil
from tests.sharing.collect_export import sound

Sends = Callable[..., Path]
NIL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
LOST = "Letters of this name may be lost"

TAKEN = {
    "as it should be": document(pupil()),
    "a prefix": document(pupil()).replace("<", "<c:").replace("<c:/", "</c:").replace(
        "<c:Message>", '<c:Message xmlns:c="urn:census">'
    ),
    "a namespace of another year": document(pupil(), attributes=' xmlns="urn:census:2031"'),
    "nothing said as nil": document(pupil('<MiddleNames xsi:nil="true"/>'), attributes=NIL),
    "values on lines of their own": document(
        pupil(UPN=f"\n  {UPN.lower()}\n", Surname="\n  Madeup\n", DOB="\n 2019-10-02 ", Sex=" F ")
    ),
    "a day with midnight": document(pupil(DOB="2019-10-02T00:00:00", EntryDate="2024-09-03T00:00:00+01:00")),
    "a day with its time zone": document(pupil(DOB="2019-10-02Z"), ReferenceDate="2026-01-15T00:00:00.000Z"),
}  # fmt: skip


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN.keys())
def test_what_leaves_no_doubt_is_taken(send: Sends, text: str) -> None:
    census = load_census(send(text))
    found = one(census)
    assert (found.upn, found.record["surname"], found.record["forename"]) == (UPN, "Madeup", "Robin")
    assert found.record["born_on"] == date(2019, 10, 2)
    assert census.queries == []


@pytest.mark.parametrize("field", ["Surname", "Forename", "MiddleNames", "PreferredSurname"])
def test_a_name_has_single_spaces(send: Sends, field: str) -> None:
    """However the file is laid out: two records of one child are compared by name."""
    found = one(load_census(send(document(pupil(**{field: "Anna\n      Maria\u00a0 Lee"})))))
    assert "Anna Maria Lee" in found.record.values()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-10-02T00:00", date(2019, 10, 2)),
        ("2019-10-02T00:00:00Z", date(2019, 10, 2)),
        ("2019-10-02+01:00", date(2019, 10, 2)),
        ("2019-10-01T23:00:00Z", None),
        ("2019-10-02T12:30:00", None),
        ("2019-10-02T00:00:00-05:00", None),
        ("2019-10-02 00:00:00", None),
        ("20191002", None),
        ("02/10/2019", None),
    ],
)
def test_a_day_with_a_time_is_that_day_at_midnight_alone(text: str, day: date | None) -> None:
    """Another hour may be another day here."""
    assert xml_date(text) == day


SPOILT = {
    "not in the encoding": "Kowa?ski",
    "UTF-8 as Windows-1252": "GarcÃ­a",
    "UTF-8 as Windows-1252, twice": "GarcÃƒÂ­a",
    "Windows-1252 as ISO 8859-1": "O\x92Brien",
    "a letter that could not be read": "Garc\ufffda",
    "escaped twice": "O&amp;apos;Brien",
}
SOUND = ["O'Brien", "O’Brien", "García", "Łukasz", "Żak-Nowak", "Ó Sé", "Âme", "D'Ã", "Nguyễn", "Ali & Khan", "محمد"]


@pytest.mark.parametrize("name", SPOILT.values(), ids=SPOILT.keys())
def test_a_name_with_lost_letters_is_asked_about(send: Sends, name: str) -> None:
    """It is kept, since one name does not stop a return; and said, since nobody would see it. The name is not."""
    census = load_census(send(document(pupil(Surname=name))))
    (query,) = census.queries
    assert (query.row, query.field, query.value, query.fatal) == (1, "Surname", "•••", False)
    assert LOST in query.cure
    assert one(census).record["surname"]


UNSEEN = {"of no width": "Ko\u200bwalski", "another direction": "\u202eKowalski\u202c", "a mark": "\ufeffKowalski"}


@pytest.mark.parametrize("name", UNSEEN.values(), ids=UNSEEN.keys())
def test_a_name_has_no_letters_that_nobody_can_see(send: Sends, name: str) -> None:
    """As where a name is typed: a page would show the words after it backwards, and two names look the same."""
    census = load_census(send(document(pupil(Surname=name))))
    assert (one(census).record["surname"], census.queries) == ("Kowalski", [])


def test_a_name_of_nothing_that_can_be_seen_is_missing(send: Sends) -> None:
    (problem,) = problems_of(send(document(pupil(Surname="\u200b"))))
    assert (problem.field, "This is missing" in problem.cure) == ("Surname", True)


@pytest.mark.parametrize("name", SOUND)
def test_a_name_as_it_is_written_is_not(send: Sends, name: str) -> None:
    census = load_census(send(document(pupil(Surname=name.replace("&", "&amp;")))))
    assert (one(census).record["surname"], census.queries) == (name, [])


def test_so_it_is_in_a_transfer_file(tmp_path: Path) -> None:
    path = tmp_path / "3802901_CTF_3802902_001.xml"
    path.write_text(
        test_ctf_reader.document(test_ctf_reader.pupil()).replace("Samplesson", "Kowa?ski"), encoding="utf-8"
    )
    children, problems = test_ctf_reader.told(path)
    assert [child.record["surname"] for child in children] == ["Kowa?ski"]
    assert [(problem.field, problem.fatal) for problem in problems if LOST in problem.cure] == [("Surname", False)]


def test_so_it_is_in_a_workforce_return(tmp_path: Path) -> None:
    path = tmp_path / "swc.xml"
    path.write_text(workforce_returns.document(workforce_returns.member(surname="Kowa?ski")), encoding="utf-8")
    found = list(read_members(path))
    assert [member.record["surname"] for member in found if isinstance(member, ToldMember)] == ["Kowa?ski"]
    assert [problem.field for problem in found if isinstance(problem, Problem) and LOST in problem.cure] == [
        "PersonFamilyName"
    ]


def test_so_it_is_in_an_export_of_all_schools(tmp_path: Path) -> None:
    place = sound().write(tmp_path / "export")
    path = place / "2026_spring_pupilonroll.csv"
    before = path.read_text(encoding="utf-8-sig")
    first = collect_read.read(place)[0][0]
    path.write_text(before.replace(first.record["surname"], "Kowa?ski  Lee"), encoding="utf-8-sig")
    pupils, problems = collect_read.read(place)
    assert "Kowa?ski Lee" in {told.record["surname"] for told in pupils if told.record}
    assert {problem.field for problem in problems if LOST in problem.cure} == {"pupilonroll.surname"}


def test_a_former_upn_of_nothing_that_can_be_seen_is_none(send: Sends) -> None:
    """It was called a UPN that is missing, with the advice to look for one."""
    census = load_census(send(document(pupil("<FormerUPN>\u200b</FormerUPN>"))))
    assert (one(census).former_upn, census.queries) == ("", [])


def test_what_nobody_can_see_is_in_no_name_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "return.xml"
    path.write_text(test_ctf_reader.document(test_ctf_reader.pupil()).replace("Samplesson", "Ko\u200bwalski"))
    assert [child.record["surname"] for child in test_ctf_reader.told(path)[0]] == ["Kowalski"]
    path.write_text(workforce_returns.document(workforce_returns.member(surname="Ko\u200bwalski")))
    assert [one.record["surname"] for one in read_members(path) if isinstance(one, ToldMember)] == ["Kowalski"]
    table = sound().write(tmp_path / "export") / "2026_spring_pupilonroll.csv"
    table.write_text(table.read_text(encoding="utf-8-sig").replace("Onroll1", "Ko\u200bwalski"), encoding="utf-8-sig")
    assert collect_read.read(table.parent)[0][0].record["surname"] == "Kowalski"


FILES = {
    "compressed": (gzip.compress(document(pupil()).encode()), "Unpack it and send the XML file inside"),
    "a blank line before the first": (f'\n<?xml version="1.0"?>{document(pupil())}', "There is something before the"),
    "two returns put together": (
        document(pupil()) + document(pupil()),
        "There is something before the return or after",
    ),
    "another encoding than it says": (
        f'<?xml version="1.0" encoding="utf-16"?>{document(pupil())}',
        "not written in the encoding that its first line names",
    ),
    "Windows-1252 that says nothing": (
        document(pupil(Surname="García")).encode("cp1252"),
        "not written in the encoding that the file names",
    ),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_taken_says_what_to_do(tmp_path: Path, content: str | bytes, words: str) -> None:
    path = tmp_path / "census.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    told = " | ".join(str(problem) for problem in problems_of(path))
    assert words in told
    assert "García" not in told


def test_a_zip_inside_a_zip_says_so(tmp_path: Path) -> None:
    inner, outer = tmp_path / "collect.zip", tmp_path / "sent.zip"
    sound().zip(inner)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "collect.zip")
    with pytest.raises(ImportRefused, match="There is a zip inside this zip"):
        collect_read.read(outer)


def test_a_table_that_a_spreadsheet_has_saved_says_so(tmp_path: Path) -> None:
    place = sound().write(tmp_path / "export")
    path = place / "2026_spring_pupilonroll.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    at = lines[0].split(",").index("dob")
    cells = lines[1].split(",")
    cells[at] = "19/07/2019"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:], ""]), encoding="utf-8-sig")
    problems = collect_read.problems_of(place)
    assert any("A spreadsheet may have changed it" in problem.cure for problem in problems)
    assert not any("2019" in problem.value for problem in problems)
