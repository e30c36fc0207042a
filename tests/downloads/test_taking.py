"""R14, R15, R43: asking, collecting once, and what the line allows in each file."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from access_register import daily
from access_register.models import RegisterLine
from access_register.register import register
from access_register.register.register import Entry
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Permission, visit
from sharing.ctf.people import name_kept
from sharing.days import day_in_words
from sharing.downloads import keeping, making
from sharing.models import (
    Closing,
    Download,
    DownloadPiece,
    DownloadSecret,
    Enrolment,
    LedgerEntry,
    Pupil,
    StaffMember,
)
from tests.access_register.duties import teaches_too
from tests.downloads.reading import (
    BECKSIDE,
    CHOICE,
    GOVERNOR,
    HEAD,
    KIND_PAGE,
    NARROWED,
    TEACHER,
    asked_for,
    collected,
    passphrase_of,
    rows_of,
    sheets_in,
    taken,
)
from tests.factories import contact
from tests.failing import failing
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing.moves import agreed

pytestmark = pytest.mark.django_db


def row_of(number: int) -> Download:
    with as_batch():
        return Download.objects.get(pk=number)


def asked_ago(number: int, ago: timedelta) -> None:
    with as_batch():
        Download.objects.filter(pk=number).update(asked_at=timezone.now() - ago)


def a_pupil() -> Pupil:
    with as_batch():
        here = Pupil.objects.filter(establishment__urn=BECKSIDE, visible__covers=timezone.localdate())
        return here.filter(year_group="5").order_by("pk").first()


class TestAsking:
    def test_duties_come_first_and_are_agreed_to_once(self) -> None:
        """R15: shown each time; whoever has taken nothing away yet says that they know them."""
        browser, page = client(HEAD), f"{KIND_PAGE}/pupils/new/"
        assert "What you must do with it" in browser.get(page).content.decode()
        without = {name: words for name, words in CHOICE.items() if name != "knows_duties"}
        assert browser.post(page, without).status_code == 422
        assert browser.post(page, CHOICE).status_code == 302
        assert browser.post(page, without).status_code == 302
        assert "What you must do with it" in browser.get(page).content.decode()

    @pytest.mark.parametrize("missing", ["purpose", "form"])
    def test_without_a_purpose_there_is_no_file(self, missing: str) -> None:
        answer = client(HEAD).post(f"{KIND_PAGE}/pupils/new/", CHOICE | {missing: "nonsense"})
        assert answer.status_code == 422
        with as_batch():
            assert not Download.objects.exists()

    def test_the_purpose_says_how_long(self) -> None:
        number = asked_for(purpose="teaching")
        assert row_of(number).dispose_by == timezone.localdate() + timedelta(days=30)

    def test_one_makes_no_transfer_file_this_way(self) -> None:
        """The purpose of transfer files is not offered, nor is the kind."""
        assert client(HEAD).post(f"{KIND_PAGE}/pupils/new/", CHOICE | {"purpose": "transfer"}).status_code == 422
        assert client(HEAD).get(f"{KIND_PAGE}/transfer-file/new/").status_code == 404

    def test_the_ledger_says_whose_records_left_for_what(self) -> None:
        """R43."""
        number = asked_for(query="?year_group=5")
        with as_batch():
            about = LedgerEntry.objects.get(action="ask_for_download").about
            year_5 = Pupil.objects.filter(establishment__urn=BECKSIDE, visible__covers=timezone.localdate())
            assert set(about["pupils"]) == {
                str(pk) for pk in year_5.filter(year_group="5").values_list("pk", flat=True)
            }
        assert (about["download"], about["for"], about["rows"]) == (number, "correction", len(about["pupils"]))


class TestPassphraseAndFile:
    def test_a_file_that_is_ready_waits_on_the_home_page(self) -> None:
        """R14: until it is collected, or 24 hours have gone; nobody else is told of it."""
        number, waits = asked_for(), "1 download ready to collect"
        assert waits in client(HEAD).get("/").content.decode()
        assert waits not in client(TEACHER).get("/").content.decode()
        asked_ago(number, timedelta(hours=25))
        assert waits not in client(HEAD).get("/").content.decode()

    def test_no_second_click_takes_the_place_of_what_is_shown_once(self) -> None:
        """R14, R30: a browser shows the answer to the second, which has neither passphrase nor file."""
        page = client(HEAD).get(f"/my-downloads/{asked_for()}/").content.decode()
        buttons = re.findall(r"<button[^>]*>(?=Show the passphrase|Collect the file)", page)
        assert ['data-prevent-double-click="true"' in button for button in buttons] == [True, True]

    def test_the_passphrase_is_shown_once(self) -> None:
        number, browser = asked_for(), client(HEAD)
        assert door.show_download(asker(HEAD), number).has_passphrase
        words = passphrase_of(browser, number)
        assert len(words) == 19
        assert door.show_download(asker(HEAD), asked_for()).has_passphrase
        assert not door.show_download(asker(HEAD), number).has_passphrase
        again = browser.post(f"{KIND_PAGE}/pupils/{number}/passphrase/", follow=True).content.decode()
        assert "already been shown" in again
        assert words not in again
        assert words not in browser.get(f"/my-downloads/{number}/").content.decode()
        with as_batch():
            assert DownloadSecret.objects.get(pk=number).passphrase == ""

    def test_nothing_that_fails_loses_the_passphrase(self) -> None:
        """R14: without it nobody can open the file, and it is not shown again."""
        number, browser = asked_for(), client(HEAD)
        browser.raise_request_exception = False
        with failing('SELECT "sharing_download"."id"'):
            assert browser.post(f"{KIND_PAGE}/pupils/{number}/passphrase/").status_code == 500
        with failing("SELECT %s AS"):
            assert browser.post(f"{KIND_PAGE}/pupils/{number}/passphrase/").status_code == 500
        assert len(passphrase_of(browser, number)) == 19

    def test_the_file_is_collected_once_and_is_gone(self) -> None:
        """The service keeps no copy; the passphrase can be had afterwards too."""
        number, browser = asked_for(), client(HEAD)
        answer = browser.post(f"{KIND_PAGE}/pupils/{number}/file/")
        assert answer["Content-Disposition"] == f'attachment; filename="D-{number}-pupils.xlsx"'
        assert "no-store" in answer["Cache-Control"]
        with as_batch():
            assert not DownloadPiece.objects.exists()
        assert row_of(number).state == "collected"
        assert browser.post(f"{KIND_PAGE}/pupils/{number}/file/")["location"] == f"/my-downloads/{number}/"
        assert "Pupils" in sheets_in(answer.content, passphrase_of(browser, number))

    def test_it_lies_here_encrypted(self) -> None:
        number = asked_for()
        with as_batch():
            sealed = bytes(DownloadPiece.objects.get(of=number, number=0).sealed)
        assert bytes.fromhex("d0cf11e0a1b11ae1") not in sealed

    def test_nobody_else_has_it(self) -> None:
        """A colleague with the same level, and the head: 404, file, passphrase and page."""
        number = asked_for(TEACHER)
        for slug in (HEAD, NARROWED):
            browser = client(slug)
            assert browser.get(f"/my-downloads/{number}/").status_code == 404
            assert browser.post(f"{KIND_PAGE}/pupils/{number}/file/").status_code == 404
            assert browser.post(f"{KIND_PAGE}/pupils/{number}/passphrase/").status_code == 404
        assert row_of(number).state == "ready"

    def test_it_waits_for_24_hours(self) -> None:
        """R14: as the page says; also past midnight. After them the door refuses, before the worker has come by."""
        first, second = asked_for(), asked_for(purpose="trip")
        asked_ago(first, keeping.LASTS - timedelta(minutes=1))
        asked_ago(second, keeping.LASTS + timedelta(seconds=1))
        until = timezone.localtime(row_of(first).asked_at + keeping.LASTS)
        page = client(HEAD).get(f"/my-downloads/{first}/").content.decode()
        assert f"Collect the file by {until:%-d %B %Y, %H:%M}, 24 hours after you asked for it." in page
        assert collected(HEAD, first)
        with pytest.raises(door.NotHereAnyMore):
            collected(HEAD, second)
        with as_batch():
            assert not DownloadPiece.objects.exists()
            assert keeping.lapse() == 0
        assert row_of(second).state == "lapsed"

    def test_the_night_deletes_it_where_no_worker_has_come_by(self) -> None:
        """R14: no file outlives its day by more than a night."""
        number = asked_for()
        asked_ago(number, keeping.LASTS + timedelta(seconds=1))
        daily.run(timezone.localdate())
        with as_batch():
            assert not DownloadPiece.objects.exists()
        assert row_of(number).state == "lapsed"

    def test_no_passphrase_is_shown_after_24_hours(self) -> None:
        """R14: the page says that the file is gone, before and after the worker has come by; none says it was shown."""
        browser = client(HEAD)
        for is_swept in (False, True):
            number = asked_for()
            asked_ago(number, keeping.LASTS + timedelta(seconds=1))
            if is_swept:
                with as_batch():
                    assert keeping.lapse() > 0
            page = browser.get(f"/my-downloads/{number}/").content.decode()
            assert "Its passphrase can no longer be shown" in page
            assert "Show the passphrase" not in page
            assert "Collect the file" not in page
            late = browser.post(f"{KIND_PAGE}/pupils/{number}/passphrase/", follow=True).content.decode()
            assert "The file is no longer here, and its passphrase can no longer be shown" in late
            assert "already been shown" not in late

    def test_collected_while_the_worker_comes_by(self) -> None:
        """R14: the worker leaves a row that somebody holds, and takes its passphrase: the page says so, no fault."""
        number = asked_for()
        with as_batch():
            DownloadSecret.objects.filter(pk=number).delete()
        answer = client(HEAD).post(f"{KIND_PAGE}/pupils/{number}/file/", follow=True)
        assert "This file is no longer here" in answer.content.decode()
        assert row_of(number).state == "lapsed"

    def test_what_nobody_collects_is_deleted_between_the_workers_jobs(self) -> None:
        """R14: not a minute early, and no passphrase stays."""
        kept, late = asked_for(), asked_for(purpose="trip")
        asked_ago(kept, keeping.LASTS - timedelta(minutes=1))
        asked_ago(late, keeping.LASTS + timedelta(seconds=1))
        assert not making.do_next()
        with as_batch():
            assert {piece.of_id for piece in DownloadPiece.objects.all()} == {kept}
            assert [secret.pk for secret in DownloadSecret.objects.all()] == [kept]
        assert (row_of(kept).state, row_of(late).state) == ("ready", "lapsed")

    @pytest.mark.parametrize("kind", ["staff", "member"])
    def test_a_member_of_staff_who_left_in_the_night_is_in_no_file(self, kind: str) -> None:
        """R5, R33, R44: who is in post goes by the day, and a file may wait past midnight."""
        member = door.list_staff(asker(HEAD), BECKSIDE).page.rows[0].id
        number = door.ask_for_download(
            asker(HEAD), BECKSIDE, kind, {"member": str(member)}, purpose="review", form="xlsx"
        )
        with as_batch():
            StaffMember.objects.filter(pk=member).update(ends_on=timezone.localdate() - timedelta(days=1))
        with pytest.raises(door.NotHereAnyMore):
            door.collect_download(asker(HEAD), BECKSIDE, kind, number)
        assert row_of(number).state == "lapsed"

    @pytest.mark.parametrize(
        "narrowed", [{"year_groups": ["5"], "withheld": []}, {"year_groups": [], "withheld": ["sen"]}]
    )
    def test_access_that_ended_or_was_narrowed_in_the_meantime(self, narrowed: dict[str, list[str]]) -> None:
        """R35, R44: the next request."""
        first, second = asked_for(TEACHER), asked_for(TEACHER)
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE)
        register.narrow_access(asker(HEAD), BECKSIDE, line.pk, version=line.version, **narrowed)
        with pytest.raises(door.NotHereAnyMore):
            collected(TEACHER, first)
        register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="Gone")
        with pytest.raises(NotYourEstablishment):
            collected(TEACHER, second)
        assert client(TEACHER).get(f"/my-downloads/{second}/").status_code == 200

    def test_a_page_promises_no_file_to_whose_access_does_not_open_it_today(self) -> None:
        """R44: no button that leads nowhere, until the access is back; and the page says so, with the last moment."""
        number, browser = asked_for(TEACHER), client(TEACHER)
        buttons = ("Show the passphrase", "Collect the file (")
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE)
        register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="Away")
        shown = browser.get(f"/my-downloads/{number}/").content.decode()
        assert [button in shown for button in buttons] == [False, False]
        assert "You cannot collect the file now, because your access today does not open these records." in shown
        assert "This page is for people who may" not in shown
        register.resume_access(asker(HEAD), BECKSIDE, line.pk)
        shown = browser.get(f"/my-downloads/{number}/").content.decode()
        assert [button in shown for button in buttons] == [True, True]
        assert "You cannot collect the file now" not in shown

    @pytest.mark.parametrize("by", ["closed", "gone"])
    def test_a_child_who_may_not_be_seen_any_more_is_in_no_file(self, by: str) -> None:
        """R5, R18, R44: a file made in the morning is not given out with a child closed, or moved on, since."""
        child = a_pupil()
        whole, other = asked_for(), asked_for(query="?year_group=1")
        with as_batch():
            now = timezone.now() - timedelta(minutes=5)
            if by == "gone":
                Enrolment.objects.filter(pupil=child).update(ends_on=now - timedelta(days=1))
            else:
                Closing.objects.create(
                    child_id=child.child_id, authoriser="Director", basis="court", reason="An order.", starts_at=now,
                    ends_at=now + timedelta(days=9), asked_by_id=1, asked_by_name="Test", agreed_at=now,
                )  # fmt: skip
        with pytest.raises(door.NotHereAnyMore):
            collected(HEAD, whole)
        assert row_of(whole).state == "lapsed"
        assert collected(HEAD, other)


class TestContents:
    def test_the_list_is_that_of_the_page(self) -> None:
        """R6: the filtered pupils, all of them, in the columns that the page shows."""
        headings, *rows = rows_of(taken(query="?year_group=5&sex=F")["Pupils"])
        found = door.list_pupils(asker(HEAD), BECKSIDE, only=door.PupilFilter(year_group="5", sex="F"))
        assert headings[3:] == tuple(column.heading for column in found.shown)
        assert [row[:2] for row in rows] == [(pupil.surname, pupil.forename) for pupil in found.page]
        assert len(rows) == found.page.total

    @pytest.mark.parametrize(
        ("asked", "title", "notes"),
        [
            (
                {"class_name": "4A", "named": "Zz"},
                "Class list",
                ("Only those whose name matches a search", "Class: 4A"),
            ),
            ({"sex": "F"}, "Pupils", ("Sex: Female",)),
            ({}, "Pupils", ()),
        ],
    )
    def test_a_list_says_what_it_is_of_and_no_name_that_was_searched_for(
        self, asked: dict[str, str], title: str, notes: tuple[str, ...]
    ) -> None:
        """R6, R13."""
        paper = door.print_records(asker(HEAD), BECKSIDE, "pupils", asked, purpose="review")
        own, told = paper.notes[: len(notes)], paper.notes[len(notes) :]
        assert (paper.marking.title, own) == (title, notes)
        assert all("ource" in note for note in told)

    @pytest.mark.parametrize("kind", ["pupils", "staff"])
    def test_a_list_says_where_it_comes_from(self, kind: str) -> None:
        """R31: as its page does, which nobody has beside the file."""
        page = door.list_pupils(asker(HEAD), BECKSIDE) if kind == "pupils" else door.list_staff(asker(HEAD), BECKSIDE)
        paper = door.print_records(asker(HEAD), BECKSIDE, kind, {}, purpose="review")
        assert page.as_of
        assert f"Source: {page.source}, as of {day_in_words(page.as_of)}" in paper.notes

    def test_a_narrowed_line_takes_its_year_groups_and_no_withheld_kind(self) -> None:
        """R35: for each kind of file that has pupils in it."""
        with as_batch():
            line = RegisterLine.objects.get(person=person(NARROWED), establishment__urn=BECKSIDE)
        assert line.year_groups or line.withheld
        found = door.list_pupils(asker(NARROWED), BECKSIDE)
        headings, *rows = rows_of(taken(NARROWED)["Pupils"])
        assert len(rows) == found.page.total < door.list_pupils(asker(HEAD), BECKSIDE).page.total
        assert headings[3:] == tuple(column.heading for column in found.shown)

    @pytest.mark.parametrize(
        ("kind", "sheet"),
        [
            ("sen", "Special educational needs"),
            ("attendance", "Attendance"),
            ("attainment", "Attainment"),
            ("suspensions", "Suspensions and exclusions"),
            ("contact", "Contact details"),
        ],
    )
    def test_a_withheld_kind_is_in_no_record(self, kind: str, sheet: str) -> None:
        pupil = a_pupil()
        query = f"?pupil={pupil.pk}"
        assert sheet in taken(TEACHER, "pupil", query)
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE)
        register.narrow_access(asker(HEAD), BECKSIDE, line.pk, year_groups=[], withheld=[kind], version=line.version)
        assert sheet not in taken(TEACHER, "pupil", query)

    def test_a_record_holds_what_the_page_says(self) -> None:
        pupil = a_pupil()
        facts = dict(rows_of(taken(TEACHER, "pupil", f"?pupil={pupil.pk}")["Record"]))
        assert facts["Unique pupil number (UPN)"] == pupil.upn
        assert facts["Surname"] == pupil.surname
        assert facts["Date of birth"].date() == pupil.born_on

    def test_days_of_a_list_are_days_in_the_workbook(self) -> None:
        """R6: a data team sorts it by date of birth."""
        headings, *rows = rows_of(taken()["Pupils"])
        born = [row[headings.index("Date of birth")] for row in rows]
        assert born
        assert all(isinstance(day, datetime) for day in born)

    def test_the_name_of_a_contact_is_on_one_line(self) -> None:
        """R14: it is held on three, which Excel shows as MrsAnnBell."""
        pupil = a_pupil()
        contact(pupil, name_kept("Mrs", "Ann", "Bell"), order=8)
        contact(pupil, name_kept("", "Jo", "Bell"), order=9)
        names = [row[1] for row in rows_of(taken(TEACHER, "pupil", f"?pupil={pupil.pk}")["Contact details"])]
        assert {"Mrs Ann Bell", "Jo Bell"} <= set(names)

    @pytest.mark.parametrize("kind", ["staff", "moves", "register"])
    def test_other_kinds(self, kind: str) -> None:
        for sheet in taken(HEAD, kind).values():
            assert len(rows_of(sheet)) >= 1

    def test_the_record_of_a_member_of_staff(self) -> None:
        """R33: from their page, as the page says it; not of somebody who is not in post here, and for Level 1 alone."""
        member = door.show_member(asker(HEAD), BECKSIDE, door.list_staff(asker(HEAD), BECKSIDE).page.rows[0].id).member
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/staff/{member.id}/").content.decode()
        assert f"/downloads/member/new/?member={member.id}" in page
        assert client(HEAD).get(f"{KIND_PAGE}/member/new/?member={member.id}").status_code == 200
        sheets = taken(HEAD, "member", f"?member={member.id}")
        assert list(sheets) == ["Record", "Contracts", "Absences"]
        facts = dict(row[:2] for row in rows_of(sheets["Record"])[1:])
        assert (facts["Surname"], facts["Date of birth"].date()) == (member.surname, member.born_on)
        assert client(HEAD).get(f"{KIND_PAGE}/member/new/?member={a_pupil().pk}").status_code == 404
        assert client(TEACHER).get(f"{KIND_PAGE}/member/new/?member={member.id}").status_code == 403

    @pytest.mark.parametrize(
        ("facts", "contract", "told"),
        [
            ({"has_qts": True}, {"pay": "41000.00", "fte_hours": 35}, ("Yes", "32.5 of 35", "£41,000 a year")),
            ({"has_qts": False}, {"pay": "150.50", "paid_daily": True}, ("No", "32.5", "£150.50 a day")),
            ({"has_qts": None}, {"hours": None, "fte_hours": 35}, ("Not recorded", "Not recorded", "Not recorded")),
        ],
    )
    def test_what_a_member_has_has_not_and_what_nobody_knows(self, facts: dict, contract: dict, told: tuple) -> None:
        """R33: three answers, and pay by the day is not said to be a year's."""
        with as_batch():
            member = StaffMember.objects.filter(establishment__urn=BECKSIDE, ends_on=None).first()
            StaffMember.objects.filter(pk=member.pk).update(**facts)
            member.contracts.all().delete()
            usual = {"establishment": member.establishment, "kind": "PRM", "post": "TCH", "starts_on": member.starts_on}
            member.contracts.create(**usual | {"hours": "32.5", "fte_hours": None, "pay": None} | contract)
        sheets = taken(HEAD, "member", f"?member={member.pk}")
        (row,) = rows_of(sheets["Contracts"])[1:]
        record = dict(line[:2] for line in rows_of(sheets["Record"])[1:])
        assert (record["Qualified teacher status"], row[4], row[7]) == told
        assert row[3] == "No end date"

    def test_a_finding(self) -> None:
        groups = door.show_quality(asker(HEAD), BECKSIDE).groups
        found = next(one for group in groups for one in group.findings if one.whose == "pupils")
        headings, *rows = rows_of(taken(HEAD, "finding", f"?finding={found.key}")["Found"])
        assert headings[2:] == ("Year group", "Date of birth", "From", "As of")
        assert len(rows) == found.number > 0
        assert all(row[5] for row in rows)

    @pytest.mark.parametrize(("kind", "slug"), [("staff", TEACHER), ("register", TEACHER), ("pupils", GOVERNOR)])
    def test_a_level_too_low(self, kind: str, slug: str) -> None:
        """R33."""
        with pytest.raises(NotAtYourLevel):
            door.ask_for_download(asker(slug), BECKSIDE, kind, {}, purpose="review", form="xlsx")

    @pytest.mark.parametrize("query", ["", "?pupil=nonsense", "?pupil=00000000-0000-0000-0000-000000000000"])
    def test_a_child_who_is_not_there(self, query: str) -> None:
        """R6: 404."""
        assert client(HEAD).get(f"{KIND_PAGE}/pupil/new/{query}").status_code == 404

    def test_formulas_typed_into_the_register(self) -> None:
        """A name somebody typed is text, whatever it begins with."""
        typed = "=HYPERLINK(1)"
        entry = Entry(register.Level.TWO, "teacher", "heads_reason", typed, confirmed=True)
        register.give_access(asker(HEAD), BECKSIDE, name=typed, email="formula@beckside.example", entry=entry)
        cells = [cell for row in taken(HEAD, "register")["Access Register"].iter_rows() for cell in row]
        found = [cell for cell in cells if cell.value == typed]
        assert len(found) == 2
        assert {cell.data_type for cell in found} == {"s"}


