"""The story that `manage.py demo` tells after the seed: who is concerned reads it, and nobody else does."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import psycopg2
import pytest
from django.core import mail
from django.db import connection, connections
from django.utils import timezone

from access_register.breaches import reading, steps
from access_register.breaches.records import CasePage
from access_register.demo import cast_now, seed, story
from access_register.models import Breach, Duty, WaitingLetter
from access_register.register.rules import CannotChange
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel
from sharing.demo.cases import BY_SLUG
from sharing.demo.pupils import record_id
from sharing.ledger import proof
from sharing.models import Download, LedgerEntry, Pupil, Transfer, UnusualPattern
from sharing.records.ledger import LedgerFilter
from tests import databases
from tests.conftest import WORKER
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

BECKSIDE, RAVENSGILL, OXENBY, NETHERWICK = 999002, 999003, 999005, 999010
MANAGER, OFFICER = "officer-information", "officer-school-improvement"
UNDER_WAY = {"head-beckside", "head-holmeroyd", "manager-amberstone", "teacher-oxenby", "office-oxenby", MANAGER}
DECIDED = {"head-thornley-cross", "head-skelbrook", "officer-no-duty", "teacher-ravensgill", MANAGER}
TODAY = timezone.localdate()


@pytest.fixture(scope="module", autouse=True)
def letters(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Any]]:
    """A copy of the template in which the story has been told. The letters that went out meanwhile."""
    with django_db_blocker.unblock(), databases.copy(f"portal_{databases.RUN}_{WORKER}_story"):
        mail.outbox.clear()
        assert story.tell(TODAY) == ()
        yield list(mail.outbox)
        connections.close_all()


def rows_of_each_table() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a sum of all that stands in them, whatever the roles see."""
    params = connection.get_connection_params() | {"options": ""}
    params.pop("cursor_factory", None)
    with closing(psycopg2.connect(**params)) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*), md5(string_agg(row::text, '' ORDER BY row::text)) FROM \"{name}\" AS row")
            found[name] = cursor.fetchone()
        return found


def who(slug: str) -> Any:
    return asker(slug, EDUNET if slug.startswith("officer") else SCHOOLS_ONLINE)


def breach(state: str) -> int:
    with as_batch():
        return Breach.objects.get(state=state).pk


def case(state: str, slug: str) -> CasePage:
    return reading.show_breach(who(slug), breach(state))


def readers(state: str) -> set[str]:
    everybody = {member["slug"] for member in cast_now(TODAY)} - {"teacher-not-accepted", "officer-not-accepted"}
    found = set()
    for slug in everybody:
        try:
            case(state, slug)
        except NoSuchRecord:
            continue
        found.add(slug)
    return found


def test_told_twice_it_changes_nothing() -> None:
    """The demonstration is started again on the same database: not a row of any table is another."""
    before = rows_of_each_table()
    assert before["access_register_breach"][0] == 2
    seed(TODAY, pupils=databases.PUPILS)
    assert story.tell(TODAY) == ()
    assert rows_of_each_table() == before


def test_what_does_not_fit_any_more_is_left_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration starts whatever visitors have done; nothing is told by half."""

    def by_half(today: date) -> None:
        steps.report_breach(
            who("governor-beckside"), form_key=uuid.uuid4(), whose="unknown", about=None, categories=[], children="0",
            happened="Half of it.", whom="", happened_on=None, aware_at=timezone.now(), name_withheld=False,
        )  # fmt: skip
        raise CannotChange("Nobody is there any more.")

    before = rows_of_each_table()
    monkeypatch.setattr(story, "PARTS", {"the half": by_half})
    assert story.tell(TODAY) == ("the half",)
    assert rows_of_each_table() == before


def test_nobody_is_written_to(letters: list[Any]) -> None:
    """Of what is only told no letter goes out, and none waits."""
    assert letters == []
    with as_batch():
        assert not WaitingLetter.objects.exists()


def test_the_ledger_stays_whole() -> None:
    """R43: what the story does stands in it as anybody's doing, and the chain holds."""
    with as_batch():
        found = proof.check()
    assert found.faults == ()


