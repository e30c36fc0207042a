"""Localities from a file: how they come into a portal that nobody has filled (A11, R26)."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from access_register import grants
from sharing.models import Establishment, LedgerEntry, Locality, LocalityMembership, LocalityMove
from tests.people import EDUNET, as_batch, client

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEADER = "URN,Locality\n"


@pytest.fixture
def no_locality() -> None:
    """As on the first day."""
    with as_batch():
        LocalityMove.objects.all().delete()
        LocalityMembership.objects.all().delete()
        grants.rebuild(timezone.localdate())


def bring_in(folder: Path, rows: str) -> None:
    path = folder / "localities.csv"
    path.write_text(HEADER + rows)
    call_command("import_localities", path)


def belongs(urn: int) -> tuple[str, date]:
    with as_batch():
        return LocalityMembership.objects.values_list("locality__name", "starts_on").get(establishment__urn=urn)


def test_localities_are_named_and_filled(no_locality: None, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A11: from today, on both sites; the same file again changes nothing."""
    rows = f"{BECKSIDE},Inner North\n{RAVENSGILL},Inner  North\n"
    bring_in(tmp_path, rows)
    assert "named: 1. Placed in one: 2. Unchanged: 0" in capsys.readouterr().out
    assert belongs(BECKSIDE) == belongs(RAVENSGILL) == ("Inner North", timezone.localdate())
    page = client("officer-information", EDUNET).get("/localities/").content.decode()
    assert "Inner North" in page
    with as_batch():
        assert LedgerEntry.objects.filter(action="import_localities").count() == 1
    bring_in(tmp_path, rows)
    assert "named: 0. Placed in one: 0. Unchanged: 2" in capsys.readouterr().out


def test_who_is_in_one_stays_there(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """R28: a move is a person's, on EduNet, with its reason. The Locality is named, so that it can be moved to."""
    before = belongs(BECKSIDE)
    bring_in(tmp_path, f"{BECKSIDE},Inner North\n")
    assert f"It is in {before[0]}, and stays there" in capsys.readouterr().out
    assert belongs(BECKSIDE) == before
    assert Locality.objects.filter(name="Inner North").exists()


@pytest.mark.parametrize(
    ("rows", "cure"),
    [
        (f"{BECKSIDE},North\n123456,North\n", "row 3 .* No establishment of the community has this URN"),
        ("", "There is a header and no rows"),
        (f"{BECKSIDE},\n", "row 2 .* Give the name of a Locality"),
        (f"{BECKSIDE},North\n{BECKSIDE},South\n", "row 3 .* Keep one of the two"),
    ],
)
def test_a_file_with_a_fault_changes_nothing(rows: str, cure: str, no_locality: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=cure):
        bring_in(tmp_path, rows)
    assert not Locality.objects.filter(name="North").exists()
    with as_batch():
        assert not LocalityMembership.objects.exists()


def test_a_school_of_another_authority_is_in_none(no_locality: None, tmp_path: Path) -> None:
    """P2."""
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(la_code=383)
    with pytest.raises(CommandError, match="No establishment of the community"):
        bring_in(tmp_path, f"{BECKSIDE},North\n")


@pytest.mark.parametrize("urn", ["999002.0", '"999,002"', " 999 002"])
def test_a_urn_with_the_marks_of_a_spreadsheet(no_locality: None, tmp_path: Path, urn: str) -> None:
    bring_in(tmp_path, f"{urn},Inner North\n")
    assert belongs(BECKSIDE)[0] == "Inner North"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("9.99E+05,Inner North", "A URN has six digits"),
        (f"{BECKSIDE},Inner North, and more", "not as wide as the header"),
        (f"{BECKSIDE}", "not as wide as the header"),
        (f"{BECKSIDE},#N/A", "Type it again"),
        (f"{BECKSIDE},########", "Type it again"),
        (f"{BECKSIDE},Inner Ch?teau", "Type it again"),
    ],
    ids=["a shortened URN", "a comma in the name", "a cell short", "failed", "too narrow", "a letter lost"],
)
def test_what_a_spreadsheet_has_changed_names_no_locality(
    no_locality: None, tmp_path: Path, row: str, words: str
) -> None:
    """All or nothing: a Locality that is called #N/A, or by half of its name, would stay for good."""
    with pytest.raises(CommandError, match=words):
        bring_in(tmp_path, f"{RAVENSGILL},Inner South\n{row}\n")
    assert not Locality.objects.filter(name__startswith="Inner").exists()


@pytest.mark.parametrize("other", ["inner north", "Inner-North", "Ínner North"])
def test_one_locality_has_one_name(no_locality: None, tmp_path: Path, other: str) -> None:
    """R26: with other capitals or hyphens it was a second one, with half of its establishments."""
    with pytest.raises(CommandError, match="Write both alike"):
        bring_in(tmp_path, f"{BECKSIDE},Inner North\n{RAVENSGILL},{other}\n")
    bring_in(tmp_path, f"{BECKSIDE},Inner North\n")
    with pytest.raises(CommandError, match="Write both alike"):
        bring_in(tmp_path, f"{RAVENSGILL},{other}\n")


def test_a_locality_has_no_letters_that_nobody_can_see(no_locality: None, tmp_path: Path) -> None:
    bring_in(tmp_path, f"{BECKSIDE},\ufeffInner\u00a0No\u200brth\n")
    assert belongs(BECKSIDE)[0] == "Inner North"


def test_a_last_line_without_an_end_is_asked_about(
    no_locality: None, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    bring_in(tmp_path, f"{BECKSIDE},Inner Nor")
    assert "letters of its last cell may be missing" in " ".join(capsys.readouterr().out.split())
    bring_in(tmp_path, f"{BECKSIDE},Inner Nor\n")
    assert "may be missing" not in capsys.readouterr().out
