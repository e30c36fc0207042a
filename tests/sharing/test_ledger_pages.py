"""Who has seen our data: the pages of the ledger (R43)."""

import re
from contextlib import nullcontext
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from access_register.officers import officers
from access_register.register import register
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel
from sharing.ledger import ledger, proof, seals
from sharing.ledger.words import Kind, words_of
from sharing.models import LedgerEntry, Pupil, StaffMember
from sharing.records.ledger import LedgerFilter
from tests.access_register import duties
from tests.access_register.reviews import line_of
from tests.downloads.reading import asked_for, collected
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person, visitor

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, TEACHER, MANAGER, STAFF_OFFICER = "head-beckside", "teacher-beckside", "officer-information", "officer-data"


def seen(**only) -> list[tuple[str, str, str]]:
    """(who, what, outcome) on the head's page, without what the head did."""
    page = door.read_ledger(asker(HEAD), BECKSIDE, only=LedgerFilter(**only))
    mine = person(HEAD).pk
    return [(line.person, line.what, line.outcome) for line in page.lines if line.person_id != mine]


def some_child():
    with as_batch():
        return Pupil.objects.filter(establishment__urn=BECKSIDE).visible_on(timezone.localdate()).first()


def test_the_head_reads_who_saw_what_officers_and_refusals_too() -> None:
    """R43, P8."""
    door.list_pupils(asker(TEACHER), BECKSIDE)
    door.list_pupils(asker("officer-admissions", EDUNET), BECKSIDE)
    with pytest.raises(NotAtYourLevel):
        door.list_staff(asker(TEACHER), BECKSIDE)
    door.list_pupils(asker("head-ravensgill"), RAVENSGILL)
    teacher, officer = person(TEACHER).name, person("officer-admissions").name
    assert seen()[:3] == [
        (teacher, "List of staff", "Refused"),
        (officer, "List of pupils", "Seen"),
        (teacher, "List of pupils", "Seen"),
    ]
    line = door.read_ledger(asker(HEAD), BECKSIDE).lines[2]
    assert line.site == "EduNet"
    assert line.how_many.endswith(" pupils")
    assert line.purpose.startswith("Recorded duty until")


def test_each_row_says_where_whom_and_how_many_and_leads_to_whose_records() -> None:
    """R43: a refusal is marked, and shown nothing; only a row with somebody's record has a list of whose."""
    door.list_pupils(asker("officer-admissions", EDUNET), BECKSIDE)
    with pytest.raises(NotAtYourLevel):
        door.list_staff(asker(TEACHER), BECKSIDE)
    register.suspend_access(asker(HEAD), BECKSIDE, line_of("governor-beckside").pk, because="")
    page = html.fromstring(client(HEAD).get(f"/establishments/{BECKSIDE}/ledger/").content)
    suspended, refused, listed = page.xpath("//table//tbody/tr")[:3]
    told = [" ".join(row.text_content().split()) for row in (suspended, refused, listed)]
    assert f": {person('governor-beckside').name}" in told[0]
    assert "EduNet" in told[2]
    assert "EduNet" not in told[1]
    assert re.search(r"List of pupils: \d+ pupils", told[2])
    marks = [bool(row.xpath(".//strong[contains(@class, 'govuk-tag--red')]")) for row in (suspended, refused, listed)]
    assert marks == [False, True, False]
    leads = [bool(row.xpath(".//a[contains(@href, '?row=')]")) for row in (suspended, refused, listed)]
    assert leads == [False, False, True]
    assert not page.xpath("//table//a[starts-with(text(), 'URN')]")


def test_the_rows_of_one_person_are_said_to_be_theirs_and_the_way_back_is_there() -> None:
    """R43."""
    door.list_pupils(asker(TEACHER), BECKSIDE)
    address, said = f"/establishments/{BECKSIDE}/ledger/", "You see only the rows of <strong>"
    assert said not in client(HEAD).get(address).text
    theirs = client(HEAD).get(f"{address}?person={person(TEACHER).pk}").text
    assert f"{said}{person(TEACHER).name}</strong>" in theirs
    assert f'name="person" value="{person(TEACHER).pk}"' in theirs


def test_a_file_that_was_gone_is_not_said_to_be_collected() -> None:
    """R43, P17: on the pages, and so where a row is evidence of a breach."""
    number = asked_for(TEACHER)
    collected(TEACHER, number)
    with pytest.raises(door.NotHereAnyMore):
        collected(TEACHER, number)
    told = [what for _, what, _ in seen()[:2]]
    assert told == ["Download collected: it was no longer there", "Download collected"]