def test_the_case_under_way_is_for_those_concerned() -> None:
    """P17, R41: the desk, the panel, who told of it, against whom it is held; nobody else at their schools."""
    assert readers("referred") == UNDER_WAY
    found = case("referred", "head-beckside")
    assert found.localities == ("Aireholme",)
    assert found.parties == ("Pauline Binns",)
    assert "vote" in found.may
    assert [vote.voted for vote in found.votes].count("Has not voted yet") == 2
    (evidence,) = found.evidence
    assert evidence.asked == f"Rows by those the case is against, on {TODAY:%-d %B %Y}"
    assert {row.who for row in evidence.rows} == {"Pauline Binns"}
    assert {row.urn for row in evidence.rows} == {OXENBY}
    assert [telling.late for telling in found.tellings] == [False]
    assert case("referred", "teacher-oxenby").evidence == ()
    assert case("referred", "office-oxenby").reported_by == ""


def test_the_head_on_the_panel_finds_the_case_on_her_home_page() -> None:
    """P17: and the heads who do not sit find none."""
    number = breach("referred")
    assert "1 case to vote on" in client("head-beckside").get("/").content.decode()
    assert f"/breaches/{number}/" in client("head-beckside").get("/breaches/").content.decode()
    assert "to vote on" not in client("head-oxenby").get("/").content.decode()
    assert client("head-oxenby").get(f"/breaches/{number}/").status_code == 404
    assert f"/breaches/{number}/" not in client("head-oxenby").get("/breaches/").content.decode()


def test_the_decided_case_is_a_story_of_weeks() -> None:
    """P17, A16: told of by the teacher, judged by another Locality than the other, with training; no appeal now."""
    assert readers("decided") == DECIDED
    found = case("decided", "teacher-ravensgill")
    assert (found.localities, found.outcome) == (("Beckdale",), "Training")
    days = [step.at for step in found.steps]
    assert days == sorted(days)
    assert TODAY - timezone.localdate(days[-1]) == timedelta(days=49)
    assert timezone.localdate(found.reported_at) == found.happened_on
    assert found.may == frozenset()
    assert [(sanction.state, sanction.starts_on) for sanction in found.sanctions] == [
        ("Given. The panel’s reasons say which training, and by when", TODAY - timedelta(days=49))
    ]
    (telling,) = case("decided", MANAGER).tellings
    assert telling.late is False


def test_at_the_desk_both_are_in_the_list() -> None:
    """P17: the newest first; an officer without a part in either sees none."""
    page = client(MANAGER, EDUNET).get("/breaches/").content.decode()
    assert page.index(f"/breaches/{breach('referred')}/") < page.index(f"/breaches/{breach('decided')}/")
    assert list(reading.list_breaches(who("officer-data")).page) == []


def test_casework_opens_two_children_at_two_schools_each_and_nothing_else() -> None:
    """R9: also outside the officer's Locality, where no list opens; to nobody else."""
    found = door.show_my_caseload(who(OFFICER))
    assert [line.child for line in found.cases] == ["Ashgill, Rowan", "Inglethorpe, Saffron"]
    assert [len(line.records) for line in found.cases] == [2, 2]
    browser = client(OFFICER, EDUNET)
    assert "Inglethorpe, Saffron" in browser.get("/caseload/").content.decode()
    child = record_id(NETHERWICK, BY_SLUG["guest"].upn)
    assert browser.get(f"/establishments/{NETHERWICK}/pupils/{child}/").status_code == 200
    assert browser.get(f"/establishments/{NETHERWICK}/pupils/").status_code == 403
    assert client("officer-no-duty", EDUNET).get(f"/establishments/{NETHERWICK}/pupils/{child}/").status_code == 403
    assert door.show_my_caseload(who("officer-no-duty")).cases == ()


def test_casework_is_no_duty_of_the_cast_for_an_establishment() -> None:
    """`manage.py cast` lists for an officer what they can see a whole establishment by."""
    (officer,) = [member for member in cast_now(TODAY) if member["slug"] == OFFICER]
    assert [len(duty["scope"]) for duty in officer["duties"]] == [5, 5]


def test_each_transfer_was_told_of_before_it_was_expected_and_answered() -> None:
    """R7: on different days of the last fortnight, and what is agreed or declined has its day after that."""
    with as_batch():
        rows = {row.surname: row for row in Transfer.objects.all()}
    told = {name: timezone.localdate(row.asserted_at) for name, row in rows.items()}
    assert len(set(told.values())) == len(told)
    for name, row in rows.items():
        answered = row.agreed_on or (row.declined_at and timezone.localdate(row.declined_at))
        assert told[name] < min(day for day in (answered, row.expected_on, TODAY) if day), name
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/transfers/").content.decode()
    assert f"on {TODAY - timedelta(days=2):%-d %B %Y}" in page
    assert client("teacher-ravensgill").get(f"/establishments/{BECKSIDE}/transfers/").status_code == 404


