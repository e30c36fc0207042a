"""Files that are no School Census return, or a damaged or hostile one; and how much memory a large one takes."""

import resource
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from sharing.imports import census_groups
from sharing.imports.census_reader import read_header
from sharing.imports.problems import ImportRefused
from sharing.imports.told import ToldPupil
from sharing.upn import make_upn
from tests.sharing.census_returns import OTHER_UPN, cures_of, document, leaver, load_census, one, pupil, read_pupils


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Term": "WIN"}, "Term"),
        ({"Term": ""}, "Term"),
        ({"Term": "SUM"}, "ReferenceDate"),
        ({"Year": "2016"}, "ReferenceDate"),
        ({"Year": "MMXXVI"}, "Year"),
        ({"ReferenceDate": "15-01-2026"}, "ReferenceDate"),
        ({"ReferenceDate": ""}, "ReferenceDate"),
        ({"LEA": "0"}, "LEA"),
        ({"Estab": ""}, "Estab"),
        ({"Collection": "School Workforce Census"}, "Collection"),
        ({"Collection": ""}, "Collection"),
    ],
)
def test_a_wrong_header_is_refused_before_a_pupil_is_read(
    send: Callable[..., Path], changes: dict[str, str], field: str
) -> None:
    path = send(document(pupil(), **changes))
    with pytest.raises(ImportRefused) as refusal:
        read_header(path)
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_other_files_are_named(send: Callable[..., Path]) -> None:
    assert "School Workforce Census" in cures_of(send(document(pupil(), Collection="School Workforce Census")))
    assert "Common Transfer File" in cures_of(send(document(pupil(), root="CTFile")))
    assert "not a census return" in cures_of(send("<x/>"))
    assert "no header" in cures_of(send("<Message><Pupils/></Message>"))
    assert "no pupils on roll" in cures_of(send(document()))
    assert "no pupils on roll" in cures_of(send(document(leaver(LeavingDate="2025-12-01"))))
    assert "empty" in cures_of(send(b"\xef\xbb\xbf\n"))
    assert "not an XML file" in cures_of(send("UPN,Surname"))
    assert "ZIP" in cures_of(send(b"PK\x03\x04"))


BOMB = '<!DOCTYPE Message [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE Message SYSTEM "http://nowhere.example/x.dtd">'


# Far behind, and over the edge of the megabytes in which it is looked for.
FAR, EDGE = (f"<!--{' ' * blanks}-->{BOMB}" for blanks in (3 << 20, (1 << 20) - 11))


@pytest.mark.parametrize("doctype", [BOMB, EXTERNAL, FAR, EDGE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_document_type_is_refused_unparsed(send: Callable[..., Path], doctype: str, encoding: str) -> None:
    """R13: no file outside the return is ever fetched or read."""
    text = doctype + document(pupil(Surname="&b;"))
    assert "DOCTYPE" in cures_of(send(text.encode(encoding)))


@pytest.mark.parametrize("name", ["UTF-7", "cp037", "unheard-of"])
def test_encodings_that_can_hide_a_document_type_are_refused(send: Callable[..., Path], name: str) -> None:
    assert "encoding" in cures_of(send(f'<?xml version="1.0" encoding="{name}"?>{document(pupil())}'))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_usual_encodings_are_read(send: Callable[..., Path], encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{document(pupil(Surname="Zoë-Müller"))}'
    assert one(load_census(send(text.encode(encoding)))).record["surname"] == "Zoë-Müller"


def test_a_return_that_is_cut_short_says_so(send: Callable[..., Path]) -> None:
    whole = document(pupil(), pupil(UPN=OTHER_UPN))
    for keep in (len("</Message>\n"), 60, len(whole) // 2, len(whole) - 30):
        assert "cut short at line" in cures_of(send(whole[:-keep]))


def test_damage_says_where_and_quotes_nothing(send: Callable[..., Path]) -> None:
    """R13: the parser's own message could hold a name."""
    path = send(document(pupil(), pupil(UPN=OTHER_UPN, Surname="&Madeup;"), pupil()))
    assert "damaged at line 4" in cures_of(path)
    assert "Madeup" not in cures_of(path)
    assert "damaged at line" in cures_of(send(document(pupil()).replace("</UPN>", "</Upn>")))


def test_memory_does_not_grow_with_the_return(send: Callable[..., Path]) -> None:
    """R22: a large return is streamed."""
    pupils = [pupil(UPN=make_upn(380, 2999, 2000 + n // 1000, n % 1000)) for n in range(4000)]
    path = send(document(*pupils))
    tracemalloc.start()
    count = sum(isinstance(p, ToldPupil) for p in read_pupils(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4000
    assert peak < 6_000_000


@pytest.mark.parametrize(
    ("filler", "words"),
    [
        (b" " * (1 << 20), "damaged"),
        (b"<x/>" * (1 << 18), "not part of a return"),
        (b"<!-- -->" * (1 << 17), "not part of a return"),
    ],
)
@pytest.mark.parametrize("before", [b"<PupilOnRoll>", b"<Header>", b"Robin"])
def test_a_file_blown_up_with_nothing_is_refused_early(
    tmp_path: Path, filler: bytes, words: str, before: bytes
) -> None:
    """R22: 200 MB of white space or of empty elements: refused, and hardly any of it read into memory."""
    head, tail = document(pupil()).encode().split(before, 1)
    path = tmp_path / "return.xml"
    with path.open("wb") as file:
        file.write(head)
        for _ in range(200):
            file.write(filler)
        file.write(before + tail)
    before_it = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "not part of a return" in cures_of(path) or words in cures_of(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_it < 150_000  # KB


class _Row(dict[str, int]):
    compared = 0

    def __eq__(self, other: object) -> bool:
        type(self).compared += 1
        return super().__eq__(other)


def test_thousands_of_one_pupils_suspensions_are_not_each_compared_with_all() -> None:
    """R22: 2 MB of them kept the worker busy for minutes."""
    rows = [_Row(sessions=nth % 1500) for nth in range(2000)]
    assert len(census_groups._once(rows)) == 1500
    assert _Row.compared <= len(rows)