def test_the_foot_says_whom_the_page_is_for_and_nothing_that_it_does_not_show() -> None:
    """R45: the ledger is opened by the right to keep the register, and is no register."""
    page = client(HEAD).get(f"/establishments/{BECKSIDE}/ledger/").content.decode()
    assert "This page is for people who may keep the Access Register." in page
    assert "This page shows" not in page


def test_filters_by_person_day_kind_and_outcome() -> None:
    door.list_pupils(asker(TEACHER), BECKSIDE)
    door.show_establishment(asker("governor-beckside"), BECKSIDE)
    with pytest.raises(NotAtYourLevel):
        door.list_pupils(asker("governor-beckside"), BECKSIDE)
    today = timezone.localdate()
    governor = person("governor-beckside").name
    assert {who for who, *_ in seen(person=person(TEACHER).pk)} == {person(TEACHER).name}
    assert seen(refused=True) == [(governor, "List of pupils", "Refused")]
    assert seen(kind=Kind.FILE) == []
    assert len(seen(first=today, last=today)) == len(seen())
    assert seen(first=today + timedelta(days=1)) == seen(last=today - timedelta(days=1)) == []


def test_whoever_asks_leaves_their_own_looks_out_and_reads_officers_alone() -> None:
    """R43: fifty rows of the head's own looking stood before the one of an officer."""
    door.list_pupils(asker(TEACHER), BECKSIDE)
    door.list_pupils(asker("officer-admissions", EDUNET), BECKSIDE)
    ledger.write(None, action="chase_returns", outcome=LedgerEntry.Outcome.CHANGED, urn=BECKSIDE)
    browser, address = client(HEAD), f"/establishments/{BECKSIDE}/ledger/"
    browser.get(f"/establishments/{BECKSIDE}/")
    head, officer = person(HEAD).name, person("officer-admissions").name

    def people(who: str) -> set[str]:
        return {line.person for line in browser.get(address, {"who": who}).context["found"].lines}

    assert {head, officer, person(TEACHER).name} <= people("")
    assert people("others") == people("") - {head}
    assert "the service" in people("others")
    assert people("officers") == {officer}
    assert people("schools") & {officer, "the service"} == set()
    assert people("nobody's") == people("")
    page = browser.get(address, {"who": "officers"}).content.decode()
    assert '<option value="officers" selected>Officers</option>' in page
    assert "Filter (in use)" in page


def test_fifty_rows_a_page_and_none_twice() -> None:
    for _ in range(60):
        ledger.write(None, action="chase_returns", outcome=LedgerEntry.Outcome.CHANGED, urn=BECKSIDE)
    first = door.read_ledger(asker(HEAD), BECKSIDE)
    assert len(first.lines) == 50
    second = door.read_ledger(asker(HEAD), BECKSIDE, older_than=first.older_than)
    assert not {line.id for line in first.lines} & {line.id for line in second.lines}
    assert [line.id for line in second.lines] == sorted((line.id for line in second.lines), reverse=True)


@pytest.mark.parametrize(
    ("slug", "through", "page"),
    [(HEAD, SCHOOLS_ONLINE, f"/establishments/{BECKSIDE}/ledger/"), (MANAGER, EDUNET, "/ledger/")],
)
def test_a_page_looks_through_so_much_for_what_no_index_leads_to_and_says_so(monkeypatch, slug, through, page) -> None:
    """R43: of a ledger of years a page reads a bounded part. What is older is on the page that "Look further back"
    leads to, and nothing is left out in between."""
    for limit in ("LOOKED_THROUGH", "LOOKED_THROUGH_OF_ONE"):
        monkeypatch.setattr(f"sharing.door.ledger.{limit}", timedelta(days=3))
    age_by(days=30)
    for days in (8, 8, 1, 3, 4):
        ledger.write(None, action="chase_returns", outcome=LedgerEntry.Outcome.REFUSED, urn=BECKSIDE)
        age_by(days=days)
    browser, found, query = client(slug, through), [], "refused=yes&kind=service"
    while query:
        shown = browser.get(f"{page}?{query}")
        found.append([(timezone.now() - line.at).days for line in shown.context["found"].lines])
        query = next_of(shown)
        assert ("One page looks no further back than that" in shown.content.decode()) == bool(query)
    assert [days for days in found if days] == [[4], [7, 8], [16], [24]]


def test_it_reads_the_parts_of_that_time_alone() -> None:
    """R43: each month of the ledger is a table of its own, so what is older is not even opened."""
    with CaptureQueriesContext(connection) as asked:
        door.read_all_ledger(asker(MANAGER, EDUNET), only=LedgerFilter(refused=True))
    looks = [one["sql"] for one in asked.captured_queries if "'refused'" in one["sql"] and "LIMIT 51" in one["sql"]]
    assert len(looks) == 1
    assert '"sharing_ledgerentry"."at" >= ' in looks[0]


