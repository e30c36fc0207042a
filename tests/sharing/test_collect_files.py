"""Files that are no COLLECT export, or a damaged one."""

import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.imports import collect_tables
from sharing.imports.collect_reader import open_export
from sharing.imports.told import ToldPupil
from tests.sharing.collect_export import sound, write_table
from tests.sharing.collect_read import problems_of


def test_without_its_main_tables_it_is_refused(tmp_path: Path) -> None:
    """R22: without schoolcensus nobody can tell whose the pupils are, whatever NativeId says."""
    for table in ("schoolcensus", "pupilonroll"):
        export = sound()
        export.tables.pop(table)
        (problem,) = problems_of(export.write(tmp_path / table))
        assert f"The table {table} is missing" in problem.cure


def test_a_missing_column_is_named_with_its_table(tmp_path: Path) -> None:
    export = sound()
    for row in export.tables["pupilonroll"]:
        row.pop("dob")
    (problem,) = problems_of(export.write(tmp_path / "export"))
    assert (problem.field, problem.row) == ("pupilonroll.dob", 1)


def test_two_terms_in_one_export_are_refused(tmp_path: Path) -> None:
    """R22: files of two terms: by table, by file name."""
    place = sound().write(tmp_path / "export")
    write_table(place / "2025_spring_senneeds.csv", sound().tables["senneeds"])
    (problem,) = problems_of(place)
    assert "contain the same table" in problem.cure

    export = sound()
    export.period = "2025_autumn_"
    (problem,) = problems_of(export.write(tmp_path / "named"))
    assert "named after 2025 autumn" in problem.cure


def test_what_is_no_export(tmp_path: Path) -> None:
    """R22: a clear word for a file that is something else."""
    spreadsheet = tmp_path / "census.csv"
    spreadsheet.write_text("upn,surname\n")
    empty = tmp_path / "empty.zip"
    zipfile.ZipFile(empty, "w").close()
    utf16 = sound().write(tmp_path / "utf16", encoding="utf-16")
    ragged = sound().write(tmp_path / "ragged")
    with (ragged / "2026_spring_pupilonroll.csv").open("a") as file:
        file.write("one,cell,too,few\n")
    for path, cure in ((spreadsheet, "only one table"), (empty, "no table"), (utf16, "UTF-16")):
        (problem,) = problems_of(path)
        assert cure in problem.cure
    assert "not as wide as the header" in str(problems_of(ragged)) or "missing" in str(problems_of(ragged))


def test_a_file_beside_the_tables_with_a_cell_without_end(tmp_path: Path) -> None:
    """R22: it is not read or, where it would take the memory, refused; and it is no fault of ours."""
    export = sound().write(tmp_path / "export")
    spoilt = export / "spoilt.csv"
    spoilt.write_text("x" * 140_000)
    with collect_tables.unpacked(export) as files:
        assert spoilt.name in files.unread
    spoilt.write_text("x" * 300_000)
    (problem,) = problems_of(export)
    assert problem.field == spoilt.name
    assert (problem.row, "This row is longer than 262,144 characters" in problem.cure) == (1, True)


