"""Two returns of one day, of which one came in the export of all schools: the page of the second says so (R22, R23)."""

from pathlib import Path

import pytest
from django.core.management import call_command

from sharing.imports import census, collect
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.outcomes import as_report, is_the_same
from sharing.roles import BATCH, acting_as
from tests.sharing.census_returns import pupil
from tests.sharing.collect_export import Export, sound
from tests.sharing.test_import_census import ROBIN, document

pytestmark = pytest.mark.django_db
NUMBER = 2999  # of the Synthetic Primary School, whose return the document is


def looked_at(kind: Kind, path: Path) -> Outcome:
    with acting_as(BATCH):
        return kind.bring_in(path, urn=None, apply=False, progress=lambda per_cent: None)


def said(kind: Kind, path: Path) -> list[str]:
    return [note for note in looked_at(kind, path).notes if "applied on" in note or "applied separately" in note]


def apply(kind: Kind, path: Path) -> None:
    call_command("import_file", kind.slug, path, "--apply")


def export(path: Path, surname: str = "Onroll8") -> Path:
    """Of the Synthetic Primary School and of those of the sound export."""
    made = sound()
    made.pupil(made.school(NUMBER), 8, surname=surname)
    return made.zip(path)


def test_a_return_after_the_export_of_all_schools(send, tmp_path: Path) -> None:
    """R22: it was said only where the first had come by itself. Whoever looked at it before looks again."""
    single = send(document(pupil(**ROBIN)))
    before = looked_at(census.KIND, single)
    apply(collect.KIND, export(tmp_path / "all.zip"))
    (note,) = said(census.KIND, single)
    assert note.startswith("The export of all schools of this day was applied on ")
    assert "Where the two differ, this one will count." in note
    assert not is_the_same(as_report(looked_at(census.KIND, single)), as_report(before))
    apply(census.KIND, single)
    assert said(census.KIND, single)[0].startswith("This same file was applied on ")


def test_not_after_an_export_without_the_school_or_of_another_day(send, tmp_path: Path) -> None:
    apply(collect.KIND, sound().zip(tmp_path / "others.zip"))
    autumn = Export(period="2025_autumn_")
    cells = {"term": "AUT", "year": "2025", "referencedate": "2025-Oct-02 00:00:00"}
    autumn.pupil(autumn.school(NUMBER, **cells), 8)
    apply(collect.KIND, autumn.zip(tmp_path / "autumn.zip"))
    assert said(census.KIND, send(document(pupil(**ROBIN)))) == []


def test_an_export_after_returns_and_after_another_export(send, tmp_path: Path) -> None:
    """R22, R23: which schools' own returns it may undo, as far as they came after the export before; and that one."""
    first, second = export(tmp_path / "a.zip"), export(tmp_path / "b.zip", surname="Corrected8")
    single = send(document(pupil(**ROBIN)))
    before = looked_at(collect.KIND, first)
    apply(census.KIND, single)
    assert not is_the_same(as_report(looked_at(collect.KIND, first)), as_report(before))
    assert said(collect.KIND, first) == [
        "Returns of this day have been applied separately: Synthetic Primary School. "
        "Where this export differs from them, it will count."
    ]
    apply(collect.KIND, first)
    (note,) = said(collect.KIND, first)
    assert note.startswith("This same file was applied on ")
    (note,) = said(collect.KIND, second)
    assert note.startswith("Another export of this day was applied on ")
    assert "Where the two differ, this one will count." in note
    apply(census.KIND, send(document(pupil(**ROBIN, Language="ENG")), "corrected.xml"))
    assert len(said(collect.KIND, second)) == 2