def age_by(*, days: int) -> None:
    """All that the ledger holds is so much older, as the owner alone could make it."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_ledgerentry_before DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE sharing_ledgerentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE sharing_ledgerentry SET at = at - make_interval(days => %s)", [days])
        cursor.execute("ALTER TABLE sharing_ledgerentry_before ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE sharing_ledgerentry ENABLE TRIGGER USER")


def next_of(page) -> str:
    """The query of the link to what is older, empty where there is none."""
    link = re.search(r'rel="next" href="\?([^"]*)"', page.content.decode())
    return unescape(link[1]) if link else ""


def test_who_opened_the_record_of_a_child() -> None:
    """The page, a search over several establishments and a file; a list does not count."""
    child = some_child()
    door.show_pupil(asker(TEACHER), BECKSIDE, child.pk)
    door.list_pupils(asker(TEACHER), BECKSIDE)
    searched = {"pupils": [child.pk], "of": 1}
    ledger.write(
        asker("officer-admissions", EDUNET), action="find_children", outcome=LedgerEntry.Outcome.SHOWN, about=searched
    )
    page = door.read_ledger_of_child(asker(HEAD), BECKSIDE, child.pk)
    assert [(one.person, one.what) for one in page.openings[:2]] == [
        (person("officer-admissions").name, "Search for a child"),
        (person(TEACHER).name, "Record of a child"),
    ]
    assert door.read_ledger_of_child(asker(HEAD), BECKSIDE, child.pk, older_than=page.openings[-1].id).openings == ()


def test_who_took_the_record_of_a_child_away() -> None:
    """R14, R43: a file of the child, or of several, and a page to print."""
    other = some_child()
    with as_batch():
        here = Pupil.objects.filter(establishment__urn=BECKSIDE).visible_on(timezone.localdate())
        child = here.exclude(pk=other.pk).first()
    asked = {"pupil": str(child.pk)}
    door.ask_for_download(asker(TEACHER), BECKSIDE, "pupil", asked, purpose="meeting", form="xlsx")
    door.print_records(asker(TEACHER), BECKSIDE, "pupils", {}, purpose="meeting")
    page = door.read_ledger_of_child(asker(HEAD), BECKSIDE, child.pk)
    assert [one.what for one in page.openings[:2]] == [words_of("print_records"), words_of("ask_for_download")]
    page = door.read_ledger_of_child(asker(HEAD), BECKSIDE, other.pk)
    assert [one.what for one in page.openings[:1]] == [words_of("print_records")]
    assert words_of("ask_for_download") not in {one.what for one in page.openings}


def test_who_opened_and_took_away_the_record_of_a_member_of_staff() -> None:
    """R43: the page, by an officer too, and a file of all staff; not the list, nor what was refused."""
    with as_batch():
        member, other = StaffMember.objects.filter(establishment__urn=BECKSIDE).in_post_on(timezone.localdate())[:2]
    door.show_member(asker(STAFF_OFFICER, EDUNET), BECKSIDE, member.pk)
    door.show_member(asker(HEAD), BECKSIDE, other.pk)
    door.list_staff(asker(HEAD), BECKSIDE)
    with pytest.raises(NotAtYourLevel):
        door.show_member(asker(TEACHER), BECKSIDE, member.pk)
    door.ask_for_download(asker(HEAD), BECKSIDE, "staff", {}, purpose="meeting", form="xlsx")
    page = door.read_ledger_of_member(asker(HEAD), BECKSIDE, member.pk)
    assert [(one.person, one.what) for one in page.openings] == [
        (person(HEAD).name, words_of("ask_for_download")),
        (person(STAFF_OFFICER).name, words_of("show_member")),
    ]
    assert door.read_ledger_of_member(asker(HEAD), BECKSIDE, member.pk, older_than=page.openings[-1].id).openings == ()


def test_the_record_of_a_member_of_staff_elsewhere_is_not_there() -> None:
    """R6: 404, and no row tells of it."""
    with as_batch():
        other = StaffMember.objects.filter(establishment__urn=RAVENSGILL).in_post_on(timezone.localdate())[0]
    with pytest.raises(NoSuchRecord):
        door.read_ledger_of_member(asker(HEAD), BECKSIDE, other.pk)


def test_the_record_of_a_child_elsewhere_is_not_there() -> None:
    """R6: 404, and no row tells of it."""
    with as_batch():
        other = Pupil.objects.filter(establishment__urn=RAVENSGILL).visible_on(timezone.localdate()).first()
    with pytest.raises(NoSuchRecord):
        door.read_ledger_of_child(asker(HEAD), BECKSIDE, other.pk)


def test_the_information_manager_reads_all() -> None:
    """On EduNet, what was at no establishment too; others are refused."""
    door.list_pupils(asker("head-ravensgill"), RAVENSGILL)
    door.list_establishments(asker(TEACHER))
    lines = door.read_all_ledger(asker(MANAGER, EDUNET)).lines
    assert [(line.what, line.urn) for line in lines[:2]] == [
        ("List of establishments", None),
        ("List of pupils", RAVENSGILL),
    ]
    for slug, through in (("officer-data", EDUNET), (HEAD, asker(HEAD).through)):
        with pytest.raises(NotAtYourLevel):
            door.read_all_ledger(asker(slug, through))


def test_all_of_the_ledger_leads_to_no_page_that_is_not_there() -> None:
    """Whose records a row is about can be read at an establishment only: here the number of them is no link."""
    door.list_pupils(asker("head-ravensgill"), RAVENSGILL)
    browser = client(MANAGER, EDUNET)
    rows = html.fromstring(browser.get("/ledger/").content).xpath("//main//table//tr")
    assert any(" pupils" in row.text_content() for row in rows)
    assert {
        browser.get(f"/ledger/{link}" if link[0] == "?" else link).status_code
        for row in rows
        for link in row.xpath(".//@href")
    } == {200}


def test_reading_the_ledger_is_in_the_ledger() -> None:
    door.read_ledger(asker(HEAD), BECKSIDE)
    with as_batch():
        row = LedgerEntry.objects.order_by("-id").first()
    assert (row.action, row.permission, row.urn) == ("read_ledger", "manage_register", BECKSIDE)


def test_nonsense_in_the_address_counts_as_nothing() -> None:
    browser = client(HEAD)
    for query in ("first=31/2/2026", "kind=nonsense", "person=me", "older_than=-1", "last=%00", "person=9" + "9" * 30):
        assert browser.get(f"/establishments/{BECKSIDE}/ledger/?{query}").status_code == 200


@pytest.mark.parametrize("day", ["31/12/9999", "1/1/0001", "9999-12-31"])
def test_so_does_a_day_before_or_after_which_none_can_be_counted(day: str) -> None:
    for browser, page in ((client(HEAD), f"/establishments/{BECKSIDE}/ledger/"), (client(MANAGER, EDUNET), "/ledger/")):
        assert browser.get(page, {"first": day, "last": day}).status_code == 200


def test_a_day_that_is_none_is_told_of_and_others_are_read_as_people_type_them() -> None:
    """R43: nobody takes the whole list for a narrowed one."""
    browser, address = client(HEAD), f"/establishments/{BECKSIDE}/ledger/"
    assert "is not a date" not in browser.get(f"{address}?first=&last=").content.decode()
    told = browser.get(f"{address}?first=31/2/2026&last=soon").content.decode()
    assert "“31/2/2026” is not a date, so the list leaves it out." in told
    assert "“soon” is not a date, so the list leaves it out." in told
    for typed in ("1/9/2026", "1-9-2026", "1.9.2026", "1 September 2026", "1 Sep 2026", " 2026-09-01 "):
        page = browser.get(address, {"first": typed}).content.decode()
        assert ('value="1/9/2026"' in page, "is not a date" in page) == (True, False), typed


def test_no_child_is_named_on_the_page_of_the_establishment() -> None:
    child = some_child()
    door.show_pupil(asker(TEACHER), BECKSIDE, child.pk)
    page = client(HEAD).get(f"/establishments/{BECKSIDE}/ledger/").content.decode()
    assert str(child.pk) not in page
    assert child.surname not in page


def test_how_the_ledger_is_sealed_is_open_to_anyone() -> None:
    """R37: and nobody is named."""
    with as_batch():
        head = seals.sign(timezone.now())
    browser = visitor()
    page = browser.get("/ledger/seal/")
    assert head.hash[:16] in page.content.decode()
    facts = browser.get("/ledger/seal/heads.json").json()
    assert facts["heads"][-1] == head.as_facts()
    assert facts["keys"][0]["id"] == head.key_id


class TestMonths:
    def test_a_month_has_a_part_of_its_own_made_once(self) -> None:
        day = timezone.localdate() + timedelta(days=70)
        with as_batch():
            assert len(list(ledger.make_months(day))) == 2
            assert list(ledger.make_months(day)) == []
            made = [*ledger.make_months(date(2090, 1, 31)), *ledger.make_months(date(2090, 12, 1))]
        months = [words.removeprefix("the ledger has a part for ") for words in made]
        assert months == ["January 2090", "February 2090", "December 2090", "January 2091"]
        nobody_changes(f"sharing_ledgerentry_{day:%Y_%m}")

    def test_rows_that_found_no_part_are_put_into_theirs(self) -> None:
        """`run_daily` failed for a month: the rows are in the part for that, and the chain stays whole."""
        day = timezone.localdate() + timedelta(days=70)
        door.list_pupils(asker(HEAD), BECKSIDE)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM sharing_ledgerentry")
            (last,) = cursor.fetchone()
            cursor.execute("ALTER TABLE sharing_ledgerentry_before DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE sharing_ledgerentry DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE sharing_ledgerentry SET at = '{day}' WHERE id = {last}")
            cursor.execute(
                "UPDATE sharing_ledgerentry AS entry SET hash = sharing_ledger_hash(entry) WHERE id = %s", [last]
            )
            assert part_of(cursor, last) == "sharing_ledgerentry_other"
        with as_batch():
            assert len(list(ledger.make_months(day))) == 2
            assert proof.check().is_whole
        with as_owner(), connection.cursor() as cursor:
            assert part_of(cursor, last) == f"sharing_ledgerentry_{day:%Y_%m}"
        nobody_changes("sharing_ledgerentry_other")


def nobody_changes(part: str) -> None:
    """R43: a part is reached through the whole alone, and not even its owner takes anything away."""
    for act in (as_batch, nullcontext):
        for change in (f"SELECT count(*) FROM {part}", f"INSERT INTO {part} (id) VALUES (1) RETURNING id"):
            with pytest.raises(Error, match="permission denied"), transaction.atomic(), act():
                rows(change)
    for change in (f"DELETE FROM {part}", f"TRUNCATE {part}"):
        with pytest.raises(Error, match="append-only"), transaction.atomic(), as_owner():
            rows(change)
    assert rows("SELECT relrowsecurity FROM pg_class WHERE relname = %s", part) == [(True,)]


def part_of(cursor, row: int) -> str:
    cursor.execute("SELECT tableoid::regclass::text FROM sharing_ledgerentry WHERE id = %s", [row])
    return cursor.fetchone()[0]


def test_a_row_says_whose_access_it_was_about() -> None:
    """R36, R43: the head reads to whom access was given; once the account is gone, its number is left."""
    register.withdraw_access(asker(HEAD), BECKSIDE, line_of(TEACHER).pk, because="")
    door.list_pupils(asker("deputy-beckside"), BECKSIDE)
    told = {one.what: one.whom for one in door.read_ledger(asker(HEAD), BECKSIDE).lines}
    assert told["Access of a person withdrawn"] == person(TEACHER).name
    assert told["List of pupils"] == ""
    page = client(HEAD).get(f"/establishments/{BECKSIDE}/ledger/").content.decode()
    assert f"Access of a person withdrawn: {person(TEACHER).name}" in unescape(page)
    about = {"person": 10**9}
    ledger.write(None, action="shut_account", outcome=LedgerEntry.Outcome.CHANGED, about=about)
    assert door.read_all_ledger(asker(MANAGER, EDUNET)).lines[0].whom == f"account {10**9}, since deleted"


def test_a_row_says_whose_duty_it_was_about() -> None:
    """R9, R43: of two officers that were recorded the same day, who was given which duty."""
    manager = asker(MANAGER, EDUNET)
    duty, officer = duties.give(), person(duties.FIONA).name
    officers.end_duty(manager, duty.appointment_id, duty.pk)
    told = {(one.what, one.whom) for one in door.read_all_ledger(manager).lines}
    assert {("Duty given to an officer", officer), ("Duty of an officer ended", officer)} <= told


def test_an_act_that_changed_nothing_is_not_said_to_be_seen() -> None:
    """R43: "Duty of an officer confirmed: seen" told of no look, and of no confirmation either."""
    manager, duty = asker(MANAGER, EDUNET), duties.give()
    officers.end_duty(manager, duty.appointment_id, duty.pk)
    officers.end_duty(manager, duty.appointment_id, duty.pk)
    officers.list_officers(manager)
    told = [(one.what, one.outcome) for one in door.read_all_ledger(manager).lines[:3]]
    assert told == [
        ("List of officers", "Seen"),
        ("Duty of an officer ended", "Nothing changed"),
        ("Duty of an officer ended", "Done"),
    ]
