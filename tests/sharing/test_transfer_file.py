"""The Common Transfer File made for a child who leaves (R7, R8, R13, R43)."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.authorise.holdings import Holdings
from sharing.ctf.facts import told_of
from sharing.demo.days import year_start
from sharing.imports.ctf import bring_in
from sharing.imports.ctf_reader import read_header, read_pupils
from sharing.imports.told import ToldPupil
from sharing.models import (
    Attendance,
    Contact,
    Download,
    Enrolment,
    HomeAddress,
    LedgerEntry,
    Pupil,
    PupilNeeds,
    Result,
    Term,
    Transfer,
)
from tests import factories
from tests.locks.switches import rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client
from tests.sharing.moves import RECEIVER, SENDER, asserted, day, on_roll, shift
from tests.sharing.moves import agreed as agreed_transfer

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, CRAGWELL = 999002, 999003, 999009
TODAY = timezone.localdate()
LONG_AGO, SOON = TODAY - timedelta(days=400), TODAY + timedelta(days=20)


def leaving(to: int = RAVENSGILL, **facts: Any) -> Transfer:
    """A child on roll at Beckside whose transfer, to Ravensgill if to nowhere else, is agreed."""
    before = factories.pupil(BECKSIDE, as_of=LONG_AGO, surname="Leaving", **facts)
    factories.enrolment(before, LONG_AGO)
    after = factories.pupil(to, child=before.child, upn=before.upn, upn_index=before.upn_index, as_of=LONG_AGO)
    return agreed(after, before)


@pytest.fixture
def transfer() -> Transfer:
    return leaving()


def agreed(after: Pupil, before: Pupil, agreed_on: date = TODAY) -> Transfer:
    with as_batch():
        return Transfer.objects.create(
            pupil=after, establishment=after.establishment, leaving=before, from_establishment=before.establishment,
            surname=before.surname, forename=before.forename, agreed_on=agreed_on, expected_on=agreed_on,
            lapses_on=SOON,
        )  # fmt: skip


def page(transfer: Transfer, urn: int = BECKSIDE) -> str:
    return f"/establishments/{urn}/transfers/{transfer.pk}/file/"


def read(content: bytes, tmp_path: Path) -> list[ToldPupil]:
    path = tmp_path / "made.xml"
    path.write_bytes(content)
    assert read_header(path).destination
    found = list(read_pupils(path))
    assert all(isinstance(one, ToldPupil) for one in found)
    return [one for one in found if isinstance(one, ToldPupil)]


WHO = [
    ("head-beckside", SCHOOLS_ONLINE, 200),
    ("deputy-beckside", SCHOOLS_ONLINE, 200),
    ("teacher-beckside", SCHOOLS_ONLINE, 403),
    ("assistant-beckside", SCHOOLS_ONLINE, 403),
    ("governor-beckside", SCHOOLS_ONLINE, 403),
    ("third-party-beckside", SCHOOLS_ONLINE, 403),
    ("head-ravensgill", SCHOOLS_ONLINE, 404),
    ("teacher-ended", SCHOOLS_ONLINE, 404),
    ("superuser", SCHOOLS_ONLINE, 404),
    ("officer-data", EDUNET, 200),
    ("officer-admissions", EDUNET, 200),
    ("officer-school-improvement", EDUNET, 403),
    ("officer-no-duty", EDUNET, 403),
    ("officer-duty-ended", EDUNET, 403),
]


@pytest.mark.parametrize(("slug", "site", "status"), WHO)
def test_who_makes_the_file(transfer: Transfer, slug: str, site: Any, status: int) -> None:
    """R8: those who keep the records of the school before; nobody else, the next school neither."""
    browser = client(slug, site)
    assert browser.get(page(transfer)).status_code == status
    response = browser.post(page(transfer))
    assert response.status_code == status
    assert (b"<CTfile>" in response.content) == (status == 200)
    with as_batch():
        assert bool(Transfer.objects.get(pk=transfer.pk).file_sent_at) == (status == 200)


@pytest.mark.parametrize(("slug", "site", "status"), WHO)
def test_who_makes_the_file_of_a_child_who_leaves_the_community(slug: str, site: Any, status: int) -> None:
    pupil = factories.pupil(BECKSIDE)
    factories.enrolment(pupil, LONG_AGO, TODAY)
    browser = client(slug, site)
    path = f"/establishments/{BECKSIDE}/pupils/{pupil.pk}/transfer-file/"
    assert browser.get(path).status_code == status
    response = browser.post(path)
    assert response.status_code == status
    assert (b"<LEA>XXX</LEA>" in response.content) == (status == 200)


def test_the_file_has_a_name_without_the_child_and_is_stored_nowhere(transfer: Transfer) -> None:
    """R13."""
    response = client("head-beckside").post(page(transfer))
    name = response["Content-Disposition"]
    assert name.endswith(f'_{1 + (transfer.pk - 1) % 999:03}.xml"')
    assert "_CTF_" in name
    assert "Leaving" not in name
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "application/xml; charset=utf-8"


def test_the_file_tells_what_the_record_says(transfer: Transfer, tmp_path: Path) -> None:
    before = transfer.leaving
    with as_batch():
        own = {"pupil": before, "establishment": before.establishment}
        PupilNeeds.objects.create(**own, sen_provision="K")
        for term, absent, by_code in ((Term.AUTUMN, 3, {"I": 3}), (Term.SPRING, 4, {"I": 2, "G": 2})):
            Attendance.objects.create(
                **own, academic_year=2024, term=term, sessions_possible=100, sessions_absent=absent, by_code=by_code
            )
        Result.objects.create(**own, stage="MT", academic_year=2023, subject="MAT", component="MTC", result="18")
        Result.objects.create(**own, stage="PH", academic_year=2021, subject="PHO", component="", result="34")
        Result.objects.create(**own, stage="PH", academic_year=2021, subject="PHO", component="OUT", result="Wa")
        HomeAddress.objects.create(**own, address="1 Street\nBradford\nBD1 1HY", postcode="BD1 1HY", facts_index="x")
        Contact.objects.create(
            **own, order=1, relationship="PAM", name="Mrs\nAnn\nLeaving", telephones="Mobile: 07700 900000",
            facts_index="x",
        )  # fmt: skip
    content = client("head-beckside").post(page(transfer)).content
    (child,) = read(content, tmp_path)
    assert child.upn == before.upn
    assert child.parts[PupilNeeds] == [{"sen_provision": "K"}]
    (year,) = child.parts[Attendance]
    assert (year["sessions_possible"], year["sessions_absent"], year["sessions_unauthorised"]) == (200, 7, 2)
    results = {(row["stage"], row["component"]): row["result"] for row in child.parts[Result]}
    assert results == {("PH", ""): "34", ("PH", "OUT"): "Wa", ("MT", "MTC"): "18"}
    assert child.parts[HomeAddress] == [{"address": "1 Street\nBradford\nBD1 1HY", "postcode": "BD1 1HY"}]
    assert child.parts[Contact][0]["name"] == "Mrs\nAnn\nLeaving"
    assert f"<EntryDate>{LONG_AGO.isoformat()}</EntryDate>".encode() in content
    # and the next school can bring it in
    path = tmp_path / "made.xml"
    with as_batch():
        outcome = bring_in(path, urn=RAVENSGILL, apply=True, progress=lambda per_cent: None)
        assert Contact.objects.get(pupil=transfer.pupil).name == "Mrs\nAnn\nLeaving"
    assert ("Results added", 3) in outcome.changes


@pytest.mark.parametrize(
    ("years_known", "years_gone", "told_as"), [(0, None, "3"), (1, None, "4"), (2, 0, "5"), (2, 1, "4"), (0, 1, "3")]
)
def test_the_year_group_is_that_of_today_or_of_the_last_day(
    years_known: int, years_gone: int | None, told_as: str
) -> None:
    """R8, R31: a record of an older school year says an older year group, and whoever has left goes up no further."""
    this_year = year_start(TODAY)
    first_of = [this_year.replace(year=this_year.year - ago) for ago in range(4)]
    pupil = factories.pupil(BECKSIDE, as_of=first_of[years_known], year_group="3")
    factories.enrolment(pupil, first_of[3], TODAY if years_gone is None else first_of[years_gone])
    with as_batch():
        (told,) = told_of([pupil], TODAY)
    assert told.record["year_group"] == told_as


def test_the_year_group_of_who_left_once_and_is_back_is_that_of_today() -> None:
    """R8, R31."""
    this_year = year_start(TODAY)
    first_of = [this_year.replace(year=this_year.year - ago) for ago in range(4)]
    pupil = factories.pupil(BECKSIDE, as_of=first_of[2], year_group="3")
    factories.enrolment(pupil, first_of[3], first_of[2])
    factories.enrolment(pupil, first_of[1])
    with as_batch():
        (told,) = told_of([pupil], TODAY)
    assert told.record["year_group"] == "5"


def test_absence_is_added_up_by_school_and_what_one_term_does_not_know_is_not_known() -> None:
    """R8, R31: the next school would take half of the unauthorised absence for all of it."""
    pupil = factories.pupil(BECKSIDE)
    factories.attendance(pupil, 100, 3, 2024, Term.AUTUMN, sessions_unauthorised=1)
    factories.attendance(pupil, 100, 4, 2024, Term.SPRING)
    factories.attendance(pupil, 50, 5, 2024, Term.YEAR, dfe_number="3809999", by_code={"G": 2, "I": 3})
    with as_batch():
        (told,) = told_of([pupil], TODAY)
    assert {
        row["dfe_number"]: (row["sessions_possible"], row["sessions_absent"], row["sessions_unauthorised"])
        for row in told.parts[Attendance]
    } == {"": (200, 7, None), "3809999": (50, 5, 2)}


def test_several_who_leave_for_the_same_school_go_into_one_file(transfer: Transfer, tmp_path: Path) -> None:
    other, not_chosen = leaving(forename="Other"), leaving(forename="Unchosen")
    browser = client("head-beckside")
    assert "Unchosen Leaving" in browser.get(page(transfer)).content.decode()
    content = browser.post(page(transfer), {"also": [other.pk, 999_999, "x", transfer.pk]}).content
    assert [child.record["forename"] for child in read(content, tmp_path)] == ["Child", "Other"]
    with as_batch():
        made = {one.pk: one.file_sent_at is not None for one in Transfer.objects.filter(leaving__surname="Leaving")}
        row = LedgerEntry.objects.order_by("-id").first()
    assert made == {transfer.pk: True, other.pk: True, not_chosen.pk: False}
    assert "Other Leaving" not in browser.get(page(not_chosen)).content.decode()
    assert (row.action, row.outcome) == ("make_transfer_file", "changed")
    assert row.about["pupils"] == [str(transfer.leaving_id), str(other.leaving_id)]


def test_no_child_goes_along_to_a_school_that_is_not_theirs_or_for_a_second_time(
    transfer: Transfer, tmp_path: Path
) -> None:
    """R6, R8: whatever numbers are sent: of who leaves for elsewhere, has had a file, or is in this one already."""
    elsewhere, had_a_file = leaving(CRAGWELL, forename="Elsewhere"), leaving(forename="Had")
    with as_batch():
        Transfer.objects.filter(pk=had_a_file.pk).update(file_sent_at=timezone.now() - timedelta(minutes=2))
    again = agreed(transfer.pupil, transfer.leaving)
    browser = client("head-beckside")
    told = browser.get(page(transfer)).content.decode()
    assert not [name for name in ("Elsewhere Leaving", "Had Leaving") if name in told]
    content = browser.post(page(transfer), {"also": [elsewhere.pk, had_a_file.pk, again.pk]}).content
    assert [child.record["forename"] for child in read(content, tmp_path)] == ["Child"]


def test_a_double_click_leaves_one_file_to_destroy(transfer: Transfer, tmp_path: Path) -> None:
    """R14, R43: the second gives the file of the first, with all who are in it. Another choice is another file."""
    other, browser = leaving(forename="Other"), client("head-beckside")
    first, second = (browser.post(page(transfer), {"also": [other.pk]}).content for _ in range(2))
    told = [[child.record["forename"] for child in read(content, tmp_path)] for content in (first, second)]
    assert told == [["Child", "Other"]] * 2
    with as_batch():
        assert Download.objects.filter(kind=Download.Kind.TRANSFER_FILE).count() == 1
        rows = LedgerEntry.objects.filter(action="make_transfer_file").order_by("pk")
        assert [row.outcome for row in rows] == ["changed", "shown"]
        assert rows[0].about["pupils"] == rows[1].about["pupils"]
    gone = factories.pupil(BECKSIDE, as_of=LONG_AGO)
    factories.enrolment(gone, LONG_AGO, TODAY)
    for post in (page(transfer), f"/establishments/{BECKSIDE}/pupils/{gone.pk}/transfer-file/"):
        for _ in range(2):
            browser.post(post)
    with as_batch():
        assert Download.objects.filter(kind=Download.Kind.TRANSFER_FILE).count() == 3


@pytest.mark.parametrize(
    "facts",
    [{"cancelled_at": timezone.now()}, {"agreed_on": None, "pupil": None}, {"leaving": None}],
    ids=["cancelled", "not agreed", "of nobody here"],
)
def test_no_file_without_an_agreed_transfer(transfer: Transfer, facts: dict[str, Any]) -> None:
    """R7."""
    with as_batch():
        row = {name: getattr(transfer, name) for name in ("surname", "forename", "expected_on", "lapses_on")}
        row |= {"establishment": transfer.establishment, "from_establishment": transfer.from_establishment,
                "pupil": transfer.pupil, "leaving": transfer.leaving, "agreed_on": TODAY} | facts  # fmt: skip
        other = Transfer.objects.create(**row)
    assert client("head-beckside").post(page(other)).status_code == 404


def test_no_file_to_a_school_where_the_child_did_not_go(transfer: Transfer) -> None:
    """R7, R8: the transfer lapsed and the child stayed. It stood beside the next child who left for that school."""
    stayed = leaving(forename="Stayed")
    with as_batch():
        Transfer.objects.filter(pk=stayed.pk).update(
            agreed_on=LONG_AGO, expected_on=LONG_AGO, lapses_on=TODAY - timedelta(days=1)
        )
    browser = client("head-beckside")
    assert browser.post(page(stayed)).status_code == 404
    assert "Stayed Leaving" not in browser.get(page(transfer)).content.decode()
    with as_batch():  # left while it held: the file is to be sent
        Transfer.objects.filter(pk=stayed.pk).update(sender_keeps_until=TODAY)
    assert "Stayed Leaving" in browser.get(page(transfer)).content.decode()


def test_no_file_of_a_child_who_is_back() -> None:
    """R8: nor is one asked for on the sender's pages; the file of another who leaves offered it along."""
    pupil = on_roll(forename="Back")
    there = agreed_transfer(pupil)
    door.say_arrived(asker(RECEIVER), RAVENSGILL, there.pk, on=day(0), kind="C")
    shift(there, 1)
    browser = client(SENDER)
    inbox = f"/establishments/{BECKSIDE}/transfers/"
    assert "Back Mover" in browser.get(inbox).content.decode()
    with as_batch():
        copy = Transfer.objects.get(pk=there.pk).pupil
    assert copy
    door.begin_transfer(asker(RECEIVER), RAVENSGILL, copy.pk, to=BECKSIDE, expected_on=day(0))
    with as_batch():
        back = Transfer.objects.latest("pk")
    door.accept_transfer(asker(SENDER), BECKSIDE, back.pk)
    door.say_arrived(asker(SENDER), BECKSIDE, back.pk, on=day(0), kind="C")
    assert "Back Mover" not in browser.get(inbox).content.decode()
    assert browser.post(page(there)).status_code == 404
    other = agreed_transfer(on_roll(forename="Other"))
    assert "Back Mover" not in browser.get(page(other)).content.decode()


