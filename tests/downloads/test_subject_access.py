"""Subject access (R18, R14, R43): requests with a clock, and one encrypted record of a child and of who looked."""

import io
from datetime import date, timedelta
from typing import Any

import pikepdf
import pypdf
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from access_register.models import Person, RegisterLine
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, visit
from sharing.door import Exactly
from sharing.door import subject_access as asking
from sharing.door.subject_access import CannotRecord, NewSubjectRequest
from sharing.downloads import making, subject_answer
from sharing.downloads.subject_tables import TABLES
from sharing.models import (
    Closing,
    Download,
    DownloadSecret,
    Enrolment,
    HomeAddress,
    LedgerEntry,
    Pupil,
    SubjectRequest,
)
from tests.downloads.subjects import BECKSIDE, NOW, OF_SECRETS, TODAY, child, fill
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

RAVENSGILL = 999003
HEAD, DEPUTY, MANAGER = "head-beckside", "deputy-beckside", "officer-information"


def request_of(of: Pupil, slug: str = MANAGER, *, received_on: date = TODAY, requester: str = "Parent Askwith") -> int:
    named = Exactly(upn_key=of.upn_index)
    new = NewSubjectRequest(named, "parent", requester, "photo", received_on)
    return asking.record_subject_request(*who(slug), request=new)


def who(slug: str) -> tuple[Any, int | None]:
    return (asker(slug, EDUNET), None) if slug == MANAGER else (asker(slug), BECKSIDE)


def answer_to(of: Pupil, slug: str) -> tuple[str, bytes, str]:
    """What the PDF says once the worker has made it, the file, and its passphrase."""
    asks, urn = who(slug)
    number = asking.prepare_answer(asks, urn, request_of(of, slug))
    assert making.do_next()
    with as_batch():
        place = Download.objects.get(pk=number).establishment.urn
    words = door.show_passphrase(asks, place, "subject", number)
    with pytest.raises(door.NotHereAnyMore):
        door.show_passphrase(asks, place, "subject", number)
    content = door.collect_download(asks, place, "subject", number).content
    document = pypdf.PdfReader(io.BytesIO(content), password=words)
    return squeezed("".join(page.extract_text() for page in document.pages)), content, words


def squeezed(text: str) -> str:
    """Without spaces: a name may be broken where a column ends."""
    return "".join(text.split())


@pytest.mark.usefixtures("own_database")
def test_one_whole_record_and_who_looked() -> None:
    """R18, R14: marked facts of every table, past records too; nothing of another child, nothing barred."""
    here = child()
    past = child(
        RAVENSGILL, child=here.child, upn=here.upn, upn_index=here.upn_index, ends_on=TODAY - timedelta(days=30)
    )
    other = child(surname="Otherchild")
    fill(here, "Mka")
    with as_batch():
        HomeAddress.objects.create(
            pupil=past, establishment=past.establishment, address="Mkpaddress", postcode="", facts_index=""
        )
    fill(other, "Zqb")
    door.show_pupil(asker("teacher-beckside"), BECKSIDE, here.pk)
    door.show_pupil(asker(HEAD), BECKSIDE, other.pk)

    whole, content, words = answer_to(here, MANAGER)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(content), password=words[::-1])
    marks = ("source", "res", "address", "change", "from", "sender", "statement", "event", *OF_SECRETS)
    for mark in (
        *(f"Mka{'open' if mark in OF_SECRETS else ''}{mark}" for mark in marks),
        "Mkamerge",
    ):
        assert mark in whole, mark
    for table in TABLES:
        assert squeezed(table.title) in whole, table.title
    assert "Mkpaddress" in whole
    assert squeezed(person("teacher-beckside").name) in whole
    assert here.upn in whole
    assert squeezed("Everything that is held in records of one child, at every establishment.") in whole
    assert squeezed("Notes for visits, confidential items") in whole
    for hidden in ("Mkacontact", "Mkagroup", "Mkabarred", "Zqb", "Otherchild", "Askwith"):
        assert hidden not in whole, hidden

    of_school, _, _ = answer_to(here, HEAD)
    assert "Mkaaddress" in of_school
    assert squeezed("Everything that one establishment holds in records of one child.") in of_school
    for hidden in ("Mkpaddress", "Mkacontact", "Mkabarred", "Mkamerge", "Zqb", "Otherchild", "Askwith"):
        assert hidden not in of_school, hidden
    with as_batch():
        told = LedgerEntry.objects.filter(action="make_download", about__kind="subject").latest("id")
    assert told.person_name == person(HEAD).name
    assert told.about["pupils"] == [str(here.pk)]


