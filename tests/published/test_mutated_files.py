"""R22: whatever is done to a published file, it is read or refused with a report, never with a traceback."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.imports.problems import ImportRefused
from sharing.published import absence, attendance, census, deprivation, exclusions, eyfsp, ks2, ks4, lait
from sharing.published.told import Published
from tests.published import files
from tests.published.files import BECKSIDE, OURS, ks2_school, lait_row

Rows = list[dict[str, Any]]
SHARES = {"characteristic": "Total", "characteristic_type": "Total", "gender": "Total", "gld_percentage": "62.3"}
SAMPLES: dict[str, tuple[Callable[[Path, int], Published], list[str], Rows]] = {
    "2018-19_ks2.csv": (
        ks2.read,
        files.KS2,
        [ks2_school(BECKSIDE, READPROG="-1.2"), {"RECTYPE": 5, "PTRWM_EXP": "64%"}],
    ),
    "2022-23_ks4.csv": (ks4.read, files.KS4, [{"RECTYPE": 1, "LEA": 380, "URN": 999005, "ATT8SCR": "46.1"}]),
    "2022-23_census.csv": (census.read, files.CENSUS, [{"URN": BECKSIDE, "LA": 380, "NOR": 400, "NUMFSM": 110}]),
    "2022-23_abs.csv": (absence.read, files.ABSENCE, [{"LA": 380, "URN": BECKSIDE, "PERCTOT": "5.2"}]),
    "eyfsp.csv": (eyfsp.read, files.EYFSP, [files.YEAR | files.LOCAL | SHARES]),
    "exclusions.csv": (
        exclusions.read,
        files.EXCLUSIONS,
        [files.YEAR | files.LOCAL | {"geographic_level": "School", "laestab": 3802901, "fixed_excl_rate": "1.4"}],
    ),
    "ytd.csv": (
        attendance.read_year_to_date,
        files.YEAR_TO_DATE,
        [files.YEAR | files.LOCAL | {"education_phase": "Total", "overall_absence_perc": "8"}],
    ),
    "terms.csv": (
        attendance.read_by_term,
        files.BY_TERM,
        [files.YEAR | files.LOCAL | {"term": "Total", "school_type": "Special", "sess_overall_percent": "8"}],
    ),
    "lait.csv": (lait.read, files.LAIT, [lait_row("TotAbs", "2024", "9.04"), lait_row("TotAbs", "2025 (prov)", "8")]),
    "imd.csv": (deprivation.read, files.IMD_2019, [{files.IMD_2019[0]: "E01010568", files.IMD_2019[3]: "47.5"}]),
}
END_NOT_READ = ("2018-19_ks2.csv", "2022-23_ks4.csv")  # nothing in their last column is for us
ODD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["SUPP", "c", "-", "NAT", "63%", "1e99", "NaN", "380", "201819", "2018/19", '"', ",", "\n", "\0", "’"]
    ),
)


def as_bytes(header: list[str], rows: Rows) -> bytes:
    text = StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read_or_refused(name: str, folder: Path, content: bytes) -> None:
    """Figures that are numbers or symbols, or problems of which each has a cure."""
    path = folder / name
    path.write_bytes(content)
    published = None
    try:
        published = SAMPLES[name][0](path, OURS)
    except ImportRefused as error:
        refused = error
    if published is None:
        assert refused.problems
        assert all(problem.cure and len(problem.value) <= 80 for problem in refused.problems)
        return
    assert published.figures
    for told in published.figures:
        assert (told.value is None) == bool(told.symbol)
        assert 1990 <= told.academic_year <= 2100


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_cell_or_header(name: str, tmp_path: Path, data: st.DataObject) -> None:
    _, header, rows = SAMPLES[name]
    changed, columns = [dict(row) for row in rows], list(header)
    for _ in range(data.draw(st.integers(1, 3))):
        if data.draw(st.booleans()):
            changed[data.draw(st.integers(0, len(rows) - 1))][data.draw(st.sampled_from(header))] = data.draw(ODD)
        else:
            columns[data.draw(st.integers(0, len(header) - 1))] = data.draw(ODD)
    content = [columns, *([row.get(column, "") for column in header] for row in changed)]
    text = StringIO(newline="")
    csv.writer(text).writerows(content)
    read_or_refused(name, tmp_path, text.getvalue().encode())


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_bytes(name: str, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(as_bytes(*SAMPLES[name][1:]))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        until = min(len(content), at + data.draw(st.integers(0, 40)))
        content[at:until] = data.draw(st.binary(max_size=10))
    read_or_refused(name, tmp_path, bytes(content))


@pytest.mark.parametrize("name", SAMPLES)
def test_as_it_stands_it_is_read(name: str, tmp_path: Path) -> None:
    """Otherwise the tests above would show nothing."""
    path = tmp_path / name
    path.write_bytes(as_bytes(*SAMPLES[name][1:]))
    assert SAMPLES[name][0](path, OURS).figures


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("content", [b"", b"\n", b"PK\x03\x04", b"<html>", b"\xff\xfea\x00", b"a;b\n1;2\n", b"x\n"])
def test_what_is_no_such_file_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportRefused):
        SAMPLES[name][0](path, OURS)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_download_that_was_cut_off_is_refused(name: str, tmp_path: Path) -> None:
    """Its last row would lose figures without a word. One that ends early in the file itself is whole: the tables of
    the Department have such rows, of schools without results."""
    whole = as_bytes(*SAMPLES[name][1:])
    end = max(place for place in range(len(whole) - 2) if whole[place : place + 1] == b",")
    path = tmp_path / name
    path.write_bytes(whole[:end])
    with pytest.raises(ImportRefused, match="cut off") as refused:
        SAMPLES[name][0](path, OURS)
    assert refused.value.problems[0].row == len(SAMPLES[name][2]) + 1
    path.write_bytes(whole[:end] + b"\r\n")
    read_or_refused(name, tmp_path, path.read_bytes())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_last_cell_that_may_have_lost_digits_is_asked_about(name: str, tmp_path: Path) -> None:
    """62.3 becomes 6 without a word. A file whose last column is not read here may end as it likes."""
    read, header, rows = SAMPLES[name]
    path = tmp_path / name
    for end, is_asked in ((b"\r\n", False), (b"", name not in END_NOT_READ)):
        path.write_bytes(as_bytes(header, rows).removesuffix(b"\r\n") + end)
        cures = " ".join(query.cure for query in read(path, OURS).queries)
        assert ("of its last cell may be missing" in cures) == is_asked


def test_a_last_share_with_its_percent_sign_is_whole(tmp_path: Path) -> None:
    """R22: the Department's own census table ends so, and was asked about each time."""
    rows = [{"URN": BECKSIDE, "LA": 380, "NOR": 400, "PNUMFSMEVER": "50.1%"}]
    path = tmp_path / "2022-23_census.csv"
    path.write_bytes(as_bytes(files.CENSUS, rows).removesuffix(b"\r\n"))
    assert [query.row for query in census.read(path, OURS).queries if "may be missing" in query.cure] == []


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("2018-19_ks2.csv", "READPROG", "9999999"),
        ("2022-23_ks4.csv", "ATT8SCR", "-461"),
        ("2022-23_census.csv", "NOR", "1000000000"),
        ("exclusions.csv", "fixed_excl_rate", "-5"),
        ("exclusions.csv", "fixed_excl_rate", "1e9"),
    ],
)
def test_a_number_that_no_figure_of_its_measure_can_be_is_refused(
    name: str, column: str, value: str, tmp_path: Path
) -> None:
    read, header, rows = SAMPLES[name]
    path = tmp_path / name
    path.write_bytes(as_bytes(header, [*rows[:-1], rows[-1] | {column: value}]))
    with pytest.raises(ImportRefused) as refused:
        read(path, OURS)
    (problem,) = refused.value.problems
    assert (problem.row, problem.field) == (len(rows) + 1, column)
    assert "lies between" in problem.cure
