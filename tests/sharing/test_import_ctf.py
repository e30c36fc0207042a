"""Bringing in a Common Transfer File (R5, R7, R8; formats page 3)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.codes import nc_year_before
from sharing.crypto import blind_index
from sharing.ctf.writer import School, write_ctf
from sharing.demo.days import year_start
from sharing.imports import ctf
from sharing.imports.ctf import bring_in
from sharing.imports.kinds import Outcome
from sharing.imports.problems import ImportRefused
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Child,
    Contact,
    Enrolment,
    Establishment,
    HomeAddress,
    Pupil,
    PupilChange,
    PupilNeeds,
    Result,
    Term,
)
from sharing.school_year import academic_year
from sharing.upn import make_upn
from tests import factories
from tests.people import as_batch

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
YESTERDAY, LAST_YEAR = TODAY - timedelta(days=1), TODAY - timedelta(days=365)


def number(urn: int) -> str:
    place = factories.establishment(urn)
    return f"{place.la_code}{place.establishment_number:04}"


@pytest.fixture
def coming() -> Pupil:
    """A child whose transfer from Ravensgill to Beckside is agreed."""
    pupil = factories.pupil(BECKSIDE, as_of=year_start(YESTERDAY) - timedelta(days=1), source="Transfer")
    factories.transfer(pupil, YESTERDAY, TODAY + timedelta(days=20))
    return pupil


def told(pupil: Pupil, **more: Any) -> ToldPupil:
    record = {"surname": pupil.surname, "forename": pupil.forename, "born_on": pupil.born_on, "sex": pupil.sex}
    parts = {
        PupilNeeds: [{"sen_provision": "K"}],
        Attendance: [
            {"academic_year": 2024, "term": Term.YEAR, "dfe_number": number(RAVENSGILL), "sessions_possible": 370,
             "sessions_absent": 7, "sessions_unauthorised": 2}
        ],
        Result: [
            {"stage": "K1", "academic_year": 2023, "subject": "MAT", "component": "", "result": "EXS", "status": "R"}
        ],
        HomeAddress: [{"address": "1 Fictional Street\nBradford\nBD1 1HY"}],
        Contact: [
            {"order": 1, "relationship": "PAM", "has_responsibility": True, "name": "Mrs\nAnn\nTested",
             "address": "", "telephones": "Mobile: 07700 900000", "email": ""}
        ],
    }  # fmt: skip
    return ToldPupil(1, pupil.upn, record=record | more, parts=parts)


def send(
    tmp_path: Path, *children: ToldPupil, to: int | None = BECKSIDE, urn: int | None = BECKSIDE,
    at: date = YESTERDAY, apply: bool = True, source: int = RAVENSGILL,
) -> Outcome:  # fmt: skip
    path = tmp_path / "file.xml"
    source_school, destination = School(number(source), "Ravensgill"), School(number(to) if to else "")
    path.write_bytes(
        write_ctf(
            children, source=source_school, destination=destination, at=datetime(at.year, at.month, at.day), year=2025
        )
    )
    seen: list[int] = []
    with as_batch():
        outcome = bring_in(path, urn=urn, apply=apply, progress=seen.append)
    assert seen[-1] == 100
    return outcome


def test_a_version_newer_than_this_reader_is_read_and_its_page_says_so(tmp_path: Path, coming: Pupil) -> None:
    """R7: the Department brings out a CTF each September. Schools send it from then on, and a child comes with it."""
    path = tmp_path / "file.xml"
    made = write_ctf(
        [told(coming)], source=School(number(RAVENSGILL)), destination=School(number(BECKSIDE)),
        at=datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day), year=2025,
    )  # fmt: skip
    path.write_bytes(made.replace(b"<CTFversion>25.0<", b"<CTFversion>26.0<").replace(b"<UPN>", b"<New>1</New><UPN>"))
    with as_batch():
        outcome = bring_in(path, urn=BECKSIDE, apply=True, progress=lambda percent: None)
        assert PupilNeeds.objects.get(pupil=coming).sen_provision == "K"
    assert [note for note in outcome.notes if "CTF version 26.0, and the newest one known here is 25" in note]
    assert not [note for note in send(tmp_path, told(coming)).notes if "version" in note]


def test_a_child_whose_coming_is_agreed_is_filled(tmp_path: Path, coming: Pupil) -> None:
    """R5, R7: all that a CTF carries is there before arrival; no enrolment is made."""
    outcome = send(tmp_path, told(coming, language="URD", year_group="3"))
    with as_batch():
        pupil = Pupil.objects.get(pk=coming.pk)
        assert (pupil.language, pupil.year_group, pupil.as_of) == ("URD", "5", YESTERDAY)  # in Year 4 a school year ago
        assert pupil.source == "CTF from Ravensgill"
        assert pupil.needs.sen_provision == "K"
        (counted,) = Attendance.objects.filter(pupil=pupil)
        assert (counted.dfe_number, counted.term, counted.sessions_absent) == (number(RAVENSGILL), Term.YEAR, 7)
        assert Result.objects.get(pupil=pupil).result == "EXS"
        assert Contact.objects.get(pupil=pupil).telephones == "Mobile: 07700 900000"
        assert HomeAddress.objects.get(pupil=pupil).postcode == "BD1 1HY"
        assert not Enrolment.objects.filter(pupil=pupil).exists()
        assert "language" in PupilChange.objects.get(pupil=pupil).facts
    assert ("Contacts added", 1) in outcome.changes


@pytest.mark.parametrize(
    ("before", "written", "after"),
    [("6", (8, 31), "6"), ("6", (9, 1), "7"), ("N2", (9, 1), "R"), ("R", (9, 1), "1"), ("14", (9, 1), "14"),
     ("X", (9, 1), "X"), ("", (9, 1), "3")],
)  # fmt: skip
def test_a_file_of_a_new_school_year_takes_the_year_group_along(
    tmp_path: Path, before: str, written: tuple[int, int], after: str
) -> None:
    """R31: a record of May that stood as of September with May's year group had been a year lower in figures of the
    year before."""
    this_year = academic_year(TODAY)
    pupil = factories.pupil(BECKSIDE, as_of=date(this_year, 5, 21), year_group=before)
    factories.enrolment(pupil, LAST_YEAR)
    send(tmp_path, told(pupil, year_group="3"), at=date(this_year, *written))
    with as_batch():
        now = Pupil.objects.get(pk=pupil.pk)
    assert (now.year_group, now.as_of) == (after, date(this_year, *written))
    last_year = nc_year_before(now.year_group, academic_year(now.as_of) - (this_year - 1))
    assert last_year == before or before in ("", "14")


def test_a_child_who_came_back_from_outside_stays_in_the_year_group_of_that_day(tmp_path: Path) -> None:
    """R31, R35: the record is of the return before the child left, and what it says of the year group is newer."""
    pupil = factories.pupil(BECKSIDE, as_of=TODAY - timedelta(days=800), year_group="4")
    factories.transfer(pupil, YESTERDAY, TODAY + timedelta(days=20), from_establishment=None)
    send(tmp_path, told(pupil, year_group="3"))
    with as_batch():
        assert Pupil.objects.get(pk=pupil.pk).year_group == "4"


def test_a_look_changes_nothing_and_the_same_file_twice_changes_nothing(tmp_path: Path, coming: Pupil) -> None:
    """R22."""
    assert not send(tmp_path, told(coming), apply=False).changes_nothing
    with as_batch():
        assert not Contact.objects.filter(pupil=coming).exists()
    send(tmp_path, told(coming))
    assert send(tmp_path, told(coming)).changes_nothing


def test_a_child_that_nobody_has_agreed_to_is_refused(tmp_path: Path) -> None:
    """R7: a receiving establishment cannot grant itself a transfer, by a file either."""
    elsewhere = factories.pupil(RAVENSGILL)
    factories.enrolment(elsewhere, LAST_YEAR)
    for pupil in (elsewhere, factories.pupil(BECKSIDE)):
        with pytest.raises(ImportRefused, match="arrange the transfer") as refused:
            send(tmp_path, told(pupil))
        (problem,) = refused.value.problems
        assert (problem.row, problem.field) == (1, "UPN")
        assert pupil.upn not in problem.value


@pytest.mark.parametrize(
    "facts",
    [
        {"lapses_on": YESTERDAY},
        {"cancelled_at": timezone.now()},
        {"declined_at": timezone.now()},
    ],
    ids=["lapsed", "cancelled", "declined"],
)
def test_a_transfer_that_does_not_hold_any_more_opens_nothing(tmp_path: Path, facts: dict[str, Any]) -> None:
    """R7, A4."""
    pupil = factories.pupil(BECKSIDE)
    factories.transfer(pupil, LAST_YEAR, facts.pop("lapses_on", TODAY), **facts)
    with pytest.raises(ImportRefused, match="arrange the transfer"):
        send(tmp_path, told(pupil))


def test_a_child_on_roll_may_be_told_about(tmp_path: Path) -> None:
    pupil = factories.pupil(BECKSIDE, as_of=LAST_YEAR)
    factories.enrolment(pupil, LAST_YEAR)
    assert not send(tmp_path, told(pupil)).changes_nothing


def test_the_whole_file_is_refused_for_one_child(tmp_path: Path, coming: Pupil) -> None:
    other = told(factories.pupil(BECKSIDE))
    with pytest.raises(ImportRefused):
        send(tmp_path, told(coming), other)
    with as_batch():
        assert not Contact.objects.filter(pupil=coming).exists()


def test_what_is_known_from_a_newer_source_stays_and_what_is_not_known_is_filled(tmp_path: Path) -> None:
    pupil = factories.pupil(BECKSIDE, as_of=TODAY, source="School Census", language="ENG", forename="Newer")
    factories.enrolment(pupil, LAST_YEAR)
    with as_batch():
        PupilNeeds.objects.create(pupil=pupil, establishment=pupil.establishment, sen_provision="E", as_of=TODAY)
    outcome = send(tmp_path, told(pupil, forename="Older", language="URD", ethnicity="APKN"))
    with as_batch():
        now = Pupil.objects.get(pk=pupil.pk)
        assert (now.forename, now.language, now.ethnicity) == ("Newer", "ENG", "APKN")
        assert (now.needs.sen_provision, now.source, now.as_of) == ("E", "School Census", TODAY)
        assert Contact.objects.filter(pupil=pupil).count() == 1
    assert any("newer source" in note for note in outcome.notes)


def test_the_receivers_own_counts_and_results_stay(tmp_path: Path, coming: Pupil) -> None:
    with as_batch():
        own = {"pupil": coming, "establishment": coming.establishment}
        Attendance.objects.create(**own, academic_year=2024, term=Term.AUTUMN, sessions_possible=60, sessions_absent=1)
        Result.objects.create(
            **own, stage="K1", academic_year=2023, subject="MAT", component="", result="GDS", status="R"
        )
    send(tmp_path, told(coming))
    with as_batch():
        assert Result.objects.get(pupil=coming).result == "GDS"
        assert Attendance.objects.filter(pupil=coming).count() == 2


def test_a_newer_file_corrects_the_results_of_an_older_one(tmp_path: Path, coming: Pupil) -> None:
    """P9: a mark changed by a review came with a second file, and was left out as if the school had its own."""
    send(tmp_path, told(coming), at=YESTERDAY - timedelta(days=1))
    second = told(coming)
    second.parts[Result][0]["result"] = "GDS"
    outcome = send(tmp_path, second)
    assert ("Results changed", 1) in outcome.changes
    assert not any("left out" in note and "its own" in note for note in outcome.notes)
    with as_batch():
        assert Result.objects.get(pupil=coming).result == "GDS"
    send(tmp_path, told(coming), at=YESTERDAY - timedelta(days=1))
    with as_batch():
        assert Result.objects.get(pupil=coming).result == "GDS"


def test_the_number_of_statements_does_not_grow_with_the_file(
    tmp_path: Path, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    children = []
    for _ in range(25):
        pupil = factories.pupil(BECKSIDE, as_of=LAST_YEAR)
        factories.enrolment(pupil, LAST_YEAR)
        children.append(told(pupil))
    with django_assert_max_num_queries(110):
        send(tmp_path, *children)


def test_the_upn_of_another_child_is_refused(tmp_path: Path, coming: Pupil) -> None:
    with pytest.raises(ImportRefused, match="whose UPN"):
        send(tmp_path, told(coming, surname="Someone", born_on=date(2015, 1, 1)))


def test_a_child_is_found_by_the_upn_before(tmp_path: Path, coming: Pupil) -> None:
    child = told(coming)
    child.upn, child.former_upn = make_upn(380, 2901, 2022, 999), coming.upn
    send(tmp_path, child)
    with as_batch():
        assert Pupil.objects.get(pk=coming.pk).upn == child.upn


@pytest.mark.parametrize("accepted", [LAST_YEAR, TODAY])
def test_a_child_who_came_without_a_upn_is_found_by_name(tmp_path: Path, accepted: date) -> None:
    """R7: Admissions told of the child without one; the file was refused, as of a child whom nobody expects. Whether
    the child was accepted before or after it was written, it fills the record, and its number is the child's."""
    coming = factories.pupil(BECKSIDE, upn=None, as_of=accepted)
    factories.transfer(coming, TODAY, TODAY + timedelta(days=10))
    child = told(coming)
    child.upn = make_upn(380, 2901, 2022, 998)
    assert ("Contacts added", 1) in send(tmp_path, child).changes
    with as_batch():
        assert Contact.objects.get(pupil=coming).relationship == "PAM"
        assert Child.objects.get(upn_index=blind_index(child.upn)).same_as_id == coming.child_id