@pytest.mark.parametrize("off", ["nothing", "row-level security"])
def test_a_record_that_is_closed_makes_no_file(off: str) -> None:
    """R8, R45: named access has ended, and the door alone says so too."""
    before = factories.pupil(BECKSIDE)
    factories.enrolment(before, LONG_AGO, TODAY - timedelta(days=1))
    after = factories.pupil(RAVENSGILL)
    row = agreed(after, before, TODAY - timedelta(days=5))
    if off == "row-level security":
        rls_off()
    browser = client("head-beckside")
    assert browser.post(page(row)).status_code == 404
    assert browser.post(f"/establishments/{BECKSIDE}/pupils/{before.pk}/transfer-file/").status_code == 404


def test_a_child_who_stays_has_no_leavers_file() -> None:
    pupil = factories.pupil(BECKSIDE)
    factories.enrolment(pupil, LONG_AGO)
    with pytest.raises(NoSuchRecord):
        door.make_leaver_file(asker("head-beckside"), BECKSIDE, pupil.pk)


def test_who_is_on_the_register_by_another_registration_has_no_leavers_file() -> None:
    """R8: whichever of the two began last."""
    pupil = factories.pupil(BECKSIDE)
    factories.enrolment(pupil, LONG_AGO)
    factories.enrolment(pupil, LONG_AGO + timedelta(days=9), TODAY, kind=Enrolment.Kind.GUEST)
    with pytest.raises(NoSuchRecord):
        door.make_leaver_file(asker("head-beckside"), BECKSIDE, pupil.pk)


