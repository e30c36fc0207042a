"""A COLLECT export brought into the store: many schools at once, all or nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.crypto import blind_index
from sharing.imports import by_command, census
from sharing.imports.collect import bring_in
from sharing.imports.kinds import Outcome
from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.registry import KINDS
from sharing.imports.running import place_of
from sharing.models import (
    Attendance,
    Enrolment,
    Establishment,
    FreeMealsPeriod,
    HomeAddress,
    LedgerEntry,
    Pupil,
    PupilChange,
    PupilNeeds,
    SenNeed,
    Suspension,
)
from sharing.roles import BATCH, acting_as
from sharing.upn import make_upn
from tests.people import as_batch
from tests.sharing import census_returns
from tests.sharing.collect_export import Export, sound

pytestmark = pytest.mark.django_db
BECKSIDE, OXENBY = 999002, 999005  # DfE numbers 380/2901 and 380/4901


def bring(path: Path, *, apply: bool = True, progress: Callable[[int], None] = lambda per_cent: None) -> Outcome:
    with acting_as(BATCH):
        return bring_in(path, urn=None, apply=apply, progress=progress)


def refused(path: Path) -> list[Problem]:
    with pytest.raises(ImportRefused) as refusal:
        bring(path)
    return [problem for problem in refusal.value.problems if problem.fatal]


def records(export: Export) -> dict[str, Pupil]:
    """What the store has of the export's pupils, by surname."""
    tables = export.tables["pupilonroll"] + export.tables["pupilnolongeronroll"]
    with as_batch():
        found = Pupil.objects.filter(upn_index__in=[blind_index(row["upn"]) for row in tables])
        return {pupil.surname: pupil for pupil in found.select_related("establishment")}


def test_every_school_gets_its_own_pupils(tmp_path: Path) -> None:
    """R5, R22: records, needs, meals, sessions, suspensions and homes, each at its establishment."""
    export = sound()
    told: list[int] = []
    outcome = bring(export.zip(tmp_path / "export.zip"), progress=told.append)
    found = records(export)
    assert {name: pupil.establishment.urn for name, pupil in found.items()} == {
        "Onroll1": BECKSIDE, "Onroll2": BECKSIDE, "Onroll3": OXENBY, "Gone4": OXENBY
    }  # fmt: skip
    assert outcome.by_establishment[BECKSIDE][0] == ("Pupils added", 2)
    assert dict(outcome.changes)["Pupils added"] == 4
    assert outcome.as_of == date(2026, 1, 15)
    assert told == sorted(told)
    assert told[-1] <= 100
    with as_batch():
        ann, ben, cat, gone = (found[name] for name in ("Onroll1", "Onroll2", "Onroll3", "Gone4"))
        assert (ann.source, ann.as_of) == ("School Census, spring 2026", date(2026, 1, 15))
        assert HomeAddress.objects.get(pupil=ann).postcode == "BD1 1HY"
        assert PupilNeeds.objects.get(pupil=ben).sen_provision == "K"
        assert list(SenNeed.objects.filter(pupil=ben).order_by("rank").values_list("rank", "need")) == [
            (1, "ASD"),
            (2, "SLCN"),
        ]
        assert FreeMealsPeriod.objects.get(pupil=ann).ends_on is None
        assert Attendance.objects.get(pupil=ann).by_code == {"I": 4, "O": 2}
        assert Suspension.objects.get(pupil=cat).reasons == ["PP"]
        stay = Enrolment.objects.get(pupil=gone)
        assert (stay.kind, stay.ends_on) == ("C", date(2025, 11, 28))
        assert Pupil.objects.visible_on(date(2025, 11, 28)).filter(pk=gone.pk).exists()
        assert not Pupil.objects.visible_on(date(2025, 11, 29)).filter(pk=gone.pk).exists()