@pytest.mark.parametrize(
    ("typed", "told_as"), [("O’Neill", "O'Neill"), ("Đỗ-Müller", "Do Muller"), ("ŁUCZAK", "Luczak")]
)
def test_a_child_without_a_upn_is_found_however_the_name_is_written(tmp_path: Path, typed: str, told_as: str) -> None:
    """R7: an officer's telephone typed ’ where the school before has ', and the file was refused."""
    coming = factories.pupil(BECKSIDE, upn=None, surname=typed, as_of=LAST_YEAR)
    factories.transfer(coming, TODAY, TODAY + timedelta(days=10))
    child = told(coming, surname=told_as)
    child.upn = make_upn(380, 2901, 2022, 997)
    send(tmp_path, child)
    with as_batch():
        assert Contact.objects.get(pupil=coming).relationship == "PAM"
        assert Pupil.objects.get(pk=coming.pk).upn == child.upn


def test_an_apostrophe_does_not_make_it_another_child(tmp_path: Path, coming: Pupil) -> None:
    """A date of birth that the school before has put right, and an apostrophe of its own, are no reason to refuse."""
    with as_batch():
        Pupil.objects.filter(pk=coming.pk).update(surname="O’Neill")
    send(tmp_path, told(coming, surname="O'Neill", born_on=date(2015, 1, 1)))
    with as_batch():
        assert Contact.objects.get(pupil=coming).relationship == "PAM"