class TestPaper:
    def test_a_page_to_print_is_recorded_and_marked(self) -> None:
        """R15, R43: from the moment it is shown it is in the person's hands. Printed again at once, it is the same."""
        browser, form = client(HEAD), CHOICE | {"form": "paper"}
        page = browser.post(f"{KIND_PAGE}/pupils/new/?year_group=5", form).content.decode()
        browser.post(f"{KIND_PAGE}/pupils/new/?year_group=5", form)
        with as_batch():
            row = Download.objects.get()
            first, again = [one.about for one in LedgerEntry.objects.filter(action="print_records").order_by("pk")]
        assert (row.state, row.form) == ("collected", "paper")
        assert first["download"] == row.pk
        assert again == first | {"asked_before": True} != first
        assert "OFFICIAL-SENSITIVE" in page
        assert f"Download D-{row.pk}. Destroy by" in page
        assert page.count("<tr") == row.rows + 1

    def test_what_is_printed_after_the_first_is_destroyed_has_to_be_destroyed_too(self) -> None:
        """R14: also within the minute in which a double click is one printing."""
        pages = [door.print_records(asker(HEAD), BECKSIDE, "pupils", {}, purpose="review").marking.id for _ in range(2)]
        door.confirm_disposal(asker(HEAD), pages[0], how="shredded")
        third = door.print_records(asker(HEAD), BECKSIDE, "pupils", {}, purpose="review").marking.id
        assert (pages[0] == pages[1], third == pages[0]) == (True, False)
        assert row_of(third).disposed_at is None

    def test_a_transfer_file_is_recorded_too(self) -> None:
        transfer = agreed()
        door.make_transfer_file(asker(HEAD), BECKSIDE, transfer.pk)
        with as_batch():
            row = Download.objects.get()
        assert (row.kind, row.form, row.state, row.rows) == ("transfer-file", "xml", "collected", 1)
        assert row.dispose_by == timezone.localdate() + timedelta(days=14)