def test_the_same_file_twice_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = sound().zip(tmp_path / "export.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("again/2026_spring_senneeds.csv", "x")
    (problem,) = problems_of(path)
    assert "Two files of the zip" in problem.cure


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_damaged_inside_is_refused_however_it_is_packed(tmp_path: Path, packing: int) -> None:
    """R22: with bzip2 and LZMA it was a fault of ours, and the sender was told to wait for help."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("2026_spring_senneeds.csv", "sentype,sentyperank\n" * 500)
    content = bytearray(path.read_bytes())
    start = content.index(b".csv") + 20
    content[start : start + 6] = b"\xff\x00\xff\x00\xff\x00"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert "not a zip, or it is damaged" in problem.cure


def test_a_zip_of_too_many_tables_is_refused(tmp_path: Path) -> None:
    """R22: each is an open file while it is read, and of those a worker may have a thousand."""
    path = sound().zip(tmp_path / "export.zip")
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(200):
            archive.writestr(f"{number}.csv", "x")
    (problem,) = problems_of(path)
    assert "more than 200 tables" in problem.cure


def test_the_words_about_mixed_returns_have_an_end(tmp_path: Path) -> None:
    """R22: each school had the day of its return named, on one line of the page."""
    export = sound()
    for number in range(300):
        export.school(5000 + number, referencedate=f"{1990 + number // 28}-Jan-{number % 28 + 1:02} 00:00:00")
    (problem,) = problems_of(export.write(tmp_path / "export"))
    assert problem.cure.startswith("Returns of more than one census are mixed (row 2: Spring 2026, 15/01/2026; row 4")
    assert "and 281 more" in problem.cure
    assert len(problem.cure) < 1000


def test_unpacked_it_has_no_name_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: should the worker be killed while it reads, no pupil stays behind in a temporary directory."""
    path = sound().zip(tmp_path / "export.zip")
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(unpacked))
    with open_export(path) as export:
        assert len([found for found in export.pupils() if isinstance(found, ToldPupil)]) == 4
        assert [file for file in unpacked.rglob("*") if file.is_file() and not file.is_symlink()] == []
    assert list(unpacked.iterdir()) == []


@pytest.mark.parametrize(("table", "cut"), [("termlysessiondetailsoffroll", 3), ("addresses", 4), ("pupilonroll", 4)])
def test_a_last_cell_that_may_have_lost_letters_is_asked_about(tmp_path: Path, table: str, cut: int) -> None:
    """R22: 10 sessions become 1, and an address a shorter one, without a word."""
    export = sound()
    path = export.write(tmp_path / "export") / f"{export.period}{table}.csv"
    assert not problems_of(path.parent)
    path.write_bytes(path.read_bytes()[:-cut])
    (problem,) = problems_of(path.parent)
    assert (problem.field.split(".")[0], problem.fatal) == (table, False)
    assert "may be missing" in problem.cure


TABLES = sorted(sound().tables)
CELLS = st.sampled_from(
    ["", "-1", "1.0", "99999", "31-02-2020", "2020-Feb-31", "True", "nan", "C", "'; --", "\x00", "é" * 300, "\n", '"']
) | st.text(max_size=12)


@given(st.sampled_from(TABLES), st.integers(0, 2), st.integers(0, 40), CELLS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_cell_may_be_anything(tmp_path: Path, table: str, row: int, column: int, cell: str) -> None:
    """R22: read, or refused with a cure; never a crash, and nothing shaped like a UPN in a problem."""
    export = sound()
    rows = export.tables[table]
    spoilt = rows[row % len(rows)]
    spoilt[list(spoilt)[column % len(spoilt)]] = cell.encode("utf-8", "ignore").decode()
    said = problems_of(export.write(tmp_path / "export"))
    assert all(problem.cure for problem in said)
    assert not any(row["upn"] in str(said) for row in export.tables["pupilonroll"] if len(row.get("upn", "")) == 13)


@given(st.sampled_from(TABLES), st.integers(0, 2_000), st.binary(max_size=8), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_bytes_may_be_damaged(tmp_path: Path, table: str, at: int, bytes_: bytes, cut: bool) -> None:
    """R22: a file cut short, or with other bytes in it, is read or refused."""
    export = sound()
    path = export.write(tmp_path / "export") / f"{export.period}{table}.csv"
    content = path.read_bytes()
    path.write_bytes(
        content[: at % len(content)] + bytes_ + (b"" if cut else content[at % len(content) + len(bytes_) :])
    )
    assert all(problem.cure for problem in problems_of(path.parent))


@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_a_damaged_zip_is_refused(tmp_path: Path, at: int, bytes_: bytes) -> None:
    """R22: read, where the damage does no harm, or refused."""
    path = sound().zip(tmp_path / "export.zip")
    content = bytearray(path.read_bytes())
    content[at % len(content) : at % len(content) + len(bytes_)] = bytes_
    path.write_bytes(bytes(content))
    assert all(problem.cure for problem in problems_of(path))