def test_a_stay_that_was_a_mistake_stands_in_no_file() -> None:
    """R8: nor does it keep the file of the other from being made."""
    pupil = factories.pupil(BECKSIDE)
    factories.enrolment(pupil, LONG_AGO, TODAY)
    mistake = LONG_AGO + timedelta(days=9)
    factories.enrolment(pupil, mistake, cancelled_at=timezone.now())
    content = door.make_leaver_file(asker("head-beckside"), BECKSIDE, pupil.pk).content
    assert f"<EntryDate>{LONG_AGO}</EntryDate>".encode() in content
    assert f"<EntryDate>{mistake}</EntryDate>".encode() not in content


def test_another_school_has_no_leavers_file_of_theirs() -> None:
    """R6: nor an officer who sees the child, at the other school's address."""
    pupil = factories.pupil(BECKSIDE)
    factories.enrolment(pupil, LONG_AGO, TODAY)
    with pytest.raises(NoSuchRecord):
        door.make_leaver_file(asker("officer-admissions", EDUNET), RAVENSGILL, pupil.pk)
    assert door.make_leaver_file(asker("officer-admissions", EDUNET), BECKSIDE, pupil.pk).content


@pytest.mark.parametrize(
    ("slug", "site"),
    [("teacher-beckside", SCHOOLS_ONLINE), ("head-ravensgill", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)],
)
def test_the_function_itself_refuses_who_keeps_no_records(transfer: Transfer, slug: str, site: Any) -> None:
    """The second lock: asked in SQL, without the door (R6)."""
    Holdings.announced(asker(slug, site))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sharing_transfer_files_made(%s)", [[transfer.pk]])
    with as_batch():
        assert Transfer.objects.get(pk=transfer.pk).file_sent_at is None