def test_an_officer_takes_away_under_a_duty() -> None:
    """R9: on EduNet, by duty; the head does not see an officer's row."""
    officer = asker("officer-school-improvement", EDUNET)
    number = door.ask_for_download(officer, BECKSIDE, "pupils", {"year_group": "5"}, purpose="review", form="xlsx")
    assert door.collect_download(officer, BECKSIDE, "pupils", number).content
    assert door.list_downloads_here(asker(HEAD), BECKSIDE).page.total == 0
    with pytest.raises(NoSuchRecord):
        door.show_download(asker(HEAD), number)


def test_what_is_asked_for_on_one_site_is_collected_on_that_site() -> None:
    """R14, R38: by an officer who teaches there besides. No page of the other site leads to what it refuses."""
    slug, waits = "officer-admissions", "1 download ready to collect"
    teaches_too(slug)
    number = door.ask_for_download(asker(slug, EDUNET), BECKSIDE, "pupils", {}, purpose="review", form="xlsx")
    school, authority = client(slug), client(slug, EDUNET)
    assert waits not in school.get("/").content.decode()
    assert "download ready to collect" in authority.get("/").content.decode()
    page = school.get(f"/my-downloads/{number}/").content.decode()
    assert "You asked for this on EduNet. Collect it there by" in page
    assert "Show the passphrase" not in page
    assert "Collect the file" not in page
    for what in ("passphrase", "file"):
        assert school.post(f"{KIND_PAGE}/pupils/{number}/{what}/").status_code == 404
    for through in (SCHOOLS_ONLINE, EDUNET):
        with visit(asker(slug, through), Permission.VIEW_PUPILS, action="test") as here:
            lets = [kept.objects.filter(of=number).exists() for kept in (DownloadPiece, DownloadSecret)]
            here.showed()
        assert lets == [through == EDUNET] * 2
    assert "Pupils" in sheets_in(
        door.collect_download(asker(slug, EDUNET), BECKSIDE, "pupils", number).content, passphrase_of(authority, number)
    )