def test_the_head_sees_what_should_be_destroyed_and_what_was() -> None:
    """R14: the teacher's file is overdue, the coordinator's page is shredded; others' are nobody's business."""
    found = door.list_downloads_here(who("head-beckside"), BECKSIDE)
    assert (found.kept, found.overdue) == (2, 1)
    mine = door.list_my_downloads(who("teacher-beckside"))
    (line,) = mine.page
    assert mine.overdue == 1
    page = client("teacher-beckside").get(f"/my-downloads/{line.id}/")
    assert page.status_code == 200
    assert client("teacher-ravensgill").get(f"/my-downloads/{line.id}/").status_code == 404
    shredded = door.list_my_downloads(who("senco-beckside"))
    assert "Shredded" in client("senco-beckside").get("/my-downloads/").content.decode()
    assert shredded.overdue == 0
    with pytest.raises(NotAtYourLevel):
        door.list_downloads_here(who("teacher-beckside"), BECKSIDE)


def test_one_pattern_is_explained_and_one_waits() -> None:
    """R43, P17: for the head of the establishment alone."""
    found = door.list_patterns(who("head-beckside"), BECKSIDE)
    assert [line.is_settled for line in found.page] == [False, True]
    settled = door.show_pattern(who("head-beckside"), [line.id for line in found.page][1])
    assert (settled.settled_by, "bookmark" in settled.reason) == ("Ruth Oldroyd", True)
    with pytest.raises(NotAtYourLevel):
        door.list_patterns(who("deputy-beckside"), BECKSIDE)


@pytest.mark.parametrize(
    ("who_did", "action"),
    [
        ("teacher-beckside", "list_staff"),
        ("business-manager-beckside", "show_pupil"),
        ("head-ravensgill", "show_pupil"),
        ("officer-no-duty", "break_glass"),
    ],
)
def test_the_ledger_holds_what_a_pattern_counts(who_did: str, action: str) -> None:
    """R43, P17: on its day, where the page of the pattern leads to the ledger."""
    somebody = who(who_did).person_id
    with as_batch():
        pattern = UnusualPattern.objects.get(person_id=somebody)
    only = LedgerFilter(person=somebody, first=pattern.day, last=pattern.day)
    assert door.read_all_ledger(who(MANAGER), only=only).lines
    with as_batch():
        rows = LedgerEntry.objects.filter(person_id=somebody, action=action)
        assert {timezone.localdate(at) for at in rows.values_list("at", flat=True)} == {pattern.day}
        here = Pupil.objects.visible_on(TODAY).filter(establishment=pattern.establishment).count()
        assert rows.count() == (min(pattern.number, here) if action == "show_pupil" else pattern.number)


def test_a_broken_glass_was_explained_and_another_is_asked_about() -> None:
    """R18: the officer sees neither child any more; the information manager reads the one, and waits for the other."""
    mine = door.list_my_openings(who("officer-no-duty")).openings
    explained, other = sorted(mine, key=lambda one: one.manager_mark)
    assert (explained.is_open, other.is_open) == (False, False)
    assert [bool(one.explanations) for one in (explained, other)] == [True, False]
    assert other.asked_by == (who(MANAGER).name,)
    assert (
        "The ward needed consent"
        in client(MANAGER, EDUNET).get(f"/establishments/{BECKSIDE}/opened-records/").content.decode()
    )


def test_on_another_day_it_goes_on() -> None:
    """Started again tomorrow: nothing is told a second time, and transfers that moved were told of before they were
    answered."""
    tomorrow = TODAY + timedelta(days=1)
    seed(tomorrow, pupils=databases.PUPILS)
    assert story.tell(tomorrow) == ()
    with as_batch():
        assert (Breach.objects.count(), Download.objects.count()) == (2, 4)
        assert Duty.objects.filter(is_casework=True).count() == 1
        agreed = Transfer.objects.exclude(agreed_on=None)
        assert all(timezone.localdate(row.asserted_at) < row.agreed_on for row in agreed)