@pytest.mark.parametrize("how", ["waits", "called off"])
def test_nor_does_it_say_that_a_file_was_made_where_none_may_be(how: str) -> None:
    """R6, R8: the door asks for no such file, and by SQL alone none is said to have been made."""
    row = asserted() if how == "waits" else leaving()
    if how == "called off":
        with as_batch():
            Transfer.objects.filter(pk=row.pk).update(cancelled_at=timezone.now())
    Holdings.announced(asker("head-beckside"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sharing_transfer_files_made(%s)", [[row.pk]])
    with as_batch():
        assert Transfer.objects.get(pk=row.pk).file_sent_at is None


def test_nor_does_it_say_that_a_file_was_made_of_a_record_that_is_seen_no_more() -> None:
    """R8: what was never sent stays owed."""
    before = factories.pupil(BECKSIDE)
    gone = LONG_AGO + timedelta(days=300)
    stay = factories.enrolment(before, LONG_AGO, gone, file_until=gone)
    row = agreed(factories.pupil(RAVENSGILL), before, LONG_AGO)
    Holdings.announced(asker("head-beckside"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sharing_transfer_files_made(%s)", [[row.pk]])
        cursor.execute("SELECT sharing_leaver_file_made(%s)", [before.pk])
    with as_batch():
        assert Transfer.objects.get(pk=row.pk).file_sent_at is None
        assert Enrolment.objects.get(pk=stay.pk).file_made_on is None


def test_a_name_with_a_control_character_makes_a_file_too(tmp_path: Path) -> None:
    """A table of COLLECT may hold one; XML may not, and the child's file could not be made at all."""
    content = client("head-beckside").post(page(leaving(forename="Za\x0bra\x01"))).content
    assert [pupil.record["forename"] for pupil in read(content, tmp_path)] == ["Zara"]