@pytest.mark.parametrize("kind", ["M", "S", "G"])
def test_who_has_left_keeps_the_kind_of_their_stay(tmp_path: Path, kind: str) -> None:
    """R5, R22: the table of leavers has no status. A subsidiary would count on the roll of a day before (R31)."""
    export = sound()
    gone = next(row for row in export.tables["pupilnolongeronroll"] if row["surname"] == "Gone4")
    bring(export.write(tmp_path / "export"))
    with as_batch():
        Enrolment.objects.filter(pupil=records(export)["Gone4"]).update(kind=kind, ends_on=None)
    gone["surname"] = "Gone5"
    bring(export.write(tmp_path / "again"))
    with as_batch():
        stay = Enrolment.objects.get(pupil=records(export)["Gone5"])
        assert (stay.kind, stay.ends_on) == (kind, date(2025, 11, 28))


def test_each_school_reads_what_the_export_changed_there(tmp_path: Path) -> None:
    """R43: whoever brought it in, the head finds it among the school's own rows, with whose word it was."""
    by_command.bring_in(KINDS["collect"], sound().zip(tmp_path / "export.zip"), apply=True)
    with as_batch():
        told = {row.urn: row for row in LedgerEntry.objects.filter(action="apply_import")}
    assert {BECKSIDE, OXENBY, None} <= told.keys()
    assert told[BECKSIDE].about["changes"]["Pupils added"] == 2
    assert told[None].about["changes"]["Pupils added"] == 4
    assert told[OXENBY].purpose == "Brought in by: command line. Applied by: command line."


def test_an_empty_provision_or_flag_takes_nothing_away(tmp_path: Path) -> None:
    """R22: as in a school's own return. SEN support was lost, and with it the child among those who have it (R31)."""
    export = sound()
    ben = next(row for row in export.tables["pupilonroll"] if row["surname"] == "Onroll2")
    flags = ("senunitindicator", "resourcedprovisionindicator", "parttime")
    ben |= dict.fromkeys(flags, "True")
    bring(export.write(tmp_path / "export"))
    ben |= dict.fromkeys((*flags, "senprovision"), "") | {"surname": "Onroll9"}
    bring(export.write(tmp_path / "again"))
    pupil = records(export)["Onroll9"]
    with as_batch():
        needs = PupilNeeds.objects.get(pupil=pupil)
    assert (needs.sen_provision, needs.in_sen_unit, needs.in_resourced_provision) == ("K", True, True)
    assert pupil.part_time


def test_looking_changes_nothing_and_says_the_same(tmp_path: Path) -> None:
    """R22: what the preview says is what is done."""
    export = sound()
    path = export.write(tmp_path / "export")
    looked = bring(path, apply=False)
    assert records(export) == {}
    assert bring(path).changes == looked.changes


def test_the_same_export_twice_changes_nothing(tmp_path: Path) -> None:
    """R22."""
    path = sound().write(tmp_path / "export")
    bring(path)
    again = bring(path)
    assert again.changes_nothing, again.changes
    assert "Pupils whose record is already the same: 4." in again.notes


def test_a_later_export_changes_what_differs(tmp_path: Path) -> None:
    """R22: one surname, one need that is gone, one child who left."""
    export = sound()
    bring(export.write(tmp_path / "spring"))
    ann, ben, _ = export.tables["pupilonroll"]
    ann["surname"] = "Newname"
    export.tables["senneeds"].pop()
    export.tables["pupilonroll"].remove(ben)
    for table in ("fsmperiod", "senneeds"):
        export.tables[table] = [
            row for row in export.tables[table] if row["pupilonrolltableid"] == ann["pupilonrolltableid"]
        ]
    export.tables["senneeds"] = export.tables["senneeds"] or [
        {"senneedstableid": "x", "pupilonrolltableid": ann["pupilonrolltableid"], "sentyperank": "1", "sentype": "HI"}
    ]
    school = export.tables["schoolcensus"][0]["schoolcensustableid"]
    export.leaver(school, 2, upn=ben["upn"], surname="Onroll2", entrydate=ben["entrydate"], leavingdate="2025-Dec-19")
    outcome = bring(export.write(tmp_path / "again"))
    changes = dict(outcome.changes)
    assert changes["Pupil records changed"] >= 1
    assert changes["Leavers"] == 1
    found = records(export)
    with as_batch():
        assert Enrolment.objects.get(pupil=found["Onroll2"]).ends_on == date(2025, 12, 19)
        assert SenNeed.objects.get(pupil=found["Newname"]).need == "HI"
        assert PupilChange.objects.get(pupil=found["Newname"]).facts == ["surname"]