@pytest.mark.django_db
def test_a_schools_answer_tells_of_every_look_that_its_own_pages_tell_of() -> None:
    """R18, R43: officers find the child in a search of many establishments, which is at none of them."""
    of = child()
    client("officer-admissions", EDUNET).post("/find/", {"named": of.surname, "search": "yes"}, follow=True)
    door.show_pupil(asker("teacher-beckside"), BECKSIDE, of.pk)
    told = {(one.person, one.what) for one in door.read_ledger_of_child(asker(HEAD), BECKSIDE, of.pk).openings}
    assert {what for _, what in told} == {"Search for a child", "Record of a child"}
    request = request_of(of, HEAD)
    with as_batch():
        scope = subject_answer.scope_of(SubjectRequest.objects.get(pk=request))
        looks = {(who, what) for _, who, _, _, what, _ in subject_answer._looks(scope, {})}
    assert told <= looks


@pytest.mark.django_db
class TestRequests:
    @pytest.mark.parametrize(
        ("received_on", "due_on", "put_off"),
        [
            (date(2025, 1, 31), date(2025, 2, 28), date(2025, 4, 30)),
            (date(2025, 10, 3), date(2025, 11, 3), date(2026, 1, 3)),
        ],
    )
    def test_a_month_and_two_more(self, received_on: date, due_on: date, put_off: date) -> None:
        """UK GDPR, Article 12(3). What is late already cannot be put off."""
        one = request_of(child(), received_on=received_on)
        page = asking.show_subject_request(*who(MANAGER), one)
        assert page.request.due_on == due_on
        assert page.request.may_extend == (due_on >= TODAY)
        late = {"step": "extended", "because": "Many records"}
        if due_on < TODAY:
            with pytest.raises(NoSuchRecord):
                asking.settle_subject_request(*who(MANAGER), one, **late)
        else:
            asking.settle_subject_request(*who(MANAGER), one, **late)
            assert asking.show_subject_request(*who(MANAGER), one).request.due_on == put_off

    @pytest.mark.parametrize(("days", "may"), [(0, True), (-1, False)])
    def test_it_is_put_off_on_its_last_day_and_not_after_it(self, days: int, may: bool) -> None:
        """R18; UK GDPR, Article 12(3): the page offers what the database accepts."""
        one = request_of(child(), received_on=TODAY - timedelta(days=31))
        with as_batch():
            SubjectRequest.objects.filter(pk=one).update(due_on=TODAY + timedelta(days=days))
        assert asking.show_subject_request(*who(MANAGER), one).request.may_extend is may

    def test_put_off_once_then_settled_once(self) -> None:
        """R18: two months with a reason; and what is settled has no answer made any more."""
        one = request_of(child())
        for step in ("extended", "refused"):
            with pytest.raises(NoSuchRecord):
                asking.settle_subject_request(*who(MANAGER), one, step=step)
        asking.settle_subject_request(*who(MANAGER), one, step="extended", because="Many records")
        for step in ("extended", "refused"):
            if step == "refused":
                asking.settle_subject_request(*who(MANAGER), one, step=step, because="Not theirs to ask")
            with pytest.raises(NoSuchRecord):
                asking.settle_subject_request(*who(MANAGER), one, step=step, because="Again")
        shown = asking.show_subject_request(*who(MANAGER), one).request
        assert (shown.extended_because, shown.refused_because) == ("Many records", "Not theirs to ask")
        with pytest.raises(NoSuchRecord):
            asking.prepare_answer(*who(MANAGER), one)

    def test_what_a_head_put_off_stays_so_when_it_is_recorded_again(self) -> None:
        """R18: the day and its reason, once the school has no head. What another asks, or asks later, has its month."""
        of, came = child(), TODAY - timedelta(days=40)
        one = request_of(of, HEAD, received_on=TODAY)
        asking.settle_subject_request(*who(HEAD), one, step="extended", because="Many records")
        put_off = came + timedelta(days=92)
        with as_batch():
            SubjectRequest.objects.filter(pk=one).update(received_on=came, due_on=put_off)
            RegisterLine.objects.filter(person=person(HEAD)).update(suspended_at=NOW)
        again = request_of(of, received_on=came)
        others = request_of(child(), received_on=came), request_of(of, received_on=came + timedelta(days=1))
        shown = [asking.show_subject_request(*who(MANAGER), each).request for each in (again, *others)]
        assert [each.due_on == put_off for each in shown] == [True, False, False]
        assert [each.days_left < 0 for each in shown] == [False, True, True]
        assert [each.extended_because for each in shown] == ["Many records", "", ""]
        assert [each.may_extend for each in shown] == [False] * 3
        page = client(MANAGER, EDUNET).get(f"/subject-access/{again}/").content.decode()
        assert "If it is refused, why?" in page
        assert "takes longer, why" not in page

    @pytest.mark.parametrize("slug", [HEAD, MANAGER])
    def test_one_that_is_sent_twice_is_on_record_once(self, slug: str) -> None:
        """R30: a double click. Of another child, by another requester or after the first is settled it is a new one."""
        of, other = child(), child()
        one = request_of(of, slug)
        assert request_of(of, slug) == one
        all_three = {one, request_of(other, slug), request_of(of, slug, requester="Grandfather Askwith")}
        assert len(all_three) == 3
        assert {asking.show_subject_request(*who(slug), each).request.id for each in all_three} == all_three
        with as_batch():
            assert SubjectRequest.objects.filter(child__in=(of.child_id, other.child_id)).count() == 3
        asking.settle_subject_request(*who(slug), one, step="answered")
        assert request_of(of, slug) != one

    def test_none_comes_tomorrow(self) -> None:
        with pytest.raises(asking.CannotRecord, match="must not be in the future"):
            request_of(child(), received_on=TODAY + timedelta(days=1))

    @pytest.mark.parametrize("slug", [HEAD, MANAGER])
    def test_an_answer_asked_for_twice_is_made_once(self, slug: str) -> None:
        """R14, R43: a double click. Once it is made, it may be asked for anew; of another request it is another one."""
        one, other = request_of(child(), slug), request_of(child(), slug)
        first = asking.prepare_answer(*who(slug), one)
        assert asking.prepare_answer(*who(slug), one) == first
        assert asking.prepare_answer(*who(slug), other) != first
        with as_batch():
            Download.objects.filter(pk=first).update(state=Download.State.READY)
            told = LedgerEntry.objects.filter(action="prepare_answer", about__download=first)
            assert list(told.order_by("id").values_list("outcome", flat=True)) == ["changed", "shown"]
        assert asking.prepare_answer(*who(slug), one) != first

    @pytest.mark.parametrize(
        ("slug", "site", "address"),
        [
            (HEAD, SCHOOLS_ONLINE, f"/establishments/{BECKSIDE}/subject-access/"),
            (MANAGER, EDUNET, "/subject-access/"),
        ],
    )
    def test_who_has_the_answer_is_led_back_to_the_request(self, slug: str, site: Any, address: str) -> None:
        """R18: it is due until somebody says that it was handed over."""
        made = asking.prepare_answer(*who(slug), request_of(child(), slug))
        with as_batch():
            Download.objects.filter(pk=made).update(state=Download.State.COLLECTED, collected_at=timezone.now())
        page = client(slug, site).get(f"/my-downloads/{made}/").content.decode()
        assert f'href="{address}">the request</a>' in page

    @pytest.mark.parametrize(
        ("slug", "site", "address"),
        [
            (HEAD, SCHOOLS_ONLINE, f"/establishments/{BECKSIDE}/subject-access/"),
            (MANAGER, EDUNET, "/subject-access/"),
        ],
    )
    def test_the_request_leads_to_its_answer(self, slug: str, site: Any, address: str) -> None:
        """R14, R18: to the newest of that request, while it is known which; after that to My downloads."""
        one, other = request_of(child(), slug), request_of(child(), slug)
        browser = client(slug, site)
        assert "You have asked for the answer" not in browser.get(f"{address}{one}/").text
        made = asking.prepare_answer(*who(slug), one)
        link = f'You have asked for the answer: <a class="govuk-link" href="/my-downloads/{made}/">D-{made}</a>'
        assert link in browser.get(f"{address}{one}/").text
        assert "You have asked for the answer" not in browser.get(f"{address}{other}/").text
        asking.settle_subject_request(*who(slug), one, step="answered")
        assert link in browser.get(f"{address}{one}/").text
        with as_batch():
            DownloadSecret.objects.filter(of=made).delete()
        page = browser.get(f"{address}{one}/").text
        assert "You have asked for the answer" not in page
        assert 'If you had an answer made, it is under <a class="govuk-link" href="/my-downloads/">' in page

    def test_a_head_only_for_a_child_of_theirs(self) -> None:
        """R5, R18: not one elsewhere, not one who has left, not one who is closed; the information manager all."""
        elsewhere = child(RAVENSGILL)
        left = child(ends_on=TODAY - timedelta(days=1))
        closed = child()
        kept = request_of(closed, HEAD)
        close(closed)
        for one in (elsewhere, left, closed):
            with pytest.raises(CannotRecord, match="There is no such child, or more than one"):
                request_of(one, HEAD)
            assert request_of(one)
        with pytest.raises(NoSuchRecord):
            asking.show_subject_request(*who(HEAD), kept)
        with pytest.raises(NoSuchRecord):
            asking.prepare_answer(*who(HEAD), kept)
        with pytest.raises(CannotRecord):
            asking.record_subject_request(
                *who(MANAGER), request=NewSubjectRequest(Exactly(upn_key="none"), "child", "x", "known", TODAY)
            )

    def test_no_date_of_birth_is_tried_out(self) -> None:
        """R6, R43: an information manager sees no pupils. A miss is in the ledger; ten end it here and at the glass."""
        of = child(surname="Rareton", forename="Only")
        officer = asker(MANAGER, EDUNET)

        def ask(named: Exactly) -> int:
            new = NewSubjectRequest(named, "parent", "Somebody", "photo", TODAY)
            return asking.record_subject_request(officer, None, request=new)

        for day in range(1, 11):
            with pytest.raises(CannotRecord, match="no such child"):
                ask(Exactly(None, "Only", "Rareton", date(1999, 1, day)))
        right = Exactly(None, "Only", "Rareton", of.born_on)
        with pytest.raises(CannotRecord, match="cannot search by name"):
            ask(right)
        with pytest.raises(door.TriedTooOften):
            door.count_exactly(officer, child=right)
        assert ask(Exactly(upn_key=of.upn_index))
        with as_batch():
            misses = LedgerEntry.objects.filter(action="record_subject_request", outcome="refused").order_by("pk")
            assert [row.about["why"] for row in misses] == [*["NotOneByName"] * 10, "NobodyByName"]

    @pytest.mark.parametrize("slug", [HEAD, MANAGER])
    @pytest.mark.parametrize("surname", ["", "-", "’"])
    def test_a_surname_without_letters_is_nobodys(self, slug: str, surname: str) -> None:
        """R6: most children have no preferred surname, and would be found by forename and birthday alone."""
        of = child(forename="Only", preferred_surname="")
        new = NewSubjectRequest(Exactly(None, "Only", surname, of.born_on), "parent", "Somebody", "photo", TODAY)
        with pytest.raises(CannotRecord, match="no such child"):
            asking.record_subject_request(*who(slug), request=new)

    @pytest.mark.parametrize("how", ["left", "closed"])
    def test_what_the_school_cannot_answer_any_more_is_the_information_managers(self, how: str) -> None:
        """R8, R18: the law's month goes on, so it is on their list and home page until it is settled."""
        of = child()
        number = request_of(of, HEAD)
        browser = client(MANAGER, EDUNET)
        assert asking.list_subject_requests(*who(MANAGER)).requests.rows == ()
        if how == "left":
            with as_batch():
                Enrolment.objects.filter(pupil=of).update(ends_on=TODAY - timedelta(days=1))
        else:
            close(of)
        assert asking.list_subject_requests(*who(HEAD)).requests.rows == ()
        (waits,) = asking.list_subject_requests(*who(MANAGER)).requests
        assert (waits.id, waits.is_left_behind) == (number, True)
        assert "<strong>1</strong> request for a child’s own records to answer" in browser.get("/").content.decode()
        assert "no longer sees the child" in browser.get("/subject-access/").content.decode()
        assert "Record the request" in browser.get(f"/subject-access/{number}/").content.decode()
        with pytest.raises(NoSuchRecord):
            asking.prepare_answer(*who(MANAGER), number)
        with pytest.raises(NotAtYourLevel):
            asking.list_subject_requests(asker("officer-data", EDUNET), None)
        asking.settle_subject_request(*who(MANAGER), number, step="answered")
        assert asking.list_subject_requests(*who(MANAGER)).requests.rows == ()

    @pytest.mark.parametrize("how", ["gone", "suspended line", "suspended person"])
    def test_where_nobody_is_head_it_is_the_information_managers_until_somebody_is(self, how: str) -> None:
        """R18: the day before the head is away it is not; nor what is settled."""
        of, head = child(), person(HEAD)
        number, settled = request_of(of, HEAD), request_of(of, HEAD, requester="Another")
        asking.settle_subject_request(*who(HEAD), settled, step="answered")
        line = RegisterLine.objects.filter(person=head, establishment__urn=BECKSIDE)

        def away(*, is_away: bool) -> None:
            since, with_it = TODAY - timedelta(days=1), timezone.now()
            with as_batch():
                if how == "gone":
                    line.update(ends_on=since if is_away else TODAY)
                elif how == "suspended line":
                    line.update(suspended_at=with_it if is_away else None)
                else:
                    Person.objects.filter(pk=head.pk).update(suspended_until=TODAY if is_away else since)

        away(is_away=False)
        assert asking.list_subject_requests(*who(MANAGER)).requests.rows == ()
        away(is_away=True)
        (waits,) = asking.list_subject_requests(*who(MANAGER)).requests
        assert (waits.id, waits.is_left_behind) == (number, True)
        assert "or has no head" in client(MANAGER, EDUNET).get("/subject-access/").content.decode()
        with pytest.raises(NotAtYourLevel):
            asking.list_subject_requests(asker("officer-data", EDUNET), None)
        away(is_away=False)
        assert asking.list_subject_requests(*who(MANAGER)).requests.rows == ()

    def test_it_waits_on_the_home_page_of_who_answers_it_until_it_is_settled(self) -> None:
        """R18: with the day on which it is due; the head and the information manager each read of their own."""
        of, late = child(), TODAY - timedelta(days=60)
        at_school, of_all = request_of(of, HEAD), request_of(of, received_on=late)
        school, council = client(HEAD), client(MANAGER, EDUNET)
        due = asking.list_subject_requests(*who(HEAD)).requests.rows[0].due_on
        words = "1 request for a child’s own records to answer, the first due by"
        assert f"{words} {due.day} {due:%B %Y}" in school.get("/").content.decode()
        page = council.get("/").content.decode()
        assert "<strong>1</strong> request for a child’s own records to answer" in page
        assert "<strong>1</strong> request for a child’s own records is late" in page
        for slug in (DEPUTY, "head-ravensgill"):
            assert "own records to answer" not in client(slug).get("/").content.decode()
        assert "own records" not in client("officer-data", EDUNET).get("/").content.decode()
        asking.settle_subject_request(*who(HEAD), at_school, step="answered")
        asking.settle_subject_request(*who(MANAGER), of_all, step="refused", because="Not theirs to ask")
        assert words not in school.get("/").content.decode()
        assert "<strong>1</strong> request for" not in council.get("/").content.decode()

    def test_nobody_else_records_reads_or_has_it_made(self) -> None:
        """R18: not the named staff beside the head, no other officer, no other head; the answer is the recorder's."""
        of = child()
        one = request_of(of, HEAD)
        with pytest.raises(NotAtYourLevel):
            request_of(of, DEPUTY)
        for slug, through in ((DEPUTY, SCHOOLS_ONLINE), ("head-ravensgill", SCHOOLS_ONLINE), ("officer-data", EDUNET)):
            with visit(asker(slug, through), asking.Permission.VIEW_ESTABLISHMENT, action="list_my_downloads") as here:
                here.showed()
                assert not SubjectRequest.objects.exists()
                assert rows("SELECT sharing_settle_subject_request(%s, 'answered', NULL, 'x')", one) == [(False,)]
                made = "SELECT sharing_record_subject_request(%s, NULL, NULL, NULL, %s, 'child', 'x', 'known', %s, 'x')"
                assert rows(made, of.upn_index, of.establishment_id, TODAY) == [(None,)]
        with as_batch():
            SubjectRequest.objects.filter(pk=one).update(recorded_by_id=person("head-ravensgill").pk)
        with pytest.raises(NoSuchRecord):
            asking.prepare_answer(*who(HEAD), one)

    @pytest.mark.parametrize("since", ["nothing", "answered", "recorded by another"])
    @pytest.mark.parametrize("slug", [HEAD, MANAGER])
    def test_it_is_made_and_collected_by_who_recorded_it_while_it_is_open(self, slug: str, since: str) -> None:
        """R18: between the question and the answer the request may have been settled, or become another's."""
        one = request_of(child(), slug)
        if since == "answered":
            asking.settle_subject_request(*who(slug), one, step="answered")
        if since == "recorded by another":
            with as_batch():
                SubjectRequest.objects.filter(pk=one).update(recorded_by_id=person("head-ravensgill").pk)
        asks, _ = who(slug)
        needs = asking.Permission.MANAGE_DUTIES if slug == MANAGER else asking.Permission.MANAGE_REGISTER
        with visit(asks, needs, BECKSIDE, action="make_download") as here:
            here.showed()
            assert subject_answer.is_still_open(here, {"request": str(one)}, []) == (since == "nothing")
            if since != "nothing":
                with pytest.raises(NoSuchRecord):
                    subject_answer.gather(here, {"request": str(one)})

    def test_the_application_writes_nothing_past_the_functions(self) -> None:
        """R45: neither a request nor its state."""
        request_of(child())
        with visit(asker(MANAGER, EDUNET), asking.Permission.MANAGE_DUTIES, action="list_subject_requests") as here:
            here.showed()
            with pytest.raises(DatabaseError), transaction.atomic():
                SubjectRequest.objects.update(state="open")

    def test_the_website_gathers_nothing(self) -> None:
        """R6, R45: the kind is on no form, and its rows are the worker's."""
        one = request_of(child(), HEAD)
        browser = client(HEAD)
        assert browser.get(f"/establishments/{BECKSIDE}/downloads/subject/new/?request={one}").status_code == 404
        with pytest.raises(NoSuchRecord):
            door.print_records(asker(HEAD), BECKSIDE, "subject", {"request": str(one)}, purpose="subject")

    def test_the_pages(self) -> None:
        """R18: recorded on a form, found on the list, put off and answered; no child on any of them."""
        of = child()
        browser = client(MANAGER, through=EDUNET)
        typed = {
            "upn": of.upn,
            "requester": "Askwith",
            "asks": "parent",
            "identity": "photo",
            "received_on": "1/1/2999",
        }
        assert browser.post("/subject-access/record/", typed).status_code == 422
        typed["received_on"] = f"{TODAY:%d/%m/%Y}"
        answer = browser.post("/subject-access/record/", typed)
        assert answer.status_code == 302
        page = browser.get(answer["Location"]).content.decode()
        assert "Askwith" in page
        assert "Subjectson" not in page
        assert of.upn not in page
        assert browser.post(answer["Location"], {"step": "refused"}).status_code == 422
        assert browser.post(answer["Location"], {"step": "answered"}).status_code == 302
        assert "Answered" in browser.get("/subject-access/").content.decode()
        made = browser.post(f"{answer['Location']}prepare/")
        assert made.status_code == 404

    def test_a_request_begins_at_the_childs_record_with_the_child_named(self) -> None:
        """R18, R30: no UPN is typed anew, and none is in an address. Nothing is called wrong before all is typed."""
        of, browser = child(), client(HEAD)
        record = browser.get(f"/establishments/{BECKSIDE}/pupils/{of.pk}/").content.decode()
        form = record[record.index(f'action="/establishments/{BECKSIDE}/subject-access/record/"') :]
        assert f'name="upn" value="{of.upn}"' in form[: form.index("</form>")]
        begun = browser.post(f"/establishments/{BECKSIDE}/subject-access/record/", {"of": "child", "upn": of.upn})
        page = begun.content.decode()
        assert begun.status_code == 200
        assert f'value="{of.upn}"' in page
        assert "There is a problem" not in page
        with as_batch():
            assert not SubjectRequest.objects.exists()


def close(of: Pupil) -> None:
    with as_batch():
        Closing.objects.create(
            child=of.child, authoriser="x", basis="court", reason="x", starts_at=NOW - timedelta(hours=1),
            ends_at=NOW + timedelta(days=9), asked_by_id=1, asked_by_name="x", agreed_by_id=2, agreed_at=NOW,
        )  # fmt: skip