def test_a_child_whose_upn_is_somebodys_elsewhere_is_found(tmp_path: Path) -> None:
    """The record here stands under the UPN, and the identity of the UPN is the other child's."""
    elsewhere = factories.pupil(RAVENSGILL)
    here = factories.pupil(BECKSIDE, upn=elsewhere.upn, upn_index=elsewhere.upn_index, as_of=LAST_YEAR)
    factories.enrolment(here, LAST_YEAR)
    send(tmp_path, told(here))
    with as_batch():
        assert Contact.objects.get(pupil=here).relationship == "PAM"


def test_a_file_for_another_school_is_refused(tmp_path: Path, coming: Pupil) -> None:
    with pytest.raises(ImportRefused, match="for another school"):
        send(tmp_path, told(coming), to=RAVENSGILL)


def test_a_file_for_nobody_in_particular(tmp_path: Path, coming: Pupil) -> None:
    """XXX/XXXX: a school may bring it in as its own; the council cannot know whose it is."""
    with pytest.raises(ImportRefused, match="does not say for which school"):
        send(tmp_path, told(coming), to=None, urn=None)
    assert not send(tmp_path, told(coming), to=None).changes_nothing


def test_the_council_brings_in_a_file_for_the_school_it_names(tmp_path: Path, coming: Pupil) -> None:
    assert list(send(tmp_path, told(coming), urn=None).by_establishment) == [BECKSIDE]