@pytest.mark.parametrize(
    ("change", "place", "value"),
    [
        ({"lea": "383"}, "schoolcensus.lea", "383/2901"),
        ({"estab": "1234"}, "schoolcensus.estab", "380/1234"),
        ({"estab": "6901"}, "schoolcensus.estab", "380/6901"),
        ({"urn": "999003"}, "schoolcensus.urn", "999003"),
    ],
    ids=["another authority", "no such number", "outside the community", "a number and URN of two"],
)
def test_returns_that_have_no_place_here(tmp_path: Path, change: dict[str, str], place: str, value: str) -> None:
    """R4, R22: each is named, and nothing of the others is brought in."""
    export = sound()
    export.tables["schoolcensus"][0] |= change
    (problem,) = refused(export.write(tmp_path / "export"))
    assert (problem.field, problem.value, problem.row) == (place, value, 2)
    assert records(export) == {}


def test_all_returns_without_a_place_are_named(tmp_path: Path) -> None:
    """R22: not only the first."""
    export = sound({"first": 1111, "second": 2222})
    assert [problem.value for problem in refused(export.write(tmp_path / "export"))] == ["380/1111", "380/2222"]


def test_a_school_with_half_its_roll_is_named(tmp_path: Path) -> None:
    """R22, R23: among 227 schools the one whose return is not whole was in no number of the page."""
    with as_batch():
        here = Pupil.objects.filter(establishment__urn=BECKSIDE).visible_on(date(2026, 1, 15)).count()
    (note,) = [note for note in bring(sound().write(tmp_path / "a"), apply=False).notes if "far fewer" in note]
    assert f"Beckside Primary School (2 in the file, {here} here)" in note


def test_who_has_sent_no_return_is_named(tmp_path: Path) -> None:
    """R23: whoever brings in the export of all schools hears there whose return it lacks. A centre sends none."""
    (note,) = [
        note
        for note in bring(sound().write(tmp_path / "a")).notes
        if note.startswith("The export has no return from these")
    ]
    assert "Ravensgill Primary School" in note
    assert "Beckside Primary School" not in note
    assert "Children’s Centre" not in note


def test_nor_is_another_named_in_the_return_of_one_school(tmp_path: Path) -> None:
    """R23: that school reads its import, and it is no business of theirs whose return was not in the file."""
    export = Export()
    export.pupil(export.school(2901), 1)
    outcome = bring(export.zip(tmp_path / "a.zip"), apply=False)
    assert place_of(outcome) == Establishment.objects.get(urn=BECKSIDE)
    assert "Ravensgill" not in " ".join(outcome.notes)


def test_an_older_export_puts_nobody_on_the_register(tmp_path: Path) -> None:
    """R5, R22: last year's export again, by mistake. Who had left in between, and in a year of which nothing is here,
    stood on the register and was seen by the school; those who left before have what is theirs."""
    bring(sound().write(tmp_path / "spring"))
    last_year = sound()
    for row in last_year.tables["schoolcensus"]:
        row |= {"year": "2025", "referencedate": "2025-Jan-16 00:00:00"}
    last_year.period = "2025_spring_"
    school = last_year.tables["schoolcensus"][0]["schoolcensustableid"]
    last_year.pupil(school, 77)
    last_year.leaver(school, 78, leavingdate="2024-Nov-29")
    outcome = bring(last_year.write(tmp_path / "last year"))
    assert set(records(last_year)) == {"Onroll1", "Onroll2", "Onroll3", "Gone4", "Gone78"}
    (query,) = [query for query in outcome.queries if "newer return" in query.cure]
    assert (query.row, query.field) == (5, "UPN")
    assert "of 15 January 2026" in query.cure