@pytest.mark.parametrize(("opens", "whose"), [(7, BECKSIDE), (0, 150001)])
def test_of_two_with_the_number_it_is_for_the_one_that_has_opened(
    tmp_path: Path, coming: Pupil, opens: int, whose: int
) -> None:
    """R5: an academy has the number of the school before it, which may still stand on the day."""
    with as_batch():
        new = factories.establishment(BECKSIDE)
        old = new.pk
        new.pk, new.urn, new.open_date = None, 150001, TODAY + timedelta(days=opens)
        new.save()
        Establishment.objects.filter(pk=old).update(as_of=TODAY)  # and it stands behind the new one in the table
    if whose != BECKSIDE:
        there = factories.pupil(whose, child=coming.child, upn=coming.upn, upn_index=coming.upn_index)
        factories.enrolment(there, TODAY)
    assert list(send(tmp_path, told(coming), urn=None).by_establishment) == [whose]


def test_a_file_of_too_many_children_is_refused(tmp_path: Path, coming: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    """R22: all of them are held in memory while the file is looked at."""
    monkeypatch.setattr(ctf, "_MOST_CHILDREN", 1)
    with pytest.raises(ImportRefused, match="holds more than 1 children"):
        send(tmp_path, told(coming), told(factories.pupil(BECKSIDE)))


def test_a_file_of_tomorrow_is_refused(tmp_path: Path, coming: Pupil) -> None:
    with pytest.raises(ImportRefused, match="still to come"):
        send(tmp_path, told(coming), at=TODAY + timedelta(days=1))


def test_another_sender_than_the_transfer_says_is_a_query(tmp_path: Path, coming: Pupil) -> None:
    outcome = send(tmp_path, told(coming), source=999005)
    assert [problem.field for problem in outcome.queries] == ["SourceSchool"]


# --- damaged files: each is brought in or refused, and when it is refused the store is what it was ----------------


class Undone(Exception):
    """So that the next example finds what this one found."""


def snapshot() -> str:
    """All that the store holds of pupils, as one hash for each table."""
    tables = ("child", "pupil", "enrolment", "transfer", "pupilneeds", "senneed", "freemealsperiod", "attendance",
              "result", "homeaddress", "contact", "pupilchange")  # fmt: skip
    one = "(SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM sharing_{} AS t)"
    with as_batch(), connection.cursor() as cursor:
        cursor.execute("SELECT " + " || ".join(one.format(table) for table in tables))
        return str(cursor.fetchone()[0])


@pytest.fixture
def before(coming: Pupil) -> str:
    """The store as every file finds it."""
    return snapshot()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 2600), length=st.integers(0, 50), put=st.binary(max_size=10) | st.sampled_from(
    [b"-5", b"31-02-2015", b"<UPN>", b"</Contact>", b"9" * 20, "\u202e\x7f".encode(), b"XXX", b"&amp;"]
))  # fmt: skip
def test_a_damaged_file_is_brought_in_or_refused_and_then_nothing_has_changed(
    at: int, length: int, put: bytes, tmp_path: Path, coming: Pupil, before: str
) -> None:
    """R22."""
    made = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day)
    source, destination = School(number(RAVENSGILL), "Ravensgill"), School(number(BECKSIDE))
    whole = write_ctf([told(coming)], source=source, destination=destination, at=made, year=2025)
    path = tmp_path / "damaged.xml"
    path.write_bytes(whole[:at] + put + whole[at + length :])
    try:
        with as_batch(), suppress(Undone), transaction.atomic():
            bring_in(path, urn=BECKSIDE, apply=True, progress=lambda per_cent: None)
            raise Undone
    except ImportRefused as refused:
        for problem in refused.problems:
            if coming.upn in f"{problem}{problem.value}":
                pytest.fail("a UPN in a problem")
    assert snapshot() == before