def test_a_schools_late_return_after_a_newer_export(tmp_path: Path) -> None:
    """R22, R23: the autumn's return of one school comes after the spring's export of all. It brings the summer term's
    sessions of who is here, and puts nobody on the register whom the spring does not know any more."""
    bring(sound().write(tmp_path / "spring"))
    known = make_upn(381, 2901, 2021, 1)
    sessions = census_returns.attendance("110", "I", "3")
    autumn = {"Term": "AUT", "Year": "2025", "ReferenceDate": "2025-10-02", "Estab": "2901"}
    late = tmp_path / "late.xml"
    late.write_text(
        census_returns.document(
            census_returns.pupil(sessions, UPN=known, Surname="Onroll1", Forename="Ann", DOB="2016-07-19"),
            census_returns.pupil(Surname="Gonesince"),
            **autumn,
        ).replace("999998", str(BECKSIDE))
    )
    with acting_as(BATCH):
        outcome = census.bring_in(late, urn=BECKSIDE, apply=True, progress=lambda per_cent: None)
    assert [query.row for query in outcome.queries if "newer return" in query.cure] == [2]
    with as_batch():
        here = Pupil.objects.get(upn_index=blind_index(known))
        assert (here.as_of, Attendance.objects.get(pupil=here, term=3).sessions_absent) == (date(2026, 1, 15), 3)
        assert not Pupil.objects.filter(surname="Gonesince").exists()


def test_one_bad_pupil_refuses_all(tmp_path: Path) -> None:
    """R22: all or nothing."""
    export = sound()
    export.tables["pupilonroll"][2]["upn"] = "A123"
    (problem,) = refused(export.write(tmp_path / "export"))
    assert (problem.field, problem.row) == ("pupilonroll.upn", 4)
    assert records(export) == {}


def test_a_census_that_is_still_to_come_is_refused(tmp_path: Path) -> None:
    """R22."""
    export = sound()
    for row in export.tables["schoolcensus"]:
        row |= {"year": "2099", "referencedate": "2099-Jan-15 00:00:00"}
    export.period = "2099_spring_"
    (problem,) = refused(export.write(tmp_path / "export"))
    assert problem.field == "schoolcensus.referencedate"


def test_a_school_does_not_bring_the_whole_authoritys(tmp_path: Path) -> None:
    """R45: it speaks for itself only."""
    path = sound().write(tmp_path / "export")
    with acting_as(BATCH), pytest.raises(ImportRefused, match="whole authority"):
        bring_in(path, urn=BECKSIDE, apply=True, progress=lambda per_cent: None)


def test_an_academy_has_the_number_of_the_school_before_it(tmp_path: Path) -> None:
    """Formats page 13, trap 4: the one that was open on the day, or that the return names."""
    export = sound()
    with as_batch():
        before = Establishment.objects.get(urn=BECKSIDE)
        Establishment.objects.filter(pk=before.pk).update(close_date=date(2025, 8, 31))
        before.pk, before.urn, before.open_date, before.close_date = None, 999902, date(2025, 9, 1), None
        before.save()
    bring(export.write(tmp_path / "export"))
    assert records(export)["Onroll1"].establishment.urn == 999902


CELLS = st.sampled_from(
    ["", "-1", "0001-01-01", "9999-12-31", "99999", "2020-Feb-31", "True", "\\N", "a\tb", "C", "'; --", '"', "é" * 101]
) | st.text(max_size=12)


@given(st.sampled_from(sorted(sound().tables)), st.integers(0, 2), st.integers(0, 40), CELLS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_cell_may_be_anything(tmp_path: Path, table: str, row: int, column: int, cell: str) -> None:
    """R22: brought in, or refused with the store as it was."""
    export = sound()
    rows = export.tables[table]
    spoilt = rows[row % len(rows)]
    spoilt[list(spoilt)[column % len(spoilt)]] = cell.encode("utf-8", "ignore").decode()
    path = export.write(tmp_path / "export")
    with transaction.atomic():
        before = in_the_store()
        if problems := refused_or_brought(path):
            assert all(problem.cure for problem in problems)
            assert in_the_store() == before
        else:
            assert bring(path).changes_nothing
        transaction.set_rollback(True)


def refused_or_brought(path: Path) -> list[Problem]:
    try:
        bring(path)
    except ImportRefused as refusal:
        return refusal.problems
    return []


def in_the_store() -> list[int]:
    tables = (Pupil, Enrolment, Attendance, FreeMealsPeriod, HomeAddress, PupilChange, PupilNeeds, SenNeed, Suspension)
    with as_batch():
        return [table.objects.count() for table in tables]
